# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What device_custom_attrs makes of a slow network, of a server that limits the rate, and of memory.

- 1,000 devices of which 400 drifted, 50 ms to each answer: 8 requests at a time against 1. The time
  is that from the first request to the last one, as the emulator saw them.
- The same fleet, all drifted, on a server that answers HTTP 429 to what exceeds its rate: how many
  requests a second it gets, and how many it carries out, in the second half of the time.
- 20,000 and 200,000 devices of which none drifted: seconds of CPU, and the most memory.

Ends with exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from slices import WANTED, drifted, run  # type: ignore[import-not-found]
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

LATENCY_MS, CONCURRENCY, FASTER = 50, 8, 6.0
RATE, NEAR = 40.0, 0.05
FLEETS, MOST_TIMES, MOST_MEMORY = (20_000, 200_000), 11.0, 300
PROMISES: list[tuple[str, str, bool]] = []


def main() -> int:
    """Measure and print. Returns the exit status."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("parts", nargs="*", default=["latency", "rate", "memory"])
    options.add_argument("--fleets", type=int, nargs=2, default=FLEETS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if {"latency", "rate"} & set(given.parts):
            with emulated(1_000) as emulator:
                if "latency" in given.parts:
                    measure_latency(emulator, folder)
                if "rate" in given.parts:
                    measure_rate(emulator, folder)
        if "memory" in given.parts:
            measure_memory(given.fleets, folder)
    return 0 if all(kept for _figure, _limit, kept in PROMISES) else 1


def emulated(devices: int, **options: Any) -> Any:
    """Start an emulator."""
    return running_emulator(
        devices=devices, seed=7, username="bench", password="a-password-for-the-bench", **options
    )


def promise(figure: str, limit: str, *, kept: bool) -> None:
    """Print a promise with its figure, and remember whether it was kept."""
    print(f"{'kept  ' if kept else 'BROKEN'}  {figure} (promised {limit})", flush=True)
    PROMISES.append((figure, limit, kept))


def set_drifted(emulator: NeuronsEmulator, ids: Sequence[str], off: set[str]) -> None:
    emulator.set_attributes(
        {one: {"owner": ["somebody"] if one in off else WANTED["owner"]} for one in ids}
    )
    emulator.clear_requests()


def measure_latency(emulator: NeuronsEmulator, folder: Path) -> None:
    """Measure how much faster several requests at a time are on a slow network."""
    ids = sorted(emulator.attributes(), key=int)
    emulator.set_switch("delay_ms", LATENCY_MS)
    took = {}
    for concurrency in (1, CONCURRENCY):
        set_drifted(emulator, ids, drifted(ids, 0.4))
        run(emulator, folder, ids, concurrency=concurrency)
        times = [entry["at"] for entry in emulator.requests()]
        took[concurrency] = max(times) - min(times)
        print(f"concurrency {concurrency}: {len(times)} requests in {took[concurrency]:.1f} s")
    emulator.set_switch("delay_ms", 0)
    faster = took[1] / took[CONCURRENCY]
    promise(
        f"{LATENCY_MS} ms: concurrency 1 / {CONCURRENCY}: {faster:.2f}",
        f">= {FASTER:g}",
        kept=faster >= FASTER,
    )


def measure_rate(emulator: NeuronsEmulator, folder: Path) -> None:
    """Measure how near a run comes to the rate of a server."""
    ids = sorted(emulator.attributes(), key=int)
    set_drifted(emulator, ids, set(ids))
    emulator.add_fault("429", times=None, rate=RATE)
    run(emulator, folder, ids)
    log = emulator.requests()
    emulator.clear_faults()
    begun, ended = log[0]["at"], log[-1]["at"]
    half = (ended - begun) / 2
    late = [entry["status"] for entry in log if entry["at"] > begun + half]
    offered, done = len(late) / half, sum(status == 200 for status in late) / half
    refused = sum(entry["status"] == 429 for entry in log)
    wrong = sum(values != WANTED for values in emulator.attributes().values())
    print(
        f"{len(log)} requests in {ended - begun:.1f} s, {refused} refused; {wrong} devices failed"
    )
    promise(
        f"{RATE:g} a second: {offered:.1f} were sent and {done:.1f} carried out",
        f"within {NEAR:.0%}, no device failed",
        kept=wrong == 0 and (1 - NEAR) * RATE <= done <= offered <= (1 + NEAR) * RATE,
    )


def measure_memory(fleets: Sequence[int], folder: Path) -> None:
    """Measure how CPU and memory grow with the fleet."""
    found = []
    for devices in fleets:
        with emulated(devices) as emulator:
            ids = sorted(emulator.attributes(), key=int)
            set_drifted(emulator, ids, set())
            found.append(usage_of_child(partial(run, emulator, folder, ids)))
            reads = len(emulator.requests())
        cpu, memory = found[-1]
        print(f"{devices} devices: {cpu:.1f} s of CPU, {memory:.0f} MB, {reads} requests")
    (small, _memory), (large, memory) = found
    times = large / small
    promise(
        f"CPU of the larger fleet: {times:.1f} times",
        f"<= {MOST_TIMES:g}",
        kept=times <= MOST_TIMES,
    )
    promise(f"memory: {memory:.0f} MB", f"<= {MOST_MEMORY} MB", kept=memory <= MOST_MEMORY)


def usage_of_child(start: Any) -> tuple[float, float]:
    """Return the seconds of CPU and the most memory in MB of a child process that is waited for."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # The children of this process are those of the run, and no others.
        try:
            os.close(reading)
            start()
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            told = f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}"
            os.write(writing, told.encode())
        finally:
            # What stops the emulator is for the parent to do.
            os._exit(0)
    os.close(writing)
    with open(reading, encoding="ascii") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        raise SystemExit("The run failed.")
    cpu, memory = text.split()
    return float(cpu), float(memory)


if __name__ == "__main__":
    sys.exit(main())
