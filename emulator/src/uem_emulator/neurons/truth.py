# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control calls read and change of a tenant of Neurons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.controlcall import ControlCall
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world.extra import Extra
from uem_emulator.neurons.world.model import DEFINITION_TYPES, Attributes
from uem_emulator.neurons.world.world import World


class NeuronsTruth:
    """The devices of a tenant as they are. See `truth.Truth`."""

    shown: tuple[str, ...] = ("id", "guid", "customAttributes")

    def __init__(self, tenant: NeuronsTenant) -> None:
        self._tenant = tenant

    def state(self) -> dict[str, Any]:
        """Return the counts, the device spaces, the seed and the clock."""
        tenant, world = self._tenant, self._tenant.world
        # fmt: off
        return {"devices": len(world.devices),
                "partitions": {str(space.id): space.name for space in world.partitions.values()},
                "definitions": len(world.definitions), "writes": tenant.writes, "pending_index_writes": world.lag.pending,
                "actions": len(tenant.actions.log), "pending_actions": tenant.actions.pending,
                "pending_orders": tenant.orders.pending,
                "seed": world.blueprint.seed, "now": world.now}
        # fmt: on

    def one(self, key: str) -> dict[str, Any] | None:
        """Return everything about a device, None where there is none."""
        device = self._tenant.world.find(key)
        if device is None:
            return None
        # fmt: off
        return {**device.base, **device.fields, **device.base_detail, **device.detail, "customAttributes": device.attrs,
                "ldapAttributes": device.ldap, "userGroups": list(device.user_groups),
                "groups": [group.name for group in self._tenant.world.groups_of(device)], "actions": list(device.actions),
                **{name: extra.shown(device, name) for extra in self._tenant.extras for name in extra.fields}}
        # fmt: on

    def every(self, fields: list[str]) -> list[dict[str, Any]]:
        """Return the chosen fields of every device."""
        extras = {name: extra for extra in self._tenant.extras for name in extra.fields}
        return [
            {
                name: device.attrs
                if name == "customAttributes"
                else extras[name].shown(device, name)
                if name in extras
                else device.value(name)
                for name in fields
            }
            for device in self._tenant.world.devices.values()
        ]

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Set fields of a device. Raises ValueError.

        Args:
            key: The id or guid of the device.
            fields: Values by name; also `customAttributes`, the whole map, and what the tenant
                knows of devices besides their fields.

        Returns:
            Everything about the device afterwards, None where there is none.
        """
        world = self._tenant.world
        device = world.find(key)
        if device is None:
            return None
        given = fields.pop("customAttributes", None)
        attrs = None if given is None else _attributes(world, given)
        extras = self._take_extras(fields)
        if fields:
            world.set_fields(device, fields)
        if attrs is not None:
            world.set_attributes(device, attrs)
        for extra, name, value in extras:
            extra.keep(device, name, value)
        return self.one(str(device.id))

    def create(self, fields: dict[str, Any]) -> int:
        """Add a device with fields as in `change` and return its id. Raises ValueError."""
        world = self._tenant.world
        attrs = _attributes(world, fields.pop("customAttributes", {}))
        extras = self._take_extras(fields)
        device = world.add(fields)
        world.set_attributes(device, attrs)
        for extra, name, value in extras:
            extra.keep(device, name, value)
        return device.id

    def _take_extras(self, fields: dict[str, Any]) -> list[tuple[Extra, str, Any]]:
        """Take out of the fields what is not one of the device's own, read. Raises ValueError."""
        found = []
        for extra in self._tenant.extras:
            for name in extra.fields:
                if name in fields:
                    try:
                        found.append((extra, name, extra.read(name, fields.pop(name))))
                    except (TypeError, AttributeError) as error:
                        raise ValueError(f"{name} is not what it should be: {error}") from error
        return found


def _attributes(world: World, given: Any) -> Attributes:
    """The map of a control call, as it is kept. Definitions are made as needed. Raises
    ValueError."""
    if not isinstance(given, dict):
        raise ValueError("attributes are a map of names to lists of strings")
    found: Attributes = {}
    for name, values in given.items():
        texts = [str(value) for value in (values if isinstance(values, list) else [values])]
        if not texts or "" in texts or not name:
            raise ValueError(f"attribute {name!r} has an empty value or name")
        found[world.define("DEVICE", name).name] = texts
    return found


def _get_attributes(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> Any:
    """The attributes of every device by id."""
    return {str(device.id): device.attrs for device in tenant.world.devices.values()}


def _set_attributes(tenant: NeuronsTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """Replace the map of each device named; all or none."""
    found = {}
    for key, attrs in body.items():
        device = tenant.world.find(key)
        if device is None:
            raise ValueError(f"no device {key}")
        found[device] = _attributes(tenant.world, attrs)
    for device, attrs in found.items():
        tenant.world.set_attributes(device, attrs)
    return {"devices": len(found)}


def _define(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> Any:
    """A list of {name, type (DEVICE)}; a name ending in `_#` is numeric."""
    for item in body if isinstance(body, list) else [body]:
        kind = str(item.get("type", "DEVICE")).upper()
        if not item.get("name") or kind not in DEFINITION_TYPES:
            raise ValueError(f"a definition has a name, and a type out of {DEFINITION_TYPES}")
        tenant.world.define(kind, str(item["name"]))
    return {"definitions": len(tenant.world.definitions)}


# fmt: off
CONTROL_CALLS = (
    ControlCall("GET", "/attributes", _get_attributes),
    ControlCall("POST", "/attributes", _set_attributes),
    ControlCall("GET", "/actions", lambda tenant, taken, body: tenant.actions.log),
    ControlCall("POST", "/step", lambda tenant, taken, body: tenant.step()),
    ControlCall("POST", "/definitions", _define, body=list),
)
# fmt: on
