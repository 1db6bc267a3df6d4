# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM API v2: labels, read and written."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply
from .v2 import DEVICES, fault, labels_of, uuids, write_labels

SUMMARY = "/api/v2/labels/label_summary"
NASTY = ("Sales/EMEA", "R&D, Lab #3", "Außendienst", "two words", "{{ pool }}", "100% A+B")


@pytest.fixture
def pair(epmm: EpmmEmulator) -> list[str]:
    """The uuids of two devices without static labels."""
    return [epmm.device(epmm.add_device(platform="Android"))["uuid"] for _device in range(2)]


def members(epmm: EpmmEmulator, name: str) -> set[str]:
    return set(epmm.labels()[name]["members"])


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_summary_is_true(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.get(SUMMARY, adminDeviceSpaceId=1).json
    truth = epmm.labels()
    assert reply["totalCount"] == reply["resultCount"] == len(truth) and reply["hasMore"] is False
    assert {row["name"]: row["deviceCount"] for row in reply["results"]} == {
        name: len(label["members"]) for name, label in truth.items()
    }
    # fmt: off
    assert reply["results"][0] == {
        "id": -1, "name": "All-Smartphones", "description": "Label for all devices irrespective of OS", "isStatic": False,
        "criteria": "", "deviceCount": len(truth["All-Smartphones"]["members"]), "deviceSpaceId": 1,
        "deviceSpaceName": "Global", "deviceSpacePath": "/1/", "rowType": "SYSTEM"}
    # fmt: on
    pilot = next(row for row in reply["results"] if row["name"] == "Pilot")
    assert (pilot["isStatic"], pilot["criteria"], pilot["rowType"]) == (
        True,
        None,
        "ADMIN",
    ) and pilot["id"] > 0
    assert set(NASTY) < set(truth)


def test_pages_and_order_of_labels(epmm: EpmmEmulator, epmm_api: Api) -> None:
    def names(**parameters: Any) -> list[str]:
        return [
            row["name"]
            for row in epmm_api.get(SUMMARY, adminDeviceSpaceId=1, **parameters).json["results"]
        ]

    everything = names()
    assert names(limit=3) + names(limit=200, offset=3) == everything and names(limit=0) == []
    assert epmm_api.get(SUMMARY, adminDeviceSpaceId=1, limit=3).json["hasMore"] is True
    by_name = names(sortField="name", sortOrder="DESC")
    assert by_name == sorted(everything, key=str.lower, reverse=True)
    epmm.set_switch("unsorted_order", "scattered")
    assert names() != everything and sorted(names()) == sorted(everything)
    epmm.set_switch("unknown_sort_field", "ignore")
    assert names(sortField="colour") == names()


@pytest.mark.parametrize(("parameters", "text"), [
    ({}, "adminDeviceSpaceId is required"), ({"adminDeviceSpaceId": 1, "limit": 201}, "limit must be between 0 and 200"),
    ({"adminDeviceSpaceId": 1, "offset": 10_000_001}, "offset"), ({"adminDeviceSpaceId": 1, "sortField": "colour"}, "colour"),
    ({"adminDeviceSpaceId": 1, "sortOrder": "x"}, "sortOrder"),
])  # fmt: skip
def test_a_wrong_summary(epmm_api: Api, parameters: dict[str, Any], text: str) -> None:
    reply = epmm_api.get(SUMMARY, **parameters)
    assert reply.status == 400 and text in fault(reply)


def test_one_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    rows = epmm_api.get(SUMMARY, adminDeviceSpaceId=1).json["results"]
    for row in (rows[0], rows[-1]):
        assert epmm_api.get(f"/api/v2/labels/{row['id']}", adminDeviceSpaceId=1).json == {
            "results": row
        }
    reply = epmm_api.get("/api/v2/labels/4711", adminDeviceSpaceId=1)
    assert (reply.status, reply.json) == (200, {"results": {}})
    epmm.set_switch("v2_unknown_label", "missing")
    assert epmm_api.get("/api/v2/labels/4711", adminDeviceSpaceId=1).status == 404
    assert (
        fault(epmm_api.get("/api/v2/labels/iOS", adminDeviceSpaceId=1))
        == "Format 'iOS' is invalid."
    )


def test_the_labels_of_a_device_have_ids_of_text(epmm: EpmmEmulator, epmm_api: Api) -> None:
    for row in epmm.devices("uuid", "labels")[:40]:
        found = epmm_api.get(f"{DEVICES}/{row['uuid']}/labels", adminDeviceSpaceId=1).json[
            "results"
        ]
        assert [item["name"] for item in found] == row["labels"]
        assert all(
            isinstance(item["id"], str) and epmm.labels()[item["name"]]["id"] == int(item["id"])
            for item in found[:1]
        )


def test_members_by_the_id_of_a_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    for label in epmm.labels().values():
        assert set(uuids(epmm_api, None, labelId=label["id"])) == set(label["members"]), label[
            "name"
        ]
    assert uuids(epmm_api, "", labelId=-1) == uuids(epmm_api, None, labelId=-1), (
        "an empty query is no advanced one"
    )


def test_a_filtered_label_follows_its_query(epmm: EpmmEmulator, epmm_api: Api) -> None:
    label = epmm.add_label("Lent / out", '"common.comment" = "lent" AND common.compliant = false')
    device = epmm.add_device(comment="lent")
    uuid = epmm.device(device)["uuid"]
    assert uuids(epmm_api, None, labelId=label) == []
    epmm.patch_device(device, compliance=2)
    assert uuids(epmm_api, None, labelId=label) == [uuid] and "Lent / out" in labels_of(
        epmm_api, uuid
    )
    assert (
        epmm_api.get(f"/api/v2/labels/{label}", adminDeviceSpaceId=1).json["results"]["deviceCount"]
        == 1
    )
    epmm.patch_device(device, comment="back")
    assert uuids(epmm_api, None, labelId=label) == [] and "Lent / out" not in labels_of(
        epmm_api, uuid
    )
    epmm.delete_label(label)
    epmm.set_switch("v2_unknown_label", "missing")
    assert epmm_api.get(f"/api/v2/labels/{label}", adminDeviceSpaceId=1).status == 404


def test_retired_devices_and_empty_criteria(epmm: EpmmEmulator, epmm_api: Api) -> None:
    retired = {row["uuid"] for row in epmm.devices("uuid", "status") if row["status"] == "RETIRED"}
    assert retired and len(uuids(epmm_api)) == 300
    for name in ("All-Smartphones", "Everything"):
        assert len(uuids(epmm_api, None, labelId=epmm.labels()[name]["id"])) == 300 - len(retired)
    epmm.set_switch("retired_in_labels", "yes")
    for name in ("All-Smartphones", "Everything"):
        assert len(uuids(epmm_api, None, labelId=epmm.labels()[name]["id"])) == 300
        assert name in labels_of(epmm_api, next(iter(retired)))


def test_system_labels_may_say_that_they_are_static(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str]
) -> None:
    epmm.set_switch("system_labels_static", "yes")
    rows = epmm_api.get(SUMMARY, adminDeviceSpaceId=1).json["results"]
    assert all(row["isStatic"] for row in rows if row["id"] < 0)
    assert not next(row for row in rows if row["name"] == "Not compliant")["isStatic"]
    assert write_labels(epmm_api, "add", pair, "iOS").json["successful"] is False, (
        "they cannot be put on by hand"
    )


def test_labels_of_a_space(epmm: EpmmEmulator, epmm_api: Api) -> None:
    def counts(space: int) -> dict[str, int]:
        rows = epmm_api.get(SUMMARY, adminDeviceSpaceId=space).json["results"]
        return {row["name"]: row["deviceCount"] for row in rows}

    _top, emea, retail = epmm.spaces()
    inside = {
        row["uuid"] for row in epmm.devices("uuid", "space_id") if row["space_id"] == emea["id"]
    }
    assert counts(emea["id"])["Pilot"] == len(members(epmm, "Pilot") & inside)
    assert "EMEA loaners" in counts(1) and "EMEA loaners" in counts(emea["id"])
    assert "EMEA loaners" not in counts(retail["id"])
    loaners = epmm.labels()["EMEA loaners"]
    assert set(loaners["members"]) <= inside and loaners["members"]
    epmm.set_switch("v2_unknown_label", "missing")
    assert (
        epmm_api.get(f"/api/v2/labels/{loaners['id']}", adminDeviceSpaceId=retail["id"]).status
        == 404
    )


# --- writing ----------------------------------------------------------------------------------------------------------


def test_putting_on_and_taking_off(epmm: EpmmEmulator, epmm_api: Api, pair: list[str]) -> None:
    epmm.set_switch("encoded_slash", "accept")
    before = {name: members(epmm, name) for name in NASTY}
    reply = write_labels(epmm_api, "add", pair, *NASTY)
    assert (
        reply.status == 200
        and reply.json["successful"] is True
        and set(NASTY) <= labels_of(epmm_api, pair[0])
    )
    assert {name: members(epmm, name) for name in NASTY} == {
        name: found | set(pair) for name, found in before.items()
    }
    again = write_labels(epmm_api, "add", pair, *NASTY)
    assert again.json == reply.json and epmm.state()["writes"] == 2, (
        "what is there already is a success too"
    )
    assert (
        write_labels(epmm_api, "remove", [pair[0].upper()], *NASTY[:5]).json["successful"] is True
    )
    assert labels_of(epmm_api, pair[0]) & set(NASTY) == {"100% A+B"} and set(NASTY) <= labels_of(
        epmm_api, pair[1]
    )
    assert write_labels(epmm_api, "remove", pair[:1], *NASTY).json["successful"] is True


def test_slashes_in_a_path(epmm: EpmmEmulator, epmm_api: Api, pair: list[str]) -> None:
    for raw in ("Sales%2FEMEA", "Sales%2fEMEA", "a%5Cb"):
        reply = write_labels(epmm_api, "add", pair, raw=raw)
        assert reply.status == 400 and reply.raw.startswith(b"<!doctype html>")
    assert write_labels(epmm_api, "add", pair, raw="Sales/EMEA").status == 501, "no such path"
    assert "Sales/EMEA" not in labels_of(epmm_api, pair[0]) and epmm.state()["writes"] == 0
    epmm.set_switch("encoded_slash", "accept")
    assert write_labels(epmm_api, "add", pair, raw="Sales%2fEMEA").json["successful"] is True
    assert "Sales/EMEA" in labels_of(epmm_api, pair[0])


def test_commas_in_a_path(epmm: EpmmEmulator, epmm_api: Api, pair: list[str]) -> None:
    assert (
        write_labels(epmm_api, "add", pair, raw="R%26D%2C%20Lab%20%233,Pilot").json["successful"]
        is True
    )
    assert {"R&D, Lab #3", "Pilot"} <= labels_of(epmm_api, pair[0])
    epmm.set_switch("label_comma", "after")
    reply = write_labels(epmm_api, "remove", pair, raw="R%26D%2C%20Lab%20%233")
    assert (
        reply.json["successful"] is False
        and "'R&D'" in reply.json["messages"][0]["localizedMessage"]
    )
    assert (
        write_labels(epmm_api, "remove", pair, raw="Pilot%2Ctwo%20words").json["successful"] is True
    )
    assert {"R&D, Lab #3"} == labels_of(epmm_api, pair[0]) & {"R&D, Lab #3", "Pilot"}


# fmt: off
WRONG = [
    ("unknown_label_write", ["Pilot", "Nobody"], [0, 1], "Nobody"), ("filtered_label_write", ["Pilot", "Samsung"], [0, 1], "Samsung"),
    ("filtered_label_write", ["Pilot", "iOS"], [0, 1], "iOS"), ("unknown_label_write", ["Pilot", "pilot"], [0, 1], "pilot"),
    ("unknown_device_write", ["Pilot"], [0, None], "00000000-0000-4000-8000-000000000000"),
]
# fmt: on


@pytest.mark.parametrize("how", ["add", "remove"])
@pytest.mark.parametrize(("switch", "names", "which", "named"), WRONG)
@pytest.mark.parametrize("partial", ["none", "rest"])
@pytest.mark.parametrize("position", ["unsuccessful", "bad_request"])
def test_impossible_writes(
    epmm: EpmmEmulator,
    epmm_api: Api,
    pair: list[str],
    how: str,
    switch: str,
    names: list[str],
    which: list[int | None],
    named: str,
    partial: str,
    position: str,
) -> None:
    epmm.control("POST", "switches", {switch: position, "partial_label_write": partial})
    if how == "remove":
        write_labels(epmm_api, "add", pair, "Pilot")
    devices = [named if place is None else pair[place] for place in which]
    reply = write_labels(epmm_api, how, devices, *names)
    if position == "bad_request":
        assert reply.status == 400 and named in fault(reply)
    else:
        assert reply.status == 200 and reply.json["successful"] is False
        assert named in reply.json["messages"][0]["localizedMessage"]
    done = partial == "rest" and position == "unsuccessful"
    assert ("Pilot" in labels_of(epmm_api, pair[0])) is (done if how == "add" else not done)


@pytest.mark.parametrize(("body", "text"), [
    ({}, "deviceUuids"), ({"deviceUuids": []}, "deviceUuids"), ({"deviceUuids": "x"}, "deviceUuids"),
    ({"deviceUuids": [1]}, "deviceUuids"), (b"{", "JSON"), (b"[]", "object"),
])  # fmt: skip
def test_wrong_bodies(epmm: EpmmEmulator, epmm_api: Api, body: Any, text: str) -> None:
    reply = write_labels(epmm_api, "add", [], "Pilot", body=body)
    assert reply.status == 400 and text in fault(reply) and epmm.state()["writes"] == 0


def test_a_form_is_not_taken(epmm_api: Api, pair: list[str]) -> None:
    reply = write_labels(
        epmm_api,
        "add",
        pair,
        "Pilot",
        body=f"deviceUuids={pair[0]}".encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert reply.status == 415 and "Pilot" not in labels_of(epmm_api, pair[0])


def test_writes_need_a_space_which_sees_device_and_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    _top, emea, retail = epmm.spaces()
    inside = epmm.device(epmm.add_device(space_id=emea["id"]))["uuid"]
    outside = epmm.device(epmm.add_device())["uuid"]
    assert "adminDeviceSpaceId" in fault(
        epmm_api.call("PUT", f"{DEVICES}/labels/Pilot/add", {"deviceUuids": [inside]})
    )
    assert (
        write_labels(epmm_api, "add", [outside], "Pilot", space=emea["id"]).json["successful"]
        is False
    )
    assert (
        write_labels(epmm_api, "add", [inside], "EMEA loaners", space=retail["id"]).json[
            "successful"
        ]
        is False
    )
    assert (
        write_labels(epmm_api, "add", [inside], "EMEA loaners", space=emea["id"]).json["successful"]
        is True
    )
    assert labels_of(epmm_api, inside, emea["id"]) >= {"EMEA loaners"}


@pytest.mark.parametrize(
    ("position", "status", "there"),
    [("unsuccessful", 200, False), ("bad_request", 400, False), ("done", 200, True)],
)
def test_a_label_of_another_space(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str], position: str, status: int, there: bool
) -> None:
    epmm.set_switch("foreign_label_write", position)
    reply = write_labels(epmm_api, "add", pair[:1], "EMEA loaners")
    assert reply.status == status and reply.json.get("successful", False) is there
    assert (
        ("EMEA loaners" in labels_of(epmm_api, pair[0]))
        is (pair[0] in members(epmm, "EMEA loaners"))
        is there
    )
    emea = epmm.spaces()[1]["id"]
    inside = epmm.device(epmm.add_device(space_id=emea))["uuid"]
    epmm.set_switch("partial_label_write", "rest")
    write_labels(epmm_api, "add", [pair[1], inside], "EMEA loaners")
    assert (inside in members(epmm, "EMEA loaners")) is (position != "bad_request")


def test_strict_knows_the_body(epmm: EpmmEmulator, epmm_api: Api, pair: list[str]) -> None:
    epmm.set_switch("strict", "on")
    assert write_labels(epmm_api, "add", pair, "Pilot").status == 200
    reply = write_labels(epmm_api, "add", pair, "Pilot", body={"deviceUuids": pair, "note": "x"})
    assert reply.status == 400 and "note" in fault(reply)


def test_the_label_is_listed_late_but_known_of_the_device_at_once(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str]
) -> None:
    pilot = epmm.labels()["Pilot"]["id"]
    before = uuids(epmm_api, None, labelId=pilot)
    epmm.set_switch("list_lag", "manual")
    write_labels(epmm_api, "add", pair, "Pilot")
    assert uuids(epmm_api, None, labelId=pilot) == before and "Pilot" in labels_of(
        epmm_api, pair[0]
    )
    label = epmm_api.get(f"/api/v2/labels/{pilot}", adminDeviceSpaceId=1).json["results"]
    assert label["deviceCount"] == len(before)
    epmm.settle()
    assert set(uuids(epmm_api, None, labelId=pilot)) == set(before) | set(pair)


@pytest.mark.parametrize(
    ("kind", "successful"), [("result_zero", False), ("errors_200", None), ("no_effect", True)]
)
def test_successes_which_are_none(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str], kind: str, successful: bool | None
) -> None:
    epmm.add_fault(kind, method="PUT")
    reply = write_labels(epmm_api, "add", pair, "Pilot")
    assert reply.status == 200 and reply.json.get("successful") is successful
    assert reply.json["messages"][0]["type"] == ("Info" if successful else "Error")
    assert "Pilot" not in labels_of(epmm_api, pair[0])
    assert write_labels(epmm_api, "add", pair, "Pilot").json["successful"] is True
    assert "Pilot" in labels_of(epmm_api, pair[0])


def test_a_device_which_vanishes_before_the_write(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str]
) -> None:
    epmm.add_fault("vanish", method="PUT")
    assert write_labels(epmm_api, "add", pair, "Pilot").json["successful"] is False
    with pytest.raises(ControlError, match="404"):
        epmm.device(pair[0])
    assert "Pilot" not in labels_of(epmm_api, pair[1])


# --- what public clients read of the answers --------------------------------------------------------------------------


def test_a_label_of_a_device_says_whether_it_is_static(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str]
) -> None:
    write_labels(epmm_api, "add", pair, "Pilot")
    rows = epmm_api.get(f"/api/v2/devices/{pair[0]}/labels", adminDeviceSpaceId=1).json["results"]
    static = {row["name"]: row["staticLabel"] for row in rows}
    assert static["Pilot"] is True and static["Android"] is False


@pytest.mark.parametrize(
    ("position", "keys"),
    [
        ("both", {"successful", "messages", "results"}),
        ("records", {"results"}),
        ("successful", {"successful", "messages"}),
    ],
)
def test_adding_answers_records(
    epmm: EpmmEmulator, epmm_api: Api, pair: list[str], position: str, keys: set[str]
) -> None:
    epmm.set_switch("label_add_answer", position)
    unknown = "12849438-0d74-4c30-8b7d-121a3da8645d"
    good = write_labels(epmm_api, "add", pair, "Pilot").json
    bad = write_labels(epmm_api, "add", [pair[0], unknown], "two words", "nobody's").json
    assert set(good) == set(bad) == keys
    if position == "successful":
        return
    (record,) = good["results"]["records"]
    assert record["label"] == "Pilot"
    assert [row["failureCode"] for row in record["device"]] == [None, None]
    known, nobodys = bad["results"]["records"]
    assert (known["label"], nobodys["label"]) == ("two words", "nobody's")
    codes = [row["failureCode"] for row in known["device"]]
    assert all(codes) and codes[0] != codes[1], "nothing was done for the first device either"
    assert all(row["failureCode"] and row["message"] for row in nobodys["device"])
    assert "results" not in write_labels(epmm_api, "remove", pair, "Pilot").json


# --- making and deleting ----------------------------------------------------------------------------------------------

LABELS = "/api/v2/labels/"


def make(api: Api, space: int = 1, **body: Any) -> Reply:
    given = {"name": "Loan pool", "description": "", "deviceSpaceId": space, "static": True, **body}
    return api.call("POST", f"{LABELS}?adminDeviceSpaceId={space}", given)


def delete(api: Api, *numbers: int, space: int = 1, target: int = 1) -> Reply:
    body = {"reason": "Not needed", "labelIds": list(numbers), "deviceSpaceId": target}
    return api.call("DELETE", f"{LABELS}?adminDeviceSpaceId={space}", body)


def test_a_label_is_made_and_deleted(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = make(epmm_api, description="Phones that are lent")
    made = epmm.labels()["Loan pool"]
    assert reply.json == {"results": {"id": made["id"], "name": "Loan pool", "staticLabel": True}}
    assert (made["static"], made["description"]) == (True, "Phones that are lent")
    assert delete(epmm_api, made["id"]).json == {"successful": True}
    assert "Loan pool" not in epmm.labels()


def test_a_filtered_label_has_the_devices_of_its_criteria(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    criteria = '"common.platform" = "iOS"'
    assert make(epmm_api, static=False, criteria=criteria).status == 200
    made = epmm.labels()["Loan pool"]
    assert made["query"] == criteria
    assert set(made["members"]) == {
        row["uuid"] for row in epmm.devices("uuid", "platform") if row["platform"] == "iOS"
    }
    epmm.set_switch("label_criteria_key", "query")
    assert make(epmm_api, name="Another", static=False, criteria=criteria).status == 200
    assert epmm.labels()["Another"]["query"] == ""
    assert "cannot be made" in fault(make(epmm_api, name="x", static=False, query="nonsense ="))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "Pilot"}, "A label named 'Pilot' exists"), ({"name": " "}, "must not be empty"), ({"name": 7}, "must not be empty"),
        ({"static": "yes"}, "static must be"), ({"deviceSpaceId": 999}, "Device space '999' is invalid"),
        ({"static": False, "criteria": "common.nothing = 1"}, "cannot be made"), ({"static": False, "criteria": "x" * 2001}, "at most 2000"),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_made(
    epmm: EpmmEmulator, epmm_api: Api, body: Any, words: str
) -> None:
    before = epmm.labels()
    assert words in fault(make(epmm_api, **body))
    assert epmm.labels() == before


def test_labels_that_cannot_be_deleted(epmm: EpmmEmulator, epmm_api: Api) -> None:
    labels = epmm.labels()
    space = next(one["id"] for one in epmm.spaces() if one["id"] != 1)
    own = epmm.add_label("Of the space", space_id=space)
    pilot = labels["Pilot"]["id"]
    for reply, words in (
        (delete(epmm_api, -1), "is a system label"),
        (delete(epmm_api, 10**6), "was not found"),
        (delete(epmm_api, pilot, space=space, target=space), "not a label of this device space"),
        (delete(epmm_api, pilot, own), "not a label of this device space"),
        (delete(epmm_api), "at least one id"),
    ):
        assert words in fault(reply)
    epmm.set_switch("label_delete_members", "refused")
    assert "has devices" in fault(delete(epmm_api, pilot))
    assert epmm.labels().keys() == {*labels, "Of the space"}
    assert delete(epmm_api, own, space=space, target=space).status == 200
    epmm.set_switch("label_delete_members", "taken_off")
    assert delete(epmm_api, pilot).status == 200
    assert all("Pilot" not in row["labels"] for row in epmm.devices("uuid", "labels"))


def test_answers_to_making_labels_that_nobody_knows(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("label_refusal", "successful_false")
    assert make(epmm_api, name="Pilot").json["successful"] is False
    epmm.set_switch("label_write_answer", "successful")
    assert make(epmm_api, name="One").json == {"successful": True}
    epmm.set_switch("label_write_answer", "empty")
    assert make(epmm_api, name="Two").json == {}
    assert {"One", "Two"} < epmm.labels().keys()
