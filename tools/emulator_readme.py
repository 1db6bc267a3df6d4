# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables "Switches" and "Fault rules" of emulator/README.md from the emulator's own
tables.

With ``--check`` nothing is written, and the exit status is 1 when the file is not what the tables
say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from uem_emulator.faults import KINDS
from uem_emulator.like import NOT_RECORDED
from uem_emulator.switches import NUMBER, SWITCHES

README = Path(__file__).resolve().parent.parent / "emulator" / "README.md"


def names(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def switches() -> Iterator[str]:
    reasons = {name: reason for reason, missing in NOT_RECORDED.items() for name in missing}
    for row in SWITCHES:
        cells = (
            f"`{row.name}`",
            names(row.choices) or (f"{NUMBER} from {row.least}" if row.least else NUMBER),
            f"`{row.default}`",
            row.meaning,
            row.source,
            f"no: {reasons[row.name]}" if row.name in reasons else "yes",
        )
        yield f"| {' | '.join(cells)} |"


def fault_rules() -> Iterator[str]:
    for row in KINDS.values():
        yield f"| `{row.name}` | {row.meaning} | {names(row.params)} |"


def with_table(text: str, heading: str, rows: Iterable[str]) -> str:
    """The text with these rows in the only table below a heading; its own two head lines stay."""
    start = text.index(f"\n## {heading}\n")
    first = text.index("\n| `", start) + 1
    end = first
    while text.startswith("|", end):
        end = text.index("\n", end) + 1
    return text[:first] + "".join(f"{row}\n" for row in rows) + text[end:]


def main(arguments: list[str]) -> int:
    before = README.read_text(encoding="utf-8")
    after = with_table(with_table(before, "Switches", switches()), "Fault rules", fault_rules())
    if before == after:
        print("emulator/README.md is what the tables say")
        return 0
    if "--check" in arguments:
        print("emulator/README.md is not what the tables say: run tools/emulator_readme.py")
        return 1
    README.write_text(after, encoding="utf-8")
    print("wrote emulator/README.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
