# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: compliant
short_description: Whether a device is compliant
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Returns whether a device of either product is compliant. It takes what M(ivanti.uem.device_info)
    or an inventory plugin says of the device, or a compliance bitmap of EPMM.
  - A jailbroken Android device has the bitmap 0 on EPMM. So where a map has only the bitmap, its
    C(jailbroken) counts as well.
positional: unknown, prefix
options:
  _input:
    description:
      - A row of M(ivanti.uem.device_info), or the variables of a host (C(hostvars[host])). The
        first of C(compliant) and C(compliance) that exists and is not null is used; of a host, the
        one that begins with O(prefix).
      - Or the bitmap itself, a whole number of 0 or more, also as text in decimal digits.
      - It is an error when a map has none of these, so a misspelt or missing field is never taken
        for a result.
    type: raw
    required: true
  unknown:
    description:
      - The result for a device if the server does not know whether it is compliant.
      - Set it to V(true) where something is done to the devices that are B(not) compliant, so that
        it is not done to devices of unknown compliance.
    type: bool
    default: false
  prefix:
    description: The O(ivanti.uem.neurons#inventory:hostvars_prefix) of the inventory.
    type: str
    default: ivanti_
seealso:
  - plugin: ivanti.uem.compliance_reasons
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all devices
  ivanti.uem.device_info:
    fields: [id, compliant]
  register: read

- name: Show the ids of those that are known not to be compliant
  ansible.builtin.debug:
    msg: "{{ read.devices | reject('ivanti.uem.compliant', unknown=true) | map(attribute='id') }}"

- name: Go on only with hosts that are compliant
  ansible.builtin.assert:
    that: hostvars[inventory_hostname] is ivanti.uem.compliant
    quiet: true

- name: Look at a bitmap
  ansible.builtin.debug:
    msg: The version of the operating system is too low, or a required app is missing.
  when: 8194 is not ivanti.uem.compliant
"""

RETURN = r"""
_value:
  description: Whether the device is compliant.
  type: bool
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.compliance import (
    is_compliant,
    parse_bitmap,
    verdict,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError
from jinja2 import Undefined

NAME = "ivanti.uem.compliant"


def compliant(device: Any, unknown: bool = False, prefix: str = "ivanti_") -> bool:
    """See DOCUMENTATION."""
    if isinstance(device, Undefined):
        raise AnsibleFilterError(
            f"{NAME}: the device is undefined; give a row of device_info, hostvars[host] or a "
            "bitmap."
        )
    if not isinstance(unknown, bool) or not isinstance(prefix, str):
        raise AnsibleFilterError(f"{NAME}: unknown must be true or false, and prefix must be text.")
    try:
        known = (
            verdict(device, prefix=prefix)
            if isinstance(device, Mapping)
            else is_compliant(parse_bitmap(device))
        )
    except UemError as error:
        raise AnsibleFilterError(f"{NAME}: {error}") from None
    return unknown if known is None else known


class TestModule:
    """See DOCUMENTATION."""

    def tests(self) -> dict[str, Callable[..., bool]]:
        """Return the test of this file."""
        return {"compliant": compliant}
