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
  - "Every host has the variables C(ivanti_id) (a string, as in the results of the modules),
    C(ivanti_guid) and C(ivanti_custom_attributes) (a dictionary of names in lower case to lists of
    strings), C(ivanti_labels) (a list of strings) with O(device_groups), and one for each of
    O(fields): C(platformType) becomes C(ivanti_platform_type). O(hostvars_prefix) replaces
    C(ivanti_)."
  - "Every host is in C(ivanti_neurons), and in those of these that apply to it: C(platform_ios),
    C(platform_android), C(platform_macos), C(platform_windows), C(platform_<other platform>);
    C(compliant), C(noncompliant) (neither, when the server does not know); C(quarantined);
    C(violates_<policy>) for each policy violated; C(attr_<name>_<value>) for O(attribute_groups);
    C(label_<device group>) with O(device_groups)."
options:
  plugin:
    description: V(ivanti.uem.neurons), which marks the file as one for this plugin.
    type: str
    required: true
    choices: [ivanti.uem.neurons]
  partitions:
    description:
      - Ids or names of the device spaces (partitions) to read; V(default) is the tenant's default
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
  fields:
    description:
      - The fields of the device rows that become variables, named as the server names them. A field
        that a row does not have is null.
      - Few are better than many, because Ansible keeps all of them for each host.
    type: list
    elements: str
    default:
      - deviceName
      - serialNumber
      - imei
      - wifiMacAddress
      - platformType
      - platformVersion
      - manufacturer
      - prettyModel
      - registrationState
      - ownershipType
      - supervised
      - complianceState
      - violatedPolicies
      - quarantined
      - jailbroken
      - lastCheckin
      - lastRegistrationTime
      - displayName
      - uid
      - emailAddress
      - dmPartitionName
  hostnames:
    description:
      - Where host names come from, in order of preference. Each is a field of the device row, or a
        JMESPath expression over the row such as C(customAttributes.attrs.assettag[0]).
      - The first that results in a string with a letter or digit is used. When none does, the guid
        is used.
      - People choose what their devices are called, so C(deviceName) lets them choose host names.
    type: list
    elements: str
    default: [serialNumber, guid]
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
partitions: [default]
filters: registrationState=ACTIVE
attribute_groups: [cityId, costCenter]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .inventory_cache
cache_timeout: 3600

---
# ios.neurons.yml: iPhones and iPads by asset tag, with their device groups
plugin: ivanti.uem.neurons
filters: platformType=IOS and registrationState=ACTIVE
query: "[?supervised]"
hostnames:
  - customAttributes.attrs.assettag[0]
  - serialNumber
fields: [deviceName, prettyModel, platformVersion, lastCheckin]
device_groups: true

---
# grouped.neurons.yml: groups and variables by expressions
plugin: ivanti.uem.neurons
strict: true
compose:
  days_silent: ((now().timestamp() - (ivanti_last_checkin or 0) / 1000) / 86400) | int
keyed_groups:
  - key: ivanti_ownership_type | lower
    prefix: owned_by
groups:
  silent: days_silent | int > 30
"""

from collections.abc import Iterable, Sequence

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    Registration,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.neurons import (
    registration,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory


class InventoryModule(UemInventory):
    """Devices of Ivanti Neurons for MDM as hosts."""

    NAME = "ivanti.uem.neurons"
    product = "neurons"
    read_options = (*UemInventory.read_options, "device_groups")

    def registration(
        self, device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None
    ) -> Registration:
        """See UemInventory."""
        return registration(device, name=name, fields=fields, labels=labels)

    def label_patterns(self) -> Sequence[str]:
        """See UemInventory."""
        return ["*"] if self.get_option("device_groups") else []

    def attribute_groups(self) -> Sequence[str]:
        """See UemInventory."""
        return [str(name) for name in self.get_option("attribute_groups")]
