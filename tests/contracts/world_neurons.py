# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value of a document of Neurons for MDM can stand for, found over the product's own calls;
see world.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from .xmltree import values_at

Read = Callable[[str], Any]
Row = Mapping[str, Any]

_ROWS = "result/searchResults"
# Only so many devices are looked into for one that has what is wanted.
_LOOKED_INTO = 40


class WorldError(Exception):
    """The server has no thing of the kind that an example needs."""


def _space(read: Read) -> str:
    rows = values_at(read("/api/v1/tenant/partition/device"), _ROWS)
    return str(next(row["id"] for row in rows if row["defaultPartition"]))


def _active(read: Read) -> Iterator[Row]:
    """Active devices with an owner."""
    query = urlencode(
        {"dmPartitionId": _space(read), "fq": "registrationState=ACTIVE", "rows": 100}
    )
    rows = values_at(read(f"/api/v1/device?{query}"), _ROWS)
    yield from islice((row for row in rows if row.get("ownerId")), _LOOKED_INTO)


def _configurations(read: Read, device: Row) -> list[str]:
    """Its installed configurations that have a name of their own."""
    rows = values_at(read(f"/api/v1/device/{device['id']}/configs"), _ROWS)
    names = [row["name"] for row in rows]
    return [
        str(row["id"])
        for row in rows
        if row["status"] == "INSTALLED" and names.count(row["name"]) == 1
    ]


def _configured(read: Read) -> tuple[Row, list[str]]:
    """The first device that has two such configurations, and these. Raises WorldError."""
    for device in _active(read):
        if len(found := _configurations(read, device)) > 1:
            return device, found
    raise WorldError("the server under test has no active device with two installed configurations")


def _first_with(read: Read, path: str) -> Row:
    """The first device of which the call answers rows. Raises WorldError."""
    for device in _active(read):
        if values_at(read(path.format(id=device["id"], owner=device["ownerId"])), _ROWS):
            return device
    raise WorldError(
        f"the server under test has no active device for which {path} answers anything"
    )


def _with_profiles(read: Read) -> list[str]:
    servers = values_at(read("/api/v1/depServer"), f"{_ROWS}/id")
    return [
        str(one)
        for one in servers
        if values_at(read(f"/api/v1/depServer/{one}/profiles"), "result/id")
    ]


def _accounts(read: Read, key: str) -> list[str]:
    rows = values_at(read("/api/v1/account?rows=50"), _ROWS)
    uids = [row["uid"].lower() for row in rows]
    return [
        str(row[key])
        for row in rows
        if row["enabled"] and "@" in row["uid"] and uids.count(row["uid"].lower()) == 1
    ]


_CERTIFICATES = "/api/v1/device/{id}/certs/search?accountId={owner}"

NEURONS: dict[str, Callable[[Read], list[Any]]] = {
    "a device space": lambda read: [_space(read)],
    "an account": lambda read: _accounts(read, "id"),
    "an account's uid": lambda read: _accounts(read, "uid"),
    "a device with configurations": lambda read: [_configured(read)[0]["id"]],
    "a configuration of the device with configurations": lambda read: _configured(read)[1],
    "a device with policies": lambda read: [
        _first_with(read, "/api/v1/device/{id}/policies")["id"]
    ],
    "a device with certificates": lambda read: [_first_with(read, _CERTIFICATES)["id"]],
    "the owner of the device with certificates": lambda read: [
        _first_with(read, _CERTIFICATES)["ownerId"]
    ],
    "the DEP server with profiles": _with_profiles,
}
