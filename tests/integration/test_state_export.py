# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export of a state: to apply it changes nothing, a second one is the same, and what is not
visible or cannot be declared is left out and said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ModuleFailed, writes

FLEET = {"plugin": "ivanti.uem.neurons", "statuses": ["active"]}

# Values that YAML, Ansible or a spreadsheet make something else of.
HARD = (
    "yes", "010", "12:30", "1e5", "0x1F", "null", "~", "2026-01-01", "{{ 7 * 7 }}", "{% raw %}", "{# c #}", 'a "b" \'c\'',
    "back\\slash", "東京 🗼", "a/b: c # d", "- x", "& *", "!unsafe x", "no\u00a0break", "%TAG", "@at", "` tick", "1_000", "=", ".inf",
)  # fmt: skip


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for name in ("group_vars", "host_vars", "state")
        for path in sorted((folder / name).glob("*"))
    }


def give_hard_values(server: Any) -> None:
    """Give each device a value of its own, many one that is the same, and some none."""
    ids = [str(one["id"]) for one in server.devices("id")]
    attrs = {}
    for place, number in enumerate(ids):
        own = {"project": [HARD[place % len(HARD)]]}
        own |= {"environment": ["production" if place % 9 else "test"]}
        own |= {"owner": ["{{ it }}", "no"]} if place % 3 == 0 else {}
        attrs[number] = own
    server.set_attributes(attrs)


def play(ansible: Any, name: str, **variables: Any) -> Any:
    given = json.dumps(variables)
    return ansible("ansible-playbook", "-i", "fleet.neurons.yml", f"ivanti.uem.{name}", "-e", given)


def test_to_apply_an_export_of_hosts_changes_nothing(ansible, emulator):
    give_hard_values(emulator)
    ansible.write("fleet.neurons.yml", FLEET)
    emulator.clear_requests()
    done = play(ansible, "export", folder=str(ansible.folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert writes(emulator) == [] and "is not a host of this play" in done.stdout
    files = content(ansible.folder)
    assert "environment: production" in files["group_vars/all.yml"] and "state" not in str(files)
    values = sum(text.count("project:") for text in files.values())
    assert values > len(HARD) and "!unsafe" in str(files)
    done = play(ansible, "drift", file=str(ansible.folder / "drift.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((ansible.folder / "drift.json").read_text())
    assert found["status"] == "clean" and "58 entries as wanted" in found["message"], found
    # What Ansible has made of the files is what devices have.
    emulator.set_attributes({str(one["id"]): {} for one in emulator.devices("id")})
    done = play(ansible, "drift", file=str(ansible.folder / "drift.json"))
    rows = json.loads((ansible.folder / "drift.json").read_text())["changes"]
    wanted = {row["after"]["attributes.project"][0] for row in rows}
    assert wanted == set(HARD), wanted ^ set(HARD)


def declare(call: Any, server: Any, folder: Path, **options: Any) -> dict[str, Any]:
    try:
        return call("desired_state", server, state_files=[str(folder / "state")], **options)
    except ModuleFailed as failed:
        return failed.result


def test_an_export_without_hosts_restores_attributes(call, emulator, tmp_path):
    give_hard_values(emulator)
    done = call("state_export", emulator, dest=str(tmp_path))
    assert done["changed"] and list(content(tmp_path)) == ["state/attributes.yml"]
    assert {row["reason"] for row in done["left_out"]} == {"has ended"}
    [ended] = done["left_out"]
    alive = {str(one["id"]) for one in emulator.devices("id", "status")}
    again = declare(call, emulator, tmp_path)
    assert not again["changed"] and again["summary"]["unchanged"] == done["summary"]["devices"]
    before = emulator.attributes()
    emulator.set_attributes({number: {} for number in alive})
    restored = declare(call, emulator, tmp_path, max_percent=100)
    assert "msg" not in restored, restored["msg"]
    after = emulator.attributes()
    same = [number for number in alive if after[number] == before[number]]
    assert len(same) >= len(alive) - ended["count"]


def test_an_export_of_labels_changes_nothing_and_restores_them(call, epmm, tmp_path):
    names = ["yes", "010", "a/b: c # d", "東京", "Pilot"]
    for name in names[:-1]:
        if "/" not in name:
            call("label", epmm, name=name, description='say "hi" {{ x }}')
    guids = [one["uuid"] for one in epmm.devices("uuid", "status") if one["status"] == "ACTIVE"]
    call("device_label", epmm, devices=guids[:4], labels=["yes", "010"])
    call("label", epmm, name="Droids", filter='"common.platform" = "Android"')
    epmm.clear_requests()
    done = call("state_export", epmm, dest=str(tmp_path))
    assert writes(epmm) == []
    before = {name: sorted(one["members"]) for name, one in epmm.labels().items()}
    files = content(tmp_path)
    assert sorted(files) == ["state/labels.yml", "state/memberships.yml"]
    assert not call("state_export", epmm, dest=str(tmp_path))["changed"]
    again = declare(call, epmm, tmp_path)
    assert not again["changed"], again.get("msg") or again["plan"]
    assert (
        again["summary"]["sections"]["label_definitions"]["unchanged"] == done["summary"]["labels"]
    )
    # Each static label costs one look at who is on it.
    assert done["summary"]["requests"] < 8 + 2 * done["summary"]["labels"]
    for name in ("yes", "010", "Droids"):
        call("label", epmm, name=name, state="absent", force=True, max_percent=100)
    restored = declare(call, epmm, tmp_path, max_percent=100)
    assert "msg" not in restored, restored["msg"]
    assert {name: sorted(one["members"]) for name, one in epmm.labels().items()} == before


def test_check_mode_writes_no_file_and_other_files_stay(call, emulator, tmp_path):
    folder = tmp_path / "new"
    predicted = call("state_export", emulator, dest=str(folder), check_mode=True)
    assert predicted["changed"] and not folder.exists()
    (folder / "state").mkdir(parents=True)
    (folder / "state/attributes.yml").write_text("devices: []\n")
    with pytest.raises(ModuleFailed, match="attributes.yml; nothing was written"):
        call("state_export", emulator, dest=str(folder))
    assert (folder / "state/attributes.yml").read_text() == "devices: []\n"
    done = call("state_export", emulator, dest=str(folder), force=True)
    assert done["files"] == [{"path": "state/attributes.yml", "what": "replaced"}]


def test_a_pattern_that_no_group_fits_is_warned_of(call, emulator, tmp_path):
    groups = [{"name": "platform_ios", "hosts": ["x"]}, {"name": "all", "hosts": ["x"]}]
    given = {"inventory_groups": groups, "groups": ["platfrom_ios", "plat*"]}
    done = call("state_export", emulator, dest=str(tmp_path), **given)
    assert [one for one in done["warnings"] if one.startswith("groups: ")] == [
        "groups: nothing is called 'platfrom_ios' (nearest: 'platform_ios'); check the name, which is "
        "case-sensitive."
    ]


def test_hosts_of_another_server_are_refused(call, emulator, tmp_path):
    host = {"name": "x", "device": "57d9903c-aadf-4b40-aef3-e1f24302f180"}
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match="Hosts of another server"):
        call(
            "state_export", emulator, dest=str(tmp_path),
            hosts=[{**host, "server": "https://other.example"}],
        )  # fmt: skip
    assert emulator.requests() == [] and list(tmp_path.iterdir()) == []
