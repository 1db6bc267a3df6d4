# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions on devices over the API of Neurons: requests, answers, refusals, viability. Every call
over a socket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from uem_emulator.blueprint import Blueprint
from uem_emulator.neurons.product import Neurons
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import NOW, Api
from .neurons_actions import (
    BY_ACTION,
    CHECKED,
    DEVICE,
    FORM,
    KIOSK,
    NOBODY,
    OWNED,
    ROWS,
    SUPERVISED,
    Row,
    check,
    name,
    put,
    send,
)

Fleet = Callable[..., list[int]]
LIVING = [row for row in ROWS if row.action != "delete"]


def actions(emulator: Emulator, device: int) -> list[str]:
    return [entry["action"] for entry in emulator.device(device)["actions"]]


# --- what is asked and answered -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", LIVING, ids=name)
def test_an_action_is_counted_and_noted(
    emulator: Emulator, api: Api, fleet: Fleet, row: Row
) -> None:
    device, other = fleet(row.able, row.able)
    emulator.set_switch("strict", "on")
    assert send(api, row, device).json == {"errors": None, "result": 1}
    assert emulator.device(device)["actions"] == [
        {"action": row.action, "at": NOW, "params": row.noted}
    ]
    assert actions(emulator, other) == [] and (
        emulator.state()["actions"],
        emulator.state()["writes"],
    ) == (1, 1)


def test_deleting(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    device, other = fleet({"registrationState": "RETIRED"}, {"registrationState": "RETIRED"})
    guid = emulator.device(device)["guid"]
    assert send(api, BY_ACTION["delete"], device).json == {"errors": None, "result": 1}
    assert api.ids() == [other] and api.get(f"{DEVICE}/{device}").status == 404
    assert emulator.actions() == [
        {"device": device, "guid": guid, "action": "delete", "at": NOW, "params": {}}
    ]
    assert send(api, BY_ACTION["delete"], device).result == 0
    # The table of parameters: ids, in the body.
    assert (
        api.call("DELETE", DEVICE, f"ids={other}".encode(), Content_Type=FORM).result == 1
        and api.ids() == []
    )


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_several_devices(emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row) -> None:
    emulator.set_switch("os_update_result", "count")
    assert send(api, row, *fleet(row.able, row.able, row.able)).result == 3
    assert [entry["action"] for entry in emulator.actions()] == [row.action] * 3


@pytest.mark.parametrize(("position", "expected"), [("one", 1), ("count", 2)])
def test_the_result_of_an_os_update(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, expected: int
) -> None:
    emulator.set_switch("os_update_result", position)
    assert send(api, BY_ACTION["os_update"], *fleet(SUPERVISED, SUPERVISED)).result == expected
    assert send(api, BY_ACTION["os_update"], NOBODY).result == 0


@pytest.mark.parametrize(
    "form",
    [
        "ids={0}&ids={1}",
        "ids={0},{1}",
        "ids={0}%2C{1}",
        "ids={0},+{1}",
        "ids=+{0}&ids=%20{1}",
        "ids={0},{1}&ids={1}&ids=",
        "ids=0{0},{1},{0}",
    ],
)
@pytest.mark.parametrize("where", ["body", "query", "both"])
def test_the_ways_to_name_devices(api: Api, fleet: Fleet, form: str, where: str) -> None:
    text = form.format(*fleet({}, {}))
    query, body = {"body": ("", text), "query": (f"?{text}", None), "both": (f"?{text}", text)}[
        where
    ]
    reply = api.call("PUT", f"{DEVICE}/lock{query}", body and body.encode(), Content_Type=FORM)
    assert reply.json == {"errors": None, "result": 2}


@pytest.mark.parametrize("path", ["forceCheckin", "lock"])
def test_devices_by_guid(emulator: Emulator, api: Api, fleet: Fleet, path: str) -> None:
    one, two, three = fleet({}, {}, {})
    guids = [emulator.device(device)["guid"] for device in (one, two)]
    assert (
        put(api, path, {"guids": ",".join(guids)}).result
        == put(api, path, {"guids": guids}).result
        == 2
    )
    assert put(api, path, {"guids": guids[0].upper(), "ids": [one, three]}).result == 2, (
        "one of them is named twice"
    )
    assert api.call("PUT", f"{DEVICE}/{path}?guids={guids[1]}").result == 1
    assert put(api, "retire", {"guids": guids}).faulty_fields == ["ids"]


def test_a_multipart_form_as_curl_sends_it(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    body = (
        "".join(
            f'--x-1\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in (("ids", device), ("deviceUnlockPin", "123ab400"))
        )
        + "--x-1--\r\n"
    )
    reply = api.call(
        "PUT", f"{DEVICE}/unlock", body.encode(), Content_Type="multipart/form-data; boundary=x-1"
    )
    assert reply.result == 1 and emulator.device(device)["actions"][0]["params"] == {
        "pin_given": True
    }
    broken = api.call(
        "PUT",
        f"{DEVICE}/unlock",
        b"nothing of the kind",
        Content_Type="multipart/form-data; boundary=x-1",
    )
    assert broken.faulty_fields == ["ids"]


@pytest.mark.parametrize(("position", "status"), [("ignored", 400), ("read", 200)])
def test_a_body_of_json(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, status: int
) -> None:
    one, two = fleet({}, {})
    emulator.set_switch("action_json_body", position)
    reply = api.call("PUT", f"{DEVICE}/wipe", {"ids": [one, str(two)], "iosPreserveDataPlan": True})
    assert reply.status == status and (
        reply.faulty_fields == ["ids"] if status == 400 else reply.result == 2
    )
    assert len(emulator.actions()) == (2 if status == 200 else 0)
    for wrong in (b"ids=1", b"[1]"):
        assert api.call("PUT", f"{DEVICE}/wipe", wrong).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_a_body_of_another_kind_is_not_read(api: Api, fleet: Fleet, kind: str) -> None:
    (device,) = fleet({})
    assert api.call(
        "PUT", f"{DEVICE}/lock", f"ids={device}".encode(), Content_Type=kind
    ).faulty_fields == ["ids"]


@pytest.mark.parametrize(("position", "status"), [("error", 400), ("zero", 200)])
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_no_device_is_named(
    emulator: Emulator, api: Api, row: Row, position: str, status: int
) -> None:
    emulator.set_switch("action_ids_missing", position)
    for reply in (send(api, row), *([check(api, row)] if row.check else [])):
        assert reply.status == status and (
            reply.faulty_fields == [row.ids]
            if status == 400
            else reply.result
            in (
                0,
                {
                    "totalCount": 0,
                    **({"queryTime": 0} if row.timed else {}),
                    "searchResults": [],
                    "offset": 0,
                    "limit": 0,
                },
            )
        )
    assert emulator.state()["writes"] == 0


@pytest.mark.parametrize("row", ROWS, ids=name)
@pytest.mark.parametrize(
    "wrong", ["x", "-1", "1.5", "1;2", "\u0661", "57d9903c-aadf-4b40-aef3-e1f24302f180"]
)
def test_what_is_no_id(emulator: NeuronsEmulator, api: Api, row: Row, wrong: str) -> None:
    emulator.set_switch("action_ids_missing", "zero")
    assert send(api, row, wrong).faulty_fields == [row.ids] and emulator.actions() == []


@pytest.mark.parametrize("position", ["passed_over", "error"])
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_device_which_does_not_exist(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row, position: str
) -> None:
    (device,) = fleet(row.able)
    emulator.set_switch("action_unknown_device", position)
    alone = send(api, row, NOBODY)
    both = send(api, row, device, NOBODY)
    if position == "error":
        assert (
            [alone.status, both.status] == [400, 400]
            and both.faulty_fields == [row.ids]
            and emulator.actions() == []
        )
        assert not row.check or check(api, row, device, NOBODY).status == 400
    else:
        assert (alone.result, both.result) == (0, 1) and len(emulator.actions()) == 1
        assert not row.check or check(api, row, NOBODY).rows == []


@pytest.mark.parametrize(("longest", "statuses"), [(0, [200, 200]), (2, [200, 400])])
def test_most_devices(
    emulator: Emulator, api: Api, fleet: Fleet, longest: int, statuses: list[int]
) -> None:
    devices = fleet({}, {}, {})
    emulator.set_switch("action_max_devices", longest)
    for chosen, status in zip((devices[:2], devices), statuses, strict=True):
        assert (
            check(api, BY_ACTION["lock"], *chosen).status
            == send(api, BY_ACTION["lock"], *chosen).status
            == status
        )


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_an_unknown_parameter(emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row) -> None:
    one, two = fleet(row.able, row.able)
    assert send(api, row, one, deviceId="1").result == 1
    emulator.set_switch("strict", "on")
    assert send(api, row, two, deviceId="1").faulty_fields == ["deviceId"]
    assert not row.check or check(api, row, two, version="1").faulty_fields == ["version"]
    assert len(emulator.actions()) == 1


@pytest.mark.parametrize(("path", "given", "field"), [
    ("scheduleOSUpdate", {}, "version"), ("scheduleOSUpdate", {"version": " "}, "version"),
    ("wipe", {"iosPreserveDataPlan": "yes"}, "iosPreserveDataPlan"), ("wipe", {"iosDisallowProximitySetup": "1"}, "iosDisallowProximitySetup"),
    ("unlock", {"deviceUnlockPin": "12345"}, "deviceUnlockPin"), ("unlock", {"deviceUnlockPin": "123456789"}, "deviceUnlockPin"),
    ("unlock", {"deviceUnlockPin": "1234-56"}, "deviceUnlockPin"), ("unlock", {"deviceUnlockPin": "123456\n"}, "deviceUnlockPin"),
    ("enableLostMode", {}, "message"), ("enableLostMode", {"message": "m", "changeFootnote": "on"}, "changeFootnote"),
    ("relinquishOwnership", {"checkViability": "perhaps"}, "checkViability")])  # fmt: skip
def test_parameters_which_are_wrong(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, path: str, given: dict[str, str], field: str
) -> None:
    (device,) = fleet(SUPERVISED)
    assert put(api, path, {"ids": device, **given}).faulty_fields == [field]
    assert put(api, path, given).status == 400 and emulator.actions() == []


def test_unlocking_without_a_pin(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    assert (
        put(api, "unlock", {"ids": device}).result
        == put(api, "unlock", {"ids": device, "deviceUnlockPin": ""}).result
        == 1
    )
    assert [entry["params"] for entry in emulator.device(device)["actions"]] == [
        {"pin_given": False}
    ] * 2


def test_a_pin_is_kept_nowhere(emulator: NeuronsEmulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({})
    put(api, "unlock", {"ids": device, "deviceUnlockPin": "Zq7xW9"})
    put(api, "unlock", {"ids": device, "deviceUnlockPin": "Zq7xW9-too-long"})
    kept = [
        emulator.requests(),
        emulator.device(device),
        emulator.state(),
        emulator.actions(),
        api.get(f"{DEVICE}/{device}").json,
    ]
    assert "Zq7xW9" not in str(kept)


@pytest.mark.parametrize(
    ("position", "status", "noted"), [("error", 400, []), ("cut", 200, ["sixteen charact"])]
)
def test_the_footnote(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, status: int, noted: list[str]
) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.set_switch("footnote_long", position)
    row = BY_ACTION["enable_lost_mode"]
    assert send(api, row, device, footnote="sixteen characte").status == status
    assert send(api, row, device, footnote="fifteen charact").status == 200
    assert send(api, row, device, footnote="sixteen characte", changeFootnote="false").status == 200
    assert [entry["params"]["footnote"] for entry in emulator.actions()] == [
        *noted,
        "fifteen charact",
        None,
    ]


# --- who can take what ----------------------------------------------------------------------------------------------------

PLATFORM = ["PLATFORM_NOT_SUPPORTED"]
# fmt: off
UNABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    *((action, {**BY_ACTION[action].able, "registrationState": state}, ["DEVICE_NOT_ACTIVE"])
      for action in BY_ACTION if action not in ("delete", "retire")
      for state in ("RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED")),
    *(("retire", {"registrationState": state}, ["DEVICE_NOT_ACTIVE"])
      for state in ("RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT")),
    *(("delete", {"registrationState": state}, ["DEVICE_NOT_RETIRED"]) for state in ("ACTIVE", "WIPE_PENDING")),
    *((action, {**BY_ACTION[action].able, "platformType": platform}, PLATFORM)
      for action in ("os_update", "restart", "logout_user", "enable_lost_mode", "disable_lost_mode")
      for platform in ("ANDROID", "OSX", "WINDOWS_PHONE")),
    *((action, {**BY_ACTION[action].able, "platformType": platform}, PLATFORM)
      for action in ("enter_kiosk", "exit_kiosk", "relinquish") for platform in ("IOS", "OSX", "WINDOWS_PHONE")),
    ("lock", {"platformType": "WINDOWS_PHONE", "registrationState": "WIPED"}, PLATFORM), ("unlock", {"platformType": "OSX"}, PLATFORM),
    *((action, {"platformType": "IOS"}, ["DEVICE_NOT_SUPERVISED"]) for action in ("os_update", "restart", "enable_lost_mode")),
    ("wipe", {"userEnrolled": True, "mamOnly": True}, ["USER_ENROLLED", "MAM_ONLY"]),
    ("logout_user", SUPERVISED, ["DEVICE_NOT_SHARED"]), ("disable_lost_mode", SUPERVISED, ["LOST_MODE_NOT_ENABLED"]),
    ("enter_kiosk", {**KIOSK, "androidDeviceOwnerModeEnabled": False}, ["DEVICE_OWNER_MODE_REQUIRED"]),
    ("enter_kiosk", {"platformType": "ANDROID"}, ["DEVICE_OWNER_MODE_REQUIRED", "KIOSK_NOT_CONFIGURED"]),
    ("exit_kiosk", KIOSK, ["KIOSK_MODE_NOT_ENABLED"]), ("relinquish", {**OWNED, "ownershipType": "EMPLOYEE"}, ["DEVICE_NOT_COMPANY_OWNED"]),
    ("relinquish", {"platformType": "ANDROID", "ownershipType": "COMPANY"}, ["WORK_PROFILE_MISSING"]),
]
# fmt: on


@pytest.mark.parametrize("position", ["passed_over", "error", "counted"])
def test_what_devices_cannot_take(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str
) -> None:
    """One device for each reason, one request for each action."""
    fleet()
    emulator.set_switch("action_impossible_device", position)
    emulator.set_switch("os_update_result", "count")
    for row in ROWS:
        devices = [
            emulator.add_device(**fields)
            for action, fields, _codes in UNABLE
            if action == row.action
        ]
        before = [emulator.device(device) for device in devices]
        reply = send(api, row, *devices)
        if position == "error":
            assert (reply.status, reply.faulty_fields) == (400, [row.ids]), row.action
        else:
            assert reply.result == (len(devices) if position == "counted" else 0), row.action
        assert [emulator.device(device) for device in devices] == before, row.action
    assert emulator.actions() == [] and emulator.state()["writes"] == 0


@pytest.mark.parametrize("row", CHECKED, ids=name)
def test_viability(emulator: NeuronsEmulator, api: Api, fleet: Fleet, row: Row) -> None:
    able, canceled = fleet(row.able, {**row.able, "registrationState": "RETIRE_CANCELED"})
    emulator.set_switch("strict", "on")
    size = {"totalCount": 0, **({"queryTime": 0} if row.timed else {})}
    assert check(api, row, able, canceled).json == {
        "errors": None,
        "result": {**size, "searchResults": [], "offset": 0, "limit": 0},
    }
    expected = {
        emulator.add_device(**fields): codes
        for action, fields, codes in UNABLE
        if action == row.action
    }
    reply = api.call(
        "GET",
        f"{row.path}?checkViability=true&{'&'.join(f'ids={key}' for key in [able, *expected])}",
    )
    assert {found["id"]: found["actionExceptionCodes"] for found in reply.rows} == expected
    assert {key: value for key, value in reply.result.items() if key != "searchResults"} == {
        **size,
        "totalCount": len(expected),
        "offset": 0,
        "limit": len(expected),
    }
    assert emulator.state()["writes"] == 0 and emulator.actions() == []


def test_the_rows_of_viability_are_those_of_the_list(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet
) -> None:
    (device,) = fleet(
        {
            "registrationState": "RETIRED",
            "customAttributes": {"cityid": ["SF"]},
            "violatedPolicies": ["Passcode"],
        }
    )
    for position in ("names", "objects"):
        emulator.set_switch("violated_policies", position)
        (row,), (listed,) = check(api, BY_ACTION["retire"], device).rows, api.search().rows
        assert (
            row == {**listed, "actionExceptionCodes": ["DEVICE_NOT_ACTIVE"]}
            and listed["actionExceptionCodes"] == []
        )
    emulator.set_switch("list_lag", "manual")
    emulator.set_attributes({device: {"cityid": ["LA"]}})
    assert check(api, BY_ACTION["retire"], device).rows[0]["customAttributes"] == {
        "attrs": {"cityid": ["LA"]}
    }
    emulator.set_attributes({device: {}})
    emulator.set_switch("no_attributes_in_list", "null")
    assert check(api, BY_ACTION["retire"], device).rows[0]["customAttributes"] is None


@pytest.mark.parametrize(
    ("position", "state", "platform"),
    [("guessed", ["DEVICE_NOT_ACTIVE"], PLATFORM), ("null", [None], PLATFORM)],
)
def test_reasons_without_a_name(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, state: list[Any], platform: list[str]
) -> None:
    devices = fleet({"registrationState": "RETIRED"}, {"platformType": "WINDOWS_PHONE"})
    emulator.set_switch("viability_codes", position)
    assert [
        row["actionExceptionCodes"] for row in check(api, BY_ACTION["lock"], *devices).rows
    ] == [state, platform]


@pytest.mark.parametrize("query", ["", "&checkViability=false", "&checkViability="])
@pytest.mark.parametrize(("position", "status"), [("error", 400), ("checked", 200)])
@pytest.mark.parametrize("row", CHECKED, ids=name)
def test_a_get_never_acts(
    emulator: Emulator, api: Api, fleet: Fleet, row: Row, position: str, status: int, query: str
) -> None:
    (device,) = fleet(row.able)
    emulator.set_switch("viability_unasked", position)
    before = emulator.device(device)
    assert api.call("GET", f"{row.path}?ids={device}{query}").status == status
    assert emulator.device(device) == before and emulator.state()["writes"] == 0
    assert [entry["acts"] for entry in emulator.requests()] == [False]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.check and row.action != "delete"], ids=name
)
def test_calls_without_a_check(api: Api, fleet: Fleet, row: Row) -> None:
    reply = check(api, row, *fleet(row.able))
    assert reply.status == 405 and reply.headers["allow"] == "PUT"


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (
            "document",
            {
                "RETIRED",
                "RETIRE_PENDING",
                "RETIRE_SENT",
                "RETIRE_CANCELED",
                "WIPED",
                "WIPE_SENT",
                "WIPE_CANCELED",
            },
        ),
        ("admin_guide", {"RETIRED", "RETIRE_PENDING", "WIPED", "WIPE_PENDING"}),
    ],
)
def test_which_devices_are_deleted(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, expected: set[str]
) -> None:
    states = [
        "ACTIVE",
        *(
            f"{word}_{end}"
            for word in ("RETIRE", "WIPE")
            for end in ("PENDING", "SENT", "CANCELED")
        ),
        "RETIRED",
        "WIPED",
    ]
    devices = fleet(*({"registrationState": state} for state in states))
    emulator.set_switch("delete_states", position)
    assert send(api, BY_ACTION["delete"], *devices).result == len(expected)
    assert {row["registrationState"] for row in api.search(rows=20).rows} == set(states) - expected


@pytest.mark.parametrize(("position", "count"), [("ineligible", 0), ("eligible", 1)])
def test_kiosk_mode_without_a_configuration(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, count: int
) -> None:
    (device,) = fleet({**KIOSK, "kioskState": "NOT_CONFIGURED"})
    emulator.set_switch("kiosk_unconfigured", position)
    assert len(check(api, BY_ACTION["enter_kiosk"], device).rows) == 1 - count
    assert send(api, BY_ACTION["enter_kiosk"], device).result == count


def test_checking_a_relinquishment_does_nothing(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet
) -> None:
    able, unable = fleet(OWNED, {**OWNED, "ownershipType": "EMPLOYEE"})
    emulator.set_switch("strict", "on")
    path = f"{DEVICE}/relinquishOwnership"
    for value in ("true", "True"):
        assert api.call("PUT", f"{path}?checkViability={value}&ids={able},{unable}").json == {
            "errors": None,
            "result": 1,
        }
    assert api.call("PUT", f"{path}?checkViability=true&ids={unable}").result == 0
    assert emulator.actions() == [] and emulator.state()["writes"] == 0
    assert api.call(
        "PUT", f"{path}?checkViability=false&ids={able},{unable}"
    ).result == 1 and actions(emulator, able) == ["relinquish"]


# --- messages ---------------------------------------------------------------------------------------------------------------


def message(emulator: Emulator, *devices: int, **given: str) -> dict[str, str]:
    """The document's request."""
    space = emulator.device(devices[0])["dmPartitionId"] if devices else 0
    found = {
        "sendPushNotification": "true",
        "pushNotificationMessage": "Docs test of bulk messages",
        "sendEmail": "false",
        "emailSubject": "",
        "emailBody": "",
        "dmPartitionId": str(space),
        "deviceIds": ",".join(map(str, devices)),
        **given,
    }
    return {key: value for key, value in found.items() if value != "-"}


def test_a_message(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    one, two, wiped = fleet({}, {"platformType": "ANDROID"}, {"registrationState": "WIPED"})
    emulator.set_switch("strict", "on")
    assert put(api, "message", message(emulator, one, two, wiped)).json == {
        "errors": None,
        "result": True,
    }
    sent = {
        "action": "message",
        "at": NOW,
        "params": {"push": "Docs test of bulk messages", "email": None},
    }
    assert (
        emulator.device(one)["actions"] == emulator.device(two)["actions"] == [sent]
        and actions(emulator, wiped) == []
    )
    email = message(
        emulator,
        one,
        sendPushNotification="false",
        sendEmail="true",
        emailSubject="S",
        emailBody="B",
    )
    assert put(api, "message", email).result is True
    assert emulator.device(one)["actions"][1]["params"] == {
        "push": None,
        "email": {"subject": "S", "body": "B"},
    }


@pytest.mark.parametrize(("given", "field"), [
    ({"dmPartitionId": "-"}, "dmPartitionId"), ({"dmPartitionId": "1"}, "dmPartitionId"), ({"dmPartitionId": "x"}, "dmPartitionId"),
    ({"deviceIds": ""}, "deviceIds"), ({"deviceIds": "x"}, "deviceIds"), ({"pushNotificationMessage": ""}, "pushNotificationMessage"),
    ({"sendEmail": "true"}, "emailBody"), ({"sendPushNotification": "1"}, "sendPushNotification")])  # fmt: skip
def test_what_a_message_needs(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, given: dict[str, str], field: str
) -> None:
    reply = put(api, "message", message(emulator, *fleet({}), **given))
    assert reply.status == 400 and field in reply.faulty_fields and emulator.actions() == []


@pytest.mark.parametrize(("position", "status"), [("optional", 200), ("required", 400)])
@pytest.mark.parametrize("left_out", ["sendEmail", "emailSubject", "emailBody"])
def test_the_names_of_the_mail(
    emulator: Emulator, api: Api, fleet: Fleet, left_out: str, position: str, status: int
) -> None:
    given = message(emulator, *fleet({}))
    emulator.set_switch("message_email_keys", position)
    assert put(api, "message", given).status == 200
    assert (
        put(api, "message", {key: value for key, value in given.items() if key != left_out}).status
        == status
    )


@pytest.mark.parametrize(("position", "status"), [("error", 400), ("true", 200)])
def test_nothing_to_send(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, status: int
) -> None:
    given = message(emulator, *fleet({}), sendPushNotification="false")
    emulator.set_switch("message_nothing_to_send", position)
    emulator.set_switch("message_none_valid", "false")
    reply = put(api, "message", given)
    assert (
        reply.status == status
        and (status == 400 or reply.result is True)
        and emulator.actions() == []
    )


@pytest.mark.parametrize(
    ("position", "expected"),
    [("true", (200, True)), ("false", (200, False)), ("error", (400, None))],
)
def test_a_message_to_nobody(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, expected: tuple[int, Any]
) -> None:
    (device,) = fleet({"registrationState": "RETIRED"})
    emulator.set_switch("message_none_valid", position)
    for given in (message(emulator, device), message(emulator, device, deviceIds=str(NOBODY))):
        reply = put(api, "message", given)
        assert (reply.status, reply.result) == expected
    assert emulator.actions() == []


@pytest.mark.parametrize(("position", "count"), [("passed_over", 1), ("sent", 2)])
def test_a_message_to_another_space(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, count: int
) -> None:
    (here,) = fleet({})
    spaces = [int(key) for key in emulator.state()["partitions"]]
    there = emulator.add_device(
        dmPartitionId=next(key for key in spaces if key != emulator.device(here)["dmPartitionId"])
    )
    emulator.set_switch("message_other_space", position)
    assert (
        put(api, "message", message(emulator, here, there)).result is True
        and len(emulator.actions()) == count
    )


# --- the control calls --------------------------------------------------------------------------------------------------------


def test_a_fleet_has_devices_for_every_action(emulator: Emulator, api: Api) -> None:
    emulator.reset(devices=1000)
    ids = [row["id"] for row in emulator.devices("id")]
    for row in CHECKED:
        assert 0 < len(check(api, row, *ids[:500]).rows) < 500, row.action
    assert (
        0
        < api.call(
            "PUT",
            f"{DEVICE}/relinquishOwnership?checkViability=true&ids={','.join(map(str, ids[:500]))}",
        ).result
        < 250
    )


def test_epmm_has_no_steps(epmm: EpmmEmulator) -> None:
    for method, path in (("POST", "step"), ("GET", "actions")):
        with pytest.raises(ControlError, match="epmm"):
            epmm.control(method, path)


def test_every_call_is_documented() -> None:
    product = Neurons(Blueprint(seed=1, devices=0, partitions=1, now=0), Switches())
    calls = [f"{route.method} {route.path}" for route in product.calls.routes]
    readme = (Path(__file__).parents[2] / "emulator" / "README.md").read_text(encoding="utf-8")
    assert (
        len(calls) == len(set(calls)) == 24
        and [call for call in calls if f"`{call}`" not in readme] == []
    )
