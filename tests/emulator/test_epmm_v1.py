# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: devices, labels, users; forms, errors and what is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply

XML = "application/xml"
DEVICES = "/api/v1/dm/devices"
STATUSES = (
    "ACTIVE",
    "IENROLL_VERIFIED",
    "IENROLL_INPROGRESS",
    "IENROLL_COMPLETE",
    "INFECTED",
    "LOST",
    "RETIRED",
    "VERIFIED",
    "VERIFICATION_PENDING",
    "EXPIRED",
    "WIPED",
)


def many(value: Any) -> list[Any]:
    """What a client must do with every list."""
    return value if isinstance(value, list) else [value]


def uuids(reply: Reply) -> list[str]:
    """The devices of a list; none for a 404."""
    assert reply.status in (200, 404), reply.raw
    return (
        [row["uuid"] for row in many(reply.json["devices"]["device"])]
        if reply.status == 200
        else []
    )


def true_uuids(epmm: EpmmEmulator, wanted: Callable[[dict[str, Any]], Any]) -> list[str]:
    return [
        row["uuid"]
        for row in epmm.devices("id", "uuid", "status", "phone", "user", "mac", "labels")
        if wanted(row)
    ]


@pytest.fixture
def small(epmm: EpmmEmulator) -> Callable[..., list[str]]:
    """An otherwise empty server: `small({...}, {...})` answers the uuids of the devices it made."""
    epmm.reset(devices=0)

    def make(*devices: dict[str, Any]) -> list[str]:
        return [str(epmm.device(epmm.add_device(**fields))["uuid"]) for fields in devices]

    return make


# --- devices by status ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_devices(epmm: EpmmEmulator, epmm_api: Api, status: str) -> None:
    expected = true_uuids(epmm, lambda row: row["status"] == status)
    reply = epmm_api.get(DEVICES, status=status)
    assert expected and uuids(reply) == expected
    assert reply.json["messages"] == {"message": f"{len(expected)} Device(s) returned"}
    assert reply.json["totalCount"] == len(expected)


def test_active_is_the_default(epmm_api: Api) -> None:
    assert epmm_api.get(DEVICES).raw == epmm_api.get(DEVICES, status="ACTIVE").raw


def test_a_device_as_the_document_and_clients_know_it(
    small: Any, epmm: EpmmEmulator, epmm_api: Api
) -> None:
    (uuid,) = small(
        {
            "platform": "Android",
            "phone": "14085551212",
            "compliance": 3,
            "quarantined": 2,
            "blocked": 1,
            "owner": "EMPLOYEE",
            "comment": 'a "b" <c>\n{{ d }}',
        }
    )
    truth = epmm.device(uuid)
    reply = epmm_api.get(DEVICES)
    assert list(reply.json) == ["messages", "totalCount", "devices"], "the root is gone"
    row = reply.json["devices"]["device"]
    assert isinstance(row, dict), "one device is an object"
    # fmt: off
    expected = {
        "@id": str(truth["id"]), "uuid": uuid, "principal": truth["user"], "compliance": 3, "quarantinedStatus": 2,
        "blockReason": 1, "comment": "a \"b\" <c>\n{{ d }}", "employeeOwned": True, "mdmManaged": False, "status": "ACTIVE",
        "statusCode": 97, "currentPhoneNumber": "14085551212", "phoneNumber": "14085551212", "deviceCount": 0,
        "platform": truth["platform_name"], "name": f"{truth['user']}:{truth['platform_name']}:14085551212",
        "userUUID": truth["user_uuid"], "emailAddress": truth["email"], "nonGMS": False, "wipeReason": 0,
        "lastConnectedAt": "2026-01-15T00:00:00+00:00", "registeredAt": "2026-01-14T23:00:00+00:00"}
    # fmt: on
    assert {name: row[name] for name in expected} == expected
    assert (
        len(row["details"]) == 1
        and {"key": "platform_name", "value": "14.0"} in row["details"][0]["entry"]
    )
    made_up = {"afw_capable", "attestation", "security_patch"}
    shown = {pair["key"]: pair["value"] for pair in row["details"][0]["entry"]}
    assert shown == {key: text for key, text in truth["details"].items() if key not in made_up}


def test_types_are_real(epmm_api: Api) -> None:
    numbers = {
        "countryCode",
        "userSource",
        "userId",
        "deviceCount",
        "languageCountryId",
        "countryId",
        "languageId",
        "mdmProfileUrlId",
        "quarantinedStatus",
        "operatorId",
        "wipeReason",
        "compliance",
        "clientId",
        "regCount",
        "blockReason",
        "statusCode",
        "TLVVersion",
    }
    booleans = {
        "notifyUser",
        "employeeOwned",
        "mdmManaged",
        "nonGMS",
        "authOnly",
        "multiUser",
        "temporarySessionOnly",
    }
    for row in epmm_api.get(DEVICES).json["devices"]["device"]:
        for name, value in row.items():
            kind = (
                int
                if name in numbers
                else bool
                if name in booleans
                else list
                if name == "details"
                else str
            )
            # Exactly that: a boolean is an int, too.
            assert value.__class__ is kind, name


def test_xml_holds_the_same(epmm_api: Api) -> None:
    rows = epmm_api.get(DEVICES).json["devices"]["device"]
    reply = epmm_api.call("GET", DEVICES, Accept=XML)
    assert reply.headers["content-type"].startswith(XML)
    root = ElementTree.fromstring(reply.raw)
    assert root.tag == "deviceManagementWebServiceResponse"
    assert root.findtext("messages/message") == f"{len(rows)} Device(s) returned"
    elements = root.findall("devices/device")
    assert [element.get("id") for element in elements] == [row["@id"] for row in rows]
    for element, row in zip(elements, rows, strict=True):
        assert [child.tag for child in element] == [name for name in row if name != "@id"]
        for child in element:
            if child.tag == "details":
                pairs = [
                    (entry.findtext("key"), entry.findtext("value") or "")
                    for entry in child.findall("entry")
                ]
                assert pairs == [
                    (pair["key"], pair["value"]) for pair in many(row["details"][0]["entry"])
                ]
            else:
                value = row[child.tag]
                assert (child.text or "") == (
                    str(value).lower() if isinstance(value, bool) else str(value)
                )


@pytest.mark.parametrize(("accept", "form"), [
    ("application/json", "application/json"), ("*/*", "application/json"), ("", "application/json"), (XML, XML), ("text/xml", XML),
    ("application/xml;q=0.9, application/json;q=0.5", XML), ("application/xml;q=0.1, application/json", "application/json"),
    ("application/xml, */*", XML), ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XML), ("text/csv", "application/json"),
    ("application/xml;q=nonsense, application/json", "application/json"),
])  # fmt: skip
def test_who_asks_for_xml_gets_it(epmm_api: Api, accept: str, form: str) -> None:
    for path in ("/api/v1/dm/labels", "/api/v1/dm/labels/nobody%20has%20it"):
        assert epmm_api.call("GET", path, Accept=accept).headers["content-type"].startswith(form)


@pytest.mark.parametrize(("position", "kind"), [("collapse", dict), ("list", list)])
def test_one_element(
    small: Any, epmm: EpmmEmulator, epmm_api: Api, position: str, kind: type
) -> None:
    small({})
    epmm.set_switch("one_element", position)
    found = epmm_api.get(DEVICES).json
    assert isinstance(found["devices"]["device"], kind)
    assert isinstance(found["messages"]["message"], str if kind is dict else list)
    assert isinstance(many(found["devices"]["device"])[0]["details"], list)


def test_a_pending_registration_has_no_details(epmm_api: Api) -> None:
    for row in many(epmm_api.get(DEVICES, status="VERIFICATION_PENDING").json["devices"]["device"]):
        assert row["details"] == [] and "lastConnectedAt" not in row and "registeredAt" not in row


@pytest.mark.parametrize(("platform", "status", "managed"), [
    ("iOS", "ACTIVE", True), ("macOS", "ACTIVE", False), ("Android", "ACTIVE", False), ("iOS", "RETIRED", False), ("iOS", "WIPED", False),
    ("iOS", "VERIFICATION_PENDING", False)])  # fmt: skip
def test_who_has_an_mdm_profile(
    small: Any, epmm_api: Api, platform: str, status: str, managed: bool
) -> None:
    (uuid,) = small({"platform": platform, "status": status, "mdm_managed": True})
    device = epmm_api.get(f"{DEVICES}/{uuid}").json["device"]
    assert (device["mdmManaged"], device["mdmProfileUrlId"] != 0) == (managed, managed)


@pytest.mark.parametrize(
    ("position", "case", "status"),
    [
        ("respected", "active", 404),
        ("ignored", "active", 200),
        ("respected", "ACTIVE", 200),
        ("ignored", "Active", 200),
    ],
)
def test_the_case_of_a_status(
    epmm: EpmmEmulator, epmm_api: Api, position: str, case: str, status: int
) -> None:
    epmm.set_switch("v1_status_case", position)
    assert epmm_api.get(DEVICES, status=case).status == status


@pytest.mark.parametrize(("position", "status"), [("404", 404), ("400", 400)])
@pytest.mark.parametrize("name", ["NONSENSE", "BLOCKED", "RETIRE_PENDING", "ACTIVE,LOST"])
def test_a_status_which_cannot_be_asked_for(
    epmm: EpmmEmulator, epmm_api: Api, position: str, status: int, name: str
) -> None:
    epmm.set_switch("v1_unknown_status", position)
    assert epmm_api.get(DEVICES, status=name).status == status


def test_limit_and_offset(epmm: EpmmEmulator, epmm_api: Api) -> None:
    everything = uuids(epmm_api.get(DEVICES))
    reply = epmm_api.get(DEVICES, limit=3, offset=2)
    assert uuids(reply) == everything[2:5] and reply.json["totalCount"] == len(everything)
    assert reply.json["messages"]["message"] == "3 Device(s) returned"
    assert isinstance(epmm_api.get(DEVICES, limit=1).json["devices"]["device"], dict)
    assert uuids(epmm_api.get(DEVICES, offset=len(everything) - 1)) == everything[-1:]
    assert epmm_api.get(DEVICES, offset=len(everything)).status == 404
    assert [epmm_api.get(DEVICES, limit=wrong).status for wrong in ("x", "-1", "1.5", "²")] == [
        400
    ] * 4
    epmm.set_switch("v1_list_limit", "ignored")
    assert uuids(epmm_api.get(DEVICES, limit=3, offset=2)) == everything


@pytest.mark.parametrize(("position", "listed", "single"), [
    ("both", {"currentPhoneNumber", "phoneNumber"}, {"currentPhoneNumber", "phoneNumber"}),
    ("document", {"phoneNumber"}, {"currentPhoneNumber"}), ("current", {"currentPhoneNumber"}, {"currentPhoneNumber"})])  # fmt: skip
def test_the_name_of_the_phone_number(
    small: Any, epmm: EpmmEmulator, epmm_api: Api, position: str, listed: set[str], single: set[str]
) -> None:
    (uuid,) = small({"phone": "1555"})
    for sent, names in (
        (position, (listed, single)),
        ("both", ({"currentPhoneNumber", "phoneNumber"},) * 2),
    ):
        epmm.set_switch("v1_phone_field", sent)
        rows = (
            epmm_api.get(DEVICES).json["devices"]["device"],
            epmm_api.get(f"{DEVICES}/{uuid}").json["device"],
        )
        assert (
            tuple({name for name in row if name.lower().endswith("phonenumber")} for row in rows)
            == names
        )


def test_a_change_is_seen(small: Any, epmm: EpmmEmulator, epmm_api: Api) -> None:
    (uuid,) = small({})
    assert epmm_api.get(DEVICES).json["devices"]["device"]["compliance"] == 0
    epmm.patch_device(uuid, compliance=5)
    assert epmm_api.get(DEVICES).json["devices"]["device"]["compliance"] == 5
    assert b"<compliance>5</compliance>" in epmm_api.call("GET", DEVICES, Accept=XML).raw
    epmm.patch_device(uuid, status="LOST")
    assert epmm_api.get(DEVICES).status == 404 and uuids(epmm_api.get(DEVICES, status="LOST")) == [
        uuid
    ]


# --- one device, and lookups ----------------------------------------------------------------------------------------------


def test_one_device(epmm: EpmmEmulator, epmm_api: Api) -> None:
    truth = epmm.devices("uuid", "status")
    for status in ("ACTIVE", "RETIRED", "VERIFICATION_PENDING"):
        uuid = next(row["uuid"] for row in truth if row["status"] == status)
        reply = epmm_api.get(f"{DEVICES}/{uuid}")
        assert reply.json["messages"] == "" and reply.json["device"]["uuid"] == uuid
        assert (
            reply.json["device"]
            == many(epmm_api.get(DEVICES, status=status).json["devices"]["device"])[
                [row["uuid"] for row in truth if row["status"] == status].index(uuid)
            ]
        )
        assert epmm_api.get(f"{DEVICES}/{uuid.upper()}").json == reply.json


def test_one_device_in_xml(epmm: EpmmEmulator, epmm_api: Api) -> None:
    first = epmm.devices("id", "uuid")[0]
    root = ElementTree.fromstring(
        epmm_api.call("GET", f"{DEVICES}/{first['uuid']}", Accept=XML).raw
    )
    device = root.find("device")
    assert (
        device is not None
        and device.get("id") == str(first["id"])
        and device.findtext("uuid") == first["uuid"]
    )
    messages = root.find("messages")
    assert messages is not None and not list(messages) and not messages.text


@pytest.mark.parametrize(
    "path", ["00000000-0000-4000-8000-000000000000", "2", "x", "%7B%7B%207*7%20%7D%7D", "%FF"]
)
def test_a_device_which_does_not_exist(epmm_api: Api, path: str) -> None:
    reply = epmm_api.get(f"{DEVICES}/{path}")
    assert reply.status == 404 and "No device was found" in reply.json["messages"]["message"]


def test_by_phone(small: Any, epmm_api: Api) -> None:
    one, two, twin, other = small(
        {"phone": "15550001"}, {"phone": "15550002"}, {"phone": "15550002"}, {"phone": "PDA 2"}
    )
    reply = epmm_api.get("/api/v1/dm/phones/15550001")
    assert (
        uuids(reply) == [one]
        and reply.json["phoneNumber"] == "15550001"
        and reply.json["messages"] == ""
    )
    reply = epmm_api.get("/api/v1/dm/phones/15550002,15550001,15559999")
    assert uuids(reply) == [one, two, twin] and "phoneNumber" not in reply.json
    assert reply.json["messages"]["message"] == "3 Device(s) returned"
    assert uuids(epmm_api.get("/api/v1/dm/phones/15550002%2CPDA%202")) == [two, twin, other]
    reply = epmm_api.get("/api/v1/dm/phones/15550001,1")
    assert (
        uuids(reply) == [one]
        and "phoneNumber" not in reply.json
        and reply.json["messages"] == {"message": "1 Device(s) returned"}
    )
    reply = epmm_api.get("/api/v1/dm/phones/15550002")
    assert (
        uuids(reply) == [two, twin]
        and reply.json["phoneNumber"] == "15550002"
        and reply.json["messages"] == ""
    )
    for numbers in ("1", "1,2", "1555000"):
        reply = epmm_api.get(f"/api/v1/dm/phones/{numbers}")
        assert reply.status == 404 and reply.json == {
            "phoneNumber": numbers,
            "totalCount": 0,
            "messages": {"message": "No Data Found"},
        }


def test_by_user(epmm: EpmmEmulator, epmm_api: Api) -> None:
    owners = [
        row["user"]
        for row in epmm.devices("user", "status")
        if row["status"] != "VERIFICATION_PENDING"
    ]
    several = next(name for name in owners if owners.count(name) > 1)
    mine = true_uuids(
        epmm, lambda row: row["user"] == several and row["status"] != "VERIFICATION_PENDING"
    )
    assert len(mine) > 1
    assert (
        uuids(epmm_api.get(f"/api/v1/dm/users/{several}"))
        == mine
        == uuids(epmm_api.get(f"/api/v1/dm/users/{several.upper()}"))
    )
    assert epmm_api.get("/api/v1/dm/users/nobody").status == 404


def test_by_mac(epmm: EpmmEmulator, epmm_api: Api) -> None:
    first = next(row for row in epmm.devices("uuid", "mac", "status") if row["status"] == "ACTIVE")
    for spelled in (first["mac"], first["mac"].upper()):
        reply = epmm_api.get(f"{DEVICES}/mac/{spelled}").json
        assert reply["device"]["uuid"] == first["uuid"] and reply["totalCount"] == 1
    colons = ":".join(first["mac"][i : i + 2] for i in range(0, 12, 2))
    assert (
        epmm_api.get(f"{DEVICES}/mac/{colons}").status
        == epmm_api.get(f"{DEVICES}/mac/000000000000").status
        == 404
    )
    epmm.set_switch("v1_mac_answer", "devices")
    assert uuids(epmm_api.get(f"{DEVICES}/mac/{first['mac']}")) == [first["uuid"]]
    assert epmm_api.get(f"{DEVICES}/mac/000000000000").status == 404


@pytest.mark.parametrize(("position", "status"), [("registered", 404), ("all", 200)])
def test_whether_lookups_know_pending_registrations(
    small: Any, epmm: EpmmEmulator, epmm_api: Api, position: str, status: int
) -> None:
    (uuid,) = small(
        {
            "status": "VERIFICATION_PENDING",
            "phone": "1555",
            "mac": "aabbccddeeff",
            "labels": ["Pilot"],
        }
    )
    epmm.set_switch("v1_lookups", position)
    paths = (
        "phones/1555",
        f"users/{epmm.device(uuid)['user']}",
        "devices/mac/aabbccddeeff",
        "labels/Pilot",
    )
    assert [epmm_api.get(f"/api/v1/dm/{path}").status for path in paths] == [status] * 4
    assert epmm_api.get(f"{DEVICES}/{uuid}").status == 200


# --- labels ---------------------------------------------------------------------------------------------------------------


def test_all_labels(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.get("/api/v1/dm/labels")
    rows, truth = reply.json["labels"]["label"], epmm.labels()
    assert reply.json["messages"]["message"] == f"{len(truth)} Label (s) returned"
    assert {
        row["name"]: (row["@id"], row["staticLabel"], row.get("query"), row["deviceCount"])
        for row in rows
    } == {
        name: (str(label["id"]), label["static"], label["query"], len(label["members"]))
        for name, label in truth.items()
    }
    assert {row["staticLabel"]: row["isESSearch"] for row in rows} == {True: 102, False: 116}


def test_all_labels_in_xml(epmm_api: Api) -> None:
    root = ElementTree.fromstring(epmm_api.call("GET", "/api/v1/dm/labels", Accept=XML).raw)
    assert root.tag == "deviceManagementWebServiceResponse"
    ios = next(label for label in root.findall("labels/label") if label.findtext("name") == "iOS")
    assert (
        ios.get("id") == "-3"
        and ios.findtext("staticLabel") == "false"
        and '"common.platform"' in (ios.findtext("query") or "")
    )


def test_the_devices_of_every_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    pending = set(true_uuids(epmm, lambda row: row["status"] == "VERIFICATION_PENDING"))
    epmm.set_switch("encoded_slash", "accept")
    for name, label in epmm.labels().items():
        expected = [uuid for uuid in label["members"] if uuid not in pending]
        assert uuids(epmm_api.get(f"/api/v1/dm/labels/{quote(name, safe='')}")) == expected, name


def test_a_slash_in_a_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert epmm_api.get("/api/v1/dm/labels/Sales%2FEMEA").status == 400, (
        "as Tomcat does unless told otherwise"
    )
    assert epmm_api.get("/api/v1/dm/labels/Sales/EMEA").status == 501


def test_labels_without_devices_and_unknown_ones_look_alike(epmm_api: Api) -> None:
    replies = [
        epmm_api.get(f"/api/v1/dm/labels/{name}") for name in ("No%20members", "never%20made")
    ]
    assert [reply.status for reply in replies] == [404, 404] and replies[0].raw == replies[1].raw


@pytest.mark.parametrize(("position", "status"), [("ignored", 200), ("respected", 404)])
def test_the_case_of_a_label(epmm: EpmmEmulator, epmm_api: Api, position: str, status: int) -> None:
    epmm.set_switch("v1_label_case", position)
    assert epmm_api.get("/api/v1/dm/labels/android").status == status
    assert epmm_api.get("/api/v1/dm/labels/Android").status == 200


def test_a_label_put_on_over_v2_is_seen_over_v1(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuid = true_uuids(epmm, lambda row: row["status"] == "ACTIVE")[0]
    reply = epmm_api.call(
        "PUT",
        "/api/v2/devices/labels/No%20members/add?adminDeviceSpaceId=1",
        {"deviceUuids": [uuid]},
    )
    assert reply.json["successful"] is True
    assert uuids(epmm_api.get("/api/v1/dm/labels/No%20members")) == [uuid]


# --- users ----------------------------------------------------------------------------------------------------------------


def test_a_user(epmm: EpmmEmulator, epmm_api: Api) -> None:
    user = next(row for row in epmm.users() if row["email"])
    for key in (user["principal"], user["email"]):
        found = epmm_api.get(f"/api/v1/sm/users/{quote(key, safe='')}").json
        assert found["userName"] == key and found["messages"] == ""
        row = found["user"]
        assert (row["@id"], row["uuid"], row["principal"], row["email"]) == (
            str(user["id"]),
            user["uuid"],
            user["principal"],
            user["email"],
        )
        assert (
            row["userSource"] == (76 if user["local"] else 68)
            and row["enabled"] is user["enabled"]
            and "ROLE_MPW_REG" in row["roles"]
        )
        assert isinstance(row["createdAt"], int)
    root = ElementTree.fromstring(
        epmm_api.call("GET", f"/api/v1/sm/users/{user['principal']}", Accept=XML).raw
    )
    assert (
        root.tag == "securityManagementWebServiceResponse" and len(root.findall("user/roles")) > 1
    )
    assert [
        epmm_api.get(f"/api/v1/sm/users/{key}").status
        for key in ("nobody", user["uuid"], user["principal"][:-1])
    ] == [404] * 3


# --- errors ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "dm/devices?status=NONSENSE",
        "dm/devices?limit=x",
        "dm/labels/never",
        "alerts/users/nobody",
        "policies/devices/x",
        "sm/users/nobody",
    ],
)
@pytest.mark.parametrize(
    ("position", "kind", "start"),
    [
        ("messages", "application/json", b"{"),
        ("html", "text/html", b"<!doctype html>"),
        ("empty", "text/html", b""),
    ],
)
def test_the_body_of_an_error(
    epmm: EpmmEmulator, epmm_api: Api, path: str, position: str, kind: str, start: bytes
) -> None:
    epmm.set_switch("v1_error_body", position)
    reply = epmm_api.get(f"/api/v1/{path}")
    assert reply.status in (400, 404) and reply.headers["content-type"].startswith(kind)
    assert reply.raw.startswith(start) and bool(reply.raw) == bool(start)
    if position == "messages":
        assert isinstance(reply.json["messages"]["message"], str)


def test_an_error_in_xml(epmm_api: Api) -> None:
    reply = epmm_api.call("GET", "/api/v1/dm/labels/never", Accept=XML)
    root = ElementTree.fromstring(reply.raw)
    assert (reply.status, root.tag, root.findtext("messages/message")) == (
        404,
        "deviceManagementWebServiceResponse",
        "No Data Found",
    )


@pytest.mark.parametrize(("position", "status"), [("404", 404), ("501", 501)])
def test_a_server_without_v1(epmm: EpmmEmulator, epmm_api: Api, position: str, status: int) -> None:
    epmm.set_switch("v1_absent", position)
    for method, path in (
        ("GET", "dm/devices"),
        ("GET", "policies"),
        ("PUT", "alerts/3?isRead=true&comments=x"),
        ("GET", "nothing/of/it"),
    ):
        reply = epmm_api.call(method, f"/api/v1/{path}")
        assert reply.status == status and reply.headers["content-type"].startswith("text/html"), (
            path
        )
    assert epmm_api.get("/api/v2/ping").status == 200
    assert Api(epmm, "Basic d3Jvbmc6d3Jvbmc=").get("/api/v1/dm/devices").status == 401


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("POST", "dm/devices", "GET"), ("PUT", "dm/labels", "GET"), ("DELETE", "policies", "GET"), ("GET", "alerts/3", "PUT"),
    ("POST", "alerts", "GET, PUT"), ("GET", "policies/-2", "PUT"), ("PUT", "policies/devices/1x", "GET"), ("PUT", "sm/users/x", "GET")])  # fmt: skip
def test_a_wrong_method(epmm_api: Api, method: str, path: str, allowed: str) -> None:
    reply = epmm_api.call(method, f"/api/v1/{path}")
    assert (reply.status, reply.headers["allow"]) == (405, allowed)


def test_strict_knows_what_a_call_takes(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("strict", "on")
    assert epmm_api.get(DEVICES, status="ACTIVE", limit=1, offset=0).status == 200
    reply = epmm_api.get(DEVICES, statuses="ACTIVE")
    assert reply.status == 400 and "statuses" in reply.json["messages"]["message"]
    assert (
        epmm_api.call("PUT", "/api/v1/policies/-2?action=apply_label&label=Pilot&x=1").status == 400
    )


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        ("result_zero", {}, "Invalid action"),
        ("errors_200", {"message": "License expired"}, "License expired"),
    ],
)
def test_a_200_which_is_none(
    epmm: EpmmEmulator, epmm_api: Api, kind: str, params: dict[str, Any], text: str
) -> None:
    epmm.add_fault(kind, **params)
    reply = epmm_api.call("PUT", "/api/v1/policies/1220?action=apply_label&label=Pilot")
    assert (reply.status, reply.json) == (200, {"messages": {"message": text}})
    assert "Pilot" not in epmm.policies()["Kiosk"]["labels"] and epmm.state()["writes"] == 0


def test_a_short_page(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_fault("short_page", missing=2)
    short = epmm_api.get(DEVICES)
    assert len(uuids(short)) == short.json["totalCount"] - 2


def test_a_seed_gives_the_same_server_again(epmm: EpmmEmulator, epmm_api: Api) -> None:
    paths = (DEVICES, "/api/v1/alerts", "/api/v1/policies", "/api/v1/dm/labels")
    first = [epmm_api.get(path).raw for path in paths]
    epmm.reset()
    assert [epmm_api.get(path).raw for path in paths] == first


def test_keys_that_no_document_has(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuid = epmm.device(epmm.add_device(platform="Android"))["uuid"]

    def keys() -> tuple[set[str], set[str]]:
        entries = epmm_api.get(f"{DEVICES}/{uuid}").json["device"]["details"][0]["entry"]
        rows = epmm_api.get(f"/api/v2/devices/{uuid}/details").json["results"]
        return {pair["key"] for pair in entries}, {row["name"] for row in rows}

    assert not any({"security_patch", "attestation", "afw_capable"} & found for found in keys())
    epmm.patch_device(uuid, details={"security_patch": "2026-01-01"})
    assert all("security_patch" in found and "attestation" not in found for found in keys())
    epmm.set_switch("undocumented_details", "on")
    assert all({"security_patch", "attestation", "afw_capable"} <= found for found in keys())


@pytest.mark.parametrize(
    "path",
    [
        "dm/devices?status=LOST",
        "dm/devices?status=NONSENSE",
        f"dm/devices/{'0' * 8}",
        "dm/devices/mac/0123456789ab",
        "dm/phones/19990000000",
        "dm/users/nobody",
        "dm/labels/never",
    ],
)
def test_no_devices_are_counted(small: Any, epmm_api: Api, path: str) -> None:
    small({})
    reply = epmm_api.get(f"/api/v1/{path}")
    assert (reply.status, reply.json["totalCount"]) == (404, 0)


@pytest.mark.parametrize(
    ("position", "v1", "v2"), [("epmm_v1", True, False), ("on", True, True), ("off", False, False)]
)
def test_which_401_asks_for_a_password(
    epmm: EpmmEmulator, position: str, v1: bool, v2: bool
) -> None:
    epmm.set_switch("challenge", position)
    nobody = Api(epmm, None)
    for path, asks in (("/api/v1/dm/devices", v1), ("/api/v2/ping", v2)):
        reply = nobody.get(path)
        assert reply.status == 401 and ("www-authenticate" in reply.headers) is asks
    if position == "epmm_v1":
        assert nobody.get("/api/v1/dm/devices").headers["www-authenticate"].startswith("Basic ")


def test_messages_without_any(small: Any, epmm: EpmmEmulator, epmm_api: Api) -> None:
    (uuid,) = small({})
    for position, empty in (("text", ""), ("null", None), ("object", {})):
        epmm.set_switch("v1_empty_messages", position)
        assert epmm_api.get(f"{DEVICES}/{uuid}").json["messages"] == empty


@pytest.mark.parametrize(
    "path", ["/api/v1/dm/devices", "/api/v1/dm/labels", "/api/v1/alerts", "/api/v2/ping"]
)
def test_a_slash_at_the_end(epmm_api: Api, path: str) -> None:
    assert epmm_api.get(f"{path}/").json == epmm_api.get(path).json
