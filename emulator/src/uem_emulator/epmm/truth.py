# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control calls read and change of a server of EPMM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label
from uem_emulator.epmm.world.world import World


class EpmmTruth:
    """The devices of a server as they are. See `truth.Truth`."""

    shown: tuple[str, ...] = ("id", "uuid", "status", "labels")

    def __init__(self, tenant: EpmmTenant) -> None:
        self._tenant = tenant

    def state(self) -> dict[str, Any]:
        """Return the counts, the device spaces, the seed and the clock."""
        tenant, world = self._tenant, self._tenant.world
        # fmt: off
        return {"devices": len(world.devices), "users": len(world.users), "labels": len(world.labels),
                "partitions": {str(space.id): space.name for space in world.spaces.values()}, "writes": tenant.writes,
                "pending_index_writes": world.lag.pending, "seed": world.blueprint.seed, "now": world.now,
                "policies": len(tenant.policies.by_id), "alerts": len(tenant.alerts.by_id),
                "pending_policies": tenant.policies.pending, "actions": tenant.actions.count,
                "pending_actions": tenant.actions.pending, "eas": len(tenant.eas.by_uuid), "pending_eas": tenant.eas.pending,
                "proofs": tenant.accounts.proofs, "pending_profiles": tenant.profiles.pending,
                "registrations": len(tenant.registrations.made)}
        # fmt: on

    def one(self, key: str) -> dict[str, Any] | None:
        """Return everything about a device, None where there is none."""
        world = self._tenant.world
        device = world.find(key)
        if device is None:
            return None
        return {name: get(world, device) for name, get in _FIELDS.items()}

    def every(self, fields: list[str]) -> list[dict[str, Any]]:
        """Return the chosen fields of every device. Raises ValueError for an unknown one."""
        unknown = [name for name in fields if name not in _FIELDS]
        if unknown:
            raise ValueError(f"not fields of a device: {', '.join(unknown)}")
        world, getters = self._tenant.world, [(name, _FIELDS[name]) for name in fields]
        return [
            {name: get(world, device) for name, get in getters} for device in world.devices.values()
        ]

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Set fields of a device. Raises ValueError.

        Args:
            key: The uuid or number of the device.
            fields: Values by name; also `user`, a principal, and `labels`, the names of all static
                labels which it is to have.

        Returns:
            Everything about the device afterwards, None where there is none.
        """
        device = self._tenant.world.find(key)
        if device is None:
            return None
        self._tenant.world.set_fields(device, fields)
        return self.one(device.uuid)

    def create(self, fields: dict[str, Any]) -> int:
        """Add a device with fields as in `change` and return its id. Raises ValueError."""
        return self._tenant.world.add(fields).id


def _plain(name: str) -> Callable[[World, Device], Any]:
    return lambda world, device: getattr(device, name)


_FIELDS: dict[str, Callable[[World, Device], Any]] = {
    **{
        name: _plain(name)
        for name in Device.__dataclass_fields__
        if name not in ("user", "labels", "details", "cache")
    },
    "platform_name": _plain("platform_name"),
    "user": lambda world, device: device.user.principal,
    "user_uuid": lambda world, device: device.user.uuid,
    "email": lambda world, device: device.user.email,
    "labels": lambda world, device: [label.name for label in world.labels_of(device)],
    "details": lambda world, device: details(device),
}


# --- labels -----------------------------------------------------------------------------------------------------------


def _label(tenant: EpmmTenant, key: str) -> Label:
    found = next((label for label in tenant.world.labels.values() if str(label.id) == key), None)
    if found is None:
        raise NotFound("no such label")
    return found


def _get_labels(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    """Every label with the uuids of its members."""
    # fmt: off
    return [{"id": label.id, "name": label.name, "description": label.description, "query": label.query,
             "static": label.static, "system": label.system, "space_id": label.space_id,
             "members": [device.uuid for device in tenant.world.members(label)]}
            for label in tenant.world.labels.values()]
    # fmt: on


def _add_label(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`query`: a text makes it filtered, the empty one too."""
    unknown = set(body) - {"name", "description", "query", "space_id"}
    if unknown:
        raise ValueError(f"a label has no {', '.join(sorted(unknown))}")
    label = tenant.world.add_label(
        str(body.get("name", "")),
        str(body.get("description", "")),
        body.get("query"),
        body.get("space_id", GLOBAL_SPACE),
    )
    return {"id": label.id}


def _delete_label(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> None:
    tenant.world.remove_label(_label(tenant, taken["key"]))


def _set_members(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """Make the members of a static label exactly `devices`; all or none."""
    world, label = tenant.world, _label(tenant, taken["key"])
    wanted = [world.find(str(uuid)) for uuid in body.get("devices", ())]
    if None in wanted or not label.static:
        raise ValueError("a member is no device, or the label is filtered")
    for device in world.devices.values():
        if device in wanted:
            world.assign(device, label)
        else:
            world.unassign(device, label)
    return {"members": len(wanted)}


# fmt: off
CONTROL_CALLS = (
    ControlCall("GET", "/labels", _get_labels),
    ControlCall("POST", "/labels", _add_label, 201),
    ControlCall("DELETE", "/labels/{key}", _delete_label),
    ControlCall("PUT", "/labels/{key}/members", _set_members),
    ControlCall("GET", "/spaces", lambda tenant, taken, body: list(tenant.world.spaces.values())),
    ControlCall("GET", "/users", lambda tenant, taken, body: list(tenant.world.users.values())),
)
# fmt: on
