# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: profiles of devices, pushing them again, application settings."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.epmm.world.setting_catalog import SECRETS, SETTINGS, TYPES
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api, Reply

PROFILES, PUSH = "/api/v1/dm/devices/profiles", "/api/v1/dm/devices/repushprofile"
SETTINGS_PATH = "/api/v1/appsettings"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def phone(epmm: EpmmEmulator) -> str:
    """An ACTIVE iOS device on no static label, the only one of its server, with nothing stuck."""
    epmm.reset(devices=0)
    uuid = str(epmm.device(epmm.add_device(platform="iOS"))["uuid"])
    for row in epmm.profiles(uuid):
        epmm.change_profile(uuid, row["kind"], row["id"], status="Applied", sticks=None)
    return uuid


def rows(reply: Reply) -> list[dict[str, Any]]:
    assert reply.status == 200, reply.raw
    found = reply.json["profiles"]["profile"]
    return found if isinstance(found, list) else [found]


def settings(reply: Reply) -> dict[str, dict[str, Any]]:
    assert reply.status == 200, reply.raw
    found = reply.json["appsettings"]["appsetting"]
    return {row["@id"]: row for row in (found if isinstance(found, list) else [found])}


def push(api: Api, uuid: str, **query: Any) -> Reply:
    return api.call("PUT", f"{PUSH}/{uuid}?{urlencode(query)}")


def states(epmm: EpmmEmulator, uuid: str) -> dict[tuple[str, int], str]:
    return {(row["kind"], row["id"]): row["status"] for row in epmm.profiles(uuid)}


# --- profiles of a device -------------------------------------------------------------------------------------------------


def test_the_profiles_of_a_device_as_documented(epmm_api: Api, phone: str) -> None:
    reply = epmm_api.get(f"{PROFILES}/{phone.upper()}")
    assert reply.json["messages"] == ""
    found = rows(reply)
    assert [
        (row["@id"], row["profileType"], row["policyType"])
        for row in found
        if row["profileType"] == "POLICY"
    ] == [
        ("-7", "POLICY", "DOCS"),
        ("-4", "POLICY", "SYNC"),
        ("-2", "POLICY", "PRIVACY"),
        ("-1", "POLICY", "LOCKDOWN"),
        ("1202", "POLICY", "SECURITY"),
    ]
    assert re.fullmatch("[0-9a-f-]{36}", found[4]["uuid"])
    twins = [row for row in found if row["@id"] == "-2"]
    assert [(row.get("uuid"), row["name"], row["policyType"]) for row in twins] == [
        ("misystem-default-privacy-policy", "Default Privacy Policy", "PRIVACY"),
        (None, " System - iOS MDM", "MDM"),
    ]
    assert list(twins[0]) == [
        "@id",
        "uuid",
        "name",
        "policyType",
        "status",
        "profileType",
        "lastUpdatedAt",
    ]
    assert {row["status"] for row in found} == {"Applied"} and all(
        0 < row["lastUpdatedAt"] <= NOW for row in found
    )
    root = ElementTree.fromstring(
        epmm_api.call("GET", f"{PROFILES}/{phone}", Accept="application/xml").raw
    )
    assert root.tag == "deviceManagementWebServiceResponse" and [child.tag for child in root] == [
        "messages",
        "profiles",
    ]
    assert [item.get("id") for item in root.iter("profile")] == [row["@id"] for row in found]


def test_the_policies_are_those_of_the_policy_calls(epmm: EpmmEmulator, epmm_api: Api) -> None:
    for device in [row for row in epmm.devices("uuid", "status") if row["status"] == "ACTIVE"][:15]:
        policies = epmm_api.get(f"/api/v1/policies/devices/{device['uuid']}").json["policies"][
            "policy"
        ]
        shown = [
            row
            for row in rows(epmm_api.get(f"{PROFILES}/{device['uuid']}"))
            if row["profileType"] == "POLICY"
        ]
        assert {row["@id"]: row["name"] for row in shown if row["@id"] != "-7"} == {
            row["@id"]: row["policyName"] for row in policies
        }


def test_a_policy_that_is_on_its_way_is_pending(
    epmm: EpmmEmulator, epmm_api: Api, phone: str
) -> None:
    epmm.set_switch("policy_delivery", "manual")
    epmm.change_policy(epmm.policies()["Kiosk"]["id"], labels=["iOS"])
    found = {
        row["@id"]: row["status"]
        for row in rows(epmm_api.get(f"{PROFILES}/{phone}"))
        if row["policyType"] == "LOCKDOWN"
    }
    assert found == {"-1": "Applied", "1220": "Pending"}
    epmm.settle()
    assert [
        row["status"]
        for row in rows(epmm_api.get(f"{PROFILES}/{phone}"))
        if row["policyType"] == "LOCKDOWN"
    ] == ["Applied"]


@pytest.mark.parametrize("status", ["VERIFICATION_PENDING", "RETIRED", "WIPED"])
def test_a_device_without_profiles_and_none_at_all(
    epmm: EpmmEmulator, epmm_api: Api, phone: str, status: str
) -> None:
    epmm.patch_device(phone, status=status)
    for path in (
        f"{PROFILES}/{phone}",
        f"{PROFILES}/{NOBODY}",
        f"{SETTINGS_PATH}/devices/{phone}",
        f"{SETTINGS_PATH}/devices/x",
    ):
        assert (epmm_api.get(path).status, epmm_api.get(path).json["messages"]["message"]) == (
            404,
            "No Data Found",
        )


def test_a_fleet_has_every_status_and_odd_names(epmm: EpmmEmulator, epmm_api: Api) -> None:
    seen: Counter[str] = Counter()
    names: dict[str, set[str]] = {}
    for device in epmm.devices("uuid", "status"):
        if device["status"] == "ACTIVE":
            for row in rows(epmm_api.get(f"{PROFILES}/{device['uuid']}")):
                seen[row["status"]] += 1
                names.setdefault(row["name"], set()).add(row["@id"])
    assert (
        set(seen) == {"Applied", "Pending", "Sent", "Error"}
        and seen["Applied"] > 0.9 * seen.total()
    )
    assert {"{{ 7 * 7 }}", "VPN: Büro & Lager <Zürich>", "IMAP / archive"} <= set(names)
    assert names["Corporate Wi-Fi"] == {"4", "5"}


@pytest.mark.parametrize(("switch", "position", "name", "expected"), [
    ("profile_status_names", "capitals", "status", {"ERROR", "Applied"}),
    ("profile_status_names", "titled", "status", {"Error", "Applied"}),
    ("profile_updated", "number", "lastUpdatedAt", {12}), ("profile_updated", "text", "lastUpdatedAt", {"12"}),
    ("profile_updated", "blank", "lastUpdatedAt", {" 12"})])  # fmt: skip
def test_how_a_profile_is_written(
    epmm: EpmmEmulator,
    epmm_api: Api,
    phone: str,
    switch: str,
    position: str,
    name: str,
    expected: set[Any],
) -> None:
    for row in epmm.profiles(phone):
        epmm.change_profile(
            phone,
            row["kind"],
            row["id"],
            updated=12,
            **({"status": "Error"} if row["id"] == -2 else {}),
        )
    epmm.set_switch(switch, position)
    assert {row[name] for row in rows(epmm_api.get(f"{PROFILES}/{phone}"))} == expected


# --- pushing again --------------------------------------------------------------------------------------------------------


def test_a_profile_is_pushed_again(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    before = {(row["kind"], row["id"]): row["updated"] for row in epmm.profiles(phone)}
    epmm.set_switch("action_settle", "manual")
    reply = push(epmm_api, phone, id=-2, type="APP")
    assert (reply.status, reply.json) == (200, {"messages": ""})
    assert {key for key, status in states(epmm, phone).items() if status != "Applied"} == {
        ("APP", -2)
    }
    assert states(epmm, phone)["APP", -2] == "Pending" and epmm.state()["pending_profiles"] == 1
    assert epmm.device(phone)["actions"] == [
        {"action": "PUSH_PROFILE", "at": NOW, "id": -2, "type": "APP"}
    ]
    epmm.settle()
    after = {(row["kind"], row["id"]): row["updated"] for row in epmm.profiles(phone)}
    assert (
        set(states(epmm, phone).values()) == {"Applied"} and epmm.state()["pending_profiles"] == 0
    )
    assert {key for key in before if after[key] != before[key]} == {("APP", -2)} and after[
        "APP", -2
    ] > before["APP", -2]


def test_it_takes_reads_to_settle(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.control("POST", "switches", {"action_settle": "reads", "action_settle_reads": 1})
    push(epmm_api, phone, ID=4, Type="APP")
    seen = [
        next(
            row["status"] for row in rows(epmm_api.get(f"{PROFILES}/{phone}")) if row["@id"] == "4"
        )
        for _turn in range(5)
    ]
    assert seen == ["Pending", "Sent", "Sent", "Applied", "Applied"]


def test_what_is_stuck_stays_so_or_is_mended(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.change_profile(phone, "APP", 4, status="Error")
    epmm.change_profile(phone, "APP", -2, status="Error", sticks="Error")
    assert push(epmm_api, phone).status == 200
    found = states(epmm, phone)
    assert (
        found["APP", 4] == "Applied"
        and found["APP", -2] == "Error"
        and len(epmm.device(phone)["actions"]) == len(found)
    )


@pytest.mark.parametrize(("query", "expected"), [
    ({"id": -2}, [("APP", -2), ("POLICY", -2)]), ({"id": -2, "type": "POLICY"}, [("POLICY", -2)]),
    ({"type": "POLICY"}, [("POLICY", number) for number in (-7, -4, -2, -1, 1202)])])  # fmt: skip
def test_which_profiles_are_meant(
    epmm: EpmmEmulator,
    epmm_api: Api,
    phone: str,
    query: dict[str, Any],
    expected: list[tuple[str, int]],
) -> None:
    assert push(epmm_api, phone, **query).status == 200
    assert sorted(
        (entry["type"], entry["id"]) for entry in epmm.device(phone)["actions"]
    ) == sorted(expected)


@pytest.mark.parametrize(("switch", "position", "query", "status", "text"), [
    ("repush_without_id", "400", {}, 400, "id is required"), ("repush_without_id", "none", {}, 200, None),
    ("repush_unknown", "404", {"id": 99, "type": "APP"}, 404, "No Data Found"),
    ("repush_unknown", "404", {"id": -4, "type": "WIFI"}, 400, "type is one of APP, POLICY"),
    ("repush_unknown", "404", {"id": 1202, "type": "APP"}, 404, "No Data Found"),
    ("repush_unknown", "message", {"id": 99}, 200, "Profile 99 is not applied to the device.")])  # fmt: skip
def test_nothing_is_pushed(
    epmm: EpmmEmulator,
    epmm_api: Api,
    phone: str,
    switch: str,
    position: str,
    query: dict[str, Any],
    status: int,
    text: str | None,
) -> None:
    epmm.set_switch(switch, position)
    reply = push(epmm_api, phone, **query)
    assert (reply.status, (reply.json["messages"] or {}).get("message")) == (status, text)
    assert epmm.device(phone)["actions"] == []
    assert (
        push(epmm_api, NOBODY, id=4, type="APP").status == 404
        and epmm_api.get(f"{PUSH}/{phone}").status == 405
    )


def test_the_answers_of_pushing_again(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.set_switch("repush_answer", "text")
    assert push(epmm_api, phone, id=4).json == {
        "messages": {"message": "Profile(s) re-pushed successfully."}
    }
    epmm.control("POST", "switches", {"repush_answer": "profiles", "action_settle": "manual"})
    assert {
        row["@id"] for row in rows(push(epmm_api, phone, id=4)) if row["status"] == "Pending"
    } == {"4"}


def test_faults_of_pushing_again(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.add_fault("no_effect", path=f"{PUSH}/*")
    before = epmm.profiles(phone)
    assert push(epmm_api, phone).status == 200 and epmm.profiles(phone) == before
    epmm.add_fault("vanish", path=f"{PUSH}/*")
    assert push(epmm_api, phone).status == 404
    with pytest.raises(ControlError, match="no such device"):
        epmm.profiles(phone)


# --- application settings -------------------------------------------------------------------------------------------------


def test_all_settings_as_documented(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.get(SETTINGS_PATH)
    found = settings(reply)
    assert reply.json["messages"]["message"] == f"{len(SETTINGS)} application settting(s) returned."
    certificate = found["-4"]
    assert list(certificate) == [
        "@id",
        "name",
        "description",
        "appType",
        "deviceCount",
        "pendingCount",
        "quarantinedCount",
        "type",
        "clearCertificateCacheForSCEPSSetting",
        "labels",
        "labelNames",
        "properties",
    ]
    assert (
        certificate["name"],
        certificate["type"],
        certificate["labels"],
        certificate["labelNames"],
    ) == (" System - iOS MDM CA Certificate", "SYSTEM", -3, "iOS")
    assert {"key": "CERT_SERIAL_NUMBER0", "value": "10863527040561121251"} in certificate[
        "properties"
    ]["entry"]
    assert {row["appType"] for row in found.values()} == set(TYPES)
    assert found["6"]["labelNames"] == ["Außendienst", "Sales/EMEA"] and "labels" not in found["18"]
    assert found["17"]["properties"] is None and found["14"]["properties"] == {
        "entry": {"key": "HOST", "value": "dav.example.com"}
    }
    assert all(secret in reply.raw.decode() for secret in SECRETS if "'" not in secret)
    root = ElementTree.fromstring(epmm_api.call("GET", SETTINGS_PATH, Accept="application/xml").raw)
    assert root.tag == "appSettingsWebServiceResponse" and len(
        root.findall("appsettings/appsetting")
    ) == len(SETTINGS)


def test_the_counts_are_those_of_the_devices(epmm: EpmmEmulator, epmm_api: Api) -> None:
    """A setting that failed is in no count; a quarantined device keeps the server's own settings
    only."""
    seen: dict[str, Counter[Any]] = {
        number: Counter() for number in settings(epmm_api.get(SETTINGS_PATH))
    }
    for device in epmm.devices("uuid", "status", "quarantined"):
        if device["status"] != "ACTIVE":
            continue
        shown = {
            row["@id"]: row["status"]
            for row in rows(epmm_api.get(f"{PROFILES}/{device['uuid']}"))
            if row["profileType"] == "APP"
        }
        of_device = settings(epmm_api.get(f"{SETTINGS_PATH}/devices/{device['uuid']}"))
        assert {number for number, row in of_device.items() if row["state"] == 67} == set(shown)
        for number, row in of_device.items():
            assert (row["deviceCount"], row["pendingCount"]) == (0, 0) and "labels" not in row
            seen[number][shown.get(number, row["state"])] += 1
        assert not device["quarantined"] or all(
            row["type"] == "SYSTEM" for row in of_device.values() if row["state"] == 67
        )
    for number, row in settings(epmm_api.get(SETTINGS_PATH)).items():
        gone = 0 if number == "18" else seen[number][68]
        assert (row["deviceCount"], row["pendingCount"], row["quarantinedCount"]) == (
            seen[number]["Applied"],
            seen[number]["Pending"] + seen[number]["Sent"],
            gone,
        ), number
    assert seen["18"][68] > 0 and sum(count[68] for count in seen.values()) > seen["18"][68]


def test_a_count_follows_a_push(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.set_switch("action_settle", "manual")
    assert (epmm.settings()[4]["applied"], epmm.settings()[4]["devices"]) == (1, [phone])
    push(epmm_api, phone, id=4, type="APP")
    row = settings(epmm_api.get(SETTINGS_PATH, type="WIFI"))["4"]
    assert (row["deviceCount"], row["pendingCount"]) == (0, 1)
    epmm.patch_device(phone, quarantined=2)
    row = settings(epmm_api.get(SETTINGS_PATH, type="WIFI"))["4"]
    assert (row["deviceCount"], row["pendingCount"], row["quarantinedCount"]) == (0, 0, 1)
    assert settings(epmm_api.get(f"{SETTINGS_PATH}/devices/{phone}"))["4"]["state"] == 68


@pytest.mark.parametrize(("position", "kind", "status", "count"), [
    ("404", "WIFI", 200, 2), ("404", "CALDAV", 200, 1), ("404", "wifi", 404, 0), ("404", "NONE", 404, 0), ("400", "NONE", 400, 0),
    ("ignored", "NONE", 200, len(SETTINGS)), ("404", "", 200, len(SETTINGS))])  # fmt: skip
def test_settings_of_a_type(
    epmm: EpmmEmulator, epmm_api: Api, position: str, kind: str, status: int, count: int
) -> None:
    epmm.set_switch("unknown_setting_type", position)
    reply = epmm_api.get(SETTINGS_PATH, TYPE=kind)
    assert reply.status == status and (status != 200 or len(settings(reply)) == count)


def test_settings_go(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.delete_setting(4)
    assert ("APP", 4) not in states(epmm, phone) and "4" not in settings(
        epmm_api.get(SETTINGS_PATH)
    )
    for number in epmm.settings():
        epmm.delete_setting(number)
    assert epmm_api.get(SETTINGS_PATH).status == 404
    with pytest.raises(ControlError, match="no such setting"):
        epmm.delete_setting(4)


@pytest.mark.parametrize(("kind", "number", "fields"), [
    ("APP", 99, {"status": "Sent"}), ("WIFI", 4, {"status": "Sent"}), ("APP", 4, {"status": "Nonsense"}), ("APP", 4, {"name": "x"}),
    ("APP", 4, {"updated": "now"}), ("APP", 4, {"sticks": True})])  # fmt: skip
def test_what_control_calls_refuse(
    epmm: EpmmEmulator, phone: str, kind: str, number: int, fields: dict[str, Any]
) -> None:
    with pytest.raises(ControlError, match="400"):
        epmm.change_profile(phone, kind, number, **fields)


def test_strict_mode_takes_names_in_any_case_and_no_others(
    epmm: EpmmEmulator, epmm_api: Api, phone: str
) -> None:
    epmm.set_switch("strict", "on")
    assert (
        push(epmm_api, phone, ID=4, TYPE="APP").status
        == epmm_api.get(SETTINGS_PATH, Type="WIFI").status
        == 200
    )
    assert (
        push(epmm_api, phone, profile=4).status
        == epmm_api.get(SETTINGS_PATH, types="WIFI").status
        == 400
    )
