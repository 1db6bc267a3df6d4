# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ivanti EPMM: one server behind its two APIs, and what the control calls may do to its world."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request, html
from uem_emulator.blueprint import Blueprint
from uem_emulator.controlcall import Absent, ControlCall
from uem_emulator.epmm.v1 import api as v1
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.api import V2
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label
from uem_emulator.epmm.world.world import World
from uem_emulator.routing import Found, Route, Router
from uem_emulator.switches import Switches

_ENCODED_SLASH = re.compile(r"%(2f|5c)", re.IGNORECASE)
_FORMS = {
    401: "unauthorized_body",
    403: "forbidden_body",
    405: "unknown_path_body",
    501: "unknown_path_body",
}


class _Paths:
    """The router, with /api/V2 as /api/v2 where a switch says so."""

    def __init__(self, routes: tuple[Route, ...], switches: Switches) -> None:
        self._router = Router(routes)
        self._switches = switches

    def find(self, segments: tuple[str, ...]) -> Found | None:
        if segments[1:3] == ("api", "V2") and self._switches["v2_path_case"] == "version_ignored":
            segments = ("", "api", "v2", *segments[3:])
        return self._router.find(segments)


class Epmm:
    """See `products.Product` for what the pipeline and the control calls use."""

    shown: tuple[str, ...] = ("id", "uuid", "status", "labels")

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.switches = switches
        self.world = World(blueprint, switches)
        self.writes = 0
        self.v2 = V2(self)
        self.v1 = v1.V1(self)
        self.router = _Paths(self.v2.routes + self.v1.routes, switches)

    # --- for the pipeline -------------------------------------------------------------------------------------------------

    def status(self, status: int, request: Request, message: str | None = None) -> Answer:
        """401, 403, 405, 414, 501, 429 and 5xx in the form of the API which the path belongs to."""
        form = str(self.switches[_FORMS[status]]) if status in _FORMS else "json"
        if form != "json" or not request.path.startswith("/api/v1"):
            return wire.plain(status, form, message)
        return self.v1.error(status, request, message)

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer:
        if _ENCODED_SLASH.search(request.path) and self.switches["encoded_slash"] == "reject":
            return html(400, "Bad Request")
        if request.method == "GET":
            self.v1.before_read()
        try:
            answer = route.handler(request, taken)
        except BadRequest as bad:
            return wire.error(400, bad.key, bad.text)
        self.writes += answer.wrote
        return answer

    def unknown_names(self, names: list[str], request: Request) -> Answer:
        """Strict mode's answer."""
        text = f"not known for this call: {', '.join(names)}"
        if request.path.startswith("/api/v1"):
            return self.v1.error(400, request, text)
        return wire.error(400, "validation.unknown", text)

    def pretended(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Fault kinds which are a 200 that is none. Recorded for a device action: successful
        false."""
        if request.path.startswith("/api/v1"):
            return self.v1.pretended(kind, params, request)
        messages = [
            wire.message(
                "Error", "request.failed", str(params.get("message", "The request failed."))
            )
        ]
        body: dict[str, Any] = {"messages": messages}
        return Answer(
            200, orjson.dumps(body if kind == "errors_200" else {"successful": False, **body})
        )

    def faults_changed(self, kinds: set[str]) -> None:
        self.world.lag.frozen = "stale_list" in kinds

    # --- for the control calls: the truth, without the API's rules ------------------------------------------------------------

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> None:
        """A fresh world; what is None stays as it was asked for last."""
        old = self.world.blueprint
        self.world = World(
            Blueprint(
                old.seed if seed is None else seed,
                old.devices if devices is None else devices,
                old.partitions if partitions is None else partitions,
                old.now,
            ),
            self.switches,
        )
        self.writes = 0
        self.v2.renew()
        self.v1.renew()

    def settle(self) -> None:
        """Devices first: what they carry out is written, and has to reach the lists, too."""
        self.v1.settle()
        self.world.lag.settle()

    def switches_changed(self) -> None:
        self.world.switches_changed()
        self.v1.switches_changed()

    def state(self) -> dict[str, Any]:
        world = self.world
        # fmt: off
        return {"devices": len(world.devices), "users": len(world.users), "labels": len(world.labels),
                "partitions": {str(space.id): space.name for space in world.spaces.values()}, "writes": self.writes,
                "pending_index_writes": world.lag.pending, "seed": world.blueprint.seed, "now": world.now, **self.v1.state()}
        # fmt: on

    def truth(self, key: str) -> dict[str, Any] | None:
        """Everything about a device, nothing hidden; None when there is none."""
        device = self.world.find(key)
        return (
            None if device is None else {name: get(self, device) for name, get in _TRUTHS.items()}
        )

    def truths(self, fields: list[str]) -> list[dict[str, Any]]:
        """The chosen fields of every device. Raises ValueError."""
        unknown = [name for name in fields if name not in _TRUTHS]
        if unknown:
            raise ValueError(f"not fields of a device: {', '.join(unknown)}")
        getters = [(name, _TRUTHS[name]) for name in fields]
        return [
            {name: get(self, device) for name, get in getters}
            for device in self.world.devices.values()
        ]

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Set fields of a device. Answers the truth of it afterwards, None when there is no such
        device."""
        device = self.world.find(key)
        if device is None:
            return None
        self.world.set_fields(device, fields)
        return self.truth(device.uuid)

    def create(self, fields: dict[str, Any]) -> int:
        """Add a device; answers its id. Raises ValueError."""
        return self.world.add(fields).id

    def delete(self, key: str) -> bool:
        device = self.world.find(key)
        if device is not None:
            self.world.remove(device.id)
        return device is not None

    # --- control calls which other products lack --------------------------------------------------------------------------

    def labels(self) -> list[dict[str, Any]]:
        """Every label with the uuids of its members: the truth."""
        # fmt: off
        return [{"id": label.id, "name": label.name, "description": label.description, "query": label.query,
                 "static": label.static, "system": label.system, "space_id": label.space_id,
                 "members": [device.uuid for device in self.world.members(label)]}
                for label in self.world.labels.values()]
        # fmt: on

    def add_label(self, given: Mapping[str, Any]) -> dict[str, int]:
        """`query`: a text makes it filtered, the empty one too. Raises ValueError."""
        unknown = set(given) - {"name", "description", "query", "space_id"}
        if unknown:
            raise ValueError(f"a label has no {', '.join(sorted(unknown))}")
        label = self.world.add_label(
            str(given.get("name", "")),
            str(given.get("description", "")),
            given.get("query"),
            given.get("space_id", GLOBAL_SPACE),
        )
        return {"id": label.id}

    def _label(self, key: str) -> Label:
        found = next((label for label in self.world.labels.values() if str(label.id) == key), None)
        if found is None:
            raise Absent("no such label")
        return found

    def delete_label(self, key: str) -> None:
        self.world.remove_label(self._label(key))

    def set_members(self, key: str, given: Mapping[str, Any]) -> dict[str, int]:
        """Make the members of a static label exactly `devices`; all or none. Raises ValueError."""
        label = self._label(key)
        wanted = [self.world.find(str(uuid)) for uuid in given.get("devices", ())]
        if None in wanted or not label.static:
            raise ValueError("a member is no device, or the label is filtered")
        for device in self.world.devices.values():
            if device in wanted:
                self.world.assign(device, label)
            else:
                self.world.unassign(device, label)
        return {"members": len(wanted)}


def _plain(name: str) -> Callable[[Epmm, Device], Any]:
    return lambda product, device: getattr(device, name)


_TRUTHS: dict[str, Callable[[Epmm, Device], Any]] = {
    **{
        name: _plain(name)
        for name in Device.__dataclass_fields__
        if name not in ("user", "labels", "details", "cache")
    },
    "platform_name": _plain("platform_name"),
    "user": lambda product, device: device.user.principal,
    "user_uuid": lambda product, device: device.user.uuid,
    "email": lambda product, device: device.user.email,
    "labels": lambda product, device: [label.name for label in product.world.labels_of(device)],
    "details": lambda product, device: details(device),
}

# fmt: off
CONTROL_CALLS = (
    ControlCall("GET", "/labels", lambda product, taken, body: product.labels()),
    ControlCall("POST", "/labels", lambda product, taken, body: product.add_label(body), 201),
    ControlCall("DELETE", "/labels/{key}", lambda product, taken, body: product.delete_label(taken["key"])),
    ControlCall("PUT", "/labels/{key}/members", lambda product, taken, body: product.set_members(taken["key"], body)),
    ControlCall("GET", "/spaces", lambda product, taken, body: list(product.world.spaces.values())),
    ControlCall("GET", "/users", lambda product, taken, body: list(product.world.users.values())),
    *v1.CONTROL_CALLS,
)
# fmt: on
