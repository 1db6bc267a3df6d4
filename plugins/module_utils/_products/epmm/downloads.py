# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Download the files that API v1 sends instead of JSON, and describe an answer that is not such a
file."""

from __future__ import annotations

import json
import re
from typing import BinaryIO

from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, NotFoundError
from ..._http.download import Sink, download
from ..._http.request import Query
from ..._http.transport import Transport
from . import answers
from .server import Epmm

# The bytes of an answer that are read to describe it.
_HEAD = 4096


def fetch(client: Epmm, endpoint: Endpoint, sink: Sink, *, accept: str, query: Query = ()) -> bool:
    """Download a file.

    Args:
        client: The server.
        endpoint: The call.
        sink: What the file is written to.
        accept: The media types to request.
        query: The parameters of the call.

    Returns:
        Whether there is any data.

    Raises:
        AbsentError: API v1 is not there.
        AnswerError: HTTP 404 does not say that there is no data.
        UemError: What ``download`` raises.
    """
    try:
        download(client.transport, endpoint, sink, accept=accept, query=query)
    except NotFoundError as error:
        client.v1.require_no_data(error)
        return False
    return True


def head_of(file: BinaryIO) -> str:
    """Return the beginning of a file, which is read from its start afterwards."""
    file.seek(0)
    head = file.read(_HEAD).decode("utf-8-sig", "replace")
    file.seek(0)
    return head


def something_else(endpoint: Endpoint, head: str, wanted: str, transport: Transport) -> AnswerError:
    """Return the error for an answer that is not the wanted file.

    Args:
        endpoint: The call.
        head: The beginning of the answer.
        wanted: The words for the wanted file.
        transport: Removes secrets from the message.
    """
    where = f"{endpoint.method} {endpoint.path}"
    message = transport.shown(_words(head))
    if not head.strip():
        return AnswerError(
            f"{where} was answered with nothing instead of {wanted}; try again, then ask the "
            "server's administrator."
        )
    if message or head.lstrip()[:1] in ("{", "["):
        return AnswerError(
            f"{where} was answered with an error instead of {wanted} ({message or 'it says no more'})."
        )
    if head.lstrip()[:1] == "<":
        title = transport.page_title(head.encode())
        named = f" titled {title!r}" if title else ""
        return AnswerError(
            f"{where} was answered by a web page{named} instead of {wanted}: url does not lead to "
            "the API, or a proxy or sign-in page stands in between; set url to the address before "
            "/api/."
        )
    return AnswerError(
        f"{where} was not answered with {wanted}; try again, then ask the server's administrator."
    )


def _words(head: str) -> str:
    """Return the message of an error in JSON or XML."""
    try:
        return answers.explain(json.loads(head))
    except ValueError:
        return "; ".join(
            text.strip() for text in re.findall(r"<message>([^<]{1,300})</message>", head)
        )
