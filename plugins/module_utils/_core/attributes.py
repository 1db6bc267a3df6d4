# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom attributes: names and values as the API keeps them, and how two of them are compared.

Sources: Neurons device API guide, "Add/Replace Custom Attributes Per Device" and "Patch custom
attributes per device" (values are lists of strings; the API name of a numeric attribute ends in
``_#``; a name written ``cityId`` is read back as ``cityid``); admin guide, "Assigning Custom
Attributes to Devices" (empty values are not allowed).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from .errors import OptionError

NUMERIC_SUFFIX = "_#"

Values = tuple[str, ...]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def canonical(name: str) -> str:
    """The name by which two spellings of one attribute are the same: lower case, without the
    numeric suffix."""
    return name.lower().removesuffix(NUMERIC_SUFFIX)


def clean_name(raw: object, where: str) -> str:
    """A name as an author wrote it, refused with OptionError when no server could keep it."""
    name = str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not canonical(name).strip() or name != name.strip() or not name.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is not an attribute name; it must be text without line breaks or "
            "spaces around it."
        )
    return name


def clean_values(raw: object, where: str) -> Values:
    """A value (string, number, boolean, or a list of these) as the list of strings that the API
    keeps.

    Repeated values count once. Raises OptionError for what the API does not keep: nothing, "", or a
    mapping.
    """
    parts = raw if isinstance(raw, (list, tuple)) else [raw]
    values = tuple(dict.fromkeys(_text(part, where) for part in parts))
    if not values:
        raise _empty(where)
    return values


def clean_map(raw: object, where: str) -> dict[str, Values]:
    """A desired map of names to values, both cleaned.

    Raises OptionError when it is no mapping, when two of its names are spellings of one attribute,
    or when a numeric attribute has a value that is no number.
    """
    if not isinstance(raw, Mapping):
        raise OptionError(
            f"{where}: expected a mapping of attribute names to values, got {type(raw).__name__}."
        )
    names = clean_names(raw, where)
    cleaned = {
        name: clean_values(value, f"{where}.{name}")
        for name, value in zip(names, raw.values(), strict=True)
    }
    for name, values in cleaned.items():
        wrong = no_numbers(values) if is_numeric(name) else ()
        if wrong:
            raise OptionError(
                f"{where}.{name}: {wrong[0]!r} is not a number, as the suffix {NUMERIC_SUFFIX} "
                "promises."
            )
    return cleaned


def clean_names(raw: Iterable[object], where: str) -> tuple[str, ...]:
    """Attribute names, cleaned. Raises OptionError when two are spellings of one attribute."""
    seen: dict[str, str] = {}
    for part in raw:
        name = clean_name(part, where)
        other = seen.setdefault(canonical(name), name)
        if other is not name:
            raise OptionError(
                f"{where}: {other!r} and {name!r} are the same attribute (names are compared "
                "without case); keep one."
            )
    return tuple(seen.values())


def same_values(one: Iterable[str], other: Iterable[str], *, numeric: bool) -> bool:
    """Whether two lists of values are the same.

    The order does not count, for an attribute answers rules by any of its values. Numbers are
    compared as numbers where the attribute is numeric, so that ``3`` and ``3.0`` are no drift.
    """
    return _comparable(one, numeric=numeric) == _comparable(other, numeric=numeric)


def missing_values(wanted: Iterable[str], present: Iterable[str], *, numeric: bool) -> Values:
    """Those wanted values that are not present, in the order wanted."""
    have = _comparable(present, numeric=numeric)
    return tuple(value for value in wanted if _key(value, numeric=numeric) not in have)


def no_numbers(values: Iterable[str]) -> Values:
    """Those values that are not written as a plain number, such as ``-3`` or ``2.5``."""
    return tuple(value for value in values if not _NUMBER.fullmatch(value))


def is_numeric(*names: str) -> bool:
    """Whether any of the spellings says that the attribute is numeric."""
    return any(name.endswith(NUMERIC_SUFFIX) for name in names)


def _comparable(values: Iterable[str], *, numeric: bool) -> set[str | Decimal]:
    return {_key(value, numeric=numeric) for value in values}


def _key(value: str, *, numeric: bool) -> str | Decimal:
    return Decimal(value) if numeric and _NUMBER.fullmatch(value) else value


def _text(raw: object, where: str) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and math.isfinite(raw):
        return f"{Decimal(repr(raw)):f}"
    if isinstance(raw, (int, float)):
        return str(raw)
    if raw is None or raw == "":
        raise _empty(where)
    if isinstance(raw, str):
        if not raw.strip():
            raise _empty(where)
        return str(raw)
    raise OptionError(
        f"{where}: a value must be a string, a number, a boolean or a list of these, not "
        f"{type(raw).__name__}."
    )


def _empty(where: str) -> OptionError:
    return OptionError(
        f"{where}: is empty, and the server keeps no empty values; to remove an attribute use "
        "state=absent."
    )
