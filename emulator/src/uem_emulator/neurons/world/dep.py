# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's device enrolment: the servers of the tenant and their profiles.

Source: see `api.dep`.
"""

from __future__ import annotations

import random
from typing import Any

from uem_emulator.blueprint import DAY, guid
from uem_emulator.neurons.world.world import World

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
Server = dict[str, Any]


class DepServers:
    """The servers of one world, drawn when they are asked for the first time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: list[Server] | None = None

    def every(self) -> list[Server]:
        """Return the servers, each with its `profiles`. With the usual seed there are three."""
        if self._known is None:
            seed = self._world.blueprint.seed
            return self.replace(random.Random(f"{seed}/dep/24").randrange(4))
        return self._known

    def replace(self, wanted: Any) -> list[Server]:
        """Have other servers, and return them. Raises ValueError.

        Args:
            wanted: The number of servers, or a list: each with any keys of its row, and
                `profiles`, their number or a list.
        """
        rng = random.Random(self._world.blueprint.seed + 5)
        given = [{} for _number in range(wanted)] if isinstance(wanted, int) else wanted
        if not isinstance(given, list) or not all(isinstance(server, dict) for server in given):
            raise ValueError("servers is a number, or a list of objects")
        self._known = [
            _server(rng, place, server, self._world.now) for place, server in enumerate(given)
        ]
        return self._known


def _server(rng: random.Random, place: int, given: Server, now: int) -> Server:
    """The second server has no profile, the others have as many as there are."""
    profiles = given.get("profiles", 0 if place == 1 else len(_PROFILES))
    rows = [{} for _number in range(profiles)] if isinstance(profiles, int) else profiles
    created = now - (700 - place) * DAY
    # fmt: off
    usual = {
        "id": 198 + 3 * place, "serverUuid": guid(rng), "serverName": f"Apple Business Manager {place + 1}",
        "status": "ACTIVE", "createdAt": created,
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
