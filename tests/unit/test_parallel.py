# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls at the same time: their order, their number, and what one that fails does to the others."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.parallel import each


@pytest.mark.parametrize("concurrency", [1, 2, 8, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_results_come_in_the_order_of_the_subjects(count, concurrency):
    def late(number):
        # The first ones take longest.
        time.sleep(0.001 * (count - number))
        return number * 2

    expected = [number * 2 for number in range(count)]
    assert each(late, range(count), concurrency) == expected
    assert each(late, iter(range(count)), concurrency) == expected


@pytest.mark.parametrize("concurrency", [1, 3])
def test_at_most_so_many_run_at_a_time(concurrency):
    lock = threading.Lock()
    running: list[int] = []
    seen: list[int] = []

    def call(number):
        with lock:
            running.append(number)
            seen.append(len(running))
        time.sleep(0.005)
        with lock:
            running.remove(number)

    each(call, range(12), concurrency)
    assert max(seen) == concurrency and len(seen) == 12


def test_as_many_as_allowed_do_run_at_a_time():
    """Each waits for the others, which would never end with fewer."""
    together = threading.Barrier(3, timeout=10)
    assert len(each(lambda number: together.wait(), range(3), 3)) == 3


class Failed(Exception):
    pass


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("wrong", [0, 3, 99])
def test_an_error_stops_the_calls_that_have_not_begun(wrong, concurrency):
    begun = []

    def call(number):
        begun.append(number)
        time.sleep(0.002)
        if number == wrong:
            raise Failed(number)

    with pytest.raises(Failed, match=str(wrong)):
        each(call, range(100), concurrency)
    # A few begin before the thread that waits has stopped them.
    assert set(range(wrong + 1)) <= set(begun) and len(begun) < wrong + 50


def test_an_error_stops_them_also_while_an_earlier_subject_takes_its_time():
    begun = []
    go_on = threading.Event()

    def call(number):
        begun.append(number)
        if number == 0:
            go_on.wait(10)
        elif number == 1:
            threading.Timer(0.1, go_on.set).start()
            raise Failed
        else:
            time.sleep(0.01)

    with pytest.raises(Failed):
        each(call, range(100), 2)
    assert {0, 1} <= set(begun) and len(begun) < 10


def test_of_several_errors_the_one_of_the_first_subject_is_raised():
    both = threading.Barrier(2, timeout=10)

    def call(number):
        both.wait()
        if number == 0:
            time.sleep(0.02)
        raise Failed(number)

    with pytest.raises(Failed, match="0"):
        each(call, range(2), 2)


def test_calls_that_run_are_waited_for():
    done = []
    begun = threading.Barrier(2, timeout=10)

    def call(number):
        begun.wait()
        if number == 0:
            raise Failed
        time.sleep(0.05)
        done.append(number)

    with pytest.raises(Failed):
        each(call, range(2), 2)
    assert done == [1]
