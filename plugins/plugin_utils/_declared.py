# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a play declare, and what of the task must be the same for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import (
    rewritten,
    yaml_notes,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    ID_VARIABLE,
    NAMED,
    PASSING,
    PRODUCT_GROUPS,
    hosts_text,
    require_identified,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import (
    fits,
    nearest,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.play_variables import (
    misspelt_variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.declaration import (
    ATTRIBUTES,
    merge_layers,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._alike import Alike, OncePerKind
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import (
    host_device,
    layered_device_of,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._layers import has_number, may_be_template
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import template

PLUGIN = "ivanti.uem.desired_state"
VARIABLE = "ivanti_desired"


class Hosts:
    """The hosts of a task that runs once for all of them.

    Attributes:
        notes: Sentences about what YAML made of the attributes that they declare, and about files for
            nobody.

    Args:
        task: The task.
        templar: Evaluates templates.
        variables: The variables of the task for the host that it runs on.
    """

    def __init__(self, task: Any, templar: Any, variables: Mapping[str, Any]) -> None:
        self._task = task
        self._templar = templar
        self._variables = variables
        self._hostvars = variables["hostvars"]
        self._manager = private(self._hostvars, "_variable_manager", PLUGIN)
        self._inventory = private(self._hostvars, "_inventory", PLUGIN)
        self._contexts: dict[str, dict[str, Any]] = {}
        self.notes: list[str] = []
        self._play = next(part._play for part in self._chain() if getattr(part, "_play", None))
        certain = not may_be_template(self._play.get_vars_files())
        everywhere = list(self._everywhere())
        self._alike = Alike(self._hostvars, PLUGIN, everywhere, certain=certain)
        self._once = OncePerKind(self._alike)
        self._merged: dict[tuple[int, ...], Mapping[str, Any]] = {}
        self._numbered: dict[int, bool] = {}

    def declared(self) -> list[dict[str, Any]]:
        """Return an entry for each host of the batch that declares something and that every ``when``
        around the task chooses.

        Raises:
            OptionError: A host declares something wrong.
        """
        found = []
        spelled: set[str] = set()
        written: list[tuple[str, Any]] = []
        read: set[str] = set()
        for name in self._variables["ansible_play_batch"]:
            of_host = self._alike.layers(name)
            names = set().union(*of_host) - spelled
            self._require_spelled(f"the host {name!r}", names)
            spelled |= names
            given = [layer[VARIABLE] for layer in of_host if VARIABLE in layer]
            if given and self._is_included(name):
                _require_filled(name, given)
                found.append(self._entry(name, given, of_host))
                written += self._written(name, given, read)
        self.notes = [*yaml_notes(written), *self._for_nobody()]
        self._require_layered()
        require_identified(
            [
                host_device(self._inventory.get_host(one["host"]), one["device"], one["server"])
                for one in found
            ]
        )
        self._require_same_when([entry["host"] for entry in found])
        return [entry for entry in found if len(entry) > len(("device", "host", "server"))]

    def require_same(self, hosts: Sequence[str]) -> None:
        """Check that the settings of the task are the same for all hosts.

        Raises:
            OptionError: One differs.
        """
        names = list(dict.fromkeys([str(self._variables["inventory_hostname"]), *hosts]))
        for setting, value in self._settings():
            if may_be_template(value) and not self._alike.is_one(value):
                self._require_one(
                    setting, {name: self._text(value, name, setting) for name in names}
                )

    # Which hosts

    def _chain(self) -> Iterator[Any]:
        """Yield the task, and the blocks and includes around it, the innermost first."""
        part = self._task
        while part is not None:
            yield part
            part = getattr(part, "_parent", None)

    def _is_included(self, host: str) -> bool:
        """Return whether every dynamic include around the task includes it for a host. Ansible has
        evaluated these for each host, and the task cannot see the result."""
        conditions = [
            condition
            for part in self._chain()
            if part is not self._task and getattr(part, "statically_loaded", True) is False
            for condition in part.when
        ]
        return self._meets(host, conditions)

    def _meets(self, host: str, conditions: Sequence[Any]) -> bool:
        return all(self._is_true(condition, host) for condition in conditions)

    def _is_true(self, condition: Any, host: str) -> bool:
        if isinstance(condition, bool):
            return condition
        found = self._once(f"{{{{ {condition} }}}}", host, lambda: self._evaluated(condition, host))
        return bool(found)

    def _evaluated(self, condition: Any, host: str) -> bool:
        try:
            templar = self._templar_of(host)
            if hasattr(templar, "evaluate_conditional"):
                return bool(templar.evaluate_conditional(condition))
            text = f"{{% if {condition} %}}True{{% else %}}False{{% endif %}}"
            return str(templar.template(template(text))) == "True"
        except AnsibleError as error:
            raise OptionError(
                f"when: {str(condition)!r} cannot be evaluated for the host {host!r} ({error})."
            ) from None

    def _require_same_when(self, hosts: Sequence[str]) -> None:
        """Check that the conditions of the task itself are the same for all hosts.

        Ansible evaluates them for the first host only, and skips the task for all where they are
        false there. So they cannot choose hosts.
        """
        conditions = [one for one in self._task.when if not isinstance(one, bool)]
        left = [host for host in hosts if not self._meets(host, conditions)] if conditions else []
        if left:
            raise OptionError(
                f"when: {' and '.join(map(str, conditions))} is not true for {hosts_text(left)}. The task "
                "runs once for all hosts, and Ansible evaluates its when for the first host only. "
                "Choose hosts with hosts: or --limit, or put the task into a file and give when to "
                "include_tasks or include_role. Nothing was done."
            )

    # What they declare

    def _require_spelled(self, whose: str, names: set[str]) -> None:
        found = misspelt_variables(names, [VARIABLE], prefixes=[f"{VARIABLE}_"])
        if found:
            raise OptionError(
                f"Nothing uses these variables of {whose}: {'; '.join(found.values())}. Correct or "
                "remove them. Nothing was done."
            )

    def _for_nobody(self) -> Iterator[str]:
        """Yield a sentence where files declare something for groups or hosts that do not exist: what
        a group declared is not wanted any more where the group has another name today."""
        for kind, noun, known in (
            ("group_vars", "groups", self._inventory.groups),
            # To look for the nearest of thousands of hosts takes seconds.
            ("host_vars", "hosts", ()),
        ):
            names = [
                name
                for name in dict.fromkeys(self._alike.of_nobody(kind, VARIABLE))
                if not fits(name, PASSING) and name not in PRODUCT_GROUPS
            ]
            if names:
                shown = [f"{name!r}{nearest(name, known)}" for name in names[:NAMED]]
                more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
                yield (
                    f"{VARIABLE} in {kind} counts for nobody where the inventory has no such {noun}: "
                    f"{', '.join(shown)}{more}. Correct the names, or remove the files."
                )

    def _require_layered(self) -> None:
        """Check that the play does not declare what does not count."""
        self._require_spelled("this play", set(self._variables))
        batch = self._variables["ansible_play_batch"]
        hosts = [name for name in batch if self._alike.set_by_plays(name, VARIABLE)]
        if hosts or self._is_set_by_play():
            raise OptionError(
                f"{VARIABLE}: is set by the play, a task, a role or a fact"
                f"{' of ' + hosts_text(hosts) if hosts else ''}, and only variables of the "
                "inventory, group_vars, host_vars and extra variables count, because those of several "
                "groups are merged. Put it there. Nothing was done."
            )

    def _is_set_by_play(self) -> bool:
        """Return whether the play sets the variable for all hosts, or has another value of it for the
        first one than its layers, such as one of ``vars_files``."""
        *of_host, extra = self._alike.layers(str(self._variables["inventory_hostname"]))
        if VARIABLE in extra:
            return False
        _own, *others = self._everywhere()
        if any(VARIABLE in one for one in others):
            return True
        known = [layer[VARIABLE] for layer in of_host if VARIABLE in layer]
        merges = known and C.DEFAULT_HASH_BEHAVIOUR == "merge"
        return VARIABLE in self._variables and not merges and self._variables[VARIABLE] not in known

    def _entry(
        self, host: str, given: list[Any], layers: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        where = f"{VARIABLE} of the host {host!r}"
        known = layered_device_of(
            self._inventory.get_host(host), layers, (GUID_VARIABLE, ID_VARIABLE)
        )
        device, server = self._templated(list(known), host, where)
        sections = self._sections(given, host, where)
        own = {"device": device or "", "host": host, "server": server or ""}
        return {**_plain(own), **sections}

    def _written(self, host: str, given: list[Any], read: set[str]) -> list[tuple[str, Any]]:
        """Return the attributes in the files of a host as they are written, with their place, where
        YAML may have made numbers of them. ``read``: the files that were read, for other hosts."""
        if not any(map(self._has_number, given)):
            return []
        files = [one for one in self._alike.written(host, VARIABLE) if one[0] not in read]
        read.update(path for path, _said in files)
        return [
            (f"{VARIABLE} of the host {host!r} ({path})", rewritten(said.get(ATTRIBUTES)))
            for path, said in files
            if isinstance(said, Mapping)
        ]

    def _has_number(self, layer: Any) -> bool:
        """Return whether a layer has a whole number. Most layers are those of many hosts."""
        if id(layer) not in self._numbered:
            self._numbered[id(layer)] = has_number(layer)
        return self._numbered[id(layer)]

    def _sections(self, given: list[Any], host: str, where: str) -> Mapping[str, Any]:
        """Return what the layers of a host say together. Most hosts have those of other hosts."""
        layers = tuple(map(id, given))
        if layers in self._merged:
            return self._merged[layers]
        found = _plain(merge_layers(self._templated(given, host, where), where))
        if not may_be_template(given):
            self._merged[layers] = found
        return found

    def _templated(self, value: Any, host: str, where: str) -> Any:
        """Return a value with its templates evaluated with the variables of a host."""
        if not may_be_template(value):
            return value

        def evaluate() -> Any:
            templar = self._templar_of(host)
            try:
                return templar.template(value)
            except AnsibleError as error:
                raise OptionError(f"{where}: a template cannot be evaluated ({error}).") from None

        return self._once(value, host, evaluate)

    def _templar_of(self, host: str) -> Any:
        """Return what evaluates templates with the variables of a host, also within look-ups.

        Before ansible-core 2.19 the copy has the look-ups of the original, which see the variables of
        the first host.
        """
        templar = self._templar.copy_with_new_env(available_variables=self._context(host))
        lookup, query = (getattr(templar, name, None) for name in ("_lookup", "_query_lookup"))
        if lookup is not None and query is not None:
            own = {"lookup": lookup, "query": query, "q": query}
            templar.environment.globals = {**templar.environment.globals, **own}
        return templar

    def _context(self, host: str) -> dict[str, Any]:
        """Return the variables of the task for a host."""
        if host not in self._contexts:
            found = self._inventory.get_host(host)
            own = self._manager.get_vars(
                play=self._play, host=found, task=self._task, include_hostvars=False
            )
            more = {"hostvars": self._hostvars, "omit": self._variables.get("omit")}
            more |= {name: self._variables[name] for name in self._loop_variables()}
            self._contexts[host] = {**own, **more}
        return self._contexts[host]

    def _everywhere(self) -> Iterator[Mapping[str, Any]]:
        """Yield the variables that are the same for all hosts, as they are written."""
        yield self._variables
        yield self._play.get_vars()
        yield self._task.get_vars()
        for role in (getattr(self._task, "_role", None), *self._play.get_roles()):
            if role is not None:
                yield role.get_default_vars()
                yield role.get_vars()

    def _loop_variables(self) -> Iterator[str]:
        control = getattr(self._task, "loop_control", None)
        given = (getattr(control, name, None) for name in ("loop_var", "index_var"))
        yield from (name for name in ("item", *map(str, given)) if name in self._variables)

    # What is set for all of them

    def _settings(self) -> Iterator[tuple[str, Any]]:
        """Yield the settings of the task as they are written, and those of ``module_defaults``."""
        for key, value in _written(self._task).items():
            own = str(key).rpartition(".")[2] == "desired_state"
            if own or key in ("action", "local_action", "args"):
                yield from _named(value, str(key))
        for part in self._chain():
            for holder in (part, getattr(part, "_play", None)):
                given = _written(holder)
                for key in ("check_mode", "environment"):
                    if key in given:
                        yield key, given[key]
                for group, values in dict(_named(given.get("module_defaults"), "")).items():
                    yield from _named(values, f"module_defaults of {group}")

    def _text(self, value: Any, host: str, setting: str) -> str:
        found = self._templated(value, host, f"{setting}, for the host {host!r}")
        return json.dumps(found, sort_keys=True, default=str)

    def _require_one(self, setting: str, values: Mapping[str, str]) -> None:
        hosts: dict[str, list[str]] = {}
        for host, text in values.items():
            hosts.setdefault(text, []).append(host)
        if len(hosts) > 1:
            groups = "; another one for ".join(hosts_text(same) for same in hosts.values())
            raise OptionError(
                f"{setting}: differs among the hosts of this run: it has one value for {groups}. The "
                "task runs once for all of them, so its settings must be the same. Set it for the "
                "play, or run a play for each value. Nothing was done."
            )


def _require_filled(host: str, given: Sequence[Any]) -> None:
    """Check that no layer of a host is null. It would look as if the host were left alone."""
    if any(one is None for one in given):
        raise OptionError(
            f"{VARIABLE} of the host {host!r}: is null in one of its groups, files or sources, which "
            "takes nothing away, because all of them are merged. Give it sections, or remove it. To "
            "leave hosts alone, choose the others with hosts: or --limit. Nothing was done."
        )


def _plain(value: Any) -> Any:
    """Return a value without what ansible-core notes about its texts, which is slow to hand over."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {_plain(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _written(part: Any) -> Mapping[str, Any]:
    """Return a part of a play as it is written."""
    found = getattr(part, "_ds", None)
    return found if isinstance(found, Mapping) else {}


def _named(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a mapping; what is a template as a whole by its own name."""
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, str):
        yield name, value
