# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: policies. Source: "MobileIron WebService", section "Policies"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.devices import DeviceCalls
from uem_emulator.epmm.v1.tree import Many, Tree
from uem_emulator.epmm.world.model import Label
from uem_emulator.epmm.world.policies import Policies, Policy
from uem_emulator.routing import Route

if TYPE_CHECKING:
    from uem_emulator.epmm.product import Epmm

#: Action -> whether it applies, and its words; those for removing are the emulator's.
_ACTIONS = {"apply_label": (True, "applied to"), "remove_label": (False, "removed from")}


class PolicyCalls:
    """`policies` is replaced with the world. With the fault kind `vanish`, a policy is gone when it
    is to be changed."""

    def __init__(self, product: Epmm, devices: DeviceCalls, policies: Policies) -> None:
        self.policies = policies
        self._product = product
        self._devices = devices
        self._switches = product.switches
        self.routes: tuple[Route, ...] = (
            route("GET", "/policies", self.every),
            route("GET", "/policies/devices/{uuid}", self.of_device),
            route("PUT", "/policies/{id}", self.change_labels, "action", "label"),
        )

    def _tree(self, policy: Policy, *, devices: int = 0, pending: int = 0) -> Tree:
        return wire.policy(
            policy,
            priority=self.policies.priority(policy),
            devices=devices,
            pending=pending,
            typed=self._switches["v1_rule_values"] == "typed",
        )

    def _list(self, request: Request, rows: list[Tree]) -> Answer:
        """The document has the text for one policy only."""
        if not rows:
            raise Fault(404, NO_DATA)
        text = "1 policy returned." if len(rows) == 1 else f"{len(rows)} policies returned."
        return respond(
            request, {**messages(text), "policies": {"policy": Many(rows)}}, self._switches
        )

    def every(self, request: Request, taken: tuple[str, ...]) -> Answer:
        self.policies.before_read()
        return self._list(
            request,
            [
                self._tree(
                    policy,
                    devices=len(self.policies.holders(policy)),
                    pending=len(self.policies.awaiting(policy)),
                )
                for policy in self.policies.by_id.values()
            ],
        )

    def of_device(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Counts are not applicable here, and 0. Labels are in no answer."""
        device = self._product.world.by_uuid.get(taken[0].lower())
        if device is None:
            raise Fault(404, NO_DATA)
        self.policies.before_read()
        return self._list(
            request, [self._tree(policy) for policy in self.policies.of_device(device.id)]
        )

    def change_labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """apply_label and remove_label."""
        action = _ACTIONS.get(request.parameter("action") or "")
        if action is None:
            if self._switches["v1_invalid_action"] == "400":
                raise Fault(400, "Invalid action")
            return self._said(request, "Invalid action")
        name = request.parameter("label")
        if name is None:
            raise Fault(400, "label is required")
        if "vanish" in request.effects and (named := self._policy(taken[0])) is not None:
            self.policies.drop(named)
        policy, label = self._policy(taken[0]), self._devices.label(name)
        if policy is None or label is None:
            if self._switches["policy_label_unknown"] == "404":
                raise Fault(404, NO_DATA)
            return self._said(
                request,
                f"Label {name} does not exist" if policy else f"Policy {taken[0]} does not exist",
            )
        return self._change(request, policy, label, *action)

    def _change(
        self, request: Request, policy: Policy, label: Label, apply: bool, words: str
    ) -> Answer:
        if (label.id in policy.labels) == apply and self._switches[
            "policy_label_repeated"
        ] != "success":
            text = (
                f"Policy is already applied to label {label.name}."
                if apply
                else (f"Policy is not applied to label {label.name}.")
            )
            if self._switches["policy_label_repeated"] == "400":
                raise Fault(400, text)
            return self._said(request, text)
        if "no_effect" not in request.effects:
            (self.policies.apply if apply else self.policies.remove)(policy, label.id)
        return self._said(request, f"Policy {words} label {label.name} successfully.", wrote=True)

    def _policy(self, key: str) -> Policy | None:
        try:
            return self.policies.by_id.get(int(key)) if key.isascii() else None
        except ValueError:
            return None

    def _said(self, request: Request, text: str, *, wrote: bool = False) -> Answer:
        return respond(request, messages(text), self._switches, wrote=wrote)
