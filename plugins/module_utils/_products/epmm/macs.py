# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices that are named by their Wi-Fi MAC addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..._core.device import Device, DeviceRef
from ..._core.errors import OptionError
from ..._core.selection import Selection
from .client import EpmmClient

# At most this many devices are named in a sentence.
NAMED = 20


def require_macs(client: EpmmClient, devices: Sequence[Device]) -> None:
    """Check that devices can be named by their Wi-Fi MAC addresses.

    Raises:
        OptionError: The server knows no address of a device, or another device has the same.
    """
    nameless = [device.title for device in devices if not device.mac]
    if nameless:
        raise OptionError(
            f"by: {', '.join(nameless[:NAMED])} has no Wi-Fi MAC address that the server knows; "
            "leave it out."
        )
    # If two registrations have the same address, the server takes one of them, not necessarily the
    # right one.
    names = tuple(dict.fromkeys(DeviceRef("wifi_mac_address", device.mac) for device in devices))
    # The direct call for an address sends one device. Where the fleet is counted, it is read.
    selection = Selection(names=names)
    found = client.find(selection, keep_rows=False, count_fleet=True).devices if names else ()
    others = _sharing(found, devices)
    if others:
        raise OptionError(
            f"by: these devices have the same Wi-Fi MAC address: {'; '.join(others[:NAMED])}; "
            "remove by."
        )


def _sharing(found: Iterable[Device], devices: Sequence[Device]) -> list[str]:
    """Return which of the devices that were found by an address are not the ones with it."""
    macs = {device.mac: device for device in devices}
    ids = {device.id for device in devices}
    others = []
    for other in found:
        # A device that shows no address is found by it all the same.
        same = macs.get(other.mac)
        if same is not None and same.id != other.id:
            others.append(f"{other.title} and {same.title}")
        elif same is None and other.id not in ids:
            others.append(f"{other.title} and one of those that were chosen")
    return others
