# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a playbook author of EPMM sees: every module, run by Ansible's own commands."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from ..conftest import connection, writes
from ..quick_yaml import load_yaml
from .test_playbooks import modules_of, play, recap, task

MODULES = modules_of("epmm")
ROOT = Path(__file__).resolve().parents[2]

# The devices of the examples.
FIRST = "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"
SECOND = "0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22"
THIRD = "2c7a9d10-53f4-4f0e-9d5b-7a1f35c0e933"
NUMBER = "4155551212"

# What each module needs at least, so that it runs on the world below.
# fmt: off
LEAST: dict[str, dict[str, Any]] = {
    "action_followup_info": {},
    "activesync_device": {"select": {"statuses": ["allowed"]}, "state": "blocked", "max_percent": 100},
    "activesync_device_info": {},
    "alert": {"users": ["jdoe"], "comment": "seen"},
    "alert_info": {},
    "app_setting_info": {},
    "appconnect_analytics": {"app_id": "com.mycompany.myapp", "dest": "{{ playbook_dir }}/analytics"},
    "desired_state": {"devices": [{"device": FIRST, "labels": ["Pilot"]}]},
    "device_action": {"action": "lock", "devices": [FIRST], "reason": "lost"},
    "device_compliance_info": {"devices": [FIRST]},
    "device_config": {"devices": [FIRST], "configs": ["Default Security Policy"], "kind": "policy"},
    "device_config_info": {"devices": [FIRST]},
    "device_export": {"dest": "{{ playbook_dir }}/devices.csv"},
    "device_info": {"devices": [FIRST]},
    "device_label": {"devices": [FIRST], "labels": ["Pilot"]},
    "device_location_info": {"devices": [FIRST]},
    "device_message": {"devices": [FIRST], "text": "Please call"},
    "device_registration": {"user": "{{ user }}", "platform": "macos", "country_code": 1},
    "device_roaming": {"devices": [THIRD], "data": True},
    "label": {"name": "Loan pool"},
    "compliance_action_info": {},
    "label_info": {},
    "label_policy": {"policy": "Strict security", "label": "Sales"},
    "policy_info": {},
    "registration_reference_info": {},
    "server_info": {},
    "state_export": {"dest": "{{ playbook_dir }}/state"},
    "user_info": {"users": ["{{ user }}"]},
    "user_password": {"user": "{{ user }}", "current_password": "{{ user }}", "new_password": "Another-1-and-long"},
}
# fmt: on


@pytest.fixture
def emulator(epmm):
    """EPMM with what the examples name; ``ansible`` is connected to it. Ids of alerts cannot be
    chosen."""
    sales = epmm.add_label("Sales")
    # An Android device has the default security policy alone, so that another one is seen on it.
    epmm.add_user("jdoe", first="Jane", last="Doe", email="jdoe@example.com")
    epmm.add_device(
        uuid=FIRST,
        user="jdoe",
        platform="Android",
        labels=["Sales"],
        phone=NUMBER,
        compliance=2,
    )
    epmm.add_device(uuid=SECOND, platform="Android")
    # Roaming is for iOS.
    epmm.add_device(
        uuid=THIRD,
        platform="iOS",
        imei="490154203237518",
        details={"Voice Roaming Enabled": "true", "DataRoamingEnabled": "false"},
    )
    epmm.add_device(platform="Android", status="RETIRED", labels=["Sales"])
    policy = epmm.policies()["Executives"]["id"]
    epmm.change_policy(policy, name="Strict security", labels=[])
    assert sales == epmm.labels()["Sales"]["id"]
    for user, unread in (("jdoe", True), ("jdoe", False)):
        epmm.add_alert(
            FIRST, user_name=user, unread=unread, date=epmm.state()["now"] - 40 * 86400_000
        )
    epmm.clear_requests()
    return epmm


# fmt: off
CHANGING = {
    "alert": {"users": ["jdoe"], "comment": "{{ '{{ 7 * 7 }}' }} & 100 % \"read\""},
    "device_label": {"devices": [FIRST, {"device": SECOND, "labels": ["{{ '{{ pool }}' }}", "100% A+B"]}], "labels": ["Sales"]},
    "label": {"name": "{{ '{{ pool 2 }}' }} & 100%", "filter": '"common.platform" = "iOS"', "description": "{{ '{{ 7 * 7 }}' }}"},
    "label_policy": {"policy": "Strict security", "label": "Sales"},
    "desired_state": {
        "label_definitions": [{"name": "{{ '{{ pool 2 }}' }} & 100%", "description": "{{ '{{ 7 * 7 }}' }}"}],
        "devices": [{"device": SECOND, "labels": ["{{ '{{ pool }}' }}", "100% A+B"]}],
    },
}
# fmt: on


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
    assert (
        shown.findall(applied.stdout) == shown.findall(checked.stdout)
        and "+++ after" in applied.stdout
    )
    assert truth(emulator) != before
    emulator.clear_requests()
    again = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(again.stdout)["changed"] == 0 and recap(again.stdout)["ok"] == 1, (
        again.stdout + again.stderr
    )
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
    ansible.write(
        "play.yml",
        play(
            task("device_label", labels=["Sales"], **{option: "{{ nothing }}"}),
            task("alert", users="{{ nothing }}", comment="x"),
            vars={"nothing": None},
            ignore_errors=True,
        ),
    )
    done = ansible("ansible-playbook", "play.yml")
    assert done.stdout.count("...ignoring") == 2, done.stdout
    assert (
        writes(emulator) == []
        and {name: label["members"] for name, label in emulator.labels().items()} == members
    )


def test_module_defaults_reach_every_module(ansible, emulator):
    """By the group of all modules or by that of the product, in turn; that each module is in both
    is held elsewhere."""
    assert LEAST.keys() == {path.stem for path in MODULES}
    options = {
        name.removeprefix("IVANTI_UEM_").lower(): value
        for name, value in ansible.environment.items()
        if name.startswith("IVANTI_UEM_")
    }
    ansible.environment = {
        name: value
        for name, value in ansible.environment.items()
        if not name.startswith("IVANTI_UEM_")
    }
    tasks = [task(module, **least) for module, least in LEAST.items()]
    owner = emulator.device(FIRST)["user"]
    ansible.write(
        "play.yml",
        [
            *play(
                *tasks[::2], vars={"user": owner}, module_defaults={"group/ivanti.uem.all": options}
            ),
            *play(
                *tasks[1::2],
                vars={"user": owner},
                module_defaults={"group/ivanti.uem.epmm": options},
            ),
        ],
    )
    # Here each module is started by Python itself.
    ansible.python = True
    done = ansible("ansible-playbook", "play.yml")
    assert recap(done.stdout)["ok"] == len(MODULES), done.stdout + done.stderr


def test_one_playbook_for_both_products(ansible, emulator, shared_emulator):
    """The defaults of each product's group go to the modules of that product, in two plays of one
    playbook."""
    ansible.environment = {
        name: value
        for name, value in ansible.environment.items()
        if not name.startswith("IVANTI_UEM_")
    }
    shared_emulator.reset(seed=7, devices=20)
    device = next(iter(shared_emulator.attributes()))
    ansible.write(
        "play.yml",
        [
            *play(
                task("device_custom_attrs", devices=[device], attrs={"owner": "x"}),
                task("device_info", fields=["id"]),
                module_defaults={"group/ivanti.uem.neurons": connection(shared_emulator)},
            ),
            *play(
                task("label_info"),
                task("device_info", fields=["id"]),
                module_defaults={"group/ivanti.uem.epmm": connection(emulator)},
            ),
        ],
    )
    done = ansible("ansible-playbook", "play.yml")
    assert recap(done.stdout)["ok"] == 4, done.stdout + done.stderr


def readme_task(name):
    """The task of this name in README.md."""
    blocks = re.findall(
        r"^```yaml\n(.*?)^```$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    [found] = [
        entry
        for block in blocks
        for entry in load_yaml(block)
        if isinstance(entry, dict) and entry.get("name") == name
    ]
    return found


def test_the_label_of_the_readme_holds_on_a_day_without_old_systems(ansible, epmm):
    epmm.add_label("Old system")
    ansible.write("fleet.epmm.yml", {"plugin": "ivanti.uem.epmm", "labels": []})
    ansible.write(
        "play.yml",
        play(readme_task("Label the devices whose system is too old"), hosts="ivanti_epmm"),
    )
    old = {row["uuid"] for row in epmm.devices("uuid", "compliance") if row["compliance"] & 0x2}
    done = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "play.yml")
    assert done.returncode == 0 and recap(done.stdout)["changed"] == 1, done.stdout + done.stderr
    assert set(epmm.labels()["Old system"]["members"]) == old != set()
    for uuid in old:
        epmm.patch_device(uuid, compliance=0)
    epmm.clear_requests()
    done = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "play.yml")
    assert done.returncode == 0 and recap(done.stdout)["skipped"] == 1 and writes(epmm) == [], (
        done.stdout + done.stderr
    )


def test_the_example_of_a_label_that_follows_compliance(ansible, epmm):
    """It puts the label on, takes it off, and comes to rest also while the two APIs disagree."""
    for path in ("inventory/fleet.epmm.yml", "epmm.yml"):
        for number, data in enumerate(
            yaml.safe_load_all(
                (ROOT / "examples" / "two_products" / path).read_text(encoding="utf-8")
            )
        ):
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
        return [
            row["uuid"]
            for row in rows
            if row["status"] == "ACTIVE"
            and (row["compliance"] == 0 and not row["compromised"]) == compliant
        ]

    # The inventory asks API v1 for so few devices one by one, and these answers are not late.
    epmm.reset(devices=40)
    epmm.set_label_members(epmm.labels()["Pilot"]["id"], active(True)[:3])
    assert run() > 0
    assert set(epmm.labels()["Pilot"]["members"]) == set(active(False)) != set()
    # The devices have the policy by other labels as well, so only that is sent again.
    assert run() == 0 and all("/policies/" in path for _method, path in writes(epmm))
    # Lists come from an index, which may be late.
    epmm.set_switch("list_lag", "manual")
    late = active(True)[0]
    other = next(
        row["uuid"]
        for row in epmm.devices("uuid", "compromised")
        if row["uuid"] in active(False) and not row["compromised"]
    )
    epmm.patch_device(late, compliance=0x2)
    epmm.patch_device(other, compliance=0)
    assert run() > 0
    assert (
        set(epmm.labels()["Pilot"]["members"]) == set(active(False))
        and late in active(False)
        and other in active(True)
    )
    epmm.settle()
    assert run() == 0 and all("/policies/" in path for _method, path in writes(epmm))


def test_no_secret_is_shown(ansible, emulator):
    """At the highest verbosity, with a diff, in success and failure, in every form that text may
    take."""
    password = emulator.password
    # fmt: off
    forms = {
        password, json.dumps(password)[1:-1], json.dumps(password, ensure_ascii=False)[1:-1], quote(password), quote(password, safe=""),
        repr(password)[1:-1], base64.b64encode(f"tester:{password}".encode()).decode(), base64.b64encode(password.encode()).decode(),
    }
    # fmt: on
    # Those that write fail, and so do all with a wrong password. The modules that have secrets of
    # their own have tests of their own.
    writing = {*CHANGING, "device_action", "device_message", "device_roaming"}
    used = {module: LEAST[module] for module in (*sorted(writing), "device_info", "policy_info")}
    tasks = [{**task(module, **least), "ignore_errors": True} for module, least in used.items()]
    wrong = [
        {**task(module, **least, password=password + "x"), "ignore_errors": True}
        for module, least in used.items()
    ]
    # Servers that answer with what they were sent.
    emulator.add_fault(
        "errors_200",
        method="PUT",
        path="/api/v1/*",
        times=None,
        message=f"sent by tester:{password}",
    )
    emulator.add_fault("500", method="PUT", path="/api/v2/*", times=None)
    emulator.add_fault(
        "errors_200",
        method="POST",
        path="/api/v2/*",
        times=None,
        message=f"sent by tester:{password}",
    )
    emulator.add_fault(
        "errors_200",
        method="POST",
        path="/api/v1/*",
        times=None,
        message=f"sent by tester:{password}",
    )
    ansible.write("play.yml", play(*tasks, *wrong))
    done = ansible("ansible-playbook", "play.yml", "-vvvv", "--diff", IVANTI_UEM_RETRIES="0")
    text = done.stdout + done.stderr
    assert text.count("...ignoring") == len(writing) + len(used), text
    assert [form for form in forms if form in text] == []
    assert "Traceback" not in text
    for path in ansible.folder.rglob("*"):
        if path.is_file():
            assert path.name == "play.yml" or not [
                form for form in forms if form in path.read_text(encoding="utf-8", errors="replace")
            ], path
