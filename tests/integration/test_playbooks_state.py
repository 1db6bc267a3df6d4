# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks plan, apply and drift: a plan is shown, exactly that plan is done, and drift is found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Command, connection, writes
from ..quick_yaml import load_yaml
from .test_state_hosts import FLEET, on, said


@pytest.fixture
def fleet(ansible, emulator):
    ansible.write("fleet.neurons.yml", FLEET)
    ansible.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"project": ["orbit9"]}}})
    emulator.clear_requests()
    return ansible


def play(ansible: Any, name: str, **variables: Any) -> Any:
    given = json.dumps(variables)
    done = ansible("ansible-playbook", "-i", "fleet.neurons.yml", f"ivanti.uem.{name}", "-e", given)
    # An inventory of one product lacks nothing.
    assert "Could not match supplied host pattern" not in done.stdout + done.stderr
    return done


def planned(ansible: Any, **variables: Any) -> Any:
    done = play(ansible, "plan", folder=str(ansible.folder), **variables)
    return done, json.loads((ansible.folder / "plan.json").read_text())


def apply(ansible: Any, **variables: Any) -> Any:
    return play(ansible, "apply", plan=str(ansible.folder / "plan.json"), **variables)


def drift(ansible: Any, **variables: Any) -> Any:
    file = ansible.folder / "drift.json"
    done = play(ansible, "drift", file=str(file), **variables)
    return done, file.read_bytes()


def declare(ansible: Any, **attributes: Any) -> None:
    ansible.write("group_vars/all.yml", {"ivanti_desired": {"attributes": attributes}})


def active(server: Any) -> list[str]:
    rows = server.devices("id", "registrationState")
    return [str(one["id"]) for one in rows if one["registrationState"] == "ACTIVE"]


def test_a_plan_is_written_and_exactly_that_plan_is_applied(fleet, emulator):
    done, plan = planned(fleet)
    assert done.returncode == 0 and writes(emulator) == [], said(done)
    assert len(plan["changes"]) > 50 and plan["confirm"] in (fleet.folder / "plan.md").read_text()
    # What changed since the plan is refused and shown.
    declare(fleet, project=["other"])
    done = apply(fleet)
    assert done.returncode != 0 and "is not the one that it permits" in said(done)
    assert "project becomes other" in said(done) and writes(emulator) == []
    declare(fleet, project=["orbit9"])
    applied = apply(fleet)
    assert applied.returncode == 0, said(applied)
    assert on(emulator, "project", "orbit9") == len(plan["changes"])
    emulator.clear_requests()
    # A plan that is done already is no other plan.
    assert apply(fleet).returncode == 0 and writes(emulator) == []


def test_a_plan_that_is_refused_or_empty_permits_nothing(fleet, emulator, call):
    done, plan = planned(fleet, state_max_devices=5)
    assert done.returncode != 0 and len(plan["changes"]) > 50
    assert "max_devices is 5" in plan["refusals"][0]
    # The plan is shown in words. Its rows, a page for each host, are in the file.
    assert "changes attributes.project: " in said(done) and "outcome" not in said(done)
    assert "In this playbook the variable for max_devices is state_max_devices." in said(done)
    unknown = play(fleet, "apply", confirm=plan["confirm"] or "1-0", state_max_percent=1)
    assert unknown.returncode != 0 and writes(emulator) == []
    assert "In this playbook the variable for max_percent is state_max_percent." in said(unknown)
    found = drift(fleet, state_ring_wait=5)[0]
    assert "In this playbook" not in said(found)
    done = apply(fleet)
    assert done.returncode != 0 and "The plan was refused" in said(done)
    assert writes(emulator) == []
    path = fleet.folder / "plan.json"
    first = min(emulator.attributes(), key=int)
    own = {name: values for name, values in emulator.attributes()[first].items() if values}
    entry = {"device": first, "attributes": own or {"project": ["x"]}}
    emulator.set_attributes({first: entry["attributes"]})
    call("desired_state", emulator, devices=[entry], plan_path=str(path), check_mode=True)
    plan = json.loads(path.read_text())
    assert plan["changes"] == [] and plan["headline"].startswith("Nothing to change")
    done = apply(fleet)
    assert done.returncode != 0 and "'no change'" in said(done) and writes(emulator) == []


def test_a_plan_without_files_and_hosts_is_applied_by_its_confirm(ansible, emulator):
    first = min(emulator.attributes(), key=int)
    entry = {"device": first, "attributes": {"cityid": "Q"}}
    ansible.write("state/fleet.yml", {"devices": [entry]})
    ansible.write("fleet.neurons.yml", FLEET)
    given = {"target": "localhost", "state_files": [str(ansible.folder / "state")]}
    done = play(ansible, "plan", folder="", **given)
    confirm = re.findall(r"confirm: (\S+)\"", said(done))[-1]
    assert done.returncode == 0 and not (ansible.folder / "plan.json").exists()
    both = {"confirm": confirm, "plan": str(ansible.folder / "plan.json")}
    done = play(ansible, "apply", **both, **given)
    assert done.returncode != 0 and "(one of them); nothing was sent" in said(done)
    done = play(ansible, "apply", confirm="{{ 1 + 1 }}-0", **given)
    assert done.returncode != 0 and "is not the one that it permits" in said(done)
    assert writes(emulator) == []
    assert play(ansible, "apply", confirm=f" {confirm} ", **given).returncode == 0
    assert emulator.attributes()[first]["cityid"] == ["Q"]
    done = play(ansible, "apply", confirm=confirm, **given)
    assert done.returncode == 0 and "confirm names 1 entry, and nothing is left to do" in said(done)
    done = play(ansible, "apply", confirm="foo", **given)
    assert done.returncode != 0 and "confirm: 'foo' is not the confirm of any plan" in said(done)
    done = play(ansible, "drift", **given)
    assert done.returncode == 0 and "The server is what the files say" in said(done)


def test_drift_is_told_from_a_failure_and_is_the_same_while_nothing_changes(fleet, emulator):
    """What an administrator changes by hand."""
    device, other, *_rest = active(emulator)
    right = dict.fromkeys(active(emulator), {"project": ["orbit9"]})
    emulator.set_attributes({**right, device: {"project": ["by hand"]}})
    new = fleet.folder / "new.json"
    done, found = drift(fleet, new=str(new))
    [row] = json.loads(found)["changes"]
    assert json.loads(found)["status"] == "drift"
    assert json.loads(new.read_text()) == {**json.loads(found), "message": "1 of 1 are new"}
    assert done.returncode != 0 and row["id"] == device and row["host"]
    assert row["before"] == {"attributes.project": ["by hand"]} and writes(emulator) == []
    # The same once more is not new, and changes no byte of the whole.
    done, again = drift(fleet, new=str(new))
    assert done.returncode != 0 and again == found
    nothing = {"changes": [], "message": "0 of 1 are new", "status": "clean"}
    assert json.loads(new.read_text()) == nothing
    emulator.set_attributes({other: {"project": ["{{ 7 * 7 }}"]}})
    drift(fleet, new=str(new))
    [fresh] = json.loads(new.read_text())["changes"]
    assert fresh["before"] == {"attributes.project": ["{{ 7 * 7 }}"]}
    declare(fleet, projct=["x"])
    done, failed = drift(fleet)
    assert done.returncode != 0 and json.loads(failed)["status"] == "error"
    assert "'projct' is not defined" in json.loads(failed)["message"]


def test_a_path_that_cannot_be_used_is_refused_before_any_request(fleet, emulator):
    folder = fleet.folder
    (folder / "half.json").write_text('{"status": "cle')
    for name, given, named in (
        ("plan", {"folder": "plans"}, "folder: 'plans' is a relative path"),
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


PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def written(name: str) -> list[dict[str, Any]]:
    return list(load_yaml((PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8")))


def test_a_target_without_hosts_is_refused(ansible):
    ansible.write("hosts.yml", {"all": {"hosts": {"pad": {}}}})
    given = json.dumps({"target": "platfrom_ios"})
    done = ansible("ansible-playbook", "-i", "hosts.yml", "ivanti.uem.export", "-e", given)
    assert done.returncode == 2 and "the inventory has no host of platfrom_ios" in said(done)
    # Others end with the same play, and drift says so in its files: the last result is not one of today.
    assert [written(name)[-1] for name in ("plan", "apply")] == [written("export")[-1]] * 2
    file = ansible.write("drift.json", {"status": "clean", "changes": []})
    given = json.dumps({"target": "platfrom_ios", "file": str(ansible.folder / file)})
    done = ansible("ansible-playbook", "-i", "hosts.yml", "ivanti.uem.drift", "-e", given)
    assert done.returncode == 2 and "the inventory has no host of platfrom_ios" in said(done)
    found = json.loads((ansible.folder / file).read_text())
    assert found["status"] == "error" and "no host of platfrom_ios" in found["message"]


def test_what_nobody_can_see_is_no_drift_and_no_message_says_so(ansible, call, epmm):
    server = {f"IVANTI_UEM_{name.upper()}": str(one) for name, one in connection(epmm).items()}
    on_epmm = Command(ansible.folder, {**ansible.environment, **server})
    call("label", epmm, name="Nobody")
    # No device has the label, so that none shows whether the policy is on it.
    on_epmm.write("state.yml", {"policies": [{"policy": "Kiosk", "label": "Nobody"}]})
    file = on_epmm.folder / "drift.json"
    given = {
        "target": "localhost", "state_files": str(on_epmm.folder / "state.yml"), "file": str(file),
    }  # fmt: skip
    epmm.clear_requests()
    done = on_epmm("ansible-playbook", "ivanti.uem.drift", "-e", json.dumps(given))
    assert done.returncode == 0 and writes(epmm) == [], said(done)
    found = json.loads(file.read_text())
    assert (found["status"], found["changes"]) == ("clean", [])
    assert found["message"].startswith("No drift is seen. A run would send what nobody can see: 1 ")
    assert found["message"].endswith("policies.applied becomes true on 1 (unknown on 1)")


@pytest.mark.parametrize("named", [False, True])
def test_drift_of_an_attribute_is_found_where_the_inventory_makes_groups_of_it(
    ansible: Any, emulator: Any, named: bool
) -> None:
    ansible.write("fleet.neurons.yml", {**FLEET, "attribute_groups": ["cityid"]})
    cities = {
        one: "Berlin" if number % 2 else "Paris" for number, one in enumerate(active(emulator))
    }
    emulator.set_attributes({one: {"cityid": [city]} for one, city in cities.items()})
    more = {"groups_with_values": ["attr_*"]} if named else {}
    done = play(ansible, "export", folder=str(ansible.folder), **more)
    assert done.returncode == 0, said(done)
    file = ansible.folder / "group_vars" / "attr_cityid_berlin.yml"
    declared = "cityid" in (file.read_text(encoding="utf-8") if file.exists() else "")
    warning = "attr_cityid_berlin is made of cityid"
    assert declared is named and (warning in said(done)) is named, said(done)
    if not named:
        device = next(one for one, city in cities.items() if city == "Berlin")
        emulator.set_attributes({device: {"cityid": ["Rome"]}})
        done, found = drift(ansible)
        assert done.returncode != 0
        [row] = json.loads(found)["changes"]
        assert row["id"] == device and row["after"] == {"attributes.cityid": ["Berlin"]}
