# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one server: the only file that imports requests.

What it promises: credentials go to the configured origin and nowhere else; a run in check mode
sends nothing that writes; a request is sent again only when that cannot do harm; and an error is
one sentence with a remedy.
"""

from __future__ import annotations

import json
import os
import random
import re
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from .._core.endpoint import Endpoint, Segment
from .._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CheckModeError,
    ConnectError,
    CredentialsError,
    ForbiddenError,
    MissingLibraryError,
    NotFoundError,
    OptionError,
)
from .redact import Redactor
from .retry import LONGEST_WAIT, TRANSIENT, RetryBudget, backoff, retry_after
from .settings import Settings

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3

    if not hasattr(requests.adapters.HTTPAdapter, "get_connection_with_tls_context"):
        raise ImportError(f"requests {requests.__version__} is too old")
    REQUESTS_IMPORT_ERROR: str | None = None
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

# Older ones cannot tell the pool of a connection's TLS settings, and .netrc leaks its credentials
# (CVE-2024-47081).
LIBRARY = "requests>=2.32.4"

Query = Sequence[tuple[str, str]]

# Characters of a server's explanation, and of a web page's title, that are told.
LONGEST_EXPLANATION, LONGEST_TITLE = 300, 80

# Half a character of two units, and how a body with one may write it: escaped, or as the three
# bytes that it is none of.
_HALF = re.compile("[\ud800-\udfff]")
_MARKS_OF_HALVES = (b"\\ud", b"\\uD", b"\xed")

# Bytes of a download that are in memory at a time, and of an error that comes in its place.
PART, MOST_OF_ERROR = 1 << 16, 1 << 20

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "ansible-ivanti.uem",
}


@dataclass(frozen=True)
class Reply:
    """What came back: the HTTP status, three headers, and the body, which is empty where it went
    into a file."""

    status: int
    retry_after: str | None
    location: str | None
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Sink:
    """Where the body of an answer goes instead of memory, the most bytes that it may have, and what
    to do about more."""

    file: BinaryIO
    most: int
    remedy: str = "ask the server's administrator what it sends"


@dataclass(frozen=True)
class _Request:
    """What is sent; as text, what messages call it: method and path, without a query that may name
    people."""

    endpoint: Endpoint
    path: str
    address: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    sink: Sink | None = None
    scrub: Callable[[str], str] = str

    def __str__(self) -> str:
        return f"{self.endpoint.method} {self.path}"


class Transport:
    """Sends requests over kept-alive connections; safe to use from several threads.

    ``read_only``: refuse every endpoint that is not safe (check mode). ``explain``: turns the JSON
    body of an error into text, in the manner of the product.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        read_only: bool,
        explain: Callable[[Any], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.redact = Redactor(settings.secrets)
        self._read_only = read_only
        self._explain = explain
        self._sleep = sleep
        self._draw = random.Random()
        self._budget = RetryBudget()
        self._lock = threading.Lock()
        self._pool: Any = None
        self._base = ""
        self._not_before = 0.0
        self._reached = False
        self.requests = 0
        self.writes = 0

    def call(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, Segment] | None = None,
        query: Query = (),
        json_body: Any = None,
        form: Query | None = None,
        scrub: Callable[[str], str] = str,
    ) -> Any:
        """Send one request, again if need be, and return the decoded JSON of its answer. ``scrub``:
        what of the server's words errors may show.

        Raises CheckModeError, ConnectError, AnswerLostError, AnswerError, or the ApiError that fits
        the status.
        """
        request = self._request(endpoint, path, query, *self._content(json_body, form), scrub=scrub)
        return self._decode(self._send(request), request)

    def download(
        self,
        endpoint: Endpoint,
        sink: Sink,
        *,
        accept: str,
        path: Mapping[str, Segment] | None = None,
        query: Query = (),
    ) -> str:
        """Send one request, again if need be, and write the body of its answer to an empty file,
        part by part.

        Answers the content type, in lower case and without its parameters. Raises what ``call``
        raises, and AnswerError for a body that is too long, compressed or a part of one; the file
        then holds what came so far. Errors of the file itself are the caller's.
        """
        headers, _body = self._content(None, None)
        # Compressed, a part of the body could be a thousand times as large in memory.
        headers |= {"Accept": accept, "Accept-Encoding": "identity"}
        request = self._request(endpoint, path, query, headers, None, sink=sink)
        reply = self._send(request)
        if not 200 <= reply.status < 300:
            raise self._error(reply, request)
        if reply.status != 200:
            raise AnswerError(
                f"{request} was answered with HTTP {reply.status}, which is no whole file; "
                f"{sink.remedy}."
            )
        return reply.content_type.partition(";")[0].strip().lower()

    def add_secrets(self, *secrets: str) -> None:
        """Keep more secrets out of what errors say: those of a call, besides the credentials."""
        self.redact.add(*secrets)

    def shown(self, text: str, scrub: Callable[[str], str] = str) -> str:
        """What messages show of a server's explanation, in one line. It is cut only when nothing
        secret is left: a part of a secret would not be known as one."""
        return " ".join(scrub(self.redact(text)).split())[:LONGEST_EXPLANATION]

    def _request(
        self,
        endpoint: Endpoint,
        path: Mapping[str, Segment] | None,
        query: Query,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        sink: Sink | None = None,
        scrub: Callable[[str], str] = str,
    ) -> _Request:
        if self._read_only and not endpoint.safe:
            raise CheckModeError(
                f"{endpoint.id} writes and was about to be sent in check mode; please report this."
            )
        self._open()
        target = endpoint.fill(**(path or {}))
        return _Request(
            endpoint,
            target,
            f"{self._base}{target}{_query_text(query)}",
            headers,
            body,
            sink,
            scrub,
        )

    def _send(self, request: _Request) -> Reply:
        """The answer to a request, sent again as often as may be, and the last one where no try
        went well."""
        attempt = 0
        while True:
            reply, error = self._attempt(request)
            if reply is not None and reply.status not in TRANSIENT:
                self._budget.give_back()
                return reply
            wait = self._wait_before_retry(request.endpoint, reply, error, attempt)
            if wait is None:
                raise error or self._error(reply, request)
            self._sleep(wait)
            attempt += 1

    def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    # Sending

    def _content(self, json_body: Any, form: Query | None) -> tuple[dict[str, str], bytes | None]:
        headers = _HEADERS | {"Authorization": self.settings.authorization}
        if form is not None:
            return headers | {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(
                form
            ).encode()
        if json_body is None:
            return headers, None
        return headers | {"Content-Type": "application/json"}, json.dumps(json_body).encode()

    def _attempt(self, request: _Request) -> tuple[Reply | None, Exception | None]:
        """One try. The answer, or the error why there is none."""
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        pool = self._open()
        with self._lock:
            self.requests += 1
            self.writes += not request.endpoint.safe
        try:
            response = pool.request(
                request.endpoint.method,
                request.address,
                body=request.body,
                headers=request.headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout(),
                preload_content=request.sink is None,
            )
            body = _received(response, request)
        except urllib3.exceptions.HTTPError as error:
            return None, self._no_answer(error, request)
        self._reached = True
        headers = response.headers
        kind = headers.get("Content-Type", "")
        return Reply(
            response.status, headers.get("Retry-After"), headers.get("Location"), kind, body
        ), None

    def _no_answer(self, error: Exception, request: _Request) -> Exception:
        """The sentence for a request that got no answer, and whether the server can have handled
        it."""
        kinds = urllib3.exceptions
        url = self.settings.url
        if isinstance(error, kinds.ProxyError):
            return ConnectError(
                f"The proxy for {url} failed ({_root(error)}); check HTTPS_PROXY and NO_PROXY."
            )
        if isinstance(error, kinds.SSLError):
            return self._tls_error(error, request)
        if isinstance(error, kinds.NewConnectionError):
            return ConnectError(
                f"{url} cannot be reached ({_root(error)}); check url, network and proxy."
            )
        if isinstance(error, kinds.ConnectTimeoutError):
            seconds = self.settings.connect_timeout
            return ConnectError(
                f"No connection to {url} within {seconds:g} s; check url, network and firewall."
            )
        if isinstance(error, kinds.ReadTimeoutError):
            seconds = self.settings.read_timeout
            return AnswerLostError(
                f"{request} was not answered within {seconds:g} s; raise read_timeout if the "
                "server is slow."
            )
        if any(isinstance(part, kinds.IncompleteRead) for part in _chain(error)):
            return AnswerLostError(f"The answer to {request} broke off half-way.")
        if isinstance(error, kinds.ProtocolError):
            return AnswerLostError(
                f"The connection broke before {request} was answered ({_root(error)})."
            )
        return AnswerError(
            f"{request} could not be sent or its answer not be read ({_root(error)})."
        )

    def _wait_before_retry(
        self, endpoint: Endpoint, reply: Reply | None, error: Exception | None, attempt: int
    ) -> float | None:
        """Seconds to wait before another try, or None when there shall be none."""
        if attempt >= self.settings.retries or not self._may_repeat(endpoint, reply, error):
            return None
        asked = retry_after(reply.retry_after, now=time.time()) if reply else None
        if asked is not None and asked > LONGEST_WAIT:
            return None
        if not self._budget.take():
            return None
        if asked is None:
            return backoff(attempt, self._draw)
        # What one thread is told holds for all of them.
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + asked)
        return 0.0

    def _may_repeat(self, endpoint: Endpoint, reply: Reply | None, error: Exception | None) -> bool:
        if isinstance(error, ConnectError):
            # The first request of a run that finds nobody is a wrong address, not a passing fault.
            return self._reached
        if reply is not None and reply.status == 429:
            return True
        return endpoint.idempotent and (reply is not None or isinstance(error, AnswerLostError))

    def _timeout(self) -> Any:
        return urllib3.Timeout(
            connect=self.settings.connect_timeout, read=self.settings.read_timeout
        )

    def _open(self) -> Any:
        with self._lock:
            if self._pool is None:
                self._pool = _new_pool(self.settings)
                # What stands before a path: the base path of url, and the whole of url where a
                # proxy is asked for it.
                by_proxy = self._pool.proxy is not None and self._pool.scheme == "http"
                self._base = self.settings.url if by_proxy else urlsplit(self.settings.url).path
            return self._pool

    # Reading answers

    def _decode(self, reply: Reply, request: _Request) -> Any:
        if not 200 <= reply.status < 300:
            raise self._error(reply, request)
        try:
            return _loaded(reply.body)
        except ValueError:
            raise AnswerError(self._no_json_sentence(reply, request)) from None

    def _error(self, reply: Reply | None, request: _Request) -> Exception:
        if reply is None:
            return AnswerError(f"{request} gave neither an answer nor an error.")
        endpoint = request.endpoint
        if 300 <= reply.status < 400:
            target = request.scrub(self.redact((reply.location or "nowhere").partition("?")[0]))
            return AnswerError(
                f"{request} was redirected to {target}, and credentials follow no redirect; set "
                "url to the API's own address."
            )
        detail = self._detail(reply, request.scrub)
        kind, sentence = _ERRORS.get(
            reply.status, (ApiError, "{where} failed: HTTP {status}{detail}.")
        )
        if reply.status in TRANSIENT and not endpoint.idempotent and reply.status != 429:
            sentence += " Whether it took effect is not known."
        if reply.status in (400, 404) and ("%2F" in request.path or "%5C" in request.path):
            sentence += (
                " A web server often refuses a path with an encoded slash, and here a name has one; "
                "{slash}."
            )
        role = f" the role {endpoint.role}" if endpoint.role else " a role that allows it"
        account = self.settings.account
        message = sentence.format(
            where=request,
            status=reply.status,
            detail=detail,
            account=account,
            role=role,
            not_found=endpoint.not_found,
            slash=endpoint.slash,
        )
        message = message[0].upper() + message[1:]
        return kind(
            self.redact(message), status=reply.status, method=endpoint.method, path=request.path
        )

    def _detail(self, reply: Reply, scrub: Callable[[str], str]) -> str:
        try:
            text = self.shown(self._explain(_loaded(reply.body)), scrub)
        except ValueError:
            title = self.page_title(reply.body, scrub)
            text = f"a web page titled {title!r}" if title else ""
        return f" ({text})" if text else ""

    def _no_json_sentence(self, reply: Reply, request: _Request) -> str:
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

    def page_title(self, body: bytes, scrub: Callable[[str], str] = str) -> str:
        """The title of a web page, or of its beginning, without secrets; "" for one that is not
        there up to its end."""
        match = re.search(rb"<title[^>]*>\s*([^<]+)<", body, re.IGNORECASE)
        return (
            scrub(self.redact(match.group(1).decode("utf-8", "replace").strip()))[:LONGEST_TITLE]
            if match
            else ""
        )

    def _tls_error(self, error: Exception, request: _Request) -> Exception:
        url = self.settings.url
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in _chain(error)):
            trusted = (
                f"the CA of ca_path={self.settings.ca_path}"
                if self.settings.ca_path
                else "the CAs that this machine trusts"
            )
            return ConnectError(
                f"The TLS certificate of {url} was rejected by {trusted} ({_root(error)}); set "
                "ca_path to the CA that signed it. validate_certs=false would send the "
                "credentials to whoever answers."
            )
        if not self._reached:
            return ConnectError(
                f"TLS with {url} failed ({_root(error)}); check that its port speaks TLS and that "
                "ca_path holds certificates."
            )
        # The peer may have gone after the request was handled.
        return AnswerLostError(
            f"The TLS connection broke before {request} was answered ({_root(error)})."
        )


# fmt: off
_ERRORS: dict[int, tuple[type[ApiError], str]] = {
    401: (
        CredentialsError,
        "The server rejected the credentials of {account} (HTTP 401{detail}): check username and "
        "password, or use a token where the tenant asks administrators for a PIN.",
    ),
    403: (ForbiddenError, "{account} may not send {where} (HTTP 403{detail}): give it{role}."),
    404: (NotFoundError, "{where} failed: HTTP 404{detail}; {not_found}."),
    429: (ApiError, "{where} failed: the server limits the rate of requests (HTTP 429{detail}); lower concurrency or try later."),
}
# fmt: on


def _new_pool(settings: Settings) -> Any:
    """A pool of kept-alive connections to the server, through the proxy of the environment where
    there is one.

    requests sets it up, and the requests are sent by the pool itself: a session of requests would
    follow redirects, keep cookies, let .netrc replace our credentials and REQUESTS_CA_BUNDLE the
    author's CA, and takes twice the time.
    """
    if REQUESTS_IMPORT_ERROR is not None:
        raise MissingLibraryError(LIBRARY, REQUESTS_IMPORT_ERROR)
    adapter = requests.adapters.HTTPAdapter(
        pool_connections=1, pool_maxsize=settings.concurrency, max_retries=0, pool_block=True
    )
    verify = _verify(settings)
    try:
        probe = requests.Request("GET", settings.url).prepare()
        proxies = requests.utils.get_environ_proxies(settings.url)
        pool = adapter.get_connection_with_tls_context(probe, verify, proxies=proxies)
    except requests.exceptions.RequestException as error:
        raise OptionError(
            f"url: {settings.url} cannot be used, or a proxy of the environment cannot "
            f"({_root(error)})."
        ) from None
    adapter.cert_verify(pool, settings.url, verify, None)
    return pool


def _received(response: Any, request: _Request) -> bytes:
    """The body of an answer, or nothing when it went into the file that it was asked for. Raises
    AnswerError for one that is longer than allowed or compressed."""
    sink = request.sink
    if sink is None:
        return response.data
    body = b""
    whole = False
    try:
        if 200 <= response.status < 300:
            _fill(sink, response, request)
            whole = True
        else:
            body = response.read(MOST_OF_ERROR)
    finally:
        if not whole:
            # Nobody reads the rest, so that nothing else may be sent over this connection; its
            # place in the pool is free.
            response.close()
        response.release_conn()
    return body


def _fill(sink: Sink, response: Any, request: _Request) -> None:
    """Write the body of an answer to an empty file, part by part."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise AnswerError(
            f"{request} was answered with the encoding {encoding!r}, which was not asked for; "
            f"{sink.remedy}."
        )
    sink.file.seek(0)
    sink.file.truncate()
    left = sink.most
    for part in response.stream(PART, decode_content=False):
        left -= len(part)
        if left < 0:
            raise AnswerError(
                f"{request} was answered with more than {sink.most} bytes; {sink.remedy}."
            )
        sink.file.write(part)


def _loaded(body: bytes) -> Any:
    """The JSON of a body. Raises ValueError, also for one that is nested deeper than Python
    follows.

    Servers cut names within a character that takes two of their units, such as an emoji. Ansible
    refuses a result with such a half, all of it, also when it was written already, so that a sign
    for "unknown" takes its place.
    """
    try:
        answer = json.loads(body)
        return (
            _whole_characters(answer) if any(mark in body for mark in _MARKS_OF_HALVES) else answer
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_whole_characters(part) for part in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(part) for name, part in value.items()}
    return value


def _verify(settings: Settings) -> bool | str:
    if settings.url.lower().startswith("http://"):
        return True
    if not settings.validate_certs:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return False
    places = {
        "ca_path": settings.ca_path,
        **{name: os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")},
    }
    for name, place in places.items():
        if place and not os.path.exists(place):
            raise OptionError(
                f"{name}: {place!r} does not exist; give a PEM file or a folder of hashed "
                "certificates."
            )
        if place:
            return place
    return True


def _query_text(query: Query) -> str:
    return f"?{urlencode(query)}" if query else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and the errors that it wraps, the innermost last."""
    seen: object = error
    while isinstance(seen, BaseException):
        yield seen
        seen = getattr(seen, "reason", None) or next(
            (arg for arg in seen.args if isinstance(arg, BaseException)), None
        )


def _root(error: BaseException) -> str:
    """The innermost reason of an error in a few words, without the address and object that urllib3
    puts before it."""
    *_outer, seen = _chain(error)
    text = getattr(seen, "verify_message", "") or getattr(seen, "strerror", "") or str(seen)
    # urllib3 puts the connection first: "<… object at 0x…>: " or "HTTPSConnection(host=…): ".
    return re.sub(r"^(<[^>]*>|\w+\([^)]*\)): ", "", text)
