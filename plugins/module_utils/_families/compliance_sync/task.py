# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report to Google or Intune whether devices are compliant."""

from __future__ import annotations

from ..._core.confirmation import Deed
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import ComplianceSync
from .model import plan_sync

_SHAPE = Shape(deed=Deed("compliance_sync"))


@shows_plan
def sync_compliance(run: Run[ComplianceSync]) -> Result:
    """Run compliance_sync."""
    choice = parse_choice(run.params)
    found = choice.find(run.client)
    plan = plan_sync(run.params["vendor"], found.devices)
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, run.calls, run, shape=_SHAPE, fleet=choice.fleet(run.client))
