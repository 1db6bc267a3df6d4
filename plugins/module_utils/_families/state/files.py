# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a declared state, and what the task itself declares."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..._core.errors import OptionError
from ..._core.names import plain, require_keys
from ..._core.sheet import read_table
from ..._core.wording import kind_of
from ..._module.options import Option, spec_of
from ..._module.runner import require_as_written, require_texts
from ..._module.yaml_text import NotYamlError, parse_yaml
from .declaration import (
    LABEL_DEFINITIONS,
    POLICIES,
    Declaration,
    Entry,
    parse_entries,
    written_attributes,
)
from .options import ASSIGNMENTS, DECLARED, DEFINITIONS
from .rows import parse_table, row_entries

ENDINGS = (".yml", ".yaml", ".json")

# The most bytes of a file: 100,000 devices with a few attributes each.
LARGEST = 64 * 1024 * 1024

_KEYS = tuple(option.name for option in DECLARED)


def read_declaration(params: Mapping[str, Any]) -> Declaration:
    """Read all that is declared, before any request.

    Raises:
        OptionError: Something is wrong; the message says where.
    """
    parts = [_of_file(path) for path in _files(params["state_files"])]
    parts.append(_declared({name: params[name] for name in _KEYS if params[name] is not None}, ""))
    whole = Declaration(
        tuple(entry for part in parts for entry in part.entries),
        _latest((one for part in parts for one in part.labels), DEFINITIONS),
        _latest((one for part in parts for one in part.policies), ASSIGNMENTS),
        tuple(one for part in parts for one in part.written),
        tuple(one for part in parts for one in part.notes),
    )
    if not whole.sections:
        raise OptionError(
            f"Nothing is declared; give one of {', '.join(_KEYS)}, or state_files with some of them."
            + "".join(f" {note}" for note in whole.notes)
        )
    return whole


def _name(entry: Mapping[str, Any], option: Option) -> str:
    """Return what distinguishes an entry of an option from others: all that it must have."""
    return " on ".join(plain(str(entry[sub.name])) for sub in option.suboptions if sub.required)


def _latest(entries: Iterable[Mapping[str, Any]], option: Option) -> tuple[Mapping[str, Any], ...]:
    """Return entries without those that a later file or the task replaces."""
    return tuple({_name(entry, option): entry for entry in entries}.values())


def _files(paths: Sequence[str] | None) -> list[str]:
    """Return the files of paths, those of a folder in the order of their names.

    Raises:
        OptionError: A path names nothing, or a folder has no such file.
    """
    found: list[str] = []
    for path in paths or ():
        if not os.path.isdir(path):
            found.append(path)
            continue
        inner = sorted(name for name in os.listdir(path) if _is_state_file(name))
        if not inner:
            raise OptionError(
                f"state_files: the folder {path!r} has no file that ends with one of "
                f"{', '.join(ENDINGS)}; correct the path."
            )
        found += [os.path.join(path, name) for name in inner]
    return found


def _is_state_file(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def _of_file(path: str) -> Declaration:
    """Read one file.

    Raises:
        OptionError: It cannot be read, or is not a declaration.
    """
    where = f"state_files: {path!r}"
    data = _data(path, where)
    if data in (None, {}, []):
        raise OptionError(
            f"{where} is empty; declare something in it, or leave it out. Nothing was done."
        )
    if not isinstance(data, Mapping):
        raise OptionError(
            f"{where} is not a mapping, but {kind_of(data)}; its keys are {', '.join(_KEYS)}."
        )
    require_keys(data, _KEYS, where)
    for key, value in data.items():
        if not isinstance(value, list):
            raise OptionError(f"{where}: {key} is not a list, but {kind_of(value)}.")
    return _declared(data, f"{path}: ", os.path.dirname(path))


def _content(path: str, where: str) -> bytes:
    """Return the content of a file.

    Raises:
        OptionError: It cannot be read, or is too large.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        place = "" if os.path.isabs(path) else f" in {os.getcwd()!r}"
        raise OptionError(
            f"{where}: {path!r} cannot be read ({error.strerror or error}{place}); correct the path."
        ) from None
    if len(raw) > LARGEST:
        raise OptionError(f"{where}: {path!r} is larger than {LARGEST >> 20} MiB; split it.")
    return raw


def _data(path: str, where: str) -> Any:
    raw = _content(path, "state_files")
    try:
        text = raw.decode("utf-8-sig")
        if text.startswith("$ANSIBLE_VAULT;"):
            raise OptionError(
                f"{where} is encrypted by ansible-vault, and modules cannot decrypt; put what is "
                "secret into variables, and give these to the task."
            )
        return (
            json.loads(text, object_pairs_hook=_once)
            if path.lower().endswith(".json")
            else parse_yaml(text)
        )
    except NotYamlError as error:
        raise OptionError(f"{where} {error}; correct it.") from None
    except (ValueError, RecursionError):
        raise OptionError(f"{where} is not valid JSON, or not a text in UTF-8.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys, each of which may be there once."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _declared(data: Mapping[str, Any], place: str, folder: str = "") -> Declaration:
    """Read the keys of a declaration.

    Args:
        data: The keys and their values.
        place: What messages begin with: the file.
        folder: Where the paths of its tables begin.
    """
    devices = data.get("devices")
    where = f"{place}devices"
    notes: list[str] = []

    def rows(raw: Mapping[Any, Any], at: str) -> tuple[Entry, ...]:
        entry = parse_table(raw, at)
        table = read_table(
            _content(os.path.join(folder, entry.path), at),
            entry.path,
            columns=entry.columns,
            key=entry.match,
            delimiter=entry.delimiter,
        )
        notes.extend(table.warnings)
        if not table.rows:
            notes.append(
                f"{at}: {entry.path!r} has no row below its first, so it declares nothing."
            )
        return row_entries(entry, table)

    entries = parse_entries(devices, where, rows)
    return Declaration(
        entries,
        _checked(data.get(LABEL_DEFINITIONS), DEFINITIONS, f"{place}{LABEL_DEFINITIONS}"),
        _checked(data.get(POLICIES), ASSIGNMENTS, f"{place}{POLICIES}"),
        written_attributes(devices, where),
        tuple(notes),
    )


def _checked(
    entries: Sequence[Any] | None, option: Option, where: str
) -> tuple[Mapping[str, Any], ...]:
    """Check entries as Ansible checks those of the option. Those that it has checked stay as they are.

    Raises:
        OptionError: One is wrong, or is there twice.
    """
    found: dict[str, Mapping[str, Any]] = {}
    names = [sub.name for sub in option.suboptions]
    spec = spec_of(option.suboptions)
    validator = ArgumentSpecValidator(spec)
    for number, entry in enumerate(entries or ()):
        place = f"{where}[{number}]"
        if not isinstance(entry, Mapping):
            raise OptionError(f"{place}: expected a mapping, got {kind_of(entry)}.")
        require_keys(entry, names, place)
        require_texts(spec, entry, f"{place}.")
        require_as_written(entry, place)
        result = validator.validate(dict(entry))
        if result.error_messages:
            raise OptionError(f"{place}: {'; '.join(result.error_messages).rstrip('.')}.")
        name = _name(result.validated_parameters, option)
        if name in found:
            raise OptionError(f"{place}: {name!r} is listed twice; keep one.")
        found[name] = result.validated_parameters
    return tuple(found.values())
