# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the playbooks that are shipped: misspelt ones are refused, and blank ones are
as good as not given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ..quick_yaml import load_yaml
from .test_state_hosts import FLEET

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = {path.stem: path for path in sorted((ROOT / "playbooks").glob("*.yml"))}

# What each play needs besides the connection.
NEEDED: dict[str, dict[str, object]] = {
    "apply": {"plan": "plan.json"},
    "drift": {},
    "plan": {},
    "doctor": {},
    "export": {"folder": "exported"},
    "fleet_report": {"folder": "report"},
    "lost_device": {"device": "22006", "text": "Call us", "phone_number": "555-0100"},
    "offboard_user": {"email": "nobody@example.com"},
    "stale_devices": {"days": 900},
}


def takes(name: str) -> list[str]:
    """The variables that a play says it takes."""
    play = load_yaml(PLAYBOOKS[name].read_text(encoding="utf-8"))[0]
    names: list[str] = play["vars"]["takes"]
    return names


def run(ansible, name: str, variables: dict, *more: str):
    """Run a play in check mode."""
    given = json.dumps(variables)
    return ansible("ansible-playbook", f"ivanti.uem.{name}", "--check", "-e", given, *more)


def documented(name: str) -> list[str]:
    """The variables of the table in the head of a play. A line can have several names."""
    head = PLAYBOOKS[name].read_text(encoding="utf-8").partition("- name:")[0]
    lines = re.findall(r"^#   ([a-z_]+(?:, [a-z_]+)*)(?:,?$|  )", head, re.MULTILINE)
    return [one for line in lines for one in line.split(", ")]


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_play_takes_what_its_head_documents(name):
    assert sorted(takes(name)) == sorted(documented(name))
    used = PLAYBOOKS[name].read_text(encoding="utf-8").partition("tasks:")
    body = used[0].partition("]\n")[2] + used[0].partition("hosts:")[2].partition("vars:")[0]
    assert [one for one in takes(name) if one not in body + used[2]] == []


# What else checks the numbers of a play in every run: its own conditions, or a module that always runs.
CHECKED = {"days", "grace", "state_max_devices", "state_max_percent", "state_ring_wait"}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_limit_that_is_no_number_is_refused_before_it_is_used(name):
    text = PLAYBOOKS[name].read_text(encoding="utf-8")
    listed = re.search(r"numbers=\[([^]]*)\]", text)
    numbers = re.findall(r"'([a-z_]+)'", listed.group(1)) if listed else []
    wanted = [one for one in takes(name) if re.search(r"max_|_wait$|wait_|^days$|^grace$", one)]
    assert set(wanted) - CHECKED == set(numbers)


CHOOSING: dict[str, dict[str, object]] = {
    "apply": {"target": "all", "confirm": "1-0123456789abcdef"},
    "drift": {"target": "all"},
    "export": {"target": "all", "folder": "exported", "sections": "labels", "force": True},
    "plan": {"target": "all"},
    "lost_device": {"serial_number": "X1", "device": "22006", "email": "a@example.com"},
    "offboard_user": {"email": "a@example.com", "include_shared": True},
    "stale_devices": {"days": 60, "include_never": True},
}


def test_every_play_that_acts_says_what_chooses():
    for name, path in PLAYBOOKS.items():
        play = load_yaml(path.read_text(encoding="utf-8"))[0]
        assert play["vars"].get("chooses", []) == list(CHOOSING.get(name, {})), name
        assert name in ("doctor", "fleet_report") or play["vars"]["chooses"]


@pytest.mark.parametrize(
    ("name", "variable"), [(name, one) for name, some in CHOOSING.items() for one in some]
)
@pytest.mark.parametrize("place", ["group_vars/all.yml", "host_vars/localhost.yml", "hosts"])
def test_what_chooses_is_not_taken_from_the_inventory(emulator, ansible, name, variable, place):
    value = CHOOSING[name][variable]
    hosts = {"all": {"children": {"ivanti_neurons": {"hosts": {"localhost": {"ivanti_id": 1}}}}}}
    if place == "hosts":
        hosts["all"]["vars"] = {variable: value}
    else:
        ansible.write(place, {variable: value})
    ansible.write("hosts.yml", hosts)
    emulator.clear_requests()
    others = {key: one for key, one in NEEDED[name].items() if key not in CHOOSING[name]}
    done = run(ansible, name, others, "-i", "hosts.yml")
    said = " ".join(done.stdout.split())
    assert done.returncode != 0 and emulator.requests() == [], said
    assert f"{variable}: chooses whom or what this is done to" in said, said
    assert f"give it with -e {variable}=... or in a survey" in said


def test_an_extra_variable_counts_before_that_of_the_inventory(emulator, ansible):
    python = "{{ ansible_playbook_python }}"
    own = {"ansible_connection": "local", "ansible_python_interpreter": python}
    hosts = {"hosts": {"localhost": own}, "vars": {"email": "a@example.com", "include_shared": ""}}
    ansible.write("hosts.yml", {"all": hosts})
    done = run(ansible, "offboard_user", NEEDED["offboard_user"], "-i", "hosts.yml")
    assert "No device is registered for nobody@example.com" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("name", "misspelt", "nearest"),
    [
        ("stale_devices", "protectd", "protected"),
        ("stale_devices", "grase", "grace"),
        ("stale_devices", "max_percnt", "max_percent"),
        ("offboard_user", "max_device", "max_devices"),
        ("lost_device", "serial", "serial_number"),
        ("plan", "targt", "target"),
        ("doctor", "product", "uem_product"),
        ("plan", "state_max_percnt", "state_max_percent"),
        ("apply", "state_purg", "state_purge"),
        ("drift", "state_file", "state_files"),
    ],
)  # fmt: skip
def test_a_misspelt_variable_is_refused_before_any_request(
    emulator, ansible, name, misspelt, nearest
):
    hosts = {"ivanti_neurons": {"hosts": {"pad": {"ivanti_id": 22006}}}}
    ansible.write("hosts.yml", hosts)
    emulator.clear_requests()
    done = run(ansible, name, {**NEEDED[name], misspelt: "1"}, "-i", "hosts.yml")
    said = " ".join(done.stdout.split())
    assert done.returncode != 0 and emulator.requests() == []
    assert f"{misspelt}: there is no such variable (nearest: '{nearest}')" in said, said


@pytest.mark.parametrize(
    ("name", "misspelt", "nearest"),
    [
        ("stale_devices", "protectd", "protected"),
        ("stale_devices", "max_devces", "max_devices"),
        ("offboard_user", "max_devces", "max_devices"),
        ("lost_device", "phonenumber", "phone_number"),
    ],
)
def test_a_misspelt_variable_of_a_group_is_refused(emulator, ansible, name, misspelt, nearest):
    ansible.write("hosts.yml", {"all": {"hosts": {"pad": {}}}})
    ansible.write("group_vars/all.yml", {misspelt: "1"})
    emulator.clear_requests()
    done = run(ansible, name, NEEDED[name], "-i", "hosts.yml")
    said = " ".join(done.stdout.split())
    assert done.returncode != 0 and emulator.requests() == []
    assert f"{misspelt}: there is no such variable (nearest: '{nearest}')" in said, said


def test_a_short_variable_of_a_group_that_may_be_meant_is_warned_of(emulator, ansible):
    own = {"grase": 5, "teams": ["a"], "texts": {}, "region": "EMEA"}
    ansible.write("hosts.yml", {"all": {"hosts": {"pad": {}}}})
    ansible.write("group_vars/all.yml", own)
    done = run(ansible, "stale_devices", NEEDED["stale_devices"], "-i", "hosts.yml")
    said = " ".join(done.stderr.split())
    assert done.returncode == 0, done.stdout
    assert "grase: this play has no such variable, and ignores it; if grace is meant" in said
    assert "if text is meant" in said and "teams" not in said and "region" not in said


def test_an_extra_variable_that_resembles_nothing_is_warned_of(emulator, ansible):
    done = run(ansible, "doctor", {"region": "EMEA", "awx_job_id": 7})
    said = " ".join(done.stderr.split())
    assert "region: this play has no such extra variable" in said and "awx_job_id" not in said


@pytest.mark.parametrize("blank", ["", None], ids=["empty", "null"])
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_blank_variable_is_as_good_as_not_given(emulator, ansible, name, blank):
    ids = sorted(emulator.attributes(), key=int)
    own = {"ivanti_id": ids[0], "ivanti_server": emulator.url}
    hosts = {"pad": {**own, "ivanti_desired": {"attributes": {}}}}
    ansible.write("hosts.yml", {"ivanti_neurons": {"hosts": hosts}})
    needed = NEEDED[name]
    if name in ("apply", "drift", "plan"):
        ansible.write("plan.json", {"refusals": [], "confirm": ""})
        needed = {key: str(ansible.folder / "plan.json") for key in needed}
    if name in ("export", "fleet_report"):
        needed = {"folder": str(ansible.folder / "files")}
    if name == "lost_device":
        needed = {**needed, "device": next(one["id"] for one in emulator.devices())}
    if name == "offboard_user":
        rows = emulator.devices("emailAddress", "registrationState")
        row = next(one for one in rows if one["registrationState"] == "ACTIVE")
        needed = {"email": row["emailAddress"]}
    optional = {one: blank for one in takes(name) if one not in needed}
    # A report is of what an inventory plugin found.
    inventory = ansible.write("fleet.neurons.yml", FLEET) if name == "fleet_report" else "hosts.yml"
    done = run(ansible, name, {**optional, **needed}, "-i", inventory)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
