# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the table of docs/safety.md: the class of harm of each action, and of each change of the
other modules.

With ``--check`` nothing is written, and the exit status is 1 when the document is not what the
tables say.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ansible_collections.ivanti.uem.plugins.module_utils._core.harm import WRITERS
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    DESTROYS,
    HARMLESS,
    TAKES_AWAY,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

DOCUMENT = ROOT / "docs" / "safety.md"
BEGIN, END = (
    "<!-- written by tools/harm_doc.py: begin -->",
    "<!-- written by tools/harm_doc.py: end -->",
)
SHOWN = {HARMLESS: "harmless", TAKES_AWAY: "**takes away**", DESTROYS: "**destroys**"}


def table() -> str:
    """The table of all changes."""
    lines = ["| Module | What changes | Class |", "|---|---|---|"]
    for harm, shown in SHOWN.items():
        names = ", ".join(f"`{name}`" for name, action in ACTIONS.items() if action.harm == harm)
        lines.append(f"| `device_action` | {names} | {shown} |")
    lines += [
        f"| `{module}` | {when} | {SHOWN[harm]} |"
        for module, kinds in WRITERS.items()
        for harm, when in kinds.values()
    ]
    return "\n".join(lines)


def main() -> int:
    """Write or check the document. Returns the exit status."""
    before, _begin, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"
    return write_or_check({DOCUMENT: wanted}, "the tables", "tools/harm_doc.py")


if __name__ == "__main__":
    sys.exit(main())
