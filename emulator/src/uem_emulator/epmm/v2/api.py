# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: its calls but for the device list, which `listing` has.

Sources: the vendor's pages of API v2 "Label Management", "Device Spaces", "Custom Attributes",
"User Management"; the vendor document "MobileIron Core V1 Web Service", "Deprecation update"
(labels of a device, put on, taken off); recorded answers; requests of clients. Each handler says
what it has from where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.listing import DeviceList
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label
from uem_emulator.routing import Route

if TYPE_CHECKING:
    from uem_emulator.epmm.product import Epmm
    from uem_emulator.epmm.world.world import World

MOST_LABELS = 200
_SPACE = frozenset(("adminDeviceSpaceId",))
_PAGE = _SPACE | {"limit", "offset"}
_SORTED = _PAGE | {"sortField", "sortOrder"}
_WRITE = frozenset(("deviceUuids",))
_TYPES = ("device", "user")
_STATES = ("active", "inactive")
#: What is impossible about a write: the switch which decides its answer, the key of its message, its text.
_Fault = tuple[str, str, str]


class V2:
    """The handlers; `routes` are for the product's router."""

    def __init__(self, product: Epmm) -> None:
        self.product = product
        self.list = DeviceList(product)
        # fmt: off
        self.routes = (
            Route("GET", "/api/v2/ping", self.ping),
            Route("GET", "/api/v2/devices", self.list.answer, _SORTED | {"query", "labelId", "fields"}),
            Route("GET", "/api/v2/devices/count", self.list.count, _SPACE | {"query"}),
            Route("GET", "/api/v2/devices/search_fields", self.search_fields, _SPACE | {"query"}),
            Route("GET", "/api/v2/devices/{uuid}/details", self.device_details, _SPACE),
            Route("GET", "/api/v2/devices/{uuid}/labels", self.device_labels, _SPACE),
            Route("PUT", "/api/v2/devices/labels/{names}/add", self.add_labels, _SPACE, _WRITE),
            Route("PUT", "/api/v2/devices/labels/{names}/remove", self.remove_labels, _SPACE, _WRITE),
            Route("GET", "/api/v2/labels/label_summary", self.label_summary, _SORTED),
            Route("GET", "/api/v2/labels/{id}", self.get_label, _SPACE),
            Route("GET", "/api/v2/device_spaces", self.spaces, _PAGE | {"excludeDeviceCount"}),
            Route("GET", "/api/v2/device_spaces/mine", self.my_spaces, _SPACE),
            Route("GET", "/api/v2/device_spaces/criteria", self.criteria, _SPACE),
            Route("GET", "/api/v2/attributes/definitions", self.definitions, _SORTED | {"type", "status", "keyword"}),
            Route("GET", "/api/v2/authorized/users", self.users, _PAGE | {"query", "sortOrder"}),
        )
        # fmt: on

    @property
    def world(self) -> World:
        return self.product.world

    def renew(self) -> None:
        """The world is another: nothing of the old one is kept."""
        self.list.served = []

    def space(self, request: Request) -> int:
        """The required adminDeviceSpaceId. Raises BadRequest."""
        number = wire.whole(request, "adminDeviceSpaceId", None, 0, None)
        if number not in self.world.spaces and self.product.switches["unknown_space"] == "error":
            raise BadRequest("devicespace.invalid", f"Device space '{number}' is invalid.")
        return number

    def _visible(self, device: Device | None, space_id: int) -> bool:
        return device is not None and (
            space_id == GLOBAL_SPACE or device.space_id in self.world.under(space_id)
        )

    def _absent(self, text: str) -> Answer:
        form = str(self.product.switches["missing_device"])
        return wire.plain(int(form[:3]), form, text)

    # --- the server -----------------------------------------------------------------------------------------------------

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
        number = wire.whole(request, "adminDeviceSpaceId", 0, 0, None)
        offset, limit = (
            wire.whole(request, "offset", 0, 0, None),
            wire.whole(request, "limit", 10_000, 0, 10_000),
        )
        counted = (request.parameter("excludeDeviceCount") or "false").lower() != "true"
        seen = self.world.under(number or GLOBAL_SPACE)
        self.world.lag.before_read()
        rows = [
            self._space_row(space_id, counted=counted)
            for space_id in self.world.spaces
            if space_id in seen
        ]
        return wire.page(rows[offset : offset + limit], len(rows), offset)

    def my_spaces(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The one account is an administrator of the global space."""
        return wire.page([self._space_row(GLOBAL_SPACE, counted=True)], 1, 0)

    def _space_row(self, space_id: int, *, counted: bool) -> dict[str, Any]:
        space, spaces = self.world.spaces[space_id], self.world.under(space_id)
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
        offset = wire.whole(request, "offset", 0, 0, None)
        wire.whole(request, "limit", 0, 0, 1_000_000)
        wire.descending(request)
        return wire.page([], 0, offset)

    def users(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Sorted by principal. `query` searches first name, last name and principal."""
        self.space(request)
        text = (request.parameter("query") or "").lower()
        if len(text) > 20:
            raise BadRequest("validation.size", "query must be 1 to 20 characters.")
        most = self.product.switches.number("users_limit_max")
        offset, limit = (
            wire.whole(request, "offset", 0, 0, 10_000_000),
            wire.whole(request, "limit", most, 0, most),
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
        return wire.page(rows, len(found), offset)

    # --- labels -----------------------------------------------------------------------------------------------------------

    def label_row(self, label: Label, space_id: int) -> dict[str, Any]:
        """Keys and types: the vendor's page. A static label's criteria are null."""
        space = self.world.spaces[label.space_id]
        static = label.static or (
            label.system and self.product.switches["system_labels_static"] == "yes"
        )
        # fmt: off
        return {"id": label.id, "name": label.name, "description": label.description, "isStatic": static,
                "criteria": label.query, "deviceCount": len(self.world.listed(label, space_id)),
                "deviceSpaceId": space.id, "deviceSpaceName": space.name, "deviceSpacePath": space.path,
                "rowType": "SYSTEM" if label.system else "ADMIN"}
        # fmt: on

    def label_summary(self, request: Request, taken: tuple[str, ...]) -> Answer:
        space_id = self.space(request)
        offset = wire.whole(request, "offset", 0, 0, 10_000_000)
        limit = wire.whole(request, "limit", MOST_LABELS, 0, MOST_LABELS)
        sort, down = wire.sort_field(request), wire.descending(request)
        self.world.lag.before_read()
        labels = self.world.labels_seen(space_id) if space_id in self.world.spaces else []
        rows = [self.label_row(label, space_id) for label in labels]
        if sort is not None and rows and sort not in rows[0]:
            if self.product.switches["unknown_sort_field"] == "error":
                raise BadRequest("label.sort", f"Sort field '{sort}' is invalid.")
            sort = None
        if sort is not None or down:
            rows.sort(key=lambda row: wire.sort_key(row[sort or "id"]), reverse=down)
        elif self.product.switches["unsorted_order"] == "scattered":
            rows.sort(key=lambda row: row["id"] * 2654435761 & 0xFFFFFFFF)
        return wire.page(rows[offset : offset + limit], len(rows), offset)

    def get_label(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """One object; a client reads its name."""
        space_id = self.space(request)
        try:
            label = self.world.labels.get(int(taken[0]))
        except ValueError as problem:
            raise BadRequest("validation.format", f"Format '{taken[0]}' is invalid.") from problem
        if label is None or label not in self.world.labels_seen(space_id):
            return self._absent("Label not found")
        self.world.lag.before_read()
        return wire.single(self.label_row(label, space_id))

    # --- a device ---------------------------------------------------------------------------------------------------------

    def device_details(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """A list of name and value; a client calls it without adminDeviceSpaceId."""
        given = request.parameter("adminDeviceSpaceId") is not None
        space_id = self.space(request) if given else GLOBAL_SPACE
        device = self.world.by_uuid.get(taken[0].lower())
        if device is None or not self._visible(device, space_id):
            return self._absent("Device not found")
        rows = [{"name": name, "value": value} for name, value in details(device).items()]
        return wire.page(rows, len(rows), 0)

    def device_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The labels which a device has. Here the id is a text: a client compares it as one."""
        space_id = self.space(request)
        device = self.world.by_uuid.get(taken[0].lower())
        if device is None or not self._visible(device, space_id):
            return self._absent("Device not found")
        rows = [
            {"id": str(label.id), "name": label.name}
            for label in self.world.labels_of(device)
            if label in self.world.labels_seen(space_id)
        ]
        return wire.page(rows, len(rows), 0)

    # --- putting labels on and taking them off ----------------------------------------------------------------------------

    def add_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        return self._write(request, add=True)

    def remove_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        return self._write(request, add=False)

    def _write(self, request: Request, *, add: bool) -> Answer:
        """The body must be JSON by its Content-Type too: a client's form is not taken."""
        space_id = self.space(request)
        if "json" not in request.headers.get("content-type", ""):
            return wire.plain(415, "html")
        uuids = wire.json_body(request).get("deviceUuids")
        if (
            not isinstance(uuids, list)
            or not uuids
            or not all(isinstance(uuid, str) for uuid in uuids)
        ):
            raise BadRequest("validation.size", "deviceUuids must be a list of at least one uuid.")
        first = self.world.by_uuid.get(uuids[0].lower())
        if "vanish" in request.effects and first is not None:
            self.world.remove(first.id)
        labels, faults = self._labels(self._label_names(request), space_id)
        devices, unknown = self._devices(uuids, space_id)
        pairs, foreign = self._pairs(devices, labels)
        faults += unknown + foreign
        for switch, key, text in faults:
            if self.product.switches[switch] == "bad_request":
                raise BadRequest(key, text)
        possible = not faults or self.product.switches["partial_label_write"] == "rest"
        if possible and "no_effect" not in request.effects:
            write = self.world.assign if add else self.world.unassign
            for device, label in pairs:
                write(device, label)
        return _written(faults, wrote=possible)

    def _label_names(self, request: Request) -> list[str]:
        raw = request.path.split("/")[-2]
        if self.product.switches["label_comma"] == "before":
            return [unquote(part) for part in raw.split(",")]
        return unquote(raw).split(",")

    def _labels(self, names: list[str], space_id: int) -> tuple[list[Label], list[_Fault]]:
        """The labels which can be written, and what is wrong with the others."""
        seen = {label.name: label for label in self.world.labels_seen(space_id)}
        labels, faults = [], []
        for name in names:
            label = seen.get(name)
            if label is None:
                faults.append(
                    ("unknown_label_write", "label.not.found", f"Label '{name}' was not found.")
                )
            elif not label.static:
                faults.append(
                    (
                        "filtered_label_write",
                        "label.not.static",
                        f"Label '{name}' is not a static label.",
                    )
                )
            else:
                labels.append(label)
        return labels, faults

    def _devices(self, uuids: list[str], space_id: int) -> tuple[list[Device], list[_Fault]]:
        devices, faults = [], []
        for uuid in uuids:
            device = self.world.by_uuid.get(uuid.lower())
            if device is not None and self._visible(device, space_id):
                devices.append(device)
            else:
                faults.append(
                    ("unknown_device_write", "device.not.found", f"Device '{uuid}' was not found.")
                )
        return devices, faults

    def _pairs(
        self, devices: list[Device], labels: list[Label]
    ) -> tuple[list[tuple[Device, Label]], list[_Fault]]:
        """What can be written, and what cannot because a label belongs to another space."""
        pairs = [(device, label) for device in devices for label in labels]
        if self.product.switches["foreign_label_write"] == "done":
            return pairs, []
        faults = [
            (
                "foreign_label_write",
                "label.space",
                f"Device '{device.uuid}' is not in the space of label '{label.name}'.",
            )
            for device, label in pairs
            if not self.world.reaches(label, device)
        ]
        return [
            (device, label) for device, label in pairs if self.world.reaches(label, device)
        ], faults


def _written(faults: list[_Fault], *, wrote: bool) -> Answer:
    """A client reads `successful` alone."""
    messages = [wire.message("Error", key, text) for _switch, key, text in faults]
    messages = messages or [wire.message("Info", "label.update.success", "Labels were updated.")]
    return Answer(200, orjson.dumps({"successful": not faults, "messages": messages}), wrote=wrote)
