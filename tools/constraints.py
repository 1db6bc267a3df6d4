# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write requirements-constraints.txt: the exact versions of this environment, for CI.

    python tools/constraints.py              write the file
    python tools/constraints.py --fits       whether it is for the Python that runs this

The second form is for .ci/run and needs the standard library only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "requirements-constraints.txt"
HEAD = """\
# What `make test` last passed with, on Python {python}. For .ci/run alone: what people install has lower bounds only.
# Written by `make constraints`.
"""


def python() -> str:
    """The minor version of this Python."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def python_of(text: str) -> str:
    """The Python that a file of constraints is for, or ""."""
    match = re.search(r"on Python (\d+\.\d+)\.", text)
    return match[1] if match else ""


def pins(frozen: str) -> list[str]:
    """Of what `pip freeze` says the exact versions: no comment, path or address."""
    return [line for line in frozen.splitlines() if re.fullmatch(r"[\w.-]+==\S+", line)]


def main(arguments: Sequence[str]) -> int:
    if arguments == ["--fits"]:
        wanted = python_of(FILE.read_text(encoding="utf-8"))
        if wanted != python():
            print(f"{FILE.name} is for Python {wanted}, and this is {python()}.")
        return int(wanted != python())
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--exclude-editable"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = "".join(f"{line}\n" for line in pins(frozen))
    FILE.write_text(HEAD.format(python=python()) + lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
