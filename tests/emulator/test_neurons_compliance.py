# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance of devices over the API of Neurons: policy by policy, and passing it on to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api, Reply
from .neurons_actions import DEVICE, FORM, NOBODY

Fleet = Callable[..., list[int]]
KEYS = [
    "id",
    "name",
    "systemName",
    "description",
    "policyType",
    "policyRuleType",
    "uuid",
    "enabled",
    "priority",
    "totalDeviceCount",
    "installedDeviceCount",
    "violationDeviceCount",
    "modifiedAt",
    "modifiedBy",
    "actions",
    "compliant",
    "pendingCompliant",
]


def policies(api: Api, device: int) -> list[dict[str, Any]]:
    return api.get(f"{DEVICE}/{device}/policies").rows


def broken(api: Api, device: int) -> list[str]:
    return [row["name"] for row in policies(api, device) if not row["compliant"]]


def sync(api: Api, vendor: str | None, *keys: Any) -> Reply:
    query = "" if vendor is None else f"?{urlencode({'vendor': vendor})}"
    return api.call(
        "POST",
        f"{DEVICE}/compliance/sync{query}",
        urlencode([("ids", key) for key in keys]).encode(),
        Content_Type=FORM,
    )


def test_the_policies_of_a_device(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    emulator.set_switch("strict", "on")
    (device,) = fleet({})
    reply = api.get(f"{DEVICE}/{device}/policies")
    assert [list(row) for row in reply.rows] == [KEYS] * len(reply.rows)
    assert {name: reply.result[name] for name in reply.result if name != "searchResults"} == {
        "totalCount": 8,
        "queryTime": 0,
        "offset": 0,
        "limit": 8,
    }
    assert all(
        row["compliant"] is row["pendingCompliant"] is True and row["policyType"] == "POLICY"
        for row in reply.rows
    )
    for key in ("id", "name", "uuid", "priority", "policyRuleType"):
        assert len({row[key] for row in reply.rows}) == 8


def test_they_agree_with_the_device(emulator: Emulator, api: Api) -> None:
    rows = emulator.devices("id", "complianceState", "violatedPolicies", "policyViolationCount")
    chosen = [row for row in rows if not row["complianceState"]] + [
        row for row in rows if row["complianceState"]
    ][:5]
    assert len(chosen) > 15
    for row in chosen:
        found = broken(api, row["id"])
        assert (
            sorted(found) == sorted(row["violatedPolicies"])
            and len(found) == row["policyViolationCount"]
        )
        assert row["complianceState"] is not bool(found)


@pytest.mark.parametrize(("fields", "expected"), [
    ({"complianceState": False}, ["Compromised Devices"]),
    ({"complianceState": False, "violatedPolicies": ["Of my own"], "policyViolationCount": 1}, ["Of my own"]),
    ({"policies": [{"id": 35009, "name": "Compromised Devices"}, {"id": 35010, "name": "Roaming", "compliant": False}]}, ["Roaming"])])  # fmt: skip
def test_what_control_calls_make(
    emulator: Emulator, api: Api, fleet: Fleet, fields: dict[str, Any], expected: list[str]
) -> None:
    (device,) = fleet(fields)
    truth = emulator.device(device)
    assert broken(api, device) == expected and truth["complianceState"] is False
    if "policies" in fields:
        assert [row["id"] for row in policies(api, device)] == [35009, 35010]
        assert (truth["violatedPolicies"], truth["policyViolationCount"]) == (expected, 1)
    emulator.patch_device(device, complianceState=True, violatedPolicies=[], policyViolationCount=0)
    assert broken(api, device) == []


def test_the_ids_are_those_of_the_list(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(
        {"complianceState": False, "violatedPolicies": ["Out of Contact", "Of my own"]}
    )
    emulator.set_switch("violated_policies", "objects")
    (row,) = api.search().rows
    assert {item["name"]: item["id"] for item in row["violatedPolicies"]} == {
        item["name"]: item["id"] for item in policies(api, device) if not item["compliant"]
    }


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("same", {True: {True}, False: {False}}),
        ("true", {True: {True}, False: {True}}),
        ("null", {True: {None}, False: {None}}),
    ],
)
def test_pending(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, expected: dict[bool, set[Any]]
) -> None:
    (device,) = fleet({"complianceState": False, "violatedPolicies": ["Out of Contact"]})
    emulator.set_switch("pending_compliant", position)
    rows = policies(api, device)
    assert {
        key: {row["pendingCompliant"] for row in rows if row["compliant"] is key}
        for key in (True, False)
    } == expected


# --- passing it on ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ["GoogleBC", "Intune"])
@pytest.mark.parametrize(("position", "expected"), [("one", 1), ("count", 2)])
def test_sync(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, vendor: str, position: str, expected: int
) -> None:
    emulator.set_switch("strict", "on")
    emulator.set_switch("sync_result", position)
    first, _other, third = fleet({}, {}, {})
    assert sync(api, vendor, first, third).json == {"errors": None, "result": expected}
    assert [
        (entry["device"], entry["action"], entry["params"]) for entry in emulator.actions()
    ] == [
        (first, "compliance_sync", {"vendor": vendor}),
        (third, "compliance_sync", {"vendor": vendor}),
    ]


@pytest.mark.parametrize("vendor", ["intune", "Jamf"])
def test_another_vendor(emulator: NeuronsEmulator, api: Api, fleet: Fleet, vendor: str) -> None:
    (device,) = fleet({})
    assert sync(api, vendor, device).faulty_fields == ["vendor"]
    emulator.set_switch("sync_vendor_unknown", "zero")
    assert (
        sync(api, vendor, device).result == 0
        and emulator.actions() == []
        and emulator.state()["writes"] == 0
    )


def test_what_a_sync_needs(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    assert sync(api, None, device).faulty_fields == ["vendor"] and sync(
        api, "Intune"
    ).faulty_fields == ["ids"]
    assert (
        sync(api, "Intune", NOBODY).result == 0 and sync(api, "Intune", NOBODY, device).result == 1
    )
    emulator.set_switch("action_unknown_device", "error")
    assert (
        sync(api, "Intune", NOBODY, device).faulty_fields == ["ids"]
        and len(emulator.actions()) == 1
    )


def test_a_sync_without_effect(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.add_fault("no_effect", method="POST")
    assert sync(api, "Intune", device).result == 1 and emulator.actions() == []
