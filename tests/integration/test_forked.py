# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands and modules that are forked do what those with a start of their own do, so that they hide
no fault."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "module_server.py"

SHOW = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {"debug": {"msg": "{{ shown }}"}},
            {"fail": {"msg": "the end"}, "when": "failing | default(false)"},
        ],
    }
]


def shown(ansible, expression: str, *more: str, **environment: str) -> str:
    """What a playbook shows of a template."""
    ansible.write("show.yml", SHOW)
    ansible.write("vars.yml", {"shown": expression})
    run = ansible("ansible-playbook", "show.yml", "-e", "@vars.yml", *more, **environment)
    line = next(text for text in run.stdout.splitlines() if '"msg":' in text)
    return f"{run.returncode}{line}"


@pytest.mark.parametrize(("expression", "environment"), [
    ("{{ '%H' | strftime(0) }}", {"TZ": "Pacific/Kiritimati"}), ("{{ '%H' | strftime(0) }}", {"TZ": "America/New_York"}),
    ("{{ lookup('env', 'IVANTI_UEM_X') }}", {"IVANTI_UEM_X": "1"}), ("{{ lookup('env', 'IVANTI_UEM_X') }}", {"IVANTI_UEM_X": "2"}),
    ("{{ lookup('pipe', 'pwd') }}", {}), ("{{ lookup('pipe', 'echo $TMPDIR') }}", {"TMPDIR": "/var/tmp"}),
    ("{{ lookup('config', 'DEFAULT_FORKS') }}", {"ANSIBLE_FORKS": "3"}), ("{{ lookup('config', 'DEFAULT_FORKS') }}", {}),
    ("{{ 1 / 0 }}", {}), ("{{ 1 | no_such_filter }}", {}), ("{{ lookup('env', 'ELSEWHERE') }}", {"ELSEWHERE": "1"}),
])  # fmt: skip
def test_a_forked_command_does_what_another_one_does(ansible, expression, environment):
    forked = shown(ansible, expression, **environment)
    ansible.started = False
    assert forked == shown(ansible, expression, **environment)


def test_a_file_of_settings_is_read(ansible):
    ansible.write("ansible.cfg", "[defaults]\nforks = 4\n")
    assert "4" in shown(ansible, "{{ lookup('config', 'DEFAULT_FORKS') }}")


def test_a_status_is_passed_on(ansible):
    assert shown(ansible, "x", "-e", "failing=true").startswith("2")


def test_a_forked_command_leaves_nothing(ansible):
    shown(ansible, "x")
    left = ansible.folder / "ansible-tmp"
    assert not left.exists() or list(left.iterdir()) == []


# A module that shows what ran it: a fork of module_server.py has its libraries before it asks.
WHO = """
import os, signal, sys
from ansible.module_utils.basic import AnsibleModule
forked = "jmespath" in sys.modules
module = AnsibleModule({"end": {}})
if module.params["end"] == "signal":
    os.kill(os.getpid(), signal.SIGKILL)
if module.params["end"] == "status":
    sys.exit(3)
if module.params["end"] == "exception":
    raise LookupError("the end")
archive = sys.modules["ansible.module_utils.basic"].__file__
module.exit_json(shown=["forked" if forked else "started", archive.partition("payload.zip")[1], sys.executable, os.getcwd(),
                        sys.stdin.read(), os.environ.get("IVANTI_UEM_X")])
"""
ENDS = [{"end": end} for end in ("", "signal", "status", "exception")]


def who(ansible, *more: str, ends=ENDS[:1], **environment: str) -> str:
    """What a playbook shows of modules that end in these ways."""
    ansible.write("library/who.py", WHO)
    tasks = [{"name": one["end"] or "who", "who": one, "ignore_errors": True} for one in ends]
    tasks[0]["register"] = "found"
    tasks.append({"debug": {"msg": "{{ found.shown }}"}})
    ansible.write("who.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    run = ansible("ansible-playbook", "who.yml", "-v", *more, **environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


forking = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has the server")


@forking
@pytest.mark.parametrize("pipelining", ["0", "1"])
def test_a_forked_module_is_the_archive_that_ansible_made(ansible, pipelining):
    """It ends as another one does, and takes what Ansible packed from there."""
    settings = {"ANSIBLE_PIPELINING": pipelining, "IVANTI_UEM_X": "1"}
    forked = who(ansible, ends=ENDS, **settings)
    assert '"forked"' in forked and '"payload.zip"' in forked and f'"{sys.executable}"' in forked
    ansible.python = True
    started = who(ansible, ends=ENDS, **settings)
    assert '"started"' in started
    assert without_places(forked) == without_places(started).replace('"started"', '"forked"')


def without_places(output: str) -> str:
    """An output without folders of a run, process numbers, and the lines of a traceback."""
    shown = re.sub(r"/tmp/\S*?/|ansible-tmp-[-.0-9]+|ansible_who_payload_\w+", "", output)
    return re.sub(r"Traceback.*?LookupError", "LookupError", shown)


def test_who_runs_a_module(ansible):
    """Python itself where a test wants it, and where everything is shown, so that secrets would be."""
    assert '"started"' in who(ansible, "-vvvv")
    ansible.python = True
    assert '"started"' in who(ansible)
    ansible.python, ansible.started = False, False
    assert '"started"' in who(ansible)


@forking
def test_a_module_ends_with_its_client(tmp_path):
    """Nothing is left where Ansible is killed."""
    program = tmp_path / "program.py"
    program.write_text("import os, sys, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
    serving = "import module_server, sys; print(module_server.start(*sys.argv[1:] * 2), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", serving, str(tmp_path)], cwd=SERVER.parent, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        assert server.stdin and server.stdout
        interpreter = server.stdout.readline().strip()
        client = subprocess.Popen([interpreter, str(program)], stdout=subprocess.PIPE, text=True)
        with client:
            assert client.stdout
            number = int(client.stdout.readline())
            client.kill()
        wait_for_the_end_of(number)
        server.stdin.close()


def wait_for_the_end_of(number: int) -> None:
    for _attempt in range(200):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"the process {number} is still there")
