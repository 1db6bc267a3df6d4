# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  devices:
    description:
    - The devices, each by its id or its guid.
    - When left out, O(select) chooses them.
    type: list
    elements: raw
"""
