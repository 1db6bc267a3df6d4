# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.model import (
    Assignment,
    Decision,
    Policy,
    decide,
    judge,
    policy_row,
    sign_of,
    spread,
    unsettled,
)


def policy(number, profile="SECURITY", policy_type="", **fields):
    return Policy(
        str(number), f"policy {number}", profile_type=profile, policy_type=policy_type, **fields
    )


WANTED = policy(31, priority=2)
INACTIVE = policy(31, active=False)
BETTER = policy(32, priority=1)
WORSE = policy(33, priority=3)
DEFAULT = policy(-1, policy_type="DEFAULT")
OTHER_KIND = policy(40, profile="PRIVACY")
OTHER_DEFAULT = policy(-2, profile="PRIVACY", policy_type="DEFAULT")


@pytest.mark.parametrize(
    ("about", "on_device", "sign"),
    [
        (WANTED, [WANTED], "has"),
        (WANTED, [OTHER_KIND, WANTED, OTHER_DEFAULT], "has"),
        # A server that shows more than the best of a profile type.
        (WANTED, [OTHER_KIND, WANTED, DEFAULT], "beside"),
        (WANTED, [BETTER, WANTED], "beside"),
        (WANTED, [DEFAULT], "lacks"),
        (WANTED, [DEFAULT, OTHER_KIND, OTHER_DEFAULT], "lacks"),
        # Every device has a default policy of each type: one that shows none could not be read.
        (WANTED, [OTHER_KIND], "hidden"),
        (WANTED, [], "hidden"),
        # Which end of the priorities is the best is not known, so that any other policy may hide
        # it.
        (WANTED, [BETTER], "hidden"),
        (WANTED, [WORSE], "hidden"),
        (WANTED, [BETTER, DEFAULT], "hidden"),
        # A policy that is not active reaches no device; one that still has it has it.
        (INACTIVE, [DEFAULT], "hidden"),
        (INACTIVE, [], "hidden"),
        (INACTIVE, [INACTIVE], "has"),
        # A policy is known by its id: names are not unique.
        (WANTED, [Policy("99", WANTED.name, profile_type="SECURITY", policy_type="DEFAULT")], "lacks"),
    ],
)  # fmt: skip
def test_what_a_device_says(about, on_device, sign):
    assert sign_of(about, on_device) == sign


@pytest.mark.parametrize(
    ("signs", "about_to_change", "exclusive", "verdict"),
    [
        ([], 0, 0, "unknown"),
        (["hidden"] * 9, 0, 0, "unknown"),
        (["lacks"], 0, 0, "not_applied"),
        (["hidden", "lacks"], 0, 0, "not_applied"),
        # One device that lacks it outweighs any number that have it, by whatever other label.
        (["has"] * 9 + ["lacks"], 0, 9, "not_applied"),
        (["has"], 0, 0, "shared"),
        (["has", "hidden"], 0, 1, "applied"),
        # Devices that are about to get another policy prove nothing, whichever of them these are.
        (["lacks"], 1, 0, "unknown"),
        (["lacks"] * 2, 1, 0, "not_applied"),
        (["has"], 1, 1, "unknown"),
        (["has"] * 2, 1, 1, "shared"),
        (["has"] * 2, 1, 2, "applied"),
        (["has", "lacks"], 1, 1, "unknown"),
        (["beside"], 0, 0, "shared"),
        (["beside"], 1, 0, "unknown"),
        (["beside", "has"], 0, 1, "applied"),
    ],
)
def test_what_devices_prove(signs, about_to_change, exclusive, verdict):
    assert judge(iter(signs), unsettled=about_to_change, exclusive=exclusive) == verdict


def test_devices_that_may_be_about_to_change():
    # fmt: off
    known = [
        policy(31, pending_count=1), policy(32, pending_count=2), policy(-1, policy_type="DEFAULT", pending_count=4),
        policy(40, profile="PRIVACY", pending_count=8),
    ]
    # fmt: on
    assert unsettled(WANTED, known) == 7
    assert unsettled(OTHER_KIND, known) == 8
    assert unsettled(policy(50, profile="SYNC"), known) == 0


@pytest.mark.parametrize(
    ("verdict", "wanted", "send_unseen", "decision"),
    [
        ("applied", True, True, Decision(False, False)),
        ("applied", True, False, Decision(False, False)),
        ("not_applied", True, True, Decision(True, True)),
        ("not_applied", True, False, Decision(True, True)),
        ("shared", True, True, Decision(True, False)),
        ("shared", True, False, Decision(False, False)),
        ("unknown", True, True, Decision(True, False)),
        ("unknown", True, False, Decision(False, False)),
        ("applied", False, True, Decision(True, True)),
        ("applied", False, False, Decision(True, True)),
        ("not_applied", False, True, Decision(False, False)),
        ("not_applied", False, False, Decision(False, False)),
        ("shared", False, True, Decision(True, False)),
        ("shared", False, False, Decision(False, False)),
        ("unknown", False, True, Decision(True, False)),
        ("unknown", False, False, Decision(False, False)),
    ],
)
def test_what_is_done_about_it(verdict, wanted, send_unseen, decision):
    assert decide(verdict, wanted=wanted, send_unseen=send_unseen) == decision


@pytest.mark.parametrize(
    ("count", "most", "chosen"),
    [
        (0, 5, []), (0, 1, []), (1, 1, [0]), (3, 5, [0, 1, 2]), (3, 3, [0, 1, 2]), (9, 1, [0]), (9, 2, [0, 8]), (9, 3, [0, 4, 8]),
        (10, 4, [0, 3, 6, 9]),
    ],
)  # fmt: skip
def test_an_even_spread(count, most, chosen):
    assert spread(count, most) == chosen


@pytest.mark.parametrize(("count", "most"), [(51, 50), (10_000, 50), (99, 98), (7, 6)])
def test_a_spread_has_as_many_as_it_may(count, most):
    chosen = spread(count, most)
    assert (
        len(chosen) == most
        and chosen[0] == 0
        and chosen[-1] == count - 1
        and chosen == sorted(set(chosen))
    )


def test_names_of_policies_and_assignments():
    assert policy(31).title == "policy 'policy 31' (31)"
    one, other = (
        Assignment("31", "Strict", "12", "Sales"),
        Assignment("3", "Strict", "112", "Sales"),
    )
    assert one.id != other.id
    assert one.title == "policy 'Strict' on label 'Sales'"
    assert one.identity == {
        "policy": "Strict",
        "policy_id": "31",
        "label": "Sales",
        "label_id": "12",
    }


def test_rows_count_devices_only_where_the_server_does():
    counted = Policy(
        "31", "Strict", device_count=3, pending_count=1, rules=(("minPasswordLength", "6"),)
    )
    assert (policy_row(counted)["device_count"], policy_row(counted)["pending_count"]) == (3, 1)
    assert (
        policy_row(counted, counted=False)["device_count"]
        is policy_row(counted, counted=False)["pending_count"]
        is None
    )
    assert [rule["type"] for rule in policy_row(counted)["rules"]] == ["minPasswordLength"]
