# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A limit for the whole time that an answer takes.

The timeout of a socket is about one read. A server that sends a byte now and then never reaches it.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from typing import Any, cast


class TooLongError(TimeoutError):
    """The answer took longer than it may."""


class Deadline(threading.local):
    """How long the answers of this thread may take.

    Attributes:
        seconds: The most seconds from the end of a request to the end of its answer.
    """

    seconds = 300.0


DEADLINE = Deadline()


class TimedResponse(http.client.HTTPResponse):
    """An answer that ends with TooLongError if it takes longer than ``DEADLINE``."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        # http.client reads everything through this file: the status, the headers and the body.
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, DEADLINE.seconds))


class _Timed(io.RawIOBase):
    """The bytes of a socket, until a point in time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, seconds: float) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        """See RawIOBase."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """See RawIOBase. Waits no longer than until the point in time."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TooLongError
        pause = self._sock.gettimeout()
        is_last = pause is None or left < pause
        if is_last:
            self._sock.settimeout(left)
        try:
            return cast("int | None", self._raw.readinto(buffer))
        except TimeoutError:
            if is_last:
                raise TooLongError from None
            raise

    def close(self) -> None:
        """See RawIOBase."""
        if not self.closed:
            self._raw.close()
        super().close()
