# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of EPMM: the calls, and their answers as outcomes (E09-E20, E25).

An action is sent over API v2 where the server and the table V2_ACTIONS have it, else over API v1.

Source: "Device Management" (EPMM, API v1); for API v2 see its file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._core.device import MANAGED
from ..._core.endpoint import Endpoint
from ..._core.errors import DeclinedError
from ..._core.plan import Batch, Change, Outcome
from ..._products.batches import grouped
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE, MOST_UUIDS, SILENT
from ..._products.epmm.macs import require_macs
from ..._products.epmm.v2_actions import (
    NO_REASON,
    RETIRE,
    UNLOCK,
    WAKE_UP,
    WIPE,
    V2Action,
    V2Actions,
    require_possible,
)
from ..._products.values import text_of
from .model import ACTIONS, Call
from .plan import ActionWrite

# Wakes up, locks, unlocks, wipes or retires many devices.
ACTION_ON_MANY = Endpoint(
    "E25",
    "POST",
    "/api/v1/dm/bulk/devices/{action}",
    DEVICE_GUIDE + "Send Action to bulk devices",
    API_ROLE,
)

# What a server may send instead of a passcode ("Unlock a Device"): whether the device has one, or
# that it cannot be unlocked.
PRESENT, BARE, UNABLE = "Q", "F", "NA"

# At most this many devices are named in a warning.
NAMED = 20

# "Lock a Device": the passcode is not included for Android and iOS devices.
_WITHOUT_CODES = frozenset({"android", "ios"})

_UNSAID = "the server does not say what became of the device"
_INVALID = "the server says that the device is invalid"
_UNLOCK_FAILED = (
    "the server says that unlocking failed, or is impossible without mobile device management"
)


def _call(numbers: tuple[str, str], method: str, path: str, section: str, **more: Any) -> Call:
    """Return a call for one device.

    Args:
        numbers: The number of the call that names the device by its uuid, and of the call that
            names it by its Wi-Fi MAC address.
        method: The HTTP method.
        path: What follows the address of devices.
        section: The section of the document.
        more: More fields of Call.
    """
    by_uuid, by_mac = numbers
    address, source = f"/api/v1/dm/devices/{path}", DEVICE_GUIDE + section
    return Call(
        Endpoint(by_uuid, method, f"{address}/{{device}}", source, API_ROLE),
        by_mac=Endpoint(by_mac, method, f"{address}/mac/{{mac}}", source, API_ROLE),
        **more,
    )


# fmt: off
CALLS: Mapping[str, Call] = {
    "force_checkin": _call(
        ("E17", "E18"), "GET", "wakeup", "Wakeup Client", bulk="WAKEUP_DEVICE", says="request sent",
        never_in=SILENT,
    ),
    "wipe": _call(
        ("E15", "E16"), "PUT", "wipe", "Wipe a Device", words={"reason": "Reason"}, bulk="WIPE", says=r"^$|\bsuccess",
        never_in=SILENT - {"WIPED"},
    ),
    "lock": _call(
        ("E11", "E12"), "PUT", "lock", "Lock a Device", words={"reason": "Reason"}, alone=("reason",), bulk="LOCK",
        never_in=SILENT, codes=True,
    ),
    "unlock": _call(
        ("E13", "E14"), "GET", "unlock", "Unlock a Device", words={"reason": "Reason"}, alone=("reason",), bulk="UNLOCK",
        says=r"[1-9]\d* passcode\(s\) sent", needs=frozenset({MANAGED}), never_in=SILENT,
    ),
    "retire": _call(
        ("E09", "E10"), "PUT", "retire", "Retire a Device", words={"reason": "Reason"}, bulk="RETIRE",
    ),
    "locate": _call(
        ("E19", "E20"), "GET", "locate", "Locate a Device", fixed=(("locatenow", "true"),), says=r"^$|\bsuccess",
        # "locatenow … does not apply to iOS".
        not_on=frozenset({"ios"}), never_in=SILENT,
    ),
}
# fmt: on

# The actions that API v2 has. No client in the field locks or locates over it.
V2_ACTIONS: Mapping[str, V2Action] = {
    "force_checkin": WAKE_UP,
    "wipe": WIPE,
    "unlock": UNLOCK,
    "retire": RETIRE,
}


class EpmmActions:
    """See Actions."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client
        self._v2 = V2Actions(client)

    def call(self, action: str, *, by_mac: bool) -> Call | None:
        """See Actions."""
        call = CALLS.get(action)
        if call is not None:
            require_possible(self._client, action, V2_ACTIONS.get(action), by_mac=by_mac)
        return call

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """See Actions. EPMM has no call for it."""
        return {}

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """See Actions.

        A bulk call carries changes of several devices without a reason. Destructive changes are
        sent device by device, so that each answer is about one; and so are devices whose answer has
        a passcode. It is the same for both APIs, so that either can carry a batch.
        """
        if by_mac:
            require_macs(self._client, [change.subject for change in changes])
        together = [change for change in changes if _goes_in_bulk(change, by_mac=by_mac)]
        alone = [change for change in changes if not _goes_in_bulk(change, by_mac=by_mac)]
        return [*grouped(together, MOST_UUIDS, self._api_and_space), *grouped(alone, 1)]

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Actions.

        If the server lacks the call of API v2, it did nothing, and API v1 is used. After any other
        failure nothing is sent again.
        """
        action = None if by_mac else self._v2_action(batch.changes[0])
        if action is not None:
            reason = dict(batch.write.parameters).get("reason") or NO_REASON
            outcomes = self._v2.send(action, batch, reason)
            if outcomes is not None:
                return outcomes
        return self._send_v1(batch, by_mac=by_mac)

    def _v2_action(self, change: Change[Any]) -> V2Action | None:
        """Return the action of API v2 that a change is sent as, or None if API v1 is used."""
        action = V2_ACTIONS.get(change.write.action)
        if action is None or not self._v2.is_usable(action, change.subject):
            return None
        # "Unlock a Device": the passcode of an Android or iOS device is cleared. Others get one.
        is_choice = self._client.transport.settings.api == "auto"
        has_code = action.loses_codes and change.subject.platform not in _WITHOUT_CODES
        return None if is_choice and has_code else action

    def _api_and_space(self, change: Change[Any]) -> str:
        """Return what changes of one call have in common."""
        return f"{self._v2_action(change) is not None} {change.subject.space}"

    def _send_v1(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call of API v1. An outcome returns the ``passcode`` of a device if there is
        one."""
        call = CALLS[batch.write.action]
        together = len(batch.changes) > 1 or call.alone
        if together and _goes_in_bulk(batch.changes[0], by_mac=by_mac):
            return self._send_bulk(batch, call.bulk)
        [change] = batch.changes
        answer = self._answer(change, call, by_mac=by_mac)
        message = answers.explain(answer)
        if not answers.says(message, call.says):
            raise answers.no_success(message)
        code = lock_passcode(answer) or passcodes(answer).get(change.subject.guid)
        if code == UNABLE:
            raise DeclinedError(_UNLOCK_FAILED)
        outcome = Outcome(change, returned=_passcode(code))
        return _with_bare([outcome], [change] if code == BARE else [])

    def _answer(self, change: Change[Any], call: Call, *, by_mac: bool) -> Any:
        """Return the answer of the call for one device."""
        write: ActionWrite = change.write
        given = {**dict.fromkeys(call.alone, NO_REASON), **dict(write.parameters)}
        words = [(call.words[name], text_of(value)) for name, value in given.items()]
        query = [*words, *call.fixed]
        send = self._client.transport.call
        if by_mac and call.by_mac is not None:
            return send(call.by_mac, path={"mac": change.subject.mac}, query=query)
        return send(call.endpoint, path={"device": change.subject.guid}, query=query)

    def _send_bulk(self, batch: Batch, kind: str) -> list[Outcome]:
        """Send "Send Action to bulk devices".

        The server checks action and devices, answers, and acts afterwards.
        """
        query = [("deviceUuids", change.subject.guid) for change in batch.changes]
        answer = self._client.transport.call(ACTION_ON_MANY, path={"action": kind}, query=query)
        message = answers.explain(answer)
        invalid, failed = answers.invalid_devices(answer), failed_devices(answer)
        says_what = invalid or failed or answers.says(message, r"\bsuccess|\bsent\b")
        if message and not says_what:
            raise answers.no_success(message)
        codes = passcodes(answer)
        outcomes = [
            Outcome(change, _INVALID)
            if change.subject.guid in invalid
            else _outcome_of_code(change, codes, failed)
            for change in batch.changes
        ]
        bare = [one for one in batch.changes if codes.get(one.subject.guid) == BARE]
        return _with_bare(outcomes, bare)


def _outcome_of_code(change: Change[Any], codes: Mapping[str, str], failed: str) -> Outcome:
    """Return the outcome of a change that the server took among many.

    Args:
        change: The change.
        codes: The passcode of each device that has one, or what is sent instead of one.
        failed: What the server says about devices that failed, which are named only there.
    """
    uuid = change.subject.guid
    if codes.get(uuid) == UNABLE or (failed and (uuid in failed or uuid not in codes)):
        return Outcome(change, _UNLOCK_FAILED)
    if codes and uuid not in codes:
        return Outcome(change, _UNSAID, known=False)
    return Outcome(change, returned=_passcode(codes.get(uuid)))


def _goes_in_bulk(change: Change[Any], *, by_mac: bool) -> bool:
    """Return whether the call for many devices can carry a change, and loses nothing."""
    write: ActionWrite = change.write
    call = CALLS[write.action]
    has_code = call.codes and change.subject.platform not in _WITHOUT_CODES
    alone = by_mac or write.parameters or ACTIONS[write.action].destructive or has_code
    return bool(call.bulk) and not alone


def _with_bare(outcomes: list[Outcome], bare: Sequence[Change[Any]]) -> list[Outcome]:
    """Return outcomes with a warning about the devices that had no passcode to clear."""
    if not bare:
        return outcomes
    titles = ", ".join(change.subject.title for change in bare[:NAMED])
    more = f" and {len(bare) - NAMED} more" if len(bare) > NAMED else ""
    warning = f"{titles}{more}: the server says that there was no passcode to clear."
    return [replace(outcomes[0], warning=warning), *outcomes[1:]]


def _passcode(value: str | None) -> dict[str, str]:
    return {} if not value or value in (PRESENT, BARE) else {"passcode": value}


def passcodes(answer: Any) -> dict[str, str]:
    """Return the passcodes of an answer, which are secrets, by uuid ("Unlock a Device")."""
    holder = answer.get("passcodes") if isinstance(answer, Mapping) else None
    found = answers.listed(holder.get("passcode") if isinstance(holder, Mapping) else holder)
    return {
        text_of(entry.get("uuid")).lower(): text_of(entry.get("value"))
        for entry in found
        if isinstance(entry, Mapping)
    }


def lock_passcode(answer: Any) -> str:
    """Return the passcode of an answer, which is a secret, or "" ("Lock a Device": not for Android
    and iOS)."""
    return text_of(answer.get("unlockpasscode")).strip() if isinstance(answer, Mapping) else ""


def failed_devices(answer: Any) -> str:
    """Return in lower case what a bulk call says about devices that it could not unlock, or ""."""
    holder = answer.get("failedDevices") if isinstance(answer, Mapping) else None
    messages = holder.get("message") if isinstance(holder, Mapping) else holder
    return "; ".join(text_of(message) for message in answers.listed(messages)).lower()
