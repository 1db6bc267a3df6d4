# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown, and its devices as a table for spreadsheets (CSV). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..exports.model import line_of
from ..followup.model import SETTLED, FollowUp
from .content import Cell, Count, Report, Table, origin
from .fleet import OUT, SEEN_WORDS, Entry, Key, text_of
from .markup import shown

LONGEST_CELL = 200

# What Markdown or HTML would take for more than text. Links are made of plain addresses, too, so a
# colon before two slashes is broken up.
_MARKS = re.compile(r"([\\`*_\[\]<>#|~$&])")
_ADDRESS = re.compile(r"(?i)(:)(?=//)|\b(www)(?=\.)|(@)")

# The fields of a row that the table has, in their order.
# fmt: off
FIELDS = (
    "server", "id", "guid", "serial_number", "device_name", "user", "email", "display_name", "platform", "os_version",
    "manufacturer", "model", "ownership", "status", "compliant", "compliance_reasons", "compliance_reasons_raw", "quarantined",
    "blocked", "jailbroken", "last_seen_at", "registered_at", "space",
)
# fmt: on
_ADDED = ("last_seen", "out_of_compliance_since", "in_use", "asked", "asked_at", "asked_shows")

# A cell that is longer is cut by spreadsheets.
LONGEST_CSV = 32_000


def as_markdown(report: Report) -> str:
    """Return a report as Markdown, without the lists of devices."""
    given = report.given
    lines = [
        f"# {_safe(given.title)}",
        "",
        origin(given, _safe),
        "",
    ]
    lines += ["| | Number | |", "|---|---:|---|"]
    lines += [f"| {tile.label} | {tile.number} | {_safe(tile.more)} |" for tile in report.tiles]
    for note in report.notes:
        lines += ["", _safe(note)]
    for section in report.sections:
        lines += ["", f"## {section.title}", "", _safe(section.lead, 1_000)]
        for table in section.tables:
            lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    first = table.rows[0]
    rule = ("---:" if isinstance(cell, (int, Count)) else "---" for cell in first)
    yield from ("", f"**{table.title}**", "")
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'|'.join(rule)}|"
    for row in table.rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    if table.left:
        yield from ("", f"And {table.left:,} more.")


def _cell(cell: Cell) -> str:
    if isinstance(cell, Count):
        return f"{cell.number:,}"
    return f"{cell:,}" if isinstance(cell, int) else _safe(cell)


def _safe(text: str, longest: int = LONGEST_CELL) -> str:
    """Return a text that Markdown shows as it is, with nothing that becomes a link or an element."""
    text = _MARKS.sub(r"\\\1", shown(text, longest)).replace("\\<", "&lt;").replace("\\>", "&gt;")
    text = text.replace("\\&", "&amp;")
    return _ADDRESS.sub(lambda found: f"{found.group()}<!-- -->", text)


def as_csv(report: Report) -> Iterator[str]:
    """Yield the lines of the table of all devices, and of those that something was asked of and that
    are not in the data. No cell is a formula for a spreadsheet."""
    given = report.given
    # A spreadsheet takes the file for UTF-8 because of the mark.
    yield "\ufeff" + line_of((*FIELDS, *_ADDED), formula_safe=True)
    waiting = _waiting(given.followups or ())
    entries = sorted(given.fleet.every, key=lambda entry: entry.key)
    since = given.since or {}
    for entry in entries:
        yield line_of(_cells(entry, since, waiting.pop(entry.key, ())), formula_safe=True)
    for found in waiting.values():
        asked = found[0].asked
        known = {
            "server": asked.server,
            "id": asked.id,
            "guid": asked.guid,
            "serial_number": asked.serial,
            "email": asked.owner,
        }
        cells = [_csv(known.get(name, "")) for name in FIELDS]
        yield line_of([*cells, "", "", "", *_asked(found)], formula_safe=True)


def _waiting(followups: Iterable[FollowUp]) -> dict[Key, list[FollowUp]]:
    found: dict[Key, list[FollowUp]] = {}
    for one in followups:
        if one.outcome not in SETTLED:
            found.setdefault(one.asked.key, []).append(one)
    return found


def _cells(entry: Entry, since: Mapping[Key, str], asked: Sequence[FollowUp]) -> list[str]:
    cells = [_csv(text_of(entry.row.get(name))) for name in FIELDS]
    cells[0] = _csv(entry.key[0])
    when = _csv(since.get(entry.key, "")) if entry.standing == OUT else ""
    return [*cells, SEEN_WORDS[entry.seen], when, text_of(not entry.ends), *_asked(asked)]


def _asked(found: Sequence[FollowUp]) -> tuple[str, str, str]:
    if not found:
        return "", "", ""
    actions = "; ".join(one.asked.action for one in found)
    return _csv(actions), _csv(found[0].asked.when), found[0].outcome


def _csv(text: str) -> str:
    return text if text.isprintable() and len(text) <= LONGEST_CSV else shown(text, LONGEST_CSV)
