# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile configurations of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..._core.confirmation import Deed
from ..._core.errors import OptionError
from ..._core.plan import IMPOSSIBLE, Change, LeftAlone, Plan
from ..._core.selection import Found
from ..._module.choice import Choice, parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Configs
from .info import configs_of_each, parse_configs, require_known
from .model import (
    ABSENT,
    ConfigGoal,
    Stuck,
    Wanted,
    find_configs,
    find_stuck,
    plan_configs,
    stuck_sentence,
)


@dataclass(frozen=True)
class Order:
    """What the options want: configurations in a state, on the devices of a choice."""

    wanted: Wanted
    reinstall: bool
    choice: Choice


def read_order(run: Run[Configs]) -> Order:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense, or the product cannot do it.
    """
    params, calls = run.params, run.calls
    names = parse_configs(params["configs"] or None)
    if names is None:
        raise OptionError("configs: is empty; name at least one configuration.")
    require_known(run, {"state": calls.states, "kind": calls.kinds})
    if params["reinstall"] and params["state"] == ABSENT:
        raise OptionError("reinstall: needs state=installed; remove one of the two.")
    wanted = Wanted(names, params["kind"], params["state"], by_id=not calls.cannot_push)
    return Order(wanted, bool(params["reinstall"]), parse_choice(params))


@shows_plan
def reconcile_configs(run: Run[Configs]) -> Result:
    """Run device_config."""
    order = read_order(run)
    found = order.choice.find(run.client)
    plan, stuck = _planned(order, found, run)
    stuck_rows = [one.as_dict() for one in stuck]
    shape = Shape(deed=Deed("device_config"), extra={"stuck": stuck_rows})
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, run.calls, run, shape=shape, fleet=order.choice.fleet(run.client))


def _planned(order: Order, found: Found, run: Run[Configs]) -> tuple[Plan, Sequence[Stuck]]:
    """Return the plan for the devices that were found, and what is stuck on them."""
    have, absent = configs_of_each(found.devices, run)
    wanted, cannot_push = order.wanted, run.calls.cannot_push
    goal = ConfigGoal((), wanted.state, order.reinstall)
    warnings: Sequence[str] = ()
    if have:
        seen = [config for _device, own in have for config in own]
        configs, warnings = find_configs(wanted, seen, lambda: run.calls.known(found.devices))
        goal = ConfigGoal(configs, wanted.state, order.reinstall)
    stuck = find_stuck(goal, have)
    plan = plan_configs(goal, have, cannot_push=cannot_push).warning(
        *warnings, stuck_sentence(stuck)
    )
    vanished = (
        LeftAlone(device, IMPOSSIBLE, error, Change(device, {}, {}, ())) for device, error in absent
    )
    return plan.leaving_alone(vanished), stuck
