#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_owner
short_description: Assign devices to another user
version_added: 0.1.0
description:
  - Assigns many devices to a user, in one task. A device that is the user's already is left alone.
    Whether it is being assigned to somebody else is seen only with O(restart) or O(wait).
  - The server can do that with supervised iOS devices and with Android Enterprise devices. It
    B(clears the data of the previous user's apps) on Android Enterprise devices, which need the
    vendor's SUEM-Premium.
  - The server begins the reassignment, and the devices carry it out later. Without O(wait) a device
    counts as changed when the server has begun it, with O(wait) when the device is the user's.
  - A device that fails does not stop the others. The task then fails and names each failure;
    running it again finishes the work.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  user:
    description:
      - The user id or e-mail address of the user, compared without case. The account is looked up
        before anything is sent.
      - Where several accounts have it, give O(account_id).
      - An entry of O(devices) may have a user of its own, as C(device) and C(user). The user of the
        task is then for the others. Needed where an entry has none, unless O(account_id) is given.
      - Such an entry may also have C(server), the address of the server of the device, and C(host),
        the name of its host. A device of another server is refused by that name.
    type: str
  account_id:
    description:
      - The id of the user's account. When left out, it is looked up by O(user).
      - It is not looked up, so check mode does not notice that it does not exist. The devices then
        fail in the run.
    type: str
  restart:
    description:
      - Whether devices that are being assigned already are assigned to the user as well. A device
        that is still the user's is then assigned to the user again, so its C(before) and C(after)
        are the same. The vendor does not say whether that stops the reassignment that is under way.
        O(wait) shows it.
      - Without it they are left alone with a warning, because the server does not say to whom they
        are being assigned.
    type: bool
    default: false
  on_ineligible:
    description:
      - What to do when devices cannot be assigned to another user, if that can be seen before.
      - V(fail) sends nothing and names all of them with the reason, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
  wait:
    description:
      - Whether to wait until the devices are the user's and no reassignment is under way. Each look
        costs a request for every device that is not ready yet.
      - Devices that refuse it, or are not ready in time, are failures. Those that were being
        assigned already are waited for as well, and are failures when they become somebody else's.
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
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_owner
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._plan
attributes:
  check_mode:
    description: Predicts which devices would be assigned to the user, from the same plan, and sends
      no request that writes.
    support: full
  diff_mode:
    description: Shows the account of each device before and after.
    support: full
  idempotent:
    description:
      - Nothing is sent to a device that is the user's. Nothing is sent to a device that is being
        assigned already, unless O(restart) is set.
      - A reassignment that is under way is not seen on a server that does not send the C(Last
        Reassignment Status) in the details of a device.
    support: partial
notes:
  - An iOS device that is not supervised, a device of another platform, and one that is being
    retired or wiped is seen before anything is sent. Only the server knows whether an Android
    device is one of Android Enterprise. If it is not, the server rejects it, and the device fails.
    Check mode cannot predict that.
  - The list of devices may lag behind, and does not show what is under way. So every device that is
    not the user's by the list is read by itself before anything is sent, which costs a request for
    each. With O(restart) or O(wait), also in check mode, those that are the user's by the list are
    read as well. Without both the list is believed.
  - With O(account_id) a device is ineligible if the server shows its user but not its account; give
    O(user) then.
seealso:
  - module: ivanti.uem.device_info
  - module: ivanti.uem.device_action
"""

EXAMPLES = r"""
- name: Assign a device to another user
  ivanti.uem.device_owner:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [22000]
    user: jdoe@example.com

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Show which devices of a user who leaves would go to the warehouse
  ivanti.uem.device_owner:
    select:
      emails: [asmith@example.com]
      status: active
    user: warehouse@example.com
    on_ineligible: skip
    on_missing: skip
    max_devices: 5
  check_mode: true
  diff: true

- name: Assign devices to their users in one task
  ivanti.uem.device_owner:
    devices:
      - device: 22000
        user: jdoe@example.com
      - device: 22002
        user: asmith@example.com

- name: Assign the devices of a table with the columns device and user
  ivanti.uem.device_owner:
    devices: "{{ query('ivanti.uem.table', 'owners.csv', key='device') }}"

- name: Assign a device to an account, and wait up to a quarter of an hour for it
  ivanti.uem.device_owner:
    devices: [22000]
    account_id: 10542407
    wait: true
    wait_timeout: 900
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
      description: Devices whose reassignment the server has begun, or with O(wait) that are the
        user's; in check mode, that would be assigned.
      type: int
    unchanged:
      description: Devices that were the user's already; without O(restart) and O(wait), by the list
        of devices.
      type: int
    failed:
      description: Devices for which it failed.
      type: int
    ineligible:
      description: Devices that cannot be assigned to another user.
      type: int
    under_way:
      description: Devices that are being assigned already, and were left alone.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    planned:
      description: Devices that would have been assigned to the user, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes.
      type: int
    writes:
      description: How many of these requests write.
      type: int
  sample: {changed: 1, failed: 0, ineligible: 0, matched: 1, requests: 8, skipped: 0, under_way: 0,
    unchanged: 0, writes: 1}
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
      description: V(changed), V(unchanged), V(failed), V(unknown), V(ineligible), V(under_way),
        V(skipped) or V(planned).
      type: str
    before:
      description: The C(account_id) that the device had, null where that is not known, and its
        C(user) where the new user is known as well.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The C(account_id) that it gets, and its C(user), which is known where O(user) is
        given.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was left out.
      type: str
      returned: when the outcome is V(ineligible), V(under_way) or V(skipped)
  sample:
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: changed
      before: {account_id: "10542400", user: asmith@example.com}
      after: {account_id: "10542407", user: jdoe@example.com}
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.owners.calls import OWNERS
from ansible_collections.ivanti.uem.plugins.module_utils._families.owners.task import assign_owner
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
            "user": {"type": "str"},
            "account_id": {"type": "str"},
            "restart": {"type": "bool", "default": False},
            "on_ineligible": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 600},
            "wait_interval": {"type": "int", "default": 10},
        },
        mutually_exclusive=[["devices", "select"], ["user", "account_id"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=OWNERS, task=assign_owner)


if __name__ == "__main__":
    main()
