#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: action_followup_info
short_description: Find actions that have not happened
version_added: 0.1.0
description:
  - Reads from the journal which destructive requests the server took, or may have taken, and from
    the server what these devices show now. So it finds the wipes and retirements that a device has
    not carried out, and since when.
  - The journal is the file that M(ivanti.uem.device_action) and M(ivanti.uem.activesync_device)
    write. It has destructive requests only.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  journal_path:
    description:
      - The journal of the runs. A file that does not exist has no requests, and gives a warning.
      - When given nowhere, the environment variable E(IVANTI_UEM_JOURNAL_PATH) is used, and else
        the default.
    type: path
    default: ~/.ansible/ivanti_uem/actions.jsonl
  include_settled:
    description:
      - Whether requests are returned, too, of which the device shows that they are done, or that
        somebody took them back.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.action_followup_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
  - ivanti.uem._attributes.reads
notes:
  - Requests to other servers than that of the connection are left out.
  - Only the last request of each action to each device counts.
  - The devices are read by their guids, in full pages where there are many. That is the only read.
  - EPMM shows a wipe only once the device has carried it out. Until then it is C(not_shown).
seealso:
  - module: ivanti.uem.device_action
  - module: ivanti.uem.fleet_report
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Find what was asked of devices and has not happened
  ivanti.uem.action_followup_info:
  register: waiting

- name: Find the wipes that the devices do not show
  ivanti.uem.action_followup_info:
    query: "[?action == 'wipe' && outcome == 'not_shown'].[serial_number, owner, asked_at]"
"""

RETURN = r"""
followups:
  description: The requests, the first in time first.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    action:
      description: What was asked, such as V(wipe).
      type: str
    id:
      description: The id of the device.
      type: str
    guid:
      description: The guid of the device.
      type: str
    serial_number:
      description: Its serial number when it was asked, or null.
      type: str
    owner:
      description: Its user when it was asked, or null.
      type: str
    server:
      description: The address of its server.
      type: str
    asked_at:
      description: When the request was sent, in UTC.
      type: str
    asked_by:
      description: The account, and who ran it.
      type: str
    taken:
      description: Whether the server said that it took the request. Otherwise nobody knows.
      type: bool
    outcome:
      description:
        - V(under_way) where the device shows it, and has to check in for it.
        - V(not_shown) where it does not show it. It has not happened yet, or was not taken.
        - V(not_visible) where the device was not found. It may be gone, which is what V(delete)
          looks like, or the account does not see it.
        - V(never_shown) for an action that no device shows.
        - V(other_list) for what is not in the list of devices, such as a mail client.
        - V(done) or V(canceled) only with O(include_settled).
      type: str
    meaning:
      description: The same in a sentence.
      type: str
    status:
      description: The status of the device now; null where it was not found.
      type: str
    status_raw:
      description: The server's own word for it.
      type: str
    last_seen_at:
      description: When the device last checked in, in UTC.
      type: str
  sample:
    - action: retire
      id: "22000"
      guid: 57d9903c-aadf-4b40-aef3-e1f24302f180
      serial_number: DLXMF0URFLMK
      owner: praveen@example.com
      server: https://na1.mobileiron.com
      asked_at: "2026-11-22T04:41:58Z"
      asked_by: automation@example.com by deploy
      taken: true
      outcome: under_way
      meaning: "The device shows that it is under way: it has to check in for it."
      status: retire_pending
      status_raw: RETIRE_SENT
      last_seen_at: "2026-11-20T07:38:22Z"
count:
  description: How many rows there are.
  returned: success
  type: int
  sample: 1
summary:
  description: How many requests have each outcome, the settled ones as well.
  returned: success
  type: dict
  contains:
    done:
      description: Requests of which the device shows that they are done.
      type: int
    under_way:
      description: Those that are under way.
      type: int
    not_shown:
      description: Those that the device does not show.
      type: int
    canceled:
      description: Those that somebody took back.
      type: int
    not_visible:
      description: Those to devices that were not found.
      type: int
    never_shown:
      description: Those of an action that no device shows.
      type: int
    other_list:
      description: Those about what is not in the list of devices.
      type: int
  sample:
    done: 12
    under_way: 1
    not_shown: 0
    canceled: 0
    not_visible: 2
    never_shown: 0
    other_list: 0
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample:
    - [DLXMF0URFLMK, praveen@example.com, "2026-11-22T04:41:58Z"]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._families.followup.task import (
    read_followup,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.options import JOURNAL
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
            **argument_spec(QUERY, *UNUSED, JOURNAL),
            "include_settled": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    run(module, needs=READ_DEVICES, task=read_followup)


if __name__ == "__main__":
    main()
