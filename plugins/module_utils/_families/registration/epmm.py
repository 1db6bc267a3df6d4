# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering devices (E08)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, AnswerLostError, ApiError, UemError
from ..._core.plan import Batch, Change, Outcome
from ..._core.selection import Selection
from ..._products.batches import one_each
from ..._products.epmm import answers, endpoints
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.devices import device_v1, v1_device
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE
from ..._products.values import number_of, text_of
from ..reference.calls import Reference
from ..reference.epmm import EpmmReference
from ..users.calls import Users
from ..users.epmm import EpmmUsers, is_plain, messages_of
from .model import LIVE, NO_PHONE, Registered, Registration, matching, without_secrets

# If it is sent twice, it registers two devices.
REGISTER = Endpoint(
    "E08",
    "PUT",
    "/api/v1/dm/register",
    DEVICE_GUIDE + "Register a Device",
    API_ROLE,
    not_found="the server did not find what the request names",
)

# "Register a Device": the letters for platforms, the words for flags and types in its
# examples, and the status of a success besides the statuses of devices.
_LETTERS = {"android": "A", "ios": "I", "macos": "L", "windows": "E", "windows_phone": "M"}
_FLAGS = {True: "True", False: "False"}
_TYPES = {"phone": "Phone", "pda": "PDA"}
_SUCCESS = ("", "SUCCESS", "SUCESS", *LIVE)

_PASSCODE_DIGITS = 5

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class _Answer:
    """What is known about a registration that was sent.

    Attributes:
        registered: The device in the answer.
        certain: Whether it is certainly a success.
        reason: Why it is not a success.
        unseen: What to add to the reason if there is no such device.
    """

    registered: Registered
    certain: bool
    reason: str
    unseen: str = ""


class EpmmRegistrations:
    """See Registrations."""

    users: Users
    reference: Reference

    def __init__(self, client: EpmmClient) -> None:
        self._client = client
        self.users = EpmmUsers(client)
        self.reference = EpmmReference(client)

    def registrations(self, *wanted: Registration) -> tuple[Device, ...]:
        """See Registrations.

        Pending registrations are in the lists of API v1 at once. API v2 has an index that may be
        late, and the devices of a user in API v1 are only those that are registered. So the lists
        decide. HTTP 404 proves nothing about a name with a slash; then the list of active devices
        decides as well.
        """
        names = tuple(dict.fromkeys(DeviceRef("user", one.user) for one in wanted))
        found = self._registered(Selection(names=names))
        new = [one for one in wanted if matching(one, found) is None]
        if not new:
            return found
        plain = all(is_plain(one.user) for one in new)
        statuses = ("pending",) if plain else ("active", "pending")
        return (*found, *self._client.v1.find(Selection(statuses=statuses), keep_rows=True).devices)

    def _registered(self, selection: Selection) -> tuple[Device, ...]:
        """Return devices of users. Who has none in API v1 is not looked for among all devices: what
        is pending is read next."""
        client = self._client
        if client.api is not client.v1:
            return client.find(selection, keep_rows=True).devices
        found = client.v1.find(selection, keep_rows=True, direct=True)
        client.notes += found.notes
        return found.devices

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Registrations."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Registrations. If the answer does not say what was done, the device is read."""
        [change] = batch.changes
        answer = self._register(change.write)
        registered, certain = answer.registered, answer.certain
        if certain:
            device = self._new_device(registered)
        else:
            device = self._settled(change.write, answer.reason)
        if device is not None:
            if not certain and registered.guid != device.guid:
                registered = Registered(warning=_lost(change.write, answer.reason))
            registered = replace(
                registered,
                guid=device.guid,
                id=device.id,
                status=device.state,
                phone=registered.phone or device.row.get("phone_number") or None,
            )
        error = None if certain or device is not None else f"{answer.reason}{answer.unseen}"
        returned = registered.returned(secrets=change.write.return_secrets)
        return [Outcome(change, error, returned=returned, warning=registered.warning)]

    def _register(self, wanted: Registration) -> _Answer:
        """Send a registration.

        Raises:
            ApiError: The server certainly did nothing.
        """
        transport = self._client.transport
        scrub = str if wanted.return_secrets else without_secrets
        try:
            answer = transport.call(REGISTER, query=_parameters(wanted), scrub=scrub)
        except (AnswerError, AnswerLostError, ApiError) as error:
            if error.effect == "none":
                raise
            unseen = " No such device is in the server's lists now."
            return _Answer(Registered(), certain=False, reason=str(error), unseen=unseen)
        device, message, certain = registered(answer)
        transport.add_secrets(device.passcode, device.url)
        shown = transport.shown(message, scrub).rstrip(". ") or "it does not say why"
        reason = f"the server answered HTTP 200, but reported no success: {shown}"
        return _Answer(device, certain, reason)

    def _new_device(self, registered: Registered) -> Device | None:
        """Return the device that was certainly registered, or None if it cannot be read yet."""
        try:
            answer = self._client.transport.call(
                endpoints.DEVICE, path={"device": registered.guid or ""}
            )
            return device_v1(v1_device(answer, "The new device"), keep_row=False)
        except UemError:
            return None

    def _settled(self, wanted: Registration, reason: str) -> Device | None:
        """Return the device that is registered as wanted now, or None.

        Raises:
            AnswerLostError: That cannot be found out.
        """
        try:
            return matching(wanted, self.registrations(wanted))
        except UemError as error:
            raise AnswerLostError(
                f"{reason.rstrip('.')}. Whether the device was registered could not be found out; "
                f"it was not sent again: {error}"
            ) from None


def registered(answer: Any) -> tuple[Registered, str, bool]:
    """Read the answer of "Register a Device".

    The document shows ``messages`` twice, and a success without a message. The uuid has another
    name than in other calls.

    Returns:
        The device, the message, and whether it is certainly a success.
    """
    root = answer if isinstance(answer, Mapping) else {}
    holders = (*answers.listed(root.get("registration")), root)
    parts = [part for part in holders if isinstance(part, Mapping)]
    have = _merged(parts)
    guid = text_of(have.get("deviceUid") or have.get("deviceUuid")).lower()
    message = messages_of(*parts)
    succeeds = not message or answers.says(message, r"\bsuccess")
    is_success = succeeds and text_of(have.get("status")).upper() in _SUCCESS
    certain = is_success and _UUID.fullmatch(guid) is not None
    device = Registered(
        guid=guid or None,
        phone=text_of(have.get("phoneNumber")) or None,
        passcode=_passcode(have.get("passcode")),
        ttl=number_of(have.get("passcodeTTL")),
        url=text_of(have.get("registrationUrl")),
    )
    return device, message, certain


def _merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields that are not empty; of equal names the one of the first part."""
    have: dict[str, Any] = {}
    for part in reversed(parts):
        have.update((key, value) for key, value in part.items() if value not in (None, ""))
    return have


def _passcode(raw: Any) -> str:
    """Return a "5-digit numeric passcode", or "".

    JSON may have it as a number, without the zeros in front.
    """
    text = text_of(raw)
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return text.zfill(_PASSCODE_DIGITS) if is_number else text


def _parameters(wanted: Registration) -> list[tuple[str, str]]:
    """Return the parameters of "Register a Device"."""
    optional = {
        "operator": wanted.operator,
        "userFirstName": wanted.first_name,
        "userLastName": wanted.last_name,
        "userEmailAddress": wanted.email,
    }
    return [
        ("phoneNumber", wanted.phone or NO_PHONE),
        ("deviceType", _TYPES[wanted.kind]),
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
    """Return what an author should know about a device that was registered without a good
    answer."""
    return (
        f"{wanted.title}: it is registered, but its passcode is not known: {reason.rstrip('.')}. "
        "Look it up in the admin portal, or retire the device and register it again."
    )
