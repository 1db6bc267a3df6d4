# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: actions on devices, some of them by GET; messages; locations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api, Reply

DEVICES = "/api/v1/dm/devices"
BULK = "/api/v1/dm/bulk/devices"
XML = "application/xml"
NOBODY = "00000000-0000-4000-8000-000000000000"
#: Method, part of the path, the name of the action, its message.
# fmt: off
SIMPLE = [("PUT", "retire", "RETIRE", "Device is retired successfully."), ("PUT", "lock", "LOCK", "Device is locked successfully."),
          ("PUT", "wipe", "WIPE", ""), ("GET", "wakeup", "WAKEUP_DEVICE", "Wake up request sent to device with uuid:{}"),
          ("GET", "unlock", "UNLOCK", "1 passcode(s) sent.")]
# fmt: on
IDS = [row[1] for row in SIMPLE]
Make = Callable[..., str]


@pytest.fixture
def make(epmm: EpmmEmulator) -> Make:
    """An otherwise empty server: `make(platform=...)` answers the uuid of the device it made."""
    epmm.reset(devices=0)
    return lambda **fields: str(epmm.device(epmm.add_device(**fields))["uuid"])


def act(
    api: Api, method: str, part: str, target: str, accept: str = "application/json", **query: str
) -> Reply:
    return api.call(
        method, f"{DEVICES}/{part}/{target}?{urlencode({'Reason': 'lost', **query})}", Accept=accept
    )


def done(epmm: EpmmEmulator, uuid: str) -> list[str]:
    return [entry["action"] for entry in epmm.device(uuid)["actions"]]


def bulk(api: Api, action: str, *uuids: str, name: str = "deviceUuids") -> Reply:
    return api.call("POST", f"{BULK}/{action}?{urlencode([(name, uuid) for uuid in uuids])}")


def send(api: Api, *uuids: str, mac: bool = False, name: str = "deviceUuid", **query: str) -> Reply:
    given = {"message": "Hello World", "mode": "pns", **query}
    path = "mac/sendmessage" if mac else "sendmessage"
    return api.call(
        "POST",
        f"/api/v1/dm/bulk/{path}?{urlencode([*given.items(), *((name, uuid) for uuid in uuids)])}",
    )


# --- one device -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["uuid", "mac"])
@pytest.mark.parametrize(("method", "part", "action", "text"), SIMPLE, ids=IDS)
def test_an_action_is_carried_out_and_noted(
    epmm: EpmmEmulator,
    epmm_api: Api,
    make: Make,
    method: str,
    part: str,
    action: str,
    text: str,
    way: str,
) -> None:
    other, uuid = make(), make(mac="38aa3c62bfad")
    reply = act(
        epmm_api,
        method,
        part,
        uuid if way == "uuid" else "mac/38AA3C62BFAD",
        Reason='J\u00fcrgen "lost" it & 1+1',
    )
    assert reply.status == 200 and reply.json["messages"] == {"message": text.format(uuid)}
    reason = None if part == "wakeup" else 'J\u00fcrgen "lost" it & 1+1'
    assert epmm.device(uuid)["actions"] == [{"action": action, "at": NOW, "reason": reason}]
    assert done(epmm, other) == [] and epmm.state()["actions"] == epmm.state()["writes"] == 1


@pytest.mark.parametrize(("method", "part", "action", "text"), SIMPLE[:4], ids=IDS[:4])
def test_the_answer_in_json_and_xml(
    epmm_api: Api, make: Make, method: str, part: str, action: str, text: str
) -> None:
    first, second = make(), make()
    assert list(act(epmm_api, method, part, first).json.items()) == [
        ("messages", {"message": text.format(first)}),
        ("deviceUuid", first),
    ]
    root = ElementTree.fromstring(act(epmm_api, method, part, second, XML).raw)
    assert root.tag == "deviceManagementWebServiceResponse"
    assert [(item.tag, item.text) for item in root.iter()][1:] == [
        ("messages", None),
        ("message", text.format(second) or None),
        ("deviceUuid", second),
    ]


@pytest.mark.parametrize(("method", "part", "action", "text"), SIMPLE, ids=IDS)
def test_no_such_device_and_the_wrong_method(
    epmm: EpmmEmulator, epmm_api: Api, method: str, part: str, action: str, text: str
) -> None:
    for target in (NOBODY, "mac/000000000000", "x"):
        reply = act(epmm_api, method, part, target)
        assert (reply.status, reply.json["messages"]["message"]) == (404, "No Data Found")
    assert act(epmm_api, {"GET": "PUT", "PUT": "GET"}[method], part, NOBODY).status == 405
    assert epmm.state()["actions"] == epmm.state()["writes"] == 0


def test_a_retired_device_is_in_its_list(epmm_api: Api, make: Make) -> None:
    uuid = make()
    act(epmm_api, "PUT", "retire", uuid)
    assert epmm_api.get(DEVICES).status == 404
    row = epmm_api.get(DEVICES, status="RETIRED").json["devices"]["device"]
    assert (row["uuid"], row["status"], row["statusCode"]) == (uuid, "RETIRED", 114)


def test_a_wiped_device_can_only_be_retired(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    assert act(epmm_api, "PUT", "wipe", uuid).status == 200
    row = epmm_api.get(f"{DEVICES}/{uuid}").json["device"]
    assert (row["status"], row["statusCode"]) == ("WIPED", 119)
    for method, part, _action, _text in SIMPLE[1:]:
        assert act(epmm_api, method, part, uuid).json == {
            "messages": {"message": "Invalid action"},
            "deviceUuid": uuid,
        }
    act(epmm_api, "PUT", "retire", uuid)
    assert epmm.device(uuid)["status"] == "RETIRED" and done(epmm, uuid) == ["WIPE", "RETIRE"]


@pytest.mark.parametrize("status", ["RETIRED", "RETIRE_PENDING", "VERIFICATION_PENDING"])
@pytest.mark.parametrize(
    ("position", "expected"), [("message", 200), ("400", 400), ("accepted", 200)]
)
@pytest.mark.parametrize(("method", "part", "action", "text"), SIMPLE, ids=IDS)
def test_what_a_device_cannot_take(
    epmm: EpmmEmulator,
    epmm_api: Api,
    make: Make,
    method: str,
    part: str,
    action: str,
    text: str,
    position: str,
    expected: int,
    status: str,
) -> None:
    uuid = make(status=status)
    epmm.set_switch("v1_impossible_action", position)
    reply = act(epmm_api, method, part, uuid)
    if (part, status) == ("retire", "VERIFICATION_PENDING"):
        assert reply.status == 200 and done(epmm, uuid) == ["RETIRE"]
        return
    said = text.format(uuid) if position == "accepted" else "Invalid action"
    assert (reply.status, reply.json["messages"]["message"]) == (expected, said)
    assert (
        done(epmm, uuid) == []
        and epmm.device(uuid)["status"] == status
        and epmm.state()["writes"] == 0
    )


@pytest.mark.parametrize("name", ["Reason", "reason", "REASON"])
def test_the_reason_in_any_case(epmm: EpmmEmulator, epmm_api: Api, make: Make, name: str) -> None:
    uuid = make()
    assert epmm_api.call("PUT", f"{DEVICES}/lock/{uuid}?{name}=a%20b").status == 200
    assert epmm.device(uuid)["actions"][0]["reason"] == "a b"


@pytest.mark.parametrize(("position", "expected"), [("400", 400), ("ignored", 200)])
@pytest.mark.parametrize(("method", "part"), [("PUT", "lock"), ("GET", "unlock")])
@pytest.mark.parametrize("query", ["", "?Reason=", "?Grund=x"])
def test_a_reason_is_required(
    epmm: EpmmEmulator,
    epmm_api: Api,
    make: Make,
    method: str,
    part: str,
    query: str,
    position: str,
    expected: int,
) -> None:
    uuid = make()
    epmm.set_switch("v1_reason_missing", position)
    assert epmm_api.call(method, f"{DEVICES}/{part}/{uuid}{query}").status == expected
    assert len(done(epmm, uuid)) == (expected == 200)


@pytest.mark.parametrize("part", ["retire", "wipe"])
def test_a_reason_may_be_left_out(epmm: EpmmEmulator, epmm_api: Api, make: Make, part: str) -> None:
    uuid = make()
    assert (
        epmm_api.call("PUT", f"{DEVICES}/{part}/{uuid}").status == 200
        and epmm.device(uuid)["actions"][0]["reason"] is None
    )


@pytest.mark.parametrize(
    ("position", "length", "expected"), [("400", 512, 200), ("400", 513, 400), ("cut", 513, 200)]
)
def test_the_length_of_a_reason(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, length: int, expected: int
) -> None:
    uuid = make()
    epmm.set_switch("v1_reason_long", position)
    assert act(epmm_api, "PUT", "lock", uuid, Reason="\u00e9" * length).status == expected
    assert [entry["reason"] for entry in epmm.device(uuid)["actions"]] == ["\u00e9" * 512] * (
        expected == 200
    )


@pytest.mark.parametrize(
    ("position", "text"), [("empty", ""), ("text", "Device is wiped successfully.")]
)
def test_the_message_of_a_wipe(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, text: str
) -> None:
    epmm.set_switch("wipe_message", position)
    assert act(epmm_api, "PUT", "wipe", make()).json["messages"] == {"message": text}


@pytest.mark.parametrize(("position", "chosen"), [("newest", 1), ("first", 0)])
def test_a_mac_address_with_two_registrations(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, chosen: int
) -> None:
    both = [
        make(mac="38aa3c62bfad", created=NOW - 2_000),
        make(mac="38aa3c62bfad", created=NOW - 1_000),
    ]
    epmm.set_switch("v1_mac_twice", position)
    assert act(epmm_api, "PUT", "lock", "mac/38aa3c62bfad").json["deviceUuid"] == both[chosen]
    assert done(epmm, both[1 - chosen]) == []


# --- passcodes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fields", "value"), [
    ({"platform": "iOS"}, "Q"), ({"platform": "iOS", "details": {"PasscodePresent": "false"}}, "F"),
    ({"platform": "iOS", "mdm_managed": False}, "NA"), ({"platform": "Android"}, "Q"),
    ({"platform": "Android", "details": {"prv_password": "OFF"}}, "F")])  # fmt: skip
def test_what_unlocking_says(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, fields: dict[str, Any], value: str
) -> None:
    uuid = make(phone="14085551212", **fields)
    row = act(epmm_api, "GET", "unlock", uuid).json["passcodes"]["passcode"]
    assert row == {
        "uuid": uuid,
        "name": f"{epmm.device(uuid)['user']}:{fields['platform']}:14085551212",
        "value": value,
    }
    assert done(epmm, uuid) == (["UNLOCK"] if value != "NA" else [])


@pytest.mark.parametrize(
    ("platform", "key", "expected"),
    [("iOS", "PasscodePresent", "false"), ("Android", "prv_password", "OFF")],
)
def test_unlocking_clears_the_passcode(
    epmm_api: Api, make: Make, platform: str, key: str, expected: str
) -> None:
    uuid = make(platform=platform)
    values = [
        act(epmm_api, "GET", "unlock", uuid).json["passcodes"]["passcode"]["value"]
        for _time in range(2)
    ]
    entries = epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["details"][0]["entry"]
    assert values == ["Q", "F"] and {"key": key, "value": expected} in entries


@pytest.mark.parametrize("platform", ["macOS", "Windows"])
def test_passcodes_differ_and_are_kept_nowhere(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, platform: str
) -> None:
    uuid = make(platform=platform)
    codes = [
        act(epmm_api, "GET", "unlock", uuid).json["passcodes"]["passcode"]["value"]
        for _time in range(3)
    ]
    codes += [act(epmm_api, "PUT", "lock", uuid).json["unlockpasscode"] for _time in range(3)]
    assert len(set(codes)) == 6 and all(len(code) == 6 and code.isdigit() for code in codes)
    kept = str(epmm.requests()) + str(epmm.device(uuid)) + str(epmm.state())
    assert not [code for code in codes if code in kept]


@pytest.mark.parametrize("platform", ["iOS", "Android"])
def test_a_lock_has_no_passcode_for_android_and_ios(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, platform: str
) -> None:
    uuid = make(platform=platform)
    assert "unlockpasscode" not in act(epmm_api, "PUT", "lock", uuid).json
    epmm.set_switch("unlock_value", "passcode")
    assert act(epmm_api, "GET", "unlock", uuid).json["passcodes"]["passcode"]["value"].isdigit()


# --- wakeup, locations, roaming ---------------------------------------------------------------------------------------------


def test_a_wakeup_moves_the_last_contact(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(connected=NOW - 5_000)
    times = []
    for _time in range(3):
        times.append(epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["lastConnectedAt"])
        act(epmm_api, "GET", "wakeup", uuid)
    assert times == [
        "2026-01-14T23:59:55+00:00",
        "2026-01-15T00:00:00+00:00",
        "2026-01-15T00:00:01+00:00",
    ]
    assert epmm.device(uuid)["client_connected"] == NOW + 2_000


def location(api: Api, target: str, **query: str) -> Any:
    reply = api.get(f"{DEVICES}/locate/{target}", **query)
    assert reply.status == 200, reply.raw
    return reply.json


def test_the_last_known_location(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    place = {
        "source": "Cell",
        "latitude": 37.386433,
        "longitude": -122.053902,
        "radius": 1500,
        "captured": 1285802663000,
    }
    uuid = make(platform="Android", mac="38aa3c62bfad", location=place)
    # fmt: off
    expected = {"deviceUuid": uuid, "messages": {"message": ""}, "locations": {"location": {
        "uuid": uuid, "lookupResult": "Cell", "latitude": 37.386433, "longitude": -122.053902, "radius": 1500,
        "capturedAt": 1285802663000}}, "locateNow": False}
    # fmt: on
    assert (
        location(epmm_api, uuid)
        == location(epmm_api, "mac/38AA3C62BFAD")
        == location(epmm_api, uuid, locatenow="False")
        == expected
    )
    root = ElementTree.fromstring(epmm_api.call("GET", f"{DEVICES}/locate/{uuid}", Accept=XML).raw)
    assert [
        root.findtext(path)
        for path in ("locations/location/capturedAt", "locateNow", "messages/message")
    ] == ["1285802663000", "false", ""]
    assert done(epmm, uuid) == [] and epmm.state()["writes"] == 0
    for wrong in ("here", {"latitude": 1}, {"source": "GPS", "height": 1}):
        with pytest.raises(ControlError, match="location"):
            epmm.patch_device(uuid, location=wrong)


def test_a_device_whose_place_is_not_known(epmm_api: Api, make: Make) -> None:
    uuid = make(location={"source": "LookupFailure"})
    assert location(epmm_api, uuid)["locations"]["location"] == {
        "uuid": uuid,
        "lookupResult": "LookupFailure",
    }
    assert epmm_api.get(f"{DEVICES}/locate/{NOBODY}").status == 404


@pytest.mark.parametrize("now", ["true", "True"])
def test_locatenow_asks_the_device(epmm: EpmmEmulator, epmm_api: Api, make: Make, now: str) -> None:
    uuid = make(
        platform="Android",
        location={
            "source": "Cell",
            "latitude": 1.5,
            "longitude": 2.5,
            "radius": 9,
            "captured": NOW,
        },
    )
    asked, later = location(epmm_api, uuid, locatenow=now), location(epmm_api, uuid)
    assert (asked["locateNow"], later["locateNow"]) == (True, False)
    assert asked["locations"]["location"]["capturedAt"] == NOW, "the device has not answered yet"
    found = later["locations"]["location"]
    assert (found["lookupResult"], found["latitude"], found["capturedAt"]) == (
        "GPS",
        1.501,
        NOW + 1_000,
    )
    assert done(epmm, uuid) == ["LOCATE"]


def test_locatenow_where_it_does_not_apply(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    ios, gone = make(platform="iOS"), make(platform="Android", status="RETIRED")
    assert location(epmm_api, ios, locatenow="true")["locateNow"] is False
    assert location(epmm_api, gone, locatenow="true")["messages"] == {"message": "Invalid action"}
    assert "locations" in location(epmm_api, gone), "what was known can be read"
    assert epmm_api.get(f"{DEVICES}/locate/{ios}", locatenow="1").status == 400
    assert done(epmm, ios) == done(epmm, gone) == []


def test_v2_knows_the_same_location(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(location={"source": "GPS", "latitude": 1.5, "longitude": -2.25, "captured": NOW})
    reply = epmm_api.get(
        "/api/v2/devices",
        adminDeviceSpaceId=1,
        query=f'common.uuid = "{uuid}"',
        fields="common.location,common.location_last_captured_at",
    )
    assert reply.json["results"] == [
        {
            "common.location": "1.5,-2.25",
            "common.location_last_captured_at": "2026-01-15T00:00:00.000Z",
        }
    ]


def roaming(api: Api, uuid: str) -> tuple[Any, ...]:
    found = {
        entry["key"]: entry["value"]
        for entry in api.get(f"{DEVICES}/{uuid}").json["device"]["details"][0]["entry"]
    }
    return found.get("Voice Roaming Enabled"), found.get("DataRoamingEnabled")


@pytest.mark.parametrize(("voice", "data", "expected"), [
    ("true", "true", ("true", "true")), ("true", "false", ("true", "false")), ("false", "false", ("false", "false")),
    ("false", "true", ("false", "false"))])  # fmt: skip
def test_roaming(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, voice: str, data: str, expected: tuple[str, str]
) -> None:
    uuid = make(platform="iOS", imei="123456789012345")
    reply = epmm_api.call("PUT", f"{DEVICES}/enableroaming/{uuid}?voice={voice}&data={data}")
    assert reply.status == 200 and roaming(epmm_api, uuid) == expected
    assert reply.json["deviceUuid"] == uuid and [
        text[:20] for text in reply.json["messages"]["message"]
    ] == ["Device voice roaming", "Device data roaming "]
    assert epmm.device(uuid)["actions"] == [
        {
            "action": "ROAMING",
            "at": NOW,
            "reason": None,
            "voice": voice == "true",
            "data": data == "true",
        }
    ]


@pytest.mark.parametrize(
    "query", ["", "?voice=true", "?data=true", "?voice=1&data=true", "?voice=&data=false"]
)
def test_roaming_needs_both(epmm: EpmmEmulator, epmm_api: Api, make: Make, query: str) -> None:
    uuid = make(platform="iOS")
    assert (
        epmm_api.call("PUT", f"{DEVICES}/enableroaming/{uuid}{query}").status == 400
        and done(epmm, uuid) == []
    )


def test_roaming_of_what_cannot(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    tablet, android = make(platform="iOS"), make(platform="Android")
    replies = [
        epmm_api.call("PUT", f"{DEVICES}/enableroaming/{uuid}?voice=true&data=true")
        for uuid in (tablet, android)
    ]
    assert all(len(reply.json["messages"]["message"]) == 2 for reply in replies), (
        "success, whether it is supported or not"
    )
    assert roaming(epmm_api, tablet) == (None, None) and done(epmm, android) == []
    epmm.set_switch("roaming_not_ios", "message")
    reply = epmm_api.call("PUT", f"{DEVICES}/enableroaming/{android}?voice=true&data=true")
    assert reply.json["messages"] == {"message": "Invalid action"}
    assert (
        epmm_api.call("PUT", f"{DEVICES}/enableroaming/{NOBODY}?voice=true&data=true").status == 404
    )


# --- many devices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["deviceUuids", "deviceUids"])
@pytest.mark.parametrize("action", ["LOCK", "WAKEUP_DEVICE", "RETIRE", "WIPE"])
def test_bulk(epmm: EpmmEmulator, epmm_api: Api, make: Make, action: str, name: str) -> None:
    epmm.set_switch("strict", "on")
    left, *chosen = (make() for _device in range(4))
    reply = bulk(epmm_api, action, *chosen, chosen[0].upper(), name=name)
    assert (reply.status, reply.json) == (200, {"messages": ""})
    assert [done(epmm, uuid) for uuid in (left, *chosen)] == [[], [action], [action], [action]]
    assert {epmm.device(uuid)["status"] for uuid in chosen} == {
        {"RETIRE": "RETIRED", "WIPE": "WIPED"}.get(action, "ACTIVE")
    }


def test_bulk_in_xml_and_with_an_object_for_no_messages(
    epmm: EpmmEmulator, epmm_api: Api, make: Make
) -> None:
    uuid = make()
    reply = epmm_api.call("POST", f"{BULK}/LOCK?deviceUuids={uuid}", Accept=XML)
    assert reply.raw.endswith(
        b"<deviceManagementWebServiceResponse><messages/></deviceManagementWebServiceResponse>"
    )
    epmm.set_switch("v1_empty_messages", "object")
    assert bulk(epmm_api, "LOCK", uuid).json == {"messages": {}}
    reply = epmm_api.call("POST", f"{BULK}/LOCK?deviceUuids={uuid}", Accept=XML)
    assert b"<messages/>" in reply.raw


def test_both_names_at_once(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    first, second = make(), make()
    epmm_api.call("POST", f"{BULK}/LOCK?deviceUids={first}&deviceUuids={second}")
    assert done(epmm, first) == done(epmm, second) == ["LOCK"]


@pytest.mark.parametrize("action", ["lock", "Lock", "LOCKS", "DELETE", "wakeup"])
def test_a_bulk_action_which_does_not_exist(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, action: str
) -> None:
    uuid = make()
    reply = bulk(epmm_api, action, uuid)
    assert (reply.status, reply.json) == (200, {"messages": {"message": "Invalid action"}})
    epmm.set_switch("v1_invalid_action", "400")
    assert bulk(epmm_api, action, uuid).status == 400 and done(epmm, uuid) == []


@pytest.mark.parametrize("invalid", [[NOBODY], [NOBODY, "x"], [f"{NOBODY},{NOBODY}"]])
def test_invalid_devices_are_listed_and_the_others_acted_on(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, invalid: list[str]
) -> None:
    uuid = make()
    shown = invalid[0] if len(invalid) == 1 else invalid
    assert bulk(epmm_api, "LOCK", invalid[0], uuid, *invalid[1:]).json == {
        "messages": "",
        "invalidDevices": {"uuid": shown},
    }
    epmm.set_switch("bulk_invalid_devices", "inside")
    assert bulk(epmm_api, "LOCK", *invalid, uuid).json == {
        "messages": {"invalidDevices": {"uuid": shown}}
    }
    assert bulk(epmm_api, "LOCK", uuid).json == {"messages": ""}
    assert done(epmm, uuid) == ["LOCK"] * 3


@pytest.mark.parametrize(("position", "expected"), [("200", 200), ("404", 404)])
def test_no_valid_device_at_all(
    epmm: EpmmEmulator, epmm_api: Api, position: str, expected: int
) -> None:
    epmm.set_switch("bulk_none_valid", position)
    for reply in (bulk(epmm_api, "WIPE", NOBODY), send(epmm_api, NOBODY)):
        assert reply.status == expected and reply.json["invalidDevices"] == {"uuid": NOBODY}
    assert epmm.state()["writes"] == 0


def test_how_many_devices(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuids = [make() for _device in range(3)]
    epmm.set_switch("bulk_max_devices", 2)
    assert bulk(epmm_api, "LOCK", *uuids).status == send(epmm_api, *uuids).status == 400
    assert bulk(epmm_api, "LOCK").status == bulk(epmm_api, "LOCK", "").status == 400
    assert [done(epmm, uuid) for uuid in uuids] == [[], [], []]
    assert bulk(epmm_api, "LOCK", *uuids[:2]).status == 200


def test_twenty_thousand_devices_in_one_request(
    epmm: EpmmEmulator, epmm_api: Api, make: Make
) -> None:
    uuid = make()
    nobody = [f"00000000-0000-4000-8000-{number:012d}" for number in range(19_999)]
    assert len(bulk(epmm_api, "LOCK", uuid, *nobody).json["invalidDevices"]["uuid"]) == 19_999
    assert bulk(epmm_api, "LOCK", uuid, *nobody, NOBODY[:-1] + "x").status == 400 and done(
        epmm, uuid
    ) == ["LOCK"]


@pytest.mark.parametrize("position", ["ignored", "invalid"])
@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("LOCK", "WIPED"),
        ("WIPE", "RETIRED"),
        ("RETIRE", "RETIRED"),
        ("WAKEUP_DEVICE", "RETIRE_PENDING"),
    ],
)
def test_a_device_of_many_which_cannot(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, action: str, status: str, position: str
) -> None:
    able, unable = make(), make(status=status)
    epmm.set_switch("bulk_impossible_device", position)
    expected = {"invalidDevices": {"uuid": unable}} if position == "invalid" else {}
    assert bulk(epmm_api, action, able, unable).json == {"messages": "", **expected}
    assert (done(epmm, able), done(epmm, unable), epmm.device(unable)["status"]) == (
        [action],
        [],
        status,
    )


def test_bulk_unlock(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    ios, mac, unmanaged, gone = (
        make(platform="iOS"),
        make(platform="macOS"),
        make(platform="iOS", mdm_managed=False),
        make(status="RETIRED"),
    )
    answer = bulk(epmm_api, "UNLOCK", ios, unmanaged, mac, NOBODY, gone).json
    assert [(row["uuid"], row["value"].isdigit()) for row in answer["passcodes"]["passcode"]] == [
        (ios, False),
        (mac, True),
    ]
    assert [unmanaged in text or gone in text for text in answer["failedDevices"]["message"]] == [
        True,
        True,
    ]
    assert list(answer) == ["messages", "invalidDevices", "passcodes", "failedDevices"]
    assert answer["invalidDevices"] == {"uuid": NOBODY}
    assert [done(epmm, uuid) for uuid in (ios, mac, unmanaged, gone)] == [
        ["UNLOCK"],
        ["UNLOCK"],
        [],
        [],
    ]


# --- messages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["sms", "email", "pns"])
def test_a_message(epmm: EpmmEmulator, epmm_api: Api, make: Make, mode: str) -> None:
    uuids = [make(), make()]
    reply = send(epmm_api, *uuids, mode=mode, message="Gr\u00fc\u00dfe & {{ x }}", subject="S")
    assert (reply.status, reply.json) == (
        200,
        {"messages": "", "message": "Message sent successfully for all devices."},
    )
    # fmt: off
    assert [epmm.device(uuid)["actions"] for uuid in uuids] == [[{
        "action": "MESSAGE", "at": NOW, "reason": None, "message": "Gr\u00fc\u00dfe & {{ x }}", "mode": mode,
        "subject": "S" if mode == "email" else None}]] * 2
    # fmt: on


@pytest.mark.parametrize("name", ["deviceWiFiMacAddress", "macAddress"])
def test_a_message_by_mac_address(epmm: EpmmEmulator, epmm_api: Api, make: Make, name: str) -> None:
    epmm.set_switch("strict", "on")
    uuid = make(mac="38aa3c62bfad")
    assert send(epmm_api, "38AA3C62BFAD", "000000000000", mac=True, name=name).json == {
        "messages": "",
        "invalidDevices": {"uuid": "000000000000"},
    }
    assert (
        send(epmm_api, "38aa3c62bfad", mac=True, name=name)
        .json["message"]
        .startswith("Message sent")
    )
    assert done(epmm, uuid) == ["MESSAGE", "MESSAGE"]


def test_where_a_message_was_sent_is_said(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("message_sent", "inside")
    assert send(epmm_api, uuid).json == {
        "messages": {"message": "Message sent successfully for all devices."}
    }
    assert send(epmm_api, uuid, NOBODY).json == {
        "messages": "",
        "invalidDevices": {"uuid": NOBODY},
    }


@pytest.mark.parametrize(
    "query",
    [{"message": ""}, {"mode": ""}, {"mode": "SMS"}, {"mode": "fax"}, {"name": "deviceUuids"}],
)
def test_what_a_message_needs(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, query: dict[str, Any]
) -> None:
    uuid = make()
    assert send(epmm_api, uuid, **query).status == 400 and done(epmm, uuid) == []


def test_a_subject_of_what_is_no_mail(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("message_subject", "400")
    assert send(epmm_api, uuid, mode="sms", subject="S").status == 400
    assert (
        send(epmm_api, uuid, mode="email", subject="S").status
        == send(epmm_api, uuid, mode="sms").status
        == 200
    )


# --- over time --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "part", "before", "after"),
    [("PUT", "retire", "RETIRE_PENDING", "RETIRED"), ("PUT", "wipe", "ACTIVE", "WIPED")],
)
def test_a_device_settles_by_hand(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, method: str, part: str, before: str, after: str
) -> None:
    epmm.set_switch("action_settle", "manual")
    uuid = make()
    act(epmm_api, method, part, uuid)
    shown = [epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] for _time in range(5)]
    assert shown == [before] * 5 and epmm.state()["pending_actions"] == 1
    epmm.settle()
    assert (
        epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] == after
        and epmm.state()["pending_actions"] == 0
    )


def test_a_device_settles_after_some_reads(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    epmm.set_switch("action_settle", "reads")
    uuid = make()
    bulk(epmm_api, "RETIRE", uuid)
    assert [
        epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["statusCode"] for _time in range(4)
    ] == [117, 117, 114, 114]


def test_a_device_settles_with_time(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    epmm.set_switch("action_settle", "time")
    epmm.set_switch("action_settle_ms", 3_600_000)
    uuid = make()
    act(epmm_api, "PUT", "wipe", uuid)
    assert epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] == "ACTIVE"
    epmm.set_switch("action_settle_ms", 0)
    act(epmm_api, "PUT", "lock", uuid)
    assert epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] == "ACTIVE", (
        "a lock gives what waits no other time"
    )
    act(epmm_api, "GET", "wakeup", uuid)
    assert epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] == "WIPED"


def test_what_waits_is_carried_out_in_order_by_those_who_are_left(
    epmm: EpmmEmulator, epmm_api: Api, make: Make
) -> None:
    epmm.set_switch("action_settle", "manual")
    uuid, other = make(platform="Android"), make()
    for method, part in (("GET", "wakeup"), ("PUT", "wipe"), ("PUT", "retire")):
        act(epmm_api, method, part, uuid)
    act(epmm_api, "PUT", "wipe", other)
    number = epmm.device(other)["id"]
    epmm.delete_device(other)
    epmm.add_device(id=number)
    connected = epmm.device(uuid)["connected"]
    epmm.set_switch("action_settle", "none")
    assert (epmm.device(uuid)["status"], epmm.device(uuid)["connected"]) == (
        "RETIRED",
        connected + 1_000,
    )
    assert epmm.device(number)["status"] == "ACTIVE", "another device with that number"
    epmm.reset()
    assert (epmm.state()["pending_actions"], epmm.state()["actions"]) == (0, 0)


def test_a_list_may_lag_behind_a_device(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    epmm.set_switch("list_lag", "manual")
    epmm.set_switch("action_settle", "manual")
    uuid = make()
    epmm.settle()
    act(epmm_api, "PUT", "wipe", uuid)
    epmm.set_switch("action_settle", "none")
    assert epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["status"] == "WIPED"
    assert epmm_api.get(DEVICES).json["devices"]["device"]["status"] == "ACTIVE"
    epmm.settle()
    assert (
        epmm_api.get(DEVICES).status == 404 and epmm_api.get(DEVICES, status="WIPED").status == 200
    )


# --- the log, faults, the server as a whole -----------------------------------------------------------------------------------


def test_the_log_tells_which_gets_act(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(platform="Android")
    # fmt: off
    calls = [("GET", f"{uuid}", False), ("GET", f"unlock/{uuid}?Reason=x", True), ("GET", f"unlock/{NOBODY}", True),
             ("GET", f"wakeup/mac/{NOBODY}", True), ("GET", f"locate/{uuid}", False), ("GET", f"locate/{uuid}?locatenow=false", False),
             ("GET", f"locate/{uuid}?locatenow=True", True), ("PUT", f"lock/{uuid}", True), ("DELETE", uuid, True)]
    # fmt: on
    epmm.add_fault("503", path="*/wakeup/*")
    for method, path, _acts in calls:
        epmm_api.call(method, f"{DEVICES}/{path}")
    assert [entry["acts"] for entry in epmm.requests()] == [acts for _method, _path, acts in calls]


@pytest.mark.parametrize(("method", "part", "action", "text"), SIMPLE, ids=IDS)
def test_an_action_without_effect_and_a_device_that_vanishes(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, method: str, part: str, action: str, text: str
) -> None:
    uuid = make()
    epmm.add_fault("no_effect", path=f"*/{part}/*")
    epmm.add_fault("vanish", path=f"*/{part}/*")
    reply = act(epmm_api, method, part, uuid)
    assert reply.json["messages"]["message"] == text.format(uuid) and done(epmm, uuid) == []
    assert act(epmm_api, method, part, uuid).status == 404 and epmm.state()["devices"] == 0


def test_bulk_without_effect_and_a_device_that_vanishes(
    epmm: EpmmEmulator, epmm_api: Api, make: Make
) -> None:
    uuids = [make(), make()]
    epmm.add_fault("no_effect")
    epmm.add_fault("vanish")
    assert bulk(epmm_api, "WIPE", *uuids).json == {"messages": ""} and epmm.state()["actions"] == 0
    assert bulk(epmm_api, "WIPE", *uuids).json == {
        "messages": "",
        "invalidDevices": {"uuid": uuids[0]},
    }
    assert epmm.device(uuids[1])["status"] == "WIPED" and epmm.state()["devices"] == 1


def test_a_lost_answer_was_carried_out(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.add_fault("lost_answer", path="*/wipe/*")
    with pytest.raises(OSError):
        act(epmm_api, "PUT", "wipe", uuid)
    assert epmm.device(uuid)["status"] == "WIPED" and done(epmm, uuid) == ["WIPE"]


def test_a_server_without_v1_has_no_actions(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("v1_absent", "404")
    for method in ("PUT", "GET", "POST"):
        reply = act(epmm_api, method, "lock", uuid)
        assert reply.status == 404 and "allow" not in reply.headers
    assert bulk(epmm_api, "WIPE", uuid).status == 404 and done(epmm, uuid) == []


def test_a_retired_device_has_no_policies(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    assert epmm_api.get(f"/api/v1/policies/devices/{uuid}").status == 200
    act(epmm_api, "PUT", "retire", uuid)
    assert epmm_api.get(f"/api/v1/policies/devices/{uuid}").status == 404
