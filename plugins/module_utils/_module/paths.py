# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths that an author gives for files and folders that a module writes, checked before any
request."""

from __future__ import annotations

import os
import stat

from .._core.errors import OptionError

# The most characters of a path that cannot be one, in a message.
MOST_PATH = 200


def require_file(path: str, option: str = "dest") -> str:
    """Check, before any request is sent, that a file can be written to a path.

    Args:
        path: The path.
        option: The name of the option, for messages.

    Returns:
        The absolute path. Ansible needs it to move a file there.

    Raises:
        OptionError: Something else has this path, or the folder is missing or not writable.
    """
    if not path.strip():
        raise OptionError(f"{option}: is empty; give the path of the file.")
    kind = _kind(path, option)
    if kind == stat.S_IFDIR or path.endswith("/"):
        raise OptionError(f"{option}: {path!r} is a folder; give the path of the file itself.")
    if kind == stat.S_IFLNK:
        raise OptionError(
            f"{option}: {path!r} is a link; give the path of the file that it leads to."
        )
    if kind not in (0, stat.S_IFREG):
        raise OptionError(
            f"{option}: {path!r} is in use by something that is not a file; give another path."
        )
    _require_writable(os.path.dirname(path) or ".", option, path)
    return os.path.abspath(path)


def require_folder(path: str, option: str = "dest") -> str:
    """Check, before any request is sent, that files can be put into a folder, which may be new.

    Args:
        path: The path.
        option: The name of the option, for messages.

    Returns:
        The absolute path.

    Raises:
        OptionError: Something else has this path, or the folder is not writable.
    """
    if not path.strip():
        raise OptionError(f"{option}: is empty; give the path of a folder.")
    if os.path.isdir(path):
        _require_writable(path, option, path)
    elif _kind(path, option):
        raise OptionError(f"{option}: {path!r} is not a folder; give another path.")
    else:
        _require_writable(os.path.dirname(path.rstrip("/")) or ".", option, path)
    return os.path.abspath(path)


def _require_writable(folder: str, option: str, path: str) -> None:
    if not os.path.isdir(folder):
        raise OptionError(
            f"{option}: {path!r} cannot be written, because there is no folder {folder!r}; make "
            "it first."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OptionError(
            f"{option}: {path!r} cannot be written, because the folder {folder!r} is not "
            "writable; use an account that may write there, or give another path."
        )


def _kind(path: str, option: str) -> int:
    """Return the file type of a path, as a constant of the stat module; 0 if nothing has the
    path. Raise OptionError for what cannot be a path at all."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except (OSError, ValueError) as error:
        # A name that is too long, or has a null character.
        reason = getattr(error, "strerror", None) or error
        shown = path if len(path) <= MOST_PATH else f"{path[:MOST_PATH]}…"
        raise OptionError(
            f"{option}: {shown!r} cannot be a path ({reason}); give another one."
        ) from None
