# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to devices: which action a device can take, what is noted of it, and what becomes of
the device.

Source: "Device Management" (status values; Retire, Lock, Unlock, Wipe, Locate a Device, Wakeup
Client, Enable Roaming, Send message to devices). That a wiped device takes nothing but a retirement
is the document's; that a device which is gone takes nothing, and one that never came can only be
retired, is the emulator's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from uem_emulator.epmm.world.details import detail
from uem_emulator.epmm.world.location import later, moved
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.world import World
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches

#: Fields of a device from the device, the server's clock and what the action carries.
Change = Callable[[Device, int, Mapping[str, Any]], dict[str, Any]]
_GONE = frozenset(("RETIRED", "RETIRE_PENDING"))
_SILENT = _GONE | {"WIPED", "VERIFICATION_PENDING"}
#: Platform -> the detail which says whether there is a passcode, its value when there is one and when there is none.
PASSCODES = {"iOS": ("PasscodePresent", "true", "false"), "Android": ("prv_password", "ON", "OFF")}


def has_passcode(device: Device) -> bool:
    """For the platforms of PASSCODES."""
    key, present, _absent = PASSCODES[device.platform]
    return detail(device, key) == present


def _nothing(device: Device, now: int, given: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _unlocked(device: Device, now: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Unlocking clears the passcode of Android and iOS devices."""
    if device.platform not in PASSCODES:
        return {}
    key, _present, absent = PASSCODES[device.platform]
    return {"details": {**device.details, key: absent}}


def _woken(device: Device, now: int, given: Mapping[str, Any]) -> dict[str, Any]:
    time = later(now, device.connected)
    return {"connected": time, "client_connected": time}


def _roaming(device: Device, now: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Without voice there is no data; a device without a modem has neither setting."""
    wanted = {
        "Voice Roaming Enabled": given["voice"],
        "DataRoamingEnabled": given["voice"] and given["data"],
    }
    return {
        "details": {
            **device.details,
            **{
                key: "true" if value else "false"
                for key, value in wanted.items()
                if detail(device, key) is not None
            },
        }
    }


@dataclass(frozen=True)
class Action:
    """`impossible`: the statuses in which a device cannot take it. `ordered` are the fields which
    change at once, `done` those which change when the device has carried it out."""

    impossible: frozenset[str] = _SILENT
    ordered: Change = _nothing
    done: Change = _nothing


# fmt: off
ACTIONS: dict[str, Action] = {
    "RETIRE": Action(_GONE, lambda device, now, given: {"status": "RETIRE_PENDING"},
                     lambda device, now, given: {"status": "RETIRED"}),
    "LOCK": Action(),
    "UNLOCK": Action(done=_unlocked),
    "WIPE": Action(done=lambda device, now, given: {"status": "WIPED"}),
    "WAKEUP_DEVICE": Action(done=_woken),
    "LOCATE": Action(done=lambda device, now, given: {"location": moved(device, now)}),
    "ROAMING": Action(done=_roaming),
    "MESSAGE": Action(),
    "UNLOCK_CONTAINER": Action(),
    "HOTSPOT": Action(),
    "UPDATE_OS": Action(),
}
# fmt: on


def possible(device: Device, action: str) -> bool:
    """Return whether a device can take an action."""
    return device.status not in ACTIONS[action].impossible


class Actions:
    """The actions of one world. What is ordered waits for the device, by the switch
    `action_settle`; a device carries out what waits for it in order, all at once."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._waiting: dict[int, list[tuple[Device, str, Mapping[str, Any]]]] = {}
        self._lag = Lag(switches, self._carry_out, "action_settle")
        self.count = 0

    @property
    def pending(self) -> int:
        """How many devices have something yet to carry out."""
        return self._lag.pending

    def order(self, device: Device, action: str, reason: str | None = None, **given: Any) -> None:
        """Note an action on a device which can take it, and let the device carry it out.

        Args:
            device: The device.
            action: The name of the action, one of ACTIONS.
            reason: The reason which was sent with it.
            given: What else was sent; it is noted, too.
        """
        device.actions += ({"action": action, "at": self._world.now, "reason": reason, **given},)
        self.count += 1
        row = ACTIONS[action]
        at_once = row.ordered(device, self._world.now, given)
        if at_once:
            self._world.set_fields(device, at_once)
        if row.done is not _nothing:
            self._waiting.setdefault(device.id, []).append((device, action, given))
            self._lag.wrote(device.id)

    def before_read(self) -> None:
        """Carry out what is due by now."""
        self._lag.before_read()

    def settle(self) -> None:
        """Every device carries out now what waits for it."""
        self._lag.settle()

    def switches_changed(self) -> None:
        """Carry out all that waits, where nothing waits any more."""
        if self._lag.at_once:
            self.settle()

    def _carry_out(self, number: int) -> None:
        for device, action, given in self._waiting.pop(number, ()):
            if self._world.devices.get(number) is device:
                changes = ACTIONS[action].done(device, self._world.now, given)
                if changes:
                    self._world.set_fields(device, changes)
