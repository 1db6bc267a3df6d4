# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name once for all hosts of the play, with the groups of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.helpers import sort_groups
from ansible_collections.ivanti.uem.plugins.modules import state_export
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import device_in
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import (
    InProcessAction,
    has_batches,
)

PLUGIN = "ivanti.uem.state_export"


class ActionModule(InProcessAction):
    """The action. Ansible runs it for the first host only, and refuses it with the strategy free."""

    module = state_export
    BYPASS_HOST_LOOP = True

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module with the hosts of the play and the groups of the inventory.

        Args:
            tmp: Not used any more by Ansible.
            task_vars: The variables of the task.
        """
        variables = dict(task_vars or {})
        if has_batches(variables):
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
            for guid, server in [device_in(hostvars, inventory.get_host(name))]
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
