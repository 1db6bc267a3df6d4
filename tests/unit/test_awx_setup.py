# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the role awx_setup: job templates with their surveys, the credential type, and the
arguments of its tasks, compared with what the modules of awx.awx declare (tests/awx/modules.yml)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ..awx.role import DEFAULTS, PROJECT, ROLE, ROOT, TABLE, environment, refusals, survey
from ..integration.test_play_variables import documented
from ..quick_yaml import load_yaml

MODULES = load_yaml((ROOT / "tests/awx/modules.yml").read_text(encoding="utf-8"))["modules"]
# Playbooks without a job template, and why.
WITHOUT = {"export": "its files belong into a repository, and a container keeps none"}
# Variables that a survey does not ask for, and why.
NOT_ASKED = {
    "uem_product": "the credential says it",
    "target": "the job template says it",
    "state_rings": "group_vars say it",
    "state_ring_seed": "group_vars say it",
    "state_ring_wait": "group_vars say it",
    "state_ring_health": "group_vars say it",
    "folder": "a container keeps no files",
    "file": "a container keeps no files",
    "new": "a container keeps no files",
    "since": "a container keeps no files",
    "drift": "a container keeps no files",
    "plans": "a container keeps no files",
    "journal_path": "the credential says it",
    "plan": "a container keeps no files",
    "record": "a container keeps no files",
    "record_path": "the journal of the credential says it",
    "protected": "no text has it: awx_setup_extra_vars",
    "state_ignore": "no text has it: awx_setup_extra_vars",
    "state_protected": "no text has it: awx_setup_extra_vars",
}


def test_every_playbook_has_a_job_template_or_a_reason():
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert set(TABLE) == playbooks - set(WITHOUT) and set(WITHOUT) <= playbooks
    assert DEFAULTS["awx_setup_templates"] == list(TABLE)


def test_the_example_has_a_playbook_for_each_job_template_and_a_source_for_each_product():
    for name in TABLE:
        [play] = load_yaml((PROJECT / f"playbooks/{name}.yml").read_text(encoding="utf-8"))
        assert play["import_playbook"] == f"ivanti.uem.{name}"
    assert {path.stem for path in (PROJECT / "playbooks").glob("*.yml")} == set(TABLE)
    for product in ("neurons", "epmm"):
        source = (PROJECT / f"inventory/fleet.{product}.yml").read_text(encoding="utf-8")
        assert load_yaml(source)["plugin"] == f"ivanti.uem.{product}"


@pytest.mark.parametrize("name", TABLE)
def test_a_survey_asks_for_what_the_playbook_takes(name):
    asked = [question["variable"] for question in survey(name)]
    assert len(asked) == len(set(asked))
    missing = set(documented(name)) - set(asked) - set(NOT_ASKED)
    assert set(asked) <= set(documented(name)) and missing == set()


@pytest.mark.parametrize("name", TABLE)
def test_a_survey_is_one_that_awx_takes(name):
    for question in survey(name):
        assert {"question_name", "question_description", "type", "required"} <= set(question)
        # AWX refuses a blank number, so that no question is one.
        assert question["type"] in ("text", "multiplechoice") and question["min"] == 0
        # A required question with a default is refused where the API launches without an answer.
        assert isinstance(question["default"], str)
        assert not (question["required"] and question["default"])
        assert question["variable"] != "action" and "{{" not in str(question)
        if question["type"] == "multiplechoice":
            assert question["choices"] == ["no", "yes"] and question["default"] == "no"


def test_a_launch_can_go_on_after_a_ring_that_stopped():
    # The workflow asks what its plan asks, and both of its jobs have to take the answer.
    for name in ("plan", "apply"):
        asked = {question["variable"]: question for question in survey(name)}
        assert asked["state_ring_go_on"]["default"] == "no"


def test_what_writes_is_a_check_unless_the_launch_says_otherwise():
    reads = {"plan", "apply", "drift", "doctor", "fleet_report"}
    assert {name for name, row in TABLE.items() if row.get("writes")} == set(TABLE) - reads


FULL = {
    "product": "epmm", "url": "https://core.example.com", "username": "api", "password": "s3cret", "token": "t0ken",
    "ca": "-----BEGIN", "insecure": True, "api": "v1", "journal_path": "/j/actions.jsonl", "max_devices": "0", "max_percent": "5",
}  # fmt: skip


def test_a_credential_becomes_variables_of_the_connection_and_blank_fields_become_none(tmp_path):
    given = environment(FULL, tmp_path)
    assert (tmp_path / "ca").read_text() == "-----BEGIN"
    assert given == {
        "IVANTI_UEM_PRODUCT": "epmm", "IVANTI_UEM_URL": "https://core.example.com", "IVANTI_UEM_USERNAME": "api",
        "IVANTI_UEM_PASSWORD": "s3cret", "IVANTI_UEM_TOKEN": "t0ken", "IVANTI_UEM_CA_PATH": str(tmp_path / "ca"),
        "IVANTI_UEM_VALIDATE_CERTS": "false", "IVANTI_UEM_API": "v1", "IVANTI_UEM_JOURNAL_PATH": "/j/actions.jsonl",
        "IVANTI_UEM_MAX_DEVICES": "0", "IVANTI_UEM_MAX_PERCENT": "5",
    }  # fmt: skip
    least = environment({"product": "neurons", "url": "https://na1.example.com"}, tmp_path)
    assert {name for name, value in least.items() if value} == {
        "IVANTI_UEM_PRODUCT",
        "IVANTI_UEM_URL",
    }


def test_secrets_are_secret_and_only_in_the_environment():
    fields = {field["id"]: field for field in ROLE["awx_setup_inputs"]["fields"]}
    assert {name for name, field in fields.items() if field.get("secret")} == {"password", "token"}
    assert set(ROLE["awx_setup_injectors"]) == {"env", "file"}
    assert not any("default" in field for field in fields.values())
    assert set(fields) == set(FULL)


def tasks() -> list[dict[str, Any]]:
    text = (ROOT / "roles/awx_setup/tasks/controller.yml").read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = load_yaml(text.replace("!unsafe ", ""))
    return loaded


def module_of(task: dict[str, Any]) -> str:
    """The module of a task. ansible-core 2.16 warns of a template with a dot, and of a task that may
    have its module in this collection."""
    found = re.fullmatch(r"{{ awx_setup_from ~ '(\w+)' }}", task["action"])
    assert found and task["collections"] == ["ansible.legacy"]
    return found[1]


@pytest.mark.parametrize("task", tasks(), ids=lambda task: task["name"])
def test_the_arguments_of_a_task_are_those_of_the_module(task):
    options = MODULES[module_of(task)]
    given = task["args"]
    assert set(given) <= set(options)
    assert {name for name, what in options.items() if what.get("required")} <= set(given)
    kinds = {"str": str, "bool": bool, "dict": dict, "list": list, "int": int}
    for name, value in given.items():
        if "{{" not in str(value):
            assert isinstance(value, kinds[options[name]["type"]]), name
            assert value in options[name].get("choices", [value]), name


def test_what_has_secrets_is_not_logged_and_no_loop_has_them():
    for task in tasks():
        assert bool(task.get("no_log")) == (module_of(task) == "credential"), task["name"]
        assert "awx_setup_tenants" not in task.get("loop", "")


def test_every_module_of_the_table_is_used():
    assert {module_of(task) for task in tasks()} == set(MODULES)


def test_what_a_check_would_make_is_known_to_the_tasks_after_it():
    registered = [task["register"] for task in tasks()]
    assert registered == ROLE["awx_setup_results"]


TENANT = {"name": "n", "product": "neurons", "url": "https://n.example.com", "token": "t"}
GOOD: dict[str, Any] = {
    "awx_setup_project_url": "https://git.example.com/fleet.git",
    "awx_setup_tenants": [TENANT],
}
# fmt: off
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no project": ({"awx_setup_project_url": ""}, "as awx_setup_project_url."),
    "no product": (
        {"awx_setup_tenants": [{**TENANT, "product": ""}]},
        "needs neurons or epmm as product (IVANTI_UEM_PRODUCT where they are left out): n has none."),
    "another product": ({"awx_setup_tenants": [TENANT, {**TENANT, "name": "m", "product": "core"}]}, "they are left out): m has core."),
    "a product left out": ({"awx_setup_tenants": [{"url": "https://n.example.com", "token": "t"}]}, "left out): one without a name has none."),
    "no tenants": ({"awx_setup_tenants": []}, "awx_setup_tenants is empty; give a tenant"),
    "an address without https": ({"awx_setup_tenants": [{**TENANT, "url": "n.example.com"}]}, "they are left out). Correct that of n."),
    "no address": ({"awx_setup_tenants": [{"name": "n", "product": "epmm", "token": "t"}]}, "they are left out). Correct that of n."),
    "no account": ({"awx_setup_tenants": [{**TENANT, "token": ""}]}, "they are left out): n has none of them."),
    "no password": (
        {"awx_setup_tenants": [{**TENANT, "token": "", "username": "a"}]},
        "they are left out): n has username, but no password and no token. What a look-up"),
    "two tenants without a password": (
        {"awx_setup_tenants": [{**TENANT, "token": None, "name": name, "username": "a", "password": ""} for name in "nm"]},
        "left out): n has username, but no password and no token; m has username, but no password and no token. What"),
    "two accounts": ({"awx_setup_tenants": [{**TENANT, "username": "a", "password": "p"}]}, "n has username and password and token."),
    # AWX takes a number for an id.
    "a name that is a number": ({"awx_setup_tenants": [{**TENANT, "name": "7"}]}, "needs a name of its own"),
    "no name": ({"awx_setup_tenants": [{"product": "neurons", "url": "https://n.example.com", "token": "t"}]}, "needs a name of its own"),
    "two tenants of one name": ({"awx_setup_tenants": [TENANT, TENANT]}, "needs a name of its own"),
    # YAML reads 0123 as the number 83.
    "a password that is a number": (
        {"awx_setup_tenants": [{**TENANT, "token": "", "username": "a", "password": 83}]}, "Put numbers in quotes"),
    "a token that is a number": ({"awx_setup_tenants": [{**TENANT, "token": 83}]}, "Put numbers in quotes"),
    "a branch that is a number": ({"awx_setup_project_branch": 1.1}, "Put numbers in quotes"),
    "a template that is not known": ({"awx_setup_templates": ["plan", "wipe"]}, "There is no job template wipe, but plan, apply,"),
    "variables of no template": ({"awx_setup_extra_vars": {"wipe": {}}}, "There is no job template wipe, but plan, apply,"),
    "no plan for the workflow": ({"awx_setup_templates": ["doctor"], "awx_setup_schedules": []}, "The workflow needs plan and apply"),
    "a schedule without its template": (
        {"awx_setup_templates": ["plan", "apply"]}, "have doctor, drift, which awx_setup_templates does not"),
    "a schedule of no tenant": (
        {"awx_setup_schedules": [{"name": "n", "template": "drift", "rrule": "x", "tenant": "m"}]}, "that is not one of n"),
}
# fmt: on


@pytest.mark.parametrize(("wrong", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_variables_are_refused_in_a_sentence(wrong, sentence):
    found = refusals(**{**GOOD, **wrong})
    assert found and sentence in found[0]


def test_good_variables_are_not_refused():
    assert refusals(**GOOD) == []
    # A text, as -e and surveys have it.
    assert (
        refusals(**GOOD, awx_setup_templates=[], awx_setup_schedules=[], awx_setup_workflow="false")
        == []
    )
