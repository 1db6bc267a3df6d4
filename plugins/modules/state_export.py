#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: state_export
short_description: Write what a server is as files
version_added: 0.1.0
description:
  - Reads the devices of a server, and on EPMM its labels and who is on them, and writes files that
    M(ivanti.uem.desired_state) takes. To apply them changes nothing.
  - Configurations and policies are exported only where O(sections) has them.
  - Custom attributes of hosts, and their configurations on Neurons, become the variable C(ivanti_desired) in C(group_vars) and
    C(host_vars). A group gets a value where that makes the files shorter, and only where each of
    its hosts has the attribute or the configuration.
  - Definitions of labels, and the devices that were put on labels by hand, become files in C(state).
  - The same state makes the same files, byte for byte. They are written beside their places, and
    moved there when all are written. Only their owner may read them.
  - The task runs once for all hosts of the play.
author:
  - ivanti.uem contributors (@ivanti-uem)
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._state_export
  - ivanti.uem._roles.state_export
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.both
attributes:
  check_mode:
    description: Reads the server, and returns what would be written.
    support: full
  diff_mode:
    description: Shows the files that change, at most 50 of them.
    support: full
  idempotent:
    description: A second run changes nothing, while the server is the same.
    support: full
notes:
  - No call says to which labels a policy is applied. So only those are exported that the devices of
    the label prove, and RV(left_out) counts the others.
  - EPMM has no call that excludes a configuration, so what is revoked there is left out.
  - What cannot be declared as it is, is left out, and RV(left_out) says why. Such are values that a
    GDPR profile of the account hides, and attributes whose name or value is that of a secret.
seealso:
  - module: ivanti.uem.desired_state
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Show what the hosts of this play are, as files beside the inventory
  ivanti.uem.state_export:
    dest: inventory
  check_mode: true
  diff: true

- name: Write it, with values only for groups of platforms
  ivanti.uem.state_export:
    dest: inventory
    groups: [all, ivanti_neurons, platform_*]

- name: Write configurations, too, which takes a request for each device
  ivanti.uem.state_export:
    dest: inventory
    sections: [attributes, configurations]
  check_mode: true
"""

RETURN = r"""
files:
  description: The files, by their paths below O(dest).
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path.
      type: str
    what:
      description: V(new), V(replaced), V(unchanged) or V(removed); in check mode, what it would be.
      type: str
  sample:
    - path: group_vars/all.yml
      what: new
left_out:
  description: What is not in the files, and why.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: What it is.
      type: str
    reason:
      description: Why it is left out.
      type: str
    count:
      description: How often there is such a thing.
      type: int
  sample:
    - what: attribute sim_pin
      reason: may be a secret
      count: 12
summary:
  description: How much there is.
  returned: success
  type: dict
  contains:
    devices:
      description: Devices that are exported.
      type: int
    files:
      description: Files of the export.
      type: int
    attributes:
      description: Values of attributes of all devices together.
      type: int
    group_values:
      description: Values of attributes and configurations in C(group_vars).
      type: int
    host_values:
      description: Values of attributes and configurations in C(host_vars).
      type: int
    labels:
      description: Definitions of labels.
      type: int
    memberships:
      description: Devices on labels, each time that one is.
      type: int
    configurations:
      description: Configurations of all devices together.
      type: int
    policies:
      description: Policies on labels.
      type: int
    requests:
      description: Requests that were sent.
      type: int
  sample:
    attributes: 940
    devices: 470
    files: 38
    group_values: 6
    host_values: 44
    labels: 0
    memberships: 0
    configurations: 0
    policies: 0
    requests: 4
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.calls import (
    STATE_FILES,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.options import (
    STATE_EXPORT,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.task import (
    export_state,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec=argument_spec(*STATE_EXPORT, *UNUSED),
        supports_check_mode=True,
    )
    run(module, needs=STATE_FILES, task=export_state)


if __name__ == "__main__":
    main()
