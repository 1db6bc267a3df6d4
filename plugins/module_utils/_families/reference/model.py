# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators and countries that a registration of EPMM refers to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.errors import OptionError
from ..._core.names import closest, nearest

OPERATORS, COUNTRIES = "operators", "countries"

# "The value PDA indicates no operator is associated with the device."
NO_OPERATOR = "PDA"

_READ_THEM = "ivanti.uem.registration_reference_info lists them"


@dataclass(frozen=True)
class Country:
    """A country.

    Attributes:
        name: Its name.
        code: Its digits for phone calls; several countries may have the same.
        iso_code: Its two capital letters.
        enabled: Whether devices may be registered there.
    """

    name: str
    code: str = ""
    iso_code: str = ""
    enabled: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the country for results."""
        return {
            "name": self.name,
            "country_code": self.code,
            "iso_code": self.iso_code,
            "enabled": self.enabled,
        }


@dataclass(frozen=True)
class Operator:
    """An operator. Its ``type`` is ``Mobile`` or ``Fixed``."""

    id: str
    name: str
    type: str = ""
    country_code: str = ""
    country_id: str = ""
    country_name: str = ""
    enabled: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the operator for results."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "type": self.type, "country_code": self.country_code,
            "country_id": self.country_id, "country_name": self.country_name, "enabled": self.enabled,
        }
        # fmt: on


def parse_country(raw: object) -> str | None:
    """Read the option ``country``, which may be None.

    Raises:
        OptionError: It is empty.
    """
    if raw is None:
        return None
    text = str(raw).strip()
    if not text:
        raise OptionError(
            "country: is empty; give a country's name, its ISO code such as US, or its country "
            "code such as 1."
        )
    return text


def in_country(
    wanted: str, operators: Sequence[Operator], countries: Sequence[Country]
) -> tuple[list[Operator], list[Country]]:
    """Return the operators and countries with a country name, an ISO code or a country code.

    Several may fit. Operators have no ISO code: the name of the country finds them, too.

    Args:
        wanted: The name or code.
        operators: The operators of the server.
        countries: Its countries.

    Raises:
        OptionError: Nothing fits.
    """
    text = wanted.casefold()
    digits = re.sub(r"^(\+|00)", "", re.sub(r"[\s()-]", "", wanted))
    codes = {digits} - {""}
    found = [
        country
        for country in countries
        if text in (country.name.casefold(), country.iso_code.casefold()) or country.code in codes
    ]
    names = {country.name.casefold() for country in found} | {text}
    own = [
        operator
        for operator in operators
        if operator.country_name.casefold() in names or operator.country_code in codes
    ]
    if not found and not own:
        raise _no_country(wanted, operators, countries)
    return own, found


def _no_country(
    wanted: str, operators: Sequence[Operator], countries: Sequence[Country]
) -> OptionError:
    known = [
        *(country.name for country in countries),
        *(country.iso_code for country in countries),
        *(operator.country_name for operator in operators),
    ]
    return OptionError(
        "country: the server knows no country "
        f"{wanted!r}{nearest(wanted, filter(None, known))}; give a country's name, its ISO "
        "code such as US, or its country code such as 1."
    )


def require_country(code: str, countries: Sequence[Country], operators: Sequence[Operator]) -> None:
    """Check the country code of a registration.

    Without a list of countries it cannot be checked.

    Args:
        code: The country code.
        countries: What the server has.
        operators: What the server has.

    Raises:
        OptionError: No country and no operator has the code.
    """
    names: dict[str, list[str]] = {}
    for country in countries:
        names.setdefault(_digits(country.code), []).append(country.name)
    for operator in operators:
        names.setdefault(_digits(operator.country_code), []).append(operator.country_name)
    if code in names or not any(_digits(country.code) for country in countries):
        return
    close = ", ".join(
        f"{other} ({', '.join(dict.fromkeys(names[other][:3]))})"
        for other in closest(code, filter(None, names))
    )
    near = f" (nearest: {close})" if close else ""
    raise OptionError(
        f"country_code: the server knows no country with the code {code}{near}; nothing was done. "
        f"Correct it; {_READ_THEM}."
    )


def operator_of(name: str, code: str, operators: Sequence[Operator]) -> str:
    """Return the operator of a registration as the server spells it.

    It is compared without case, because it is not known whether case counts. Without a list of
    operators it cannot be checked.

    Args:
        name: The name that the author gives.
        code: The country code of the registration.
        operators: What the server has.

    Raises:
        OptionError: There is no such operator, or it is one of another country.
    """
    if not operators or name.casefold() == NO_OPERATOR.casefold():
        return name
    same_name = [
        operator for operator in operators if operator.name.strip().casefold() == name.casefold()
    ]
    own = [operator for operator in operators if _digits(operator.country_code) in ("", code)]
    spellings = [operator.name for operator in same_name if operator in own]
    if spellings:
        return name if name in spellings else spellings[0]
    near = nearest(name, (operator.name for operator in own))
    problem = _operator_problem(name, code, same_name)
    raise OptionError(
        f"operator: {problem}{near}; nothing was done. Correct operator or country_code; {_READ_THEM}."
    )


def _operator_problem(name: str, code: str, same_name: Sequence[Operator]) -> str:
    """Return why an operator cannot be used; ``same_name``: those of other countries."""
    if not same_name:
        return f"the server knows no operator {name!r}"
    places = dict.fromkeys(
        f"{operator.country_name} (country_code {operator.country_code})" for operator in same_name
    )
    return (
        f"{name!r} is an operator of {', '.join(list(places)[:3])}, and of no country with the "
        f"country_code {code}"
    )


def _digits(code: str) -> str:
    """Return the digits of a country code, without a plus sign or zeros before it."""
    return re.sub(r"\D", "", code).lstrip("0")
