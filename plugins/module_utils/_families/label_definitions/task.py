# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make and delete labels."""

from __future__ import annotations

from functools import partial

from ..._core.names import parse_name
from ..._core.plan import Plan
from ..._module.pipeline import apply_one, shows_plan
from ..._module.run import Result, Run
from .calls import LabelDefinitions
from .model import Uses, Wanted, find_label, parse_wanted, plan_absent, plan_present


@shows_plan
def reconcile_label(run: Run[LabelDefinitions]) -> Result:
    """Run label."""
    wanted = parse_wanted(run.params)
    plan = _planned(run, wanted)
    result, outcome = apply_one(
        plan, run.calls, run, "label", counts="devices", fleet=partial(run.client.fleet, ())
    )
    if outcome is not None:
        result["label"] |= outcome.returned
    return result


def _planned(run: Run[LabelDefinitions], wanted: Wanted) -> Plan:
    params, calls = run.params, run.calls
    named = params["space"]
    space_name = None if named is None else parse_name(named, "space", "device space")
    label = find_label(wanted.name, calls.labels())
    home = calls.spaces(None)
    if params["state"] == "absent":
        uses = Uses(0) if label is None else calls.uses(label)
        ids = [one.id for one in home]
        return plan_absent(wanted, label, uses, force=params["force"], spaces=ids)
    space = None if space_name is None else calls.spaces(space_name)[0]
    if label is None and wanted.filter is not None:
        calls.check_filter(wanted.filter, space or home[0])
    return plan_present(wanted, label, home[0], space)
