# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export of a state: to apply it changes nothing, a second one is the same, and what is not
visible or cannot be declared is left out and said."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..conftest import ModuleFailed, writes
from ..quick_yaml import load_yaml
from ..unit.test_state_export import Unsafe

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
    ended, unasked = sorted(done["left_out"], key=lambda row: row["what"], reverse=True)
    assert ended["reason"] == "has ended"
    assert (
        unasked["what"] == "configurations" and "only where sections has them" in unasked["reason"]
    )
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


def of_variables(folder: Path, groups: list[dict[str, Any]], host: str) -> dict[str, Any]:
    """What the files of variables say of a host, merged as desired_state merges them."""
    found: dict[str, Any] = {}
    names = [f"group_vars/{one['name']}.yml" for one in groups if host in one["hosts"]]
    for path in (folder / one for one in (*names, f"host_vars/{host}.yml")):
        if path.exists():
            said = yaml.load(path.read_text(encoding="utf-8"), Unsafe)["ivanti_desired"]
            for section, own in said.items():
                own = own if isinstance(own, dict) else dict.fromkeys(own, "installed")
                found.setdefault(section, {}).update(own)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_smallest_variables_of_a_generated_fleet_change_nothing(call, emulator, tmp_path, seed):
    """Configurations in every state, two of one name, on hosts of some groups."""
    dice = random.Random(seed)
    emulator.reset(seed=seed, devices=25, partitions=2)
    known = [str(number) for number in range(61001, 61013)]
    words = ["INSTALLED"] * 6 + ["UNINSTALLED", "INSTALL_PENDING", "INSTALL_FAILED", "UNINSTALLING"]
    rows = [one for one in emulator.devices("id", "guid", "platformType") if dice.random() < 0.9]
    for one in rows:
        have = dict.fromkeys(known[:4], dice.choice(words[:9]))
        have |= {number: dice.choice(words) for number in dice.sample(known, 4)}
        emulator.patch_device(one["id"], configs=have)
    hosts = [
        {"name": f"h{one['id']}", "device": one["guid"], "server": emulator.url} for one in rows
    ]
    groups = [{"name": "all", "hosts": [one["name"] for one in hosts]}] + [
        {
            "name": name,
            "hosts": sorted(f"h{one['id']}" for one in rows if one["platformType"] == name),
        }
        for name in sorted({str(one["platformType"]) for one in rows})
    ]
    options = {"dest": str(tmp_path), "sections": ["configurations", "attributes"]}
    options |= {"hosts": hosts, "inventory_groups": groups}
    emulator.clear_requests()
    done = call("state_export", emulator, **options)
    assert writes(emulator) == [] and done["summary"]["configurations"] > 3 * len(rows)
    count = done["summary"]
    values = count["attributes"] + count["configurations"]
    assert count["group_values"] > 5 and count["group_values"] + count["host_values"] < values
    devices = [
        {"device": one["device"], **said}
        for one in hosts
        if (said := of_variables(tmp_path, groups, one["name"]))
    ]
    again = declare_devices(call, emulator, devices)
    assert "msg" not in again and not again["changed"], again.get("msg") or again["plan"]
    assert writes(emulator) == []
    shuffled = {**options, "hosts": dice.sample(hosts, len(hosts))}
    assert not call("state_export", emulator, **shuffled)["changed"]


def declare_devices(call: Any, server: Any, devices: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        return call("desired_state", server, devices=devices)
    except ModuleFailed as failed:
        return failed.result


@pytest.mark.parametrize("seed", range(2))
def test_policies_are_exported_where_devices_prove_them(call, epmm, tmp_path, seed):
    epmm.reset(seed=seed, devices=40, partitions=2)
    call("label_policy", epmm, policy="Kiosk", label="Pilot")
    sections = ["policies", "labels", "configurations"]
    epmm.clear_requests()
    done = call("state_export", epmm, dest=str(tmp_path), sections=sections)
    assert writes(epmm) == [] and set(content(tmp_path)) == {
        f"state/{name}.yml" for name in ("configurations", "labels", "memberships", "policies")
    }
    said = load_yaml((tmp_path / "state/policies.yml").read_text(encoding="utf-8"))["policies"]
    assert len(said) == done["summary"]["policies"] > 0
    # What cannot be seen is said, and is not in the file.
    reasons = {row["reason"] for row in done["left_out"]}
    assert {"is not shown by any device of the label"} <= reasons
    # Each device is read once for its configurations, and at most once for its policies.
    assert done["summary"]["requests"] < 4 * 40 + 2 * len(epmm.labels())
    epmm.clear_requests()
    again = declare(call, epmm, tmp_path)
    assert "msg" not in again and not again["changed"], again.get("msg") or again["plan"]
    assert writes(epmm) == [] and again["summary"]["sections"]["policies"] == {
        "unchanged": len(said)
    }
    assert not call("state_export", epmm, dest=str(tmp_path), sections=sections)["changed"]


def test_a_section_that_the_product_lacks_is_refused_before_any_request(call, emulator, tmp_path):
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match="sections: neurons does not support policies; .*: epmm"):
        call("state_export", emulator, dest=str(tmp_path), sections=["attributes", "policies"])
    assert emulator.requests() == [] and list(tmp_path.iterdir()) == []


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
