#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_location_info
short_description: Read where devices are
version_added: 0.1.0
description:
  - Reads the last known place of each device, with a request for each.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  refresh:
    description:
      - Whether the devices are asked where they are before their places are read. In check mode
        they are not asked.
      - This acts on the devices. It has no effect on iOS, so devices with iOS are not asked.
    type: bool
    default: false
  refresh_wait:
    description: Seconds to wait between asking and reading; a device takes up to a minute. Where no
      device is asked, nothing is waited for.
    type: int
    default: 60
  by:
    description: How devices are named to the server, by their guid or by their Wi-Fi MAC address.
    type: str
    choices: [guid, wifi_mac_address]
    default: guid
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._roles.device_location_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
attributes:
  check_mode:
    description: Reads the places, and does not ask the devices.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: N/A
  idempotent:
    description: It changes nothing that could be read; with O(refresh=true) the devices are asked
      in every run.
    support: full
notes:
  - A place says where a person is. Keep it from everybody who must not know it, and out of logs
    with C(no_log).
seealso:
  - module: ivanti.uem.device_action
"""

EXAMPLES = r"""
- name: Read where a device was last
  ivanti.uem.device_location_info:
    product: epmm
    url: https://epmm.example.com
    username: "{{ uem_username }}"
    password: "{{ uem_password }}"
    devices: [5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11]

# The task below takes product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Ask the devices of a user where they are, and read the places
  ivanti.uem.device_location_info:
    select:
      users: [jdoe]
    refresh: true
    refresh_wait: 0
"""

RETURN = r"""
devices:
  description: The devices in the order of their ids.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device.
      type: str
    guid:
      description: The uuid of the device.
      type: str
    server:
      description: The address of the server of the device.
      type: str
    found:
      description: Whether its place is known. Everything below is null where it is not.
      type: bool
    latitude:
      description: Degrees north.
      type: float
    longitude:
      description: Degrees east.
      type: float
    radius:
      description: How exact it is, in metres.
      type: float
    source:
      description: V(GPS) or V(Cell).
      type: str
    captured_at:
      description: When it was captured, in UTC.
      type: str
  sample:
    - id: "17"
      guid: 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11
      server: https://uem.example.com
      found: true
      latitude: 37.386433
      longitude: -122.053902
      radius: 1500.0
      source: Cell
      captured_at: "2010-09-29T23:24:23Z"
count:
  description: The number of devices whose place is known.
  returned: success
  type: int
  sample: 1
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 4
selected:
  description: How many devices were selected, before any of them was left alone.
  returned: success
  type: int
  sample: 1
message:
  description: The same in words.
  returned: success
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.location.calls import LOCATION
from ansible_collections.ivanti.uem.plugins.module_utils._families.location.task import (
    read_locations,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    DEVICES,
    SELECTION,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(DEVICES, *SELECTION, *UNUSED),
            "refresh": {"type": "bool", "default": False},
            "refresh_wait": {"type": "int", "default": 60},
            "by": {"type": "str", "choices": ["guid", "wifi_mac_address"], "default": "guid"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=LOCATION, task=read_locations)


if __name__ == "__main__":
    main()
