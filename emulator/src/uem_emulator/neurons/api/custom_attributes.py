# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom attributes of devices: reading, replacing, merging and removing them.

Source: the vendor's "Device API Calls" (get, add/replace, patch, remove method 1 and 2).
"""

from __future__ import annotations

from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import attributes, wire
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.model import Attributes, Device
from uem_emulator.routing import Route

_PATH = "/api/v1/device/{id}/customattributes"


class AttributeCalls(NeuronsPart):
    """The handlers for the custom attributes of devices."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        attrs = frozenset(("attrs",))
        # fmt: off
        return (
            Route("GET", _PATH, self.get),
            Route("POST", _PATH, self.replace, body=attrs),
            # Not in the document, but in production use and answered 200: PUT replaces.
            Route("PUT", _PATH, self.replace, body=attrs),
            Route("PATCH", _PATH, self.patch, body=attrs | {"forceOverwrite"}),
            Route("DELETE", _PATH, self.delete, body=attrs),
            Route("DELETE", "/api/v1/device/customattributes", self.delete_of_many,
                  body=frozenset(("ids", "attrKeys"))),
        )
        # fmt: on

    def get(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the attributes of a device."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        attrs = wire.attribute_names(device.attrs, self.switches)
        form = self.switches["attributes_answer"]
        if form == "envelope":
            return wire.ok({"deviceId": device.id, "guid": device.value("guid"), "attrs": attrs})
        if form == "bare":
            return Answer(200, orjson.dumps({"attrs": attrs}))
        return Answer(
            200, orjson.dumps({"attrs": {name: ",".join(values) for name, values in attrs.items()}})
        )

    def _defined(self, name: str) -> bool:
        return ("DEVICE", name) in self.world.definitions

    def replace(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Make the whole map what is sent."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        writes = attributes.read_writes(
            attributes.read_body(request.body), self._defined, self.switches
        )
        return self._write(request, device, writes)

    def patch(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Merge what is sent into the map."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        body = attributes.read_body(request.body)
        writes = attributes.read_writes(body, self._defined, self.switches)
        overwrite = body.get("forceOverwrite")
        if overwrite is None:
            overwrite = self.switches["force_overwrite_default"] == "true"
        if not isinstance(overwrite, bool):
            raise BadRequest(("TypeMismatch", "must be true or false", "forceOverwrite"))
        keep = self.switches["append_duplicates"] == "keep"
        return self._write(
            request,
            device,
            attributes.merged(device.attrs, writes, overwrite=overwrite, keep_duplicates=keep),
        )

    def delete(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Remove from one device ("method 2"): what is not sent stays."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        given = attributes.read_map(attributes.read_body(request.body))
        if self.switches["delete_one"] == "by_value":
            return self._write(
                request, device, attributes.without_values(device.attrs, given, self.switches)
            )
        return self._write(request, device, self._without(device, given))

    def _without(self, device: Device, names: Any) -> Attributes:
        gone = attributes.removed_names(names, device.attrs, self.switches)
        return {name: values for name, values in device.attrs.items() if name not in gone}

    def _write(self, request: Request, device: Device, attrs: Attributes) -> Answer:
        """A write which changes nothing answers 1 as well."""
        if "no_effect" not in request.effects:
            self.world.set_attributes(device, attrs)
        return wire.ok(1, wrote=True)

    def delete_of_many(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Remove from many devices ("method 1"). Ids of no device are passed over and not
        counted."""
        body = attributes.read_body(request.body)
        ids, names = body.get("ids"), body.get("attrKeys")
        faults = [
            ("NotEmpty", "must be a list with at least one element", key)
            for key, value in (("ids", ids), ("attrKeys", names))
            if not isinstance(value, list) or not value
        ]
        if faults or not isinstance(ids, list):
            raise BadRequest(*faults)
        if "vanish" in request.effects:
            self.tenant.delete(str(ids[0]))
        devices = {
            device.id: device for key in ids if (device := self.world.find(str(key))) is not None
        }
        for device in devices.values() if "no_effect" not in request.effects else ():
            self.world.set_attributes(device, self._without(device, names))
        return wire.ok(
            len(devices) if self.switches["bulk_delete_result"] == "count" else 1, wrote=True
        )
