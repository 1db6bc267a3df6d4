# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that only read have in common: a query, and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.compared import Why, why_not_among
from .query import Search, compile_query
from .run import Result, Run


def parse_query(params: Mapping[str, Any]) -> Search | None:
    """Read the option ``query`` before any request; see ``compile_query``."""
    return None if params["query"] is None else compile_query(params["query"], "query")


def read_result(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    run: Run[Any],
    search: Search | None = None,
    why: Why | None = None,
    **more: Any,
) -> Result:
    """Return the result of a task that only reads. What a query finds takes the place of the rows.

    Args:
        name: The key of the rows.
        rows: What was found.
        run: The run of the module.
        search: The option ``query``, evaluated over the rows.
        why: Says why no row can have a text that the query compares a field with.
        more: More keys of the result.
    """
    found = {name: list(rows)} if search is None else query_result(search, list(rows), run, why)
    requests = run.client.transport.requests
    return {"changed": False, **found, "count": len(rows), **more, "requests": requests}


def query_result(search: Search, data: Any, run: Run[Any], why: Why | None = None) -> Result:
    """Return the key of a result that has what a query finds; see ``read_result``."""
    found = search(data)
    run.client.notes += search.notes
    if isinstance(data, list):
        rows = [row for row in data if isinstance(row, Mapping)]
        why = why or why_not_among({})
        run.client.notes += [*search.impossible(rows, why), *search.lacking(rows, why)]
    return {"query_result": found}
