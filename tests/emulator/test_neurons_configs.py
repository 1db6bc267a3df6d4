# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of devices over the API of Neurons: what a device has, excluding, pushing back,
re-installing."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

import pytest
from uem_emulator.blueprint import Blueprint
from uem_emulator.neurons.product import Neurons
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import NOW, Api, Reply
from .neurons_actions import DEVICE, FORM, NOBODY
from .test_documentation import README

Fleet = Callable[..., list[int]]
PASSCODE, WIFI, PRIVACY, VPN = 61001, 61003, 42501, 61007
#: The keys of the vendor's example, in its order.
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
    "status",
]


def write(api: Api, verb: str, device: int, *numbers: Any) -> Reply:
    """As the document has it."""
    pairs = f"policyIds={','.join(map(str, numbers))}"
    if verb == "push":
        return api.call("DELETE", f"{DEVICE}/{device}/uninstallconfigs?{pairs}")
    part = {"exclude": "uninstallconfigs", "reinstall": "reinstallconfigs"}[verb]
    return api.call("PUT", f"{DEVICE}/{device}/{part}", pairs.encode(), Content_Type=FORM)


def statuses(api: Api, device: int) -> dict[int, Any]:
    return {row["id"]: row["status"] for row in api.get(f"{DEVICE}/{device}/configs").rows}


def noted(emulator: NeuronsEmulator) -> list[tuple[str, list[int]]]:
    return [(entry["action"], entry["params"]["configs"]) for entry in emulator.actions()]


# --- reading ----------------------------------------------------------------------------------------------------------------


def test_the_configurations_of_a_device(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    emulator.set_switch("strict", "on")
    (device,) = fleet({"platformType": "ANDROID"})
    reply = api.get(f"{DEVICE}/{device}/configs")
    assert [list(row) for row in reply.rows] == [KEYS] * len(reply.rows)
    assert {name: reply.result[name] for name in reply.result if name != "searchResults"} == {
        "totalCount": len(reply.rows),
        "queryTime": 0,
        "offset": 0,
        "limit": len(reply.rows),
    }
    assert {row["policyType"] for row in reply.rows} == {
        "PASSCODE",
        "WIFI",
        "EXCHANGE",
        "VPN",
        "WEBCLIP",
        "PRIVACY",
        "LOCKDOWN",
    }
    assert {row["policyType"] for row in reply.rows if row["status"] == "ACTIVE"} == {
        "PRIVACY",
        "LOCKDOWN",
    }
    assert emulator.device(device)["configs"] == {
        str(row["id"]): row["status"] for row in reply.rows
    }


@pytest.mark.parametrize(
    ("platform", "only"),
    [("IOS", "Identity for the App Catalog"), ("OSX", "FileVault"), ("WINDOWS_PHONE", "Defender")],
)
def test_platforms_have_their_own(api: Api, fleet: Fleet, platform: str, only: str) -> None:
    names = {
        kind: [row["name"] for row in api.get(f"{DEVICE}/{number}/configs").rows]
        for kind, number in zip(
            ("IOS", "ANDROID", "OSX", "WINDOWS_PHONE"),
            fleet(*({"platformType": kind} for kind in ("IOS", "ANDROID", "OSX", "WINDOWS_PHONE"))),
            strict=True,
        )
    }
    assert [kind for kind, found in names.items() if only in found] == [platform]


def test_names_are_awkward(api: Api, fleet: Fleet) -> None:
    (device,) = fleet({"platformType": "IOS"})
    names = [row["name"] for row in api.get(f"{DEVICE}/{device}/configs").rows]
    assert names.count("Corp Wifi") == 2 and {
        "Zürich / 東京 VPN",
        "{{ user.name }} home page",
    } <= set(names)


def test_a_space_has_one_of_its_own(emulator: NeuronsEmulator, api: Api) -> None:
    spaces = {name: int(number) for number, name in emulator.state()["partitions"].items()}
    rows = {
        name: api.get(f"{DEVICE}/{emulator.add_device(dmPartitionId=number)}/configs").rows
        for name, number in spaces.items()
    }
    assert [name for name in rows if "EMEA proxy" in [row["name"] for row in rows[name]]] == [
        "EMEA"
    ]


def test_part_of_a_fleet_is_stuck(emulator: NeuronsEmulator) -> None:
    alive = [
        row
        for row in emulator.devices("registrationState", "configs")
        if row["registrationState"] == "ACTIVE"
    ]
    stuck = [
        status
        for row in alive
        for status in row["configs"].values()
        if status not in ("INSTALLED", "ACTIVE")
    ]
    assert 0.04 < len(stuck) / len(alive) < 0.15
    assert set(stuck) == {"PENDING_INSTALL", "ERROR", "PENDING_UNINSTALL", "INSTALL_FAILED"}


@pytest.mark.parametrize(
    ("state", "some"), [("RETIRED", False), ("WIPED", False), ("RETIRE_PENDING", True)]
)
def test_what_has_left_has_none(api: Api, fleet: Fleet, state: str, some: bool) -> None:
    (device,) = fleet({"registrationState": state})
    assert bool(statuses(api, device)) is some


@pytest.mark.parametrize("path", ["configs", "policies", "certs/search?accountId=1"])
def test_a_device_which_is_not_there(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, path: str
) -> None:
    (device,) = fleet({"ownerId": 1})
    guid = emulator.device(device)["guid"]
    assert api.get(f"{DEVICE}/{NOBODY}/{path}").status == 404
    assert (
        api.get(f"{DEVICE}/{guid}/{path}").status,
        api.get(f"{DEVICE}/{device}/{path}").status,
    ) == (400, 200)
    emulator.set_switch("guid_for_id", "accepted")
    assert api.get(f"{DEVICE}/{guid}/{path}").json == api.get(f"{DEVICE}/{device}/{path}").json


@pytest.mark.parametrize(
    "path",
    ["configs?rows=5", "policies?start=1", "certs/search?accountId=1&rows=5", "uninstallconfigs"],
)
def test_strict(emulator: NeuronsEmulator, api: Api, fleet: Fleet, path: str) -> None:
    (device,) = fleet({"ownerId": 1})
    emulator.set_switch("strict", "on")
    if path == "uninstallconfigs":
        reply = api.call(
            "PUT",
            f"{DEVICE}/{device}/{path}",
            f"policyIds={WIFI}&policyId=1".encode(),
            Content_Type=FORM,
        )
    else:
        reply = api.get(f"{DEVICE}/{device}/{path}")
    assert (reply.status, reply.faulty_fields) == (
        400,
        [
            "policyId"
            if path == "uninstallconfigs"
            else path.rpartition("&")[2].rpartition("?")[2].partition("=")[0]
        ],
    )


# --- writing ----------------------------------------------------------------------------------------------------------------


def test_excluding_and_pushing_back(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    emulator.set_switch("strict", "on")
    device, other = fleet({}, {})
    before = statuses(api, device)
    assert write(api, "exclude", device, WIFI).json == {"errors": None, "result": True}
    assert (
        statuses(api, device) == {**before, WIFI: "UNINSTALLED"} and statuses(api, other) == before
    )
    assert emulator.device(device)["excludedConfigs"] == [WIFI]
    assert write(api, "push", device, WIFI).json == {"errors": None, "result": True}
    assert statuses(api, device) == before and emulator.device(device)["excludedConfigs"] == []
    assert (
        noted(emulator) == [("exclude_config", [WIFI]), ("push_config", [WIFI])]
        and emulator.state()["writes"] == 2
    )


#: Verb, whether it is excluded beforehand, the statuses from the call on.
# fmt: off
FLOWS: list[tuple[str, bool, list[str]]] = [
    ("exclude", False, ["PENDING_UNINSTALL", "UNINSTALLED"]), ("exclude", True, ["UNINSTALLED", "UNINSTALLED"]),
    ("push", True, ["PENDING_INSTALL", "INSTALLED"]), ("push", False, ["INSTALLED", "INSTALLED"]),
    ("reinstall", False, ["PENDING_INSTALL", "INSTALLED"]), ("reinstall", True, ["UNINSTALLED", "UNINSTALLED"])]
# fmt: on


@pytest.mark.parametrize(("verb", "excluded", "expected"), FLOWS)
def test_step_by_step(
    emulator: NeuronsEmulator,
    api: Api,
    fleet: Fleet,
    verb: str,
    excluded: bool,
    expected: list[str],
) -> None:
    (device,) = fleet({})
    if excluded:
        write(api, "exclude", device, WIFI)
    emulator.set_switch("action_settle", "manual")
    assert write(api, verb, device, WIFI).result is True
    found = [statuses(api, device)[WIFI]]
    assert emulator.state()["pending_orders"] == (expected[0] != expected[1])
    emulator.step()
    assert [*found, statuses(api, device)[WIFI]] == expected and emulator.state()[
        "pending_orders"
    ] == 0


def test_after_some_reads(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.set_switch("action_settle", "reads")
    write(api, "exclude", device, WIFI)
    assert [statuses(api, device)[WIFI] for _read in range(4)] == ["PENDING_UNINSTALL"] * 2 + [
        "UNINSTALLED"
    ] * 2


def test_with_time(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    device, other = fleet({}, {})
    emulator.set_switch("action_settle", "time")
    emulator.set_switch("action_settle_ms", 3_600_000)
    write(api, "exclude", device, WIFI)
    emulator.set_switch("action_settle_ms", 0)
    write(api, "exclude", other, WIFI)
    assert [statuses(api, number)[WIFI] for number in (device, other)] == [
        "PENDING_UNINSTALL",
        "UNINSTALLED",
    ]
    emulator.settle()
    assert statuses(api, device)[WIFI] == "UNINSTALLED"


def test_what_waits_goes_in_order(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.set_switch("action_settle", "manual")
    for verb in ("exclude", "push", "exclude"):
        write(api, verb, device, WIFI)
    write(api, "reinstall", device, PASSCODE)
    assert emulator.state()["pending_orders"] == 1
    emulator.step()
    assert (statuses(api, device)[WIFI], statuses(api, device)[PASSCODE]) == (
        "UNINSTALLED",
        "INSTALLED",
    )


@pytest.mark.parametrize(("position", "install", "uninstall"), [
    ("guessed", "PENDING_INSTALL", "PENDING_UNINSTALL"), ("pending", "PENDING", "PENDING"), ("null", None, None),
    ("before", "INSTALLED", "INSTALLED")])  # fmt: skip
def test_the_name_of_what_is_on_its_way(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, install: Any, uninstall: Any
) -> None:
    (device,) = fleet({})
    emulator.set_switch("config_pending", position)
    emulator.set_switch("action_settle", "manual")
    write(api, "reinstall", device, PASSCODE)
    write(api, "exclude", device, WIFI)
    assert (statuses(api, device)[PASSCODE], statuses(api, device)[WIFI]) == (install, uninstall)


@pytest.mark.parametrize(
    ("position", "expected"),
    [("uninstalled", "UNINSTALLED"), ("inactive", "INACTIVE"), ("unlisted", None)],
)
def test_what_is_excluded(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, expected: str | None
) -> None:
    (device,) = fleet({})
    emulator.set_switch("config_excluded", position)
    write(api, "exclude", device, PRIVACY)
    assert statuses(api, device).get(PRIVACY) == expected and (
        PRIVACY in statuses(api, device)
    ) is (expected is not None)
    # It is known all the same.
    emulator.set_switch("config_unknown", "400")
    assert (
        write(api, "push", device, PRIVACY).result is True
        and statuses(api, device)[PRIVACY] == "ACTIVE"
    )


@pytest.mark.parametrize("verb", ["exclude", "reinstall"])
def test_a_device_which_fails(emulator: NeuronsEmulator, api: Api, fleet: Fleet, verb: str) -> None:
    (device,) = fleet({})
    emulator.set_switch("config_outcome", "error")
    assert write(api, verb, device, WIFI).result is True and statuses(api, device)[WIFI] == "ERROR"
    assert emulator.device(device)["excludedConfigs"] == ([WIFI] if verb == "exclude" else [])


@pytest.mark.parametrize(
    ("position", "status", "result", "done"),
    [
        ("ignored", 200, True, True),
        ("false", 200, False, True),
        ("400", 400, None, False),
        ("404", 404, None, False),
    ],
)
@pytest.mark.parametrize("unknown", [999_999, 61010], ids=["nowhere", "of macOS"])
def test_what_the_device_does_not_have(
    emulator: NeuronsEmulator,
    api: Api,
    fleet: Fleet,
    position: str,
    status: int,
    result: Any,
    done: bool,
    unknown: int,
) -> None:
    (device,) = fleet({"platformType": "IOS"})
    emulator.set_switch("config_unknown", position)
    reply = write(api, "exclude", device, unknown, WIFI)
    assert (reply.status, reply.result, statuses(api, device)[WIFI]) == (
        status,
        result,
        "UNINSTALLED" if done else "INSTALLED",
    )
    assert emulator.state()["writes"] == done == bool(emulator.actions())


@pytest.mark.parametrize(
    ("position", "status", "then"),
    [("ignored", 200, "UNINSTALLED"), ("installs", 200, "INSTALLED"), ("400", 400, "UNINSTALLED")],
)
def test_reinstalling_what_is_excluded(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, status: int, then: str
) -> None:
    (device,) = fleet({})
    write(api, "exclude", device, WIFI)
    emulator.set_switch("config_reinstall_excluded", position)
    assert (write(api, "reinstall", device, WIFI).status, statuses(api, device)[WIFI]) == (
        status,
        then,
    )


def test_only_the_first_of_several(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.set_switch("config_several", "first")
    assert write(api, "exclude", device, WIFI, PASSCODE).result is True
    assert (statuses(api, device)[WIFI], statuses(api, device)[PASSCODE]) == (
        "UNINSTALLED",
        "INSTALLED",
    )


@pytest.mark.parametrize(
    "pairs", [{"policyIds": [WIFI, PASSCODE]}, {"policyIds": f" {WIFI}, {PASSCODE}"}]
)
def test_several(api: Api, fleet: Fleet, pairs: dict[str, Any]) -> None:
    (device,) = fleet({})
    reply = api.call(
        "PUT",
        f"{DEVICE}/{device}/uninstallconfigs",
        urlencode(pairs, doseq=True).encode(),
        Content_Type=FORM,
    )
    found = statuses(api, device)
    assert (reply.result, found[WIFI], found[PASSCODE], found[PRIVACY]) == (
        True,
        "UNINSTALLED",
        "UNINSTALLED",
        "ACTIVE",
    )


@pytest.mark.parametrize("verb", ["exclude", "push", "reinstall"])
@pytest.mark.parametrize("numbers", [(), ("x",), (WIFI, "1.5")])
def test_what_is_no_number(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, verb: str, numbers: tuple[Any, ...]
) -> None:
    (device,) = fleet({})
    assert (
        write(api, verb, device, *numbers).faulty_fields == ["policyIds"]
        and emulator.actions() == []
    )


@pytest.mark.parametrize(
    ("kind", "result"), [("no_effect", True), ("result_zero", False), ("errors_200", None)]
)
def test_answers_after_which_nothing_is_done(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, kind: str, result: Any
) -> None:
    (device,) = fleet({})
    emulator.add_fault(kind, method="PUT")
    reply = write(api, "exclude", device, WIFI)
    assert (reply.status, reply.result, statuses(api, device)[WIFI], emulator.actions()) == (
        200,
        result,
        "INSTALLED",
        [],
    )


def test_a_lost_answer(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.add_fault("lost_answer", method="PUT")
    with pytest.raises((OSError, HTTPException)):
        write(api, "exclude", device, WIFI)
    assert statuses(api, device)[WIFI] == "UNINSTALLED"


def test_a_device_which_vanishes(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.add_fault("vanish", method="PUT")
    assert write(api, "exclude", device, WIFI).status == 404 and emulator.actions() == []


def test_a_short_list(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.add_fault("short_page", path="*/configs")
    result = api.get(f"{DEVICE}/{device}/configs").result
    assert result["totalCount"] == len(result["searchResults"]) + 1


# --- all configurations -------------------------------------------------------------------------------------------------------


def listed(api: Api, **parameters: Any) -> Reply:
    return api.get("/api/v1/policy", tag="DEVICE_CONFIGURATION", **parameters)


def test_all_configurations(emulator: NeuronsEmulator, api: Api) -> None:
    emulator.set_switch("strict", "on")
    truth = {row["id"]: row["name"] for row in emulator.control("GET", "configs")}
    rows = listed(api).rows
    assert {row["id"]: row["name"] for row in rows} == {
        number: name for number, name in truth.items() if name != "EMEA proxy"
    }
    assert list(rows[0]) == KEYS[:-1]
    emea = next(number for number, name in emulator.state()["partitions"].items() if name == "EMEA")
    assert {row["name"] for row in listed(api, dmPartitionId=emea).rows} == set(truth.values()) - {
        "Lockdown & Kiosk"
    }
    emulator.set_switch("config_list_spaces", "own")
    assert [row["name"] for row in listed(api, dmPartitionId=emea).rows] == [
        "EMEA proxy"
    ] and listed(api).rows == rows
    assert (
        api.get("/api/v1/policy", tag="OTHER").rows == []
        and listed(api, dmPartitionId=NOBODY).status == 400
    )


def test_pages_of_fifty(emulator: NeuronsEmulator, api: Api) -> None:
    made = emulator.control("POST", "configs", [{"name": f"More {place}"} for place in range(60)])
    first, second = listed(api, rows=500), listed(api, start=50)
    assert (len(first.rows), first.result["limit"], first.result["totalCount"]) == (50, 50, 73)
    assert {row["id"] for row in (*first.rows, *second.rows)} >= set(made) and len(
        second.rows
    ) == 23


@pytest.mark.parametrize(("position", "status"), [("absent", 404), ("forbidden", 403)])
def test_a_list_which_is_closed(
    emulator: NeuronsEmulator, api: Api, position: str, status: int
) -> None:
    emulator.set_switch("config_list", position)
    assert listed(api).status == status


# --- control calls ------------------------------------------------------------------------------------------------------------


def test_the_vendors_example(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    given = {
        "id": 35046,
        "name": "Passcode Config",
        "description": "Corporate device passcode config",
        "policyType": "PASSCODE",
        "uuid": "bd330bef-1ae8-4fe4-bdb7-dfbea2193aa1",
        "enabled": True,
        "priority": 1,
        "status": "INSTALLED",
    }
    (device,) = fleet({"id": 22200, "configs": [given]})
    (row,) = api.get(f"{DEVICE}/22200/configs").rows
    assert (
        {**row, **given} == row
        and row["policyRuleType"] == "NONE"
        and emulator.device(device)["configs"] == {"35046": "INSTALLED"}
    )


def test_setting_statuses(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    emulator.control("PATCH", f"devices/{device}/configs", {str(WIFI): "ERROR", str(VPN): None})
    assert (
        statuses(api, device)[WIFI] == "ERROR"
        and VPN not in statuses(api, device)
        and PASSCODE in statuses(api, device)
    )
    emulator.patch_device(device, configs={str(VPN): "PENDING_INSTALL"}, excludedConfigs=[PASSCODE])
    assert statuses(api, device) == {VPN: "PENDING_INSTALL"}
    assert (
        write(api, "push", device, PASSCODE).result is True
        and statuses(api, device)[PASSCODE] == "INSTALLED"
    )
    emulator.control("DELETE", f"configs/{VPN}")
    assert list(statuses(api, device)) == [PASSCODE]


@pytest.mark.parametrize(
    "fields",
    [
        {"configs": {"1": "ERROR"}},
        {"configs": 3},
        {"configs": [{"status": "ERROR"}]},
        {"excludedConfigs": [1]},
        {"certificates": [{"expires": 3}]},
        {"policies": [3]},
        {"lastReassignmentStatus": "DONE"},
    ],
)
def test_mistakes(emulator: NeuronsEmulator, fleet: Fleet, fields: dict[str, Any]) -> None:
    (device,) = fleet({})
    before = emulator.device(device)
    with pytest.raises(ControlError, match="400"):
        emulator.patch_device(device, **fields)
    assert emulator.device(device) == before


def test_what_is_not_there(emulator: NeuronsEmulator) -> None:
    for method, path, body in (
        ("DELETE", "configs/1", None),
        ("PATCH", f"devices/{NOBODY}/configs", {}),
    ):
        with pytest.raises(ControlError, match="404"):
            emulator.control(method, path, body)


def test_every_call_is_documented() -> None:
    product = Neurons(Blueprint(seed=1, devices=0, partitions=1, now=NOW), Switches())
    calls = [f"{route.method} {route.path}" for part in product.parts for route in part.routes]
    assert len(calls) == 12 and [call for call in calls if f"`{call}`" not in README] == []
