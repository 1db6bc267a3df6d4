# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put changes together into calls, and send them one by one if the server takes only some of a
call.

It is the same for every product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .._core.errors import AnswerError, ApiError, CredentialsError, ForbiddenError, UemError
from .._core.plan import NOT_SENT, Batch, Change, Outcome


def one_each(changes: Sequence[Change[Any]]) -> list[Batch]:
    """Return a batch for each change."""
    return [Batch((change,), change.write) for change in changes]


def grouped(
    changes: Sequence[Change[Any]],
    most: int,
    apart: Callable[[Change[Any]], str] = lambda _change: "",
) -> list[Batch]:
    """Put changes of equal writes together.

    Args:
        changes: What is to be written.
        most: The most changes in a batch.
        apart: Returns what changes must have in common to go together.

    Returns:
        The batches, in the order of their first changes.
    """
    groups: dict[Any, list[Change[Any]]] = {}
    for change in changes:
        groups.setdefault((change.write, apart(change)), []).append(change)
    return [
        Batch(tuple(same[start : start + most]), write)
        for (write, _apart), same in groups.items()
        for start in range(0, len(same), most)
    ]


# The statuses of a call that one wrong subject can cause, and those of a call that is too long.
ONE_REFUSED = (400, 404)
_TOO_LONG = (413, 414)

# After this many subjects, from all over a batch, are refused one by one for the same reason, the
# fault is not in single subjects.
PROBES = 5


@contextmanager
def of_several(earlier: int) -> Iterator[None]:
    """Send one of the calls that a change takes. After it raised, nobody knows what was done if there
    were ``earlier`` calls, whatever became of this one."""
    try:
        yield
    except UemError as error:
        if earlier:
            error.effect = "unknown"
        raise


@dataclass(frozen=True)
class Fault:
    """Why a subject may not have been written. ``known``: whether it certainly was not."""

    reason: str
    known: bool = True

    @classmethod
    def of(cls, error: UemError) -> Fault:
        """Return the fault of a request that ended with an error."""
        return cls(str(error), error.effect == "none")

    def outcome(self, change: Change[Any], more: str = "", *, known: bool = False) -> Outcome:
        """Return the outcome of a change with this fault.

        Args:
            change: The change.
            more: What was found out later, as a sentence.
            known: Whether it is known by now that nothing was done.
        """
        error = f"{self.reason.rstrip('.')}. {more}" if more else self.reason
        return Outcome(change, error, known=self.known or known)


def assess_failure(error: UemError) -> tuple[Fault, bool]:
    """Judge an error of a write for many subjects.

    A server that is out of order, or did not answer, has been tried several times already.

    Returns:
        Why the write failed, and whether parts of it may be sent again.

    Raises:
        UemError: CredentialsError or ForbiddenError: the server did nothing, and would refuse
            everything else as well.
    """
    if isinstance(error, (CredentialsError, ForbiddenError)):
        raise error
    return Fault.of(error), _may_be_one_subject(error) or (
        isinstance(error, ApiError) and error.status in _TOO_LONG
    )


def _may_be_one_subject(error: UemError) -> bool:
    """Return whether a single subject can be the reason."""
    return isinstance(error, AnswerError) or (
        isinstance(error, ApiError) and error.status in ONE_REFUSED
    )


def one_by_one(
    changes: Sequence[Change[Any]], send: Callable[[Change[Any]], None]
) -> dict[str, Fault]:
    """Send each change in a call of its own.

    Nothing more is sent after an error that every other call would get as well, nor after the first
    few were all refused for the same reason. The first few are from all over the changes, so that a
    few neighbours that cannot be changed do not stop the rest.

    Args:
        changes: What the server did not take as a whole.
        send: Sends one change; raises UemError if the server may not have taken it.

    Returns:
        For the id of each subject that may not have been taken, the reason. All others were taken.
    """
    refused: dict[str, Fault] = {}
    reasons: set[str] = set()
    stop = ""
    step = max(1, -(-len(changes) // PROBES))
    for number, place in enumerate(sorted(range(len(changes)), key=lambda place: place % step), 1):
        change = changes[place]
        if stop:
            refused[change.subject.id] = Fault(f"{NOT_SENT}: {stop}")
            continue
        try:
            send(change)
        except UemError as error:
            refused[change.subject.id] = Fault.of(error)
            path = error.path if isinstance(error, ApiError) else ""
            reasons.add(str(error).replace(path, "") if path else str(error))
            if not _may_be_one_subject(error) or (
                len(refused) == number == PROBES and len(reasons) == 1
            ):
                stop = str(error)
    return refused
