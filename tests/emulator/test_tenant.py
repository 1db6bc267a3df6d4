# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device details, attribute definitions, device spaces, tenant metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api

GROUP_KEYS = set(
    """id createdAt createdBy modifiedAt modifiedBy visible dmPartitionId name description type definition
mutable memberCount
    systemName membershipStatic dmPartitionName treeView actionExceptionCodes assignedConfigs assignedPolicies
    applicationCount staticMembers""".split()
)
PARTITION_KEYS = set(
    """id createdAt createdBy modifiedAt modifiedBy name description domainRule defaultPartition
priority guid appCount
    contentCount memberCount countLastUpdatedAt treeView deviceCount configurationCount policyCount
    deviceGroupCount""".split()
)


def test_details_by_id_and_guid(api: Api, emulator: Emulator) -> None:
    row = api.search(rows=1).rows[0]
    detail = api.get(f"/api/v1/device/{row['id']}", dmPartitionId=row["dmPartitionId"])
    assert (
        detail.json["errors"] is None
        and detail.json == api.get(f"/api/v1/device/{row['guid']}").json
    )
    found = detail.result
    assert 185 <= len(found) <= 205
    same = set(row) - {
        "customAttributes",
        "violatedPolicies",
        "dmPartitionName",
        "blocked",
        "appEasIdentifiers",
        "serviceSubscriptions",
    }
    assert {name: found[name] for name in same} == {name: row[name] for name in same}
    assert found["privacyPolicy"]["policyName"] and {
        "bypassCode",
        "osxFdeEnabled",
        "availableOSUpdates",
        "restrictions",
    } <= set(found)


def test_details_hold_null_where_the_list_does_not(api: Api, emulator: Emulator) -> None:
    row = api.search("complianceState=false and CFDEVICE[cityid]!=x").rows[0]
    emulator.patch_device(row["id"], customAttributes={"cityid": ["SF"]})
    found = api.get(f"/api/v1/device/{row['id']}").result
    assert row["violatedPolicies"] and row["dmPartitionName"] and row["blocked"] is False
    assert [
        found[name]
        for name in (
            "customAttributes",
            "violatedPolicies",
            "dmPartitionName",
            "blocked",
            "appEasIdentifiers",
        )
    ] == [None] * 5


def groups(api: Api, device: int) -> set[str]:
    return {group["name"] for group in api.get(f"/api/v1/device/{device}").result["groups"]}


def test_groups_follow_their_rules(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    # fmt: off
    apple, windows, bad = fleet({"platformType": "IOS", "customAttributes": {"cityid": ["SF"]}},
                                {"platformType": "WINDOWS_PHONE", "staticGroups": ["Pilot"]},
                                {"platformType": "ANDROID", "complianceState": False, "userGroups": ["Sales"]})
    # fmt: on
    assert groups(api, apple) == {"All Devices", "iOS Devices", "San Francisco office"}
    assert groups(api, windows) == {"All Devices", "Windows Devices", "Pilot"}
    assert groups(api, bad) == {"All Devices", "Android Devices", "Not compliant", "Sales people"}
    api.call("PATCH", f"/api/v1/device/{apple}/customattributes", {"attrs": {"cityid": ["NYC"]}})
    assert groups(api, apple) == {"All Devices", "iOS Devices"}
    assert set(emulator.device(apple)["groups"]) == {"All Devices", "iOS Devices"}


def test_a_group_has_the_recorded_keys(fleet: Callable[..., list[int]], api: Api) -> None:
    (device,) = fleet({"staticGroups": ["Pilot"]})
    found = {group["name"]: group for group in api.get(f"/api/v1/device/{device}").result["groups"]}
    assert all(set(group) == GROUP_KEYS and group["type"] == "DEVICE" for group in found.values())
    assert found["iOS Devices"]["definition"] == "PLATFORMTYPE EQ 'IOS'"
    assert not found["iOS Devices"]["membershipStatic"]
    assert (
        found["iOS Devices"]["treeView"]["rule"]["values"] == ["IOS"]
        and not found["iOS Devices"]["mutable"]
    )
    assert (
        found["Pilot"]["membershipStatic"]
        and found["Pilot"]["definition"] is None
        and found["Pilot"]["mutable"]
    )
    assert (
        found["All Devices"]["definition"] is None and not found["All Devices"]["membershipStatic"]
    )


def test_definitions(api: Api, emulator: Emulator) -> None:
    result = api.get("/api/v1/customattributes").result
    assert set(result) == {"searchResults", "totalCount", "offset", "limit"}
    rows = result["searchResults"]
    assert all(
        set(row) == {"id", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "type", "name"}
        for row in rows
    )
    assert {row["type"] for row in rows} == {"DEVICE", "ACCOUNT", "LDAP", "AAD"} and result[
        "totalCount"
    ] == len(rows)
    for asked in ("device", "DEVICE", "aad", "ldap", "account"):
        found = api.get("/api/v1/customattributes", type=asked).rows
        assert found == [row for row in rows if row["type"] == asked.upper()] and found
    assert api.get("/api/v1/customattributes", type="phone").faulty_fields == ["type"]
    names = [row["name"] for row in rows]
    assert "floor_#" in names
    emulator.set_switch("numeric_definitions", "bare")
    assert [row["name"] for row in api.get("/api/v1/customattributes").rows] == [
        name.removesuffix("_#") for name in names
    ]


def test_a_list_from_the_database_has_fifty_rows_at_most(
    api: Api, emulator: NeuronsEmulator
) -> None:
    emulator.define_attributes(*(f"attribute{number}" for number in range(120)))
    everything: list[Any] = []
    for start in range(0, 200, 50):
        result = api.get("/api/v1/customattributes", rows=500, start=start, type="device").result
        assert result["limit"] == 50 and result["offset"] == start and result["totalCount"] == 130
        everything += [row["name"] for row in result["searchResults"]]
    assert len(everything) == len(set(everything)) == 130
    assert len(api.get("/api/v1/customattributes", rows=7).rows) == 7
    assert api.get("/api/v1/customattributes", rows=0).faulty_fields == ["rows"]


def test_spaces(api: Api) -> None:
    result = api.get("/api/v1/tenant/partition/device", start=0, rows=100).result
    assert (result["totalCount"], result["limit"], result["offset"]) == (3, 50, 0)
    rows = result["searchResults"]
    assert all(set(row) == PARTITION_KEYS for row in rows)
    assert [row["defaultPartition"] for row in rows] == [False, True, False], (
        "the default space is not the first row"
    )
    assert [row["deviceCount"] for row in rows] == [
        api.search(dmPartitionId=row["id"]).result["totalCount"] for row in rows
    ]
    assert [
        row["id"] for row in api.get("/api/v1/tenant/partition/device", start=1, rows=1).rows
    ] == [rows[1]["id"]]


def test_more_than_fifty_spaces(api: Api, emulator: Emulator) -> None:
    emulator.reset(devices=10, partitions=53)
    first = api.get("/api/v1/tenant/partition/device", rows=100).rows
    second = api.get("/api/v1/tenant/partition/device", rows=100, start=50).rows
    assert (len(first), len(second)) == (50, 3) and len({row["id"] for row in first + second}) == 53


def test_tenant_metadata(api: Api) -> None:
    result = api.get("/api/v1/metadata/tenant").result
    default = [
        row["id"]
        for row in api.get("/api/v1/tenant/partition/device").rows
        if row["defaultPartition"]
    ]
    assert [result["defaultDmPartitionId"]] == default
    assert "device.wipe" in result["dmPermissionList"] and isinstance(
        result["cmPermissionList"], list
    )


@pytest.mark.parametrize(
    "path", ["/api/v1/device", "/api/v1/customattributes", "/api/v1/tenant/partition/device"]
)
def test_start_beyond_the_end(api: Api, path: str) -> None:
    reply = api.get(path, start=5000)
    assert reply.status == 200 and reply.rows == [] and reply.result["totalCount"] > 0
