# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, and the labels that they are applied to (E43-E45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device, Label
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, POLICIES, WEB_SERVICE, read_v1
from ..._products.values import flag, number_of, text_of
from .model import Assignment, Policy

POLICIES_OF_DEVICE = read_v1(
    "E44", "/api/v1/policies/devices/{device}", WEB_SERVICE + "Get Policies by DeviceUUID"
)
POLICY_ON_LABEL = Endpoint(
    "E45",
    "PUT",
    "/api/v1/policies/{policy}",
    WEB_SERVICE + "Apply/Remove policy for a label.",
    API_ROLE,
    idempotent=True,
)


class EpmmPolicies:
    """See Policies."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def policies(self) -> tuple[Policy, ...]:
        """See Policies.

        Raises:
            AnswerError: There are none: every server has default policies.
        """
        answer = self._client.v1.lists(POLICIES)
        found = () if answer is None else tuple(policies_in(answer))
        if not found:
            raise AnswerError(
                "The server lists no policy, not even its default ones; nothing was done with an "
                "incomplete list. Check the roles of the account."
            )
        return found

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """See Policies."""
        answer = self._client.v1.lists(POLICIES_OF_DEVICE, {"device": device.guid})
        return () if answer is None else tuple(policies_in(answer))

    def labels(self) -> tuple[Label, ...]:
        """See Policies."""
        return self._client.api.labels()

    def members(self, label: Label) -> Sequence[Device]:
        """See Policies."""
        return self._client.api.members(label)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """See Policies."""
        return self._client.api.labels_of(devices, among)

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """See Policies."""
        answer = self._client.transport.call(
            POLICY_ON_LABEL,
            path={"policy": assignment.policy_id},
            query=[
                ("action", "apply_label" if applied else "remove_label"),
                ("label", assignment.label),
            ],
        )
        message = answers.accepted(answer, assignment.label, assignment.policy)
        if message is None:
            error = answers.no_success(answers.explain(answer).rstrip("."))
            raise type(error)(f"{assignment.title}: {error}.")
        return message


def policies_in(answer: Any) -> list[Policy]:
    """Return the policies of "Get Policies" and "Get Policies by DeviceUUID"."""
    return [_policy(raw) for raw in answers.v1_whole(answer, "policies", "policy")]


def _policy(raw: Mapping[str, Any]) -> Policy:
    number = answers.id_of(raw)
    if number is None or not raw.get("policyName"):
        raise AnswerError(
            f"The server sent a policy without an id or a name ({number!r}, "
            f"{raw.get('policyName')!r})."
        )
    active = flag(raw.get("active"))
    return Policy(
        id=text_of(number),
        name=str(raw["policyName"]),
        policy_type=text_of(raw.get("policyType")).upper(),
        profile_type=text_of(raw.get("profileType")).upper(),
        active=active if active is not None else text_of(raw.get("status")).lower() != "inactive",
        priority=number_of(raw.get("priority")),
        description=text_of(raw.get("description")),
        device_count=number_of(raw.get("deviceCount")) or 0,
        pending_count=number_of(raw.get("pendingCount")) or 0,
        rules=_rules(raw.get("rules")),
        status=text_of(raw.get("status")),
    )


def _rules(holder: Any) -> tuple[tuple[str, Any], ...]:
    """Return the type and the value of each rule.

    Three types have a list of resources instead of a value ("Policy Rules").
    """
    rules = answers.listed(holder.get("rule") if isinstance(holder, Mapping) else holder)
    return tuple(
        (text_of(rule.get("type")), rule.get("value", rule.get("resourceDTOs")))
        for rule in rules
        if isinstance(rule, Mapping)
    )
