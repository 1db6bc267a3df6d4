# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How API v2 looks on the wire: envelopes, messages, errors, parameters.

A message, of success or of error, is `{"type", "messageKey", "localizedMessage"}`: read by a client
and matched by a scanner, with status 400 for an error. The keys begin with
`com.mobileiron.vsp.messages.`, as a recorded one does; what follows is the emulator's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from uem_emulator.answers import HTML_TYPE, Answer, Request, html

_KEY = "com.mobileiron.vsp.messages."
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    501: "Not Implemented",
}


class BadRequest(Exception):
    """A 400: the last part of the message's key, and its text."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key
        self.text = text


class ForbiddenError(Exception):
    """A 403."""


def message(kind: str, key: str, text: str) -> dict[str, str]:
    """Return a message. `kind` is Info or Error, `key` the last part of the message's key."""
    return {"type": kind, "messageKey": _KEY + key, "localizedMessage": text}


def error(status: int, key: str, text: str) -> Answer:
    """Return an error with one message.

    Args:
        status: The HTTP status.
        key: The last part of the message's key.
        text: The message.
    """
    return Answer(status, orjson.dumps({"messages": [message("Error", key, text)]}))


def plain(status: int, form: str, text: str | None = None) -> Answer:
    """Return a status whose body nobody has recorded.

    Args:
        status: The HTTP status.
        form: The form which a switch says: it may end in html or empty.
        text: The message, where it is not the title of the status.
    """
    title = _TITLES.get(status, "Error")
    if form.endswith("html"):
        return html(status, title)
    if form.endswith("empty"):
        return Answer(status, b"", HTML_TYPE)
    return error(status, f"http.{status}", text or title)


def page(
    rows: list[Any], total: int, offset: int, counted: int | None = None, **more: Any
) -> Answer:
    """Return a part of a list.

    Args:
        rows: The rows which are sent.
        total: The number of all rows.
        offset: The number of rows before these.
        counted: What totalCount says; None for the number of all rows.
        more: Further keys of the answer.
    """
    return Answer(
        200,
        orjson.dumps(
            {
                "results": rows,
                "totalCount": total if counted is None else counted,
                "resultCount": len(rows),
                **more,
                "hasMore": offset + len(rows) < total,
            }
        ),
    )


def single(result: Any) -> Answer:
    """Return an answer with one object."""
    return Answer(200, orjson.dumps({"results": result}))


def whole_number(
    request: Request, name: str, default: int | None, lowest: int, highest: int | None
) -> int:
    """Return a parameter which is a whole number.

    Args:
        request: The request.
        name: The name of the parameter.
        default: What stands for a missing one; None means that it is required.
        lowest: The lowest number that is taken.
        highest: The highest one; None for no limit.

    Raises:
        BadRequest: The parameter is missing, no whole number, or out of range.
    """
    text = request.parameter(name)
    if text is None:
        if default is None:
            raise BadRequest("validation.required", f"{name} is required.")
        return default
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise BadRequest("validation.format", f"Format '{text}' of {name} is invalid.")
    value = int(text)
    if value < lowest or (highest is not None and value > highest):
        wanted = f"between {lowest} and {highest}" if highest is not None else f"{lowest} or more"
        raise BadRequest("validation.range", f"{name} must be {wanted}.")
    return value


def descending(request: Request) -> bool:
    """sortOrder. Raises BadRequest."""
    order = request.parameter("sortOrder") or "ASC"
    if order.upper() not in ("ASC", "DESC"):
        raise BadRequest("validation.format", f"Format '{order}' of sortOrder is invalid.")
    return order.upper() == "DESC"


def sort_field(request: Request) -> str | None:
    """Return sortField, None where it is not there. Raises BadRequest."""
    name = request.parameter("sortField")
    if name is not None and len(name) > 320:
        raise BadRequest("validation.size", "sortField must be 1 to 320 characters.")
    return name


def sort_key(value: Any) -> tuple[bool, Any]:
    """Rows without a value come last, texts are compared without case, lists as one text."""
    if value is None:
        return True, 0
    if isinstance(value, str):
        return False, value.lower()
    return False, ",".join(value).lower() if isinstance(value, list) else value


def comparable(values: Sequence[Any]) -> list[Any]:
    """Values of one field made comparable: texts when any is a text."""
    if any(isinstance(value, (str, list)) for value in values):
        return [
            value if value is None or isinstance(value, (str, list)) else str(value)
            for value in values
        ]
    return list(values)


def json_body(request: Request) -> dict[str, Any]:
    """The object of a write. Raises BadRequest."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as problem:
        raise BadRequest("validation.json", "The body cannot be read as JSON.") from problem
    if not isinstance(body, dict):
        raise BadRequest("validation.json", "The body must be an object.")
    return body
