#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: policy_info
short_description: Read policies, rules and devices
version_added: 0.1.0
description:
  - Reads all policies with their rules, or those that are named, or those that devices have.
  - The value of each rule is typed, and the meanings of the rule and of the value are returned with
    it.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  policies:
    description:
      - The policies, each by its name, which is case-sensitive, or by its id.
      - When left out, every policy is read.
    type: list
    elements: raw
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._roles.policy_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
notes:
  - With O(devices) or O(select) the policies of each device are read, which takes a request for
    each.
  - The API does not show which labels a policy is applied to; see M(ivanti.uem.label_policy).
seealso:
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every policy
  ivanti.uem.policy_info:
  register: policies

- name: Find the security policies that have a priority, in that order
  ivanti.uem.policy_info:
    query: "sort_by([?profile_type == 'SECURITY' && priority], &priority)[].name"

- name: Read the policies of the devices of a label
  ivanti.uem.policy_info:
    select:
      labels: [Sales]
    on_missing: skip
"""

RETURN = r"""
policies:
  description: The policies; with O(devices) or O(select) those that any of the devices has.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: Its id. Those of default policies are negative.
      type: str
    name:
      description: Its name.
      type: str
    policy_type:
      description: V(DEFAULT) or V(ENTERPRISE).
      type: str
    profile_type:
      description: V(SECURITY), V(PRIVACY), V(LOCKDOWN) or V(SYNC).
      type: str
    active:
      description: Whether it is in force.
      type: bool
    status:
      description: V(Active) or V(Inactive), as the server calls it.
      type: str
    priority:
      description:
        - Its priority among the policies of its profile type; null where the server does not say.
        - It is not documented whether low or high numbers come first.
      type: int
    description:
      description: What it is for.
      type: str
    device_count:
      description: Devices that have it; null where the policies of devices are read, because the
        server does not say it there.
      type: int
    pending_count:
      description: Devices that are about to get it; null where the policies of devices are read.
      type: int
    rules:
      description: Its rules.
      type: list
      elements: dict
      contains:
        type:
          description: The type of the rule.
          type: str
        value:
          description: Its value, as a number, a boolean, a list or text.
          type: raw
        raw:
          description: Its value as the server sent it.
          type: raw
        meaning:
          description: What the rule is about; empty for a rule that the vendor's document does not
            list.
          type: str
        value_meaning:
          description: What the value means; empty where there is nothing to say.
          type: str
        known:
          description: Whether the document lists the rule, and the value is one that it allows.
          type: bool
  sample:
    - id: "-2"
      name: Default Privacy Policy
      policy_type: DEFAULT
      profile_type: PRIVACY
      active: true
      status: Active
      priority: 1
      description: Default Privacy Policy
      device_count: 212
      pending_count: 0
      rules: []
devices:
  description: The devices, each with its C(id), C(guid) and C(server), and the ids of its C(policies).
  returned: with O(devices) or O(select)
  type: list
  elements: dict
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      server: https://uem.example.com
      policies: ["-2", "31"]
count:
  description: How many policies were found.
  returned: success
  type: int
  sample: 1
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [Default Security Policy]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: when O(devices) or O(select) is given
  type: int
  sample: 1
message:
  description: The same in words.
  returned: when O(devices) or O(select) is given
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.calls import POLICIES
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.info import (
    read_policies,
)
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
            "policies": {"type": "list", "elements": "raw"},
        },
        mutually_exclusive=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=POLICIES, task=read_policies)


if __name__ == "__main__":
    main()
