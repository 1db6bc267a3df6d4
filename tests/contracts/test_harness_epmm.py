# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract harness has for EPMM: XML, Accept headers, writes in the query, values that
stand for a server's own; and that a server that deviates is caught."""

from __future__ import annotations

from typing import Any

import pytest

from .check import check_request
from .contract import Example, load_all
from .recorder import Answer, Recorded, recording
from .replay import Server, reader, replay, targets
from .test_harness import (
    GUID,
    NAMED_ONLY,
    REQUIRED_IDS,
    request,
)
from .world import (
    KINDS,
    WorldError,
    in_tree,
    stand_ins,
)
from .xmltree import (
    XmlDocument,
    parse_xml,
    statement,
    values_at,
)

CONTRACTS = load_all()
JSON = "application/json"
LABELS = "/api/v2/devices/labels"
SPACE = "adminDeviceSpaceId=1"


def same_request(one: Example, other: Example) -> bool:
    return (one.path, one.query, one.body) == (other.path, other.query, other.body)


PAIRS = [
    (name, one, other)
    for name, contract in CONTRACTS.items()
    for one in contract.examples
    for other in contract.examples
    if one.in_xml
    and not other.in_xml
    and same_request(one, other)
    and "none" not in (one.basis, other.basis)
]


# Two calls answer files, and of one the documents show no answer.
WITHOUT_XML = NAMED_ONLY | {"E03", "E48", "E29"}


def test_every_documented_xml_answer_is_carried_over_to_json() -> None:
    carried_over = {
        name for name, one, other in PAIRS if (one.basis, other.basis) == ("document", "mapped")
    }
    assert carried_over >= {name for name in REQUIRED_IDS if name.startswith("E")} - WITHOUT_XML
    assert not carried_over & WITHOUT_XML


@pytest.mark.parametrize(
    ("name", "in_xml", "in_json"), PAIRS, ids=[name for name, one, other in PAIRS]
)
def test_the_json_says_what_the_documented_xml_says(
    name: str, in_xml: Example, in_json: Example
) -> None:
    assert untypeset(statement(in_json.answer)) == untypeset(
        statement(parse_xml(in_xml.answer).tree)
    )


def untypeset(value: Any) -> Any:
    """Blanks at the ends of a message, and several in it, are the typesetter's."""
    if isinstance(value, list):
        return [untypeset(one) for one in value]
    if isinstance(value, dict):
        return {key: untypeset(one) for key, one in value.items()}
    return " ".join(value.split())


def epmm(method: str, target: str, body: Any = None, *, accept: str | None = JSON) -> Recorded:
    """A request that asks for JSON, as those of API v1 have to."""
    return request(method, target, body, accept=accept)


RIGHT: list[tuple[str, Recorded]] = [
    ("E01", epmm("GET", "/api/v1/dm/devices?status=VERIFICATION_PENDING")),
    ("E01", epmm("GET", "/api/v1/dm/devices", accept="application/xml")),
    ("E01", epmm("GET", "/api/v1/dm/devices", accept="application/json, text/html;q=0.1")),
    ("E04", epmm("GET", "/api/v1/dm/phones/6505551212,4155551212")),
    ("E04", epmm("GET", "/api/v1/dm/phones/6505551212%2C4155551212")),
    ("E06", epmm("GET", "/api/v1/dm/labels/Sales%2FEMEA%2C%20%231")),
    ("E42", epmm("PUT", "/api/v1/alerts?id=1&id=2&isRead=true&comments=a%20b")),
    ("E42", epmm("PUT", "/api/v1/alerts/?id=1&isRead=true&comments=a")),
    ("E45", epmm("PUT", "/api/v1/policies/-2?action=remove_label&label=R%26D%2C+Lab+%233")),
    ("E50", epmm("PUT", f"{LABELS}/a,b%2Fc/add?{SPACE}", {"deviceUuids": [GUID]}, accept=None)),
]


@pytest.mark.parametrize(("name", "sent"), RIGHT)
def test_a_right_request_has_no_difference(name: str, sent: Recorded) -> None:
    assert check_request(sent, CONTRACTS[name]) == []


# fmt: off
WRONG: list[tuple[str, Recorded, str]] = [
    ("E01", epmm("GET", "/api/v1/dm/devices", accept=None), "Accept: none"),
    ("E01", epmm("GET", "/api/v1/dm/devices", accept="*/*"), "Accept: */*"),
    ("E01", epmm("GET", "/api/v1/dm/devices?status=active"), "status='active'"),
    ("E01", epmm("GET", "/api/v1/dm/devices?status=ACTIVE,LOST"), "status='ACTIVE,LOST'"),
    ("E01", epmm("GET", "/api/v1/dm/devices?Status=LOST"), "'Status' is not a documented parameter"),
    ("E02", epmm("GET", f"/api/v1/dm/devices/{GUID},{GUID}"), "does not fit"),
    ("E04", epmm("GET", "/api/v1/dm/phones/+14155551212"), "does not fit"),
    ("E04", epmm("GET", "/api/v1/dm/phones/650-5551212"), "does not fit"),
    ("E06", epmm("GET", "/api/v1/dm/labels/Sales/EMEA"), "documented is /api/v1/dm/labels/{label}"),
    ("E06", epmm("GET", "/api/v1/dm/labels/%2e%2e"), "label='..'"),
    ("E06", epmm("GET", "/api/v1/dm/labels/R#D"), "percent-encoded"),
    ("E07", epmm("GET", "/api/v1/dm/devices/mac/38:AA:3C:62:BF:AD"), "does not fit"),
    ("E37", epmm("GET", "/api/v1/alerts?isRead=True"), "isRead='True'"),
    ("E37", epmm("GET", "/api/v1/alerts/"), "documented is /api/v1/alerts"),
    ("E41", epmm("PUT", "/api/v1/alerts/5?isRead=true"), "comments is missing"),
    ("E41", epmm("PUT", "/api/v1/alerts/5?comments=a"), "isRead is missing"),
    ("E41", epmm("PUT", f"/api/v1/alerts/5?isRead=true&comments={'x' * 256}"), "does not fit"),
    ("E41", epmm("PUT", "/api/v1/alerts/5?isRead=true&comments="), "comments=''"),
    ("E41", epmm("PUT", "/api/v1/alerts/5", {"isRead": True, "comments": "a"}), "documented is none"),
    ("E41", epmm("POST", "/api/v1/alerts/5?isRead=true&comments=a"), "method: POST"),
    ("E42", epmm("PUT", "/api/v1/alerts?id=1,2&isRead=true&comments=a"), "id='1,2'"),
    ("E42", epmm("PUT", "/api/v1/alerts?isRead=true&comments=a"), "id is missing"),
    ("E42", epmm("PUT", "/api/v1/alerts?id=1&isRead=true&isRead=false&comments=a"), "more than once"),
    ("E45", epmm("PUT", "/api/v1/policies/-2?action=apply&label=a"), "action='apply'"),
    ("E45", epmm("PUT", "/api/v1/policies/-2?action=apply_label"), "label is missing"),
    ("E45", epmm("PUT", "/api/v1/policies/Privacy?action=apply_label&label=a"), "policy='Privacy'"),
    ("E49", epmm("GET", f"/api/v2/devices/{GUID}/labels"), "adminDeviceSpaceId is missing"),
    ("E50", epmm("PUT", f"{LABELS}/a/add?{SPACE}", {"deviceUuids": []}), "the list is empty"),
    ("E50", epmm("PUT", f"{LABELS}/a/add?{SPACE}", {"deviceUuids": ["1"]}), "expected guid"),
    ("E50", epmm("PUT", f"{LABELS}/a/add?{SPACE}", {"deviceUids": [GUID]}), "'deviceUids' is not a documented"),
    ("E50", epmm("PUT", f"{LABELS}/a/add?{SPACE}&deviceUuids={GUID}"), "belongs in the json"),
    ("E50", epmm("PUT", f"{LABELS}/a/b/add?{SPACE}", {"deviceUuids": [GUID]}), "documented is"),
    ("E51", epmm("PUT", f"{LABELS}/a/add?{SPACE}", {"deviceUuids": [GUID]}), "documented is"),
    ("S_devices", epmm("GET", f"/api/v2/devices?{SPACE}&query="), "fields is missing"),
    ("S_devices", epmm("GET", f"/api/v2/devices?{SPACE}&query=&fields=a&limit=201"), "limit='201'"),
    ("S_devices", epmm("GET", f"/api/v2/devices?{SPACE}&fields={','.join(['a'] * 513)}"), "does not fit"),
    ("S_devices", epmm("GET", f"/api/v2/devices?{SPACE}&fields=a&query={'x' * 256}"), "does not fit"),
    ("S_label_summary", epmm("GET", f"/api/v2/labels/label_summary?{SPACE}&limit=201"), "limit='201'"),
]
# fmt: on


@pytest.mark.parametrize(("name", "sent", "words"), WRONG)
def test_a_wrong_request_has_its_difference_named(name: str, sent: Recorded, words: str) -> None:
    assert any(words in fault for fault in check_request(sent, CONTRACTS[name]))


XML_TREES: list[tuple[str, Any]] = [
    ("<r/>", ""),
    ("<r> a </r>", " a "),
    ("<r> \n </r>", ""),
    ("<r><a/></r>", {"a": ""}),
    ("<r><a>1</a></r>", {"a": "1"}),
    ("<r><a>1</a><a>2</a></r>", {"a": ["1", "2"]}),
    ("<r><a><b>1</b></a></r>", {"a": [{"b": "1"}]}),
    ("<r><a i='2'/></r>", {"a": [{"@i": "2"}]}),
    ("<r xmlns='urn:x'><a>&lt;&amp;</a></r>", {"a": "<&"}),
]


@pytest.mark.parametrize(("text", "tree"), XML_TREES)
def test_an_element_is_read_as_described(text: str, tree: Any) -> None:
    assert parse_xml(text) == XmlDocument("r", tree)


@pytest.mark.parametrize("text", ["", "{}", "<a>", "<a></b>", "<a>&nbsp;</a>"])
def test_what_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not XML"):
        parse_xml(text)


@pytest.mark.parametrize(("one", "other", "same"), [
    ({"d": {"n": 1, "t": True}}, {"d": [{"n": "1", "t": "true"}]}, True),
    ({"messages": None, "a": "x"}, {"messages": "", "a": "x"}, True),
    ({"details": [{"entry": {"key": "a"}}]}, {"details": [{"entry": [{"key": "a"}]}]}, True),
    ({"details": [{}]}, {"details": ""}, True),
    ({"comment": "  "}, {"comment": ""}, True),
    ({"comment": " a"}, {"comment": "a"}, False),
    ({"d": 1}, {"d": "2"}, False),
    ({"d": False}, {"d": "0"}, False),
    ({"d": [1, 2]}, {"d": ["2", "1"]}, False),
    ({"d": 1, "e": 2}, {"d": "1"}, False),
    ({"d": 0}, {"d": ""}, False),
])  # fmt: skip
def test_what_an_answer_says_does_not_hang_on_its_form(one: Any, other: Any, same: bool) -> None:
    assert (statement(one) == statement(other)) is same


def test_values_are_found_through_lists_and_single_things() -> None:
    assert values_at({"a": [{"b": 1}, {"b": [2, 3]}, {"c": 4}]}, "a/b") == [1, 2, 3]
    assert values_at({"a": {"common.b": False}}, "a/common.b") == [False]
    assert values_at(None, "a/b") == []


def test_the_next_of_a_kind_is_another_one() -> None:
    rows = [
        {"uuid": "u1", "principal": "a"},
        {"uuid": "u2", "principal": "a"},
        {"uuid": "u3", "principal": "b"},
    ]
    asked: list[str] = []

    def read(target: str) -> Any:
        asked.append(target)
        return {"devices": {"device": rows}}

    assert stand_ins({"x": "a user", "y": "another user", "z": "another device"}, read) == {
        "x": "a",
        "y": "b",
        "z": "u2",
    }
    assert set(asked) == {"/api/v1/dm/devices"}
    del rows[2]
    with pytest.raises(WorldError, match="another user"):
        stand_ins({"y": "another user"}, read)
    assert KINDS >= {"a user", "another user", "an alert", "another alert"}


def test_the_servers_values_take_the_documents_places() -> None:
    example = CONTRACTS["E50"].examples[1]
    found = {value: f"<{place}/ü,>" for place, value in enumerate(example.stands_for)}
    [target] = targets(example, found=found)
    assert target == f"{LABELS}/%3C2%2F%C3%BC%2C%3E,%3C3%2F%C3%BC%2C%3E/add?{SPACE}"
    assert in_tree(example.body, found) == {"deviceUuids": ["<0/ü,>", "<1/ü,>"]}
    assert in_tree(example.then, found)["labels"]["<0/ü,>"] == {"has": ["<2/ü,>", "<3/ü,>"]}


def of(name: str, index: int = 0) -> Any:
    return CONTRACTS[name].examples[index].answer


def as_xml(text: str) -> Answer:
    return Answer(text, content_type="application/xml;charset=UTF-8")


# A server's answer to an example of a contract, and the words of the fault; none where the answer
# is right.
# fmt: off
REPLIES: list[tuple[str, int, Answer, str | None]] = [
    ("E01", 0, as_xml(of("E01")), None),
    ("E01", 0, Answer(of("E01"), content_type="text/xml"), None),
    ("E01", 0, Answer(of("E01", 1)), "Content-Type: application/json, asked for is application/xml"),
    ("E01", 0, as_xml(of("E01").replace(">97<", ">98<")), "devices/device/statusCode: ['98']"),
    ("E01", 0, as_xml(of("E01").replace("deviceManagementWeb", "alertWeb")), "the root is alertWebServiceResponse"),
    ("E01", 0, as_xml(of("E01").replace("<mdmManaged>false", "<mdmManaged>no")), "mdmManaged"),
    ("E01", 0, as_xml("<deviceManagementWebServiceResponse>"), "$: expected an object"),
    ("E01", 1, Answer(of("E01", 1)), None),
    ("E01", 1, as_xml(of("E01")), "Content-Type: application/xml, asked for is application/json"),
    ("E01", 1, Answer({"deviceManagementWebServiceResponse": of("E01", 1)}), "$.devices: missing"),
    ("E01", 1, Answer({"messages": None, "devices": {"device": []}}), "none of 2 shapes fits"),
    ("E01", 1, Answer({**of("E01", 1), "messages": None}), "messages: []"),
    ("E01", 2, Answer(of("E01", 1)), "devices/device/status: ['ACTIVE']"),
    ("E01", 5, Answer("<html>not found</html>", status=404, content_type="text/html"), None),
    ("E01", 5, Answer({"messages": {"message": "0 Device(s) returned"}, "devices": {}}), "status: 200 for 404"),
    ("E02", 1, Answer(of("E02", 1)), None),
    ("E02", 1, Answer({**of("E02", 1), "messages": {"message": "1 Device(s) returned"}}), "$.messages"),
    ("E02", 1, Answer({**of("E02", 1), "device": [of("E02", 1)["device"]]}), "$.device: expected an object"),
    ("E04", 1, Answer(of("E04", 1)), "devices/device/phoneNumber: ['4085551212']"),
    ("E04", 3, Answer(of("E04", 3)), None),
    ("E07", 1, Answer(of("E07", 1)), None),
    ("E07", 1, Answer(of("E02", 1)), None),
    ("E37", 3, Answer(of("E37", 1)), "Content-Type"),
    ("E37", 2, Answer(of("E37", 1)), "alerts/alert/isActive: [False], documented are [True]"),
    ("E50", 2, Answer({"successful": False}), None),
    ("E50", 2, Answer({"successful": True}), "successful: [True], documented are [False]"),
    ("E50", 2, Answer({"successful": "false"}), "$.successful: expected boolean"),
    ("S_epmm_error", 0, Answer({"messages": []}, status=400), "the list is empty"),
    ("S_epmm_error", 0, Answer(of("S_epmm_error")), "status: 200 for 400"),
]
# fmt: on


@pytest.mark.parametrize(("name", "index", "answer", "words"), REPLIES)
def test_an_answer_that_deviates_is_caught(
    name: str, index: int, answer: Answer, words: str | None
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    with recording() as server:
        server.queue(answer)
        faults = replay(Server(server.url, "u", "p"), contract, example, targets(example)[0])
        [sent] = server.requests
    assert check_request(sent, contract) == []
    assert faults == [] if words is None else any(words in fault for fault in faults)


ROW = of("E37", 1)["alerts"]["alert"]


@pytest.mark.parametrize(("said", "after", "words"), [
    ("Updated alert 7 successfully", {**ROW, "@id": "7", "isActive": True}, None),
    ("Updated alert 7 successfully", {**of("E38", 1)["alerts"]["alert"], "id": 7, "isActive": True}, None),
    ("Updated alert 7 successfully", {**ROW, "@id": "7", "isActive": False}, "alert 7: isActive False"),
    ("Updated alert 7 successfully", {**ROW, "@id": "8", "isActive": True}, "alert 7: isActive None"),
    ("Updated alert 8 successfully", {**ROW, "@id": "7", "isActive": True}, "messages: "),
    ("Invalid action", {**ROW, "@id": "7", "isActive": True}, "messages: "),
])  # fmt: skip
def test_an_update_that_is_not_seen_is_caught(
    said: str, after: dict[str, Any], words: str | None
) -> None:
    contract = CONTRACTS["E41"]
    done = f"<alertWebServiceResponse><messages><message>{said}</message></messages></alertWebServiceResponse>"
    with recording() as server:
        server.queue(as_xml(done), {"messages": None, "alerts": {"alert": after}})
        target = targets(contract.examples[0], found={"3936": "7"})[0]
        faults = replay(
            Server(server.url, "u", "p"), contract, contract.examples[0], target, {"3936": "7"}
        )
        sent = server.requests[0]
    assert (sent.method, sent.path, sent.query) == (
        "PUT",
        "/api/v1/alerts/7",
        "isRead=false&comments=Reset",
    )
    assert (sent.header("Content-Length"), sent.header("Accept")) == ("0", "application/xml")
    assert not faults if words is None else [fault for fault in faults if words in fault]


@pytest.mark.parametrize(("contract", "answer", "own", "words"), [
    ("E50", True, ["label1"], None),
    ("E50", True, [], "missing ['label1']"),
    ("E50", False, ["label1"], "successful: [False]"),
    ("E51", True, [], None),
    ("E51", True, ["label1"], "left ['label1']"),
])  # fmt: skip
def test_a_label_is_looked_at_after_it_was_put_or_taken(
    contract: str, answer: bool, own: list[str], words: str | None
) -> None:
    example = CONTRACTS[contract].examples[0]
    with recording() as server:
        server.queue(
            {"successful": answer}, {"results": [{"id": "1", "name": name} for name in own]}
        )
        faults = replay(
            Server(server.url, "u", "p"), CONTRACTS[contract], example, targets(example)[0]
        )
    assert not faults if words is None else words in faults[0]


@pytest.mark.parametrize(("own", "caught"), [("-2", True), ("1042", False)])
def test_a_policy_is_looked_at_after_it_was_applied(own: str, caught: bool) -> None:
    example = CONTRACTS["E45"].examples[2]
    policy = of("E43", 1)["policies"]["policy"]
    with recording() as server:
        server.queue(
            {"messages": {"message": "Policy applied to label Testlabel successfully."}},
            {"messages": None, "policies": {"policy": {**policy, "@id": own}}},
        )
        faults = replay(
            Server(server.url, "u", "p"), CONTRACTS["E45"], example, targets(example)[0]
        )
    assert bool(faults) is caught


def test_a_server_that_cannot_be_asked_is_named() -> None:
    with recording() as server:
        server.queue(Answer("<html>", status=500, content_type="text/html"), Answer("", status=404))
        read = reader(Server(server.url, "u", "p"))
        with pytest.raises(ValueError, match="GET /api/v1/alerts: 500"):
            read("/api/v1/alerts")
        assert read("/api/v1/alerts") is None
        assert {sent.header("Accept") for sent in server.requests} == {JSON}
