# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`GET /api/v2/devices` and `/devices/count`: choose, sort, page, and the faults which only a list
can have.

Sources: the vendor's page "Device Management" of API v2, "Search for devices" (parameters and their
limits); recorded answers (envelope, flat rows, absent values); requests of clients. What none of
them says is a switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.part import SORTED, SPACE, V2Part
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world import query
from uem_emulator.epmm.world.fields import Field
from uem_emulator.routing import Route

LONGEST_QUERY = 255
MOST_FIELDS = 512
LONGEST_FIELD = 320


@dataclass(frozen=True)
class _Choice:
    """Which devices: `text` is a query, None for none."""

    space_id: int
    text: str | None
    label_id: int | None


class DeviceList(V2Part):
    """The handlers for the list of devices and for their number."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        # fmt: off
        return (
            Route("GET", "/api/v2/devices", self.answer, SORTED | {"query", "labelId", "fields"}),
            Route("GET", "/api/v2/devices/count", self.count, SPACE | {"query"}),
        )
        # fmt: on

    def count(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """How many devices a query finds. More of the body than totalCount is not known."""
        choice = _Choice(self.space(request), self._text(request) or "", None)
        self.world.lag.before_read()
        return Answer(200, orjson.dumps({"totalCount": len(self._ids(choice))}))

    def answer(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return a page of the devices which a query or a label finds."""
        choice = self._choice(request)
        names = self._names(request)
        offset = wire.whole_number(request, "offset", 0, 0, None)
        limit = self._limit(request)
        sort, down = wire.sort_field(request), wire.descending(request)
        self._shift_pages(request, choice, sort, down)
        self.world.lag.before_read()
        order = self._order(choice, sort, down)
        ids = self.listed_page(request, order[offset : offset + limit])
        fields = self.world.fields
        getters = [(name, fields[name].value) for name in names if name in fields]
        docs = self.world.index.docs
        rows = [_row(docs[number], getters) for number in ids if number in docs]
        return self.page(
            rows,
            len(order),
            offset,
            searchTimeMillis=1,
            currentServerTimeMilliseconds=self.world.now,
        )

    # --- reading the request ------------------------------------------------------------------------------------------

    @staticmethod
    def _text(request: Request) -> str | None:
        """The query; an empty one is not the same as none."""
        if "query" not in request.parameters:
            return None
        text = request.parameters["query"][0]
        if len(text) > LONGEST_QUERY:
            raise BadRequest("validation.size", f"query must be 0 to {LONGEST_QUERY} characters.")
        return text.strip()

    def _choice(self, request: Request) -> _Choice:
        space, text = self.space(request), self._text(request)
        label = None
        if request.parameter("labelId") is not None:
            label = wire.whole_number(request, "labelId", None, -(10**9), None)
        if text is None and label is None:
            raise BadRequest("validation.required", "One of query and labelId is required.")
        if label is not None and text and not query.is_simple(text):
            if self.switches["label_and_advanced_query"] == "error":
                raise BadRequest(
                    "device.search.label", "labelId cannot be combined with an advanced query."
                )
            text = None
        return _Choice(space, text, label)

    def _names(self, request: Request) -> list[str]:
        names = [name.strip() for name in (request.parameter("fields") or "").split(",")]
        names = [name for name in names if name]
        if not 1 <= len(names) <= MOST_FIELDS or any(len(name) > LONGEST_FIELD for name in names):
            raise BadRequest(
                "validation.size",
                f"fields must be 1 to {MOST_FIELDS} names of at most {LONGEST_FIELD} characters.",
            )
        unknown = [name for name in names if name not in self.world.fields]
        if unknown and self.switches["v2_unknown_field"] == "error":
            raise BadRequest("device.search.field", f"Field '{unknown[0]}' is invalid.")
        return names

    def _limit(self, request: Request) -> int:
        switches = self.switches
        most = switches.number("v2_limit_max")
        highest = most if switches["v2_above_limit"] == "error" else None
        return min(
            wire.whole_number(request, "limit", switches.number("v2_limit_default"), 0, highest),
            most,
        )

    # --- finding ------------------------------------------------------------------------------------------------------

    def _ids(self, choice: _Choice) -> list[int]:
        world, switches = self.world, self.switches
        ids = self._of_label(choice)
        if not choice.text:
            return ids
        if query.is_simple(choice.text) and switches["text_query"] == "error":
            raise BadRequest("device.search.query", f"Query '{choice.text}' is invalid.")
        try:
            test = world.filter(choice.text)
        except query.UnknownFieldError as problem:
            if switches["unknown_field"] == "error":
                raise BadRequest(
                    "device.search.query", f"Query is invalid: {problem}."
                ) from problem
            return []
        except query.QueryError as problem:
            raise BadRequest("device.search.query", f"Query is invalid: {problem}.") from problem
        found = world.index.ids(("query", choice.text), test)
        if choice.label_id is None and choice.space_id == 1:
            return found
        chosen = set(ids)
        return [number for number in found if number in chosen]

    def _of_label(self, choice: _Choice) -> list[int]:
        world = self.world
        spaces = world.space_and_below(choice.space_id)
        if choice.label_id is None:
            return world.index.ids(
                ("space", choice.space_id),
                lambda device: choice.space_id == 1 or device.space_id in spaces,
            )
        label = world.labels.get(choice.label_id)
        if label is None or label not in world.visible_labels(choice.space_id):
            raise BadRequest("device.search.label", f"Label '{choice.label_id}' is invalid.")
        return world.listed(label, choice.space_id)

    def _order(self, choice: _Choice, sort: str | None, down: bool) -> list[int]:
        ids = self._ids(choice)
        scattered = self.switches["unsorted_order"] == "scattered"
        if sort is not None and sort not in self.world.fields:
            if self.switches["unknown_sort_field"] == "error":
                raise BadRequest("device.search.sort", f"Sort field '{sort}' is invalid.")
            sort = None
        if sort is None:
            if not scattered:
                return ids
            return self.world.index.order(("scattered", choice), lambda: sorted(ids, key=_scatter))
        field = self.world.fields[sort]
        return self.world.index.order(
            ("order", choice, sort, down), lambda: self._sorted(ids, field, down)
        )

    def _sorted(self, ids: list[int], field: Field, down: bool) -> list[int]:
        """Equals by id; devices without a value last either way."""
        docs = self.world.index.docs
        values = dict(
            zip(ids, wire.comparable([field.value(docs[number]) for number in ids]), strict=True)
        )
        some = [number for number in ids if values[number] is not None]
        some.sort(key=lambda number: wire.sort_key(values[number]), reverse=down)
        return some + [number for number in ids if values[number] is None]

    # --- faults -------------------------------------------------------------------------------------------------------

    def _shift_pages(self, request: Request, choice: _Choice, sort: str | None, down: bool) -> None:
        """A device leaves or joins in front of the pages which were read already, as happens on a
        busy server."""
        if "shifting_pages" not in request.effects:
            return
        if request.effects["shifting_pages"].get("mode", "vanish") == "vanish":
            order = self._order(choice, sort, down)
            if order:
                self.world.remove(order[0])
            return
        self.world.add({"id": min(self.world.devices, default=1) - 1, "space_id": choice.space_id})


def _row(device: Any, getters: list[tuple[str, Any]]) -> dict[str, Any]:
    """Flat, keys as they were asked for; what the device lacks is left out."""
    return {name: value for name, getter in getters if (value := getter(device)) is not None}


def _scatter(number: int) -> int:
    return number * 2654435761 & 0xFFFFFFFF
