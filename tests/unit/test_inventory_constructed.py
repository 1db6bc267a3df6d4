# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""compose, groups and keyed_groups: the same groups, variables and errors as by Ansible's own code."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.ivanti.uem.plugins.plugin_utils import _expressions
from ansible_collections.ivanti.uem.plugins.plugin_utils._constructed import Constructed
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import UemInventory
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues, template

# fmt: off
VALUES: tuple[Any, ...] = (
    "ios", "ios", "", None, True, "{{ 6*7 }}", "Zürich b", ["ios", "", None], [1], {}, {"owner": "ops", "b": None}, {"owner": ["ops", "ops"]},
)
# fmt: on
TEMPLAR = Templar(loader=DataLoader())


class Plugin(UemInventory):
    """A plugin with options, but without a server."""

    NAME = product = "neurons"

    def __init__(self, options):
        super().__init__()
        self._given = {"strict": False, **options}
        self.templar = TEMPLAR
        self.inventory = InventoryData()
        self._vars = {"extra": "extra"}

    def get_option(self, option, hostvars=None):
        return self._given.get(option)


def made(options, hosts, fill):
    """What an inventory of hosts is after these options, or the error, with the hosts so far."""
    plugin, safe = Plugin(as_template(options)), SafeValues()
    plugin.inventory.add_group("mine")
    for number, variables in enumerate(hosts):
        plugin.inventory.add_host(f"host{number}", "mine" if number % 2 else None)
        host = plugin.inventory.get_host(f"host{number}")
        host.vars.update({name: safe(value) for name, value in variables.items()})
    error = ""
    try:
        fill(plugin, [f"host{number}" for number in range(len(hosts))])
    except AnsibleError as caught:
        error = str(caught)
    groups = {
        name: ([host.name for host in group.hosts], [child.name for child in group.child_groups])
        for name, group in plugin.inventory.groups.items()
    }
    return error, groups, {name: host.vars for name, host in plugin.inventory.hosts.items()}


def as_template(value):
    """Options as Ansible reads them from the file of an inventory."""
    if isinstance(value, str):
        return template(value)
    if isinstance(value, list):
        return [as_template(part) for part in value]
    if isinstance(value, dict):
        return {name: as_template(part) for name, part in value.items()}
    return value


def by_ansible(plugin, names):
    """What Ansible's own inventory plugins do."""
    options = {name: plugin.get_option(name) or {} for name in ("compose", "groups")}
    keyed, strict = plugin.get_option("keyed_groups") or [], plugin.get_option("strict")
    safe = SafeValues()
    for name in names:
        host = plugin.inventory.get_host(name)
        plugin._set_composite_vars(options["compose"], host.get_vars(), name, strict=strict)
        for variable in options["compose"]:
            if variable in host.vars:
                host.vars[variable] = safe(host.vars[variable])
    for name in names:
        known = plugin.inventory.get_host(name).get_vars()
        plugin._add_host_to_composed_groups(
            options["groups"], known, name, strict=strict, fetch_hostvars=False
        )
        plugin._add_host_to_keyed_groups(keyed, known, name, strict=strict, fetch_hostvars=False)


def fast(plugin, names):
    Constructed(plugin).fill(names)


def keyed_options():
    # fmt: off
    settings = (
        {}, {"prefix": "p"}, {"separator": ""}, {"separator": "-", "prefix": "p q"}, {"default_value": "none"}, {"trailing_separator": False},
        {"default_value": "", "parent_group": "mine"}, {"parent_group": "above it"}, {"parent_group": "{{ y }}"}, {"parent_group": "{{ nothing }}"},
        {"default_value": "none", "trailing_separator": True}, {"parent_group": ""},
    )
    # fmt: on
    for more in settings:
        yield {"keyed_groups": [{"key": "x", **more}]}
    for key in (
        "x['owner'][0]",
        "x | default('unset', true)",
        "x == 'ios'",
        "nothing",
        "y ~ 1",
        "group_names",
        None,
    ):
        yield {"keyed_groups": [{"key": key}]}
    yield {"keyed_groups": [{"key": "x"}], "leading_separator": False}
    yield {"keyed_groups": [{"key": "y", "prefix": "p"}, "wrong"]}
    yield {"keyed_groups": [{"key": "x"}, {"key": "x.owner", "prefix": "p"}, {"prefix": "p"}]}
    yield {"keyed_groups": [{"key": "x"}], "groups": {"x": "y == 'y'"}, "compose": {"x": "y"}}


def other_options():
    # fmt: off
    for text in (
        "x", "x.owner", "x == 'ios'", "x != 'ios'", "'ios' in x", "x in ['ios', 5]", "x is defined", "nothing is defined", "x | lower", "x ~ 'a'",
        "nothing", "x | default('unset')", "x.owner == 'ops' and y == 'y'", "'mine' in group_names", "inventory_hostname", "x ==", "", "true", 5, True,
    ):
        yield {"groups": {"a-b": text}, "compose": {"made": text}}
    # fmt: on
    yield {
        "compose": {"x": "x.owner", "made": "x", "not-a-name": "y"},
        "groups": {"mine": "made is defined"},
    }
    yield {"compose": {"made": "x", "y": "made | default('was not made')"}}
    yield {"compose": {"m": "x"}, "keyed_groups": [{"key": "m"}], "use_extra_vars": True}
    yield {"compose": {"made": "extra"}, "use_extra_vars": True}
    yield {}


@pytest.mark.parametrize("strict", [False, True])
def test_they_are_as_ansible_makes_them(strict):
    hosts = [{"x": value, "y": "y"} for value in VALUES]
    for options in (*keyed_options(), *other_options()):
        given = {"strict": strict, **options}
        # An error stops all, so each value is tried with another one only.
        worlds = [hosts] if not strict else [[host, hosts[0]] for host in hosts[2::4]]
        for world in worlds:
            expected, found = made(given, world, by_ansible), made(given, world, fast)
            assert found == expected, (given, world)
            assert list(found[1]) == list(expected[1]), given


def test_simple_expressions_never_reach_jinja(monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("Jinja was asked")

    for name in ("template", "evaluate_expression", "evaluate_conditional"):
        monkeypatch.setattr(
            Templar, name, lambda self, given, *_rest: given and refuse(), raising=False
        )
    options = {
        "compose": {"made": "x.owner"},
        "groups": {"ops": "made == 'ops'"},
        "keyed_groups": [{"key": "x.owner", "prefix": "by"}],
    }
    hosts = [{"x": {"owner": "ops"}}, {"x": {}}, {"x": {"owner": "ops"}}]
    error, groups, variables = made(options, hosts, fast)
    assert not error
    assert groups["ops"][0] == groups["by_ops"][0] == ["host0", "host2"]
    assert variables["host0"]["made"] == "ops"


def test_others_are_compiled_once(monkeypatch):
    compiled = []
    environment = _expressions.Environment
    for name in ("compile_expression", "from_string"):
        monkeypatch.setattr(environment, name, counting(getattr(environment, name), compiled))
    options = {"compose": {"made": "x ~ 'a'"}, "groups": {"one": "x ~ 'a' == 'ya'"}}
    made(options, [{"x": "y"}] * 20, fast)
    assert 2 <= len(compiled) <= 4


def counting(function, calls):
    def counted(self, *args, **kwargs):
        calls.append(args)
        return function(self, *args, **kwargs)

    return counted
