# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selections as ``fq`` expressions, the filter language of Neurons for MDM. Pure.

Source: MDM Customer Integration API Guide, "Get Device Details Based on Attribute" and the three
sections after it that search by time, UID and e-mail address. Clients of other vendors show that
terms are joined by ``and`` / ``or`` and parentheses, and that values may be in single quotes. How a
quote within a value is written is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus

from ..._core.attributes import Wanted
from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.names import fold, nearest, spellings
from ..._core.selection import Selection
from ..._core.vocabulary import (
    BY_NAME,
    IMEI,
    MAC,
    STATUS,
    WORDS,
    camel_case,
    other_name,
    snake_case,
    words,
)

# Common servers refuse an address of more than about 8,000 bytes. An expression is as long as it is
# in the address, where most signs take three bytes.
MAX_LENGTH = 7500
MAX_VALUE = 200

# The guide shows times as "dd:hr:mm:ss" and "hh:mm:ss". Nobody means longer numbers than these
# as times, and a server may answer HTTP 400 to them.
MOST_DAYS = 9_999
MOST_HOURS = 9_999

_BARE = re.compile(r"[A-Za-z0-9._@]+")
_LOOKUP = re.compile(r"[A-Za-z0-9._@+:/ -]+")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_UNSAID = re.compile(r"['\\\x00-\x1f\x7f]")
_NAMED = re.compile(r"\b(CFDEVICE|CFLDAP)\[([^\]]+)\]", re.IGNORECASE)
_COMPARED = re.compile(r"\b([A-Za-z]+)\s*(?:=|\bEQ\b)\s*'?([A-Za-z0-9_.-]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"[^\[\]'\"=<>()\x00-\x1f]+")

# The vendor's own example has EMAILADDRESS and UID in capitals, with EQ.
_NAME_TERM = {
    "id": "deviceId={}",
    "guid": "guid={}",
    "serial_number": "serialNumber={}",
    "email": "EMAILADDRESS EQ {}",
    "user": "UID EQ {}",
}


def narrowing(selection: Selection, attributes: Iterable[Wanted] = ()) -> str:
    """Return the expression for all of a selection but its names; "" if nothing narrows it.

    Args:
        selection: The selection.
        attributes: Its custom attributes that can be asked for, as the server names them.

    Raises:
        OptionError: The language cannot express a name or value.
    """
    terms = [_field_term(name, value, selection) for name, value in selection.attributes.items()]
    if selection.statuses:
        terms.append(_status_term(selection.statuses, selection.option("statuses")))
    terms += [term for wanted in attributes for term in _attribute_terms("CFDEVICE", wanted)]
    # The guide has numeric attributes, with a suffix, only among those of devices.
    ldap = [Wanted((name,), values) for name, values in selection.ldap_attributes.items()]
    terms += [term for wanted in ldap for term in _attribute_terms("CFLDAP", wanted)]
    if selection.registered_within is not None:
        span = _span(selection.registered_within, MOST_DAYS, selection.option("registered_within"))
        terms.append(f"lastRegistrationTime<'{_days(span)}'")
    if selection.last_seen_within is not None:
        most = MOST_HOURS / 24
        span = _span(selection.last_seen_within, most, selection.option("last_seen_within"))
        terms.append(f"lastCheckin<'{_hours(span)}'")
    if selection.filter:
        terms.append(f"({selection.filter})" if terms else selection.filter)
    return " and ".join(terms)


def can_ask(wanted: Wanted) -> bool:
    """Return whether the language can express a custom attribute and its values."""
    return all(map(_ATTRIBUTE.fullmatch, wanted.names)) and not any(
        _UNSAID.search(value) or len(value) > MAX_VALUE for value in wanted.values
    )


def attributes_in(expression: str) -> list[tuple[str, str]]:
    """Return the custom attributes that an author's expression names.

    Returns:
        For each of them ``CFDEVICE`` or ``CFLDAP``, and the name.
    """
    return [(kind.upper(), name.strip()) for kind, name in _NAMED.findall(expression)]


def doubtful_values(expression: str, where: str) -> list[str]:
    """Return a sentence for each value in an author's expression that its field is not known to
    have.

    Args:
        expression: The expression.
        where: The option, for messages.
    """
    kinds = {
        fold(one.neurons): one.kind for one in BY_NAME.values() if one.kind in WORDS and one.neurons
    }
    found: dict[str, None] = {}
    for name, value in _COMPARED.findall(expression):
        kind = kinds.get(fold(name))
        known = [text for word in WORDS[kind] for text in word.neurons] if kind else []
        if known and fold(value) not in map(fold, known):
            found[
                f"{where}: {name} is not known to be {value!r}{nearest(value, known)}; it is one of "
                f"{', '.join(known)}."
            ] = None
    return list(found)


def least_lookups(names: Iterable[DeviceRef]) -> int:
    """Return how many expressions these names need at least, by their length."""
    # " or " stands between two of them, and "{}" where the value comes.
    length = sum(
        len(_NAME_TERM[ref.kind]) + len(ref.value) + len(" or ") - len("{}") for ref in names
    )
    return -(-length // MAX_LENGTH)


def lookups(names: Iterable[DeviceRef], narrow: str) -> list[str] | None:
    """Return expressions that find the devices with these names, each short enough to send.

    Args:
        names: The names.
        narrow: An expression that the devices must also meet, or "".

    Returns:
        The expressions, or None if a name cannot be expressed.
    """
    names = list(names)
    if not all(_LOOKUP.fullmatch(ref.value) for ref in names):
        return None
    chunks: list[list[str]] = [[]]
    most = MAX_LENGTH - _sent_length(narrow)
    length = 0
    around = {
        kind: _sent_length(term.format("")) + len("+or+") for kind, term in _NAME_TERM.items()
    }
    for ref in names:
        value = _quoted(ref.value)
        term = _NAME_TERM[ref.kind].format(value)
        added = around[ref.kind] + _sent_length(value)
        if chunks[-1] and length + added > most:
            chunks.append([])
            length = 0
        chunks[-1].append(term)
        length += added
    joined = [" or ".join(chunk) for chunk in chunks]
    return [both(chunk, narrow) for chunk in joined]


def _sent_length(expression: str) -> int:
    """Return the length of an expression in an address."""
    # Ids are sent as they are, and a fleet has many.
    plain = expression.isascii() and expression.isalnum()
    return len(expression if plain else quote_plus(expression))


def both(one: str, other: str) -> str:
    """Return an expression that holds if both do."""
    return f"({one}) and ({other})" if one and other else one or other


def _quoted(value: str) -> str:
    return value if _BARE.fullmatch(value) else f"'{value}'"


def _attribute_terms(prefix: str, wanted: Wanted) -> list[str]:
    """Return a condition for each value of a custom attribute."""
    fields = [f"{prefix}[{_attribute(name)}]" for name in wanted.names]
    return [
        _joined([f"{field}={_value(text, field)}" for field in fields for text in asked])
        for asked in map(wanted.asked, wanted.values)
    ]


def _any_of(field: str, values: Iterable[str], where: str) -> str:
    return _joined([f"{field}={_value(value, where)}" for value in values])


def _joined(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' or '.join(terms)})"


def _value(value: str, where: str) -> str:
    if _UNSAID.search(value):
        raise OptionError(
            f"{where}: the value {value!r} has a quote, a backslash or a control character, which "
            "fq cannot express; use query."
        )
    return _quoted(value)


def _field_term(name: str, value: str, selection: Selection) -> str:
    """Return the condition for a field of the vocabulary, or for one that only Neurons has."""
    where = selection.option_of(name)
    field = BY_NAME.get(name)
    if field is None or not field.neurons:
        return _any_of(_server_name(name, where), spellings(value), where)
    if field.kind in WORDS:
        return _any_of(field.neurons, words("neurons", field.kind, (value,), where), where)
    if field.kind == MAC:
        return _any_of(field.neurons, [":".join(re.findall("..", value))], where)
    if field.kind == IMEI:
        return _any_of(field.neurons, dict.fromkeys((value, _with_blanks(value))), where)
    return _any_of(field.neurons, spellings(value), where)


def _status_term(statuses: Sequence[str], where: str) -> str:
    return _any_of("registrationState", words("neurons", STATUS, statuses, where), where)


def _with_blanks(imei: str) -> str:
    """Return ``35 876105 566321 0``, the form in which iOS devices report an IMEI."""
    return " ".join((imei[:2], imei[2:8], imei[8:14], imei[14:])) if len(imei) == 15 else imei


def _server_name(name: str, where: str) -> str:
    """Return the name of the server for a field that only Neurons has.

    Raises:
        OptionError: It cannot be such a field.
    """
    other = other_name(name)
    if other or not _FIELD.fullmatch(name):
        snake = snake_case(name)
        hint = f"; it is called {other} here" if other else ""
        if not other and snake != name and _FIELD.fullmatch(snake):
            hint = f"; write it {snake}"
        raise OptionError(
            f"{where}: {name!r} is not a device field{hint}. Fields are named as device_info "
            "returns them, such as platform and kiosk_state."
        )
    return camel_case(name)


def _attribute(name: str) -> str:
    if not _ATTRIBUTE.fullmatch(name):
        raise OptionError(
            f"select: the attribute name {name!r} has characters that fq cannot express; use query."
        )
    return name


def _span(seconds: int, most: float, where: str) -> int:
    """Return a time span that the language can express.

    Raises:
        OptionError: It is longer.
    """
    if seconds > most * 86400:
        raise OptionError(
            f"{where}: is {-(-seconds // 86400)} days, and a filter of Neurons can say at most "
            f"{int(most)}; give less, or compare the time of each device in query."
        )
    return seconds


def _hours(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _days(seconds: int) -> str:
    return f"{seconds // 86400}:{_hours(seconds % 86400)}"
