# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  select:
    description:
    - Selects devices by what the server knows of them, instead of O(devices).
    - A device named by any of O(select.ids), O(select.guids), O(select.serial_numbers), O(select.emails),
      O(select.users), O(select.phone_numbers) and O(select.wifi_mac_addresses) is selected;
      the other keys narrow the selection, and a device must meet all of them.
    - When left out, O(devices) names them.
    type: dict
    suboptions:
      ids:
        description:
        - Devices with these ids.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      guids:
        description:
        - Devices with these guids.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      serial_numbers:
        description:
        - Devices with these serial numbers, compared without case.
        - The same device can be registered several times; every registration is selected, so
          add O(select.status) V(active) where only the present one is meant.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      emails:
        description:
        - Devices of the users with these e-mail addresses, compared without case. An address
          has no name beside it.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      users:
        description:
        - Devices of the users with these user ids, compared without case.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      phone_numbers:
        description:
        - Devices with these phone numbers; only the digits count. The country code may be left
          out, unless the number is then that of several people. EPMM only.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      wifi_mac_addresses:
        description:
        - Devices with these Wi-Fi MAC addresses. EPMM only.
        - When left out, no device is chosen by it.
        type: list
        elements: str
      labels:
        description:
        - Devices that have one of these labels, each named by its name or its id. EPMM only.
        - When left out, it does not matter.
        type: list
        elements: raw
      platform:
        description:
        - Devices of this platform.
        - When left out, it does not matter.
        type: str
        choices:
        - ios
        - macos
        - android
        - windows
        - tvos
      status:
        description:
        - Devices that have this status. The server's own word for it is in C(status_raw) of
          a row.
        - A status that only the other product has is refused.
        - When left out, it does not matter.
        type: str
        choices:
        - active
        - pending
        - lost
        - infected
        - blocked
        - expired
        - retire_pending
        - retire_canceled
        - retired
        - wipe_pending
        - wipe_canceled
        - wiped
        - unknown
      ownership:
        description:
        - Devices that the company or an employee owns.
        - When left out, it does not matter.
        type: str
        choices:
        - company
        - employee
      compliant:
        description:
        - Devices that are compliant, or are not.
        - When left out, it does not matter.
        type: bool
      quarantined:
        description:
        - Devices that are in quarantine, or are not.
        - When left out, it does not matter.
        type: bool
      blocked:
        description:
        - Devices that are blocked, or are not.
        - When left out, it does not matter.
        type: bool
      jailbroken:
        description:
        - Devices that are jailbroken or rooted, or are not.
        - When left out, it does not matter.
        type: bool
      supervised:
        description:
        - Devices that are supervised, or are not. Neurons only.
        - When left out, it does not matter.
        type: bool
      attributes:
        description:
        - 'Other device fields and the value that each must have, such as C(manufacturer: Apple).'
        - Fields are named as M(ivanti.uem.device_info) returns them. On EPMM names of API v2
          such as C(ios.ModelName) work as well, and values are compared without case.
        - When left out, it does not matter.
        type: dict
      custom_attributes:
        description:
        - Custom device attributes and the value that each must have, or a list of values that
          it must have among others. Neurons only.
        - 'Names and values are as in M(ivanti.uem.device_custom_attrs): case of names, the
          suffix C(_#) of numeric attributes, and blanks at the ends do not count, and C(3)
          is C(3.0) for a numeric attribute.'
        - A name that the server does not define is refused.
        - When left out, it does not matter.
        type: dict
      ldap_attributes:
        description:
        - Custom LDAP attributes and the value that each must have, or a list of values. Neurons
          only.
        - When left out, it does not matter.
        type: dict
      registered_within:
        description:
        - Devices that registered within this time, such as V(90m), V(12h), V(7d) or V(0:12:00:00).
        - When left out, it does not matter.
        type: str
      last_seen_within:
        description:
        - Devices that checked in within this time, such as V(90m), V(12h), V(7d) or V(12:00:00).
        - When left out, it does not matter.
        type: str
      last_seen_before:
        description:
        - Devices whose last check-in was longer ago than this, such as V(60d), or before this
          point in time, such as V(2026-01-31) or V(2026-01-31T12:00:00Z), in UTC where it has
          no time zone.
        - A device that has never checked in is not selected; C(query=[?!last_seen_at]) selects
          those.
        - No server can be asked for it, so the rows of all devices that the other keys select
          are compared.
        - When left out, it does not matter.
        type: str
      filters:
        description:
        - 'A filter expression in the product''s own language, sent as it is: C(fq) of Neurons,
          C(query) of EPMM''s API v2.'
        - When left out, the other keys decide.
        type: str
      query:
        description:
        - A JMESPath expression over the list of device rows; it must return a list of rows,
          such as C([?quarantined && platform == 'ios']).
        - A field that no row has, and a comparison that is never true, is an error in a module
          that writes, and a warning in one that reads.
        - It is evaluated after everything else, and needs the Python library jmespath.
        - When left out, the other keys decide.
        type: str
  spaces:
    description:
    - Ids or names of the device spaces to look in; V(default) is the tenant's default one,
      and on EPMM the account's own.
    - When left out, all device spaces of the tenant are discovered and looked in, and on EPMM
      those of the account with all below them. An empty list is an error.
    type: list
    elements: str
  on_missing:
    description:
    - What to do when a device that is named does not exist, or when a selection matches nothing.
    - V(fail) fails before anything else is done and names all of them, V(skip) goes on without
      them.
    type: str
    choices:
    - fail
    - skip
    default: fail
"""

    COUNTED = r"""
options:
  select:
    description:
    - Selects the devices to count; a device must meet all of the keys.
    - When left out, every device is counted.
    type: dict
    suboptions:
      platform:
        description:
        - Devices of this platform.
        - When left out, it does not matter.
        type: str
        choices:
        - ios
        - macos
        - android
        - windows
        - tvos
      status:
        description:
        - Devices that have this status. The server's own word for it is in C(status_raw) of
          a row.
        - A status that only the other product has is refused.
        - When left out, it does not matter.
        type: str
        choices:
        - active
        - pending
        - lost
        - infected
        - blocked
        - expired
        - retire_pending
        - retire_canceled
        - retired
        - wipe_pending
        - wipe_canceled
        - wiped
        - unknown
      ownership:
        description:
        - Devices that the company or an employee owns.
        - When left out, it does not matter.
        type: str
        choices:
        - company
        - employee
      compliant:
        description:
        - Devices that are compliant, or are not.
        - When left out, it does not matter.
        type: bool
      quarantined:
        description:
        - Devices that are in quarantine, or are not.
        - When left out, it does not matter.
        type: bool
      blocked:
        description:
        - Devices that are blocked, or are not.
        - When left out, it does not matter.
        type: bool
      jailbroken:
        description:
        - Devices that are jailbroken or rooted, or are not.
        - When left out, it does not matter.
        type: bool
      supervised:
        description:
        - Devices that are supervised, or are not. Neurons only.
        - When left out, it does not matter.
        type: bool
      attributes:
        description:
        - 'Other device fields and the value that each must have, such as C(manufacturer: Apple).'
        - Fields are named as M(ivanti.uem.device_info) returns them. On EPMM names of API v2
          such as C(ios.ModelName) work as well, and values are compared without case.
        - When left out, it does not matter.
        type: dict
      custom_attributes:
        description:
        - Custom device attributes and the value that each must have, or a list of values that
          it must have among others. Neurons only.
        - 'Names and values are as in M(ivanti.uem.device_custom_attrs): case of names, the
          suffix C(_#) of numeric attributes, and blanks at the ends do not count, and C(3)
          is C(3.0) for a numeric attribute.'
        - A name that the server does not define is refused.
        - When left out, it does not matter.
        type: dict
      ldap_attributes:
        description:
        - Custom LDAP attributes and the value that each must have, or a list of values. Neurons
          only.
        - When left out, it does not matter.
        type: dict
      registered_within:
        description:
        - Devices that registered within this time, such as V(90m), V(12h), V(7d) or V(0:12:00:00).
        - When left out, it does not matter.
        type: str
      last_seen_within:
        description:
        - Devices that checked in within this time, such as V(90m), V(12h), V(7d) or V(12:00:00).
        - When left out, it does not matter.
        type: str
      filters:
        description:
        - 'A filter expression in the product''s own language, sent as it is: C(fq) of Neurons,
          C(query) of EPMM''s API v2.'
        - When left out, the other keys decide.
        type: str
  spaces:
    description:
    - Ids or names of the device spaces to look in; V(default) is the tenant's default one,
      and on EPMM the account's own.
    - When left out, all device spaces of the tenant are discovered and looked in, and on EPMM
      those of the account with all below them. An empty list is an error.
    type: list
    elements: str
"""
