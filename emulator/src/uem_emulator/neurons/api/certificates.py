# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a device.

Source: "Device API Calls", "Get certificates assigned to a device": an example of two rows, the
first of them cut short. It names no paging; its answer has a limit of 10.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.blueprint import DAY
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import read_int
from uem_emulator.neurons.api.part import Part
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.model import Device
from uem_emulator.routing import Route

#: The order of the example.
STATES = (
    "Manual_Revoke",
    "Pending_Revoke",
    "Active",
    "Revoked",
    "Expired",
    "Deleted",
    "Revoke_Failed",
    "Pending",
)
DEFAULT_LIMIT = 10
_TENANT = 42410
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


class CertificateCalls(Part):
    """`extra` of a device: `certificates`; those of a fleet are drawn when they are asked for."""

    fields = ("certificates",)

    def make_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/device/{id}/certs/search",
                self.search,
                frozenset(("accountId", "start", "rows")),
            ),
        )

    def search(self, request: Request, taken: tuple[str, ...]) -> Answer:
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        rows = [{**_device_part(device), **item} for item in self.shown(device, "certificates")]
        if request.parameter("accountId") is None:
            if self.switches["certificates_no_account"] == "error":
                raise BadRequest(("NotNull", "must not be null", "accountId"))
        elif read_int(request, "accountId", 0, 0, None) != device.value("ownerId"):
            refused = self._refused(request)
            if refused is not None:
                return refused
            rows = []
        return wire.ok(
            self._page(request, [{key: item.get(key) for key in _ORDER} for item in rows])
        )

    def _refused(self, request: Request) -> Answer | None:
        position = self.switches["certificates_wrong_account"]
        if position == "400":
            raise BadRequest(("Invalid", "is not the owner of the device", "accountId"))
        return self.product.status(404, request, "Account not found") if position == "404" else None

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The whole list, or with the switch certificates_rows pages of so many, and of as many as
        `rows` says."""
        page = self.switches.number("certificates_rows")
        if not page and self.switches.is_on("strict"):
            unknown = [name for name in ("start", "rows") if name in request.parameters]
            if unknown:
                raise BadRequest(
                    *(("UnknownParameter", "is not known for this call", name) for name in unknown)
                )
        start = read_int(request, "start", 0, 0, None) if page else 0
        limit = read_int(request, "rows", page, 1, 500) if page else max(DEFAULT_LIMIT, len(rows))
        states = Counter(item["certState"] for item in rows)
        # fmt: off
        return {"totalCount": len(rows), "searchResults": wire.short(request, rows[start:start + limit]), "offset": start,
                "limit": limit, "queryTime": 10, "facetedResults": {"CERTSTORESTATE": {state: states[state] for state in STATES}},
                "totalUnfilteredResultCount": len(rows), "unfilteredFacetedResults": {}}
        # fmt: on

    # --- for the control calls ----------------------------------------------------------------------------------------

    def shown(self, device: Device, name: str) -> list[dict[str, Any]]:
        """What of its certificates is not the device's own."""
        found = device.extra.get("certificates")
        if found is None:
            found = _drawn(device, self.world.blueprint.seed)
        return [
            _certificate(place, item, device, self.world.now) for place, item in enumerate(found)
        ]

    def read(self, name: str, value: Any) -> tuple[dict[str, Any], ...]:
        """A list of rows; what they leave out is as usual. `days` stands for notAfter, counted from
        the tenant's clock."""
        for item in value:
            unknown = set(item) - {*_ORDER, "days"} if isinstance(item, dict) else {str(item)}
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


def _device_part(device: Device) -> dict[str, Any]:
    """Of the device, some under two names of which one is null, as in the example."""
    # fmt: off
    same = ("ownerId", "phoneNumber", "platformType", "imei", "locale", "ownershipType", "roaming", "supervised", "udid", "iccid",
            "prettyModel", "registrationState", "jailbroken", "meid", "imsi", "serialNumber", "dmPartitionId", "displayName",
            "firstName", "lastName", "uid", "emailAddress")
    return {**{name: device.value(name) for name in same}, "deviceId": device.id, "osVersion": device.value("platformVersion"),
            "model": device.value("deviceModel"), "mdmState": "ENABLED", "compliant": device.value("complianceState"),
            "tenantId": _TENANT}
    # fmt: on


#: The keys of a row, in the example's order.
# fmt: off
_ORDER = (
    "caCertificateStoreId", "caId", "subject", "issuer", "notBefore", "notAfter", "certSerialNumber", "certState", "certUsageType",
    "certAccountId", "deviceId", "ownerId", "phoneNumber", "deviceModel", "platformType", "platformVersion", "imei", "locale",
    "ownershipType", "complianceState", "roaming", "supervised", "udid", "iccid", "prettyModel", "registrationState", "jailbroken",
    "meid", "osVersion", "model", "imsi", "mdmState", "serialNumber", "compliant", "tenantId", "dmPartitionId", "displayName",
    "firstName", "lastName", "uid", "emailAddress", "caTenantId", "caType", "caName", "privateKey", "configurationId",
    "certSerialNumberString",
)
# fmt: on
