# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes which are seen late: by an index, or by the device which has yet to fetch them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from uem_emulator.switches import Switches


@dataclass
class _Pending:
    reads_left: int
    due: float


class Lag:
    """`name` is a switch with the positions none, reads, time and manual; `name`_reads and
    `name`_ms go with it. `reach(key)` is called when the write of a key is seen. `frozen`: only
    `settle` makes anything seen."""

    def __init__(
        self, switches: Switches, reach: Callable[[int], None], name: str = "list_lag"
    ) -> None:
        self.frozen = False
        self._switches = switches
        self._reach = reach
        self._name = name
        self._pending: dict[int, _Pending] = {}

    def to_save(self) -> dict[str, Any]:
        """What is saved: times count from now, where they count at all."""
        now = time.monotonic() if self._mode() == "time" else math.inf
        left = {
            key: _Pending(one.reads_left, max(0.0, one.due - now))
            for key, one in self._pending.items()
        }
        return {**vars(self), "_pending": left}

    def restored(self) -> None:
        """Times count from now."""
        now = time.monotonic()
        for pending in self._pending.values():
            pending.due += now

    @property
    def at_once(self) -> bool:
        """Whether every write is seen at once."""
        return self._mode() == "none"

    @property
    def pending(self) -> int:
        """The number of keys whose write is not seen yet."""
        return len(self._pending)

    def _mode(self) -> str:
        return "manual" if self.frozen else str(self._switches[self._name])

    def wrote(self, key: int) -> None:
        """What stands behind a key has changed."""
        if self.at_once:
            self._pending.pop(key, None)
            self._reach(key)
            return
        due = time.monotonic() + self._switches.number(f"{self._name}_ms") / 1000
        self._pending[key] = _Pending(self._switches.number(f"{self._name}_reads"), due)

    def before_read(self) -> None:
        """Something late is about to be read: what is due by now is seen first."""
        if not self._pending:
            return
        mode, now = self._mode(), time.monotonic()
        for key, pending in list(self._pending.items()):
            waiting = {
                "manual": True,
                "reads": pending.reads_left > 0,
                "time": pending.due > now,
            }.get(mode, False)
            pending.reads_left -= 1
            if not waiting:
                del self._pending[key]
                self._reach(key)

    def settle(self) -> None:
        """Every write is seen now."""
        for key in list(self._pending):
            del self._pending[key]
            self._reach(key)

    def is_pending(self, key: int) -> bool:
        """Return whether a write of the key is not seen yet."""
        return key in self._pending
