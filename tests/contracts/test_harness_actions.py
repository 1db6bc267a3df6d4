# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract harness has for actions: forms, parameters in two places, examples that come
first, and reads after the deed; and that a client or a server that deviates is caught."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from .check import check_request
from .contract import FORM, load_all
from .recorder import Answer, Recorded, recording
from .replay import Server, prepare, replay, targets
from .test_harness import GUID, request
from .test_harness_epmm import epmm
from .world import WorldError, stand_ins
from .xmltree import values_at

CONTRACTS = load_all()
DEVICE = "/api/v1/device"
DM = "/api/v1/dm/devices"
BULK = "/api/v1/dm/bulk"
DONE = {"errors": None, "result": 1}


def form(
    path: str,
    *pairs: tuple[str, str],
    query: str = "",
    method: str = "PUT",
    content_type: str = FORM,
) -> Recorded:
    """A request to an action of Neurons."""
    target = f"{DEVICE}/{path}?{query}" if query else f"{DEVICE}/{path}"
    return request(method, target, urlencode(pairs).encode() or None, content_type=content_type)


PUSH = [
    ("sendPushNotification", "true"),
    ("pushNotificationMessage", "a b"),
    ("sendEmail", "false"),
    ("emailSubject", ""),
    ("emailBody", ""),
    ("dmPartitionId", "1"),
    ("deviceIds", "1,2"),
]
# fmt: off
RIGHT: list[tuple[str, Recorded]] = [
    ("N16", request("GET", f"{DEVICE}/scheduleOSUpdate?checkViability=true&ids=1&ids=2")),
    ("N17", form("scheduleOSUpdate", ("ids", "1"), ("ids", "2"), ("version", "15.5"))),
    ("N18", form("restart", ("ids", "1"))),
    ("N18", form("restart", query="ids=1")),
    ("N20", form("forceCheckin", ("guids", GUID))),
    ("N20", form("forceCheckin", query=f"guids={GUID},{GUID}")),
    ("N22", form("wipe", ("ids", "1"), ("ids", "2"))),
    ("N24", form("lock", ("ids", "1"), ("ids", "2"))),
    ("N25", form("unlock", ("ids", "1"))),
    ("N25", form("unlock", ("ids", "1"), ("deviceUnlockPin", "abc123"), content_type=f"{FORM}; charset=UTF-8")),
    ("N30", request("DELETE", f"{DEVICE}?deviceIds=1&deviceIds=2")),
    ("N31", form("message", *PUSH)),
    ("N35", form("enableLostMode", ("ids", "1"), ("message", "Call & tell + \u00fc"), ("footnote", "x" * 15))),
    ("N38", form("relinquishOwnership", query="checkViability=true&ids=1")),
    ("N39", form("relinquishOwnership", query="ids=1&ids=2")),
    ("E09", epmm("PUT", f"{DM}/retire/{GUID}")),
    ("E11", epmm("PUT", f"{DM}/lock/{GUID}?reason=lost")),
    ("E19", epmm("GET", f"{DM}/locate/{GUID}?locatenow=true")),
    ("E25", epmm("POST", f"{BULK}/devices/WIPE?deviceUuids={GUID}&deviceUuids={GUID}")),
    ("E25", epmm("POST", f"{BULK}/devices/WIPE?deviceUids={GUID}&deviceUids={GUID}")),
    ("E26", epmm("POST", f"{BULK}/sendmessage?mode=pns&message=a%26b&deviceUuid={GUID}&deviceUuid={GUID}")),
]
# fmt: on


@pytest.mark.parametrize(("name", "sent"), RIGHT)
def test_a_right_request_has_no_difference(name: str, sent: Recorded) -> None:
    assert check_request(sent, CONTRACTS[name]) == []


# fmt: off
WRONG: list[tuple[str, Recorded, str]] = [
    ("N16", request("GET", f"{DEVICE}/scheduleOSUpdate?ids=1"), "checkViability is missing"),
    ("N16", request("GET", f"{DEVICE}/scheduleOSUpdate?checkViability=True&ids=1"), "checkViability='True'"),
    ("N17", form("scheduleOSUpdate", ("ids", "1")), "version is missing"),
    ("N17", form("scheduleOSUpdate", ("ids", "1"), query="version=15.5"), "version belongs in the form"),
    ("N17", request("PUT", f"{DEVICE}/scheduleOSUpdate", {"ids": "1", "version": "15.5"}), "Content-Type: application/json"),
    ("N18", form("restart"), "none of ids is given"),
    ("N18", form("restart", ("ids", "")), "ids=''"),
    ("N20", form("forceCheckin"), "none of ids and guids is given"),
    ("N20", form("forceCheckin", ("guids", "1")), "guids='1'"),
    ("N21", form("wipe", query="checkViability=true&ids=1"), "method: PUT, documented is GET"),
    ("N22", form("wipe", ("ids", "1"), query="checkViability=true"), "'checkViability' is not a documented parameter of N22"),
    ("N22", form("wipe", query="ids=1"), "ids belongs in the form"),
    ("N22", form("wipe", ("ids", "1"), ("iosPreserveDataPlan", "yes")), "iosPreserveDataPlan='yes'"),
    ("N24", form("lock", ("ids", "1,2")), "ids='1,2'"),
    ("N24", form("lock"), "none of ids and guids is given"),
    ("N25", form("unlock", ("ids", "1"), query="deviceUnlockPin=abc123"), "deviceUnlockPin belongs in the form"),
    ("N25", form("unlock", ("ids", "1"), ("deviceUnlockPin", "abc12")), "does not fit"),
    ("N25", form("unlock", ("ids", "1"), ("deviceUnlockPin", "abc 1234")), "does not fit"),
    ("N25", form("unlock", ("ids", "1"), content_type="multipart/form-data; boundary=a"), "Content-Type: multipart/form-data"),
    ("N30", request("DELETE", f"{DEVICE}?ids=1"), "'ids' is not a documented parameter"),
    ("N30", request("DELETE", DEVICE), "deviceIds is missing"),
    ("N30", request("DELETE", f"{DEVICE}/1"), "documented is /api/v1/device"),
    ("N31", form("message", *PUSH[:-1], ("deviceIds", "1"), ("deviceIds", "2")), "deviceIds is given more than once"),
    ("N31", form("message", *PUSH[:-2], ("deviceIds", "1")), "dmPartitionId is missing"),
    ("N31", form("message", *PUSH[2:]), "pushNotificationMessage is missing"),
    ("N35", form("enableLostMode", ("ids", "1")), "message is missing"),
    ("N35", form("enableLostMode", ("ids", "1"), ("message", "a"), ("footnote", "x" * 16)), "footnote='xxx"),
    ("N38", form("relinquishOwnership", query="ids=1"), "checkViability is missing"),
    ("N39", form("relinquishOwnership", query="checkViability=false&ids=1"), "'checkViability' is not a documented"),
    ("N39", form("relinquishOwnership", ("ids", "1")), "documented is none"),
    ("E09", epmm("PUT", f"{DM}/retire/{GUID}?Reason={'x' * 513}"), "does not fit"),
    ("E09", epmm("PUT", f"{DM}/retire/{GUID}", {"Reason": "a"}), "documented is none"),
    ("E10", epmm("PUT", f"{DM}/retire/mac/38:AA:3C:62:BF:AD"), "does not fit"),
    ("E11", epmm("PUT", f"{DM}/lock/{GUID}"), "none of Reason and reason is given"),
    ("E11", epmm("GET", f"{DM}/lock/{GUID}?Reason=a"), "method: GET"),
    ("E13", epmm("PUT", f"{DM}/unlock/{GUID}?Reason=a"), "method: PUT"),
    ("E15", epmm("PUT", f"{DM}/wipe/{GUID},{GUID}"), "does not fit"),
    ("E16", epmm("PUT", f"{DM}/wipe/38AA3C62BFAD"), "documented is /api/v1/dm/devices/wipe/mac/{mac}"),
    ("E17", epmm("GET", f"{DM}/wakeup/{GUID}?Reason=a"), "'Reason' is not a documented parameter"),
    ("E19", epmm("GET", f"{DM}/locate/{GUID}?locatenow=1"), "locatenow='1'"),
    ("E21", epmm("PUT", f"{DM}/enableroaming/{GUID}?voice=true"), "data is missing"),
    ("E25", epmm("POST", f"{BULK}/devices/lock?deviceUuids={GUID}"), "action='lock'"),
    ("E25", epmm("POST", f"{BULK}/devices/LOCATE?deviceUuids={GUID}"), "action='LOCATE'"),
    ("E25", epmm("POST", f"{BULK}/devices/LOCK"), "none of deviceUuids and deviceUids is given"),
    ("E25", epmm("POST", f"{BULK}/devices/LOCK?deviceUuid={GUID}"), "'deviceUuid' is not a documented parameter"),
    ("E25", epmm("POST", f"{BULK}/devices/LOCK?deviceUuids={GUID},{GUID}"), "does not fit"),
    ("E26", epmm("POST", f"{BULK}/sendmessage?mode=push&message=a&deviceUuid={GUID}"), "mode='push'"),
    ("E26", epmm("POST", f"{BULK}/sendmessage?mode=sms&message=a&deviceUuids={GUID}"), "deviceUuid is missing"),
    ("E27", epmm("POST", f"{BULK}/mac/sendmessage?mode=sms&message=a&macAddress=00237696635F"), "deviceWiFiMacAddress is missing"),
]
# fmt: on


@pytest.mark.parametrize(("name", "sent", "words"), WRONG)
def test_a_wrong_request_has_its_difference_named(name: str, sent: Recorded, words: str) -> None:
    assert any(words in fault for fault in check_request(sent, CONTRACTS[name]))


def replayed(
    name: str, index: int, *answers: Any, found: dict[str, str] | None = None
) -> tuple[list[str], list[Recorded]]:
    """The faults of an example against a server that gives these answers, and what that server was
    sent."""
    contract = CONTRACTS[name]
    example = contract.examples[index]
    with recording() as server:
        server.queue(*answers)
        faults = replay(
            Server(server.url, "u", "p"), contract, example, targets(example, found=found)[0], found
        )
        assert server.unmatched == []
        return faults, server.requests


def test_a_form_is_sent_in_the_documents_own_spelling() -> None:
    _faults, [sent] = replayed("N31", 0, {"errors": None, "result": True}, found={"23003": "7"})
    assert sent.header("Content-Type") == FORM
    assert sent.body.endswith(
        b"&pushNotificationMessage=Docs+test+of+bulk+messages&sendEmail=false&emailSubject=&emailBody="
        b"&dmPartitionId=7&deviceIds=370872%2C383279"
    )


def test_a_form_without_a_spelling_of_its_own_is_encoded() -> None:
    _faults, [sent, _read] = replayed("N22", 0, DONE, {"result": {"registrationState": "WIPED"}})
    assert (
        sent.body
        == b"ids=25652&iosDisallowProximitySetup=true&iosPreserveDataPlan=true&message=Decommissioning"
    )


def test_a_form_can_be_sent_in_parts() -> None:
    _faults, [sent] = replayed("N25", 0, DONE)
    media_type, _semicolon, boundary = (sent.header("Content-Type") or "").partition("; boundary=")
    first, *parts, last = sent.body.decode().split(f"--{boundary}")
    assert (media_type, first, last) == ("multipart/form-data", "", "--\r\n")
    assert parts == [
        f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("ids", "22000"), ("deviceUnlockPin", "123ab400"))
    ]


def test_a_write_without_a_body_says_so() -> None:
    _faults, [sent] = replayed("N40", 0, {"errors": None, "result": 0})
    assert (sent.method, sent.body, sent.header("Content-Length")) == ("PUT", b"", "0")


ELIGIBLE: dict[str, Any] = {
    "errors": None,
    "result": {"searchResults": [], "totalCount": 0, "offset": 0, "limit": 0},
}
ROW = {"id": 22003, "guid": GUID, "actionExceptionCodes": ["PLATFORM_NOT_SUPPORTED"]}


def ineligible(**changes: Any) -> dict[str, Any]:
    return {
        "errors": None,
        "result": {**ELIGIBLE["result"], "searchResults": [{**ROW, **changes}], "totalCount": 1},
    }


# fmt: off
REPLIES: list[tuple[str, int, list[Any], str | None]] = [
    # a contract, an example, the server's answers, and the words of the fault; none where all is
    # right
    ("N16", 0, [ELIGIBLE], None),
    ("N16", 0, [{"errors": None, "result": 1}], "$.result: expected an object"),
    ("N16", 0, [ineligible()], "found: [22003]"),
    ("N16", 1, [ineligible()], None),
    ("N16", 1, [ineligible(actionExceptionCodes=[])], "the list is empty"),
    ("N16", 1, [ineligible(actionExceptionCodes=[None])], "actionExceptionCodes[0]"),
    ("N16", 1, [ineligible(actionExceptionCodes=["OTHER"])], "PLATFORM_NOT_SUPPORTED among them"),
    ("N16", 1, [ELIGIBLE], "found: []"),
    ("N17", 1, [{"errors": None, "result": 2}], None),
    ("N17", 1, [{"errors": None, "result": 0}], "result: [0], documented is one of [1, 2]"),
    ("N20", 0, [DONE], "result: [1], documented are [2]"),
    ("N20", 0, [{"errors": None, "result": True}], "$.result: expected integer"),
    ("N27", 0, [DONE, {"result": {"registrationState": "RETIRE_SENT"}}, {"result": {"registrationState": "ACTIVE"}}], None),
    ("N27", 0, [DONE, {"result": {"registrationState": "ACTIVE"}}, {"result": {"registrationState": "ACTIVE"}}],
     "GET /api/v1/device/1007966: result/registrationState: ['ACTIVE'], documented is one of"),
    ("N27", 0, [DONE, {"result": {"registrationState": "RETIRED"}}, {"result": {"registrationState": "RETIRED"}}],
     "GET /api/v1/device/1007967: result/registrationState: ['RETIRED']"),
    ("N27", 0, [DONE, {"result": {}}, {"result": {"registrationState": "ACTIVE"}}], "result/registrationState: []"),
    ("N27", 0, [DONE, Answer({}, status=404), {"result": {"registrationState": "ACTIVE"}}], "GET /api/v1/device/1007966: 404"),
    ("N30", 1, [Answer({}, status=400), {"result": {"searchResults": [{"id": 1007966}]}}], None),
    ("N30", 1, [{"errors": None, "result": 0}, {"result": {"searchResults": [{"id": 1007966}]}}], None),
    ("N30", 1, [{"errors": None}, {"result": {"searchResults": [{"id": 1007966}]}}], "$.result: missing"),
    ("N30", 1, [Answer({}, status=500)], "status: 500 for 200 or 400 or 409"),
    ("N30", 1, [{"errors": None, "result": 1}, {"result": {"searchResults": []}}], "result/searchResults/id: []"),
    ("N31", 0, [DONE], "$.result: expected boolean"),
    ("N31", 0, [{"errors": None, "result": False}], "result: [False]"),
    ("N37", 0, [DONE, {"result": {"lostModeEnabled": None}}, {"result": {"lostModeEnabled": True}}], None),
    ("N37", 0, [DONE, {"result": {"lostModeEnabled": None}}, {"result": {"lostModeEnabled": False}}], "[False], documented are"),
    ("E11", 2, [{"messages": {"message": "Device is locked successfully."}}], None),
    ("E11", 2, [{"messages": {"message": "Device is locked successfully."}, "unlockpasscode": "1"}], "unlockpasscode"),
    ("E11", 2, [{"messages": {"message": "Invalid action"}}], "messages: ['Invalid action']"),
    ("E19", 1, [{**CONTRACTS["E19"].examples[1].answer, "locateNow": "false"}], "$.locateNow: expected boolean"),
    ("E25", 1, [{"messages": {}}], None),
    ("E25", 1, [{"messages": {"message": "Invalid action"}}], "$.messages"),
    ("E25", 1, [{"messages": None, "invalidDevices": {"uuid": GUID}}], "invalidDevices: not a documented key"),
    ("E25", 4, [CONTRACTS["E25"].examples[4].answer, {"device": {"status": "WIPED"}}], None),
    ("E25", 4, [CONTRACTS["E25"].examples[4].answer, {"device": {"status": "ACTIVE"}}], "device/status: ['ACTIVE']"),
    ("E25", 4, [{"messages": None, "invalidDevices": {"uuid": [GUID]}}, {"device": {"status": "WIPED"}}], "//uuid: ['57d9903c"),
    ("E26", 1, [{"messages": {"message": "Message sent successfully for all devices."}}], None),
    ("E26", 1, [{"messages": None, "message": " Message sent successfully for all devices."}], None),
    ("E26", 1, [{"messages": None, "message": "Message sent successfully."}], "messages: ['Message sent successfully.']"),
    ("E26", 1, [{"messages": None, "invalidDevices": {"uuid": GUID}}], "messages: []"),
]
# fmt: on


@pytest.mark.parametrize(("name", "index", "answers", "words"), REPLIES)
def test_an_answer_or_a_state_that_deviates_is_caught(
    name: str, index: int, answers: list[Any], words: str | None
) -> None:
    faults, _requests = replayed(name, index, *answers)
    assert faults == [] if words is None else any(words in fault for fault in faults), faults


def roamed(voice: str, data: str) -> dict[str, Any]:
    entries = [
        {"key": "Voice Roaming Enabled", "value": voice},
        {"key": "DataRoamingEnabled", "value": data},
    ]
    return {"device": {"details": [{"entry": entries}]}}


@pytest.mark.parametrize(
    ("voice", "data", "right"),
    [("true", "false", True), ("true", "true", False), ("", "false", False)],
)
def test_a_setting_is_looked_at_in_the_details(voice: str, data: str, right: bool) -> None:
    faults, [_sent, read] = replayed(
        "E21",
        1,
        CONTRACTS["E21"].examples[1].answer,
        roamed(voice, data),
        found={"ee8198d9-5d79-4961-94c4-e21bf04b2467": "190eb32e-32e1-4fe2-baa1-06a4488aaa4c"},
    )
    assert read.path == f"{DM}/190eb32e-32e1-4fe2-baa1-06a4488aaa4c"
    assert (faults == []) is right, faults


@pytest.mark.parametrize(
    ("result", "words"), [(1, None), (0, "N39, an eligible device, sent first: result")]
)
def test_what_comes_first_is_sent_and_has_to_work(result: int, words: str | None) -> None:
    example = CONTRACTS["N40"].examples[1]
    with recording() as server:
        server.queue({"errors": None, "result": result})
        if words is None:
            prepare(Server(server.url, "u", "p"), CONTRACTS, example)
        else:
            with pytest.raises(ValueError, match=words):
                prepare(Server(server.url, "u", "p"), CONTRACTS, example)
        [sent] = server.requests
    assert (sent.method, sent.path, sent.query) == (
        "PUT",
        f"{DEVICE}/relinquishOwnership",
        "ids=909",
    )


def test_an_entry_is_found_by_its_key() -> None:
    tree = {
        "details": [{"entry": [{"key": "a b", "value": 1}, {"key": "c", "value": 2}]}],
        "entry": {"key": "c", "value": 3},
    }
    assert values_at(tree, "details/entry[key=a b]/value") == [1]
    assert values_at(tree, "details/entry[key=d]/value") == []
    assert values_at(tree, "entry[key=c]/value") == [3]
    assert values_at(tree, "//entry[key=c]/value") == [3, 2]
    assert values_at(tree, "//entry[key=a b]/value") == [1]
    assert values_at(tree, "entry/other|value") == [3]


DETAILS = [
    {
        "entry": [
            {"key": "Voice Roaming Enabled", "value": "true"},
            {"key": "DataRoamingEnabled", "value": "false"},
        ]
    }
]
FLEET = [
    {"uuid": "m", "platform": "macOS 14", "mdmManaged": False, "details": []},
    {"uuid": "i1", "platform": "iOS 9.3", "mdmManaged": False, "details": []},
    {"uuid": "i2", "platform": "iOS 15.1", "mdmManaged": True, "details": DETAILS},
    {"uuid": "a1", "platform": "Android 4.4", "mdmManaged": False, "details": DETAILS},
    {"uuid": "a2", "platform": "Android 12", "mdmManaged": False, "details": []},
]
ADDRESSES = [
    ("m", "aa:aa:aa:aa:aa:01"),
    ("a1", "aa:aa:aa:aa:aa:01"),
    ("gone", "aa:aa:aa:aa:aa:02"),
    ("i1", ""),
    ("i2", "aa:aa:aa:aa:aa:03"),
    ("a2", "AAAAAAAAAA04"),
]
KINDS = {
    "an Android device": "a1",
    "another Android device": "a2",
    "a managed iOS device": "i2",
    "a device that is neither Android nor iOS": "m",
    "an iOS device that tells its roaming": "i2",
    "an active device's Wi-Fi MAC address": "aaaaaaaaaa03",
    "the active device with the Wi-Fi MAC address": "i2",
    "an Android device's Wi-Fi MAC address": "AAAAAAAAAA04",
    "the Android device with the Wi-Fi MAC address": "a2",
    "a wiped device": "w",
    "a retired device": None,
}


@pytest.mark.parametrize(("kind", "found"), KINDS.items())
def test_devices_that_can_take_an_action_are_found(kind: str, found: str | None) -> None:
    def read(target: str) -> Any:
        if target.startswith("/api/v2/devices?"):
            return {
                "results": [
                    {"common.uuid": uuid, "common.wifi_mac_address": mac} for uuid, mac in ADDRESSES
                ]
            }
        if target == f"{DM}?status=WIPED":
            return {"devices": {"device": {"uuid": "w"}}}
        return None if "status=" in target else {"devices": {"device": FLEET}}

    if found is None:
        with pytest.raises(WorldError, match=kind):
            stand_ins({"x": kind}, read)
    else:
        assert stand_ins({"x": kind}, read) == {"x": found}
