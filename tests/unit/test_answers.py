# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is made of an answer: data, or an error that is one sentence and shows no secret."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    ApiError,
    CredentialsError,
    ForbiddenError,
    NotFoundError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.answers import (
    GONE,
    LONGEST_EXPLANATION,
    LONGEST_TITLE,
    AnswerReader,
    Reply,
    load_json,
    title_of,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._http.request import Request

WRITE = Endpoint("N1", "PUT", "/api/x", "guide", role="Device Admin")
SAFE = Endpoint(
    "N2", "GET", "/api/{name}", "guide", safe=True, idempotent=True, not_found="no such name"
)


def explain(body):
    if not isinstance(body, dict):
        raise ValueError
    return str(body.get("says", ""))


READER = AnswerReader("the user ann", explain, Redactor(["hunter2"]), "neurons")


def reply(status=200, body=b"", **headers):
    return Reply(status, None, headers.get("location"), "", body)


def says(text):
    return json.dumps({"says": text}).encode()


@pytest.mark.parametrize(("body", "value"), [
    (b"null", None), (b'{"a": [1, "x"]}', {"a": [1, "x"]}), (b'"\xc3\xbc"', "ü"), (b'"\\ud83d\\ude00"', "😀"),
    # Half a character, escaped in two ways or as bytes, in keys and values.
    (b'{"\\ud83d": ["a\\uDE00b"]}', {"\ufffd": ["a\ufffdb"]}), (b'{"a": {"b": "\\uD83d"}}', {"a": {"b": "\ufffd"}}),
    # Behind other escapes, and what only looks like one.
    (b'"\\n\\u00fc\\ud83d"', "\nü\ufffd"), (b'"\xed\xa0\xbd"', "\ufffd"), (b'"\\\\ud83d"', "\\ud83d"), (b'"\\n"', "\n"),
])  # fmt: skip
def test_json_is_loaded_with_whole_characters(body, value):
    assert load_json(body) == value


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"nope", b"\xff\xfe\x00", b"[" * 200_000])
def test_what_is_not_json(body):
    with pytest.raises(ValueError):
        load_json(body)
    with pytest.raises(AnswerError, match="GET /api/x"):
        READER.json(reply(body=body), Request(SAFE, "/api/x"))


@pytest.mark.parametrize(("body", "words"), [
    (b"<html><title>Sign in</title>", "by a web page titled 'Sign in' instead of JSON"),
    (b" \n<p>", "by a web page instead of JSON"),
    (b"<title>hunter2</title>", r"titled '\*{8}'"),
    (b"nothing", r"HTTP 200 and a body that is not JSON \(7 bytes\)"),
])  # fmt: skip
def test_the_sentence_for_what_is_not_json(body, words):
    with pytest.raises(AnswerError, match=words):
        READER.json(reply(body=body), Request(SAFE, "/api/x"))


@pytest.mark.parametrize(("page", "title"), [
    (b"<title>Sign in</title>", "Sign in"), (b"<TITLE lang='en'>\n Sign\nin </TITLE>", "Sign\nin"), (b"<title>\xff</title>", "\ufffd"),
    (b"<title></title>", ""), (b"<title>cut off", ""), (b"", ""), (b"{}", ""),
])  # fmt: skip
def test_title_of(page, title):
    assert title_of(page) == title


def test_a_token_that_is_refused_is_what_to_check():
    reader = AnswerReader("the token", explain, Redactor(["hunter2"]), "neurons")
    assert str(reader.error(reply(401, b""), Request(WRITE, "/api/x"))) == (
        "The server rejected the credentials of the token (HTTP 401): check whether the token has "
        "expired, and is one of this server."
    )


@pytest.mark.parametrize(("status", "kind", "sentence"), [
    (400, ApiError, "PUT /api/x failed: HTTP 400 (why)."),
    (401, CredentialsError,
     "The server rejected the credentials of the user ann (HTTP 401 (why)): check username and password, or use a token where the tenant asks "
     "administrators for a PIN."),
    (403, ForbiddenError, "The user ann may not send PUT /api/x (HTTP 403 (why)): give it the role Device Admin."),
    (404, NotFoundError, "PUT /api/x failed: HTTP 404 (why); there is no such object, url lacks a base path, or product is wrong."),
    (409, ApiError, "PUT /api/x failed: HTTP 409 (why)."),
    (429, ApiError, "PUT /api/x failed: the server limits the rate of requests (HTTP 429 (why)); raise retries or try later."),
    (500, ApiError, "PUT /api/x failed: HTTP 500 (why). Whether it took effect is not known."),
    (501, ApiError, "PUT /api/x failed: HTTP 501 (why); the server has no such call of neurons: check product, and the base path of url."),
    (503, ApiError, "PUT /api/x failed: HTTP 503 (why). Whether it took effect is not known."),
])  # fmt: skip
def test_the_error_of_a_status(status, kind, sentence):
    error = READER.error(reply(status, says("why")), Request(WRITE, "/api/x", query=[("q", "ann")]))
    assert (type(error), str(error)) == (kind, sentence)
    assert (error.status, error.method, error.path) == (status, "PUT", "/api/x")


@pytest.mark.parametrize(("header", "advice"), [
    (None, "raise retries or try later."), ("300", "raise retries or try later."),
    ("301", "it asks to wait 301 s, and a task waits at most 300 s: run it again after that time."),
    ("86400", "it asks to wait 24.0 h, and a task waits at most 300 s: run it again after that time."),
])  # fmt: skip
def test_where_more_is_asked_than_a_task_waits_retries_are_not_advised(header, advice):
    limited = replace(reply(429), retry_after=header)
    assert str(READER.error(limited, Request(SAFE, "/api/x"))).endswith(f"(HTTP 429); {advice}")


def test_a_server_that_answered_before_has_no_wrong_address():
    request = Request(WRITE, "/api/x", query=[("q", "ann")])
    said = str(READER.error(reply(404), request, is_known=True))
    assert said == f"PUT /api/x failed: HTTP 404; {GONE}."
    own = str(READER.error(reply(404), Request(SAFE, "/api/x"), is_known=True))
    assert own == "GET /api/x failed: HTTP 404; no such name."


@pytest.mark.parametrize(("status", "sentence"), [
    (403, "The user ann may not send GET /api/x (HTTP 403): give it a role that allows it."),
    (404, "GET /api/x failed: HTTP 404; no such name."),
    (500, "GET /api/x failed: HTTP 500."),
    *[
        (status, f"GET /api/x failed: HTTP {status}. The server is down or busy, or a proxy does not reach it: try again later.")
        for status in (502, 503, 504)
    ],
])  # fmt: skip
def test_an_endpoint_has_its_own_words(status, sentence):
    assert str(READER.error(reply(status), Request(SAFE, "/api/x"))) == sentence


@pytest.mark.parametrize("path", ["/api/a%2Fb", "/api/a%5Cb"])
@pytest.mark.parametrize(("status", "told"), [(400, True), (404, True), (403, False), (500, False)])
def test_a_slash_in_a_name_is_told(path, status, told):
    error = READER.error(reply(status), Request(SAFE, path))
    assert ("encoded slash, and here a name has one; name it in another way" in str(error)) is told
    assert "encoded slash" not in str(READER.error(reply(status), Request(SAFE, "/api/x")))


@pytest.mark.parametrize(("location", "words"), [
    ("https://else.example/x?token=1", "redirected to https://else.example/x, and"),
    ("/login/hunter2", r"redirected to /login/\*{8}, and"),
    (None, "redirected to nowhere, and"),
])  # fmt: skip
def test_a_redirect_is_not_followed(location, words):
    error = READER.error(reply(302, location=location), Request(WRITE, "/api/x"))
    assert isinstance(error, AnswerError)
    with pytest.raises(AnswerError, match=words):
        raise error


@pytest.mark.parametrize(("body", "detail"), [
    (says("a {brace}\n and  more"), " (a {brace} and more)"),
    (says("no hunter2"), " (no ********)"),
    (says("x" * 1000), f" ({'x' * LONGEST_EXPLANATION})"),
    (says(""), ""), (b"", ""), (b"[]", ""), (b"plain", ""),
    (b"<title>Bad gateway</title>", " (a web page titled 'Bad gateway')"),
    (b"<title>" + b"x" * 1000 + b"</title>", f" (a web page titled '{'x' * LONGEST_TITLE}')"),
])  # fmt: skip
def test_the_detail_of_an_error(body, detail):
    error = READER.error(reply(409, body), Request(SAFE, "/api/x"))
    assert str(error) == f"GET /api/x failed: HTTP 409{detail}."


@pytest.mark.parametrize("cut", [LONGEST_EXPLANATION, LONGEST_TITLE])
def test_a_secret_is_masked_before_it_is_cut(cut):
    for start in range(cut - 7, cut):
        text = "x" * start + "hunter2"
        assert "hun" not in READER.shown(text)
        assert "hun" not in READER.page_title(f"<title>{text}</title>".encode())


def test_a_request_scrubs_what_the_server_says():
    request = Request(WRITE, "/api/x", scrub=lambda text: text.replace("pin", "***"))
    for answer in (
        reply(409, says("the pin")),
        reply(409, b"<title>the pin</title>"),
        reply(302, location="/pin"),
    ):
        assert "pin" not in str(READER.error(answer, request))
    with pytest.raises(AnswerError, match=r"\*\*\*"):
        READER.json(reply(body=b"<title>the pin</title>"), request)


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (206, True), (299, True), (300, False), (404, False)])  # fmt: skip
def test_which_statuses_are_ok(status, ok):
    assert reply(status).ok is ok


def test_a_request_shows_neither_query_nor_body():
    request = Request(
        WRITE,
        "/api/x",
        query=[("user", "ann b")],
        headers={"Authorization": "Basic hunter2"},
        body=b"hunter2",
    )
    assert str(request) == "PUT /api/x" and request.target == "/api/x?user=ann+b"
    assert "hunter2" not in repr(request) and "ann" not in repr(request)
    assert Request(WRITE, "/api/x").target == "/api/x"
