# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices: what is read, what is allowed, blocked and wiped, and what is said when the
server misbehaves."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard import guard as action_guard
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.guard import Guard
from uem_emulator.testing.epmm import EpmmEmulator

from ..conftest import ModuleFailed, writes
from .test_actions import when_sent

MODULE, INFO = "activesync_device", "activesync_device_info"
PATH = "/api/v1/eas/devices"
ACTIONS = {"allowed": "REINSTATE_DEVICE", "blocked": "BLOCK_DEVICE", "wiped": "WIPE"}


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "new folder" / "journal.jsonl"
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(path))
    return path


@pytest.fixture
def fleet(epmm: EpmmEmulator) -> list[str]:
    """Five that are allowed and of nobody who is registered, besides those of the world."""
    return [epmm.add_eas(user=f"user{number}", mailbox=f"box{number}") for number in range(5)]


def refused(call: Any, epmm: EpmmEmulator | None, module: str = MODULE, **options: Any) -> str:
    """The sentence with which the task fails."""
    with pytest.raises(ModuleFailed) as failed:
        call(module, epmm, **options)
    message = str(failed.value.result["msg"])
    assert "\n" not in message and "Traceback" not in message, message
    return message


def run(call: Any, epmm: EpmmEmulator, **options: Any) -> dict[str, Any]:
    """The task, with the ``confirm`` of a check of it. A failure is a result with ``msg``."""
    try:
        plan = call(MODULE, epmm, check_mode=True, **options)
        return call(
            MODULE, epmm, **options, **({"confirm": plan["confirm"]} if "confirm" in plan else {})
        )
    except ModuleFailed as failed:
        return failed.result


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    return {entry["uuid"]: entry["outcome"] for entry in result["devices"] if "uuid" in entry}


def states(epmm: EpmmEmulator, *uuids: str) -> list[str]:
    known = epmm.eas()
    return [known[uuid]["state"].lower() for uuid in uuids]


def answered_with(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    """Change what the server answers when it is asked for its list."""
    send = Transport.call

    def call(self: Transport, endpoint: Any, **options: Any) -> Any:
        answer = send(self, endpoint, **options)
        return change(answer) if endpoint.id == "E30" else answer

    monkeypatch.setattr(Transport, "call", call)


def lines(journal: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(text) for text in journal.read_text(encoding="utf-8").splitlines()]
        if journal.exists()
        else []
    )


# Reading


def test_every_device_is_read_as_the_server_has_it(epmm, call):
    truth = epmm.eas()
    result = call(INFO, epmm)
    assert {row["uuid"] for row in result["devices"]} == set(truth) and result["requests"] == 1
    assert (
        result["count"] == len(truth) == sum(result["states"].values())
        and result["states"]["unclear"] == 0
    )
    for row in result["devices"]:
        known = truth[row["uuid"]]
        registered = not known["group"].startswith("unregistered")
        assert row["state"] == known["state"].lower() and row["unclear"] is None
        assert row["registered"] is registered or known["group"] == "wiped"
        told = ("user", "mailbox", "domain", "device_id", "phone", "model")
        assert [row[name] for name in told] == [known[name] for name in told]
        assert row["platform"] == known["platform"].lower()
        assert (row["action_source"], bool(row["last_sync"])) == (
            known["source"],
            known["last"] is not None,
        )
        assert row["device_guid"] == (known["device_uuid"] if row["registered"] else "")
    keys = [(row["user"].casefold(), row["uuid"]) for row in result["devices"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("switches", [
    {"eas_empty_groups": "null", "eas_unregistered_uuid": "empty"}, {"eas_empty_groups": "empty", "eas_unregistered_uuid": "null"},
    {"eas_empty_groups": "list", "one_element": "list"}, {"eas_empty_groups": "absent", "one_element": "collapse"},
])  # fmt: skip
def test_every_form_of_a_list_says_the_same(epmm, call, switches):
    keep = {
        known["group"]: uuid
        for uuid, known in epmm.eas().items()
        if known["group"] != "unregisteredBlocked"
    }
    for uuid in set(epmm.eas()) - set(keep.values()):
        epmm.delete_eas(uuid)
    before = call(INFO, epmm)["devices"]
    for name, value in switches.items():
        epmm.set_switch(name, value)
    assert call(INFO, epmm)["devices"] == before and len(before) == len(keep) == 4


@pytest.mark.parametrize(
    ("nothing", "groups"),
    [("404", "absent"), *(("message", groups) for groups in ("absent", "null", "empty", "list"))],
)
def test_a_server_without_any(epmm, call, nothing, groups):
    for uuid in epmm.eas():
        epmm.delete_eas(uuid)
    epmm.set_switch("eas_nothing", nothing)
    epmm.set_switch("eas_empty_groups", groups)
    assert call(INFO, epmm)["devices"] == []
    assert "There is no ActiveSync device for these" in refused(
        call, epmm, activesync_devices=["x"], state="blocked"
    )
    assert outcomes(
        call(MODULE, epmm, activesync_devices=["x"], state="blocked", on_missing="skip")
    ) == {"x": "skipped"}


def test_what_can_be_selected(epmm, call, fleet):
    phone = next(
        device
        for device in epmm.devices()
        if any(known["device_uuid"] == device["uuid"] for known in epmm.eas().values())
    )
    of_phone = sorted(
        uuid for uuid, known in epmm.eas().items() if known["device_uuid"] == phone["uuid"]
    )
    epmm.change_eas(fleet[0], state="Wiped")
    epmm.change_eas(fleet[1], last=1_500_000_000_000)
    epmm.change_eas(fleet[2], last=None)

    def found(**select: Any) -> list[str]:
        return sorted(
            row["uuid"] for row in call(INFO, epmm, select=select, on_missing="skip")["devices"]
        )

    assert found(users=["USER0", "user3"]) == sorted([fleet[0], fleet[3]]) and found(
        mailboxes=["box1"], users=["user1"]
    ) == [fleet[1]]
    assert found(mailboxes=["box1"], users=["user2"]) == []
    assert found(device_ids=[epmm.eas()[fleet[4]]["device_id"].lower()]) == [fleet[4]]
    assert found(devices=[phone["id"]]) == found(devices=[phone["uuid"].upper()]) == of_phone != []
    assert found(statuses=["wiped"], users=["user0", "user1"]) == [fleet[0]]
    assert found(last_sync_before="2018-01-01") == found(not_synced_within="1800d") == [fleet[1]]
    assert fleet[2] not in found(last_sync_before="2100-01-01T00:00:00Z")
    assert found(query="[?user == 'user4']") == [fleet[4]]
    assert found(users=["user4", "user3"], query="[?mailbox == 'box3']") == [fleet[3]]
    # A device that is gone is named by its uuid alone, and does not choose all.
    assert found(devices=[10**9]) == found(devices=["00000000-0000-4000-8000-000000000000"]) == []


def test_details_are_read_for_each_and_secrets_masked(epmm, call, fleet):
    epmm.set_switch("eas_recovery_password", "shown")
    secrets = [known["recovery_password"] for known in epmm.eas().values()]
    for form in ("root", "wrapped"):
        epmm.set_switch("eas_details", form)
        epmm.clear_requests()
        result = call(INFO, epmm, details=True)
        assert len(epmm.requests()) == result["requests"] == 1 + result["count"]
        assert all(
            row["details"]["DeviceID"] == row["device_id"]
            and row["details"]["RecoveryPassword"] == "********"
            for row in result["devices"]
        )
        searched = call(INFO, epmm, details=True, query="[].details.RecoveryPassword")
        assert not any(secret in json.dumps([result, searched]) for secret in secrets)


def test_one_that_vanishes_before_its_details_are_read(epmm, call, fleet, monkeypatch):
    def vanish(answer: Any) -> Any:
        epmm.delete_eas(fleet[0])
        return answer

    answered_with(monkeypatch, vanish)
    [row] = call(INFO, epmm, activesync_devices=[fleet[0]], details=True)["devices"]
    assert row["details"] is None


@pytest.mark.parametrize("module", [INFO, MODULE])
@pytest.mark.parametrize(("kind", "params", "words"), [
    ("short_page", {}, "counts"), ("html", {}, "web page"), ("result_zero", {}, "HTTP 200"), ("errors_200", {"message": "not today"}, "not today"),
    ("errors_200", {"message": "No access: user lacks API role"}, "lacks API role"), ("500", {}, "HTTP 500"), ("403", {}, "give it the role API"),
])  # fmt: skip
def test_a_list_that_cannot_be_believed_is_none(epmm, call, fleet, module, kind, params, words):
    epmm.add_fault(kind, method="GET", path=PATH, times=None, **params)
    options = {"state": "blocked"} if module == MODULE else {}
    assert words in refused(call, epmm, module, activesync_devices=[fleet[0]], retries=0, **options)
    assert writes(epmm) == []


# Right use


@pytest.mark.parametrize(
    ("state", "before"),
    [("blocked", "Allowed"), ("allowed", "Blocked"), ("wiped", "Allowed"), ("wiped", "Blocked")],
)
def test_check_mode_apply_and_again(epmm, call, fleet, state, before):
    uuid = fleet[0]
    epmm.change_eas(uuid, state=before)
    epmm.clear_requests()
    options = {"activesync_devices": [uuid.upper()], "state": state}
    plan = call(MODULE, epmm, check_mode=True, **options)
    assert writes(epmm) == [] and states(epmm, uuid) == [before.lower()]
    assert plan["confirm"].startswith("1-")
    confirm = {"confirm": plan["confirm"]} if state == "wiped" else {}
    done = call(MODULE, epmm, **options, **confirm)
    assert (done["devices"], done["diff"], done["changed"]) == (
        plan["devices"],
        plan["diff"],
        True,
    ) and states(epmm, uuid) == [state]
    # fmt: off
    assert done["devices"] == [{
        "uuid": uuid, "user": "user0", "mailbox": "box0", "device_id": epmm.eas()[uuid]["device_id"], "device_guid": "", "outcome": "changed",
        "before": {"state": before.lower()}, "after": {"state": state},
    }]
    # fmt: on
    [sent] = [entry for entry in epmm.requests() if entry["acts"]]
    assert (sent["method"], sent["path"]) == ("PUT", PATH) and sent[
        "query"
    ] == f"uuids={uuid}&action={ACTIONS[state]}"
    epmm.clear_requests()
    again = call(MODULE, epmm, **options, **confirm)
    assert (
        not again["changed"]
        and outcomes(again) == {uuid: "unchanged"}
        and again["diff"] == []
        and writes(epmm) == []
    )
    assert [entry["action"] for entry in epmm.eas()[uuid]["actions"]] == [ACTIONS[state]]


def test_all_devices_of_a_user_by_name_and_by_what_is_registered(epmm, call):
    phone = next(known for known in epmm.eas().values() if known["group"] == "registeredAllowed")
    result = call(MODULE, epmm, select={"devices": [phone["device_uuid"]]}, state="blocked")
    assert (
        outcomes(result) == {phone["uuid"]: "changed"}
        and result["devices"][0]["device_guid"] == phone["device_uuid"]
    )


def test_many_share_calls(epmm, call):
    many = [epmm.add_eas(user=f"{{{{ many }}}} {number}") for number in range(400)]
    epmm.clear_requests()
    result = call(MODULE, epmm, activesync_devices=many, state="blocked", max_devices=400)
    sent = [entry for entry in epmm.requests() if entry["acts"]]
    # fmt: off
    assert result["summary"] == {
        "matched": 400, "changed": 400, "unchanged": 0, "failed": 0, "skipped": 0, "ineligible": 0, "protected": 0, "requests": 4, "writes": 3,
    }
    # fmt: on
    assert all(len(entry["path"]) + len(entry["query"]) < 8000 for entry in sent) and set(
        states(epmm, *many)
    ) == {"blocked"}
    assert [entry["uuid"] for entry in result["devices"]] == [
        row["uuid"] for row in call(INFO, epmm, activesync_devices=many)["devices"]
    ]


def test_a_protection_without_a_name_is_refused_before_any_request(epmm, call, fleet):
    message = refused(
        call, epmm, activesync_devices=fleet, state="blocked", protected={"users": None}
    )
    assert message.startswith("protected: none of its keys has a value") and epmm.requests() == []


def test_some_are_left_alone(epmm, call, fleet):
    epmm.change_eas(fleet[1], state="Wiped")
    epmm.change_eas(fleet[2], state="Blocked")
    options = {"activesync_devices": [*fleet, "nobody"], "state": "blocked", "on_missing": "skip"}
    message = refused(call, epmm, **options)
    with pytest.raises(ModuleFailed) as failed:
        call(MODULE, epmm, **options)
    # fmt: off
    assert outcomes(failed.value.result) == {
        fleet[0]: "planned", fleet[1]: "ineligible", fleet[2]: "unchanged", fleet[3]: "planned", fleet[4]: "planned", "nobody": "skipped",
    }
    # fmt: on
    summary = failed.value.result["summary"]
    assert (
        summary["matched"],
        summary["planned"],
        summary["changed"],
        summary["unchanged"],
        summary["ineligible"],
    ) == (5, 3, 0, 1, 1)
    assert (
        "Refused: 1 ActiveSync device cannot be set to state=blocked; nothing was sent. ActiveSync "
        f"device {fleet[1]} (user1): it was wiped"
    ) in message
    assert writes(epmm) == []
    result = call(
        MODULE,
        epmm,
        **options,
        on_ineligible="skip",
        protected={"users": ["USER3"], "uuids": [fleet[4]]},
    )
    # fmt: off
    assert outcomes(result) == {
        fleet[0]: "changed", fleet[1]: "ineligible", fleet[2]: "unchanged", fleet[3]: "protected", fleet[4]: "protected", "nobody": "skipped",
    }
    # fmt: on
    assert states(epmm, *fleet) == ["blocked", "wiped", "blocked", "allowed", "allowed"]
    # fmt: off
    assert result["summary"] | {"requests": 0} == {
        "matched": 5, "changed": 1, "unchanged": 1, "failed": 0, "skipped": 1, "ineligible": 1, "protected": 2, "requests": 0, "writes": 1,
    }
    # fmt: on


@pytest.mark.parametrize("state", ["allowed", "blocked"])
@pytest.mark.parametrize("wiped", ["stays", "allowed"])
def test_a_wiped_one_counts_as_changed_when_the_server_lists_it_so(epmm, call, fleet, state, wiped):
    epmm.set_switch("eas_reinstate_wiped", wiped)
    epmm.change_eas(fleet[0], state="Wiped")
    epmm.change_eas(fleet[1], state="Blocked" if state == "allowed" else "Allowed")
    result = run(call, epmm, activesync_devices=fleet[:2], state=state, include_wiped=True)
    taken = (state, wiped) == ("allowed", "allowed")
    assert outcomes(result) == {fleet[0]: "changed" if taken else "failed", fleet[1]: "changed"}
    assert states(epmm, *fleet[:2]) == [state if taken else "wiped", state]
    assert (
        taken
        or "0 device(s) modified" in result["msg"]
        and "The device is listed as wiped now" in result["msg"]
    )


def test_a_wiped_one_that_the_server_only_claims_to_have_reinstated_is_a_failure(epmm, call, fleet):
    epmm.set_switch("eas_reinstate_wiped", "allowed")
    epmm.change_eas(fleet[0], state="Wiped")
    epmm.add_fault("no_effect", method="PUT", times=1)
    result = run(call, epmm, activesync_devices=fleet[:1], state="allowed", include_wiped=True)
    assert (
        outcomes(result) == {fleet[0]: "failed"}
        and "the server says that it did it. The device is listed as wiped now." in result["msg"]
    )


# Wrong use


@pytest.mark.parametrize(("options", "words"), [
    ({"activesync_devices": []}, "activesync_devices: is empty"), ({"activesync_devices": [" "]}, "activesync_devices[0]: ' ' is not a name"),
    ({"select": {}}, "select: is empty"), ({"select": {"users": None}}, "select: is empty"), ({"select": {"users": []}}, "select.users: is empty"),
    ({"select": {"devices": []}}, "select.devices: is empty"), ({"select": {"devices": ["x y"]}}, "select.devices[0]: 'x y' is neither"),
    ({"select": {"statuses": ["lost"]}}, "statuses"), ({"select": {"not_synced_within": "soon"}}, "select.not_synced_within: 'soon'"),
    ({"select": {"last_sync_before": "yesterday"}}, "select.last_sync_before: 'yesterday' is not a point in time"),
    ({"select": {"query": "[?"}}, "select.query: '[?' is not a JMESPath"), ({"select": {"users": ["a"]}, "activesync_devices": ["b"]}, "mutually exclusive"),
    ({}, "one of the following is required"), ({"activesync_devices": ["a"], "state": "lost"}, "state"),
    ({"activesync_devices": ["a"], "max_devices": -1}, "max_devices: -1 is not a limit"), ({"activesync_devices": ["a"], "guard_window": 0}, "guard_window: 0"),
    ({"activesync_devices": None}, "both are null, which would choose all of them"), ({"select": None}, "both are null, which would choose all of them"),
    ({"state": "wiped", "select": {"query": "[*]"}}, "a query on its own reads all of them"),
])  # fmt: skip
def test_wrong_options_are_refused_before_any_request(epmm, call, options, words):
    message = refused(call, epmm, **{"state": "blocked", **options})
    assert words in message and epmm.requests() == []


def test_the_other_product_has_none(emulator, call):
    assert "neurons does not support ActiveSync devices" in refused(
        call, emulator, activesync_devices=["a"], state="blocked"
    )
    assert (
        "neurons does not support ActiveSync devices" in refused(call, emulator, INFO)
        and emulator.requests() == []
    )


@pytest.mark.parametrize(("options", "words"), [
    ({"activesync_devices": ["nobody", "nothing"]}, "these, nothing was done: uuid nobody, uuid nothing. Correct"),
    ({"select": {"users": ["user0", "nobody"], "mailboxes": ["no box"]}}, "user nobody, mailbox no box"),
    ({"select": {"users": ["user0"], "statuses": ["wiped"]}}, "no ActiveSync device matches users=['user0'], statuses=['wiped']"),
    ({"select": {"devices": [10**9]}}, "select.devices: unknown devices, nothing was done: id 1000000000"),
    ({"select": {"users": ["user0"], "query": "[].user"}}, "select.query: must return a list of device rows"),
    ({"select": {"users": ["user0"]}, "protected": {"users": ["nobody"]}}, "protected.users: no ActiveSync device has nobody"),
    ({"select": {"users": ["user0"]}, "protected": {"uuids": [""]}}, "protected.uuids[0]: '' is not a name"),
])  # fmt: skip
@pytest.mark.parametrize("state", ["blocked", "wiped"])
def test_what_is_not_there_is_named(epmm, call, fleet, options, words, state):
    assert words in refused(call, epmm, **options, state=state)
    assert writes(epmm) == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("limits", "words"), [
    ({"max_devices": 4}, "the plan changes 5 ActiveSync devices and max_devices is 4"), ({"max_percent": 1}, "the plan changes 5 of"),
    ({"max_devices": 0}, "select fewer ActiveSync devices"),
])  # fmt: skip
def test_limits(epmm, call, fleet, limits, words, check_mode):
    assert words in refused(
        call, epmm, activesync_devices=fleet, state="blocked", check_mode=check_mode, **limits
    )
    assert writes(epmm) == [] and set(states(epmm, *fleet)) == {"allowed"}
    assert call(
        MODULE, epmm, activesync_devices=fleet, state="blocked", max_devices=5, max_percent=50
    )["changed"]


@pytest.mark.parametrize("state", ["allowed", "blocked", "wiped"])
def test_what_contradicts_itself_is_sent_nothing(epmm, call, fleet, state, monkeypatch):
    """The server lists a device as blocked, and says that it is allowed."""

    def contradict(answer: dict[str, Any]) -> dict[str, Any]:
        rows = answer["unregisteredAllowedDevices"]["unregisteredAllowedDevice"]
        answer["registeredBlockedDevices"]["registeredBlockedDevice"] += [
            row for row in rows if row["uuid"] == fleet[0]
        ]
        answer["unregisteredAllowedDevices"]["unregisteredAllowedDevice"] = [
            row for row in rows if row["uuid"] != fleet[0]
        ]
        return answer

    answered_with(monkeypatch, contradict)
    message = refused(call, epmm, activesync_devices=[fleet[0]], state=state)
    assert (
        "its state is not clear: the server lists it in registeredBlockedDevices, with the "
        "status Allowed"
    ) in message and writes(epmm) == []
    result = call(INFO, epmm)
    [row] = [row for row in result["devices"] if row["state"] is None]
    assert (
        row["uuid"] == fleet[0]
        and "registeredBlockedDevices" in row["unclear"]
        and result["states"]["unclear"] == 1
    )


# Faults


@pytest.fixture
def held(epmm: EpmmEmulator, call: Any, fleet: list[str]) -> Any:
    """Runs the task on the fleet, and holds what it says of each against what the emulator has."""

    def block(**options: Any) -> dict[str, Any]:
        try:
            result = call(MODULE, epmm, activesync_devices=fleet, state="blocked", **options)
        except ModuleFailed as failed:
            result = failed.result
        known = epmm.eas()
        for entry in result["devices"]:
            assert (entry["outcome"] == "changed") == (
                entry["uuid"] in known and known[entry["uuid"]]["state"] == "Blocked"
            ), entry
        assert len(result["devices"]) == len(fleet)
        return result

    return block


@pytest.mark.parametrize(("kind", "params", "times", "changed", "said"), [
    # The call for all of them fails, and each alone succeeds.
    ("result_zero", {}, 1, 5, ""), ("errors_200", {"message": "no"}, 1, 5, ""), ("html", {}, 1, 5, ""),
    ("result_zero", {}, 3, 3, "answered"), ("result_zero", {}, None, 0, "answered"), ("errors_200", {"message": "no"}, None, 0, "answered: no"),
    # The server did it, and its answer does not say so.
    ("lost_answer", {}, None, 5, ""), ("half_body", {}, None, 5, ""), ("truncated_json", {}, None, 5, ""), ("html", {"handled": True}, None, 5, ""),
    ("500", {"handled": True}, None, 5, ""), ("503", {"handled": True}, None, 5, ""),
    # It did nothing.
    ("reset", {}, None, 0, "broke"), ("500", {}, None, 0, "HTTP 500"), ("403", {}, None, 0, "HTTP 403"), ("401", {}, None, 0, "HTTP 401"),
])  # fmt: skip
def test_outcomes_of_a_write_that_goes_wrong_are_true(
    epmm, held, kind, params, times, changed, said
):
    epmm.add_fault(kind, method="PUT", path=PATH, times=times, **params)
    result = held(retries=0)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (changed, 5 - changed)
    assert said in result.get("msg", "") and bool(said) == ("msg" in result)


@pytest.mark.parametrize(
    ("kind", "params", "changed"),
    [("html", {"handled": True}, 5), ("lost_answer", {}, 2), ("500", {}, 1)],
)
def test_what_is_sent_alone_is_settled_by_reading_as_well(epmm, held, kind, params, changed):
    """The call for all is refused, one alone is taken, and the answers to the others are lost, or
    there is no server any more."""
    epmm.add_fault("result_zero", method="PUT", path=PATH, times=1)
    epmm.add_fault(kind, method="PUT", path=PATH, after=1, times=None, **params)
    result = held(retries=0)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (changed, 5 - changed)


@pytest.mark.parametrize("position", ["counted_out", "404", "400"])
def test_one_that_vanishes_before_the_write_does_not_stop_the_others(epmm, held, position):
    epmm.set_switch("eas_unknown_device", position)
    epmm.add_fault("vanish", method="PUT", times=1)
    result = held()
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (4, 1)
    assert "The device is no longer listed now." in result["msg"]


@pytest.mark.parametrize("settle", ["manual", "reads"])
def test_what_takes_time_is_done_when_the_server_counts_it(epmm, call, fleet, settle):
    epmm.set_switch("action_settle", settle)
    result = call(MODULE, epmm, activesync_devices=fleet, state="blocked")
    assert result["summary"]["changed"] == 5 and result["summary"]["writes"] == 1
    epmm.settle()
    assert not call(MODULE, epmm, activesync_devices=fleet, state="blocked")["changed"]


def test_a_write_that_the_server_only_claims_is_found_by_the_next_run(epmm, call, fleet, held):
    epmm.add_fault("no_effect", method="PUT", times=1)
    assert call(MODULE, epmm, activesync_devices=fleet, state="blocked")["changed"] and set(
        states(epmm, *fleet)
    ) == {"allowed"}
    assert held()["summary"]["changed"] == 5


@pytest.mark.parametrize("position", ["counted", "not_counted"])
def test_somebody_else_was_faster(epmm, call, fleet, position, monkeypatch):
    """One is blocked by now when the request arrives: whether the server counts it or not, it
    is."""
    epmm.set_switch("eas_repeated_action", position)
    epmm.add_fault("lost_answer", method="PUT", times=1)
    assert (
        call(MODULE, epmm, activesync_devices=fleet[:1], state="blocked")["summary"]["changed"] == 1
    )


def test_what_cannot_be_looked_at_afterwards_is_a_failure(epmm, call, fleet, monkeypatch):
    epmm.add_fault("errors_200", method="PUT", times=None, message="no")
    when_sent(monkeypatch, lambda: epmm.add_fault("500", method="GET", times=None))
    result = run(call, epmm, activesync_devices=fleet, state="blocked", retries=0)
    assert (
        result["summary"]["failed"] == 5
        and "What became of the device could not be read: GET /api/v1/eas/devices" in result["msg"]
    )


# Wiping


@pytest.mark.parametrize("confirm", [None, "", "1", "1-0000000000000000"])
def test_nothing_is_wiped_without_the_confirm_of_the_plan(epmm, call, journal, fleet, confirm):
    message = refused(
        call,
        epmm,
        activesync_devices=fleet[:1],
        state="wiped",
        **({} if confirm is None else {"confirm": confirm}),
    )
    words = "Refused: state=wiped of 1 ActiveSync device needs confirm"
    words = (
        f"confirm is {confirm!r}, but the plan, of 1 ActiveSync device, is not the one that it permits"
        if confirm
        else words
    )
    assert words in message and "nothing was sent" in message
    assert writes(epmm) == [] and not journal.exists() and states(epmm, fleet[0]) == ["allowed"]


@pytest.mark.parametrize("fields", [{"user": "x"}, {"device_id": "X"}, {"state": "Blocked"}])
def test_a_confirm_is_for_exactly_one_plan(epmm, call, fleet, fields):
    options = {"activesync_devices": fleet[:1], "state": "wiped"}
    plan = call(MODULE, epmm, check_mode=True, **options)
    assert plan["confirm"].startswith("1-") and len(plan["confirm"]) == 18
    epmm.change_eas(fleet[0], **fields)
    assert "is not the one that it permits" in refused(
        call, epmm, **options, confirm=plan["confirm"]
    )
    assert "is not the one that it permits" in refused(
        call, epmm, activesync_devices=fleet[1:2], state="wiped", confirm=plan["confirm"]
    )
    assert writes(epmm) == [] and run(call, epmm, **options)["changed"]


def test_each_is_read_again_directly_before_it_is_wiped(epmm, call, fleet, journal, monkeypatch):
    plan = call(
        MODULE, epmm, check_mode=True, activesync_devices=fleet[:2], state="wiped", max_devices=2
    )
    check = action_guard.changed_since

    def then(*given: Any) -> str:
        asked.append(len(epmm.requests()))
        return check(*given)

    asked: list[int] = []
    monkeypatch.setattr(action_guard, "changed_since", then)
    epmm.clear_requests()
    call(
        MODULE,
        epmm,
        activesync_devices=fleet[:2],
        state="wiped",
        max_devices=2,
        confirm=plan["confirm"],
    )
    sent = [(entry["method"], entry["path"]) for entry in epmm.requests()]
    # All of them before the first request, and each directly before its own.
    assert sent[asked[0] - 1] == ("GET", PATH)
    assert [method for method, _path in sent[asked[0] :]] == ["GET", "PUT", "GET", "PUT"]


def test_one_that_changes_between_plan_and_sending_is_not_wiped(
    epmm, call, fleet, journal, monkeypatch
):
    options = {"activesync_devices": fleet[:2], "state": "wiped", "max_devices": 2}
    plan = call(MODULE, epmm, check_mode=True, **options)
    reserve = Guard.reserve

    def late(self: Guard, *given: Any) -> Any:
        epmm.change_eas(fleet[1], user="somebody else")
        return reserve(self, *given)

    monkeypatch.setattr(Guard, "reserve", late)
    message = refused(call, epmm, **options, confirm=plan["confirm"])
    assert (
        "since the plan was made these ActiveSync devices changed or vanished: ActiveSync device "
        f"{fleet[1]} (user1); nothing was sent"
    ) in message
    assert writes(epmm) == [] and not journal.exists()


def test_a_wipe_is_written_down_before_and_after(epmm, call, fleet, journal):
    result = run(call, epmm, activesync_devices=fleet[:2], state="wiped", max_devices=2)
    found = lines(journal)
    assert [(line["phase"], line["device"]["owner"]) for line in found] == [
        ("before", "user0"),
        ("before", "user1"),
        ("after", "user0"),
        ("after", "user1"),
    ]
    assert {(line["action"], line["digest"], line["server"]) for line in found} == {
        ("activesync_wipe", result["confirm"], epmm.url)
    }
    assert [line["answer"] for line in found if line["phase"] == "after"] == ["taken", "taken"]
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    known = epmm.eas()[fleet[0]]
    assert next(line["device"] for line in found if line["device"]["id"] == fleet[0]) == {
        "id": fleet[0],
        "guid": "",
        "serial": known["device_id"],
        "owner": "user0",
        "state": "allowed",
    }
    # A request for each, that the answer is for one.
    assert [entry["query"].count("uuids=") for entry in epmm.requests() if entry["acts"]] == [1, 1]


def test_limits_of_wiping_hold_over_runs_and_whatever_is_wiped(epmm, call, fleet, journal):
    assert run(call, epmm, activesync_devices=fleet[:1], state="wiped")["changed"]
    message = run(call, epmm, activesync_devices=fleet[1:2], state="wiped")["msg"]
    assert (
        "does something destructive to 1 ActiveSync device, and the journal has 1 more from the "
        "last 1200 s"
    ) in message and "at most 1 is allowed" in message
    assert run(call, epmm, activesync_devices=fleet[1:3], state="wiped", max_devices=3)["changed"]
    # A device that is retired counts with them, and they with it.
    device = next(device["id"] for device in epmm.devices() if device["status"] == "ACTIVE")
    with pytest.raises(ModuleFailed, match="to 1 device, and the journal has 3 more"):
        call(
            "device_action", epmm, check_mode=True, action="retire", devices=[device], max_devices=3
        )
    assert (
        states(epmm, *fleet) == ["wiped", "wiped", "wiped", "allowed", "allowed"]
        and len(writes(epmm)) == 3
    )
    # Allowing and blocking does not count, and needs none of it.
    assert (
        run(call, epmm, activesync_devices=fleet[3:], state="blocked")["changed"]
        and len(lines(journal)) == 6
    )


def test_a_whole_list_that_is_refused_shows_what_is_protected(epmm, call, fleet):
    with pytest.raises(ModuleFailed) as error:
        call(
            MODULE,
            epmm,
            check_mode=True,
            select={"statuses": ["allowed", "blocked", "wiped"]},
            state="wiped",
            include_wiped=True,
            protected={"uuids": [fleet[0]]},
        )
    result = error.value.result
    assert [row["outcome"] for row in result["devices"]].count("protected") == 1
    assert "the selection is all ActiveSync devices" in result["msg"] and writes(epmm) == []


@pytest.mark.parametrize(
    "select",
    [
        {"statuses": ["allowed", "blocked"]},
        {"registered": False, "statuses": ["allowed", "blocked", "wiped"]},
    ],
)
def test_no_whole_list_is_wiped(epmm, call, fleet, select):
    if "registered" in select:
        for uuid in set(epmm.eas()) - set(fleet):
            epmm.change_eas(uuid, state="Wiped")
    message = refused(
        call, epmm, select=select, state="wiped", max_devices=1000, max_percent=100, check_mode=True
    )
    assert (
        "Refused: the selection is all ActiveSync devices of the server that are not wiped yet"
        in message
        and writes(epmm) == []
    )


def test_too_many_to_wipe_are_refused_before_each_is_read(epmm, call):
    many = [epmm.add_eas(user=f"many{number}") for number in range(50)]
    epmm.clear_requests()
    assert "does something destructive to 50 ActiveSync devices; at most 1 is allowed" in refused(
        call, epmm, activesync_devices=many, state="wiped", check_mode=True
    )
    assert len(epmm.requests()) == 1


@pytest.mark.parametrize("position", ["passed_over", "counted"])
def test_one_that_cannot_be_wiped_is_not_asked_to(epmm, call, fleet, position):
    epmm.set_switch("eas_wipe_unsupported", position)
    epmm.change_eas(fleet[0], wipe_supported=False)
    options = {"activesync_devices": fleet[:2], "state": "wiped", "max_devices": 2}
    assert "the server says that it cannot be wiped (IsRemoteWipeSupported)" in refused(
        call, epmm, **options
    )
    result = run(call, epmm, **options, on_ineligible="skip")
    assert (
        outcomes(result) == {fleet[0]: "ineligible", fleet[1]: "changed"} and len(writes(epmm)) == 1
    )


# A fault of a wipe, whether the server did it all the same, and what is said of it.
# fmt: off
LOST = [
    ("lost_answer", {}, True, "broke before"), ("half_body", {}, True, "broke"), ("truncated_json", {}, True, "not JSON"),
    ("html", {"handled": True}, True, "web page"), ("500", {"handled": True}, True, "HTTP 500"), ("503", {"handled": True}, True, "HTTP 503"),
    ("reset", {}, False, "broke before"), ("500", {}, False, "HTTP 500"), ("503", {"retry_after": 0}, False, "HTTP 503"),
    ("html", {}, False, "web page"), ("result_zero", {}, False, "answered"), ("errors_200", {"message": "not today"}, False, "not today"),
    ("401", {}, False, "HTTP 401"), ("403", {}, False, "HTTP 403"),
]
# fmt: on


@pytest.mark.parametrize(("kind", "params", "done", "said"), LOST)
@pytest.mark.parametrize("settle", ["at_once", "manual"])
def test_a_wipe_is_never_sent_twice_and_judged_by_what_is_listed(
    epmm, call, fleet, journal, kind, params, done, said, settle
):
    if settle == "manual":
        epmm.set_switch("action_settle", "manual")
    epmm.add_fault(kind, method="PUT", path=PATH, times=None, **params)
    result = run(call, epmm, activesync_devices=fleet[:1], state="wiped", retries=3)
    assert len(writes(epmm)) == 1 and len(epmm.eas()[fleet[0]]["actions"]) == done
    seen = done and settle == "at_once"
    declined = kind in ("result_zero", "errors_200", "401", "403")
    word = "changed" if seen else "failed" if declined else "unknown"
    assert outcomes(result) == {fleet[0]: word} and (seen or said in result["msg"])
    assert result["changed"] is (word != "failed")
    if not seen and kind not in ("401", "403"):
        assert (
            "The device is listed as allowed now, and nothing was sent to it again."
            in result["msg"]
        )
    before, after = lines(journal)
    assert (before["phase"], after["phase"], after["answer"] == "taken") == (
        "before",
        "after",
        seen,
    )


def test_a_wipe_that_was_taken_and_is_not_listed_yet_is_not_sent_again(epmm, call, fleet, journal):
    epmm.set_switch("action_settle", "manual")
    options = {"activesync_devices": fleet[:1], "state": "wiped", "max_devices": 10}
    plan = call(MODULE, epmm, check_mode=True, **options)
    assert call(MODULE, epmm, **options, confirm=plan["confirm"])["changed"]
    # The same confirm, and that of another plan with the same device.
    assert "as the journal says, and does not show it yet" in refused(
        call, epmm, **options, confirm=plan["confirm"]
    )
    assert "Refused: 1 ActiveSync device cannot be set to state=wiped; nothing was sent" in refused(
        call, epmm, **options, check_mode=True
    )
    options |= {"activesync_devices": fleet[:2], "on_ineligible": "skip"}
    assert outcomes(run(call, epmm, **options)) == {fleet[0]: "ineligible", fleet[1]: "changed"}
    assert [entry["query"].partition("&")[0] for entry in epmm.requests() if entry["acts"]] == [
        f"uuids={uuid}" for uuid in fleet[:2]
    ]
    # Later, by the author's own window, it is planned again; and once it is listed there is nothing
    # to do.
    time.sleep(1.1)
    assert (
        call(MODULE, epmm, check_mode=True, **{**options, "guard_window": 1})["summary"]["changed"]
        == 2
    )
    epmm.settle()
    assert outcomes(call(MODULE, epmm, **options)) == {fleet[0]: "unchanged", fleet[1]: "unchanged"}


def test_a_wipe_that_may_have_been_taken_is_not_sent_again(epmm, call, fleet, journal):
    epmm.set_switch("action_settle", "manual")
    epmm.add_fault("lost_answer", method="PUT", path=PATH, times=None)
    options = {"activesync_devices": fleet[:1], "state": "wiped", "max_devices": 10}
    assert outcomes(run(call, epmm, **options)) == {fleet[0]: "unknown"}
    epmm.clear_faults()
    for check_mode in (True, False):
        assert "whether the server took it is unknown; it is not sent again" in refused(
            call, epmm, **options, check_mode=check_mode
        )
    assert len([entry for entry in epmm.requests() if entry["acts"]]) == 1


def test_a_wipe_that_was_not_taken_can_be_sent_again(epmm, call, fleet, journal):
    options = {"activesync_devices": fleet[:1], "state": "wiped", "max_devices": 10}
    epmm.add_fault("403", method="PUT", path=PATH)
    assert "HTTP 403" in run(call, epmm, **options)["msg"] and run(call, epmm, **options)["changed"]


def test_two_runs_with_one_confirm_wipe_once(epmm, call, fleet, journal, monkeypatch):
    """The other run begins and ends between the plan of this one and its sending."""
    epmm.set_switch("action_settle", "manual")
    options = {"activesync_devices": fleet[:1], "state": "wiped", "max_devices": 10}
    confirm = call(MODULE, epmm, check_mode=True, **options)["confirm"]
    reserve = Guard.reserve

    def late(self: Guard, *given: Any) -> Any:
        monkeypatch.setattr(Guard, "reserve", reserve)
        assert call(MODULE, epmm, **options, confirm=confirm)["changed"]
        return reserve(self, *given)

    monkeypatch.setattr(Guard, "reserve", late)
    message = refused(call, epmm, **options, confirm=confirm)
    assert (
        f"another run sent state=wiped to these ActiveSync devices: ActiveSync device {fleet[0]} "
        "(user0); nothing was sent"
    ) in message
    assert len(writes(epmm)) == 1


def test_wipes_go_one_after_the_other_and_end_with_the_credentials(epmm, call, fleet, journal):
    epmm.add_fault("401", method="PUT", path=PATH, times=None)
    result = run(call, epmm, activesync_devices=fleet, state="wiped", max_devices=5, concurrency=5)
    assert len(writes(epmm)) == 1 and set(outcomes(result).values()) == {"failed"}
    assert [line["phase"] for line in lines(journal)] == ["before"] * 5 + ["after"] * 5
    assert all("not sent" in line["answer"] for line in lines(journal)[6:])


def test_a_server_that_limits_the_rate_has_not_wiped(epmm, call, fleet):
    epmm.add_fault("429", method="PUT", times=2, retry_after=0)
    assert run(call, epmm, activesync_devices=fleet[:1], state="wiped")["changed"]
    assert len(writes(epmm)) == 3 and len(epmm.eas()[fleet[0]]["actions"]) == 1


def test_a_plan_with_nothing_to_wipe_needs_no_confirm(epmm, call, fleet, journal):
    epmm.change_eas(fleet[0], state="Wiped")
    assert (
        outcomes(call(MODULE, epmm, activesync_devices=fleet[:1], state="wiped"))
        == {fleet[0]: "unchanged"}
        and not journal.exists()
    )


# Size


def test_ten_thousand_are_blocked_in_a_few_requests(epmm, call):
    epmm.reset(devices=27_000)
    # What becomes of the registered devices is not asked here, and costs the emulator time.
    epmm.set_switch("eas_block_reason", "unchanged")
    allowed = [uuid for uuid, known in epmm.eas().items() if known["state"] == "Allowed"]
    assert len(allowed) > 10_000
    result = call(
        MODULE, epmm, activesync_devices=allowed, state="blocked", max_devices=len(allowed)
    )
    assert result["summary"]["changed"] == len(allowed)
    assert (
        result["summary"]["requests"]
        == result["summary"]["writes"] + 1
        == -(-len(allowed) // 173) + 1
    )
    assert not call(MODULE, epmm, select={"statuses": ["allowed", "blocked"]}, state="blocked")[
        "changed"
    ]
