# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of groups and hosts, before Ansible lets one replace the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.helpers import sort_groups
from ansible.vars.plugins import get_vars_from_inventory_sources, get_vars_from_path
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError
from ansible_collections.ivanti.uem.plugins.module_utils._module.yaml_text import parse_yaml
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import extra_variables, private

STAGE = "task"


def may_be_template(value: Any) -> bool:
    """Return whether a text in a value may be a template.

    ``Templar.is_template`` of ansible-core 2.19 says no within a lookup.
    """
    if isinstance(value, str):
        return any(mark in value for mark in ("{{", "{%", "{#"))
    if isinstance(value, Mapping):
        return any(may_be_template(part) for part in value.values())
    return isinstance(value, (list, tuple)) and any(may_be_template(part) for part in value)


def last(layers: Sequence[Mapping[str, Any]], variable: str) -> Any:
    """Return the value of a variable in the strongest layer that has one."""
    return next((one[variable] for one in reversed(layers) if one.get(variable) is not None), None)


def _variables_in(path: Any) -> Mapping[str, Any]:
    """Return the variables in a file, or none where it cannot be read as YAML."""
    try:
        with open(path, encoding="utf-8") as file:
            data = parse_yaml(file.read(), foreign=True)
    except (OSError, ValueError, UemError):
        return {}
    return data if isinstance(data, Mapping) else {}


def has_number(value: Any) -> bool:
    """Return whether a value, or a part of it, is a whole number."""
    if isinstance(value, Mapping):
        return any(map(has_number, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(has_number, value))
    return isinstance(value, int) and not isinstance(value, bool)


class Layers:
    """The variables of each group and host, before Ansible lets one replace the other.

    Args:
        hostvars: The variable of this name.
        plugin: The plugin that needs them, for messages.
    """

    def __init__(self, hostvars: Any, plugin: str) -> None:
        self._plugin = plugin
        self._inventory = private(hostvars, "_inventory", plugin)
        self._sources = private(self._inventory, "_sources", plugin)
        self._loader = private(hostvars, "_loader", plugin)
        self._extra = extra_variables(hostvars, plugin)
        self._cache: dict[str, tuple[Mapping, Mapping, Mapping]] = {}
        self._files: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}

    def of_host(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the layers of a host, the weakest first (the default order of VARIABLE_PRECEDENCE).

        Raises:
            AnsibleError: There is no such host.
        """
        host = self._inventory.get_host(name)
        if host is None:
            raise AnsibleError(f"{self._plugin}: there is no host {name!r} in the inventory.")
        groups = [
            self._of_group(group)
            for group in sort_groups([g for g in host.get_groups() if g.name != "all"])
        ]
        everywhere = self._of_group(self._inventory.groups["all"])
        yield everywhere[0]
        yield from (inventory for inventory, beside, playbook in groups)
        yield from everywhere[1:]
        yield from (beside for inventory, beside, playbook in groups)
        yield from (playbook for inventory, beside, playbook in groups)
        yield from self._read(host)
        yield self._extra

    def of_all(self) -> Mapping[str, Any]:
        """Return the strongest layer, which is the same for all hosts: the extra variables."""
        return self._extra

    def written(self, name: str, variable: str) -> Iterator[tuple[str, Any]]:
        """Yield a variable as each file of ``group_vars`` and ``host_vars`` has it for a host, with its
        path. Numbers are those that ``parse_yaml`` makes: what YAML made of ``010`` shows.

        Files that cannot be read as YAML, such as encrypted ones, are left out.
        """
        host = self._inventory.get_host(name)
        for folder in self._folders():
            for kind, names in (
                ("group_vars", [group.name for group in host.get_groups()]),
                ("host_vars", [name]),
            ):
                for entity in names:
                    path = os.path.join(folder, kind)
                    yield from self._in_files(path, entity, variable)

    def of_nobody(self, kind: str, variable: str) -> Iterator[str]:
        """Yield the names for which files in ``group_vars`` or ``host_vars`` have a variable, and which
        no group or host of the inventory has."""
        known = self._inventory.groups if kind == "group_vars" else self._inventory.hosts
        for folder in self._folders():
            path = os.path.join(folder, kind)
            for entry in sorted(os.listdir(path)) if os.path.isdir(path) else ():
                stem, ending = os.path.splitext(entry)
                name = stem if ending in (".yml", ".yaml", ".json") else entry
                hidden = name.startswith(".") or name.endswith("~")
                if name not in known and not hidden and self._in_files(path, name, variable):
                    yield name

    def _folders(self) -> list[str]:
        """Return the folders in which Ansible looks for ``group_vars`` and ``host_vars``."""
        folders = [self._loader.get_basedir()]
        for source in self._sources:
            folders.append(source if os.path.isdir(source) else os.path.dirname(source))
        return list(dict.fromkeys(map(os.path.abspath, folders)))

    def _in_files(self, folder: str, name: str, variable: str) -> list[tuple[str, Any]]:
        key = (folder, name)
        if key not in self._files:
            found = self._loader.find_vars_files(folder, name) if os.path.isdir(folder) else []
            self._files[key] = [(os.fsdecode(path), _variables_in(path)) for path in found]
        return [(path, data[variable]) for path, data in self._files[key] if variable in data]

    def _of_group(self, group: Any) -> tuple[Mapping, Mapping, Mapping]:
        if group.name not in self._cache:
            self._cache[group.name] = self._read(group)
        return self._cache[group.name]

    def _read(self, entity: Any) -> tuple[Mapping, Mapping, Mapping]:
        """Return the variables of a group or host in three layers.

        They come from the inventory, the files beside it, and the files beside the playbook.
        """
        # fmt: off
        return (
            # Without what Ansible adds for a host, such as its name: that takes long.
            entity.vars,
            get_vars_from_inventory_sources(self._loader, self._sources, [entity], STAGE),
            get_vars_from_path(self._loader, self._loader.get_basedir(), [entity], STAGE),
        )
        # fmt: on
