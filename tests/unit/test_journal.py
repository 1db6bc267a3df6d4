# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal as a file: who may read it, what a crash leaves, and turns that runs take."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import RefusedError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard import (
    journal as journal_module,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.journal import Journal
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.rules import recent

UNREADABLE = {"phase": "before", "server": None, "at": None}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "folder" / "journal.jsonl"


def no_objection(lines):
    return ""


def test_no_file_is_an_empty_journal_and_looking_makes_none(path):
    assert Journal(str(path)).lines() == [] and not path.parent.exists()


def test_lines_come_back_in_order(path):
    journal = Journal(str(path))
    assert journal.is_new()
    journal.reserve(no_objection, [{"a": 1}, {"b": "ü\n{{ x }}"}])
    journal.add([{"c": None}])
    assert not journal.is_new()
    assert (
        journal.lines() == [{"a": 1}, {"b": "ü\n{{ x }}"}, {"c": None}]
        and len(path.read_text(encoding="utf-8").splitlines()) == 3
    )
    assert (
        stat.S_IMODE(path.stat().st_mode) == 0o600
        and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    )


def test_a_journal_that_cannot_be_looked_at_is_not_called_new(tmp_path):
    (tmp_path / "file").write_text("x")
    assert not Journal(str(tmp_path / "file" / "journal")).is_new()


def test_a_home_directory_is_found(path, monkeypatch):
    monkeypatch.setenv("HOME", str(path.parent))
    Journal("~/journal.jsonl").add([{"a": 1}])
    assert path.exists()


def test_an_objection_keeps_everything_as_it_was(path):
    journal = Journal(str(path))
    journal.add([{"a": 1}])
    seen = []
    with pytest.raises(RefusedError, match="^no$"):
        journal.reserve(lambda lines: (seen.extend(lines), "no")[1], [{"b": 2}])
    assert seen == journal.lines() == [{"a": 1}]


@pytest.mark.parametrize("left", ['{"phase": "bef', "{}x", "[]", '"text"', "17", "\0" * 20])
def test_what_a_crash_leaves_counts_and_the_next_line_is_whole(path, left):
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"a": 1}}\n{left}', encoding="utf-8")
    journal = Journal(str(path))
    assert journal.lines() == [{"a": 1}, UNREADABLE]
    journal.add([{"b": 2}])
    assert journal.lines() == [{"a": 1}, UNREADABLE, {"b": 2}]


def test_a_line_broken_off_just_before_its_end_is_whole(path):
    path.parent.mkdir(parents=True)
    path.write_text('{"a": 1}', encoding="utf-8")
    Journal(str(path)).add([{"b": 2}])
    assert Journal(str(path)).lines() == [{"a": 1}, {"b": 2}]


def test_bytes_that_are_no_text(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe\n")
    assert Journal(str(path)).lines() == [UNREADABLE]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.mkdir(),
        lambda path: path.symlink_to("/dev/null"),
        lambda path: path.symlink_to(path.parent / "target"),
        os.mkfifo,
    ],
)
def test_what_is_no_file_is_refused(path, make):
    path.parent.mkdir(parents=True)
    (path.parent / "target").touch()
    make(path)
    journal = Journal(str(path))
    with pytest.raises(
        RefusedError,
        match=r"the journal .* cannot be read \(.*\); nothing was sent\. Set journal_path",
    ):
        journal.lines()
    with pytest.raises(RefusedError, match=r"cannot be written \(.*\); nothing was sent"):
        journal.reserve(no_objection, [{"a": 1}])
    with pytest.raises(UemError, match=r"The journal .* cannot be written \([^)]*\)\.$"):
        journal.add([{"a": 1}])
    assert (path.parent / "target").read_bytes() == b""


def test_a_disk_that_does_not_read_is_told(path, monkeypatch):
    journal = Journal(str(path))
    journal.add([{"a": 1}])
    monkeypatch.setattr(journal_module, "_parsed", fail_to_read)
    with pytest.raises(
        RefusedError, match=r"cannot be read \(Input/output error\); nothing was sent"
    ):
        journal.lines()


def fail_to_read(_text: str) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_full_disk_is_told(path, monkeypatch):
    journal = Journal(str(path))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RefusedError, match="No space left on device"):
        journal.reserve(no_objection, [{"a": 1}])


def test_what_does_not_fit_on_the_disk_leaves_nothing_behind(path, monkeypatch):
    """Half of a reservation would count as requests that nobody sent."""
    journal = Journal(str(path))
    journal.add([{"a": 1}])
    write, left = os.write, [60]

    def fill(descriptor: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(28, "No space left on device")
        taken = write(descriptor, data[: left[0]])
        left[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", fill)
    with pytest.raises(
        RefusedError, match=r"No space left on device\); nothing was sent\. Set journal"
    ):
        journal.reserve(no_objection, [{"name": "x" * 50}, {"b": 2}])
    assert journal.lines() == [{"a": 1}]


LIMITED = """
import resource, sys
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.journal import Journal
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    Journal(sys.argv[1]).reserve(lambda lines: "", [{"name": "x" * 200}])
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_file_that_may_not_grow_is_refused_in_one_sentence(path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("RefusedError Refused: the journal") and not done.stderr
    assert "File too large" in done.stdout and path.read_bytes() == b""


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_what_no_file_can_be_called_is_refused_in_one_sentence(tmp_path, name):
    journal = Journal(str(tmp_path / name))
    for use in (journal.lines, lambda: journal.reserve(no_objection, [{"a": 1}])):
        with pytest.raises(RefusedError, match=r"nothing was sent\. Set journal_path"):
            use()


def test_a_write_in_parts_is_whole(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    Journal(str(path)).add([{"name": "x" * 50}, {"b": 2}])
    assert Journal(str(path)).lines() == [{"name": "x" * 50}, {"b": 2}]


MANY = """
import sys, time
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import RefusedError
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.journal import Journal
journal, most = Journal(sys.argv[1]), int(sys.argv[2])

def allow(lines):
    # Time for another process to come between.
    time.sleep(0.002)
    return "full" if len(lines) + 2 > most else ""

print("ready", flush=True)
sys.stdin.readline()
for number in range(30):
    try:
        journal.reserve(allow, [{"run": sys.argv[3], "n": number}] * 2)
    except RefusedError:
        pass
"""


def test_processes_take_turns(path):
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(path), "101", str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        )
        for number in range(3)
    ]
    for process in runs:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in runs:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in runs:
        process.communicate(timeout=60)
    assert [process.returncode for process in runs] == [0, 0, 0]
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 100
    # The lines of one reservation stand together.
    assert all(first == second for first, second in zip(lines[::2], lines[1::2], strict=True))


def test_threads_take_turns(path):
    def allow(lines):
        # Time for another thread to come between.
        time.sleep(0.001)
        return "full" if len(lines) >= 20 else ""

    def reserve(number: int) -> bool:
        try:
            Journal(str(path)).reserve(allow, [{"n": number}])
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(60))) == 20
    assert len(Journal(str(path)).lines()) == 20


@pytest.mark.parametrize(
    "line",
    [
        '{"phase": "before", "server": "s", "at": NaN}', '{"phase": "before", "server": "s", "at": -Infinity}', '{"phase": "before", "server": "s", "at": -1}',
        '{"phase": "before", "server": "s", "at": 1' + "0" * 400 + "}", '{"phase": "before", "server": "s", "at": 1' + "0" * 5000 + "}",
        "[" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, '{"phase": "BEFORE", "server": "S"}', '{"phase": ["before"], "server": "s", "at": 1}',
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_counts(tmp_path, line):
    path = tmp_path / "journal"
    path.write_text(line + "\n")
    assert len(recent(Journal(str(path)).lines(), server="s", since=1e9)) == 1


def test_a_lock_that_is_kept_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "LONGEST_LOCK", 0.05)
    path = tmp_path / "journal"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RefusedError, match="another process has kept it locked for 0.05 s"):
            Journal(str(path)).reserve(lambda lines: "", [{"phase": "before"}])
    Journal(str(path)).reserve(lambda lines: "", [{"phase": "before"}])


def test_a_file_or_folder_that_others_may_change_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "open"
    folder.mkdir()
    path = folder / "journal"
    Journal(str(path)).add([{"phase": "before"}])
    folder.chmod(0o777)
    assert len(Journal(str(path)).lines()) == 1
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(RefusedError, match="it belongs to another user"):
        Journal(str(path)).lines()
    fault = Journal(str(path))._fault
    own = os.stat_result([*os.stat(path)[:4], os.geteuid(), *os.stat(path)[5:10]])
    assert fault(own) == "its folder belongs to another user, and everybody may write there"
    folder.chmod(0o1777)
    assert fault(own) == ""
