# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: neurons
short_description: Devices of Ivanti Neurons for MDM as hosts
version_added: 0.1.0
description:
  - Reads the devices of an Ivanti Neurons for MDM tenant, in full pages, and makes a host of each registration.
  - The configuration is a YAML file whose name ends in C(.neurons.yml) or C(.neurons.yaml), or is C(neurons.yml) or
    C(neurons.yaml).
  - As many distinct devices are shown as the server counts, or the inventory fails. It is never a part of a fleet.
author:
  - ivanti.uem contributors (@ivanti-uem)
requirements:
  - Python library requests 2.32.4 or newer
  - Python library jmespath, where O(query) is given or O(hostnames) has an expression
extends_documentation_fragment:
  - ivanti.uem._connection.plugin
  - constructed
  - inventory_cache
notes:
  - When an inventory source fails, Ansible itself only warns and goes on without its hosts. Set
    C(any_unparsed_is_failed=true) in the section C([inventory]) of C(ansible.cfg), or
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), so that it stops instead.
  - Templates in the values of O(url), O(username), O(password), O(token) and O(ca_path) are resolved when they stand
    in the configuration file. Values from environment variables are taken as they are.
  - An option that does not exist is an error, for a misspelt O(filters) would mean every device.
  - "Host names hold letters, digits and C(_ . -) alone, and every other character becomes C(_). Of several
    registrations that want one name, the active one with the latest registration (and of equals the highest id) gets
    it, and each other one gets the name with C(-) and its id behind it. With the default O(hostnames)
    C(host_vars/<serial number>.yml) so always means the present registration of a device. A name that a group has, or
    that Ansible reserves, gets the id, too."
  - People choose what their devices are called, so C(deviceName) in O(hostnames) lets them choose host names. A host
    that another source of the inventory has already is joined with the device of the same name. Serial numbers and
    guids do not have that trouble.
  - "Every host has the variables C(ivanti_id) (a string, as in the results of the modules), C(ivanti_guid) and
    C(ivanti_custom_attributes) (a dictionary of names in lower case to lists of strings), C(ivanti_labels) (a list of
    strings) with O(device_groups), and one for each of O(fields): C(platformType) becomes C(ivanti_platform_type).
    O(hostvars_prefix) replaces C(ivanti_)."
  - "Every host is in C(ivanti_neurons), and in those that fit of: C(platform_ios), C(platform_android),
    C(platform_macos), C(platform_windows), C(platform_<other platform>); C(compliant), C(noncompliant) (neither, when
    the server does not know); C(quarantined); C(violates_<policy>) for each policy violated; C(attr_<name>_<value>)
    for O(attribute_groups); C(label_<device group>) with O(device_groups)."
  - Names of groups are made of C(a-z), C(0-9) and C(_). Case is folded, accents are dropped, and every other
    character becomes C(_). Where that would lose a letter (of an alphabet other than the Latin one, say), eight
    digits of a hash keep different names apart.
  - The group C(ivanti_neurons) has C(ansible_connection=local), for nothing can be run on a device, and
    C(ansible_python_interpreter) set to the Python that runs Ansible, for it has the libraries. Both yield to any
    C(group_vars) and C(host_vars), and to other groups of the inventory.
  - What the server sends is never a template, whatever braces it holds.
  - The expressions of O(compose), O(groups) and O(keyed_groups) see the variables of the host. They cost about a
    millisecond for each expression and host. The groups above cost almost nothing.
options:
  plugin:
    description: V(ivanti.uem.neurons), which says that the file is meant for this plugin.
    type: str
    required: true
    choices: [ivanti.uem.neurons]
  partitions:
    description:
      - Ids or names of the device spaces (partitions) to read; V(default) is the tenant's default one.
      - When left out, all device spaces are discovered and read.
    type: list
    elements: str
    default: []
  filters:
    description:
      - A filter expression (C(fq)) in the language of the Neurons API, sent as it is. Only devices that it fits are
        read.
      - When left out, every device is read.
    type: str
  query:
    description:
      - A JMESPath expression over the list of device rows, such as C([?quarantined && platformType == 'IOS']). It
        must answer a list of rows, and only these become hosts.
      - It sees every field of the rows, whatever O(fields) names. O(filters) reads less and is faster.
      - When left out, every device that was read becomes a host.
    type: str
  fields:
    description:
      - The fields of the device rows that become variables, named as the server names them. A field that a row does
        not have is null.
      - Few are better than many, for Ansible keeps them all for each host.
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
      - Where host names come from, best first. Each is a field of the device row, or a JMESPath expression over the
        row such as C(customAttributes.attrs.assettag[0]).
      - The first that gives a string with a letter or digit in it counts. When none does, the guid is taken.
    type: list
    elements: str
    default: [serialNumber, guid]
  attribute_groups:
    description:
      - Names of custom attributes, compared without case, of which each value makes a group of the devices that have
        it.
      - The group is called C(attr_<name>_<value>), such as C(attr_cityid_sf) for the value C(SF) of C(cityId). A
        numeric attribute's C(_#) is left out.
    type: list
    elements: str
    default: []
  device_groups:
    description:
      - Whether the device groups of each device are read, to become groups C(label_<device group>) and the variable
        C(ivanti_labels).
      - The API tells them device by device only, so this costs a request for each device that O(filters) and O(query)
        leave, as many at a time as O(concurrency) allows.
    type: bool
    default: false
  hostvars_prefix:
    description: What the names of all variables begin with.
    type: str
    default: ivanti_
"""

EXAMPLES = r"""
# fleet.neurons.yml: every device, with url and credentials from the IVANTI_UEM_* environment variables
plugin: ivanti.uem.neurons

---
# active.neurons.yml: what is active in one device space, with a group for each city, kept for an hour
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

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.inventory import Registration
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.inventory import labels_of, registration
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory


class InventoryModule(UemInventory):
    """Devices of Ivanti Neurons for MDM as hosts."""

    NAME = "ivanti.uem.neurons"
    product = "neurons"

    def registration(
        self, device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None
    ) -> Registration:
        """See the base."""
        return registration(device, name=name, fields=fields, labels=labels)

    def labels_of(self, details: Mapping[str, Any]) -> tuple[str, ...]:
        """See the base."""
        return labels_of(details)
