# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that check mode does not write."""

from __future__ import annotations

from collections.abc import Iterable

from ..private import PrivateFiles


def files_of(*, check_mode: bool) -> PrivateFiles:
    """Return what writes files, or in check mode only compares them."""
    return UnwrittenFiles() if check_mode else PrivateFiles()


class UnwrittenFiles(PrivateFiles):
    """Files that are compared with what is in their places, and written nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[str] = []
        self._differ = False

    def make_folder(self, path: str, mode: int = 0o777) -> None:
        """See PrivateFiles. No folder is made."""

    def add(self, path: str, parts: Iterable[str]) -> None:
        """See PrivateFiles. Nothing is written."""
        self._paths.append(path)
        self._differ = not _has(path, parts) or self._differ

    def differ(self) -> bool:
        """See PrivateFiles."""
        return self._differ

    def delete(self, path: str) -> None:
        """See PrivateFiles. Nothing is deleted."""

    def place(self, *, sync: bool = False) -> None:
        """See PrivateFiles. Nothing is moved."""

    def unwritten(self, option: str) -> list[str]:
        """See PrivateFiles."""
        return [
            f"{option}: check mode writes no file; a run writes {path!r}." for path in self._paths
        ]


def _has(path: str, parts: Iterable[str]) -> bool:
    """Return whether a file has a text. One that cannot be read counts as another one."""
    try:
        with open(path, "rb") as file:
            for part in parts:
                data = part.encode()
                if file.read(len(data)) != data:
                    return False
            return not file.read(1)
    except OSError:
        return False
