# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies: the labels they are applied to, the devices they reach, and when a device has got them.

Sources: "MobileIron Core V1 Web Service", section "Policies" (fields, counts, applying to labels).
An active policy reaches the ACTIVE devices of its labels, a default policy all ACTIVE devices. Of
each profile type a device carries the one of best priority (switch device_policies).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from uem_emulator.epmm.world.policy_catalog import DRAFTS, TYPES, Draft, Rule
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches


class Fleet(Protocol):
    """What policies must know of the world. Devices are named by their numbers."""

    def revision(self) -> Hashable:
        """Something else after every change of devices, labels and members."""

    def active(self) -> frozenset[int]:
        """All devices with the status ACTIVE."""

    def members(self, label_id: int) -> frozenset[int]:
        """The devices of a label; none for a label which is gone."""


@dataclass
class Policy:
    """`rank` 0 is the best of its profile type. `labels` are ids, in the order in which they were
    applied."""

    id: int
    name: str
    profile_type: str
    description: str
    rules: tuple[Rule, ...]
    rank: int
    active: bool = True
    labels: dict[int, None] = field(default_factory=dict)

    @property
    def default(self) -> bool:
        """Whether it reaches all active devices, whatever their labels."""
        return self.id < 0


#: Policy id -> devices.
Holders = dict[int, set[int]]


class Policies:
    """The policies of a world by id, and what is on the devices."""

    def __init__(self, fleet: Fleet, switches: Switches, label_ids: dict[str, int]) -> None:
        self._fleet = fleet
        self._switches = switches
        self.by_id: dict[int, Policy] = {}
        for draft in DRAFTS:
            policy = self.add(draft)
            policy.labels = {label_ids[name]: None for name in draft.labels if name in label_ids}
        self._revision = 0
        self._targets: tuple[Hashable, Holders] | None = None
        #: What the devices have; None: what they should have, because nothing is slow.
        self._have: Holders | None = None
        self._lag = Lag(switches, self._deliver, "policy_delivery")
        self.refresh()

    def add(self, draft: Draft) -> Policy:
        """Another policy, before the default of its type but after all others of it."""
        ranks = [policy.rank for policy in self.of_type(draft.profile_type) if not policy.default]
        policy = Policy(
            draft.id,
            draft.name,
            draft.profile_type,
            draft.description,
            draft.rules(),
            len(ranks),
            draft.active,
        )
        for other in self.of_type(draft.profile_type):
            other.rank += other.default
        self.by_id[policy.id] = policy
        return policy

    def of_type(self, profile_type: str) -> list[Policy]:
        """The policies of a profile type, best first."""
        return sorted(
            (policy for policy in self.by_id.values() if policy.profile_type == profile_type),
            key=lambda policy: policy.rank,
        )

    def priority(self, policy: Policy) -> int:
        """The number which is shown. Which end of the numbers is the best is a switch."""
        if self._switches["priority_order"] == "1_highest":
            return policy.rank + 1
        return len(self.of_type(policy.profile_type)) - policy.rank

    # --- writes -----------------------------------------------------------------------------------------------------

    def apply(self, policy: Policy, label_id: int) -> bool:
        """Apply a policy to a label. Returns whether that changed anything."""
        if label_id in policy.labels:
            return False
        policy.labels[label_id] = None
        self.changed()
        return True

    def remove(self, policy: Policy, label_id: int) -> bool:
        """Remove a policy from a label. Returns whether that changed anything."""
        if label_id not in policy.labels:
            return False
        del policy.labels[label_id]
        self.changed()
        return True

    def drop(self, policy: Policy) -> None:
        """The policy is gone, from the devices too."""
        del self.by_id[policy.id]
        self.changed()

    def changed(self) -> None:
        """To be called after a change of a policy; also notices at once what is pending."""
        self._revision += 1
        self.refresh()

    # --- who has what -----------------------------------------------------------------------------------------------

    def _wanted(self) -> Holders:
        """Which devices should carry which policy."""
        mode = str(self._switches["device_policies"])
        key = (self._fleet.revision(), self._revision, mode)
        if self._targets is None or self._targets[0] != key:
            self._targets = (key, dict(self._reaches(effective=mode == "effective")))
        return self._targets[1]

    def _reaches(self, *, effective: bool) -> Iterator[tuple[int, set[int]]]:
        active = self._fleet.active()
        for profile_type in TYPES:
            taken: set[int] = set()
            for policy in self.of_type(profile_type):
                reached = set(active) if policy.default and policy.active else set()
                for label_id in policy.labels if policy.active else ():
                    reached |= active & self._fleet.members(label_id)
                if effective:
                    reached -= taken
                    taken |= reached
                yield policy.id, reached

    def _differing(self) -> set[int]:
        """The devices which have not what they should have."""
        wanted, have = self._wanted(), self._have
        if have is None:
            return set()
        return {
            device
            for policy_id in self.by_id
            for device in wanted[policy_id] ^ have.get(policy_id, set())
        }

    def refresh(self) -> None:
        """Notice what has become pending since, or that nothing is slow any more."""
        if self._lag.at_once:
            self._lag.settle()
            self._have = None
        elif self._have is None:
            self._have = {policy_id: set(devices) for policy_id, devices in self._wanted().items()}
        else:
            for device in sorted(self._differing()):
                if not self._lag.is_pending(device):
                    self._lag.wrote(device)

    def before_read(self) -> None:
        """Policies are about to be read: devices whose check-in is due by now get theirs first."""
        self.refresh()
        self._lag.before_read()

    def settle(self) -> None:
        """Every device checks in now."""
        self.refresh()
        self._lag.settle()

    def _deliver(self, device: int) -> None:
        """A device checks in."""
        if self._have is None:
            return
        for policy_id, devices in self._wanted().items():
            has = self._have.setdefault(policy_id, set())
            if device in devices:
                has.add(device)
            else:
                has.discard(device)

    def holders(self, policy: Policy) -> set[int]:
        """The devices on which the policy is."""
        return (self._wanted() if self._have is None else self._have).get(policy.id, set())

    def awaiting(self, policy: Policy) -> set[int]:
        """The devices which should have the policy and have not got it yet."""
        return self._wanted()[policy.id] - self.holders(policy)

    def of_device(self, device: int) -> list[Policy]:
        """What is on a device."""
        return [policy for policy in self.by_id.values() if device in self.holders(policy)]

    @property
    def pending(self) -> int:
        """How many devices have not got what they should have."""
        self.refresh()
        return len(self._differing())

    def truth(self, policy: Policy) -> dict[str, Any]:
        """Everything about a policy, for the control calls; labels and devices by their numbers."""
        self.refresh()
        # fmt: off
        return {"id": policy.id, "name": policy.name, "profile_type": policy.profile_type,
                "description": policy.description, "active": policy.active, "default": policy.default,
                "rank": policy.rank + 1, "labels": list(policy.labels), "devices": sorted(self.holders(policy)),
                "pending": sorted(self.awaiting(policy)), "rules": {rule.type: rule.value for rule in policy.rules}}
        # fmt: on
