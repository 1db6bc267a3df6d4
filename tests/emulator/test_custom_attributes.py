# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom attributes of one device and of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api, Reply

START = {"cityid": ["SF"], "carrier": ["att"], "floor_#": ["3"]}


@pytest.fixture
def device(fleet: Callable[..., list[int]], emulator: NeuronsEmulator) -> int:
    (made,) = fleet({"customAttributes": START})
    emulator.define_attributes("a", "b", "c", "tlark", "attribute1", "ForDocs001", "forDocs002")
    return made


def write(api: Api, method: str, key: Any, body: Any, **headers: str) -> Reply:
    return api.call(method, f"/api/v1/device/{key}/customattributes", body, **headers)


def test_reading(device: int, emulator: Emulator, api: Api) -> None:
    guid = emulator.device(device)["guid"]
    expected = {"errors": None, "result": {"deviceId": device, "guid": guid, "attrs": START}}
    assert api.get(f"/api/v1/device/{device}/customattributes").json == expected
    assert api.get(f"/api/v1/device/{guid}/customattributes").json == expected
    assert api.get(f"/api/v1/device/{guid.upper()}/customattributes").json == expected


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("bare", {"attrs": START}),
        ("bare_strings", {"attrs": {"cityid": "SF", "carrier": "att", "floor_#": "3"}}),
    ],
)
def test_reading_in_the_forms_of_the_document(
    device: int, emulator: Emulator, api: Api, position: str, expected: Any
) -> None:
    emulator.set_switch("attributes_answer", position)
    assert api.get(f"/api/v1/device/{device}/customattributes").json == expected


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_replacing_leaves_nothing_else(device: int, api: Api, method: str) -> None:
    reply = write(api, method, device, {"attrs": {"tlark": ["1"]}})
    assert (reply.status, reply.json) == (200, {"errors": None, "result": 1})
    assert api.attrs(device) == {"tlark": ["1"]}
    assert write(api, method, device, {"attrs": {"tlark": ["1"]}}).result == 1, (
        "no change is a success too"
    )
    assert write(api, method, device, {"attrs": {}}).result == 1 and api.attrs(device) == {}


def test_patching_keeps_the_rest(device: int, api: Api) -> None:
    # The vendor's example: two Content-Type headers, the last of them text/plain, and JSON in the
    # body.
    reply = write(
        api,
        "PATCH",
        device,
        {"attrs": {"a": ["1"], "CITYID": ["NYC", "LA"]}, "forceOverwrite": True},
        Content_Type="text/plain",
    )
    assert reply.json == {"errors": None, "result": 1}
    assert api.attrs(device) == {**START, "a": ["1"], "cityid": ["NYC", "LA"]}


def test_patching_without_force_appends(device: int, api: Api) -> None:
    assert (
        write(
            api,
            "PATCH",
            device,
            {"attrs": {"cityid": ["NYC"], "b": ["1"]}, "forceOverwrite": False},
        ).result
        == 1
    )
    assert api.attrs(device) == {**START, "cityid": ["SF", "NYC"], "b": ["1"]}


@pytest.mark.parametrize(("position", "expected"), [("true", ["NYC"]), ("false", ["SF", "NYC"])])
def test_patching_without_saying_which(
    device: int, emulator: Emulator, api: Api, position: str, expected: list[str]
) -> None:
    emulator.set_switch("force_overwrite_default", position)
    write(api, "PATCH", device, {"attrs": {"cityid": ["NYC"]}})
    assert api.attrs(device)["cityid"] == expected


@pytest.mark.parametrize(
    ("position", "expected"), [("keep", ["SF", "SF", "NYC"]), ("drop", ["SF", "NYC"])]
)
def test_appending_what_is_there(
    device: int, emulator: Emulator, api: Api, position: str, expected: list[str]
) -> None:
    emulator.set_switch("append_duplicates", position)
    write(api, "PATCH", device, {"attrs": {"cityid": ["SF", "NYC"]}, "forceOverwrite": False})
    assert api.attrs(device)["cityid"] == expected


def test_removing_from_one(device: int, api: Api) -> None:
    reply = write(api, "DELETE", device, {"attrs": {"CityId": ["1"], "unknown": ["x"]}})
    assert reply.json == {"errors": None, "result": 1}
    assert api.attrs(device) == {"carrier": ["att"], "floor_#": ["3"]}
    assert write(api, "DELETE", device, {"attrs": {"cityid": ["1"]}}).result == 1


def test_removing_by_value(device: int, emulator: NeuronsEmulator, api: Api) -> None:
    emulator.set_switch("delete_one", "by_value")
    emulator.set_attributes({device: {"cityid": ["SF", "NYC"], "carrier": ["att"]}})
    write(api, "DELETE", device, {"attrs": {"cityid": ["SF"], "carrier": ["other"]}})
    assert api.attrs(device) == {"cityid": ["NYC"], "carrier": ["att"]}
    write(api, "DELETE", device, {"attrs": {"CITYID": ["NYC"]}})
    assert api.attrs(device) == {"carrier": ["att"]}


def test_removing_from_many(fleet: Callable[..., list[int]], api: Api) -> None:
    first, second, third = fleet(*[{"customAttributes": START}] * 3)
    body = {
        "ids": [str(first), second, "999999", str(first)],
        "attrKeys": ["CityId", "carrier", "unknown"],
    }
    reply = api.call("DELETE", "/api/v1/device/customattributes", body)
    assert reply.json == {"errors": None, "result": 2}, (
        "ids of no device are not counted, repeated ones once"
    )
    assert [api.attrs(key) for key in (first, second, third)] == [
        {"floor_#": ["3"]},
        {"floor_#": ["3"]},
        START,
    ]


def test_removing_from_many_may_always_answer_one(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    ids = fleet(*[{"customAttributes": START}] * 2)
    emulator.set_switch("bulk_delete_result", "one")
    assert (
        api.call(
            "DELETE", "/api/v1/device/customattributes", {"ids": ids, "attrKeys": ["cityid"]}
        ).result
        == 1
    )


@pytest.mark.parametrize(("body", "fields"), [
    ({"ids": [], "attrKeys": ["a"]}, ["ids"]), ({"ids": ["1"]}, ["attrKeys"]), ({}, ["ids", "attrKeys"]),
    ({"ids": "1", "attrKeys": "a"}, ["ids", "attrKeys"]),
])  # fmt: skip
def test_a_wrong_removal_from_many(device: int, api: Api, body: Any, fields: list[str]) -> None:
    reply = api.call("DELETE", "/api/v1/device/customattributes", body)
    assert (reply.status, reply.faulty_fields) == (400, fields)


@pytest.mark.parametrize(("attrs", "fields"), [
    ({"cityid": []}, ["attrs[cityid]"]), ({"cityid": [""]}, ["attrs[cityid]"]),
    ({"cityid": ["SF", ""]}, ["attrs[cityid]"]),
    ({"cityid": [None]}, ["attrs[cityid]"]), ({"cityid": [["SF"]]}, ["attrs[cityid]"]),
    ({"cityid": None}, ["attrs[cityid]"]),
    ({"cityid": "SF"}, ["attrs[cityid]"]), ({"": ["x"]}, ["attrs[]"]),
    ({"floor_#": ["third"]}, ["attrs[floor_#]"]), ({"floor": ["3"]}, ["attrs[floor]"]),
    ({"Nobody": ["1"], "a": ["1"], "cityid": [""]}, ["attrs[Nobody]", "attrs[cityid]"]),
])  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_wrong_write_changes_nothing(
    device: int, emulator: Emulator, api: Api, method: str, attrs: Any, fields: list[str]
) -> None:
    reply = write(api, method, device, {"attrs": attrs})
    assert (reply.status, reply.faulty_fields, reply.json["result"]) == (400, fields, None)
    assert api.attrs(device) == START and emulator.state()["writes"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"attrs"'])
def test_a_body_which_is_no_object(device: int, api: Api, body: bytes) -> None:
    reply = write(api, "POST", device, body)
    assert reply.status == 400 and [
        set(fault) for fault in reply.json["errors"]["globalErrors"]
    ] == [{"code", "message"}]
    assert reply.json["errors"]["fieldErrors"] is None


@pytest.mark.parametrize("body", [{}, {"attrs": None}, {"attrs": ["a"]}, {"attrs": "a"}])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_body_without_a_map(device: int, api: Api, method: str, body: Any) -> None:
    reply = write(api, method, device, body)
    assert (reply.status, reply.faulty_fields) == (400, ["attrs"])


def test_force_must_be_true_or_false(device: int, api: Api) -> None:
    assert write(
        api, "PATCH", device, {"attrs": {"a": ["1"]}, "forceOverwrite": "yes"}
    ).faulty_fields == ["forceOverwrite"]


def test_scalars_become_texts(device: int, api: Api) -> None:
    write(api, "POST", device, {"attrs": {"a": [1, True, 2.5, "ä\n"], "floor_#": [-2]}})
    assert api.attrs(device) == {"a": ["1", "true", "2.5", "ä\n"], "floor_#": ["-2"]}


def test_a_bare_value_may_be_taken(device: int, emulator: Emulator, api: Api) -> None:
    emulator.set_switch("bare_value", "accept")
    write(api, "POST", device, {"attrs": {"cityId": "SF", "a": 7}})
    assert api.attrs(device) == {"cityid": ["SF"], "a": ["7"]}


def test_an_undefined_attribute_may_be_taken(device: int, emulator: Emulator, api: Api) -> None:
    emulator.set_switch("undefined_attribute", "accept")
    assert write(api, "POST", device, {"attrs": {"Nobody": ["1"]}}).result == 1
    assert api.attrs(device) == {"nobody": ["1"]}


def test_a_numeric_name_without_its_suffix_may_be_passed_over(
    device: int, emulator: Emulator, api: Api
) -> None:
    emulator.set_switch("unsuffixed_numeric", "ignore")
    assert write(api, "PATCH", device, {"attrs": {"floor": ["9"], "a": ["1"]}}).result == 1
    assert api.attrs(device) == {**START, "a": ["1"]}


def test_numeric_names_may_be_read_bare(device: int, emulator: Emulator, api: Api) -> None:
    emulator.set_switch("numeric_names", "bare")
    bare = {"cityid": ["SF"], "carrier": ["att"], "floor": ["3"]}
    assert api.attrs(device) == bare and api.search().rows[0]["customAttributes"] == {"attrs": bare}
    assert api.ids("CFDEVICE[floor_#]=3") == [device]


@pytest.mark.parametrize(("position", "left"), [("both", {}), ("suffixed", {"floor_#": ["3"]})])
def test_removing_a_numeric_one_by_its_bare_name(
    device: int, emulator: Emulator, api: Api, position: str, left: Any
) -> None:
    emulator.set_switch("numeric_delete", position)
    write(
        api, "DELETE", device, {"attrs": {name: ["x"] for name in ("cityid", "carrier", "floor")}}
    )
    assert api.attrs(device) == left
    assert (
        write(api, "DELETE", device, {"attrs": {"floor_#": ["x"]}}).result == 1
        and api.attrs(device) == {}
    )


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "999999999999999999999",
        "abc",
        "00000000-0000-4000-8000-000000000000",
        "..%2Fwipe",
        "%7B%7B%207*7%20%7D%7D",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_a_device_which_does_not_exist(device: int, api: Api, method: str, key: str) -> None:
    reply = write(api, method, key, {"attrs": {"a": ["1"]}})
    assert (
        reply.status == 404
        and reply.json["result"] is None
        and reply.json["errors"]["globalErrors"]
    )


@pytest.mark.parametrize(("position", "status", "kind", "start"), [
    ("404_json", 404, "application/json", b"{"), ("404_html", 404, "text/html", b"<!doctype html>"),
    ("404_empty", 404, "text/html", b""),
    ("400_json", 400, "application/json", b"{"),
])  # fmt: skip
def test_the_answer_for_it_is_unknown(
    api: Api, emulator: Emulator, position: str, status: int, kind: str, start: bytes
) -> None:
    emulator.set_switch("missing_device", position)
    reply = api.get("/api/v1/device/1")
    assert reply.status == status and reply.headers["content-type"].startswith(kind)
    assert reply.raw.startswith(start) and bool(reply.raw) == bool(start)
