# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task costs for each host where each device is a host, as ratios in one run.

Contenders, each a playbook with one task: an action plugin that does nothing; one that sends the
same requests by `requests` and does nothing with the answers; device_info of one device in
Ansible's own process; the same where the inventory says which device a host is, so that one host
asks for many; and one in a process of its own. The last one takes so long that it has fewer hosts.
A contender costs what its playbook takes beyond one without hosts, in seconds of CPU
of all its processes, which other work on the machine changes least. Ends with exit status 1 when a
promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

ROOT = Path(__file__).resolve().parents[2]
FASTER = 10.0
OVERHEAD = 1.5
# A busy machine may exceed a promise by this much before `--tolerant` fails.
TOLERANCE = 1.2

NOTHING = """
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {"changed": False}
"""

REQUESTS = """
import requests
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        args = self._task.args
        with requests.Session() as session:
            session.auth = (args["username"], args["password"])
            # Else a variable of the environment has the say about CAs.
            session.trust_env = False
            session.verify = args["ca_path"]
            for target in args["targets"]:
                session.get(args["url"] + target).json()
        return {"changed": False}
"""

# By contender: the action, and whether modules run in Ansible's own process.
CONTENDERS = {
    "nothing": ("nothing", "on"),
    "requests": ("sends_requests", "on"),
    "in process": ("ivanti.uem.device_info", "on"),
    "together": ("ivanti.uem.device_info", "on"),
    "as a module": ("ivanti.uem.device_info", "off"),
}


@dataclass(frozen=True)
class Measured:
    """One run of a playbook: the seconds of the clock and of CPU."""

    seconds: float
    cpu: float


def main() -> int:
    """Measure and print. Returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--hosts", type=int, default=1000)
    options.add_argument("--module-hosts", type=int, default=100)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--more-rounds", type=int, default=0, help="while a promise is broken")
    options.add_argument("--forks", type=int, default=5)
    options.add_argument("--tolerant", action="store_true")
    given = options.parse_args()
    print(
        f"{given.hosts} hosts, {given.module_hosts} as a module, forks {given.forks}, "
        f"{given.rounds} rounds, {os.cpu_count()} CPUs",
        flush=True,
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(
            devices=given.hosts, seed=7, username="bench", password="a-password-for-the-bench"
        ) as emulator,
    ):
        bench = Bench(emulator, Path(folder), given.forks)
        found = bench.measure(given, given.rounds)
        status = report(given, found)
        for _more in range(given.more_rounds if status else 0):
            for name, runs in bench.measure(given, 1).items():
                found[name] += runs
            status = report(given, found)
            if not status:
                break
        return status


class Bench:
    """Runs the playbooks against one emulator."""

    def __init__(self, emulator: NeuronsEmulator, folder: Path, forks: int) -> None:
        self._emulator = emulator
        self._folder = folder
        self._forks = forks
        self._ids = sorted(emulator.attributes(), key=int)
        (folder / "action_plugins").mkdir()
        (folder / "action_plugins" / "nothing.py").write_text(NOTHING)
        (folder / "action_plugins" / "sends_requests.py").write_text(REQUESTS)

    def measure(self, given: argparse.Namespace, rounds: int) -> dict[str, list[Measured]]:
        """Return the cost of a host with each contender, which take turns, by round."""
        targets = self._targets()
        # Nothing is promised of one that does nothing, so a short run goes without.
        chosen = {
            name: how for name, how in CONTENDERS.items() if name != "nothing" or not given.tolerant
        }
        found: dict[str, list[Measured]] = {name: [] for name in chosen}
        for number in range(rounds):
            # Without a host no action is loaded, so all of them start alike.
            start = self._run("nothing", "on", targets, 0)
            for name, (action, switch) in chosen.items():
                hosts = given.module_hosts if name == "as a module" else given.hosts
                variable = "ivanti_id" if name == "together" else "id"
                whole = self._run(action, switch, targets, hosts, variable)
                one = Measured(
                    (whole.seconds - start.seconds) / hosts, (whole.cpu - start.cpu) / hosts
                )
                found[name].append(one)
            shown = ", ".join(f"{name} {runs[-1].cpu * 1000:.0f}" for name, runs in found.items())
            print(f"round {number + 1}, ms of CPU a host: {shown}", flush=True)
        return found

    def _targets(self) -> list[str]:
        """The requests that the module sends for a host."""
        self._emulator.clear_requests()
        self._run("ivanti.uem.device_info", "on", [], 1)
        return [
            entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
            for entry in self._emulator.requests()
        ]

    def _run(
        self, action: str, switch: str, targets: list[str], hosts: int, variable: str = "id"
    ) -> Measured:
        options: dict[str, object] = {}
        if action == "ivanti.uem.device_info":
            options = {"devices": [f"{{{{ {variable} }}}}"]}
        elif action == "sends_requests":
            options = {**self._connection(), "targets": targets}
        inventory = {
            "all": {
                "vars": {
                    "ansible_connection": "local",
                    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                },
                "hosts": {
                    f"device-{one}": {variable: one, "ivanti_server": self._emulator.url}
                    for one in self._ids[:hosts]
                },
            }
        }
        play = {"hosts": "all", "gather_facts": False, "tasks": [{action: options}]}
        (self._folder / "hosts.yml").write_text(json.dumps(inventory))
        (self._folder / "play.yml").write_text(json.dumps([play]))
        return self._timed(["-i", "hosts.yml", "play.yml", "-f", str(self._forks)], switch)

    def _connection(self) -> dict[str, object]:
        server = self._emulator
        return {
            "url": server.url,
            "username": server.username,
            "password": server.password,
            "ca_path": server.ca_path,
        }

    def _timed(self, arguments: list[str], switch: str) -> Measured:
        options = {"product": "neurons", **self._connection()}
        environment = {
            **os.environ,
            **{f"IVANTI_UEM_{name.upper()}": str(value) for name, value in options.items()},
            "IVANTI_UEM_IN_PROCESS": switch,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        }
        command = [str(Path(sys.executable).with_name("ansible-playbook")), *arguments]
        begun, before = time.perf_counter(), cpu_of_children()
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{command} failed:\n{done.stdout[:2000]}{done.stderr[-2000:]}")
        return Measured(time.perf_counter() - begun, cpu_of_children() - before)


def cpu_of_children() -> float:
    """Return the seconds of CPU of all processes that this one started, and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(given: argparse.Namespace, found: dict[str, list[Measured]]) -> int:
    """Print every promise with its figure. Returns the exit status."""
    cpu = {name: statistics.median(one.cpu for one in runs) for name, runs in found.items()}
    clock = {name: statistics.median(one.seconds for one in runs) for name, runs in found.items()}
    for name in found:
        print(f"{name}: {cpu[name] * 1000:.0f} ms of CPU a host, {clock[name] * 1000:.0f} ms")
    faster = cpu["as a module"] / cpu["in process"]
    overhead = cpu["in process"] / cpu["requests"]
    slack = TOLERANCE if given.tolerant else 1.0
    allowed = ", give or take a fifth" if given.tolerant else ""
    promises = (
        (f"as a module / in process: {faster:.1f}", f">= {FASTER}", faster * slack >= FASTER),
        (f"in process / requests: {overhead:.2f}", f"<= {OVERHEAD}", overhead <= OVERHEAD * slack),
    )
    for figure, limit, kept in promises:
        print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit}{allowed})")
    return 0 if all(kept for _figure, _limit, kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
