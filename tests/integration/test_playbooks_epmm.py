# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a playbook author of EPMM sees: every module and its examples, run by Ansible's own commands."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from ..conftest import connection, writes
from .test_playbooks import documented_part, examples, modules_of, play, recap, task

MODULES = modules_of("epmm")
ROOT = Path(__file__).resolve().parents[2]

# The devices of the examples.
FIRST = "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"
SECOND = "0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22"
THIRD = "2c7a9d10-53f4-4f0e-9d5b-7a1f35c0e933"
NUMBER = "4155551212"

# What each module needs at least, so that it runs on the world below.
LEAST = {
    "alert": {"users": ["jdoe"], "comment": "seen"},
    "alert_info": {},
    "device_action": {"action": "lock", "devices": [FIRST], "reason": "lost"},
    "device_info": {"devices": [FIRST]},
    "device_label": {"devices": [FIRST], "labels": ["Pilot"]},
    "device_location_info": {"devices": [FIRST]},
    "device_message": {"devices": [FIRST], "text": "Please call"},
    "device_roaming": {"devices": [THIRD], "data": True},
    "label_info": {},
    "label_policy": {"policy": "Strict security", "label": "Sales"},
    "policy_info": {},
}


@pytest.fixture
def emulator(epmm):
    """EPMM with what the examples name; ``ansible`` is connected to it. Ids of alerts cannot be chosen."""
    sales = epmm.add_label("Sales")
    # An Android device has the default security policy alone, so that another one is seen on it.
    epmm.add_device(uuid=FIRST, platform="Android", labels=["Sales"], phone=NUMBER, compliance=2)
    epmm.add_device(uuid=SECOND, platform="Android")
    # Roaming is for iOS.
    epmm.add_device(uuid=THIRD, platform="iOS", imei="490154203237518", details={"Voice Roaming Enabled": "true", "DataRoamingEnabled": "false"})
    epmm.add_device(platform="Android", status="RETIRED", labels=["Sales"])
    policy = epmm.policies()["Executives"]["id"]
    epmm.change_policy(policy, name="Strict security", labels=[])
    assert sales == epmm.labels()["Sales"]["id"]
    for user, unread in (("jdoe", True), ("jdoe", False)):
        epmm.add_alert(FIRST, user_name=user, unread=unread, date=epmm.state()["now"] - 40 * 86400_000)
    epmm.clear_requests()
    return epmm


def named_by_the_examples(emulator):
    """The examples' ids of alerts, and those of alerts that are there."""
    mine = [number for number, alert in emulator.alerts().items() if alert["user_name"] == "jdoe"]
    return dict(zip((3936, 3934), mine, strict=True))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_examples_of_the_documentation_run(ansible, emulator, path):
    numbers = named_by_the_examples(emulator)
    tasks = examples(path, "epmm")
    for entry in tasks:
        options = entry[f"ivanti.uem.{path.stem}"]
        if "ids" in options:
            options["ids"] = [numbers[number] for number in options["ids"]]
        if "uids" in options.get("select", {}):
            # Users cannot be added: it is the one who has the device.
            assert options["select"]["uids"] == ["jdoe"]
            options["select"]["uids"] = [emulator.device(FIRST)["user"]]
    ansible.write("play.yml", play(*tasks))
    done = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(done.stdout)["ok"] == len(tasks), done.stdout + done.stderr
    if path.stem.endswith("_info"):
        # One example asks the devices where they are.
        places = path.stem == "device_location_info"
        assert recap(done.stdout)["changed"] == 0
        assert [one for one in writes(emulator) if not (places and one[1].startswith("/api/v1/dm/devices/locate/"))] == []


CHANGING = {
    "alert": {"users": ["jdoe"], "comment": "{{ '{{ 7 * 7 }}' }} & 100 % \"read\""},
    "device_label": {"devices": [FIRST, {"device": SECOND, "labels": ["{{ '{{ pool }}' }}", "100% A+B"]}], "labels": ["Sales"]},
    "label_policy": {"policy": "Strict security", "label": "Sales"},
}


def truth(emulator):
    labels = {name: sorted(label["members"]) for name, label in emulator.labels().items()}
    policies = {name: sorted(policy["labels"]) for name, policy in emulator.policies().items()}
    return labels, policies, emulator.alerts()


@pytest.mark.parametrize("module", CHANGING)
def test_state_is_predicted_shown_applied_and_kept(ansible, emulator, module):
    ansible.write("play.yml", play(task(module, **CHANGING[module])))
    before = truth(emulator)
    checked = ansible("ansible-playbook", "play.yml", "--check", "--diff")
    assert recap(checked.stdout)["changed"] == 1, checked.stdout + checked.stderr
    assert writes(emulator) == [] and truth(emulator) == before
    applied = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(applied.stdout)["changed"] == 1, applied.stdout + applied.stderr
    shown = re.compile(r"^([-+ @].*)$", re.MULTILINE)
    assert shown.findall(applied.stdout) == shown.findall(checked.stdout) and "+++ after" in applied.stdout
    assert truth(emulator) != before
    emulator.clear_requests()
    again = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(again.stdout)["changed"] == 0 and recap(again.stdout)["ok"] == 1, again.stdout + again.stderr
    assert writes(emulator) == [] and "+++ after" not in again.stdout


def test_a_comment_is_stored_as_it_was_written(ansible, emulator):
    ansible.write("play.yml", play(task("alert", **CHANGING["alert"])))
    ansible("ansible-playbook", "play.yml")
    mine = [alert for alert in emulator.alerts().values() if alert["user_name"] == "jdoe"]
    # The one that was read already got none.
    assert [alert["comment"] for alert in mine] == ['{{ 7 * 7 }} & 100 % "read"', None]
    assert not any(alert["unread"] for alert in mine)


@pytest.mark.parametrize("option", ["devices", "select"])
def test_a_variable_that_is_empty_does_not_choose_every_device(ansible, emulator, option):
    """For Ansible an option is given when its template makes null of it."""
    members = {name: label["members"] for name, label in emulator.labels().items()}
    ansible.write("play.yml", play(
        task("device_label", labels=["Sales"], **{option: "{{ nothing }}"}), task("alert", users="{{ nothing }}", comment="x"),
        vars={"nothing": None}, ignore_errors=True,
    ))
    done = ansible("ansible-playbook", "play.yml")
    assert done.stdout.count("...ignoring") == 2, done.stdout
    assert writes(emulator) == [] and {name: label["members"] for name, label in emulator.labels().items()} == members


@pytest.mark.parametrize("group", ["all", "epmm"])
def test_module_defaults_reach_every_module(ansible, emulator, group):
    assert LEAST.keys() == {path.stem for path in MODULES}
    options = {name.removeprefix("IVANTI_UEM_").lower(): value for name, value in ansible.environment.items() if name.startswith("IVANTI_UEM_")}
    ansible.environment = {name: value for name, value in ansible.environment.items() if not name.startswith("IVANTI_UEM_")}
    tasks = [task(module, **least) for module, least in LEAST.items()]
    ansible.write("play.yml", play(*tasks, module_defaults={f"group/ivanti.uem.{group}": options}))
    done = ansible("ansible-playbook", "play.yml")
    assert recap(done.stdout)["ok"] == len(MODULES), done.stdout + done.stderr


def test_one_playbook_for_both_products(ansible, emulator, shared_emulator):
    """The defaults of each product's group go to the modules of that product, in two plays of one playbook."""
    ansible.environment = {name: value for name, value in ansible.environment.items() if not name.startswith("IVANTI_UEM_")}
    shared_emulator.reset(seed=7, devices=20)
    device = next(iter(shared_emulator.attributes()))
    ansible.write("play.yml", [
        *play(task("device_custom_attrs", devices=[device], attrs={"owner": "x"}), task("device_info", fields=["id"]),
              module_defaults={"group/ivanti.uem.neurons": connection(shared_emulator)}),
        *play(task("label_info"), task("device_info", fields=["id"]), module_defaults={"group/ivanti.uem.epmm": connection(emulator)}),
    ])
    done = ansible("ansible-playbook", "play.yml")
    assert recap(done.stdout)["ok"] == 4, done.stdout + done.stderr


def readme_task(name):
    """The task of this name in README.md."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    [found] = [entry for block in blocks for entry in yaml.safe_load(block) if isinstance(entry, dict) and entry.get("name") == name]
    return found


def test_the_label_of_the_readme_holds_on_a_day_without_old_systems(ansible, epmm):
    epmm.add_label("Old system")
    ansible.write("fleet.epmm.yml", {"plugin": "ivanti.uem.epmm", "labels": []})
    ansible.write("play.yml", play(readme_task("Label the devices whose system is too old"), hosts="ivanti_epmm"))
    old = {row["uuid"] for row in epmm.devices("uuid", "compliance") if row["compliance"] & 0x2}
    done = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "play.yml")
    assert done.returncode == 0 and recap(done.stdout)["changed"] == 1, done.stdout + done.stderr
    assert set(epmm.labels()["Old system"]["members"]) == old != set()
    for uuid in old:
        epmm.patch_device(uuid, compliance=0)
    epmm.clear_requests()
    done = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "play.yml")
    assert done.returncode == 0 and recap(done.stdout)["skipped"] == 1 and writes(epmm) == [], done.stdout + done.stderr


def test_the_example_of_a_label_that_follows_compliance(ansible, epmm):
    """It puts the label on, takes it off, and comes to rest also while the two APIs disagree."""
    for path in ("inventory/fleet.epmm.yml", "epmm.yml"):
        for number, data in enumerate(yaml.safe_load_all((ROOT / "examples" / "two_products" / path).read_text(encoding="utf-8"))):
            assert number == 0
            ansible.write(path, data)
    named = {f"EPMM_{name.upper()}": value or "" for name, value in connection(epmm).items()}

    def run():
        epmm.clear_requests()
        done = ansible("ansible-playbook", "-i", "inventory", "epmm.yml", **named)
        assert done.returncode == 0, done.stdout + done.stderr
        return recap(done.stdout)["changed"]

    def active(compliant):
        rows = epmm.devices("uuid", "status", "compliance", "compromised")
        return [row["uuid"] for row in rows
                if row["status"] == "ACTIVE" and (row["compliance"] == 0 and not row["compromised"]) == compliant]

    # So few that API v1 is asked for one by one, and these answers are not late.
    epmm.reset(devices=40)
    epmm.set_label_members(epmm.labels()["Pilot"]["id"], active(True)[:3])
    assert run() > 0
    assert set(epmm.labels()["Pilot"]["members"]) == set(active(False)) != set()
    assert run() == 0 and writes(epmm) == []
    # Lists come from an index, which may be late.
    epmm.set_switch("list_lag", "manual")
    late = active(True)[0]
    other = next(row["uuid"] for row in epmm.devices("uuid", "compromised") if row["uuid"] in active(False) and not row["compromised"])
    epmm.patch_device(late, compliance=0x2)
    epmm.patch_device(other, compliance=0)
    assert run() > 0
    assert set(epmm.labels()["Pilot"]["members"]) == set(active(False)) and late in active(False) and other in active(True)
    epmm.settle()
    assert run() == 0 and writes(epmm) == []


# For each module what makes every key of its result appear, and the key whose entries have documented keys of their own.
EVERYTHING = {
    "alert": ({"users": ["jdoe"], "comment": "seen"}, "alerts"),
    "alert_info": ({"ids": [999999999, 0], "on_missing": "skip", "query": "[]"}, "alerts"),
    "device_action": ({"action": "lock", "devices": [FIRST, 999999999], "on_missing": "skip"}, "devices"),
    "device_info": ({"query": "[]", "details": True}, ""),
    "device_label": ({"devices": [FIRST, SECOND, 999999999], "labels": ["Sales"], "on_missing": "skip"}, "devices"),
    "device_location_info": ({"devices": [FIRST, SECOND, THIRD]}, "devices"),
    "device_message": ({"devices": [FIRST, 999999999], "text": "Please call", "on_missing": "skip"}, "devices"),
    "device_roaming": ({"devices": [THIRD, 999999999], "data": True, "on_missing": "skip"}, "devices"),
    "label_info": ({"members": True, "query": "[]"}, "labels"),
    "label_policy": ({"policy": "Strict security", "label": "Sales"}, ""),
    "policy_info": ({"devices": [FIRST, SECOND], "query": "[]"}, "policies"),
}
TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict, "raw": object}


def wrong_types(value, documented, where):
    """Where a result is not of the documented type. Nothing known is null, which every type allows."""
    if value is None:
        return []
    kind = documented["type"]
    faults = [] if isinstance(value, TYPES[kind]) and not (kind == "int" and isinstance(value, bool)) else [f"{where}: {value!r}"]
    rows = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    for row in rows:
        for name, part in documented.get("contains", {}).items():
            if isinstance(row, dict) and name in row:
                faults += wrong_types(row[name], part, f"{where}.{name}")
    return faults


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_documentation_tells_every_key_that_is_returned(call, emulator, path):
    documented = documented_part(path, "RETURN")
    options, rows = EVERYTHING[path.stem]
    if path.stem == "alert_info":
        options = {**options, "ids": [999999999, *named_by_the_examples(emulator).values()]}
    result = call(path.stem, emulator, **options)
    assert set(result) - {"changed", "diff", "warnings"} == set(documented)
    for name, part in documented.items():
        assert wrong_types(result[name], part, name) == []
    if "summary" in documented:
        assert set(result["summary"]) == set(documented["summary"]["contains"])
    if rows:
        assert result[rows]
        for entry in result[rows]:
            assert set(entry) <= set(documented[rows]["contains"])
            always = {name for name, part in documented[rows]["contains"].items() if "returned" not in part}
            assert set(entry) >= always or "outcome" in entry
    if path.stem == "policy_info":
        rules = [rule for policy in result["policies"] for rule in policy["rules"]]
        assert rules and {frozenset(rule) for rule in rules} == {frozenset(documented["policies"]["contains"]["rules"]["contains"])}


def test_no_secret_is_shown(ansible, emulator):
    """At the highest verbosity, with a diff, in success and failure, in every form that text may take."""
    password = emulator.password
    forms = {
        password, json.dumps(password)[1:-1], json.dumps(password, ensure_ascii=False)[1:-1], quote(password), quote(password, safe=""),
        repr(password)[1:-1], base64.b64encode(f"tester:{password}".encode()).decode(), base64.b64encode(password.encode()).decode(),
    }
    tasks = [{**task(module, **least), "ignore_errors": True} for module, least in LEAST.items()]
    wrong = [{**task(module, **least, password=password + "x"), "ignore_errors": True} for module, least in LEAST.items()]
    # Servers that answer with what they were sent.
    emulator.add_fault("errors_200", method="PUT", path="/api/v1/*", times=None, message=f"sent by tester:{password}")
    emulator.add_fault("500", method="PUT", path="/api/v2/*", times=None)
    emulator.add_fault("errors_200", method="POST", path="/api/v1/*", times=None, message=f"sent by tester:{password}")
    ansible.write("play.yml", play(*tasks, *wrong))
    done = ansible("ansible-playbook", "play.yml", "-vvvv", "--diff", IVANTI_UEM_RETRIES="0")
    text = done.stdout + done.stderr
    # Those that write fail, and so do all with a wrong password.
    writing = {*CHANGING, "device_action", "device_message", "device_roaming"}
    assert text.count("...ignoring") == len(writing) + len(MODULES), text
    assert [form for form in forms if form in text] == []
    assert "Traceback" not in text
    for path in ansible.folder.rglob("*"):
        if path.is_file():
            assert path.name == "play.yml" or not [form for form in forms if form in path.read_text(encoding="utf-8", errors="replace")], path
