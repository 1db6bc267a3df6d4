# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one process reads for the hosts of a task, and what another one takes."""

from __future__ import annotations

import os
import stat
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    AnswerLostError,
    CredentialsError,
    OutageError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Found, Selection
from ansible_collections.ivanti.uem.plugins.plugin_utils import _together
from ansible_collections.ivanti.uem.plugins.plugin_utils._together import (
    Companions,
    TogetherFinder,
    companions_of,
)

NUMBERS = {"first": "1", "second": "2", "third": "3"}
GUID = "00000000-0000-4000-8000-00000000000{}"
SERVER = "https://mdm.example.com"


class Client:
    """Has the devices 1 and 2, and says of each question what it was."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.notes = ["of the options"]
        self.asked: list[list[str]] = []
        self._refusal = refusal

    def find(self, selection: Selection, **wanted: object) -> Found:
        self.asked.append([ref.value for ref in selection.names])
        self.notes.append("of the question")
        if self._refusal and len(selection.names) > 1:
            raise self._refusal
        have = [Device(number, f"g-{number}") for number in ("1", "2")]
        return Found.of(have, selection.names, None)


def look(folder, host: str, client: Client, key: bytes = b"", own: str = "") -> list[str]:
    """What a host finds."""
    refs = {name: DeviceRef("id", number) for name, number in NUMBERS.items()}
    names = list(refs)
    others = {name: refs[name] for name in names[names.index(host) + 1 :]}
    refs[host] = DeviceRef("id", own or NUMBERS[host])
    companions = Companions(refs[host], lambda: others, host, folder / "answers", b"task", key)
    selection = Selection(names=(refs[host],))
    found = TogetherFinder(companions).find(client, selection, keep_rows=True)  # type: ignore[arg-type]
    return [device.id for device in found.devices]


def test_the_first_asks_and_the_others_take(tmp_path):
    client = Client()
    assert look(tmp_path, "first", client) == ["1"]
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked == [["1", "2", "3"]]
    assert client.notes == ["of the options"]


def test_a_device_that_is_not_there_is_asked_for_once_more(tmp_path):
    client = Client()
    look(tmp_path, "first", client)
    assert look(tmp_path, "third", client) == []
    assert client.asked == [["1", "2", "3"], ["3"]] and client.notes[-1] == "of the question"


def test_a_host_takes_no_device_but_its_own(tmp_path):
    """A variable of the play may name another device than the inventory does."""
    client = Client()
    look(tmp_path, "first", client)
    assert look(tmp_path, "second", client, own="1") == ["1"]
    assert client.asked[-1] == ["1"]


def test_a_host_that_looks_again_asks_again(tmp_path):
    client = Client()
    for host in ("first", "second", "second"):
        look(tmp_path, host, client)
    assert client.asked == [["1", "2", "3"], ["2"]]


@pytest.mark.parametrize("age", [_together.FRESH + 1, -60])
def test_an_old_answer_is_not_taken(tmp_path, age):
    client = Client()
    look(tmp_path, "first", client)
    for path in (tmp_path / "answers").iterdir():
        os.utime(path, (time.time() - age,) * 2)
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked[-1] == ["2"]


def test_a_host_with_other_arguments_asks_for_its_own_device(tmp_path):
    """Nobody would take what it left for others."""
    client = Client()
    look(tmp_path, "first", client)
    assert look(tmp_path, "second", client, b"another") == ["2"]
    assert client.asked == [["1", "2", "3"], ["2"]]


def test_where_the_question_is_refused_each_asks_itself(tmp_path):
    client = Client(AnswerError("no"))
    assert look(tmp_path, "first", client) == ["1"]
    assert client.notes == ["of the options", "of the question"]
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked == [["1", "2", "3"], ["1"], ["2"]]


@pytest.mark.parametrize(
    "error",
    [
        CredentialsError("no", status=401, method="GET", path="/"),
        OutageError("no"),
        AnswerLostError("no"),
    ],
)
def test_what_is_no_better_for_one_device_is_not_tried_again(tmp_path, error):
    client = Client(error)
    with pytest.raises(type(error)):
        look(tmp_path, "first", client)
    assert client.asked == [["1", "2", "3"]] and client.notes == ["of the options"]
    # Nor does each of those that waited ask for all in its turn.
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked[1:] == [["2"]]


def fail(*_arguments: object) -> None:
    raise OSError("no")


def no_file(path: Path) -> None:
    (path / "answers").write_text("a file is in the way")


def half_an_answer(path: Path) -> None:
    look(path, "first", Client())
    for answer in (path / "answers").iterdir():
        answer.write_bytes(answer.read_bytes()[:-5])


@pytest.mark.parametrize("breaks", ["flock", "replace", "no_file", "half_an_answer"])
def test_a_host_asks_for_its_own_device_where_answers_cannot_be_left(tmp_path, monkeypatch, breaks):
    if breaks == "flock":
        monkeypatch.setattr(_together.fcntl, "flock", fail)
    elif breaks == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        {"no_file": no_file, "half_an_answer": half_an_answer}[breaks](tmp_path)
    client = Client()
    assert look(tmp_path, "second", client) == ["2"]
    assert look(tmp_path, "second", client) == ["2"]


def test_a_host_waits_for_one_that_asks(tmp_path, monkeypatch):
    client, other, waits = Client(), Client(), threading.Event()
    flock = _together.fcntl.flock

    def lock(file: TextIO, mode: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            waits.set()
        flock(file, mode)

    def find(selection: Selection, **wanted: object) -> Found:
        second.start()
        assert waits.wait(10)
        return Client.find(client, selection, **wanted)

    found: list[str] = []
    second = threading.Thread(target=lambda: found.extend(look(tmp_path, "second", other)))
    monkeypatch.setattr(_together.fcntl, "flock", lock)
    monkeypatch.setattr(client, "find", find)
    assert look(tmp_path, "first", client) == ["1"]
    second.join(10)
    assert found == ["2"] and other.asked == []


def test_nobody_else_may_read_the_answers(tmp_path):
    look(tmp_path, "first", Client())
    folder = tmp_path / "answers"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    answers = [path for path in folder.iterdir() if path.name != "lock"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in answers] == [0o600] * 3


@pytest.mark.parametrize(
    "selection",
    [
        Selection(names=(DeviceRef("id", "2"),)),
        Selection(names=(DeviceRef("id", "1"), DeviceRef("id", "2"))),
        Selection(names=(DeviceRef("id", "1"),), statuses=("active",)),
    ],
)
def test_another_question_goes_out_as_it_is(tmp_path, selection):
    client = Client()
    own, other = DeviceRef("id", "1"), DeviceRef("id", "2")
    companions = Companions(own, lambda: {"second": other}, "first", tmp_path, b"", b"")
    TogetherFinder(companions).find(client, selection, keep_rows=True)
    assert client.asked == [[ref.value for ref in selection.names]]


# --- which hosts -------------------------------------------------------------------------------


class Hosts(dict):
    """An inventory of Ansible, as far as it is needed."""

    @property
    def _inventory(self):
        return SimpleNamespace(get_host=lambda name: SimpleNamespace(name=name, vars=self[name]))


def task(devices: object, *, strategy: str = "linear", run_once: bool = False):
    play = SimpleNamespace(strategy=strategy)
    return SimpleNamespace(
        args={"devices": devices},
        action="info",
        run_once=run_once,
        _uuid="u",
        get_play=lambda: play,
    )


def variables(**changes: object):
    hosts = Hosts(
        {
            name: {"ivanti_id": number, "ivanti_guid": GUID.format(number), "ivanti_server": SERVER}
            for name, number in NUMBERS.items()
        }
    )
    for name, change in changes.items():
        hosts[name] = {**hosts[name], **change}  # type: ignore[dict-item]
    own = hosts["first"]
    return {
        **own,
        "inventory_hostname": "first",
        "ansible_play_batch": list(hosts),
        "hostvars": hosts,
    }


@pytest.mark.parametrize(
    ("given", "changes", "others"),
    [
        (task(["1"]), {}, ["id=2", "id=3"]),
        (task(GUID.format(1)), {}, [f"guid={GUID.format(2)}", f"guid={GUID.format(3)}"]),
        (
            task([1]),
            {"second": {"ivanti_server": "https://MDM.example.com:443/"}},
            ["id=2", "id=3"],
        ),
        (task(["1"]), {"second": {"ivanti_server": "https://other.example.com"}}, ["id=3"]),
        (task(["1"]), {"second": {"ivanti_id": "{{ other }}"}}, ["id=3"]),
        (task(["1"]), {"second": {"ivanti_id": ""}}, ["id=3"]),
        (task(["1"], strategy="ansible.builtin.linear"), {}, ["id=2", "id=3"]),
        (task(["1"], strategy="free"), {}, None),
        (task(["1"], run_once=True), {}, None),
        (task(["1", "2"]), {}, None),
        (task(["2"]), {}, None),
        (task(None), {}, None),
        (task([True]), {"first": {"ivanti_id": True}}, None),
        (task([{"device": "1"}]), {}, None),
    ],
)
def test_which_hosts_are_asked_for(given, changes, others):
    found = companions_of(given, variables(**changes), b"")
    assert others == (None if found is None else [ref.id for ref in found.others().values()])


def test_tasks_have_different_answers():
    one = companions_of(task(["1"]), variables(), b"details=false")
    other = companions_of(task(["1"]), variables(), b"details=true")
    assert one.path("second") != other.path("second")
    assert one.path("second") == replace(one, host="third").path("second")
