# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of an archive below the author's folder: what differs is moved there, and no link leads out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._core.analytics import Member
from .._core.errors import OptionError
from .files import digest_of

# Diff mode shows so many files and counts the rest.
DIFF_FILES = 50


@dataclass(frozen=True)
class Unpacked:
    """A file of an archive, unpacked to ``source``."""

    member: Member
    source: str
    size: int
    checksum: str


def require_no_links(dest: str, app: str) -> None:
    """Raises OptionError when the app's folder is there and is something else: before any request."""
    path = os.path.join(dest, app)
    if os.path.lexists(path) and not stat.S_ISDIR(os.lstat(path).st_mode):
        raise OptionError(f"dest: {path!r} is a link or a file and no folder; remove it, or give another folder.")


def place_tree(module: AnsibleModule, dest: str, app: str, files: Sequence[Unpacked], *, purge: bool) -> dict[str, Any]:
    """Move the files that differ to their places, and with ``purge`` remove those of the app that are in none of them.

    Raises OptionError, before anything is written, when a link or something else stands where a file or folder goes.
    """
    before = {file.member.path: _present(dest, file.member) for file in files}
    changed = [file for file in files if before[file.member.path] != file.checksum]
    stale = sorted(set(_files_below(dest, app)) - before.keys())
    if not module.check_mode:
        for file in changed:
            target = os.path.join(dest, file.member.path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            module.atomic_move(file.source, target)
        for path in stale if purge else ():
            os.unlink(os.path.join(dest, path))
            _remove_empty(dest, os.path.dirname(path))
    moved = {file.member.path for file in changed}
    return {
        "changed": bool(changed or (purge and stale)),
        "files": [
            {"path": file.member.path, "size": file.size, "checksum": file.checksum, "changed": file.member.path in moved}
            for file in files
        ],
        "stale": [_shown(path) for path in stale],
        "bytes": sum(file.size for file in files),
        "diff": _diff(dest, before, changed, stale if purge else ()),
    }


def _present(dest: str, member: Member) -> str | None:
    """The SHA-256 of what is at a file's place, or None; no link on the way is followed."""
    place = dest
    for part in (member.app, member.device):
        place = os.path.join(place, part)
        if not os.path.lexists(place):
            return None
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise OptionError(f"dest: {place!r} is a link or a file, and a folder has to be there; remove it. Nothing was written.")
    place = os.path.join(place, member.file)
    if not os.path.lexists(place):
        return None
    if not stat.S_ISREG(os.lstat(place).st_mode):
        raise OptionError(f"dest: {place!r} is a link or a folder, and a file has to be there; remove it. Nothing was written.")
    return digest_of(place)


def _files_below(dest: str, app: str) -> Iterator[str]:
    """The ordinary files in an app's folder, as paths below ``dest``; no link is followed."""
    top = os.path.join(dest, app)
    for folder, _folders, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield os.path.relpath(path, dest)


def _shown(path: str) -> str:
    """A path of a file that is not ours, whose name need not be text, as results have it; Ansible takes nothing else."""
    return os.fsencode(path).decode("utf-8", "replace")


def _remove_empty(dest: str, folder: str) -> None:
    """Remove a folder below ``dest`` when nothing is in it, and then the one that it is in."""
    while folder and not os.listdir(os.path.join(dest, folder)):
        os.rmdir(os.path.join(dest, folder))
        folder = os.path.dirname(folder)


def _diff(dest: str, before: dict[str, str | None], changed: Sequence[Unpacked], removed: Iterable[str]) -> list[dict[str, Any]]:
    """A line for each file that comes, changes or goes, with its SHA-256; of many the rest is counted."""
    lines: list[tuple[str, str | None, str | None]] = [
        *((file.member.path, before[file.member.path], file.checksum) for file in changed),
        *((_shown(path), "present", None) for path in removed),
    ]
    if not lines:
        return []
    shown, rest = sorted(lines)[:DIFF_FILES], len(lines) - DIFF_FILES
    diff: list[dict[str, Any]] = [{
        "before_header": dest, "after_header": dest,
        "before": "".join(f"{path!r}: {was}\n" for path, was, _is in shown if was is not None),
        "after": "".join(f"{path!r}: {now}\n" for path, _was, now in shown if now is not None),
    }]
    return [*diff, {"prepared": f"… and {rest} more files\n"}] if rest > 0 else diff
