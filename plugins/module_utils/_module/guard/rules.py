# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps destructive actions from doing more harm than an author agreed to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..._core.confirmation import Guarded, Identity
from ..._core.plan import NOT_SENT, Limits, share_of
from ..._core.wording import counted

# Without limits of the author's: at most this number of devices, or this share of the fleet,
# whichever is less, and at least one. A stolen phone has to be wiped in a fleet of twenty, too.
DEFAULT_DEVICES = 10
DEFAULT_PERCENT = 1

# The last time, in seconds since 1970, that a line may have; it is in the year 9999.
LAST_TIME = 253_402_300_799

# Kinds of lines of a journal.
BEFORE, AFTER = "before", "after"

# What stands in a line for an answer that says that it was done, and what begins one that leaves
# that open.
TAKEN = "taken"
UNSURE = "unknown"


def allowed(limits: Limits, fleet: int) -> int:
    """To how many subjects something destructive may be done within the window. ``fleet``: how many
    the server has."""
    percent = (
        DEFAULT_PERCENT
        if limits.max_percent is None and limits.max_devices is None
        else limits.max_percent
    )
    most = DEFAULT_DEVICES if limits.max_devices is None else limits.max_devices
    if percent is None:
        return most
    share = share_of(percent, fleet)
    rounded = max(1, int(share)) if limits.max_percent is None else int(share)
    return min(most, rounded)


def recent(lines: Iterable[Mapping[str, Any]], *, server: str, since: float) -> dict[str, float]:
    """The subjects that a journal has requests for, and when the last one was about to be sent.

    A request does not count if a later line says that it was not sent. A line without a subject
    counts as a subject of its own.

    Args:
        lines: of the journal.
        server: the server that the requests were for.
        since: only requests since this time count, in seconds since 1970.
    """
    times: dict[tuple[str, str], list[float]] = {}
    for number, line in enumerate(lines):
        if line.get("server") not in (server, None):
            continue
        request = _request(line)
        at = _number(line.get("at"))
        if line.get("phase") == BEFORE and at >= since:
            if not isinstance(line.get("device"), Mapping):
                request = ("", f"line {number}")
            times.setdefault(request, []).append(at)
        elif _was_not_sent(line) and times.get(request):
            times[request].pop()
    found: dict[str, float] = {}
    for (_run, subject), sent in times.items():
        if sent:
            found[subject] = max(found.get(subject, 0.0), *sent)
    return found


def free_again(planned: int, before: Iterable[float], most: int, window: int) -> str:
    """When a plan would be permitted, because enough of what the journal has no longer counts, such
    as ``15:52 UTC``; or "" where it never would.

    Args:
        planned: how many subjects the plan has.
        before: when something was last sent to each other subject of the journal.
        most: how many are allowed.
        window: the seconds that the journal is read for.
    """
    times = sorted(before)
    needed = planned + len(times) - most
    if planned > most or needed < 1 or times[needed - 1] > LAST_TIME:
        return ""
    # The minute after, because seconds are not shown.
    moment = datetime.fromtimestamp(times[needed - 1] + window + 60, timezone.utc)
    return f"{moment:%H:%M} UTC"


@dataclass(frozen=True)
class Mine:
    """What a journal calls the server, the action and the run of this task."""

    server: str
    action: str
    run: str

    def is_meant(self, line: Mapping[str, Any]) -> bool:
        """Whether a line is about the same action on the same server, whatever run wrote it."""
        return (
            line.get("server") == self.server
            and line.get("action") == self.action
            and isinstance(line.get("device"), Mapping)
        )


@dataclass(frozen=True)
class Sent:
    """A request that was made and did not certainly fail.

    ``at``: when, in seconds since 1970, and ``when`` as text. ``taken``: whether the server took
    it; otherwise nobody knows.
    """

    guid: object
    at: float
    when: str
    taken: bool


def taken(lines: Iterable[Mapping[str, Any]], mine: Mine, *, since: float) -> dict[str, Sent]:
    """By id the subjects that took the action since a time, in seconds since 1970, as a journal
    says, or may have taken it, with the last request."""
    return {one: sent for one, sent in _standing(lines, mine) if sent.at >= since}


def pending(
    lines: Iterable[Mapping[str, Any]], mine: Mine, planned: Sequence[Guarded]
) -> dict[str, Sent]:
    """By id the subjects that took the action at any time, as a journal says, or may have taken it,
    with the last request."""
    guids = {subject.id: subject.guid for subject in planned}
    return {one: sent for one, sent in _standing(lines, mine) if guids.get(one) == sent.guid}


def standing(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the last line of each request that was not certainly in vain, in the order of time.

    A request without an answer may have been carried out: its run died, or is not at its end.

    Args:
        lines: Lines of a journal, each with a device.
    """
    requests: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for line in lines:
        key = (*_request(line), str(line.get("server")), str(line.get("action")))
        found = requests.setdefault(key, [])
        if line.get("phase") == AFTER and found:
            found.pop()
        found.append(line)
    kept = [line for found in requests.values() for line in found if _may_stand(line)]
    return sorted(kept, key=lambda line: _number(line.get("at")))


def in_vain(line: Mapping[str, Any]) -> bool:
    """Return whether a line is an answer that says that nothing was done."""
    return line.get("phase") == AFTER and not _may_stand(line)


def _standing(lines: Iterable[Mapping[str, Any]], mine: Mine) -> list[tuple[str, Sent]]:
    """The requests for the action that were not certainly in vain, each with the id of its
    subject."""
    return [
        (
            str(line["device"].get("id")),
            Sent(
                line["device"].get("guid"),
                _number(line.get("at")),
                str(line.get("when")),
                line.get("answer") == TAKEN,
            ),
        )
        for line in standing(filter(mine.is_meant, lines))
    ]


def _may_stand(line: Mapping[str, Any]) -> bool:
    """Whether the server took the request of a line, or may have."""
    answer = str(line.get("answer"))
    return line.get("phase") == BEFORE or answer == TAKEN or answer.startswith(f"{UNSURE}:")


def crossed(
    lines: Iterable[Mapping[str, Any]],
    planned: Sequence[Guarded],
    mine: Mine,
    *,
    since: float,
    noun: str,
    title: str,
) -> str:
    """The sentence that refuses a plan of which another run sent a part since this one began, or
    "".

    Args:
        lines: of the journal.
        planned: the subjects of the plan.
        mine: what this run is.
        since: when it began, in seconds since 1970.
        noun: what the subjects are.
        title: what the sentence calls the action.
    """
    theirs = {
        line["device"].get("id")
        for line in lines
        if line.get("run") != mine.run and mine.is_meant(line) and _number(line.get("at")) >= since
    }
    titles = [subject.title for subject in planned if subject.id in theirs]
    if not titles:
        return ""
    return (
        f"Refused: since the plan was made another run sent {title} to these {noun}: "
        f"{', '.join(titles[:20])}; nothing was sent. Look at the plan again with --check."
    )


def too_many(
    planned: int, before: int, most: int, window: int, noun: str = "devices", free: str = ""
) -> str:
    """The sentence that refuses a plan, or "".

    Args:
        planned: how many subjects the plan has.
        before: how many others the journal has.
        most: how many are allowed.
        window: the seconds that the journal is read for.
        noun: what the subjects are.
        free: when the plan would be permitted, if that is known.
    """
    if not planned or planned + before <= most:
        return ""
    are = "is" if most == 1 else "are"
    wait = f"wait until {free}, when enough of them are free again, " if free else ""
    return (
        f"{_destructive(planned, before, window, noun)}; at "
        f"most {most} {are} allowed; nothing was sent. Look at the plan in the result, then "
        f"choose fewer {noun}, {wait}or raise max_devices (to {planned + before}) or max_percent."
    )


def above_house(
    planned: int, before: int, exceeded: Sequence[str], window: int, noun: str = "devices"
) -> str:
    """The sentence that refuses a plan because of the house limits, or "".

    Args:
        planned: how many subjects the plan has.
        before: how many the journal has.
        exceeded: the limits that both together exceed, with what they would have to be.
        window: the seconds that the journal is read for.
        noun: what the subjects are.
    """
    if not exceeded:
        return ""
    return (
        f"{_destructive(planned, before, window, noun)}; {' and '.join(exceeded)}; nothing was "
        f"sent. Look at the plan in the result, then choose fewer {noun}, or wait: no option and no "
        "confirm lifts a limit of the environment."
    )


def _destructive(planned: int, before: int, window: int, noun: str) -> str:
    journal = (
        f"the journal has {before} more from the last {window} s, including those of other runs "
        "and lines that cannot be read"
    )
    earlier = f", and {journal}" if before else ""
    return f"Refused: the plan does something destructive to {counted(planned, noun)}{earlier}"


def changed_since(planned: Sequence[Guarded], now: Sequence[Guarded], noun: str = "devices") -> str:
    """The sentence that refuses to send because subjects are no longer what the plan says, or
    "".

    Args:
        planned: The subjects as the plan has them.
        now: The same subjects as the server has them now.
        noun: What they are.
    """
    current = {subject.id: Identity.of(subject) for subject in now}
    others = [
        subject.title for subject in planned if current.get(subject.id) != Identity.of(subject)
    ]
    if not others:
        return ""
    return (
        f"Refused: since the plan was made these {noun} changed or vanished: "
        f"{', '.join(others[:20])}; nothing was sent. Look at the plan again with --check."
    )


def _was_not_sent(line: Mapping[str, Any]) -> bool:
    return line.get("phase") == AFTER and str(line.get("answer")).startswith(f"{NOT_SENT}:")


def _request(line: Mapping[str, Any]) -> tuple[str, str]:
    """What the lines before and after one request have in common: the run and the subject."""
    device = line.get("device")
    return str(line.get("run")), str(device.get("id") if isinstance(device, Mapping) else device)


def _number(raw: Any) -> float:
    # A line that cannot be read counts as a recent one.
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return float("inf")
    return float(raw) if 0 <= raw <= LAST_TIME else float("inf")
