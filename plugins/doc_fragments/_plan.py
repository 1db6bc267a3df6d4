# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  confirm:
    description:
    - 'Permits exactly one plan: give the RV(confirm) that a check of the same task returned.
      If the plan has changed since then, the run changes nothing and fails.'
    - When left out, the plan of the run is carried out, unless it takes something away from
      more devices than is allowed without a limit.
    type: str
  plan_path:
    description:
    - A file that the plan is written to, also in check mode and when the plan is refused.
    - 'Its ending decides the format: C(.json) for machines, C(.md) for a pull request, C(.csv)
      for a spreadsheet. Only its owner may read it. A file that exists already is replaced.
      A folder gets all three, as C(plan.json), C(plan.md) and C(plan.csv).'
    - 'A relative path begins where the module runs: for the connection C(local) at the folder
      of the playbook, as for the modules of C(ansible.builtin).'
    - When left out, no file is written.
    type: path
  return:
    description:
    - The outcomes whose rows are all in the result. When left out, the result has at most 500
      rows of V(changed) and of what was not sent, fewer if they are long, and none of V(unchanged).
      RV(not_listed) counts the rest.
    - What was sent and failed, and what was left alone, is always listed.
    type: list
    elements: str
    choices:
    - changed
    - unchanged
"""

    GUARDED = r"""
options:
  plan_path:
    description:
    - A file that the plan is written to, also in check mode and when the plan is refused.
    - 'Its ending decides the format: C(.json) for machines, C(.md) for a pull request, C(.csv)
      for a spreadsheet. Only its owner may read it. A file that exists already is replaced.
      A folder gets all three, as C(plan.json), C(plan.md) and C(plan.csv).'
    - 'A relative path begins where the module runs: for the connection C(local) at the folder
      of the playbook, as for the modules of C(ansible.builtin).'
    - When left out, no file is written.
    type: path
  return:
    description:
    - The outcomes whose rows are all in the result. When left out, the result has at most 500
      rows of V(changed) and of what was not sent, fewer if they are long, and none of V(unchanged).
      RV(not_listed) counts the rest.
    - What was sent and failed, and what was left alone, is always listed.
    type: list
    elements: str
    choices:
    - changed
    - unchanged
"""

    ONE = r"""
options:
  confirm:
    description:
    - 'Permits exactly one plan: give the RV(confirm) that a check of the same task returned.
      If the plan has changed since then, the run changes nothing and fails.'
    - When left out, the plan of the run is carried out, unless it takes something away from
      more devices than is allowed without a limit.
    type: str
  plan_path:
    description:
    - A file that the plan is written to, also in check mode and when the plan is refused.
    - 'Its ending decides the format: C(.json) for machines, C(.md) for a pull request, C(.csv)
      for a spreadsheet. Only its owner may read it. A file that exists already is replaced.
      A folder gets all three, as C(plan.json), C(plan.md) and C(plan.csv).'
    - 'A relative path begins where the module runs: for the connection C(local) at the folder
      of the playbook, as for the modules of C(ansible.builtin).'
    - When left out, no file is written.
    type: path
"""
