# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files about devices and people, which only their owner may read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress


class PrivateFiles:
    """Files that take their places when all of them are written, so that a disk that is full leaves the
    former ones.

    Raises:
        OSError: One cannot be written.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, str]] = []

    def __enter__(self) -> PrivateFiles:
        return self

    def __exit__(self, *_error: object) -> None:
        self.remove()

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """Where each file is, and the path of its place."""
        return list(self._waiting)

    def write_beside(self, path: str, parts: Iterable[str], *, folder: str | None = None) -> None:
        """Write a file beside its place.

        Args:
            path: The path of its place.
            parts: Its text.
            folder: The folder that it waits in; that of its place when left out. It can take its place
                only from the same disk.
        """
        beside = os.path.dirname(path) or "."
        # mkstemp gives it mode 0600.
        descriptor, source = tempfile.mkstemp(dir=folder or beside, prefix=".ivanti-uem-")
        self._waiting.append((source, path))
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(parts)

    def remove(self) -> None:
        """Remove the files that are not in their places."""
        for source, _path in self._waiting:
            with suppress(OSError):
                os.unlink(source)

    def place(self) -> None:
        """Move all files to their places."""
        while self._waiting:
            os.replace(*self._waiting[0])
            del self._waiting[0]


def write_private(path: str, text: str) -> None:
    """Write one file, in one step.

    Raises:
        OSError: It cannot be written. What was there is still there.
    """
    with PrivateFiles() as files:
        files.write_beside(path, [text])
        files.place()
