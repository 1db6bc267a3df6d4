# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of Neurons for MDM as registrations of an inventory. Pure.

Source: MDM Customer Integration API Guide, "Get Device Details Based on Attribute".
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.device import Device
from ..._products.neurons.devices import names_in
from ..._products.neurons.values import flag
from .model import Registration


def registration(
    device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None = None
) -> Registration:
    """Make a registration of a device that was read with its row.

    Args:
        device: The device.
        name: The wanted name of the host.
        fields: The fields of the row to copy, if it has them.
        labels: The names of its device groups, or None if they were not read.
    """
    row = device.row
    registered = row.get("lastRegistrationTime")
    return Registration(
        id=device.id,
        guid=device.guid,
        name=name,
        active=row.get("registrationState") == "ACTIVE",
        registered=registered if isinstance(registered, int) else 0,
        platform=str(row.get("platformType") or ""),
        compliant=flag(row.get("complianceState")),
        quarantined=row.get("quarantined") is True,
        policies=tuple(names_in(row.get("violatedPolicies"))),
        attrs=device.attrs,
        labels=labels,
        fields={field: row[field] for field in fields if field in row},
    )
