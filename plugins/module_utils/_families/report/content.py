# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report consists of: sections with a sentence, a picture and tables, and the devices behind
each count. Pure; the page and the Markdown are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..._core.wording import first_of
from ..followup.model import FollowUp
from .fleet import Clock, Entry, Fleet, Key
from .picture import Picture

# At most this many rows of a table.
MOST_ROWS = 25

# At most this many servers are named.
MOST_SERVERS = 5


@dataclass(frozen=True)
class Count:
    """A number that leads to the devices behind it.

    Attributes:
        number: The number.
        listing: The name of the listing, or "".
    """

    number: int
    listing: str = ""


Cell: TypeAlias = "str | int | Count"


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        title: What it has.
        columns: The names of its columns.
        rows: Its rows.
        left: How many more rows there are.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    left: int = 0


@dataclass(frozen=True)
class Listing:
    """Devices behind a count.

    Attributes:
        name: Its name, which is safe in an address.
        title: What these devices are.
        entries: The devices.
        column: The column of the CSV in which they are found, and the value there.
    """

    name: str
    title: str
    entries: Sequence[Entry]
    column: tuple[str, str]


@dataclass(frozen=True)
class Section:
    """A part of a report."""

    name: str
    title: str
    lead: str
    picture: Picture | None = None
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Tile:
    """A number at the top: what it counts, the number, more about it, its tone, and what it leads
    to."""

    label: str
    number: str
    more: str
    tone: str
    target: str


@dataclass(frozen=True)
class Week:
    """The last report of a week: its Monday, and its counts."""

    monday: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    """What a server said to a destructive request, as the journal has it."""

    when: str
    who: str
    server: str
    action: str
    device: str
    answer: str
    failed: bool


@dataclass(frozen=True)
class Given:
    """All that a report is made of; None stands for what was not given.

    Attributes:
        title: Its title.
        clock: Its time.
        fleet: The devices.
        since: Since when devices are out of compliance, by key.
        weeks: The last report of each week, the oldest first.
        configs: Rows of ``config_info``.
        policies: Rows of ``policy_info``.
        stuck: What ``device_config_info`` calls stuck.
        certificates: Rows of ``device_certificate_info``.
        followups: What became of destructive requests.
        answers: Answers to destructive requests of the last 30 days.
        plans: Plans and results of runs, each with the name of its file.
        drift: The result of ``ivanti.uem.drift``.
        notes: What a reader should know besides.
    """

    title: str
    clock: Clock
    fleet: Fleet
    since: Mapping[Key, str] | None = None
    weeks: Sequence[Week] | None = None
    configs: Sequence[Mapping[str, Any]] | None = None
    policies: Sequence[Mapping[str, Any]] | None = None
    stuck: Sequence[Mapping[str, Any]] | None = None
    certificates: Sequence[Mapping[str, Any]] | None = None
    followups: Sequence[FollowUp] | None = None
    answers: Sequence[Answer] | None = None
    plans: Sequence[tuple[str, Mapping[str, Any]]] | None = None
    drift: Mapping[str, Any] | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """A report, ready to be laid out."""

    given: Given
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    listings: Sequence[Listing]
    notes: Sequence[str]


@dataclass
class Making:
    """A report that is being made: what the sections add listings to."""

    given: Given
    listings: list[Listing] = field(default_factory=list)

    def count(
        self, name: str, title: str, entries: Sequence[Entry], column: tuple[str, str]
    ) -> Count:
        """Return the count of devices, and list them."""
        if not entries:
            return Count(0)
        self.listings.append(Listing(name, title, entries, column))
        return Count(len(entries), name)


def table(
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Cell, ...]],
    *,
    most: int = MOST_ROWS,
    more: int = 0,
) -> Table:
    """Return a table of at most a number of rows.

    Args:
        title: What it has.
        columns: The names of its columns.
        rows: Its rows.
        most: The most rows.
        more: How many rows were left out before.
    """
    every = list(rows)
    return Table(title, columns, every[:most], more + max(0, len(every) - most))


def origin(given: Given, safe: Callable[[str], str]) -> str:
    """Return when a report was made, and from which servers.

    Args:
        given: What it is made of.
        safe: Makes a text of the name of a server that may be in the document.
    """
    made = f"Made {given.clock.now.replace('T', ' ').replace('Z', ' UTC')}"
    servers = first_of([safe(name) for name in given.fleet.servers], MOST_SERVERS)
    return f"{made}, from {servers}." if servers else f"{made}."


def number_of(value: Any) -> int:
    """Return a count of a server, 0 for what is not a number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def words_for(name: str) -> str:
    """Return a name of the vocabulary in words."""
    return name.replace("_", " ")
