# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""200 devices set by `ansible.builtin.uri` in a loop, and by device_custom_attrs: time and requests.

Both playbooks reach the same end. That of `uri` is a careful one: it reads the list of the devices,
page after page, and writes only to those that differ. Both run in turns on a fleet in which every
device differs, and once more on what they left. Ends with exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import WANTED, Measured, drift, run  # type: ignore[import-not-found]
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

FASTER = 10.0
BODY = {"attrs": WANTED, "forceOverwrite": True}
SERVER = "{{ lookup('env', 'IVANTI_UEM_URL') }}/api/v1"
ACCOUNT = {
    "url_username": "{{ lookup('env', 'IVANTI_UEM_USERNAME') }}",
    "url_password": "{{ lookup('env', 'IVANTI_UEM_PASSWORD') }}",
    "ca_path": "{{ lookup('env', 'IVANTI_UEM_CA_PATH') }}",
    "force_basic_auth": True,
}
DIFFERS = "item.customAttributes.attrs.owner | default([]) != wanted"


def main() -> int:
    """Measure and print. Returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--devices", type=int, default=200)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    print(f"{given.devices} devices, {given.rounds} rounds, {os.cpu_count()} CPUs", flush=True)
    with (
        tempfile.TemporaryDirectory() as name,
        running_emulator(
            devices=given.devices, seed=7, username="bench", password="a-password-for-the-bench"
        ) as emulator,
    ):
        folder = Path(name)
        write_plays(folder, [int(one) for one in emulator.attributes()])
        return report(measure(given.rounds, emulator, folder))


def write_plays(folder: Path, ids: list[int]) -> None:
    """Write the playbook of each way."""
    (folder / "ids.json").write_text(json.dumps({"ids": ids}))
    read = {"ansible.builtin.uri": {**ACCOUNT, "url": f"{SERVER}/tenant/partition/device"}}
    page = {**ACCOUNT, "url": f"{SERVER}/device?dmPartitionId={{{{ item.id }}}}&rows=500&start=0"}
    change = {
        **ACCOUNT,
        "url": f"{SERVER}/device/{{{{ item.id }}}}/customattributes",
        "method": "PATCH",
        "body_format": "json",
        "body": BODY,
    }
    # fmt: off
    by_uri = [
        {**read, "register": "spaces"},
        {"ansible.builtin.uri": page, "loop": "{{ spaces.json.result.searchResults }}", "register": "pages"},
        {"ansible.builtin.uri": change, "loop": "{{ pages.results | map(attribute='json.result.searchResults') | flatten }}", "when": DIFFERS},
    ]
    # fmt: on
    by_module = [{"ivanti.uem.device_custom_attrs": {"devices": "{{ ids }}", "attrs": WANTED}}]
    for name, tasks in (("uri", by_uri), ("module", by_module)):
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars_files": ["ids.json"],
            "vars": {"ansible_python_interpreter": sys.executable, "wanted": WANTED["owner"]},
            "tasks": tasks,
        }
        (folder / f"{name}.yml").write_text(json.dumps([play]))


def measure(
    rounds: int, emulator: NeuronsEmulator, folder: Path
) -> dict[str, list[tuple[Measured, Measured]]]:
    """Return for each way and round the run that changes, and the one that finds nothing to do."""
    ids = sorted(emulator.attributes(), key=int)
    found: dict[str, list[tuple[Measured, Measured]]] = {"uri": [], "module": []}
    for number in range(rounds):
        for name, runs in found.items():
            drift(emulator, ids, ids)
            command = ["ansible-playbook", "-i", "localhost,", f"{name}.yml"]
            runs.append((run(emulator, folder, command), run(emulator, folder, command)))
            wrong = [one for one, has in emulator.attributes().items() if has != WANTED]
            if wrong:
                raise SystemExit(f"{name}: {len(wrong)} devices are not as wanted.")
        shown = (
            f"{name} {runs[-1][0].seconds:.1f} s, then {runs[-1][1].seconds:.1f} s"
            for name, runs in found.items()
        )
        print(f"round {number + 1}: {'; '.join(shown)}", flush=True)
    return found


def report(found: dict[str, list[tuple[Measured, Measured]]]) -> int:
    """Print what each took, and every promise. Returns the exit status."""
    for name, runs in found.items():
        for place, words in enumerate(("all differ", "none differs")):
            one = runs[0][place]
            print(
                f"{name}, {words}: {len(one.log)} requests ({one.reads} read, {one.writes} write), "
                f"{_seconds(runs, place):.1f} s"
            )
    faster = _seconds(found["uri"], 0) / _seconds(found["module"], 0)
    ours, theirs = (len(found[name][0][0].log) for name in ("module", "uri"))
    again = found["module"][0][1].writes
    promises = (
        (f"uri / module: {faster:.1f}", f">= {FASTER:g}", faster >= FASTER),
        (f"requests: {ours}, and {theirs} by uri", f"<= {theirs + 2}", ours <= theirs + 2),
        (f"second run, requests that write: {again}", "= 0", again == 0),
    )
    for figure, limit, kept in promises:
        print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit})")
    return 0 if all(kept for _figure, _limit, kept in promises) else 1


def _seconds(runs: Sequence[tuple[Measured, Measured]], place: int) -> float:
    return statistics.median(pair[place].seconds for pair in runs)


if __name__ == "__main__":
    sys.exit(main())
