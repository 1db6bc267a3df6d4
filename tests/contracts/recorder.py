# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorder: a server on the loopback that keeps every request in full and gives the answers it
was told to give.

How a test of the client uses it::

    contracts = load_all() with recording() as server:
        server.answer("PATCH", r"/api/v1/device/\\d+/customattributes", {"errors": None, "result":
        1}) Client(server.url, username="u", password="p").patch_attributes(22000, {"cityid":
        ["SF"]})
    assert [check_request(request, contracts["N04"]) for request in server.requests] == [[]]

A request that no rule and no queued answer covers is answered 501 and kept in ``server.unmatched``:
assert that it is empty. Header values that carry a credential are never kept, only their scheme.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
# A client that keeps its connection open and sends no more would hold its thread, and the test run,
# for ever.
_IDLE_SECONDS = 30


@dataclass(frozen=True)
class Recorded:
    """One request. ``path`` and ``query`` are as received, still percent-encoded; ``headers`` in
    the order received."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, which is the one that servers commonly read; None when
        there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Answer:
    """One answer. ``body``: bytes and str are sent as they are, anything else as JSON."""

    body: Any = None
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        """The bytes to send."""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode("utf-8")


@dataclass
class _Rule:
    method: str
    path: re.Pattern[str]
    answers: deque[Answer]


class Recorder:
    """The recorder's rules and its record. Safe to use while requests arrive on other threads."""

    def __init__(self) -> None:
        self.url = ""
        self._lock = threading.Lock()
        self._requests: list[Recorded] = []
        self._unmatched: list[Recorded] = []
        self._queue: deque[Answer] = deque()
        self._rules: list[_Rule] = []

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, in the order in which they were complete."""
        with self._lock:
            return list(self._requests)

    @property
    def unmatched(self) -> list[Recorded]:
        """The requests that got 501 because nothing covers them."""
        with self._lock:
            return list(self._unmatched)

    def answer(self, method: str, path_pattern: str, *answers: Any) -> None:
        """Answer requests of this method whose whole raw path fits the expression; newer rules come
        first.

        Several answers are given one after the other, the last one from then on. What is not an
        Answer is a body.
        """
        if not answers:
            raise ValueError("a rule needs an answer")
        rule = _Rule(method, re.compile(path_pattern), deque(_as_answer(one) for one in answers))
        with self._lock:
            self._rules.insert(0, rule)

    def queue(self, *answers: Any) -> None:
        """Answers for the next requests whatever they are, one each, before any rule is asked."""
        with self._lock:
            self._queue.extend(_as_answer(one) for one in answers)

    def take(self, request: Recorded) -> Answer:
        """Record a request and choose its answer."""
        with self._lock:
            self._requests.append(request)
            if self._queue:
                return self._queue.popleft()
            for rule in self._rules:
                if rule.method == request.method and rule.path.fullmatch(request.path):
                    return rule.answers.popleft() if len(rule.answers) > 1 else rule.answers[0]
            self._unmatched.append(request)
        return Answer(
            f"no answer for {request.method} {request.path}", status=501, content_type="text/plain"
        )


def _as_answer(one: Any) -> Answer:
    return one if isinstance(one, Answer) else Answer(one)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for head and body: small answers leave in one segment
    timeout = _IDLE_SECONDS
    recorder: Recorder

    def _serve(self) -> None:
        # self.path is not the raw target: http.server folds leading slashes into one.
        target = self.requestline.split(" ")[1]
        path, _sep, query = target.partition("?")
        request = Recorded(self.command, path, query, self._kept_headers(), self._read_body())
        self._send(self.recorder.take(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _kept_headers(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, _kept_value(name, value)) for name, value in self.headers.items())

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _send(self, answer: Answer) -> None:
        payload = answer.payload()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(payload)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test run's output clean: the record says more."""


def _kept_value(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    return value.partition(" ")[0] if " " in value else "(hidden)"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


@contextmanager
def recording(
    answers: Sequence[tuple[str, str, Any]] = (), *, tls: ssl.SSLContext | None = None
) -> Iterator[Recorder]:
    """A running recorder. ``answers``: rules as (method, path pattern, body or Answer); ``tls``:
    serve https."""
    recorder = Recorder()
    for method, pattern, one in answers:
        recorder.answer(method, pattern, one)
    server = _Server(("127.0.0.1", 0), type("_BoundHandler", (_Handler,), {"recorder": recorder}))
    if tls is not None:
        # The handshake then runs in the connection's own thread, not in the one that accepts.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    recorder.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
