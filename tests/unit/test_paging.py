# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError
from ansible_collections.ivanti.uem.plugins.module_utils._http.paging import (
    Page,
    Spot,
    read_all,
    read_counted,
)


class Server:
    """A list of numbers, sorted, served in pages; ``spoil`` may change a page before it is sent."""

    def __init__(self, count, *, step=10, window=None, carries=False, spoil=None):
        self.numbers = [f"{number:06}" for number in range(count)]
        self.step, self.window, self.carries, self.spoil = step, window, carries, spoil
        self.spots = []

    def __call__(self, spot: Spot) -> Page[str]:
        self.spots.append(spot)
        if spot.after is not None:
            start = next(
                (at for at, number in enumerate(self.numbers) if number > spot.after),
                len(self.numbers),
            )
        else:
            start = spot.start
            assert self.window is None or start + self.step <= self.window, "past the window"
        items = self.numbers[start : start + self.step]
        page = Page(items, len(self.numbers), items[-1] if self.carries and items else None)
        return self.spoil(spot, page, len(self.spots)) if self.spoil else page


def read(server, **options):
    return read_all(server, key=str, what="numbers", **options)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 99, 100, 101, 255])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_every_item_once_in_order(count, concurrency):
    server = Server(count)
    assert read(server, concurrency=concurrency) == server.numbers
    # Every page but the first repeats the last item of the one before.
    assert len(server.spots) == 1 + max(0, -(-(count - 10) // 9))


@pytest.mark.parametrize("count", [99, 100, 101, 110, 111, 250])
@pytest.mark.parametrize("carries", [True, False])
def test_past_the_window_pages_follow_the_last_item(count, carries):
    server = Server(count, window=100, carries=carries)
    assert read(server, window=100, concurrency=3) == server.numbers
    assert all(spot.after is not None for spot in server.spots[11:])
    assert sum(spot.after is not None for spot in server.spots) == (
        -(-(count - 100) // 10) if count > 100 else 0
    )


def test_a_server_that_gives_smaller_pages_than_asked_for():
    server = Server(25, step=7)
    assert read(server) == server.numbers


def drop_from_page(number):
    return lambda spot, page, sent: (
        Page(page.items[:-1], page.total) if spot.start == number else page
    )


@pytest.mark.parametrize(
    "spoil",
    [
        drop_from_page(18),
        drop_from_page(36),
        lambda spot, page, sent: Page([], page.total),
        lambda spot, page, sent: Page([], page.total) if spot.start >= 20 else page,
        lambda spot, page, sent: Page(page.items, page.total + 1),
        lambda spot, page, sent: Page(page.items, page.total - 1),
    ],
)
def test_a_short_read_fails(spoil):
    with pytest.raises(
        AnswerError, match="counts .* numbers and its pages held|changed while it was read"
    ):
        read(Server(45, spoil=spoil))


def test_a_last_page_that_is_short_and_lowers_the_total_fails():
    """The total of the last page adds up with what was sent."""

    def shorten(spot, page, sent):
        return Page(page.items[:4], page.total - 4) if spot.start == 36 else page

    with pytest.raises(AnswerError, match="changed while it was read"):
        read(Server(44, spoil=shorten))


def test_items_that_are_added_at_the_end_while_a_list_is_read_are_read():
    class Growing(Server):
        def __call__(self, spot):
            if spot.start == 36:
                self.numbers += ["000044"]
            return super().__call__(spot)

    server = Growing(44)
    assert read(server) == server.numbers and len(server.spots) == 5


@pytest.mark.parametrize(
    ("lengths", "counts", "calls"),
    [
        # What is read, what is counted after each read that is too short, and how often it is read.
        ([3], [], 1), ([5], [], 1), ([2, 3], [3], 2), ([2], [2], 1), ([2, 2, 2], [3, 3, 3], 0), ([0, 0, 0], [3, 3, 3], 0),
    ],
)  # fmt: skip
def test_a_list_is_as_long_as_it_is_counted_elsewhere(lengths, counts, calls):
    lists, counted = [["x"] * length for length in lengths], list(counts)
    reads = iter(lists)
    if calls:
        found = read_counted(lambda: next(reads), 3, lambda: counted.pop(0), "numbers")
        assert found == lists[calls - 1] and not counted and not list(reads)
    else:
        with pytest.raises(AnswerError, match="counts 3 numbers elsewhere, and its list has"):
            read_counted(lambda: next(reads), 3, lambda: counted.pop(0), "numbers")


@pytest.mark.parametrize("window", [None, 20])
def test_a_repeated_page_fails(window):
    first = Server(45)(Spot())
    with pytest.raises(AnswerError, match="sent the same page of"):
        read(
            Server(45, window=window, spoil=lambda spot, page, sent: Page(first.items, page.total)),
            window=window,
        )


def test_a_list_that_changes_while_it_is_read_is_read_once_more():
    server = Server(
        45, spoil=lambda spot, page, sent: Page(page.items[1:], page.total) if sent == 3 else page
    )
    assert read(server) == server.numbers
    assert len(server.spots) == 10


def vanish(spots):
    """Before the page at each of these spots is sent, the first item of the list vanishes."""

    class Shrinking(Server):
        def __call__(self, spot):
            if spot.start in spots:
                self.numbers = self.numbers[1:]
            return super().__call__(spot)

    return Shrinking(45)


@pytest.mark.parametrize("spots", [(9,), (18,), (9, 18), (9, 18, 27, 36), (36,)])
def test_items_that_vanish_in_front_of_a_page_are_noticed(spots):
    """The totals alone would add up: what is missed, the server does not count any more."""
    with pytest.raises(AnswerError, match="changed while it was read"):
        read(vanish(spots))


class Speaking(Server):
    """A server that says with each page whether more follow, with totals in a manner of its own.

    ``counts``: ``list`` (all of them), ``page`` (those of the page), ``far`` (those so far).
    """

    def __init__(self, count, *, counts="list", step=10, says=None, limit=None):
        super().__init__(count, step=step)
        self.counts, self.says, self.limit = counts, says, limit

    def __call__(self, spot):
        page = super().__call__(spot)
        items = list(page.items)[: max(0, (self.limit or 10**9) - spot.start)]
        end = spot.start + len(items)
        total = {"list": page.total, "page": len(items), "far": end}[self.counts]
        more = end < page.total if self.says is None else self.says(end, page.total)
        return Page(items, total, more=more)


@pytest.mark.parametrize("counts", ["list", "page", "far"])
@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 19, 20, 99, 100, 101])
@pytest.mark.parametrize("step", [1, 10])
def test_a_list_is_read_while_the_server_has_more(counts, count, step):
    server = Speaking(count, counts=counts, step=step)
    assert read(server, concurrency=3) == server.numbers


@pytest.mark.parametrize(
    ("server", "complaint"),
    [
        # It has no more, and counts more.
        (Speaking(45, says=lambda end, total: False), "counts 45 numbers and says that none follow the first 10"),
        (Speaking(45, says=lambda end, total: end < 20), "counts 45 numbers and says that none follow"),
        # It has more, and sends none.
        (Speaking(45, says=lambda end, total: True), "says that more numbers follow the 45 that it sent"),
        (Speaking(8, says=lambda end, total: True), "says that more numbers follow the 8 that it sent"),
        (Speaking(45, counts="page", limit=30), "says that more numbers follow the 30 that it sent"),
        (Speaking(0, says=lambda end, total: True), "says that more numbers follow the 0 that it sent"),
    ],
)  # fmt: skip
def test_a_server_that_contradicts_itself_about_the_end(server, complaint):
    with pytest.raises(AnswerError, match=complaint):
        read(server)


def test_a_total_that_stays_below_what_is_sent():
    class Low(Speaking):
        def __call__(self, spot):
            return replace(super().__call__(spot), total=30)

    with pytest.raises(AnswerError, match="counts 30 numbers and its pages held 45 different ones"):
        read(Low(45))


class Silent(Speaking):
    """Its pages do not say whether more follow."""

    def __call__(self, spot):
        return replace(super().__call__(spot), more=None)


@pytest.mark.parametrize("counts", ["list", "page", "far"])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 45, 101])
def test_a_list_whose_pages_do_not_say_if_more_follow(counts, count):
    """A total that counts its own page looks like that of the whole list."""
    server = Silent(count, counts=counts)
    assert read(server, concurrency=3, says_more=True) == server.numbers
    pages = 1 + max(0, -(-(count - 10) // 9))
    # At most two more than the pages: nobody says where the end is.
    assert len(server.spots) <= pages + 2


def test_a_list_that_cannot_say_more_is_not_read_twice():
    server = Silent(10, counts="list")
    assert read(server) == server.numbers and len(server.spots) == 1


def test_a_server_that_sends_its_first_page_for_every_other():
    class Deaf(Silent):
        def __call__(self, spot):
            return super().__call__(Spot())

    with pytest.raises(AnswerError, match="same page of numbers twice"):
        read(Deaf(45, counts="page"), says_more=True)
