#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: label_info
short_description: Read labels and their devices
version_added: 0.1.0
description:
  - Reads all labels, or those that are named, in full pages.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  labels:
    description:
      - The labels, each by its name, which is case-sensitive, or by its id.
      - When left out, every label is read.
    type: list
    elements: raw
  members:
    description:
      - Whether the devices of each label are read as well, which takes a request for every 200 of
        them.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.label_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
seealso:
  - module: ivanti.uem.device_label
  - module: ivanti.uem.label_policy
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read every label
  ivanti.uem.label_info:
  register: labels

- name: Read who is on a label
  ivanti.uem.label_info:
    labels: [Sales]
    members: true

- name: Find the labels that devices can be put on
  ivanti.uem.label_info:
    query: "[?static].name"
"""

RETURN = r"""
labels:
  description: The labels, in the order in which the server lists them.
  returned: when O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: Its id. Those of labels that the server made are negative.
      type: str
    name:
      description: Its name.
      type: str
    static:
      description: Whether devices are put on it by hand. The members of every other label follow
        from its criteria.
      type: bool
    system:
      description: Whether the server made it.
      type: bool
    device_count:
      description: How many devices the server counts on it.
      type: int
    description:
      description: What it is for.
      type: str
    criteria:
      description: What devices must meet to be on it, in the server's query language.
      type: str
    space:
      description: The device space that it belongs to; empty where API v1 is used.
      type: str
    members:
      description: The devices that are on it, each with its C(id) and C(guid).
      type: list
      elements: dict
      returned: with O(members=true)
  sample:
    - id: "-1"
      name: All-Smartphones
      static: false
      system: true
      device_count: 212
      description: Label for all devices irrespective of OS
      criteria: '"common.retired"=false'
      space: Global
count:
  description: How many labels were found.
  returned: success
  type: int
  sample: 1
query_result:
  description: What O(query) found.
  returned: when O(query) is given
  type: raw
  sample: [Sales]
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 3
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.calls import LABELS
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.info import read_labels
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
            "labels": {"type": "list", "elements": "raw"},
            "members": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    run(module, needs=LABELS, task=read_labels)


if __name__ == "__main__":
    main()
