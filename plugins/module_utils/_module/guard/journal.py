# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of destructive actions: a file of JSON lines, so that what one run may do counts what
others did.

A line is written before a request leaves and one after its answer, each on the disk before anything
else happens. What was written before and never answered counts as sent. Runs of one controller take
turns by a lock on the file.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ..._core.errors import RefusedError, UemError
from .rules import AFTER, BEFORE

# Only its owner may read whom the devices belong to.
FILE_MODE, FOLDER_MODE = 0o600, 0o700

# The most seconds to wait for a run that has the file locked, which takes a moment.
LONGEST_LOCK = 30.0

PHASES = (BEFORE, AFTER)


class Journal:
    """One file, which no link and no device may stand for."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))

    def is_new(self) -> bool:
        """Return whether nothing was ever written to it."""
        try:
            return os.lstat(self.path).st_size == 0
        except FileNotFoundError:
            return True
        except (OSError, ValueError):
            return False

    def lines(self) -> list[dict[str, Any]]:
        """Every line; one that cannot be read counts as one of unknown time. Raises RefusedError
        where the file cannot be read, for without it nothing destructive is sent."""
        try:
            # A pipe would wait for a writer.
            descriptor = self._opened(os.O_RDONLY | os.O_NONBLOCK)
            with open(descriptor, encoding="utf-8", errors="replace") as file:
                return [_parsed(text) for text in file if text.strip()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._refused("read", error) from None

    def reserve(
        self,
        allow: Callable[[Sequence[Mapping[str, Any]]], str],
        lines: Sequence[Mapping[str, Any]],
    ) -> None:
        """Write lines, unless ``allow``, asked with the lines that are there, answers a sentence
        that refuses them.

        Nobody else writes in between. Raises RefusedError with that sentence, and where the file
        cannot be written.
        """
        try:
            with self._locked() as descriptor:
                refusal = allow(self.lines())
                if refusal:
                    raise RefusedError(refusal)
                self._append(descriptor, lines)
        except OSError as error:
            raise self._refused("written", error) from None

    def add(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Write lines. Raises UemError where the file cannot be written."""
        try:
            with self._locked() as descriptor:
                self._append(descriptor, lines)
        except OSError as error:
            raise UemError(
                f"The journal {self.path} cannot be written ({error.strerror})."
            ) from None

    @contextmanager
    def _locked(self) -> Iterator[int]:
        os.makedirs(os.path.dirname(self.path), mode=FOLDER_MODE, exist_ok=True)
        descriptor = self._opened(os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            _lock(descriptor)
            os.fchmod(descriptor, FILE_MODE)
            yield descriptor
        finally:
            os.close(descriptor)

    def _opened(self, flags: int) -> int:
        """A descriptor of the file. Raises OSError, also for anything but a file: /dev/null would
        keep nothing."""
        try:
            descriptor = os.open(self.path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        except ValueError:
            raise OSError(errno.EINVAL, "no file can have this name") from None
        fault = self._fault(os.fstat(descriptor))
        if fault:
            os.close(descriptor)
            raise OSError(errno.EINVAL, fault)
        return descriptor

    def _fault(self, file: os.stat_result) -> str:
        """Return why a file cannot be the journal, or "". Another user could change what it says."""
        if not stat.S_ISREG(file.st_mode):
            return "it is not a regular file"
        if file.st_uid != os.geteuid():
            return "it belongs to another user"
        folder = os.stat(os.path.dirname(self.path))
        is_open = folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX
        if is_open and folder.st_uid != os.geteuid():
            return "its folder belongs to another user, and everybody may write there"
        return ""

    def _append(self, descriptor: int, lines: Sequence[Mapping[str, Any]]) -> None:
        # A line that a crash broke off must not swallow the next one.
        size = os.fstat(descriptor).st_size
        broken = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        text = "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode()
        data = (b"\n" if broken else b"") + text
        try:
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        except OSError:
            # What is left of a reservation would count, and nothing is sent because of it.
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise

    def _refused(self, verb: str, error: OSError) -> RefusedError:
        return RefusedError(
            f"Refused: the journal {self.path} cannot be {verb} ({error.strerror}); nothing was "
            "sent. Set journal_path to a file that this account may write, on a disk with space."
        )


def _lock(descriptor: int) -> None:
    """Wait for the lock of the file. Raises OSError where another process keeps it."""
    end = time.monotonic() + LONGEST_LOCK
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                reason = f"another process has kept it locked for {LONGEST_LOCK:g} s"
                raise OSError(errno.EAGAIN, reason) from None
        time.sleep(0.01)


def _parsed(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    is_known = isinstance(line, dict) and line.get("phase", BEFORE) in PHASES
    return line if is_known else {"phase": BEFORE, "server": None, "at": None}
