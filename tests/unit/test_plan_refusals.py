# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of refusals besides their words."""

from __future__ import annotations

from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    LIMIT,
    PROTECTED,
    Plan,
)


def test_kinds_are_listed_once_and_only_with_refusals():
    plan = Plan().refusing([], PROTECTED).refusing(["a", "b"], LIMIT).refusing(["c"])
    assert plan.refused_by == ["limit", "other"]
    assert plan.refusing(["d"], LIMIT).refused_by == ["limit", "other"]
    assert Plan(refusals=("x",)).refused_by == ["other"]


def test_a_plan_of_several_keeps_what_is_known():
    whole = Plan.joined([Plan().refusing(["a"], PROTECTED), Plan(warnings=("w",))])
    assert (whole.refusals, whole.refused_by, whole.final) == (("a",), ["protected"], False)
    whole = Plan.joined([whole, Plan().forbidding(["b"]), Plan(fleet=5)])
    assert (whole.refusals, whole.refused_by, whole.final) == (
        ("a", "b"),
        ["protected", "other"],
        True,
    )
    assert (whole.warnings, whole.fleet) == (("w",), None)
    assert Plan.joined([Plan(), Plan(refusals=("x",))]).refused_by == ["other"]
    assert Plan.joined([]) == Plan()
