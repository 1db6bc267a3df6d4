#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: alert
short_description: Mark alerts as read or unread
version_added: 0.1.0
description:
  - Marks the alerts that the options choose. Every option narrows the choice. Where an option has
    several values, one of them is enough.
  - An alert that is marked so already is left alone and gets no comment. Comments cannot be read,
    so they are not compared; see O(resend).
  - Alerts that are marked the same way share requests, up to 200 in each.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  state:
    description: How the alerts are marked.
    type: str
    choices: [read, unread]
    default: read
  comment:
    description:
      - Why they are marked, in at most 255 characters. The server keeps it with each alert that is
        changed.
    type: str
    required: true
  resend:
    description:
      - Whether the comment is sent to alerts that are marked so already, too. Then every run
        changes them.
      - When V(false), such alerts are left alone.
    type: bool
    default: false
  on_missing:
    description:
      - What to do when an alert of O(ids), or a device of O(devices), does not exist, or when nobody of
        O(users) and O(phone_numbers) has a device. The latter is looked up if there is no alert, or
        if several are named.
      - V(fail) fails before anything is written and names all of them, V(skip) goes on without
        them.
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._alerts
  - ivanti.uem._roles.alert
  - ivanti.uem._limits.others
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan
notes:
  - At least one option that chooses alerts is needed; O(older_than=1s) chooses practically all of
    them.
seealso:
  - module: ivanti.uem.alert_info
"""

EXAMPLES = r"""
- name: Mark two alerts as read
  ivanti.uem.alert:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    ids: [3936, 3934]
    comment: Asked the users to free some memory

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Mark what is older than a month as read
  ivanti.uem.alert:
    older_than: 30d
    severities: [INFORMATION, WARNING]
    comment: Too old to matter

- name: Show which alerts of a user would be unread again
  ivanti.uem.alert:
    users: [jdoe]
    state: unread
    comment: Marked by mistake
  check_mode: true
  diff: true
"""

RETURN = r"""
summary:
  description: How many alerts and requests there were.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    matched:
      description: Alerts that were found.
      type: int
    changed:
      description: Alerts that were marked; in check mode, that would be marked.
      type: int
    unchanged:
      description: Alerts that were marked so already.
      type: int
    failed:
      description: Alerts that could not be marked.
      type: int
    skipped:
      description: Ids without an alert, with O(on_missing=skip).
      type: int
    planned:
      description: Alerts that would have been marked, had the plan not been refused.
      type: int
      returned: when the plan is refused
    requests:
      description: Requests that were sent, reads and writes, including those that were sent again.
      type: int
    writes:
      description: How many of these requests write.
      type: int
  sample: {changed: 1, failed: 0, matched: 2, requests: 2, skipped: 0, unchanged: 1, writes: 1}
alerts:
  description: An outcome for each alert.
  returned: always, unless the task failed before it had a plan
  type: list
  elements: dict
  contains:
    id:
      description: The id of the alert.
      type: str
    outcome:
      description: V(changed), V(unchanged), V(failed), V(unknown), V(skipped) or V(planned).
      type: str
    before:
      description: C(state), as it was.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: C(state), as desired.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    error:
      description: Why the alert could not be marked.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    reason:
      description: Why the alert was skipped.
      type: str
      returned: when the outcome is V(skipped)
  sample:
    - id: "3936"
      outcome: changed
      before: {state: unread}
      after: {state: read}
    - id: "3934"
      outcome: unchanged
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
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.calls import ALERTS
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.options import (
    ALERT_FILTERS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.task import mark_alerts
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    LIMITS_OF_OTHERS,
    PLAN,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*ALERT_FILTERS, *PLAN, *LIMITS_OF_OTHERS),
            "state": {"type": "str", "choices": ["read", "unread"], "default": "read"},
            "comment": {"type": "str", "required": True},
            "resend": {"type": "bool", "default": False},
            "on_missing": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
        },
        required_one_of=[[option.name for option in ALERT_FILTERS]],
        supports_check_mode=True,
    )
    run(module, needs=ALERTS, task=mark_alerts)


if __name__ == "__main__":
    main()
