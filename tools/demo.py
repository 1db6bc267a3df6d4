# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demonstration: a fleet on each of the two products, on two emulators.

Shows both inventories as one, custom attributes of the Neurons fleet brought to what files say, and
labels, a policy and alerts of the EPMM fleet: each as a plan, applied, and applied again, with the
command to run by hand and the requests that it sent. Ends with exit status 1 when one of them did
not do what it should.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.running import running_emulator

ROOT = Path(__file__).resolve().parent.parent
INVENTORY = "examples/two_products/inventory"
NEURONS = "examples/two_products/neurons.yml"
EPMM = "examples/two_products/epmm.yml"
SHOWN_LINES = 32

FLEETS = {"neurons": 1000, "epmm": 500}
# What the variables of each server begin with; see examples/two_products.
PREFIXES = {"neurons": "IVANTI_UEM_", "epmm": "EPMM_"}

COUNTS = "msg={{ dict(groups.keys() | zip(groups.values() | map('length'))) }}"


@dataclass(frozen=True)
class Step:
    """One command, whether it must end with changes, and whether it must send requests that
    write."""

    title: str
    command: tuple[str, ...]
    changed: bool
    writes: bool


def playbook(name: str, *options: str) -> tuple[str, ...]:
    return ("ansible-playbook", "-i", INVENTORY, name, *options)


STEPS = (
    Step(
        (
            "Two inventories as one: every device is a host, grouped by platform, compliance, "
            "label and status"
        ),
        ("ansible", "localhost", "-i", INVENTORY, "-m", "ansible.builtin.debug", "-a", COUNTS),
        False,
        False,
    ),
    Step(
        (
            f"Neurons, the plan: what the files in {INVENTORY}/group_vars want, and what the "
            "devices have"
        ),
        playbook(NEURONS, "--check", "--diff"),
        True,
        False,
    ),
    Step("Neurons: apply it", playbook(NEURONS), True, True),
    Step(
        "Neurons, again: nothing changes, and nothing is written",
        playbook(NEURONS),
        False,
        False,
    ),
    Step(
        "EPMM, the plan: a label that follows compliance, a policy on it, old alerts",
        playbook(EPMM, "--check", "--diff"),
        True,
        False,
    ),
    Step("EPMM: apply it", playbook(EPMM), True, True),
    # Other labels of the devices have the policy as well, so it cannot be seen on this one.
    Step("EPMM, again: nothing changes; the policy is sent once more", playbook(EPMM), False, True),
)


def main() -> int:
    """Run every step. Returns the exit status."""
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    with ExitStack() as stack:
        emulators = start(stack)
        _introduce(emulators)
        faults: list[str] = []
        for step in STEPS:
            faults = run(step, list(emulators.values()), environment(emulators))
            if faults:
                break
    print()
    for fault in faults:
        print(f"NOT AS PROMISED: {fault}")
    print(
        "The emulator is stopped."
        if faults
        else "As promised. The emulator is stopped. Next: README.md, docs/, `make help`."
    )
    return 1 if faults else 0


def start(stack: ExitStack) -> dict[str, Emulator]:
    """Start an emulator of each product, which ends with the stack."""
    return {
        product: stack.enter_context(
            running_emulator(
                product=product,
                devices=devices,
                seed=7,
                username="demo",
                password=secrets.token_urlsafe(12),
                strict=True,
            )
        )
        for product, devices in FLEETS.items()
    }


def _introduce(emulators: dict[str, Emulator]) -> None:
    for product, emulator in emulators.items():
        print(
            f"An emulator of {product} with {FLEETS[product]:,} devices listens on "
            f"{emulator.url} (until this demo ends)."
        )
    print(
        "Commands by hand: docs/emulator.md says how to have both in a second shell; then these.",
        flush=True,
    )


def run(step: Step, emulators: list[Emulator], variables: dict[str, str]) -> list[str]:
    """Run a step and show it. Returns what was not as promised."""
    print(f"\n=== {step.title}\n$ {shlex.join(step.command)}", flush=True)
    for emulator in emulators:
        emulator.clear_requests()
    begun = time.monotonic()
    program = shutil.which(step.command[0], path=variables["PATH"]) or step.command[0]
    done = subprocess.run(
        [program, *step.command[1:]],
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    took = time.monotonic() - begun
    lines = done.stdout.strip().splitlines()
    print("\n".join(shortened(lines)))
    log = [entry for emulator in emulators for entry in emulator.requests()]
    writes = sum(entry["acts"] for entry in log)
    print(f"--- {len(log) - writes} requests that read, {writes} that write, {took:.1f} s")
    changed = sum(int(count) for count in re.findall(r"changed=(\d+)", done.stdout))
    checks = {
        f"exit status {done.returncode}": done.returncode == 0,
        f"{writes} requests wrote": bool(writes) == step.writes,
        f"changed={changed}": bool(changed) == step.changed,
    }
    return [f"{step.title}: {found}" for found, good in checks.items() if not good]


def shortened(lines: list[str]) -> list[str]:
    """The beginning and the end of what a command printed."""
    if len(lines) <= SHOWN_LINES + 2:
        return lines
    half = SHOWN_LINES // 2
    return [
        *lines[:half],
        f"   [… {len(lines) - 2 * half} more lines: run the command to see them …]",
        *lines[-half:],
    ]


def environment(emulators: dict[str, Emulator]) -> dict[str, str]:
    """The environment of a playbook author. What this shell has for another server, or a proxy,
    must not count."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(tuple(PREFIXES.values()))
    }
    # fmt: off
    given = {
        f"{PREFIXES[product]}{name}": value or ""
        for product, emulator in emulators.items()
        for name, value in (
            ("URL", emulator.url), ("USERNAME", emulator.username), ("PASSWORD", emulator.password), ("CA_PATH", emulator.ca_path),
        )
    }
    # fmt: on
    local = ",".join(
        filter(None, ("127.0.0.1", os.environ.get("NO_PROXY") or os.environ.get("no_proxy")))
    )
    return {
        **kept,
        **given,
        "NO_PROXY": local,
        "no_proxy": local,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # Without it Ansible would go on with a part of the inventory, or none, when the server
        # cannot be read.
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
        "ANSIBLE_COLLECTIONS_PATH": str(Path(".venv/collections").absolute()),
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        # The emulator has been stopped on the way out; what else is printed has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(130)
