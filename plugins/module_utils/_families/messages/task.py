# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send messages to devices and their users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.confirmation import Deed
from ..._core.plan import INELIGIBLE, SKIPPED, Batch, Change, Outcome
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Messages
from .model import parse_message, plan_message

_SHAPE = Shape(kinds=(SKIPPED, INELIGIBLE), repeats=True, deed=Deed("device_message"))


class MessageWriter:
    """Sends messages to devices, named by their Wi-Fi MAC addresses or by their ids."""

    def __init__(self, calls: Messages, *, by_mac: bool) -> None:
        self._calls = calls
        self._by_mac = by_mac

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer."""
        return self._calls.batches(changes, by_mac=self._by_mac)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer."""
        return self._calls.send(batch, by_mac=self._by_mac)


@shows_plan
def send_message(run: Run[Messages]) -> Result:
    """Run device_message."""
    params = run.params
    message = parse_message(params, run.calls.modes, run.client.product)
    run.calls.require_way(by_mac=params["by"] == "wifi_mac_address")
    choice = parse_choice(params)
    # Only the row of a device tells a number from a word in its place.
    found = choice.find(run.client, keep_rows=message.mode == "sms")
    plan = plan_message(message, found.devices, run.calls.modes[message.mode])
    writer = MessageWriter(run.calls, by_mac=params["by"] == "wifi_mac_address")
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, writer, run, shape=_SHAPE, fleet=choice.fleet(run.client))
