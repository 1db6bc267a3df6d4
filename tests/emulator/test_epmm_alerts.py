# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's alerts over a socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api, Reply

ALERTS = "/api/v1/alerts"
UNTOUCHED = ("text", "definition", "severity", "status", "date", "device_uuid")


def rows(reply: Reply) -> list[dict[str, Any]]:
    found = reply.json["alerts"]["alert"] if reply.status == 200 else []
    return found if isinstance(found, list) else [found]


def put(api: Api, path: str = "", **parameters: Any) -> Reply:
    return api.call("PUT", f"{ALERTS}{path}?{urlencode(parameters, doseq=True)}")


@pytest.fixture
def three(epmm: EpmmEmulator) -> list[int]:
    """Three unread alerts of two devices, and no others."""
    epmm.reset(devices=0)
    user = epmm.users()[0]["principal"]
    first, second = (epmm.add_device(phone=phone, user=user) for phone in ("15550001", "PDA 2"))
    return [
        epmm.add_alert(first),
        epmm.add_alert(first, definition="SIM_CHANGED_ALERT", text="<&>\n{{ x }}"),
        epmm.add_alert(second),
    ]


def test_the_alerts_of_a_fleet(epmm: EpmmEmulator, epmm_api: Api) -> None:
    truth, found = epmm.alerts(), rows(epmm_api.get(ALERTS))
    assert [row["@id"] for row in found] == [str(key) for key in truth]
    assert 0.15 < len(truth) / 300 < 0.45
    assert abs(sum(row["isActive"] for row in found) * 2 - len(found)) <= 1, "half of them unread"
    # fmt: off
    assert {row["alertDefnname"] for row in found} == {
        "INTERNATIONAL_ROAMING_ALERT", "THRESHOLD_REACHED_ALERT", "SIM_CHANGED_ALERT", "MEMORY_SIZE_EXCEEDED_ALERT", "SYSTEM_ALERT",
        "POLICY_VIOLATIONS_ALERT"}
    # fmt: on
    assert {row["severity"] for row in found} == {"INFORMATION", "WARNING", "CRITICAL"}
    assert {row["transport"] for row in found} == {"EMAIL", "SMS", "APNS"}
    assert {row["status"] for row in found} <= {
        "CREATED",
        "PROCESSED",
        "DISPATCH_PENDING",
        "DISPATCHING",
        "DISPATCHED",
        "DISPATCH_FAILED",
    }
    assert all(row["isAlertRead"] is True for row in found)
    devices = {
        row["uuid"]: row for row in epmm.devices("uuid", "platform", "user", "user_uuid", "phone")
    }
    others = 0
    for row in found:
        device = devices[row["deviceUuid"]]
        others += (row["userName"], row["userId"]) != (device["user"], device["user_uuid"])
        assert row["transport"] != "APNS" or device["platform"] == "iOS"
        assert row["alertDate"] <= row["updatedAt"] <= "2026-01-15T00:00:00+00:00"
    assert 0 < others < len(found) // 3, "some alerts are for an administrator"


def test_an_alert_as_the_document_shows_it(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    epmm.delete_alert(three[1])
    epmm.delete_alert(three[2])
    reply, truth = epmm_api.get(ALERTS), epmm.alerts()[three[0]]
    assert list(reply.json) == ["messages", "alerts"] and reply.json["messages"] == {
        "message": "1 alert(s) returned"
    }
    # fmt: off
    expected = {
        "@id": str(three[0]), "deviceUuid": truth["device_uuid"], "dispatchDeviceUuid": truth["device_uuid"], "userId": truth["user_uuid"],
        "labelId": truth["label_id"], "eventSubscriptionName": "m1", "alertDate": "2026-01-14T23:55:00+00:00",
        "alertText": "WARNING::made by hand", "isActive": True, "retries": 0, "updateBy": "alertprocessor",
        "updatedAt": "2026-01-14T23:57:00+00:00", "userName": truth["user_name"], "alertDefnname": "SYSTEM_ALERT", "severity": "WARNING",
        "transport": "EMAIL", "status": "DISPATCHED", "isAlertRead": True}
    # fmt: on
    assert reply.json["alerts"]["alert"] == expected and list(
        reply.json["alerts"]["alert"]
    ) == list(expected)


def test_alerts_in_xml(three: list[int], epmm_api: Api) -> None:
    root = ElementTree.fromstring(epmm_api.call("GET", ALERTS, Accept="application/xml").raw)
    assert (
        root.tag == "alertWebServiceResponse"
        and root.findtext("messages/message") == "3 alert(s) returned"
    )
    found = root.findall("alerts/alert")
    assert [alert.get("id") for alert in found] == [str(key) for key in three]
    assert (
        found[1].findtext("alertText") == "<&>\n{{ x }}" and found[1].findtext("isActive") == "true"
    )


@pytest.mark.parametrize(
    ("text", "unread"),
    [("true", False), ("True", False), ("FALSE", True), ("false", True), ("", None)],
)
def test_read_and_unread(epmm: EpmmEmulator, epmm_api: Api, text: str, unread: bool | None) -> None:
    expected = [
        str(key)
        for key, alert in epmm.alerts().items()
        if unread is None or alert["unread"] is unread
    ]
    assert expected and [row["@id"] for row in rows(epmm_api.get(ALERTS, isRead=text))] == expected


def test_a_filter_which_is_neither(epmm_api: Api) -> None:
    assert epmm_api.get(ALERTS, isRead="yes").status == 400


def test_the_alerts_of_a_phone_a_user_and_both(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    user = epmm.alerts()[three[0]]["user_name"]

    def ids(path: str, **parameters: Any) -> list[int]:
        return [row["id"] for row in rows(epmm_api.get(f"{ALERTS}{path}", **parameters))]

    assert ids("/phones/15550001") == three[:2] and ids("/phones/PDA%202") == three[2:]
    assert ids(f"/users/{user}") == three == ids(f"/users/{user.upper()}")
    assert ids(f"/users/{user}/phones/15550001") == three[:2]
    put(epmm_api, f"/{three[0]}", isRead="true", comments="seen")
    assert (
        ids("/phones/15550001", isRead="false") == three[1:2]
        and ids("/phones/15550001", isRead="true") == three[:1]
    )
    assert ids(f"/users/{user}/phones/15550001", isRead="True") == three[:1]
    for path in (
        "/phones/1",
        "/users/nobody",
        f"/users/{user}/phones/1",
        "/users/nobody/phones/15550001",
    ):
        reply = epmm_api.get(f"{ALERTS}{path}")
        assert (reply.status, reply.json["messages"]["message"]) == (404, "No Data Found")


@pytest.mark.parametrize(
    ("position", "every", "others"),
    [("document", "@id", "id"), ("attribute", "@id", "@id"), ("element", "id", "id")],
)
def test_where_the_id_is(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api, position: str, every: str, others: str
) -> None:
    epmm.set_switch("alert_id", position)
    values: dict[str, Any] = {"@id": str(three[0]), "id": three[0]}
    for path, key in (("", every), ("/phones/15550001", others)):
        row = rows(epmm_api.get(f"{ALERTS}{path}"))[0]
        assert {name: row[name] for name in ("id", "@id") if name in row} == {key: values[key]}


@pytest.mark.parametrize(
    ("position", "every", "others"),
    [
        ("document", "userId", "userUuid"),
        ("userId", "userId", "userId"),
        ("userUuid", "userUuid", "userUuid"),
    ],
)
def test_how_the_user_is_named(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api, position: str, every: str, others: str
) -> None:
    epmm.set_switch("alert_user_field", position)
    uuid = epmm.alerts()[three[0]]["user_uuid"]
    for path, key in (("", every), ("/phones/15550001", others)):
        row = rows(epmm_api.get(f"{ALERTS}{path}"))[0]
        assert {name: row[name] for name in ("userId", "userUuid") if name in row} == {key: uuid}


def test_no_alerts_at_all(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.reset(devices=0)
    assert epmm_api.get(ALERTS).status == epmm_api.get(f"{ALERTS}/").status == 404


# --- updating -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["comments", "Comments"])
def test_updating_one(three: list[int], epmm: EpmmEmulator, epmm_api: Api, spelled: str) -> None:
    before = epmm.alerts()
    reply = put(epmm_api, f"/{three[1]}", isRead="True", **{spelled: 'Jdoe "read" & ü\n'})
    assert (reply.status, reply.json) == (
        200,
        {"messages": {"message": f"Updated alert {three[1]} successfully"}},
    )
    after = epmm.alerts()
    assert {key for key in after if after[key] != before[key]} == {three[1]}
    changed = after[three[1]]
    assert (changed["unread"], changed["comment"], changed["updated_by"], changed["updated"]) == (
        False,
        'Jdoe "read" & ü\n',
        "admin@example.com",
        NOW,
    )
    assert [changed[name] for name in UNTOUCHED] == [before[three[1]][name] for name in UNTOUCHED]
    row = rows(epmm_api.get(ALERTS))[1]
    assert (row["isActive"], row["updateBy"], row["updatedAt"], row["isAlertRead"]) == (
        False,
        "admin@example.com",
        "2026-01-15T00:00:00+00:00",
        True,
    )
    put(epmm_api, f"/{three[1]}", isRead="false", comments="Reset")
    assert epmm.alerts()[three[1]]["unread"] is True and epmm.state()["writes"] == 2


@pytest.mark.parametrize("slash", ["", "/"])
def test_updating_several(three: list[int], epmm: EpmmEmulator, epmm_api: Api, slash: str) -> None:
    reply = put(
        epmm_api,
        slash,
        id=[three[0], three[2], three[0]],
        isRead="true",
        comments='"Jdoe read this alert"',
    )
    assert reply.json == {"messages": {"message": "Updated 2 alert(s) successfully"}}
    assert [alert["unread"] for alert in epmm.alerts().values()] == [False, True, False]
    assert [alert["comment"] for alert in epmm.alerts().values()] == [
        '"Jdoe read this alert"',
        None,
        '"Jdoe read this alert"',
    ]


def test_an_update_in_xml(three: list[int], epmm_api: Api) -> None:
    reply = epmm_api.call(
        "PUT", f"{ALERTS}/{three[0]}?isRead=true&comments=x", Accept="application/xml"
    )
    root = ElementTree.fromstring(reply.raw)
    assert (root.tag, root.findtext("messages/message")) == (
        "alertWebServiceResponse",
        f"Updated alert {three[0]} successfully",
    )


@pytest.mark.parametrize("parameters", [
    {"comments": "x"}, {"isRead": "true"}, {"isRead": "true", "comments": ""}, {"isRead": "", "comments": "x"}, {"isRead": "yes", "comments": "x"},
    {"isRead": "1", "comments": "x"}, {"isread": "true", "comments": "x"}, {"isRead": "true", "comments": "x" * 256},
    {"isRead": "true", "comments": "ü" * 256}])  # fmt: skip
def test_a_wrong_update_changes_nothing(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api, parameters: dict[str, str]
) -> None:
    before = epmm.alerts()
    assert put(epmm_api, f"/{three[0]}", **parameters).status == 400
    assert put(epmm_api, id=three, **parameters).status == 400
    assert epmm.alerts() == before and epmm.state()["writes"] == 0


@pytest.mark.parametrize("text", ["x" * 255, "📱" * 255])
def test_the_longest_comment(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api, text: str
) -> None:
    assert put(epmm_api, f"/{three[0]}", isRead="true", comments=text).status == 200
    assert epmm.alerts()[three[0]]["comment"] == text


@pytest.mark.parametrize("ids", [[], ["x"], [""], ["-1"], ["²"]])
def test_ids_which_are_none(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api, ids: list[str]
) -> None:
    assert put(epmm_api, id=ids, isRead="true", comments="x").status == 400
    assert all(alert["unread"] for alert in epmm.alerts().values())


@pytest.mark.parametrize("key", ["1", "99999999999999999999", "x", "-3", "%7B%7B%7D%7D"])
def test_an_alert_which_does_not_exist(three: list[int], epmm_api: Api, key: str) -> None:
    reply = put(epmm_api, f"/{key}", isRead="true", comments="x")
    assert (reply.status, reply.json["messages"]["message"]) == (404, "No Data Found")


@pytest.mark.parametrize(
    ("position", "status", "message", "unread"),
    [
        ("404", 404, "No Data Found", [True, True]),
        ("count", 200, "Updated 2 alert(s) successfully", [False, False]),
    ],
)
def test_one_of_several_has_vanished(
    three: list[int],
    epmm: EpmmEmulator,
    epmm_api: Api,
    position: str,
    status: int,
    message: str,
    unread: list[bool],
) -> None:
    epmm.set_switch("alert_vanished", position)
    epmm.delete_alert(three[1])
    reply = put(epmm_api, id=three, isRead="true", comments="x")
    assert (reply.status, reply.json["messages"]["message"]) == (status, message)
    assert [alert["unread"] for alert in epmm.alerts().values()] == unread


def test_all_of_several_have_vanished(three: list[int], epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("alert_vanished", "count")
    reply = put(epmm_api, id=[90001, 90002], isRead="true", comments="x")
    assert (reply.status, reply.json["messages"]["message"]) == (
        200,
        "Updated 0 alert(s) successfully",
    )


def test_an_alert_may_vanish_between_reading_and_updating(
    three: list[int], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    epmm.add_fault("vanish", method="PUT", times=2)
    assert put(epmm_api, f"/{three[0]}", isRead="true", comments="x").status == 404
    assert put(epmm_api, id=three[1:], isRead="true", comments="x").status == 404
    assert list(epmm.alerts()) == three[2:] and epmm.alerts()[three[2]]["unread"] is True


def test_an_update_may_do_nothing(three: list[int], epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_fault("no_effect", times=2)
    assert (
        put(epmm_api, f"/{three[0]}", isRead="true", comments="x").json["messages"]["message"]
        == f"Updated alert {three[0]} successfully"
    )
    assert (
        put(epmm_api, id=three, isRead="true", comments="x").json["messages"]["message"]
        == "Updated 3 alert(s) successfully"
    )
    assert all(alert["unread"] and alert["comment"] is None for alert in epmm.alerts().values())


def test_comments_are_in_no_answer(three: list[int], epmm_api: Api) -> None:
    put(epmm_api, f"/{three[0]}", isRead="true", comments="only-the-database-knows")
    assert b"only-the-database-knows" not in epmm_api.get(ALERTS).raw


# --- control calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "LOUD"},
        {"definition": "X"},
        {"nonsense": 1},
        {"id": 5},
        {"transport": "FAX"},
        {"status": "x"},
    ],
)
def test_alerts_which_cannot_be_made(
    three: list[int], epmm: EpmmEmulator, fields: dict[str, Any]
) -> None:
    from uem_emulator.testing.emulator import ControlError

    device = epmm.devices("id")[0]["id"]
    with pytest.raises(ControlError, match="400"):
        epmm.add_alert(device, **fields)
    with pytest.raises(ControlError, match="device is"):
        epmm.add_alert("nobody")
    with pytest.raises(ControlError, match="404"):
        epmm.delete_alert(1)


def test_the_alerts_of_a_user_are_those_of_his_devices_whoever_gets_them(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    """The document's example (Get all Alerts for User): asked for jdoe, the alert is for miadmin."""
    epmm.add_user("jdoe")
    epmm.add_user("miadmin")
    device = epmm.add_device(user="jdoe", phone="14085551212")
    made = epmm.add_alert(device, user_name="miadmin")
    other = epmm.add_alert(epmm.add_device(user="miadmin"), user_name="jdoe")
    for path in ("/users/jdoe", "/users/jdoe/phones/14085551212"):
        (row,) = rows(epmm_api.get(f"{ALERTS}{path}"))
        assert (row["id"], row["userName"]) == (made, "miadmin")
    assert [row["id"] for row in rows(epmm_api.get(f"{ALERTS}/users/miadmin"))] == [other]
    epmm.delete_device(device)
    assert epmm_api.get(f"{ALERTS}/users/jdoe").status == 404


def test_ids_are_not_given_twice(three: list[int], epmm: EpmmEmulator) -> None:
    epmm.delete_alert(three[2])
    assert epmm.add_alert(epmm.devices("id")[0]["id"]) > three[2]


def test_a_user_name_with_blanks_or_an_at(epmm: EpmmEmulator, epmm_api: Api) -> None:
    owner = next(user["principal"] for user in epmm.users() if "@" in user["principal"])
    device = epmm.add_device(user=owner)
    made = epmm.add_alert(device)
    assert made in [
        row["id"] for row in rows(epmm_api.get(f"{ALERTS}/users/{quote(owner, safe='')}"))
    ]
