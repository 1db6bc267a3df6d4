# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels, and the devices on them (E50, E51). Only API v2 can put them on devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._core.device import GLOBAL_SPACE, Device, Label
from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CredentialsError,
    OptionError,
    UemError,
)
from ..._core.plan import NOT_SENT, Batch, Change, Outcome
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
_NOT_TAKEN_OFF = "the device was not taken off it, because another label could not be put on"

# By the id of a device, and by the name of a label, why the one may not be on the other as wanted.
_Faults = Mapping[str, Mapping[str, Fault]]


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

    def outside(self, label: Label, devices: Sequence[Device]) -> frozenset[str]:
        """See Labels. Two things must show it: the name of the device's space, and a list of the
        devices of the label's space, which may have others below it."""
        if not label.space_id or label.space_id == GLOBAL_SPACE:
            return frozenset()
        far = [
            device
            for device in devices
            if device.home not in ("", label.space) and device.space != label.space_id
        ]
        if not far:
            return frozenset()
        try:
            within = self._client.v2.within(label.space_id, far)
        except CredentialsError:
            raise
        except (ApiError, AnswerError):
            # The server decides.
            return frozenset()
        return frozenset(device.id for device in far) - within

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Labels. Devices of one space that get and lose the same labels share a call."""
        if changes:
            self._client.require_v2("putting labels on devices")
        return grouped(changes, BULK_DEVICES, lambda change: str(change.subject.space))

    def write(self, batch: Batch) -> list[Outcome]:
        """See Labels.

        If the answer does not say what was done, the labels are read. If a call for many is not taken
        as a whole, each label is sent by itself, and then each device: a single label or a single
        device may stop the others.
        """
        faults = self._sent(batch.changes, batch.write)
        settled = self._settled(batch.changes, faults)
        return [settled.get(change.subject.id) or Outcome(change) for change in batch.changes]

    def _sent(self, changes: Sequence[Change[Any]], write: LabelsWrite) -> _Faults:
        """Send labels of devices, together and then apart as far as that is needed.

        Raises:
            UemError: The server did nothing, and would refuse everything else as well.
        """
        left, fault, may_retry = self._sent_together(changes, write)
        if may_retry and left and max(len(write.add), len(write.remove)) > 1:
            return self._sent_apart(left, write)
        if may_retry and len(changes) > 1:
            alone = one_by_one(left, partial(self._move_one, write=write))
            return {one: dict.fromkeys(write.names, fault) for one, fault in alone.items()}
        return {change.subject.id: dict.fromkeys(write.names, fault) for change in left}

    def _sent_together(
        self, changes: Sequence[Change[Any]], write: LabelsWrite
    ) -> tuple[list[Change[Any]], Fault, bool]:
        """Send labels of devices with as few calls as there can be.

        Returns:
            The changes that may not have been made, why, and whether parts may be sent again.
        """
        done: frozenset[str] = frozenset()
        fault, may_retry = Fault(_NO_REASON, known=False), True
        try:
            done = self._moved(changes, write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            fault, may_retry = assess_failure(error)
        left = [change for change in changes if change.subject.guid not in done]
        if not fault.known and left:
            left = self._unreached(left, write)
        return left, fault, may_retry

    def _sent_apart(self, changes: Sequence[Change[Any]], write: LabelsWrite) -> _Faults:
        """Send each label by itself. A device is taken off labels only after it was put on all that it
        gets: otherwise it could be left with none."""
        faults: dict[str, dict[str, Fault]] = {change.subject.id: {} for change in changes}
        stop: Fault | None = None
        for part in write.apart:
            [name] = part.names
            ready = []
            for change in changes:
                own = faults[change.subject.id]
                if stop is not None:
                    own[name] = stop
                elif part.remove and own:
                    own[name] = Fault(_NOT_TAKEN_OFF)
                else:
                    ready.append(change)
            if not ready:
                continue
            try:
                found = self._sent(ready, part)
            except UemError as error:
                found = {one.subject.id: {name: Fault.of(error)} for one in ready}
                stop = Fault(f"{NOT_SENT}: {error}")
            for device, more in found.items():
                faults[device].update(more)
        return {device: own for device, own in faults.items() if own}

    def _unreached(self, changes: Sequence[Change[Any]], write: LabelsWrite) -> list[Change[Any]]:
        """Return the changes whose devices do not show them. Where that cannot be read, these are
        all of them."""
        try:
            have = self._names_on([change.subject for change in changes], write.names)
        except UemError:
            return list(changes)
        return [one for one in changes if write.lacking(have[one.subject.id])]

    def _move_one(self, change: Change[Any], write: LabelsWrite) -> None:
        """Send one device.

        Raises:
            AnswerError: The server may not have taken it.
        """
        if not self._moved([change], write):
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

    def _settled(self, changes: Sequence[Change[Any]], faults: _Faults) -> dict[str, Outcome]:
        """Return the outcomes of what may have failed, by the labels that the devices have now."""
        left = [change for change in changes if change.subject.id in faults]
        wanted = {name for change in left for name in change.write.names}
        try:
            have = self._names_on([change.subject for change in left], wanted) if left else {}
        except UemError as error:
            unread = f"The labels of the device could not be read afterwards: {error}"
            return {
                one.subject.id: _fault(faults[one.subject.id], one.write.names).outcome(one, unread)
                for one in left
            }
        return {
            change.subject.id: _outcome(change, have[change.subject.id], faults[change.subject.id])
            for change in left
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


def _outcome(change: Change[Any], have: frozenset[str], faults: Mapping[str, Fault]) -> Outcome:
    """Return the outcome for a device that has these labels now."""
    lacking = change.write.lacking(have)
    if not lacking:
        return Outcome(change)
    outcome = _fault(faults, lacking, of=change.write.names).outcome(change, known=True)
    return replace(outcome, taken=len(lacking) < len(change.write.names))


def _fault(
    faults: Mapping[str, Fault], lacking: Collection[str], of: Collection[str] = ()
) -> Fault:
    """Return the fault of a device, from those of its labels.

    Args:
        faults: Why labels may have failed, by their names.
        lacking: The labels that the fault is about.
        of: All labels that were sent; where these are several, the fault names those that failed.
    """
    labels: dict[str, list[str]] = {}
    for name in lacking:
        labels.setdefault(faults.get(name, Fault(_NO_REASON)).reason, []).append(repr(name))
    known = all(faults[name].known for name in lacking if name in faults)
    if len(labels) == 1 and len(lacking) == len(of or lacking):
        return Fault(next(iter(labels)), known)
    parts = (
        f"the {'label' if len(names) == 1 else 'labels'} {', '.join(names)}: {reason.rstrip('.')}"
        for reason, names in labels.items()
    )
    return Fault("; ".join(parts), known)


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
