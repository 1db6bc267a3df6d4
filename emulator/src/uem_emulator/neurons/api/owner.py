# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assigning devices to another user.

Source: "Device API Calls", "Assign a Device to a User": for supervised iOS devices and Android
Enterprise ones; the devices which are not eligible are answered; "Last Reassignment Status" of the
details is INITIATED until the device has answered, then SUCCESS or FAILED. What that field is
called in the API is not said. An older guide answers a number.
"""

from __future__ import annotations

from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.action_params import Parameters
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world import viability
from uem_emulator.neurons.world.model import Account, Device
from uem_emulator.routing import Route

#: Any of these makes an Android device one of Android Enterprise.
_ENTERPRISE = (
    "androidDeviceOwnerModeEnabled",
    "androidWorkDeviceOwnerWithWorkProfileEnabled",
    "androidWorkProfileEnabled",
    "androidWorkEnabled",
    "androidDeviceOwnerEnabled",
)
_NO_ACCOUNT = "ACCOUNT_NOT_FOUND"


def reasons(device: Device) -> list[str]:
    """Why a device cannot be given to another user; none when it can. The names are those of the
    actions."""
    platform = device.value("platformType")
    if platform not in ("IOS", "ANDROID"):
        return [viability.PLATFORM]
    found = [] if viability.state(device) in viability.ALIVE else ["DEVICE_NOT_ACTIVE"]
    if platform == "IOS" and not device.value("supervised"):
        found.append("DEVICE_NOT_SUPERVISED")
    if platform == "ANDROID" and not any(device.value(name) for name in _ENTERPRISE):
        found.append("ANDROID_ENTERPRISE_REQUIRED")
    return found


class OwnerCalls(NeuronsPart):
    """The handler which assigns devices to another user."""

    def __init__(self, tenant: NeuronsTenant) -> None:
        super().__init__(tenant)
        tenant.order_handlers["owner"] = self._answered

    def make_routes(self) -> tuple[Route, ...]:
        """Return the call with its handler."""
        names = frozenset(("accountId", "deviceIds"))
        return (Route("PUT", "/api/v1/device/updateAccount", self.assign, names, names),)

    def assign(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Assign devices to another user."""
        given = self.given(request, "accountId", "deviceIds")
        number = given.number("accountId")
        devices = self.devices(request, given, "deviceIds")
        account = self.world.accounts.get(number or 0)
        refused = self._unknown_account(given) if account is None else None
        if refused is not None:
            return refused
        found = [
            (device, [_NO_ACCOUNT] if account is None else reasons(device)) for device in devices
        ]
        able = [device for device, codes in found if not codes]
        if account is not None and "no_effect" not in request.effects:
            for device in able:
                self._start(device, account)
        return wire.ok(self._answer(len(able), found), wrote=bool(able))

    def _unknown_account(self, given: Parameters) -> Answer | None:
        """The answer where there is no such user; None where it is that of devices which cannot be
        given away."""
        position = self.switches["owner_unknown_account"]
        if position == "400":
            given.refuse("Invalid", "no such account", "accountId")
        if position == "404":
            return wire.status(404, self.switches, "Account not found")
        return wire.ok(0) if position == "zero" else None

    def _answer(self, count: int, judged: list[tuple[Device, list[str]]]) -> Any:
        rejected = [(device, codes) for device, codes in judged if codes]
        if self.switches["owner_answer"] == "number":
            return count
        found = wire.not_viable(rejected, self.switches, timed=False)
        if self.switches["owner_rejected_rows"] == "ids":
            found["searchResults"] = [device.id for device, _codes in rejected]
        return found

    def _start(self, device: Device, account: Account) -> None:
        self.tenant.actions.note(device, "assign_user", {"account": account.id})
        self.world.set_extra(device, "lastReassignmentStatus", "INITIATED")
        self.tenant.orders.add(device, "owner", account)

    def _answered(self, device: Device, account: Account) -> None:
        """A device which fails keeps its owner."""
        if self.switches["owner_outcome"] == "failed":
            self.world.set_extra(device, "lastReassignmentStatus", "FAILED")
            return
        self.world.set_extra(device, "lastReassignmentStatus", "SUCCESS")
        self.world.set_fields(
            device,
            {
                "ownerId": account.id,
                **account.person,
                "ldapAttributes": account.ldap or {},
                "userGroups": account.groups,
                "changeOwnerCounter": (device.value("changeOwnerCounter") or 0) + 1,
            },
        )
