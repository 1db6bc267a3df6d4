# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers of API v2 of EPMM to actions say of each device; the recorded one first."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    DeclinedError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Batch, Change
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import v2_actions
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.v2_actions import outcomes

from ..quick_yaml import load_yaml

CONTRACTS = Path(__file__).parents[1] / "contracts"
ONE, TWO = "9b0da853-9f9b-483c-97ef-f4b5457299cf", "12849438-0d74-4c30-8b7d-121a3da8645d"
DONE = "com.mobileiron.vsp.messages.device.action.successful"
QUEUED = "com.mobileiron.vsp.messages.device.action.queued"
BAD = "com.mobileiron.vsp.messages.device.action.failed"


def words(answer, *uuids):
    """What became of each device, as results call it."""
    changes = tuple(Change(Device(uuid, uuid), {}, {}, None) for uuid in uuids)
    return [one.word for one in outcomes(answer, Batch(changes, None))]


@pytest.mark.parametrize(
    "action",
    [v2_actions.WAKE_UP, v2_actions.RETIRE, v2_actions.WIPE, v2_actions.UNLOCK, v2_actions.MESSAGE],
    ids=lambda action: action.type,
)
def test_a_call_is_that_of_its_contract_and_its_recorded_answer_is_success(action):
    told = load_yaml((CONTRACTS / f"S_{action.endpoint.id}.yml").read_text(encoding="utf-8"))
    endpoint = action.endpoint
    assert (endpoint.method, endpoint.path) == (told["method"], told["path_template"])
    assert not endpoint.safe and not endpoint.idempotent
    recorded = told["examples"][0]["answer"]["body"]
    assert words(recorded, ONE) == ["changed"]


# fmt: off
@pytest.mark.parametrize(
    ("results", "successful", "one", "both"),
    [
        ({ONE: DONE, TWO: DONE}, True, "changed", ["changed", "changed"]),
        ({ONE.upper(): DONE, TWO: DONE}, "true", "changed", ["changed", "changed"]),
        ({ONE: DONE, TWO: BAD}, False, None, ["changed", "failed"]),
        # Each device has its own word, whatever is said of all.
        ({ONE: BAD, TWO: DONE}, True, "failed", ["failed", "changed"]),
        ({ONE: "device.action.unsuccessful", TWO: DONE}, True, "failed", ["failed", "changed"]),
        ({ONE: "device.action.notsuccessful", TWO: "successful"}, True, "failed", ["failed", "changed"]),
        ({ONE: DONE}, True, "changed", ["changed", "unknown"]),
        ({ONE: DONE}, False, None, ["changed", "unknown"]),
        ({TWO: DONE}, True, "unknown", ["unknown", "changed"]),
        ({ONE: "", TWO: None}, True, "unknown", ["unknown", "unknown"]),
        # An answer without results is about the device of a call for one.
        (None, True, "changed", ["unknown", "unknown"]),
        ({}, True, "changed", ["unknown", "unknown"]),
        ([DONE], True, "unknown", ["unknown", "unknown"]),
        # Neither success nor failure.
        ({ONE: QUEUED, TWO: DONE}, True, "unknown", ["unknown", "changed"]),
        ({ONE: QUEUED, TWO: DONE}, None, "unknown", ["unknown", "changed"]),
        ({ONE: QUEUED, TWO: DONE}, False, "failed", ["failed", "changed"]),
        # What was done for the others is not known.
        (None, False, "failed", ["unknown", "unknown"]),
        ([DONE], False, "failed", ["unknown", "unknown"]),
    ],
)
# fmt: on
def test_each_device_has_its_own_result(results, successful, one, both):
    answer = {"actionType": "WAKE_UP", "deviceResults": results, "successful": successful}
    assert words(answer, ONE, TWO) == both
    if one is not None:
        assert words(answer, ONE) == [one]


def test_results_are_enough():
    assert words({"deviceResults": {ONE: DONE, TWO: BAD}}, ONE, TWO) == ["changed", "failed"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"deviceResults": {ONE: DONE}, "successful": False}, AnswerError),
        ({}, AnswerError), (None, AnswerError), ([], AnswerError), ("successful", AnswerError), ({"successful": "perhaps"}, AnswerError),
        ({"messages": [{"localizedMessage": "Not today"}]}, DeclinedError),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted(answer, error):
    with pytest.raises(AnswerError) as caught:
        words(answer, ONE)
    assert caught.type is error
