# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that only read have in common: reads of many devices at once, a query, and the
result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .._products.protocol import UemClient
from .query import compile_query

Subject = TypeVar("Subject")
Read = TypeVar("Read")
Search = Callable[[Any], Any]


def parse_query(params: Mapping[str, Any]) -> Search | None:
    """The option ``query``, read before any request; see ``compile_query``."""
    return None if params["query"] is None else compile_query(params["query"], "query")


def read_each(
    read: Callable[[Subject], Read], subjects: Iterable[Subject], client: UemClient
) -> list[Read]:
    """What a read answers of each subject, in their order, as many at a time as may be."""
    with ThreadPoolExecutor(client.transport.settings.concurrency) as pool:
        return list(pool.map(read, subjects))


def answered(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    client: UemClient,
    search: Search | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The result of a task that only reads: the rows under their name, their ``count``,
    ``requests``, what the query found in the rows, and whatever ``more`` there is."""
    result = {
        "changed": False,
        name: list(rows),
        "count": len(rows),
        **more,
        "requests": client.transport.requests,
    }
    return result if search is None else {**result, "query_result": search(list(rows))}
