# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  max_devices:
    description:
    - The most devices that the task may change. A plan with more changes nothing and fails.
    - When left out, any number may change.
    type: int
  max_percent:
    description:
    - The most devices that the task may change, in percent of all devices in O(partitions).
    - A plan with more changes nothing and fails. When left out, any share may change.
    type: float
"""
