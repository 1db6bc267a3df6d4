# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a report, read from rows of both products and judged once. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import server_name
from ..._core.errors import OptionError

# When a device was last seen: the name, the most days ago, and the words.
# fmt: off
SEEN: Sequence[tuple[str, int | None, str]] = (
    ("day", 1, "within a day"), ("week", 7, "2 to 7 days ago"), ("month", 30, "8 to 30 days ago"),
    ("quarter", 90, "31 to 90 days ago"), ("older", None, "more than 90 days ago"), ("never", None, "never, or not said"),
)
# fmt: on
SEEN_WORDS = {name: words for name, _days, words in SEEN}
DAYS = tuple(days for _name, days, _words in SEEN if days is not None)
# A device that was not seen for 30 days or was never seen is silent.
SILENT = frozenset({"quarter", "older", "never"})

# Servers write a check-in that never was as nothing, as 0, or as a time about 1970.
_FIRST_YEAR = "1971"

COMPLIANT, OUT, UNKNOWN = "compliant", "out", "unknown"

# Registrations that end are counted apart: their compliance says nothing about the fleet.
ENDING = frozenset({"retire_pending", "retired", "wipe_pending", "wiped"})

# What a reader knows a device by, the best first.
_TITLES = ("serial_number", "id", "guid")

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_NUMBERS = re.compile(r"\d+")

Row = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Clock:
    """The time of a report.

    Attributes:
        now: The time, such as ``2026-11-30T09:00:00Z``.
        ago: By a number of days, the time that number of days before.
    """

    now: str
    ago: Mapping[int, str]


@dataclass(frozen=True)
class Entry:
    """A device of a report.

    Attributes:
        row: Its row.
        key: What names it: its server, and its guid or else its id.
        seen: When it was last seen, a name of SEEN.
        standing: COMPLIANT, OUT or UNKNOWN.
    """

    __slots__ = ("row", "key", "seen", "standing")

    row: Row
    key: Key
    seen: str
    standing: str

    @property
    def title(self) -> str:
        """What a reader knows the device by."""
        row = self.row
        return next(filter(None, (text_of(row.get(name)) for name in _TITLES)), "")

    @property
    def owner(self) -> str:
        """Its user: an e-mail address, or else a user id."""
        return text_of(self.row.get("email")) or text_of(self.row.get("user"))

    @property
    def ends(self) -> bool:
        """Whether its registration ends or has ended."""
        return text_of(self.row.get("status")) in ENDING

    @property
    def order(self) -> tuple[str, Key]:
        """What lists of devices are sorted by: the longest silence first."""
        return text_of(self.row.get("last_seen_at")), self.key


@dataclass(frozen=True)
class Fleet:
    """All devices of a report.

    Attributes:
        entries: The registrations that are in use, or may be.
        ending: Those that end or have ended.
        doubled: How many rows were a second one of a registration.
        says: The fields that any row has a value for.
    """

    entries: Sequence[Entry]
    ending: Sequence[Entry]
    doubled: int = 0
    says: frozenset[str] = field(default=frozenset())

    @property
    def every(self) -> list[Entry]:
        """All registrations."""
        return [*self.entries, *self.ending]

    @property
    def servers(self) -> list[str]:
        """The addresses of the servers, sorted."""
        return sorted({entry.key[0] for entry in self.every} - {""})

    def count(self, standing: str) -> int:
        """How many of the entries have a standing."""
        return sum(entry.standing == standing for entry in self.entries)

    @property
    def silent(self) -> int:
        """How many of the entries were not seen for 30 days, or never."""
        return sum(entry.seen in SILENT for entry in self.entries)


def read_fleet(rows: Iterable[Any], clock: Clock) -> Fleet:
    """Read rows of devices.

    Args:
        rows: The rows, as ``device_info`` returns them; of one or of several servers.
        clock: The time of the report.

    Raises:
        OptionError: One is not a row of a device.
    """
    found: dict[Key, Entry] = {}
    says: set[str] = set()
    servers: dict[str, str] = {}
    total = 0
    for total, row in enumerate(rows, 1):
        name = _name_of(row, total)
        address = text_of(row.get("server"))
        server = servers.get(address)
        if server is None:
            server = servers[address] = _storable(server_name(address))
        key = (server, name)
        says.update(name for name, value in row.items() if name not in says and value is not None)
        seen = _seen(row.get("last_seen_at"), clock)
        found.setdefault(key, Entry(row, key, seen, _standing(row)))
    ending = [entry for entry in found.values() if entry.ends]
    entries = [entry for entry in found.values() if not entry.ends]
    return Fleet(entries, ending, total - len(found), frozenset(says))


def _name_of(row: Any, number: int) -> str:
    """Return the guid of a row, or else its id."""
    name = text_of(row.get("guid") or row.get("id")) if isinstance(row, Mapping) else ""
    if not name:
        raise OptionError(
            f"devices[{number - 1}]: is not a row of a device, because it has neither guid nor id; "
            "give the devices of ivanti.uem.device_info, or leave the option out for the hosts of the "
            "inventory. Nothing was written."
        )
    return _storable(name.casefold())


def _storable(text: str) -> str:
    """Return a text without halves of characters, which no file and no database takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _standing(row: Row) -> str:
    value = row.get("compliant")
    if value is True:
        return COMPLIANT
    return OUT if value is False else UNKNOWN


def _seen(value: Any, clock: Clock) -> str:
    """Return when a device was last seen. Times of one form compare as texts."""
    when = text_of(value)
    if when < _FIRST_YEAR or not _TIME.fullmatch(when):
        return "never"
    for name, days, _words in SEEN:
        if days is not None and when >= clock.ago[days]:
            return name
    return "older"


def text_of(value: Any) -> str:
    """Return a value of a row as text: "" for null, and the parts of a list with semicolons."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(text_of, value))
    return str(value)


def words_of(row: Row, name: str) -> list[str]:
    """Return the texts of a field that is a list of words; each once."""
    value = row.get(name)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return []
    return list(dict.fromkeys(filter(None, (text_of(one).strip() for one in value))))


def version_order(version: str) -> tuple[tuple[int, ...], str]:
    """Return what versions are sorted by: 9.3 comes before 18.6."""
    # More digits than a version has would be a slow number.
    return tuple(int(part[:18]) for part in _NUMBERS.findall(version[:100])), version


def grouped(entries: Iterable[Entry], field_name: str) -> list[tuple[str, list[Entry]]]:
    """Return entries by the text of a field, the most frequent first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(text_of(entry.row.get(field_name)), []).append(entry)
    return ranked(groups)


def by_word(entries: Iterable[Entry], field_name: str) -> list[tuple[str, list[Entry]]]:
    """Return entries by each word of a field that is a list, the most frequent first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        for word in words_of(entry.row, field_name):
            groups.setdefault(word, []).append(entry)
    return ranked(groups)


def ranked(groups: Mapping[str, list[Entry]]) -> list[tuple[str, list[Entry]]]:
    """Return groups, the largest first, and those of one size by name."""
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def share(part: int, whole: int) -> str:
    """Return a share in percent, such as ``3.4 %``; "" of nothing."""
    if not whole:
        return ""
    percent = 100 * part / whole
    # What is there is not 0 %, and what lacks some is not 100 %.
    if part and percent < 0.1:
        return "<0.1 %"
    if part < whole and percent > 99.9:
        return ">99.9 %"
    return f"{percent:.1f} %"


def counts_of(fleet: Fleet) -> Counter[str]:
    """Return the counts that a history keeps."""
    return Counter(
        {
            "devices": len(fleet.entries),
            **{name: fleet.count(name) for name in (COMPLIANT, OUT, UNKNOWN)},
            "silent": fleet.silent,
        }
    )
