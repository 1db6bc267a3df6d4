# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels, and the devices on them (E50, E51). Only API v2 can put them on devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..._core.device import GLOBAL_SPACE, Device, Label
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, AnswerLostError, ApiError, OptionError, UemError
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import first_of
from ..._products.batches import Fault, assess_failure, grouped, of_several, one_by_one
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.device_results import device_results, is_done
from ..._products.epmm.endpoints import LABELS_ROLE, V2_LABELS
from ..._products.epmm.v1 import is_unlisted
from ..._products.values import text_of
from .model import LabelsWrite

LABELS_ADD = Endpoint(
    "E50",
    "PUT",
    "/api/v2/devices/labels/{labels}/add",
    V2_LABELS + "Apply labels to devices",
    LABELS_ROLE,
    idempotent=True,
)
LABELS_REMOVE = Endpoint(
    "E51",
    "PUT",
    "/api/v2/devices/labels/{labels}/remove",
    V2_LABELS + "Remove labels from devices",
    LABELS_ROLE,
    idempotent=True,
)

# The most devices in one call; no limit is documented.
BULK_DEVICES = 200

# At most this many devices are named in a sentence.
NAMED = 10

_NO_REASON = "the server did not take it and does not say why"


class EpmmLabels:
    """See Labels."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client
        self._global: frozenset[str] = frozenset()

    def labels(self) -> tuple[Label, ...]:
        """See Labels."""
        labels = self._client.api.labels()
        self._global = frozenset(one.name for one in labels if one.space_id == GLOBAL_SPACE)
        return labels

    def members(self, label: Label) -> Sequence[Device]:
        """See Labels."""
        return self._client.api.members(label)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """See Labels.

        Raises:
            OptionError: API v1 does not show the labels of some device. Such a device would seem to
                have none.
        """
        api = self._client.api
        waiting = [one.title for one in devices if api is self._client.v1 and is_unlisted(one)]
        if waiting:
            raise OptionError(
                f"api: API v1 lists no labels of devices that are not registered yet: {first_of(waiting, NAMED)}; "
                "nothing was done. Leave them out, or use API v2."
            )
        return api.labels_of(devices, among)

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Labels. Devices of one space that get and lose the same labels share a call."""
        if changes:
            self._client.require_v2("putting labels on devices")
        return grouped(changes, BULK_DEVICES, lambda change: str(change.subject.space))

    def write(self, batch: Batch) -> list[Outcome]:
        """See Labels.

        If the answer does not say what was done, the labels are read. If a call for many devices
        is not taken as a whole, the devices that are left are sent one by one: a single unknown
        device may stop the others.
        """
        done: frozenset[str] = frozenset()
        fault, may_retry = Fault(_NO_REASON, known=False), True
        try:
            done = self._moved(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            fault, may_retry = assess_failure(error)
        left = [change for change in batch.changes if change.subject.guid not in done]
        if not fault.known:
            left = self._unreached(left)
        faults = {change.subject.id: fault for change in left}
        if may_retry and len(batch.changes) > 1:
            faults = one_by_one(left, self._move_one)
        settled = self._settled([change for change in left if change.subject.id in faults], faults)
        return [settled.get(change.subject.id) or Outcome(change) for change in batch.changes]

    def _unreached(self, changes: Sequence[Change[Any]]) -> list[Change[Any]]:
        """Return the changes whose devices do not show them. Where that cannot be read, these are
        all of them."""
        fault = Fault(_NO_REASON)
        settled = self._settled(changes, {change.subject.id: fault for change in changes})
        return [change for change in changes if settled[change.subject.id].error is not None]

    def _move_one(self, change: Change[Any]) -> None:
        """Send one device.

        Raises:
            AnswerError: The server may not have taken it.
        """
        if not self._moved([change], change.write):
            raise AnswerError(_NO_REASON)

    def _moved(self, changes: Sequence[Change[Any]], write: LabelsWrite) -> frozenset[str]:
        """Send devices. Return the uuids of those that the server certainly took.

        Raises:
            AnswerError: The server says that it failed.
        """
        uuids = [change.subject.guid for change in changes]
        done = frozenset(uuids)
        calls = self._calls(changes[0].subject, write)
        for number, (endpoint, space, labels) in enumerate(calls):
            with of_several(number):
                answer = self._client.transport.call(
                    endpoint,
                    path={"labels": labels},
                    query=[("adminDeviceSpaceId", space)],
                    json_body={"deviceUuids": uuids},
                )
                done &= moved(answer, uuids)
        return done

    def _calls(
        self, device: Device, write: LabelsWrite
    ) -> list[tuple[Endpoint, str, tuple[str, ...]]]:
        """Return the calls of a write, each with its device space and its labels.

        Global labels can be applied in the global space only, others where the device was found.
        """
        v2 = self._client.v2
        spaces = {True: v2.global_space_for(device), False: v2.space_of(device)}
        calls = []
        for endpoint, names in ((LABELS_ADD, write.add), (LABELS_REMOVE, write.remove)):
            by_space: dict[str, list[str]] = {}
            for name in names:
                by_space.setdefault(spaces[name in self._global], []).append(name)
            calls += [(endpoint, space, tuple(group)) for space, group in by_space.items()]
        return calls

    def _settled(
        self, changes: Sequence[Change[Any]], faults: Mapping[str, Fault]
    ) -> dict[str, Outcome]:
        """Return outcomes by the labels that the devices have now.

        Args:
            changes: The changes.
            faults: Why each change may have failed, by the id of its device.
        """
        wanted = {name for change in changes for name in (*change.write.add, *change.write.remove)}
        try:
            have = self._names_on([change.subject for change in changes], wanted) if changes else {}
        except UemError as error:
            unread = f"The labels of the device could not be read afterwards: {error}"
            return {one.subject.id: faults[one.subject.id].outcome(one, unread) for one in changes}
        return {
            change.subject.id: _outcome(change, have[change.subject.id], faults[change.subject.id])
            for change in changes
        }

    def _names_on(
        self, devices: Sequence[Device], wanted: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return which of the wanted labels devices have now.

        Returns:
            For the id of each device the names of its labels.
        """
        v2 = self._client.v2
        if len(devices) == 1:
            return {devices[0].id: frozenset(v2.labels_on(devices[0]).values())}
        among = [label for label in v2.read_labels() if label.name in wanted]
        names = {label.id: label.name for label in among}
        have = v2.labels_of(devices, among)
        return {
            device: frozenset(names[label] for label in labels) for device, labels in have.items()
        }


def _outcome(change: Change[Any], have: frozenset[str], fault: Fault) -> Outcome:
    """Return the outcome for a device that has these labels now."""
    reached = have.issuperset(change.write.add) and have.isdisjoint(change.write.remove)
    return Outcome(change) if reached else fault.outcome(change, known=True)


def moved(answer: Any, uuids: Sequence[str]) -> frozenset[str]:
    """Return which devices a write of labels took.

    Two shapes were seen: ``successful``, perhaps with a result for each device, and records, one
    for each label with its devices. A device counts as taken where all that the answer says of it
    is success.

    Args:
        answer: The answer of "Apply labels to devices" or its counterpart.
        uuids: The devices that were sent.

    Returns:
        The uuids of those that the answer shows as taken.

    Raises:
        AnswerError: The answer has ``successful: false``, which comes with HTTP 200, or neither
            shape.
    """
    records = _records(answer)
    if records and answer.get("successful") is not False:
        return _recorded(records, uuids)
    if not isinstance(answer, Mapping) or answer.get("successful") is not True:
        raise answers.no_success(answers.explain(answer))
    if not answer.get("deviceResults"):
        return frozenset(uuids)
    words = device_results(answer)
    return frozenset(uuid for uuid in uuids if is_done(words.get(uuid, "")))


def _records(answer: Any) -> list[Mapping[str, Any]]:
    """Return the devices in ``results.records[].device[]``, which a public client reads."""
    results = answer.get("results") if isinstance(answer, Mapping) else None
    records = results.get("records") if isinstance(results, Mapping) else None
    return [
        device
        for record in answers.listed(records)
        if isinstance(record, Mapping)
        for device in answers.listed(record.get("device"))
        if isinstance(device, Mapping)
    ]


def _recorded(records: Sequence[Mapping[str, Any]], uuids: Sequence[str]) -> frozenset[str]:
    """Return the devices whose records have no failure.

    Which key names a device is not known, so any value that is the uuid of a device counts. Where
    no record names one, they are about all of them.
    """
    good: set[str] = set()
    bad: set[str] = set()
    for record in records:
        named = {text_of(value).lower() for value in record.values()} & set(uuids)
        (bad if _has_failed(record) else good).update(named or uuids)
    return frozenset(good - bad)


def _has_failed(record: Mapping[str, Any]) -> bool:
    """Return whether a record of a device has a code of failure."""
    code = text_of(record.get("failureCode")).strip().lower()
    return code not in ("", "0", "none", "null", "success")
