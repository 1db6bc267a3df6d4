# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and labels through API v1.

Its answers are whole lists: one for each status, user, label, phone number or address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..._core.device import Device, DeviceRef, Label, Partition
from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AnswerError, ApiError, NotFoundError, OptionError, UemError
from ..._core.names import pick_all
from ..._core.selection import (
    NAME_KINDS,
    SHORTEST_PHONE,
    Found,
    Names,
    Selection,
    has_number,
    require_one_number,
)
from ..._core.vocabulary import EPMM_FIELDS, LABELS
from ..._core.wording import numbered
from ..._http.paging import PASSES, Page, Spot, read_all, read_counted
from ..._http.parallel import each
from ..._http.request import Query
from ..._http.transport import Transport
from ..proof import contradicts
from ..visible import enough, explained, require_visible
from . import answers, endpoints, query
from .devices import device_v1, v1_device, v1_devices
from .endpoints import STATUSES, UNLISTED_STATUSES
from .labels import require_labels, v1_labels
from .lists import V1Lists

# "This API applies only to registered devices": the lists of labels leave out those of this status.
_UNREGISTERED = "VERIFICATION_PENDING"

# The server's own label of all devices. Whether that includes the retired ones is not documented.
_EVERYONE = "-1"

# At most this many devices are looked up one by one. More are picked from the lists of all devices.
FEW_LOOKUPS = 50

# The most phone numbers in one call; the document shows two.
PHONES = 20


# A call that reads devices. Its argument ``keep_row`` says whether they keep their rows.
Read = Callable[..., list[Device]]


class V1(V1Lists):
    """The calls of API v1 that read devices and labels. Safe to use from several threads."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._labels: tuple[Label, ...] = ()

    @property
    def unsaid(self) -> frozenset[str]:
        """The fields that rows of this API never have."""
        return frozenset((LABELS, *(field.name for field in EPMM_FIELDS if not field.v1)))

    # Devices

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient. API v1 has no device spaces.

        Raises:
            OptionError: Some are wanted.
        """
        if wanted:
            raise OptionError(
                "spaces: API v1 of EPMM has no device spaces; leave it out, or use API v2."
            )
        return ()

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
        direct: bool = False,
    ) -> Found:
        """See UemClient. Fields of API v2 are not available. With ``direct`` a device that the
        calls for names do not find is not looked for among all devices."""
        if selection.filter:
            raise OptionError(
                "filters: API v1 of EPMM has no query language; leave it out, and narrow by "
                "fields or by query."
            )
        self.partitions(selection.partitions)
        query.require_fields(selection, in_v2=False)
        keep = keep_rows or query.needs_rows(selection)
        lookups = self._lookups(selection)
        if lookups is not None:
            named = self._find_named(selection, lookups, keep_rows, count_fleet)
            if direct or all(ref.kind == "guid" for ref in named.missing):
                return named
            # The calls for names know only registered devices, and may mind country codes.
        reads, has = self._reads(selection)
        fleet = None
        if reads is None:
            devices = self._everything(keep_row=keep)
            fleet = len(devices)
        else:
            devices = self.gather(reads, keep_row=keep)
            if count_fleet:
                fleet = len(self._everything(keep_row=False))
        with explained(selection, lambda: self._sample(devices)):
            meant = query.chosen(devices, selection, time.time(), keep_rows=keep_rows, has=has)
        found = Found.of(meant, selection.names, fleet).seeing(devices)
        return self._require_visible(found, selection, devices)

    def fleet(self, partitions: Sequence[str]) -> int:
        """See UemClient."""
        self.partitions(partitions)
        return len(self._everything(keep_row=False))

    def _find_named(
        self, selection: Selection, lookups: Sequence[_LookUp], keep_rows: bool, count_fleet: bool
    ) -> Found:
        """Find the devices that are named by the calls for names."""
        keep = keep_rows or query.needs_rows(selection)
        with explained(selection, lambda: self._sample(())):
            found = self._look_up(lookups, keep_row=keep)
        devices = in_order(device for device, _refs in found)
        meant = query.chosen(devices, selection, time.time(), keep_rows=keep_rows)
        require_one_number(meant, selection.names)
        ids = {device.id for device in meant}
        used = {ref for device, refs in found if device.id in ids for ref in refs}
        missing = tuple(ref for ref in selection.names if ref not in used)
        fleet = len(self._everything(keep_row=False)) if count_fleet else None
        found_by_name = Found(meant, missing, fleet).seeing(devices)
        return self._require_visible(found_by_name, selection, devices)

    def _require_visible(
        self, found: Found, selection: Selection, devices: Sequence[Device]
    ) -> Found:
        return require_visible(found, selection, lambda: self._sample(devices))

    def _sample(self, devices: Sequence[Device]) -> Sequence[Device]:
        """Return devices that show whether personal data is masked."""
        return enough(devices, lambda: self.of_status("ACTIVE", keep_row=False))

    def of_guid(self, guid: str, *, keep_row: bool) -> list[Device]:
        """Return the device with this uuid, or no device."""
        return self._of(endpoints.DEVICE, {"device": guid}, keep_row=keep_row)

    def read(self, device: Device) -> Device | None:
        """See UemClient."""
        try:
            return device_v1(self.details(device), keep_row=False)
        except NotFoundError:
            return None

    def details(self, device: Device) -> Mapping[str, Any]:
        """Return the object of one device."""
        answer = self._transport.call(endpoints.DEVICE, path={"device": device.guid})
        return v1_device(answer, f"The details of {device.title}")

    def _reads(self, selection: Selection) -> tuple[list[Read] | None, frozenset[str]]:
        """Return the calls whose answers include every device that can meet a selection.

        Returns:
            The calls, or None if all devices have to be read; and what the calls ask for, see
            ``query.asked``.
        """
        if selection.labels:
            labels = pick_all(selection.labels, self.labels(), selection.option("labels"), "label")
            return [partial(self._of_label, label) for label in labels], frozenset()
        status = selection.attributes.get("status")
        key = query.STATUSES if status is None else "status"
        asked = query.status_words(selection)
        if not asked or "UNKNOWN" in asked:
            # What is unknown may be a status that nobody can ask for.
            return None, frozenset()
        return [partial(self.of_status, word) for word in asked], frozenset({key})

    def _lookups(self, selection: Selection) -> list[_LookUp] | None:
        """Return the calls that find the devices that are named, or None if they are too many, or
        a kind of names has no call."""
        phones = []
        found = []
        for ref in () if selection.labels else selection.names:
            if ref.kind == "phone_number":
                phones.append(ref)
            elif ref.kind in _LOOKUPS:
                found.append(_LookUp((ref,)))
            else:
                return None
        for start in range(0, len(phones), PHONES):
            found.append(_LookUp(tuple(phones[start : start + PHONES])))
        return found if 0 < len(found) <= FEW_LOOKUPS else None

    def _look_up(
        self, lookups: Sequence[_LookUp], *, keep_row: bool
    ) -> list[tuple[Device, Sequence[DeviceRef]]]:
        """Find the devices that are named, each with the names that it was found by.

        A device that shows no such name at all counts as found: the details of some devices have no
        MAC address, and the server knows it all the same.

        Raises:
            AnswerError: A device shows another name.
        """
        found: list[tuple[Device, Sequence[DeviceRef]]] = []

        def read(lookup: _LookUp) -> list[Device]:
            return self._of(*lookup.call, keep_row=keep_row)

        several = each(read, lookups, self._transport.settings.concurrency)
        for lookup, devices in zip(lookups, several, strict=True):
            named = [(device, lookup.names_of(device)) for device in devices]
            if all(refs for _device, refs in named):
                found += named
            else:
                # A device shows no number, and any of several may be its own.
                found += self._look_up([_LookUp((ref,)) for ref in lookup.refs], keep_row=keep_row)
        return found

    def _all_reads(self) -> list[Read]:
        return [partial(self.of_status, status) for status in (*STATUSES, *UNLISTED_STATUSES)]

    def gather(self, reads: Sequence[Read], *, keep_row: bool) -> list[Device]:
        """Return the devices of several calls, each once, in the order of their ids."""
        concurrency = self._transport.settings.concurrency
        several = each(lambda read: read(keep_row=keep_row), reads, concurrency)
        return in_order(device for devices in several for device in devices)

    def _of(
        self, endpoint: Endpoint, path: Mapping[str, Segment], query: Query = (), *, keep_row: bool
    ) -> list[Device]:
        """Return the devices of a list, each once, in the order of their ids.

        If the server's totalCount shows that it sent only a part, the rest is read as well. A
        device that it sent twice counts once.

        Raises:
            AnswerError: There are fewer devices than the server counts.
        """
        answer = self.lists(endpoint, path, query)
        if answer is None:
            return []
        devices = in_order(sent := v1_devices(answer, keep_row=keep_row))
        total = answers.total(answer)
        if total is None:
            # The number in the message proves nothing: the document shows 212 beside one device.
            total = len(sent)
        if total <= len(devices):
            return devices
        step = max(1, len(sent))

        def fetch(spot: Spot) -> Page[Device]:
            paging = [*query, ("limit", str(step)), ("offset", str(spot.start))]
            try:
                part = self.lists(endpoint, path, paging)
            except ApiError as error:
                raise _refused_rest(error, total, len(devices)) from None
            rows = [] if part is None else v1_devices(part, keep_row=keep_row)
            return Page(rows, answers.total(part) or 0)

        concurrency = self._transport.settings.concurrency
        return read_all(
            fetch, key=lambda device: device.id, what="devices", concurrency=concurrency
        )

    def _everything(self, *, keep_row: bool) -> list[Device]:
        """Return all devices.

        The lists of statuses have no count beside them. So the label of all devices is compared: its
        number, and where that does not fit, its list. A device may also have a status that cannot
        be requested.

        Raises:
            AnswerError: The lists of statuses lack devices that the label has.
        """
        complaint = ""
        for _pass in range(PASSES):
            devices = self.gather(self._all_reads(), keep_row=keep_row)
            complaint = self._lacking(devices)
            if not complaint:
                return devices
        raise AnswerError(
            f"{complaint}, {PASSES} times in a row; nothing was done with an incomplete list. Try "
            "again later, then ask the server's administrator."
        )

    def _lacking(self, devices: Sequence[Device]) -> str:
        """Return what devices of all statuses lack of the label of all devices, or ""."""
        everyone = next((label for label in self.read_labels() if label.id == _EVERYONE), None)
        if everyone is None:
            return ""
        live = sum(device.state != "RETIRED" for device in devices)
        count = everyone.device_count
        if count <= live or count == len(devices):
            return ""
        ids = {device.id for device in devices}
        others = [member for member in self.members(everyone) if member.id not in ids]
        lost = sum(member.state in STATUSES for member in others)
        if not lost and count <= live + len(others):
            return ""
        return (
            f"The lists of statuses have {numbered(len(devices), 'devices')}, {live} of them not retired, and "
            f"the label {everyone.name!r} has {count}"
        )

    def _of_label(self, label: Label, *, keep_row: bool) -> list[Device]:
        """Return the devices of a label.

        Raises:
            AnswerError: They are fewer than the server counts.
        """

        def read() -> list[Device]:
            return self._of(endpoints.BY_LABEL, {"label": label.name}, keep_row=keep_row)

        devices = read()
        if len(devices) >= label.device_count:
            return devices
        waiting = len(self.of_status(_UNREGISTERED, keep_row=False))

        def recount() -> int:
            count = next((one.device_count for one in self.read_labels() if one.id == label.id), 0)
            return count - waiting

        what = f"devices on the label {label.name!r}"
        return read_counted(read, label.device_count - waiting, recount, what)

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
        """Return all labels, as they were read last; see ``read_labels``."""
        return self._labels or self.read_labels()

    def read_labels(self) -> tuple[Label, ...]:
        """Return all labels, with the counts that they have now.

        Raises:
            AnswerError: There are none: every server has its own.
        """
        answer = self.lists(endpoints.LABELS_V1)
        self._labels = require_labels(() if answer is None else v1_labels(answer))
        return self._labels

    def members(self, label: Label) -> list[Device]:
        """Return the devices of a label."""
        return self._of_label(label, keep_row=False)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> dict[str, frozenset[str]]:
        """Return the labels of devices; see ``by_members``."""
        return by_members(devices, among, self.members, self._transport.settings.concurrency)


def is_unlisted(device: Device) -> bool:
    """Return whether the lists of labels leave a device out, whatever its labels."""
    return device.state == _UNREGISTERED


def in_order(devices: Iterable[Device]) -> list[Device]:
    """Return devices, each once, in the order of their ids."""
    by_id = {device.id: device for device in devices}
    return sorted(by_id.values(), key=lambda device: int(device.id))


def _refused_rest(error: ApiError, total: int, sent: int) -> UemError:
    """Return the error to raise where a server counts more devices than it sent, and the call for
    the rest failed."""
    if error.status != 400:
        return error
    return AnswerError(
        f"The server counts {numbered(total, 'devices')} and its list has "
        f"{numbered(sent, 'different ones')}; it refuses the rest. {error}"
    )


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

    def ids(label: Label) -> list[str]:
        return [device.id for device in members(label)]

    labels: dict[str, list[str]] = {device.id: [] for device in devices}
    for label, found in zip(among, each(ids, among, concurrency), strict=True):
        for device_id in found:
            if device_id in labels:
                labels[device_id].append(label.id)
    return {device_id: frozenset(own) for device_id, own in labels.items()}


@dataclass(frozen=True)
class _LookUp:
    """A call that finds the devices with names of one kind; several names only of phone numbers."""

    refs: tuple[DeviceRef, ...]

    @property
    def call(self) -> tuple[Endpoint, Mapping[str, Segment]]:
        """The call and the values of its path."""
        endpoint, segment = _LOOKUPS[self.refs[0].kind]
        values = tuple(ref.value for ref in self.refs)
        return endpoint, {segment: values if endpoint is endpoints.BY_PHONE else values[0]}

    def names_of(self, device: Device) -> Sequence[DeviceRef]:
        """Return the names that a device of the answer has; none if that is not clear.

        Raises:
            AnswerError: It shows another name than was asked for.
        """
        kind = self.refs[0].kind
        shown = NAME_KINDS[kind](device)
        # A device without a number has "PDA 2" or the like.
        if not shown or (kind == "phone_number" and len(shown) < SHORTEST_PHONE):
            return self.refs if len(self.refs) == 1 else ()
        refs = Names(self.refs).of(device)
        if kind == "phone_number":
            # The server may keep a number without the country code that it was asked for with.
            refs += [ref for ref in self.refs if ref not in refs and has_number(ref.value, shown)]
        if not refs:
            asked = ", ".join(ref.title for ref in self.refs)
            raise contradicts(device.title, asked, repr(shown))
        return refs


_LOOKUPS = {
    "guid": (endpoints.DEVICE, "device"),
    "user": (endpoints.BY_USER, "user"),
    "wifi_mac_address": (endpoints.BY_MAC, "mac"),
    "phone_number": (endpoints.BY_PHONE, "numbers"),
}
