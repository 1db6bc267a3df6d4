# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1 as a whole: its calls, and its control calls."""

from __future__ import annotations

import dataclasses

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import alerts, eas, policies, profiles, registration, users
from uem_emulator.epmm.v1.actions import ActionCalls
from uem_emulator.epmm.v1.answer import Fault, Handler, absent, failure
from uem_emulator.epmm.v1.devices import DeviceCalls
from uem_emulator.epmm.v1.exports import ExportCalls
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.routing import Route

_PARTS: tuple[type[V1Part], ...] = (
    DeviceCalls,
    policies.PolicyCalls,
    alerts.AlertCalls,
    ActionCalls,
    eas.EasCalls,
    users.UserCalls,
    profiles.ProfileCalls,
    registration.RegistrationCalls,
    ExportCalls,
)


class V1:
    """The calls of API v1. A server may lack it."""

    def __init__(self, tenant: EpmmTenant) -> None:
        self._switches = tenant.switches
        self.routes: tuple[Route, ...] = tuple(
            dataclasses.replace(route, handler=self._guarded(route.handler))
            for part in _PARTS
            for route in part(tenant).routes
        )

    def _guarded(self, handler: Handler) -> Handler:
        """The handler, where the server has API v1 at all."""

        def serve(request: Request, taken: tuple[str, ...]) -> Answer:
            if self._switches["v1_absent"] != "off":
                return absent(self._switches)
            try:
                return handler(request, taken)
            except Fault as fault:
                return failure(
                    request,
                    fault.status,
                    fault.text,
                    str(self._switches["v1_error_body"]),
                    self._switches,
                    fault.tree,
                )

        return serve


CONTROL_CALLS: tuple[ControlCall, ...] = (
    *policies.CONTROL_CALLS,
    *alerts.CONTROL_CALLS,
    *eas.CONTROL_CALLS,
    *users.CONTROL_CALLS,
    *profiles.CONTROL_CALLS,
    *registration.CONTROL_CALLS,
)
