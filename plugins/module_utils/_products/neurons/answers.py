# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of Neurons for MDM: the envelope that all of them share, list pages, and errors. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..._core.errors import AnswerError
from ..._http.redact import MOST_EXPLAINED
from ..values import text_of

# Characters of a result that messages show.
MOST_SHOWN = 100


def result_of(answer: Any, what: str) -> Any:
    """The ``result`` of an envelope. Raises AnswerError for an answer without one, or with
    ``errors`` despite HTTP 200."""
    if not isinstance(answer, Mapping) or "result" not in answer:
        raise AnswerError(
            f"{what}: the server's answer has no result; url may lead to another API."
        )
    if answer.get("errors"):
        raise AnswerError(
            f"{what}: the server answered HTTP 200 with errors "
            f"({explain(answer) or 'not said which'})."
        )
    return answer["result"]


def accepted(answer: Any, what: str) -> int:
    """How many devices a write took. Raises AnswerError for 0 or false, which HTTP 200 does not
    rule out."""
    result = result_of(answer, what)
    if isinstance(result, (bool, int)) and result >= 1:
        return int(result)
    raise AnswerError(
        f"{what}: the server answered HTTP 200 with result {_told(result)}: nothing was done."
    )


def count_of(answer: Any, what: str) -> int:
    """A result that is a number, which may be 0."""
    result = result_of(answer, what)
    if isinstance(result, bool) or not isinstance(result, int):
        raise AnswerError(f"{what}: the server answered {_told(result)}, which is no number.")
    return result


def _told(result: Any) -> str:
    """What messages show of a result that is not as it should be. It is not cut: of a secret nobody
    would see that it is a part."""
    text = json.dumps(result)
    return text if len(text) <= MOST_SHOWN else f"{text[:1]}…{text[-1:]} of {len(text)} characters"


def exception_codes(row: Mapping[str, Any]) -> str:
    """Why a device cannot take what is asked of it ("Check force logout viability"): codes, or a
    list that holds nothing."""
    raw = row.get("actionExceptionCodes")
    codes = [text_of(code) for code in (raw if isinstance(raw, list) else [raw]) if code]
    return ", ".join(codes) or "the server says that it cannot, and not why"


def rows_of(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int, str | None]:
    """The rows of a list page, the total, and what it carries to continue with (see
    "searchAfterValues")."""
    result = result_of(answer, what)
    rows = result.get("searchResults") if isinstance(result, Mapping) else None
    total = result.get("totalCount") if isinstance(result, Mapping) else None
    if (
        not isinstance(rows, list)
        or not isinstance(total, int)
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is no list page (searchResults and totalCount are "
            "missing)."
        )
    return rows, total, _after(result.get("searchAfterValues"))


def explain(body: Any) -> str:
    """The text of an error envelope ("API Basics", validation errors): field and message of each
    error in it."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Mapping):
        return text_of(errors)[:MOST_EXPLAINED]
    parts = [errors.get("fieldErrors"), errors.get("globalErrors")]
    entries = [
        entry
        for part in parts
        if part is not None
        for entry in (part if isinstance(part, list) else [part])
    ]
    texts = [
        f"{text_of(entry.get('field'))} {text_of(entry.get('message') or entry.get('code'))}".strip()
        if isinstance(entry, Mapping)
        else text_of(entry)
        for entry in entries
    ]
    return "; ".join(text for text in texts if text)[:MOST_EXPLAINED]


def _after(raw: Any) -> str | None:
    """What a page carries to continue: its syntax is not documented, so a string goes back as it
    came and a list as its values joined by commas."""
    if raw is None or raw == []:
        return None
    if isinstance(raw, list):
        return ",".join(str(part) for part in raw)
    return str(raw)
