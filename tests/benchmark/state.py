# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is promised of a declared state, measured as ratios in one run.

A fleet of 10,000 hosts, each in four groups that declare attributes: the playbook ivanti.uem.plan
against a playbook that reads the same inventory and does nothing. The two take turns, and the ratio
is that of the medians, in CPU of all processes, which other work on the machine changes least.
Then a plan of 9,000 changes is written as Markdown. Ends with exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Change, Plan
from ansible_collections.ivanti.uem.plugins.module_utils._core.view import View, as_markdown
from bench import Measured, run  # type: ignore[import-not-found]
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

RATIO = 2.0
EXTRA_REQUESTS = 30
ROWS, MOST_SECONDS, MOST_TEXT = 9_000, 1.0, 60_000
DECLARED = {
    "all": {"owner": "mobile-team"},
    "ivanti_neurons": {"environment": "production"},
    "status_active": {"project": "orbit"},
    "compliant": {"costcenter": "4711"},
    "noncompliant": {"costcenter": "4712"},
}


def main() -> int:
    """Measure and print; returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--devices", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    print(f"{given.devices} hosts, {given.rounds} rounds, {os.cpu_count()} CPUs", flush=True)
    with (
        tempfile.TemporaryDirectory() as name,
        running_emulator(
            devices=given.devices, seed=7, username="bench", password="a-password-for-the-bench"
        ) as emulator,
    ):
        folder = Path(name)
        write_inventory(folder)
        inventory, plan = measure(given.rounds, emulator, folder)
        changes = len(json.loads((folder / "plan.json").read_text())["changes"])
    return report(inventory, plan, changes)


def write_inventory(folder: Path) -> None:
    """Write an inventory in which each host is in four groups that declare something."""
    (folder / "inventory" / "group_vars").mkdir(parents=True)
    source = {"plugin": "ivanti.uem.neurons", "statuses": ["active"]}
    (folder / "inventory" / "fleet.neurons.yml").write_text(json.dumps(source))
    for group, attributes in DECLARED.items():
        said = {"ivanti_desired": {"attributes": attributes}}
        (folder / "inventory" / "group_vars" / f"{group}.yml").write_text(json.dumps(said))
    task = {"ansible.builtin.debug": {"msg": "{{ groups.ivanti_neurons | length }}"}}
    play = {"hosts": "all", "gather_facts": False, "tasks": [{**task, "run_once": True}]}
    (folder / "nothing.yml").write_text(json.dumps([play]))


def measure(
    rounds: int, emulator: NeuronsEmulator, folder: Path
) -> tuple[list[Measured], list[Measured]]:
    """Run both in turn."""
    start = ["ansible-playbook", "-i", "inventory"]
    plan_command = [*start, "ivanti.uem.plan", "-e", f"folder={folder}"]
    inventory, plan = [], []
    for number in range(rounds):
        inventory.append(run(emulator, folder, [*start, "nothing.yml"]))
        plan.append(run(emulator, folder, plan_command))
        shown = (
            f"{name} {runs[-1].cpu:.2f} s of CPU, {runs[-1].seconds:.2f} s"
            for name, runs in (("inventory", inventory), ("plan", plan))
        )
        print(f"round {number + 1}: {'; '.join(shown)}", flush=True)
    return inventory, plan


def rendered() -> tuple[float, int]:
    """Write a plan of different changes as Markdown: the seconds, and the characters."""
    changes = tuple(
        Change(
            Device(str(number), f"guid-{number}", name=f"phone {number}"),
            {"attributes.owner": [f"was {number % 4000}"]},
            {"attributes.owner": [f"is {number % 5000}"]},
            None,
        )
        for number in range(ROWS)
    )
    begun = time.perf_counter()
    text = as_markdown(View(Plan(changes, fleet=10_000), confirm="9000-abc"))
    return time.perf_counter() - begun, len(text)


def report(inventory: list[Measured], plan: list[Measured], changes: int) -> int:
    """Print every promise with its figure; returns the exit status."""
    least, most = (statistics.median(one.cpu for one in runs) for runs in (inventory, plan))
    ratio = most / least
    asked, planned = (len(runs[0].log) for runs in (inventory, plan))
    writes = max(one.writes for one in plan)
    seconds, characters = rendered()
    # fmt: off
    promises = (
        (f"plan of {changes:,} changes / inventory: {ratio:.2f}", f"<= {RATIO:g}", ratio <= RATIO),
        (f"requests: {planned}, and {asked} of the inventory", f"<= {asked + EXTRA_REQUESTS}", planned <= asked + EXTRA_REQUESTS),
        (f"requests that write: {writes}", "= 0", writes == 0),
        (f"{ROWS:,} changes as Markdown: {seconds:.2f} s", f"<= {MOST_SECONDS:g} s", seconds <= MOST_SECONDS),
        (f"characters: {characters:,}", f"<= {MOST_TEXT:,}", characters <= MOST_TEXT),
    )
    # fmt: on
    for figure, limit, kept in promises:
        print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit})")
    return 0 if all(kept for _figure, _limit, kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
