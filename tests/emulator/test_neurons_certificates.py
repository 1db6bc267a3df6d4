# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of devices over the API of Neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator

from .client import NOW, Api, Reply
from .neurons_actions import DEVICE

Fleet = Callable[..., list[int]]
DAY = 86_400_000
OWNER = 514976
#: The keys of the example's second row, which is whole.
KEYS = """caCertificateStoreId caId subject issuer notBefore notAfter certSerialNumber certState certUsageType certAccountId deviceId
    ownerId phoneNumber deviceModel platformType platformVersion imei locale ownershipType complianceState roaming supervised udid iccid
    prettyModel registrationState jailbroken meid osVersion model imsi mdmState serialNumber compliant tenantId dmPartitionId displayName
    firstName lastName uid emailAddress caTenantId caType caName privateKey configurationId certSerialNumberString""".split()


def search(api: Api, device: int, account: Any = OWNER, **parameters: Any) -> Reply:
    given = {} if account is None else {"accountId": account}
    return api.get(f"{DEVICE}/{device}/certs/search", **given, **parameters)


def test_the_certificates_of_a_device(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    emulator.set_switch("strict", "on")
    # fmt: off
    (device,) = fleet({"ownerId": OWNER, "certificates": [
        {"caCertificateStoreId": 44764, "caId": 18001, "notBefore": 1488124992000, "notAfter": 1701472062000, "certSerialNumber": 26736},
        {"caName": "AppStoreFrontCA", "days": 5}, {"certState": "Revoked"}]})
    # fmt: on
    result = search(api, device).result
    assert list(result) == [
        "totalCount",
        "searchResults",
        "offset",
        "limit",
        "queryTime",
        "facetedResults",
        "totalUnfilteredResultCount",
        "unfilteredFacetedResults",
    ]
    assert (result["totalCount"], result["limit"], result["totalUnfilteredResultCount"]) == (
        3,
        10,
        3,
    )
    assert result["facetedResults"]["CERTSTORESTATE"] == {
        "Manual_Revoke": 0,
        "Pending_Revoke": 0,
        "Active": 2,
        "Revoked": 1,
        "Expired": 0,
        "Deleted": 0,
        "Revoke_Failed": 0,
        "Pending": 0,
    }
    rows = result["searchResults"]
    assert [list(row) for row in rows] == [KEYS] * 3
    assert (rows[0]["notBefore"], rows[0]["notAfter"], rows[0]["certSerialNumberString"]) == (
        1488124992000,
        1701472062000,
        "26736",
    )
    assert rows[1]["notAfter"] == NOW + 5 * DAY and rows[1]["caName"] == "AppStoreFrontCA"
    truth = emulator.device(device)
    assert {(row["deviceId"], row["ownerId"], row["uid"], row["model"]) for row in rows} == {
        (device, OWNER, truth["uid"], truth["deviceModel"])
    }
    assert len({row["caCertificateStoreId"] for row in rows}) == 3


def test_a_fleet_has_some(emulator: Emulator, api: Api) -> None:
    rows = emulator.devices("id", "ownerId", "certificates")
    assert {len(row["certificates"]) for row in rows} == {0, 1, 2, 3}
    left = [(cert["notAfter"] - NOW) // DAY for row in rows for cert in row["certificates"]]
    assert min(left) < 0 < len([days for days in left if 0 <= days < 30])
    late = {
        cert["certState"] for row in rows for cert in row["certificates"] if cert["notAfter"] < NOW
    }
    assert late == {"Active", "Expired"}, "the state of some which have run out is behind"
    assert any(
        cert["certSerialNumber"] > 2**53
        and cert["certSerialNumberString"] == str(cert["certSerialNumber"])
        for row in rows
        for cert in row["certificates"]
    )
    chosen = next(row for row in rows if len(row["certificates"]) == 3)
    found = search(api, chosen["id"], chosen["ownerId"]).rows
    assert [
        {key: row[key] for key in cert}
        for row, cert in zip(found, chosen["certificates"], strict=True)
    ] == chosen["certificates"]
    emulator.reset()
    assert emulator.devices("id", "ownerId", "certificates") == rows


@pytest.mark.parametrize(("position", "status"), [("empty", 200), ("400", 400), ("404", 404)])
@pytest.mark.parametrize("owner", [OWNER, None])
def test_another_account(
    emulator: Emulator, api: Api, fleet: Fleet, position: str, status: int, owner: int | None
) -> None:
    (device,) = fleet({"ownerId": owner, "certificates": [{}]})
    emulator.set_switch("certificates_wrong_account", position)
    reply = search(api, device, OWNER + 1)
    assert reply.status == status and (
        status != 200 or (reply.rows, reply.result["totalCount"]) == ([], 0)
    )


def test_without_an_account(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({"ownerId": None, "certificates": [{}]})
    assert search(api, device, None).faulty_fields == ["accountId"] and search(
        api, device, "me"
    ).faulty_fields == ["accountId"]
    emulator.set_switch("certificates_no_account", "all")
    assert len(search(api, device, None).rows) == 1


def test_some_devices_have_no_owner(emulator: Emulator) -> None:
    rows = emulator.devices("id", "ownerId", "uid")
    assert 0 < len([row for row in rows if row["ownerId"] is None]) < 12 and all(
        row["uid"] for row in rows
    )


def test_pages(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({"ownerId": OWNER, "certificates": [{"caId": place} for place in range(25)]})
    assert len(search(api, device, rows=3).rows) == 25 == search(api, device).result["limit"]
    emulator.set_switch("strict", "on")
    emulator.set_switch("certificates_rows", 10)
    pages = [
        search(api, device, start=start) if start else search(api, device) for start in (0, 10, 20)
    ]
    assert [
        (len(page.rows), page.result["totalCount"], page.result["offset"], page.result["limit"])
        for page in pages
    ] == [(10, 25, 0, 10), (10, 25, 10, 10), (5, 25, 20, 10)]
    assert [row["caId"] for page in pages for row in page.rows] == list(range(25))
    assert (
        len(search(api, device, rows=20).rows) == 20 and search(api, device, rows=501).status == 400
    )


def test_the_owner_decides(emulator: Emulator, api: Api, fleet: Fleet) -> None:
    (device,) = fleet({"ownerId": OWNER, "certificates": [{}]})
    emulator.patch_device(device, ownerId=OWNER + 1)
    assert (len(search(api, device).rows), len(search(api, device, OWNER + 1).rows)) == (0, 1)
