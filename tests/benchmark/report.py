# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the report of a fleet: at most 60 s of CPU and 3 MB of page for 100,000 devices.

`make bench-report`, or `make bench-report ARGS=1000` for other numbers of devices.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._families.report import task

MOST_SECONDS, MOST_BYTES = 60.0, 3_000_000
NOW = "2026-11-30T09:00:00Z"
PLATFORMS = {
    "ios": ("18.6.2", "18.5", "17.7.1"),
    "android": ("15", "14", "13"),
    "macos": ("15.6", "14.7"),
}
REASONS = ("os_version", "out_of_contact", "compromised", "data_protection")
SEEN = (NOW, "2026-11-26T08:00:00Z", "2026-10-20T08:00:00Z", "2026-01-20T08:00:00Z", None)


def rows(number: int) -> list[dict[str, Any]]:
    """Return rows of devices of two servers, the same in every run."""
    chance = random.Random(7)
    return [row(one, chance) for one in range(number)]


def row(number: int, chance: random.Random) -> dict[str, Any]:
    platform = chance.choice(tuple(PLATFORMS))
    reasons = [chance.choice(REASONS)] if chance.random() < 0.15 else []
    return {
        "server": ("https://na1.example", "https://epmm.example")[number % 2],
        "id": str(22_000 + number),
        "guid": f"{number:08x}-0000-4000-8000-{number:012x}",
        "serial_number": f"DLX{number:07d}",
        "device_name": f"Phone of {number}",
        "user": f"u{number}",
        "email": f"user{number}@example.com",
        "display_name": f"User {number}",
        "platform": platform,
        "os_version": chance.choice(PLATFORMS[platform]),
        "manufacturer": "Example",
        "model": "Model 9",
        "ownership": "company",
        "status": chance.choices(("active", "retired"), (97, 3))[0],
        "compliant": not reasons,
        "compliance_reasons": reasons,
        "compliance_reasons_raw": [one.upper() for one in reasons],
        "quarantined": False,
        "blocked": False,
        "jailbroken": False,
        "last_seen_at": chance.choices(SEEN, (80, 10, 5, 3, 2))[0],
        "registered_at": "2024-01-01T00:00:00Z",
        "space": "Default Space",
    }


def measured(number: int) -> bool:
    """Print what a report of a number of devices takes. Return whether it keeps the promise."""
    devices = rows(number)
    with tempfile.TemporaryDirectory() as folder:
        given: dict[str, Any] = dict.fromkeys(task.OPTIONS)
        given |= {
            "dest": f"{folder}/report",
            "title": "Fleet",
            "plans": [],
            "now": NOW,
            "history_days": 400,
        }
        given |= {"journal_path": f"{folder}/journal", "history_path": f"{folder}/history"}
        start = time.process_time()
        found = task.write_report(given, devices, whole=True, check_mode=False)
        seconds = time.process_time() - start
        sizes = {kind: os.path.getsize(path) for kind, path in found["files"].items()}
        kept = os.path.getsize(given["history_path"])
    print(f"{number:>8,} devices: {seconds:6.1f} s of CPU, {sizes}, history {kept}")
    return seconds <= MOST_SECONDS and sizes["html"] <= MOST_BYTES


def main(arguments: list[str]) -> int:
    """Measure, and return the exit status."""
    numbers = [int(one) for one in arguments] or [0, 1, 20, 1_000, 100_000]
    # Each is measured, also after one that is too large.
    good = [measured(number) for number in numbers]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
