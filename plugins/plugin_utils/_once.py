# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run reads once, although each of its tasks is a separate process.

It is stored in files in the temporary folder of the run, which Ansible removes at its end.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError

# A process holds at most this many locks at a time, whatever it reads.
LOCKS = 32

Entry = Mapping[str, Any]


class SharedError(UemError):
    """The error that another process of the run got while this one waited for it."""


class Once:
    """Entries by key, each made once by all processes that use the same folder.

    Keys are hexadecimal digests.

    Args:
        folder: The temporary folder of the run.
        redact: Removes secrets from the errors that are stored.
    """

    def __init__(self, folder: str, redact: Callable[[str], str]) -> None:
        self._folder = os.path.join(folder, "ivanti_uem")
        self._redact = redact

    def get(
        self, keys: Sequence[str], make: Callable[[Sequence[str]], Mapping[str, Entry]]
    ) -> dict[str, Entry]:
        """Return the entries of keys, and make those that no process has made yet.

        Args:
            keys: The keys.
            make: Makes the missing entries, all at once. No entry may have the key ``error``. It is
                called again after it failed.

        Raises:
            SharedError: Another process has just failed to make one.
            UemError: What ``make`` raises.
            OSError: The folder cannot be used.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        with self._locked(keys) as waited:
            stored = {key: self._read(key) for key in keys}
            failed = [entry["error"] for entry in stored.values() if "error" in entry]
            if failed and waited:
                raise SharedError(failed[0])
            wanted = [key for key, entry in stored.items() if not entry or "error" in entry]
            return {**stored, **self._made(wanted, make)} if wanted else stored

    def _made(
        self, keys: Sequence[str], make: Callable[[Sequence[str]], Mapping[str, Entry]]
    ) -> Mapping[str, Entry]:
        """Make entries and store them, or the error of that."""
        try:
            made = make(keys)
        except UemError as error:
            for key in keys:
                self._write(key, {"error": self._redact(str(error))})
            raise
        for key, entry in made.items():
            self._write(key, entry)
        return made

    @contextlib.contextmanager
    def _locked(self, keys: Sequence[str]) -> Iterator[bool]:
        """Hold the locks of keys; yield whether another process held one of them.

        All processes lock in the same order.
        """
        waited = False
        with contextlib.ExitStack() as stack:
            for number in sorted({int(key, 16) % LOCKS for key in keys}):
                lock = stack.enter_context(self._open(f"lock{number}"))
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    waited = True
                    fcntl.flock(lock, fcntl.LOCK_EX)
            yield waited

    def _open(self, name: str) -> Any:
        """Open a file that only this user can read, and make it if need be."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        number = os.open(os.path.join(self._folder, name), flags, 0o600)
        return os.fdopen(number, "r+", encoding="utf-8")

    def _read(self, key: str) -> Entry:
        """Return an entry. It is empty if it is missing, or a process was killed while it wrote
        it."""
        with self._open(key) as file:
            try:
                entry = json.load(file)
            except ValueError:
                return {}
        return entry if isinstance(entry, dict) else {}

    def _write(self, key: str, entry: Entry) -> None:
        with self._open(key) as file:
            file.truncate()
            json.dump(entry, file)
