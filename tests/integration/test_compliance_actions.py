# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server itself does to devices that are out of compliance."""

from __future__ import annotations

import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_actions.epmm import (
    compliance_action,
)

from ..conftest import ModuleFailed
from ..contracts.contract import load_all

EVERY = {"select": {"status": "active"}}


def test_the_documented_keys_arrive():
    """Steps begin with the shortest delay, whatever the order of the answer is."""
    [row] = load_all()["E54"].examples[0].answer["results"]
    action = compliance_action(row).as_dict()
    assert (action["id"], action["name"], action["local"]) == ("3", "Lost contact", False)
    assert action["wipes"] and action["updated_at"] == "2025-10-18T07:13:38Z"
    assert [step["delay"] for step in action["steps"]] == [0, 30]
    assert action["steps"][1] == {
        "delay": 30,
        "alert": True,
        "block": True,
        "quarantine": False,
        "wipe": True,
        "quarantine_settings": {"remove_managed_apps": False},
    }


def test_compliance_actions_are_read(call, epmm):
    result = call("compliance_action_info", epmm)
    assert [action["name"] for action in result["actions"] if action["wipes"]] == ["Lost contact"]
    assert result["count"] == 3
    assert call("compliance_action_info", epmm, actions=["Send alert", 3])["count"] == 2
    with pytest.raises(ModuleFailed, match="no compliance action 'Lost kontact' .nearest"):
        call("compliance_action_info", epmm, actions=["Lost kontact"])
    with pytest.raises(ModuleFailed, match="reading compliance actions needs API v2"):
        call("compliance_action_info", epmm, api="v1")


@pytest.mark.parametrize(
    ("actions", "api", "words"),
    [
        ("several", "auto", "has 3 compliance actions .* no call says which one"), ("one", "auto", "it is the only compliance action"),
        ("none", "auto", "has no compliance action"), ("one", "v1", "could not be read: .*needs API v2"),
    ],
)  # fmt: skip
def test_what_the_server_itself_will_do(call, epmm, actions, api, words):
    epmm.set_switch("compliance_actions", actions)
    rows = call("device_compliance_info", epmm, api=api, **EVERY)["devices"]
    bad = [row for row in rows if row["compliant"] is False]
    assert bad and len(bad) < len(rows)
    for row in rows:
        if row["compliant"]:
            assert row["server_action_reason"] == "the device is compliant"
        known = row in bad and (actions, api) == ("one", "auto")
        assert (row["server_action"] is not None) is known
    assert all(re.search(words, row["server_action_reason"]) for row in bad)
    if actions == "one" and api == "auto":
        assert bad[0]["server_action"]["compliance_action"] == "Send alert"
        assert bad[0]["server_action"]["steps"][0]["alert"] is True


def test_compliance_actions_that_cannot_be_read_fail_nothing(call, epmm):
    epmm.add_fault("403", path="/api/v2/compliance_action", times=None)
    rows = call("device_compliance_info", epmm, **EVERY)["devices"]
    assert any("could not be read: " in row["server_action_reason"] for row in rows)
    with pytest.raises(ModuleFailed, match="403"):
        call("compliance_action_info", epmm)


def test_the_other_product_does_not_say_it(call, emulator):
    [row] = call("device_compliance_info", emulator, devices=[emulator.devices("id")[0]["id"]])[
        "devices"
    ]
    assert row["server_action"] is None and "Neurons" in row["server_action_reason"]
