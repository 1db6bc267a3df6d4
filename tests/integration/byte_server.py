# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that answers byte for byte what a test gives it, for what no emulator should send."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Server(socketserver.ThreadingTCPServer):
    """Answers each request with the next of its answers, byte for byte, with a pause after each
    byte if one is set; keeps what was asked, and counts connections."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[bytes] = []
        self.asked: list[bytes] = []
        self.connections = 0
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    """One connection, which is closed after an answer that does not say that it stays open."""

    server: Server

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(ConnectionError):
            self._answer()

    def _answer(self) -> None:
        stays = True
        while stays:
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return
                request += line
            length = re.search(rb"\r\nContent-Length: (\d+)\r\n", request)
            if length:
                # A connection that is closed with something unread is reset, and the answer lost.
                request += self.rfile.read(int(length[1]))
            self.server.asked.append(request)
            reply = self.server.answers.pop(0)
            stays = b"\r\nConnection: keep-alive\r\n" in reply
            if not self.server.pause:
                self.wfile.write(reply)
            for byte in reply if self.server.pause else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(self.server.pause)


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An answer that says how long it is, unless a header says otherwise."""
    lines = {
        "Content-Length": str(len(body)),
        "Content-Type": "application/octet-stream",
        "Connection": "close",
    }
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + (
        b"0\r\n\r\n" if end else b""
    )
    return answer(body, Content_Length="", Transfer_Encoding="chunked")


@contextmanager
def running_server() -> Iterator[Server]:
    """A server on a port of its own."""
    with Server() as running:
        thread = threading.Thread(
            target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
