# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read every page of a list, or fail: a partial list must never pass for a smaller fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._core.errors import AnswerError
from .._core.wording import numbered
from .parallel import each
from .progress import PROGRESS

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list.

    Attributes:
        items: Its items.
        total: How many items the whole list has, as the server counts them.
        after: The value that continues the list behind the last item, or None if the answer has
            none.
        more: Whether the server says that items follow this page, or None if it does not say.
    """

    items: Sequence[Item]
    total: int
    after: str | None = None
    more: bool | None = None


@dataclass(frozen=True)
class Spot:
    """Where a page begins.

    Attributes:
        start: The number of its first item.
        after: The sort value behind which it begins, instead of ``start``.
    """

    start: int = 0
    after: str | None = None


# A list may change while it is read. Then it is read again, at most this many times in all.
PASSES = 3

# Pages overlap by this many items. A page must begin with the item that the page before ended with;
# otherwise items vanished or appeared before it. Counts would not show that: an item that
# was missed is no longer in the total.
OVERLAP = 1


def read_all(
    fetch: Callable[[Spot], Page[Item]],
    *,
    key: Callable[[Item], str],
    what: str,
    window: int | None = None,
    concurrency: int = 1,
    says_more: bool = False,
) -> list[Item]:
    """Read all items of a list, each once, as many as the server counts.

    Args:
        fetch: Reads the page that begins at a spot; called in several threads.
        key: Returns the value that the list is sorted by. Items with the same value are one item.
        what: The words for the items in messages.
        window: How many items can be reached by their number (Neurons: the first 10,000). Those
            past it are read one page after the other, each behind the last item of the page before.
        concurrency: How many pages are read at a time.
        says_more: Whether pages of this list should say if more follow. Where one does not, and
            its total counts no more than its items, nobody knows what the total counts. So the list
            is read on until nothing new comes.

    Returns:
        The items in the order of the list.

    Raises:
        AnswerError: The server repeats a page, the list keeps changing, it has more or fewer
            different items than its own total, or it contradicts itself about its end.
    """
    complaint = ""
    for _pass in range(PASSES):
        reading = _Reading(fetch, key, what, says_more=says_more)
        reading.run(window, concurrency)
        complaint = reading.complaint()
        if not complaint:
            return list(reading.items.values())
    raise AnswerError(
        f"{complaint}, {PASSES} times in a row; nothing was done with an incomplete list. Try "
        "again later."
    )


def read_counted(
    read: Callable[[], list[Item]], counted: int, recount: Callable[[], int], what: str
) -> list[Item]:
    """Read a list whose length is known from another answer of the server.

    If it is shorter than that, both are read again: items may have left the list in between.

    Args:
        read: Reads the list.
        counted: The least number of items that the list has.
        recount: Reads that number again.
        what: The words for the items in messages.

    Raises:
        AnswerError: The list stays shorter.
    """
    found: list[Item] = []
    for _pass in range(PASSES):
        found = read()
        if len(found) >= counted:
            return found
        counted = recount()
        if len(found) >= counted:
            return found
    raise AnswerError(
        f"The server counts {numbered(counted, what)} elsewhere, and its list has {len(found)}, {PASSES} "
        "times in a row; nothing was done with an incomplete list. Try again later, then ask the "
        "server's administrator."
    )


class _Reading(Generic[Item]):
    """One pass over a list."""

    def __init__(
        self,
        fetch: Callable[[Spot], Page[Item]],
        key: Callable[[Item], str],
        what: str,
        *,
        says_more: bool,
    ) -> None:
        self.items: dict[str, Item] = {}
        self._says_more = says_more
        self._read_page = fetch
        self._key = key
        self._what = what
        self._total = 0
        self._last = ""
        self._shifted = False
        # The totals of some servers count the items of a page. Then only ``Page.more`` shows the
        # end of the list.
        self._by_page = False
        self._doubt = ""

    def complaint(self) -> str:
        """Return why the items are not the whole list, or "" if they are."""
        if self._shifted:
            return f"The list of {self._what} changed while it was read"
        if not self._by_page and len(self.items) != self._total:
            return (
                f"The server counts {numbered(self._total, self._what)} and its pages held "
                f"{numbered(len(self.items), 'different ones')}"
            )
        return self._doubt

    def run(self, window: int | None, concurrency: int) -> None:
        """Fetch every page: those within the window concurrently, then those past it one by one."""
        page = self._fetch(Spot())
        PROGRESS.add(to_read=page.total)
        self._add(page, 0, overlap=0)
        # The server may send fewer rows than requested: its own page size is the step.
        step = len(page.items)
        overlap = OVERLAP if step > OVERLAP else 0
        stride = step - overlap
        if not step:
            return
        end = page.total - overlap
        if window is not None:
            end = min(end, window - step + 1)
        spots = [Spot(start) for start in range(stride, end, stride)] if step < page.total else []
        for spot, page in zip(spots, each(self._fetch, spots, concurrency), strict=True):
            self._add(page, spot.start, overlap=overlap)
        if page.more or (overlap and not spots and self._may_go_on(page)):
            self._follow(page, spots[-1].start if spots else 0, overlap)
        while (
            window is not None
            and page.items
            and window < page.total
            and len(self.items) < page.total
        ):
            page = self._fetch(Spot(after=page.after if page.after is not None else self._last))
            self._add(page, None, overlap=0)

    def _fetch(self, spot: Spot) -> Page[Item]:
        page = self._read_page(spot)
        PROGRESS.add(read=len(page.items))
        return page

    def _may_go_on(self, page: Page[Item]) -> bool:
        return page.more is True or (self._says_more and page.more is None)

    def _follow(self, page: Page[Item], start: int, overlap: int) -> None:
        """Fetch the pages behind one that the total has as the last, while the server has more.

        Args:
            page: That page.
            start: Where it begins.
            overlap: By how many items pages overlap.
        """
        while self._may_go_on(page) and not self._doubt:
            known = len(self.items)
            start += len(page.items) - overlap
            page = self._fetch(Spot(start))
            if page.more is None and page.items:
                # The total before did not count what is new, or this one counts only its page.
                new = any(self._key(item) not in self.items for item in page.items)
                self._by_page = self._by_page or new or page.total == len(page.items)
            self._add(page, start, overlap=overlap)
            if len(self.items) == known:
                self._doubt = self._doubt or (self._nothing_follows(page) if page.more else "")
                break
        counted = (len(page.items), start + len(page.items))
        if page.total not in counted:
            self._doubt = self._doubt or (
                f"The server counts {page.total} {self._what} and its pages held "
                f"{len(self.items)} different ones"
            )

    def _add(self, page: Page[Item], start: int | None, *, overlap: int) -> None:
        """Keep the items of a page.

        Args:
            page: The page.
            start: Where it begins; None if that is not known.
            overlap: By how many items it overlaps with the page before.
        """
        keys = [self._key(item) for item in page.items]
        if overlap and keys and keys[0] != self._last:
            self._shifted = True
        known = len(self.items)
        for key, item in zip(keys, page.items, strict=True):
            self.items.setdefault(key, item)
        if len(keys) > overlap and known and len(self.items) == known:
            raise AnswerError(
                f"The server sent the same page of {self._what} twice; nothing was done with an "
                "incomplete list."
            )
        if start is not None and page.more is not None:
            self._compare(page, start + len(keys))
        # Items that are new come at the end, and raise the total. A lower one means that items are
        # gone, or that the server lost a part of its list.
        if page.total < self._total and not self._by_page:
            self._shifted = True
        self._total = page.total
        self._last = keys[-1] if keys else self._last

    def _compare(self, page: Page[Item], end: int) -> None:
        """Compare what a page that ends here says about its followers with its total."""
        if page.more and end >= page.total:
            self._by_page = True
        if page.more and not page.items:
            self._doubt = self._doubt or self._nothing_follows(page)
        if not page.more and end < page.total:
            self._doubt = self._doubt or (
                f"The server counts {page.total} {self._what} and says that none follow the "
                f"first {end}"
            )

    def _nothing_follows(self, page: Page[Item]) -> str:
        return (
            f"The server says that more {self._what} follow the {len(self.items)} that it sent, "
            f"counts {page.total} and sends no more"
        )
