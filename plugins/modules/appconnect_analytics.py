#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: appconnect_analytics
short_description: Download analytics of an app
version_added: 0.1.0
description:
  - Downloads the record of when, how long and on which devices an AppConnect app was used. It is
    written to a folder as the server packs it, or to one CSV file.
  - Only files whose content differs are written, each in one step.
  - The archive is unpacked elsewhere and checked first. When it has anything that could do harm (a
    name that leads elsewhere, a link, two names that can be one file, an encrypted or damaged file,
    a file that grows from few bytes to very many) or is not built as documented, all of it is
    refused, and nothing is written.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  app_id:
    description: The app, by its bundle id (iOS) or its package name (Android).
    type: str
    required: true
  dest:
    description:
      - The folder that the files are put into, as C(<app id>/<device id>/<file>). It is made when
        it does not exist. Links below it are refused.
      - With O(merged=true) it is the file.
      - The folder that it is in must exist.
    type: path
    required: true
  merged:
    description:
      - Whether all sessions are written to one CSV file, a row for each, ordered by device. Its
        columns are C(app_id), C(device), C(app_version), C(start), C(duration), C(timezone_minutes)
        and C(bytes).
      - Numbers stay as the server sends them. The vendor's document says that the start is in
        seconds since 1970, and its example is in milliseconds. A duration is in seconds, and the
        time zone in minutes from Greenwich Mean Time. Where the server does not say the bytes, that
        cell is empty.
      - A row that is not a session is left out and listed in RV(problems).
    type: bool
    default: false
  formula_safe:
    description:
      - Whether in the file of O(merged=true) an apostrophe is put before a cell that a spreadsheet
        would evaluate; see O(ivanti.uem.device_export#module:formula_safe).
      - Files that are not merged are never changed.
    type: bool
    default: true
  purge:
    description:
      - Whether ordinary files in the app's folder that the server does not have are removed, and
        folders that are empty afterwards. RV(stale) names them in any case.
      - Nothing is removed when the server has no analytics of the app. It cannot be combined with
        O(merged=true).
    type: bool
    default: false
  on_missing:
    description:
      - What to do when the server has no analytics of the app, which is also its answer for an app
        that it does not know.
      - V(fail) fails. V(skip) goes on without them, and leaves existing files as they are.
    type: str
    choices: [fail, skip]
    default: fail
  max_bytes:
    description: The most bytes that all files together may have when they are unpacked. An archive
      with more is refused.
    type: int
    default: 1073741824
  max_files:
    description: The most files that the archive may have. It has two for each device. An archive
      with more is refused.
    type: int
    default: 100000
extends_documentation_fragment:
  - ansible.builtin.files
  - ivanti.uem._connection
  - ivanti.uem._roles.appconnect_analytics
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
attributes:
  check_mode:
    description: Downloads the archive, which changes nothing, and compares it with the existing
      files, which stay as they are.
    support: full
  diff_mode:
    description:
      - Shows the SHA-256 of each file that is written, which are removed, and the attributes of
        files and folders that change; after the first 50 it only counts them.
      - With O(merged=true) it shows how the text of the file changes; of files larger than 102 KiB
        it only says that they change.
    support: full
  idempotent:
    description: The same analytics make the same files.
    support: full
notes:
  - The files say who used which app, when and where. So new files are for their owner (0600), and
    new folders (0700), unless O(mode) is given. What exists keeps its mode.
  - O(mode), O(owner), O(group) and the like are set on the files of the archive, on the folder of
    the app and on those of its devices, also where their content stays the same, and on O(dest)
    when it is made. Files that are stale, and a O(dest) that exists already, keep theirs.
  - A folder can also be entered by those who may read by O(mode), so that V(0640) makes files of
    V(0640) in folders of V(0750), as C(X) does in V(u=rwX,g=rX,o=).
  - New content can never be read by others than the mode allows. A O(mode), O(owner) or O(group) that
    cannot be set is refused before any request.
  - While it runs, the archive and its content are in Ansible's temporary folder (C(remote_tmp)).
  - The archive is read in pieces, so memory does not grow with it.
  - The call is one of API v1 of EPMM, whatever O(api) says.
seealso:
  - module: ivanti.uem.device_export
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Keep the analytics of an app in a folder
  ivanti.uem.appconnect_analytics:
    app_id: com.mycompany.myapp
    dest: "{{ playbook_dir }}/analytics"

- name: Remove what the server does not have any more
  ivanti.uem.appconnect_analytics:
    app_id: com.mycompany.myapp
    dest: "{{ playbook_dir }}/analytics"
    purge: true

- name: Write all sessions to one table
  ivanti.uem.appconnect_analytics:
    app_id: com.mycompany.myapp
    dest: "{{ playbook_dir }}/sessions.csv"
    merged: true
    mode: "0640"
    on_missing: skip
  register: sessions
"""

RETURN = r"""
dest:
  description:
    - The folder, or the file.
    - What Ansible returns for every file (owner, group, mode, size and the like, as they are when
      the task ends) is returned as well.
  returned: success
  type: str
  sample: /home/reports/analytics
files:
  description: The files of the archive.
  returned: unless O(merged=true)
  type: list
  elements: dict
  contains:
    path:
      description: Its path below RV(dest).
      type: str
    size:
      description: Its size in bytes.
      type: int
    checksum:
      description: Its SHA-256.
      type: str
    changed:
      description: Whether it was written or got other attributes; in check mode, whether it would.
      type: bool
  sample:
    - path: com.mycompany.myapp/0cd5e3e3-ec3c-440d-affa-1f86be845f95/analytics.csv
      size: 135
      checksum: 7f70a45e2938a55a213543cc8af34437887848417c2cb62267b053313f77d04a
      changed: true
    - path: com.mycompany.myapp/0cd5e3e3-ec3c-440d-affa-1f86be845f95/version.txt
      size: 6
      checksum: 6d850e3ac42d0dd06bfdcce9151c1e6b40f4cf5272778f63eececea27c78f0b6
      changed: true
stale:
  description: The files in the app's folder that the archive does not have, by their paths below
    RV(dest).
  returned: unless O(merged=true)
  type: list
  elements: str
  sample: []
sessions:
  description: How many rows the file has.
  returned: with O(merged=true)
  type: int
  sample: 38
problems:
  description: Rows that are not sessions and were left out, the first 50 of them.
  returned: with O(merged=true)
  type: list
  elements: dict
  contains:
    path:
      description: The file of the archive.
      type: str
    line:
      description: The line.
      type: int
    cells:
      description: How many cells it has; a session has four, or three without the bytes.
      type: int
  sample: []
checksum:
  description: SHA-256 of the file; in check mode, of what it would be.
  returned: with O(merged=true), when the server has analytics
  type: str
  sample: 28364e543125d6310a9aaedb0fce3812021112c10b9c5ccf6d71f7e6420f5664
bytes:
  description: Size of the file, or of all files together; in check mode, of what they would be.
  returned: success
  type: int
  sample: 1051
device_count:
  description: How many devices the archive has.
  returned: success
  type: int
  sample: 5
missing:
  description: The app when the server has no analytics of it, with O(on_missing=skip).
  returned: success
  type: list
  elements: str
  sample: []
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 1
"""

from functools import partial

from ansible_collections.ivanti.uem.plugins.module_utils._families.analytics.calls import ANALYTICS
from ansible_collections.ivanti.uem.plugins.module_utils._families.analytics.task import (
    fetch_analytics,
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
            "app_id": {"type": "str", "required": True},
            "dest": {"type": "path", "required": True},
            "merged": {"type": "bool", "default": False},
            "formula_safe": {"type": "bool", "default": True},
            "purge": {"type": "bool", "default": False},
            "on_missing": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
            "max_bytes": {"type": "int", "default": 1 << 30},
            "max_files": {"type": "int", "default": 100000},
        },
        add_file_common_args=True,
        supports_check_mode=True,
    )
    run(module, needs=ANALYTICS, task=partial(fetch_analytics, module))


if __name__ == "__main__":
    main()
