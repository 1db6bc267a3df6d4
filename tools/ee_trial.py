# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Try what an execution environment is made of, without an image.

ansible-builder makes the context of the build and says what the collection needs. That is installed
in an empty virtual environment, .venv-ee, with the releases of Ansible that the definition names.
Then ansible-navigator runs the playbooks of the demonstration there, without a container, and the
emulators say whether they did what they should.

`make ee` runs this. It installs 110 MB, and takes a minute.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import demo  # noqa: E402

DEFINITION = "execution-environment.yml"
VENV = ROOT / ".venv-ee"
# Colours, a recording and a pager would only be in the way.
QUIET = ("--ee", "false", "--mode", "stdout", "--pae", "false")


def main() -> int:
    """Returns the exit status."""
    os.chdir(ROOT)
    install(needed())
    with ExitStack() as stack:
        emulators = demo.start(stack)
        own = demo.environment(emulators)
        own["PATH"] = f"{VENV / 'bin'}{os.pathsep}{own['PATH']}"
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        own["ANSIBLE_NAVIGATOR_LOG_FILE"] = f"{folder}/ansible-navigator.log"
        for step in demo.STEPS:
            if faults := demo.run(by_navigator(step), list(emulators.values()), own):
                print("\n".join(f"NOT AS PROMISED: {fault}" for fault in faults))
                return 1
    print("\nAs promised. The emulators are stopped.")
    return 0


def needed() -> list[str]:
    """What pip installs in the execution environment, as ansible-builder finds it."""
    definition = yaml.safe_load(Path(DEFINITION).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        create = ["create", "-f", DEFINITION, "-c", folder, "--output-filename", "Containerfile"]
        print(said("ansible-builder", *create).strip())
    found = yaml.safe_load(said("ansible-builder", "introspect", ".venv/collections"))
    dependencies: dict[str, Any] = definition["dependencies"]
    releases = [dependencies[name]["package_pip"] for name in ("ansible_core", "ansible_runner")]
    return [*releases, *(line.partition("  #")[0] for line in found["python"])]


def install(requirements: list[str]) -> None:
    """Make the virtual environment again. ansible-navigator has to be in it, too."""
    print(
        f"Installing {', '.join(requirements)} and ansible-navigator in {VENV.name} ...", flush=True
    )
    python = sys.argv[1] if sys.argv[1:] else sys.executable
    subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(VENV / "bin/python"), "-m", "pip", "install", "-qq"]
    subprocess.run([*pip, *requirements, "ansible-navigator"], check=True)


def by_navigator(step: demo.Step) -> demo.Step:
    """A step of the demonstration, with ansible-navigator in front of its playbook."""
    program, *arguments = step.command
    if program != "ansible-playbook":
        return step
    return replace(step, command=("ansible-navigator", "run", *playbook_first(arguments), *QUIET))


def playbook_first(arguments: list[str]) -> list[str]:
    """The arguments of ansible-playbook in the order that ansible-navigator wants."""
    [playbook] = [one for one in arguments if one.endswith(".yml")]
    return [playbook, *(one for one in arguments if one != playbook)]


def said(program: str, *arguments: str) -> str:
    """What a program of this environment wrote."""
    path = Path(sys.executable).with_name(program)
    return subprocess.run([path, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
