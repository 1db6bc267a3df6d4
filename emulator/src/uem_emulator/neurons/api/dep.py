# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's device enrolment: the servers of the tenant and their profiles.

Source: "Device API Calls", the call for the details of a DEP profile: the names of fields, in an
order which shows what is inside what, an example of a profile, and the beginning of the list of
servers. The rest of a server is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import database_page
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world.dep import SKIP_ITEMS, Server
from uem_emulator.routing import Route

_HASHED = (
    {
        "shortName": "ladmin",
        "fullName": "Local Admin",
        "hidden": True,
        "passwordHash": "c2VjcmV0LWhhc2gtb2YtbGFkbWlu",
    },
)


class DepCalls(NeuronsPart):
    """The handlers for Apple's device enrolment."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            Route("GET", "/api/v1/depServer", self.servers_page, frozenset(("start", "rows"))),
            Route("GET", "/api/v1/depServer/{id}/profiles", self.profiles),
        )

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
            for server in self.tenant.dep.every()
        ]
        return database_page(request, rows)

    def profiles(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """`result` is the list itself."""
        server = next(
            (server for server in self.tenant.dep.every() if str(server["id"]) == taken[0]), None
        )
        if server is None and self.switches["dep_server_unknown"] == "404":
            return wire.status(404, self.switches, "DEP server not found")
        rows = [self._row(profile) for profile in (server or {"profiles": []})["profiles"]]
        return wire.ok(
            rows
            if self.switches["dep_profiles_answer"] == "list"
            else wire.uncut_list(request, rows)
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


def _made(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> list[Server]:
    return tenant.dep.replace(body.get("servers"))


CONTROL_CALLS = (
    ControlCall("GET", "/dep", lambda tenant, taken, body: tenant.dep.every()),
    ControlCall("PUT", "/dep", _made),
)
