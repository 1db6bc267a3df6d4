# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of Apple's Device Enrollment Program, and their profiles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.names import pick_all


@dataclass(frozen=True)
class DepServer:
    """A server. Its ``name`` is "" if it has none."""

    id: str
    uuid: str = ""
    name: str = ""


@dataclass(frozen=True)
class DepProfile:
    """A profile. Its ``fields`` are what ``dep_profile_info`` shows, with secrets masked."""

    id: str
    fields: Mapping[str, Any]


def pick_servers(wanted: Sequence[str] | None, known: Sequence[DepServer]) -> tuple[DepServer, ...]:
    """Return the servers with a name, id or uuid.

    Args:
        wanted: The names, or None for all.
        known: What the tenant has.

    Raises:
        OptionError: There is no such server.
    """
    if wanted is None:
        return tuple(known)
    by_uuid = {server.uuid.lower(): server.id for server in known if server.uuid}
    by_id = {server.id: server for server in known}
    # A server without a name is named by its uuid, which a message may suggest.
    named = [replace(server, name=server.name or server.uuid) for server in known]
    ids = [by_uuid.get(name.strip().lower(), name) for name in wanted]
    return tuple(by_id[server.id] for server in pick_all(ids, named, "servers", "DEP server"))


def server_rows(found: Iterable[tuple[DepServer, Sequence[DepProfile]]]) -> list[dict[str, Any]]:
    """Return the servers, each with the ids of its profiles."""
    return [
        {
            "id": server.id,
            "uuid": server.uuid or None,
            "name": server.name or None,
            "profiles": [profile.id for profile in profiles],
        }
        for server, profiles in found
    ]


def profile_rows(found: Iterable[tuple[DepServer, Sequence[DepProfile]]]) -> list[dict[str, Any]]:
    """Return the profiles of all servers, each with the id of its server."""
    return [
        {"server_id": server.id, **profile.fields}
        for server, profiles in found
        for profile in profiles
    ]
