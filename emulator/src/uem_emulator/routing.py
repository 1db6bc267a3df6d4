# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which handler answers: by path, then by method; and what strict mode refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from uem_emulator.answers import Answer, Request

Handler = Callable[[Request, tuple[str, ...]], Answer]


@dataclass(frozen=True)
class Route:
    """`path` is `/api/v1/device/{id}`: a part in braces takes any one segment. `query` and `body`
    are the names which the sources know; a name ending in `[]` in `query` also stands for
    `name[0].x`. `body` of None means there is none. `acts`: whether a request changes something;
    None: as its method says, GET never and PUT always."""

    method: str
    path: str
    handler: Handler
    query: frozenset[str] = frozenset()
    body: frozenset[str] | None = None
    acts: Callable[[Request], bool] | None = None


#: The routes of a path by method, with what its braces took.
Found = tuple[dict[str, Route], tuple[str, ...]]


class Router:
    """Fixed parts win over braces because they are tried first."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._fixed: dict[tuple[str, ...], dict[str, Route]] = {}
        self._open: dict[int, list[tuple[tuple[str, ...], dict[str, Route]]]] = {}
        for route in routes:
            self._methods(tuple(route.path.split("/")))[route.method] = route

    def _methods(self, parts: tuple[str, ...]) -> dict[str, Route]:
        if not any(part.startswith("{") for part in parts):
            return self._fixed.setdefault(parts, {})
        same_length = self._open.setdefault(len(parts), [])
        for known, methods in same_length:
            if known == parts:
                return methods
        same_length.append((parts, {}))
        return same_length[-1][1]

    def find(self, segments: tuple[str, ...]) -> Found | None:
        """The methods of a path with what its braces took; None for an unknown path."""
        if segments in self._fixed:
            return self._fixed[segments], ()
        for parts, methods in self._open.get(len(segments), ()):
            taken = _match(parts, segments)
            if taken is not None:
                return methods, taken
        return None


def _match(parts: tuple[str, ...], segments: tuple[str, ...]) -> tuple[str, ...] | None:
    taken = []
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{") and segment:
            taken.append(segment)
        elif part != segment:
            return None
    return tuple(taken)


_INDEXED = re.compile(r"^(\w+)\[\d+\]\.(\w+)$")


def unknown_parameters(route: Route, request: Request) -> list[str]:
    """Return the query parameters which the sources do not know for this call."""
    return [
        name for name in request.parameters if _INDEXED.sub(r"\1[].\2", name) not in route.query
    ]
