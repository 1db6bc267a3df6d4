#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is documentation. The action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_report
short_description: Write a report of a fleet as files
version_added: 0.1.0
description:
  - Writes C(report.html), C(report.md) and C(report.csv) from devices that were read already, of
    one server or of several, of both products. It sends no request.
  - The page needs no script and nothing from outside, and each number leads to devices. The table
    has all devices.
  - It says which devices are out of compliance and why, when devices were last seen, which versions
    of systems they have, what most of them violate, and what destructive requests they have not
    carried out. With O(history_path) it has the trend by week, and since when devices are out of
    compliance.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  dest:
    description:
      - The folder for the files, on the controller. It is made if it does not exist. Only the owner
        may read the files, because they say whom devices belong to.
      - A relative path begins at the folder of the playbook, here and in the other options.
    type: path
    required: true
  devices:
    description:
      - Rows of devices, as RV(ivanti.uem.device_info#module:devices) has them. Rows of several
        servers can be added to one list.
      - When left out, the devices are the hosts of the inventory.
    type: list
    elements: dict
  hosts:
    description:
      - Names of hosts that are devices, such as those of a group. Each must have C(ivanti_guid) and
        C(ivanti_server), as the inventory plugins set them. Only what these set counts.
      - When left out, all hosts of the inventory that have C(ivanti_guid) are in the report,
        whatever C(--limit) is.
    type: list
    elements: str
  title:
    description:
      - The title of the report.
    type: str
    default: Fleet report
  config_rows:
    description:
      - Rows of RV(ivanti.uem.config_info#module:configs), for what most devices violate and what is
        not installed.
      - When left out, the report does not say it.
    type: list
    elements: dict
  policy_rows:
    description:
      - Rows of RV(ivanti.uem.policy_info#module:policies), for policies that are on their way.
      - When left out, the report does not say it.
    type: list
    elements: dict
  stuck_rows:
    description:
      - What RV(ivanti.uem.device_config_info#module:stuck) returns. That module sends a request for
        each device.
      - When left out, the report does not say it.
    type: list
    elements: dict
  certificate_rows:
    description:
      - Rows of RV(ivanti.uem.device_certificate_info#module:certificates). That module sends a
        request for each device.
      - When left out, the report does not say which certificates expire.
    type: list
    elements: dict
  drift:
    description:
      - The file that the playbook C(ivanti.uem.drift) wrote.
      - When left out, the report does not say what differs from a declared state.
    type: path
  plans:
    description:
      - Files C(plan.json) of runs, or results of tasks saved as JSON, in the order in which they are
        shown.
      - When left out, the report says only what the journal knows of runs.
    type: list
    elements: path
    default: []
  journal_path:
    description:
      - The journal of destructive requests, which M(ivanti.uem.device_action) writes. Where it does
        not exist, the report says so.
      - With O(devices) or O(hosts) only requests to these devices are in the report.
      - When given nowhere, the environment variable E(IVANTI_UEM_JOURNAL_PATH) is used, and else
        the default.
    type: path
    default: ~/.ansible/ivanti_uem/actions.jsonl
  history_path:
    description:
      - A file of SQLite that remembers counts of each report, and since when devices are out of
        compliance. It is made if it does not exist. It has guids and times, and no names.
      - Give each report a history of its own. Reports of other servers are not compared.
      - When left out, there is no trend, and no time since when.
    type: path
  history_days:
    description:
      - How long the history remembers, in days; at least 7.
    type: int
    default: 400
  now:
    description:
      - The time of the report, such as V(2026-11-30T09:00:00Z), for a report of devices that were
        read earlier. The same data and time make the same files.
      - When left out, it is the time of the controller.
    type: str
requirements:
  - The module C(sqlite3) of Python, where O(history_path) is given.
attributes:
  check_mode:
    description: Predicts whether the files change, and writes nothing.
    support: full
  diff_mode:
    description: It shows no differences of the files.
    support: none
  idempotent:
    description: The same data at the same time change nothing. A later report has a later time.
    support: partial
  platform:
    description: It runs on the controller.
    support: full
    platforms: posix
  bypass_host_loop:
    description: It runs once for all hosts of a play.
    support: full
notes:
  - In the page long names are cut, and at most 25 devices are listed for a number. It stays below
    3 MB. C(report.csv) has everything, and no cell of it is a formula for a spreadsheet.
  - It has no connection, so C(module_defaults) of C(group/ivanti.uem.all) do not apply.
seealso:
  - module: ivanti.uem.device_info
  - module: ivanti.uem.action_followup_info
"""

EXAMPLES = r"""
- name: Write a report of all devices of the inventory
  ivanti.uem.fleet_report:
    dest: "{{ playbook_dir }}/report"
    history_path: "{{ playbook_dir }}/history.sqlite"

- name: Write a report of devices that were read
  ivanti.uem.fleet_report:
    dest: "{{ playbook_dir }}/report"
    devices: "{{ read.devices }}"
  vars:
    read: {devices: []}
"""

RETURN = r"""
files:
  description: The paths of the files, by C(html), C(markdown) and C(csv).
  returned: success
  type: dict
  sample:
    html: /srv/report/report.html
    markdown: /srv/report/report.md
    csv: /srv/report/report.csv
summary:
  description: The most important numbers.
  returned: success
  type: dict
  contains:
    devices:
      description: Devices in use.
      type: int
    ended:
      description: Registrations that end or have ended.
      type: int
    noncompliant:
      description: Devices in use that are out of compliance.
      type: int
    compliance_unknown:
      description: Those of which the server does not say it.
      type: int
    not_seen_for_30_days:
      description: Those that did not check in for 30 days, or never did.
      type: int
    waiting:
      description: Destructive requests that wait for their device.
      type: int
  sample:
    devices: 198
    ended: 2
    noncompliant: 62
    compliance_unknown: 0
    not_seen_for_30_days: 17
    waiting: 1
notes:
  description: What a reader should know about the data, as the report says it.
  returned: success
  type: list
  elements: str
  sample:
    - No history was given, so there is no trend, and no time since when.
"""
