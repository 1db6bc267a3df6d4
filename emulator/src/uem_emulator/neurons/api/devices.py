# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One device and the tenant: details, device spaces, attribute definitions.

Sources: the vendor's "Device API Calls"; its page "Custom Attributes" (definitions); recorded
answers for spaces and tenant metadata.
"""

from __future__ import annotations

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons import roles
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import database_page
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.model import DEFINITION_TYPES
from uem_emulator.routing import Route

_VIEW = ("device.view",)
_ACT = ("device.force.checkin", "device.lock")
_MANAGE = (
    "device.edit",
    "device.retire",
    "device.retire.cancel",
    "device.wipe",
    "device.wipe.cancel",
    "device.push.profile",
)
#: Role -> permissions of `metadata/tenant`. Their names are the vendor's; which role has which is
#: inferred from the sections of the calls.
_PERMISSIONS = {
    roles.ADMIN: _VIEW + _ACT + _MANAGE,
    roles.MANAGEMENT: _VIEW + _ACT + _MANAGE,
    roles.ACTIONS: _VIEW + _ACT,
    roles.READ_ONLY: _VIEW,
}


class DeviceCalls(NeuronsPart):
    """The handlers for one device and for what the tenant has besides devices."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        paging = frozenset(("start", "rows", "dmPartitionId"))
        # fmt: off
        return (
            Route("GET", "/api/v1/device/{id}", self.get_detail, frozenset(("dmPartitionId",))),
            Route("GET", "/api/v1/customattributes", self.get_definitions, paging | {"type"}),
            Route("GET", "/api/v1/tenant/partition/device", self.get_partitions, paging),
            Route("GET", "/api/v1/metadata/tenant", self.get_tenant),
        )
        # fmt: on

    def get_detail(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return everything about a device, with its device groups."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        found = wire.detail(
            device, self.world.groups_of(device), self.world.partitions, self.switches
        )
        name = str(self.switches["owner_status_field"])
        if name != "absent":
            found[name] = self.tenant.reassignments.shown(device, "lastReassignmentStatus")
        return wire.ok(found)

    def get_definitions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the attribute definitions. `type` is asked for in any case and returned in upper
        case."""
        kind = (request.parameter("type") or "").upper()
        if kind and kind not in DEFINITION_TYPES:
            raise BadRequest(("Invalid", f"must be one of {', '.join(DEFINITION_TYPES)}", "type"))
        found = [item for item in self.world.definitions.values() if kind in ("", item.type)]
        return database_page(request, [wire.definition(item, self.switches) for item in found])

    def get_partitions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the device spaces with the number of their devices."""
        groups = self.world.groups
        return database_page(
            request,
            [
                wire.partition(
                    space,
                    len(self.world.index.ids_of(space.id)),
                    sum(g.partition == space.id for g in groups),
                )
                for space in (self.world.partitions.values() if self._has_spaces else ())
            ],
        )

    @property
    def _has_spaces(self) -> bool:
        return self.switches["neurons_spaces"] == "all"

    def get_tenant(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the metadata of the tenant."""
        return wire.ok(
            {
                "defaultDmPartitionId": self.world.default_partition.id
                if self._has_spaces
                else None,
                "cmPermissionList": [],
                "dmPermissionList": _permissions(request),
            }
        )


def _permissions(request: Request) -> list[str]:
    """What the account that asks may do with devices."""
    own = roles.ROLES if request.roles is None else request.roles
    return sorted({name for role in own for name in _PERMISSIONS[role]})
