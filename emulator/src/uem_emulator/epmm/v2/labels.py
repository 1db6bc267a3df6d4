# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: labels, making and deleting them, and putting them on devices.

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
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label
from uem_emulator.routing import Route

MOST_LABELS = 200
_WRITE = frozenset(("deviceUuids",))
_CREATE = frozenset(("name", "description", "deviceSpaceId", "static", "criteria", "query"))
_DELETE = frozenset(("reason", "labelIds", "deviceSpaceId"))
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
            Route("POST", "/api/v2/labels", self.create_label, SPACE, _CREATE),
            Route("DELETE", "/api/v2/labels", self.delete_labels, SPACE, _DELETE),
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

    # --- making and deleting labels ---------------------------------------------------------------------------------------

    def create_label(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Make a label. A client in the field sends name, description, deviceSpaceId and static, and
        reads id, name and staticLabel. How the criteria of a filtered label are called is not known."""
        space_id, body = self.space(request), _json(request)
        target = self._target_space(body, space_id)
        static = body.get("static", True)
        if not isinstance(static, bool):
            raise BadRequest("validation.format", "static must be true or false.")
        key = self.switches["label_criteria_key"]
        criteria = None if static else body.get(str(key), "")
        fault = self._name_fault(body.get("name"))
        if fault:
            return self._refused("label.name", fault)
        if "no_effect" in request.effects:
            return self._done({"id": 0, "name": body["name"], "staticLabel": static})
        try:
            label = self.world.add_label(
                body["name"], str(body.get("description") or ""), criteria, target
            )
        except ValueError as problem:
            return self._refused("label.criteria", f"The label cannot be made: {problem}.")
        made = {"id": label.id, "name": label.name, "staticLabel": label.static}
        return replace(self._done(made), wrote=True)

    def delete_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Delete labels by their ids: all of them or none. A client in the field sends reason,
        labelIds and deviceSpaceId."""
        space_id, body = self.space(request), _json(request)
        target = self._target_space(body, space_id)
        numbers = body.get("labelIds")
        if not isinstance(numbers, list) or not numbers:
            raise BadRequest("validation.size", "labelIds must be a list of at least one id.")
        visible = {str(label.id): label for label in self.world.visible_labels(space_id)}
        labels = []
        for number in map(str, numbers):
            label = visible.get(number)
            if label is None:
                return self._refused("label.not.found", f"Label {number} was not found.")
            fault = self._delete_fault(label, space_id, target)
            if fault:
                return self._refused("label.delete", fault)
            labels.append(label)
        if "no_effect" not in request.effects:
            for label in labels:
                self.world.remove_label(label)
        return replace(self._done({}), wrote="no_effect" not in request.effects)

    def _name_fault(self, name: Any) -> str:
        """Why a label cannot have a name, or "". Names are unique over all device spaces: the
        vendor's page "Labels and delegated administration"."""
        if not isinstance(name, str) or not name.strip():
            return "The name of a label must not be empty."
        if self.world.label(name) is not None:
            return f"A label named '{name}' exists."
        return ""

    def _delete_fault(self, label: Label, space_id: int, target: int) -> str:
        """Why a label cannot be deleted, or "". "A global label cannot be edited, applied or removed
        from within a device space": the same page."""
        if label.system:
            return f"Label '{label.name}' is a system label."
        if label.space_id != target or GLOBAL_SPACE == label.space_id != space_id:
            return f"Label '{label.name}' is not a label of this device space."
        members = bool(self.world.members(label))
        if members and self.switches["label_delete_members"] == "refused":
            return f"Label '{label.name}' has devices."
        return ""

    def _target_space(self, body: dict[str, Any], space_id: int) -> int:
        """deviceSpaceId; without it, the space that the call is made in."""
        target = body.get("deviceSpaceId", space_id)
        text = str(target)
        seen = self.world.space_and_below(space_id) if space_id in self.world.spaces else ()
        if isinstance(target, bool) or not text.isdigit() or int(text) not in seen:
            raise BadRequest("devicespace.invalid", f"Device space '{target}' is invalid.")
        return int(text)

    def _refused(self, key: str, text: str) -> Answer:
        if self.switches["label_refusal"] == "bad_request":
            raise BadRequest(key, text)
        body = {"successful": False, "messages": [wire.message("Error", key, text)]}
        return Answer(200, orjson.dumps(body))

    def _done(self, results: dict[str, Any]) -> Answer:
        """What a client in the field reads of a label that was made. Of a deletion nothing is known."""
        form = self.switches["label_write_answer"]
        if form == "empty":
            return Answer(200, b"{}")
        if form == "successful" or not results:
            return Answer(200, orjson.dumps({"successful": True}))
        return wire.single(results)

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
            elif self._out_of_reach(label, space_id):
                text = f"Label '{name}' is a global label."
                faults.append(("global_label_write", "label.space", text))
            else:
                labels.append(label)
        return labels, faults

    def _out_of_reach(self, label: Label, space_id: int) -> bool:
        """Whether a label cannot be written from a space: the vendor's page "Labels and delegated
        administration"."""
        return (
            GLOBAL_SPACE == label.space_id != space_id
            and self.switches["global_label_write"] != "done"
        )

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


def _json(request: Request) -> dict[str, Any]:
    """The object of a write, which must be JSON by its Content-Type too."""
    if "json" not in request.headers.get("content-type", ""):
        raise BadRequest("validation.json", "The Content-Type must be application/json.")
    return wire.json_body(request)


def _written(faults: list[_Fault], *, wrote: bool) -> Answer:
    """A client reads only `successful`."""
    messages = [wire.message("Error", key, text) for _switch, key, text in faults]
    messages = messages or [wire.message("Info", "label.update.success", "Labels were updated.")]
    return Answer(200, orjson.dumps({"successful": not faults, "messages": messages}), wrote=wrote)
