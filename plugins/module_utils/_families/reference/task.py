# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what registrations refer to: operators and countries."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.errors import OptionError
from ..._module.reading import parse_query, query_result
from ..._module.run import Result, Run
from .calls import Reference
from .model import COUNTRIES, OPERATORS, Country, Operator, in_country, parse_country


def read_reference(run: Run[Reference]) -> Result:
    """Run registration_reference_info."""
    search = parse_query(run.params)
    country, subset = parse_country(run.params["country"]), run.params["subset"]
    if not subset:
        raise OptionError(
            f"subset: is empty; give {OPERATORS}, {COUNTRIES} or both, or leave it out."
        )
    found = _read(run, country, subset)
    enabled = run.params["enabled_only"]
    rows = {
        name: [row.as_dict() for row in found[name] if row.enabled or not enabled]
        for name in found
        if name in subset
    }
    count = sum(map(len, rows.values()))
    requests = run.client.transport.requests
    shown = rows if search is None else query_result(search, rows, run)
    return {"changed": False, **shown, "count": count, "requests": requests}


def _read(
    run: Run[Reference], country: str | None, subset: Sequence[str]
) -> dict[str, Sequence[Operator | Country]]:
    """Return the wanted operators and countries. A country is found in the list of countries."""
    operators = list(run.calls.operators()) if OPERATORS in subset else []
    countries = list(run.calls.countries()) if COUNTRIES in subset or country else []
    if country:
        operators, countries = in_country(country, operators, countries)
    return {OPERATORS: operators, COUNTRIES: countries}
