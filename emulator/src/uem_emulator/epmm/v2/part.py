# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls of API v2 about one subject have in common: the device space that they are asked
for, and what can be seen from it."""

from __future__ import annotations

from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.wire import BadRequest, ForbiddenError
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device
from uem_emulator.epmm.world.world import World
from uem_emulator.part import Part

#: A device space in which there is nothing.
_NOWHERE = -1
#: Parameters which calls have in common.
SPACE = frozenset(("adminDeviceSpaceId",))
PAGE = SPACE | {"limit", "offset"}
SORTED = PAGE | {"sortField", "sortOrder"}


class V2Part(Part[EpmmTenant]):
    """The handlers of some calls of API v2."""

    @property
    def world(self) -> World:
        """The devices and everything else that is emulated."""
        return self.tenant.world

    def space(self, request: Request) -> int:
        """Return the required adminDeviceSpaceId. Raises BadRequest."""
        number = wire.whole_number(request, "adminDeviceSpaceId", None, 0, None)
        if number not in self.world.spaces and self.switches["unknown_space"] == "error":
            raise BadRequest("devicespace.invalid", f"Device space '{number}' is invalid.")
        if number in self.seen_spaces or number not in self.world.spaces:
            return number
        position = self.switches["foreign_space"]
        if position == "forbidden":
            raise ForbiddenError
        if position == "error":
            raise BadRequest("devicespace.invalid", f"Device space '{number}' is invalid.")
        return _NOWHERE

    @property
    def seen_spaces(self) -> frozenset[int]:
        """The device spaces which the account sees."""
        return self.world.space_and_below(self.switches.number("account_space"))

    def page(self, rows: list[Any], total: int, offset: int, **more: Any) -> Answer:
        """Return a part of a list, with the total that a switch says; see `wire.page`."""
        counted = None if self.switches["v2_page_total"] == "list" else len(rows)
        return wire.page(rows, total, offset, counted, **more)

    def visible_device(self, uuid: str, space_id: int) -> Device | None:
        """Return the device of a uuid, None where it cannot be seen from a space.

        Args:
            uuid: The uuid, in any case.
            space_id: The device space.
        """
        device = self.world.by_uuid.get(uuid.lower())
        if device is None or space_id == GLOBAL_SPACE:
            return device
        return device if device.space_id in self.world.space_and_below(space_id) else None

    def absent(self, text: str) -> Answer:
        """Return the answer for what is not there, with a message."""
        form = str(self.switches["missing_device"])
        return wire.plain(int(form[:3]), form, text)
