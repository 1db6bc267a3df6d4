# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: registering a device, and the lists of countries and operators which that refers to.

Source: "Device Management" (Register a Device, List of Operators, List of Countries). The older
"MobileIron WebService" has deviceUid for deviceUuid.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, wants_xml
from uem_emulator.epmm.v1.parameters import loose_route, parameter
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many, Tree
from uem_emulator.epmm.world import reference
from uem_emulator.epmm.world.reference import Country, Operator
from uem_emulator.epmm.world.registration import (
    NAMES,
    TTL_HOURS,
    Refused,
    Registration,
)
from uem_emulator.part import without_last
from uem_emulator.routing import Route

#: The ASCII values of t and f.
_ENABLED, _DISABLED = 116, 102
#: The document spells it right for its first country, and wrong for its second.
_ISO_KEYS = ("isoAlpha2Code", "isoAplha2Code")


class RegistrationCalls(V1Part):
    """The handlers for registering devices. With the fault kind `no_effect`, nothing is registered;
    `short_page` leaves out the last rows of a list."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            loose_route("PUT", "/dm/register", self.register, *NAMES),
            loose_route("PUT", "/dm/register/", self.register, *NAMES),
            loose_route("GET", "/dm/operators", self.operators),
            loose_route("GET", "/dm/countries", self.countries),
        )

    def register(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The address may end in a slash."""
        try:
            made = self.tenant.registrations.register(
                partial(parameter, request), pretend="no_effect" in request.effects
            )
        except Refused as refused:
            return self._refusal(request, str(refused))
        numeric = (
            self.switches["register_passcode_type"] == "number"
            and made.passcode != ""
            and not wants_xml(request)
        )
        tree = self._registration(made, int(made.passcode) if numeric else made.passcode)
        return respond(
            request, {"phoneNumber": made.phone, "registration": tree}, self.switches, wrote=True
        )

    def _registration(self, made: Registration, passcode: int | str) -> Tree:
        """The document shows two elements with messages, one of them after the uuid. JSON has one
        key for both."""
        said: Tree = (
            {"messages": Many([None, None])}
            if self.switches["register_messages"] == "twice"
            else messages()
        )
        return {
            **said,
            str(self.switches["register_uuid"]): made.uuid,
            "status": "SUCCESS",
            "passcode": passcode,
            "passcodeTTL": TTL_HOURS,
            "registrationUrl": made.url,
        }

    def _refusal(self, request: Request, text: str) -> Answer:
        position = self.switches["register_failure"]
        if position in ("400", "404"):
            raise Fault(int(position), text)
        if position == "top":
            return respond(request, messages(text), self.switches)
        return respond(
            request,
            {
                "phoneNumber": parameter(request, "phoneNumber") or "",
                "registration": messages(text),
            },
            self.switches,
        )

    def _listed(
        self, request: Request, rows: list[Tree], text: str, outer: str, inner: str
    ) -> Answer:
        rows = {"one": rows[:1], "empty": []}.get(str(self.switches["reference_lists"]), rows)
        if not rows:
            raise Fault(404, NO_DATA)
        return respond(
            request,
            {
                **messages(f"{len(rows)} {text} returned"),
                outer: {inner: Many(without_last(request, rows))},
            },
            self.switches,
        )

    def operators(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the operators."""
        return self._listed(
            request,
            [_operator(row) for row in reference.OPERATORS],
            "Operator (s)",
            "operators",
            "operator",
        )

    def countries(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the countries."""
        rows = [self._country(place, row) for place, row in enumerate(reference.COUNTRIES)]
        return self._listed(request, rows, "Countries", "countries", "country")

    def _country(self, place: int, row: Country) -> Tree:
        position = str(self.switches["country_iso_key"])
        key = _ISO_KEYS[place % 2] if position == "both" else position
        return {
            "countryName": row.name,
            "countryCode": row.code,
            key: row.iso,
            "enabledForRegistration": _ENABLED if row.enabled else _DISABLED,
        }


def _operator(row: Operator) -> Tree:
    return {
        "carrierShortName": row.name,
        "carrierType": "Mobile" if row.mobile else "Fixed",
        "countryCode": row.country.code,
        "countryId": row.country.id,
        "countryName": row.country.name,
        "enabled": row.enabled,
        "id": row.id,
    }


def _get_registrations(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    return [vars(made) for made in tenant.registrations.made]


CONTROL_CALLS: tuple[ControlCall, ...] = (ControlCall("GET", "/registrations", _get_registrations),)
