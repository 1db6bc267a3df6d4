# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write a report of devices as files, from rows that somebody else read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from ..._core.device import server_name
from ..._core.errors import OptionError
from ..._core.wording import counted
from ..._module.files.unwritten import files_of
from ..._module.guard.journal import Journal
from ..._module.guard.options import JOURNAL
from ..._module.guard.rules import AFTER, in_vain
from ..._module.options import spec_of
from ..._module.paths import require_folder
from ..._products.values import utc_text
from ..followup.model import WAITING, FollowUp, follow_up
from ..followup.task import asked_of, lines_of
from .content import Answer, Given, Report
from .document import as_csv, as_markdown
from .fleet import DAYS, OUT, UNKNOWN, Clock, Fleet, Key, read_fleet
from .history import recorded
from .page import CSV, as_page
from .summary import make_report

Result = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

_TIME = "%Y-%m-%dT%H:%M:%SZ"

# A larger file is not a plan.
LARGEST_FILE = 256 << 20

_NO_JOURNAL = "No journal was found, so nothing is known of what was asked of devices."

# Days of the journal whose answers are shown.
_ANSWERS = 30

# What a report is made of besides, and the option for it.
_ROWS = {
    "configs": "config_rows",
    "policies": "policy_rows",
    "stuck": "stuck_rows",
    "certificates": "certificate_rows",
}

# By the option for such files what they are, and how that is seen.
_FORMS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bool]]] = {
    "drift": (
        "a result of ivanti.uem.drift",
        lambda found: "status" in found and isinstance(found.get("changes"), list),
    ),
    "plans": (
        "plan.json of ivanti.uem.plan, or the saved result of a task",
        lambda found: "headline" in found or "summary" in found,
    ),
}

# The least days of a history.
LEAST_DAYS = 7

# The options but for devices and hosts, which are large, and are read by themselves.
# fmt: off
OPTIONS: dict[str, Any] = {
    "dest": {"type": "path", "required": True},
    "title": {"type": "str", "default": "Fleet report"},
    **{option: {"type": "list", "elements": "dict"} for option in _ROWS.values()},
    "drift": {"type": "path"},
    "plans": {"type": "list", "elements": "path", "default": []},
    **spec_of([JOURNAL]),
    "history_path": {"type": "path"},
    "history_days": {"type": "int", "default": 400},
    "now": {"type": "str"},
}
# fmt: on


def write_report(
    params: Mapping[str, Any], rows: Iterable[Any], *, whole: bool, check_mode: bool
) -> Result:
    """Write a report, and return the result of the task.

    Args:
        params: The options, checked by their types.
        rows: Rows of devices.
        whole: Whether the rows are all devices of their servers. Otherwise what was asked of others is
            left out, because it is not for the readers of this report.
        check_mode: Whether nothing may be written.

    Raises:
        UemError: An option is wrong, or a file cannot be read or written.
    """
    folder = require_folder(params["dest"])
    if params["history_days"] < LEAST_DAYS:
        raise OptionError(f"history_days: must be at least {LEAST_DAYS}, for a trend by week.")
    clock, oldest = _clock(params["now"], params["history_days"])
    given = _given(params, read_fleet(rows, clock), clock, whole=whole)
    with files_of(check_mode=check_mode) as files, ExitStack() as stack:
        with _explained(folder):
            files.make_folder(folder, mode=0o700)
        if params["history_path"] is not None:
            path = os.path.abspath(params["history_path"])
            history = recorded(path, given.fleet, clock, oldest=oldest, keep=not check_mode)
            known = stack.enter_context(history)
            given = replace(given, since=known.since, weeks=known.weeks)
        report = make_report(given)
        with _explained(folder):
            for name, parts in _texts(report):
                files.add(os.path.join(folder, name), parts)
            changed = files.differ()
        # The history is kept before the files take their places: a full disk leaves all as it was.
        stack.close()
        with _explained(folder):
            files.place()
    return _result(folder, report, changed=changed)


def _given(params: Mapping[str, Any], fleet: Fleet, clock: Clock, *, whole: bool) -> Given:
    """Return all that a report without a history is made of."""
    drift = None if params["drift"] is None else _read_json(params["drift"], "drift")
    plans = [(os.path.basename(path), _read_json(path, "plans")) for path in params["plans"]]
    followups, answers, notes = _journal(params["journal_path"], fleet, clock, whole=whole)
    return Given(
        title=params["title"],
        clock=clock,
        fleet=fleet,
        followups=followups,
        answers=answers,
        plans=plans or None,
        drift=drift,
        notes=notes,
        **{name: params[option] for name, option in _ROWS.items()},
    )


def _texts(report: Report) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the name of each file, and its parts."""
    yield "report.html", [as_page(report)]
    yield "report.md", [as_markdown(report)]
    yield CSV, as_csv(report)


def _result(folder: str, report: Report, *, changed: bool) -> Result:
    fleet = report.given.fleet
    followups = report.given.followups or ()
    summary = {
        "devices": len(fleet.entries),
        "ended": len(fleet.ending),
        "noncompliant": fleet.count(OUT),
        "compliance_unknown": fleet.count(UNKNOWN),
        "not_seen_for_30_days": fleet.silent,
        "waiting": sum(one.outcome in WAITING for one in followups),
    }
    names = {"html": "report.html", "markdown": "report.md", "csv": CSV}
    return {
        "changed": changed,
        "files": {kind: os.path.join(folder, name) for kind, name in names.items()},
        "summary": summary,
        "notes": list(report.notes),
    }


def _clock(now: str | None, days: int) -> tuple[Clock, str]:
    """Return the time of the report, and before which time a history forgets."""
    if now is None:
        moment = datetime.now(timezone.utc)
    else:
        try:
            moment = datetime.strptime(now.strip(), _TIME)
        except ValueError:
            raise OptionError(
                f"now: {now!r} is not a time such as 2026-11-30T09:00:00Z; correct it, or leave it out."
            ) from None
    try:
        ago = {number: utc_text(moment - timedelta(days=number)) for number in DAYS}
        oldest = utc_text(moment - timedelta(days=days))
    except OverflowError:
        raise OptionError(f"history_days: {days} is more than there are; give fewer.") from None
    return Clock(utc_text(moment), ago), oldest


def _read_json(path: str, option: str) -> Mapping[str, Any]:
    """Return the content of a file.

    Raises:
        OptionError: It cannot be read, or is not what the option is about.
    """
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                raise ValueError("it is too large")
            found = json.loads(file.read())
    except OSError as error:
        raise OptionError(
            f"{option}: {path!r} cannot be read ({error.strerror or error}); correct the path, or "
            "leave it out. Nothing was written."
        ) from None
    except (ValueError, RecursionError):
        found = None
    what, is_one = _FORMS[option]
    if not isinstance(found, dict) or not is_one(found):
        raise OptionError(f"{option}: {path!r} is not {what}. Nothing was written.")
    return found


def _journal(
    path: str, fleet: Fleet, clock: Clock, *, whole: bool
) -> tuple[list[FollowUp] | None, list[Answer] | None, list[str]]:
    """Return what became of requests, the last answers, and what a reader should know about them."""
    journal = Journal(path)
    if not os.path.lexists(journal.path):
        return None, None, [_NO_JOURNAL]
    lines = lines_of(journal)
    asked, unreadable = asked_of(lines)
    rows = {entry.key: entry.row for entry in fleet.every}
    servers = set(fleet.servers)
    mine = [one for one in asked if one.server in servers and (whole or one.key in rows)]
    notes = []
    if unreadable:
        notes.append(f"Lines of the journal that cannot be read: {unreadable:,}.")
    if len(mine) < len(asked):
        others = counted(len(asked) - len(mine), "requests")
        notes.append(f"The journal has {others} for devices that this report is not about.")
    answers = [(_answer(line), _key(line)) for line in lines if line.get("phase") == AFTER]
    recent = [
        one
        for one, key in answers
        if one.when >= clock.ago[_ANSWERS] and one.server in servers and (whole or key in rows)
    ]
    return follow_up(mine, rows), recent, notes


def _key(line: Mapping[str, Any]) -> Key:
    """Return what names the device of a line of a journal."""
    device = line.get("device")
    guid = device.get("guid") if isinstance(device, Mapping) else ""
    return server_name(str(line.get("server") or "")), str(guid or "").casefold()


def _answer(line: Mapping[str, Any]) -> Answer:
    device = line.get("device")
    names = device if isinstance(device, Mapping) else {}
    return Answer(
        when=str(line.get("when") or ""),
        who=str(line.get("who") or ""),
        server=server_name(str(line.get("server") or "")),
        action=str(line.get("action") or ""),
        device=str(names.get("serial") or names.get("id") or ""),
        answer=str(line.get("answer") or ""),
        failed=in_vain(line),
    )


@contextmanager
def _explained(folder: str) -> Iterator[None]:
    """Explain that a file of the report cannot be written.

    Raises:
        OptionError: It cannot. What was there is still there.
    """
    try:
        yield
    except OSError as error:
        raise OptionError(
            f"dest: the report cannot be written to {folder!r} ({error.strerror or error}); "
            "look for free space and permissions there. What was there is still there."
        ) from None
