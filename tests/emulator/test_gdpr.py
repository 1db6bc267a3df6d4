# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account with a GDPR profile sees. Source: the vendor's pages about GDPR profiles."""

from __future__ import annotations

import csv
from typing import Any
from urllib.parse import quote

import pytest
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api

HIDDEN = ("uid", "emailAddress", "displayName", "firstName", "lastName", "serialNumber", "imei")
V2_HIDDEN = ("user.user_id", "user.email_address", "user.display_name", "common.SerialNumber")
V1_HIDDEN = ("principal", "emailAddress", "userDisplayName", "currentPhoneNumber", "name")


def values(rows: list[dict[str, Any]], name: str) -> set[Any]:
    return {row[name] for row in rows if row.get(name)}


@pytest.mark.parametrize(
    ("mask", "fits"),
    [
        ("asterisks", lambda text: text == "*****"),
        ("partial", lambda text: text[1:] == "*" * (len(text) - 1) and text[0] != "*"),
        ("word", lambda text: text == "hidden"),
    ],
)
def test_rows_and_details_of_neurons_are_masked(
    emulator: NeuronsEmulator, api: Api, mask: str, fits: Any
) -> None:
    before = api.search(rows=100).rows
    emulator.set_switch("gdpr", "on")
    emulator.set_switch("gdpr_mask", mask)
    rows = api.search(rows=100).rows
    detail = api.get(f"/api/v1/device/{rows[0]['id']}").result
    users = api.get("/api/v1/account", rows=100).rows
    for name in HIDDEN:
        found = values(rows, name) | values([detail], name)
        assert found and all(fits(text) for text in found), name
        empty = [row["id"] for row in before if not row[name]]
        assert [row["id"] for row in rows if not row[name]] == empty
    for name in ("uid", "emailAddress", "displayName"):
        assert all(fits(text) for text in values(users, name))
    assert [row["guid"] for row in rows] == [row["guid"] for row in before]
    assert [row["deviceName"] for row in rows] == [row["deviceName"] for row in before]


def test_requests_find_what_is_masked(emulator: NeuronsEmulator, api: Api) -> None:
    device = api.search(rows=1).rows[0]
    emulator.set_switch("gdpr", "on")
    found = api.search(f"emailAddress='{device['emailAddress']}'", rows=100).rows
    assert device["id"] in [row["id"] for row in found]
    assert values(found, "emailAddress") == {"*****"}


def test_rows_of_v2_are_masked(epmm: EpmmEmulator, epmm_api: Api) -> None:
    asked: dict[str, Any] = {
        "adminDeviceSpaceId": 1,
        "query": "",
        "limit": 100,
        "fields": ",".join((*V2_HIDDEN, "common.uuid", "user.uuid", "common.imei")),
    }
    tablet = next(d["uuid"] for d in epmm.devices("uuid", "platform") if d["platform"] == "Android")
    epmm.patch_device(tablet, imei=None)
    before = epmm_api.get("/api/v2/devices", **asked).json["results"]
    epmm.set_switch("gdpr", "on")
    rows = epmm_api.get("/api/v2/devices", **asked).json["results"]
    for name in V2_HIDDEN:
        assert values(rows, name) == {"*****"}
    for name in ("common.uuid", "user.uuid"):
        assert [row[name] for row in rows] == [row[name] for row in before]
    empty = [row["common.imei"] for row in before if row.get("common.imei") == ""]
    assert empty and [row.get("common.imei") for row in rows].count("") == len(empty)
    users = epmm_api.get("/api/v2/authorized/users", adminDeviceSpaceId=1).json["results"]
    assert values(users, "principal") == values(users, "email") == {"*****"}


def test_pairs_which_a_device_reports_are_masked(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuid = next(
        d["uuid"]
        for d in epmm.devices("uuid", "imei", "status")
        if d["imei"] and d["status"] == "ACTIVE"
    )
    epmm.set_switch("gdpr", "on")
    v1 = epmm_api.get(f"/api/v1/dm/devices/{uuid}").json["device"]["details"][0]["entry"]
    v2 = epmm_api.get(f"/api/v2/devices/{uuid}/details").json["results"]
    for pairs in (
        {pair["key"]: pair["value"] for pair in v1},
        {pair["name"]: pair["value"] for pair in v2},
    ):
        assert pairs["imei"] == pairs["imsi"] == pairs["ip_address"] == "*****"
        assert pairs["client_name"] == "com.mobileiron"


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
def test_v1_is_masked_in_both_forms(epmm: EpmmEmulator, epmm_api: Api, accept: str) -> None:
    user = next(d["user"] for d in epmm.devices("user", "status") if d["status"] == "ACTIVE")
    epmm.set_switch("gdpr", "on")
    path = f"/api/v1/dm/users/{quote(user)}"
    raw = epmm_api.call("GET", path, None, Accept=accept).raw
    assert b"*****" in raw and user.encode() not in raw
    epmm.set_switch("gdpr_v1", "clear")
    assert user.encode() in epmm_api.call("GET", path, None, Accept=accept).raw


def test_lists_of_v1_are_masked(epmm: EpmmEmulator, epmm_api: Api) -> None:
    labels = epmm_api.get("/api/v1/dm/labels").json["labels"]
    epmm.set_switch("gdpr", "on")
    rows = epmm_api.get("/api/v1/dm/devices").json["devices"]["device"]
    for name in V1_HIDDEN:
        assert values(rows, name) == {"*****"}
    assert epmm_api.get("/api/v1/dm/labels").json["labels"] == labels
    lines = epmm_api.get("/api/v1/dm/devices.csv").raw.decode().splitlines()
    assert values(list(csv.DictReader(lines)), "Serial Number") == {"*****"}
    alerts = epmm_api.get("/api/v1/alerts").json["alerts"]["alert"]
    assert values(alerts, "userName") == {"*****"}
