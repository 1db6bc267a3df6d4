#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: alert_info
short_description: Read alerts
version_added: 0.1.0
description:
  - Reads the alerts that devices raised. Every option narrows the choice. Where an option has
    several values, one of them is enough.
  - Without options every alert is read.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  read:
    description:
      - Alerts that are marked as read, or those that are not.
      - When left out, both.
    type: bool
  on_missing:
    description:
      - What to do when an alert of O(ids), or a device of O(devices), does not exist, or when nobody of
        O(users) and O(phone_numbers) has a device. The latter is looked up if there is no alert, or
        if several are named.
      - V(fail) fails and names all of them, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._alerts
  - ivanti.uem._roles.alert_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
seealso:
  - module: ivanti.uem.alert
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read the critical alerts that nobody has read
  ivanti.uem.alert_info:
    severities: [CRITICAL]
    read: false

- name: Read the alerts of a user within the last week
  ivanti.uem.alert_info:
    users: [jdoe]
    newer_than: 7d

- name: Count unread alerts by their type
  ivanti.uem.alert_info:
    read: false
    query: "[].type"
"""

RETURN = r"""
alerts:
  description: The alerts, in the order of their ids.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
    read:
      description: Whether it is marked as read; null where the server does not say.
      type: bool
    type:
      description: What it is about.
      type: str
    severity:
      description: V(INFORMATION), V(WARNING) or V(CRITICAL).
      type: str
    status:
      description: How far it was dispatched.
      type: str
    text:
      description: What it says.
      type: str
    raised_at:
      description: When it was raised, in UTC.
      type: str
    updated_at:
      description: When it was last changed, in UTC.
      type: str
    updated_by:
      description: Who or what changed it last.
      type: str
    user:
      description: The user that it was sent to.
      type: str
    user_uuid:
      description: The uuid of that user.
      type: str
    device_guid:
      description: The guid of the device that raised it.
      type: str
    dispatch_device_guid:
      description: The guid of the device that it was sent to.
      type: str
    label_id:
      description: The id of the label because of which it was raised.
      type: str
    subscription:
      description: The name of the event that it belongs to.
      type: str
    transport:
      description: V(EMAIL), V(SMS) or V(APNS).
      type: str
    retries:
      description: How often the server tried to send it.
      type: int
  sample:
    - id: "5"
      read: false
      type: MEMORY_SIZE_EXCEEDED_ALERT
      severity: WARNING
      status: DISPATCHED
      text: "WARNING::Memory size exceeded 1% for Phone #: 14085551212 (miadmin)"
      raised_at: "2010-05-01T01:02:00Z"
      updated_at: "2010-04-30T01:04:00Z"
      updated_by: alertprocessor
      user: miadmin
      user_uuid: 3a2f8a6e-6a5d-4a9e-9d0b-6f5f3f2c1b0a
      device_guid: 6482dce2-ea75-400a-9f2c-d67766d942cf
      dispatch_device_guid: 6482dce2-ea75-400a-9f2c-d67766d942cf
      label_id: "163"
      subscription: m1
      transport: EMAIL
      retries: 2
count:
  description: How many alerts were found.
  returned: success
  type: int
  sample: 1
missing:
  description: The ids of O(ids) without an alert, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [MEMORY_SIZE_EXCEEDED_ALERT]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.calls import ALERTS
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.info import read_alerts
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.options import (
    ALERT_FILTERS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    QUERY,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*ALERT_FILTERS, QUERY, *UNUSED),
            "read": {"type": "bool"},
            "on_missing": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
        },
        supports_check_mode=True,
    )
    run(module, needs=ALERTS, task=read_alerts)


if __name__ == "__main__":
    main()
