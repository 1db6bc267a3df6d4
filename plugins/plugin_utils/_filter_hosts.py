# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that a filter gets, and the devices that they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import HostDevice
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import (
    device_in,
    host_device,
    host_named,
)
from jinja2 import Undefined


def names_of(hosts: Any, hostvars: Any, plugin: str) -> list[str]:
    """Return the names of hosts.

    Args:
        hosts: The input of a filter.
        hostvars: The variable of this name.
        plugin: The filter, for messages.

    Raises:
        OptionError: The input is not a list of them, or hostvars are not given.
    """
    if isinstance(hosts, Undefined) or not isinstance(hosts, Sequence) or isinstance(hosts, str):
        raise OptionError(
            "the input is not a list of hosts; give one such as groups['quarantined'] or "
            "ansible_play_batch."
        )
    if not hasattr(hostvars, "raw_get"):
        raise OptionError(f"hostvars are missing; write groups['x'] | {plugin}(hostvars).")
    return [str(name) for name in hosts]


def require_device(name: str, hostvars: Any, plugin: str) -> HostDevice:
    """Return what a host says of its device.

    Args:
        name: The host.
        hostvars: The variable of this name.
        plugin: The filter, for messages.

    Raises:
        OptionError: There is no such host.
        AnsibleError: This ansible-core keeps its inventory elsewhere.
    """
    host = host_named(private(hostvars, "_inventory", plugin), name)
    return host_device(host, *device_in(hostvars, host))
