# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of a device, and whether it is compliant with each of them.

Source: see `api.compliance`.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from uem_emulator.neurons.world import catalog
from uem_emulator.neurons.world.extra import Extra
from uem_emulator.neurons.world.model import Device

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


def policy_id(name: str) -> int:
    """Return the id of a policy, also of one which only a control call knows."""
    known = list(catalog.POLICY_RULES)
    return 51001 + known.index(name) if name in known else 52000 + crc32(name.encode()) % 10_000_000


def violated(device: Device) -> list[str]:
    """Return the names of the policies which a device breaks. Where it is said not to be compliant
    and not why: the first of all."""
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
        "id": policy_id(name),
        "name": name,
        "description": text,
        "policyRuleType": rule,
        "uuid": f"{number:08x}-0000-4000-8000-{number:012x}",
        "priority": place,
    }


class DevicePolicies(Extra):
    """`extra` of a device: `policies`, those which it has when they are not everybody's."""

    fields = ("policies",)

    def shown(self, device: Device, name: str) -> list[dict[str, Any]]:
        """Return every policy of a device with whether it is compliant: so agrees with
        violatedPolicies and complianceState."""
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
        """Return the policies of a list, each with its name and any of the keys of its row. Raises
        ValueError."""
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
        """Keep the policies; the fields of the device follow."""
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
