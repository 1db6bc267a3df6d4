# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ivanti Neurons for MDM: its calls, and what the control calls may do to its world.

Sources, unless said otherwise at the handler: the vendor's "Device API Calls"; its pages "API
Basics" (envelope, errors) and "Custom Attributes" (definitions); recorded answers for spaces and
tenant metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.blueprint import Blueprint
from uem_emulator.controlcall import ControlCall
from uem_emulator.neurons.api import accounts, attributes, configs, dep, wire
from uem_emulator.neurons.api.actions import ActionCalls
from uem_emulator.neurons.api.certificates import CertificateCalls
from uem_emulator.neurons.api.compliance import ComplianceCalls
from uem_emulator.neurons.api.listing import DeviceList, database_page
from uem_emulator.neurons.api.owner import OwnerCalls
from uem_emulator.neurons.api.part import Part, Waiting
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world import fq
from uem_emulator.neurons.world.actions import Actions
from uem_emulator.neurons.world.model import Attributes, Device
from uem_emulator.neurons.world.world import World
from uem_emulator.routing import Route, Router
from uem_emulator.switches import Switches

_TYPES = ("DEVICE", "ACCOUNT", "AAD", "LDAP")
_LIST_PARAMETERS = frozenset(
    (
        "dmPartitionId",
        "q",
        "fq",
        "rows",
        "start",
        "sortFields[].name",
        "sortFields[].order",
        "searchAfterValues",
    )
)
_ATTRIBUTES = "/api/v1/device/{id}/customattributes"


class Neurons:
    """One tenant behind one API. See `products.Product` for what the pipeline and the control calls
    use."""

    shown: tuple[str, ...] = ("id", "guid", "customAttributes")

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.switches = switches
        self.world = World(blueprint, switches)
        self.writes = 0
        self.list = DeviceList(self)
        self.calls = ActionCalls(self, Actions(self.world, switches))
        self.waiting = Waiting(self.world, switches)
        self.configs = configs.ConfigCalls(self)
        self.owner = OwnerCalls(self)
        self.dep = dep.DepCalls(self)
        self.accounts = accounts.AccountCalls(self)
        self.parts: tuple[Part, ...] = (
            self.configs,
            self.owner,
            self.dep,
            self.accounts,
            ComplianceCalls(self),
            CertificateCalls(self),
        )
        paging = frozenset(("start", "rows", "dmPartitionId"))
        # fmt: off
        self.router = Router((
            Route("GET", "/api/v1/device", self.list.answer, _LIST_PARAMETERS),
            Route("GET", "/api/v1/device/{id}", self.get_detail, frozenset(("dmPartitionId",))),
            Route("GET", _ATTRIBUTES, self.get_attributes),
            Route("POST", _ATTRIBUTES, self.replace_attributes, body=frozenset(("attrs",))),
            # Not in the document, but in production use and answered 200: PUT replaces.
            Route("PUT", _ATTRIBUTES, self.replace_attributes, body=frozenset(("attrs",))),
            Route("PATCH", _ATTRIBUTES, self.patch_attributes, body=frozenset(("attrs", "forceOverwrite"))),
            Route("DELETE", _ATTRIBUTES, self.delete_attributes, body=frozenset(("attrs",))),
            Route("DELETE", "/api/v1/device/customattributes", self.delete_of_many,
                  body=frozenset(("ids", "attrKeys"))),
            Route("GET", "/api/v1/customattributes", self.get_definitions, paging | {"type"}),
            Route("GET", "/api/v1/tenant/partition/device", self.get_partitions, paging),
            Route("GET", "/api/v1/metadata/tenant", self.get_tenant),
            *self.calls.routes,
            *(route for part in self.parts for route in part.routes),
        ))
        # fmt: on

    # --- for the pipeline -------------------------------------------------------------------------------------------

    def status(self, status: int, request: Request, message: str | None = None) -> Answer:
        """401, 403, 405, 414, 501, 429 and 5xx in this product's form."""
        switch = {
            401: "unauthorized_body",
            403: "forbidden_body",
            405: "unknown_path_body",
            501: "unknown_path_body",
        }
        form = str(self.switches[switch[status]]) if status in switch else "json"
        return wire.plain(status, form, message)

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer:
        if "vanish" in request.effects and taken and request.method != "GET":
            self.delete(taken[0])
        if request.method == "GET":
            self.calls.actions.before_read()
            self.waiting.before_read()
        try:
            answer = route.handler(request, taken)
        except BadRequest as bad:
            return wire.error(400, bad.faults)
        self.writes += answer.wrote
        return answer

    def unknown_names(self, names: list[str], request: Request) -> Answer:
        """Strict mode's answer."""
        return wire.error(
            400, [("UnknownParameter", "is not known for this call", name) for name in names]
        )

    def pretended(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Fault kinds which are a 200 that is none."""
        if kind == "result_zero":
            return wire.ok(False if request.path.endswith("installconfigs") else 0)
        faults = [("Error", str(params.get("message", "the request could not be processed")), None)]
        return Answer(200, wire.error(400, faults).body)

    def faults_changed(self, kinds: set[str]) -> None:
        self.world.lag.frozen = "stale_list" in kinds

    # --- devices ----------------------------------------------------------------------------------------------------

    def device(self, key: str) -> Device | Answer:
        """The device of a path, or the answer when there is none."""
        device = self.world.find(key)
        if device is not None:
            return device
        form = str(self.switches["missing_device"])
        return wire.plain(int(form[:3]), form, "Device not found")

    def get_detail(self, request: Request, taken: tuple[str, ...]) -> Answer:
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        found = wire.detail(device, self.world.groups_of(device), self.world.partitions)
        return wire.ok({**found, **self.owner.in_detail(device)})

    def get_attributes(self, request: Request, taken: tuple[str, ...]) -> Answer:
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

    def replace_attributes(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The whole map becomes the payload."""
        device = self.device(taken[0])
        if isinstance(device, Answer):
            return device
        writes = attributes.read_writes(
            attributes.read_body(request.body), self._defined, self.switches
        )
        return self._write(request, device, writes)

    def patch_attributes(self, request: Request, taken: tuple[str, ...]) -> Answer:
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

    def delete_attributes(self, request: Request, taken: tuple[str, ...]) -> Answer:
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
            self.delete(str(ids[0]))
        devices = {
            device.id: device for key in ids if (device := self.world.find(str(key))) is not None
        }
        for device in devices.values() if "no_effect" not in request.effects else ():
            self.world.set_attributes(device, self._without(device, names))
        return wire.ok(
            len(devices) if self.switches["bulk_delete_result"] == "count" else 1, wrote=True
        )

    # --- the tenant -------------------------------------------------------------------------------------------------

    def get_definitions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """`type` is asked for in any case and answered in upper case."""
        kind = (request.parameter("type") or "").upper()
        if kind and kind not in _TYPES:
            raise BadRequest(("Invalid", f"must be one of {', '.join(_TYPES)}", "type"))
        found = [item for item in self.world.definitions.values() if kind in ("", item.type)]
        return database_page(request, [wire.definition(item, self.switches) for item in found])

    def get_partitions(self, request: Request, taken: tuple[str, ...]) -> Answer:
        groups = self.world.groups
        return database_page(
            request,
            [
                wire.partition(
                    space,
                    len(self.world.index.ids_of(space.id)),
                    sum(g.partition == space.id for g in groups),
                )
                for space in self.world.partitions.values()
            ],
        )

    def get_tenant(self, request: Request, taken: tuple[str, ...]) -> Answer:
        permissions = [
            "device.view",
            "device.edit",
            "device.retire",
            "device.retire.cancel",
            "device.wipe",
            "device.lock",
        ]
        return wire.ok(
            {
                "defaultDmPartitionId": self.world.default_partition.id,
                "cmPermissionList": [],
                "dmPermissionList": permissions,
            }
        )

    # --- for the control calls: the truth, without the API's rules ---------------------------------------------------

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> None:
        """A fresh tenant; what is None stays as it was asked for last."""
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
        self.list = self.list.renew()
        self.calls.actions = Actions(self.world, self.switches)
        self.waiting = Waiting(self.world, self.switches)

    def settle(self) -> None:
        self.calls.actions.settle()
        self.waiting.settle()
        self.world.lag.settle()

    def step(self) -> None:
        """Every device for which something waits is heard of once."""
        self.calls.actions.step()
        self.waiting.settle()

    def switches_changed(self) -> None:
        self.calls.actions.switches_changed()
        self.waiting.switches_changed()
        self.world.index.forget_rows()

    def state(self) -> dict[str, Any]:
        world = self.world
        # fmt: off
        return {"devices": len(world.devices),
                "partitions": {str(space.id): space.name for space in world.partitions.values()},
                "definitions": len(world.definitions), "writes": self.writes, "pending_index_writes": world.lag.pending,
                "actions": len(self.calls.actions.log), "pending_actions": self.calls.actions.pending,
                "pending_orders": self.waiting.pending,
                "seed": world.blueprint.seed, "now": world.now}
        # fmt: on

    def truth(self, key: str) -> dict[str, Any] | None:
        """Everything about a device, nothing hidden; None when there is none."""
        device = self.world.find(key)
        if device is None:
            return None
        # fmt: off
        return {**device.base, **device.fields, **device.base_detail, **device.detail, "customAttributes": device.attrs,
                "ldapAttributes": device.ldap, "userGroups": list(device.user_groups),
                "groups": [group.name for group in self.world.groups_of(device)], "actions": list(device.actions),
                **{name: part.shown(device, name) for part in self.parts for name in part.fields}}
        # fmt: on

    def truths(self, fields: list[str]) -> list[dict[str, Any]]:
        """The chosen fields of every device."""
        parts = {name: part for part in self.parts for name in part.fields}
        return [
            {
                name: device.attrs
                if name == "customAttributes"
                else parts[name].shown(device, name)
                if name in parts
                else device.value(name)
                for name in fields
            }
            for device in self.world.devices.values()
        ]

    def _of_parts(self, fields: dict[str, Any]) -> list[tuple[Part, str, Any]]:
        """Take out of the fields what belongs to parts, read. Raises ValueError."""
        found = []
        for part in self.parts:
            for name in part.fields:
                if name in fields:
                    try:
                        found.append((part, name, part.read(name, fields.pop(name))))
                    except (TypeError, AttributeError) as error:
                        raise ValueError(f"{name} is not what it should be: {error}") from error
        return found

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Set fields of a device, its customAttributes (the whole map), or what parts keep of it.
        Answers the truth of it afterwards, None when there is no such device. Raises ValueError."""
        device = self.world.find(key)
        if device is None:
            return None
        given = fields.pop("customAttributes", None)
        attrs = None if given is None else self._truth_attributes(given)
        extras = self._of_parts(fields)
        if fields:
            self.world.set_fields(device, fields)
        if attrs is not None:
            self.world.set_attributes(device, attrs)
        for part, name, value in extras:
            part.keep(device, name, value)
        return self.truth(str(device.id))

    def create(self, fields: dict[str, Any]) -> int:
        """Add a device; answers its id. Raises ValueError."""
        attrs = self._truth_attributes(fields.pop("customAttributes", {}))
        extras = self._of_parts(fields)
        device = self.world.add(fields)
        self.world.set_attributes(device, attrs)
        for part, name, value in extras:
            part.keep(device, name, value)
        return device.id

    def delete(self, key: str) -> bool:
        device = self.world.find(key)
        if device is not None:
            self.world.remove(device.id)
        return device is not None

    def attributes(self) -> dict[str, Attributes]:
        """The attributes of every device by id."""
        return {str(device.id): device.attrs for device in self.world.devices.values()}

    def set_attributes(self, given: dict[str, Any]) -> int:
        """Replace the map of each device named; all or none. Raises ValueError. Definitions are
        made as needed."""
        found = {}
        for key, attrs in given.items():
            device = self.world.find(key)
            if device is None:
                raise ValueError(f"no device {key}")
            found[device] = self._truth_attributes(attrs)
        for device, attrs in found.items():
            self.world.set_attributes(device, attrs)
        return len(found)

    def _truth_attributes(self, given: Any) -> Attributes:
        if not isinstance(given, dict):
            raise ValueError("attributes are a map of names to lists of strings")
        found: Attributes = {}
        for name, values in given.items():
            texts = [str(value) for value in (values if isinstance(values, list) else [values])]
            if not texts or "" in texts or not name:
                raise ValueError(f"attribute {name!r} has an empty value or name")
            found[self.world.define("DEVICE", name).name] = texts
        return found

    def define(self, items: Any) -> int:
        """Define attributes: a list of {name, type (DEVICE)}; a name ending in `_#` is numeric.
        Raises ValueError."""
        for item in items if isinstance(items, list) else [items]:
            kind = str(item.get("type", "DEVICE")).upper()
            if not item.get("name") or kind not in _TYPES:
                raise ValueError(f"a definition has a name, and a type out of {_TYPES}")
            self.world.define(kind, str(item["name"]))
        return len(self.world.definitions)

    def undefined_in(self, node: fq.Node) -> list[str]:
        """The attributes which a filter names and nobody has defined."""
        kinds = {fq.DEVICE_ATTRIBUTE: ("DEVICE",), fq.LDAP_ATTRIBUTE: ("LDAP", "AAD")}
        return [
            leaf.attr
            for leaf in fq.leaves(node)
            if leaf.attr is not None
            and not any(
                (kind, leaf.attr.lower()) in self.world.definitions for kind in kinds[leaf.field]
            )
        ]


# fmt: off
CONTROL_CALLS = (
    ControlCall("GET", "/attributes", lambda product, taken, body: product.attributes()),
    ControlCall("POST", "/attributes", lambda product, taken, body: {"devices": product.set_attributes(body)}),
    ControlCall("GET", "/actions", lambda product, taken, body: product.calls.actions.log),
    ControlCall("POST", "/step", lambda product, taken, body: product.step()),
    ControlCall("POST", "/definitions", lambda product, taken, body: {"definitions": product.define(body)}, body=list),
    *accounts.CONTROL_CALLS,
    *configs.CONTROL_CALLS,
    *dep.CONTROL_CALLS,
)
# fmt: on
