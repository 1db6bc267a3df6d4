#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: label
short_description: Make or delete a label
version_added: 0.1.0
description:
  - Makes sure that a label exists, or that it does not.
  - A label is static, or filtered. Devices are put on a static one by M(ivanti.uem.device_label). The
    server puts the devices that meet O(filter) on a filtered one.
  - The API has no call that changes a label. A task that would need one is refused, and says what
    differs.
  - Names of labels are unique over all device spaces.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  name:
    description:
      - The name, which is case-sensitive. The id of another label is refused as the name of a new one,
        and a new name that has only digits gives a warning.
    type: str
    required: true
  state:
    description:
      - V(present) makes the label if there is none of that name.
      - V(absent) deletes it. The server's own labels cannot be deleted, nor can a global one by an
        account of another device space.
    type: str
    choices: [present, absent]
    default: present
  filter:
    description:
      - The criteria of a filtered label, a query such as C("common.platform" = "iOS"). Up to 255
        characters the server is asked first whether it takes them.
      - They are compared with those of the label text by text and word by word. Blanks between these
        do not count.
      - With O(state=absent) a label with other criteria is not deleted.
      - When left out, a label that is made is static, and one that exists stays as it is.
    type: str
  description:
    description:
      - What people read about the label.
      - When left out, a label that is made has none, and that of one that exists stays as it is. It
        is not looked at with O(state=absent). Blanks and line breaks at its ends do not count.
    type: str
  space:
    description:
      - The device space that the label belongs to, by its name, which is case-sensitive, or by its
        id.
      - With O(state=absent) a label of another device space is not deleted.
      - When left out, a label is made in the account's own device space, and one that exists may be
        in any.
    type: raw
  force:
    description:
      - Whether a label is deleted although it has devices, app settings are applied to it, or these
        cannot be read. Devices lose what they have only by this label.
      - Policies are never checked, with V(true) and with V(false), because no call of the API says
        which policies are applied to a label. A warning says so.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.label
  - ivanti.uem._limits.others
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan.one
notes:
  - Needs API v2 of EPMM. The calls that make and delete labels are not in the parts of its guide that
    the authors could read. They are those of a client that works. So the labels are read again after
    each, and what the server shows then is the outcome.
  - How a filtered label is made was not seen. A server may make it otherwise than O(filter) says. The
    task fails then, and says what the label is like.
seealso:
  - module: ivanti.uem.label_info
  - module: ivanti.uem.device_label
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
- name: Make a static label
  ivanti.uem.label:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    name: Loan pool
    description: Phones that are lent

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Make a filtered label
  ivanti.uem.label:
    name: Active iPhones
    filter: '"common.platform" = "iOS" AND "common.status" = "ACTIVE"'

- name: Show what would be lost with a label
  ivanti.uem.label:
    name: Pilot
    state: absent
    force: true
  check_mode: true
  diff: true
"""

RETURN = r"""
label:
  description: What became of the label.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    name:
      description: The name.
      type: str
    id:
      description: The id; null where there is no label, or it is not known.
      type: str
    fitting_devices:
      description: How many devices fit the filter.
      type: int
      returned: when a label with a filter is made, if the server says it
    outcome:
      description: V(changed), V(unchanged), V(failed), V(unknown) or V(planned).
      type: str
    before:
      description: Those fields that differ, as they were. For a label that is deleted they also say
        how many C(members) it had, and which C(app_settings).
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: Those fields that differ, as desired; empty for a label that is deleted.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
  sample:
    name: Loan pool
    id: "77"
    outcome: changed
    before: {}
    after: {static: true, space: Global, description: Phones that are lent}
requests:
  description: Requests that were sent.
  returned: always, unless the task failed before it had a plan
  type: int
  sample: 5
writes:
  description: How many of these requests write.
  returned: always, unless the task failed before it had a plan
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.label_definitions.calls import (
    LABEL_DEFINITIONS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.label_definitions.options import (
    LABEL,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.label_definitions.task import (
    reconcile_label,
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
        argument_spec=argument_spec(*LABEL, *PLAN_OF_ONE, *LIMITS_OF_OTHERS),
        supports_check_mode=True,
    )
    run(module, needs=LABEL_DEFINITIONS, task=reconcile_label)


if __name__ == "__main__":
    main()
