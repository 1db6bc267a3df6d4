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
  - C(ivanti_labels) is a list of strings, or null where O(labels) is empty.
  - "Every host is in C(ivanti_epmm), and besides the groups of both products in
    C(label_<label>) for O(labels)."
  - A device that is compromised is in C(noncompliant) and C(compliance_compromised) also where the
    server's compliance does not say so, as with jailbroken Android devices.
  - The members of a label's group are those that the server lists. The criteria of labels are never
    evaluated here.
  - "With O(api=v1) devices in the server's states RETIRE_PENDING, WIPE_PENDING or BLOCKED are missing
    if its API v1 does not list them, and O(spaces), O(filters) and fields such as C(ios.DeviceName)
    are not available."
options:
  plugin:
    description: V(ivanti.uem.epmm), which marks the file as one for this plugin.
    type: str
    required: true
    choices: [ivanti.uem.epmm]
  spaces:
    description:
      - Ids or names of the device spaces to read; V(default) is those of the account.
      - When left out, the device spaces of the account are read, and with them the spaces below.
    type: list
    elements: str
    default: []
  filters:
    description:
      - A query in the language of EPMM's API v2, such as C("common.platform" = "iOS"), sent as it
        is. Only devices that match it are read. It may have at most 255 characters.
      - When left out, every device is read.
    type: str
  labels:
    description:
      - Shell patterns, which are case-sensitive, of the labels that become groups C(label_<label>)
        and the variable C(ivanti_labels). A pattern that begins with V(!) leaves out the labels
        that match it. If all patterns begin so, every other label is read. The id of a label stands
        for its name, if nothing is called like the id.
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
      - V(auto) uses what API v2 says, in the same pages as everything else. API v1 is asked only for
        devices of which API v2 does not say it, or if O(fields) has a field that only API v1 has,
        such as C(compliance).
      - V(v1) reads the bitmaps of API v1 for all devices. That takes a request for each status in
        use, and one for each device whose status API v1 does not list. Up to 50 devices are read
        one by one. So are the devices of a status if the server has more than twenty times as many
        of that status.
      - V(v2) never asks API v1. Where API v2 does not say whether a device is blocked, there is no
        group C(blocked) and C(ivanti_blocked) is null.
      - Where API v1 is missing or refuses the account, V(auto) and V(v1) work like V(v2), with a
        warning. Any other fault of API v1 makes the inventory fail. With O(api=v1) everything is
        read from API v1, and this option has no effect.
    type: str
    choices: [auto, v1, v2]
    default: auto
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
statuses: [active]
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
query: "[?quarantined || blocked || status == 'active']"
fields: [os_version, model, last_seen_at, ios.ModemFirmwareVersion, compliant, jailbroken]
labels: []

---
# grouped.epmm.yml: groups and variables by expressions
plugin: ivanti.uem.epmm
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

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    ApiError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import fits
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import ONLY_IN_V1
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.calls import (
    COMPLIANCE,
    Reasons,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.calls import LABELS
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import API
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import UemClient
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory

_WITHOUT_V1 = "Set compliance_source=v2 if API v1 should not be used."

# A field of API v2, such as ``ios.DeviceName``. Anything else in the options is an expression.
_V2_NAME = re.compile(r"[A-Za-z]\w*(\.\w+)+", re.ASCII)


class InventoryModule(UemInventory):
    """Devices of Ivanti EPMM as hosts."""

    NAME = "ivanti.uem.epmm"
    product = "epmm"
    connection = (*UemInventory.connection, API)
    read_options = (*UemInventory.read_options, "labels", "compliance_source", "api")

    def label_patterns(self) -> Sequence[str]:
        """See UemInventory."""
        return [str(pattern) for pattern in self.get_option("labels")]

    def read_devices(self, client: UemClient) -> Sequence[Device]:
        """See UemInventory. What API v2 does not say of compliance is asked of API v1."""
        names = [
            str(name) for option in ("fields", "hostnames") for name in self.get_option(option)
        ]
        devices = client.find(self.selection(), keep_rows=True, fields=v2_fields(names)).devices
        source = self.get_option("compliance_source")
        if source == "v2":
            return devices
        everything = source == "v1" or not ONLY_IN_V1.isdisjoint(names)
        try:
            filled, warning = cast(Reasons, COMPLIANCE.of(client)).with_reasons(
                devices, everything=everything
            )
        except AnswerError as error:
            # A passing fault must not change the groups of hosts.
            raise AnswerError(f"{error} {_WITHOUT_V1}") from None
        if warning:
            self.display.warning(f"{warning} {_WITHOUT_V1}")
        return filled

    def read_labels(
        self, client: UemClient, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemInventory."""
        try:
            found = super().read_labels(client, devices, patterns)
        except ApiError as error:
            if error.status != 400 or "%2F" not in error.path:
                raise
            raise OptionError(
                f"labels: {error} Or leave the label out, by a pattern such as '!Sales/*'."
            ) from None
        names = (label.name for label in LABELS.of(client).labels())
        self._know(labels={name for name in names if fits(name, patterns)})
        return found


def v2_fields(names: Iterable[str]) -> list[str]:
    """Return the names that must be requested from API v2, each once."""
    return [name for name in dict.fromkeys(names) if _V2_NAME.fullmatch(name)]
