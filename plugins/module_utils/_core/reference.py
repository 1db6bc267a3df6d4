# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operators and countries that a registration of EPMM refers to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import OptionError
from .names import nearest

OPERATORS, COUNTRIES = "operators", "countries"


@dataclass(frozen=True)
class Country:
    """A country. ``code``: its digits for phone calls, which several may share; ``iso_code``: two capitals."""

    name: str
    code: str = ""
    iso_code: str = ""
    enabled: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """As results have it."""
        return {"name": self.name, "country_code": self.code, "iso_code": self.iso_code, "enabled": self.enabled}


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
        return {
            "id": self.id, "name": self.name, "type": self.type, "country_code": self.country_code,
            "country_id": self.country_id, "country_name": self.country_name, "enabled": self.enabled,
        }


def parse_country(raw: object) -> str | None:
    """The option ``country``, or None where it is not given. Raises OptionError for an empty one."""
    if raw is None:
        return None
    text = str(raw).strip()
    if not text:
        raise OptionError("country: is empty; give a country's name, its ISO code such as US, or its country code such as 1.")
    return text


def in_country(
    wanted: str, operators: Sequence[Operator], countries: Sequence[Country]
) -> tuple[list[Operator], list[Country]]:
    """What is in the country with this name, ISO code or country code, of which several may be.

    An operator does not say its ISO code, so that it is told by the country's name; where the list of countries lacks that, by
    what it says itself. Raises OptionError where nothing is.
    """
    text = wanted.casefold()
    digits = re.sub(r"^(\+|00)", "", re.sub(r"[\s()-]", "", wanted))
    codes = {digits} - {""}
    kept = [one for one in countries if text in (one.name.casefold(), one.iso_code.casefold()) or one.code in codes]
    names = {one.name.casefold() for one in kept} | {text}
    own = [one for one in operators if one.country_name.casefold() in names or one.country_code in codes]
    if not kept and not own:
        known = [*(one.name for one in countries), *(one.iso_code for one in countries), *(one.country_name for one in operators)]
        raise OptionError(
            f"country: the server knows no country {wanted!r}{nearest(wanted, filter(None, known))}; give a country's name, its "
            "ISO code such as US, or its country code such as 1."
        )
    return own, kept
