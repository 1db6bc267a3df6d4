# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read all configurations and policies with their counts."""

from __future__ import annotations

from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from .calls import ConfigCounts


def read_config_counts(run: Run[ConfigCounts]) -> Result:
    """Run config_info."""
    search = parse_query(run.params)
    rows = run.calls.all(tuple(run.params["spaces"] or ()))
    return read_result("configs", rows, run, search)
