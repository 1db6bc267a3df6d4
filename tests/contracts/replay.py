# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send a contract's example request exactly as its document gives it, over a socket and with no client of ours."""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .contract import Contract, Example
from .shape import match

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """Where to send requests. ``ca_path`` is the CA of an https url."""

    url: str
    username: str
    password: str
    ca_path: str | None = None


@dataclass(frozen=True)
class Reply:
    """An answer. ``body`` is its JSON, or the text itself where it is none."""

    status: int
    body: Any


def targets(example: Example, spaces: Mapping[str, str] | None = None) -> list[str]:
    """The request targets that mean the example: percent-encoded, and the document's own spelling where it differs.

    ``spaces`` gives the server's device space for one of the document's, as a server chooses its own.
    """
    queries = [urlencode(example.query, quote_via=quote)]
    if example.raw_query is not None and example.raw_query not in queries:
        queries.append(example.raw_query)
    for theirs, ours in (spaces or {}).items():
        queries = [re.sub(rf"\bdmPartitionId={theirs}\b", f"dmPartitionId={ours}", query) for query in queries]
    return [f"{example.path}?{query}" if query else example.path for query in queries]


def send(server: Server, method: str, target: str, *, content_types: tuple[str, ...] = (), body: Any = None) -> Reply:
    """One request on a connection of its own, with Basic authentication. Raises OSError, http.client.HTTPException."""
    payload = b"" if body is None else json.dumps(body).encode("utf-8")
    token = base64.b64encode(f"{server.username}:{server.password}".encode()).decode("ascii")
    connection = _connection(server)
    try:
        connection.putrequest(method, target)
        connection.putheader("Authorization", f"Basic {token}")
        for content_type in content_types:
            connection.putheader("Content-Type", content_type)
        if payload:
            connection.putheader("Content-Length", str(len(payload)))
        connection.endheaders(payload)
        answer = connection.getresponse()
        return Reply(answer.status, _parsed(answer.read()))
    finally:
        connection.close()


def replay(server: Server, contract: Contract, example: Example, target: str) -> list[str]:
    """Send one spelling of an example; what its answer, and the state after it, have against the contract."""
    reply = send(server, contract.method, target, content_types=example.content_types, body=example.body)
    if reply.status != example.status:
        return [f"status: {reply.status} for {example.status}: {str(reply.body)[:300]}"]
    faults = contract.answer_faults(reply.body)
    if "ids" in example.then and not faults:
        found = sorted(row["id"] for row in reply.body["result"]["searchResults"])
        if found != sorted(example.then["ids"]):
            faults.append(f"found: {found}, documented is {example.then['ids']}")
    for device, wanted in example.then.get("attributes", {}).items():
        faults += _attribute_faults(server, device, wanted)
    return faults


def _attribute_faults(server: Server, device: str, wanted: Mapping[str, list[str]]) -> list[str]:
    reply = send(server, "GET", f"/api/v1/device/{device}/customattributes")
    body = reply.body if isinstance(reply.body, dict) else {}
    # Both documented forms of this answer: in the envelope with lists, and bare with strings.
    inner = body.get("result", body)
    attrs: Any = inner.get("attrs") if isinstance(inner, dict) else None
    if reply.status != 200 or match(attrs, {"$each": {"$one_of": ["string", ["string"]]}}, {}):
        return [f"attributes of {device}: {reply.status} {str(reply.body)[:300]}"]
    found = {name.lower(): [value] if isinstance(value, str) else value for name, value in attrs.items()}
    documented = {name.lower(): values for name, values in wanted.items()}
    return [] if found == documented else [f"attributes of {device}: {found}, documented are {documented}"]


def _connection(server: Server) -> http.client.HTTPConnection:
    parts = urlsplit(server.url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=server.ca_path)
    return http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_SECONDS, context=context)


def _parsed(payload: bytes) -> Any:
    text = payload.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
