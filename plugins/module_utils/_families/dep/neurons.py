# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DEP servers of Neurons for MDM and their profiles (N44, N45)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._core.masking import masked, masked_but
from ..._core.vocabulary import snake_case
from ..._products.neurons.answers import result_of
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.endpoints import GUIDE, TENANT_ADMIN
from ..._products.neurons.lists import read_whole
from ..._products.neurons.values import time_of
from ..._products.values import text_of
from .model import DepProfile, DepServer

# The guide's address lacks the slash before the id; its example has it.
DEP_PROFILES = Endpoint(
    "N44",
    "GET",
    "/api/v1/depServer/{server}/profiles",
    GUIDE + "Get Device Enrollment Program (DEP) details by DEP profile ID",
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)
DEP_SERVERS = Endpoint(
    "N45",
    "GET",
    "/api/v1/depServer",
    DEP_PROFILES.source,
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)

# "Get Device Enrollment Program (DEP) details by DEP profile ID": the fields of a profile besides
# its id and name.
# fmt: off
FIELDS = (
    "uuid", "allowPairing", "softwareUpdateEnabled", "anchorCerts", "department", "mandatory", "mdmRemovable",
    "maximumResidentUsers", "multiUser", "orgMagic", "skipSetupItems", "supervised", "supervisingHostCerts",
    "supportPhoneNumber", "supportEmailAddress", "url", "accountConfiguration", "showCustomTextOnLoginPage", "customText",
    "awaitDeviceConfig", "timeLimit", "enableCustomEnrollment", "configurationWebUrl", "virtualServerId", "status",
    "description", "newProfileUuid", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "numOfDevices", "default",
)
# fmt: on
_ACCOUNTS = "autoSetupAdminAccounts"
# The fields of an account in Apple's profiles, besides the hash of its password.
_ACCOUNT_FIELDS = frozenset({"shortName", "fullName", "hidden"})


class NeuronsDepServers:
    """DEP servers of a tenant, and their profiles."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client

    def servers(self) -> tuple[DepServer, ...]:
        """See DepServers."""
        found = self._client.database_list(
            DEP_SERVERS, dep_server, lambda server: server.id, "DEP servers"
        )
        return tuple(found)

    def profiles(self, server: DepServer) -> tuple[DepProfile, ...]:
        """See DepServers. In the guide the result is a bare list; every other list is a list
        page."""
        what = f"profiles of DEP server {server.id}"
        ask = partial(self._client.transport.call, DEP_PROFILES, path={"server": server.id})
        rows = result_of(ask(), f"The {what}")
        if rows is None:
            return ()
        if isinstance(rows, Mapping) and "searchResults" in rows:
            return tuple(read_whole(ask, dep_profile, lambda profile: profile.id, what))
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise AnswerError(f"The {what}: the server's answer is not a list of profiles.")
        return tuple(dep_profile(row) for row in rows)


def dep_server(row: Mapping[str, Any]) -> DepServer:
    """Make a server of a row, for which the guide shows only the id and the uuid.

    Raises:
        AnswerError: The row has no id.
    """
    if row.get("id") is None:
        raise AnswerError("The server sent a DEP server without an id.")
    name = row.get("name") or row.get("serverName")
    return DepServer(text_of(row["id"]), text_of(row.get("serverUuid")), text_of(name))


def dep_profile(row: Mapping[str, Any]) -> DepProfile:
    """Make a profile of a row, with the fields that the guide names.

    Passwords and their hashes are masked.

    Raises:
        AnswerError: The row has no id.
    """
    if row.get("id") is None:
        raise AnswerError("The server sent a DEP profile without an id.")
    fields = {snake_case(name): masked(_account(row.get(name))) for name in FIELDS}
    fields |= {
        name: time_of(fields[name]) or fields[name] for name in ("created_at", "modified_at")
    }
    number = text_of(row["id"])
    server, skipped = fields["virtual_server_id"], fields["skip_setup_items"]
    if isinstance(skipped, Mapping):
        # The guide's table lists every item; its example lists only those that are skipped.
        fields["skip_setup_items"] = [
            item for item, left_out in skipped.items() if left_out is True
        ]
    fields["virtual_server_id"] = None if server is None else text_of(server)
    return DepProfile(number, {"id": number, "name": text_of(row.get("profileName")), **fields})


def _account(value: Any) -> Any:
    """Mask the configuration of accounts, whose shape the guide does not show."""
    if not isinstance(value, Mapping) or _ACCOUNTS not in value:
        return value
    return {**value, _ACCOUNTS: masked_but(value[_ACCOUNTS], _ACCOUNT_FIELDS)}
