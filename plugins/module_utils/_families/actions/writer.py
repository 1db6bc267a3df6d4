# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send an action, look at devices whose answer was lost, and wait until it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.errors import AnswerError, UemError
from ..._core.plan import Batch, Change, Outcome, Plan
from ..._core.selection import Selection
from ..._module.guard.guard import Guard
from ..._module.run import Run
from ..._module.subjects import read_each
from ..._module.wait import Sight, late
from .calls import Actions
from .order import Order
from .plan import is_done, is_settled, shown_state


class Sending:
    """Sends an action, reads devices after a failure, and waits until the action is done."""

    def __init__(self, order: Order, run: Run[Actions], guard: Guard | None) -> None:
        self._order = order
        self._run = run
        self._guard = guard
        self._by_mac = run.params["by"] == "wifi_mac_address"

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer."""
        return self._run.calls.batches(changes, by_mac=self._by_mac)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer.

        Directly before something destructive is sent, the device must be what the plan says. After
        a failure the devices are read, and nothing is sent again: an answer may be lost, and the
        server often does not say which devices it took.
        """
        self._recheck(batch)
        try:
            outcomes = self._run.calls.send(batch, by_mac=self._by_mac)
        except UemError as error:
            if error.effect == "none" and not isinstance(error, AnswerError):
                raise
            outcomes = [Outcome.of(change, error) for change in batch.changes]
        if any(one.error is not None for one in outcomes):
            return self._looked_at(outcomes)
        return [self._with_warning(outcome) for outcome in outcomes]

    def _recheck(self, batch: Batch) -> None:
        if self._guard is None:
            return
        for change in batch.changes:
            self._guard.recheck(change.subject, partial(self._run.client.read, change.subject))

    def _looked_at(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return outcomes after a look at the devices of those with an error."""
        try:
            now = self._now([one.change.subject for one in outcomes if one.error is not None])
        except UemError as error:
            unread = f"What became of the device could not be read: {error}"
            return [
                replace(one, error=_after(one, unread)) if one.error is not None else one
                for one in outcomes
            ]
        return [self._judged(one, now) if one.error is not None else one for one in outcomes]

    def _with_warning(self, outcome: Outcome) -> Outcome:
        """Return an outcome with a warning about a passcode that nobody sees."""
        if "passcode" not in outcome.returned or self._run.params["return_secrets"]:
            return outcome
        warning = (
            f"{outcome.change.subject.title}: the server sent a passcode that unlocks it, which is "
            "not shown; set return_secrets=true to see it in the result."
        )
        return replace(outcome, warning=warning)

    def follow(self, plan: Plan, outcomes: Sequence[Outcome]) -> tuple[Plan, list[Outcome]]:
        """See Wait. A device that is not done in time fails, and the message has its state. One
        whose answer was lost is done once it shows that."""
        waiting = [outcome.change.subject for outcome in outcomes if not outcome.failed]
        reasons = late(waiting, self._look, self._order.patience)
        return plan, [
            outcome if outcome.failed else self._followed(outcome, reasons) for outcome in outcomes
        ]

    def _followed(self, outcome: Outcome, reasons: Mapping[str, str]) -> Outcome:
        """Return the outcome after the wait; by id why a device did not get there."""
        before = outcome.change.subject
        reason = reasons.get(before.id)
        if reason is None and is_done(self._order.action, before, self._order.parameters):
            return outcome
        if reason is None:
            return replace(outcome, error=None, known=True)
        if not outcome.known:
            return replace(outcome, error=_after(outcome, f"Afterwards {reason}"))
        late = f"{self._order.action.name} was accepted, and {reason}"
        return outcome.failing(late, taken=True)

    def _look(self, waiting: Sequence[Device]) -> list[Sight]:
        try:
            now = self._now(waiting)
        except UemError as error:
            sight = Sight(True, f"what became of the device could not be read: {error}")
            return [sight for _device in waiting]
        return [self._sight(now.get(device.id)) for device in waiting]

    def _sight(self, now: Device | None) -> Sight:
        if is_settled(self._order.action, now, self._order.parameters):
            return Sight(True)
        return Sight(
            False, "the device is gone" if now is None else f"the device is {shown_state(now)}"
        )

    def _judged(self, outcome: Outcome, now: Mapping[str, Device]) -> Outcome:
        """Return the outcome for a change that may have failed, given the device as it is now.

        A device that does not show it yet proves something only where it would show it at once.
        """
        action = self._order.action
        device = now.get(outcome.change.subject.id)
        if device is None:
            done, state = action.deletes, "gone"
        else:
            done, state = self._shows(device, outcome.change.subject), shown_state(device)
        if done:
            return Outcome(outcome.change)
        reason = f"The device is {state} now, and nothing was sent to it again."
        known = outcome.known or device is None or self._order.call.at_once
        return replace(outcome, error=_after(outcome, reason), known=known)

    def _shows(self, now: Device, before: Device) -> bool:
        """Return whether a device shows that the action was done to it. What it showed before, too,
        proves nothing."""
        was, is_now = (
            is_done(self._order.action, one, self._order.parameters) for one in (before, now)
        )
        return is_now and not was

    def _now(self, devices: Sequence[Device]) -> dict[str, Device]:
        """Return the devices that still exist, by id. A device that a list leaves out is not gone
        for that, so it is read by itself; and so is one that would show at once what was done,
        because lists lag."""
        alone = len(devices) == 1 and self._order.call.at_once
        listed = {} if alone else {one.id: one for one in _find(self._run, devices)}
        absent = [device for device in devices if device.id not in listed]
        read = read_each(self._run.client.read, absent, self._run)
        return {**listed, **{one.id: one for one in read if one is not None}}


def read_again(run: Run[Actions], devices: Sequence[Device]) -> Sequence[Device]:
    """Return the devices as they are now, in the same partitions."""
    return _find(run, devices, tuple(run.params["spaces"] or ()))


def _find(
    run: Run[Actions], devices: Sequence[Device], partitions: tuple[str, ...] = ()
) -> Sequence[Device]:
    """Return the devices that the lists have now."""
    names = tuple(DeviceRef("id", device.id) for device in devices)
    selection = Selection(names=names, partitions=partitions)
    return run.client.find(selection, keep_rows=False).devices


def _after(outcome: Outcome, reason: str) -> str:
    """Return the error of an outcome, followed by what was found out later."""
    return f"{str(outcome.error).rstrip('.')}. {reason}"
