#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_setting_info
short_description: Read app settings and who has them
version_added: 0.1.0
description:
  - Reads all app settings, which the portal of EPMM calls configurations, or those that are named,
    or those that devices have.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  settings:
    description:
      - The app settings, each by its name, which is case-sensitive, or by its id.
      - When left out, every app setting is read.
    type: list
    elements: raw
  type:
    description:
      - Only app settings of this type; V(SCEP) is the type of every certificate enrollment.
      - When left out, app settings of every type.
    type: str
    choices:
      - EXCHANGE
      - WIFI
      - BOOKMARK
      - EMAIL
      - VPN
      - GENERAL
      - CALDAV
      - SUBCAL
      - WEBCLIP
      - SCEP
      - APN
      - RESTRICTION
      - CERTIFICATE
      - MDM
      - PROVISIONING
      - CARDDAV
      - CONFIGURATION
      - OTHER
  digest_key:
    description:
      - A secret of yours with at least 16 characters. It makes RV(settings[].secret_digests), by
        which secrets of two servers, or of two days, can be compared without being shown.
      - When left out, there are no digests.
    type: str
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._query
  - ivanti.uem._roles.app_setting_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
notes:
  - With O(devices) or O(select) the app settings of each device are read, which takes a request for
    each.
  - A property with the name of a secret (a password, a passcode, a key, a token, a PIN, a challenge
    and the like), and a value that looks like a secret, is always returned as C(********), unless
    it is true or false. Names decide that, so something harmless may be masked as well.
seealso:
  - module: ivanti.uem.policy_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every app setting
  ivanti.uem.app_setting_info:
  register: settings

- name: Find the app settings that some devices do not have yet
  ivanti.uem.app_setting_info:
    query: "[?pending_count > `0`].{name: name, pending: pending_count}"

- name: Read the Wi-Fi settings
  ivanti.uem.app_setting_info:
    type: WIFI

- name: Read the Wi-Fi settings so that their secrets can be compared with those of another server
  ivanti.uem.app_setting_info:
    type: WIFI
    digest_key: "{{ uem_digest_key }}"

- name: Read the certificates that the devices of a label have
  ivanti.uem.app_setting_info:
    type: CERTIFICATE
    select:
      labels: [Sales]
    on_missing: skip
"""

RETURN = r"""
settings:
  description: The app settings; with O(devices) or O(select) one row for each app setting of each
    device.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: Its id. Those of settings that the server made are negative.
      type: str
    name:
      description: Its name.
      type: str
    description:
      description: What it is for.
      type: str
    type:
      description: Its type, such as V(WIFI).
      type: str
    origin:
      description: V(SYSTEM) or V(ADMIN), who made it.
      type: str
    device_id:
      description: The id of the device that has it; null without O(devices) and O(select).
      type: str
    device_guid:
      description: The guid of the device that has it; null without O(devices) and O(select).
      type: str
    state:
      description: V(current) or V(deleted) on the device; null without O(devices) and O(select).
      type: str
    device_count:
      description: Devices that have it; null where the settings of devices are read, because the
        server does not say it there.
      type: int
    pending_count:
      description: Devices that are about to get it; null where the settings of devices are read.
      type: int
    quarantined_count:
      description: Devices that it was taken from because they violate a policy; null where the
        settings of devices are read.
      type: int
    labels:
      description:
        - The labels that it is applied to, each with its C(id) and C(name); null where the settings
          of devices are read.
        - The server sends ids and names in separate lists. Where these differ in length, nobody
          knows which belong together. Each then has an entry of its own, whose other part is null.
      type: list
      elements: dict
    properties:
      description: Its properties by their names; secrets are masked.
      type: dict
    secret_digests:
      description: For each property that is masked, a text that differs where the secret or
        O(digest_key) differs; null without O(digest_key).
      type: dict
  sample:
    - id: "4"
      name: Corporate Wi-Fi
      description: Offices
      type: WIFI
      origin: ADMIN
      device_id: null
      device_guid: null
      state: null
      device_count: 23
      pending_count: 0
      quarantined_count: 1
      labels:
        - {id: "-3", name: iOS}
      properties: {SSID: corp, SECURITY_TYPE: WPA2, WIFI_PRESHARED_KEY: "********", HIDDEN: "false"}
      secret_digests: {WIFI_PRESHARED_KEY: 7d0c1b0f4f8a93e2}
devices:
  description: The devices, each with its C(id), C(guid) and C(server), and the ids of those of its
    C(settings) that are returned.
  returned: with O(devices) or O(select)
  type: list
  elements: dict
  sample:
    - id: "5"
      guid: "92b1d3f2-8ede-4d7a-83ba-ea9e13deef86"
      server: https://uem.example.com
      settings: ["4"]
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: with O(devices) or O(select)
  type: list
  elements: str
  sample: []
count:
  description: How many rows RV(settings) has.
  returned: success
  type: int
  sample: 2
query_result:
  description: What O(query) found in RV(settings).
  returned: when O(query) is given
  type: raw
  sample:
    - {name: Corporate Exchange, pending: 1}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: when O(devices) or O(select) is given
  type: int
  sample: 1
message:
  description: The same in words.
  returned: when O(devices) or O(select) is given
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings.calls import (
    APP_SETTINGS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings.model import TYPES
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings.task import (
    read_app_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    QUERY,
    SELECTION,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, QUERY, *UNUSED),
            "settings": {"type": "list", "elements": "raw"},
            "type": {"type": "str", "choices": list(TYPES)},
            "digest_key": {"type": "str", "no_log": True},
        },
        mutually_exclusive=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=APP_SETTINGS, task=read_app_settings)


if __name__ == "__main__":
    main()
