# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report to other vendors whether devices are compliant. Pure.

Source: MDM Customer Integration API Guide, "Sync Compliance Status of a Device".
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.device import Device
from ..._core.plan import Change, Limits, Plan

# The vendors that can get the report.
GOOGLE_BC, INTUNE = "google_bc", "intune"
VENDORS = (GOOGLE_BC, INTUNE)


def plan_sync(vendor: str, devices: Iterable[Device], limits: Limits, fleet: int | None) -> Plan:
    """Plan a report about each device. What the vendor knows already cannot be seen.

    Args:
        vendor: One of VENDORS.
        devices: The devices.
        limits: The most devices that may change.
        fleet: How many devices the server has, for the limits.
    """
    changes = tuple(Change(device, {}, {"synced_with": vendor}, vendor) for device in devices)
    return Plan(changes, refusals=limits.refusals(changes=len(changes), fleet=fleet))
