# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How answers of a server are judged, and what is left of them in a record."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.server import (
    epmm,
    model,
    neurons,
    probes,
    record,
    shapes,
    words,
)

NOW = 1_800_000_000.0
DAY = 86_400


@pytest.mark.parametrize(("date", "status", "words"), [
    ("Fri, 15 Jan 2027 08:00:00 GMT", "ok", "agree"),
    ("Fri, 15 Jan 2027 08:02:00 GMT", "ok", "agree"),
    ("Fri, 15 Jan 2027 08:02:01 GMT", "wrong", "121 s ahead of"),
    ("Fri, 15 Jan 2027 07:50:00 GMT", "wrong", "600 s behind"),
    ("Fri, 15 Jan 2027 09:50:00 +0200", "wrong", "600 s behind"),
    ("", "unknown", "no time"), ("yesterday", "unknown", "no time"), ("0", "unknown", "no time"),
    ("Fri, 99 Jan 2027 08:00:00 GMT", "unknown", "no time"),
])  # fmt: skip
def test_the_clock_is_judged(date, status, words):
    check = model.clock_check(date, NOW)
    assert (check.status, words in check.message) == (status, True)
    assert bool(check.remedy) == (status == "wrong")


@pytest.mark.parametrize(("url", "verified", "end", "status", "words"), [
    ("https://x", True, NOW + 31 * DAY, "ok", "ends in 31 days"),
    ("https://x", True, NOW + 30 * DAY, "ok", "ends in 30 days"),
    ("https://x", True, NOW + 29 * DAY, "wrong", "ends in 29 days"),
    ("https://x", True, NOW + 1, "wrong", "ends in 0 days"),
    ("https://x", True, None, "unknown", "could not be read"),
    ("https://x", False, None, "wrong", "not verified"),
    ("HTTP://x", True, None, "wrong", "unencrypted"),
])  # fmt: skip
def test_encryption_is_judged(url, verified, end, status, words):
    check = model.tls_check(url, verified=verified, end=end, now=NOW)
    assert (check.status, words in check.message) == (status, True)
    assert bool(check.remedy) == (status == "wrong")


@pytest.mark.parametrize(("status", "headers", "found", "words"), [
    (200, {"date": "x"}, "ok", "No limit was met"),
    (200, {"x-ratelimit-limit": "100"}, "ok", "(x-ratelimit-limit)"),
    (200, {"x-rate-limit-remaining": "9"}, "ok", "(x-rate-limit-remaining)"),
    (429, {"retry-after": "3"}, "wrong", "HTTP 429"),
])  # fmt: skip
def test_limits_are_judged(status, headers, found, words):
    check = model.rate_check([model.Seen("a", status=status, headers=headers)])
    assert (check.status, words in check.message) == (found, True)


def test_a_check_is_one_line():
    assert model.Check("tls", "ok", "Fine.").line == "ok      tls: Fine."
    assert model.Check("tls", "wrong", "Bad.", "Do it.").line == "wrong   tls: Bad. Do it."


def test_a_behaviour_is_found_once_or_has_a_reason():
    found = model.Findings("epmm")
    found.settle("a", "on", "")
    found.settle("b", None, "nobody knows")
    found.settle("b", None, "of another reason")
    found.behaviours = tuple(model.Behaviour(name, f"The {name}") for name in "abc")
    shown = {one["name"]: one for one in found.open_behaviours()}
    assert [one["position"] for one in shown.values()] == ["on", None, None]
    assert shown["a"]["line"] == "a: The a: on." and shown["a"]["reason"] == ""
    assert shown["b"]["line"] == "b: The b: unknown, because nobody knows."
    assert shown["c"]["reason"] == "what it depends on was not found"
    assert found.checks == []


def test_checks_are_counted_by_status():
    checks = [model.Check("x", status, "") for status in ("ok", "note", "note", "unknown")]
    assert model.counts(checks) == {"ok": 1, "wrong": 0, "note": 2, "unknown": 1}


@pytest.mark.parametrize(("rows", "total", "more", "judged"), [
    (2, 5, True, False), (2, 2, True, True), (2, 2, False, None), (0, 0, False, None), (1, 5, None, False),
    (2, None, True, None), (2, "2", True, True), (2, 1, True, True),
])  # fmt: skip
def test_what_a_page_counts(rows, total, more, judged):
    data = {"results": [{}] * rows, "totalCount": total, "hasMore": more}
    seen = model.Seen("x", status=200, body="json", data=data)
    assert epmm.counts_page(seen) is judged
    assert epmm.total_in(seen) == (None if judged or total is None else total)


# Shapes


@pytest.mark.parametrize(("value", "shape"), [
    (None, {"types": ["null"]}),
    (True, {"types": ["boolean"]}),
    (7, {"types": ["integer"]}),
    (7.5, {"types": ["number"]}),
    ("Jane", {"types": ["text"], "lengths": [4, 4]}),
    ([], {"types": ["list"], "lengths": [0, 0], "of": {}}),
    (["a", "bcd", None], {"types": ["list"], "lengths": [3, 3], "of": {"types": ["null", "text"], "lengths": [1, 3]}}),
    ({"id": 1}, {"types": ["map"], "keys": {"id": {"types": ["integer"]}}}),
    ({"Jane": 1, "Joe": "x"}, {"types": ["map"], "keys": {}, "other_keys": [2, 2],
                               "of_others": {"types": ["integer", "text"], "lengths": [1, 1]}}),
    ({"attrs": {"name": ["x"]}}, {"types": ["map"], "keys": {"attrs": {
        "types": ["map"], "keys": {}, "other_keys": [1, 1],
        "of_others": {"types": ["list"], "lengths": [1, 1], "of": {"types": ["text"], "lengths": [1, 1]}}}}}),
    ([{"id": 1}, {"id": None, "x1": 2}], {"types": ["list"], "lengths": [2, 2], "of": {
        "types": ["map"], "other_keys": [1, 1], "of_others": {"types": ["integer"]},
        "keys": {"id": {"types": ["integer", "null"]}}}}),
])  # fmt: skip
def test_a_shape_has_no_value(value, shape):
    assert shapes.shape_of(value) == shape


def test_names_of_custom_attributes_are_data_in_every_form():
    held = {"customAttributes": {"name": ["x"], "attrs": {"email": ["x"], "guid": ["y"]}}}
    text = json.dumps(shapes.shape_of(held))
    assert "attrs" in text and not re.search("name|email|guid", text)


def test_keys_that_were_asked_for_are_named():
    row = {"common.uuid": "x", "common.other": "y"}
    shape = shapes.shape_of(row, frozenset({"common.uuid"}))
    assert list(shape["keys"]) == ["common.uuid"] and shape["other_keys"] == [1, 1]


def test_deep_answers_have_an_end():
    value: object = "x"
    for _level in range(500):
        value = [value]
    assert json.dumps(shapes.shape_of(value)).count("list") == shapes.DEEPEST + 1


def test_words_are_names_of_the_documents():
    """None of them is a value, such as a name or an address."""
    assert all(re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]*", word) for word in words.KEYS)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", name) for name in words.HEADERS)
    assert set(words.DATA_MAPS) <= words.KEYS | {"ldapAttributes", "deviceResults"}


def test_a_record_has_names_of_parameters_only():
    seen = model.Seen(
        "devices", "GET", "/api/v1/device/{device}", ("fq", "rows"), 200, "json",
        {"result": {"emailAddress": "jane@example.com"}}, 60,
        {"date": "Fri", "x-acme": "Acme"},
    )  # fmt: skip
    found = model.Findings("neurons", seen=[seen], settled={"gdpr": "off"})
    found.add("spaces", "ok", "Device spaces that the account sees: 3.")
    made = record.record_of(found)
    assert made["requests"] == [{
        "name": "devices", "method": "GET", "path": "/api/v1/device/{device}", "query": ["fq", "rows"], "status": 200,
        "body": "json", "bytes": 60, "headers": ["date"], "other_headers": 1,
        "shape": {"types": ["map"], "keys": {"result": {"types": ["map"], "keys": {
            "emailAddress": {"types": ["text"], "lengths": [16, 16]}}}}},
    }]  # fmt: skip
    assert made["checks"] == {"spaces": "ok"} and made["behaviours"] == {"gdpr": "off"}
    content = {name: value for name, value in made.items() if name != "digest"}
    assert made["digest"] == record.digest_of(content)


@pytest.mark.parametrize("product", [neurons, epmm])
def test_each_behaviour_has_one_name_and_one_description(product):
    names = [one.name for one in product.BEHAVIOURS]
    assert len(set(names)) == len(names) == len({one.about for one in product.BEHAVIOURS})


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"errors": None, "result": 1}, False), ({"errors": {"globalErrors": None}, "result": {}}, False),
        ({"errors": {"globalErrors": [{"code": "Denied"}]}, "result": None}, True), ({"errors": "no"}, True),
        ({"results": [], "messages": [{"type": "Error"}]}, False), ({"messages": [{"type": "Error", "messageKey": "x"}]}, True),
        ({"messages": [{"type": "Info", "messageKey": "x"}], "results": []}, False), ({"messages": {"message": "No Data Found"}}, False),
        ({"successful": False}, True), ([], False), (None, False), ("error", False),
    ],
)  # fmt: skip
def test_an_error_with_a_status_of_success(data, error):
    assert probes.is_error(data) is error


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("VSP 11.10.0.0 Build 123 ", "11.10.0.0"), ("VSP 12.3.0.1", "12.3.0.1"), ("vsp 11.2 build 7", "11.2"),
        ("10.20.30.40", None), ("VSP at 10.20.30.40 Build 7", None), ("VSP 192.168.1.7", None), ("host 10.1.2.3 VSP 11.1", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_version_is_not_an_address(said, version):
    found = epmm._VERSION.match(said)
    assert (found and found[1]) == version


def test_a_record_has_the_beginning_of_a_version_only():
    assert (
        record.record_of(model.Findings("epmm", version="10.20.30.40"))["server_version"] == "10.20"
    )


def test_what_is_not_known_always_has_a_reason():
    found = model.Findings("epmm", behaviours=(model.Behaviour("a", "A"),))
    found.add_unknown("x", "")
    found.settle("a", None, "")
    lines = [found.checks[0].message, found.open_behaviours()[0]["line"]]
    assert all("because the answer does not show it." in line for line in lines)


@pytest.mark.parametrize(
    ("serial", "uid", "count", "status"),
    [
        ("S1", "ada", 10, "note"), ("S1", "ada", 9, "ok"), ("C{}", "ada", 10, "ok"), ("", "ada", 10, "ok"),
        ("S1", "u{}", 10, "ok"), ("unknown", "ada", 10, "ok"), ("K{}", "K{}", 10, "ok"), ("hidden", "hidden", 3, "note"),
    ],
)  # fmt: skip
def test_one_serial_number_of_many_devices_is_a_mask(serial, uid, count, status):
    found = model.Findings("epmm")
    rows = [[serial.format(one), "", uid.format(one)] for one in range(count)]
    probes.privacy_check(found, rows, "")
    assert found.checks[0].status == status
