#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_custom_attrs
short_description: Set custom attributes of devices
version_added: 0.1.0
description:
  - Sets, extends, replaces or removes custom attributes of many devices in one task.
  - Only the given attributes are compared. Attributes that are not named stay as they are, unless
    O(purge=true).
  - Names are compared without case and values as lists of strings, whose order does not count, as
    the API keeps them. A numeric attribute is named with the suffix C(_#), as the API names it; its
    values are compared as numbers. If it is left out, it is added where the server's definitions or
    the device have it.
  - Blanks at the ends of names and values are left out, and composed and decomposed letters of
    Unicode are the same. O(select.custom_attributes) compares in the same way.
  - Devices are read in pages of 500. Every device that differs is written with one request;
    removals of the same attributes from many devices share requests.
  - A device that fails does not stop the others. The task then fails and names each failure;
    running it again finishes the work.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  devices:
    description:
      - The devices, each by its id, by its guid, or as a mapping with the keys C(device), which is
        an id or guid, and C(attrs), the attributes of that device.
      - The attributes of a device take precedence over O(attrs).
      - A mapping may also have C(server), the address of the server of the device, and C(host), the
        name of its host. A device of another server is refused by that name.
      - Exactly one of O(devices) and O(select) is needed.
  attrs:
    description:
      - Attributes and their values. A value is a string, a number, a boolean, a date, or a list of
        these.
      - YAML reads C(1.10) as 1.1 and C(yes) as true; the task warns of such values. It reads C(010)
        as 8, and C(12:30) as 750, which nobody can see afterwards. Write texts in quotes.
      - The server keeps no empty values, so an empty value is an error. O(state=absent) removes an
        attribute.
      - With O(state=absent) a list of names is enough, and the values of a mapping do not count.
      - With O(purge=true) an empty mapping means that the devices have no attributes afterwards.
      - When left out, only the attributes of the entries of O(devices) are set.
    type: raw
  state:
    description:
      - V(present) makes sure that the attributes have these values.
      - V(absent) makes sure that the devices have no attributes of these names.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - Whether attributes that are not named are removed, so that the map of a device is exactly
        what is given.
    type: bool
    default: false
  append:
    description:
      - Whether the values are added to those that an attribute has instead of replacing them. A
        value that the attribute has already is not a change.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._limits
  - ivanti.uem._roles.device_custom_attrs
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan
notes:
  - The attributes must be defined in the admin portal; a name that is not defined is refused before
    anything is written, if the account may read the definitions.
  - The list of devices lags behind writes on some tenants. A second run right after the first may
    then repeat writes.
seealso:
  - module: ivanti.uem.device_info
  - plugin: ivanti.uem.neurons
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Put two devices into a cost center, one of them into a city of its own
  ivanti.uem.device_custom_attrs:
    product: neurons
    url: https://na1.mobileiron.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    attrs:
      costcenter: "4711"
    devices:
      - 22000
      - device: 8bcc4cee-dca9-476d-8710-9bb1e738ade9
        attrs:
          cityid: SF

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Show what would change if all iPads belonged to sales, and change at most 5 % of the fleet
  ivanti.uem.device_custom_attrs:
    select:
      platform: ios
      query: "[?device_model && starts_with(device_model, 'iPad')]"
    attrs:
      department: sales
    max_percent: 5
  check_mode: true
  diff: true

- name: Set the attributes of a table whose columns are device and names of attributes
  ivanti.uem.device_custom_attrs:
    devices: "{{ query('ivanti.uem.table', 'sites.csv', key='device', under='attrs') }}"

- name: Add a project to those that a device has
  ivanti.uem.device_custom_attrs:
    select:
      serial_numbers: [DLXMF0URFLMK]
    attrs:
      projects: apollo
    append: true

- name: Own the whole map of a device
  ivanti.uem.device_custom_attrs:
    devices: [22000]
    attrs:
      cityid: SF
      floor_#: 3
    purge: true

- name: Remove two attributes from every device that has them
  ivanti.uem.device_custom_attrs:
    select:
      query: "[?custom_attributes]"
    attrs: [oldticket, oldowner]
    state: absent
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
  sample: {changed: 1, failed: 0, matched: 2, requests: 5, skipped: 0, unchanged: 1, writes: 1}
devices:
  description:
    - An outcome for each device. A device that was skipped has, instead of C(id) and C(guid), the
      name that was given for it, as C(id), C(guid), C(serial_number), C(email) or C(user).
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
      description: The attributes that differed, as they were; V(null) for those that the device did
        not have.
      type: dict
      returned: when the outcome is V(changed), V(failed), V(unknown) or V(planned)
    after:
      description: The same attributes as desired; those to be removed are left out.
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
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      outcome: changed
      before: {cityid: [LA]}
      after: {cityid: [SF]}
    - id: "22001"
      guid: 8bcc4cee-dca9-476d-8710-9bb1e738ade9
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.calls import (
    CUSTOM_ATTRS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.task import (
    reconcile_attributes,
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
            "attrs": {"type": "raw"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "purge": {"type": "bool", "default": False},
            "append": {"type": "bool", "default": False},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=CUSTOM_ATTRS, task=reconcile_attributes)


if __name__ == "__main__":
    main()
