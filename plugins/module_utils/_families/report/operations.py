# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of a report that are about what is to do, and what was done. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..._core.wording import counted
from ..followup.model import MEANINGS, SETTLED, WAITING, FollowUp
from .content import Answer, Cell, Given, Making, Section, Table, number_of, table, words_for
from .fleet import text_of
from .picture import Bar, Picture, Piece

# A certificate that expires within this many days is listed.
SOON = 30

# At most this many rows of what has to be looked at one by one.
MOST = 50

# The last of these that a row of a plan has is what its subject is called.
_NAMES = ("serial_number", "name", "label", "policy", "title", "id", "guid")


def configurations(making: Making) -> Section | None:
    """Return which configurations do not arrive, as far as it was read."""
    given = making.given
    if given.configs is None and given.policies is None and given.stuck is None:
        return None
    tables = [*_not_installed(given), *_pending(given), *_stuck(given)]
    lead = "What devices should have, and do not." if tables else "Nothing is stuck."
    return Section("configurations", "Configurations that are stuck", lead, None, tables)


def _not_installed(given: Given) -> Iterator[Table]:
    rows: list[tuple[str, int, int, int, str]] = []
    for row in given.configs or ():
        total, installed = number_of(row.get("device_count")), number_of(row.get("installed_count"))
        is_pushed = text_of(row.get("type")) != "POLICY" and row.get("enabled") is not False
        if is_pushed and total > installed:
            name, space = text_of(row.get("name")), text_of(row.get("space"))
            rows.append((name, total, installed, total - installed, space))
    rows.sort(key=lambda row: (-row[3], row[0]))
    columns = ("Configuration", "For devices", "Installed", "Not installed", "Device space")
    if rows:
        yield table("Not on all their devices", columns, rows)


def _pending(given: Given) -> Iterator[Table]:
    rows: list[tuple[str, str, int, int]] = []
    for row in given.policies or ():
        devices, pending = number_of(row.get("device_count")), number_of(row.get("pending_count"))
        if pending:
            kind = text_of(row.get("profile_type")).lower()
            rows.append((text_of(row.get("name")), kind, devices, pending))
    rows.sort(key=lambda row: (-row[3], row[0]))
    if rows:
        yield table("Policies on their way", ("Policy", "Type", "Devices", "Pending"), rows)


def _stuck(given: Given) -> Iterator[Table]:
    stuck = Counter(
        (text_of(row.get("config") or row.get("name")), text_of(row.get("status")))
        for row in given.stuck or ()
    )
    if stuck:
        rows = [(*names, number) for names, number in stuck.most_common()]
        yield table("Stuck on devices", ("Configuration", "Status", "Devices"), rows)


def certificates(making: Making) -> Section | None:
    """Return which certificates have expired or expire soon."""
    given = making.given
    if given.certificates is None:
        return None
    soon = [row for row in given.certificates if _days(row) is not None and _left(row) <= SOON]
    soon.sort(key=lambda row: (_left(row), text_of(row.get("device_guid"))))
    gone = sum(_left(row) < 0 for row in soon)
    unknown = sum(_days(row) is None for row in given.certificates)
    lead = (
        f"Of {counted(len(given.certificates), 'certificates')}, {gone:,} expired, and "
        f"{len(soon) - gone:,} will within {SOON} days. Of {unknown:,} the end is not known."
    )
    rows: list[tuple[Cell, ...]] = [
        (
            text_of(row.get("device_serial_number")) or text_of(row.get("device_id")),
            text_of(row.get("owner")),
            text_of(row.get("subject")),
            text_of(row.get("not_after"))[:10],
            _left(row),
        )
        for row in soon
    ]
    columns = ("Device", "Owner", "Subject", "Expires", "Days left")
    tables = [table("The first to expire", columns, rows, most=MOST)]
    return Section("certificates", "Certificates", lead, None, tables)


def _days(row: Mapping[str, Any]) -> int | None:
    days = row.get("days_to_expiry")
    return days if isinstance(days, int) else None


def _left(row: Mapping[str, Any]) -> int:
    return number_of(row.get("days_to_expiry"))


def asked(making: Making) -> Section | None:
    """Return what was asked of devices and has not happened, and since when."""
    found = making.given.followups
    if found is None:
        return None
    outcomes = Counter(one.outcome for one in found)
    waiting = sum(outcomes[name] for name in WAITING)
    lead = (
        f"{counted(waiting, 'destructive requests')} wait{'s' * (waiting == 1)} for a device. Of "
        f"{len(found):,} in the journal {outcomes['done']:,} are done, and {outcomes['not_visible']:,} are about "
        "devices that are not in the data."
    )
    left = [one for one in found if one.outcome not in SETTLED]
    left.sort(key=lambda one: (one.outcome not in WAITING, one.asked.when))
    columns = ("Asked", "Device", "Owner", "Since", "What can be said", "Last seen")
    rows = map(_follow_up, left)
    tables = [table("Not done, or not visible", columns, rows, most=MOST)] if left else []
    bars = tuple(
        Bar(words_for(name), (Piece(outcomes[name], _tone(name)),), f"{outcomes[name]:,}")
        for name in MEANINGS
        if outcomes[name]
    )
    picture = Picture("What became of destructive requests", lead, bars) if bars else None
    return Section("asked", "Asked of devices, and not done", lead, picture, tables)


def _tone(outcome: str) -> str:
    return "good" if outcome in SETTLED else "warn" if outcome in WAITING else "idle"


def _follow_up(one: FollowUp) -> tuple[Cell, ...]:
    request = one.asked
    doubt = "" if request.taken else " Nobody knows whether the server took it."
    return (
        words_for(request.action),
        request.serial or request.id,
        request.owner,
        request.when[:10],
        f"{MEANINGS[one.outcome]}{doubt}",
        text_of(one.row.get("last_seen_at"))[:10],
    )


def drift(making: Making) -> Section | None:
    """Return what differs from the declared state."""
    given = making.given.drift
    if given is None:
        return None
    changes = [row for row in given.get("changes") or () if isinstance(row, Mapping)]
    state, said = text_of(given.get("status")), text_of(given.get("message"))
    differ = "differs" if len(changes) == 1 else "differ"
    words = {
        "clean": "The servers are what was declared.",
        "drift": f"{counted(len(changes), 'entries')} {differ} from what was declared.",
    }
    lead = words.get(state, "The comparison failed.")
    if state != "clean" and said:
        lead += f" {said}"
    rows = (
        (
            text_of(row.get("section")),
            next((text_of(row[name]) for name in _NAMES if row.get(name)), ""),
            _fields(row.get("before")),
            _fields(row.get("after")),
        )
        for row in changes
    )
    columns = ("Section", "What", "On the server", "Declared")
    tables = [table("What differs", columns, rows)] if changes else []
    return Section("drift", "Drift from the declared state", lead, None, tables)


def _fields(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {text_of(one) or 'nothing'}" for name, one in value.items())
    return text_of(value)


def runs(making: Making) -> Section | None:
    """Return what runs changed, what was refused, and what failed."""
    given = making.given
    if given.plans is None and not given.answers:
        return None
    tables = []
    if given.plans:
        columns = ("File", "What", "Changes", "Failed", "Refused")
        rows = (_run(name, plan) for name, plan in given.plans)
        tables.append(table("Plans and results of runs", columns, rows))
    tables += _answers(given.answers or ())
    lead = "What runs changed or would change, what was refused, and what failed."
    return Section("runs", "The last runs", lead if tables else "No run is known.", None, tables)


def _run(name: str, plan: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the row of a plan, or of the saved result of a task."""
    summary = plan.get("summary")
    if not isinstance(summary, Mapping):
        changes = plan.get("changes")
        number = len(changes) if isinstance(changes, list) else 0
        return name, text_of(plan.get("headline")), number, "", text_of(plan.get("refusals"))
    lines = plan.get("plan")
    headline = lines[0] if isinstance(lines, list) and lines else ""
    refused = text_of(plan.get("msg")) if plan.get("refused_by") else ""
    changed = number_of(summary.get("changed"))
    return name, text_of(headline), changed, text_of(summary.get("failed")), refused


def _answers(found: Iterable[Answer]) -> Iterator[Table]:
    """Yield what servers said to destructive requests."""
    every = list(found)
    totals = Counter((one.action, one.server) for one in every)
    vain = Counter((one.action, one.server) for one in every if one.failed)
    rows = [(words_for(key[0]), key[1], number, vain[key]) for key, number in totals.most_common()]
    if rows:
        of_totals = ("Action", "Server", "Requests", "In vain")
        yield table("Destructive requests of the last 30 days", of_totals, rows)
    last = sorted((one for one in every if one.failed), key=lambda one: one.when, reverse=True)
    cells = (
        (one.when[:16].replace("T", " "), words_for(one.action), one.device, one.answer, one.who)
        for one in last
    )
    if last:
        columns = ("When (UTC)", "Action", "Device", "Answer", "Who")
        yield table("Sent in vain", columns, cells)
