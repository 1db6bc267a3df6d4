# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant knows of its devices besides their fields."""

from __future__ import annotations

from typing import Any

from uem_emulator.neurons.world.model import Device
from uem_emulator.neurons.world.world import World


class Extra:
    """One subject of which every device has something. It is kept in the `extra` of the device, and
    so ends with its world.

    `fields` are the names under which the control calls show and set it.
    """

    fields: tuple[str, ...] = ()

    def __init__(self, world: World) -> None:
        self.world = world

    def shown(self, device: Device, name: str) -> Any:
        """Return what a device has under one of the names."""
        return device.extra.get(name)

    def read(self, name: str, value: Any) -> Any:
        """Return what is kept of a value that a control call sets. Raises ValueError."""
        raise NotImplementedError

    def keep(self, device: Device, name: str, value: Any) -> None:
        """Keep with a device what `read` made of a value."""
        self.world.set_extra(device, name, value)
