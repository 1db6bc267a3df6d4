# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, parse_ref
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.desired import (
    merge_layers,
    parse_desired,
)

GUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"


def parse(**options):
    return parse_desired(
        **{
            "state": "present",
            "purge": False,
            "append": False,
            "attrs": None,
            "devices": None,
            **options,
        }
    )


def test_own_attributes_are_laid_over_shared_ones():
    desired = parse(
        attrs={"City": "SF", "a": 1}, devices=[7, {"device": GUID.upper(), "attrs": {"city": "LA"}}]
    )
    goals = [(ref.value, dict(goal.attrs)) for ref, goal in desired.named]
    assert goals == [("7", {"City": ("SF",), "a": ("1",)}), (GUID, {"a": ("1",), "city": ("LA",)})]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"attrs": {"a": 1}, "devices": []}, "devices: is empty"),
        ({"devices": [7]}, r"devices\[0\]: device 7 has no attributes"),
        ({"attrs": {}, "devices": [7]}, r"devices\[0\]: device 7 has no attributes"),
        ({"attrs": {}}, "attrs: is needed with select"),
        ({}, "attrs: is needed with select"),
        ({"purge": True, "devices": [7]}, "has no attributes"),
        ({"attrs": {"a": ""}, "devices": [7]}, "attrs.a: is empty"),
        ({"attrs": {"a": None}, "devices": [7]}, "attrs.a: is empty"),
        ({"attrs": "a", "devices": [7]}, "attrs: expected a mapping"),
        ({"attrs": ["a"], "devices": [7]}, "attrs: expected a mapping"),
        ({"attrs": {"a": 1}, "devices": ["../wipe"]}, r"devices\[0\]: '../wipe' is neither a device id"),
        ({"attrs": {"a": 1}, "devices": [1, True]}, r"devices\[1\]: True is neither"),
        ({"attrs": {"a": 1}, "devices": [{"attrs": {"a": 2}}]}, r"devices\[0\]: the key device is missing"),
        ({"attrs": {"a": 1}, "devices": [{"device": 1, "attr": {}}]}, r"devices\[0\]: unknown key 'attr'"),
        ({"devices": [{"device": 1, "attrs": {"a": []}}]}, r"devices\[0\].attrs \(device 1\).a: is empty"),
        ({"attrs": {"a": 1}, "devices": [1, {"device": "1", "attrs": {"a": 2}}]}, "1 is listed twice"),
        ({"attrs": {"a": 1}, "devices": [1], "purge": True, "append": True}, "purge and append"),
        ({"attrs": ["a"], "devices": [1], "purge": True, "state": "absent"}, "purge and append"),
        ({"attrs": 5, "devices": [1], "state": "absent"}, "expected a list of attribute names"),
        ({"attrs": ["A", "a"], "devices": [1], "state": "absent"}, "same attribute"),
    ],
)  # fmt: skip
def test_bad_input(options, words):
    with pytest.raises(OptionError, match=words):
        parse(**options)


def test_an_empty_map_is_a_goal_when_the_whole_map_is_owned():
    assert parse(attrs={}, purge=True).shared.attrs == {}
    assert parse(attrs={}, purge=True, devices=[1]).named[0][1].verb == "replace"


@pytest.mark.parametrize("attrs", [["a", "B"], {"a": None, "B": ""}])
def test_names_are_enough_to_remove(attrs):
    assert list(parse(attrs=attrs, state="absent").shared.attrs) == ["a", "B"]


def test_a_device_named_by_id_and_guid():
    device = Device(id="7", guid=GUID)
    same = parse(attrs={"a": 1}, devices=[7, GUID])
    assert len(same.for_each([device])) == 1
    differing = parse(attrs={"a": 1}, devices=[7, {"device": GUID, "attrs": {"a": 2}}])
    with pytest.raises(OptionError, match=f"named twice, as 7 and as {GUID}"):
        differing.for_each([device])


@pytest.mark.parametrize("raw", [22000, "22000", " 22000 ", "0022000"])
def test_ids(raw):
    assert parse_ref(raw, "x").value == "22000"


@pytest.mark.parametrize(
    "raw", ["../wipe", "", "-1", -1, 1.5, None, "٣", "22000/wipe", "1" * 20, GUID + "/", [1]]
)
def test_what_is_no_reference(raw):
    with pytest.raises(OptionError, match="neither a device id"):
        parse_ref(raw, "x")


def test_layers_merge_by_attribute():
    merged = merge_layers([{"City": "all", "a": 1}, {"city": "group"}, {"b": [2]}], "x")
    assert merged == {"city": "group", "a": 1, "b": [2]}
    with pytest.raises(OptionError, match="x: expected a mapping"):
        merge_layers([{"a": 1}, "b"], "x")


def test_dates_of_layers_become_text():
    merged = merge_layers([{"a": date(2026, 1, 1), "b": [date(2026, 2, 3), 1.5]}], "x")
    assert merged == {"a": "2026-01-01", "b": ["2026-02-03", 1.5]}


@pytest.mark.parametrize("raw", [float("nan"), float("-inf"), b"x", {"x"}, {"x": 1}, [{"x"}]])
def test_a_layer_with_a_value_that_no_server_keeps_is_refused(raw):
    where = "ivanti_desired of the host 'pad'.attributes"
    with pytest.raises(OptionError, match=f"{where}, bad: a value must be a string"):
        merge_layers([{"good": 1, "bad": raw}], where)
