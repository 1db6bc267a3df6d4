# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ivanti Neurons for MDM: read its devices through its API.

Everything else that it can do is in the families (``_families/*/neurons.py``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from ..._core.attributes import require_defined, require_spelled, resolve
from ..._core.device import Device, DeviceRef, Partition
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, ApiError, ForbiddenError, NotFoundError, OptionError
from ..._core.names import fits, nearest, plain
from ..._core.selection import Found, Names, Selection
from ..._core.vocabulary import COMMON, CUSTOM_ATTRIBUTES, LABELS
from ..._core.wording import numbered
from ..._http.paging import Page, Spot, read_all
from ..._http.parallel import each
from ..._http.request import Query
from ..._http.transport import Transport
from ..visible import SAMPLE, explained, require_visible, with_blind_spot
from . import answers, endpoints, fq
from .devices import ONLY_IN_LIST, defined_names, device_of, groups_of, partition_of, row_of
from .rows import Asked

# "API Basics": rows must be between 1 and 500. Lists that are read from the database have 50 rows a
# page, whatever is requested.
PAGE_ROWS = 500
DATABASE_ROWS = 50

# The usual window of a search engine: rows past it are reached only with searchAfterValues ("Get
# Device Details Based on Attribute": "useful in environments with ten-thousand or more devices").
WINDOW = 10_000

# The share of the devices by which the count in the list of device spaces may be late.
LATE = 0.1

# At most this many look-ups are sent without counting first how many pages a full read would take.
FEW_LOOKUPS = 2

# The kinds of names of which a tenant has each once, in one device space.
ONCE = frozenset({"id", "guid"})

_SORT = (("sortFields[0].name", "id"), ("sortFields[0].order", "ASC"))

Read = TypeVar("Read")

# Makes a device of a row and of the id of the partition that was read.
ReadDevice = Callable[[Mapping[str, Any], str], Device]


class NeuronsClient:
    """Reads the devices of one tenant. Safe to use from several threads."""

    product = "neurons"
    selects = frozenset(
        {
            "ids",
            "guids",
            "serial_numbers",
            "emails",
            "users",
            "custom_attributes",
            "ldap_attributes",
        }
    )
    explain = staticmethod(answers.explain)

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.notes: list[str] = []
        self.selected: int | None = None
        self._lock = threading.Lock()
        self._attribute_names: dict[str, tuple[str, ...] | None] = {}

    @property
    def unsaid(self) -> frozenset[str]:
        """See UemClient. Custom attributes are null for an account that may not see them."""
        own = (field.name for field in COMMON if not field.neurons)
        return frozenset((LABELS, CUSTOM_ATTRIBUTES, *own))

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient.

        ``default`` is the tenant's default device space, which is found without listing all of
        them.
        """
        if tuple(wanted) == ("default",):
            return (self._default_partition(),)
        known = self._partition_list()
        if not known:
            raise AnswerError(
                "The server lists no device space at all, so no device can be read; check the "
                "account's roles."
            )
        return _chosen(known, wanted)

    def _partition_list(self) -> list[Partition]:
        return self.database_list(
            endpoints.PARTITIONS, partition_of, lambda part: part.id, "device spaces"
        )

    def _default_partition(self) -> Partition:
        answer = self.transport.call(endpoints.TENANT)
        tenant = answers.result_of(answer, "The tenant's metadata")
        if not isinstance(tenant, Mapping) or tenant.get("defaultDmPartitionId") is None:
            raise AnswerError(
                "The tenant's metadata name no default device space; name spaces yourself."
            )
        return Partition(str(tenant["defaultDmPartitionId"]), "default", default=True)

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
        only: frozenset[str] | None = None,
    ) -> Found:
        """See UemClient. Named devices are looked up if that takes fewer requests than reading all."""
        # What the language cannot express is refused before any request.
        fq.narrowing(selection)
        asked = self._asked(selection)
        partitions = self.partitions(selection.partitions)
        narrow = fq.narrowing(selection, asked.attributes)
        by_name, fleet = self._by_name(selection, narrow, partitions, count_fleet=count_fleet)
        names = Names(selection.names) if by_name else None

        def read(row: Mapping[str, Any], space: str) -> Device:
            device = device_of(row, keep_row=keep_rows, space=space, only=only)
            asked.look(row, device, names)
            return device

        with explained(selection, lambda: self._sample(partitions)):
            try:
                search = partial(self._named, selection.names) if by_name else self._devices
                seen = search(partitions, narrow, read)
                devices = asked.meant(seen)
            except ApiError as error:
                raise asked.refusal(error) from None
        if fleet is None and not selection.narrows and not by_name:
            fleet = len(devices)
        found = Found.of(devices, selection.names, fleet).seeing(seen)
        sees_all = selection.partitions or any(partition.default for partition in partitions)
        found = with_blind_spot(found, () if sees_all else partitions)
        found = require_visible(found, selection, lambda: self._sample(partitions))
        self.notes += [*filter(None, [asked.note]), *found.notes]
        return found

    def facets(self, selection: Selection) -> list[tuple[int, answers.Facets]]:
        """Count the devices of a selection without reading them.

        Args:
            selection: Which devices are selected, without names.

        Returns:
            For each partition how many are selected, and how many have each value of the fields
            that the server counts.

        Raises:
            OptionError: The server cannot be asked for the selection, or refuses a part of it.
            AnswerError: Devices of the answer contradict it, or the server has more elsewhere.
        """
        asked = self._asked(selection)
        if asked.compared:
            raise OptionError(
                f"{selection.option('custom_attributes')}: the server cannot be asked for the value "
                f"of {asked.compared[0].names[0]}, so it cannot count; use device_info."
            )
        partitions = self.partitions(selection.partitions)
        narrow = fq.narrowing(selection, asked.attributes)

        def count(partition: Partition) -> tuple[int, answers.Facets]:
            answer = self._page(partition, SAMPLE, narrow, ("start", "0"))
            rows, total, _after = answers.rows_of(answer, "The device list")
            for row in rows:
                asked.look(row, device_of(row, keep_row=False, space=partition.id), None)
            self._require_counted(partition, narrow, total)
            return total, answers.facets_of(answer, "The device list")

        try:
            counted = each(count, partitions, self.transport.settings.concurrency)
            asked.meant(())
        except ApiError as error:
            raise asked.refusal(error) from None
        if asked.alike:
            raise OptionError(f"{asked.note} The server counts them all the same; use device_info.")
        return counted

    def _sample(self, partitions: Sequence[Partition]) -> list[Device]:
        pages = (self._pages(partition, _slim, narrow="", rows=SAMPLE) for partition in partitions)
        return [device for page in pages for device in page(Spot()).items]

    def fleet(self, partitions: Sequence[str]) -> int:
        """See UemClient."""
        spaces = self.partitions(partitions)
        return sum(each(self._total, spaces, self.transport.settings.concurrency))

    def read(self, device: Device) -> Device | None:
        """See UemClient. The details come from the database, not from the index of the list."""
        try:
            row = self.raw_details(device)
        except NotFoundError:
            return None
        return device_of(row, keep_row=False, space=device.space)

    def _by_name(
        self,
        selection: Selection,
        narrow: str,
        partitions: Sequence[Partition],
        *,
        count_fleet: bool,
    ) -> tuple[bool, int | None]:
        """Return whether the devices are looked up by their names, because that takes fewer requests
        than reading all; and the number of all devices, if it was read."""
        known = [partition.device_count for partition in partitions]
        lookups = _lookups(selection.names, narrow, known)
        few = lookups is None or len(lookups) <= FEW_LOOKUPS
        if few and not count_fleet:
            return lookups is not None, None
        if count_fleet or None in known:
            totals = each(self._total, partitions, self.transport.settings.concurrency)
        else:
            # They may be late, but nothing depends on them but the number of requests.
            totals = [count or 0 for count in known]
        by_name = lookups is not None and (
            questions(len(lookups), totals, once=all(ref.kind in ONCE for ref in selection.names))
            <= _pages_of(totals)
        )
        return by_name, sum(totals) if count_fleet or None in known else None

    def _asked(self, selection: Selection) -> Asked:
        """Return what rows are compared with.

        Raises:
            OptionError: A custom attribute is not defined on the server.
        """
        self.notes += fq.doubtful_values(selection.filter, selection.option("filters"))
        for kind, name in fq.attributes_in(selection.filter):
            known = self.attribute_names("device" if kind == "CFDEVICE" else "LDAP")
            if known is not None:
                require_spelled(name, known, selection.option("filters"))
        if selection.ldap_attributes:
            known, where = self.attribute_names("LDAP"), selection.option("ldap_attributes")
            require_defined(selection.ldap_attributes, known, where)
        wanted = resolve(
            selection.custom_attributes,
            self.attribute_names() if selection.custom_attributes else None,
            selection.option("custom_attributes"),
        )
        can_ask = [one for one in wanted if fq.can_ask(one)]
        compared = [one for one in wanted if not fq.can_ask(one)]
        return Asked(selection, can_ask, compared, time.time())

    def attribute_names(self, kind: str = "device") -> tuple[str, ...] | None:
        """See UemClient."""
        with self._lock:
            if kind not in self._attribute_names:
                self._attribute_names[kind] = self._read_attribute_names(kind)
            return self._attribute_names[kind]

    def _read_attribute_names(self, kind: str) -> tuple[str, ...] | None:
        try:
            rows = self.database_list(
                endpoints.DEFINITIONS,
                dict,
                lambda row: str(row.get("id")),
                "attribute definitions",
                (("type", kind),),
            )
        except (ForbiddenError, NotFoundError):
            return None
        names = defined_names(rows, kind)
        # Whether attributes of a directory are listed is not documented.
        return names if names or kind == "device" else None

    def details(self, device: Device) -> Mapping[str, Any]:
        """See UemClient.

        Fields that are null in the answer for one device are taken from the list's row, if the
        device has one.
        """
        row = row_of(self.raw_details(device))
        absent = [key for key in ONLY_IN_LIST if row.get(key) is None]
        return {**row, **{key: device.row[key] for key in absent if key in device.row}}

    def raw_details(self, device: Device) -> Mapping[str, Any]:
        """Return the details of a device as the server has them.

        Raises:
            AnswerError: The answer has none, or those of another device.
        """
        what = f"The details of {device.title}"
        answer = self.transport.call(endpoints.DETAILS, path={"device": device.id})
        row = answers.result_of(answer, what)
        if not isinstance(row, Mapping) or str(row.get("id")) != device.id:
            raise AnswerError(f"{what}: the server sent those of another device.")
        return row

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemClient.

        Labels are the device groups of Neurons, which only the details of a device show.
        """

        def names(device: Device) -> tuple[str, ...]:
            groups = groups_of(self.raw_details(device))
            return tuple(name for name in groups if fits(name, patterns))

        found = each(names, devices, self.transport.settings.concurrency)
        return dict(zip((device.id for device in devices), found, strict=True))

    def database_list(
        self,
        endpoint: Endpoint,
        read: Callable[[Mapping[str, Any]], Read],
        key: Callable[[Read], str],
        what: str,
        query: Query = (),
    ) -> list[Read]:
        """Read a list that the server keeps in its database, page after page. Such lists are short.

        Args:
            endpoint: The call.
            read: Makes an item of a row.
            key: Returns what distinguishes an item from the others.
            what: The words for the items in messages.
            query: More parameters of the call.
        """

        def fetch(spot: Spot) -> Page[Read]:
            paging = [("start", str(spot.start)), ("rows", str(DATABASE_ROWS))]
            answer = self.transport.call(endpoint, query=[*query, *paging])
            rows, total, after = answers.rows_of(answer, f"The list of {what}")
            return Page([read(row) for row in rows], total, after)

        return read_all(fetch, key=key, what=what)

    def _total(self, partition: Partition, narrow: str = "") -> int:
        """Return how many devices of a partition meet an expression."""
        return self._pages(partition, _slim, narrow=narrow, rows=1)(Spot()).total

    def _devices(
        self, partitions: Sequence[Partition], narrow: str, read: ReadDevice
    ) -> list[Device]:
        """Return the devices of partitions that meet an expression, in the order of their ids."""
        found: dict[str, Device] = {}
        # How many pages a space has is known when one was read, so these are read at the same time.
        first = each(
            lambda one: self._pages(one, read, narrow=narrow, rows=PAGE_ROWS)(Spot()),
            partitions,
            self.transport.settings.concurrency,
        )
        for partition, page in zip(partitions, first, strict=True):
            self._read_into(found, partition, narrow, read, page)
        return _in_order(found)

    def _named(
        self,
        names: Sequence[DeviceRef],
        partitions: Sequence[Partition],
        narrow: str,
        read: ReadDevice,
    ) -> list[Device]:
        """Return the devices that have one of these names and meet an expression.

        The largest space is asked first, and no space for a device that was found by its id or
        guid: it is in no other one.
        """
        found: dict[str, Device] = {}
        left = tuple(names)
        for partition in sorted(partitions, key=lambda one: -(one.device_count or 0)):
            for filter_ in (fq.lookups(left, narrow) if left else None) or ():
                self._read_into(found, partition, filter_, read)
            once = Names(ref for ref in left if ref.kind in ONCE)
            seen = {ref for device in found.values() for ref in once.of(device)}
            left = tuple(ref for ref in left if ref not in seen)
        return _in_order(found)

    def _read_into(
        self,
        found: dict[str, Device],
        partition: Partition,
        narrow: str,
        read: ReadDevice,
        first: Page[Device] | None = None,
    ) -> None:
        devices = self._devices_of(partition, narrow, read, first)
        if not narrow or not devices:
            self._require_counted(partition, narrow, len(devices))
        found.update((device.id, device) for device in devices)

    def _devices_of(
        self, partition: Partition, narrow: str, read: ReadDevice, first: Page[Device] | None
    ) -> list[Device]:
        pages = self._pages(partition, read, narrow=narrow, rows=PAGE_ROWS)
        return read_all(
            pages if first is None else _beginning_with(first, pages),
            key=attrgetter("id"),
            what="devices",
            window=WINDOW,
            concurrency=self.transport.settings.concurrency,
        )

    def _require_counted(self, partition: Partition, narrow: str, found: int) -> None:
        """Check the length of a list of devices by what else the server says.

        The total beside a list is as short as the list where the index behind it lost devices. The
        list of device spaces has counts of its own, which may be late; so a small difference is
        left to a second request for the total.

        Args:
            partition: The device space that was read.
            narrow: The expression that the devices meet, or "".
            found: How many devices were found.

        Raises:
            AnswerError: The server has more.
        """
        counted = None if narrow else self._device_count(partition)
        if narrow or (counted or 0) > found:
            counted = max(
                self._total(partition, narrow),
                counted if counted and counted - found > counted * LATE else 0,
            )
        if (counted or 0) > found:
            raise AnswerError(
                f"The server counts {numbered(counted or 0, 'devices')} elsewhere in the device space "
                f"{partition.name or partition.id}, and its list has {found}; nothing was done with "
                "an incomplete list. Try again later, then ask the server's administrator."
            )

    def _device_count(self, partition: Partition) -> int | None:
        """Return the count in the list of device spaces, or None if it is not known."""
        if partition.device_count is not None:
            return partition.device_count
        try:
            known = self._partition_list()
        except (ForbiddenError, NotFoundError):
            return None
        return next((part.device_count for part in known if part.id == partition.id), None)

    def _pages(
        self, partition: Partition, read: ReadDevice, *, narrow: str, rows: int
    ) -> Callable[[Spot], Page[Device]]:
        """Return a function that fetches a page of a partition's devices.

        They are sorted by id, so that pages do not shift.
        """

        def fetch(spot: Spot) -> Page[Device]:
            place = ("start", str(spot.start))
            if spot.after is not None:
                place = ("searchAfterValues", spot.after)
            answer = self._page(partition, rows, narrow, place)
            found, total, after = answers.rows_of(answer, "The device list")
            return Page([read(row, partition.id) for row in found], total, after)

        return fetch

    def _page(self, partition: Partition, rows: int, narrow: str, place: tuple[str, str]) -> Any:
        """Return the answer with a page of a partition's devices."""
        base = [("dmPartitionId", partition.id), ("rows", str(rows)), *_SORT]
        if narrow:
            base.append(("fq", narrow))
        return self.transport.call(endpoints.DEVICES, query=[*base, place])


def _beginning_with(
    first: Page[Device], pages: Callable[[Spot], Page[Device]]
) -> Callable[[Spot], Page[Device]]:
    """Return a function that fetches pages, and has the first one already. It gives that once: a list
    that changed meanwhile is read again."""
    kept = [first]
    return lambda spot: kept.pop() if kept and spot == Spot() else pages(spot)


def _slim(row: Mapping[str, Any], space: str) -> Device:
    return device_of(row, keep_row=False, space=space)


def _chosen(known: Sequence[Partition], wanted: Sequence[str]) -> tuple[Partition, ...]:
    if not wanted:
        return tuple(known)
    chosen: dict[str, Partition] = {}
    for want in wanted:
        fitting = [
            part
            for part in known
            if plain(want) in (part.id, plain(part.name)) or (want == "default" and part.default)
        ]
        if not fitting:
            names = ", ".join(f"{part.name} ({part.id})" for part in known)
            near = nearest(want, (part.name for part in known))
            raise OptionError(
                f"spaces: there is no device space {want!r}{near}; there are: {names}."
            )
        chosen.update((part.id, part) for part in fitting)
    return tuple(chosen.values())


def _in_order(found: Mapping[str, Device]) -> list[Device]:
    """Return devices in the order of their ids."""
    return sorted(found.values(), key=lambda device: int(device.id))


def questions(lookups: int, totals: Sequence[int], *, once: bool) -> int:
    """Return how many requests look devices up.

    Args:
        lookups: The number of requests that name all of the devices.
        totals: How many devices each space has.
        once: Whether no space is asked for what was found in a larger one. Then the devices are
            taken to be spread as those of the fleet are.
    """
    if not once:
        return lookups * len(totals)
    asked, rest = 0, sum(totals)
    for total in sorted(totals, reverse=True):
        asked += -(-lookups * rest // max(sum(totals), 1))
        rest -= total
    return asked


def _lookups(
    names: Sequence[DeviceRef], narrow: str, known: Sequence[int | None]
) -> list[str] | None:
    """Return the questions that look devices up, or None if they cannot be, or if reading all takes
    fewer requests for sure. Then thousands of names need not be written down.

    Args:
        names: The names of the devices.
        narrow: An expression that the devices also meet, or "".
        known: How many devices each space has, or None for one that does not say.
    """
    if not names:
        return None
    totals = [count for count in known if count is not None]
    many = len(totals) == len(known) and fq.least_lookups(names) > max(
        FEW_LOOKUPS, _pages_of(totals)
    )
    return None if many else fq.lookups(names, narrow)


def _pages_of(totals: Iterable[int]) -> int:
    """Return how many requests read lists of these lengths."""
    return sum(-(-total // PAGE_ROWS) for total in totals)
