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
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._selection.counted
  - ivanti.uem._roles.device_count_info
  - ivanti.uem._unused
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
    COUNTED,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*COUNTED, *UNUSED),
            "count_by": {"type": "list", "elements": "str", "required": True},
        },
        supports_check_mode=True,
    )
    run(module, needs=COUNTS, task=count_devices)


if __name__ == "__main__":
    main()
