# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run has come, for who looks while it runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Counts:
    """What a run has done so far.

    Attributes:
        requests: How many requests were sent.
        read: How many items of lists, and subjects that are read one by one, were read.
        to_read: How many of them there are, as far as that is known.
        planned: How many changes the plan has.
        written: How many of them the server took.
        failed: How many of them it did not take, or nobody knows.
    """

    requests: int = 0
    read: int = 0
    to_read: int = 0
    planned: int = 0
    written: int = 0
    failed: int = 0


class Progress:
    """Counts what a run does, in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()

    @property
    def counts(self) -> Counts:
        """What was counted since the start."""
        return self._counts

    def start(self) -> None:
        """Count from zero."""
        self._counts = Counts()

    def add(self, **more: int) -> None:
        """Count more. ``more``: numbers by the names of ``Counts``."""
        with self._lock:
            now = {name: getattr(self._counts, name) + number for name, number in more.items()}
            self._counts = replace(self._counts, **now)


# That of this process, which runs one module at a time. What counts, such as a page of a list, and
# what looks have nothing else in common.
PROGRESS = Progress()


def progress_line(now: Counts, before: Counts, elapsed: float, interval: float) -> str:
    """Return a line about how far a run has come.

    Args:
        now: What it has done.
        before: What it had done at the line before.
        elapsed: The seconds since its start.
        interval: The seconds since the line before.
    """
    parts = [f"{elapsed:.0f} s: {now.requests:,} requests"]
    if now.to_read:
        # Pages overlap, and a list may be read again.
        parts.append(f"{min(now.read, now.to_read):,} of {now.to_read:,} read")
    done, total, done_before = now.read, now.to_read, before.read
    if now.planned:
        parts += [
            f"{now.planned:,} planned",
            f"{now.written:,} written",
            f"{now.failed:,} failed",
        ]
        done, total = now.written + now.failed, now.planned
        done_before = before.written + before.failed
    rate = (done - done_before) / interval
    if rate > 0:
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{rate:.1f} a second")
        parts.append(f"{max(0, total - done) / rate:,.0f} s left")
    return ", ".join(parts)
