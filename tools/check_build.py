# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection's artifact and check it against what a user of the collection needs.

`build_ignore` in galaxy.yml names what stays out, so anything new at the top gets in unasked: a
key, an editor's folder, a virtual environment. Here stands what may be in it.

    python tools/check_build.py [FOLDER]      keep the artifact in FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# fmt: off
MAY_BE_AT_TOP = {
    "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md",
    "changelogs", "docs", "examples", "execution-environment.yml", "meta", "playbooks", "plugins",
    "requirements.txt", "roles", "schemas",
}
# fmt: on
MUST_BE_IN = {"LICENSE", "MANIFEST.json", "README.md", "requirements.txt"}
# What git knows in these folders must be in it.
WHOLE = ("examples", "meta", "playbooks", "plugins", "roles")
NEVER_IN_A_NAME = ("__pycache__", ".pyc", ".egg-info", ".DS_Store", ".plugin-cache")


def build(folder: str) -> Path:
    program = str(Path(sys.executable).parent / "ansible-galaxy")
    subprocess.run([program, "collection", "build", str(ROOT), "--output-path", folder], check=True)
    return next(Path(folder).glob("ivanti-uem-*.tar.gz"))


def tracked() -> set[str]:
    """The files that git knows: a build that lost one of them is as wrong as one with a key in it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *WHOLE],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def wanted(name: str) -> bool:
    return name.partition("/")[0] in MAY_BE_AT_TOP and not any(
        part in name for part in NEVER_IN_A_NAME
    )


def findings(names: set[str]) -> list[str]:
    surplus = {name for name in names if not wanted(name)}
    missing = (MUST_BE_IN | tracked()) - names
    return [f"in the artifact, but not wanted there: {name}" for name in sorted(surplus)] + [
        f"missing from the artifact: {name}" for name in sorted(missing)
    ]


def main(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="ivanti-uem-build-") as folder:
        path = build(folder)
        with tarfile.open(path) as artifact:
            names = {member.name for member in artifact.getmembers() if not member.isdir()}
        if arguments:
            shutil.copy(path, arguments[0])

    found = findings(names)
    for line in found:
        print(line)
    if found:
        print("galaxy.yml's build_ignore and tools/check_build.py decide this together.")
        return 1

    print(f"{len(names)} files, nothing surplus, nothing missing")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
