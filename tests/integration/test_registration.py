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
NASTY = ["{{ 7*7 }}", "jürgen.öz", "日本.太郎", "o'brien", "100%", "a b+c&d=e", 'say "hi"']


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
    assert (
        plan["device"] | {"id": None, "guid": None, "status": None, "registered_phone_number": None}
        == plan["device"]
    )
    result = register(call, server, api=api)
    [made] = server.registrations()
    known = {"id", "guid", "status", "registered_phone_number"}
    assert result["device"] | {name: plan["device"][name] for name in known} == plan["device"]
    assert (result["changed"], result["writes"], result["diff"]) == (True, 1, plan["diff"])
    assert (made["user"], made["platform"], made["phone"]) == ("jdoe", "A", "14155551212")
    assert (result["device"]["guid"], result["device"]["status"]) == (
        made["uuid"],
        "VERIFICATION_PENDING",
    )
    assert (result["device"]["phone_number"], result["device"]["registered_phone_number"]) == (
        "4155551212",
        "14155551212",
    )
    assert (
        result["device"]["id"] == str(server.device(made["uuid"])["id"])
        and result["passcode_ttl"] == 120
    )
    again = register(call, server, api=api)
    assert (
        not again["changed"]
        and again["writes"] == 0
        and again["diff"] == []
        and again["device"]["outcome"] == "unchanged"
    )
    assert {name: again["device"][name] for name in known} == {
        name: result["device"][name] for name in known
    }
    assert len(server.registrations()) == 1 and again["passcode_ttl"] is None


def test_what_is_sent(call, server):
    register(
        call,
        server,
        operator="Verizon",
        employee_owned=True,
        notify_user=True,
        notify_by_sms=True,
        phone_number="+1 415 555-1212",
    )
    [query] = [
        dict(parse_qsl(entry["query"])) for entry in server.requests() if entry["method"] == "PUT"
    ]
    # fmt: off
    assert query == {
        "phoneNumber": "4155551212", "deviceType": "Phone", "userId": "jdoe", "platform": "A", "countryCode": "1", "isEmployeeOwned": "True",
        "importUserFromLdap": "False", "notifyUser": "True", "notifyuserbysms": "True", "operator": "Verizon", "userFirstName": "Joe",
        "userLastName": "Doe", "userEmailAddress": "jdoe@example.com",
    }
    # fmt: on
    [made] = server.registrations()
    assert (
        made["notify"] and made["notify_sms"] and server.device(made["uuid"])["owner"] == "EMPLOYEE"
    )


@pytest.mark.parametrize(
    ("options", "kind", "number"),
    [
        ({}, "Phone", "4155551212"),
        ({"device_type": "pda"}, "PDA", "4155551212"),
        ({"phone_number": None}, "PDA", "PDA"),
        ({"phone_number": None, "device_type": "pda"}, "PDA", "PDA"),
    ],
)
def test_the_type_of_a_device_is_sent(call, server, options, kind, number):
    register(call, server, **options)
    [query] = [dict(parse_qsl(one["query"])) for one in server.requests() if one["method"] == "PUT"]
    assert (query["deviceType"], query["phoneNumber"]) == (kind, number)


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
    assert (
        not register(call, server, platform=platform, api="v1", **phone)["changed"]
        and len(server.registrations()) == 1
    )


def test_each_number_and_platform_is_a_device_of_its_own(call, server):
    for options in (
        {},
        {"phone_number": None},
        {"phone_number": "4155551213"},
        {"platform": "ios"},
        {"platform": "ios", "phone_number": None},
    ):
        assert (
            register(call, server, **options)["changed"]
            and not register(call, server, **options)["changed"]
        )
    assert len(server.registrations()) == 5
    # The same number on another user's device is another device.
    server.add_user("other", first="O", last="T", email="o@example.com")
    assert register(call, server, user="other")["changed"]


@pytest.mark.parametrize(
    "number",
    ["0171 1234567", "+49 171 1234567", "+49 (0)171 1234567", "0049 171 1234567", "491711234567"],
)
@pytest.mark.parametrize("position", ["with_code", "as_sent"])
def test_a_number_is_registered_once_however_it_is_written(call, server, number, position):
    """Most countries write a zero before a number, and a server puts the country code before
    that."""
    server.set_switch("register_phone", position)
    for api in ("v1", "v2", "v1"):
        register(call, server, phone_number=number, country_code=49, api=api)
    server.patch_device(server.registrations()[0]["uuid"], status="ACTIVE")
    assert (
        not register(call, server, phone_number=number, country_code=49)["changed"]
        and len(server.registrations()) == 1
    )


@pytest.mark.parametrize(
    ("position", "phone", "expected"),
    [
        ("with_code", "4155551212", "14155551212"),
        ("as_sent", "4155551212", "4155551212"),
        ("with_code", None, "PDA 2"),
    ],
)
@pytest.mark.parametrize("api", ["v1", "v2"])
def test_the_number_that_the_server_has_is_told(call, server, position, phone, expected, api):
    """Of a new device, of one that is there, and of one whose registration was not answered."""
    server.set_switch("register_phone", position)
    server.add_device(user="jdoe", platform="iOS", phone="PDA", status="ACTIVE")
    if api == "v1":
        server.add_fault("lost_answer", method="PUT", times=1)
    for _run in range(2):
        assert (
            register(call, server, phone_number=phone, api=api)["device"]["registered_phone_number"]
            == expected
        )


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        ("ACTIVE", False),
        ("VERIFIED", False),
        ("IENROLL_INPROGRESS", False),
        ("RETIRED", True),
        ("WIPED", True),
        ("LOST", True),
        ("EXPIRED", True),
    ],
)
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
    assert (
        not result["changed"]
        and result["device"]["user"] == name
        and [made["user"] for made in server.registrations()] == [name]
    )


# Users


def test_a_new_local_user_needs_a_name(call, server):
    for check_mode in (True, False):
        message = failed(
            call, server, **{**PHONE, "user": "newbie", "first_name": "N"}, check_mode=check_mode
        )["msg"]
        assert (
            message.startswith("last_name, email: missing; the server has no user 'newbie'")
            and writes(server) == []
        )
    result = register(call, server, user="newbie", **NEW_USER)
    assert result["changed"] and not register(call, server, user="newbie")["changed"]
    [user] = [one for one in server.users() if one["principal"] == "newbie"]
    assert (user["first"], user["email"], user["local"]) == ("New", "new@example.com", True)


@pytest.mark.parametrize("position", ["always", "new"])
def test_a_local_user_without_a_last_name_needs_one_to_be_registered(call, server, position):
    """The vendor's own miadmin has none. The table asks for it of local users, and not of new ones
    alone."""
    server.set_switch("register_local_names", position)
    server.add_user("miadmin", first="miadmin", last="", email=None)
    for check_mode in (True, False):
        message = failed(call, server, **{**PHONE, "user": "miadmin"}, check_mode=check_mode)["msg"]
        assert (
            message.startswith(
                "last_name, email: missing; the server does not have all of these for 'miadmin' either"
            )
            and writes(server) == []
        )
    given = {"last_name": "Admin", "email": "miadmin@example.com"}
    assert register(call, server, user="miadmin", **given)["changed"]
    [query] = [
        dict(parse_qsl(entry["query"])) for entry in server.requests() if entry["method"] == "PUT"
    ]
    assert (query["userFirstName"], query["userLastName"], query["userEmailAddress"]) == (
        "miadmin",
        "Admin",
        "miadmin@example.com",
    )
    # What is registered needs no name any more.
    assert not register(call, server, user="miadmin")["changed"]


def test_a_user_of_ldap_is_imported(call, server):
    assert register(call, server, user="testuser0001", import_from_ldap=True)["changed"]
    # Now the server knows where the user comes from.
    assert not register(call, server, user="testuser0001")["changed"]
    register(call, server, user="testuser0001", platform="ios")
    assert [
        dict(parse_qsl(entry["query"]))["importUserFromLdap"]
        for entry in server.requests()
        if entry["method"] == "PUT"
    ] == ["True", "True"]


def test_a_user_is_named_by_address_or_in_another_case(call, server):
    register(call, server, user="JDOE@example.com")
    assert (
        not register(call, server, user="JDoe")["changed"]
        and server.registrations()[0]["user"] == "jdoe"
    )


# What the server knows


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"country_code": 999}, "country_code: the server knows no country with the code 999 (nearest: 998 (Uzbekistan), 996 (Kyrgyzstan), 99"),
        ({"country_code": 21}, "country_code: the server knows no country with the code 21 (nearest: "),
        ({"operator": "Verizn"}, "operator: the server knows no operator 'Verizn' (nearest: 'Verizon'); nothing was done. Correct operator or"),
        ({"operator": "Verizon", "country_code": 49}, "operator: 'Verizon' is an operator of United States (country_code 1), and of no country with the"),
        ({"operator": "telekom", "country_code": 49}, "operator: 'telekom' is an operator of Romania (country_code 40), Slovakia (country_code 421), "
         "and of no country with the country_code 49 (nearest: 'Telekom.de')"),
        ({"user": "stranger", "import_from_ldap": True}, "user: the server has no user 'stranger', and finds nobody called so in its directory; "),
        ({"user": "testuser000", "import_from_ldap": True}, "user: the server has no user 'testuser000', and finds nobody called so in its directory "
         "(nearest: 'testuser0009', 'testuser0008', 'testuser0007')"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_the_server_does_not_know_is_told_before_anything_is_sent(
    call, server, options, words, check_mode
):
    message = failed(call, server, **{**PHONE, **options}, check_mode=check_mode)["msg"]
    assert (
        message.startswith(words.partition(": ")[0])
        and words in message
        and "nothing was done" in message
    )
    assert (
        writes(server) == []
        and server.registrations() == []
        and "stranger" not in {user["principal"] for user in server.users()}
    )


@pytest.mark.parametrize("options", [{"country_code": 999}, {"operator": "Verizn"}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_device_that_is_there_excuses_no_name(call, server, options, check_mode):
    """What is wrong for a new device is wrong for one that is registered."""
    one = {"phone_number": None}
    told = failed(call, server, **{**PHONE, **one, **options})["msg"]
    register(call, server, **one)
    assert failed(call, server, **{**PHONE, **one, **options}, check_mode=check_mode)["msg"] == told
    assert not register(call, server, **one, operator="Verizon")["changed"]


def test_what_a_registration_does_not_change_is_told(call, server):
    given = {"first_name": "XX", "last_name": "Doe", "email": "other@example.com"}
    said = [
        "first_name: the server has 'Joe' of the user 'jdoe' and not 'XX'",
        "email: the server has 'jdoe@example.com' of the user 'jdoe' and not 'other@example.com'",
    ]
    for check_mode in (True, False, False):
        warnings = register(call, server, check_mode=check_mode, **given)["warnings"]
        assert [one.partition(", and a registration")[0] for one in warnings] == said
    [user] = [one for one in server.users() if one["principal"] == "jdoe"]
    assert (user["first"], user["email"]) == ("Joe", "jdoe@example.com")
    same = {"first_name": "Joe", "last_name": " Doe", "email": "JDoe@example.com"}
    assert register(call, server, **same)["warnings"] == []
    many = [{"platform": "ios"}, {"platform": "macos"}]
    result = call("device_registration", server, registrations=many, **PHONE, first_name="XX")
    assert len(result["warnings"]) == 1 and result["summary"]["changed"] == 2


def test_whose_a_registered_device_is_stays_as_it_is(call, server):
    register(call, server)
    [told] = register(call, server, employee_owned=True)["warnings"]
    assert re.match(
        r"employee_owned: device \d+.* is registered already, as the company's own", told
    )
    assert register(call, server, platform="ios", employee_owned=True)["warnings"] == []
    assert register(call, server, platform="ios", employee_owned=True)["warnings"] == []


@pytest.mark.parametrize(("name", "country", "sent"), [
    # In any case, and of any country that has the code; PDA stands for none.
    ("verizon", 1, "Verizon"), ("Rogers", 1, "Rogers"), ("МТС", 7, "МТС"), ("Vodafone", 44, "Vodafone"),
    ("-", None, None), ("PDA", 1, "PDA")])  # fmt: skip
def test_an_operator_is_sent_as_the_server_spells_it(call, server, name, country, sent):
    server.set_switch("register_unknown_operator", "accepted")
    if sent is None:
        register(call, server)
        assert "/api/v1/dm/operators" not in {entry["path"] for entry in server.requests()}
        return
    assert register(call, server, operator=name, country_code=country)["changed"]
    [query] = [
        dict(parse_qsl(entry["query"])) for entry in server.requests() if entry["method"] == "PUT"
    ]
    assert query["operator"] == sent


LOOKED_UP = ("/api/v1/dm/countries", "/api/v1/dm/operators", "/api/v1/sm/users/search/ldap/*")


@pytest.mark.parametrize("kind", ["403", "500", "html", "short_page", "lost_answer", "empty"])
def test_what_cannot_be_looked_up_decides_nothing(call, server, kind):
    server.set_switch("register_unknown_country", "accepted")
    if kind == "empty":
        server.set_switch("reference_lists", "empty")
    for path in LOOKED_UP if kind != "empty" else ():
        server.add_fault(kind, method="GET", path=path, times=None)
    for check_mode in (True, False):
        assert register(
            call, server, country_code=999, operator="Nobody's", check_mode=check_mode, retries=0
        )["changed"]
    if kind not in ("empty", "short_page"):
        message = failed(
            call, server, **{**PHONE, "user": "stranger", "import_from_ldap": True}, retries=0
        )["msg"]
        assert "was not found in LDAP" in message, "the server's own words"
    assert len(server.registrations()) == 1


def test_credentials_that_are_refused_meanwhile_end_it(call, server):
    server.add_fault("401", method="GET", path="/api/v1/dm/countries", times=None)
    assert "HTTP 401" in failed(call, server, **PHONE)["msg"] and writes(server) == []


def test_a_directory_that_finds_too_many_decides_nothing(call, server):
    server.set_switch("ldap_search_limit", 5)
    assert (
        "was not found in LDAP"
        in failed(call, server, **{**PHONE, "user": "testuser", "import_from_ldap": True})["msg"]
    )
    # A search takes two characters, so that this is not even sent.
    server.clear_requests()
    assert (
        "was not found in LDAP"
        in failed(call, server, **{**PHONE, "user": "x", "import_from_ldap": True})["msg"]
    )
    assert [entry["path"] for entry in server.requests() if "/ldap/" in entry["path"]] == []


def test_who_is_registered_needs_nobody_looked_up(call, server):
    options = {"user": "testuser0001", "import_from_ldap": True, "operator": "Verizon"}

    def looked_up(**changes: Any) -> list[str]:
        server.clear_requests()
        register(call, server, **{**options, **changes})
        paths = [entry["path"] for entry in server.requests()]
        return [path for path in paths if path in LOOKED_UP or "/ldap/" in path]

    assert sorted(looked_up()) == [*LOOKED_UP[:2], "/api/v1/sm/users/search/ldap/testuser0001"]
    assert sorted(looked_up()) == sorted(looked_up(check_mode=True)) == list(LOOKED_UP[:2])
    assert looked_up(operator=None) == [LOOKED_UP[0]]
    # One whom the server has is not looked for in the directory.
    assert sorted(looked_up(platform="ios")) == list(LOOKED_UP[:2])
    assert looked_up(platform="macos", operator=None) == [LOOKED_UP[0]]


# Answers


@pytest.mark.parametrize("uuid", ["deviceUuid", "deviceUid"])
@pytest.mark.parametrize("twice", ["once", "twice"])
@pytest.mark.parametrize("passcode", ["all", "none"])
@pytest.mark.parametrize("empty", ["null", "object"])
def test_every_form_of_a_success(call, server, uuid, twice, passcode, empty):
    switches = {
        "register_uuid": uuid,
        "register_messages": twice,
        "register_passcode": passcode,
        "v1_empty_messages": empty,
    }
    for name, value in switches.items():
        server.set_switch(name, value)
    result = register(call, server, return_secrets=True)
    [made] = server.registrations()
    assert result["device"]["guid"] == made["uuid"] and result["warnings"] == []
    assert (result["passcode"], result["registration_url"]) == (
        made["passcode"] or None,
        made["url"],
    ) and bool(made["passcode"]) == (passcode == "all")


@pytest.mark.parametrize("position", ["text", "number"])
def test_a_passcode_keeps_its_five_digits(call, server, position):
    """A number in JSON has no zeros in front, and with 3460 nobody enrols."""
    server.set_switch("register_passcode_type", position)
    for number in range(60):
        result = register(call, server, phone_number=f"41555512{number:02d}", return_secrets=True)
        made = server.registrations()[-1]["passcode"]
        assert result["passcode"] == made and len(made) == 5
        if made.startswith("0"):
            break
    else:
        pytest.fail("no passcode began with a zero")
    assert register(call, server, platform="windows", return_secrets=True)["passcode"] is None


@pytest.mark.parametrize("failure", ["inside", "top", "400", "404"])
def test_a_refusal_is_told_in_the_server_s_words(call, server, failure):
    server.set_switch("register_failure", failure)
    server.add_fault("403", path="/api/v1/dm/countries", times=None)
    result = failed(call, server, **{**PHONE, "country_code": 999})
    assert "No country has the code 999" in result["msg"] and result["msg"].startswith(
        "android device of 'jdoe' with the phone number 4155551212: "
    )
    assert "base path" not in result["msg"] and (
        "the server did not find what the request names" in result["msg"]
    ) is (failure == "404")
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
        ("result_zero", {}, False, "HTTP 200, but reported no success"), ("redirect", {"location": "/x"}, False, "redirected"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("api", ["v1", "v2"])
def test_what_an_answer_leaves_open_is_settled_by_looking(
    call, server, kind, params, made, words, api
):
    server.add_fault(kind, method="PUT", times=1, **params)
    if made:
        result = register(call, server, api=api, return_secrets=True)
        [one] = server.registrations()
        assert (
            result["changed"]
            and result["device"]["guid"] == one["uuid"]
            and words in result["warnings"][0]
        )
        assert result["passcode"] is None and one["passcode"] not in json.dumps(
            {**result, "device": None}
        )
    else:
        result = failed(call, server, api=api, **PHONE)
        assert words in result["msg"] and server.registrations() == []
        assert ("No such device is in the server's lists now" in result["msg"]) == (
            kind in ("reset", "500", "503", "html", "redirect")
        )
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
    assert (
        "Whether the device was registered could not be found out; it was not sent again: "
        in message
        and len(writes(server)) == 1
    )


def test_a_registration_that_the_server_only_claims_is_found_by_the_next_run(call, server):
    server.add_fault("no_effect", method="PUT", times=1)
    result = register(call, server)
    assert result["changed"] and (result["device"]["id"], result["device"]["status"]) == (
        None,
        None,
    )
    assert register(call, server)["changed"] and not register(call, server)["changed"]


def test_a_new_device_that_cannot_be_read_yet_has_no_id(call, server):
    server.add_fault("500", method="GET", path="/api/v1/dm/devices/*-*", times=None)
    result = register(call, server, retries=0)
    assert (
        result["changed"]
        and result["device"]["id"] is None
        and result["device"]["guid"] == server.registrations()[0]["uuid"]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"country_code": "US"}, "country_code: 'US' is not a country code"), ({"country_code": None}, "country_code: is missing"),
        ({"phone_number": "PDA"}, "phone_number: 'PDA' is not a phone number"), ({"phone_number": "+49 30 123456"}, "is a number of another country than"),
        ({"user": " "}, "user: ' ' is neither the name nor"), ({"user": "a\nb"}, "is neither the name nor"),
        ({"platform": "symbian"}, "value of platform must be one of: android, ios"), ({"platform": None}, "platform"),
        ({"state": "absent"}, "value of state must be one of: present"), ({"email": "a\nb"}, "email: 'a\\nb' has control characters"),
        ({"employee_owned": "perhaps"}, "unable to convert to bool"),
    ],
)  # fmt: skip
def test_what_is_wrong_by_itself_is_told_before_any_request(call, server, options, words):
    assert words in failed(call, server, **{**PHONE, **options})["msg"] and server.requests() == []


def test_the_other_product_registers_nothing(call, emulator):
    assert (
        failed(call, emulator, **PHONE)["msg"]
        == "product: neurons does not support registering devices; supported by: epmm."
    )
    assert emulator.requests() == []


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_how_many_requests_it_takes(call, epmm, api):
    """As many for a fleet of thousands: those of one user, and the lists of what is pending."""
    counts = []
    for devices in (60, 3000):
        epmm.reset(seed=7, devices=devices)
        epmm.add_user("jdoe", first="Joe", last="Doe", email="jdoe@example.com")
        counts.append(
            (register(call, epmm, api=api)["requests"], register(call, epmm, api=api)["requests"])
        )
    assert (
        counts[0] == counts[1] and counts[0][0] <= 13 and counts[0][1] <= (5 if api == "v2" else 9)
    ), counts


# Secrets


def test_secrets_are_returned_where_they_are_asked_for_alone(call, server):
    plan = register(call, server, check_mode=True, return_secrets=True)
    assert plan["passcode"] is None and plan["registration_url"] is None
    quiet = register(call, server)
    loud = register(call, server, platform="ios", return_secrets=True)
    first, second = server.registrations()
    text = json.dumps({**quiet, "device": {**quiet["device"], "id": None, "guid": None}})
    assert (
        first["passcode"] not in text
        and first["url"] not in text
        and "passcode" not in quiet
        and "registration_url" not in quiet
    )
    assert (loud["passcode"], loud["registration_url"]) == (second["passcode"], second["url"])
    assert (
        json.dumps(loud["diff"] + [loud["device"]["before"], loud["device"]["after"]]).count(
            second["passcode"]
        )
        == 0
    )
    assert register(call, server, return_secrets=True)["passcode"] is None


def test_verbose_output_shows_no_passcode(ansible, server):
    task = {"ivanti.uem.device_registration": PHONE}
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [task, task]}]
    environment = {
        f"IVANTI_UEM_{name.upper()}": str(value) for name, value in connection(server).items()
    }
    done = ansible(
        "ansible-playbook", ansible.write("play.yml", play), "-vvvv", "--diff", **environment
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0 and "changed=1" in output, output
    [made] = server.registrations()
    assert made["url"] not in output and not re.search(
        rf"(?<![0-9a-f]){made['passcode']}(?![0-9a-f])", output
    )


# Several at once


def entries(number: int) -> list[dict[str, str]]:
    return [
        {"user": f"new{index // 2}", "phone_number": f"41555501{index:02}", **NEW_USER}
        for index in range(number)
    ]


COMMON = {"platform": "android", "country_code": 1, "operator": "Verizon"}


@pytest.mark.parametrize("api", ["auto", "v1"])
def test_several_devices_are_registered_once(call, server, api):
    given = [{"user": "jdoe", "phone_number": "4155551212", "platform": "ios"}, *entries(5)]
    options = {"registrations": given, "api": api, **COMMON}
    plan = call("device_registration", server, check_mode=True, **options)
    assert plan["summary"]["changed"] == 6 and writes(server) == []
    result = call("device_registration", server, **options)
    assert result["summary"]["changed"] == result["summary"]["writes"] == 6
    made = {row["uuid"]: row for row in server.registrations()}
    assert len(made) == 6
    for row, entry in zip(result["devices"], given, strict=True):
        assert (row["outcome"], row["user"], row["phone_number"]) == (
            "changed",
            entry["user"],
            entry["phone_number"],
        )
        assert made[row["guid"]]["user"] == entry["user"] and row["passcode_ttl"] == 120
        assert "passcode" not in row and "registration_url" not in row
    assert result["diff"] == plan["diff"] and result["plan"] == plan["plan"]
    again = call("device_registration", server, **options)
    assert not again["changed"] and again["summary"]["unchanged"] == 6
    assert {row["guid"] for row in again["devices"]} == set(made)


def test_lists_are_read_once_for_all(call, server):
    few = call("device_registration", server, check_mode=True, registrations=entries(2), **COMMON)
    server.clear_requests()
    many = call("device_registration", server, check_mode=True, registrations=entries(20), **COMMON)
    # One more request for each user, and one more search for a few of them.
    assert many["summary"]["requests"] - few["summary"]["requests"] <= 9 + 3
    paths = [entry["path"] for entry in server.requests()]
    assert paths.count("/api/v1/dm/operators") == paths.count("/api/v1/dm/countries") == 1
    assert len(paths) <= 30


def test_an_entry_that_fails_stops_no_other_and_keeps_their_passcodes(call, server):
    server.add_fault("500", path="/api/v1/dm/register", query_regex="4155550101", times=None)
    with pytest.raises(ModuleFailed) as end:
        call(
            "device_registration",
            server,
            registrations=entries(3),
            return_secrets=True,
            retries=0,
            **COMMON,
        )
    rows = {row["phone_number"]: row for row in end.value.result["devices"]}
    assert rows["4155550101"]["outcome"] in ("failed", "unknown") and rows["4155550101"]["error"]
    others = [row for number, row in rows.items() if number != "4155550101"]
    assert [row["outcome"] for row in others] == ["changed"] * 2
    assert all(row["passcode"] and row["registration_url"] for row in others)
    assert "without a phone" not in end.value.result["msg"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"user": "nobody"}, r"registrations\[1\]\.first_name, last_name, email: missing"),
        ({"operator": "Verizn"}, r"registrations\[1\]\.operator: "), ({"country_code": 999}, r"registrations\[1\]\.country_code: "),
        ({"user": "jdoe@example.com", "phone_number": "4155551212"}, r"registrations\[1\]: is the same .* as registrations\[0\]"),
    ],
)  # fmt: skip
def test_what_the_server_does_not_have_is_named_by_its_place(call, server, entry, words):
    given = [
        {"user": "jdoe", "phone_number": "4155551212"},
        {"user": "jdoe", "phone_number": "4155550009", **entry},
    ]
    with pytest.raises(ModuleFailed, match=words):
        call("device_registration", server, registrations=given, **COMMON)
    assert writes(server) == [] and server.registrations() == []


def test_registrations_have_a_limit(call, server):
    with pytest.raises(ModuleFailed, match="max_devices"):
        call("device_registration", server, registrations=entries(4), max_devices=3, **COMMON)
    assert server.registrations() == []


def test_a_task_needs_a_user_or_registrations(call, server):
    with pytest.raises(ModuleFailed, match="one of the following is required: user, registrations"):
        call("device_registration", server, platform="ios", country_code=1)
    assert server.requests() == []
