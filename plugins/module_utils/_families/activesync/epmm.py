# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices: the calls (E30-E32), and their JSON.

Source: "API Reference Document for MobileIron WebService" (Core 10.8), section "Exchange ActiveSync
(EAS)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    DeclinedError,
    NotFoundError,
    UemError,
)
from ..._core.masking import masked
from ..._core.plan import Batch, Change, Outcome
from ..._core.vocabulary import platform_of
from ..._core.wording import numbered
from ..._http.parallel import each
from ..._products.batches import Fault, assess_failure, grouped, one_by_one, one_each
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.devices import details_v1
from ..._products.epmm.endpoints import API_ROLE, MOST_BYTES, WEB_SERVICE, read_v1
from ..._products.values import flag, number_of, seconds, text_of, time_of
from .model import ALLOWED, BLOCKED, WIPED, EasDevice

EAS_DEVICES = read_v1("E30", "/api/v1/eas/devices", WEB_SERVICE + "List All ActiveSync Devices")
EAS_DEVICE = read_v1(
    "E31", "/api/v1/eas/devices/{device}", WEB_SERVICE + "Device Details for ActiveSync"
)
# Blocking or allowing twice has the same result as once.
EAS_ACT = Endpoint(
    "E32",
    "PUT",
    "/api/v1/eas/devices",
    WEB_SERVICE + "Request Action on ActiveSync Device",
    API_ROLE,
    idempotent=True,
)
# The same call with action=WIPE.
EAS_WIPE = Endpoint("E32", "PUT", EAS_ACT.path, EAS_ACT.source, API_ROLE)

# The groups of a list: the state of their devices, and whether they are registered. For wiped
# devices ``status`` says that.
_GROUPS: Mapping[str, tuple[str, bool | None]] = {
    "registeredAllowedDevice": (ALLOWED, True),
    "registeredBlockedDevice": (BLOCKED, True),
    "unregisteredAllowedDevice": (ALLOWED, False),
    "unregisteredBlockedDevice": (BLOCKED, False),
    "wipedDevice": (WIPED, None),
}
_REGISTERED = {"registered": True, "unregistered": False}

# The meaning of activeSyncStatus. The document shows only Allowed.
_STATUSES = {"allowed": ALLOWED, "blocked": BLOCKED, "wiped": WIPED}

# The fields that are copied: the name here, and the name in the JSON.
# fmt: off
_TEXTS = {
    "user": "userName", "mailbox": "mailboxId", "domain": "domain", "device_id": "deviceId", "phone": "phoneNumber",
    "model": "model", "platform": "platform", "platform_code": "platformCode", "status": "status",
    "activesync_status": "activeSyncStatus", "action_source": "actionSource",
}
# fmt: on

_ACTIONS = {ALLOWED: "REINSTATE_DEVICE", BLOCKED: "BLOCK_DEVICE", WIPED: "WIPE"}

# Bytes of an address that are reserved for the path of url.
_SPARE = 500

# The most devices in one call; no limit is documented.
BULK_EAS = 200

_COUNTED = re.compile(r"([0-9]{1,9}) device", re.IGNORECASE)
_MODIFIED = re.compile(r"([0-9]{1,9}) device\S* modified to (\w+)", re.IGNORECASE)


class EpmmActiveSync:
    """See ActiveSync."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def devices(self) -> tuple[EasDevice, ...]:
        """See ActiveSync."""
        answer = self._client.v1.lists(EAS_DEVICES)
        return () if answer is None else tuple(eas_devices(answer))

    def details(self, device: EasDevice) -> Mapping[str, Any] | None:
        """See ActiveSync."""
        try:
            answer = self._client.transport.call(EAS_DEVICE, path={"device": device.uuid})
        except NotFoundError as error:
            self._client.v1.require_no_data(error)
            return None
        return eas_details(answer, device.uuid)

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """See ActiveSync. The details of a device say whether it can be wiped."""
        devices = [change.subject for change in changes if change.write == WIPED]
        all_details = each(self.details, devices, self._client.transport.settings.concurrency)
        unable = [
            device.id
            for device, details in zip(devices, all_details, strict=True)
            if details is not None and flag(details.get("IsRemoteWipeSupported")) is False
        ]
        return dict.fromkeys(
            unable, "the server says that it cannot be wiped (IsRemoteWipeSupported)"
        )

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See ActiveSync.

        A device that was wiped is sent by itself, because the answer about it proves nothing.
        """
        alone = [change for change in changes if WIPED in (change.write, change.subject.state)]
        others = [change for change in changes if WIPED not in (change.write, change.subject.state)]
        longest = max((len(quote(change.subject.uuid, safe="")) for change in others), default=0)
        room = MOST_BYTES - _SPARE - len(EAS_ACT.path)
        most = max(1, min(BULK_EAS, room // (longest + len("uuids=&"))))
        return [*grouped(others, most), *one_each(alone)]

    def write(self, batch: Batch) -> list[Outcome]:
        """See ActiveSync.

        If the answer does not say what was done, for example if its count is too low, the devices
        are read. Those that a call for many left as they were are sent one by one. Nothing
        destructive is sent again.
        """
        try:
            self._act(batch.changes)
            if not any(change.subject.state == WIPED for change in batch.changes):
                return [Outcome(change) for change in batch.changes]
            fault, may_retry = Fault("the server says that it did it", known=False), False
        except (ApiError, AnswerError, AnswerLostError) as error:
            fault, may_retry = assess_failure(error)
        faults = {change.subject.id: fault for change in batch.changes}
        now = self._states_now()
        if may_retry and len(batch.changes) > 1 and isinstance(now, dict):
            now = self._send_left(batch.changes, now, faults)
        return [_settled(change, now, faults[change.subject.id]) for change in batch.changes]

    def _send_left(
        self, changes: Sequence[Change[Any]], now: dict[str, str], faults: dict[str, Fault]
    ) -> dict[str, str] | str:
        """Send the changes that a call for many left undone, each in a call of its own.

        Args:
            changes: The changes of the call.
            now: The state of each device, by id.
            faults: Why each change was not done, by id; it gets the faults of the new calls.

        Returns:
            The states afterwards, or the sentence why they cannot be read.
        """
        left = [
            change for change in changes if now.get(change.subject.id) not in (None, change.write)
        ]
        failed = one_by_one(left, lambda change: self._act([change]))
        faults.update(failed)
        if failed:
            return self._states_now()
        return {**now, **{change.subject.id: change.write for change in left}}

    def _act(self, changes: Sequence[Change[Any]]) -> None:
        """Send a call.

        Raises:
            AnswerError: The server does not say that it did it to all devices.
        """
        state = changes[0].write
        action = _ACTIONS[state]
        answer = self._client.transport.call(
            EAS_WIPE if state == WIPED else EAS_ACT,
            query=[*(("uuids", change.subject.uuid) for change in changes), ("action", action)],
        )
        message = " ".join(answers.explain(answer).split())
        found = _MODIFIED.search(message)
        if found is None or (int(found.group(1)), found.group(2).upper()) != (len(changes), action):
            # Without a number other than 0, a message says that nothing was done.
            counted = found is not None and int(found.group(1)) > 0
            kind = AnswerError if counted or not message else DeclinedError
            raise kind(
                f"the server was asked to {action} {len(changes)} of them and answered: "
                f"{message or 'nothing'}"
            )

    def _states_now(self) -> dict[str, str] | str:
        """Return the states that the server lists, by id, or the sentence why they cannot be
        read."""
        try:
            return {device.id: device.state for device in self.devices()}
        except UemError as error:
            return str(error)


def _settled(change: Change[Any], now: Mapping[str, str] | str, fault: Fault) -> Outcome:
    """Return the outcome for a device.

    Args:
        change: The change.
        now: The states that the server lists now, by id, or the sentence why they cannot be read.
        fault: Why the change was not done, as far as the call showed.
    """
    if isinstance(now, str):
        return fault.outcome(change, f"What became of the device could not be read: {now}")
    state = now.get(change.subject.id)
    if state == change.write:
        return Outcome(change)
    if state is None:
        listing = "no longer listed"
    else:
        listing = f"listed as {state or 'something that is not clear'}"
    once = ", and nothing was sent to it again" if change.write == WIPED else ""
    # The server lists a wipe once the device has done it, which may take days.
    late = change.write == WIPED
    return fault.outcome(change, f"The device is {listing} now{once}.", known=not late)


def eas_devices(answer: Any) -> list[EasDevice]:
    """Return the devices of "List All ActiveSync Devices", each once.

    Raises:
        AnswerError: It is not such a list, or has fewer devices than it counts.
    """
    rows = answers.distinct(_rows(answer))
    counted = _COUNTED.search(answers.explain(answer))
    if counted is not None and int(counted.group(1)) > len(rows):
        raise AnswerError(
            f"The server counts {numbered(int(counted.group(1)), 'ActiveSync devices')} and sent "
            f"{len(rows)} of them; nothing was done with an incomplete list. Try again, then ask the server's "
            "administrator."
        )
    if not rows:
        # An error comes with HTTP 200 as well, and must not pass for an empty list.
        groups_present = (f"{group}s" for group in _GROUPS if f"{group}s" in answer)
        answers.v1_list(answer, next(groups_present, "devices"), "device")
    found: dict[str, EasDevice] = {}
    groups: dict[str, str] = {}
    for group, row in rows:
        device = _device(row, group)
        other = found.setdefault(device.id, device)
        if other != device:
            if groups[device.id] == group:
                where = f"twice in {group}s"
            else:
                where = f"both in {groups[device.id]}s and in {group}s"
            unclear = other.unclear or f"the server lists it {where}"
            found[device.id] = replace(other, state="", unclear=unclear)
        groups.setdefault(device.id, group)
    return list(found.values())


def _rows(answer: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every device of a list with the name of its group, which the document may not know."""
    if not isinstance(answer, Mapping):
        raise AnswerError("The server's answer is not an object; url may lead to another API.")
    unknown = [name.removesuffix("s") for name in answer if name.endswith("Devices")]
    for group in dict.fromkeys((*_GROUPS, *unknown)):
        holder = answer.get(f"{group}s")
        inner = holder.get(group) if isinstance(holder, Mapping) else holder
        if inner is None and isinstance(holder, Mapping):
            _require_no_rows(holder, group)
        for row in answers.listed(inner):
            if not isinstance(row, Mapping):
                raise AnswerError(f"The server's answer has {group}s that are not objects.")
            yield group, row


def _require_no_rows(holder: Mapping[str, Any], group: str) -> None:
    """Raise AnswerError for a group with an unknown shape, which must not pass for an empty one."""
    if any(isinstance(part, (Mapping, list)) for part in holder.values()):
        raise AnswerError(
            f"The server's answer has {group}s of an unknown shape "
            f"({', '.join(sorted(map(str, holder)))})."
        )


def _device(row: Mapping[str, Any], group: str) -> EasDevice:
    uuid = text_of(row.get("uuid")).strip()
    if not uuid or not uuid.isprintable():
        raise AnswerError(
            f"The server sent an ActiveSync device without a usable uuid ({row.get('uuid')!r})."
        )
    state, registered = _GROUPS.get(group, ("", None))
    status = text_of(row.get("status")).strip()
    word = text_of(row.get("activeSyncStatus")).strip()
    state_by_status = _STATUSES.get(word.lower(), state)
    unclear = (
        ""
        if state_by_status == state
        else f"the server lists it in {group}s, with the status {word}"
    )
    last = _time(row.get("lastSyncTime"))
    texts: dict[str, Any] = {name: text_of(row.get(raw)) for name, raw in _TEXTS.items()}
    texts["platform"] = platform_of(texts["platform"]) or ""
    return EasDevice(
        **texts,
        uuid=uuid,
        state="" if unclear else state,
        registered=_REGISTERED.get(status.lower()) if registered is None else registered,
        device_guid=text_of(row.get("miDeviceUuid")).strip().lower(),
        first_sync=_time(row.get("firstSyncTime")),
        last_sync=last,
        synced=seconds(last),
        unclear=unclear
        if group in _GROUPS
        else f"the server lists it in {group}s, which is not a group that is known",
    )


def _time(raw: Any) -> str | None:
    """Return a time given in milliseconds since 1970, also as text; 0 means no time."""
    stamp = number_of(raw)
    return time_of(stamp) if stamp else None


def eas_details(answer: Any, uuid: str) -> dict[str, Any]:
    """Return the details of "Device Details for ActiveSync", with secrets masked.

    Raises:
        AnswerError: It has no details, or those of another device.
    """
    holder = answer.get("easDevice", answer) if isinstance(answer, Mapping) else None
    if not isinstance(holder, Mapping) or "details" not in holder:
        raise AnswerError(
            f"ActiveSync device {uuid}: the server's answer has no details "
            f"({answers.explain(answer) or 'it does not say why'})."
        )
    other = text_of(holder.get("uuid")).strip()
    if other and other.lower() != uuid.lower():
        raise AnswerError(f"ActiveSync device {uuid}: the server sent the details of {other}.")
    details: dict[str, Any] = masked(details_v1(holder))
    return details
