# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make and delete labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Label
from ..._core.names import parse_name
from ..._core.plan import Plan
from ..._module.pipeline import apply_one, shows_plan
from ..._module.run import Result, Run
from .calls import LabelDefinitions
from .model import (
    Creation,
    Deletion,
    Uses,
    Wanted,
    find_label,
    parse_wanted,
    plan_absent,
    plan_present,
)

# What is done to the label, by what is sent. Nothing can be sent that changes one.
_DEEDS = {Creation: "label is made", Deletion: "label is deleted"}


@shows_plan
def reconcile_label(run: Run[LabelDefinitions]) -> Result:
    """Run label."""
    wanted = parse_wanted(run.params)
    space = space_name(run.params)
    labels = run.calls.labels()
    plan = plan_label(run, wanted, space, labels)
    deed = next((_DEEDS.get(type(change.write), "") for change in plan.changes), "")
    result, outcome = apply_one(
        plan,
        run.calls,
        run,
        "label",
        deed=deed,
        counts="devices",
        fleet=partial(run.client.fleet, ()),
    )
    if outcome is not None:
        result["label"] |= outcome.returned
    return result


def space_name(params: Mapping[str, Any]) -> str | None:
    """Return the name or id of a device space in the options, or None.

    Raises:
        OptionError: It can be neither.
    """
    named = params["space"]
    return None if named is None else parse_name(named, "space", "device space")


def plan_label(
    run: Run[LabelDefinitions], wanted: Wanted, named: str | None, labels: Sequence[Label]
) -> Plan:
    """Plan one label.

    Args:
        run: The run, with the options state and force.
        wanted: What the author wants.
        named: The name or id of its device space, or None.
        labels: The labels that there are.

    Raises:
        OptionError: Something that is named does not exist.
    """
    params, calls = run.params, run.calls
    home = calls.spaces(None)
    label = find_label(wanted.name, labels)
    space = None if named is None else calls.spaces(named)[0]
    if params["state"] == "absent":
        uses = Uses(0) if label is None else calls.uses(label)
        ids = [one.id for one in home]
        force = params["force"]
        return plan_absent(wanted, label, uses, force=force, spaces=ids, space=space, others=labels)
    fitting = None
    if label is None and wanted.filter is not None:
        fitting = calls.check_filter(wanted.filter, space or home[0])
    return plan_present(wanted, label, home[0], space, labels, fitting=fitting)
