# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What label_policy promises, over generated fleets, against the emulator in every position of its
switches.

The server does not say which labels a policy is applied to, so that the truth is known to the
emulator alone. The laws: a change is reported only when the truth changed in that run; afterwards
the truth is as desired, where it could be; check mode predicts what is certain, and writes nothing;
and where the state can be seen a second run writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.epmm import EpmmEmulator

from ..conftest import ModuleFailed, writes

# Static labels, the last of which stays empty. Filtered ones have most of the fleet.
OWN_LABELS = ("Pilot", "two words", "Außendienst")
EMPTY_LABEL = "No members"
LABELS = (*OWN_LABELS, EMPTY_LABEL, "Android", "iOS")
POLICIES = {
    "SECURITY": (1201, 1202, 1205),
    "PRIVACY": (1210, 1211),
    "LOCKDOWN": (1220, 1221),
    "SYNC": (1230,),
}
TYPE_OF = {policy: kind for kind, policies in POLICIES.items() for policy in policies}
MEMBERS = 8
DEVICES = 24
SEED = 7


@dataclass(frozen=True)
class Step:
    """The labels of the policies of one profile type, by policy, as somebody else sets them."""

    labels: dict[int, tuple[str, ...]]


@dataclass(frozen=True)
class World:
    """``members``: positions in the list of active devices, by label. ``later``: set when delivery
    is slow already. ``lies``: the server answers success to a write and does nothing."""

    policy: int
    label: str
    members: dict[str, tuple[int, ...]]
    first: Step
    later: Step | None
    active: dict[int, bool]
    switches: dict[str, Any]
    lies: bool = False


label_sets = st.lists(st.sampled_from(LABELS), max_size=3, unique=True).map(tuple)
members = st.lists(st.integers(0, MEMBERS - 1), min_size=1, max_size=4, unique=True).map(tuple)


def steps(policy: int) -> st.SearchStrategy[Step]:
    """Labels for the policies of the same profile type; those of other types cannot matter, and
    keep theirs."""
    return st.fixed_dictionaries({other: label_sets for other in POLICIES[TYPE_OF[policy]]}).map(
        Step
    )


def positions(*, slow: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Switches. ``slow``: policies reach devices late."""
    delivery = (
        {
            "policy_delivery": st.sampled_from(("reads", "manual")),
            "policy_delivery_reads": st.integers(0, 12),
        }
        if slow
        else {"policy_delivery": st.just("none")}
    )
    # fmt: off
    return st.fixed_dictionaries({
        "device_policies": st.sampled_from(("effective", "effective", "all")),
        "priority_order": st.sampled_from(("1_highest", "1_lowest")),
        "one_element": st.sampled_from(("collapse", "list")),
        "policy_label_repeated": st.sampled_from(("success", "success", "message", "400")),
        **delivery,
    })
    # fmt: on


def worlds(*, slow: bool) -> st.SearchStrategy[World]:
    return st.sampled_from(sorted(TYPE_OF)).flatmap(
        lambda policy: st.builds(
            World,
            policy=st.just(policy),
            label=st.sampled_from(
                (*OWN_LABELS, *OWN_LABELS, EMPTY_LABEL, "iOS") if not slow else OWN_LABELS
            ),
            members=st.fixed_dictionaries({label: members for label in OWN_LABELS}),
            first=steps(policy),
            later=st.sampled_from((True, True, False)).flatmap(
                lambda some: steps(policy) if some else st.none()
            )
            if slow
            else st.none(),
            active=st.fixed_dictionaries(
                {
                    other: st.sampled_from((True, True, True, False))
                    for other in POLICIES[TYPE_OF[policy]]
                }
            ),
            switches=positions(slow=slow),
            lies=st.sampled_from((False, False, True)) if slow else st.just(False),
        )
    )


# fmt: off
options = st.fixed_dictionaries({
    "state": st.sampled_from(("present", "absent")),
    "on_unknown": st.sampled_from(("send", "send", "skip")),
    "sample": st.sampled_from((1, 3, 50)),
    "api": st.sampled_from(("v1", "v2")),
})
# fmt: on


def build(emulator: EpmmEmulator, world: World) -> None:
    """Make the emulator's world."""
    emulator.reset(seed=SEED, devices=DEVICES)
    ids = {name: label["id"] for name, label in emulator.labels().items()}
    active = [device["uuid"] for device in emulator.devices() if device["status"] == "ACTIVE"]
    for label, chosen in world.members.items():
        emulator.set_label_members(ids[label], [active[at] for at in chosen])
    for policy, labels in world.first.labels.items():
        emulator.change_policy(policy, labels=list(labels), active=world.active[policy])
    for name, value in world.switches.items():
        emulator.set_switch(name, value)
    for policy, labels in world.later.labels.items() if world.later else ():
        emulator.change_policy(policy, labels=list(labels))
    if world.lies:
        emulator.add_fault("no_effect", method="PUT", path="/api/v1/policies/*", times=None)
    emulator.clear_requests()


def truth(emulator: EpmmEmulator) -> dict[int, frozenset[str]]:
    """The labels of every policy."""
    return {policy["id"]: frozenset(policy["labels"]) for policy in emulator.policies().values()}


def run(
    call: Any, emulator: EpmmEmulator, world: World, *, check_mode: bool = False, **chosen: Any
) -> dict[str, Any]:
    return call(
        "label_policy",
        emulator,
        check_mode=check_mode,
        policy=world.policy,
        label=world.label,
        **chosen,
    )


def check_run(
    call: Any, emulator: EpmmEmulator, world: World, chosen: dict[str, Any]
) -> dict[str, Any] | None:
    """One run, held to all that is promised of any run; None where the server refused to do again
    what was done before."""
    before = truth(emulator)
    emulator.clear_requests()
    wanted = chosen["state"] == "present"
    try:
        result = run(call, emulator, world, **chosen)
    except ModuleFailed as failed:
        assert (
            "applied to label" in str(failed)
            and world.switches["policy_label_repeated"] != "success"
        )
        assert truth(emulator) == before and (world.label in before[world.policy]) == wanted
        return None
    after = truth(emulator)
    assert not result["changed"] or after != before, "a change was reported that was not made"
    assert bool(result["diff"]) == result["changed"]
    assert len(writes(emulator)) == result["sent"] == result["writes"]
    touched = {
        policy: labels ^ after[policy]
        for policy, labels in before.items()
        if labels != after[policy]
    }
    assert touched in ({}, {world.policy: frozenset({world.label})})
    assert result["known"] not in ("applied", "not_applied") or (result["known"] == "applied") == (
        world.label in before[world.policy]
    )
    if chosen["on_unknown"] == "send" and not world.lies:
        assert (world.label in after[world.policy]) == wanted, "the state is not as desired"
    return result


LAW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@LAW
@given(world=worlds(slow=False), chosen=options)
def test_laws_where_policies_reach_devices_at_once(shared_epmm, call, world, chosen):
    emulator = shared_epmm
    build(emulator, world)

    before = truth(emulator)
    predicted = run(call, emulator, world, check_mode=True, **chosen)
    assert writes(emulator) == [] and truth(emulator) == before

    applied = check_run(call, emulator, world, chosen)
    if applied is None:
        return
    assert (applied["known"], applied["sent"]) == (predicted["known"], predicted["sent"])
    if predicted["known"] in ("applied", "not_applied"):
        assert (applied["changed"], applied["diff"]) == (predicted["changed"], predicted["diff"])
        assert applied["changed"] == (truth(emulator) != before)

    again = check_run(call, emulator, world, chosen)
    if again is not None:
        assert not again["changed"]
        assert not again["sent"] or again["known"] in ("shared", "unknown")


@LAW
@given(world=worlds(slow=True), chosen=options)
def test_no_change_is_reported_that_was_not_made_where_policies_are_slow(
    shared_epmm, call, world, chosen
):
    emulator = shared_epmm
    build(emulator, world)
    for _run in range(3):
        check_run(call, emulator, world, chosen)
    emulator.settle()
    check_run(call, emulator, world, chosen)


# Worlds that are easily mistaken, each found by a run that reported what had not happened.

ONCE = {"policy_delivery": "none", "policy_label_repeated": "success"}
PLAIN = World(
    policy=1230,
    label="Pilot",
    members={"Pilot": (0, 1, 2), "two words": (2, 3), "Außendienst": (4,)},
    first=Step({1230: ()}),
    later=None,
    active={1230: True},
    switches=ONCE,
)
SECURITY = replace(
    PLAIN,
    policy=1202,
    first=Step({1201: (), 1202: ("Pilot",), 1205: ()}),
    active={1201: True, 1202: True, 1205: False},
)
LATE = {"policy_delivery": "reads", "policy_label_repeated": "success"}

MISTAKABLE = {
    # The devices get the policy between two looks, and got it by an earlier run.
    "delivered meanwhile": (replace(PLAIN, later=Step({1230: ("Pilot",)})), "present"),
    # The devices still have the policy, and lose it between two looks; it was removed before.
    "removed before": (
        replace(PLAIN, first=Step({1230: ("Pilot",)}), later=Step({1230: ()})),
        "absent",
    ),
    # The devices lack the policy, for they are about to get a better one, which hides it.
    "about to be hidden": (
        replace(
            SECURITY,
            first=Step({1201: (), 1202: (), 1205: ()}),
            later=Step({1201: ("Pilot",), 1202: ("Pilot",)}),
        ),
        "absent",
    ),
    # A better one is about to be taken off, and the one that was applied before appears.
    "about to appear": (
        replace(
            SECURITY,
            first=Step({1201: ("Pilot",), 1202: ("Pilot",), 1205: ()}),
            later=Step({1201: ()}),
        ),
        "present",
    ),
    # Of two devices one has the policy by another label, and the other is about to lose it.
    "one of two": (
        replace(
            PLAIN,
            members={"Pilot": (1, 2), "two words": (2,), "Außendienst": (4,)},
            first=Step({1230: ("Pilot", "two words")}),
            later=Step({1230: ("two words",)}),
        ),
        "absent",
    ),
}


@pytest.mark.parametrize("shown", ["effective", "all"])
@pytest.mark.parametrize("reads", [0, 2, 3, 4, 6, 10, 20])
@pytest.mark.parametrize("name", MISTAKABLE)
def test_worlds_that_are_easily_mistaken(shared_epmm, call, name, reads, shown):
    world, state = MISTAKABLE[name]
    world = replace(
        world, switches={"device_policies": shown, **LATE, "policy_delivery_reads": reads}
    )
    build(shared_epmm, world)
    for _run in range(3):
        check_run(call, shared_epmm, world, {"state": state, "on_unknown": "send"})


# Every device of "two words" is on "Pilot" as well, which has the policy.
COVERED = replace(
    PLAIN,
    label="two words",
    members={"Pilot": (0, 1, 2), "two words": (1, 2), "Außendienst": (4,)},
    first=Step({1230: ("Pilot",)}),
)


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_label_whose_devices_have_the_policy_by_another_label_gets_it(shared_epmm, call, api):
    build(shared_epmm, COVERED)
    predicted = run(call, shared_epmm, COVERED, check_mode=True, api=api)
    applied = run(call, shared_epmm, COVERED, api=api)
    assert truth(shared_epmm)[1230] == {"Pilot", "two words"}
    for result in (predicted, applied):
        assert (result["known"], result["sent"]) == ("shared", True)
        assert "(unknown on 1)" in "\n".join(result["plan"])
    # The devices show the same before and after, so nobody knows whether that was a change.
    assert (predicted["changed"], applied["changed"]) == (False, False)
    with pytest.raises(ModuleFailed, match="they may have it from other labels"):
        run(call, shared_epmm, COVERED, api=api, on_unknown="fail")
    assert not run(call, shared_epmm, COVERED, api=api, on_unknown="skip")["sent"]


def test_a_label_that_is_proven_to_have_the_policy_gets_no_request(shared_epmm, call):
    build(shared_epmm, replace(PLAIN, first=Step({1230: ("Pilot",)})))
    result = run(call, shared_epmm, PLAIN)
    assert (result["known"], result["sent"], result["changed"]) == ("applied", False, False)


# Faults

APPLIED = replace(PLAIN, first=Step({1230: ("Pilot",)}))


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("result_zero", {}, "the server answered HTTP 200, but reported no success: Invalid action"),
        ("errors_200", {"message": "not today"}, "HTTP 200, but reported no success: not today"),
        ("html", {}, "web page"), ("401", {}, "HTTP 401"), ("403", {}, "HTTP 403"), ("500", {}, "HTTP 500"),
        ("reset", {}, "Whether it took effect cannot be seen"), ("vanish", {}, "HTTP 404"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("world", "state"), [(PLAIN, "present"), (APPLIED, "absent")])
def test_a_write_that_goes_wrong_is_a_failure(epmm, call, kind, params, said, world, state):
    build(epmm, world)
    epmm.add_fault(kind, method="PUT", times=None, **params)
    with pytest.raises(ModuleFailed, match=said) as failed:
        run(call, epmm, world, state=state, retries=0)
    result, doubtful = failed.value.result, kind in ("html", "500", "reset")
    assert result["changed"] is doubtful
    assert result["policy"]["outcome"] == ("unknown" if doubtful else "failed")


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("lost_answer", {}), ("half_body", {}), ("truncated_json", {}), ("html", {"handled": True}), ("500", {"handled": True}),
        ("502", {"handled": True}), ("503", {"handled": True}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("world", "state"), [(PLAIN, "present"), (APPLIED, "absent")])
def test_a_write_whose_answer_is_lost_is_settled_by_the_devices(
    epmm, call, kind, params, world, state
):
    build(epmm, world)
    before = truth(epmm)
    epmm.add_fault(kind, method="PUT", times=None, **params)
    assert run(call, epmm, world, state=state, retries=0)["changed"] and truth(epmm) != before


@pytest.mark.parametrize(("world", "state"), [(PLAIN, "present"), (APPLIED, "absent")])
def test_a_read_that_fails_after_the_write_does_not_hide_it(epmm, call, world, state):
    build(epmm, world)
    epmm.add_fault("500", method="GET", path="/api/v1/policies", after=1, times=None)
    result = run(call, epmm, world, state=state, retries=0)
    assert (
        result["changed"] and result["writes"] == 1 and "could not be read" in result["warnings"][0]
    )


def test_an_error_text_is_no_list_without_policies(epmm, call):
    build(epmm, PLAIN)
    epmm.add_fault(
        "errors_200",
        path="/api/v1/policies/devices/*",
        times=None,
        message="Could not open JDBC connection",
    )
    with pytest.raises(ModuleFailed, match="HTTP 200 without policies: Could not open JDBC"):
        run(call, epmm, PLAIN, state="present", check_mode=True)


def test_a_label_that_is_called_like_an_id_is_not_taken_for_it(epmm, call):
    build(epmm, PLAIN)
    number = epmm.labels()[PLAIN.label]["id"]
    before = run(call, epmm, PLAIN, state="present", check_mode=True)
    epmm.add_label(str(number))
    assert run(call, epmm, PLAIN, state="present", check_mode=True)["asked"] == before["asked"]


@pytest.mark.parametrize(("world", "state"), [(PLAIN, "present"), (APPLIED, "absent")])
@pytest.mark.parametrize("kind", ["lost_answer", "503", "429"])
def test_a_write_whose_answer_is_lost_is_sent_again(epmm, call, kind, world, state):
    build(epmm, world)
    before = truth(epmm)
    epmm.add_fault(kind, method="PUT", times=1)
    result = run(call, epmm, world, state=state)
    assert (
        result["changed"]
        and truth(epmm) != before
        and (result["writes"], len(writes(epmm))) == (2, 2)
    )


@pytest.mark.parametrize(("world", "state"), [(PLAIN, "present"), (APPLIED, "absent")])
def test_a_write_that_the_server_only_claims_is_no_change(epmm, call, world, state):
    build(epmm, world)
    epmm.add_fault("no_effect", method="PUT", times=1)
    result = run(call, epmm, world, state=state)
    assert result["sent"] and not result["changed"] and result["diff"] == []
    assert "so no change is reported" in result["warnings"][0]
    assert run(call, epmm, world, state=state)["changed"]
