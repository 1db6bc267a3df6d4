# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment, as far as ansible-builder goes without an image: the definition is one,
and what the collection needs is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools import demo, ee_trial

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]


def builder(*arguments: str) -> str:
    program = str(Path(sys.executable).with_name("ansible-builder"))
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def test_the_definition_makes_a_context_to_build_in(tmp_path):
    definition = str(ROOT / "execution-environment.yml")
    builder("create", "-f", definition, "-c", str(tmp_path), "--output-filename", "Containerfile")
    steps = (tmp_path / "Containerfile").read_text(encoding="utf-8")
    core, runner = ("ansible-core>=2.16,<2.18", "ansible-runner>=2.4")
    assert f'ARG ANSIBLE_INSTALL_REFS="{core} {runner}"' in steps
    # The collection comes from Git, and the base image has neither Git nor pip.
    assert steps.index("dnf install -y git-core") < steps.index("ansible-galaxy collection install")
    wanted = load_yaml((tmp_path / "_build/requirements.yml").read_text(encoding="utf-8"))
    assert [one["name"] for one in wanted["collections"]] == [
        "https://github.com/ivanti-uem/ivanti.uem.git"
    ]


def test_what_the_collection_needs_is_found(tmp_path):
    (tmp_path / "ansible_collections/ivanti").mkdir(parents=True)
    (tmp_path / "ansible_collections/ivanti/uem").symlink_to(ROOT)
    needed = load_yaml(builder("introspect", str(tmp_path)))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    assert [one.partition("  #")[0] for one in needed["python"]] == listed
    assert needed["system"] == []


def test_the_trial_installs_the_releases_of_the_definition_and_what_the_collection_needs(
    monkeypatch,
):
    monkeypatch.chdir(ROOT)
    core, runner, *others = ee_trial.needed()
    assert (core, runner) == ("ansible-core>=2.16,<2.18", "ansible-runner>=2.4")
    assert [one.partition(">=")[0] for one in others] == ["requests", "jmespath"]


def test_the_trial_runs_the_playbooks_of_the_demonstration_with_ansible_navigator():
    steps = [ee_trial.by_navigator(step) for step in demo.STEPS]
    run = [step.command for step in steps if step.command[0] == "ansible-navigator"]
    assert len(run) == sum(step.command[0] == "ansible-playbook" for step in demo.STEPS) > 0
    assert run[0][:5] == ("ansible-navigator", "run", demo.NEURONS, "-i", demo.INVENTORY)
    assert run[0][5:7] == ("--check", "--diff") and "--ee" in run[0]
