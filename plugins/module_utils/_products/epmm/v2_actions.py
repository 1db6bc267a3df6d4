# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions and messages over API v2: the calls, and their answers as outcomes.

Source: requests of clients in the field, and one recorded answer. The page of the V2 API Guide that
has these calls could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.errors import REFUSED, AnswerError, ApiError, OptionError
from ..._core.plan import Batch, Change, Outcome
from ..values import flag
from . import answers
from .client import EpmmClient
from .device_results import device_results, is_done
from .endpoints import API_ROLE, V2_GUIDE
from .search import USE_V1
from .v2 import V2

# What the log of the server has as the reason where nobody gave one. Every client in the field
# sends a note.
NO_REASON = "No reason given"

# What begins a failure, as for API v1.
_NO_SUCCESS = "the server answered HTTP 200, but reported no success"
_UNCLEAR = "the server answered HTTP 200 with a result that shows neither success nor failure"
_UNSAID = "the server answered HTTP 200 without a result for the device"

# The words of results that are failures.
_FAILURE = re.compile(
    r"not(?!if)|unsuccess|fail|error|invalid|den(?:y|ied)|refus|reject|unable|unsupport|forbid|missing",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class V2Action:
    """An action of API v2.

    Attributes:
        endpoint: The call.
        type: Its ``actionType``, which clients also send where the path names the action.
        loses_codes: Whether a device may get a passcode by it that only API v1 returns.
    """

    endpoint: Endpoint
    type: str
    loses_codes: bool = False


def _call(number: str, method: str, part: str, section: str) -> Endpoint:
    return Endpoint(number, method, f"/api/v2/devices/{part}", V2_GUIDE + section, API_ROLE)


_ANY = _call("device_action", "POST", "action", "Actions on devices")
WAKE_UP = V2Action(_call("device_wakeup", "PUT", "wakeup", "Wake up devices"), "WAKE_UP")
RETIRE = V2Action(_call("device_retire", "PUT", "retire", "Retire devices"), "RETIRE")
WIPE = V2Action(_call("device_wipe", "PUT", "wipe", "Wipe devices"), "WIPE_DEVICE")
# "Unlock a Device" of API v1 returns the passcode that unlocks a device. The answer of API v2 has no
# place for it.
UNLOCK = V2Action(_ANY, "UNLOCK_DEVICE_ONLY", loses_codes=True)
MESSAGE = V2Action(_ANY, "SEND_MESSAGE")


def require_possible(
    client: EpmmClient, what: str, action: V2Action | None, *, by_mac: bool
) -> None:
    """Check that an action can be sent over the API that the option ``api`` names.

    Args:
        client: The client.
        what: What is to be sent, for the message.
        action: The action over API v2, or None if API v2 does not have it.
        by_mac: Whether devices are named by their Wi-Fi MAC addresses.

    Raises:
        OptionError: ``api`` is ``v2``, and API v2 cannot do it.
    """
    if client.transport.settings.api != "v2":
        return
    if action is None:
        raise OptionError(f"api: API v2 does not have {what}; set api=auto, which uses API v1.")
    if by_mac:
        raise OptionError(
            "by: API v2 names devices only by their guids; remove by, or set api=auto."
        )


class V2Actions:
    """Sends actions over API v2 where the server has it. Safe to use from several threads."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client
        # The ids of calls that the server lacks.
        self._lacking: set[str] = set()

    def is_usable(self, action: V2Action, device: Device) -> bool:
        """Return whether an action is to be sent over API v2: the server may have it, the option
        ``api`` allows it, and the device space of the device is known. Where API v1 looked a device
        up, it is not."""
        if action.endpoint.id in self._lacking or not isinstance(self._client.api, V2):
            return False
        return bool(device.space) or self._client.transport.settings.api == "v2"

    def send(
        self, action: V2Action, batch: Batch, note: str, more: Mapping[str, Any] | None = None
    ) -> list[Outcome] | None:
        """Send an action on devices of one device space.

        Args:
            action: The action.
            batch: The changes.
            note: The reason for the log of the server.
            more: What the action carries besides.

        Returns:
            An outcome for each change; or None if the server lacks the call, so that nothing was
            done and API v1 may be used.

        Raises:
            UemError: All of it failed. Its ``effect`` is unknown if the server may have done it.
        """
        endpoint, devices = action.endpoint, [change.subject for change in batch.changes]
        query = [
            ("adminDeviceSpaceId", self._client.v2.space_of(devices[0])),
            ("actionType", action.type),
        ]
        body = {"deviceUuids": [device.guid for device in devices], "note": note}
        carried = {"additionalParameters": dict(more)} if more else {}
        try:
            answer = self._client.transport.call(
                endpoint, query=query, json_body={**body, **carried}
            )
        except ApiError as error:
            is_choice = self._client.transport.settings.api == "auto"
            if is_choice and answers.lacks_call(error):
                self._lacking.add(endpoint.id)
                return None
            if is_choice and error.status in REFUSED:
                raise type(error)(
                    f"{error} {USE_V1}", status=error.status, method=error.method, path=error.path
                ) from None
            raise
        return outcomes(answer, batch)


def outcomes(answer: Any, batch: Batch) -> list[Outcome]:
    """Return what became of each change, by the answer to its action.

    The recorded answer is ``{"actionType", "deviceResults": {uuid: key of a message}, "successful":
    true}``. HTTP 200 comes with ``successful: false`` as well. A device without a result of its own
    is unknown, because what is said of a batch is not said of each device; but an answer without
    any results is about the device of a call for one. A result that is neither success nor failure,
    such as ``…action.queued``, is unknown, too, unless ``successful`` is false.

    Args:
        answer: The JSON of the answer.
        batch: The changes that were sent.

    Raises:
        AnswerError: The answer has neither ``successful`` nor results, or they contradict each
            other.
    """
    successful = flag(answer.get("successful")) if isinstance(answer, Mapping) else None
    words = device_results(answer)
    if successful is None and not words:
        raise answers.no_success(answers.explain(answer))
    reason = answers.explain(answer) or "successful is false"
    alone = len(batch.changes) == 1
    is_bare = alone and not answer.get("deviceResults")
    found = []
    for change in batch.changes:
        word = words.get(change.subject.guid, "")
        if word:
            found.append(_of_word(change, word, successful))
        elif is_bare and successful:
            found.append(Outcome(change))
        elif successful is False and alone:
            found.append(Outcome(change, f"{_NO_SUCCESS}: {reason}"))
        else:
            unsaid = f"{_UNSAID}: {reason}" if successful is False else _UNSAID
            found.append(Outcome(change, unsaid, known=False))
    if successful is False and all(one.error is None for one in found):
        raise AnswerError(f"{_NO_SUCCESS}: {reason}, though the result of each device is success")
    return found


def _of_word(change: Change[Any], word: str, successful: bool | None) -> Outcome:
    """Return the outcome of a change by the result of its device."""
    if is_done(word):
        return Outcome(change)
    if successful is False or _FAILURE.search(word):
        return Outcome(change, f"{_NO_SUCCESS}: {word}{_without_reason(change, word)}")
    return Outcome(change, f"{_UNCLEAR}: {word}", known=False)


def _without_reason(change: Change[Any], word: str) -> str:
    """Return what helps where a result says no more than that the action failed."""
    if not word.endswith(".failed"):
        return ""
    state = getattr(change.subject, "state", "") or "unknown"
    # "Send message to devices": the results are in "Logs & Events | All Logs in the Admin Portal".
    return f" (without a reason; the device is in the state {state}, see Logs & Events in the Admin Portal)"
