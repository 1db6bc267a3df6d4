# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: epmm
short_description: Devices of Ivanti EPMM as hosts
version_added: 0.1.0
description:
  - Reads the devices of an Ivanti EPMM server (formerly MobileIron Core) and makes a host of each
    registration.
  - The configuration is a YAML file whose name ends in C(.epmm.yml) or C(.epmm.yaml), or is
    C(epmm.yml) or C(epmm.yaml).
  - The inventory fails unless it finds as many distinct devices as the server counts. It never has
    only a part of a fleet.
author:
  - ivanti.uem contributors (@ivanti-uem)
extends_documentation_fragment:
  - ivanti.uem._connection.epmm_plugin
  - ivanti.uem._inventory
  - constructed
  - inventory_cache
notes:
  - "Every host has the variables C(ivanti_id) (a string, as in the results of the modules),
    C(ivanti_guid), C(ivanti_labels) (a list of strings) unless O(labels) is empty, and one for each
    of O(fields): C(os_version) is C(ivanti_os_version), and C(ios.DeviceName) becomes
    C(ivanti_ios_device_name). O(hostvars_prefix) replaces C(ivanti_)."
  - "Every host is in C(ivanti_epmm), and in those of these that apply to it: C(platform_ios),
    C(platform_android), C(platform_macos), C(platform_windows), C(platform_<other platform>);
    C(compliant), C(noncompliant) (neither, when the server does not know); C(compliance_<reason>)
    for each reason why it is not compliant, such as C(compliance_os_version); C(quarantined);
    C(blocked); C(status_<status>), such as C(status_active); C(label_<label>) for O(labels)."
  - A device that is compromised is in C(noncompliant) and C(compliance_compromised) also where the
    server's compliance does not say so, as with jailbroken Android devices.
  - The members of a label's group are those that the server lists. The criteria of labels are never
    evaluated here.
  - "With O(api=v1) devices whose status is RETIRE_PENDING or BLOCKED are missing if the server's
    API v1 does not list them, and O(partitions), O(filters) and fields such as C(ios.DeviceName)
    are not available."
options:
  plugin:
    description: V(ivanti.uem.epmm), which marks the file as one for this plugin.
    type: str
    required: true
    choices: [ivanti.uem.epmm]
  partitions:
    description:
      - Ids or names of the device spaces to read; V(default) is those of the account.
      - When left out, the device spaces of the account are read, and with them the spaces below.
    type: list
    elements: str
    default: []
  statuses:
    description:
      - Only devices that have one of these statuses are read. API v1 takes a request for each.
      - When left out, devices of every status are read, also those that are retired or wiped.
    type: list
    elements: str
    default: []
    choices:
      - ACTIVE
      - IENROLL_VERIFIED
      - IENROLL_INPROGRESS
      - IENROLL_COMPLETE
      - INFECTED
      - LOST
      - RETIRED
      - VERIFIED
      - VERIFICATION_PENDING
      - EXPIRED
      - WIPED
      - RETIRE_PENDING
      - BLOCKED
  filters:
    description:
      - A query in the language of EPMM's API v2, such as C("common.platform" = "iOS"), sent as it
        is. Only devices that match it are read. It may have at most 255 characters.
      - When left out, every device is read.
    type: str
  fields:
    description:
      - The fields of the device rows that become variables, named as M(ivanti.uem.device_info)
        returns them.
      - "Other fields of API v2 work as well, by the server's own names, which have a point:
        C(ios.DeviceName). A field that a device does not have is null."
      - Few are better than many, because Ansible keeps all of them for each host.
    type: list
    elements: str
    default:
      - status
      - platform
      - os_version
      - manufacturer
      - model
      - serial_number
      - imei
      - wifi_mac_address
      - phone_number
      - owner
      - mdm_managed
      - user_id
      - user_display_name
      - email_address
      - device_space
      - registered_at
      - last_connected_at
      - security_state
      - compliant
      - compliance
      - compliance_reasons
      - quarantined
      - blocked
  hostnames:
    description:
      - Where host names come from, in order of preference. Each is a field of the device row, a
        field of API v2 such as C(common.imei2), or a JMESPath expression over the row such as
        C(serial_number && join('-', [platform, serial_number])).
      - The first that results in a string with a letter or digit is used. When none does, the uuid
        is used.
      - People choose what their devices are called, so C(ios.DeviceName) lets them choose host
        names.
    type: list
    elements: str
    default: [serial_number, uuid]
  labels:
    description:
      - Shell patterns, which are case-sensitive, of the labels that become groups C(label_<label>)
        and the variable C(ivanti_labels). A pattern that begins with V(!) leaves out the labels
        that match it. If all patterns begin so, every other label is read.
      - Each label is read with all its devices, or each device with its labels, whichever takes
        fewer requests. With API v1 each label is always read with all its devices, and the answers
        have whole devices. So with many labels, it is faster to read only some of them.
      - An empty list reads no labels.
    type: list
    elements: str
    default: ["*"]
  compliance_source:
    description:
      - The source of why a device is not compliant, and whether it is blocked.
      - V(v1) reads the bitmaps of API v1 as well, which takes a request for each status in use, and
        one for each device whose status API v1 does not list. Up to 50 devices are read one by one.
        So are the devices of a status if the server has more than twenty times as many of that
        status.
      - V(v2) uses what API v2 says. It has other names for reasons, and not all of them are known.
        It does not know whether a device is blocked, so there is no group C(blocked) and
        C(ivanti_blocked) is null.
      - Where API v1 is missing or refuses the account, V(v1) works like V(v2), with a warning. Any
        other fault of API v1 makes the inventory fail. With O(api=v1) everything is read from API
        v1, and this option has no effect.
    type: str
    choices: [v1, v2]
    default: v1
seealso:
  - plugin: ivanti.uem.compliant
    plugin_type: test
  - plugin: ivanti.uem.compliance_reasons
    plugin_type: filter
"""

EXAMPLES = r"""
# fleet.epmm.yml: every device, with url and credentials from the IVANTI_UEM_* environment variables
plugin: ivanti.uem.epmm

---
# active.epmm.yml: what is active, with a group for each label that an administrator made, kept for
# an hour
plugin: ivanti.uem.epmm
url: "{{ lookup('env', 'IVANTI_UEM_URL') }}"
username: "{{ lookup('env', 'IVANTI_UEM_USERNAME') }}"
password: "{{ lookup('env', 'IVANTI_UEM_PASSWORD') }}"
statuses: [ACTIVE]
labels: ["*", "!All-Smartphones", "!iOS", "!Android"]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .inventory_cache
cache_timeout: 3600

---
# ios.epmm.yml: company-owned iPhones and iPads that are quarantined or blocked, without their
# labels
plugin: ivanti.uem.epmm
filters: '"common.platform" = "iOS" AND "common.owner" = "COMPANY"'
query: "[?quarantined || blocked || status == 'ACTIVE']"
fields: [os_version, model, last_connected_at, ios.DeviceName, compliant, security_state]
labels: []

---
# grouped.epmm.yml: groups and variables by expressions
plugin: ivanti.uem.epmm
strict: true
compose:
  days_silent: (now(utc=true) - ((ivanti_last_connected_at or '1970-01-01T00:00:00Z') |
    to_datetime('%Y-%m-%dT%H:%M:%SZ'))).days
keyed_groups:
  - key: ivanti_owner | default('nobody', true) | lower
    prefix: owned_by
groups:
  silent: days_silent | int > 30
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ansible_collections.ivanti.uem.plugins.module_utils._core.counts import numbered
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AbsentError,
    AnswerError,
    ApiError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.calls import Bitmaps
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.epmm import (
    registration,
    v2_fields,
    without_blocks,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    Registration,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import API
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import UemClient
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory

# The statuses that a server sends if API v1 is switched off, removed, or not for this account. For
# 404 there is AbsentError.
_NO_V1 = (403, 405, 410, 501)
_WITHOUT_V1 = "Set compliance_source=v2 if API v1 should not be used."


class InventoryModule(UemInventory):
    """Devices of Ivanti EPMM as hosts."""

    NAME = "ivanti.uem.epmm"
    product = "epmm"
    connection = (*UemInventory.connection, API)
    read_options = (*UemInventory.read_options, "statuses", "labels", "compliance_source", "api")

    def registration(
        self, device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None
    ) -> Registration:
        """See UemInventory."""
        return registration(device, name=name, fields=fields, labels=labels)

    def label_patterns(self) -> Sequence[str]:
        """See UemInventory."""
        return [str(pattern) for pattern in self.get_option("labels")]

    def selection(self) -> Selection:
        """See UemInventory."""
        return dataclasses.replace(super().selection(), statuses=tuple(self.get_option("statuses")))

    def read_devices(self, client: UemClient) -> Sequence[Device]:
        """See UemInventory. The bitmaps of API v1 are read as well, if they are wanted and
        available."""
        wanted = v2_fields(
            str(name) for option in ("fields", "hostnames") for name in self.get_option(option)
        )
        devices: Sequence[Device] = client.find(
            self.selection(), keep_rows=True, fields=wanted
        ).devices
        if self.get_option("compliance_source") == "v2":
            return devices
        reason = ""
        try:
            devices = cast(Bitmaps, client).bitmaps(devices)
        except AbsentError as error:
            reason = f": {error} {_WITHOUT_V1}"
        except AnswerError as error:
            # A passing fault must not change the groups of hosts.
            raise AnswerError(f"{error} {_WITHOUT_V1}") from None
        except ApiError as error:
            if error.status not in _NO_V1:
                raise
            reason = f": {error} {_WITHOUT_V1}"
        unknown = without_blocks(devices)
        if unknown:
            are = "is" if unknown == 1 else "are"
            self.display.warning(
                f"API v1 does not say why {unknown} of {numbered(len(devices), 'devices')} {are} not compliant, "
                f"or whether they are blocked. Their groups follow what API v2 says{reason or '.'}"
            )
        return devices

    def read_labels(
        self, client: UemClient, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemInventory."""
        try:
            return super().read_labels(client, devices, patterns)
        except ApiError as error:
            if error.status != 400 or "%2F" not in error.path:
                raise
            raise OptionError(
                f"labels: {error} Or leave the label out, by a pattern such as '!Sales/*'."
            ) from None
