# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an archive below the author's folder.

Only files that differ are moved there, and no link is followed out of the folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._core.wording import numbered
from ..._module.files.attributes import (
    Attributes,
    PathChange,
    private_umask,
    require_ownership,
    set_attributes,
    wanted_attributes,
)
from ..._module.files.place import digest_of, put_file
from .archive import Unpacked
from .model import Member

# Diff mode shows at most this number of files and folders, and counts the rest.
DIFF_FILES = 50


@dataclass(frozen=True)
class _Placement:
    """Where the files of an archive go, and what that changes.

    Attributes:
        dest: The folder.
        files: The files of the archive.
        former: For each file the SHA-256 of what is in its place, or None.
        present: The app's existing folders, the outer ones first, and their new attributes.
        missing: The folders that are made, the outer ones first, and their attributes.
        stale: The files of the app that are not in the archive, as paths below ``dest``.
        removed: The stale files that are removed.
    """

    dest: str
    files: Sequence[Unpacked]
    former: Mapping[str, str | None]
    present: Mapping[str, Attributes]
    missing: dict[str, Attributes]
    stale: Sequence[str]
    removed: Sequence[str]

    def differs(self, file: Unpacked) -> bool:
        """Return whether something else than the file, or nothing, is in its place."""
        return self.former[file.member.path] != file.checksum

    def place_of(self, file: Unpacked) -> str:
        """Return the path that the file goes to."""
        return os.path.join(self.dest, file.member.path)


def require_no_links(dest: str, app: str) -> None:
    """Check, before any request is sent, that the app's folder is a folder or does not exist.

    Raises:
        OptionError: It is a link or a file.
    """
    path = os.path.join(dest, app)
    if os.path.lexists(path) and not stat.S_ISDIR(os.lstat(path).st_mode):
        raise OptionError(
            f"dest: {path!r} is a link or a file, not a folder; remove it, or give another folder."
        )


def place_tree(
    module: AnsibleModule, dest: str, app: str, files: Sequence[Unpacked], *, purge: bool
) -> dict[str, Any]:
    """Move the files that differ to their places, and set the attributes that the author gives.

    Check mode writes nothing. The part of the module's result about files is returned.

    Args:
        module: The module, with the options.
        dest: The folder.
        app: The id of the app.
        files: The files of the archive.
        purge: Whether the files of the app that are not in the archive are removed.

    Raises:
        OptionError: A link or something else is in the place of a file or folder, or the account
            cannot give files to the owner or the group. Nothing was written.
    """
    placement = _placement(module, dest, app, files, purge=purge)
    unchanged = [placement.place_of(file) for file in files if not placement.differs(file)]
    require_ownership(
        module,
        files[0].source,
        [*placement.present, *unchanged],
        writes=len(unchanged) < len(files),
    )
    changes = _predict(module, placement) if module.check_mode else _write(module, placement)
    return {
        "changed": bool(placement.removed) or any(change.changed for change in changes.values()),
        "files": [_file_row(file, changes[file.member.path]) for file in files],
        "stale": [_as_text(path) for path in placement.stale],
        "bytes": sum(file.size for file in files),
        "diff": _diff(dest, _lines(placement, changes)),
    }


def _file_row(file: Unpacked, change: PathChange) -> dict[str, Any]:
    return {
        "path": file.member.path,
        "size": file.size,
        "checksum": file.checksum,
        "changed": change.changed,
    }


def _placement(
    module: AnsibleModule, dest: str, app: str, files: Sequence[Unpacked], *, purge: bool
) -> _Placement:
    former = {file.member.path: _digest_at(dest, file.member) for file in files}
    stale = sorted(set(_files_below(dest, app)) - former.keys())
    present: dict[str, Attributes] = {}
    missing: dict[str, Attributes] = {}
    for path in _own_folders(dest, app, files):
        group = present if os.path.isdir(path) else missing
        group[path] = wanted_attributes(module, path, stat.S_IFDIR)
    return _Placement(dest, files, former, present, missing, stale, stale if purge else ())


def _predict(module: AnsibleModule, placement: _Placement) -> dict[str, PathChange]:
    """Return what ``_write`` would return."""
    return {**_set_folders(module, placement), **_put_files(module, placement)}


def _write(module: AnsibleModule, placement: _Placement) -> dict[str, PathChange]:
    """Place the files, and remove those that are stale.

    Existing folders get their attributes before anything goes into them. New ones are open to the
    account only until everything is in them.

    Returns:
        The change of each path below ``dest``, without the new folders.
    """
    changes = _set_folders(module, placement)
    with private_umask():
        for path in placement.missing:
            os.makedirs(path, exist_ok=True)
    changes.update(_put_files(module, placement))
    for path in reversed(placement.missing):
        set_attributes(module, placement.missing[path])
    for path in placement.removed:
        os.unlink(os.path.join(placement.dest, path))
        _remove_empty(placement.dest, os.path.dirname(path))
    return changes


def _set_folders(module: AnsibleModule, placement: _Placement) -> dict[str, PathChange]:
    """Set the attributes of the existing folders. Check mode only compares them."""
    return {
        os.path.relpath(path, placement.dest): set_attributes(module, wanted)
        for path, wanted in placement.present.items()
    }


def _put_files(module: AnsibleModule, placement: _Placement) -> dict[str, PathChange]:
    """Put the files in their places. Check mode only compares them."""
    return {
        file.member.path: put_file(
            module, file.source, placement.place_of(file), differs=placement.differs(file)
        )
        for file in placement.files
    }


def _own_folders(dest: str, app: str, files: Sequence[Unpacked]) -> list[str]:
    """Return the folders that get the author's attributes, the outer ones first.

    ``dest`` is one of them only if it is new.
    """
    devices = sorted({os.path.join(dest, app, file.member.device) for file in files})
    return [*([] if os.path.isdir(dest) else [dest]), os.path.join(dest, app), *devices]


def _digest_at(dest: str, member: Member) -> str | None:
    """Return the SHA-256 of what is in a file's place, or None. No link on the way is followed."""
    place = dest
    for part in (member.app, member.device):
        place = os.path.join(place, part)
        if not os.path.lexists(place):
            return None
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise OptionError(
                f"dest: {place!r} is a link or a file, and must be a folder; remove it. "
                "Nothing was written."
            )
    place = os.path.join(place, member.file)
    if not os.path.lexists(place):
        return None
    if not stat.S_ISREG(os.lstat(place).st_mode):
        raise OptionError(
            f"dest: {place!r} is a link or a folder, and must be a file; remove it. "
            "Nothing was written."
        )
    return digest_of(place)


def _files_below(dest: str, app: str) -> Iterator[str]:
    """Yield the ordinary files in an app's folder, as paths below ``dest``. No link is followed."""
    top = os.path.join(dest, app)
    for folder, _subfolders, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield os.path.relpath(path, dest)


def _as_text(path: str) -> str:
    """Return a path for results.

    The name of a stale file need not be text, and Ansible refuses results with such names.
    """
    return os.fsencode(path).decode("utf-8", "replace")


def _remove_empty(dest: str, folder: str) -> None:
    """Remove a folder below ``dest`` if it is empty, and then its parents that become empty."""
    while folder and not os.listdir(os.path.join(dest, folder)):
        os.rmdir(os.path.join(dest, folder))
        folder = os.path.dirname(folder)


def _lines(
    placement: _Placement, changes: Mapping[str, PathChange]
) -> Iterator[tuple[str, str, str]]:
    """Yield each path, how it was and how it is.

    That is the SHA-256 of a file that is written, and the attributes that change.
    """
    content = {
        file.member.path: (placement.former[file.member.path], file.checksum)
        for file in placement.files
        if placement.differs(file)
    }
    for path, change in changes.items():
        was, now = content.get(path, (None, None))
        yield path, _words(was, change.before), _words(now, change.after)
    for path in placement.removed:
        yield _as_text(path), "present", ""


def _words(checksum: str | None, attributes: Attributes) -> str:
    words = [f"{name} {value}" for name, value in attributes.items()]
    return ", ".join([checksum, *words] if checksum else words)


def _diff(dest: str, lines: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Return a line for each file or folder that is new, changed or removed, at most DIFF_FILES."""
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
    return [*diff, {"prepared": f"… and {numbered(rest, 'more files')}\n"}] if rest > 0 else diff
