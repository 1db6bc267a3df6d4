# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked, oldest first: method, path, query, status, time, whether it may act. Never a
header, a body or a secret."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

#: Older entries are dropped beyond this many: about 6 MB at most with ordinary queries.
LIMIT = 20_000
#: Parameters whose values are secrets of devices or users, in lower case.
SECRET_PARAMETERS = frozenset(("deviceunlockpin", "password", "oldpassword", "newpassword"))


class RequestLog:
    """Bounded. `status` is null where the connection was closed instead of an answer. `acts`:
    whether such a call may change anything: all but GET, and those GETs which do, but for a PUT
    which only checks."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._entries: deque[list[Any]] = deque(maxlen=LIMIT)
        self._secrets = {
            form
            for secret in secrets
            if secret
            for form in (secret, quote(secret, safe=""), quote_plus(secret))
        }
        self.total = 0

    def add(self, method: str, path: str, query: str, acts: bool) -> Callable[[int | None], None]:
        """Log a request that arrived. It is logged before it is answered, for a client that loses
        its connection may look at once.

        Args:
            method: The HTTP method.
            path: The path as it was sent.
            query: The query as it was sent.
            acts: Whether such a call may change anything.

        Returns:
            A function to call with the status, or with None where no answer was sent.
        """
        self.total += 1
        entry = [method, self._clean(path), self._clean(_masked(query)), None, time.time(), acts]
        self._entries.append(entry)

        def answered(status: int | None) -> None:
            entry[3] = status

        return answered

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "***")
        return text

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries, oldest first."""
        names = ("method", "path", "query", "status", "at", "acts")
        return [dict(zip(names, entry, strict=True)) for entry in self._entries]

    def clear(self) -> None:
        """Remove all entries."""
        self._entries.clear()


def _masked(query: str) -> str:
    """The query without the values of secret parameters, otherwise as it was sent."""
    if not any(map(_is_secret, query.split("&"))):
        return query
    return "&".join(
        f"{pair.split('=')[0]}=***" if _is_secret(pair) else pair for pair in query.split("&")
    )


def _is_secret(pair: str) -> bool:
    return unquote_plus(pair.partition("=")[0]).lower() in SECRET_PARAMETERS
