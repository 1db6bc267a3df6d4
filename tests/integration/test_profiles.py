# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file of connection profiles, used by modules, inventories and look-ups."""

from __future__ import annotations

import json
import sys

import pytest
import yaml

from ..conftest import PASSWORD, ModuleFailed, connection

FIELDS = {"fields": ["id"]}


@pytest.fixture
def profiles(tmp_path, emulator):
    """Writes the file of profiles, and returns its path."""

    def write(mode=0o600, **changes):
        path = tmp_path / "home" / "profiles.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({"prod": {**connection(emulator), **changes}}))
        path.chmod(mode)
        return str(path)

    return write


@pytest.fixture
def alone(ansible):
    """Ansible's commands without the variables of a connection."""
    for name in [name for name in ansible.environment if name.startswith("IVANTI_UEM_")]:
        del ansible.environment[name]
    return ansible


def playbook(*tasks, **keys):
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keys}]


READ = {
    "name": "Read",
    "ivanti.uem.device_info": FIELDS,
    "register": "read",
    "failed_when": "read.count == 0",
}
LOOK_UP = {
    "name": "Look up",
    "ansible.builtin.debug": {
        "msg": "{{ lookup('ivanti.uem.device', 'nobody', by='serial_number', default='no such device') }}"
    },
}


def test_a_module_takes_its_connection_from_a_profile(call, emulator, profiles, monkeypatch):
    path = profiles()
    assert call("device_info", profile="prod", profiles_path=path, **FIELDS)["count"] > 0
    # What is left from earlier work does not send the password elsewhere.
    monkeypatch.setenv("IVANTI_UEM_URL", "https://127.0.0.1:9")
    monkeypatch.setenv("IVANTI_UEM_TOKEN", "left over")
    monkeypatch.setenv("IVANTI_UEM_PROFILE", "prod")
    monkeypatch.setenv("IVANTI_UEM_PROFILES", path)
    assert call("device_info", **FIELDS)["count"] > 0


def test_an_option_wins_over_the_profile(call, emulator, profiles):
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match="HTTP 401"):
        call("device_info", profile="prod", profiles_path=profiles(), password="another", **FIELDS)
    with pytest.raises(ModuleFailed, match="127.0.0.1:9 cannot be reached"):
        call(
            "device_info",
            profile="prod",
            profiles_path=profiles(),
            url="https://127.0.0.1:9",
            **FIELDS,
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "url: is missing; give the server's address"),
        ({"product": "neurons"}, "IVANTI_UEM_URL"),
        ({"profile": "prd"}, "profile: 'prd' is not in "),
        ({"profile": "prod", "profiles_path": "/nowhere"}, "'/nowhere' cannot be read"),
    ],
)
def test_what_is_missing_is_said_before_any_request(call, emulator, profiles, options, said):
    emulator.clear_requests()
    with pytest.raises(ModuleFailed) as failed:
        call("device_info", **{"profiles_path": profiles(), **FIELDS, **options})
    assert said in failed.value.result["msg"]
    assert emulator.requests() == []


def test_a_product_is_needed(call, emulator):
    options = {**connection(emulator), **FIELDS}
    del options["product"]
    with pytest.raises(ModuleFailed, match="IVANTI_UEM_PRODUCT"):
        call("device_info", **options)


@pytest.mark.parametrize("command", [False, True])
def test_one_file_for_playbook_lookup_and_inventory(alone, emulator, profiles, tmp_path, command):
    """The secret is in no output, and in no file but its own."""
    printing = [sys.executable, "-c", f"print({PASSWORD!r})"]
    changes = {"password": None, "password_command": printing} if command else {}
    alone.write("secret.py", "")
    setting = {"IVANTI_UEM_PROFILE": "prod", "IVANTI_UEM_PROFILES": profiles(**changes)}
    inventory = alone.write(
        "fleet.neurons.yml",
        "plugin: ivanti.uem.neurons\ncache: true\ncache_plugin: jsonfile\n"
        f"cache_connection: {tmp_path}/cache\nfields: [platformType]\n",
    )
    book = alone.write("play.yml", playbook(READ, LOOK_UP))
    ended = alone("ansible-playbook", "-i", inventory, "-vvv", book, **setting)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "no such device" in ended.stdout and '"profile": "prod"' in ended.stdout
    listed = alone("ansible-inventory", "-i", inventory, "--list", "-vvv", **setting)
    assert "platform_ios" in listed.stdout, listed.stderr
    texts = [ended.stdout, ended.stderr, listed.stdout, listed.stderr]
    texts += [
        path.read_text(errors="replace")
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent.name != "home" and path.suffix != ".sock"
    ]
    forms = [PASSWORD, json.dumps(PASSWORD)[1:-1], json.dumps(PASSWORD, ensure_ascii=False)[1:-1]]
    for text in texts:
        assert not [form for form in forms if form in text]


def test_a_failed_profile_is_one_sentence_everywhere(alone, profiles):
    """The same fault is said alike, and shows no secret with -vvv."""
    setting = {"IVANTI_UEM_PROFILE": "prod", "IVANTI_UEM_PROFILES": profiles(mode=0o644)}
    inventory = alone.write("fleet.neurons.yml", "plugin: ivanti.uem.neurons\n")
    outputs = [
        alone("ansible-playbook", "-vvv", alone.write("a.yml", playbook(READ)), **setting),
        alone("ansible-playbook", "-vvv", alone.write("b.yml", playbook(LOOK_UP)), **setting),
        alone("ansible-inventory", "-vvv", "-i", inventory, "--list", **setting),
    ]
    for ended in outputs:
        text = " ".join((ended.stdout + ended.stderr).replace("\\n", " ").split())
        assert "others may read it (mode 0644)" in text, text
        assert PASSWORD not in text


def test_an_inventory_of_the_other_product(alone, profiles):
    setting = {"IVANTI_UEM_PROFILE": "prod", "IVANTI_UEM_PROFILES": profiles()}
    inventory = alone.write("fleet.epmm.yml", "plugin: ivanti.uem.epmm\n")
    ended = alone("ansible-inventory", "-i", inventory, "--list", **setting)
    text = " ".join(ended.stderr.split())
    assert "'prod' is for neurons, and this inventory reads epmm" in text


@pytest.mark.parametrize("whole", [True, False], ids=["whole file", "one value"])
def test_an_encrypted_file(alone, emulator, profiles, tmp_path, whole):
    """A controller decrypts it; a module says what to do instead."""
    alone.started = False
    alone.write("vault.txt", "the vault\n")
    path = profiles()
    vault = ("--vault-password-file", "vault.txt")
    if whole:
        assert alone("ansible-vault", "encrypt", *vault, path).returncode == 0
    else:
        encrypted = alone("ansible-vault", "encrypt_string", *vault, "-n", "password", PASSWORD)
        options = yaml.safe_dump({**connection(emulator), "password": None})
        lines = [*options.replace("password: null\n", "").splitlines()]
        lines += encrypted.stdout.splitlines()
        (tmp_path / "home" / "profiles.yml").write_text(
            "prod:\n" + "".join(f"  {line}\n" for line in lines)
        )
    (tmp_path / "home" / "profiles.yml").chmod(0o644)
    setting = {"IVANTI_UEM_PROFILE": "prod", "IVANTI_UEM_PROFILES": path}
    inventory = alone.write("fleet.neurons.yml", "plugin: ivanti.uem.neurons\n")
    listed = alone("ansible-inventory", "-i", inventory, "--list", *vault, **setting)
    assert "platform_ios" in listed.stdout, listed.stderr
    looked = alone("ansible-playbook", alone.write("b.yml", playbook(LOOK_UP)), *vault, **setting)
    assert "no such device" in looked.stdout, looked.stdout
    locked = alone("ansible-playbook", alone.write("b.yml", playbook(LOOK_UP)), **setting)
    assert "cannot be decrypted; give the password" in " ".join(
        (locked.stdout + locked.stderr).split()
    )
    failed = alone("ansible-playbook", alone.write("a.yml", playbook(READ)), *vault, **setting)
    assert "is encrypted by ansible-vault, and modules cannot decrypt" in failed.stdout
