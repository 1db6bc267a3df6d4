# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner of actions: who takes it, who has it, who is kept out, and when it is over."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    INELIGIBLE,
    PROTECTED,
    LeftAlone,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.epmm import (
    CALLS as EPMM_CALLS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.neurons import CALLS
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.plan import (
    after,
    is_done,
    is_settled,
    plan_action,
    shown_state,
)

STATES = (
    "ACTIVE",
    "RETIRE_PENDING",
    "RETIRE_SENT",
    "RETIRED",
    "RETIRE_CANCELED",
    "WIPE_PENDING",
    "WIPE_SENT",
    "WIPED",
    "WIPE_CANCELED",
    "",
)
BOTH = frozenset({"lost_mode", "kiosk_mode"})


def device(
    state: str = "ACTIVE",
    *modes: str,
    number: int = 1,
    platform: str = "ios",
    version: str = "17.1",
) -> Device:
    return Device(
        str(number),
        f"g{number}",
        state=state,
        platform=platform,
        os_version=version,
        modes=frozenset(modes),
    )


@pytest.mark.parametrize(
    ("action", "done", "over"),
    [
        ("retire", {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED"}, {"RETIRED"}), ("wipe", {"WIPE_PENDING", "WIPE_SENT", "WIPED"}, {"WIPED"}),
        *((action, set(), set()) for action in ("lock", "unlock", "restart", "force_checkin", "logout_user", "locate", "relinquish", "delete")),
    ],
)  # fmt: skip
def test_states_in_which_it_is_done_and_over(action, done, over):
    row = ACTIONS[action]
    assert {state for state in STATES if is_done(row, device(state), {})} == done
    assert {state for state in STATES if is_settled(row, device(state), {})} == over


@pytest.mark.parametrize(("action", "mode", "leaves"), [
    ("enter_kiosk", "kiosk_mode", False), ("exit_kiosk", "kiosk_mode", True), ("enable_lost_mode", "lost_mode", False),
    ("disable_lost_mode", "lost_mode", True),
])  # fmt: skip
def test_modes(action, mode, leaves):
    row = ACTIONS[action]
    [other] = BOTH - {mode}
    for have in ((), (mode,), (other,), tuple(BOTH)):
        assert (
            is_done(row, device("ACTIVE", *have), {})
            is is_settled(row, device("ACTIVE", *have), {})
            is ((mode in have) != leaves)
        )
        left = {*have} - {mode} if leaves else {*have, mode}
        assert after(row, device("ACTIVE", *have)) == ", ".join(["ACTIVE", *sorted(left)])


@pytest.mark.parametrize(
    ("have", "wanted", "done"),
    [
        ("17.1", "17.1", True), ("17.10", "17.9", True), ("17.9", "17.10", False), ("18", "17.4.1", True), ("17.4", "17.4.1", False),
        ("17.4", "17.4.0", True), ("17.4.0", "17.4", True), ("9.3", "10.0", False), ("", "17.1", False),
    ],
)  # fmt: skip
def test_a_version_that_the_device_has_or_has_left_behind(have, wanted, done):
    row = ACTIONS["os_update"]
    assert (
        is_done(row, device(version=have), {"version": wanted})
        is is_settled(row, device(version=have), {"version": wanted})
        is done
    )


def test_a_device_that_is_gone_is_what_deleting_wants_and_nothing_else():
    assert [name for name, row in ACTIONS.items() if is_settled(row, None, {"version": ""})] == [
        "delete"
    ]
    assert not is_settled(ACTIONS["delete"], device("RETIRED"), {})


def test_states_are_shown_with_modes():
    assert shown_state(device("", *BOTH)) == "unknown, kiosk_mode, lost_mode"
    assert after(ACTIONS["lock"], device("ACTIVE", "lost_mode")) == "ACTIVE, lost_mode (lock sent)"
    assert (after(ACTIONS["wipe"], device()), after(ACTIONS["delete"], device("RETIRED"))) == (
        "WIPED",
        "deleted",
    )


def test_who_takes_it_and_who_does_not():
    # fmt: off
    fleet = [
        device(number=1), device("RETIRED", number=2), device(number=3, platform="android"), device(number=4), device("RETIRE_SENT", number=5),
    ]
    # fmt: on
    plan = plan_action(
        ACTIONS["retire"],
        CALLS["retire"],
        fleet,
        {},
        {"4": "protected: it is named there", "5": "protected: it is named there"},
    )
    assert [one.id for one in plan.subjects] == ["1", "3"]
    # What is done already is nobody's concern.
    assert [one.id for one in plan.unchanged] == ["2", "5"] and plan.left_alone == (
        LeftAlone(fleet[3], PROTECTED, "protected: it is named there"),
    )
    assert [(change.before, change.after) for change in plan.changes] == [
        ({"state": "ACTIVE"}, {"state": "RETIRED"})
    ] * 2
    less = plan.leaving(INELIGIBLE, {"3": "USER_ENROLLED", "9": "nobody"})
    assert [one.id for one in less.subjects] == ["1"] and less.of_kind(INELIGIBLE) == (
        LeftAlone(fleet[2], INELIGIBLE, "USER_ENROLLED"),
    )
    assert less.unchanged == plan.unchanged
    assert less.of_kind(PROTECTED) == plan.of_kind(PROTECTED)


def test_new_words_for_a_device_that_is_in_lost_mode():
    """No device shows its text, so it is sent only where the author wants that."""
    lost, found = device("ACTIVE", "lost_mode"), device(number=2)
    for resend, subjects in ((False, ["2"]), (True, ["1", "2"])):
        action, call = ACTIONS["enable_lost_mode"], CALLS["enable_lost_mode"]
        plan = plan_action(action, call, [lost, found], {"text": "new"}, {}, resend=resend)
        assert [one.id for one in plan.subjects] == subjects
    assert [(change.before["state"], change.after["state"]) for change in plan.changes] == [
        ("ACTIVE, lost_mode", "ACTIVE, lost_mode (enable_lost_mode sent)"),
        ("ACTIVE", "ACTIVE, lost_mode"),
    ]
    # Nothing else has words to renew.
    kiosk = device("ACTIVE", "kiosk_mode", platform="android")
    for name, one in (("enter_kiosk", kiosk), ("disable_lost_mode", found), ("exit_kiosk", found)):
        plan = plan_action(ACTIONS[name], CALLS[name], [one], {}, {}, resend=True)
        assert plan.changes == ()


def test_a_platform_on_which_it_does_nothing():
    """ "This parameter does not apply to iOS" (Locate a Device)."""
    fleet = [device(), device(number=2, platform="android"), device(number=3, platform="")]
    plan = plan_action(ACTIONS["locate"], EPMM_CALLS["locate"], fleet, {}, {})
    assert [(left.subject.id, left.kind, left.reason) for left in plan.left_alone] == [
        (fleet[0].id, INELIGIBLE, "locate does nothing on ios")
    ]
    assert [change.subject.id for change in plan.changes] == ["2", "3"]


def test_platforms_and_states_that_rule_it_out():
    plan = plan_action(
        ACTIONS["restart"],
        CALLS["restart"],
        [device(), device(number=2, platform="android"), device(number=3, platform="")],
        {},
        {},
    )
    assert {left.kind for left in plan.left_alone} == {INELIGIBLE}
    assert [(left.subject.id, left.reason) for left in plan.left_alone] == [
        ("2", "restart is only for ios, not for android"),
        ("3", "restart is only for ios, not for a device of an unknown platform"),
    ]
    plan = plan_action(
        ACTIONS["delete"],
        CALLS["delete"],
        [device(state, number=number) for number, state in enumerate(STATES)],
        {},
        {},
    )
    # The document rules the first two out; the others are active again.
    assert {left.subject.state for left in plan.of_kind(INELIGIBLE)} == {
        "ACTIVE",
        "WIPE_PENDING",
        "RETIRE_CANCELED",
        "WIPE_CANCELED",
    }


def test_equal_parameters_share_calls_in_whatever_order_they_are_given():
    writes = {
        plan_action(ACTIONS["wipe"], CALLS["wipe"], [device()], parameters, {}).changes[0].write
        for parameters in (
            {"text": "x", "preserve_data_plan": True},
            {"preserve_data_plan": True, "text": "x"},
        )
    }
    assert len(writes) == 1
