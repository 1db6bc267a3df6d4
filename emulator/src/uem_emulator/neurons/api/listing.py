# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`GET /api/v1/device`: filter, sort, page, and the faults which only a list can have.

Sources: "Device API Calls" (fq, rows at most 500, start, q, searchAfterValues); recorded answers
(default of 10 rows, `offset` in the answer but not in the request, facets,
totalUnfilteredResultCount 0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world import fq
from uem_emulator.neurons.world.search import (
    SORTABLE,
    WINDOW,
    Match,
    Query,
    SearchAfterError,
    parse,
    sort_value,
)
from uem_emulator.neurons.world.world import World
from uem_emulator.part import without_last
from uem_emulator.routing import Route
from uem_emulator.switches import Switches

DEFAULT_ROWS = 10
MOST_ROWS = 500
#: Lists from the database, unlike those from the index, answer at most 50 rows whatever `rows` says (vendor page).
DATABASE_ROWS = 50
_PARAMETERS = frozenset(
    (
        "dmPartitionId",
        "q",
        "fq",
        "rows",
        "start",
        "sortFields[].name",
        "sortFields[].order",
        "searchAfterValues",
        "type",
        "bundleId",
        "platformType",
    )
)
_SORT_FIELD = re.compile(r"sortFields\[(\d+)\]\.(name|order)$")
_SORT_NAMES = {name.lower(): name for name in SORTABLE}
_EMPTY = Match([], b"{}", (0, 0))


def read_int(request: Request, name: str, default: int, lowest: int, highest: int | None) -> int:
    """Return a parameter which is a whole number.

    Args:
        request: The request.
        name: The name of the parameter.
        default: What stands for a missing one.
        lowest: The lowest number that is taken.
        highest: The highest one; None for no limit.

    Raises:
        BadRequest: Out of range it has the documented code Range.
    """
    text = request.parameter(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise BadRequest(("typeMismatch", "must be a whole number", name))
    value = int(text)
    if value < lowest or (highest is not None and value > highest):
        wanted = (
            f"between {lowest} and {highest}"
            if highest is not None
            else f"greater than or equal to {lowest}"
        )
        raise BadRequest(("Range", f"must be {wanted}", name))
    return value


def read_after(values: list[str]) -> list[Any]:
    """searchAfterValues in any of the ways a client may guess: 123, [123], "x", ["x"], 1,2, or
    repeated."""
    found: list[Any] = []
    for text in values:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = text.split(",") if "," in text and len(values) == 1 else text
        found += value if isinstance(value, list) else [value]
    return found


def read_partition(world: World, switches: Switches, request: Request) -> int:
    """Return the device space of a list. Raises BadRequest."""
    if request.parameter("dmPartitionId") is None:
        if switches["missing_partition"] == "error":
            raise BadRequest(("NotNull", "must not be null", "dmPartitionId"))
        return world.default_partition.id
    partition = read_int(request, "dmPartitionId", 0, 0, None)
    if partition not in world.partitions and switches["unknown_partition"] == "error":
        raise BadRequest(("Invalid", "no such device space", "dmPartitionId"))
    return partition


def read_sort(
    request: Request, names: Mapping[str, str], switches: Switches
) -> tuple[tuple[str, bool], ...]:
    """Return the fields to sort by, each with whether it is descending.

    Args:
        request: The request.
        names: The names in lower case, and the fields they stand for.
        switches: The switches.

    Raises:
        BadRequest: A field or an order is unknown.
    """
    given: dict[int, dict[str, str]] = {}
    for name, values in request.parameters.items():
        found = _SORT_FIELD.match(name)
        if found:
            given.setdefault(int(found[1]), {})[found[2]] = values[0]
    sort = []
    for place in sorted(given):
        asked, order = given[place].get("name", ""), given[place].get("order", "ASC").upper()
        field = names.get(asked.lower())
        if order not in ("ASC", "DESC"):
            raise BadRequest(("Invalid", "must be ASC or DESC", f"sortFields[{place}].order"))
        if field is None and switches["unknown_sort_field"] == "error":
            raise BadRequest(("Invalid", "no such field", f"sortFields[{place}].name"))
        if field is not None:
            sort.append((field, order == "DESC"))
    return tuple(sort)


def database_page(request: Request, rows: list[dict[str, Any]]) -> Answer:
    """Return a page of a list which comes from the database."""
    start = read_int(request, "start", 0, 0, None)
    limit = min(read_int(request, "rows", DATABASE_ROWS, 1, None), DATABASE_ROWS)
    return wire.ok(
        {
            "searchResults": without_last(request, rows[start : start + limit]),
            "totalCount": len(rows),
            "offset": start,
            "limit": limit,
        }
    )


@dataclass(frozen=True)
class _Page:
    query: Query
    start: int
    rows: int
    after: list[Any] | None


class DeviceList(NeuronsPart):
    """The handler for the list of devices."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the call with its handler."""
        return (Route("GET", "/api/v1/device", self.answer, _PARAMETERS),)

    def answer(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return a page of the devices which a filter finds."""
        page = self._read(request)
        if request.parameter("type") == "APP_INVENTORY":
            # A client in the field asks so for the apps on devices, and ends its filter with AND.
            # The emulator knows no apps: nothing is found.
            return Answer(
                200,
                wire.page(
                    [], total=0, offset=page.start, limit=page.rows, facets=b"{}", after=None
                ),
            )
        self._shift_pages(request, page)
        world, switches = self.world, self.switches
        world.lag.before_read()
        found, order = self._find(page)
        start = page.start
        if page.after is not None:
            start = self._after(order, page)
        ids = order[start : start + page.rows]
        ids = self.listed_page(request, ids)
        rows = [wire.row_bytes(world.index.docs[i], switches) for i in ids if i in world.index.docs]
        after = None
        if switches.is_on("search_after_in_answer"):
            after = orjson.dumps(self._sort_values(ids[-1], page.query) if ids else [])
        body = wire.page(
            rows,
            total=len(found.ids),
            offset=page.start,
            limit=page.rows,
            facets=found.facets,
            after=after,
        )
        return Answer(200, body)

    # --- reading the request ----------------------------------------------------------------------------------------

    def _read(self, request: Request) -> _Page:
        rows = read_int(request, "rows", DEFAULT_ROWS, 1, MOST_ROWS)
        start = read_int(request, "start", 0, 0, None)
        if start + rows > WINDOW:
            raise BadRequest(
                (
                    "Range",
                    f"start + rows must be less than or equal to {WINDOW}; use searchAfterValues",
                    "start",
                )
            )
        sort = read_sort(request, _SORT_NAMES, self.switches)
        after = None
        if request.parameter("searchAfterValues") is not None:
            after = read_after(request.parameters["searchAfterValues"])
            if not sort:
                raise BadRequest(("Invalid", "needs sortFields", "searchAfterValues"))
            if start and self.switches["start_with_search_after"] == "error":
                raise BadRequest(("Invalid", "must be 0 with searchAfterValues", "start"))
            start = 0
        space = read_partition(self.world, self.switches, request)
        query = Query(space, request.parameter("fq"), request.parameter("q"), sort)
        return _Page(query, start, rows, after)

    # --- finding ----------------------------------------------------------------------------------------------------

    def _find(self, page: _Page) -> tuple[Match, list[int]]:
        index, switches = self.world.index, self.switches
        try:
            if page.query.fq is not None:
                self._check_attributes(parse(page.query.fq))
            found = index.match(page.query, ignore_case=switches["fq_case"] == "ignored")
        except fq.UnknownFieldError as error:
            if switches["unknown_field"] == "error":
                raise BadRequest(("Invalid", str(error), "fq")) from error
            found = _EMPTY
        except fq.FqError as error:
            raise BadRequest(("Invalid", str(error), "fq")) from error
        return found, index.ordered(
            found, page.query.sort, scattered=switches["unsorted_order"] == "scattered"
        )

    def _check_attributes(self, node: fq.Node) -> None:
        if self.switches["undefined_attribute_in_filter"] != "error":
            return
        undefined = self._undefined(node)
        if undefined:
            raise fq.FqError(f"no such attribute: {', '.join(undefined)}")

    def _undefined(self, node: fq.Node) -> list[str]:
        """The attributes which a filter names and nobody has defined."""
        kinds = {fq.DEVICE_ATTRIBUTE: ("DEVICE",), fq.LDAP_ATTRIBUTE: ("LDAP", "AAD")}
        return [
            leaf.attr
            for leaf in fq.leaves(node)
            if leaf.attr is not None
            and not any(
                (kind, leaf.attr.lower()) in self.world.definitions for kind in kinds[leaf.field]
            )
        ]

    def _after(self, order: list[int], page: _Page) -> int:
        try:
            return self.world.index.position_after(order, page.query.sort, page.after or [])
        except SearchAfterError as error:
            raise BadRequest(("Invalid", str(error), "searchAfterValues")) from error

    def _sort_values(self, device_id: int, query: Query) -> list[Any]:
        document = self.world.index.docs[device_id]
        return [
            sort_value(document.value(name)) for name, _descending in query.sort or (("id", False),)
        ]

    # --- faults -----------------------------------------------------------------------------------------------------

    def _shift_pages(self, request: Request, page: _Page) -> None:
        """A device leaves or joins in front of the pages which were read already, as happens in a
        busy tenant."""
        if "shifting_pages" not in request.effects:
            return
        world = self.world
        _found, order = self._find(page)
        if request.effects["shifting_pages"].get("mode", "vanish") == "vanish":
            if order:
                world.remove(order[0])
            return
        world.add(
            {"id": min(world.devices, default=22000) - 1, "dmPartitionId": page.query.partition}
        )
