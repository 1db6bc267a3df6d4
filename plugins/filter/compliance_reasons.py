# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: compliance_reasons
short_description: The reasons in a compliance bitmap of EPMM
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - EPMM sends one number for why a device is not compliant, why it is in quarantine and why it is
    blocked. M(ivanti.uem.device_info) returns them as C(compliance), C(quarantined_status) and
    C(block_reason). Each bit is a reason. This filter names them.
  - A bit that the vendor's table does not list is named after its value, such as V(bit_0x200000).
  - A jailbroken Android device has the bitmap 0. The test P(ivanti.uem.compliant#test) knows of
    that.
positional: meaning
options:
  _input:
    description: The bitmap, a whole number of 0 or more, also as text in decimal digits.
    type: int
    required: true
  meaning:
    description: Whether each reason is a dictionary with its name, its bit and its meaning, instead
      of only its name.
    type: bool
    default: false
seealso:
  - plugin: ivanti.uem.compliant
    plugin_type: test
"""

EXAMPLES = r"""
- name: Show ['os_version', 'required_app_control']
  ansible.builtin.debug:
    msg: "{{ 8194 | ivanti.uem.compliance_reasons }}"

- name: Show what each reason means
  ansible.builtin.debug:
    msg: "{{ item.name }} ({{ item.bit }}) - {{ item.meaning }}"
  loop: "{{ 8194 | ivanti.uem.compliance_reasons(meaning=true) }}"

- name: Say why each device is blocked from ActiveSync
  ansible.builtin.debug:
    msg: "{{ devices | map(attribute='block_reason') | map('ivanti.uem.compliance_reasons') }}"
  vars:
    devices:
      - block_reason: 0
      - block_reason: 512
"""

RETURN = r"""
_value:
  description:
    - The names of the reasons in the order of their bits; an empty list for V(0).
    - With O(meaning=true) a list of dictionaries with the keys C(name), C(bit) (a whole number) and
      C(meaning).
  type: list
  elements: raw
  sample: [os_version, required_app_control]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.compliance import explain
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_options import with_known_options
from jinja2 import Undefined


def compliance_reasons(bitmap: Any, meaning: bool = False) -> list[Any]:
    """See DOCUMENTATION."""
    if isinstance(bitmap, Undefined):
        raise AnsibleFilterError(
            "ivanti.uem.compliance_reasons: the bitmap is undefined; only API v1 sends one."
        )
    if not isinstance(meaning, bool):
        raise AnsibleFilterError("ivanti.uem.compliance_reasons: meaning must be true or false.")
    try:
        found = explain(bitmap)
    except UemError as error:
        raise AnsibleFilterError(f"ivanti.uem.compliance_reasons: {error}") from None
    return [
        {"name": reason.name, "bit": reason.bit, "meaning": reason.meaning}
        if meaning
        else reason.name
        for reason in found
    ]


class FilterModule:
    """See DOCUMENTATION."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter of this file."""
        return {"compliance_reasons": with_known_options(compliance_reasons)}
