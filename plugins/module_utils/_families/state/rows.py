# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of a table as entries of a declared state. Pure.

A cell that is empty says nothing, and what its column is about stays as it is. A cell with the
marker removes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.attributes import Values, canonical, clean_map, clean_name
from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.names import fold, nearest, parse_name
from ..._core.selection import parse_device_name
from ..._core.sheet import SHOWN, Table
from ..._core.wording import first_of
from .declaration import ATTRIBUTES, OF_DEVICES, Entry, Wishes

# The keys of an entry that is made of a table.
TABLE_KEYS = ("table", "match", "columns", "remove", "delimiter")

# What a device can be found by.
MATCHES = ("id", "guid", "serial_number", "email")

# What separates names in one cell.
_BETWEEN = ";"
# What a cell says where it stands for the first word of a section, such as present.
_MARKED = frozenset({"x", "yes", "true", "1", "\u2713", "\u2714"})


@dataclass(frozen=True)
class RowRef(DeviceRef):
    """A name of a device in a table.

    Attributes:
        row: The table and the row, for messages.
    """

    row: str = ""

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return f"{super().title} ({self.row})"


@dataclass(frozen=True)
class TableEntry:
    """What an entry says about a table.

    Attributes:
        path: The path of the table.
        match: What its devices are found by.
        columns: What each column is, by its name in the first row: ``match``, or a section with a
            name, such as ``attributes.city``.
        remove: The marker of a cell that removes, or "".
        delimiter: What separates cells, or "".
        where: The place of the entry, for messages.
    """

    path: str
    match: str
    columns: Mapping[str, str]
    remove: str
    delimiter: str
    where: str


def parse_table(raw: Mapping[Any, Any], where: str) -> TableEntry:
    """Read an entry that names a table.

    Raises:
        OptionError: A key is wrong.
    """
    for key in raw:
        if key not in TABLE_KEYS:
            raise OptionError(
                f"{where}: there is no key {key!r}{nearest(str(key), TABLE_KEYS)} beside table; the "
                f"keys are {', '.join(TABLE_KEYS)}."
            )
    texts = {name: raw.get(name, "") for name in ("table", "remove", "delimiter")}
    for name, text in texts.items():
        if not isinstance(text, str) or (name in raw and not text.strip(" ")):
            raise OptionError(f"{where}.{name}: {text!r} is not a text; give one, in quotes.")
    match, header = _match(raw.get("match"), f"{where}.match")
    columns = {header: match, **_columns(raw.get("columns"), header, f"{where}.columns")}
    remove = texts["remove"].strip()
    return TableEntry(texts["table"], match, columns, remove, texts["delimiter"], where)


def _match(raw: object, where: str) -> tuple[str, str]:
    """Return what devices are found by, and the column that has it."""
    if isinstance(raw, Mapping) and len(raw) == 1:
        [(match, header)] = raw.items()
    else:
        match = header = raw
    if match not in MATCHES or not isinstance(header, str) or not header.strip():
        known = ", ".join(MATCHES)
        raise OptionError(
            f"{where}: {raw!r} is not one of {known}{nearest(str(match), MATCHES)}; give one, or a "
            "mapping of one to the name of its column."
        )
    return str(match), header


def _columns(raw: object, header: str, where: str) -> dict[str, str]:
    """Return what each column says. In a list each is called as its attribute."""
    if isinstance(raw, list):
        raw = {name: f"{ATTRIBUTES}.{name}" for name in raw}
    if not isinstance(raw, Mapping) or not raw:
        raise OptionError(
            f"{where}: expected a list of attributes, or a mapping of columns to what they say, such "
            f"as City: attributes.cityid, got {raw!r}."
        )
    found: dict[str, str] = {}
    columns: dict[str, str] = {}
    for name, what in raw.items():
        column, meaning = str(name), str(what)
        _require_meaning(meaning, f"{where}.{column}")
        key = canonical(meaning) if meaning.startswith(f"{ATTRIBUTES}.") else meaning
        if fold(column) == fold(header) or key in columns:
            first = columns.get(key, header)
            raise OptionError(f"{where}: {first!r} and {column!r} say the same; keep one.")
        found[column], columns[key] = meaning, column
    return found


def _require_meaning(meaning: str, where: str) -> None:
    """Check what a column says.

    Raises:
        OptionError: There is no such thing.
    """
    section, dot, name = meaning.partition(".")
    lacks_name = not name and (section == ATTRIBUTES or dot)
    if section not in OF_DEVICES or lacks_name:
        known = [f"{ATTRIBUTES}.NAME"]
        known += [text for one in OF_DEVICES if one != ATTRIBUTES for text in (one, f"{one}.NAME")]
        raise OptionError(
            f"{where}: {meaning!r} is not one of {', '.join(known)}{nearest(section, OF_DEVICES)}."
        )
    if section == ATTRIBUTES:
        clean_name(name, where)
    elif name:
        parse_name(name, where, section.removesuffix("s"))


def row_entries(entry: TableEntry, table: Table) -> tuple[Entry, ...]:
    """Return an entry for each row that says something.

    Raises:
        OptionError: Rows are wrong; the message names them by their numbers.
    """
    found, faults = [], []
    rows: dict[tuple[str, str], int] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):
        where = f"{entry.path} row {number}"
        try:
            name = parse_device_name(entry.match, row[entry.match], where)
            earlier = rows.setdefault((name.kind, fold(name.value)), number)
            if earlier != number:
                raise OptionError(f"{where}: {name.title} is in row {earlier} as well.")
            sections = _sections(row, entry, where)
        except OptionError as error:
            faults.append(str(error).rstrip("."))
            continue
        if sections:
            ref = RowRef(name.kind, name.value, where)
            found.append(Entry(f"{where} ({name.title})", ref, None, sections))
    if faults:
        shown = first_of(faults, SHOWN, "; ")
        raise OptionError(f"{entry.where}: {shown}. Correct the table; nothing was done.")
    return tuple(found)


def _sections(row: Mapping[str, str], entry: TableEntry, where: str) -> dict[str, Wishes]:
    """Return what a row wants, by section."""
    found: dict[str, dict[str, tuple[str, Any]]] = {}
    for meaning, cell in row.items():
        if meaning == entry.match:
            continue
        section, _dot, name = meaning.partition(".")
        removes = bool(entry.remove) and cell == entry.remove
        wishes = found.setdefault(section, {})
        if section == ATTRIBUTES:
            wishes.update(_attribute(name, () if removes else cell, where))
        else:
            for key, wish in _words(section, name, cell, removes, where):
                if wishes.setdefault(key, (key, wish)) != (key, wish):
                    raise OptionError(f"{where}: {key!r} is said twice, and differently.")
    return dict(found)


def _attribute(name: str, value: Values | str, where: str) -> dict[str, tuple[str, Values]]:
    """Return an attribute with its value, or with none where it is to be removed."""
    values = clean_map({name: value}, where)[clean_name(name, where)] if value else ()
    return {canonical(name): (clean_name(name, where), values)}


def _words(
    section: str, name: str, cell: str, removes: bool, where: str
) -> Iterator[tuple[str, str]]:
    """Yield names of a section and what each is to be."""
    words = OF_DEVICES[section].words
    kind = section.removesuffix("s")
    if name:
        wish = words[1] if removes else words[0] if fold(cell) in _MARKED else fold(cell)
        if wish not in words:
            raise OptionError(
                f"{where}: {section}.{name}: {cell!r} is not one of {', '.join(words)}, or x"
            )
        yield parse_name(name, where, kind), wish
        return
    if removes:
        raise OptionError(
            f"{where}: {section}: {cell!r} does not say which {kind} is removed; make a column for "
            f"{section}.NAME"
        )
    for part in filter(None, map(str.strip, cell.split(_BETWEEN))):
        yield parse_name(part, where, kind), words[0]
