#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_export
short_description: Export the devices to a CSV file
version_added: 0.1.0
description:
  - Downloads the devices of the server as CSV, and writes them to a file when its content differs.
  - Rows are ordered by C(Device UUID), whatever order the server sends them in, so the same devices
    make the same file. The file is UTF-8, without a mark at its beginning, and its lines end with a
    line feed.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  dest:
    description:
      - The file. The folder that it is in must exist. A folder or a link is refused.
      - It is replaced in one step, so that nobody reads half of it.
    type: path
    required: true
  columns:
    description:
      - The columns that the file has, in this order. Names are those of the export, such as
        C(Device UUID) and C(Serial Number), without regard to case; RV(columns) of a run without
        this option lists them.
      - When left out, the file has all columns. Without the columns about the last contact, the
        file changes only when something about a device changes.
    type: list
    elements: str
  formula_safe:
    description:
      - Whether an apostrophe is put before a cell that a spreadsheet would evaluate, because the
        names of devices and users are chosen by whoever enrolls them. Such a cell begins with C(=),
        C(+), C(-), C(@), a tab or a line break, also in full width, and also after blanks or
        quotes. Text after a semicolon, a tab or a line break within a cell is treated in the same
        way.
      - Numbers such as V(-1) and V(+14155551212) stay as they are.
      - Turn it off where a program reads the file, and not a spreadsheet.
    type: bool
    default: true
  backup:
    description: Whether a copy of the former file, with the time in its name, is kept beside it
      when the file changes.
    type: bool
    default: false
extends_documentation_fragment:
  - ansible.builtin.files
  - ivanti.uem._connection
  - ivanti.uem._roles.device_export
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
attributes:
  check_mode:
    description: Downloads the devices, which changes nothing, and compares them with the file,
      which stays as it is.
    support: full
  diff_mode:
    description: Shows how the text of the file changes; of files larger than 102 KiB it only says
      that they change.
    support: full
  idempotent:
    description: The same devices make the same file.
    support: full
notes:
  - The file holds names, e-mail addresses and phone numbers. So a new one is for its owner (0600), unless
    O(mode) is given. A file that exists keeps its mode. Diff mode shows what it holds.
  - New content can never be read by others than the mode allows. A O(mode), O(owner) or O(group) that
    cannot be set is refused before any request.
  - Which devices are exported is up to the server. ActiveSync devices that are not registered are
    left out.
  - The export is made by API v1 of EPMM, whatever O(api) says.
  - If the server has no devices, the file has only the header, and there is a warning.
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Export all devices
  ivanti.uem.device_export:
    dest: "{{ playbook_dir }}/devices.csv"

- name: Keep a list of who has which device, which changes only when this changes
  ivanti.uem.device_export:
    dest: "{{ playbook_dir }}/devices-by-user.csv"
    columns: [Principal, Email Address, Serial Number, Model, Device UUID]
    backup: true
  register: owners

- name: Export for a program that evaluates no formulas
  ivanti.uem.device_export:
    dest: "{{ playbook_dir }}/devices-raw.csv"
    formula_safe: false
"""

RETURN = r"""
dest:
  description:
    - The file.
    - What Ansible returns for every file (owner, group, mode, size and the like, as they are when
      the task ends) is returned as well.
  returned: success
  type: str
  sample: /home/reports/devices-by-user.csv
rows:
  description: How many devices the file has.
  returned: success
  type: int
  sample: 60
columns:
  description: The columns that the file has, in their order, as the server names them.
  returned: success
  type: list
  elements: str
  sample: [Principal, Email Address, Serial Number, Model, Device UUID]
checksum:
  description: SHA-256 of the file; in check mode, of what it would be.
  returned: success
  type: str
  sample: c17d99253f1d94d482fa9038d98b53e22a3bd44641794a29ca52c82c53948888
bytes:
  description: Size of the file; in check mode, of what it would be.
  returned: success
  type: int
  sample: 5977
backup_file:
  description: The copy of the former file.
  returned: when O(backup=true) and the file existed and changed
  type: str
  sample: /home/reports/devices-by-user.csv.25205.2026-11-22@07:41:42~
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
"""

from functools import partial

from ansible_collections.ivanti.uem.plugins.module_utils._families.exports.calls import EXPORT
from ansible_collections.ivanti.uem.plugins.module_utils._families.exports.task import (
    export_devices,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **argument_spec(*UNUSED),
            "dest": {"type": "path", "required": True},
            "columns": {"type": "list", "elements": "str"},
            "formula_safe": {"type": "bool", "default": True},
            "backup": {"type": "bool", "default": False},
        },
        add_file_common_args=True,
        supports_check_mode=True,
    )
    run(module, needs=EXPORT, task=partial(export_devices, module))


if __name__ == "__main__":
    main()
