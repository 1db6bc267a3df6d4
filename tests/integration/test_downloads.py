# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Downloads into a file: faults of servers and networks, over sockets; a file holds one whole
answer or the run fails."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    ForbiddenError,
    NotFoundError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.download import (
    MOST_OF_ERROR,
    PART,
    Sink,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.download import (
    download as download_into,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport

from ..conftest import ModuleFailed, writes
from .byte_server import Server, answer, chunked, running_server

FILE = Endpoint("file", "GET", "/file", "", safe=True, idempotent=True)
BODY = bytes(range(256)) * 1024


@pytest.fixture
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield stack.enter_context(running_server())


def transport(server: Server, retries: int = 2, password: str = "secret-1") -> Transport:
    # fmt: off
    settings = parse_settings({
        "url": server.url, "username": "u", "password": password, "token": None, "ca_path": None,
        "validate_certs": True, "connect_timeout": 5.0, "read_timeout": 5.0, "concurrency": 1, "retries": retries,
    })
    # fmt: on
    return Transport(
        settings,
        read_only=True,
        explain=lambda body: str(body.get("says", "")),
        sleep=lambda seconds: None,
    )


def download(
    server: Server, *answers: bytes, most: int = 1 << 20, retries: int = 2, before: bytes = b""
) -> tuple[str, bytes]:
    server.answers = list(answers)
    file = io.BytesIO()
    file.write(before)
    kind = download_into(
        transport(server, retries), FILE, Sink(file, most), accept="application/zip"
    )
    assert server.answers == []
    return kind, file.getvalue()


@pytest.mark.parametrize(
    "good",
    [answer(BODY), answer(BODY, Content_Length=""), chunked(BODY[:100_000], BODY[100_000:])],
    ids=["length", "close", "chunks"],
)
def test_a_body_comes_whole(server, good):
    assert download(server, good, before=b"x" * (len(BODY) + 5)) == (
        "application/octet-stream",
        BODY,
    )


def test_it_asks_for_the_file_as_it_is(server):
    assert download(server, answer(b"", Content_Type="Text/CSV; charset=UTF-8")) == (
        "text/csv",
        b"",
    )
    [asked] = server.asked
    assert (
        b"Accept: application/zip\r\n" in asked
        and b"Accept-Encoding: identity\r\n" in asked
        and b"Authorization: Basic " in asked
    )


BROKEN = {
    "half of it": answer(BODY[:1000], Content_Length=str(len(BODY))),
    "no end of chunks": chunked(BODY, end=False),
    "nothing": b"",
    "limited": answer(b"{}", "429 Too Many", Retry_After="0"),
    "unavailable": answer(b"<html>", "503 Unavailable"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_asked_for_again_into_an_empty_file(server, broken):
    assert download(server, answer(b"short"), before=b"much longer than that")[1] == b"short"
    assert download(server, broken, broken, answer(b"short"))[1] == b"short"


@pytest.mark.parametrize(("bad", "kind", "words"), [
    (BROKEN["half of it"], AnswerLostError, "broke off half-way"),
    (BROKEN["no end of chunks"], AnswerLostError, "broke"),
    (BROKEN["nothing"], AnswerLostError, "broke"),
    (BROKEN["limited"], ApiError, "limits the rate"),
    (answer(b'{"says": "no secret-1"}', "404 Not Found"), NotFoundError, r"HTTP 404 \(no \*{8}\)"),
    (answer(b"<title>Sign in</title>", "403 Forbidden"), ApiError, "a web page titled 'Sign in'"),
    (answer(b"", "302 Found", Location="https://elsewhere.example/x"), AnswerError, "was redirected to https://elsewhere.example/x"),
    (answer(BODY, "206 Partial Content"), AnswerError, "HTTP 206, which is not a whole file"),
    (answer(gzip.compress(BODY), Content_Encoding="gzip"), AnswerError, "the encoding 'gzip', which was not asked for"),
    (answer(b"x", Content_Encoding="gzip, gzip"), AnswerError, "the encoding 'gzip, gzip'"),
])  # fmt: skip
def test_a_lasting_fault_fails_with_a_sentence(server, bad, kind, words):
    with pytest.raises(kind, match=words):
        download(server, bad, retries=0)


@pytest.mark.parametrize(
    "long",
    [answer(BODY), answer(BODY, Content_Length=""), chunked(BODY)],
    ids=["length", "close", "chunks"],
)
@pytest.mark.parametrize("most", [0, 1, PART, len(BODY) - 1])
def test_a_body_that_is_too_long_is_not_read_to_its_end(server, long, most):
    server.answers = [long, answer(b"next")]
    file, sender = io.BytesIO(), transport(server)
    with pytest.raises(
        AnswerError, match=rf"GET /file was answered with more than {most} bytes; raise it\."
    ):
        download_into(sender, FILE, Sink(file, most, "raise it"), accept="*/*")
    assert len(file.getvalue()) <= most
    # There is one connection, and it can be used again.
    download_into(sender, FILE, Sink(file, 100), accept="*/*")
    assert file.getvalue() == b"next"


def test_an_error_is_not_read_to_its_end(server):
    page = b"<title>Sign in</title>".ljust(MOST_OF_ERROR + PART)
    server.answers = [answer(page, "403 Forbidden", Content_Length=str(1 << 40)), answer(b"next")]
    file, sender = io.BytesIO(), transport(server, retries=0)
    # Who waits for the rest of it is told that the answer broke off.
    with pytest.raises(ForbiddenError, match="a web page titled 'Sign in'"):
        download_into(sender, FILE, Sink(file, 100), accept="*/*")
    download_into(sender, FILE, Sink(file, 100), accept="*/*")
    assert file.getvalue() == b"next"


BEGUN = answer(
    b"<title>x</title>".ljust(MOST_OF_ERROR),
    "403 Forbidden",
    Content_Length=str(1 << 30),
    Connection="keep-alive",
)


# Of the last one the rest is still on its way, so that the connection looks as if nothing came over
# it.
@pytest.mark.parametrize(("first", "connections"), [
    (answer(BODY[:9], Connection="keep-alive"), 1), (answer(BODY, Connection="keep-alive"), 2), (BEGUN, 2),
])  # fmt: skip
def test_a_connection_with_the_rest_of_a_body_is_not_used_again(server, first, connections):
    server.answers = [first, answer(b"next", Connection="keep-alive")]
    sender, file = transport(server, retries=0), io.BytesIO()
    with suppress(AnswerError, ForbiddenError):
        download_into(sender, FILE, Sink(file, 9), accept="*/*")
    download_into(sender, FILE, Sink(file, 9), accept="*/*")
    assert (file.getvalue(), server.connections) == (b"next", connections)


def test_a_body_of_the_most_bytes_is_not_too_long(server):
    assert download(server, answer(BODY), most=len(BODY))[1] == BODY


class Full(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, data, /):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_fault_of_the_server(server):
    server.answers = [answer(BODY), answer(b"next")]
    sender, file = transport(server), io.BytesIO()
    with pytest.raises(OSError, match="No space left"):
        download_into(sender, FILE, Sink(Full(), 1 << 20), accept="*/*")
    download_into(sender, FILE, Sink(file, 100), accept="*/*")
    assert (len(server.asked), file.getvalue()) == (2, b"next")


# Secrets

SECRET = "Zq9#Xw7!'Kv5$"
REFUSALS = {
    "a message": lambda text: answer(
        json.dumps({"says": text, "messages": {"message": text}}).encode(), "403 Forbidden"
    ),
    "a title": lambda text: answer(f"<html><title>{text}</title>".encode(), "403 Forbidden"),
    "a title with entities": lambda text: answer(
        f"<title>{text.replace('#', '&#35;')}</title>".encode(), "403 Forbidden"
    ),
}
NO_FILES = {
    "a message with HTTP 200": lambda text: answer(
        json.dumps({"messages": {"message": text}}).encode()
    ),
    "a title with HTTP 200": lambda text: answer(f"<html><title>{text}</title>".encode()),
    "XML": lambda text: answer(f"<x><messages><message>{text}</message></messages></x>".encode()),
    "a line": lambda text: answer(f"Name,{text},x\n".encode()),
    # A module looks at so much of an answer.
    "a title that is cut": lambda text: answer(
        f"<html><title>{text}</title>".rjust(4100 + len(SECRET) // 2).encode()
    ),
}


@pytest.mark.parametrize("words", [*REFUSALS, *NO_FILES])
@pytest.mark.parametrize("end", [80, 200, 300, 4096])
def test_a_secret_that_is_cut_leaks_no_part(call, server, tmp_path, words, end):
    """A server repeats the password where its words are cut off: what is secret goes first, for a
    part of it is not known as one."""
    for place in range(end - len(SECRET) - 9, end + 1, 3):
        body = {**REFUSALS, **NO_FILES}[words](f"{'-' * (place - 1)} {SECRET} is wrong")
        said = []
        server.answers = [body] * 3
        for module, (_path, options) in CALLS.items():
            with pytest.raises(ModuleFailed) as failed:
                call(
                    module,
                    product="epmm",
                    url=server.url,
                    username="u",
                    password=SECRET,
                    retries=0,
                    dest=str(tmp_path / "file"),
                    **options,
                )
            said.append(failed.value.result["msg"])
        if words in REFUSALS or words.startswith("a title"):
            with pytest.raises((ApiError, AnswerError)) as error:
                transport(server, retries=0, password=SECRET).call(FILE)
            said.append(str(error.value))
        assert not [text for text in said if SECRET[:3] in text or SECRET[-3:] in text]


# Against the emulator, through modules

CALLS = {
    "device_export": ("/api/v1/dm/devices.csv", {}),
    "appconnect_analytics": (
        "/api/v1/apps/appconnect/analytics",
        {"app_id": "com.mycompany.myapp", "merged": True},
    ),
}


@pytest.mark.parametrize("module", CALLS)
@pytest.mark.parametrize(
    "kind", ["429", "500", "502", "503", "504", "reset", "lost_answer", "half_body"]
)
def test_a_passing_fault_is_survived(call, epmm, tmp_path, module, kind):
    path, options = CALLS[module]
    whole = call(module, epmm, dest=str(tmp_path / "whole"), **options)
    epmm.add_fault(kind, path=path, times=1)
    result = call(module, epmm, dest=str(tmp_path / "file"), retries=2, **options)
    assert epmm.faults()[0]["fired"] == 1 and result["requests"] == 2
    assert result["checksum"] == whole["checksum"] and writes(epmm) == []


@pytest.mark.parametrize("module", CALLS)
@pytest.mark.parametrize(("kind", "words"), [
    ("429", "limits the rate"), ("500", "HTTP 500"), ("reset", "broke before"), ("lost_answer", "broke before"), ("half_body", "broke off half-way"),
    ("401", "rejected the credentials"), ("403", "may not send"), ("redirect", "was redirected"), ("html", "a web page titled"),
    ("errors_200", "was answered with an error"), ("result_zero", "was answered with an error"),
])  # fmt: skip
def test_a_lasting_fault_leaves_the_file_as_it_is(call, epmm, tmp_path, module, kind, words):
    path, options = CALLS[module]
    dest = tmp_path / "file"
    dest.write_text("as it was")
    parameters = {"location": "https://elsewhere.example/"} if kind == "redirect" else {}
    epmm.add_fault(kind, path=path, times=None, **parameters)
    with pytest.raises(ModuleFailed, match=words) as failed:
        call(module, epmm, dest=str(dest), retries=1, **options)
    assert len(failed.value.result["msg"]) > 40
    assert [one.name for one in tmp_path.iterdir()] == ["file"] and dest.read_text() == "as it was"


@pytest.mark.parametrize("module", CALLS)
def test_an_address_that_leads_elsewhere_is_no_server_without_data(call, server, tmp_path, module):
    _path, options = CALLS[module]
    server.answers = [answer(b"<title>Not Found</title>", "404 Not Found")] * 3
    with pytest.raises(
        ModuleFailed, match="API v1 is not there; set url to the address before /api/"
    ):
        call(
            module,
            product="epmm",
            url=server.url,
            username="u",
            password="secret-1",
            dest=str(tmp_path / "file"),
            **options,
        )
    assert list(tmp_path.iterdir()) == []
