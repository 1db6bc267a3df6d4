# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile the custom attributes of devices."""

from __future__ import annotations

from functools import partial

from ..._core.confirmation import Deed
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Attributes
from .desired import notes_on_values, parse_desired
from .model import plan_custom_attrs

_SHAPE = Shape(deed=Deed("device_custom_attrs"))


@shows_plan
def reconcile_attributes(run: Run[Attributes]) -> Result:
    """Run device_custom_attrs."""
    params = run.params
    desired = parse_desired(
        state=params["state"],
        purge=params["purge"],
        append=params["append"],
        attrs=params["attrs"],
        devices=params["devices"],
    )
    choice = parse_choice(params, [ref for ref, _goal in desired.named])
    found = choice.find(run.client)
    goals = desired.for_each(found.devices)
    defined = run.client.attribute_names()
    run.client.notes += notes_on_values(params, defined or ())
    decide = partial(plan_custom_attrs, defined=defined, wanted=desired.every)
    plan = decide(goals)
    appended = [change.subject for change in plan.changes if change.write.verb == "append"]
    if appended and not plan.refusals:
        # What is appended because a list is late would be there twice.
        current = {device.id: device for device in run.calls.with_current(appended)}
        plan = decide([(current.get(device.id, device), goal) for device, goal in goals])
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, run.calls, run, shape=_SHAPE, fleet=choice.fleet(run.client))
