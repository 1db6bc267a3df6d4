# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that act on devices, run by name as an author does, on both products."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Command, connection, writes
from .test_playbooks import recap

DAY = 86400_000
SERIAL = "LOST1PHONE"
LOST = {
    "serial_number": SERIAL,
    "text": "This device is lost. Please call us.",
    "phone_number": "555-0100",
    "locate_wait": 0,
}
QUICK = {"wait_interval": 0, "wait_timeout": 20}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Fleet:
    """A server of either product; devices are made and looked at in the same words."""

    def __init__(self, emulator: Any) -> None:
        self.emulator = emulator
        self.product = connection(emulator)["product"]
        self.neurons = self.product == "neurons"
        self.now = emulator.state()["now"]
        if self.neurons:
            self.email = "leaver@example.com"
            return
        self._user = emulator.users()[0]
        self.email = self._user["email"]
        for row in emulator.devices("id", "user"):
            if row["user"] == self._user["principal"]:
                emulator.delete_device(row["id"])

    def place(self, latitude: float, longitude: float) -> dict[str, Any]:
        """What `add` needs for a device that was somewhere."""
        if self.neurons:
            return {
                "latitude": latitude,
                "longitude": longitude,
                "locationLastCapturedAt": self.now,
            }
        return {
            "location": {
                "latitude": latitude,
                "longitude": longitude,
                "source": "GPS",
                "radius": 5,
                "captured": self.now,
            }
        }

    def add(
        self,
        *,
        serial: str = "",
        days: int = 0,
        state: str = "ACTIVE",
        ios: bool = True,
        **more: Any,
    ) -> str:
        """A device of the user, a supervised iOS device or an Android one, that checked in so many
        days ago; its id."""
        seen = self.now - days * DAY
        if self.neurons:
            # fmt: off
            mine = {"emailAddress": self.email, "uid": self.email, "registrationState": state, "lastCheckin": seen,
                    "platformType": "IOS" if ios else "ANDROID", "supervised": ios, "lostModeEnabled": False if ios else None,
                    "serialNumber": serial or None}
            # fmt: on
        else:
            mine = {
                "user": self._user["principal"],
                "status": state,
                "connected": seen,
                "serial": serial,
                "platform": "iOS" if ios else "Android",
            }
        return str(self.emulator.add_device(**{**mine, **more}))

    def seen(self, device: str, *, days: int) -> None:
        """Let a device check in, so many days ago."""
        name = "lastCheckin" if self.neurons else "connected"
        self.emulator.patch_device(device, **{name: self.now - days * DAY})

    def never_seen(self, device: str, value: int | None) -> None:
        """Make a device one that has never checked in, registered long ago."""
        seen, registered = (
            ("lastCheckin", "lastRegistrationTime") if self.neurons else ("connected", "registered")
        )
        self.emulator.patch_device(device, **{seen: value, registered: self.now - 900 * DAY})

    @property
    def shared(self) -> dict[str, Any]:
        """What `add` needs for a device that several people use."""
        return {"multiUser": True} if self.neurons else {"multi_user": True}

    def of_another(self) -> dict[str, Any]:
        """Another user with devices in use: `email`, and the ids of the `devices`."""
        if self.neurons:
            email = "second@example.com"
            more = {"emailAddress": email, "uid": email, "registrationState": "ACTIVE"}
            return {"email": email, "devices": [str(self.emulator.add_device(**more))]}
        user = self.emulator.users()[1]
        for row in self.emulator.devices("id", "user"):
            if row["user"] == user["principal"]:
                self.emulator.delete_device(row["id"])
        more = {"user": user["principal"], "status": "ACTIVE"}
        return {"email": user["email"], "devices": [str(self.emulator.add_device(**more))]}

    def synchronising(self, *devices: str | None) -> list[str]:
        """What synchronises the user's mail alone, on devices or on one that is not registered
        (None): their uuids. EPMM alone; one of somebody else is `other`."""
        if self.neurons:
            return []
        for uuid, row in self.emulator.eas().items():
            if row["user"] == self._user["principal"]:
                self.emulator.delete_eas(uuid)
        self.other = self.emulator.add_eas(user="somebody.else", mailbox="somebody.else")
        user = {"user": self._user["principal"], "mailbox": self._user["principal"]}
        return [str(self.emulator.add_eas(device, **user)) for device in devices]

    def done(self, device: str) -> list[str]:
        """What was done to a device, in our words."""
        return [
            str(one["action"]).lower() for one in self.actions() if str(one["device"]) == device
        ]

    def actions(self) -> list[dict[str, Any]]:
        """Everything that was done, oldest first."""
        if self.neurons:
            return list(self.emulator.actions())
        rows = self.emulator.devices("id", "actions")
        return sorted(
            ({**one, "device": row["id"]} for row in rows for one in row["actions"]),
            key=lambda one: one["at"],
        )

    def state(self, device: str) -> str:
        return str(self.emulator.device(device)["registrationState" if self.neurons else "status"])

    def states(self) -> dict[str, str]:
        """By id the state of every device."""
        name = "registrationState" if self.neurons else "status"
        return {str(row["id"]): row[name] for row in self.emulator.devices("id", name)}


@pytest.fixture(params=["neurons", "epmm"])
def fleet(request: pytest.FixtureRequest) -> Fleet:
    return Fleet(request.getfixturevalue("emulator" if request.param == "neurons" else "epmm"))


@pytest.fixture
def neurons(emulator: Any) -> Fleet:
    return Fleet(emulator)


@pytest.fixture
def run(ansible: Command) -> Run:
    """Run a playbook of the collection by its name on a fleet, with an empty journal of the test's
    own."""

    def command(
        fleet: Fleet, name: str, variables: dict[str, Any], *arguments: str, **environment: str
    ) -> Any:
        named = {
            f"IVANTI_UEM_{key.upper()}": str(value)
            for key, value in connection(fleet.emulator).items()
        }
        named["IVANTI_UEM_JOURNAL_PATH"] = str(ansible.folder / "journal.jsonl")
        fleet.emulator.clear_requests()
        named |= {"ANSIBLE_PIPELINING": "1", **environment}
        return ansible(
            "ansible-playbook",
            f"ivanti.uem.{name}",
            "-e",
            json.dumps(variables),
            *arguments,
            **named,
        )

    return command


def lines(done: subprocess.CompletedProcess[str]) -> str:
    """What a run showed, in one line, and that it went well."""
    assert done.returncode == 0, done.stdout + done.stderr
    # A playbook asks no product for what it does not say.
    assert "[WARNING]: fields:" not in done.stdout + done.stderr
    return re.sub(r"\s+", " ", done.stdout)


# lost_device


def test_a_lost_device_is_closed_found_and_told(run: Run, fleet: Fleet) -> None:
    # EPMM cannot ask an iOS device where it is.
    device = fleet.add(serial=SERIAL, ios=fleet.neurons, **fleet.place(12.345678, 98.765432))
    fleet.add(serial=SERIAL, state="RETIRED")
    quiet = run(fleet, "lost_device", LOST, "--check", "-vvvv")
    checked = lines(quiet)
    assert writes(fleet.emulator) == [] and fleet.actions() == []
    closes = "is put into lost mode" if fleet.neurons else "is locked"
    assert re.search(rf"{device} \({SERIAL}\) .* {closes}, and gets a message", checked)
    assert "The message: This device is lost. Please call us. 555-0100" in checked
    assert "This is a check: nothing is sent" in checked

    # Where somebody is stays out of the logs.
    assert "Its place is known; -e show_place=true shows it, as of 20" in checked
    assert (
        "12.345" not in quiet.stdout + quiet.stderr and "98.765" not in quiet.stdout + quiet.stderr
    )

    lines(run(fleet, "lost_device", LOST))
    closed = "enable_lost_mode" if fleet.neurons else "lock"
    locate = [] if fleet.neurons else ["locate"]
    assert fleet.done(device) == [closed, "message", *locate] and len(fleet.actions()) == len(
        fleet.done(device)
    )
    if fleet.neurons:
        shown = fleet.actions()[0]["params"]
        assert (shown["message"], shown["phoneNumber"]) == (LOST["text"], LOST["phone_number"])
    else:
        assert fleet.actions()[0]["reason"] == "Reported as lost"

    # Again: a new text reaches a device that is in lost mode.
    again = run(fleet, "lost_device", {**LOST, "text": "Call the desk.", "show_place": True})
    assert re.search(r"It was at -?\d+\.\d+, -?\d+\.\d+, as of 20", lines(again))
    assert recap(again.stdout)["changed"] == 2
    assert fleet.done(device) == [closed, "message", *locate] * 2
    if fleet.neurons:
        assert fleet.actions()[2]["params"]["message"] == "Call the desk."


@pytest.mark.parametrize("by", ["serial_number", "device", "email"])
@pytest.mark.parametrize("blank", ["", None])
def test_one_name_of_a_lost_device_is_enough(
    run: Run, fleet: Fleet, by: str, blank: str | None
) -> None:
    phone = fleet.add(serial=SERIAL, ios=fleet.neurons)
    named = {"serial_number": SERIAL, "device": phone, "email": fleet.email}[by]
    names = ("serial_number", "device", "email", "text", "phone_number")
    given = {**dict.fromkeys((*BLANK, *names), blank), "locate_wait": 0, by: named}
    shown = lines(run(fleet, "lost_device", given, IVANTI_UEM_PRODUCT=fleet.product))
    assert "The message: This device is lost. Please return it to its owner." in shown
    assert fleet.done(phone)[:2] == ["enable_lost_mode" if fleet.neurons else "lock", "message"]


def test_a_user_of_two_devices_has_to_say_which(run: Run, fleet: Fleet) -> None:
    both = [fleet.add(), fleet.add()]
    done = run(fleet, "lost_device", {"email": fleet.email})
    shown = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert recap(done.stdout)["failed"] == 1 and writes(fleet.emulator) == []
    platforms = ("ios", "ios")
    assert recognisable(both, platforms, shown)
    assert f"Give its id as device, such as -e device={both[0]}." in shown


def recognisable(
    devices: list[str], platforms: tuple[str, ...], shown: str, serial: str = ""
) -> bool:
    """Whether a message says of each device what a person knows it by."""
    each = [
        rf"{device} ACTIVE \([^()]+, serial number {serial or '[^,()]+'}, {platform}, last seen 20\d\d-\d\d-\d\dT[\d:]+Z\)"
        for device, platform in zip(devices, platforms, strict=True)
    ]
    return re.search(", ".join(each), shown) is not None


# The states that a device of EPMM can have, and whether it can be closed in it.
# fmt: off
STATES = [
    ("LOST", True), ("BLOCKED", True), ("INFECTED", True), ("EXPIRED", True),
    ("RETIRED", False), ("RETIRE_PENDING", False), ("WIPED", False), ("VERIFICATION_PENDING", False),
]
# fmt: on


@pytest.mark.parametrize(("state", "closable"), STATES)
def test_a_device_is_closed_in_every_state_in_which_it_can_be_locked(
    run: Run, epmm: Any, state: str, closable: bool
) -> None:
    fleet = Fleet(epmm)
    device = fleet.add(serial=SERIAL, state=state, ios=False)
    given = {"text": "Call us now", "locate_wait": 0, "serial_number": SERIAL}
    done = run(fleet, "lost_device", given)
    shown = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert recap(done.stdout)["failed"] == (not closable), shown
    if closable:
        assert fleet.done(device)[:2] == ["lock", "message"] and f"Its state is {state}" in shown
    else:
        assert f"found {device} {state} (" in shown and writes(fleet.emulator) == []
        assert "cannot be closed" in shown


@pytest.mark.parametrize(
    ("ios", "more"), [(False, {}), (True, {"supervised": False})], ids=["android", "unsupervised"]
)
def test_a_device_without_lost_mode_is_locked(
    run: Run, neurons: Fleet, ios: bool, more: dict[str, Any]
) -> None:
    device = neurons.add(ios=ios)
    for name, value in more.items():
        neurons.emulator.patch_device(device, **{name: value})
    given = {key: value for key, value in LOST.items() if key != "serial_number"}
    assert "is locked, and gets a message" in lines(
        run(neurons, "lost_device", {**given, "device": int(device)}, "--check")
    )


@pytest.mark.parametrize(
    ("given", "product"),
    [({}, None), ({"device": 1, "serial_number": "A"}, None), ({"device": 1, "email": "a@b"}, None), ({"device": 1}, "")],
)  # fmt: skip
def test_a_lost_device_needs_exactly_one_name(
    run: Run, neurons: Fleet, given: dict[str, Any], product: str | None
) -> None:
    environment = {} if product is None else {"IVANTI_UEM_PRODUCT": product}
    done = run(neurons, "lost_device", given, **environment)
    assert recap(done.stdout)["failed"] == 1 and neurons.emulator.requests() == []
    assert "Give serial_number, device or email (one of them)" in re.sub(
        r"\s+", " ", done.stdout + done.stderr
    )


# fmt: off
BLANK = dict.fromkeys((
    "uem_product", "reason", "protected", "footnote", "locate_wait", "show_place", "max_devices", "max_percent",
    "max_messages", "wait_timeout", "wait_interval", "grace", "message_mode", "subject",
), "")
# fmt: on


def test_a_serial_number_of_two_devices_in_use_closes_neither(run: Run, fleet: Fleet) -> None:
    both = [fleet.add(serial=SERIAL), fleet.add(serial=SERIAL)]
    done = run(fleet, "lost_device", LOST)
    assert recap(done.stdout)["failed"] == 1 and writes(fleet.emulator) == []
    shown = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert recognisable(both, ("ios", "ios"), shown, SERIAL) and "; nothing was sent" in shown


def test_a_lost_device_that_is_not_in_use_is_left_alone(run: Run, neurons: Fleet) -> None:
    device = neurons.add(serial=SERIAL, state="RETIRED")
    by_serial = run(neurons, "lost_device", LOST)
    shown = re.sub(r"\s+", " ", by_serial.stdout + by_serial.stderr)
    # And not that of the module, whose options the playbook does not have.
    assert f"found {device} RETIRED (" in shown and "; nothing was sent" in shown
    assert "on_missing" not in shown
    assert recap(by_serial.stdout)["failed"] == 1 and writes(neurons.emulator) == []
    given = {key: value for key, value in LOST.items() if key != "serial_number"}
    by_id = run(neurons, "lost_device", {**given, "device": device})
    shown = re.sub(r"\s+", " ", by_id.stdout + by_id.stderr)
    assert recap(by_id.stdout)["failed"] == 1 and f"found {device} RETIRED" in shown
    assert "cannot be closed." in shown and "Give its id" not in shown
    assert writes(neurons.emulator) == []
    nobody = run(neurons, "lost_device", {**given, "serial_number": "MISTYPED"})
    shown = re.sub(r"\s+", " ", nobody.stdout + nobody.stderr)
    assert "There is no device for MISTYPED; nothing was sent" in shown


# offboard_user


def test_the_devices_of_a_user_who_leaves(run: Run, fleet: Fleet) -> None:
    fleet.emulator.set_switch("action_settle", "reads")
    in_use = [fleet.add(), fleet.add(ios=False)]
    before, kept = fleet.add(state="RETIRED"), fleet.add()
    others = {
        device: state for device, state in fleet.states().items() if device not in (*in_use, before)
    }
    variables = {
        "email": fleet.email.upper(),
        "protected": {"devices": [kept]},
        "max_devices": "3",
        **QUICK,
    }
    mail = fleet.synchronising(in_use[0], kept, None)

    checked = lines(run(fleet, "offboard_user", variables, "--check"))
    assert writes(fleet.emulator) == [] and fleet.actions() == []
    assert (
        fleet.neurons
        or "1 unregistered device would be kept from mail, and then those above" in checked
    )
    then = ", then deleted" if fleet.neurons else ""
    for device, will in [(in_use[0], f"is retired{then}"), (in_use[1], f"is retired{then}"),
                         (before, f"is retired already{then}"), (kept, "is left alone: it is protected")]:  # fmt: skip
        assert re.search(rf'"{device} [^"]* {will}"', checked)
    assert "This is a check: nothing is sent" in checked and "2 devices would be retired" in checked
    # The playbook takes no confirm.
    assert "run it with confirm" not in checked
    assert (
        "1 that is retired now would be deleted, and then those above"
        if fleet.neurons
        else "EPMM has no call"
    ) in checked

    applied = lines(run(fleet, "offboard_user", variables))
    assert sorted(
        str(one["device"]) for one in fleet.actions() if one["action"].lower() == "retire"
    ) == sorted(in_use)
    assert "2 devices retired" in applied
    left = {device: state for device, state in fleet.states().items() if device not in others}
    if fleet.neurons:
        assert left == {} and "3 devices deleted" in applied and f"Left: {kept} ACTIVE" in applied
        assert len([path for method, path in writes(fleet.emulator) if method == "DELETE"]) == 3
    else:
        assert left == dict.fromkeys((*in_use, before), "RETIRED")
        assert "2 unregistered devices kept from mail" in applied
        assert [fleet.emulator.eas()[uuid]["state"] for uuid in mail] == [
            "Blocked",
            "Allowed",
            "Blocked",
        ]
        stranger = fleet.emulator.eas()[fleet.other]
        assert stranger["state"] == "Allowed" and stranger["device_uuid"] is None
    assert {device: fleet.state(device) for device in others} == others

    again = run(fleet, "offboard_user", variables)
    assert recap(again.stdout)["changed"] == 0 and writes(fleet.emulator) == [], (
        again.stdout + again.stderr
    )


@pytest.mark.parametrize("several", [False, True])
def test_nobody_found_is_a_failure(run: Run, fleet: Fleet, several: bool) -> None:
    email = ["nobody@example.com", "no-one@example.com"] if several else "nobody@example.com"
    done = run(fleet, "offboard_user", {"email": email})
    assert recap(done.stdout)["failed"] == 1 and writes(fleet.emulator) == []
    shown = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert "No device is registered for nobody@example.com" in shown


@pytest.mark.parametrize("as_list", [True, False])
def test_several_people_leave_and_a_device_counts_once(
    run: Run, fleet: Fleet, as_list: bool
) -> None:
    mine = [fleet.add(), fleet.add(ios=False)]
    others = fleet.of_another()
    people = [fleet.email, others["email"], "Nobody@example.com"]
    count = 2 + len(others["devices"])
    variables = {"email": people if as_list else " , ".join(people), "max_devices": count, **QUICK}
    shown = lines(run(fleet, "offboard_user", variables))
    assert "No device is registered for nobody@example.com. If there" in shown
    assert f"{count} devices retired" in shown
    assert not fleet.neurons or f"{count} devices deleted" in shown
    for device in (*mine, *others["devices"]):
        assert fleet.done(device)[0] == "retire"


def test_a_shared_device_is_shown_and_left_unless_asked_for(run: Run, fleet: Fleet) -> None:
    own, shared = fleet.add(), fleet.add(**fleet.shared)
    shown = lines(run(fleet, "offboard_user", {"email": fleet.email, **QUICK}))
    assert re.search(rf'"{shared} [^"]* is left alone: several people use it"', shown)
    assert fleet.done(own)[0] == "retire" and fleet.done(shared) == []
    asked = {"email": fleet.email, "include_shared": True, **QUICK}
    lines(run(fleet, "offboard_user", asked))
    assert fleet.done(shared)[0] == "retire"


def test_a_user_with_more_devices_than_allowed_keeps_them_all(run: Run, fleet: Fleet) -> None:
    for _number in range(3):
        fleet.add()
    done = run(fleet, "offboard_user", {"email": fleet.email, "max_devices": 2})
    told = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert recap(done.stdout)["failed"] == 1 and writes(fleet.emulator) == []
    assert (
        "the plan does something destructive to 3 devices; at most 2 are allowed; nothing was sent"
        in told
    )


def test_a_device_that_does_not_get_there_in_time_is_named_and_not_deleted(
    run: Run, neurons: Fleet
) -> None:
    neurons.emulator.set_switch("action_settle", "manual")
    device = neurons.add()
    done = run(
        neurons, "offboard_user", {"email": neurons.email, "wait_interval": 0, "wait_timeout": 0}
    )
    assert recap(done.stdout)["failed"] == 1 and f"device {device}" in done.stdout + done.stderr
    assert neurons.done(device) == ["retire"] and neurons.state(device) == "RETIRE_PENDING"
    neurons.emulator.settle()
    lines(run(neurons, "offboard_user", {"email": neurons.email, **QUICK}))
    assert neurons.done(device) == ["retire", "delete"] and device not in neurons.states()


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"email": ""},
        {"email": None},
        {"email": []},
        {"email": " , "},
        {"email": "praveen"},
        {"email": "a@b, praveen"},
        {"email": "a@b", "max_devices": 0},
    ],
)
def test_offboarding_needs_an_address(run: Run, neurons: Fleet, variables: dict[str, Any]) -> None:
    done = run(neurons, "offboard_user", variables)
    assert (
        recap(done.stdout)["failed"] == 1
        and "Give the address of the user with -e email=" in done.stdout + done.stderr
    )
    assert neurons.emulator.requests() == []


@pytest.mark.parametrize("blank", ["", None])
def test_blank_answers_of_a_survey_about_a_leaver_are_not_given(
    run: Run, fleet: Fleet, blank: str | None
) -> None:
    fleet.add(serial="A1")
    given = {**dict.fromkeys((*BLANK, "include_shared"), blank), "email": fleet.email}
    done = run(fleet, "offboard_user", given, "--check", IVANTI_UEM_PRODUCT=fleet.product)
    assert "1 device would be retired" in lines(done)
    for number in range(10):
        fleet.add(serial=f"B{number}")
    done = run(fleet, "offboard_user", given, "--check", IVANTI_UEM_PRODUCT=fleet.product)
    assert recap(done.stdout)["failed"] == 1 and "at most 10" in done.stdout + done.stderr


# stale_devices


@pytest.fixture
def stale(fleet: Fleet) -> dict[str, str]:
    """By what it is the only devices that have not checked in for more than 500 days, and one that
    did."""
    # fmt: off
    return {
        "fresh": fleet.add(days=499), "told": fleet.add(days=501), "also told": fleet.add(days=508, ios=False),
        "gone": fleet.add(days=511), "kept": fleet.add(days=512), "retired": fleet.add(days=600, state="RETIRED"),
    }
    # fmt: on


STALE = {"days": "500", "grace": "10", "max_devices": "5"}


class Record:
    """The file that says who got a message."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "stale_devices.json"

    def messages(self) -> dict[str, str]:
        return dict(json.loads(self.path.read_text(encoding="utf-8"))["messages"])

    def age(self, days: float) -> None:
        """Make every message older."""
        older = {
            key: (datetime.fromisoformat(at[:-1]) - timedelta(days=days)).isoformat() + "Z"
            for key, at in self.messages().items()
        }
        self.path.write_text(json.dumps({"version": 1, "messages": older}), encoding="utf-8")


@pytest.fixture
def record(ansible: Command) -> Record:
    return Record(ansible.folder)


def test_only_those_who_got_a_message_long_enough_ago_lose_their_device(
    run: Run, fleet: Fleet, stale: dict[str, str], record: Record
) -> None:
    fleet.emulator.set_switch("action_settle", "manual")
    variables = {**STALE, "protected": {"devices": [stale["kept"]]}}
    checked = lines(run(fleet, "stale_devices", variables, "--check"))
    assert writes(fleet.emulator) == [] and fleet.actions() == [] and not record.path.exists()
    assert "without a check-in: 3 to get a message, 0 to be retired, " in checked
    assert re.search(rf"{stale['gone']} .* gets a message", checked)
    assert re.search(rf"{stale['kept']} .* is left alone: .*protected", checked)
    assert "0 devices would be retired, 3 messages would be sent" in checked
    assert "run it with confirm" not in checked

    # However long ago they checked in: nobody is retired without a message.
    first = run(fleet, "stale_devices", variables)
    assert "0 devices retired, 3 messages sent" in lines(first)
    told = {"told": ["message"], "also told": ["message"], "gone": ["message"]}
    quiet: dict[str, list[str]] = {"fresh": [], "kept": [], "retired": []}
    assert {what: fleet.done(device) for what, device in stale.items()} == {**quiet, **told}
    assert len(record.messages()) == 3 and record.path.stat().st_mode & 0o777 == 0o600

    record.age(9.9)
    assert "0 devices retired, 3 messages sent" in lines(run(fleet, "stale_devices", variables))

    # Who checks in is not retired, and begins anew.
    record.age(0.2)
    fleet.seen(stale["told"], days=0)
    fleet.seen(stale["also told"], days=501 - 496)
    applied = lines(run(fleet, "stale_devices", variables))
    assert re.search(rf"{stale['gone']} .* is retired", applied)
    assert "1 device retired, 0 messages sent" in applied
    assert fleet.state(stale["gone"]) == "RETIRE_PENDING"
    assert [fleet.done(device).count("retire") for device in stale.values()] == [0, 0, 0, 1, 0, 0]

    # On its way it is not retired again.
    again = run(fleet, "stale_devices", variables)
    assert "0 devices retired, 0 messages sent" in lines(again)
    assert recap(again.stdout)["changed"] == 0 and writes(fleet.emulator) == []


def test_messages_are_sent_although_too_many_would_be_retired(
    run: Run, fleet: Fleet, stale: dict[str, str], record: Record
) -> None:
    lines(run(fleet, "stale_devices", STALE))
    record.age(11)
    late = fleet.add(days=501)
    done = run(fleet, "stale_devices", {**STALE, "max_devices": 2})
    shown = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert recap(done.stdout)["failed"] == 1 and "at most 2 are allowed" in shown
    assert "0 devices retired, 1 message sent" in shown
    assert fleet.done(late) == ["message"] and len(record.messages()) == 5
    assert "retire" not in [one["action"].lower() for one in fleet.actions()]


def test_a_failed_message_is_no_message(run: Run, neurons: Fleet, record: Record) -> None:
    neurons.add(days=501)
    neurons.emulator.add_fault("result_zero", method="PUT", times=None)
    done = run(neurons, "stale_devices", STALE)
    assert recap(done.stdout)["failed"] == 1 and record.messages() == {}


def test_a_device_that_has_never_checked_in_is_left_alone_unless_asked_for(
    run: Run, fleet: Fleet, record: Record
) -> None:
    never = [fleet.add() for _number in range(2)]
    fleet.never_seen(never[0], 0)
    fleet.never_seen(never[1], None)
    shown = lines(run(fleet, "stale_devices", STALE))
    assert "without a check-in: 0 to get a message, 0 to be retired, " in shown
    for device in never:
        assert re.search(rf"{device} .*? never +is left alone: it has never checked in", shown)
    asked = {**STALE, "include_never": "yes"}
    assert "0 devices retired, 2 messages sent" in lines(run(fleet, "stale_devices", asked))
    record.age(11)
    assert "2 devices retired, 0 messages sent" in lines(run(fleet, "stale_devices", asked))


@pytest.mark.parametrize("blank", ["", None])
def test_blank_answers_of_a_survey_about_stale_devices_are_not_given(
    run: Run, fleet: Fleet, record: Record, blank: Any
) -> None:
    for days in (508, 515):
        fleet.add(days=days)
    names = ("text", "record_path", "include_never")
    given = {**dict.fromkeys((*BLANK, *names), blank), "days": "500"}
    done = run(fleet, "stale_devices", given, IVANTI_UEM_PRODUCT=fleet.product)
    assert "0 devices retired, 2 messages sent" in lines(done)
    assert len(record.messages()) == 2


def test_nothing_is_stale(run: Run, neurons: Fleet, record: Record) -> None:
    done = run(neurons, "stale_devices", {"days": 900})
    assert "0 devices retired, 0 messages sent" in lines(done)
    assert recap(done.stdout)["changed"] == 0 and not record.path.exists()
    assert writes(neurons.emulator) == []


def test_more_messages_than_allowed_are_not_sent(run: Run, neurons: Fleet) -> None:
    for days in (501, 502):
        neurons.add(days=days)
    done = run(neurons, "stale_devices", {**STALE, "max_messages": 1})
    assert recap(done.stdout)["failed"] == 1 and writes(neurons.emulator) == []
    told = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert (
        "max_messages is 1; nothing was written." in told and "raise max_messages (to 2)." in told
    )


@pytest.mark.parametrize("content", ["[]", "{", '{"version": 9}'])
def test_a_file_that_is_no_record_is_refused(
    run: Run, neurons: Fleet, record: Record, content: str
) -> None:
    neurons.add(days=501)
    record.path.write_text(content, encoding="utf-8")
    done = run(neurons, "stale_devices", STALE)
    assert recap(done.stdout)["failed"] == 1 and writes(neurons.emulator) == []
    assert "is not one that this playbook wrote" in re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert record.path.read_text(encoding="utf-8") == content


def test_a_name_that_protects_nothing_stops_everything(run: Run, neurons: Fleet) -> None:
    neurons.add(days=501)
    done = run(neurons, "stale_devices", {**STALE, "protected": {"serial_numbers": ["MISSPELT"]}})
    assert recap(done.stdout)["failed"] == 1 and writes(neurons.emulator) == []


@pytest.mark.parametrize(
    ("name", "more"), [("stale_devices", STALE), ("lost_device", {"device": 1})]
)
def test_a_text_that_lost_its_rest_asks_for_quotes(
    run: Run, neurons: Fleet, name: str, more: dict[str, Any]
) -> None:
    done = run(neurons, name, {**more, "text": "Please"})
    assert recap(done.stdout)["failed"] == 1 and neurons.emulator.requests() == []
    assert "text is only Please." in done.stdout + done.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"days": 0},
        {"days": "many"},
        {"days": 30, "grace": -1},
        {"days": 30, "uem_product": "airwatch"},
    ],
)
def test_stale_devices_need_days(run: Run, neurons: Fleet, variables: dict[str, Any]) -> None:
    done = run(neurons, "stale_devices", variables)
    assert (
        recap(done.stdout)["failed"] == 1
        and "Give the days without a check-in" in done.stdout + done.stderr
    )
    assert neurons.emulator.requests() == []


def test_without_a_journal_nothing_is_retired(run: Run, neurons: Fleet) -> None:
    neurons.add()
    done = run(
        neurons,
        "offboard_user",
        {"email": neurons.email},
        IVANTI_UEM_JOURNAL_PATH="/dev/null/journal",
    )
    assert (
        recap(done.stdout)["failed"] == 1
        and writes(neurons.emulator) == []
        and "the journal" in done.stdout + done.stderr
    )


@pytest.mark.parametrize("count", [0, 1, 60])
def test_each_playbook_plans_for_any_number_of_devices(
    run: Run, fleet: Fleet, record: Record, count: int
) -> None:
    devices = [fleet.add(days=501) for _number in range(count)]
    stale = run(fleet, "stale_devices", STALE)
    shown = lines(stale)
    assert f"without a check-in: {count} to get a message, 0 to be retired" in shown
    assert f"0 devices retired, {count} message{'' if count == 1 else 's'} sent" in shown
    assert [len(fleet.done(device)) for device in devices] == [1] * count

    leaver = {"email": fleet.email, "max_devices": 60}
    left = run(fleet, "offboard_user", leaver, "--check")
    shown = re.sub(r"\s+", " ", left.stdout + left.stderr)
    # On EPMM the user is known without devices.
    assert recap(left.stdout)["failed"] == int(count == 0 and fleet.neurons)
    assert count == 0 or f"{count} device{'' if count == 1 else 's'} would be retired" in shown
    assert ("and 10 more:" in shown) == (count == 60)

    lost = run(fleet, "lost_device", {"email": fleet.email, "locate_wait": 0}, "--check")
    assert recap(lost.stdout)["failed"] == int(count != 1)
    assert writes(fleet.emulator) == []


@pytest.mark.parametrize("name", ["doctor", "lost_device", "offboard_user", "stale_devices"])
def test_a_playbook_ignores_become_and_the_strategy_of_the_configuration(
    run: Run, neurons: Fleet, name: str
) -> None:
    device = neurons.add(days=501)
    given = {"stale_devices": STALE, "lost_device": {"device": device}}
    variables = given.get(name, {"email": neurons.email})
    environment = {
        "ANSIBLE_BECOME": "true",
        # Nobody may become this user, and nothing has to.
        "ANSIBLE_BECOME_USER": "nobody-of-this-name",
        "ANSIBLE_STRATEGY": "free",
    }
    lines(run(neurons, name, variables, "--check", **environment))
