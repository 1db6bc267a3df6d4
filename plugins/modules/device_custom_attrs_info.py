#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_custom_attrs_info
short_description: Read custom attributes of devices
version_added: 0.1.0
description:
  - Reads the custom attributes of devices that are named by id or guid, with a request for each
    device.
  - No list of devices is read, so an account with the role Device Read Only is enough. With more
    rights M(ivanti.uem.device_info) reads the attributes of many devices in fewer requests.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  devices:
    description:
      - The devices, each by its id or its guid.
    type: list
    elements: raw
    required: true
  on_missing:
    description:
      - What to do when a device that is named does not exist.
      - V(fail) fails and names all of them, V(skip) goes on without them.
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.device_custom_attrs_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reads
notes:
  - What is read is what the server keeps for the device. The list of devices may be late on some
    tenants.
seealso:
  - module: ivanti.uem.device_custom_attrs
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read the custom attributes of two devices
  ivanti.uem.device_custom_attrs_info:
    devices:
      - 22000
      - 8bcc4cee-dca9-476d-8710-9bb1e738ade9

- name: Read in which city a device is
  ivanti.uem.device_custom_attrs_info:
    devices: [22000]
    query: "[0].attrs.cityid"
"""

RETURN = r"""
devices:
  description: The devices in the order in which they are named, each once.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: The id of the device; null where it is named by its guid and the server does not
        say the id.
      type: str
    guid:
      description: The guid of the device; null where it is named by its id and the server does not
        say the guid.
      type: str
    server:
      description: The address of the server of the device.
      type: str
    attrs:
      description: Its custom attributes. Names are as the server keeps them, values are lists of
        text.
      type: dict
  sample:
    - id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      server: https://uem.example.com
      attrs: {cityid: [SF]}
count:
  description: How many devices were read.
  returned: success
  type: int
  sample: 1
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [SF]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.calls import (
    CUSTOM_ATTRS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.info import (
    read_attributes,
)
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
            "devices": {"type": "list", "elements": "raw", "required": True},
            "on_missing": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
        },
        supports_check_mode=True,
    )
    run(module, needs=CUSTOM_ATTRS, task=read_attributes)


if __name__ == "__main__":
    main()
