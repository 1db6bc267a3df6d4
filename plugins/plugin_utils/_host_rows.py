# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of an inventory as rows of devices, for a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    ID_VARIABLE,
    HostDevice,
    require_identified,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.document import FIELDS
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import (
    device_of,
    host_device,
    host_named,
)

PLUGIN = "ivanti.uem.fleet_report"
PREFIX = "ivanti_"


def rows_of_hosts(hostvars: Any, names: Sequence[Any] | None) -> list[dict[str, Any]]:
    """Return a row for each host.

    Only what an inventory plugin sets counts. Reading all variables of a host takes a hundred times
    as long, and a report is about what the server says.

    Args:
        hostvars: The variable of this name.
        names: The hosts; None stands for all that are devices.

    Raises:
        OptionError: A host is not there or is not a device, or there is none.
    """
    inventory = private(hostvars, "_inventory", PLUGIN)
    hosts = list(inventory.hosts.values()) if names is None else list(_named(inventory, names))
    if names is None:
        hosts = [host for host in hosts if GUID_VARIABLE in host.vars]
    if not hosts and names is None:
        raise OptionError(
            "The inventory has no device. Give an inventory of ivanti.uem with -i. For a report of no "
            "devices give devices: [] to the module, or fleet_report_devices: [] to the role of this "
            "name; the playbook needs devices. Nothing was written."
        )
    require_identified([_identity(host) for host in hosts])
    fields = [(name, f"{PREFIX}{name}") for name in FIELDS]
    return [{name: host.vars.get(variable) for name, variable in fields} for host in hosts]


def _named(inventory: Any, names: Sequence[Any]) -> Iterator[Any]:
    for name in names:
        try:
            yield host_named(inventory, str(name))
        except OptionError as error:
            raise OptionError(f"hosts: {error} Nothing was written.") from None


def _identity(host: Any) -> HostDevice:
    """Return what the inventory says of a host's device."""
    return host_device(host, *device_of(host, lambda _name: None, (GUID_VARIABLE, ID_VARIABLE)))
