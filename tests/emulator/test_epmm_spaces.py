# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account which is an administrator of one device space does not see the others."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api


@pytest.fixture
def inside(epmm: EpmmEmulator) -> tuple[int, set[str], set[str]]:
    """The space of the account, the devices which it sees, and the others."""
    own = epmm.spaces()[1]["id"]
    rows = epmm.devices("uuid", "space_id", "status")
    active = [row for row in rows if row["status"] == "ACTIVE"]
    seen = {row["uuid"] for row in active if row["space_id"] == own}
    epmm.set_switch("account_space", own)
    return own, seen, {row["uuid"] for row in active} - seen


def test_api_v2(epmm: EpmmEmulator, epmm_api: Api, inside: Any) -> None:
    own, seen, others = inside
    ask = {"query": 'common.status = "ACTIVE"', "fields": "common.uuid", "limit": 200}
    rows = epmm_api.get("/api/v2/devices", adminDeviceSpaceId=own, **ask).json["results"]
    assert seen and others and {row["common.uuid"] for row in rows} == seen
    for position, status in (("forbidden", 403), ("error", 400), ("empty", 200)):
        epmm.set_switch("foreign_space", position)
        reply = epmm_api.get("/api/v2/devices", adminDeviceSpaceId=1, **ask)
        assert reply.status == status
    assert reply.json["results"] == []
    mine = epmm_api.get("/api/v2/device_spaces/mine").json["results"]
    assert [row["id"] for row in mine] == [own]
    listed = epmm_api.get("/api/v2/device_spaces").json["results"]
    assert [row["id"] for row in listed] == [own]
    assert epmm_api.get(f"/api/v2/devices/{min(others)}/details").status == 404
    assert epmm_api.get(f"/api/v2/devices/{min(seen)}/details").status == 200


def test_api_v1(epmm: EpmmEmulator, epmm_api: Api, inside: Any) -> None:
    _own, seen, others = inside

    def listed() -> set[str]:
        rows = epmm_api.get("/api/v1/dm/devices").json["devices"]["device"]
        return {row["uuid"] for row in rows}

    assert listed() == seen
    other = min(others)
    assert epmm_api.get(f"/api/v1/dm/devices/{other}").status == 404
    assert epmm_api.call("PUT", f"/api/v1/dm/devices/retire/{other}").status == 404
    assert epmm.device(other)["actions"] == []
    alerts = epmm_api.get("/api/v1/alerts").json["alerts"]["alert"]
    assert not {row["deviceUuid"] for row in alerts} & others
    epmm.set_switch("v1_spaces", "all")
    assert listed() == seen | others


@pytest.mark.parametrize("position", ["unsuccessful", "bad_request", "done"])
def test_global_labels_are_not_written_from_within_a_space(
    epmm: EpmmEmulator, epmm_api: Api, inside: Any, position: str
) -> None:
    """ "A global label cannot be edited, applied or removed from within a device space"."""
    own, seen, _others = inside
    epmm.set_switch("global_label_write", position)
    uuid = min(seen)
    body = {"deviceUuids": [uuid]}

    def put(label: str, action: str = "add") -> Any:
        path = f"/api/v2/devices/labels/{label}/{action}?adminDeviceSpaceId={own}"
        return epmm_api.call("PUT", path, body)

    def labels() -> set[str]:
        path = f"/api/v2/devices/{uuid}/labels"
        return {row["name"] for row in epmm_api.get(path, adminDeviceSpaceId=own).json["results"]}

    reply = put("No%20members")
    assert reply.status == (400 if position == "bad_request" else 200)
    assert ("No members" in labels()) == (position == "done")
    assert position != "unsuccessful" or reply.json["successful"] is False
    assert put("EMEA%20loaners").json["successful"] and "EMEA loaners" in labels()
    policy = epmm_api.get("/api/v1/policies").json["policies"]["policy"][-1]["@id"]
    path = f"/api/v1/policies/{policy}?action=apply_label&label=Pilot"
    reply = epmm_api.call("PUT", path)
    assert reply.status == (400 if position == "bad_request" else 200)
    assert ("within a device space" in reply.raw.decode()) == (position != "done")
