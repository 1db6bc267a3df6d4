# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, and what can be known about the labels that they are applied to. Pure.

The API lists the policies of a device, and never the labels of a policy. So whether a policy is
applied to a label is inferred from the devices of the label, and only what their policies prove is
believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .rules import rule

# The type of the policies that every device has, unless a better one of the same profile type
# replaces it.
DEFAULT = "DEFAULT"


@dataclass(frozen=True)
class Policy:
    """A policy.

    Attributes:
        device_count: How many devices have it.
        pending_count: How many devices will get it.
        rules: The type and the value of each rule, as the server sends them.
        status: The server's word for whether it is in force.
    """

    id: str
    name: str
    policy_type: str = ""
    profile_type: str = ""
    active: bool = True
    priority: int | None = None
    description: str = ""
    device_count: int = 0
    pending_count: int = 0
    rules: tuple[tuple[str, Any], ...] = ()
    status: str = ""

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return f"policy {self.name!r} ({self.id})"


@dataclass(frozen=True)
class Assignment:
    """A policy on a label, which ``label_policy`` applies or removes."""

    policy_id: str
    policy: str
    label_id: str
    label: str

    @property
    def id(self) -> str:
        """The text that distinguishes it from others."""
        return f"{self.policy_id}@{self.label_id}"

    @property
    def title(self) -> str:
        """The words for it in messages and diffs."""
        return f"policy {self.policy!r} on label {self.label!r}"

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify it in a result."""
        return {
            "policy": self.policy,
            "policy_id": self.policy_id,
            "label": self.label,
            "label_id": self.label_id,
        }


def policy_row(policy: Policy, *, counted: bool = True) -> dict[str, Any]:
    """Return the row of ``policy_info``.

    Args:
        policy: The policy.
        counted: Whether the counts mean something. In "Get Policies by DeviceUUID" they do not.
    """
    rules = [rule(name, raw) for name, raw in policy.rules]
    # fmt: off
    return {
        "id": policy.id, "name": policy.name, "policy_type": policy.policy_type, "profile_type": policy.profile_type,
        "active": policy.active, "status": policy.status, "priority": policy.priority, "description": policy.description,
        "device_count": policy.device_count if counted else None,
        "pending_count": policy.pending_count if counted else None,
        "rules": [
            {
                "type": one.type, "value": one.value, "raw": one.raw, "meaning": one.meaning,
                "value_meaning": one.value_meaning, "known": one.known and one.fits,
            }
            for one in rules
        ],
    }
    # fmt: on


# What the policies of a device say about a policy on its label. beside: it has it, and others of
# the same profile type too.
Sign = Literal["has", "beside", "lacks", "hidden"]

# The signs of devices that have the policy.
HAVING: frozenset[Sign] = frozenset({"has", "beside"})

# What is known about a policy on a label. applied: a device has it, and no other label of the
# device can be the reason. not_applied: devices lack it, and nothing hides it from them. shared:
# devices have it and none proves the contrary, but another label may be the reason, or they may
# lose it soon. unknown: no device shows anything: there is none, or another policy of the kind
# hides it on all of them, or all of them may get another one soon.
Verdict = Literal["applied", "not_applied", "shared", "unknown"]


def sign_of(policy: Policy, on_device: Sequence[Policy]) -> Sign:
    """Return what the policies of an active device say about a policy on its label.

    A device has one policy of each profile type: the one with the best priority. The document does
    not say which end of the priorities is best. So any other policy of the same type may hide it,
    except a default one. A device without any policy of the type proves nothing: every device has
    the default one, so its policies could not be read. If a device has several policies of a type,
    it may lose one without being counted as pending, so having the policy proves less.

    Args:
        policy: The policy.
        on_device: The policies of the device.
    """
    same = [one for one in on_device if one.profile_type == policy.profile_type]
    if any(one.id == policy.id for one in same):
        return "has" if len(same) == 1 else "beside"
    if not same or not policy.active or any(one.policy_type != DEFAULT for one in same):
        return "hidden"
    return "lacks"


def unsettled(policy: Policy, known: Iterable[Policy]) -> int:
    """Return how many devices may soon get or lose a policy, or another one that hides it.

    A device that loses a policy gets another of the same profile type, and is pending for that; but
    see ``sign_of``.
    """
    return sum(one.pending_count for one in known if one.profile_type == policy.profile_type)


def judge(signs: Iterable[Sign], *, unsettled: int, exclusive: int = 0) -> Verdict:
    """Return what the signs of a label's devices prove.

    Args:
        signs: The sign of each device.
        unsettled: How many of the signs may be out of date.
        exclusive: How many devices have the policy and no other label that can be the reason.
    """
    counts = Counter(signs)
    if counts["lacks"] > unsettled:
        return "not_applied"
    if sum(counts[sign] for sign in HAVING) > unsettled:
        return "applied" if exclusive > unsettled else "shared"
    return "unknown"


@dataclass(frozen=True)
class Decision:
    """What to do about a verdict.

    Attributes:
        send: Whether a request is sent.
        changed: Whether that is certainly a change.
    """

    send: bool
    changed: bool


def decide(verdict: Verdict, *, wanted: bool, send_unseen: bool) -> Decision:
    """Decide what to do about a verdict.

    A request whose effect cannot be seen is not reported as a change. It is sent so that the state
    is certain afterwards.

    Args:
        verdict: What is known.
        wanted: Whether the policy is to be on the label.
        send_unseen: Whether to send a request if the state cannot be seen.
    """
    if wanted:
        table = {
            "applied": Decision(False, False),
            "not_applied": Decision(True, True),
            "shared": Decision(send_unseen, False),
            "unknown": Decision(send_unseen, False),
        }
    else:
        table = {
            "applied": Decision(True, True),
            "not_applied": Decision(False, False),
            "shared": Decision(send_unseen, False),
            "unknown": Decision(send_unseen, False),
        }
    return table[verdict]


def spread(count: int, most: int) -> list[int]:
    """Return the indexes of at most ``most`` of ``count`` things, evenly spread, with the first and
    the last."""
    if count <= most:
        return list(range(count))
    if most == 1:
        return [0]
    return sorted({round(number * (count - 1) / (most - 1)) for number in range(most)})
