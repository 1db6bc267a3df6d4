# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do an action on devices: find them, plan, guard, send, and wait until it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.confirmation import Deed
from ..._core.device import Device, DeviceRef
from ..._core.errors import OptionError, UemError
from ..._core.plan import (
    INELIGIBLE,
    PROTECTED,
    SKIPPED,
    Batch,
    Change,
    Limits,
    Outcome,
    Plan,
    failures,
)
from ..._core.selection import Found, Selection
from ..._module.choice import Choice, parse_choice
from ..._module.guard.guard import Guard
from ..._module.guard.protected import parse_protected, protected_devices
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape, ineligible_sentence
from ..._module.run import Result, Run
from ..._module.wait import Patience, Sight, late, require_times
from .calls import Actions
from .model import ACTIONS, PARAMETERS, Action, Call, parse_parameters, require_call
from .plan import is_done, is_settled, plan_action, shown_state

_SECRET = tuple(name for name, parameter in PARAMETERS.items() if parameter.secret)


@dataclass(frozen=True)
class Order:
    """What the options want: an action on the devices of a choice.

    Attributes:
        action: The action.
        call: How the product does it.
        parameters: The parameters of the action.
        choice: The devices that the options choose.
        limits: The most devices that may change.
        patience: How long to wait for the end.
    """

    action: Action
    call: Call
    parameters: Mapping[str, Any]
    choice: Choice
    limits: Limits
    patience: Patience

    @property
    def deed(self) -> Deed:
        """The action for the guard."""
        name = self.action.name
        return Deed(name, name, parameters=self.parameters, secret=_SECRET)

    @property
    def counts_fleet(self) -> bool:
        """Whether the size of the fleet is needed."""
        return self.action.destructive or self.limits.need_fleet


def read_order(run: Run[Actions]) -> Order:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense.
    """
    params = run.params
    action = ACTIONS[params["action"]]
    call = require_call(action, run.client.product, run.calls.call(action.name))
    parameters = parse_parameters(action, run.client.product, call, params)
    choice = parse_choice(params)
    if action.destructive and not choice.selection.names and not choice.selection.narrows:
        raise OptionError(
            "select: a query on its own reads the whole fleet, which is not done for "
            f"{action.name}; narrow it by another key as well."
        )
    if params["wait"] and not action.visible:
        raise OptionError(
            f"wait: whether {action.name} is done cannot be seen on a device; remove it."
        )
    parse_protected(params)
    require_times(params, {"guard_window": 1})
    # A device that does not exist needs no deletion.
    choice = replace(choice, on_missing="skip") if action.deletes else choice
    return Order(action, call, parameters, choice, Limits.of(params), Patience.of(params))


@shows_plan
def act(run: Run[Actions]) -> Result:
    """Run device_action."""
    order = read_order(run)
    found = order.choice.find(run.client, count_fleet=order.counts_fleet)
    plan = _planned(order, found, run).of_fleet(found.fleet).skipping(found.missing)
    shape = Shape(
        kinds=(SKIPPED, INELIGIBLE, PROTECTED),
        returned=run.params["return_secrets"],
        deed=order.deed,
    )
    sending = _Sending(order, run)
    guard = None
    if order.action.destructive:
        fleet = found.fleet or 0
        guard = Guard(order.deed, run, order.limits, fleet, read_again=sending.read_again)
    wait = sending if run.params["wait"] else None
    return apply(plan, sending, run, shape=shape, guard=guard, wait=wait)


def _planned(order: Order, found: Found, run: Run[Actions]) -> Plan:
    """Return the plan with its refusals."""
    action, devices = order.action, found.devices
    protected = protected_devices(parse_protected(run.params), run.client, devices)
    plan = plan_action(action, order.call, devices, order.parameters, protected.reasons)
    plan = plan.warning(*protected.warnings)
    if action.destructive and found.fleet and len(devices) >= found.fleet > 1:
        return plan.refusing(
            [
                f"Refused: {action.name} is not done to a whole fleet, and the selection is all "
                f"{found.fleet} devices; nothing was sent. Select fewer."
            ]
        )
    plan = plan.leaving(INELIGIBLE, run.calls.ineligible(plan.changes))
    return plan.refusing(_refusals(plan, order, found, run))


def _refusals(plan: Plan, order: Order, found: Found, run: Run[Actions]) -> Sequence[str]:
    ineligible = plan.of_kind(INELIGIBLE)
    if ineligible and run.params["on_ineligible"] != "skip":
        return [ineligible_sentence(ineligible, f"cannot carry out {order.action.name}")]
    if order.action.destructive:
        # The guard counts what other runs did as well.
        return ()
    return order.limits.refusals(changes=len(plan.changes), fleet=found.fleet)


class _Sending:
    """Sends an action, reads devices after a failure, and waits until the action is done."""

    def __init__(self, order: Order, run: Run[Actions]) -> None:
        self._order = order
        self._run = run
        self._by_mac = run.params["by"] == "mac"

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer."""
        return self._run.calls.batches(changes, by_mac=self._by_mac)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer.

        After a failure the devices are read, and nothing is sent again: an answer may be lost, and
        the server often does not say which devices it took.
        """
        try:
            outcomes = self._run.calls.send(batch, by_mac=self._by_mac)
        except UemError as error:
            if error.effect == "none":
                raise
            outcomes = [Outcome(change, str(error)) for change in batch.changes]
        failed = failures(outcomes)
        if not failed:
            return outcomes
        try:
            now = self._now([outcome.change.subject for outcome in failed])
        except UemError as error:
            unread = f"What became of the device could not be read: {error}"
            return [
                outcome.failing(_after(outcome, unread)) if outcome.failed else outcome
                for outcome in outcomes
            ]
        return [self._judged(outcome, now) if outcome.failed else outcome for outcome in outcomes]

    def follow(self, plan: Plan, outcomes: Sequence[Outcome]) -> tuple[Plan, list[Outcome]]:
        """See Wait. A device that is not done in time fails, and the message has its state."""
        waiting = [outcome.change.subject for outcome in outcomes if not outcome.failed]
        reasons = late(waiting, self._look, self._order.patience)
        name = self._order.action.name
        return plan, [
            outcome.failing(f"{name} was accepted, and {reasons[outcome.change.subject.id]}")
            if outcome.change.subject.id in reasons
            else outcome
            for outcome in outcomes
        ]

    def read_again(self, devices: Sequence[Device]) -> Sequence[Device]:
        """Return the devices as they are now, in the same partitions."""
        partitions = tuple(self._run.params["partitions"] or ())
        return self._find(devices, partitions)

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
        """Return the outcome for a failed change, given the device as it is now."""
        action = self._order.action
        device = now.get(outcome.change.subject.id)
        if device is None:
            done, state = action.deletes, "gone"
        else:
            done, state = is_done(action, device, self._order.parameters), shown_state(device)
        if done:
            return Outcome(outcome.change)
        reason = f"The device is {state} now, and nothing was sent to it again."
        return outcome.failing(_after(outcome, reason))

    def _now(self, devices: Sequence[Device]) -> dict[str, Device]:
        """Return the devices that still exist, by id."""
        return {device.id: device for device in self._find(devices, ())}

    def _find(self, devices: Sequence[Device], partitions: tuple[str, ...]) -> Sequence[Device]:
        names = tuple(DeviceRef("id", device.id) for device in devices)
        selection = Selection(names=names, partitions=partitions)
        return self._run.client.find(selection, keep_rows=False).devices


def _after(outcome: Outcome, reason: str) -> str:
    """Return the error of an outcome, followed by what was found out later."""
    return f"{str(outcome.error).rstrip('.')}. {reason}"
