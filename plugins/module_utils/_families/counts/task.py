# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count devices."""

from __future__ import annotations

from ..._core.selection import Selection, parse_select
from ..._module.run import Result, Run
from .calls import Counts
from .model import parse_fields


def count_devices(run: Run[Counts]) -> Result:
    """Run device_count_info."""
    params = run.params
    fields = parse_fields(params["count_by"])
    partitions = tuple(params["spaces"] or ())
    selection = Selection(partitions=partitions)
    if params["select"] is not None:
        selection = parse_select(params["select"], partitions=partitions)
    count, counts = run.calls.count(selection, fields)
    requests = run.client.transport.requests
    return {"changed": False, "count": count, "counts": counts, "requests": requests}
