# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is promised of speed, measured as ratios in one run.

A fleet of 10,000 devices of which 1,000 drifted, without added latency: one device_custom_attrs
task against a bare Python loop (tests/benchmark/bare_loop.py) that sends the same requests over
kept-alive connections with the same concurrency, by requests as the collection does. A task is what
a playbook takes beyond one whose only task is a ping. The contenders take turns, and a ratio is
that of the medians. What the standard library's http.client can do, and the playbook as a whole
process, are shown beside it. Ends with exit status 1 when a promise is broken.
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
RATIO = 1.5
EXTRA_READS = 10
WANTED = {"owner": ["operations"]}


@dataclass(frozen=True)
class Measured:
    """One run of a command: its seconds, and the requests it sent."""

    seconds: float
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
    options.add_argument("--drifted", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    print(
        (
            f"{given.devices} devices, {given.drifted} drifted, concurrency {CONCURRENCY}, "
            f"{given.rounds} rounds, {os.cpu_count()} CPUs"
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
        return report(given, *measure(given, emulator, Path(folder)))


def measure(
    given: argparse.Namespace, emulator: NeuronsEmulator, folder: Path
) -> tuple[dict[str, list[Measured]], Measured]:
    """Every contender in turn, and a second run of the task on the fleet that it left."""
    ids = sorted(emulator.attributes(), key=int)
    drifted = ids[:: len(ids) // given.drifted][: given.drifted]
    write_plays(folder, ids)
    task = ["ansible-playbook", "-i", "localhost,", "task.yml"]
    nothing = ["ansible-playbook", "-i", "localhost,", "nothing.yml"]
    bare = [sys.executable, str(HERE / "bare_loop.py"), "log.json", str(CONCURRENCY)]
    found: dict[str, list[Measured]] = {
        "playbook": [],
        "ping": [],
        "requests": [],
        "http.client": [],
    }
    for number in range(given.rounds):
        drift(emulator, ids, drifted)
        found["playbook"].append(run(emulator, folder, task))
        again = run(emulator, folder, task)
        found["ping"].append(run(emulator, folder, nothing))
        (folder / "log.json").write_text(json.dumps(found["playbook"][0].log))
        for library in ("requests", "http.client"):
            drift(emulator, ids, drifted)
            found[library].append(run(emulator, folder, [*bare, library]))
        shown = ", ".join(f"{name} {runs[-1].seconds:.2f} s" for name, runs in found.items())
        print(f"round {number + 1}: {shown}", flush=True)
    return found, again


def write_plays(folder: Path, ids: list[str]) -> None:
    (folder / "devices.json").write_text(json.dumps({"fleet": [int(one) for one in ids]}))
    start = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars_files": ["devices.json"],
        "vars": {"ansible_python_interpreter": sys.executable},
    }
    task = {
        "ivanti.uem.device_custom_attrs": {
            "devices": "{{ fleet }}",
            "attrs": WANTED,
            "concurrency": CONCURRENCY,
        }
    }
    (folder / "task.yml").write_text(json.dumps([{**start, "tasks": [task]}]))
    (folder / "nothing.yml").write_text(
        json.dumps([{**start, "tasks": [{"ansible.builtin.ping": {}}]}])
    )


def drift(emulator: NeuronsEmulator, ids: list[str], drifted: list[str]) -> None:
    off = set(drifted)
    emulator.set_attributes(
        {one: {"owner": ["somebody"] if one in off else WANTED["owner"]} for one in ids}
    )


def run(emulator: Emulator, folder: Path, command: list[str]) -> Measured:
    # fmt: off
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"), "IVANTI_UEM_PRODUCT": "neurons",
        "IVANTI_UEM_URL": emulator.url, "IVANTI_UEM_USERNAME": emulator.username,
        "IVANTI_UEM_PASSWORD": emulator.password, "IVANTI_UEM_CA_PATH": emulator.ca_path or "",
    }
    # fmt: on
    emulator.clear_requests()
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Measured(seconds, tuple(emulator.requests()))


def report(given: argparse.Namespace, found: dict[str, list[Measured]], again: Measured) -> int:
    """Print every promise with its figure; answers the exit status."""
    median = {name: statistics.median(one.seconds for one in runs) for name, runs in found.items()}
    task = median["playbook"] - median["ping"]
    ratio = task / median["requests"]
    reads, writes = (
        max(one.reads for one in found["playbook"]),
        max(one.writes for one in found["playbook"]),
    )
    most_reads = -(-given.devices // PAGE_ROWS) + EXTRA_READS
    print(
        "medians: "
        + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in median.items())
        + f"; so the task {task:.2f} s"
    )
    print(
        f"        beside it: task / http.client {task / median['http.client']:.2f}, "
        f"playbook as a whole / requests {median['playbook'] / median['requests']:.2f}"
    )
    # fmt: off
    promises = (
        (f"task / bare loop with requests: {ratio:.2f}", f"<= {RATIO}", ratio <= RATIO),
        (f"requests that read: {reads}", f"<= {most_reads}", reads <= most_reads),
        (f"requests that write: {writes}", f"<= {given.drifted}", writes <= given.drifted),
        (f"requests of the bare loop: {len(found['requests'][0].log)}", f"= {reads + writes}", len(found["requests"][0].log) == reads + writes),
        (f"second run, requests that write: {again.writes}", "= 0", again.writes == 0),
    )
    # fmt: on
    for figure, limit, kept in promises:
        print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit})")
    return 0 if all(kept for figure, limit, kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
