# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read every page of a list, or fail: a short read must never pass for a smaller fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._core.errors import AnswerError

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page. ``total``: items of the whole list, as the server counts them. ``after``: what the answer carries to
    continue behind its last item, or None where it carries nothing."""

    items: Sequence[Item]
    total: int
    after: str | None = None


@dataclass(frozen=True)
class Spot:
    """Where a page begins: at the item number ``start``, or behind the sort value ``after``."""

    start: int = 0
    after: str | None = None


# A list may change while it is read; it is then read once more before the read is given up.
PASSES = 2


def read_all(
    fetch: Callable[[Spot], Page[Item]],
    *,
    key: Callable[[Item], str],
    what: str,
    window: int | None = None,
    concurrency: int = 1,
) -> list[Item]:
    """All items of a list that is sorted by ``key``, each once, as many as the server says there are.

    ``window``: how many items can be reached by their number (Neurons: the first 10,000); those past it are read one
    page after the other, each behind the last item of the one before. Raises AnswerError when the server repeats a
    page or when the distinct items are not as many as its own total.
    """
    complaint = ""
    for _pass in range(PASSES):
        items, total = _one_pass(fetch, key=key, what=what, window=window, concurrency=concurrency)
        if len(items) == total:
            return list(items.values())
        complaint = f"The server counts {total} {what} and its pages held {len(items)} different ones"
    raise AnswerError(f"{complaint}, {PASSES} times in a row; nothing was done with a part of them. Try again later.")


def _one_pass(
    fetch: Callable[[Spot], Page[Item]],
    *,
    key: Callable[[Item], str],
    what: str,
    window: int | None,
    concurrency: int,
) -> tuple[dict[str, Item], int]:
    first = fetch(Spot())
    items: dict[str, Item] = {}
    last = _add(items, first, key, what, needed=False)
    # The server may give fewer rows than asked for: its own page size is the step.
    step = len(first.items)
    if not step or step >= first.total:
        return items, last.total
    reach = first.total if window is None else min(first.total, window - step + 1)
    with ThreadPoolExecutor(concurrency) as pool:
        for page in pool.map(fetch, [Spot(start) for start in range(step, reach, step)]):
            last = _add(items, page, key, what, needed=bool(page.items))
    while window is not None and last.items and window < last.total and len(items) < last.total:
        last = fetch(Spot(after=last.after if last.after is not None else key(last.items[-1])))
        last = _add(items, last, key, what, needed=bool(last.items))
    return items, last.total


def _add(items: dict[str, Item], page: Page[Item], key: Callable[[Item], str], what: str, *, needed: bool) -> Page[Item]:
    """Add a page's items; ``needed``: a page that brings nothing new has been sent before."""
    before = len(items)
    for item in page.items:
        items.setdefault(key(item), item)
    if needed and len(items) == before:
        raise AnswerError(f"The server sent a page of {what} again that it had sent before; nothing was done with a part of them.")
    return page
