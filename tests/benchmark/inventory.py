# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is promised of the inventories, measured in one run, in seconds of CPU.

- The plugin's own share: what reading the inventory takes, less what Ansible's own ``add_host`` and
  ``set_variable`` take for the same hosts and variables. Against a plain loop that sends the same
  requests by ``requests`` and decodes the answers.
- Four expressions: what ``keyed_groups``, ``compose`` and ``groups`` add.
- A warm cache: ``ansible-inventory --list`` against the same with a script that prints the same
  inventory.
- The most memory of ``ansible-inventory --list``, and of ``ansible-playbook`` with a play that does
  nothing. ``--memory`` measures that alone, with 100,000 devices of Neurons, which takes minutes.

Each measurement has a process of its own. Ends with exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.running import running_emulator
from wire import PROMISES, promise, usage_of_child  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
OWN_SHARE, WARM, MOST_SECONDS = 1.3, 1.1, 1.0
# What the memory may be, in MB, for that many devices.
MOST_MEMORY = {100_000: 1_600}
EXPRESSIONS = {
    "keyed_groups": [{"key": "ivanti_ownership", "prefix": "ownership"}],
    "compose": {
        "owner": "ivanti_email | default('nobody')",
        "first_reason": "ivanti_compliance_reasons[0] | default('none')",
    },
    "groups": {"tablets": "ivanti_platform == 'ios' and not ivanti_compliant"},
}


def main() -> int:
    """Measure and print. Returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--devices", type=int)
    options.add_argument("--products", nargs="+")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--memory", action="store_true")
    options.add_argument("--parse", metavar="SOURCE", help=argparse.SUPPRESS)
    options.add_argument("--fetch", metavar="LOG", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.parse:
        print(json.dumps(parse(given.parse)))
        return 0
    if given.fetch:
        print(json.dumps(fetch(given.fetch)))
        return 0
    devices = given.devices or (100_000 if given.memory else 10_000)
    for product in given.products or (["neurons"] if given.memory else ["neurons", "epmm"]):
        with (
            tempfile.TemporaryDirectory() as folder,
            running_emulator(
                product=product,
                devices=devices,
                seed=7,
                username="bench",
                password="a-bench-1",
            ) as emulator,
        ):
            bench = Bench(product, emulator, Path(folder), devices, given.rounds)
            measure = bench.measure_memory if given.memory else bench.measure
            measure()
    return 0 if all(kept for _figure, _limit, kept in PROMISES) else 1


# --- in a process of its own -------------------------------------------------------------------


def parse(source: str) -> dict[str, float]:
    """Return the seconds that reading an inventory takes, and those of Ansible's own part of it."""
    from ansible.inventory.data import InventoryData
    from ansible.inventory.manager import InventoryManager
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    # What is loaded once is not part of it.
    nothing = InventoryManager(DataLoader(), sources=["localhost,"])
    del nothing
    from ansible_collections.ivanti.uem.plugins.inventory import epmm, neurons  # noqa: F401
    from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import (
        READ_DEVICES,
    )
    from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory

    READ_DEVICES.load()
    # What Ansible does before and afterwards with every source is not the plugin's.
    spent = []
    parse_source = UemInventory.parse

    def parse_timed(*arguments: Any, **options: Any) -> None:
        spent.append(timed(lambda: parse_source(*arguments, **options))[0])

    UemInventory.parse = parse_timed  # type: ignore[method-assign]
    read = InventoryManager(DataLoader(), sources=[source])._inventory
    if not read.hosts:
        raise SystemExit(f"{source}: has no hosts")
    # fmt: off
    groups = {host: [group.name for group in one.groups] for host, one in read.hosts.items()}
    # fmt: on
    hosts = {name: plain(host.vars) for name, host in read.hosts.items()}
    for own in hosts.values():
        # add_host sets these itself.
        del own["inventory_file"], own["inventory_dir"]
    # What is here already must not make Ansible's part slower: Python would look at it again.
    gc.collect()
    gc.freeze()

    def again() -> None:
        made = InventoryData()
        made.current_source = source
        for group in read.groups:
            made.add_group(group)
        for name, own in hosts.items():
            made.add_host(name)
            for group in groups[name]:
                made.add_host(name, group)
            for variable, value in own.items():
                made.set_variable(name, variable, value)

    return {"whole": spent[0], "ansible": timed(again)[0], "hosts": len(hosts)}


def plain(values: Any) -> Any:
    """Return values as a plugin would have made them from JSON, without Ansible's marks."""
    return json.loads(json.dumps(dict(values), default=str))


def fetch(log: str) -> dict[str, float]:
    """Return the seconds that the bare requests of a log take."""
    import requests

    session = requests.Session()
    session.auth = (os.environ["IVANTI_UEM_USERNAME"], os.environ["IVANTI_UEM_PASSWORD"])
    session.verify, session.trust_env = os.environ["IVANTI_UEM_CA_PATH"], False
    entries = json.loads(Path(log).read_text(encoding="utf-8"))

    def send() -> None:
        for entry in entries:
            target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
            json.loads(session.get(os.environ["IVANTI_UEM_URL"] + target).content)

    return {"whole": timed(send)[0]}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of CPU of this process that some work takes, and what it returns."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


# --- the process that starts them --------------------------------------------------------------


class Bench:
    """Measures the inventory of one product."""

    def __init__(
        self, product: str, emulator: Emulator, folder: Path, devices: int, rounds: int
    ) -> None:
        self._product = product
        self._emulator = emulator
        self._folder = folder
        self._devices = devices
        self._rounds = rounds
        self._environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "PYTHONPATH": str(ROOT / ".venv" / "collections"),
            "IVANTI_UEM_URL": emulator.url,
            "IVANTI_UEM_USERNAME": emulator.username,
            "IVANTI_UEM_PASSWORD": emulator.password,
            "IVANTI_UEM_CA_PATH": emulator.ca_path or "",
        }

    def measure(self) -> None:
        """Print every figure."""
        title = f"{self._product}, {self._devices:,} devices"
        bare = self._source("bare")
        self._emulator.clear_requests()
        self._child("--parse", bare)
        log = self._folder / "log.json"
        log.write_text(json.dumps(self._emulator.requests()))
        rich = self._source("rich", **EXPRESSIONS)
        rounds = [
            (
                self._child("--parse", bare),
                self._child("--fetch", log),
                self._child("--parse", rich),
            )
            for _round in range(self._rounds)
        ]
        own = median(one["whole"] - one["ansible"] for one, _fetch, _rich in rounds)
        fetched = median(one["whole"] for _parse, one, _rich in rounds)
        more = median(rich["whole"] - one["whole"] for one, _fetch, rich in rounds)
        print(
            f"{title}: {len(json.loads(log.read_text()))} requests, own share {own:.2f} s, "
            f"bare requests {fetched:.2f} s, Ansible's own {rounds[0][0]['ansible']:.2f} s"
        )
        ratio = own / fetched
        promise(
            f"{title}: own share / bare requests: {ratio:.2f}",
            f"<= {OWN_SHARE}",
            kept=ratio <= OWN_SHARE,
        )
        if self._devices <= 10_000:
            promise(
                f"{title}: four expressions: {more:.2f} s",
                f"<= {MOST_SECONDS} s",
                kept=more <= MOST_SECONDS,
            )
        self._measure_commands(title, bare)

    def measure_memory(self) -> None:
        """Print the most memory of commands, and that of a script that prints the same."""
        title = f"{self._product}, {self._devices:,} devices"
        bare, script = self._source("bare"), self._script()
        self._show_memory(f"{title}: ansible-playbook", *self._played(bare))
        self._show_memory(f"{title}: ansible-inventory --list", *self._listed(bare))
        self._keep_listed()
        cpu, memory = self._listed(script)
        print(f"{title}: the same by a script {cpu:.1f} s, {memory:.0f} MB")

    def _show_memory(self, title: str, cpu: float, memory: float) -> None:
        print(f"{title} {cpu:.1f} s, {memory:.0f} MB")
        most = MOST_MEMORY.get(self._devices)
        if most:
            promise(f"{title}: memory {memory:.0f} MB", f"<= {most} MB", kept=memory <= most)

    def _measure_commands(self, title: str, bare: Path) -> None:
        self._show_memory(f"{title}: ansible-inventory --list", *self._listed(bare))
        script = self._script()
        cached = self._source(
            "cached",
            cache=True,
            cache_plugin="ansible.builtin.jsonfile",
            cache_connection=str(self._folder / "cache"),
        )
        self._listed(cached)
        self._keep_listed()
        pairs = [
            (self._listed(cached)[0], self._listed(script)[0]) for _round in range(self._rounds)
        ]
        warm, static = (median(part) for part in zip(*pairs, strict=True))
        ratio = warm / static
        print(f"{title}: warm cache {warm:.2f} s, script {static:.2f} s")
        promise(f"{title}: warm cache / script: {ratio:.2f}", f"<= {WARM}", kept=ratio <= WARM)

    def _source(self, name: str, **options: Any) -> Path:
        path = self._folder / f"{name}.{self._product}.yml"
        path.write_text(json.dumps({"plugin": f"ivanti.uem.{self._product}", **options}))
        return path

    def _script(self) -> Path:
        """Return a script that prints what was listed last."""
        script = self._folder / "static.sh"
        script.write_text(f"#!/bin/sh\ncat {self._folder / 'listed.json'}\n")
        script.chmod(0o700)
        return script

    def _keep_listed(self) -> None:
        (self._folder / "listed.json").write_bytes((self._folder / "out.json").read_bytes())

    def _child(self, *arguments: Any) -> dict[str, float]:
        command = [sys.executable, __file__, *map(str, arguments)]
        done = self._run(command)
        found: dict[str, float] = json.loads(done.splitlines()[-1])
        return found

    def _listed(self, source: Path) -> tuple[float, float]:
        """Return the seconds of CPU and the most memory of ``ansible-inventory --list``."""
        command = Path(sys.executable).with_name("ansible-inventory")
        out = self._folder / "out.json"
        arguments = [str(command), "-i", str(source), "--list", "--output", str(out)]
        found: tuple[float, float] = usage_of_child(lambda: self._run(arguments))
        return found

    def _played(self, source: Path) -> tuple[float, float]:
        """Return the seconds of CPU and the most memory of a play that does nothing."""
        play = self._folder / "nothing.yml"
        play.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": []}]))
        command = Path(sys.executable).with_name("ansible-playbook")
        arguments = [str(command), "-i", str(source), str(play)]
        found: tuple[float, float] = usage_of_child(lambda: self._run(arguments))
        return found

    def _run(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout


def median(values: Any) -> float:
    """Return the median."""
    return float(statistics.median(list(values)))


if __name__ == "__main__":
    sys.exit(main())
