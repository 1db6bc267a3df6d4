#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_info
short_description: Read configurations with their counts
version_added: 0.1.0
description:
  - Reads every configuration and policy with the server's counts of devices. No device is read, and
    a page has up to 50 of them.
  - M(ivanti.uem.device_config_info) reads on which devices a configuration is, and
    M(ivanti.uem.device_compliance_info) which devices violate a policy.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  spaces:
    description:
      - Ids or names of the device spaces to look in; V(default) is the tenant's
        default one.
      - When left out, all device spaces of the tenant are looked in.
    type: list
    elements: str
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.config_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reads
notes:
  - What several device spaces share has a row for each of them.
  - The call is described on another page of the vendor than those of the other modules, and which
    role it needs is not said.
seealso:
  - module: ivanti.uem.device_config_info
  - module: ivanti.uem.device_compliance_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read all configurations and policies
  ivanti.uem.config_info:
  register: everything

- name: Find what is violated, and by how many devices
  ivanti.uem.config_info:
    spaces: [default]
    query: "[?violation_count > `0`].{name: name, devices: violation_count}"
"""

RETURN = r"""
configs:
  description: The configurations and policies, in the order of the server, one space after another.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id.
      type: str
    name:
      description: The name, without spaces around it.
      type: str
    space:
      description: The name of its device space.
      type: str
    type:
      description: Its type. Policies have V(POLICY).
      type: str
    rule_type:
      description: What a policy checks; C(NONE) for a configuration.
      type: str
    description:
      description: Its description, or null.
      type: str
    system_name:
      description: The server's own name of what it made itself, or null.
      type: str
    uuid:
      description: The uuid.
      type: str
    enabled:
      description: Whether it is enabled.
      type: bool
    priority:
      description: Its priority.
      type: int
    device_count:
      description: How many devices it is for, as the server counts.
      type: int
    installed_count:
      description: On how many devices it is installed.
      type: int
    violation_count:
      description: How many devices violate it.
      type: int
    updated_at:
      description: When it was last changed, in UTC, or null.
      type: str
    updated_by:
      description: Who changed it last, or null.
      type: str
    actions:
      description: Its actions, as the server sends them, or null.
      type: raw
  sample:
    - id: "61001"
      name: Passcode Config
      space: Default Space
      type: PASSCODE
      rule_type: NONE
      description: Passcode rules for all devices
      system_name: null
      uuid: bd330bef-1ae8-4fe4-bdb7-dfbea2193aa1
      enabled: true
      priority: 1
      device_count: 33
      installed_count: 31
      violation_count: 0
      updated_at: null
      updated_by: null
      actions: null
count:
  description: How many rows there are.
  returned: success
  type: int
  sample: 14
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample:
    - {name: Out of Contact, devices: 3}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 2
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.config_counts.calls import (
    CONFIG_COUNTS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.config_counts.task import (
    read_config_counts,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    QUERY,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(QUERY, *UNUSED),
            "spaces": {"type": "list", "elements": "str"},
        },
        supports_check_mode=True,
    )
    run(module, needs=CONFIG_COUNTS, task=read_config_counts)


if __name__ == "__main__":
    main()
