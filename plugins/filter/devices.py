# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: devices
short_description: The devices of hosts, for one task
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Makes hosts of the inventories into the option C(devices) of the modules. One task for all hosts
    takes a few requests; the same task for each host asks the server for each of them.
  - Hosts that are not devices are refused, and so are hosts of several servers. The message names
    them.
  - C(ivanti_guid) and C(ivanti_server) are read as the inventory has them. Only where it lacks one,
    C(group_vars), C(host_vars) and other variables of the host count.
positional: hostvars
options:
  _input:
    description: Names of hosts, such as those of a group.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, which is the variable C(hostvars) itself.
    type: dict
    required: true
  server:
    description:
      - The address of the server that the task is connected to. Hosts of another one are refused.
      - When left out, any server will do, if it is the same for all hosts.
    type: str
seealso:
  - module: ivanti.uem.desired_state
"""

EXAMPLES = r"""
- name: Lock what is quarantined, in one task
  ivanti.uem.device_action:
    action: lock
    devices: "{{ groups['quarantined'] | ivanti.uem.devices(hostvars) }}"
  run_once: true
  delegate_to: localhost
  when: groups['quarantined'] is defined

- name: Lock the hosts of this play, if they are of this server
  ivanti.uem.device_action:
    action: lock
    url: https://na1.mobileiron.com
    devices: "{{ ansible_play_batch | ivanti.uem.devices(hostvars, server='https://na1.mobileiron.com') }}"
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The guids of the devices, each once, in the order of the hosts.
  type: list
  elements: str
  sample: [57d9903c-aadf-4b40-aef3-e1f24302f180]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import parse_ref
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    require_identified,
    require_one_server,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_hosts import (
    names_of,
    require_device,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_options import with_known_options
from jinja2 import Undefined

NAME = "ivanti.uem.devices"


def devices(hosts: Any, hostvars: Any = None, server: str | None = None) -> list[str]:
    """See DOCUMENTATION."""
    try:
        found = [require_device(name, hostvars, NAME) for name in names_of(hosts, hostvars, NAME)]
        require_identified(found)
        require_one_server(found, _address(server))
        refs = [parse_ref(one.device, f"{GUID_VARIABLE} of {one.host!r}") for one in found]
    except UemError as error:
        raise AnsibleFilterError(f"{NAME}: {error}") from None
    return list(dict.fromkeys(ref.value for ref in refs))


def _address(server: Any) -> str:
    """Return the option ``server``.

    Raises:
        OptionError: It is blank: as an address that was left out it would let every server pass.
    """
    if server is None:
        return ""
    if isinstance(server, Undefined) or not str(server).strip():
        raise OptionError("server: is empty; give the address of the server, or leave it out.")
    return str(server)


class FilterModule:
    """See DOCUMENTATION."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter of this file."""
        return {"devices": with_known_options(devices)}
