# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook and the role that write a report, over both products."""

from __future__ import annotations

import csv
import json
from typing import Any

from ..conftest import connection, writes
from ..unit.test_report import CANARIES, Page
from .action_fleet import add

DEVICES = 14


def test_a_report_of_both_products_has_every_device_and_sends_nothing_of_its_own(
    ansible: Any, shared_emulator: Any, shared_epmm: Any
) -> None:
    """Names that are templates and markup, from a real inventory; the counts of a server besides."""
    servers = {"neurons": shared_emulator, "epmm": shared_epmm}
    for product, server in servers.items():
        server.reset(seed=7, devices=DEVICES)
        source = {**connection(server), "plugin": f"ivanti.uem.{product}"}
        source.pop("product")
        ansible.write(f"fleet/{product}.{product}.yml", source)
    name = f"{CANARIES[1]} {{{{ 7*7 }}}}"
    add(shared_emulator, "retire", deviceName=name)
    ansible.environment |= {
        f"IVANTI_UEM_{key.upper()}": str(value)
        for key, value in connection(shared_emulator).items()
    }
    retired = {"run": "r", "server": shared_emulator.url, "action": "retire", "at": 1.0}
    line = {
        **retired,
        "phase": "before",
        "when": "2026-11-01T00:00:00Z",
        "device": {"id": "1", "guid": "x"},
    }
    ansible.write("journal.jsonl", f"{json.dumps(line)}\n")
    given = {
        "folder": str(ansible.folder / "report"),
        "history_path": str(ansible.folder / "history.sqlite"),
        "journal_path": str(ansible.folder / "journal.jsonl"),
        "counts": True,
        "plans": "",
        "drift": None,
    }
    play = ("ansible-playbook", "-i", "fleet", "ivanti.uem.fleet_report", "-e")
    for arguments in (["--check"], []):
        done = ansible(*play, json.dumps(given), *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "changed=1" in done.stdout
        assert (ansible.folder / "report").exists() is (not arguments)
    assert writes(shared_emulator) == writes(shared_epmm) == []

    page = (ansible.folder / "report" / "report.html").read_text(encoding="utf-8")
    assert Page(page).troubles == [] and "{{ 7*7 }}" in page and "Trend by week" in page
    assert "Violated, as the server counts" in page and "in use, or may be" not in page
    with (ansible.folder / "report" / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = [row for row in rows if row["last_seen"]]
    assert len(listed) == 2 * DEVICES + 1 and len(rows) == len(listed) + 1
    assert {row["server"] for row in listed} == {shared_emulator.url, shared_epmm.url}
    assert [row["asked_shows"] for row in rows if row["asked"]] == ["not_visible"]
    assert any(row["device_name"].endswith("{{ 7*7 }}") for row in rows)


def test_wrong_uses_are_one_sentence_and_write_nothing(ansible: Any) -> None:
    """In one play, each task of which must fail."""
    folder = str(ansible.folder / "report")
    wrong: dict[str, dict[str, Any]] = {
        "Give an inventory of ivanti.uem with -i. For a report of no devices give devices: [] to the module": {},
        "there is no host 'pone' in the inventory (nearest: 'phone')": {"hosts": ["pone"]},
        "Hosts without ivanti_guid, which are not devices: 'phone'": {"hosts": ["phone"]},
        "devices and hosts: give only one of them": {"hosts": [], "devices": []},
        "devices: is not a list": {"devices": "all"},
        "devices[0]: is not a row of a device": {"devices": [{"name": "x"}]},
        "histroy_path: is not an option of ivanti.uem.fleet_report (nearest: 'history_path'": {
            "devices": [],
            "histroy_path": "x",
        },
        "now: 'now' is not a time": {"devices": [], "now": "now"},
    }
    tasks = []
    for number, (sentence, options) in enumerate(wrong.items()):
        task = {"ivanti.uem.fleet_report": {"dest": folder, **options}, "ignore_errors": True}
        said = {"that": "said in done.msg", "fail_msg": "{{ done.msg }}"}
        tasks += [
            {"name": f"Use {number}", **task, "register": "done"},
            {"name": f"Look {number}", "ansible.builtin.assert": said, "vars": {"said": sentence}},
        ]
    none = {"dest": folder, "devices": [], "journal_path": "/no/journal"}
    tasks.append({"name": "Report of none", "ivanti.uem.fleet_report": none})
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    ansible.write("hosts", "localhost ansible_connection=local\nphone\n")
    done = ansible("ansible-playbook", "-i", "hosts", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed=1" in done.stdout and "ignored=8" in done.stdout


def test_a_relative_path_begins_at_the_folder_of_the_playbook(ansible: Any) -> None:
    """As that of each other module, and not where somebody happened to start the play."""
    report = {"dest": "report", "history_path": "history.sqlite", "devices": []}
    tasks = [{"ivanti.uem.fleet_report": report}]
    ansible.write(
        "plays/report.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    )
    done = ansible("ansible-playbook", "plays/report.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (ansible.folder / "plays/report/report.md").exists()
    assert (ansible.folder / "plays/history.sqlite").exists()
    assert not (ansible.folder / "report").exists()
