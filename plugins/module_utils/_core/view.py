# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as people read it: a headline in words, equal changes folded, and the same as text,
Markdown, CSV and data. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from typing import Any

from .errors import printable
from .plan import Change, Limits, Plan, Subject
from .vocabulary import status_of
from .wording import counted, plural_of, singular_of

# At most this many subjects are named one by one; of the rest there are counts.
NAMED = 50

# At most this many folds, with about this many characters, and kinds of what is left alone, are
# lines of a text.
LINES, LONGEST_LINES = 100, 30_000

# At most this many kinds of change are in the headline, and owners in a document.
KINDS, OWNERS = 4, 10

# Characters of a value, of a text in Markdown, and of a document in Markdown.
LONGEST_VALUE, LONGEST_TEXT, LONGEST_MARKDOWN = 200, 2_000, 60_000

# What a spreadsheet takes for a formula begins with one of these.
_FORMULA = ("=", "+", "-", "@")

# Fields whose names are plurals, for the verb.
_PLURALS = ("labels", "configurations", "roles")

# What can be said of an empty value.
NOTHING = "nothing"

# A state of a device as a server writes it; other states are in lower case.
_SERVER_WORD = re.compile(r"[A-Z][A-Z_]+\b")


class Fold(list[Change[Any]]):
    """Equal changes, at least one."""

    # A list: there may be 100,000, and an object beside each list takes as long again.
    __slots__ = ()

    @property
    def before(self) -> Mapping[str, Any]:
        """The fields that differ, as they are."""
        return self[0].before

    @property
    def after(self) -> Mapping[str, Any]:
        """The fields that differ, as they will be."""
        return self[0].after

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(dict.fromkeys((*self.before, *self.after)))

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The fields that differ, each with what becomes of it in words."""
        after = self.after
        return [(name, field_text(name, after.get(name))) for name in self.names]

    @property
    def removes(self) -> bool:
        """Whether something is taken away and nothing takes its place."""
        after = self.after
        for name, value in self.before.items():
            if _is_empty(after.get(name)) and not _is_empty(value):
                return True
        return False

    def named(self, most: int) -> list[str]:
        """The first of its subjects, as a reader knows them."""
        return [title_of(change.subject) for change in self[:most]]

    @property
    def text(self) -> str:
        """The change in words."""
        parts = (
            f"{_cut(name)}: {field_text(name, self.before.get(name))} -> "
            f"{field_text(name, self.after.get(name))}"
            for name in self.names
        )
        return "; ".join(parts) or "sent"

    @property
    def like(self) -> str:
        """What its subjects are like, where they are made or deleted."""
        fields = {**self.before, **self.after}
        return "; ".join(f"{_cut(name)}: {value_text(value)}" for name, value in fields.items())


@dataclass(frozen=True)
class View:
    """A plan with what a reader needs besides it.

    Attributes:
        plan: what was decided.
        noun: what the subjects are.
        deed: what is done to them, where that is more than their fields say.
        whole: whether the subjects themselves are made or deleted. Then their fields do not change,
            but say what they are like.
        confirm: what permits exactly this plan.
        limits: what the author allows.
        house: what the environment allows.
        counts: what the limits and the fleet count, where these are not the subjects.
        facts: what else ``confirm`` permits, in words, by name; "" where the author gives none.
    """

    plan: Plan
    noun: str = "devices"
    deed: str = ""
    confirm: str = ""
    limits: Limits = Limits()
    house: Limits = Limits(house=True)
    whole: bool = False
    counts: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def folds(self) -> list[Fold]:
        """Equal changes put together: removals first, then the largest."""
        folds: dict[str, Fold] = {}
        for change in self.plan.changes:
            folds.setdefault(f"{_key(change.before)} {_key(change.after)}", Fold()).append(change)
        return sorted(folds.values(), key=lambda fold: (not fold.removes, -len(fold)))

    @cached_property
    def headline(self) -> str:
        """The plan in one line of words."""
        changes = len(self.plan.changes)
        if not changes and self.plan.refusals and not self.plan.unchanged:
            left = f": {self._left()}" if self.plan.left_alone else ""
            return f"Nothing was planned{left}."
        if not changes:
            return f"Nothing to change: {self._rest()}."
        kinds = [] if self.whole else self._kinds()
        what = ", ".join(filter(None, [self.deed, *kinds])) or "something is sent"
        if self.counts and not self.plan.reaches_devices:
            return f"{counted(changes, self.noun)}: {what}"
        if self.counts:
            return f"{counted(changes, self.noun)} on {self._where()}: {what}"
        return f"{self._of_fleet(changes, self.noun)}: {what}"

    def _where(self) -> str:
        """On how many devices something changes. Other subjects, such as a label that is made, stand
        beside them, because together they may be more than the fleet."""
        named = {change.device for change in self.plan.changes if change.device}
        others = [change.subject for change in self.plan.changes if not change.device]
        if not named or not others:
            return self._of_fleet(self.plan.devices, self.counts)
        sections = Counter(getattr(one, "section", "others").replace("_", " ") for one in others)
        beside = [counted(number, name) for name, number in sections.items()]
        return ", ".join([self._of_fleet(len(named), self.counts), *beside])

    def _of_fleet(self, number: int, noun: str) -> str:
        if self.plan.fleet:
            return f"{number:,} of {self.plan.fleet:,} {noun}"
        return f"{number:,} {singular_of(noun, number)}"

    def lines(self) -> list[str]:
        """The plan as text, the headline first."""
        folds = self.folds
        lines = [self.headline, *self._fold_lines(folds)]
        lines += [f"left alone: {text}" for text in self._left_alone()]
        if self.plan.changes and self.plan.unchanged:
            lines.append(f"unchanged: {counted(len(self.plan.unchanged), self.noun)}")
        lines += [f"limit: {text}" for text in self.exceeded()]
        lines += [f"refused: {text.removeprefix('Refused: ')}" for text in self.plan.refusals]
        lines += [f"{name}: {text}" for name, text in self.facts.items() if text]
        if self.confirm:
            lines.append(f"confirm: {self.confirm}")
        return [printable(line) for line in lines]

    def exceeded(self) -> list[str]:
        """The limits that the plan exceeds, with what they would have to be."""
        found: list[str] = []
        for limits in (self.limits, self.house):
            found += limits.exceeded(self.plan.devices, self.plan.fleet)
        return found

    def _rest(self) -> str:
        """What the plan has besides changes."""
        parts = [f"{counted(len(self.plan.unchanged), self.noun)} as wanted"]
        return ", ".join([*parts, *filter(None, [self._left()])])

    def _left(self) -> str:
        kinds = Counter(left.kind.replace("_", " ") for left in self.plan.left_alone)
        return ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())

    def _kinds(self) -> list[str]:
        """What becomes of which field on how many, the most frequent first."""
        totals: Counter[tuple[str, str]] = Counter()
        for fold in self.folds:
            for kind in fold.kinds:
                totals[kind] += len(fold)
        # Only the few that are shown are counted by what they were: there may be 100,000.
        ranked = nlargest(KINDS, totals, key=totals.__getitem__)
        before: dict[tuple[str, str], Counter[str]] = {kind: Counter() for kind in ranked}
        for fold in self.folds:
            for kind in fold.kinds:
                if kind in before:
                    before[kind][field_text(kind[0], fold.before.get(kind[0]))] += len(fold)
        shown = [_kind(name, after, was) for (name, after), was in before.items()]
        more = len(totals) - KINDS
        return [*shown, f"and {_more(more, 'kind')} of change"] if more > 0 else shown

    def _fold_lines(self, folds: Sequence[Fold]) -> Iterator[str]:
        left, room, shown = NAMED, LONGEST_LINES, 0
        for fold in folds[:LINES]:
            if room <= 0:
                break
            # One of each kind is named in any case: it may be a label or a policy.
            names = fold.named(max(left, 1))
            left -= len(names)
            if names and len(names) < len(fold):
                names.append(f"and {len(fold) - len(names):,} more")
            line = self._fold_line(fold, "; ".join(names))
            room, shown = room - len(line), shown + 1
            yield line
        rest = folds[shown:]
        if rest:
            yield rest_of(rest, self.noun)

    def _fold_line(self, fold: Fold, names: str) -> str:
        if self.whole:
            verb = "removes" if fold.removes else "makes"
            return f"{verb} {names or counted(len(fold), self.noun)} ({fold.like})"
        verb = "removes" if fold.removes else "changes"
        which = f": {names}" if names else ""
        return f"{verb} {fold.text} on {counted(len(fold), self.noun)}{which}"

    def _left_alone(self) -> Iterator[str]:
        groups: dict[tuple[str, str], list[Subject]] = {}
        for left in self.plan.left_alone:
            groups.setdefault((left.kind, left.reason), []).append(left.subject)
        for (kind, reason), subjects in list(groups.items())[:LINES]:
            names = "; ".join(map(title_of, subjects[:10]))
            more = f"; and {len(subjects) - 10:,} more" if len(subjects) > 10 else ""
            yield f"{kind.replace('_', ' ')}: {names}{more}: {_cut(reason, LONGEST_TEXT)}"
        if len(groups) > LINES:
            yield f"and {_more(len(groups) - LINES, 'reason')}"


def title_of(subject: Subject) -> str:
    """What a reader knows a subject by: its title, and name, model and owner where it has them."""
    about = getattr(subject, "about", "")
    return _cut(f"{subject.title}, {about}" if about else subject.title)


def field_text(name: str, value: Any) -> str:
    """A value of a field in words. A state of a device has the common status before the server's own
    word: ``active (ACTIVE)``."""
    text = value_text(value)
    word = _SERVER_WORD.match(text) if name == "state" else None
    status = status_of(word[0]) if word else None
    if word is None or status in (None, "unknown"):
        return text
    return f"{status} ({word[0]}){text[word.end() :]}"


def value_text(value: Any) -> str:
    """A value in words, in one line."""
    if isinstance(value, str):
        return _cut(printable(value)) or NOTHING
    if _is_empty(value):
        return NOTHING
    if isinstance(value, (list, tuple)):
        return value_text(value[0]) if len(value) == 1 else _cut(", ".join(map(value_text, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cut(printable(str(value)))


def rest_of(folds: Sequence[Fold], noun: str) -> str:
    """What is said of the kinds of change that are not shown one by one."""
    subjects = counted(sum(map(len, folds)), noun)
    return f"and {_more(len(folds), 'kind')} of change on {subjects}"


def _more(count: int, noun: str) -> str:
    """``1 more row``, ``2 more rows``."""
    return f"{count:,} more {noun if count == 1 else plural_of(noun)}"


def _kind(name: str, after: str, before: Counter[str]) -> str:
    is_, becomes = ("are", "become") if name in _PLURALS else ("is", "becomes")
    verb = f"{is_} removed" if after == NOTHING else f"{becomes} {after}"
    was = ", ".join(f"{text} on {count:,}" for text, count in before.most_common(3))
    others = len(before) - 3
    more = f", and {counted(others, 'other values')}" if others > 0 else ""
    return f"{_cut(name)} {verb} on {before.total():,} ({was}{more})"


def _is_empty(value: Any) -> bool:
    return not value and not isinstance(value, (bool, int, float))


def _cut(text: str, longest: int = LONGEST_VALUE) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _key(fields: Mapping[str, Any]) -> str:
    """Fields as something that can be a key, whatever their values are."""
    return repr(sorted(fields.items()) if len(fields) > 1 else list(fields.items()))


# As documents


def as_json(view: View) -> str:
    """The plan as JSON, for machines: a line for each entry of its lists."""
    plan = view.plan
    changes = (
        {**_known(change.subject), "before": dict(change.before), "after": dict(change.after)}
        for change in plan.changes
    )
    left_alone = (
        {**_known(left.subject), "kind": left.kind, "reason": left.reason}
        for left in plan.left_alone
    )
    parts = {
        "version": _json(1),
        "headline": _json(printable(view.headline)),
        "confirm": _json(view.confirm),
        "fleet": _json(plan.fleet),
        "changes": _json_lines(changes),
        "unchanged": _json(len(plan.unchanged)),
        "left_alone": _json_lines(left_alone),
        "limits": _json_lines(view.exceeded()),
        "refusals": _json_lines(plan.refusals),
        "warnings": _json_lines(plan.warnings),
    }
    return "{\n " + ",\n ".join(f'"{name}": {text}' for name, text in parts.items()) + "\n}\n"


def _json_lines(entries: Iterable[Any]) -> str:
    lines = ",\n  ".join(map(_json, entries))
    return f"[\n  {lines}\n ]" if lines else "[]"


# It does not indent, for then it is written in C, and there may be 100,000 lines.
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def _json(value: Any) -> str:
    """A value as JSON in one line, without characters that steer a terminal."""
    text = _ENCODER.encode(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def as_csv(view: View) -> str:
    """The plan as a table: a row for each field that changes, for what is left alone, and for what
    refuses the plan."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["what", "subject", "about", "field", "before", "after", "reason"])
    for fold in view.folds:
        before, after = fold.before, fold.after
        what = "removes" if fold.removes else "changes"
        fields = [
            (
                _cell(name),
                _cell(field_text(name, before.get(name))),
                _cell(field_text(name, after.get(name))),
            )
            for name in fold.names or ("",)
        ]
        for change in fold:
            which = _names(change.subject)
            writer.writerows((what, *which, *field, "") for field in fields)
    for left in view.plan.left_alone:
        writer.writerow((left.kind, *_names(left.subject), "", "", "", _cell(left.reason)))
    for text in view.plan.refusals:
        writer.writerow(("refused", "", "", "", "", "", _cell(text)))
    return file.getvalue()


def as_markdown(view: View) -> str:
    """The plan as a document for a pull request, of at most LONGEST_MARKDOWN characters: a table for
    each section, removals first. A plan without changes is one line."""
    plan = view.plan
    parts = [f"**{_short(view.headline)}**", ""]
    said = [f"> {_short(text)}" for text in (*plan.refusals, *plan.warnings)]
    parts += _fitting(said, len(said), parts, LONGEST_MARKDOWN // 2)
    parts += [f"- limit: {_escaped(text)}" for text in view.exceeded()]
    left = [f"- {_short(text)}" for text in view._left_alone()]
    if plan.changes:
        parts += _facts(view)
        # What is left alone needs some room, too.
        parts += _tables(view, parts, LONGEST_MARKDOWN - (10_000 if left else 1_000))
    if left:
        parts += ["", "Left alone:", ""]
        parts += _fitting(left, len(left), parts, LONGEST_MARKDOWN - 1_000)
    return "\n".join(parts).rstrip("\n") + "\n"


def _facts(view: View) -> list[str]:
    """What a reviewer looks at before the tables."""
    plan = view.plan
    limits = [text for one in (view.limits, view.house) for text in one.stated()]
    removed = sum(len(fold) for fold in view.folds if fold.removes)
    owners = Counter(
        owner for one in plan.changes if (owner := str(getattr(one.subject, "owner", "")))
    )
    facts = {
        "limits": _escaped(", ".join(limits)) or "none",
        **{name: _escaped(text) for name, text in view.facts.items()},
        "confirm": f"`{view.confirm}`" if view.confirm else "",
        "takes something away from": counted(removed, view.noun) if removed else "",
        "unchanged": counted(len(plan.unchanged), view.noun) if plan.unchanged else "",
        "owners": _short(_ranked(owners)),
    }
    return [f"- {name}: {text}" for name, text in facts.items() if text]


def _ranked(owners: Counter[str]) -> str:
    """Those who own most of what changes, each with a count."""
    most = sorted(owners.items(), key=lambda one: (-one[1], one[0]))[:OWNERS]
    names = ", ".join(f"{_cut(name)} ({count:,})" for name, count in most)
    return f"{names}, and {len(owners) - OWNERS:,} more" if len(owners) > OWNERS else names


def _tables(view: View, parts: Sequence[str], room: int) -> list[str]:
    """A table for each section. Each has its share of the room."""
    sections: dict[str, list[Fold]] = {}
    for change in view.plan.changes:
        sections.setdefault(_section(change.subject), [])
    for fold in view.folds:
        sections[_section(fold[0].subject)].append(fold)
    found: list[str] = []
    for number, (section, folds) in enumerate(sections.items()):
        count = counted(sum(map(len, folds)), view.noun)
        heading = ["", f"### {_escaped(section)}: {count}"] if section else []
        found += [*heading, "", "| | Change | Count | Which |", "|---|---|---:|---|"]
        used = sum(len(part) + 1 for part in (*parts, *found))
        share = used + (room - used) // (len(sections) - number)
        found += _fitting(_markdown_rows(folds), len(folds), [*parts, *found], share)
    return found


def _section(subject: Subject) -> str:
    return str(getattr(subject, "section", ""))


def _markdown_rows(folds: Iterable[Fold]) -> Iterator[str]:
    for fold in folds:
        word = "**removes**" if fold.removes else "changes"
        names = "; ".join(map(_escaped, fold.named(5)))
        more = f"; and {len(fold) - 5:,} more" if len(fold) > 5 else ""
        yield f"| {word} | {_short(fold.text)} | {len(fold):,} | {names}{more} |"


def _fitting(rows: Iterable[str], count: int, parts: Sequence[str], room: int) -> list[str]:
    """As many of the rows as fit into a document; the rest is counted.

    Args:
        rows: The rows, made one by one.
        count: How many there are.
        parts: The lines that the document has already.
        room: How many characters the document may have with these rows.
    """
    # Each line ends with a line break.
    length = sum(len(part) + 1 for part in parts)
    kept: list[str] = []
    for row in rows:
        length += len(row) + 1
        if length > room:
            break
        kept.append(row)
    more = count - len(kept)
    if more:
        note = f"… and {_more(more, 'row')}; write the plan as .json or .csv to see all."
        return [*kept, "", note]
    return kept


def _short(text: str) -> str:
    """A text of a document that others must not crowd out."""
    return _escaped(_cut(text, LONGEST_TEXT))


def _escaped(text: str) -> str:
    """A text that Markdown and HTML leave as it is."""
    text = printable(text).replace("\\", "\\\\")
    for char, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, instead)
    for char in "`*_[]|#~":
        text = text.replace(char, f"\\{char}")
    return text


def _names(subject: Subject) -> tuple[str, str]:
    return _cell(subject.title), _cell(getattr(subject, "about", ""))


def _known(subject: Subject) -> dict[str, Any]:
    return {**subject.identity, "title": subject.title, "about": getattr(subject, "about", "")}


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = printable(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
