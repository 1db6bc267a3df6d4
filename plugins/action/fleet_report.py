# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a report of the hosts of an inventory, or of rows of devices, on the controller.

It has no module beneath it, because it talks to no server: rows of 100,000 devices would become JSON
twice for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import nearest
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.task import (
    OPTIONS,
    write_report,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_rows import rows_of_hosts
from ansible_collections.ivanti.uem.plugins.plugin_utils._paths import working_in

# They may have 100,000 entries, and the check of options copies what it checks.
LARGE = ("devices", "hosts")


class ActionModule(ActionBase):
    """The action. Ansible runs it once for all hosts of a task."""

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Write the report.

        Args:
            tmp: Not used any more by Ansible.
            task_vars: The variables of the task.
        """
        variables = dict(task_vars or {})
        result: dict[str, Any] = super().run(tmp, variables)
        try:
            params = self._params()
            rows = self._rows(variables)
            check_mode = bool(self._task.check_mode)
            whole = all(self._task.args.get(name) is None for name in LARGE)
            # A relative path begins there for every other module.
            with working_in(self._loader.get_basedir()):
                found = write_report(params, rows, whole=whole, check_mode=check_mode)
            return result | found
        except UemError as error:
            return result | {"failed": True, "msg": str(error)}

    def _params(self) -> dict[str, Any]:
        """Return the options but for the large ones.

        Raises:
            OptionError: One is wrong.
        """
        given = {name: value for name, value in self._task.args.items() if name not in LARGE}
        known = [*OPTIONS, *LARGE]
        strange = next((name for name in given if name not in known), None)
        if strange is not None:
            raise OptionError(
                f"{strange}: is not an option of ivanti.uem.fleet_report{nearest(str(strange), known)}; "
                f"its options are {', '.join(sorted(known))}. Nothing was written."
            )
        # An option that is null is as good as left out, as in a module.
        checked = ArgumentSpecValidator(OPTIONS).validate(
            {name: value for name, value in given.items() if value is not None}
        )
        if checked.error_messages:
            raise OptionError("; ".join(checked.error_messages))
        return dict(checked.validated_parameters)

    def _rows(self, variables: Mapping[str, Any]) -> Any:
        """Return the rows that are given, or those of hosts.

        Raises:
            OptionError: An option is wrong, or there are no devices.
        """
        devices, hosts = (self._task.args.get(name) for name in LARGE)
        for name, value in (("devices", devices), ("hosts", hosts)):
            if value is not None and not isinstance(value, list):
                raise OptionError(f"{name}: is not a list. Nothing was written.")
        if devices is not None and hosts is not None:
            raise OptionError("devices and hosts: give only one of them. Nothing was written.")
        if devices is not None:
            return devices
        return rows_of_hosts(variables["hostvars"], hosts)
