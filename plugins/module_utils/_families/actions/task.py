# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do an action on devices: find them, plan, guard, send, and follow what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import Device, DeviceRef, parse_refs
from ..._core.errors import ApiError, ConnectError, OptionError, RefusedError, UemError
from ..._core.plan import Limits, Outcome, Plan, failures
from ..._core.selection import Found, Selection
from ..._module.action_result import acted, carry_out, require_eligible
from ..._module.choice import Choice, parse_choice
from ..._module.executor import execute
from ..._module.guard.guard import Guard, given_protected, protected_devices, require_times
from ..._module.guard.rules import confirmation, server_name
from ..._module.reconcile import PartlyFailedError
from ..._module.results import failure_message
from ..._products.protocol import Actions, Batch
from .model import ACTIONS, PARAMETERS, Action, parse_parameters
from .plan import ActionPlan, is_done, is_settled, plan_action, shown_state, without


@dataclass(frozen=True)
class Order:
    """What the options want: an action with its parameters on the devices of a choice."""

    action: Action
    parameters: Mapping[str, Any]
    choice: Choice
    limits: Limits
    by_mac: bool


def read_order(params: dict[str, Any], product: str) -> Order:
    """Read the options. Raises OptionError, before any request, for what makes no sense."""
    action = ACTIONS[params["action"]]
    parameters = parse_parameters(action, product, params)
    choice = parse_choice(params, parse_refs(params["devices"]))
    if action.destructive and not choice.selection.names and not choice.selection.narrows:
        raise OptionError(
            f"select: a query alone reads the whole fleet, which {action.name} does not; narrow it "
            "by another key as well."
        )
    if params["wait"] and not action.visible:
        raise OptionError(
            f"wait: whether {action.name} is done cannot be seen on a device; remove it."
        )
    given_protected(params)
    require_times(params, {"guard_window": 1, "wait_timeout": 0, "wait_interval": 0})
    # A device that is gone is what deleting wants.
    choice = replace(choice, on_missing="skip") if action.gone else choice
    return Order(
        action,
        parameters,
        choice,
        Limits(params["max_devices"], params["max_percent"]),
        params["by"] == "mac",
    )


def act(params: dict[str, Any], client: Actions, check_mode: bool) -> dict[str, Any]:
    """The task of device_action."""
    order = read_order(params, client.product)
    found, plan, code = _planned(order, params, client)
    cannot = f"cannot take {order.action.name}"
    require_eligible(
        plan,
        params["on_ineligible"],
        lambda: acted([], plan, found.missing, client, confirm=code),
        cannot,
    )
    guard = _guard(order, params, client, found.fleet or 0) if order.action.destructive else None
    if guard is None:
        Plan(
            refusals=order.limits.refusals(changes=len(plan.changes), fleet=found.fleet)
        ).require_permission()
    batches = client.action_batches(plan.changes, by_mac=order.by_mac)
    outcomes = carry_out(
        plan, lambda: _send(batches, order, client, guard), guard, code, check_mode=check_mode
    )
    if params["wait"] and not check_mode:
        outcomes = follow(outcomes, order, client, params["wait_timeout"], params["wait_interval"])
    result = acted(
        outcomes, plan, found.missing, client, secrets=params["return_secrets"], confirm=code
    )
    message = failure_message(outcomes)
    if message:
        raise PartlyFailedError(message, result)
    return result


def _planned(
    order: Order, params: dict[str, Any], client: Actions
) -> tuple[Found, ActionPlan[Device], str]:
    """The devices, the plan, and what ``confirm`` must be for it. Raises RefusedError for a whole
    fleet."""
    action = order.action
    found = order.choice.find(
        client, count_fleet=action.destructive or order.limits.max_percent is not None
    )
    if action.destructive and found.fleet and len(found.devices) >= found.fleet > 1:
        raise RefusedError(
            f"Refused: {action.name} takes no whole fleet, and the selection is all of "
            f"{found.fleet} devices."
        )
    protected = protected_devices(given_protected(params), client, found.devices)
    plan = plan_action(action, client.product, found.devices, order.parameters, protected)
    plan = without(plan, client.ineligible(plan.changes))
    secret = [name for name, parameter in PARAMETERS.items() if parameter.secret]
    code = confirmation(
        action.name,
        server_name(client.transport.settings.url),
        plan.devices,
        order.parameters,
        secret,
    )
    return found, plan, code


def _guard(order: Order, params: dict[str, Any], client: Actions, fleet: int) -> Guard:
    def again(devices: Sequence[Device]) -> Sequence[Device]:
        refs = tuple(DeviceRef("id", device.id) for device in devices)
        partitions = tuple(params["partitions"] or ())
        return client.find(Selection(names=refs, partitions=partitions), keep_rows=False).devices

    return Guard(order.action.name, params, client, order.limits, fleet, again=again)


def follow(
    outcomes: list[Outcome], order: Order, client: Actions, timeout: int, interval: int
) -> list[Outcome]:
    """Wait until the action has come to its end on every device that took it; the others fail with
    the state they are in."""
    waiting = [outcome.change.subject.id for outcome in outcomes if outcome.error is None]
    end = time.monotonic() + timeout
    late: dict[str, str] = {}
    while waiting:
        refs = tuple(DeviceRef("id", key) for key in waiting)
        try:
            now = {
                device.id: device
                for device in client.find(Selection(names=refs), keep_rows=False).devices
            }
        except UemError as error:
            late = dict.fromkeys(waiting, f"what became of the device could not be read: {error}")
            break
        waiting = [
            key for key in waiting if not is_settled(order.action, now.get(key), order.parameters)
        ]
        states = {key: shown_state(now[key]) if key in now else "gone" for key in waiting}
        late = {
            key: f"did not come to its end within {timeout} s: the device is {state}."
            for key, state in states.items()
        }
        if not waiting or time.monotonic() + interval > end:
            break
        time.sleep(interval)
    return [
        replace(
            outcome, error=f"{order.action.name} was taken, and {late[outcome.change.subject.id]}"
        )
        if outcome.change.subject.id in late
        else outcome
        for outcome in outcomes
    ]


def _send(
    batches: Sequence[Batch], order: Order, client: Actions, guard: Guard | None
) -> list[Outcome]:
    def send(batch: Batch) -> list[Outcome]:
        try:
            outcomes = client.send_action(batch, by_mac=order.by_mac)
        except UemError as error:
            if isinstance(error, ConnectError) or (
                isinstance(error, ApiError) and error.status < 500
            ):
                raise
            outcomes = [Outcome(change, str(error)) for change in batch.changes]
        return _settled(outcomes, order, client)

    if guard is not None:
        return execute(batches, guard.noting(send), concurrency=1)
    return execute(batches, send, concurrency=client.transport.settings.concurrency)


def _settled(outcomes: Sequence[Outcome], order: Order, client: Actions) -> list[Outcome]:
    """Outcomes, those that failed judged by what the devices are now: an answer may be lost, and of
    a part that the server took it often does not say which. They are never sent again blindly."""
    failed = failures(outcomes)
    if not failed:
        return list(outcomes)
    refs = tuple(DeviceRef("id", outcome.change.subject.id) for outcome in failed)
    now: dict[str, Device] = {}
    unread = ""
    try:
        now = {
            device.id: device
            for device in client.find(Selection(names=refs), keep_rows=False).devices
        }
    except UemError as error:
        unread = f"What became of the device could not be read: {error}"
    return [
        outcome if outcome.error is None else _judged(outcome, order, now, unread)
        for outcome in outcomes
    ]


def _judged(outcome: Outcome, order: Order, now: Mapping[str, Device], unread: str) -> Outcome:
    """A failed outcome by what its device is ``now``; ``unread``: the sentence for where nobody
    knows."""
    device = now.get(outcome.change.subject.id)
    is_gone = device is None and order.action.gone
    if not unread and (
        is_gone or (device is not None and is_done(order.action, device, order.parameters))
    ):
        return Outcome(outcome.change)
    state = "gone" if device is None else shown_state(device)
    told = unread or f"The device is {state} now, and was not sent anything again."
    return replace(outcome, error=f"{str(outcome.error).rstrip('.')}. {told}")
