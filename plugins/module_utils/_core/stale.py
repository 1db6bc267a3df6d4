# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices without a check-in for a long time: who gets a message, and whose device is retired. Pure.

A record says when the first message about a silence was sent. A device is retired only by what the
record says, so a record that is lost delays, and never retires too early.

Times are texts of one form, such as ``2026-11-30T02:10:00Z``, which compare as texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import OptionError
from .wording import counted

VERSION = 1

# Servers write a check-in that never was as nothing, as 0, or as a time about 1970.
FIRST_YEAR = "1971"

_NEVER = "it has never checked in"
# The server may only not say them.
_UNKNOWN = "neither its last check-in nor its registration is known"

TELL, RETIRE, LEAVE = "gets a message", "is retired", "is left alone"


@dataclass(frozen=True)
class Times:
    """The points in time that decide.

    Attributes:
        now: The time of this run.
        since: A device that was last seen before is silent.
        due: A device whose first message was sent no later is retired.
    """

    now: str
    since: str
    due: str


def read_record(record: Any) -> dict[str, str]:
    """Return when the first message was sent, by server and guid.

    Args:
        record: The content of the file, as text or read as JSON, or what is empty.

    Raises:
        OptionError: It is not such a content.
    """
    # Before ansible-core 2.19 the text of an empty list arrives as one, and is not a record.
    if record in (None, "", {}):
        return {}
    if isinstance(record, str):
        try:
            record = json.loads(record)
        except (ValueError, RecursionError):
            record = None
    if isinstance(record, Mapping) and record.get("version") == VERSION:
        messages = record.get("messages")
        if isinstance(messages, Mapping) and all(isinstance(at, str) for at in messages.values()):
            return {str(key): at for key, at in messages.items()}
    raise OptionError(
        "the record of messages is not one that this playbook wrote; move the file away, and the "
        "messages begin again."
    )


def plan_stale(
    rows: Iterable[Mapping[str, Any]],
    record: Any,
    times: Times,
    *,
    never: bool,
    kept: Mapping[str, str],
) -> dict[str, Any]:
    """Decide what becomes of each device.

    Args:
        rows: Active devices, as ``device_info`` returns them.
        record: The content of the file.
        times: The points in time that decide.
        never: Whether a device that has never checked in counts from its registration. If that is
            not known either, it is left alone.
        kept: By guid why devices are not retired. Their owners get no message either.

    Returns:
        Guids to ``tell`` and to ``retire``, ``rows`` of silent devices with ``will``, ``headline``.

    Raises:
        OptionError: The record is not one.
    """
    first, shown = read_record(record), []
    for row in rows:
        seen = _time(row.get("last_seen_at"))
        last = seen or (_time(row.get("registered_at")) if never else "")
        if last >= times.since:
            continue
        warned = first.get(key_of(row), "")
        # A check-in after the message began a new silence.
        warned = warned if last <= warned else ""
        why = kept.get(row["guid"], "") if last else _UNKNOWN if never else _NEVER
        will = f"{LEAVE}: {why}" if why else RETIRE if warned and warned <= times.due else TELL
        shown.append({**row, "last_seen_at": seen, "first_message": warned, "will": will})
    return _plan_of(shown)


def _plan_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the plan of rows that say what becomes of each device."""
    order = {RETIRE: 0, TELL: 1}
    rows.sort(key=lambda row: (order.get(row["will"], 2), row["last_seen_at"]))
    tell = [row["guid"] for row in rows if row["will"] == TELL]
    retire = [row["guid"] for row in rows if row["will"] == RETIRE]
    left = len(rows) - len(tell) - len(retire)
    headline = (
        f"{counted(len(rows), 'devices')} without a check-in: {len(tell):,} to get a message, "
        f"{len(retire):,} to be retired, {left:,} left alone"
    )
    return {"rows": rows, "tell": tell, "retire": retire, "headline": headline}


def with_messages(
    record: Any, rows: Sequence[Mapping[str, Any]], sent: Iterable[str], now: str
) -> dict[str, Any]:
    """Return the record after messages: the first message of each silence counts.

    Args:
        record: The content of the file.
        rows: What ``plan_stale`` returned as ``rows``.
        sent: The guids of the devices that a message was sent to.
        now: The time of this run.

    Raises:
        OptionError: The record is not one.
    """
    first, reached = read_record(record), frozenset(sent)
    for row in rows:
        if row["guid"] in reached and not row["first_message"]:
            first[key_of(row)] = now
    return {"version": VERSION, "messages": dict(sorted(first.items()))}


def key_of(row: Mapping[str, Any]) -> str:
    """Return the name of a device in a record. One file may serve several servers."""
    return f"{row.get('server') or ''} {row['guid']}".strip()


def _time(raw: Any) -> str:
    """Return a time, or "" for one that never was."""
    text = str(raw or "")
    return text if text >= FIRST_YEAR else ""
