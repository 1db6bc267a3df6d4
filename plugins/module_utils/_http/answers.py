# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the answers of servers: JSON becomes data, and errors become sentences. Nothing here sends
anything."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.endpoint import NOT_FOUND
from .._core.errors import (
    AnswerError,
    ApiError,
    CredentialsError,
    ForbiddenError,
    NotFoundError,
    UemError,
)
from .request import Request, Scrub
from .retry import LONGEST_WAIT, TRANSIENT, retry_after
from .settings import TOKEN

# Characters of a server's explanation, and of a web page's title, that messages show.
LONGEST_EXPLANATION, LONGEST_TITLE = 300, 80

# The bytes of a body that are looked at for what the server says.
LONGEST_SAID = 10_000

# Half of a character that takes two units, and how a body may write it: escaped, or as three bytes
# that UTF-8 does not allow.
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALVES, _WRITTEN_HALF = (b"ud", b"uD"), b"\xed"

_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(rb"<title[^>]*>\s*([^<]+)<", re.IGNORECASE)

_TOKEN_WRONG = "check whether the token has expired, and is one of this server"
_PASSWORD_WRONG = (
    "check username and password, or use a token where the tenant asks administrators for a PIN"
)

# fmt: off
_OTHER_STATUS: tuple[type[ApiError], str] = (ApiError, "{where} failed: HTTP {status}{detail}.")
_BY_STATUS: dict[int, tuple[type[ApiError], str]] = {
    401: (
        CredentialsError,
        "The server rejected the credentials of {account} (HTTP 401{detail}): {credentials}.",
    ),
    403: (ForbiddenError, "{account} may not send {where} (HTTP 403{detail}): give it{role}."),
    404: (NotFoundError, "{where} failed: HTTP 404{detail}; {not_found}."),
    429: (ApiError, "{where} failed: the server limits the rate of requests (HTTP 429{detail}); {later}."),
    501: (
        ApiError,
        "{where} failed: HTTP 501{detail}; the server has no such call of {product}: check product, and the base path of url.",
    ),
}
# fmt: on

# What a gateway says of a server behind it, or a server of its maintenance.
_AWAY = frozenset({502, 503, 504})


# What HTTP 404 means of a server that answers other calls.
GONE = (
    "there is no such object, which may have been removed meanwhile, or the server lacks the call"
)


@dataclass(frozen=True)
class Reply:
    """What came back from a server.

    Attributes:
        status: The HTTP status.
        retry_after: The header of this name.
        location: The header of this name.
        content_type: The header of this name.
        body: The body; empty if it went into a file.
        reason: The words beside the status.
        date: The header of this name.
        headers: All headers, their names in lower case.
    """

    status: int
    retry_after: str | None
    location: str | None
    content_type: str
    body: bytes
    reason: str = ""
    date: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status says that the request went well."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class AnswerReader:
    """Turns the answers of one server into data and errors.

    Attributes:
        account: How messages name the account that sends.
        explain: Turns the JSON of an error into text, in the manner of the product. Raises
            ValueError where it cannot.
        redact: Takes secrets out of a text.
        product: What the author says that the server is.
    """

    account: str
    explain: Callable[[Any], str]
    redact: Callable[[str], str]
    product: str = "the product"

    def json(self, reply: Reply, request: Request) -> Any:
        """Return the JSON of an answer that went well.

        Raises:
            AnswerError: The body is not JSON.
        """
        try:
            return load_json(reply.body)
        except ValueError:
            raise AnswerError(self._no_json(reply, request)) from None

    def error(self, reply: Reply, request: Request, *, is_known: bool = False) -> UemError:
        """Return the error for an answer that did not go well.

        Args:
            reply: The answer.
            request: The request.
            is_known: Whether the server answered another call of this run as its product does, so
                that neither its address nor the product is wrong.
        """
        if 300 <= reply.status < 400:
            return self._redirected(reply, request)
        endpoint = request.endpoint
        kind, sentence = _BY_STATUS.get(reply.status, _OTHER_STATUS)
        message = (sentence + _remarks(reply.status, request)).format(
            where=request,
            status=reply.status,
            detail=self._detail(reply, request.scrub),
            account=self.account,
            credentials=_TOKEN_WRONG if self.account == TOKEN else _PASSWORD_WRONG,
            product=self.product,
            role=f" the role {endpoint.role}" if endpoint.role else " a role that allows it",
            not_found=GONE if is_known and endpoint.not_found == NOT_FOUND else endpoint.not_found,
            slash=endpoint.slash,
            later=_later(reply),
        )
        message = message[0].upper() + message[1:]
        error = kind(
            self.redact(message), status=reply.status, method=endpoint.method, path=request.path
        )
        error.said, error.answer = self._said(reply)
        return error

    def shown(self, text: str, scrub: Scrub = str) -> str:
        """Return what messages show of a server's explanation, in one line.

        It is cut after the secrets are taken out: a part of a secret would not be recognised as
        one.
        """
        return " ".join(scrub(self.redact(text)).split())[:LONGEST_EXPLANATION]

    def page_title(self, body: bytes, scrub: Scrub = str) -> str:
        """Return the title of a web page without secrets.

        Args:
            body: The page, or its beginning.
            scrub: Takes out of the title what messages must not show.

        Returns:
            The title, or "" if it is missing or cut off.
        """
        return scrub(self.redact(title_of(body)))[:LONGEST_TITLE]

    def _redirected(self, reply: Reply, request: Request) -> AnswerError:
        target = request.scrub(self.redact((reply.location or "nowhere").partition("?")[0]))
        return AnswerError(
            f"{request} was redirected to {target}, and credentials are not sent to another "
            "address; set url to the API's own address."
        )

    def _detail(self, reply: Reply, scrub: Scrub) -> str:
        """Return what the server says about an error, in brackets."""
        try:
            text = self.shown(self.explain(load_json(reply.body)), scrub)
        except ValueError:
            title = self.page_title(reply.body, scrub)
            text = f"a web page titled {title!r}" if title else ""
        return f" ({text})" if text else ""

    def _said(self, reply: Reply) -> tuple[str, Any]:
        """Return the words of an answer, one sentence of the server on each line, and its JSON, or
        None if it has none."""
        answer = None
        try:
            answer = load_json(reply.body)
            text = self.explain(answer)
        except ValueError:
            text = _TAG.sub("\n", reply.body[:LONGEST_SAID].decode("utf-8", "replace"))
        return self.redact(f"{reply.reason}\n{text}"), answer

    def _no_json(self, reply: Reply, request: Request) -> str:
        if reply.body.lstrip()[:1] == b"<":
            title = self.page_title(reply.body, request.scrub)
            named = f" titled {title!r}" if title else ""
            return (
                f"{request} was answered by a web page{named} instead of JSON: url does not lead "
                "to the API, or a proxy or sign-in page stands in between; set url to the address "
                "before /api/."
            )
        return (
            f"{request} was answered with HTTP {reply.status} and a body that is not JSON "
            f"({len(reply.body)} bytes); try again, then ask the server's administrator."
        )


def load_json(body: bytes) -> Any:
    """Return the JSON of a body.

    Some servers cut names inside a character that takes two units, such as an emoji. Ansible
    refuses a whole result that contains such a half, even after everything was written. So half a
    character becomes the sign for "unknown".

    Raises:
        ValueError: It is not JSON, or is nested more deeply than Python can read.
    """
    try:
        answer = json.loads(body)
        return _whole_characters(answer) if _may_have_halves(body) else answer
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _may_have_halves(body: bytes) -> bool:
    """Return whether a body may contain half of a character.

    A page of a list is long and has few backslashes. Looking for one byte is fifty times as fast as
    looking for three.
    """
    at = body.find(b"\\")
    while at >= 0 and not body.startswith(_ESCAPED_HALVES, at + 1):
        at = body.find(b"\\", at + 1)
    return at >= 0 or _WRITTEN_HALF in body


def title_of(body: bytes) -> str:
    """Return the title of a web page, or "" if it is missing or cut off."""
    match = _TITLE.search(body)
    return match.group(1).decode("utf-8", "replace").strip() if match else ""


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_whole_characters(part) for part in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(part) for name, part in value.items()}
    return value


def _later(reply: Reply) -> str:
    """Return what helps where the server limits the rate."""
    asked = retry_after(reply.retry_after, sent=reply.date, now=time.time()) or 0.0
    if asked <= LONGEST_WAIT:
        return "raise retries or try later"
    return (
        f"it asks to wait {_span(asked)}, and a task waits at most {_span(LONGEST_WAIT)}: run it "
        "again after that time"
    )


def _span(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h" if seconds >= 7200 else f"{seconds:.0f} s"


def _remarks(status: int, request: Request) -> str:
    """Return what follows the sentence for a status, with the same names in braces."""
    remarks = ""
    if status in TRANSIENT and status != 429 and not request.endpoint.idempotent:
        remarks += " Whether it took effect is not known."
    elif status in _AWAY:
        remarks += " The server is down or busy, or a proxy does not reach it: try again later."
    if status in (400, 404) and ("%2F" in request.path or "%5C" in request.path):
        remarks += (
            " A web server often refuses a path with an encoded slash, and here a name has one; "
            "{slash}."
        )
    return remarks
