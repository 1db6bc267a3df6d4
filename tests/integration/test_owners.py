# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_owner and compliance_sync: right use, wrong use, and what they say when the server
misbehaves."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import DEVICES, SEED, ModuleFailed, writes
from .action_fleet import outcomes

IOS = {"platformType": "IOS", "supervised": True, "registrationState": "ACTIVE"}
ANDROID = {
    "platformType": "ANDROID",
    "androidDeviceOwnerModeEnabled": True,
    "registrationState": "ACTIVE",
}
LEGACY = {
    "platformType": "ANDROID",
    "androidDeviceOwnerModeEnabled": False,
    "registrationState": "ACTIVE",
}
WAREHOUSE, USER = "10500001", "warehouse@example.com"
PIN = "483920"
GIVE = ("PUT", "/api/v1/device/updateAccount")
SYNC = ("POST", "/api/v1/device/compliance/sync")
OLD = {"ownerId": 777, "uid": "old@example.com", "emailAddress": "old@example.com"}


@pytest.fixture
def server(shared_emulator: NeuronsEmulator) -> NeuronsEmulator:
    """A small fleet."""
    shared_emulator.reset(seed=SEED, devices=6)
    return shared_emulator


def add(server: Emulator, *fields: dict[str, Any], **more: Any) -> list[str]:
    """Devices of another user's, and nothing in the log."""
    ids = [str(server.add_device(**{**OLD, **one, **more})) for one in fields]
    server.clear_requests()
    return ids


def owners(server: Emulator, ids: list[str]) -> list[int]:
    return [server.device(one)["ownerId"] for one in ids]


def statuses(server: Emulator, ids: list[str]) -> list[str | None]:
    return [server.device(one)["lastReassignmentStatus"] for one in ids]


def give(call, server, ids, **options):
    """A run, a failure is a result with ``msg``."""
    named = {} if "account_id" in options else {"user": USER}
    try:
        return call("device_owner", server, **{"devices": ids, **named, **options})
    except ModuleFailed as failed:
        assert "\n" not in failed.result["msg"] and "Traceback" not in failed.result["msg"]
        return failed.result


# Giving devices to a user


@pytest.mark.parametrize(
    "named",
    [
        {"user": USER},
        {"user": USER.upper()},
        {"account_id": WAREHOUSE},
        {"account_id": int(WAREHOUSE)},
    ],
)
def test_devices_are_predicted_given_and_then_left_alone(server, call, named):
    ids = add(server, IOS, ANDROID)
    plan = call("device_owner", server, check_mode=True, devices=ids, **named)
    assert writes(server) == [] and owners(server, ids) == [777, 777]
    result = call("device_owner", server, devices=ids, **named)
    assert (result["changed"], result["devices"], result["diff"]) == (
        True,
        plan["devices"],
        plan["diff"],
    )
    assert writes(server) == [GIVE] and result["summary"]["writes"] == 1
    assert owners(server, ids) == [int(WAREHOUSE)] * 2
    user = {"user": "old@example.com"} if "user" in named else {}
    assert result["devices"][0]["before"] == {"account_id": "777", **user}
    assert result["devices"][0]["after"] == {
        "account_id": WAREHOUSE,
        **({"user": USER} if user else {}),
    }
    assert f'account_id: "{WAREHOUSE}"' in result["diff"][0]["after"]
    server.clear_requests()
    again = call("device_owner", server, devices=ids, **named)
    assert (
        not again["changed"]
        and outcomes(again) == dict.fromkeys(ids, "unchanged")
        and again["diff"] == []
    )
    # The list tells that they are the user's, so that no device is looked at by itself.
    assert writes(server) == [] and not [
        entry for entry in server.requests() if entry["path"].startswith("/api/v1/device/")
    ]


@pytest.mark.parametrize(("user", "number"), [
    ("WAREHOUSE@example.com", 10500001), ("loaner.pool", 10500002), ("o'hara@example.com", 10500006), ("tpl@example.com", 10500007),
])  # fmt: skip
def test_users_by_name(server, call, user, number):
    [device] = add(server, IOS)
    result = give(call, server, [device], user=user)
    assert result["changed"] and owners(server, [device]) == [number]
    assert PIN not in json.dumps(result)
    assert not give(call, server, [device], user=user)["changed"]


def test_a_disabled_user_is_warned_of(server, call):
    [device] = add(server, IOS)
    assert give(call, server, [device], user="left@example.com")["warnings"] == [
        "account 10500005 (left@example.com) is disabled."
    ]


@pytest.mark.parametrize(("options", "words"), [
    ({"user": "shared@example.com"}, "user: 2 accounts are called 'shared@example.com': account 10500003"),
    ({"user": "nobody@example.com"}, "user: no account has the user id or e-mail address 'nobody@example.com'"),
    ({"user": "o'nobody@example.com"}, "user: no account has"),
    ({"user": USER, "devices": [22006, {"device": 22034, "user": "nobody"}]}, "devices: user (device 22034): no account has the user id"),
    ({"user": "ware"}, "user: no account has"),
    ({"user": " "}, "user: ' ' is neither the name nor the e-mail address of a user"),
    ({"user": "a\nb"}, "user: 'a\\nb' is neither the name nor the e-mail address of a user"),
    ({"user": None}, "no user is given for device"),
    ({"user": USER, "account_id": WAREHOUSE}, "mutually exclusive"),
    ({"account_id": "warehouse"}, "account_id: 'warehouse' is not the id of an account"),
    ({"user": USER, "devices": None}, "devices and select: both are null"),
    ({"user": USER, "devices": []}, "devices: is empty"),
    ({"user": USER, "wait_timeout": -1}, "wait_timeout: -1 is not a time"),
    ({"user": USER, "wait_interval": -1}, "wait_interval: -1 is not a time"),
    ({"user": USER, "max_devices": 1}, "max_devices is 1; nothing was written"),
    ({"user": USER, "max_percent": 10}, "changes 2 of 8 devices (25.00 %) and max_percent is 10"),
    ({"user": USER, "max_devices": -1}, "max_devices: -1 is not a limit"),
    ({"user": USER, "devices": [999999001]}, "Unknown devices, nothing was done: id 999999001"),
])  # fmt: skip
def test_what_is_refused_sends_nothing(server, call, options, words):
    ids = add(server, IOS, IOS)
    for check_mode in (True, False):
        with pytest.raises(ModuleFailed) as failed:
            call("device_owner", server, check_mode=check_mode, **{"devices": ids, **options})
        assert words in failed.value.result["msg"] and PIN not in json.dumps(failed.value.result)
    assert writes(server) == [] and owners(server, ids) == [777, 777]


def test_options_that_make_no_sense_send_no_request(server, call):
    [device] = add(server, IOS)
    for options in (
        {"user": ""},
        {"user": None},
        {"account_id": "x"},
        {"user": USER, "wait_timeout": -1},
        {"user": USER, "max_percent": -1},
    ):
        with pytest.raises(ModuleFailed):
            call("device_owner", server, devices=[device], **options)
    assert server.requests() == []


def test_epmm_has_no_such_thing(epmm, call):
    for module, words, options in (
        ("device_owner", "owners of devices", {"user": USER}),
        ("compliance_sync", "syncing the compliance of devices", {"vendor": "intune"}),
    ):
        with pytest.raises(
            ModuleFailed, match=f"product: epmm does not support {words}; supported by: neurons"
        ):
            call(module, epmm, devices=[1], **options)
    assert epmm.requests() == []


# fmt: off
UNFIT = [
    ({**IOS, "supervised": False}, "an iOS device can be assigned to another user only where it is supervised"),
    ({"platformType": "OSX"}, "not macos"),
    ({"platformType": "WINDOWS_PHONE"}, "not windows"),
    ({**IOS, "registrationState": "RETIRED"}, "a device in the state RETIRED"),
]
# fmt: on


@pytest.mark.parametrize(("fields", "words"), UNFIT)
def test_what_the_row_rules_out_is_refused_before_anything_is_sent(server, call, fields, words):
    able, unable = add(server, IOS, fields)
    for check_mode in (True, False):
        with pytest.raises(ModuleFailed) as failed:
            call("device_owner", server, check_mode=check_mode, devices=[able, unable], user=USER)
        assert (
            words in failed.value.result["msg"] and "nothing was sent" in failed.value.result["msg"]
        )
        assert outcomes(failed.value.result)[unable] == "ineligible"
    assert writes(server) == []
    plan = call(
        "device_owner",
        server,
        check_mode=True,
        devices=[able, unable],
        user=USER,
        on_ineligible="skip",
    )
    result = call("device_owner", server, devices=[able, unable], user=USER, on_ineligible="skip")
    assert result["devices"] == plan["devices"] and outcomes(result) == {
        able: "changed",
        unable: "ineligible",
    }
    # fmt: off
    assert result["summary"] | {"requests": 0, "writes": 0} == {
        "matched": 2, "changed": 1, "unchanged": 0, "failed": 0, "skipped": 0, "ineligible": 1, "under_way": 0, "requests": 0, "writes": 0,
    }
    # fmt: on


@pytest.mark.parametrize("rows", ["rows", "ids"])
def test_what_only_the_server_rules_out_fails_with_its_reason(server, call, rows):
    server.set_switch("owner_rejected_rows", rows)
    able, unable = add(server, IOS, LEGACY)
    result = give(call, server, [able, unable])
    assert outcomes(result) == {able: "changed", unable: "failed"} and result["changed"]
    why = (
        "the server rejected it: ANDROID_ENTERPRISE_REQUIRED"
        if rows == "rows"
        else "the server rejected it, and does not say why"
    )
    assert why in result["msg"] and result["msg"].startswith(
        "1 of 2 devices could not be changed; the other was."
    )
    assert owners(server, [able, unable]) == [int(WAREHOUSE), 777]


@pytest.mark.parametrize("settle", ["none", "manual"])
def test_a_number_that_is_short_is_settled_by_looking(server, call, settle):
    server.set_switch("owner_answer", "number")
    server.set_switch("action_settle", settle)
    able, unable = add(server, IOS, LEGACY)
    result = give(call, server, [able, unable])
    assert outcomes(result) == {able: "changed", unable: "failed"}
    assert (
        "the server took 1 of 2 devices and does not say which. The device was read, and nothing "
        "was sent to it again: "
    ) in result["msg"]
    assert writes(server) == [GIVE]
    assert outcomes(give(call, server, [unable])) == {unable: "failed"}


@pytest.mark.parametrize(("kind", "params", "done", "said"), [
    ("lost_answer", {}, True, ""),
    ("half_body", {}, True, ""),
    ("html", {"handled": True}, True, ""),
    ("500", {"handled": True}, True, ""),
    ("503", {"handled": True}, True, ""),
    ("html", {}, False, "web page"),
    ("errors_200", {"message": "no"}, False, "HTTP 200 with errors (no)"),
    ("result_zero", {}, False, "The device was read"),
    ("reset", {}, False, "broke"),
    ("500", {}, False, "HTTP 500"),
    ("403", {}, False, "HTTP 403"),
    ("401", {}, False, "HTTP 401"),
])  # fmt: skip
@pytest.mark.parametrize("settle", ["none", "manual"])
def test_outcomes_of_a_write_that_goes_wrong_are_true(
    server, call, kind, params, done, said, settle
):
    server.set_switch("action_settle", settle)
    ids = add(server, IOS, ANDROID)
    server.add_fault(kind, method="PUT", times=None, **params)
    result = give(call, server, ids, retries=0)
    assert outcomes(result) == dict.fromkeys(ids, "changed" if done else "failed")
    assert (
        statuses(server, ids)
        == [("SUCCESS" if settle == "none" else "INITIATED") if done else None] * 2
    )
    assert said in result.get("msg", "") and bool(said) == ("msg" in result)
    assert len(writes(server)) == 1


def test_a_write_that_the_server_only_claims_is_found_by_the_next_run(server, call):
    ids = add(server, IOS)
    server.add_fault("no_effect", method="PUT", times=1)
    assert give(call, server, ids)["changed"] and owners(server, ids) == [777]
    assert give(call, server, ids)["changed"] and owners(server, ids) == [int(WAREHOUSE)]


@pytest.mark.parametrize(("position", "words"), [
    ("400", "account_id: the server refuses account 999999999; correct it. PUT /api/v1/device/updateAccount failed: HTTP 400 (accountId no such"),
    ("404", "HTTP 404"), ("rejected", "ACCOUNT_NOT_FOUND"), ("zero", "took 0 of 1 device"),
])  # fmt: skip
def test_an_account_that_does_not_exist(server, call, position, words):
    server.set_switch("owner_unknown_account", position)
    ids = add(server, IOS)
    result = give(call, server, ids, account_id="999999999")
    assert (
        outcomes(result) == dict.fromkeys(ids, "failed")
        and words in result["msg"]
        and owners(server, ids) == [777]
    )


@pytest.mark.parametrize("position", ["absent", "forbidden"])
def test_accounts_that_cannot_be_read(server, call, position):
    server.set_switch("account_list", position)
    ids = add(server, IOS)
    assert (
        "user: the accounts cannot be read; give account_id instead."
        in give(call, server, ids)["msg"]
    )
    assert writes(server) == []
    assert give(call, server, ids, account_id=WAREHOUSE)["changed"] and owners(server, ids) == [
        int(WAREHOUSE)
    ]


@pytest.mark.parametrize("kind", ["short_page", "html", "500", "errors_200"])
def test_accounts_that_are_not_read_in_full_stop_everything(server, call, kind):
    server.add_fault(kind, path="/api/v1/account", times=None)
    ids = add(server, IOS)
    assert (
        "msg" in give(call, server, ids, user="o'hara@example.com", retries=0)
        and writes(server) == []
    )


def test_a_device_of_which_only_the_user_is_told(server, call):
    [mine, other, nobodys] = add(server, IOS, IOS, IOS)
    server.patch_device(mine, ownerId=None, uid=USER, emailAddress=None)
    server.patch_device(other, ownerId=None)
    server.patch_device(nobodys, ownerId=None, uid=None, emailAddress=None)
    result = give(call, server, [mine, other, nobodys], account_id=WAREHOUSE)
    assert outcomes(result) == {mine: "ineligible", other: "ineligible", nobodys: "planned"}
    assert "give user instead of account_id" in result["msg"] and writes(server) == []
    result = give(call, server, [mine, other, nobodys])
    assert outcomes(result) == {mine: "unchanged", other: "changed", nobodys: "changed"}


def test_a_list_that_lags_behind_sends_nothing_twice(server, call):
    server.set_switch("list_lag", "manual")
    ids = add(server, IOS, ANDROID)
    server.settle()
    assert give(call, server, ids)["changed"]
    server.clear_requests()
    again = give(call, server, ids)
    assert outcomes(again) == dict.fromkeys(ids, "unchanged") and writes(server) == []


def test_a_device_that_vanishes_after_it_was_listed(server, call):
    [kept, gone] = add(server, IOS, IOS)
    server.set_switch("list_lag", "manual")
    server.delete_device(gone)
    result = give(call, server, [kept, gone], on_ineligible="skip")
    assert outcomes(result) == {
        kept: "changed",
        gone: "ineligible",
    } and "it is gone since it was listed" in json.dumps(result)


@pytest.mark.parametrize("answer", ["passed_over", "error"])
def test_a_device_that_vanishes_before_the_write_does_not_stop_the_others(server, call, answer):
    server.set_switch("action_unknown_device", answer)
    ids = add(server, IOS, ANDROID, IOS)
    server.add_fault("vanish", method="PUT", times=1)
    result = give(call, server, ids)
    gone = next(
        one for one in ids if one not in {str(device["id"]) for device in server.devices("id")}
    )
    kept = [one for one in ids if one != gone]
    assert owners(server, kept) == [int(WAREHOUSE)] * 2 and {
        outcomes(result)[one] for one in kept
    } == {"changed"}
    # Where the server passes it over and rejects none, there is nothing to see.
    assert outcomes(result)[gone] == ("changed" if answer == "passed_over" else "failed")


def test_a_call_that_is_refused_for_all_is_tried_a_few_times_alone(server, call):
    server.set_switch("owner_unknown_account", "404")
    ids = add(server, *[IOS] * 12)
    result = give(call, server, ids, account_id="999999999", max_devices=12)
    assert outcomes(result) == dict.fromkeys(ids, "failed") and len(writes(server)) == 6


def test_an_account_that_the_server_refuses_is_told_once_for_a_whole_call(server, call):
    ids = add(server, *[IOS] * 12)
    result = give(call, server, ids, account_id="999999999", max_devices=12)
    assert outcomes(result) == dict.fromkeys(ids, "failed") and len(writes(server)) == 1
    assert result["msg"].count("account_id: the server refuses account 999999999; correct it.") == 1


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_refusal_shows_the_whole_plan(server, call, check_mode):
    server.set_switch("action_settle", "manual")
    able, leaving, mine, first, second = add(
        server, IOS, IOS, IOS, {"platformType": "OSX"}, {"platformType": "WINDOWS_PHONE"}
    )
    server.patch_device(mine, ownerId=int(WAREHOUSE))
    give(call, server, [leaving])
    server.clear_requests()
    result = give(call, server, [able, leaving, mine, first, second], check_mode=check_mode)
    assert (
        result["msg"].startswith(
            "Refused: 2 devices cannot be assigned to another user; nothing was sent. "
        )
        and not result["changed"]
    )
    assert outcomes(result) == {
        able: "planned",
        leaving: "under_way",
        mine: "unchanged",
        first: "ineligible",
        second: "ineligible",
    }
    # fmt: off
    assert result["summary"] | {"requests": 0} == {
        "matched": 5, "planned": 1, "changed": 0, "unchanged": 1, "failed": 0, "skipped": 0, "ineligible": 2, "under_way": 1, "requests": 0,
        "writes": 0,
    }
    # fmt: on
    told = result["devices"][0]
    assert (told["id"], told["before"]["account_id"], told["after"]["account_id"]) == (
        able,
        "777",
        WAREHOUSE,
    )
    [shown] = result["diff"]
    assert f"device {able} " in shown["after_header"]
    assert writes(server) == []
    assert give(call, server, [able, first])["msg"].startswith(
        "Refused: 1 device cannot be assigned to another user; "
    )


# What takes time


@pytest.mark.parametrize(
    "options", [{"restart": True}, {"wait": True}, {"restart": True, "wait": True}]
)
def test_a_device_that_is_leaving_the_user_is_not_unchanged(server, call, options):
    """The list shows it as the user's until the device has answered; each is read by itself with
    ``restart`` or ``wait``."""
    server.set_switch("action_settle", "manual")
    [leaving, staying] = add(server, IOS, ANDROID)
    for device in (leaving, staying):
        server.patch_device(device, ownerId=10500002, uid="loaner.pool")
    assert give(call, server, [leaving])["changed"]
    server.clear_requests()
    wanted = {"user": "loaner.pool", "devices": [leaving, staying], **options}
    predicted = call("device_owner", server, check_mode=True, **wanted)
    assert outcomes(predicted) == {
        leaving: "changed" if "restart" in options else "under_way",
        staying: "unchanged",
    }
    assert writes(server) == []
    quick = {"wait_timeout": 0, "wait_interval": 0} if "wait" in options else {}
    result = give(call, server, [leaving, staying], **{**wanted, **quick})
    assert writes(server) == ([GIVE] if "restart" in options else [])
    if "wait" in options:
        # Neither what was sent nor what was found has come to its end.
        assert (
            outcomes(result) == {leaving: "failed", staying: "unchanged"} and not result["changed"]
        )
        assert (
            "did not finish within 0 s: its last reassignment status is INITIATED, and "
            "it is account 10500002"
        ) in result["msg"]
    else:
        assert outcomes(result) == {leaving: "changed", staying: "unchanged"} and result["changed"]
        assert (
            result["devices"][0]["before"]
            == result["devices"][0]["after"]
            == {"account_id": "10500002", "user": "loaner.pool"}
        )
    server.settle()
    assert owners(server, [leaving, staying]) == [
        10500002 if "restart" in options else int(WAREHOUSE),
        10500002,
    ]


def test_a_slip_is_undone(server, call):
    server.set_switch("action_settle", "manual")
    ids = add(server, IOS)
    server.patch_device(ids[0], ownerId=10500002, uid="loaner.pool")
    give(call, server, ids)
    device = threading.Timer(0.5, server.step)
    device.start()
    try:
        result = give(
            call,
            server,
            ids,
            user="loaner.pool",
            restart=True,
            wait=True,
            wait_timeout=30,
            wait_interval=0,
        )
    finally:
        device.join()
    assert (
        outcomes(result) == dict.fromkeys(ids, "changed")
        and owners(server, ids) == [10500002]
        and statuses(server, ids) == ["SUCCESS"]
    )
    again = give(call, server, ids, user="loaner.pool", restart=True, wait=True)
    assert outcomes(again) == dict.fromkeys(ids, "unchanged") and not again["changed"]


@pytest.mark.parametrize(
    ("outcome", "expected", "words"),
    [
        ("failed", "unchanged", ""),
        (
            "success",
            "failed",
            "the reassignment that was under way has ended (SUCCESS), and the device is account 10500001",
        ),
    ],
)
def test_what_becomes_of_a_device_that_was_leaving(server, call, outcome, expected, words):
    server.set_switch("action_settle", "manual")
    server.set_switch("owner_outcome", outcome)
    ids = add(server, IOS)
    server.patch_device(ids[0], ownerId=10500002, uid="loaner.pool")
    give(call, server, ids)
    server.clear_requests()
    device = threading.Timer(0.5, server.step)
    device.start()
    try:
        result = give(
            call, server, ids, user="loaner.pool", wait=True, wait_timeout=30, wait_interval=0
        )
    finally:
        device.join()
    assert (
        outcomes(result) == dict.fromkeys(ids, expected)
        and words in result.get("msg", "")
        and bool(words) == ("msg" in result)
    )
    assert writes(server) == [] and not result["changed"]


@pytest.mark.parametrize("options", [{"restart": True}, {"wait": True}])
def test_a_list_that_still_shows_the_user_is_not_believed_where_it_is_promised(
    server, call, options
):
    """By the list the device is the user's, and in truth it is somebody else's already."""
    server.set_switch("list_lag", "manual")
    ids = add(server, IOS)
    server.settle()
    assert give(call, server, ids)["changed"]
    server.settle()
    assert give(call, server, ids, user="loaner.pool")["changed"]
    server.clear_requests()
    assert (
        outcomes(give(call, server, ids)) == dict.fromkeys(ids, "unchanged")
        and writes(server) == []
    )
    assert outcomes(give(call, server, ids, **options)) == dict.fromkeys(ids, "changed") and owners(
        server, ids
    ) == [int(WAREHOUSE)]


@pytest.mark.parametrize("options", [{}, {"restart": True}])
def test_what_a_closer_look_costs(server, call, options):
    ids = add(server, *[IOS] * 3)
    for device in ids:
        server.patch_device(device, ownerId=int(WAREHOUSE))
    assert outcomes(give(call, server, ids, **options)) == dict.fromkeys(ids, "unchanged")
    looks = [entry for entry in server.requests() if entry["path"].startswith("/api/v1/device/")]
    assert len(looks) == (3 if options else 0)


@pytest.mark.parametrize(
    "field", ["lastReassignmentStatus", "lastReassignStatus", "reassignmentStatus"]
)
def test_what_is_under_way_is_left_alone_and_said_to_be(server, call, field):
    server.set_switch("owner_status_field", field)
    server.set_switch("action_settle", "manual")
    ids = add(server, IOS, ANDROID)
    assert (
        outcomes(give(call, server, ids)) == dict.fromkeys(ids, "changed")
        and statuses(server, ids) == ["INITIATED"] * 2
    )
    server.clear_requests()
    for check_mode in (True, False):
        again = call("device_owner", server, devices=ids, user=USER, check_mode=check_mode)
        assert (
            outcomes(again) == dict.fromkeys(ids, "under_way")
            and not again["changed"]
            and again["summary"]["under_way"] == 2
        )
        [warning] = again["warnings"]
        assert all(one in warning for one in ids) and "restart=true" in warning
    assert writes(server) == []
    restarted = give(call, server, ids, restart=True)
    assert outcomes(restarted) == dict.fromkeys(ids, "changed") and writes(server) == [GIVE]
    server.step()
    assert outcomes(give(call, server, ids)) == dict.fromkeys(ids, "unchanged")


def test_what_cannot_be_seen_to_be_under_way_is_sent_again(server, call):
    server.set_switch("owner_status_field", "absent")
    server.set_switch("action_settle", "manual")
    ids = add(server, IOS)
    for _run in range(2):
        assert outcomes(give(call, server, ids)) == dict.fromkeys(ids, "changed")
    assert writes(server) == [GIVE] * 2


@pytest.mark.parametrize("field", ["lastReassignmentStatus", "absent"])
@pytest.mark.parametrize("settle", ["none", "reads", "time"])
def test_waiting_until_the_devices_are_the_users(server, call, settle, field):
    server.set_switch("owner_status_field", field)
    server.set_switch("action_settle", settle)
    server.set_switch("action_settle_ms", 150)
    ids = add(server, IOS, ANDROID)
    result = give(call, server, ids, wait=True, wait_timeout=20, wait_interval=0)
    assert (
        outcomes(result) == dict.fromkeys(ids, "changed")
        and owners(server, ids) == [int(WAREHOUSE)] * 2
    )
    assert writes(server) == [GIVE]


def test_a_failure_of_an_earlier_attempt_is_none_of_this_one(server, call):
    """The server may say FAILED of before until it has begun; what says nothing else in time did
    not come to its end."""
    server.set_switch("owner_outcome", "failed")
    server.set_switch("action_settle", "none")
    ids = add(server, IOS)
    give(call, server, ids, wait=True, wait_timeout=20, wait_interval=0)
    server.add_fault("no_effect", method="PUT", times=None)
    result = give(call, server, ids, wait=True, wait_timeout=0, wait_interval=0)
    assert outcomes(result) == dict.fromkeys(ids, "failed")
    assert "it did not finish within 0 s: its last reassignment status is FAILED" in result["msg"]


@pytest.mark.parametrize("settle", ["none", "reads"])
def test_a_device_that_refuses_is_a_failure_when_it_is_waited_for(server, call, settle):
    server.set_switch("owner_outcome", "failed")
    server.set_switch("action_settle", settle)
    ids = add(server, IOS)
    result = give(call, server, ids, wait=True, wait_timeout=20, wait_interval=0)
    assert outcomes(result) == dict.fromkeys(ids, "failed") and not result["changed"]
    assert (
        "The reassignment was begun, and the device refused it (FAILED); it is still account 777 "
        "(old@example.com)'s"
    ) in result["msg"]
    # A second try is one, and not something that is under way.
    server.set_switch("owner_outcome", "success")
    assert outcomes(
        give(call, server, ids, wait=True, wait_timeout=20, wait_interval=0)
    ) == dict.fromkeys(ids, "changed")


def test_the_time_is_limited(server, call):
    server.set_switch("action_settle", "manual")
    [slow, mine] = add(server, IOS, IOS)
    server.patch_device(mine, ownerId=int(WAREHOUSE))
    result = give(call, server, [slow, mine], wait=True, wait_timeout=1, wait_interval=1)
    assert outcomes(result) == {slow: "failed", mine: "unchanged"}
    assert "did not finish within 1 s: its last reassignment status is INITIATED" in result[
        "msg"
    ] and writes(server) == [GIVE]


@pytest.mark.parametrize(
    ("to", "outcome", "words"),
    [
        (USER, "unchanged", ""),
        (
            "loaner.pool",
            "failed",
            (
                "the reassignment that was under way has ended (SUCCESS), and the device is account 10500002 "
                "(loaner.pool)'s; run it again."
            ),
        ),
    ],
)
def test_what_another_run_began_is_waited_for(server, call, to, outcome, words):
    server.set_switch("action_settle", "manual")
    ids = add(server, IOS)
    give(call, server, ids, user=to)
    server.clear_requests()
    device = threading.Timer(0.5, server.step)
    device.start()
    try:
        result = give(call, server, ids, wait=True, wait_timeout=30, wait_interval=0)
    finally:
        device.join()
    assert (
        outcomes(result) == dict.fromkeys(ids, outcome)
        and words in result.get("msg", "")
        and bool(words) == ("msg" in result)
    )
    assert not result["changed"] and writes(server) == []


@pytest.mark.parametrize("kind", ["500", "401", "html"])
def test_a_look_that_fails_is_a_failure_and_no_guess(server, call, kind):
    server.set_switch("action_settle", "manual")
    ids = add(server, IOS)
    server.add_fault(kind, path_regex=r"/api/v1/device/[0-9]+", after=1, times=None)
    result = give(call, server, ids, wait=True, wait_timeout=5, wait_interval=0, retries=0)
    assert outcomes(result) == dict.fromkeys(ids, "failed")
    assert "The reassignment was begun, and what became of it could not be read: " in result[
        "msg"
    ] and writes(server) == [GIVE]


def test_ten_thousand_devices(shared_emulator, call):
    shared_emulator.reset(seed=SEED, devices=10_000)
    try:
        select = {"platform": "ios", "status": "active", "supervised": True}
        shared_emulator.clear_requests()
        found = call(
            "device_owner",
            shared_emulator,
            select=select,
            account_id=WAREHOUSE,
            check_mode=True,
            on_ineligible="skip",
            max_devices=10_000,
        )
        count = found["summary"]["changed"]
        pages = len(
            [entry for entry in shared_emulator.requests() if entry["path"] == "/api/v1/device"]
        )
        assert count > 1000 and writes(shared_emulator) == [] and pages <= 10_000 // 500 + 6
        # A look at each that is to change, and a call for 200 of them.
        assert (
            found["summary"]["requests"] <= count + found["summary"]["ineligible"] + pages + 2
            and 0 < len(found["diff"]) <= 51
        )
    finally:
        shared_emulator.reset(seed=SEED, devices=DEVICES)


# Syncing compliance


@pytest.mark.parametrize("answer", ["one", "count"])
@pytest.mark.parametrize(("vendor", "wire"), [("google_bc", "GoogleBC"), ("intune", "Intune")])
def test_a_vendor_is_told_in_every_run(server, call, vendor, wire, answer):
    server.set_switch("sync_result", answer)
    ids = add(server, IOS, LEGACY, {"platformType": "OSX"})
    plan = call("compliance_sync", server, check_mode=True, devices=ids, vendor=vendor)
    assert plan["changed"] and writes(server) == [] and server.actions() == []
    for times in (1, 2):
        result = call("compliance_sync", server, devices=ids, vendor=vendor)
        assert (result["changed"], result["devices"], result["diff"]) == (
            True,
            plan["devices"],
            plan["diff"],
        )
        assert result["devices"][0] | {"id": "", "guid": ""} == {
            "id": "",
            "guid": "",
            "outcome": "changed",
            "before": {},
            "after": {"synced_with": vendor},
        }
        noted = [(str(one["device"]), one["action"], one["params"]) for one in server.actions()]
        assert sorted(noted) == sorted(
            (one, "compliance_sync", {"vendor": wire}) for one in ids for _time in range(times)
        )


@pytest.mark.parametrize(("answer", "probes"), [("one", 3), ("count", 0)])
def test_ten_thousand_devices_are_told_of_in_fifty_calls(shared_emulator, call, answer, probes):
    shared_emulator.reset(seed=SEED, devices=10_000)
    try:
        shared_emulator.set_switch("sync_result", answer)
        shared_emulator.clear_requests()
        result = call("compliance_sync", shared_emulator, select={"query": "[]"}, vendor="intune")
        assert result["summary"]["changed"] == 10_000 and {
            one["device"] for one in shared_emulator.actions()
        } == {int(entry["id"]) for entry in result["devices"]}
        # Where the server answers 1 for many, it is found out once that this is no number of
        # devices.
        assert len(writes(shared_emulator)) == 10_000 // 200 + probes
    finally:
        shared_emulator.reset(seed=SEED, devices=DEVICES)


@pytest.mark.parametrize("answer", ["passed_over", "error"])
def test_a_device_that_is_not_taken_is_found_device_by_device(server, call, answer):
    server.set_switch("sync_result", "count")
    server.set_switch("action_unknown_device", answer)
    ids = add(server, *[IOS] * 5)
    server.add_fault("vanish", method="POST", times=1)
    result = failure(call, server, devices=ids)
    assert sorted(outcomes(result).values()) == ["changed"] * 4 + ["failed"]
    assert (
        len(writes(server)) == 1 + len(ids)
        and ("nothing was done" if answer == "passed_over" else "HTTP 400") in result["msg"]
    )


@pytest.mark.parametrize(("kind", "said"), [
    ("result_zero", "HTTP 200 with result 0"), ("errors_200", "HTTP 200 with errors"), ("html", "web page"), ("403", "HTTP 403"),
    ("401", "HTTP 401"),
])  # fmt: skip
@pytest.mark.parametrize("count", [1, 5])
def test_a_sync_that_fails(server, call, kind, said, count):
    ids = add(server, *[IOS] * count)
    server.add_fault(kind, method="POST", times=None)
    result = failure(call, server, devices=ids, retries=0)
    word = "unknown" if kind == "html" else "failed"
    assert outcomes(result) == dict.fromkeys(ids, word)
    assert said in result["msg"] and result["changed"] is (word == "unknown")
    assert server.actions() == [] and len(writes(server)) == 1


@pytest.mark.parametrize("kind", ["lost_answer", "503", "429"])
def test_a_sync_may_be_sent_again(server, call, kind):
    ids = add(server, *[IOS] * 5)
    server.add_fault(
        kind, method="POST", times=1, **({"retry_after": 0} if kind != "lost_answer" else {})
    )
    assert outcomes(call("compliance_sync", server, devices=ids, vendor="intune")) == dict.fromkeys(
        ids, "changed"
    )


@pytest.mark.parametrize(("options", "words"), [
    ({"vendor": "google"}, "value of vendor must be one of: google_bc, intune"),
    # ansible-core 2.16 refuses it for its type.
    ({"vendor": None}, "vendor"),
    ({"devices": None}, "devices and select: both are null"),
    ({"max_devices": 1}, "max_devices is 1; nothing was written"),
    ({"max_percent": 10}, "max_percent is 10; nothing was written"),
    ({"devices": [999999001]}, "Unknown devices, nothing was done"),
])  # fmt: skip
def test_what_is_not_synced(server, call, options, words):
    ids = add(server, IOS, IOS)
    for check_mode in (True, False):
        assert (
            words
            in failure(call, server, check_mode=check_mode, **{"devices": ids, **options})["msg"]
        )
    assert writes(server) == [] and server.actions() == []


def failure(call, server, **options) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as failed:
        call("compliance_sync", server, **{"vendor": "intune", **options})
    assert "\n" not in failed.value.result["msg"] and "Traceback" not in failed.value.result["msg"]
    return failed.value.result


# Users of their own


def test_each_device_goes_to_its_user_in_one_task(server, call):
    """Each user is looked up once, and the devices of one user are one call."""
    server.reset(seed=SEED, devices=200)
    people = sorted(
        {row["emailAddress"] for row in server.devices("emailAddress") if row["emailAddress"]}
    )[:4]
    ids = add(server, *[IOS] * 8)
    entries = [
        {"device": one, "user": people[number % 4].upper()} for number, one in enumerate(ids)
    ]
    predicted = call("device_owner", server, check_mode=True, devices=entries, max_devices=20)
    server.clear_requests()
    done = call("device_owner", server, devices=entries, max_devices=20)
    sent = [(entry["method"], entry["path"]) for entry in server.requests()]
    assert sent.count(GIVE) == 4
    assert sum(path == "/api/v1/account" for _method, path in sent) <= 2 * 4
    assert [row["after"] for row in done["devices"]] == [
        row["after"] for row in predicted["devices"]
    ]
    assert [server.device(one)["emailAddress"] for one in ids] == [
        people[number % 4] for number in range(8)
    ]
    assert not call("device_owner", server, devices=entries)["changed"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "devices[1]: no user is given for device"),
        ({"user": "nobody@example.com"}, "'nobody@example.com'; nothing was done"),
        ({"owner": "x"}, "devices[1]: unknown key 'owner'"),
        ({"user": ""}, "devices[1].user (device "),
    ],
)
def test_entries_that_make_no_sense(server, call, more, words):
    first, second = add(server, IOS, IOS)
    entries = [{"device": first, "user": USER}, {"device": second, **more}]
    with pytest.raises(ModuleFailed) as failed:
        call("device_owner", server, devices=entries)
    assert words in failed.value.result["msg"]
    assert writes(server) == []
