# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of devices as a spreadsheet saves it (CSV): text stays text, and what a spreadsheet
changed is refused by its row. Pure.

Rows have the numbers that a spreadsheet shows: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .errors import OptionError
from .names import fold, nearest, plain
from .vocabulary import BY_NAME, IMEI, MAC, imei_of, is_mac, mac_of
from .wording import first_of

# At most this many faults are shown at once.
SHOWN = 8

_DELIMITERS = ",;\t"

# Byte-order marks, and what they stand for. "Unicode text" of spreadsheets is UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What a spreadsheet makes of a long number, of text that looks like one, and of a formula.
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+\d+", re.IGNORECASE | re.ASCII)
_DECIMAL = re.compile(r"\d{6,}[.,]0+", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3}){2,}", re.ASCII)
_APOSTROPHE = re.compile(r"['\u2019]\s*[\d+]")
# What it makes of a text such as MAR4 or 4-3. As a name of a device it is refused.
_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]{0,6}\.?"
_AS_DATE = re.compile(rf"\d{{1,2}}[-. ]{{1,2}}{_MONTH}|{_MONTH}[- ]\d{{2,4}}", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})", re.ASCII)
_BROKEN = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)|=.+", re.DOTALL)

# Blanks that look like others or like nothing. At the ends of a cell they are removed.
_STRANGE = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060\ufeff\u3000]")
_ENDS = re.compile(rf"^(?:\s|{_STRANGE.pattern})+|(?:\s|{_STRANGE.pattern})+$")

_IMEI = re.compile(r"\d{15,16}", re.ASCII)

# Fields that name a device and are never a date.
_NAMING = frozenset({"id", "guid", "serial_number", "email", "user", "phone_number"})

# Serial numbers of only digits with at least as many have one length for each model.
_LONG_NUMBER = 8


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        rows: The rows, without the cells that are empty.
        numbers: The number of each row.
        warnings: What its author should know.
    """

    rows: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]
    warnings: tuple[str, ...] = ()


def read_table(
    content: bytes,
    where: str,
    *,
    columns: Mapping[str, str] | None = None,
    key: str = "",
    delimiter: str = "",
) -> Table:
    """Read a table.

    Args:
        content: The file.
        where: What it is called in messages.
        columns: The name of each column in the header, and the name that it gets; others are left
            out. None takes all of them as they are named.
        key: The column, by the name that it gets, that has another value in each row; or "".
        delimiter: What separates cells; "" finds out.

    Raises:
        OptionError: It is not a table, or a cell cannot be what its author meant.
    """
    cells = list(_cells(_text(content, where), delimiter, where))
    if not cells:
        raise OptionError(f"{where}: is empty; its first row must name the columns.")
    (_first, header), *rest = cells
    names = _names([_trimmed(cell) for cell in header], columns, where)
    if key and key not in names:
        raise OptionError(
            f"{where}: key: there is no column {key!r}{nearest(key, filter(None, names))}; it has "
            f"{', '.join(filter(None, names))}."
        )
    rows, faults = _rows(rest, names)
    faults += _repeated(rows, key)
    if faults:
        shown = first_of(faults, SHOWN, "; ")
        raise OptionError(f"{where}: {shown}. Correct the table; nothing was done.")
    warnings = (*_shorter(rows, where), *_dated(rows, where))
    return Table(tuple(rows.values()), tuple(rows), warnings)


def _rows(
    lines: Sequence[tuple[int, list[str]]], names: Sequence[str]
) -> tuple[dict[int, dict[str, str]], list[str]]:
    """Return the rows by their numbers, and what is wrong with them."""
    faults: list[str] = []
    rows: dict[int, dict[str, str]] = {}
    for number, line in lines:
        texts = [_trimmed(cell) for cell in line]
        if not any(texts):
            continue
        if len(texts) != len(names):
            faults.append(f"row {number} has {len(texts)} cells, and the header has {len(names)}")
            continue
        rows[number] = {
            name: text for name, text in zip(names, texts, strict=True) if name and text
        }
        for name, text in rows[number].items():
            fault = _fault(name, text)
            if fault:
                faults.append(f"row {number}: {name} {text!r} {fault}")
    return rows, faults


def _text(content: bytes, where: str) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise OptionError(
            f"{where}: is not UTF-8; save it as 'CSV UTF-8', so that letters such as ü stay."
        ) from None
    if "\0" in text:
        raise OptionError(f"{where}: is not a text; save the spreadsheet as 'CSV UTF-8'.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(text: str, delimiter: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Return the rows with cells, each with its number."""
    if delimiter and (len(delimiter) > 1 or delimiter in '"\r\n '):
        raise OptionError(
            f"{where}: delimiter: {delimiter!r} cannot separate cells; give one character, such as a comma, a "
            "semicolon or a tabulator."
        )
    first = text.lstrip("\n").partition("\n")[0]
    found = max(_DELIMITERS, key=first.count) if not delimiter else delimiter
    # A cell may have lines of its own.
    lines = (f"{line}\n" for line in text.split("\n"))
    number = 0
    reader = csv.reader(lines, delimiter=found, strict=True)
    try:
        for number, line in enumerate(reader, 1):
            if line:
                yield number, line
    except csv.Error as error:
        raise OptionError(
            f"{where}: row {number + 1} cannot be read ({error}); quotes around a cell must be "
            "closed, and doubled within it."
        ) from None


def _names(header: Sequence[str], columns: Mapping[str, str] | None, where: str) -> list[str]:
    """Return the name of each column; "" for one that is left out."""
    folded = [fold(name) for name in header]
    twice = next((name for name, times in Counter(folded).items() if name and times > 1), None)
    if twice is not None:
        raise OptionError(f"{where}: two columns are called {twice!r}; rename one.")
    if columns is None:
        if "" in folded:
            raise OptionError(
                f"{where}: column {folded.index('') + 1} has no name; name it in the first row, or "
                "give columns."
            )
        return list(header)
    wanted = {fold(name): given for name, given in columns.items()}
    lacking = [name for name in columns if fold(name) not in folded]
    if lacking:
        raise OptionError(
            f"{where}: there is no column {lacking[0]!r}{nearest(lacking[0], header)}; it has "
            f"{', '.join(name for name in header if name)}."
        )
    return [wanted.get(name, "") for name in folded]


def _trimmed(cell: str) -> str:
    return plain(_ENDS.sub("", cell))


def _fault(name: str, text: str) -> str:
    """Return what is wrong with a cell, or ""."""
    if _SCIENTIFIC.fullmatch(text):
        return "is a long number that a spreadsheet shortened; format the column as text, and enter it again"
    if _BROKEN.fullmatch(text):
        return "is a formula, or one without a result; enter the value"
    if _APOSTROPHE.match(text):
        return "begins with the apostrophe of a spreadsheet; remove it"
    if _STRANGE.search(text) or not text.replace("\n", "").replace("\t", "").isprintable():
        return "has characters that do not show, such as a no-break space; enter it again"
    kind = BY_NAME[name].kind if name in BY_NAME else ""
    if kind == MAC:
        digits = mac_of(text)
        short = "; a spreadsheet removes zeros in front" if digits.isdigit() else ""
        return "" if is_mac(digits) else f"does not have 12 hexadecimal digits{short}"
    if kind == IMEI:
        fits = _IMEI.fullmatch(imei_of(text))
        return "" if fits else "does not have 15 digits; a spreadsheet removes zeros in front"
    if name in _NAMING and (_AS_DATE.fullmatch(text) or _DATE.fullmatch(text)):
        return "was made a date by a spreadsheet; format the column as text, and enter it again"
    if name in BY_NAME and (_DECIMAL.fullmatch(text) or _GROUPED.fullmatch(text)):
        return "was made a number by a spreadsheet; format the column as text, and enter it again"
    return ""


def _repeated(rows: Mapping[int, Mapping[str, str]], key: str) -> list[str]:
    """Return what is wrong with rows that are there twice, or lack the key."""
    faults = [
        f"row {number} has no {key}" for number, row in rows.items() if key and key not in row
    ]
    first: dict[object, int] = {}
    for number, row in rows.items():
        if key and key not in row:
            continue
        same: object = fold(row[key]) if key else tuple(sorted(row.items()))
        earlier = first.setdefault(same, number)
        if earlier != number:
            what = f"{key} {row[key]!r} is in" if key else "all cells are those of"
            faults.append(f"row {number}: {what} row {earlier}{' as well' if key else ''}")
    return faults


def _dated(rows: Mapping[int, Mapping[str, str]], where: str) -> Iterator[str]:
    """Return a warning about cells that look as a spreadsheet shows what it took for a date."""
    found: dict[str, list[int]] = {}
    for number, row in rows.items():
        for name, text in row.items():
            if _AS_DATE.fullmatch(text):
                found.setdefault(name, []).append(number)
    for name, numbers in found.items():
        listed = ", ".join(map(str, numbers[:SHOWN]))
        yield (
            f"{where}: {name} of row {listed} looks like a date that a spreadsheet made of a text; "
            "format the column as text where it is not one."
        )


def _shorter(rows: Mapping[int, Mapping[str, str]], where: str) -> Iterator[str]:
    """Return a warning about serial numbers that may lack zeros in front."""
    name = "serial_number"
    numbers = {number: row[name] for number, row in rows.items() if row.get(name, "").isdecimal()}
    longest = max(map(len, numbers.values()), default=0)
    lengths = Counter(map(len, numbers.values()))
    short = [number for number, text in numbers.items() if len(text) < longest]
    if longest >= _LONG_NUMBER and short and lengths[longest] > len(short):
        listed = ", ".join(map(str, short[:SHOWN]))
        yield (
            f"{where}: serial_number of row {listed} has fewer digits than the others; a "
            "spreadsheet removes zeros in front."
        )
