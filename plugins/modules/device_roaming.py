#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_roaming
short_description: Turn roaming of iOS devices on or off
version_added: 0.1.0
description:
  - Turns voice and data roaming of iOS devices on or off.
  - The state of the devices is read first, with a request for each, and only those that differ are
    written.
  - When voice is turned off, the server turns data off as well.
  - The plan is refused where a device that differs is retired, is to be retired, is wiped, or has a registration that
    is not verified, because nobody is there to carry it out.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  voice:
    description: Whether voice roaming is on. When left out, it stays as it is.
    type: bool
  data:
    description: Whether data roaming is on, which needs voice roaming. When left out, it stays as
      it is.
    type: bool
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_roaming
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan
notes:
  - The server reports success even where the carrier of a device does not support roaming. The
    device then differs in every run.
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
- name: Turn data roaming off
  ivanti.uem.device_roaming:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [2c7a9d10-53f4-4f0e-9d5b-7a1f35c0e933]
    data: false
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
      description: Devices for which it failed.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    ineligible:
      description: Devices whose roaming cannot be set; the plan is refused.
      type: int
    planned:
      description: Devices that would have been changed, had the plan not been refused.
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
      description: V(changed), V(unchanged), V(failed), V(unknown), V(skipped), V(ineligible) or
        V(planned).
      type: str
    before:
      description: C(voice) and C(data), as they were; null where the server does not know.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: C(voice) and C(data), as desired.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the device was skipped, or why its roaming cannot be set.
      type: str
      returned: when the outcome is V(skipped) or V(ineligible)
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      outcome: changed
      before: {voice: true, data: true}
      after: {voice: true, data: false}
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.roaming.calls import ROAMING
from ansible_collections.ivanti.uem.plugins.module_utils._families.roaming.task import set_roaming
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
            "voice": {"type": "bool"},
            "data": {"type": "bool"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"], ["voice", "data"]],
        supports_check_mode=True,
    )
    run(module, needs=ROAMING, task=set_roaming)


if __name__ == "__main__":
    main()
