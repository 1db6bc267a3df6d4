# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipeline with a writer and a guard of the test: what is sent, and what a task returns of
it."""

from __future__ import annotations

import csv
import errno
import html
import io
import json
import os
import re
import stat
from collections import Counter
from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.confirmation import (
    Deed,
    confirmation,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerLostError,
    ApiError,
    ConnectError,
    CredentialsError,
    DeclinedError,
    OptionError,
    OutageError,
    RefusedError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    IMPOSSIBLE,
    INELIGIBLE,
    PROTECTED,
    SKIPPED,
    TAKES_AWAY,
    UNKNOWN,
    Batch,
    Change,
    LeftAlone,
    Outcome,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._module.pipeline import (
    apply,
    apply_one,
    shows_plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.results import Shape
from ansible_collections.ivanti.uem.plugins.module_utils._module.run import Run, TaskFailedError

DEVICES = [Device(str(number), f"guid-{number}") for number in range(6)]
ALL_KINDS = Shape(kinds=(SKIPPED, INELIGIBLE, PROTECTED))


def change(number: int, **fields) -> Change[Device]:
    return Change(DEVICES[number], {"a": "old"}, {"a": "new"}, number, **fields)


class Writer:
    """Sends each change by itself, the last one first; ``ends`` has the errors, and what else
    becomes of a change."""

    def __init__(self, **ends):
        self.ends = {int(key[1:]): end for key, end in ends.items()}
        self.sent: list[int] = []

    def batches(self, changes):
        return [Batch((one,), one.write) for one in reversed(changes)]

    def write(self, batch):
        self.sent.append(batch.write)
        end = self.ends.get(batch.write, {})
        if isinstance(end, Exception):
            raise end
        return [Outcome(batch.changes[0], **end)]


class Guard:
    warning = ""

    def __init__(self, **errors):
        self.errors = errors
        self.calls: list[str] = []

    def _called(self, name):
        self.calls.append(name)
        if name in self.errors:
            raise self.errors[name]

    def check(self, plan):
        self._called("check")

    def reserve(self, plan):
        self._called("reserve")

    def record(self, outcomes):
        self._called("record")


def a_run(*, check_mode: bool = False, concurrency: int = 1, **params) -> Run:
    transport = SimpleNamespace(
        requests=3,
        writes=1,
        settings=SimpleNamespace(concurrency=concurrency, url="https://uem.example"),
        redact=str,
    )
    params = {"return": ["changed", "unchanged"], **params}
    return Run(params, SimpleNamespace(transport=transport), None, check_mode)


def words(result, noun="devices"):
    return [(row.get("id"), row["outcome"]) for row in result[noun]]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_phase_is_sent_after_all_lower_ones_and_one_that_fails_stops_no_other(concurrency):
    class Phased(Writer):
        def batches(self, changes):
            return [Batch((one,), one.write, phase=-one.write // 2) for one in changes]

    plan = Plan(tuple(change(number) for number in range(6)))
    writer = Phased(_4={"error": "no"}, _2=AnswerLostError("lost"))
    with pytest.raises(TaskFailedError) as failed:
        apply(plan, writer, a_run(concurrency=concurrency))
    phases = [-one // 2 for one in writer.sent]
    assert phases == sorted(phases) and len(phases) == 6
    assert [row["outcome"] for row in failed.value.result["devices"]] == [
        "changed", "changed", "unknown", "changed", "failed", "changed",
    ]  # fmt: skip


def test_a_device_with_several_changes_counts_once_and_others_as_they_say():
    several = [change(number, device="7", harm=TAKES_AWAY) for number in range(3)]
    plan = Plan((*several, change(3, device="8"), change(4, devices=5, harm=TAKES_AWAY)))
    assert (plan.devices, plan.taken) == (7, 6)


def test_outcomes_stand_in_the_order_of_the_plan_and_after_them_what_was_left():
    plan = Plan(
        changes=(change(0), change(1)),
        unchanged=(DEVICES[2],),
        left_alone=(
            LeftAlone(DEVICES[3], PROTECTED, "named"),
            LeftAlone(DEVICES[4], INELIGIBLE, "too old"),
        ),
        warnings=("look out",),
    ).skipping([DeviceRef("id", "99")])
    writer = Writer()
    result = apply(plan, writer, a_run(), shape=ALL_KINDS)
    assert writer.sent == [1, 0]
    assert words(result) == [
        ("0", "changed"),
        ("1", "changed"),
        ("2", "unchanged"),
        ("99", "skipped"),
        ("4", "ineligible"),
        ("3", "protected"),
    ]
    # fmt: off
    assert result["summary"] == {
        "matched": 5, "changed": 2, "unchanged": 1, "failed": 0, "skipped": 1, "ineligible": 1, "protected": 1, "requests": 3,
        "writes": 1,
    }
    # fmt: on
    assert result["changed"] and result["warnings"] == ["look out"]
    [shown] = result["diff"]
    assert shown["after_header"] == "2 devices: device 0; device 1"
    assert result["devices"][3]["reason"] == "unknown device"


def test_check_mode_returns_what_a_run_does_and_sends_nothing():
    plan = Plan(changes=(change(0), change(1)), unchanged=(DEVICES[2],))
    writer = Writer()
    predicted = apply(plan, writer, a_run(check_mode=True))
    assert writer.sent == []
    assert predicted == apply(plan, writer, a_run())


# What is given as confirm where nothing is left to do, and what is said: a warning, or a refusal.
# fmt: off
LEFTOVER = [
    ("1-0123456789abcdef", "confirm names 1 device, and nothing is left to do.", ""),
    (" 12-0123456789abcdef ", "confirm names 12 devices, and nothing is left to do.", ""),
    ("no change", "", ""), ("", "", ""), (" ", "", ""), (None, "", ""),
    ("foo", "", "confirm: 'foo' is not the confirm of any plan"),
    ("1", "", "confirm: '1' is not the confirm of any plan"),
    ("0-0123456789abcdef", "", "confirm: '0-0123456789abcdef' is not the confirm of any plan"),
]
# fmt: on


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("confirm", "warning", "refusal"), LEFTOVER)
def test_a_confirm_where_nothing_is_left_to_do(confirm, warning, refusal, check_mode, guarded):
    run = a_run(check_mode=check_mode, confirm=confirm)
    guard = Guard() if guarded else None
    plan = Plan(unchanged=(DEVICES[0],))
    if refusal:
        with pytest.raises(TaskFailedError, match=re.escape(refusal)):
            apply(plan, Writer(), run, guard=guard)
    else:
        result = apply(plan, Writer(), run, guard=guard)
        assert result.get("warnings", []) == ([warning] if warning else [])


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_refusal_shows_the_plan_and_sends_nothing(check_mode):
    plan = Plan(
        changes=(change(0),),
        left_alone=(LeftAlone(DEVICES[4], INELIGIBLE, "too old"),),
        refusals=("Refused: one.", "Refused: two."),
    )
    writer, guard = Writer(), Guard()
    with pytest.raises(
        TaskFailedError,
        match=r"^Refused: one\. Refused: two\. The plan: 1 device: a becomes new on 1 \(old on 1\)\.$",
    ) as error:
        apply(plan, writer, a_run(check_mode=check_mode), shape=ALL_KINDS, guard=guard)
    assert words(error.value.result) == [("0", "planned"), ("4", "ineligible")]
    assert error.value.result["summary"]["planned"] == 1 and not error.value.result["changed"]
    assert writer.sent == guard.calls == []


@pytest.mark.parametrize(
    ("check_mode", "asked"), [(True, ["check"]), (False, ["reserve", "record", "record"])]
)
def test_a_guard_is_asked_before_anything_is_sent(check_mode, asked):
    guard = Guard()
    apply(Plan((change(0), change(1))), Writer(), a_run(check_mode=check_mode), guard=guard)
    assert guard.calls == asked


def test_a_guard_has_nothing_to_reserve_where_nothing_is_planned():
    guard = Guard()
    apply(Plan(unchanged=(DEVICES[0],)), Writer(), a_run(), guard=guard)
    assert guard.calls == []


@pytest.mark.parametrize(("check_mode", "name"), [(True, "check"), (False, "reserve")])
def test_what_a_guard_refuses_is_shown_with_the_plan(check_mode, name):
    guard, writer = Guard(**{name: RefusedError("Refused: too many.")}), Writer()
    with pytest.raises(
        TaskFailedError, match=r"^Refused: too many\. The plan: 1 device: a becomes new"
    ) as error:
        apply(Plan((change(0),)), writer, a_run(check_mode=check_mode), guard=guard)
    assert words(error.value.result) == [("0", "planned")] and writer.sent == []


def test_a_failure_stops_no_other_and_is_named():
    writer = Writer(_1=ApiError("HTTP 400.", status=400, method="PUT", path="/x"))
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0), change(1), change(2))), writer, a_run())
    assert writer.sent == [2, 1, 0]
    result = error.value.result
    assert words(result) == [("0", "changed"), ("1", "failed"), ("2", "changed")]
    assert result["devices"][1]["error"] == "HTTP 400." and result["changed"]
    assert str(error.value).startswith(
        "1 of 3 devices could not be changed; the others were. device 1: HTTP 400. | Fix"
    )


def test_no_secret_is_in_what_a_server_says_of_a_failure():
    run = a_run()
    run.client.transport.redact = Redactor(["p_w*d|1"])
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0),)), Writer(_0=DeclinedError("no: p_w*d|1.")), run)
    assert error.value.result["devices"][0]["error"] == "no: ********."


LOST = AnswerLostError("The connection broke before the answer.")
NOT_DONE = DeclinedError("the server says no.")
FAILED_AFTER = ApiError("HTTP 502.", status=502, method="PUT", path="/x")
NOT_SENT = ConnectError("nobody there.")


# fmt: off
@pytest.mark.parametrize(("ends", "outcomes", "changed", "message"), [
    # What may have happened is neither done nor failed, and the run may have changed something.
    ([LOST], ["unknown"], True,
     "Whether 1 of 1 device changed is not known. device 0: The connection broke before the answer. "
     "| Run it again: it reads what is there now, and sends only what is left."),
    ([FAILED_AFTER], ["unknown"], True, "Whether 1 of 1 device changed is not known. device 0: HTTP 502. | Run it again"),
    ([NOT_DONE], ["failed"], False, "1 of 1 device could not be changed. device 0: the server says no. | Fix the cause and run it again: it goes on"),
    ([NOT_SENT], ["failed"], False, "1 of 1 device could not be changed. device 0: nobody there."),
    ([{}, NOT_DONE], ["changed", "failed"], True, "1 of 2 devices could not be changed; the other was. device 1: the server says no."),
    ([{}, NOT_DONE, LOST], ["changed", "failed", "unknown"], True,
     "1 of 3 devices could not be changed. device 1: the server says no. "
     "| Fix the cause and run it again: it goes on where this run ended. Whether 1 of 3 devices changed is not known. device 2: The connection"),
    # The server took it, and it did not end well.
    ([{"error": "late", "taken": True}], ["failed"], True, "1 of 1 device could not be changed. device 0: late"),
])
# fmt: on
def test_what_may_have_happened_is_unknown(ends, outcomes, changed, message):
    plan = Plan(tuple(change(number) for number in range(len(ends))))
    writer = Writer(**{f"_{number}": end for number, end in enumerate(ends)})
    with pytest.raises(TaskFailedError) as error:
        apply(plan, writer, a_run())
    result = error.value.result
    assert [row["outcome"] for row in result["devices"]] == outcomes
    assert result["changed"] is changed and str(error.value).startswith(message)
    assert result["summary"].get("unknown", 0) == outcomes.count("unknown")
    assert result["summary"]["failed"] == outcomes.count("failed")


@pytest.mark.parametrize(
    ("ends", "advice"),
    [
        ([{}, NOT_DONE], "Fix the cause, plan again, and apply that plan: it goes on where this run ended."),
        ([NOT_DONE, NOT_DONE], "Fix the cause and run it again: it goes on where this run ended."),
        ([{}, LOST], "Plan again, and apply that plan: it has only what is left."),
        ([NOT_DONE, LOST], "Plan again, and apply that plan: it has only what is left."),
    ],
)  # fmt: skip
def test_a_plan_that_was_confirmed_and_done_in_part_is_not_the_next_one(ends, advice):
    plan = Plan((change(0), change(1)))
    code = confirmation(Shape().deed, a_run().client.transport.settings.url, plan.changes)
    writer = Writer(**{f"_{number}": end for number, end in enumerate(ends)})
    with pytest.raises(TaskFailedError) as error:
        apply(plan, writer, a_run(confirm=code))
    assert str(error.value).endswith(advice)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("before", [0, 1])
def test_the_summary_counts_what_is_unknown_before_and_after(check_mode, before):
    plan = Plan((change(0, certain=False), change(1)))
    plan = plan.leaving_alone(LeftAlone(DEVICES[2 + number], UNKNOWN, "nobody knows") for number in range(before))
    writer = Writer(_0={"known": False})
    result = apply(plan, writer, a_run(check_mode=check_mode), shape=Shape(kinds=(UNKNOWN,)))
    assert result["summary"]["unknown"] == 1 + before and result["summary"]["changed"] == 1
    assert result["summary"]["matched"] == 2 + before


def test_what_a_run_does_once_more_is_not_to_be_run_again():
    plan = Plan((change(0), change(1), change(2)))
    with pytest.raises(TaskFailedError) as error:
        apply(plan, Writer(_1=NOT_DONE, _2=LOST), a_run(), shape=Shape(repeats=True))
    assert "run it again" not in str(error.value).lower()
    assert "do it to these devices only" in str(error.value)
    assert str(error.value).endswith("Look at them first: what is sent once more may be done twice.")


def test_one_subject_that_may_have_changed():
    with pytest.raises(TaskFailedError) as error:
        apply_one(Plan((change(0),)), Writer(_0=LOST), a_run(), "device")
    assert str(error.value) == "device 0: The connection broke before the answer."
    assert error.value.result["changed"] and error.value.result["device"]["outcome"] == "unknown"


@pytest.mark.parametrize("guarded", [True, False])
def test_after_rejected_credentials_nothing_more_is_sent(guarded):
    rejected = CredentialsError("rejected", status=401, method="PUT", path="/x")
    writer, guard = Writer(_1=rejected), Guard() if guarded else None
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0), change(1), change(2))), writer, a_run(), guard=guard)
    assert writer.sent == [2, 1]
    assert error.value.result["devices"][0]["error"] == "not sent: rejected"


@pytest.mark.parametrize("effect", ["none", "unknown"])
def test_nothing_more_is_sent_to_a_server_that_does_not_serve(effect):
    outage = OutageError("The server does not serve.")
    outage.effect = effect
    writer, guard = Writer(_1=outage), Guard()
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0), change(1), change(2))), writer, a_run(), guard=guard)
    assert writer.sent == [2, 1]
    rows = error.value.result["devices"]
    assert rows[0]["error"] == "not sent: The server does not serve."
    # A change that takes several requests may have been begun.
    assert rows[1]["outcome"] == ("failed" if effect == "none" else "unknown")
    assert guard.calls.count("record") == 3


def test_what_a_guard_cannot_write_down_is_a_failure():
    guard = Guard(record=UemError("wipe was sent, and the journal cannot be written."))
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0),)), Writer(), a_run(), guard=guard)
    assert "the journal cannot be written" in error.value.result["devices"][0]["error"]
    assert error.value.result["changed"]


@pytest.mark.parametrize(
    ("check_mode", "message"),
    [
        (True, "1 of 2 devices cannot be changed. device 1: no way."),
        (False, "1 of 2 devices could not be changed; the other was. device 1: no way | Fix"),
    ],
)
def test_what_is_impossible_fails_the_task_and_keeps_nothing_else_from_being_done(
    check_mode, message
):
    left = LeftAlone(DEVICES[1], IMPOSSIBLE, "no way", change(1))
    writer = Writer()
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0),), left_alone=(left,)), writer, a_run(check_mode=check_mode))
    assert str(error.value).startswith(message)
    assert words(error.value.result) == [("0", "changed"), ("1", "failed")]
    assert error.value.result["devices"][1] == {
        "id": "1",
        "guid": "guid-1",
        "outcome": "failed",
        "before": {"a": "old"},
        "after": {"a": "new"},
        "error": "no way",
    }
    assert error.value.result["summary"]["failed"] == 1
    assert writer.sent == ([] if check_mode else [0])


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_nobody_can_know_is_unknown_and_no_reported_change(check_mode):
    writer = Writer(_0={"known": False, "warning": "look again later"})
    plan = Plan((change(0, certain=False),))
    result = apply(plan, writer, a_run(check_mode=check_mode))
    assert words(result) == [("0", "unknown")] and not result["changed"] and not result["diff"]
    assert result["summary"]["unknown"] == 1
    assert result["warnings"] == ([] if check_mode else ["look again later"])


def test_a_wait_makes_failures_of_what_does_not_get_there():
    class Wait:
        def follow(self, plan, outcomes):
            return plan, [outcomes[0], outcomes[1].failing("late")]

    plan = Plan((change(0), change(1)))
    with pytest.raises(TaskFailedError) as error:
        apply(plan, Writer(), a_run(), wait=Wait())
    assert words(error.value.result) == [("0", "changed"), ("1", "failed")]
    assert words(apply(plan, Writer(), a_run(check_mode=True), wait=Wait())) == [
        ("0", "changed"),
        ("1", "changed"),
    ]


@pytest.mark.parametrize("returned", [True, False])
def test_what_the_server_returned_is_shown_where_that_is_wanted(returned):
    writer = Writer(_0={"returned": {"passcode": "12345"}})
    result = apply(Plan((change(0),)), writer, a_run(), shape=Shape(returned=returned))
    assert ("passcode" in result["devices"][0]) is returned


def test_one_subject_stands_under_its_name():
    writer = Writer(_0={"returned": {"made": 1}, "warning": "look"})
    result, outcome = apply_one(Plan((change(0),)), writer, a_run(), "device")
    assert result["device"]["outcome"] == "changed" and outcome.returned == {"made": 1}
    assert (result["requests"], result["writes"], result["warnings"]) == (3, 1, ["look"])
    assert "summary" not in result and "devices" not in result
    run = Run({}, a_run().client, None, check_mode=False)
    result, outcome = apply_one(Plan(unchanged=(DEVICES[0],)), writer, run, "device")
    assert result["device"]["outcome"] == "unchanged" and outcome is None


def test_one_subject_that_fails_is_named_by_its_title():
    writer = Writer(_0=OptionError("no room. "))
    with pytest.raises(TaskFailedError, match=r"^device 0: no room\.$") as error:
        apply_one(Plan((change(0),)), writer, a_run(), "device")
    assert error.value.result["device"]["outcome"] == "failed"


def test_many_are_named_and_the_rest_is_counted():
    devices = [Device(str(number), "") for number in range(60)]
    changes = tuple(Change(one, {"a": 1}, {"a": 2, "b": 3}, 0) for one in devices)
    writer = Writer(_0=UemError("no"))
    with pytest.raises(TaskFailedError) as error:
        apply(Plan(changes), writer, a_run())
    assert "… and 10 more, see devices in the result" in str(error.value)
    result = apply(Plan(changes), writer, a_run(check_mode=True))
    [shown] = result["diff"]
    assert shown["before_header"] == shown["after_header"] == "60 devices"
    names = shown["prepared"].splitlines()
    assert names == [*(f"  device {number}" for number in range(20)), "  and 40 more"]


def test_a_line_of_a_diff_that_names_subjects_is_short():
    devices = [Device(str(number), "", name="n" * 300) for number in range(3)]
    changes = [Change(one, {"a": 1}, {"a": 2}, 0) for one in devices[:2]]
    changes.append(Change(devices[2], {"a": 1}, {"a": 3}, 0))
    result = apply(Plan(tuple(changes)), Writer(), a_run(check_mode=True))
    for shown in result["diff"]:
        names = (shown["after_header"], *shown.get("prepared", "").splitlines())
        assert all(len(name) <= 162 for name in names)
    assert [one["after_header"][:9] for one in result["diff"]] == ["2 devices", "device 2,"]


def test_a_diff_shows_what_is_only_sent():
    changes = tuple(Change(one, {}, {}, 0) for one in DEVICES)
    [shown] = apply(Plan(changes[:1]), Writer(), a_run(check_mode=True))["diff"]
    assert shown["prepared"] == "device 0: sent\n"
    lock = Shape(deed=Deed("lock", "lock"))
    [shown] = apply(Plan(changes), Writer(), a_run(check_mode=True), shape=lock)["diff"]
    assert shown["prepared"].startswith("6 devices: device 0; device 1; ")
    assert shown["prepared"].endswith(": lock\n")


def test_no_character_of_a_diff_steers_a_terminal():
    hostile = "x\x1b[31m\x9b\u202e\n\x7f"
    one = Device("1", "", serial=hostile, name=hostile)
    changes = (Change(one, {hostile: hostile}, {hostile: [hostile]}, 0),)
    [shown] = apply(Plan(changes), Writer(), a_run(check_mode=True))["diff"]
    for text in shown.values():
        assert all(line.isprintable() for line in text.split("\n")) and text.count("\n") <= 1


@pytest.mark.parametrize(("name", "title"), [("policy", "policies"), ("user", "users")])
def test_one_subject_has_a_plural(name, title):
    left = LeftAlone(DEVICES[0], UNKNOWN, "nobody knows")
    result, _outcome = apply_one(Plan(left_alone=(left,)), Writer(), a_run(), name)
    assert result["plan"][0] == f"Nothing to change: 0 {title} as wanted, 1 unknown."


@pytest.mark.parametrize(
    ("wanted", "listed", "left_out"),
    [
        ([], {"changed": 500}, {"changed": 100, "unchanged": 7}),
        (["unchanged"], {"changed": 500, "unchanged": 7}, {"changed": 100}),
        (["changed"], {"changed": 600}, {"unchanged": 7}),
        (["changed", "unchanged"], {"changed": 600, "unchanged": 7}, None),
    ],
)
def test_a_result_lists_what_is_wanted_and_counts_the_rest(wanted, listed, left_out):
    devices = [Device(str(number), "") for number in range(607)]
    plan = Plan(
        tuple(Change(one, {"a": 1}, {"a": 2}, 0) for one in devices[:600]), tuple(devices[600:])
    )
    result = apply(plan, Writer(), a_run(check_mode=True, **{"return": wanted}))
    assert Counter(row["outcome"] for row in result["devices"]) == listed
    assert result.get("not_listed") == left_out
    assert (result["summary"]["changed"], result["summary"]["unchanged"]) == (600, 7)


@pytest.mark.parametrize("check_mode", [True, False])
def test_only_the_plan_that_was_looked_at_is_carried_out(check_mode):
    plan, writer = Plan((change(0), change(1))), Writer()
    code = apply(plan, writer, a_run(check_mode=True))["confirm"]
    assert code.startswith("2-") and writer.sent == []
    run = a_run(check_mode=check_mode, confirm=f" {code}\n")
    assert apply(plan, writer, run)["confirm"] == code
    writer.sent.clear()
    for confirm in (code[:-1], "", "2-0123456789abcdef"):
        run = a_run(check_mode=check_mode, confirm=confirm)
        if check_mode:
            predicted = apply(plan, writer, run)
            assert predicted["confirm"] == code
            warned = [f"confirm is {confirm!r} and does not permit this plan"] if confirm else []
            assert [text.partition(":")[0] for text in predicted["warnings"]] == warned
            continue
        with pytest.raises(
            TaskFailedError, match="is not the one that it permits; nothing was sent"
        ) as error:
            apply(plan, writer, run)
        assert error.value.result["confirm"] == code and writer.sent == []
    other = Plan((change(0), Change(DEVICES[1], {"a": "other"}, {"a": "new"}, 1)))
    assert apply(other, writer, a_run(check_mode=True))["confirm"] != code


@pytest.mark.parametrize(
    ("facts", "differ", "shown"),
    [
        ({}, "", ""),
        ({"rings": ""}, " their rings differ.", ""),
        ({"rings": "1 of 2"}, " their rings differ.", " Rings: 1 of 2."),
    ],
)
def test_plans_that_look_the_same_may_differ_in_what_else_a_confirm_permits(facts, differ, shown):
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0),)), Writer(), a_run(confirm="1-other"), shape=Shape(facts=facts))
    message = str(error.value)
    assert "is not the one that it permits" in message
    assert message.endswith(f"(old on 1).{shown}")
    assert (f"If both plans look the same,{differ}" in message) is bool(facts)


@pytest.mark.parametrize("kind", ["json", "md", "csv"])
@pytest.mark.parametrize("refusals", [(), ("Refused: no.",)])
def test_the_plan_is_written_before_anything_is_sent_and_when_it_is_refused(
    tmp_path, kind, refusals
):
    path = tmp_path / f"plan.{kind}"
    path.write_text("what was there")
    plan = Plan((change(0),), refusals=refusals)
    for check_mode in (True, False):
        try:
            apply(plan, Writer(), a_run(check_mode=check_mode, plan_path=str(path)))
        except TaskFailedError:
            assert refusals
        assert "device 0" in path.read_text() and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("path", "words"), [
    ("no/plan.json", "there is no folder"), ("", "is empty"), ("plan.yml", "does not end with one of .json, .md, .csv"),
    ("link.json", "is a link"), ("plan", "does not end with one of"), ("a\0b.json", "cannot be a path"), ("a" * 5_000 + ".json", "cannot be a path"),
    ("a" * 300 + "/b.json", "cannot be a path"), ("folder.json", "is a folder"), ("new/", "there is no folder 'new/'; make it first"),
])  # fmt: skip
def test_a_plan_path_that_cannot_be_is_refused_before_any_request(
    tmp_path, monkeypatch, path, words
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.json").symlink_to(tmp_path / "plan.json")
    (tmp_path / "folder.json").mkdir()

    @shows_plan
    def task(run):
        raise AssertionError("a request")

    with pytest.raises(OptionError, match=f"^plan_path: .*{words}"):
        task(a_run(plan_path=path))


def test_a_plan_that_cannot_be_written_stops_the_run_before_it_writes(tmp_path, monkeypatch):
    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    path, writer = tmp_path / "plan.json", Writer()
    path.write_text("what was there")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        TaskFailedError,
        match="cannot be written \\(No space left on device\\).* The plan: 1 device",
    ) as error:
        apply(Plan((change(0),)), writer, a_run(plan_path=str(path)))
    assert words(error.value.result) == [("0", "planned")]
    with pytest.raises(TaskFailedError, match=r"^Refused: no\. plan_path: .* cannot be written"):
        plan = Plan((change(0),), refusals=("Refused: no.",))
        apply(plan, writer, a_run(plan_path=str(path)))
    assert writer.sent == [] and path.read_text() == "what was there"
    assert [one.name for one in tmp_path.iterdir()] == ["plan.json"]


def test_a_folder_gets_a_plan_of_each_kind(tmp_path):
    apply(Plan((change(0),)), Writer(), a_run(plan_path=str(tmp_path), check_mode=True))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plan.csv", "plan.json", "plan.md"]
    assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
    assert json.loads((tmp_path / "plan.json").read_text())["confirm"].startswith("1-")


class Cannot(Writer):
    def batches(self, changes):
        raise OptionError("by: device 1 has no MAC address.")


class Refusing(Guard):
    def _called(self, name):
        raise RefusedError("Refused: the guard.")


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("why", "sentence"), [
    ("plan", "the plan."), ("writer", "by: device 1 has no MAC address."), ("guard", "the guard."), ("confirm", "confirm is '1-0'"),
])  # fmt: skip
def test_a_refusal_shows_the_same_whatever_its_reason(tmp_path, why, sentence, check_mode):
    if why == "confirm" and check_mode:
        return
    path = tmp_path / "plan.json"
    plan = Plan((change(0),), (DEVICES[1],), (LeftAlone(DEVICES[2], SKIPPED, "gone"),), (), ("w",))
    plan = plan.refusing(["Refused: the plan."]) if why == "plan" else plan
    run = a_run(
        check_mode=check_mode,
        plan_path=str(path),
        confirm="1-0" if why == "confirm" else None,
    )
    writer = Cannot() if why == "writer" else Writer()
    guard = Refusing() if why == "guard" else None
    with pytest.raises(TaskFailedError, match=sentence) as error:
        apply(plan, writer, run, guard=guard)
    result = error.value.result
    assert str(error.value).endswith(" The plan: 1 device: a becomes new on 1 (old on 1).")
    assert words(result) == [("0", "planned"), ("1", "unchanged"), ("2", "skipped")]
    assert result["plan"][-2].startswith(f"refused: {sentence}")
    assert result["plan"][-1] == f"confirm: {result['confirm']}" and len(result["plan"]) == 6
    assert len(result["diff"]) == 1 and result["warnings"] == ["w"] and not result["changed"]
    data = json.loads(path.read_text())
    assert sentence in data["refusals"][0] and data["confirm"] == result["confirm"]
    assert writer.sent == []


@pytest.mark.parametrize("secret", ["p_w*d|1", "p\"w/&<ü>'x1", 'a,b"c', "pässwörd"])
@pytest.mark.parametrize("kind", ["json", "md", "csv"])
@pytest.mark.parametrize("place", ["name", "field", "value", "reason", "refusal"])
def test_no_secret_is_in_a_plan_file(tmp_path, kind, place, secret):
    path = tmp_path / f"plan.{kind}"
    text = {place: f"x {secret} y"}
    one = Device("1", "", name=text.get("name", "<b>"))
    changed = Change(one, {text.get("field", "a"): "<i>"}, {"a": [text.get("value", "b")]}, 0)
    plan = Plan((changed,), left_alone=(LeftAlone(DEVICES[2], INELIGIBLE, text.get("reason", "")),))
    run = a_run(plan_path=str(path))
    run.client.transport.redact = Redactor([secret])
    with pytest.raises(TaskFailedError):
        apply(plan.refusing([text.get("refusal", "no")]), Writer(), run, shape=ALL_KINDS)
    written = path.read_text(encoding="utf-8")
    if kind == "csv":
        written = "".join("".join(row) for row in csv.reader(io.StringIO(written)))
    elif kind == "json":
        written = str(json.loads(written))
    plain = html.unescape(written).replace("\\", "")
    assert secret not in plain and str({secret})[2:-2] not in plain
    assert "x " in plain and "y" in plain
    if kind == "md":
        assert "<" not in written and "&lt;i&gt;" in written


@pytest.mark.parametrize("refusals", [(), ("Refused: no.",)])
@pytest.mark.parametrize("distinct", [True, False])
@pytest.mark.parametrize("attributes", [1, 2, 20])
def test_the_result_of_4444_changed_devices_has_at_most_200_kb(distinct, attributes, refusals):
    def value(kind, number):
        return [f"{kind} {number if distinct else 'x'} {'y' * 80}"]

    def one(number):
        guid = f"5f3c9c1e-3f6b-4c52-9b1c-0d1f{number:08d}"
        fields = {"serial": f"S{number:09d}", "email": f"first.last{number}@example.com"}
        device = Device(str(22_000 + number), guid, name="A tablet of somebody", **fields)
        before, after = (
            {f"attribute {index}": value(kind, number) for index in range(attributes)}
            for kind in ("old", "new")
        )
        return Change(device, before, after, None)

    plan = Plan(tuple(map(one, range(4_444))), fleet=4_804, refusals=refusals)
    try:
        result = apply(plan, Writer(), a_run(check_mode=True, **{"return": None}))
    except TaskFailedError as error:
        result = error.result
    assert len(json.dumps(result)) <= 200_000
    word = "planned" if refusals else "changed"
    rows = [row for row in result["devices"] if row["outcome"] == word]
    assert len(rows) + result["not_listed"][word] == 4_444 == result["summary"][word]


def test_what_was_not_sent_is_counted_beyond_the_first_rows():
    """A run that stops early leaves thousands of rows with the same reason, and it can be a long one."""

    class Stopped(Writer):
        def write(self, batch):
            error = f"not sent: {'the one before failed ' * 20}" if batch.write else "HTTP 500"
            return [Outcome(batch.changes[0], error)]

    devices = [Device(str(number), "") for number in range(4_444)]
    changes = tuple(Change(one, {"a": 1}, {"a": 2}, int(one.id)) for one in devices)
    plan = Plan(changes, fleet=4_804)
    with pytest.raises(TaskFailedError) as stopped:
        apply(plan, Stopped(), a_run(**{"return": None}))
    result = stopped.value.result
    assert len(json.dumps(result)) <= 200_000
    assert result["devices"][0]["error"] == "HTTP 500"
    assert len(result["devices"]) + result["not_listed"]["failed"] == 4_444 == result["summary"]["failed"]
    with pytest.raises(TaskFailedError) as stopped:
        apply(plan, Stopped(), a_run(**{"return": ["changed"]}))
    assert len(stopped.value.result["devices"]) == 4_444 and "not_listed" not in stopped.value.result


def test_nothing_more_is_sent_after_an_answer_could_not_be_written_down():
    writer, guard = Writer(), Guard(record=UemError("The journal cannot be written."))
    with pytest.raises(TaskFailedError) as error:
        apply(Plan((change(0), change(1), change(2))), writer, a_run(), guard=guard)
    assert writer.sent == [2]
    errors = [row["error"] for row in error.value.result["devices"]]
    assert errors[:2] == ["not sent: The journal cannot be written."] * 2
