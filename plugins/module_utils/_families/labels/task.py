# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile the labels of devices."""

from __future__ import annotations

from ..._core.confirmation import Deed
from ..._core.plan import Limits
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Labels
from .model import as_listed, parse_label_goals, plan_labels, relevant_labels

_SHAPE = Shape(deed=Deed("device_label"))


@shows_plan
def reconcile_labels(run: Run[Labels]) -> Result:
    """Run device_label."""
    params = run.params
    desired = parse_label_goals(
        state=params["state"],
        purge=params["purge"],
        labels=params["labels"],
        devices=params["devices"],
    )
    choice = parse_choice(params, [ref for ref, _goal in desired.named])
    limits = Limits.of(params)
    found = choice.find(run.client, count_fleet=limits.need_fleet)
    known = run.calls.labels()
    goals = as_listed(desired.for_each(found.devices), known)
    have = run.calls.labels_of(found.devices, relevant_labels(goals, known))
    plan = plan_labels(goals, known=known, have=have, limits=limits, fleet=found.fleet)
    plan = plan.of_fleet(found.fleet).skipping(found.missing)
    return apply(plan, run.calls, run, shape=_SHAPE)
