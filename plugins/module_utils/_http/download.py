# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Downloads: the body of an answer goes into a file, part by part.

A file of its own, for a module is packed with what it imports, and few modules download.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from .._core.endpoint import Endpoint, Segment
from .._core.errors import AnswerError
from .request import Query, Request
from .transport import Transport

# Bytes of a download that are in memory at a time, and of an error that comes in its place.
PART, MOST_OF_ERROR = 1 << 16, 1 << 20


@dataclass(frozen=True)
class Sink:
    """Where the body of an answer goes instead of memory, the most bytes that it may have, and what
    to do about more."""

    file: BinaryIO
    most: int
    remedy: str = "ask the server's administrator what it sends"


class Response(Protocol):
    """What is used of a response of urllib3 whose body has not been read yet."""

    status: int

    @property
    def headers(self) -> Mapping[str, str]: ...

    def read(self, amt: int) -> bytes: ...

    def stream(self, amt: int, decode_content: bool) -> Iterator[bytes]: ...

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


def download(
    transport: Transport,
    endpoint: Endpoint,
    sink: Sink,
    *,
    accept: str,
    path: Mapping[str, Segment] | None = None,
    query: Query = (),
) -> str:
    """Send one request, again if need be, and write the body of its answer to an empty file.

    Args:
        sink: Where the body goes. After a download that failed, its file holds what came so far.
        accept: The media types to ask for.
        path: The values of the path's segments.

    Returns:
        The content type, in lower case and without its parameters.

    Raises:
        UemError: As ``Transport.send``, and AnswerError for a body that is too long, compressed or
            a part of one.
        OSError: The file cannot be written.
    """
    request = Request(
        endpoint,
        endpoint.fill(**(path or {})),
        query=query,
        # Compressed, a part of the body could be a thousand times as large in memory.
        headers={"Accept": accept, "Accept-Encoding": "identity"},
        receive=partial(_receive, sink),
    )
    reply = transport.send(request)
    if reply.status != 200:
        raise AnswerError(
            f"{request} was answered with HTTP {reply.status}, which is no whole file; "
            f"{sink.remedy}."
        )
    return reply.content_type.partition(";")[0].strip().lower()


def _receive(sink: Sink, response: Response, where: str) -> bytes:
    """Write the body of a good answer to the file. Return the beginning of any other."""
    body = b""
    whole = False
    try:
        if 200 <= response.status < 300:
            _fill(sink, response, where)
            whole = True
        else:
            body = response.read(MOST_OF_ERROR)
    finally:
        if not whole:
            # Nobody reads the rest, so that nothing else may be sent over this connection; its
            # place in the pool is free.
            response.close()
        response.release_conn()
    return body


def _fill(sink: Sink, response: Response, where: str) -> None:
    """Write a body to an empty file, part by part. Raises AnswerError for one that is longer than
    allowed or compressed."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise AnswerError(
            f"{where} was answered with the encoding {encoding!r}, which was not asked for; "
            f"{sink.remedy}."
        )
    sink.file.seek(0)
    sink.file.truncate()
    left = sink.most
    for part in response.stream(PART, decode_content=False):
        left -= len(part)
        if left < 0:
            raise AnswerError(
                f"{where} was answered with more than {sink.most} bytes; {sink.remedy}."
            )
        sink.file.write(part)
