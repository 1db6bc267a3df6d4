# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes put together into calls, and sent one by one where the server takes only some of a call;
the same for every product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.errors import AnswerError, ApiError, CredentialsError, ForbiddenError, UemError
from .._core.plan import Batch, Change


def one_each(changes: Sequence[Change[Any]]) -> list[Batch]:
    """Each change by itself."""
    return [Batch((change,), change.write) for change in changes]


def grouped(
    changes: Sequence[Change[Any]],
    most: int,
    apart: Callable[[Change[Any]], str] = lambda _change: "",
) -> list[Batch]:
    """Changes of equal writes together.

    Args:
        changes: What is to be written.
        most: The most changes in a batch.
        apart: What changes must have in common to go together.

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


# What a server may answer to a call of which it does not take one subject, or which is too long.
NOT_ONE = (400, 404)
_TOO_LONG = (413, 414)

# When the first five, from all over a batch, are refused alone as well, for the same reason, it is
# not one of them that is wrong.
PROBES = 5


def open_end(error: UemError) -> tuple[str, bool]:
    """What an error of a write for many subjects leaves open.

    A server that is out of order, or did not answer, was asked several times already.

    Returns:
        Why the write failed, and whether parts of it may be sent again.

    Raises:
        CredentialsError, ForbiddenError: The server did nothing, and would do nothing else either.
    """
    if isinstance(error, (CredentialsError, ForbiddenError)):
        raise error
    return str(error), _is_of_one(error) or (
        isinstance(error, ApiError) and error.status in _TOO_LONG
    )


def _is_of_one(error: UemError) -> bool:
    """Whether a single subject can be the reason."""
    return isinstance(error, AnswerError) or (
        isinstance(error, ApiError) and error.status in NOT_ONE
    )


def one_by_one(
    changes: Sequence[Change[Any]], send: Callable[[Change[Any]], None]
) -> dict[str, str]:
    """Send changes each alone.

    Nothing more is sent after an error that any other would get as well, nor when the first few
    were all refused for the same reason. These are from all over the changes, so that some
    neighbours that cannot be done keep no other from it.

    Args:
        changes: What the server did not take as a whole.
        send: Sends one of them; raises UemError when the server did not take it for certain.

    Returns:
        By the id of the subject why it was not taken for certain; the others were.
    """
    refused: dict[str, str] = {}
    reasons: set[str] = set()
    stop = ""
    step = max(1, -(-len(changes) // PROBES))
    for number, place in enumerate(sorted(range(len(changes)), key=lambda place: place % step), 1):
        change = changes[place]
        if stop:
            refused[change.subject.id] = f"not sent: {stop}"
            continue
        try:
            send(change)
        except UemError as error:
            refused[change.subject.id] = str(error)
            reasons.add(
                str(error).replace(error.path, "") if isinstance(error, ApiError) else str(error)
            )
            if not _is_of_one(error) or (len(refused) == number == PROBES and len(reasons) == 1):
                stop = str(error)
    return refused
