# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    Before,
    Found,
    Selection,
    has_number,
    parse_phone,
    parse_seconds,
    parse_select,
    pick_named,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import parse_mac

UUID = "8d711cdc-e93c-49b1-88d6-222f54132445"


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("5550100", "5550100"),
        (5550100, "5550100"),
        ("+49 (0)30 1-234", "490301234"),
        ("1.555.010.0199", "15550100199"),
        ("12345", "12345"),
        ("1" * 20, "1" * 20),
    ],
)
def test_phone_numbers(raw, digits):
    assert parse_phone(raw, "x") == digits


@pytest.mark.parametrize(
    "raw", ["", "1234", "1" * 21, "PDA 2", "555/0100", "٥٥٥٠١٠٠", None, True, "5550100x", [5550100]]
)
def test_what_is_no_phone_number(raw):
    with pytest.raises(OptionError, match=r"^select.phone_numbers: .* is not a phone number"):
        parse_phone(raw, "select.phone_numbers")


@pytest.mark.parametrize(
    "raw",
    ["aabbcc001122", "AA:BB:CC:00:11:22", "aa-bb-cc-00-11-22", "aabb.cc00.1122", " aabbcc001122 "],
)
def test_mac_addresses(raw):
    assert parse_mac(raw, "x") == "aabbcc001122"


@pytest.mark.parametrize(
    "raw",
    ["", "aabbcc00112", "aabbcc0011223", "gabbcc001122", None, 112233445566.5],
)
def test_what_is_no_mac_address(raw):
    with pytest.raises(OptionError, match=r"^select.wifi_mac_addresses: .* is not a MAC address"):
        parse_mac(raw, "select.wifi_mac_addresses")


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("90s", 90),
        ("90m", 5400),
        ("1d12h", 129_600),
        ("1D", 86400),
        (" 2h ", 7200),
        ("1d1h1m1s", 90061),
        ("1:00:00:00", 86400),
        ("0:01:00", 60),
    ],
)
def test_time_spans(raw, seconds):
    assert parse_seconds(raw, "x") == seconds


@pytest.mark.parametrize(
    ("raw", "before"),
    [
        ("60d", Before(ago=5_184_000)), ("1:00:00:00", Before(ago=86400)), ("90s", Before(ago=90)),
        ("2026-01-31", Before(moment=1_769_817_600)), (" 2026-01-31T12:00:00Z", Before(moment=1_769_860_800)),
        ("2026-01-31T12:00:00+02:00", Before(moment=1_769_853_600)),
    ],
)  # fmt: skip
def test_times_before(raw, before):
    assert parse_select({"last_seen_before": raw}).last_seen_before == before


@pytest.mark.parametrize("before", ["1d", "24h", "60d"])
def test_times_that_exclude_each_other_are_refused(before):
    said = (
        "^select.last_seen_before and select.last_seen_within: exclude each other, because nothing"
    )
    with pytest.raises(OptionError, match=said):
        parse_select({"last_seen_within": "1d", "last_seen_before": before})


@pytest.mark.parametrize("before", ["23h", "2026-01-31"])
def test_times_that_may_both_be_true_are_taken(before):
    """Where a point in time lies, only the clock says."""
    selection = parse_select({"last_seen_within": "1d", "last_seen_before": before})
    assert selection.last_seen_within == 86400 and selection.last_seen_before is not None


@pytest.mark.parametrize("raw", ["30", 30, " 30 ", "030", 259_200])
def test_a_number_without_a_unit_is_refused_with_the_units(raw):
    """YAML makes 259,200 of 1:12:00:00, which is 129,600 s."""
    text = str(raw).strip()
    with pytest.raises(OptionError) as caught:
        parse_select({"last_seen_within": raw})
    assert f"has no unit; write {text}d, {text}h, {text}m or {text}s" in str(caught.value)
    assert str(caught.value).startswith(f"select.last_seen_within: {raw!r} is not a time span")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("0d", "time span"), ("-5d", "time span"), ("never", "time span"), ("31.01.2026", "time span"),
        ("2026-13-01", "point in time"), ("60-d", "point in time"),
    ],
)  # fmt: skip
def test_what_is_no_time_before(raw, said):
    with pytest.raises(OptionError, match=rf"^select.last_seen_before: .* is not a {said}"):
        parse_select({"last_seen_before": raw})


@pytest.mark.parametrize("raw", ["0", 0, "0d", "0s", "0d0h", "00", "0:00:00"])
def test_no_time_at_all_where_that_means_something(raw):
    assert parse_seconds(raw, "x", least=0) == 0
    with pytest.raises(OptionError, match=r"^x: .* is not a time span"):
        parse_seconds(raw, "x")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "-1",
        "-0",
        "d",
        "soon",
        "1w",
        None,
        False,
        "²d",
        "٣m",
        "9" * 5000,
        "9" * 5000 + "d",
        "0:0:" + "9" * 5000,
    ],
)
def test_what_is_no_time_span_is_not_nothing(raw):
    with pytest.raises(OptionError, match=r"^x: .* is not a time span"):
        parse_seconds(raw, "x", least=0)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0",
        "0d",
        "-1",
        "1w",
        "12h1d",
        "1.5h",
        "1:2",
        "1:2:3:4:5",
        "soon",
        "²",
        "1 h",
        None,
        True,
    ],
)
def test_what_is_no_time_span(raw):
    with pytest.raises(OptionError, match=r"^x: .* is not a time span"):
        parse_seconds(raw, "x")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"ids": [2, "02", "3"]}, Selection(names=(DeviceRef("id", "2"), DeviceRef("id", "3")))),
        ({"guids": [UUID.upper()]}, Selection(names=(DeviceRef("guid", UUID),))),
        ({"serial_numbers": [" C0FFEE "]}, Selection(names=(DeviceRef("serial_number", "C0FFEE"),))),
        ({"phone_numbers": ["+1 555 0100"]}, Selection(names=(DeviceRef("phone_number", "15550100"),))),
        ({"wifi_mac_addresses": ["AA:BB:CC:00:11:22"]}, Selection(names=(DeviceRef("wifi_mac_address", "aabbcc001122"),))),
        ({"labels": ["Sales/EMEA", 11, "Sales/EMEA", -1]}, Selection(labels=("Sales/EMEA", "11", "-1"))),
        ({"attributes": {"compliant": False, "comment": "{{ x }}"}}, Selection(attributes={"compliant": "false", "comment": "{{ x }}"})),
        ({"labels": None, "filters": "a = b"}, Selection(filter="a = b")),
    ],
)  # fmt: skip
def test_options(options, expected):
    assert parse_select(options) == expected
    assert expected.narrows is not bool(expected.names)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "select: is empty"), ({"labels": None}, "select: is empty"),
        ({"labels": []}, "select.labels: is empty"), ({"filters": ""}, "select.filters: is empty"), ({"attributes": {}}, "select.attributes: is empty"),
        ({"labels": [""]}, "select.labels: '' is neither the id nor the name of a label"),
        ({"labels": [True]}, "select.labels: True is neither"),
        ({"ids": [UUID]}, "is not a device id"), ({"guids": [2]}, "select.guids: 2 is not a device guid"), ({"ids": [-2]}, "select.ids: -2 is neither"),
        ({"users": ["a\nb"]}, "select.users: 'a\\nb' is empty or has control characters"),
        ({"serial_numbers": [" "]}, "give the serial number itself"),
        ({"attributes": {"a": None}}, "select.attributes.a: needs a name and a value"),
        ({"attributes": {"platformType": ["IOS"]}}, "select.attributes.platformType: takes one value, and got a list (['IOS']); give one"),
        ({"attributes": {"os_version": 18.1}}, "select.attributes.os_version: 18.1 is a number, in which 18.10 and 18.1 are the same"),
        ({"filters": "  "}, "select.filters: is empty"), ({"query": " ", "custom_attributes": {"a": " "}}, "select.query: is empty"),
        ({"custom_attributes": {"a": " "}}, "select.custom_attributes.a: needs a value"),
        ({"attributes": {"status": "activ"}}, "select.attributes.status: 'activ' is not a status"),
        ({"attributes": {"a": ""}}, "select.attributes.a: needs a name and a value"),
        ({"attributes": "a=b"}, "select.attributes: expected a mapping of names to values, got str"),
        ({"registered_within": "soon"}, "select.registered_within: 'soon' is not a time span"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(options, said):
    with pytest.raises(OptionError) as refused:
        parse_select(options)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"ids": [2], "emails": ["a@b"]}, {"ids", "emails"}), ({"phone_numbers": ["5550100"], "labels": ["x"]}, {"phone_numbers", "labels"}),
        ({"attributes": {"a": "b"}, "last_seen_within": "1d"}, set()), ({"custom_attributes": {"a": 1}}, {"custom_attributes"}),
    ],
)  # fmt: skip
def test_keys_that_not_every_product_knows(options, keys):
    assert parse_select(options).uses == keys


ONE = Device(
    "2", UUID, serial="C0FFEE", email="Ada@example.com", phone="4915550100", mac="aabbcc001122"
)
TWO = Device("3", UUID[:-1] + "6", serial="", email="ada@example.com", phone="15550100")


@pytest.mark.parametrize(
    ("names", "picked", "missing"),
    [
        ([DeviceRef("id", "2"), DeviceRef("id", "9")], [ONE], ["9"]),
        ([DeviceRef("serial_number", "c0ffee")], [ONE], []),
        ([DeviceRef("email", "ADA@EXAMPLE.COM")], [ONE, TWO], []),
        # A number may be kept with its country code, and is asked for without.
        ([DeviceRef("phone_number", "5550100")], [TWO], []),
        ([DeviceRef("phone_number", "4915550100")], [ONE], []),
        # As it is dialled abroad, and at home.
        ([DeviceRef("phone_number", "004915550100"), DeviceRef("phone_number", "05550100")], [ONE, TWO], []),
        ([DeviceRef("phone_number", "915550100"), DeviceRef("phone_number", "0000000")], [], ["915550100", "0000000"]),
        ([DeviceRef("wifi_mac_address", "aabbcc001122"), DeviceRef("id", "2")], [ONE], []),
        ([DeviceRef("user", "nobody")], [], ["nobody"]),
    ],
)  # fmt: skip
def test_devices_that_are_named(names, picked, missing):
    found, absent = pick_named(names, [ONE, TWO])
    assert list(found) == picked and [ref.value for ref in absent] == missing


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12125550123", "12125550123", True), ("12125550123", "2125550123", True), ("12125550123", "5550123", False),
        ("14155550123", "5550123", False), ("15556152201", "52201", False), ("4917155501", "17155501", True),
        ("49017155501", "17155501", True), ("49017155501", "017155501", True), ("35315550100", "15550100", True),
        ("38015550100", "15550100", True), ("99915550100", "15550100", True), ("1215550100", "15550100", False),
        ("15550100", "15550101", False), ("4915550100", "15550100", True),
    ],
)  # fmt: skip
def test_only_a_country_code_may_be_missing(one, other, same):
    assert has_number(one, other) is same
    assert has_number(other, one) is (one == other)


def test_a_number_of_several_people_is_refused():
    other = replace(TWO, id="4", phone="445550100")
    with pytest.raises(
        OptionError, match=r"'5550100' is the number of several: .*15550100.*445550100"
    ):
        pick_named([DeviceRef("phone_number", "5550100")], [ONE, TWO, other])
    stolen = replace(TWO, id="4", uid="eve")
    with pytest.raises(OptionError, match="Give it with its country code, or name the devices by"):
        pick_named([DeviceRef("phone_number", "15550100")], [TWO, stolen])
    # Two registrations of one phone.
    again = replace(TWO, id="5")
    assert pick_named([DeviceRef("phone_number", "5550100")], [TWO, again]) == ((TWO, again), ())


def test_why_a_name_has_no_device_that_is_meant():
    lost = Device(id="1", guid="g1", serial="A1", email="", uid="", attrs={}, state="LOST")
    names = (DeviceRef("serial_number", "a1"), DeviceRef("serial_number", "B2"))
    found = Found.of((), names, None).seeing(
        [lost, Device(id="2", guid="g2", serial="C3", email="", uid="", attrs={})]
    )
    assert found.others == (lost,) and found.reasons == {}
    assert replace(found, narrowed="status=active").reasons == {
        names[0]: "exists, is LOST, and does not meet status=active",
        names[1]: "no device that meets status=active has this serial number",
    }
    assert Found((lost,)).seeing([lost]).others == ()
