# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests on each supported ansible-core with each Python that it runs on and that is present
here.

    python tools/matrix.py [WORD ...]      only the rows whose name holds one of the words: 2.16,
    py3.12, 2.19-py3.13, devel; of words that are paths only the tests of these

Each row keeps an environment of its own, .venv-<ansible-core>-py<Python>, made again when the
requirement files change.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("tests/unit", "tests/emulator", "tests/integration")
REQUIREMENTS = ("requirements.txt", "requirements-test.txt", "emulator/pyproject.toml")
# The oldest that is supported (AAP ships it), one in between, and the newest; each with the Pythons
# of its controller:
# https://docs.ansible.com/ansible/latest/reference_appendices/release_and_maintenance.html
# fmt: off
ROWS = (
    ("2.16", "3.10"), ("2.16", "3.11"), ("2.16", "3.12"),
    ("2.19", "3.11"), ("2.19", "3.12"), ("2.19", "3.13"),
    ("2.21", "3.12"), ("2.21", "3.13"),
)
# Runs only where it is named: `make matrix ARGS=devel`.
NAMED_ONLY = (("devel", "3.12"), ("devel", "3.13"))
# fmt: on
DEVEL = "https://github.com/ansible/ansible/archive/devel.tar.gz"


@dataclass(frozen=True)
class Outcome:
    name: str
    result: str  # passed, FAILED or skipped
    remark: str


def pyenv_versions() -> Path | None:
    root = os.environ.get("PYENV_ROOT")
    if not root and shutil.which("pyenv"):
        root = subprocess.run(
            ["pyenv", "root"], check=False, capture_output=True, text=True
        ).stdout.strip()
    return Path(root, "versions") if root else None


def candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    versions = pyenv_versions()
    if versions:
        yield from (
            str(path)
            for path in sorted(versions.glob(f"{version}.*/bin/python{version}"), reverse=True)
        )


def find_python(version: str) -> str | None:
    """A Python of this version that runs: pyenv's shims are on the path even for a version that is
    not switched on."""
    question = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    for path in candidates(version):
        answer = subprocess.run([path, "-c", question], check=False, capture_output=True, text=True)
        if answer.returncode == 0 and answer.stdout.strip() == version:
            return path
    return None


def install(folder: Path, python: str, core: str) -> None:
    """Make the environment, or leave it where it was made from the same requirements."""
    wanted = hashlib.sha256(
        "\n".join([core, *((ROOT / name).read_text("utf-8") for name in REQUIREMENTS)]).encode()
    )
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted.hexdigest():
        return

    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "-qq",
    ]
    what = [
        DEVEL if core == "devel" else f"ansible-core~={core}.0",
        "-r",
        "requirements.txt",
        "-r",
        "requirements-test.txt",
        "-e",
        "./emulator",
    ]
    subprocess.run([*pip, *what], check=True, cwd=ROOT)
    stamp.write_text(wanted.hexdigest(), encoding="utf-8")


def run_tests(folder: Path, tests: Sequence[str]) -> int:
    bin_folder = str(folder / "bin")
    environment = dict(os.environ, PATH=os.pathsep.join([bin_folder, os.environ["PATH"]]))
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".venv" / "collections")
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-p", "no:cacheprovider"]
    command += ["-n", "auto", "--dist", "worksteal", *tests]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def run_row(core: str, version: str, tests: Sequence[str]) -> Outcome:
    name = f"{core}-py{version}"
    python = find_python(version)
    if python is None:
        return Outcome(
            name, "skipped", f"no Python {version} on the path or among pyenv's versions"
        )

    print(f"\n=== ansible-core {core} on Python {version} ({python}) ===", flush=True)
    folder = ROOT / f".venv-{name}"
    begin = time.monotonic()
    try:
        install(folder, python, core)
    except subprocess.CalledProcessError as error:
        return Outcome(name, "FAILED", f"could not be installed: exit status {error.returncode}")
    code = run_tests(folder, tests)
    result = "FAILED" if code else "passed"
    return Outcome(name, result, f"pytest: exit status {code}, {time.monotonic() - begin:.0f} s")


def chosen(words: list[str]) -> list[tuple[str, str]]:
    """The rows whose name holds one of the words; without words all that are supported."""
    if not words:
        return list(ROWS)
    every = (*ROWS, *NAMED_ONLY)
    return [row for row in every if any(word in "{}-py{}".format(*row) for word in words)]


def main(words: list[str]) -> int:
    tests = [word for word in words if (ROOT / word).exists()] or TESTS
    rows = chosen([word for word in words if word not in tests])
    outcomes = [run_row(core, version, tests) for core, version in rows]

    print("\nansible-core and Python   result    remark")
    for outcome in outcomes:
        print(f"{outcome.name:<25} {outcome.result:<9} {outcome.remark}")

    if not any(outcome.result == "passed" for outcome in outcomes):
        print("Nothing passed: at least one row must run.", file=sys.stderr)
        return 1
    return int(any(outcome.result == "FAILED" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
