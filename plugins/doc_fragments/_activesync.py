# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  activesync_devices:
    description:
    - The ActiveSync devices, each by its own uuid, which is not the uuid of the registered
      device.
    - When left out, O(select) chooses them.
    type: list
    elements: str
  select:
    description:
    - Selects ActiveSync devices by what the server knows of them, instead of O(activesync_devices).
    - Each key narrows the selection. Where a key has several values, one of them is enough.
      Names are compared without case.
    - When left out, O(activesync_devices) names them.
    type: dict
    suboptions:
      users:
        description:
        - Those of these users.
        - When left out, it does not matter.
        type: list
        elements: str
      mailboxes:
        description:
        - Those with these mailboxes.
        - When left out, it does not matter.
        type: list
        elements: str
      device_ids:
        description:
        - Those that ActiveSync knows by these device ids.
        - When left out, it does not matter.
        type: list
        elements: str
      devices:
        description:
        - Those that are these registered devices, each named by its id or its guid.
        - When left out, it does not matter.
        type: list
        elements: raw
      statuses:
        description:
        - Those in these states.
        - When left out, it does not matter.
        type: list
        elements: str
        choices:
        - allowed
        - blocked
        - wiped
      registered:
        description:
        - Those that are registered devices, or those that are not.
        - When left out, it does not matter.
        type: bool
      last_sync_before:
        description:
        - Those whose last synchronisation was before this point in time, such as V(2026-01-31)
          or V(2026-01-31T12:00:00Z); UTC where it has no time zone.
        - A device is not selected if the server does not say when it last synchronised.
        - When left out, it does not matter.
        type: str
      not_synced_within:
        description:
        - Those whose last synchronisation was longer ago than this, such as V(12h), V(90d)
          or V(1d12h).
        - A device is not selected if the server does not say when it last synchronised.
        - When left out, it does not matter.
        type: str
      query:
        description:
        - A JMESPath expression over the list of rows, as M(ivanti.uem.activesync_device_info)
          returns them; it must return a list of rows, such as C([?model == 'iPhone']).
        - A field that no row has, and a comparison that is never true, is an error in a module
          that writes, and a warning in one that reads.
        - It is evaluated after everything else, and needs the Python library jmespath.
        - When left out, the other keys decide.
        type: str
  on_missing:
    description:
    - What to do when there is no ActiveSync device for something that is named, such as a uuid
      or a user, or when a selection matches none.
    - V(fail) fails before anything is sent and names all of them, V(skip) goes on without them.
    type: str
    choices:
    - fail
    - skip
    default: fail
"""

    GUARD = r"""
options:
  confirm:
    description:
    - 'Permits a destructive plan: give the RV(confirm) that a check of the same task returned.
      It has the number of devices and a digest of the exact list.'
    - When left out, nothing destructive is sent, and nothing that takes something away from
      more devices than is allowed without a limit.
    type: str
  max_devices:
    description:
    - The most ActiveSync devices that the task may change. A plan with more sends nothing and
      fails.
    - For V(wiped), destructive requests that other runs of this controller sent to the server
      within O(guard_window) count as well, whatever they were for. When this is left out, at
      most 10 are allowed. When O(max_percent) is left out as well, at most 1 % of all ActiveSync
      devices are allowed if that is less than 10, and always at least one.
    - For V(allowed), any number is allowed when this is left out. For V(blocked), where O(max_percent)
      is left out as well, at most 10 % of all ActiveSync devices are blocked, and always 10,
      unless O(confirm) permits the plan.
    - The environment variable E(IVANTI_UEM_MAX_DEVICES) limits every task; this option can
      lower it, not raise it.
    type: int
  max_percent:
    description:
    - The most ActiveSync devices that the task may change, in percent of all that the server
      has. When left out, see O(max_devices).
    - The environment variable E(IVANTI_UEM_MAX_PERCENT) limits every task; this option can
      lower it, not raise it.
    type: float
  protected:
    description:
    - ActiveSync devices that are left alone whatever else is selected. One that any of the
      keys names is protected.
    - When left out, none is protected.
    type: dict
    suboptions:
      uuids:
        description:
        - Those with these uuids.
        - When left out, it protects nothing.
        type: list
        elements: str
      users:
        description:
        - Those of these users.
        - When left out, it protects nothing.
        type: list
        elements: str
      mailboxes:
        description:
        - Those with these mailboxes.
        - When left out, it protects nothing.
        type: list
        elements: str
  guard_window:
    description:
    - Seconds for which destructive requests of earlier runs count.
    type: int
    default: 1200
  journal_path:
    description:
    - The file that destructive actions are written to, a line before each request and a line
      after its answer. Runs that share it share their limits.
    - When left out, the environment variable E(IVANTI_UEM_JOURNAL_PATH) is used.
    type: path
    default: ~/.ansible/ivanti_uem/actions.jsonl
"""
