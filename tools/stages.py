# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run targets of the Makefile two at a time: `python tools/stages.py TARGET...`.

They begin in the order in which they are named. The output of each is shown when it has ended, so
that two are never mixed. After one has failed no other begins, and the exit status is 1.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

AT_A_TIME = 2


def run(targets: list[str], make: tuple[str, ...] = ("make", "--no-print-directory")) -> list[str]:
    """Run targets and show what they print. Returns those that failed."""
    failed: list[str] = []
    stop, output = Event(), Lock()

    def one(target: str) -> None:
        if stop.is_set():
            return
        done = subprocess.run(
            [*make, target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        with output:
            sys.stdout.buffer.write(done.stdout)
            sys.stdout.buffer.flush()
            if done.returncode:
                failed.append(target)
                stop.set()

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(one, targets))
    return failed


def main(targets: list[str]) -> int:
    """Run the targets. Returns the exit status."""
    failed = run(targets)
    if failed:
        print(f"\nFailed: {', '.join(failed)}. Run it alone with `make {failed[0]}`.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
