# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, and what can be known of the labels that they are applied to. Pure.

The API tells which policies a device has, and never which labels a policy is applied to. So whether
a policy is applied to a label is inferred from the devices of the label, and only what their
policies prove is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .rules import rule

# The policies that every device has of each profile type, unless a better one takes their place.
DEFAULT = "DEFAULT"


@dataclass(frozen=True)
class Policy:
    """A policy. ``device_count`` and ``pending_count``: devices that have it, and that are about to
    get it.

    ``rules``: type and value of each rule, as the server sends them.
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

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"policy {self.name!r} ({self.id})"


@dataclass(frozen=True)
class Assignment:
    """A policy on a label, which is what ``label_policy`` brings about or takes away."""

    policy_id: str
    policy: str
    label_id: str
    label: str

    @property
    def id(self) -> str:
        """Tells it from every other one."""
        return f"{self.policy_id}@{self.label_id}"

    @property
    def title(self) -> str:
        """What messages and diffs call it."""
        return f"policy {self.policy!r} on label {self.label!r}"

    @property
    def identity(self) -> Mapping[str, str]:
        """How a result names it."""
        return {
            "policy": self.policy,
            "policy_id": self.policy_id,
            "label": self.label,
            "label_id": self.label_id,
        }


def policy_row(policy: Policy, *, counted: bool = True) -> dict[str, Any]:
    """What ``policy_info`` answers of it. ``counted``: the counts mean something ("Get Policies by
    DeviceUUID": they do not)."""
    rules = [rule(name, raw) for name, raw in policy.rules]
    # fmt: off
    return {
        "id": policy.id, "name": policy.name, "policy_type": policy.policy_type, "profile_type": policy.profile_type,
        "active": policy.active, "priority": policy.priority, "description": policy.description,
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


# What the policies of one device say of a policy on its label. beside: it has it, and others of the
# same profile type too.
Sign = Literal["has", "beside", "lacks", "hidden"]

# The signs of devices that have it.
HAVING: frozenset[Sign] = frozenset({"has", "beside"})

# What is known of a policy on a label. applied: some device has it and no other label of that
# device can have brought it. not_applied: devices lack it, and nothing hides it from them. shared:
# devices have it and none proves the contrary, but another label may have brought it, or they may
# lose it soon. unknown: no device says anything, for there is none, or another policy of the kind
# hides it on all of them, or all of them may be about to get another one.
Verdict = Literal["applied", "not_applied", "shared", "unknown"]


def sign_of(policy: Policy, on_device: Sequence[Policy]) -> Sign:
    """What the policies of an active device of a label say of ``policy`` on that label.

    A device has one policy of each profile type, the one with the best priority. Which end of the
    priorities is the best is not documented, so any other policy of the same type but a default one
    may hide it. A device without any policy of the type says nothing, for every device has the
    default one: its policies could not be read. A server that shows several of a type counts no
    device as pending that is about to lose one, so that having it proves less there.
    """
    same = [one for one in on_device if one.profile_type == policy.profile_type]
    if any(one.id == policy.id for one in same):
        return "has" if len(same) == 1 else "beside"
    if not same or not policy.active or any(one.policy_type != DEFAULT for one in same):
        return "hidden"
    return "lacks"


def unsettled(policy: Policy, known: Iterable[Policy]) -> int:
    """How many devices may be about to get, or to lose, ``policy``, or another one that hides it
    from them.

    A device that loses a policy gets another of the same profile type instead, and is pending for
    that; but see ``sign_of``.
    """
    return sum(one.pending_count for one in known if one.profile_type == policy.profile_type)


def judge(signs: Iterable[Sign], *, unsettled: int, exclusive: int = 0) -> Verdict:
    """What the signs of a label's devices prove, of which so many as are ``unsettled`` may be out
    of date.

    ``exclusive``: how many devices have it and no other label that can have brought it.
    """
    counts = Counter(signs)
    if counts["lacks"] > unsettled:
        return "not_applied"
    if sum(counts[sign] for sign in HAVING) > unsettled:
        return "applied" if exclusive > unsettled else "shared"
    return "unknown"


@dataclass(frozen=True)
class Decision:
    """What to do about a verdict: whether a request is sent, and whether that is a change for
    certain."""

    send: bool
    changed: bool


def decide(verdict: Verdict, *, wanted: bool, send_unseen: bool) -> Decision:
    """``wanted``: the policy shall be on the label. ``send_unseen``: send also where the state
    cannot be seen.

    A request whose effect cannot be seen is no reported change: it is sent so that the state holds
    afterwards.
    """
    if wanted:
        table = {
            "applied": Decision(False, False),
            "not_applied": Decision(True, True),
            "shared": Decision(False, False),
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
    """Indexes of at most ``most`` of ``count`` things, evenly spread, the first and the last among
    them."""
    if count <= most:
        return list(range(count))
    if most == 1:
        return [0]
    return sorted({round(number * (count - 1) / (most - 1)) for number in range(most)})
