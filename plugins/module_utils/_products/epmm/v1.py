# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and labels through API v1.

Its answers are whole lists: one for each status, user, label, phone number or address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Device, DeviceRef, Label, Partition
from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AbsentError, AnswerError, ApiError, NotFoundError, OptionError
from ..._core.names import pick_all
from ..._core.selection import Found, Selection
from ..._http.paging import Page, Spot, read_all
from ..._http.parallel import each
from ..._http.request import Query
from ..._http.transport import Transport
from . import answers, endpoints, query
from .devices import v1_device, v1_devices
from .labels import v1_labels

# "Status and statusCode values": a list call returns the devices of one status, or the ACTIVE ones
# if no status is given.
# fmt: off
STATUSES = (
    "ACTIVE", "IENROLL_VERIFIED", "IENROLL_INPROGRESS", "IENROLL_COMPLETE", "INFECTED", "LOST", "RETIRED", "VERIFIED",
    "VERIFICATION_PENDING", "EXPIRED", "WIPED",
)
# fmt: on
# The same section has codes for these, and does not list them as statuses to request. A server may
# answer 400.
UNLISTED_STATUSES = ("RETIRE_PENDING", "BLOCKED")

# At most this many devices are looked up one by one. More are picked from the lists of all devices.
FEW_LOOKUPS = 50

# The most phone numbers in one call; the document shows two.
PHONES = 20


# A call that reads devices. Its argument ``keep_row`` says whether they keep their rows.
Read = Callable[..., list[Device]]


class V1:
    """The calls of API v1. Safe to use from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._is_there = False

    def lists(
        self, endpoint: Endpoint, path: Mapping[str, Segment] | None = None, query: Query = ()
    ) -> Any:
        """Return the answer of a list call, or None for HTTP 404, which means that the list is
        empty.

        HTTP 404 may also mean that url is wrong. So after the first one the labels are read, of
        which every server has some.

        Args:
            endpoint: The call.
            path: The values of the path's segments.
            query: The parameters of the call.

        Raises:
            AbsentError: The labels are missing, too.
            AnswerError: The answer is null.
        """
        try:
            answer = self._transport.call(endpoint, path=path, query=query)
        except NotFoundError as error:
            if not self._is_there:
                self._require_api(error)
            return None
        self._is_there = True
        if answer is None:
            raise AnswerError(
                f"{endpoint.method} {endpoint.fill(**(path or {}))} was answered with null "
                "instead of a list; ask the server's administrator."
            )
        return answer

    def _require_api(self, error: NotFoundError) -> None:
        try:
            self._transport.call(endpoints.LABELS_V1)
        except NotFoundError:
            raise AbsentError(
                f"{error} The server has no labels either, so API v1 is not there; set url to the "
                "address before /api/."
            ) from None
        self._is_there = True

    # Devices

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient. API v1 has no device spaces.

        Raises:
            OptionError: Some are wanted.
        """
        if wanted:
            raise OptionError(
                "partitions: API v1 of EPMM has no device spaces; leave it out, or use API v2."
            )
        return ()

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """See UemClient. Fields of API v2 are not available."""
        if selection.filter:
            raise OptionError(
                "filters: API v1 of EPMM has no query language; leave it out, and narrow by "
                "fields or by query."
            )
        self.partitions(selection.partitions)
        query.require_fields(selection, in_v2=False)
        keep = keep_rows or query.needs_rows(selection)
        reads = self._reads(selection)
        everything = reads is None
        devices = self.gather(reads or self._all_reads(), keep_row=keep)
        fleet = None
        if everything:
            fleet = len(devices)
        elif count_fleet:
            fleet = len(self.gather(self._all_reads(), keep_row=False))
        return query.chosen(devices, selection, time.time(), keep_rows=keep_rows, fleet=fleet)

    def of_guid(self, guid: str, *, keep_row: bool) -> list[Device]:
        """Return the device with this uuid, or no device."""
        return self._of(endpoints.DEVICE, {"device": guid}, keep_row=keep_row)

    def details(self, device: Device) -> Mapping[str, Any]:
        """Return the object of one device."""
        answer = self._transport.call(endpoints.DEVICE, path={"device": device.guid})
        return v1_device(answer, f"The details of {device.title}")

    def _reads(self, selection: Selection) -> list[Read] | None:
        """Return the calls whose answers include every device that can meet a selection.

        Returns:
            The calls, or None if all devices have to be read.
        """
        if selection.labels:
            labels = pick_all(selection.labels, self.labels(), "select.labels", "label")
            return [partial(self._of_label, label) for label in labels]
        lookups = self._lookups(selection.names) if selection.names else None
        if lookups is not None and len(lookups) <= FEW_LOOKUPS:
            return lookups
        status = selection.attributes.get("status")
        statuses = selection.statuses if status is None else (status,)
        return [partial(self.of_status, status.upper()) for status in statuses] or None

    def _lookups(self, names: Iterable[DeviceRef]) -> list[Read] | None:
        phones: list[str] = []
        reads: list[Read] = []
        for ref in names:
            if ref.kind == "phone_number":
                phones.append(ref.value)
            elif ref.kind in _LOOKUPS:
                endpoint, segment = _LOOKUPS[ref.kind]
                reads.append(partial(self._of, endpoint, {segment: ref.value}))
            else:
                return None
        for start in range(0, len(phones), PHONES):
            numbers = tuple(phones[start : start + PHONES])
            reads.append(partial(self._of, endpoints.BY_PHONE, {"numbers": numbers}))
        return reads

    def _all_reads(self) -> list[Read]:
        return [partial(self.of_status, status) for status in (*STATUSES, *UNLISTED_STATUSES)]

    def gather(self, reads: Sequence[Read], *, keep_row: bool) -> list[Device]:
        """Return the devices of several calls, each once, in the order of their ids."""
        found: dict[str, Device] = {}
        concurrency = self._transport.settings.concurrency
        for devices in each(lambda read: read(keep_row=keep_row), reads, concurrency):
            found.update((device.id, device) for device in devices)
        return sorted(found.values(), key=lambda device: int(device.id))

    def _of(
        self, endpoint: Endpoint, path: Mapping[str, Segment], query: Query = (), *, keep_row: bool
    ) -> list[Device]:
        """Return the devices of a list.

        If the server's totalCount shows that it sent only a part, the rest is read as well.
        """
        answer = self.lists(endpoint, path, query)
        if answer is None:
            return []
        devices = v1_devices(answer, keep_row=keep_row)
        total = answers.total(answer)
        if total is None or total <= len(devices):
            return devices
        step = max(1, len(devices))

        def fetch(spot: Spot) -> Page[Device]:
            part = self.lists(
                endpoint, path, [*query, ("limit", str(step)), ("offset", str(spot.start))]
            )
            return Page(
                [] if part is None else v1_devices(part, keep_row=keep_row),
                answers.total(part) or 0,
            )

        return read_all(
            fetch,
            key=lambda device: device.id,
            what="devices",
            concurrency=self._transport.settings.concurrency,
        )

    def _of_label(self, label: Label, *, keep_row: bool) -> list[Device]:
        devices = self._of(endpoints.BY_LABEL, {"label": label.name}, keep_row=keep_row)
        if not devices and label.device_count and "/" in label.name:
            # A web server may answer 404 to an encoded slash, which would mean here that there are
            # no devices.
            raise AnswerError(
                f"The label {label.name!r} has {label.device_count} devices, and the server lists "
                "none of them. A web server often refuses a path with an encoded slash; rename "
                "the label, leave it out, or use API v2."
            )
        return devices

    def of_status(self, status: str, *, keep_row: bool) -> list[Device]:
        """Return the devices of a status."""
        try:
            return self._of(endpoints.DEVICES_V1, {}, [("status", status)], keep_row=keep_row)
        except ApiError as error:
            if error.status == 400 and status in UNLISTED_STATUSES:
                return []
            raise

    # Labels

    def labels(self) -> tuple[Label, ...]:
        """Return all labels."""
        answer = self.lists(endpoints.LABELS_V1)
        return tuple(v1_labels(answer)) if answer is not None else ()

    def members(self, label: Label) -> list[Device]:
        """Return the devices of a label."""
        return self._of_label(label, keep_row=False)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> dict[str, frozenset[str]]:
        """Return the labels of devices; see ``by_members``."""
        return by_members(devices, among, self.members, self._transport.settings.concurrency)


def by_members(
    devices: Sequence[Device],
    among: Sequence[Label],
    members: Callable[[Label], Sequence[Device]],
    concurrency: int,
) -> dict[str, frozenset[str]]:
    """Find the labels of devices by reading the devices of labels.

    Args:
        devices: The devices.
        among: The labels to look at.
        members: Reads the devices of a label.
        concurrency: How many labels are read at a time.

    Returns:
        For the id of each device the ids of its labels.
    """
    members_of = {
        label.id: {device.id for device in found}
        for label, found in zip(among, each(members, among, concurrency), strict=True)
    }
    return {
        device.id: frozenset(label for label, ids in members_of.items() if device.id in ids)
        for device in devices
    }


_LOOKUPS = {
    "guid": (endpoints.DEVICE, "device"),
    "uid": (endpoints.BY_USER, "user"),
    "mac_address": (endpoints.BY_MAC, "mac"),
}
