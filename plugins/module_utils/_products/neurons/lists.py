# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading lists of Neurons for MDM that the guide does not describe in full, and one thing of many
devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ..._core.device import Device
from ..._core.errors import AbsentError, AnswerError, ApiError, NotFoundError
from ..._http.paging import Page, Spot, read_all
from ..._http.parallel import each
from ..._http.request import Query
from ..._http.transport import Transport
from .answers import rows_of

Read = TypeVar("Read")


def read_whole(
    ask: Callable[..., Any],
    read: Callable[[Mapping[str, Any]], Read],
    key: Callable[[Read], str],
    what: str,
    query: Query = (),
) -> list[Read]:
    """All of a list of which the guide shows no parameters for pages: as it comes, and, where that
    is only a part of what the server counts, the rest with ``start`` and ``rows`` ("API Basics").

    Args:
        ask: sends the call; takes ``query``.
        read: makes something of a row.
        key: what tells two of them apart.
        what: what the rows are called in messages.
        query: what the call is sent besides.

    Raises:
        AnswerError: it does not add up, or the server refuses ``start`` and ``rows``.
    """
    rows = 0

    def fetch(spot: Spot) -> Page[Read]:
        nonlocal rows
        paging = [("start", str(spot.start)), ("rows", str(rows))] if spot.start else []
        try:
            answer = ask(query=[*query, *paging])
        except ApiError as error:
            if not paging or error.status != 400:
                raise
            raise AnswerError(
                f"The server counts more {what} than the {rows} it sent, and refuses the rest. "
                f"{error}"
            ) from None
        found, total, _after = rows_of(answer, f"The list of {what}")
        rows = rows if spot.start else len(found)
        return Page([read(row) for row in found], total)

    return read_all(fetch, key=key, what=what)


def read_present(
    transport: Transport, read: Callable[[Device], Read], devices: Sequence[Device]
) -> tuple[list[tuple[Device, Read]], list[tuple[Device, str]]]:
    """Read something of each device that is still there.

    Args:
        transport: whose settings say how many are read at a time.
        read: reads it of one device; raises AbsentError where the server cannot have it.
        devices: the devices.

    Returns:
        The devices with what was read of them, and those without it, each with the reason: it
        vanished since it was listed, or ``read`` raised AbsentError.

    Raises:
        NotFoundError: all have vanished, for that many do not.
    """

    def attempt(device: Device) -> Read | AbsentError | NotFoundError:
        try:
            return read(device)
        except (AbsentError, NotFoundError) as error:
            return error

    answers = each(attempt, devices, transport.settings.concurrency)
    gone = [answer for answer in answers if isinstance(answer, NotFoundError)]
    if gone and len(gone) == len(answers):
        raise gone[0]
    there: list[tuple[Device, Read]] = []
    skipped: list[tuple[Device, str]] = []
    for device, answer in zip(devices, answers, strict=True):
        if isinstance(answer, (AbsentError, NotFoundError)):
            skipped.append((device, str(answer)))
        else:
            there.append((device, answer))
    return there, skipped
