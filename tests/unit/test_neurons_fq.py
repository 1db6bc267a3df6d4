# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import Wanted, resolve
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    Selection,
    parse_seconds,
    parse_select,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import fq


@pytest.mark.parametrize(
    ("options", "expression"),
    [
        ({"attributes": {"platform": "ios"}}, "platformType=IOS"),
        ({"attributes": {"quarantined": True}}, "quarantined=true"),
        (
            {"attributes": {"display_name": "Zoe\u0308"}},
            "(displayName='Zo\u00eb' or displayName='Zoe\u0308')",
        ),
        ({"registered_within": "7d"}, "lastRegistrationTime<'7:00:00:00'"),
        ({"registered_within": "0:0:03:06"}, "lastRegistrationTime<'0:00:03:06'"),
        ({"last_seen_within": "72h"}, "lastCheckin<'72:00:00'"),
        ({"last_seen_within": "1m"}, "lastCheckin<'00:01:00'"),
        ({"last_seen_within": "416d"}, "lastCheckin<'9984:00:00'"),
        ({"registered_within": "9998d"}, "lastRegistrationTime<'9998:00:00:00'"),
        ({"filters": "a=b or c=d"}, "a=b or c=d"),
        ({"filters": "a=b or c=d", "attributes": {"x": "1"}}, "x=1 and (a=b or c=d)"),
    ],
)
def test_what_narrows(options, expression):
    assert fq.narrowing(parse_select(options)) == expression


@pytest.mark.parametrize(
    "options",
    [
        {"attributes": {"a b": "x"}}, {"attributes": {"a": "it's"}}, {"attributes": {"a": "x\\"}},
    ],
)  # fmt: skip
def test_what_the_language_cannot_say(options):
    with pytest.raises(OptionError, match="select"):
        fq.narrowing(parse_select(options))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "select: is empty"),
        ({"ids": None}, "select: is empty"),
        ({"ids": []}, "select.ids: is empty"),
        ({"filters": ""}, "select.filters: is empty"),
        ({"ids": ["x"]}, "select.ids"),
        ({"ids": ["57d9903c-aadf-4b40-aef3-e1f24302f180"]}, "is not a device id"),
        ({"guids": ["7"]}, "is not a device guid"),
        ({"emails": [" "]}, "select.emails"),
        ({"serial_numbers": ["a\nb"]}, "select.serial_numbers"),
        ({"registered_within": "soon"}, "select.registered_within"),
        ({"last_seen_within": "0"}, "select.last_seen_within"),
        ({"attributes": {"a": None}}, "select.attributes.a"),
        ({"attributes": {"": "b"}}, "select.attributes"),
        ({"custom_attributes": {"a": None}}, "select.custom_attributes.a: needs a value"),
        ({"custom_attributes": {"a": {"b": 1}}}, "select.custom_attributes.a: a value must be"),
        ({"custom_attributes": {"a": 1, "A": 2}}, "are the same attribute"),
        ({"custom_attributes": {"a_#": "x"}}, "select.custom_attributes.a_#: 'x' is not a number"),
        ({"attributes": {"a": ["x"]}}, "select.attributes.a"),
        ({"emails": ["Ada <ada@example.com>"]}, "is not an e-mail address; give it like"),
    ],
)
def test_bad_selections(options, words):
    with pytest.raises(OptionError, match=words):
        parse_select(options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"last_seen_within": "3650d"}, "select.last_seen_within: is 3650 days, .* at most 416;"),
        ({"last_seen_within": "10000h"}, "select.last_seen_within: is 417 days"),
        ({"registered_within": "999999999d"}, "select.registered_within: .* at most 9999;"),
    ],
)
def test_times_that_no_filter_can_say(options, words):
    with pytest.raises(OptionError, match=words):
        fq.narrowing(parse_select(options))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("90m", 5400),
        ("1d12h", 129600),
        ("7D", 604800),
        ("1:00:00", 3600),
        ("1:0:0:1", 86401),
    ],
)
def test_time_spans(text, seconds):
    assert parse_seconds(text, "x") == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "1x", "1:2", "1:2:3:4:5", "d", "0:0:0", "²"])
def test_what_is_no_time_span(text):
    with pytest.raises(OptionError, match="is not a time span"):
        parse_seconds(text, "x")


@pytest.mark.parametrize(
    ("wanted", "defined", "expression"),
    [
        ({"cityId": ("SF",)}, ["cityid"], "CFDEVICE[cityId]=SF"),
        ({"city id": ("A 1",)}, ["City ID"], "CFDEVICE[city id]='A 1'"),
        # Without the suffix no server finds a numeric attribute, and a number has several texts.
        ({"Floor": ("3.0",)}, ["floor_#"], "(CFDEVICE[Floor_#]=3.0 or CFDEVICE[Floor_#]=3 or CFDEVICE[Floor_#]=3.00)"),
        ({"floor_#": ("2.5",)}, ["floor_#"], "(CFDEVICE[floor_#]=2.5 or CFDEVICE[floor_#]=2.50 or CFDEVICE[floor_#]=2.500)"),
        # Definitions that cannot be read, or show no suffix at all.
        ({"cityId": ("SF",)}, None, "CFDEVICE[cityId]=SF"),
        ({"tag": ("7x", "8")}, ["tag"], "CFDEVICE[tag]=7x and CFDEVICE[tag]=8"),
    ],
)  # fmt: skip
def test_custom_attributes(wanted, defined, expression):
    assert fq.narrowing(Selection(), resolve(wanted, defined, "x")) == expression


def test_ldap_attributes():
    selection = parse_select({"ldap_attributes": {"ROLLNUMBER": 7, "l ": ["A 1"]}})
    assert fq.narrowing(selection) == "CFLDAP[ROLLNUMBER]=7 and CFLDAP[l]='A 1'"


@pytest.mark.parametrize("defined", [None, ["floor", "cityid"]])
def test_a_number_is_searched_for_under_both_names_where_no_definition_shows_a_suffix(defined):
    [wanted] = resolve({"floor": ("3",)}, defined, "x")
    assert wanted.names == ("floor", "floor_#")
    assert "CFDEVICE[floor]=3 or" in fq.narrowing(Selection(), [wanted])
    assert "CFDEVICE[floor_#]=3.0 or" in fq.narrowing(Selection(), [wanted])


@pytest.mark.parametrize(
    ("name", "value", "can"),
    [("a", "x", True), ("a", "it's", False), ("a", "a\\", False), ("a", "a\nb", False), ("a]=b", "x", False), ("a", "x" * 999, False)],
)  # fmt: skip
def test_what_the_rows_must_show_because_the_language_cannot_say_it(name, value, can):
    assert fq.can_ask(Wanted((name,), (value,))) is can


def test_attributes_that_an_expression_names():
    expression = "CFDEVICE[ Floor ]=3 and (cfldap[l]='x' or uid=CFDEVICE)"
    assert fq.attributes_in(expression) == [("CFDEVICE", "Floor"), ("CFLDAP", "l")]


def names(kind, *values):
    return [DeviceRef(kind, value) for value in values]


def test_lookups():
    assert fq.lookups(names("id", "1", "2"), "") == ["deviceId=1 or deviceId=2"]
    assert fq.lookups(names("id", "1"), "a=b") == ["(deviceId=1) and (a=b)"]
    assert fq.lookups(names("email", "a.b@example.com"), "") == ["EMAILADDRESS EQ a.b@example.com"]
    assert fq.lookups(names("user", "x+y@example.com"), "") == ["UID EQ 'x+y@example.com'"]


def test_lookups_are_short_enough_to_send_and_name_everything():
    refs = names("guid", *(f"57d9903c-aadf-4b40-aef3-{number:012x}" for number in range(500)))
    chunks = fq.lookups(refs, "registrationState=ACTIVE")
    assert all(len(quote_plus(chunk)) <= fq.MAX_LENGTH + 20 for chunk in chunks)
    assert 3 <= len(chunks) <= 5
    assert all(sum(ref.value in chunk for chunk in chunks) == 1 for ref in refs)


@pytest.mark.parametrize("narrow", ["", "registrationState=ACTIVE"])
@pytest.mark.parametrize("kind", ["id", "guid", "serial_number", "email", "user"])
def test_the_length_of_names_says_no_more_than_the_lookups_are(kind, narrow):
    for number in (1, 2, 299, 2_000):
        refs = names(
            kind, *(f"{one}.a@b" if kind == "email" else str(one) for one in range(number))
        )
        assert fq.least_lookups(refs) <= len(fq.lookups(refs, narrow))
        assert fq.least_lookups(refs) >= len(fq.lookups(refs, "")) * 9 // 10


@pytest.mark.parametrize("value", ["o'brien@example.com", "Ångström", 'a"b', "a\\b", "a)or(1=1"])
def test_what_cannot_be_looked_up_is_searched_for_in_all_devices(value):
    assert fq.lookups(names("email", "fine@example.com", value), "") is None


def test_one_request_looks_up_three_hundred_ids():
    refs = names("id", *(str(1_000_000 + number) for number in range(300)))
    assert len(fq.lookups(refs, "")) == 1


def test_a_selection_of_names_alone_does_not_narrow():
    assert not Selection(names=(DeviceRef("id", "1"),)).narrows
    assert Selection(last_seen_within=0).narrows


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            "registrationState=ACTIV",
            "registrationState is not known to be 'ACTIV' (nearest: 'ACTIVE'",
        ),
        ("registrationstate EQ 'ACTIV' and platformType=IOS", "(nearest: 'ACTIVE'"),
        ("(platformType=ISO or platformType=IOS)", "platformType is not known to be 'ISO'"),
    ],
)
def test_a_value_that_a_field_is_not_known_to_have_is_noted(expression, said):
    [note] = fq.doubtful_values(expression, "filters")
    assert note.startswith("filters: ") and said in note


@pytest.mark.parametrize(
    "expression", ["", "registrationState='RETIRE_SENT'", "platformtype=ios", "deviceName=ISO"]
)
def test_known_values_are_not_noted(expression):
    assert fq.doubtful_values(expression, "filters") == []
