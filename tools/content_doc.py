# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the table of all content into README.md, from that of docs/index.md.

With ``--check`` nothing is written, and the exit status is 1 when the tables differ.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

README, INDEX = ROOT / "README.md", ROOT / "docs" / "index.md"
BEGIN, END = (
    "<!-- written by tools/content_doc.py: begin -->",
    "<!-- written by tools/content_doc.py: end -->",
)


def table(index: str) -> str:
    """Return the table of docs/index.md, with links that lead to the same documents from above."""
    _before, title, rows = index.partition("| Content | Kind | Product | What it does |\n")
    found = f"{title}{rows.partition(chr(10) * 2)[0]}"
    return re.sub(r"\]\((?!https?:)", "](docs/", found)


def main() -> int:
    """Write or check the table. Returns the exit status."""
    before, _begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    index = INDEX.read_text(encoding="utf-8")
    wanted = f"{before}{BEGIN}\n\n{table(index)}\n\n{END}{after}"
    return write_or_check({README: wanted}, "docs/index.md", "tools/content_doc.py")


if __name__ == "__main__":
    sys.exit(main())
