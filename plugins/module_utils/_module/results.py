# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns, made of its plan and outcomes. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.device import DeviceRef
from .._core.plan import Change, Outcome, Subject, failures

# A diff shows so many subjects one by one and counts the rest: nobody reads ten thousand, and
# callbacks keep them all.
DIFF_SUBJECTS = 50

# So many failures are told in the message; all of them stand in the result.
TOLD_FAILURES = 50


def reconciled(
    outcomes: Sequence[Outcome],
    unchanged: Sequence[Subject],
    missing: Sequence[DeviceRef],
    *,
    requests: int,
    writes: int,
    noun: str = "devices",
) -> dict[str, Any]:
    """``changed``, ``summary``, ``diff`` and the outcomes of a task that brought something to a
    desired state.

    ``noun``: what the subjects are, which is the key of the outcomes.
    """
    failed = failures(outcomes)
    done = [outcome.change for outcome in outcomes if outcome.error is None]
    entries = [
        entry(outcome.change, "changed")
        if outcome.error is None
        else {**entry(outcome.change, "failed"), "error": outcome.error}
        for outcome in outcomes
    ]
    entries += [{**subject.identity, "outcome": "unchanged"} for subject in unchanged]
    entries += [
        {ref.kind: ref.value, "outcome": "skipped", "reason": f"unknown {noun.removesuffix('s')}"}
        for ref in missing
    ]
    return {
        "changed": bool(done),
        "summary": {
            "matched": len(outcomes) + len(unchanged),
            "changed": len(done),
            "unchanged": len(unchanged),
            "failed": len(failed),
            "skipped": len(missing),
            "requests": requests,
            "writes": writes,
        },
        noun: entries,
        "diff": diff(done, noun),
    }


def failure_message(outcomes: Sequence[Outcome], noun: str = "devices") -> str:
    """A sentence that names each failure, or "" when there is none."""
    failed = failures(outcomes)
    if not failed:
        return ""
    by_error: dict[str, list[str]] = {}
    for outcome in failed[:TOLD_FAILURES]:
        by_error.setdefault(str(outcome.error), []).append(outcome.change.subject.title)
    told = [f"{', '.join(titles)}: {error}" for error, titles in by_error.items()]
    if len(failed) > TOLD_FAILURES:
        told.append(f"… and {len(failed) - TOLD_FAILURES} more, see {noun} in the result")
    others = "; the others were" if len(failed) < len(outcomes) else ""
    told.append("Mend the cause and run it again: it goes on where this run ended.")
    return (
        f"{len(failed)} of {len(outcomes)} {noun} could not be changed{others}. {' | '.join(told)}"
    )


def diff(changes: Sequence[Change], noun: str = "devices") -> list[dict[str, Any]]:
    """What changed, as diff mode shows it: managed fields only, a part for each subject, the rest
    of many summed up."""
    shown = [
        {
            "before_header": change.subject.title,
            "after_header": change.subject.title,
            "before": _text(change.before),
            "after": _text(change.after),
        }
        for change in changes[:DIFF_SUBJECTS]
    ]
    rest = changes[DIFF_SUBJECTS:]
    if rest:
        fields = Counter(field for change in rest for field in {**change.before, **change.after})
        counts = ", ".join(f"{field} on {count}" for field, count in sorted(fields.items()))
        shown.append({"prepared": f"… and {len(rest)} more {noun}: {counts}\n"})
    return shown


def entry(change: Change, outcome: str) -> dict[str, Any]:
    """What a result tells of a change, with what became of it."""
    return {
        **change.subject.identity,
        "outcome": outcome,
        "before": dict(change.before),
        "after": dict(change.after),
    }


def _text(fields: Mapping[str, Any]) -> str:
    """A line for each field, as JSON, so that a value with line breaks or templates stays one line
    of text."""
    given = {name: value for name, value in fields.items() if value is not None}
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in sorted(given.items())
    )
