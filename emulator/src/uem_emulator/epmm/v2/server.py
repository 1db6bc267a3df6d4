# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: the server itself, its device spaces, attribute definitions and users.

Sources: the vendor's pages of API v2 "Device Spaces", "Custom Attributes", "User Management";
recorded answers; requests of clients. Each handler says what it has from where.
"""

from __future__ import annotations

from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.part import PAGE, SORTED, SPACE, V2Part
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world.model import GLOBAL_SPACE
from uem_emulator.routing import Route

_TYPES = ("device", "user")
_STATES = ("active", "inactive")


class ServerCalls(V2Part):
    """The handlers for what the server has besides devices and labels."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        # fmt: off
        return (
            Route("GET", "/api/v2/ping", self.ping),
            Route("GET", "/api/v2/devices/search_fields", self.search_fields, SPACE | {"query"}),
            Route("GET", "/api/v2/device_spaces", self.spaces, PAGE | {"excludeDeviceCount"}),
            Route("GET", "/api/v2/device_spaces/mine", self.my_spaces, SPACE),
            Route("GET", "/api/v2/device_spaces/criteria", self.criteria, SPACE),
            Route("GET", "/api/v2/attributes/definitions", self.definitions, SORTED | {"type", "status", "keyword"}),
            Route("GET", "/api/v2/authorized/users", self.users, PAGE | {"query", "sortOrder"}),
        )
        # fmt: on

    def ping(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Recorded, with the blank at the end."""
        return wire.single({"apiVersion": 2.0, "vspVersion": "VSP 12.3.0.1 Build 7 "})

    def search_fields(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Read by clients for `name`; other keys are not known."""
        self.space(request)
        return self._names()

    criteria = search_fields

    def _names(self) -> Answer:
        rows = [{"name": name} for name, field in self.world.fields.items() if field.listed]
        return wire.page(rows, len(rows), 0)

    def spaces(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """adminDeviceSpaceId 0, the default, and 1 show all."""
        number = wire.whole_number(request, "adminDeviceSpaceId", 0, 0, None)
        offset, limit = (
            wire.whole_number(request, "offset", 0, 0, None),
            wire.whole_number(request, "limit", 10_000, 0, 10_000),
        )
        counted = (request.parameter("excludeDeviceCount") or "false").lower() != "true"
        seen = self.world.space_and_below(number or GLOBAL_SPACE) & self.seen_spaces
        self.world.lag.before_read()
        rows = [
            self._space_row(space_id, counted=counted)
            for space_id in self.world.spaces
            if space_id in seen
        ]
        return self.page(rows[offset : offset + limit], len(rows), offset)

    def my_spaces(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The space of which the account is an administrator."""
        own = self.switches.number("account_space")
        rows = [self._space_row(own, counted=True)] if own in self.world.spaces else []
        return wire.page(rows, len(rows), 0)

    def _space_row(self, space_id: int, *, counted: bool) -> dict[str, Any]:
        space, spaces = self.world.spaces[space_id], self.world.space_and_below(space_id)
        number = (
            len(
                self.world.index.ids(
                    ("space", space_id),
                    lambda device: space_id == GLOBAL_SPACE or device.space_id in spaces,
                )
            )
            if counted
            else 0
        )
        return {
            "id": space.id,
            "name": space.name,
            "path": space.path,
            "parentId": space.parent,
            "criteria": space.criteria,
            "deviceCount": number,
        }

    def definitions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Custom attributes: what a row holds is not known, so the server has none."""
        self.space(request)
        for name, known, required in (("type", _TYPES, True), ("status", _STATES, False)):
            value = request.parameter(name)
            if (value or "") not in known and (required or value is not None):
                raise BadRequest(
                    "validation.required", f"{name} must be one of {', '.join(known)}."
                )
        offset = wire.whole_number(request, "offset", 0, 0, None)
        wire.whole_number(request, "limit", 0, 0, 1_000_000)
        wire.descending(request)
        return wire.page([], 0, offset)

    def users(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Sorted by principal. `query` searches first name, last name and principal."""
        self.space(request)
        text = (request.parameter("query") or "").lower()
        if len(text) > 20:
            raise BadRequest("validation.size", "query must be 1 to 20 characters.")
        most = self.switches.number("users_limit_max")
        offset, limit = (
            wire.whole_number(request, "offset", 0, 0, 10_000_000),
            wire.whole_number(request, "limit", most, 0, most),
        )
        found = [
            user
            for user in self.world.users.values()
            if any(text in value.lower() for value in (user.first, user.last, user.principal))
        ]
        found.sort(key=lambda user: user.principal.lower(), reverse=wire.descending(request))
        rows = [
            {
                "principal": user.principal,
                "displayName": user.display,
                "email": user.email,
                "enabled": user.enabled,
                "uuid": user.uuid,
            }
            for user in found[offset : offset + limit]
        ]
        return self.page(rows, len(found), offset)
