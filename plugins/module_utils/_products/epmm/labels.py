# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels in EPMM's JSON, for both of its APIs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.device import Label
from ..._core.errors import AnswerError
from ..values import flag, number_of, text_of
from .answers import id_of, listed, v1_whole, whole


def v1_labels(answer: Any) -> list[Label]:
    """Return the labels of "Get all Labels"."""
    return [label_v1(raw) for raw in v1_whole(answer, "labels", "label")]


def label_v1(row: Mapping[str, Any]) -> Label:
    """Make a label of a row of "Get all Labels". The server's own labels have negative ids."""
    number = id_of(row)
    system = text_of(number).startswith("-")
    return _label(
        row,
        number,
        static=row.get("staticLabel"),
        criteria=row.get("query"),
        space=("", ""),
        system=system,
    )


def label_v2(row: Mapping[str, Any]) -> Label:
    """Make a label of a row of "Get label summary"."""
    return _label(
        row,
        row.get("id"),
        static=row.get("isStatic"),
        criteria=row.get("criteria"),
        space=(text_of(row.get("deviceSpaceId")), text_of(row.get("deviceSpaceName"))),
        system=text_of(row.get("rowType")).upper() == "SYSTEM",
    )


def require_labels(found: Iterable[Label]) -> tuple[Label, ...]:
    """Return all labels of a server.

    Raises:
        AnswerError: There are none. A server has its own labels, such as All-Smartphones.
    """
    labels = tuple(found)
    if not labels:
        raise AnswerError(
            "The server lists no label, not even its own; nothing was done with an incomplete "
            "list. Check the roles of the account."
        )
    return labels


def labels_on(answer: Any, what: str) -> dict[str, str]:
    """Return the names of the labels of one device, by their ids.

    In this answer ids are strings; in the summary they are numbers.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.
    """
    rows = [
        row
        for row in listed(whole(answer, what))
        if isinstance(row, Mapping) and row.get("id") is not None
    ]
    return {str(row["id"]): text_of(row.get("name")) for row in rows}


def _label(
    row: Mapping[str, Any],
    number: Any,
    *,
    static: Any,
    criteria: Any,
    space: tuple[str, str],
    system: bool,
) -> Label:
    if number is None or not row.get("name"):
        raise AnswerError(
            f"The server sent a label without an id or a name ({number!r}, {row.get('name')!r})."
        )
    return Label(
        id=text_of(number),
        name=str(row["name"]),
        static=flag(static) is True,
        system=system,
        device_count=number_of(row.get("deviceCount")) or 0,
        description=text_of(row.get("description")),
        criteria=" ".join(text_of(criteria).split()),
        space=space[1],
        space_id=space[0],
    )
