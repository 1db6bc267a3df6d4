# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws of a declared state over generated inventories: groups within groups, and hosts in
several of them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from ..conftest import connection
from .test_laws_state import (
    CONFIGS,
    LABELS,
    NAMES,
    VALUES,
    build_epmm,
    build_neurons,
    epmm_truth,
    neurons_truth,
)

OUTER = {"outer_a": ("inner_a", "inner_d"), "outer_b": ("inner_b", "inner_c")}
INNER = sorted(name for names in OUTER.values() for name in names)

Sections = dict[str, dict[str, str]]


def some(random: Random, names: Any, values: Any) -> dict[str, str]:
    return {name: random.choice(values) for name in names if random.random() < 0.4}


def said(random: Random, product: str) -> Sections:
    """What a group or a host says; most say nothing of some section."""
    if product == "epmm":
        found = {"labels": some(random, LABELS, ("present", "absent"))}
    else:
        states = ("installed", "excluded")
        found = {
            "attributes": some(random, NAMES, [one for one in VALUES if "{" not in one]),
            "configurations": some(random, sorted(CONFIGS.values()), states),
        }
    return {section: own for section, own in found.items() if own}


class Tree:
    """An inventory, and what it says of each device: by an oracle of its own."""

    def __init__(self, seed: int, product: str, devices: list[str], server: str) -> None:
        random = Random(seed)
        self.says = {name: said(random, product) for name in ("all", *OUTER, *INNER)}
        self.hosts = {f"host{number}": one for number, one in enumerate(devices)}
        self.of_host = {name: said(random, product) for name in self.hosts}
        self.groups = {name: random.sample(INNER, random.randint(1, 3)) for name in self.hosts}
        self.server = server

    def write(self, ansible: Any) -> None:
        key = "ivanti_guid" if "-" in next(iter(self.hosts.values())) else "ivanti_id"
        own = {name: {key: one, "ivanti_server": self.server} for name, one in self.hosts.items()}
        inner = {
            group: {"hosts": {name: own[name] for name in own if group in self.groups[name]}}
            for group in INNER
        }
        children = {
            name: {"children": {one: inner[one] for one in names}} for name, names in OUTER.items()
        }
        ansible.write("tree/hosts.yml", {"all": {"children": children}})
        for folder, says in (("group_vars", self.says), ("host_vars", self.of_host)):
            for name, sections in says.items():
                if sections:
                    ansible.write(f"tree/{folder}/{name}.yml", {"ivanti_desired": sections})

    def wanted(self, host: str) -> dict[tuple[str, str], str]:
        inner = self.groups[host]
        outer = [name for name in OUTER if set(OUTER[name]) & set(inner)]
        layers = [self.says[name] for name in ("all", *sorted(outer), *sorted(inner))]
        found = {}
        for sections in (*layers, self.of_host[host]):
            for section, own in sections.items():
                found.update({(section, name): value for name, value in own.items()})
        return found


def play(ansible: Any) -> list[dict[str, Any]]:
    """Plan, apply and plan again, in one play; returns the three results."""
    task = {"ivanti.uem.desired_state": {"max_percent": 100, "return": ["changed"]}}
    names = ("checked", "done", "again")
    tasks: list[dict[str, Any]] = [
        {**task, "register": name, **({} if name == "done" else {"check_mode": True})}
        for name in names
    ]
    whole = "{{ [checked, done, again] | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": whole, "dest": "results.json"}, "run_once": True,
                  "delegate_to": "localhost"})  # fmt: skip
    ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    done = ansible("ansible-playbook", "-i", "tree", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    results: list[dict[str, Any]] = json.loads((ansible.folder / "results.json").read_text())
    return results


def rows(result: dict[str, Any]) -> list[Any]:
    return [{key: one[key] for key in ("host", "section", "outcome", "before", "after")} for one in result["entries"]]  # fmt: skip


@pytest.mark.parametrize(("product", "seed"), [("neurons", 1), ("epmm", 2)])
def test_the_two_laws_over_groups_and_hosts(request, ansible, product, seed):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    given = {f"IVANTI_UEM_{name.upper()}": str(one) for name, one in connection(server).items()}
    ansible.environment.update(given)
    devices = (build_neurons if product == "neurons" else build_epmm)(server)
    tree = Tree(seed, product, devices, server.url)
    tree.write(ansible)
    checked, done, again = play(ansible)
    assert rows(done) == rows(checked) != [] and not again["changed"] and again["entries"] == []
    numbers = {name: str(number) for number, name in CONFIGS.items()}
    for host, device in tree.hosts.items():
        for (section, name), value in tree.wanted(host).items():
            if section == "labels":
                assert (device in epmm_truth(server)[name]) == (value == "present"), (host, name)
                continue
            attributes, configs = neurons_truth(server)
            if section == "attributes":
                assert attributes[device][name] == [value], (host, name)
            else:
                status = configs[device].get(numbers[name], "UNINSTALLED")
                assert (status == "UNINSTALLED") == (value == "excluded"), (host, name)
