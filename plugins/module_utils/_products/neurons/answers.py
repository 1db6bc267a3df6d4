# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of Neurons for MDM: the envelope that all of them have, list pages, and errors. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..._core.errors import AnswerError, DeclinedError
from ..._http.redact import MOST_EXPLAINED
from ..values import text_of

# By field, and by value, how many devices have it; None if the server does not say.
Facets = Mapping[str, Mapping[str, "int | None"]]

# The most characters of a result that messages show.
MOST_SHOWN = 100


def result_of(answer: Any, what: str) -> Any:
    """Return the ``result`` of an envelope.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.

    Raises:
        AnswerError: There is no result, or there are ``errors`` despite HTTP 200.
    """
    if not isinstance(answer, Mapping) or "result" not in answer:
        raise AnswerError(
            f"{what}: the server's answer has no result; url may lead to another API."
        )
    if has_content(answer.get("errors")):
        raise DeclinedError(
            f"{what}: the server answered HTTP 200 with errors "
            f"({explain(answer) or 'it does not say which'})."
        )
    return answer["result"]


def has_content(errors: Any) -> bool:
    """Return whether ``errors`` says anything. "API Basics" shows lists within it that are null, and
    a server may send them empty beside a result."""
    if isinstance(errors, (Mapping, list)):
        parts = errors.values() if isinstance(errors, Mapping) else errors
        return any(has_content(part) for part in parts)
    return errors not in (None, "", False)


def accepted(answer: Any, what: str) -> int:
    """Return how many devices a write took.

    Args:
        answer: The JSON of the answer.
        what: The words for the write in messages.

    Raises:
        AnswerError: It is 0 or false, which a server may send with HTTP 200.
    """
    result = result_of(answer, what)
    if isinstance(result, (bool, int)) and result >= 1:
        return int(result)
    if isinstance(result, (bool, int)):
        raise DeclinedError(
            f"{what}: the server answered HTTP 200 with result {_shown(result)}: nothing was done."
        )
    raise AnswerError(
        f"{what}: the server answered HTTP 200 with result {_shown(result)}: nothing shows whether "
        "it was done."
    )


def count_of(answer: Any, what: str) -> int:
    """Return a result that is a number, which may be 0.

    Args:
        answer: The JSON of the answer.
        what: The words for the number in messages.

    Raises:
        AnswerError: It is not a number.
    """
    result = result_of(answer, what)
    if isinstance(result, bool) or not isinstance(result, int):
        raise AnswerError(f"{what}: the server answered {_shown(result)}, which is not a number.")
    return result


def _shown(result: Any) -> str:
    """Return what messages show of an unexpected result.

    A long one is not cut but left out: nobody could recognise a part of a secret.
    """
    text = json.dumps(result)
    return text if len(text) <= MOST_SHOWN else f"{text[:1]}…{text[-1:]} of {len(text)} characters"


def exception_codes(row: Mapping[str, Any]) -> str:
    """Return why a device cannot take an action ("Check force logout viability").

    The server sends codes, or a list that may be empty.
    """
    raw = row.get("actionExceptionCodes")
    codes = [text_of(code) for code in (raw if isinstance(raw, list) else [raw]) if code]
    return ", ".join(codes) or "the server says that it cannot, but not why"


def rows_of(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int, str | None]:
    """Read a page of a list.

    Args:
        answer: The JSON of the answer.
        what: The words for the list in messages.

    Returns:
        The rows, the total, and the value that continues the list (see "searchAfterValues").

    Raises:
        AnswerError: It is not a page of a list.
    """
    result = result_of(answer, what)
    rows = result.get("searchResults") if isinstance(result, Mapping) else None
    total = result.get("totalCount") if isinstance(result, Mapping) else None
    if (
        not isinstance(rows, list)
        or not isinstance(total, int)
        or isinstance(total, bool)
        or total < 0
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is not a page of a list (searchResults and totalCount "
            "are missing)."
        )
    return rows, total, _after(result.get("searchAfterValues"))


def facets_of(answer: Any, what: str) -> Facets:
    """Return how many devices of a list have each value of the fields that the server counts ("Get
    Device Details Based on Attribute", facetedResults). A number may be null.

    Args:
        answer: The JSON of the answer.
        what: The words for the list in messages.

    Raises:
        AnswerError: There are no such counts.
    """
    result = result_of(answer, what)
    facets = result.get("facetedResults") if isinstance(result, Mapping) else None
    if not isinstance(facets, Mapping) or not all(map(_is_count, facets.values())):
        raise AnswerError(
            f"{what}: the server's answer has no counts (facetedResults is missing or is not one)."
        )
    return facets


def _is_count(facet: Any) -> bool:
    return isinstance(facet, Mapping) and all(
        number is None or (isinstance(number, int) and not isinstance(number, bool))
        for number in facet.values()
    )


def explain(body: Any) -> str:
    """Return the text of an error envelope ("API Basics", validation errors).

    It has the field and the message of each error.
    """
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Mapping):
        return text_of(errors)[:MOST_EXPLAINED]
    texts = []
    for part in (errors.get("fieldErrors"), errors.get("globalErrors")):
        entries = part if isinstance(part, list) else [part]
        texts += [_error_text(entry) for entry in entries]
    return "; ".join(text for text in texts if text)[:MOST_EXPLAINED]


def _error_text(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return text_of(entry)
    message = text_of(entry.get("message") or entry.get("code"))
    return f"{text_of(entry.get('field'))} {message}".strip()


def _after(raw: Any) -> str | None:
    """Return the value of a page that continues the list.

    Its syntax is not documented. So a string is sent back as it came, and a list as its values
    joined by commas.
    """
    if raw is None or raw == []:
        return None
    if isinstance(raw, list):
        return ",".join(str(part) for part in raw)
    return str(raw)
