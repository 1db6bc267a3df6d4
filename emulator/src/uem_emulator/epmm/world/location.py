# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a device was last, as far as the server knows. Made from the device's number unless it was
asked, or a test has set it."""

from __future__ import annotations

from uem_emulator.epmm.world.model import Device, Location

#: How a location was found: vendor document "Device Management", Locate a Device.
GPS, CELL, FAILURE = "GPS", "Cell", "LookupFailure"
_NOWHERE = Location(FAILURE)


def last_known(device: Device) -> Location:
    """The last location; a failed lookup where the device has never sent one."""
    if device.location is not None:
        return device.location
    if device.connected is None or device.id % 4 == 3:
        return _NOWHERE
    return Location(CELL, *_home(device), 1500, device.connected)


def _home(device: Device) -> tuple[float, float]:
    return device.id % 90 + 0.5, device.id % 180 + 0.25


def moved(device: Device, now: int) -> Location:
    """Return what a device answers when it is asked for its location: elsewhere, by GPS, later than
    before."""
    before = last_known(device)
    latitude, longitude = _home(device)
    if before.latitude is not None and before.longitude is not None:
        latitude, longitude = round(before.latitude + 0.001, 6), round(before.longitude + 0.001, 6)
    return Location(GPS, latitude, longitude, 30, later(now, before.captured))


def later(now: int, before: int | None) -> int:
    """Return the clock of the server, which stands still: what happens again happens at least a
    second later, as times are shown."""
    return now if before is None else max(now, before + 1000)
