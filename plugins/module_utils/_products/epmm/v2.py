# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and labels through API v2: pages of 200, chosen fields only, within device spaces."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..._core.device import Device, Partition
from ..._core.endpoint import Endpoint
from ..._core.errors import ApiError, ForbiddenError, NotFoundError, OptionError
from ..._core.labels import Label
from ..._core.names import pick_all
from ..._core.selection import Found, Selection, pick_named
from ..._http.paging import Page, Spot, read_all
from ..._http.transport import Query, Transport
from . import endpoints, query, wire
from .fields import is_v2_name
from .v1 import by_members

# "Get label summary" allows so many; what "Search for devices" allows is not documented, and clients take this many.
PAGE_ROWS = 200

# "Device spaces": so many in one answer.
MOST_SPACES = 10_000

# The space of a server that has no other, which an administrator of all spaces is in.
GLOBAL_SPACE = "1"

# So that pages do not shift.
_SORT = (("sortField", "common.id"), ("sortOrder", "ASC"))

# Up to so many look-ups are sent without first asking how many pages a full read would take.
FEW_LOOKUPS = 2


class V2:
    """The calls of API v2. Safe to use from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._mine: tuple[Partition, ...] | None = None
        self._searchable: frozenset[str] | None = None

    # Device spaces

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """The device spaces of these ids or names; the account's own when none is wanted, or ``default``."""
        if not wanted or tuple(wanted) == ("default",):
            return self._own_spaces()
        answer = self._transport.call(endpoints.SPACES, query=[("limit", str(MOST_SPACES))])
        return pick_all(wanted, wire.spaces(answer, "The list of device spaces"), "partitions", "device space")

    def _own_spaces(self) -> tuple[Partition, ...]:
        with self._lock:
            if self._mine is None:
                try:
                    mine = wire.spaces(self._transport.call(endpoints.MY_SPACES), "The account's device spaces")
                except (ForbiddenError, NotFoundError):
                    mine = ()
                self._mine = mine or (Partition(GLOBAL_SPACE, "Global"),)
            return self._mine

    # Devices

    def find(
        self, selection: Selection, *, keep_rows: bool, count_fleet: bool = False, fields: Sequence[str] = ()
    ) -> Found:
        """See UemClient. Devices named one by one are looked up where that takes fewer requests than reading all."""
        query.require_fields(selection)
        if selection.labels and selection.filter:
            raise OptionError("filters: cannot be combined with select.labels, for the server takes only one of them; use query.")
        spaces = self.partitions(selection.partitions)
        keep = keep_rows or query.needs_rows(selection)
        extra = [*fields, *selection.attributes]
        narrow = query.narrowing(selection)
        places: list[Query]
        fleet = None
        if selection.labels:
            labels = pick_all(selection.labels, self.labels(), "select.labels", "label")
            places = [[("labelId", label.id)] for label in labels]
        else:
            lookups = query.lookups(selection.names, narrow) if selection.names else None
            if lookups is not None and len(lookups) > FEW_LOOKUPS:
                totals = [self._count(space) for space in spaces]
                fleet = sum(totals)
                if len(lookups) * len(spaces) > sum(-(-total // PAGE_ROWS) for total in totals):
                    lookups = None
            places = [[("query", part)] for part in (lookups if lookups is not None else [narrow])]
        if count_fleet and fleet is None:
            fleet = sum(self._count(space) for space in spaces)
        devices: dict[str, Device] = {}
        for space in spaces:
            for place in places:
                devices.update((one.id, one) for one in self._devices(space, place, keep_row=keep, extra=extra))
        if fleet is None and places == [[("query", "")]]:
            fleet = len(devices)
        now = time.time()
        ordered = sorted(devices.values(), key=lambda device: int(device.id))
        kept = [device for device in ordered if query.meets(device, selection, now)]
        if not keep_rows:
            kept = [wire.without_row(device) for device in kept]
        if not selection.names:
            return Found(tuple(kept), (), fleet)
        return Found(*pick_named(selection.names, kept), fleet)

    def details(self, device: Device) -> dict[str, Any]:
        """The details of one device, by name."""
        answer = self._transport.call(endpoints.DETAILS_V2, path={"device": device.guid})
        return wire.details_v2(answer, f"The details of {device.title}")

    def _count(self, space: Partition) -> int:
        answer = self._transport.call(endpoints.COUNT, query=[("adminDeviceSpaceId", space.id), ("query", "")])
        return wire.count(answer, "The number of devices")

    def _devices(self, space: Partition, place: Query, *, keep_row: bool, extra: Iterable[str] = ()) -> list[Device]:
        extra = tuple(extra)
        names = self._known(wire.v2_names(all_fields=keep_row), extra)
        base = [("adminDeviceSpaceId", space.id), *place, ("fields", ",".join(names)), *_SORT]

        def read(row: Any) -> Device:
            return wire.device_v2(row, keep_row=keep_row, extra=extra)

        return self._pages(endpoints.DEVICES_V2, base, read, lambda device: device.id, "devices")

    def _known(self, ours: Sequence[str], extra: Sequence[str]) -> tuple[str, ...]:
        """The names of ours that this server can search for, with an author's own as they are: a server may refuse a
        request for a name that it does not know, and it does not list all that it knows."""
        with self._lock:
            if self._searchable is None:
                space = self._mine[0].id if self._mine else GLOBAL_SPACE
                try:
                    answer = self._transport.call(endpoints.SEARCH_FIELDS, query=[("adminDeviceSpaceId", space)])
                    self._searchable = wire.field_names(answer, "The list of search fields")
                except ApiError as error:
                    if error.status not in (403, 404):
                        raise
                    self._searchable = frozenset()
        kept = [name for name in ours if not self._searchable or name in self._searchable or name in wire.REQUIRED_V2]
        return tuple(dict.fromkeys([*kept, *(name for name in extra if is_v2_name(name))]))

    def _pages(
        self, endpoint: Endpoint, base: Query, read: Callable[[Any], Any], key: Callable[[Any], str], what: str
    ) -> list[Any]:
        def fetch(spot: Spot) -> Page[Any]:
            paging = [("limit", str(PAGE_ROWS)), ("offset", str(spot.start))]
            rows, total = wire.page(self._transport.call(endpoint, query=[*base, *paging]), f"The list of {what}")
            return Page([read(row) for row in rows], total)

        return read_all(fetch, key=key, what=what, concurrency=self._transport.settings.concurrency)

    # Labels

    def labels(self) -> tuple[Label, ...]:
        """All labels of the account's device spaces."""
        found: dict[str, Label] = {}
        for space in self._own_spaces():
            base = [("adminDeviceSpaceId", space.id), ("sortField", "id"), ("sortOrder", "ASC")]
            rows = self._pages(endpoints.LABEL_SUMMARY, base, wire.label_v2, lambda label: label.id, "labels")
            found.update((label.id, label) for label in rows)
        return tuple(found.values())

    def members(self, label: Label) -> frozenset[str]:
        """The ids of the devices of a label."""
        place = [("labelId", label.id)]
        return frozenset(
            device.id for space in self._own_spaces() for device in self._devices(space, place, keep_row=False)
        )

    def labels_of(self, devices: Sequence[Device], among: Sequence[Label]) -> dict[str, frozenset[str]]:
        """See UemClient. Labels are read device by device, or devices label by label, whichever takes fewer requests."""
        concurrency = self._transport.settings.concurrency
        pages = sum(max(1, -(-label.device_count // PAGE_ROWS)) for label in among) * len(self._own_spaces())
        if len(devices) > pages:
            return by_members(devices, among, self.members, concurrency)
        wanted = {label.id for label in among}
        with ThreadPoolExecutor(concurrency) as pool:
            each = pool.map(self.labels_on, devices)
            return {device.id: frozenset(wanted & own.keys()) for device, own in zip(devices, each, strict=True)}

    def labels_on(self, device: Device) -> dict[str, str]:
        """The names of the labels that a device has, by their ids."""
        space = [("adminDeviceSpaceId", self._own_spaces()[0].id)]
        answer = self._transport.call(endpoints.LABELS_OF_DEVICE, path={"device": device.guid}, query=space)
        return wire.labels_on(answer, f"The labels of {device.title}")

    def move(self, endpoint: Endpoint, labels: tuple[str, ...], uuids: Sequence[str]) -> Any:
        """Put devices on labels, or take them off; the answer as it is."""
        return self._transport.call(
            endpoint, path={"labels": labels}, query=[("adminDeviceSpaceId", self._own_spaces()[0].id)],
            json_body={"deviceUuids": list(uuids)},
        )
