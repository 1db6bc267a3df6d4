# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that only read have in common: reads of many devices at once, a query, and the
result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .._core.device import Device
from .._core.selection import Found
from .._http.parallel import each
from .query import compile_query
from .run import Result, Run

Subject = TypeVar("Subject")
Read = TypeVar("Read")
Search = Callable[[Any], Any]


def parse_query(params: Mapping[str, Any]) -> Search | None:
    """The option ``query``, read before any request; see ``compile_query``."""
    return None if params["query"] is None else compile_query(params["query"], "query")


def read_each(
    read: Callable[[Subject], Read], subjects: Iterable[Subject], run: Run[Any]
) -> list[Read]:
    """What a read returns of each subject, in their order, several at a time."""
    return each(read, subjects, run.concurrency)


def read_result(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    run: Run[Any],
    search: Search | None = None,
    **more: Any,
) -> Result:
    """The result of a task that only reads. What a query found takes the place of the rows.

    Args:
        name: the key of the rows.
        rows: what was found.
        run: the run of the module.
        search: the option ``query``, evaluated over the rows.
        more: more keys of the result.
    """
    found = {name: list(rows)} if search is None else {"query_result": search(list(rows))}
    requests = run.client.transport.requests
    return {"changed": False, **found, "count": len(rows), **more, "requests": requests}


def left_out(found: Found, skipped: Iterable[tuple[Device, str]]) -> Result:
    """The devices that were named and do not exist (``missing``), and those of which nothing could
    be read (``unreadable``)."""
    rows = [{**device.identity, "reason": reason} for device, reason in skipped]
    return {"missing": [ref.value for ref in found.missing], "unreadable": rows}
