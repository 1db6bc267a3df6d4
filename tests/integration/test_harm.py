# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may take away from many devices, and what the house lets any task change: for every
writer, against the emulators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..conftest import DEVICES, ModuleFailed, connection, product_of, writes
from .action_fleet import SUPERVISED, add
from .test_roaming_location import phone

MANY, FEW = 12, 10
HOUSE_DEVICES, HOUSE_PERCENT = "IVANTI_UEM_MAX_DEVICES", "IVANTI_UEM_MAX_PERCENT"
Server = Any
Options = dict[str, Any]


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))


# Options of each writer that take something away from a number of devices


def acting(action: str) -> Callable[[Server, Any, int], Options]:
    def made(server: Server, call: Any, count: int) -> Options:
        devices = [add(server, action) for _number in range(count)]
        more = {"text": "Lost"} if action == "enable_lost_mode" else {}
        return {"action": action, "devices": devices, **more}

    return made


def owned(server: Server, call: Any, count: int) -> Options:
    old = {"ownerId": 777, "uid": "old@example.com", "emailAddress": "old@example.com"}
    devices = [server.add_device(**SUPERVISED, **old) for _number in range(count)]
    return {"devices": devices, "user": "warehouse@example.com"}


def purged(server: Server, call: Any, count: int) -> Options:
    devices = [server.add_device() for _number in range(count)]
    call("device_custom_attrs", server, devices=devices, attrs={"owner": "it"})
    return {"devices": devices, "attrs": {}, "purge": True}


def removed(server: Server, call: Any, count: int) -> Options:
    return {**purged(server, call, count), "attrs": ["owner"], "purge": False, "state": "absent"}


def excluded(server: Server, call: Any, count: int) -> Options:
    devices = [server.add_device() for _number in range(count)]
    return {"devices": devices, "configs": ["Passcode Config"], "state": "excluded"}


def unlabelled(server: Server, call: Any, count: int) -> Options:
    devices = [add(server, "lock") for _number in range(count)]
    call("device_label", server, devices=devices, labels=["Pilot"])
    return {"devices": devices, "labels": ["Pilot"], "state": "absent"}


def relabelled(server: Server, call: Any, count: int) -> Options:
    options = unlabelled(server, call, count)
    return {**options, "labels": ["two words"], "state": "present", "purge": True}


def crowded(server: Server, count: int) -> list[int]:
    """Devices on the label Pilot, which has no others."""
    devices = [add(server, "lock") for _number in range(count)]
    uuids = [server.device(device)["uuid"] for device in devices]
    server.set_label_members(server.labels()["Pilot"]["id"], uuids)
    return devices


def left_out(server: Server, call: Any, count: int) -> Options:
    """One device that is to have the label, and nobody else."""
    stays, *_leave = crowded(server, count + 1)
    return {"devices": [stays], "labels": ["Pilot"], "exact": True}


def deleted(server: Server, call: Any, count: int) -> Options:
    crowded(server, count)
    return {"name": "Pilot", "state": "absent", "force": True}


def blocked(server: Server, call: Any, count: int) -> Options:
    known = [server.add_eas(user=f"user{number}") for number in range(count)]
    return {"activesync_devices": known, "state": "blocked"}


def roaming(server: Server, call: Any, count: int) -> Options:
    return {"devices": [phone(server) for _number in range(count)], "voice": False}


def unapplied(server: Server, call: Any, count: int) -> Options:
    """A policy on a label; the request names the label, and not its devices."""
    crowded(server, count)
    policy = next(one for one in server.policies().values() if not one["default"])
    server.change_policy(policy["id"], labels=["Pilot"], active=True)
    return {"policy": policy["name"], "label": "Pilot", "state": "absent"}


# fmt: off
TAKING: dict[tuple[str, str], Callable[[Server, Any, int], Options]] = {
    ("neurons", "device_action: unlock"): acting("unlock"),
    ("neurons", "device_action: exit_kiosk"): acting("exit_kiosk"),
    ("neurons", "device_action: enable_lost_mode"): acting("enable_lost_mode"),
    ("neurons", "device_action: disable_lost_mode"): acting("disable_lost_mode"),
    ("neurons", "device_owner"): owned,
    ("neurons", "device_custom_attrs: purge"): purged,
    ("neurons", "device_custom_attrs: absent"): removed,
    ("neurons", "device_config"): excluded,
    ("epmm", "device_action: unlock"): acting("unlock"),
    ("epmm", "device_label: absent"): unlabelled,
    ("epmm", "device_label: purge"): relabelled,
    ("epmm", "device_label: exact"): left_out,
    ("epmm", "label"): deleted,
    ("epmm", "activesync_device"): blocked,
    ("epmm", "device_roaming"): roaming,
    ("epmm", "label_policy"): unapplied,
}
HARMLESS: dict[tuple[str, str], Callable[[Server, Any, int], Options]] = {
    ("neurons", "device_action: lock"): acting("lock"),
    ("neurons", "device_action: restart"): acting("restart"),
    ("neurons", "device_message"): lambda server, call, count: {**devices_of(server, count), "text": "Hello."},
    ("neurons", "compliance_sync"): lambda server, call, count: {**devices_of(server, count), "vendor": "intune"},
    ("neurons", "device_custom_attrs"): lambda server, call, count: {**devices_of(server, count), "attrs": {"owner": "it"}},
    ("epmm", "device_action: lock"): acting("lock"),
    ("epmm", "device_label"): lambda server, call, count: {**devices_of(server, count), "labels": ["Pilot"]},
    ("epmm", "alert"): lambda server, call, count: {"ids": alerts(server, count), "comment": "Seen."},
}
# fmt: on


def devices_of(server: Server, count: int) -> Options:
    if product_of(server) == "epmm":
        return {"devices": [add(server, "lock") for _number in range(count)]}
    return {"devices": [server.add_device() for _number in range(count)]}


def alerts(server: Server, count: int) -> list[int]:
    device = add(server, "lock")
    return [server.add_alert(device) for _number in range(count)]


def made(
    request: Any, call: Any, product: str, writer: str, count: int, table: Any
) -> tuple[str, Server, Options]:
    """The module, its server, and its options for a number of devices."""
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    options = table[product, writer](server, call, count)
    server.clear_requests()
    return writer.partition(":")[0], server, options


def refused(call: Any, module: str, server: Server, **options: Any) -> dict[str, Any]:
    """The result of a task that is refused and writes nothing."""
    with pytest.raises(ModuleFailed) as error:
        call(module, server, **options)
    assert writes(server) == []
    result = error.value.result
    assert "\n" not in result["msg"]
    return result


@pytest.mark.parametrize(("product", "writer"), TAKING)
def test_what_takes_something_from_many_needs_a_decision(request, call, product, writer):
    module, server, options = made(request, call, product, writer, MANY, TAKING)
    for check_mode in (True, False):
        result = refused(call, module, server, check_mode=check_mode, **options)
        assert f"takes something away from {MANY} of " in result["msg"]
        assert f"confirm={result['confirm']}" in result["msg"]
        assert f"max_devices={MANY}" in result["msg"] and not result["changed"]
        assert any(line.startswith("refused: ") for line in result["plan"])
    wrong = "12-0123456789abcdef"
    warned = refused(call, module, server, check_mode=True, confirm=wrong, **options)
    assert any(wrong in warning for warning in warned["warnings"])
    assert wrong in refused(call, module, server, confirm=wrong, **options)["msg"]
    confirm = result["confirm"]
    assert call(module, server, check_mode=True, confirm=confirm, **options)["changed"]
    assert writes(server) == []
    assert call(module, server, confirm=confirm, **options)["changed"]
    assert writes(server)


@pytest.mark.parametrize(("product", "writer"), TAKING)
@pytest.mark.parametrize("limits", [{"max_devices": MANY}, {"max_percent": 100}])
def test_a_limit_of_its_own_is_a_decision(request, call, product, writer, limits):
    module, server, options = made(request, call, product, writer, MANY, TAKING)
    assert call(module, server, **limits, **options)["changed"]


@pytest.mark.parametrize(("product", "writer"), TAKING)
def test_ten_devices_may_always_lose_something(request, call, product, writer):
    module, server, options = made(request, call, product, writer, FEW, TAKING)
    assert call(module, server, **options)["changed"]


@pytest.mark.parametrize(("product", "writer"), HARMLESS)
def test_what_is_harmless_has_no_limit(request, call, product, writer):
    module, server, options = made(request, call, product, writer, MANY, HARMLESS)
    assert call(module, server, **options)["changed"]


@pytest.mark.parametrize(("product", "writer"), [*TAKING, *HARMLESS])
def test_the_house_limits_every_writer(request, call, monkeypatch, product, writer):
    table = TAKING if (product, writer) in TAKING else HARMLESS
    module, server, options = made(request, call, product, writer, MANY, table)
    monkeypatch.setenv(HOUSE_DEVICES, str(MANY - 1))
    raised = {"max_devices": 1000}
    for check_mode in (True, False):
        result = refused(call, module, server, check_mode=check_mode, **raised, **options)
        assert f"and {HOUSE_DEVICES} is {MANY - 1}; nothing was written" in result["msg"]
        assert f"raised (to {MANY})" in result["msg"]
        assert f"limit: {HOUSE_DEVICES} is {MANY - 1} and would have to be {MANY}" in result["plan"]
    confirmed = refused(call, module, server, confirm=result["confirm"], **options)
    assert HOUSE_DEVICES in confirmed["msg"]
    monkeypatch.setenv(HOUSE_DEVICES, str(MANY))
    assert call(module, server, **raised, **options)["changed"]


@pytest.mark.parametrize(("product", "writer"), [*TAKING, *HARMLESS])
def test_the_house_limits_in_percent(request, call, monkeypatch, product, writer):
    table = TAKING if (product, writer) in TAKING else HARMLESS
    module, server, options = made(request, call, product, writer, FEW, table)
    monkeypatch.setenv(HOUSE_PERCENT, "5")
    if module == "alert":
        # Alerts are no part of a fleet; but nothing of them is nothing.
        assert call(module, server, check_mode=True, **options)["changed"]
        monkeypatch.setenv(HOUSE_PERCENT, "0")
    assert f"{HOUSE_PERCENT} is " in refused(call, module, server, **options)["msg"]
    monkeypatch.setenv(HOUSE_PERCENT, "90")
    assert call(module, server, **options)["changed"]


@pytest.mark.parametrize("product", ["neurons", "epmm"])
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [(HOUSE_DEVICES, "2", "IVANTI_UEM_MAX_DEVICES is 2 and would have to be 3"),
     (HOUSE_PERCENT, "1", "IVANTI_UEM_MAX_PERCENT is 1 and would have to be")],
)  # fmt: skip
def test_the_house_limits_what_is_destructive(
    request, call, monkeypatch, product, variable, value, words
):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    devices = [add(server, "retire") for _number in range(3)]
    options = {"action": "retire", "devices": devices, "max_devices": 10}
    confirm = call("device_action", server, check_mode=True, **options)["confirm"]
    monkeypatch.setenv(variable, value)
    for check_mode in (True, False):
        result = refused(
            call, "device_action", server, check_mode=check_mode, confirm=confirm, **options
        )
        assert words in result["msg"] and "no option and no confirm lifts" in result["msg"]
    monkeypatch.setenv(variable, "50")
    assert call("device_action", server, confirm=confirm, **options)["summary"]["changed"] == 3


def test_the_house_counts_what_other_runs_destroyed(call, emulator, monkeypatch):
    monkeypatch.setenv(HOUSE_DEVICES, "2")
    one, *others = [add(emulator, "retire") for _number in range(3)]
    options = {"action": "retire", "max_devices": 10}
    confirm = call("device_action", emulator, check_mode=True, devices=[one], **options)["confirm"]
    call("device_action", emulator, devices=[one], confirm=confirm, **options)
    emulator.clear_requests()
    result = refused(call, "device_action", emulator, check_mode=True, devices=others, **options)
    assert "the journal has 1 more" in result["msg"]
    assert f"{HOUSE_DEVICES} is 2 and would have to be 3" in result["msg"]


@pytest.mark.parametrize("module", ["user_password", "device_registration"])
def test_the_house_stops_what_is_about_one(call, epmm, monkeypatch, module):
    epmm.add_user("jdoe", first="A", last="B", email="a@example.com")
    options = (
        {"user": "jdoe", "new_password": "another Pa55word", "current_password": "jdoe"}
        if module == "user_password"
        else {"user": "jdoe", "platform": "ios", "country_code": 1}
    )
    for variable in (HOUSE_DEVICES, HOUSE_PERCENT):
        monkeypatch.setenv(variable, "0")
        assert f"{variable} is 0" in refused(call, module, epmm, **options)["msg"]
        monkeypatch.setenv(variable, "1")
    assert "max_devices is 0" in refused(call, module, epmm, max_devices=0, **options)["msg"]
    assert call(module, epmm, **options)["changed"]


def test_nonsense_of_the_house_fails_before_any_request(call, emulator, monkeypatch):
    monkeypatch.setenv(HOUSE_DEVICES, "ten")
    devices = [emulator.add_device()]
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match=f"{HOUSE_DEVICES}: 'ten' is not a whole number"):
        call("device_custom_attrs", emulator, devices=devices, attrs={"owner": "it"})
    assert emulator.requests() == []
    assert call("device_info", emulator, devices=devices)["devices"]


def test_an_empty_limit_of_the_house_is_not_given(call, emulator, monkeypatch):
    monkeypatch.setenv(HOUSE_DEVICES, "")
    monkeypatch.setenv(HOUSE_PERCENT, " ")
    devices = [emulator.add_device()]
    assert call("device_custom_attrs", emulator, devices=devices, attrs={"owner": "it"})["changed"]


def test_the_change_decides_and_not_the_module(call, emulator):
    """Devices that only get values do not count, however many they are."""
    losing = purged(emulator, call, FEW)["devices"]
    gaining = [emulator.add_device() for _number in range(MANY)]
    options = {"devices": losing + gaining, "attrs": {"environment": "lab"}, "purge": True}
    assert call("device_custom_attrs", emulator, **options)["summary"]["changed"] == FEW + MANY


def test_an_owner_where_there_was_nobody_takes_nothing_away(call, emulator):
    nobody = {"ownerId": None, "uid": None, "emailAddress": None}
    devices = [emulator.add_device(**SUPERVISED, **nobody) for _number in range(MANY)]
    result = call(
        "device_owner", emulator, check_mode=True, devices=devices, user="warehouse@example.com"
    )
    assert result["summary"]["changed"] == MANY


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_a_small_fleet_may_lose_something_as_a_whole(request, call, product):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    server.reset(seed=7, devices=0)
    devices = [add(server, "unlock") for _number in range(3)]
    result = call("device_action", server, action="unlock", devices=devices)
    assert result["summary"]["changed"] == 3


def test_no_device_exceeds_no_limit(call, emulator, monkeypatch):
    monkeypatch.setenv(HOUSE_DEVICES, "0")
    monkeypatch.setenv(HOUSE_PERCENT, "0")
    result = call(
        "device_action",
        emulator,
        action="unlock",
        devices=[999999],
        on_missing="skip",
        max_devices=0,
    )
    assert not result["changed"]


@pytest.mark.parametrize(("product", "writer"), [("neurons", "device_config"), ("epmm", "device_label: absent")])  # fmt: skip
def test_the_percentage_is_of_the_fleet_also_where_devices_are_named(
    request, call, product, writer
):
    """All of the twelve that are named are a tenth of a fleet of 130, and that may be."""
    module, server, options = made(request, call, product, writer, MANY, TAKING)
    for _number in range(130 - DEVICES - MANY):
        add(server, "lock")
    assert call(module, server, **options)["changed"]


# module_defaults for the group of all modules

DEFAULTS = {
    "confirm": "1-0123456789abcdef",
    "guard_window": 60,
    "journal_path": "journal.jsonl",
    "max_devices": 5,
    "max_percent": 5,
    "plan_path": "plan.json",
    "protected": {"devices": [1]},
    "return": ["changed"],
}


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_module_defaults_of_writers_break_no_reader(request, ansible, product):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    ansible.write(
        "play.yml",
        yaml.safe_dump(
            [
                {
                    "name": "Read",
                    "hosts": "localhost",
                    "gather_facts": False,
                    "module_defaults": {"group/ivanti.uem.all": {**connection(server), **DEFAULTS}},
                    "tasks": [
                        {
                            "name": "Read devices",
                            "ivanti.uem.device_info": {"select": {"query": "[]"}},
                        },
                        {
                            "name": "Read compliance",
                            "ivanti.uem.device_compliance_info": {"select": {"query": "[]"}},
                        },
                    ],
                }
            ]
        ),
    )
    done = ansible("ansible-playbook", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr


READERS = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py")
    if "*UNUSED" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", READERS)
def test_every_reader_takes_the_options_of_writers(call, module):
    """What it says is about something else: there is no connection."""
    with pytest.raises(ModuleFailed) as error:
        call(module, **DEFAULTS)
    assert "Unsupported" not in error.value.result["msg"]
    assert not any(name in error.value.result["msg"] for name in DEFAULTS)
