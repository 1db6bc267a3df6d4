# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate of a server is found from its answers: tried on servers that exist only on paper, in a
time that only these tests have."""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.pace import GENTLE, Pace
from ansible_collections.ivanti.uem.plugins.module_utils._http.retry import backoff


@dataclass
class Bucket:
    """Lets some requests a second pass, and a number of them at once after a rest."""

    rate: float
    burst: int
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = float(self.burst)

    def lets_pass(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        passes = self.tokens >= 1
        self.tokens -= passes
        return passes


@dataclass
class Window:
    """Lets a number of requests pass in each second of its clock."""

    rate: int
    second: int = -1
    used: int = 0

    def lets_pass(self, now: float) -> bool:
        if int(now) != self.second:
            self.second, self.used = int(now), 0
        self.used += 1
        return self.used <= self.rate


@dataclass
class Run:
    """Workers that send requests to a server, one after the other each, until all got through."""

    server: Any
    workers: int
    latency: float
    requests: int
    pace: Pace = field(default_factory=Pace)
    start: float = 0.0
    failed: int = 0
    sent: list[tuple[float, bool]] = field(default_factory=list)

    def done(self, retries: int = 4) -> Run:
        """Let it happen. A request is given up as Transport does."""
        draw, order = random.Random(7), itertools.count()
        left = self.requests - self.workers
        # When a worker asks for its turn; the number of the try, and what had passed before it.
        before = self.pace.count("read")
        asking = [(self.start, next(order), 0, before) for _worker in range(self.workers)]
        answers: list[tuple[float, int, int, int, float, bool]] = []
        arrivals: list[tuple[float, int, int, int, float]] = []
        while asking or arrivals or answers:
            queues: list[list[Any]] = [queue for queue in (asking, arrivals, answers) if queue]
            queue = min(queues, key=lambda one: one[0][0])
            now, _number, attempt, before, *rest = heapq.heappop(queue)
            if queue is asking:
                turn = self.pace.book(now)
                heapq.heappush(arrivals, (turn, next(order), attempt, before, now))
            elif queue is arrivals:
                passes = self.server.lets_pass(now)
                self.sent.append((now, passes))
                back = now + self.latency * draw.uniform(0.7, 1.5)
                heapq.heappush(answers, (back, next(order), attempt, before, *rest, passes))
            elif rest[1]:
                self.pace.passed("read", now)
                left -= 1
                if left >= 0:
                    heapq.heappush(asking, (now, next(order), 0, self.pace.count("read")))
            else:
                self.pace.refused(rest[0], now)
                passed = self.pace.count("read")
                attempt = 0 if passed > before else attempt
                if attempt >= retries:
                    self.failed += 1
                else:
                    again = now + backoff(attempt, draw)
                    heapq.heappush(asking, (again, next(order), attempt + 1, passed))
        return self

    def second_half(self) -> tuple[float, float]:
        """Return the requests a second of the second half of the time, and those that passed."""
        half = (self.sent[-1][0] - self.start) / 2
        late = [passes for at, passes in self.sent if at > self.start + half]
        return len(late) / half, sum(late) / half


# fmt: off
SERVERS = [
    # The server, the workers, seconds to an answer, and requests.
    (Bucket(20, 20), 4, 0.005, 1500), (Bucket(20, 20), 1, 0.005, 1500), (Bucket(20, 5), 8, 0.05, 1500),
    (Bucket(20, 100), 32, 0.05, 2000), (Bucket(400 / 60, 7), 4, 0.05, 700), (Bucket(100 / 60, 4), 8, 0.2, 400),
    (Bucket(100, 100), 8, 0.05, 2500), (Window(20), 4, 0.05, 1500), (Window(20), 8, 0.05, 1500),
]
# fmt: on


@pytest.mark.parametrize(("server", "workers", "latency", "requests"), SERVERS, ids=str)
def test_a_server_that_limits_the_rate_slows_a_run_to_it(server, workers, latency, requests):
    run = Run(server, workers, latency, requests).done()
    offered, passed = run.second_half()
    assert run.failed == 0
    assert sum(passes for _at, passes in run.sent) == requests
    assert 0.95 * server.rate <= passed <= offered <= 1.05 * server.rate


def test_a_limit_that_is_raised_is_found_again():
    server = Bucket(10, 10)
    run = Run(server, 4, 0.01, 300).done()
    server.rate = server.burst = 40
    later = Run(server, 4, 0.01, 2000, pace=run.pace, start=run.sent[-1][0] + 1).done()
    offered, passed = later.second_half()
    assert later.failed == 0 and 38 <= passed <= offered <= 42


@pytest.mark.parametrize("workers", [1, 4, 32])
def test_nothing_but_refusals_ends_a_run_and_slows_it_no_further(workers):
    run = Run(Window(0), workers, 0.01, workers).done()
    assert run.failed == workers and len(run.sent) == 5 * workers
    assert run.sent[-1][0] < 8


def test_without_a_refusal_nothing_waits():
    pace = Pace()
    for number in range(1000):
        assert pace.book(number / 1000) == number / 1000
        pace.passed("read", number / 1000)


def started(*passed: float) -> Pace:
    pace = Pace()
    assert pace.book(0.0) == 0.0
    for at in passed:
        pace.passed("read", at)
    return pace


def gap(pace: Pace, now: float) -> float:
    """Return the seconds between two turns."""
    first = pace.book(now)
    return pace.book(now) - first


def test_a_refusal_before_anything_got_through_says_nothing_of_a_rate():
    pace = started()
    pace.refused(0.0, 1.0)
    assert gap(pace, 1.0) == 0.0


def test_one_refusal_is_judged_once():
    pace = started(*(number / 10 for number in range(1, 11)))
    pace.refused(0.9, 1.0)
    # Ten in 1 s, of which the last ten took 0.9 s.
    after = gap(pace, 2.0)
    assert after == pytest.approx(1 / (GENTLE * (10 + 10 / 0.9) / 2))
    # These took their turns before: at the rate that was too fast.
    pace.passed("read", 2.1)
    pace.refused(0.95, 2.2)
    assert gap(pace, 3.0) == pytest.approx(after, rel=0.01)
    # This one did not.
    pace.refused(2.0, 3.1)
    assert gap(pace, 9.0) > 1.5 * after


def test_a_long_rest_does_not_stop_a_run_for_good():
    pace = started(0.1)
    pace.refused(0.1, 3600.0)
    assert gap(pace, 3600.0) == pytest.approx(10.0)


def test_a_rate_that_is_no_limit_any_more_is_forgotten():
    pace = started(*(number / 10 for number in range(1, 11)))
    pace.refused(0.9, 1.0)
    for number in range(1000):
        pace.passed("read", 1 + number / 10)
    assert gap(pace, 101.0) < 0.01


def test_what_the_server_asks_for_holds_for_every_turn():
    pace = started(0.1)
    pace.hold(30.0)
    pace.hold(10.0)
    assert pace.book(1.0) == 30.0 == pace.book(2.0) and pace.book(31.0) == 31.0


def test_calls_are_counted_each():
    pace = started(0.1, 0.2)
    pace.passed("write", 0.3)
    assert (pace.count("read"), pace.count("write"), pace.count("other")) == (2, 1, 0)
