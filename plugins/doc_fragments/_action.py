# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  action:
    description:
    - What is done. docs/actions.md has a table of what each does, for which product and platform,
      and when it counts as done already.
    type: str
    choices:
    - os_update
    - restart
    - force_checkin
    - wipe
    - lock
    - unlock
    - retire
    - logout_user
    - delete
    - enter_kiosk
    - exit_kiosk
    - enable_lost_mode
    - disable_lost_mode
    - relinquish
    - cancel_relinquish
    - locate
    required: true
  version:
    description:
    - The version of the operating system to update to, in quotes.
    - Must be a version such as 17.4.1.
    - For V(os_update). When left out, none is sent, and V(os_update) is refused.
    type: raw
  pin:
    description:
    - The PIN that unlocks the device. Clients older than version 92 are unlocked with 0000
      whatever is given.
    - Must be 6 to 8 letters and digits, or empty.
    - For V(unlock) of neurons. When left out, none is sent.
    type: str
  text:
    description:
    - The message that the device shows.
    - For V(wipe) of neurons, V(enable_lost_mode). When left out, none is sent, and V(enable_lost_mode)
      is refused.
    type: str
  phone_number:
    description:
    - The phone number that the device shows in lost mode.
    - For V(enable_lost_mode). When left out, none is sent.
    type: str
  footnote:
    description:
    - The footnote of a device in lost mode.
    - Must be 1 to 15 characters.
    - For V(enable_lost_mode). When left out, none is sent.
    type: str
  preserve_data_plan:
    description:
    - Whether a wipe keeps the data plan of an iOS device.
    - For V(wipe) of neurons. When left out, none is sent.
    type: bool
  disallow_proximity_setup:
    description:
    - Whether a wiped iOS device cannot be set up from one nearby.
    - For V(wipe) of neurons. When left out, none is sent.
    type: bool
  reason:
    description:
    - Why it is done, as the server's log shows it.
    - Must be 1 to 512 characters.
    - For V(wipe) of epmm, V(lock) of epmm, V(unlock) of epmm, V(retire) of epmm. When left
      out, none is sent; with O(by=wifi_mac_address) V(lock) and V(unlock) need it.
    type: str
"""

    GUARD = r"""
options:
  confirm:
    description:
    - 'Permits a destructive plan: give the RV(confirm) that a check of the same task returned.
      It has the number of devices and a digest of the exact list.'
    - When left out, nothing destructive is sent, and nothing that takes something away from
      more devices than is allowed without a limit.
    type: str
  max_devices:
    description:
    - The most devices that the action may be sent to. A plan with more sends nothing and fails.
    - For a destructive action, requests that other runs of this controller sent to the server
      within O(guard_window) count as well. When this is left out, at most 10 are allowed. When
      O(max_percent) is left out as well, at most 1 % of the fleet is allowed if that is less
      than 10, and always at least one.
    - For every other action, any number is allowed when this is left out. But where O(max_percent)
      is left out as well, something may be taken away from at most 10 % of all devices in O(spaces),
      and always from 10, unless O(confirm) permits the plan.
    - The environment variable E(IVANTI_UEM_MAX_DEVICES) limits every task; this option can
      lower it, not raise it.
    type: int
  max_percent:
    description:
    - The most devices that the action may be sent to, in percent of all devices in O(spaces).
      When left out, see O(max_devices).
    - The environment variable E(IVANTI_UEM_MAX_PERCENT) limits every task; this option can
      lower it, not raise it.
    type: float
  protected:
    description:
    - Devices that are left alone whatever else is selected. A device that any of the keys names
      is protected.
    - A key that is empty or null, a name of no device and an attribute that is not defined
      are refused. A value that no device has gives a warning.
    - When left out, no device is protected.
    type: dict
    suboptions:
      devices:
        description:
        - Devices with these ids or guids.
        - When left out, it protects nothing.
        type: list
        elements: raw
      serial_numbers:
        description:
        - Devices with these serial numbers.
        - When left out, it protects nothing.
        type: list
        elements: str
      labels:
        description:
        - Devices that have one of these labels. EPMM only.
        - When left out, it protects nothing.
        type: list
        elements: raw
      attributes:
        description:
        - Devices on which one of these fields has this value.
        - When left out, it protects nothing.
        type: dict
      custom_attributes:
        description:
        - Devices on which one of these custom attributes has this value, compared without case.
          Neurons only.
        - When left out, it protects nothing.
        type: dict
  guard_window:
    description:
    - Seconds for which destructive requests of earlier runs count.
    type: int
    default: 1200
  journal_path:
    description:
    - The file that destructive actions are written to, a line before each request and a line
      after its answer. Runs that share it share their limits.
    - When left out, the environment variable E(IVANTI_UEM_JOURNAL_PATH) is used.
    type: path
    default: ~/.ansible/ivanti_uem/actions.jsonl
"""
