# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the compliance of devices."""

from __future__ import annotations

from ..._module.choice import parse_choice
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import left_out, with_server
from .calls import Compliance
from .model import summary


def read_compliance(run: Run[Compliance]) -> Result:
    """Run device_compliance_info."""
    search = parse_query(run.params)
    found = parse_choice(run.params, reads=True).find(run.client, keep_rows=True)
    report = run.calls.compliance(found.devices)
    rows = with_server((verdict.as_dict() for verdict in report.verdicts), run)
    warnings = [report.warning] if report.warning else []
    more = left_out(found, report.skipped)
    return read_result(
        "devices", rows, run, search, summary=summary(rows), warnings=warnings, **more
    )
