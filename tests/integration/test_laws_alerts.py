# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for alert, over generated alerts and choices, and what it says when the server
misbehaves.

Convergence: apply, and a second run has nothing to change and writes nothing. Honest prediction:
what check mode predicted is what apply did, and what the emulator then has. A comment is stored
with the alerts that were changed, and with no other.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.epmm import EpmmEmulator

from ..conftest import DEVICES, SEED, ModuleFailed, writes

ALERTS = 8
TYPES = ("SYSTEM_ALERT", "SIM_CHANGED_ALERT", "POLICY_VIOLATIONS_ALERT")
SEVERITIES = ("INFORMATION", "WARNING", "CRITICAL")
STATUSES = ("CREATED", "DISPATCHED", "DISPATCH_FAILED")
DAY = 86_400
KEPT = "what was said before"

# fmt: off
raised = st.fixed_dictionaries({
    "definition": st.sampled_from(TYPES), "severity": st.sampled_from(SEVERITIES), "status": st.sampled_from(STATUSES),
    "unread": st.booleans(), "days": st.integers(0, 3), "device": st.integers(0, 2),
})
# fmt: on
fleets = st.lists(raised, min_size=ALERTS, max_size=ALERTS)


def makes_sense(choice: dict[str, Any]) -> bool:
    """Whether it chooses anything, and its ages do not exclude each other, which is refused."""
    return bool(choice) and choice.get("older_than", 0) < choice.get("newer_than", 9)


# fmt: off
some = st.fixed_dictionaries({}, optional={
    "ids": st.lists(st.integers(0, ALERTS - 1), min_size=1, unique=True),
    "devices": st.lists(st.integers(0, 2), min_size=1, unique=True),
    "types": st.lists(st.sampled_from(TYPES), min_size=1, unique=True),
    "severities": st.lists(st.sampled_from(SEVERITIES), min_size=1, unique=True),
    "statuses": st.lists(st.sampled_from(STATUSES), min_size=1, unique=True),
    "older_than": st.integers(0, 3), "newer_than": st.integers(1, 4),
    "users": st.just(None), "phone_numbers": st.just(None),
}).filter(makes_sense)
# fmt: on
comments = st.sampled_from(
    ("Told them", "a & b # c / d = e + f ?", "ü" * 255, "{{ 7 * 7 }}", "100 %")
)
# fmt: off
positions = st.fixed_dictionaries({
    "one_element": st.sampled_from(("collapse", "list")),
    "alert_id": st.sampled_from(("document", "attribute", "element")),
    "alert_user_field": st.sampled_from(("document", "userId", "userUuid")),
})
# fmt: on

LAW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def build(
    emulator: EpmmEmulator, fleet: list[dict[str, Any]]
) -> tuple[list[int], list[dict[str, Any]]]:
    """Make these the alerts of the emulator. Answers their ids, and the devices that raise them."""
    emulator.reset(seed=SEED, devices=DEVICES)
    for alert in emulator.alerts():
        emulator.delete_alert(alert)
    fields = ("id", "uuid", "user", "phone", "status")
    active = [
        device
        for device in emulator.devices(*fields)
        if device["status"] == "ACTIVE" and device["phone"].isdigit()
    ]
    devices = list({device["user"]: device for device in active}.values())[:3]
    now = int(time.time())
    ids = [
        emulator.add_alert(
            devices[one["device"]]["uuid"],
            definition=one["definition"],
            severity=one["severity"],
            status=one["status"],
            unread=one["unread"],
            date=(now - one["days"] * DAY - 3600) * 1000,
            comment=KEPT,
        )
        for one in fleet
    ]
    return ids, devices


def chosen_by(choice: dict[str, Any], fleet: list[dict[str, Any]], ids: list[int]) -> set[int]:
    """Which alerts a choice means, said as simply as possible."""
    wanted = {
        "ids": lambda at, one, values: at in values,
        "devices": lambda at, one, values: one["device"] in values,
        "types": lambda at, one, values: one["definition"] in values,
        "severities": lambda at, one, values: one["severity"] in values,
        "statuses": lambda at, one, values: one["status"] in values,
        "older_than": lambda at, one, days: one["days"] >= days,
        "newer_than": lambda at, one, days: one["days"] < days,
        # Of the first device, which is how the options below name it.
        "users": lambda at, one, _none: one["device"] == 0,
        "phone_numbers": lambda at, one, _none: one["device"] == 0,
    }
    return {
        ids[at]
        for at, one in enumerate(fleet)
        if all(wanted[name](at, one, values) for name, values in choice.items())
    }


def options_of(
    choice: dict[str, Any], ids: list[int], devices: list[dict[str, Any]]
) -> dict[str, Any]:
    made = dict(choice)
    if "ids" in choice:
        made["ids"] = [ids[at] for at in choice["ids"]]
    if "devices" in choice:
        made["devices"] = [
            devices[at]["uuid"] if at else devices[at]["id"] for at in choice["devices"]
        ]
    for name in ("older_than", "newer_than"):
        if name in choice:
            made[name] = f"{choice[name]}d" if choice[name] else "1s"
    if "users" in choice:
        made["users"] = [devices[0]["user"].upper()]
    if "phone_numbers" in choice:
        made["phone_numbers"] = [devices[0]["phone"]]
    return made


def truth(emulator: EpmmEmulator) -> dict[int, tuple[bool, Any]]:
    """Whether each alert is read, and its comment."""
    return {
        number: (not alert["unread"], alert["comment"])
        for number, alert in emulator.alerts().items()
    }


def outcomes(result: dict[str, Any]) -> dict[int, tuple]:
    return {
        int(entry["id"]): (entry["outcome"], entry.get("before"), entry.get("after"))
        for entry in result["alerts"]
    }


@LAW
@given(fleet=fleets, choice=some, read=st.booleans(), comment=comments, switches=positions)
def test_the_two_laws(shared_epmm, call, fleet, choice, read, comment, switches):
    emulator = shared_epmm
    ids, devices = build(emulator, fleet)
    for name, value in switches.items():
        emulator.set_switch(name, value)
    meant = chosen_by(choice, fleet, ids)
    options = {
        **options_of(choice, ids, devices),
        "state": "read" if read else "unread",
        "comment": comment,
    }

    before = truth(emulator)
    emulator.clear_requests()
    predicted = call("alert", emulator, check_mode=True, **options)
    assert writes(emulator) == [] and truth(emulator) == before

    applied = call("alert", emulator, **options)
    assert (outcomes(applied), applied["diff"], applied["changed"]) == (
        outcomes(predicted),
        predicted["diff"],
        predicted["changed"],
    )
    assert outcomes(applied).keys() == meant
    changed = {number for number in meant if before[number][0] != read}
    assert {number for number, told in outcomes(applied).items() if told[0] == "changed"} == changed
    assert len(writes(emulator)) == bool(changed)
    assert truth(emulator) == {
        number: (read, comment) if number in changed else was for number, was in before.items()
    }

    emulator.clear_requests()
    again = call("alert", emulator, **options)
    assert not again["changed"] and again["diff"] == [] and writes(emulator) == []


# Faults

UNREAD = {
    "definition": "SYSTEM_ALERT",
    "severity": "WARNING",
    "status": "CREATED",
    "unread": True,
    "days": 1,
    "device": 0,
}
READ = {**UNREAD, "unread": False}
BULK = {"method": "PUT", "path": "/api/v1/alerts"}
SINGLE = {"method": "PUT", "path": "/api/v1/alerts/*"}
ANY = {"method": "PUT", "path_regex": "^/api/v1/alerts"}


def run_it(emulator: EpmmEmulator, call: Any, **options: Any) -> dict[str, Any]:
    """Run the task; a failure is a result with ``msg``."""
    try:
        return call("alert", emulator, **options)
    except ModuleFailed as failed:
        return failed.result


def mark(emulator: EpmmEmulator, call: Any, ids: list[int], **options: Any) -> dict[str, Any]:
    """Run the task, and hold what it says of each alert against what the emulator has."""
    result = run_it(emulator, call, ids=ids, comment="why", **options)
    after = truth(emulator)
    assert outcomes(result).keys() == set(ids)
    for number, told in outcomes(result).items():
        assert (told[0] == "changed") == after.get(number, (False,))[0], number
    return result


@pytest.mark.parametrize("many", [1, 6])
@pytest.mark.parametrize(
    ("kind", "params", "done", "said"),
    [
        # The server did it, and its answer does not say so.
        ("lost_answer", {}, True, ""), ("half_body", {}, True, ""), ("truncated_json", {}, True, ""), ("html", {"handled": True}, True, ""),
        ("500", {"handled": True}, True, ""), ("503", {"handled": True}, True, ""),
        # It did nothing.
        ("result_zero", {}, False, "the server answered"), ("errors_200", {"message": "not today"}, False, "not today"),
        ("html", {}, False, "web page"), ("reset", {}, False, "broke"), ("500", {}, False, "HTTP 500"), ("401", {}, False, "HTTP 401"),
        ("403", {}, False, "HTTP 403"),
    ],
)  # fmt: skip
def test_outcomes_of_an_update_that_goes_wrong_are_true(epmm, call, many, kind, params, done, said):
    ids, _devices = build(epmm, [UNREAD] * many)
    epmm.add_fault(kind, times=None, **ANY, **params)
    result = mark(epmm, call, ids, retries=0)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (
        (many, 0) if done else (0, many)
    )
    assert said in result.get("msg", "") and bool(said) == ("msg" in result)


@pytest.mark.parametrize("many", [1, 3])
def test_a_comment_for_alerts_that_are_marked_already(epmm, call, many):
    ids, _devices = build(epmm, [READ] * many)
    assert not run_it(epmm, call, ids=ids, comment="new")["changed"]
    for _run in range(2):
        result = run_it(epmm, call, ids=ids, comment="new", resend=True)
        assert result["summary"]["changed"] == many
    assert {epmm.alerts()[number]["comment"] for number in ids} == {"new"}


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(("kind", "outcome"), [("reset", "unknown"), ("403", "failed")])
def test_a_comment_that_may_be_lost_is_not_known(epmm, call, many, kind, outcome):
    """That the alert is read proves nothing, for it was read before."""
    ids, _devices = build(epmm, [READ] * many)
    epmm.add_fault(kind, times=None, **ANY)
    result = run_it(epmm, call, ids=ids, comment="new", resend=True, retries=0)
    assert {row["outcome"] for row in result["alerts"]} == {outcome}


def test_comments_of_a_call_for_many_that_fails_are_sent_one_by_one(epmm, call):
    ids, _devices = build(epmm, [READ, UNREAD, READ])
    epmm.add_fault("result_zero", times=None, **BULK)
    result = run_it(epmm, call, ids=ids, comment="new", resend=True)
    assert result["summary"]["changed"] == 3
    assert {epmm.alerts()[number]["comment"] for number in ids} == {"new"}


@pytest.mark.parametrize("kind", ["result_zero", "errors_200", "html"])
def test_a_call_for_many_that_fails_is_sent_one_by_one(epmm, call, kind):
    ids, _devices = build(epmm, [UNREAD] * 6)
    epmm.add_fault(kind, times=None, **BULK)
    assert mark(epmm, call, ids)["summary"]["changed"] == 6


@pytest.mark.parametrize("kind", ["401", "403", "500", "reset", "result_zero"])
def test_what_was_done_before_a_failure_stays_done(epmm, call, kind):
    ids, _devices = build(epmm, [UNREAD] * 6)
    epmm.add_fault("result_zero", times=None, **BULK)
    epmm.add_fault(kind, after=2, times=None, **SINGLE)
    result = mark(epmm, call, ids, retries=0)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (2, 4)
    # All together, two alone, and one alone that shows what any other would get as well.
    assert len(writes(epmm)) == (7 if kind == "result_zero" else 4)


@pytest.mark.parametrize("refused", [4, 60])
def test_alerts_are_looked_at_once_however_many_were_refused(epmm, call, refused):
    """Some that cannot be marked keep no other from it; where none can be, that is found out with a
    few of them."""
    ids, _devices = build(epmm, [UNREAD] * 60)
    epmm.add_fault("result_zero", times=None, **BULK)
    epmm.add_fault("result_zero", times=refused, **SINGLE)
    epmm.clear_requests()
    result = mark(epmm, call, ids)
    failed = 60 if refused == 60 else refused
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (60 - failed, failed)
    assert len(writes(epmm)) == 1 + (5 if failed == 60 else 60)
    assert len(epmm.requests()) - len(writes(epmm)) == 3
    assert ("not sent: the server answered" in result["msg"]) is (failed == 60)


def test_a_comment_that_makes_every_address_too_long_is_told_once(epmm, call):
    ids, _devices = build(epmm, [UNREAD] * 30)
    epmm.set_switch("max_url_bytes", 2000)
    with pytest.raises(ModuleFailed) as failed:
        call("alert", epmm, ids=ids, comment="漢" * 255)
    assert len(writes(epmm)) == 2 and failed.value.result["summary"]["failed"] == 30
    assert failed.value.result["msg"].count("HTTP 414") == 2


@pytest.mark.parametrize("vanished", ["404", "count"])
@pytest.mark.parametrize("many", [1, 2, 6])
def test_an_alert_that_vanishes_before_the_update_does_not_stop_the_others(
    epmm, call, vanished, many
):
    ids, _devices = build(epmm, [UNREAD] * many)
    epmm.set_switch("alert_vanished", vanished)
    epmm.add_fault("vanish", times=1, **ANY)
    result = mark(epmm, call, ids)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (many - 1, 1)
    assert "the alert vanished between reading and updating" in result["msg"]


def test_an_update_that_the_server_only_claims_is_found_by_the_next_run(epmm, call):
    ids, _devices = build(epmm, [UNREAD] * 6)
    epmm.add_fault("no_effect", times=1, **ANY)
    call("alert", epmm, ids=ids, comment="why")
    assert mark(epmm, call, ids)["summary"]["changed"] == 6
    assert not call("alert", epmm, ids=ids, comment="why")["changed"]
