# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selections as queries of EPMM's API v2, and as checks of rows for what a query cannot express.
Pure.

Source: V2 API Guide, "Search for devices": a query has at most 255 characters. Its grammar is known
only from clients of other vendors: ``"field" = "value"`` joined by AND and OR, with parentheses.
How a quote within a value is written is not known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.errors import OptionError
from ..._core.names import fold, nearest, spellings
from ..._core.selection import Names, Selection
from ..._core.vocabulary import (
    BY_NAME,
    FLAG,
    OWNERSHIP,
    STATUS,
    TEXT,
    Field,
    is_only_in_v2,
    is_v2_name,
    name_in_v1,
    other_name,
    words,
)
from ..proof import contradicts
from ..values import seconds
from .devices import without_row

MAX_QUERY = 255

# What stands for the statuses of a selection beside its fields.
STATUSES = "statuses"

_PLAIN = re.compile(r'[^"\\]+')
# The kinds of names that a query finds. Ids are numbers.
_TERMS = {
    kind: f'"{BY_NAME[kind].v2}" = ' + ("{}" if kind == "id" else '"{}"')
    for kind in ("id", "guid", "serial_number", "email", "user")
}


def narrowing(selection: Selection) -> str:
    """Return a query for as much of a selection as a query can express. ``meets`` checks all of it.

    Raises:
        OptionError: The filter is too long.
    """
    return _narrowed(selection)[0]


def asked(selection: Selection) -> frozenset[str]:
    """Return what the query of ``narrowing`` has: fields of ``attributes``, and ``statuses``."""
    return _narrowed(selection)[1]


def _narrowed(selection: Selection) -> tuple[str, frozenset[str]]:
    if len(selection.filter) > MAX_QUERY:
        raise OptionError(
            f"{selection.option('filters')}: has {len(selection.filter)} characters, and a query may have at most "
            f"{MAX_QUERY}; use query."
        )
    query = selection.filter
    terms = {name: _term(name, value, selection) for name, value in selection.attributes.items()}
    if selection.statuses:
        terms[STATUSES] = _any_of("status", status_words(selection))
    has = set()
    for name, term in terms.items():
        longer = both(query, term)
        if term and len(longer) <= MAX_QUERY:
            query = longer
            has.add(name)
    return query, frozenset(has)


def lookups(names: Iterable[DeviceRef], narrow: str) -> list[str] | None:
    """Return queries that find the devices with these names, each short enough to send.

    Phone numbers and MAC addresses cannot be looked up: the server keeps them in several forms, and
    a query would have to guess which.

    Args:
        names: The names.
        narrow: A query that the devices must also meet, or "".

    Returns:
        The queries, or None if a name cannot be looked up.
    """
    names = list(names)
    if not all(
        ref.kind in _TERMS and ref.value.isascii() and _PLAIN.fullmatch(ref.value) for ref in names
    ):
        # Letters beyond ASCII have several spellings, of which a query finds one.
        return None
    found: list[str] = []
    chunk = ""
    for ref in names:
        term = _TERMS[ref.kind].format(ref.value)
        longer = f"{chunk} OR {term}" if chunk else term
        if chunk and len(both(longer, narrow)) > MAX_QUERY:
            found.append(both(chunk, narrow))
            longer = term
        chunk = longer
    queries = [*found, both(chunk, narrow)]
    return queries if all(len(query) <= MAX_QUERY for query in queries) else None


def with_status(word: str) -> str:
    """Return the query for the devices of a status, in the server's word."""
    return _any_of("status", (word,)) if word else ""


def status_words(selection: Selection) -> tuple[str, ...]:
    """Return the server's words for the statuses of a selection; none if it has no statuses.

    Raises:
        OptionError: EPMM has none of them.
    """
    status = selection.attributes.get("status")
    if status is not None:
        return words("epmm", STATUS, (status,), selection.option_of("status"))
    if not selection.statuses:
        return ()
    return words("epmm", STATUS, selection.statuses, selection.option(STATUSES))


def both(one: str, other: str) -> str:
    """Return a query that holds if both do."""
    return f"({one}) AND ({other})" if one and other else one or other


def meets(
    device: Device, selection: Selection, now: float, has: Collection[str] = frozenset()
) -> bool:
    """Return whether a device meets all that narrows a selection.

    The filter and the labels are left out, for the server checks them. Values are compared without
    case, as the server's index may do.

    Args:
        device: The device, with its row.
        selection: The selection.
        now: Seconds since 1970.
        has: What the server was asked for; see ``asked``.

    Raises:
        AnswerError: The row contradicts what the server was asked for.
    """
    conditions: list[tuple[str, str, tuple[str, ...]]] = [
        (name, name, (value,)) for name, value in selection.attributes.items()
    ]
    if selection.statuses:
        conditions.append((STATUSES, "status", selection.statuses))
    for key, name, values in conditions:
        shown = device.row.get(name)
        if _shown(shown) not in map(fold, values):
            if key in has:
                raise contradicts(device.title, f"{name}={', '.join(values)}", repr(shown))
            return False
    within = (
        ("registered_at", selection.registered_within),
        ("last_seen_at", selection.last_seen_within),
    )
    before = selection.last_seen_before
    if before is not None and not before.fits(seconds(device.row.get("last_seen_at")), now):
        return False
    return all(span is None or _is_within(span, device.row.get(name), now) for name, span in within)


def _is_within(span: int, stamp: Any, now: float) -> bool:
    moment = seconds(stamp)
    return moment is not None and now - moment <= span


def chosen(
    devices: Iterable[Device],
    selection: Selection,
    now: float,
    *,
    keep_rows: bool,
    has: Collection[str] = frozenset(),
) -> tuple[Device, ...]:
    """Return the devices that meet all that narrows a selection.

    Args:
        devices: What the server sent, with rows if the selection needs them.
        selection: The selection.
        now: Seconds since 1970.
        keep_rows: Whether the devices keep their rows.
        has: What the server was asked for; see ``asked``.
    """
    return tuple(
        device if keep_rows else without_row(device)
        for device in devices
        if meets(device, selection, now, has)
    )


def require_fields(selection: Selection, *, in_v2: bool) -> None:
    """Check the fields of ``select.attributes``.

    Args:
        selection: The selection.
        in_v2: Whether the devices are read through API v2.

    Raises:
        OptionError: No device can have one of the fields, or no row of this API has it.
    """
    for name in selection.attributes:
        field, where = BY_NAME.get(name), selection.option_of(name)
        if field is None and not is_v2_name(name):
            other = other_name(name)
            hint = f"; it is called {other} here" if other else nearest(name, BY_NAME)
            raise OptionError(
                f"{where}: {name!r} is not a device field{hint}. Use one that device_info returns, "
                "or a name such as ios.DeviceName."
            )
        if field is not None and not field.v2 and not field.v1:
            raise OptionError(f"{where}: EPMM does not say {name} of a device; leave it out.")
        if field is not None and not field.v2 and in_v2:
            raise OptionError(
                f"{where}: only API v1 of EPMM has {name}, and devices are read through API v2 "
                "here; set api=v1."
            )
        if not in_v2 and is_only_in_v2(name):
            own = name_in_v1(name)
            remedy = f"it is called {own} here" if own else "use another field, or set api=v2"
            raise OptionError(
                f"{where}: only API v2 of EPMM has {name}, and devices are read through API v1 "
                f"here; {remedy}."
            )


def require_named(devices: Iterable[Device], names: Sequence[DeviceRef]) -> None:
    """Check that each device has one of the names that a server was asked for.

    Raises:
        AnswerError: One has none of them.
    """
    wanted = Names(names)
    for device in devices:
        if not wanted.of(device):
            raise contradicts(device.title, "the devices that are named", "none of the names")


def needs_rows(selection: Selection) -> bool:
    """Return whether ``meets`` looks at the rows of devices."""
    times = (selection.registered_within, selection.last_seen_within, selection.last_seen_before)
    return bool(selection.attributes or selection.statuses) or any(
        time is not None for time in times
    )


def _term(name: str, value: str, selection: Selection) -> str:
    """Return one condition of a query, or "" if a query cannot express it."""
    field = BY_NAME.get(name) or Field(name, TEXT, v2=name)
    if not field.v2 or not _PLAIN.fullmatch(value) or '"' in field.v2 or name == "compliant":
        # The server's own verdict ignores whether a device is jailbroken.
        return ""
    if field.kind in (STATUS, OWNERSHIP):
        return _any_of(name, words("epmm", field.kind, (value,), selection.option_of(name)))
    if field.kind == FLAG:
        return f'"{field.v2}" = {value.lower()}' if value.lower() in ("true", "false") else ""
    return _any_of(name, spellings(value)) if field.kind == TEXT else ""


def _any_of(name: str, values: Iterable[str]) -> str:
    wire = BY_NAME[name].v2 if name in BY_NAME else name
    return " OR ".join(f'"{wire}" = "{text}"' for text in values)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, Mapping)):
        return ""
    return "" if value is None else fold(str(value))
