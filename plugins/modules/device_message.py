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
  - Whether a message was sent before cannot be seen, so it is sent in every run and always counts
    as a change.
  - Devices that cannot get it are C(ineligible) and left out, with a warning that has the reason. The
    others get it. If no device can get it, the task fails and sends nothing.
  - A push goes to the client, so it is not sent to retired and wiped devices, nor on EPMM to those whose
    registration is not verified. Of a wiped device EPMM allows only to retire it. A text message
    needs a phone number, and C(PDA) is not one.
  - The documents do not exclude other devices that leave the server, so they are sent the message, with a
    warning.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  text:
    description: What the message says. It may have several lines, but no control characters.
    type: str
    required: true
  mode:
    description:
      - How it is sent. V(sms) is only for EPMM.
      - The guide of Neurons for MDM documents no e-mail in this call (C(sendEmail) "is false").
        Whether a tenant sends one with V(email) is not known.
    type: str
    choices: [push, email, sms]
    default: push
  subject:
    description: The subject of an e-mail, in one line. When left out, it has none.
    type: str
  by:
    description:
      - How devices are named to the server; V(guid) is their id on Neurons. V(wifi_mac_address)
        works only on EPMM.
    type: str
    choices: [guid, wifi_mac_address]
    default: guid
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_message
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
- name: Ask the owner of a device to bring it
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
      description: Devices that it was sent to; in check mode, that it would be sent to.
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
    ineligible:
      description: Devices that cannot get it.
      type: int
    planned:
      description: Devices that it would have been sent to, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes.
      type: int
    writes:
      description: How many of these requests act.
      type: int
  sample: {changed: 1, failed: 0, ineligible: 0, matched: 1, requests: 3, skipped: 0, unchanged: 0,
    writes: 1}
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
      description: The guid of the device.
      type: str
    outcome:
      description: V(changed), V(failed), V(unknown), V(skipped), V(ineligible) or V(planned).
      type: str
    before:
      description: Empty, because the state before cannot be seen.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The C(text) and its C(mode).
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was skipped, or cannot get the message.
      type: str
      returned: when the outcome is V(skipped) or V(ineligible)
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      outcome: changed
      before: {}
      after: {text: Please bring this device to the help desk., mode: push}
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.calls import MESSAGES
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.task import send_message
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
            "text": {"type": "str", "required": True},
            "mode": {"type": "str", "choices": ["push", "email", "sms"], "default": "push"},
            "subject": {"type": "str"},
            "by": {"type": "str", "choices": ["guid", "wifi_mac_address"], "default": "guid"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=MESSAGES, task=send_message)


if __name__ == "__main__":
    main()
