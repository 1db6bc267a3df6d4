# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is promised of speed, measured as ratios in one run.

A fleet of 10,000 devices of which none, 1 % and 10 % drifted, without added latency: one
device_custom_attrs task against a bare Python loop (tests/benchmark/bare_loop.py) that sends the
same requests over kept-alive connections with the same concurrency, by requests as the collection
does. A task is what a playbook takes beyond one whose only task does nothing, in Ansible's own process
and in one of its own. The contenders take turns, and a ratio is that of the medians.

Shown beside it is what the standard library's http.client can do, and what Ansible takes by itself.
It hands 10,000 names to a task and takes them back, so a task is compared with an action that gets the
same names and does nothing. It packs any module and starts Python for it, so the module is compared
with one that does nothing. Ends with exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONCURRENCY = 4
PAGE_ROWS = 500
# What a task may take, in times of the bare loop.
RATIOS = {"in process": 1.2, "as a module": 1.4}
EXTRA_READS = 10
WANTED = {"owner": ["operations"]}
# What a contender is compared with besides, and the words for that.
BESIDE = {
    "in process": ("names", "an action that takes the names"),
    "as a module": ("ping", "ansible.builtin.ping"),
}

TAKES_NAMES = """
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {"changed": False}
"""


@dataclass(frozen=True)
class Measured:
    """One run of a command: its seconds, those of CPU of its processes, and the requests it sent."""

    seconds: float
    cpu: float
    log: tuple[dict, ...]

    @property
    def reads(self) -> int:
        return sum(entry["method"] == "GET" for entry in self.log)

    @property
    def writes(self) -> int:
        return len(self.log) - self.reads


def main() -> int:
    """Measure and print; answers the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--devices", type=int, default=10_000)
    options.add_argument("--drifted", type=float, nargs="+", default=[0.0, 0.01, 0.1])
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    print(
        (
            f"{given.devices} devices, concurrency {CONCURRENCY}, {given.rounds} rounds, "
            f"{os.cpu_count()} CPUs"
        ),
        flush=True,
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(
            devices=given.devices,
            seed=7,
            username="bench",
            password="a-password-for-the-bench",
        ) as emulator,
    ):
        kept = [
            report(given.devices, share, *measure(given.rounds, share, emulator, Path(folder)))
            for share in given.drifted
        ]
    return 0 if all(kept) else 1


def measure(
    rounds: int, share: float, emulator: NeuronsEmulator, folder: Path
) -> tuple[dict[str, list[Measured]], Measured]:
    """Every contender in turn, and a second run of the task on the fleet that it left."""
    ids = sorted(emulator.attributes(), key=int)
    number = round(len(ids) * share)
    drifted = [ids[one * len(ids) // number] for one in range(number)]
    write_plays(folder, ids)
    play = ["ansible-playbook", "-i", "localhost,"]
    task = [*play, "task.yml"]
    bare = [sys.executable, str(HERE / "bare_loop.py"), "log.json", str(CONCURRENCY)]
    # By contender: the command, and whether modules run in Ansible's own process.
    # fmt: off
    commands = {
        "in process": (task, "on"), "as a module": (task, "off"), "nothing": ([*play, "nothing.yml"], "on"),
        "names": ([*play, "names.yml"], "on"), "ping": ([*play, "ping.yml"], "on"),
        "requests": ([*bare, "requests"], "on"), "http.client": ([*bare, "http.client"], "on"),
    }
    # fmt: on
    found: dict[str, list[Measured]] = {name: [] for name in commands}
    for turn in range(rounds):
        for name, (command, switch) in commands.items():
            drift(emulator, ids, drifted)
            found[name].append(run(emulator, folder, command, IVANTI_UEM_IN_PROCESS=switch))
            (folder / "log.json").write_text(json.dumps(found["in process"][0].log))
        shown = ", ".join(f"{name} {runs[-1].seconds:.2f} s" for name, runs in found.items())
        print(f"{share:.0%} drifted, round {turn + 1}: {shown}", flush=True)
    return found, run(emulator, folder, task)


def write_plays(folder: Path, ids: list[str]) -> None:
    (folder / "devices.json").write_text(json.dumps({"fleet": [int(one) for one in ids]}))
    start = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars_files": ["devices.json"],
        "vars": {"ansible_python_interpreter": sys.executable},
    }
    options = {"devices": "{{ fleet }}", "attrs": WANTED, "concurrency": CONCURRENCY}
    tasks = {
        "task": {"ivanti.uem.device_custom_attrs": options},
        "nothing": {"ansible.builtin.debug": {"msg": ""}},
        "names": {"takes_names": options},
        "ping": {"ansible.builtin.ping": {}},
    }
    for name, does in tasks.items():
        (folder / f"{name}.yml").write_text(json.dumps([{**start, "tasks": [does]}]))
    plugins = folder / "action_plugins"
    plugins.mkdir(exist_ok=True)
    (plugins / "takes_names.py").write_text(TAKES_NAMES)


def drift(emulator: NeuronsEmulator, ids: list[str], drifted: list[str]) -> None:
    off = set(drifted)
    emulator.set_attributes(
        {one: {"owner": ["somebody"] if one in off else WANTED["owner"]} for one in ids}
    )


def run(emulator: Emulator, folder: Path, command: list[str], **variables: str) -> Measured:
    # fmt: off
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"), "IVANTI_UEM_PRODUCT": "neurons",
        "IVANTI_UEM_URL": emulator.url, "IVANTI_UEM_USERNAME": emulator.username,
        "IVANTI_UEM_PASSWORD": emulator.password, "IVANTI_UEM_CA_PATH": emulator.ca_path or "", **variables,
    }
    # fmt: on
    emulator.clear_requests()
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds, after = time.perf_counter() - begun, os.times()
    cpu = (
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Measured(seconds, cpu, tuple(emulator.requests()))


def report(devices: int, share: float, found: dict[str, list[Measured]], again: Measured) -> bool:
    """Print every promise with its figure. Returns whether all are kept."""
    median = {name: statistics.median(one.seconds for one in runs) for name, runs in found.items()}
    print("medians: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in median.items()))
    tasks = {name: median[name] - median["nothing"] for name in RATIOS}
    show_beside(found, median)
    first = found["in process"][0]
    reads, writes = first.reads, first.writes
    most_reads, drifted = -(-devices // PAGE_ROWS) + EXTRA_READS, round(devices * share)
    same = len(found["requests"][0].log) == reads + writes
    # fmt: off
    promises = [
        (f"requests that read: {reads}", f"<= {most_reads}", reads <= most_reads),
        (f"requests that write: {writes}", f"<= {drifted}", writes <= drifted),
        (f"requests of the bare loop: {len(found['requests'][0].log)}", f"= {reads + writes}", same),
        (f"second run, requests that write: {again.writes}", "= 0", again.writes == 0),
    ]
    # fmt: on
    for name, most in RATIOS.items():
        ratio = tasks[name] / median["requests"]
        figure = f"task {name} / bare loop with requests: {ratio:.2f}"
        promises.append((figure, f"<= {most}", ratio <= most))
    for figure, limit, kept in promises:
        print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit})", flush=True)
    return all(kept for _figure, _limit, kept in promises)


def show_beside(found: dict[str, list[Measured]], median: dict[str, float]) -> None:
    """Print the ratios of which nothing is promised."""
    cpu = {name: statistics.median(one.cpu for one in runs) for name, runs in found.items()}
    for figure, taken, loop in (
        ("task / http.client", median, "http.client"),
        ("CPU of the task / CPU of the loop with requests", cpu, "requests"),
    ):
        shown = [f"{name} {(taken[name] - taken['nothing']) / taken[loop]:.2f}" for name in RATIOS]
        print(f"        beside it, {figure}: {', '.join(shown)}")
    for name, (other, words) in BESIDE.items():
        beyond = (median[name] - median[other]) / median["requests"]
        of_cpu = (cpu[name] - cpu[other]) / cpu["requests"]
        print(f"        beside it, {name}, beyond {words}: {beyond:.2f}, and {of_cpu:.2f} of CPU")


if __name__ == "__main__":
    sys.exit(main())
