# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of every tool that generates documents: write them, or with `--check` compare them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_check(wanted: Mapping[Path, str], source: str, tool: str) -> int:
    """Write the files that differ, or only name them if the command line has `--check`.

    Args:
        wanted: The text of each file.
        source: What the texts come from, for the message.
        tool: The path of the tool.

    Returns:
        The exit status: 1 if `--check` found a difference.
    """
    check = "--check" in sys.argv[1:]
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if not check:
            path.write_text(wanted[path], encoding="utf-8")
        what = f"differs from {source}; run python {tool}" if check else "written"
        print(f"{path.relative_to(ROOT)}: {what}")
    return 1 if stale and check else 0
