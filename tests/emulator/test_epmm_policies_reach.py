# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets which policy, and when: without a server, over a fleet of six devices."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest
from uem_emulator.epmm.world.policies import Policies
from uem_emulator.epmm.world.policy_catalog import DRAFTS, TYPES
from uem_emulator.switches import Switches

LABELS = {"red": 11, "blue": 14, "iOS": -3}


class Fleet:
    """Devices 1 to 6, of which 6 is not active."""

    def __init__(self) -> None:
        self.of_label: dict[int, frozenset[int]] = {
            11: frozenset((1, 2, 6)),
            14: frozenset((2, 3)),
            -3: frozenset((5,)),
        }
        self.changes = 0

    def revision(self) -> Hashable:
        return self.changes

    def active(self) -> frozenset[int]:
        return frozenset(range(1, 6))

    def members(self, label_id: int) -> frozenset[int]:
        return self.of_label.get(label_id, frozenset())

    def put(self, label_id: int, *devices: int) -> None:
        self.of_label[label_id] = frozenset(devices)
        self.changes += 1


@pytest.fixture
def fleet() -> Fleet:
    return Fleet()


def make(fleet: Fleet, **switches: Any) -> Policies:
    return Policies(fleet, Switches(switches), LABELS)


def of(policies: Policies, device: int, profile_type: str) -> list[int]:
    return [
        policy.id for policy in policies.of_device(device) if policy.profile_type == profile_type
    ]


def test_the_catalogue() -> None:
    assert sorted(draft.id for draft in DRAFTS if draft.default) == [-4, -3, -2, -1]
    assert (
        {draft.profile_type for draft in DRAFTS if draft.default}
        == set(TYPES)
        == {draft.profile_type for draft in DRAFTS if not draft.default}
    )
    assert len([draft for draft in DRAFTS if not draft.default]) >= 8
    for draft in DRAFTS:
        types = [rule.type for rule in draft.rules()]
        assert types == sorted(types) and len(set(types)) == len(types)
        assert {name for name, _value in draft.overrides} <= set(types), draft.name
        assert all(
            kind.startswith(
                ("EAS_BLOCK_", "SEC_NCA_", "SECURITY_")
                if draft.profile_type == "SECURITY"
                else f"{draft.profile_type}_"
            )
            for kind in types
        )


def test_the_documented_heartbeat() -> None:
    rules = {rule.type: rule for draft in DRAFTS if draft.id == -4 for rule in draft.rules()}
    assert (
        rules["SYNC_HEARTBEAT_INTERVAL"].value,
        rules["SYNC_HEARTBEAT_INTERVAL"].client_value,
    ) == ("14", "840")
    assert (
        rules["SYNC_MULTITASK_INTERVAL"].value,
        rules["SYNC_MULTITASK_INTERVAL"].client_value,
    ) == ("15", "15")


def test_a_default_reaches_all_until_another_comes(fleet: Fleet) -> None:
    policies = make(fleet)
    assert [of(policies, device, "LOCKDOWN") for device in range(1, 7)] == [[-1]] * 5 + [[]]
    assert policies.apply(policies.by_id[1220], LABELS["red"])
    assert [of(policies, device, "LOCKDOWN") for device in range(1, 7)] == [
        [1220],
        [1220],
        [-1],
        [-1],
        [-1],
        [],
    ]
    assert not policies.apply(policies.by_id[1220], LABELS["red"])
    assert policies.remove(policies.by_id[1220], LABELS["red"]) and not policies.remove(
        policies.by_id[1220], LABELS["red"]
    )
    assert [of(policies, device, "LOCKDOWN") for device in range(1, 7)] == [[-1]] * 5 + [[]]


@pytest.mark.parametrize(
    ("position", "expected"),
    [("effective", [[1220], [1220], [1221]]), ("all", [[1220, -1], [1220, 1221, -1], [1221, -1]])],
)
def test_priorities_within_a_type(fleet: Fleet, position: str, expected: list[list[int]]) -> None:
    policies = make(fleet, device_policies=position)
    policies.apply(policies.by_id[1221], LABELS["blue"])
    policies.apply(policies.by_id[1220], LABELS["red"])
    assert [of(policies, device, "LOCKDOWN") for device in (1, 2, 3)] == expected


@pytest.mark.parametrize(
    ("position", "expected"),
    [("1_highest", {1220: 1, 1221: 2, -1: 3}), ("1_lowest", {1220: 3, 1221: 2, -1: 1})],
)
def test_the_numbers_of_priorities(fleet: Fleet, position: str, expected: dict[int, int]) -> None:
    policies = make(fleet, priority_order=position)
    assert {
        policy.id: policies.priority(policy) for policy in policies.of_type("LOCKDOWN")
    } == expected


def test_an_inactive_policy_reaches_nothing(fleet: Fleet) -> None:
    policies = make(fleet)
    policies.apply(policies.by_id[1205], LABELS["red"])
    assert of(policies, 1, "SECURITY") == [-3]
    policies.by_id[1205].active = True
    policies.changed()
    assert of(policies, 1, "SECURITY") == [1205]


def test_members_who_come_and_go(fleet: Fleet) -> None:
    policies = make(fleet)
    policies.apply(policies.by_id[1230], LABELS["red"])
    fleet.put(LABELS["red"], 4)
    assert [of(policies, device, "SYNC") for device in (1, 4)] == [[-4], [1230]]


def test_delivery_by_hand(fleet: Fleet) -> None:
    policies = make(fleet, policy_delivery="manual")
    policy = policies.by_id[1230]
    policies.apply(policy, LABELS["red"])
    for _read in range(3):
        policies.before_read()
        assert (policies.holders(policy), policies.awaiting(policy), policies.pending) == (
            set(),
            {1, 2},
            2,
        )
    assert of(policies, 1, "SYNC") == [-4]
    policies.settle()
    assert (policies.holders(policy), policies.awaiting(policy), policies.pending) == (
        {1, 2},
        set(),
        0,
    )
    assert of(policies, 1, "SYNC") == [1230]
    policies.remove(policy, LABELS["red"])
    assert (policies.holders(policy), policies.awaiting(policies.by_id[-4])) == ({1, 2}, {1, 2}), (
        "gone at the next check-in"
    )
    policies.settle()
    assert policies.holders(policy) == set()


def test_delivery_after_reads(fleet: Fleet) -> None:
    policies = make(fleet, policy_delivery="reads", policy_delivery_reads=2)
    policy = policies.by_id[1230]
    policies.apply(policy, LABELS["red"])
    seen = []
    for _read in range(4):
        policies.before_read()
        seen.append(len(policies.holders(policy)))
    assert seen == [0, 0, 2, 2]


@pytest.mark.parametrize(("milliseconds", "expected"), [(0, {1, 2}), (3_600_000, set())])
def test_delivery_after_a_time(fleet: Fleet, milliseconds: int, expected: set[int]) -> None:
    policies = make(fleet, policy_delivery="time", policy_delivery_ms=milliseconds)
    policies.apply(policies.by_id[1230], LABELS["red"])
    policies.before_read()
    assert policies.holders(policies.by_id[1230]) == expected


def test_taking_it_back_before_the_check_in(fleet: Fleet) -> None:
    policies = make(fleet, policy_delivery="manual")
    policies.apply(policies.by_id[1230], LABELS["red"])
    policies.remove(policies.by_id[1230], LABELS["red"])
    assert policies.pending == 0


def test_becoming_slow_keeps_what_devices_have(fleet: Fleet) -> None:
    switches = Switches()
    policies = Policies(fleet, switches, LABELS)
    policies.apply(policies.by_id[1230], LABELS["blue"])
    switches.set_many({"policy_delivery": "manual"})
    policies.refresh()
    fleet.put(LABELS["blue"], 2, 3, 4)
    policies.before_read()
    assert (policies.holders(policies.by_id[1230]), policies.awaiting(policies.by_id[1230])) == (
        {2, 3},
        {4},
    )
    switches.set_many({"policy_delivery": "none"})
    policies.before_read()
    assert policies.holders(policies.by_id[1230]) == {2, 3, 4} and policies.pending == 0
