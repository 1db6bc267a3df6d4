# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether devices are compliant, and why not: the policies of Neurons for MDM, or the bitmaps of
EPMM, in one shape. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device

# The name of a reason that the server does not give.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class PolicyVerdict:
    """What a policy says of a device; None where the server does not say it. ``rule_type``: what
    the policy is about; ``type``: what kind of policy it is."""

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

    @property
    def counts(self) -> bool:
        """Whether it is in force. One that is turned off judges nobody."""
        return self.enabled is not False

    def as_dict(self) -> dict[str, Any]:
        """As results have it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "uuid": self.uuid, "description": self.description, "type": self.type,
            "rule_type": self.rule_type, "priority": self.priority, "enabled": self.enabled, "compliant": self.compliant,
            "pending_compliant": self.pending_compliant,
        }
        # fmt: on


@dataclass(frozen=True)
class Verdict:
    """Whether a device is compliant; None where nobody knows. ``listed``: what the list of devices
    says of it.

    ``reasons``: names of what it fails, or None where they are not known. ``policies`` are of
    Neurons for MDM and ``bitmaps`` of EPMM, None where there are none to be had.
    """

    device: Device
    compliant: bool | None
    listed: bool | None
    reasons: tuple[str, ...] | None
    policies: tuple[PolicyVerdict, ...] | None = None
    quarantined: bool | None = None
    quarantine_reasons: tuple[str, ...] | None = None
    blocked: bool | None = None
    block_reasons: tuple[str, ...] | None = None
    bitmaps: Mapping[str, int | None] | None = None
    contradictory: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As results have it."""
        policies = self.policies
        return {
            **self.device.identity,
            "compliant": self.compliant,
            "listed_compliant": self.listed,
            "contradictory": self.contradictory,
            "reasons": _list(self.reasons),
            "violated": None
            if policies is None
            else [policy.name for policy in violated(policies)],
            "policies": None if policies is None else [policy.as_dict() for policy in policies],
            "quarantined": self.quarantined,
            "quarantine_reasons": _list(self.quarantine_reasons),
            "blocked": self.blocked,
            "block_reasons": _list(self.block_reasons),
            "bitmaps": None if self.bitmaps is None else dict(self.bitmaps),
        }


@dataclass(frozen=True)
class Report:
    """What was found of devices. ``skipped``: those of which nothing can be read, with the reason;
    ``warning``: what an author has to know of all of them, or ""."""

    verdicts: tuple[Verdict, ...]
    skipped: tuple[tuple[Device, str], ...] = ()
    warning: str = ""


def violated(policies: Iterable[PolicyVerdict]) -> list[PolicyVerdict]:
    """The policies in force that are not met."""
    return [policy for policy in policies if policy.counts and policy.compliant is False]


def by_policies(
    device: Device,
    listed: bool | None,
    policies: Sequence[PolicyVerdict],
    *,
    quarantined: bool | None,
    blocked: bool | None,
) -> Verdict:
    """A device is compliant where the list says so and every policy in force is met, and it is not
    where either denies it."""
    judged = [policy.compliant for policy in policies if policy.counts]
    denied = False in judged
    compliant: bool | None = True
    if denied or listed is False:
        compliant = False
    elif listed is None or None in judged:
        compliant = None
    return Verdict(
        device=device,
        compliant=compliant,
        listed=listed,
        reasons=tuple(
            dict.fromkeys(policy.rule_type.lower() or UNKNOWN for policy in violated(policies))
        ),
        policies=tuple(policies),
        quarantined=quarantined,
        blocked=blocked,
        contradictory=denied if listed else listed is False and bool(judged) and all(judged),
    )


def summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many devices are compliant, are not, or are neither for certain."""
    said = [row["compliant"] for row in rows]
    return {
        "compliant": said.count(True),
        "noncompliant": said.count(False),
        "unknown": said.count(None),
    }


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
