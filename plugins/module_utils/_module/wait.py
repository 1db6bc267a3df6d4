# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look at subjects again and again until they are where they should be, for a limited time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .._core.errors import OptionError
from .._core.plan import Subject


@dataclass(frozen=True)
class Sight:
    """What a look at a subject showed. ``over``: there is nothing more to wait for. ``reason``: why
    it did not get there, or "" where it did; of one that is not over, what it is now."""

    over: bool
    reason: str = ""


Watched = TypeVar("Watched", bound=Subject)


@dataclass(frozen=True)
class Patience:
    """How long to wait, and how long between two looks, in seconds."""

    timeout: int
    interval: int

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Patience:
        """The options ``wait_timeout`` and ``wait_interval``. Raises OptionError for less than
        0."""
        require_times(params, {"wait_timeout": 0, "wait_interval": 0})
        return cls(params["wait_timeout"], params["wait_interval"])


def late(
    waiting: Sequence[Watched],
    look: Callable[[Sequence[Watched]], Sequence[Sight]],
    patience: Patience,
) -> dict[str, str]:
    """By id why a subject did not get there in time.

    Args:
        waiting: the subjects.
        look: looks at subjects once, and says of each in their order what it saw.
        patience: how long to look.
    """
    end = time.monotonic() + patience.timeout
    reasons: dict[str, str] = {}
    while waiting:
        seen = list(zip(waiting, look(waiting), strict=True))
        reasons |= {one.id: sight.reason for one, sight in seen if sight.over and sight.reason}
        left = [(one, sight) for one, sight in seen if not sight.over]
        if left and time.monotonic() + patience.interval > end:
            over = f"it did not finish within {patience.timeout} s"
            return reasons | {one.id: f"{over}: {sight.reason}." for one, sight in left}
        waiting = [one for one, _sight in left]
        if waiting:
            time.sleep(patience.interval)
    return reasons


def require_times(params: Mapping[str, Any], least: Mapping[str, int]) -> None:
    """Raise OptionError for an option that is less than it may be, in seconds."""
    for name, seconds in least.items():
        if params[name] < seconds:
            raise OptionError(
                f"{name}: {params[name]} is not a time in seconds; give {seconds} or more."
            )
