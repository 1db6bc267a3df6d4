# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's device enrolment: the servers of the tenant and their profiles.

Source: "Device API Calls", the call for the details of a DEP profile: the names of fields, in an
order which shows what is inside what, an example of a profile, and the beginning of the list of
servers. The rest of a server is guessed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from uem_emulator.answers import Answer, Request
from uem_emulator.blueprint import DAY, guid
from uem_emulator.controlcall import ControlCall
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import database_page
from uem_emulator.neurons.api.part import Part
from uem_emulator.neurons.world.world import World
from uem_emulator.routing import Route

if TYPE_CHECKING:
    from uem_emulator.neurons.product import Neurons

SKIP_ITEMS = (
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
)
#: Name, department, supervised, removable, shared. The first profile of a server is its default.
_PROFILES = (
    ("Standard", "IT", True, False, False),
    ("Kiosk / 東京 {{ site }}", "Zürich", True, False, True),
    ("Pilot", None, False, True, False),
)
_HASHED = (
    {
        "shortName": "ladmin",
        "fullName": "Local Admin",
        "hidden": True,
        "passwordHash": "c2VjcmV0LWhhc2gtb2YtbGFkbWlu",
    },
)
Server = dict[str, Any]


class DepCalls(Part):
    """The servers are drawn when they are asked for the first time, and again for another world."""

    def __init__(self, product: Neurons) -> None:
        super().__init__(product)
        self._known: tuple[World | None, list[Server]] = (None, [])

    def make_routes(self) -> tuple[Route, ...]:
        return (
            Route("GET", "/api/v1/depServer", self.servers_page, frozenset(("start", "rows"))),
            Route("GET", "/api/v1/depServer/{id}/profiles", self.profiles),
        )

    @property
    def servers(self) -> list[Server]:
        """Each with its `profiles`. With the usual seed there are three."""
        if self._known[0] is not self.world:
            self.make(random.Random(f"{self.world.blueprint.seed}/dep/24").randrange(4))
        return self._known[1]

    def servers_page(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """50 rows at most, whatever is asked for: the document's limit."""
        name = str(self.switches["dep_server_name"])
        left_out = {"profiles", "serverName"} if name == "absent" else {"profiles"}
        rows = [
            {
                name if key == "serverName" else key: value
                for key, value in server.items()
                if key not in left_out
            }
            for server in self.servers
        ]
        return database_page(request, rows)

    def profiles(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """`result` is the list itself."""
        server = next((server for server in self.servers if str(server["id"]) == taken[0]), None)
        if server is None and self.switches["dep_server_unknown"] == "404":
            return self.product.status(404, request, "DEP server not found")
        rows = [self._row(profile) for profile in (server or {"profiles": []})["profiles"]]
        return wire.ok(
            rows if self.switches["dep_profiles_answer"] == "list" else wire.whole(request, rows)
        )

    def _row(self, profile: dict[str, Any]) -> dict[str, Any]:
        row = dict(profile)
        if self.switches["dep_skip_items"] == "map" and isinstance(row["skipSetupItems"], list):
            row["skipSetupItems"] = {name: name in row["skipSetupItems"] for name in SKIP_ITEMS}
        if self.switches["dep_admin_accounts"] == "hashed":
            row["accountConfiguration"] = {
                **row["accountConfiguration"],
                "autoSetupAdminAccounts": list(_HASHED),
            }
        if row["numOfDevices"] is None:
            row["numOfDevices"] = sum(
                bool(device.value("depEnrolled")) for device in self.world.devices.values()
            )
        return row

    # --- for the control calls ----------------------------------------------------------------------------------------

    def make(self, wanted: Any) -> list[Server]:
        """That many servers, or those of a list: each with any keys of its row, and `profiles`,
        their number or a list. Raises ValueError."""
        rng = random.Random(self.world.blueprint.seed + 5)
        given = [{} for _number in range(wanted)] if isinstance(wanted, int) else wanted
        if not isinstance(given, list) or not all(isinstance(server, dict) for server in given):
            raise ValueError("servers is a number, or a list of objects")
        self._known = (
            self.world,
            [_server(rng, place, server, self.world.now) for place, server in enumerate(given)],
        )
        return self._known[1]


def _server(rng: random.Random, place: int, given: Server, now: int) -> Server:
    """The second server has no profile, the others have as many as there are."""
    profiles = given.get("profiles", 0 if place == 1 else len(_PROFILES))
    rows = [{} for _number in range(profiles)] if isinstance(profiles, int) else profiles
    created = now - (700 - place) * DAY
    # fmt: off
    usual = {
        "id": 198 + 3 * place, "serverUuid": guid(rng), "serverName": f"Apple Business Manager {place + 1}",
        "orgName": "Example & Söhne", "orgEmail": "it@example.com", "orgPhone": "+15550100", "adminId": "dep@example.com",
        "tokenExpiresAt": now + (place * 200 - 10) * DAY, "lastSyncedAt": now - DAY, "status": "ACTIVE", "createdAt": created,
        "createdBy": 10586408, "modifiedAt": created, "modifiedBy": None,
    }
    # fmt: on
    server = {**usual, **given}
    return {
        **server,
        "profiles": [
            _profile(rng, number, row, first=not place and not number, server=server)
            for number, row in enumerate(rows)
        ],
    }


def _profile(
    rng: random.Random, place: int, given: dict[str, Any], *, first: bool, server: Server
) -> dict[str, Any]:
    """Keys in the document's order, and what is the same for all as in its example: the server's id
    and UUID stand in each. `numOfDevices` of None: all devices of the tenant which are enrolled
    so."""
    name, department, supervised, removable, shared = _PROFILES[place % len(_PROFILES)]
    number = rng.randrange(1000, 9000)
    # fmt: off
    usual = {
        "id": number * 10 + place, "uuid": guid(rng).replace("-", "").upper(),
        "profileName": name if place < len(_PROFILES) else f"{name} {place + 1}",
        "allowPairing": not supervised, "softwareUpdateEnabled": False, "anchorCerts": None, "department": department,
        "mandatory": supervised, "mdmRemovable": removable, "maximumResidentUsers": 10 if shared else 0, "multiUser": shared,
        "orgMagic": server["serverUuid"], "skipSetupItems": list(SKIP_ITEMS[:4 + 3 * (place % 3)]), "supervised": supervised,
        "supervisingHostCerts": None, "supportPhoneNumber": "+15550100",
        "supportEmailAddress": None if shared else "help@example.com",
        "url": "https://na1.example.com/c/i/dep/dep.mobileconfig",
        "accountConfiguration": {"skipPrimarySetupAccountCreation": False, "setPrimarySetupAccountAsRegularUser": False,
                                 "skipAutoSetupAdminAccounts": True, "autoSetupAdminAccounts": None},
        "showCustomTextOnLoginPage": False, "customText": None, "awaitDeviceConfig": supervised, "timeLimit": 3,
        "enableCustomEnrollment": False, "configurationWebUrl": None, "virtualServerId": server["id"], "status": "ACTIVE",
        "description": None, "newProfileUuid": None, "createdAt": None, "createdBy": None, "modifiedAt": None, "modifiedBy": None,
        "numOfDevices": None if first else 0, "default": place == 0,
    }
    # fmt: on
    return {**usual, **given}


def _made(product: Neurons, taken: Mapping[str, str], body: Any) -> list[Server]:
    return product.dep.make(body.get("servers"))


CONTROL_CALLS = (
    ControlCall("GET", "/dep", lambda product, taken, body: product.dep.servers),
    ControlCall("PUT", "/dep", _made),
)
