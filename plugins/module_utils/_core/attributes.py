# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom attributes: how the API keeps their names and values, and how two are compared. Pure.

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
    """Return an attribute name in lower case, without the numeric suffix.

    Two spellings of one attribute have the same canonical name.
    """
    return name.lower().removesuffix(NUMERIC_SUFFIX)


def clean_name(raw: object, where: str) -> str:
    """Check a name that an author wrote.

    Args:
        raw: The name.
        where: The name of the option, for messages.

    Raises:
        OptionError: No server could keep the name.
    """
    name = str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not canonical(name).strip() or name != name.strip() or not name.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is not an attribute name; it must be text without line breaks or "
            "spaces around it."
        )
    return name


def clean_values(raw: object, where: str) -> Values:
    """Turn a value into the list of strings that the API keeps. Repeated values count once.

    Args:
        raw: A string, a number, a boolean, or a list of these.
        where: The name of the option, for messages.

    Raises:
        OptionError: The API does not keep such a value: nothing, "", or a mapping.
    """
    parts = raw if isinstance(raw, (list, tuple)) else [raw]
    values = tuple(dict.fromkeys(_text(part, where) for part in parts))
    if not values:
        raise _empty(where)
    return values


def clean_map(raw: object, where: str) -> dict[str, Values]:
    """Check a desired map of attribute names to values.

    Args:
        raw: The map.
        where: The name of the option, for messages.

    Returns:
        The map with its values as lists of strings.

    Raises:
        OptionError: It is not a mapping, two of its names are spellings of one attribute, or a
            numeric attribute has a value that is not a number.
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
        not_numbers = no_numbers(values) if is_numeric(name) else ()
        if not_numbers:
            raise OptionError(
                f"{where}.{name}: {not_numbers[0]!r} is not a number; an attribute with the "
                f"suffix {NUMERIC_SUFFIX} takes numbers only."
            )
    return cleaned


def clean_names(raw: Iterable[object], where: str) -> tuple[str, ...]:
    """Check a list of attribute names.

    Args:
        raw: The names.
        where: The name of the option, for messages.

    Raises:
        OptionError: A name cannot be kept, or two names are spellings of one attribute.
    """
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
    """Return whether two lists of values are the same. Their order does not count.

    A rule fits a device when any value of the attribute fits, so that the order means nothing.

    Args:
        one: A list of values.
        other: Another one.
        numeric: Compare as numbers, so that ``3`` and ``3.0`` are the same.
    """
    return _comparable(one, numeric=numeric) == _comparable(other, numeric=numeric)


def missing_values(wanted: Iterable[str], present: Iterable[str], *, numeric: bool) -> Values:
    """Return the wanted values that are not present, in the order wanted."""
    have = _comparable(present, numeric=numeric)
    return tuple(value for value in wanted if _key(value, numeric=numeric) not in have)


def no_numbers(values: Iterable[str]) -> Values:
    """Return the values that are not written as a plain number, such as ``-3`` or ``2.5``."""
    return tuple(value for value in values if not _NUMBER.fullmatch(value))


def is_numeric(*names: str) -> bool:
    """Return whether any of the spellings marks the attribute as numeric."""
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
