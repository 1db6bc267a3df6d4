# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what a run would write, decided before anything is written.

Check mode returns it, diff mode shows it, and the pipeline carries it out; so the three cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from .errors import OptionError, UemError
from .wording import counted, numbered, singular_of

# How the error of a change begins that was not sent because an earlier failure is about all of them.
NOT_SENT = "not sent"

# What a plan leaves alone, by the word that results have for it. SKIPPED: it does not exist.
# INELIGIBLE: it cannot take the change. PROTECTED: the author forbade it. UNDER_WAY: something else
# happens to it. UNKNOWN: what it is cannot be seen. IMPOSSIBLE: the change is needed and cannot be
# made, which is a failure.
SKIPPED = "skipped"
INELIGIBLE = "ineligible"
PROTECTED = "protected"
UNDER_WAY = "under_way"
UNKNOWN = "unknown"
IMPOSSIBLE = "failed"


# The classes of harm. DESTROYS: nobody can restore it. TAKES_AWAY: somebody loses access,
# protection, data or a setting, and the server does not keep what it was. HARMLESS: all else.
HARMLESS = "harmless"
TAKES_AWAY = "takes away"
DESTROYS = "destroys"


# The kinds of refusals, for plays that decide by them. LIMIT: of the task or of the house. GUARD: a
# confirm that lacks or is of another plan, and limits of destructive actions, which count the journal.
# PROTECTED and INELIGIBLE: what is protected cannot be known, or some cannot take the change.
LIMIT, GUARD, OTHER = "limit", "guard", "other"

# What limits are called: options of a task, and variables of the environment for every task.
OPTION_NAMES = ("max_devices", "max_percent")
HOUSE_NAMES = ("IVANTI_UEM_MAX_DEVICES", "IVANTI_UEM_MAX_PERCENT")


class Subject(Protocol):
    """What a module sets: a device, an alert, a policy on a label."""

    @property
    def id(self) -> str:
        """What tells it from every other subject of its plan."""

    @property
    def title(self) -> str:
        """What messages and diffs call it."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """How a result names it."""


Of = TypeVar("Of", bound=Subject)
Of_co = TypeVar("Of_co", bound=Subject, covariant=True)


@dataclass(frozen=True)
class Change(Generic[Of_co]):
    """One subject that is to be written.

    ``before`` and ``after`` hold the managed fields that differ, and nothing else. ``write`` is
    what the writer needs to carry the change out. ``certain`` is False where nobody can tell
    beforehand whether the write changes anything: then the prediction is "unknown". ``answered``:
    whether the answer to such a write says it; then the run counts as a change. ``harm``: its
    class, from the tables. ``devices``: how many devices it is about; for limits at least one. ``device``:
    the id of the only device that it is about, where a plan may have several changes of it.
    """

    subject: Of_co
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    write: Any
    certain: bool = True
    harm: str = HARMLESS
    devices: int = 1
    device: str = ""
    answered: bool = False


@dataclass(frozen=True)
class LeftAlone:
    """A subject that gets no write, and why. ``kind``: one of the words above. ``change``: what
    would have been done, where it is impossible."""

    subject: Subject
    kind: str
    reason: str
    change: Change[Any] | None = None


@dataclass(frozen=True)
class Plan:
    """All that was decided. ``refusals`` are sentences; while there is one, nothing is written.
    ``fleet``: how many subjects the server has, where that is known. ``final``: no confirm and no
    option can permit it. ``causes``: the kinds of the refusals, where they are known."""

    changes: tuple[Change[Any], ...] = ()
    unchanged: tuple[Subject, ...] = ()
    left_alone: tuple[LeftAlone, ...] = ()
    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fleet: int | None = None
    final: bool = False
    causes: tuple[str, ...] = ()

    @classmethod
    def joined(cls, plans: Iterable[Plan]) -> Plan:
        """One plan with all of several. The fleet is not known: each may count other subjects."""
        parts = tuple(plans)
        return cls(
            tuple(change for part in parts for change in part.changes),
            tuple(subject for part in parts for subject in part.unchanged),
            tuple(left for part in parts for left in part.left_alone),
            tuple(refusal for part in parts for refusal in part.refusals),
            tuple(warning for part in parts for warning in part.warnings),
            final=any(part.final for part in parts),
            causes=tuple(cause for part in parts if part.refusals for cause in part.refused_by),
        )

    @property
    def subjects(self) -> tuple[Any, ...]:
        """The subjects that would be written."""
        return tuple(change.subject for change in self.changes)

    @property
    def devices(self) -> int:
        """How many devices the changes are about, for limits: what has no device counts as one."""
        return _devices_of(self.changes)

    @property
    def reaches_devices(self) -> bool:
        """Whether the changes are about any device, and not, say, about a label that has none."""
        return any(change.device or change.devices for change in self.changes)

    @property
    def taken(self) -> int:
        """From how many devices something is taken away."""
        return _devices_of(one for one in self.changes if one.harm == TAKES_AWAY)

    def of_kind(self, kind: str) -> tuple[LeftAlone, ...]:
        """What is left alone for reasons of one kind."""
        return tuple(left for left in self.left_alone if left.kind == kind)

    def leaving_alone(self, left: Iterable[LeftAlone]) -> Plan:
        """The plan with more that is left alone."""
        return replace(self, left_alone=(*self.left_alone, *left))

    def leaving(self, kind: str, reasons: Mapping[str, str]) -> Plan:
        """The plan without the changes of some subjects; by id the reason for each of them."""
        changes = tuple(change for change in self.changes if change.subject.id not in reasons)
        left = tuple(
            LeftAlone(change.subject, kind, reasons[change.subject.id])
            for change in self.changes
            if change.subject.id in reasons
        )
        return replace(self, changes=changes).leaving_alone(left)

    def settling(self, done: Collection[str]) -> Plan:
        """The plan with the changes of some subjects, by id, as unchanged."""
        changes = tuple(change for change in self.changes if change.subject.id not in done)
        settled = tuple(change.subject for change in self.changes if change.subject.id in done)
        return replace(self, changes=changes, unchanged=(*self.unchanged, *settled))

    def skipping(
        self,
        missing: Iterable[Of],
        noun: str = "devices",
        reasons: Mapping[Of, str] | None = None,
    ) -> Plan:
        """The plan with the names of what does not exist. ``reasons``: of those of which more is known."""
        unknown, known = f"unknown {singular_of(noun)}", reasons or {}
        return self.leaving_alone(
            LeftAlone(one, SKIPPED, known.get(one, unknown)) for one in missing
        )

    def of_fleet(self, fleet: int | None) -> Plan:
        """The plan with the number of subjects that the server has."""
        return replace(self, fleet=fleet)

    def refusing(self, refusals: Iterable[str], cause: str = OTHER) -> Plan:
        """The plan with more refusals. ``cause``: their kind."""
        found = tuple(refusals)
        causes = (*self.causes, cause) if found else self.causes
        return replace(self, refusals=(*self.refusals, *found), causes=causes)

    @property
    def refused_by(self) -> list[str]:
        """The kinds of its refusals, each once."""
        return list(dict.fromkeys(self.causes)) or [OTHER]

    def forbidding(self, refusals: Iterable[str]) -> Plan:
        """The plan with refusals that nothing lifts but another server, account or task."""
        found = tuple(refusals)
        return replace(self.refusing(found), final=self.final or bool(found))

    def warning(self, *warnings: str) -> Plan:
        """The plan with more warnings."""
        return replace(self, warnings=(*self.warnings, *filter(None, warnings)))


def _devices_of(changes: Iterable[Change[Any]]) -> int:
    """How many devices changes are about. A device that several changes name counts once."""
    named: set[str] = set()
    others = 0
    for change in changes:
        if change.device:
            named.add(change.device)
        else:
            others += max(1, change.devices)
    return len(named) + others


def share_of(percent: float, fleet: int) -> Decimal:
    """A percentage of a fleet. 77.6 % of 1,625 are 1,261, and not a little less."""
    return Decimal(repr(percent)) * fleet / 100


def percent_needed(changes: int, fleet: int) -> str:
    """The least percentage of a fleet, with two places, that allows a number of changes; "" where
    none does."""
    least = -(-changes * 10_000 // fleet) / 100 if fleet else 0
    return f"{least:g}" if 0 < least <= 100 else ""


@dataclass(frozen=True)
class Limits:
    """The blast radius that is allowed: devices to change, as a count and as a percentage of the
    fleet. ``house``: it is that of the environment, and not the author's."""

    max_devices: int | None = None
    max_percent: float | None = None
    house: bool = False

    def __post_init__(self) -> None:
        for name, value in zip(self.names, (self.max_devices, self.max_percent), strict=True):
            if value is not None and not 0 <= value < float("inf"):
                raise OptionError(
                    f"{name}: {value} is not a limit; give 0 or more, or leave it out."
                )
        if self.max_percent is not None and self.max_percent > 100:
            raise OptionError(
                f"{self.names[1]}: {self.max_percent:g} limits nothing; give 100 or less, or leave "
                "it out."
            )

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Limits:
        """The limits of a task's options. Raises OptionError for what is not a limit."""
        return cls(params.get("max_devices"), params.get("max_percent"))

    @property
    def names(self) -> tuple[str, str]:
        """What they are called: options, or variables of the environment."""
        return HOUSE_NAMES if self.house else OPTION_NAMES

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return self.max_devices is not None or self.max_percent is not None

    @property
    def need_fleet(self) -> bool:
        """Whether the size of the fleet has to be known."""
        return self.max_percent is not None

    def excess(self, changes: int, fleet: int | None) -> list[tuple[str, str, str]]:
        """The limits that a number of changes exceeds.

        Returns:
            Of each its name, its value, and what it would have to be; "" where no value is enough,
            or the fleet is not known.
        """
        found = []
        if self.max_devices is not None and changes > self.max_devices:
            found.append((self.names[0], str(self.max_devices), str(changes)))
        # A label or a policy counts besides its devices, so that more than all of them may change.
        percent = 100 if self.max_percent is None else self.max_percent
        if percent < 100 and changes > share_of(percent, fleet or 0):
            needed = percent_needed(changes, fleet or 0)
            found.append((self.names[1], f"{percent:g}", needed))
        return found

    def stated(self) -> list[str]:
        """The limits that there are, each with its value."""
        values = (self.max_devices, self.max_percent)
        named = zip(self.names, values, strict=True)
        return [f"{name} is {value:g}" for name, value in named if value is not None]

    def exceeded(self, changes: int, fleet: int | None) -> list[str]:
        """The limits that a number of changes exceeds, with what they would have to be."""
        return [
            f"{name} is {value}" + (f" and would have to be {needed}" if needed else "")
            for name, value, needed in self.excess(changes, fleet)
        ]

    def refusals(
        self, *, changes: int, fleet: int | None, noun: str = "devices"
    ) -> tuple[str, ...]:
        """The sentences about the limits that a number of changes would exceed.

        Args:
            changes: how many there are.
            fleet: how many subjects the server has, needed for a percentage.
            noun: what the subjects are called.
        """
        found = []
        for name, value, needed in self.excess(changes, fleet):
            what = counted(changes, noun)
            if name == self.names[1] and fleet is not None:
                share = f"{changes * 100 / fleet:.2f} %" if fleet else "more than all"
                what = f"{changes} of {numbered(fleet, noun)} ({share})"
            found.append(
                f"Refused: the plan changes {what} and {name} is {value}; nothing was written. Look "
                f"at the plan in the result, then select fewer {self._remedy(noun, name, needed)}"
            )
        return tuple(found)

    def _remedy(self, noun: str, name: str, needed: str) -> str:
        to = f" (to {needed})" if needed else ""
        if self.house:
            return f"{noun}, or have {name} raised{to}: no option and no confirm lifts it."
        return f"{noun} or raise {name}{to}."


@dataclass(frozen=True)
class Batch:
    """Changes that one call carries out together. ``phase``: a batch is sent after all batches of
    lower phases."""

    changes: tuple[Change[Any], ...]
    write: Any
    phase: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one change.

    ``error``: the sentence why it failed or why nobody knows, or None. ``known`` is False where
    nobody can tell whether it was done: with an error the server may have done it, without one it
    took it, and nothing shows whether that changed anything. ``taken``: the server took it, also
    where it failed later. ``returned``: what the server gave back, which may be secret.
    ``warning``: what the author should know although it did not fail.
    """

    change: Change[Any]
    error: str | None = None
    known: bool = True
    taken: bool = False
    returned: Mapping[str, Any] = field(default_factory=dict)
    warning: str = ""

    @classmethod
    def of(cls, change: Change[Any], error: UemError) -> Outcome:
        """The outcome of a change whose request ended with an error."""
        return cls(change, str(error), known=error.effect == "none")

    @property
    def word(self) -> str:
        """How results call it: ``changed``, ``failed`` or ``unknown``."""
        if not self.known:
            return UNKNOWN
        return "changed" if self.error is None else "failed"

    @property
    def failed(self) -> bool:
        """Whether it certainly failed."""
        return self.word == "failed"

    @property
    def acted(self) -> bool:
        """Whether the server did something, or may have. A change that is taken and may have been
        there already does not count."""
        return self.taken or self.word == "changed" or (self.error is not None and not self.known)

    def failing(self, error: str, *, taken: bool = False) -> Outcome:
        """The same change, as a failure. ``taken``: the server took it all the same."""
        return replace(self, error=error, known=True, taken=taken)


class Writer(Protocol):
    """What carries changes of one family out."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Changes put together into as few calls as the product allows. Sends nothing that writes.
        Raises OptionError for what cannot be sent at all."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


def failures(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes that failed."""
    return tuple(outcome for outcome in outcomes if outcome.failed)


def doubts(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes of what the server may have done, and nobody knows."""
    return tuple(one for one in outcomes if one.error is not None and not one.known)
