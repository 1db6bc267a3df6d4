# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps device_action from doing harm by accident: every guard refused and passed, alone and
across runs.

The law: whatever runs there are, of whatever slices, and wherever they are killed, a run that sends
something destructive leaves no more devices asked within the window than that run's own limit
allows.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from ansible_collections.ivanti.uem.plugins.module_utils._module import pipeline
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.guard import Guard
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.journal import Journal
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import ModuleFailed, connection, product_of
from .action_fleet import DESTRUCTIVE, ROWS, acting, add, deeds, outcomes, refused, run
from .test_actions import arm, begin, when_sent

FLEET = 12
PRODUCTS = ("neurons", "epmm")
INCLUDED = "including those of other runs and lines that cannot be read"
FIELDS = {
    "neurons": {"serial": "serialNumber", "state": "registrationState"},
    "epmm": {"serial": "serial", "state": "status"},
}


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "new folder" / "journal.jsonl"
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(path))
    return path


@pytest.fixture
def servers(shared_emulator: NeuronsEmulator, shared_epmm: EpmmEmulator) -> dict[str, Emulator]:
    for server in (shared_emulator, shared_epmm):
        server.reset(seed=7, devices=FLEET)
    return {"neurons": shared_emulator, "epmm": shared_epmm}


def lines(journal: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(text) for text in journal.read_text(encoding="utf-8").splitlines()]
        if journal.exists()
        else []
    )


def phases(journal: Path) -> list[tuple[str, str]]:
    return [(line["phase"], line["device"]["id"]) for line in lines(journal)]


# a server that does not serve


@pytest.mark.parametrize("kind", ["503", "429"])
@pytest.mark.parametrize(("product", "action"), DESTRUCTIVE)
def test_nothing_destructive_is_sent_to_a_server_that_serves_none(
    servers, call, journal, product, action, kind
):
    server = servers[product]
    devices = [begin(server, action) for _number in range(9)]
    server.clear_requests()
    given = {"devices": devices, "max_devices": 9, "max_percent": 100, "retries": 0}
    arm(server, product, action, kind)
    result = run(call, server, action, **given)
    assert len(acting(server)) == 5 and deeds(server) == []
    unsent = [row for row in result["devices"] if "not sent: The server does not" in row["error"]]
    assert len(unsent) == 4 and {row["outcome"] for row in unsent} == {"failed"}
    # What was not sent does not use up the limit.
    server.clear_faults()
    left = {**given, "devices": [row["id"] for row in unsent]}
    assert run(call, server, action, **left)["summary"]["changed"] == 4


# confirm


@pytest.mark.parametrize(("product", "action"), DESTRUCTIVE)
@pytest.mark.parametrize("confirm", [None, " ", "1", "1-0000000000000000", "yes"])
def test_nothing_is_sent_without_the_confirm_of_the_plan(
    servers, call, journal, product, action, confirm
):
    server = servers[product]
    device = begin(server, action)
    given = {} if confirm is None else {"confirm": confirm}
    message = refused(call, server, action, devices=[device], **given)
    words = (
        f"confirm is {confirm!r}, but the plan, of 1 device, is not the one that it permits"
        if (confirm or "").strip()
        else "needs confirm"
    )
    assert words in message and "nothing was sent" in message and "--check" in message
    assert acting(server) == deeds(server) == [] and not journal.exists()


def _somebody_else(server: EpmmEmulator, device: int) -> str:
    owner = server.device(device)["user"]
    return next(user["principal"] for user in server.users() if user["principal"] != owner)


def _replan(
    server: Emulator, device: int, other: int
) -> dict[str, tuple[Callable[[], Any], dict[str, Any]]]:
    """What makes a plan another one: something that happens on the server, or in the options."""
    names = FIELDS[product_of(server)]
    owner = (
        {"emailAddress": "somebody.else@example.com"}
        if not isinstance(server, EpmmEmulator)
        else {"user": _somebody_else(server, device)}
    )
    # fmt: off
    return {
        "owner": (lambda: server.patch_device(device, **owner), {}),
        "serial number": (lambda: server.patch_device(device, **{names["serial"]: "CHANGED"}), {}),
        "state": (lambda: server.patch_device(device, **{names["state"]: "VERIFIED" if "status" in names.values() else "WIPE_CANCELED"}), {}),
        "another device": (lambda: None, {"devices": [other]}),
        "one more device": (lambda: None, {"devices": [device, other]}),
        "a parameter": (lambda: None, {"text": "other"} if product_of(server) == "neurons" else {"reason": "other"}),
        "another action": (lambda: None, {"action": "retire"}),
    }
    # fmt: on


@pytest.mark.parametrize(
    "what",
    [
        "owner",
        "serial number",
        "state",
        "another device",
        "one more device",
        "a parameter",
        "another action",
    ],
)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_confirm_is_for_exactly_one_plan(servers, call, journal, product, what):
    server = servers[product]
    device, other = (add(server, "wipe") for _number in range(2))
    options = {"action": "wipe", "devices": [device], "max_devices": 2}
    plan = call("device_action", server, check_mode=True, **options)
    assert plan["confirm"].startswith("1-") and len(plan["confirm"]) == 18
    happen, changed = _replan(server, device, other)[what]
    happen()
    with pytest.raises(ModuleFailed, match="is not the one that it permits"):
        call("device_action", server, confirm=plan["confirm"], **{**options, **changed})
    assert deeds(server) == [] and not journal.exists()
    again = call("device_action", server, check_mode=True, **{**options, **changed})["confirm"]
    assert again != plan["confirm"]
    assert call("device_action", server, confirm=again, **{**options, **changed})["changed"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_confirm_does_not_depend_on_how_devices_are_named(servers, call, product):
    server = servers[product]
    devices = [
        add(server, "wipe", **{FIELDS[product]["serial"]: f"SER{number}"}) for number in range(2)
    ]
    guids = [
        server.device(device)["guid" if product == "neurons" else "uuid"] for device in devices
    ]
    # fmt: off
    ways = [
        {"devices": devices}, {"devices": devices[::-1]}, {"devices": guids}, {"select": {"serial_numbers": ["ser0", "SER1"]}},
        {"select": {"ids": devices, "query": "[*]"}},
    ]
    # fmt: on
    confirms = {
        call("device_action", server, check_mode=True, action="wipe", max_devices=2, **way)[
            "confirm"
        ]
        for way in ways
    }
    assert len(confirms) == 1
    # What was read with all its fields is the same device as what is read again without them.
    result = call(
        "device_action", server, action="wipe", max_devices=2, confirm=confirms.pop(), **ways[-1]
    )
    assert result["summary"]["changed"] == 2


def test_a_confirm_of_another_server_is_another_one(servers, call):
    """Twins on two servers have the same ids, guids and owners."""
    server = servers["neurons"]
    device = add(server, "wipe")
    plan = call("device_action", server, check_mode=True, action="wipe", devices=[device])
    other = call(
        "device_action",
        server,
        check_mode=True,
        action="wipe",
        devices=[device],
        url=server.url.replace("127.0.0.1", "localhost"),
    )
    assert plan["confirm"] != other["confirm"]


def test_a_plan_with_nothing_to_do_needs_no_confirm(servers, call, journal):
    server = servers["neurons"]
    device = server.add_device(registrationState="RETIRED")
    result = call("device_action", server, action="retire", devices=[device])
    assert (
        outcomes(result) == {str(device): "unchanged"}
        and not result["changed"]
        and not journal.exists()
    )


def test_what_does_no_harm_needs_no_confirm_and_no_journal(servers, call, journal):
    server = servers["neurons"]
    assert (
        call("device_action", server, action="lock", devices=[add(server, "lock")])["changed"]
        and not journal.exists()
    )


# Limits


@pytest.mark.parametrize(
    ("fleet", "limits", "allowed"),
    [
        (12, {}, 1), (300, {}, 3), (1300, {}, 10), (12, {"max_devices": 3}, 3), (12, {"max_devices": 0}, 0), (12, {"max_percent": 25}, 3),
        (12, {"max_percent": 5}, 0), (12, {"max_devices": 2, "max_percent": 50}, 2), (12, {"max_devices": 9, "max_percent": 17}, 2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_plan_above_a_limit_sends_nothing_and_one_at_it_passes(
    servers, call, journal, product, fleet, limits, allowed
):
    server = servers[product]
    server.reset(devices=fleet - allowed - 1)
    devices = [add(server, "retire") for _number in range(allowed + 1)]
    server.clear_requests()
    for check_mode in (True, False):
        message = refused(
            call, server, "retire", check_mode=check_mode, devices=devices, confirm="1-0", **limits
        )
        assert "Refused: " in message and "nothing was sent" in message
        # A run without a fitting confirm says so first.
        many = {0: "1 device; at most 0 are", 1: "2 devices; at most 1 is"}.get(
            allowed, f"{allowed + 1} devices; at most {allowed} are"
        )
        assert not check_mode or f"does something destructive to {many} allowed" in message
    assert acting(server) == [] and not journal.exists()
    if allowed:
        assert (
            run(call, server, "retire", devices=devices[1:], **limits)["summary"]["changed"]
            == allowed
        )
        assert len(deeds(server)) == allowed


@pytest.mark.parametrize(
    ("limits", "words"),
    [({"max_devices": 1}, "max_devices is 1"), ({"max_percent": 10}, "max_percent is 10")],
)
@pytest.mark.parametrize("check_mode", [False, True], ids=["apply", "check"])
def test_limits_hold_for_what_does_no_harm_as_well(servers, call, limits, words, check_mode):
    server = servers["neurons"]
    devices = [add(server, "lock") for _number in range(2)]
    assert words in refused(call, server, "lock", check_mode=check_mode, devices=devices, **limits)
    assert acting(server) == []
    assert call("device_action", server, action="lock", devices=devices)["summary"]["changed"] == 2


# Selections

ALL_OF: dict[str, list[dict[str, Any]]] = {
    "neurons": [
        {"ownership": "company"},
        {"registered_within": "9998d"},
        {"filters": "ownershipType=COMPANY"},
    ],
    "epmm": [{"attributes": {"platform": "iOS"}}, {"filters": '"common.platform" = "iOS"'}],
}


@pytest.mark.parametrize("check_mode", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize(
    ("product", "select"),
    [(product, select) for product, selects in ALL_OF.items() for select in selects],
)
def test_a_selection_of_everything_is_refused(servers, call, product, select, check_mode):
    server = servers[product]
    for device in server.devices("id"):
        server.patch_device(
            device["id"],
            **({"ownershipType": "COMPANY"} if product == "neurons" else {"platform": "iOS"}),
        )
    if "registered_within" in select:
        server.reset(devices=3)
    message = refused(
        call,
        server,
        "retire",
        check_mode=check_mode,
        select=select,
        max_devices=99,
        on_ineligible="skip",
        confirm="x",
    )
    assert (
        "retire is not done to a whole fleet, and the selection is all" in message
        and acting(server) == []
    )
    named = refused(
        call,
        server,
        "retire",
        check_mode=check_mode,
        devices=[one["id"] for one in server.devices("id")],
        max_devices=99,
    )
    assert "retire is not done to a whole fleet" in named and acting(server) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_whole_fleet_that_is_refused_shows_what_is_protected(servers, call, product):
    server = servers[product]
    devices = [one["id"] for one in server.devices("id")]
    with pytest.raises(ModuleFailed) as error:
        call(
            "device_action",
            server,
            check_mode=True,
            action="wipe",
            devices=devices,
            protected={"devices": devices[:2]},
        )
    result = error.value.result
    protected = [row["id"] for row in result["devices"] if row["outcome"] == "protected"]
    assert (
        sorted(protected) == sorted(map(str, devices[:2])) and result["summary"]["protected"] == 2
    )
    assert "is not done to a whole fleet" in result["msg"] and acting(server) == []


def test_everything_may_be_locked(servers, call):
    server = servers["epmm"]
    server.reset(devices=0)
    for _number in range(2):
        server.add_device(platform="iOS")
    assert (
        call("device_action", server, action="lock", select={"attributes": {"platform": "iOS"}})[
            "summary"
        ]["changed"]
        == 2
    )


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_only_device_there_is_may_be_wiped(servers, call, product):
    server = servers[product]
    server.reset(devices=0)
    device = add(server, "wipe")
    assert run(call, server, "wipe", devices=[device])["changed"] and deeds(server) == [
        (device, "wipe")
    ]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_query_alone_is_refused_before_any_request(servers, call, product):
    server = servers[product]
    message = refused(call, server, "wipe", select={"query": "[?id == '1']"})
    assert (
        "select: a query on its own reads the whole fleet, which is not done for wipe; narrow it by another key as well."
    ) in message
    assert server.requests() == []
    assert "query on its own" not in refused(
        call, server, "lock", select={"query": "[?id == 'no such']"}
    )


@pytest.mark.parametrize(
    "options",
    [
        {"select": {}},
        {"select": {"ids": []}},
        {"select": {"attributes": {}}},
        {"select": None},
        {"devices": None},
        {"devices": []},
        {"select": {"serial_numbers": [""]}},
        {"select": {"query": None}},
    ],
)
def test_an_empty_selection_is_refused_before_any_request(servers, call, options):
    server = servers["neurons"]
    refused(call, server, "wipe", **options)
    assert server.requests() == []


# Protected devices


def _protections(server: NeuronsEmulator | EpmmEmulator, device: int) -> dict[str, Any]:
    """For each key of ``protected`` what names the device."""
    here = server.device(device)
    if isinstance(server, NeuronsEmulator):
        server.define_attributes("owner_role")
        server.set_attributes({device: {"owner_role": ["CEO"]}})
        # fmt: off
        return {
            "devices": [here["guid"]], "serial_numbers": [here["serialNumber"].lower()],
            "attributes": {"device_model": "VIP phone", "platform": "macos"}, "custom_attributes": {"owner_role": "CEO"},
        }
        # fmt: on
    server.set_label_members(server.add_label("VIP"), [here["uuid"]])
    # fmt: off
    return {
        "devices": [device], "serial_numbers": [here["serial"].lower()], "labels": ["VIP"],
        "attributes": {"model": "VIP phone", "platform": "windows"},
    }
    # fmt: on


@pytest.mark.parametrize("action", ["wipe", "lock"])
@pytest.mark.parametrize(
    ("product", "key"),
    [("neurons", key) for key in ("devices", "serial_numbers", "attributes", "custom_attributes")]
    + [("epmm", key) for key in ("devices", "serial_numbers", "labels", "attributes")],
)
def test_a_protected_device_is_left_alone(servers, call, product, key, action):
    server = servers[product]
    model = {"deviceModel": "VIP phone"} if product == "neurons" else {"model": "VIP phone"}
    platform = {"platformType": "IOS"} if product == "neurons" else {"platform": "iOS"}
    serial = FIELDS[product]["serial"]
    kept = server.add_device(**{serial: "KEPT", **platform, **model})
    other = server.add_device(**{serial: "OTHER", **platform})
    protected = {key: _protections(server, kept)[key]}
    server.clear_requests()
    result = run(call, server, action, devices=[kept, other], max_devices=2, protected=protected)
    assert outcomes(result) == {str(kept): "protected", str(other): "changed"}, result
    assert deeds(server) == [(other, action)]
    assert (result["summary"]["protected"], result["summary"]["matched"]) == (1, 2)
    assert result["selected"] == 2
    [reason] = [entry["reason"] for entry in result["devices"] if entry["outcome"] == "protected"]
    assert reason.startswith("protected: it")
    # The plan of those that are left does not count those that are protected.
    assert run(call, server, "wipe", devices=[kept], protected=protected)["changed"] is False


@pytest.mark.parametrize(
    ("product", "protected", "words"),
    [
        ("neurons", {}, "protected: none of its keys has a value, so it protects nothing"),
        ("epmm", {"labels": None, "devices": None}, "protected: none of its keys has a value, so it protects nothing"),
        (
            "neurons",
            {"labels": ["x"]},
            "protected.labels: is not supported by neurons, which supports devices, serial_numbers, attributes, custom_attributes; nothing was done.",
        ),
        (
            "epmm",
            {"custom_attributes": {"a": "b"}},
            "protected.custom_attributes: is not supported by epmm, which supports devices, serial_numbers, labels, attributes; nothing was done.",
        ),
        ("neurons", {"devices": [999999999]}, "protected.devices: there is no device id 999999999; nothing was sent. Correct or remove it."),
        ("neurons", {"devices": ["x"]}, "protected.devices[0]: 'x' is neither a device id"),
        ("neurons", {"serial_numbers": ["NOBODY"]}, "protected.serial_numbers: there is no device serial number NOBODY"),
        ("neurons", {"attributes": {"colour": ""}}, "attributes.colour: needs a name and a value"),
        ("neurons", {"colour": "red"}, "Unsupported parameters"),
        ("epmm", {"labels": ["Vipp"]}, "there is no label 'Vipp'"),
        ("epmm", {"attributes": {"colour": "red"}}, "'colour' is not a device field"),
    ],
)  # fmt: skip
def test_a_protection_that_names_nothing_is_refused(servers, call, product, protected, words):
    server = servers[product]
    device = add(server, "wipe")
    assert words in refused(
        call, server, "wipe", check_mode=True, devices=[device], protected=protected
    )
    assert acting(server) == []


def test_a_protection_that_names_nothing_is_not_what_was_selected(servers, call):
    server = servers["neurons"]
    options = {"devices": [add(server, "wipe")], "protected": {"devices": [999999999]}}
    assert run(call, server, "wipe", **options)["selected"] == 1


# The devices are read again


def _happens(server: Emulator, device: int, what: str) -> None:
    names = FIELDS[product_of(server)]
    if what == "owner":
        _replan(server, device, device)["owner"][0]()
    elif what == "state":
        server.patch_device(device, **{names["state"]: "RETIRED"})
    elif what == "serial":
        server.patch_device(device, **{names["serial"]: "SWAPPED"})
    else:
        server.delete_device(device)


@pytest.mark.parametrize("what", ["owner", "state", "serial", "vanished"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_device_that_changes_after_the_plan_stops_all_of_it(
    servers, call, journal, monkeypatch, product, what
):
    server = servers[product]
    devices = [
        add(server, "wipe", **{FIELDS[product]["serial"]: f"SER{number}"}) for number in range(2)
    ]
    options = {"action": "wipe", "devices": devices, "max_devices": 2}
    plan = call("device_action", server, check_mode=True, **options)
    reserve = Guard.reserve

    def late(self: Guard, *given: Any) -> None:
        _happens(server, devices[1], what)
        reserve(self, *given)

    monkeypatch.setattr(Guard, "reserve", late)
    with pytest.raises(ModuleFailed) as failed:
        call("device_action", server, confirm=plan["confirm"], **options)
    assert (
        f"since the plan was made these devices changed or vanished: device {devices[1]} (serial "
        "number SER1); nothing was sent"
    ) in str(failed.value)
    assert deeds(server) == [] and not journal.exists()


@pytest.mark.parametrize("what", ["owner", "state", "serial", "vanished"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_device_that_changes_while_others_are_sent_is_refused_alone(
    servers, call, journal, monkeypatch, product, what
):
    """What it was when the run began is not what it must be: it is read directly before."""
    server = servers[product]
    serial = FIELDS[product]["serial"]
    devices = [add(server, "wipe", **{serial: f"SER{number}"}) for number in range(3)]
    happen = iter([lambda: _happens(server, devices[1], what)])

    def change() -> None:
        for event in happen:
            event()
            break

    when_sent(monkeypatch, change)
    result = run(call, server, "wipe", devices=devices, max_devices=3)
    assert list(outcomes(result).values()) == ["changed", "failed", "changed"]
    assert (
        f"changed or vanished: device {devices[1]} (serial number SER1); nothing was sent"
        in (result["msg"])
    )
    assert sorted(deeds(server)) == [(devices[0], "wipe"), (devices[2], "wipe")]
    answers = {line["device"]["id"]: line["answer"] for line in lines(journal) if "answer" in line}
    assert "changed or vanished" in answers[str(devices[1])]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_device_that_cannot_be_read_directly_before_gets_nothing(
    servers, call, monkeypatch, product
):
    server = servers[product]
    devices = [add(server, "wipe") for _number in range(2)]
    when_sent(monkeypatch, lambda: server.add_fault("500", method="GET", times=None))
    result = run(call, server, "wipe", devices=devices, max_devices=2, retries=0)
    server.clear_faults()
    assert list(outcomes(result).values()) == ["changed", "failed"]
    assert "could not be read directly before wipe, and nothing was sent to it" in result["msg"]
    assert deeds(server) == [(devices[0], "wipe")]


# What is pending


LATE = [("neurons", "relinquish"), ("epmm", "wipe")]


@pytest.mark.parametrize(("product", "action"), DESTRUCTIVE)
def test_what_is_pending_is_not_sent_again(servers, call, product, action):
    server = servers[product]
    device = begin(server, action)
    server.set_switch("action_settle", "manual")
    if product == "neurons":
        server.set_switch("relinquish_state", "unchanged")
        # The list does not show what the device shows.
        server.add_fault("stale_list", times=None)
    options = {"devices": [device], "guard_window": 1}
    assert run(call, server, action, **options)["changed"]
    for check_mode in (True, False, False):
        again = call("device_action", server, check_mode=check_mode, action=action, **options)
        assert not again["changed"] and set(outcomes(again).values()) <= {"unchanged", "skipped"}
        said = " ".join(again["warnings"])
        assert ((product, action) in LATE) == (f"{action} is pending, as the journal says" in said)
        assert f"device {device}" in said or (product, action) not in LATE
    assert deeds(server) == [(device, action)]


@pytest.mark.parametrize(("product", "action"), LATE)
def test_what_is_pending_is_sent_once_more_where_that_is_wanted(servers, call, product, action):
    server = servers[product]
    device = begin(server, action)
    server.set_switch("action_settle", "manual")
    if product == "neurons":
        server.set_switch("relinquish_state", "unchanged")
    options = {"devices": [device], "max_devices": 2}
    assert run(call, server, action, **options)["changed"]
    assert run(call, server, action, resend=True, **options)["changed"]
    assert deeds(server) == [(device, action)] * 2
    # Another registration with the same id is another device.
    assert not run(call, server, action, **options)["changed"]


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("fault", ["lost_answer", "truncated_json"])
def test_what_may_have_been_taken_is_not_sent_again(servers, call, journal, api, fault):
    """The answer is lost and the device does not show a wipe yet, so nobody knows."""
    server = servers["epmm"]
    device = begin(server, "wipe")
    server.set_switch("action_settle", "manual")
    server.add_fault(fault, method="PUT", path_regex="wipe", times=None)
    options = {"devices": [device], "max_devices": 9, "api": api}
    assert list(outcomes(run(call, server, "wipe", **options)).values()) == ["unknown"]
    server.clear_faults()
    plan = call("device_action", server, check_mode=True, action="wipe", **options)
    assert plan["summary"]["unchanged"] == 1
    assert f"Whether wipe was taken is unknown, as the journal says: device {device} " in str(
        plan["warnings"]
    )
    assert not run(call, server, "wipe", **options)["changed"]
    assert deeds(server) == [(device, "wipe")]
    assert run(call, server, "wipe", resend=True, **options)["changed"]
    assert deeds(server) == [(device, "wipe")] * 2


@pytest.mark.parametrize("form", ["absent", "queued"])
def test_what_an_answer_leaves_open_is_not_sent_again(servers, call, journal, monkeypatch, form):
    server = servers["epmm"]
    device = begin(server, "wipe")
    server.set_switch("action_settle", "manual")
    server.set_switch("v2_action_results", form if form == "absent" else "present")
    send = Transport.call

    def queued(self: Transport, endpoint: Any, **options: Any) -> Any:
        answer = send(self, endpoint, **options)
        if endpoint.id == "device_wipe" and form == "queued":
            answer["deviceResults"] = dict.fromkeys(answer["deviceResults"], "a.action.queued")
        return answer

    monkeypatch.setattr(Transport, "call", queued)
    options = {"devices": [device], "max_devices": 9}
    [word] = outcomes(run(call, server, "wipe", **options)).values()
    assert word == ("changed" if form == "absent" else "unknown")
    assert not run(call, server, "wipe", **options)["changed"]
    assert deeds(server) == [(device, "wipe")]


def test_the_journal_of_another_server_or_action_makes_nothing_pending(servers, call, journal):
    server = servers["epmm"]
    device = begin(server, "wipe")
    server.set_switch("action_settle", "manual")
    options = {"devices": [device], "max_devices": 9}
    assert run(call, server, "wipe", **options)["changed"]
    kept = journal.read_text(encoding="utf-8")
    for old, new in (
        (server.url, "https://other.example.com"),
        ('"action": "wipe"', '"action": "retire"'),
        (server.device(device)["uuid"], "00000000-0000-4000-8000-000000000000"),
    ):
        journal.write_text(kept.replace(old, new), encoding="utf-8")
        plan = call("device_action", server, check_mode=True, action="wipe", **options)
        assert plan["summary"]["changed"] == 1
    journal.write_text(kept, encoding="utf-8")
    plan = call("device_action", server, check_mode=True, action="wipe", **options)
    assert plan["summary"]["unchanged"] == 1


@pytest.mark.parametrize("wait", [False, True])
def test_a_list_without_the_device_does_not_prove_that_it_is_deleted(
    servers, call, journal, monkeypatch, wait
):
    """The device itself is asked."""
    server = servers["neurons"]
    devices = [add(server, "delete") for _number in range(2)]
    arm(server, "neurons", "delete", "503", retry_after=0)
    send, sent = Transport.call, []

    def emptied(self: Transport, endpoint: Any, **options: Any) -> Any:
        if sent and endpoint.path == "/api/v1/device" and endpoint.safe:
            return {"errors": None, "result": {"totalCount": 0, "searchResults": []}}
        if not endpoint.safe:
            sent.append(endpoint)
        return send(self, endpoint, **options)

    options = {"devices": devices, "max_devices": 2, "wait_timeout": 0, "wait_interval": 0}
    plan = call("device_action", server, check_mode=True, action="delete", **options)
    monkeypatch.setattr(Transport, "call", emptied)
    with pytest.raises(ModuleFailed) as failed:
        call(
            "device_action", server, action="delete", confirm=plan["confirm"], wait=wait, **options
        )
    result = failed.value.result
    assert set(outcomes(result).values()) == {"failed"} and not result["changed"]
    assert result["msg"].count("The device is RETIRED now") == 1 and deeds(server) == []
    assert all("taken" != line.get("answer") for line in lines(journal))


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_nobodys_identity_may_change(servers, call, monkeypatch, product):
    server = servers[product]
    device = add(server, "wipe")
    plan = call("device_action", server, check_mode=True, action="wipe", devices=[device])
    field = {"deviceName": "new name"} if product == "neurons" else {"comment": "new comment"}
    reserve = Guard.reserve
    monkeypatch.setattr(
        Guard,
        "reserve",
        lambda self, *given: (server.patch_device(device, **field), reserve(self, *given))[1],
    )
    assert call("device_action", server, action="wipe", devices=[device], confirm=plan["confirm"])[
        "changed"
    ]


# The journal


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_line_before_and_one_after(servers, call, journal, product):
    server = servers[product]
    device = add(server, "wipe", **{FIELDS[product]["serial"]: "SER1"})
    began = time.time()
    result = run(call, server, "wipe", devices=[device])
    before, after = lines(journal)
    here = server.device(device)
    for line in (before, after):
        assert (
            line["device"]["id"] == str(device)
            and line["device"]["serial"] == "SER1"
            and line["device"]["state"] == "ACTIVE"
        )
        assert line["device"]["guid"] == here.get("guid", here.get("uuid"))
        assert (line["action"], line["server"], line["digest"]) == (
            "wipe",
            server.url,
            result["confirm"],
        )
        assert line["who"].startswith("the user tester by ") and began <= line["at"] <= time.time()
        assert line["when"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(line["at"]))
    assert (before["phase"], after["phase"], after["answer"]) == (
        "before",
        "after",
        "taken",
    ) and "answer" not in before
    assert before["run"] == after["run"]
    assert (
        stat.S_IMODE(journal.stat().st_mode) == 0o600
        and stat.S_IMODE(journal.parent.stat().st_mode) == 0o700
    )
    assert server.password not in journal.read_text(encoding="utf-8")


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_new_journal_is_said_once(servers, call, monkeypatch, tmp_path, product):
    """A container has a home folder of its own, where no other run has written anything."""
    monkeypatch.delenv("IVANTI_UEM_JOURNAL_PATH")
    server = servers[product]
    first, second = (add(server, "wipe") for _number in range(2))
    for home in ("one", "two"):
        monkeypatch.setenv("HOME", str(tmp_path / home))
        said = [
            run(call, server, "wipe", devices=[device], max_devices=4)["warnings"]
            for device in (first, second)
        ]
        assert ["IVANTI_UEM_JOURNAL_PATH" in " ".join(words) for words in said] == [True, False]
        assert str(tmp_path / home) in said[0][-1]
        first, second = (add(server, "wipe") for _number in range(2))
    monkeypatch.setenv("HOME", str(tmp_path / "three"))
    assert not run(call, server, "lock", devices=[first])["warnings"]


def test_the_line_before_is_on_the_disk_before_the_request_leaves(
    servers, call, journal, monkeypatch
):
    server = servers["neurons"]
    devices = [add(server, "wipe") for _number in range(2)]
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    seen = []
    when_sent(monkeypatch, lambda: seen.append((phases(journal), list(synced))))
    assert run(call, server, "wipe", devices=devices, max_devices=2)["summary"]["changed"] == 2
    first, second = (str(device) for device in devices)
    assert seen[0][0] == [("before", first), ("before", second)] and len(seen[0][1]) == 1
    assert seen[1][0] == [*seen[0][0], ("after", first)] and len(seen[1][1]) == 2
    assert synced[-1] == journal.stat().st_size and len(synced) == 3


def test_failures_are_in_the_journal_without_secrets(servers, call, journal):
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(2)]
    arm(server, "neurons", "retire", "errors_200", message=f"no: {server.password}")
    run(call, server, "retire", devices=devices, max_devices=2)
    answers = [line["answer"] for line in lines(journal) if line["phase"] == "after"]
    assert len(answers) == 2 and all("The device is ACTIVE now" in answer for answer in answers)
    assert server.password not in journal.read_text(encoding="utf-8")


def test_an_existing_journal_is_kept_and_closed_to_others(servers, call, journal):
    journal.parent.mkdir()
    journal.write_text('{"note": "mine"}\n', encoding="utf-8")
    journal.chmod(0o644)
    server = servers["neurons"]
    assert run(call, server, "wipe", devices=[add(server, "wipe")])["changed"]
    assert (
        lines(journal)[0] == {"note": "mine"}
        and len(lines(journal)) == 3
        and stat.S_IMODE(journal.stat().st_mode) == 0o600
    )


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    target = path.with_name("target")
    target.touch()
    path.symlink_to(target)


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def _device(path: Path) -> None:
    path.symlink_to("/dev/null")


@pytest.mark.parametrize("make", [_folder, _link, _dangling, _device, os.mkfifo])
def test_nothing_is_sent_without_a_journal(servers, call, journal, make):
    journal.parent.mkdir()
    make(journal)
    server = servers["neurons"]
    device = begin(server, "wipe")
    result = run(call, server, "wipe", devices=[device])
    assert (
        f"Refused: the journal {journal} cannot be " in result["msg"]
        and "nothing was sent. Set journal_path to a file" in result["msg"]
    )
    assert acting(server) == []


def test_the_null_device_is_no_journal(servers, call):
    """It would forget every run, and other programs need it open to all."""
    server = servers["neurons"]
    before = stat.S_IMODE(os.stat("/dev/null").st_mode)
    result = run(call, server, "wipe", devices=[begin(server, "wipe")], journal_path="/dev/null")
    assert (
        "the journal /dev/null cannot be " in result["msg"]
        and "not a regular file" in result["msg"]
    )
    assert acting(server) == [] and stat.S_IMODE(os.stat("/dev/null").st_mode) == before


def test_a_folder_that_cannot_be_made(servers, call, journal):
    journal.parent.write_text("a file", encoding="utf-8")
    server = servers["neurons"]
    device = begin(server, "wipe")
    confirm = ""
    with suppress(ModuleFailed):
        confirm = call("device_action", server, check_mode=True, action="wipe", devices=[device])[
            "confirm"
        ]
    assert (
        "Refused: the journal"
        in refused(call, server, "wipe", devices=[device], confirm=confirm or "x")
        or not confirm
    )
    assert acting(server) == []


def test_a_journal_that_breaks_after_sending_does_not_say_that_nothing_was_sent(
    servers, call, journal, monkeypatch
):
    server = servers["neurons"]
    device = begin(server, "wipe")

    def replace() -> None:
        journal.rename(journal.with_name("gone"))
        journal.mkdir()

    when_sent(monkeypatch, replace)
    result = run(call, server, "wipe", devices=[device])
    assert outcomes(result) == {str(device): "failed"} and deeds(server) == [(device, "wipe")]
    assert (
        "wipe was sent, and the answer was: taken. The journal" in result["msg"]
        and "nothing was sent" not in result["msg"]
    )


@pytest.mark.parametrize(
    "broken",
    [
        '{"phase": "before", "at": 17',
        "\0\0\0\0",
        "[1, 2]",
        "null",
        '{"phase": "before", "at": "soon"',
        "\udcff\udcfe",
    ],
)
def test_a_line_that_a_crash_broke_off_counts_and_spoils_no_other(servers, call, journal, broken):
    journal.parent.mkdir()
    journal.write_text(broken, encoding="utf-8", errors="surrogateescape")
    server = servers["neurons"]
    device = begin(server, "wipe")
    result = run(call, server, "wipe", devices=[device], max_devices=1)
    assert (
        f"destructive to 1 device, and the journal has 1 more from the last 1200 s, {INCLUDED}"
        in result["msg"]
    )
    assert acting(server) == []
    assert run(call, server, "wipe", devices=[device], max_devices=2)["changed"]
    text = journal.read_text(encoding="utf-8", errors="replace").splitlines()
    assert [json.loads(line)["phase"] for line in text[1:]] == ["before", "after"]


# Across runs


@pytest.mark.parametrize("product", PRODUCTS)
def test_runs_share_their_limit_while_the_window_lasts(servers, call, journal, product):
    server = servers[product]
    devices = [add(server, "retire") for _number in range(4)]
    assert run(call, server, "retire", devices=devices[:2], max_devices=3)["changed"]
    for check_mode in (True, False):
        message = refused(
            call,
            server,
            "retire",
            check_mode=check_mode,
            devices=devices[2:],
            max_devices=3,
            confirm="x",
        )
        words = f"to 2 devices, and the journal has 2 more from the last 1200 s, {INCLUDED}; at most 3 are allowed"
        assert not check_mode or words in message
    assert run(call, server, "wipe", devices=devices[2:], max_devices=3)["msg"].startswith(
        "Refused"
    )
    assert run(call, server, "retire", devices=devices[2:3], max_devices=3)["changed"]
    assert run(call, server, "retire", devices=devices[3:], max_devices=4, guard_window=86400)[
        "changed"
    ]
    # What was done already takes nothing from anybody.
    assert run(call, server, "retire", devices=devices, max_devices=1)["summary"]["unchanged"] == 4


def _age(journal: Path, seconds: float) -> None:
    old = [{**line, "at": line["at"] - seconds} for line in lines(journal)]
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in old), encoding="utf-8")


def test_what_was_before_the_window_does_not_count(servers, call, journal):
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(3)]
    assert run(call, server, "retire", devices=devices[:1])["changed"]
    _age(journal, 1190)
    assert run(call, server, "retire", devices=devices[1:2])["msg"].startswith("Refused")
    _age(journal, 20)
    assert run(call, server, "retire", devices=devices[1:2])["changed"]
    _age(journal, 30)
    assert run(call, server, "retire", devices=devices[2:])["msg"].startswith("Refused")
    assert run(call, server, "retire", devices=devices[2:], guard_window=29)["changed"]


def test_both_products_share_a_journal_and_not_a_limit(servers, call, journal):
    for server in servers.values():
        first, second = (add(server, "retire") for _number in range(2))
        assert run(call, server, "retire", devices=[first])["changed"]
        assert run(call, server, "retire", devices=[second])["msg"].startswith("Refused")
    assert {line["server"] for line in lines(journal)} == {
        server.url for server in servers.values()
    }


def test_a_server_is_the_same_however_its_address_is_written(servers, call, journal):
    server = servers["neurons"]
    first, second = (add(server, "retire") for _number in range(2))
    shouted = f"{server.url.replace('https', 'HTTPS').replace('127.0.0.1', 'LocalHost')}/"
    assert run(call, server, "retire", devices=[first], url=shouted)["changed"]
    assert run(
        call, server, "retire", devices=[second], url=server.url.replace("127.0.0.1", "localhost")
    )["msg"].startswith("Refused")


def test_what_was_reserved_and_never_answered_counts(servers, call, journal, monkeypatch):
    """Killed between the line before and the request."""
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "write", _killed)
        with pytest.raises(Killed):
            run(call, server, "retire", devices=devices[:1])
    assert phases(journal) == [("before", str(devices[0]))] and deeds(server) == []
    assert run(call, server, "retire", devices=devices[1:])["msg"].startswith("Refused")


class Killed(BaseException):
    """The process is no more: nothing that is there for errors sees it."""


def _killed(*_given: Any, **_options: Any) -> Any:
    raise Killed


# The law

POOL = 6
# fmt: off
steps = st.lists(
    st.fixed_dictionaries({
        "devices": st.lists(st.integers(0, POOL - 1), min_size=1, max_size=3, unique=True),
        "limit": st.sampled_from((2, 3, 1, 4, 0)),
        "action": st.sampled_from(("wipe", "retire")),
        "crash": st.sampled_from(("", "", "", "", "reserved", "sent", "noted", "in the journal")),
        "fault": st.sampled_from(("", "", "", "", "lost_answer", "reset", "500", "result_zero")),
    }),
    min_size=2, max_size=6,
)
# fmt: on


def _step(devices: list[int], limit: int, crash: str = "", fault: str = "") -> dict[str, Any]:
    return {"devices": devices, "limit": limit, "action": "retire", "crash": crash, "fault": fault}


def _crash(patch: pytest.MonkeyPatch, where: str) -> None:
    """Kill the process: after its devices were reserved, after the first request, after its answer
    was written, or in the middle of writing that."""
    if where == "reserved":
        patch.setattr(pipeline, "write", _killed)
    elif where == "sent":
        when_sent(patch, _killed)
    elif where == "noted":
        record = Guard.record
        patch.setattr(Guard, "record", lambda self, outcomes: (record(self, outcomes), _killed()))
    elif where == "in the journal":

        def half(self: Journal, lines: list[Any]) -> None:
            with self._locked() as descriptor:
                os.write(descriptor, b'{"phase": "after", "at"')
            raise Killed

        patch.setattr(Journal, "add", half)


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, product=st.sampled_from(PRODUCTS))
@example(steps=[_step([0, 1], 2), _step([2], 2), _step([2], 3), _step([3], 3)], product="neurons")
@example(
    steps=[_step([0, 1, 2], 3, crash="sent"), _step([3], 3), _step([1], 4), _step([4], 4)],
    product="epmm",
)
@example(
    steps=[_step([0, 1], 2, crash="reserved"), _step([0, 1], 2), _step([2, 3], 4), _step([4], 4)],
    product="neurons",
)
@example(
    steps=[_step([0], 1, fault="lost_answer"), _step([0], 1), _step([1], 1), _step([0, 1], 2)],
    product="epmm",
)
@example(
    steps=[_step([0, 1], 2, crash="in the journal"), _step([2], 2), _step([2, 3], 4)],
    product="epmm",
)
def test_no_sequence_of_runs_and_crashes_sends_more_than_is_allowed(
    servers, call, journal, steps, product
):
    server = servers[product]
    server.reset(devices=2)
    journal.unlink(missing_ok=True)
    devices = [add(server, "retire") for _number in range(POOL)]
    for step in steps:
        before = len(acting(server))
        server.clear_faults()
        if step["fault"]:
            arm(server, product, step["action"], step["fault"], times=1)
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            _crash(patch, step["crash"])
            run(
                call,
                server,
                step["action"],
                devices=[devices[at] for at in step["devices"]],
                max_devices=step["limit"],
                retries=2,
                on_ineligible="skip",
            )
        after = len(acting(server))
        assert after == before or after <= step["limit"], step
        assert after - before <= len(step["devices"])


DRIVER = """
import json, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}).encode()
basic._ANSIBLE_PROFILE = "legacy"
from ansible_collections.ivanti.uem.plugins.modules.device_action import main
sys.stdin.readline()
main()
"""


def _process(server: Emulator, journal: Path, **options: Any) -> subprocess.Popen[str]:
    """A process of its own that is ready to do an action, and begins when it is told to."""
    arguments = {**connection(server), "action": "retire", "journal_path": str(journal), **options}
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.parametrize("product", PRODUCTS)
def test_runs_at_the_same_time_share_their_limit(servers, call, journal, product):
    server = servers[product]
    devices = [add(server, "retire") for _number in range(4)]
    plans = [
        call(
            "device_action",
            server,
            check_mode=True,
            action="retire",
            devices=[device],
            max_devices=2,
        )
        for device in devices
    ]
    runs = [
        _process(server, journal, devices=[device], max_devices=2, confirm=plan["confirm"])
        for device, plan in zip(devices, plans, strict=True)
    ]
    for process in runs:
        _go(process)
    results = [json.loads(process.communicate(timeout=60)[0]) for process in runs]
    assert len(deeds(server)) == 2 == sum(result.get("changed", False) for result in results)
    assert (
        sum(
            "at most 2 are allowed; nothing was sent" in result.get("msg", "") for result in results
        )
        == 2
    )


def test_a_process_that_is_killed_while_it_waits_for_an_answer_leaves_its_line(
    servers, call, journal
):
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(2)]
    plan = call("device_action", server, check_mode=True, action="retire", devices=devices[:1])
    arm(server, "neurons", "retire", "slow", times=1, seconds=0.6)
    process = _process(server, journal, devices=devices[:1], confirm=plan["confirm"])
    _go(process)
    _wait_for(lambda: phases(journal))
    process.kill()
    process.communicate(timeout=10)
    assert phases(journal) == [("before", str(devices[0]))]
    assert run(call, server, "retire", devices=devices[1:])["msg"].startswith("Refused")
    assert (devices[1], "retire") not in deeds(server)
    # If its request had left, it is over before the next test begins.
    time.sleep(0.7)


def _wait_for(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_rows_of_destructive_actions_are_there():
    assert all(action in ROWS[product] for product, action in DESTRUCTIVE)
