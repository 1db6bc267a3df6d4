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


def declares(**options: Any) -> dict[str, Any]:
    """A task that goes on after a failure."""
    return {"name": "Declare", "ivanti.uem.desired_state": options, "ignore_errors": True}


def play_of(*tasks: dict[str, Any], hosts: str = "ivanti_neurons", **play: Any) -> dict[str, Any]:
    return {"hosts": hosts, "gather_facts": False, "tasks": [*tasks], **play}


def run_plays(ansible: Any, *plays: dict[str, Any], inventory: str = "fleet.neurons.yml") -> Any:
    """Run plays after each other. A start of Ansible takes ten times as long as a task."""
    ansible.write("play.yml", [*plays])
    return ansible("ansible-playbook", "-i", inventory, "play.yml")


def messages(done: Any) -> list[str]:
    """What each task that failed says, in order."""
    found = re.findall(r"FAILED! => (\{.*)", done.stdout)
    return [str(json.loads(one)["msg"]) for one in found]


def of(emulator: Any, platform: str) -> list[str]:
    """The names that hosts of a platform have in the inventory, by the truth of the server."""
    rows = emulator.devices("serialNumber", "platformType", "registrationState")
    serials = [one["serialNumber"] for one in rows]
    return sorted(
        str(one["serialNumber"])
        for one in rows
        if (one["registrationState"], one["platformType"]) == ("ACTIVE", platform)
        and serials.count(one["serialNumber"]) == 1
    )


def said(done: Any) -> str:
    return " ".join((done.stdout + done.stderr).split())


def on(emulator: Any, name: str, value: str) -> int:
    """On how many devices an attribute has a value."""
    return sum(value in attrs.get(name, ()) for attrs in emulator.attributes().values())


def test_all_hosts_are_one_run_and_a_second_one_changes_nothing(fleet, emulator):
    checked = run(fleet, "--check", "--diff")
    assert checked.returncode == 0, said(checked)
    assert writes(emulator) == [] and on(emulator, "project", "orbit9") == 0
    twice = [play_of(TASK), play_of(TASK)]
    done = run_plays(fleet, *twice)
    assert done.returncode == 0, said(done)
    count = on(emulator, "project", "orbit9")
    assert "changed=1 " in done.stdout and count == len(writes(emulator)) > 50


def test_layers_are_merged_by_section_and_name_and_rows_name_their_host(fleet, emulator):
    fleet.write(
        "group_vars/platform_ios.yml",
        {
            "ivanti_desired": {
                "attributes": {"Project": ["zeus"], "costcenter": "{{ lookup('vars', 'center') }}"}
            }
        },
    )
    fleet.write("group_vars/ivanti_neurons.yml", {"center": "of {{ inventory_hostname }}"})
    done = run(fleet, task=TASK, tasks=[TASK, SHOW])
    assert done.returncode == 0, said(done)
    rows = emulator.devices("platformType", "registrationState")
    ios = [one for one in rows if one == {"platformType": "IOS", "registrationState": "ACTIVE"}]
    assert on(emulator, "project", "zeus") == len(ios)
    rows = json.loads((fleet.folder / "result.json").read_text())["entries"]
    costs = {
        row["host"]: row["after"]["attributes.costcenter"]
        for row in rows
        if "attributes.costcenter" in row["after"]
    }
    assert costs == {host: [f"of {host}"] for host in costs} and len(costs) == len(ios)
    assert {*of(emulator, "IOS")} <= costs.keys()


def test_a_setting_that_differs_among_hosts_is_refused_whoever_is_first(fleet, emulator):
    for group in ("android", "macos"):
        fleet.write(f"group_vars/platform_{group}.yml", {f"of_{group}": ["attributes"]})
    fleet.write(
        "host_vars/" + of(emulator, "OSX")[0] + ".yml", {"tenant_url": "https://other.example"}
    )
    fleet.write("group_vars/ivanti_neurons.yml", {"tenant_url": emulator.url})
    defaults = {"group/ivanti.uem.all": {"url": "{{ tenant_url }}"}}
    owned = [
        declares(purge=f"{{{{ of_{group} | default([]) }}}}") for group in ("android", "macos")
    ]
    done = run_plays(
        fleet,
        play_of(*owned),
        play_of(declares(), module_defaults=defaults),
        play_of(declares(), module_defaults=defaults, hosts=of(emulator, "OSX")[0]),
    )
    android, macos, differs, far = messages(done)
    assert "purge: differs among the hosts of this run" in android
    assert "purge: differs among the hosts of this run" in macos
    assert repr(of(emulator, "ANDROID")[0]) in android or " more" in android
    assert "url: differs among the hosts of this run" in differs and "other.example" not in differs
    assert "differs" not in far and "other.example" in far
    assert writes(emulator) == []


def test_when_of_an_include_chooses_hosts(fleet, emulator):
    fleet.write("tasks.yml", [TASK])
    fleet.write("roles/declares/tasks/main.yml", [TASK])
    windows, macos = (f"'platform_{name}' in group_names" for name in ("windows", "macos"))
    tasks = {"ansible.builtin.include_tasks": "tasks.yml", "when": windows}
    role = {"ansible.builtin.include_role": {"name": "declares"}, "when": macos}
    done = run_plays(fleet, play_of({"name": "Tasks", **tasks}, {"name": "Role", **role}))
    assert done.returncode == 0, said(done)
    rows = emulator.devices("id", "platformType", "registrationState")
    wanted = {
        str(one["id"])
        for one in rows
        if one["registrationState"] == "ACTIVE" and one["platformType"] in ("WINDOWS_PHONE", "OSX")
    }
    have = {
        device for device, own in emulator.attributes().items() if own.get("project") == ["orbit9"]
    }
    assert have == wanted and len({one["platformType"] for one in rows}) > 2


def test_when_of_the_task_itself_does_not_pass_for_a_choice_of_hosts(fleet, emulator):
    """Ansible evaluates it for the first host only, and a task that it skips is skipped for all."""
    platforms = ("ios", "windows", "macos", "android")
    tasks = [{**declares(), "when": f"'platform_{one}' in group_names"} for one in platforms]
    same = [{**declares(), "when": f"wanted is {word} defined"} for word in ("", "not")]
    done = run_plays(
        fleet,
        play_of(*tasks, *[{**one, "check_mode": True} for one in same]),
        # What is refused by Ansible ends the run.
        play_of(TASK, strategy="ansible.builtin.free"),
    )
    [refused] = messages(done)[:1]
    assert "its when for the first host only. Choose hosts with hosts: or --limit" in refused
    assert done.stdout.count("skipping: ") == len(platforms) - 1 + 1, done.stdout
    assert done.stdout.count("changed: ") == 1, done.stdout
    assert done.returncode != 0 and "bypasses the host loop" in said(done)
    assert writes(emulator) == []


def test_limits_are_about_all_batches_of_a_play_and_a_confirm_is_about_one_run(fleet, emulator):
    """The first batch of seven is below all limits. The files of a group are those of its old name."""
    active = [
        str(one["id"])
        for one in emulator.devices("id", "registrationState")
        if one["registrationState"] == "ACTIVE"
    ]
    before = {device: {"project": ["orbit9"], "site": ["x"]} for device in active}
    emulator.set_attributes(before)
    lost = {"ivanti_desired": {"attributes": {"site": ["x"]}}}
    fleet.write("group_vars/ivanti_neuron.yml", lost)
    # Such groups come and go.
    fleet.write("group_vars/status_nothing.yml", lost)
    fleet.write("host_vars/NOSUCH.yml", lost)
    owned = {"purge": ["attributes"]}
    done = run_plays(
        fleet,
        *(
            play_of(declares(**owned, **options), serial=[7, 100])
            for options in (
                {},
                {"max_devices": 8},
                {"max_percent": 50},
                {"confirm": "1-0"},
                {"rings": [100]},
            )
        ),
    )
    found = messages(done)
    most, devices, percent, confirm, rings = (found[place] for place in (0, 2, 4, 6, 8))
    assert f"takes something away from {len(active)} of 60 devices" in most, most
    assert f"the plan changes {len(active)} devices and max_devices is 8" in devices
    assert "max_percent is 50" in percent
    for one in (most, devices, percent):
        assert one.endswith("Remove serial to give confirm.") and f"{len(active)} entries" in one
    assert "confirm: is about one run, and with serial each batch" in confirm
    assert "rings: is about one run" in rings
    assert writes(emulator) == []
    for kind, names in (
        ("group_vars", r"groups: 'ivanti_neuron' \(nearest: 'ivanti_neurons'"),
        ("host_vars", "hosts: 'NOSUCH'"),
    ):
        assert re.search(f"in {kind} counts for nobody .* no such {names}", said(done)), said(done)
    assert "status_nothing" not in done.stderr + done.stdout
    done = run_plays(fleet, play_of(declares(max_percent=100, **owned), serial=30))
    assert done.returncode == 0, said(done)
    assert all(emulator.attributes()[device] == {"project": ["orbit9"]} for device in active)


def test_dates_are_text_and_what_no_server_keeps_names_its_host(fleet, emulator):
    first, second = of(emulator, "IOS")[:2]
    said_of = "ivanti_desired: {attributes: {purchased: 2026-01-01, costcenter: 010}}\n"
    fleet.write(f"host_vars/{first}.yml", said_of)
    fleet.write(f"host_vars/{second}.yml", "ivanti_desired: {attributes: {purchased: .nan}}\n")
    dated = {**declares(), "check_mode": True, "diff": True}
    done = run_plays(fleet, play_of(dated, hosts=first), play_of(declares()))
    noted = rf"ivanti_desired of the host '{first}' \(.+{first}\.yml\)\.costcenter: YAML reads .* \"010\""
    assert re.search(noted, said(done)), said(done)
    assert '+attributes.purchased: ["2026-01-01"]' in done.stdout or "not defined" in said(done)
    assert (
        f"ivanti_desired of the host '{second}'.attributes, purchased: a value must"
        in messages(done)[-1]
    )
    assert writes(emulator) == []


WRONG = [
    ("ivanti_desierd", {}, "there is no such variable (nearest: 'ivanti_desired')"),
    ("ivanti_desired_attrs", {}, "there is no such variable (nearest: 'ivanti_desired')"),
    ("ivanti_desired", {"attributes": {"a": "{{ desk }}"}}, "a template cannot be evaluated"),
    ("ivanti_desired", {"attribute": {}}, "there is no section 'attribute' (nearest: 'attributes')"),
    ("ivanti_desired", {"attributes": None}, "attributes: is null"),
    ("ivanti_desired", None, "is null in one of its groups, files or sources"),
    ("ivanti_desired", {"labels": ["Pilot"]}, "neurons does not support labels"),
    ("ivanti_desired", ["x"], "expected a mapping of labels"),
]  # fmt: skip


def test_wrong_variables_are_one_sentence_before_any_write(fleet, emulator):
    hosts = of(emulator, "IOS")[: len(WRONG)]
    for host, (variable, value, _words) in zip(hosts, WRONG, strict=True):
        fleet.write(f"host_vars/{host}.yml", {variable: value})
    # One wrong host among others stops all of them.
    others = of(emulator, "OSX")[0]
    done = run_plays(fleet, *(play_of(declares(), hosts=f"{others},{host}") for host in hosts))
    for host, (_variable, _value, words), text in zip(hosts, WRONG, messages(done), strict=True):
        assert words in text and host in text, text
    assert writes(emulator) == []


# fmt: off
@pytest.mark.parametrize(("files", "words"), [
    ({"ivanti_neurons": ""}, "removes attributes.site"),
    ({"ivanti_neurons": "---\n"}, "removes attributes.site"),
    ({"ivanti_neurons": {"ivanti_desired": {"attributes": {}}}}, "removes attributes.site"),
    # The group has another name today.
    ({"ivanti_neurons": None, "ivanti_neuron": {"ivanti_desired": {"attributes": {"site": "x"}}}},
     r"removes attributes\.site.*counts for nobody .* no such groups: 'ivanti_neuron' \(nearest: 'ivanti_neurons'"),
    ({"ivanti_neurons": {"ivanti_desired": {"attributes": {"site": "{{ lookup('file', 'gone.txt') }}"}}}},
     "a template cannot be evaluated .*gone.txt"),
], ids=["empty", "null", "says nothing", "missing group", "failed look-up"])
# fmt: on
def test_a_group_that_says_nothing_any_more_takes_nothing_away(fleet, emulator, files, words):
    """All that a group declared is gone by mistake, and the section is owned whole."""
    whole = {number: {"project": ["orbit9"], "site": ["x"]} for number in emulator.attributes()}
    emulator.set_attributes(whole)
    fleet.write("group_vars/ivanti_neurons.yml", {"ivanti_desired": {"attributes": {"site": "x"}}})
    owned = {"name": "Declare", "ivanti.uem.desired_state": {"purge": ["attributes"]}}
    done = run(fleet, task=owned)
    assert done.returncode == 0 and "changed=1" not in done.stdout, said(done)
    for group, text in files.items():
        if text is None:
            (fleet.folder / f"group_vars/{group}.yml").unlink()
        else:
            fleet.write(f"group_vars/{group}.yml", text)
    done = run(fleet, task=owned)
    assert done.returncode != 0 and re.search(words, said(done)), said(done)
    assert writes(emulator) == [] and emulator.attributes() == whole


def test_hosts_of_another_server_are_refused_by_name(fleet, emulator):
    host = of(emulator, "IOS")[0]
    far = {"ivanti_id": 1, "ivanti_server": "https://other.example"}
    fleet.write("far.yml", {"ivanti_neurons": {"hosts": {"far": far}}})
    fleet.write(f"host_vars/{host}.yml", {"ivanti_server": "https://other.example"})
    fleet.write(
        "play.yml", [play_of(declares(), hosts=f"ivanti_neurons,!{host}"), play_of(declares())]
    )
    done = fleet("ansible-playbook", "-i", "fleet.neurons.yml", "-i", "far.yml", "play.yml")
    other, own = messages(done)
    assert f"Hosts of another server than {emulator.url}: https://other.example: 'far'" in other
    assert f"ivanti_server of the host '{host}' is '{emulator.url}' in the inventory, and" in own
    assert writes(emulator) == []


def test_what_the_play_declares_does_not_pass_in_silence(ansible, emulator):
    ansible.write("fleet.neurons.yml", FLEET)
    wanted = {"vars": {"ivanti_desired": {"attributes": {"project": "x"}}}}
    done = run_plays(
        ansible, play_of(declares(), {**declares(), **wanted}), play_of(declares(), **wanted)
    )
    assert "No host of this batch has ivanti_desired" in said(done)
    task, play = messages(done)
    assert task == play and "ivanti_desired: is set by the play, a task" in play
    assert writes(emulator) == []


def test_what_the_play_sets_over_files_does_not_pass_in_silence(fleet, emulator):
    """Ansible would let it replace what files declare. They are merged instead, and it would not count."""
    hosts = of(emulator, "IOS")[:2]
    fleet.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": "x"}}})
    other = {"ivanti_desired": {"attributes": {"project": "other"}}}
    fleet.write("other.yml", other)
    only = {"when": f"inventory_hostname == '{hosts[1]}'"}
    done = run_plays(
        fleet,
        play_of({**declares(), "vars": other}, hosts=",".join(hosts)),
        play_of(declares(), vars_files=["other.yml"], hosts=",".join(hosts)),
        play_of({"set_fact": other, **only}, declares(), hosts=",".join(hosts)),
    )
    refused = [text for text in messages(done) if "is set by the play, a task, a role" in text]
    assert len(refused) == 3, said(done)
    assert f"a fact of '{hosts[1]}'" in refused[2]
    assert writes(emulator) == []


def test_a_static_inventory_runs_where_ansible_does(ansible, emulator):
    device = sorted(emulator.attributes(), key=int)[0]
    phone = {"ivanti_id": device, "ivanti_server": emulator.url}
    ansible.write("hosts.yml", {"all": {"hosts": {"phone": phone}}})
    declared = "ivanti_desired: {attributes: {project: x, costcenter: 12:30}}\n"
    ansible.write("host_vars/phone.yml", declared)
    # A loop and a delegation are fine.
    again = {"loop": [100], "run_once": True, "delegate_to": "localhost", "check_mode": True}
    task = {"name": "Again", "ivanti.uem.desired_state": {"max_devices": "{{ item }}"}, **again}
    done = run_plays(ansible, play_of(TASK, task, hosts="all"), inventory="hosts.yml")
    words = (
        r"ivanti_desired of the host 'phone' \(.+phone\.yml\)\.costcenter: YAML reads .* \"12:30\""
    )
    assert re.search(words, said(done)), said(done)
    assert done.returncode == 0 and emulator.attributes()[device]["project"] == ["x"], said(done)
    assert "changed=1 " in done.stdout and "ok=2 " in done.stdout


NAME = "ivanti.uem.desired_state"
# fmt: off
SETTING = [
    ({NAME: "{{ everything }}"}, "ivanti.uem.desired_state: differs"),
    ({"action": {"module": NAME, "purge": "{{ owned }}"}}, "purge: differs"),
    ({NAME: {}, "args": {"purge": "{{ owned }}"}}, "purge: differs"),
    ({NAME: {}, "check_mode": "{{ looks }}"}, "check_mode: differs"),
    ({NAME: {}, "environment": {"A": "{{ looks }}"}}, "A: differs|environment: differs"),
    ({"block": [TASK], "check_mode": "{{ looks }}"}, "check_mode: differs"),
    ({"block": [TASK], "module_defaults": {NAME: {"purge": "{{ owned }}"}}}, "purge: differs"),
]
# fmt: on


def test_whatever_sets_it_a_difference_among_hosts_is_refused(fleet, emulator):
    everywhere = {"owned": [], "looks": True, "everything": {}}
    fleet.write("group_vars/ivanti_neurons.yml", everywhere)
    windows = {"owned": ["attributes"], "looks": False, "everything": {"purge": ["attributes"]}}
    fleet.write("group_vars/platform_windows.yml", windows)
    tasks = [{"name": "Declare", "ignore_errors": True, **task} for task, _words in SETTING]
    done = run_plays(fleet, play_of(*tasks))
    for (_task, words), text in zip(SETTING, messages(done), strict=True):
        assert re.search(words, text), text
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
