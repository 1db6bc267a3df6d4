# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to try again, and how long to wait first. There is one place for it, and one budget for a
run."""

from __future__ import annotations

import email.utils
import math
import random
import threading

# Waits double from BASE to CAP seconds, with full jitter. A server may ask for up to LONGEST_WAIT
# seconds. urllib3 would wait for six hours, so that anyone on the path could stop a run with one
# header.
BASE = 0.5
CAP = 60.0
LONGEST_WAIT = 300.0

# The status codes of a server or proxy that may answer the same request with success a little
# later.
TRANSIENT = frozenset({429, 500, 502, 503, 504})


class RetryBudget:
    """Limits the retries of a whole run, so that a server in trouble gets fewer requests, not more.

    A retry takes COST tokens, and a good answer returns one (the model of botocore's standard
    mode).
    """

    SIZE = 500
    COST = 5

    def __init__(self) -> None:
        self._tokens = self.SIZE
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Spend the tokens of one retry. Return False if too few are left."""
        with self._lock:
            if self._tokens < self.COST:
                return False
            self._tokens -= self.COST
            return True

    def give_back(self) -> None:
        """Add one token, because a good answer came."""
        with self._lock:
            self._tokens = min(self.SIZE, self._tokens + 1)


def backoff(attempt: int, draw: random.Random) -> float:
    """Return the seconds to wait before a retry if the server did not say how long.

    Args:
        attempt: The number of the retry; 0 is the first.
        draw: The source of randomness.
    """
    return draw.uniform(0, min(CAP, BASE * 2**attempt))


def retry_after(header: str | None, *, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for.

    Args:
        header: A number, also a fractional one, or a date.
        now: The time in seconds since the epoch.

    Returns:
        At least 0, or None if the header is missing or cannot be read.
    """
    text = (header or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - now
        except (ValueError, TypeError, IndexError):
            return None
    return None if math.isnan(seconds) else max(0.0, seconds)
