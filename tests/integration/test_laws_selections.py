# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The law of names, over generated fleets, against the emulator.

A name and a value mean the same to a selection, a write and a protection: the devices that
``custom_attributes: {name: value}`` selects are those which the same name and value, written, leave
unchanged; and those are protected by them.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import writes

DEVICES_USED = 6
NFC, NFD = "Z\u00fcrich", "Zu\u0308rich"

# fmt: off
texts = st.sampled_from((
    "SF", "sf", NFC, NFD, "\u6771\u4eac", "{{ 7 * 7 }}", "a/b", "a\nb", "'; DROP", "3", "3.0", "true", "and", "\u00fc" * 300,
))
numbers = st.sampled_from(("3", "3.0", "3.00", "-1", "0", "2.5", "2.50", "10"))
spelled = st.tuples(st.sampled_from(("cityid", "site", "floor_#")), st.sampled_from((str, str.upper, str.title)),
                    st.booleans(), st.sampled_from(("{}", " {}", "{} ")))
# fmt: on


def fleet_of(most: int) -> st.SearchStrategy[list[dict[str, list[str]]]]:
    """Devices whose attributes have at most this many values."""
    named = {
        "cityid": st.lists(texts, min_size=1, max_size=most, unique=True),
        "site": st.lists(texts, min_size=1, max_size=most, unique=True),
        "floor_#": st.lists(numbers, min_size=1, max_size=1),
    }
    device = st.fixed_dictionaries({}, optional=named)
    return st.lists(device, min_size=DEVICES_USED, max_size=DEVICES_USED)


def author(spelling: tuple[Any, ...], text: str, number: str) -> dict[str, Any]:
    """How an author may write an attribute: another case, no suffix, blanks, a number as one."""
    name, case, bare, blanks = spelling
    if name == "floor_#":
        value: Any = float(number) if bare else number
    else:
        value = blanks.format(text)
    return {blanks.format(case(name).removesuffix("_#") if bare else case(name)): value}


@pytest.mark.parametrize("append", [False, True])
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), spelling=spelled, text=texts, number=numbers)
def test_what_is_selected_is_what_a_write_leaves_unchanged(
    emulator, call, append, data, spelling, text, number
):
    fleet = data.draw(fleet_of(3 if append else 1))
    ids = sorted(emulator.attributes(), key=int)
    emulator.set_attributes({device: {} for device in ids} | dict(zip(ids, fleet, strict=False)))
    attrs = author(spelling, text, number)
    emulator.clear_requests()

    found = call("device_info", emulator, select={"custom_attributes": attrs}, on_missing="skip")
    written = call(
        "device_custom_attrs", emulator, check_mode=True, attrs=attrs, append=append, devices=ids
    )
    unchanged = {row["id"] for row in written["devices"] if row["outcome"] == "unchanged"}
    assert {str(device["id"]) for device in found["devices"]} == unchanged

    planned = call(
        "device_action", emulator, action="wipe", devices=ids[:DEVICES_USED], check_mode=True,
        protected={"custom_attributes": attrs}, max_devices=DEVICES_USED, on_ineligible="skip",
    )  # fmt: skip
    kept = {row["id"] for row in planned["devices"] if row["outcome"] == "protected"}
    assert unchanged & set(ids[:DEVICES_USED]) <= kept
    assert writes(emulator) == []
