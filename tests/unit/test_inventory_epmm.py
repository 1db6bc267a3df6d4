# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of EPMM as hosts, and what an inventory of EPMM asks for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.inventory.epmm import v2_fields
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import fits
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.bitmaps import (
    read_bitmaps,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    Registration,
    group_names,
    named_groups,
    plan_hosts,
    registration_of,
    variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import query
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.devices import (
    device_v1,
    device_v2,
    with_bitmaps,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.v1 import V1

UUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"
V2 = {
    "common.id": 7,
    "common.uuid": UUID.upper(),
    "common.status": "ACTIVE",
    "common.platform": "Android",
}
V1_ROW = {
    "@id": "7",
    "uuid": UUID,
    "status": "ACTIVE",
    "platform": "Android 14.0",
    "compliance": 0,
    "quarantinedStatus": 0,
    "blockReason": 0,
}


def details(**pairs):
    return [{"entry": [{"key": key, "value": value} for key, value in pairs.items()]}]


def v2(**more):
    return device_v2(
        {**V2, **{f"common.{name}": value for name, value in more.items()}}, keep_row=True
    )


def v1(**more):
    return device_v1({**V1_ROW, **more}, keep_row=True)


def of(device, **options):
    return registration_of(device, **{"name": "x", "fields": (), **options})


@pytest.mark.parametrize(
    ("device", "groups"),
    [
        (v2(), ("platform_android", "status_active")),
        (v2(compliant=True), ("platform_android", "compliant", "status_active")),
        (
            v2(compliant=True, security_state="Compromised"),
            (
                "platform_android",
                "noncompliant",
                "compliance_compromised",
                "jailbroken",
                "status_active",
            ),
        ),
        (
            v2(
                compliant=False,
                noncompliance_reasons=["DEVICE_ADMIN_DEACTIVE", "Odd one!"],
                quarantined=True,
            ),
            (
                "platform_android",
                "noncompliant",
                "compliance_mdm_disabled",
                "compliance_odd_one_",
                "quarantined",
                "status_active",
            ),
        ),
        (v1(), ("platform_android", "compliant", "status_active")),
        (
            v1(details=details(security_state="Compromised")),
            (
                "platform_android",
                "noncompliant",
                "compliance_compromised",
                "jailbroken",
                "status_active",
            ),
        ),
        (
            v1(compliance=0x2002, quarantinedStatus=0x2, blockReason=0x200),
            (
                "platform_android",
                "noncompliant",
                "compliance_os_version",
                "compliance_required_app_control",
                "quarantined",
                "blocked",
                "status_active",
            ),
        ),
        (
            v1(compliance=0x200010, status="RETIRE_PENDING"),
            (
                "platform_android",
                "noncompliant",
                "compliance_policy_out_of_date",
                "compliance_bit_0x200000",
                "status_retire_pending",
            ),
        ),
        (v1(compliance=None), ("platform_android", "status_active")),
        (v1(platform="Mac OS X 10.15"), ("platform_macos", "compliant", "status_active")),
        (v1(platform="iPadOS 17.1", status=None), ("platform_ios", "compliant")),
        (v1(platform="Windows Phone 8.1"), ("platform_windows", "compliant", "status_active")),
    ],
)
def test_groups_of_a_row(device, groups):
    assert group_names(of(device)) == groups


BITMAPS = ("compliance", "quarantined_status", "block_reason")


@pytest.mark.parametrize(
    ("listed", "read", "row"),
    [
        # The bitmaps win over what API v2 calls reasons.
        (
            v2(compliant=False, noncompliance_reasons=["OS_TOO_OLD"]),
            v1(compliance=2),
            {
                "compliant": False,
                "compliance_reasons": ["os_version"],
                "quarantined": False,
                "blocked": False,
            },
        ),
        # Each API may be the only one that says that a device is compromised.
        (
            v2(compliant=True, security_state="Compromised"),
            v1(),
            {
                "compliant": False,
                "compliance_reasons": ["compromised"],
                "jailbroken": True,
                "security_state": "Compromised",
            },
        ),
        (
            v2(compliant=True, security_state="Ok"),
            v1(details=details(security_state="Compromised")),
            {
                "compliant": False,
                "compliance_reasons": ["compromised"],
                "jailbroken": True,
                "security_state": "Compromised",
            },
        ),
        (
            v2(compliant=True, security_state="Ok"),
            v1(details=details(security_state="1")),
            {"compliant": True, "jailbroken": False, "security_state": "Ok"},
        ),
        # An answer without bitmaps takes nothing away.
        (
            v2(compliant=False, quarantined=True),
            v1(compliance=None, quarantinedStatus=None, blockReason=None),
            {"compliant": False, "quarantined": True, "blocked": None},
        ),
    ],
)
def test_bitmaps_of_the_other_api(listed, read, row):
    found = with_bitmaps(listed, read).row
    assert {name: found[name] for name in row} == row
    assert {name: found[name] for name in BITMAPS} == {name: read.row[name] for name in BITMAPS}


def test_a_registration():
    device = v2(registration_date="2020-11-09T07:38:22Z", SerialNumber="S1", os_version="14.0")
    found = of(device, fields=["os_version", "imei", "no_such_field"], labels=("a",))
    assert found == Registration(
        "7",
        UUID,
        "x",
        active=True,
        registered="2020-11-09T07:38:22Z",
        platform="android",
        status="active",
        labels=("a",),
        fields={"os_version": "14.0", "imei": None},
    )
    assert variables(found, {"os_version": "i_os_version"}, "i_", "https://x") == {
        "i_id": "7",
        "i_guid": UUID,
        "i_server": "https://x",
        "i_os_version": "14.0",
        "i_labels": ["a"],
    }
    assert not of(v2(status="RETIRED")).active and of(v2(registration_date="soon")).registered == ""


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["os_version", "uuid"], []),
        (["ios.DeviceName", "common.imei2", "ios.DeviceName"], ["ios.DeviceName", "common.imei2"]),
        (["join('.', [a, b])", "a.b[0]", "a.b || c", "a .b", ".a", "a.", "1.5"], []),
    ],
)
def test_which_fields_api_v2_is_asked_for(names, asked):
    assert v2_fields(names) == asked


@pytest.mark.parametrize(
    ("name", "patterns", "wanted"),
    [
        ("iOS", ["*"], True), ("iOS", [], False), ("iOS", ["ios"], False), ("iOS", ["i*", "x"], True),
        ("Sales/EMEA", ["*", "!*/*"], False), ("Sales/EMEA", ["!*/*", "*"], False), ("Sales", ["*", "!*/*"], True),
        ("Sales", ["!Sales"], False), ("Pilot", ["!Sales"], True), ("Pilot", ["!*/*"], True), ("Sales/EMEA", ["!*/*"], False),
        ("Pilot", ["!Sales", "x"], False), ("[a]", ["[[]a]"], True), ("!x", ["[!]x"], False), ("!x", ["?x"], True),
    ],
)  # fmt: skip
def test_patterns(name, patterns, wanted):
    assert fits(name, patterns) is wanted


def test_labels_that_are_spelt_alike():
    # fmt: off
    fleet = [
        Registration("1", "", "one", labels=("a b", "c")), Registration("2", "", "two", labels=("a/b", "c")),
        Registration("3", "", "three", labels=None),
    ]
    # fmt: on
    groups = named_groups(fleet)
    assert groups["label", "c"] == "label_c"
    assert len(set(groups.values())) == 3 and all(
        groups["label", name].startswith("label_a_b_") for name in ("a b", "a/b")
    )
    assert [host.groups for host in plan_hosts(fleet)] == [
        (groups["label", "a b"], "label_c"),
        (groups["label", "a/b"], "label_c"),
        (),
    ]
    assert named_groups(reversed(fleet)) == groups


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"statuses": ("active",)}, '"common.status" = "ACTIVE"'),
        ({"statuses": ("lost", "wiped")}, '"common.status" = "LOST" OR "common.status" = "WIPED"'),
        ({"statuses": ("lost", "wiped"), "filter": "a OR b"},
         '(a OR b) AND ("common.status" = "LOST" OR "common.status" = "WIPED")'),
        # What does not fit is left to a look at the rows.
        ({"statuses": ("lost",), "filter": "x" * 240}, "x" * 240),
    ],
)  # fmt: skip
def test_a_query_for_statuses(options, asked):
    assert query.narrowing(Selection(**options)) == asked


def test_a_status_that_only_neurons_has_is_refused():
    with pytest.raises(OptionError, match="epmm has no status wipe_canceled"):
        query.narrowing(Selection(statuses=("lost", "wipe_canceled")))


def test_rows_are_held_against_the_statuses():
    selection = Selection(statuses=("retired", "wiped"))
    assert query.needs_rows(selection) and selection.narrows
    assert [
        query.meets(v2(status=status), selection, 0)
        for status in ("RETIRED", "WIPED", "ACTIVE", None)
    ] == [True, True, False, False]


class Answering:
    """A transport to API v1 of a server with sixty devices of the bitmap 2, one of which its list
    of ACTIVE ones lacks."""

    settings = SimpleNamespace(concurrency=1)

    def __init__(self, unlisted):
        self.rows = [
            {**V1_ROW, "@id": str(number), "uuid": f"{number:036}", "compliance": 2}
            for number in range(1, 61)
        ]
        self.unlisted = self.rows[unlisted - 1]
        self.asked = []

    def call(self, endpoint, *, path=None, query=(), most=0):
        self.asked.append(path["device"] if path else dict(query)["status"])
        active = (
            [row for row in self.rows if row is not self.unlisted]
            if ("status", "ACTIVE") in query
            else []
        )
        rows = [row for row in self.rows if row["uuid"] == path["device"]] if path else active
        said = f"{len(rows)} Device(s) returned"
        return {"messages": {"message": said}, "devices": {"device": rows}}


def sixty(**others):
    """What API v2 lists; ``others``: fields of the seventh."""
    return [
        v2(id=number, uuid=f"{number:036}", **others if number == 7 else {})
        for number in range(1, 61)
    ]


@pytest.mark.parametrize("status", [None, "", "NEW_IN_THIS_RELEASE", 7], ids=repr)
def test_a_device_of_no_known_status_is_read_by_itself(status):
    """There is no list of its status, and a server may answer HTTP 400 to what it does not know."""
    server = Answering(unlisted=7)
    found = read_bitmaps(V1(server), sixty(status=status), lambda _status: 60)
    assert [device.row["compliance"] for device in found] == [2] * 60 and server.asked == [
        "ACTIVE",
        f"{7:036}",
    ]


@pytest.mark.parametrize(("status", "asked"), [(None, []), ("ODD", []), ("LOST", ["LOST"])])
def test_many_devices_that_should_be_listed_and_are_not_stop_it(status, asked):
    devices = [v2(id=number, uuid=f"{number:036}", status=status) for number in range(1, 61)]
    server = Answering(unlisted=7)
    with pytest.raises(AnswerError, match="does not list 60 of the 60 devices"):
        read_bitmaps(V1(server), devices, lambda _status: 60)
    assert server.asked == asked


def test_many_devices_of_a_status_that_cannot_be_asked_for_are_read_one_by_one():
    devices = [
        v2(id=number, uuid=f"{number:036}", status="RETIRE_PENDING") for number in range(1, 61)
    ]
    server = Answering(unlisted=7)
    found = read_bitmaps(V1(server), devices, lambda _status: 60)
    assert [device.row["compliance"] for device in found] == [2] * 60 and len(server.asked) == 61


@pytest.mark.parametrize(
    ("counts", "asked"),
    [
        # A list is read where it can hold no more than twenty times what is wanted: 60 devices, 59
        # of them ACTIVE.
        ({"": 1200, "ACTIVE": 1200}, ["ACTIVE", f"{7:036}"]), ({"": 1201, "ACTIVE": 1180}, ["ACTIVE", f"{7:036}"]),
        ({"": 1201, "ACTIVE": 1181}, [f"{number:036}" for number in range(1, 61)]),
    ],
    ids=str,
)  # fmt: skip
def test_a_list_that_holds_twenty_times_too_many_is_not_read(counts, asked):
    server = Answering(unlisted=7)
    found = read_bitmaps(V1(server), sixty(status=None), counts.__getitem__)
    assert [device.row["compliance"] for device in found] == [2] * 60 and server.asked == asked
