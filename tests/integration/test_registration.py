# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_registration, of EPMM."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ..conftest import ModuleFailed, connection, writes

REGISTER = ("PUT", "/api/v1/dm/register")
PHONE = {"user": "jdoe", "platform": "android", "phone_number": "4155551212", "country_code": 1}
NEW_USER = {"first_name": "New", "last_name": "User", "email": "new@example.com"}
NASTY = ["{{ 7*7 }}", "jürgen.öz", "日本.太郎", "o'brien", "100%", "a b+c&d=e", "say \"hi\""]


@pytest.fixture
def server(epmm):
    """EPMM with a user who has no device."""
    epmm.add_user("jdoe", first="Joe", last="Doe", email="jdoe@example.com")
    epmm.clear_requests()
    return epmm


def failed(call, server, **options) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as end:
        call("device_registration", server, **options)
    message = end.value.result["msg"]
    assert "\n" not in message and "Traceback" not in message and len(message) < 1000, message
    return end.value.result


def register(call, server, *, check_mode=False, **options) -> dict[str, Any]:
    return call("device_registration", server, check_mode=check_mode, **{**PHONE, **options})


@pytest.mark.parametrize("api", ["auto", "v1", "v2"])
def test_a_device_is_registered_once(call, server, api):
    plan = register(call, server, check_mode=True, api=api)
    assert plan["changed"] and writes(server) == [] and server.registrations() == []
    assert plan["device"] | {"id": None, "guid": None, "status": None} == plan["device"]
    result = register(call, server, api=api)
    [made] = server.registrations()
    known = {"id", "guid", "status"}
    assert result["device"] | {name: plan["device"][name] for name in known} == plan["device"]
    assert (result["changed"], result["writes"], result["diff"]) == (True, 1, plan["diff"])
    assert (made["user"], made["platform"], made["phone"]) == ("jdoe", "A", "14155551212")
    assert (result["device"]["guid"], result["device"]["status"]) == (made["uuid"], "VERIFICATION_PENDING")
    assert result["device"]["id"] == str(server.device(made["uuid"])["id"]) and result["passcode_ttl"] == 120
    again = register(call, server, api=api)
    assert not again["changed"] and again["writes"] == 0 and again["diff"] == [] and again["device"]["outcome"] == "unchanged"
    assert {name: again["device"][name] for name in known} == {name: result["device"][name] for name in known}
    assert len(server.registrations()) == 1 and again["passcode_ttl"] is None


def test_what_is_sent(call, server):
    register(call, server, operator="Verizon", employee_owned=True, notify_user=True, notify_by_sms=True, phone_number="+1 415 555-1212")
    [query] = [dict(parse_qsl(entry["query"])) for entry in server.requests() if entry["method"] == "PUT"]
    assert query == {
        "phoneNumber": "4155551212", "deviceType": "Phone", "userId": "jdoe", "platform": "A", "countryCode": "1", "isEmployeeOwned": "True",
        "importUserFromLdap": "False", "notifyUser": "True", "notifyuserbysms": "True", "operator": "Verizon", "userFirstName": "Joe",
        "userLastName": "Doe", "userEmailAddress": "jdoe@example.com",
    }
    [made] = server.registrations()
    assert made["notify"] and made["notify_sms"] and server.device(made["uuid"])["owner"] == "EMPLOYEE"


@pytest.mark.parametrize("platform", ["android", "ios", "macos", "windows", "windows_phone"])
@pytest.mark.parametrize("phone", [{"phone_number": "4155551212"}, {"phone_number": None}])
@pytest.mark.parametrize("position", ["with_code", "as_sent"])
def test_every_platform_is_found_again(call, server, platform, phone, position):
    server.set_switch("register_phone", position)
    for api in ("v2", "v1", "v2"):
        register(call, server, platform=platform, api=api, **phone)
    assert len(server.registrations()) == 1
    uuid = server.registrations()[0]["uuid"]
    server.patch_device(uuid, status="ACTIVE")
    assert register(call, server, platform=platform, **phone)["device"]["status"] == "ACTIVE"
    assert not register(call, server, platform=platform, api="v1", **phone)["changed"] and len(server.registrations()) == 1


def test_each_number_and_platform_is_a_device_of_its_own(call, server):
    for options in ({}, {"phone_number": None}, {"phone_number": "4155551213"}, {"platform": "ios"}, {"platform": "ios", "phone_number": None}):
        assert register(call, server, **options)["changed"] and not register(call, server, **options)["changed"]
    assert len(server.registrations()) == 5
    # The same number on another user's device is another device.
    server.add_user("other", first="O", last="T", email="o@example.com")
    assert register(call, server, user="other")["changed"]


@pytest.mark.parametrize("number", ["0171 1234567", "+49 171 1234567", "+49 (0)171 1234567", "0049 171 1234567", "491711234567"])
@pytest.mark.parametrize("position", ["with_code", "as_sent"])
def test_a_number_is_registered_once_however_it_is_written(call, server, number, position):
    """Most countries write a zero before a number, and a server puts the country code before that."""
    server.set_switch("register_phone", position)
    for api in ("v1", "v2", "v1"):
        register(call, server, phone_number=number, country_code=49, api=api)
    server.patch_device(server.registrations()[0]["uuid"], status="ACTIVE")
    assert not register(call, server, phone_number=number, country_code=49)["changed"] and len(server.registrations()) == 1


@pytest.mark.parametrize(("status", "changed"), [
    ("ACTIVE", False), ("VERIFIED", False), ("IENROLL_INPROGRESS", False), ("RETIRED", True), ("WIPED", True), ("LOST", True), ("EXPIRED", True)])
def test_which_registrations_are_in_force(call, server, status, changed):
    register(call, server)
    server.patch_device(server.registrations()[0]["uuid"], status=status)
    for api in ("v1", "auto"):
        assert register(call, server, check_mode=True, api=api)["changed"] is changed


@pytest.mark.parametrize("name", NASTY)
def test_users_of_any_name(call, server, name):
    options = {**PHONE, **NEW_USER, "user": name, "import_from_ldap": False}
    for _run in range(2):
        result = call("device_registration", server, **options)
    assert not result["changed"] and result["device"]["user"] == name and [made["user"] for made in server.registrations()] == [name]


# Users


def test_a_new_local_user_needs_a_name(call, server):
    for check_mode in (True, False):
        message = failed(call, server, **{**PHONE, "user": "newbie", "first_name": "N"}, check_mode=check_mode)["msg"]
        assert message.startswith("last_name, email: missing; the server has no user 'newbie'") and writes(server) == []
    result = register(call, server, user="newbie", **NEW_USER)
    assert result["changed"] and not register(call, server, user="newbie")["changed"]
    [user] = [one for one in server.users() if one["principal"] == "newbie"]
    assert (user["first"], user["email"], user["local"]) == ("New", "new@example.com", True)


def test_a_user_of_ldap_is_imported(call, server):
    assert register(call, server, user="testuser0001", import_from_ldap=True)["changed"]
    # Now the server knows where the user comes from.
    assert not register(call, server, user="testuser0001")["changed"]
    register(call, server, user="testuser0001", platform="ios")
    assert [dict(parse_qsl(entry["query"]))["importUserFromLdap"] for entry in server.requests() if entry["method"] == "PUT"] == ["True", "True"]
    assert "was not found in LDAP" in failed(call, server, **{**PHONE, "user": "stranger", "import_from_ldap": True})["msg"]


def test_a_user_is_named_by_address_or_in_another_case(call, server):
    register(call, server, user="JDOE@example.com")
    assert not register(call, server, user="JDoe")["changed"] and server.registrations()[0]["user"] == "jdoe"


# Answers


@pytest.mark.parametrize("uuid", ["deviceUuid", "deviceUid"])
@pytest.mark.parametrize("twice", ["once", "twice"])
@pytest.mark.parametrize("passcode", ["all", "none"])
@pytest.mark.parametrize("empty", ["null", "object"])
def test_every_form_of_a_success(call, server, uuid, twice, passcode, empty):
    switches = {"register_uuid": uuid, "register_messages": twice, "register_passcode": passcode, "v1_empty_messages": empty}
    for name, value in switches.items():
        server.set_switch(name, value)
    result = register(call, server, return_secrets=True)
    [made] = server.registrations()
    assert result["device"]["guid"] == made["uuid"] and result["warnings"] == []
    assert (result["passcode"], result["registration_url"]) == (made["passcode"] or None, made["url"]) and bool(made["passcode"]) == (passcode == "all")


@pytest.mark.parametrize("failure", ["inside", "top", "400"])
def test_a_refusal_is_told_in_the_server_s_words(call, server, failure):
    server.set_switch("register_failure", failure)
    result = failed(call, server, **{**PHONE, "country_code": 999})
    assert "No country has the code 999" in result["msg"] and result["msg"].startswith("android device of 'jdoe' with the phone number 4155551212: ")
    assert (result["changed"], result["device"]["outcome"], result["diff"]) == (False, "failed", [])
    assert writes(server) == [REGISTER] and server.registrations() == []


@pytest.mark.parametrize(
    ("kind", "params", "made", "words"),
    [
        # The server did it, and its answer does not say so.
        ("lost_answer", {}, True, "its passcode is not known"), ("half_body", {}, True, "its passcode is not known"),
        ("truncated_json", {}, True, "its passcode is not known"), ("html", {"handled": True}, True, "its passcode is not known"),
        ("500", {"handled": True}, True, "its passcode is not known"), ("503", {"handled": True}, True, "its passcode is not known"),
        # It did nothing.
        ("reset", {}, False, "broke"), ("500", {}, False, "HTTP 500"), ("503", {}, False, "HTTP 503"), ("html", {}, False, "web page"),
        ("403", {}, False, "HTTP 403"), ("401", {}, False, "HTTP 401"), ("errors_200", {"message": "Not today"}, False, "Not today"),
        ("result_zero", {}, False, "HTTP 200 and no success"), ("redirect", {"location": "/x"}, False, "redirected"),
    ],
)
@pytest.mark.parametrize("api", ["v1", "v2"])
def test_what_an_answer_leaves_open_is_settled_by_looking(call, server, kind, params, made, words, api):
    server.add_fault(kind, method="PUT", times=1, **params)
    if made:
        result = register(call, server, api=api, return_secrets=True)
        [one] = server.registrations()
        assert result["changed"] and result["device"]["guid"] == one["uuid"] and words in result["warnings"][0]
        assert result["passcode"] is None and one["passcode"] not in json.dumps({**result, "device": None})
    else:
        result = failed(call, server, api=api, **PHONE)
        assert words in result["msg"] and server.registrations() == []
        assert ("No such device is in the server's lists now" in result["msg"]) == (kind in ("reset", "500", "503", "html", "redirect"))
    assert writes(server) == [REGISTER], "a registration is sent once"
    register(call, server, api=api)
    assert len(server.registrations()) == 1


def test_a_limited_rate_is_waited_for(call, server):
    server.add_fault("429", method="PUT", times=2, retry_after=0)
    assert register(call, server)["changed"] and len(server.registrations()) == 1


def test_what_cannot_be_found_out_is_said(call, server):
    server.add_fault("lost_answer", method="PUT", times=1)
    found = len(server.requests())
    register(call, server, check_mode=True)
    reads = len(server.requests()) - found
    server.add_fault("500", method="GET", after=reads, times=None)
    message = failed(call, server, retries=0, **PHONE)["msg"]
    assert "Whether the device was registered could not be found out; it was not sent again: " in message and len(writes(server)) == 1


def test_a_registration_that_the_server_only_claims_is_found_by_the_next_run(call, server):
    server.add_fault("no_effect", method="PUT", times=1)
    result = register(call, server)
    assert result["changed"] and (result["device"]["id"], result["device"]["status"]) == (None, None)
    assert register(call, server)["changed"] and not register(call, server)["changed"]


def test_a_new_device_that_cannot_be_read_yet_has_no_id(call, server):
    server.add_fault("500", method="GET", path="/api/v1/dm/devices/*-*", times=None)
    result = register(call, server, retries=0)
    assert result["changed"] and result["device"]["id"] is None and result["device"]["guid"] == server.registrations()[0]["uuid"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"country_code": "US"}, "country_code: 'US' is no country code"), ({"country_code": None}, "country_code: None is no country code"),
        ({"phone_number": "PDA"}, "phone_number: 'PDA' is not a phone number"), ({"phone_number": "+49 30 123456"}, "is of another country than"),
        ({"user": " "}, "user: ' ' is neither the name nor"), ({"user": "a\nb"}, "is neither the name nor"),
        ({"platform": "symbian"}, "value of platform must be one of: android, ios"), ({"platform": None}, "platform"),
        ({"state": "absent"}, "value of state must be one of: present"), ({"email": "a\nb"}, "email: 'a\\nb' has control characters"),
        ({"employee_owned": "perhaps"}, "unable to convert to bool"),
    ],
)
def test_what_is_wrong_by_itself_is_told_before_any_request(call, server, options, words):
    assert words in failed(call, server, **{**PHONE, **options})["msg"] and server.requests() == []


def test_the_other_product_registers_nothing(call, emulator):
    assert failed(call, emulator, **PHONE)["msg"] == "product: registering devices is not supported by neurons; supported by: epmm."
    assert emulator.requests() == []


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_how_many_requests_it_takes(call, epmm, api):
    """As many for a fleet of thousands: those of one user, and the lists of what is pending."""
    counts = []
    for devices in (60, 3000):
        epmm.reset(seed=7, devices=devices)
        epmm.add_user("jdoe", first="Joe", last="Doe", email="jdoe@example.com")
        counts.append((register(call, epmm, api=api)["requests"], register(call, epmm, api=api)["requests"]))
    assert counts[0] == counts[1] and counts[0][0] <= 12 and counts[0][1] <= (5 if api == "v2" else 8), counts


# Secrets


def test_secrets_are_returned_where_they_are_asked_for_alone(call, server):
    plan = register(call, server, check_mode=True, return_secrets=True)
    assert plan["passcode"] is None and plan["registration_url"] is None
    quiet = register(call, server)
    loud = register(call, server, platform="ios", return_secrets=True)
    first, second = server.registrations()
    text = json.dumps({**quiet, "device": {**quiet["device"], "id": None, "guid": None}})
    assert first["passcode"] not in text and first["url"] not in text and "passcode" not in quiet and "registration_url" not in quiet
    assert (loud["passcode"], loud["registration_url"]) == (second["passcode"], second["url"])
    assert json.dumps(loud["diff"] + [loud["device"]["before"], loud["device"]["after"]]).count(second["passcode"]) == 0
    assert register(call, server, return_secrets=True)["passcode"] is None


def test_verbose_output_shows_no_passcode(ansible, server):
    task = {"ivanti.uem.device_registration": PHONE}
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [task, task]}]
    environment = {f"IVANTI_UEM_{name.upper()}": str(value) for name, value in connection(server).items()}
    done = ansible("ansible-playbook", ansible.write("play.yml", play), "-vvvv", "--diff", **environment)
    output = done.stdout + done.stderr
    assert done.returncode == 0 and "changed=1" in output, output
    [made] = server.registrations()
    assert made["url"] not in output and not re.search(rf"(?<![0-9a-f]){made['passcode']}(?![0-9a-f])", output)
