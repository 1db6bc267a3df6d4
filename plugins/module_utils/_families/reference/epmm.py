# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators and countries (E23, E24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._products.epmm import answers
from ..._products.epmm.endpoints import DEVICE_GUIDE, read_v1
from ..._products.epmm.lists import read_list
from ..._products.epmm.server import Epmm
from ..._products.values import flag, text_of
from .model import Country, Operator

OPERATORS = read_v1("E23", "/api/v1/dm/operators", DEVICE_GUIDE + "List of Operators")
COUNTRIES = read_v1("E24", "/api/v1/dm/countries", DEVICE_GUIDE + "List of Countries")

# "List of Countries": the ASCII codes of t and f.
_REGISTERS = {"116": True, "102": False, "t": True, "f": False}


class EpmmReference:
    """See Reference."""

    def __init__(self, client: Epmm) -> None:
        self._client = client

    def operators(self) -> tuple[Operator, ...]:
        """See Reference."""
        rows = read_list(self._client.v1, OPERATORS, "operators", "operator")
        return tuple(operator(row) for row in rows)

    def countries(self) -> tuple[Country, ...]:
        """See Reference."""
        rows = read_list(self._client.v1, COUNTRIES, "countries", "country")
        return tuple(country(row) for row in rows)


def operator(row: Mapping[str, Any]) -> Operator:
    """Make an operator of a row of "List of Operators"."""
    return Operator(
        id=text_of(answers.id_of(row)),
        name=text_of(row.get("carrierShortName")),
        type=text_of(row.get("carrierType")),
        country_code=text_of(row.get("countryCode")),
        country_id=text_of(row.get("countryId")),
        country_name=text_of(row.get("countryName")),
        enabled=flag(row.get("enabled")),
    )


def country(row: Mapping[str, Any]) -> Country:
    """Make a country of a row of "List of Countries". Its example has the ISO code under a misspelt
    name as well."""
    registers = row.get("enabledForRegistration")
    known = flag(registers)
    return Country(
        name=text_of(row.get("countryName")),
        code=text_of(row.get("countryCode")),
        iso_code=text_of(row.get("isoAlpha2Code") or row.get("isoAplha2Code")).upper(),
        enabled=_REGISTERS.get(text_of(registers).strip().lower()) if known is None else known,
    )
