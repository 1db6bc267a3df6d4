# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns, made of its plan and outcomes. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.confirmation import Deed
from .._core.errors import printable
from .._core.plan import (
    IMPOSSIBLE,
    NOT_SENT,
    SKIPPED,
    Change,
    LeftAlone,
    Outcome,
    Plan,
    doubts,
    failures,
)
from .._core.view import Fold, View, rest_of
from .._core.wording import counted, numbered
from .run import Result

# A diff shows at most this many kinds of change, each with at most this many of its subjects by
# name, and counts the rest: nobody reads ten thousand, and callbacks keep them all.
DIFF_FOLDS, DIFF_NAMES = 50, 20

# Characters of a line of a diff that names subjects.
LONGEST_HEADER = 160

# At most this many rows of what changed or was not sent are in a result, with about this many
# characters, unless all are wanted. A diff has about that many characters, too.
MOST_ROWS, MOST_TEXT, MOST_DIFF = 500, 120_000, 30_000

# At most this many failures are named in the message; all that were sent are in the result.
NAMED_FAILURES = 50

# What was not sent for one reason is counted where it is more than this: a run that stopped early
# has thousands of them, and what stopped it must be found.
NAMED_UNSENT = 5

# At most this many subjects are named in a sentence.
NAMED = 20


@dataclass(frozen=True)
class Shape:
    """What the result of a task is made of.

    Attributes:
        noun: the key of the rows.
        title: what messages call the subjects, where that is another name.
        kinds: the kinds of what is left alone that the task can have; the summary counts each.
        returned: whether rows have what the server returned.
        repeats: whether a run that is repeated does it to everything once more, as far as the subjects
            show it.
        recorded: whether a journal keeps what the server took, which is not done once more then.
        deed: what is done, for ``confirm`` and for the headline of the plan.
        counts: what limits count, where these are not the subjects.
        sections: what the subjects are parts of, as their ``section``; the summary counts each.
        extra: more keys of the result.
        facts: what else ``confirm`` permits, in words, by name; "" where the author gives none.
    """

    noun: str = "devices"
    title: str = ""
    kinds: tuple[str, ...] = (SKIPPED,)
    returned: bool = False
    repeats: bool = False
    recorded: bool = False
    deed: Deed = Deed("")
    counts: str = ""
    sections: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


DEVICES = Shape()


@dataclass(frozen=True)
class Report:
    """Makes the result of a task.

    Attributes:
        shape: what it is made of.
        view: the plan as people read it.
        lists: the outcomes of which all rows are wanted; of others there are counts.
        cost: ``requests`` and ``writes``.
    """

    shape: Shape
    view: View
    lists: frozenset[str]
    cost: Mapping[str, int]

    def of(self, plan: Plan, outcomes: Sequence[Outcome]) -> Result:
        """The result of a plan that was carried out, or predicted. ``outcomes``: what became of
        each of its changes, in its order."""
        done = [outcome.change for outcome in outcomes if outcome.word == "changed"]
        found = Counter(outcome.word for outcome in outcomes)
        rows = [_row(outcome, self.shape.returned) for outcome in outcomes]
        unknown = {"unknown": found["unknown"]} if found["unknown"] else {}
        summary = {"changed": len(done), "failed": found["failed"], **unknown}
        whole = len(done) == len(self.view.plan.changes)
        shown = self.view if whole else replace(self.view, plan=Plan(tuple(done)))
        acted = any(outcome.acted for outcome in outcomes)
        return self._made(plan, rows, summary, acted, diff(shown))

    def refused(self, plan: Plan) -> Result:
        """The result of a plan that is refused: all of it, with nothing done."""
        rows = [entry(change, "planned") for change in plan.changes]
        summary = {"changed": 0, "failed": 0, "planned": len(rows)}
        made = self._made(plan, rows, summary, False, diff(self.view))
        return {**made, "refused_by": plan.refused_by}

    def _made(
        self,
        plan: Plan,
        rows: list[Result],
        summary: Mapping[str, int],
        changed: bool,
        shown: list[Result],
    ) -> Result:
        kinds = {kind: len(plan.of_kind(kind)) for kind in self.shape.kinds}
        impossible = plan.of_kind(IMPOSSIBLE)
        others = sum(kinds.values()) - kinds.get(SKIPPED, 0)
        outcomes = rows
        rows, more = self._listed(plan, rows)
        return {
            "changed": changed,
            "summary": {
                "matched": len(plan.changes) + len(plan.unchanged) + _besides(plan) + others,
                "unchanged": len(plan.unchanged),
                **summary,
                "failed": summary["failed"] + len(impossible),
                # What is left alone may be unknown, and an outcome as well.
                **{kind: number + summary.get(kind, 0) for kind, number in kinds.items()},
                **self.cost,
                **self._by_section(plan, outcomes),
            },
            self.shape.noun: rows,
            **({"not_listed": more} if more else {}),
            "plan": self.view.lines(),
            "confirm": self.view.confirm,
            "diff": shown,
            "warnings": list(plan.warnings),
            **self.shape.extra,
        }

    def _by_section(self, plan: Plan, rows: Sequence[Result]) -> dict[str, Any]:
        """The summary of each section that the plan is about."""
        if not self.shape.sections:
            return {}
        words = [(row["section"], row["outcome"]) for row in rows]
        words += [(getattr(one, "section", ""), "unchanged") for one in plan.unchanged]
        words += [(getattr(one.subject, "section", ""), one.kind) for one in plan.left_alone]
        found = Counter(words)
        sections: dict[str, dict[str, int]] = {}
        for name in self.shape.sections:
            counts = {word: found[section, word] for section, word in found if section == name}
            if counts:
                sections[name] = dict(sorted(counts.items()))
        return {"sections": sections}

    def _listed(self, plan: Plan, rows: list[Result]) -> tuple[list[Result], dict[str, int]]:
        """The rows that the result has, and by outcome how many it has not."""
        listed, more = (list(rows), Counter[str]()) if "changed" in self.lists else _fewer(rows)
        listed += [_impossible(one) for one in plan.of_kind(IMPOSSIBLE)]
        if "unchanged" in self.lists:
            listed += [{**one.identity, "outcome": "unchanged"} for one in plan.unchanged]
        elif plan.unchanged:
            more["unchanged"] = len(plan.unchanged)
        for kind in self.shape.kinds:
            listed += [
                {**one.subject.identity, "outcome": one.kind, "reason": one.reason}
                for one in plan.of_kind(kind)
            ]
        return listed, dict(more)


def _fewer(rows: Sequence[Result]) -> tuple[list[Result], Counter[str]]:
    """The first rows of what changes or was not sent and all others, and by outcome how many were left
    out."""
    listed: list[Result] = []
    more: Counter[str] = Counter()
    room, left = MOST_TEXT, MOST_ROWS
    for row in rows:
        word = row["outcome"]
        if word in ("changed", "planned") or _is_unsent(row.get("error", "")):
            if left == 0 or room <= 0:
                more[word] += 1
                continue
            left, room = left - 1, room - len(str(row))
        listed.append(row)
    return listed, more


def _is_unsent(error: str) -> bool:
    return error.startswith(f"{NOT_SENT}: ")


def _row(outcome: Outcome, returned: bool) -> Result:
    row = entry(outcome.change, outcome.word)
    if outcome.error is not None:
        row["error"] = outcome.error
    return {**row, **outcome.returned} if returned else row


def _impossible(left: LeftAlone) -> Result:
    row = dict(left.subject.identity) if left.change is None else entry(left.change, IMPOSSIBLE)
    return {**row, "outcome": IMPOSSIBLE, "error": left.reason}


def _besides(plan: Plan) -> int:
    """How many subjects are impossible as a whole: of some only a part is, beside their change."""
    impossible = {one.subject.id for one in plan.of_kind(IMPOSSIBLE)}
    if not impossible:
        return 0
    return len(impossible.difference(change.subject.id for change in plan.changes))


def _failed(plan: Plan, outcomes: Sequence[Outcome]) -> tuple[list[tuple[str, str]], int]:
    """The titles and errors of what failed or is impossible, and how many subjects that are."""
    found = [(one.change.subject, str(one.error)) for one in failures(outcomes)]
    found += [(one.subject, one.reason) for one in plan.of_kind(IMPOSSIBLE)]
    titled = [(subject.title, error) for subject, error in found]
    return titled, len({subject.id for subject, _error in found})


def failure_message(
    plan: Plan,
    outcomes: Sequence[Outcome],
    shape: Shape = DEVICES,
    *,
    predicted: bool = False,
    confirmed: bool = False,
) -> str:
    """Sentences that name each failure and each doubt, or "" when there is none.

    Args:
        plan: the plan.
        outcomes: what became of its changes.
        shape: what the result is made of.
        predicted: whether nothing was sent.
        confirmed: whether only this plan was permitted.
    """
    noun = shape.title or shape.noun
    # What is left of it is another plan.
    spent = confirmed and any(outcome.acted for outcome in outcomes)
    failed, wrong = _failed(plan, outcomes)
    doubtful = [(one.change.subject.title, str(one.error)) for one in doubts(outcomes)]
    total = len(outcomes) + _besides(plan)
    all_of_them, sentences = numbered(total, noun), list[str]()
    if failed and predicted:
        named = " | ".join(_named(failed, shape))
        sentences.append(f"{wrong} of {all_of_them} cannot be changed. {named}.")
    elif failed:
        rest = "" if doubtful else _OTHERS.get(total - wrong, "; the others were")
        never, about = _by_sending(failed, shape)
        parts = " | ".join([*about, _remedy(noun, shape, spent=spent)])
        sentences.append(f"{wrong} of {all_of_them} could not be changed{never}{rest}. {parts}")
    if doubtful:
        named = " | ".join([*_named(doubtful, shape), _look(shape, spent=spent)])
        sentences.append(f"Whether {len(doubtful)} of {all_of_them} changed is not known. {named}")
    return " ".join(sentences)


# What became of the others, by how many there are.
_OTHERS = {0: "", 1: "; the other was"}


def _by_sending(failed: Sequence[tuple[str, str]], shape: Shape) -> tuple[str, list[str]]:
    """Return how many failures were never sent, in words, and sentences about all of them: those that
    were sent first."""
    sent = [one for one in failed if not _is_unsent(one[1])]
    unsent = [one for one in failed if _is_unsent(one[1])]
    never = f" ({len(unsent)} of them not sent)" if sent and unsent else ""
    return never, [*_named(sent, shape), *_named(unsent, shape, fold=True)]


def _look(shape: Shape, *, spent: bool) -> str:
    """What to do about outcomes that nobody knows."""
    if shape.repeats:
        return "Look at them first: what is sent once more may be done twice."
    if spent:
        return "Plan again, and apply that plan: it has only what is left."
    return "Run it again: it reads what is there now, and sends only what is left."


def _remedy(noun: str, shape: Shape, *, spent: bool) -> str:
    """What to do about failures."""
    if shape.repeats and not shape.recorded:
        return f"Fix the cause, and do it to these {noun} only: the others would get it once more."
    how = ", plan again, and apply that plan" if spent else " and run it again"
    return f"Fix the cause{how}: it goes on where this run ended."


def _named(errors: Sequence[tuple[str, str]], shape: Shape, *, fold: bool = False) -> list[str]:
    """Sentences, each with the titles of the subjects that it is about. With ``fold`` they are counted
    where they are more than a few."""
    by_error: dict[str, list[str]] = {}
    for title, error in errors:
        by_error.setdefault(error, []).append(title)
    named: list[str] = []
    left, room = len(errors), NAMED_FAILURES
    for error, titles in by_error.items():
        if room <= 0:
            break
        counts = fold and len(titles) > NAMED_UNSENT
        shown = titles if counts else titles[:room]
        who = counted(len(titles), shape.title or shape.noun) if counts else ", ".join(shown)
        named.append(f"{who}: {error}")
        room -= 1 if counts else len(shown)
        left -= len(shown)
    if left:
        named.append(f"… and {left} more, see {shape.noun} in the result")
    return named


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


def diff(view: View) -> list[Result]:
    """What changes, as diff mode shows it: managed fields only, a part for each kind of change with
    the subjects that it is for, the rest of many counted."""
    folds = view.folds
    shown: list[Result] = []
    room = MOST_DIFF
    for fold in folds[:DIFF_FOLDS]:
        if room <= 0:
            break
        title, names = _title(fold, view.noun)
        before, after = _text(fold.before), _text(fold.after)
        part = {"before_header": title, "after_header": title, "before": before, "after": after}
        if before == after:
            # A diff of what is only sent would be empty.
            names = [f"{title}: {view.deed or fold.text}", *names]
        shown.append({**part, "prepared": "\n".join([*names, ""])} if names else part)
        room -= len(str(shown[-1]))
    rest = folds[len(shown) :]
    if rest:
        shown.append({"prepared": f"… {rest_of(rest, view.noun)}\n"})
    return shown


def _title(fold: Fold, noun: str) -> tuple[str, list[str]]:
    """The subjects of a fold in a line, and where they are too many for that a line for each."""
    names = [printable(name) for name in fold.named(DIFF_NAMES)]
    if len(fold) == 1:
        return _cut(names[0]), []
    count = counted(len(fold), noun)
    title = f"{count}: {'; '.join(names)}"
    if len(fold) == len(names) and len(title) <= LONGEST_HEADER:
        return title, []
    more = [f"  and {len(fold) - len(names):,} more"] if len(fold) > len(names) else []
    return count, [f"  {_cut(name)}" for name in names] + more


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_HEADER else f"{text[: LONGEST_HEADER - 1]}…"


def entry(change: Change[Any], word: str) -> Result:
    """What a result has of a change, with what became of it."""
    return {
        **change.subject.identity,
        "outcome": word,
        "before": dict(change.before),
        "after": dict(change.after),
    }


def _text(fields: Mapping[str, Any]) -> str:
    """A line for each field, as JSON, so that a value with line breaks or templates stays one line
    of text."""
    given = {name: value for name, value in fields.items() if value is not None}
    return "".join(
        f"{printable(f'{name}: {json.dumps(value, ensure_ascii=False)}')}\n"
        for name, value in sorted(given.items())
    )
