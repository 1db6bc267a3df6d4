# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls which act on devices, and those which tell beforehand which devices cannot be acted on.

Source: "Device API Calls" (from "Check Update Operating System (OS) Version Viability" to "Cancel
Relinquish device"). Its examples give ids repeated, joined by commas and with blanks around them;
forms, a multipart one for unlocking, and parameters in the query, which "the server will parse into
a request body for you".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import action_params as read
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.action_params import Parameters
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.world.model import Device
from uem_emulator.routing import Route

#: How an action's parameters are read, and what of them is noted.
Reader = Callable[[Parameters], dict[str, Any]]


@dataclass(frozen=True)
class _Call:
    """An action at /api/v1/device/{part}. `names` are its parameters besides the ids. `checked`:
    whether GET at the same address checks viability; `timed`: whether that answer has a queryTime.
    `guids`: whether devices may be named by guid."""

    part: str
    action: str
    names: tuple[str, ...] = ()
    params: Reader = lambda given: {}
    checked: bool = False
    timed: bool = True
    guids: bool = False


# fmt: off
_CALLS = (
    _Call("scheduleOSUpdate", "os_update", ("version",), read.os_update, checked=True),
    _Call("restart", "restart"),
    _Call("forceCheckin", "force_checkin", checked=True, guids=True),
    _Call("wipe", "wipe", ("iosDisallowProximitySetup", "iosPreserveDataPlan", "message"), read.wipe, checked=True),
    _Call("lock", "lock", checked=True, guids=True),
    _Call("unlock", "unlock", ("deviceUnlockPin",), read.unlock),
    _Call("retire", "retire", checked=True),
    _Call("logoutUser", "logout_user", checked=True, timed=False),
    _Call("enterKioskMode", "enter_kiosk", checked=True),
    _Call("exitKioskMode", "exit_kiosk"),
    _Call("enableLostMode", "enable_lost_mode", ("message", "phoneNumber", "changeFootnote", "footnote"), read.lost_mode),
    _Call("disableLostMode", "disable_lost_mode", checked=True, timed=False),
    _Call("relinquishOwnershipCancel", "cancel_relinquish"),
)
# fmt: on
_RELINQUISH = _Call("relinquishOwnership", "relinquish", ("checkViability",))
_MESSAGE_NAMES = (
    "deviceIds",
    "dmPartitionId",
    "sendPushNotification",
    "pushNotificationMessage",
    "sendEmail",
    "emailSubject",
    "emailBody",
)
#: The address has deviceIds, the table of parameters ids.
_DELETE_NAMES = ("deviceIds", "ids")


def _only_checks(request: Request) -> bool:
    return (request.parameter("checkViability") or "").lower() == "true"


class ActionCalls(NeuronsPart):
    """The handlers for actions. With the fault kind `vanish`, the first device named is gone when
    it is to be acted on; with `no_effect`, nothing is done."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return tuple(self._routes())

    def _routes(self) -> Iterator[Route]:
        for call in _CALLS:
            names = frozenset(("ids", *(("guids",) if call.guids else ()), *call.names))
            yield Route(
                "PUT", f"/api/v1/device/{call.part}", self._action_handler(call), names, names
            )
            if call.checked:
                yield Route(
                    "GET",
                    f"/api/v1/device/{call.part}",
                    self._viability_handler(call),
                    frozenset(("checkViability", "ids")),
                )
        names = frozenset(("ids", *_RELINQUISH.names))
        yield Route(
            "PUT",
            f"/api/v1/device/{_RELINQUISH.part}",
            self.relinquish,
            names,
            names,
            acts=lambda request: not _only_checks(request),
        )
        names = frozenset(_DELETE_NAMES)
        yield Route("DELETE", "/api/v1/device", self.delete, names, names)
        names = frozenset(_MESSAGE_NAMES)
        yield Route("PUT", "/api/v1/device/message", self.message, names, names)

    # --- acting -------------------------------------------------------------------------------------------------------

    def _order_all(
        self,
        request: Request,
        given: Parameters,
        action: str,
        devices: list[Device],
        params: Mapping[str, Any],
        name: str = "ids",
    ) -> tuple[int, bool]:
        """How many devices the answer counts, and whether there was one which can take the
        action."""
        able = [device for device in devices if not self.tenant.actions.reasons(device, action)]
        position = self.switches["action_impossible_device"]
        if position == "error" and len(able) < len(devices):
            unable = ", ".join(str(device.id) for device in devices if device not in able)
            given.refuse("Invalid", f"the action is not possible for {unable}", name)
        for device in able if "no_effect" not in request.effects else ():
            self.tenant.actions.order(device, action, params)
        return len(devices if position == "counted" else able), bool(able)

    def _action_handler(self, call: _Call) -> Callable[[Request, tuple[str, ...]], Answer]:
        def act(request: Request, taken: tuple[str, ...]) -> Answer:
            given = self.given(request, "ids", "guids" if call.guids else "ids", *call.names)
            params = call.params(given)
            devices = self.devices(request, given, "ids", guids=call.guids)
            count, wrote = self._order_all(request, given, call.action, devices, params)
            if call.action == "os_update" and self.switches["os_update_result"] == "one":
                count = min(count, 1)
            return wire.ok(count, wrote=wrote)

        return act

    def delete(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Delete devices."""
        given = self.given(request, *_DELETE_NAMES)
        devices = self.devices(request, given, *_DELETE_NAMES)
        count, wrote = self._order_all(request, given, "delete", devices, {}, "deviceIds")
        return wire.ok(count, wrote=wrote)

    def message(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Send a message. Returns true, not a number."""
        given = self.given(request, *_MESSAGE_NAMES)
        params = read.message(given)
        space = given.number("dmPartitionId")
        if space is not None and space not in self.world.partitions:
            given.fault("Invalid", "no such device space", "dmPartitionId")
        devices = self.devices(request, given, "deviceIds")
        if self.switches["message_other_space"] == "passed_over":
            devices = [device for device in devices if device.partition == space]
        if params["push"] is None and params["email"] is None:
            return wire.ok(True)
        count, wrote = self._order_all(request, given, "message", devices, params, "deviceIds")
        if count or self.switches["message_none_valid"] == "true":
            return wire.ok(True, wrote=wrote)
        if self.switches["message_none_valid"] == "error":
            given.refuse("Invalid", "no device can be sent a message", "deviceIds")
        return wire.ok(False)

    # --- checking -----------------------------------------------------------------------------------------------------

    def _viability_handler(self, call: _Call) -> Callable[[Request, tuple[str, ...]], Answer]:
        """Which of the devices can NOT be acted on."""

        def check(request: Request, taken: tuple[str, ...]) -> Answer:
            given = self.given(request, "checkViability", "ids")
            if not given.flag("checkViability") and self.switches["viability_unasked"] == "error":
                given.fault("NotNull", "must be true", "checkViability")
            found = [
                (device, self.tenant.actions.reasons(device, call.action))
                for device in self.devices(request, given, "ids")
            ]
            return wire.ok(
                wire.not_viable(
                    [(device, codes) for device, codes in found if codes],
                    self.switches,
                    timed=call.timed,
                )
            )

        return check

    def relinquish(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """With checkViability=true it counts the devices which could be relinquished, and does
        nothing, although it is a PUT."""
        given = self.given(request, "ids", *_RELINQUISH.names)
        checks = given.flag("checkViability")
        devices = self.devices(request, given, "ids")
        if checks:
            return wire.ok(
                sum(not self.tenant.actions.reasons(device, "relinquish") for device in devices)
            )
        count, wrote = self._order_all(request, given, "relinquish", devices, {})
        return wire.ok(count, wrote=wrote)
