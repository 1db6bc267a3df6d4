#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: label_policy
short_description: Apply a policy to a label, or remove it
version_added: 0.1.0
description:
  - Makes sure that a policy is applied to a label, or that it is not.
  - The API does not tell which labels a policy is applied to. It tells the policies of a device, so
    that the module asks
    devices of the label, and believes only what these prove. RV(known) says what that is, and
    O(on_unknown) what is done
    where it is nothing.
  - A change is reported when the state was proven to be another before, the server said success,
    and the devices show the
    difference or wait for it. A change that cannot be seen is not reported.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  policy:
    description:
      - The policy, by its name, which counts with case, or by its id.
    type: raw
    required: true
  label:
    description:
      - The label, by its name, which counts with case, or by its id.
    type: raw
    required: true
  state:
    description:
      - V(present) makes sure that the policy is applied to the label.
      - V(absent) makes sure that it is not.
    type: str
    choices: [present, absent]
    default: present
  on_unknown:
    description:
      - What to do where the devices do not show the state; which is the case for a label without
        active devices, for one
        whose devices have another policy of the same profile type, and, with O(state=absent), for
        one whose devices may
        have the policy by another label.
      - V(send) sends the request, which leaves the policy as desired, and reports no change, unless
        devices show one
        afterwards, which check mode cannot foresee.
      - V(skip) sends nothing and reports no change, V(fail) fails.
    type: str
    choices: [send, skip, fail]
    default: send
  sample:
    description:
      - How many active devices of the label are asked at most, evenly chosen. It stops as soon as
        they prove that the policy
        is not applied.
    type: int
    default: 50
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._plan.one
attributes:
  check_mode:
    description: Predicts what can be known, and sends no request that writes. See RV(known).
    support: full
  diff_mode:
    description: Shows whether the policy is applied before and after, when that changes.
    support: full
  idempotent:
    description:
      - Where the state can be seen a second run writes nothing. Where it cannot, and
        O(on_unknown=send), every run sends the
        request again, and no run reports a change that no device shows. Whether every server takes
        the same request twice is not
        documented; where one does not, use O(on_unknown=skip).
    support: partial
notes:
  - "A device that lacks the policy proves that it is not applied, unless another policy than a
    default one takes its place
    on the device, or the server counts as many devices as pending for policies of that profile
    type. A device that has it
    proves that it is applied when no other label of the device can have brought it."
  - With O(state=present) a policy that all devices asked have is taken as applied, also where
    another label may have
    brought it. RV(known) is V(shared) then.
seealso:
  - module: ivanti.uem.policy_info
  - module: ivanti.uem.device_label
"""

EXAMPLES = r"""
- name: Apply a policy to a label
  ivanti.uem.label_policy:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    policy: Strict security
    label: Sales

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Take a policy off a label, and fail where it cannot be seen whether it was there
  ivanti.uem.label_policy:
    policy: Strict security
    label: Sales
    state: absent
    on_unknown: fail

- name: Show whether a policy would have to be applied
  ivanti.uem.label_policy:
    policy: "-2"
    label: Pilot
  check_mode: true
  register: policy
"""

RETURN = r"""
known:
  description:
    - What the devices of the label proved before anything was sent.
    - V(applied) and V(not_applied) are certain. V(shared) means that devices have the policy and
      another label may have
      brought it, or they may be about to lose it. V(unknown) means that no device says anything.
    - Whether another label can have brought it is looked at with O(state=absent) alone.
  returned: success
  type: str
  sample: not_applied
sent:
  description: Whether the request was sent; in check mode, whether it would be.
  returned: success
  type: bool
  sample: true
asked:
  description: How many devices were asked and have the policy, lack it, or have it hidden by
    another one.
  returned: success
  type: dict
  sample: {has: 0, hidden: 0, lacks: 4}
policy:
  description: The C(id) and C(name) of the policy.
  returned: success
  type: dict
  sample: {id: "31", name: Strict security}
label:
  description: The C(id) and C(name) of the label.
  returned: success
  type: dict
  sample: {id: "12", name: Sales}
requests:
  description: Requests that were sent, reads and writes.
  returned: success
  type: int
  sample: 10
writes:
  description: Requests that write among them.
  returned: success
  type: int
  sample: 1
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.calls import POLICIES
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.task import (
    assign_policy,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    PLAN_OF_ONE,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*PLAN_OF_ONE),
            "policy": {"type": "raw", "required": True},
            "label": {"type": "raw", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "on_unknown": {"type": "str", "choices": ["send", "skip", "fail"], "default": "send"},
            "sample": {"type": "int", "default": 50},
        },
        supports_check_mode=True,
    )
    run(module, needs=POLICIES, task=assign_policy)


if __name__ == "__main__":
    main()
