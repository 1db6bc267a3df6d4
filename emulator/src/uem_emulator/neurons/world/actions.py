# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to devices: what is noted of an action, and what becomes of the device, step by
step.

Source: "Device API Calls" (registrationState, lostModeEnabled and kioskState of a device). A
retirement goes through RETIRE_PENDING and RETIRE_SENT, a wipe through WIPE_PENDING and WIPE_SENT.
How a relinquishment shows is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from uem_emulator.lag import Lag
from uem_emulator.neurons.world import viability
from uem_emulator.neurons.world.model import Device
from uem_emulator.neurons.world.world import World
from uem_emulator.switches import Switches

_VERSION = re.compile(r"\d+(?:\.\d+)*$")


#: Fields of a device from the device, the action's parameters and the server's clock.
Change = Callable[[Device, Mapping[str, Any], int], dict[str, Any]]


def _becomes(**fields: Any) -> Change:
    return lambda device, params, now: fields


def _numbers(version: Any) -> tuple[int, ...] | None:
    text = str(version)
    return tuple(int(part) for part in text.split(".")) if _VERSION.match(text) else None


def _updated(device: Device, params: Mapping[str, Any], now: int) -> dict[str, Any]:
    """No device goes back to an older version, or to a text which is not a version."""
    wanted, present = _numbers(params["version"]), _numbers(device.value("platformVersion"))
    if wanted is None or (present is not None and wanted <= present):
        return {}
    return {"platformVersion": params["version"]}


def _checked_in(device: Device, params: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Where the tenant's clock stands still, times go on by a second."""
    time = max(now, (device.value("lastCheckin") or 0) + 1000)
    return {"lastCheckin": time, "clientLastCheckin": time}


@dataclass(frozen=True)
class Action:
    """`ordered` happens at once; each of `steps` when the device checks in the next time."""

    ordered: Change = _becomes()
    steps: tuple[Change, ...] = ()


def _leaving(word: str, done: str, **fields: Any) -> Action:
    return Action(
        _becomes(registrationState=f"{word}_PENDING"),
        (_becomes(registrationState=f"{word}_SENT"), _becomes(registrationState=done, **fields)),
    )


_NO_PROFILE = {
    "androidWorkDeviceOwnerWithWorkProfileEnabled": False,
    "androidWorkProfileEnabled": False,
}
#: The position of the switch relinquish_state -> how a relinquishment goes.
_RELINQUISH = {
    "retired_states": _leaving("RETIRE", "RETIRED", **_NO_PROFILE),
    "unchanged": Action(steps=(_becomes(registrationState="RETIRED", **_NO_PROFILE),)),
}
ACTIONS: dict[str, Action] = {
    "os_update": Action(steps=(_updated,)),
    "restart": Action(),
    "force_checkin": Action(steps=(_checked_in,)),
    "wipe": _leaving("WIPE", "WIPED"),
    "lock": Action(),
    "unlock": Action(),
    "retire": _leaving("RETIRE", "RETIRED"),
    "logout_user": Action(),
    "message": Action(),
    "enter_kiosk": Action(steps=(_becomes(kioskState=viability.IN_KIOSK),)),
    "exit_kiosk": Action(steps=(_becomes(kioskState=viability.OUT_OF_KIOSK),)),
    "enable_lost_mode": Action(steps=(_becomes(lostModeEnabled=True),)),
    "disable_lost_mode": Action(steps=(_becomes(lostModeEnabled=False),)),
}


@dataclass
class Order:
    """An action on its way: the position of the switch relinquish_state when it was ordered, its
    parameters, the state in which it found the device, and how many steps were made."""

    action: str
    way: str
    params: Mapping[str, Any]
    found: str
    made: int = 0

    @property
    def row(self) -> Action:
        """What the action does."""
        return _RELINQUISH[self.way] if self.action == "relinquish" else ACTIONS[self.action]


class Actions:
    """The actions of one world. What is ordered waits for the device, by the switch
    `action_settle`; each time that a device checks in, all that waits for it goes on by one step,
    in order. `log` holds every action, of deleted devices too."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        self._waiting: dict[int, tuple[Device, list[Order]]] = {}
        self._lag = Lag(switches, self._check_in, "action_settle")
        self.log: list[dict[str, Any]] = []

    @property
    def pending(self) -> int:
        """How many devices have something yet to carry out."""
        return sum(
            self._world.devices.get(number) is device
            for number, (device, _orders) in self._waiting.items()
        )

    def reasons(self, device: Device, action: str) -> list[str]:
        """Return why a device cannot take an action; none where it can."""
        found = viability.reasons(device, action, self._switches)
        if action == "cancel_relinquish" and not found and self._relinquishment(device) is None:
            return ["RELINQUISH_NOT_PENDING"]
        return found

    def note(self, device: Device, action: str, params: Mapping[str, Any]) -> None:
        """Note an action among those of the device and of all.

        Args:
            device: The device.
            action: The name of the action.
            params: What was sent with it. It holds no secret: it is shown.
        """
        entry = {"action": action, "at": self._world.now, "params": dict(params)}
        device.actions += (entry,)
        self.log.append({"device": device.id, "guid": device.value("guid"), **entry})

    def order(self, device: Device, action: str, params: Mapping[str, Any]) -> None:
        """Note an action on a device which can take it, and let the device carry it out.

        Args:
            device: The device.
            action: The name of the action, see `viability.NEEDS`.
            params: What was sent with it. It holds no secret: it is shown.
        """
        self.note(device, action, params)
        if action == "delete":
            self._waiting.pop(device.id, None)
            self._world.remove(device.id)
        elif action == "cancel_relinquish":
            self._cancel_relinquishment(device)
        else:
            self._start(device, action, params)

    def _start(self, device: Device, action: str, params: Mapping[str, Any]) -> None:
        way = str(self._switches["relinquish_state"])
        order = Order(action, way, dict(params), viability.state(device))
        self._change(device, order, order.row.ordered)
        if not order.row.steps:
            return
        known, orders = self._waiting.get(device.id, (device, []))
        # Another device may have taken the number of a deleted one.
        self._waiting[device.id] = (device, [*(orders if known is device else []), order])
        # A further order for a device which is waited for already does not put that off.
        if not self._lag.is_pending(device.id):
            self._lag.wrote(device.id)

    def _change(self, device: Device, order: Order, change: Change) -> None:
        fields = change(device, order.params, self._world.now)
        if fields:
            self._world.set_fields(device, fields)

    def _relinquishment(self, device: Device) -> Order | None:
        _known, orders = self._waiting.get(device.id, (device, []))
        return next((order for order in orders if order.action == "relinquish"), None)

    def _cancel_relinquishment(self, device: Device) -> None:
        """The device is again what it was, unless something else has changed that since."""
        order = self._relinquishment(device)
        if order is None:
            return
        known, orders = self._waiting.pop(device.id)
        left = [other for other in orders if other is not order]
        if left:
            self._waiting[device.id] = (known, left)
        if order.way == "retired_states" and viability.state(device) in (
            "RETIRE_PENDING",
            "RETIRE_SENT",
        ):
            self._world.set_fields(device, {"registrationState": order.found})

    def _check_in(self, number: int) -> None:
        if number not in self._waiting:
            return
        device, orders = self._waiting.pop(number)
        if self._world.devices.get(number) is not device:
            return
        left = []
        for order in orders:
            self._change(device, order, order.row.steps[order.made])
            order.made += 1
            if order.made < len(order.row.steps):
                left.append(order)
        if left:
            self._waiting[number] = (device, left)
            self._lag.wrote(number)

    def before_read(self) -> None:
        """Carry out what is due by now."""
        self._lag.before_read()

    def step(self) -> None:
        """Every device for which something waits checks in once."""
        self._lag.settle()

    def settle(self) -> None:
        """Every device carries out now all that waits for it."""
        while self._lag.pending:
            self._lag.settle()

    def switches_changed(self) -> None:
        """Carry out all that waits, where nothing waits any more."""
        if self._lag.at_once:
            self.settle()
