# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    DeclinedError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.model import (
    AttrsWrite,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.neurons import (
    attributes_answer,
    write_body,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import answers
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.client import questions
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.devices import (
    attributes_of,
    defined_names,
    device_of,
)


@pytest.mark.parametrize(
    ("raw", "attrs"),
    [
        (None, {}),
        ({"attrs": {}}, {}),
        ({"attrs": None}, {}),
        ({"attrs": {"cityid": ["SF", "LA"]}}, {"cityid": ("SF", "LA")}),
        ({"attrs": {"cityid": "SF"}}, {"cityid": ("SF",)}),
        ({"cityid": ["SF"]}, {"cityid": ("SF",)}),
        ({"attrs": {"n": [3, True, None]}}, {"n": ("3", "true")}),
    ],
)
def test_attributes_in_every_shape(raw, attrs):
    assert attributes_of(raw) == attrs


@pytest.mark.parametrize(
    "answer",
    [
        {"attrs": {"cityId": "SF", "carrier": "att"}},
        {
            "errors": None,
            "result": {"deviceId": 1, "guid": "g", "attrs": {"cityId": ["SF"], "carrier": ["att"]}},
        },
    ],
)
def test_attributes_of_one_device_with_and_without_envelope(answer):
    assert attributes_answer(answer, "x") == {"cityId": ("SF",), "carrier": ("att",)}


@pytest.mark.parametrize(("result", "count"), [(1, 1), (7, 7), (True, 1)])
def test_accepted(result, count):
    assert answers.accepted({"errors": None, "result": result}, "x") == count


@pytest.mark.parametrize(
    "answer",
    [
        {"errors": None, "result": 0}, {"errors": None, "result": False}, {"errors": None, "result": None}, {"result": "1"},
        {"result": [1]}, {}, [], None, {"errors": {"globalErrors": [{"message": "no"}]}, "result": 1},
    ],
)  # fmt: skip
def test_http_200_is_no_success_by_itself(answer):
    with pytest.raises(AnswerError, match="set x"):
        answers.accepted(answer, "set x")


@pytest.mark.parametrize(
    ("errors", "says"),
    [
        (None, False), ({}, False), ([], False), ("", False), ({"globalErrors": None, "fieldErrors": None}, False),
        ({"globalErrors": [], "fieldErrors": []}, False), ([None], False), ({"globalErrors": [{}]}, False),
        ("no", True), (["no"], True), ({"globalErrors": [{"code": "Denied", "message": None}]}, True), ({"fieldErrors": 5}, True),
    ],
)  # fmt: skip
def test_empty_errors_beside_a_result_are_none(errors, says):
    """ "API Basics" shows an object whose two lists may be null."""
    answer = {"errors": errors, "result": 1}
    if says:
        with pytest.raises(DeclinedError, match="with errors"):
            answers.accepted(answer, "set x")
    else:
        assert answers.accepted(answer, "set x") == 1


@pytest.mark.parametrize(
    "result",
    [
        None,
        [],
        {},
        {"searchResults": None, "totalCount": 0},
        {"searchResults": [1], "totalCount": 1},
        {"searchResults": [], "totalCount": "0"},
    ],
)
def test_what_is_no_list_page(result):
    with pytest.raises(AnswerError, match="not a page of a list"):
        answers.rows_of({"errors": None, "result": result}, "The list")


@pytest.mark.parametrize(
    ("carried", "after"),
    [(None, None), ([], None), ([22004], "22004"), ("22004", "22004"), (["a", 1], "a,1")],
)
def test_what_a_page_carries_to_continue(carried, after):
    answer = {"result": {"searchResults": [], "totalCount": 0, "searchAfterValues": carried}}
    assert answers.rows_of(answer, "x") == ([], 0, after)


def test_definitions_of_other_types_do_not_count():
    rows = [
        {"id": 1, "type": "DEVICE", "name": "cityid"},
        {"id": 2, "type": "LDAP", "name": "cityid"},
        {"id": 3, "name": "site"},
        {"id": 4, "type": "account", "name": "badge"},
    ]
    assert defined_names(rows, "device") == ("cityid", "site")
    assert defined_names(rows, "LDAP") == ("cityid", "site")


@pytest.mark.parametrize(
    "row",
    [
        {},
        *(
            {"id": wrong}
            for wrong in (None, "", "../1", [1], True, 1.5, -1, "²", "٣", "1\n", "9" * 5000)
        ),
    ],
)
def test_a_device_needs_an_id(row):
    with pytest.raises(AnswerError, match="without a usable id"):
        device_of(row, keep_row=False)


def row_of_a_fleet(number, owner, **more):
    # Texts of an answer are objects of their own in each row, also where they are alike.
    return json.loads(
        json.dumps(
            {
                "id": number,
                "emailAddress": f"u{number}@example.com",
                "uid": f"u{number}@example.com",
                "prettyModel": "iPad 10th gen",
                "registrationState": "ACTIVE",
                "customAttributes": {"attrs": {"owner": [owner]}},
                **more,
            }
        )
    )


def test_devices_share_what_they_have_alike():
    one, other, third = (
        device_of(row_of_a_fleet(number, owner), keep_row=False)
        for number, owner in ((1, "ann"), (2, "ann"), (3, "bob"))
    )
    assert one.attrs is other.attrs
    assert one.model is other.model
    assert one.uid is one.email
    assert (one.attrs, third.attrs) == ({"owner": ("ann",)}, {"owner": ("bob",)})
    assert (one.id, one.email) != (other.id, other.email)


def test_a_row_keeps_of_the_fields_of_neurons_alone_what_is_needed():
    raw = row_of_a_fleet(1, "ann", kioskState="ACTIVE", clientLastCheckin=1546491255252)
    whole, common, one = (
        device_of(raw, keep_row=True, only=only).row
        for only in (None, frozenset({"email"}), frozenset({"email", "client_last_checkin"}))
    )
    own = {"kiosk_state": "ACTIVE", "client_last_checkin": "2019-01-03T04:54:15Z"}
    assert whole == {**common, **own}
    assert own.keys().isdisjoint(common)
    assert one == {**common, "client_last_checkin": own["client_last_checkin"]}


def test_a_device_of_a_sparse_row():
    device = device_of(
        {"id": 22004, "guid": "ABC", "serialNumber": None, "customAttributes": None}, keep_row=False
    )
    assert (device.id, device.guid, device.serial, device.attrs, device.row) == (
        "22004",
        "abc",
        "",
        {},
        {},
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"errors": {"globalErrors": None, "fieldErrors": [{"code": "Range", "message": "must be between 1 and 500", "field": "rows"}]}},
         "rows must be between 1 and 500"),
        ({"errors": {"globalErrors": [{"code": "Denied", "message": None}], "fieldErrors": None}}, "Denied"),
        ({"errors": {"globalErrors": ["plain"]}}, "plain"), ({"errors": {"globalErrors": {"code": "One"}, "fieldErrors": 5}}, "5; One"),
        ({"errors": "text"}, "text"), ({"errors": None}, ""), ({}, ""), ([], ""), (None, ""), ("x", ""),
    ],
)  # fmt: skip
def test_error_texts(body, text):
    assert answers.explain(body) == text


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("remove", {"attrs": {"a": ["old", "older"]}}),
        ("merge", {"attrs": {"a": ["1"]}, "forceOverwrite": True}),
        ("append", {"attrs": {"a": ["1"]}, "forceOverwrite": False}),
        ("replace", {"attrs": {"a": ["1"]}}),
    ],
)
def test_bodies(verb, body):
    assert (
        write_body(AttrsWrite(verb, (("a", ("1",)),)), {"A": ("old", "older"), "b": ("x",)}) == body
    )


@pytest.mark.parametrize(("result", "shown"), [
    (0, "0"), (False, "false"), ("x" * 98, f'"{"x" * 98}"'), ("x" * 99, '"…" of 101 characters'), (["x"] * 9999, "[…] of 49995 characters"),
])  # fmt: skip
def test_a_result_that_is_wrong_is_shown_as_a_whole_or_not_at_all(result, shown):
    """A part of a secret would not be known as one."""
    with pytest.raises(AnswerError) as error:
        answers.accepted({"result": result}, "It")
    assert f"with result {shown}: nothing" in str(error.value)
    with pytest.raises(
        AnswerError, match="It: the server answered .{1,110}, which is not a number"
    ):
        answers.count_of({"result": result if result else False}, "It")


@pytest.mark.parametrize(("lookups", "totals", "once", "asked"), [
    # Spread as the fleet is: each space is asked for what the larger ones do not have.
    (2, (1500, 7000, 1500), True, 2 + 1 + 1), (17, (80_000, 15_000, 5_000), True, 17 + 4 + 1), (34, (10_000,), True, 34),
    # Other names may be in every space.
    (2, (1500, 7000, 1500), False, 6), (17, (100,), False, 17),
    # A fleet of none, and a space of none.
    (3, (0, 0), True, 0), (3, (100, 0), True, 3),
])  # fmt: skip
def test_how_many_questions_look_devices_up(lookups, totals, once, asked):
    assert questions(lookups, totals, once=once) == asked
