# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: neurons
short_description: Devices of Ivanti Neurons for MDM as hosts
version_added: 0.1.0
description:
  - Reads the devices of an Ivanti Neurons for MDM tenant, in full pages, and makes a host of each
    registration.
  - The configuration is a YAML file whose name ends in C(.neurons.yml) or C(.neurons.yaml), or is
    C(neurons.yml) or C(neurons.yaml).
  - The inventory fails unless it finds as many distinct devices as the server counts. It never has
    only a part of a fleet.
author:
  - ivanti.uem contributors (@ivanti-uem)
extends_documentation_fragment:
  - ivanti.uem._connection.plugin
  - ivanti.uem._inventory
  - constructed
  - inventory_cache
notes:
  - "Besides the variables of every host it has C(ivanti_custom_attributes) (a dictionary of names in
    lower case to lists of strings). C(ivanti_labels) is a list of strings with O(device_groups),
    and null without it."
  - "Every host is in C(ivanti_neurons), and besides the groups of both products in those of these
    that apply to it: C(attr_<name>_<value>) for O(attribute_groups); C(label_<device group>) with
    O(device_groups)."
  - "The reason of a host is what the violated policy is about where it is one of the vendor's own,
    such as C(compliance_out_of_contact). Any other policy is a reason of its own: C(compliance_byod)
    for C(BYOD)."
options:
  plugin:
    description: V(ivanti.uem.neurons), which marks the file as one for this plugin.
    type: str
    required: true
    choices: [ivanti.uem.neurons]
  spaces:
    description:
      - Ids or names of the device spaces to read; V(default) is the tenant's default
        one.
      - When left out, all device spaces are discovered and read.
    type: list
    elements: str
    default: []
  filters:
    description:
      - A filter expression (C(fq)) in the language of the Neurons API, sent as it is. Only devices
        that match it are read.
      - When left out, every device is read.
    type: str
  attribute_groups:
    description:
      - Names of custom attributes, compared without case. Each value of them makes a group of the
        devices that have it.
      - The group is called C(attr_<name>_<value>), such as C(attr_cityid_sf) for the value C(SF) of
        C(cityId). A numeric attribute's C(_#) is left out.
    type: list
    elements: str
    default: []
  device_groups:
    description:
      - Whether the device groups of each device are read, to become groups C(label_<device group>)
        and the variable C(ivanti_labels).
      - The API lists them only for one device at a time, so this costs a request for each device
        that O(filters) and O(query) leave. O(concurrency) says how many are sent at a time.
    type: bool
    default: false
seealso:
  - plugin: ivanti.uem.compliant
    plugin_type: test
"""

EXAMPLES = r"""
# fleet.neurons.yml: every device, with url and credentials from the IVANTI_UEM_* environment
# variables
plugin: ivanti.uem.neurons

---
# active.neurons.yml: what is active in one device space, with a group for each city, kept for an
# hour
plugin: ivanti.uem.neurons
url: "{{ lookup('env', 'IVANTI_UEM_URL') }}"
username: "{{ lookup('env', 'IVANTI_UEM_USERNAME') }}"
password: "{{ lookup('env', 'IVANTI_UEM_PASSWORD') }}"
spaces: [default]
statuses: [active]
attribute_groups: [cityId, costCenter]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .inventory_cache
cache_timeout: 3600

---
# ios.neurons.yml: iPhones and iPads by asset tag, with their device groups
plugin: ivanti.uem.neurons
statuses: [active]
query: "[?platform == 'ios' && supervised]"
hostnames:
  - custom_attributes.assettag[0]
  - serial_number
fields: [device_name, model, os_version, last_seen_at, lost_mode_enabled]
device_groups: true

---
# grouped.neurons.yml: groups and variables by expressions
plugin: ivanti.uem.neurons
strict: true
compose:
  days_silent: (now(utc=true) - ((ivanti_last_seen_at or '1970-01-01T00:00:00Z') |
    to_datetime('%Y-%m-%dT%H:%M:%SZ'))).days
keyed_groups:
  - key: ivanti_os_version | default('unknown', true) | split('.') | first
    prefix: os
groups:
  silent: days_silent | int > 30
"""

from collections.abc import Sequence

from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory


class InventoryModule(UemInventory):
    """Devices of Ivanti Neurons for MDM as hosts."""

    NAME = "ivanti.uem.neurons"
    product = "neurons"
    read_options = (*UemInventory.read_options, "device_groups")

    def label_patterns(self) -> Sequence[str]:
        """See UemInventory."""
        return ["*"] if self.get_option("device_groups") else []

    def attribute_groups(self) -> Sequence[str]:
        """See UemInventory."""
        return [str(name) for name in self.get_option("attribute_groups")]
