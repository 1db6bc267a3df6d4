# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a module runs in Ansible's own process, and what it leaves there."""

from __future__ import annotations

import json
import os
import sys
from types import SimpleNamespace

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.ivanti.uem.plugins.module_utils._http.progress import (
    Counts,
    progress_line,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils import _progress
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import (
    InProcessAction,
    run_main,
)

from tools import action_plugins

OWN = os.path.abspath(sys.executable)


def action(**different):
    """An action of which nothing asks for another process, but for what is different."""
    one = object.__new__(InProcessAction)
    one._task = SimpleNamespace(async_val=different.get("async_val", 0), delegate_to=None)
    one._task.delegate_to = different.get("delegate_to")
    one._connection = SimpleNamespace(
        transport=different.get("transport", "local"), become=different.get("plugin")
    )
    one._play_context = SimpleNamespace(become=different.get("become", False))
    one._templar = SimpleNamespace(template=lambda text: text)
    given = different.get("environment", {})
    one._compute_environment_string = lambda found: found.update(given)
    return one


# fmt: off
@pytest.mark.parametrize(("different", "variables", "reason"), [
    ({}, {}, ""),
    ({}, {"ansible_python_interpreter": OWN}, ""),
    ({}, {"ansible_python_interpreter": "auto_silent"}, ""),
    ({}, {"ansible_python_interpreter": "/usr/bin/env python3"}, "another interpreter"),
    ({}, {"ansible_python_interpreter": "python3"}, "another interpreter"),
    ({}, {"ansible_python_interpreter": os.path.realpath("/bin/sh")}, "another interpreter"),
    ({"delegate_to": "x"}, {"ansible_python_interpreter": "/elsewhere", "ansible_delegated_vars": {"x": {}}}, ""),
    ({"delegate_to": "x"}, {"ansible_delegated_vars": {"x": {"ansible_python_interpreter": "/elsewhere"}}}, "another interpreter"),
    ({"async_val": 5}, {}, "async"),
    ({"transport": "ssh"}, {}, "the connection is not local"),
    ({"become": True}, {}, "become"),
    ({"plugin": object()}, {}, "become"),
    ({"environment": {"A": "b"}}, {}, "environment"),
])
# fmt: on
def test_what_asks_for_a_process_of_its_own(different, variables, reason, monkeypatch):
    monkeypatch.delenv("IVANTI_UEM_IN_PROCESS", raising=False)
    assert action(**different)._needs_process(variables) == reason


@pytest.mark.parametrize(
    ("value", "reason"), [("off", "IVANTI_UEM_IN_PROCESS is off"), ("on", ""), (" ", "")]
)
def test_a_variable_turns_it_off(value, reason, monkeypatch):
    monkeypatch.setenv("IVANTI_UEM_IN_PROCESS", value)
    assert action()._needs_process({}) == reason


def test_another_name_of_the_same_interpreter_is_that_interpreter(tmp_path):
    """A link in the same folder; one in another folder has other libraries."""
    here = os.path.join(os.path.dirname(OWN), "python3")
    if not os.path.exists(here):
        pytest.skip("the interpreter has no other name")
    assert action()._needs_process({"ansible_python_interpreter": here}) == ""
    (tmp_path / "python3").symlink_to(os.path.realpath(OWN))
    elsewhere = str(tmp_path / "python3")
    reason = action()._needs_process({"ansible_python_interpreter": elsewhere})
    assert reason == "another interpreter"


def warning_main():
    module = basic.AnsibleModule({"name": {"type": "str"}})
    module.deprecate("old", version="9.0.0", collection_name="ivanti.uem")
    print("noise on standard output")
    module.exit_json(name=module.params["name"])


def state():
    return (
        basic._ANSIBLE_ARGS,
        getattr(basic, "_ANSIBLE_PROFILE", None),
        list(warnings._global_warnings),
        list(warnings._global_deprecations),
        sys.stdout,
        sys.stderr,
    )


@pytest.mark.filterwarnings("ignore")
def test_a_run_returns_what_was_printed_and_leaves_nothing(capfd):
    before = state()
    done = run_main(warning_main, {"name": "{{ 1 + 1 }}"})
    assert done["rc"] == 0 and json.loads(done["stdout"].splitlines()[-1])["name"] == "{{ 1 + 1 }}"
    assert state() == before
    assert "noise" not in capfd.readouterr().out


def failing_main():
    raise KeyError("what nobody expected")


def test_an_error_that_nobody_expected_fails_the_task_as_in_any_module(capfd):
    before = state()
    done = run_main(failing_main, {})
    assert done["rc"] == 1 and "what nobody expected" in done["stdout"] + done["stderr"]
    # ansible-core 2.19 and newer print a result, and older ones look for the traceback.
    if not done["stdout"]:
        assert done["stderr"].startswith("Traceback")
    assert state() == before and capfd.readouterr() == ("", "")


def test_an_interrupt_passes():
    def main():
        raise KeyboardInterrupt

    before = state()
    with pytest.raises(KeyboardInterrupt):
        run_main(main, {})
    assert state() == before


def test_every_module_has_an_action_plugin(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["action_plugins.py", "--check"])
    assert action_plugins.main() == 0


# fmt: off
@pytest.mark.parametrize(("now", "before", "line"), [
    (Counts(requests=3), Counts(), "10 s: 3 requests"),
    (Counts(requests=7, read=3000, to_read=10_000), Counts(read=1000), "10 s: 7 requests, 3,000 of 10,000 read, 400 a second, 18 s left"),
    (Counts(requests=9, read=10_021, to_read=10_000), Counts(read=10_021), "10 s: 9 requests, 10,000 of 10,000 read"),
    (Counts(requests=9, read=4, to_read=4, planned=8, written=2, failed=1), Counts(read=4),
     "10 s: 9 requests, 4 of 4 read, 8 planned, 2 written, 1 failed, 0.6 a second, 8 s left"),
])
# fmt: on
def test_a_line_of_progress(now, before, line):
    assert progress_line(now, before, 10, 5) == line


def test_lines_come_while_it_runs_and_end_with_it(monkeypatch):
    monkeypatch.delenv("IVANTI_UEM_PROGRESS", raising=False)
    monkeypatch.setattr(_progress, "EVERY", 0.01)
    said = []
    with _progress.saying_progress("the module on a host", said.append):
        for _moment in range(500):
            if len(said) > 1:
                break
            _progress.threading.Event().wait(0.01)
    assert said[0] == "the module on a host, 0 s: 0 requests"
    known = len(said)
    _progress.threading.Event().wait(0.05)
    assert len(said) == known


def test_a_short_run_says_nothing(monkeypatch):
    monkeypatch.delenv("IVANTI_UEM_PROGRESS", raising=False)
    with _progress.saying_progress("the module on a host", pytest.fail):
        pass
