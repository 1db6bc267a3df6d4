# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do an action on devices: find them, plan, guard, send, and wait until it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ..._core.plan import INELIGIBLE, PROTECTED, SKIPPED, Plan
from ..._core.selection import Found
from ..._module.guard.guard import Guard
from ..._module.guard.protected import Protected, parse_protected, protected_devices
from ..._module.guard.rules import Sent
from ..._module.pipeline import apply, shows_plan
from ..._module.results import NAMED, Shape, ineligible_sentence
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import Actions
from .order import Order, read_order
from .plan import is_done, plan_action
from .writer import Sending, read_again


@shows_plan
def act(run: Run[Actions]) -> Result:
    """Run device_action."""
    order = read_order(run)
    found = order.choice.find(run.client, count_fleet=order.action.destructive)
    shape = Shape(
        kinds=(SKIPPED, INELIGIBLE, PROTECTED),
        returned=run.params["return_secrets"],
        repeats=not order.call.at_once,
        recorded=order.action.destructive,
        deed=order.deed,
    )
    guard = None
    if order.action.destructive:
        again = partial(read_again, run)
        guard = Guard(order.deed, run, found.fleet or 0, read_again=again)
    plan = (
        _planned(order, found, run, guard)
        .of_fleet(found.fleet)
        .skipping(found.missing, reasons=found.reasons)
    )
    sending = Sending(order, run, guard)
    wait = sending if run.params["wait"] else None
    return apply(
        plan,
        sending,
        run,
        shape=shape,
        fleet=order.choice.fleet(run.client),
        guard=guard,
        wait=wait,
    )


def _planned(order: Order, found: Found, run: Run[Actions], guard: Guard | None) -> Plan:
    """Return the plan with its refusals."""
    action, devices = order.action, found.devices
    options = parse_protected(run.params)
    protected = Protected.found(lambda: protected_devices(options, run.client, devices))
    plan = plan_action(
        action, order.call, devices, order.parameters, protected.reasons, resend=order.resend
    )
    plan = protected.guarding(plan)
    if action.destructive and found.fleet and len(devices) >= found.fleet > 1:
        return plan.forbidding(
            [
                f"Refused: {action.name} is not done to a whole fleet, and the selection is all "
                f"{found.fleet} devices; nothing was sent. Select fewer."
            ]
        )
    since = {} if guard is None or order.resend else guard.pending(plan.subjects)
    plan = plan.settling(_done_since(plan, order, since, run))
    plan = plan.leaving(INELIGIBLE, run.calls.ineligible(plan.changes))
    plan = _without_pending(plan, order, since)
    return plan.refusing(_refusals(plan, order, run), INELIGIBLE)


def _done_since(
    plan: Plan, order: Order, since: Mapping[str, Sent], run: Run[Actions]
) -> frozenset[str]:
    """Return the ids of devices that took the action earlier and show it, although their list does
    not yet.

    Args:
        plan: The plan.
        order: What the options want.
        since: What the journal says of a device that took it, or may have, by id.
        run: The run.
    """
    suspects = [subject for subject in plan.subjects if subject.id in since]
    return frozenset(
        device.id
        for device, now in zip(suspects, read_each(run.client.read, suspects, run), strict=True)
        if (order.action.deletes if now is None else is_done(order.action, now, order.parameters))
    )


def _without_pending(plan: Plan, order: Order, since: Mapping[str, Sent]) -> Plan:
    """Return the plan without what took the action earlier, or may have, where it shows that only
    when it is done."""
    waiting = [one for one in plan.subjects if one.id in since and not order.call.at_once]
    name, again = order.action.name, "It is not sent again; to send it once more, set resend=true."
    for is_taken, said in (
        (True, f"{name} is pending, as the journal says"),
        (False, f"Whether {name} was taken is unknown, as the journal says"),
    ):
        those = [one for one in waiting if since[one.id].taken is is_taken]
        if those:
            named = "; ".join(f"{one.title} since {since[one.id].when}" for one in those[:NAMED])
            more = f"; and {len(those) - NAMED} more" if len(those) > NAMED else ""
            plan = plan.warning(f"{said}: {named}{more}. {again}")
    return plan.settling({one.id for one in waiting})


def _refusals(plan: Plan, order: Order, run: Run[Actions]) -> Sequence[str]:
    ineligible = plan.of_kind(INELIGIBLE)
    if ineligible and run.params["on_ineligible"] != "skip":
        return [ineligible_sentence(ineligible, f"cannot carry out {order.action.name}")]
    return ()
