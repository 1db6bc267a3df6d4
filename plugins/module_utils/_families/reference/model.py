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

_READ_THEM = "ivanti.uem.registration_reference_info reads which there are"


@dataclass(frozen=True)
class Country:
    """A country. ``code``: its digits for phone calls, which several may share; ``iso_code``: two
    capitals."""

    name: str
    code: str = ""
    iso_code: str = ""
    enabled: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """As results have it."""
        return {
            "name": self.name,
            "country_code": self.code,
            "iso_code": self.iso_code,
            "enabled": self.enabled,
        }


@dataclass(frozen=True)
class Operator:
    """An operator. ``type``: ``Mobile`` or ``Fixed``."""

    id: str
    name: str
    type: str = ""
    country_code: str = ""
    country_id: str = ""
    country_name: str = ""
    enabled: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """As results have it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "type": self.type, "country_code": self.country_code,
            "country_id": self.country_id, "country_name": self.country_name, "enabled": self.enabled,
        }
        # fmt: on


def parse_country(raw: object) -> str | None:
    """The option ``country``, or None where it is not given. Raises OptionError for an empty
    one."""
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
    """What is in the country with this name, ISO code or country code, of which several may be.

    An operator does not say its ISO code, so that it is told by the country's name; where the list
    of countries lacks that, by what it says itself. Raises OptionError where nothing is.
    """
    text = wanted.casefold()
    digits = re.sub(r"^(\+|00)", "", re.sub(r"[\s()-]", "", wanted))
    codes = {digits} - {""}
    kept = [
        one
        for one in countries
        if text in (one.name.casefold(), one.iso_code.casefold()) or one.code in codes
    ]
    names = {one.name.casefold() for one in kept} | {text}
    own = [
        one
        for one in operators
        if one.country_name.casefold() in names or one.country_code in codes
    ]
    if not kept and not own:
        known = [
            *(one.name for one in countries),
            *(one.iso_code for one in countries),
            *(one.country_name for one in operators),
        ]
        raise OptionError(
            "country: the server knows no country "
            f"{wanted!r}{nearest(wanted, filter(None, known))}; give a country's name, its ISO "
            "code such as US, or its country code such as 1."
        )
    return own, kept


def require_country(code: str, countries: Sequence[Country], operators: Sequence[Operator]) -> None:
    """Raise OptionError for the country code of a registration where no country has it, and no
    operator is of it. Of no countries nothing can be said."""
    names: dict[str, list[str]] = {}
    for digits, name in (
        *((_digits(one.code), one.name) for one in countries),
        *((_digits(one.country_code), one.country_name) for one in operators),
    ):
        names.setdefault(digits, []).append(name)
    if code in names or not any(_digits(one.code) for one in countries):
        return
    close = ", ".join(
        f"{one} ({', '.join(dict.fromkeys(names[one][:3]))})"
        for one in closest(code, filter(None, names))
    )
    near = f" (nearest: {close})" if close else ""
    raise OptionError(
        f"country_code: the server knows no country with the code {code}{near}; nothing was done. "
        f"Correct it; {_READ_THEM}."
    )


def operator_of(name: str, code: str, operators: Sequence[Operator]) -> str:
    """The operator of a registration as the server spells it, of which case is not known to count.
    Of no operators nothing can be said. Raises OptionError for one that there is not, or that is
    another country's, as far as operators say their country code.
    """
    if not operators or name.casefold() == NO_OPERATOR.casefold():
        return name
    alike = [one for one in operators if one.name.strip().casefold() == name.casefold()]
    own = [one for one in operators if _digits(one.country_code) in ("", code)]
    spelt = [one.name for one in alike if one in own]
    if spelt:
        return name if name in spelt else spelt[0]
    told = f"the server knows no operator {name!r}"
    if alike:
        places = dict.fromkeys(
            f"{one.country_name} (country_code {one.country_code})" for one in alike
        )
        told = (
            f"{name!r} is an operator of {', '.join(list(places)[:3])}, and of none with the "
            f"country_code {code}"
        )
    near = nearest(name, (one.name for one in own))
    raise OptionError(
        f"operator: {told}{near}; nothing was done. Correct operator or country_code; {_READ_THEM}."
    )


def _digits(code: str) -> str:
    """A country code, which may have a plus sign or zeros before it."""
    return re.sub(r"\D", "", code).lstrip("0")
