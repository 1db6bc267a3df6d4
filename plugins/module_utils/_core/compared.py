# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts that a JMESPath expression compares fields with: which of them no row can have, and
which no row has. Pure.

JMESPath compares with case, and a text that no row has chooses nothing, or with ``!=`` and ``!``
everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import vocabulary
from .compliance import REASONS as COMPLIANCE
from .compliance import reason_of
from .names import fold, group_part, nearest

# How a field is compared with a text. One that comes before or after it is only compared with texts
# of the same form.
IS, ORDER, CONTAINS, STARTS, ENDS = "is", "order", "contains", "starts with", "ends with"

_HEX = re.compile(r"[0-9a-f]{1,12}")
_NAME = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True)
class Compared:
    """A field that is compared with a text.

    Attributes:
        name: The field.
        text: The text.
        how: How it is compared.
        element: Whether an element of the field, which is a list, is compared and not the list.
    """

    name: str
    text: str
    how: str = IS
    element: bool = False


# Why no row can have what a field is compared with, or "" where one can have it.
Why = Callable[[Compared], str]

# Source: "Find Devices Registered Within x Amount of Time": the values of kioskState.
_NEURONS_WORDS = {"kiosk_state": ("NOT_CONFIGURED", "INACTIVE", "ACTIVE")}

_RAW_STATUS = tuple(
    dict.fromkeys(
        text for word in vocabulary.WORDS[vocabulary.STATUS] for text in (*word.neurons, *word.epmm)
    )
)
_REASONS = tuple(reason.name for reason in COMPLIANCE)


def fits(value: Any, one: Compared) -> bool:
    """Return whether a value of a row is what a field is compared with."""
    if isinstance(value, (list, tuple)):
        whole = one.how == CONTAINS and not one.element
        part = replace(one, how=IS, element=True) if whole else replace(one, element=True)
        return any(fits(entry, part) for entry in value)
    if not isinstance(value, str):
        return False
    if one.how == CONTAINS:
        return one.text in value
    if one.how == STARTS:
        return value.startswith(one.text)
    return value.endswith(one.text) if one.how == ENDS else value == one.text


def impossible(
    compared: Iterable[Compared], rows: Sequence[Mapping[str, Any]], why: Why
) -> list[str]:
    """Return a sentence for each text that no row can have, and none has."""
    reasons = ((one, why(one)) for one in compared)
    return [
        reason
        for one, reason in reasons
        if reason and not any(fits(row.get(one.name), one) for row in rows)
    ]


def lacking(compared: Iterable[Compared], rows: Sequence[Mapping[str, Any]], why: Why) -> list[str]:
    """Return a sentence for each text that no row has, where one has it in another case, or where
    it is likely misspelt. A text that no row can have is left to ``impossible``."""
    found = []
    for one in compared:
        if one.how == ORDER or why(one) or any(fits(row.get(one.name), one) for row in rows):
            continue
        texts, known = _texts(row.get(one.name) for row in rows), _known_names(one)
        whole = _of_element(one, rows)
        folded = replace(whole, text=fold(one.text))
        alike = [text for text in texts if fits(fold(text), folded)]
        is_odd = known is not None and not any(fits(word, whole) for word in known)
        if alike or (rows and is_odd):
            near = f" (nearest: {', '.join(map(repr, alike[:3]))})" if alike else ""
            near = near or nearest(one.text, (*texts, *(known or ())))
            found.append(f"no row has a {one.name} that {one.how} {one.text!r}{near}; case counts.")
    return found


def why_not_device(one: Compared) -> str:
    """Return why no row of a device can have what a field is compared with, or ""."""
    kind = vocabulary.BY_NAME[one.name].kind if one.name in vocabulary.BY_NAME else ""
    if kind in vocabulary.WORDS:
        known = vocabulary.values_of(kind)
        if one.how in (IS, ORDER):
            return "" if one.text in known else vocabulary.not_known(kind, one.text)
        return _closed(one, known)
    if kind == vocabulary.REASONS:
        return _no_reason(one)
    if one.name == "status_raw":
        # A server may have a word that no document lists.
        return _closed(one, _RAW_STATUS) if _in_other_case(one, _RAW_STATUS) else ""
    if one.name in _NEURONS_WORDS:
        return _closed(one, _NEURONS_WORDS[one.name])
    return _no_form(kind, one)


def why_not_among(words: Mapping[str, Sequence[str]]) -> Why:
    """Return what says why no row can have a text.

    Args:
        words: For fields whose values are known all, these values.
    """

    def why(one: Compared) -> str:
        return _closed(one, words[one.name]) if one.name in words else ""

    return why


def _closed(one: Compared, known: Sequence[str]) -> str:
    """Return why none of the known values is what the field is compared with, or ""."""
    if one.how == ORDER or any(fits(value, one) for value in known):
        return ""
    near = nearest(one.text, known) if one.how == IS else ""
    values = ", ".join(known)
    return f"no {one.name} {one.how} {one.text!r}{near}; case counts, and the values are {values}."


def _in_other_case(one: Compared, known: Iterable[str]) -> bool:
    """Return whether a known value is what the field is compared with but for its case."""
    folded = replace(one, text=fold(one.text))
    return any(fits(fold(value), folded) for value in known)


def _no_reason(one: Compared) -> str:
    """Return why a text is not a reason as rows have it, or "". Neurons makes reasons of the names of
    policies, so that there are more than the known ones."""
    if one.how == ORDER or _NAME.fullmatch(one.text):
        return ""
    is_whole = one.how == IS or (one.how == CONTAINS and not one.element)
    name = reason_of(one.text) if is_whole else group_part(one.text)
    return (
        f"{one.text!r} is not a reason as rows have it, in {one.name}; write it like {name!r}, with "
        "letters in lower case and _."
    )


def _no_form(kind: str, one: Compared) -> str:
    """Return why a text does not have the form of the values of a kind, or ""."""
    text, is_whole = one.text, one.how in (IS, ORDER)
    if kind == vocabulary.TIME and is_whole and not vocabulary.is_time(text):
        return f"{text!r} is not a time as rows have it; write it like 2026-11-29T07:38:22Z."
    is_mac = vocabulary.is_mac(text) if is_whole else bool(_HEX.fullmatch(text))
    if kind == vocabulary.MAC and not is_mac:
        return f"{text!r} is not a MAC address as rows have it; write it like 0a1b2c3d4e5f."
    if kind == vocabulary.GUID and text != text.lower():
        return f"{text!r} is not a guid as rows have it; write it in lower case."
    return ""


def _known_names(one: Compared) -> tuple[str, ...] | None:
    """Return the words that are known of a field that has names, or None for any other field. A text
    that is not one of them, and that no row has, is likely misspelt."""
    if one.name == "space":
        return ()
    if one.name == "status_raw":
        return _RAW_STATUS
    field = vocabulary.BY_NAME.get(one.name)
    return _REASONS if field is not None and field.kind == vocabulary.REASONS else None


def _of_element(one: Compared, rows: Iterable[Mapping[str, Any]]) -> Compared:
    """Return the comparison for a single text of the field, which may be a list."""
    field = vocabulary.BY_NAME.get(one.name)
    lists = (field is not None and field.kind == vocabulary.REASONS) or any(
        isinstance(row.get(one.name), (list, tuple)) for row in rows
    )
    return replace(one, how=IS) if lists and one.how == CONTAINS and not one.element else one


def _texts(values: Iterable[Any]) -> list[str]:
    """Return the texts among values and in lists of them, each once."""
    found: dict[str, None] = {}
    for value in values:
        entries = value if isinstance(value, (list, tuple)) else (value,)
        found.update((entry, None) for entry in entries if isinstance(entry, str))
    return list(found)
