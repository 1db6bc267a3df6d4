# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom attributes of devices of Neurons for MDM (N02-N06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._core.attributes import canonical, is_numeric, missing_values
from ..._core.device import Attrs, Device, DeviceRef
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, AnswerLostError, ApiError, NotFoundError
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import numbered
from ..._http.parallel import each
from ..._products.batches import grouped, one_each
from ..._products.neurons.answers import accepted, result_of
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.devices import attributes_of
from ..._products.neurons.endpoints import GUIDE, MANAGER, READER
from ..._products.values import text_of
from .model import AttrsWrite, HeldAttrs

_ATTRIBUTES = "/api/v1/device/{device}/customattributes"
ATTRS_GET = Endpoint(
    "N02",
    "GET",
    _ATTRIBUTES,
    GUIDE + "Get Custom Attributes Per Device",
    READER,
    safe=True,
    idempotent=True,
)
ATTRS_REPLACE = Endpoint(
    "N03",
    "POST",
    _ATTRIBUTES,
    GUIDE + "Add/Replace Custom Attributes Per Device",
    MANAGER,
    idempotent=True,
)
ATTRS_MERGE = Endpoint(
    "N04",
    "PATCH",
    _ATTRIBUTES,
    GUIDE + "Patch custom attributes per device",
    MANAGER,
    idempotent=True,
)
# The same call with forceOverwrite=false: sent twice it appends twice.
ATTRS_APPEND = Endpoint(
    "N04", "PATCH", _ATTRIBUTES, GUIDE + "Patch custom attributes per device", MANAGER
)
ATTRS_REMOVE_MANY = Endpoint(
    "N05",
    "DELETE",
    "/api/v1/device/customattributes",
    GUIDE + "Remove custom attributes per device - method 1",
    MANAGER,
    idempotent=True,
)
ATTRS_REMOVE = Endpoint(
    "N06",
    "DELETE",
    _ATTRIBUTES,
    GUIDE + "Remove custom attributes per device - method 2",
    MANAGER,
    idempotent=True,
)

# The most devices in one bulk removal; the guide names no limit.
BULK_DEVICES = 500

_SINGLE_WRITES: Mapping[str, Endpoint] = {
    "merge": ATTRS_MERGE,
    "append": ATTRS_APPEND,
    "replace": ATTRS_REPLACE,
    "remove": ATTRS_REMOVE,
}


class NeuronsAttributes:
    """Custom attributes of the devices of a tenant."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client
        self._transport = client.transport

    def with_current(self, devices: Sequence[Device]) -> list[Device]:
        """See Attributes."""

        def current(device: Device) -> Device:
            try:
                return replace(device, attrs=self._read(device))
            except NotFoundError:
                return device

        return each(current, devices, self._transport.settings.concurrency)

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Attributes. Removals of the same names go together; every other write is a separate
        call."""
        removals = [change for change in changes if change.write.verb == "remove"]
        others = [change for change in changes if change.write.verb != "remove"]
        return one_each(others) + grouped(removals, BULK_DEVICES)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Attributes."""
        if len(batch.changes) > 1:
            return self._remove_many(batch)
        [change] = batch.changes
        self._write_one(change.subject, batch.write)
        return [Outcome(change)]

    def _write_one(self, device: Device, write: AttrsWrite) -> None:
        endpoint = _SINGLE_WRITES[write.verb]
        body = write_body(write, device.attrs)
        send = partial(self._transport.call, endpoint, path={"device": device.id}, json_body=body)
        answer = None
        # A request that is repeated would append twice, so the device is read after a lost answer.
        for repeats in range(2):
            try:
                answer = send()
                break
            except (AnswerLostError, ApiError) as error:
                if endpoint.idempotent or error.effect == "none":
                    raise
                if self._has(device, write):
                    return
                if repeats:
                    raise
        accepted(answer, f"{write.verb} attributes of {device.title}")

    def _has(self, device: Device, write: AttrsWrite) -> bool:
        """Return whether a device has the values of a write whose answer was lost: then it took
        effect."""
        now = {canonical(name): (name, values) for name, values in self._read(device).items()}
        for name, values in write.attrs:
            have_name, have = now.get(canonical(name), (name, ()))
            if missing_values(values, have, numeric=is_numeric(name, have_name)):
                return False
        return True

    def _remove_many(self, batch: Batch) -> list[Outcome]:
        """Send one bulk removal.

        Its result is a count in some releases and always 1 in others. So if it is less than the
        number of devices, each device is read.
        """
        ids = [change.subject.id for change in batch.changes]
        body = removal_body(ids, batch.write.names)
        answer = self._transport.call(ATTRS_REMOVE_MANY, json_body=body)
        if accepted(answer, f"Remove attributes of {numbered(len(ids), 'devices')}") >= len(ids):
            return [Outcome(change) for change in batch.changes]
        return each(self._removed, batch.changes, self._transport.settings.concurrency)

    def _removed(self, change: Change[Any]) -> Outcome:
        """Return the outcome of a removal, from the attributes that the device has now."""
        try:
            now = self._read(change.subject)
        except (ApiError, AnswerError, AnswerLostError) as error:
            return Outcome(change, str(error), known=False)
        names = {canonical(name) for name in change.write.names}
        left = sorted(names & {canonical(name) for name in now})
        if not left:
            return Outcome(change)
        return Outcome(change, f"the server kept {', '.join(left)} although it answered success")

    def _read(self, device: Device) -> Attrs:
        """Return the custom attributes that a device has now.

        They come from the database, not from the index behind the list.
        """
        answer = self._transport.call(ATTRS_GET, path={"device": device.id})
        return attributes_answer(answer, f"The attributes of {device.title}")

    def held(self, ref: DeviceRef) -> HeldAttrs | None:
        """See Attributes."""
        try:
            answer = self._transport.call(ATTRS_GET, path={"device": ref.value})
        except NotFoundError:
            return None
        return held_answer(answer, ref)


def attributes_answer(answer: Any, what: str) -> Attrs:
    """Return the attributes in the answer for one device.

    The guide shows it with and without an envelope.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.
    """
    if isinstance(answer, Mapping) and "attrs" in answer and "result" not in answer:
        return attributes_of(answer)
    return attributes_of(result_of(answer, what))


def held_answer(answer: Any, ref: DeviceRef) -> HeldAttrs:
    """Return the attributes in the answer for the device with a name.

    Without an envelope the answer does not say which device it is about.

    Raises:
        AnswerError: It is about another device.
    """
    result = answer.get("result") if isinstance(answer, Mapping) else None
    said = result if isinstance(result, Mapping) else {}
    number, guid = text_of(said.get("deviceId")), text_of(said.get("guid")).lower()
    other = number if ref.kind == "id" else guid
    if other and other != ref.value:
        raise AnswerError(f"The attributes of {ref.title}: the server sent those of {other}.")
    known = {"id": number or None, "guid": guid or None, ref.kind: ref.value}
    attrs = attributes_answer(answer, f"The attributes of {ref.title}")
    return HeldAttrs(attrs=attrs, **known)


def write_body(write: AttrsWrite, current: Attrs) -> dict[str, Any]:
    """Return the JSON body of a write for one device.

    A removal sends each attribute with its present values, as the guide's example does ("Remove
    custom attributes per device - method 2"). The guide does not say whether they matter.

    Args:
        write: What is to be written.
        current: The attributes of the device.
    """
    if write.verb == "remove":
        have = {canonical(name): list(values) for name, values in current.items()}
        return {"attrs": {name: have.get(canonical(name), []) for name in write.names}}
    body: dict[str, Any] = {"attrs": {name: list(values) for name, values in write.attrs}}
    if write.verb in ("merge", "append"):
        body["forceOverwrite"] = write.verb == "merge"
    return body


def removal_body(ids: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """Return the JSON body of a removal for many devices ("Remove custom attributes per device -
    method 1")."""
    return {"ids": list(ids), "attrKeys": list(names)}
