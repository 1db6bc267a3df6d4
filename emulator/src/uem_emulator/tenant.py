# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all parts of a product share: the world, the switches, and what waits for devices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from uem_emulator.blueprint import Blueprint
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches


class World(Protocol):
    """What a tenant needs of its world. `lag` stands between a write and the list of devices."""

    blueprint: Blueprint
    lag: Lag

    def find(self, key: str) -> Any:
        """Return the device of a key, None where there is none."""

    def remove(self, device_id: int) -> None:
        """Remove a device."""


class Waiting(Protocol):
    """What devices have yet to carry out."""

    def before_read(self) -> None:
        """Carry out what is due by now: something is about to be read."""

    def settle(self) -> None:
        """Carry out all of it now."""

    def switches_changed(self) -> None:
        """Carry out all of it where nothing waits any more."""


WorldT = TypeVar("WorldT", bound=World)


class Tenant(ABC, Generic[WorldT]):
    """One emulated tenant. A reset gives it another world; the tenant stays the same object.

    Attributes:
        world: The devices and everything else that is emulated.
        switches: The positions of all switches.
        writes: How many requests have written something.
        last_page: The ids on the page which the list of devices returned last.
    """

    world: WorldT

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.switches = switches
        self._open(blueprint)

    def _open(self, blueprint: Blueprint) -> None:
        world = self.make_world(blueprint)
        self._take_apart()
        self.world = world
        self.writes = 0
        self.last_page: list[int] = []
        self.start()

    def _take_apart(self) -> None:
        """What lives as long as a world refers to it, and the world to that. Nobody looks for such
        circles, see `blueprint.building`: they are broken here."""
        for thing in self.objects().values():
            if hasattr(thing, "__dict__"):
                vars(thing).clear()

    @property
    def outside(self) -> dict[str, Any]:
        """What outlives a world, by name."""
        return {"switches": self.switches}

    def objects(self) -> dict[str, Any]:
        """Return what ends with a world, by name."""
        stays = self.outside
        return {name: thing for name, thing in vars(self).items() if name not in stays}

    def take_over(self, objects: dict[str, Any]) -> None:
        """Have another world. `objects` are what `objects` returns."""
        self._take_apart()
        vars(self).update(objects)

    @abstractmethod
    def make_world(self, blueprint: Blueprint) -> WorldT:
        """Build the world of a blueprint."""

    @abstractmethod
    def start(self) -> None:
        """Make what lives as long as a world."""

    @property
    @abstractmethod
    def waiting(self) -> Sequence[Waiting]:
        """What waits for devices, in the order in which it is carried out."""

    @property
    def blueprint(self) -> Blueprint:
        """What the world was built from."""
        return self.world.blueprint

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> None:
        """Start again with a fresh world. What is None stays as it was asked for last.

        Args:
            seed: The seed of the world.
            devices: The number of its devices.
            partitions: The number of its device spaces.
        """
        wanted = {"seed": seed, "devices": devices, "partitions": partitions}
        given = {name: value for name, value in wanted.items() if value is not None}
        self._open(replace(self.blueprint, **given))

    def delete(self, key: str) -> bool:
        """Remove a device. Returns whether there was one."""
        device = self.world.find(key)
        if device is not None:
            self.world.remove(device.id)
        return device is not None

    def before_read(self) -> None:
        """Devices have had some more time: carry out what is due by now."""
        for waiting in self.waiting:
            waiting.before_read()

    def settle(self) -> None:
        """Carry out all that waits now. Devices come first: what they do is written, and has to
        reach the list, too."""
        for waiting in self.waiting:
            waiting.settle()
        self.world.lag.settle()

    def switches_changed(self) -> None:
        """Follow the switches, some of which have another position."""
        for waiting in self.waiting:
            waiting.switches_changed()

    def faults_changed(self, kinds: set[str]) -> None:
        """Follow the kinds of the fault rules which are armed."""
        self.world.lag.frozen = "stale_list" in kinds
