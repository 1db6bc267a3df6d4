# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: every kind, and which requests they take."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from uem_emulator.faults import KINDS, Bucket
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api

LIST = "/api/v1/device"


@pytest.fixture
def device(api: Api, emulator: Emulator) -> int:
    found = api.ids(rows=1)[0]
    emulator.patch_device(found, customAttributes={"cityid": ["before"]})
    emulator.clear_requests()
    return found


def patch(api: Api, device: int, city: str = "after") -> Any:
    return api.call("PATCH", f"{LIST}/{device}/customattributes", {"attrs": {"cityid": [city]}})


def city(emulator: Emulator, device: int) -> str:
    text: str = emulator.device(device)["customAttributes"]["cityid"][0]
    return text


@pytest.mark.parametrize(("kind", "content"), [
    ("429", "application/json"), ("500", "application/json"), ("502", "text/html"), ("503", "text/html"),
    ("504", "text/html"),
    ("401", "application/json"), ("403", "application/json"),
])  # fmt: skip
def test_statuses_are_answered_instead(
    emulator: Emulator, api: Api, device: int, kind: str, content: str
) -> None:
    emulator.add_fault(kind, method="patch")
    reply = patch(api, device)
    assert reply.status == int(kind) and reply.headers["content-type"].startswith(content)
    assert "retry-after" not in reply.headers
    assert (
        city(emulator, device) == "before"
        and patch(api, device).status == 200
        and city(emulator, device) == "after"
    )
    assert [entry["status"] for entry in emulator.requests()] == [int(kind), 200]


@pytest.mark.parametrize(
    ("body", "start"), [("json", b"{"), ("html", b"<!doctype"), ("empty", b"")]
)
def test_the_body_of_a_status_can_be_chosen(
    emulator: Emulator, api: Api, body: str, start: bytes
) -> None:
    emulator.add_fault("503", body=body)
    reply = api.search()
    assert reply.status == 503 and reply.raw.startswith(start) and bool(reply.raw) == bool(start)


@pytest.mark.parametrize("kind", ["429", "503"])
@pytest.mark.parametrize(("given", "sent"), [(2, "2"), (0.5, "0.5"), ("soon", "soon"), (0, "0")])
def test_retry_after(emulator: Emulator, api: Api, kind: str, given: Any, sent: str) -> None:
    emulator.add_fault(kind, retry_after=given)
    assert api.search().headers["retry-after"] == sent


def test_only_what_exceeds_a_rate_is_refused(emulator: Emulator, api: Api) -> None:
    # One in a thousand seconds, so that no time matters.
    emulator.add_fault("429", after=1, times=None, rate=0.001, burst=2)
    assert [api.get(LIST).status for _request in range(5)] == [200, 200, 200, 429, 429]
    [rule] = emulator.faults()
    assert (rule["seen"], rule["fired"]) == (5, 2)


@pytest.mark.parametrize(
    ("at", "passes"),
    [
        ([0, 0, 0, 0], "1110"),
        ([0, 0, 0, 0.3, 0.5], "11101"),
        ([0, 9, 9, 9, 9], "11110"),
        ([0, 0, 0, 0.25, 0.5, 0.6], "111010"),
    ],
)
def test_a_bucket_fills_with_the_time(at: list[float], passes: str) -> None:
    bucket = Bucket(2, 3)
    assert "".join(str(int(bucket.take(now))) for now in at) == passes


def test_retry_after_as_a_date(emulator: Emulator, api: Api) -> None:
    emulator.add_fault("429", retry_after={"date_in": 30})
    assert (
        25
        < parsedate_to_datetime(api.search().headers["retry-after"]).timestamp() - time.time()
        <= 30
    )


@pytest.mark.parametrize("kind", ["504", "html"])
def test_a_gateway_may_give_up_on_a_write_which_was_done(
    emulator: Emulator, api: Api, device: int, kind: str
) -> None:
    emulator.add_fault(kind, method="PATCH", handled=True)
    assert patch(api, device).raw.startswith(b"<!doctype") and city(emulator, device) == "after"


def test_reset_happens_before_anything_is_done(emulator: Emulator, api: Api, device: int) -> None:
    emulator.add_fault("reset", method="PATCH")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        patch(api, device)
    assert city(emulator, device) == "before" and emulator.requests()[-1]["status"] is None
    assert patch(api, device).status == 200, "a new connection works"


def test_a_lost_answer_was_done_all_the_same(emulator: Emulator, api: Api, device: int) -> None:
    emulator.add_fault("lost_answer", method="PATCH")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        patch(api, device)
    assert city(emulator, device) == "after" and emulator.requests()[-1]["status"] is None
    assert emulator.state()["writes"] == 1


def test_half_a_body(emulator: Emulator, api: Api) -> None:
    whole = len(api.search().raw)
    emulator.add_fault("half_body")
    with pytest.raises(http.client.IncompleteRead) as error:
        api.search()
    assert len(error.value.partial) == whole // 2
    assert emulator.requests()[-1]["status"] == 200


def test_truncated_json(emulator: Emulator, api: Api) -> None:
    emulator.add_fault("truncated_json")
    reply = api.search()
    assert reply.status == 200 and int(reply.headers["content-length"]) == len(reply.raw)
    with pytest.raises(json.JSONDecodeError):
        assert reply.json is None, "it has no value"


def test_slow_goes_on_and_lets_others_act(emulator: Emulator, api: Api) -> None:
    emulator.add_fault("slow", seconds=0.2, times=2)
    start = time.monotonic()
    assert api.search().status == 200 and time.monotonic() - start >= 0.2
    emulator.add_fault("500")
    start = time.monotonic()
    assert api.search().status == 500 and time.monotonic() - start >= 0.2
    assert api.search().status == 200


def test_a_page_instead_of_json(emulator: Emulator, api: Api, device: int) -> None:
    emulator.add_fault("html", method="PATCH")
    reply = patch(api, device)
    assert reply.status == 200 and reply.headers["content-type"].startswith("text/html")
    assert reply.raw.startswith(b"<!doctype")
    assert city(emulator, device) == "before"


@pytest.mark.parametrize("status", [302, 307])
def test_redirect(emulator: Emulator, api: Api, status: int) -> None:
    emulator.add_fault("redirect", location="https://elsewhere.example/x", status=status)
    reply = api.search()
    assert (reply.status, reply.headers["location"]) == (status, "https://elsewhere.example/x")


def test_a_success_which_is_none(emulator: Emulator, api: Api, device: int) -> None:
    emulator.add_fault("result_zero", method="PATCH")
    emulator.add_fault("errors_200", method="PATCH", message="tenant suspended")
    assert patch(api, device).json == {"errors": None, "result": 0}
    reply = patch(api, device)
    assert (
        reply.status == 200
        and reply.json["errors"]["globalErrors"][0]["message"] == "tenant suspended"
    )
    assert reply.json["result"] is None
    assert city(emulator, device) == "before"


def test_a_write_without_effect(emulator: Emulator, api: Api, device: int) -> None:
    emulator.add_fault("no_effect", times=2)
    assert patch(api, device).result == 1
    assert (
        api.call(
            "DELETE", f"{LIST}/customattributes", {"ids": [device], "attrKeys": ["cityid"]}
        ).result
        == 1
    )
    assert city(emulator, device) == "before"
    assert patch(api, device).result == 1 and city(emulator, device) == "after"


def test_a_device_which_vanishes_before_a_write(
    emulator: NeuronsEmulator, api: Api, device: int
) -> None:
    other = api.ids(rows=2)[1]
    emulator.add_fault("vanish", times=2)
    assert patch(api, device).status == 404 and str(device) not in emulator.attributes()
    reply = api.call("DELETE", f"{LIST}/customattributes", {"ids": [other], "attrKeys": ["cityid"]})
    assert reply.result == 0 and str(other) not in emulator.attributes()


def test_the_same_page_again(emulator: Emulator, api: Api) -> None:
    ids = api.ids(sort="id")
    emulator.add_fault("duplicate_page", after=1, path=LIST)
    pages = [api.search(sort="id", rows=20, start=start) for start in (0, 20, 40)]
    assert [[row["id"] for row in page.rows] for page in pages] == [ids[:20], ids[:20], ids[40:60]]
    assert pages[1].result["offset"] == 20


def test_a_device_which_vanishes_between_pages(emulator: Emulator, api: Api) -> None:
    ids = api.ids(sort="id")
    emulator.add_fault("shifting_pages", after=1)
    first, second = (api.search(sort="id", rows=20, start=start) for start in (0, 20))
    assert [row["id"] for row in second.rows] == ids[21:41], "one row is never seen"
    assert first.result["totalCount"] - second.result["totalCount"] == 1
    with pytest.raises(ControlError, match="404"):
        emulator.device(ids[0])


def test_a_device_which_appears_between_pages(emulator: Emulator, api: Api) -> None:
    ids = api.ids(sort="id")
    emulator.add_fault("shifting_pages", after=1, mode="appear")
    first, second = (api.search(sort="id", rows=20, start=start) for start in (0, 20))
    assert [row["id"] for row in second.rows] == ids[19:39], "one row is seen twice"
    assert second.result["totalCount"] - first.result["totalCount"] == 1


def test_a_short_page(emulator: Emulator, api: Api) -> None:
    ids = api.ids(sort="id")
    emulator.add_fault("short_page", missing=3)
    page = api.search(sort="id", rows=20)
    assert [row["id"] for row in page.rows] == ids[:17] and page.result["totalCount"] == len(ids)


def test_a_stale_list(fleet: Callable[..., list[int]], emulator: Emulator, api: Api) -> None:
    (device,) = fleet({"customAttributes": {"cityid": ["before"]}})
    emulator.add_fault("stale_list", path=LIST, times=2)
    patch(api, device)
    seen = [api.search().rows[0]["customAttributes"]["attrs"]["cityid"] for _read in range(3)]
    assert seen == [["before"], ["before"], ["after"]] and city(emulator, device) == "after"
    emulator.add_fault("stale_list", times=None)
    patch(api, device, "later")
    assert api.search().rows[0]["customAttributes"]["attrs"]["cityid"] == ["after"]
    emulator.clear_faults()
    assert api.search().rows[0]["customAttributes"]["attrs"]["cityid"] == ["later"]


# --- which requests
# -----------------------------------------------------------------------------------------------------


def test_after_and_times(emulator: Emulator, api: Api) -> None:
    emulator.add_fault("500", after=2, times=2)
    assert [api.search().status for _call in range(6)] == [200, 200, 500, 500, 200, 200]
    (rule,) = emulator.faults()
    assert (rule["kind"], rule["seen"], rule["fired"]) == ("500", 4, 2)


def test_for_ever(emulator: Emulator, api: Api) -> None:
    emulator.add_fault("500", times=None)
    assert {api.search().status for _call in range(5)} == {500}
    emulator.clear_faults()
    assert api.search().status == 200 and emulator.faults() == []


@pytest.mark.parametrize(("match", "statuses"), [
    ({"method": "GET"}, [500, 500, 200]), ({"method": "patch"}, [200, 200, 500]), ({"path": LIST}, [500, 200, 200]),
    ({"path": "/api/v1/device/*/customattributes"}, [200, 200, 500]),
    ({"path_regex": "^/api/v1/metadata"}, [200, 500, 200]),
    ({"query_regex": "rows=7"}, [500, 200, 200]), ({"method": "PATCH", "path": LIST}, [200, 200, 200]),
])  # fmt: skip
def test_matching(
    emulator: Emulator, api: Api, device: int, match: dict[str, Any], statuses: list[int]
) -> None:
    emulator.add_fault("500", times=None, **match)
    assert [
        api.search(rows=7).status,
        api.get("/api/v1/metadata/tenant").status,
        patch(api, device).status,
    ] == statuses


def test_rules_are_taken_in_turn(emulator: Emulator, api: Api) -> None:
    emulator.control("POST", "faults", [{"kind": "429"}, {"kind": "503"}, {"kind": "429"}])
    assert [api.search().status for _call in range(4)] == [429, 503, 429, 200]


@pytest.mark.parametrize(("rule", "text"), [
    ({"kind": "418"}, "unknown kind 418"), ({}, "an object with a kind"), ("500", "an object with a kind"),
    ({"kind": "500", "when": 1}, "unknown keys"), ({"kind": "500", "match": {"host": "x"}}, "match takes"),
    ({"kind": "500", "params": {"seconds": 1}}, "params of 500"), ({"kind": "redirect"}, "params.location"),
    ({"kind": "503", "params": {"body": "xml"}}, "params.body"),
    ({"kind": "429", "params": {"retry_after": []}}, "retry_after"),
    ([{"kind": "500"}, {"kind": "x"}], "unknown kind x"), ({"kind": ["500"]}, "an object with a kind"),
    ({"kind": "500", "match": "x"}, "match and params are objects"),
    ({"kind": "500", "params": [1]}, "match and params are objects"),
    ({"kind": "500", "match": {"method": 5}}, "match.method is a text"),
    ({"kind": "500", "match": {"path_regex": "("}}, "match.path_regex is not a regular expression"),
    ({"kind": "500", "match": {"query_regex": None}}, "match.query_regex is a text"),
    ({"kind": "500", "after": "soon"}, "after and times"), ({"kind": "500", "after": -1}, "after and times"),
    ({"kind": "500", "times": [1]}, "after and times"), ({"kind": "500", "times": True}, "after and times"),
    ({"kind": "500", "params": {"handled": "yes"}}, "params.handled is true or false"),
    ({"kind": "slow", "params": {"seconds": "1"}}, "params.seconds"),
    ({"kind": "slow", "params": {"seconds": -1}}, "params.seconds"),
    ({"kind": "slow", "params": {"seconds": 1e10}}, "params.seconds"),
    ({"kind": "short_page", "params": {"missing": "all"}}, "params.missing"),
    ({"kind": "shifting_pages", "params": {"mode": "x"}}, "params.mode is vanish or appear"),
    ({"kind": "redirect", "params": {"location": 5}}, "params.location"),
    ({"kind": "redirect", "params": {"location": "/a\r\nb: c"}}, "params.location"),
    ({"kind": "redirect", "params": {"location": "/", "status": 200}}, "params.status"),
    ({"kind": "errors_200", "params": {"message": 1}}, "params.message is a text"),
    ({"kind": "429", "params": {"retry_after": {"date_in": "x"}}}, "params.retry_after"),
    ({"kind": "429", "params": {"rate": 0}}, "params.rate"),
    ({"kind": "429", "params": {"rate": 1, "burst": 0}}, "params.burst"),
    ({"kind": "503", "params": {"rate": 1}}, "params of 503"),
    ({"kind": "429", "params": {"retry_after": "1\r\nx: y"}}, "params.retry_after"),
])  # fmt: skip
def test_a_wrong_rule_is_refused_whole(emulator: Emulator, rule: Any, text: str) -> None:
    with pytest.raises(ControlError, match=text):
        emulator.control("POST", "faults", rule)
    assert emulator.faults() == []


def _needed(kind: str) -> dict[str, Any]:
    return {"location": "/"} if kind == "redirect" else {}


def test_control_calls_have_no_faults(emulator: Emulator) -> None:
    for kind in KINDS:
        emulator.add_fault(kind, times=None, **_needed(kind))
    assert [rule["kind"] for rule in emulator.faults()] == list(KINDS)
