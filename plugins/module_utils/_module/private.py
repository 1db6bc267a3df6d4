# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files about devices and people, which only their owner may read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from filecmp import cmp


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
        for source, _path in self._waiting:
            with suppress(OSError):
                os.unlink(source)

    def make_folder(self, path: str, mode: int = 0o777) -> None:
        """Make a folder, and those that it is in."""
        os.makedirs(path, mode=mode, exist_ok=True)

    def add(self, path: str, parts: Iterable[str]) -> None:
        """Write a file beside its place.

        Args:
            path: The path of its place.
            parts: Its text.
        """
        # mkstemp gives it mode 0600.
        descriptor, source = tempfile.mkstemp(
            dir=os.path.dirname(path) or ".", prefix=".ivanti-uem-"
        )
        self._waiting.append((source, path))
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(parts)

    def differ(self) -> bool:
        """Return whether any file differs from what is in its place."""
        return any(
            not os.path.exists(place) or not cmp(source, place, shallow=False)
            for source, place in self._waiting
        )

    def delete(self, path: str) -> None:
        """Delete a file that is in its place."""
        os.unlink(path)

    def place(self, *, sync: bool = False) -> None:
        """Move all files to their places.

        Args:
            sync: Whether all of them are on the disk before the first one moves.
        """
        if sync and self._waiting:
            # Thousands of small files: one by one takes a hundred times as long.
            os.sync()
        while self._waiting:
            os.replace(*self._waiting[0])
            del self._waiting[0]

    def unwritten(self, option: str) -> list[str]:
        """Return what the author should know of files that are not written; an option names them."""
        return []


def write_private(path: str, text: str) -> None:
    """Write one file, in one step.

    Raises:
        OSError: It cannot be written. What was there is still there.
    """
    with PrivateFiles() as files:
        files.add(path, [text])
        files.place()
