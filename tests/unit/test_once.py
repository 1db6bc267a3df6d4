# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the processes of a run read once: made once, never half, and for this user alone; and how a
term names a device."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.lookup.device import parse_term
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    ConnectError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.plugin_utils._once import LOCKS, Once, SharedError

FORK = multiprocessing.get_context("fork")
WORKERS = 8


def key(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def together(work: Callable[[int], None]) -> None:
    """Do the work in several processes at the same time."""
    start = FORK.Event()

    def begin(number: int) -> None:
        start.wait(20)
        work(number)

    workers = [FORK.Process(target=begin, args=(number,)) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS


def note(path: Path, text: str) -> None:
    """Append a line, whole even where several processes do it."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def test_processes_make_each_entry_once(tmp_path):
    """Some ask for one entry, others for all, in different orders."""
    names = [f"device {number}" for number in range(40)]

    def work(number: int) -> None:
        mine = names if number % 2 else names[number::2] + names[:number:2]

        def make(wanted):
            for one in wanted:
                note(tmp_path / "made", one)
            time.sleep(0.02)
            return {one: {"row": {"id": one, "name": "ü {{ 7 * 7 }}"}} for one in wanted}

        kept = Once(str(tmp_path), str).get([key(name) for name in mine], make)
        assert {one: entry["row"]["id"] for one, entry in kept.items()} == {
            key(name): key(name) for name in mine
        }
        note(tmp_path / "done", str(number))

    together(work)
    made = (tmp_path / "made").read_text().split()
    assert (
        sorted(made) == sorted(map(key, names))
        and len((tmp_path / "done").read_text().split()) == WORKERS
    )


def test_a_failure_is_shared_with_those_that_waited_and_with_nobody_else(tmp_path):
    def work(number: int) -> None:
        def make(wanted):
            note(tmp_path / "tried", str(number))
            time.sleep(1)
            raise ConnectError("nobody is there")

        try:
            Once(str(tmp_path), str).get([key(1)], make)
        except SharedError as error:
            note(tmp_path / "shared", str(error))
        except ConnectError:
            note(tmp_path / "own", str(number))

    together(work)
    tried = (tmp_path / "tried").read_text().split()
    assert tried == (tmp_path / "own").read_text().split() and len(tried) < WORKERS
    assert (tmp_path / "shared").read_text() == "nobody is there\n" * (WORKERS - len(tried))
    assert Once(str(tmp_path), str).get(
        [key(1)], lambda wanted: {one: {"row": 1} for one in wanted}
    ) == {key(1): {"row": 1}}


@pytest.mark.parametrize(
    "content", ["", '{"row": {"id"', "[]", "null", '{"error": "nobody is there"}']
)
def test_what_is_no_entry_is_made_anew(tmp_path, content):
    once = Once(str(tmp_path), str)
    once.get(
        [key(1)],
        lambda wanted: {one: {"row": "a much longer entry than the next one"} for one in wanted},
    )
    (tmp_path / "ivanti_uem" / key(1)).write_text(content)
    for _look in range(2):
        assert once.get([key(1)], lambda wanted: {one: {"row": 2} for one in wanted}) == {
            key(1): {"row": 2}
        }


def test_a_failure_is_kept_without_secrets(tmp_path):
    def fail(wanted):
        raise ConnectError("no pass-1 here")

    once = Once(str(tmp_path), Redactor(["pass-1"]))
    with pytest.raises(ConnectError):
        once.get([key(1)], fail)
    kept = [path.read_text() for path in (tmp_path / "ivanti_uem").iterdir() if path.read_text()]
    assert kept == ['{"error": "no ******** here"}']


def test_files_are_for_this_user_alone_and_few_are_open_at_a_time(tmp_path):
    before = os.umask(0)
    try:
        open_files: list[int] = []

        def make(wanted):
            open_files.append(
                len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
            )
            return {one: {"row": None} for one in wanted}

        fewest = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
        Once(str(tmp_path), str).get([key(number) for number in range(500)], make)
    finally:
        os.umask(before)
    folder = tmp_path / "ivanti_uem"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600} and len(
        list(folder.iterdir())
    ) == 500 + LOCKS
    assert open_files[0] <= fewest + LOCKS


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "ivanti_uem").mkdir()
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "ivanti_uem" / key(1)).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        Once(str(tmp_path), str).get([key(1)], lambda wanted: {one: {"row": 1} for one in wanted})
    assert (tmp_path / "elsewhere").read_text() == "kept"


GUID = "57D9903C-aadf-4b40-aef3-e1f24302f180"


@pytest.mark.parametrize(("term", "by", "kind", "value"), [
    (22000, "auto", "id", "22000"),
    (" 22000 ", "auto", "id", "22000"),
    (GUID, "auto", "guid", GUID.lower()),
    ("DLXMF0URFLMK", "auto", "serial_number", "DLXMF0URFLMK"),
    ("22000", "serial_number", "serial_number", "22000"),
    (22000, "serial_number", "serial_number", "22000"),
    (GUID, "serial_number", "serial_number", GUID),
    ("{{ 7 * 7 }} ü/", "auto", "serial_number", "{{ 7 * 7 }} ü/"),
    (22000, "id", "id", "22000"),
    (GUID, "guid", "guid", GUID.lower()),
])  # fmt: skip
def test_how_a_term_names_a_device(term, by, kind, value):
    assert parse_term(term, by) == DeviceRef(kind, value)


@pytest.mark.parametrize(("term", "by"), [
    (22000, "guid"), (GUID, "id"), ("DLXMF0URFLMK", "id"), ("DLXMF0URFLMK", "guid"), (None, "id"),
    ("", "auto"), ("  ", "auto"), (None, "auto"), (True, "auto"), (1.5, "auto"), ({"id": 1}, "auto"), (["x"], "serial_number"),
    ("a\nb", "auto"), ("a\x00", "serial_number"),
])  # fmt: skip
def test_what_names_no_device(term, by):
    with pytest.raises(
        OptionError,
        match=r"^_terms: .*; (correct it, or set by|give an id, a guid or a serial number)\.$",
    ) as raised:
        parse_term(term, by)
    assert "\n" not in str(raised.value)
