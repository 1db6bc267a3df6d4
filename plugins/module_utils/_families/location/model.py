# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locations of devices for results. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._core.device import Device


def location_row(device: Device, location: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the row of ``device_location_info`` for a device. If its location is not known, every
    key is null."""
    known = location or {}
    # fmt: off
    return {
        **device.identity, "found": bool(location), "latitude": known.get("latitude"), "longitude": known.get("longitude"),
        "radius": known.get("radius"), "source": known.get("source"), "captured_at": known.get("captured_at"),
    }
    # fmt: on
