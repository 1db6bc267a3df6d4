# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  ids:
    description:
    - Alerts with these ids.
    - When left out, it does not matter.
    type: list
    elements: raw
  users:
    description:
    - Alerts on the devices of these users, named by their user ids.
    - An alert can be sent to somebody else, whom C(user) of M(ivanti.uem.alert_info) shows.
    - When left out, it does not matter.
    type: list
    elements: str
  phone_numbers:
    description:
    - Alerts of the devices with these phone numbers, without the country code; only the digits
      count.
    - With O(users) as well, alerts of these numbers of these users.
    - When left out, it does not matter.
    type: list
    elements: str
  devices:
    description:
    - Alerts of these devices, each named by its id or its guid.
    - When left out, it does not matter.
    type: list
    elements: raw
  types:
    description:
    - Alerts of these types.
    - When left out, it does not matter.
    type: list
    elements: str
    choices:
    - INTERNATIONAL_ROAMING_ALERT
    - THRESHOLD_REACHED_ALERT
    - SIM_CHANGED_ALERT
    - MEMORY_SIZE_EXCEEDED_ALERT
    - SYSTEM_ALERT
    - POLICY_VIOLATIONS_ALERT
  severities:
    description:
    - Alerts of these severities.
    - When left out, it does not matter.
    type: list
    elements: str
    choices:
    - INFORMATION
    - WARNING
    - CRITICAL
  statuses:
    description:
    - Alerts with these states of dispatch.
    - When left out, it does not matter.
    type: list
    elements: str
    choices:
    - CREATED
    - PROCESSED
    - DISPATCH_PENDING
    - DISPATCHING
    - DISPATCHED
    - DISPATCH_FAILED
  older_than:
    description:
    - Alerts that were raised longer ago than this, such as V(90m), V(12h), V(7d) or V(1d12h).
    - When left out, it does not matter.
    type: str
  newer_than:
    description:
    - Alerts that were raised within this time, such as V(90m), V(12h), V(7d) or V(1d12h).
    - With O(older_than) as well, it must be the longer time. Otherwise the two exclude each
      other.
    - When left out, it does not matter.
    type: str
"""
