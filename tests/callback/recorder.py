# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin of Ansible that writes each result of a playbook as a line of JSON."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Writes each result as a line of JSON
description: Writes each result as a line of JSON.
"""


class CallbackModule(CallbackBase):
    """Writes to the file that the environment names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def _record(self, what: str, result: Any) -> None:
        line = {
            "what": what,
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "result": result._result,
        }
        with open(os.environ["UEM_TEST_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._record("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._record("item failed", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._record("retry", result)
