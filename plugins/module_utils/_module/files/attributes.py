# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mode, the owner and the group that an author gives to what modules write."""

from __future__ import annotations

import grp
import os
import pwd
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError


def require_attributes(params: Mapping[str, Any]) -> None:
    """Raises OptionError for a mode, an owner or a group that cannot be: before any request."""
    if params["mode"] is not None:
        mode_of(params["mode"], stat.S_IFREG)
    _ids(params)


def rehearse(module: AnsibleModule, source: str, there: Iterable[str], *, writes: bool) -> None:
    """Raises OptionError when this account cannot give files to the owner and the group that the
    author gives, before anything is placed. ``source``: a file of ours; ``there``: what is to have
    them; ``writes``: whether anything is written anew."""
    uid, gid = _ids(module.params)
    if (uid, gid) == (-1, -1):
        return
    stats = (os.lstat(path) for path in there)
    if not writes and all(uid in (-1, one.st_uid) and gid in (-1, one.st_gid) for one in stats):
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
            f"{options} cannot be given to a file by this account ({error.strerror}); run with one "
            "that may, such as root, or leave it out. Nothing was written."
        ) from None


def attributes_of(module: AnsibleModule, path: str, usual: int) -> dict[str, Any]:
    """What Ansible takes as the attributes of a file or folder, the mode as a number. ``usual``:
    the mode, with its kind, that it has by default where it is not there.

    Whom a folder lets read it also lets in: a mode that is meant for files makes no folder that
    nobody can enter.
    """
    # Ansible replaces "~" and "$" in the path that it answers. Names of an archive are no place for
    # that.
    wanted: dict[str, Any] = {
        **module.load_file_common_arguments(module.params, path=path),
        "path": path,
    }
    if wanted["mode"] is not None:
        former = os.lstat(path).st_mode if os.path.lexists(path) else usual
        mode = mode_of(wanted["mode"], former)
        wanted["mode"] = mode | (mode & 0o444) >> 2 if stat.S_ISDIR(former) else mode
    return wanted


def usual_mode(most: int) -> int:
    """What becomes of a mode by default."""
    umask = os.umask(0)
    os.umask(umask)
    return most & ~umask


@contextmanager
def hidden(module: AnsibleModule) -> Iterator[None]:
    """What is made within is its owner's alone when the author gives a mode."""
    former = os.umask(0o077) if module.params["mode"] is not None else None
    try:
        yield
    finally:
        if former is not None:
            os.umask(former)


def mode_of(given: Any, former: int) -> int:
    """A mode as a number, read as Ansible reads it. ``former``: the mode before, with its kind.
    Raises OptionError for none."""
    text = (
        f"{given:o}"
        if isinstance(given, int) and not isinstance(given, bool)
        else str(given).strip()
    )
    if re.fullmatch(r"(0o)?0*[0-7]{1,4}", text):
        return int(text, 8)
    try:
        # Ansible takes a part that says nothing for one that changes nothing.
        if not all(re.search("[-+=]", part) for part in text.split(",")):
            raise ValueError("no operator")
        return int(AnsibleModule._symbolic_mode_to_octal(os.stat_result((former, *[0] * 9)), text))
    except ValueError:
        raise OptionError(
            f"mode: {given!r} is no mode; give an octal number in quotes, such as '0600', or a "
            "symbolic one, such as u=rw,g=,o=."
        ) from None


def _ids(params: dict[str, Any]) -> tuple[int, int]:
    """The numbers of owner and group, -1 where the author gives none. Raises OptionError for those
    that are not known."""
    return (
        _id_of("owner", params["owner"], lambda name: pwd.getpwnam(name).pw_uid),
        _id_of("group", params["group"], lambda name: grp.getgrnam(name).gr_gid),
    )


def _id_of(option: str, name: str | None, known: Callable[[str], int]) -> int:
    if name is None:
        return -1
    try:
        number = int(name) if name.isdecimal() else known(name)
    except (KeyError, ValueError):
        number = -1
    # The last number means "leave it" to the system.
    if not 0 <= number < (1 << 32) - 1:
        raise OptionError(
            f"{option}: {name!r} is not known on the host that writes the file; correct it, or "
            "leave it out."
        )
    return number
