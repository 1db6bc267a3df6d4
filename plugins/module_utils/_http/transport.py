# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one server: the only file that imports requests.

What it promises: credentials go to the configured origin and nowhere else; a run in check mode sends nothing that
writes; a request is sent again only when that cannot do harm; and an error is one sentence with a remedy.
"""

from __future__ import annotations

import json
import os
import random
import re
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.endpoint import Endpoint
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
    REQUESTS_IMPORT_ERROR: str | None = None
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

Query = Sequence[tuple[str, str]]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "ansible-ivanti.uem"}


@dataclass(frozen=True)
class Reply:
    """What came back: the HTTP status, the value of Retry-After, and the body."""

    status: int
    retry_after: str | None
    location: str | None
    body: bytes


class Transport:
    """Sends requests over kept-alive connections; safe to use from several threads.

    ``read_only``: refuse every endpoint that is not safe (check mode). ``explain``: turns the JSON body of an error
    into text, in the manner of the product.
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
        self._adapter: Any = None
        self._send_options: dict[str, Any] = {}
        self._not_before = 0.0
        self._reached = False
        self.requests = 0
        self.writes = 0

    def call(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] | None = None,
        query: Query = (),
        json_body: Any = None,
    ) -> Any:
        """Send one request, again if need be, and return the decoded JSON of its answer.

        Raises CheckModeError, ConnectError, AnswerLostError, AnswerError, or the ApiError that fits the status.
        """
        if self._read_only and not endpoint.safe:
            raise CheckModeError(f"{endpoint.id} writes and was about to be sent in check mode; please report this.")
        prepared = self._prepare(endpoint, endpoint.fill(**(path or {})), query, json_body)
        attempt = 0
        while True:
            reply, error = self._attempt(prepared, endpoint)
            if reply is not None and reply.status not in TRANSIENT:
                self._budget.give_back()
                return self._decode(reply, endpoint, prepared)
            wait = self._wait_before_retry(endpoint, reply, error, attempt)
            if wait is None:
                raise error or self._error(reply, endpoint, prepared)
            self._sleep(wait)
            attempt += 1

    def close(self) -> None:
        """Give the connections back."""
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None

    # Sending

    def _prepare(self, endpoint: Endpoint, path: str, query: Query, json_body: Any) -> Any:
        self._open()
        headers = _HEADERS | {"Authorization": self.settings.authorization}
        data = None
        if json_body is not None:
            data = json.dumps(json_body).encode()
            headers["Content-Type"] = "application/json"
        request = requests.Request(
            endpoint.method, self.settings.url + path, params=list(query) or None, data=data, headers=headers
        )
        prepared = request.prepare()
        # The address is built from encoded segments; requests would decode and normalise some of them again.
        if prepared.path_url.partition("?")[0] != _path_of(self.settings.url) + path:
            raise OptionError(f"url: the path {path!r} cannot be sent as it is; remove dots and escapes from url.")
        return prepared

    def _attempt(self, prepared: Any, endpoint: Endpoint) -> tuple[Reply | None, Exception | None]:
        """One try. The answer, or the error why there is none."""
        self._respect_pause()
        with self._lock:
            self.requests += 1
            self.writes += not endpoint.safe
        where = f"{endpoint.method} {prepared.path_url.partition('?')[0]}"
        try:
            response = self._open().send(prepared, **self._send_options)
            body = response.content
        except requests.exceptions.SSLError as error:
            return None, ConnectError(self._tls_sentence(error))
        except requests.exceptions.ProxyError as error:
            return None, ConnectError(f"The proxy for {self.settings.url} failed ({_root(error)}); check HTTPS_PROXY and NO_PROXY.")
        except requests.exceptions.ConnectTimeout:
            return None, ConnectError(
                f"No connection to {self.settings.url} within {self.settings.connect_timeout:g} s; check url, network and firewall."
            )
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                return None, ConnectError(f"{self.settings.url} cannot be reached ({_root(error)}); check url, network and proxy.")
            return None, AnswerLostError(f"The connection broke before {where} was answered ({_root(error)}).")
        except requests.exceptions.Timeout:
            return None, AnswerLostError(
                f"{where} was not answered within {self.settings.read_timeout:g} s; raise read_timeout if the server is slow."
            )
        except requests.exceptions.ChunkedEncodingError:
            return None, AnswerLostError(f"The answer to {where} broke off half-way.")
        except requests.exceptions.RequestException as error:
            return None, AnswerError(f"{where} could not be sent or read ({_root(error)}).")
        self._reached = True
        headers = response.headers
        return Reply(response.status_code, headers.get("Retry-After"), headers.get("Location"), body), None

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

    def _respect_pause(self) -> None:
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._sleep(wait)

    def _open(self) -> Any:
        with self._lock:
            if self._adapter is None:
                self._adapter, self._send_options = _new_adapter(self.settings)
            return self._adapter

    # Reading answers

    def _decode(self, reply: Reply, endpoint: Endpoint, prepared: Any) -> Any:
        if not 200 <= reply.status < 300:
            raise self._error(reply, endpoint, prepared)
        try:
            return json.loads(reply.body)
        except ValueError:
            raise AnswerError(self._no_json_sentence(reply, endpoint, prepared)) from None

    def _error(self, reply: Reply | None, endpoint: Endpoint, prepared: Any) -> Exception:
        if reply is None:
            return AnswerError(f"{endpoint.id} gave neither an answer nor an error.")
        path = prepared.path_url.partition("?")[0]
        where = f"{endpoint.method} {path}"
        if 300 <= reply.status < 400:
            target = self.redact((reply.location or "nowhere").partition("?")[0])
            return AnswerError(
                f"{where} was redirected to {target}, and credentials follow no redirect; set url to the API's own address."
            )
        detail = self._detail(reply)
        kind, sentence = _ERRORS.get(reply.status, (ApiError, "{where} failed: HTTP {status}{detail}."))
        if reply.status in TRANSIENT and not endpoint.idempotent and reply.status != 429:
            sentence += " Whether it took effect is not known."
        role = f" the role {endpoint.role}" if endpoint.role else " a role that allows it"
        account = self.settings.account
        message = sentence.format(where=where, status=reply.status, detail=detail, account=account, role=role)
        message = message[0].upper() + message[1:]
        return kind(self.redact(message), status=reply.status, method=endpoint.method, path=path)

    def _detail(self, reply: Reply) -> str:
        try:
            text = self._explain(json.loads(reply.body))
        except ValueError:
            title = _page_title(reply.body)
            text = f"a web page titled {title!r}" if title else ""
        return f" ({text})" if text else ""

    def _no_json_sentence(self, reply: Reply, endpoint: Endpoint, prepared: Any) -> str:
        where = f"{endpoint.method} {prepared.path_url.partition('?')[0]}"
        if reply.body.lstrip()[:1] == b"<":
            title = _page_title(reply.body)
            named = f" titled {self.redact(title)!r}" if title else ""
            return (
                f"{where} was answered by a web page{named} instead of JSON: url does not lead to the API, or a proxy or "
                "sign-in page stands in between; set url to the address before /api/."
            )
        return (
            f"{where} was answered with HTTP {reply.status} and a body that is not JSON ({len(reply.body)} bytes); try "
            "again, then ask the server's administrator."
        )

    def _tls_sentence(self, error: Exception) -> str:
        trusted = f"the CA of ca_path={self.settings.ca_path}" if self.settings.ca_path else "the CAs that this machine trusts"
        return (
            f"The TLS certificate of {self.settings.url} was rejected by {trusted} ({_root(error)}); set ca_path to the CA that "
            "signed it. validate_certs=false would send the credentials to whoever answers."
        )


_ERRORS: dict[int, tuple[type[ApiError], str]] = {
    401: (
        CredentialsError,
        "The server rejected the credentials of {account} (HTTP 401{detail}): check username and password, or use a token "
        "where the tenant asks administrators for a PIN.",
    ),
    403: (ForbiddenError, "{account} may not send {where} (HTTP 403{detail}): give it{role}."),
    404: (NotFoundError, "{where} failed: HTTP 404{detail}; there is no such object, or url lacks a base path."),
    429: (ApiError, "{where} failed: the server limits the rate of requests (HTTP 429{detail}); lower concurrency or try later."),
}


def _new_adapter(settings: Settings) -> tuple[Any, dict[str, Any]]:
    """A pool of connections and the options of its ``send``.

    The adapter is used without a session: a session would follow redirects, keep cookies, let .netrc replace our
    credentials, and let REQUESTS_CA_BUNDLE replace the author's CA. The proxies, and the CA bundle where the author named
    none, are read from the environment here.
    """
    if REQUESTS_IMPORT_ERROR is not None:
        raise MissingLibraryError("requests", REQUESTS_IMPORT_ERROR)
    adapter = requests.adapters.HTTPAdapter(
        pool_connections=1, pool_maxsize=settings.concurrency, max_retries=0, pool_block=True
    )
    options = {
        "timeout": (settings.connect_timeout, settings.read_timeout),
        "proxies": requests.utils.get_environ_proxies(settings.url),
        "verify": _verify(settings),
    }
    return adapter, options


def _verify(settings: Settings) -> bool | str:
    if not settings.validate_certs:
        import urllib3
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return False
    if settings.ca_path:
        if not os.path.exists(settings.ca_path):
            raise OptionError(f"ca_path: {settings.ca_path!r} does not exist; give a PEM file or a folder of hashed certificates.")
        return settings.ca_path
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


def _path_of(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2] if "/" in url.partition("://")[2] else ""


def _never_connected(error: BaseException) -> bool:
    """Whether a connection error came before any byte was sent (urllib3 says so by its class)."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _root(error: BaseException) -> str:
    """The innermost reason of an error in a few words, without the address and object that urllib3 puts before it."""
    seen = error
    while True:
        inner = getattr(seen, "reason", None) or next((arg for arg in seen.args if isinstance(arg, BaseException)), None)
        if not isinstance(inner, BaseException):
            break
        seen = inner
    text = getattr(seen, "verify_message", "") or getattr(seen, "strerror", "") or str(seen)
    # urllib3 puts the connection first: "<… object at 0x…>: " or "HTTPSConnection(host=…): ".
    return re.sub(r"^(<[^>]*>|\w+\([^)]*\)): ", "", text)


def _page_title(body: bytes) -> str:
    match = re.search(rb"<title[^>]*>\s*([^<]{1,80})", body, re.IGNORECASE)
    return match.group(1).decode("utf-8", "replace").strip() if match else ""
