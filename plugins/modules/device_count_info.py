#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_count_info
short_description: Count devices by a field
version_added: 0.1.0
description:
  - Counts devices by the values of fields. The server counts; the devices are not read, so that a
    fleet of any size takes about two requests for each device space.
  - Without O(select) every device is counted.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  count_by:
    description:
      - The fields to count by, such as C(platform), named as M(ivanti.uem.device_info) returns them.
      - These are the fields that the server counts, which depend on its release. Among them are
        C(status), C(ownership), C(model), C(compliant) and C(account_group). A name that is not one
        of them is refused, and the message lists all.
    type: list
    elements: str
    required: true
  select:
    description:
      - Selects the devices to count; a device must meet all of the keys.
      - When left out, every device is counted.
    type: dict
    suboptions:
      attributes:
        description:
          - Devices whose fields have these values, such as C(platform) and V(ios).
          - When left out, they may have any.
        type: dict
      custom_attributes:
        description:
          - Devices whose custom attributes have these values.
          - When left out, they may have any.
        type: dict
      ldap_attributes:
        description:
          - Devices whose users have these values in LDAP attributes.
          - When left out, they may have any.
        type: dict
      filters:
        description:
          - An expression in the filter language of the server, such as V(jailbroken=true).
          - When left out, nothing is added to the other keys.
        type: str
      registered_within:
        description:
          - Devices that registered within this time, such as V(7d) or V(12h).
          - When left out, the time does not matter.
        type: str
      last_seen_within:
        description:
          - Devices that checked in within this time, such as V(7d) or V(12h).
          - When left out, the time does not matter.
        type: str
  spaces:
    description:
      - Ids or names of the device spaces to count in; V(default) is the tenant's
        default one.
      - When left out, all device spaces of the tenant are counted together.
    type: list
    elements: str
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.device_count_info
  - ivanti.uem._limits.unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reads
notes:
  - Some devices have several values of a field, such as C(account_group), and some have none. So the
    numbers of a field need not add up to RV(count).
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Count all devices by platform and state
  ivanti.uem.device_count_info:
    count_by: [platform, status]
  register: fleet

- name: Count the active devices that are not compliant by model
  ivanti.uem.device_count_info:
    count_by: [model]
    select:
      attributes:
        status: active
        compliant: false
"""

RETURN = r"""
count:
  description: How many devices there are.
  returned: success
  type: int
  sample: 3
counts:
  description:
    - For each field of O(count_by), as it is written there, how many devices have each value.
    - A number is null where the server does not say it.
  returned: success
  type: dict
  sample:
    platform: {android: 1, ios: 2}
    status: {active: 3}
    model: {iPad 10th gen: 1}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 3
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.counts.calls import COUNTS
from ansible_collections.ivanti.uem.plugins.module_utils._families.counts.task import count_devices
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    keys = ("attributes", "custom_attributes", "ldap_attributes")
    texts = ("filters", "registered_within", "last_seen_within")
    select = {**{key: {"type": "dict"} for key in keys}, **{key: {"type": "str"} for key in texts}}
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*UNUSED),
            "count_by": {"type": "list", "elements": "str", "required": True},
            "select": {"type": "dict", "options": select},
            "spaces": {"type": "list", "elements": "str"},
        },
        supports_check_mode=True,
    )
    run(module, needs=COUNTS, task=count_devices)


if __name__ == "__main__":
    main()
