# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a request is sent, and how long is waited in between: the loop of the transport, against
a server that answers as each row says."""

from __future__ import annotations

import email.utils
import gzip
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CheckModeError,
    ConnectError,
    OutageError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http import settings
from ansible_collections.ivanti.uem.plugins.module_utils._http import transport as transport_module
from ansible_collections.ivanti.uem.plugins.module_utils._http.request import MOST_OF_LIST, Request
from ansible_collections.ivanti.uem.plugins.module_utils._http.retry import (
    BASE,
    LONGEST_WAIT,
    RetryBudget,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport

from .byte_server import Server, answer, running_server

READ = Endpoint("read", "GET", "/x/{id}", "", safe=True, idempotent=True)
WRITE = Endpoint("write", "PUT", "/x/{id}", "", idempotent=True)
ONCE = Endpoint("once", "POST", "/x/{id}", "")

OK = answer(b'{"a": 1}')
LOST = b""
NOT_HTTP = b"nonsense\r\n\r\n"
LIMITED = answer(b"{}", "429 Too Many Requests")
UNAVAILABLE = answer(b"{}", "503 Service Unavailable")


def asking(seconds: Any, status: str = "429 Too Many Requests") -> bytes:
    return answer(b"{}", status, Retry_After=str(seconds))


@dataclass
class Sender:
    """Makes transports to one server, and keeps how long they would have waited."""

    server: Server
    waits: list[float] = field(default_factory=list)

    def vanish(self) -> None:
        """Nobody is at the address any more. A socket that is waited on is closed late."""
        self.server.shutdown()
        self.server.server_close()

    def __call__(self, *, read_only: bool = False, **options: Any) -> Transport:
        # fmt: off
        settings = parse_settings({
            "url": self.server.url, "username": "ops", "password": "secret-1", "token": None, "ca_path": None,
            "validate_certs": True, "connect_timeout": 5.0, "read_timeout": 5.0, "concurrency": 1, "retries": 2, **options,
        })
        # fmt: on
        return Transport(
            settings, read_only=read_only, explain=lambda answered: "", sleep=self.waits.append
        )


@pytest.fixture
def sender() -> Iterator[Sender]:
    with running_server() as server:
        yield Sender(server)


# fmt: off
ROWS: list[tuple[Endpoint, int, list[bytes], str | None]] = [
    # Endpoint, retries, what the server answers, and the error that comes of it. All answers are used: that is how often it was sent.
    (READ, 2, [OK], None),
    (READ, 2, [UNAVAILABLE, OK], None),
    (READ, 2, [LOST, UNAVAILABLE, OK], None),
    (READ, 0, [UNAVAILABLE], "HTTP 503"),
    (READ, 2, [UNAVAILABLE] * 3, "HTTP 503"),
    (READ, 2, [LOST] * 3, "broke before"),
    (READ, 2, [answer(b"{}", "404 Not Found")], "HTTP 404"),
    (READ, 2, [answer(b"{}", "401 Unauthorized")], "rejected the credentials"),
    (READ, 2, [answer(b"", "302 Found", Location="https://other.example.com/")], "redirect"),
    # What writes, but can be sent twice, is sent again; what adds something is not, unless it was certainly not handled.
    (WRITE, 2, [UNAVAILABLE, OK], None),
    (WRITE, 2, [LOST, OK], None),
    (ONCE, 2, [UNAVAILABLE], "HTTP 503"),
    (ONCE, 2, [LOST], "broke before"),
    (ONCE, 2, [LIMITED, LIMITED, OK], None),
    (ONCE, 1, [LIMITED, LIMITED], "limits the rate"),
    (READ, 2, [asking(LONGEST_WAIT + 1)], "limits the rate"),
    (READ, 2, [asking(LONGEST_WAIT), OK], None),
]
# fmt: on


@pytest.mark.parametrize(("endpoint", "retries", "answers", "words"), ROWS)
def test_how_often_a_request_is_sent(sender, endpoint, retries, answers, words):
    sender.server.answers = list(answers)
    transport = sender(retries=retries)
    if words is None:
        assert transport.call(endpoint, path={"id": "7"}) == {"a": 1}
    else:
        with pytest.raises(Exception, match=words):
            transport.call(endpoint, path={"id": "7"})
    assert sender.server.answers == []
    assert transport.requests == len(answers)
    assert transport.writes == (0 if endpoint.safe else len(answers))
    transport.close()


@pytest.mark.parametrize("answers", [[UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, OK]])
def test_waits_grow_where_the_server_does_not_say(sender, answers):
    sender.server.answers = list(answers)
    sender(retries=3).call(READ, path={"id": "7"})
    assert len(sender.waits) == 3
    assert all(0 <= wait <= BASE * 2**number for number, wait in enumerate(sender.waits))


def at(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


# fmt: off
@pytest.mark.parametrize(("header", "clock", "seconds"), [
    # What the answer asks for, how far the server's clock is ahead, and what is waited without a wait of our own.
    ("7", 0, 7.0), ("0", 0, 0.0), ("0.4", 0, 0.4), ("300", 0, 300.0), ("-5", 0, 0.0), ("nan", 0, 0.0), ("soon", 0, 0.0), ("", 0, 0.0),
    ("@-3600", 0, 0.0), ("@30", 0, 30.0), ("@630", 600, 30.0), ("@-570", -600, 30.0), ("@540", 600, 0.0), ("@30", None, 30.0),
])  # fmt: skip
# fmt: on
@pytest.mark.parametrize("own", [0.0, 0.45])
def test_the_longer_wait_counts_of_ours_and_what_the_server_asks_for(
    sender, monkeypatch, header, clock, seconds, own
):
    if header.startswith("@"):
        header = at(int(header[1:]))
    monkeypatch.setattr(transport_module, "backoff", lambda attempt, draw: own)
    dated = {} if clock is None else {"Date": at(clock)}
    sender.server.answers = [answer(b"{}", "429 x", Retry_After=header, **dated), OK]
    sender().call(READ, path={"id": "7"})
    # Dates have whole seconds.
    most = 1.1 if header.endswith("GMT") else 0.3
    assert sum(sender.waits) == pytest.approx(max(own, seconds), abs=most if seconds else 0.01)


def test_what_one_request_is_told_holds_for_the_next_ones(sender):
    sender.server.answers = [asking(7), OK, OK]
    transport = sender()
    transport.call(READ, path={"id": "7"})
    before = len(sender.waits)
    transport.call(READ, path={"id": "8"})
    assert sum(sender.waits[before:]) == pytest.approx(7, abs=0.5)


def test_a_shorter_wait_does_not_end_a_longer_one(sender):
    sender.server.answers = [asking(60), asking(1), OK]
    sender().call(READ, path={"id": "7"})
    first, second = (wait for wait in sender.waits if wait)
    assert first == pytest.approx(60, abs=0.5) and second == pytest.approx(60, abs=0.5)


def test_what_others_get_through_is_tried_until_it_does_too(sender, monkeypatch):
    monkeypatch.setattr(RetryBudget, "SIZE", RetryBudget.COST)
    sender.server.answers = [LIMITED] * 6 + [OK]
    transport = sender(retries=1)
    transport._sleep = lambda seconds: transport._pace.passed(READ.id, time.monotonic())
    assert transport.call(READ, path={"id": "7"}) == {"a": 1}
    assert transport.requests == 7


@pytest.mark.parametrize("retries", [0, 1])
def test_another_call_that_gets_through_does_not_count(sender, retries):
    sender.server.answers = [LIMITED] * (1 + retries)
    transport = sender(retries=retries)
    transport._sleep = lambda seconds: transport._pace.passed(WRITE.id, time.monotonic())
    with pytest.raises(ApiError, match="limits the rate"):
        transport.call(READ, path={"id": "7"})
    assert sender.server.answers == []


def test_a_turn_that_comes_while_the_server_wants_nothing_is_put_off(sender):
    sender.server.answers = [OK]
    transport = sender()
    transport._pace.hold(time.monotonic() + 5)

    def sleep(seconds):
        sender.waits.append(seconds)
        transport._pace.hold(time.monotonic() + 9)

    transport._sleep = sleep
    transport.call(READ, path={"id": "7"})
    assert sender.waits == [pytest.approx(5, abs=0.3), pytest.approx(4, abs=0.3)]


def test_a_server_in_trouble_is_not_asked_without_end(sender, monkeypatch):
    monkeypatch.setattr(RetryBudget, "SIZE", 2 * RetryBudget.COST)
    sender.server.answers = [UNAVAILABLE] * 4
    transport = sender(retries=9)
    for _call in range(2):
        with pytest.raises(ApiError, match="HTTP 503"):
            transport.call(READ, path={"id": "7"})
    assert transport.requests == 4 and sender.server.answers == []


def test_a_good_answer_refills_the_budget(sender, monkeypatch):
    monkeypatch.setattr(RetryBudget, "SIZE", RetryBudget.COST)
    good = [OK] * (RetryBudget.COST - 1)
    sender.server.answers = [UNAVAILABLE, OK, *good, UNAVAILABLE, OK]
    transport = sender()
    for number in range(len(good) + 2):
        assert transport.call(READ, path={"id": str(number)}) == {"a": 1}
    assert transport.requests == len(good) + 4


def test_nobody_at_the_address_is_told_at_once(sender):
    sender.vanish()
    transport = sender()
    with pytest.raises(ConnectError, match="cannot be reached"):
        transport.call(READ, path={"id": "7"})
    assert (transport.requests, sender.waits) == (1, [])


def test_a_server_that_answered_before_is_tried_again(sender):
    sender.server.answers = [OK]
    transport = sender()
    transport.call(READ, path={"id": "7"})
    sender.vanish()
    with pytest.raises(ConnectError, match="cannot be reached"):
        transport.call(READ, path={"id": "7"})
    assert (transport.requests, len(sender.waits)) == (4, 2)


FULL, GATEWAY, SLOW = answer(b"{}", "503 x"), answer(b"{}", "502 x"), answer(b"{}", "504 x")
BROKEN, MISSING = answer(b"{}", "500 x"), answer(b"{}", "404 x")
# fmt: off
OUTAGES: list[tuple[list[tuple[Endpoint, bytes]], set[Endpoint]]] = [
    # What is sent without retries and answered, and what is not sent any more after that.
    ([(ONCE, FULL)] * 5, {READ, WRITE, ONCE}),
    ([(READ, FULL)] * 5, {READ, WRITE, ONCE}),
    ([(READ, FULL), (READ, GATEWAY), (READ, SLOW), (READ, LIMITED), (READ, LOST)], {READ, WRITE, ONCE}),
    ([(ONCE, FULL)] * 4, set()),
    # A server may serve reads and no writes; then it may be read on.
    ([(ONCE, FULL), (READ, OK)] * 5, {WRITE, ONCE}),
    ([(ONCE, LIMITED), (READ, MISSING)] * 5, {WRITE, ONCE}),
    ([(WRITE, FULL)] * 3 + [(READ, OK)] + [(ONCE, FULL)] * 2, {WRITE, ONCE}),
    # An answer that was lost, also behind a proxy, does not say that nothing was done.
    ([(ONCE, LOST), (READ, OK)] * 6, set()),
    ([(ONCE, SLOW), (READ, OK)] * 6, set()),
    # Whoever answers serves, be it with an error, which may be about one subject.
    ([(ONCE, BROKEN)] * 9, set()),
    ([(ONCE, FULL)] * 4 + [(ONCE, MISSING), (ONCE, FULL)], set()),
    ([(READ, FULL)] * 4 + [(READ, OK)] + [(READ, FULL)] * 4, set()),
]
# fmt: on


@pytest.mark.parametrize(("sent", "stopped"), OUTAGES)
def test_when_nothing_more_is_sent(sender, sent, stopped):
    sender.server.answers = [reply for _endpoint, reply in sent]
    transport = sender(retries=0)
    for endpoint, _reply in sent:
        with suppress(UemError):
            transport.call(endpoint, path={"id": "7"})
    assert sender.server.answers == []
    for endpoint in (READ, WRITE, ONCE):
        before = transport.requests
        sender.server.answers = [BROKEN]
        with pytest.raises(UemError) as failed:
            transport.call(endpoint, path={"id": "8"})
        assert isinstance(failed.value, OutageError) == (endpoint in stopped)
        assert transport.requests - before == (endpoint not in stopped)
        if endpoint in stopped:
            assert failed.value.effect == "none"
            assert "in a row failed" in str(failed.value) and "run it again" in str(failed.value)


def test_one_request_is_tried_as_often_as_the_author_wants(sender):
    sender.server.answers = [UNAVAILABLE] * 8 + [OK]
    assert sender(retries=9).call(READ, path={"id": "7"}) == {"a": 1}


def test_a_request_under_way_is_not_tried_again_in_an_outage(sender):
    sender.server.answers = [UNAVAILABLE] * 5
    transport = sender(retries=4)
    with pytest.raises(ApiError, match="HTTP 503"):
        transport.call(WRITE, path={"id": "7"})
    with pytest.raises(OutageError, match="The server does not serve: 5 requests in a row failed"):
        transport.call(WRITE, path={"id": "8"})
    assert transport.requests == 5


def test_what_is_not_http_is_lost(sender):
    sender.server.answers = [NOT_HTTP]
    with pytest.raises(AnswerLostError) as failed:
        sender(retries=0).call(ONCE, path={"id": "7"})
    assert failed.value.effect == "unknown"


@pytest.mark.parametrize("endpoint", [WRITE, ONCE])
def test_check_mode_sends_nothing_that_writes(sender, endpoint):
    transport = sender(read_only=True)
    with pytest.raises(CheckModeError, match=f"{endpoint.id} writes"):
        transport.call(endpoint, path={"id": "7"})
    assert (transport.requests, sender.server.asked) == (0, [])


def test_check_mode_reads(sender):
    sender.server.answers = [OK]
    assert sender(read_only=True).call(READ, path={"id": "7"}) == {"a": 1}


@pytest.mark.parametrize(("options", "head"), [
    ({}, b"POST /x/7 HTTP/1.1"),
    ({"query": [("a", "b c"), ("d", "e")]}, b"POST /x/7?a=b+c&d=e HTTP/1.1"),
])  # fmt: skip
def test_where_a_request_goes(sender, options, head):
    sender.server.answers = [OK]
    sender().call(ONCE, path={"id": "7"}, **options)
    asked = sender.server.asked[0]
    assert asked.startswith(head) and b"Content-Type" not in asked


@pytest.mark.parametrize(("options", "kind", "body"), [
    ({"json_body": {"a": 1}}, b"application/json", b'{"a": 1}'), ({"json_body": []}, b"application/json", b"[]"),
    ({"form": [("a", "1"), ("b", "2 3")]}, b"application/x-www-form-urlencoded", b"a=1&b=2+3"), ({"form": []}, b"application/x-www-form-urlencoded", b""),
])  # fmt: skip
def test_what_is_sent(sender, options, kind, body):
    sender.server.answers = [OK]
    sender().call(ONCE, path={"id": "7"}, **options)
    head, _end, sent = sender.server.asked[0].partition(b"\r\n\r\n")
    assert b"Content-Type: " + kind in head and sent == body


def test_secrets_are_taken_out_of_what_is_shown(sender):
    transport = sender()
    transport.add_secrets("another-1")
    assert transport.shown("secret-1 and\nanother-1") == "******** and ********"
    assert transport.page_title(b"<html><title>Log in as another-1</title>") == "Log in as ********"


def test_an_answer_that_comes_byte_by_byte_ends(sender, monkeypatch):
    """Each read is in time, and the answer would take twice as long as it may."""
    monkeypatch.setattr(settings, "PARTS", 1)
    sender.server.pause = 0.02
    for place in ("headers", "body"):
        body = b'{"a": 1}' + b" " * (250 if place == "body" else 0)
        sender.server.answers = [answer(body, Padding="x" * (250 if place == "headers" else 1))]
        with pytest.raises(AnswerLostError, match="was not answered in full within 2 s"):
            sender(retries=0, read_timeout=2.0).call(READ, path={"id": "7"})


def test_a_small_body_that_is_large_when_unpacked_is_refused(sender):
    large = gzip.compress(b"[" + b" " * (40 << 20) + b"]")
    assert len(large) < 50_000
    sender.server.answers = [answer(large, Content_Encoding="gzip"), OK]
    transport = sender(retries=0)
    with pytest.raises(AnswerError, match="was answered with more than 32 MiB"):
        transport.call(READ, path={"id": "7"})
    assert transport.call(READ, path={"id": "7"}) == {"a": 1}
    sender.server.answers = [answer(large, Content_Encoding="gzip")]
    assert transport.call(READ, path={"id": "7"}, most=MOST_OF_LIST) == []


def look_at(transport: Transport, *, anonymous: bool = False):
    return transport.look(Request(READ, "/x/7", anonymous=anonymous))


def test_an_answer_is_looked_at_whatever_its_status_is(sender):
    sender.server.answers = [answer(b"<title>Sign in</title>", "403 Forbidden"), LOST]
    transport = sender(retries=0)
    reply = look_at(transport, anonymous=True)
    assert reply.status == 403 and transport.page_title(reply.body) == "Sign in"
    assert "HTTP 403" in str(transport.error(reply, Request(READ, "/x/7")))
    # The server speaks plain HTTP.
    assert transport.certificate_end is None
    assert transport.shown("a secret-1 b") == "a ******** b"
    with pytest.raises(AnswerLostError, match="broke before"):
        look_at(transport)


def test_a_try_that_ends_in_an_outage_is_the_last(sender, monkeypatch):
    """Other threads may find out that the server does not serve."""
    sender.server.answers = [UNAVAILABLE, OK]
    transport = sender(retries=2)
    said = iter(["", "The server does not serve."])
    monkeypatch.setattr(transport._breaker, "outage", lambda safe: next(said))
    with pytest.raises(ApiError, match="HTTP 503"):
        transport.call(READ, path={"id": "7"})
    assert len(sender.server.answers) == 1
