# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: by ansible-runner, with the environment of the credential and the answers of
the survey. What ansible-runner starts as `ansible-playbook` is a fork of a process that has started
Ansible (ansible_server.py)."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ansible_runner  # type: ignore[import-untyped]
from ansible_runner.utils import get_callback_dir  # type: ignore[import-untyped]

from ..conftest import connection, start_server
from .role import PROJECT, ROOT, TABLE, environment, survey

# What ansible-runner sets, and Ansible reads when it starts.
_OF_RUNNER = {
    "ANSIBLE_CALLBACK_PLUGINS": get_callback_dir(),
    "ANSIBLE_STDOUT_CALLBACK": "awx_display",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_CACHE_PLUGIN": "jsonfile",
}
_WITH_RESULT = ("runner_on_ok", "runner_on_failed", "runner_on_skipped")


@cache
def _programs(settings: frozenset[tuple[str, str]]) -> str:
    """A folder with an `ansible-playbook` that has a process with these settings run its commands."""
    folder = Path(tempfile.mkdtemp())
    path = str(folder / "commands.socket")
    server = start_server({**dict(settings), **_OF_RUNNER}, str(folder), path)
    assert server.stdout and server.stdout.readline() == "listening\n"
    program = folder / "bin/ansible-playbook"
    program.parent.mkdir()
    client = ROOT / "tests/module_client.py"
    command = f"'{sys.executable}' -ISE '{client}' '{path}' ansible-playbook"
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return str(program.parent)


@dataclass
class Job:
    """A job that has ended."""

    status: str
    output: str
    events: list[dict[str, Any]]

    @property
    def artifacts(self) -> dict[str, Any]:
        """What it hands on to the jobs after it in a workflow."""
        [stats] = [one for one in self.events if one["event"] == "playbook_on_stats"]
        return dict(stats["event_data"].get("artifact_data", {}))

    def result(self, task: str) -> dict[str, Any]:
        """What a task returned, by how its name begins."""
        [found] = [result for name, _module, result in self._results() if name.startswith(task)]
        return found

    def given(self) -> list[tuple[str, str, Any]]:
        """Task, option and value of all that the modules of the collection were given."""
        return [
            (task, option, value)
            for task, module, result in self._results()
            if module.startswith("ivanti.uem.")
            for option, value in result.get("invocation", {}).get("module_args", {}).items()
        ]

    def _results(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Task, module and result of each task that has run, or was left out."""
        ended = [one["event_data"] for one in self.events if one["event"] in _WITH_RESULT]
        return [(one["task"], str(one["resolved_action"]), one.get("res", {})) for one in ended]


class Controller:
    """Launches the job templates of one tenant."""

    def __init__(self, folder: Path, ansible: Any, emulator: Any) -> None:
        self.folder, self.ansible, self.emulator = folder, ansible, emulator
        shutil.copytree(PROJECT, folder / "project")
        own = connection(emulator)
        self.product = own["product"]
        # A credential has the certificates themselves.
        inputs = {key: own[key] for key in ("product", "url", "username", "password")}
        inputs |= {"ca": Path(own["ca_path"]).read_text(), "journal_path": str(folder / "journal")}
        kept = {k: v for k, v in ansible.environment.items() if not k.startswith("IVANTI_UEM_")}
        self.environment = {**kept, **environment(inputs, folder)}
        homes = ("ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP")
        settings = {name: value for name, value in kept.items() if name not in homes}
        self.path = f"{_programs(frozenset(settings.items()))}:{kept['PATH']}"

    def launch(self, name: str, **launched: Any) -> Job:
        """Run one job. `start` has the arguments."""
        return self.ended(self.start(name, **launched))

    def start(
        self, name: str, answers: Mapping[str, str], *, artifacts: Any = None, check: bool = True
    ) -> Any:
        """Start one job.

        Args:
            name: The name of the job template.
            answers: The answers of the survey that are not blank.
            artifacts: What a job before it in a workflow handed on.
            check: Whether what writes is only a check, as it is unless the launch says otherwise.

        Returns:
            The thread and the runner of the job.
        """
        row = TABLE[name]
        private = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        (private / "env").mkdir()
        (private / "env/extravars").write_text(self.extra_variables(name, answers), "utf-8")
        return ansible_runner.run_async(
            private_data_dir=str(private),
            project_dir=str(self.folder / "project"),
            playbook=f"playbooks/{name}.yml",
            inventory=self.inventory(name),
            envvars={**self.environment, "PATH": self.path},
            extravars=artifacts,
            cmdline="--check" if row.get("writes") and check else "",
            quiet=True,
        )

    @staticmethod
    def ended(started: Any) -> Job:
        """Wait for a job."""
        thread, runner = started
        thread.join()
        return Job(runner.status, runner.stdout.read(), list(runner.events))

    def inventory(self, name: str) -> Any:
        """The fleet, or the localhost that the role makes."""
        if TABLE[name].get("fleet"):
            return str(self.folder / f"project/inventory/fleet.{self.product}.yml")
        python = "{{ ansible_playbook_python }}"
        own = {"ansible_connection": "local", "ansible_python_interpreter": python}
        return {"all": {"hosts": {"localhost": own}}}

    def extra_variables(self, name: str, answers: Mapping[str, str]) -> str:
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
