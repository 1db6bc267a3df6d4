#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: compliance_action_info
short_description: Read what EPMM does to devices itself
version_added: 0.1.0
description:
  - Reads the compliance actions of EPMM. A compliance action has steps. After its delay a step alerts,
    blocks, quarantines or wipes a device that is still out of compliance.
  - No call says which compliance action a device gets, nor since when it is out of compliance.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  actions:
    description:
      - The compliance actions, each by its name, which is case-sensitive, or by its id.
      - When left out, every compliance action is read.
    type: list
    elements: raw
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.compliance_action_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
notes:
  - Needs API v2 of EPMM.
seealso:
  - module: ivanti.uem.device_compliance_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every compliance action
  ivanti.uem.compliance_action_info:
  register: actions

- name: Find those that wipe devices, or of which the server does not say it
  ivanti.uem.compliance_action_info:
    query: "[?wipes != `false`].name"
"""

RETURN = r"""
actions:
  description: The compliance actions, in the order in which the server lists them.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id.
      type: str
    name:
      description: The name.
      type: str
    local:
      description: Whether devices take it by themselves, without the server; null where the server
        does not say.
      type: bool
    wipes:
      description: Whether any of its steps wipes a device; null where the server does not say it of
        every step.
      type: bool
    created_at:
      description: When it was made, in UTC; null where the server does not say.
      type: str
    updated_at:
      description: When it was changed, in UTC; null where the server does not say.
      type: str
    steps:
      description: What is done, the shortest delay first; null where the server does not say.
      type: list
      elements: dict
      contains:
        delay:
          description: How long after the violation it is done, as the server sends it. The document
            does not name the unit. Null where the server does not say.
          type: int
        alert:
          description: Whether an alert is sent; null where the server does not say.
          type: bool
        block:
          description: Whether the device is blocked from e-mail and AppConnect; null where the
            server does not say.
          type: bool
        quarantine:
          description: Whether the device is quarantined; null where the server does not say.
          type: bool
        wipe:
          description: Whether the device is wiped; null where the server does not say.
          type: bool
        quarantine_settings:
          description: What a quarantine takes away, in the words of the server; null where it does
            not say.
          type: dict
  sample:
    - id: "3"
      name: Lost contact
      local: false
      wipes: true
      created_at: "2025-10-18T07:20:18Z"
      updated_at: "2025-10-18T07:20:18Z"
      steps:
        - {delay: 0, alert: true, block: false, quarantine: false, wipe: false, quarantine_settings: {}}
        - {delay: 30, alert: true, block: true, quarantine: false, wipe: true, quarantine_settings: {}}
count:
  description: How many compliance actions were found.
  returned: success
  type: int
  sample: 1
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [Lost contact]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 3
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_actions.calls import (
    COMPLIANCE_ACTIONS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_actions.task import (
    read_compliance_actions,
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
            "actions": {"type": "list", "elements": "raw"},
        },
        supports_check_mode=True,
    )
    run(module, needs=COMPLIANCE_ACTIONS, task=read_compliance_actions)


if __name__ == "__main__":
    main()
