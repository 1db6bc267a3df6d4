# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One plan of all sections, and what carries it out in a safe order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import Device
from ..._core.errors import UemError
from ..._core.plan import (
    HARMLESS,
    NOT_SENT,
    Batch,
    Change,
    LeftAlone,
    Outcome,
    Plan,
    Subject,
    Writer,
)
from ..label_definitions.model import Creation
from ..labels.calls import Labels
from .declaration import LABEL_DEFINITIONS, LABELS, POLICIES, SECTIONS
from .sections import Part

_ORDER = [section.name for section in SECTIONS]


@dataclass(frozen=True)
class InSection:
    """A subject of one section. A device is a subject of each of its sections.

    Attributes:
        section: The section.
        subject: The subject in its family.
        state: What distinguishes it from the same subject in another plan of the section, or "".
        ring: The ring of its change, or 0 where there are none.
    """

    section: str
    subject: Subject
    state: str = ""
    ring: int = 0

    @property
    def id(self) -> str:
        """The text that distinguishes it from others."""
        return f"{self.section} {self.state} {_key(self.subject)}"

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return self.subject.title

    @property
    def identity(self) -> Mapping[str, Any]:
        """The fields that identify it in a result."""
        ring = {"ring": self.ring} if self.ring else {}
        return {"section": self.section, **self.subject.identity, **ring}

    @property
    def about(self) -> str:
        """What a reader knows it by besides its title."""
        return str(getattr(self.subject, "about", ""))

    @property
    def guid(self) -> str:
        """The guid of a device, or ""."""
        return str(getattr(self.subject, "guid", ""))

    @property
    def serial(self) -> str:
        """The serial number of a device, or ""."""
        return str(getattr(self.subject, "serial", ""))

    @property
    def owner(self) -> str:
        """Whose device it is, or ""."""
        return str(getattr(self.subject, "owner", ""))


def _key(subject: Subject) -> str:
    """Return what distinguishes a subject within its section. Labels have no id before they are made,
    nor have policies on them."""
    return f"{subject.id} {subject.title}"


@dataclass(frozen=True)
class _Own:
    """A change as its family planned it, and the writer of the family."""

    change: Change[Any]
    writer: Writer


def one_plan(parts: Iterable[Part]) -> Plan:
    """Return the plans of all sections as one plan."""
    return Plan.joined(map(_in_section, parts))


def _in_section(part: Part) -> Plan:
    """Return a plan whose subjects are those of its section."""
    plan = part.plan
    return replace(
        plan,
        changes=tuple(_wrapped(change, part) for change in plan.changes),
        unchanged=tuple(InSection(part.section, one, part.state) for one in plan.unchanged),
        left_alone=tuple(_left(one, part) for one in plan.left_alone),
    )


def _wrapped(change: Change[Any], part: Part) -> Change[Any]:
    """Return a change of one section as a change of all."""
    is_device = isinstance(change.subject, Device)
    return replace(
        change,
        subject=InSection(part.section, change.subject, part.state),
        before=_named(change.before, part.section),
        after=_named(change.after, part.section),
        write=_Own(change, part.writer),
        device=change.subject.id if is_device else "",
    )


def _left(left: LeftAlone, part: Part) -> LeftAlone:
    subject = InSection(part.section, left.subject, part.state)
    change = None if left.change is None else _wrapped(left.change, part)
    return replace(left, subject=subject, change=change)


def _named(fields: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Return fields with their section: an attribute may have the name of a configuration."""
    return {
        name if name == section else f"{section}.{name}": value for name, value in fields.items()
    }


class StateWriter:
    """Carries the changes of all sections out, each by the writer of its family.

    Args:
        labels: The calls about labels, which have to know the labels that are made meanwhile.
    """

    def __init__(self, labels: Labels | None) -> None:
        self._labels = labels
        self._unmade: set[str] = set()

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer. The order of the sections is that of their phases."""
        groups: dict[tuple[int, int], list[Change[Any]]] = {}
        for change in changes:
            groups.setdefault((_phase(change), id(change.write.writer)), []).append(change)
        found = []
        for (phase, _writer), same in groups.items():
            writer = same[0].write.writer
            outer_of = {_key(change.subject.subject): change for change in same}
            for batch in writer.batches([change.write.change for change in same]):
                outer = tuple(outer_of[_key(change.subject)] for change in batch.changes)
                found.append(Batch(outer, batch, phase))
        return found

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer."""
        first = batch.changes[0]
        section, writer, inner = first.subject.section, first.write.writer, batch.write
        missing = self._needed(section, inner)
        if missing:
            outcomes = self._without(section, writer, inner, missing)
        elif section == LABEL_DEFINITIONS:
            outcomes = self._defined(writer, inner)
        else:
            outcomes = writer.write(inner)
        outer_of = {_key(change.subject.subject): change for change in batch.changes}
        return [replace(one, change=outer_of[_key(one.change.subject)]) for one in outcomes]

    def _defined(self, writer: Writer, inner: Batch) -> list[Outcome]:
        """Make or delete labels, and remember which were not made."""
        new = {
            change.write.wanted.name
            for change in inner.changes
            if isinstance(change.write, Creation)
        }
        self._unmade |= new
        outcomes = writer.write(inner)
        done = {
            outcome.change.write.wanted.name
            for outcome in outcomes
            if outcome.word == "changed" and isinstance(outcome.change.write, Creation)
        }
        self._unmade -= done
        if done and self._labels is not None:
            # Which labels are global decides how devices are put on them. Where that cannot be read,
            # the writes show it.
            with suppress(UemError):
                self._labels.labels()
        return outcomes

    def _needed(self, section: str, inner: Batch) -> frozenset[str]:
        """Return the labels that a batch needs and that were not made."""
        if section == LABELS:
            return frozenset(inner.write.add) & self._unmade
        if section == POLICIES:
            return frozenset({inner.changes[0].subject.label}) & self._unmade
        return frozenset()

    def _without(
        self, section: str, writer: Writer, inner: Batch, missing: frozenset[str]
    ) -> list[Outcome]:
        """Carry out what does not need labels that were not made."""
        names = ", ".join(map(repr, sorted(missing)))
        reason = f"{NOT_SENT}: the label {names} could not be made"
        if section != LABELS:
            return [Outcome(change, reason) for change in inner.changes]
        rest = replace(
            inner.write, add=tuple(name for name in inner.write.add if name not in missing)
        )
        if not rest.add and not rest.remove:
            return [Outcome(change, reason) for change in inner.changes]
        changes = tuple(replace(change, write=rest) for change in inner.changes)
        done = writer.write(replace(inner, changes=changes, write=rest))
        by_id = {change.subject.id: change for change in inner.changes}
        return [
            replace(one, change=by_id[one.change.subject.id]).failing(reason, taken=one.acted)
            if one.error is None
            else replace(one, change=by_id[one.change.subject.id])
            for one in done
        ]


def _phase(change: Change[Any]) -> int:
    """Return when a change is written: what takes something away comes last."""
    place = _ORDER.index(change.subject.section)
    return place if change.harm == HARMLESS else 2 * len(_ORDER) - place
