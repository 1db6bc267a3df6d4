# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bitmaps of devices that were read through API v2. Only API v1 has them.

They say why a device is not compliant, in quarantine or blocked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from ..._core.device import Device
from ..._core.errors import AnswerError
from ..._core.wording import numbered
from .devices import with_bitmaps
from .v1 import FEW_LOOKUPS, STATUSES, UNLISTED_STATUSES, V1, Read

# The statuses that a server sends if API v1 is switched off, removed, or not for this account. For
# 404 there is AbsentError.
NO_V1 = (403, 405, 410, 501)

# The rows of a list that cost about as much as a separate request for one device.
LIST_ROWS = 20


def read_bitmaps(v1: V1, devices: Sequence[Device], count: Callable[[str], int]) -> list[Device]:
    """Return devices with their bitmaps, read by their statuses, or one by one if they are few.

    A list may leave a device out: its status cannot be requested, or has changed since. Such a
    device is read on its own; if it is missing there as well, it stays as it is.

    Args:
        v1: The calls of API v1.
        devices: What API v2 sent, with rows.
        count: Returns how many devices have a status, or how many there are for "": a list holds
            all of them, with all their details.

    Returns:
        The devices, in the order in which they were given.

    Raises:
        AnswerError: More than a tenth of the devices are missing from their lists.
    """
    statuses = [str(device.row.get("status_raw") or "").upper() for device in devices]
    own = Counter(statuses)
    known = _listable(own) if len(devices) > FEW_LOOKUPS else []
    lists = _worth_reading(known, own, count)
    found = _by_id(v1, [partial(v1.of_status, status) for status in lists])
    left = [
        (device, status)
        for device, status in zip(devices, statuses, strict=True)
        if device.id not in found
    ]
    _require_most_listed([status for _device, status in left], lists, known, len(devices))
    found |= _by_id(v1, [partial(v1.of_guid, device.guid) for device, _status in left])
    return [
        with_bitmaps(device, found[device.id]) if device.id in found else device
        for device in devices
    ]


def _listable(own: Counter[str]) -> list[str]:
    """Return the statuses of our devices whose lists can be read."""
    return [status for status in (*STATUSES, *UNLISTED_STATUSES) if status in own]


def _by_id(v1: V1, reads: Sequence[Read]) -> dict[str, Device]:
    return {device.id: device for device in v1.gather(reads, keep_row=True)}


def _worth_reading(
    statuses: list[str], own: Counter[str], count: Callable[[str], int]
) -> list[str]:
    """Return the statuses whose lists cost less than a request for each of our devices.

    Args:
        statuses: The statuses to choose from.
        own: How many of our devices have each status.
        count: See ``read_bitmaps``.
    """
    if not statuses or count("") <= own.total() * LIST_ROWS:
        return statuses
    return [status for status in statuses if count(status) <= own[status] * LIST_ROWS]


def _require_most_listed(
    left: Sequence[str], lists: Sequence[str], known: Sequence[str], devices: int
) -> None:
    """Check that the lists left out no more devices than may have changed since.

    Args:
        left: The statuses of the devices that were left out.
        lists: The statuses whose lists were read.
        known: The statuses whose lists could be read.
        devices: How many devices there are.

    Raises:
        AnswerError: They left out more.
    """
    listed = set(lists) - set(UNLISTED_STATUSES)
    astray = sum(status in listed or status not in known for status in left)
    if astray > max(FEW_LOOKUPS, devices // 10):
        raise AnswerError(
            f"API v1 does not list {astray} of the {numbered(devices, 'devices')} that API v2 lists."
        )
