#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_message
short_description: Send a message to devices
version_added: 0.1.0
description:
  - Sends a push notification, an e-mail or a text message to many devices in one task.
  - Whether a message was sent before cannot be seen, so that it is sent in every run and always
    counts as a change.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  text:
    description: What the message says.
    type: str
    required: true
  mode:
    description:
      - The way that it goes. V(sms) is for EPMM alone.
    type: str
    choices: [push, email, sms]
    default: push
  subject:
    description: The subject of an e-mail; left out, it has none.
    type: str
  by:
    description:
      - How devices are named to the server; V(uuid) is their id on Neurons, V(mac) the Wi-Fi MAC
        address, on EPMM alone.
    type: str
    choices: [uuid, mac]
    default: uuid
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._plan
attributes:
  check_mode:
    description: Predicts to whom it would be sent, and sends nothing.
    support: full
  diff_mode:
    description: Shows the message to each device.
    support: full
  idempotent:
    description: It is sent in every run.
    support: none
seealso:
  - module: ivanti.uem.device_action
"""

EXAMPLES = r"""
- name: Tell the owner of a device to bring it
  ivanti.uem.device_message:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [22000]
    text: Please bring this device to the help desk.

- name: Send a text message to a phone of EPMM
  ivanti.uem.device_message:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11]
    mode: sms
    text: Please call the help desk.

# The task below takes product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Send an e-mail to the users of quarantined devices
  ivanti.uem.device_message:
    select:
      attributes:
        quarantined: true
    mode: email
    subject: Your device is quarantined
    text: Please update its operating system.
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
      description: Devices that it was sent to; in check mode, that it would be.
      type: int
    unchanged:
      description: Always 0.
      type: int
    failed:
      description: Devices with which it failed.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    planned:
      description: Devices that it would have been sent to, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes.
      type: int
    writes:
      description: Requests that act among them.
      type: int
  sample: {changed: 1, failed: 0, matched: 1, requests: 3, skipped: 0, unchanged: 0, writes: 1}
devices:
  description:
    - An outcome for each device. One that was skipped has, in place of C(id) and C(guid), the name
      that was given for it, as
      C(id), C(guid), C(serial_number), C(email), C(uid), C(phone_number) or C(mac_address).
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
      description: V(changed), V(failed), V(skipped) or V(planned).
      type: str
    before:
      description: Empty, for nothing of it can be seen.
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(planned)
    after:
      description: The C(text) and its C(mode).
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed)
    reason:
      description: Why the device was skipped.
      type: str
      returned: when the outcome is V(skipped)
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      outcome: changed
      before: {}
      after: {text: Please bring this device to the help desk., mode: push}
plan:
  description: >-
    The plan as text: a headline in words, equal changes put together with the devices by name, model and owner, removals
    first, what is left alone and why, and the limits that it exceeds. A refusal shows the same.
  type: list
  elements: str
  returned: always
  sample:
    - "2 of 60 devices: owner becomes security-desk on 2 (nothing on 2)"
    - "changes owner: nothing -> security-desk on 2 devices: device 22001; device 22002"
    - "confirm: 2-0123456789abcdef"
confirm:
  description: What O(confirm) must be for exactly this plan; empty where nothing is planned.
  type: str
  returned: always
  sample: 2-0123456789abcdef
not_listed:
  description: By outcome how many rows the result leaves out; see O(return).
  type: dict
  returned: when there are any
  sample: {unchanged: 58}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.calls import MESSAGES
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.task import send_message
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    LIMITS,
    PLAN,
    SELECTION,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, *LIMITS, *PLAN),
            "text": {"type": "str", "required": True},
            "mode": {"type": "str", "choices": ["push", "email", "sms"], "default": "push"},
            "subject": {"type": "str"},
            "by": {"type": "str", "choices": ["uuid", "mac"], "default": "uuid"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=MESSAGES, task=send_message)


if __name__ == "__main__":
    main()
