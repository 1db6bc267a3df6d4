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
    - When this and O(max_percent) are left out, any number may change. But something may be
      taken away from at most 10 % of all devices in O(spaces), and always from 10, unless O(confirm)
      permits the plan. docs/safety.md lists which changes take something away.
    - The environment variable E(IVANTI_UEM_MAX_DEVICES) limits every task; this option can
      lower it, not raise it.
    type: int
  max_percent:
    description:
    - The most devices that the task may change, in percent of all devices in O(spaces).
    - A plan with more changes nothing and fails. When left out, see O(max_devices).
    - The environment variable E(IVANTI_UEM_MAX_PERCENT) limits every task; this option can
      lower it, not raise it.
    type: float
"""

    OTHERS = r"""
options:
  max_devices:
    description:
    - 'The most that the task may change: alerts, users, registrations, and for a policy, or
      a label that is deleted, the devices of the label. A plan with more changes nothing and
      fails. When left out, any number may change, but for what docs/safety.md says.'
    - The environment variable E(IVANTI_UEM_MAX_DEVICES) limits every task; this option can
      lower it, not raise it.
    type: int
  max_percent:
    description:
    - The same in percent of all devices that the account sees. Alerts, users and registrations
      are not a part of them; V(0) allows no change of these, and any other value any number.
      When left out, see O(max_devices).
    - The environment variable E(IVANTI_UEM_MAX_PERCENT) limits every task; this option can
      lower it, not raise it.
    type: float
"""
