# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM API v2: the device list, its count, its fields, its faults."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api
from .v2 import DEVICES, fault, search, uuids


def truth(epmm: EpmmEmulator, *fields: str) -> list[dict[str, Any]]:
    return epmm.devices("id", "uuid", *fields)


# --- the request ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("parameters", "text"), [
    ({"adminDeviceSpaceId": None}, "adminDeviceSpaceId is required"), ({"adminDeviceSpaceId": "x"}, "Format 'x'"),
    ({"adminDeviceSpaceId": 77}, "Device space '77'"), ({"query": None}, "One of query and labelId"),
    ({"fields": None}, "fields must be 1 to 512"), ({"fields": " , "}, "fields must be 1 to 512"),
    ({"fields": ",".join(["common.id"] * 513)}, "fields must be 1 to 512"), ({"fields": "x" * 321}, "320"),
    ({"query": "x" * 256}, "255"), ({"limit": -1}, "limit must be 0 or more"), ({"limit": "many"}, "Format 'many'"),
    ({"offset": -1}, "offset must be 0 or more"), ({"sortOrder": "UP"}, "Format 'UP'"),
    ({"sortField": "common.colour"}, "Sort field 'common.colour'"), ({"sortField": "x" * 321}, "sortField"),
    ({"labelId": 4711}, "Label '4711'"), ({"labelId": "iOS"}, "Format 'iOS'"),
    ({"labelId": -1, "query": '"common.status" = "ACTIVE"'}, "labelId cannot be combined"),
    ({"query": "common.colour = 1"}, "unknown field common.colour"), ({"query": '"common.id" ='}, "a value expected"),
    ({"query": "(common.id = 1"}, "')' expected"),
])  # fmt: skip
def test_wrong_requests_are_named(epmm_api: Api, parameters: dict[str, Any], text: str) -> None:
    given = {"query": "", **parameters}
    reply = search(epmm_api, given.pop("query"), **{"fields": "common.uuid", **given})
    assert reply.status == 400 and text in fault(reply)


def test_the_longest_that_is_allowed(epmm_api: Api) -> None:
    assert search(epmm_api, "x" * 255).status == 200
    assert search(epmm_api, fields=",".join(["common.id"] * 512)).status == 200


def test_strict_names_unknown_parameters(epmm: EpmmEmulator, epmm_api: Api) -> None:
    known: dict[str, Any] = {
        "labelId": -1,
        "offset": 0,
        "sortField": "user.display_name",
        "sortOrder": "DESC",
    }
    assert search(epmm_api, page=1, start=0).status == 200
    epmm.set_switch("strict", "on")
    assert search(epmm_api, **known).status == 200
    reply = search(epmm_api, page=1, start=0)
    assert reply.status == 400 and fault(reply).endswith("page, start")


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_flat_and_lacks_what_the_device_lacks(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(
        platform="Android",
        os_version="14.0",
        user=epmm.users()[0]["principal"],
        serial=None,
        compliance=0x800,
        quarantined=0x800,
        comment="",
        connected=None,
        phone="15550000001",
    )
    uuid = epmm.device(device)["uuid"]
    names = (
        "common.id,common.uuid,common.platform,common.platform_name,common.SerialNumber,common.imei,common.imsi,"
        "common.compliant,common.noncompliance_reasons,common.quarantined,common.quarantined_reasons,common.comment,"
        "common.last_connected_at,common.registration_date,common.security_state,common.current_phone_number,"
        "\n common.owner ,ios.Current MCC,nobody.knows,user.display_name"
    )
    reply = search(epmm_api, f'common.uuid="{uuid}"', names)
    user = epmm.users()[0]
    # fmt: off
    assert reply.json["results"] == [{
        "common.id": device, "common.uuid": uuid, "common.platform": "Android", "common.platform_name": "Android 14.0",
        "common.imei": "", "common.compliant": False, "common.noncompliance_reasons": ["DEVICE_ADMIN_DEACTIVE"],
        "common.quarantined": True, "common.quarantined_reasons": ["DEVICE_ADMIN_DEACTIVE"],
        "common.registration_date": "2026-01-14T23:00:00.000Z", "common.security_state": "Ok",
        "common.current_phone_number": "15550000001", "common.owner": "COMPANY",
        "user.display_name": f"{user['first']} {user['last']}"}]
    # fmt: on
    rest = {name: reply.json[name] for name in reply.json if name != "results"}
    assert rest == {
        "totalCount": 1,
        "resultCount": 1,
        "hasMore": False,
        "searchTimeMillis": 1,
        "currentServerTimeMilliseconds": NOW,
    }


def test_names_with_spaces_and_capitals(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(
        platform="iOS", name="Zoë's\niPhone", imei="490154203237518", udid="ab12", serial="F2LX"
    )
    row = search(
        epmm_api,
        f"common.id = {device}",
        "ios.Current MCC,ios.iPhone UDID,ios.DeviceName,common.SerialNumber,common.serialnumber",
    ).json["results"]
    assert row == [
        {
            "ios.Current MCC": "310",
            "ios.iPhone UDID": "ab12",
            "ios.DeviceName": "Zoë's\niPhone",
            "common.SerialNumber": "F2LX",
        }
    ]


def test_an_unknown_field_may_be_an_error(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert search(epmm_api, fields="common.id,ios.DeviceNamem").json["results"][0].keys() == {
        "common.id"
    }
    epmm.set_switch("v2_unknown_field", "error")
    assert "ios.DeviceNamem" in fault(search(epmm_api, fields="common.id,ios.DeviceNamem"))


@pytest.mark.parametrize(("bits", "position", "expected"), [
    (0x3, "published", ["COMPROMISED", "OS_VERSION"]), (0x200010, "published", ["POLICY_OUT_OF_DATE", "0x200000"]),
    (0x803, "numbers", ["1", "2", "2048"]),
])  # fmt: skip
def test_reasons(
    epmm: EpmmEmulator, epmm_api: Api, bits: int, position: str, expected: list[str]
) -> None:
    epmm.set_switch("noncompliance_names", position)
    device = epmm.add_device(compliance=bits)
    row = search(
        epmm_api, f"common.id = {device}", "common.noncompliance_reasons,common.quarantined_reasons"
    ).json
    assert row["results"] == [{"common.noncompliance_reasons": expected}]


def test_a_jailbroken_android_device_is_compliant_but_compromised(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    device = epmm.add_device(platform="Android", compromised=True)
    names = "common.compliant,common.security_state,common.device_is_compromised"
    assert search(epmm_api, f"common.id = {device}", names).json["results"] == [
        {
            "common.compliant": True,
            "common.security_state": "Compromised",
            "common.device_is_compromised": True,
        }
    ]


def test_blocking_is_unknown_to_v2_if_switched_off(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(blocked=0x202)
    names = "common.id,common.blocked,common.blocked_reasons"
    epmm.set_switch("v2_blocked_field", "off")
    assert search(epmm_api, f"common.id = {device}", names).json["results"] == [
        {"common.id": device}
    ]
    epmm.set_switch("v2_blocked_field", "on")
    assert search(epmm_api, "common.blocked = true AND common.compliant = true", names).json[
        "results"
    ][-1] == {
        "common.id": device,
        "common.blocked": True,
        "common.blocked_reasons": ["OS_VERSION", "MANUAL"],
    }


def test_a_pending_registration_has_little_to_tell(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(
        status="VERIFICATION_PENDING", platform="Android", registered=None, connected=None
    )
    names = "common.status,common.registration_date,common.security_state,android.security_patch,common.client_name"
    assert search(epmm_api, f"common.id = {device}", names).json["results"] == [
        {"common.status": "VERIFICATION_PENDING"}
    ]
    uuid = epmm.device(device)["uuid"]
    assert epmm_api.get(f"{DEVICES}/{uuid}/details").json["results"] == []


# --- pages and order --------------------------------------------------------------------------------------------------


def test_pages(epmm: EpmmEmulator, epmm_api: Api) -> None:
    everything = [row["uuid"] for row in sorted(truth(epmm), key=lambda row: row["id"])]
    assert len(everything) == 300 and uuids(epmm_api) == everything
    last = search(epmm_api, offset=280).json
    assert (last["totalCount"], last["resultCount"], last["hasMore"]) == (300, 20, False)
    beyond = search(epmm_api, offset=300).json
    assert (beyond["totalCount"], beyond["results"], beyond["hasMore"]) == (300, [], False)
    assert search(epmm_api, limit=0).json["results"] == []


def test_limits_nobody_knows(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert search(epmm_api, limit=None).json["resultCount"] == 50
    assert search(epmm_api, limit=201).json["resultCount"] == 200
    epmm.control("POST", "switches", {"v2_limit_default": 20, "v2_limit_max": 30})
    assert (
        search(epmm_api, limit=None).json["resultCount"] == 20
        and search(epmm_api, limit=31).json["resultCount"] == 30
    )
    epmm.set_switch("v2_above_limit", "error")
    assert "limit must be between 0 and 30" in fault(search(epmm_api, limit=31))
    assert search(epmm_api, limit=30).json["hasMore"] is True


def test_the_order_without_sorting(epmm: EpmmEmulator, epmm_api: Api) -> None:
    by_id = uuids(epmm_api)
    epmm.set_switch("unsorted_order", "scattered")
    scattered = uuids(epmm_api)
    assert scattered != by_id and sorted(scattered) == sorted(by_id), "pages still fit together"


def test_sorting(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = search(epmm_api, fields="user.display_name", sortField="user.display_name")
    names = [row["user.display_name"].lower() for row in reply.json["results"]]
    assert names == sorted(names)
    serials = [
        search(
            epmm_api,
            fields="common.SerialNumber",
            sortField="common.SerialNumber",
            sortOrder=order,
            offset=100,
        ).json["results"]
        for order in ("ASC", "DESC")
    ]
    for found in serials:
        assert {} in found and found.index({}) == len(found) - found.count({}), (
            "without a value: last, either way"
        )
    times = [
        row["common.id"]
        for row in search(
            epmm_api, fields="common.id", sortField="common.id", sortOrder="desc"
        ).json["results"]
    ]
    assert times == sorted(times, reverse=True)
    epmm.set_switch("unknown_sort_field", "ignore")
    assert uuids(epmm_api, sortField="common.colour") == uuids(epmm_api)


# --- queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        (
            'common.status = "ACTIVE" AND (common.quarantined = true  OR common.compliant = false  '
            "OR "
            'common.security_state !=  "Ok")'
        ),
        (
            '"common.status"="ACTIVE" AND ("common.compliant" = false OR '
            '"common.device_is_compromised"="True")'
        ),
    ],
)
def test_queries_of_working_clients(epmm: EpmmEmulator, epmm_api: Api, query: str) -> None:
    expected = [
        row["uuid"]
        for row in truth(epmm, "status", "quarantined", "compliance", "compromised")
        if row["status"] == "ACTIVE"
        and (row["quarantined"] or row["compliance"] or row["compromised"])
    ]
    assert expected and uuids(epmm_api, query) == expected


def test_a_count(epmm: EpmmEmulator, epmm_api: Api) -> None:
    count = epmm_api.get(
        f"{DEVICES}/count", adminDeviceSpaceId=1, query='"common.platform" = "iOS"'
    )
    assert count.json == {
        "totalCount": sum(row["platform"] == "iOS" for row in truth(epmm, "platform"))
    }
    assert epmm_api.get(f"{DEVICES}/count", adminDeviceSpaceId=1, query="").json == {
        "totalCount": 300
    }
    assert "adminDeviceSpaceId is required" in fault(epmm_api.get(f"{DEVICES}/count", query=""))


def test_a_text_is_searched_and_goes_with_a_label(epmm: EpmmEmulator, epmm_api: Api) -> None:
    expected = {
        row["uuid"]
        for row in truth(epmm, "manufacturer", "status", "labels")
        if row["manufacturer"] == "samsung" and "Pilot" in row["labels"]
    }
    pilot = epmm.labels()["Pilot"]["id"]
    assert expected and set(uuids(epmm_api, "samsung", labelId=pilot)) == expected
    epmm.set_switch("text_query", "error")
    assert "Query 'samsung' is invalid" in fault(search(epmm_api, "samsung"))


def test_a_label_with_an_advanced_query_may_leave_the_query_out(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    epmm.set_switch("label_and_advanced_query", "query_ignored")
    pilot = epmm.labels()["Pilot"]
    assert set(uuids(epmm_api, "common.id = 1", labelId=pilot["id"])) == set(pilot["members"])


def test_unknown_fields_in_a_query_may_find_nothing(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("unknown_field", "empty")
    assert uuids(epmm_api, "common.colour = 1") == []


def test_case_and_missing_values(epmm: EpmmEmulator, epmm_api: Api) -> None:
    without = {row["uuid"] for row in truth(epmm, "serial") if row["serial"] is None}
    assert without and without < set(uuids(epmm_api, 'common.SerialNumber != "X"'))
    samsung = uuids(epmm_api, 'common.manufacturer = "SAMSUNG"')
    assert samsung == uuids(epmm_api, 'common.manufacturer = "samsung"')
    epmm.set_switch("missing_is_not_equal", "no")
    epmm.set_switch("query_case", "respected")
    assert not without & set(uuids(epmm_api, 'common.SerialNumber != "X"'))
    assert uuids(epmm_api, 'common.manufacturer = "SAMSUNG"') == []


# --- spaces -----------------------------------------------------------------------------------------------------------


def test_a_space_limits_what_is_seen(epmm: EpmmEmulator, epmm_api: Api) -> None:
    rows = truth(epmm, "space_id")
    _top, emea, _retail = epmm.spaces()
    expected = [row["uuid"] for row in rows if row["space_id"] == emea["id"]]
    assert expected and uuids(epmm_api, adminDeviceSpaceId=emea["id"]) == expected
    assert set(uuids(epmm_api, emea["criteria"])) == set(expected), (
        "devices are where the criteria put them"
    )
    outside = next(row["uuid"] for row in rows if row["space_id"] != emea["id"])
    for path in ("details", "labels"):
        assert (
            epmm_api.get(f"{DEVICES}/{outside}/{path}", adminDeviceSpaceId=emea["id"]).status == 404
        )
        assert epmm_api.get(f"{DEVICES}/{outside}/{path}", adminDeviceSpaceId=1).status == 200
    assert uuids(epmm_api, f'common.uuid = "{outside}"', adminDeviceSpaceId=emea["id"]) == []
    names = {
        row["common.device_space_name"]
        for row in search(epmm_api, fields="common.device_space_name").json["results"]
    }
    assert names <= {"Global", "EMEA", "Retail & Kiosk"} and len(names) > 1


def test_an_unknown_space_may_be_empty(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("unknown_space", "empty")
    assert search(epmm_api, adminDeviceSpaceId=77).json["totalCount"] == 0
    assert epmm_api.get("/api/v2/labels/label_summary", adminDeviceSpaceId=77).json["results"] == []


# --- fields -----------------------------------------------------------------------------------------------------------


def test_the_fields_which_can_be_searched(epmm: EpmmEmulator, epmm_api: Api) -> None:
    names = [
        row["name"]
        for row in epmm_api.get(f"{DEVICES}/search_fields", adminDeviceSpaceId=1, query="").json[
            "results"
        ]
    ]
    assert len(names) == len(set(names)) > 100
    assert {
        "common.uuid",
        "common.SerialNumber",
        "ios.iPhone UDID",
        "user.sam_account_name",
    } <= set(names)
    assert "common.location" not in names and "common.blocked" in names
    assert any(
        "common.location" in row
        for row in search(epmm_api, fields="common.location").json["results"]
    )
    assert search(epmm_api, fields=",".join(names)).status == 200
    criteria = epmm_api.get("/api/v2/device_spaces/criteria", adminDeviceSpaceId=1).json["results"]
    assert "common.status" in [row["name"] for row in criteria]


def test_details_of_a_device(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(
        platform="iOS",
        name="{{ x }}",
        os_version="18.5",
        build="22F76",
        details={"Extra": "1", "imei": None},
    )
    truth = epmm.device(device)
    rows = epmm_api.get(f"{DEVICES}/{truth['uuid'].upper()}/details").json["results"]
    found = {row["name"]: row["value"] for row in rows}
    assert found == truth["details"] and all(set(row) == {"name", "value"} for row in rows)
    assert (
        found["DeviceName"] == "{{ x }}"
        and found["os_version"] == "iPhone OS 18.5 (22F76)"
        and found["Extra"] == "1"
    )
    assert "imei" not in found and found["security_state"] == "1"


@pytest.mark.parametrize(
    ("form", "status", "start"),
    [
        ("404_json", 404, b'{"messages"'),
        ("404_html", 404, b"<!doctype"),
        ("404_empty", 404, b""),
        ("400_json", 400, b"{"),
    ],
)
def test_a_device_which_does_not_exist(
    epmm: EpmmEmulator, epmm_api: Api, form: str, status: int, start: bytes
) -> None:
    epmm.set_switch("missing_device", form)
    for path in ("details", "labels"):
        reply = epmm_api.get(
            f"{DEVICES}/00000000-0000-4000-8000-000000000000/{path}", adminDeviceSpaceId=1
        )
        assert (
            reply.status == status
            and reply.raw.startswith(start)
            and bool(reply.raw) == bool(start)
        )


# --- lag and faults -----------------------------------------------------------------------------------------------------


def test_the_list_may_lag(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(comment="before")
    epmm.control("POST", "switches", {"list_lag": "reads", "list_lag_reads": 2})
    epmm.patch_device(device, comment="after")
    seen = [
        search(epmm_api, f"common.id = {device}", "common.comment").json["results"][0][
            "common.comment"
        ]
        for _read in range(4)
    ]
    assert seen == ["before", "before", "after", "after"]
    epmm.set_switch("list_lag", "manual")
    epmm.delete_device(device)
    assert search(epmm_api, f"common.id = {device}").json["totalCount"] == 1
    assert epmm.state()["pending_index_writes"] == 1
    epmm.settle()
    assert search(epmm_api, f"common.id = {device}").json["totalCount"] == 0


def test_faults_of_the_list(epmm: EpmmEmulator, epmm_api: Api) -> None:
    everything = uuids(epmm_api)
    epmm.add_fault("duplicate_page", after=1, path=DEVICES)
    pages = [
        [row["common.uuid"] for row in search(epmm_api, limit=20, offset=offset).json["results"]]
        for offset in (0, 20, 40)
    ]
    assert pages == [everything[:20], everything[:20], everything[40:60]]
    epmm.add_fault("short_page", missing=3)
    short = search(epmm_api, limit=20).json
    assert [row["common.uuid"] for row in short["results"]] == everything[:17] and short[
        "totalCount"
    ] == 300
    epmm.add_fault("shifting_pages")
    assert [
        row["common.uuid"] for row in search(epmm_api, limit=20, offset=20).json["results"]
    ] == everything[21:41]
    with pytest.raises(ControlError, match="404"):
        epmm.device(everything[0])
    epmm.add_fault("shifting_pages", mode="appear")
    assert [
        row["common.uuid"] for row in search(epmm_api, limit=20, offset=20).json["results"]
    ] == everything[20:40]


def test_a_stale_list(epmm: EpmmEmulator, epmm_api: Api) -> None:
    device = epmm.add_device(comment="before")
    epmm.add_fault("stale_list", times=None)
    epmm.patch_device(device, comment="after")
    assert uuids(epmm_api, 'common.comment = "after"') == []
    epmm.clear_faults()
    assert uuids(epmm_api, 'common.comment = "after"') == [epmm.device(device)["uuid"]]
