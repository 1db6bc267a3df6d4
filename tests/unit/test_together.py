# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one process reads for the hosts of a task, and what another one takes."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError
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

    def __init__(self, refuses: bool = False) -> None:
        self.notes = ["of the options"]
        self.asked: list[list[str]] = []
        self._refuses = refuses

    def find(self, selection: Selection, **wanted: object) -> Found:
        self.asked.append([ref.value for ref in selection.names])
        self.notes.append("of the question")
        if self._refuses and len(selection.names) > 1:
            raise AnswerError("no")
        have = [Device(number, f"g-{number}") for number in ("1", "2")]
        return Found.of(have, selection.names, None)


def look(folder, host: str, client: Client, key: bytes = b"task") -> list[str]:
    """What a host finds."""
    refs = {name: DeviceRef("id", number) for name, number in NUMBERS.items()}
    names = list(refs)
    others = {name: refs[name] for name in names[names.index(host) + 1 :]}
    companions = Companions(refs[host], lambda: others, host, folder / "answers", key)
    selection = Selection(names=(refs[host],))
    found = TogetherFinder(companions).find(client, selection, keep_rows=True)  # type: ignore[arg-type]
    return [device.id for device in found.devices]


def test_the_first_asks_and_the_others_take(tmp_path):
    client = Client()
    assert look(tmp_path, "first", client) == ["1"]
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked == [["1", "2", "3"]]
    assert client.notes == ["of the options"]


def test_a_device_that_is_not_there_is_asked_for_alone(tmp_path):
    client = Client()
    look(tmp_path, "first", client)
    assert look(tmp_path, "third", client) == []
    assert client.asked[-1] == ["3"] and client.notes[-1] == "of the question"


def test_a_host_that_looks_again_asks_again(tmp_path):
    client = Client()
    for host in ("first", "second", "second"):
        look(tmp_path, host, client)
    assert client.asked == [["1", "2", "3"], ["2", "3"]]


@pytest.mark.parametrize("age", [_together.FRESH + 1, -60])
def test_an_old_answer_is_not_taken(tmp_path, age):
    client = Client()
    look(tmp_path, "first", client)
    for path in (tmp_path / "answers").iterdir():
        os.utime(path, (time.time() - age,) * 2)
    assert look(tmp_path, "second", client) == ["2"]
    assert client.asked[-1] == ["2", "3"]


def test_another_task_asks_itself(tmp_path):
    client = Client()
    look(tmp_path, "first", client)
    assert look(tmp_path, "second", client, b"another") == ["2"]
    assert client.asked[-1] == ["2", "3"]


def test_where_the_question_is_refused_each_asks_alone(tmp_path):
    client = Client(refuses=True)
    assert look(tmp_path, "first", client) == ["1"]
    assert client.asked == [["1", "2", "3"], ["1"]]
    assert client.notes == ["of the options", "of the question"]


def test_nobody_else_may_read_the_answers(tmp_path):
    look(tmp_path, "first", Client())
    folder = tmp_path / "answers"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    answers = [path for path in folder.iterdir() if path.name != "lock"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in answers] == [0o600]


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
    companions = Companions(own, lambda: {"second": other}, "first", tmp_path, b"")
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
