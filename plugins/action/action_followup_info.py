# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name; written by tools/action_plugins.py."""

from __future__ import annotations

from ansible_collections.ivanti.uem.plugins.modules import action_followup_info
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    """The action."""

    module = action_followup_info
