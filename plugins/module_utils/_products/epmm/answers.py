# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of EPMM's two APIs: the lists in them, and the meaning of their messages. Pure.

API v1 was made for XML. In its JSON the root is missing, an attribute ``id`` is the key ``@id``
with a string, and a list of one element is that element (docs/epmm.md of the collection names the
clients that saw this).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.errors import ABSENT, AnswerError, ApiError, DeclinedError
from ..._core.wording import numbered
from ..._http.redact import MOST_EXPLAINED
from ..values import number_of, text_of

# The messages of an empty list, such as ``0 Operator (s) returned``, ``No devices were found`` or
# ``No Data Found``. The message must match as a whole. An error may begin with "No" as well,
# and comes with HTTP 200. ``{one}`` is the name of an element.
_NOTHING = (
    r"\W*(?:"
    r"(?:there is )?no data(?: (?:was )?(?:available|returned|found))?"
    r"|(?:0|no) (?:(?:matching|active|registered|activesync|ldap) )?{one}(?: (?:was|were|have "
    r"been))? (?:returned|found)"
    r"|{one} (?:(?:was|were|could) )?not (?:be )?found"
    r")(?: (?:for|in|matching|on|under|with)\b[^;:]*|\W*)"
)

# The names of elements that messages write in another way than lists; "application settting(s)" is
# the spelling of the document.
_NAMES_IN_MESSAGES = {
    "appsetting": r"(?:app|application) ?set+ing",
    "country": r"countr(?:y|ie)",
    "policy": r"polic(?:y|ie)",
}

# The names of elements in the messages of HTTP 404, and what a page may put before its words.
_ELEMENT = (
    r"(?:records?|results?|devices?|labels?|users?|alerts?|profiles?|operators?|polic(?:y|ies)"
    r"|countr(?:y|ies)|app(?:lication)? ?settings?)(?: ?\(s\))?"
)
_STATUS = re.compile(r"^\W*(?:\w+ ){0,2}404\W+")

# The number in messages such as ``2 Countries returned``.
_RETURNED = re.compile(r"\s*([0-9]{1,9})\s.*\breturned\b", re.IGNORECASE | re.DOTALL)

NOT_FOUND = 404

# Words of a server for an address that it does not have.
_ADDRESS = re.compile(
    r"/api/|\b(?:urls?|uri|endpoints?|handlers?|paths?|api|method|resource)\b", re.IGNORECASE
)

_YES_NO = {
    **dict.fromkeys(("true", "1", "yes", "y"), True),
    **dict.fromkeys(("false", "0", "no", "n"), False),
}

_REFUSED = re.compile(r"\b(not|no|fail\w*|error|could|cannot|unable|invalid)\b", re.IGNORECASE)


def explain(body: Any) -> str:
    """Return the texts of an answer's ``messages``.

    API v1 sends ``{"message": text or texts}``, API v2 a list of objects.
    """
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


def lacks_call(error: ApiError) -> bool:
    """Return whether an error shows that a server lacks a call.

    API v2 explains its errors by messages with keys. So an HTTP 404 with one is about what the
    request names, such as a device, unless its words are about the address.
    """
    if error.status != NOT_FOUND:
        return error.status in ABSENT
    raw = error.answer.get("messages") if isinstance(error.answer, Mapping) else None
    parts = [part for part in listed(raw) if isinstance(part, Mapping) and part.get("messageKey")]
    words = (f"{part['messageKey']} {part.get('localizedMessage') or ''}" for part in parts)
    return not parts or any(map(_ADDRESS.search, words))


def listed(raw: Any) -> list[Any]:
    """Return a value of JSON as a list: nothing becomes an empty list, and a single element a list
    of one."""
    if raw is None or raw == "":
        return []
    return raw if isinstance(raw, list) else [raw]


def id_of(raw: Mapping[str, Any]) -> Any:
    """Return the id of an object of API v1, which is an attribute or an element; None if it has
    none."""
    return raw.get("@id", raw.get("id"))


def says(text: str, wanted: str) -> bool:
    """Return whether a message reports success, and no refusal: an error comes with HTTP 200 as
    well.

    Args:
        text: The message.
        wanted: A pattern that a message of success matches.
    """
    return bool(re.search(wanted, text, re.IGNORECASE)) and not _REFUSED.search(text)


def no_success(message: str) -> AnswerError:
    """Return the error of an answer without success: with a message the server says that it did
    not do it, and without one nobody knows."""
    start = "the server answered HTTP 200, but reported no success"
    if message:
        return DeclinedError(f"{start}: {message}")
    return AnswerError(f"{start}: it does not say why")


def accepted(answer: Any, *names: str) -> str | None:
    """Return the message of a write of API v1 if it says "success", else None.

    An error comes with HTTP 200 as well.

    Args:
        answer: The JSON of the answer.
        names: Names that the message may repeat. They may contain any word.
    """
    text = explain(answer)
    for name in names:
        text = text.replace(name, "")
    return text if says(text, r"\bsuccess") else None


def message_text(answer: Any) -> str:
    """Return the text of the answer to a call that sends a message.

    It may be beside ``messages``, under the key ``message``.
    """
    beside = text_of(answer.get("message")) if isinstance(answer, Mapping) else ""
    return explain(answer) or beside


def invalid_devices(answer: Any) -> frozenset[str]:
    """Return the uuids that a bulk call reports as devices that cannot take it.

    The document shows them within ``messages`` and beside it.
    """
    found: list[Any] = []
    for place in (answer, answer.get("messages") if isinstance(answer, Mapping) else None):
        holder = place.get("invalidDevices") if isinstance(place, Mapping) else None
        found += listed(holder.get("uuid") if isinstance(holder, Mapping) else holder)
    return frozenset(text_of(uuid).strip().lower() for uuid in found)


def total(answer: Any) -> int | None:
    """Return how many elements a list has, as the server counts them, or None if it does not
    say."""
    found = number_of(answer.get("totalCount")) if isinstance(answer, Mapping) else None
    # What is less than nothing counts nothing.
    return found if found is None or found >= 0 else None


def results(answer: Any, what: str) -> Any:
    """Return the ``results`` of an envelope.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.

    Raises:
        AnswerError: There are no results, or null, whatever the HTTP status was.
    """
    if not isinstance(answer, Mapping) or answer.get("results") is None:
        reason = explain(answer)
        explanation = f" ({reason})" if reason else ""
        raise AnswerError(
            f"{what}: the server's answer has no results{explanation}; url may lead to another API."
        )
    return answer["results"]


def page(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int]:
    """Read a page of a list. An empty page need not have rows.

    Args:
        answer: The JSON of the answer.
        what: The words for the list in messages.

    Returns:
        The rows, and how many there are on all pages.

    Raises:
        AnswerError: It is not a page of a list.
    """
    if _without_rows(answer):
        return [], 0
    found, rows = total(answer), results(answer, what)
    if (
        not isinstance(rows, list)
        or found is None
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is not a page of a list (a list of results and a "
            "totalCount)."
        )
    return rows, found


def _without_rows(answer: Any) -> bool:
    """Return whether an answer counts no elements and need not list them, and no error is in it."""
    return total(answer) == 0 and answer.get("results") is None and not explain(answer)


def more(answer: Any) -> bool | None:
    """Return whether a list of API v2 goes on behind a page, or None if the server does not say.

    A boolean may be written as a number or a word.
    """
    if not isinstance(answer, Mapping):
        return None
    return _YES_NO.get(text_of(answer.get("hasMore")).strip().lower())


def whole(answer: Any, what: str) -> Any:
    """Return the ``results`` of a list of API v2 that is read with one request.

    Args:
        answer: The JSON of the answer.
        what: The words for the list in messages.

    Raises:
        AnswerError: There are no results, or the server has more of them than it sent.
    """
    if _without_rows(answer):
        return []
    rows = results(answer, what)
    counted, sent = total(answer), len(distinct(listed(rows)))
    if more(answer) or (counted is not None and counted > sent):
        raise AnswerError(
            f"{what}: the server sent {numbered(sent, 'rows')} and says that there are more; nothing was done "
            "with an incomplete list. Try again later."
        )
    return rows


def count(answer: Any, what: str) -> int:
    """Return the number in the answer to a count of devices.

    Args:
        answer: The JSON of the answer.
        what: The words for the number in messages.

    Raises:
        AnswerError: There is no number.
    """
    found = total(answer)
    if found is None:
        raise AnswerError(f"{what}: the server's answer has no totalCount.")
    return found


def v1_list(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    """Return the elements of a list of API v1.

    Args:
        answer: ``{many: {one: [...]}}``, ``{many: [...]}``, ``{one: ...}``, or, without elements, a
            message that says so.
        many: The name of the list in the answer.
        one: The name of its elements.

    Raises:
        AnswerError: It is not such a list, or an error with HTTP 200.
    """
    if not isinstance(answer, Mapping):
        raise AnswerError("The server's answer is not an object; url may lead to another API.")
    holder = answer.get(many)
    if one in answer and many not in answer:
        holder = answer[one]
    elif isinstance(holder, Mapping):
        holder = holder.get(one)
    found = listed(holder)
    if not found:
        _require_empty(answer, many, one)
    if not all(isinstance(raw, Mapping) for raw in found):
        raise AnswerError(f"The server's answer has {many} that are not objects.")
    return found


def _require_empty(answer: Mapping[str, Any], many: str, one: str) -> None:
    """Raise AnswerError unless an answer without elements says that the list is empty.

    The document has HTTP 404 for an empty list. An error comes with HTTP 200 as well, and so may a
    list that the server could not read; neither must pass for an empty list.
    """
    message = explain(answer)
    if _reports_empty(message, one) or counts_nothing(answer):
        return
    raise AnswerError(
        f"The server answered HTTP 200 without {many}: "
        f"{message.rstrip('. ') or 'it does not say that there are none, so that nothing was done'}"
        "."
    )


def v1_whole(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    """Return the elements of a list of API v1 that has no pages in the document, each once; see
    ``v1_list``.

    Args:
        answer: The answer.
        many: The name of the list.
        one: The name of its elements.

    Raises:
        AnswerError: It has fewer elements than the server counts, so that it cannot be believed.
    """
    found = distinct(v1_list(answer, many, one))
    _require_reported(answer, many, len(found))
    counted = total(answer)
    if counted is not None and counted > len(found):
        raise AnswerError(
            f"The server counts {numbered(counted, many)} and sent {len(found)} of them; nothing was done "
            "with an incomplete list. API v1 has no pages for this list, so raise the server's "
            "own limit."
        )
    return found


def _require_reported(answer: Any, many: str, sent: int) -> None:
    """Check that a list of API v1 has as many different elements as its message says.

    Args:
        answer: The JSON of the answer.
        many: The name of the elements.
        sent: How many different ones it has.

    Raises:
        AnswerError: It has fewer.
    """
    reported = _RETURNED.match(explain(answer))
    if reported and int(reported.group(1)) > sent:
        raise AnswerError(
            f"The server says that it returned {numbered(int(reported.group(1)), many)} and sent {sent}. "
            "Try again later."
        )


def distinct(rows: Iterable[Any]) -> list[Any]:
    """Return the elements of a list, each once.

    A server that sends one twice may have left out another, and its count does not show that.
    """
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(json.dumps(row, sort_keys=True), row)
    return list(found.values())


def counts_nothing(answer: Any) -> bool:
    """Return whether an answer has a totalCount of 0, and no words that may be those of an error.

    Servers answer so for no devices, beside what the document shows: clients in the field read it.
    """
    message = explain(answer)
    return total(answer) == 0 and (not message or says(message, r"\bsuccess"))


def reports_no_data(said: str) -> bool:
    """Return whether the words of an HTTP 404 of API v1 say that there is no data, and not that
    there is no such call.

    The document writes "404 – No Data Found"; it does not say whether these words are beside the
    status, in a message or on a page.
    """
    nothing = re.compile(_NOTHING.format(one=_ELEMENT), re.IGNORECASE)
    lines = (_STATUS.sub("", " ".join(line.split())) for line in said.splitlines())
    return any(nothing.fullmatch(line) for line in lines)


def _reports_empty(text: str, one: str) -> bool:
    """Return whether a message says that a list is empty, and nothing else.

    Args:
        text: The message.
        one: The name of an element in the answer.
    """
    name = rf"(?:records?|results?|{_NAMES_IN_MESSAGES.get(one, one)}s?)(?: ?\(s\))?"
    return bool(re.fullmatch(_NOTHING.format(one=name), " ".join(text.split()), re.IGNORECASE))
