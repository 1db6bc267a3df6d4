# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request and an answer, free of any product and of ASGI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"


@dataclass(frozen=True)
class Answer:
    """What goes back: the body as it is on the wire."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    wrote: bool = False


@dataclass
class Request:
    """One request. `path` is as it was sent, so that `%2F` never becomes a slash; `effects` are the
    fault rules which the product itself must act out. `roles` are those of the account that asks;
    None stands for every role. `too_long`: the body was not read to its end."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    effects: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: frozenset[str] | None = None
    too_long: bool = False

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The query decoded; `+` is a space."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found

    def parameter(self, name: str) -> str | None:
        """The first value, or None when absent or blank."""
        values = self.parameters.get(name)
        return values[0] if values and values[0] != "" else None

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, decoded one by one."""
        return tuple(unquote(part) for part in self.path.split("/"))


def challenged(answer: Answer) -> Answer:
    """Return a 401 which asks for a name and a password."""
    return replace(answer, headers=(*answer.headers, ("www-authenticate", 'Basic realm="Ivanti"')))


def html(status: int, title: str) -> Answer:
    """Return a page as gateways and servlet containers send it."""
    page = (
        f"<!doctype html><html><head><title>{status} {title}</title><style>body{{font:1em "
        f"serif}}</style></head>"
        f"<body><h1>HTTP Status {status} \u2013 {title}</h1></body></html>"
    )
    return Answer(status, page.encode(), HTML_TYPE)
