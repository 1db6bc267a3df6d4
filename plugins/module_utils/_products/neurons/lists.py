# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read lists of Neurons for MDM that the guide does not describe in full, and one fact about many
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
    """Read a list for which the guide shows no parameters for pages: what the server counts and did
    not send is read with ``start`` and ``rows`` ("API Basics").

    Args:
        ask: Sends the call; takes ``query``.
        read: Makes an item of a row.
        key: Returns what distinguishes an item from the others.
        what: The words for the items in messages.
        query: The parameters of the call.

    Raises:
        AnswerError: The list is not complete, or the server refuses ``start`` and ``rows``.
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
    """Read something about each device that still exists.

    Args:
        transport: Its settings say how many devices are read at a time.
        read: Reads it for one device; raises AbsentError if the server does not have it.
        devices: The devices.

    Returns:
        The devices with what was read, and the others, each with the reason: it vanished since it
        was listed, or ``read`` raised AbsentError.

    Raises:
        NotFoundError: All devices have vanished, which is not believable.
    """

    def attempt(device: Device) -> Read | AbsentError | NotFoundError:
        try:
            return read(device)
        except (AbsentError, NotFoundError) as error:
            return error

    answers = each(attempt, devices, transport.settings.concurrency)
    vanished = [answer for answer in answers if isinstance(answer, NotFoundError)]
    if vanished and len(vanished) == len(answers):
        raise vanished[0]
    present: list[tuple[Device, Read]] = []
    skipped: list[tuple[Device, str]] = []
    for device, answer in zip(devices, answers, strict=True):
        if isinstance(answer, (AbsentError, NotFoundError)):
            skipped.append((device, str(answer)))
        else:
            present.append((device, answer))
    return present, skipped
