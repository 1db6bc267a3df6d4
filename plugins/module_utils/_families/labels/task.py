# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile the labels of devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..._core.confirmation import Deed
from ..._core.device import Device, Label
from ..._core.errors import OptionError
from ..._core.plan import Plan
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Labels
from .model import (
    LabelGoal,
    additions,
    as_listed,
    exactly,
    parse_label_goals,
    plan_labels,
    relevant_labels,
)

_SHAPE = Shape(deed=Deed("device_label"))


@shows_plan
def reconcile_labels(run: Run[Labels]) -> Result:
    """Run device_label."""
    params = run.params
    if params["exact"] and params["state"] == "absent":
        raise OptionError("exact: needs state=present; remove one of the two.")
    desired = parse_label_goals(
        state=params["state"],
        purge=params["purge"],
        labels=params["labels"],
        devices=params["devices"],
    )
    choice = parse_choice(params, [ref for ref, _goal in desired.named])
    found = choice.find(run.client)
    if params["exact"] and not found.devices:
        raise OptionError(
            "exact: no device was found, so that every device would lose the labels; nothing was done. "
            "Correct the choice of devices, or take the labels off with state=absent."
        )
    known = run.calls.labels()
    goals = as_listed(desired.for_each(found.devices), known)
    if params["exact"]:
        goals = exactly(goals, _members(run, goals, known))
    devices = [device for device, _goal in goals]
    have = run.calls.labels_of(devices, relevant_labels(goals, known))
    plan = plan_goals(run.calls, goals, known=known, have=have)
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, run.calls, run, shape=_SHAPE, fleet=choice.fleet(run.client))


def plan_goals(
    calls: Labels,
    goals: Sequence[tuple[Device, LabelGoal]],
    *,
    known: Sequence[Label],
    have: Mapping[str, Collection[str]],
) -> Plan:
    """Plan the goals of many devices; see ``plan_labels``.

    Args:
        calls: They show which devices are outside the device space of a label that they are to get.
        goals: Each device with its goal.
        known: The labels of the server, and those that this run makes.
        have: For the id of each device the ids of the relevant labels that it has.
    """
    gets = additions(goals, known, have)
    outside = {label.name: calls.outside(label, devices) for label, devices in gets}
    return plan_labels(goals, known=known, have=have, outside=outside)


def _members(
    run: Run[Labels], goals: Sequence[tuple[Device, LabelGoal]], known: Sequence[Label]
) -> Mapping[str, Sequence[Device]]:
    """Return the devices of the labels that goals name, by name. A label that devices cannot be put
    on is left out: the plan refuses it."""
    names = set().union(*(goal.labels for _device, goal in goals))
    return {
        label.name: run.calls.members(label)
        for label in known
        if label.name in names and not label.refusal
    }
