# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections to one server: the only file that imports requests and urllib3.

It sets up the pool, the verification of TLS and the proxy. It knows the errors of these libraries,
and turns what goes wrong before there is an answer into a sentence.
"""

from __future__ import annotations

import os
import re
import ssl
import threading
import traceback
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from .._core.errors import (
    AnswerError,
    AnswerLostError,
    ConnectError,
    MissingLibraryError,
    OptionError,
    UemError,
)
from .answers import Reply
from .deadline import DEADLINE, TimedResponse, TooLongError
from .request import Receive, Request
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

# Older versions cannot make a pool from TLS settings, and they may send credentials of .netrc to
# the wrong host (CVE-2024-47081).
LIBRARY = "requests>=2.32.4"


# The bytes of an answer that are read at a time.
_PART = 1 << 16

# Why a proxy cannot be used, and what to do.
_SOCKS = "a SOCKS proxy needs the Python library PySocks; install it, or name another proxy."
_PROXY = (
    "it is not an address such as http://proxy.example.com:3128. Correct it; a user name or password "
    "in it has special characters as %2F, %3F, %23 and %40."
)

# The most seconds that a file may take.
LONGEST_FILE = 3600.0


class Connections:
    """The kept-alive connections to a server; safe to use from several threads.

    Attributes:
        reached: Whether the server has answered anything yet.
    """

    def __init__(self, settings: Settings) -> None:
        self.reached = False
        # As the certificate says it: to read a date takes longer than to send a request.
        self._ends: str | None = None
        self._settings = settings
        self._lock = threading.Lock()
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._base = ""

    def open(self) -> urllib3.HTTPConnectionPool:
        """Set up the connections unless they are set up. Nothing is sent yet.

        Raises:
            MissingLibraryError: requests is not installed, or too old.
            OptionError: The address, the CA or the proxy cannot be used.
        """
        with self._lock:
            if self._pool is None:
                self._pool = _new_pool(self._settings)
                self._base = _base(self._pool, self._settings.url)
            return self._pool

    @property
    def ends(self) -> float | None:
        """When the server's certificate ends, in seconds since the epoch; None while that is not known,
        as without TLS or verification."""
        return None if self._ends is None else ssl.cert_time_to_seconds(self._ends)

    def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Send a request once, with these headers.

        Raises:
            ConnectError: The server certainly did not get it.
            AnswerLostError: It was sent, and no complete answer came back.
            AnswerError: It could not be sent, or its answer cannot be read.
        """
        pool = self.open()
        settings = self._settings
        DEADLINE.seconds = settings.whole_timeout
        if request.receive is not None:
            DEADLINE.seconds = max(LONGEST_FILE, settings.whole_timeout)
        try:
            response = pool.request(
                request.endpoint.method,
                f"{self._base}{request.target}",
                body=request.body,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=urllib3.Timeout(
                    connect=settings.connect_timeout, read=settings.read_timeout
                ),
                preload_content=False,
            )
            # The connection leaves the response once its body is read.
            self._ends = self._ends or certificate_end(response)
            body = _receive(request)(response, str(request))
        except urllib3.exceptions.HTTPError as error:
            raise no_answer(error, str(request), settings, reached=self.reached) from None
        self.reached = True
        return _reply(response, body)

    def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def _reply(response: Any, body: bytes) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(
        status=response.status,
        retry_after=headers.get("retry-after"),
        location=headers.get("location"),
        content_type=headers.get("content-type", ""),
        body=body,
        reason=response.reason or "",
        date=headers.get("date"),
        headers=headers,
    )


def certificate_end(response: Any) -> str | None:
    """Return when the certificate of the server ends, as it says it.

    None without TLS, and without verification: Python reads only certificates that it verified.
    """
    sock = getattr(getattr(response, "connection", None), "sock", None)
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    end = (certificate or {}).get("notAfter")
    return end if isinstance(end, str) else None


def _receive(request: Request) -> Receive:
    """Return what reads the body of the answer to a request."""
    return request.receive or partial(read_body, most=request.most)


def read_body(response: Any, where: str, *, most: int) -> bytes:
    """Return the body of an answer.

    Args:
        response: The response of urllib3, of which nothing was read yet.
        where: The words for the request in messages.
        most: The most bytes that it may have.

    Raises:
        AnswerError: It has more: a small compressed body can fill the memory.
    """
    parts: list[bytes] = []
    left = most
    try:
        for part in response.stream(_PART):
            left -= len(part)
            if left < 0:
                raise AnswerError(
                    f"{where} was answered with more than {most >> 20} MiB, which no such answer "
                    "of the server takes; ask the server's administrator what answers there, or "
                    "read fewer devices at a time."
                )
            parts.append(part)
    finally:
        if left < 0:
            # Nobody reads the rest, so nothing else may be sent over this connection.
            response.close()
        response.release_conn()
    return b"".join(parts)


def no_answer(error: Exception, where: str, settings: Settings, *, reached: bool) -> UemError:
    """Return the error for a request that got no answer. Its class says whether it reached the
    server.

    Args:
        error: The error that urllib3 raised.
        where: The words for the request in messages.
        settings: How the server is reached.
        reached: Whether the server has answered an earlier request.
    """
    kinds = urllib3.exceptions
    root = _root(error)
    url = settings.url
    if isinstance(error, kinds.SSLError):
        return _tls_error(error, where, settings, reached=reached)
    if isinstance(error, kinds.ProxyError):
        return ConnectError(f"The proxy for {url} failed ({root}); check HTTPS_PROXY and NO_PROXY.")
    if isinstance(error, kinds.NewConnectionError):
        return ConnectError(f"{url} cannot be reached ({root}); check url, network and proxy.")
    if isinstance(error, kinds.ConnectTimeoutError):
        return ConnectError(
            f"No connection to {url} within {settings.connect_timeout:g} s; check url, network "
            "and firewall."
        )
    return _lost(error, where, settings)


def _lost(error: Exception, where: str, settings: Settings) -> UemError:
    """Return the error for a request that may have been sent."""
    kinds = urllib3.exceptions
    if isinstance(error.__cause__, TooLongError):
        return AnswerLostError(
            f"{where} was not answered in full within {settings.whole_timeout:g} s, though bytes "
            "of the answer kept coming; look for what slows the network down, or raise "
            "read_timeout."
        )
    if isinstance(error, kinds.ReadTimeoutError):
        return AnswerLostError(
            f"{where} was not answered within {settings.read_timeout:g} s; raise read_timeout if "
            "the server is slow."
        )
    if any(isinstance(part, kinds.IncompleteRead) for part in _chain(error)):
        return AnswerLostError(f"The answer to {where} broke off half-way.")
    if isinstance(error, kinds.ProtocolError):
        return AnswerLostError(
            f"The connection broke before {where} was answered ({_root(error)}){_scheme(settings)}."
        )
    return AnswerError(
        f"{where} could not be sent, or its answer could not be read ({_root(error)})."
    )


def _scheme(settings: Settings) -> str:
    """Return what to try where a port that speaks TLS got a request without it."""
    plain = settings.url.lower().startswith("http://")
    return "; if that port speaks TLS, write https:// in url" if plain else ""


def _tls_error(error: Exception, where: str, settings: Settings, *, reached: bool) -> UemError:
    url = settings.url
    if any(isinstance(part, ssl.SSLCertVerificationError) for part in _chain(error)):
        trusted = (
            f"the CA of ca_path={settings.ca_path}"
            if settings.ca_path
            else "the CAs that this machine trusts"
        )
        return ConnectError(
            f"The TLS certificate of {url} was rejected by {trusted} ({_root(error)}); set "
            "ca_path to the CA that signed it. validate_certs=false would send the "
            "credentials to whoever answers."
        )
    if not reached:
        return ConnectError(
            f"TLS with {url} failed ({_root(error)}); check that its port speaks TLS and that "
            "ca_path holds certificates."
        )
    # The server may have closed the connection after it handled the request.
    return AnswerLostError(
        f"The TLS connection broke before {where} was answered ({_root(error)})."
    )


def _new_pool(settings: Settings) -> urllib3.HTTPConnectionPool:
    """Make a pool of kept-alive connections to the server, through the proxy of the environment if
    any.

    requests sets the pool up, and the pool itself sends. A session of requests would follow
    redirects, keep cookies, replace our credentials by those of .netrc and the author's CA by
    REQUESTS_CA_BUNDLE, and take twice the time.
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
        # requests declares only the base class.
        pool = cast(
            "urllib3.HTTPConnectionPool",
            adapter.get_connection_with_tls_context(probe, verify, proxies=proxies),
        )
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        # Its text may have a part of the proxy's password.
        reason = _SOCKS if "SOCKS" in str(error) else _PROXY
        raise OptionError(
            f"url: {settings.url} cannot be reached through the proxy of the environment "
            f"(HTTPS_PROXY, HTTP_PROXY or ALL_PROXY): {reason}"
        ) from None
    kind = pool.ConnectionCls
    pool.ConnectionCls = type(kind.__name__, (kind,), {"response_class": TimedResponse})
    adapter.cert_verify(pool, settings.url, verify, None)  # type: ignore[no-untyped-call]
    if isinstance(pool, urllib3.HTTPSConnectionPool) and pool.proxy is None:
        _share_cas(pool, settings)
    return pool


def _share_cas(pool: urllib3.HTTPSConnectionPool, settings: Settings) -> None:
    """Read the CAs once. urllib3 reads them for each connection, and those of a machine take 10 ms.

    Args:
        pool: The pool, which needs no CAs for a proxy.
        settings: How the server is reached.

    Raises:
        ConnectError: The CAs cannot be read.
    """
    if not (pool.ca_certs or pool.ca_cert_dir):
        return
    context = urllib3.util.ssl_.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        context.load_verify_locations(pool.ca_certs, pool.ca_cert_dir)
    except OSError as error:
        raise _tls_error(error, "", settings, reached=False) from None
    pool.conn_kw["ssl_context"] = context
    pool.ca_certs = pool.ca_cert_dir = None


def _base(pool: urllib3.HTTPConnectionPool, url: str) -> str:
    """Return what comes before the path of a request.

    It is the base path of url, or the whole of url for a request that goes to a proxy.
    """
    by_proxy = pool.proxy is not None and pool.scheme == "http"
    return url if by_proxy else urlsplit(url).path


def _verify(settings: Settings) -> bool | str:
    """Return how certificates are verified.

    Returns:
        The path of the CAs, True for the CAs of the machine, or False for no verification.
    """
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


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and then the errors that it wraps, the innermost last."""
    current: object = error
    while isinstance(current, BaseException):
        yield current
        current = getattr(current, "reason", None) or next(
            (arg for arg in current.args if isinstance(arg, BaseException)), None
        )


def _root(error: BaseException) -> str:
    """Return the innermost reason of an error in a few words.

    The address and the object that urllib3 puts before the reason are left out.
    """
    *_outer, innermost = _chain(error)
    text = (
        getattr(innermost, "verify_message", "")
        or getattr(innermost, "strerror", "")
        or str(innermost)
    )
    # urllib3 puts the connection first: "<… object at 0x…>: " or "HTTPSConnection(host=…): ".
    return re.sub(r"^(<[^>]*>|\w+\([^)]*\)): ", "", text)
