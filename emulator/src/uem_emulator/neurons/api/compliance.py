# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compliance of a device, policy by policy, and passing it on to others.

Source: "Device API Calls": "Get Compliance Status of a Particular Device", "Sync Compliance Status
of a Device". What pendingCompliant means is not said.
"""

from __future__ import annotations

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.routing import Route

VENDORS = ("GoogleBC", "Intune")
#: The position of the switch pending_compliant -> pendingCompliant of a policy.
_PENDING = {
    "same": lambda compliant: compliant,
    "true": lambda compliant: True,
    "null": lambda compliant: None,
}


class ComplianceCalls(NeuronsPart):
    """The handlers for the compliance of devices."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            Route("GET", "/api/v1/device/{id}/policies", self.policies),
            Route(
                "POST",
                "/api/v1/device/compliance/sync",
                self.sync,
                frozenset(("vendor", "ids")),
                frozenset(("ids",)),
            ),
        )

    def policies(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the policies of a device, each with whether it is compliant."""
        device = self.device_by_id(taken[0])
        if isinstance(device, Answer):
            return device
        pending = _PENDING[str(self.switches["pending_compliant"])]
        rows = [
            {
                **wire.policy_row(item),
                "compliant": item["compliant"],
                "pendingCompliant": item.get("pendingCompliant", pending(item["compliant"])),
            }
            for item in self.tenant.policies.shown(device, "policies")
        ]
        return wire.ok(wire.uncut_list(request, rows))

    def sync(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The document answers 1 for two devices. It is noted for each device with the vendor."""
        given = self.given(request, "vendor", "ids")
        vendor = given.required("vendor")
        if vendor and vendor not in VENDORS and self.switches["sync_vendor_unknown"] == "error":
            given.fault("Invalid", f"must be one of {', '.join(VENDORS)}", "vendor")
        devices = self.devices(request, given, "ids")
        done = devices if vendor in VENDORS else []
        for device in done if "no_effect" not in request.effects else ():
            self.tenant.actions.note(device, "compliance_sync", {"vendor": vendor})
        return wire.ok(
            len(done) if self.switches["sync_result"] == "count" else min(len(done), 1),
            wrote=bool(done),
        )
