# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where relative paths begin, and the paths that a playbook of the collection is given, checked
before it does anything.

A relative path begins at the folder of the playbook. Of a playbook of a collection this is a folder
of the collection, where nobody looks for files, and which the next installation empties.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any


@contextmanager
def working_in(folder: str) -> Iterator[None]:
    """Have relative paths begin at a folder, as those of a module do for a local connection."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def paths_of(value: object) -> list[str]:
    """Return the paths that a variable has: a list, or a text with a path in each line."""
    texts = value.splitlines() if isinstance(value, str) else value
    texts = texts if isinstance(texts, (list, tuple)) else []
    return [str(text).strip() for text in texts if str(text or "").strip()]


def whole(path: str) -> str:
    """Return a path with its home folder and environment variables replaced."""
    return os.path.expandvars(os.path.expanduser(path))


def is_of_collection(folder: str) -> bool:
    """Return whether a folder of playbooks is that of an installed collection."""
    parts = PurePath(folder).parts
    return parts[-1:] == ("playbooks",) and parts[-4:-3] == ("ansible_collections",)


def relative_paths(given: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Find the variables with a relative path.

    Args:
        given: The variables that are set, and their values.
        names: The names of those that have paths.

    Returns:
        For each of them a sentence, without the full stop.
    """
    found = {}
    for name in names:
        for path in paths_of(given.get(name)):
            if not os.path.isabs(whole(path)):
                found[name] = (
                    f"{name}: {path!r} is a relative path, which would begin in the collection and not "
                    f'where you are; give an absolute one, such as "$PWD/{path}"'
                )
    return found


def unusable_files(
    given: Mapping[str, object],
    files: Mapping[str, Sequence[str]],
    *,
    existing: Iterable[str] = (),
    written: Iterable[str] = (),
) -> dict[str, str]:
    """Find the variables with the path of a file that the play cannot use.

    Args:
        given: The variables that are set, and their values.
        files: For each name of a variable with a JSON file the keys that the file must have. A file
            that does not exist is as good as not given.
        existing: The names of variables whose file or folder must exist.
        written: The names of variables whose file is written, and whose folder must exist.

    Returns:
        For each of them a sentence, without the full stop.
    """
    existing, written = list(existing), set(written)
    found = {}
    for name in dict.fromkeys([*existing, *files]):
        for path in map(whole, paths_of(given.get(name))):
            fault = _fault(path, must_exist=name in existing, is_written=name in written)
            if not fault and name in files and os.path.exists(path):
                fault = _fault_of_content(path, files[name], is_written=name in written)
            if fault:
                found[name] = f"{name}: {fault}"
    return found


def _fault(path: str, *, must_exist: bool, is_written: bool) -> str:
    """Return why a play cannot use a path, or ""."""
    if is_written and not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        return f"the folder of {path!r} does not exist; make it"
    if must_exist and not os.path.exists(path):
        return f"{path!r} does not exist; make it, or correct the path"
    return ""


def _fault_of_content(path: str, keys: Sequence[str], *, is_written: bool) -> str:
    """Return why a play cannot use a JSON file, or ""."""
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except OSError as error:
        return f"{path!r} cannot be read ({error.strerror}); correct the path"
    # A UnicodeDecodeError is one, too.
    except ValueError:
        content = None
    if not isinstance(content, dict) or any(key not in content for key in keys):
        remedy = "give another path, or remove the file" if is_written else "correct the path"
        return f"{path!r} is not a whole JSON file with {' and '.join(keys)}; {remedy}"
    return ""
