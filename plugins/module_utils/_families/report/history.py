# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The history of reports: a file of SQLite with a row for each report, and since when devices are out
of compliance.

It has no names of people or devices, only addresses of servers, guids, times and counts. What one
report writes is one transaction: where anything fails, the file is as it was.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from ..._core.errors import OptionError
from .content import Week
from .fleet import COMPLIANT, OUT, Clock, Fleet, Key, counts_of

# What the file is, and of which version; see PRAGMA application_id and user_version.
APPLICATION, VERSION = 0x55454D52, 1

# Seconds to wait for another report that writes to the file.
LONGEST_LOCK = 10.0

# The most weeks of a trend.
MOST_WEEKS = 53

_COUNTS = ("devices", "compliant", "out", "unknown", "silent")
_TABLES = (
    f"CREATE TABLE report (scope TEXT, at TEXT, {', '.join(f'{one} INTEGER' for one in _COUNTS)}, "
    "PRIMARY KEY (scope, at)) WITHOUT ROWID",
    "CREATE TABLE out_of_compliance (server TEXT, device TEXT, since TEXT, last TEXT, "
    "PRIMARY KEY (server, device)) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)

_SAVED = "Nothing was written, and the file is as it was."


@dataclass(frozen=True)
class Known:
    """What a history knows: since when devices are out of compliance, and the last report of each
    week."""

    since: Mapping[Key, str]
    weeks: tuple[Week, ...]


@contextmanager
def recorded(path: str, fleet: Fleet, clock: Clock, *, oldest: str, keep: bool) -> Iterator[Known]:
    """Record a report, and return what the history knows then. It is kept only if the block ends
    without an error.

    Args:
        path: The file. A new one is made for its owner only.
        fleet: The devices.
        clock: The time of the report.
        oldest: What is older is removed.
        keep: Whether the record is kept; not so in check mode.

    Raises:
        OptionError: The file is not such a history, or cannot be read or written.
    """
    try:
        with closing(_opened(path, keep=keep)) as database:
            # Nobody else can write beside this transaction.
            database.execute("BEGIN IMMEDIATE")
            _prepare(database, path)
            _record(database, fleet, clock, oldest)
            yield _known(database, fleet, clock)
            database.execute("COMMIT" if keep else "ROLLBACK")
    except sqlite3.Error as error:
        raise _refusal(path, error) from None


def _opened(path: str, *, keep: bool) -> sqlite3.Connection:
    """Return the file as a database.

    Raises:
        OptionError: It is not a file.
        sqlite3.Error: It cannot be opened.
    """
    _make(path, keep=keep)
    # Check mode makes no file.
    place = path if os.path.exists(path) else ":memory:"
    return sqlite3.connect(place, timeout=LONGEST_LOCK, isolation_level=None)


def _make(path: str, *, keep: bool) -> None:
    """Make an empty file that only its owner may read, unless there is one."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_CREAT if keep else 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        if keep:
            raise OptionError(
                f"history_path: the folder of {path!r} does not exist; make it. {_SAVED}"
            ) from None
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(
            f"history_path: {path!r} cannot be opened ({reason}); give the path of a file, not of a "
            f"link or a folder, that this account may write. {_SAVED}"
        ) from None
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)
    if not is_file:
        raise OptionError(f"history_path: {path!r} is not a regular file; give another path.")


def _prepare(database: sqlite3.Connection, path: str) -> None:
    """Make the tables of a new file.

    Raises:
        OptionError: The file is that of another program or of another version.
    """
    [application] = database.execute("PRAGMA application_id").fetchone()
    [version] = database.execute("PRAGMA user_version").fetchone()
    [tables] = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables and (application, version) == (0, 0):
        for statement in _TABLES:
            database.execute(statement)
    elif application != APPLICATION:
        raise OptionError(
            f"history_path: {path!r} is a database of another program; give a file of its own. {_SAVED}"
        )
    elif version != VERSION:
        raise OptionError(
            f"history_path: {path!r} is a history of version {version}, and this release writes version "
            f"{VERSION}; use the release that wrote it, or give a new file. {_SAVED}"
        )


def _record(database: sqlite3.Connection, fleet: Fleet, clock: Clock, oldest: str) -> None:
    counts = counts_of(fleet)
    values = (_scope(fleet), clock.now, *(counts[name] for name in _COUNTS))
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT OR REPLACE INTO report VALUES ({marks})", values)
    # A device of which the server does not say it, or that was not read, stays as it was.
    gone = [entry.key for entry in fleet.entries if entry.standing == COMPLIANT]
    gone += [entry.key for entry in fleet.ending]
    database.executemany("DELETE FROM out_of_compliance WHERE server = ? AND device = ?", gone)
    database.executemany(
        "INSERT INTO out_of_compliance VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET last = max(last, excluded.last), since = min(since, excluded.since)",
        ((*entry.key, clock.now, clock.now) for entry in fleet.entries if entry.standing == OUT),
    )
    database.execute("DELETE FROM report WHERE at < ?", (oldest,))
    database.execute("DELETE FROM out_of_compliance WHERE last < ?", (oldest,))


def _known(database: sqlite3.Connection, fleet: Fleet, clock: Clock) -> Known:
    since = {
        (server, device): when
        for server, device, when in database.execute(
            "SELECT server, device, since FROM out_of_compliance"
        )
    }
    # SQLite takes the other columns from the row that has the maximum.
    found = database.execute(
        f"SELECT date(at, 'weekday 0', '-6 days') AS monday, max(at), {', '.join(_COUNTS)} FROM report "
        "WHERE scope = ? AND at <= ? GROUP BY monday ORDER BY monday DESC LIMIT ?",
        (_scope(fleet), clock.now, MOST_WEEKS),
    ).fetchall()
    weeks = (
        Week(monday, dict(zip(_COUNTS, counts, strict=True)))
        for monday, _at, *counts in reversed(found)
    )
    return Known(since, tuple(weeks))


def _scope(fleet: Fleet) -> str:
    """Return what must be the same for reports to be compared: the servers."""
    return " ".join(fleet.servers)


def _refusal(path: str, error: sqlite3.Error) -> OptionError:
    """Return the sentence for what SQLite says."""
    said = str(error)
    remedies = {
        "not a database": "give the path of a history, or of a new file",
        "malformed": "restore it from a copy, or move it away, and a new history begins",
        "locked": "another report writes to it; run this one again later",
        "full": "make space on its disk",
        "disk I/O": "look at its disk, and for space there",
    }
    remedy = next(
        (text for words, text in remedies.items() if words in said),
        "look for permissions of the file and its folder",
    )
    return OptionError(f"history_path: {path!r} cannot be used ({said}); {remedy}. {_SAVED}")
