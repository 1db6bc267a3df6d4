# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates of the role awx_setup, run as AWX runs them: by ansible-runner, with the
environment of the credential and the answers of the survey. And what the role says of wrong input."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import ansible_runner  # type: ignore[import-untyped]
import pytest

from ..awx.role import PROJECT, TABLE, environment, survey
from ..conftest import connection, writes
from .test_state_hosts import said


class Controller:
    """Launches job templates of one tenant."""

    def __init__(self, folder: Path, ansible: Any, emulator: Any) -> None:
        self.folder, self.ansible = folder, ansible
        shutil.copytree(PROJECT, folder / "project")
        own = connection(emulator)
        # A credential has the certificates themselves.
        inputs = {key: own[key] for key in ("product", "url", "username", "password")}
        inputs |= {"ca": Path(own["ca_path"]).read_text(), "journal_path": str(folder / "journal")}
        self.product = own["product"]
        kept = {k: v for k, v in ansible.environment.items() if not k.startswith("IVANTI_UEM_")}
        path = f"{Path(sys.executable).parent}:{kept['PATH']}"
        self.environment = {**kept, **environment(inputs, folder), "PATH": path}

    def launch(self, name: str, *, artifacts: Any = None, **answers: str) -> Any:
        """Run one job, and return its status, its output and its artifacts."""
        row = TABLE[name]
        private = self.folder / "jobs" / name
        (private / "env").mkdir(parents=True, exist_ok=True)
        given = self.extra_variables(name, **answers)
        (private / "env" / "extravars").write_text(given, encoding="utf-8")
        fleet = self.folder / "project/inventory" / f"fleet.{self.product}.yml"
        # The host that the role makes.
        python = "{{ ansible_playbook_python }}"
        own = {"ansible_connection": "local", "ansible_python_interpreter": python}
        job = ansible_runner.run(
            private_data_dir=str(private),
            project_dir=str(self.folder / "project"),
            playbook=f"playbooks/{name}.yml",
            inventory=str(fleet) if row.get("fleet") else {"all": {"hosts": {"localhost": own}}},
            envvars=self.environment,
            extravars=artifacts,
            cmdline="--check" if row.get("writes") else "",
            quiet=True,
        )
        events = [one for one in job.events if one["event"] == "playbook_on_stats"]
        handed_on = [one["event_data"].get("artifact_data", {}) for one in events]
        return job.status, job.stdout.read(), (handed_on or [{}])[0]

    def launch_forked(self, name: str, **answers: str) -> Any:
        """Run a job without ansible-runner, which starts Ansible and takes three times as long."""
        self.ansible.environment = self.environment
        given = self.ansible.write("given.yml", self.extra_variables(name, **answers))
        pad = {"ivanti_id": 22006, "ivanti_server": self.environment["IVANTI_UEM_URL"]}
        hosts = {"pad": {**pad, "ivanti_desired": {"attributes": {}}}}
        inventory = self.ansible.write("hosts.yml", {f"ivanti_{self.product}": {"hosts": hosts}})
        if TABLE[name].get("fleet") and not TABLE[name].get("targeted"):
            inventory = str(PROJECT / f"inventory/fleet.{self.product}.yml")
        more = ["--check"] if TABLE[name].get("writes") else []
        play = str(PROJECT / f"playbooks/{name}.yml")
        return self.ansible("ansible-playbook", "-i", inventory, play, "-e", f"@{given}", *more)

    def extra_variables(self, name: str, **answers: str) -> str:
        """What AWX writes for a job: all answers, and those with braces as no templates."""
        given = {question["variable"]: question["default"] for question in survey(name)}
        assert set(answers) <= set(given), name
        given |= answers
        if TABLE[name].get("targeted"):
            given["target"] = f"ivanti_{self.product}"
        lines = [
            f"{key}: {'!unsafe ' if '{' in value else ''}{json.dumps(value)}"
            for key, value in given.items()
        ]
        return "\n".join(lines) + "\n"


@pytest.fixture
def controller(tmp_path, ansible, emulator):
    made = Controller(tmp_path, ansible, emulator)
    emulator.clear_requests()
    return made


def test_a_workflow_plans_and_applies_exactly_that_plan(controller, emulator):
    answers = {"state_max_devices": "500", "state_max_percent": "100"}
    status, output, artifacts = controller.launch("plan", **answers)
    assert status == "successful" and writes(emulator) == [], output
    # AWX makes extra variables of them, so that nothing that a server said may be among them.
    assert set(artifacts) == {"confirm"} and artifacts["confirm"] in output
    status, output, _artifacts = controller.launch("apply", artifacts=artifacts, **answers)
    assert status == "successful" and len(writes(emulator)) > 10, output


def full_answers(emulator: Any) -> dict[str, dict[str, str]]:
    """An answer to every question that is not another way to ask the same."""
    rows = emulator.devices("emailAddress", "registrationState", "serialNumber", "platformType")
    active = [row for row in rows if row["registrationState"] == "ACTIVE" and row["serialNumber"]]
    # fmt: off
    return {
        "doctor": {"behaviours": "yes"},
        "fleet_report": {"folder": "report", "title": "{{ 7 * 7 }}", "history_path": "history.db", "counts": "yes"},
        "drift": {"state_files": "state.yml", "state_purge": "labels"},
        "lost_device": {
            "serial_number": active[0]["serialNumber"], "text": "It's {{ 7 * 7 }} lost", "phone_number": "5550100", "footnote": "IT desk",
            "reason": "lost", "locate_wait": "5", "show_place": "yes",
        },
        "offboard_user": {
            "email": active[1]["emailAddress"], "max_devices": "9", "include_shared": "yes", "wait_timeout": "60",
            "wait_interval": "1", "reason": "left",
        },
        "stale_devices": {
            "days": "900", "grace": "7", "include_never": "yes", "max_devices": "9", "max_percent": "50", "max_messages": "900",
            "message_mode": "push", "subject": "Hello", "text": "Please charge it", "reason": "stale",
        },
    }
    # fmt: on


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"plan", "apply"}))
def test_every_answer_is_taken(controller, emulator, name):
    """The others, with every question answered. What is blank is in test_play_variables."""
    answers = full_answers(emulator)[name]
    if "state_files" in answers:
        answers["state_files"] = str(
            controller.folder / controller.ansible.write("s.yml", "devices: []")
        )
    unasked = {question["variable"] for question in survey(name)} - set(answers)
    assert unasked <= {"device", "email"}
    for key in {"folder", "history_path"} & set(answers):
        answers[key] = str(controller.folder / answers[key])
    done = controller.launch_forked(name, **answers)
    assert done.returncode == 0, said(done)
    assert emulator.password not in said(done) and writes(emulator) == []
    assert name != "lost_device" or "It's {{ 7 * 7 }} lost 5550100" in done.stdout


@pytest.mark.parametrize(
    ("name", "answers", "sentence"),
    [
        ("lost_device", {"serial_number": "{{ 7 * 7 }}"}, "There is no active device for {{ 7 * 7 }}; nothing was sent"),
        ("plan", {"state_max_devices": "ten"}, "max_devices"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_one_sentence_before_any_write(
    controller, emulator, name, answers, sentence
):
    done = controller.launch_forked(name, **answers)
    assert done.returncode != 0 and sentence in said(done), said(done)
    assert writes(emulator) == []


def test_where_awx_awx_is_missing_the_role_says_what_to_install(ansible):
    task = {"ansible.builtin.include_role": {"name": "ivanti.uem.awx_setup"}}
    # fmt: off
    given = {
        "awx_setup_project_url": "https://git.example.com/fleet.git", "awx_setup_collection": "awx.nowhere",
        "awx_setup_tenants": [{"name": "n", "product": "neurons", "url": "https://n.example.com", "token": "t"}],
    }
    # fmt: on
    play = {"hosts": "localhost", "gather_facts": False, "vars": given, "tasks": [task]}
    ansible.write("play.yml", [play])
    done = ansible("ansible-playbook", "play.yml")
    assert done.returncode != 0 and (
        "The collection awx.nowhere is not installed where this runs. Install it with "
        "ansible-galaxy collection install awx.nowhere" in said(done)
    )
