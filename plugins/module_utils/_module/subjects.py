# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of many subjects, several at a time, and the rows of devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .._core.device import Device
from .._core.selection import Found
from .._core.vocabulary import SERVER
from .._http.parallel import each
from .._http.progress import PROGRESS
from .run import Result, Run

Subject = TypeVar("Subject")
Read = TypeVar("Read")


def read_each(
    read: Callable[[Subject], Read], subjects: Iterable[Subject], run: Run[Any]
) -> list[Read]:
    """Call a read for each subject, several at a time. Return the results in their order."""
    every = list(subjects)
    PROGRESS.add(to_read=len(every))

    def counted(subject: Subject) -> Read:
        found = read(subject)
        PROGRESS.add(read=1)
        return found

    return each(counted, every, run.concurrency)


def with_server(rows: Iterable[Mapping[str, Any]], run: Run[Any]) -> list[dict[str, Any]]:
    """Return rows of devices, each with the address of its server: a device is one registration on
    one server."""
    server = run.client.transport.settings.server
    return [{**row, SERVER: server} for row in rows]


def left_out(found: Found, skipped: Iterable[tuple[Device, str]]) -> Result:
    """Return the keys of a result about devices that have no row.

    They are ``missing``, the names that no device has, and ``unreadable``, the devices that could
    not be read.

    Args:
        found: The result of the search for devices.
        skipped: Devices that could not be read, with the reason.
    """
    rows = [{**device.identity, "reason": reason} for device, reason in skipped]
    return {"missing": [ref.value for ref in found.missing], "unreadable": rows}
