# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in Ansible's own process does what it does in a process of its own.

Each playbook runs both ways, against the same world. All that callbacks are shown must be equal.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as common_warnings
from ansible_collections.ivanti.uem.plugins.modules import device_count_info
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import run_main

from ..conftest import SEED, Command, connection, writes
from .test_documented import (
    DEVICES,
    KEYWORDS,
    MODULES,
    STANDS_FOR,
    VARIABLES,
    Play,
    documented,
    fill_epmm,
    fill_neurons,
    group_of,
)

ROOT = Path(__file__).resolve().parents[2]
OFF = {"IVANTI_UEM_IN_PROCESS": "off"}
HERE, APART = "Using module ", "runs in its own process: "

# Times, and the names of backups, which have the number of the process, too.
_MOMENT = re.compile(
    r"\b1[78]\d{11}\b|\b1[78]\d{8}(\.\d+)?\b|\d+\.\d{4}-\d\d-\d\d@[\d:]+~|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?"
)


@pytest.fixture
def recorded(ansible: Command, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Run a playbook, and return what callbacks were shown."""

    def run(play: Any, *arguments: str, **environment: str) -> list[dict[str, Any]]:
        ansible.write("play.yml", play)
        record = tmp_path / "record"
        record.unlink(missing_ok=True)
        for left in ("journal", "files"):
            shutil.rmtree(tmp_path / left, ignore_errors=True)
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "devices-by-user.csv").write_text("as it was\n", encoding="utf-8")
        done = ansible(
            "ansible-playbook",
            "play.yml",
            *arguments,
            ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "tests" / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="recorder",
            UEM_TEST_RECORD=str(record),
            IVANTI_UEM_JOURNAL_PATH=str(tmp_path / "journal" / "lines"),
            **environment,
        )
        assert record.exists(), done.stdout + done.stderr
        return [timeless(json.loads(line)) for line in record.read_text("utf-8").splitlines()]

    return run


def timeless(value: Any) -> Any:
    """A record without what differs between any two runs."""
    if isinstance(value, dict):
        return {key: timeless(part) for key, part in value.items()}
    if isinstance(value, list):
        return [timeless(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return "moment" if _MOMENT.fullmatch(str(value)) else value
    return _MOMENT.sub("moment", value) if isinstance(value, str) else value


def local(*tasks: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """A play on localhost in which no failure stops anything."""
    return {
        "hosts": "localhost",
        "gather_facts": False,
        "ignore_errors": True,
        "diff": True,
        "tasks": list(tasks),
        **keywords,
    }


# --- every module -----------------------------------------------------------------------------------------------------------


def filled(servers: Mapping[str, Any]) -> dict[Any, Any]:
    """Fill the worlds anew; answers what stands for the ids of the examples."""
    given: dict[str, Any] = {}
    for product, fill in (("neurons", fill_neurons), ("epmm", fill_epmm)):
        if product in servers:
            servers[product].reset(seed=SEED, devices=DEVICES)
            given |= fill(servers[product])
    return {key: given[name] for key, name in STANDS_FOR.items() if name in given}


def tasks_of(
    module: str, servers: Mapping[str, Any], stands_for: Any, folder: Path
) -> tuple[list[Any], list[Any]]:
    """The examples of a module, and wrong uses of it."""
    told = documented(module)
    play = Play(module, servers, None, stands_for, folder, told.idempotent)  # type: ignore[arg-type]
    tasks = []
    for example in told.examples:
        [name] = set(example) - KEYWORDS
        if name.startswith("ivanti.uem."):
            options = play.replaced(example[name] or {})
            server = servers[options.get("product", next(iter(servers)))]
            tasks.append({**example, name: {**options, **connection(server)}})
        else:
            tasks.append(example)
    right = next(task[f"ivanti.uem.{module}"] for task in tasks if f"ivanti.uem.{module}" in task)
    wrong: dict[str, dict[str, Any]] = {
        "an option that there is not": {**right, "no_such_option": 1},
        "a wrong password": {**right, "password": "a wrong one", "retries": 0},
    }
    other = "epmm" if "neurons" in servers else "neurons"
    # What no module has an influence on. Each runs one of them, in turn.
    shared: list[tuple[str, dict[str, Any]]] = [
        ("a wrong type", {"concurrency": "many"}),
        ("no scheme that we know", {"url": "ftp://example.com"}),
        ("the other product", {"product": other}),
    ]
    name, options = shared[MODULES.index(module) % len(shared)]
    wrong[name] = {**right, **options}
    return tasks, [{"name": name, f"ivanti.uem.{module}": one} for name, one in wrong.items()]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_does_the_same_in_both_ways(module, recorded, request, tmp_path):
    """Its first example in check mode, then all of them for real, and wrong uses of it."""
    servers = {
        product: request.getfixturevalue(fixture)
        for product, fixture in (("neurons", "emulator"), ("epmm", "epmm"))
        if module in group_of(product)
    }
    right, wrong = tasks_of(module, servers, filled(servers), tmp_path / "files")
    states = {name: server.save() for name, server in servers.items()}
    # What comes before the first example of the module itself may read what it needs.
    first = next(place for place, one in enumerate(right) if f"ivanti.uem.{module}" in one)
    # Every third module is a file when it runs apart, as it is by default. The others are sent to
    # Python.
    variables = {**VARIABLES, "ansible_pipelining": MODULES.index(module) % 3 > 0}
    check = [local(*right[: first + 1], vars=variables, check_mode=True)] if changes(module) else []
    found = []
    for switch in ({}, OFF):
        for name, server in servers.items():
            server.load(states[name])
        found.append(recorded([*check, local(*right, *wrong, vars=variables)], **switch))
    here, apart = found
    # Without a journal action_followup_info asks no server, so that it meets no wrong credentials.
    least = len(wrong) - (module == "action_followup_info")
    assert sum(one["what"] == "failed" for one in here) >= least and here[0]["what"] != "failed"
    for one, other in zip(here, apart, strict=True):
        assert one == other


def changes(module: str) -> bool:
    """Whether a module may write, and check mode makes a difference."""
    return not module.endswith("_info")


# --- what surrounds a task --------------------------------------------------------------------------------------------------

INFO = "ivanti.uem.device_info"
COUNT = "ivanti.uem.device_count_info"
ATTRS = "ivanti.uem.device_custom_attrs"


def keyword_tasks(emulator: Any, ids: list[str]) -> list[dict[str, Any]]:
    """Tasks in which Ansible's own keywords matter."""
    some = {"devices": ids, "fields": ["id", "guid"]}
    # fmt: off
    return [
        {"name": "hidden", INFO: some, "no_log": True},
        {"name": "hidden, failed", INFO: {**some, "query": "[["}, "no_log": True},
        {"name": "failed when", INFO: some, "register": "read", "failed_when": "read.count == 2"},
        {"name": "changed when", INFO: some, "changed_when": True},
        {"name": "until", INFO: {**some, "query": "[["}, "register": "read", "until": "read is succeeded", "retries": 1, "delay": 0},
        {"name": "loop", INFO: {**some, "password": "{{ item.password | default(omit) }}",
                                "validate_certs": "{{ item.verify | default(true) }}", "retries": 0},
         "loop": [{"verify": False}, {"password": "wrong"}, {}, {"verify": False}], "loop_control": {"label": "one"}},
        {"name": "once", INFO: some, "run_once": True},
        {"name": "elsewhere", INFO: some, "delegate_to": "localhost"},
        {"name": "in time", INFO: some, "timeout": 60},
        {"name": "skipped", INFO: some, "when": False},
        {"name": "no diff", ATTRS: {"devices": ids, "attrs": {"owner": "ops"}}, "diff": False, "check_mode": True},
        {"name": "writes", ATTRS: {"devices": ids[:1], "attrs": {"owner": "{{ evil }}"}}, "vars": {"evil": {"__raw__": 1}}},
        {"name": "misspelt field", INFO: {"devices": ids, "fields": ["naem"]}},
        {"name": "reads", f"{ATTRS}_info": {"devices": ids[:1]}, "register": "read"},
        {"name": "shows", "ansible.builtin.debug": {"msg": "{{ read.devices }}"}},
        {"name": "another module", COUNT: {"count_by": "platform"}},
        {"name": "no interpreter of mine", INFO: some, "vars": {"ansible_python_interpreter": "/nowhere/python"}},
        {"name": "environment", INFO: some, "environment": {"IVANTI_UEM_URL": "https://127.0.0.1:1", "IVANTI_UEM_RETRIES": "0"}},
        {"name": "later", INFO: some, "async": 60, "poll": 1},
        {"name": "remote", INFO: some, "vars": {"ansible_connection": "ssh", "ansible_ssh_executable": "/bin/false"}, "ignore_unreachable": True},
    ]
    # fmt: on


def test_what_surrounds_a_task_means_the_same_in_both_ways(recorded, emulator):
    """Keywords, defaults of one module, templates in data, and nothing of one loop item in the
    next."""
    ids = sorted(emulator.attributes(), key=int)[:2]
    tasks = json.loads(json.dumps(keyword_tasks(emulator, ids)))
    evil = "{{ 'temp' ~ 'lated' }}"
    play = json.dumps(local(*tasks, module_defaults={INFO: {"concurrency": 3}}, ignore_errors=True))
    play = play.replace('{"__raw__": 1}', "!unsafe " + json.dumps(evil))
    found = []
    for switch in ({}, OFF):
        emulator.reset(seed=SEED, devices=DEVICES)
        found.append(kept(recorded(f"[{play}]", **switch)))
    here, apart = found
    for one, other in zip(here, apart, strict=True):
        assert one == other
    by_task = {one["task"]: one for one in here}
    assert evil in json.dumps(by_task["shows"]) and "templated" not in json.dumps(here)
    assert by_task["once"]["result"]["invocation"]["module_args"]["concurrency"] == 3
    assert by_task["another module"]["result"]["invocation"]["module_args"]["concurrency"] == 4
    assert "censored" in by_task["hidden"]["result"] and "ids" not in json.dumps(by_task["hidden"])
    items = [one for one in here if one["what"].startswith("item")]
    assert [bool(one["result"].get("warnings")) for one in items] == [True, False, False, True]
    assert [one["what"] for one in items] == ["item ok", "item failed", "item ok", "item ok"]


def kept(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records without the number of an asynchronous job, and the folders that were not made."""
    for one in records:
        for key in ("ansible_job_id", "results_file"):
            one["result"].pop(key, None)
        if one["what"] == "unreachable":
            del one["result"]["msg"]
    return records


def test_which_tasks_run_here_is_shown_with_vvv(ansible, emulator):
    ids = sorted(emulator.attributes(), key=int)[:2]
    tasks = keyword_tasks(emulator, ids)
    ansible.write("play.yml", [local(*(one for one in tasks if one["name"] != "writes"))])
    shown = ansible("ansible-playbook", "play.yml", "-vvv").stdout
    reasons = re.findall(rf"{APART}(.*)\.", shown)
    # fmt: off
    assert reasons == ["another interpreter", "environment", "async", "the connection is not local"]
    # fmt: on
    assert shown.count(HERE) >= 15
    ansible.write("play.yml", [local(*tasks[:2])])
    off = ansible("ansible-playbook", "play.yml", "-vvv", **OFF).stdout
    assert off.count(f"{APART}IVANTI_UEM_IN_PROCESS is off.") == 2


@pytest.mark.parametrize("name", ["IVANTI_UEM_IN_PROCESS", "IVANTI_UEM_PROGRESS"])
def test_a_switch_that_is_neither_on_nor_off_fails_before_any_request(recorded, emulator, name):
    [failed] = recorded([local({INFO: {}})], **{name: "perhaps"})
    assert failed["what"] == "failed"
    assert failed["result"]["msg"] == (
        f"{name}: 'perhaps' is neither on nor off; correct the environment variable."
    )
    assert not emulator.requests()


def test_relative_paths_are_those_of_the_playbook(ansible, emulator, tmp_path):
    """As with a local connection in general, wherever Ansible was started."""
    play = local({COUNT: {"count_by": "platform", "ca_path": "ca.pem"}}, ignore_errors=False)
    ansible.write("plays/play.yml", [play])
    shutil.copy(emulator.ca_path, tmp_path / "plays" / "ca.pem")
    for switch in ({}, OFF):
        done = ansible("ansible-playbook", "plays/play.yml", **switch)
        assert done.returncode == 0, done.stdout


# --- a long run -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_time_out_of_a_task_stops_it(recorded, emulator, concurrency):
    """It does not wait for requests that are under way, and sends no more."""
    ids = sorted(emulator.attributes(), key=int)
    emulator.add_fault("slow", method="PATCH", times=None, seconds=6)
    options = {"devices": ids, "attrs": {"owner": "ops"}, "concurrency": concurrency}
    start = time.monotonic()
    [failed] = recorded([local({ATTRS: options, "timeout": 3})])
    assert failed["what"] == "failed"
    assert "timedout" in failed["result"] or "expected time frame" in failed["result"]["msg"]
    assert time.monotonic() - start < 30
    time.sleep(6)
    assert len(writes(emulator)) <= concurrency < len(ids)


def test_ctrl_c_stops_it(ansible, emulator):
    ids = sorted(emulator.attributes(), key=int)
    emulator.add_fault("slow", method="PATCH", times=None, seconds=6)
    options = {"devices": ids, "attrs": {"owner": "ops"}, "concurrency": 2}
    ansible.write("play.yml", [local({ATTRS: options})])
    running = subprocess.Popen(
        [str(Path(sys.executable).with_name("ansible-playbook")), "play.yml"],
        cwd=ansible.folder,
        env=ansible.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while not writes(emulator) and time.monotonic() < end:
        time.sleep(0.2)
    # What a terminal does: it interrupts all processes of the group.
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(30) != 0
    time.sleep(7)
    assert len(writes(emulator)) <= 2 < len(ids)


def test_a_long_run_says_how_far_it_has_come(ansible, emulator):
    """While it runs, in plain lines, unless that is off."""
    ids = sorted(emulator.attributes(), key=int)[:8]
    emulator.add_fault("slow", method="PATCH", times=None, seconds=2.5)
    options = {"devices": "{{ ids }}", "attrs": {"owner": "ops"}, "concurrency": 2}
    ansible.write("play.yml", [local({ATTRS: options}, vars={"ids": ids})])
    done = ansible("ansible-playbook", "play.yml")
    lines = [
        line for line in done.stdout.splitlines() if line.startswith(f"{ATTRS} on localhost, ")
    ]
    assert lines, done.stdout
    for line in lines:
        assert re.fullmatch(
            r"\S+ on localhost, \d+ s: \d+ requests, \d+ of \d+ read, 8 planned, \d written, 0 failed"
            r"(, [\d.]+ a second, \d+ s left)?",
            line,
        ), line
    assert "\r" not in done.stdout
    emulator.set_attributes({one: {"owner": ["somebody"]} for one in ids})
    done = ansible("ansible-playbook", "play.yml", IVANTI_UEM_PROGRESS="off")
    assert "changed=1" in done.stdout and " on localhost, " not in done.stdout


def test_nothing_of_a_run_is_left_in_the_process(emulator):
    """After 1,000 runs, which is a loop of as many items."""
    arguments = {
        **connection(emulator),
        "count_by": ["platform"],
        "validate_certs": False,
        "_ansible_version": "2",
    }
    wrong = {**arguments, "concurrency": 0}
    start: dict[str, Any] = {}
    for number in range(1000):
        # Most of them end before they connect, which takes the most time.
        reads = number % 20 == 0
        done = run_main(device_count_info.main, arguments if reads else wrong)
        assert done["rc"] == (0 if reads else 1), done
        if number == 200:
            start = process_state()
    end = process_state()
    grown = end.pop("memory") - start.pop("memory")
    assert end == start
    assert grown < 5_000_000


def process_state() -> dict[str, Any]:
    """What a run could leave in its process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    umask = os.umask(0o022)
    os.umask(umask)
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE"),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "umask": umask,
        "gc": (gc.get_threshold(), gc.get_freeze_count(), gc.isenabled()),
        "streams": (sys.stdout, sys.stderr),
        "logging": list(logging.getLogger().handlers),
        "loggers": {
            name: list(one.handlers)
            for name, one in logging.root.manager.loggerDict.items()
            if isinstance(one, logging.Logger)
        },
        "filters": len(warnings.filters),
        "signals": [
            signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        ],
        "ansible": (
            basic._ANSIBLE_ARGS,
            getattr(basic, "_ANSIBLE_PROFILE", None),
            list(common_warnings._global_warnings),
            list(common_warnings._global_deprecations),
        ),
    }
