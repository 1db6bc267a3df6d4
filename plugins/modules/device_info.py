#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_info
short_description: Read devices and their fields
version_added: 0.1.0
description:
  - Reads devices by id, guid, serial number, user, attribute, or time of registration or check-in,
    in full pages.
  - Without O(devices) and O(select) every device is read.
  - What both products know of a device has the same name and the same form, whichever server it
    comes from (C(docs/vocabulary.md) of the collection). What only one product knows keeps its
    name, in snake_case. A field is null where the server does not say it.
  - The task fails unless it finds as many distinct devices as the server counts.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  details:
    description:
      - Whether to read everything that the server knows of a device, which takes a request for each
        device. Among others this adds C(labels) and, on Neurons, the last known location. On EPMM
        it adds what only API v1 knows, such as the operator.
      - What only the list of devices has, such as custom attributes, is kept.
    type: bool
    default: false
  fields:
    description:
      - The fields to return of each device, in that order. On EPMM names of API v2 such as
        C(ios.ModelName) work as well. A field that no device has, or that the server does
        not say, is null, with a warning. The server's own name of a field that has a name here is
        refused.
      - When left out, all fields are returned.
    type: list
    elements: str
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._roles.device_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reads
notes:
  - On EPMM C(compliant) and C(compliance_reasons) are what API v2 says, where that is used and
    O(details) is false. The inventory P(ivanti.uem.epmm#inventory) takes them from API v1, and the
    two may disagree for a while.
seealso:
  - module: ivanti.uem.device_custom_attrs
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read one device with its device groups and location
  ivanti.uem.device_info:
    devices: [22000]
    details: true

- name: Read the devices of a user
  ivanti.uem.device_info:
    select:
      emails: [praveen@example.com]
    fields: [id, device_name, model, status]

- name: Read the devices that have a custom attribute and an LDAP attribute of these values
  ivanti.uem.device_info:
    select:
      custom_attributes:
        cityid: SF
      ldap_attributes:
        department: Sales
    on_missing: skip

- name: Read what registered within the last week and checked in within the last hour
  ivanti.uem.device_info:
    select:
      registered_within: 7d
      last_seen_within: 1h
    on_missing: skip

- name: Find the serial numbers of all quarantined devices
  ivanti.uem.device_info:
    query: "[?quarantined].serial_number"
  register: quarantined

- name: Read the company's iPhones and iPads that are not compliant, on either product
  ivanti.uem.device_info:
    select:
      platform: ios
      ownership: company
      compliant: false
    fields: [guid, user, os_version, last_seen_at]
    on_missing: skip

# The tasks below use what only EPMM has.

- name: Read the devices of a label that are not compliant, and why
  ivanti.uem.device_info:
    product: epmm
    select:
      labels: [Sales]
      compliant: false
    fields: [guid, user, platform_name, compliance_reasons]
    on_missing: skip

- name: Read everything that the server knows of the devices with a phone number
  ivanti.uem.device_info:
    product: epmm
    select:
      phone_numbers: ["4155551212"]
    details: true
"""

RETURN = r"""
devices:
  description:
    - The devices in the order of their ids, each with all fields, or only with O(fields).
      C(docs/fields.md) of the collection lists them.
  returned: when O(query) is not given
  type: list
  elements: dict
  sample:
    - id: "22004"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      device_name: iPad
      platform: ios
      status: active
      status_raw: ACTIVE
      last_seen_at: "2026-11-29T07:38:22Z"
      server: https://na1.mobileiron.com
      custom_attributes: {cityid: [SF]}
count:
  description: How many devices were found.
  returned: success
  type: int
  sample: 1
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [DLXMF0URFLMK]
requests:
  description: Requests that were sent. V(0) where another host of the same task sent them.
  returned: success
  type: int
  sample: 3
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.task import read_devices
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
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, QUERY, *UNUSED),
            "details": {"type": "bool", "default": False},
            "fields": {"type": "list", "elements": "str"},
        },
        mutually_exclusive=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=READ_DEVICES, task=read_devices)


if __name__ == "__main__":
    main()
