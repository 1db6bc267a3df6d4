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


# A server without the call that counts devices


@pytest.fixture(
    params=[501, 403, b"<html><title>Sign in</title>", {"results": {"count": 60}}],
    ids=["501", "403", "page", "other"],
)
def uncounted(request, epmm, lie):
    lie(r"/api/v2/devices/count", lambda answer: request.param)
    return epmm


@pytest.mark.parametrize("total", ["list", "page"])
def test_a_share_of_a_fleet_that_is_not_counted(call, uncounted, total, tmp_path):
    """The list says how many devices there are."""
    uncounted.set_switch("v2_page_total", total)
    fleet = len(uncounted.devices("uuid"))
    row = call("device_info", uncounted, select={"status": "active"})["devices"][0]
    wipe = {"action": "wipe", "devices": [row["id"]], "max_percent": 2}
    wipe["journal_path"] = str(tmp_path / "journal")
    checked = call("device_action", uncounted, check_mode=True, **wipe)
    assert f"1 of {fleet} devices" in str(checked)
    done = call("device_action", uncounted, confirm=checked["confirm"], **wipe)
    assert done["summary"]["changed"] == 1
    with pytest.raises(ModuleFailed, match="max_percent"):
        call("device_action", uncounted, action="lock", select={"platform": "ios"}, max_percent=2)


def test_several_devices_and_filters_without_a_count(call, uncounted):
    rows = call("device_info", uncounted)["devices"][:4]
    serials = [row["serial_number"] for row in rows if row["serial_number"]]
    found = call("device_info", uncounted, select={"serial_numbers": serials})
    assert {row["serial_number"] for row in found["devices"]} == set(serials) and len(serials) > 2
    label = {"name": "New", "filter": '"common.platform" = "iOS"'}
    assert call("label", uncounted, **label)["changed"]
    with pytest.raises(ModuleFailed, match="filter: the server does not take"):
        call("label", uncounted, name="Other", filter='"common.platform" ~ "iOS"')


@pytest.mark.parametrize(
    ("key", "words", "falls_back"),
    [
        ("com.mobileiron.vsp.messages.device.not.found", "Device not found", False),
        (
            "com.mobileiron.vsp.messages.http.404",
            "No handler for POST /api/v2/devices/action",
            True,
        ),
    ],
)
def test_a_device_that_is_not_found_is_no_missing_call(call, epmm, lie, key, words, falls_back):
    """API v2 says so with HTTP 404 as well, and API v1 must not be asked to do it, then."""
    message = {"type": "Error", "messageKey": key, "localizedMessage": words}
    lie(r"POST /api/v2/devices/action", lambda answer: (404, {"messages": [message]}))
    row = call("device_info", epmm, select={"status": "active", "platform": "ios"})["devices"][0]
    options = {"devices": [row["id"]], "text": "Hi"}
    if falls_back:
        assert call("device_message", epmm, **options)["changed"]
        return
    with pytest.raises(ModuleFailed, match="Device not found"):
        call("device_message", epmm, **options)
    assert all(path.startswith("/api/v2/") for _method, path in writes(epmm))


# Errors with HTTP 200, before the eyes of the doctor

DENIED = {"errors": {"globalErrors": [{"code": "Denied", "message": "no"}]}, "result": None}
FAILED = {"messages": [{"type": "Error", "messageKey": "x.error", "localizedMessage": "no"}]}


@pytest.mark.parametrize(
    ("product", "path", "answer", "checks"),
    [
        ("neurons", r"/partition/device$", DENIED, {"spaces": "unknown"}),
        ("neurons", r"/api/v1/device$", DENIED, {"devices": "unknown", "privacy": "unknown", "paging": "unknown"}),
        ("neurons", r"/metadata/tenant$", DENIED, {"permissions": "unknown", "credentials": "unknown"}),
        ("neurons", r".", DENIED, {"devices": "unknown", "spaces": "unknown"}),
        ("epmm", r"/api/v2/devices$", FAILED, {"devices": "unknown", "privacy": "unknown", "paging": "unknown"}),
        ("epmm", r"label_summary$", FAILED, {"role_view_label": "unknown"}),
        ("epmm", r"/device_spaces/mine$", FAILED, {"spaces": "unknown"}),
    ],
)  # fmt: skip
def test_an_error_with_http_200_is_not_ok(request, call, lie, product, path, answer, checks):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    lie(path, lambda _answer: answer)
    result = call("server_info", server)
    found = {check["name"]: check["status"] for check in result["checks"]}
    assert {name: found[name] for name in checks} == checks
    shown = [*result["lines"], *(one["line"] for one in result["behaviours"])]
    assert not [line for line in shown if "because ." in line or line.endswith("because ")]


def page_with(**fields):
    """A change of a page of Neurons."""
    return lambda answer: {**answer, "result": {**answer["result"], **fields}}


@pytest.mark.parametrize(
    ("product", "path", "change", "words"),
    [
        ("neurons", r"GET /api/v1/device$", page_with(totalCount=True), "is not a page of a list"),
        ("neurons", r"GET /api/v1/device$", page_with(totalCount=-1), "is not a page of a list"),
        ("neurons", r"GET /api/v1/device$", page_with(searchResults=None), "is not a page of a list"),
        ("neurons", r"GET /api/v1/device$", page_with(searchResults={"id": 1}, totalCount=1), "is not a page of a list"),
        ("neurons", r"GET /api/v1/device$", lambda answer: b"<html><title>Hi</title>", "a web page titled 'Hi'"),
        ("epmm", r"GET /api/v2/devices$", lambda answer: {**answer, "totalCount": -1}, "is not a page of a list"),
        ("epmm", r"GET /api/v2/devices$", lambda answer: {**answer, "results": answer["results"][0]}, "is not a page of a list"),
        ("epmm", r"GET /api/v2/devices$", lambda answer: {**answer, "results": None}, "has no results"),
        ("epmm", r"GET /api/v2/devices/count$", lambda answer: {"totalCount": 10**6}, "counts 1000000 devices elsewhere"),
        ("epmm", r"/device_spaces/mine$", lambda answer: {"results": {"id": 1}}, "is not a list of device spaces"),
    ],
)  # fmt: skip
def test_what_is_no_whole_list_is_one_sentence(request, call, lie, product, path, change, words):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    lie(path, change)
    with pytest.raises(ModuleFailed, match=words) as failed:
        call("device_info", server, retries=0)
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    ("path", "answer", "outcome", "words"),
    [
        ("PUT", {"errors": None, "result": 0}, "failed", "with result 0: nothing was done"),
        ("PUT", {"errors": None, "result": 7}, "unknown", "says that it took 7, and was sent 1 device"),
        ("PUT", {"errors": None, "result": "1"}, "unknown", "nothing shows whether it was done"),
        ("PUT", {"errors": {}, "result": 1}, "changed", ""),
        ("PUT", b"<html>", "unknown", "answered by a web page"),
        ("GET", {"errors": None, "result": {"searchResults": [{"id": 1}], "totalCount": 1}}, None, "names the device 1, which it was not"),
        ("GET", {"errors": None, "result": None}, None, "is not a page of a list"),
    ],
)  # fmt: skip
def test_answers_to_an_action_are_neither_narrowed_nor_widened(
    call, emulator, lie, path, answer, outcome, words
):
    row = call("device_info", emulator, select={"status": "active", "platform": "ios"})["devices"][
        0
    ]
    emulator.clear_requests()
    lie(f"{path} /api/v1/device/lock$", lambda _answer: answer)
    try:
        result = call("device_action", emulator, action="lock", devices=[row["id"]], retries=0)
    except ModuleFailed as failed:
        result = failed.result
        assert words in str(failed)
    assert [one["outcome"] for one in result.get("devices", [])] == ([outcome] if outcome else [])
    assert bool(result.get("changed")) == (outcome in ("changed", "unknown"))
    assert outcome is not None or writes(emulator) == []


def test_attributes_as_an_empty_list_are_none(call, emulator, lie):
    def change(answer):
        rows = [{**row, "customAttributes": []} for row in answer["result"]["searchResults"]]
        return page_with(searchResults=rows)(answer)

    lie(r"GET /api/v1/device$", change)
    rows = call("device_info", emulator)["devices"]
    assert {str(row["custom_attributes"]) for row in rows} == {"{}"}
