# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be built, and the little that the builders of all products share."""

from __future__ import annotations

import random
from dataclasses import dataclass

DAY = 86_400_000
HOUR = 3_600_000


@dataclass(frozen=True)
class Blueprint:
    """What to build. `now` is the clock of what is built, in epoch milliseconds; `partitions` the
    number of its device spaces."""

    seed: int
    devices: int
    partitions: int
    now: int


def guid(rng: random.Random) -> str:
    """A random uuid of version 4 in lower case (all recorded ones are)."""
    bits = rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
