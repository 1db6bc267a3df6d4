# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast requests may follow each other, found from the answers of a server that limits the rate.

It has no clock: whoever asks says what time it is, in seconds.
"""

from __future__ import annotations

import threading
from collections import Counter, deque

# After a refusal requests follow each other at a rate a little below the one that was too fast.
# From there it grows, as little at first and then ever more as in CUBIC (RFC 9438): by GROWTH after
# ROUND requests that took at least ROUND_SECONDS, and by eight times that after twice as many. So
# one request in a hundred finds the limit again, and a limit that was lifted is noticed soon.
GENTLE = 0.97
GROWTH = 0.05
ROUND = 100
ROUND_SECONDS = 5.0

# The requests that the present speed is measured over.
RECENT = 20

# The fewest requests a second. What was measured over a long pause may be next to nothing.
_LEAST = 0.1

# The shortest time that a speed is measured over, against a division by nothing.
_INSTANT = 0.001


class Pace:
    """The turns of the requests to one server; safe to use from several threads.

    Nothing is held back until the server refuses a request with HTTP 429. Then requests are at
    least 1/rate seconds apart, whoever sends them. The rate is judged again only if a request has
    got through since, so that an outage does not bring it down to nothing.

    Attributes:
        held: Until when nothing may be sent, because the server said so.
    """

    def __init__(self) -> None:
        self.held = 0.0
        self._rate: float | None = None
        self._judged: float | None = None
        self._since = 0
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._next = 0.0
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def book(self, now: float) -> float:
        """Take the next turn. Returns when it is, which is now if nothing is in the way."""
        with self._lock:
            if self._judged is None:
                self._judged = now
            turn = max(now, self._next, self.held)
            if self._rate is not None:
                self._next = turn + 1 / self._grown(self._rate, now - self._judged)
            return turn

    def hold(self, until: float) -> None:
        """Take note of how long the server wants nothing. A shorter wait ends no longer one."""
        with self._lock:
            self.held = max(self.held, until)

    def passed(self, endpoint: str, now: float) -> None:
        """Take note that the server has handled a request to an endpoint."""
        with self._lock:
            self._since += 1
            self._recent.append(now)
            self._passed[endpoint] += 1

    def count(self, endpoint: str) -> int:
        """Return how many requests to an endpoint the server has handled."""
        with self._lock:
            return self._passed[endpoint]

    def refused(self, booked: float, now: float) -> None:
        """Go slower, because the server refused a request to limit the rate.

        Args:
            booked: When the request took its turn. One that did so before the rate was judged last
                says nothing about the new rate.
            now: When it was refused.
        """
        with self._lock:
            if self._judged is None or booked < self._judged or not self._since:
                return
            span = now - self._judged
            speed = len(self._recent) / max(now - self._recent[0], _INSTANT)
            if self._rate is not None:
                speed = min(speed, self._grown(self._rate, span))
            # Between two refusals went just what the limit allows, unless the rate was too low for
            # a while. The present speed is too high. So the limit is between the two.
            mean = min(speed, self._since / max(span, _INSTANT))
            self._rate = max(GENTLE * (mean + speed) / 2, _LEAST)
            self._judged = now
            self._since = 0
            self._next = max(self._next, now) + 1 / self._rate

    def _grown(self, rate: float, seconds: float) -> float:
        """Return what a rate has grown to, this long after it was judged."""
        rounds = min(self._since / ROUND, seconds / ROUND_SECONDS)
        return rate * (1 + GROWTH * rounds**3)
