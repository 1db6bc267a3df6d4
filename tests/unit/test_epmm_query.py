# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    Before,
    Found,
    Selection,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import query
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.macs import require_macs

UUID = "8d711cdc-e93c-49b1-88d6-222f54132445"
NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, ""),
        ({"attributes": {"status": "active"}}, '"common.status" = "ACTIVE"'),
        ({"attributes": {"status": "pending", "model": "X"}, "filter": "y" * 90},
         f'({"y" * 90}) AND ("common.model" = "X")'),
        ({"attributes": {"ownership": "employee"}}, '"common.owner" = "EMPLOYEE"'), ({"attributes": {"blocked": "true"}}, '"common.blocked" = true'),
        ({"attributes": {"comment": "it's, a #1"}}, "\"common.comment\" = \"it's, a #1\""),
        ({"attributes": {"ios.DeviceName": "Ada's iPhone"}}, "\"ios.DeviceName\" = \"Ada's iPhone\""),
        ({"attributes": {"mdm_managed": "TRUE"}}, '"common.mdm_managed" = true'),
        ({"attributes": {"status": "active", "model": "X"}}, '("common.status" = "ACTIVE") AND ("common.model" = "X")'),
        ({"statuses": ("active",)}, '"common.status" = "ACTIVE"'),
        ({"statuses": ("active", "wiped")}, '"common.status" = "ACTIVE" OR "common.status" = "WIPED"'),
        ({"statuses": ("active", "wiped"), "attributes": {"model": "X"}},
         '("common.model" = "X") AND ("common.status" = "ACTIVE" OR "common.status" = "WIPED")'),
        ({"filter": "a OR b"}, "a OR b"),
        ({"filter": "a OR b", "attributes": {"model": "X"}}, '(a OR b) AND ("common.model" = "X")'),
        # How a quote is written within a value is not known, and no query is better than a wrong
        # one.
        ({"attributes": {"model": 'a"b'}}, ""), ({"attributes": {"model": "a\\b"}}, ""),
        ({"attributes": {'ios."x': "1"}}, ""),
        # Values that take another form here than there.
        ({"attributes": {"platform": "android"}}, ""), ({"attributes": {"os_version": "17"}}, ""), ({"attributes": {"jailbroken": "true"}}, ""),
        ({"attributes": {"wifi_mac_address": "aabbcc001122"}}, ""), ({"attributes": {"registered_at": "2020"}}, ""),
        ({"attributes": {"security_state": "Ok"}}, ""), ({"attributes": {"compliance_reasons": "os_version"}}, ""),
        # The server's verdict overlooks what the security state says, and these fields are not in
        # API v2 at all.
        ({"attributes": {"compliant": "true"}}, ""), ({"attributes": {"compliance": "0"}}, ""),
        ({"attributes": {"quarantined": "perhaps"}}, ""),
    ],
)  # fmt: skip
def test_what_narrows(selection, expected):
    assert query.narrowing(Selection(**selection)) == expected


def test_a_condition_that_makes_the_query_too_long_is_left_to_the_reader():
    long = "x" * (query.MAX_QUERY - len('"common.model" = ""'))
    assert len(query.narrowing(Selection(attributes={"model": long}))) == query.MAX_QUERY
    assert query.narrowing(Selection(attributes={"model": long + "x"})) == ""
    assert (
        query.narrowing(Selection(attributes={"model": long + "x", "status": "active"}))
        == '"common.status" = "ACTIVE"'
    )


def test_a_filter_is_sent_as_it_is_or_refused():
    assert query.narrowing(Selection(filter="x" * 255)) == "x" * 255
    with pytest.raises(
        OptionError, match="^select.filters: has 256 characters, and a query may have at most 255"
    ):
        query.narrowing(Selection(filter="x" * 256))


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        (DeviceRef("id", "2"), '"common.id" = 2'),
        (DeviceRef("guid", UUID), f'"common.uuid" = "{UUID}"'),
        (DeviceRef("serial_number", "C0 FFEE"), '"common.SerialNumber" = "C0 FFEE"'),
        (DeviceRef("email", "o'brien@example.com"), '"user.email_address" = "o\'brien@example.com"'),
        (DeviceRef("user", "jdoe"), '"user.user_id" = "jdoe"'),
    ],
)  # fmt: skip
def test_looking_a_device_up(ref, expected):
    assert query.lookups([ref], "") == [expected]
    assert query.lookups([ref], "x = 1") == [f"({expected}) AND (x = 1)"]


@pytest.mark.parametrize(
    "ref",
    [
        DeviceRef("phone_number", "5550100"), DeviceRef("wifi_mac_address", "aabbcc001122"), DeviceRef("serial_number", 'a"b'),
        DeviceRef("email", "a\\b"), DeviceRef("user", "x" * 300),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_up(ref):
    assert query.lookups([ref], "") is None
    assert query.lookups([DeviceRef("id", "2"), ref], "") is None


@pytest.mark.parametrize("narrow", ["", '"common.status" = "ACTIVE"', "x" * 150])
@pytest.mark.parametrize("count", [1, 4, 5, 99])
def test_lookups_are_chunks_that_hold_every_name_once(count, narrow):
    names = [DeviceRef("guid", f"{number:08x}{UUID[8:]}") for number in range(count)]
    found = query.lookups(names, narrow)
    assert all(len(one) <= query.MAX_QUERY for one in found)
    for ref in names:
        assert sum(one.count(f'"common.uuid" = "{ref.value}"') for one in found) == 1
    assert all(one.endswith(f") AND ({narrow})") for one in found) or not narrow
    # As few as can be: no two neighbours would fit together.
    for one, other in zip(found, found[1:], strict=False):
        first = other.removeprefix("(").split(" OR ")[0].split(")")[0]
        assert len(one) + len(" OR ") + len(first) > query.MAX_QUERY


def test_a_filter_that_leaves_no_room_for_a_name():
    assert query.lookups([DeviceRef("guid", UUID)], "x" * 240) is None


def device(**row):
    return Device("2", UUID, row=row)


@pytest.mark.parametrize(
    ("selection", "row", "met"),
    [
        ({}, {}, True),
        ({"attributes": {"status": "active"}}, {"status": "active"}, True),
        ({"attributes": {"status": "active"}}, {"status": None}, False),
        ({"attributes": {"platform": "ios"}}, {"platform": "ios"}, True),
        ({"attributes": {"comment": "STRASSE"}}, {"comment": "straße"}, True),
        ({"attributes": {"compliant": "true"}}, {"compliant": True}, True),
        ({"attributes": {"compliant": "false"}}, {"compliant": None}, False),
        ({"attributes": {"compliance": "8194"}}, {"compliance": 8194}, True),
        ({"attributes": {"model": "X", "status": "active"}}, {"model": "X", "status": "wiped"}, False),
        ({"attributes": {"ios.DeviceName": "x"}}, {}, False),
        ({"attributes": {"compliance_reasons": "[]"}}, {"compliance_reasons": []}, False),
        ({"statuses": ("active", "wiped")}, {"status": "wiped"}, True),
        ({"statuses": ("active",)}, {"status": "wiped"}, False),
        ({"statuses": ("active",)}, {}, False),
        ({"registered_within": 60}, {"registered_at": "2023-11-14T22:12:20Z"}, True),
        ({"registered_within": 59}, {"registered_at": "2023-11-14T22:12:20Z"}, False),
        ({"registered_within": 60}, {"registered_at": None}, False),
        ({"last_seen_within": 60}, {"last_seen_at": "2023-11-14T22:13:20Z", "registered_at": None}, True),
        ({"last_seen_within": 60, "registered_within": 60}, {"last_seen_at": "2023-11-14T22:13:20Z"}, False),
        ({"last_seen_before": Before(ago=60)}, {"last_seen_at": "2023-11-14T22:12:19Z"}, True),
        ({"last_seen_before": Before(ago=60)}, {"last_seen_at": "2023-11-14T22:12:20Z"}, False),
        ({"last_seen_before": Before(ago=60)}, {"last_seen_at": None}, False),
        ({"last_seen_before": Before(ago=60)}, {"last_seen_at": "1970-01-01T00:00:00Z"}, False),
        ({"last_seen_before": Before(moment=NOW)}, {"last_seen_at": "2023-11-14T22:13:19Z"}, True),
        # The server looks at these.
        ({"filter": "a = b", "labels": ("Sales",)}, {}, True),
    ],
)  # fmt: skip
def test_which_devices_meet_a_selection(selection, row, met):
    assert query.meets(device(**row), Selection(**selection), NOW) is met


@pytest.mark.parametrize(
    ("selection", "needed"),
    [
        ({}, False), ({"names": (DeviceRef("id", "2"),)}, False), ({"filter": "a = b"}, False), ({"labels": ("x",)}, False),
        ({"attributes": {"status": "x"}}, True), ({"statuses": ("lost",)}, True), ({"registered_within": 1}, True), ({"last_seen_within": 1}, True),
        ({"last_seen_before": Before(ago=1)}, True),
    ],
)  # fmt: skip
def test_when_rows_are_needed(selection, needed):
    assert query.needs_rows(Selection(**selection)) is needed


@pytest.mark.parametrize(
    "name", ["Status", "platformType", "common_status", "user_id", "email_address", ""]
)
def test_fields_that_no_device_has(name):
    with pytest.raises(
        OptionError,
        match=r"^select.attributes\..*: .* is not a device field.*\. Use one that device_info returns",
    ):
        query.require_fields(Selection(attributes={name: "x"}), in_v2=False)


@pytest.mark.parametrize(
    ("name", "in_v2"),
    [
        *((name, False) for name in ("status", "block_reason", "compliant", "blocked", "operator")),
        *((name, True) for name in ("status", "ios.DeviceName", "user.user_id", "space")),
    ],
)
def test_fields_that_a_device_may_have(name, in_v2):
    query.require_fields(Selection(attributes={name: "x"}), in_v2=in_v2)


@pytest.mark.parametrize("name", ["block_reason", "compliance", "operator", "status_code"])
def test_a_field_that_only_the_other_api_has_is_refused(name):
    """No row of API v2 has it, so the selection would find nothing and say nothing."""
    with pytest.raises(
        OptionError,
        match=rf"^select.attributes.{name}: only API v1 of EPMM has {name}, .*; set api=v1\.$",
    ):
        query.require_fields(Selection(attributes={name: "0"}), in_v2=True)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("space", "use another field, or set api=v2"),
        ("ios.NoSuch", "use another field, or set api=v2"),
        ("android.security_patch", "use another field, or set api=v2"),
        ("common.status", "it is called status here"),
        ("common.uuid", "it is called guid here"),
        ("common.compliant", "it is called compliant here"),
    ],
)
def test_a_field_that_only_api_v2_has_is_refused(name, remedy):
    """No row of API v1 has it, so it would protect nothing."""
    said = f"^select.attributes.{re.escape(name)}: only API v2 of EPMM has {re.escape(name)}, .* here; {remedy}\\.$"
    with pytest.raises(OptionError, match=said):
        query.require_fields(Selection(attributes={name: "0"}), in_v2=False)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Device("1", "", mac="aa"), ""), (Device("1", ""), ""), (Device("9", "", mac="aa"), "device 9 and device 1"),
        (Device("9", ""), "device 9 and one of those that were chosen"),
    ],
)  # fmt: skip
def test_devices_that_are_named_by_their_addresses(found, said):
    """The server may know the address of a device that shows none."""
    client = SimpleNamespace(find=lambda selection, **options: Found((found,)))
    if not said:
        require_macs(client, [Device("1", "", mac="aa")])
        return
    with pytest.raises(OptionError, match=f"have the same Wi-Fi MAC address: {said};"):
        require_macs(client, [Device("1", "", mac="aa")])
