# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for locating devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device


class Locators(Protocol):
    """The location of devices."""

    def location(self, device: Device, *, by_mac: bool, ask: bool) -> Mapping[str, Any] | None:
        """Return the last known location of a device.

        Args:
            device: The device.
            by_mac: Name it by its Wi-Fi MAC address.
            ask: Ask the device for it first. That acts on the device, and takes up to a minute.

        Returns:
            Latitude, longitude, radius in metres, source and captured_at, or None if it is not
            known.
        """

    def require_macs(self, devices: Sequence[Device]) -> None:
        """Check that devices can be named by their Wi-Fi MAC addresses.

        Raises:
            OptionError: The server knows no address of a device, or another device has the same.
        """


def _epmm() -> Parts[Locators]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmLocators

    return EpmmClient, EpmmLocators


LOCATION = Capability("the location of devices", {"epmm": _epmm})
