# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that a server answers short: each is noticed, for a smaller fleet loses its protection.

The emulator answers over its socket. What it answers is made short before the modules see it, in
each of the forms that proxies, sign-in pages and search indexes in trouble give.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import pages
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import client

from ..conftest import ModuleFailed, writes

PAGE = b"<html><head><title>404 Not Found</title></head><body>Not Found</body></html>"

FORMS = (
    "404 page", "404 empty", "200 empty", "total 0", "total smaller", "one twice", "last page short",
)  # fmt: skip


def _rows(answer: Any) -> tuple[dict[str, Any], str] | None:
    """Where the rows of an answer are: the map that has them, and their key."""
    if not isinstance(answer, dict):
        return None
    result = answer.get("result")
    if isinstance(result, dict) and isinstance(result.get("searchResults"), list):
        return result, "searchResults"
    if isinstance(answer.get("results"), list):
        return answer, "results"
    for name, value in answer.items():
        if name != "messages" and isinstance(value, dict) and len(value) == 1:
            [inner] = value
            return value, inner
    return None


def _shorter(answer: Any, form: str, first: bool) -> Any:
    """An answer in one of the FORMS, or as it is where that form makes no sense."""
    place = _rows(answer)
    if place is None:
        return answer
    holder, key = place
    rows = holder[key] if isinstance(holder[key], list) else [holder[key]]
    owner = answer["result"] if isinstance(answer.get("result"), dict) else answer
    if form == "one twice":
        # One row stands where another was, so that no count shows it.
        rows[-1:] = rows[:1]
        return answer
    words = "" if form == "200 empty" else "0 {} (s) returned"
    if form == "last page short":
        if first:
            return answer
        left = rows[: max(1, len(rows) // 2)]
    else:
        left = rows[: len(rows) // 2] if form == "total smaller" else []
    lost = len(rows) - len(left)
    holder[key] = left
    for name in answer:
        # The list of ActiveSync devices has a map for each state.
        if not left and name.endswith("Devices"):
            answer[name] = None
    if form != "200 empty" and isinstance(owner.get("totalCount"), int):
        owner["totalCount"] = 0 if form == "total 0" else owner["totalCount"] - lost
    if "messages" in answer and isinstance(answer["messages"], dict):
        said = str(answer["messages"].get("message", ""))
        answer["messages"] = (
            {"message": re.sub(r"^\s*\d+", str(len(left)), said)} if words else None
        )
    return answer


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make the lists of the calls with a path and query short, in a form."""
    send = Connections.send
    rules: list[tuple[str, str]] = []

    def spoiled(self: Connections, request: Any, headers: Any) -> Any:
        reply = send(self, request, headers)
        target = request.target
        for path, form in rules:
            if request.endpoint.safe and reply.status == 200 and re.search(path, target):
                if form.startswith("404"):
                    body = PAGE if form == "404 page" else b""
                    return dataclasses.replace(reply, status=404, reason="Not Found", body=body)
                first = not re.search(r"(start|offset)=[1-9]", target)
                answer = _shorter(json.loads(reply.body), form, first)
                return dataclasses.replace(reply, body=json.dumps(answer).encode())
        return reply

    def add(path: str, form: str) -> None:
        rules[:] = [(path, form)] if path else []

    monkeypatch.setattr(Connections, "send", spoiled)
    return add


IOS = {"platform": "ios"}
ANDROID = {"labels": ["Android"]}

# Every list that the families read: the product, the module, its options, and the call.
# fmt: off
READS: list[tuple[str, str, dict[str, Any], str]] = [
    ("neurons", "device_info", {}, r"/api/v1/device\?"),
    ("neurons", "device_info", {"spaces": ["default"]}, r"/api/v1/device\?"),
    ("neurons", "device_info", {"select": {"custom_attributes": {"cityid": "SF"}}, "on_missing": "skip"}, r"/api/v1/device\?.*rows=20.*fq="),
    ("neurons", "device_info", {}, r"/tenant/partition/device"),
    ("neurons", "device_custom_attrs", {"attrs": {"cityid": "x"}, "select": IOS, "check_mode": True}, r"/api/v1/customattributes"),
    ("neurons", "device_config_info", {"select": IOS}, r"/configs"),
    ("neurons", "device_compliance_info", {"select": IOS}, r"/policies"),
    ("neurons", "device_certificate_info", {"select": IOS}, r"/certs/search"),
    ("epmm", "device_info", {"api": "v2"}, r"/api/v2/devices\?"),
    ("epmm", "device_info", {"api": "v2", "select": ANDROID}, r"/api/v2/devices\?"),
    ("epmm", "device_info", {"api": "v2", "select": {"platform": "android"}}, r"/api/v2/devices\?"),
    ("epmm", "device_info", {"api": "v2", "select": {"emails": ["{email}"]}, "on_missing": "skip"}, r"/api/v2/devices\?"),
    ("epmm", "label_info", {"api": "v2"}, r"/label_summary"),
    ("epmm", "label_info", {"api": "v2", "labels": ["Android"], "members": True}, r"/api/v2/devices\?"),
    ("epmm", "device_info", {"api": "v1"}, r"/api/v1/dm/devices\?"),
    ("epmm", "device_info", {"api": "v1"}, r"/api/v1/dm/devices\?status=ACTIVE"),
    ("epmm", "device_info", {"api": "v1", "select": ANDROID}, r"/api/v1/dm/labels/"),
    ("epmm", "device_info", {"api": "v1", "select": {"users": ["{uid}"]}, "on_missing": "skip"}, r"/api/v1/dm/users/"),
    ("epmm", "device_label", {"select": {"platform": "android"}, "labels": ["Pilot"], "state": "absent", "check_mode": True},
     r"/api/v2/devices\?.*labelId"),
    ("epmm", "label_info", {"api": "v1"}, r"/api/v1/dm/labels$"),
    ("epmm", "label_info", {"api": "v1", "labels": ["Android"], "members": True}, r"/api/v1/dm/labels/"),
    ("epmm", "alert_info", {}, r"/api/v1/alerts"),
    ("epmm", "policy_info", {}, r"/api/v1/policies$"),
    ("epmm", "device_config_info", {"devices": ["{device}"]}, r"/profiles"),
    ("epmm", "activesync_device_info", {}, r"/api/v1/eas/devices"),
    ("epmm", "app_setting_info", {}, r"/api/v1/appsettings"),
    ("epmm", "registration_reference_info", {}, r"/countries"),
    ("epmm", "registration_reference_info", {}, r"/operators"),
    ("epmm", "user_info", {"users": ["{uid}"], "on_missing": "skip"}, r"/sm/users/"),
]
# fmt: on


# What nothing else that a server answers can show: a list that is consistent in itself, and whose
# length no other call knows.
# fmt: off
UNSEEN = {
    r"/tenant/partition/device": {"total smaller"},
    r"/configs": {"total 0", "total smaller"},
    r"/certs/search": {"total 0", "total smaller"},
    r"/label_summary": {"total smaller"},
    r"/api/v1/dm/labels$": {"total smaller"},
    r"/api/v1/alerts": {"total 0", "total smaller"},
    r"/api/v1/policies$": {"total smaller"},
    r"/profiles": {"total smaller", "one twice"},
    r"/api/v1/eas/devices": {"total 0", "total smaller"},
    r"/api/v1/appsettings": {"total 0", "total smaller"},
    r"/countries": {"total 0", "total smaller"},
    r"/operators": {"total 0", "total smaller"},
}
# fmt: on


def _size(result: dict[str, Any]) -> int:
    """How much a result has: the length of its data."""
    kept = {name: value for name, value in result.items() if name not in ("warnings", "invocation")}
    return len(json.dumps(kept))


def _fate(call: Any, good: dict[str, Any], module: str, server: Any, options: Any) -> str:
    """What a run says of a list that is short: ``noticed``, ``silent`` or, where nothing is missing
    from its result, ``whole``."""
    try:
        result = call(module, server, retries=0, **options)
    except ModuleFailed:
        return "noticed"
    if result["warnings"] or len(result.get("unreadable", ())) > len(good.get("unreadable", ())):
        return "noticed"
    return "silent" if _size(result) < _size(good) else "whole"


def test_every_short_read_is_noticed(call, emulator, epmm, spoil, monkeypatch):
    for module, name in ((client, "PAGE_ROWS"), (client, "DATABASE_ROWS"), (pages, "PAGE_ROWS")):
        monkeypatch.setattr(module, name, 20)
    phone = next(row for row in call("device_info", epmm)["devices"] if row["status"] == "active")
    known = {"device": phone["guid"], "uid": phone["user"], "email": phone["email"]}
    fates: dict[tuple[str, str], set[str]] = {}
    noticed = 0
    for product, module, options, path in READS:
        server = emulator if product == "neurons" else epmm
        filled = re.sub(r"\{(\w+)\}", lambda match: known[match[1]], json.dumps(options))
        options = json.loads(filled)
        spoil("", "")
        good = call(module, server, retries=0, **options)
        for form in FORMS:
            spoil(path, form)
            fate = _fate(call, good, module, server, options)
            noticed += fate == "noticed"
            fates.setdefault((path, fate), set()).add(form)
    silent = {path: forms for (path, fate), forms in fates.items() if fate == "silent"}
    assert silent == UNSEEN
    assert noticed >= 112


def _twice(answer: dict[str, Any], counts: str) -> dict[str, Any]:
    """An answer of API v1 whose second device is the first one again, counted in one place only."""
    rows = answer["devices"]["device"]
    rows[1] = {**rows[0], "comment": "read a moment later"}
    message = {"message": f"{len(rows)} Device(s) returned"} if counts == "message" else None
    total = {"totalCount": len(rows)} if counts == "total" else {}
    return {"messages": message, "devices": answer["devices"], **total}


@pytest.mark.parametrize("counts", ["total", "message", "label"])
def test_a_device_sent_twice_counts_once_in_api_v1(call, epmm, monkeypatch, counts):
    """Another one may stand where it stands twice: it is protected, and selected, as before."""
    active = [row["uuid"] for row in epmm.devices() if row["status"] == "ACTIVE"]
    label = epmm.add_label("Kept")
    epmm.set_label_members(label, active[:3])
    send = Connections.send

    def sent(self: Connections, request: Any, headers: Any) -> Any:
        reply = send(self, request, headers)
        spoilt = re.search(r"/dm/labels/Kept|/dm/devices\?status=ACTIVE", request.target)
        if spoilt and reply.status == 200:
            answer = _twice(json.loads(reply.body), counts)
            return dataclasses.replace(reply, body=json.dumps(answer).encode())
        return reply

    monkeypatch.setattr(Connections, "send", sent)
    wanted = [{"labels": ["Kept"]}, {"status": "active"}][: 1 if counts == "label" else 2]
    for select in wanted:
        with pytest.raises(ModuleFailed, match="The server (counts|says that it returned) "):
            call("device_info", epmm, api="v1", retries=0, select=select)
    options = {"action": "wipe", "devices": active[1:2], "protected": {"labels": ["Kept"]}}
    with pytest.raises(ModuleFailed, match="The server (counts|says that it returned) "):
        call("device_action", epmm, api="v1", retries=0, check_mode=True, **options)


@pytest.mark.parametrize("form", FORMS[:-1])
@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_label_that_is_read_short_protects_as_before(
    call, epmm, spoil, monkeypatch, tmp_path, api, form
):
    """The device is not wiped, whatever the list of the protected label is like."""
    [device] = [row for row in epmm.devices() if "Pilot" in row["labels"]][:1]
    monkeypatch.setenv("HOME", str(tmp_path))
    options = {
        "action": "wipe",
        "devices": [device["uuid"]],
        "max_devices": 1,
        "confirm": "1-0123456789abcdef",
    }
    protected = {"labels": ["Pilot"]}
    spoil(r"/api/v1/dm/labels/Pilot|/api/v2/devices\?.*labelId", form)
    try:
        result = call("device_action", epmm, api=api, retries=0, protected=protected, **options)
    except ModuleFailed as error:
        assert re.search(
            "label 'Pilot'|HTTP 404|does not say that|pages held|its list has", str(error)
        )
    else:
        assert not result["changed"] and result["summary"]["protected"] == 1
    assert writes(epmm) == []


@pytest.fixture
def paged(epmm, monkeypatch):
    """A server with more devices and labels than a page has, whose totals count the page."""
    monkeypatch.setattr(pages, "PAGE_ROWS", 20)
    for number in range(25):
        epmm.add_label(f"More {number:02}", '"common.platform" = "iOS"')
    epmm.set_switch("v2_page_total", "page")
    epmm.clear_requests()
    return epmm


def test_lists_are_read_while_the_server_has_more(call, paged):
    devices = {device["uuid"] for device in paged.devices("uuid")}
    assert {row["guid"] for row in call("device_info", paged)["devices"]} == devices
    labels = call("label_info", paged, members=True)["labels"]
    assert {label["name"]: label["device_count"] for label in labels} == {
        label["name"]: len(label["members"]) for label in labels
    }
    assert {label["name"] for label in labels} == set(paged.labels())
    ours = call("device_info", paged, select={"labels": ["More 07"]})["count"]
    assert ours == len(paged.labels()["More 07"]["members"]) > 20


def test_a_list_that_contradicts_itself_about_its_end(call, epmm, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_ROWS", 20)
    fetch = Connections.send

    def send(self, *arguments, **options):
        answer = fetch(self, *arguments, **options)
        body = json.loads(answer.body)
        if "hasMore" in body:
            body["hasMore"] = not body["hasMore"]
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    monkeypatch.setattr(Connections, "send", send)
    for module in ("device_info", "label_info"):
        with pytest.raises(ModuleFailed, match="nothing was done with an incomplete list"):
            call(module, epmm)
