# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rows prove about what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import Wanted
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.rows import Asked
from ansible_collections.ivanti.uem.plugins.module_utils._products.proof import (
    contradicts,
    value_fits,
)

DAY = 86_400


@pytest.mark.parametrize(
    ("shown", "wanted", "fits"),
    [
        ("IOS", "ios", True), ("IOS", "OSX", False), ("Zu\u0308rich ", "Z\u00fcrich", True), ("", "x", False),
        (True, "true", True), (True, "True", True), (True, "false", False), (False, "false", True), (False, "0", False),
        # The counts of the server have null as false.
        (None, "false", True), (None, "true", False), (None, "x", False),
        (3, "3", True), (3.0, "3", True), (3, "4", False), (3, "x", False), (0, "false", False),
        (["a", "B"], "b", True), (["a"], "c", False), ([], "c", False),
        # Nobody knows which of its values is compared.
        ({"id": 1, "name": "a"}, "b", True), ([{"id": 1}], "b", True),
    ],
)  # fmt: skip
def test_values_that_may_be_the_one_that_was_asked_for(shown: Any, wanted: str, fits: bool):
    assert value_fits(shown, wanted) is fits


def test_a_long_value_of_a_server_is_cut():
    assert len(str(contradicts("device 1", "x=y", "z" * 5000))) < 400


def looked(selection: Selection, *rows: dict[str, Any], wanted: Any = ()) -> list[str]:
    """The ids of the devices that are meant."""
    asked = Asked(selection, wanted, (), 0)
    devices = []
    for number, row in enumerate(rows):
        values = (row.get("customAttributes") or {}).get("attrs", {})
        attrs = {name: tuple(texts) for name, texts in values.items()}
        devices.append(Device(str(number), "", attrs=attrs))
        asked.look(row, devices[-1], None)
    return [device.id for device in asked.meant(devices)]


@pytest.mark.parametrize(
    ("days", "fits"),
    [((10, 10), True), ((10, 16), True), ((10, 17), True), ((10, 18), False), ((1, 2, 9), False), ((0,), True), ((), True)],
)  # fmt: skip
def test_times_are_compared_with_each_other_and_not_with_a_clock(days, fits):
    rows = [{"lastCheckin": day * DAY * 1000} for day in days]
    selection = Selection(last_seen_within=7 * DAY)
    if fits:
        assert looked(selection, *rows) == [str(number) for number in range(len(rows))]
        return
    with pytest.raises(AnswerError, match="lastCheckin within 604800 s"):
        looked(selection, *rows)


def test_a_device_without_a_time_did_not_check_in_within_any():
    with pytest.raises(AnswerError, match="which shows None"):
        looked(Selection(last_seen_within=1), {"lastCheckin": None})


@pytest.mark.parametrize(
    ("attributes", "meant"),
    [
        ({"attrs": {"a": ["x", "y"]}}, ["0"]), ({"attrs": {"A": ["x"]}}, ["0"]), ({"attrs": {"a_#": ["x"]}}, ["0"]),
        ({"attrs": {"a": ["X"]}}, []), ({"attrs": {"a": ["x "]}}, []),
        ({"attrs": {"a": ["z"]}}, None), ({"attrs": {"b": ["x"]}}, None), ({"attrs": {}}, None), (None, None),
    ],
)  # fmt: skip
def test_custom_attributes(attributes, meant):
    wanted = [Wanted(("a",), ("x",))]
    row = {"customAttributes": attributes}
    if meant is not None:
        assert looked(Selection(), row, wanted=wanted) == meant
        return
    with pytest.raises(AnswerError, match="was asked for a=x, and sent device 0"):
        looked(Selection(), row, wanted=wanted)


def test_a_row_that_shows_no_attributes_proves_nothing():
    assert looked(Selection(), {"id": 1}, wanted=[Wanted(("a",), ("x",))]) == ["0"]
