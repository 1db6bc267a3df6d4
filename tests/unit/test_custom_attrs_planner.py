# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.model import (
    AttrsGoal,
    plan_custom_attrs,
    plan_device,
)


def device(number=1, **attrs):
    return Device(
        id=str(number),
        guid=f"guid-{number}",
        attrs={name: tuple(values) for name, values in attrs.items()},
    )


# current, verb, goal -> (verb, written names and values, before, after), or None for no change
# fmt: off
CASES: list[tuple] = [
    ({}, "merge", {"City": ("SF",)}, ("merge", {"City": ("SF",)}, {"city": None}, {"city": ["SF"]})),
    ({"city": ["SF"]}, "merge", {"City": ("SF",)}, None),
    ({"city": ["LA"], "x": ["1"]}, "merge", {"city": ("SF",)}, ("merge", {"city": ("SF",)}, {"city": ["LA"]}, {"city": ["SF"]})),
    ({"city": ["b", "a"]}, "merge", {"city": ("a", "b")}, None),
    # Numeric: whichever of the two has the suffix, the write has it.
    ({"floor_#": ["3"]}, "merge", {"floor": ("3.0",)}, None),
    ({"floor_#": ["3"]}, "merge", {"floor": ("4",)}, ("merge", {"floor_#": ("4",)}, {"floor": ["3"]}, {"floor": ["4"]})),
    ({"floor": ["3"]}, "merge", {"floor_#": ("4",)}, ("merge", {"floor_#": ("4",)}, {"floor": ["3"]}, {"floor": ["4"]})),
    ({"floor_#": ["3"]}, "merge", {"floor": ("5", "5.0", "05")}, ("merge", {"floor_#": ("5",)}, {"floor": ["3"]}, {"floor": ["5"]})),
    ({"floor_#": ["3"]}, "append", {"floor": ("6", "6.0", "3.0")}, ("append", {"floor_#": ("6",)}, {"floor": ["3"]}, {"floor": ["3", "6"]})),
    (
        {"floor_#": ["3"], "b": ["1"]}, "replace", {"floor": ("5", "5.0")},
        ("replace", {"floor_#": ("5",)}, {"b": ["1"], "floor": ["3"]}, {"floor": ["5"]}),
    ),
    ({"a": ["1"]}, "append", {"a": ("1", "2")}, ("append", {"a": ("2",)}, {"a": ["1"]}, {"a": ["1", "2"]})),
    ({}, "append", {"a": ("1",)}, ("append", {"a": ("1",)}, {"a": None}, {"a": ["1"]})),
    ({"a": ["1", "2"]}, "append", {"a": ("2",)}, None),
    ({"a": ["1"], "b": ["2"]}, "remove", {"A": (), "zz": ()}, ("remove", {"A": ()}, {"a": ["1"]}, {})),
    ({"a": ["1"]}, "remove", {"b": ()}, None),
    ({"a": ["1"], "b": ["2"]}, "replace", {"a": ("1",)}, ("remove", {"b": ()}, {"b": ["2"]}, {})),
    ({"a": ["1"]}, "replace", {"a": ("1",)}, None),
    ({"a": ["1"]}, "replace", {}, ("remove", {"a": ()}, {"a": ["1"]}, {})),
    ({}, "replace", {}, None),
    (
        {"a": ["1"], "b": ["2"], "c": ["3"]}, "replace", {"a": ("1",), "b": ("5",)},
        ("replace", {"a": ("1",), "b": ("5",)}, {"b": ["2"], "c": ["3"]}, {"b": ["5"]}),
    ),
]
# fmt: on


@pytest.mark.parametrize(("current", "verb", "goal", "expected"), CASES)
def test_one_device(current, verb, goal, expected):
    change = plan_device(device(**current), AttrsGoal(verb, goal))
    if expected is None:
        assert change is None
        return
    assert (change.write.verb, dict(change.write.attrs), change.before, change.after) == expected


def test_removals_of_the_same_names_have_equal_writes():
    goal = AttrsGoal("remove", {"b": (), "a": ()})
    one = plan_device(device(1, a=["1"], b=["2"]), goal)
    other = plan_device(device(2, b=["x"], a=["y"]), goal)
    assert one.write == other.write


@pytest.mark.parametrize("verb", ["merge", "append", "replace", "remove"])
def test_the_definitions_tell_what_is_numeric(verb):
    current = {"floor": ["1"]} if verb == "remove" else {}
    plan = plan_custom_attrs(
        [(device(1, **current), AttrsGoal(verb, {"Floor": ("3",)}))], defined=["floor_#"]
    )
    assert plan.changes[0].write.names == ("Floor_#",) and plan.refusals == ()
    extra = plan_custom_attrs(
        [(device(1, floor=["1"], a=["2"]), AttrsGoal("replace", {"a": ("2",)}))],
        defined=["floor_#", "a"],
    )
    assert extra.changes[0].write.names == ("floor_#",)


def test_a_number_is_wanted_where_the_server_or_the_device_says_so():
    for current, defined in (({}, ["floor_#"]), ({"floor_#": ["1"]}, None)):
        plan = plan_custom_attrs(
            [(device(1, **current), AttrsGoal("merge", {"floor": ("third",)}))], defined=defined
        )
        assert (
            len(plan.refusals) == 1
            and "'floor_#' is numeric, and 'third' is not a number" in plan.refusals[0]
        )


@pytest.mark.parametrize("verb", ["merge", "append", "replace", "remove"])
def test_an_attribute_that_is_not_defined_is_refused_unless_a_device_has_it(verb):
    goal = AttrsGoal(verb, {"old": ("1",)})
    plan = plan_custom_attrs([(device(1), goal)], defined=["older"])
    assert len(plan.refusals) == 1 and "'old' is not defined" in plan.refusals[0]
    assert plan_custom_attrs([(device(1, old=["2"]), goal)], defined=["older"]).refusals == ()
    assert plan_custom_attrs([(device(1), goal)], defined=None).refusals == ()


def test_undefined_attributes_are_refused_with_the_nearest_names():
    goals = [
        (device(1), AttrsGoal("merge", {"CityID": ("SF",), "costcentre": ("1",), "floor": ("2",)}))
    ]
    plan = plan_custom_attrs(goals, defined=["cityId", "costcenter", "floor_#"])
    assert len(plan.refusals) == 1
    assert "'costcentre'" in plan.refusals[0] and "nearest: 'costcenter'" in plan.refusals[0]


def test_undefined_attributes_may_be_removed():
    plan = plan_custom_attrs([(device(1, old=["1"]), AttrsGoal("remove", {"old": ()}))], defined=[])
    assert not plan.refusals and len(plan.changes) == 1


@pytest.mark.parametrize("verb", ["merge", "append", "replace", "remove"])
def test_an_attribute_that_is_not_defined_is_refused_although_no_device_is_found(verb):
    goals = [AttrsGoal(verb, {"costcentre": ("1",)}), AttrsGoal(verb, {"costcenter": ("1",)})]
    plan = plan_custom_attrs([], defined=["costcenter"], wanted=goals)
    assert len(plan.refusals) == 1 and "nearest: 'costcenter'" in plan.refusals[0]
    held = device(1, costcentre=["1"])
    assert (
        plan_custom_attrs([(held, goals[0])], defined=["costcenter"], wanted=goals).refusals == ()
    )


@pytest.mark.parametrize("verb", ["merge", "append", "replace", "remove"])
@pytest.mark.parametrize("defined", [["floor_#", "x", "floor"], None])
def test_an_attribute_of_two_definitions_is_refused_with_both(verb, defined):
    """The one that a device happens to have was written, and both were removed."""
    both = device(1, **{"floor": ["1"], "floor_#": ["2"], "x": ["1"]})
    plan = plan_custom_attrs([(both, AttrsGoal(verb, {"Floor": ("4",)}))], defined=defined)
    [refusal] = plan.refusals
    assert "defines both 'floor" in refusal and "'Floor' may be either" in refusal
    other = plan_custom_attrs([(both, AttrsGoal(verb, {"x": ("2",)}))], defined=defined)
    # Only a goal that owns the whole map is about attributes that it does not name.
    assert bool(other.refusals) is (verb == "replace")
    none = device(1, x=["1"])
    assert not plan_custom_attrs([(none, AttrsGoal(verb, {"x": ("2",)}))], defined=defined).refusals


def test_what_may_be_a_secret_is_written_and_not_shown():
    secrets = {"wifi_password": ("Old-1",), "note": ("https://u:pw@h",), "city": ("Bonn",)}
    goal = {
        "wifi_password": ("New-2",),
        "note": ("x",),
        "city": ("Köln",),
        "pin_required": ("yes",),
    }
    device = Device(id="1", guid="g", attrs=secrets)
    change = plan_device(device, AttrsGoal("merge", goal))
    assert change.before == {
        "wifi_password": ["********"],
        "note": ["********"],
        "city": ["Bonn"],
        "pin_required": None,
    }
    assert change.after == {
        "wifi_password": ["********"],
        "note": ["x"],
        "city": ["Köln"],
        "pin_required": ["yes"],
    }
    assert dict(change.write.attrs) == goal
    numeric = plan_custom_attrs([(device, AttrsGoal("merge", {"pin_#": ("ab12",)}))])
    assert "'********' is not a number" in numeric.refusals[0] and "ab12" not in str(
        numeric.refusals
    )
