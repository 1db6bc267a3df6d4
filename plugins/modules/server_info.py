#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: server_info
short_description: Check a server and the account
version_added: 0.1.0
description:
  - Checks what the other modules rely on. That is the encryption, the clock, the credentials, the
    product and its APIs, what the account may do, whether its view is complete, and whether lists
    can be read to their ends.
  - Sends at most 25 requests, and none that changes anything.
  - The playbook C(ivanti.uem.doctor) shows the checks, a line each.
  - What the server does where the documents leave it open is in RV(behaviours). It is of use in an
    issue about the collection, and for the emulator.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  record:
    description:
      - Path of a file, on the host that runs the task, for a record of the answers. It is meant for
        an issue about the collection, and for C(uem-emulator --like).
      - The record has the shapes of answers only. Those are paths, names of parameters and headers,
        types, lengths and counts. It has no value of a person, a device or a tenant.
      - Keys and headers that the vendor's documents do not have are counted, and not named.
      - Only the owner of the file may read it. A file that is there already is replaced. Check mode
        writes none.
      - When left out, no file is written.
    type: path
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._roles.server_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reads
notes:
  - The module fails only where nothing can be read at all, such as with wrong credentials. What is
    wrong otherwise is in RV(checks), and a playbook decides what to do about it.
  - Only the first request is sent again after a temporary fault. After an HTTP 429, or two requests
    without an answer, no request follows.
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Check the server
  ivanti.uem.server_info:
  register: server

- name: Check a server of EPMM, whatever the variable says
  ivanti.uem.server_info:
    product: epmm

- name: Go on only if nothing is wrong
  ansible.builtin.assert:
    that: server.summary.wrong == 0
    fail_msg: "{{ server.checks | selectattr('status', 'eq', 'wrong') | map(attribute='message') | join(' ') }}"

- name: Write a record for an issue
  ivanti.uem.server_info:
    record: "{{ playbook_dir }}/server.json"
"""

RETURN = r"""
checks:
  description: The checks, in the order in which they were made.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the check.
      type: str
    status:
      description: V(ok), V(wrong), V(note) for a fact of the server or the account that is not a
        fault, or V(unknown) where it could not be determined.
      type: str
    message:
      description: What was found, or why it could not be determined.
      type: str
    remedy:
      description: What to do about it, or what follows from it; empty if there is nothing to do.
      type: str
  sample:
    - name: clock
      status: wrong
      message: The server's clock is 600 s behind this machine's.
      remedy: "Set both by NTP: ages of check-ins, certificates and locations are computed from them."
lines:
  description: The checks in one line each.
  returned: success
  type: list
  elements: str
  sample:
    - "ok      tls: The certificate is verified, and ends in 89 days."
summary:
  description: How many checks are C(ok), C(wrong), C(note) and C(unknown).
  returned: success
  type: dict
  sample: {ok: 11, wrong: 0, note: 1, unknown: 0}
behaviours:
  description: How the server behaves where the vendor's documents leave it open.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the emulator's switch for it.
      type: str
    about:
      description: What it is about.
      type: str
    position:
      description: How the server behaves, as a position of the switch; null where that is not known.
      type: raw
    reason:
      description: Why it is not known; empty where it is.
      type: str
    line:
      description: All of it in one line.
      type: str
  sample:
    - name: query_case
      about: The case of values in queries
      position: ignored
      reason: ""
      line: "query_case: The case of values in queries: ignored."
server:
  description: The C(product) that answers, its C(version) where the server says it, and the number
    of C(devices) that the account sees; either may be null.
  returned: success
  type: dict
  sample: {product: epmm, version: 12.3.0.1, devices: 8123}
record:
  description: The path of the record; null without O(record).
  returned: success
  type: str
  sample: /home/jane/server.json
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 25
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.server.calls import SERVER
from ansible_collections.ivanti.uem.plugins.module_utils._families.server.task import check_server
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={**argument_spec(*UNUSED), "record": {"type": "path"}},
        supports_check_mode=True,
    )
    run(module, needs=SERVER, task=check_server)


if __name__ == "__main__":
    main()
