#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_config_info
short_description: Read configurations of devices
version_added: 0.1.0
description:
  - Reads which configurations devices have, with a request for each device, and on EPMM which
    policies.
  - Statuses are reported as the server calls them, together with their meaning.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  configs:
    description:
      - The configurations that are wanted, each by its name, which is case-sensitive, or by its id.
      - When left out, all are read.
    type: list
    elements: raw
  kind:
    description:
      - Whether configurations are read or policies, whose ids and names may be the same. Policies
        are on EPMM only.
      - When left out, both are.
    type: str
    choices: [configuration, policy]
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._query
  - ivanti.uem._roles.device_config_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reads
seealso:
  - module: ivanti.uem.device_config
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read the configurations of a device
  ivanti.uem.device_config_info:
    devices: [22000]
  register: configs

- name: Find what is stuck on the devices of a platform
  ivanti.uem.device_config_info:
    select:
      platform: ios
    on_missing: skip
    query: "[].configs[?condition == 'stuck'].name | [][]"
  register: stuck

- name: Count in which status the devices have a configuration
  ivanti.uem.device_config_info:
    devices: [22000, 22001]
    configs: [Passcode Config]
    query: "[].configs[].status"
"""

RETURN = r"""
devices:
  description: The devices, each with its configurations.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The guid of the device.
      type: str
    server:
      description: The address of the server of the device.
      type: str
    configs:
      description:
        - Its configurations, limited to O(configs) and O(kind) if they are given. What the server
          does not say is null.
      type: list
      elements: dict
      contains:
        id:
          description: Its id. On EPMM a policy may have the same.
          type: str
        name:
          description: Its name.
          type: str
        type:
          description: What it configures, such as V(WIFI).
          type: str
        kind:
          description: V(configuration), or on EPMM V(policy).
          type: str
        status:
          description: Its status on the device, as the server calls it.
          type: str
        condition:
          description:
            - What the status means. V(installed) and V(excluded) speak for themselves. V(pending)
              means that it is about to be installed, V(leaving) that it is about to be removed.
            - V(stuck) is any other status. Nothing changes it by itself.
          type: str
        uuid:
          description: Its uuid; null for configurations of EPMM, which have none.
          type: str
        description:
          description: What it is for. This and everything below except C(updated_at) is null on
            EPMM, which does not say.
          type: str
        system_name:
          description: The server's own name of it, or null.
          type: str
        rule_type:
          description: The type of its rule, or null.
          type: str
        enabled:
          description: Whether it is enabled, or null.
          type: bool
        priority:
          description: Its priority, or null.
          type: int
        device_count:
          description: Devices that use it, or null.
          type: int
        installed_count:
          description: Devices that have it installed, or null.
          type: int
        violation_count:
          description: Devices that violate it, or null.
          type: int
        updated_at:
          description: When it was changed; on EPMM, when its status on the device changed; null
            where the server does not say.
          type: str
        updated_by:
          description: Who changed it, or null.
          type: str
        actions:
          description: Its actions as the server sends them; null in every documented example.
          type: raw
  sample:
    - id: "22001"
      guid: cfaf0010-3f58-4ad4-a308-24d215ceb3a1
      server: https://uem.example.com
      configs:
        - id: "61001"
          name: Passcode Config
          type: PASSCODE
          kind: configuration
          status: INSTALL_FAILED
          condition: stuck
          uuid: db5b5fab-8f4d-4e27-9da1-494c73cf256d
          description: Corporate device passcode config
          system_name: null
          rule_type: NONE
          enabled: true
          priority: 1
          device_count: 0
          installed_count: 0
          violation_count: 0
          updated_at: null
          updated_by: null
          actions: null
stuck:
  description: Which configurations are stuck on which device.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The guid of the device.
      type: str
    config:
      description: The name of the configuration, which others may have as well.
      type: str
    config_id:
      description: Its id, which is unique together with C(kind).
      type: str
    kind:
      description: V(configuration), or on EPMM V(policy).
      type: str
    status:
      description: Its status.
      type: str
  sample:
    - id: "22001"
      guid: cfaf0010-3f58-4ad4-a308-24d215ceb3a1
      config: Passcode Config
      config_id: "61001"
      kind: configuration
      status: INSTALL_FAILED
count:
  description: How many devices were found.
  returned: success
  type: int
  sample: 1
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
unreadable:
  description: The devices that vanished while they were read, each with its C(id), its C(guid) and
    the C(reason).
  returned: success
  type: list
  elements: dict
  sample: []
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [INSTALL_FAILED]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 5
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: success
  type: int
  sample: 1
message:
  description: The same in words.
  returned: success
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.calls import CONFIGS
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.info import read_configs
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.model import KINDS
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    QUERY,
    SELECTION,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, QUERY, *UNUSED),
            "configs": {"type": "list", "elements": "raw"},
            "kind": {"type": "str", "choices": list(KINDS)},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=CONFIGS, task=read_configs)


if __name__ == "__main__":
    main()
