# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering devices, and what that refers to (E08, E23, E24)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.errors import AnswerError, AnswerLostError, ApiError, UemError
from ..._core.plan import Change, Outcome
from ..._core.selection import Found, Selection
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.epmm import answers, endpoints
from ..._products.epmm.devices import device_v1, v1_device
from ..._products.epmm.lists import read_list
from ..._products.epmm.v1 import V1
from ..._products.epmm.values import flag, number_of
from ..._products.protocol import Batch
from ..._products.values import text_of
from ..reference.model import Country, Operator
from ..users.epmm import is_plain, said_by
from .model import LIVE, NO_PHONE, PENDING, Registered, Registration, matching, without_secrets

# "List of Countries": the ASCII codes of t and f.
_REGISTERS = {"116": True, "102": False, "t": True, "f": False}

# "Register a Device": what platforms are called, how its examples write flags, and what a success
# has as its status besides the statuses of devices.
_LETTERS = {"android": "A", "ios": "I", "macos": "L", "windows": "E", "windows_phone": "M"}
_FLAGS = {True: "True", False: "False"}
_SUCCESS = ("", "SUCCESS", *LIVE)

_PASSCODE_DIGITS = 5

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RegistrationCalls:
    """A part of the client: registering devices, and what that refers to."""

    transport: Transport
    find: Callable[..., Found]
    _v1: V1

    def registrations(self, wanted: Registration) -> tuple[Device, ...]:
        """See Registrations. Registrations that are pending are in the lists of API v1 at once,
        whereas API v2 has an index that may be late, and the devices of a user in API v1 are only
        those that are registered; so the lists decide. Of a name with a slash HTTP 404 proves
        nothing, and the list of active devices decides as well."""
        names = (DeviceRef("uid", wanted.user),)
        found = self.find(Selection(names=names), keep_rows=True).devices
        if matching(wanted, found) is not None:
            return found
        statuses = PENDING if is_plain(wanted.user) else LIVE
        return (*found, *self._v1.find(Selection(statuses=statuses), keep_rows=True).devices)

    def registration_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See Registrations."""
        return grouped(changes, 1)

    def register(self, batch: Batch) -> list[Outcome]:
        """See Registrations. What the answer leaves open is settled by looking for the device."""
        [change] = batch.changes
        made, certain, unseen = Registered(), False, ""
        veil = str if change.write.return_secrets else without_secrets
        try:
            made, said, certain = registered(
                self.transport.call(endpoints.REGISTER, query=_asked(change.write), veil=veil)
            )
            self.transport.hide(made.passcode, made.url)
            told = self.transport.told(said, veil).rstrip(". ") or "it does not say why"
            reason = f"the server answered HTTP 200 and no success: {told}"
        except (AnswerError, AnswerLostError, ApiError) as error:
            if isinstance(error, ApiError) and error.status < 500:
                raise
            reason = str(error)
            unseen = " No such device is in the server's lists now."
        device = (
            self._new_device(made) if certain else self._settle_registration(change.write, reason)
        )
        if device is not None:
            known = (
                made
                if certain or made.guid == device.guid
                else Registered(warning=_lost(change.write, reason))
            )
            phone = known.phone or device.row.get("phone_number") or None
            made = replace(known, guid=device.guid, id=device.id, status=device.state, phone=phone)
        return [
            Outcome(
                change,
                None if certain or device is not None else f"{reason}{unseen}",
                {"registered": made},
            )
        ]

    def _new_device(self, made: Registered) -> Device | None:
        """The device that was registered for certain, or None where it cannot be read yet."""
        try:
            answer = self.transport.call(endpoints.DEVICE, path={"device": made.guid or ""})
            return device_v1(v1_device(answer, "The new device"), keep_row=False)
        except UemError:
            return None

    def _settle_registration(self, wanted: Registration, reason: str) -> Device | None:
        """The device that is registered as wanted now, or None. Raises AnswerLostError where that
        cannot be found out."""
        try:
            return matching(wanted, self.registrations(wanted))
        except UemError as error:
            raise AnswerLostError(
                f"{reason.rstrip('.')}. Whether the device was registered could not be found out; "
                f"it was not sent again: {error}"
            ) from None

    def operators(self) -> tuple[Operator, ...]:
        """See Reference."""
        return tuple(
            operator(row)
            for row in read_list(self._v1, endpoints.OPERATORS, "operators", "operator")
        )

    def countries(self) -> tuple[Country, ...]:
        """See Reference."""
        return tuple(
            country(row) for row in read_list(self._v1, endpoints.COUNTRIES, "countries", "country")
        )


def operator(row: Mapping[str, Any]) -> Operator:
    """An operator of "List of Operators"."""
    return Operator(
        id=text_of(row.get("@id", row.get("id"))),
        name=text_of(row.get("carrierShortName")),
        type=text_of(row.get("carrierType")),
        country_code=text_of(row.get("countryCode")),
        country_id=text_of(row.get("countryId")),
        country_name=text_of(row.get("countryName")),
        enabled=flag(row.get("enabled")),
    )


def country(row: Mapping[str, Any]) -> Country:
    """A country of "List of Countries", whose example has the ISO code under a misspelt name as
    well."""
    registers = row.get("enabledForRegistration")
    known = flag(registers)
    return Country(
        name=text_of(row.get("countryName")),
        code=text_of(row.get("countryCode")),
        iso_code=text_of(row.get("isoAlpha2Code") or row.get("isoAplha2Code")).upper(),
        enabled=_REGISTERS.get(text_of(registers).strip().lower()) if known is None else known,
    )


def registered(answer: Any) -> tuple[Registered, str, bool]:
    """The answer of "Register a Device", what it says, and whether that is a success for certain.

    The document shows ``messages`` twice, and success as no message; it names the uuid otherwise
    than the other calls do.
    """
    root = answer if isinstance(answer, Mapping) else {}
    parts = [
        part
        for part in (*answers.listed(root.get("registration")), root)
        if isinstance(part, Mapping)
    ]
    have = {
        key: value
        for part in reversed(parts)
        for key, value in part.items()
        if value not in (None, "")
    }
    guid = text_of(have.get("deviceUid") or have.get("deviceUuid")).lower()
    said = said_by(*parts)
    certain = (
        _UUID.fullmatch(guid) is not None
        and text_of(have.get("status")).upper() in _SUCCESS
        and (not said or answers.says(said, r"\bsuccess"))
    )
    made = Registered(
        guid=guid or None,
        phone=text_of(have.get("phoneNumber")) or None,
        passcode=_passcode(have.get("passcode")),
        ttl=number_of(have.get("passcodeTTL")),
        url=text_of(have.get("registrationUrl")),
    )
    return made, said, certain


def _passcode(raw: Any) -> str:
    """ "5-digit numeric passcode", also where JSON has it as a number and so without the zeros in
    front; "" for none."""
    text = text_of(raw)
    return (
        text.zfill(_PASSCODE_DIGITS) if isinstance(raw, int) and not isinstance(raw, bool) else text
    )


def _asked(wanted: Registration) -> list[tuple[str, str]]:
    """The parameters of "Register a Device"."""
    optional = {
        "operator": wanted.operator,
        "userFirstName": wanted.first_name,
        "userLastName": wanted.last_name,
        "userEmailAddress": wanted.email,
    }
    return [
        ("phoneNumber", wanted.phone or NO_PHONE),
        ("deviceType", "Phone" if wanted.phone else "PDA"),
        ("userId", wanted.user),
        ("platform", _LETTERS[wanted.platform]),
        ("countryCode", wanted.country),
        ("isEmployeeOwned", _FLAGS[wanted.employee_owned]),
        ("importUserFromLdap", _FLAGS[bool(wanted.from_ldap)]),
        ("notifyUser", _FLAGS[wanted.notify_user]),
        ("notifyuserbysms", _FLAGS[wanted.notify_by_sms]),
        *((name, value) for name, value in optional.items() if value),
    ]


def _lost(wanted: Registration, reason: str) -> str:
    """What an author should know of a device whose registration was not answered as it should
    be."""
    return (
        f"{wanted.title}: it is registered, but its passcode is not known, for "
        f"{reason.rstrip('.')}. Look it up in the admin portal, or retire the device and register "
        "it again."
    )
