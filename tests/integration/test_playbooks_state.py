# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks plan, apply and drift: a plan is shown, exactly that plan is done, and drift is found."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ..conftest import writes
from .test_state_hosts import FLEET, on, said


@pytest.fixture
def fleet(ansible, emulator):
    ansible.write("fleet.neurons.yml", FLEET)
    ansible.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": ["orbit9"]}}})
    emulator.clear_requests()
    return ansible


def play(ansible: Any, name: str, **variables: Any) -> Any:
    given = json.dumps(variables)
    return ansible("ansible-playbook", "-i", "fleet.neurons.yml", f"ivanti.uem.{name}", "-e", given)


def planned(ansible: Any, **variables: Any) -> Any:
    done = play(ansible, "plan", folder=str(ansible.folder), **variables)
    return done, json.loads((ansible.folder / "plan.json").read_text())


def apply(ansible: Any, **variables: Any) -> Any:
    return play(ansible, "apply", plan=str(ansible.folder / "plan.json"), **variables)


def drift(ansible: Any, **variables: Any) -> Any:
    file = ansible.folder / "drift.json"
    done = play(ansible, "drift", file=str(file), **variables)
    return done, file.read_bytes()


def test_a_plan_is_written_and_exactly_that_plan_is_applied(fleet, emulator):
    done, plan = planned(fleet)
    assert done.returncode == 0 and writes(emulator) == [], said(done)
    assert len(plan["changes"]) > 50 and plan["confirm"] in (fleet.folder / "plan.md").read_text()
    applied = apply(fleet)
    assert applied.returncode == 0, said(applied)
    assert on(emulator, "project", "orbit9") == len(plan["changes"])
    emulator.clear_requests()
    # A plan that is done already is no other plan.
    assert apply(fleet).returncode == 0 and writes(emulator) == []


def test_a_plan_without_files_is_applied_by_its_confirm(fleet, emulator):
    done = play(fleet, "plan", folder="")
    confirm = re.findall(r"confirm: (\S+)\"", said(done))[-1]
    assert done.returncode == 0 and not (fleet.folder / "plan.json").exists()
    for wrong in ({}, {"confirm": confirm, "plan": str(fleet.folder / "plan.json")}):
        done = play(fleet, "apply", **wrong)
        assert done.returncode != 0 and "(one of them); nothing was sent" in said(done)
    done = play(fleet, "apply", confirm="{{ 1 + 1 }}-0")
    assert done.returncode != 0 and "is not the one that it permits" in said(done)
    assert writes(emulator) == []
    assert play(fleet, "apply", confirm=f" {confirm} ").returncode == 0
    assert on(emulator, "project", "orbit9") > 50
    done = play(fleet, "drift")
    assert done.returncode == 0 and "The server is what the files say" in said(done)


def test_what_changed_since_the_plan_is_refused_and_shown(fleet, emulator):
    planned(fleet)
    fleet.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": ["other"]}}})
    done = apply(fleet)
    assert done.returncode != 0 and "is not the one that it permits" in said(done)
    assert "project becomes other" in said(done) and writes(emulator) == []


def test_an_empty_plan_permits_nothing(fleet, emulator):
    fleet.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {}}})
    _done, plan = planned(fleet)
    assert plan["changes"] == [] and plan["headline"].startswith("Nothing to change")
    fleet.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": ["orbit9"]}}})
    done = apply(fleet)
    assert done.returncode != 0 and "'no change'" in said(done) and writes(emulator) == []


def test_a_plan_above_its_limit_is_written_and_cannot_be_applied(fleet, emulator):
    done, plan = planned(fleet, state_max_devices=5)
    assert done.returncode != 0 and len(plan["changes"]) > 50
    assert "max_devices is 5" in plan["refusals"][0]
    done = apply(fleet)
    assert done.returncode != 0 and "The plan was refused" in said(done)
    assert writes(emulator) == []


def test_drift_is_told_from_a_failure_and_is_the_same_while_nothing_changes(fleet, emulator):
    done, first = drift(fleet)
    assert done.returncode != 0 and json.loads(first)["status"] == "drift"
    assert len(json.loads(first)["changes"]) > 50
    assert drift(fleet)[1] == first and writes(emulator) == []
    planned(fleet)
    apply(fleet)
    done, clean = drift(fleet)
    assert done.returncode == 0 and json.loads(clean)["status"] == "clean", said(done)
    assert drift(fleet)[1] == clean
    # What an administrator changes by hand.
    device = next(one for one, attrs in emulator.attributes().items() if "project" in attrs)
    emulator.set_attributes({device: {"project": ["by hand"]}})
    emulator.clear_requests()
    new = fleet.folder / "new.json"
    done, found = drift(fleet, new=str(new))
    [row] = json.loads(found)["changes"]
    assert json.loads(new.read_text()) == {**json.loads(found), "message": "1 of 1 are new"}
    assert done.returncode != 0 and row["id"] == device and row["host"]
    assert row["before"] == {"attributes.project": ["by hand"]} and writes(emulator) == []
    # The same once more is not new, and changes no byte of the whole.
    other = next(
        one for one, attrs in emulator.attributes().items() if attrs.get("project") == ["orbit9"]
    )
    done, again = drift(fleet, new=str(new))
    assert done.returncode != 0 and again == found
    assert json.loads(new.read_text()) == {
        "changes": [],
        "message": "0 of 1 are new",
        "status": "clean",
    }
    emulator.set_attributes({other: {"project": ["{{ 7 * 7 }}"]}})
    drift(fleet, new=str(new))
    [fresh] = json.loads(new.read_text())["changes"]
    assert fresh["before"] == {"attributes.project": ["{{ 7 * 7 }}"]}
    fleet.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"projct": ["x"]}}})
    done, failed = drift(fleet)
    assert done.returncode != 0 and json.loads(failed)["status"] == "error"
    assert "'projct' is not defined" in json.loads(failed)["message"]


def test_a_path_that_cannot_be_used_is_refused_before_any_request(fleet, emulator):
    folder = fleet.folder
    (folder / "half.json").write_text('{"status": "cle')
    for name, given, named in (
        ("plan", {"folder": "plans"}, "folder: 'plans' is a relative path"),
        ("plan", {"folder": f"{folder}/none"}, f"folder: '{folder}/none' does not exist"),
        ("apply", {"plan": f"{folder}/none.json"}, f"plan: '{folder}/none.json' does not exist"),
        (
            "drift",
            {"new": f"{folder}/half.json"},
            "is not a whole JSON file with status and changes",
        ),
    ):
        done = play(fleet, name, **given)
        assert done.returncode != 0 and named in said(done), said(done)
        assert "nothing was sent" in said(done)
    # The inventory asked, and no task.
    assert {entry["method"] for entry in emulator.requests()} == {"GET"}
    assert list(folder.glob("plans")) == []


@pytest.mark.parametrize("name", ["plan", "apply", "drift", "export"])
def test_a_target_without_hosts_is_refused(ansible, name):
    ansible.write("hosts.yml", {"all": {"hosts": {"pad": {}}}})
    given = json.dumps({"target": "platfrom_ios"})
    done = ansible("ansible-playbook", "-i", "hosts.yml", f"ivanti.uem.{name}", "-e", given)
    assert done.returncode == 2 and "the inventory has no host of platfrom_ios" in said(done)


def test_state_files_need_no_inventory(ansible, emulator):
    first = min(emulator.attributes(), key=int)
    ansible.write(
        "state/fleet.yml", {"devices": [{"device": first, "attributes": {"cityid": "Q"}}]}
    )
    ansible.write("fleet.neurons.yml", FLEET)
    files = [str(ansible.folder / "state")]
    done, plan = planned(ansible, target="localhost", state_files=files)
    assert done.returncode == 0 and len(plan["changes"]) == 1, said(done)
    assert apply(ansible, target="localhost", state_files=files).returncode == 0
    assert emulator.attributes()[first]["cityid"] == ["Q"]
