# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classes of harm: every change of every writer has one, and what may be taken away by default."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, Label
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.harm import (
    WRITERS,
    harm_of,
    most_taken,
    taken_refusal,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    DESTROYS,
    HARMLESS,
    TAKES_AWAY,
    Change,
    Limits,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.view import View
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.model import (
    EasDevice,
    plan_activesync,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.model import (
    Alert,
    plan_alerts,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.model import (
    AttrsGoal,
    plan_device,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_sync.model import (
    plan_sync,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.model import (
    ABSENT,
    EXCLUDED,
    INSTALLED,
    PENDING,
    PRESENT,
    Config,
    ConfigGoal,
    plan_configs,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.model import (
    LabelGoal,
    plan_labels,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.model import (
    Message,
    plan_message,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.owners.model import (
    Account,
    Ownership,
    plan_owner,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.roaming.model import (
    Roaming,
    plan_roaming,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.limits import (
    fitting,
    house_limits,
    limited,
)

from ..conftest import asks_a_server

ROOT = Path(__file__).resolve().parents[2]
PHONE = Device("1", "guid-1", platform="ios")
OWNED = Device("2", "guid-2", platform="ios", uid="asmith")
CLASSES = {HARMLESS, TAKES_AWAY, DESTROYS}
HOUSE = ("IVANTI_UEM_MAX_DEVICES", "IVANTI_UEM_MAX_PERCENT")


# The tables


def imported(path: Path) -> set[str]:
    """The last names of what a file imports from, and of what it imports."""
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    ]
    return {str(node.module).rpartition(".")[2] for node in nodes}


def makes_plan(path: Path) -> bool:
    """Whether the task of a module hands a plan to the pipeline."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sources = [
        str(node.module).partition("module_utils.")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and "._families." in str(node.module)
    ]
    files = [
        ROOT / "plugins" / "module_utils" / f"{source.replace('.', '/')}.py" for source in sources
    ]
    return any("pipeline" in imported(file) for file in files)


MODULES = sorted(filter(asks_a_server, (ROOT / "plugins" / "modules").glob("*.py")))
MAKE_PLANS = {path.stem for path in MODULES if makes_plan(path)}


def test_every_writer_and_every_action_has_its_classes():
    # The changes of a declared state are those of the families that it is made of.
    assert {*WRITERS, "device_action", "desired_state"} == MAKE_PLANS
    kinds = [kind for kinds in WRITERS.values() for kind in kinds.values()]
    assert all(harm in CLASSES and when for harm, when in kinds)
    assert all(action.harm in CLASSES for action in ACTIONS.values())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_that_read_take_what_module_defaults_of_writers_have(path):
    text = path.read_text(encoding="utf-8")
    assert ("*UNUSED" in text) is (path.stem not in MAKE_PLANS)
    assert ("ivanti.uem._unused\n" in text) is (path.stem not in MAKE_PLANS)


# fmt: off
ACTION_HARM = {
    DESTROYS: {"wipe", "retire", "delete", "relinquish"},
    TAKES_AWAY: {"unlock", "exit_kiosk", "enable_lost_mode", "disable_lost_mode"},
}
# fmt: on


def test_the_classes_of_actions():
    for harm, names in ACTION_HARM.items():
        assert {name for name, action in ACTIONS.items() if action.harm == harm} == names
        assert all(ACTIONS[name].destructive is (harm == DESTROYS) for name in names)


# The class of a change is that of the change, and not of the module


def attrs(verb: Any, have: dict[str, Any], goal: dict[str, Any]) -> Iterable[Any]:
    return [plan_device(Device("1", "guid-1", attrs=have), AttrsGoal(verb, goal))]


def labels(verb: str, wanted: set[str], have: set[str]) -> Iterable[Any]:
    known = [Label("11", "A", static=True), Label("12", "B", static=True)]
    goals = [(PHONE, LabelGoal(verb, frozenset(wanted)))]
    return plan_labels(goals, known=known, have={"1": have}).changes


def config(state: str, condition: str) -> Iterable[Any]:
    own = Config("7", "Wifi", condition=condition)
    return plan_configs(ConfigGoal((Config("7", "Wifi"),), state), [(PHONE, [own])]).changes


def owner(device: Device, account: str = "") -> Iterable[Any]:
    return plan_owner(
        {device.id: Account("9", "new")},
        [Ownership(device, account, supervised=True)],
        restart=True,
    ).changes


def roaming(wanted: Roaming, have: Roaming) -> Iterable[Any]:
    return plan_roaming(wanted, [(PHONE, have)]).changes


def eas(state: str, wanted: str) -> Iterable[Any]:
    one = EasDevice(uuid="u", state=state)
    return plan_activesync([one], wanted, {}, include_wiped=True).changes


ALERT = Alert("1", read=False)

# fmt: off
CASES: list[tuple[str, str, Iterable[Any]]] = [
    ("activesync_device", "allowed", eas("blocked", "allowed")),
    ("activesync_device", "blocked", eas("allowed", "blocked")),
    ("activesync_device", "wiped", eas("allowed", "wiped")),
    ("alert", "marks", plan_alerts([ALERT], read=True, comment="x").changes),
    ("compliance_sync", "syncs", plan_sync("intune", [PHONE]).changes),
    ("device_config", "installs", config(PRESENT, EXCLUDED)),
    ("device_config", "excludes", config(ABSENT, INSTALLED)),
    ("device_config", "excludes", config(ABSENT, PENDING)),
    ("device_custom_attrs", "sets", attrs("merge", {}, {"a": ("1",)})),
    ("device_custom_attrs", "sets", attrs("merge", {"a": ("1",)}, {"a": ("2",)})),
    ("device_custom_attrs", "sets", attrs("append", {"a": ("1",)}, {"a": ("2",)})),
    ("device_custom_attrs", "sets", attrs("replace", {"a": ("1",)}, {"a": ("2",), "b": ("3",)})),
    ("device_custom_attrs", "sets", attrs("replace", {"a": ("",), "b": ("1",)}, {"b": ("2",)})),
    ("device_custom_attrs", "removes", attrs("replace", {"a": ("1",), "b": ("2",)}, {"a": ("3",)})),
    ("device_custom_attrs", "removes", attrs("replace", {"a": ("1",)}, {})),
    ("device_custom_attrs", "removes", attrs("remove", {"a": ("1",)}, {"A": ()})),
    ("device_custom_attrs", "removes", attrs("merge", {"a": ("1",)}, {"a": (" ",)})),
    ("device_label", "adds", labels("add", {"A"}, {"12"})),
    ("device_label", "adds", labels("exact", {"A", "B"}, {"12"})),
    ("device_label", "removes", labels("exact", {"A"}, {"12"})),
    ("device_label", "removes", labels("remove", {"A"}, {"11", "12"})),
    ("device_message", "sends", plan_message(Message("push", "Hi"), [PHONE]).changes),
    ("device_owner", "assigns", owner(PHONE)),
    ("device_owner", "reassigns", owner(OWNED)),
    ("device_owner", "reassigns", owner(PHONE, "8")),
    ("device_roaming", "on", roaming(Roaming(None, True), Roaming(True, False))),
    ("device_roaming", "off", roaming(Roaming(None, False), Roaming(True, True))),
    ("device_roaming", "off", roaming(Roaming(False, None), Roaming(True, False))),
    ("device_roaming", "off", roaming(Roaming(True, False), Roaming(False, None))),
]
# fmt: on

# What has one kind of change, or is planned with more than a planner: see the integration tests.
ELSEWHERE = {"device_registration", "label", "label_policy", "user_password"}


@pytest.mark.parametrize(("module", "does", "changes"), CASES)
def test_the_class_of_a_change(module, does, changes):
    [change] = changes
    assert change.harm == harm_of(module, does)


def test_every_kind_of_change_has_a_case():
    rows = {(module, kind) for module, kinds in WRITERS.items() for kind in kinds}
    tried = {(module, kind) for module, kind, _changes in CASES}
    assert {row for row in rows if row[0] not in ELSEWHERE} == tried


# Limits of the author's


@pytest.mark.parametrize(
    ("limits", "changes", "fleet", "refused"),
    [
        (Limits(), 1000, None, False),
        (Limits(max_devices=2), 2, None, False),
        (Limits(max_devices=2), 3, None, True),
        (Limits(max_devices=0), 1, None, True),
        (Limits(max_devices=0), 0, None, False),
        (Limits(max_percent=1), 1, 100, False),
        (Limits(max_percent=1), 2, 100, True),
        (Limits(max_percent=0.5), 1, 200, False),
        (Limits(max_percent=0), 0, 100, False),
        (Limits(max_percent=0), 1, 100, True),
        (Limits(max_percent=50), 1, 0, True),
        (Limits(max_percent=50), 1, None, True),
        (Limits(max_percent=100), 302, 300, False),
        (Limits(max_percent=99), 302, 300, True),
    ],
)
def test_limits(limits, changes, fleet, refused):
    refusals = limits.refusals(changes=changes, fleet=fleet)
    if not refused:
        assert refusals == ()
        return
    [refusal] = refusals
    assert f"changes {changes} " in refusal and "nothing was written" in refusal


@pytest.mark.parametrize(
    "limits",
    [
        {"max_devices": -1},
        {"max_percent": -0.1},
        {"max_percent": float("nan")},
        {"max_percent": 100.01},
        {"max_percent": 200.0},
    ],
)
def test_limits_that_are_none(limits):
    with pytest.raises(OptionError, match=rf"^{next(iter(limits))}: "):
        Limits(**limits)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"max_devices": 0},
        {"max_devices": 10**6},
        {"max_percent": 0},
        {"max_percent": 0.01},
        {"max_percent": 100},
    ],
)
def test_limits_that_are_some(limits):
    assert (
        vars(Limits(**limits))
        == {
            "max_devices": None,
            "max_percent": None,
            "house": False,
        }
        | limits
    )


@pytest.mark.parametrize(
    ("limits", "changes", "fleet", "words"),
    [
        (
            Limits(2), 3, None,
            "changes 3 devices and max_devices is 2; nothing was written. Look at the plan in the result, then select fewer devices "
            "or raise max_devices (to 3).",
        ),
        (Limits(None, 5), 4, 60, "changes 4 of 60 devices (6.67 %) and max_percent is 5;"),
        (Limits(None, 5), 4, 60, "or raise max_percent (to 6.67)."),
        (Limits(None, 5), 4, 3, "or raise max_percent."),
        (Limits(None, 0), 1, None, "changes 1 device and max_percent is 0;"),
        (Limits(2, house=True), 3, None, "and IVANTI_UEM_MAX_DEVICES is 2; nothing was written."),
        (Limits(2, house=True), 3, None, "or have IVANTI_UEM_MAX_DEVICES raised (to 3): no option and no confirm lifts it."),
        (Limits(None, 1, house=True), 3, 60, "or have IVANTI_UEM_MAX_PERCENT raised (to 5)"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_the_limit_would_have_to_be(limits, changes, fleet, words):
    [refusal] = limits.refusals(changes=changes, fleet=fleet)
    assert words in refusal


# House limits


@pytest.fixture
def house(monkeypatch):
    """Sets the variables of the environment; None leaves one out."""

    def set_to(*values: str | None) -> Limits:
        for name, value in zip(HOUSE, values, strict=True):
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return house_limits()

    return set_to


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ((None, None), (None, None)), (("", "  "), (None, None)), (("0", "0"), (0, 0)), ((" 50 ", "12.5"), (50, 12.5)),
        (("999999999", "100"), (999999999, 100)),
    ],
)  # fmt: skip
def test_the_house_has_limits_in_its_environment(house, values, limits):
    found = house(*values)
    assert (found.max_devices, found.max_percent, found.house) == (*limits, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((HOUSE[0], value) for value in ("ten", "-1", "1.5", "1e3", "1_000", "５", "50%", "1" * 5000)),
        *((HOUSE[1], value) for value in ("all", "-0.1", "nan", "inf", "5 %", "1e1", "100.1", "200", "1,5", "9" * 400)),
    ],
)  # fmt: skip
def test_nonsense_in_the_environment_is_refused_in_a_sentence(house, name, value):
    with pytest.raises(OptionError, match=f"^{name}: .*(give|set).*leave it") as refused:
        house(*(value if name == one else None for one in HOUSE))
    assert "\n" not in str(refused.value)


# What may be taken away by default


@pytest.mark.parametrize(
    ("fleet", "most"),
    [(0, 10), (3, 10), (100, 10), (109, 10), (110, 11), (199, 19), (1000, 100), (18_979, 1897)],
)
def test_how_many_may_lose_something(fleet, most):
    assert most_taken(fleet) == most
    assert taken_refusal(most, fleet, "code") == ""
    refusal = taken_refusal(most + 1, fleet, "code")
    assert f"from {most + 1:,} of {fleet:,} devices" in refusal and "confirm=code" in refusal
    assert f"max_devices={most + 1}" in refusal
    percent = refusal.partition("max_percent=")[2].partition(",")[0]
    assert bool(percent) is (most < fleet)
    for limits in (Limits(most + 1), Limits(None, float(percent)) if percent else Limits()):
        assert limits.refusals(changes=most + 1, fleet=fleet) == ()


def view(taken: int, harmless: int = 0, fleet: int | None = None, **limits: Any) -> View:
    changes = [
        Change(
            Device(str(number), ""), {}, {}, None, harm=TAKES_AWAY if number < taken else HARMLESS
        )
        for number in range(taken + harmless)
    ]
    return View(Plan(tuple(changes), fleet=fleet), confirm="code", **limits)


OF_HOUSE: dict[str, Any] = {"house": Limits(50, house=True)}


@pytest.mark.parametrize(
    ("given", "confirmed", "fleet", "asked", "words"),
    [
        # The default, in fleets that are counted only where that matters.
        (view(10, 500), False, 10, False, ""), (view(11, 500), False, 110, True, ""), (view(11), False, 109, True, "takes something away from 11 of 109"),
        (view(11, fleet=109), False, 0, False, "from 11 of 109"), (view(3), False, 3, False, ""), (view(0), False, 5, False, ""),
        # Somebody decided.
        (view(60), True, 60, False, ""), (view(60, limits=Limits(60)), False, 60, False, ""), (view(60, limits=Limits(None, 100)), False, 60, True, ""),
        (view(60, limits=Limits(59)), True, 60, False, "max_devices is 59"), (view(0, 60, limits=Limits(None, 50)), False, 60, True, "max_percent is 50"),
        (view(0, limits=Limits(None, 50)), False, 60, False, ""),
        # The house.
        (view(51, **OF_HOUSE), True, 60, False, "IVANTI_UEM_MAX_DEVICES is 50"), (view(0, 51, **OF_HOUSE), False, 60, False, "IVANTI_UEM_MAX_DEVICES is 50"),
        (view(51, limits=Limits(100), **OF_HOUSE), False, 60, False, "IVANTI_UEM_MAX_DEVICES is 50"),
        (view(40, limits=Limits(30), **OF_HOUSE), False, 60, False, "max_devices is 30"), (view(40, limits=Limits(100), **OF_HOUSE), False, 60, False, ""),
        (view(40, **OF_HOUSE), False, 60, True, "takes something away from 40 of 60"),
        (view(0, 7, house=Limits(None, 10, house=True)), True, 60, True, "IVANTI_UEM_MAX_PERCENT is 10"),
    ],
)  # fmt: skip
def test_which_limit_counts(given, confirmed, fleet, asked, words):
    counted: list[int] = []

    def count() -> int:
        counted.append(fleet)
        return fleet

    plan = limited(given, count, "code" if confirmed else None)
    assert words in " ".join(plan.refusals) and bool(words) == bool(plan.refusals)
    assert bool(counted) is asked


def test_the_confirm_of_another_plan_is_named():
    [refusal] = limited(view(11), lambda: 60, " other ").refusals
    assert "give confirm=code" in refusal and "' other ', permits another plan" in refusal
    assert limited(view(11), None, " code ").refusals == ()


def test_what_is_refused_already_is_not_counted_for_the_default():
    given = view(11)
    refused = View(given.plan.refusing(["Refused: no."]))
    plan = limited(refused, lambda: 1 / 0, None)  # type: ignore[arg-type]
    assert plan.refusals == ("Refused: no.",)


def test_one_request_for_many_counts_as_many():
    policy = SimpleNamespace(id="1@2", title="a policy on a label")
    plan = Plan((Change(policy, {}, {}, None, harm=TAKES_AWAY, devices=12),))
    found = limited(View(plan, "policies", counts="devices"), lambda: 60, None)
    assert "from 12 of 60 devices" in found.refusals[0]


@pytest.mark.parametrize(
    ("percent", "of_fleet", "left"),
    [(5, True, 5), (5, False, None), (0, False, 0), (None, False, None)],
)
def test_what_is_no_part_of_the_fleet_has_no_percentage(percent, of_fleet, left):
    assert fitting(Limits(3, percent), of_fleet=of_fleet) == Limits(3, left)
