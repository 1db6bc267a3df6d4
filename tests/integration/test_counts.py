# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts of devices by field: as many as reading them finds, without reading them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections

from ..conftest import ModuleFailed

MODULE = "device_count_info"


def refused(call, server, **options) -> str:
    """The sentence with which the module fails."""
    with pytest.raises(ModuleFailed) as failed:
        call(MODULE, server, **options)
    message = str(failed.value.result["msg"])
    assert "\n" not in message and "Traceback" not in message
    return message


def told(value) -> str:
    """A value of a row as counts have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


SELECTIONS = [
    {},
    {"attributes": {"status": "active"}},
    {"attributes": {"platform": "ios", "compliant": True}},
    {"custom_attributes": {"cityid": "SF"}},
    {"last_seen_within": "30d"},
    {"filters": "quarantined=true"},
    {"status": "active"},
    {"platform": "ios", "compliant": True},
    {"ownership": "company", "quarantined": False},
    {"blocked": False, "jailbroken": False, "supervised": True},
    {"attributes": {"status": "active"}, "registered_within": "900d"},
]


@pytest.mark.parametrize("select", SELECTIONS)
def test_counts_are_those_of_the_devices(call, emulator, select):
    emulator.define_attributes("cityid")
    emulator.set_attributes({row["id"]: {"cityid": ["SF"]} for row in emulator.devices("id")[::3]})
    options = {"select": select} if select else {}
    fields = ["platform", "status", "compliant"]
    devices = call("device_info", emulator, on_missing="skip", **options)["devices"]
    assert devices
    result = call(MODULE, emulator, count_by=fields, **options)
    assert not result["changed"] and result["count"] == len(devices)
    assert result["counts"] == {
        name: dict(Counter(told(row[name]) for row in devices)) for name in fields
    }


def test_no_fleet_is_read(call, emulator):
    emulator.clear_requests()
    call(MODULE, emulator, count_by=["platform"], spaces=["default"])
    lists = [one for one in emulator.requests() if one["path"] == "/api/v1/device"]
    assert len(lists) == 1 and int(parse_qs(lists[0]["query"])["rows"][0]) < 100


def test_spaces_are_counted_apart_and_together(call, emulator):
    emulator.reset(partitions=3)
    both = call(MODULE, emulator, count_by=["platform"])
    rows = call("device_info", emulator)["devices"]
    spaces = Counter(str(row["dm_partition_id"]) for row in rows)
    assert len(spaces) > 1 and both["count"] == len(rows)
    total: Counter[str] = Counter()
    for space, number in spaces.items():
        one = call(MODULE, emulator, count_by=["platform"], spaces=[space])
        assert one["count"] == number
        total.update(one["counts"]["platform"])
    assert dict(total) == both["counts"]["platform"]


def test_an_empty_fleet_has_counts_of_nothing(call, emulator):
    emulator.reset(devices=0)
    result = call(MODULE, emulator, count_by=["platform"])
    assert (result["count"], result["counts"]) == (0, {"platform": {}})


# fmt: off
@pytest.mark.parametrize(("options", "words"), [
    ({"count_by": []}, "count_by: is empty"),
    ({"count_by": [" "]}, "count_by: is empty, or a name in it is"),
    ({"count_by": ["platform", "Platform"]}, "count_by: 'platform' is there twice"),
    ({"count_by": ["platformType"]}, "count_by: 'platformType' is called platform here"),
    ({"count_by": ["platfrom"]}, "the server does not count by 'platfrom' (nearest: 'platform'"),
    ({"count_by": ["jailbroken"], "select": {}}, "select: is empty"),
    ({"count_by": ["jailbroken"], "select": {"attributes": {"platfrom_type": "IOS"}}}, "select.attributes.platfrom_type: "),
    ({"count_by": ["jailbroken"], "select": {"custom_attributes": {"nothing": "x"}}}, "select.custom_attributes"),
    ({"count_by": ["jailbroken"], "spaces": ["Moon"]}, "there is no device space 'Moon'"),
])
# fmt: on
def test_what_makes_no_sense_is_refused(call, emulator, options, words):
    emulator.define_attributes("cityid")
    assert words in refused(call, emulator, **options)


def test_the_fields_are_listed_in_the_words_of_rows(call, emulator):
    message = refused(call, emulator, count_by=["x"])
    listed = message.rpartition("it counts by ")[2].rstrip(".").split(", ")
    assert {"platform", "compliant", "last_hotfix_id", "android_work_enabled"} <= set(listed)
    assert not [name for name in listed if len(name) > len("devicegroup") and "_" not in name]


@pytest.mark.parametrize("key", ["ids", "emails", "labels", "query"])
def test_what_needs_rows_is_not_an_option(call, emulator, key):
    assert "Unsupported parameters" in refused(
        call, emulator, count_by=["platform"], select={key: ["x"]}
    )


def test_epmm_does_not_count(call, epmm):
    assert "epmm does not support counting devices by field; supported by: neurons" in refused(
        call, epmm, count_by=["platform"]
    )
    assert epmm.requests() == []


def spoiled(monkeypatch, change) -> None:
    """Change the result of each list of devices before the module sees it."""
    send = Connections.send

    def sent(self, request, headers):
        reply = send(self, request, headers)
        if not request.target.startswith("/api/v1/device?"):
            return reply
        answer = json.loads(reply.body)
        change(answer["result"])
        return replace(reply, body=json.dumps(answer).encode())

    monkeypatch.setattr(Connections, "send", sent)


# fmt: off
@pytest.mark.parametrize(("change", "words"), [
    (lambda result: result.pop("facetedResults"), "the server's answer has no counts"),
    (lambda result: result.update(facetedResults=[]), "the server's answer has no counts"),
    (lambda result: result.update(facetedResults={"PLATFORMTYPE": {"IOS": "3"}}), "the server's answer has no counts"),
    (lambda result: result.update(facetedResults={}), "the server does not count by 'platform'; it counts by nothing"),
    (lambda result: result.update(totalCount=1), "The server counts"),
])
# fmt: on
def test_an_answer_that_cannot_be_believed(call, emulator, monkeypatch, change, words):
    spoiled(monkeypatch, change)
    assert words in refused(call, emulator, count_by=["platform"])


def test_a_filter_that_got_lost_is_noticed(call, emulator, monkeypatch):
    send = Connections.send

    def sent(self, request, headers):
        query = [pair for pair in request.query if pair[0] != "fq"]
        return send(self, replace(request, query=query), headers)

    monkeypatch.setattr(Connections, "send", sent)
    message = refused(
        call, emulator, count_by=["jailbroken"], select={"attributes": {"platform": "ios"}}
    )
    assert "platform=ios" in message


def test_a_number_that_is_not_known_is_null(call, emulator, monkeypatch):
    """Recorded answers have facets with null."""
    spoiled(monkeypatch, lambda result: result["facetedResults"]["PLATFORMTYPE"].update(IOS=None))
    counts = call(MODULE, emulator, count_by=["platform"])["counts"]["platform"]
    assert counts["ios"] is None and counts["android"] > 0
