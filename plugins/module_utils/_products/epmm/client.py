# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ivanti EPMM: what the layers above ask for, as calls of its two APIs.

Devices and labels are read through API v2 where the server has it, else through API v1. Policies and alerts are there in
API v1 alone, and labels are put on devices through API v2 alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product as pairs
from typing import Any

from ..._core.alerts import Alert, AlertFilter
from ..._core.device import Device, Partition
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CredentialsError,
    ForbiddenError,
    OptionError,
    UemError,
)
from ..._core.labels import Label, LabelsWrite
from ..._core.names import fits
from ..._core.plan import Change, Outcome
from ..._core.policies import Assignment, Policy
from ..._core.selection import Found, Selection
from ..._http.transport import Transport
from .. import protocol
from ..protocol import Batch
from . import endpoints, wire
from .v1 import V1
from .v2 import V2

# Devices in one call that moves labels, and alerts in one that marks them; no limit is documented. The ids of alerts go
# into the address, which servers cut off at about 8,000 bytes.
BULK_DEVICES = 200
BULK_ALERTS = 200

# What a server may answer to a call for many of which it does not take one, or which is too long.
_NOT_AS_A_WHOLE = (400, 404, 413, 414)

# What a server without one of the two APIs may answer to a call of it.
_NOT_THERE = (404, 405, 501)


class EpmmClient:
    """One server. Safe to use from several threads."""

    product = "epmm"
    capabilities = frozenset({protocol.DEVICES, protocol.LABELS, protocol.POLICIES, protocol.ALERTS})
    selects = frozenset({
        "ids", "guids", "serial_numbers", "emails", "uids", "phone_numbers", "mac_addresses", "labels",
    })
    explain = staticmethod(wire.explain)

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._v1 = V1(transport)
        self._v2 = V2(transport)
        self._lock = threading.Lock()
        self._chosen: V1 | V2 | None = None

    @property
    def _api(self) -> V1 | V2:
        """The API that devices and labels are read through."""
        with self._lock:
            if self._chosen is None:
                wanted = self.transport.settings.api
                self._chosen = self._v2 if wanted == "v2" or (wanted == "auto" and self._answers_ping()) else self._v1
            return self._chosen

    def _answers_ping(self) -> bool:
        try:
            wire.results(self.transport.call(endpoints.PING), "The ping")
        except AnswerError:
            return False
        except ApiError as error:
            if error.status not in _NOT_THERE:
                raise
            return False
        return True

    def _require_v2(self, what: str) -> V2:
        api = self._api
        if isinstance(api, V2):
            return api
        raise OptionError(f"api: {what} needs API v2 of EPMM, which this server does not have or api=v1 rules out.")

    # Devices

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient. Partitions are the device spaces of EPMM; the account's own when none is wanted."""
        return self._api.partitions(wanted)

    def find(
        self, selection: Selection, *, keep_rows: bool, count_fleet: bool = False, fields: Sequence[str] = ()
    ) -> Found:
        """See UemClient."""
        return self._api.find(selection, keep_rows=keep_rows, count_fleet=count_fleet, fields=fields)

    def bitmaps(self, devices: Sequence[Device]) -> list[Device]:
        """Devices, read with their rows, with the bitmaps that API v1 alone has; one that it does not know stays as it is.

        Raises UemError where API v1 cannot be read, and AnswerError where it does not know what API v2 knows.
        """
        return list(devices) if self._api is self._v1 else self._v1.bitmaps(devices)

    def details(self, device: Device) -> Mapping[str, Any]:
        """See UemClient: the row, ``details`` by their names, and with API v2 the names of the device's ``labels``."""
        api = self._api
        if isinstance(api, V1):
            raw = api.details(device)
            return {**wire.device_v1(raw, keep_row=True).row, "details": wire.details_v1(raw)}
        labels = sorted(api.labels_on(device).values())
        try:
            if self.transport.settings.api == "v2":
                return {**device.row, "details": api.details(device), "labels": labels}
            raw = self._v1.details(device)
        except ApiError as error:
            # API v1 is to go; what it knows goes with it.
            if error.status not in _NOT_THERE:
                raise
            return {**device.row, "details": api.details(device), "labels": labels}
        row = wire.with_bitmaps(device, wire.device_v1(raw, keep_row=True)).row
        return {**row, "details": wire.details_v1(raw), "labels": labels}

    # Labels

    def labels(self) -> tuple[Label, ...]:
        """See UemClient."""
        return self._api.labels()

    def labels_of(self, devices: Sequence[Device], among: Sequence[Label]) -> Mapping[str, frozenset[str]]:
        """See UemClient."""
        return self._api.labels_of(devices, among)

    def label_names(self, devices: Sequence[Device], patterns: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See UemClient."""
        among = [label for label in self.labels() if fits(label.name, patterns)]
        names = {label.id: label.name for label in among}
        have = self.labels_of(devices, among)
        return {device.id: tuple(sorted({names[label] for label in have[device.id]})) for device in devices}

    def label_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See UemClient: devices that get and lose the same labels go together."""
        if changes:
            self._require_v2("putting labels on devices")
        return _grouped(changes, BULK_DEVICES)

    def write_labels(self, batch: Batch) -> list[Outcome]:
        """See UemClient. Where a call for many devices is not taken as a whole, its devices are sent one by one, for one
        unknown device may keep the others from getting their labels. What an answer leaves open is settled by reading."""
        done: frozenset[str] = frozenset()
        refused, again = "the server did not take it and does not say why", True
        try:
            done = self._moved(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            refused, again = _open_end(error)
        left = [change for change in batch.changes if change.subject.guid not in done]
        if again and len(batch.changes) > 1:
            settled = _one_by_one(left, self.write_labels)
        else:
            settled = {change.subject.id: self._settle_labels(change, refused) for change in left}
        return [settled.get(change.subject.id) or Outcome(change) for change in batch.changes]

    def _moved(self, changes: Sequence[Change], write: LabelsWrite) -> frozenset[str]:
        """Send, and answer the uuids of the devices that the server took for certain. Raises AnswerError when it says that
        it failed."""
        uuids = [change.subject.guid for change in changes]
        done = frozenset(uuids)
        for endpoint, labels in ((endpoints.LABELS_ADD, write.add), (endpoints.LABELS_REMOVE, write.remove)):
            if labels:
                done &= wire.moved(self._v2.move(endpoint, labels, uuids), uuids)
        return done

    def _settle_labels(self, change: Change, refused: str) -> Outcome:
        """An outcome by the labels that a device has now; ``refused`` is why it failed, if it did."""
        try:
            have = set(self._v2.labels_on(change.subject).values())
        except UemError:
            return Outcome(change, refused)
        reached = have.issuperset(change.write.add) and have.isdisjoint(change.write.remove)
        return Outcome(change, None if reached else refused)

    # Policies

    def policies(self) -> tuple[Policy, ...]:
        """See UemClient."""
        answer = self._v1.lists(endpoints.POLICIES)
        return tuple(wire.v1_policies(answer)) if answer is not None else ()

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """See UemClient."""
        answer = self._v1.lists(endpoints.POLICIES_OF_DEVICE, {"device": device.guid})
        return tuple(wire.v1_policies(answer)) if answer is not None else ()

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """See UemClient."""
        answer = self.transport.call(
            endpoints.POLICY_ON_LABEL, path={"policy": assignment.policy_id},
            query=[("action", "apply_label" if applied else "remove_label"), ("label", assignment.label)],
        )
        message = wire.accepted(answer)
        if message is None:
            said = wire.explain(answer).rstrip(".") or "it does not say why"
            raise AnswerError(f"{assignment.title}: the server answered HTTP 200 and no success: {said}.")
        return message

    # Alerts

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """See UemClient."""
        query = [] if wanted.read is None else [("isRead", "true" if wanted.read else "false")]
        if wanted.users and wanted.phones:
            both = pairs(wanted.users, wanted.phones)
            calls = [(endpoints.ALERTS_OF_BOTH, {"user": user, "phone": phone}) for user, phone in both]
        elif wanted.phones:
            calls = [(endpoints.ALERTS_OF_PHONE, {"phone": phone}) for phone in wanted.phones]
        elif wanted.users:
            calls = [(endpoints.ALERTS_OF_USER, {"user": user}) for user in wanted.users]
        else:
            calls = [(endpoints.ALERTS, {})]
        with ThreadPoolExecutor(self.transport.settings.concurrency) as pool:
            answers = list(pool.map(lambda call: self._v1.lists(call[0], call[1], query), calls))
        found = {alert.id: alert for answer in answers if answer is not None for alert in wire.v1_alerts(answer)}
        now = time.time()
        fitting = (alert for alert in found.values() if wanted.fits(alert, now))
        return tuple(sorted(fitting, key=lambda alert: int(alert.id)))

    def alert_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See UemClient."""
        return _grouped(changes, BULK_ALERTS)

    def write_alerts(self, batch: Batch) -> list[Outcome]:
        """See UemClient. What the answer leaves open, such as a count that is short, is settled by reading."""
        ids = [change.subject.id for change in batch.changes]
        query = [("isRead", "true" if batch.write.read else "false"), ("comments", batch.write.comment)]
        try:
            if len(ids) == 1:
                answer = self.transport.call(endpoints.ALERT_UPDATE, path={"alert": ids[0]}, query=query)
            else:
                answer = self.transport.call(endpoints.ALERTS_UPDATE, query=[*(("id", one) for one in ids), *query])
        except (ApiError, AnswerError, AnswerLostError) as error:
            return self._settle_alerts(batch, *_open_end(error))
        message = wire.accepted(answer)
        if message is not None and (len(ids) == 1 or wire.updated_alerts(message) == len(ids)):
            return [Outcome(change) for change in batch.changes]
        return self._settle_alerts(batch, f"the server answered: {wire.explain(answer) or 'nothing'}", True)

    def _settle_alerts(self, batch: Batch, reason: str, again: bool) -> list[Outcome]:
        """Outcomes by what the alerts are now. ``again``: those that a call for many left as they were are sent one by one."""
        try:
            found = self.alerts(AlertFilter(ids=tuple(change.subject.id for change in batch.changes)))
        except UemError:
            return [Outcome(change, reason) for change in batch.changes]
        now = {alert.id: alert.read for alert in found}
        settled = {
            change.subject.id: _marked(change, now.get(change.subject.id), batch.write.read, reason) for change in batch.changes
        }
        if again and len(batch.changes) > 1:
            left = [change for change in batch.changes if now.get(change.subject.id) == (not batch.write.read)]
            settled.update(_one_by_one(left, self.write_alerts))
        return [settled[change.subject.id] for change in batch.changes]


def _marked(change: Change, read: bool | None, wanted: bool, reason: str) -> Outcome:
    """The outcome for an alert that is ``read`` now; None: there is no such alert."""
    if read is None:
        return Outcome(change, "the alert vanished between reading and updating")
    return Outcome(change, None if read == wanted else reason)


def _open_end(error: UemError) -> tuple[str, bool]:
    """Why a write failed, and whether parts of it may be sent again. Raises errors after which the server did nothing.

    A server that is out of order, or did not answer, was asked several times already.
    """
    if isinstance(error, (CredentialsError, ForbiddenError)):
        raise error
    return str(error), isinstance(error, AnswerError) or (isinstance(error, ApiError) and error.status in _NOT_AS_A_WHOLE)


def _one_by_one(changes: Sequence[Change], write: Callable[[Batch], list[Outcome]]) -> dict[str, Outcome]:
    """By subject the outcomes of changes, each sent alone. One that fails does not undo what is known of the others."""
    found: dict[str, Outcome] = {}
    rejected = ""
    for change in changes:
        if rejected:
            found[change.subject.id] = Outcome(change, f"not sent: {rejected}")
            continue
        try:
            found[change.subject.id], = write(Batch((change,), change.write))
        except UemError as error:
            found[change.subject.id] = Outcome(change, str(error))
            rejected = str(error) if isinstance(error, CredentialsError) else ""
    return found


def _grouped(changes: Sequence[Change], most: int) -> list[Batch]:
    """Changes of equal writes together, so many in a batch."""
    groups: dict[Any, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.write, []).append(change)
    return [
        Batch(tuple(same[start:start + most]), write)
        for write, same in groups.items() for start in range(0, len(same), most)
    ]
