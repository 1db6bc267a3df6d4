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


# The status codes of a server that refuses work, and did none; and with those of a proxy that does
# not reach it, all that say that nobody serves.
REFUSING = frozenset({429, 503})
NOT_SERVING = REFUSING | {502, 504}


class Breaker:
    """Notices that a server does not serve, so that a run stops sending to it.

    Writes are counted by themselves: a server that still answers reads may refuse every write. For
    them only a refusal counts, because an answer that was lost does not say that nothing was done.

    Attributes:
        most: The tries in a row, without a better answer in between, after which it is an outage.
    """

    most = 5

    def __init__(self) -> None:
        self._tries = self._writes = 0
        self._no_writes = self._nothing = ""
        self._lock = threading.Lock()

    def count(self, *, safe: bool, served: bool, refused: bool) -> None:
        """Count a try.

        Args:
            safe: Whether it was a read.
            served: Whether the server itself answered.
            refused: Whether the server certainly did nothing, because it does not serve.
        """
        with self._lock:
            self._tries = 0 if served else self._tries + 1
            if not safe:
                self._writes = self._writes + 1 if refused else 0

    def give_up(self, reason: str) -> None:
        """Take note that a request has failed for good, and decide whether that is an outage."""
        with self._lock:
            if self._tries >= self.most:
                self._nothing = self._nothing or _outage(self._tries, "requests", reason)
            if self._writes >= self.most:
                self._no_writes = self._no_writes or _outage(self._writes, "writes", reason)

    def outage(self, *, safe: bool) -> str:
        """Return why no read (``safe``), or no write, is sent any more, or ""."""
        return self._nothing or ("" if safe else self._no_writes)


def _outage(tries: int, what: str, reason: str) -> str:
    return (
        f"The server does not serve: {tries} {what} in a row failed, the last one so: "
        f"{reason.rstrip('.')}. Nothing more is sent to it; run it again when the server works."
    )


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


def retry_after(header: str | None, *, sent: str | None = None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for.

    Args:
        header: A number, also a fractional one, or a date.
        sent: The header Date of the answer. A date is compared with it, because the clock of this
            machine may be wrong.
        now: The time in seconds since the epoch, for an answer without Date.

    Returns:
        At least 0, or None if the header is missing or cannot be read.
    """
    text = (header or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        date, began = _seconds(text), _seconds(sent or "")
        if date is None:
            return None
        seconds = date - (now if began is None else began)
    return None if math.isnan(seconds) else max(0.0, seconds)


def _seconds(date: str) -> float | None:
    """Return a date of a header in seconds since the epoch, or None if it cannot be read."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
