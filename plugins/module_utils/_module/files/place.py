# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that modules write.

They are made in a temporary folder of the run, compared by content, and moved to their place in one
step.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._http.download import PART
from .attributes import (
    Attributes,
    PathChange,
    private_umask,
    require_ownership,
    set_attributes,
    wanted_attributes,
)

# The largest text that diff mode shows, in bytes: MAX_FILE_SIZE_FOR_DIFF of ansible-core.
MOST_SHOWN = 104448


@dataclass(frozen=True)
class Placed:
    """A file in its place, written or predicted in check mode.

    Attributes:
        changed: Whether its content or its attributes change.
        checksum: Its SHA-256.
        size: Its bytes.
        backup: The path of the copy of the former file, or "".
        diff: What diff mode shows.
    """

    changed: bool
    checksum: str
    size: int
    backup: str
    diff: list[dict[str, Any]]


@contextmanager
def scratch(module: AnsibleModule) -> Iterator[str]:
    """Make a temporary folder that is removed at the end.

    Raises:
        OptionError: A file could not be read or written.
    """
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
    """Return the SHA-256 of a file, which is read part by part."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in parts_of(file):
            digest.update(part)
    return digest.hexdigest()


def parts_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file, part by part."""
    while part := file.read(PART):
        yield part


def place_file(module: AnsibleModule, source: str, dest: str) -> Placed:
    """Move a file to its place if the content there differs, and set the attributes that are
    wanted.

    The former file is copied before, if the author wants a backup. Check mode writes nothing.

    Args:
        module: The module, with the options.
        source: The path of the new file.
        dest: The path of its place.

    Raises:
        OptionError: The account cannot give the file to the owner or the group. Nothing was
            written.
    """
    checksum, new = digest_of(source), not os.path.exists(dest)
    differs = new or digest_of(dest) != checksum
    size = os.path.getsize(source)
    diff = [content_diff(source, dest)] if differs and module._diff else []
    require_ownership(module, source, () if new else (dest,), writes=differs)
    change = put_file(module, source, dest, differs=differs)
    if change.before != change.after:
        headers = {"before_header": dest, "after_header": dest}
        diff.append({**headers, "before": change.before, "after": change.after})
    return Placed(change.changed, checksum, size, change.backup, diff)


def put_file(module: AnsibleModule, source: str, path: str, *, differs: bool) -> PathChange:
    """Move a file to its place if ``differs``, and set the attributes that are wanted.

    Check mode writes nothing and returns what would be done.

    Args:
        module: The module, with the options.
        source: The path of the new file.
        path: The path of its place.
        differs: Whether the content in its place differs.
    """
    wanted = wanted_attributes(module, path, stat.S_IFREG)
    if not differs:
        return set_attributes(module, wanted)
    new = not os.path.lexists(path)
    if module.check_mode:
        return PathChange(True) if new else replace(set_attributes(module, wanted), changed=True)
    if new:
        return _move_new(module, source, path, wanted)
    return _replace(module, source, path, wanted)


def _move_new(module: AnsibleModule, source: str, path: str, wanted: Attributes) -> PathChange:
    """Move a file to a free path. Only its owner may read it until it has its mode."""
    os.chmod(source, 0o600)
    _move(module, source, path)
    set_attributes(module, wanted)
    return PathChange(True)


def _replace(module: AnsibleModule, source: str, path: str, wanted: Attributes) -> PathChange:
    """Replace a file.

    Its attributes are set before, so that only those may read the new content who are allowed to.
    """
    backup = module.backup_local(path) if module.params.get("backup") else ""
    # Flags such as "immutable" would prevent the move, so they are not set yet.
    first = set_attributes(module, {**wanted, "attributes": None})
    # Ansible cannot copy the mode of another account's file when it moves this one.
    os.chmod(source, stat.S_IMODE(os.lstat(path).st_mode))
    _move(module, source, path)
    last = set_attributes(module, wanted)
    return PathChange(True, {**first.before, **last.before}, {**first.after, **last.after}, backup)


def _move(module: AnsibleModule, source: str, path: str) -> None:
    with private_umask():
        module.atomic_move(source, path, unsafe_writes=bool(module.params["unsafe_writes"]))


def content_diff(source: str, dest: str) -> dict[str, Any]:
    """Return what diff mode shows of a file that would be written.

    Large files are not shown, as in Ansible's own modules.

    Args:
        source: The path of the new file.
        dest: The path of its place.
    """
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
