# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be built, and the little that the builders of all products share."""

from __future__ import annotations

import gc
import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import TypeVar

DAY = 86_400_000
HOUR = 3_600_000
#: Larger worlds are not kept: they are asked for once.
_KEPT_DEVICES = 1000

BuiltT = TypeVar("BuiltT")


@dataclass(frozen=True)
class Blueprint:
    """What to build. `now` is the clock of what is built, in epoch milliseconds; `partitions` the
    number of its device spaces."""

    seed: int
    devices: int
    partitions: int
    now: int


@contextmanager
def building() -> Iterator[None]:
    """Build a world without looking for garbage: that would triple the time of large fleets. What
    was built is not looked at later either: that would stop the server for moments. So nothing
    finds the world when it has become garbage, and its tenant takes it apart."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def guid(rng: random.Random) -> str:
    """A random uuid of version 4 in lower case (all recorded ones are)."""
    bits = rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def kept(build: Callable[[Blueprint], BuiltT]) -> Callable[[Blueprint], BuiltT]:
    """Keep what was built of the last blueprints. Everybody gets a copy of their own, which takes
    a quarter of the time of building: tests reset a server thousands of times."""

    @lru_cache(maxsize=4)
    def packed(blueprint: Blueprint) -> bytes:
        return pickle.dumps(build(blueprint), pickle.HIGHEST_PROTOCOL)

    @wraps(build)
    def copy(blueprint: Blueprint) -> BuiltT:
        if blueprint.devices > _KEPT_DEVICES:
            return build(blueprint)
        built: BuiltT = pickle.loads(packed(blueprint))
        return built

    return copy
