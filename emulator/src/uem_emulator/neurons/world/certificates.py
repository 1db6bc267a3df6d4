# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a device, drawn when they are asked for.

Source: see `api.certificates`.
"""

from __future__ import annotations

import random
from typing import Any

from uem_emulator.blueprint import DAY
from uem_emulator.neurons.world.extra import Extra
from uem_emulator.neurons.world.model import Device

#: CA id, CA name, configuration: what devices get, in this order.
_AUTHORITIES = (
    (18001, "AppStoreFrontCA", 61002),
    (18004, "iOSMDMCA", None),
    (18010, "Corp {{ SCEP }} / Zürich", 61003),
)
#: Days which are left, state, weight. The state of one which has run out may be behind.
_AGES = (
    (400, "Active", 8),
    (25, "Active", 2),
    (5, "Active", 2),
    (-3, "Active", 1),
    (-40, "Expired", 1),
    (90, "Revoked", 1),
)
#: The keys of a row, in the order of the document's example.
# fmt: off
KEYS = (
    "caCertificateStoreId", "caId", "subject", "issuer", "notBefore", "notAfter", "certSerialNumber", "certState", "certUsageType",
    "certAccountId", "deviceId", "ownerId", "phoneNumber", "deviceModel", "platformType", "platformVersion", "imei", "locale",
    "ownershipType", "complianceState", "roaming", "supervised", "udid", "iccid", "prettyModel", "registrationState", "jailbroken",
    "meid", "osVersion", "model", "imsi", "mdmState", "serialNumber", "compliant", "tenantId", "dmPartitionId", "displayName",
    "firstName", "lastName", "uid", "emailAddress", "caTenantId", "caType", "caName", "privateKey", "configurationId",
    "certSerialNumberString",
)
# fmt: on


class Certificates(Extra):
    """`extra` of a device: `certificates`, where they are not those which were drawn."""

    fields = ("certificates",)

    def shown(self, device: Device, name: str) -> list[dict[str, Any]]:
        """Return what of its certificates is not the device's own."""
        found = device.extra.get("certificates")
        if found is None:
            found = _drawn(device, self.world.blueprint.seed)
        return [
            _certificate(place, item, device, self.world.now) for place, item in enumerate(found)
        ]

    def read(self, name: str, value: Any) -> tuple[dict[str, Any], ...]:
        """Return the rows of a list; what they leave out is as usual. `days` stands for notAfter,
        counted from the tenant's clock. Raises ValueError."""
        for item in value:
            unknown = set(item) - {*KEYS, "days"} if isinstance(item, dict) else {str(item)}
            if unknown:
                raise ValueError(f"not keys of a certificate: {', '.join(sorted(unknown))}")
        return tuple(value)


def _drawn(device: Device, seed: int) -> list[dict[str, Any]]:
    """0 to 3 certificates, the same in every process."""
    rng = random.Random(f"{seed}/{device.value('guid')}/certificates")
    found = []
    for number, name, config in _AUTHORITIES[: rng.choice((0, 1, 1, 2, 2, 3))]:
        days, state, _weight = rng.choices(_AGES, [weight for _days, _state, weight in _AGES])[0]
        serial = rng.getrandbits(62 if rng.random() < 0.3 else 16)
        found.append(
            {
                "caId": number,
                "caName": name,
                "issuer": f"CN=na1.example.com,OU={name},UID={number}",
                "configurationId": config,
                "days": days,
                "certState": state,
                "certSerialNumber": serial,
            }
        )
    return found


def _certificate(place: int, given: dict[str, Any], device: Device, now: int) -> dict[str, Any]:
    ends = given.get("notAfter", now + given.get("days", 400) * DAY)
    begins = ends - 730 * DAY if isinstance(ends, int) else None
    serial = given.get("certSerialNumber", 26736 - 2 * place)
    # fmt: off
    usual = {
        "caCertificateStoreId": 44764 - 2 * place, "caId": 18004, "subject": f"CN={device.value('udid') or device.value('guid')}",
        "issuer": "CN=na1.example.com,OU=iOSMDMCA,UID=18004", "notBefore": begins, "notAfter": ends,
        "certSerialNumber": serial, "certState": "Active", "certUsageType": "UNKNOWN", "certAccountId": None, "caTenantId": 1,
        "caType": "LOCAL", "caName": "iOSMDMCA", "privateKey": False, "configurationId": None,
        "certSerialNumberString": str(serial),
    }
    # fmt: on
    return {**usual, **{key: value for key, value in given.items() if key != "days"}}
