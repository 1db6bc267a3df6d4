# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that answer other than the documents say: what they do not say is not made up."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import pages

from ..conftest import ModuleFailed, writes


@pytest.fixture
def lie(monkeypatch):
    """Changes answers: ``lie(pattern, change)``, the pattern one of "METHOD path". A change takes the
    JSON of an answer, and returns the new one; bytes are a body as it is, an int is a status, and a
    tuple has both."""
    fetch = Connections.send
    lies = []

    def send(self, request, headers):
        answer = fetch(self, request, headers)
        for pattern, change in lies:
            if re.search(pattern, f"{request.endpoint.method} {request.path}"):
                said = change(json.loads(answer.body or b"null"))
                status, body = said if isinstance(said, tuple) else (answer.status, said)
                if isinstance(said, int) and not isinstance(said, bool):
                    status, body = said, b""
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                answer = dataclasses.replace(answer, status=status, body=body)
        return answer

    monkeypatch.setattr(Connections, "send", send)
    return lambda pattern, change: lies.append((pattern, change))


@pytest.mark.parametrize("words", [(None, None), (1, 0), ("yes", "no"), ({}, {})], ids=str)
def test_pages_are_read_on_where_nobody_says_if_more_follow(call, epmm, lie, monkeypatch, words):
    """Totals count the page, and a server without the call for counts has no other number."""
    monkeypatch.setattr(pages, "PAGE_ROWS", 20)
    epmm.set_switch("v2_page_total", "page")
    lie(r"/api/v2/devices$", lambda page: {**page, "hasMore": words[not page["hasMore"]]})
    lie(r"/api/v2/devices/count", lambda answer: 501)
    everyone = {device["uuid"] for device in epmm.devices("uuid")}
    assert {row["guid"] for row in call("device_info", epmm)["devices"]} == everyone
