# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to devices and their users (E26, E27), over API v2 where the server has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._core.plan import Batch, Change, Outcome
from ..._products.batches import grouped
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE, MOST_BYTES, MOST_UUIDS, SILENT
from ..._products.epmm.macs import require_macs
from ..._products.epmm.v2_actions import MESSAGE as MESSAGE_V2
from ..._products.epmm.v2_actions import NO_REASON, V2Actions, require_possible
from ..._products.values import text_of
from .model import Message

MESSAGE = Endpoint(
    "E26",
    "POST",
    "/api/v1/dm/bulk/sendmessage",
    DEVICE_GUIDE + "Send message to devices",
    API_ROLE,
)
MESSAGE_BY_MAC = Endpoint(
    "E27", "POST", "/api/v1/dm/bulk/mac/sendmessage", MESSAGE.source, API_ROLE
)

# The words of EPMM for the ways to send a message.
_MODES = {"push": "pns", "email": "email", "sms": "sms"}

# The bytes that the name of a device takes in an address.
_NAME = len("deviceUuid=&") + 36

_INVALID = "the server says that the device is invalid"
_UNSENT = "the message was not sent (messageSentFailed)"


class EpmmMessages:
    """See Messages."""

    # Of a wiped device the document excludes all but "Retire". A push goes to the client of the
    # device; a device that is only to be retired still has one, as far as the documents say.
    modes: Mapping[str, frozenset[str]] = {
        "push": SILENT - {"RETIRE_PENDING"},
        "email": frozenset({"WIPED"}),
        "sms": frozenset({"WIPED"}),
    }

    def __init__(self, client: EpmmClient) -> None:
        self._client = client
        self._v2 = V2Actions(client)

    def require_way(self, *, by_mac: bool) -> None:
        """See Messages."""
        require_possible(self._client, "messages", MESSAGE_V2, by_mac=by_mac)

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """See Messages."""
        if by_mac:
            require_macs(self._client, [change.subject for change in changes])
        most = _most(changes[0].write) if changes else MOST_UUIDS
        return grouped(changes, most, lambda change: str(change.subject.space))

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Messages.

        If the server lacks the call of API v2, it did nothing, and API v1 is used.
        """
        if not by_mac and self._v2.is_usable(MESSAGE_V2, batch.changes[0].subject):
            outcomes = self._v2.send(MESSAGE_V2, batch, NO_REASON, dict(_words(batch.write)))
            if outcomes is not None:
                return outcomes
        return self._send_v1(batch, by_mac=by_mac)

    def _send_v1(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call of API v1."""
        devices = [change.subject for change in batch.changes]
        if by_mac:
            endpoint = MESSAGE_BY_MAC
            names = [("deviceWiFiMacAddress", device.mac) for device in devices]
        else:
            endpoint = MESSAGE
            names = [("deviceUuid", device.guid) for device in devices]
        query = [*names, *_words(batch.write)]
        answer = self._client.transport.call(endpoint, query=query)
        invalid = answers.invalid_devices(answer)
        message = answers.message_text(answer)
        success = answers.says(message, r"\bsuccess")
        some_unsent = has_unsent(answer, success=success)
        if not invalid and not some_unsent and not success:
            raise answers.no_success(message)
        _require_named(invalid, devices)
        if some_unsent and not invalid:
            if len(batch.changes) == 1:
                raise answers.no_success(_UNSENT)
            raise AnswerError(
                f"the server answered HTTP 200, but reported no success: {_UNSENT} to at least one "
                "device, and it does not say which"
            )
        outcomes = []
        for change in batch.changes:
            is_invalid = not invalid.isdisjoint((change.subject.guid, change.subject.mac))
            outcomes.append(Outcome(change, _INVALID if is_invalid else None))
        return outcomes


def _require_named(invalid: Collection[str], devices: Sequence[Device]) -> None:
    """Raise AnswerError if the server calls a device invalid that the message was not for."""
    unknown = set(invalid) - {name for device in devices for name in (device.guid, device.mac)}
    if unknown:
        raise AnswerError(
            f"the server says that {', '.join(sorted(unknown))} is invalid, which is not one "
            "of the devices that were named"
        )


def has_unsent(answer: Any, *, success: bool) -> bool:
    """Return whether an answer has the mark that the message was not sent to some device.

    The document shows only its closing tag, so any content but false is one. Without content it may
    just be there in every answer, and the text of success counts.

    Args:
        answer: The JSON of the answer.
        success: Whether the message of the answer reports success.
    """
    for place in (answer, answer.get("messages") if isinstance(answer, Mapping) else None):
        if isinstance(place, Mapping) and "messageSentFailed" in place:
            content = text_of(place["messageSentFailed"]).strip().lower()
            if content != "false" and (content or not success):
                return True
    return False


def _words(message: Message) -> list[tuple[str, str]]:
    """Return the parameters of a message besides its devices, which both APIs call the same."""
    subject = [("subject", message.subject)] if message.subject else []
    return [("message", message.text), ("mode", _MODES[message.mode]), *subject]


def _most(message: Message) -> int:
    """Return the most devices in one call, whose address has the text as well."""
    room = MOST_BYTES - len(MESSAGE_BY_MAC.path) - len(urlencode(_words(message)))
    return max(1, min(MOST_UUIDS, room // _NAME))
