#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_label
short_description: Put labels on devices
version_added: 0.1.0
description:
  - Puts labels on many devices, or takes them off, in one task.
  - Only labels that are assigned by hand (static ones) can be put on devices. The members of a
    filtered label follow from its criteria; naming one is an error, and O(purge) leaves them alone.
  - A label of a device space cannot be put on a device outside it. Such a device fails, in a check as
    well; it gets the other labels, and is taken off none with O(purge).
  - Devices that get and lose the same labels share requests, 200 devices each.
  - A device that fails does not stop the others. The task then fails and names each failure;
    running it again finishes the work.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  devices:
    description:
      - The devices, each by its id, by its guid, or as a mapping with the keys C(device), which is
        an id or guid, and C(labels), which are labels of only that device.
      - The labels of a device are added to O(labels).
      - A mapping may also have C(server), the address of the server of the device, and C(host), the
        name of its host. A device of another server is refused by that name.
      - Exactly one of O(devices) and O(select) is needed.
  labels:
    description:
      - Names of labels, which are case-sensitive, or their ids. A name counts first.
      - A label whose name has a comma cannot be assigned, because the API separates names by
        commas.
      - With O(purge=true) an empty list means that the devices have none afterwards.
      - When left out, only the labels of the entries of O(devices) count.
    type: list
    elements: str
  state:
    description:
      - V(present) makes sure that the devices have these labels.
      - V(absent) makes sure that they do not.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - Whether labels that are not named are taken off, if they are assigned by hand.
    type: bool
    default: false
  exact:
    description:
      - Whether the labels have exactly these devices afterwards. Each label that is named is taken off
        every other device that the account sees, in whatever device space.
      - Each device that loses a label counts for O(max_devices) and O(max_percent).
      - Where no device is found the task fails, because every device would lose the labels.
      - When left out, other devices keep the labels.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_label
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan
notes:
  - Needs API v2 of EPMM.
  - Labels decide which policies, configurations and apps a device gets; look at the plan with
    C(--check --diff) first.
seealso:
  - module: ivanti.uem.label_info
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
- name: Put two devices on a label
  ivanti.uem.device_label:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices:
      - 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      - 0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22
    labels: [Sales]

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Take a label off every device that is retired
  ivanti.uem.device_label:
    select:
      labels: [Sales]
      status: retired
    labels: [Sales]
    state: absent
    on_missing: skip

- name: Show what would change if devices had exactly these labels, one of them with a label of its
    own
  ivanti.uem.device_label:
    devices:
      - device: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
        labels: [Pilot]
      - 0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22
    labels: [Sales]
    purge: true
    max_devices: 20
  check_mode: true
  diff: true

- name: Let a label have exactly the devices that are out of compliance
  ivanti.uem.device_label:
    select:
      attributes:
        compliant: false
    labels: [Pilot]
    exact: true
    max_percent: 50
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
      description: Devices that were changed; in check mode, that would be.
      type: int
    unchanged:
      description: Devices that were as desired already.
      type: int
    failed:
      description: Devices that could not be changed.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    planned:
      description: Devices that would have been changed, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes, including those that were sent again.
      type: int
    writes:
      description: How many of these requests write.
      type: int
  sample: {changed: 1, failed: 0, matched: 2, requests: 9, skipped: 0, unchanged: 1, writes: 1}
devices:
  description:
    - An outcome for each device. A device that was skipped has, instead of C(id) and C(guid), the
      name that was given for it, as C(id), C(guid), C(serial_number), C(email), C(user),
      C(phone_number) or C(wifi_mac_address).
  returned: always, unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The uuid of the device.
      type: str
    outcome:
      description: V(changed), V(unchanged), V(failed), V(unknown), V(skipped) or V(planned).
      type: str
    before:
      description: Those of its C(labels) that the task is about, as they were.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: Those of its C(labels) that the task is about, as desired.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why the device could not be changed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was skipped.
      type: str
      returned: when the outcome is V(skipped)
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      outcome: changed
      before: {labels: []}
      after: {labels: [Sales]}
    - id: "18"
      guid: 0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22
      outcome: unchanged
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.calls import LABELS
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.task import (
    reconcile_labels,
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
            "labels": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "purge": {"type": "bool", "default": False},
            "exact": {"type": "bool", "default": False},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=LABELS, task=reconcile_labels)


if __name__ == "__main__":
    main()
