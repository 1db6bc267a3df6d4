# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..._core.compared import why_not_device
from ..._core.errors import OptionError
from ..._core.names import closest
from ..._core.vocabulary import other_name
from ..._module.choice import named_or_selected, never_said, parse_choice, rows_of
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from ..._products.capability import UemClient


def read_devices(run: Run[UemClient]) -> Result:
    """Run device_info."""
    params, fields = run.params, run.params["fields"]
    search = parse_query(params)
    _require_our_names(fields or ())
    choice = named_or_selected(params, in_spaces=True) or parse_choice(
        params, everything=True, reads=True
    )
    found = choice.find(run.client, keep_rows=True, fields=fields or ())
    rows = rows_of(found.devices)
    if params["details"]:
        rows = [dict(row) for row in read_each(run.client.details, found.devices, run)]
    rows = with_server(rows, run)
    warnings = _unknown_fields(rows, fields or ())
    nulls = {name for name in fields or () if all(row.get(name, "") is None for row in rows)}
    # What EPMM does not say depends on its API. A host that asks nothing itself must not look for it.
    if rows and nulls:
        warnings += never_said("fields", nulls & run.client.unsaid, run.client.product)
    if fields is not None:
        rows = [{field: row.get(field) for field in fields} for row in rows]
    missing = [ref.value for ref in found.missing]
    return read_result(
        "devices", rows, run, search, why_not_device, missing=missing, warnings=warnings
    )


def _require_our_names(fields: Sequence[str]) -> None:
    """Refuse fields that have another name here, or none, before any request.

    Raises:
        OptionError: There is one.
    """
    for field in fields:
        if not field.strip():
            raise OptionError(
                "fields: has an empty name; name the fields, or leave the option out for all of them. "
                "Nothing was read."
            )
        if other_name(field):
            raise OptionError(
                f"fields: {field!r} is called {other_name(field)} here; correct it. Nothing was "
                "read."
            )


def _unknown_fields(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[str]:
    """Return a warning for each field that no row has."""
    if not rows:
        return []
    absent = [field for field in fields if not any(field in row for row in rows)]
    known = {name for row in rows for name in row}
    return [f"fields: no device has {field}; {_remedy(field, known)}" for field in absent]


def _remedy(field: str, known: Collection[str]) -> str:
    other = next(iter(closest(field, known)), "")
    return f"did you mean {other}?" if other else "check the spelling."
