#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_compliance_info
short_description: Read compliance and its reasons
version_added: 0.1.0
description:
  - Reads whether each device is compliant and, where it is not, for which reasons.
  - On Neurons for MDM these are the policies of the device, which takes a request for each device.
    On EPMM they are in the rows of devices that API v2 sends, which takes no further request.
  - Where API v2 of EPMM does not say all of it of a device, or is missing, API v1 is asked for its
    bitmaps. That takes a request for each status that such devices have. The vendor calls API v1
    deprecated.
  - What is not known is null, and never passes for compliant.
author:
  - ivanti.uem contributors (@ivanti-uem)
options: {}
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._query
  - ivanti.uem._roles.device_compliance_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reads
notes:
  - Give C(select={"query":"[]"}) to read every device.
  - The list of devices and the source of the reasons may disagree for a while. Both are returned,
    and RV(devices[].contradictory) says so.
seealso:
  - module: ivanti.uem.device_info
  - plugin: ivanti.uem.compliance_reasons
    plugin_type: filter
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read why two devices are not compliant
  ivanti.uem.device_compliance_info:
    devices: [22000, 22004]

- name: Find the devices of a user that are not compliant, with their reasons
  ivanti.uem.device_compliance_info:
    select:
      emails: [praveen@example.com]
    on_missing: skip
    query: "[?compliant == `false`].{id: id, compliance_reasons: compliance_reasons}"

- name: Count the devices that are compliant, that are not, and those of unknown compliance
  ivanti.uem.device_compliance_info:
    select:
      query: "[]"
  register: fleet
"""

RETURN = r"""
devices:
  description: The devices in the order of their ids.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The guid, or uuid, of the device.
      type: str
    server:
      description: The address of the server of the device.
      type: str
    compliant:
      description:
        - Whether it is compliant; null where that is not known.
        - On Neurons for MDM it is true where the list of devices says so and every policy that is
          enabled is met, and false where one of them denies it. On EPMM it is what the bitmap says,
          or what API v2 says of a device without a bitmap.
      type: bool
    listed_compliant:
      description: What the list of devices says; null where it does not say.
      type: bool
    contradictory:
      description: Whether the list of devices says the opposite of the policies or the bitmap.
      type: bool
    compliance_reasons:
      description:
        - Why it is not compliant; null where the server does not say. Both products have the same
          words for the same reason. C(docs/compliance.md) of the collection lists them.
        - V(unknown) stands for a reason that the server does not name.
      type: list
      elements: str
    compliance_reasons_raw:
      description: The server's own words for the reasons; null where it does not say. On Neurons for
        MDM these are the names of the policies that are enabled and not met.
      type: list
      elements: str
    policies:
      description: The policies of the device; null on EPMM.
      type: list
      elements: dict
      contains:
        id:
          description: The id of the policy.
          type: str
        name:
          description: Its name.
          type: str
        uuid:
          description: Its uuid; null where the server does not say.
          type: str
        description:
          description: What it checks, in the words of the server; null where it does not say.
          type: str
        type:
          description: What kind of policy it is, such as V(POLICY).
          type: str
        rule_type:
          description: What it is about, such as V(COMPROMISED) or V(OUT_OF_CONTACT).
          type: str
        priority:
          description: Its priority; null where the server does not say. Its document does not say
            whether low or high numbers come first.
          type: int
        enabled:
          description: Whether it is in force. A policy that is not in force does not count.
          type: bool
        compliant:
          description: Whether the device meets it; null where the server does not say.
          type: bool
        pending_compliant:
          description: What the server calls C(pendingCompliant), which its document does not
            explain.
          type: bool
        system_name:
          description: The server's own name of it, or null.
          type: str
        device_count:
          description: Devices that it applies to; null where the server does not say.
          type: int
        installed_count:
          description: Devices that have it installed; null where the server does not say.
          type: int
        violation_count:
          description: Devices that violate it; null where the server does not say.
          type: int
        updated_at:
          description: When it was changed, in UTC; null where the server does not say.
          type: str
        updated_by:
          description: Who changed it, or null.
          type: str
        actions:
          description: Its actions as the server sends them; null in every documented example.
          type: raw
    quarantined:
      description: Whether it is in quarantine; null where that is not known.
      type: bool
    quarantine_reasons:
      description: Why it is in quarantine; null where that is not known, and on Neurons for MDM.
      type: list
      elements: str
    blocked:
      description: Whether it is blocked; null where that is not known.
      type: bool
    block_reasons:
      description: Why it is blocked; null where that is not known, and on Neurons for MDM.
      type: list
      elements: str
    server_action:
      description:
        - What the server itself will do to the device, where the server is an EPMM with a single
          compliance action - its name as C(compliance_action), whether it C(wipes), and its C(steps)
          as M(ivanti.uem.compliance_action_info) returns them.
        - Null where that is not known; see RV(devices[].server_action_reason).
      type: dict
    server_action_reason:
      description: Why RV(devices[].server_action) is not known, or what is not known of it.
      type: str
    bitmaps:
      description:
        - On EPMM the bitmaps C(compliance), C(quarantined_status) and C(block_reason). Only API v1
          has them; each is null where API v1 was not asked for the device, or does not send it. Set
          O(api=v1) to get all of them. Null on Neurons for MDM.
      type: dict
  sample:
    - id: "22032"
      guid: "4e14d571-a0f0-46da-8fde-bbeceea7bb64"
      server: https://uem.example.com
      compliant: false
      listed_compliant: false
      contradictory: false
      compliance_reasons: [out_of_contact]
      compliance_reasons_raw: [Out of Contact]
      policies:
        - id: "51002"
          name: Out of Contact
          uuid: "28cd0554-0000-4000-8000-000028cd0554"
          description: Checks for devices which have been out of contact for the specified time.
          type: POLICY
          rule_type: OUT_OF_CONTACT
          priority: 1
          enabled: true
          compliant: false
          pending_compliant: false
          system_name: null
          device_count: 0
          installed_count: 0
          violation_count: 0
          updated_at: null
          updated_by: null
          actions: null
      quarantined: true
      quarantine_reasons: null
      blocked: false
      block_reasons: null
      server_action: null
      server_action_reason: no call of Neurons for MDM says so
      bitmaps: null
count:
  description: How many devices were read.
  returned: success
  type: int
  sample: 1
summary:
  description: How many devices are C(compliant), are not (C(noncompliant)), or may be either
    (C(unknown)).
  returned: success
  type: dict
  sample: {compliant: 0, noncompliant: 1, unknown: 0}
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
unreadable:
  description: The devices that vanished while they were read, each with its C(id), its C(guid) and
    the C(reason).
  returned: success
  type: list
  elements: dict
  sample: []
query_result:
  description: What O(query) found in RV(devices).
  returned: when O(query) is given
  type: raw
  sample:
    - {id: "22032", compliance_reasons: [out_of_contact]}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 5
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: success
  type: int
  sample: 1
message:
  description: The same in words.
  returned: success
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.calls import (
    COMPLIANCE,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.task import (
    read_compliance,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    QUERY,
    SELECTION,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec=argument_spec(DEVICES, *SELECTION, QUERY, *UNUSED),
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=COMPLIANCE, task=read_compliance)


if __name__ == "__main__":
    main()
