# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Say how far a long run has come while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ansible_collections.ivanti.uem.plugins.module_utils._http.progress import (
    PROGRESS,
    Counts,
    progress_line,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._environment import is_on

# Turns the lines off.
SWITCH = "IVANTI_UEM_PROGRESS"

# The seconds between two lines, and those before the first one.
EVERY = 5.0


@contextmanager
def saying_progress(title: str, say: Callable[[str], None]) -> Iterator[None]:
    """Say a line about the run of a module every few seconds, until it is over.

    Args:
        title: What runs.
        say: Shows a line; called in another thread.

    Raises:
        OptionError: The environment variable is neither on nor off.
    """
    if not is_on(SWITCH):
        yield
        return
    PROGRESS.start()
    over = threading.Event()
    teller = threading.Thread(target=_say_lines, args=(title, say, over), daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def _say_lines(title: str, say: Callable[[str], None], over: threading.Event) -> None:
    start = last = time.monotonic()
    before = Counts()
    while not over.wait(EVERY):
        now, counts = time.monotonic(), PROGRESS.counts
        say(f"{title}, {progress_line(counts, before, now - start, now - last)}")
        last, before = now, counts
