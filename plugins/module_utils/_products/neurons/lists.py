# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lists and values of Neurons for MDM have in common that the guide does not describe in
full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any, TypeVar

from ..._core.device import Device
from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AbsentError, AnswerError, ApiError, NotFoundError
from ..._http.paging import Page, Spot, read_all
from ..._http.request import Query
from ..._http.transport import Transport
from . import wire

Read = TypeVar("Read")


def read_whole(
    transport: Transport,
    endpoint: Endpoint,
    read: Callable[[Mapping[str, Any]], Any],
    key: Callable[[Any], str],
    what: str,
    *,
    path: Mapping[str, Segment],
    query: Query = (),
) -> list[Any]:
    """All of a list of which the guide shows no parameters for pages: as it comes, and, where that
    is only a part of what the server counts, the rest with ``start`` and ``rows`` ("API Basics").
    Raises AnswerError when it does not add up, or when the server refuses these."""
    rows = 0

    def fetch(spot: Spot) -> Page[Any]:
        nonlocal rows
        paging = [("start", str(spot.start)), ("rows", str(rows))] if spot.start else []
        try:
            answer = transport.call(endpoint, path=path, query=[*query, *paging])
        except ApiError as error:
            if not paging or error.status != 400:
                raise
            raise AnswerError(
                f"The server counts more {what} than the {rows} it sent, and refuses the rest. "
                f"{error}"
            ) from None
        found, total, _after = wire.rows_of(answer, f"The list of {what}")
        rows = rows if spot.start else len(found)
        return Page([read(row) for row in found], total)

    return read_all(fetch, key=key, what=what)


def read_present(
    transport: Transport, read: Callable[[Device], Read], devices: Sequence[Device]
) -> tuple[list[tuple[Device, Read]], list[tuple[Device, str]]]:
    """What a read answers of each device, and those of which nothing can be read, with the reason:
    they vanished since they were listed, or ``read`` raised AbsentError. Raises NotFoundError where
    all have vanished, for that many do not."""

    def attempt(device: Device) -> Read | AbsentError | NotFoundError:
        try:
            return read(device)
        except (AbsentError, NotFoundError) as error:
            return error

    with ThreadPoolExecutor(transport.settings.concurrency) as pool:
        each = list(pool.map(attempt, devices))
    gone = [answer for answer in each if isinstance(answer, NotFoundError)]
    if gone and len(gone) == len(each):
        raise gone[0]
    pairs = list(zip(devices, each, strict=True))
    there = [
        (device, answer)
        for device, answer in pairs
        if not isinstance(answer, (AbsentError, NotFoundError))
    ]
    return there, [
        (device, str(answer))
        for device, answer in pairs
        if isinstance(answer, (AbsentError, NotFoundError))
    ]


def flag(raw: Any) -> bool | None:
    """A boolean; None for anything else, which is no answer."""
    return raw if isinstance(raw, bool) else None


def whole(raw: Any) -> int | None:
    """A whole number; None for anything else."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def text_or_none(raw: Any) -> str | None:
    return None if raw is None else wire.text_of(raw)


def seconds(raw: Any) -> float | None:
    """Seconds since 1970 of thousandths, also as text; None for anything else, and for what is no
    time of this age."""
    text = wire.text_of(raw).strip()
    if isinstance(raw, bool) or not text.removeprefix("-").isdecimal() or len(text) > 18:
        return None
    return int(text) / 1000 if time_of(int(text)) else None


def time_of(raw: Any) -> str | None:
    """A time as ``2020-11-09T07:38:22Z`` of thousandths since 1970; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    try:
        moment = datetime.fromtimestamp(raw / 1000, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
