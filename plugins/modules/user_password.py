#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user_password
short_description: Set the password of a user
version_added: 0.1.0
description:
  - Sets the password of a user of the server.
  - The server shows no passwords, but says whether one is right. With O(update_password=on_change)
    the new password is tried first, and nothing is changed when it is right.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  user:
    description: The user, by the name for signing in, or by the e-mail address.
    type: str
    required: true
  new_password:
    description:
      - The new password of the user, of 8 to 20 characters.
      - One of digits must be in quotes, also where it is a variable. YAML would make another number
        of C(0123), so a number is refused.
    type: str
    required: true
  current_password:
    description:
      - The present password. Needed if the server saves the passwords of users, which is one of its
        preferences.
      - A local user who was made by registering a device has the user's name as password at first.
      - When left out, none is sent.
    type: str
  update_password:
    description:
      - V(on_change) tries the new password, and sets it when it is not right.
      - V(always) sets it in every run, and always reports a change.
    type: str
    choices: [always, on_change]
    default: on_change
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.user_password
  - ivanti.uem._limits.others
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._plan.one
attributes:
  check_mode:
    description:
      - Predicts whether the password would be set, and sends no request that writes.
      - With O(update_password=on_change) the new password is tried in check mode as well.
    support: full
  diff_mode:
    description: Shows that the password changes, and no password.
    support: full
  idempotent:
    description: A second run changes nothing with O(update_password=on_change), as long as the user
      is enabled and not locked out.
    support: partial
notes:
  - A password that is not right counts as a failed sign-in of the user, and a server or its
    directory may lock an account after some of them. V(on_change) causes one in each run that finds
    something to change, also in check mode. V(always) causes none.
  - When the answer to a change is lost, the new password is tried to find out whether it was set.
    The change is not sent twice.
  - Ansible masks the values of O(new_password) and O(current_password) in the whole result. Where a
    password is the user's name, the name is masked as well.
  - Where the user is the account that sends the requests, later tasks need the new password.
seealso:
  - module: ivanti.uem.user_info
"""

EXAMPLES = r"""
- name: Set the password of a user
  ivanti.uem.user_password:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    user: jdoe
    new_password: "{{ jdoe_password }}"
    current_password: "{{ jdoe_old_password }}"

# The task below takes product, url and credentials from the IVANTI_UEM_* environment variables.

- name: See whether the password of a user is still the one of the vault
  ivanti.uem.user_password:
    user: jdoe
    new_password: "{{ jdoe_password }}"
  check_mode: true
  register: password
"""

RETURN = r"""
user:
  description: The user, and the outcome for the password.
  returned: always, unless the task failed before it had a plan
  type: dict
  contains:
    id:
      description: The id of the user.
      type: str
    uuid:
      description: The uuid of the user.
      type: str
    name:
      description: The name that the user signs in with.
      type: str
    outcome:
      description: V(changed), V(unchanged), V(failed) or V(unknown).
      type: str
    before:
      description: A text that says that there was another password.
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(unknown)
    after:
      description: A text that says that there is a new password.
      type: dict
      returned: when the outcome is V(changed), V(failed) or V(unknown)
    error:
      description: Why it failed.
      type: str
      returned: when the outcome is V(failed) or V(unknown)
  sample:
    id: "9132"
    uuid: 6018366c-f658-47a7-9ed3-4fe53a096533
    name: jdoe
    outcome: changed
    before: {password: (the present one)}
    after: {password: (the new one)}
requests:
  description: Requests that were sent.
  returned: always, unless the task failed before it had a plan
  type: int
  sample: 3
writes:
  description: How many of these requests write.
  returned: always, unless the task failed before it had a plan
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.users.calls import USERS
from ansible_collections.ivanti.uem.plugins.module_utils._families.users.task import set_password
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
            "user": {"type": "str", "required": True},
            "new_password": {"type": "str", "required": True, "no_log": True},
            "current_password": {"type": "str", "no_log": True},
            "update_password": {"type": "str", "choices": ["always", "on_change"], "default": "on_change", "no_log": False},
        },
        supports_check_mode=True,
    )
    # fmt: on
    run(module, needs=USERS, task=set_password)


if __name__ == "__main__":
    main()
