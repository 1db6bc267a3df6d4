#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user_info
short_description: Read users and search the directory
version_added: 0.1.0
description:
  - Reads users of the server by name or e-mail address, or searches the LDAP directory of the
    server for people, including those who are not users of it yet.
  - The API cannot list all users.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  users:
    description:
      - Users of the server, each by the name that they sign in with, or by the e-mail address. A
        request is sent for each of them.
      - The server finds only whole names. Whether case counts depends on the server.
      - When left out, none is looked up by name.
    type: list
    elements: str
  ldap_search:
    description:
      - The first characters, at least two, of the names of people in the LDAP directory.
      - A server refuses a search that finds more than 100 people, unless it is set up otherwise.
      - When left out, the directory is not searched.
    type: str
  on_missing:
    description:
      - What to do when the server does not have a user of O(users).
      - V(fail) fails and names all of them, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.user_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
notes:
  - Web servers often refuse a path with an encoded slash, so it is better to name a user with a
    slash in the name by the e-mail address.
seealso:
  - module: ivanti.uem.user_password
  - module: ivanti.uem.device_registration
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read two users, if they are there
  ivanti.uem.user_info:
    users: [jdoe, joe.smith@example.com]
    on_missing: skip
  register: found

- name: Find people of the directory whose names begin with these letters
  ivanti.uem.user_info:
    ldap_search: testuser00
    query: "[].{name: name, email: email}"
"""

RETURN = r"""
users:
  description:
    - The users, in the order in which they were named, each once; or the people that the search
      found.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id; null for somebody in the directory who is not a user of the server.
      type: str
    uuid:
      description: The uuid; null for somebody in the directory who is not a user of the server.
      type: str
    name:
      description: The name that the user signs in with.
      type: str
    display_name:
      description: The name that the server shows.
      type: str
    first_name:
      description: The first name.
      type: str
    last_name:
      description: The last name.
      type: str
    email:
      description: The e-mail address.
      type: str
    enabled:
      description: Whether the user may sign in; null where the server does not say.
      type: bool
    source:
      description: V(local) or V(ldap), or the server's number for something else.
      type: str
    roles:
      description: The roles of the user. A search does not show them.
      type: list
      elements: str
    force_password_change:
      description: Whether the user has to change the password at the next sign-in; null where the
        server does not say.
      type: bool
    created_at:
      description: When the user was made, in UTC; null for somebody in the directory who is not a
        user of the server.
      type: str
    last_login_at:
      description: When the user last signed in to the admin portal, in UTC; null for never.
      type: str
    opaque:
      description: What the server calls C(opaque), which no document explains; null where it does
        not say.
      type: bool
    google_apps_encryption_version:
      description: What the server calls C(googleAppsEncryptionAlgVersion), which no document
        explains; null where it does not say.
      type: int
  sample:
    - id: "9132"
      uuid: 6018366c-f658-47a7-9ed3-4fe53a096533
      name: jdoe
      display_name: Joe Doe
      first_name: Joe
      last_name: Doe
      email: jdoe@example.com
      enabled: true
      source: local
      roles: [ROLE_MPW_LOCK, ROLE_MPW_LOCATE, ROLE_MPW_REG, ROLE_USER_PORTAL_RW]
      force_password_change: false
      created_at: "2025-10-18T07:20:18Z"
      last_login_at: "2025-10-18T07:20:18Z"
      opaque: true
      google_apps_encryption_version: 0
count:
  description: How many users were found.
  returned: success
  type: int
  sample: 1
missing:
  description: Those of O(users) that the server does not have, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: [joe.smith@example.com]
query_result:
  description: What O(query) found in RV(users).
  returned: when O(query) is given
  type: raw
  sample:
    - {name: testuser0001, email: testuser0001@auto1.example.com}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 2
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.users.calls import USERS
from ansible_collections.ivanti.uem.plugins.module_utils._families.users.info import read_users
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    QUERY,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(QUERY, *UNUSED),
            "users": {"type": "list", "elements": "str"},
            "ldap_search": {"type": "str"},
            "on_missing": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
        },
        mutually_exclusive=[["users", "ldap_search"]],
        required_one_of=[["users", "ldap_search"]],
        supports_check_mode=True,
    )
    run(module, needs=USERS, task=read_users)


if __name__ == "__main__":
    main()
