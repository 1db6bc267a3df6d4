# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: registering devices, and the lists of countries and operators."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.epmm.world import reference
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply

REGISTER = "/api/v1/dm/register"
JOE = {
    "phoneNumber": "4155551212",
    "userId": "jdoe",
    "platform": "A",
    "userFirstName": "Joe",
    "userLastName": "Doe",
    "userEmailAddress": "jdoe@example.com",
    "countryCode": "1",
}


def register(
    api: Api, *left_out: str, accept: str = "application/json", path: str = REGISTER, **given: str
) -> Reply:
    query = {name: value for name, value in {**JOE, **given}.items() if name not in left_out}
    return api.call("PUT", f"{path}?{urlencode(query)}", Accept=accept)


def made(reply: Reply) -> dict[str, Any]:
    assert reply.status == 200 and reply.json["registration"]["status"] == "SUCCESS", reply.raw
    found: dict[str, Any] = reply.json["registration"]
    return found


# --- a registration -------------------------------------------------------------------------------------------------------


def test_a_registration_as_documented(epmm: EpmmEmulator, epmm_api: Api) -> None:
    before = {row["uuid"] for row in epmm.devices("uuid")}
    reply = register(
        epmm_api,
        operator="verizon",
        isEmployeeOwned="True",
        notifyUser="True",
        notifyuserbysms="False",
    )
    found = made(reply)
    assert (
        list(reply.json) == ["phoneNumber", "registration"]
        and reply.json["phoneNumber"] == "14155551212"
    )
    assert list(found) == [
        "messages",
        "deviceUuid",
        "status",
        "passcode",
        "passcodeTTL",
        "registrationUrl",
    ]
    assert found["messages"] == "" and found["passcodeTTL"] == 120
    assert re.fullmatch(r"\d{5}", found["passcode"]) and re.fullmatch(
        r"http://epmm\.example\.com:8080/v/[0-9a-f]{5}", found["registrationUrl"]
    )
    assert {row["uuid"] for row in epmm.devices("uuid")} - before == {found["deviceUuid"]}
    device = epmm.device(found["deviceUuid"])
    # fmt: off
    assert {name: device[name] for name in ("user", "platform", "status", "phone", "operator", "owner", "country", "connected", "serial")} == {
        "user": "jdoe", "platform": "Android", "status": "VERIFICATION_PENDING", "phone": "14155551212", "operator": "Verizon",
        "owner": "EMPLOYEE", "country": "United States", "connected": None, "serial": None}
    # fmt: on
    user = next(row for row in epmm.users() if row["principal"] == "jdoe")
    assert (user["first"], user["last"], user["email"], user["local"]) == (
        "Joe",
        "Doe",
        "jdoe@example.com",
        True,
    )
    assert epmm.password_fits("jdoe", "jdoe")
    assert epmm.registrations() == [
        {
            "uuid": found["deviceUuid"],
            "user": "jdoe",
            "phone": "14155551212",
            "platform": "A",
            "notify": True,
            "passcode": found["passcode"],
            "url": found["registrationUrl"],
            "notify_sms": False,
        }
    ]
    assert found["passcode"] not in str(epmm.requests())


def test_the_answer_in_xml(epmm_api: Api) -> None:
    root = ElementTree.fromstring(register(epmm_api, accept="application/xml").raw)
    assert root.tag == "deviceManagementWebServiceResponse" and [child.tag for child in root] == [
        "phoneNumber",
        "registration",
    ]
    assert [child.tag for child in root[1]] == [
        "messages",
        "deviceUuid",
        "status",
        "passcode",
        "passcodeTTL",
        "registrationUrl",
    ]


def test_the_device_is_in_the_lists(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuid = made(register(epmm_api))["deviceUuid"]
    listed = {
        row["uuid"]: row
        for row in epmm_api.get("/api/v1/dm/devices", status="VERIFICATION_PENDING").json[
            "devices"
        ]["device"]
    }
    assert (
        listed[uuid]["principal"],
        listed[uuid]["statusCode"],
        listed[uuid]["countryCode"],
        listed[uuid]["details"],
    ) == ("jdoe", 112, 1, [])
    found = epmm_api.get(
        "/api/v2/devices",
        adminDeviceSpaceId=1,
        query=f'"common.uuid" = "{uuid}"',
        fields="common.uuid,common.status",
    ).json
    assert found["results"] == [{"common.uuid": uuid, "common.status": "VERIFICATION_PENDING"}]
    assert epmm_api.get("/api/v1/dm/users/jdoe").status == 404
    epmm.set_switch("v1_lookups", "all")
    assert epmm_api.get("/api/v1/dm/users/jdoe").json["devices"]["device"]["uuid"] == uuid


def test_a_second_registration_is_a_second_device(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuids = [
        made(register(epmm_api, path=path))["deviceUuid"] for path in (REGISTER, f"{REGISTER}/")
    ]
    assert (
        len(set(uuids)) == 2
        and len([row for row in epmm.users() if row["principal"] == "jdoe"]) == 1
    )


@pytest.mark.parametrize(
    ("letter", "platform", "with_passcode"),
    [
        ("A", "Android", True),
        ("I", "iOS", True),
        ("E", "Windows", False),
        ("M", "Windows", True),
        ("L", "macOS", False),
    ],
)
def test_the_platforms(
    epmm: EpmmEmulator, epmm_api: Api, letter: str, platform: str, with_passcode: bool
) -> None:
    found = made(register(epmm_api, platform=letter))
    assert (
        epmm.device(found["deviceUuid"])["platform"] == platform
        and bool(found["passcode"]) == with_passcode
    )
    for position, expected in (("all", True), ("none", False)):
        epmm.set_switch("register_passcode", position)
        assert bool(made(register(epmm_api, platform=letter))["passcode"]) == expected


def test_pdas_are_counted(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("strict", "on")
    second = {
        "phonenumber": "PDA",
        "devicetype": "PDA",
        "countrycode": "33",
        "importuserfromldap": "False",
        "NOTIFYUSERBYSMS": "true",
    }
    phones = [
        register(epmm_api, "phoneNumber", "countryCode", **second).json["phoneNumber"],
        register(epmm_api, "phoneNumber", deviceType="PDA").json["phoneNumber"],
    ]
    assert phones == ["PDA", "PDA 2"]
    first = epmm.device(epmm.registrations()[0]["uuid"])
    assert (first["operator"], first["country"]) == ("PDA", "France")


@pytest.mark.parametrize(("position", "number", "code", "expected"), [
    ("with_code", "4155551212", "1", "14155551212"), ("with_code", "14155551212", "1", "14155551212"),
    ("with_code", "15112345678", "49", "4915112345678"), ("as_sent", "4155551212", "1", "4155551212"),
    ("with_code", "912345678", "351", "351912345678")])  # fmt: skip
def test_the_phone_number(
    epmm: EpmmEmulator, epmm_api: Api, position: str, number: str, code: str, expected: str
) -> None:
    epmm.control("POST", "switches", {"register_phone": position, "v1_lookups": "all"})
    reply = register(epmm_api, phoneNumber=number, countryCode=code)
    assert reply.json["phoneNumber"] == expected
    assert (
        epmm_api.get(f"/api/v1/dm/phones/{number}").json["devices"]["device"]["uuid"]
        == made(reply)["deviceUuid"]
    )


# --- who ------------------------------------------------------------------------------------------------------------------


def test_a_user_who_is_there_needs_no_more(epmm: EpmmEmulator, epmm_api: Api) -> None:
    user = next(row for row in epmm.users() if row["email"])
    count = len(epmm.users())
    names = ("userFirstName", "userLastName", "userEmailAddress")
    for import_user in ("True", "False"):
        found = made(
            register(
                epmm_api, *names, userId=user["principal"].upper(), importUserFromLdap=import_user
            )
        )
        assert epmm.device(found["deviceUuid"])["user_uuid"] == user["uuid"]
    assert len(epmm.users()) == count


def test_the_names_of_a_local_user_who_is_there(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("miadmin", first="miadmin", last="", email="miadmin@example.com")
    refusal = {
        "message": "userFirstName, userLastName and userEmailAddress are required for a local user"
    }
    for name in ("userFirstName", "userLastName", "userEmailAddress"):
        assert register(epmm_api, name, userId="miadmin").json["registration"] == {
            "messages": refusal
        }
    assert made(register(epmm_api, userId="miadmin"))
    epmm.set_switch("register_local_names", "new")
    assert made(register(epmm_api, "userLastName", userId="miadmin"))
    assert register(epmm_api, "userLastName", userId="stranger").json["registration"] == {
        "messages": refusal
    }


def test_a_passcode_as_a_number(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("register_passcode_type", "number")
    passcodes = [made(register(epmm_api))["passcode"] for _run in range(40)]
    assert (
        passcodes == [int(row["passcode"]) for row in epmm.registrations()]
        and min(passcodes) < 10_000
    )
    assert {len(row["passcode"]) for row in epmm.registrations()} == {5} and made(
        register(epmm_api, platform="E")
    )["passcode"] == ""
    root = ElementTree.fromstring(register(epmm_api, accept="application/xml").raw)
    assert root.findtext("registration/passcode") == epmm.registrations()[-1]["passcode"]


def test_a_user_is_imported(epmm: EpmmEmulator, epmm_api: Api) -> None:
    found = made(
        register(
            epmm_api, "userFirstName", "userLastName", userId="JÜRGEN.ÖZ", importUserFromLdap="true"
        )
    )
    user = next(row for row in epmm.users() if row["principal"] == "jürgen.öz")
    assert (user["first"], user["email"], user["local"]) == (
        "Jürgen",
        "juergen.oez@example.com",
        False,
    )
    assert epmm.device(found["deviceUuid"])["user_uuid"] == user["uuid"]


# fmt: off
REFUSALS: list[tuple[tuple[str, ...], dict[str, str], str]] = [
    (("phoneNumber",), {}, "phoneNumber is required unless deviceType is PDA"),
    ((), {"phoneNumber": "PDA"}, "phoneNumber PDA is not valid: enter numbers only"),
    ((), {"phoneNumber": "+1 (415) 555"}, "phoneNumber +1 (415) 555 is not valid: enter numbers only"),
    (("userId",), {}, "userId is required"), (("platform",), {}, "platform is required, one of A, I, E, M, L"),
    ((), {"platform": "a"}, "platform is one of A, I, E, M, L, not a"), (("countryCode",), {}, "countryCode is required"),
    ((), {"countryCode": "999"}, "No country has the code 999"), ((), {"deviceType": "Tablet"}, "deviceType is one of Phone, PDA, not Tablet"),
    ((), {"notifyUser": "yes"}, "notifyUser is True or False, not yes"),
    (("userLastName",), {}, "userFirstName, userLastName and userEmailAddress are required for a local user"),
    ((), {"importUserFromLdap": "True"}, "User jdoe was not found in LDAP"),
]
# fmt: on


@pytest.mark.parametrize("position", ["inside", "top", "400", "404"])
@pytest.mark.parametrize(("left_out", "given", "text"), REFUSALS, ids=[row[2] for row in REFUSALS])
def test_what_is_refused(
    epmm: EpmmEmulator,
    epmm_api: Api,
    left_out: tuple[str, ...],
    given: dict[str, str],
    text: str,
    position: str,
) -> None:
    epmm.set_switch("register_failure", position)
    before = epmm.state()
    reply = register(epmm_api, *left_out, **given)
    part = reply.json["registration"] if position == "inside" else reply.json
    assert reply.status == (int(position) if position.isdigit() else 200) and part["messages"] == {
        "message": text
    }
    assert "deviceUuid" not in part and "status" not in part
    after = epmm.state()
    assert [after[name] for name in ("devices", "users", "writes", "registrations")] == [
        before[name] for name in ("devices", "users")
    ] + [0, 0]


def test_the_other_positions(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.control(
        "POST",
        "switches",
        {
            "register_uuid": "deviceUid",
            "register_messages": "twice",
            "register_unknown_country": "accepted",
        },
    )
    found = made(register(epmm_api, countryCode="999", operator="Nobody"))
    assert (
        epmm.device(found["deviceUid"])["operator"] == "Nobody"
        and "deviceUuid" not in found
        and found["messages"] == [None, None]
    )
    epmm.set_switch("register_unknown_operator", "refused")
    assert register(epmm_api, operator="Nobody").json["registration"] == {
        "messages": {"message": "No operator is called Nobody"}
    }
    assert made(register(epmm_api, operator="AT&T"))


def test_nothing_is_registered_where_nothing_is_to_happen(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    before = epmm.state()
    epmm.add_fault("no_effect", method="PUT")
    assert made(register(epmm_api))["deviceUuid"] not in {
        row["uuid"] for row in epmm.devices("uuid")
    }
    assert [epmm.state()[name] for name in ("devices", "users", "registrations")] == [
        before["devices"],
        before["users"],
        0,
    ]
    epmm.set_switch("strict", "on")
    assert register(epmm_api, deviceName="x").status == 400 and epmm_api.get(REGISTER).status == 405


# --- countries and operators ----------------------------------------------------------------------------------------------


def test_the_operators_as_documented(epmm_api: Api) -> None:
    reply = epmm_api.get("/api/v1/dm/operators")
    found = reply.json["operators"]["operator"]
    assert (
        reply.json["messages"]["message"] == f"{len(found)} Operator (s) returned"
        and len(found) > 250
    )
    # fmt: off
    assert next(row for row in found if row["id"] == 269) == {
        "carrierShortName": "AT&T", "carrierType": "Mobile", "countryCode": 1, "countryId": 183, "countryName": "United States",
        "enabled": True, "id": 269}
    # fmt: on
    assert {row["carrierType"] for row in found} == {"Mobile", "Fixed"} and {
        row["enabled"] for row in found
    } == {True, False}
    assert len({row["id"] for row in found}) == len(found)
    xml = ElementTree.fromstring(
        epmm_api.call("GET", "/api/v1/dm/operators", Accept="application/xml").raw
    )
    assert {item.text for item in xml.iter("carrierShortName")} == {
        row["carrierShortName"] for row in found
    }


@pytest.mark.parametrize(("position", "keys"), [
    ("isoAlpha2Code", [{"isoAlpha2Code"}] * 2), ("isoAplha2Code", [{"isoAplha2Code"}] * 2), ("both", [{"isoAlpha2Code"}, {"isoAplha2Code"}]),
])  # fmt: skip
def test_how_the_code_of_a_country_is_named(
    epmm: EpmmEmulator, epmm_api: Api, position: str, keys: list[set[str]]
) -> None:
    before = epmm_api.get("/api/v1/dm/countries").json["countries"]["country"]
    epmm.set_switch("country_iso_key", position)
    found = epmm_api.get("/api/v1/dm/countries").json["countries"]["country"]
    assert [{name for name in row if name.startswith("iso")} for row in found[:2]] == keys
    assert [list(row.values()) for row in found] == [list(row.values()) for row in before]


def test_a_list_with_rows_missing(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.devices("uuid")[0]["uuid"]
    for path, many, one in (("/api/v1/dm/operators", "operators", "operator"), ("/api/v1/dm/countries", "countries", "country"),
                            ("/api/v1/appsettings", "appsettings", "appsetting"),
                            (f"/api/v1/appsettings/devices/{device}", "appsettings", "appsetting"),
                            (f"/api/v1/dm/devices/profiles/{device}", "profiles", "profile")):  # fmt: skip
        whole = epmm_api.get(path).json
        epmm.add_fault("short_page", path=path, missing=2)
        short = epmm_api.get(path).json
        assert (
            short["messages"] == whole["messages"] and short[many][one] == whole[many][one][:-2]
        ), path
        assert epmm_api.get(path).json == whole


def test_the_countries_as_documented(epmm_api: Api) -> None:
    reply = epmm_api.get("/api/v1/dm/countries")
    found = reply.json["countries"]["country"]
    assert (
        reply.json["messages"]["message"] == f"{len(found)} Countries returned" and len(found) > 190
    )
    by_name = {row["countryName"]: row for row in found}
    assert by_name["United States"] == {
        "countryName": "United States",
        "countryCode": 1,
        "isoAlpha2Code": "US",
        "enabledForRegistration": 102,
    }
    assert by_name["India"] == {
        "countryName": "India",
        "countryCode": 91,
        "isoAlpha2Code": "IN",
        "enabledForRegistration": 116,
    }
    assert {row["enabledForRegistration"] for row in found} == {102, 116} and len(
        {row["isoAlpha2Code"] for row in found}
    ) == len(found)


@pytest.mark.parametrize(
    ("path", "outer", "inner"),
    [("operators", "operators", "operator"), ("countries", "countries", "country")],
)
def test_one_row_and_none(
    epmm: EpmmEmulator, epmm_api: Api, path: str, outer: str, inner: str
) -> None:
    epmm.set_switch("reference_lists", "one")
    assert isinstance(epmm_api.get(f"/api/v1/dm/{path}").json[outer][inner], dict)
    epmm.set_switch("reference_lists", "empty")
    assert epmm_api.get(f"/api/v1/dm/{path}").status == 404


@pytest.mark.parametrize(
    ("code", "iso"),
    [
        ("1", "US"),
        ("+49", "DE"),
        ("7", "RU"),
        (" 44", "GB"),
        ("590", "GP"),
        ("999", None),
        ("", None),
    ],
)
def test_the_country_of_a_code(code: str, iso: str | None) -> None:
    found = reference.country(code)
    assert (found.iso if found else None) == iso
