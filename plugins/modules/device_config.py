#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_config
short_description: Install or exclude configurations
version_added: 0.1.0
description:
  - Sets which configurations many devices have, in one task.
  - What devices have is read first, with a request for each, and only what differs is written. One
    call excludes all configurations of a device, or pushes all of them back. Configurations that
    are pushed again have a call each.
  - A configuration that is on its way is left alone. So is one that is stuck, and it is named in a
    warning and in RV(stuck).
  - On Neurons configurations are excluded from single devices and pushed back. On EPMM devices get
    them by labels, so they can be pushed again, but not excluded.
  - A device that fails does not stop the others. The task then fails and names each failure;
    running it again finishes the work.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  configs:
    description:
      - The configurations, each by its name, which is case-sensitive, or by its id.
      - Where several have the name, give the ids.
    type: list
    elements: raw
    required: true
  state:
    description:
      - V(installed) makes sure that the devices have the configurations, or are about to get them.
      - V(excluded) makes sure that they do not. Neurons only.
    type: str
    choices: [installed, excluded]
    default: installed
  reinstall:
    description:
      - Whether the configurations are pushed again, whatever their status is. That is a change in
        every run.
      - Use it for a configuration that is stuck.
    type: bool
    default: false
  kind:
    description:
      - Whether O(configs) names configurations or policies, whose ids and names may be the same.
        Policies are on EPMM only.
    type: str
    choices: [configuration, policy]
    default: configuration
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_config
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._plan
attributes:
  check_mode:
    description: Predicts what would be changed, from the same plan, and sends no request that
      writes.
    support: full
  diff_mode:
    description: Shows the status of each configuration that changes, before and after; many devices
      are summed up.
    support: full
  idempotent:
    description: A second run changes nothing and writes nothing, except with O(reinstall=true),
      which pushes again in every run.
    support: partial
notes:
  - A configuration that a device does not list is pushed to it on Neurons, and the device is read
    afterwards. It fails where the configuration is not distributed to it, which check mode cannot
    predict. On EPMM it fails, in check mode as well; see M(ivanti.uem.device_label).
  - The account decides whether all configurations can be read to look for a name. Where they
    cannot, a name that none of the devices has counts as excluded, with a warning.
seealso:
  - module: ivanti.uem.device_config_info
  - module: ivanti.uem.device_label
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
- name: Make sure that two devices have a configuration
  ivanti.uem.device_config:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [22000, 22001]
    configs: [Passcode Config]

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Show what would change if no Android device had the configuration for mail
  ivanti.uem.device_config:
    select:
      platform: android
      status: active
    configs: [Exchange]
    state: excluded
    max_devices: 20
    on_missing: skip
  check_mode: true
  diff: true

- name: Push a configuration that is stuck again
  ivanti.uem.device_config:
    devices: [22000]
    configs: [Passcode Config]
    reinstall: true

- name: Push a policy of EPMM again
  ivanti.uem.device_config:
    product: epmm
    devices: [5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11]
    configs: [Default Security Policy]
    kind: policy
    reinstall: true
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
      description: Devices that were as desired already, or have a configuration that is stuck.
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
  sample: {changed: 1, failed: 0, matched: 2, requests: 7, skipped: 0, unchanged: 1, writes: 1}
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
      description: V(changed), V(unchanged), V(failed), V(unknown), V(skipped) or V(planned).
      type: str
    before:
      description:
        - The status of each configuration that differs, by its name, as the server calls it; null
          where the device does not list it.
        - Configurations with the same name have their id after it.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The desired state of each, by its name. It is V(installed), V(excluded) or
        V(pushed again).
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
    - id: "22001"
      guid: 8bcc4cee-dca9-476d-8710-9bb1e738ade9
      outcome: changed
      before: {Passcode Config: UNINSTALLED}
      after: {Passcode Config: installed}
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: unchanged
stuck:
  description:
    - The configurations that make no progress by themselves. They were left as they are, because
      O(reinstall) was not set.
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
    config:
      description: The configuration, as in C(before).
      type: str
    config_id:
      description: Its id, which is unique together with C(kind).
      type: str
    kind:
      description: V(configuration), or on EPMM V(policy).
      type: str
    status:
      description: Its status, as the server calls it.
      type: str
  sample:
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      config: Passcode Config
      config_id: "61001"
      kind: configuration
      status: ERROR
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.calls import CONFIGS
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.model import (
    KINDS,
    STATES,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.task import (
    reconcile_configs,
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
            "configs": {"type": "list", "elements": "raw", "required": True},
            "state": {"type": "str", "choices": list(STATES), "default": "installed"},
            "reinstall": {"type": "bool", "default": False},
            "kind": {"type": "str", "choices": list(KINDS), "default": "configuration"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=CONFIGS, task=reconcile_configs)


if __name__ == "__main__":
    main()
