# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: compliance actions, what the server does to devices that are out of compliance.

Source: the vendor's page of API v2 "Compliance Actions" (names of the keys). It does not name the
unit of a delay, nor the keys of quarantineSettings; those here are made up.
"""

from __future__ import annotations

from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.part import SPACE, V2Part
from uem_emulator.routing import Route

#: What the steps of each action do after which delay.
_CATALOG: tuple[tuple[str, tuple[tuple[int, tuple[str, ...]], ...]], ...] = (
    ("Send alert", ((0, ("alert",)),)),
    ("Block, then quarantine", ((0, ("alert", "block")), (7, ("alert", "block", "quarantine")))),
    ("Lost contact", ((0, ("alert",)), (30, ("alert", "block", "wipe")))),
)
_DEEDS = ("wipe", "quarantine", "block", "alert")
_MADE = 1_760_771_618_000


class ComplianceCalls(V2Part):
    """The handler for compliance actions."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (Route("GET", "/api/v2/compliance_action", self.actions, SPACE),)

    def actions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return every compliance action: those of the global space."""
        self.space(request)
        most = {"none": 0, "one": 1}.get(str(self.switches["compliance_actions"]), len(_CATALOG))
        rows = [_row(number, name, tiers) for number, (name, tiers) in enumerate(_CATALOG, 1)]
        return wire.page(rows[:most], most, 0)


def _row(number: int, name: str, tiers: tuple[tuple[int, tuple[str, ...]], ...]) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "localCompliance": False,
        "createdAt": _MADE,
        "modifiedAt": _MADE,
        "tiers": [
            {
                "delay": delay,
                "complianceSettings": {deed: deed in deeds for deed in _DEEDS},
                "quarantineSettings": {"removeManagedApps": "quarantine" in deeds},
            }
            for delay, deeds in tiers
        ],
    }
