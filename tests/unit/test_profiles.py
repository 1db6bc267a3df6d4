# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection profiles: what they give, what wins over them, and which files are refused."""

from __future__ import annotations

import os
import sys

import pytest
import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    MissingLibraryError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module import profile
from ansible_collections.ivanti.uem.plugins.module_utils._module.profile import completed

SECRET = "s3cret-of-a-file"

# What variables and defaults give where an author gives nothing.
UNGIVEN = {
    "product": None,
    "url": None,
    "username": None,
    "password": None,
    "token": None,
    "ca_path": None,
    "validate_certs": True,
    "connect_timeout": 10.0,
    "retries": 4,
    "api": "auto",
}


@pytest.fixture
def file(tmp_path):
    """Writes a file of profiles with a mode, and returns its path."""

    def write(text, mode=0o600):
        path = tmp_path / "profiles.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return str(path)

    return write


def complete(path, name="prod", *, environment=None, **given):
    options = {**UNGIVEN, **(environment or {}), "profile": name, "profiles_path": path, **given}
    return completed(options, list(given))


def refusal(path, name="prod", **given) -> str:
    with pytest.raises(OptionError) as error:
        complete(path, name, **given)
    message = str(error.value)
    assert SECRET not in message and "\n" not in message
    assert error.value.__cause__ is None
    return message


FULL = f"""
prod:
  product: epmm
  url: https://core.example.com/acme
  username: robot
  password: {SECRET}
  validate_certs: false
  connect_timeout: 5
  retries: 2
  api: v2
test:
  url: https://test.example.com
"""


def test_without_a_profile_nothing_is_read():
    options = {**UNGIVEN, "profile": None, "profiles_path": "/nowhere"}
    assert completed(options, []) == options


def test_a_profile_gives_the_options_in_their_types(file):
    found = complete(file(FULL))
    assert {name: found[name] for name in UNGIVEN} == {
        "product": "epmm",
        "url": "https://core.example.com/acme",
        "username": "robot",
        "password": SECRET,
        "token": None,
        "ca_path": None,
        "validate_certs": False,
        "connect_timeout": 5.0,
        "retries": 2,
        "api": "v2",
    }
    assert isinstance(found["connect_timeout"], float)


# What the profile has, what variables have, what is given; then who is used.
# fmt: off
PRECEDENCE = [
    ({"url": "https://p"}, {"url": "https://e"}, {}, {"url": "https://p"}),
    ({"url": "https://p"}, {"url": "https://e"}, {"url": "https://o"}, {"url": "https://o"}),
    ({"url": "https://p"}, {"username": "e", "password": "e"}, {}, {"url": "https://p", "username": "e", "password": "e"}),
    ({"username": "p"}, {"username": "e", "password": "e"}, {}, {"username": "p", "password": "e"}),
    # One way to name an account: that of the first place that has one.
    ({"token": "p"}, {"username": "e", "password": "e"}, {}, {"token": "p", "username": None, "password": None}),
    ({"username": "p", "password": "p"}, {"token": "e"}, {}, {"token": None, "username": "p", "password": "p"}),
    ({"username": "p", "password": "p"}, {}, {"token": "o"}, {"token": "o", "username": None, "password": None}),
    ({"token": "p"}, {}, {"username": "o", "password": "o"}, {"token": None, "username": "o", "password": "o"}),
    # Two ways in one place stay, and are refused later.
    ({"url": "https://p"}, {}, {"token": "o", "username": "o"}, {"token": "o", "username": "o"}),
    # A default is not given; blank is not given.
    ({"retries": 0}, {"retries": 4}, {}, {"retries": 0}),
    ({"validate_certs": False}, {}, {"validate_certs": True}, {"validate_certs": True}),
    ({"url": "https://p"}, {}, {"url": ""}, {"url": "https://p"}),
    ({"url": "", "username": None}, {"url": "https://e", "username": "e"}, {}, {"url": "https://e", "username": "e"}),
]
# fmt: on


@pytest.mark.parametrize(("own", "environment", "given", "used"), PRECEDENCE)
def test_which_place_wins(file, own, environment, given, used):
    path = file(yaml.safe_dump({"prod": own}))
    found = complete(path, environment=environment, **given)
    assert {name: found[name] for name in used} == used


@pytest.mark.parametrize(
    ("command", "password"),
    [
        ([sys.executable, "-c", "print('from a store')"], "from a store"),
        (f"{sys.executable} -c 'print(\"two words\")'", "two words"),
        (["printf", "%s", "no line break"], "no line break"),
        (["printf", "windows\\r\\n"], "windows"),
        (["printf", " kept "], " kept "),
        (["echo", "$HOME;ls"], "$HOME;ls"),
    ],
)
def test_a_command_prints_the_password(file, command, password):
    own = {"username": "robot", "password_command": command}
    assert complete(file(yaml.safe_dump({"prod": own})))["password"] == password


def test_a_command_is_run_only_for_its_password(file):
    path = file("prod: {username: robot, password_command: [touch, /nowhere/at/all]}\n")
    assert complete(path, password="given")["password"] == "given"
    assert complete(path, token="given")["password"] is None


# fmt: off
COMMANDS = [
    ('["false"]', "failed with status 1"),
    ('["/nowhere/at/all"]', "cannot be started (No such file or directory)"),
    ('["true"]', "printed nothing"),
    ('[printf, "\\n"]', "printed nothing"),
    (f'[printf, "{SECRET}\\nsecond"]', "printed more than one line"),
    (f"[sh, -c, 'echo {SECRET}; exit 3']", "failed with status 3"),
    (f"[sh, -c, 'echo {SECRET} >&2']", "printed nothing"),
    ('[printf, "\\\\377"]', "not UTF-8"),
    ('"printf \'"', "quotation mark"),
    ("[sleep, 5]", "in quotes"),
    ('[sleep, "5"]', "did not end within 0.2 s"),
    ("{a: b}", "is not a command"),
    ("[]", "is not a command"),
]
# fmt: on


@pytest.mark.parametrize(("command", "said"), COMMANDS, ids=[one for one, _said in COMMANDS])
def test_a_command_that_does_not_work(file, monkeypatch, command, said):
    monkeypatch.setattr(profile, "COMMAND_TIMEOUT", 0.2)
    path = file(f"prod: {{username: robot, password_command: {command}}}\n")
    message = refusal(path)
    assert message.startswith(f"profile: 'prod' of {path}: password_command: ") and said in message


# fmt: off
FILES = [
    (f"prod: {{pasword: {SECRET}}}", "'pasword' is not an option of a profile (nearest: 'password"),
    (f"prod: {{profile: {SECRET}}}", "'profile' is not an option of a profile"),
    (f"prod: {{password: {SECRET}, password_command: x}}", "keep one of them"),
    ("prod: {password: 12345}", "prod' of {path}: password: is not a text; put it in quotes."),
    ("prod: {url: 1}", "url: is not a text"),
    ("prod: {product: epm}", "product: must be one of neurons, epmm."),
    ("prod: {api: v3}", "api: must be one of auto, v1, v2."),
    ("prod: {validate_certs: perhaps}", "validate_certs: must be true or false."),
    ("prod: {retries: 1.5}", "retries: must be a number."),
    ("prod: {retries: true}", "retries: must be a number."),
    ("prod: {connect_timeout: soon}", "connect_timeout: must be a number."),
    ("prod:", "'prod' of {path} has no options"),
    ("prod: [a]", "'prod' of {path} has no options"),
    ("", "has no profiles"),
    ("- prod", "has no profiles"),
    ("prodd: {}\ntest: {}", "'prod' is not in {path} (nearest: 'prodd'); it has prodd, test."),
    (f"prod:\n  password: *{SECRET}", "is not valid YAML (line 2); put values with special"),
    (f"prod: {{password: '{SECRET}}}", "is not valid YAML"),
    ("prod: {url: 2026-13-45}", "is not valid YAML"),
    ("[" * 5000, "is not valid YAML"),
    (b"prod: {url: \xff}", "is not a text file in UTF-8"),
    (b"prod: {url: a\0b}", "is not a text file in UTF-8"),
    ("#" * (1024 * 1024 + 1), "at most 1 MiB"),
    ("$ANSIBLE_VAULT;1.1;AES256\n6162\n", "is encrypted by ansible-vault, and modules cannot"),
    ("prod:\n  password: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    61\n", "is encrypted by ansible-v"),
]
# fmt: on


@pytest.mark.parametrize(("text", "said"), FILES, ids=[str(text)[:40] for text, _said in FILES])
def test_a_file_that_is_wrong(file, text, said):
    path = file(text)
    assert said.replace("{path}", path) in refusal(path)


def test_another_profile_does_not_matter(file):
    path = file("prod: {url: 'https://p'}\nother: {colour: blue}\n")
    assert complete(path)["url"] == "https://p"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (FULL, 0o640, "others may read it (mode 0640); run chmod 600"),
        (FULL, 0o604, "others may read it (mode 0604)"),
        (f"prod: {{'token': {SECRET}}}", 0o644, "others may read it"),
        ("prod: {url: 'https://p'}", 0o664, "can be changed by others (mode 0664); run chmod go-w"),
        ("prod: {password_command: x}", 0o602, "can be changed by others"),
    ],
)
def test_a_file_that_others_may_use(file, text, mode, said):
    assert said in refusal(file(text, mode))


@pytest.mark.parametrize(
    "text",
    [
        "prod: {url: 'https://p'}",
        "prod: {url: 'https://p', username: x, password_command: 'echo x'}",
    ],
)
def test_a_file_without_secrets_may_be_read(file, text):
    assert complete(file(text, 0o644))["url"] == "https://p"


def test_the_file_of_another_user(file, monkeypatch):
    path = file("prod: {url: 'https://p'}")
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(path).st_uid + 1)
    if os.stat(path).st_uid == 0:
        # A file of root is trusted, as by ssh.
        assert complete(path)["url"] == "https://p"
        os.chown(path, 4711, -1)
        monkeypatch.setattr(os, "geteuid", lambda: 4712)
    assert "belongs to another user" in refusal(path)


@pytest.mark.parametrize("path", ["/nowhere/profiles.yml", "/", "a\0b"])
def test_a_file_that_cannot_be_read(path):
    assert "cannot be read (" in refusal(path)


def test_a_ca_is_found_beside_the_file(file, tmp_path):
    path = file("prod: {ca_path: ca.pem}\nabsolute: {ca_path: /etc/ca.pem}\n")
    assert complete(path)["ca_path"] == str(tmp_path / "ca.pem")
    assert complete(path, "absolute")["ca_path"] == "/etc/ca.pem"


def test_pyyaml_may_be_missing_where_a_module_runs(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingLibraryError) as error:
        complete(file(FULL))
    assert error.value.library == "PyYAML"


def test_what_is_encrypted_may_be_read_by_others(file):
    path = file("$ANSIBLE_VAULT;1.1;AES256\n6162\n", 0o644)
    options = {**UNGIVEN, "profile": "prod", "profiles_path": path}
    found = completed(options, [], lambda _path: {"prod": {"token": SECRET}})
    assert found["token"] == SECRET
