# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request: authenticate -> inject fault -> delay -> route -> validate -> handle -> record.
Always in this order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from uem_emulator.answers import Answer, Request, html
from uem_emulator.auth import Account, Accounts
from uem_emulator.faults import Faults, Rule, status_answer
from uem_emulator.products import Product
from uem_emulator.requestlog import RequestLog
from uem_emulator.routing import Found, Route, unknown_parameters
from uem_emulator.server import close_connection
from uem_emulator.switches import Switches

CONTROL = "/_emulator"


class Pipeline:
    """The ASGI application. `base_path` is a prefix which addresses may carry (`/tenant`); control
    calls work with and without it, and take no part in authentication, faults, delay and record."""

    def __init__(
        self, product: Product, accounts: Accounts, switches: Switches, *, base_path: str = ""
    ) -> None:
        self.product = product
        self.accounts = accounts
        self.switches = switches
        self.base_path = base_path
        self.faults = Faults(product.tenant.faults_changed)
        self.log = RequestLog(accounts.secrets)
        self.unknown_paths = 0
        self.control: ASGIApp | None = None
        #: Another number after each new world: a request that was on its way to the world before
        #: must not reach this one.
        self.world_number = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI asks for it."""
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode("latin-1")
        if self.base_path and path.startswith(self.base_path + "/"):
            path = path[len(self.base_path) :]
        elif self.base_path and not path.startswith(CONTROL):
            path = "\0outside"
        if path.startswith(CONTROL) and self.control is not None:
            await self.control(
                {**scope, "path": path, "raw_path": path.encode("latin-1")}, receive, send
            )
            return
        await self._receive(path, scope, receive, send)

    async def _receive(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a request and answer it."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = scope["query_string"].decode("latin-1")
        number = self.world_number
        has_body = "content-length" in headers or "transfer-encoding" in headers
        body: bytes | None = b""
        # Nothing is kept of what nobody may send: the server drops it after the 401.
        if has_body and self._account(headers) is not None:
            try:
                body = await _read(receive, self.switches.number("max_body_bytes"))
            except ClientDisconnect:
                return
        if number != self.world_number:
            await close_connection(scope, receive)
            return
        sent_path = scope["raw_path"].decode("latin-1")
        # A slash at the end: three families of clients send it.
        short = path.removesuffix("/") or path
        request = Request(
            scope["method"], short, query, headers, body or b"", too_long=body is None
        )
        answered = self.log.add(request.method, sent_path, query, self._acts(request))
        status: int | None = 500
        try:
            status = await self._serve(request, scope, receive, send, answered)
        finally:
            answered(status)

    def fresh_world(self) -> None:
        """Start again with what belongs to a world: the log, the counts. Requests which are still
        on their way, such as slow ones, end without an answer."""
        self.world_number += 1
        self.log.clear()
        self.unknown_paths = 0

    def _acts(self, request: Request) -> bool:
        """Whether the request may change anything, whatever became of it."""
        found = self.product.router.find(request.segments)
        route = found[0].get(request.method) if found is not None else None
        if route is not None and route.acts is not None:
            return route.acts(request)
        return request.method not in ("GET", "HEAD", "OPTIONS")

    async def _serve(
        self,
        request: Request,
        scope: Scope,
        receive: Receive,
        send: Send,
        answered: Callable[[int | None], None],
    ) -> int | None:
        """Return the status which the client saw, None where it saw none."""
        rules: list[Rule] = []
        number = self.world_number
        account = self._account(request.headers)
        answer = self._unauthorized(request) if account is None else None
        if account is not None:
            request.roles = account.roles
            rules = self.faults.take(request)
        await self._delay(rules)
        if number != self.world_number:
            await close_connection(scope, receive)
            return None
        fault = rules[-1] if rules and rules[-1].kind.phase != "before" else None
        if fault is not None and fault.kind.name == "reset":
            self.faults.done(rules)
            await close_connection(scope, receive)
            return None
        if answer is None:
            answer = self._answer(request, fault)
        self.faults.done(rules)
        if fault is None or fault.kind.name != "lost_answer":
            # Noted before it is sent: a client that gets only a part of it may look at once.
            answered(answer.status)
        return await _send(answer, fault, scope, receive, send)

    async def _delay(self, rules: Sequence[Rule]) -> None:
        delay = self.switches.number("delay_ms") / 1000 + sum(
            float(rule.params.get("seconds", 1)) for rule in rules if rule.kind.name == "slow"
        )
        if delay:
            await asyncio.sleep(delay)

    def _account(self, headers: Mapping[str, str]) -> Account | None:
        """Return the account of a request, None where it has none."""
        return self.accounts.find(
            headers.get("authorization"), basic=self.switches.is_on("basic_auth")
        )

    def _unauthorized(self, request: Request) -> Answer:
        return self.product.status(401, request)

    def _answer(self, request: Request, fault: Rule | None) -> Answer:
        if fault is None or fault.kind.phase == "wire":
            return self._route(request)
        if fault.kind.phase == "product":
            request.effects = {fault.kind.name: fault.params}
            return self._route(request)
        if fault.kind.phase == "body":
            whole = self._route(request)
            return Answer(whole.status, whole.body[: len(whole.body) // 2], whole.content_type)
        if fault.params.get("handled"):
            self._route(request)
        return self._replaced_answer(fault, request)

    def _replaced_answer(self, fault: Rule, request: Request) -> Answer:
        name, params = fault.kind.name, fault.params
        if name == "401":
            return self._unauthorized(request)
        if name == "403":
            return self.product.status(403, request)
        if name == "redirect":
            return Answer(
                int(params.get("status", 302)),
                b"",
                headers=(("location", str(params["location"])),),
            )
        if name == "html":
            return html(200, "Sign in")
        if name in ("result_zero", "errors_200"):
            return self.product.nothing_done(name, params, request)
        return status_answer(
            fault, lambda status, title: self.product.status(status, request, title)
        )

    def _route(self, request: Request) -> Answer:
        too_long = self._too_long(request)
        if too_long:
            return self.product.status(too_long, request)
        found = self.product.router.find(request.segments)
        if found is None or (request.method not in found[0] and _is_another_call(found)):
            self.unknown_paths += 1
            return self.product.status(501, request, "this path is not emulated")
        methods, taken = found
        route = methods.get(request.method)
        if route is None:
            return self._wrong_method(request, methods)
        own = request.roles
        if own is not None and not all(own & one for one in self.product.needed_roles(route)):
            return self.product.status(403, request)
        if self.switches.is_on("strict"):
            unknown = unknown_parameters(route, request) + _unknown_keys(route, request)
            if unknown:
                return self.product.unknown_names(unknown, request)
        return self.product.handle(route, request, taken)

    def _too_long(self, request: Request) -> int:
        """The status of a request with too long a body or address, 0 where neither is."""
        if request.too_long:
            return 413
        longest = self.switches.number("max_url_bytes")
        return 414 if longest and len(request.path) + len(request.query) > longest else 0

    def _wrong_method(self, request: Request, methods: Iterable[str]) -> Answer:
        answer = self.product.status(405, request)
        allow = (("allow", ", ".join(sorted(methods))),) if answer.status == 405 else ()
        return Answer(answer.status, answer.body, answer.content_type, allow)


def _is_another_call(found: Found) -> bool:
    """Whether a path was found although it is not emulated: `device/wipeCancel` looks like a device,
    but an id or a uuid has digits."""
    methods, taken = found
    parts = [part for part in next(iter(methods.values())).path.split("/") if part.startswith("{")]
    return any(
        part in ("{id}", "{uuid}") and text.isalpha()
        for part, text in zip(parts, taken, strict=True)
    )


def _unknown_keys(route: Route, request: Request) -> list[str]:
    """The body keys which the sources do not know for this call. Bodies of other calls are not
    looked at."""
    if route.body is None or not request.body:
        return []
    try:
        body: Any = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return []
    return [name for name in body if name not in route.body] if isinstance(body, dict) else []


async def _read(receive: Receive, most: int) -> bytes | None:
    """The body of a request; None where it is longer than `most` bytes (0: no limit)."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if most and size > most:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(
    answer: Answer, fault: Rule | None, scope: Scope, receive: Receive, send: Send
) -> int | None:
    wire_fault = fault.kind.name if fault is not None and fault.kind.phase == "wire" else None
    if wire_fault == "lost_answer":
        await close_connection(scope, receive)
        return None
    response = Response(answer.body, answer.status, _headers(answer.headers), answer.content_type)
    if wire_fault == "half_body":
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": response.raw_headers,
            }
        )
        await send(
            {
                "type": "http.response.body",
                "body": answer.body[: len(answer.body) // 2],
                "more_body": True,
            }
        )
        await close_connection(scope, receive, flush=True)
        return answer.status
    await response(scope, receive, send)
    return answer.status


def _headers(pairs: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    return dict(pairs) or None
