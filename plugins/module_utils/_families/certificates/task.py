# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the certificates of devices."""

from __future__ import annotations

import time

from ..._core.selection import parse_seconds
from ..._module.choice import parse_choice
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import left_out, with_server
from .calls import Certificates
from .model import certificate_rows, summary


def read_certificates(run: Run[Certificates]) -> Result:
    """Run device_certificate_info."""
    search = parse_query(run.params)
    span = run.params["expires_within"]
    within = None if span is None else parse_seconds(span, "expires_within", least=0)
    found = parse_choice(run.params, reads=True).find(run.client, keep_rows=True)
    held = run.calls.certificates(found.devices)
    rows = with_server(certificate_rows(held.certificates, time.time(), within), run)
    more = left_out(found, held.skipped)
    return read_result("certificates", rows, run, search, summary=summary(rows), **more)
