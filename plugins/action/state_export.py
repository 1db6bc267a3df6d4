# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name once for all hosts of the play, with the groups of the inventory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.helpers import sort_groups
from ansible_collections.ivanti.uem.plugins.modules import state_export
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import device_of
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import InProcessAction

PLUGIN = "ivanti.uem.state_export"


class ActionModule(InProcessAction):
    """The action. Ansible runs it for the first host only, and refuses it with the strategy free."""

    module = state_export
    BYPASS_HOST_LOOP = True
    _connection: Any

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module with the hosts of the play and the groups of the inventory.

        Args:
            tmp: Not used any more by Ansible.
            task_vars: The variables of the task.
        """
        variables = dict(task_vars or {})
        left = set(variables["ansible_play_hosts"]) - set(variables["ansible_play_batch"])
        if left:
            message = "With serial there would be an export of each batch. Remove serial."
            return {"failed": True, "msg": f"{message} Nothing was written."}
        try:
            found = self._of_inventory(variables)
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}
        self._task.args = {**found, **self._task.args}
        self._run_here(variables)
        result: dict[str, Any] = super().run(tmp, variables)
        # All hosts with their groups are long, and of no use to a reader.
        arguments = result.get("invocation", {}).get("module_args", {})
        for name in found:
            arguments.pop(name, None)
        return result

    def _of_inventory(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that the inventory gives."""
        hostvars = variables["hostvars"]
        inventory = private(hostvars, "_inventory", PLUGIN)
        hosts = [
            {"name": name, "device": str(guid), "server": str(server or "")}
            for name in variables["ansible_play_batch"]
            for guid, server in [_device(inventory.get_host(name), hostvars)]
            if guid
        ]
        if not hosts:
            return {}
        groups = [
            {"name": group.name, "hosts": sorted(host.name for host in group.get_hosts())}
            for group in sort_groups(inventory.groups.values())
        ]
        # Variables of the group all are the weakest, whatever its depth.
        groups.sort(key=lambda group: group["name"] != "all")
        return {"hosts": hosts, "inventory_groups": [one for one in groups if one["hosts"]]}

    def _run_here(self, variables: dict[str, Any]) -> None:
        """Have the module run on this machine, where the inventory is, unless the author delegates
        it."""
        if self._task.delegate_to or self._connection.transport == "local":
            return
        loader = self._shared_loader_obj.connection_loader
        self._connection = loader.get("local", self._play_context, os.devnull)
        variables["ansible_python_interpreter"] = variables["ansible_playbook_python"]


def _device(host: Any, hostvars: Any) -> tuple[Any, Any]:
    """Return the guid and the server of a host, or None for what it lacks."""
    # All variables of a host take a hundred times as long as those that the inventory has.
    return device_of(host, lambda variable: hostvars[host.name].get(variable))
