# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of EPMM's API v2, for the tests of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .client import Api, Reply

DEVICES = "/api/v2/devices"


def search(
    api: Api, query: str | None = "", fields: str = "common.uuid", **parameters: Any
) -> Reply:
    """The device list of the global space; a query of None leaves it out."""
    given: dict[str, Any] = {"adminDeviceSpaceId": 1, "fields": fields, "limit": 200, **parameters}
    if query is not None:
        given["query"] = query
    return api.get(DEVICES, **{name: value for name, value in given.items() if value is not None})


def uuids(api: Api, query: str | None = "", **parameters: Any) -> list[str]:
    """All pages of a search."""
    found: list[str] = []
    while True:
        reply = search(api, query, offset=len(found), **parameters)
        assert reply.status == 200, reply.raw
        found += [row["common.uuid"] for row in reply.json["results"]]
        if not reply.json["hasMore"]:
            return found


def write_labels(
    api: Api,
    how: str,
    devices: list[str],
    *names: str,
    space: int = 1,
    raw: str | None = None,
    body: Any = None,
    **headers: str,
) -> Reply:
    """`how` is add or remove; `raw` is the part of the path as it is to be sent."""
    part = raw if raw is not None else ",".join(quote(name, safe="") for name in names)
    return api.call(
        "PUT",
        f"{DEVICES}/labels/{part}/{how}?adminDeviceSpaceId={space}",
        {"deviceUuids": devices} if body is None else body,
        **headers,
    )


def labels_of(api: Api, uuid: str, space: int = 1) -> set[str]:
    reply = api.get(f"{DEVICES}/{uuid}/labels", adminDeviceSpaceId=space)
    assert reply.status == 200, reply.raw
    return {row["name"] for row in reply.json["results"]}


def fault(reply: Reply) -> str:
    """The text of a v2 error; its form is checked."""
    assert set(reply.json) == {"messages"}
    (message,) = reply.json["messages"]
    assert message["type"] == "Error" and message["messageKey"].startswith(
        "com.mobileiron.vsp.messages."
    )
    text: str = message["localizedMessage"]
    return text
