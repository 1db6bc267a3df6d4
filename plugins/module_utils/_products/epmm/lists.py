# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of API v1 that give the number of their elements only in a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AnswerError
from ..._http.request import Query
from . import answers
from .v1 import V1

_RETURNED = re.compile(r"\s*([0-9]{1,9})\s.*\breturned\b", re.IGNORECASE | re.DOTALL)


def read_list(
    v1: V1,
    endpoint: Endpoint,
    many: str,
    one: str,
    path: Mapping[str, Segment] | None = None,
    query: Query = (),
) -> list[Mapping[str, Any]]:
    """Read a list. HTTP 404 means that it is empty.

    Args:
        v1: The calls of API v1.
        endpoint: The call.
        many: The name of the list in its answer.
        one: The name of its elements.
        path: The values of the path's segments.
        query: The parameters of the call.

    Raises:
        AnswerError: It has fewer elements than its message counts, such as ``2 Countries
            returned``: a part must not pass for the whole.
    """
    answer = v1.lists(endpoint, path, query)
    if answer is None:
        return []
    found = answers.v1_whole(answer, many, one)
    reported = _RETURNED.match(answers.explain(answer))
    if reported and int(reported.group(1)) > len(found):
        raise AnswerError(
            f"The server says that it returned {reported.group(1)} {many} and sent {len(found)}. Try "
            "again later."
        )
    return found
