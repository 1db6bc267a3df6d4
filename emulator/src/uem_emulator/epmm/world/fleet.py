# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policies and profiles see of the world: the numbers of devices, remembered until anything
changes."""

from __future__ import annotations

from collections.abc import Hashable

from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.world import World


class WorldFleet:
    """The devices of a world by their numbers. See `policies.Fleet`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._revision = world.revision
        self._members: dict[int | None, frozenset[int]] = {}

    def revision(self) -> Hashable:
        """Return something else after every change of devices, labels and members."""
        return self._world.revision

    def active(self) -> frozenset[int]:
        """Return all devices with the status ACTIVE."""
        return self._remembered(None)

    def members(self, label_id: int) -> frozenset[int]:
        """Return the devices of a label; none for a label which is gone."""
        return self._remembered(label_id)

    def _remembered(self, label_id: int | None) -> frozenset[int]:
        """The devices of a label; of None: those which are active."""
        if self._revision != self._world.revision:
            self._revision = self._world.revision
            self._members.clear()
        if label_id not in self._members:
            self._members[label_id] = frozenset(device.id for device in self._found(label_id))
        return self._members[label_id]

    def _found(self, label_id: int | None) -> list[Device]:
        if label_id is None:
            return [device for device in self._world.devices.values() if device.status == "ACTIVE"]
        label = self._world.labels.get(label_id)
        return [] if label is None else self._world.members(label)
