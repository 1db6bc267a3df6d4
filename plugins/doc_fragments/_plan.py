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
    - 'Permits exactly one plan: must be what RV(confirm) of a check of the same task was. A
      run whose plan is another one now changes nothing and fails.'
    - When left out, the plan of the run is carried out.
    type: str
  plan_path:
    description:
    - A file that the plan is written to, also in check mode and when the plan is refused.
    - 'Its name says how: C(.json) for machines, C(.md) for a pull request, C(.csv) for a spreadsheet.
      Only its owner may read it, and what is there is replaced.'
    type: path
  return:
    description:
    - The outcomes of which the result has all rows. Without them the result has at most 500
      rows of V(changed) and none of V(unchanged), which RV(not_listed) counts.
    - What failed, and what was left alone, is always listed.
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
    - 'Its name says how: C(.json) for machines, C(.md) for a pull request, C(.csv) for a spreadsheet.
      Only its owner may read it, and what is there is replaced.'
    type: path
  return:
    description:
    - The outcomes of which the result has all rows. Without them the result has at most 500
      rows of V(changed) and none of V(unchanged), which RV(not_listed) counts.
    - What failed, and what was left alone, is always listed.
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
    - 'Permits exactly one plan: must be what RV(confirm) of a check of the same task was. A
      run whose plan is another one now changes nothing and fails.'
    - When left out, the plan of the run is carried out.
    type: str
  plan_path:
    description:
    - A file that the plan is written to, also in check mode and when the plan is refused.
    - 'Its name says how: C(.json) for machines, C(.md) for a pull request, C(.csv) for a spreadsheet.
      Only its owner may read it, and what is there is replaced.'
    type: path
"""
