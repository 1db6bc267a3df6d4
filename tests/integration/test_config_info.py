# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All configurations and policies with their counts, which are those of the devices."""

from __future__ import annotations

from collections import Counter

import pytest

from ..conftest import ModuleFailed

MODULE = "config_info"


def refused(call, server, **options) -> str:
    """The sentence with which the module fails."""
    with pytest.raises(ModuleFailed) as failed:
        call(MODULE, server, **options)
    return str(failed.value.result["msg"])


def test_the_counts_are_those_of_the_devices(call, emulator):
    emulator.reset(devices=25, partitions=1)
    rows = call(MODULE, emulator)["configs"]
    sent = len(emulator.requests())
    listed, violated = Counter(), Counter()
    installed = Counter()
    for device in call("device_config_info", emulator, select={"filters": "id!=0"})["devices"]:
        for config in device["configs"]:
            listed[config["id"]] += 1
            installed[config["id"]] += config["condition"] == "installed"
    selected = call("device_compliance_info", emulator, select={"filters": "id!=0"})
    for device in selected["devices"]:
        for policy in device["policies"]:
            violated[policy["id"]] += not policy["compliant"]
    configs = {row["id"]: row for row in rows if row["type"] != "POLICY"}
    policies = {row["id"]: row for row in rows if row["type"] == "POLICY"}
    assert configs and policies and sent <= 3
    for number, row in configs.items():
        assert (row["device_count"], row["installed_count"]) == (listed[number], installed[number])
    for number, row in policies.items():
        assert row["violation_count"] == violated[number]
    assert sum(violated.values())


def test_each_space_has_its_own_rows(call, emulator):
    emulator.reset(partitions=3)
    rows = call(MODULE, emulator)["configs"]
    spaces = {row["space"] for row in rows}
    assert len(spaces) == 3
    for space in spaces:
        own = call(MODULE, emulator, spaces=[space])
        assert own["configs"] == [row for row in rows if row["space"] == space]
        assert own["count"] == len(own["configs"])


@pytest.mark.parametrize(("position", "types"), [("configurations", False), ("nothing", None)])
def test_a_server_may_list_less_without_a_tag(call, emulator, position, types):
    emulator.set_switch("config_list_untagged", position)
    rows = call(MODULE, emulator)["configs"]
    assert bool(rows) == (types is not None)
    assert not any(row["type"] == "POLICY" for row in rows)


@pytest.mark.parametrize(("position", "status"), [("forbidden", "403"), ("absent", "404")])
def test_an_account_that_may_not_read_it(call, emulator, position, status):
    emulator.set_switch("config_list", position)
    assert f"HTTP {status}" in refused(call, emulator)


def test_epmm_has_no_such_list(call, epmm):
    assert "epmm does not support counts of configurations; supported by: neurons" in refused(
        call, epmm
    )
    assert epmm.requests() == []
