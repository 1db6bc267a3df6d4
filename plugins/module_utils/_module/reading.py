# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that only read have in common: reads of many devices, a query, and the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .._core.device import Device
from .._core.selection import Found
from .._core.vocabulary import SERVER
from .._http.parallel import each
from .._http.progress import PROGRESS
from .query import Search, compile_query
from .run import Result, Run

Subject = TypeVar("Subject")
Read = TypeVar("Read")


def parse_query(params: Mapping[str, Any]) -> Search | None:
    """Read the option ``query`` before any request; see ``compile_query``."""
    return None if params["query"] is None else compile_query(params["query"], "query")


def read_each(
    read: Callable[[Subject], Read], subjects: Iterable[Subject], run: Run[Any]
) -> list[Read]:
    """Call a read for each subject, several at a time. Return the results in their order."""
    every = list(subjects)
    PROGRESS.add(to_read=len(every))

    def counted(subject: Subject) -> Read:
        found = read(subject)
        PROGRESS.add(read=1)
        return found

    return each(counted, every, run.concurrency)


def read_result(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    run: Run[Any],
    search: Search | None = None,
    **more: Any,
) -> Result:
    """Return the result of a task that only reads. What a query finds takes the place of the rows.

    Args:
        name: The key of the rows.
        rows: What was found.
        run: The run of the module.
        search: The option ``query``, evaluated over the rows.
        more: More keys of the result.
    """
    found = {name: list(rows)} if search is None else query_result(search, list(rows), run)
    requests = run.client.transport.requests
    return {"changed": False, **found, "count": len(rows), **more, "requests": requests}


def query_result(search: Search, data: Any, run: Run[Any]) -> Result:
    """Return the key of a result that has what a query finds."""
    found = search(data)
    run.client.notes += search.notes
    return {"query_result": found}


def with_server(rows: Iterable[Mapping[str, Any]], run: Run[Any]) -> list[dict[str, Any]]:
    """Return rows of devices, each with the address of its server: a device is one registration on
    one server."""
    server = run.client.transport.settings.server
    return [{**row, SERVER: server} for row in rows]


def left_out(found: Found, skipped: Iterable[tuple[Device, str]]) -> Result:
    """Return the keys of a result about devices that have no row.

    They are ``missing``, the names that no device has, and ``unreadable``, the devices that could
    not be read.

    Args:
        found: The result of the search for devices.
        skipped: Devices that could not be read, with the reason.
    """
    rows = [{**device.identity, "reason": reason} for device, reason in skipped]
    return {"missing": [ref.value for ref in found.missing], "unreadable": rows}
