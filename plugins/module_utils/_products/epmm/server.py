# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One server of EPMM, for calls that read no devices."""

from __future__ import annotations

from ..._http.transport import Transport
from .answers import explain
from .lists import V1Lists


class Epmm:
    """One server. Safe to use from several threads.

    What names devices needs EpmmClient. What does not is packed without the code that reads them.

    Attributes:
        transport: What sends the requests.
        notes: Sentences that the author should know.
        selected: None: no devices are selected.
        v1: The lists of API v1.
    """

    product = "epmm"
    explain = staticmethod(explain)
    v1: V1Lists

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.notes: list[str] = []
        self.selected: int | None = None
        self.v1 = V1Lists(transport)
