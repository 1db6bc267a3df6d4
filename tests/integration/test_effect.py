# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error says about the server when a request was sent more than once: the last answer
alone does not tell what the tries before it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport

from .byte_server import Server, answer, running_server

WRITE = Endpoint("write", "DELETE", "/x", "", idempotent=True)
ONCE = Endpoint("once", "POST", "/x", "")
READ = Endpoint("read", "GET", "/x", "", safe=True, idempotent=True)

LOST = b""
GONE = answer(b"{}", "404 Not Found")
LIMITED = answer(b"{}", "429 Too Many", Retry_After="0")
FAILED = answer(b"{}", "502 Bad Gateway")
PAGE = answer(b"<html>")


@pytest.fixture
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield stack.enter_context(running_server())


def transport(server: Server, sleep: Callable[[float], None]) -> Transport:
    # fmt: off
    settings = parse_settings({
        "url": server.url, "username": "u", "password": "secret-1", "token": None, "ca_path": None,
        "validate_certs": True, "connect_timeout": 5.0, "read_timeout": 5.0, "concurrency": 1, "retries": 2,
    })
    # fmt: on
    return Transport(settings, read_only=False, explain=str, sleep=sleep)


@pytest.mark.parametrize(("endpoint", "answers", "effect"), [
    (WRITE, [GONE], "none"),
    (WRITE, [LIMITED, GONE], "none"),
    (WRITE, [LIMITED, LIMITED, LIMITED], "none"),
    # The try that failed may have removed what the next one does not find.
    (WRITE, [FAILED, GONE], "unknown"),
    (WRITE, [LOST, GONE], "unknown"),
    (WRITE, [LOST, LIMITED, GONE], "unknown"),
    (WRITE, [FAILED, LIMITED, LIMITED], "unknown"),
    (WRITE, [FAILED, FAILED, FAILED], "unknown"),
    (WRITE, [LOST, LOST, LOST], "unknown"),
    (WRITE, [PAGE], "unknown"),
    (ONCE, [FAILED], "unknown"),
    (ONCE, [LOST], "unknown"),
    (ONCE, [LIMITED, GONE], "none"),
    # A read does nothing, however often it is sent.
    (READ, [FAILED, GONE], "none"),
    (READ, [LOST, GONE], "none"),
])  # fmt: skip
def test_a_try_that_may_have_acted_leaves_the_effect_unknown(server, endpoint, answers, effect):
    server.answers = list(answers)
    sender = transport(server, lambda seconds: None)
    with pytest.raises(UemError) as failed:
        sender.call(endpoint)
    assert (failed.value.effect, server.answers) == (effect, [])
    assert sender.requests == len(answers)


def test_a_server_that_is_gone_for_the_second_try_may_have_acted_in_the_first(server):
    server.answers = [FAILED]
    sender = transport(server, lambda seconds: server.server_close())
    with pytest.raises(UemError, match="cannot be reached") as failed:
        sender.call(WRITE)
    assert failed.value.effect == "unknown"
