#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: compliance_sync
short_description: Report compliance to Google or Intune
version_added: 0.1.0
description:
  - Asks the server to sync the compliance status of many devices with a vendor, in one task.
  - What the vendor knows already cannot be seen, so the status is sent in every run and always
    counts as a change.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  vendor:
    description: The vendor that gets the status. V(google_bc) is Google BeyondCorp, V(intune) is
      Microsoft Intune.
    type: str
    choices: [google_bc, intune]
    required: true
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.compliance_sync
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._plan
attributes:
  check_mode:
    description: Predicts which devices would be synced, and sends nothing.
    support: full
  diff_mode:
    description: Shows the vendor for each device.
    support: full
  idempotent:
    description: It is sent in every run.
    support: none
notes:
  - The server answers with a number, and the vendor's guide does not say what it counts. Where it
    is less than the number of devices of a call, devices are synced one by one, so that each device
    that was not accepted is named. If the server answers 1 for two devices, and accepts each of
    them on its own, 1 is taken as success.
  - The server's API does not show whether the vendor accepted the status.
seealso:
  - module: ivanti.uem.device_compliance_info
"""

EXAMPLES = r"""
- name: Send the compliance of two devices to Google
  ivanti.uem.compliance_sync:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    vendor: google_bc
    devices: [22000, 22001]

# The task below takes product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Send every active Windows device that is not compliant to Intune
  ivanti.uem.compliance_sync:
    vendor: intune
    select:
      platform: windows
      status: active
      compliant: false
    max_devices: 500
    on_missing: skip
"""

RETURN = r"""
summary:
  description: How many devices and requests there were.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    matched:
      description: Devices that were found.
      type: int
    changed:
      description: Devices that the server accepted; in check mode, that would be sent.
      type: int
    unchanged:
      description: Always 0.
      type: int
    failed:
      description: Devices for which it failed.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    planned:
      description: Devices that it would have been sent for, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes.
      type: int
    writes:
      description: How many of these requests act.
      type: int
  sample: {changed: 1, failed: 0, matched: 1, requests: 5, skipped: 0, unchanged: 0, writes: 1}
devices:
  description:
    - An outcome for each device. A device that was skipped has, instead of C(id) and C(guid), the
      name that was given for it, as C(id), C(guid), C(serial_number), C(email) or C(user).
  returned: always, unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The guid of the device.
      type: str
    outcome:
      description: V(changed), V(failed), V(unknown), V(skipped) or V(planned).
      type: str
    before:
      description: Empty, because the state before cannot be seen.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The vendor, as C(synced_with).
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was skipped.
      type: str
      returned: when the outcome is V(skipped)
  sample:
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: changed
      before: {}
      after: {synced_with: intune}
plan:
  description: >-
    The plan as text. It has a headline, then equal changes together with the names, models and
    owners of the devices (removals first), then what is left alone and why, and the limits that the
    plan exceeds. A plan that is refused is shown as well.
  type: list
  elements: str
  returned: always
  sample:
    - "2 of 60 devices: owner becomes security-desk on 2 (nothing on 2)"
    - "changes owner: nothing -> security-desk on 2 devices: device 22001; device 22002"
    - "confirm: 2-0123456789abcdef"
confirm:
  description: The value of O(confirm) that permits exactly this plan; empty where nothing is
    planned, or nothing can permit the plan.
  type: str
  returned: always
  sample: 2-0123456789abcdef
refused_by:
  description: What kinds of refusals the plan has. V(limit), V(guard) (the wrong O(confirm), or for
    destructive actions a limit), V(protected) (it cannot be known what is protected), V(ineligible) or
    V(other).
  type: list
  elements: str
  returned: when the plan is refused
  sample: [limit]
not_listed:
  description: How many rows the result leaves out, by outcome; see O(return).
  type: dict
  returned: when there are any
  sample: {unchanged: 58}
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: when devices were looked for
  type: int
  sample: 1
message:
  description: The same in words.
  returned: when devices were looked for
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_sync.calls import (
    COMPLIANCE_SYNC,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_sync.model import (
    VENDORS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance_sync.task import (
    sync_compliance,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    LIMITS,
    PLAN,
    SELECTION,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, *LIMITS, *PLAN),
            "vendor": {"type": "str", "choices": list(VENDORS), "required": True},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=COMPLIANCE_SYNC, task=sync_compliance)


if __name__ == "__main__":
    main()
