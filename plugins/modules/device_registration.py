#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_registration
short_description: Register devices
version_added: 0.1.0
description:
  - Registers devices of users, so that the users can enrol them. A user who does not exist is made.
  - A device of the same user, platform and phone number that is active, or whose registration is
    pending, is left as it is. The other options are used only for a new registration.
  - A device that was retired, wiped or lost, or whose registration has expired, is registered
    again.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  state:
    description: V(present) makes sure that the device is registered. M(ivanti.uem.device_action)
      retires a device.
    type: str
    choices: [present]
    default: present
  user:
    description:
      - The user, by the name for signing in. A user whom the server has already can also be named by
        the e-mail address.
      - Needed, by the task or by each entry of O(registrations).
    type: str
  registrations:
    description:
      - The registrations of several devices, each with values of its own. An entry is a dictionary
        with the options O(user), O(platform), O(phone_number), O(device_type), O(country_code),
        O(operator), O(first_name), O(last_name), O(email), O(employee_owned), O(import_from_ldap),
        O(notify_user) and O(notify_by_sms). What it leaves out, or leaves empty, is what the task
        gives.
      - The lookup P(ivanti.uem.table#lookup) makes them of a table.
      - An entry that is wrong is named by its place, and nothing is registered. The first place is
        V(registrations[0]).
      - The server's lists are read once for all of them, and each user once.
      - When left out, the options of the task are one registration.
    type: list
    elements: dict
  platform:
    description: The platform of the device. Needed, by the task or by each entry of
      O(registrations).
    type: str
    choices: [android, ios, macos, windows, windows_phone]
  phone_number:
    description:
      - The phone number of the device, without the country code, or with a plus sign or V(00) and
        O(country_code) before it. It must be in quotes, because YAML drops a zero or a plus sign
        in front of a number. So a number is refused.
      - When left out, the device has none. A device of the user and platform without a phone number
        is then taken as the same device. So a user has one such device of each platform.
    type: str
  device_type:
    description:
      - Whether it is registered as a phone or as a PDA, the server's word for a device that need
        not have a phone number. V(phone) needs O(phone_number).
      - When left out, it is a phone if O(phone_number) is given, and else a PDA.
    type: str
    choices: [phone, pda]
  country_code:
    description: The country code of the operator, such as V(1) or V(49), of a country that the
      server knows. Needed, by the task or by each entry of O(registrations).
    type: raw
  operator:
    description:
      - The operator, by its name as M(ivanti.uem.registration_reference_info) returns it; case is
        ignored. It is an operator of a country with this O(country_code), or V(PDA) for a device
        without an operator.
      - When left out, none is given; the server may find it by the phone number.
    type: str
  employee_owned:
    description: Whether the device belongs to the user, and not to the company. Of a device that is
      registered already this does not change; then a warning says so.
    type: bool
    default: false
  import_from_ldap:
    description:
      - Whether the user is from the LDAP directory, and is imported when the server does not have
        the user yet. Otherwise it is a local user.
      - When left out, the server's entry of the user decides, and a new user is a local one.
    type: bool
  first_name:
    description:
      - The first name of the user. Needed to register a device of a local user, new or not.
      - When left out, the one that the server has.
    type: str
  last_name:
    description:
      - The last name of the user. Needed to register a device of a local user, new or not.
      - When left out, the one that the server has.
    type: str
  email:
    description:
      - The e-mail address of the user, without a name beside it. Needed to register a device of a
        local user, new or not.
      - When left out, the one that the server has.
    type: str
  notify_user:
    description: Whether the server informs the user of the registration by e-mail.
    type: bool
    default: false
  notify_by_sms:
    description: Whether the server informs the user of the registration by SMS.
    type: bool
    default: false
  return_secrets:
    description:
      - Whether RV(passcode) and RV(registration_url) are returned, with O(registrations) in each of
        RV(devices). Anybody who has them can enrol a device as this user, so set C(no_log) on the
        task.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.device_registration
  - ivanti.uem._limits.others
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reconciles
  - ivanti.uem._plan.one
notes:
  - A registration does not change a user. Where O(first_name), O(last_name) or O(email) differs from
    what the server has, a warning says so.
  - The password of a new local user is the user's name; set another with
    M(ivanti.uem.user_password).
  - The server's countries are read, also in check mode and for a device that is registered already, and
    its operators where O(operator) is given. The LDAP directory is searched for a new user with
    O(import_from_ldap=true). What is not found is refused. A list that the account may not read or
    that the server does not have is not used for that. Nor is a search that cannot be sent or finds
    too many users.
  - Check mode cannot predict what else the server refuses, such as a user for whom there is no
    license left, or a platform that it does not register.
  - The server's message about a registration that failed is shown without numbers of at least four
    digits, addresses, and anything else that may be a passcode, unless O(return_secrets=true).
  - A registration is never sent twice. When its answer is lost, the module checks whether the
    device is registered, and warns that its passcode is not known.
  - Whether a device is registered is looked up in the lists of the server. Where these lag behind,
    a second run right after the first registers a second device.
  - Phone numbers are compared by their digits, with or without the country code. A device that
    shows another number after it was enrolled than it was registered with is no longer taken as the
    same device.
seealso:
  - module: ivanti.uem.registration_reference_info
  - module: ivanti.uem.device_action
  - module: ivanti.uem.user_info
"""

EXAMPLES = r"""
- name: Register a phone of a new local user
  ivanti.uem.device_registration:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    user: asmith
    platform: android
    phone_number: "4155550100"
    country_code: 1
    operator: Verizon
    first_name: Anna
    last_name: Smith
    email: asmith@example.com
    notify_user: true

# The tasks below take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Register a tablet of somebody in the LDAP directory
  ivanti.uem.device_registration:
    user: testuser0001
    import_from_ldap: true
    platform: ios
    country_code: 1

- name: Register another one, and keep the passcode for the next task
  ivanti.uem.device_registration:
    user: testuser0002
    import_from_ldap: true
    platform: ios
    country_code: 1
    return_secrets: true
  register: tablet
  no_log: true

- name: Register the phones of a table with the columns user, platform and phone_number
  ivanti.uem.device_registration:
    registrations: "{{ query('ivanti.uem.table', 'phones.csv', key='phone_number') }}"
    country_code: 1
    import_from_ldap: true
"""

RETURN = r"""
device:
  description: The device, and the outcome of its registration.
  returned: without O(registrations), unless the task failed before it had a plan
  type: dict
  contains:
    user:
      description: The name of the user.
      type: str
    platform:
      description: The platform, as in O(platform).
      type: str
    phone_number:
      description: The phone number without the country code; null for a device without one.
      type: str
    outcome:
      description: V(changed), V(unchanged), V(failed) or V(unknown).
      type: str
    before:
      description: C(registered), as it was.
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(unknown)
    after:
      description: C(registered), as desired.
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(unknown)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
    id:
      description: The id of the device; null in check mode for a device that would be registered,
        and for a device that cannot be read yet.
      type: str
      returned: unless the outcome is V(failed)
    guid:
      description: The guid of the device; null in check mode for a device that would be registered.
      type: str
      returned: unless the outcome is V(failed)
    status:
      description: The status of the device, such as V(VERIFICATION_PENDING); null where
        RV(device.id) is.
      type: str
      returned: unless the outcome is V(failed)
    registered_phone_number:
      description:
        - The phone number as the server has it, mostly with the country code before it; V(PDA),
          V(PDA 2) and so on for a device without a number.
        - It is null in check mode for a device that would be registered, and where the server does
          not say.
      type: str
      returned: unless the outcome is V(failed)
  sample:
    user: asmith
    platform: android
    phone_number: "4155550100"
    outcome: changed
    before: {registered: false}
    after: {registered: true}
    id: "162"
    guid: 230824d2-15ce-43a1-8b35-10b0b46ee1da
    status: VERIFICATION_PENDING
    registered_phone_number: "14155550100"
devices:
  description:
    - The devices of O(registrations), those that were registered first, each with the keys of
      RV(device). A device that was registered in this run also has C(passcode_ttl), and with
      O(return_secrets=true) C(passcode) and C(registration_url).
    - In check mode a device that would be registered has no C(id), C(guid), C(status) and
      C(registered_phone_number). What is not known is null.
  returned: with O(registrations), unless the task failed before it had a plan
  type: list
  elements: dict
  sample:
    - user: testuser0003
      platform: android
      phone_number: "4155550103"
      outcome: changed
      before: {registered: false}
      after: {registered: true}
      id: "164"
      guid: 4f0b2d1e-8c1c-4f8c-9f0e-3f7f7a3f8a11
      status: VERIFICATION_PENDING
      registered_phone_number: "14155550103"
      passcode_ttl: 120
summary:
  description: How many of O(registrations) there are (C(matched)), and how many are C(unchanged),
    C(changed), C(failed), C(unknown) or C(planned); and C(requests) and C(writes).
  returned: with O(registrations), unless the task failed before it had a plan
  type: dict
  sample: {matched: 2, unchanged: 0, changed: 2, failed: 0, unknown: 0, requests: 14, writes: 2}
passcode_ttl:
  description: Hours for which the passcode of a new registration is valid; null where there is
    none, or it is not known.
  returned: without O(registrations), on success
  type: int
  sample: 120
passcode:
  description:
    - The passcode with which the user enrols the device. It is secret.
    - It is null where nothing was registered, where the platform has none, and where the answer of
      the server was lost.
  returned: when O(return_secrets=true), without O(registrations)
  type: str
  sample: "16558"
registration_url:
  description: The address at which the user enrols the device. It is secret, and null where
    RV(passcode) is.
  returned: when O(return_secrets=true), without O(registrations)
  type: str
  sample: http://epmm.example.com:8080/v/31701
requests:
  description: Requests that were sent. With O(registrations) they are in RV(summary).
  returned: without O(registrations), unless the task failed before it had a plan
  type: int
  sample: 14
writes:
  description: How many of these requests write. With O(registrations) they are in RV(summary).
  returned: without O(registrations), unless the task failed before it had a plan
  type: int
  sample: 1
plan:
  description: >-
    The plan as text. It has a headline, then equal changes together with the names, models and
    owners of the devices (removals first), then what is left alone and why, and the limits that the
    plan exceeds. A plan that is refused is shown as well.
  type: list
  elements: str
  returned: always
  sample:
    - "2 of 60 devices: owner becomes security-desk on 2 (nothing on 2)"
    - "changes owner: nothing -> security-desk on 2 devices: device 22001; device 22002"
    - "confirm: 2-0123456789abcdef"
confirm:
  description: The value of O(confirm) that permits exactly this plan; empty where nothing is
    planned, or nothing can permit the plan.
  type: str
  returned: always
  sample: 2-0123456789abcdef
refused_by:
  description: What kinds of refusals the plan has. V(limit), V(guard) (the wrong O(confirm), or for
    destructive actions a limit), V(protected) (it cannot be known what is protected), V(ineligible) or
    V(other).
  type: list
  elements: str
  returned: when the plan is refused
  sample: [limit]
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.registration.calls import (
    REGISTRATION,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.registration.model import (
    KINDS,
    PLATFORMS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.registration.task import (
    register_devices,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    LIMITS_OF_OTHERS,
    PLAN_OF_ONE,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    # fmt: off
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*PLAN_OF_ONE, *LIMITS_OF_OTHERS),
            "state": {"type": "str", "choices": ["present"], "default": "present"},
            "user": {"type": "str"},
            "registrations": {"type": "list", "elements": "dict"},
            "platform": {"type": "str", "choices": list(PLATFORMS)},
            "device_type": {"type": "str", "choices": list(KINDS)},
            "country_code": {"type": "raw"},
            **{name: {"type": "str"} for name in ("phone_number", "operator", "first_name", "last_name", "email")},
            "import_from_ldap": {"type": "bool"},
            **{name: {"type": "bool", "default": False} for name in ("employee_owned", "notify_user", "notify_by_sms")},
            "return_secrets": {"type": "bool", "default": False, "no_log": False},
        },
        required_one_of=[["user", "registrations"]],
        supports_check_mode=True,
    )
    # fmt: on
    run(module, needs=REGISTRATION, task=register_devices)


if __name__ == "__main__":
    main()
