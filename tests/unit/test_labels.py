# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, Label
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.model import (
    LabelGoal,
    LabelsWrite,
    additions,
    as_listed,
    parse_label_goals,
    plan_labels,
    relevant_labels,
)

ALL, SALES, PILOT, COMMA, SLASH, TWIN, TWIN_2, FILTERED = KNOWN = [
    Label("-1", "All-Smartphones", static=False, system=True),
    Label("11", "Sales", static=True),
    Label("12", "Pilot", static=True),
    Label("13", "R&D, Lab #3", static=True),
    Label("14", "Sales/EMEA", static=True),
    Label("15", "Twin", static=True),
    Label("16", "Twin", static=True),
    Label("17", "Samsung", static=False, criteria='"common.manufacturer" = "samsung"'),
]
ONE = Device(id="1", guid="00000000-0000-4000-8000-000000000001", serial="C0FFEE")
TWO = Device(id="2", guid="00000000-0000-4000-8000-000000000002")


def plan(verb, labels, have=(), device=ONE):
    goals = [(device, LabelGoal(verb, frozenset(labels)))]
    odd = [Label("18", "..", static=True), Label("19", ".", static=True)]
    return plan_labels(
        goals,
        known=[*KNOWN, *odd],
        have={device.id: frozenset(have)},
    )


# verb, labels wanted, ids that the device has -> (put on, taken off, before, after), or None for no
# change
# fmt: off
CASES: list[tuple] = [
    ("add", ["Sales"], [], (("Sales",), (), [], ["Sales"])),
    ("add", ["Sales"], ["11"], None),
    ("add", ["Sales", "Pilot"], ["12"], (("Sales",), (), ["Pilot"], ["Pilot", "Sales"])),
    ("add", ["Sales"], ["12", "-1", "17"], (("Sales",), (), [], ["Sales"])),
    ("add", ["Sales/EMEA"], [], (("Sales/EMEA",), (), [], ["Sales/EMEA"])),
    ("remove", ["Sales"], ["11", "12"], ((), ("Sales",), ["Sales"], [])),
    ("remove", ["Sales"], ["12"], None),
    ("remove", ["Sales", "Pilot"], ["12"], ((), ("Pilot",), ["Pilot"], [])),
    ("exact", ["Sales"], ["11"], None),
    ("exact", ["Sales"], ["12"], (("Sales",), ("Pilot",), ["Pilot"], ["Sales"])),
    ("exact", ["Sales", "Pilot"], ["12", "14"], (("Sales",), ("Sales/EMEA",), ["Pilot", "Sales/EMEA"], ["Pilot", "Sales"])),
    ("exact", [], ["11", "12"], ((), ("Pilot", "Sales"), ["Pilot", "Sales"], [])),
    ("exact", [], [], None),
    # A label that came into being between two reads is not known, and left alone.
    ("exact", ["Sales"], ["11", "99"], None),
]
# fmt: on


@pytest.mark.parametrize(("verb", "labels", "have", "expected"), CASES)
def test_one_device(verb, labels, have, expected):
    found = plan(verb, labels, have)
    assert found.refusals == ()
    if expected is None:
        assert found.changes == () and found.unchanged == (ONE,)
        return
    add, remove, before, after = expected
    (change,) = found.changes
    assert change.write == LabelsWrite(add, remove)
    assert (change.before, change.after, found.unchanged) == (
        {"labels": before},
        {"labels": after},
        (),
    )


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["Samsung"], "the label 'Samsung' is filtered: the server puts devices on it that meet its criteria (\"common.manufacturer\""),
        (["All-Smartphones"], "is filtered: the server puts devices on it that meet its criteria; change the devices"),
        (["R&D, Lab #3"], "the label 'R&D, Lab #3' has a comma in its name"),
        (["sales"], "there is no label 'sales' (nearest: 'Sales', 'Sales/EMEA'); names are case-sensitive"),
        (["Marketing"], "there is no label 'Marketing'; names are case-sensitive. To make it, use ivanti.uem.label, or label_definitions"),
        (["11"], "there is no label '11'"),
        ([".."], "the label '..' has a name that no address can hold"), (["."], "the label '.' has a name that no address can hold"),
        (["Twin"], "2 labels are called 'Twin' (ids 15, 16), and the API takes names; rename all but one"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["add", "remove", "exact"])
def test_a_label_that_cannot_be_assigned(verb, labels, said):
    found = plan(verb, labels)
    [refusal] = found.refusals
    assert said in refusal and refusal.endswith("; nothing was written.")
    # The plan is shown all the same.
    assert [one.title for one in (*found.unchanged, *(change.subject for change in found.changes))] == [ONE.title]  # fmt: skip
    if verb != "remove":
        [change] = found.changes
        assert set(change.write.add) == set(change.after["labels"]) == set(labels)


def test_labels_are_spelled_as_the_server_spells_them():
    known = [
        Label("1", "Zu\u0308rich ", static=True),
        Label("2", "A", static=True),
        Label("3", "A ", static=True),
    ]
    goals = [(ONE, LabelGoal("add", frozenset({"Z\u00fcrich", "A", "nobody"})))]
    [(_device, goal)] = as_listed(goals, known)
    assert goal.labels == {"Zu\u0308rich ", "A", "nobody"}


def test_an_id_is_what_nothing_has_as_its_name():
    """As in select.labels and everywhere else."""
    new = Label("new Loan pool", "Loan pool", static=True)
    known = [*KNOWN, Label("30", "11", static=True), Label("99 ", "x", static=True), new]
    names = {"11", "12", "-1", "15", "98", "new Loan pool"}
    [(_device, goal)] = as_listed([(ONE, LabelGoal("add", frozenset(names)))], known)
    assert goal.labels == {"11", "Pilot", "All-Smartphones", "Twin", "98", "new Loan pool"}
    assert goals_of(labels=["Sales", 12], devices=[{"device": 1, "labels": [11]}]).named[0][1] == (
        LabelGoal("add", frozenset({"Sales", "12", "11"}))
    )


def test_a_label_is_not_wanted_and_unwanted_under_two_names():
    goal = LabelGoal("add", frozenset({"Pilot"}), leave=frozenset({"12"}))
    with pytest.raises(
        OptionError, match=r"C0FFEE.* should be on the label 'Pilot' and not be on it"
    ):
        as_listed([(ONE, goal)], KNOWN)


def test_every_wrong_label_of_all_goals_is_told_once():
    goals = [
        (ONE, LabelGoal("add", frozenset({"no", "Sales"}))),
        (TWO, LabelGoal("remove", frozenset({"no", "neither"}))),
    ]
    assert len(plan_labels(goals, known=KNOWN, have={}).refusals) == 2


def test_purge_of_a_label_that_cannot_be_taken_off():
    assert (
        "purge cannot take a device off its label: the label 'R&D, Lab #3' has a comma"
        in plan("exact", ["Sales"], ["11", "13"]).refusals[0]
    )
    assert (
        "purge cannot take a device off its label: 2 labels are called 'Twin'"
        in plan("exact", [], ["15"]).refusals[0]
    )
    # A label whose members follow from its criteria is left alone.
    assert plan("exact", ["Sales"], ["11", "17", "-1"]).refusals == ()
    assert plan("exact", ["Sales"], ["11"]).refusals == ()


def test_purge_leaves_labels_of_the_server_alone_whatever_it_says_of_them():
    odd = Label("-9", "Company-Owned", static=True, system=True)
    known = [*KNOWN, odd]
    goals = [
        (ONE, LabelGoal("exact", frozenset({"Sales"}))),
        (TWO, LabelGoal("exact", frozenset({"Pilot"}))),
    ]
    assert odd not in relevant_labels(goals, known)
    plan = plan_labels(goals, known=known, have={"1": {"-9", "11"}, "2": {"-9", "11"}})
    assert plan.unchanged == (ONE,) and plan.changes[0].write == LabelsWrite(
        add=("Pilot",), remove=("Sales",)
    )


@pytest.mark.parametrize("verb", ["add", "remove", "exact"])
def test_labels_of_the_server_are_refused_whatever_it_says_of_them(verb):
    odd = Label("-9", "Company-Owned", static=True, system=True)
    goals = [(ONE, LabelGoal(verb, frozenset({"Company-Owned"})))]
    refused = plan_labels(goals, known=[*KNOWN, odd], have={"1": {"-9"}})
    [refusal] = refused.refusals
    assert "the label 'Company-Owned' is the server's own" in refusal


def test_devices_with_equal_writes_can_share_a_call():
    goals = [
        (ONE, LabelGoal("exact", frozenset({"Sales"}))),
        (TWO, LabelGoal("exact", frozenset({"Sales"}))),
    ]
    first, second = plan_labels(
        goals, known=KNOWN, have={"1": {"12", "14"}, "2": {"14", "12"}}
    ).changes
    assert first.write == second.write and hash(first.write) == hash(second.write)


def test_which_labels_have_to_be_known():
    assert relevant_labels([(ONE, LabelGoal("add", frozenset({"Sales", "no"})))], KNOWN) == (SALES,)
    # Twins are refused later, whoever is on them.
    assert relevant_labels([(ONE, LabelGoal("remove", frozenset({"Twin"})))], KNOWN) == (
        TWIN,
        TWIN_2,
    )
    exact = relevant_labels(
        [(ONE, LabelGoal("add", frozenset({"Sales"}))), (TWO, LabelGoal("exact", frozenset()))],
        KNOWN,
    )
    assert exact == (SALES, PILOT, COMMA, SLASH, TWIN, TWIN_2)
    assert relevant_labels([], KNOWN) == ()


def goals_of(**options):
    given = {"state": "present", "purge": False, "labels": None, "devices": None}
    return parse_label_goals(**{**given, **options})


def test_labels_of_a_device_are_added_to_those_of_the_task():
    desired = goals_of(labels=["Sales"], devices=[1, {"device": 2, "labels": ["Pilot"]}])
    assert [goal for _ref, goal in desired.named] == [
        LabelGoal("add", frozenset({"Sales"})),
        LabelGoal("add", frozenset({"Sales", "Pilot"})),
    ]
    assert goals_of(labels=["Sales", "Sales"]).shared == LabelGoal("add", frozenset({"Sales"}))


@pytest.mark.parametrize(
    ("state", "purge", "verb"),
    [("present", False, "add"), ("present", True, "exact"), ("absent", False, "remove")],
)
def test_verbs(state, purge, verb):
    assert (
        goals_of(state=state, purge=purge, labels=["Sales"], devices=[1]).named[0][1].verb == verb
    )


@pytest.mark.parametrize(
    "options",
    [
        {"labels": []}, {"labels": [], "devices": [1]}, {"labels": [], "devices": [{"device": 1, "labels": []}]},
        {"devices": [{"device": 1, "labels": []}]},
    ],
)  # fmt: skip
def test_no_labels_are_meant_with_purge_alone(options):
    if "devices" in options or options["labels"] is not None:
        desired = goals_of(purge=True, **options)
        goal = desired.named[0][1] if desired.named else desired.shared
        assert goal == LabelGoal("exact", frozenset())
    with pytest.raises(OptionError, match="no labels are given|must name at least one label"):
        goals_of(**options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"state": "absent", "purge": True, "labels": ["Sales"]}, "purge: needs state=present"),
        ({"purge": True}, "labels: is needed with select"),
        ({"purge": True, "devices": [1]}, "devices[0]: no labels are given for device 1"),
        ({"devices": [1]}, "devices[0]: no labels are given for device 1"),
        ({"devices": [{"device": 1, "labels": "Sales"}]}, "devices[0].labels (device 1): expected a list of label names, got str"),
        ({"labels": ["Sales"], "devices": [{"device": 1, "labels": {"a": 1}}]}, "expected a list of label names, got dict"),
        ({"labels": ["a", ""]}, "labels: '' is not the name of a label"),
        ({"labels": ["  "]}, "labels: '  ' is not the name"),
        ({"labels": ["a\nb"]}, "labels: 'a\\nb' is not the name"),
        ({"labels": [True]}, "labels: True is not the name of a label; labels are named by printable text, quoted in YAML, or by their id"),
        ({"labels": [7.5]}, "labels: 7.5 is not the name of a label"),
        ({"labels": ["Sales"], "devices": [{"device": 1, "labels": [None]}]}, "devices[0].labels (device 1): None is not the name"),
        ({"labels": ["Sales"], "devices": []}, "devices: is empty"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(options, said):
    with pytest.raises(OptionError) as refused:
        goals_of(**options)
    assert said in str(refused.value)


def test_what_label_info_shows():
    # fmt: off
    assert FILTERED.as_dict() == {
        "id": "17", "name": "Samsung", "static": False, "system": False, "device_count": 0, "description": "",
        "criteria": '"common.manufacturer" = "samsung"', "space": "",
    }
    # fmt: on


EMEA = Label("20", "EMEA loaners", static=True, space="EMEA", space_id="2")


@pytest.mark.parametrize(
    ("verb", "labels", "have", "write", "lacks"),
    [
        ("add", ["EMEA loaners"], [], None, True),
        ("add", ["EMEA loaners", "Pilot"], [], LabelsWrite(add=("Pilot",)), True),
        ("add", ["EMEA loaners", "Pilot"], ["12"], None, True),
        # It has the label all the same, or is to lose it.
        ("add", ["EMEA loaners", "Pilot"], ["20"], LabelsWrite(add=("Pilot",)), False),
        ("remove", ["EMEA loaners"], ["20"], LabelsWrite(remove=("EMEA loaners",)), False),
        ("remove", ["EMEA loaners"], [], None, False),
        # It keeps the labels that it would lose for the one that it cannot get.
        ("exact", ["EMEA loaners"], ["11"], None, True),
        ("exact", ["EMEA loaners", "Pilot"], ["11"], LabelsWrite(add=("Pilot",)), True),
        ("exact", ["EMEA loaners"], ["20", "11"], LabelsWrite(remove=("Sales",)), False),
    ],
)
def test_a_device_outside_the_space_of_a_label_gets_its_others(verb, labels, have, write, lacks):
    device = replace(ONE, home="Global")
    found = plan_labels(
        [(device, LabelGoal(verb, frozenset(labels)))],
        known=[*KNOWN, EMEA],
        have={ONE.id: frozenset(have)},
        outside={"EMEA loaners": {ONE.id}},
    )
    assert [change.write for change in found.changes] == ([write] if write else [])
    assert found.refusals == () and bool(found.unchanged) == (write is None and not lacks)
    assert [(one.kind, one.change.write) for one in found.left_alone] == (
        [("failed", LabelsWrite(add=("EMEA loaners",)))] if lacks else []
    )
    for one in found.left_alone:
        assert "cannot be put on 'EMEA loaners', of the device space 'EMEA'" in one.reason
        assert "it is in the device space 'Global'" in one.reason


def test_which_devices_get_a_label():
    goals = [
        (ONE, LabelGoal("add", frozenset({"EMEA loaners", "Samsung"}))),
        (TWO, LabelGoal("exact", frozenset({"EMEA loaners", "Pilot"}))),
        (TWO, LabelGoal("remove", frozenset({"Sales"}))),
    ]
    have = {ONE.id: {"20"}, TWO.id: {"12"}}
    assert additions(goals, [*KNOWN, EMEA], have) == [(EMEA, [TWO])]
