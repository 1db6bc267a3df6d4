# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of an archive below the author's folder: what differs is moved there, and no link leads out
of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._module.files.attributes import attributes_of, hidden, rehearse, usual_mode
from ..._module.files.place import digest_of, settle
from .archive import Unpacked
from .model import Member

# Diff mode shows so many files and counts the rest.
DIFF_FILES = 50


def require_no_links(dest: str, app: str) -> None:
    """Raises OptionError when the app's folder is there and is something else: before any
    request."""
    path = os.path.join(dest, app)
    if os.path.lexists(path) and not stat.S_ISDIR(os.lstat(path).st_mode):
        raise OptionError(
            f"dest: {path!r} is a link or a file and no folder; remove it, or give another folder."
        )


def place_tree(
    module: AnsibleModule, dest: str, app: str, files: Sequence[Unpacked], *, purge: bool
) -> dict[str, Any]:
    """Move the files that differ to their places, set the attributes that the author gives, and
    with ``purge`` remove those files of the app that are in none of them.

    Raises OptionError, before anything is written, when a link or something else stands where a
    file or folder goes.
    """
    before = {file.member.path: _present(dest, file.member) for file in files}
    differ = {file.member.path for file in files if before[file.member.path] != file.checksum}
    stale = sorted(set(_files_below(dest, app)) - before.keys())
    told = _settle_all(module, dest, _folders(dest, app, files), files, differ)
    if purge and not module.check_mode:
        for path in stale:
            os.unlink(os.path.join(dest, path))
            _remove_empty(dest, os.path.dirname(path))
    content = {
        file.member.path: (before[file.member.path], file.checksum)
        for file in files
        if file.member.path in differ
    }
    return {
        "changed": any(changed for changed, _attributes in told.values()) or bool(purge and stale),
        "files": [
            {
                "path": file.member.path,
                "size": file.size,
                "checksum": file.checksum,
                "changed": told[file.member.path][0],
            }
            for file in files
        ],
        "stale": [_shown(path) for path in stale],
        "bytes": sum(file.size for file in files),
        "diff": _diff(
            dest,
            [
                *_lines(told, content),
                *((_shown(path), "present", "") for path in (stale if purge else ())),
            ],
        ),
    }


def _settle_all(
    module: AnsibleModule,
    dest: str,
    folders: Sequence[str],
    files: Sequence[Unpacked],
    differ: set[str],
) -> dict[str, tuple[bool, dict[str, Any]]]:
    """Put files and folders to their places with the attributes that the author gives, and answer
    for each path below ``dest``, but for new folders, as ``settle`` does. Folders that are there
    come before what goes into them, new ones are the account's alone until all is in them."""
    places = {file.member.path: os.path.join(dest, file.member.path) for file in files}
    wanted = {
        path: attributes_of(module, path, stat.S_IFDIR | usual_mode(0o777)) for path in folders
    }
    new = [path for path in folders if not os.path.isdir(path)]
    there = [path for path in folders if os.path.isdir(path)]
    rehearse(
        module,
        files[0].source,
        [*there, *(places[path] for path in places.keys() - differ)],
        writes=bool(differ),
    )
    told = {os.path.relpath(path, dest): _set(module, wanted[path]) for path in there}
    for path in () if module.check_mode else new:
        with hidden(module):
            os.makedirs(path, exist_ok=True)
    for file in files:
        path = file.member.path
        told[path] = settle(module, file.source if path in differ else None, places[path])
    for path in () if module.check_mode else reversed(new):
        _set(module, wanted[path])
    return told


def _folders(dest: str, app: str, files: Sequence[Unpacked]) -> list[str]:
    """The folders that are ours, the outer ones first; one of the author's that is there is not."""
    devices = sorted({os.path.join(dest, app, file.member.device) for file in files})
    return [*([] if os.path.isdir(dest) else [dest]), os.path.join(dest, app), *devices]


def _set(module: AnsibleModule, wanted: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Set the attributes of a folder; as ``settle`` answers."""
    told: dict[str, Any] = {"before": {}, "after": {}}
    return module.set_fs_attributes_if_different(wanted, False, told, expand=False), told


def _present(dest: str, member: Member) -> str | None:
    """The SHA-256 of what is at a file's place, or None; no link on the way is followed."""
    place = dest
    for part in (member.app, member.device):
        place = os.path.join(place, part)
        if not os.path.lexists(place):
            return None
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise OptionError(
                f"dest: {place!r} is a link or a file, and a folder has to be there; remove it. "
                "Nothing was written."
            )
    place = os.path.join(place, member.file)
    if not os.path.lexists(place):
        return None
    if not stat.S_ISREG(os.lstat(place).st_mode):
        raise OptionError(
            f"dest: {place!r} is a link or a folder, and a file has to be there; remove it. "
            "Nothing was written."
        )
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
    """A path of a file that is not ours, whose name need not be text, as results have it; Ansible
    takes nothing else."""
    return os.fsencode(path).decode("utf-8", "replace")


def _remove_empty(dest: str, folder: str) -> None:
    """Remove a folder below ``dest`` when nothing is in it, and then the one that it is in."""
    while folder and not os.listdir(os.path.join(dest, folder)):
        os.rmdir(os.path.join(dest, folder))
        folder = os.path.dirname(folder)


def _lines(
    told: Mapping[str, tuple[bool, dict[str, Any]]], content: Mapping[str, tuple[str | None, str]]
) -> Iterator[tuple[str, str, str]]:
    """Path, and how it was and is: the SHA-256 of a file that is written, and attributes that
    change."""
    for path, (_changed, attributes) in told.items():
        was, now = content.get(path, (None, None))
        yield path, _words(was, attributes["before"]), _words(now, attributes["after"])


def _words(checksum: str | None, attributes: dict[str, Any]) -> str:
    return ", ".join(
        [*filter(None, [checksum]), *(f"{name} {value}" for name, value in attributes.items())]
    )


def _diff(dest: str, lines: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """A line for each file or folder that comes, changes or goes; of many the rest is counted."""
    found = sorted(line for line in lines if line[1] or line[2])
    if not found:
        return []
    shown, rest = found[:DIFF_FILES], len(found) - DIFF_FILES
    diff: list[dict[str, Any]] = [
        {
            "before_header": dest,
            "after_header": dest,
            "before": "".join(f"{path!r}: {was}\n" for path, was, _now in shown if was),
            "after": "".join(f"{path!r}: {now}\n" for path, _was, now in shown if now),
        }
    ]
    return [*diff, {"prepared": f"… and {rest} more files\n"}] if rest > 0 else diff
