# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about where devices are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device


class Locators(Protocol):
    """The location of devices."""

    def location(self, device: Device, *, by_mac: bool, ask: bool) -> Mapping[str, Any] | None:
        """Where a device was last: latitude, longitude, radius in metres, source, captured_at; None
        where nobody knows.

        Args:
            device: the device.
            by_mac: name it by its Wi-Fi MAC address.
            ask: tell the device to find out first, which acts and takes up to a minute.
        """

    def require_macs(self, devices: Sequence[Device]) -> None:
        """Raise OptionError when devices cannot be named by their Wi-Fi MAC address: they have none
        that the server knows, or another device has the same."""


def _epmm() -> Parts[Locators]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmLocators

    return EpmmClient, EpmmLocators


LOCATION = Capability("the location of devices", {"epmm": _epmm})
