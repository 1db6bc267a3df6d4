# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of EPMM as registrations of an inventory. Pure.

Their rows have the names of fields.py, for either API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..._core.device import Device
from ..._products.epmm.values import seconds
from .model import Registration

# A field of API v2, such as ``ios.DeviceName``. Anything else in the options is an expression.
_V2_NAME = re.compile(r"[A-Za-z]\w*(\.\w+)+", re.ASCII)


def v2_fields(names: Iterable[str]) -> list[str]:
    """Return the names that must be requested from API v2, each once."""
    return [name for name in dict.fromkeys(names) if _V2_NAME.fullmatch(name)]


def registration(
    device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None = None
) -> Registration:
    """Make a registration of a device that was read with its row.

    Args:
        device: The device.
        name: The wanted name of the host.
        fields: The fields of the row to copy, if it has them.
        labels: The names of its labels, or None if they were not read.
    """
    row = device.row
    status = str(row.get("status") or "").upper()
    return Registration(
        id=device.id,
        guid=device.guid,
        name=name,
        active=status == "ACTIVE",
        registered=int(seconds(row.get("registered_at")) or 0),
        platform=str(row.get("platform") or ""),
        compliant=row.get("compliant"),
        reasons=tuple(row.get("compliance_reasons") or ()),
        quarantined=row.get("quarantined") is True,
        blocked=row.get("blocked") is True,
        status=status,
        labels=labels,
        fields={field: row[field] for field in fields if field in row},
    )


def without_blocks(devices: Iterable[Device]) -> int:
    """Return for how many devices it is not known whether they are blocked."""
    return sum(device.row.get("blocked") is None for device in devices)
