# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of devices that EPMM exports. Pure.

It has columns and rows, and cells that a spreadsheet would evaluate.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..._core.errors import AnswerError, OptionError
from ..._core.names import nearest

# The column that every device has. Rows are ordered by it.
DEVICE_UUID = "Device UUID"

# Messages show at most this number of characters of a table.
MOST_SHOWN = 200

# "Exporting Device Information to a CSV" (Device Management, EPMM API v1).
# fmt: off
COLUMNS = (
    "Operator", "Country", DEVICE_UUID, "Phone Number", "Principal", "Name", "Platform", "Manufacturer", "Model",
    "Email Address", "Status Code", "Employee Owned", "Compliance", "Quarantine Status", "IMSI", "IMEI", "UDID",
    "Client Version", "MDM Enabled", "Serial Number", "Last Connected At", "Active Sync UUID",
    "Active Sync Last Sync Attempt", "Wi-Fi MAC Address", "Device Encryption", "Last MDM Check-In",
    "Last Security State Changed On", "Registered On",
)
# fmt: on

# A number is not a formula, even if it begins like one: -1, +14155551212.
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")

# What a spreadsheet skips before it looks for a formula: blanks, invisible characters and quotes.
_SKIPPED = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x20\\x7f-\\xa0\\xad\u1680\u2000-\u200f"
    "\u2028-\u202f\u205f-\u2064\u3000\ufeff\"'\u2018\u2019‚\u201c\u201d„＂＇"
)

# What a formula starts with, also in full width and small forms.
_STARTS = "=+\\-@＝＋－＠﹦﹢﹣﹫"

# Where an apostrophe goes: before a cell that starts a formula, or starts with a character that
# moves it to another cell; and within a cell where a spreadsheet that splits at semicolons, tabs or
# line breaks would see such a cell.
_FORMULA = re.compile(f"\\A(?=[\\t\\r\\n])|(?:\\A|(?<=[;\\t\\r\\n]))(?=[{_SKIPPED}]*[{_STARTS}])")


@dataclass(frozen=True)
class Table:
    """A table as it is written.

    Attributes:
        columns: The names of its columns.
        header: The line of CSV for the header.
        rows: A line of CSV for each row.
    """

    columns: tuple[str, ...]
    header: str
    rows: tuple[str, ...]


class _Echo:
    """A file that returns what is written to it, since csv writes only to files."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not evaluate.

    An apostrophe is put before what starts a formula. Numbers, and cells that start with a letter
    or a digit, stay as they are.
    """
    # Most cells have only letters and digits.
    if cell.isalnum() or not cell:
        return cell
    return cell if _NUMBER.fullmatch(cell) else _FORMULA.sub("'", cell)


def line_of(cells: Iterable[str], *, formula_safe: bool) -> str:
    """Return cells as a line of CSV with its line end.

    Args:
        cells: The cells.
        formula_safe: Whether formulas get an apostrophe.
    """
    line: str = csv.writer(_Echo(), lineterminator="\n").writerow(
        [harmless(cell) if formula_safe else cell for cell in cells]
    )
    return line


def parse_columns(raw: Sequence[object] | None) -> tuple[str, ...] | None:
    """Read the names of the wanted columns; None stands for all columns.

    Raises:
        OptionError: There is no name, an empty name, or one name twice.
    """
    if raw is None:
        return None
    if not raw:
        raise OptionError("columns: is empty; name at least one column, or leave it out for all.")
    seen: dict[str, str] = {}
    for one in raw:
        name = str(one).strip()
        if not name:
            raise OptionError(
                f"columns: {one!r} is not the name of a column; the columns are "
                f"{', '.join(COLUMNS)}."
            )
        if name.casefold() in seen:
            raise OptionError(f"columns: {name!r} is named twice; name each column once.")
        seen[name.casefold()] = name
    return tuple(seen.values())


def make_table(
    lines: Iterable[str] | None, wanted: Sequence[str] | None, *, formula_safe: bool
) -> Table:
    """Make the table to write from the table that a server sent.

    Rows are ordered by device, since servers may send them in any order.

    Args:
        lines: The lines from the server, or None if it said that it has no devices.
        wanted: The columns in their order, or None for all.
        formula_safe: Whether formulas get an apostrophe.

    Raises:
        AnswerError: The lines are not a table of devices.
        OptionError: The table does not have a wanted column.
    """
    rows = _rows(lines) if lines is not None else iter([list(COLUMNS)])
    header = _checked_header(next(rows, []))
    places = range(len(header)) if wanted is None else _places(wanted, header)
    key = header.index(DEVICE_UUID)
    keyed = []
    for cells in rows:
        line = line_of([cells[place] for place in places], formula_safe=formula_safe)
        keyed.append((cells[key].casefold(), line))
    columns = tuple(header[place] for place in places)
    return Table(
        columns,
        line_of(columns, formula_safe=formula_safe),
        tuple(line for _uuid, line in sorted(keyed)),
    )


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the header and the rows of CSV.

    Empty lines are skipped. Every row must be as long as the header.
    """
    reader = csv.reader(lines, strict=True)
    width = 0
    try:
        for cells in reader:
            if not cells:
                continue
            width = width or len(cells)
            if len(cells) != width:
                raise AnswerError(
                    "The export of devices is damaged: the row that ends in line "
                    f"{reader.line_num} has {len(cells)} cells and the header has {width}. Try "
                    "again, then ask the server's administrator."
                )
            yield cells
    except csv.Error as error:
        raise AnswerError(
            f"The export of devices is damaged: line {reader.line_num} is not CSV ({error}). Try "
            "again, then ask the server's administrator."
        ) from None


def _checked_header(cells: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if DEVICE_UUID not in header:
        raise AnswerError(
            f"The export of devices has no column {DEVICE_UUID!r}: it begins with "
            f"{_beginning(cells)}. Set url to the address before /api/, and look whether a proxy "
            "or sign-in page stands in between."
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise AnswerError(
            f"The export of devices has the column {twice[0]!r} twice; ask the server's "
            "administrator."
        )
    return header


def _beginning(cells: Sequence[str]) -> str:
    """Return the first cells of a line for a message.

    No cell is cut, since a part of a secret would not be recognised and hidden.
    """
    shown = ""
    for cell in cells:
        longer = f"{shown},{cell}" if shown else cell
        if len(longer) > MOST_SHOWN:
            return f"{shown!r} and more" if shown else f"a text of {len(cell)} characters"
        shown = longer
    return repr(shown)


def _places(wanted: Sequence[str], header: Sequence[str]) -> list[int]:
    """Return the positions of the wanted columns. Names are compared without case."""
    by_fold = {name.casefold(): place for place, name in enumerate(header)}
    unknown = [name for name in wanted if name.casefold() not in by_fold]
    problems = [f"columns: there is no column {name!r}{nearest(name, header)}." for name in unknown]
    if problems:
        raise OptionError(
            f"{' '.join(problems)} The export of this server has {', '.join(header)}. Nothing was "
            "written."
        )
    return [by_fold[name.casefold()] for name in wanted]
