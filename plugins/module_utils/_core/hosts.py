# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that are devices: which registration on which server each of them is. Pure.

A device is written by its id or guid to the server of the connection, and another server may have
a device with that id. So what comes from hosts says its server, and is refused elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .device import server_name
from .errors import OptionError
from .wording import first_of

# The variables that say it. The inventories set them.
GUID_VARIABLE, SERVER_VARIABLE = "ivanti_guid", "ivanti_server"
# What names a device beside its guid.
ID_VARIABLE = "ivanti_id"

# The groups of all hosts of a product. No registration is in both.
PRODUCT_GROUPS = frozenset({"ivanti_neurons", "ivanti_epmm"})

# Groups that devices join and leave by themselves. Nobody means a value for as long as a device is
# in one of them, and today they may have no device.
# fmt: off
PASSING = (
    "compliant", "noncompliant", "compliance_*", "quarantined", "blocked", "jailbroken", "status_*",
)
# fmt: on

# At most this many hosts are named in a sentence.
NAMED = 10


@dataclass(frozen=True)
class HostDevice:
    """What a host says of its device.

    Attributes:
        host: The name of the host.
        device: The guid of its device, or another name of it; "" if it does not say.
        server: The address of its server, or "".
        merged: Whether it is in the groups of both products.
    """

    host: str
    device: str
    server: str
    merged: bool = False


def hosts_text(names: Iterable[str]) -> str:
    """Return names of hosts for a message, at most NAMED of them."""
    return first_of(list(map(repr, names)), NAMED)


def require_identified(hosts: Sequence[HostDevice]) -> None:
    """Check that each host is one device on one server.

    Raises:
        OptionError: Some are not.
    """
    merged = [one.host for one in hosts if one.merged]
    if merged:
        raise OptionError(
            f"Hosts that are in ivanti_neurons and in ivanti_epmm: {hosts_text(merged)}. Each is "
            "two devices that were joined by their name; set server_in_names=true in both inventory "
            "sources. Nothing was done."
        )
    no_device = [one.host for one in hosts if not one.device]
    if no_device:
        raise OptionError(
            f"Hosts without {GUID_VARIABLE}, which are not devices: {hosts_text(no_device)}. Leave them "
            "out, or use an inventory plugin of ivanti.uem. Nothing was done."
        )
    no_server = [one.host for one in hosts if not one.server]
    if no_server:
        raise OptionError(
            f"Hosts without {SERVER_VARIABLE}: {hosts_text(no_server)}. Another server may have a "
            "device of the same id, so set it to the address of their server, or use an inventory "
            "plugin of ivanti.uem. Nothing was done."
        )


def require_one_server(hosts: Sequence[HostDevice], server: str = "") -> None:
    """Check that hosts are devices of one server.

    Args:
        hosts: The hosts; each has a server.
        server: The address of that server. When left out, any will do.

    Raises:
        OptionError: They are not; the message names hosts of each server, or those of another one.
    """
    by_server: dict[str, list[str]] = {}
    for one in hosts:
        by_server.setdefault(server_name(one.server), []).append(one.host)
    wanted = server_name(server)
    if wanted:
        others = {other: names for other, names in by_server.items() if other != wanted}
        if others:
            raise OptionError(
                f"Hosts of another server than {wanted}: {_listed(others)}. Leave them out, such as "
                "with the group of a server (server_...), or connect to their server. Nothing was "
                "done."
            )
    elif len(by_server) > 1:
        raise OptionError(
            f"Hosts of {len(by_server)} servers: {_listed(by_server)}. One task has one connection, "
            "so write a task for each, such as with the group of a server (server_...). Nothing was "
            "done."
        )


def _listed(by_server: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{server}: {hosts_text(names)}" for server, names in by_server.items())


@dataclass(frozen=True)
class TaskHost:
    """The host that a task runs for.

    Attributes:
        host: Its name.
        names: The id and guid of its device.
        server: The address of its server.
    """

    host: str
    names: frozenset[str]
    server: str


def task_host_of(host: str, variables: Mapping[str, Any]) -> TaskHost | None:
    """Return the host of a task by its variables, or None if they do not say its device and server."""
    server, *names = (
        str(variables.get(name) or "").strip()
        for name in (SERVER_VARIABLE, GUID_VARIABLE, ID_VARIABLE)
    )
    own = frozenset(name.lower() for name in names if name)
    return TaskHost(host, own, server) if own and server and "{{" not in server else None


def require_own(entries: Any, server: str, host: TaskHost | None = None) -> None:
    """Check that the option ``devices`` names no device of another server: entries may say from which
    host and server they come, and a task for a host may name the device of that host. Its id, and its
    guid where a server is a copy, is that of another device elsewhere.

    Args:
        entries: The option.
        server: The address of the server of the connection.
        host: The host that the task runs for, or None if it is not known.

    Raises:
        OptionError: Some are devices of another server.
    """
    if not isinstance(entries, list):
        return
    hosts = [
        HostDevice(str(entry.get("host") or entry.get("device")), "", str(entry["server"]))
        for entry in entries
        if isinstance(entry, Mapping) and entry.get("server")
    ]
    named = (entry.get("device") if isinstance(entry, Mapping) else entry for entry in entries)
    if host is not None and any(str(name).strip().lower() in host.names for name in named):
        hosts.append(HostDevice(host.host, "", host.server))
    require_one_server(hosts, server)
