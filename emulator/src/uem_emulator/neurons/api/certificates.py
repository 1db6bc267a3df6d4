# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a device.

Source: "Device API Calls", "Get certificates assigned to a device": an example of two rows, the
first of them cut short. It names no paging; its answer has a limit of 10.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import read_int
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.certificates import KEYS
from uem_emulator.neurons.world.model import Device
from uem_emulator.part import without_last
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


class CertificateCalls(NeuronsPart):
    """The handlers for the certificates of devices."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the call with its handler."""
        return (
            Route(
                "GET",
                "/api/v1/device/{id}/certs/search",
                self.search,
                frozenset(("accountId", "start", "rows")),
            ),
        )

    def search(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the certificates of a device."""
        device = self.device_by_id(taken[0])
        if isinstance(device, Answer):
            return device
        rows = [
            {**_device_part(device), **item}
            for item in self.tenant.certificates.shown(device, "certificates")
        ]
        if request.parameter("accountId") is None:
            if self.switches["certificates_no_account"] == "error":
                raise BadRequest(("NotNull", "must not be null", "accountId"))
        elif read_int(request, "accountId", 0, 0, None) != device.value("ownerId"):
            refused = self._refused(request)
            if refused is not None:
                return refused
            rows = []
        return wire.ok(self._page(request, [{key: item.get(key) for key in KEYS} for item in rows]))

    def _refused(self, request: Request) -> Answer | None:
        position = self.switches["certificates_wrong_account"]
        if position == "400":
            raise BadRequest(("Invalid", "is not the owner of the device", "accountId"))
        return wire.status(404, self.switches, "Account not found") if position == "404" else None

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The whole list, or with the switch certificates_rows pages of that number, or of the
        number that `rows` says."""
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
        return {"totalCount": len(rows), "searchResults": without_last(request, rows[start:start + limit]), "offset": start,
                "limit": limit, "queryTime": 10, "facetedResults": {"CERTSTORESTATE": {state: states[state] for state in STATES}},
                "totalUnfilteredResultCount": len(rows), "unfilteredFacetedResults": {}}
        # fmt: on


def _device_part(device: Device) -> dict[str, Any]:
    """Of the device, some under two names, one of them null, as in the example."""
    # fmt: off
    same = ("ownerId", "phoneNumber", "platformType", "imei", "locale", "ownershipType", "roaming", "supervised", "udid", "iccid",
            "prettyModel", "registrationState", "jailbroken", "meid", "imsi", "serialNumber", "dmPartitionId", "displayName",
            "firstName", "lastName", "uid", "emailAddress")
    return {**{name: device.value(name) for name in same}, "deviceId": device.id, "osVersion": device.value("platformVersion"),
            "model": device.value("deviceModel"), "mdmState": "ENABLED", "compliant": device.value("complianceState"),
            "tenantId": _TENANT}
    # fmt: on
