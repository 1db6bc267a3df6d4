# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What actions, messages, roaming and location send to both products and read of them, held against
the vendor documents' requests and answers (tests/contracts).

The server here is a recorder that gives the documents' example answers; neither our emulator nor
its wire code has a part in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS

from ..conftest import ModuleFailed
from ..contracts.check import check_request
from ..contracts.recorder import Answer, Recorded, Recorder, recording
from . import test_client_contracts_epmm as epmm_contracts
from .action_fleet import REASON, ROWS
from .test_client_contracts import CONTRACTS, example, one_row, two_rows
from .test_client_contracts_epmm import (
    DEVICE,
    OTHER,
    contract_of,
    documented,
    page,
    run,
    sent,
    v2_row,
)
from .test_parameters import CHECK
from .test_parameters import ROWS as SENT

# The fixture of that file, by another name than ours.
epmm_server = epmm_contracts.server

LIST = "/api/v1/device"
NEURONS = {"product": "neurons", "username": "reader", "password": "a long password", "retries": 0}
PLACE = ("22004",)
BOTH = ("22004", "22005")


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))


@pytest.fixture
def neurons() -> Iterator[Recorder]:
    """At the end every request below the devices' address that arrived is held against its
    contract."""
    with recording() as running:
        spaces = example("S_partitions")
        row = spaces["result"]["searchResults"][0]
        running.answer(
            "GET",
            "/api/v1/tenant/partition/device",
            {**spaces, "result": {**spaces["result"], "searchResults": [row], "totalCount": 1}},
        )
        yield running
        assert running.unmatched == []
        for request in running.requests:
            if (request.method, request.path) == ("GET", f"{LIST}/22004"):
                continue
            if request.path.startswith(f"{LIST}/") or request.method != "GET":
                assert check_request(request, CONTRACTS[which(request)]) == [], request


def which(request: Recorded) -> str:
    """The contract of a call of Neurons; of two at one address the one whose checkViability the
    request has or has not."""
    checks = "checkViability" in dict(parse_qsl(request.query))
    [found] = [
        name
        for name, one in CONTRACTS.items()
        if one.product == "neurons"
        and (one.method, one.path_templates[0]) == (request.method, request.path)
        and checks == any(parameter.label == "checkViability" for parameter in one.parameters)
    ]
    return found


def pairs_of(server: Recorder, name: str):
    """Query and form of the requests for a contract that arrived, decoded."""
    wanted = CONTRACTS[name]
    found = [
        one
        for one in server.requests
        if (one.method, one.path) == (wanted.method, wanted.path_templates[0])
    ]
    return [
        (
            parse_qsl(one.query, keep_blank_values=True),
            parse_qsl(one.body.decode(), keep_blank_values=True),
        )
        for one in found
        if one.path != LIST or one.method != "GET"
        if which(one) == name
    ]


def act(call, server, **options):
    """Check, and then do it with the check's ``confirm``."""
    plan = call("device_action", url=server.url, check_mode=True, **NEURONS, **options)
    before = len(server.requests)
    assert [one for one in server.requests if one.method != "GET" and which(one) != "N38"] == []
    result = call("device_action", url=server.url, confirm=plan["confirm"], **NEURONS, **options)
    assert len(server.requests) > before
    return result


def ids(*keys: str, name: str = "ids"):
    return [(name, key) for key in keys]


WIPE = {"text": "Decommissioning", "preserve_data_plan": True, "disallow_proximity_setup": False}
WIPING = [
    ("message", "Decommissioning"),
    ("iosPreserveDataPlan", "true"),
    ("iosDisallowProximitySetup", "false"),
]
LOST = {"text": "Gib es & ab + 100 % = ü", "phone_number": "+49 30 555", "footnote": "Lost Phone"}
# fmt: off
# Options of actions, and what is sent for them beside the ids.
GIVEN: dict[str, list[tuple[dict[str, Any], list[tuple[str, str]]]]] = {
    "os_update": [({"version": "17.4.1"}, [("version", "17.4.1")])],
    "wipe": [({}, []), (WIPE, WIPING)],
    "unlock": [({}, []), ({"pin": "123ab400"}, [("deviceUnlockPin", "123ab400")])],
    "enable_lost_mode": [
        ({"text": "Call us"}, [("message", "Call us")]),
        (LOST, [("message", LOST["text"]), ("phoneNumber", "+49 30 555"), ("footnote", "Lost Phone"), ("changeFootnote", "true")]),
    ],
}
# fmt: on


def numbers(*, checks: bool) -> dict[str, str]:
    """By action of Neurons the call that does it, or the one that checks it, as the tests of its
    parameters say."""
    return {
        row.options["action"]: number
        for number, rows in SENT.items()
        for row in rows
        if number.startswith("N")
        and row.module == "device_action"
        and (row.sent is CHECK) == checks
    }


CHECKS = numbers(checks=True)
# For each action the call that checks it, the one that does it, the options, and what is sent.
CALLS = [
    (action, CHECKS.get(action, ""), deed, options, told)
    for action, deed in numbers(checks=False).items()
    for options, told in GIVEN.get(action, [({}, [])])
]
IN_QUERY = ("delete", "relinquish", "cancel_relinquish")
NOBODY = {
    "errors": None,
    "result": {"totalCount": 0, "queryTime": 0, "searchResults": [], "offset": 0, "limit": 0},
}
TAKEN = {"errors": None, "result": 1}


def prepare(server: Recorder, action: str, many: bool = False) -> None:
    """The document's device as one that can take the action, the answer of the check that it can,
    and that of success."""
    fields = {"registrationState": "ACTIVE", **ROWS["neurons"][action].able}
    server.answer("GET", LIST, two_rows(**fields) if many else one_row(id=22004, **fields))
    if ACTIONS[action].destructive:
        # The device is read by itself directly before.
        [row] = one_row(id=22004, **fields)["result"]["searchResults"]
        server.answer("GET", f"{LIST}/22004", {"errors": None, "result": row})
    for name, check, deed, _options, _told in CALLS:
        if name == action:
            verb = CONTRACTS[deed]
            answer = (
                {**TAKEN, "result": 2}
                if many
                else example(deed)
                if example(deed)["result"] == 1
                else TAKEN
            )
            if action == "relinquish":
                # The check is a PUT at the address of the deed, and is asked by the same pair of
                # runs: both answer a number.
                answer = TAKEN
            elif check:
                assert CONTRACTS[check].examples[0].answer["errors"] is None
                server.answer("GET", CONTRACTS[check].path_templates[0], NOBODY)
            server.answer(verb.method, verb.path_templates[0], answer)


def test_every_call_of_neurons_is_in_the_table():
    assert {name for name, *_rest in CALLS} == {
        name for name, row in ACTIONS.items() if "neurons" in row.takes
    }
    assert {one for _name, check, deed, *_rest in CALLS for one in (check, deed) if one} >= {
        f"N{n}" for n in range(16, 41)
    } - {"N31"}


@pytest.mark.parametrize(("action", "check", "deed", "options", "told"), CALLS)
def test_actions_of_neurons(neurons, call, action, check, deed, options, told):
    prepare(neurons, action)
    assert act(call, neurons, action=action, devices=[22004], **options)["summary"]["changed"] == 1
    keys = ids(*PLACE, name="deviceIds" if action == "delete" else "ids")
    [(query, form)] = pairs_of(neurons, deed)
    assert (sorted(query), sorted(form)) == (
        (sorted([*keys, *told]), []) if action in IN_QUERY else ([], sorted([*keys, *told]))
    )
    if check:
        checks = pairs_of(neurons, check)
        assert checks and all(
            one == ([("checkViability", "true"), *ids(*PLACE)], []) for one in checks
        )


@pytest.mark.parametrize(
    ("action", "check", "deed", "options"),
    [
        (name, check, deed, options)
        for name, check, deed, options, _told in CALLS
        if not ACTIONS[name].destructive
        and name not in ("restart", "unlock", "cancel_relinquish", "os_update")
    ],
)
def test_actions_on_two_devices_of_neurons(neurons, call, action, check, deed, options):
    prepare(neurons, action, many=True)
    assert (
        act(call, neurons, action=action, devices=[22004, 22005], **options)["summary"]["changed"]
        == 2
    )
    [(_query, form)] = pairs_of(neurons, deed)
    assert form[:2] == ids(*BOTH)
    assert not check or pairs_of(neurons, check)[0] == (
        [("checkViability", "true"), *ids(*BOTH)],
        [],
    )


@pytest.mark.parametrize(
    ("action", "check"), [("logout_user", "N28"), ("enter_kiosk", "N32"), ("os_update", "N16")]
)
@pytest.mark.parametrize("policy", ["fail", "skip"])
def test_the_documented_ineligible_devices_are_understood(neurons, call, action, check, policy):
    answer = next(
        one.answer
        for one in CONTRACTS[check].examples
        if one.answer and one.answer["result"]["searchResults"]
    )
    [listed] = answer["result"]["searchResults"]
    prepare(neurons, action)
    fields = {"registrationState": "ACTIVE", **ROWS["neurons"][action].able}
    neurons.answer("GET", LIST, one_row(id=listed["id"], guid=listed["guid"], **fields))
    neurons.answer("GET", CONTRACTS[check].path_templates[0], answer)
    options = {
        "action": action,
        "devices": [listed["id"]],
        "on_ineligible": policy,
        **({"version": "17.4"} if check == "N16" else {}),
    }
    if policy == "fail":
        with pytest.raises(ModuleFailed, match="PLATFORM_NOT_SUPPORTED"):
            call("device_action", url=neurons.url, **NEURONS, **options)
    else:
        [entry] = call("device_action", url=neurons.url, **NEURONS, **options)["devices"]
        assert (entry["outcome"], entry["reason"]) == ("ineligible", "PLATFORM_NOT_SUPPORTED")
    assert [one for one in neurons.requests if one.method == "PUT"] == []


@pytest.mark.parametrize(("action", "deed"), [("relinquish", "N39"), ("cancel_relinquish", "N40")])
def test_the_documented_zero_is_no_success(neurons, call, action, deed):
    """For relinquishing the check, at the same address, says already that no device is eligible."""
    prepare(neurons, action)
    neurons.answer("PUT", CONTRACTS[deed].path_templates[0], example(deed))
    assert example(deed)["result"] == 0
    with pytest.raises(ModuleFailed, match=r"cannot|result 0: nothing was done") as failed:
        call("device_action", url=neurons.url, action=action, devices=[22004], **NEURONS)
    assert not failed.value.result.get("changed")


@pytest.mark.parametrize(("mode", "options", "push", "email"), [
    ("push", {}, ("true", "Docs test of bulk messages"), ("false", "", "")),
    # Inferred from the names of the parameters: the document has the push message alone.
    ("email", {"subject": "About"}, ("false", ""), ("true", "About", "Docs test of bulk messages")),
    ("email", {}, ("false", ""), ("true", "", "Docs test of bulk messages")),
])  # fmt: skip
def test_messages_of_neurons(neurons, call, mode, options, push, email):
    neurons.answer("GET", LIST, two_rows(dmPartitionId=23003, registrationState="ACTIVE"))
    neurons.answer("PUT", "/api/v1/device/message", example("N31"))
    spaces = example("S_partitions")
    row = {**spaces["result"]["searchResults"][0], "id": 23003}
    neurons.answer(
        "GET",
        "/api/v1/tenant/partition/device",
        {**spaces, "result": {**spaces["result"], "searchResults": [row], "totalCount": 1}},
    )
    text = "Docs test of bulk messages"
    result = call(
        "device_message",
        url=neurons.url,
        devices=[22004, 22005],
        text=text,
        mode=mode,
        **options,
        **NEURONS,
    )
    assert result["summary"]["changed"] == 2
    names = (
        "sendPushNotification",
        "pushNotificationMessage",
        "sendEmail",
        "emailSubject",
        "emailBody",
    )
    assert pairs_of(neurons, "N31") == [
        (
            [],
            [
                *zip(names, (*push, *email), strict=True),
                ("dmPartitionId", "23003"),
                ("deviceIds", "22004,22005"),
            ],
        )
    ]
    if mode == "push":
        # Byte for byte as documented, but for the devices.
        [sent_one] = [one for one in neurons.requests if one.method == "PUT"]
        assert sent_one.body.decode().startswith(
            "sendPushNotification=true&pushNotificationMessage=Docs+test+of+bulk+messages&sendEmail=false&emailSubject=&emailBody=&"
        )


# EPMM

MAC = "38aa3c62bfad"
# The device of the recorded action of API v2.
DEVICE_OF_RECORD = "9b0da853-9f9b-483c-97ef-f4b5457299cf"


LACKING = Answer(b"<h1>Not Found</h1>", status=404, content_type="text/html")


def put(server, *uuids: str, **fields) -> None:
    """These devices, on a server whose API v2 has no actions; the documents' device has other
    values."""
    server.answer("POST", "/api/v2/devices/action", LACKING)
    server.answer("PUT", "/api/v2/devices/(wipe|retire|wakeup)", LACKING)
    rows = [
        v2_row(
            uuid,
            number,
            **{
                "common.status": "ACTIVE",
                "common.wifi_mac_address": MAC,
                "common.platform": "Android",
                **fields,
            },
        )
        for number, uuid in enumerate(uuids, 1)
    ]
    server.answer("GET", "/api/v2/devices", page("S_devices", *rows))


def epmm_act(call, server, **options):
    before = len(server.requests)
    plan = run(call, server, "device_action", check_mode=True, **options)
    checked = server.requests[before:]
    assert not [
        one
        for one in checked
        if one.method != "GET" or contract_of(one).id in ("E13", "E14", "E17", "E18", "E19", "E20")
    ]
    return run(call, server, "device_action", confirm=plan["confirm"], **options)


@pytest.mark.parametrize(
    ("action", "single", "by_mac", "path", "reason"),
    [
        ("retire", "E09", "E10", "retire", True), ("lock", "E11", "E12", "lock", True), ("unlock", "E13", "E14", "unlock", True),
        ("wipe", "E15", "E16", "wipe", True), ("force_checkin", "E17", "E18", "wakeup", False), ("locate", "E19", "E20", "locate", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_actions_of_epmm(epmm_server, call, action, single, by_mac, path, reason, by):
    contract = by_mac if by == "wifi_mac_address" else single
    put(epmm_server, OTHER)
    method = CONTRACTS[contract].method
    epmm_server.answer(method, f"/api/v1/dm/devices/{path}/.*", documented(contract))
    options = {"reason": REASON} if reason else {}
    result = epmm_act(call, epmm_server, action=action, devices=[OTHER], by=by, **options)
    assert result["summary"]["changed"] == 1
    told = [("Reason", REASON)] if reason else [("locatenow", "true")] if action == "locate" else []
    place = f"mac/{MAC}" if by == "wifi_mac_address" else OTHER
    assert sent(epmm_server, contract) == [(f"/api/v1/dm/devices/{path}/{place}", told)]


@pytest.mark.parametrize(
    ("action", "contract", "kind"),
    [
        ("force_checkin", "S_device_wakeup", "WAKE_UP"), ("wipe", "S_device_wipe", "WIPE_DEVICE"),
        ("retire", "S_device_retire", "RETIRE"), ("unlock", "S_device_action", "UNLOCK_DEVICE_ONLY"),
    ],
)  # fmt: skip
def test_actions_over_api_v2(epmm_server, call, action, contract, kind):
    """The request is what clients send, and the recorded answer is success."""
    request = CONTRACTS[contract].examples[0]
    [device] = request.body["deviceUuids"]
    put(epmm_server, device)
    epmm_server.answer(CONTRACTS[contract].method, request.path, documented(contract))
    note = "No reason given" if action == "force_checkin" else request.body["note"]
    options = {} if action == "force_checkin" else {"reason": note}
    [entry] = epmm_act(call, epmm_server, action=action, devices=[device], **options)["devices"]
    assert entry["outcome"] == "changed"
    [(_path, query)] = sent(epmm_server, contract)
    assert query == [request.query[0], ("actionType", kind)]
    [body] = [one.body for one in epmm_server.requests if contract_of(one).id == contract]
    assert json.loads(body) == {**request.body, "note": note}


def test_a_message_over_api_v2(epmm_server, call):
    put(epmm_server, DEVICE_OF_RECORD)
    epmm_server.answer("POST", "/api/v2/devices/action", documented("S_device_action"))
    options = {"devices": [DEVICE_OF_RECORD], "text": "Call", "mode": "email", "subject": "Lost?"}
    assert run(call, epmm_server, "device_message", **options)["summary"]["changed"] == 1
    [one] = [one for one in epmm_server.requests if contract_of(one).id == "S_device_action"]
    assert ("actionType", "SEND_MESSAGE") in parse_qsl(one.query)
    assert json.loads(one.body)["additionalParameters"] == {
        "message": "Call",
        "mode": "email",
        "subject": "Lost?",
    }


@pytest.mark.parametrize(("action", "contract"), [("retire", "E09"), ("wipe", "E15")])
def test_a_reason_may_be_left_out_where_the_document_has_it_optional(
    epmm_server, call, action, contract
):
    put(epmm_server, OTHER)
    epmm_server.answer("PUT", "/api/v1/dm/devices/.*", documented(contract))
    assert epmm_act(call, epmm_server, action=action, devices=[OTHER])["changed"]
    assert sent(epmm_server, contract) == [(f"/api/v1/dm/devices/{action}/{OTHER}", [])]


@pytest.mark.parametrize(
    ("action", "kind", "count"),
    [
        ("lock", "LOCK", 2),
        ("lock", "LOCK", 1),
        ("unlock", "UNLOCK", 2),
        ("unlock", "UNLOCK", 1),
        ("force_checkin", "WAKEUP_DEVICE", 2),
    ],
)
def test_bulk_actions_of_epmm(epmm_server, call, action, kind, count):
    devices = [OTHER, DEVICE][:count]
    put(epmm_server, *devices)
    epmm_server.answer("POST", "/api/v1/dm/bulk/devices/.*", documented("E25"))
    assert (
        epmm_act(call, epmm_server, action=action, devices=devices)["summary"]["changed"] == count
    )
    assert sent(epmm_server, "E25") == [
        (f"/api/v1/dm/bulk/devices/{kind}", [("deviceUuids", device) for device in devices])
    ]


def test_the_documented_passcodes_are_read(epmm_server, call):
    """The answer to unlock is of another device than the request; here it is of the one that is
    asked for."""
    unlocked = documented("E13")["passcodes"]["passcode"]
    put(epmm_server, unlocked["uuid"])
    options = {"devices": [unlocked["uuid"]], "reason": REASON}
    for shown in (True, False):
        [entry] = epmm_act(call, epmm_server, action="unlock", return_secrets=shown, **options)[
            "devices"
        ]
        assert entry.get("passcode") == ("6910" if shown else None)
    epmm_server.answer("PUT", "/api/v1/dm/devices/lock/.*", documented("E11"))
    plan = run(call, epmm_server, "device_action", action="lock", return_secrets=True, **options)
    assert plan["devices"][0]["passcode"] == "12345"


def test_the_documented_invalid_device_is_read(epmm_server, call):
    """It is invalid for a message; the other was told."""
    answer = next(
        one.answer
        for one in CONTRACTS["E26"].examples
        if isinstance(one.answer, dict) and "invalidDevices" in one.answer
    )
    gone = answer["invalidDevices"]["uuid"]
    put(epmm_server, OTHER, gone)
    epmm_server.answer("POST", "/api/v1/dm/bulk/sendmessage", answer)
    with pytest.raises(ModuleFailed, match="1 of 2 devices could not be") as failed:
        run(call, epmm_server, "device_message", devices=[OTHER, gone], text="Hello World")
    assert {one["guid"]: one["outcome"] for one in failed.value.result["devices"]} == {
        OTHER: "changed",
        gone: "failed",
    }


@pytest.mark.parametrize(
    ("mode", "word", "subject"),
    [
        ("push", "pns", None),
        ("email", "email", "A & b"),
        ("email", "email", None),
        ("sms", "sms", None),
    ],
)
@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_messages_of_epmm(epmm_server, call, mode, word, subject, by):
    contract = "E27" if by == "wifi_mac_address" else "E26"
    put(epmm_server, OTHER)
    epmm_server.answer("POST", "/api/v1/dm/bulk/.*", documented(contract))
    options = {"subject": subject} if subject else {}
    result = run(
        call,
        epmm_server,
        "device_message",
        devices=[OTHER],
        text="Hello World + 100 %",
        mode=mode,
        by=by,
        **options,
    )
    assert result["summary"]["changed"] == 1
    name = ("deviceWiFiMacAddress", MAC) if by == "wifi_mac_address" else ("deviceUuid", OTHER)
    [(_path, query)] = sent(epmm_server, contract)
    assert query == [
        name,
        ("message", "Hello World + 100 %"),
        ("mode", word),
        *([("subject", subject)] if subject else []),
    ]


@pytest.mark.parametrize(("voice", "data"), [(True, True), (True, False), (False, False)])
def test_roaming_of_epmm(epmm_server, call, voice, data):
    """The document's device says nothing of its roaming, so that both must be given."""
    put(epmm_server, OTHER, **{"common.platform": "iOS"})
    epmm_server.answer("PUT", "/api/v1/dm/devices/enableroaming/.*", documented("E21"))
    result = run(call, epmm_server, "device_roaming", devices=[OTHER], voice=voice, data=data)
    assert result["summary"]["changed"] == 1
    assert sent(epmm_server, "E21") == [
        (
            f"/api/v1/dm/devices/enableroaming/{OTHER}",
            [("voice", str(voice).lower()), ("data", str(data).lower())],
        )
    ]
    assert [path for path, _query in sent(epmm_server, "E02")] == [f"/api/v1/dm/devices/{OTHER}"]


@pytest.mark.parametrize("refresh", [False, True])
@pytest.mark.parametrize(("by", "contract"), [("guid", "E19"), ("wifi_mac_address", "E20")])
def test_the_documented_place_is_read(epmm_server, call, by, contract, refresh):
    put(epmm_server, OTHER)
    result = run(
        call,
        epmm_server,
        "device_location_info",
        devices=[OTHER],
        by=by,
        refresh=refresh,
        refresh_wait=0,
    )
    # fmt: off
    assert result["devices"] == [{
        "id": "1", "guid": OTHER, "found": True, "source": "Cell", "latitude": 37.386433, "longitude": -122.053902, "radius": 1500,
        "captured_at": "2010-09-29T23:24:23Z", "server": result["devices"][0]["server"],
    }]
    # fmt: on
    path = f"/api/v1/dm/devices/locate/{f'mac/{MAC}' if by == 'wifi_mac_address' else OTHER}"
    assert sent(epmm_server, contract) == [
        *([(path, [("locatenow", "true")])] if refresh else []),
        (path, []),
    ]
