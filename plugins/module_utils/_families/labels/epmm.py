# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels, and the devices on them (E50, E51). Only API v2 can put them on devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..._core.device import Device, Label
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, AnswerLostError, ApiError, UemError
from ..._core.plan import Batch, Change, Outcome
from ..._products.batches import assess_failure, grouped, one_by_one
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import LABELS_ROLE, V2_LABELS
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

_NO_REASON = "the server did not take it and does not say why"


class EpmmLabels:
    """See Labels."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def labels(self) -> tuple[Label, ...]:
        """See Labels."""
        return self._client.api.labels()

    def members(self, label: Label) -> Sequence[Device]:
        """See Labels."""
        return self._client.api.members(label)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """See Labels."""
        return self._client.api.labels_of(devices, among)

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Labels. Devices of one space that get and lose the same labels share a call."""
        if changes:
            self._client.require_v2("putting labels on devices")
        return grouped(changes, BULK_DEVICES, lambda change: str(change.subject.space))

    def write(self, batch: Batch) -> list[Outcome]:
        """See Labels.

        If a call for many devices is not taken as a whole, its devices are sent one by one: a
        single unknown device may stop the others. If the answers do not say what was done, the
        labels are read once.
        """
        done: frozenset[str] = frozenset()
        reason, may_retry = _NO_REASON, True
        try:
            done = self._moved(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            reason, may_retry = assess_failure(error)
        left = [change for change in batch.changes if change.subject.guid not in done]
        reasons = {change.subject.id: reason for change in left}
        if may_retry and len(batch.changes) > 1:
            reasons = one_by_one(left, self._move_one)
        settled = self._settled(
            [change for change in left if change.subject.id in reasons], reasons
        )
        return [settled.get(change.subject.id) or Outcome(change) for change in batch.changes]

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
        space = self._client.v2.space_of(changes[0].subject)
        done = frozenset(uuids)
        for endpoint, labels in (
            (LABELS_ADD, write.add),
            (LABELS_REMOVE, write.remove),
        ):
            if labels:
                answer = self._client.transport.call(
                    endpoint,
                    path={"labels": labels},
                    query=[("adminDeviceSpaceId", space)],
                    json_body={"deviceUuids": uuids},
                )
                done &= moved(answer, uuids)
        return done

    def _settled(
        self, changes: Sequence[Change[Any]], reasons: Mapping[str, str]
    ) -> dict[str, Outcome]:
        """Return outcomes by the labels that the devices have now.

        Args:
            changes: The changes.
            reasons: Why each change may have failed, by the id of its device.
        """
        wanted = {name for change in changes for name in (*change.write.add, *change.write.remove)}
        try:
            have = self._names_on([change.subject for change in changes], wanted) if changes else {}
        except UemError:
            return {
                change.subject.id: Outcome(change, reasons[change.subject.id]) for change in changes
            }
        return {
            change.subject.id: _outcome(change, have[change.subject.id], reasons[change.subject.id])
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
        among = [label for label in v2.labels() if label.name in wanted]
        names = {label.id: label.name for label in among}
        have = v2.labels_of(devices, among)
        return {
            device: frozenset(names[label] for label in labels) for device, labels in have.items()
        }


def _outcome(change: Change[Any], have: frozenset[str], reason: str) -> Outcome:
    """Return the outcome for a device that has these labels now."""
    reached = have.issuperset(change.write.add) and have.isdisjoint(change.write.remove)
    return Outcome(change, None if reached else reason)


def moved(answer: Any, uuids: Sequence[str]) -> frozenset[str]:
    """Return which devices a write of labels took.

    Args:
        answer: The answer of "Apply labels to devices" or its counterpart.
        uuids: The devices that were sent.

    Returns:
        The uuids of those that the answer shows as taken.

    Raises:
        AnswerError: The answer has ``successful: false``, which comes with HTTP 200.
    """
    if not isinstance(answer, Mapping) or answer.get("successful") is not True:
        message = answers.explain(answer) or "it does not say why"
        raise AnswerError(f"the server answered HTTP 200, but reported no success: {message}")
    by_device = answer.get("deviceResults")
    if not isinstance(by_device, Mapping) or not by_device:
        return frozenset(uuids)
    done = {
        text_of(uuid).lower()
        for uuid, key in by_device.items()
        if "success" in text_of(key).lower()
    }
    return frozenset(uuid for uuid in uuids if uuid in done)
