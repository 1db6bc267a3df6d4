# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of API v2, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..._core.endpoint import Endpoint
from ..._core.errors import ApiError
from ..._http.paging import Page, Spot, read_all
from ..._http.request import Query
from ..._http.transport import Transport
from . import answers

# "Get label summary" allows 200. The limit of "Search for devices" is not documented; other clients
# use 200.
PAGE_ROWS = 200

Item = TypeVar("Item")


@dataclass(frozen=True)
class PagedList(Generic[Item]):
    """A list of API v2.

    Attributes:
        endpoint: The call for a page.
        what: The words for its items in messages.
        by: The field to sort it by, so that its pages do not shift.
        read: Makes an item of a row.
        key: Returns what distinguishes an item from the others.
    """

    endpoint: Endpoint
    what: str
    by: str
    read: Callable[[Mapping[str, Any]], Item]
    key: Callable[[Item], str]


class Pages:
    """Reads lists of one server. Safe to use from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._unsorted: set[str] = set()

    def read(self, paged: PagedList[Item], query: Query) -> list[Item]:
        """Read all items of a list: sorted, or in the server's order if it refuses to sort.

        Args:
            paged: The list.
            query: The parameters of the call, besides those for pages.

        Raises:
            ApiError: The server refuses the query, or failed.
            AnswerError: The pages are not the whole list.
        """
        if paged.endpoint.id in self._unsorted:
            return self._read(paged, query)
        try:
            return self._read(paged, [*query, ("sortField", paged.by), ("sortOrder", "ASC")])
        except ApiError as error:
            if error.status != 400:
                raise
            refusal = error
        try:
            found = self._read(paged, query)
        except ApiError:
            raise refusal from None
        self._unsorted.add(paged.endpoint.id)
        return found

    def _read(self, paged: PagedList[Item], query: Query) -> list[Item]:
        def fetch(spot: Spot) -> Page[Item]:
            paging = [("limit", str(PAGE_ROWS)), ("offset", str(spot.start))]
            answer = self._transport.call(paged.endpoint, query=[*query, *paging])
            rows, total = answers.page(answer, f"The list of {paged.what}")
            return Page([paged.read(row) for row in rows], total, more=answers.more(answer))

        concurrency = self._transport.settings.concurrency
        return read_all(
            fetch, key=paged.key, what=paged.what, concurrency=concurrency, says_more=True
        )
