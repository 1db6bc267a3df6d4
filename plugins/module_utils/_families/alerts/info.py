# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read alerts."""

from __future__ import annotations

from ..._core.compared import why_not_among
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from .calls import Alerts
from .choice import find_alerts
from .model import WORDS


def read_alerts(run: Run[Alerts]) -> Result:
    """Run alert_info."""
    search = parse_query(run.params)
    found, missing = find_alerts(run)
    rows = [dict(alert.details) for alert in found]
    return read_result(
        "alerts", rows, run, search, why_not_among(WORDS), missing=[ref.value for ref in missing]
    )
