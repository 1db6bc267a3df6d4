# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read every page of a list, or fail: a short read must never pass for a smaller fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._core.errors import AnswerError
from .parallel import each

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page. ``total``: items of the whole list, as the server counts them. ``after``: what the
    answer carries to continue behind its last item, or None where it carries nothing."""

    items: Sequence[Item]
    total: int
    after: str | None = None


@dataclass(frozen=True)
class Spot:
    """Where a page begins: at the item number ``start``, or behind the sort value ``after``."""

    start: int = 0
    after: str | None = None


# A list may change while it is read; it is then read anew, so many times before the read is given
# up.
PASSES = 3

# Pages overlap by this many items. A page that does not begin with the item that the one before
# ended with shows that items vanished or appeared in front of it, which counts alone would miss:
# the total sinks along with what was missed.
OVERLAP = 1


def read_all(
    fetch: Callable[[Spot], Page[Item]],
    *,
    key: Callable[[Item], str],
    what: str,
    window: int | None = None,
    concurrency: int = 1,
) -> list[Item]:
    """All items of a list that is sorted by ``key``, each once, as many as the server says there
    are.

    ``window``: how many items can be reached by their number (Neurons: the first 10,000); those
    past it are read one page after the other, each behind the last item of the one before. Raises
    AnswerError when the server repeats a page, when the list does not stop changing, or when the
    distinct items are not as many as its own total.
    """
    complaint = ""
    for _pass in range(PASSES):
        reading = _Reading(fetch, key, what)
        reading.run(window, concurrency)
        complaint = reading.complaint()
        if not complaint:
            return list(reading.items.values())
    raise AnswerError(
        f"{complaint}, {PASSES} times in a row; nothing was done with a part of them. Try again "
        "later."
    )


class _Reading(Generic[Item]):
    """One pass over a list."""

    def __init__(
        self, fetch: Callable[[Spot], Page[Item]], key: Callable[[Item], str], what: str
    ) -> None:
        self.items: dict[str, Item] = {}
        self._fetch = fetch
        self._key = key
        self._what = what
        self._total = 0
        self._last = ""
        self._shifted = False

    def complaint(self) -> str:
        """Why the items cannot be taken for the whole list, or "" when they can."""
        if self._shifted:
            return f"The list of {self._what} changed while it was read"
        if len(self.items) != self._total:
            return f"The server counts {self._total} {self._what} and its pages held {len(self.items)} different ones"
        return ""

    def run(self, window: int | None, concurrency: int) -> None:
        """Fetch every page: those within the window at once, then, one by one, those behind."""
        page = self._fetch(Spot())
        self._add(page, overlap=0)
        # The server may give fewer rows than asked for: its own page size is the step.
        step = len(page.items)
        overlap = OVERLAP if step > OVERLAP else 0
        stride = step - overlap
        if not step or step >= page.total:
            return
        reach = (
            page.total - overlap if window is None else min(page.total - overlap, window - step + 1)
        )
        spots = [Spot(start) for start in range(stride, reach, stride)]
        for page in each(self._fetch, spots, concurrency):
            self._add(page, overlap=overlap)
        while (
            window is not None
            and page.items
            and window < page.total
            and len(self.items) < page.total
        ):
            page = self._fetch(Spot(after=page.after if page.after is not None else self._last))
            self._add(page, overlap=0)

    def _add(self, page: Page[Item], *, overlap: int) -> None:
        keys = [self._key(item) for item in page.items]
        if overlap and keys and keys[0] != self._last:
            self._shifted = True
        known = len(self.items)
        for name, item in zip(keys, page.items, strict=True):
            self.items.setdefault(name, item)
        if len(keys) > overlap and known and len(self.items) == known:
            raise AnswerError(
                f"The server sent a page of {self._what} again that it had sent before; nothing "
                "was done with a part of them."
            )
        self._total = page.total
        self._last = keys[-1] if keys else self._last
