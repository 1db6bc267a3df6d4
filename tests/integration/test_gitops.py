# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The working tree examples/gitops, from ``git init`` to the third merge, by the commands of its
pipelines."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ..conftest import connection, writes
from ..quick_yaml import load_yaml

TREE = Path(__file__).resolve().parents[2] / "examples" / "gitops"
GITHUB = load_yaml((TREE / ".github/workflows/fleet.yml").read_text(encoding="utf-8"))
GITLAB = load_yaml((TREE / ".gitlab-ci.yml").read_text(encoding="utf-8"))

# What stands for `gh`, which posts a comment.
GH = """#!/bin/sh
test "$1 $2 $4" = "pr comment --body-file" && cat "$5" >> comments.md
"""


def steps(event: str, product: str) -> list[tuple[bool, str]]:
    """The commands of the workflow for an event; of each, whether it runs after a failure as well."""
    found = []
    for step in GITHUB["jobs"]["fleet"]["steps"]:
        condition = str(step.get("if", "True"))
        text = condition.replace("github.event_name", repr(event)).replace("always()", "True")
        if "run" in step and step["name"] != "Install" and eval(text.replace("&&", "and")):  # noqa: S307
            run = step["run"].replace("${{ matrix.product }}", product)
            found.append(("always()" in condition, run.replace("${{ github.event.number }}", "7")))
    return found


# What stands for `ansible-playbook`: it hands its arguments to the test, and is a fork of an Ansible
# that has started with the settings of the tree.
PLAYBOOK = """#!/bin/sh
cd "$(dirname "$0")/../.git-programs"
{ env | grep ^IVANTI_UEM_; echo; for one in "$@"; do printf '%s\\n' "$one"; done; } > orders
read -r status < answers
cat out; cat err >&2
exit "$status"
"""


class Pipeline:
    """Runs the pipeline in a copy of the tree."""

    def __init__(self, ansible: Any, servers: dict[str, Any]) -> None:
        self.ansible = ansible
        self.folder: Path = ansible.folder
        self._servers = servers
        shutil.copytree(TREE, self.folder, dirs_exist_ok=True)
        programs = self.folder / ".git-programs"
        programs.mkdir()
        for name, text in (("gh", GH), ("ansible-playbook", PLAYBOOK)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        for name in ("orders", "answers"):
            os.mkfifo(programs / name)
        self._programs = programs
        threading.Thread(target=self._serve, daemon=True).start()
        path = ansible.environment["PATH"]
        own = {"GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
        own |= {"ANSIBLE_CONFIG": str(TREE / "ansible.cfg")}
        own["PATH"] = f"{programs}:{Path(sys.executable).parent}:{path}"
        ansible.environment.update(own)
        (self.folder / ".git-programs" / "excluded").write_text("*.md\n.git-programs\nansible-*\n")

    def _serve(self) -> None:
        """Run each `ansible-playbook` of a pipeline."""
        while True:
            given, _blank, arguments = (
                (self._programs / "orders").read_text(encoding="utf-8").partition("\n\n")
            )
            variables = dict(line.split("=", 1) for line in given.splitlines())
            done = self.ansible("ansible-playbook", *arguments.splitlines(), **variables)
            (self._programs / "out").write_text(done.stdout, encoding="utf-8")
            (self._programs / "err").write_text(done.stderr, encoding="utf-8")
            (self._programs / "answers").write_text(f"{done.returncode}\n", encoding="utf-8")

    def _done(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.ansible.environment, **more}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main",
               "-c", f"core.excludesFile={self.folder}/.git-programs/excluded")  # fmt: skip
        done = self._done("git", *who, *arguments)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    def propose(self, branch: str) -> None:
        self.git("checkout", "-q", "-b", branch)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", branch)

    def merge(self, branch: str) -> None:
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", branch, "-m", f"Merge {branch}")

    def run(self, event: str, product: str) -> tuple[bool, str]:
        """Run the steps of an event. Returns whether all went well, and what they printed."""
        variables = {
            f"IVANTI_UEM_{name.upper()}": str(value)
            for name, value in connection(self._servers[product]).items()
        }
        well, said = True, ""
        for always, command in steps(event, product):
            if well or always:
                done = self._done("sh", "-ec", command, **variables)
                well, said = well and done.returncode == 0, said + done.stdout + done.stderr
        return well, said

    def plan(self, product: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            (self.folder / f"plans/{product}/plan.json").read_text(encoding="utf-8")
        )
        return found


def test_from_git_init_to_the_third_merge(ansible, emulator, epmm):
    pipe = Pipeline(ansible, {"neurons": emulator, "epmm": epmm})
    products = ("neurons", "epmm")
    pipe.git("init", "-q")
    pipe.git("commit", "-q", "--allow-empty", "-m", "Begin")
    pipe.propose("first")
    for product in products:
        well, said = pipe.run("pull_request", product)
        assert well and pipe.plan(product)["changes"], said
    assert writes(emulator) == writes(epmm) == []
    comments = (pipe.folder / "comments.md").read_text(encoding="utf-8")
    assert comments == (pipe.folder / "summary.md").read_text(encoding="utf-8")
    assert "### attributes: " in comments and "### label\\_definitions: 1 entry" in comments
    pipe.merge("first")
    for product in products:
        well, said = pipe.run("push", product)
        assert well and len(writes(emulator if product == "neurons" else epmm)) > 1, said
    assert "Desktops" in epmm.labels()

    # The second one adds an attribute.
    group = pipe.folder / "neurons/inventory/group_vars/platform_macos.yml"
    group.write_text(group.read_text(encoding="utf-8") + '    costcenter: "4711"\n')
    pipe.propose("second")
    pipe.merge("second")
    assert pipe.run("push", "neurons")[0]
    assert "attributes.costcenter becomes 4711" in pipe.plan("neurons")["headline"]

    # A wrong edit would change the whole fleet. The limit stops it, and the pull request shows it.
    everywhere = pipe.folder / "neurons/inventory/group_vars/all/attributes.yml"
    everywhere.write_text("---\nivanti_desired:\n  attributes:\n    costcenter: oops\n")
    pipe.propose("wrong")
    emulator.clear_requests()
    well, said = pipe.run("pull_request", "neurons")
    assert not well and writes(emulator) == [] and "max_percent is 25" in said
    assert "> Refused: the plan changes" in (pipe.folder / "comments.md").read_text("utf-8")
    pipe.git("checkout", "-q", "main")

    # The third one takes a value back; what is merged is on the server, and nothing is left to do.
    group.write_text(group.read_text(encoding="utf-8").replace("desktop-team", "macs"))
    pipe.propose("third")
    pipe.merge("third")
    assert pipe.run("push", "neurons")[0]
    assert len(pipe.git("log", "--merges", "--oneline").splitlines()) == 3

    # At night: clean, and then an administrator changed something by hand.
    drift = pipe.folder / "plans/neurons/drift.json"
    well, said = pipe.run("schedule", "neurons")
    assert well and json.loads(drift.read_text(encoding="utf-8"))["status"] == "clean", said
    device = next(one for one, own in emulator.attributes().items() if own.get("owner") == ["macs"])
    emulator.set_attributes({device: {**emulator.attributes()[device], "owner": ["by hand"]}})
    emulator.clear_requests()
    assert not pipe.run("schedule", "neurons")[0] and writes(emulator) == []
    for name in ("drift.json", "new.json"):
        found = json.loads((drift.parent / name).read_text(encoding="utf-8"))
        assert found["status"] == "drift" and [one["id"] for one in found["changes"]] == [device]


@pytest.mark.parametrize(("job", "event"), [("plan", "pull_request"), ("apply", "push"), ("drift", "schedule")])  # fmt: skip
def test_both_pipelines_run_the_same_commands(job, event):
    of_github = [command for _always, command in steps(event, "$PRODUCT")]
    mine = [one for one in of_github if re.match(r"yamllint|\./ci\.sh", one)]
    assert GITLAB[job]["script"][-1] in mine and mine[-1] == f"./ci.sh {job} $PRODUCT"
    assert set(GITLAB[job]["script"]) <= set(mine)
    assert "plan" in GITLAB and "after_script" in GITLAB["plan"]


@pytest.mark.parametrize("arguments", [(), ("plan",), ("plan", "neuron")])
def test_a_wrong_use_of_the_script_is_said_and_makes_no_folder(tmp_path, arguments):
    script = TREE / "ci.sh"
    done = subprocess.run(
        ["sh", str(script), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 64 and done.stderr.startswith("usage: ./ci.sh plan|apply|drift")
    assert list(tmp_path.iterdir()) == []
