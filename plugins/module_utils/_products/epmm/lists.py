# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of API v1 that have no pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AbsentError, AnswerError, NotFoundError
from ..._http.request import MOST_OF_LIST, Query
from ..._http.transport import Transport
from . import answers, endpoints


class V1Lists:
    """Lists of API v1, of anything."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def lists(
        self, endpoint: Endpoint, path: Mapping[str, Segment] | None = None, query: Query = ()
    ) -> Any:
        """Return the answer of a list call, or None for HTTP 404 with words that say that the list
        is empty.

        Args:
            endpoint: The call.
            path: The values of the path's segments.
            query: The parameters of the call.

        Raises:
            AbsentError: API v1 is not there.
            AnswerError: The answer is null, or HTTP 404 without such words.
        """
        try:
            answer = self._transport.call(endpoint, path=path, query=query, most=MOST_OF_LIST)
        except NotFoundError as error:
            self.require_no_data(error)
            return None
        if answer is None:
            raise AnswerError(
                f"{endpoint.method} {endpoint.fill(**(path or {}))} was answered with null "
                "instead of a list; ask the server's administrator."
            )
        return answer

    def require_no_data(self, error: NotFoundError) -> None:
        """Check that an HTTP 404 says that there is no data, or counts none. Proxies and other APIs
        answer it, too.

        Raises:
            AbsentError: It does not, and the labels are missing as well, of which every server has
                some.
            AnswerError: It does not.
        """
        if answers.reports_no_data(error.said) or answers.counts_nothing(error.answer):
            return
        try:
            self._transport.call(endpoints.LABELS_V1, most=MOST_OF_LIST)
        except NotFoundError:
            raise AbsentError(
                f"{error} The server has no labels either, so API v1 is not there; set url to the "
                "address before /api/."
            ) from None
        raise AnswerError(
            f"{error} The answer does not say that there is no data, so it may come from a proxy "
            "or a server in trouble; nothing was done with it. Try again later."
        )


def read_list(
    v1: V1Lists,
    endpoint: Endpoint,
    many: str,
    one: str,
    path: Mapping[str, Segment] | None = None,
    query: Query = (),
) -> list[Mapping[str, Any]]:
    """Read a list.

    Args:
        v1: The calls of API v1.
        endpoint: The call.
        many: The name of the list in its answer.
        one: The name of its elements.
        path: The values of the path's segments.
        query: The parameters of the call.

    Raises:
        AnswerError: It has fewer elements than the server counts.
    """
    answer = v1.lists(endpoint, path, query)
    return [] if answer is None else answers.v1_whole(answer, many, one)
