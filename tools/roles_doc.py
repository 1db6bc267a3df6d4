# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write which role each call asks for: as a table into docs/neurons.md and docs/epmm.md, and for each
module as a note of its documentation (plugins/doc_fragments/_roles.py).

The roles are those of the contract files. With ``--check`` nothing is written, and the exit status
is 1 when a file is not what the contracts and the code say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.coverage_doc import DESCRIBED, TITLES, Row, coverage  # noqa: E402
from tools.doc_fragments import HEAD  # noqa: E402
from tools.generated import write_or_check  # noqa: E402

FRAGMENT = ROOT / "plugins" / "doc_fragments" / "_roles.py"
MODULES = ROOT / "plugins" / "modules"
BEGIN, END = (
    "<!-- written by tools/roles_doc.py: begin -->",
    "<!-- written by tools/roles_doc.py: end -->",
)
FRAGMENT_HEAD = HEAD.replace(
    "tools/doc_fragments.py from the options in plugins/module_utils; change them there.",
    "tools/roles_doc.py from the contract files in tests/contracts.",
).replace("Options that several modules or plugins share.", "The roles that each module needs.")

# The calls of EPMM's API v1 that have a counterpart in API v2, which is used where it is there.
# E27 names devices by their MAC addresses, as a choice of the author.
EITHER_API = frozenset(
    {
        "E01",
        "E02",
        "E04",
        "E05",
        "E06",
        "E07",
        "E09",
        "E13",
        "E15",
        "E17",
        "E22",
        "E25",
        "E26",
        "E27",
    }
)
DEPRECATED = (
    "On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of Core "
    "10.8, Important Note on v1 API Deprecation), and a later release may lack it."
)

# Every module extends this one; the fragment of the roles goes before it.
PLACE = "  - ivanti.uem._attributes\n"


def by_role(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return calls by the role that they ask for."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.role, []).append(row)
    return dict(sorted(found.items()))


def table(rows: Iterable[Row]) -> str:
    """Return the table of a product."""
    lines = ["| Role | Calls |", "|---|---|"]
    for role, found in by_role(rows).items():
        named = "; ".join(f"{row.name} ({row.id})" for row in found)
        lines.append(f"| {role} | {named} |")
    return "\n".join(lines)


def notes(rows: Iterable[Row], product: str) -> list[str]:
    """Return a note for each role that a module needs with a product.

    Calls at one address are one thing to the server's rights, and are named once.
    """
    found = []
    for role, calls in by_role(rows).items():
        named: dict[object, list[Row]] = {}
        for row in calls:
            named.setdefault(row.way, []).append(row)
        texts = [f"{one[0].name} ({', '.join(row.id for row in one)})" for one in named.values()]
        asks = f"{TITLES[product]} asks for the role C({role}) for these calls, where they are sent"
        found.append(f"{asks} - {'; '.join(texts)}.")
    return found


def deprecated(rows: Iterable[Row], module: str) -> list[str]:
    """Return the note of a module that cannot do without API v1 of EPMM.

    Devices and labels are read through API v2 where the server has it, and messages sent.
    """
    for row in rows:
        _method, path = row.way
        if module in row.apart and path.startswith("/api/v1/") and row.id not in EITHER_API:
            return [DEPRECATED]
    return []


def modules(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Return the notes of each module, by its name."""
    # What has no main asks no server.
    stems = sorted(path.stem for path in MODULES.glob("*.py") if "\ndef main(" in path.read_text())
    found: dict[str, list[str]] = {stem: [] for stem in stems}
    for product, (letter, _least) in DESCRIBED.items():
        own = [row for row in rows if row.id.startswith(letter)]
        for stem in stems:
            found[stem] += notes((row for row in own if stem in row.by), product)
            found[stem] += deprecated(own, stem) if product == "epmm" else []
    return found


def fragment(notes_of: Mapping[str, list[str]]) -> str:
    """Return the Python file of the fragment."""
    text = FRAGMENT_HEAD
    for stem, lines in notes_of.items():
        dumped = yaml.safe_dump({"options": {}, "notes": lines}, sort_keys=False, width=90)
        text += f'\n    {stem.upper()} = r"""\n{dumped}"""\n'
    return text


def wanted() -> dict[Path, str]:
    """Return what each file should be."""
    rows = coverage()
    files = {FRAGMENT: fragment(modules(rows))}
    for product, (letter, _least) in DESCRIBED.items():
        path = ROOT / "docs" / f"{product}.md"
        before, _begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        lines = table(row for row in rows if row.id.startswith(letter))
        files[path] = f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}"
    for path in sorted(MODULES.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        line = f"  - ivanti.uem._roles.{path.stem}\n"
        if line not in text:
            text = re.sub(f"^{re.escape(PLACE)}", line + PLACE, text, count=1, flags=re.MULTILINE)
        files[path] = text
    return files


def main() -> int:
    """Write or check the files. Returns the exit status."""
    return write_or_check(wanted(), "the contracts", "tools/roles_doc.py")


if __name__ == "__main__":
    sys.exit(main())
