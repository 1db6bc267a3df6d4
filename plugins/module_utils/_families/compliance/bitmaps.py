# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why devices are not compliant, in quarantine or blocked.

Rows of API v2 say it in words, in the pages that a list needs anyway. The bitmaps of API v1 are read
only of devices whose rows do not say all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Device
from ..._core.errors import AbsentError, AnswerError, ApiError
from ..._core.wording import numbered
from ..._products.epmm.devices import with_bitmaps
from ..._products.epmm.endpoints import STATUSES, UNLISTED_STATUSES
from ..._products.epmm.v1 import FEW_LOOKUPS, V1, Read

# The statuses that a server sends if API v1 is switched off, removed, or not for this account. For
# 404 there is AbsentError.
NO_V1 = (403, 405, 410, 501)

# What a row of API v2 has to say, so that API v1 need not be asked.
_SAID = (
    "compliant", "compliance_reasons", "quarantined", "quarantine_reasons", "blocked", "block_reasons",
)  # fmt: skip

# The rows of a list that cost about as much as a separate request for one device.
LIST_ROWS = 20


def says_compliance(row: Mapping[str, Any]) -> bool:
    """Return whether a row says all of the compliance of its device: each verdict with reasons."""
    return all(row.get(name) is not None for name in _SAID)


def with_reasons(
    read: Callable[[Sequence[Device]], list[Device]],
    devices: Sequence[Device],
    *,
    everything: bool,
) -> tuple[list[Device], str]:
    """Return devices with the reasons in their rows, and a warning or "".

    Args:
        read: Reads the bitmaps of devices.
        devices: Devices that were read with their rows.
        everything: Read the bitmaps of all of them, whatever their rows say.

    Raises:
        AnswerError: API v1 leaves out many of the devices.
        ApiError: It failed, and not because it is missing or refuses the account.
    """
    asked = [device for device in devices if everything or not says_compliance(device.row)]
    reason = ""
    try:
        found = read(asked) if asked else []
    except AbsentError as error:
        found, reason = asked, str(error)
    except ApiError as error:
        if error.status not in NO_V1:
            raise
        found, reason = asked, str(error)
    unknown = sum(device.row.get("compliance") is None for device in found)
    by_guid = {device.guid: device for device in found}
    filled = [by_guid.get(device.guid, device) for device in devices]
    return filled, _no_bitmaps(unknown, len(asked), reason) if unknown else ""


def _no_bitmaps(unknown: int, asked: int, reason: str) -> str:
    are = "is" if unknown == 1 else "are"
    return (
        f"API v1 does not say why {unknown} of {numbered(asked, 'devices')} {are} not compliant, in "
        f"quarantine or blocked. What API v2 says is used instead. {reason}"
    ).strip()


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
