#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_certificate_info
short_description: Read certificates and their expiry
version_added: 0.1.0
description:
  - Reads the certificates that are assigned to devices, with a request for each device, and returns
    the most urgent first.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  expires_within:
    description:
      - Only certificates that expire within this time, such as V(30d), V(12h) or V(1d12h), and
        those that have expired. A number without a unit is refused.
      - V(0) asks for those that have expired already.
      - A certificate whose end is not known is kept, because it may have expired.
      - When left out, every certificate is returned.
    type: str
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._devices
  - ivanti.uem._selection
  - ivanti.uem._query
  - ivanti.uem._roles.device_certificate_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.neurons
  - ivanti.uem._attributes.reads
notes:
  - Give C(select={"query":"[]"}) to read every device.
  - The request also needs the owner of a device. A device without a known owner is in
    RV(unreadable).
  - A device that shows no certificates takes a second request, for its details. The owner in the list
    may be out of date, and for another account the server may return nothing. A third follows only
    where the details name another owner. No call reads the certificates of several devices.
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read the certificates of a device
  ivanti.uem.device_certificate_info:
    devices: [22000]

- name: Find the certificates of iOS devices that have expired, or will within 30 days
  ivanti.uem.device_certificate_info:
    select:
      platform: ios
    expires_within: 30d
    on_missing: skip
  register: due

- name: Find the authorities of certificates that have expired, or may have
  ivanti.uem.device_certificate_info:
    devices: [22000, 22004]
    expires_within: 0
    query: "[].ca_name"
"""

RETURN = r"""
certificates:
  description:
    - "The certificates of all devices. First those whose end is not known, then the others by the
      time at which they expire."
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    device_id:
      description: The id of the device.
      type: str
    device_guid:
      description: The guid of the device.
      type: str
    server:
      description: The address of the server of the device.
      type: str
    device_serial_number:
      description: The serial number of the device; empty where it has none.
      type: str
    owner:
      description: Whose the device is, by the e-mail address or else the user id; null where the
        server says neither.
      type: str
    subject:
      description: The subject that it names.
      type: str
    issuer:
      description: Who issued it.
      type: str
    serial_number:
      description: Its serial number, as decimal digits.
      type: str
    not_before:
      description: From when it is valid, in UTC.
      type: str
    not_after:
      description: Until when it is valid, in UTC; null where the server does not say, or sends
        something that is not a time.
      type: str
    days_to_expiry:
      description: Whole days until it expires, rounded down, so that it is negative once it has
        expired; null where nobody knows.
      type: int
    expired:
      description: Whether it has expired. With O(expires_within) it separates these from those that
        will expire; null where nobody knows.
      type: bool
    state:
      description: Its state as the server calls it, such as V(Active) or V(Revoked).
      type: str
    usage:
      description: What it is for, as the server calls it.
      type: str
    ca_id:
      description: The id of its authority.
      type: str
    ca_name:
      description: The name of its authority.
      type: str
    ca_type:
      description: The type of its authority, such as V(LOCAL).
      type: str
    store_id:
      description: Its id in the server's store of certificates.
      type: str
    configuration_id:
      description: The id of the configuration that installed it; null where there is none.
      type: str
    private_key:
      description: Whether the server keeps its private key.
      type: bool
    account_id:
      description: The id of the user that it was issued for, or null.
      type: str
    tenant_id:
      description: The id of the tenant.
      type: str
    ca_tenant_id:
      description: The id of the tenant of its authority.
      type: str
    device:
      description: What the server sends of the device and its user beside the certificate, named as
        in the rows of M(ivanti.uem.device_info), such as C(model) and C(email).
      type: dict
  sample:
    - device_id: "22042"
      device_guid: "7c4ea603-4944-42ce-9e96-2a6da4fd57c5"
      server: https://uem.example.com
      device_serial_number: VCP57QGKCN
      owner: lukasz.reyes@example.com
      subject: CN=d93ff716dce47b21ca51e152a12f3a94877b55cb
      issuer: "CN=na1.example.com,OU=iOSMDMCA,UID=18004"
      serial_number: "6305581925770156"
      not_before: "2024-10-13T07:20:51Z"
      not_after: "2026-10-13T07:20:51Z"
      days_to_expiry: -41
      expired: true
      state: Expired
      usage: UNKNOWN
      ca_id: "18004"
      ca_name: iOSMDMCA
      ca_type: LOCAL
      store_id: "44762"
      configuration_id: null
      private_key: false
      account_id: null
      tenant_id: "18004"
      ca_tenant_id: "18004"
      device: {id: "22042", platform: ios, status: active, email: jdoe@example.com}
count:
  description: How many certificates are returned.
  returned: success
  type: int
  sample: 35
summary:
  description: How many of the certificates returned are C(valid), have C(expired), or may have
    (C(unknown)).
  returned: success
  type: dict
  sample: {valid: 22, expired: 13, unknown: 0}
missing:
  description: The devices that were named and do not exist, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
unreadable:
  description: The devices whose certificates could not be read, each with its C(id), its C(guid)
    and the C(reason).
  returned: success
  type: list
  elements: dict
  sample:
    - id: "22279"
      guid: "6018366c-f658-47a7-9ed3-4fe53a096533"
      reason: "the server knows no owner of device 22279 (serial number SN22279), and the request
        for certificates needs one"
query_result:
  description: What O(query) found in RV(certificates).
  returned: when O(query) is given
  type: raw
  sample: [iOSMDMCA, AppStoreFrontCA]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 78
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

from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates.calls import (
    CERTIFICATES,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates.task import (
    read_certificates,
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
            "expires_within": {"type": "str"},
        },
        mutually_exclusive=[["devices", "select"]],
        required_one_of=[["devices", "select"]],
        supports_check_mode=True,
    )
    run(module, needs=CERTIFICATES, task=read_certificates)


if __name__ == "__main__":
    main()
