# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of EPMM to errors which are not about one call, in the form of the API which a path
belongs to."""

from __future__ import annotations

from uem_emulator.answers import Answer, Request, challenged
from uem_emulator.epmm.v1 import answer as v1
from uem_emulator.epmm.v2 import wire as v2
from uem_emulator.switches import Switches


def status_answer(
    status: int, request: Request, switches: Switches, message: str | None = None
) -> Answer:
    """Return 401, 403, 405, 414, 501, 429 or 5xx.

    Args:
        status: The HTTP status.
        request: What is answered.
        switches: The switches, some of which say what the body of a status is like.
        message: The text, where it is not the usual one of the status.
    """
    if status == 401:
        return _unauthorized(request, switches)
    form = str(switches[v1.BODY_SWITCHES[status]]) if status in v1.BODY_SWITCHES else "json"
    if form != "json" or not request.path.startswith("/api/v1"):
        return v2.plain(status, form, message)
    return v1.error(status, request, switches, message)


def _unauthorized(request: Request, switches: Switches) -> Answer:
    """A 401, which may ask for a name and a password."""
    of_v1 = request.path.startswith("/api/v1")
    form = str(switches["unauthorized_body"])
    answer = v1.error(401, request, switches) if of_v1 else v2.plain(401, form)
    asks = switches["challenge"] == "on" or (of_v1 and switches["challenge"] == "epmm_v1")
    return challenged(answer) if asks else answer
