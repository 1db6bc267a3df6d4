# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for app settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from .model import AppSetting


class AppSettings(Protocol):
    """App settings."""

    def settings(self, kind: str | None) -> tuple[AppSetting, ...]:
        """Return every app setting, with secrets masked.

        Args:
            kind: The wanted type, or None. A server may ignore it.
        """

    def settings_of(self, device: Device) -> tuple[AppSetting, ...]:
        """Return the app settings of a device, with their state there."""


def _epmm() -> Parts[AppSettings]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmAppSettings

    return EpmmClient, EpmmAppSettings


APP_SETTINGS = Capability("app settings", {"epmm": _epmm})
