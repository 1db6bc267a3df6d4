# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ivanti Neurons for MDM: all its calls, and the answers which no single call has.

Sources, unless said otherwise at the handler: the vendor's "Device API Calls"; its page "API
Basics" (envelope, errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.answers import Answer, Request, challenged
from uem_emulator.blueprint import Blueprint
from uem_emulator.gdpr import hide
from uem_emulator.neurons import roles, truth
from uem_emulator.neurons.api import accounts, configs, dep, wire
from uem_emulator.neurons.api.actions import ActionCalls
from uem_emulator.neurons.api.certificates import CertificateCalls
from uem_emulator.neurons.api.compliance import ComplianceCalls
from uem_emulator.neurons.api.custom_attributes import AttributeCalls
from uem_emulator.neurons.api.devices import DeviceCalls
from uem_emulator.neurons.api.listing import DeviceList
from uem_emulator.neurons.api.owner import OwnerCalls
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.routing import Route, Router
from uem_emulator.switches import Switches

#: The list of devices, a device and its attributes, the tenant.
_BASIC: tuple[type[NeuronsPart], ...] = (DeviceList, DeviceCalls, AttributeCalls)
#: A subject each, of which devices have something besides their fields.
_SUBJECTS: tuple[type[NeuronsPart], ...] = (
    configs.ConfigCalls,
    OwnerCalls,
    dep.DepCalls,
    accounts.AccountCalls,
    ComplianceCalls,
    CertificateCalls,
)


#: What a GDPR profile hides, by the names of the answers.
PERSONAL = frozenset(
    (
        "uid",
        "displayName",
        "firstName",
        "lastName",
        "emailAddress",
        "legalOwnerEmailAddress",
        "androidWorkEmail",
        "azureUserUpn",
        "phoneNumber",
        "imei",
        "imei2",
        "meid",
        "imsi",
        "iccid",
        "esimIdentifier",
        "serialNumber",
        "altSerialNumber",
        "ipAddress",
    )
)


class Neurons:
    """One tenant behind one API. See `products.Product` for what the pipeline uses of it.

    Attributes:
        tenant: What is emulated.
        truth: What the control calls read and change of it.
        calls: The actions on devices.
        parts: The calls of a subject each.
        router: All calls.
    """

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.tenant = NeuronsTenant(blueprint, switches)
        self.truth = truth.NeuronsTruth(self.tenant)
        self.calls = ActionCalls(self.tenant)
        self.parts = tuple(part(self.tenant) for part in _SUBJECTS)
        parts = (*(part(self.tenant) for part in _BASIC), self.calls, *self.parts)
        self.router = Router(tuple(route for part in parts for route in part.routes))

    def status(self, status: int, request: Request, message: str | None = None) -> Answer:
        """Return 401, 403, 405, 414, 501, 429 or 5xx in this product's form. See
        `products.Product`."""
        answer = wire.status(status, self.tenant.switches, message)
        asks = status == 401 and self.tenant.switches["challenge"] == "on"
        return challenged(answer) if asks else answer

    def needed_roles(self, route: Route) -> tuple[frozenset[str], ...]:
        """Return groups of roles; a call needs one of each. See `products.Product`."""
        return roles.needed(route, self.tenant.switches)

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer:
        """Answer a request. See `products.Product`."""
        if "vanish" in request.effects and taken and request.method != "GET":
            self.tenant.delete(taken[0])
        if request.method == "GET":
            self.tenant.before_read()
        try:
            answer = route.handler(request, taken)
        except BadRequest as bad:
            return wire.error(400, bad.faults)
        self.tenant.writes += answer.wrote
        return hide(answer, PERSONAL, self.tenant.switches)

    def unknown_names(self, names: list[str], request: Request) -> Answer:
        """Return the answer of strict mode to names which the sources do not know."""
        return wire.error(
            400, [("UnknownParameter", "is not known for this call", name) for name in names]
        )

    def nothing_done(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Return a 200 which says that nothing was done. See `products.Product`."""
        if kind == "result_zero":
            return wire.ok(False if request.path.endswith("installconfigs") else 0)
        faults = [("Error", str(params.get("message", "the request could not be processed")), None)]
        return Answer(200, wire.error(400, faults).body)


CONTROL_CALLS = (
    *truth.CONTROL_CALLS,
    *accounts.CONTROL_CALLS,
    *configs.CONTROL_CALLS,
    *dep.CONTROL_CALLS,
)
