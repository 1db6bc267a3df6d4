# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read compliance actions."""

from __future__ import annotations

from ..._core.names import parse_names, pick_all
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from .calls import ComplianceActions


def read_compliance_actions(run: Run[ComplianceActions]) -> Result:
    """Run compliance_action_info."""
    search = parse_query(run.params)
    wanted = parse_names(run.params["actions"], "actions", "compliance action")
    actions = run.calls.actions()
    if wanted is not None:
        actions = pick_all(wanted, actions, "actions", "compliance action")
    return read_result("actions", [action.as_dict() for action in actions], run, search)
