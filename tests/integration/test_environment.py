# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environment variables mean the same to modules, inventories and look-ups: an empty one is not
given, and a word that makes no sense is an error."""

from __future__ import annotations

import pytest

EMPTY = (
    "VALIDATE_CERTS",
    "CONCURRENCY",
    "RETRIES",
    "READ_TIMEOUT",
    "CONNECT_TIMEOUT",
    "API",
    "TOKEN",
)
WAYS = ("module", "inventory", "lookup")


def read(ansible, emulator, way: str, password: object = None, **variables: str) -> str:
    """Read a device. Returns what Ansible printed, in one line.

    Args:
        ansible: Runs Ansible.
        emulator: The server.
        way: What reads it, one of WAYS.
        password: What the author gives as the password of the connection, or None.
        variables: The environment variables.
    """
    given = {} if password is None else {"password": password}
    device = emulator.devices("id")[0]["id"]
    environment = {f"IVANTI_UEM_{name}": value for name, value in variables.items()}
    if way == "inventory":
        ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", **given})
        done = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list", **environment)
    else:
        task = (
            {"ivanti.uem.device_info": {"devices": [device], **given}}
            if way == "module"
            else {
                "ansible.builtin.debug": {
                    "msg": f"{{{{ lookup('ivanti.uem.device', '{device}') }}}}"
                }
            }
        )
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
        play["vars"] = {f"ivanti_uem_{name}": value for name, value in given.items()}
        ansible.write("play.yml", [play])
        done = ansible("ansible-playbook", "play.yml", **environment)
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("way", WAYS)
def test_an_empty_variable_is_not_given(ansible, emulator, way, empty):
    said = read(ansible, emulator, way, **dict.fromkeys(EMPTY, empty))
    for word in ("Failed", "failed=1", "ERROR", "validate_certs"):
        assert word not in said
    assert any(entry["status"] == 200 for entry in emulator.requests())


@pytest.mark.parametrize("way", WAYS)
def test_a_word_that_is_neither_true_nor_false_is_an_error(ansible, emulator, way):
    said = read(ansible, emulator, way, VALIDATE_CERTS="nonsense")
    assert "validate_certs" in said.lower() and "nonsense" in said
    assert [entry for entry in emulator.requests() if not entry["path"].startswith("/_")] == []


@pytest.mark.parametrize("written", [21913025, True], ids=["octal", "true"])
@pytest.mark.parametrize("way", WAYS)
def test_a_password_that_yaml_made_a_number_of_is_refused(ansible, emulator, way, written):
    """The server would only refuse the credentials, and nobody would see why."""
    said = read(ansible, emulator, way, written)
    assert "password: YAML reads the value as" in said and "write it in quotes" in said
    assert "21913025" not in said.replace("'", "")
    assert [entry for entry in emulator.requests() if not entry["path"].startswith("/_")] == []


@pytest.mark.parametrize("way", WAYS)
def test_a_password_of_digits_is_taken_as_a_text(ansible, emulator, way):
    said = read(ansible, emulator, way, "0123456701")
    assert "rejected the credentials" in said and "YAML reads" not in said


# Each has the secret where somebody may write it.
URLS = (
    "https://u:S3cr3tW0rd@localhost:1",
    "https://u:p@S3cr3tW0rd@localhost:1",
    "https://S3cr3tW0rd@localhost:1",
    "https://u:/S3cr3tW0rd/@localhost:1",
    "https://localhost:1/?key=S3cr3tW0rd",
    "https://localhost:1/#S3cr3tW0rd",
    "u:S3cr3tW0rd@localhost",
)


@pytest.mark.parametrize(
    ("way", "url"), [*(("module", url) for url in URLS), *((way, URLS[1]) for way in WAYS[1:])]
)
def test_a_secret_in_the_address_is_refused_and_not_shown(ansible, emulator, way, url):
    ansible.environment["ANSIBLE_VERBOSITY"] = "3"
    said = read(ansible, emulator, way, URL=url)
    assert "url: " in said and "S3cr3tW0rd" not in said
    assert way != "module" or "module_args" in said
