# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report to other vendors whether devices are compliant. Pure.

Source: MDM Customer Integration API Guide, "Sync Compliance Status of a Device".
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.device import Device
from ..._core.harm import harm_of
from ..._core.plan import Change, Plan

# The vendors that can get the report.
GOOGLE_BC, INTUNE = "google_bc", "intune"
VENDORS = (GOOGLE_BC, INTUNE)


def plan_sync(vendor: str, devices: Iterable[Device]) -> Plan:
    """Plan a report about each device. What the vendor knows already cannot be seen.

    Args:
        vendor: One of VENDORS.
        devices: The devices.
    """
    after, harm = {"synced_with": vendor}, harm_of("compliance_sync", "syncs")
    return Plan(tuple(Change(device, {}, after, vendor, harm=harm) for device in devices))
