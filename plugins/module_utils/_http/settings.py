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
from urllib.parse import urlsplit

from .._core.errors import OptionError

# Base paths such as /acme/rest; proxies and servers resolve dots and escapes in ways of their own.
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True)
class Settings:
    """Connection options. ``url`` has no trailing slash and keeps a base path; times are seconds.

    ``authorization`` is the value of the header, sent with every request and never waiting for a
    challenge: EPMM does not send one (EPMM API v2 guide, "Overview"). ``api``: through which of its
    APIs a product with several is read.
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
    def warnings(self) -> tuple[str, ...]:
        """What the author should know about these options."""
        found = []
        if self.url.lower().startswith("http://"):
            found.append(
                "url begins with http://, so that the credentials travel unencrypted; use https://."
            )
        elif not self.validate_certs:
            found.append(
                "validate_certs is off, so that the credentials go to whoever answers; set "
                "ca_path instead."
            )
        return tuple(found)


def parse_settings(options: Mapping[str, Any]) -> Settings:
    """Check the connection options of a module or plugin.

    Raises:
        OptionError: An option is wrong; the message names the option and its variable.
    """
    account, authorization, secrets = _authorization(options)
    return Settings(
        url=_url(options.get("url")),
        account=account,
        authorization=authorization,
        secrets=secrets,
        ca_path=options.get("ca_path") or None,
        validate_certs=bool(options["validate_certs"]),
        connect_timeout=_at_least(options, "connect_timeout", 0.001),
        read_timeout=_at_least(options, "read_timeout", 0.001),
        concurrency=int(_at_least(options, "concurrency", 1)),
        retries=int(_at_least(options, "retries", 0)),
        api=options.get("api") or "auto",
    )


def _url(raw: str | None) -> str:
    text = (raw or "").strip()
    if not text:
        raise OptionError(
            "url: is missing; give the server's address, such as https://na1.mobileiron.com (or "
            "IVANTI_UEM_URL)."
        )
    try:
        parts = urlsplit(text)
        host, port_is_valid = parts.hostname, parts.port is None or parts.port > 0
    except ValueError:
        host, port_is_valid = None, False
    if (
        not text.lower().startswith(("https://", "http://"))
        or not _is_host(host)
        or not port_is_valid
    ):
        raise OptionError(
            f"url: {_shown(text)!r} is not an address; write it with its scheme, such as "
            "https://na1.mobileiron.com."
        )
    if parts.username is not None or parts.password is not None:
        raise OptionError(
            "url: holds a user name or password, which would show in logs; use username and "
            "password (or token)."
        )
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise OptionError(
            f"url: {_shown(text)!r} has a query, fragment, dots or escapes; give the address alone."
        )
    return text.rstrip("/")


def _is_host(host: str | None) -> bool:
    """Whether every label of a host name has a length that DNS allows, and only characters that can
    be printed."""
    return (
        bool(host)
        and str(host).isprintable()
        and all(0 < len(label) < 64 for label in str(host).removesuffix(".").split("."))
    )


def _shown(text: str) -> str:
    """An address for a message, without what may be a password before the @."""
    return text.rpartition("@")[2]


def _authorization(options: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    username, password, token = (
        options.get(name) or "" for name in ("username", "password", "token")
    )
    if token and (username or password):
        raise OptionError(
            "token: excludes username and password; unset one of them (IVANTI_UEM_* variables "
            "count, too)."
        )
    if token:
        if not token.isascii() or not token.isprintable():
            raise OptionError(
                "token: has characters that a header cannot carry; give the token alone, without "
                "line breaks."
            )
        return "the token", f"Bearer {token}", (token,)
    if not username or not password:
        missing = " and ".join(name for name in ("username", "password") if not options.get(name))
        raise OptionError(
            f"{missing}: missing; give username and password (or IVANTI_UEM_USERNAME, "
            "IVANTI_UEM_PASSWORD), or a token."
        )
    if any(0xD800 <= ord(char) <= 0xDFFF for char in username + password):
        raise OptionError(
            "username and password: hold bytes that are not UTF-8; set them anew in a UTF-8 locale."
        )
    if ":" in username:
        raise OptionError("username: has a colon, which Basic authentication cannot carry.")
    basic = base64.b64encode(f"{username}:{password}".encode()).decode()
    return f"the user {username}", f"Basic {basic}", (password, basic)


def _at_least(options: Mapping[str, Any], name: str, least: float) -> float:
    value = float(options[name])
    if not least <= value < float("inf"):
        raise OptionError(
            f"{name}: {options[name]} is too small or no number; the least is {least:g}."
        )
    return value
