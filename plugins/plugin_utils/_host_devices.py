# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts say of their devices. Whatever makes devices of hosts reads it here, so that a host is the
same device for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import server_name
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    PRODUCT_GROUPS,
    SERVER_VARIABLE,
    HostDevice,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import nearest
from ansible_collections.ivanti.uem.plugins.plugin_utils._layers import last, may_be_template


def host_named(inventory: Any, name: str) -> Any:
    """Return a host of Ansible's inventory.

    Raises:
        OptionError: There is no such host.
    """
    host = inventory.get_host(name)
    if host is None:
        raise OptionError(
            f"there is no host {name!r} in the inventory{nearest(name, list(inventory.hosts))}."
        )
    return host


def device_of(
    host: Any, others: Callable[[str], Any], names: Sequence[str] = (GUID_VARIABLE,)
) -> tuple[Any, Any]:
    """Return the name of a host's device and the address of its server, or None for what it lacks.

    Args:
        host: The host, as Ansible's inventory has it.
        others: Returns a variable of the host from anywhere; asked where the inventory itself has
            none, or a template.
        names: The variables that may name the device, the best first.
    """
    device = next(filter(None, (_said(host, name, others) for name in names)), None)
    return device, _said(host, SERVER_VARIABLE, others)


def device_in(hostvars: Any, host: Any) -> tuple[Any, Any]:
    """Return what ``device_of`` does, from all that Ansible knows of a host.

    Args:
        hostvars: The variable of this name.
        host: The host, as Ansible's inventory has it.
    """

    def anywhere(variable: str) -> Any:
        # All variables of a host take a hundred times as long as those that the inventory has.
        return hostvars[host.name].get(variable)

    return device_of(host, anywhere)


def layered_device_of(
    host: Any, layers: Sequence[Mapping[str, Any]], names: Sequence[str] = (GUID_VARIABLE,)
) -> tuple[Any, Any]:
    """Return what ``device_of`` does, from all that is set for a host. Both may be templates.

    Args:
        host: The host, as Ansible's inventory has it.
        layers: What is set for it, the weakest first.
        names: The variables that may name the device, the best first.

    Raises:
        OptionError: Something makes another device of it than the inventory says.
    """
    for name in (*names, SERVER_VARIABLE):
        own, other = host.vars.get(name), last(layers, name)
        if own == other or not _is_plain(own) or may_be_template(other):
            continue
        if _key(name, own) != _key(name, other):
            raise OptionError(
                f"{name} of the host {host.name!r} is {own!r} in the inventory, and {str(other)!r} in "
                "group_vars, host_vars or extra variables. It says which device the host is, so remove "
                "it there. Nothing was done."
            )
    return device_of(host, lambda name: last(layers, name), names)


def host_device(host: Any, device: Any, server: Any) -> HostDevice:
    """Return what a host says of its device, to be checked.

    Args:
        host: The host, as Ansible's inventory has it.
        device: The name of its device, without templates, or None.
        server: The address of its server, without templates, or None.
    """
    merged = PRODUCT_GROUPS.issubset(group.name for group in host.groups)
    return HostDevice(host.name, str(device or ""), str(server or ""), merged)


def plain_variable(host: Any, name: str) -> str | None:
    """Return a variable of a host as the inventory itself has it. None where it has none, or a
    template."""
    own = host.vars.get(name)
    return own if _is_plain(own) else None


def _said(host: Any, name: str, others: Callable[[str], Any]) -> Any:
    return plain_variable(host, name) or others(name)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and value != "" and not may_be_template(value)


def _key(name: str, value: Any) -> str:
    return server_name(str(value)) if name == SERVER_VARIABLE else str(value).lower()
