# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: ActiveSync devices."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.blueprint import Blueprint
from uem_emulator.epmm.world import eas as eas_module
from uem_emulator.epmm.world.eas import Eas, eas_uuid
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.world import World
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api, Reply

DEVICES = "/api/v1/eas/devices"
XML = "application/xml"
NOBODY = "00000000-0000-4000-8000-000000000000"
GROUPS = (
    "registeredAllowed",
    "registeredBlocked",
    "unregisteredAllowed",
    "unregisteredBlocked",
    "wiped",
)
#: The document's, in its order.
ELEMENTS = [
    "uuid",
    "domain",
    "deviceId",
    "mailboxId",
    "userName",
    "phoneNumber",
    "model",
    "platform",
    "platformCode",
    "status",
    "activeSyncStatus",
    "firstSyncTime",
    "lastSyncTime",
    "miDeviceUuid",
    "actionSource",
]
# fmt: off
KEYS = ["ActionSource", "LastPingHeartbeat", "DeviceID", "FirstSyncTime", "DevicePolicyApplicationStatus", "LastSyncAttemptTime",
        "NumberOfFoldersSynced", "DeviceType", "DeviceModel", "DeviceUserAgent", "Status", "Guid", "DeviceAccessState",
        "DeviceEnableOutboundSMS", "Identity", "DeviceAccessStateReason", "DevicePolicyApplied", "LastPolicyUpdateTime",
        "IsRemoteWipeSupported", "LastSuccessSync", "RecoveryPassword", "DeviceActiveSyncVersion"]
# fmt: on
Make = Callable[..., str]


@pytest.fixture
def make(epmm: EpmmEmulator) -> Make:
    """An otherwise empty server: `make(...)` answers the uuid of the ActiveSync device it made."""
    epmm.reset(devices=0)
    return epmm.add_eas


def act(api: Api, action: str, *uuids: str) -> Reply:
    return api.call(
        "PUT", f"{DEVICES}?{urlencode([*(('uuids', uuid) for uuid in uuids), ('action', action)])}"
    )


def said(reply: Reply) -> str:
    text: str = reply.json["messages"]["message"]
    return text


def rows(answer: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Group and device, of a list which is not collapsed."""
    for name in GROUPS:
        for row in answer.get(f"{name}Devices", {}).get(f"{name}Device", ()):
            yield name, row


# --- the list -------------------------------------------------------------------------------------------------------------


def test_all_devices_in_their_groups(epmm: EpmmEmulator, epmm_api: Api) -> None:
    truth = epmm.eas()
    reply = epmm_api.get(DEVICES)
    shown = {row["uuid"]: (name, row) for name, row in rows(reply.json)}
    assert reply.status == 200 and said(reply) == f"{len(truth)} Device(s) returned"
    assert (
        list(reply.json) == ["messages", *(f"{name}Devices" for name in GROUPS)]
        and shown.keys() == truth.keys()
    )
    for uuid, row in truth.items():
        name, got = shown[uuid]
        assert (
            name == row["group"]
            and got["activeSyncStatus"] == row["state"]
            and got["actionSource"] == row["source"]
        )
        assert (got["status"], "miDeviceUuid" in got) == (
            ("Registered", True)
            if row["device_uuid"]
            and epmm.device(row["device_uuid"])["status"]
            not in ("RETIRED", "WIPED", "VERIFICATION_PENDING")
            else ("Unregistered", False)
        )
        assert (got["firstSyncTime"], got.get("lastSyncTime")) == (
            row["first"],
            row["last"],
        ) and row["first"] <= (row["last"] or NOW)
        assert list(got) == [name for name in ELEMENTS if name in got] and set(ELEMENTS) - set(
            got
        ) <= {"lastSyncTime", "miDeviceUuid"}


def test_a_registered_one_is_that_of_its_device(epmm: EpmmEmulator, epmm_api: Api) -> None:
    """As `easUuid` of the device says."""
    mine = {
        uuid: row["device_uuid"]
        for uuid, row in epmm.eas().items()
        if row["group"].startswith("registered")
    }
    assert len(mine) > 30
    for uuid, device_uuid in list(mine.items())[:10]:
        device = epmm_api.get(f"/api/v1/dm/devices/{device_uuid}").json["device"]
        row = next(row for _name, row in rows(epmm_api.get(DEVICES).json) if row["uuid"] == uuid)
        assert (
            device["easUuid"] == uuid
            and row["miDeviceUuid"] == device_uuid
            and row["userName"] == device["principal"]
        )
        assert (
            row["phoneNumber"] == device["phoneNumber"]
            and device["emailAddress"]
            and device["easLastSyncAttempt"]
        )


def test_what_a_server_has(epmm: EpmmEmulator) -> None:
    truth = list(epmm.eas().values())
    assert set(Counter(row["group"] for row in truth)) == set(GROUPS)
    assert max(Counter(row["mailbox"] for row in truth if row["device_uuid"] is None).values()) >= 2
    assert {row["source"] for row in truth} == {
        "EXCHANGE",
        "AUTOBLOCK",
        "POLICY",
        "MANUAL",
        "UNKNOWN",
    }
    assert {"{{ 7*7 }}", "日本.太郎", "first\nsecond", ""} <= {row["user"] for row in truth}
    assert any(row["last"] is None for row in truth) and any(
        not row["wipe_supported"] for row in truth
    )
    older = [
        row
        for row in truth
        if row["device_uuid"] is None
        and row["user"] in {one["user"] for one in truth if one["device_uuid"]}
    ]
    assert older and all(row["group"].startswith("unregistered") for row in older)
    passwords = [row["recovery_password"] for row in truth]
    assert len(set(passwords)) == len(passwords) and all(
        re.fullmatch("[0-9A-F]{10}-[0-9A-F]{6}", text) for text in passwords
    )


def test_the_same_seed_the_same_devices(epmm: EpmmEmulator) -> None:
    before = epmm.eas()
    epmm.add_eas(user="new")
    epmm.reset(seed=12)
    assert epmm.eas() != before
    epmm.reset(seed=11)
    assert epmm.eas() == before


def test_none_at_all(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.reset(devices=0)
    for path in (DEVICES, f"{DEVICES}/{NOBODY}"):
        reply = epmm_api.get(path)
        assert (reply.status, said(reply)) == (404, "No Data Found")


@pytest.mark.parametrize(
    ("position", "groups"),
    [("absent", None), ("null", None), ("empty", {}), ("list", {"wipedDevice": []})],
)
def test_none_at_all_in_a_message(
    epmm: EpmmEmulator, epmm_api: Api, position: str, groups: object
) -> None:
    epmm.reset(devices=0)
    epmm.set_switch("eas_nothing", "message")
    epmm.set_switch("eas_empty_groups", position)
    reply = epmm_api.get(DEVICES)
    assert (reply.status, said(reply)) == (200, "No devices were found") and reply.json.get(
        "wipedDevices"
    ) == groups
    assert ("wipedDevices" in reply.json) == (position != "absent") and epmm_api.get(
        f"{DEVICES}/{NOBODY}"
    ).status == 404
    root = ElementTree.fromstring(epmm_api.call("GET", DEVICES, Accept=XML).raw)
    assert root.findtext("messages/message") == "No devices were found" and not root.findall(
        "*/*/uuid"
    )


def test_one_device_is_no_list(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(user="{{ 7*7 }}", state="Blocked", source="POLICY")
    answer = epmm_api.get(DEVICES).json
    assert list(answer) == ["messages", "unregisteredBlockedDevices"]
    assert answer["unregisteredBlockedDevices"]["unregisteredBlockedDevice"]["uuid"] == uuid
    epmm.set_switch("one_element", "list")
    assert [row["userName"] for _name, row in rows(epmm_api.get(DEVICES).json)] == ["{{ 7*7 }}"]


@pytest.mark.parametrize(
    ("position", "in_json"), [("null", None), ("empty", {}), ("list", {"wipedDevice": []})]
)
def test_groups_without_devices(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, in_json: object
) -> None:
    make()
    epmm.set_switch("eas_empty_groups", position)
    answer = epmm_api.get(DEVICES).json
    assert (
        list(answer) == ["messages", *(f"{name}Devices" for name in GROUPS)]
        and answer["wipedDevices"] == in_json
    )
    root = ElementTree.fromstring(epmm_api.call("GET", DEVICES, Accept=XML).raw)
    assert [(child.tag, len(child)) for child in root] == [
        ("messages", 1),
        *((f"{name}Devices", int(name == "unregisteredAllowed")) for name in GROUPS),
    ]


@pytest.mark.parametrize(
    ("position", "expected"), [("absent", "nothing"), ("empty", ""), ("null", None)]
)
def test_the_device_of_an_unregistered_one(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, expected: str | None
) -> None:
    make()
    epmm.set_switch("eas_unregistered_uuid", position)
    row = epmm_api.get(DEVICES).json["unregisteredAllowedDevices"]["unregisteredAllowedDevice"]
    assert row.get("miDeviceUuid", "nothing") == expected
    root = ElementTree.fromstring(epmm_api.call("GET", DEVICES, Accept=XML).raw)
    assert (root.find("*/*/miDeviceUuid") is None) == (position == "absent")


@pytest.mark.parametrize("position", ["response", "reponse"])
def test_the_list_in_xml(epmm: EpmmEmulator, epmm_api: Api, position: str) -> None:
    epmm.set_switch("eas_root", position)
    root = ElementTree.fromstring(epmm_api.call("GET", DEVICES, Accept=XML).raw)
    assert root.tag == f"easWebService{position.capitalize()}"
    assert [child.tag for child in root] == ["messages", *(f"{name}Devices" for name in GROUPS)]
    in_json = [row for _name, row in rows(epmm_api.get(DEVICES).json)]
    in_xml = [item for group in root[1:] for item in group]
    assert len(in_xml) == len(in_json)
    for item, row in zip(in_xml, in_json, strict=True):
        assert [(child.tag, child.text or "") for child in item] == [
            (name, str(value)) for name, value in row.items()
        ]


def test_devices_come_and_go(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    user = epmm.users()[0]
    number = epmm.add_device(id=9, user=user["principal"])
    uuid = epmm.device(number)["uuid"]
    row = epmm_api.get(DEVICES).json["registeredAllowedDevices"]["registeredAllowedDevice"]
    assert (row["miDeviceUuid"], row["userName"], row["status"]) == (
        uuid,
        user["principal"],
        "Registered",
    )
    assert row["uuid"] == epmm_api.get(f"/api/v1/dm/devices/{uuid}").json["device"]["easUuid"]
    second = make(device=number, model="iPad")
    assert {
        row["uuid"]
        for row in epmm_api.get(DEVICES).json["registeredAllowedDevices"]["registeredAllowedDevice"]
    } == {row["uuid"], second}
    epmm.patch_device(number, status="RETIRED")
    answer = epmm_api.get(DEVICES).json
    assert (
        list(answer) == ["messages", "unregisteredAllowedDevices"]
        and len(answer["unregisteredAllowedDevices"]["unregisteredAllowedDevice"]) == 2
    )
    epmm.delete_device(number)
    assert list(epmm_api.get(DEVICES).json) == ["messages", "unregisteredAllowedDevices"]
    for gone in (second, row["uuid"]):
        epmm.delete_eas(gone)
    assert epmm_api.get(DEVICES).status == 404


def test_a_list_with_rows_missing(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_fault("short_page", path=DEVICES, missing=3)
    reply = epmm_api.get(DEVICES)
    assert (
        said(reply) == f"{len(epmm.eas())} Device(s) returned"
        and len(list(rows(reply.json))) == len(epmm.eas()) - 3
    )


# --- details --------------------------------------------------------------------------------------------------------------


def entries(answer: dict[str, Any]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in answer["details"][0]["entry"]}


def test_the_details_of_one(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(
        user="Sang Truong",
        domain="newyork.example.com",
        device_id="Appl9C0180RF75J",
        first=1278415773000,
        last=1278504892000,
    )
    answer = epmm_api.get(f"{DEVICES}/{uuid.upper()}").json
    found = entries(answer)
    assert list(answer) == ["uuid", "details"] and answer["uuid"] == uuid and list(found) == KEYS
    assert (
        found["FirstSyncTime"] == "7/6/2010 11:29:33 AM"
        and found["LastSuccessSync"] == found["LastSyncAttemptTime"] == "7/7/2010 12:14:52 PM"
    )
    assert (
        found["LastPolicyUpdateTime"] == "7/6/2010 11:29:34 AM"
        and found["DeviceID"] == "Appl9C0180RF75J"
    )
    assert found["Identity"].startswith(
        "newyork.example.com/Users/Sang Truong/ExchangeActiveSyncDevices/"
    )
    assert (
        found["ActionSource"],
        found["DeviceAccessState"],
        found["DeviceAccessStateReason"],
    ) == ("Exchange", "Allowed", "Individual")
    root = ElementTree.fromstring(epmm_api.call("GET", f"{DEVICES}/{uuid}", Accept=XML).raw)
    assert (
        root.tag == "easDevice"
        and [item.text for item in root.findall("details/entry/key")] == KEYS
    )


def test_details_inside_the_usual_root(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("eas_details", "wrapped")
    answer = epmm_api.get(f"{DEVICES}/{uuid}").json
    assert (
        answer["messages"] == ""
        and answer["easDevice"]["uuid"] == uuid
        and list(entries(answer["easDevice"])) == KEYS
    )
    root = ElementTree.fromstring(epmm_api.call("GET", f"{DEVICES}/{uuid}", Accept=XML).raw)
    assert root.tag == "easWebServiceResponse" and root.findtext("easDevice/uuid") == uuid


def test_the_password_for_recovery(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make(recovery_password="hunter2-hunter2")
    assert entries(epmm_api.get(f"{DEVICES}/{uuid}").json)["RecoveryPassword"] == "*****"
    epmm.set_switch("eas_recovery_password", "shown")
    assert entries(epmm_api.get(f"{DEVICES}/{uuid}").json)["RecoveryPassword"] == "hunter2-hunter2"
    assert b"hunter2" not in epmm_api.get(DEVICES).raw


def test_details_of_one_that_never_synchronised(
    epmm: EpmmEmulator, epmm_api: Api, make: Make
) -> None:
    uuid = make(last=None)
    assert set(KEYS) - set(entries(epmm_api.get(f"{DEVICES}/{uuid}").json)) == {
        "LastSyncAttemptTime",
        "LastSuccessSync",
    }
    assert (
        "lastSyncTime"
        not in epmm_api.get(DEVICES).json["unregisteredAllowedDevices"]["unregisteredAllowedDevice"]
    )


# --- actions --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("BLOCK_DEVICE", "Allowed", "Blocked"),
        ("REINSTATE_DEVICE", "Blocked", "Allowed"),
        ("WIPE", "Allowed", "Wiped"),
        ("WIPE", "Blocked", "Wiped"),
    ],
)
def test_an_action(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, action: str, before: str, after: str
) -> None:
    first, second, other = (make(state=before) for _turn in range(3))
    reply = act(epmm_api, action, first, second.upper(), first)
    assert reply.json == {"messages": {"message": f"2 device(s) modified to {action}"}}
    truth = epmm.eas()
    assert [truth[uuid]["state"] for uuid in (first, second, other)] == [after, after, before]
    assert [truth[uuid]["source"] for uuid in (first, second, other)] == [
        "MANUAL",
        "MANUAL",
        "EXCHANGE",
    ]
    assert (
        truth[first]["actions"] == [{"action": action, "at": NOW}] and truth[other]["actions"] == []
    )
    assert entries(epmm_api.get(f"{DEVICES}/{first}").json)["ActionSource"] == "Manual"
    assert epmm.state()["writes"] == 1 and [entry["acts"] for entry in epmm.requests()] == [
        True,
        False,
    ]


def test_the_answer_to_an_action_in_xml(epmm_api: Api, make: Make) -> None:
    root = ElementTree.fromstring(
        epmm_api.call("PUT", f"{DEVICES}?uuids={make()}&action=WIPE", Accept=XML).raw
    )
    assert (root.tag, root.findtext("messages/message")) == (
        "easWebServiceResponse",
        "1 device(s) modified to WIPE",
    )


@pytest.mark.parametrize(("position", "status", "text", "done"), [
    ("counted_out", 200, "1 device(s) modified to BLOCK_DEVICE", True), ("404", 404, "No Data Found", False),
    ("400", 400, "A device of the request does not exist", False)])  # fmt: skip
def test_devices_which_do_not_exist(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, status: int, text: str, done: bool
) -> None:
    uuid = make()
    epmm.set_switch("eas_unknown_device", position)
    reply = act(epmm_api, "BLOCK_DEVICE", NOBODY, uuid, "{{ 7*7 }}")
    assert (reply.status, said(reply), epmm.eas()[uuid]["state"] == "Blocked") == (
        status,
        text,
        done,
    )
    if position == "counted_out":
        assert (
            said(act(epmm_api, "WIPE", NOBODY)) == "0 device(s) modified to WIPE"
            and epmm.state()["writes"] == 1
        )


@pytest.mark.parametrize("action", ["", "block_device", "ALLOW", "{{ 7*7 }}"])
def test_an_action_there_is_not(epmm: EpmmEmulator, epmm_api: Api, make: Make, action: str) -> None:
    uuid = make()
    reply = act(epmm_api, action, uuid)
    assert (reply.status, said(reply)) == (200, "Invalid action")
    epmm.set_switch("v1_invalid_action", "400")
    assert (
        act(epmm_api, action, uuid).status == 400
        and epmm.eas()[uuid]["state"] == "Allowed"
        and epmm.state()["writes"] == 0
    )


def test_an_action_on_nothing(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert (
        epmm_api.call("PUT", f"{DEVICES}?action=WIPE").status
        == epmm_api.call("PUT", f"{DEVICES}?action=WIPE&uuids=").status
        == 400
    )


@pytest.mark.parametrize(
    ("position", "count", "source"), [("counted", 1, "MANUAL"), ("not_counted", 0, "POLICY")]
)
def test_an_action_which_changes_nothing(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, count: int, source: str
) -> None:
    uuid = make(state="Blocked", source="POLICY")
    epmm.set_switch("eas_repeated_action", position)
    assert (
        said(act(epmm_api, "BLOCK_DEVICE", uuid)) == f"{count} device(s) modified to BLOCK_DEVICE"
    )
    assert (epmm.eas()[uuid]["state"], epmm.eas()[uuid]["source"]) == ("Blocked", source)


@pytest.mark.parametrize(
    ("position", "count", "state"), [("stays", 0, "Wiped"), ("allowed", 1, "Allowed")]
)
def test_reinstating_a_wiped_one(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, count: int, state: str
) -> None:
    uuid = make(state="Wiped")
    epmm.set_switch("eas_reinstate_wiped", position)
    assert said(act(epmm_api, "BLOCK_DEVICE", uuid)) == "0 device(s) modified to BLOCK_DEVICE"
    assert (
        said(act(epmm_api, "REINSTATE_DEVICE", uuid))
        == f"{count} device(s) modified to REINSTATE_DEVICE"
    )
    assert epmm.eas()[uuid]["state"] == state


@pytest.mark.parametrize(("position", "count"), [("passed_over", 0), ("counted", 1)])
def test_wiping_what_cannot_be_wiped(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, count: int
) -> None:
    uuid = make(wipe_supported=False)
    epmm.set_switch("eas_wipe_unsupported", position)
    assert entries(epmm_api.get(f"{DEVICES}/{uuid}").json)["IsRemoteWipeSupported"] == "False"
    assert (
        said(act(epmm_api, "WIPE", uuid)) == f"{count} device(s) modified to WIPE"
        and epmm.eas()[uuid]["state"] == "Allowed"
    )


@pytest.mark.parametrize(("position", "reasons"), [("shown", (0x202, 0)), ("unchanged", (2, 2))])
def test_the_reason_at_the_registered_device(
    epmm: EpmmEmulator, epmm_api: Api, make: Make, position: str, reasons: tuple[int, int]
) -> None:
    epmm.set_switch("eas_block_reason", position)
    device = epmm.add_device(blocked=2)
    uuid = make(device=device)
    for action, expected in zip(("BLOCK_DEVICE", "REINSTATE_DEVICE"), reasons, strict=True):
        act(epmm_api, action, uuid)
        assert epmm.device(device)["blocked"] == expected
    act(epmm_api, "WIPE", uuid)
    assert epmm.device(device)["status"] == "ACTIVE" and epmm.eas()[uuid]["group"] == "wiped"


def test_an_effect_which_takes_time(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("action_settle", "manual")
    assert said(act(epmm_api, "BLOCK_DEVICE", uuid)) == "1 device(s) modified to BLOCK_DEVICE"
    assert (
        list(epmm_api.get(DEVICES).json)[1:] == ["unregisteredAllowedDevices"]
        and epmm.state()["pending_eas"] == 1
    )
    epmm.settle()
    assert (
        list(epmm_api.get(DEVICES).json)[1:] == ["unregisteredBlockedDevices"]
        and epmm.state()["pending_eas"] == 0
    )
    epmm.set_switch("action_settle", "reads")
    act(epmm_api, "REINSTATE_DEVICE", uuid)
    seen = [list(epmm_api.get(DEVICES).json)[1] for _turn in range(4)]
    assert seen == ["unregisteredBlockedDevices"] * 2 + ["unregisteredAllowedDevices"] * 2
    epmm.set_switch("action_settle", "manual")
    act(epmm_api, "WIPE", uuid)
    epmm.set_switch("action_settle", "none")
    assert epmm.eas()[uuid]["state"] == "Wiped"


def test_writes_which_go_wrong(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    first, second = make(), make()
    epmm.add_fault("no_effect", method="PUT")
    assert (
        said(act(epmm_api, "BLOCK_DEVICE", first)) == "1 device(s) modified to BLOCK_DEVICE"
        and epmm.eas()[first]["state"] == "Allowed"
    )
    epmm.add_fault("lost_answer", method="PUT")
    with pytest.raises(OSError):
        act(epmm_api, "BLOCK_DEVICE", first)
    assert epmm.eas()[first]["state"] == "Blocked"
    epmm.add_fault("vanish", method="PUT")
    assert said(act(epmm_api, "WIPE", first, second)) == "1 device(s) modified to WIPE"
    assert {uuid: row["state"] for uuid, row in epmm.eas().items()} == {second: "Wiped"}
    epmm.add_fault("result_zero", method="PUT")
    assert said(act(epmm_api, "REINSTATE_DEVICE", second)) == "Invalid action"


def test_what_the_document_does_not_name(epmm: EpmmEmulator, epmm_api: Api, make: Make) -> None:
    uuid = make()
    epmm.set_switch("strict", "on")
    for method, path in (
        ("GET", f"{DEVICES}?limit=1"),
        ("GET", f"{DEVICES}/{uuid}?x=1"),
        ("PUT", f"{DEVICES}?uuid={uuid}&action=WIPE"),
    ):
        assert epmm_api.call(method, path).status == 400
    assert (
        epmm_api.call("GET", "/api/v1/eas/devices.csv").status == 501
        and epmm_api.call("POST", DEVICES).headers["allow"] == "GET, PUT"
    )
    assert act(epmm_api, "BLOCK_DEVICE", uuid).status == 200


def test_the_truth_can_be_set(epmm: EpmmEmulator, make: Make) -> None:
    uuid = make(user="a", platform="Android")
    truth = epmm.change_eas(uuid, state="Wiped", source="UNKNOWN", mailbox="a@b")
    assert truth == epmm.eas()[uuid] and (truth["group"], truth["source"], truth["mailbox"]) == (
        "wiped",
        "UNKNOWN",
        "a@b",
    )
    for wrong in ({"state": "Gone"}, {"source": "me"}, {"uuid": "x"}, {"colour": 1}):
        with pytest.raises(ControlError, match="400"):
            epmm.control("PATCH", f"eas/{uuid}", wrong)
    with pytest.raises(ControlError, match="400"):
        make(device=NOBODY)
    for call in (lambda: epmm.change_eas(NOBODY), lambda: epmm.delete_eas(NOBODY)):
        with pytest.raises(ControlError, match="404"):
            call()
    assert json.dumps(epmm.eas()[uuid]) == json.dumps(truth)


def test_after_a_change_no_device_is_looked_at_but_the_changed_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(Blueprint(3, 600, 3, NOW), Switches())
    eas = Eas(world, world.switches)
    looked_at: list[int] = []

    def noted(device: Device) -> str | None:
        looked_at.append(device.id)
        return eas_uuid(device)

    monkeypatch.setattr(eas_module, "eas_uuid", noted)
    registered = [
        one
        for one in eas.by_uuid.values()
        if eas.device(one) is not None and one.state == "Allowed"
    ][:20]
    for mailbox in registered:
        assert (
            eas.order(mailbox, "BLOCK_DEVICE")
            and eas.find(mailbox.uuid) is mailbox
            and mailbox.state == "Blocked"
        )
    assert sorted(looked_at) == sorted(
        {device.id for device in map(eas.device, registered) if device is not None}
    )
    # One that has come is found, and nobody else is looked at.
    looked_at.clear()
    before, owner = (
        set(eas.by_uuid),
        next(user.principal for user in world.users.values() if user.email),
    )
    made = world.add({"id": 3 * (max(world.devices) + 1), "user": owner, "connected": NOW})
    assert sum(map(len, eas.groups().values())) == len(before) + 1 and looked_at == [made.id]
