# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes put together into calls, the same for every product. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.plan import Batch, Change


def one_each(changes: Sequence[Change[Any]]) -> list[Batch]:
    """Each change by itself."""
    return [Batch((change,), change.write) for change in changes]


def grouped(
    changes: Sequence[Change[Any]],
    most: int,
    apart: Callable[[Change[Any]], str] = lambda _change: "",
) -> list[Batch]:
    """Changes of equal writes together.

    Args:
        changes: What is to be written.
        most: The most changes in a batch.
        apart: What changes must have in common to go together.

    Returns:
        The batches, in the order of their first changes.
    """
    groups: dict[Any, list[Change[Any]]] = {}
    for change in changes:
        groups.setdefault((change.write, apart(change)), []).append(change)
    return [
        Batch(tuple(same[start : start + most]), write)
        for (write, _apart), same in groups.items()
        for start in range(0, len(same), most)
    ]
