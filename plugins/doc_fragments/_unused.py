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
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  guard_window:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  journal_path:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  max_devices:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  max_percent:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  plan_path:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  protected:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
  return:
    description:
    - Not used here, because nothing changes on the server. It is accepted so that C(module_defaults)
      of the group C(ivanti.uem.all) can have it for other modules.
    type: raw
"""
