# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compliance of a device, policy by policy, and passing it on to others.

Source: "Device API Calls": "Get Compliance Status of a Particular Device", "Sync Compliance Status
of a Device". What pendingCompliant means is not said.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.part import Part
from uem_emulator.neurons.world import catalog
from uem_emulator.neurons.world.model import Device
from uem_emulator.routing import Route

VENDORS = ("GoogleBC", "Intune")
#: The position of the switch pending_compliant -> pendingCompliant of a policy.
_PENDING = {
    "same": lambda compliant: compliant,
    "true": lambda compliant: True,
    "null": lambda compliant: None,
}
_KEYS = (
    "id",
    "name",
    "description",
    "policyRuleType",
    "uuid",
    "priority",
    "compliant",
    "pendingCompliant",
)


def violated(device: Device) -> list[str]:
    """The names of the policies which a device breaks. Where it is said not to be compliant and not
    why: the first of all."""
    names = [
        str(item["name"] if isinstance(item, dict) else item)
        for item in device.value("violatedPolicies") or ()
    ]
    if not names and device.value("complianceState") is False:
        names = [next(iter(catalog.POLICY_RULES))]
    return list(dict.fromkeys(names))


def _usual(name: str, place: int) -> dict[str, Any]:
    text, rule = catalog.POLICY_RULES.get(name, (None, "CUSTOM"))
    number = crc32(name.encode())
    return {
        "id": wire.policy_id(name),
        "name": name,
        "description": text,
        "policyRuleType": rule,
        "uuid": f"{number:08x}-0000-4000-8000-{number:012x}",
        "priority": place,
    }


class ComplianceCalls(Part):
    """`extra` of a device: `policies`, those which it has when they are not everybody's."""

    fields = ("policies",)

    def make_routes(self) -> tuple[Route, ...]:
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
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        pending = _PENDING[str(self.switches["pending_compliant"])]
        rows = [
            {
                **wire.policy(
                    item["id"],
                    item["name"],
                    item["description"],
                    "POLICY",
                    item["policyRuleType"],
                    item["uuid"],
                    item["priority"],
                ),
                "compliant": item["compliant"],
                "pendingCompliant": item.get("pendingCompliant", pending(item["compliant"])),
            }
            for item in self.shown(device, "policies")
        ]
        return wire.ok(wire.whole(request, rows))

    def sync(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The document answers 1 for two devices. It is noted for each device with the vendor."""
        given = self.given(request, "vendor", "ids")
        vendor = given.required("vendor")
        if vendor and vendor not in VENDORS and self.switches["sync_vendor_unknown"] == "error":
            given.fault("Invalid", f"must be one of {', '.join(VENDORS)}", "vendor")
        devices = self.devices(request, given, "ids")
        done = devices if vendor in VENDORS else []
        for device in done if "no_effect" not in request.effects else ():
            self.note(device, "compliance_sync", vendor=vendor)
        return wire.ok(
            len(done) if self.switches["sync_result"] == "count" else min(len(done), 1),
            wrote=bool(done),
        )

    # --- for the control calls ----------------------------------------------------------------------------------------

    def shown(self, device: Device, name: str) -> list[dict[str, Any]]:
        """Every policy of a device with whether it is compliant: so agrees with violatedPolicies
        and complianceState."""
        broken = violated(device)
        usual = [_usual(known, place) for place, known in enumerate(catalog.POLICY_RULES, 1)]
        rows = device.extra.get("policies", usual)
        more = [
            _usual(known, len(rows) + place)
            for place, known in enumerate(broken, 1)
            if known not in {item["name"] for item in rows}
        ]
        return [{**item, "compliant": item["name"] not in broken} for item in (*rows, *more)]

    def read(self, name: str, value: Any) -> list[dict[str, Any]]:
        """A list of policies, each with its name and any of the keys of its row."""
        found = []
        for place, item in enumerate(value, 1):
            if not isinstance(item, dict) or not item.get("name"):
                raise ValueError("a policy is an object with a name")
            found.append(
                {
                    **_usual(item["name"], place),
                    **{key: one for key, one in item.items() if key in _KEYS},
                }
            )
        return found

    def keep(self, device: Device, name: str, value: Any) -> None:
        """The fields of the device follow."""
        broken = [item["name"] for item in value if item.get("compliant", True) is False]
        self.world.set_fields(
            device,
            {
                "violatedPolicies": broken,
                "policyViolationCount": len(broken),
                "complianceState": not broken,
            },
        )
        self.world.set_extra(device, name, value)
