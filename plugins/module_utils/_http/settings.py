# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach a server: the connection options, checked."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .._core.device import server_name
from .._core.errors import OptionError

# Base paths such as /acme/rest. Dots and escapes are not allowed: proxies and servers resolve them
# differently.
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*/?")


# The API, which every request adds itself.
_API = re.compile(r"/api(/v[0-9]+(/.*)?)?/?$", re.IGNORECASE)

# The most that options may be: sockets take no longer waits, and a server is not to be flooded.
LONGEST_TIMEOUT, MOST_CONCURRENCY, MOST_RETRIES = 86_400, 100, 100

# How many times read_timeout an answer may take as a whole.
PARTS = 5


@dataclass(frozen=True)
class Settings:
    """The connection options, checked.

    Attributes:
        url: The address, without a slash at its end and with its base path.
        account: The words for the account in messages.
        authorization: The value of the header. It is sent with every request and does not wait for
            a challenge, which EPMM does not send (EPMM API v2 guide, "Overview").
        secrets: What no message may show.
        ca_path: A file or folder with CA certificates, or None.
        validate_certs: Whether the server's certificate is checked.
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for an answer.
        concurrency: How many requests are under way at the same time, at most.
        retries: How often a request is sent again, at most.
        api: Which API a product with several is read through.
    """

    url: str
    account: str
    authorization: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False, default=())
    ca_path: str | None = None
    validate_certs: bool = True
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    concurrency: int = 4
    retries: int = 4
    api: str = "auto"

    @property
    def server(self) -> str:
        """What rows and hosts call the server: however its address is written, it is the same."""
        return server_name(self.url)

    @property
    def whole_timeout(self) -> float:
        """Seconds in which an answer must be complete. ``read_timeout`` is for each part of it."""
        return PARTS * self.read_timeout

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the author should know about these options."""
        found = []
        if self.url.lower().startswith("http://"):
            found.append(
                "url begins with http://, so the credentials travel unencrypted; use https://."
            )
        elif not self.validate_certs:
            found.append(
                "validate_certs is off, so the credentials go to whoever answers; set "
                "ca_path instead."
            )
        return tuple(found)


def parse_settings(options: Mapping[str, Any]) -> Settings:
    """Check the connection options of a module or plugin.

    Raises:
        OptionError: An option is wrong; the message names the option and its variable.
    """
    url = _url(options.get("url"))
    account, authorization, secrets = _authorization(options)
    return Settings(
        url=url,
        account=account,
        authorization=authorization,
        secrets=secrets,
        ca_path=options.get("ca_path") or None,
        validate_certs=bool(options["validate_certs"]),
        connect_timeout=_within(options, "connect_timeout", 0.001, LONGEST_TIMEOUT),
        read_timeout=_within(options, "read_timeout", 0.001, LONGEST_TIMEOUT),
        concurrency=int(_within(options, "concurrency", 1, MOST_CONCURRENCY)),
        retries=int(_within(options, "retries", 0, MOST_RETRIES)),
        api=options.get("api") or "auto",
    )


def _url(raw: str | None) -> str:
    text = (raw or "").strip()
    if not text:
        raise OptionError(
            "url: is missing; give the server's address, such as https://na1.mobileiron.com (or "
            "IVANTI_UEM_URL, or a profile)."
        )
    parts = _parts(text)
    if parts is None:
        raise OptionError(
            f"url: {shown_url(text)!r} is not an address; write it with its scheme, such as "
            "https://na1.mobileiron.com."
        )
    if parts.username is not None or parts.password is not None:
        raise OptionError(
            "url: holds a user name or password, which would show in logs; use username and "
            "password (or token)."
        )
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise OptionError(
            f"url: {shown_url(text)!r} has a query, fragment, dots or escapes; give only the address."
        )
    if _API.search(parts.path):
        raise OptionError(
            f"url: {shown_url(text)!r} names the API itself; leave out /api and what follows, which "
            "is added to each request."
        )
    return text.rstrip("/")


def _parts(text: str) -> SplitResult | None:
    """Return the parts of an address, or None if it is not one."""
    if not text.lower().startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(text)
        is_address = _is_host(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_address else None


def _is_host(host: str | None) -> bool:
    """Return whether a host name can be printed and each of its labels has a length that DNS
    allows."""
    return (
        bool(host)
        and str(host).isprintable()
        and all(0 < len(label) < 64 for label in str(host).removesuffix(".").split("."))
    )


def shown_url(text: str) -> str:
    """Return an address for a message, without what may be a password: the part before the @, and a
    query."""
    return re.split(r"[?#]", text.rpartition("@")[2])[0]


def _authorization(options: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Return the words for the account, the value of the header, and the secrets in it."""
    username, password, token = (
        options.get(name) or "" for name in ("username", "password", "token")
    )
    if token and (username or password):
        raise OptionError(
            "token: cannot be combined with username and password; unset one of them "
            "(IVANTI_UEM_* variables count, too)."
        )
    return _bearer(token) if token else _basic(username, password)


# What messages call an account whose user is not known.
TOKEN = "the token"


def _bearer(token: str) -> tuple[str, str, tuple[str, ...]]:
    if not token.isascii() or not token.isprintable():
        raise OptionError(
            "token: has characters that a header cannot carry; give only the token, without line "
            "breaks."
        )
    return TOKEN, f"Bearer {token}", (token,)


def _basic(username: str, password: str) -> tuple[str, str, tuple[str, ...]]:
    if not username or not password:
        given = {"username": username, "password": password}
        missing = " and ".join(name for name, value in given.items() if not value)
        raise OptionError(
            f"{missing}: missing; give username and password (or IVANTI_UEM_USERNAME, "
            "IVANTI_UEM_PASSWORD, or a profile), or a token."
        )
    for name, value in (("username", username), ("password", password)):
        if value != value.strip("\r\n"):
            raise OptionError(
                f"{name}: begins or ends with a line break, as a text that is read from a file "
                "does; remove it, in a template with the filter trim."
            )
    if username != username.strip():
        raise OptionError("username: begins or ends with a blank, which no account has; remove it.")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in username + password):
        raise OptionError(
            "username and password: have bytes that are not UTF-8; set them again in a UTF-8 "
            "locale."
        )
    if ":" in username:
        raise OptionError("username: has a colon, which Basic authentication cannot carry.")
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return f"the user {username}", f"Basic {encoded}", (password, encoded)


def _within(options: Mapping[str, Any], name: str, least: float, most: int) -> float:
    try:
        value = float(options[name])
    except OverflowError:
        value = float("inf")
    if value > most:
        raise OptionError(f"{name}: {value:g} is too large; give {most} or less.")
    if not value >= least:
        raise OptionError(
            f"{name}: {options[name]} is too small or not a number; give {least:g} or more."
        )
    return value
