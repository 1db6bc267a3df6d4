# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every parameter of the documented calls, as it leaves for the server: its name, place and value.

The calls and their parameters are those of tests/contracts. ``tools/parameters.yml`` says how an
author gives each, and ROWS has a task for it and what must be sent. The task runs against the
emulator. What is looked at is what is handed to the connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import client

from tools import coverage_doc

from ..conftest import ModuleFailed
from .action_fleet import add
from .test_documented import fill_epmm, fill_neurons

CONTRACTS = coverage_doc.contracts()
WAYS: dict[str, dict[str, str]] = coverage_doc.given()["parameters"]

# A place and a parameter of a request, and what it was sent as: for each place but JSON a list.
Seen = dict[tuple[str, str], Any]
Ready = Callable[[Any], None]


@dataclass(frozen=True)
class Row:
    """A task for a call.

    Attributes:
        module: The module.
        options: What the task gives.
        sent: What a request of the call must show, by parameter. A pattern must fit all of it.
        ready: Makes the server ready for it.
        small: Whether pages and the window of searches are small, so that there are several.
    """

    module: str
    options: dict[str, Any]
    sent: dict[str, Any]
    ready: Ready = field(default=lambda server: None)
    small: bool = False


ID, GUID = 31000, "31000000-aaaa-4aaa-8aaa-000000000001"
UUID, MAC = "41000000-bbbb-4bbb-8bbb-000000000002", "a1b2c3d4e5f6"
IPAD, TABLET = 22000, 22001
ANDROID = "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"
IPHONE = "2c7a9d10-53f4-4f0e-9d5b-7a1f35c0e933"
APP = "com.mycompany.myapp"
ANY = re.compile(r".+")
CHECK = {"checkViability": "true", "ids": str(ID)}


def able(action: str, **fields: Any) -> Ready:
    """Add the device with ID or UUID, which can take an action."""

    def ready(server: Any) -> None:
        product = {"id": ID, "guid": GUID} if hasattr(server, "define_attributes") else {}
        add(server, action, **(product or {"uuid": UUID, "mac": MAC}), **fields)

    return ready


def act(action: str, sent: dict[str, Any], **options: Any) -> Row:
    """A task that does an action to the device with ID."""
    return Row("device_action", {"action": action, "devices": [ID], **options}, sent, able(action))


def check(action: str, **options: Any) -> Row:
    """A task whose check of viability is looked at."""
    return act(action, CHECK, **options)


def act_epmm(action: str, sent: dict[str, Any], **options: Any) -> Row:
    """A task that does an action to the device with UUID."""
    given = {"action": action, "devices": [UUID], "api": "v1", **options}
    return Row("device_action", given, sent, able(action))


def found(select: dict[str, Any], fq: str, **pages: dict[str, str]) -> list[Row]:
    """Tasks that find devices by an expression, within pages and beyond the window of a search."""
    options = {"select": select, "spaces": ["default"], "on_missing": "skip"}
    fixed = {"fq": fq, "dmPartitionId": re.compile("[0-9]+")}
    first = Row("device_info", options, {**fixed, **pages.get("first", {})})
    later = [
        Row("device_info", options, {**fixed, **sent}, of_praveen, small=True)
        for name, sent in pages.items()
        if name != "first"
    ]
    return [first, *later, Row("device_info", options, {**fixed, **BEYOND}, of_praveen, small=True)]


def of_praveen(server: Any) -> None:
    """Add devices that all selections find."""
    for _number in range(7):
        server.add_device(
            emailAddress="praveen@example.com",
            registrationState="ACTIVE",
            lastCheckin=server.state()["now"],
        )


# Of pages.
BEYOND = {"searchAfterValues": ANY}
PAGES = {"first": {"rows": "500", "start": "0"}, "second": {"rows": "3", "start": "2"}}

LOST = {"text": "Call 555", "phone_number": "555", "footnote": "Lost"}
WIPE = {"text": "Bye", "preserve_data_plan": True, "disallow_proximity_setup": False}

# fmt: off
ROWS: dict[str, list[Row]] = {
    "N01": [Row("device_owner", {"devices": [IPAD], "account_id": 10542407}, {"accountId": "10542407", "deviceIds": "22000"})],
    "N02": [Row("device_custom_attrs_info", {"devices": [IPAD]}, {"device": "22000"})],
    "N03": [Row("device_custom_attrs", {"devices": [IPAD], "attrs": {"cityid": "SF"}, "purge": True},
                {"device": "22000", "attrs": {"cityid": ["SF"]}})],
    "N04": [Row("device_custom_attrs", {"devices": [IPAD], "attrs": {"cityid": "SF"}, "append": True},
                {"device": "22000", "attrs": {"cityid": ["SF"]}, "forceOverwrite": False})],
    "N05": [Row("device_custom_attrs", {"devices": [IPAD, 22004], "attrs": ["oldticket"], "state": "absent"},
                {"ids": ["22000", "22004"], "attrKeys": ["oldticket"]})],
    "N06": [Row("device_custom_attrs", {"devices": [IPAD], "attrs": ["oldticket"], "state": "absent"},
                {"device": "22000", "attrs": {"oldticket": ["T-1"]}})],
    "N07": [Row("device_info", {"devices": [IPAD], "details": True}, {"device": "22000"})],
    "N08": found({"attributes": {"status": "active"}}, "registrationState=ACTIVE", **PAGES),
    "N09": [Row("device_config_info", {"devices": [IPAD]}, {"device": "22000"})],
    "N10": [Row("device_config", {"devices": [IPAD], "configs": [61005], "state": "excluded"}, {"device": "22000", "policyIds": "61005"})],
    "N11": [Row("device_config", {"devices": [TABLET], "configs": [61001]}, {"device": "22001", "policyIds": "61001"})],
    "N12": [Row("device_config", {"devices": [IPAD], "configs": [61001], "reinstall": True}, {"device": "22000", "policyIds": "61001"})],
    "N13": [Row("device_compliance_info", {"devices": [IPAD]}, {"device": "22000"})],
    "N14": [Row("compliance_sync", {"devices": [IPAD, TABLET], "vendor": "google_bc"}, {"vendor": "GoogleBC", "ids": "22001"}),
            Row("compliance_sync", {"devices": [IPAD], "vendor": "intune"}, {"vendor": "Intune", "ids": "22000"})],
    "N15": [Row("device_certificate_info", {"devices": [IPAD]}, {"device": "22000", "accountId": re.compile("[0-9]+")})],
    "N16": [check("os_update", version="99.5")],
    "N17": [act("os_update", {"ids": str(ID), "version": "99.5"}, version="99.5")],
    "N18": [act("restart", {"ids": str(ID)})],
    "N19": [check("force_checkin")],
    "N20": [act("force_checkin", {"ids": str(ID)})],
    "N21": [check("wipe", **WIPE)],
    "N22": [act("wipe", {"ids": str(ID), "message": "Bye", "iosPreserveDataPlan": "true", "iosDisallowProximitySetup": "false"}, **WIPE)],
    "N23": [check("lock")],
    "N24": [act("lock", {"ids": str(ID)})],
    "N25": [act("unlock", {"ids": str(ID), "deviceUnlockPin": "Zq7xW9kM"}, pin="Zq7xW9kM"), act("unlock", {"deviceUnlockPin": ""}, pin="")],
    "N26": [check("retire")],
    "N27": [act("retire", {"ids": str(ID)})],
    "N28": [check("logout_user")],
    "N29": [act("logout_user", {"ids": str(ID)})],
    "N30": [act("delete", {"deviceIds": str(ID)})],
    "N31": [
        Row("device_message", {"devices": [IPAD], "text": "a + b", "mode": "push", "spaces": ["default"]},
            {"sendPushNotification": "true", "pushNotificationMessage": "a + b", "sendEmail": "false", "emailSubject": "", "emailBody": "",
             "dmPartitionId": re.compile("[0-9]+"), "deviceIds": "22000"}),
        Row("device_message", {"devices": [IPAD], "text": "a + b", "subject": "c & d", "mode": "email"},
            {"sendPushNotification": "false", "sendEmail": "true", "emailSubject": "c & d", "emailBody": "a + b"}),
    ],
    "N32": [check("enter_kiosk")],
    "N33": [act("enter_kiosk", {"ids": str(ID)})],
    "N34": [act("exit_kiosk", {"ids": str(ID)})],
    "N35": [act("enable_lost_mode", {"ids": str(ID), "message": "Call 555", "phoneNumber": "555", "changeFootnote": "true",
                                     "footnote": "Lost"}, **LOST)],
    "N36": [check("disable_lost_mode")],
    "N37": [act("disable_lost_mode", {"ids": str(ID)})],
    "N38": [check("relinquish")],
    "N39": [act("relinquish", {"ids": str(ID)})],
    "N40": [act("cancel_relinquish", {"ids": str(ID)})],
    "N41": found({"registered_within": "9999d"}, "lastRegistrationTime<'9999:00:00:00'", **PAGES),
    "N42": found({"last_seen_within": "2h"}, "lastCheckin<'02:00:00'", **PAGES),
    "N43": found({"emails": ["praveen@example.com"]}, "EMAILADDRESS EQ praveen@example.com"),
    "N44": [Row("dep_profile_info", {"servers": ["{dep}"]}, {"server": "{dep}"})],
    "E01": [Row("device_info", {"api": "v1", "select": {"status": "lost"}, "on_missing": "skip"}, {"status": "LOST"})],
    "E02": [Row("device_info", {"devices": [ANDROID], "details": True}, {"uuid": ANDROID})],
    "E04": [Row("device_info", {"api": "v1", "select": {"phone_numbers": ["14155551212"]}}, {"numbers": "14155551212"})],
    "E05": [Row("device_info", {"api": "v1", "select": {"users": ["jdoe"]}}, {"user": "jdoe"})],
    "E06": [Row("device_info", {"api": "v1", "select": {"labels": ["Sales"]}}, {"label": "Sales"})],
    "E07": [Row("device_info", {"select": {"wifi_mac_addresses": [MAC]}}, {"mac": MAC}, able("lock"))],
    "E08": [Row("device_registration", {
        "user": "jsmith", "platform": "android", "phone_number": "4155550000", "country_code": 1, "operator": "Verizon", "employee_owned": True,
        "device_type": "pda", "import_from_ldap": False, "first_name": "Jo", "last_name": "Smith", "email": "jo@example.com",
        "notify_user": True, "notify_by_sms": False,
    }, {
        "phoneNumber": "4155550000", "userId": "jsmith", "platform": "A", "countryCode": "1", "operator": "Verizon", "isEmployeeOwned": "True",
        "deviceType": "PDA", "importUserFromLdap": "False", "userFirstName": "Jo", "userLastName": "Smith", "userEmailAddress": "jo@example.com",
        "notifyUser": "True", "notifyuserbysms": "False",
    })],
    "E09": [act_epmm("retire", {"device": UUID, "Reason": "left & gone"}, reason="left & gone")],
    "E10": [act_epmm("retire", {"mac": MAC, "Reason": "left & gone"}, by="wifi_mac_address", reason="left & gone")],
    "E11": [act_epmm("lock", {"device": UUID, "Reason": "lost"}, reason="lost")],
    "E12": [act_epmm("lock", {"mac": MAC, "Reason": "lost"}, by="wifi_mac_address", reason="lost")],
    "E13": [act_epmm("unlock", {"device": UUID, "Reason": "lost"}, reason="lost")],
    "E14": [act_epmm("unlock", {"mac": MAC, "Reason": "lost"}, by="wifi_mac_address", reason="lost")],
    "E15": [act_epmm("wipe", {"device": UUID, "Reason": "lost"}, reason="lost")],
    "E16": [act_epmm("wipe", {"mac": MAC, "Reason": "lost"}, by="wifi_mac_address", reason="lost")],
    "E17": [act_epmm("force_checkin", {"device": UUID})],
    "E18": [act_epmm("force_checkin", {"mac": MAC}, by="wifi_mac_address")],
    "E19": [Row("device_location_info", {"devices": [ANDROID], "refresh": True, "refresh_wait": 0}, {"device": ANDROID, "locatenow": "true"})],
    "E20": [Row("device_location_info", {"devices": [UUID], "by": "wifi_mac_address", "refresh": True, "refresh_wait": 0},
                {"mac": MAC, "locatenow": "true"}, able("locate"))],
    "E21": [
        Row("device_roaming", {"devices": [IPHONE], "data": False}, {"device": IPHONE, "voice": "true", "data": "false"}),
        Row("device_roaming", {"devices": [IPHONE], "voice": False}, {"voice": "false", "data": "false"}),
        Row("device_roaming", {"devices": [UUID], "voice": True, "data": True}, {"voice": "true", "data": "true"},
            able("lock", platform="iOS", details={"Voice Roaming Enabled": "false", "DataRoamingEnabled": "false"})),
    ],
    "E25": [Row("device_action", {"action": "lock", "devices": [ANDROID, UUID]}, {"action": "LOCK", "deviceUuids": [ANDROID, UUID]}, able("lock"))],
    "E26": [Row("device_message", {"devices": [ANDROID], "api": "v1", "mode": "email", "subject": "c & d", "text": "a + b"},
                {"deviceUuid": ANDROID, "message": "a + b", "subject": "c & d", "mode": "email"})],
    "E27": [Row("device_message", {"devices": [UUID], "by": "wifi_mac_address", "mode": "email", "subject": "c & d", "text": "a + b"},
                {"deviceWiFiMacAddress": MAC, "message": "a + b", "subject": "c & d", "mode": "email"}, able("lock"))],
    "E28": [Row("device_config_info", {"devices": [ANDROID]}, {"uuid": ANDROID})],
    "E29": [Row("device_config", {"devices": [ANDROID], "configs": ["Default Security Policy"], "kind": "policy", "reinstall": True},
                {"uuid": ANDROID, "id": re.compile("-?[0-9]+"), "type": "POLICY"}),
            Row("device_config", {"devices": [ANDROID], "configs": ["Corporate Wi-Fi"], "reinstall": True}, {"type": "APP"})],
    "E31": [Row("activesync_device_info", {"activesync_devices": ["{mailbox}"], "details": True}, {"uuid": "{mailbox}"})],
    "E32": [Row("activesync_device", {"activesync_devices": ["{mailbox}"], "state": "blocked"}, {"uuids": "{mailbox}", "action": "BLOCK_DEVICE"})],
    "E33": [Row("user_password", {"user": "jdoe", "current_password": "jdoe", "new_password": "S3cret-of-joe"},
                {"username": "jdoe", "oldpassword": "jdoe", "newpassword": "S3cret-of-joe"})],
    "E34": [Row("user_info", {"users": ["jdoe"]}, {"username": "jdoe"})],
    "E35": [Row("user_info", {"ldap_search": "testuser00"}, {"userid": "testuser00"})],
    "E36": [Row("user_password", {"user": "jdoe", "new_password": "S3cret-of-joe"}, {"username": "jdoe", "password": "S3cret-of-joe"})],
    "E37": [Row("alert_info", {"read": True}, {"isRead": "true"}), Row("alert_info", {"read": False}, {"isRead": "false"})],
    "E38": [Row("alert_info", {"phone_numbers": ["14155551212"], "read": False}, {"number": "14155551212", "isRead": "false"})],
    "E39": [Row("alert_info", {"users": ["jdoe"], "read": False}, {"user": "jdoe", "isRead": "false"})],
    "E40": [Row("alert_info", {"users": ["jdoe"], "phone_numbers": ["14155551212"], "read": False},
                {"user": "jdoe", "number": "14155551212", "isRead": "false"})],
    "E41": [Row("alert", {"ids": ["{alert}"], "comment": "a + b"}, {"id": "{alert}", "isRead": "true", "comments": "a + b"}),
            Row("alert", {"ids": ["{read alert}"], "state": "unread", "comment": "c"}, {"isRead": "false"})],
    "E42": [Row("alert", {"ids": ["{alert}", "{read alert}"], "comment": "a + b", "resend": True},
                {"id": ["{alert}", "{read alert}"], "isRead": "true", "comments": "a + b"}),
            Row("alert", {"users": ["jdoe"], "state": "unread", "comment": "c", "resend": True}, {"id": [ANY] * 3, "isRead": "false"})],
    "E44": [Row("policy_info", {"devices": [ANDROID]}, {"uuid": ANDROID})],
    "E45": [Row("label_policy", {"policy": "Strict security", "label": "Sales"}, {"policy": ANY, "action": "apply_label", "label": "Sales"}),
            Row("label_policy", {"policy": "Kiosk", "label": "R&D, Lab #3", "state": "absent"}, {"action": "remove_label", "label": "R&D, Lab #3"})],
    "E46": [Row("app_setting_info", {"type": "EXCHANGE"}, {"type": "EXCHANGE"})],
    "E47": [Row("app_setting_info", {"devices": [ANDROID]}, {"uuid": ANDROID})],
    "E48": [Row("appconnect_analytics", {"app_id": APP, "on_missing": "skip"}, {"appid": APP})],
    "E49": [Row("device_label", {"devices": [ANDROID], "labels": ["Sales"], "spaces": ["Global"]},
                {"uuid": ANDROID, "adminDeviceSpaceId": "1"})],
    "E50": [Row("device_label", {"devices": [ANDROID], "labels": ["Sales"]}, {"labels": "Sales"})],
    "E51": [Row("device_label", {"devices": ["0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22"], "labels": ["Sales"], "state": "absent"}, {"labels": "Sales"})],
    "E52": [Row("label", {"name": "Loan pool", "description": "a + b", "space": "Global"},
                {"adminDeviceSpaceId": "1", "name": "Loan pool", "description": "a + b", "deviceSpaceId": 1, "static": True}),
            Row("label", {"name": "iPhones", "filter": '"common.platform" = "iOS"'}, {"name": "iPhones", "description": "", "static": False})],
    "E53": [Row("label", {"name": "Pilot", "state": "absent", "force": True},
                {"adminDeviceSpaceId": "1", "reason": "Deleted by ivanti.uem.label", "labelIds": [11], "deviceSpaceId": 1})],
    "E54": [Row("compliance_action_info", {}, {"adminDeviceSpaceId": "1"}),
            Row("device_compliance_info", {"select": {"labels": ["Sales"]}}, {"adminDeviceSpaceId": "1"})],
}
# fmt: on


def parameters_sent(number: str) -> list[str]:
    """The documented parameters of a call that the collection sends."""
    documented = coverage_doc.documented_parameters(CONTRACTS[number])
    ways = WAYS.get(number, {})
    return [
        name for name in documented if not ways.get(name, "").startswith(coverage_doc.NOT_GIVEN)
    ]


SENDING = [number for number in CONTRACTS if parameters_sent(number)]


def places_of(number: str, parameter: str) -> set[str]:
    """Where the document has a parameter of a call."""
    return {
        one["in"]
        for one in CONTRACTS[number]["parameters"]
        if one["name"].lower() == parameter.lower()
    }


def seen_in(number: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Seen:
    """What a request shows, or nothing if it is for another call."""
    parts = urlsplit(target)
    template = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", CONTRACTS[number]["path_template"])
    match = re.fullmatch(template, parts.path)
    if match is None or method != CONTRACTS[number]["method"]:
        return {}
    seen: Seen = {("path", name): [unquote(value)] for name, value in match.groupdict().items()}
    texts = {"query": parts.query}
    content = headers.get("Content-Type", "")
    if content.startswith("application/json") and body:
        seen.update({("json", name): value for name, value in json.loads(body).items()})
    elif body:
        assert content.startswith("application/x-www-form-urlencoded"), content
        texts["form"] = body.decode()
    for place, text in texts.items():
        for name, value in parse_qsl(text, keep_blank_values=True):
            seen.setdefault((place, name), []).append(value)
    return seen or {("path", ""): []}


def fits(value: Any, wanted: Any) -> bool:
    """Whether what was sent is what a row wants; a text stands for a list of one."""
    if isinstance(wanted, re.Pattern):
        wanted = [wanted]
    if isinstance(wanted, str) and isinstance(value, list):
        wanted = [wanted]
    if not isinstance(wanted, list) or not isinstance(value, list):
        return bool(value == wanted)
    return len(value) == len(wanted) and all(
        one.fullmatch(sent) if isinstance(one, re.Pattern) else one == sent
        for one, sent in zip(wanted, value, strict=True)
    )


def shows(number: str, seen: Seen, sent: Mapping[str, Any]) -> bool:
    """Whether a request shows each parameter at a place that the document has."""
    return bool(seen) and all(
        any(fits(seen.get((place, name)), wanted) for place in places_of(number, name))
        for name, wanted in sent.items()
    )


@pytest.fixture
def record(monkeypatch) -> Iterator[list[tuple[str, str, Mapping[str, str], bytes]]]:
    """Everything that is handed to connections: method, target, headers and body."""
    requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
    send = Connections.send

    def recorded(self: Connections, request: Any, headers: Any) -> Any:
        requests.append((request.endpoint.method, request.target, headers, request.body or b""))
        return send(self, request, headers)

    monkeypatch.setattr(Connections, "send", recorded)
    yield requests


def filled(value: Any, made: Mapping[str, Any]) -> Any:
    """A value with the ids of what the server made, by their names in braces."""
    if isinstance(value, dict):
        return {name: filled(part, made) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, made) for part in value]
    return str(made[value[1:-1]]) if isinstance(value, str) and value[1:-1] in made else value


def task(call: Any, server: Any, module: str, options: dict[str, Any]) -> None:
    """Run a task, with the ``confirm`` of its check where it is destructive. How it ends does not
    matter here, but a failure is printed, for it says why nothing was sent."""
    try:
        if module == "device_action":
            plan = call(module, server, check_mode=True, max_devices=5, **options)
            options = {**options, "max_devices": 5, "confirm": plan["confirm"]}
        call(module, server, **options)
    except ModuleFailed as failed:
        print(failed)


@pytest.mark.parametrize("number", SENDING)
def test_a_parameter_has_its_name_place_and_value(
    number, call, emulator, epmm, record, monkeypatch, tmp_path
):
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for row in ROWS[number]:
        server = emulator if number.startswith("N") else epmm
        server.reset()
        made = (fill_neurons if server is emulator else fill_epmm)(server)
        row.ready(server)
        if row.module == "dep_profile_info":
            made = {"dep": call(row.module, server)["servers"][0]["id"]}
        options = filled(row.options, made)
        if row.module == "appconnect_analytics":
            options["dest"] = str(tmp_path)
        with monkeypatch.context() as patch:
            if row.small:
                patch.setattr(client, "PAGE_ROWS", 3)
                patch.setattr(client, "WINDOW", 6)
            record.clear()
            task(call, server, row.module, options)
        requests = [seen_in(number, *request) for request in record]
        wanted = filled(row.sent, made)
        assert any(shows(number, seen, wanted) for seen in requests), [r for r in requests if r]


@pytest.mark.parametrize("number", CONTRACTS)
def test_every_parameter_has_a_row(number):
    """And the row uses the option that the table of parameters names."""
    rows = ROWS.get(number, [])
    for name in parameters_sent(number):
        showing = [row for row in rows if name in row.sent]
        assert showing, f"{number}: no row shows {name}"
        way = WAYS[number][name]
        if ":" not in way:
            module, option = way.split(".")
            names = {one for row in showing if row.module == module for one in row.options}
            assert option in names, f"{number}: no row gives {name} by {way}"
    for row in rows:
        assert row.sent.keys() <= set(parameters_sent(number))
