# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: policies. Source: "MobileIron WebService", section "Policies"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many, Tree
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Label
from uem_emulator.epmm.world.policies import Policy
from uem_emulator.routing import Route

#: Action -> whether it applies, and its words; those for removing are the emulator's.
_ACTIONS = {"apply_label": (True, "applied to"), "remove_label": (False, "removed from")}


class PolicyCalls(V1Part):
    """The handlers for policies. With the fault kind `vanish`, a policy is gone when it is to be
    changed."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            route("GET", "/policies", self.every),
            route("GET", "/policies/devices/{uuid}", self.of_device),
            route("PUT", "/policies/{id}", self.change_labels, "action", "label"),
        )

    def _tree(self, policy: Policy, *, devices: int = 0, pending: int = 0) -> Tree:
        return wire.policy(
            policy,
            priority=self.tenant.policies.priority(policy),
            devices=devices,
            pending=pending,
            typed=self.switches["v1_rule_values"] == "typed",
        )

    def _list(self, request: Request, rows: list[Tree]) -> Answer:
        """The document has the text for one policy only."""
        if not rows:
            raise Fault(404, NO_DATA)
        text = "1 policy returned." if len(rows) == 1 else f"{len(rows)} policies returned."
        return respond(
            request, {**messages(text), "policies": {"policy": Many(rows)}}, self.switches
        )

    def every(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return all policies with the numbers of their devices."""
        self.tenant.policies.before_read()
        return self._list(
            request,
            [
                self._tree(
                    policy,
                    devices=len(self.tenant.policies.holders(policy)),
                    pending=len(self.tenant.policies.awaiting(policy)),
                )
                for policy in self.tenant.policies.by_id.values()
            ],
        )

    def of_device(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Counts are not applicable here, and 0. Labels are in no answer."""
        device = self.device(taken[0])
        self.tenant.policies.before_read()
        return self._list(
            request, [self._tree(policy) for policy in self.tenant.policies.of_device(device.id)]
        )

    def change_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """apply_label and remove_label."""
        action = _ACTIONS.get(request.parameter("action") or "")
        if action is None:
            if self.switches["v1_invalid_action"] == "400":
                raise Fault(400, "Invalid action")
            return self._message(request, "Invalid action")
        name = request.parameter("label")
        if name is None:
            raise Fault(400, "label is required")
        if "vanish" in request.effects and (named := self._policy(taken[0])) is not None:
            self.tenant.policies.drop(named)
        policy, label = self._policy(taken[0]), self.label(name)
        if policy is None or label is None:
            if self.switches["policy_label_unknown"] == "404":
                raise Fault(404, NO_DATA)
            return self._message(
                request,
                f"Label {name} does not exist" if policy else f"Policy {taken[0]} does not exist",
            )
        position = self.switches["global_label_write"]
        inside = self.switches.number("account_space") != GLOBAL_SPACE
        if inside and label.space_id == GLOBAL_SPACE and position != "done":
            text = f"Label {name} cannot be changed from within a device space."
            if position == "bad_request":
                raise Fault(400, text)
            return self._message(request, text)
        return self._change(request, policy, label, *action)

    def _change(
        self, request: Request, policy: Policy, label: Label, apply: bool, words: str
    ) -> Answer:
        if (label.id in policy.labels) == apply and self.switches[
            "policy_label_repeated"
        ] != "success":
            text = (
                f"Policy is already applied to label {label.name}."
                if apply
                else (f"Policy is not applied to label {label.name}.")
            )
            if self.switches["policy_label_repeated"] == "400":
                raise Fault(400, text)
            return self._message(request, text)
        if "no_effect" not in request.effects:
            (self.tenant.policies.apply if apply else self.tenant.policies.remove)(policy, label.id)
        return self._message(
            request, f"Policy {words} label {label.name} successfully.", wrote=True
        )

    def _policy(self, key: str) -> Policy | None:
        try:
            return self.tenant.policies.by_id.get(int(key)) if key.isascii() else None
        except ValueError:
            return None

    def _message(self, request: Request, text: str, *, wrote: bool = False) -> Answer:
        return respond(request, messages(text), self.switches, wrote=wrote)


# --- for the control calls --------------------------------------------------------------------------------------------


def _known(tenant: EpmmTenant, key: str) -> Policy:
    found = tenant.policies.by_id.get(int(key)) if key.lstrip("-").isdigit() else None
    if found is None:
        raise NotFound("no such policy")
    return found


def _truth(tenant: EpmmTenant, policy: Policy) -> dict[str, Any]:
    """Labels by name, devices by uuid."""
    world, found = tenant.world, tenant.policies.truth(policy)
    uuids = {
        name: [world.devices[number].uuid for number in found[name] if number in world.devices]
        for name in ("devices", "pending")
    }
    return {
        **found,
        **uuids,
        "labels": [world.labels[key].name for key in found["labels"] if key in world.labels],
    }


def _get_policies(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    return [_truth(tenant, policy) for policy in tenant.policies.by_id.values()]


def _label_ids(tenant: EpmmTenant, names: list[Any]) -> list[int]:
    found = {name: tenant.world.label(str(name)) for name in names}
    unknown = [repr(name) for name, label in found.items() if label is None]
    if unknown:
        raise ValueError(f"no label is called {', '.join(unknown)}")
    return [label.id for label in found.values() if label is not None]


def _change_policy(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`labels`: all that it is to be applied to, by name; `active`; `name`; `description`."""
    policy = _known(tenant, taken["key"])
    kinds = {"active": bool, "name": str, "description": str, "labels": list}
    wrong = [
        name
        for name, value in body.items()
        if name not in kinds or not isinstance(value, kinds[name])
    ]
    if wrong:
        raise ValueError(f"a policy's {', '.join(wrong)} can't be set so")
    if "labels" in body:
        policy.labels = dict.fromkeys(_label_ids(tenant, body["labels"]))
    for name in ("active", "name", "description"):
        setattr(policy, name, body.get(name, getattr(policy, name)))
    tenant.policies.changed()
    return _truth(tenant, policy)


CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("GET", "/policies", _get_policies),
    ControlCall("PATCH", "/policies/{key}", _change_policy),
)
