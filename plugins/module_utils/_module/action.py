# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do an action on devices: find them, plan, guard, send, and follow what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.action_plan import ActionPlan, is_done, is_settled, plan_action, shown_state, without
from .._core.actions import ACTIONS, PARAMETERS, Action, parse_parameters
from .._core.device import Device, DeviceRef, parse_refs
from .._core.errors import ApiError, ConnectError, CredentialsError, OptionError, RefusedError, UemError
from .._core.guard import confirmation, server_name
from .._core.plan import Limits, Outcome, Plan, failures
from .._core.selection import Found, Selection
from .._products.protocol import Actions, Batch
from .action_guard import Guard, protected_devices
from .devices import Choice, parse_choice
from .executor import execute
from .reconcile import PartlyFailedError
from .results import failure_message, reconciled


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
            f"select: a query alone reads the whole fleet, which {action.name} does not; narrow it by another key as well."
        )
    if params["wait"] and not action.visible:
        raise OptionError(f"wait: whether {action.name} is done cannot be seen on a device; remove it.")
    for name, least in (("guard_window", 1), ("wait_timeout", 0), ("wait_interval", 0)):
        if params[name] < least:
            raise OptionError(f"{name}: {params[name]} is no time in seconds; give {least} or more.")
    # A device that is gone is what deleting wants.
    choice = replace(choice, on_missing="skip") if action.gone else choice
    return Order(action, parameters, choice, Limits(params["max_devices"], params["max_percent"]), params["by"] == "mac")


def act(params: dict[str, Any], client: Actions, check_mode: bool) -> dict[str, Any]:
    """The task of device_action."""
    order = read_order(params, client.product)
    found, plan, code = _planned(order, params, client)
    _require_eligible(plan, found, client, params["on_ineligible"], code)
    guard = Guard(order.action, params, client, order.limits, found.fleet or 0) if order.action.destructive else None
    if guard is None:
        Plan(refusals=order.limits.refusals(changes=len(plan.changes), fleet=found.fleet)).require_permission()
    batches = client.action_batches(plan.changes, by_mac=order.by_mac)
    if check_mode:
        if guard is not None:
            guard.foresee(plan)
        outcomes = [Outcome(change) for change in plan.changes]
    else:
        if guard is not None and plan.changes:
            guard.permit(plan, code)
        outcomes = _send(batches, order, client, guard)
        if params["wait"]:
            outcomes = follow(outcomes, order, client, params["wait_timeout"], params["wait_interval"])
    result = _result(outcomes, plan, found, client, code, secrets=params["return_secrets"])
    message = failure_message(outcomes)
    if message:
        raise PartlyFailedError(message, result)
    return result


def _planned(order: Order, params: dict[str, Any], client: Actions) -> tuple[Found, ActionPlan, str]:
    """The devices, the plan, and what ``confirm`` must be for it. Raises RefusedError for a whole fleet."""
    action = order.action
    found = order.choice.find(client, count_fleet=action.destructive or order.limits.max_percent is not None)
    if action.destructive and found.fleet and len(found.devices) >= found.fleet > 1:
        raise RefusedError(f"Refused: {action.name} takes no whole fleet, and the selection is all of {found.fleet} devices.")
    protected = protected_devices(params["protected"] or {}, client, found.devices)
    plan = plan_action(action, client.product, found.devices, order.parameters, protected)
    plan = without(plan, client.ineligible(plan.changes))
    secret = [name for name, parameter in PARAMETERS.items() if parameter.secret]
    code = confirmation(action.name, server_name(client.transport.settings.url), plan.devices, order.parameters, secret)
    return found, plan, code


def follow(outcomes: list[Outcome], order: Order, client: Actions, timeout: int, interval: int) -> list[Outcome]:
    """Wait until the action has come to its end on every device that took it; the others fail with the state they are in."""
    waiting = [outcome.change.subject.id for outcome in outcomes if outcome.error is None]
    end = time.monotonic() + timeout
    late: dict[str, str] = {}
    while waiting:
        refs = tuple(DeviceRef("id", key) for key in waiting)
        try:
            now = {device.id: device for device in client.find(Selection(names=refs), keep_rows=False).devices}
        except UemError as error:
            late = dict.fromkeys(waiting, f"what became of the device could not be read: {error}")
            break
        waiting = [key for key in waiting if not is_settled(order.action, now.get(key), order.parameters)]
        states = {key: shown_state(now[key]) if key in now else "gone" for key in waiting}
        late = {key: f"did not come to its end within {timeout} s: the device is {state}." for key, state in states.items()}
        if not waiting or time.monotonic() + interval > end:
            break
        time.sleep(interval)
    return [
        replace(outcome, error=f"{order.action.name} was taken, and {late[outcome.change.subject.id]}")
        if outcome.change.subject.id in late else outcome
        for outcome in outcomes
    ]


def _send(batches: Sequence[Batch], order: Order, client: Actions, guard: Guard | None) -> list[Outcome]:
    def send(batch: Batch) -> list[Outcome]:
        rejected = None
        try:
            outcomes = client.send_action(batch, by_mac=order.by_mac)
            certain = False
        except UemError as error:
            outcomes = [Outcome(change, str(error)) for change in batch.changes]
            certain = isinstance(error, ConnectError) or (isinstance(error, ApiError) and error.status < 500)
            rejected = error if isinstance(error, CredentialsError) else None
        outcomes = outcomes if certain else _settled(outcomes, order, client)
        if guard is not None:
            guard.note(outcomes)
        if rejected is not None:
            raise rejected
        return outcomes

    concurrency = 1 if order.action.destructive else client.transport.settings.concurrency
    return execute(batches, send, concurrency=concurrency)


def _settled(outcomes: Sequence[Outcome], order: Order, client: Actions) -> list[Outcome]:
    """Outcomes, those that failed judged by what the devices are now: an answer may be lost, and of a part that the server
    took it often does not say which. They are never sent again blindly."""
    failed = failures(outcomes)
    if not failed:
        return list(outcomes)
    refs = tuple(DeviceRef("id", outcome.change.subject.id) for outcome in failed)
    now: dict[str, Device] = {}
    unread = ""
    try:
        now = {device.id: device for device in client.find(Selection(names=refs), keep_rows=False).devices}
    except UemError as error:
        unread = f"What became of the device could not be read: {error}"
    return [outcome if outcome.error is None else _judged(outcome, order, now, unread) for outcome in outcomes]


def _judged(outcome: Outcome, order: Order, now: Mapping[str, Device], unread: str) -> Outcome:
    """A failed outcome by what its device is ``now``; ``unread``: the sentence for where nobody knows."""
    device = now.get(outcome.change.subject.id)
    is_gone = device is None and order.action.gone
    if not unread and (is_gone or (device is not None and is_done(order.action, device, order.parameters))):
        return Outcome(outcome.change)
    state = "gone" if device is None else shown_state(device)
    told = unread or f"The device is {state} now, and was not sent anything again."
    return replace(outcome, error=f"{str(outcome.error).rstrip('.')}. {told}")


def _require_eligible(plan: ActionPlan, found: Found, client: Actions, on_ineligible: str, code: str) -> None:
    if not plan.ineligible or on_ineligible == "skip":
        return
    told = "; ".join(f"{device.title}: {reason}" for device, reason in plan.ineligible[:20])
    more = f"; and {len(plan.ineligible) - 20} more" if len(plan.ineligible) > 20 else ""
    message = (
        f"Refused: {len(plan.ineligible)} devices cannot take the action; nothing was sent. {told}{more}. Leave them out, or set "
        "on_ineligible=skip to go on without them."
    )
    raise PartlyFailedError(message, _result([], plan, found, client, code, secrets=False) | {"changed": False})


def _result(
    outcomes: Sequence[Outcome], plan: ActionPlan, found: Found, client: Actions, code: str, *, secrets: bool
) -> dict[str, Any]:
    transport = client.transport
    result = reconciled(outcomes, plan.unchanged, found.missing, requests=transport.requests, writes=transport.writes)
    passcodes = {outcome.change.subject.id: outcome.returned for outcome in outcomes if outcome.returned}
    if secrets:
        result["devices"] = [{**entry, **passcodes.get(entry.get("id"), {})} for entry in result["devices"]]
    for outcome, pairs in (("ineligible", plan.ineligible), ("protected", plan.protected)):
        result["devices"] += [{**device.identity, "outcome": outcome, "reason": reason} for device, reason in pairs]
        result["summary"][outcome] = len(pairs)
        result["summary"]["matched"] += len(pairs)
    return {**result, "confirm": code}
