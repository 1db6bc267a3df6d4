# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set roaming of devices."""

from __future__ import annotations

from ..._core.confirmation import Deed
from ..._core.plan import INELIGIBLE, SKIPPED
from ..._module.choice import parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import Roamers
from .model import parse_roaming, plan_roaming

_SHAPE = Shape(kinds=(SKIPPED, INELIGIBLE), deed=Deed("device_roaming"))


@shows_plan
def set_roaming(run: Run[Roamers]) -> Result:
    """Run device_roaming."""
    params = run.params
    wanted = parse_roaming(params["voice"], params["data"])
    choice = parse_choice(params)
    found = choice.find(run.client)
    now = zip(found.devices, read_each(run.calls.roaming, found.devices, run), strict=True)
    plan = plan_roaming(wanted, now, run.calls.never_in)
    plan = plan.of_fleet(found.fleet).skipping(found.missing, reasons=found.reasons)
    return apply(plan, run.calls, run, shape=_SHAPE, fleet=choice.fleet(run.client))
