# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to every request: authentication, faults, routing, strictness, record."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import time
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from uem_emulator.requestlog import LIMIT, RequestLog
from uem_emulator.testing.emulator import Emulator

from .client import PASSWORD, TOKEN, Api

DEVICE_LIST = "/api/v1/device"


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    "authorization",
    [
        basic(f"admin@example.com:{PASSWORD}"),
        basic(f"admin@example.com:{PASSWORD}").replace("Basic", "basic"),
        f"Bearer {TOKEN}",
    ],
)
def test_who_is_let_in(emulator: Emulator, authorization: str) -> None:
    assert Api(emulator, authorization).get(DEVICE_LIST).status == 200


@pytest.mark.parametrize("authorization", [
    None, "x", "Basic", "Basic !!!", basic("admin@example.com:wrong"), basic(f"other:{PASSWORD}"), basic("no colon"),
    "Bearer wrong",
    f"Bearer {PASSWORD}", f"Token {TOKEN}", basic(f"admin@example.com:{PASSWORD}")[:-2], "Basic \xe4",
])  # fmt: skip
def test_who_is_not(emulator: Emulator, authorization: str | None) -> None:
    reply = Api(emulator, authorization).get(DEVICE_LIST)
    assert (
        reply.status == 401
        and reply.json["result"] is None
        and "www-authenticate" not in reply.headers
    )
    assert [entry["status"] for entry in emulator.requests()] == [401]


def test_with_multi_factor_only_tokens_work(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("basic_auth", "off")
    assert (
        api.get(DEVICE_LIST).status == 401
        and Api(emulator, f"Bearer {TOKEN}").get(DEVICE_LIST).status == 200
    )


@pytest.mark.parametrize(
    ("switch", "status"),
    [("unauthorized_body", 401), ("forbidden_body", 403), ("unknown_path_body", 501)],
)
@pytest.mark.parametrize(("form", "kind", "start"), [
    ("json", "application/json", b'{"errors":{'), ("html", "text/html", b"<!doctype html>"),
    ("empty", "text/html", b"")])  # fmt: skip
def test_bodies_nobody_knows(
    emulator: Emulator, switch: str, status: int, form: str, kind: str, start: bytes
) -> None:
    emulator.set_switch(switch, form)
    emulator.add_fault("403", path="/forbidden")
    api = Api(emulator, None if status == 401 else "")
    reply = api.get("/forbidden" if status == 403 else "/api/v1/nothing")
    assert reply.status == status and reply.headers["content-type"].startswith(kind)
    assert reply.raw.startswith(start) and bool(reply.raw) == bool(start)


def test_a_challenge_may_come_with_a_401(emulator: Emulator) -> None:
    assert "www-authenticate" not in Api(emulator, None).get(DEVICE_LIST).headers
    emulator.set_switch("challenge", "on")
    assert Api(emulator, None).get(DEVICE_LIST).headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/devices", "/api/v1/device//", "/api/v2/device",
                                  "/api/v1/device/1/wipe", "//api/v1/device",
                                  "/api/v1/device//customattributes",
                                  "/API/v1/device"])  # fmt: skip
def test_unknown_paths_are_counted(emulator: Emulator, api: Api, path: str) -> None:
    assert api.get(path).status == 501
    assert emulator.state()["unknown_paths"] == 1 and emulator.requests()[-1]["status"] == 501


@pytest.mark.parametrize(("method", "name"), [("PUT", "wipeCancel"), ("PUT", "ownership")])
def test_a_call_that_looks_like_a_device_is_unknown(
    emulator: Emulator, api: Api, method: str, name: str
) -> None:
    """Clients in the field use these two; the document has neither."""
    assert api.call(method, f"{DEVICE_LIST}/{name}?ids=1").status == 501
    assert api.call(method, f"{DEVICE_LIST}/22000").status == 405
    assert emulator.state()["unknown_paths"] == 1


@pytest.mark.parametrize("path", ["/api/v1/device", "/api/v1/device/22006/customattributes",
                                  "/api/v1/metadata/tenant"])  # fmt: skip
def test_a_slash_at_the_end_of_a_path(emulator: Emulator, api: Api, path: str) -> None:
    assert api.get(f"{path}/").json == api.get(path).json
    assert emulator.requests()[0]["path"] == f"{path}/"
    emulator.add_fault("503", path=path)
    assert api.get(f"{path}/").status == 503, "fault rules see the path without it"


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("POST", DEVICE_LIST, "DELETE, GET"), ("DELETE", "/api/v1/metadata/tenant", "GET"), ("HEAD", DEVICE_LIST, "DELETE, GET"),
    ("OPTIONS", DEVICE_LIST, "DELETE, GET"),
    ("PUT", "/api/v1/device/customattributes", "DELETE"),
    ("TRACE", "/api/v1/device/1/customattributes", "DELETE, GET, PATCH, POST, PUT"),
])  # fmt: skip
def test_wrong_methods(emulator: Emulator, api: Api, method: str, path: str, allow: str) -> None:
    reply = api.call(method, path)
    assert (reply.status, reply.headers["allow"]) == (405, allow)
    assert emulator.state()["unknown_paths"] == 0


def test_unknown_parameters_are_ignored_and_strict_names_them(emulator: Emulator, api: Api) -> None:
    device = api.ids(rows=1)[0]
    query = {
        "offset": 5,
        "row": 3,
        "sortField[0].name": "id",
        "sortFields[0].nme": "id",
        "fq": "id=1",
    }
    body = {"attrs": {"cityid": ["SF"]}, "forceOverWrite": True, "dmPartitionId": 1}
    assert api.get(DEVICE_LIST, **query).status == 200
    assert api.call("PATCH", f"{DEVICE_LIST}/{device}/customattributes?x=1", body).status == 200
    emulator.set_switch("strict", "on")
    reply = api.get(DEVICE_LIST, **query)
    assert reply.status == 400 and reply.faulty_fields == [
        "offset",
        "row",
        "sortField[0].name",
        "sortFields[0].nme",
    ]
    reply = api.call("PATCH", f"{DEVICE_LIST}/{device}/customattributes?x=1", body)
    assert reply.status == 400 and reply.faulty_fields == ["x", "forceOverWrite", "dmPartitionId"]


def test_strict_takes_all_that_the_sources_know(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("strict", "on")
    device, space = (
        api.ids(rows=1)[0],
        api.get("/api/v1/metadata/tenant").result["defaultDmPartitionId"],
    )
    # fmt: off
    known: list[tuple[str, str, Any]] = [
        ("GET", f"{DEVICE_LIST}?q=&dmPartitionId={space}&fq=id=1&rows=5&start=0"
         "&sortFields%5B0%5D.name=id&sortFields%5B0%5D.order=ASC", None),
        ("GET", f"{DEVICE_LIST}?dmPartitionId={space}&sortFields[0].name=id&searchAfterValues=3&searchAfterValues=",
         None),
        ("GET", f"{DEVICE_LIST}/{device}?dmPartitionId={space}", None),
        ("GET", f"{DEVICE_LIST}/{device}/customattributes", None),
        ("POST", f"{DEVICE_LIST}/{device}/customattributes", {"attrs": {"cityid": ["SF"]}}),
        ("PATCH", f"{DEVICE_LIST}/{device}/customattributes", {"attrs": {"cityid": ["SF"]}, "forceOverwrite": True}),
        ("DELETE", f"{DEVICE_LIST}/{device}/customattributes", {"attrs": {"cityid": ["SF"]}}),
        ("DELETE", f"{DEVICE_LIST}/customattributes", {"ids": [str(device)], "attrKeys": ["cityid"]}),
        ("GET", "/api/v1/customattributes?type=device&start=0&rows=50", None),
        ("GET", "/api/v1/tenant/partition/device?start=0&rows=50", None), ("GET", "/api/v1/metadata/tenant", None),
    ]
    # fmt: on
    statuses = {path: api.call(method, path, body).status for method, path, body in known}
    assert statuses.pop(known[1][1]) == 400, "a trailing empty value is one value too many"
    assert set(statuses.values()) == {200}


def test_the_log_holds_what_was_asked_and_nothing_secret(emulator: Emulator, api: Api) -> None:
    before = time.time()
    device = api.ids(rows=1)[0]
    api.call(
        "PATCH", f"{DEVICE_LIST}/{device}/customattributes", {"attrs": {"cityid": ["hidden-value"]}}
    )
    api.get("/no/where", password=PASSWORD, x=TOKEN)
    emulator.state()
    log = emulator.requests()
    # fmt: off
    assert [(entry["method"], entry["path"], entry["status"]) for entry in log] == [
        ("GET", DEVICE_LIST, 200), ("PATCH", f"{DEVICE_LIST}/{device}/customattributes", 200),
        ("GET", "/no/where", 501)]
    # fmt: on
    assert log[0]["query"] == "rows=1" and log[2]["query"] == "password=***&x=***"
    assert all(set(entry) == {"method", "path", "query", "status", "at", "acts"} for entry in log)
    assert [entry["acts"] for entry in log] == [False, True, False]
    assert before <= log[0]["at"] <= log[1]["at"] <= log[2]["at"] <= time.time()
    text = json.dumps(log)
    assert (
        PASSWORD not in text
        and TOKEN not in text
        and "hidden-value" not in text
        and "uthorization" not in text
    )
    emulator.clear_requests()
    assert emulator.requests() == []


def test_a_long_address_may_be_refused(emulator: Emulator, api: Api) -> None:
    chain = " or ".join(f"id={number}" for number in range(200))
    assert api.search(chain).status == 200
    emulator.set_switch("max_url_bytes", 2000)
    assert api.search(chain).status == 414 and api.search().status == 200


def test_a_delay(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("delay_ms", 150)
    start = time.monotonic()
    assert api.search().status == 200 and time.monotonic() - start >= 0.15


def test_writes_are_counted_reads_and_refusals_are_not(emulator: Emulator, api: Api) -> None:
    device = api.ids(rows=1)[0]
    path = f"{DEVICE_LIST}/{device}/customattributes"
    api.get(path)
    api.call("PATCH", path, {"attrs": {"nobody": ["1"]}})
    assert emulator.state()["writes"] == 0
    api.call("PATCH", path, {"attrs": {"cityid": ["1"]}})
    api.call("DELETE", path, {"attrs": {"cityid": ["1"]}})
    assert emulator.state()["writes"] == 2


def test_authentication_comes_before_faults(emulator: Emulator) -> None:
    emulator.add_fault("503")
    assert Api(emulator, None).get(DEVICE_LIST).status == 401
    assert emulator.faults()[0]["fired"] == 0 and Api(emulator).get(DEVICE_LIST).status == 503


# --- what a client can do to the server -------------------------------------------------------------------------------


def _raw(emulator: Emulator) -> ssl.SSLSocket:
    address = urlsplit(emulator.url)
    context = ssl.create_default_context(cafile=emulator.ca_path)
    plain = socket.create_connection((address.hostname or "", address.port or 0), timeout=10)
    return context.wrap_socket(plain, server_hostname=address.hostname)


def _memory(emulator: Emulator) -> int:
    """The most memory that the process has had, in KiB."""
    assert emulator.process is not None
    status = Path(f"/proc/{emulator.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_large_body_of_a_stranger_is_not_kept(emulator: Emulator) -> None:
    size = 64 << 20
    before = _memory(emulator)
    with _raw(emulator) as connection:
        connection.sendall(
            f"POST {DEVICE_LIST}/1/customattributes HTTP/1.1\r\nHost: x\r\n"
            f"Content-Length: {size}\r\n\r\n".encode()
        )
        for _part in range(64):
            connection.sendall(b"x" * (1 << 20))
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")
    assert _memory(emulator) - before < 16 << 10


def test_a_body_may_be_too_long(emulator: Emulator, api: Api) -> None:
    device = api.ids()[0]
    emulator.set_switch("max_body_bytes", 100)
    body = {"attrs": {"cityid": ["x" * 100]}}
    path = f"{DEVICE_LIST}/{device}/customattributes"
    assert api.call("PATCH", path, body).status == 413
    emulator.set_switch("max_body_bytes", 0)
    assert api.call("PATCH", path, body).status == 200


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
def test_half_a_request_does_not_keep_a_connection(emulator: Emulator, part: bytes) -> None:
    emulator.set_switch("request_timeout_ms", 300)
    with _raw(emulator) as connection:
        connection.sendall(part)
        started = time.monotonic()
        try:
            # A body that never ends is not waited for where nobody may send it.
            while connection.recv(4096):
                pass
        except (ssl.SSLEOFError, ConnectionResetError):
            pass
        assert time.monotonic() - started < 5


def test_a_slow_answer_is_not_a_slow_request(emulator: Emulator, api: Api) -> None:
    emulator.set_switch("request_timeout_ms", 200)
    emulator.add_fault("slow", seconds=0.6)
    assert api.search().status == 200


def test_the_log_of_requests_is_bounded() -> None:
    log = RequestLog()
    tracemalloc.start()
    sizes = []
    for _round in range(3):
        for number in range(LIMIT):
            log.add("GET", f"/api/v1/device/{number}", "dmPartitionId=1&rows=500", False)(200)
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(log.entries()) == LIMIT and log.total == 3 * LIMIT
    assert max(sizes) < 12 << 20 and sizes[2] < 1.05 * sizes[0]
