# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup ivanti.uem.device in playbooks: what it answers, what it refuses, and that a run reads
a device once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ansible_collections.ivanti.uem.plugins.lookup import device

from ..conftest import PASSWORD, Command, connection, writes
from ..quick_yaml import load_yaml

GUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"
NAME = '{{ 7 * 7 }} ü "x" {% if %}'
HOSTS = 12
LOCAL = {"hosts": "localhost", "gather_facts": False}

_TASK = re.compile(r"^TASK \[(.*?)\] \**$", re.MULTILINE)


def said(done: Any) -> dict[str, str]:
    """What the output says of each task, by the task's name, in one line."""
    parts = _TASK.split(done.stdout + done.stderr if not _TASK.search(done.stderr) else done.stdout)
    return {
        name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def shown(name: str, expression: str, **more: Any) -> dict[str, Any]:
    """A task that shows what an expression is, also when that fails."""
    return {
        "name": name,
        "ansible.builtin.debug": {"msg": f"<{{{{ {expression} }}}}>"},
        "ignore_errors": True,
        **more,
    }


def play(
    ansible: Command, *plays: dict[str, Any], arguments: tuple[str, ...] = (), **environment: str
) -> dict[str, str]:
    ansible.write("play.yml", list(plays))
    done = ansible("ansible-playbook", "play.yml", *arguments, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return said(done)


def lookup(*arguments: str) -> str:
    return f"lookup('ivanti.uem.device', {', '.join(arguments)})"


def test_what_it_answers(ansible, emulator):
    emulator.add_device(
        id=22000,
        guid=GUID,
        serialNumber="DLXMF0URFLMK",
        platformType="IOS",
        deviceName=NAME,
        imei=None,
    )
    emulator.add_device(id=22001, serialNumber="TWICE", registrationState="RETIRED")
    emulator.add_device(id=22002, serialNumber="TWICE", registrationState="ACTIVE")
    emulator.clear_requests()
    # fmt: off
    cases = {
        "by id": (lookup("22000", "field='guid'"), f"<{GUID}>"),
        "by guid": (lookup(f"'{GUID.upper()}'", "field='id'"), "<22000>"),
        "by serial number": (lookup("'dlxmf0urflmk'", "field='id'"), "<22000>"),
        "data is no template": (lookup("22000", "field='device_name'"), "<{{ 7 * 7 }} ü \\\"x\\\" {% if %}>"),
        "nor with allow_unsafe": (lookup("22000", "field='device_name'", "allow_unsafe=true"), "{{ 7 * 7 }} ü \\\"x\\\" {% if %}"),
        "all fields": (f"{lookup('22000')}.platform", "<ios>"),
        "null": (f"{lookup('22000', 'field=' + repr('imei'), 'default=1')} is none", "<True>"),
        "several": (f"query('ivanti.uem.device', [22000, '{GUID}'], 99922000, field='id', default='none') | join(',')", "<22000,22000,none>"),
        "no term": ("query('ivanti.uem.device') | length", "<0>"),
        "default of a field": (lookup("22000", "field='nothing'", "default='none'"), "<none>"),
        "default is null": (f"{lookup('99922000', 'default=none')} is none", "<True>"),
        "details": (f"'groups' in {lookup('22000', 'details=true')} and 'groups' not in {lookup('22000')}", "<True>"),
        "a partition": (lookup("22000", "field='id'", "spaces=['default']"), "<22000>"),
        "check mode": (lookup("22000", "field='id'"), "<22000>"),
        "unknown device": (lookup("99922000"), "There is no device with the id 99922000; correct it, or give a default."),
        "unknown field": (lookup("22000", "field='platformType'"),
                          "field: the device with the id 22000 has no platformType; did you mean platform?"),
        "empty field": (lookup("22000", "field=' '", "default='none'"), "field: is empty; name a field, or leave it out for all of them."),
        "unknown option": (lookup("22000", "feild='id'"), "feild: is not an option of this lookup; did you mean field?"),
        "unknown partition": (lookup("22000", "spaces=['nowhere']"), "spaces: there is no device space 'nowhere'"),
        "two registrations": (lookup("'TWICE'"), "2 devices have the serial number TWICE: 22001 (RETIRED), 22002 (ACTIVE); name one by its id."),
        "two and a default": (lookup("'TWICE'", "default=1"), "name one by its id."),
        "no id": (lookup("'x'", "by='id'"), "_terms: 'x' is not a id of a device; correct it, or set by."),
        "no name": (lookup("''"), "_terms: '' names no device; give an id, a guid or a serial number."),
        "wrong by": (lookup("22000", "by='imei'"), "imei"),
        "no server": (lookup("22000", "url=''"), "url: is missing; give the server's address"),
        "no address": (lookup("22000", "url='uem.example.com'"), "url: 'uem.example.com' is not an address"),
        "not there": (lookup("22000", "url='https://127.0.0.1:9'"), "https://127.0.0.1:9 cannot be reached"),
        "wrong password": (lookup("22002", "password='another'"), "HTTP 401"),
        # It was read for others before.
        "another account": (lookup("22000", "username='nobody'"), "HTTP 401"),
        "another token": (lookup("22000", "token='another'", "username=''", "password=''"), "HTTP 401"),
    }
    # fmt: on
    tasks = [
        shown(name, expression, check_mode=name == "check mode")
        for name, (expression, _answer) in cases.items()
    ]
    texts = play(ansible, {**LOCAL, "tasks": tasks})
    for name, (_expression, answer) in cases.items():
        assert answer in texts[name], f"{name}: {texts[name]}"
    assert "Traceback" not in "".join(texts.values()) and writes(emulator) == []


def test_many_hosts_read_a_device_once_and_keep_it_for_themselves(
    ansible, emulator, tmp_path: Path
):
    emulator.add_device(id=22000, serialNumber="DLXMF0URFLMK", platformType="IOS")
    emulator.clear_requests()
    once = play(ansible, {**LOCAL, "tasks": [shown("alone", lookup("22000", "field='platform'"))]})
    expected = [(entry["path"], entry["query"]) for entry in emulator.requests()]
    assert "<ios>" in once["alone"] and {path for path, _query in expected} == {
        "/api/v1/tenant/partition/device",
        "/api/v1/device",
    }
    emulator.clear_requests()
    hosts = {
        "all": {
            "hosts": {f"h{number}": None for number in range(HOSTS)},
            "vars": {"ansible_connection": "local"},
        }
    }
    ansible.write("hosts.yml", hosts)
    # What the lookup keeps goes with Ansible's own temporary folder, so this is a start of Ansible.
    ansible.started = False
    texts = play(
        ansible,
        {
            "hosts": "all",
            "gather_facts": False,
            "strategy": "free",
            "tasks": [
                shown("first", lookup("22000", "field='platform'")),
                shown("second", lookup("22000", "field='serial_number'")),
            ],
        },
        {
            "hosts": "h0",
            "gather_facts": False,
            "tasks": [
                shown("third", lookup("22000", "field='id'")),
                shown(
                    "kept",
                    f"lookup('pipe', 'cp -a {tmp_path}/ansible-tmp/*/ivanti_uem {tmp_path}/kept')",
                ),
            ],
        },
        arguments=("-i", "hosts.yml", "-f", "6"),
    )
    assert "<22000>" in texts["third"]
    assert [(entry["path"], entry["query"]) for entry in emulator.requests()] == expected
    kept = [path for path in (tmp_path / "kept").iterdir() if path.read_bytes()]
    assert (
        {path.stat().st_mode & 0o777 for path in kept} == {0o600}
        and len(kept) == 1
        and b'"id": "22000"' in kept[0].read_bytes()
    )
    assert not any(
        secret in kept[0].read_text()
        for secret in (PASSWORD, json.dumps(PASSWORD)[1:-1], "Basic", "tester")
    )
    assert list((tmp_path / "ansible-tmp").iterdir()) == []
    ansible.started = True
    # The next run reads it anew.
    emulator.patch_device(22000, platformType="ANDROID")
    assert (
        "<android>"
        in play(ansible, {**LOCAL, "tasks": [shown("alone", lookup("22000", "field='platform'"))]})[
            "alone"
        ]
    )


def test_another_product_by_variables_of_the_play(ansible, emulator, epmm):
    device = epmm.devices("uuid", "id")[0]
    options = {f"ivanti_uem_{name}": value for name, value in connection(epmm).items()}
    # A template is evaluated, and one that cannot be is told without a value.
    play_vars = {**options, "address": options["ivanti_uem_url"], "ivanti_uem_url": "{{ address }}"}
    epmm.clear_requests()
    emulator.clear_requests()
    # fmt: off
    texts = play(ansible, {**LOCAL, "vars": play_vars, "tasks": [
        shown("by uuid", lookup(f"'{device['uuid']}'", "field='id'")),
        shown("by id", f"{lookup(str(device['id']))}.guid"),
        shown("a field of API v2", lookup(f"'{device['uuid']}'", "field='common.uuid'")),
        shown("the same again", lookup(f"'{device['uuid']}'", "field='common.uuid'")),
        shown("options win", lookup("22000", "url='https://127.0.0.1:9'"), vars={"ivanti_uem_url": "https://127.0.0.1:10"}),
        shown("no such variable", lookup("22000"), vars={"ivanti_uem_url": "{{ not_there }}"}),
    ]}, IVANTI_UEM_PRODUCT="neurons")
    # fmt: on
    assert f"<{device['id']}>" in texts["by uuid"] and f"<{device['uuid']}>" in texts["by id"]
    assert (
        f"<{device['uuid']}>" in texts["a field of API v2"]
        and f"<{device['uuid']}>" in texts["the same again"]
    )
    assert "https://127.0.0.1:9 cannot be reached" in texts["options win"]
    assert "ivanti_uem_url: its template cannot be evaluated" in texts["no such variable"]
    assert emulator.requests() == [] and writes(epmm) == []


def test_the_examples_of_the_documentation_run(ansible, emulator, epmm):
    """As they stand, but for the address that one of them gives."""
    emulator.add_device(
        id=22000,
        guid=GUID,
        serialNumber="DLXMF0URFLMK",
        platformType="IOS",
        deviceName="iPad",
        supervised=True,
    )
    emulator.add_device(id=22001, platformType="ANDROID")
    epmm.add_device(uuid="5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11", platform="Android")
    tasks = load_yaml(device.EXAMPLES)
    assert len(tasks) == 4
    there = {
        f"ivanti_uem_{name}": value
        for name, value in connection(epmm).items()
        if name in ("password", "ca_path")
    }
    tasks[3] = json.loads(json.dumps(tasks[3]).replace("https://epmm.example.com", epmm.url))
    found = play(
        ansible, {**LOCAL, "tasks": tasks[:3]}, {**LOCAL, "vars": there, "tasks": tasks[3:]}
    )
    texts = [found[entry["name"]] for entry in tasks]
    assert '"msg": "iPad"' in texts[0] and "All assertions passed" in texts[1]
    assert (
        re.search(r'"ios", "android"', texts[2])
        and "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11" in texts[3]
    )
