# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one server.

It promises: credentials go to the configured origin and nowhere else; a run in check mode sends
nothing that writes; a request is sent again only if that does no harm; and an error is one sentence
with a remedy.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Union
from urllib.parse import urlencode

from .._core.endpoint import Endpoint, Segment
from .._core.errors import (
    AnswerError,
    AnswerLostError,
    CheckModeError,
    ConnectError,
    OutageError,
    UemError,
)
from .answers import AnswerReader, Reply
from .connect import Connections
from .pace import Pace
from .progress import PROGRESS
from .redact import Redactor
from .request import MOST_OF_PAGE, Query, Request, Scrub
from .retry import (
    LONGEST_WAIT,
    NOT_SERVING,
    REFUSING,
    TRANSIENT,
    Breaker,
    RetryBudget,
    backoff,
    retry_after,
)
from .settings import Settings

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "ansible-ivanti.uem",
}

# The result of one try: an answer, or the error that explains why there is none. (ansible-test's
# pylint mistakes | between types for an operation on values.)
_Result = Union[Reply, UemError]  # noqa: UP007


class Transport:
    """Sends requests over kept-alive connections; safe to use from several threads.

    Attributes:
        settings: How the server is reached.
        redact: Removes the secrets of the run from a text.
        requests: How many requests were sent.
        writes: How many of them may have changed something.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        read_only: bool,
        explain: Callable[[Any], str],
        sleep: Callable[[float], None] = time.sleep,
        product: str = "the product",
    ) -> None:
        """Send nothing yet.

        Args:
            settings: How the server is reached.
            read_only: Refuse every endpoint that is not safe (check mode).
            explain: Turns the JSON of an error into text, as the product writes it.
            sleep: Waits for a number of seconds.
            product: What the author says that the server is, for messages.
        """
        self.settings = settings
        self.redact = Redactor(settings.secrets)
        self.requests = 0
        self.writes = 0
        self._read_only = read_only
        self._sleep = sleep
        self._headers = _HEADERS | {"Authorization": settings.authorization}
        self._answers = AnswerReader(settings.account, explain, self.redact, product)
        self._connections = Connections(settings)
        self._draw = random.Random()
        self._budget = RetryBudget()
        self._breaker = Breaker()
        self._pace = Pace()
        self._lock = threading.Lock()
        # Whether the server answered a call of the product's API.
        self._is_known = False

    def call(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, Segment] | None = None,
        query: Query = (),
        json_body: Any = None,
        form: Query | None = None,
        scrub: Scrub = str,
        most: int = MOST_OF_PAGE,
    ) -> Any:
        """Send a request, again if need be, and return the JSON of its answer.

        Args:
            endpoint: The call to send.
            path: The values of the path's segments.
            query: The names and values behind the path.
            json_body: What to send as JSON.
            form: What to send as a form instead.
            scrub: Removes from the server's words what errors must not show.
            most: The most bytes of the answer.

        Raises:
            UemError: What ``send`` raises, and AnswerError for an answer that is not JSON.
        """
        headers, body = _content(json_body, form)
        request = Request(
            endpoint,
            endpoint.fill(**(path or {})),
            query=query,
            headers=headers,
            body=body,
            scrub=scrub,
            most=most,
        )
        answer = self._answers.json(self.send(request), request)
        self._is_known = True
        return answer

    def send(self, request: Request) -> Reply:
        """Send a request, again if need be, and return a successful answer.

        Raises:
            CheckModeError: It writes, and this is check mode.
            OutageError: It was not sent, because the server does not serve.
            ConnectError: The server was not reached.
            AnswerLostError: It was sent, and no complete answer came back.
            AnswerError: The answer is a redirect, or cannot be read.
            ApiError: The server answered with an error; the class fits the status.
        """
        self._require_allowed(request.endpoint)
        outage = self._breaker.outage(safe=request.endpoint.safe)
        if outage:
            raise OutageError(outage)
        result, doubt = self._keep_trying(request, self.settings.retries)
        if isinstance(result, Reply) and result.ok:
            return result
        error = self.error(result, request) if isinstance(result, Reply) else result
        if doubt:
            error.effect = "unknown"
        self._breaker.give_up(str(error))
        raise error

    def look(self, request: Request, *, retries: int = 0) -> Reply:
        """Send a request and return the answer, whatever its status is.

        Args:
            request: The request.
            retries: How often it is sent again, at most.

        Raises:
            UemError: What ``send`` raises where there is no answer that can be read.
        """
        self._require_allowed(request.endpoint)
        result, _doubt = self._keep_trying(request, retries)
        if isinstance(result, Reply):
            return result
        raise result

    def error(self, reply: Reply, request: Request) -> UemError:
        """Return the error that ``send`` raises for an answer that did not go well."""
        return self._answers.error(reply, request, is_known=self._is_known)

    @property
    def certificate_end(self) -> float | None:
        """When the server's certificate ends, in seconds since the epoch, if that is known."""
        return self._connections.ends

    def add_secrets(self, *secrets: str) -> None:
        """Keep more secrets out of errors: those of a call, besides the credentials."""
        self.redact.add(*secrets)

    def shown(self, text: str, scrub: Scrub = str) -> str:
        """Return what messages show of a server's explanation, in one line, without secrets."""
        return self._answers.shown(text, scrub)

    def page_title(self, body: bytes, scrub: Scrub = str) -> str:
        """Return the title of a web page without secrets; see ``AnswerReader.page_title``."""
        return self._answers.page_title(body, scrub)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _require_allowed(self, endpoint: Endpoint) -> None:
        if self._read_only and not endpoint.safe:
            raise CheckModeError(
                f"{endpoint.id} writes and was about to be sent in check mode; please report this."
            )

    def _keep_trying(self, request: Request, retries: int) -> tuple[_Result, bool]:
        """Send a request, and again up to ``retries`` times where that is allowed.

        Returns:
            The result of the last try, and whether an earlier try may have changed something. If it
            may, an error of the last try does not mean that nothing happened: HTTP 404, for
            example, may be about an object that an earlier try removed.
        """
        attempt = 0
        doubt = False
        passed = self._pace.count(request.endpoint.id)
        while True:
            result = self._try(request)
            if isinstance(result, Reply) and result.status not in TRANSIENT:
                self._budget.give_back()
                return result, doubt
            before, passed = passed, self._pace.count(request.endpoint.id)
            # The same call got through for others since: the server works, and limits the rate.
            free = _limited(result) and passed > before
            attempt = 0 if free else attempt
            if attempt >= retries:
                return result, doubt
            wait = self._wait_before_retry(request.endpoint, result, attempt, free=free)
            if wait is None:
                return result, doubt
            doubt = doubt or (not request.endpoint.safe and _may_have_acted(result))
            self._sleep(wait)
            attempt += 1

    def _try(self, request: Request) -> _Result:
        """Send a request once. Return the answer, or the error that explains why there is none."""
        booked = time.monotonic()
        self._wait_for_turn(booked)
        self._connections.open()
        with self._lock:
            self.requests += 1
            self.writes += not request.endpoint.safe
        PROGRESS.add(requests=1)
        result: _Result
        try:
            result = self._connections.send(request, self._headers_of(request))
        except (ConnectError, AnswerLostError, AnswerError) as error:
            result = error
        served = _served(result)
        self._breaker.count(safe=request.endpoint.safe, served=served, refused=_refused(result))
        if served:
            self._pace.passed(request.endpoint.id, time.monotonic())
        elif _limited(result):
            self._pace.refused(booked, time.monotonic())
        return result

    def _wait_for_turn(self, booked: float) -> None:
        turn = self._pace.book(booked)
        if turn > booked:
            self._sleep(turn - booked)
            # Meanwhile the server may have asked all to wait.
            if self._pace.held > turn:
                self._sleep(self._pace.held - turn)

    def _headers_of(self, request: Request) -> dict[str, str]:
        headers = {**self._headers, **request.headers}
        if request.anonymous:
            del headers["Authorization"]
        return headers

    def _wait_before_retry(
        self, endpoint: Endpoint, result: _Result, attempt: int, *, free: bool
    ) -> float | None:
        """Return the seconds to wait before another try, or None if there is no other try.

        Args:
            endpoint: The call.
            result: What became of the last try.
            attempt: The number of the retry; 0 is the first.
            free: Whether it takes nothing from the budget.
        """
        if not self._may_repeat(endpoint, result):
            return None
        if self._breaker.outage(safe=endpoint.safe):
            return None
        requested = _requested(result)
        if requested > LONGEST_WAIT or not (free or self._budget.take()):
            return None
        # A server that asks for nothing is in trouble all the same.
        wait = backoff(attempt, self._draw)
        if requested < wait:
            return wait
        # When the server asks one thread to wait, all threads wait.
        self._pace.hold(time.monotonic() + requested)
        return 0.0

    def _may_repeat(self, endpoint: Endpoint, result: _Result) -> bool:
        if isinstance(result, ConnectError):
            # If the first request of a run reaches nobody, the address is wrong: that is not a
            # passing fault.
            return self._connections.reached
        if _limited(result):
            return True
        return endpoint.idempotent and isinstance(result, (Reply, AnswerLostError))


def _content(json_body: Any, form: Query | None) -> tuple[dict[str, str], bytes | None]:
    """Return the body of a request, and the headers that go with it."""
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
    if json_body is None:
        return {}, None
    return {"Content-Type": "application/json"}, json.dumps(json_body).encode()


def _requested(result: _Result) -> float:
    """Return the seconds that an answer asks to wait, at least 0."""
    if not isinstance(result, Reply):
        return 0.0
    return retry_after(result.retry_after, sent=result.date, now=time.time()) or 0.0


def _limited(result: _Result) -> bool:
    """Return whether the server refused a try because it limits the rate."""
    return isinstance(result, Reply) and result.status == 429


def _served(result: _Result) -> bool:
    """Return whether the server itself answered a try, be it with an error."""
    return isinstance(result, Reply) and result.status not in NOT_SERVING


def _refused(result: _Result) -> bool:
    """Return whether a try certainly did nothing, because the server does not serve."""
    return result.status in REFUSING if isinstance(result, Reply) else result.effect == "none"


def _may_have_acted(result: _Result) -> bool:
    """Return whether the server may have done what an unsuccessful try requested."""
    return result.status >= 500 if isinstance(result, Reply) else result.effect == "unknown"
