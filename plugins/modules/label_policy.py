#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: label_policy
short_description: Apply policies to labels
version_added: 0.1.0
description:
  - Makes sure that a policy is applied to a label, or that it is not.
  - The API does not show which labels a policy is applied to. It shows the policies of a device, so
    the module reads devices of the label, and believes only what they prove. RV(known) says what
    they prove, and O(on_unknown) what is done where they prove nothing.
  - A change is reported when the devices proved another state before, the server reported success,
    and the devices show the difference or wait for it. A change that cannot be seen is not
    reported.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  policy:
    description:
      - The policy, by its name, which is case-sensitive, or by its id.
    type: raw
    required: true
  label:
    description:
      - The label, by its name, which is case-sensitive, or by its id.
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
      - What to do where the devices do not show the state. That is so for a label without active
        devices. It is also so where its devices have another policy of the same profile type, or
        may have the policy by another label.
      - V(send) sends the request, which leaves the policy as desired. It reports no change, unless
        devices show one afterwards, which check mode cannot predict.
      - V(skip) sends nothing and reports no change, V(fail) fails.
    type: str
    choices: [send, skip, fail]
    default: send
  sample:
    description:
      - The most active devices of the label that are read, evenly chosen. Reading stops as soon as
        they prove that the policy is not applied.
    type: int
    default: 50
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.label_policy
  - ivanti.uem._limits.others
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._plan.one
attributes:
  check_mode:
    description: Predicts what can be known, and sends no request that writes. See RV(known).
    support: full
  diff_mode:
    description: Shows whether the policy is applied before and after. C(unknown) means that the devices
      do not prove what was before.
    support: full
  idempotent:
    description:
      - Where the state can be seen a second run writes nothing. Where it cannot, and
        O(on_unknown=send), every run sends the request again, and no run reports a change that no
        device shows. It is not documented whether every server accepts the same request twice. For
        a server that does not, use O(on_unknown=skip).
    support: partial
notes:
  - "A device that lacks the policy proves that it is not applied, unless another policy than a
    default one takes its place on the device, or the server counts as many devices as pending for
    policies of that profile type. A device that has the policy proves that it is applied if no
    other label of the device can be the reason."
  - With O(state=present) a policy that all devices read have is taken as applied, even where
    another label may be the reason. RV(known) is V(shared) then.
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

- name: Remove a policy from a label, and fail if it cannot be seen whether it was applied
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
    - V(applied) and V(not_applied) are certain. V(shared) means that devices have the policy, but
      may have it from another label, or may be about to lose it. V(unknown) means that no device
      proves anything.
    - Whether devices may have it from another label is checked only with O(state=absent).
  returned: success
  type: str
  sample: not_applied
sent:
  description: Whether the request was sent; in check mode, whether it would be.
  returned: success
  type: bool
  sample: true
asked:
  description: How many of the devices that were read have the policy, lack it, or have another one
    that hides it.
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
  description: How many of these requests write.
  returned: success
  type: int
  sample: 1
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
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.calls import POLICIES
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.options import POLICY
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.task import (
    assign_policy,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    LIMITS_OF_OTHERS,
    PLAN_OF_ONE,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec=argument_spec(*POLICY, *PLAN_OF_ONE, *LIMITS_OF_OTHERS),
        supports_check_mode=True,
    )
    run(module, needs=POLICIES, task=assign_policy)


if __name__ == "__main__":
    main()
