# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns, made of its plan and outcomes. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.plan import IMPOSSIBLE, SKIPPED, Change, LeftAlone, Outcome, Plan, counted, failures
from .run import Result

# A diff shows at most this many subjects one by one and counts the rest: nobody reads ten thousand,
# and callbacks keep them all.
DIFF_SUBJECTS = 50

# At most this many failures are named in the message; all of them are in the result.
NAMED_FAILURES = 50

# At most this many subjects are named in a sentence.
NAMED = 20


@dataclass(frozen=True)
class Shape:
    """What the result of a task is made of.

    ``noun``: the key of the rows. ``title``: what messages call the subjects, where that is another
    name. ``kinds``: the kinds of what is left alone that the task can have; the summary counts
    each. ``returned``: whether rows have what the server returned. ``extra``: more keys of the
    result.
    """

    noun: str = "devices"
    title: str = ""
    kinds: tuple[str, ...] = (SKIPPED,)
    returned: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


DEVICES = Shape()


def result_of(plan: Plan, outcomes: Sequence[Outcome], shape: Shape, cost: Result) -> Result:
    """The result of a plan that was carried out, or predicted.

    Args:
        plan: what was decided.
        outcomes: what became of each of its changes, in its order.
        shape: what the result is made of.
        cost: ``requests`` and ``writes``.

    Returns:
        ``changed``, ``summary``, the rows under the noun, ``diff`` and what the shape adds.
    """
    done = [outcome.change for outcome in outcomes if outcome.word == "changed"]
    found = Counter(outcome.word for outcome in outcomes)
    rows = [_row(outcome, shape.returned) for outcome in outcomes]
    unknown = {"unknown": found["unknown"]} if found["unknown"] else {}
    summary = {"changed": len(done), "failed": found["failed"], **unknown}
    return {
        "changed": bool(done),
        **_counted(plan, rows, summary, shape, cost),
        "diff": diff(done, shape.noun),
        **shape.extra,
    }


def refused(plan: Plan, shape: Shape, cost: Result) -> Result:
    """The result of a plan that is refused: all of it, with nothing done."""
    rows = [entry(change, "planned") for change in plan.changes]
    summary = {"changed": 0, "failed": 0, "planned": len(rows)}
    counts = _counted(plan, rows, summary, shape, cost)
    return {"changed": False, **counts, "diff": [], **shape.extra}


def _counted(
    plan: Plan, rows: list[Result], summary: Mapping[str, int], shape: Shape, cost: Result
) -> Result:
    """The summary and the rows of a result. ``rows``: those of the changes; ``summary``: their
    counts."""
    impossible = plan.of_kind(IMPOSSIBLE)
    left = [one for kind in shape.kinds for one in plan.of_kind(kind)]
    kinds = {kind: len(plan.of_kind(kind)) for kind in shape.kinds}
    matched = len(rows) + len(plan.unchanged) + len(impossible) + len(left) - kinds.get(SKIPPED, 0)
    return {
        "summary": {
            "matched": matched,
            "unchanged": len(plan.unchanged),
            **summary,
            "failed": summary["failed"] + len(impossible),
            **kinds,
            **cost,
        },
        shape.noun: [
            *rows,
            *(_impossible(one) for one in impossible),
            *({**subject.identity, "outcome": "unchanged"} for subject in plan.unchanged),
            *({**one.subject.identity, "outcome": one.kind, "reason": one.reason} for one in left),
        ],
        "warnings": list(plan.warnings),
    }


def _row(outcome: Outcome, returned: bool) -> Result:
    row = entry(outcome.change, outcome.word)
    if outcome.failed:
        row["error"] = outcome.error
    return {**row, **outcome.returned} if returned else row


def _impossible(left: LeftAlone) -> Result:
    row = dict(left.subject.identity) if left.change is None else entry(left.change, IMPOSSIBLE)
    return {**row, "outcome": IMPOSSIBLE, "error": left.reason}


def failure_message(
    plan: Plan, outcomes: Sequence[Outcome], shape: Shape = DEVICES, *, predicted: bool = False
) -> str:
    """A sentence that names each failure, or "" when there is none. ``predicted``: nothing was
    sent."""
    noun = shape.title or shape.noun
    impossible = plan.of_kind(IMPOSSIBLE)
    failed = [(one.change.subject.title, str(one.error)) for one in failures(outcomes)]
    failed += [(one.subject.title, one.reason) for one in impossible]
    if not failed:
        return ""
    total = len(outcomes) + len(impossible)
    by_error: dict[str, list[str]] = {}
    for title, error in failed[:NAMED_FAILURES]:
        by_error.setdefault(error, []).append(title)
    named = [f"{', '.join(titles)}: {error}" for error, titles in by_error.items()]
    if len(failed) > NAMED_FAILURES:
        named.append(f"… and {len(failed) - NAMED_FAILURES} more, see {shape.noun} in the result")
    if predicted:
        return f"{len(failed)} of {total} {noun} cannot be changed. {' | '.join(named)}."
    others = "; the others were" if len(failed) < total else ""
    named.append("Mend the cause and run it again: it goes on where this run ended.")
    return f"{len(failed)} of {total} {noun} could not be changed{others}. {' | '.join(named)}"


def ineligible_sentence(left: Sequence[LeftAlone], cannot: str, noun: str = "devices") -> str:
    """The refusal of a plan in which some subjects cannot take the change.

    Args:
        left: these subjects.
        cannot: what they cannot, such as "cannot take wipe".
        noun: what they are.
    """
    named = "; ".join(f"{one.subject.title}: {one.reason}" for one in left[:NAMED])
    more = f"; and {len(left) - NAMED} more" if len(left) > NAMED else ""
    return (
        f"Refused: {counted(len(left), noun)} {cannot}; nothing was sent. {named}{more}. Leave "
        "them out, or set on_ineligible=skip to go on without them."
    )


def diff(changes: Sequence[Change[Any]], noun: str = "devices") -> list[Result]:
    """What changed, as diff mode shows it: managed fields only, a part for each subject, the rest
    of many summed up."""
    shown: list[Result] = [
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
        shown.append({"prepared": f"… and {len(rest)} more {noun}: {_field_counts(rest)}\n"})
    return shown


def entry(change: Change[Any], word: str) -> Result:
    """What a result has of a change, with what became of it."""
    return {
        **change.subject.identity,
        "outcome": word,
        "before": dict(change.before),
        "after": dict(change.after),
    }


def _field_counts(changes: Iterable[Change[Any]]) -> str:
    fields = Counter(field for change in changes for field in {**change.before, **change.after})
    return ", ".join(f"{field} on {count}" for field, count in sorted(fields.items()))


def _text(fields: Mapping[str, Any]) -> str:
    """A line for each field, as JSON, so that a value with line breaks or templates stays one line
    of text."""
    given = {name: value for name, value in fields.items() if value is not None}
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in sorted(given.items())
    )
