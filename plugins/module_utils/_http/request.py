# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, as it is handed from the caller to the connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .._core.endpoint import Endpoint

Query = Sequence[tuple[str, str]]

# Takes out of a text what messages must not show.
Scrub = Callable[[str], str]

# Reads the body of a response of urllib3. Besides the response, it gets what messages call the
# request; it returns what of the body stays in memory.
Receive = Callable[[Any, str], bytes]


@dataclass(frozen=True)
class Request:
    """What is sent.

    As text, it is what messages call it: method and path, without the query, which may name people.

    Attributes:
        endpoint: The call that it is.
        path: The path of the endpoint, filled in.
        query: The names and values behind the path.
        headers: Those that differ from the ones of every request.
        body: The bytes that go along, if any.
        scrub: What of the server's words messages may show.
        receive: Takes the body of the answer. Left out, all of it is held in memory.
    """

    endpoint: Endpoint
    path: str
    query: Query = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    scrub: Scrub = str
    receive: Receive | None = None

    def __str__(self) -> str:
        return f"{self.endpoint.method} {self.path}"

    @property
    def target(self) -> str:
        """The path with the query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path
