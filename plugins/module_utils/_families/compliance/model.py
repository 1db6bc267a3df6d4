# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether devices are compliant, and why not. Pure.

The policies of Neurons for MDM and the bitmaps of EPMM have the same shape here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.compliance import reason_of
from ..._core.device import Device
from ..compliance_actions.model import ComplianceAction


@dataclass(frozen=True)
class PolicyVerdict:
    """What a policy says about a device. A field is None if the server does not say it.

    Attributes:
        rule_type: What the policy is about.
        type: The kind of policy.
        actions: What the server sends of its actions, whose shape the guide does not show.
    """

    id: str
    name: str
    rule_type: str = ""
    enabled: bool | None = None
    compliant: bool | None = None
    pending_compliant: bool | None = None
    type: str = ""
    uuid: str | None = None
    description: str | None = None
    priority: int | None = None
    system_name: str | None = None
    device_count: int | None = None
    installed_count: int | None = None
    violation_count: int | None = None
    updated_at: str | None = None
    updated_by: str | None = None
    actions: Any = None

    @property
    def counts(self) -> bool:
        """Whether it is in force. A policy that is turned off says nothing."""
        return self.enabled is not False

    @property
    def about(self) -> str:
        """The server's word for what it is about: the type of its rule. Where it has no type, its
        name, as in a row of the list of devices."""
        return self.name if self.rule_type in ("", "NONE") else self.rule_type

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for results."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "uuid": self.uuid, "description": self.description, "type": self.type,
            "rule_type": self.rule_type, "priority": self.priority, "enabled": self.enabled, "compliant": self.compliant,
            "pending_compliant": self.pending_compliant, "system_name": self.system_name, "device_count": self.device_count,
            "installed_count": self.installed_count, "violation_count": self.violation_count, "updated_at": self.updated_at,
            "updated_by": self.updated_by, "actions": self.actions,
        }
        # fmt: on


@dataclass(frozen=True)
class Verdict:
    """Whether a device is compliant.

    Attributes:
        device: The device.
        compliant: Whether it is, or None if that is not known.
        listed: What the list of devices says.
        reasons: The names of what it violates, or None if they are not known.
        own_words: The words of the server for it, or None.
        policies: The policies, on Neurons for MDM.
        bitmaps: The bitmaps, on EPMM, if they could be read.
        contradictory: Whether the list and the details contradict each other.
        server_action: What the server itself will do to the device, or None.
        server_action_reason: Why that is not known, or what else limits it.
    """

    device: Device
    compliant: bool | None
    listed: bool | None
    reasons: tuple[str, ...] | None
    own_words: tuple[str, ...] | None = None
    policies: tuple[PolicyVerdict, ...] | None = None
    quarantined: bool | None = None
    quarantine_reasons: tuple[str, ...] | None = None
    blocked: bool | None = None
    block_reasons: tuple[str, ...] | None = None
    bitmaps: Mapping[str, int | None] | None = None
    contradictory: bool = False
    server_action: Mapping[str, Any] | None = None
    server_action_reason: str = "no call of Neurons for MDM says so"

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for results."""
        policies = self.policies
        return {
            **self.device.identity,
            "compliant": self.compliant,
            "listed_compliant": self.listed,
            "contradictory": self.contradictory,
            "compliance_reasons": _list(self.reasons),
            "compliance_reasons_raw": _list(self.own_words),
            "policies": None if policies is None else [policy.as_dict() for policy in policies],
            "quarantined": self.quarantined,
            "quarantine_reasons": _list(self.quarantine_reasons),
            "blocked": self.blocked,
            "block_reasons": _list(self.block_reasons),
            "server_action": self.server_action,
            "server_action_reason": self.server_action_reason,
            "bitmaps": None if self.bitmaps is None else dict(self.bitmaps),
        }


@dataclass(frozen=True)
class Report:
    """The verdicts about devices.

    Attributes:
        verdicts: A verdict for each device that could be read.
        skipped: The other devices, with the reason.
        warning: What the author should know about all of them, or "".
    """

    verdicts: tuple[Verdict, ...]
    skipped: tuple[tuple[Device, str], ...] = ()
    warning: str = ""


def violated(policies: Iterable[PolicyVerdict]) -> list[PolicyVerdict]:
    """Return the policies in force that are violated."""
    return [policy for policy in policies if policy.counts and policy.compliant is False]


def by_policies(
    device: Device,
    listed: bool | None,
    policies: Sequence[PolicyVerdict],
    *,
    quarantined: bool | None,
    blocked: bool | None,
) -> Verdict:
    """Return the verdict about a device, from its policies.

    It is compliant if the list says so and every policy in force is met. It is not if either says
    so.

    Args:
        device: The device.
        listed: What the list of devices says.
        policies: Its policies.
        quarantined: Whether it is in quarantine.
        blocked: Whether it is blocked.
    """
    judged = [policy.compliant for policy in policies if policy.counts]
    denied = False in judged
    compliant: bool | None = True
    if denied or listed is False:
        compliant = False
    elif listed is None or None in judged:
        compliant = None
    broken = violated(policies)
    reasons = (reason_of(policy.about) for policy in broken)
    return Verdict(
        device=device,
        compliant=compliant,
        listed=listed,
        reasons=tuple(dict.fromkeys(reasons)),
        own_words=tuple(policy.name for policy in broken),
        policies=tuple(policies),
        quarantined=quarantined,
        blocked=blocked,
        contradictory=denied if listed else listed is False and bool(judged) and all(judged),
    )


def with_server_action(
    verdict: Verdict, actions: Sequence[ComplianceAction], unread: str
) -> Verdict:
    """Return a verdict with what the server itself will do to the device.

    Args:
        verdict: The verdict.
        actions: The compliance actions of the server.
        unread: Why these could not be read, or "".
    """
    known = None
    if verdict.compliant is not False:
        certain = "the device is compliant"
        reason = certain if verdict.compliant else "whether it is compliant is not known"
    elif unread:
        reason = f"the compliance actions could not be read: {unread}"
    elif not actions:
        reason = "the server has no compliance action"
    elif len(actions) > 1:
        names = ", ".join(repr(action.name) for action in actions)
        reason = (
            f"the server has {len(actions)} compliance actions ({names}), and no call says which one the "
            "device gets"
        )
    else:
        [action] = actions
        said = action.as_dict()
        known = {
            "compliance_action": action.name,
            "wipes": said["wipes"],
            "steps": said["steps"],
        }
        reason = (
            "it is the only compliance action; no call says whether a policy of the device uses it, nor "
            "since when the device is out of compliance, from which the delays count"
        )
    return replace(verdict, server_action=known, server_action_reason=reason)


def summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many devices are compliant, are not, or are neither for certain."""
    verdicts = [row["compliant"] for row in rows]
    return {
        "compliant": verdicts.count(True),
        "noncompliant": verdicts.count(False),
        "unknown": verdicts.count(None),
    }


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
