# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates of the role awx_setup, run as AWX runs them: by ansible-runner, with the
environment of the credential and the answers of the survey. And what the role says of wrong input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ..awx.jobs import Controller, Job
from ..awx.role import DEFAULTS, ROOT, TABLE, survey
from ..conftest import writes
from .test_playbooks_actions import Fleet
from .test_state_hosts import said

# A name may be what Ansible takes for a template.
SERIAL = "{{ 7 * 7 }}"
TEXT = "It's {{ 7 * 7 }} lost"
# What runs at the same time.
ACTING = ("lost_device", "offboard_user", "stale_devices", "doctor")
READING = ("drift", "fleet_report")
# What a workflow runs.
IN_TURN = ("plan", "apply")
Answers = Mapping[str, str]
MODULES = yaml.safe_load((ROOT / "tests/awx/modules.yml").read_text(encoding="utf-8"))["modules"]


class Tenant:
    """A tenant with devices for each job, none of which is there for two."""

    def __init__(self, controller: Controller) -> None:
        self.controller, self.emulator = controller, controller.emulator
        self.fleet = Fleet(self.emulator)
        other = "other@example.com"
        mine: dict[str, Any] = {"emailAddress": other, "uid": other}
        if not self.fleet.neurons:
            mine = {"user": self.emulator.users()[1]["principal"]}
        # EPMM cannot ask an iOS device where it is.
        self.lost = self.fleet.add(serial=SERIAL, ios=self.fleet.neurons, **mine)
        self.stale = self.fleet.add(days=950, **mine)
        self.leaving = self.fleet.add()
        self.shared = self.fleet.add(**self.fleet.shared)
        self.declared = self.fleet.add(**mine)
        self.emulator.clear_requests()

    def required(self, name: str) -> dict[str, str]:
        """The answers without which the job does nothing."""
        folder = str(self.controller.folder / "report")
        answers = {"lost_device": {"serial_number": SERIAL}, "stale_devices": {"days": "900"}}
        answers |= {
            "offboard_user": {"email": self.fleet.email},
            "fleet_report": {"folder": folder},
        }
        return answers.get(name, {})

    def full(self, name: str) -> Answers:
        """An answer to every question that is not another way to ask the same."""
        return {**self.required(name), **self._more(name)}

    def _more(self, name: str) -> Answers:
        state = str(self.controller.folder / "state.yml")
        # fmt: off
        declared = {"state_files": state, "state_purge": "attributes" if self.fleet.neurons else "labels"}
        return {
            "plan": {**declared, "state_max_devices": "500", "state_max_percent": "100", "state_ring_go_on": "no"},
            "drift": declared,
            "doctor": {"behaviours": "yes"},
            "fleet_report": {"title": "{{ 7 * 7 }}", "history_path": str(self.controller.folder / "history.db"), "counts": "yes"},
            "lost_device": {
                "text": TEXT, "phone_number": "5550100", "footnote": "IT desk", "reason": "lost",
                "locate_wait": "0", "show_place": "yes",
            },
            "offboard_user": {
                "max_devices": "9", "include_shared": "yes", "wait_timeout": "60", "wait_interval": "0", "reason": "left",
            },
            "stale_devices": {
                "grace": "7", "include_never": "no", "max_devices": "9", "max_percent": "50", "max_messages": "900",
                "message_mode": "push", "subject": "Hello", "text": "Please charge it", "reason": "stale",
            },
        }[name]
        # fmt: on

    def declare(self, value: str) -> None:
        """Write what state_files names: an attribute, or the label, of one device."""
        wanted: dict[str, Any] = {"attributes": {"cityid": value}}
        if not self.fleet.neurons:
            self.emulator.add_label(value)
            wanted = {"labels": [value]}
        entry = {"device": int(self.declared), **wanted}
        self.controller.ansible.write("state.yml", {"devices": [entry]})

    def values(self) -> set[str]:
        """What of that the device has."""
        if not self.fleet.neurons:
            return {"night"} & set(self.emulator.device(self.declared)["labels"])
        attributes = self.emulator.attributes()[self.declared]
        return {one for name in ("cityid", "owner") for one in attributes.get(name, ())}

    def counted(self) -> bool:
        """Whether the server was asked for its own counts."""
        paths = [request["path"] for request in self.emulator.requests()]
        return any(path.endswith("/v1/policy") or "/policies" in path for path in paths)

    def run(self, names: tuple[str, ...], *, full: bool) -> dict[str, Job]:
        """Run jobs at the same time, and return each by its name."""
        answers = self.full if full else self.required
        begun = {name: self.controller.start(name, answers(name), check=not full) for name in names}
        jobs = {name: self.controller.ended(started) for name, started in begun.items()}
        for name, job in jobs.items():
            assert self.emulator.password not in job.output, name
            # An answer that was left blank is not given: no module gets an empty text. A plan that
            # does nothing has an empty confirm.
            blank = [(task, option) for task, option, value in job.given() if value == ""]
            assert {option for _task, option in blank} <= {"confirm"}, (name, blank)
        return jobs


@pytest.fixture
def controller(tmp_path, ansible, emulator):
    made = Controller(tmp_path, ansible, emulator)
    emulator.clear_requests()
    return made


@pytest.fixture(params=["emulator", "epmm"], ids=["neurons", "epmm"])
def tenant(request, tmp_path, ansible):
    return Tenant(Controller(tmp_path, ansible, request.getfixturevalue(request.param)))


def successful(jobs: Mapping[str, Job], *names: str) -> None:
    for name in names:
        assert jobs[name].status == "successful", f"{name}: {jobs[name].output}"


def test_every_job_template_is_run():
    assert {*ACTING, *READING, *IN_TURN} == set(TABLE)


def test_every_question_has_an_answer(tenant):
    tenant.declare("x")
    for name in set(TABLE) - {"apply"}:
        unasked = {question["variable"] for question in survey(name)} - set(tenant.full(name))
        assert unasked == ({"device", "email"} if name == "lost_device" else set())


def test_jobs_that_act_do_what_was_answered_four_at_once(tenant):
    fleet = tenant.fleet
    jobs = tenant.run(ACTING, full=True)
    successful(jobs, *ACTING)
    closed = ["enable_lost_mode"] if fleet.neurons else ["lock"]
    assert fleet.done(tenant.lost)[:2] == [*closed, "message"]
    message = f"The message: {TEXT} 5550100"
    assert message in jobs["lost_device"].result("Show the plan")["msg"]
    [first] = [one for one in fleet.actions() if str(one["device"]) == tenant.lost][:1]
    if fleet.neurons:
        assert first["params"]["message"] == TEXT and first["params"]["footnote"] == "IT desk"
    else:
        assert first["reason"] == "lost"
    assert fleet.done(tenant.leaving)[0] == fleet.done(tenant.shared)[0] == "retire"
    assert "2 devices retired" in jobs["offboard_user"].result("Report")["msg"]
    assert fleet.done(tenant.stale) == ["message"]
    assert "0 devices retired, 1 message sent" in jobs["stale_devices"].result("Report")["msg"]
    touched = {str(one["device"]) for one in fleet.actions()}
    assert touched == {tenant.lost, tenant.leaving, tenant.shared, tenant.stale}
    assert len(jobs["doctor"].result("Show how the server behaves")["msg"]) > 3


def test_jobs_that_act_take_a_blank_for_no_answer_four_at_once(tenant):
    """As checks, which they are unless the launch says otherwise."""
    jobs = tenant.run(ACTING, full=False)
    successful(jobs, *ACTING)
    assert writes(tenant.emulator) == [] and tenant.fleet.actions() == []
    shown = jobs["lost_device"].result("Show the plan")["msg"]
    assert "The message: This device is lost. Please return it to its owner." in shown
    [left] = [
        one for one in jobs["offboard_user"].result("Show the plan")["msg"] if "several" in one
    ]
    assert left.startswith(tenant.shared)
    assert "1 device would be retired" in jobs["offboard_user"].result("Report")["msg"]
    assert "1 message would be sent" in jobs["stale_devices"].result("Report")["msg"]
    skipped = jobs["doctor"].result("Show how the server behaves")
    assert "msg" not in skipped and "Nothing is wrong" in jobs["doctor"].output
    # What the playbooks have where nothing is answered.
    assert ("Plan to retire them", "max_devices", 10) in jobs["offboard_user"].given()
    assert ("Check the message", "max_devices", None) in jobs["stale_devices"].given()


def test_jobs_that_read_do_what_was_answered(tenant):
    tenant.declare("night")
    jobs = tenant.run(READING, full=True)
    successful(jobs, "fleet_report")
    assert writes(tenant.emulator) == []
    assert "night" in jobs["drift"].output, jobs["drift"].output
    assert jobs["drift"].status == "failed"
    report = (tenant.controller.folder / "report/report.html").read_text(encoding="utf-8")
    assert "<title>{{ 7 * 7 }}" in report and tenant.counted()
    # The inventory of the example has what the report is about.
    markdown = (tenant.controller.folder / "report/report.md").read_text(encoding="utf-8")
    reasons = markdown.partition("## Reasons")[2].partition("## ")[0]
    assert "| compromised |" in reasons and "| not said |" not in reasons
    assert (tenant.controller.folder / "history.db").exists()


def test_jobs_that_read_take_a_blank_for_no_answer(tenant):
    jobs = tenant.run(READING, full=False)
    successful(jobs, "fleet_report")
    assert writes(tenant.emulator) == []
    report = (tenant.controller.folder / "report/report.html").read_text(encoding="utf-8")
    assert "<title>Fleet report" in report and not tenant.counted()
    assert not (tenant.controller.folder / "history.db").exists()
    # Only group_vars of Neurons declare something.
    assert jobs["drift"].status == ("failed" if tenant.fleet.neurons else "successful")


@pytest.mark.parametrize("full", [True, False], ids=["full", "blank"])
def test_a_workflow_plans_and_applies_exactly_that_plan(tenant, full):
    controller, emulator = tenant.controller, tenant.emulator
    tenant.declare("night")
    answers = tenant.full("plan") if full else {}
    plan = controller.launch("plan", answers=answers)
    assert plan.status == "successful" and writes(emulator) == [], plan.output
    # AWX makes extra variables of them, so that nothing that a server said may be among them.
    assert set(plan.artifacts) == {"confirm"}
    apply = controller.launch("apply", answers=answers, artifacts=plan.artifacts)
    assert apply.status == "successful", apply.output
    assert tenant.values() == {
        *(["night"] if full else []),
        *(["mobile-team"] if tenant.fleet.neurons else []),
    }
    # Only group_vars of Neurons declare something.
    nothing = not full and not tenant.fleet.neurons
    assert (plan.artifacts["confirm"] == "no change") is (writes(emulator) == []) is nothing


@pytest.mark.parametrize(
    ("name", "answers", "sentence"),
    [
        ("lost_device", {"serial_number": "{{ 7 * 7 }}"}, "There is no device for {{ 7 * 7 }}; nothing was sent"),
        ("plan", {"state_max_devices": "ten"}, "max_devices"),
        ("plan", {"state_ring_go_on": "yes"}, "ring_go_on: is used only with rings"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_one_sentence_before_any_write(
    controller, emulator, name, answers, sentence
):
    job = controller.launch(name, answers=answers)
    told = " ".join(job.output.split())
    assert job.status == "failed" and sentence in told, told
    assert writes(emulator) == []


@pytest.mark.parametrize("name", ["plan", "lost_device"])
def test_a_credential_of_the_wrong_product_is_one_sentence(controller, emulator, name):
    controller.environment["IVANTI_UEM_PRODUCT"] = "epmm"
    answers = {"lost_device": {"serial_number": SERIAL}}.get(name, {})
    sentences = {
        "plan": "IVANTI_UEM_PRODUCT: the environment connects to epmm, and this inventory reads neurons",
        "lost_device": "check product",
    }
    # On a busy machine Ansible's warning why it cannot read a source was once not in the output.
    for _attempt in range(2):
        job = controller.launch(name, answers=answers)
        told = " ".join(job.output.split())
        if sentences[name] in told:
            break
    assert job.status == "failed" and sentences[name] in told, told
    assert writes(emulator) == []


def test_a_project_without_the_collection_names_the_playbook(controller, emulator):
    play = controller.folder / "project/playbooks/doctor.yml"
    play.write_text(play.read_text().replace("ivanti.uem.", "ivanti.gone."), encoding="utf-8")
    job = controller.launch("doctor", answers={})
    assert job.status == "failed" and "ivanti.gone.doctor" in job.output, job.output
    assert emulator.requests() == []


# What stands for a module of awx.awx: it takes every option, and makes an object, or says why not.
# An object that a check would make has no id, so that those which name it are not found.
MODULE = """
import os
from ansible.module_utils.basic import AnsibleModule

spec = {name: {"type": "raw"} for name in OPTIONS}
module = AnsibleModule(spec, supports_check_mode=True)
with open(os.environ["TRIAL_LOG"], "a", encoding="utf-8") as log:
    log.write(KIND + "\\n")
if os.environ["TRIAL_REFUSED"] == KIND:
    module.fail_json(msg=f"You don't have permission to POST to /api/v2/{KIND}s/ (HTTP 403).")
if module.check_mode and KIND not in ("organization", "credential_type"):
    module.fail_json(msg="The organizations UEM was not found on the controller")
module.exit_json(changed=True, **({} if module.check_mode else {"id": 1}))
"""


def set_up(
    ansible: Any, refused: str, *arguments: str, collection: str = "trial.awx", **more: Any
) -> Any:
    """Run the role with stand-ins for the modules, and more variables; one kind of object is refused."""
    folder = "collections/ansible_collections/trial/awx/plugins/modules"
    for kind, options in MODULES.items():
        head = f"OPTIONS = {list(options)}\nKIND = {kind!r}\n"
        ansible.write(f"{folder}/{kind}.py", f"from __future__ import annotations\n{head}{MODULE}")
    # fmt: off
    given = {
        "awx_setup_project_url": "https://git.example.com/fleet.git", "awx_setup_collection": collection,
        "awx_setup_tenants": [{"name": "n", "product": "neurons", "url": "https://n.example.com", "token": "t0ken"}], **more,
    }
    # fmt: on
    task = {"ansible.builtin.include_role": {"name": "ivanti.uem.awx_setup"}}
    play = {"hosts": "localhost", "gather_facts": False, "vars": given, "tasks": [task]}
    ansible.write("play.yml", [play])
    ansible.write("log", "")
    own = {"TRIAL_LOG": str(ansible.folder / "log"), "TRIAL_REFUSED": refused}
    return ansible("ansible-playbook", "play.yml", *arguments, **own)


def test_a_check_takes_what_it_cannot_find_for_a_change_but_not_what_is_refused(ansible):
    done = set_up(ansible, "inventory", "--check")
    assert done.returncode != 0 and (
        "Set up the inventories UEM fleet: You don't have permission to POST to "
        "/api/v2/inventorys/ (HTTP 403). What was set up before stays; correct that, and run it"
        in said(done)
    ), said(done)
    # The organization, the credential type, the credential and the project.
    assert "changed=4 " in done.stdout and "t0ken" not in said(done)
    made = ["organization", "credential_type", "credential", "project", "inventory", "inventory"]
    assert (ansible.folder / "log").read_text().split() == made


@pytest.mark.parametrize("name", ["awx_setup_imgae", "awx_setup_mad", "awx_setup_r_job"])
def test_a_misspelt_variable_gets_the_name_of_one_that_can_be_set(ansible, name):
    done = set_up(ansible, "", **{name: "x"})
    assert done.returncode != 0 and f"{name}: there is no such variable" in said(done)
    offered = said(done).partition("(nearest: ")[2].partition(")")[0]
    assert offered and set(re.findall(r"\w+", offered)) <= set(DEFAULTS)
    assert (ansible.folder / "log").read_text() == ""


def test_where_awx_awx_is_missing_the_role_says_what_to_install(ansible):
    done = set_up(ansible, "", collection="awx.nowhere")
    assert done.returncode != 0 and (
        "The collection awx.nowhere is not installed where this runs. Install it with "
        "ansible-galaxy collection install awx.nowhere" in said(done)
    )
