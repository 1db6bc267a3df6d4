# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of devices for people, as lines of text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import printable

# At most this many devices have a line; of the rest there are counts.
MOST = 50

# Characters of a cell, and of the last one.
WIDEST, WIDEST_LAST = 40, 120

COLUMNS = ("Device", "Model", "Owner", "Last seen", "What will happen")


def table_of(rows: Sequence[Mapping[str, Any]], most: int = MOST) -> list[str]:
    """Return devices as lines with columns of equal width; no lines for no devices.

    Args:
        rows: Devices as ``device_info`` returns them, with ``will``, what will happen to each.
        most: How many have a line of their own.
    """
    if not rows:
        return []
    cells = [COLUMNS, *(_cells(row) for row in rows[:most])]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    rest = Counter(_text(row.get("will"), WIDEST_LAST) for row in rows[most:])
    if rest:
        lines.append(f"and {rest.total():,} more:")
        lines += [f"  {count:,}: {will}" for will, count in rest.most_common()]
    return lines


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    number = _text(row.get("id"))
    serial = _text(row.get("serial_number"))
    return (
        f"{number} ({serial})" if serial else number,
        _text(row.get("model")) or "?",
        _text(row.get("email") or row.get("user")) or "?",
        _day(row),
        _text(row.get("will"), WIDEST_LAST),
    )


def _day(row: Mapping[str, Any]) -> str:
    """When a device was last seen. The day is enough for a reader."""
    if "last_seen_at" not in row:
        return "?"
    seen = _text(row["last_seen_at"])
    return seen[:10] if seen >= "1971" else "never"


def _text(raw: Any, widest: int = WIDEST) -> str:
    text = printable("" if raw is None else str(raw)).strip()
    return text if len(text) <= widest else f"{text[: widest - 1]}…"
