# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name once for all hosts of the batch, with what they declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.modules import desired_state
from ansible_collections.ivanti.uem.plugins.plugin_utils._declared import VARIABLE, Hosts
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import (
    InProcessAction,
    has_batches,
)

# The options that declare something besides the hosts.
DECLARING = ("devices", "label_definitions", "policies", "state_files")

# What one batch of a play with serial cannot promise for all of them.
OF_ONE_RUN = ("confirm", "rings")

OF_ALL = (
    "This is the plan of all hosts of the play, of which serial does some at a time. Nothing was done "
    "in this batch. Remove serial to give confirm."
)


class ActionModule(InProcessAction):
    """The action. Ansible runs it for the first host only, and refuses it with the strategy free."""

    module = desired_state
    BYPASS_HOST_LOOP = True

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module with an entry for each host that declares something.

        Args:
            tmp: Not used any more by Ansible.
            task_vars: The variables of the task.
        """
        variables = dict(task_vars or {})
        self._run_here(variables)
        try:
            entries = self._entries(variables)
            refused = self._refused(tmp, variables) if has_batches(variables) else None
        except UemError as error:
            return {"failed": True, "msg": str(error)}
        if refused is not None:
            return refused
        if not self._declares(entries):
            message = f"No host of this batch has {VARIABLE}, and the task declares nothing."
            return {"changed": False, "msg": message, "warnings": [message]}
        return self._result(tmp, variables, entries)

    def _refused(self, tmp: str | None, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the result of the plan of all hosts of the play where that is refused: a limit is
        about the play, and each of its batches may be below it.

        Raises:
            OptionError: The hosts differ in what must be the same, or declare something wrong.
        """
        everyone = {**variables, "ansible_play_batch": variables["ansible_play_hosts_all"]}
        entries = self._entries(everyone)
        task = self._task
        kept = {name: getattr(task, name) for name in ("args", "check_mode", "async_val")}
        if not self._declares(entries):
            return None
        task.check_mode, task.async_val = True, 0
        try:
            result = self._result(tmp, everyone, entries)
        finally:
            for name, value in kept.items():
                setattr(task, name, value)
        planned = "summary" in result and "refused_by" not in result
        if not result.get("failed") or planned:
            return None
        if "refused_by" not in result:
            # It is not about the plan: the credentials are wrong, or the server is away.
            return result
        # Ansible would show the sentence of the module in place of this one.
        result.pop("exception", None)
        return {**result, "msg": f"{result['msg']} {OF_ALL}"}

    def _declares(self, entries: list[dict[str, Any]]) -> bool:
        return bool(entries) or any(self._task.args.get(name) for name in DECLARING)

    def _result(
        self, tmp: str | None, variables: dict[str, Any], entries: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Run the module with entries of hosts, and return its result with the names of the hosts."""
        given = self._task.args
        if entries:
            # What the task itself says of a device wins over its host, as it wins over files.
            self._task.args = {**given, "devices": [*entries, *(given.get("devices") or ())]}
        result: dict[str, Any] = super().run(tmp, variables)
        # As the author gave it: thousands of hosts would be in the memory of Ansible once more.
        invocation = result.get("invocation", {}).get("module_args", {})
        if entries and "devices" in invocation:
            invocation["devices"] = given.get("devices")
        hosts = {str(entry["device"]): entry["host"] for entry in entries}
        for row in result.get("entries", ()):
            host = hosts.get(str(row.get("guid"))) or hosts.get(str(row.get("id")))
            if host is not None:
                row["host"] = host
        return result

    def _entries(self, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the hosts declare, after a look at what must be the same for all of them.

        Raises:
            OptionError: Something is wrong.
        """
        hosts = Hosts(self._task, self._templar, variables)
        entries = hosts.declared()
        for note in hosts.notes:
            Display().warning(note)
        hosts.require_same([entry["host"] for entry in entries])
        limits = [name for name in OF_ONE_RUN if self._task.args.get(name) not in (None, "")]
        if limits and has_batches(variables):
            raise OptionError(
                f"{', '.join(limits)}: is about one run, and with serial each batch of hosts is a run "
                "of its own. Remove serial, or the option. Nothing was done."
            )
        return entries
