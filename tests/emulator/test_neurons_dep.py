# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's device enrolment over the API of Neurons: servers and their profiles."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.emulator import ControlError, Emulator

from .client import Api, Reply

SERVERS = "/api/v1/depServer"
#: The document's table, without what is inside skipSetupItems and accountConfiguration.
KEYS = """id uuid profileName allowPairing softwareUpdateEnabled anchorCerts department mandatory mdmRemovable maximumResidentUsers
    multiUser orgMagic skipSetupItems supervised supervisingHostCerts supportPhoneNumber supportEmailAddress url accountConfiguration
    showCustomTextOnLoginPage customText awaitDeviceConfig timeLimit enableCustomEnrollment configurationWebUrl virtualServerId status
    description newProfileUuid createdAt createdBy modifiedAt modifiedBy numOfDevices default""".split()
ACCOUNT_KEYS = [
    "skipPrimarySetupAccountCreation",
    "setPrimarySetupAccountAsRegularUser",
    "skipAutoSetupAdminAccounts",
    "autoSetupAdminAccounts",
]
ITEMS = [
    "Location",
    "Restore",
    "Android",
    "AppleID",
    "TOS",
    "Biometric",
    "Payment",
    "Zoom",
    "Siri",
    "Diagnostics",
    "Passcode",
]


def make(emulator: Emulator, servers: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = emulator.control("PUT", "dep", {"servers": servers})
    return found


def profiles(api: Api, server: dict[str, Any]) -> Reply:
    return api.get(f"{SERVERS}/{server['id']}/profiles")


def test_the_servers(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("strict", "on")
    make(emulator, 3)
    reply = api.get(SERVERS)
    assert (reply.result["totalCount"], reply.result["limit"], reply.result["offset"]) == (3, 50, 0)
    assert [row["id"] for row in reply.rows] == [198, 201, 204] and list(reply.rows[0])[:2] == [
        "id",
        "serverUuid",
    ]
    assert (
        all("profiles" not in row for row in reply.rows)
        and len({row["serverUuid"] for row in reply.rows}) == 3
    )


def test_pages_of_fifty(emulator: Emulator, api: Api) -> None:
    make(emulator, 120)
    pages = [api.get(SERVERS, start=start, rows=500) for start in (0, 50, 100, 150)]
    assert [len(page.rows) for page in pages] == [50, 50, 20, 0] and {
        page.result["limit"] for page in pages
    } == {50}
    assert len({row["id"] for page in pages for row in page.rows}) == 120


def test_the_profiles_of_a_server(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("strict", "on")
    first, second, _third = make(emulator, 3)
    reply = profiles(api, first)
    assert reply.json["errors"] is None and [list(row) for row in reply.result] == [KEYS] * 3
    assert [row["default"] for row in reply.result] == [True, False, False]
    assert all(
        list(row["accountConfiguration"]) == ACCOUNT_KEYS
        and set(row["skipSetupItems"]) <= set(ITEMS)
        for row in reply.result
    )
    enrolled = [row for row in emulator.devices("depEnrolled") if row["depEnrolled"]]
    assert [row["numOfDevices"] for row in reply.result] == [len(enrolled), 0, 0] and enrolled
    assert profiles(api, second).json == {"errors": None, "result": []}, "a server without profiles"


@pytest.mark.parametrize(("seed", "number"), [(7, 3), (11, 2), (4, 0)])
def test_seeds_have_some_or_none(emulator: Emulator, api: Api, seed: int, number: int) -> None:
    emulator.reset(seed=seed)
    assert len(api.get(SERVERS).rows) == number
    found = emulator.control("GET", "dep")
    make(emulator, 3)
    emulator.reset(seed=seed)
    assert emulator.control("GET", "dep") == found


@pytest.mark.parametrize(("position", "status"), [("404", 404), ("empty", 200)])
@pytest.mark.parametrize("key", ["999999", "profile"])
def test_a_server_which_is_not_there(
    emulator: Emulator, api: Api, position: str, status: int, key: str
) -> None:
    emulator.set_switch("dep_server_unknown", position)
    reply = api.get(f"{SERVERS}/{key}/profiles")
    assert reply.status == status and reply.result == ([] if status == 200 else None)


def test_the_form_of_the_answer(emulator: Emulator, api: Api) -> None:
    (server,) = make(emulator, 1)
    bare = profiles(api, server).result
    emulator.set_switch("dep_profiles_answer", "page")
    assert (profiles(api, server).rows, profiles(api, server).result["totalCount"]) == (bare, 3)
    emulator.set_switch("dep_skip_items", "map")
    items = profiles(api, server).rows[0]["skipSetupItems"]
    assert (
        list(items) == ITEMS
        and [name for name in items if items[name]] == bare[0]["skipSetupItems"]
    )
    emulator.set_switch("dep_admin_accounts", "hashed")
    assert profiles(api, server).rows[0]["accountConfiguration"]["autoSetupAdminAccounts"][0][
        "passwordHash"
    ]


def test_servers_of_ones_own(emulator: Emulator, api: Api) -> None:
    make(
        emulator,
        [
            {
                "id": 7,
                "serverName": "Mine",
                "profiles": [{"profileName": "A", "numOfDevices": 3}, {}],
            },
            {"profiles": 60},
        ],
    )
    assert [row["serverName"] for row in api.get(SERVERS).rows] == [
        "Mine",
        "Apple Business Manager 2",
    ]
    assert [
        (row["profileName"], row["numOfDevices"]) for row in profiles(api, {"id": 7}).result
    ] == [("A", 3), ("Kiosk / 東京 {{ site }}", 0)]
    rows = profiles(api, {"id": 201}).result
    assert len({row["id"] for row in rows}) == len({row["profileName"] for row in rows}) == 60


@pytest.mark.parametrize("position", ["serverName", "name", "absent"])
def test_the_name_of_a_server(emulator: Emulator, api: Api, position: str) -> None:
    truth = make(emulator, 2)
    emulator.set_switch("dep_server_name", position)
    for row, server in zip(api.get(SERVERS).rows, truth, strict=True):
        named = {key: row[key] for key in ("serverName", "name") if key in row}
        assert named == ({} if position == "absent" else {position: server["serverName"]})
        assert (
            row.items() - named.items()
            == {key: server[key] for key in server if key not in ("profiles", "serverName")}.items()
        )


@pytest.mark.parametrize("servers", ["3", None, [3]])
def test_mistakes(emulator: Emulator, servers: Any) -> None:
    with pytest.raises(ControlError, match="400"):
        make(emulator, servers)
