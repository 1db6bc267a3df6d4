# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules send and read, held against the vendor document's own requests and answers
(tests/contracts).

The server here is a recorder that gives the document's example answers; neither our emulator nor
its wire code has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from ..contracts.check import check_request
from ..contracts.contract import load_all
from ..contracts.recorder import Recorder, recording

CONTRACTS = load_all()
LIST = "/api/v1/device"
ATTRIBUTES = r"/api/v1/device/\d+/customattributes"
OPTIONS = {"product": "neurons", "username": "reader", "password": "a long password", "retries": 0}


def example(contract: str, number: int = 0):
    return CONTRACTS[contract].examples[number].answer


def one_row(**fields):
    """A list page of the document's example with one device of its own, and fields of it
    changed."""
    page = example("N08")
    row = {**page["result"]["searchResults"][0], **fields}
    return {**page, "result": {**page["result"], "searchResults": [row], "totalCount": 1}}


def two_rows(**fields):
    page = one_row(**fields)
    row = page["result"]["searchResults"][0]
    rows = [row, {**row, "id": row["id"] + 1, "guid": "60459445-0f9e-456a-b485-534842acdf9f"}]
    return {**page, "result": {**page["result"], "searchResults": rows, "totalCount": 2}}


@pytest.fixture
def server() -> Iterator[Recorder]:
    with recording() as running:
        page = example("S_partitions")
        # The documents' counts are those of larger servers.
        row = {**page["result"]["searchResults"][0], "deviceCount": 1}
        running.answer(
            "GET",
            "/api/v1/tenant/partition/device",
            {**page, "result": {**page["result"], "searchResults": [row], "totalCount": 1}},
        )
        page = example("S_attribute_definitions")
        names = [
            {**page["result"]["searchResults"][0], "id": n, "name": name}
            for n, name in enumerate(("cityid", "a", "c"))
        ]
        running.answer(
            "GET",
            "/api/v1/customattributes",
            {**page, "result": {**page["result"], "searchResults": names, "totalCount": 3}},
        )
        yield running
        assert running.unmatched == []


def sent(server: Recorder, method: str, path: str | None = None):
    """The requests of a method (and path) that arrived."""
    return [
        request
        for request in server.requests
        if request.method == method and path in (None, request.path)
    ]


def conforms(requests, contract: str) -> None:
    assert requests, f"no request for {contract} was sent"
    for request in requests:
        assert check_request(request, CONTRACTS[contract]) == []


@pytest.mark.parametrize(
    ("select", "contract", "fq"),
    [
        ({"custom_attributes": {"cityId": "SF"}}, "N08", "CFDEVICE[cityId]=SF"),
        ({"ldap_attributes": {"ROLLNUMBER": "7"}}, "N08", "CFLDAP[ROLLNUMBER]=7"),
        ({"platform": "android"}, "N08", "platformType=ANDROID"),
        ({"registered_within": "0:0:03:06"}, "N41", "lastRegistrationTime<'0:00:03:06'"),
        ({"last_seen_within": "1m"}, "N42", "lastCheckin<'00:01:00'"),
        ({"emails": ["stuart.carter@example.com"]}, "N43", "EMAILADDRESS EQ stuart.carter@example.com"),
        ({"users": ["stuart.carter@example.com"]}, "N43", "UID EQ stuart.carter@example.com"),
    ],
)  # fmt: skip
def test_searches(server, call, select, contract, fq):
    named = {"emailAddress": "Stuart.Carter@example.com", "uid": "stuart.carter@example.com"}
    server.answer("GET", LIST, one_row(**named) if contract == "N43" else example(contract))
    result = call("device_info", url=server.url, **OPTIONS, select=select)
    assert result["count"] == 1
    requests = sent(server, "GET", LIST)
    conforms(requests, contract)
    assert [parse_qs(request.query)["fq"] for request in requests] == [[fq]]
    for request in server.requests:
        if request.path.endswith("partition/device"):
            assert check_request(request, CONTRACTS["S_partitions"]) == []


def test_details(server, call):
    row = example("N07")["result"]
    server.answer(
        "GET",
        LIST,
        one_row(id=row["id"], guid=row["guid"], customAttributes={"attrs": {"cityid": ["SF"]}}),
    )
    server.answer("GET", r"/api/v1/device/\d+", example("N07"))
    result = call("device_info", url=server.url, **OPTIONS, devices=[row["id"]], details=True)
    conforms(sent(server, "GET", f"/api/v1/device/{row['id']}"), "N07")
    device = result["devices"][0]
    assert [group["name"] for group in device["groups"]] == ["All Devices", "iOS Devices"]
    # What the single answer leaves null comes from the list.
    assert device["custom_attributes"] == {"cityid": ["SF"]} and row["customAttributes"] is None


@pytest.mark.parametrize("contract", ["N08", "N41", "N42", "N43"])
def test_every_example_answer_of_the_document_is_read(server, call, contract):
    body = example(contract)
    server.answer("GET", LIST, body)
    result = call("device_info", url=server.url, **OPTIONS)
    rows = body["result"]["searchResults"]
    for device, row in zip(result["devices"], rows, strict=True):
        assert device["id"] == str(row["id"]) and device["status_raw"] == row["registrationState"]
        for name, shown in (
            ("email", "emailAddress"),
            ("user", "uid"),
            ("display_name", "displayName"),
            ("model", "prettyModel"),
            ("serial_number", "serialNumber"),
            ("compliant", "complianceState"),
            ("owner_id", "ownerId"),
            ("policy_violation_count", "policyViolationCount"),
            ("latitude", "latitude"),
        ):
            assert device[name] == (row[shown] or None if row[shown] == "" else row[shown]), name


def change(server, call, **options):
    return call("device_custom_attrs", url=server.url, **OPTIONS, **options)


@pytest.mark.parametrize(
    ("contract", "method", "options"),
    [
        ("N03", "POST", {"attrs": {"a": "1"}, "purge": True}),
        ("N04", "PATCH", {"attrs": {"cityid": "LA"}}),
        ("N04", "PATCH", {"attrs": {"cityid": "LA"}, "append": True}),
        ("N06", "DELETE", {"attrs": ["cityid"], "state": "absent"}),
    ],
)
def test_writes_for_one_device(server, call, contract, method, options):
    server.answer("GET", LIST, one_row())
    server.answer(method, ATTRIBUTES, {"errors": None, "result": 1})
    # Before something is appended, the device is read.
    server.answer("GET", ATTRIBUTES, {"errors": None, "result": {"attrs": {}}})
    assert change(server, call, devices=[22004], **options)["changed"]
    conforms(sent(server, method), contract)
    conforms(sent(server, "GET", "/api/v1/customattributes"), "S_attribute_definitions")


def test_removal_from_many_devices(server, call):
    server.answer("GET", LIST, two_rows())
    server.answer("DELETE", "/api/v1/device/customattributes", {"errors": None, "result": 2})
    result = change(server, call, devices=[22004, 22005], attrs=["cityid"], state="absent")
    assert result["summary"]["changed"] == 2 and result["summary"]["writes"] == 1
    conforms(sent(server, "DELETE"), "N05")


@pytest.mark.parametrize("shape", [0, 1])
def test_a_bulk_removal_whose_count_does_not_add_up_is_looked_at(server, call, shape):
    """The document's only example answers 1, for one device; what it is for two is not said."""
    server.answer("GET", LIST, two_rows())
    server.answer("DELETE", "/api/v1/device/customattributes", {"errors": None, "result": 1})
    bodies = [example("N02", number) for number in range(len(CONTRACTS["N02"].examples))]
    bare = next(body for body in bodies if "attrs" in body)
    kept = (
        bare
        if shape == 0
        else {
            "errors": None,
            "result": {"deviceId": 22005, "guid": "x", "attrs": {"cityid": ["SF"]}},
        }
    )
    server.answer("GET", r"/api/v1/device/22004/customattributes", {"attrs": {}})
    server.answer("GET", r"/api/v1/device/22005/customattributes", kept)
    with pytest.raises(
        Exception,
        match=r"1 of 2 devices could not be changed.*device 22005.*the server kept cityid",
    ) as failed:
        change(server, call, devices=[22004, 22005], attrs=["cityid"], state="absent")
    assert failed.value.result["summary"]["changed"] == 1
    conforms(sent(server, "GET", "/api/v1/device/22005/customattributes"), "N02")


def test_the_documented_error_is_told(server, call):
    server.answer("GET", LIST, one_row())
    refusal = CONTRACTS["S_error"].examples[0]
    from ..contracts.recorder import Answer

    server.answer("PATCH", ATTRIBUTES, Answer(refusal.answer, status=refusal.status))
    with pytest.raises(Exception, match=r"HTTP 400 \(rows must be between 1 and 500\)"):
        change(server, call, devices=[22004], attrs={"cityid": "LA"})
