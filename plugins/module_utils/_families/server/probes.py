# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that change nothing, sent to learn something; and which product answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NoReturn

from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AnswerError, UemError
from ..._core.names import is_placeholder
from ..._core.privacy import are_masked
from ..._http.answers import Reply, load_json
from ..._http.request import Query, Request
from ..._http.transport import Transport
from ..._products.epmm.endpoints import PING
from ..._products.neurons.answers import has_content
from ..._products.neurons.endpoints import TENANT
from ..._products.values import text_of
from .model import (
    MOST_REQUESTS,
    NOTE,
    OK,
    TITLES,
    UNSAID,
    WRONG,
    Findings,
    Seen,
    clock_check,
    rate_check,
    tls_check,
)

# After this many requests without an answer no other follows: each may take as long as read_timeout.
MOST_LOST = 2

# At least this many rows show an order.
FEWEST = 3

# One phone is not enrolled as often as this, so that as many rows have several serial numbers.
MANY = 10

REFUSED_ALL = "every request was refused (HTTP 403), and nothing shows which product this is"

# The call by which each product is known, and what its answer has.
_FACES = {"neurons": (TENANT, "result"), "epmm": (PING, "results")}


class Prober:
    """Sends requests to one server, at most MOST_REQUESTS, and keeps what came back.

    Attributes:
        seen: The requests, with their answers.
        answered_at: When the first answer came.
    """

    def __init__(self, transport: Transport) -> None:
        self.seen: list[Seen] = []
        self.answered_at = 0.0
        self._transport = transport
        self._stopped = ""
        self._lost = 0

    def first(self, endpoint: Endpoint) -> Seen:
        """Send the first request of a run, again if need be.

        Raises:
            UemError: There is no answer, or one that no later request can do better than: rejected
                credentials, a redirect, a server in trouble.
        """
        request = Request(endpoint, endpoint.fill())
        retries = self._transport.settings.retries
        reply = self._transport.look(request, retries=retries)
        self.answered_at = time.time()
        seen = self._keep(endpoint.id, endpoint, (), reply)
        status = reply.status
        if status in (401, 429) or 300 <= status < 400 or (status >= 500 and status != 501):
            raise self._transport.error(reply, request)
        return seen

    def ask(
        self,
        name: str,
        endpoint: Endpoint,
        query: Query = (),
        *,
        path: Mapping[str, Segment] | None = None,
        anonymous: bool = False,
    ) -> Seen:
        """Send a request once. What goes wrong is in the result.

        Args:
            name: What it is sent for.
            endpoint: The call, which must be a safe one.
            query: Its parameters.
            path: The values of its path.
            anonymous: Send it without credentials.
        """
        if self._transport.requests >= MOST_REQUESTS:
            self._stopped = f"{MOST_REQUESTS} requests were sent, and more would be a burden"
        if self._stopped:
            return Seen(name, endpoint.method, endpoint.path, problem=self._stopped)
        try:
            request = Request(
                endpoint, endpoint.fill(**(path or {})), query=query, anonymous=anonymous
            )
            reply = self._transport.look(request)
        except UemError as error:
            names = tuple(key for key, _value in query)
            seen = Seen(name, endpoint.method, endpoint.path, names, problem=_clause(error))
            self.seen.append(seen)
            self._lost += 1
            if self._lost >= MOST_LOST:
                self._stopped = "requests before it had no answer"
            return seen
        if reply.status == 429:
            self._stopped = "the server limits the rate of requests"
        return self._keep(name, endpoint, query, reply)

    def _keep(self, name: str, endpoint: Endpoint, query: Query, reply: Reply) -> Seen:
        body, data = _read(reply)
        problem = ""
        refused = reply.ok and body == "json" and is_error(data)
        if not reply.ok:
            problem = f"{endpoint.method} {endpoint.path} was answered with HTTP {reply.status}"
        elif refused:
            problem = (
                f"{endpoint.method} {endpoint.path} was answered with HTTP {reply.status} and an "
                "error in it"
            )
        elif body != "json":
            problem = f"{endpoint.method} {endpoint.path} was answered without JSON ({body})"
        names = tuple(key for key, _value in query)
        seen = Seen(
            name,
            endpoint.method,
            endpoint.path,
            names,
            reply.status,
            body,
            data,
            len(reply.body),
            reply.headers,
            problem,
            refused,
        )
        self.seen.append(seen)
        return seen


def _read(reply: Reply) -> tuple[str, Any]:
    """Return the kind of a body, and its JSON."""
    text = reply.body.strip()
    if not text:
        return "empty", None
    if text[:1] == b"<":
        return "html", None
    try:
        return "json", load_json(text)
    except ValueError:
        return "other", None


def is_error(data: Any) -> bool:
    """Return whether the JSON of an answer with a status of success is that of an error.

    Neurons has ``errors``. API v2 of EPMM has messages with a type, in place of results.
    """
    if not isinstance(data, Mapping):
        return False
    messages = data.get("messages")
    kinds = [text_of(one.get("type")).casefold() for one in maps_in(messages)]
    failed = "error" in kinds and data.get("results") is None
    return has_content(data.get("errors")) or failed or data.get("successful") is False


def _clause(error: UemError) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]


# Which product answers


def is_face(product: str, seen: Seen) -> bool:
    """Return whether an answer is that of a product."""
    key = _FACES[product][1]
    return seen.answered and isinstance(seen.data, Mapping) and key in seen.data


def other_of(product: str) -> str:
    """Return the other product."""
    return next(name for name in _FACES if name != product)


def answers_as_other(prober: Prober, product: str) -> bool:
    """Return whether the address answers as the other product."""
    other = other_of(product)
    return is_face(other, prober.ask("other product", _FACES[other][0]))


def raise_neither(url: str, first: Seen) -> NoReturn:
    """Raise the error for an address that is neither product.

    Args:
        url: The address.
        first: The first request.

    Raises:
        AnswerError: Always.
    """
    what = "a web page" if first.body == "html" else "no answer of its API"
    raise AnswerError(
        f"url: {url} is neither product: {first.method} {first.path} got {what} (HTTP "
        f"{first.status}), and so did the call of the other product. A proxy or a sign-in page may "
        "stand in between; set url to the address before /api/."
    )


# Checks that both products have


def general_checks(
    found: Findings, transport: Transport, first: Seen, answered_at: float, *, accepted: bool
) -> None:
    """Add the checks that need no more than the first answer.

    Args:
        found: What was found.
        transport: What sent the request.
        first: The first request.
        answered_at: When its answer came.
        accepted: Whether an answer shows that the credentials are accepted.
    """
    settings = transport.settings
    found.add("reachable", OK, "The server answers.")
    found.checks.append(
        tls_check(
            settings.url,
            verified=settings.validate_certs,
            end=transport.certificate_end,
            now=answered_at,
        )
    )
    found.checks.append(clock_check(first.headers.get("date", ""), answered_at))
    if accepted:
        found.add("credentials", OK, f"The server accepts {settings.account}.")
    elif first.refused:
        found.add_unknown("credentials", first.problem)
    else:
        found.add_unknown("credentials", "every request was refused (HTTP 403)")


def wrong_product(found: Findings) -> None:
    """Add the check of a server that is the other product."""
    wanted, other = found.product, other_of(found.product)
    found.product = other
    found.add(
        "product",
        WRONG,
        f"The address answers as {TITLES[other]}, not as {TITLES[wanted]}; nothing else was asked.",
        f"Set product (or IVANTI_UEM_PRODUCT) to {other}.",
    )


def end_checks(found: Findings, prober: Prober) -> None:
    """Add what only the whole run shows, and hand over the requests."""
    found.checks.append(rate_check(prober.seen))
    found.seen = list(prober.seen)


def privacy_check(found: Findings, rows: list[list[str]], problem: str) -> None:
    """Judge whether personal data is masked.

    Args:
        found: What was found.
        rows: Personal data of some devices, the serial number first.
        problem: Why there is no row, if so.
    """
    given = [row for texts in rows if (row := [text for text in texts if text])]
    if not given:
        reason = problem or "no device has personal data"
        found.add_unknown("privacy", reason)
        found.settle("gdpr", None, reason)
        found.settle("gdpr_mask", None, reason)
        return
    serials = {row[0] for row in rows if row and row[0]}
    people = {tuple(row[1:]) for row in rows if any(row[1:])}
    alike = len(serials) == 1 and len(people) <= 1 and len(rows) >= MANY
    masked = are_masked(given) or (alike and not any(map(is_placeholder, serials)))
    found.settle("gdpr", "on" if masked else "off", "")
    if not masked:
        found.add("privacy", OK, "Personal data is visible to the account.")
        found.settle("gdpr_mask", None, "nothing is masked")
        return
    found.settle("gdpr_mask", _mask_of([text for row in given for text in row]), "")
    found.add(
        "privacy",
        NOTE,
        "The account has a GDPR profile: user ids, names, addresses, phone and serial numbers are "
        "masked, so devices cannot be selected, protected or named by them.",
        "Use ids or guids, or an account without the profile.",
    )


def _mask_of(texts: list[str]) -> str:
    if all(set(text) == {"*"} and len(text) == len(texts[0]) for text in texts):
        return "asterisks"
    return "partial" if any("*" in text for text in texts) else "word"


def settle_anonymous(found: Findings, seen: Seen) -> None:
    """Note the body of an answer to a request without credentials."""
    body = seen.body if seen.status == 401 and seen.body in ("json", "html", "empty") else None
    found.settle("unauthorized_body", body, seen.problem)


def settle_forbidden(found: Findings, prober: Prober) -> None:
    """Note the body of the first answer that a role was missing for."""
    refused = [one for one in prober.seen if one.status == 403 and one.body != "other"]
    found.settle("forbidden_body", refused[0].body if refused else None, "nothing was refused")


def settle_refusal(
    found: Findings, name: str, seen: Seen, positions: tuple[str | None, str | None]
) -> None:
    """Note whether a server refuses a request (HTTP 400) or answers it.

    Args:
        found: What was found.
        name: The behaviour.
        seen: The request.
        positions: What it is called where it is refused, and where it is answered.
    """
    position = positions[1] if seen.ok else positions[0] if seen.status == 400 else None
    found.settle(name, position, why(seen))


def paging_check(found: Findings, seen: Seen, fine: str, *, on: bool) -> None:
    """Judge whether a list goes on.

    Args:
        found: What was found.
        seen: The request for a later part of the list.
        fine: What is said where it goes on.
        on: Whether the answer had the part that was asked for.
    """
    if seen.ok and on:
        found.add("paging", OK, fine)
    elif seen.ok or seen.status == 400:
        found.add(
            "paging",
            WRONG,
            f"The list does not go on: {seen.problem or 'another part of it came'}.",
            "Reads of the whole fleet fail; narrow selections, and ask the server's administrator.",
        )
    else:
        found.add_unknown("paging", seen.problem)


def why(seen: Seen) -> str:
    """Return why an answer shows nothing, in words that follow "because"."""
    return seen.problem or UNSAID


def maps_in(value: Any) -> list[Mapping[str, Any]]:
    """Return the maps of a list, or none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
