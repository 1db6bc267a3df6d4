#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: desired_state
short_description: Make a server what a declaration says
version_added: 0.1.0
description:
  - Takes all that is declared about devices, labels and policies, reads what there is once, makes one
    plan, shows it, checks it against the limits, and carries it out.
  - Only what is declared is managed. Names, values and labels that no entry mentions stay as they
    are, unless O(purge) owns their section.
  - Labels are made first. Then devices are put on labels, policies are applied to labels,
    configurations are pushed, and attributes are set. What takes something away comes last, in the
    opposite order.
  - What fails does not stop the rest, but for what needs a label that could not be made. The task
    then fails and names each failure; running it again finishes the work.
author:
  - ivanti.uem contributors (@ivanti-uem)
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._state
  - ivanti.uem._limits
  - ivanti.uem._roles.desired_state
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan
notes:
  - A device that changes in several sections counts once for O(max_devices) and O(max_percent). A
    label that is made counts as one. A label that is deleted, and a policy that is removed or
    applied, count the devices of the label besides.
  - Whether a policy is applied to a label can often not be seen, see M(ivanti.uem.label_policy). With
    C(on_unknown=send) such a policy is sent in every run, and reported as V(unknown).
seealso:
  - module: ivanti.uem.device_custom_attrs
  - module: ivanti.uem.device_config
  - module: ivanti.uem.device_label
  - module: ivanti.uem.label
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
- name: Say what devices of Neurons should be
  ivanti.uem.desired_state:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices:
      - select:
          platform: ios
        attributes:
          costcenter: "4711"
      - device: 22000
        attributes:
          cityid: SF

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Say what labels, devices and policies of EPMM should be
  ivanti.uem.desired_state:
    product: epmm
    label_definitions:
      - name: Loan pool
        description: Phones that are lent
    devices:
      - select:
          serial_numbers: [R5CT30ABCDE]
        labels: [Loan pool]
    policies:
      - policy: Strict security
        label: Loan pool
    max_percent: 20

- name: Change a few devices first, and go on only while none of them is blocked
  ivanti.uem.desired_state:
    product: neurons
    devices:
      - select:
          platform: ios
        attributes:
          costcenter: "4711"
    rings: [5, 25, 100]
    ring_seed: spring
    ring_health:
      max_failed_percent: 2
      query: "[?blocked]"

- name: Show what the files of a folder would change
  ivanti.uem.desired_state:
    state_files: [state]
    plan_path: plan.md
  check_mode: true
  diff: true
"""

RETURN = r"""
summary:
  description: How many entries and requests there were. An entry is a device with one section, a
    label, or a policy on a label.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    matched:
      description: Entries that were looked at.
      type: int
    changed:
      description: Entries that were changed; in check mode, that would be.
      type: int
    unchanged:
      description: Entries that were as desired already.
      type: int
    failed:
      description: Entries that could not be changed.
      type: int
    skipped:
      description: Devices that were named and do not exist, with O(on_missing=skip).
      type: int
    protected:
      description: Devices that O(protected) names.
      type: int
    under_way:
      description: Configurations that may come with labels that this run puts devices on.
      type: int
    unknown:
      description: Policies on labels that nobody can see, and changes of which nobody knows whether
        they were done.
      type: int
    planned:
      description: Entries that would have been changed, had the plan not been refused.
      type: int
      returned: when the plan is refused
    sections:
      description: For each section that is used, how many entries have which outcome.
      type: dict
    requests:
      description: Requests that were sent, reads and writes, including those that were sent again.
      type: int
    writes:
      description: How many of these requests write.
      type: int
  sample:
    changed: 1
    failed: 0
    matched: 2
    protected: 0
    requests: 5
    sections: {attributes: {changed: 1, unchanged: 1}}
    skipped: 0
    unchanged: 1
    under_way: 0
    unknown: 0
    writes: 1
entries:
  description: An outcome for each entry.
  returned: always, unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    section:
      description: The section.
      type: str
      returned: unless it is a device that was skipped or is protected
    id:
      description: The id of the device or label; V(null) for a label that does not exist yet.
      type: str
      returned: unless it is a policy on a label
    guid:
      description: The guid of the device.
      type: str
      returned: for a device
    name:
      description: The name of the label.
      type: str
      returned: for a label
    policy:
      description: The name of the policy.
      type: str
      returned: for a policy on a label
    policy_id:
      description: The id of the policy.
      type: str
      returned: for a policy on a label
    label:
      description: The name of the label of the policy.
      type: str
      returned: for a policy on a label
    label_id:
      description: The id of that label; empty for one that does not exist yet.
      type: str
      returned: for a policy on a label
    ring:
      description: The ring of the change, from 1 on.
      type: int
      returned: when it changes, with O(rings)
    host:
      description: The host of the play that declares it.
      type: str
      returned: for a device of a host
    outcome:
      description: V(changed), V(unchanged), V(failed), V(unknown), V(skipped), V(protected),
        V(under_way) or V(planned).
      type: str
    before:
      description: What differed, as it was.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The same as desired; what is to be removed is left out.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it could not be changed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why it was left alone.
      type: str
      returned: when the outcome is V(skipped), V(protected), V(under_way) or V(unknown)
  sample:
    - section: attributes
      id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: changed
      before: {attributes.cityid: [LA]}
      after: {attributes.cityid: [SF]}
plan:
  description: >-
    The plan as text. It has a headline, then equal changes together with the names, models and
    owners of the devices (removals first), then what is left alone and why, and the limits that the
    plan exceeds. A plan that is refused is shown as well.
  type: list
  elements: str
  returned: always
  sample:
    - "2 entries on 2 of 60 devices: attributes.owner becomes security-desk on 2 (nothing on 2)"
    - "changes attributes.owner: nothing -> security-desk on 2 entries: device 22001; device 22002"
    - "confirm: 2-0123456789abcdef"
confirm:
  description: The value of O(confirm) that permits exactly this plan; empty where nothing is
    planned.
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
rings:
  description: For each ring, how many devices change in it.
  returned: with O(rings), unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    ring:
      description: Its number, from 1 on.
      type: int
    percent:
      description: How many percent of all devices it has together with those before it.
      type: float
    devices:
      description: The devices that change in it.
      type: int
  sample:
    - {ring: 1, percent: 5.0, devices: 21}
    - {ring: 2, percent: 100.0, devices: 402}
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.state.calls import STATE
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.options import (
    STATE as OPTIONS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.task import (
    reconcile_state,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    LIMITS,
    PLAN,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec=argument_spec(*OPTIONS, *LIMITS, *PLAN),
        supports_check_mode=True,
    )
    run(module, needs=STATE, task=reconcile_state)


if __name__ == "__main__":
    main()
