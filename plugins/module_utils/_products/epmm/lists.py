# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of API v1 that have no pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._core.endpoint import Endpoint, Segment
from ..._http.request import Query
from . import answers
from .v1 import V1


def read_list(
    v1: V1,
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
