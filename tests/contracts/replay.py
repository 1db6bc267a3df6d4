# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send a contract's example request exactly as its document gives it, over a socket and with no
client of ours.

Where an example's values stand for things that every server has of its own (world.py), those of the
server under test take their place, in the request as in what must hold after it.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .contract import MULTIPART, XML, Contract, Example
from .files import tree_of
from .shape import match
from .world import alert_id, in_text, in_tree, pairs
from .xmltree import XmlDocument, parse_xml, values_at

_TIMEOUT_SECONDS = 10
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_JSON = "application/json"
_BOUNDARY = "a-part-of-the-form"
# "application/xml; charset=UTF-8" and "text/xml" are XML as well.
_MEDIA_TYPES = {_JSON: frozenset({_JSON}), XML: frozenset({XML, "text/xml"})}


@dataclass(frozen=True)
class Server:
    """Where to send requests. ``ca_path`` is the CA of an https url. ``settle`` has the devices do
    what they were told, on a server that can be made to; otherwise they are given no time."""

    url: str
    username: str
    password: str
    ca_path: str | None = None
    settle: Callable[[], None] | None = None


@dataclass(frozen=True)
class Reply:
    """An answer. ``body`` is its JSON, its XmlDocument, or the text itself where it is neither;
    ``raw`` its bytes."""

    status: int
    body: Any
    media_type: str = ""
    raw: bytes = b""


def targets(
    example: Example,
    spaces: Mapping[str, str] | None = None,
    found: Mapping[str, str] | None = None,
) -> list[str]:
    """The request targets that mean the example: percent-encoded, and the document's own spelling
    where it differs.

    ``spaces`` gives the server's device space for one of the document's, as a server chooses its
    own; ``found`` the server's own values for the document's (world.stand_ins).
    """
    own = found or {}
    queries = [urlencode(list(pairs(example.query, own)), quote_via=quote)]
    if (
        example.raw_query is not None
        and (raw := in_text(example.raw_query, own, encode=True)) not in queries
    ):
        queries.append(raw)
    for theirs, ours in (spaces or {}).items():
        queries = [
            re.sub(rf"\bdmPartitionId={theirs}\b", f"dmPartitionId={ours}", query)
            for query in queries
        ]
    path = in_text(example.path, own, encode=True)
    return [f"{path}?{query}" if query else path for query in queries]


def payload(contract: Contract, example: Example, found: Mapping[str, str] | None = None) -> bytes:
    """The body of an example's request: JSON, or a form in the document's own spelling where there
    is one."""
    own = found or {}
    if example.body is None:
        return b""
    if contract.body_kind == "json":
        return json.dumps(in_tree(example.body, own)).encode("utf-8")
    form = [(name, in_text(value, own)) for name, value in example.body]
    if example.content_types == (MULTIPART,):
        return _multipart(form)
    return (
        in_text(example.raw_body, own, encode=True) if example.raw_body else urlencode(form)
    ).encode("utf-8")


def _multipart(form: list[tuple[str, str]]) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form
    ]
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode("utf-8")


def _header(content_type: str) -> str:
    return f"{content_type}; boundary={_BOUNDARY}" if content_type == MULTIPART else content_type


def send(
    server: Server,
    method: str,
    target: str,
    *,
    content_types: tuple[str, ...] = (),
    accept: str | None = None,
    payload: bytes = b"",
) -> Reply:
    """One request on a connection of its own, with Basic authentication. Raises OSError,
    http.client.HTTPException."""
    token = base64.b64encode(f"{server.username}:{server.password}".encode()).decode("ascii")
    connection = _connection(server)
    try:
        connection.putrequest(method, target)
        connection.putheader("Authorization", f"Basic {token}")
        for content_type in content_types:
            connection.putheader("Content-Type", _header(content_type))
        if accept is not None:
            connection.putheader("Accept", accept)
        if payload or method in _WITH_BODY:
            connection.putheader("Content-Length", str(len(payload)))
        connection.endheaders(payload)
        answer = connection.getresponse()
        media_type = answer.getheader("Content-Type", "").split(";")[0].strip().lower()
        raw = answer.read()
        return Reply(answer.status, _parsed(raw, media_type), media_type, raw)
    finally:
        connection.close()


def reader(server: Server) -> Callable[[str], Any]:
    """What world.py asks the server with. Raises ValueError for anything but 200 and 404."""

    def read(target: str) -> Any:
        reply = send(server, "GET", target, accept=_JSON)
        if reply.status not in (200, 404):
            raise ValueError(f"GET {target}: {reply.status} {str(reply.body)[:300]}")
        return reply.body if reply.status == 200 else None

    return read


def prepare(
    server: Server,
    contracts: Mapping[str, Contract],
    example: Example,
    spaces: Mapping[str, str] | None = None,
    found: Mapping[str, str] | None = None,
) -> None:
    """Send the examples that come first. Raises ValueError for an answer that is not theirs."""
    if faults := _sent(server, contracts, example.first, spaces, found):
        raise ValueError(f"{faults[0]}, sent first: {'; '.join(faults[1:])}")


def follow_up(
    server: Server,
    contracts: Mapping[str, Contract],
    example: Example,
    spaces: Mapping[str, str] | None = None,
    found: Mapping[str, str] | None = None,
) -> list[str]:
    """Send the examples that come after; what the first answer that is not as documented has
    against its contract."""
    return _sent(server, contracts, example.after, spaces, found)


def _sent(
    server: Server,
    contracts: Mapping[str, Contract],
    steps: Iterable[tuple[str, str]],
    spaces: Mapping[str, str] | None,
    found: Mapping[str, str] | None,
) -> list[str]:
    for name, wanted in steps:
        one = contracts[name].example(wanted)
        if faults := replay(server, contracts[name], one, targets(one, spaces, found)[0], found):
            return [f"{name}, {wanted}", *faults]
    return []


def replay(
    server: Server,
    contract: Contract,
    example: Example,
    target: str,
    found: Mapping[str, str] | None = None,
) -> list[str]:
    """Send one spelling of an example; what its answer, and the state after it, have against the
    contract.

    The shape of a refusal is held against the contract only where the document shows its body.
    """
    own = found or {}
    reply = send(
        server,
        contract.method,
        target,
        content_types=example.content_types,
        accept=example.accept,
        payload=payload(contract, example, own),
    )
    if reply.status not in example.statuses:
        return [
            (
                f"status: {reply.status} for {' or '.join(map(str, example.statuses))}: "
                f"{str(reply.body)[:300]}"
            )
        ]
    if contract.file and reply.status < 400:
        try:
            reply = replace(reply, body=tree_of(contract.file, reply.raw))
        except ValueError as err:
            return [f"{contract.file}: {err}"]
    faults = [] if contract.file else _media_faults(reply, example)
    if reply.status < 400 or example.basis != "none":
        faults += contract.answer_faults(reply.body)
        faults += [] if faults else match(_tree(reply), example.shape, contract.named)
    if faults:
        return faults
    then = {
        **in_tree(example.then, own),
        "says": in_text(example.then.get("says", ""), _escaped(own)),
    }
    for key, check in _CHECKS.items():
        if key in example.then:
            faults += check(server, reply, then[key])
    return faults


def _escaped(found: Mapping[str, str]) -> dict[str, str]:
    """The server's values where they stand in an expression."""
    return {value: re.escape(own) for value, own in found.items()}


def _media_faults(reply: Reply, example: Example) -> list[str]:
    if (
        example.accept is None
        or reply.status >= 400
        or reply.media_type in _MEDIA_TYPES[example.accept]
    ):
        return []
    return [f"Content-Type: {reply.media_type or 'none'}, asked for is {example.accept}"]


def _tree(reply: Reply) -> Any:
    return reply.body.tree if isinstance(reply.body, XmlDocument) else reply.body


def _id_faults(server: Server, reply: Reply, wanted: list[int]) -> list[str]:
    found = sorted(values_at(reply.body, "result/searchResults/id"))
    return [] if found == sorted(wanted) else [f"found: {found}, documented is {wanted}"]


def _found_faults(server: Server, reply: Reply, wanted: Mapping[str, list[Any]]) -> list[str]:
    faults = []
    for path, values in wanted.items():
        found = values_at(_tree(reply), path)
        if [one for one in found if one not in values] or [
            one for one in values if one not in found
        ]:
            faults.append(f"{path}: {found[:10]}, documented are {values}")
    return faults


def _included_faults(server: Server, reply: Reply, wanted: Mapping[str, list[Any]]) -> list[str]:
    found = {path: values_at(_tree(reply), path) for path in wanted}
    return [
        f"{path}: {found[path][:10]}, documented is {value} among them"
        for path, values in wanted.items()
        for value in values
        if value not in found[path]
    ]


def _said(reply: Reply) -> list[str]:
    # The answer to a message to devices has it beside messages, or inside.
    return [
        str(one)
        for path in ("messages/message", "message")
        for one in values_at(_tree(reply), path)
    ]


def _message_faults(server: Server, reply: Reply, wanted: str) -> list[str]:
    said = _said(reply)
    return (
        []
        if any(re.search(wanted, one) for one in said)
        else [f"messages: {said}, documented is {wanted}"]
    )


def _among_faults(server: Server, reply: Reply, wanted: Mapping[str, list[Any]]) -> list[str]:
    found = {path: values_at(_tree(reply), path) for path in wanted}
    return [
        f"{path}: {found[path][:10]}, documented is one of {values}"
        for path, values in wanted.items()
        if not found[path] or [one for one in found[path] if one not in values]
    ]


def _left_faults(server: Server, reply: Reply, wanted: Mapping[str, list[Any]]) -> list[str]:
    found = {path: values_at(_tree(reply), path) for path in wanted}
    return [
        f"{path}: {found[path][:10]}, documented is that {value} is not among them"
        for path, values in wanted.items()
        for value in values
        if value in found[path]
    ]


def _count_faults(server: Server, reply: Reply, wanted: Mapping[str, str]) -> list[str]:
    counts = {
        path: (values_at(_tree(reply), path), len(values_at(_tree(reply), counted)))
        for path, counted in wanted.items()
    }
    return [
        f"{path}: {said}, and there are {number}"
        for path, (said, number) in counts.items()
        if said != [number]
    ]


def _said_count_faults(server: Server, reply: Reply, counted: list[str]) -> list[str]:
    said = [int(hit[1]) for one in _said(reply) if (hit := re.match(r"\s*([0-9]+)\s", one))]
    number = sum(len(values_at(_tree(reply), path)) for path in counted)
    return (
        []
        if said == [number]
        else [f"messages: {_said(reply)}, and there are {number} at {' and '.join(counted)}"]
    )


def _shown_faults(server: Server, reply: Reply, wanted: Mapping[str, list[Any]]) -> list[str]:
    return _among_faults(
        server,
        reply,
        {path: values for path, values in wanted.items() if values_at(_tree(reply), path)},
    )


def _unmatched_faults(server: Server, reply: Reply, wanted: Mapping[str, str]) -> list[str]:
    found = {path: values_at(_tree(reply), path) for path in wanted}
    return [
        f"{path}: {found[path][:10]}, documented is one like {expression}"
        for path, expression in wanted.items()
        if not any(re.fullmatch(expression, str(one)) for one in found[path])
    ]


_OF_A_READ: dict[str, Callable[[Server, Reply, Any], list[str]]] = {
    "found": _found_faults,
    "includes": _included_faults,
    "among": _among_faults,
    "lacks": _left_faults,
    "among_if_shown": _shown_faults,
    "matches": _unmatched_faults,
}


def _read_faults(server: Server, reply: Reply, wanted: list[Mapping[str, Any]]) -> list[str]:
    faults = []
    for read in wanted:
        if read.get("settled") and server.settle is not None:
            server.settle()
        answer = send(server, "GET", read["path"], accept=_JSON)
        if answer.status != read.get("status", 200):
            faults.append(f"GET {read['path']}: {answer.status} {str(answer.body)[:300]}")
            continue
        for key, check in _OF_A_READ.items():
            if key in read:
                faults += [
                    f"GET {read['path']}: {fault}" for fault in check(server, answer, read[key])
                ]
    return faults


def _unread_faults(server: Server, reply: Reply, wanted: Mapping[str, bool]) -> list[str]:
    rows = values_at(reader(server)("/api/v1/alerts"), "alerts/alert")
    unread = {alert_id(row): row["isActive"] for row in rows}
    return [
        f"alert {one}: isActive {unread.get(one)}, documented is {value}"
        for one, value in wanted.items()
        if unread.get(one) is not value
    ]


def _member_faults(
    server: Server, target: str, path: str, wanted: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    faults = []
    for device, names in wanted.items():
        found = [str(one) for one in values_at(reader(server)(target.format(device)), path)]
        missing = [one for one in names.get("has", []) if one not in found]
        left = [one for one in names.get("lacks", []) if one in found]
        if missing or left:
            faults.append(f"{path} of {device}: {found}; missing {missing}, left {left}")
    return faults


def _label_faults(
    server: Server, reply: Reply, wanted: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    return _member_faults(
        server, "/api/v2/devices/{}/labels?adminDeviceSpaceId=1", "results/name", wanted
    )


def _policy_faults(
    server: Server, reply: Reply, wanted: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    return _member_faults(server, "/api/v1/policies/devices/{}", "policies/policy/@id", wanted)


def _attributes_faults(
    server: Server, reply: Reply, wanted: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    return [
        fault
        for device, attrs in wanted.items()
        for fault in _attribute_faults(server, device, attrs)
    ]


def _attribute_faults(server: Server, device: str, wanted: Mapping[str, list[str]]) -> list[str]:
    reply = send(server, "GET", f"/api/v1/device/{device}/customattributes")
    body = reply.body if isinstance(reply.body, dict) else {}
    # Both documented forms of this answer: in the envelope with lists, and bare with strings.
    inner = body.get("result", body)
    attrs: Any = inner.get("attrs") if isinstance(inner, dict) else None
    if reply.status != 200 or match(attrs, {"$each": {"$one_of": ["string", ["string"]]}}, {}):
        return [f"attributes of {device}: {reply.status} {str(reply.body)[:300]}"]
    found = {
        name.lower(): [value] if isinstance(value, str) else value for name, value in attrs.items()
    }
    documented = {name.lower(): values for name, values in wanted.items()}
    return (
        []
        if found == documented
        else [f"attributes of {device}: {found}, documented are {documented}"]
    )


_CHECKS: dict[str, Callable[[Server, Reply, Any], list[str]]] = {
    "ids": _id_faults,
    "found": _found_faults,
    "includes": _included_faults,
    "among": _among_faults,
    "lacks": _left_faults,
    "counts": _count_faults,
    "says": _message_faults,
    "says_count": _said_count_faults,
    "attributes": _attributes_faults,
    "unread": _unread_faults,
    "labels": _label_faults,
    "policies": _policy_faults,
    "reads": _read_faults,
}


def _connection(server: Server) -> http.client.HTTPConnection:
    parts = urlsplit(server.url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=server.ca_path)
    return http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_SECONDS, context=context)


def _parsed(payload: bytes, media_type: str) -> Any:
    text = payload.decode("utf-8", errors="replace")
    try:
        return parse_xml(text) if media_type in _MEDIA_TYPES[XML] else json.loads(text)
    except ValueError:
        return text
