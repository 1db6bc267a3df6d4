# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that only reads, run for each host: the first host asks for the devices of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..conftest import DEVICES, SEED, Command, product_of, writes

ROOT = Path(__file__).resolve().parents[2]
HOSTS = 6
GONE = "00000000-0000-4000-8000-000000000000"


def own_names(server: Any) -> dict[str, dict[str, str]]:
    """What the inventory says of hosts, as its plugins do."""
    neurons = product_of(server) == "neurons"
    rows = server.devices("id", "guid") if neurons else server.devices("uuid")
    return {
        f"host-{number}": {
            "ivanti_id": str(row.get("id", number)),
            "ivanti_guid": row["guid" if neurons else "uuid"],
            "ivanti_server": server.url,
        }
        for number, row in enumerate(rows[:HOSTS])
    }


@pytest.fixture(params=["shared_emulator", "shared_epmm"])
def emulator(request: pytest.FixtureRequest) -> Any:
    """A server of each product; ``ansible`` is connected to it."""
    server = request.getfixturevalue(request.param)
    server.reset(seed=SEED, devices=DEVICES)
    return server


class Play:
    """Runs tasks for hosts that are devices."""

    def __init__(self, ansible: Command, server: Any) -> None:
        self._ansible = ansible
        self._server = server
        self.hosts = own_names(server)

    def run(self, *tasks: Any, forks: int = 1, **keywords: Any) -> Any:
        """Return the last result of each host."""
        everything = {"hosts": self.hosts, "vars": {"ansible_connection": "local"}}
        self._ansible.write("hosts.yml", {"all": everything})
        play = {"hosts": "all", "gather_facts": False, "ignore_errors": True, **keywords}
        self._ansible.write("play.yml", [{**play, "tasks": list(tasks)}])
        record = self._ansible.folder / "record"
        record.unlink(missing_ok=True)
        self._server.clear_requests()
        done = self._ansible(
            "ansible-playbook",
            *("-i", "hosts.yml", "play.yml", "-f", str(forks)),
            ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "tests" / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="recorder",
            UEM_TEST_RECORD=str(record),
        )
        assert record.exists(), done.stdout + done.stderr
        lines = map(json.loads, record.read_text("utf-8").splitlines())
        return {line["host"]: line["result"] for line in lines}

    @property
    def reads(self) -> int:
        """How many requests the last run sent."""
        return len(self._server.requests())


@pytest.fixture
def play(ansible: Command, emulator: Any) -> Play:
    return Play(ansible, emulator)


def info(name: str = "ivanti_guid", **keywords: Any) -> dict[str, Any]:
    read = {"devices": [f"{{{{ {name} }}}}"]}
    return {"ivanti.uem.device_info": read, **keywords}


def rows(results: dict[str, Any]) -> dict[str, Any]:
    """The devices that hosts read, without what differs from run to run."""
    return {host: result["devices"] for host, result in results.items()}


def requests_of_one(play: Play) -> int:
    """How many requests the first host needs alone."""
    hosts = play.hosts
    play.hosts = dict([next(iter(hosts.items()))])
    play.run(info())
    play.hosts = hosts
    return play.reads


@pytest.mark.parametrize("name", ["ivanti_guid", "ivanti_id"])
def test_one_host_asks_for_all(play, emulator, name):
    if name == "ivanti_id" and product_of(emulator) == "epmm":
        pytest.skip("EPMM shows no id in its list, so hosts have none")
    most = requests_of_one(play)
    together = play.run(info(name))
    # EPMM's language has room for few names in a question, and devices are in several spaces.
    assert play.reads <= most + 3
    assert {host: read[0]["guid"] for host, read in rows(together).items()} == {
        host: own["ivanti_guid"] for host, own in play.hosts.items()
    }
    # What the hosts say that they sent is what was sent, so nearly all say that it was nothing.
    said = [result["requests"] for result in together.values()]
    assert sum(said) == play.reads and said.count(0) >= HOSTS - 3
    alone = play.run(info(name), strategy="free")
    assert play.reads >= most * HOSTS
    assert rows(alone) == rows(together)


def test_several_processes_at_a_time_take_turns(play):
    most = requests_of_one(play)
    found = play.run(info(), forks=3)
    assert play.reads <= most + 3
    assert {host: read[0]["guid"] for host, read in rows(found).items()} == {
        host: own["ivanti_guid"] for host, own in play.hosts.items()
    }


def test_a_device_that_does_not_exist_fails_its_own_host_alone(play, emulator):
    play.hosts["host-3"]["ivanti_guid"] = GONE
    results = play.run(info())
    assert results["host-3"]["msg"].startswith(f"Unknown devices, nothing was done: guid {GONE}.")
    del results["host-3"]
    assert {len(found) for found in rows(results).values()} == {1}


def test_a_host_of_another_server_is_not_asked_for_here(play, emulator):
    if product_of(emulator) == "epmm":
        pytest.skip("the question names no devices where the list has one page")
    play.hosts["host-3"]["ivanti_server"] = "https://another.example.com"
    play.hosts["host-4"]["ivanti_guid"] = "{{ 'x' }}"
    play.run(info(when="inventory_hostname == 'host-0'"))
    asked = json.dumps(emulator.requests())
    assert play.hosts["host-5"]["ivanti_guid"] in asked
    assert play.hosts["host-3"]["ivanti_guid"] not in asked


def test_a_later_task_sees_what_was_written_in_between(play, emulator):
    if product_of(emulator) == "epmm":
        pytest.skip("no module writes what device_info shows without more requests")
    wanted = {"devices": ["{{ ivanti_guid }}"], "attrs": {"owner": "me"}}
    results = play.run(info(), {"ivanti.uem.device_custom_attrs": wanted}, info())
    assert len(writes(emulator)) == HOSTS
    assert {read[0]["custom_attributes"]["owner"][0] for read in rows(results).values()} == {"me"}


def test_a_host_reads_the_device_that_its_variables_name(play, ansible):
    """They win over the inventory."""
    other = play.hosts["host-0"]["ivanti_guid"]
    (ansible.folder / "host_vars").mkdir()
    ansible.write("host_vars/host-2.yml", {"ivanti_guid": other})
    read = rows(play.run(info()))
    assert read["host-2"][0]["guid"] == other
    assert read["host-3"][0]["guid"] == play.hosts["host-3"]["ivanti_guid"]


def test_a_handler_sees_what_was_written_since_it_ran_before(play, emulator):
    if product_of(emulator) == "epmm":
        pytest.skip("no module writes what device_info shows without more requests")
    wanted = {"devices": ["{{ ivanti_guid }}"], "attrs": {"owner": "me"}}
    results = play.run(
        {
            "ansible.builtin.debug": {"msg": ""},
            "changed_when": "inventory_hostname == 'host-0'",
            "notify": "look",
        },
        {"ansible.builtin.meta": "flush_handlers"},
        {"ivanti.uem.device_custom_attrs": wanted, "notify": "look"},
        handlers=[info(name="ivanti_guid") | {"name": "look"}],
    )
    assert {read[0]["custom_attributes"]["owner"][0] for read in rows(results).values()} == {"me"}


def test_a_second_look_is_a_new_one(play):
    most = requests_of_one(play)
    play.run(info(until="false", retries=2, delay=0))
    assert play.reads >= most * 3
