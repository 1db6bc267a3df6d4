# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls of a subject have in common: their routes, the devices in their paths, and what
the control calls show and set of a device besides its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uem_emulator.answers import Answer, Request
from uem_emulator.lag import Lag
from uem_emulator.neurons.api.action_params import Given
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.model import Device
from uem_emulator.neurons.world.world import World
from uem_emulator.routing import Route
from uem_emulator.switches import Switches

if TYPE_CHECKING:
    from uem_emulator.neurons.product import Neurons


class Waiting:
    """What devices of one world have yet to carry out, in order, by the switch `action_settle`: a
    device which is heard of carries out all of it."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._orders: dict[int, tuple[Device, list[Callable[[], None]]]] = {}
        self._lag = Lag(switches, self._heard_of, "action_settle")

    @property
    def pending(self) -> int:
        """How many devices have something yet to carry out."""
        return sum(
            self._world.devices.get(number) is device
            for number, (device, _orders) in self._orders.items()
        )

    def add(self, device: Device, order: Callable[[], None]) -> None:
        known, orders = self._orders.get(device.id, (device, []))
        # Another device may have taken the number of a deleted one.
        self._orders[device.id] = (device, [*(orders if known is device else []), order])
        # What comes to a device which is waited for already does not put that off.
        if not self._lag.is_pending(device.id):
            self._lag.wrote(device.id)

    def _heard_of(self, number: int) -> None:
        device, orders = self._orders.pop(number, (None, []))
        for order in orders if self._world.devices.get(number) is device else ():
            order()

    def before_read(self) -> None:
        self._lag.before_read()

    def settle(self) -> None:
        self._lag.settle()

    def switches_changed(self) -> None:
        if self._lag.at_once:
            self.settle()


class Part:
    """`fields` are the names which `shown`, `read` and `keep` know. A part keeps what it knows of a
    device in its `extra`, and so nothing of an old world."""

    fields: tuple[str, ...] = ()

    def __init__(self, product: Neurons) -> None:
        self.product = product
        self.switches = product.switches
        self.routes: tuple[Route, ...] = self.make_routes()

    def make_routes(self) -> tuple[Route, ...]:
        raise NotImplementedError

    @property
    def world(self) -> World:
        return self.product.world

    # --- for handlers -------------------------------------------------------------------------------------------------

    def device(self, key: str) -> Device | Answer:
        """The device of a path which the document has with the id alone, or the answer when there
        is none."""
        if not (key.isascii() and key.isdigit()) and self.switches["guid_for_id"] == "error":
            raise BadRequest(("typeMismatch", "must be a whole number", "id"))
        return self.product.device(key)

    def given(self, request: Request, *names: str) -> Given:
        return Given(request, self.switches, frozenset(names))

    def closed(self, request: Request, switch: str) -> Answer | None:
        """The answer of a call which a server may lack, or keep from the account; None where it
        works."""
        position = self.switches[switch]
        if position == "on":
            return None
        return self.product.status(404 if position == "absent" else 403, request)

    def devices(self, request: Request, given: Given, name: str) -> list[Device]:
        """The devices which a parameter names, by the rules for actions. Raises BadRequest for
        every fault found so far."""
        return self.product.calls._devices(request, given, name)

    def note(self, device: Device, action: str, **params: Any) -> None:
        """Among the actions of the device and of all. `params` holds no secret: it is shown."""
        entry = {"action": action, "at": self.world.now, "params": params}
        device.actions += (entry,)
        self.product.calls.actions.log.append(
            {"device": device.id, "guid": device.value("guid"), **entry}
        )

    # --- for the control calls: the truth ------------------------------------------------------------------------------

    def shown(self, device: Device, name: str) -> Any:
        raise NotImplementedError

    def read(self, name: str, value: Any) -> Any:
        """What is kept of a value. Raises ValueError."""
        raise NotImplementedError

    def keep(self, device: Device, name: str, value: Any) -> None:
        self.world.set_extra(device, name, value)
