# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options compose, groups and keyed_groups, for many hosts.

The rules are Ansible's own, and so is the code for whatever is not simple. What is done here:
simple expressions are evaluated without Jinja, others are compiled once for all hosts, and the
names of keyed groups are made once for each value.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ansible.plugins.inventory import Constructable
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import require_keys
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import CUSTOM_ATTRIBUTES
from ansible_collections.ivanti.uem.plugins.plugin_utils._expressions import (
    Fails,
    Simple,
    Unsure,
    simple,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._failing import failing
from ansible_collections.ivanti.uem.plugins.plugin_utils._named import (
    Doubts,
    Known,
    Named,
    doubts,
    named,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues

# What a host has besides its own variables. Expressions with these are left to Ansible.
_MAGIC = frozenset({"inventory_hostname", "inventory_hostname_short", "group_names"})

# What an evaluation can say instead of a value: that there is none, or that Ansible has to be asked.
_SKIP = object()
_ASK = object()

_ABSENT = object()


# What an entry of keyed_groups may have.
_KEYS = ("key", "prefix", "separator", "parent_group", "default_value", "trailing_separator")


def require_entries(entries: Sequence[Any]) -> None:
    """Check the keys of the entries of keyed_groups. Ansible ignores one that it does not know.

    Raises:
        OptionError: One is misspelt, has no value that it can have, or is missing.
    """
    for number, entry in enumerate(entries):
        where = f"keyed_groups[{number}]"
        if not isinstance(entry, dict):
            # Ansible says that.
            continue
        require_keys(entry, _KEYS, where)
        if entry.get("key") in (None, ""):
            raise OptionError(f"{where}: has no key, so it makes no group; give an expression.")
        if entry.get("trailing_separator") not in (None, True, False):
            raise OptionError(f"{where}.trailing_separator: is neither true nor false; correct it.")


class Constructed:
    """Applies compose, groups and keyed_groups of an inventory plugin to its hosts."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin
        self._inventory = plugin.inventory
        self._strict = plugin.get_option("strict")
        self._compose = plugin.get_option("compose") or {}
        self._groups = plugin.get_option("groups") or {}
        self._keyed_groups = plugin.get_option("keyed_groups") or []
        try:
            self._extra = bool(plugin.get_option("use_extra_vars"))
        except KeyError:
            self._extra = False

    def fill(self, names: Sequence[str]) -> None:
        """Apply the options to hosts.

        All variables are set before the first group is made: if an expression made a group with the
        name of a host, a variable of that host would go to the group.

        Raises:
            AnsibleError: An expression fails, and ``strict`` is set.
        """
        if self._compose:
            with compiled_once(self._plugin.templar, self._compose.values()):
                self._set_variables(names)
        conditions = {text for text in self._groups.values() if isinstance(text, str)}
        keys = {entry["key"] for entry in self._keyed_groups if _is_keyed(entry)}
        if self._groups or self._keyed_groups:
            # A condition is not compiled as a key is.
            with compiled_once(self._plugin.templar, conditions ^ keys):
                self._add_groups(names)

    def doubts(self, names: Sequence[str], prefix: str, server: Known) -> Doubts:
        """Return what expressions name that no host has and that is probably misspelt. Without
        ``strict`` Ansible takes it for a host that does not fit.

        Args:
            names: The hosts.
            prefix: What the names of their variables begin with.
            server: What the server has.
        """
        hosts = list(map(self._inventory.get_host, names)) if self._named else []
        if not hosts or not prefix or self._extra:
            return Doubts()
        return doubts(self._named, hosts, prefix=prefix, made=self._compose, server=server)

    def failing(self, names: Sequence[str]) -> list[str]:
        """Return a sentence for each expression that fails for every host. With ``strict`` it has
        stopped the inventory before.

        Args:
            names: The hosts.
        """
        texts = [one for one in self._expressions() if isinstance(one[1], str)]
        if self._strict or not texts:
            return []
        return list(failing(texts, list(map(self._inventory.get_host, names)), self._evaluate))

    def _evaluate(self, place: str, text: str, host: Any) -> None:
        """Evaluate an expression once more, which changes nothing.

        Raises:
            Exception: It fails.
        """
        option, _point, name = place.partition(".")
        known = host.get_vars()
        if option == "groups":
            self._plugin._add_host_to_composed_groups(
                {name: text}, known, host.name, strict=True, fetch_hostvars=False
            )
        else:
            self._plugin._compose(text, known)

    def attributes(self, prefix: str) -> set[str]:
        """Return the names of the custom attributes that the expressions look for."""
        wanted = prefix + CUSTOM_ATTRIBUTES
        its = [one for _place, one in self._named]
        # A map has `get` and `items` whatever the device has.
        found = {
            key for one in its for name, key in one.keys if name == wanted and not hasattr({}, key)
        }
        return found | {part.text for one in its for part in one.compared if part.name == wanted}

    @cached_property
    def _named(self) -> list[tuple[str, Named]]:
        """What the expressions of the options name, each with its place."""
        return [(place, named(text)) for place, text in self._expressions()]

    def _expressions(self) -> Iterator[tuple[str, Any]]:
        """Yield the expressions of the options, each with its place."""
        for option, entries in (("compose", self._compose), ("groups", self._groups)):
            yield from ((f"{option}.{name}", text) for name, text in entries.items())
        for number, entry in enumerate(self._keyed_groups):
            if _is_keyed(entry):
                yield f"keyed_groups[{number}].key", entry["key"]

    # compose

    def _set_variables(self, names: Sequence[str]) -> None:
        safe = SafeValues()
        entries = [
            (name, text, self._simple(text) if name.isidentifier() else None)
            for name, text in self._compose.items()
        ]
        for host in map(self._inventory.get_host, names):
            found = [self._composed(host.vars, name, one) for name, _text, one in entries]
            # What Ansible evaluates sees no variable that is made here.
            known = host.get_vars() if _ASK in found else {}
            for (name, text, _one), value in zip(entries, found, strict=True):
                if value is _SKIP:
                    continue
                if value is _ASK:
                    before = host.vars.get(name, _ABSENT)
                    self._plugin._set_composite_vars(
                        {name: text}, known, host.name, strict=self._strict
                    )
                    value = host.vars.get(name, _ABSENT)
                    if value is before:
                        continue
                # A text that an expression makes of a server's text is treated as a server's text.
                host.vars[name] = safe(value)

    def _composed(self, known: Mapping[str, Any], name: str, one: Simple | None) -> Any:
        value = self._found(known, one, Simple.value)
        # Ansible adds a map to one that is there.
        both = isinstance(value, Mapping) and isinstance(known.get(name), Mapping)
        return _ASK if both else value

    # groups and keyed_groups

    def _add_groups(self, names: Sequence[str]) -> None:
        members = _Members(self._inventory)
        conditions = [
            (name, self._plugin._sanitize_group_name(name), self._simple(text))
            for name, text in self._groups.items()
        ]
        keyed = [
            _Keyed(self._plugin, members, entry, self._simple_key(entry))
            for entry in self._keyed_groups
        ]
        for host in map(self._inventory.get_host, names):
            holds = [self._found(host.vars, one, Simple.holds) for _name, _group, one in conditions]
            keys = [self._found(host.vars, one.simple, Simple.value) for one in keyed]
            # What Ansible evaluates sees no group that is made here.
            known = host.get_vars() if _ASK in holds or _ASK in keys else {}
            for (name, group, _one), held in zip(conditions, holds, strict=True):
                if held is _ASK:
                    entry = {name: self._groups[name]}
                    self._plugin._add_host_to_composed_groups(
                        entry, known, host.name, strict=self._strict, fetch_hostvars=False
                    )
                elif held is True:
                    members.add(host, group)
            for one, key in zip(keyed, keys, strict=True):
                if key is not _SKIP:
                    one.add(host, known, key, strict=self._strict, asks=key is _ASK)

    def _simple_key(self, entry: Any) -> Simple | None:
        if not _is_keyed(entry):
            return None
        parent = entry.get("parent_group")
        if parent is not None and (not isinstance(parent, str) or "{" in parent):
            return None
        return self._simple(entry["key"])

    # Both

    def _simple(self, text: Any) -> Simple | None:
        """Return the expression if it needs neither Jinja nor more than the host's own variables."""
        found = None if self._extra else simple(text)
        return None if found is None or found.names & _MAGIC else found

    def _found(
        self,
        known: Mapping[str, Any],
        one: Simple | None,
        evaluate: Callable[[Simple, Mapping[str, Any]], Any],
    ) -> Any:
        if one is None:
            return _ASK
        try:
            return evaluate(one, known)
        except Fails:
            # Ansible knows how to say it.
            return _ASK if self._strict else _SKIP
        except Unsure:
            return _ASK


class _Members:
    """Adds hosts to groups, and makes those that are not there."""

    def __init__(self, inventory: Any) -> None:
        self._inventory = inventory
        self._made: dict[str, str] = {}

    def add(self, host: Any, group: str) -> None:
        """Add a host to a group."""
        made = self._made.get(group)
        if made is None:
            made = self._made[group] = self._inventory.add_group(group)
        self._inventory.add_host(host.name, made)


class _Keyed:
    """An entry of keyed_groups.

    It is what Ansible's code for such entries takes for the plugin. It knows the value of the key
    already, and remembers into which groups a host with this value went.
    """

    def __init__(
        self, plugin: Any, members: _Members, entry: Any, simple_key: Simple | None
    ) -> None:
        self.simple = simple_key
        self.inventory = _Recorder(plugin.inventory)
        self._plugin = plugin
        self._members = members
        self._entry = entry
        self._value: Any = None
        self._groups: dict[Any, list[str]] = {}

    def add(
        self, host: Any, known: Mapping[str, Any], value: Any, *, strict: bool, asks: bool
    ) -> None:
        """Add a host to the groups of the entry.

        Args:
            host: The host.
            known: Its variables, where Ansible has to evaluate the key.
            value: The key.
            strict: Whether an error stops the inventory.
            asks: Whether Ansible has to evaluate the key.
        """
        if asks:
            self._plugin._add_host_to_keyed_groups(
                [self._entry], known, host.name, strict=strict, fetch_hostvars=False
            )
            return
        key = _hashable(value)
        groups = self._groups.get(key)
        if groups is not None:
            for group in groups:
                self._members.add(host, group)
            return
        self._value = value
        self.inventory.joined = []
        Constructable._add_host_to_keyed_groups(
            self, [self._entry], {}, host.name, strict=strict, fetch_hostvars=False
        )
        if key is not None:
            self._groups[key] = self.inventory.joined

    def _compose(self, *_arguments: Any) -> Any:
        return self._value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plugin, name)


class _Recorder:
    """An inventory that remembers into which groups a host went."""

    def __init__(self, inventory: Any) -> None:
        self._inventory = inventory
        self.joined: list[str] = []

    def add_host(self, host: str, group: str) -> str:
        """Add a host to a group."""
        self.joined.append(group)
        return str(self._inventory.add_host(host, group))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inventory, name)


def _is_keyed(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("key"), str)


def _hashable(value: Any) -> Any:
    """Return a value as a key of a map, or None if its groups are not remembered."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    return None


@contextlib.contextmanager
def compiled_once(templar: Any, expressions: Collection[Any]) -> Iterator[None]:
    """Let Jinja compile each of some expressions once, while the context lasts.

    Only private attributes lead to the environment of Jinja. Where they are missing each
    expression is compiled for each host, as Ansible does it.
    """
    wanted = {text for text in expressions if isinstance(text, str)}
    environment = getattr(getattr(templar, "_engine", None), "environment", None)
    name = "compile_expression"
    if environment is None and not hasattr(templar, "evaluate_expression"):
        environment, name = templar.environment, "from_string"
        wanted = {made for text in wanted if _may_be_kept(text) for made in _templates(text)}
    compile_one = getattr(environment, name, None)
    if compile_one is None:
        yield
        return
    kept: dict[Any, Any] = {}

    def compiled(source: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs or source not in wanted:
            return compile_one(source, *args, **kwargs)
        found = kept.get((source, args))
        if found is None:
            found = kept[source, args] = compile_one(source, *args)
        return found

    setattr(environment, name, compiled)
    try:
        yield
    finally:
        delattr(environment, name)


def _may_be_kept(text: str) -> bool:
    """Return whether an expression may be compiled once. Before ansible-core 2.19 it depends on the
    use of a template whether it may look things up."""
    return "lookup" not in text and "query" not in text and "q(" not in text


def _templates(text: str) -> tuple[str, str]:
    """Return the templates that Ansible makes of an expression before 2.19."""
    return f"{{{{{text}}}}}", f"{{% if {text} %}} True {{% else %}} False {{% endif %}}"
