#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_device
short_description: Allow, block or wipe ActiveSync
version_added: 0.1.0
description:
  - Sets the state of the ActiveSync devices that the options choose. An ActiveSync device is a
    mailbox on a device, whether or not that device is registered.
  - A device that has the state already is left alone. The others share requests, up to 200 in each.
    A device that is to be wiped, or was wiped, gets a request of its own.
  - V(wiped) is destructive. Nothing is sent unless O(confirm) is what a check of the same task
    returned, and the plan is within the limits. Directly before sending, the list is read again,
    and every device must be what the plan says.
  - Where the answer to a request is lost, or counts fewer devices than were asked, the list is
    read. A device then counts as changed only when the list shows it. A request that wipes is never
    sent again.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  state:
    description:
      - V(allowed) lets them connect to the ActiveSync server, V(blocked) keeps them from it and
        removes mail that was synchronised.
      - V(wiped) returns them to their factory settings, when they next connect; everything on them
        is lost.
    type: str
    choices: [allowed, blocked, wiped]
    required: true
  include_wiped:
    description:
      - Whether devices that were wiped may be allowed or blocked as well. The vendor does not say
        whether that is possible. Each gets a request of its own, and counts as changed only when
        the server lists the new state afterwards.
      - Otherwise they cannot be set to V(allowed) or V(blocked). A device that was wiped may have
        been stolen.
    type: bool
    default: false
  on_ineligible:
    description:
      - What to do when some devices cannot be set to the state. They were wiped, or a wipe was sent
        that is not listed yet, or the server says that they cannot be wiped, or it contradicts
        itself about their state.
      - V(fail) sends nothing and names all of them with the reason, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._activesync
  - ivanti.uem._activesync.guard
  - ivanti.uem._roles.activesync_device
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._plan.guarded
attributes:
  check_mode:
    description: Predicts what would be sent, and sends no request that acts.
    support: full
  diff_mode:
    description: Shows the state of each before and after.
    support: full
  idempotent:
    description:
      - A second run changes nothing, once the server lists what was sent. A wipe is listed when it
        was carried out. Until then a device that accepted it within O(guard_window) cannot be wiped
        again (see O(on_ineligible)). Later it is planned again.
    support: partial
notes:
  - "An unattended play that wipes registers the plan by the same task with C(check_mode: true),
    checks the plan with an assertion, and passes its RV(confirm) on."
  - Wipes are counted together with the destructive actions of M(ivanti.uem.device_action) on the
    same server.
seealso:
  - module: ivanti.uem.activesync_device_info
  - module: ivanti.uem.device_action
"""

EXAMPLES = r"""
- name: Block an ActiveSync device
  ivanti.uem.activesync_device:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    activesync_devices: [ee8198d9-5d79-4961-94c4-e21bf04b2467]
    state: blocked

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Block what is not registered and has not synchronised for half a year
  ivanti.uem.activesync_device:
    select:
      registered: false
      statuses: [allowed]
      not_synced_within: 180d
    state: blocked
    max_devices: 100
    on_missing: skip

- name: Allow the devices of a user again, except those that were wiped
  ivanti.uem.activesync_device:
    select:
      users: [jdoe113]
      statuses: [blocked]
    state: allowed
    on_missing: skip

- name: Plan to wipe a stolen phone
  ivanti.uem.activesync_device:
    activesync_devices: [ee8198d9-5d79-4961-94c4-e21bf04b2467]
    state: wiped
    max_devices: 1
  check_mode: true
  register: plan

- name: Make sure that it is at most one
  ansible.builtin.assert:
    that: plan.summary.changed <= 1

- name: Wipe it
  ivanti.uem.activesync_device:
    activesync_devices: [ee8198d9-5d79-4961-94c4-e21bf04b2467]
    state: wiped
    max_devices: 1
    confirm: "{{ plan.confirm }}"
"""

RETURN = r"""
confirm:
  description:
    - The value of O(confirm) that permits exactly this plan. It is the number of ActiveSync
      devices, and a digest of the uuid, registered device, device id, owner and state of each.
    - It is empty where nothing is planned, or nothing can permit the plan.
  returned: with O(state=wiped), unless the task failed before it had a plan
  type: str
  sample: 1-acff8aad0bd717b3
refused_by:
  description: What kinds of refusals the plan has. V(limit), V(guard) (the wrong O(confirm), or for
    destructive actions a limit), V(protected) (it cannot be known what is protected), V(ineligible) or
    V(other).
  type: list
  elements: str
  returned: when the plan is refused
  sample: [limit]
summary:
  description: How many ActiveSync devices and requests there were.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    matched:
      description: ActiveSync devices that were found.
      type: int
    changed:
      description: Those whose state was set; in check mode, whose state would be set.
      type: int
    unchanged:
      description: Those that had the state already.
      type: int
    failed:
      description: Those whose state could not be set.
      type: int
    ineligible:
      description: Those that cannot be set to the state.
      type: int
    protected:
      description: Those that O(protected) keeps.
      type: int
    skipped:
      description: Names without an ActiveSync device, with O(on_missing=skip).
      type: int
    planned:
      description: Those that would have been sent the state, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes, including those that were sent again.
      type: int
    writes:
      description: How many of these requests write.
      type: int
  sample: {changed: 1, failed: 0, ineligible: 0, matched: 1, protected: 0, requests: 2, skipped: 0,
    unchanged: 0, writes: 1}
devices:
  description:
    - An outcome for each ActiveSync device. A device that was skipped has, instead of what follows,
      the name that was given for it, as C(uuid), C(user), C(mailbox), C(device_id), or C(device) or
      C(id) for a registered device.
  returned: always, unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    uuid:
      description: Its uuid.
      type: str
    user:
      description: Its user.
      type: str
    mailbox:
      description: Its mailbox.
      type: str
    device_id:
      description: The id by which ActiveSync distinguishes devices.
      type: str
    device_guid:
      description: The guid of the registered device that it is, or empty.
      type: str
    outcome:
      description: V(changed), V(unchanged), V(failed), V(unknown), V(ineligible), V(protected),
        V(skipped) or V(planned).
      type: str
    before:
      description: The C(state) before.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The desired C(state).
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why it was left out.
      type: str
      returned: when the outcome is V(ineligible), V(protected) or V(skipped)
  sample:
    - uuid: ec109710-9971-5cd0-b220-602c3e51d5dc
      user: soren.nowak
      mailbox: soren.nowak
      device_id: WIN72F5F0F938C
      device_guid: 70ac06ac-df70-4017-84c9-d78d82b33599
      outcome: changed
      before: {state: allowed}
      after: {state: blocked}
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
  description: How many ActiveSync devices were selected, before any of them was left alone.
  returned: when devices were looked for
  type: int
  sample: 1
message:
  description: The same in words.
  returned: when devices were looked for
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.calls import (
    ACTIVESYNC,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.model import STATES
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.options import (
    ACTIVESYNC_GUARD,
    ACTIVESYNC_SELECTION,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.task import (
    reconcile_activesync,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    GUARDED_PLAN,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*ACTIVESYNC_SELECTION, *ACTIVESYNC_GUARD, *GUARDED_PLAN),
            "state": {"type": "str", "choices": list(STATES), "required": True},
            "include_wiped": {"type": "bool", "default": False},
            "on_ineligible": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
        },
        mutually_exclusive=[["activesync_devices", "select"]],
        required_one_of=[["activesync_devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=ACTIVESYNC, task=reconcile_activesync)


if __name__ == "__main__":
    main()
