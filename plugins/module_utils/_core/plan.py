# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what a run would write, decided before anything is written.

Check mode returns it, diff mode shows it, the executor carries it out; so the three cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from .errors import OptionError, RefusedError


class Subject(Protocol):
    """What can be brought to a desired state: a device, an alert, a policy on a label.

    ``id`` tells it from every other subject of its plan, ``title`` is what messages and diffs call
    it, and ``identity`` is how a result names it.
    """

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def identity(self) -> Mapping[str, Any]: ...


Of_co = TypeVar("Of_co", bound=Subject, covariant=True)


@dataclass(frozen=True)
class Change(Generic[Of_co]):
    """One subject that is to be written.

    ``before`` and ``after`` hold the managed fields that differ, and nothing else. ``write`` is
    what the product's writer needs to carry the change out.
    """

    subject: Of_co
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    write: Any


@dataclass(frozen=True)
class Plan:
    """All that was decided: ``refusals`` are sentences, and while there is one nothing may be
    written."""

    changes: tuple[Change[Any], ...] = ()
    unchanged: tuple[Subject, ...] = ()
    refusals: tuple[str, ...] = ()

    def require_permission(self) -> None:
        """Raise RefusedError with every refusal of the plan, or return."""
        if self.refusals:
            raise RefusedError(" ".join(self.refusals))


def counted(number: int, noun: str) -> str:
    """``1 device``, ``2 devices``."""
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


@dataclass(frozen=True)
class Limits:
    """The blast radius that the author allows: devices to change, as a count and as a percentage of
    the fleet."""

    max_devices: int | None = None
    max_percent: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("max_devices", self.max_devices), ("max_percent", self.max_percent)):
            if value is not None and not 0 <= value < float("inf"):
                raise OptionError(
                    f"{name}: {value} is not a limit; give 0 or more, or leave it out."
                )
        if self.max_percent is not None and self.max_percent > 100:
            raise OptionError(
                f"max_percent: {self.max_percent:g} limits nothing; give 100 or less, or leave it "
                "out."
            )

    def refusals(
        self, *, changes: int, fleet: int | None, noun: str = "devices"
    ) -> tuple[str, ...]:
        """The limits that so many changes would exceed. ``fleet``: how many there are on the
        server, needed for a percentage. ``noun``: what they are."""
        found = []
        if self.max_devices is not None and changes > self.max_devices:
            found.append(
                f"Refused: the plan changes {counted(changes, noun)} and max_devices is "
                f"{self.max_devices}; nothing was written. Look at the plan with --check --diff, "
                f"then select fewer {noun} or raise max_devices."
            )
        if (
            self.max_percent is not None
            and changes
            and changes * 100 > self.max_percent * (fleet or 0)
        ):
            share = f"{changes * 100 / fleet:.2f} %" if fleet else "more than all"
            found.append(
                f"Refused: the plan changes {changes} of {fleet or 0} {noun} ({share}) and "
                f"max_percent is {self.max_percent:g}; nothing was written. Look at the plan with "
                f"--check --diff, then select fewer {noun} or raise max_percent."
            )
        return tuple(found)


@dataclass(frozen=True)
class Outcome:
    """What became of one change: ``error`` is the sentence why it failed, or None when the server
    took it.

    ``returned``: what the server gave back for it, which may be secret.
    """

    change: Change[Any]
    error: str | None = None
    returned: Mapping[str, Any] = field(default_factory=dict)


def failures(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes that failed."""
    return tuple(outcome for outcome in outcomes if outcome.error is not None)
