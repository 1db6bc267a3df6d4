# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declared state in the variables of an inventory: one run for all hosts, whoever comes first."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ..conftest import writes

FLEET = {"plugin": "ivanti.uem.neurons", "statuses": ["active"]}
TASK = {"name": "Declare", "ivanti.uem.desired_state": {}, "register": "declared"}
SHOW = {
    "name": "Show",
    "ansible.builtin.copy": {"content": "{{ declared | to_json }}", "dest": "result.json"},
    "run_once": True,
    "delegate_to": "localhost",
}


@pytest.fixture
def fleet(ansible, emulator):
    """An inventory of the fleet in which every device is to have an attribute."""
    ansible.write("fleet.neurons.yml", FLEET)
    ansible.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": ["orbit9"]}}})
    emulator.clear_requests()
    return ansible


def run(ansible: Any, *arguments: str, task: Any = None, **play: Any) -> Any:
    """Run a play with the task."""
    tasks = [task or TASK]
    play = {"hosts": "ivanti_neurons", "gather_facts": False, "tasks": tasks, **play}
    ansible.write("play.yml", [play])
    return ansible("ansible-playbook", "-i", "fleet.neurons.yml", "play.yml", *arguments)


def said(done: Any) -> str:
    return " ".join((done.stdout + done.stderr).split())


def on(emulator: Any, name: str, value: str) -> int:
    """On how many devices an attribute has a value."""
    return sum(value in attrs.get(name, ()) for attrs in emulator.attributes().values())


def of_platform(ansible: Any, name: str) -> set[str]:
    listed = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    return set(json.loads(listed.stdout)[f"platform_{name}"]["hosts"])


def test_all_hosts_are_one_run_and_a_second_one_changes_nothing(fleet, emulator):
    checked = run(fleet, "--check", "--diff")
    assert checked.returncode == 0, said(checked)
    assert writes(emulator) == [] and on(emulator, "project", "orbit9") == 0
    done = run(fleet, "--diff")
    assert done.returncode == 0, said(done)
    count = on(emulator, "project", "orbit9")
    assert count == len(writes(emulator)) > 50
    emulator.clear_requests()
    again = run(fleet)
    assert "changed=0" in again.stdout and writes(emulator) == []


def test_layers_are_merged_by_section_and_name_and_rows_name_their_host(fleet, emulator):
    fleet.write(
        "group_vars/platform_ios.yml",
        {"ivanti_desired": {"attributes": {"Project": ["zeus"], "costcenter": "{{ center }}"}}},
    )
    fleet.write("group_vars/ivanti_neurons.yml", {"center": "of {{ inventory_hostname }}"})
    done = run(fleet, task=TASK, tasks=[TASK, SHOW])
    assert done.returncode == 0, said(done)
    ios = of_platform(fleet, "ios")
    assert on(emulator, "project", "zeus") == len(ios)
    rows = json.loads((fleet.folder / "result.json").read_text())["entries"]
    costs = {
        row["host"]: row["after"]["attributes.costcenter"]
        for row in rows
        if "attributes.costcenter" in row["after"]
    }
    assert costs == {host: [f"of {host}"] for host in ios}


@pytest.mark.parametrize("group", ["platform_android", "platform_macos"])
def test_a_setting_that_differs_among_hosts_is_refused_whoever_is_first(fleet, emulator, group):
    fleet.write(f"group_vars/{group}.yml", {"owned": ["attributes"]})
    task = {**TASK, "ivanti.uem.desired_state": {"purge": "{{ owned | default([]) }}"}}
    done = run(fleet, task=task)
    text = said(done)
    assert done.returncode != 0 and "purge: differs among the hosts of this run" in text, text
    [host] = sorted(of_platform(fleet, group.removeprefix("platform_")))[:1]
    assert repr(host) in text.replace('\\"', '"') or "more" in text
    assert writes(emulator) == []


def test_a_setting_of_module_defaults_that_differs_is_refused(fleet, emulator):
    fleet.write("group_vars/all/tenant.yml", {"tenant_url": emulator.url})
    fleet.write("group_vars/all/desired.yml", {"ivanti_desired": {"attributes": {"project": "a"}}})
    (fleet.folder / "group_vars/all.yml").unlink()
    fleet.write("group_vars/platform_macos.yml", {"tenant_url": "https://other.example"})
    defaults = {"group/ivanti.uem.all": {"url": "{{ tenant_url }}"}}
    done = run(fleet, module_defaults=defaults)
    assert done.returncode != 0 and "url: differs among the hosts of this run" in said(done)
    assert "other.example" not in said(done).partition("differs")[2]
    done = run(fleet, module_defaults=defaults, hosts="platform_macos")
    assert "differs" not in said(done) and "other.example" in said(done)
    assert writes(emulator) == []


@pytest.mark.parametrize("kind", ["include_tasks", "include_role"])
def test_when_of_an_include_chooses_hosts(fleet, emulator, kind):
    fleet.write("tasks.yml", [TASK])
    fleet.write("roles/declares/tasks/main.yml", [TASK])
    given = {"include_tasks": "tasks.yml", "include_role": {"name": "declares"}}[kind]
    include = {
        "name": "Include",
        f"ansible.builtin.{kind}": given,
        "when": "'platform_windows' in group_names",
    }
    done = run(fleet, task=include)
    assert done.returncode == 0, said(done)
    windows = of_platform(fleet, "windows")
    assert 0 < on(emulator, "project", "orbit9") == len(windows) < 20


@pytest.mark.parametrize("platform", ["ios", "windows", "macos", "android"])
def test_when_of_the_task_itself_does_not_pass_for_a_choice_of_hosts(fleet, emulator, platform):
    """Ansible evaluates it for the first host only, and a task that it skips is skipped for all."""
    task = {**TASK, "when": f"'platform_{platform}' in group_names"}
    done = run(fleet, task=task)
    text = said(done)
    assert writes(emulator) == []
    assert "skipped=1" in text or "its when for the first host only. Choose hosts with" in text


def test_when_that_is_the_same_for_all_hosts_is_fine(fleet, emulator):
    task = {**TASK, "when": "wanted | bool"}
    assert run(fleet, "-e", "wanted=true", "--check", task=task).returncode == 0
    done = run(fleet, "-e", "wanted=false", task=task)
    assert "skipped=1" in done.stdout and writes(emulator) == []


def test_the_strategy_free_is_refused(fleet, emulator):
    done = run(fleet, strategy="ansible.builtin.free")
    assert done.returncode != 0 and "bypasses the host loop" in said(done)
    assert writes(emulator) == []


def test_limits_of_a_run_are_refused_with_serial(fleet, emulator):
    task = {**TASK, "ivanti.uem.desired_state": {"max_devices": 5}}
    done = run(fleet, task=task, serial=7)
    assert "max_devices: is about one run, and with serial each batch" in said(done)
    assert done.returncode != 0 and writes(emulator) == []
    done = run(fleet, serial=30)
    assert done.returncode == 0, said(done)
    assert on(emulator, "project", "orbit9") > 50


def test_dates_are_text_and_what_no_server_keeps_names_its_host(fleet, emulator):
    host = sorted(of_platform(fleet, "windows"))[0]
    said_of = "ivanti_desired: {attributes: {purchased: 2026-01-01, costcenter: 010}}\n"
    fleet.write(f"host_vars/{host}.yml", said_of)
    emulator.clear_requests()
    done = run(fleet, "--limit", host, "--diff", "--check")
    noted = rf"ivanti_desired of the host '{host}' \(\S+{host}\.yml\)\.costcenter: YAML reads .* \"010\""
    assert re.search(noted, said(done)), said(done)
    assert '+attributes.purchased: ["2026-01-01"]' in done.stdout or "not defined" in said(done)
    fleet.write(f"host_vars/{host}.yml", "ivanti_desired: {attributes: {purchased: .nan}}\n")
    done = run(fleet)
    assert done.returncode != 0
    assert f"ivanti_desired of the host '{host}'.attributes, purchased: a value must" in said(done)
    assert writes(emulator) == []


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ivanti_desierd", {}, "there is no such variable (nearest: 'ivanti_desired')"),
        ("ivanti_desired_attrs", {}, "there is no such variable (nearest: 'ivanti_desired')"),
        ("ivanti_desired", {"attributes": {"a": "{{ desk }}"}}, "a template cannot be evaluated"),
        (
            "ivanti_desired",
            {"attribute": {}},
            "there is no section 'attribute' (nearest: 'attributes')",
        ),
        ("ivanti_desired", {"attributes": None}, "attributes: is null"),
        ("ivanti_desired", {"labels": ["Pilot"]}, "neurons does not support labels"),
        ("ivanti_desired", ["x"], "expected a mapping of labels"),
    ],
)
def test_wrong_variables_are_one_sentence_before_any_write(fleet, emulator, variable, value, words):
    host = sorted(of_platform(fleet, "windows"))[0]
    fleet.write(f"host_vars/{host}.yml", {variable: value})
    done = run(fleet)
    text = said(done)
    assert done.returncode != 0 and words in text and host in text, text
    assert writes(emulator) == []


def test_hosts_of_another_server_are_refused_by_name(fleet, emulator):
    host = sorted(of_platform(fleet, "windows"))[0]
    far = {"ivanti_id": 1, "ivanti_server": "https://other.example"}
    fleet.write("far.yml", {"ivanti_neurons": {"hosts": {"far": far}}})
    done = run(fleet, "-i", "far.yml")
    text = said(done)
    words = f"Hosts of another server than {emulator.url}: https://other.example: 'far'"
    assert done.returncode != 0 and words in text, text
    fleet.write(f"host_vars/{host}.yml", {"ivanti_server": "https://other.example"})
    done = run(fleet)
    text = said(done)
    words = f"ivanti_server of the host '{host}' is '{emulator.url}' in the inventory, and"
    assert done.returncode != 0 and words in text, text
    assert writes(emulator) == []


def test_nothing_declared_is_said(ansible, emulator):
    ansible.write("fleet.neurons.yml", FLEET)
    done = run(ansible)
    assert done.returncode == 0 and "No host of this batch has ivanti_desired" in said(done)


def test_a_static_inventory_runs_where_ansible_does(ansible, emulator):
    device = sorted(emulator.attributes(), key=int)[0]
    ansible.write(
        "hosts.yml",
        {
            "all": {
                "hosts": {
                    "phone": {
                        "ivanti_id": device,
                        "ivanti_server": emulator.url,
                    }
                }
            }
        },
    )
    ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "tasks": [TASK]}])
    declared = "ivanti_desired: {attributes: {project: x, costcenter: 12:30}}\n"
    (ansible.folder / "host_vars").mkdir()
    (ansible.folder / "host_vars" / "phone.yml").write_text(declared)
    done = ansible("ansible-playbook", "-i", "hosts.yml", "play.yml")
    words = (
        r"ivanti_desired of the host 'phone' \(\S+phone\.yml\)\.costcenter: YAML reads .* \"12:30\""
    )
    assert re.search(words, said(done)), said(done)
    assert done.returncode == 0 and emulator.attributes()[device]["project"] == ["x"], said(done)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"ivanti.uem.desired_state": "{{ everything }}"}, "ivanti.uem.desired_state: differs"),
        (
            {"action": {"module": "ivanti.uem.desired_state", "purge": "{{ owned }}"}},
            "purge: differs",
        ),
        ({"ivanti.uem.desired_state": {}, "args": {"purge": "{{ owned }}"}}, "purge: differs"),
        ({"ivanti.uem.desired_state": {}, "check_mode": "{{ looks }}"}, "check_mode: differs"),
        (
            {"ivanti.uem.desired_state": {}, "environment": {"A": "{{ looks }}"}},
            "A: differs|environment: differs",
        ),
        ({"block": [TASK], "check_mode": "{{ looks }}"}, "check_mode: differs"),
        (
            {
                "block": [TASK],
                "module_defaults": {"ivanti.uem.desired_state": {"purge": "{{ owned }}"}},
            },
            "purge: differs",
        ),
    ],
)
def test_whatever_sets_it_a_difference_among_hosts_is_refused(fleet, emulator, task, words):
    everywhere = {"owned": [], "looks": True, "everything": {}}
    fleet.write("group_vars/ivanti_neurons.yml", everywhere)
    windows = {"owned": ["attributes"], "looks": False, "everything": {"purge": ["attributes"]}}
    fleet.write("group_vars/platform_windows.yml", windows)
    done = run(fleet, task={"name": "Declare", **task})
    assert done.returncode != 0 and re.search(words, said(done)), said(done)
    assert writes(emulator) == []


def test_a_loop_and_a_delegation_are_fine(fleet, emulator):
    task = {
        **TASK,
        "ivanti.uem.desired_state": {"max_percent": "{{ item }}"},
        "loop": [100],
        "run_once": True,
        "delegate_to": "localhost",
    }
    done = run(fleet, task=task)
    assert done.returncode == 0 and on(emulator, "project", "orbit9") > 50, said(done)


@pytest.mark.parametrize("where", ["play", "task"])
def test_what_the_play_declares_does_not_pass_in_silence(ansible, emulator, where):
    ansible.write("fleet.neurons.yml", FLEET)
    wanted = {"vars": {"ivanti_desired": {"attributes": {"project": "x"}}}}
    done = run(ansible, **(wanted if where == "play" else {"task": {**TASK, **wanted}}))
    assert done.returncode != 0 and "ivanti_desired: is set by the play, a task" in said(done)
    assert writes(emulator) == []


def test_the_layers_of_a_host_are_merged_in_the_order_of_ansible(ansible, emulator):
    ids = sorted(emulator.attributes(), key=int)[:3]
    emulator.set_attributes({device: {} for device in ids})
    one, two, three = ({"ivanti_id": own, "ivanti_server": emulator.url} for own in ids)

    def said(**attributes: Any) -> dict[str, Any]:
        return {"ivanti_desired": {"attributes": attributes}}

    inner = {"inner": {"hosts": {"one": one, "two": two}}}
    groups = {
        "outer": {"children": inner},
        "aside": {"hosts": {"three": three}, "vars": said(OWNER="aside")},
    }
    everywhere = said(owner="all", site="all")
    ansible.write("hosts/hosts.yml", {"all": {"vars": everywhere, "children": groups}})
    ansible.write("hosts/group_vars/outer.yml", said(owner="outer", project=["a"]))
    ansible.write("hosts/group_vars/inner.yml", said(owner="inner {{ inventory_hostname }}"))
    ansible.write("group_vars/inner.yml", said(environment="beside the play"))
    ansible.write("hosts/host_vars/two.yml", said(Project="b", **{"floor_#": "{{ 1 + 2 }}"}))
    ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "tasks": [TASK]}])
    done = ansible("ansible-playbook", "-i", "hosts", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    found = emulator.attributes()
    first = {"owner": ["inner one"], "site": ["all"], "project": ["a"]}
    assert found[ids[0]] == {**first, "environment": ["beside the play"]}
    second = {"owner": ["inner two"], "project": ["b"], "floor_#": ["3"]}
    assert found[ids[1]] == {**found[ids[0]], **second}
    assert found[ids[2]] == {"owner": ["aside"], "site": ["all"]}
    extra = ("-e", json.dumps(said(site="extra")))
    ansible("ansible-playbook", "-i", "hosts", "play.yml", "--limit", "three", *extra)
    assert emulator.attributes()[ids[2]] == {"owner": ["aside"], "site": ["extra"]}


# Each is one value for some hosts and another one for others, by a way of its own.
DIFFERENT = (
    "{{ own }}", "{{ by_play }}", "{{ lookup('vars', 'own') }}", "{{ vars['own'] }}", "{{ by_fact | default(1) }}",
    "{{ 1 if 'platform_ios' in group_names else 2 }}", "{{ hostvars[inventory_hostname].own }}", "{{ by_all }}",
    "{{ (inventory_hostname | length) > 12 }}", "{{ q('vars', 'o' ~ 'wn') | first }}", "{{ query( 'varnames', 'mine') | length }}",
)  # fmt: skip
SAME = (
    "{{ everywhere }}",
    "{{ lookup('env', 'HOME') }}",
    "{{ groups.all | length }}",
    "{{ 'own' ~ 1 }}",
)


def test_whatever_a_setting_depends_on_a_difference_is_found(fleet, emulator):
    fleet.write("group_vars/ivanti_neurons.yml", {"own": 1, "by_all": "{{ own }}", "everywhere": 7})
    fleet.write("group_vars/platform_windows.yml", {"own": 2, "mine": 1})
    fact = {
        "ansible.builtin.set_fact": {"by_fact": 2},
        "when": "'platform_macos' in group_names",
    }

    def asks(value: str) -> dict[str, Any]:
        options = {"state_files": ["/no such/" + value]}
        return {**TASK, "ivanti.uem.desired_state": options, "ignore_errors": True}

    tasks = [fact, *map(asks, (*DIFFERENT, *SAME))]
    done = run(fleet, tasks=tasks, vars={"by_play": "{{ own }}"})
    refused = re.findall('"msg": "state_files: (differs|.* cannot be read)', done.stdout)
    assert refused == ["differs"] * len(DIFFERENT) + refused[len(DIFFERENT) :], done.stdout
    assert len(refused) == len(DIFFERENT) + len(SAME) and writes(emulator) == []
