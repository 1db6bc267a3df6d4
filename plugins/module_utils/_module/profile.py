# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection profiles: the connection options of a server by a name, from a file.

The file is read on the machine where the module or plugin runs. Its values are never templates.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_bool

from .._core.errors import OptionError
from .._core.names import nearest
from .options import API, PRODUCT, SERVER, Option
from .yaml_text import NotYamlError, parse_yaml

# What a profile can give. ``password_command`` is not an option of modules.
OPTIONS = {option.name: option for option in (PRODUCT, *SERVER, API)}
COMMAND = "password_command"

# Seconds that a command has to print a password. A person may have to unlock a store.
COMMAND_TIMEOUT = 60

# The most bytes of a file. Nobody has that number of servers.
LARGEST = 1024 * 1024

# Who the account is: either with a password, or by a token.
_PAIR, _TOKEN = frozenset({"username", "password"}), frozenset({"token"})

# A secret in plain text. What follows !vault is encrypted.
_PLAIN_SECRET = re.compile(r"(?<![\w-])(password|token)[\"']?\s*:(?!\s*!vault\b)")

# Returns the data of an encrypted file, which only a controller can read.
Decrypt = Callable[[str], Any]

Values = Mapping[str, Any]


def completed(
    options: Values, given: Collection[str], decrypt: Decrypt | None = None
) -> dict[str, Any]:
    """Return connection options, completed by the profile that they name.

    An option that the author gave wins over the profile, and the profile over environment variables
    and defaults. So a variable that is left from earlier work never sends the secret of a profile
    elsewhere.

    Args:
        options: The options, with what variables and defaults give.
        given: The names of those that the author gave.
        decrypt: Reads a file that ansible-vault encrypted, where that is possible.

    Raises:
        OptionError: The profile or its file is wrong.
    """
    name = options.get("profile")
    if not name:
        return dict(options)
    path = str(options["profiles_path"])
    chosen = _profile(_profiles(path, decrypt), str(name), path)
    written = {key: options[key] for key in given if options.get(key) not in (None, "")}
    place = f"profile: {name!r} of {path}"
    found = {**options, **_checked(chosen, place, path), **written}
    unwanted = _unwanted(written, chosen)
    found.update(dict.fromkeys(unwanted))
    command = found.pop(COMMAND, None)
    if command is not None and "password" not in (*written, *unwanted):
        found["password"] = _printed(command, f"{place}: {COMMAND}")
    return found


def _unwanted(*places: Values) -> frozenset[str]:
    """Return the options of the other way to name an account.

    The first place that names one decides, and what later places have for the other way is left.
    """
    for place in places:
        for own, other in ((_TOKEN, _PAIR), (_PAIR, _TOKEN)):
            if any(place.get(name) for name in (*own, *([COMMAND] if own is _PAIR else []))):
                return other - {name for name in other if place.get(name)}
    return frozenset()


# The file


def _profiles(path: str, decrypt: Decrypt | None) -> Any:
    """Return the data of a file, after a look at who else may read or change it.

    Raises:
        OptionError: It cannot be read or trusted.
    """
    shown = f"profiles_path: {path!r}"
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            raw = b"".join(file) if status.st_size <= LARGEST else b"\0"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise OptionError(
            f"{shown} cannot be read ({reason}); a profile needs this file where the module or "
            "plugin runs (or set IVANTI_UEM_PROFILES)."
        ) from None
    text = raw.decode("utf-8-sig", errors="replace")
    if "\ufffd" in text or "\0" in text:
        raise OptionError(f"{shown} is not a text file in UTF-8 of at most 1 MiB; correct it.")
    encrypted = text.startswith("$ANSIBLE_VAULT;")
    _require_private(shown, status, holds_secret=not encrypted and bool(_PLAIN_SECRET.search(text)))
    return _decrypted(path, decrypt) if encrypted else _parsed(text, path, decrypt)


def _require_private(shown: str, status: os.stat_result, *, holds_secret: bool) -> None:
    """Refuse a file that others may change, or that has a secret and others may read, as ssh does.

    Raises:
        OptionError: Others may.
    """
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in (0, os.geteuid()):
        raise OptionError(
            f"{shown} belongs to another user, who could change where secrets go; make it yours."
        )
    if mode & 0o022:
        raise OptionError(
            f"{shown} can be changed by others (mode {mode:04o}); run chmod go-w on it."
        )
    if holds_secret and mode & 0o077:
        raise OptionError(
            f"{shown} holds a password or token, and others may read it (mode {mode:04o}); run "
            "chmod 600 on it, or use password_command."
        )


def _parsed(text: str, path: str, decrypt: Decrypt | None) -> Any:
    """Return the data of a text. No message quotes it: a part of it may be a secret.

    Raises:
        OptionError: It is not YAML.
    """
    try:
        return parse_yaml(text)
    except NotYamlError as error:
        if "!vault" in text:
            return _decrypted(path, decrypt)
        raise OptionError(
            f"profiles_path: {path!r} {error}; put values with special characters in quotes."
        ) from None


def _decrypted(path: str, decrypt: Decrypt | None) -> Any:
    if decrypt is None:
        raise OptionError(
            f"profiles_path: {path!r} is encrypted by ansible-vault, and modules cannot decrypt; "
            "use password_command in it, or vars_files with module_defaults."
        )
    return decrypt(path)


# The profile


def _profile(profiles: Any, name: str, path: str) -> Values:
    """Return the profile with a name.

    Raises:
        OptionError: There is none, or the file does not hold profiles.
    """
    by_name = (
        {str(key): value for key, value in profiles.items()}
        if isinstance(profiles, Mapping)
        else {}
    )
    if not by_name:
        raise OptionError(
            f"profiles_path: {path!r} has no profiles; write a name for each, and its options "
            "below it."
        )
    if name not in by_name:
        raise OptionError(
            f"profile: {name!r} is not in {path}{nearest(name, by_name)}; it has "
            f"{', '.join(sorted(by_name))}."
        )
    if not isinstance(by_name[name], Mapping):
        raise OptionError(f"profile: {name!r} of {path} has no options; write them below it.")
    chosen: Values = by_name[name]
    return chosen


def _checked(profile: Values, place: str, path: str) -> dict[str, Any]:
    """Return the options of a profile. What is null or empty is not given.

    Raises:
        OptionError: An option is unknown, or has a wrong value.
    """
    found = {}
    for key, value in profile.items():
        if key not in OPTIONS and key != COMMAND:
            near = nearest(str(key), (*OPTIONS, COMMAND))
            raise OptionError(f"{place}: {key!r} is not an option of a profile{near}; correct it.")
        if value is None or value == "":
            continue
        found[key] = value if key == COMMAND else _typed(OPTIONS[key], value, f"{place}: {key}")
    if COMMAND in found and "password" in found:
        raise OptionError(f"{place}: has password and {COMMAND}; keep one of them.")
    if "ca_path" in found:
        ca_path = os.path.expandvars(os.path.expanduser(found["ca_path"]))
        found["ca_path"] = os.path.join(os.path.dirname(os.path.abspath(path)), ca_path)
    return found


def _typed(option: Option, value: Any, place: str) -> Any:
    """Return a value in the type of its option.

    Raises:
        OptionError: It has another one. The message does not show it: it may be a secret.
    """
    if option.type in ("str", "path"):
        if not isinstance(value, str):
            raise OptionError(f"{place}: is not a text; put it in quotes.")
        if option.choices and value not in option.choices:
            raise OptionError(f"{place}: must be one of {', '.join(option.choices)}.")
        return value
    try:
        if option.type == "bool":
            return check_type_bool(value)
        if isinstance(value, bool):
            raise ValueError
        return int(str(value)) if option.type == "int" else float(value)
    except (TypeError, ValueError, OverflowError):
        wanted = "true or false" if option.type == "bool" else "a number"
        raise OptionError(f"{place}: must be {wanted}.") from None


# The command


def _printed(command: Any, place: str) -> str:
    """Return the one line that a command prints. Nothing that it prints is shown.

    Raises:
        OptionError: It is not a command, fails, or prints something else.
    """
    argv = _argv(command, place)
    try:
        ended = subprocess.run(
            [os.path.expanduser(argv[0]), *argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OptionError(
            f"{place}: did not end within {COMMAND_TIMEOUT} s; check that it asks for nothing."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a command"
        raise OptionError(f"{place}: cannot be started ({reason}); correct it.") from None
    if ended.returncode:
        raise OptionError(
            f"{place}: failed with status {ended.returncode}; run it yourself to see why."
        )
    try:
        text = ended.stdout.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise OptionError(f"{place}: printed bytes that are not UTF-8; correct it.") from None
    if not text.strip():
        raise OptionError(f"{place}: printed nothing; it must print the password and nothing else.")
    if "\n" in text or "\r" in text:
        raise OptionError(
            f"{place}: printed more than one line; it must print the password and nothing else."
        )
    return text


def _argv(command: Any, place: str) -> list[str]:
    """Return the program and its arguments. No shell sees them.

    Raises:
        OptionError: It is neither a text nor a list of texts.
    """
    try:
        argv = shlex.split(command) if isinstance(command, str) else command
    except ValueError:
        raise OptionError(f"{place}: has a quotation mark without its second one.") from None
    if not isinstance(argv, list) or not argv or not all(isinstance(one, str) for one in argv):
        raise OptionError(
            f"{place}: is not a command; give a text, or a list of the program and its arguments "
            "in quotes."
        )
    return argv
