# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts of a device space, and what they cannot do from within it."""

from __future__ import annotations

import re

import pytest

from ..conftest import ModuleFailed, writes

GLOBAL, OWN = "No members", "EMEA loaners"
WORDS = "the label 'No members' is a global one, which cannot be applied or removed from within"


@pytest.fixture
def space(epmm) -> int:
    """The device space whose administrator the account is."""
    own = epmm.spaces()[1]["id"]
    epmm.set_switch("account_space", own)
    return own


def inside(epmm, space: int) -> str:
    return next(
        row["uuid"]
        for row in epmm.devices("uuid", "space_id", "status", "labels")
        if row["space_id"] == space and row["status"] == "ACTIVE"
    )


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_global_label_is_refused_from_within_a_space(call, epmm, space, check_mode):
    device = inside(epmm, space)
    for state in ("present", "absent"):
        with pytest.raises(ModuleFailed, match=WORDS) as failed:
            options = {"devices": [device], "labels": [GLOBAL], "state": state}
            call("device_label", epmm, check_mode=check_mode, **options)
        result = failed.value.result
        assert "an account of the global space" in result["msg"]
        # The plan is shown, most of all where it is refused.
        [row] = result["devices"]
        assert (row["guid"], row["outcome"]) == (
            device,
            "planned" if state == "present" else "unchanged",
        )
        assert result["summary"]["matched"] == 1 and result["plan"]
    policy = call("policy_info", epmm)["policies"][-1]["name"]
    with pytest.raises(ModuleFailed, match=WORDS):
        call("label_policy", epmm, policy=policy, label=GLOBAL, check_mode=check_mode)
    assert writes(epmm) == []


def test_a_label_of_the_space_is_written(call, epmm, space):
    device = inside(epmm, space)
    call("device_label", epmm, devices=[device], labels=[OWN], state="absent")
    assert call("device_label", epmm, devices=[device], labels=[OWN])["changed"]
    assert not call("device_label", epmm, devices=[device], labels=[OWN])["changed"]


def test_an_account_of_the_global_space_writes_global_labels_on_devices_of_another(call, epmm):
    """Also where the author names that space."""
    row = epmm.spaces()[1]
    device = inside(epmm, row["id"])
    call("device_label", epmm, devices=[device], labels=[GLOBAL, OWN], state="absent")
    options = {"devices": [device], "labels": [GLOBAL, OWN], "spaces": [row["name"]]}
    assert call("device_label", epmm, **options)["changed"]
    assert not call("device_label", epmm, **options)["changed"]


@pytest.mark.parametrize("partitions", [None, ["default"], ["Field"]])
@pytest.mark.parametrize("module", ["device_info", "device_custom_attrs"])
def test_an_account_of_neurons_without_a_space_is_said(call, emulator, module, partitions):
    emulator.set_switch("neurons_spaces", "none")
    options = {"spaces": partitions} if partitions else {}
    if module == "device_custom_attrs":
        options |= {"attrs": {"cityid": "x"}, "select": {"attributes": {"platform": "ios"}}}
    with pytest.raises(ModuleFailed, match="device space") as failed:
        call(module, emulator, **options)
    assert failed.value.result["msg"].count(".") <= 2
    assert re.search("roles|name spaces yourself", failed.value.result["msg"])
    assert writes(emulator) == []
