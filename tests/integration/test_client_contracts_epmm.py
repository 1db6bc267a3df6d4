# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules send to EPMM and read of it, held against the vendor documents' requests and
answers (tests/contracts).

The server here is a recorder that gives the documents' example answers; neither our emulator nor
its wire code has a part in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, unquote

import pytest

from ..conftest import ModuleFailed
from ..contracts.check import check_request
from ..contracts.contract import Contract, load_all
from ..contracts.recorder import Answer, Recorded, Recorder, recording

CONTRACTS = {
    name: contract
    for name, contract in load_all().items()
    if contract.product == "epmm" and name != "S_epmm_error"
}
OPTIONS = {"product": "epmm", "username": "reader", "password": "a long password", "retries": 0}

# The document: "404 – No Data Found".
NO_DATA = {"messages": {"message": "No Data Found"}}

DEVICE = "8d711cdc-e93c-49b1-88d6-222f54132445"
OTHER = "9b0da853-9f9b-483c-97ef-f4b5457299cf"


def template(contract: Contract) -> re.Pattern[str]:
    return re.compile(
        "|".join(re.sub(r"\{\w+\}", "[^/]+", path) for path in contract.path_templates)
    )


def contract_of(request: Recorded) -> Contract:
    """The contract of the call that a request makes: of those that fit the one with the most words
    of its own."""
    fitting = [
        one
        for one in CONTRACTS.values()
        if one.method == request.method and template(one).fullmatch(request.path)
    ]
    assert fitting, f"no contract for {request.method} {request.path}"
    return min(fitting, key=lambda one: one.path_templates[0].count("{"))


def documented(name: str, number: int = 0):
    """The JSON answers of a contract's examples that have one, by their number."""
    answers = [
        example.answer
        for example in CONTRACTS[name].examples
        if isinstance(example.answer, dict) and example.status == 200
    ]
    return answers[number]


def page(name: str, *rows):
    """A page of API v2 with these rows; the documents' counts are those of larger servers."""
    answer = documented(name)
    counts = {key: len(rows) for key in ("totalCount", "resultCount") if key in answer}
    return {**answer, **counts, "results": list(rows)}


def v2_row(uuid: str, number: int, **fields):
    return {
        **documented("S_devices")["results"][0],
        "common.uuid": uuid,
        "common.id": number,
        **fields,
    }


def label(number: int, name: str, **fields):
    return {
        **documented("S_label_summary")["results"][0],
        "id": number,
        "name": name,
        "deviceCount": 1,
        **fields,
    }


def labels_v1(number: int, name: str):
    """The documented answer with one label; the documents' counts are those of larger servers."""
    answer = documented("E22")
    row = {**answer["labels"]["label"], "@id": str(-number), "name": name, "deviceCount": 1}
    return {**answer, "labels": {"label": row}}


@pytest.fixture
def server() -> Iterator[Recorder]:
    """Everything that the documents show, and at the end every request that arrived held against
    its contract."""
    with recording() as running:
        # The newest rule is asked first: names that stand in a path as they are go before those
        # with a part of any name.
        for name in sorted(CONTRACTS, key=lambda one: -CONTRACTS[one].path_templates[0].count("{")):
            if CONTRACTS[name].method == "GET" and name != "E49" and not CONTRACTS[name].file:
                running.answer("GET", template(CONTRACTS[name]).pattern, documented(name))
        running.answer("GET", "/api/v1/dm/labels", labels_v1(3, "iOS"))
        running.answer("GET", "/api/v2/devices", page("S_devices", v2_row(OTHER, 1)))
        running.answer("GET", "/api/v2/devices/count", {"totalCount": 1})
        running.answer(
            "GET",
            "/api/v2/labels/label_summary",
            page("S_label_summary", label(-1, "All-Smartphones")),
        )
        running.answer("GET", "/api/v2/devices/[^/]+/labels", documented("E49"))
        yield running
        assert running.unmatched == []
        for request in running.requests:
            assert known_faults(request) == check_request(request, contract_of(request)), request
            assert (request.header("Accept") or "").startswith("application/json")


def known_faults(request: Recorded) -> list[str]:
    """API v1 lists two more status codes than statuses that can be asked for. Both are asked for,
    so that no device is left out where a server knows them."""
    status = parse_qs(request.query).get("status", [""])[0]
    if status not in ("BLOCKED", "RETIRE_PENDING", "WIPE_PENDING"):
        return []
    pattern = CONTRACTS["E01"].parameters[0].matches
    assert pattern is not None
    return [f"query: status={status!r} does not fit {pattern.pattern}"]


def sent(server: Recorder, contract: str):
    """The paths and queries of the requests for a contract that arrived, decoded."""
    found = [request for request in server.requests if contract_of(request).id == contract]
    return [
        (unquote(request.path), parse_qsl(request.query, keep_blank_values=True))
        for request in found
    ]


def run(call, server, module, **options):
    return call(module, url=server.url, **OPTIONS, **options)


# API v1: devices and labels


@pytest.mark.parametrize(
    ("contract", "select", "path"),
    [
        ("E02", {"guids": [DEVICE.upper()]}, f"/api/v1/dm/devices/{DEVICE}"),
        ("E04", {"phone_numbers": ["+1 (408) 555-1212"]}, "/api/v1/dm/phones/14085551212"),
        ("E04", {"phone_numbers": ["6505551212", "4085551212"]}, "/api/v1/dm/phones/6505551212,4085551212"),
        ("E05", {"users": ["jdoe"]}, "/api/v1/dm/users/jdoe"),
        ("E05", {"users": ["o'brien jr/x@ü"]}, "/api/v1/dm/users/o'brien jr/x@ü"),
        ("E06", {"labels": ["iOS"]}, "/api/v1/dm/labels/iOS"),
        ("E06", {"labels": [-3]}, "/api/v1/dm/labels/iOS"),
        ("E07", {"wifi_mac_addresses": ["38:aa:3c:62:bf:ad"]}, "/api/v1/dm/devices/mac/38aa3c62bfad"),
        ("E07", {"wifi_mac_addresses": ["38-AA-3C-62-BF-AD"]}, "/api/v1/dm/devices/mac/38aa3c62bfad"),
    ],
)  # fmt: skip
def test_look_ups_of_devices(server, call, contract, select, path):
    row = {**documented("E05")["devices"]["device"], "principal": path.split("/", 5)[-1]}
    user = {**documented("E05"), "devices": {"device": row}}
    server.answer("GET", template(CONTRACTS["E05"]).pattern, user)
    result = run(call, server, "device_info", api="v1", select=select, on_missing="skip")
    assert sent(server, contract) == [(path, [])]
    # Who is not found by name is looked for in the lists of all devices.
    others = {"E22", "E01"} if result["missing"] else {"E22"}
    assert {contract_of(request).id for request in server.requests} <= {contract, *others}
    assert result["count"] + len(result["missing"]) >= 1


@pytest.mark.parametrize(
    "select", [{"phone_numbers": ["4155551212"]}, {"users": ["jdo"]}, {"guids": [OTHER]}]
)
def test_a_device_that_was_not_asked_for_is_refused(server, call, select):
    with pytest.raises(
        ModuleFailed, match="was asked for .*, and sent device 2.*; nothing was done"
    ):
        run(call, server, "device_info", api="v1", select=select, on_missing="skip")


def test_a_device_that_shows_no_address_is_found_by_it_all_the_same(server, call):
    """The document lists no such detail for every device, and the server knows the address."""
    row = documented("E07")["devices"]["device"]
    entries = [e for e in row["details"][0]["entry"] if "mac" not in e["key"].casefold()]
    bare = {**documented("E07"), "devices": {"device": {**row, "details": [{"entry": entries}]}}}
    server.answer("GET", template(CONTRACTS["E07"]).pattern, bare)
    select = {"wifi_mac_addresses": ["38AA.3C62.BFAD"]}
    result = run(call, server, "device_info", api="v1", select=select)
    assert result["count"] == 1 and result["missing"] == []


@pytest.mark.parametrize(
    "name",
    ["Sales/EMEA", "R&D, Lab #3", "100% A+B", "{{ pool }}", "Außendienst", "what?", "a;b=c", "%2F"],
)
def test_names_of_labels_reach_the_server_as_they_are(server, call, name):
    server.answer("GET", "/api/v1/dm/labels", labels_v1(7, name))
    run(call, server, "device_info", api="v1", select={"labels": [name]})
    assert sent(server, "E06") == [(f"/api/v1/dm/labels/{name}", [])]


@pytest.mark.parametrize("status", [200, 404, 400])
def test_every_status_is_read(server, call, status):
    """One call for each status; a server may refuse the three that the document does not list among
    those to ask for."""
    server.answer(
        "GET",
        "/api/v1/dm/devices",
        *[documented("E01")] * 11,
        Answer(documented("E01") if status == 200 else NO_DATA, status=status),
    )
    result = run(call, server, "device_info", api="v1", concurrency=1)
    listed = set(re.findall(r"\w+", CONTRACTS["E01"].parameters[0].matches.pattern))
    asked = {dict(query)["status"] for _path, query in sent(server, "E01")}
    assert (
        asked == listed | {"BLOCKED", "RETIRE_PENDING", "WIPE_PENDING"}
        and len(sent(server, "E01")) == len(asked) == 14
    )
    # Everywhere the same device is answered here.
    assert [row["guid"] for row in result["devices"]] == [DEVICE]


def test_a_status_of_the_document_that_is_refused_is_an_error(server, call):
    with recording() as picky:
        picky.answer(
            "GET",
            "/api/v1/dm/devices",
            Answer({"messages": {"message": "Invalid status"}}, status=400),
        )
        with pytest.raises(ModuleFailed, match=r"HTTP 400 \(Invalid status\)"):
            run(call, picky, "device_info", api="v1")
        one = run(
            call, server, "device_info", api="v1", select={"attributes": {"status": "active"}}
        )
    assert one["count"] == 1 and sent(server, "E01") == [
        ("/api/v1/dm/devices", [("status", "ACTIVE")])
    ]


def test_an_empty_server_answers_404_to_every_list(server, call):
    server.answer(
        "GET",
        "/api/v1/dm/devices",
        Answer("<html>No Data Found</html>", status=404, content_type="text/html"),
    )
    assert run(call, server, "device_info", api="v1")["devices"] == []


def test_details_of_api_v1(server, call):
    [row] = run(call, server, "device_info", api="v1", devices=[DEVICE], details=True)["devices"]
    assert sent(server, "E02") == [(f"/api/v1/dm/devices/{DEVICE}", [])] * 2
    assert row["details"] == {
        "device_model": "DROIDX",
        "platform_name": "2.2",
        "Client_version": "4.2.0",
    }
    assert (row["id"], row["status_raw"], row["user"], row["compliance"], row["phone_number"]) == (
        "2",
        "ACTIVE",
        "jdoe",
        0,
        "4085551212",
    )


def test_labels_of_api_v1(server, call):
    server.answer("GET", "/api/v1/dm/labels", documented("E22"))
    [row] = run(call, server, "label_info", api="v1")["labels"]
    assert sent(server, "E22") == [("/api/v1/dm/labels", [])]
    assert row == {
        "id": "-3",
        "name": "iOS",
        "static": False,
        "system": True,
        "device_count": 3,
        "space": "",
        "description": "Label for all iOS devices.",
        "criteria": '"common.platform"="iOS" AND "common.retired"=false',
    }


# API v2: devices and labels


def test_every_device_of_api_v2(server, call):
    [row] = run(call, server, "device_info")["devices"]
    assert (row["id"], row["guid"], row["platform"], row["user"], row["compliant"]) == (
        "1",
        OTHER,
        "android",
        "jdoe",
        True,
    )
    assert (
        len(sent(server, "S_ping")) == len(sent(server, "S_device_spaces_mine")) == 1
        and sent(server, "S_search_fields") == []
    )
    [(_path, query)] = sent(server, "S_devices")
    assert (
        dict(query)["query"] == ""
        and dict(query)["adminDeviceSpaceId"] == "1"
        and dict(query)["offset"] == "0"
    )


BAD = Answer({"messages": [{"type": "Error", "localizedMessage": "Invalid parameter"}]}, status=400)


def fields_of(query):
    return set(dict(query)["fields"].split(","))


def test_a_server_that_does_not_sort_is_read_as_it_comes(server, call):
    server.answer("GET", "/api/v2/devices", BAD, page("S_devices", v2_row(OTHER, 1)))
    server.answer(
        "GET",
        "/api/v2/labels/label_summary",
        BAD,
        page("S_label_summary", label(-1, "All-Smartphones")),
    )
    assert [
        row["id"]
        for row in run(call, server, "device_info", select={"labels": ["All-Smartphones"]})[
            "devices"
        ]
    ] == ["1"]
    for contract in ("S_devices", "S_label_summary"):
        assert ["sortField" in dict(query) for _path, query in sent(server, contract)] == [
            True,
            False,
        ]
    assert sent(server, "S_search_fields") == []


def test_fields_that_a_server_refuses_are_left_out_but_for_what_a_verdict_depends_on(server, call):
    row = v2_row(OTHER, 1, **{"common.security_state": "Compromised", "common.compliant": True})
    server.answer("GET", "/api/v2/devices", BAD, BAD, page("S_devices", row))
    server.answer(
        "GET",
        "/api/v2/device_spaces/mine",
        {"results": [{"id": 2, "name": "Berlin"}, {"id": 3, "name": "Paris"}]},
    )
    [found] = run(call, server, "device_info")["devices"]
    assert found["compliant"] is False and found["compliance_reasons"] == ["compromised"]
    assert [
        dict(query)["adminDeviceSpaceId"] for _path, query in sent(server, "S_search_fields")
    ] == ["2"]
    queries = [query for _path, query in sent(server, "S_devices")]
    # In the second space the server is not tried again.
    assert [len(fields_of(query)) > 20 for query in queries] == [True, True, False, False]
    # fmt: off
    assert fields_of(queries[3]) == fields_of(queries[2]) == {
        "common.uuid", "common.id", "common.SerialNumber", "common.status", "common.security_state", "common.compliant", "common.quarantined",
    }
    # fmt: on


DECIDING = [
    ({"last_seen_within": "7d"}, "common.last_connected_at", "select.last_seen_within"),
    ({"registered_within": "7d"}, "common.registration_date", "select.registered_within"),
    ({"attributes": {"imei": "352099001761481"}}, "common.imei", "select.attributes.imei"),
    ({"query": "[?!last_seen_at]"}, "common.last_connected_at", "select.query"),
    ({"query": "[?!blocked]"}, "common.blocked", "select.query"),
    ({"query": "[?'x' == \"ios.ModelName\"]"}, "ios.ModelName", "select.query"),
]


@pytest.mark.parametrize(("select", "field", "option"), DECIDING)
def test_a_field_that_decides_is_not_left_out(server, call, select, field, option):
    server.answer("GET", "/api/v2/devices", BAD, BAD, page("S_devices", v2_row(OTHER, 1)))
    run(call, server, "device_info", select=select, on_missing="skip")
    *_refused, (_path, query) = sent(server, "S_devices")
    assert field in fields_of(query) and len(fields_of(query)) < 12
    server.answer("GET", "/api/v2/devices", BAD)
    with pytest.raises(ModuleFailed) as refused:
        run(call, server, "device_info", select=select, on_missing="skip")
    assert str(refused.value).startswith(
        f"{option}: the server refused a request with '{field}', and does not list such a field."
    )


@pytest.mark.parametrize(
    "listed",
    [
        BAD,
        Answer({}, status=403),
        Answer("<html>Sign in</html>", content_type="text/html"),
        {"results": []},
    ],
)
def test_the_other_api_is_named_where_this_one_refuses(server, call, listed):
    server.answer("GET", "/api/v2/devices/search_fields", listed)
    server.answer("GET", "/api/v2/devices", BAD)
    with pytest.raises(
        ModuleFailed,
        match=r"GET /api/v2/devices failed: HTTP 400 \(Invalid parameter\). Where API v2 .* set api=v1",
    ):
        run(call, server, "device_info")
    # What is wrong in an author's own query is not cured by the other API.
    with pytest.raises(ModuleFailed, match=r"HTTP 400 \(Invalid parameter\)\.$"):
        run(call, server, "device_info", select={"filters": "common.colour = 7"})


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_a_server_without_api_v2_is_read_through_api_v1(server, call, status):
    server.answer(
        "GET",
        "/api/v2/ping",
        Answer("<html>Not here</html>", status=status, content_type="text/html"),
    )
    expected = run(call, server, "device_info", api="v1")["devices"]
    assert run(call, server, "device_info")["devices"] == expected != []
    assert run(call, server, "label_info")["count"] == 1
    static = {
        **documented("E22")["labels"]["label"],
        "@id": "7",
        "name": "label1",
        "staticLabel": True,
        "deviceCount": 0,
    }
    server.answer("GET", "/api/v1/dm/labels", {**documented("E22"), "labels": {"label": static}})
    server.answer("GET", "/api/v1/dm/labels/label1", Answer(NO_DATA, status=404))
    with pytest.raises(ModuleFailed, match="api: putting labels on devices needs API v2"):
        run(call, server, "device_label", devices=[DEVICE], labels=["label1"])
    assert sent(server, "S_devices") == []


def test_devices_of_several_spaces_are_written_in_their_own(server, call):
    server.answer(
        "GET",
        "/api/v2/device_spaces/mine",
        {"results": [{"id": 2, "name": "Berlin"}, {"id": 3, "name": "Paris"}]},
    )
    server.answer(
        "GET",
        "/api/v2/devices",
        page("S_devices", v2_row(OTHER, 1)),
        page("S_devices", v2_row(OTHER, 1), v2_row(DEVICE, 2)),
    )
    own = [{**row, "deviceSpaceId": 2, "deviceSpaceName": "Berlin"} for row in LABELS]
    server.answer("GET", "/api/v2/labels/label_summary", page("S_label_summary", *own))
    server.answer("PUT", "/api/v2/devices/labels/.*", documented("E50"))
    assert (
        run(call, server, "device_label", devices=[1, 2], labels=["label1"])["summary"]["changed"]
        == 2
    )
    expected = {(OTHER, "2"), (DEVICE, "3")}
    assert {
        (path.split("/")[4], dict(query)["adminDeviceSpaceId"])
        for path, query in sent(server, "E49")
    } == expected
    put = [request for request in server.requests if request.method == "PUT"]
    assert {
        (json.loads(one.body)["deviceUuids"][0], dict(parse_qsl(one.query))["adminDeviceSpaceId"])
        for one in put
    } == expected


@pytest.mark.parametrize("gone", [1, 2])
def test_a_device_that_vanishes_before_its_labels_are_read(server, call, gone):
    server.answer("GET", "/api/v2/devices", page("S_devices", v2_row(OTHER, 1), v2_row(DEVICE, 2)))
    many = [
        label(number, f"many{number}", isStatic=True, rowType="ADMIN") for number in range(100, 104)
    ]
    server.answer("GET", "/api/v2/labels/label_summary", page("S_label_summary", *LABELS, *many))
    for uuid in (OTHER, DEVICE)[:gone]:
        server.answer("GET", f"/api/v2/devices/{uuid}/labels", Answer({}, status=404))
    options = {
        "devices": [1, 2],
        "labels": ["Sales", *(one["name"] for one in many)],
        "state": "absent",
        "check_mode": True,
    }
    if gone == 2:
        # A server that has not got the call takes no device off its labels, and must not pass for
        # one where none has any.
        with pytest.raises(ModuleFailed, match="HTTP 404"):
            run(call, server, "device_label", **options)
    else:
        result = run(call, server, "device_label", **options)
        assert (result["summary"]["changed"], result["summary"]["unchanged"]) == (1, 1)


@pytest.mark.parametrize(
    ("select", "query"),
    [
        ({"ids": [1]}, '"common.id" = 1'),
        ({"guids": [OTHER], "serial_numbers": ["R5CT1"]}, f'"common.uuid" = "{OTHER}" OR "common.SerialNumber" = "R5CT1"'),
        ({"emails": ["jdoe@example.com"]}, '"user.email_address" = "jdoe@example.com"'),
        ({"users": ["jdoe"]}, '"user.user_id" = "jdoe"'),
        ({"attributes": {"status": "ACTIVE"}}, '"common.status" = "ACTIVE"'),
        ({"attributes": {"status": "ACTIVE", "quarantined": True}}, '("common.status" = "ACTIVE") AND ("common.quarantined" = true)'),
        ({"filters": 'common.status = "ACTIVE"'}, 'common.status = "ACTIVE"'),
        # What no query can say is left to the rows.
        ({"attributes": {"display_name": 'Joe "x" Doe'}}, ""),
        ({"registered_within": "1d"}, ""),
    ],
)  # fmt: skip
def test_queries(server, call, select, query):
    fits = {
        "user.email_address": "jdoe@example.com",
        "user.user_id": "jdoe",
        "common.quarantined": True,
    }
    server.answer("GET", "/api/v2/devices", page("S_devices", v2_row(OTHER, 1, **fits)))
    run(call, server, "device_info", select=select, on_missing="skip")
    first, *samples = [dict(pairs)["query"] for _path, pairs in sent(server, "S_devices")]
    assert first == query and not any(samples)


@pytest.mark.parametrize(
    "select",
    [{"ids": [2]}, {"emails": ["nobody@example.com"]}, {"attributes": {"status": "WIPED"}}, {"attributes": {"quarantined": True}}],
)  # fmt: skip
def test_a_row_that_contradicts_the_query_is_refused(server, call, select):
    with pytest.raises(
        ModuleFailed, match="was asked for .*, and sent device 1.*; nothing was done"
    ):
        run(call, server, "device_info", select=select, on_missing="skip")


def test_devices_of_a_label_are_chosen_by_its_id(server, call):
    run(call, server, "device_info", select={"labels": ["All-Smartphones"]})
    [(_path, query)] = sent(server, "S_devices")
    assert dict(query)["labelId"] == "-1" and "query" not in dict(query)


def test_device_spaces(server, call):
    run(call, server, "device_info", spaces=["Berlin"])
    assert [dict(query)["adminDeviceSpaceId"] for _path, query in sent(server, "S_devices")] == [
        "2"
    ]
    assert len(sent(server, "S_device_spaces")) == 1


def test_devices_are_counted_where_a_share_is_asked_for(server, call):
    server.answer(
        "GET",
        "/api/v2/labels/label_summary",
        page("S_label_summary", label(7, "label1", isStatic=True, rowType="ADMIN")),
    )
    server.answer("GET", "/api/v2/devices/count", documented("S_devices_count"))
    with pytest.raises(Exception, match=r"1 of 212 devices \(0.47 %\) and max_percent is 0.1"):
        run(call, server, "device_label", devices=[OTHER], labels=["label1"], max_percent=0.1)
    assert sent(server, "S_devices_count") == [
        ("/api/v2/devices/count", [("adminDeviceSpaceId", "1"), ("query", "")])
    ]


def test_labels_of_api_v2(server, call):
    [row] = run(call, server, "label_info")["labels"]
    [(_path, query)] = sent(server, "S_label_summary")
    assert {name: dict(query)[name] for name in ("adminDeviceSpaceId", "limit", "offset")} == {
        "adminDeviceSpaceId": "1",
        "limit": "200",
        "offset": "0",
    }
    assert (row["id"], row["static"], row["system"], row["space"]) == ("-1", False, True, "Global")


LABELS = [
    label(number, name, isStatic=True, rowType="ADMIN")
    for number, name in ((1007, "Sales"), (8, "label1"), (9, "label2"))
]


@pytest.mark.parametrize(
    ("contract", "options", "path"),
    [
        ("E50", {"labels": ["label1"]}, "/api/v2/devices/labels/label1/add"),
        ("E50", {"labels": ["label2", "label1"]}, "/api/v2/devices/labels/label1,label2/add"),
        ("E51", {"labels": ["Sales"], "state": "absent"}, "/api/v2/devices/labels/Sales/remove"),
    ],
)
def test_labels_are_moved(server, call, contract, options, path):
    """The device has the labels of the document's example: All-Smartphones and Sales."""
    server.answer("GET", "/api/v2/labels/label_summary", page("S_label_summary", *LABELS))
    server.answer("PUT", "/api/v2/devices/labels/.*", documented(contract))
    result = run(call, server, "device_label", devices=[OTHER], **options)
    assert result["summary"]["changed"] == 1 and sent(server, contract) == [
        (path, [("adminDeviceSpaceId", "1")])
    ]
    [written] = [request for request in server.requests if request.method == "PUT"]
    assert json.loads(written.body) == {"deviceUuids": [OTHER]}
    assert sent(server, "E49") == [
        (f"/api/v2/devices/{OTHER}/labels", [("adminDeviceSpaceId", "1")])
    ]


def test_purge_adds_and_removes(server, call):
    server.answer("GET", "/api/v2/labels/label_summary", page("S_label_summary", *LABELS))
    server.answer("PUT", "/api/v2/devices/labels/.*", documented("E50"))
    run(call, server, "device_label", devices=[OTHER], labels=["label1"], purge=True)
    assert [path for contract in ("E50", "E51") for path, _query in sent(server, contract)] == [
        "/api/v2/devices/labels/label1/add",
        "/api/v2/devices/labels/Sales/remove",
    ]


@pytest.mark.parametrize("contract", ["E50", "E51"])
def test_the_documented_refusal_is_no_success(server, call, contract):
    server.answer("GET", "/api/v2/labels/label_summary", page("S_label_summary", *LABELS))
    refusal = next(
        example.answer
        for example in CONTRACTS[contract].examples
        if example.answer == {"successful": False}
    )
    server.answer("PUT", "/api/v2/devices/labels/.*", refusal)
    options = {"E50": {"labels": ["label1"]}, "E51": {"labels": ["Sales"], "state": "absent"}}[
        contract
    ]
    with pytest.raises(
        Exception,
        match="1 of 1 device could not be changed.*answered HTTP 200, but reported no success",
    ):
        run(call, server, "device_label", devices=[OTHER], **options)


def test_the_documented_error_is_told(server, call):
    [example] = load_all()["S_epmm_error"].examples
    server.answer(
        "GET", "/api/v2/labels/label_summary", Answer(example.answer, status=example.status)
    )
    with pytest.raises(Exception, match=r"HTTP 400 \(limit must be less than or equal to 200\)"):
        run(call, server, "label_info")


def test_a_server_without_api_v2(server, call):
    server.answer(
        "GET", "/api/v2/.*", Answer("<html></html>", status=404, content_type="text/html")
    )
    assert [
        row["guid"]
        for row in run(call, server, "device_info", select={"users": ["jdoe"]})["devices"]
    ] == [DEVICE]
    assert len(sent(server, "S_ping")) == 1 and len(sent(server, "E05")) == 1


# Alerts


@pytest.mark.parametrize(
    ("contract", "options", "path", "query"),
    [
        ("E37", {}, "/api/v1/alerts", []),
        ("E37", {"read": False}, "/api/v1/alerts", [("isRead", "false")]),
        ("E37", {"read": True, "types": ["SYSTEM_ALERT"]}, "/api/v1/alerts", [("isRead", "true")]),
        ("E38", {"phone_numbers": ["650-555-1212"]}, "/api/v1/alerts/phones/6505551212", []),
        ("E38", {"phone_numbers": ["6505551212"], "read": True}, "/api/v1/alerts/phones/6505551212", [("isRead", "true")]),
        ("E39", {"users": ["jdoe"]}, "/api/v1/alerts/users/jdoe", []),
        ("E39", {"users": ["a/b, ü"], "read": False}, "/api/v1/alerts/users/a/b, ü", [("isRead", "false")]),
        ("E40", {"users": ["jdoe"], "phone_numbers": ["16505551212"]}, "/api/v1/alerts/users/jdoe/phones/16505551212", []),
    ],
)  # fmt: skip
def test_alerts_are_read(server, call, contract, options, path, query):
    run(call, server, "alert_info", on_missing="skip", **options)
    assert sent(server, contract) == [(path, query)] and len(server.requests) == 1


@pytest.mark.parametrize(("contract", "options"), [
    ("E37", {}), ("E38", {"phone_numbers": ["6505551212"]}),
    # The user who is asked for is not the one who receives the alert.
    ("E39", {"users": ["jdoe"]}), ("E40", {"users": ["jdoe"], "phone_numbers": ["6505551212"]}),
])  # fmt: skip
def test_the_documented_alert_is_understood(server, call, contract, options):
    """Its id is an attribute in one answer and an element in the others, and its user's uuid has
    two names."""
    [alert] = run(call, server, "alert_info", **options)["alerts"]
    raw = documented(contract)["alerts"]["alert"]
    assert (
        alert["id"] == "5"
        and alert["user_uuid"] == "asdasd-34sd-234sdf-sfsdfd"
        and alert["user"] == "miadmin"
    )
    # isActive false is read; isAlertRead is not used.
    assert alert["read"] is True and raw["isActive"] is False
    assert (alert["type"], alert["severity"], alert["status"]) == (
        "MEMORY_SIZE_EXCEEDED_ALERT",
        raw["severity"],
        "DISPATCHED",
    )
    assert alert["raised_at"] == "2010-05-01T01:02:00Z" and alert["text"] == raw["alertText"]


def alerts(*numbers: int, active: bool):
    row = documented("E37")["alerts"]["alert"]
    return {
        "messages": {},
        "alerts": {
            "alert": [{**row, "@id": str(number), "isActive": active} for number in numbers]
        },
    }


def test_one_alert_is_marked(server, call):
    server.answer("GET", "/api/v1/alerts", alerts(3936, active=False))
    server.answer("PUT", "/api/v1/alerts/3936", documented("E41"))
    assert run(call, server, "alert", ids=[3936], state="unread", comment="Reset")["changed"]
    assert sent(server, "E41") == [
        ("/api/v1/alerts/3936", [("isRead", "false"), ("comments", "Reset")])
    ]


def test_several_alerts_are_marked(server, call):
    """The document's answer is of ten alerts; for two that cannot be, and so the alerts are looked
    at."""
    server.answer(
        "GET", "/api/v1/alerts", alerts(3934, 3936, active=True), alerts(3934, 3936, active=False)
    )
    server.answer("PUT", "/api/v1/alerts", documented("E42"))
    comment = "Gelesen & erledigt + 100 %"
    assert run(call, server, "alert", ids=[3936, 3934], comment=comment)["summary"]["changed"] == 2
    assert sent(server, "E42") == [
        (
            "/api/v1/alerts",
            [("id", "3934"), ("id", "3936"), ("isRead", "true"), ("comments", comment)],
        )
    ]
    assert len(sent(server, "E37")) == 2


def test_a_count_that_adds_up_is_believed(server, call):
    server.answer("GET", "/api/v1/alerts", alerts(3934, 3936, active=True))
    said = documented("E42")["messages"]["message"].replace("10", "2")
    server.answer("PUT", "/api/v1/alerts", {"messages": {"message": said}})
    assert run(call, server, "alert", ids=[3936, 3934], comment="seen")["summary"]["changed"] == 2
    assert len(sent(server, "E37")) == 1


@pytest.mark.parametrize(("module", "path", "contract", "many"), [
    ("alert_info", "/api/v1/alerts", "E37", "alerts"), ("policy_info", "/api/v1/policies", "E43", "policies"),
    ("label_info", "/api/v1/dm/labels", "E22", "labels"),
])  # fmt: skip
def test_a_list_that_is_cut_off_is_told(server, call, module, path, contract, many):
    server.answer("GET", path, {**documented(contract), "totalCount": 5000})
    with pytest.raises(ModuleFailed, match=f"The server counts 5000 {many} and sent 1 of them"):
        run(call, server, module, api="v1")


@pytest.mark.parametrize("number", ["A-17", "²"])
def test_an_id_that_is_no_number_is_told(server, call, number):
    server.answer(
        "GET",
        "/api/v1/alerts",
        {"alerts": {"alert": [{**documented("E37")["alerts"]["alert"], "@id": number}]}},
    )
    with pytest.raises(ModuleFailed, match="an alert whose id is not a number"):
        run(call, server, "alert_info")
    server.answer(
        "GET", "/api/v2/devices", page("S_devices", v2_row(OTHER, 1) | {"common.id": number})
    )
    with pytest.raises(ModuleFailed, match="a device without a usable id and uuid"):
        run(call, server, "device_info")


def test_an_alert_that_may_be_read_or_not_keeps_no_other_from_being_marked(server, call):
    found = alerts(3934, 3936, active=True)
    del found["alerts"]["alert"][1]["isActive"]
    server.answer("GET", "/api/v1/alerts", found)
    server.answer("PUT", "/api/v1/alerts/3934", documented("E41"))
    assert [one["read"] for one in run(call, server, "alert_info", read=False)["alerts"]] == [
        False,
        None,
    ]
    with pytest.raises(
        ModuleFailed,
        match="Refused: the server does not say whether these alerts are read: alert 3936 ",
    ):
        run(call, server, "alert", ids=[3934, 3936], comment="seen")
    assert sent(server, "E41") == sent(server, "E42") == []
    assert run(call, server, "alert", ids=[3934], comment="seen")["changed"]


# Policies


def test_policies_are_read(server, call):
    [policy] = run(call, server, "policy_info")["policies"]
    assert sent(server, "E43") == [("/api/v1/policies", [])]
    assert (policy["id"], policy["name"], policy["policy_type"], policy["profile_type"]) == (
        "-2",
        "Default Privacy Policy",
        "DEFAULT",
        "PRIVACY",
    )
    assert (
        policy["active"],
        policy["priority"],
        policy["device_count"],
        policy["pending_count"],
    ) == (True, 1, 1, 1)
    [rule] = policy["rules"]
    assert (rule["type"], rule["raw"], rule["known"]) == ("PRIVACY_SYNC_CALLLOGS", "store", True)


def test_policies_of_a_device_are_read(server, call):
    result = run(call, server, "policy_info", devices=[OTHER])
    assert sent(server, "E44") == [(f"/api/v1/policies/devices/{OTHER}", [])]
    assert (
        result["devices"][0]["policies"] == ["-2"] and result["policies"][0]["device_count"] is None
    )


@pytest.mark.parametrize(
    ("state", "action"), [("present", "apply_label"), ("absent", "remove_label")]
)
@pytest.mark.parametrize("name", ["Testlabel", "R&D, Lab #3", "a/b"])
def test_a_policy_is_put_on_a_label_and_taken_off(server, call, state, action, name):
    """No device of the label is active here, so that nothing is known and the request is sent in
    any case."""
    server.answer(
        "GET",
        "/api/v2/labels/label_summary",
        page("S_label_summary", label(7, name, deviceCount=0)),
    )
    server.answer("GET", "/api/v2/devices", page("S_devices"))
    server.answer("PUT", "/api/v1/policies/.*", documented("E45"))
    result = run(call, server, "label_policy", policy=-2, label=name, state=state)
    assert result["sent"] and not result["changed"] and result["known"] == "unknown"
    assert sent(server, "E45") == [("/api/v1/policies/-2", [("action", action), ("label", name)])]
