# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: labels, and putting them on devices.

Sources: the vendor's page of API v2 "Label Management"; the vendor document "MobileIron Core V1 Web
Service", "Deprecation update" (labels of a device, put on, taken off); requests of clients. Each
handler says what it has from where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.part import SORTED, SPACE, V2Part
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.model import Device, Label
from uem_emulator.routing import Route

MOST_LABELS = 200
_WRITE = frozenset(("deviceUuids",))
#: What is impossible about a write: the switch which decides its answer, the key of its message, its text.
_Fault = tuple[str, str, str]


class LabelCalls(V2Part):
    """The handlers for labels."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        # fmt: off
        return (
            Route("GET", "/api/v2/devices/{uuid}/details", self.device_details, SPACE),
            Route("GET", "/api/v2/devices/{uuid}/labels", self.device_labels, SPACE),
            Route("PUT", "/api/v2/devices/labels/{names}/add", self.add_labels, SPACE, _WRITE),
            Route("PUT", "/api/v2/devices/labels/{names}/remove", self.remove_labels, SPACE, _WRITE),
            Route("GET", "/api/v2/labels/label_summary", self.label_summary, SORTED),
            Route("GET", "/api/v2/labels/{id}", self.get_label, SPACE),
        )
        # fmt: on

    def label_row(self, label: Label, space_id: int) -> dict[str, Any]:
        """Return a label as a device space sees it. Keys and types: the vendor's page. A static
        label's criteria are null."""
        space = self.world.spaces[label.space_id]
        static = label.static or (label.system and self.switches["system_labels_static"] == "yes")
        # fmt: off
        return {"id": label.id, "name": label.name, "description": label.description, "isStatic": static,
                "criteria": label.query, "deviceCount": len(self.world.listed(label, space_id)),
                "deviceSpaceId": space.id, "deviceSpaceName": space.name, "deviceSpacePath": space.path,
                "rowType": "SYSTEM" if label.system else "ADMIN"}
        # fmt: on

    def label_summary(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return a page of the labels which a device space sees."""
        space_id = self.space(request)
        offset = wire.whole_number(request, "offset", 0, 0, 10_000_000)
        limit = wire.whole_number(request, "limit", MOST_LABELS, 0, MOST_LABELS)
        sort, down = wire.sort_field(request), wire.descending(request)
        self.world.lag.before_read()
        labels = self.world.visible_labels(space_id) if space_id in self.world.spaces else []
        rows = [self.label_row(label, space_id) for label in labels]
        if sort is not None and rows and sort not in rows[0]:
            if self.switches["unknown_sort_field"] == "error":
                raise BadRequest("label.sort", f"Sort field '{sort}' is invalid.")
            sort = None
        if sort is not None or down:
            rows.sort(key=lambda row: wire.sort_key(row[sort or "id"]), reverse=down)
        elif self.switches["unsorted_order"] == "scattered":
            rows.sort(key=lambda row: row["id"] * 2654435761 & 0xFFFFFFFF)
        return self.page(rows[offset : offset + limit], len(rows), offset)

    def get_label(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """One object; a client reads its name."""
        space_id = self.space(request)
        try:
            label = self.world.labels.get(int(taken[0]))
        except ValueError as problem:
            raise BadRequest("validation.format", f"Format '{taken[0]}' is invalid.") from problem
        if label is None or label not in self.world.visible_labels(space_id):
            if self.switches["v2_unknown_label"] == "empty":
                return wire.single({})
            return self.absent("Label not found")
        self.world.lag.before_read()
        return wire.single(self.label_row(label, space_id))

    # --- a device ---------------------------------------------------------------------------------------------------------

    def device_details(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """A list of name and value; a client calls it without adminDeviceSpaceId."""
        given = request.parameter("adminDeviceSpaceId") is not None
        space_id = self.space(request) if given else self.switches.number("account_space")
        device = self.visible_device(taken[0], space_id)
        if device is None:
            return self.absent("Device not found")
        pairs = details(device, undocumented=self.switches.is_on("undocumented_details"))
        rows = [{"name": name, "value": value} for name, value in pairs.items()]
        return wire.page(rows, len(rows), 0)

    def device_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The labels which a device has. Here the id is a text: a client compares it as one."""
        space_id = self.space(request)
        device = self.visible_device(taken[0], space_id)
        if device is None:
            return self.absent("Device not found")
        rows = [
            {"id": str(label.id), "name": label.name, "staticLabel": label.static}
            for label in self.world.labels_of(device)
            if label in self.world.visible_labels(space_id)
        ]
        return wire.page(rows, len(rows), 0)

    # --- putting labels on and taking them off ----------------------------------------------------------------------------

    def add_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Put labels on devices."""
        return self._write(request, add=True)

    def remove_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Take labels off devices."""
        return self._write(request, add=False)

    def _write(self, request: Request, *, add: bool) -> Answer:
        """The body must be JSON by its Content-Type too: a client's form is not taken."""
        space_id = self.space(request)
        if "json" not in request.headers.get("content-type", ""):
            return wire.plain(415, "html")
        uuids = _uuids(request)
        first = self.world.by_uuid.get(uuids[0].lower())
        if "vanish" in request.effects and first is not None:
            self.world.remove(first.id)
        labels, faults = self._labels(self._label_names(request), space_id)
        devices, unknown = self._devices(uuids, space_id)
        pairs, foreign = self._pairs(devices, labels)
        faults += unknown + foreign
        self._refuse(faults)
        possible = not faults or self.switches["partial_label_write"] == "rest"
        if possible and "no_effect" not in request.effects:
            self._carry_out(pairs, add=add)
        answer = _written(faults, wrote=possible)
        if not add or self.switches["label_add_answer"] == "successful":
            return answer
        return self._with_records(answer, request, uuids, space_id, done=possible)

    def _refuse(self, faults: Iterable[_Fault]) -> None:
        """Refuse the whole call where the server does that for one of its faults."""
        for switch, key, text in faults:
            if self.switches[switch] == "bad_request":
                raise BadRequest(key, text)

    def _carry_out(self, pairs: Iterable[tuple[Device, Label]], *, add: bool) -> None:
        write = self.world.assign if add else self.world.unassign
        for device, label in pairs:
            write(device, label)

    def _with_records(
        self, answer: Answer, request: Request, uuids: list[str], space_id: int, *, done: bool
    ) -> Answer:
        """The answer with a record for each label, and in it one for each device. A client in the
        field reads label, message and failureCode; what a code is like is not known."""
        records = []
        for name in self._label_names(request):
            labels, faults = self._labels([name], space_id)
            rows = []
            for uuid in uuids:
                devices, unknown = self._devices([uuid], space_id)
                wrong = faults + unknown + self._pairs(devices, labels)[1]
                row = {"uuid": uuid, "message": "Label was added.", "failureCode": None}
                if wrong:
                    row |= {"message": wrong[0][2], "failureCode": wrong[0][1]}
                elif not done:
                    row |= {"message": "Nothing was changed.", "failureCode": "label.not.changed"}
                rows.append(row)
            records.append({"label": name, "device": rows})
        body = orjson.loads(answer.body)
        if self.switches["label_add_answer"] == "records":
            body = {}
        body["results"] = {"records": records}
        return replace(answer, body=orjson.dumps(body))

    def _label_names(self, request: Request) -> list[str]:
        raw = request.path.split("/")[-2]
        if self.switches["label_comma"] == "before":
            return [unquote(part) for part in raw.split(",")]
        return unquote(raw).split(",")

    def _labels(self, names: list[str], space_id: int) -> tuple[list[Label], list[_Fault]]:
        """The labels which can be written, and what is wrong with the others."""
        seen = {label.name: label for label in self.world.visible_labels(space_id)}
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
            device = self.visible_device(uuid, space_id)
            if device is not None:
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
        if self.switches["foreign_label_write"] == "done":
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


def _uuids(request: Request) -> list[str]:
    uuids = wire.json_body(request).get("deviceUuids")
    is_list = isinstance(uuids, list) and all(isinstance(uuid, str) for uuid in uuids)
    if not is_list or not uuids:
        raise BadRequest("validation.size", "deviceUuids must be a list of at least one uuid.")
    return list(uuids)


def _written(faults: list[_Fault], *, wrote: bool) -> Answer:
    """A client reads only `successful`."""
    messages = [wire.message("Error", key, text) for _switch, key, text in faults]
    messages = messages or [wire.message("Info", "label.update.success", "Labels were updated.")]
    return Answer(200, orjson.dumps({"successful": not faults, "messages": messages}), wrote=wrote)
