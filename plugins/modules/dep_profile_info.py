#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dep_profile_info
short_description: Read DEP servers and their profiles
version_added: 0.1.0
description:
  - Reads the servers of Apple's Device Enrollment Program (DEP) that are set up, and the profiles
    of each.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  servers:
    description:
      - The servers, each by its id, its uuid, or its name, which is case-sensitive.
      - It is assumed that servers have names. The document of the API shows only the id and the
        uuid. Where RV(servers[].name) is null, give one of these.
      - When left out, every server is read.
    type: list
    elements: raw
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.dep_profile_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reads
notes:
  - Values that are named like a secret are returned as C(********), and of the accounts that a
    profile sets up only their names are returned, and whether they are hidden.
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every DEP server and its profiles
  ivanti.uem.dep_profile_info:
  register: dep

- name: Find the profiles that users may remove from their devices
  ivanti.uem.dep_profile_info:
    query: "[?mdm_removable].{server: server_id, profile: name, devices: num_of_devices}"
"""

RETURN = r"""
servers:
  description: The servers, in the order in which the server lists them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
    uuid:
      description: Its uuid; null where the server does not say.
      type: str
    name:
      description: Its name, C(serverName) or C(name) of the API; null where it has neither. It is
        assumed that there is one of them.
      type: str
    profiles:
      description: The ids of its profiles.
      type: list
      elements: str
  sample:
    - id: "198"
      uuid: "87751d4c-a850-4e2c-84dc-da6a797d76de"
      name: Apple Business Manager 1
      profiles: ["64590", "40691", "47702"]
profiles:
  description:
    - The profiles of all servers.
    - The document names most of the fields and explains none of them, so they are described here by
      their names in the API. What the server does not say is null.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    server_id:
      description: The id of the server that it was read from.
      type: str
    id:
      description: Its id.
      type: str
    name:
      description: Its name, C(profileName).
      type: str
    uuid:
      description: Its uuid.
      type: str
    allow_pairing:
      description: C(allowPairing) of the API.
      type: bool
    software_update_enabled:
      description: C(softwareUpdateEnabled) of the API.
      type: bool
    anchor_certs:
      description: C(anchorCerts) of the API.
      type: raw
    department:
      description: C(department) of the API.
      type: str
    mandatory:
      description: C(mandatory) of the API.
      type: bool
    mdm_removable:
      description: Whether users may remove the MDM profile that it installs, C(mdmRemovable).
      type: bool
    maximum_resident_users:
      description: C(maximumResidentUsers) of the API.
      type: int
    multi_user:
      description: C(multiUser) of the API.
      type: bool
    org_magic:
      description: C(orgMagic) of the API.
      type: str
    skip_setup_items:
      description: The steps of Apple's assistant that are left out, C(skipSetupItems).
      type: list
      elements: str
    supervised:
      description: C(supervised) of the API.
      type: bool
    supervising_host_certs:
      description: C(supervisingHostCerts) of the API.
      type: raw
    support_phone_number:
      description: C(supportPhoneNumber) of the API.
      type: str
    support_email_address:
      description: C(supportEmailAddress) of the API.
      type: str
    url:
      description: C(url) of the API.
      type: str
    account_configuration:
      description: C(accountConfiguration) with its names as they are; secrets in it are masked.
      type: dict
    show_custom_text_on_login_page:
      description: C(showCustomTextOnLoginPage) of the API.
      type: bool
    custom_text:
      description: C(customText) of the API.
      type: str
    await_device_config:
      description: C(awaitDeviceConfig) of the API.
      type: bool
    time_limit:
      description: C(timeLimit) of the API.
      type: int
    enable_custom_enrollment:
      description: C(enableCustomEnrollment) of the API.
      type: bool
    configuration_web_url:
      description: C(configurationWebUrl) of the API.
      type: str
    virtual_server_id:
      description: The id of the server that the profile says it belongs to, C(virtualServerId).
      type: str
    status:
      description: Its status, such as V(ACTIVE).
      type: str
    description:
      description: C(description) of the API.
      type: str
    new_profile_uuid:
      description: C(newProfileUuid) of the API.
      type: str
    created_at:
      description: When it was made, C(createdAt), in UTC where the server sends a time.
      type: str
    created_by:
      description: C(createdBy) of the API.
      type: raw
    modified_at:
      description: When it was last changed, C(modifiedAt), in UTC where the server sends a time.
      type: str
    modified_by:
      description: C(modifiedBy) of the API.
      type: raw
    num_of_devices:
      description: How many devices have it, C(numOfDevices).
      type: int
    default:
      description: Whether it is the default profile of its server.
      type: bool
  sample:
    - server_id: "198"
      id: "64590"
      name: Standard
      uuid: "02C7BFF261B349FFA48174E5598B88DB"
      allow_pairing: false
      software_update_enabled: false
      anchor_certs: null
      department: IT
      mandatory: true
      mdm_removable: false
      maximum_resident_users: 0
      multi_user: false
      org_magic: "87751d4c-a850-4e2c-84dc-da6a797d76de"
      skip_setup_items: [Location, Restore, Android, AppleID]
      supervised: true
      supervising_host_certs: null
      support_phone_number: "+15550100"
      support_email_address: "help@example.com"
      url: "https://na1.example.com/c/i/dep/dep.mobileconfig"
      account_configuration:
        skipPrimarySetupAccountCreation: false
        setPrimarySetupAccountAsRegularUser: false
        skipAutoSetupAdminAccounts: true
        autoSetupAdminAccounts: null
      show_custom_text_on_login_page: false
      custom_text: null
      await_device_config: true
      time_limit: 3
      enable_custom_enrollment: false
      configuration_web_url: null
      virtual_server_id: "198"
      status: ACTIVE
      description: null
      new_profile_uuid: null
      created_at: null
      created_by: null
      modified_at: null
      modified_by: null
      num_of_devices: 11
      default: true
count:
  description: How many profiles were found.
  returned: success
  type: int
  sample: 6
query_result:
  description: What O(query) found in RV(profiles).
  returned: when O(query) is given
  type: raw
  sample:
    - {server: "198", profile: Pilot, devices: 0}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 4
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.dep.calls import DEP
from ansible_collections.ivanti.uem.plugins.module_utils._families.dep.task import read_profiles
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
            "servers": {"type": "list", "elements": "raw"},
        },
        supports_check_mode=True,
    )
    run(module, needs=DEP, task=read_profiles)


if __name__ == "__main__":
    main()
