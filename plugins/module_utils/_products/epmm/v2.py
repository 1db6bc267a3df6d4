# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and labels through API v2: pages of 200, chosen fields only, within device spaces."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any

from ..._core.device import GLOBAL_SPACE, Device, DeviceRef, Label, Partition
from ..._core.errors import (
    ABSENT,
    REFUSED,
    AnswerError,
    ApiError,
    ForbiddenError,
    NotFoundError,
    OptionError,
)
from ..._core.names import pick_all
from ..._core.selection import Found, Selection
from ..._core.vocabulary import EPMM_FIELDS, LABELS, is_v2_name
from ..._http.paging import read_counted
from ..._http.parallel import each
from ..._http.request import Query
from ..._http.transport import Transport
from ..visible import SAMPLE, enough, explained, require_visible
from . import answers, endpoints, query
from .devices import NEEDED_V2, details_v2, device_spaces, field_names
from .labels import label_v2, labels_on, require_labels
from .pages import PAGE_ROWS, PagedList, Pages
from .search import Search, search_error, v2_of
from .v1 import by_members, in_order

# "Device spaces": the most of them in one answer.
MOST_SPACES = 10_000

# At most this many look-ups are sent without counting first how many pages a full read would take.
FEW_LOOKUPS = 2

# The statuses with which a server, or its roles, may refuse to count.
FORBIDDEN = 403
_NO_COUNT = (*REFUSED, *ABSENT)

_EVERYTHING: Query = [("query", "")]

_LABELS = PagedList(endpoints.LABEL_SUMMARY, "labels", "id", label_v2, lambda label: label.id)


@contextmanager
def _filter_named(selection: Selection) -> Iterator[None]:
    """Name the option of a filter that the server refuses.

    Raises:
        OptionError: It refuses it.
    """
    try:
        yield
    except ApiError as error:
        if error.status != 400 or not selection.filter:
            raise
        raise OptionError(
            f"{selection.option('filters')}: the server refused {selection.filter!r}. {error}"
        ) from None


class V2:
    """The calls of API v2. Safe to use from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._spaces: tuple[Partition, ...] | None = None
        self._listed: frozenset[str] | None = None
        self._labels: tuple[Label, ...] = ()
        self._refused: frozenset[str] = frozenset()
        self._pages = Pages(transport)

    @property
    def unsaid(self) -> frozenset[str]:
        """The fields that rows of this API never have."""
        return frozenset((LABELS, *(field.name for field in EPMM_FIELDS if not field.v2)))

    # Device spaces

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """Return the device spaces with these ids or names.

        Without names, or for ``default``, they are the account's own.
        """
        if not wanted or tuple(wanted) == ("default",):
            return self._account_spaces()
        return pick_all(wanted, self.all_spaces(), "spaces", "device space")

    def all_spaces(self) -> tuple[Partition, ...]:
        """Return every device space that the account sees."""
        answer = self._transport.call(endpoints.SPACES, query=[("limit", str(MOST_SPACES))])
        return device_spaces(answer, "The list of device spaces")

    def _account_spaces(self) -> tuple[Partition, ...]:
        with self._lock:
            if self._spaces is None:
                try:
                    spaces = device_spaces(
                        self._transport.call(endpoints.MY_SPACES), "The account's device spaces"
                    )
                except (ForbiddenError, NotFoundError):
                    spaces = ()
                self._spaces = spaces or (Partition(GLOBAL_SPACE, "Global"),)
            return self._spaces

    # Devices

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """See UemClient.

        Devices named one by one are looked up if that takes fewer requests than reading all
        devices.
        """
        query.require_fields(selection, in_v2=True)
        if selection.labels and selection.filter:
            raise OptionError(
                f"{selection.option('filters')}: cannot be combined with "
                f"{selection.option('labels')}, because the server takes only one of them; use query."
            )
        spaces = self.partitions(selection.partitions)
        keep = keep_rows or query.needs_rows(selection)
        extra = {name: "fields" for name in fields if is_v2_name(name)} | {**selection.decides}
        everything = False
        some = partial(self._sample, spaces)
        if selection.labels:
            devices = self._of_labels(selection, spaces, keep_row=keep, extra=extra)
        else:
            with explained(selection, some), _filter_named(selection):
                devices, everything = self._of_query(selection, spaces, keep_row=keep, extra=extra)
        has = frozenset() if selection.labels else query.asked(selection)
        fleet = len(devices) if everything else None
        if count_fleet and not everything:
            fleet = self._fleet(spaces)
        sample = partial(enough, devices, some, everything=everything)
        with explained(selection, sample):
            meant = query.chosen(devices, selection, time.time(), keep_rows=keep_rows, has=has)
        found = Found.of(meant, selection.names, fleet).seeing(devices)
        return require_visible(found, selection, sample)

    def read(self, device: Device) -> Device | None:
        """See UemClient."""
        by_guid = Selection(names=(DeviceRef("guid", device.guid),))
        space = Partition(self.space_of(device), "")
        found = self._gather((space,), self._places(by_guid, (space,)), keep_row=False)
        return next((one for one in found if one.id == device.id), None)

    def within(self, space_id: str, devices: Sequence[Device]) -> frozenset[str]:
        """Return the ids of the devices that are in a device space, or in one below it.

        Raises:
            AnswerError: The list has fewer devices than the server counts, so that it proves nothing.
        """
        space = Partition(space_id, "")
        names = tuple(DeviceRef("guid", device.guid) for device in devices)
        places = self._places(Selection(names=names), (space,))
        found = self._gather((space,), places, keep_row=False, counted=True)
        return frozenset(device.id for device in found)

    def _of_query(
        self,
        selection: Selection,
        spaces: Sequence[Partition],
        *,
        keep_row: bool,
        extra: Mapping[str, str],
    ) -> tuple[list[Device], bool]:
        """Return the devices that a selection without labels can mean, and whether they are all
        devices of the spaces."""
        places = self._places(selection, spaces)
        whole = places == self._wholly(selection)
        # Names that all have a device need no count.
        least = 0 if whole else len(selection.names)
        devices = self._gather(spaces, places, keep_row=keep_row, extra=extra, counted=not least)
        if len(devices) < least and len(devices) < self._known(spaces, places):
            devices = self._gather(spaces, places, keep_row=keep_row, extra=extra, counted=True)
        if least:
            query.require_named(devices, selection.names)
        return devices, places == [_EVERYTHING]

    def _sample(self, spaces: Sequence[Partition]) -> list[Device]:
        """Return some devices."""
        paging = [("limit", str(SAMPLE)), ("offset", "0")]
        found: list[Device] = []
        for space in spaces:
            search = Search(space, _EVERYTHING, False, {}, {})
            answer = self._transport.call(
                endpoints.DEVICES_V2, query=[*search.query(self._refused), *paging]
            )
            rows, _total = answers.page(answer, "The list of devices")
            found += map(search.device, rows)
        return found

    def details(self, device: Device) -> dict[str, Any]:
        """Return the details of one device, by name."""
        answer = self._transport.call(endpoints.DETAILS_V2, path={"device": device.guid})
        return details_v2(answer, f"The details of {device.title}")

    def _places(self, selection: Selection, spaces: Sequence[Partition]) -> list[Query]:
        """Return where in each of the spaces the devices are that can meet a selection."""
        [[(_name, narrow)]] = whole = self._wholly(selection)
        lookups = query.lookups(selection.names, narrow) if selection.names else None
        if lookups is not None and len(lookups) > FEW_LOOKUPS:
            pages = sum(ceil(self._count(space) / PAGE_ROWS) for space in spaces)
            lookups = lookups if len(lookups) * len(spaces) <= pages else None
        return whole if lookups is None else [[("query", part)] for part in lookups]

    def _wholly(self, selection: Selection) -> list[Query]:
        """Return where the devices are that can meet a selection, whatever their names."""
        return [[("query", query.narrowing(selection))]]

    def _of_labels(
        self,
        selection: Selection,
        spaces: Sequence[Partition],
        *,
        keep_row: bool,
        extra: Mapping[str, str],
    ) -> list[Device]:
        """Return the devices that have any of the labels of a selection."""
        labels = pick_all(selection.labels, self.labels(), selection.option("labels"), "label")
        return in_order(
            device
            for label in labels
            for device in self._of_label(label, spaces, keep_row=keep_row, extra=extra)
        )

    def _gather(
        self,
        spaces: Sequence[Partition],
        places: Sequence[Query],
        *,
        keep_row: bool,
        extra: Mapping[str, str] | None = None,
        counted: bool = False,
        only_ids: bool = False,
    ) -> list[Device]:
        """Return the devices of several spaces, which may be within one another.

        Args:
            spaces: The device spaces.
            places: Where in each of them the devices are.
            keep_row: Whether the devices keep their rows.
            extra: Names of fields that an author gave and that must be requested, with the names of
                their options.
            counted: Whether the server must count as many for each search.
            only_ids: Whether the devices need nothing but their ids.

        Returns:
            Each device once, in the order of their ids.

        Raises:
            AnswerError: A search found fewer devices than the server counts.
        """
        own = {name: option for name, option in (extra or {}).items() if is_v2_name(name)}
        needed = v2_of(extra or {})
        found: dict[str, Device] = {}
        for space in spaces:
            for place in places:
                search = Search(space, place, keep_row, own, needed, only_ids)
                for device in self._counted(search) if counted else self._devices(search):
                    # The account's first space is its own. A space within it may know less of a
                    # device.
                    found.setdefault(device.id, device)
        return sorted(found.values(), key=lambda device: int(device.id))

    def fleet(self, partitions: Sequence[str]) -> int:
        """See UemClient."""
        return self._fleet(self.partitions(partitions))

    def _fleet(self, spaces: Sequence[Partition]) -> int:
        """Return how many devices there are.

        The devices of several spaces are read: if one space is within another, the server would
        count some devices twice.
        """
        if len(spaces) == 1:
            return self._count(spaces[0])
        return len(self._gather(spaces, [_EVERYTHING], keep_row=False))

    def count(self, status: str) -> int:
        """Return how many devices the account's device spaces have.

        Devices of a space that is within another count twice.

        Args:
            status: Count the devices of this status, or all for "".
        """
        return sum(
            self._count(space, query.with_status(status)) for space in self._account_spaces()
        )

    def check_query(self, wanted: str, space: Partition) -> int | None:
        """Send a query, to learn whether the server takes it.

        Returns:
            How many devices of a space meet it, or None if the server does not count.

        Raises:
            ApiError: It does not take it (HTTP 400), or failed.
        """
        try:
            return self._ask_count(space, wanted)
        except ApiError as error:
            if error.status not in (*ABSENT, FORBIDDEN):
                raise
        except AnswerError:
            pass
        self._first(space, wanted)
        return None

    def _count(self, space: Partition, wanted: str = "") -> int:
        """Return how many devices of a space meet a query.

        A server, or a role, may lack the call that counts. Then it is the total beside the list, or
        the length of the list if the total counts only its page.
        """
        try:
            return self._ask_count(space, wanted)
        except ApiError as error:
            if error.status not in _NO_COUNT:
                raise
        except AnswerError:
            pass
        answer = self._first(space, wanted)
        rows, total = answers.page(answer, "The list of devices")
        if total > len(rows) or answers.more(answer) is False:
            return total
        return len(self._devices(Search(space, [("query", wanted)], False, {}, {})))

    def _ask_count(self, space: Partition, wanted: str) -> int:
        """Return the server's count.

        Raises:
            ApiError: The server does not count.
            AnswerError: There is no number in its answer.
        """
        answer = self._transport.call(
            endpoints.COUNT, query=[("adminDeviceSpaceId", space.id), ("query", wanted)]
        )
        return answers.count(answer, "The number of devices")

    def _first(self, space: Partition, wanted: str) -> Any:
        """Return the answer with the first device of a list, which has fields that every server
        knows."""
        query = [("adminDeviceSpaceId", space.id), ("query", wanted), ("fields", "common.id")]
        return self._transport.call(
            endpoints.DEVICES_V2, query=[*query, ("limit", "1"), ("offset", "0")]
        )

    def _counted(self, search: Search) -> list[Device]:
        """Return the devices of a search by a query, as many as the server counts for it.

        The list has a total of its own, but whatever makes the list short makes its total short.
        """

        def recount() -> int:
            return self._known([search.space], [search.place])

        devices = self._devices(search)
        counted = recount()
        if len(devices) >= counted:
            return devices
        return read_counted(lambda: self._devices(search), counted, recount, "devices")

    def _known(self, spaces: Sequence[Partition], places: Sequence[Query]) -> int:
        """Return how many devices the server counts for queries, or 0 if it does not count."""
        try:
            return sum(
                self._ask_count(space, dict(place)["query"]) for space in spaces for place in places
            )
        except ApiError as error:
            if error.status not in _NO_COUNT:
                raise
            return 0
        except AnswerError:
            return 0

    def _devices(self, search: Search) -> list[Device]:
        """Return the devices of a search.

        At first all our fields are requested, because no server lists all that it knows. If it
        answers HTTP 400, only the fields that it lists are requested, and those that a verdict or
        the selection needs.
        """
        refused = self._refused
        try:
            return self._found(search, refused)
        except ApiError as error:
            if error.status != 400:
                raise
            refusal = error
        listed = self._search_fields(search.space)
        needed = NEEDED_V2.union(search.needed)
        unlisted = frozenset(search.ours) - listed - needed if listed else refused
        if unlisted - refused:
            try:
                devices = self._found(search, unlisted)
            except ApiError:
                pass
            else:
                self._refused = refused | unlisted
                return devices
        unknown = {
            name: option
            for name, option in {**search.needed, **search.own}.items()
            if listed and name not in listed
        }
        raise search_error(refusal, unknown, search.place)

    def _found(self, search: Search, without: frozenset[str]) -> list[Device]:
        """Return the devices of a search, without some of our fields."""
        paged = PagedList(
            endpoints.DEVICES_V2, "devices", "common.id", search.device, lambda device: device.id
        )
        return self._pages.read(paged, search.query(without))

    def _search_fields(self, space: Partition) -> frozenset[str]:
        """Return the names of fields that the server lists for a search; empty if it lists none."""
        with self._lock:
            if self._listed is None:
                try:
                    answer = self._transport.call(
                        endpoints.SEARCH_FIELDS, query=[("adminDeviceSpaceId", space.id)]
                    )
                    self._listed = field_names(answer, "The list of search fields")
                except (ApiError, AnswerError):
                    self._listed = frozenset()
            return self._listed

    # Labels

    def labels(self) -> tuple[Label, ...]:
        """Return all labels of the account's device spaces, as they were read last."""
        return self._labels or self.read_labels()

    def read_labels(self) -> tuple[Label, ...]:
        """Return all labels of the account's device spaces, with the counts that they have now."""
        found: dict[str, Label] = {}
        for space in self._account_spaces():
            try:
                rows = self._pages.read(_LABELS, [("adminDeviceSpaceId", space.id)])
            except ApiError as error:
                if error.status != 400:
                    raise
                raise search_error(error, {}, ()) from None
            found.update((label.id, label) for label in rows)
        labels = require_labels(found.values())
        if not self._is_global():
            labels = tuple(
                replace(one, out_of_reach=one.space_id == GLOBAL_SPACE) for one in labels
            )
        self._labels = labels
        return labels

    def members(self, label: Label) -> list[Device]:
        """Return the devices of a label."""
        return self._of_label(label, self._account_spaces(), keep_row=False)

    def _of_label(
        self,
        label: Label,
        spaces: Sequence[Partition],
        *,
        keep_row: bool,
        extra: Mapping[str, str] | None = None,
        only_ids: bool = False,
    ) -> list[Device]:
        """Return the devices of a label in device spaces; see ``_gather``.

        Raises:
            AnswerError: They are fewer than the server counts.
        """

        def recount() -> int:
            if {space.id for space in spaces} != {space.id for space in self._account_spaces()}:
                # The counts are those of the account's spaces.
                return 0
            return next((one.device_count for one in self.read_labels() if one.id == label.id), 0)

        def read() -> list[Device]:
            place = [("labelId", label.id)]
            return self._gather(spaces, [place], keep_row=keep_row, extra=extra, only_ids=only_ids)

        devices = read()
        if len(devices) >= label.device_count:
            return devices
        return read_counted(read, recount(), recount, f"devices on the label {label.name!r}")

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> dict[str, frozenset[str]]:
        """Return the labels of devices.

        They are read device by device, or label by label, whichever takes fewer requests.

        Args:
            devices: The devices.
            among: The labels to look at.

        Returns:
            For the id of each device the ids of its labels.

        Raises:
            NotFoundError: All devices have vanished, which is not believable.
        """
        concurrency = self._transport.settings.concurrency
        pages = sum(max(1, -(-label.device_count // PAGE_ROWS)) for label in among) * len(
            self._account_spaces()
        )
        if len(devices) > pages:

            def members(label: Label) -> list[Device]:
                return self._of_label(label, self._account_spaces(), keep_row=False, only_ids=True)

            return by_members(devices, among, members, concurrency)
        wanted = {label.id for label in among}
        read = each(self._labels_if_there, devices, concurrency)
        missing = [answer for answer in read if isinstance(answer, NotFoundError)]
        if missing and len(missing) == len(read):
            # Not all devices can vanish while they are read.
            raise missing[0]
        return {
            device.id: frozenset(() if isinstance(own, NotFoundError) else wanted & own.keys())
            for device, own in zip(devices, read, strict=True)
        }

    def _labels_if_there(self, device: Device) -> dict[str, str] | NotFoundError:
        """Return ``labels_on``, or the error for a device that vanished since it was listed."""
        try:
            return self.labels_on(device)
        except NotFoundError as error:
            return error

    def labels_on(self, device: Device) -> dict[str, str]:
        """Return the names of the labels of a device, by their ids."""
        space = [("adminDeviceSpaceId", self.space_of(device))]
        answer = self._transport.call(
            endpoints.LABELS_OF_DEVICE, path={"device": device.guid}, query=space
        )
        return labels_on(answer, f"The labels of {device.title}")

    def space_of(self, device: Device) -> str:
        """Return the id of the device space that a call for a device must name."""
        return device.space or self._account_spaces()[0].id

    def global_space_for(self, device: Device) -> str:
        """Return the id of the global space if the account has it, or else of the space that a call
        for a device must name."""
        return GLOBAL_SPACE if self._is_global() else self.space_of(device)

    def _is_global(self) -> bool:
        return any(space.id == GLOBAL_SPACE for space in self._account_spaces())
