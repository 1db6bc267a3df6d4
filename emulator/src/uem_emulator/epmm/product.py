# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ivanti EPMM: one server behind its two APIs, and the answers which no single call has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request, html
from uem_emulator.blueprint import Blueprint
from uem_emulator.epmm import roles, truth
from uem_emulator.epmm.personal import PERSONAL
from uem_emulator.epmm.status import status_answer
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import answer
from uem_emulator.epmm.v1 import api as v1
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.api import V2
from uem_emulator.epmm.v2.wire import BadRequest, ForbiddenError
from uem_emulator.gdpr import hide
from uem_emulator.routing import Found, Route, Router
from uem_emulator.switches import Switches

_ENCODED_SLASH = re.compile(r"%(2f|5c)", re.IGNORECASE)


class _Paths:
    """The router, with /api/V2 as /api/v2 where a switch says so."""

    def __init__(self, routes: tuple[Route, ...], switches: Switches) -> None:
        self._router = Router(routes)
        self._switches = switches

    def find(self, segments: tuple[str, ...]) -> Found | None:
        if segments[1:3] == ("api", "V2") and self._switches["v2_path_case"] == "version_ignored":
            segments = ("", "api", "v2", *segments[3:])
        return self._router.find(segments)


class Epmm:
    """One server behind two APIs. See `products.Product` for what the pipeline uses of it.

    Attributes:
        tenant: What is emulated.
        truth: What the control calls read and change of it.
        v1, v2: The calls of the two APIs.
        router: All calls.
    """

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.tenant = EpmmTenant(blueprint, switches)
        self.truth = truth.EpmmTruth(self.tenant)
        self.v2 = V2(self.tenant)
        self.v1 = v1.V1(self.tenant)
        self.router = _Paths(self.v2.routes + self.v1.routes, switches)

    def status(self, status: int, request: Request, message: str | None = None) -> Answer:
        """Return 401, 403, 405, 414, 501, 429 or 5xx in the form of the API which the path belongs
        to. See `products.Product`."""
        return status_answer(status, request, self.tenant.switches, message)

    def needed_roles(self, route: Route) -> tuple[frozenset[str], ...]:
        """Return groups of roles; a call needs one of each. See `products.Product`."""
        return roles.needed(route, self.tenant.switches)

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer:
        """Answer a request. See `products.Product`."""
        if (
            _ENCODED_SLASH.search(request.path)
            and self.tenant.switches["encoded_slash"] == "reject"
        ):
            return html(400, "Bad Request")
        if request.method == "GET":
            self.tenant.before_read()
        try:
            found = route.handler(request, taken)
        except BadRequest as bad:
            return wire.error(400, bad.key, bad.text)
        except ForbiddenError:
            return self.status(403, request)
        self.tenant.writes += found.wrote
        if request.path.startswith("/api/v1"):
            # It hides before it writes XML or JSON.
            return found
        return hide(found, PERSONAL, self.tenant.switches)

    def unknown_names(self, names: list[str], request: Request) -> Answer:
        """Return the answer of strict mode to names which the sources do not know."""
        text = f"not known for this call: {', '.join(names)}"
        if request.path.startswith("/api/v1"):
            return answer.error(400, request, self.tenant.switches, text)
        return wire.error(400, "validation.unknown", text)

    def nothing_done(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Return a 200 which says that nothing was done. Recorded for a device action: successful
        false. See `products.Product`."""
        text = str(params.get("message", "The request failed."))
        if request.path.startswith("/api/v1"):
            said = "Invalid action" if kind == "result_zero" else text
            return answer.respond(request, answer.messages(said), self.tenant.switches)
        body: dict[str, Any] = {"messages": [wire.message("Error", "request.failed", text)]}
        return Answer(
            200, orjson.dumps(body if kind == "errors_200" else {"successful": False, **body})
        )


CONTROL_CALLS = (*truth.CONTROL_CALLS, *v1.CONTROL_CALLS)
