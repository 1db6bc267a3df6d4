# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract harness itself: shapes, file validation, the check of a request, and the recorder
over a real socket."""

from __future__ import annotations

import copy
import http.client
import json
import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml

from ..quick_yaml import load_yaml
from .check import check_request
from .contract import (
    FOLDER,
    MULTIPART,
    REQUIRED_IDS,
    XML,
    Contract,
    ContractError,
    load,
    load_all,
    load_shapes,
)
from .files import tree_of
from .recorder import (
    Answer,
    Recorded,
    Recorder,
    recording,
)
from .replay import payload, targets
from .shape import check_shape, match
from .xmltree import XmlDocument, parse_xml

CONTRACTS = load_all()
GUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"
NAMED = {"pair": {"a": "integer", "$optional": {"b": "string or null"}}}

SHAPE_CASES: list[tuple[Any, Any, list[str]]] = [
    # value, shape, the places of the faults
    (1, "integer", []),
    (True, "integer", ["$"]),
    (1.0, "integer", ["$"]),
    (1, "number", []),
    (1.5, "number", []),
    (False, "number", ["$"]),
    (0, "boolean", ["$"]),
    (False, "boolean", []),
    (None, "null", []),
    ("", "null", ["$"]),
    (None, "string", ["$"]),
    (None, "string or null", []),
    (5, "string or null", ["$"]),
    ("", "string", []),
    ("", "text", ["$"]),
    ("12", "digits", []),
    ("12a", "digits", ["$"]),
    (12, "digits", ["$"]),
    (" 12", "padded-digits", []),
    (" 1 2", "padded-digits", ["$"]),
    (12, "padded-digits", ["$"]),
    (GUID, "guid", []),
    (GUID.upper(), "guid", ["$"]),
    ("-12", "integer-text", []),
    ("-122.053902", "number-text", []),
    ("12", "number-text", []),
    ("12.", "number-text", ["$"]),
    (12.5, "number-text", ["$"]),
    ("1.0", "integer-text", ["$"]),
    (-12, "integer-text", ["$"]),
    ("true", "boolean-text", []),
    ("True", "boolean-text", ["$"]),
    (True, "boolean-text", ["$"]),
    ("2012-01-10T20:36:57+00:00", "offset-time", []),
    ("2012-01-10T20:36:57Z", "offset-time", ["$"]),
    ("2012-01-10T20:36:57+00:00\n", "offset-time", ["$"]),
    ("2020-11-09T07:38:22.000Z", "utc-time", []),
    ("2020-11-09T07:38:22Z", "utc-time", ["$"]),
    ("", "=", []),
    (" ", "=", ["$"]),
    ("a", "=a", []),
    ("b", "=a", ["$"]),
    (object(), "any", []),
    ([], ["string"], []),
    (["a", 1, None], ["string"], ["$[1]", "$[2]"]),
    ({"0": "a"}, ["string"], ["$"]),
    (["a"], {"$some": "text"}, []),
    (["a", ""], {"$some": "text"}, ["$[1]"]),
    ([], {"$some": "text"}, ["$"]),
    (None, {"$some": "text"}, ["$"]),
    ("abc", ["string"], ["$"]),
    ({"a": 1}, {"a": "integer"}, []),
    ({"a": 1, "new": 2}, {"a": "integer"}, []),
    ({"a": 1, "new": 2}, {"a": "integer", "$extra": "forbidden"}, ["$.new"]),
    ({}, {"a": "any"}, ["$.a"]),
    ([], {"a": "any"}, ["$"]),
    ({"a": 1}, "$pair", []),
    ({"a": 1, "b": None}, "$pair", []),
    ({"a": 1, "b": 2}, "$pair", ["$.b"]),
    (None, "$pair or null", []),
    ([{"a": 1}, {"b": ""}], ["$pair"], ["$[1].a"]),
    ({"x": ["1"], "y": "2"}, {"$each": ["string"]}, ["$.y"]),
    (None, {"$each": ["string"]}, ["$"]),
    (None, {"$nullable": ["string"]}, []),
    (["a"], {"$nullable": ["string"]}, []),
    ("a", {"$nullable": ["string"]}, ["$"]),
    (102, {"$is": [102, 116]}, []),
    ("102", {"$is": [102, 116]}, ["$"]),
    (102.0, {"$is": [102, 116]}, ["$"]),
    (True, {"$is": [1]}, ["$"]),
    ([1, "a"], {"$row": ["integer", "text"]}, []),
    ([1, ""], {"$row": ["integer", "text"]}, ["$[1]"]),
    ([1], {"$row": ["integer", "text"]}, ["$"]),
    ([1, "a", 2], {"$row": ["integer", "text"]}, ["$"]),
    ("ab", {"$row": ["text", "text"]}, ["$"]),
    ([], {"$row": []}, []),
    (["a"], {"$row": []}, ["$"]),
    ("a", {"$one_of": ["string", ["string"]]}, []),
    (1, {"$one_of": ["string", ["string"]]}, ["$"]),
]


@pytest.mark.parametrize(("value", "shape", "places"), SHAPE_CASES)
def test_match_names_the_place_of_every_fault(value: Any, shape: Any, places: list[str]) -> None:
    assert check_shape(shape, NAMED) == []
    assert [fault.split(": ")[0] for fault in match(value, shape, NAMED)] == places


@pytest.mark.parametrize("shape", [
    "strin", "", "$nobody", "text  or null", None, 1, [], ["string", "string"], {}, {1: "any"}, {"$extra": "no"},
    {"$each": "any", "a": "any"}, {"$one_of": ["any"]}, {"$sometimes": "any"}, {"$optional": "any"},
    {"a": {"b": ["?"]}}, {"$is": []}, {"$is": 102}, {"$is": [["a"]]}, {"$row": "text"}, {"$row": ["text", "txt"]},
])  # fmt: skip
def test_a_faulty_shape_is_refused(shape: Any) -> None:
    assert check_shape(shape, NAMED)


# The guide names these three calls, in the note on what has been removed from it, and shows neither
# body.
NAMED_ONLY = {"E49", "E50", "E51"}


def test_every_required_call_has_a_contract() -> None:
    assert len(REQUIRED_IDS) == 96
    assert REQUIRED_IDS <= CONTRACTS.keys()
    sure = {name for name in REQUIRED_IDS if CONTRACTS[name].source["confidence"] == "doc"}
    assert sure == REQUIRED_IDS - NAMED_ONLY


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_a_call_is_of_the_product_that_its_id_says(name: str) -> None:
    contract = CONTRACTS[name]
    assert contract.product == {"N": "neurons", "E": "epmm"}.get(name[0], contract.product)
    # API v1 of EPMM answers XML or JSON as the Accept header says, so every request of it has to
    # say it.
    of_v1 = (
        contract.product == "epmm"
        and contract.path_templates[0].startswith("/api/v1/")
        and not contract.file
    )
    assert of_v1 <= (contract.accepts == ("application/json", XML))
    assert (contract.product == "epmm") >= bool(contract.accepts)


# fmt: off
MALFORMED: dict[str, tuple[Any, str]] = {
    # what is done to a copy of N04, and the words that the error must hold
    "no source": (lambda data: data.pop("source"), "source: missing"),
    "an unknown key": (lambda data: data.update(pathtemplate="/"), "pathtemplate: not a documented key"),
    "another id": (lambda data: data.update(id="N05"), "is not the file's name"),
    "no product": (lambda data: data.pop("product"), "product: missing"),
    "an unknown product": (lambda data: data.update(product="intune"), "product"),
    "another path with another parameter": (lambda data: data.update(path_also=["/api/v1/{guid}"]), "['guid']"),
    "an unknown kind": (
        lambda data: data["examples"][0]["given"].update(stands_for={"57d9903c": "a thing"}), "stands_for.57d9903c"),
    "a value that stands for something nowhere": (
        lambda data: data["examples"][0]["given"].update(stands_for={"3936": "an alert"}), "is not in the example"),
    "an Accept header that the call does not know": (
        lambda data: data["examples"][0]["request"].update(accept=XML), "is not among the call's"),
    "an unknown confidence": (lambda data: data["source"].update(confidence="sure"), "confidence"),
    "a file of an unknown kind": (lambda data: data.update(file="pdf"), "file"),
    "a path parameter that another spelling leaves out, and that stands nowhere else": (
        lambda data: data.update(path_also=["/api/v1/device/customattributes"]), "path parameters ['device']"),
    "an unknown step after": (
        lambda data: data["examples"][0].update(then={"examples": [{"contract": "N02"}]}), "example: missing"),
    "an unknown method": (lambda data: data.update(method="FETCH"), "method"),
    "an unknown place": (lambda data: data["parameters"][1].update({"in": "cookie"}), "parameters[1].in"),
    "a shape that is none": (lambda data: data.update(shape={"errors": "nil"}), "unknown word 'nil'"),
    "a json parameter without shape": (lambda data: data["parameters"][1].pop("shape"), "parameter attrs"),
    "a bad expression": (lambda data: data["parameters"][0].update(matches="("), "parameter device: matches"),
    "a template without its parameter": (lambda data: data["parameters"].pop(0), "path parameters []"),
    "both kinds of body": (lambda data: data["parameters"].append({"name": "x", "in": "form"}), "not both"),
    "no example": (lambda data: data["examples"].clear(), "no example"),
    "an answer of another shape": (
        lambda data: data["examples"][0]["answer"].update(body={"errors": None, "result": "1"}), "$.result"),
    "an answer without body": (lambda data: data["examples"][0]["answer"].pop("body"), "unless its basis is none"),
    "a query of triples": (
        lambda data: data["examples"][0]["request"].update(query=[["a", "b", "c"]]), "[name, value]"),
    "a raw query of other words": (
        lambda data: data["examples"][0]["request"].update(raw_query="a=b"), "does not decode"),
}


MALFORMED_XML: dict[str, tuple[Any, str]] = {
    # the same for E41, whose first example answers XML
    "an XML answer without xml": (lambda data: data.pop("xml"), "needs the call's xml"),
    "a faulty XML shape": (lambda data: data["xml"].update(shape="nil"), "xml shape: unknown word"),
    "another root": (lambda data: data["xml"].update(root="policyWebServiceResponse"), "the root is alertWebServiceResponse"),
    "no XML": (lambda data: data["examples"][0]["answer"].update(body="<a>"), "not XML"),
    "JSON for XML": (lambda data: data["examples"][0]["answer"].update(body="{}"), "not XML"),
    "XML of another shape": (
        lambda data: data["examples"][0]["answer"].update(body="<alertWebServiceResponse/>"), "$: expected an object"),
}
# fmt: on
MALFORMED_FORM: dict[str, tuple[Any, str]] = {
    # the same for N31, whose example has a form in the document's own spelling
    "a raw form of other words": (
        lambda data: data["examples"][0]["request"].update(raw_body="sendEmail=true"),
        "raw_body does not decode",
    ),
    "a form as a map": (
        lambda data: data["examples"][0]["request"].update(body={"sendEmail": "false"}),
        "expected a list",
    ),
    "a form of triples": (
        lambda data: data["examples"][0]["request"].update(body=[["a", "b", "c"]]),
        "body: each entry",
    ),
    "a form of numbers": (
        lambda data: data["examples"][0]["request"].update(body=[["a", 1]]),
        "body: $[0][1]",
    ),
    "a form that does not say how it is sent": (
        lambda data: data["examples"][0]["request"].pop("content_type"),
        "a form's content_type is",
    ),
    "a form sent as JSON": (
        lambda data: data["examples"][0]["request"].update(content_type="application/json"),
        "a form's content_type is",
    ),
    "a broken parameter that is none": (
        lambda data: data["examples"][0]["request"].update(breaks=["guids"]),
        "breaks: guids is not a parameter",
    ),
    "a needed parameter that is none": (
        lambda data: data.update(needs_one=["guids"]),
        "needs_one: guids",
    ),
    "two examples of one name": (
        lambda data: data["examples"].append(data["examples"][0]),
        "two examples have one name",
    ),
    "no status": (lambda data: data["examples"][0]["answer"].update(status=[]), "status"),
    "a read without its path": (
        lambda data: data["examples"][0]["then"].update(reads=[{"status": 404}]),
        "path: missing",
    ),
    "an unknown check of a read": (
        lambda data: data["examples"][0]["then"].update(reads=[{"path": "/", "says": "a"}]),
        "says: not a documented key",
    ),
}
REFUSALS = (
    [("N04", *case) for case in MALFORMED.values()]
    + [("E41", *case) for case in MALFORMED_XML.values()]
    + [("N31", *case) for case in MALFORMED_FORM.values()]
)


@pytest.mark.parametrize(
    ("name", "change", "words"), REFUSALS, ids=[*MALFORMED, *MALFORMED_XML, *MALFORMED_FORM]
)
def test_a_malformed_contract_is_refused(
    name: str, change: Any, words: str, tmp_path: Path
) -> None:
    data = load_yaml((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    named = load_shapes()
    path = tmp_path / f"{name}.yml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert load(path, named).id == name
    change(data)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load(path, named)
    assert words in str(caught.value)


@pytest.mark.parametrize(("text", "words"), [
    ("id: [", "N99.yml"), ("- a", "not a map"), ("id: a\nid: b\n", "stands twice"), ("a: &a [1]\n<<: 1\n", "N99.yml"),
])  # fmt: skip
def test_a_file_that_is_no_map_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "N99.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=words):
        load(path, {})


def test_a_missing_contract_is_named(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.yml"):
        if path.stem not in {"N05", "N43"}:
            (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ContractError, match="no contract file for N05, N43"):
        load_all(tmp_path)


def test_an_example_that_comes_first_has_to_exist(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "N40":
            text = text.replace(
                "first: [{contract: N39, example: an eligible device}]",
                "first: [{contract: N39, example: x}]",
            )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(
        ContractError,
        match="N40.yml: example 'a device that is being .*': first: N39 has no example 'x'",
    ):
        load_all(tmp_path)


WITH_ANSWER = [
    (name, index)
    for name, one in CONTRACTS.items()
    for index, example in enumerate(one.examples)
    if example.basis != "none"
]


@pytest.mark.parametrize(("name", "index"), WITH_ANSWER)
def test_a_shape_holds_its_example_to_every_top_key(name: str, index: int) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    document = parse_xml(example.answer) if example.in_xml else None
    answer = (
        document.tree
        if document
        else tree_of(contract.file, example.answer)
        if contract.file
        else example.answer
    )

    def faults(body: Any) -> list[str]:
        whole = XmlDocument(document.root, body) if document else body
        return contract.answer_faults(whole) + match(body, example.shape, contract.named)

    assert faults(answer) == []
    optional = may_be_absent(contract.xml_shape if document else contract.shape, contract.named)
    narrowed = set(example.shape) if isinstance(example.shape, dict) else set()
    for key in answer:
        less = {other: value for other, value in answer.items() if other != key}
        assert faults(less) or key in optional - narrowed, f"{name} does not miss {key}"
        assert faults({**answer, key: {"wrong": 1}}), f"{name} takes nonsense for {key}"
    assert answer.keys() - optional


def may_be_absent(shape: Any, named: Any) -> set[str]:
    """The keys that a shape lets be absent."""
    if isinstance(shape, str):
        return may_be_absent(named[shape[1:]], named) if shape.startswith("$") else set()
    choices = shape.get("$one_of", [])
    return set(shape.get("$optional", {})).union(*(may_be_absent(one, named) for one in choices))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "22004"),
        ("customAttributes", {"attrs": {"cityid": "SF"}}),
        ("lastCheckin", "2019-01-03"),
        ("quarantined", "false"),
    ],
)
def test_the_shape_of_a_row_holds_its_keys(key: str, value: Any) -> None:
    answer = copy.deepcopy(CONTRACTS["N08"].examples[0].answer)
    answer["result"]["searchResults"][0][key] = value
    [fault] = CONTRACTS["N08"].answer_faults(answer)
    assert fault.startswith(f"$.result.searchResults[0].{key}")


def request(
    method: str,
    target: str,
    body: Any = None,
    *,
    content_type: str | None = None,
    authorization: str | None = "Basic",
    accept: str | None = None,
) -> Recorded:
    """A request as the recorder would keep it; a body that is not bytes is sent as JSON."""
    path, _sep, query = target.partition("?")
    headers = []
    if authorization is not None:
        headers.append(("Authorization", authorization))
    if accept is not None:
        headers.append(("Accept", accept))
    if body is not None:
        headers.append(("Content-Type", content_type or "application/json"))
    payload = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    return Recorded(method, path, query, tuple(headers), payload)


@pytest.mark.parametrize(
    ("name", "index"),
    [(name, index) for name, one in CONTRACTS.items() for index in range(len(one.examples))],
)
def test_every_example_request_keeps_its_own_contract(name: str, index: int) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    sent = request(
        contract.method,
        targets(example)[0],
        payload(contract, example) or None,
        accept=example.accept,
        content_type=example.content_types[0] if example.content_types else None,
    )
    # One example of the document sends multipart, as no client is to.
    multipart = [
        "Content-Type: multipart/form-data, documented is application/x-www-form-urlencoded"
    ]
    faults = check_request(sent, contract)
    for name in example.breaks:
        [broken] = [fault for fault in faults if re.match(rf"\w+: {name}=.* does not fit ", fault)]
        faults.remove(broken)
    assert faults == (multipart if example.content_types == (MULTIPART,) else [])


ATTRS = f"/api/v1/device/{GUID}/customattributes"
BULK = "/api/v1/device/customattributes"
LIST = "/api/v1/device?dmPartitionId=23000"

# fmt: off
RIGHT: list[tuple[str, Recorded]] = [
    ("N02", request("GET", "/api/v1/device/22000/customattributes")),
    ("N02", request("GET", ATTRS, authorization="Bearer")),
    ("N03", request("POST", ATTRS, {"attrs": {"a": ["SF", "LA"]}}, content_type="application/json; charset=utf-8")),
    ("N04", request("PATCH", ATTRS, {"attrs": {"a_#": ["1"]}})),
    ("N05", request("DELETE", BULK, {"ids": ["1", "2"], "attrKeys": ["a"]})),
    ("N08", request("GET", LIST)),
    ("N08", request("GET", f"{LIST}&fq=CFDEVICE%5BcityId%5D%3D%27Zu+rich%27&rows=500&start=0")),
    ("N08", request("GET", f"{LIST}&rows=500&sortFields%5B0%5D.name=id&sortFields%5B0%5D.order=ASC")),
    ("N08", request("GET", f"{LIST}&searchAfterValues=123&fq=displayName%3D%27J%C3%BCrgen%27")),
]

WRONG: list[tuple[str, Recorded, str]] = [
    ("N02", request("POST", ATTRS), "method: POST"),
    ("N02", request("GET", ATTRS, authorization=None), "Authorization: None"),
    ("N02", request("GET", ATTRS, authorization="Digest"), "Authorization: Digest"),
    ("N02", request("GET", "/api/v1/devices/1/customattributes"), "documented is /api/v1/device/{device}/cust"),
    ("N02", request("GET", "/api/v1/device/1/customattributes/"), "documented is"),
    ("N02", request("GET", "/api/v1/device//customattributes"), "device=''"),
    ("N02", request("GET", "/api/v1/device/..%2Fwipe/customattributes"), "device='../wipe'"),
    ("N02", request("GET", f"/api/v1/device/{GUID.upper()}/customattributes"), "does not fit"),
    ("N02", request("GET", "/api/v1/device/a b/customattributes"), "percent-encoded"),
    ("N02", request("GET", f"{ATTRS}?dmPartitionId=1"), "'dmPartitionId' is not a documented parameter of N02"),
    ("N02", request("GET", ATTRS, {"attrs": {}}), "documented is none"),
    ("N03", request("POST", ATTRS), "body: missing, with attrs"),
    ("N03", request("POST", ATTRS, {"attrs": {"a": "SF"}}), "attrs.a: expected a list"),
    ("N03", request("POST", ATTRS, {"attrs": {"a": [1]}}), "attrs.a[0]: expected text"),
    ("N03", request("POST", ATTRS, {"attrs": {"a": [""]}}), "attrs.a[0]: expected text"),
    ("N03", request("POST", ATTRS, {"attrs": {}, "forceOverwrite": True}), "'forceOverwrite' is not a documented"),
    ("N03", request("POST", ATTRS, {"cityid": ["SF"]}), "attrs is missing"),
    ("N03", request("POST", ATTRS, ["attrs"]), "a JSON object is documented"),
    ("N03", request("POST", ATTRS, {"attrs": {}}, content_type="text/plain"), "Content-Type: text/plain"),
    ("N03", request("POST", ATTRS, b"attrs=1", content_type="application/x-www-form-urlencoded"), "Content-Type"),
    ("N03", request("POST", ATTRS, b"{'attrs': {}}"), "not JSON"),
    ("N03", request("POST", ATTRS, b'{"attrs": {"a": ["\xe9"]}}'), "not UTF-8"),
    ("N03", request("POST", ATTRS, b'{"attrs": {"a": ["1"], "a": ["2"]}}'), "the key a stands twice"),
    ("N04", request("PATCH", ATTRS, {"attrs": {"a": ["1"]}, "forceOverwrite": "true"}), "forceOverwrite: expected"),
    ("N04", request("PATCH", f"{ATTRS}?forceOverwrite=true", {"attrs": {}}), "query: forceOverwrite belongs in"),
    ("N05", request("DELETE", BULK, {"ids": [73542], "attrKeys": ["a"]}), "ids[0]: expected digits"),
    ("N04", request("PATCH", ATTRS, {"attrs": {"a": []}}), "attrs.a: the list is empty"),
    ("N05", request("DELETE", BULK, {"ids": ["1"], "attrs": ["a"]}), "attrKeys is missing"),
    ("N05", request("DELETE", BULK, {"ids": [], "attrKeys": ["a"]}), "ids: the list is empty"),
    ("N06", request("DELETE", ATTRS, {"attrs": {"a": []}}), "attrs.a: the list is empty"),
    ("N06", request("DELETE", ATTRS, {"attrs": ["a"]}), "attrs: expected an object"),
    ("N05", request("DELETE", f"{BULK}?ids=1&attrKeys=a"), "query: ids belongs in the json"),
    ("N08", request("GET", "/api/v1/device"), "dmPartitionId is missing"),
    ("N08", request("GET", "/api/v1/device?dmPartitionId=abc"), "dmPartitionId='abc'"),
    ("N08", request("GET", f"{LIST}&dmPartitionId=2"), "more than once"),
    ("N08", request("GET", f"{LIST}&rows=501"), "rows='501'"),
    ("N08", request("GET", f"{LIST}&rows=0"), "rows='0'"),
    ("N08", request("GET", f"{LIST}&offset=10"), "'offset' is not a documented parameter"),
    ("N08", request("GET", f"{LIST}&FQ=id%3D1"), "'FQ' is not a documented parameter"),
    ("N08", request("GET", f"{LIST}&fq=CFDEVICE[cityId]=SF"), "percent-encoded"),
    ("N08", request("GET", f"{LIST}&fq=lastCheckin<%2700:01:00%27"), "percent-encoded"),
    ("N08", request("GET", f"{LIST}&fq=%E9"), "not UTF-8"),
    ("N08", request("GET", f"{LIST}&sortFields%5B0%5D.order=asc"), "order='asc'"),
    ("N41", request("GET", LIST), "fq is missing"),
    ("N41", request("GET", f"{LIST}&fq=lastRegistrationTime%3C%2700:03:06%27"), "does not fit"),
    ("N42", request("GET", f"{LIST}&fq=lastCheckin%3C%270:00:03:06%27"), "does not fit"),
    ("N43", request("GET", f"{LIST}&fq=EMAILADDRESS%3Da@example.com"), "does not fit"),
    ("N43", request("GET", f"{LIST}&fq=UID+EQ+a%20b"), "does not fit"),
]
# fmt: on


@pytest.mark.parametrize(("name", "sent"), RIGHT)
def test_a_right_request_has_no_difference(name: str, sent: Recorded) -> None:
    assert check_request(sent, CONTRACTS[name]) == []


@pytest.mark.parametrize(("name", "sent", "words"), WRONG)
def test_a_wrong_request_has_its_difference_named(name: str, sent: Recorded, words: str) -> None:
    assert any(words in fault for fault in check_request(sent, CONTRACTS[name]))


def test_a_base_path_stands_before_the_documented_path() -> None:
    sent = request("GET", "/tenant/rest/api/v1/device/1/customattributes")
    assert check_request(sent, CONTRACTS["N02"], base_path="/tenant/rest/") == []
    assert check_request(sent, CONTRACTS["N02"])


@pytest.fixture(name="form_call")
def fixture_form_call(tmp_path: Path) -> Contract:
    """A call with a form body, of which one parameter is needed."""
    # fmt: off
    data = {
        "id": "form", "product": "neurons", "name": "a form", "method": "PUT", "path_template": "/api/v1/device/lock", "shape": "any",
        "source": {"document": "none", "section": "a made-up call", "confidence": "client"},
        "parameters": [{"name": "ids", "in": "form", "required": True, "repeatable": True, "matches": "[0-9]+"},
                       {"name": "message", "in": "form"}],
        "examples": [{"name": "one", "request": {"path": "/x"}, "answer": {"status": 200, "basis": "none"}}],
    }
    # fmt: on
    (tmp_path / "form.yml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return load(tmp_path / "form.yml", {})


@pytest.mark.parametrize(("pairs", "words"), [
    ([("ids", "1"), ("ids", "2"), ("message", "a b+ü&=")], None),
    ([("ids", "1,2")], "ids='1,2'"),
    ([("message", "x")], "ids is missing"),
    ([("ids", "1"), ("guids", "x")], "'guids' is not a documented"),
    ([("ids", "1"), ("message", "x"), ("message", "y")], "message is given more than once"),
])  # fmt: skip
def test_a_form_body_is_checked(
    form_call: Contract, pairs: list[tuple[str, str]], words: str | None
) -> None:
    payload = urlencode(pairs, quote_via=quote).encode()
    sent = request(
        "PUT", "/api/v1/device/lock", payload, content_type="application/x-www-form-urlencoded"
    )
    faults = check_request(sent, form_call)
    assert faults == [] if words is None else len(faults) == 1 and words in faults[0]


def exchange(
    connection: http.client.HTTPConnection, method: str, target: str, **options: Any
) -> tuple[int, bytes]:
    connection.request(method, target, **options)
    answer = connection.getresponse()
    return answer.status, answer.read()


def connect(server: Recorder) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)


def test_the_recorder_keeps_a_request_in_full_but_no_credential() -> None:
    with recording([("PATCH", "//api/.*", {"errors": None, "result": 1})]) as server:
        connection = connect(server)
        headers = {"Authorization": "Basic c2VjcmV0", "Cookie": "JSESSIONID=secret", "X-Seen": "1"}
        target = "//api/v1/a%2Fb?fq=a%5B0%5D=%27x%27&q="
        status, body = exchange(connection, "PATCH", target, body=b"\x00{}", headers=headers)
        connection.close()
    assert (status, json.loads(body)) == (200, {"errors": None, "result": 1})
    [kept] = server.requests
    assert (kept.method, f"{kept.path}?{kept.query}", kept.body) == ("PATCH", target, b"\x00{}")
    assert (kept.header("authorization"), kept.header("X-Seen")) == ("Basic", "1")
    assert "c2VjcmV0" not in repr(kept)
    assert "secret" not in repr(kept)


def test_the_recorder_keeps_connections_open_and_reads_chunks() -> None:
    with recording([("POST", "/x", "ok")]) as server:
        connection = connect(server)
        connection.connect()
        first = connection.sock
        exchange(connection, "POST", "/x", body=b"one")
        exchange(connection, "POST", "/x", body=iter([b"tw", b"o"]), encode_chunked=True)
        exchange(connection, "POST", "/x", body=b"three")
        assert connection.sock is first
        connection.close()
    assert [kept.body for kept in server.requests] == [b"one", b"two", b"three"]


def test_the_recorder_answers_by_queue_then_rule_then_501() -> None:
    with recording([("GET", "/a", {"rule": "old"})]) as server:
        server.answer("GET", "/a", {"page": 1}, Answer({"page": 2}, headers={"X-Page": "2"}))
        server.queue(
            Answer("<html>", status=503, content_type="text/html", headers={"Retry-After": "1"})
        )
        connection = connect(server)
        replies = [
            exchange(connection, "GET", path) for path in ("/a?x=1", "/a", "/a", "/a", "/a/b")
        ]
        head = exchange(connection, "HEAD", "/a")
        connection.close()
    assert [status for status, body in replies] == [503, 200, 200, 200, 501]
    assert [json.loads(body) for status, body in replies[1:4]] == [
        {"page": 1},
        {"page": 2},
        {"page": 2},
    ]
    assert [(kept.method, kept.path) for kept in server.unmatched] == [
        ("GET", "/a/b"),
        ("HEAD", "/a"),
    ]
    assert head == (501, b"")


def test_the_recorder_takes_many_connections_at_once() -> None:
    with recording([("GET", "/n/[0-9]+", {"ok": True})]) as server:

        def run(number: int) -> None:
            connection = connect(server)
            for turn in range(5):
                exchange(connection, "GET", f"/n/{number * 5 + turn}")
            connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(int(kept.path.rsplit("/", 1)[1]) for kept in server.requests) == list(range(40))


def test_a_recorded_request_can_be_held_against_its_contract() -> None:
    with recording([("DELETE", BULK, {"errors": None, "result": 1})]) as server:
        connection = connect(server)
        headers = {"Authorization": "Basic dTpw", "Content-Type": "application/json"}
        exchange(
            connection,
            "DELETE",
            BULK,
            body=json.dumps({"ids": ["1"], "attrKeys": ["a"]}),
            headers=headers,
        )
        exchange(
            connection,
            "DELETE",
            BULK,
            body=json.dumps({"ids": [1], "attrKeys": ["a"]}),
            headers=headers,
        )
        connection.close()
    assert [len(check_request(kept, CONTRACTS["N05"])) for kept in server.requests] == [0, 1]
