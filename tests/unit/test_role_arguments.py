# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specifications of the roles, which Ansible checks before the first task."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..quick_yaml import load_yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir())
TENANT = {"name": "n", "product": "neurons", "url": "https://n.example.com", "token": "t"}
SCHEDULE = {"name": "n", "template": "drift", "rrule": "x"}


def load(role: str, name: str) -> Any:
    return load_yaml((ROLES / role / name).read_text(encoding="utf-8"))


def options(role: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(role, "meta/argument_specs.yml")["argument_specs"][
        "main"
    ]["options"]
    return found


def refusals(role: str, **variables: Any) -> list[str]:
    given = {**load(role, "defaults/main.yml"), **variables}
    checked = ArgumentSpecValidator(options(role)).validate(given)
    return list(checked.error_messages)


@pytest.mark.parametrize("role", NAMES)
def test_the_arguments_are_the_variables_with_their_defaults(role):
    declared, defaults = options(role), load(role, "defaults/main.yml")
    assert set(declared) == set(defaults) and refusals(role) == []
    said = {name: one["default"] for name, one in declared.items() if "default" in one}
    assert said == {name: defaults[name] for name in said}


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_has_a_row_for_each_argument(role):
    text = (ROLES / role / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    declared = options(role)
    keys = {key for one in declared.values() for key in one.get("options", {})}
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(declared) <= named <= set(declared) | keys


@pytest.mark.parametrize(
    ("role", "wrong", "sentence"),
    [
        ("awx_setup", {"awx_setup_tenants": [{**TENANT, "pasword": "x"}]}, "awx_setup_tenants.pasword. Supported"),
        ("awx_setup", {"awx_setup_tenants": [{"name": "n"}]}, "missing required arguments: product, url"),
        ("awx_setup", {"awx_setup_schedules": [{**SCHEDULE, "cron": "x"}]}, "awx_setup_schedules.cron. Supported"),
        ("awx_setup", {"awx_setup_schedules": [{"template": "drift"}]}, "missing required arguments: name, rrule"),
        ("awx_setup", {"awx_setup_workflow": "maybe"}, "not a valid boolean"),
        ("fleet_report", {"fleet_report_counts_of": [{"prodcut": "epmm"}]}, "fleet_report_counts_of.prodcut"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(role, wrong, sentence):
    assert sentence in " ".join(refusals(role, **wrong))


@pytest.mark.parametrize(
    ("role", "good"),
    [
        ("awx_setup", {"awx_setup_notify_error": None, "awx_setup_schedules": [SCHEDULE], "awx_setup_rotate": "no"}),
        ("awx_setup", {"awx_setup_tenants": [{**TENANT, "max_devices": 0, "insecure": None, "password": None}]}),
        ("fleet_report", {"fleet_report_hosts": [], "fleet_report_devices": [{"id": 1}], "fleet_report_plans": None}),
    ],
)  # fmt: skip
def test_good_arguments_are_taken(role, good):
    assert refusals(role, **good) == []
