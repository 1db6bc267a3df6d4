# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices have yet to carry out besides the steps of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from uem_emulator.lag import Lag
from uem_emulator.neurons.world.model import Device
from uem_emulator.neurons.world.world import World
from uem_emulator.switches import Switches

#: What a device carries out: called with the device, and what was given with the order.
Handler = Callable[..., None]


class Orders:
    """What the devices of one world have yet to carry out, in order, by the switch
    `action_settle`: a device which checks in carries out all of it. `handlers` are the kinds of
    orders; they outlive the world."""

    def __init__(self, world: World, switches: Switches, handlers: Mapping[str, Handler]) -> None:
        self._world = world
        self._handlers = handlers
        self._orders: dict[int, tuple[Device, list[tuple[str, tuple[Any, ...]]]]] = {}
        self._lag = Lag(switches, self._check_in, "action_settle")

    @property
    def pending(self) -> int:
        """The number of devices which have something yet to carry out."""
        return sum(
            self._world.devices.get(number) is device
            for number, (device, _orders) in self._orders.items()
        )

    def add(self, device: Device, kind: str, *given: Any) -> None:
        """Let a device carry out one thing more.

        Args:
            device: The device.
            kind: The kind of order.
            given: What its handler gets with the device.
        """
        known, orders = self._orders.get(device.id, (device, []))
        # Another device may have taken the number of a deleted one.
        self._orders[device.id] = (device, [*(orders if known is device else []), (kind, given)])
        # A further order for a device which is waited for already does not put that off.
        if not self._lag.is_pending(device.id):
            self._lag.wrote(device.id)

    def _check_in(self, number: int) -> None:
        device, orders = self._orders.pop(number, (None, []))
        for kind, given in orders if self._world.devices.get(number) is device else ():
            self._handlers[kind](device, *given)

    def before_read(self) -> None:
        """Carry out what is due by now."""
        self._lag.before_read()

    def settle(self) -> None:
        """Carry out all of it now."""
        self._lag.settle()

    def switches_changed(self) -> None:
        """Carry out all of it where nothing waits any more."""
        if self._lag.at_once:
            self.settle()
