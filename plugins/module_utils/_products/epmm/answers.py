# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of EPMM's two APIs: the lists in them, and what their messages say. Pure.

API v1 was made for XML. In JSON the root is gone, an attribute ``id`` is the key ``@id`` with a
string, and a list of one element is that element (docs/epmm.md of the collection says who saw
that).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..._core.errors import AnswerError
from ..._http.redact import MOST_EXPLAINED
from ..values import text_of
from .values import number_of

# All that the message of a list without elements may say, such as ``0 Operator (s) returned``, ``No
# devices were found`` or ``No Data Found``: an error may begin with "No" as well, and it comes with
# HTTP 200. ``{one}`` is what an element is called.
_NOTHING = (
    r"\W*(?:"
    r"(?:there is )?no data(?: (?:was )?(?:available|returned|found))?"
    r"|(?:0|no) (?:(?:matching|active|registered|activesync|ldap) )?{one}(?: (?:was|were|have "
    r"been))? (?:returned|found)"
    r"|{one} (?:(?:was|were|could) )?not (?:be )?found"
    r")(?: (?:for|in|matching|on|under|with)\b[^;:]*|\W*)"
)

# Messages call most elements as their lists do; "application settting(s)" is how the document
# spells it.
_SAID = {
    "appsetting": r"(?:app|application) ?set+ing",
    "country": r"countr(?:y|ie)",
    "policy": r"polic(?:y|ie)",
}

_REFUSED = re.compile(r"\b(not|no|fail\w*|error|could|cannot|unable|invalid)\b", re.IGNORECASE)


def explain(body: Any) -> str:
    """The texts of an answer's ``messages``: ``{"message": text or texts}`` of v1, a list of
    objects of v2."""
    raw = body.get("messages") if isinstance(body, Mapping) else None
    if isinstance(raw, Mapping):
        raw = raw.get("message")
    texts = [
        text_of(part.get("localizedMessage") or part.get("messageKey"))
        if isinstance(part, Mapping)
        else text_of(part)
        for part in listed(raw)
    ]
    return "; ".join(text for text in texts if text)[:MOST_EXPLAINED]


def listed(raw: Any) -> list[Any]:
    """A list, whatever JSON made of it: nothing is empty, and a single element is a list of one."""
    if raw is None or raw == "":
        return []
    return raw if isinstance(raw, list) else [raw]


def id_of(raw: Mapping[str, Any]) -> Any:
    """The id of an object of API v1, an attribute or an element; None where it has none."""
    return raw.get("@id", raw.get("id"))


def says(text: str, wanted: str) -> bool:
    """Whether a message says what success does, and nothing that refuses: an error comes with HTTP
    200 as well."""
    return bool(re.search(wanted, text, re.IGNORECASE)) and not _REFUSED.search(text)


def accepted(answer: Any, *names: str) -> str | None:
    """The message of a write of API v1 that says "success", or None: an error comes with HTTP 200
    as well.

    ``names``: what the message may repeat, and what may hold any word itself.
    """
    text = explain(answer)
    for name in names:
        text = text.replace(name, "")
    return (
        text if re.search(r"\bsuccess", text, re.IGNORECASE) and not _REFUSED.search(text) else None
    )


def message_says(answer: Any) -> str:
    """The text of an answer to a message, which stands beside ``messages``."""
    beside = text_of(answer.get("message")) if isinstance(answer, Mapping) else ""
    return explain(answer) or beside


def invalid_devices(answer: Any) -> frozenset[str]:
    """The uuids that a bulk call says are no devices that can take it; the document shows them
    within ``messages`` and beside."""
    found: list[Any] = []
    for place in (answer, answer.get("messages") if isinstance(answer, Mapping) else None):
        holder = place.get("invalidDevices") if isinstance(place, Mapping) else None
        found += listed(holder.get("uuid") if isinstance(holder, Mapping) else holder)
    return frozenset(text_of(uuid).strip().lower() for uuid in found)


def total(answer: Any) -> int | None:
    """How many elements a list has, as the server counts them, or None where it does not say."""
    return number_of(answer.get("totalCount")) if isinstance(answer, Mapping) else None


def results(answer: Any, what: str) -> Any:
    """The ``results`` of an envelope. Raises AnswerError for an answer without, whatever its HTTP
    status was."""
    if not isinstance(answer, Mapping) or "results" not in answer:
        reason = explain(answer)
        said = f" ({reason})" if reason else ""
        raise AnswerError(
            f"{what}: the server's answer has no results{said}; url may lead to another API."
        )
    return answer["results"]


def page(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int]:
    """The rows of a list page, and how many there are on all pages. An empty page need not have
    rows."""
    found = total(answer)
    if found == 0 and answer.get("results") is None and not explain(answer):
        return [], 0
    rows = results(answer, what)
    if (
        not isinstance(rows, list)
        or found is None
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is no list page (a list of results and a totalCount)."
        )
    return rows, found


def count(answer: Any, what: str) -> int:
    """The number of devices of a count."""
    found = total(answer)
    if found is None:
        raise AnswerError(f"{what}: the server's answer has no totalCount.")
    return found


def v1_list(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    """The elements of a list of API v1.

    Args:
        answer: ``{many: {one: [...]}}``, ``{many: [...]}``, ``{one: ...}``, or, without elements,
            a message that says so.
        many: What the list is called in the answer.
        one: What its elements are called.

    Raises:
        AnswerError: It is no such list, or an error with HTTP 200.
    """
    if not isinstance(answer, Mapping):
        raise AnswerError("The server's answer is no object; url may lead to another API.")
    holder = answer.get(many)
    if not holder and one not in answer:
        said = explain(answer)
        if (
            total(answer) == 0
            or (not said and ("messages" in answer or many in answer))
            or _says_none(said, one)
        ):
            return []
        # An error comes with HTTP 200 as well, and must not pass for an empty list.
        raise AnswerError(
            f"The server answered HTTP 200 without {many}: "
            f"{said.rstrip('. ') or 'url may lead to another API'}."
        )
    found = (
        listed(holder.get(one) if isinstance(holder, Mapping) else holder)
        if many in answer
        else listed(answer[one])
    )
    if not all(isinstance(raw, Mapping) for raw in found):
        raise AnswerError(f"The server's answer has {many} that are no objects.")
    return found


def v1_whole(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    """The elements of a list of API v1 that has no pages in the document, see ``v1_list``.

    Raises:
        AnswerError: It has fewer elements than the server counts, so that it cannot be believed.
    """
    found = v1_list(answer, many, one)
    counted = total(answer)
    if counted is not None and counted > len(found):
        raise AnswerError(
            f"The server counts {counted} {many} and sent {len(found)} of them; nothing was done "
            "with a part. API v1 has no pages for this list, so raise the server's own limit."
        )
    return found


def _says_none(text: str, one: str) -> bool:
    """Whether a message says that a list has no element and nothing else; ``one``: what an element
    is called in the answer."""
    called = rf"(?:records?|results?|{_SAID.get(one, one)}s?)(?: ?\(s\))?"
    return bool(re.fullmatch(_NOTHING.format(one=called), " ".join(text.split()), re.IGNORECASE))
