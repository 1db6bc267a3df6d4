# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests the slices of a job send together, against one job for the same devices.

AWX splits the hosts of an inventory among the slices by turns, and each slice is a process of its
own. Here each slice is a process that runs device_custom_attrs for its devices. Requests are
counted by the emulator, so that other work on the machine changes nothing. Ends with exit status 1
when a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

ROOT = Path(__file__).resolve().parents[2]
MODULE = "ansible_collections.ivanti.uem.plugins.modules.device_custom_attrs"
WANTED = {"owner": ["operations"]}
RATIO = 1.2
# A promise is for a job that writes. A job that finds nothing to do mostly reads.
PROMISED_FROM = 0.1


def main() -> int:
    """Measure and print. Returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--devices", type=int, default=10_000)
    options.add_argument("--slices", type=int, default=20)
    options.add_argument("--drifted", type=float, nargs="+", default=[0.0, 0.01, 0.1])
    given = options.parse_args()
    kept = True
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(
            devices=given.devices, seed=7, username="bench", password="a-password-for-the-bench"
        ) as emulator,
    ):
        ids = sorted(emulator.attributes(), key=int)
        print(f"{len(ids)} devices, {given.slices} slices", flush=True)
        for share in given.drifted:
            one = sent(emulator, Path(folder), [ids], drifted(ids, share))
            slices = [ids[number :: given.slices] for number in range(given.slices)]
            many = sent(emulator, Path(folder), slices, drifted(ids, share))
            ratio = sum(many.values()) / sum(one.values())
            print(f"{share:.0%} drifted: one job {shown(one)}; slices {shown(many)}: {ratio:.2f}")
            if share >= PROMISED_FROM:
                print(f"{'kept  ' if ratio <= RATIO else 'BROKEN'}  (promised <= {RATIO})")
                kept = kept and ratio <= RATIO
    return 0 if kept else 1


def drifted(ids: Sequence[str], share: float) -> set[str]:
    """Return evenly spread devices, without a step that is that of the slices."""
    number = round(len(ids) * share)
    return {ids[one * len(ids) // number] for one in range(number)}


def sent(
    emulator: NeuronsEmulator, folder: Path, slices: Sequence[Sequence[str]], off: set[str]
) -> Counter[str]:
    """Return how many requests jobs for these devices send, by method."""
    emulator.set_attributes(
        {
            one: {"owner": ["somebody"] if one in off else WANTED["owner"]}
            for ids in slices
            for one in ids
        }
    )
    emulator.clear_requests()
    for ids in slices:
        run(emulator, folder, ids)
    if any(values.get("owner") != WANTED["owner"] for values in emulator.attributes().values()):
        raise SystemExit("Not every device is as it was wanted.")
    return Counter(entry["method"] for entry in emulator.requests())


def run(emulator: NeuronsEmulator, folder: Path, ids: Sequence[str], **options: Any) -> None:
    """Run the module for these devices in a process of its own."""
    arguments: dict[str, Any] = {
        "product": "neurons",
        "url": emulator.url,
        "username": emulator.username,
        "password": emulator.password,
        "ca_path": emulator.ca_path,
        "devices": [int(one) for one in ids],
        "attrs": WANTED,
        **options,
    }
    file = folder / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    done = subprocess.run(
        [sys.executable, "-m", MODULE, str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT / ".venv" / "collections")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"A slice failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def shown(count: Counter[str]) -> str:
    """Return numbers of requests for people."""
    reads = count["GET"]
    return f"{sum(count.values())} requests ({reads} read, {sum(count.values()) - reads} write)"


if __name__ == "__main__":
    sys.exit(main())
