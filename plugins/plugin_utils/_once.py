# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run reads once, although each of its tasks is a process of its own.

It is kept in files of the run's own temporary folder, which Ansible removes when the run ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError

# A process holds at most so many locks at a time, whatever it reads.
LOCKS = 32

Entry = Mapping[str, Any]


class SharedError(UemError):
    """What another process of the run has just failed with, while this one waited for it."""


class Once:
    """Entries by key, each made once by all processes that use the same folder. Keys are
    hexadecimal digests.

    ``redact``: takes secrets out of the errors that are kept.
    """

    def __init__(self, folder: str, redact: Callable[[str], str]) -> None:
        self._folder = os.path.join(folder, "ivanti_uem")
        self._redact = redact

    def get(
        self, keys: Sequence[str], make: Callable[[Sequence[str]], Mapping[str, Entry]]
    ) -> dict[str, Entry]:
        """The entries of the keys. ``make``: makes those that nobody has made yet, all at once, of
        which none may have the key ``error``; it is called again after it has failed.

        Raises what ``make`` raises, SharedError, and OSError where the folder cannot be used.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        with self._locked(keys) as waited:
            kept = {key: self._read(key) for key in keys}
            failed = [entry["error"] for entry in kept.values() if "error" in entry]
            if failed and waited:
                raise SharedError(failed[0])
            wanted = [key for key, entry in kept.items() if not entry or "error" in entry]
            try:
                made = make(wanted) if wanted else {}
            except UemError as error:
                for key in wanted:
                    self._write(key, {"error": self._redact(str(error))})
                raise
            for key, entry in made.items():
                self._write(key, entry)
            return {**kept, **made}

    @contextlib.contextmanager
    def _locked(self, keys: Sequence[str]) -> Iterator[bool]:
        """Hold the locks of the keys; answers whether another process had one of them. They are
        taken in one order by all."""
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
        """A file that this user alone can read, made where there is none."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.fdopen(
            os.open(os.path.join(self._folder, name), flags, 0o600), "r+", encoding="utf-8"
        )

    def _read(self, key: str) -> Entry:
        """An entry, or an empty one where there is none, or a process was killed while it wrote
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
