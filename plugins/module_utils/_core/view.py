# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as people read it: a headline in words, equal changes folded, and the same as text,
Markdown, CSV and data. Pure."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .plan import Change, Limits, Plan, Subject, counted

# At most this many subjects are named one by one; of the rest there are counts.
NAMED = 50

# At most this many folds, and kinds of what is left alone, are lines of a text.
LINES = 100

# At most this many kinds of change are in the headline.
KINDS = 4

# Characters of a value, and of a document in Markdown.
LONGEST_VALUE, LONGEST_MARKDOWN = 200, 60_000

# What can be said of an empty value.
NOTHING = "nothing"


@dataclass(frozen=True)
class Fold:
    """Equal changes: what differs, and the subjects that it is for."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    subjects: tuple[Subject, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(dict.fromkeys((*self.before, *self.after)))

    @cached_property
    def removes(self) -> bool:
        """Whether something is taken away and nothing takes its place."""
        return any(
            not _is_empty(value) and _is_empty(self.after.get(name))
            for name, value in self.before.items()
        )

    @property
    def text(self) -> str:
        """The change in words."""
        parts = (
            f"{name}: {value_text(self.before.get(name))} -> {value_text(self.after.get(name))}"
            for name in self.names
        )
        return "; ".join(parts) or "sent"


@dataclass(frozen=True)
class View:
    """A plan with what a reader needs besides it.

    Attributes:
        plan: what was decided.
        noun: what the subjects are.
        deed: what is done to them, where that is more than their fields say.
        confirm: what permits exactly this plan.
        limits: what the author allows.
    """

    plan: Plan
    noun: str = "devices"
    deed: str = ""
    confirm: str = ""
    limits: Limits = Limits()

    @cached_property
    def folds(self) -> list[Fold]:
        """Equal changes put together: removals first, then the largest."""
        groups: dict[Any, list[Change[Any]]] = {}
        for change in self.plan.changes:
            groups.setdefault((_frozen(change.before), _frozen(change.after)), []).append(change)
        folds = [
            Fold(same[0].before, same[0].after, tuple(change.subject for change in same))
            for same in groups.values()
        ]
        return sorted(folds, key=lambda fold: (not fold.removes, -len(fold.subjects)))

    @cached_property
    def headline(self) -> str:
        """The plan in one line of words."""
        changes = len(self.plan.changes)
        if not changes:
            return f"Nothing to change: {self._rest()}."
        fleet = f" of {self.plan.fleet:,}" if self.plan.fleet else ""
        plural = self.noun if self.plan.fleet else counted(changes, self.noun).partition(" ")[2]
        what = ", ".join(filter(None, [self.deed, *self._kinds()])) or "something is sent"
        return f"{changes:,}{fleet} {plural}: {what}"

    def lines(self) -> list[str]:
        """The plan as text, the headline first."""
        folds = self.folds
        lines = [self.headline, *self._fold_lines(folds)]
        lines += [f"left alone: {text}" for text in self._left_alone()]
        if self.plan.changes and self.plan.unchanged:
            lines.append(f"unchanged: {counted(len(self.plan.unchanged), self.noun)}")
        lines += [f"limit: {text}" for text in self.exceeded()]
        lines += [f"refused: {text}" for text in self.plan.refusals]
        if self.confirm:
            lines.append(f"confirm: {self.confirm}")
        return [printable(line) for line in lines]

    def exceeded(self) -> list[str]:
        """The limits that the plan exceeds, with what they would have to be."""
        changes, fleet = len(self.plan.changes), self.plan.fleet
        most, percent = self.limits.max_devices, self.limits.max_percent
        found = []
        if most is not None and changes > most:
            found.append(f"max_devices is {most} and would have to be {changes}")
        if percent is not None and fleet and changes * 100 > percent * fleet:
            needed = math.ceil(changes * 10_000 / fleet) / 100
            found.append(f"max_percent is {percent:g} and would have to be {needed:g}")
        return found

    def _rest(self) -> str:
        """What the plan has besides changes."""
        parts = [f"{counted(len(self.plan.unchanged), self.noun)} as wanted"]
        kinds = Counter(left.kind.replace("_", " ") for left in self.plan.left_alone)
        return ", ".join([*parts, *(f"{count} {kind}" for kind, count in kinds.items())])

    def _kinds(self) -> list[str]:
        """What becomes of which field on how many, the most frequent first."""
        kinds: dict[tuple[str, str], Counter[str]] = {}
        for fold in self.folds:
            for name in fold.names:
                key = (name, value_text(fold.after.get(name)))
                if key not in kinds:
                    kinds[key] = Counter()
                kinds[key][value_text(fold.before.get(name))] += len(fold.subjects)
        ranked = sorted(kinds.items(), key=lambda item: -item[1].total())
        shown = [_kind(name, after, before) for (name, after), before in ranked[:KINDS]]
        more = len(ranked) - KINDS
        return [*shown, f"and {more} more kinds of change"] if more > 0 else shown

    def _fold_lines(self, folds: Sequence[Fold]) -> Iterator[str]:
        left = NAMED
        for fold in folds[:LINES]:
            named = fold.subjects[: max(left, 0)]
            left -= len(named)
            mark = "removes" if fold.removes else "changes"
            names = "; ".join(map(title_of, named))
            more = len(fold.subjects) - len(named)
            rest = f"{'; and ' if named else ''}{more:,} more" if more and named else ""
            on = f"{len(fold.subjects):,} {self.noun if len(fold.subjects) != 1 else counted(1, self.noun).partition(' ')[2]}"
            yield f"{mark} {fold.text} on {on}{': ' if names else ''}{names}{rest}"
        if len(folds) > LINES:
            count = sum(len(fold.subjects) for fold in folds[LINES:])
            yield f"and {len(folds) - LINES:,} more kinds of change on {count:,} {self.noun}"

    def _left_alone(self) -> Iterator[str]:
        groups: dict[tuple[str, str], list[Subject]] = {}
        for left in self.plan.left_alone:
            groups.setdefault((left.kind, left.reason), []).append(left.subject)
        for (kind, reason), subjects in list(groups.items())[:LINES]:
            names = "; ".join(map(title_of, subjects[:10]))
            more = f"; and {len(subjects) - 10:,} more" if len(subjects) > 10 else ""
            yield f"{kind.replace('_', ' ')}: {names}{more}: {reason}"
        if len(groups) > LINES:
            yield f"and {len(groups) - LINES:,} more reasons"


def title_of(subject: Subject) -> str:
    """What a reader knows a subject by: its title, and name, model and owner where it has them."""
    about = getattr(subject, "about", "")
    return f"{subject.title}, {about}" if about else subject.title


def value_text(value: Any) -> str:
    """A value in words, in one line."""
    if _is_empty(value):
        return NOTHING
    if isinstance(value, (list, tuple)):
        return _cut(", ".join(map(value_text, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cut(printable(str(value)))


def printable(text: str) -> str:
    """A text in one line, without characters that steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _kind(name: str, after: str, before: Counter[str]) -> str:
    verb = "is removed" if after == NOTHING else f"becomes {after}"
    was = ", ".join(f"{text} on {count:,}" for text, count in before.most_common(3))
    more = f", and {len(before) - 3} other values" if len(before) > 3 else ""
    return f"{name} {verb} on {before.total():,} ({was}{more})"


def _is_empty(value: Any) -> bool:
    return not value and not isinstance(value, (bool, int, float))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _frozen(fields: Mapping[str, Any]) -> Any:
    """Fields as something that can be a key."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(fields.items())
    )


# As documents


def as_data(view: View) -> dict[str, Any]:
    """The plan as data, for machines."""
    plan = view.plan
    return {
        "version": 1,
        "headline": printable(view.headline),
        "confirm": view.confirm,
        "fleet": plan.fleet,
        "changes": [
            {**_known(change.subject), "before": dict(change.before), "after": dict(change.after)}
            for change in plan.changes
        ],
        "unchanged": len(plan.unchanged),
        "left_alone": [
            {**_known(left.subject), "kind": left.kind, "reason": left.reason}
            for left in plan.left_alone
        ],
        "limits": view.exceeded(),
        "refusals": list(plan.refusals),
        "warnings": list(plan.warnings),
    }


def as_csv(view: View) -> str:
    """The plan as a table: a row for each field that changes, and for what is left alone."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["what", "subject", "about", "field", "before", "after", "reason"])
    for fold in view.folds:
        word = "removes" if fold.removes else "changes"
        for subject in fold.subjects:
            for name in fold.names or ("",):
                cells = (fold.before.get(name), fold.after.get(name))
                row = [word, *_names(subject), name, *map(value_text, cells), ""]
                writer.writerow(map(_cell, row))
    for left in view.plan.left_alone:
        row = [left.kind, *_names(left.subject), "", "", "", left.reason]
        writer.writerow(map(_cell, row))
    return file.getvalue()


def as_markdown(view: View) -> str:
    """The plan as a document for a pull request, of at most LONGEST_MARKDOWN characters."""
    plan = view.plan
    parts = [f"**{_escaped(view.headline)}**", ""]
    parts += [f"> {_escaped(text)}" for text in (*plan.refusals, *plan.warnings)]
    parts += [f"- limit: {_escaped(text)}" for text in view.exceeded()]
    if view.confirm:
        parts.append(f"- confirm: `{view.confirm}`")
    if plan.unchanged:
        parts.append(f"- unchanged: {counted(len(plan.unchanged), view.noun)}")
    if plan.changes:
        parts += ["", "| | Change | Count | Which |", "|---|---|---:|---|"]
        parts += _fitting(_markdown_rows(view.folds), len(view.folds), sum(map(len, parts)))
    left = [f"- {_escaped(text)}" for text in view._left_alone()]
    if left:
        parts += ["", "Left alone:", ""]
        parts += _fitting(left, len(left), sum(map(len, parts)))
    return "\n".join(parts) + "\n"


def _markdown_rows(folds: Iterable[Fold]) -> Iterator[str]:
    for fold in folds:
        word = "**removes**" if fold.removes else "changes"
        names = "; ".join(_escaped(title_of(one)) for one in fold.subjects[:5])
        more = f"; and {len(fold.subjects) - 5:,} more" if len(fold.subjects) > 5 else ""
        yield f"| {word} | {_escaped(fold.text)} | {len(fold.subjects):,} | {names}{more} |"


def _fitting(rows: Iterable[str], count: int, length: int) -> list[str]:
    """As many of the rows as fit into a document of a length so far; the rest is counted.

    Args:
        rows: The rows, made one by one.
        count: How many there are.
        length: The characters that the document has already.
    """
    kept: list[str] = []
    for row in rows:
        # Each line ends with a line break, and the last lines need some room.
        length += len(row) + 1
        if length > LONGEST_MARKDOWN - 1_000:
            break
        kept.append(row)
    more = count - len(kept)
    if more:
        note = f"… and {more:,} more rows; write the plan as .json or .csv to see all."
        return [*kept, "", note]
    return kept


def _escaped(text: str) -> str:
    """A text that Markdown and HTML leave as it is."""
    text = printable(text).replace("\\", "\\\\")
    for char, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, instead)
    for char in "`*_[]|#~":
        text = text.replace(char, f"\\{char}")
    return text


def _names(subject: Subject) -> tuple[str, str]:
    return subject.title, getattr(subject, "about", "")


def _known(subject: Subject) -> dict[str, Any]:
    return {**subject.identity, "title": subject.title, "about": getattr(subject, "about", "")}


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = printable(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
