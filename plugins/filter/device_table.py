# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: device_table
short_description: A table of devices for people
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Makes a table of devices, as lines of text. Its columns are the device, its model, its owner, the
    day it was last seen, and what will happen to it. A C(?) means that the row does not say it.
  - The first 50 devices have a line each. The others are counted by what will happen to them.
options:
  _input:
    description: Devices as M(ivanti.uem.device_info) returns them.
    type: list
    elements: dict
    required: true
  will:
    description:
      - What will happen, by the guid of a device. A device that is not in it has what its key C(will)
        says.
    type: dict
    default: {}
  other:
    description: What will happen to every other device without a key C(will).
    type: str
    default: ''
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
- name: Show which devices are locked
  ansible.builtin.debug:
    msg: "{{ found.devices | ivanti.uem.device_table(other='is locked') }}"
  vars:
    found:
      devices:
        - {id: '1', guid: a, serial_number: A1, model: iPad, email: a@example.com, last_seen_at: '2026-11-01T08:00:00Z'}
"""

RETURN = r"""
_value:
  description: The lines, the heading first; none for no devices.
  type: list
  elements: str
  sample:
    - Device  Model  Owner          Last seen   What will happen
    - 1 (A1)  iPad   a@example.com  2026-11-01  is locked
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.table import table_of
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_options import with_known_options
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues


def device_table(rows: Any, will: Mapping[str, str] | None = None, other: str = "") -> list[str]:
    """See DOCUMENTATION."""
    if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
        raise AnsibleFilterError(
            "ivanti.uem.device_table: the input is not a list of devices; give the devices of "
            "ivanti.uem.device_info."
        )
    strange = next((row for row in rows if not {"id", "guid", "serial_number"} & set(row)), None)
    if strange is not None:
        raise AnsibleFilterError(
            "ivanti.uem.device_table: a row has no id, guid or serial_number, so nobody could tell which "
            "device it is; give the devices of ivanti.uem.device_info."
        )
    named = will or {}
    judged = [{**row, "will": named.get(row.get("guid"), row.get("will", other))} for row in rows]
    lines: list[str] = SafeValues()(table_of(judged))
    return lines


class FilterModule:
    """See DOCUMENTATION."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter of this file."""
        return {"device_table": with_known_options(device_table)}
