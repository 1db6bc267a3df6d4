# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of a table as a declared state: what they say is done, and what they cannot mean is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..conftest import ModuleFailed, writes

COLUMNS = {"Cost": "attributes.costcenter", "Town": "attributes.cityid"}


def declare(call: Any, server: Any, folder: Path, text: str, **options: Any) -> dict[str, Any]:
    """The result of a run with a state file of one table."""
    entry = {name: options.pop(name) for name in ("match", "columns", "remove") if name in options}
    (folder / "devices.csv").write_text(text, encoding="utf-8")
    lines = [f"  - {{table: devices.csv, {', '.join(f'{k}: {v}' for k, v in entry.items())}}}\n"]
    (folder / "state.yml").write_text("devices:\n" + "".join(lines), encoding="utf-8")
    server.clear_requests()
    try:
        return call("desired_state", server, state_files=[str(folder / "state.yml")], **options)
    except ModuleFailed as failed:
        return failed.result


def some(server: Any, count: int) -> list[dict[str, Any]]:
    rows = server.devices("id", "guid", "serialNumber", "emailAddress", "registrationState")
    alive = [one for one in rows if one["registrationState"] == "ACTIVE"]
    serials = [one["serialNumber"] for one in rows]
    return [one for one in alive if serials.count(one["serialNumber"]) == 1][:count]


def test_a_table_sets_leaves_alone_and_removes(call, emulator, tmp_path):
    first, second, third = some(emulator, 3)
    numbers = [str(one["id"]) for one in (first, second, third)]
    emulator.set_attributes({one: {"cityid": ["Rome"], "costcenter": ["1"]} for one in numbers})
    text = f"serial_number,Cost,Town\n{first['serialNumber'].lower()},0815,\n"
    text += f"{second['serialNumber']},,-\n{third['serialNumber']},1,Rome\n"
    options = {"match": "serial_number", "columns": COLUMNS, "remove": '"-"'}
    checked = declare(call, emulator, tmp_path, text, check_mode=True, **options)
    assert "msg" not in checked and writes(emulator) == [], checked.get("msg")
    done = declare(call, emulator, tmp_path, text, **options)
    assert "msg" not in done and done["plan"] == checked["plan"]
    have = emulator.attributes()
    assert [have[one] for one in numbers] == [
        {"cityid": ["Rome"], "costcenter": ["0815"]},
        {"costcenter": ["1"]},
        {"cityid": ["Rome"], "costcenter": ["1"]},
    ]
    again = declare(call, emulator, tmp_path, text, **options)
    assert not again["changed"] and writes(emulator) == []


def test_rows_that_name_nobody_are_told_by_their_numbers(call, emulator, tmp_path):
    [one] = some(emulator, 1)
    text = f"serial_number,Cost\n{one['serialNumber']},1\nNOSUCH1,2\nNOSUCH2,3\n"
    options = {"match": "serial_number", "columns": "[Cost]"}
    done = declare(
        call,
        emulator,
        tmp_path,
        text.replace("Cost", "costcenter"),
        match="serial_number",
        columns="[costcenter]",
    )
    assert (
        "serial number NOSUCH1 (devices.csv row 3), serial number NOSUCH2 (devices.csv row 4)"
        in done["msg"]
    )
    assert writes(emulator) == []
    options = {"match": "serial_number", "columns": "[costcenter]", "on_missing": "skip"}
    done = declare(call, emulator, tmp_path, text.replace("Cost", "costcenter"), **options)
    assert done["summary"]["skipped"] == 2 and len(writes(emulator)) == 1


def test_a_row_of_a_user_is_about_each_device_that_has_not_ended(call, emulator, tmp_path):
    first, second, third = some(emulator, 3)
    for one in (first, second, third):
        emulator.patch_device(one["id"], emailAddress="ann@example.com")
    emulator.patch_device(third["id"], registrationState="RETIRED")
    text = "email;costcenter\nAnn@example.com;77\n"
    done = declare(call, emulator, tmp_path, text, match="email", columns="[costcenter]")
    assert {row["id"] for row in done["entries"]} == {str(first["id"]), str(second["id"])}, done
    for one in (first, second):
        emulator.patch_device(one["id"], serialNumber="SAME1")
    text = "serial_number,costcenter\nSAME1,78\n"
    done = declare(call, emulator, tmp_path, text, match="serial_number", columns="[costcenter]")
    assert (
        "serial number SAME1 (devices.csv row 2) is that of the devices with the ids" in done["msg"]
    )
    assert writes(emulator) == []


def test_a_table_puts_devices_on_labels(call, epmm, tmp_path):
    guids = [one["uuid"] for one in epmm.devices("uuid", "status") if one["status"] == "ACTIVE"][:2]
    call("device_label", epmm, devices=guids, labels=["Pilot"])
    text = f"guid,Team,Pilot\n{guids[0]},two words,-\n{guids[1]},,x\n"
    columns = {"Team": "labels", "Pilot": "labels.Pilot"}
    done = declare(call, epmm, tmp_path, text, match="guid", columns=columns, remove='"-"')
    assert "msg" not in done, done["msg"]
    labels = epmm.labels()
    members = {name: set(labels[name]["members"]) for name in ("two words", "Pilot")}
    assert guids[0] in members["two words"] - members["Pilot"] and guids[1] in members["Pilot"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("[costcentre]", "there is no column 'costcentre'"),
        ({"costcenter": "attributes.costcentr"}, "nearest: 'costcenter'"),
    ],
)
def test_a_near_miss_of_a_column_is_refused(call, emulator, tmp_path, columns, words):
    [one] = some(emulator, 1)
    text = f"id,costcenter\n{one['id']},1\n"
    done = declare(call, emulator, tmp_path, text, match="id", columns=columns)
    assert words in done["msg"] and writes(emulator) == []
