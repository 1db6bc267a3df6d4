# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guard of one run, with a journal on the disk: what it refuses, reserves and records, and what
is protected from it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.confirmation import (
    Deed,
    confirmation,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    CredentialsError,
    OptionError,
    RefusedError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    Change,
    Limits,
    Outcome,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Found, Selection
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.guard import Guard
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.journal import Journal
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.options import GUARD
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.protected import (
    parse_protected,
    protected_devices,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.run import Run
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import require_values

SERVER = "https://uem.example.com"
ONE = Device("1", "guid-1", serial="A", email="a@example.com", state="ACTIVE")
TWO = Device("2", "guid-2", serial="B", email="b@example.com", state="ACTIVE")
WIPE = Deed("wipe")
ENOUGH = Limits(max_devices=5)


def plan(*devices: Device) -> Plan:
    return Plan(changes=tuple(Change(device, {}, {"state": "wiped"}, None) for device in devices))


@dataclass
class World:
    """One task with its journal; ``now`` is what the server has when it is asked again."""

    path: Path
    now: Sequence[Device] = (ONE, TWO)

    def run(self, *, check_mode: bool = False, **params: Any) -> Run[None]:
        settings = SimpleNamespace(url=f"{SERVER}:443", account="ops")
        transport = SimpleNamespace(settings=settings, redact=Redactor(["secret-1"]))
        options = {"guard_window": 60, "journal_path": str(self.path), "confirm": None, **params}
        return Run(options, cast(Any, SimpleNamespace(transport=transport)), None, check_mode)

    def guard(
        self, deed: Deed = WIPE, limits: Limits = ENOUGH, fleet: int = 100, **params: Any
    ) -> Guard:
        params = {"max_devices": limits.max_devices, "max_percent": limits.max_percent, **params}
        return Guard(deed, self.run(**params), fleet, read_again=lambda planned: self.now)

    def confirmed(self, *devices: Device, deed: Deed = WIPE, **options: Any) -> Guard:
        """A guard that was given what confirms a plan of these devices."""
        return self.guard(
            deed, confirm=confirmation(deed, SERVER, plan(*devices).changes), **options
        )

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(Journal(str(self.path)).lines())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "journal.jsonl")


@pytest.mark.parametrize(
    "deed", [WIPE, Deed("lost", title="the lost mode"), Deed("wipe", noun="users")]
)
def test_nothing_is_sent_without_a_confirm(world, deed):
    with pytest.raises(RefusedError) as refused:
        world.guard(deed).reserve(plan(ONE))
    subject = "1 user" if deed.noun == "users" else "1 device"
    assert f"{deed.title or deed.action} of {subject} needs confirm" in str(refused.value)
    assert world.lines == []


@pytest.mark.parametrize(("confirmed", "sent"), [
    ((ONE,), (ONE, TWO)), ((ONE, TWO), (ONE,)), ((ONE,), (replace(ONE, state="WIPED"),)), ((), (ONE,)),
])  # fmt: skip
def test_a_confirm_of_another_plan_is_refused(world, confirmed, sent):
    with pytest.raises(RefusedError, match="is not the one that it permits; nothing was sent"):
        world.confirmed(*confirmed).reserve(plan(*sent))
    assert world.lines == []


@pytest.mark.parametrize(("now", "words"), [
    ((ONE,), "device 2"), ((), "device 1"), ((ONE, replace(TWO, email="c@example.com")), "device 2"),
])  # fmt: skip
def test_what_changed_after_the_plan_stops_all_of_it(world, now, words):
    world.now = now
    with pytest.raises(RefusedError, match=f"changed or vanished: .*{words}"):
        world.confirmed(ONE, TWO).reserve(plan(ONE, TWO))
    assert world.lines == []


@pytest.mark.parametrize(("limits", "fleet", "passes"), [
    (Limits(max_devices=2), 2, True), (Limits(max_devices=1), 100, False), (Limits(max_percent=1), 199, False),
    (Limits(max_percent=1), 200, True), (Limits(), 199, False), (Limits(), 200, True),
])  # fmt: skip
def test_a_plan_above_a_limit_is_refused_by_the_check_and_when_it_is_reserved(
    world, limits, fleet, passes
):
    guard = world.confirmed(ONE, TWO, limits=limits, fleet=fleet)
    if passes:
        guard.check(plan(ONE, TWO))
        guard.reserve(plan(ONE, TWO))
    else:
        for verify in (guard.check, guard.reserve):
            with pytest.raises(RefusedError, match="destructive to 2 devices"):
                verify(plan(ONE, TWO))
    assert len(world.lines) == 2 * passes


@pytest.mark.parametrize(("variable", "value", "fleet", "words"), [
    ("IVANTI_UEM_MAX_DEVICES", "1", 100, "IVANTI_UEM_MAX_DEVICES is 1 and would have to be 2"),
    ("IVANTI_UEM_MAX_PERCENT", "1.5", 100, "IVANTI_UEM_MAX_PERCENT is 1.5 and would have to be 2;"),
    # No percentage is enough where the fleet is not known.
    ("IVANTI_UEM_MAX_PERCENT", "50", 0, "IVANTI_UEM_MAX_PERCENT is 50;"),
    ("IVANTI_UEM_MAX_DEVICES", "2", 100, ""), ("IVANTI_UEM_MAX_PERCENT", "", 100, ""),
])  # fmt: skip
def test_the_house_limits_a_plan_whatever_its_options_allow(
    world, monkeypatch, variable, value, fleet, words
):
    monkeypatch.setenv(variable, value)
    guard = world.confirmed(ONE, TWO, fleet=fleet)
    guard.check(plan())
    if words:
        for verify in (guard.check, guard.reserve):
            with pytest.raises(RefusedError, match=words):
                verify(plan(ONE, TWO))
    else:
        guard.reserve(plan(ONE, TWO))
    assert len(world.lines) == 2 * (not words)


def test_runs_share_a_limit_through_the_journal(world):
    world.confirmed(ONE, limits=Limits(max_devices=1)).reserve(plan(ONE))
    with pytest.raises(RefusedError, match="the journal has 1 more from the last 60 s"):
        world.guard(limits=Limits(max_devices=1)).check(plan(TWO))


def test_a_device_that_another_run_took_in_between_is_refused(world):
    mine = world.confirmed(ONE)
    world.confirmed(ONE).reserve(plan(ONE))
    with pytest.raises(RefusedError, match="another run sent wipe to these devices: device 1"):
        mine.reserve(plan(ONE))
    assert len(world.lines) == 1


def test_a_line_before_and_one_after_say_who_did_what_to_which_device(world):
    guard = world.confirmed(ONE, TWO)
    both = plan(ONE, TWO)
    guard.reserve(both)
    guard.record([Outcome(both.changes[0]), Outcome(both.changes[1], error="No: secret-1.")])
    assert [(line["phase"], line["device"]["id"], line.get("answer")) for line in world.lines] == [
        ("before", "1", None), ("before", "2", None), ("after", "1", "taken"), ("after", "2", "No: ********."),
    ]  # fmt: skip
    assert {
        (line["server"], line["action"], line["who"].split(" by ")[0]) for line in world.lines
    } == {(SERVER, "wipe", "ops")}
    assert len({line["run"] for line in world.lines}) == 1
    assert {line["digest"] for line in world.lines} == {confirmation(WIPE, SERVER, both.changes)}


@pytest.mark.parametrize(("window", "named"), [(60, ["1"]), (-60, [])])
def test_what_was_taken_within_the_window_is_told(world, window, named):
    guard = world.confirmed(ONE)
    guard.reserve(plan(ONE))
    guard.record([Outcome(plan(ONE).changes[0])])
    found = world.guard(guard_window=window).taken()
    assert sorted(found) == named
    assert all(
        "it is not sent again within 60 s (guard_window)" in reason for reason in found.values()
    )


def test_a_journal_that_breaks_after_sending_tells_the_answer(world):
    guard = world.confirmed(ONE, deed=Deed("wipe", title="the wipe"))
    guard.reserve(plan(ONE))
    world.path.unlink()
    world.path.mkdir()
    with pytest.raises(UemError) as failed:
        guard.record([Outcome(plan(ONE).changes[0], error="HTTP 500.")])
    told = str(failed.value)
    assert told.startswith("the wipe was sent, and the answer was: HTTP 500. ")
    assert str(world.path) in told


@pytest.mark.parametrize(
    ("error", "who"), [(None, "somebody"), (KeyError("uid"), None), (OSError(), None)]
)
def test_an_account_without_a_name_has_a_number(world, monkeypatch, error, who):
    def getuser() -> str:
        if error:
            raise error
        return "somebody"

    monkeypatch.setattr(getpass, "getuser", getuser)
    world.confirmed(ONE).reserve(plan(ONE))
    assert world.lines[0]["who"] == f"ops by {who or f'user {os.getuid()}'}"


def test_a_secret_parameter_counts_by_its_presence_alone():
    deeds = [Deed("lock", parameters={"pin": pin}, secret=("pin",)) for pin in ("1", "2")]
    first, second = (confirmation(deed, SERVER, plan(ONE).changes) for deed in deeds)
    assert first == second != confirmation(Deed("lock"), SERVER, plan(ONE).changes)


def test_the_options_of_a_guard_are_what_it_reads():
    names = [option.name for option in GUARD]
    assert names == [
        "confirm",
        "max_devices",
        "max_percent",
        "protected",
        "guard_window",
        "journal_path",
    ]


# What is protected.


@dataclass
class Client:
    """Finds the devices whose id is a value of the selection; all else is missing. ``devices`` are
    what a selection without names finds."""

    product: str = "neurons"
    selects: frozenset[str] = frozenset({"ids", "serial_numbers", "labels", "custom_attributes"})
    devices: tuple[Device, ...] = (ONE, Device("9", "guid-9"))
    asked: list[Selection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    selected: int | None = None

    def find(self, selection: Selection, **options: Any) -> Found:
        self.asked.append(selection)
        if not selection.names:
            return Found(self.devices)
        serials = {device.serial: device for device in (ONE, TWO)}
        ids = {device.id: device for device in (ONE, TWO)}
        known = {ref: serials.get(ref.value) or ids.get(ref.value) for ref in selection.names}
        return Found(
            tuple(device for device in known.values() if device),
            tuple(ref for ref, device in known.items() if device is None),
        )


def test_without_the_option_nothing_is_protected():
    assert parse_protected({"protected": None}) == {}


def test_the_keys_with_a_value_protect():
    options = {"devices": ["1"], "labels": None}
    assert parse_protected({"protected": options}) == {"devices": ["1"]}


@pytest.mark.parametrize("options", [{}, {"devices": None}, {"devices": None, "labels": None}])
def test_a_protection_without_a_value_is_refused(options):
    with pytest.raises(OptionError, match="protects nothing"):
        parse_protected({"protected": options})


@pytest.mark.parametrize(
    "options", [{"devices": []}, {"attributes": {}, "labels": ["x"]}, {"users": [], "uuids": None}]
)
def test_a_protection_with_an_empty_key_is_refused(options):
    with pytest.raises(
        OptionError, match=r"^protected\.\w+: is empty, so it protects nothing; give"
    ):
        parse_protected({"protected": options})


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("protected", {"devices": None, "labels": ["x"]}, "protected.devices: is null, so it protects nothing"),
        ("select", {"labels": None, "emails": ["a@b"]}, "select.labels: is null, which would select more than was meant"),
        ("ring_health", {"query": None}, "ring_health.query: is null, so that it is not looked at"),
        ("ring_health", {"query": None, "max_failed_percent": 1}, "ring_health.query: is null, so that it is not looked at"),
        ("ring_health", {}, ""), ("ring_health", {"query": "[?blocked]"}, ""),
        ("spaces", [], "spaces: is empty, which would be all device spaces"), ("spaces", None, ""), ("spaces", ["x"], ""),
        ("select", {"labels": None}, ""), ("protected", {"labels": ["x"]}, ""), ("protected", None, ""), ("protected", "x", ""),
    ],
)  # fmt: skip
def test_a_key_that_is_null_beside_another(option, value, said):
    if not said:
        require_values({option: value})
        return
    with pytest.raises(OptionError, match=f"^{said}"):
        require_values({option: value})


# fmt: off
PROTECTED: list[tuple[Mapping[str, Any], dict[str, str], int]] = [
    ({}, {}, 0),
    ({"devices": None, "serial_numbers": None}, {}, 0),
    ({"devices": ["1"]}, {"1": "it is named there"}, 1),
    ({"serial_numbers": ["B"]}, {"2": "its serial number is named there"}, 1),
    ({"labels": ["vip"]}, {"1": "it has one of the labels"}, 1),
    # One of the values is enough: each is a selection of its own.
    ({"attributes": {"a": "x", "b": "y"}}, {"1": "it has one of the attributes"}, 2),
    ({"custom_attributes": {"a": "x", "b": "y", "c": "z"}}, {"1": "it has one of the custom attributes"}, 3),
    # The last reason is told.
    ({"devices": ["1", "2"], "labels": ["vip"]}, {"1": "it has one of the labels", "2": "it is named there"}, 2),
]
# fmt: on


@pytest.mark.parametrize(("options", "reasons", "selections"), PROTECTED)
def test_protected_devices_and_why(options, reasons, selections):
    client = Client()
    found = protected_devices(options, cast(Any, client), [ONE, TWO])
    assert found.reasons == {key: f"protected: {reason}" for key, reason in reasons.items()}
    assert len(client.asked) == selections


def test_a_protected_device_that_is_not_chosen_is_left_out():
    found = protected_devices({"devices": ["1", "2"]}, cast(Any, Client()), [TWO])
    assert found.reasons.keys() == {"2"}


@pytest.mark.parametrize(("options", "words"), [
    ({"devices": ["7"]}, r"protected\.devices: there is no device id 7; nothing was sent"),
    ({"serial_numbers": ["A", "Z"]}, r"protected\.serial_numbers: there is no device serial number Z; nothing was sent"),
    ({"devices": ["one"]}, r"protected\.devices\[0\]"),
])  # fmt: skip
def test_a_protection_that_names_nothing_is_refused(options, words):
    with pytest.raises(OptionError, match=words):
        protected_devices(options, cast(Any, Client()), [ONE, TWO])


@pytest.mark.parametrize(("product", "lacking", "words"), [
    ("neurons", "labels", "devices, serial_numbers, attributes, custom_attributes"),
    ("epmm", "custom_attributes", "devices, serial_numbers, labels, attributes"),
])  # fmt: skip
def test_a_protection_that_the_product_lacks_is_refused(product, lacking, words):
    client = Client(product, Client.selects - {lacking})
    with pytest.raises(OptionError) as refused:
        protected_devices({lacking: {"a": "b"}}, cast(Any, client), [ONE])
    assert str(refused.value) == (
        f"protected.{lacking}: is not supported by {product}, which supports {words}; nothing was done."
    )
    assert client.asked == []


def test_a_protection_that_no_device_has_gives_a_warning():
    found = protected_devices({"labels": ["nobody"]}, cast(Any, Client(devices=())), [ONE])
    assert found.reasons == {} and "labels: no device has it" in found.warnings[0]


def test_custom_attributes_are_protected_whatever_the_case_and_blanks():
    kept = replace(ONE, attrs={"owner": ("Ops ",)})
    found = protected_devices(
        {"custom_attributes": {"owner": "ops"}}, cast(Any, Client(devices=())), [kept, TWO]
    )
    assert found.reasons.keys() == {"1"} and found.warnings == ()


def test_what_may_have_been_taken_is_pending_as_unknown(world):
    """An answer was lost, or the run that sent it died before any."""
    guard = world.confirmed(ONE, TWO)
    guard.reserve(plan(ONE, TWO))
    guard.record([Outcome(plan(ONE).changes[0], "HTTP 502", known=False)])
    assert world.lines[-1]["answer"] == "unknown: HTTP 502"
    found = world.guard().pending([ONE, TWO])
    assert {key: sent.taken for key, sent in found.items()} == {"1": False, "2": False}
    assert all(
        "whether the server took it is unknown" in why for why in world.guard().taken().values()
    )


def test_what_took_the_action_is_pending_whenever_that_was(world):
    guard = world.confirmed(ONE, TWO)
    guard.reserve(plan(ONE, TWO))
    done, failed = (Outcome(change) for change in plan(ONE, TWO).changes)
    guard.record([done, failed.failing("no answer")])
    assert world.guard().pending([ONE, TWO]).keys() == {"1"}
    assert world.guard().taken().keys() == {"1"}
    assert world.guard(Deed("lock")).pending([ONE, TWO]) == {}
    assert world.guard().pending([ONE])["1"].taken
    # The id of another registration, and a journal that cannot be read.
    assert world.guard().pending([replace(ONE, guid="other")]) == {}
    assert world.guard(journal_path=str(world.path.parent)).pending([ONE]) == {}


@pytest.mark.parametrize(("now", "words"), [
    (ONE, ""), (None, "device 1"), (replace(ONE, email="c@example.com"), "device 1"),
    (UemError("no route"), "could not be read directly before wipe, and nothing was sent to it: no route"),
])  # fmt: skip
def test_what_changed_directly_before_is_refused(world, now, words):
    def read() -> Device | None:
        if isinstance(now, UemError):
            raise now
        return now

    if not words:
        world.guard().recheck(ONE, read)
        return
    with pytest.raises(RefusedError, match=words):
        world.guard().recheck(ONE, read)


def test_wrong_credentials_end_the_run_also_directly_before(world):
    def read() -> Device | None:
        raise CredentialsError("no", status=401, method="GET", path="/")

    with pytest.raises(CredentialsError):
        world.guard().recheck(ONE, read)
