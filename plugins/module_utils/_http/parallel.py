# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call a function for many subjects at the same time: the only file that starts threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

Subject = TypeVar("Subject")
Result = TypeVar("Result")


def each(
    function: Callable[[Subject], Result], subjects: Iterable[Subject], concurrency: int
) -> list[Result]:
    """Call a function for each subject, at most ``concurrency`` at a time.

    When a call raises, no further call begins, and those that run are waited for.

    Args:
        function: Called in other threads.
        subjects: What it is called with, one at a time.
        concurrency: At least 1.

    Returns:
        The results, in the order of the subjects.

    Raises:
        Whatever ``function`` raises: of several calls that raise, the error of the first subject.
    """
    pool = ThreadPoolExecutor(concurrency)
    try:
        calls = [pool.submit(function, subject) for subject in subjects]
        wait(calls, return_when=FIRST_EXCEPTION)
    finally:
        # A read that failed, or that a person interrupts, sends no more requests.
        pool.shutdown(cancel_futures=True)
    # Calls begin in order, so that one that raised comes before all that were cancelled.
    return [call.result() for call in calls]
