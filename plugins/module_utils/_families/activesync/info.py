# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read ActiveSync devices."""

from __future__ import annotations

from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from .calls import ActiveSync
from .choice import find_eas, parse_eas_choice
from .model import WHY_NOT, counted


def read_activesync(run: Run[ActiveSync]) -> Result:
    """Run activesync_device_info."""
    search = parse_query(run.params)
    found = find_eas(parse_eas_choice(run.params, reads=True), run)
    rows = with_server((device.row for device in found.devices), run)
    if run.params["details"]:
        details = read_each(run.calls.details, found.devices, run)
        rows = [{**row, "details": more} for row, more in zip(rows, details, strict=True)]
    missing = [ref.value for ref in found.missing]
    states = counted(found.devices)
    return read_result("devices", rows, run, search, WHY_NOT, states=states, missing=missing)
