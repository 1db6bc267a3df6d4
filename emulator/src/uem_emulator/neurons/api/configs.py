# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configurations of devices: which a device has and in what status, excluding them, pushing
them back, re-installing them.

Source: "Device API Calls": "Get Device Configuration", "Exclude a Configuration from a Device",
"Push an excluded configuration to a device", "Re-install a Configuration to a Device". Of the
statuses it has only INSTALLED; clients in the field know ACTIVE and UNINSTALLED too. The list of
all configurations and policies stands on another page of the vendor's ("Configuration API Calls"),
with the fields of a row: counts of installed and violating devices among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.action_params import Parameters
from uem_emulator.neurons.api.listing import database_page, read_partition
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world.model import Configuration, Device
from uem_emulator.routing import Route

TAG = "DEVICE_CONFIGURATION"
#: A status which is null in the answer. None is a configuration which the device does not have.
_NULL = ""
_EXCLUDED: dict[str, str | None] = {
    "uninstalled": "UNINSTALLED",
    "inactive": "INACTIVE",
    "unlisted": None,
}
Word = Literal["INSTALL", "UNINSTALL"]


@dataclass(frozen=True)
class _Write:
    """What is noted of a call, and what it does to a configuration which is excluded from the
    device, or is not."""

    action: str
    excluded: Word | None
    included: Word | None


_EXCLUDE = _Write("exclude_config", None, "UNINSTALL")
_PUSH = _Write("push_config", "INSTALL", None)
_REINSTALL = _Write("reinstall_config", None, "INSTALL")


def _asked(given: Parameters) -> list[int]:
    asked = [int(number) for number in given.numbers("policyIds")]
    if not asked and not given.faults:
        given.fault("NotEmpty", "must name a configuration", "policyIds")
    given.check()
    return asked


def row(item: Configuration) -> dict[str, Any]:
    """A configuration as the list of all shows it, and all of one of a device but its status."""
    return wire.policy(
        item.id,
        item.name,
        item.description,
        item.type,
        "NONE",
        item.uuid,
        item.priority,
        enabled=item.enabled,
    )


def _counted(shown: dict[str, Any], statuses: Counter[tuple[int, str]]) -> dict[str, Any]:
    """A configuration with how many devices have it in any status, and as installed."""
    own = {status: many for (number, status), many in statuses.items() if number == shown["id"]}
    return {
        **shown,
        "totalDeviceCount": sum(own.values()),
        "installedDeviceCount": own.get("INSTALLED", 0) + own.get("ACTIVE", 0),
    }


class ConfigCalls(NeuronsPart):
    """The handlers for the configurations of devices."""

    def __init__(self, tenant: NeuronsTenant) -> None:
        super().__init__(tenant)
        tenant.order_handlers["config"] = self._done

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        names = frozenset(("policyIds",))
        path = "/api/v1/device/{id}/uninstallconfigs"
        # fmt: off
        return (
            Route("GET", "/api/v1/device/{id}/configs", self.configs),
            Route("PUT", path, lambda request, taken: self._write(request, taken, _EXCLUDE), names, names),
            Route("DELETE", path, lambda request, taken: self._write(request, taken, _PUSH), names, names),
            Route("PUT", "/api/v1/device/{id}/reinstallconfigs",
                  lambda request, taken: self._write(request, taken, _REINSTALL), names, names),
            Route("GET", "/api/v1/policy", self.list_all, frozenset(("dmPartitionId", "tag", "start", "rows"))),
        )
        # fmt: on

    # --- reading ------------------------------------------------------------------------------------------------------

    def configs(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the configurations of a device with their statuses."""
        device = self.device_by_id(taken[0])
        if isinstance(device, Answer):
            return device
        return wire.ok(
            wire.uncut_list(
                request,
                [
                    {**row(self.world.configs[number]), "status": status or None}
                    for number, status in self.tenant.configs.statuses(device).items()
                ],
            )
        )

    def list_all(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """What other tags stand for is not known: nothing is found. The counts are of the devices of
        the space."""
        closed = self.closed(request, "config_list")
        if closed is not None:
            return closed
        space = read_partition(self.world, self.switches, request)
        shared = (
            self.switches["config_list_spaces"] == "shared_and_own"
            or space == self.world.default_partition.id
        )
        tag, untagged = request.parameter("tag"), self.switches["config_list_untagged"]
        devices = [one for one in self.world.devices.values() if one.partition == space]
        rows: list[dict[str, Any]] = []
        if tag == TAG or (tag is None and untagged != "nothing"):
            statuses = Counter(
                pair for one in devices for pair in self.tenant.configs.statuses(one).items()
            )
            rows += [
                _counted(row(item), statuses)
                for item in self.world.configs.values()
                if item.space == space or (item.space is None and shared)
            ]
        if tag is None and untagged == "all":
            rows += self._policies(devices)
        return database_page(request, rows)

    def _policies(self, devices: list[Device]) -> list[dict[str, Any]]:
        """The policies of devices, each with how many have it and how many violate it."""
        found: dict[int, dict[str, Any]] = {}
        for device in devices:
            for item in self.tenant.policies.shown(device, "policies"):
                shown = found.setdefault(item["id"], wire.policy_row(item))
                shown["totalDeviceCount"] += 1
                shown["installedDeviceCount"] += 1
                shown["violationDeviceCount"] += not item["compliant"]
        return list(found.values())

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, request: Request, taken: tuple[str, ...], write: _Write) -> Answer:
        device = self.device_by_id(taken[0])
        if isinstance(device, Answer):
            return device
        given = self.given(request, "policyIds")
        asked = _asked(given)
        own = {*self.tenant.configs.statuses(device), *self.tenant.configs.excluded(device)}
        known = [number for number in asked if number in own]
        unknown = len(known) < len(asked)
        refused = self._unknown_config(given) if unknown else None
        if refused is not None:
            return refused
        if self.switches["config_several"] == "first":
            known = known[:1]
        if known and "no_effect" not in request.effects:
            self._carry_out(device, known, write)
        done = not unknown or self.switches["config_unknown"] != "false"
        return wire.ok(done, wrote=bool(known))

    def _unknown_config(self, given: Parameters) -> Answer | None:
        """The answer to a configuration which the device does not have; None where the others are
        written."""
        position = self.switches["config_unknown"]
        if position == "400":
            given.refuse("Invalid", "no such configuration of this device", "policyIds")
        if position == "404":
            return wire.status(404, self.switches, "Configuration not found")
        return None

    def _carry_out(self, device: Device, numbers: list[int], write: _Write) -> None:
        position = self.switches["config_reinstall_excluded"]
        excluded = self.tenant.configs.excluded(device)
        if write is _REINSTALL and position == "400" and excluded & set(numbers):
            raise BadRequest(("Invalid", "is excluded from this device", "policyIds"))
        if write is _REINSTALL and position == "installs":
            write = replace(write, excluded="INSTALL")
        self.tenant.actions.note(device, write.action, {"configs": numbers})
        for number in numbers:
            word = write.excluded if number in excluded else write.included
            if word is not None:
                self._order(device, number, word)

    def _order(self, device: Device, number: int, word: Word) -> None:
        excluded = (
            self.tenant.configs.excluded(device) | {number}
            if word == "UNINSTALL"
            else self.tenant.configs.excluded(device) - {number}
        )
        self.tenant.configs.set_excluded(device, excluded)
        pending = {"guessed": f"PENDING_{word}", "pending": "PENDING", "null": _NULL}
        position = str(self.switches["config_pending"])
        if position in pending:
            self.tenant.configs.set_statuses(device, {number: pending[position]})
        self.tenant.orders.add(device, "config", number, word)

    def _done(self, device: Device, number: int, word: Word) -> None:
        if number not in self.world.configs:
            return
        if self.switches["config_outcome"] == "error":
            self.tenant.configs.set_statuses(device, {number: "ERROR"})
        elif word == "INSTALL":
            self.tenant.configs.set_statuses(device, {number: self.world.configs[number].settled})
        else:
            self.tenant.configs.set_statuses(
                device, {number: _EXCLUDED[str(self.switches["config_excluded"])]}
            )


def _listed(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
    return [
        {**row(item), "platforms": item.platforms, "space": item.space, "settled": item.settled}
        for item in tenant.world.configs.values()
    ]


def _deleted(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> None:
    if not taken["key"].isdigit() or tenant.world.configs.pop(int(taken["key"]), None) is None:
        raise NotFound("no such configuration")


def _changed(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> dict[str, Any]:
    """Statuses of a device by id; null takes the configuration off the device."""
    device = tenant.world.find(taken["key"])
    if device is None:
        raise NotFound("no such device")
    configs = tenant.configs
    configs.set_statuses(device, {configs.number(key): status for key, status in body.items()})
    found: dict[str, Any] = configs.shown(device, "configs")
    return found


# fmt: off
CONTROL_CALLS = (
    ControlCall("GET", "/configs", _listed),
    ControlCall("POST", "/configs", lambda tenant, taken, body: [tenant.configs.make(item) for item in body], 201, list),
    ControlCall("DELETE", "/configs/{key}", _deleted),
    ControlCall("PATCH", "/devices/{key}/configs", _changed),
)
# fmt: on
