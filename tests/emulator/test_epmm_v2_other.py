# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM API v2: what is neither a device list nor a label; authentication, errors, paths."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.running import running_emulator

from .client import NOW, Api
from .v2 import fault, search


def test_ping(epmm_api: Api) -> None:
    found = epmm_api.get("/api/v2/ping").json["results"]
    assert (
        found["apiVersion"] == 2
        and found["vspVersion"].startswith("VSP ")
        and found["vspVersion"].endswith(" ")
    )


def test_a_capital_v(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert epmm_api.get("/api/V2/ping").status == 200 and epmm_api.get("/API/v2/ping").status == 501
    epmm.set_switch("v2_path_case", "exact")
    assert epmm_api.get("/api/V2/ping").status == 501 and epmm_api.get("/api/v2/ping").status == 200


def test_spaces(epmm: EpmmEmulator, epmm_api: Api) -> None:
    found = epmm_api.get("/api/v2/device_spaces").json
    sizes = {row["name"]: row["deviceCount"] for row in found["results"]}
    assert (
        found["totalCount"] == 3
        and sizes["Global"] == 300
        and sizes["EMEA"] > sizes["Retail & Kiosk"] > 0
    )
    bare = epmm_api.get("/api/v2/device_spaces", excludeDeviceCount="true", limit=2, offset=1).json
    assert [row["deviceCount"] for row in bare["results"]] == [0, 0] and bare["hasMore"] is False
    emea = epmm.spaces()[1]["id"]
    assert [
        row["id"]
        for row in epmm_api.get("/api/v2/device_spaces", adminDeviceSpaceId=emea).json["results"]
    ] == [emea]
    assert "limit" in fault(epmm_api.get("/api/v2/device_spaces", limit=10_001))
    assert epmm_api.get("/api/v2/device_spaces/mine").json["results"][0]["id"] == 1


def test_definitions_of_attributes(epmm_api: Api) -> None:
    path = "/api/v2/attributes/definitions"
    found = epmm_api.get(path, adminDeviceSpaceId=1, type="device", status="active", limit=0).json
    assert found == {"results": [], "totalCount": 0, "resultCount": 0, "hasMore": False}
    for wrong in (
        {},
        {"type": "phone"},
        {"type": "user", "status": "new"},
        {"type": "user", "limit": 1_000_001},
    ):
        assert epmm_api.get(path, adminDeviceSpaceId=1, **wrong).status == 400
    assert "adminDeviceSpaceId" in fault(epmm_api.get(path, type="user"))


def test_users(epmm: EpmmEmulator, epmm_api: Api) -> None:
    path, truth = "/api/v2/authorized/users", epmm.users()
    rows: list[dict[str, Any]] = []
    while len(rows) < len(truth):
        page = epmm_api.get(path, adminDeviceSpaceId=1, offset=len(rows), limit=100).json
        rows += page["results"]
        assert page["hasMore"] is (len(rows) < len(truth)) and page["totalCount"] == len(truth)
    assert {
        (row["principal"], row["displayName"], row["email"], row["enabled"]) for row in rows
    } == {
        (user["principal"], f"{user['first']} {user['last']}", user["email"], user["enabled"])
        for user in truth
    }
    found = epmm_api.get(path, adminDeviceSpaceId=1, query="kiosk-").json["results"]
    assert {row["principal"] for row in found} == {
        user["principal"] for user in truth if "kiosk-" in user["principal"]
    }
    assert found and all(row["email"] is None for row in found)
    assert "20" in fault(epmm_api.get(path, adminDeviceSpaceId=1, query="x" * 21))
    assert "200" in fault(epmm_api.get(path, adminDeviceSpaceId=1, limit=201))
    epmm.set_switch("users_limit_max", 1_000_000)
    assert len(epmm_api.get(path, adminDeviceSpaceId=1).json["results"]) == len(truth)


# --- the pipeline, with this product's bodies --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switch", "status"),
    [("unauthorized_body", 401), ("forbidden_body", 403), ("unknown_path_body", 501)],
)
@pytest.mark.parametrize(("form", "kind", "start"), [
    ("json", "application/json", b'{"messages":[{"type":"Error"'), ("html", "text/html", b"<!doctype html>"),
    ("empty", "text/html", b"")])  # fmt: skip
def test_bodies_nobody_knows(
    epmm: EpmmEmulator, switch: str, status: int, form: str, kind: str, start: bytes
) -> None:
    epmm.set_switch(switch, form)
    epmm.add_fault("403", path="/api/v2/forbidden")
    reply = Api(epmm, None if status == 401 else "").get(
        "/api/v2/forbidden" if status == 403 else "/api/v2/nothing"
    )
    assert reply.status == status and reply.headers["content-type"].startswith(kind)
    assert (
        reply.raw.startswith(start)
        and bool(reply.raw) == bool(start)
        and "www-authenticate" not in reply.headers
    )


@pytest.mark.parametrize(
    ("kind", "status"), [("429", 429), ("500", 500), ("503", 503), ("504", 504)]
)
def test_statuses_instead_of_an_answer(
    epmm: EpmmEmulator, epmm_api: Api, kind: str, status: int
) -> None:
    epmm.add_fault(kind, body="json")
    reply = search(epmm_api)
    assert reply.status == status and fault(reply) and search(epmm_api).status == 200


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("POST", "/api/v2/devices", "GET"), ("DELETE", "/api/v2/labels/1", "GET"), ("GET", "/api/v2/devices/labels/x/add", "PUT"),
])  # fmt: skip
def test_wrong_methods(
    epmm: EpmmEmulator, epmm_api: Api, method: str, path: str, allow: str
) -> None:
    reply = epmm_api.call(method, path)
    assert (reply.status, reply.headers["allow"]) == (405, allow) and epmm.state()[
        "unknown_paths"
    ] == 0


def test_a_prefix_as_in_connected_cloud() -> None:
    with running_emulator(
        product="epmm", devices=5, no_tls=True, now=NOW, base_path="/acme/rest", strict=True
    ) as emulator:
        api = Api(emulator)
        assert emulator.url.endswith("/acme/rest") and search(api).json["totalCount"] == 5
        assert (
            emulator.state()["product"] == "epmm"
            and emulator.requests()[-1]["path"] == "/acme/rest/api/v2/devices"
        )
        outside = Emulator(
            emulator.url.removesuffix("/acme/rest"), emulator.username, emulator.password
        )
        assert search(Api(outside)).status == 501


# --- control calls ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path", "body", "text"), [
    ("GET", "attributes", None, "epmm has nothing"), ("POST", "attributes", {}, "epmm has nothing"),
    ("POST", "definitions", [], "epmm has nothing"),
    ("POST", "devices", {"platform": "Symbian"}, "platform is one of"), ("POST", "devices", {"colour": 1}, "colour"),
    ("POST", "devices", {"status": "LATE"}, "status is one of"), ("POST", "devices", {"user": "nobody"}, "no user nobody"),
    ("POST", "devices", {"space_id": 9}, "no space"), ("POST", "devices", {"labels": ["iOS"]}, "no static label"),
    ("POST", "devices", {"compliance": "2"}, "whole number"), ("POST", "devices", {"id": "x"}, "id x"),
    ("PATCH", "devices/1", {"labels": ["Nobody"]}, "no static label"), ("GET", "devices?fields=guid", None, "guid"),
    ("GET", "devices/none", None, "404"), ("DELETE", "labels/99", None, "404"), ("POST", "labels", {"name": ""}, "empty"),
    ("POST", "labels", {"name": "Pilot"}, "is there"), ("POST", "labels", {"name": "x", "colour": 1}, "colour"),
    ("POST", "labels", {"name": "x", "query": "common.colour = 1"}, "colour"),
    ("POST", "labels", {"name": "x", "query": "y" * 2001}, "2000"), ("POST", "labels", {"name": "x", "space_id": 9}, "no space"),
    ("PUT", "labels/11/members", {"devices": ["none"]}, "no device"), ("PUT", "labels/-3/members", {"devices": []}, "filtered"),
])  # fmt: skip
def test_mistakes_are_told_and_change_nothing(
    epmm: EpmmEmulator, method: str, path: str, body: Any, text: str
) -> None:
    from uem_emulator.testing.emulator import ControlError

    if path == "devices/1":
        path = f"devices/{epmm.devices('id')[0]['id']}"
    before = (epmm.state(), epmm.labels())
    with pytest.raises(ControlError, match=text):
        epmm.control(method, path, body)
    assert (epmm.state(), epmm.labels()) == before


def test_calls_of_this_product_mean_nothing_to_the_other(emulator: Emulator) -> None:
    from uem_emulator.testing.emulator import ControlError

    with pytest.raises(ControlError, match="neurons has nothing"):
        emulator.control("GET", "labels")


def test_the_truth_can_be_set_and_read(epmm: EpmmEmulator, epmm_api: Api) -> None:
    user = epmm.users()[3]
    device = epmm.add_device(
        user=user["principal"],
        labels=["Pilot", "Sales/EMEA"],
        uuid="ABCDEF00-0000-4000-8000-00000000000A",
    )
    truth = epmm.device("abcdef00-0000-4000-8000-00000000000a")
    assert (
        truth["id"] == device
        and truth["user"] == user["principal"]
        and truth["email"] == user["email"]
    )
    assert {"Pilot", "Sales/EMEA", "All-Smartphones"} <= set(truth["labels"])
    changed = epmm.patch_device(
        device, uuid="00000000-0000-4000-8000-000000000001", labels=[], status="LOST"
    )
    assert changed["status"] == "LOST" and "Pilot" not in changed["labels"]
    assert (
        search(epmm_api, 'common.uuid="abcdef00-0000-4000-8000-00000000000a"').json["totalCount"]
        == 0
    )
    pilot = epmm.labels()["Pilot"]["id"]
    epmm.set_label_members(pilot, [changed["uuid"]])
    assert epmm.labels()["Pilot"]["members"] == [changed["uuid"]]
    epmm.delete_device(device)
    assert epmm.labels()["Pilot"]["members"] == []
    assert set(epmm.devices()[0]) == {"id", "uuid", "status", "labels"}


def test_a_reset_forgets_everything(epmm: EpmmEmulator, epmm_api: Api) -> None:
    def everything() -> bytes:
        names = "common.id,common.uuid,common.status,user.user_id,common.comment"
        parts = [search(epmm_api, fields=names, offset=offset).raw for offset in (0, 200)]
        return b"".join(
            [*parts, epmm_api.get("/api/v2/labels/label_summary", adminDeviceSpaceId=1).raw]
        )

    before = everything()
    epmm.add_label("New", "")
    epmm.patch_device(epmm.devices("id")[0]["id"], comment="changed", labels=["No members"])
    epmm.set_switch("strict", "on")
    epmm.add_fault("500", times=None)
    state = epmm.reset()
    assert everything() == before and epmm.switches()["strict"] == "off"
    assert (state["devices"], state["writes"], state["faults"], state["labels"]) == (300, 0, 0, 21)
    assert epmm.reset(devices=0)["devices"] == 0 and search(epmm_api).json["results"] == []
    assert len(epmm.reset(devices=20, partitions=5)["partitions"]) == 5
