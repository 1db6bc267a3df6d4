# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Downloads: the body of an answer goes into a file, part by part.

This is a separate file because a module is packed with all that it imports, and few modules
download.
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

# The bytes of a download that are in memory at a time, and the most bytes that are read of an error
# that comes in its place.
PART, MOST_OF_ERROR = 1 << 16, 1 << 20


@dataclass(frozen=True)
class Sink:
    """A file that takes the body of an answer.

    Attributes:
        file: The file.
        most: The most bytes that the body may have.
        remedy: What an author can do about a longer body.
    """

    file: BinaryIO
    most: int
    remedy: str = "ask the server's administrator what it sends"


class Response(Protocol):
    """The part of a response of urllib3 that downloads use. Its body has not been read yet."""

    status: int

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whose names have no case."""

    def read(self, amt: int) -> bytes:
        """Return at most ``amt`` bytes of the body."""

    def stream(self, amt: int, decode_content: bool) -> Iterator[bytes]:
        """Yield the body in parts of at most ``amt`` bytes."""

    def close(self) -> None:
        """Close the connection."""

    def release_conn(self) -> None:
        """Return the connection to its pool."""


def download(
    transport: Transport,
    endpoint: Endpoint,
    sink: Sink,
    *,
    accept: str,
    path: Mapping[str, Segment] | None = None,
    query: Query = (),
) -> str:
    """Write the body of an answer to an empty file, and return its content type.

    The request is sent again if need be. The type is in lower case, without its parameters.

    Args:
        transport: What sends the request.
        endpoint: The call to send.
        sink: The file for the body. After a failure it holds what came so far.
        accept: The media types to request.
        path: The values of the path's segments.
        query: The parameters of the call.

    Raises:
        UemError: As ``Transport.send``; AnswerError also for an unusable body.
        OSError: The file cannot be written.
    """
    request = Request(
        endpoint,
        endpoint.fill(**(path or {})),
        query=query,
        # A compressed part of the body could be a thousand times as large in memory.
        headers={"Accept": accept, "Accept-Encoding": "identity"},
        receive=partial(_receive, sink),
    )
    reply = transport.send(request)
    if reply.status != 200:
        raise AnswerError(
            f"{request} was answered with HTTP {reply.status}, which is not a whole file; "
            f"{sink.remedy}."
        )
    return reply.content_type.partition(";")[0].strip().lower()


def _receive(sink: Sink, response: Response, where: str) -> bytes:
    """Write the body of a good answer to the file. Return the beginning of the body of any
    other."""
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
            # Nobody reads the rest, so nothing else may be sent over this connection. Its place in
            # the pool is free.
            response.close()
        response.release_conn()
    return body


def _fill(sink: Sink, response: Response, where: str) -> None:
    """Write a body to an empty file, part by part.

    Raises:
        AnswerError: The body is compressed, or longer than allowed.
    """
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
