# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control calls under `/_emulator/`: for tests and demonstrations, not part of any product. No
authentication, never logged, never faulty. A mistake in one answers 400 with {"error": "..."}."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uem_emulator import state
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.pipeline import CONTROL, Pipeline
from uem_emulator.products import PRODUCTS

Endpoint = Callable[[Request], Awaitable[Response]]
_CHANGES_ON_RESET = {"seed", "devices", "partitions"}


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


async def _body(request: Request, kind: type = dict) -> Any:
    """The JSON of a control call; nothing at all is an empty one. Raises ValueError."""
    raw = await request.body()
    value = orjson.loads(raw) if raw.strip() else kind()
    if not isinstance(value, kind):
        raise ValueError(f"the body must be a JSON {'object' if kind is dict else 'value'}")
    return value


class Control:
    """One method a call; `app` is the ASGI application of all of them, and of those which the
    product has besides. A call which only other products have is a mistake."""

    def __init__(self, pipeline: Pipeline, name: str) -> None:
        self.pipeline = pipeline
        self.tenant = pipeline.product.tenant
        self.truth = pipeline.product.truth
        self.name = name
        # fmt: off
        calls: list[tuple[str, str, Endpoint]] = [
            ("GET", "/requests", self.get_requests), ("DELETE", "/requests", self.clear_requests),
            ("GET", "/faults", self.get_faults), ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/switches", self.get_switches), ("POST", "/switches", self.set_switches),
            ("GET", "/roles", self.get_roles), ("PUT", "/roles", self.set_roles),
            ("GET", "/save", self.save), ("POST", "/load", self.load),
            ("POST", "/reset", self.reset), ("POST", "/settle", self.settle), ("GET", "/state", self.get_state),
            ("GET", "/devices", self.get_devices), ("POST", "/devices", self.add_device),
            ("GET", "/devices/{key}", self.get_device), ("PATCH", "/devices/{key}", self.patch_device),
            ("DELETE", "/devices/{key}", self.delete_device),
            *self._product_calls(),
        ]
        # fmt: on
        routes = [
            Route(CONTROL + path, endpoint, methods=[method]) for method, path, endpoint in calls
        ]
        self.app = Starlette(
            routes=routes, exception_handlers={ValueError: _bad_request, NotFound: _not_found}
        )

    def _product_calls(self) -> Iterator[tuple[str, str, Endpoint]]:
        """The product's own calls, then what only other products have."""
        for call in PRODUCTS[self.name].calls:
            yield call.method, call.path, self._endpoint(call)
        own = {(call.method, call.path) for call in PRODUCTS[self.name].calls}
        for call in (
            call
            for row in PRODUCTS.values()
            for call in row.calls
            if (call.method, call.path) not in own
        ):
            yield call.method, call.path, self._of_another_product

    def _endpoint(self, call: ControlCall) -> Endpoint:
        async def serve(request: Request) -> Response:
            body = await _body(request, call.body) if call.method not in ("GET", "DELETE") else None
            found = call.handler(self.tenant, request.path_params, body)
            return Response(status_code=204) if found is None else _json(found, call.status)

        return serve

    async def _of_another_product(self, request: Request) -> Response:
        raise ValueError(f"{self.name} has nothing that this call could be about")

    async def get_requests(self, request: Request) -> Response:
        """Return the request log, oldest first."""
        return _json(self.pipeline.log.entries())

    async def clear_requests(self, request: Request) -> Response:
        """Empty the request log."""
        self.pipeline.log.clear()
        return Response(status_code=204)

    async def get_faults(self, request: Request) -> Response:
        """Return the fault rules with how often each was seen and fired."""
        return _json(self.pipeline.faults.as_list())

    async def add_faults(self, request: Request) -> Response:
        """Add fault rules and return them."""
        rules = self.pipeline.faults.add(orjson.loads(await request.body()))
        return _json([rule.as_dict() for rule in rules], 201)

    async def clear_faults(self, request: Request) -> Response:
        """Remove all fault rules."""
        self.pipeline.faults.clear()
        return Response(status_code=204)

    async def get_switches(self, request: Request) -> Response:
        """Return the positions of all switches."""
        return _json(self.pipeline.switches.as_dict())

    async def set_switches(self, request: Request) -> Response:
        """Set the positions of some switches, all or none, and return those of all."""
        self.pipeline.switches.set_many(await _body(request))
        self.tenant.switches_changed()
        return _json(self.pipeline.switches.as_dict())

    async def get_roles(self, request: Request) -> Response:
        """Return the roles of each account; null stands for every role."""
        return _json(self.pipeline.accounts.roles())

    async def set_roles(self, request: Request) -> Response:
        """Give some accounts other roles, all or none, and return those of all."""
        accounts = self.pipeline.accounts
        accounts.set_roles(await _body(request), PRODUCTS[self.name].roles)
        return _json(accounts.roles())

    async def reset(self, request: Request) -> Response:
        """A fresh world, no fault rules, the command line's switches and roles, an empty log."""
        wanted = await _body(request)
        if set(wanted) - _CHANGES_ON_RESET or not all(
            _is_count(value) for value in wanted.values()
        ):
            raise ValueError(f"reset takes whole numbers: {', '.join(sorted(_CHANGES_ON_RESET))}")
        self.pipeline.switches.reset()
        self.pipeline.accounts.reset()
        self.tenant.reset(**wanted)
        self.pipeline.faults.clear()
        self.pipeline.fresh_world()
        return _json(self._state())

    async def save(self, request: Request) -> Response:
        """Return the whole state as one JSON object."""
        saved = json.dumps(state.save(self.pipeline, self.name), separators=(",", ":"))
        return Response(saved, media_type="application/json")

    async def load(self, request: Request) -> Response:
        """Take over what `save` returned, all or nothing."""
        try:
            given = state.read_json(await request.body(), "saved state")
            state.load(self.pipeline, self.name, given)
        except state.StateError as error:
            raise ValueError(f"the body {error}") from error
        return _json(self._state())

    async def settle(self, request: Request) -> Response:
        """Carry out all that waits."""
        self.tenant.settle()
        return Response(status_code=204)

    def _state(self) -> dict[str, Any]:
        pipeline = self.pipeline
        return {
            "product": self.name,
            **self.truth.state(),
            "requests": pipeline.log.total,
            "unknown_paths": pipeline.unknown_paths,
            "faults": len(pipeline.faults.as_list()),
        }

    async def get_state(self, request: Request) -> Response:
        """Return counts, device spaces, seed and clock."""
        return _json(self._state())

    async def get_devices(self, request: Request) -> Response:
        """The fields asked for (?fields=id,guid) of every device."""
        fields = request.query_params.get("fields")
        return _json(self.truth.every(fields.split(",") if fields else list(self.truth.shown)))

    async def add_device(self, request: Request) -> Response:
        """Add a device and return its id."""
        return _json({"id": self.truth.create(await _body(request))}, 201)

    async def get_device(self, request: Request) -> Response:
        """Return everything about a device."""
        found = self.truth.one(request.path_params["key"])
        return _no_such_device() if found is None else _json(found)

    async def patch_device(self, request: Request) -> Response:
        """Set fields of a device and return everything about it."""
        found = self.truth.change(request.path_params["key"], await _body(request))
        return _no_such_device() if found is None else _json(found)

    async def delete_device(self, request: Request) -> Response:
        """Remove a device."""
        return (
            Response(status_code=204)
            if self.tenant.delete(request.path_params["key"])
            else _no_such_device()
        )


def _no_such_device() -> Response:
    return _json({"error": "no such device"}, 404)


async def _bad_request(request: Request, error: Exception) -> Response:
    return _json({"error": str(error)}, 400)


async def _not_found(request: Request, error: Exception) -> Response:
    return _json({"error": str(error)}, 404)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
