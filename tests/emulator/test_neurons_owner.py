# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users over the API of Neurons, and giving devices to them."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

import pytest
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api, Reply
from .neurons_actions import DEVICE, FORM, NOBODY, SUPERVISED

Fleet = Callable[..., list[int]]
WAREHOUSE = 10500001
ACCOUNT = "/api/v1/account"
ENTERPRISE = {"platformType": "ANDROID", "androidDeviceOwnerModeEnabled": True}
#: The keys of recorded rows.
KEYS = """id createdAt displayName firstName lastName uid emailAddress accountSource inviteState inviteResendCount accountType enabled
    locked superUser termsAccepted bypassSaml passwordExpiresAt accountSettings mutable loginFailureCount passwordHistory androidWorkEmail
    androidWorkUserStatus androidWorkRetryCount androidWorkDeviceAccountEnabled idpUserDeleted passwordNeverExpire registrationPin groups
    assignedConfigs deviceCount""".split()


def assign(api: Api, account: Any, *devices: int, **more: Any) -> Reply:
    """As the document has it: repeated ids in a form."""
    pairs = [("accountId", account), *(("deviceIds", number) for number in devices), *more.items()]
    return api.call("PUT", f"{DEVICE}/updateAccount", urlencode(pairs).encode(), Content_Type=FORM)


def owner(api: Api, device: int) -> tuple[Any, ...]:
    detail = api.get(f"{DEVICE}/{device}").result
    return (
        detail["ownerId"],
        detail["uid"],
        detail["emailAddress"],
        detail["displayName"],
        detail["lastReassignmentStatus"],
    )


NEW = (WAREHOUSE, "warehouse@example.com", "warehouse@example.com", "Ware House", "SUCCESS")


# --- giving devices to another user -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [SUPERVISED, ENTERPRISE, {"platformType": "ANDROID", "androidWorkProfileEnabled": True}],
)
def test_a_device_is_given_away(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, fields: dict[str, Any]
) -> None:
    emulator.set_switch("strict", "on")
    device, other = fleet(fields, fields)
    before = owner(api, other)
    assert before[-1] is None
    assert assign(api, WAREHOUSE, device).json == {
        "errors": None,
        "result": {"searchResults": [], "totalCount": 0, "offset": 0, "limit": 0},
    }
    assert owner(api, device) == NEW and owner(api, other) == before
    row = next(row for row in api.search().rows if row["id"] == device)
    assert (row["ownerId"], row["firstName"], row["lastName"]) == (
        WAREHOUSE,
        "Ware",
        "House",
    ) and "lastReassignmentStatus" not in row
    assert emulator.device(device)["changeOwnerCounter"] == 1
    assert [
        (entry["device"], entry["action"], entry["params"]) for entry in emulator.actions()
    ] == [(device, "assign_user", {"account": WAREHOUSE})]


@pytest.mark.parametrize(("fields", "codes"), [
    ({"platformType": "IOS", "supervised": False}, ["DEVICE_NOT_SUPERVISED"]), ({"platformType": "ANDROID"}, ["ANDROID_ENTERPRISE_REQUIRED"]),
    ({"platformType": "OSX"}, ["PLATFORM_NOT_SUPPORTED"]), ({**SUPERVISED, "registrationState": "RETIRED"}, ["DEVICE_NOT_ACTIVE"])])  # fmt: skip
def test_a_device_is_rejected(
    emulator: Emulator, api: Api, fleet: Fleet, fields: dict[str, Any], codes: list[str]
) -> None:
    able, unable = fleet(SUPERVISED, fields)
    before = owner(api, unable)
    reply = assign(api, WAREHOUSE, able, unable)
    assert [(row["id"], row["actionExceptionCodes"]) for row in reply.rows] == [(unable, codes)]
    assert (reply.result["totalCount"], reply.result["limit"]) == (
        1,
        1,
    ) and "queryTime" not in reply.result
    assert owner(api, able) == NEW and owner(api, unable) == before
    emulator.set_switch("owner_rejected_rows", "ids")
    assert assign(api, WAREHOUSE, able, unable).rows == [unable]
    emulator.set_switch("owner_answer", "number")
    assert (
        assign(api, WAREHOUSE, able, unable).result == 1
        and assign(api, WAREHOUSE, unable).result == 0
    )


@pytest.mark.parametrize(("outcome", "then"), [("success", NEW), ("failed", None)])
def test_it_takes_time(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, outcome: str, then: tuple[Any, ...] | None
) -> None:
    (device,) = fleet(SUPERVISED)
    before = owner(api, device)
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("owner_outcome", outcome)
    assign(api, WAREHOUSE, device)
    assert (
        owner(api, device) == (*before[:-1], "INITIATED")
        and emulator.state()["pending_orders"] == 1
    )
    emulator.step()
    assert (
        owner(api, device) == (then or (*before[:-1], "FAILED"))
        and emulator.state()["pending_orders"] == 0
    )


def test_after_some_reads(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.set_switch("action_settle", "reads")
    assign(api, WAREHOUSE, device)
    assert [owner(api, device)[-1] for _read in range(3)] == ["INITIATED", "INITIATED", "SUCCESS"]


def test_the_list_may_lag_behind(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.set_switch("list_lag", "manual")
    assign(api, WAREHOUSE, device)
    assert owner(api, device) == NEW and api.search().rows[0]["ownerId"] != WAREHOUSE
    emulator.settle()
    assert api.search().rows[0]["ownerId"] == WAREHOUSE and api.ids(
        "uid=warehouse@example.com"
    ) == [device]


@pytest.mark.parametrize(
    "position", ["lastReassignmentStatus", "lastReassignStatus", "reassignmentStatus", "absent"]
)
def test_the_name_of_the_status(emulator: Emulator, api: Api, fleet: Fleet, position: str) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.set_switch("owner_status_field", position)
    assign(api, WAREHOUSE, device)
    detail = api.get(f"{DEVICE}/{device}").result
    assert {name for name, value in detail.items() if value == "SUCCESS"} == {position} - {"absent"}
    assert emulator.device(device)["lastReassignmentStatus"] == "SUCCESS"


@pytest.mark.parametrize(
    ("position", "status", "result"),
    [("400", 400, None), ("404", 404, None), ("rejected", 200, 1), ("zero", 200, 0)],
)
def test_a_user_who_is_not_there(
    emulator: NeuronsEmulator, api: Api, fleet: Fleet, position: str, status: int, result: Any
) -> None:
    (device,) = fleet(SUPERVISED)
    before = owner(api, device)
    emulator.set_switch("owner_unknown_account", position)
    reply = assign(api, NOBODY, device)
    found = reply.result["totalCount"] if isinstance(reply.result, dict) else reply.result
    assert (reply.status, found, owner(api, device), emulator.actions()) == (
        status,
        result,
        before,
        [],
    )


def test_what_it_needs(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(SUPERVISED)
    assert assign(api, "", device).faulty_fields == ["accountId"] and assign(
        api, "me", device
    ).faulty_fields == ["accountId"]
    assert assign(api, WAREHOUSE).faulty_fields == ["deviceIds"] and assign(
        api, WAREHOUSE, deviceIds="x"
    ).faulty_fields == ["deviceIds"]
    emulator.set_switch("strict", "on")
    assert assign(api, WAREHOUSE, device, ids=device).faulty_fields == ["ids"]
    assert (
        assign(api, WAREHOUSE, deviceIds=f"{device}, {NOBODY}").result["totalCount"] == 0
        and owner(api, device) == NEW
    )


@pytest.mark.parametrize(
    ("kind", "done"), [("no_effect", False), ("result_zero", False), ("lost_answer", True)]
)
def test_faults(emulator: Emulator, api: Api, fleet: Fleet, kind: str, done: bool) -> None:
    (device,) = fleet(SUPERVISED)
    emulator.add_fault(kind, method="PUT")
    if kind == "lost_answer":
        with pytest.raises((OSError, HTTPException)):
            assign(api, WAREHOUSE, device)
    else:
        assert assign(api, WAREHOUSE, device).status == 200
    assert (owner(api, device) == NEW) is done


# --- users ------------------------------------------------------------------------------------------------------------------


def test_users(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("strict", "on")
    reply = api.get(ACCOUNT, rows=500)
    assert [list(row) for row in reply.rows] == [KEYS] * len(reply.rows) and reply.result[
        "totalCount"
    ] == len(reply.rows) > 200
    assert (reply.result["offset"], reply.result["limit"]) == (0, 500) and len(
        api.get(ACCOUNT).rows
    ) == 10
    by_id = {row["id"]: row for row in reply.rows}
    devices = emulator.devices(
        "ownerId", "uid", "emailAddress", "displayName", "firstName", "lastName"
    )
    for device in devices:
        if device["ownerId"] is not None:
            assert {
                name: by_id[device["ownerId"]][name] for name in device if name != "ownerId"
            } == {name: value for name, value in device.items() if name != "ownerId"}
    assert sum(row["deviceCount"] for row in reply.rows) == len(
        [device for device in devices if device["ownerId"] is not None]
    )
    assert {(row["accountSettings"], row["passwordHistory"]) for row in reply.rows} == {
        ("null", "{}")
    }
    assert [row["uid"] for row in reply.rows if row["registrationPin"]] == ["tpl@example.com"]
    assert by_id[10500002]["emailAddress"] is None and by_id[10500005]["enabled"] is False


@pytest.mark.parametrize(("fq", "expected"), [
    ("uid=warehouse@example.com", [WAREHOUSE]), ("UID EQ 'warehouse@example.com'", [WAREHOUSE]), ("uid='WAREHOUSE@example.com'", [WAREHOUSE]),
    ("emailAddress=shared@example.com", [10500003, 10500004]), ("EMAILADDRESS EQ shared@example.com", [10500003, 10500004]),
    ("uid='o''hara@example.com'", [10500006]), ("uid=loaner.pool or enabled=false", [10500002, 10500005]), ("uid=nobody", [])])  # fmt: skip
def test_finding_users(api: Api, fq: str, expected: list[int]) -> None:
    assert [row["id"] for row in api.get(ACCOUNT, fq=fq).rows] == expected


@pytest.mark.parametrize(
    "query",
    [
        "fq=uid",
        "fq=shoeSize=4",
        "rows=501",
        "rows=30000",
        "start=-1",
        "sortFields[0].name=shoeSize",
    ],
)
def test_wrong_requests(api: Api, query: str) -> None:
    assert api.get(f"{ACCOUNT}?{query.replace('[', '%5B').replace(']', '%5D')}").faulty_fields == [
        query.partition("=")[0]
    ]


def test_pages_and_order(api: Api, fleet: Fleet) -> None:
    fleet()
    sort = {"sortFields[0].name": "emailAddress", "sortFields[0].order": "DESC"}
    whole = [row["emailAddress"] for row in api.get(ACCOUNT, **sort).rows]
    known = [address for address in whole if address is not None]
    assert len(whole) == 7 and known == sorted(known, reverse=True) and whole[-1] is None
    assert [
        row["emailAddress"]
        for start in (0, 3, 6)
        for row in api.get(ACCOUNT, rows=3, start=start, **sort).rows
    ] == whole
    assert [row["id"] for row in api.get(ACCOUNT, q="shared@").rows] == [10500003, 10500004]


def test_users_of_devices_which_are_added(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    fleet(
        {"ownerId": 77, "uid": "new@example.com", "displayName": "N"},
        {"ownerId": WAREHOUSE},
        {"ownerId": None},
    )
    rows = {
        row["id"]: (row["uid"], row["displayName"], row["deviceCount"])
        for row in api.get(ACCOUNT).rows
    }
    assert (
        rows[77] == ("new@example.com", "N", 1)
        and rows[WAREHOUSE] == ("warehouse@example.com", "Ware House", 1)
        and len(rows) == 8
    )
    assert [row["uid"] for row in emulator.devices("uid")][1] == "warehouse@example.com"


def test_control_calls(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet(SUPERVISED)
    made = emulator.control(
        "POST", "accounts", {"uid": "a@example.com", "displayName": "A", "id": 10542407}
    )["id"]
    assign(api, made, device)
    assert owner(api, device) == (10542407, "a@example.com", None, "A", "SUCCESS")
    assert emulator.control("GET", "accounts")[-1]["deviceCount"] == 1
    with pytest.raises(ControlError, match="400"):
        emulator.control("POST", "accounts", {"shoeSize": 4})


@pytest.mark.parametrize(("position", "status"), [("absent", 404), ("forbidden", 403)])
def test_a_list_which_is_closed(emulator: Emulator, api: Api, position: str, status: int) -> None:
    emulator.set_switch("account_list", position)
    assert api.get(ACCOUNT).status == status
