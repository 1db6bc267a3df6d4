# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of devices which Neurons acts on, over time and under faults."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import NOW, Api
from .neurons_actions import (
    BY_ACTION,
    CANCEL,
    DEVICE,
    KIOSK,
    OWNED,
    ROWS,
    SUPERVISED,
    Row,
    check,
    name,
    send,
)

Fleet = Callable[..., list[int]]
HOUR = 3_600_000
#: Action, the field which shows it, its values from the moment of the order on.
VISIBLE: list[tuple[str, str, list[Any]]] = [
    ("retire", "registrationState", ["RETIRE_PENDING", "RETIRE_SENT", "RETIRED"]),
    ("wipe", "registrationState", ["WIPE_PENDING", "WIPE_SENT", "WIPED"]),
    ("relinquish", "registrationState", ["RETIRE_PENDING", "RETIRE_SENT", "RETIRED"]),
    ("enable_lost_mode", "lostModeEnabled", [False, True]),
    ("disable_lost_mode", "lostModeEnabled", [True, False]),
    ("enter_kiosk", "kioskState", ["INACTIVE", "ACTIVE"]),
    ("exit_kiosk", "kioskState", ["ACTIVE", "INACTIVE"]),
    ("os_update", "platformVersion", ["17.1", "99.5"]),
    ("force_checkin", "lastCheckin", [NOW, NOW + 1000]),
]
IDS = [row[0] for row in VISIBLE]


def seen(api: Api, device: int, field: str) -> Any:
    return api.get(f"{DEVICE}/{device}").result[field]


def make(fleet: Fleet, action: str) -> int:
    (device,) = fleet({"platformVersion": "17.1", **BY_ACTION[action].able})
    return device


# --- over time --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "field", "values"), VISIBLE, ids=IDS)
def test_at_once(
    emulator: Emulator, api: Api, fleet: Fleet, action: str, field: str, values: list[Any]
) -> None:
    device = make(fleet, action)
    send(api, BY_ACTION[action], device)
    assert seen(api, device, field) == values[-1] and api.search().rows[0][field] == values[-1]
    assert emulator.state()["pending_actions"] == 0


@pytest.mark.parametrize(("action", "field", "values"), VISIBLE, ids=IDS)
def test_step_by_step(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, action: str, field: str, values: list[Any]
) -> None:
    device = make(fleet, action)
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION[action], device)
    found = []
    for _step in values:
        found.append(seen(api, device, field))
        assert (
            api.search().rows[0][field] == found[-1] and emulator.device(device)[field] == found[-1]
        )
        assert emulator.state()["pending_actions"] == (len(found) < len(values))
        emulator.step()
    assert found == values and seen(api, device, field) == values[-1]


@pytest.mark.parametrize(("action", "field", "values"), VISIBLE, ids=IDS)
def test_settling_takes_all_steps(
    emulator: Emulator, api: Api, fleet: Fleet, action: str, field: str, values: list[Any]
) -> None:
    device = make(fleet, action)
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION[action], device)
    emulator.settle()
    assert seen(api, device, field) == values[-1] and emulator.state()["pending_actions"] == 0


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        (1, ["RETIRE_PENDING", "RETIRE_SENT", "RETIRE_SENT", "RETIRED", "RETIRED"]),
        (
            2,
            [
                "RETIRE_PENDING",
                "RETIRE_PENDING",
                "RETIRE_SENT",
                "RETIRE_SENT",
                "RETIRE_SENT",
                "RETIRED",
            ],
        ),
    ],
)
def test_after_some_reads(
    emulator: Emulator, api: Api, fleet: Fleet, reads: int, expected: list[str]
) -> None:
    device = make(fleet, "retire")
    emulator.set_switch("action_settle", "reads")
    emulator.set_switch("action_settle_reads", reads)
    send(api, BY_ACTION["retire"], device)
    # The read which brings a step to light is none of those for which the next one waits.
    assert [seen(api, device, "registrationState") for _read in expected] == expected


def test_with_time(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    device = make(fleet, "wipe")
    emulator.set_switch("action_settle", "time")
    emulator.set_switch("action_settle_ms", HOUR)
    send(api, BY_ACTION["wipe"], device)
    assert [seen(api, device, "registrationState") for _read in range(5)] == ["WIPE_PENDING"] * 5
    emulator.step()
    emulator.set_switch("action_settle_ms", 0)
    other = emulator.add_device()
    assert seen(api, device, "registrationState") == "WIPE_SENT", (
        "what waits already waits as long as it was told to"
    )
    send(api, BY_ACTION["wipe"], other)
    assert (
        seen(api, other, "registrationState") == "WIPE_SENT"
        and seen(api, other, "registrationState") == "WIPED"
    )


def test_what_waits_goes_on_together(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.set_switch("action_settle", "manual")
    for action in ("enable_lost_mode", "force_checkin", "wipe"):
        assert send(api, BY_ACTION[action], device).result == 1
    assert emulator.state()["pending_actions"] == 1
    emulator.step()
    truth = emulator.device(device)
    assert (truth["lostModeEnabled"], truth["lastCheckin"], truth["registrationState"]) == (
        True,
        NOW + 1000,
        "WIPE_SENT",
    )
    emulator.step()
    assert (
        emulator.device(device)["registrationState"] == "WIPED"
        and emulator.state()["pending_actions"] == 0
    )
    assert send(api, BY_ACTION["retire"], device).result == 1, "a wiped device can be retired"
    assert [entry["action"] for entry in emulator.actions()] == [
        "enable_lost_mode",
        "force_checkin",
        "wipe",
        "retire",
    ]


def test_a_new_action_does_not_put_off_what_waits(
    emulator: Emulator, api: Api, fleet: Fleet
) -> None:
    device = make(fleet, "wipe")
    emulator.set_switch("action_settle", "reads")
    send(api, BY_ACTION["force_checkin"], device)
    for _time in range(2):
        seen(api, device, "lastCheckin")
        send(api, BY_ACTION["force_checkin"], device)
    assert seen(api, device, "lastCheckin") == NOW + 3000


def test_turning_the_switch_settles(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    device = make(fleet, "retire")
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION["retire"], device)
    emulator.set_switch("action_settle", "none")
    assert seen(api, device, "registrationState") == "RETIRED"


@pytest.mark.parametrize("action", ["retire", "wipe"])
def test_once_is_enough(emulator: NeuronsEmulator, api: Api, fleet: Fleet, action: str) -> None:
    device = make(fleet, action)
    emulator.set_switch("action_settle", "manual")
    for result in (1, 0, 0, 0):
        assert send(api, BY_ACTION[action], device).result == result
        assert len(check(api, BY_ACTION[action], device).rows) == 1
        emulator.step()
    assert len(emulator.actions()) == 1


def test_a_device_which_took_the_number_of_another(
    emulator: Emulator, api: Api, fleet: Fleet
) -> None:
    device = make(fleet, "wipe")
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION["wipe"], device)
    emulator.delete_device(device)
    assert emulator.state()["pending_actions"] == 0
    emulator.add_device(id=device, **SUPERVISED)
    send(api, BY_ACTION["enable_lost_mode"], device)
    emulator.settle()
    truth = emulator.device(device)
    assert (truth["registrationState"], truth["lostModeEnabled"]) == ("ACTIVE", True)


def test_a_deleted_device_carries_nothing_out(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet
) -> None:
    device = make(fleet, "retire")
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION["retire"], device)
    assert send(api, BY_ACTION["delete"], device).result == 1
    assert emulator.state()["pending_actions"] == 0 and [
        entry["action"] for entry in emulator.actions()
    ] == ["retire", "delete"]
    emulator.settle()
    assert api.ids() == []


def test_a_reset_forgets(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    device = make(fleet, "retire")
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION["retire"], device)
    emulator.reset()
    assert (
        emulator.state()["pending_actions"],
        emulator.state()["actions"],
        emulator.actions(),
    ) == (0, 0, [])
    device = emulator.add_device()
    assert (
        send(api, BY_ACTION["retire"], device).result == 1
        and seen(api, device, "registrationState") == "RETIRED"
    )


def test_the_list_may_lag_behind_the_device(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet
) -> None:
    device = make(fleet, "wipe")
    emulator.set_switch("list_lag", "manual")
    emulator.set_switch("action_settle", "manual")
    send(api, BY_ACTION["wipe"], device)
    assert seen(api, device, "registrationState") == "WIPE_PENDING"
    emulator.step()
    assert seen(api, device, "registrationState") == "WIPE_SENT"
    assert (
        api.search().rows[0]["registrationState"] == "ACTIVE"
        and api.ids("registrationState=WIPE_PENDING") == []
    )
    assert check(api, BY_ACTION["wipe"], device).rows[0]["registrationState"] == "WIPE_SENT", (
        "viability knows the device as it is"
    )
    emulator.settle()
    assert api.search().rows[0]["registrationState"] == "WIPED" and api.ids(
        "registrationState=WIPED"
    ) == [device]


# --- single actions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "wanted", "then"),
    [
        ("17.1", "17.1.2", "17.1.2"),
        ("17.9", "17.10", "17.10"),
        ("17.1", "16.7", "17.1"),
        ("17.1", "latest", "17.1"),
        (None, "17", "17"),
    ],
)
def test_the_version_after_an_update(
    emulator: Emulator, api: Api, fleet: Fleet, present: str | None, wanted: str, then: str
) -> None:
    (device,) = fleet({**SUPERVISED, "platformVersion": present})
    assert send(api, BY_ACTION["os_update"], device, version=wanted).result == 1
    assert seen(api, device, "platformVersion") == then


def test_in_and_out_of_kiosk_mode(api: Api, fleet: Fleet) -> None:
    (device,) = fleet(KIOSK)
    found = []
    for action in ("exit_kiosk", "enter_kiosk", "enter_kiosk", "exit_kiosk", "exit_kiosk"):
        found.append((send(api, BY_ACTION[action], device).result, seen(api, device, "kioskState")))
    assert found == [
        (0, "INACTIVE"),
        (1, "ACTIVE"),
        (1, "ACTIVE"),
        (1, "INACTIVE"),
        (0, "INACTIVE"),
    ]


def test_checking_in_moves_the_times_on(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device, never) = fleet({"lastCheckin": NOW - HOUR}, {"lastCheckin": None})
    times = [
        (
            send(api, BY_ACTION["force_checkin"], device, never).result,
            seen(api, device, "lastCheckin"),
            seen(api, device, "clientLastCheckin"),
        )
        for _time in range(2)
    ]
    assert (
        times == [(2, NOW, NOW), (2, NOW + 1000, NOW + 1000)]
        and seen(api, never, "lastCheckin") == NOW + 1000
    )


@pytest.mark.parametrize(
    ("position", "states"),
    [
        ("retired_states", ["RETIRE_PENDING", "RETIRE_SENT", "RETIRED"]),
        ("unchanged", ["ACTIVE", "RETIRED", "RETIRED"]),
    ],
)
def test_how_a_relinquishment_shows(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, states: list[str]
) -> None:
    (device,) = fleet(OWNED)
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("relinquish_state", position)
    assert send(api, BY_ACTION["relinquish"], device).result == 1
    found = []
    for _step in states:
        found.append(seen(api, device, "registrationState"))
        emulator.step()
    assert (
        found == states
        and seen(api, device, "androidWorkDeviceOwnerWithWorkProfileEnabled") is False
    )
    assert send(api, CANCEL, device).result == 0, "it is too late"


@pytest.mark.parametrize("position", ["retired_states", "unchanged"])
@pytest.mark.parametrize("before", ["ACTIVE", "WIPE_CANCELED"])
def test_a_relinquishment_is_taken_back(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, before: str
) -> None:
    device, other = fleet({**OWNED, "registrationState": before}, OWNED)
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("relinquish_state", position)
    send(api, BY_ACTION["force_checkin"], device)
    assert send(api, BY_ACTION["relinquish"], device, other).result == 2
    assert (
        send(api, CANCEL, device).json == {"errors": None, "result": 1}
        and send(api, CANCEL, device).result == 0
    )
    emulator.settle()
    truth = emulator.device(device)
    assert (truth["registrationState"], truth["androidWorkDeviceOwnerWithWorkProfileEnabled"]) == (
        before,
        True,
    )
    assert truth["lastCheckin"] == NOW + 1000, "the rest was carried out"
    assert emulator.device(other)["registrationState"] == "RETIRED"


def test_what_retires_a_device_besides_stays(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(OWNED)
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("relinquish_state", "unchanged")
    for row in (BY_ACTION["relinquish"], BY_ACTION["retire"], CANCEL):
        assert send(api, row, device).result == 1
    assert seen(api, device, "registrationState") == "RETIRE_PENDING"
    emulator.settle()
    assert seen(api, device, "registrationState") == "RETIRED"


# --- the log and faults -----------------------------------------------------------------------------------------------------


def states(emulator: Emulator) -> list[dict[str, Any]]:
    return sorted(
        emulator.devices("id", "registrationState", "lostModeEnabled", "kioskState", "lastCheckin"),
        key=str,
    )


@pytest.mark.parametrize("row", ROWS, ids=name)
@pytest.mark.parametrize("kind", ["no_effect", "result_zero", "errors_200", "reset", "500", "429"])
def test_faults_which_do_nothing(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row, kind: str
) -> None:
    device, _other = fleet(row.able, row.able)
    before = states(emulator)
    emulator.add_fault(kind, method=row.method, path=row.path)
    if kind == "reset":
        with pytest.raises(OSError):
            send(api, row, device)
    else:
        reply = send(api, row, device)
        expected = {
            "no_effect": (200, 1),
            "result_zero": (200, 0),
            "errors_200": (200, None),
            "500": (500, None),
            "429": (429, None),
        }
        assert (reply.status, reply.result) == expected[kind]
        assert (reply.json["errors"] is None) == (kind in ("no_effect", "result_zero"))
    assert emulator.actions() == [] and states(emulator) == before
    assert send(api, row, device).result == 1 and len(emulator.actions()) == 1


@pytest.mark.parametrize("row", ROWS, ids=name)
@pytest.mark.parametrize(
    ("kind", "params"),
    [("lost_answer", {}), ("half_body", {}), ("truncated_json", {}), ("504", {"handled": True})],
)
def test_faults_after_which_it_is_done(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row, kind: str, params: dict[str, Any]
) -> None:
    (device,) = fleet(row.able)
    emulator.add_fault(kind, method=row.method, path=row.path, **params)
    if kind in ("lost_answer", "half_body"):
        with pytest.raises((OSError, HTTPException)):
            send(api, row, device)
    else:
        assert send(api, row, device).status in (200, 504)
    assert [entry["action"] for entry in emulator.actions()] == [row.action]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_device_which_vanishes(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row
) -> None:
    first, second = fleet(row.able, row.able)
    emulator.add_fault("vanish", method=row.method, path=row.path)
    assert send(api, row, first, second).result == 1
    assert [entry["device"] for entry in emulator.actions()] == [second]
    assert api.get(f"{DEVICE}/{first}").status == 404
    emulator.set_switch("action_unknown_device", "error")
    emulator.add_fault("vanish", method=row.method, path=row.path)
    assert send(api, row, emulator.add_device(**row.able)).faulty_fields == [row.ids]


def test_a_stale_list_hides_an_action(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    device = make(fleet, "retire")
    emulator.add_fault("stale_list", times=None)
    send(api, BY_ACTION["retire"], device)
    assert (
        seen(api, device, "registrationState") == "RETIRED"
        and api.search().rows[0]["registrationState"] == "ACTIVE"
    )


def test_the_log_says_what_may_act(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    device = make(fleet, "wipe")
    check(api, BY_ACTION["wipe"], device)
    send(api, BY_ACTION["wipe"], device)
    send(api, BY_ACTION["delete"], device)
    assert [(entry["method"], entry["acts"]) for entry in emulator.requests()] == [
        ("GET", False),
        ("PUT", True),
        ("DELETE", True),
    ]


def test_the_log_knows_the_put_which_only_checks(
    emulator: Emulator, api: Api, fleet: Fleet
) -> None:
    (device,) = fleet(OWNED)
    for query in ("&checkViability=true", "&checkViability=false", ""):
        api.call("PUT", f"{DEVICE}/relinquishOwnership?ids={device}{query}")
    assert [entry["acts"] for entry in emulator.requests()] == [False, True, True]


@pytest.mark.parametrize("name", ["deviceUnlockPin", "device%55nlockPin"])
def test_a_pin_in_the_query_is_not_in_the_log(
    emulator: Emulator, api: Api, fleet: Fleet, name: str
) -> None:
    (device,) = fleet({"platformType": "ANDROID"})
    assert api.call("PUT", f"{DEVICE}/unlock?{name}=Zq7xW9&ids={device}").result == 1
    assert [entry["query"] for entry in emulator.requests()] == [f"{name}=***&ids={device}"]


def test_acting_on_ten_thousand(emulator: Emulator, api: Api) -> None:
    """One request retires a fleet, and every device is in the state which the list then shows."""
    emulator.reset(devices=10_000)
    ids = [
        row["id"]
        for row in emulator.devices("id", "registrationState")
        if row["registrationState"] == "ACTIVE"
    ]
    emulator.set_switch("action_settle", "manual")
    assert (
        send(api, BY_ACTION["retire"], *ids).result
        == len(ids)
        == emulator.state()["pending_actions"]
    )
    emulator.settle()
    assert {row["registrationState"] for row in emulator.devices("registrationState")}.isdisjoint(
        {"ACTIVE"}
    )
    total = sum(
        api.search("registrationState=ACTIVE", rows=1, dmPartitionId=space).result["totalCount"]
        for space in emulator.state()["partitions"]
    )
    assert total == 0
