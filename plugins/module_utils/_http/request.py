# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, as the caller hands it to the connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .._core.endpoint import Endpoint

Query = Sequence[tuple[str, str]]

# Removes from a text what messages must not show.
Scrub = Callable[[str], str]

# Reads the body of a response of urllib3. It gets the response and the words for the request in
# messages, and returns the part of the body that stays in memory.
Receive = Callable[[Any, str], bytes]

# The most bytes of an answer that is held in memory: of one that has a page at most, and of one that
# has a whole list, such as all devices of a status in API v1 of EPMM, of 4 kB each. JSON can take 27
# times as much memory as it has bytes: 34 MB of empty objects took 810 MB.
MOST_OF_PAGE, MOST_OF_LIST = 32 << 20, 256 << 20


@dataclass(frozen=True)
class Request:
    """A request.

    As text it is the method and the path, as messages name it. The query is left out, because it
    may name people.

    Attributes:
        endpoint: The call.
        path: The path of the endpoint, filled in.
        query: The names and values behind the path.
        headers: The headers that only this request has.
        body: The bytes that are sent, if any.
        scrub: Removes from the server's words what messages must not show.
        receive: Reads the body of the answer. If left out, all of it is held in memory.
        anonymous: Whether it is sent without credentials.
        most: The most bytes that are held in memory.
    """

    endpoint: Endpoint
    path: str
    query: Query = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    scrub: Scrub = str
    receive: Receive | None = None
    anonymous: bool = False
    most: int = MOST_OF_PAGE

    def __str__(self) -> str:
        return f"{self.endpoint.method} {self.path}"

    @property
    def target(self) -> str:
        """The path with the query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path
