# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a function takes a text from outside in time that grows with its length."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TIMES = 8


def grows_with_its_text(function: Callable[[str], Any], part: str, count: int = 5_000) -> bool:
    """Compare CPU times of a text and of one that is eight times as long, in one run.

    A function that reads its text once takes 8 times as long, and one that reads the rest of it
    for each character 64 times. The shortest of three runs counts, so a busy machine does not.
    """
    short, long = _least(function, part * count), _least(function, part * count * TIMES)
    return long < short * TIMES * 3


def _least(function: Callable[[str], Any], text: str) -> float:
    runs = []
    for _run in range(3):
        begun = time.process_time()
        function(text)
        runs.append(time.process_time() - begun)
    return max(min(runs), 0.0005)
