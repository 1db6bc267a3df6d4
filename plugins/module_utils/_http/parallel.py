# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call a function for many subjects at the same time: the only file that starts threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Subject = TypeVar("Subject")
Result = TypeVar("Result")


def each(
    function: Callable[[Subject], Result], subjects: Iterable[Subject], concurrency: int
) -> list[Result]:
    """Call a function for each subject, at most ``concurrency`` at a time.

    After a call raises, no further call begins, and the ones that are running are waited for. After
    an interrupt they are not.

    Args:
        function: Called in other threads.
        subjects: The arguments, one for each call.
        concurrency: At least 1.

    Returns:
        The results, in the order of the subjects.

    Raises:
        Exception: Whatever ``function`` raises; of several errors, that of the first subject.
    """
    pool = ThreadPoolExecutor(concurrency)
    interrupted = True
    try:
        calls = [pool.submit(function, subject) for subject in subjects]
        _wait_for_all(calls)
        interrupted = False
    finally:
        # A read that failed, or that a person interrupted, sends no more requests. A person, and
        # the time-out of a task, need not wait for those that are under way.
        pool.shutdown(wait=not interrupted, cancel_futures=True)
    # Calls begin in order, so a call that raised comes before every call that was cancelled.
    return [call.result() for call in calls]


def _wait_for_all(calls: Sequence[Future[Result]]) -> None:
    """Wait until all calls are over, or one has raised.

    Python looks for an interrupt when a wait begins or ends. One that comes just then is noticed
    after it, so that none is long.
    """
    while True:
        over, others = wait(calls, timeout=1, return_when=FIRST_EXCEPTION)
        if not others or any(call.exception() for call in over):
            return
