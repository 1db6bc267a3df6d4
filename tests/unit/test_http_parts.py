# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the HTTP layer that compute: settings, redaction, retry arithmetic."""

from __future__ import annotations

import base64
import html
import json
import random
from urllib.parse import quote

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    CheckModeError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._http.request import Request
from ansible_collections.ivanti.uem.plugins.module_utils._http.retry import (
    CAP,
    RetryBudget,
    backoff,
    retry_after,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport

from ..calls import DEFAULTS

# fmt: off
GOOD = {
    "url": "https://uem.example.com", "username": "u", "password": "pass", "token": None, "ca_path": None,
    "validate_certs": True, "connect_timeout": 1.0, "read_timeout": 1.0, "concurrency": 1, "retries": 0,
}
# fmt: on


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://uem.example.com", "https://uem.example.com"),
        ("https://uem.example.com/", "https://uem.example.com"),
        (" https://uem.example.com:8443/acme/rest/ ", "https://uem.example.com:8443/acme/rest"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_urls(url, kept):
    assert parse_settings({**GOOD, "url": url}).url == kept


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": None}, "url: is missing"),
        ({"url": "uem.example.com"}, "its scheme"),
        ({"url": "ftp://uem.example.com"}, "its scheme"),
        ({"url": "https://"}, "not an address"),
        ({"url": "https://host:port"}, "not an address"),
        ({"url": "https://u:hunter2@host"}, "holds a user name"),
        ({"url": "u:hunter2@host"}, "not an address"),
        ({"url": "https://host/?a=b"}, "has a query"),
        ({"url": "https://host/api/v1"}, "names the API itself; leave out /api"),
        ({"url": "https://host/acme/API/"}, "names the API itself"),
        ({"url": "https://host/api/v1/device"}, "names the API itself"),
        ({"url": "https://host/rest/api/v2/"}, "names the API itself"),
        ({"username": "ann "}, "username: begins or ends with a blank"),
        ({"username": "\u00a0ann"}, "username: begins or ends with a blank"),
        ({"username": "ann\n"}, "username: begins or ends with a line break"),
        ({"password": "secret\r\n"}, "password: begins or ends with a line break"),
        ({"url": "https://host/a/../b"}, "has a query, fragment, dots"),
        ({"url": "https://host/%2e%2e/b"}, "escapes"),
        ({"url": "https://h\udce4"}, "not an address"),
        ({"password": "p\udce4ss"}, "not UTF-8"),
        ({"url": "https://host//b"}, "give only the address"),
        ({"username": None}, "username: missing"),
        ({"password": ""}, "password: missing"),
        ({"username": "", "password": None}, "username and password: missing"),
        ({"token": "t"}, "token: cannot be combined"),
        ({"token": "a\nb", "username": None, "password": None}, "token: has characters"),
        ({"username": "a:b"}, "username: has a colon"),
        ({"concurrency": 0}, "concurrency: 0"),
        ({"retries": -1}, "retries: -1"),
        ({"read_timeout": 0.0}, "read_timeout: 0"),
        ({"read_timeout": float("nan")}, "read_timeout: nan"),
        ({"connect_timeout": float("inf")}, "connect_timeout: inf"),
        ({"connect_timeout": 1e10}, r"connect_timeout: 1e\+10 is too large; give 86400 or less"),
        ({"read_timeout": 10**400}, "read_timeout: inf is too large"),
        ({"concurrency": 101}, "concurrency: 101 is too large; give 100 or less"),
        ({"retries": 10**9}, r"retries: 1e\+09 is too large"),
    ],
)
def test_wrong_settings(wrong, words):
    with pytest.raises(OptionError, match=words) as caught:
        parse_settings({**GOOD, **wrong})
    assert "hunter2" not in str(caught.value)


def test_settings_do_not_show_their_secrets():
    shown = repr(parse_settings({**GOOD, "password": "hunter2"}))
    assert "hunter2" not in shown and base64.b64encode(b"u:hunter2").decode() not in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"url": "http://h"}, "unencrypted"), ({"validate_certs": False}, "whoever answers")],
)
def test_warnings(changed, words):
    assert any(words in warning for warning in parse_settings({**GOOD, **changed}).warnings)
    assert parse_settings(GOOD).warnings == ()


SECRET = "s3cr\"et/&<ü>'x"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps({"password": SECRET}),
        json.dumps({"password": SECRET}, ensure_ascii=False),
        quote(SECRET, safe=""),
        quote(SECRET),
        html.escape(SECRET),
        html.escape(SECRET).replace("&#x27;", "&#39;").replace("/", "&#47;"),
        html.escape(SECRET, quote=False),
        "".join(f"&#{ord(char)};" for char in SECRET),
        repr(SECRET),
        repr(f"'{SECRET}\""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"u:" + SECRET.encode()).decode(),
        base64.b64encode(b"us:" + SECRET.encode() + b"tail").decode(),
        base64.b64encode(b"usr:" + SECRET.encode()).decode(),
        quote(SECRET, safe="")
        .replace("%2F", "%2f")
        .replace("%3C", "%3c")
        .replace("%C3%BC", "%c3%bc")
        .replace("%3E", "%3e"),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
    ],
)
def test_every_form_of_a_secret_is_masked(form):
    masked = Redactor([SECRET])(f"before {form} after")
    assert masked.startswith("before ") and masked.endswith(" after") and "****" in masked
    raw = SECRET.encode()
    assert "s3cr" not in masked and base64.b64encode(raw).decode()[4:-4] not in masked
    assert (
        base64.urlsafe_b64encode(raw).decode()[4:-4] not in masked
        and raw.hex() not in masked.lower()
    )


def test_nothing_is_masked_without_secrets():
    assert Redactor(["", "never"])("text") == "text"
    # A text is as it came where nothing hides in it.
    assert Redactor(["never"])("a &lt; b") == "a &lt; b"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0), ("2.128", 2.128), ("0", 0.0), ("-5", 0.0), (None, None), ("", None), ("soon", None), ("nan", None),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after(header, seconds):
    assert retry_after(header, now=1000.0) == seconds


def test_backoff_grows_to_its_cap():
    draw = random.Random(1)
    for attempt in range(20):
        assert all(0 <= backoff(attempt, draw) <= min(CAP, 0.5 * 2**attempt) for _draw in range(50))


def test_budget_ends_and_refills():
    budget = RetryBudget()
    taken = 0
    while budget.take():
        taken += 1
    assert taken == RetryBudget.SIZE // RetryBudget.COST
    for _answer in range(RetryBudget.COST):
        budget.give_back()
    assert budget.take() and not budget.take()


PATH = Endpoint("X", "GET", "/api/{device}/end", "source")


@pytest.mark.parametrize(
    ("segment", "path"),
    [
        ("22", "/api/22/end"),
        ("a/b", "/api/a%2Fb/end"),
        ("%2e%2e", "/api/%252e%252e/end"),
        ("ü?#", "/api/%C3%BC%3F%23/end"),
    ],
)
def test_segments_are_encoded_as_a_whole(segment, path):
    assert PATH.fill(device=segment) == path


@pytest.mark.parametrize("segment", ["", ".", "..", "a\nb", "a\x00", "\x7f"])
def test_segments_that_move_the_call_are_refused(segment):
    with pytest.raises(OptionError, match="device"):
        PATH.fill(device=segment)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://ops:geheim@proxy:99999", "http://ops:gehe/im@proxy:1", "http://ops:gehe?im@proxy:1", "http://ops:gehe#im@proxy:1",
        "ftp://ops:geheim@proxy:1", "http://ops:geheim@proxy:abc", "http://ops:geheim@[::1", "http://", "socks5://ops:geheim@proxy:1",
    ],
)  # fmt: skip
def test_a_proxy_that_cannot_be_used_is_said_without_its_password(monkeypatch, name, proxy):
    for other in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, proxy)
    connections = Connections(parse_settings({**DEFAULTS, "url": "https://uem.example.com"}))
    with pytest.raises(OptionError, match="through the proxy of the environment") as refused:
        connections.open()
    assert "gehe" not in str(refused.value) and "proxy:" not in str(refused.value)


def test_a_query_of_an_address_is_not_shown():
    with pytest.raises(OptionError, match="has a query") as refused:
        parse_settings({**DEFAULTS, "url": "https://uem.example.com?password=geheim"})
    assert "geheim" not in str(refused.value)


def test_nothing_that_writes_is_looked_at_in_check_mode():
    transport = Transport(parse_settings(GOOD), read_only=True, explain=str)
    writing = Endpoint("X", "PUT", "/x", "a document")
    with pytest.raises(CheckModeError):
        transport.look(Request(writing, "/x"))
    assert transport.requests == 0
