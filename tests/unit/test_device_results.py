# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reader of ``deviceResults``: actions and labels take the same words for success."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Batch, Change
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.epmm import moved
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.device_results import (
    device_results,
    is_done,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.v2_actions import outcomes

UUID, OTHER = "9b0da853-9f9b-483c-97ef-f4b5457299cf", "12849438-0d74-4c30-8b7d-121a3da8645d"


@pytest.mark.parametrize(
    ("word", "done"),
    [
        ("com.mobileiron.vsp.messages.device.action.successful", True),
        ("com.mobileiron.vsp.messages.device.action.SUCCESSFUL", True),
        ("com.mobileiron.vsp.messages.label.success", True),
        ("successful", True),
        (" success ", True),
        ("com.mobileiron.vsp.messages.device.action.unsuccessful", False),
        ("com.mobileiron.vsp.messages.device.action.notsuccessful", False),
        ("device.action.no_success", False),
        ("device.action.not successful", False),
        ("device.success.failed", False),
        ("successful.not", False),
        ("failed", False),
    ],
)
def test_a_word_is_the_same_for_actions_and_labels(word, done):
    answer = {"successful": True, "deviceResults": {UUID.upper(): word, OTHER: "x.failed"}}
    assert is_done(device_results(answer)[UUID]) is done
    changes = tuple(Change(Device(uuid, uuid), {}, {}, None) for uuid in (UUID, OTHER))
    found = [one.word for one in outcomes(answer, Batch(changes, None))]
    assert (found[0] == "changed") is done and found[1] == "failed"
    assert moved(answer, [UUID, OTHER]) == ({UUID} if done else set())


@pytest.mark.parametrize(
    "answer", [None, [], "successful", {}, {"deviceResults": [UUID]}, {"deviceResults": {UUID: ""}}]
)
def test_no_result_is_no_word(answer):
    assert device_results(answer) == {}
