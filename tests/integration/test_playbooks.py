# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a playbook author of Neurons for MDM sees: modules, the role and the examples, run by
Ansible's own commands."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ..conftest import writes
from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]


def modules_of(product: str) -> list[Path]:
    """The modules that a product's action group names."""
    groups = load_yaml((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    return [ROOT / "plugins" / "modules" / f"{name}.py" for name in groups[product]]


MODULES = modules_of("neurons")


def play(*tasks, **extra):
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **extra}]


def recap(output: str) -> dict[str, int]:
    """The counts of the recap, summed up over the hosts."""
    counts: dict[str, int] = {}
    for name, count in re.findall(
        r"(ok|changed|failed|skipped)=(\d+)", output.partition("PLAY RECAP")[2]
    ):
        counts[name] = counts.get(name, 0) + int(count)
    return counts


def task(module: str, **options):
    return {"name": f"Run {module}", f"ivanti.uem.{module}": options}


CHANGES = [
    {"attrs": {"owner": "ops", "floor_#": 3}},
    {"attrs": {"project": ["apollo", "{{ '{{ 7*7 }}' }}"]}, "append": True},
    {"attrs": {"site": "x"}, "purge": True},
    {"attrs": ["site"], "state": "absent"},
]


@pytest.mark.parametrize("options", CHANGES, ids=["merge", "append", "purge", "absent"])
def test_state_is_predicted_shown_applied_and_kept(ansible, emulator, options):
    ids = sorted(emulator.attributes(), key=int)[:5]
    emulator.set_attributes({device: {"site": ["old"]} for device in ids})
    before = emulator.attributes()
    ansible.write("play.yml", play(task("device_custom_attrs", devices=ids, **options)))
    emulator.clear_requests()

    checked = ansible("ansible-playbook", "play.yml", "--check", "--diff")
    assert recap(checked.stdout)["changed"] == 1, checked.stdout + checked.stderr
    assert writes(emulator) == [] and emulator.attributes() == before
    for device in ids:
        assert re.search(rf"^  device {device}\b", checked.stdout, re.MULTILINE)
    applied = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(applied.stdout)["changed"] == 1
    shown = re.compile(r"^([-+ @].*)$", re.MULTILINE)
    assert shown.findall(applied.stdout) == shown.findall(checked.stdout)
    assert emulator.attributes() != before

    emulator.clear_requests()
    again = ansible("ansible-playbook", "play.yml", "--diff")
    assert recap(again.stdout)["changed"] == 0 and recap(again.stdout)["ok"] == 1
    assert writes(emulator) == [] and "+++ after" not in again.stdout


def test_reading_changes_nothing(ansible, emulator):
    ansible.write(
        "play.yml",
        play(
            task(
                "device_info",
                fields=["id"],
                details=True,
                select={"platform": "ios"},
            )
        ),
    )
    for arguments in ((), (), ("--check", "--diff")):
        done = ansible("ansible-playbook", "play.yml", *arguments)
        assert recap(done.stdout)["changed"] == 0 and recap(done.stdout)["ok"] == 1, (
            done.stdout + done.stderr
        )
    assert writes(emulator) == []


# What each module needs at least, so that it runs on the fleet.
SOME: dict[str, Any] = {
    "select": {"platform": "ios", "status": "active"},
    "on_missing": "skip",
}
LEAST: dict[str, dict[str, Any]] = {
    "action_followup_info": {},
    "compliance_sync": {**SOME, "vendor": "intune"},
    "config_info": {},
    "dep_profile_info": {},
    "device_action": {**SOME, "action": "lock", "on_ineligible": "skip"},
    "device_certificate_info": SOME,
    "device_compliance_info": SOME,
    "desired_state": {"devices": [{"select": SOME["select"], "attributes": {"owner": "ops"}}]},
    "device_config": {**SOME, "configs": ["Passcode Config"]},
    "device_config_info": SOME,
    "device_count_info": {"count_by": ["platform"]},
    "device_custom_attrs": {**SOME, "attrs": {"owner": "ops"}},
    "device_custom_attrs_info": {"devices": "{{ ids }}"},
    "device_info": SOME,
    "device_message": {**SOME, "text": "Please call"},
    "device_owner": {"max_devices": 1000, **SOME, "user": "{{ user }}", "on_ineligible": "skip"},
    "server_info": {},
    "state_export": {"dest": "exported"},
}


def without_choice(options: dict[str, Any]) -> dict[str, Any]:
    """Options without those that choose devices."""
    choosing = ("devices", "select", "on_missing")
    return {name: value for name, value in options.items() if name not in choosing}


def test_module_defaults_reach_every_module(ansible, emulator):
    """By the group of all modules or by that of the product, in turn; that each module is in both
    is held elsewhere."""
    assert LEAST.keys() == {path.stem for path in MODULES}
    options = {
        name.removeprefix("IVANTI_UEM_").lower(): value
        for name, value in ansible.environment.items()
        if name.startswith("IVANTI_UEM_")
    }
    user = next(
        device["emailAddress"]
        for device in emulator.devices("emailAddress")
        if device["emailAddress"]
    )
    variables = {"user": user, "ids": [sorted(emulator.attributes(), key=int)[0]]}
    tasks = [task(module, **least) for module, least in LEAST.items()]
    ansible.write(
        "play.yml",
        [
            *play(*tasks[::2], vars=variables, module_defaults={"group/ivanti.uem.all": options}),
            *play(
                *tasks[1::2],
                vars=variables,
                module_defaults={"group/ivanti.uem.neurons": options},
            ),
        ],
    )
    ansible.environment = {
        name: value
        for name, value in ansible.environment.items()
        if not name.startswith("IVANTI_UEM_")
    }
    # Here each module is started by Python itself.
    ansible.python = True
    done = ansible("ansible-playbook", "play.yml")
    assert recap(done.stdout)["ok"] == len(MODULES), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"devices": ["../wipe"], "attrs": {"a": 1}}, "devices[0]: '../wipe' is neither a device id"),
        ({"devices": [], "attrs": {"a": 1}}, "devices: is empty"),
        ({"devices": [1], "attrs": {"owner": ""}}, "attrs.owner: is empty"),
        ({"devices": [999999001, 999999002], "attrs": {"owner": "x"}}, "Unknown devices, nothing was done: id 999999001, id 999999002."),
        ({"select": {"attributes": {"manufacturer": "Toaster"}}, "attrs": {"owner": "x"}}, "select: no device matches"),
        ({"select": {"platform": "ios"}, "attrs": {"ownr": "x"}}, "'ownr' is not defined on the server (nearest: 'owner')"),
        ({"select": {"platform": "ios"}, "attrs": {"owner": "x"}, "max_devices": 1}, "max_devices is 1; nothing was written"),
        ({"select": {"platform": "ios"}, "attrs": {"owner": "x"}, "max_percent": 0.5}, "max_percent is 0.5; nothing was written"),
        ({"devices": [1], "select": {"ids": [1]}, "attrs": {"owner": "x"}}, "mutually exclusive"),
        ({"attrs": {"owner": "x"}}, "one of the following is required: devices, select"),
        ({"product": "airwatch", "devices": [1], "attrs": {"a": 1}}, "value of product must be one of"),
        ({"url": "uem.example.com", "devices": [1], "attrs": {"a": 1}}, "url: 'uem.example.com' is not an address"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_no_write(call, emulator, options, words):
    with pytest.raises(Exception, match=".") as failed:
        call("device_custom_attrs", emulator, **options)
    message = failed.value.result["msg"]
    assert words in message and "\n" not in message
    assert writes(emulator) == []


def test_unknown_devices_may_be_skipped(call, emulator):
    known = next(iter(emulator.attributes()))
    result = call(
        "device_custom_attrs",
        emulator,
        devices=[known, 999999001],
        attrs={"owner": "x"},
        on_missing="skip",
    )
    assert result["summary"]["skipped"] == 1
    assert {"id": "999999001", "outcome": "skipped", "reason": "unknown device"} in result[
        "devices"
    ]
    result = call("device_info", emulator, devices=[known, 999999001], on_missing="skip")
    assert result["missing"] == ["999999001"] and result["count"] == 1


def test_every_way_of_naming_devices(call, emulator):
    rows = call("device_info", emulator)["devices"]
    row = next(row for row in rows if row["serial_number"] and row["email"] and row["user"])
    ways = {
        "ids": row["id"],
        "guids": row["guid"].upper(),
        "serial_numbers": row["serial_number"].lower(),
        "emails": row["email"].upper(),
        "users": row["user"],
    }
    fields = {
        "ids": "id",
        "guids": "guid",
        "serial_numbers": "serial_number",
        "emails": "email",
        "users": "user",
    }
    for way, value in ways.items():
        found = call("device_info", emulator, select={way: [value]})["devices"]
        expected = [
            other
            for other in rows
            if str(other[fields[way]]).lower() == str(row[fields[way]]).lower()
        ]
        assert found == expected, way
    both = call(
        "device_info",
        emulator,
        select={
            "ids": [row["id"], rows[0]["id"]],
            "platform": row["platform"],
        },
        on_missing="skip",
    )
    assert {other["id"] for other in both["devices"]} == {
        other["id"] for other in (row, rows[0]) if other["platform"] == row["platform"]
    }


@pytest.mark.parametrize(
    "address", ["o'brien@example.com", "ångström@example.com", "a b@example.com"]
)
def test_names_that_no_filter_can_say_are_found_nevertheless(call, emulator, address):
    device = emulator.add_device(emailAddress=address, platformType="IOS")
    assert [
        row["id"] for row in call("device_info", emulator, select={"emails": [address]})["devices"]
    ] == [str(device)]


@pytest.mark.parametrize("partitions", [["default"], None])
def test_partitions(call, emulator, partitions):
    everywhere = call("device_info", emulator, fields=["id", "dm_partition_id", "space"])["devices"]
    assert len({row["dm_partition_id"] for row in everywhere}) == 3
    for name, key in ((row["space"], row["dm_partition_id"]) for row in everywhere[:5]):
        for wanted in (name, str(key)):
            found = call("device_info", emulator, spaces=[wanted], fields=["dm_partition_id"])[
                "devices"
            ]
            assert found == [{"dm_partition_id": key}] * sum(
                row["dm_partition_id"] == key for row in everywhere
            )
    if partitions:
        emulator.clear_requests()
        assert 0 < call("device_info", emulator, spaces=partitions)["count"] < len(everywhere)
        assert "/api/v1/metadata/tenant" in [entry["path"] for entry in emulator.requests()]


def test_registered_and_last_seen_within_a_time(call, emulator):
    rows = call("device_info", emulator)["devices"]
    now = emulator.state()["now"] if "now" in emulator.state() else None
    for option, field in (
        ("registered_within", "registered_at"),
        ("last_seen_within", "last_seen_at"),
    ):
        found = call("device_info", emulator, select={option: "30d"}, on_missing="skip")["devices"]
        assert 0 < len(found) < len(rows)
        newest_left_out = max(
            (row[field] or "") for row in rows if row["id"] not in {other["id"] for other in found}
        )
        assert min(row[field] for row in found) >= newest_left_out
        assert now is None or min(row[field] for row in found) >= time.strftime(
            "%Y-%m-%d", time.gmtime(now / 1000 - 31 * 86400)
        )


@pytest.mark.parametrize("api", ["auto", "v1"])
@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_last_seen_before_a_time(call, emulator, epmm, product, api):
    """Either server is asked for what else is selected, and its rows are compared."""
    server = {"neurons": emulator, "epmm": epmm}[product]
    options = {} if product == "neurons" else {"api": api}
    now, day = int(time.time() * 1000), 86_400_000
    name, status = (
        ("lastCheckin", {"registrationState": "ACTIVE"})
        if product == "neurons"
        else ("connected", {"status": "ACTIVE"})
    )
    ages = (100, 61, 59, 0)
    added = [server.add_device(**{name: now - age * day}, **status) for age in ages]
    never = [server.add_device(**{name: value}, **status) for value in (0, None)]
    found = {
        before: {
            row["id"]
            for row in call(
                "device_info",
                server,
                select={"status": "active", "last_seen_before": before},
                **options,
            )["devices"]
        }
        for before in ("60d", time.strftime("%Y-%m-%d", time.gmtime(now / 1000 - 80 * 86400)))
    }
    old, older = found.values()
    mine = {str(one) for one in (*added, *never)}
    assert old & mine == {str(one) for one in added[:2]}
    assert older & mine == {str(added[0])}
    named = {"ids": added, "last_seen_before": "60d"}
    result = call("device_info", server, select=named, on_missing="skip", **options)
    assert [row["id"] for row in result["devices"]] == [str(one) for one in added[:2]]
    assert result["missing"] == [f"id {one}" for one in added[2:]] or len(result["missing"]) == 2


def test_no_secret_is_shown(ansible, emulator):
    """At the highest verbosity, with a diff, in success and failure, in every form that text may
    take."""
    password = emulator.password
    ids = sorted(emulator.attributes(), key=int)[:2]
    # fmt: off
    forms = {
        password, json.dumps(password)[1:-1], json.dumps(password, ensure_ascii=False)[1:-1], quote(password), quote(password, safe=""),
        repr(password)[1:-1], base64.b64encode(f"tester:{password}".encode()).decode(), base64.b64encode(password.encode()).decode(),
    }
    # fmt: on
    inventory = ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    # fmt: off
    ansible.write("play.yml", play(
        task("device_custom_attrs", devices=ids, attrs={"owner": "ops"}),
        {**task("device_custom_attrs", devices=[1], attrs={"owner": "ops"}), "ignore_errors": True},
        {**task("device_info", password=password + "x"), "ignore_errors": True},
        {**task("device_info", password=password, url=emulator.url.replace("https", "http"), retries=0), "ignore_errors": True},
    ))
    # fmt: on
    emulator.add_fault("500", method="PATCH", times=None)
    # fmt: off
    outputs = [
        ansible("ansible-playbook", "-i", inventory, "play.yml", "-vvvv", "--diff"),
        ansible("ansible-inventory", "-i", inventory, "--list", "-vvvv"),
        ansible("ansible-inventory", "-i", inventory, "--list", "-vvvv", IVANTI_UEM_PASSWORD=password + "x"),
    ]
    # fmt: on
    assert (
        recap(outputs[0].stdout) == {"ok": 3, "changed": 0, "failed": 1, "skipped": 0}
        or recap(outputs[0].stdout)["failed"] == 1
    )
    for output in outputs:
        text = output.stdout + output.stderr
        assert len(text) > 500
        assert [form for form in forms if form in text] == []
    for path in ansible.folder.rglob("*"):
        if path.is_file():
            assert path.name == "play.yml" or not [
                form for form in forms if form in path.read_text(encoding="utf-8", errors="replace")
            ], path


def test_a_device_that_is_there_but_does_not_meet_the_rest_is_not_called_unknown_outright(
    call, emulator
):
    row = call("device_info", emulator)["devices"][0]
    other = "ios" if row["platform"] != "ios" else "android"
    with pytest.raises(
        Exception,
        match=f"Unknown devices among the devices that meet platform={other}, .*: id {row['id']}",
    ):
        call(
            "device_info",
            emulator,
            select={"ids": [row["id"]], "platform": other},
        )


def test_a_misspelt_field_warns(call, emulator):
    warned = call("device_info", emulator, fields=["id", "serial_nummer"])["warnings"]
    assert len(warned) == 1 and "no device has serial_nummer" in warned[0]
    assert call("device_info", emulator, fields=["id", "serial_number"])["warnings"] == []
