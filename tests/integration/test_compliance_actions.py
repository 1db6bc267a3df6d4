# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server itself does to devices that are out of compliance."""

from __future__ import annotations

import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, Partition
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.model import (
    Verdict,
    with_server_action,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_actions.epmm import (
    EpmmComplianceActions,
    compliance_action,
)

from ..conftest import ModuleFailed
from ..contracts.contract import load_all

DEVICE = Device("1", "g")
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


DEEDS = dict.fromkeys(("alert", "block", "quarantine", "wipe"), False)
HARMLESS = {"delay": 0, "complianceSettings": DEEDS, "quarantineSettings": {}}
WIPES = {"delay": 0, "complianceSettings": {**DEEDS, "wipe": True}, "quarantineSettings": {}}


@pytest.mark.parametrize(
    ("tiers", "wipes"),
    [
        ([], False), ([HARMLESS], False), (HARMLESS, False), ([WIPES], True), (WIPES, True), ([{}, WIPES], True),
        (None, None), ("", None), ([{}], None), (["wipe"], None), ([None], None), (1, None), ([HARMLESS, {"delay": 1}], None),
        ([{"complianceSettings": None}], None), ([{"complianceSettings": ["wipe"]}], None), ([{"complianceSettings": "x"}], None),
        ([{"complianceSettings": {"wipe": None}}], None), ([{"complianceSettings": {"wipe": 1}}], None),
        ([{"delay": 0, "complianceSettings": {"wipe": "FALSE"}}], False), ([{"complianceSettings": {"wipe": "true"}}], True),
    ],
)  # fmt: skip
def test_what_is_not_said_of_a_wipe_is_unknown(tiers, wipes):
    row = {"id": 1, "name": "A", "tiers": tiers}
    action = compliance_action(row)
    said = action.as_dict()
    assert said["wipes"] is wipes
    assert (said["steps"] is None) is (tiers in (None, ""))
    verdict = with_server_action(
        Verdict(DEVICE, compliant=False, listed=None, reasons=None), [action], ""
    )
    known = verdict.as_dict()["server_action"]
    assert (known["wipes"], known["steps"]) == (wipes, said["steps"])


def test_a_row_without_tiers_says_nothing():
    said = compliance_action({"id": 1, "name": "A"}).as_dict()
    assert (said["wipes"], said["steps"]) == (None, None)
    [step] = compliance_action({"id": 1, "tiers": ["wipe"]}).as_dict()["steps"]
    assert set(step.values()) == {None}


class Server:
    """A client of one device space whose calls are answered with rows."""

    def __init__(self, *lists):
        self.lists = list(lists)
        self.transport = self

    def require_v2(self, _what):
        return self

    def partitions(self, _names):
        return [Partition(str(number), "x") for number in range(len(self.lists))]

    def call(self, _endpoint, *, query):
        return {"results": self.lists[int(dict(query)["adminDeviceSpaceId"])]}


def test_one_id_is_one_compliance_action():
    """Spaces may list the same one. Of two different ones either may be the one that wipes."""
    mild, harsh = {"id": 1, "name": "A", "tiers": []}, {"id": "1", "name": "B", "tiers": [WIPES]}
    assert len(EpmmComplianceActions(Server([mild, mild], [mild])).actions()) == 1
    for lists in ([[mild, harsh]], [[mild], [harsh]], [[mild, {**mild, "tiers": [WIPES]}]]):
        with pytest.raises(AnswerError, match=r"two different compliance actions with the id 1 "):
            EpmmComplianceActions(Server(*lists)).actions()
    with pytest.raises(AnswerError, match="The list of compliance actions: .* has no results"):
        EpmmComplianceActions(Server(None)).actions()


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
