#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_action
short_description: Lock, wipe or retire devices
version_added: 0.1.0
description:
  - Does an action on many devices in one task.
  - A device on which the action is done already, or on its way, is left alone where that can be
    seen. Where it cannot be seen, as for V(lock), V(restart) and V(force_checkin), the action is
    sent in every run and always counts as a change.
  - Before anything is sent, also in check mode, the server is asked which devices cannot carry out
    the action, if it has a call for that.
  - V(wipe), V(retire), V(delete) and V(relinquish) are destructive. Nothing is sent unless
    O(confirm) is what a check of the same task returned, and the plan is within the limits.
    Directly before sending, every device is read again and must be what the plan says.
  - A request whose answer is lost is not sent again. The device is read, and counts as done only
    when it shows that. Otherwise its outcome is V(unknown), and the task fails.
  - A destructive action that a device took, and does not show yet, is not sent again in later runs;
    see O(resend).
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  by:
    description:
      - How devices are named to the server; V(guid) is their id on Neurons.
      - V(wifi_mac_address) works only on EPMM, with a request for each device.
    type: str
    choices: [guid, wifi_mac_address]
    default: guid
  on_ineligible:
    description:
      - What to do when devices cannot carry out the action.
      - V(fail) sends nothing and names all of them with the reason, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
  wait:
    description:
      - Whether to wait until the action has finished on the devices, such as V(RETIRED) after
        V(RETIRE_SENT). Devices are read in pages.
      - Devices that do not get there in time are failures.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 600
  wait_interval:
    description: Seconds between two looks.
    type: int
    default: 10
  resend:
    description:
      - Whether a destructive action is sent once more to a device that took it earlier, as the
        journal says, or may have taken it, and does not show that it is done.
      - When V(false), such a device counts as unchanged, and a warning says since when it is
        pending or unknown.
      - With V(enable_lost_mode) it sends O(text), O(phone_number) and O(footnote) to devices that
        are in lost mode already, too. Every run then changes them, because no device shows what it
        was sent.
    type: bool
    default: false
  return_secrets:
    description:
      - Whether passcodes that the server sends are returned, as C(passcode) of each device.
        Everybody who sees the result then sees them.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._action
  - ivanti.uem._action.guard
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._roles.device_action
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._plan.guarded
attributes:
  check_mode:
    description: Predicts what would be sent, asks the server which devices can carry it out, and
      sends no request that acts.
    support: full
  diff_mode:
    description: Shows the state of each device before and after.
    support: full
  idempotent:
    description: Only where a device shows that the action is done. The table in docs/actions.md
      says where.
    support: partial
notes:
  - "An unattended play registers the plan by the same task with C(check_mode: true), checks the
    plan with an assertion, and passes its RV(confirm) on."
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
- name: Lock two devices
  ivanti.uem.device_action:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    action: lock
    devices: [22000, 8bcc4cee-dca9-476d-8710-9bb1e738ade9]

- name: Lock a lost device of EPMM
  ivanti.uem.device_action:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    action: lock
    devices: [5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11]
    reason: Its owner lost it.

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Plan to wipe a stolen phone
  ivanti.uem.device_action:
    action: wipe
    select:
      serial_numbers: [DLXMF0URFLMK]
  check_mode: true
  register: plan

- name: Make sure that it is at most one device
  ansible.builtin.assert:
    that: plan.summary.changed <= 1

- name: Wipe it
  ivanti.uem.device_action:
    action: wipe
    select:
      serial_numbers: [DLXMF0URFLMK]
    confirm: "{{ plan.confirm }}"
"""

RETURN = r"""
confirm:
  description:
    - The value of O(confirm) that permits exactly this plan. It is the number of devices, and a
      digest of the action, its parameters, and the id, guid, serial number, owner and state of each
      device.
    - It is empty where nothing is planned, or nothing can permit the plan.
  returned: always, unless the task failed before it had a plan
  type: str
  sample: 1-0f343b0931126a20
refused_by:
  description: What kinds of refusals the plan has. V(limit), V(guard) (the wrong O(confirm), or for
    destructive actions a limit), V(protected) (it cannot be known what is protected), V(ineligible) or
    V(other).
  type: list
  elements: str
  returned: when the plan is refused
  sample: [limit]
summary:
  description: How many devices and requests there were.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    matched:
      description: Devices that were found.
      type: int
    changed:
      description: Devices that accepted the action; in check mode, to which it would be sent.
      type: int
    unchanged:
      description: Devices on which it was done already, or on its way.
      type: int
    failed:
      description: Devices that did not accept it.
      type: int
    unknown:
      description: Devices of which nobody knows whether they accepted it.
      type: int
      returned: when there are any
    ineligible:
      description: Devices that cannot carry it out.
      type: int
    protected:
      description: Devices that O(protected) keeps.
      type: int
    skipped:
      description: Devices that were named and do not exist.
      type: int
    planned:
      description: Devices to which the action would have been sent, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes.
      type: int
    writes:
      description: How many of these requests act.
      type: int
  sample: {changed: 1, failed: 0, ineligible: 0, matched: 1, protected: 0, requests: 6, skipped: 0,
    unchanged: 0, writes: 1}
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
      description: V(changed), V(unchanged), V(failed), V(unknown), V(ineligible), V(protected),
        V(skipped) or V(planned).
      type: str
    before:
      description: The C(state) of the device before.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The C(state) that it gets.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed, or why nobody knows.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was left out.
      type: str
      returned: when the outcome is V(ineligible), V(protected) or V(skipped)
    passcode:
      description: The passcode that the server sent.
      type: str
      returned: with O(return_secrets=true), when the server sent one
  sample:
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: changed
      before: {state: ACTIVE}
      after: {state: WIPED}
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.calls import ACTIONS
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.options import ACTION
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.task import act
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.options import GUARD
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    GUARDED_PLAN,
    SELECTION,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*ACTION, *GUARD, DEVICES, *SELECTION, *GUARDED_PLAN),
            "by": {"type": "str", "choices": ["guid", "wifi_mac_address"], "default": "guid"},
            "on_ineligible": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 600},
            "wait_interval": {"type": "int", "default": 10},
            "resend": {"type": "bool", "default": False},
            "return_secrets": {"type": "bool", "default": False},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=ACTIONS, task=act)


if __name__ == "__main__":
    main()
