# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What names nothing is refused, or warned of with the nearest name."""

from __future__ import annotations

import pytest

from ..conftest import ModuleFailed

ATTRS = {"attrs": {"project": "apollo"}}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("[?quarantine]", "no row has a field 'quarantine' (nearest: 'quarantined')"),
        ("[?quarantined == false]", "write `false` in backticks"),
    ],
)
def test_a_query_that_names_no_field_is_warned_of(emulator, call, query, said):
    select = {"query": query}
    result = call("device_info", emulator, select=select, on_missing="skip")
    assert result["count"] == 0 and said in " ".join(result["warnings"])
    result = call("device_info", emulator, query=query)
    assert result["query_result"] == [] and said in " ".join(result["warnings"])
    with pytest.raises(ModuleFailed) as refused:
        call("device_custom_attrs", emulator, select=select, **ATTRS)
    assert "select: no device matches" in str(refused.value) and said in str(refused.value)


def test_a_query_of_activesync_devices_that_names_no_field_is_warned_of(epmm, call):
    options = {"select": {"query": "[?registred]"}, "on_missing": "skip"}
    result = call("activesync_device_info", epmm, **options)
    assert result["count"] == 0 and "(nearest: 'registered')" in " ".join(result["warnings"])


def test_a_query_of_reference_data_that_names_no_field_is_warned_of(epmm, call):
    result = call("registration_reference_info", epmm, query="countries[?nam == 'Peru']")
    assert result["query_result"] == [] and "(nearest: 'name'" in " ".join(result["warnings"])
