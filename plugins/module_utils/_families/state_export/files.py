# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an export: compared, written beside their places, and moved there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.errors import OptionError
from ..._core.wording import first_of
from ..._module.private import PrivateFiles
from .model import GROUP_VARS, HOST_VARS, STATE
from .text import HEADER

NEW, REPLACED, UNCHANGED, REMOVED = "new", "replaced", "unchanged", "removed"

# At most this many files are named in a sentence, and shown by diff mode.
NAMED = 5
SHOWN = 50

# What Ansible looks for beside NAME.yml, and of which it reads only one.
_OTHERS = ("", ".yaml", ".json")


@dataclass(frozen=True)
class Change:
    """What becomes of a file.

    Attributes:
        path: Its path below the folder.
        what: One of the words above.
        before: Its text as it is.
        after: Its text as it will be.
    """

    path: str
    what: str
    before: str = ""
    after: str = ""


def compared(folder: str, texts: Mapping[str, str], *, force: bool) -> list[Change]:
    """Return what becomes of each file, in the order of their paths.

    Args:
        folder: The folder.
        texts: The files by their paths below it.
        force: Whether files may be replaced and removed.

    Raises:
        OptionError: There are files that may not be replaced, or that hide what is written.
    """
    _require_free(folder, texts)
    _require_unhidden(folder, texts)
    found = [_compared(folder, path, text) for path, text in texts.items()]
    found += [
        Change(path, REMOVED, before=text) for path, text in _earlier(folder) if path not in texts
    ]
    found.sort(key=lambda one: one.path)
    taken = [one.path for one in found if one.what in (REPLACED, REMOVED)]
    if taken and not force:
        raise OptionError(
            f"dest: {folder!r} has other files of these names, or of an earlier export: "
            f"{first_of(taken, NAMED)}; nothing was written. Give another folder, or force=true to replace "
            "them."
        )
    return found


def place(files: PrivateFiles, folder: str, changes: list[Change]) -> None:
    """Write files beside their places, and move all of them there when all are written.

    Args:
        files: What writes them.
        folder: The folder of the export.
        changes: What becomes of each file.

    Raises:
        OptionError: One cannot be written.
    """
    try:
        for one in changes:
            if one.what in (NEW, REPLACED):
                path = os.path.join(folder, one.path)
                files.make_folder(os.path.dirname(path))
                files.add(path, [one.after])
        files.place(sync=True)
        for one in changes:
            if one.what == REMOVED:
                files.delete(os.path.join(folder, one.path))
    except OSError as error:
        raise OptionError(
            f"dest: {error.filename or folder!r} cannot be written ({error.strerror or error}); "
            "look for free space and permissions there, and run it again."
        ) from None


def shown(folder: str, changes: list[Change]) -> list[dict[str, Any]]:
    """Return what diff mode shows."""
    differing = [one for one in changes if one.what != UNCHANGED]
    found = []
    for one in differing[:SHOWN]:
        path = os.path.join(folder, one.path)
        headers = {"before_header": path, "after_header": path}
        found.append({**headers, "before": one.before, "after": one.after})
    return found


def strangers(folder: str, texts: Mapping[str, str]) -> list[str]:
    """Return the files in the folders of the export that are not of it: they may declare more."""
    return sorted(
        path
        for path in _listed_below(folder)
        if path not in texts and not _read(folder, path).startswith(HEADER)
    )


def _require_free(folder: str, texts: Mapping[str, str]) -> None:
    """Check that no folder is where a file is to be, and no file where a folder is to be.

    Raises:
        OptionError: Something is in the way.
    """
    kinds: list[tuple[str, Callable[[str], bool], str]] = [
        *((path, os.path.isfile, "a file") for path in texts),
        *((path, os.path.isdir, "a folder") for path in {os.path.dirname(one) for one in texts}),
    ]
    for path, is_kind, kind in kinds:
        place = os.path.join(folder, path)
        if os.path.lexists(place) and not is_kind(place):
            raise OptionError(
                f"dest: {place!r} is in the way, because it is not {kind}; nothing was written. "
                "Move it away, or give another folder."
            )


def _require_unhidden(folder: str, texts: Mapping[str, str]) -> None:
    """Check that Ansible will read what is written.

    Raises:
        OptionError: Something has the same name, and Ansible reads only one of the two.
    """
    twice = [
        stem + ending
        for stem in (path.removesuffix(".yml") for path in texts if not path.startswith(STATE))
        for ending in _OTHERS
        if os.path.lexists(os.path.join(folder, stem + ending))
    ]
    if twice:
        raise OptionError(
            f"dest: {folder!r} has {first_of(twice, NAMED)}, and Ansible would read only that or the file "
            "of the same name that is to be written; nothing was written. Move it into a file .yml, "
            "or give another folder."
        )


def _compared(folder: str, path: str, text: str) -> Change:
    if not os.path.lexists(os.path.join(folder, path)):
        return Change(path, NEW, after=text)
    before = _read(folder, path)
    return Change(path, UNCHANGED if before == text else REPLACED, before, text)


def _earlier(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the files of an earlier export, with their text."""
    for path in _listed_below(folder):
        text = _read(folder, path)
        if text.startswith(HEADER):
            yield path, text


def _listed_below(folder: str) -> list[str]:
    """Return the files that Ansible or the declared state would read."""
    found = []
    for name in (GROUP_VARS, HOST_VARS, STATE):
        below = os.path.join(folder, name)
        if os.path.isdir(below):
            found += [
                f"{name}/{one.name}"
                for one in os.scandir(below)
                if not one.name.startswith(".") and one.is_file()
            ]
    return sorted(found)


def _read(folder: str, path: str) -> str:
    """Return the text of a file; "" where it is not one, or cannot be read."""
    try:
        with open(os.path.join(folder, path), encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
