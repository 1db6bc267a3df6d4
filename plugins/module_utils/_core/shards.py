# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices come first: a place for each device that never changes. Pure.

The place is a hash of the guid and of a text, so it is the same on every machine, with every version
of Python, whatever other devices there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from .errors import OptionError

# How many places there are; each percent of the devices has its share of them.
_PLACES = 1 << 64


def is_below(guid: str, percent: float, seed: str) -> bool:
    """Return whether a device is among the first of all devices.

    Args:
        guid: Its guid.
        percent: How many percent of all devices are meant, on average.
        seed: Another text gives other places.
    """
    return _place(guid, seed) * 100 < Decimal(repr(percent)) * _PLACES


def ring_of(guid: str, rings: Sequence[float], seed: str) -> int:
    """Return the ring of a device; the first one is 1.

    Args:
        guid: Its guid.
        rings: How many percent of all devices each ring and those before it have. The last is 100.
        seed: Another text gives other rings.
    """
    place = _place(guid, seed) * 100
    for number, percent in enumerate(rings, 1):
        if place < Decimal(repr(percent)) * _PLACES:
            return number
    return len(rings)


def require_percent(percent: float, where: str) -> None:
    """Check a percentage of devices.

    Raises:
        OptionError: It is not one.
    """
    if not 0 <= percent <= 100:
        raise OptionError(f"{where}: {percent} is not a percentage; give a number from 0 to 100.")


def require_rings(rings: Sequence[float], where: str) -> None:
    """Check the percentages of rings.

    Raises:
        OptionError: They do not grow up to 100.
    """
    for percent in rings:
        require_percent(percent, where)
    grow = all(one < other for one, other in pairwise((0.0, *rings)))
    if not rings or not grow or rings[-1] != 100:
        shown = ", ".join(f"{percent:g}" for percent in rings)
        raise OptionError(
            f"{where}: [{shown}] must grow from ring to ring, and end with 100, such as [1, 5, 25, 100]."
        )


def _place(guid: str, seed: str) -> int:
    digest = hashlib.sha256(f"{seed}\0{guid.strip().lower()}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
