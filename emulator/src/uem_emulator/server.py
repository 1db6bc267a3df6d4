# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn, with what it lacks for this: a say when it listens, a quiet stop, and connections that
break on demand."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import struct
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from uem_emulator.tls import Certificates

_TRANSPORT = "uem_emulator.transport"
_GRACE = 0.2
_LONGEST_PARSED = 0xFFFF


class _Protocol(HttpToolsProtocol):
    """Gives the application its transport: ASGI has no word for closing a connection without an
    answer."""

    #: Returns the seconds which a client has to send a request.
    patience: Callable[[], float] = staticmethod(lambda: 60.0)
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_is_here()
        super().connection_lost(exc)

    def on_message_complete(self) -> None:
        self._request_is_here()
        super().on_message_complete()

    def _wait_for_request(self) -> None:
        """A client that never ends its request would keep the connection for good."""
        self._request_is_here()
        self._waiting = self.loop.call_later(self.patience(), self.transport.abort)

    def _request_is_here(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_request()
        self.scope["extensions"] = {_TRANSPORT: {"transport": self.transport}}

    def on_headers_complete(self) -> None:
        """httptools takes addresses of up to 64 KiB apart; a bulk action on 20,000 devices has one
        of a megabyte."""
        if len(self.url) <= _LONGEST_PARSED:
            super().on_headers_complete()
            return
        self.url, _mark, query = self.url.partition(b"?")
        super().on_headers_complete()
        self.scope["query_string"] = query


async def close_connection(scope: Scope, receive: Receive, *, flush: bool = False) -> None:
    """Close the connection under a request.

    Args:
        scope: The ASGI scope of the request.
        receive: What the request is received by.
        flush: Whether what was sent leaves first; otherwise the connection ends with a TCP reset.
    """
    transport = scope["extensions"][_TRANSPORT]["transport"]
    if flush:
        await asyncio.sleep(0.05)
    else:
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own raises the signal again after it has stopped, which would end the process
        before the temporary directory is gone and with a failure."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """A client which keeps an idle TLS connection never answers its closing: it would hold up
        the stop."""
        asyncio.get_running_loop().call_later(_GRACE, self._abort_idle)
        await super().shutdown(sockets=sockets)

    def _abort_idle(self) -> None:
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )[0]
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    sock.set_inheritable(True)
    return sock


def serve(
    app: ASGIApp,
    sock: socket.socket,
    certificates: Certificates | None,
    patience: Callable[[], float],
    listening: Callable[[Callable[[], None]], None],
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        app: The application.
        sock: The bound socket.
        certificates: The certificates; None serves plain HTTP.
        patience: Returns the seconds which a client has to send a request.
        listening: Called once connections are accepted, with what stops the server.
    """
    config = _config(app, certificates, patience)
    server: _Server

    def started() -> None:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(server.stop)

        listening(stop)

    server = _Server(config, started)
    server.run(sockets=[sock])


def _config(
    app: ASGIApp, certificates: Certificates | None, patience: Callable[[], float]
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=type("_Patient", (_Protocol,), {"patience": staticmethod(patience)}),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        backlog=2048,
        ssl_certfile=str(certificates.server) if certificates else None,
    )
