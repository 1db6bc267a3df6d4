# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1 as a whole: its calls, its state beside the world's, its control calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from uem_emulator.answers import Answer, Request, html
from uem_emulator.controlcall import Absent, ControlCall
from uem_emulator.epmm.v1 import eas, profiles, registration, users
from uem_emulator.epmm.v1.actions import ActionCalls
from uem_emulator.epmm.v1.alerts import AlertCalls
from uem_emulator.epmm.v1.answer import Fault, Handler, failure, messages, respond
from uem_emulator.epmm.v1.devices import DeviceCalls
from uem_emulator.epmm.v1.exports import ExportCalls
from uem_emulator.epmm.v1.policies import PolicyCalls
from uem_emulator.epmm.world.accounts import Accounts
from uem_emulator.epmm.world.actions import Actions
from uem_emulator.epmm.world.alerts import Alerts, Source
from uem_emulator.epmm.world.eas import Eas
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.policies import Policies, Policy
from uem_emulator.epmm.world.profiles import Profiles
from uem_emulator.epmm.world.registration import Registrations
from uem_emulator.routing import Route

if TYPE_CHECKING:
    from uem_emulator.epmm.product import Epmm
    from uem_emulator.epmm.world.world import World

#: Which switch says what the body of a status is like.
_BODY_SWITCHES = {
    401: "unauthorized_body",
    403: "forbidden_body",
    405: "unknown_path_body",
    501: "unknown_path_body",
}


class _Fleet:
    """What policies see of the world; remembered until that changes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._revision = world.revision
        self._members: dict[int | None, frozenset[int]] = {}

    def revision(self) -> Hashable:
        return self._world.revision

    def active(self) -> frozenset[int]:
        return self._remembered(None)

    def members(self, label_id: int) -> frozenset[int]:
        return self._remembered(label_id)

    def _remembered(self, label_id: int | None) -> frozenset[int]:
        """The devices of a label; of None: those which are active."""
        if self._revision != self._world.revision:
            self._revision = self._world.revision
            self._members.clear()
        if label_id not in self._members:
            self._members[label_id] = frozenset(device.id for device in self._found(label_id))
        return self._members[label_id]

    def _found(self, label_id: int | None) -> list[Device]:
        if label_id is None:
            return [device for device in self._world.devices.values() if device.status == "ACTIVE"]
        label = self._world.labels.get(label_id)
        return [] if label is None else self._world.members(label)


class V1:
    """API v1 of a product. Policies, alerts and what waits for devices live and end with the
    product's world."""

    def __init__(self, product: Epmm) -> None:
        self.product = product
        self.switches = product.switches
        self._devices = DeviceCalls(product)
        self._policies = PolicyCalls(product, self._devices, self._new_policies())
        self._alerts = AlertCalls(product, self._new_alerts())
        self._actions = ActionCalls(product, self._new_actions())
        self._eas = eas.EasCalls(product, self._new_eas())
        self._users = users.UserCalls(product, self._new_accounts())
        self._profiles = profiles.ProfileCalls(product, self._new_profiles())
        self._registrations = registration.RegistrationCalls(product, self._new_registrations())
        self._exports = ExportCalls(product)
        self.routes: tuple[Route, ...] = tuple(
            dataclasses.replace(route, handler=self._guarded(route.handler))
            for calls in (
                self._devices,
                self._policies,
                self._alerts,
                self._actions,
                self._eas,
                self._users,
                self._profiles,
                self._registrations,
                self._exports,
            )
            for route in calls.routes
        )

    @property
    def policies(self) -> Policies:
        return self._policies.policies

    @property
    def alerts(self) -> Alerts:
        return self._alerts.alerts

    @property
    def actions(self) -> Actions:
        return self._actions.actions

    @property
    def eas(self) -> Eas:
        return self._eas.eas

    @property
    def accounts(self) -> Accounts:
        return self._users.accounts

    @property
    def profiles(self) -> Profiles:
        return self._profiles.profiles

    @property
    def registrations(self) -> Registrations:
        return self._registrations.registrations

    def renew(self) -> None:
        """The product has another world."""
        self._policies.policies = self._new_policies()
        self._alerts.alerts = self._new_alerts()
        self._actions.actions = self._new_actions()
        self._eas.eas = self._new_eas()
        self._users.accounts = self._new_accounts()
        self._profiles.profiles = self._new_profiles()
        self._registrations.registrations = self._new_registrations()

    def _new_policies(self) -> Policies:
        world = self.product.world
        return Policies(
            _Fleet(world), self.switches, {label.name: label.id for label in world.labels.values()}
        )

    def _new_actions(self) -> Actions:
        return Actions(self.product.world, self.switches)

    def _new_eas(self) -> Eas:
        return Eas(self.product.world, self.switches)

    def _new_accounts(self) -> Accounts:
        return Accounts(self.product.world, self.switches)

    def _new_profiles(self) -> Profiles:
        """After the policies."""
        world = self.product.world
        return Profiles(world, _Fleet(world), lambda: self.policies, self.switches)

    def _new_registrations(self) -> Registrations:
        """After the accounts."""
        return Registrations(self.product.world, self.accounts, self.switches)

    def _new_alerts(self) -> Alerts:
        world = self.product.world
        return Alerts(self._sources(), world.blueprint.seed, world.now)

    def _sources(self) -> Iterator[Source]:
        """Devices which have been in contact."""
        return (
            self.source(device)
            for device in self.product.world.devices.values()
            if device.connected is not None
        )

    def source(self, device: Device) -> Source:
        """What alerts say of a device; the label is the one of its platform, or the first of
        all."""
        labels = self.product.world.labels.values()
        label_id = next(
            (label.id for label in labels if label.name == device.platform),
            next((label.id for label in labels), 0),
        )
        return Source(
            device.uuid,
            device.name,
            device.phone,
            device.user.uuid,
            device.user.principal,
            device.platform == "iOS",
            label_id,
        )

    # --- for the product --------------------------------------------------------------------------------------------

    def _guarded(self, handler: Handler) -> Handler:
        """The handler, where the server has API v1 at all."""

        def serve(request: Request, taken: tuple[str, ...]) -> Answer:
            if self.switches["v1_absent"] != "off":
                return self._absent()
            try:
                return handler(request, taken)
            except Fault as fault:
                return failure(
                    request,
                    fault.status,
                    fault.text,
                    str(self.switches["v1_error_body"]),
                    self.switches,
                    fault.tree,
                )

        return serve

    def _absent(self) -> Answer:
        status = int(self.switches["v1_absent"])
        return html(status, {404: "Not Found", 501: "Not Implemented"}[status])

    def error(self, status: int, request: Request, message: str | None = None) -> Answer:
        """Statuses which are not API v1's own business. A status without a switch of its own has
        messages."""
        if self.switches["v1_absent"] != "off" and status not in (401, 403):
            return self._absent()
        form = (
            str(self.switches[_BODY_SWITCHES[status]]) if status in _BODY_SWITCHES else "messages"
        )
        return failure(request, status, message, form, self.switches)

    def pretended(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Fault kinds which are a 200 that is none."""
        text = (
            "Invalid action"
            if kind == "result_zero"
            else str(params.get("message", "The request failed."))
        )
        return respond(request, messages(text), self.switches)

    def switches_changed(self) -> None:
        """Policies take note of what devices have before anything becomes slow."""
        self.policies.refresh()
        self.actions.switches_changed()
        self.eas.switches_changed()
        self.profiles.switches_changed()

    def before_read(self) -> None:
        """A GET: devices have had some more time."""
        self.actions.before_read()
        self.eas.before_read()
        self.profiles.before_read()

    def settle(self) -> None:
        self.actions.settle()
        self.eas.settle()
        self.profiles.settle()
        self.policies.settle()

    def state(self) -> dict[str, Any]:
        # fmt: off
        return {"policies": len(self.policies.by_id), "alerts": len(self.alerts.by_id),
                "pending_policies": self.policies.pending, "actions": self.actions.count,
                "pending_actions": self.actions.pending, "eas": len(self.eas.by_uuid), "pending_eas": self.eas.pending,
                "proofs": self.accounts.proofs, "pending_profiles": self.profiles.pending,
                "registrations": len(self.registrations.made)}
        # fmt: on

    # --- for the control calls --------------------------------------------------------------------------------------

    def policy(self, key: str) -> Policy:
        """Raises Absent."""
        found = self.policies.by_id.get(int(key)) if key.lstrip("-").isdigit() else None
        if found is None:
            raise Absent("no such policy")
        return found

    def truth(self, policy: Policy) -> dict[str, Any]:
        """Labels by name, devices by uuid."""
        world, found = self.product.world, self.policies.truth(policy)
        uuids = {
            name: [world.devices[number].uuid for number in found[name] if number in world.devices]
            for name in ("devices", "pending")
        }
        return {
            **found,
            **uuids,
            "labels": [world.labels[key].name for key in found["labels"] if key in world.labels],
        }


def _get_policies(product: Epmm, taken: Mapping[str, str], body: Any) -> Any:
    return [product.v1.truth(policy) for policy in product.v1.policies.by_id.values()]


def _change_policy(product: Epmm, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`labels`: all that it is to be applied to, by name; `active`; `name`; `description`."""
    policy = product.v1.policy(taken["key"])
    kinds = {"active": bool, "name": str, "description": str, "labels": list}
    wrong = [
        name
        for name, value in body.items()
        if name not in kinds or not isinstance(value, kinds[name])
    ]
    if wrong:
        raise ValueError(f"a policy's {', '.join(wrong)} can't be set so")
    found = {name: product.world.label(str(name)) for name in body.get("labels", ())}
    if None in found.values():
        raise ValueError(
            "no label is called "
            f"{', '.join(repr(name) for name, label in found.items() if label is None)}"
        )
    if "labels" in body:
        policy.labels = {label.id: None for label in found.values() if label is not None}
    for name in ("active", "name", "description"):
        setattr(policy, name, body.get(name, getattr(policy, name)))
    product.v1.policies.changed()
    return product.v1.truth(policy)


def _get_alerts(product: Epmm, taken: Mapping[str, str], body: Any) -> Any:
    return product.v1.alerts.truth()


def _add_alert(product: Epmm, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`device` (uuid or number) and fields of an alert."""
    device = product.world.find(str(body.pop("device", "")))
    if device is None:
        raise ValueError("device is the uuid of the device which raises the alert")
    return {"id": product.v1.alerts.create(product.v1.source(device), body).id}


def _delete_alert(product: Epmm, taken: Mapping[str, str], body: Any) -> Any:
    if not taken["key"].isdigit() or product.v1.alerts.by_id.pop(int(taken["key"]), None) is None:
        raise Absent("no such alert")


# fmt: off
CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("GET", "/policies", _get_policies), ControlCall("PATCH", "/policies/{key}", _change_policy),
    ControlCall("GET", "/alerts", _get_alerts), ControlCall("POST", "/alerts", _add_alert, 201),
    ControlCall("DELETE", "/alerts/{key}", _delete_alert),
    *eas.CONTROL_CALLS, *users.CONTROL_CALLS, *profiles.CONTROL_CALLS, *registration.CONTROL_CALLS,
)
# fmt: on
