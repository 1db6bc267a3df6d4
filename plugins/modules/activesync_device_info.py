#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activesync_device_info
short_description: Read ActiveSync devices
version_added: 0.1.0
description:
  - Reads which mailboxes are on which devices, whether or not these are registered, and whether
    they are allowed, blocked or wiped.
  - Without options every ActiveSync device is read.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  details:
    description:
      - Whether to return what ActiveSync says of each as well, which costs a request for each.
      - Values whose names are those of secrets, such as C(RecoveryPassword), are masked.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._activesync
  - ivanti.uem._query
  - ivanti.uem._roles.activesync_device_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
seealso:
  - module: ivanti.uem.activesync_device
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every ActiveSync device
  ivanti.uem.activesync_device_info:

- name: Read what a user synchronises with, and what ActiveSync says of it
  ivanti.uem.activesync_device_info:
    select:
      users: [jdoe113]
    details: true
    on_missing: skip

- name: List the models that may synchronise although they are not registered
  ivanti.uem.activesync_device_info:
    select:
      registered: false
      statuses: [allowed]
    query: "[].model"
    on_missing: skip
"""

RETURN = r"""
devices:
  description: The ActiveSync devices, in the order of their users and uuids.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    uuid:
      description: Its uuid.
      type: str
    server:
      description: The address of its server.
      type: str
    state:
      description: V(allowed), V(blocked) or V(wiped); null where the server contradicts itself.
      type: str
    registered:
      description: Whether it is a registered device; null where the server does not say so for a
        wiped device.
      type: bool
    user:
      description: Its user.
      type: str
    mailbox:
      description: Its mailbox.
      type: str
    domain:
      description: The Exchange domain.
      type: str
    device_id:
      description: The id by which ActiveSync distinguishes devices.
      type: str
    phone:
      description: Its phone number.
      type: str
    model:
      description: Its model, as the ActiveSync server has it.
      type: str
    platform:
      description: Its operating system, V(ios), V(macos), V(android), V(windows) or V(tvos); any
        other word of the server in lower case, and empty where it has none.
      type: str
    platform_code:
      description: The code of the operating system.
      type: str
    status:
      description: Its status as the server calls it, such as C(Registered).
      type: str
    activesync_status:
      description: Its ActiveSync status as the server calls it, such as C(Allowed).
      type: str
    first_sync:
      description: When it first synchronised, in UTC; null where that is not known.
      type: str
    last_sync:
      description: When it last synchronised, in UTC; null where that is not known.
      type: str
    device_guid:
      description: The guid of the registered device that it is, or empty.
      type: str
    action_source:
      description: Who set the state, such as C(EXCHANGE), C(AUTOBLOCK), C(POLICY) or C(MANUAL).
      type: str
    unclear:
      description: How the server contradicts itself about the state; null where it does not.
      type: str
    details:
      description: What ActiveSync says of it, by the server's own names; null for a device that
        vanished while it was read.
      type: dict
      returned: with O(details=true)
  sample:
    - uuid: ec109710-9971-5cd0-b220-602c3e51d5dc
      server: https://uem.example.com
      state: allowed
      registered: true
      user: soren.nowak
      mailbox: soren.nowak
      domain: corp.example.com
      device_id: WIN72F5F0F938C
      phone: PDA
      model: iMac
      platform: macos
      platform_code: "0"
      status: Registered
      activesync_status: Allowed
      first_sync: "2026-01-10T18:13:09Z"
      last_sync: "2026-11-21T09:16:38Z"
      device_guid: 70ac06ac-df70-4017-84c9-d78d82b33599
      action_source: EXCHANGE
      unclear: null
      details:
        ActionSource: Exchange
        DeviceID: WIN72F5F0F938C
        DeviceAccessState: Allowed
        IsRemoteWipeSupported: "True"
        RecoveryPassword: "********"
count:
  description: How many were found.
  returned: success
  type: int
  sample: 1
states:
  description: How many of them are in each state; C(unclear) counts those about which the server
    contradicts itself.
  returned: success
  type: dict
  sample: {allowed: 1, blocked: 0, unclear: 0, wiped: 0}
missing:
  description: Names without an ActiveSync device, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [TC58, iPhone]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
selected:
  description: How many ActiveSync devices were selected.
  returned: success
  type: int
  sample: 1
message:
  description: The same in words.
  returned: success
  type: str
  sample: Selected 1 device.
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.calls import (
    ACTIVESYNC,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.info import (
    read_activesync,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.options import (
    ACTIVESYNC_SELECTION,
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
            **argument_spec(*ACTIVESYNC_SELECTION, QUERY, *UNUSED),
            "details": {"type": "bool", "default": False},
        },
        mutually_exclusive=[["activesync_devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=ACTIVESYNC, task=read_activesync)


if __name__ == "__main__":
    main()
