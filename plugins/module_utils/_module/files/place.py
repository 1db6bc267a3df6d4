# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that modules write: made in a folder of the run's own, compared by content, and moved to
their place in one step."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._http.download import PART
from .attributes import attributes_of, hidden, rehearse, usual_mode

# Bytes of a text up to which diff mode shows it: MAX_FILE_SIZE_FOR_DIFF of ansible-core.
MOST_SHOWN = 104448


@dataclass(frozen=True)
class Placed:
    """What became of a file: its SHA-256 and size as it is or would be, and what diff mode
    shows."""

    changed: bool
    checksum: str
    size: int
    backup: str
    diff: list[dict[str, Any]]


def require_file(path: str, option: str = "dest") -> str:
    """The path of a file from the root, which Ansible needs to move one there. Raises OptionError
    when a file cannot be written there: before any request, and without writing."""
    if not path:
        raise OptionError(f"{option}: is empty; give the path of the file.")
    kind = _kind(path)
    if kind == stat.S_IFDIR or path.endswith("/"):
        raise OptionError(f"{option}: {path!r} is a folder; give the path of the file itself.")
    if kind == stat.S_IFLNK:
        raise OptionError(
            f"{option}: {path!r} is a link; give the path of the file that it leads to."
        )
    if kind not in (0, stat.S_IFREG):
        raise OptionError(f"{option}: {path!r} is neither a file nor free; give another path.")
    _require_writable(os.path.dirname(path) or ".", option, path)
    return os.path.abspath(path)


def require_folder(path: str, option: str = "dest") -> str:
    """The path of a folder from the root. Raises OptionError when files cannot be put into a folder
    that is there or would be made: before any request."""
    if not path:
        raise OptionError(f"{option}: is empty; give the path of a folder.")
    if os.path.isdir(path):
        _require_writable(path, option, path)
    elif _kind(path):
        raise OptionError(f"{option}: {path!r} is no folder; give another path.")
    else:
        _require_writable(os.path.dirname(path.rstrip("/")) or ".", option, path)
    return os.path.abspath(path)


def _require_writable(folder: str, option: str, path: str) -> None:
    if not os.path.isdir(folder):
        raise OptionError(
            f"{option}: {path!r} cannot be written, for there is no folder {folder!r}; make it "
            "first."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OptionError(
            f"{option}: {path!r} cannot be written, for the folder {folder!r} is not writable; run "
            "with an account that may write there, or give another path."
        )


def _kind(path: str) -> int:
    """What a path itself is, as the stat module has it; 0 where there is nothing."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0


@contextmanager
def scratch(module: AnsibleModule) -> Iterator[str]:
    """A folder that goes with the run. Within it an error of a file is OptionError."""
    try:
        with tempfile.TemporaryDirectory(dir=module.tmpdir, prefix="ivanti-uem-") as folder:
            yield folder
    except OSError as error:
        where = f" of {error.filename!r}" if error.filename else ""
        raise OptionError(
            f"dest: reading or writing{where} failed ({error.strerror or error}); look for free "
            f"space and permissions there, and in Ansible's temporary folder {module.tmpdir!r}, "
            "and run it again."
        ) from None


def digest_of(path: str) -> str:
    """The SHA-256 of a file, read part by part."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in parts_of(file):
            digest.update(part)
    return digest.hexdigest()


def parts_of(file: BinaryIO) -> Iterator[bytes]:
    """A file from where it stands, part by part."""
    while part := file.read(PART):
        yield part


def place_file(module: AnsibleModule, source: str, dest: str) -> Placed:
    """Move a file to its place when it differs from what is there, after a backup where the author
    wants one, and set the attributes that the author gives. Check mode only says what it would
    do."""
    checksum, size, new = digest_of(source), os.path.getsize(source), not os.path.exists(dest)
    differs = new or digest_of(dest) != checksum
    shown = [content_diff(source, dest)] if differs and module._diff else []
    rehearse(module, source, () if new else (dest,), writes=differs)
    backup = (
        module.backup_local(dest)
        if differs and module.params.get("backup") and not module.check_mode
        else ""
    )
    changed, attributes = settle(module, source if differs else None, dest)
    if attributes["before"] != attributes["after"]:
        shown.append({"before_header": dest, "after_header": dest, **attributes})
    return Placed(changed, checksum, size, backup, shown)


def settle(module: AnsibleModule, source: str | None, path: str) -> tuple[bool, dict[str, Any]]:
    """Set the attributes that the author gives, and put ``source`` there unless it is None. Answers
    whether anything changes, and the attributes of a file that was there, before and after.

    The attributes come first, so that nobody reads the new content who may not; a new file is its
    owner's alone until it has its mode.
    """
    new = not os.path.lexists(path)
    wanted = attributes_of(module, path, stat.S_IFREG | usual_mode(0o666))
    told: dict[str, Any] = {"before": {}, "after": {}}
    changed = source is not None
    moves = changed and not module.check_mode
    if not new:
        # Flags such as "immutable" would be in the way, and stay with the former file.
        first = {**wanted, "attributes": None} if moves else wanted
        changed = module.set_fs_attributes_if_different(first, changed, told, expand=False)
    if source is not None and moves:
        # What Ansible cannot copy from another account's file, for the move, is there already.
        os.chmod(source, 0o600 if new else stat.S_IMODE(os.lstat(path).st_mode))
        with hidden(module):
            module.atomic_move(source, path, unsafe_writes=bool(module.params["unsafe_writes"]))
        module.set_fs_attributes_if_different(wanted, True, None if new else told, expand=False)
    return changed, told


# Diff mode


def content_diff(source: str, dest: str) -> dict[str, Any]:
    """What diff mode shows of a file that would be written; as Ansible's own modules do, large ones
    are not shown."""
    headers = {"before_header": dest, "after_header": dest}
    sizes = {
        "dst_larger": os.path.getsize(dest) if os.path.exists(dest) else 0,
        "src_larger": os.path.getsize(source),
    }
    larger = {name: MOST_SHOWN for name, size in sizes.items() if size > MOST_SHOWN}
    if larger:
        return {**headers, **larger}
    return {**headers, "before": _text_of(dest), "after": _text_of(source)}


def _text_of(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return file.read()
