# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of the files that modules write, as the author gives them.

They are mode, owner, group and those of SELinux and the file system.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError

# Attributes of a path, as Ansible's functions take them.
Attributes = dict[str, Any]

# The number that makes the system keep the owner.
_KEEP = -1


@dataclass(frozen=True)
class PathChange:
    """A change of a file or folder, done or predicted in check mode.

    Attributes:
        changed: Whether anything differs from before.
        before: The attributes that change, as they were.
        after: The same attributes, as they are now.
        backup: The path of the copy of the former file, or "".
    """

    changed: bool
    before: Attributes = field(default_factory=dict)
    after: Attributes = field(default_factory=dict)
    backup: str = ""


def require_attributes(params: Mapping[str, Any]) -> None:
    """Check the mode, the owner and the group before any request is sent.

    Raises:
        OptionError: The mode cannot be read, or the owner or group is unknown.
    """
    if params["mode"] is not None:
        mode_of(params["mode"], stat.S_IFREG)
    _owner_ids(params)


def require_ownership(
    module: AnsibleModule, source: str, present: Iterable[str], *, writes: bool
) -> None:
    """Check that this account can give files to the owner and the group that the author wants.

    Args:
        module: The module, with the options.
        source: A file of this run to try it on.
        present: The existing files and folders that get the owner and the group.
        writes: Whether any file or folder is written.

    Raises:
        OptionError: The account cannot do it. Nothing was written.
    """
    uid, gid = _owner_ids(module.params)
    if (uid, gid) == (_KEEP, _KEEP):
        return
    if not writes and all(_belongs_to(path, uid, gid) for path in present):
        return
    try:
        os.chown(source, uid, gid)
    except OSError as error:
        options = " and ".join(
            f"{option}: {module.params[option]!r}"
            for option in ("owner", "group")
            if module.params[option]
        )
        raise OptionError(
            f"{options}: this account may not set it on a file ({error.strerror}); use an account "
            "that may, such as root, or leave it out. Nothing was written."
        ) from None


def _belongs_to(path: str, uid: int, gid: int) -> bool:
    found = os.lstat(path)
    return uid in (_KEEP, found.st_uid) and gid in (_KEEP, found.st_gid)


def wanted_attributes(module: AnsibleModule, path: str, kind: int) -> Attributes:
    """Return the attributes that a file or folder is to have, with the mode as a number.

    Without a mode what is new is for its owner: it says whom devices belong to. In a folder, everyone
    who may read may also enter. Otherwise a mode meant for files would make a folder that nobody can
    enter.

    Args:
        module: The module, with the options.
        path: The path of the file or folder.
        kind: ``stat.S_IFREG`` or ``stat.S_IFDIR``: what the path becomes if it does not exist yet.
    """
    # Ansible expands "~" and "$" in the path that it returns. Names from an archive must stay as
    # they are.
    wanted: Attributes = {
        **module.load_file_common_arguments(module.params, path=path),
        "path": path,
    }
    exists = os.path.lexists(path)
    if wanted["mode"] is not None:
        former = os.lstat(path).st_mode if exists else _default_mode(kind)
        mode = mode_of(wanted["mode"], former)
        wanted["mode"] = mode | (mode & 0o444) >> 2 if stat.S_ISDIR(former) else mode
    elif not exists:
        wanted["mode"] = 0o700 if kind == stat.S_IFDIR else 0o600
    return wanted


def _default_mode(kind: int) -> int:
    """Return the mode, with its kind, that a new file or folder gets from the umask."""
    umask = os.umask(0)
    os.umask(umask)
    return kind | (0o777 if kind == stat.S_IFDIR else 0o666) & ~umask


def set_attributes(module: AnsibleModule, wanted: Attributes) -> PathChange:
    """Set the attributes of an existing file or folder. Check mode only compares them."""
    diff: dict[str, Attributes] = {"before": {}, "after": {}}
    changed = module.set_fs_attributes_if_different(wanted, False, diff, expand=False)
    return PathChange(changed, diff["before"], diff["after"])


@contextmanager
def private_umask() -> Iterator[None]:
    """Open new files and folders to their owner only, until they get their mode."""
    former = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(former)


def mode_of(given: Any, former: int) -> int:
    """Read a mode as Ansible reads it, and return it as a number.

    Args:
        given: An octal number, or a symbolic mode such as ``u=rw,g=,o=``.
        former: The mode before, with its kind. A symbolic mode changes it.

    Raises:
        OptionError: It is not a mode.
    """
    is_number = isinstance(given, int) and not isinstance(given, bool)
    text = f"{given:o}" if is_number else str(given).strip()
    if re.fullmatch(r"(0o)?0*[0-7]{1,4}", text):
        return int(text, 8)
    try:
        # Ansible ignores a part without an operator.
        if not all(re.search("[-+=]", part) for part in text.split(",")):
            raise ValueError("no operator")
        return int(AnsibleModule._symbolic_mode_to_octal(os.stat_result((former, *[0] * 9)), text))
    except ValueError:
        raise OptionError(
            f"mode: {given!r} is not a mode; give an octal number in quotes, such as '0600', or a "
            "symbolic one, such as u=rw,g=,o=."
        ) from None


def _owner_ids(params: Mapping[str, Any]) -> tuple[int, int]:
    """Return the numbers of the owner and the group, _KEEP for one that is not given."""
    return (
        _id_of("owner", params["owner"], lambda name: pwd.getpwnam(name).pw_uid),
        _id_of("group", params["group"], lambda name: grp.getgrnam(name).gr_gid),
    )


def _id_of(option: str, name: str | None, look_up: Callable[[str], int]) -> int:
    if name is None:
        return _KEEP
    try:
        number = int(name) if name.isascii() and name.isdigit() else look_up(name)
    except (KeyError, ValueError):
        number = -1
    # The highest number is _KEEP for the system.
    if not 0 <= number < (1 << 32) - 1:
        raise OptionError(
            f"{option}: {name!r} is not known on the host that writes the file; correct it, or "
            "leave it out."
        )
    return number
