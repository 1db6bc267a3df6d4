# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers and networks that misbehave: a run ends converged, or fails with a sentence, and nothing
is written twice."""

from __future__ import annotations

import time

import pytest

from ..conftest import ModuleFailed, writes

MODULE = "device_custom_attrs"
ONE = "/api/v1/device/*/customattributes"
LIST = "/api/v1/device"


@pytest.fixture
def devices(emulator):
    """Ids of three devices without attributes."""
    ids = sorted(emulator.attributes(), key=int)[:3]
    emulator.set_attributes({device: {} for device in ids})
    emulator.clear_requests()
    return ids


def run(call, emulator, ids, **options):
    return call(
        MODULE, emulator, **{"devices": ids, "attrs": {"owner": "ops"}, "retries": 2, **options}
    )


TRANSIENT = ["429", "500", "502", "503", "504", "reset", "lost_answer", "half_body"]


@pytest.mark.parametrize("kind", TRANSIENT)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", LIST), ("GET", "/api/v1/tenant/partition/device"), ("PATCH", ONE)]
)
def test_a_passing_fault_is_survived(call, emulator, devices, kind, method, path):
    emulator.add_fault(kind, method=method, path=path, times=1)
    result = run(call, emulator, devices)
    assert result["summary"]["changed"] == 3 and result["summary"]["failed"] == 0
    assert emulator.faults()[0]["fired"] == 1
    assert not run(call, emulator, devices)["changed"]


@pytest.mark.parametrize("kind", [*TRANSIENT, "html", "truncated_json", "errors_200", "401", "403"])
def test_a_lasting_fault_of_the_list_fails_before_any_write(call, emulator, devices, kind):
    emulator.add_fault(kind, path=LIST, times=None)
    with pytest.raises(ModuleFailed) as failed:
        run(call, emulator, devices, retries=1)
    assert len(failed.value.result["msg"]) > 40
    assert writes(emulator) == []


@pytest.mark.parametrize("kind", ["short_page", "duplicate_page", "shifting_pages"])
def test_a_short_read_is_no_smaller_fleet(call, emulator, kind):
    # Pages of one row, so that a fleet of this size has several.
    emulator.reset(devices=1200, partitions=1)
    emulator.add_fault(kind, path=LIST, query_regex="rows=500", after=1, times=None)
    with pytest.raises(
        ModuleFailed,
        match=r"counts \d+ devices|the same page of devices twice|changed while it was read",
    ):
        call("device_info", emulator, fields=["id"])


@pytest.mark.parametrize(("kind", "words"), [
    ("result_zero", "result 0: nothing was done"), ("errors_200", "HTTP 200 with errors"), ("html", "web page"),
    ("truncated_json", "not JSON"), ("403", "may not send"), ("500", "HTTP 500"), ("lost_answer", "broke before"),
])  # fmt: skip
def test_a_device_that_fails_does_not_stop_the_others_and_another_run_finishes(
    call, emulator, devices, kind, words
):
    bad = devices[1]
    emulator.add_fault(
        kind, method="PATCH", path=f"/api/v1/device/{bad}/customattributes", times=None
    )
    word = "failed" if kind in ("result_zero", "errors_200", "403") else "unknown"
    said = "could not be changed" if word == "failed" else "changed is not known"
    with pytest.raises(
        ModuleFailed, match=rf"1 of 3 devices {said}.*device {bad}.*{words}"
    ) as failed:
        run(call, emulator, devices, retries=0)
    result = failed.value.result
    assert result["changed"] and result["summary"]["changed"] == 2 and result["summary"][word] == 1
    assert {entry["id"]: entry["outcome"] for entry in result["devices"]} == {
        device: word if device == bad else "changed" for device in devices
    }
    [shown] = result["diff"]
    assert shown["after_header"].startswith("2 devices")
    emulator.clear_faults()
    assert run(call, emulator, devices)["summary"]["failed"] == 0
    assert not run(call, emulator, devices)["changed"]


def test_after_rejected_credentials_nothing_more_is_sent(call, emulator, devices):
    emulator.add_fault("401", method="PATCH", times=None)
    with pytest.raises(
        ModuleFailed, match="not sent: The server rejected the credentials"
    ) as failed:
        run(call, emulator, devices, concurrency=1)
    assert failed.value.result["summary"]["failed"] == 3 and len(writes(emulator)) == 1


SIZES = (20, 200)


@pytest.mark.parametrize("kind", ["503", "429", "reset"])
@pytest.mark.parametrize("size", SIZES)
def test_an_outage_ends_a_run(call, emulator, kind, size):
    """A server in trouble gets no more requests than a healthy one, and the run ends with the wait
    of one request."""
    emulator.reset(devices=size)
    ids = sorted(emulator.attributes(), key=int)
    emulator.set_attributes({device: {} for device in ids})
    emulator.clear_requests()
    emulator.add_fault(kind, after=12, times=None)
    begun = time.monotonic()
    with pytest.raises(ModuleFailed) as failed:
        run(call, emulator, ids, retries=4)
    # At most 0.5 + 1 + 2 + 4 s of waits before tries, and a little.
    assert time.monotonic() - begun < 12
    result = failed.value.result
    assert len(emulator.requests()) <= 1.2 * size + 12
    last = [row for row in result["devices"] if row.get("error", "").startswith("not sent: ")]
    assert last or size == min(SIZES)
    assert all("run it again when the server works" in row["error"] for row in last)
    emulator.clear_faults()
    written = {number for number, attrs in emulator.attributes().items() if attrs}
    said = {row["id"] for row in result["devices"] if row["outcome"] in ("changed", "unknown")}
    assert written <= said
    assert run(call, emulator, ids)["summary"]["failed"] == 0


@pytest.mark.parametrize(
    ("kind", "handled", "sent"),
    [
        ("lost_answer", True, 1),
        ("reset", False, 2),
        ("502", False, 2),
        ("half_body", True, 1),
    ],
)
def test_an_append_whose_answer_is_lost_is_not_repeated_blindly(
    call, emulator, devices, kind, handled, sent
):
    device = devices[0]
    emulator.set_attributes({device: {"project": ["apollo"]}})
    emulator.add_fault(kind, method="PATCH", times=1)
    result = run(call, emulator, [device], attrs={"project": "gemini"}, append=True)
    assert result["summary"]["changed"] == 1
    assert emulator.attributes()[device] == {"project": ["apollo", "gemini"]}
    assert len(writes(emulator)) == sent
    # It was looked at in between.
    assert any(
        entry["method"] == "GET" and entry["path"].endswith("/customattributes")
        for entry in emulator.requests()[1:]
        if entry["path"] != "/api/v1/customattributes"
    )


def test_an_append_whose_second_answer_is_lost_as_well_is_looked_at(call, emulator, devices):
    device = devices[0]
    emulator.set_attributes({device: {"project": ["apollo"]}})
    emulator.add_fault("reset", method="PATCH", times=1)
    emulator.add_fault("lost_answer", method="PATCH", times=1)
    result = run(call, emulator, [device], attrs={"project": "gemini"}, append=True)
    assert result["summary"]["changed"] == 1 and len(writes(emulator)) == 2
    assert emulator.attributes()[device] == {"project": ["apollo", "gemini"]}


def test_what_a_late_list_lacks_is_not_appended_twice(call, emulator, devices):
    emulator.add_fault("stale_list", path="/api/v1/device", times=None)
    options = {"attrs": {"project": "gemini"}, "append": True}
    for changed in (3, 0, 0):
        result = run(call, emulator, devices[:3], **options)
        assert result["summary"]["changed"] == changed
    assert all(emulator.attributes()[one] == {"project": ["gemini"]} for one in devices[:3])


@pytest.mark.parametrize("retry_after", [1, 0.4, "date"])
def test_retry_after_is_obeyed(call, emulator, devices, retry_after):
    emulator.add_fault("429", method="PATCH", times=1, retry_after=retry_after)
    assert run(call, emulator, devices[:1])["changed"]
    first, second = [entry["at"] for entry in emulator.requests() if entry["method"] == "PATCH"]
    # A date has whole seconds: it may ask for almost none.
    assert second - first >= (0 if retry_after == "date" else retry_after - 0.05)


@pytest.mark.parametrize("options", [{}, {"retry_after": 0.3}], ids=str)
def test_a_server_that_limits_the_rate_slows_a_run_and_fails_no_device(call, emulator, options):
    emulator.reset(devices=100)
    ids = sorted(emulator.attributes(), key=int)
    emulator.set_attributes({device: {} for device in ids})
    emulator.clear_requests()
    emulator.add_fault("429", method="PATCH", times=None, rate=60, burst=10, **options)
    result = run(call, emulator, ids, concurrency=8)
    assert result["summary"]["changed"] == 100 and result["summary"]["failed"] == 0
    assert all(attrs == {"owner": ["ops"]} for attrs in emulator.attributes().values())
    [fault] = emulator.faults()
    # Without a pace it is as many as get through.
    assert fault["fired"] <= 35 and fault["seen"] == 100 + fault["fired"] == len(writes(emulator))


def test_a_server_that_asks_for_hours_is_not_waited_for(call, emulator, devices):
    emulator.add_fault("429", path=LIST, times=None, retry_after=21600)
    with pytest.raises(ModuleFailed, match="limits the rate of requests"):
        run(call, emulator, devices, retries=5)
    assert [entry["path"] for entry in emulator.requests()].count(LIST) == 1


@pytest.mark.parametrize(("status", "most"), [("401", 1), ("403", 1), ("503", 3)])
def test_what_cannot_succeed_is_sent_once(call, emulator, status, most):
    emulator.add_fault(status, path="/api/v1/tenant/partition/device", times=None)
    with pytest.raises(ModuleFailed):
        call("device_info", emulator, retries=2)
    assert len(emulator.requests()) == most


def test_a_device_that_vanished_between_read_and_write(call, emulator, devices, monkeypatch):
    from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.neurons import (
        NeuronsAttributes,
    )

    real = NeuronsAttributes.batches

    def vanish_first(self, changes):
        emulator.delete_device(devices[0])
        return real(self, changes)

    monkeypatch.setattr(NeuronsAttributes, "batches", vanish_first)
    with pytest.raises(
        ModuleFailed, match=rf"device {devices[0]}.*HTTP 404.*no such object"
    ) as failed:
        run(call, emulator, devices)
    assert failed.value.result["summary"]["changed"] == 2


# Every position of what is unknown of the real server that the client meets.
# fmt: off
SWITCHES = [
    ("search_after_in_answer", "on"), ("no_attributes_in_list", "null"), ("attributes_answer", "bare"),
    ("attributes_answer", "bare_strings"), ("undefined_attribute", "accept"), ("unsuffixed_numeric", "ignore"),
    ("numeric_names", "bare"), ("numeric_definitions", "bare"), ("force_overwrite_default", "false"),
    ("append_duplicates", "drop"), ("delete_one", "by_value"), ("bulk_delete_result", "one"), ("fq_case", "respected"),
    ("missing_partition", "error"), ("numeric_delete", "suffixed"), ("violated_policies", "objects"),
]
# fmt: on


@pytest.mark.parametrize(("name", "value"), SWITCHES, ids=str)
def test_both_positions_of_what_is_unknown(call, emulator, devices, name, value):
    emulator.set_switch(name, value)
    first, second, third = devices
    emulator.set_attributes(
        {
            first: {"owner": ["a"], "floor_#": ["3"]},
            second: {"owner": ["a"], "floor_#": ["3"]},
            third: {},
        }
    )
    steps = [
        {"attrs": {"Owner": "ops", "floor_#": 4}},
        {"attrs": {"owner": ["ops", "desk"]}, "append": True},
        {"attrs": ["owner", "floor_#"], "state": "absent", "devices": [first, second]},
        {"attrs": {"site": "x", "floor_#": -1}, "purge": True, "devices": [third]},
    ]
    try:
        for options in steps:
            assert run(call, emulator, devices, **options)["changed"]
            emulator.clear_requests()
            assert not run(call, emulator, devices, **options)["changed"], options
            assert writes(emulator) == []
        # fmt: off
        assert {device: emulator.attributes()[device] for device in devices} == {
            first: {}, second: {}, third: {"site": ["x"], "floor_#": ["-1"]},
        }
        # fmt: on
    finally:
        emulator.reset()


@pytest.mark.parametrize("rows", ["suffixed", "bare"])
@pytest.mark.parametrize(
    "switches",
    [
        {"unsuffixed_numeric": "reject"},
        {"unsuffixed_numeric": "ignore"},
        {"numeric_delete": "suffixed"},
    ],
    ids=str,
)
def test_a_numeric_attribute_may_be_named_without_its_suffix(
    call, emulator, devices, rows, switches
):
    for name, value in {"numeric_names": rows, **switches}.items():
        emulator.set_switch(name, value)
    first, second, _third = devices
    steps = [
        ({"attrs": {"floor": 3}}, {"floor_#": ["3"]}),
        ({"attrs": {"floor": 4, "site": "x"}}, {"floor_#": ["4"], "site": ["x"]}),
        ({"attrs": {"site": "x"}, "purge": True}, {"site": ["x"]}),
        ({"attrs": {"FLOOR": 5}, "append": True}, {"site": ["x"], "floor_#": ["5"]}),
        ({"attrs": ["floor"], "state": "absent"}, {"site": ["x"]}),
    ]
    for options, expected in steps:
        predicted = run(call, emulator, [first, second], check_mode=True, **options)
        assert (
            run(call, emulator, [first, second], **options)["summary"]["changed"]
            == 2
            == predicted["summary"]["changed"]
        )
        assert [emulator.attributes()[device] for device in (first, second)] == [expected] * 2
        assert not run(call, emulator, [first, second], **options)["changed"]
    with pytest.raises(
        ModuleFailed, match="'floor_#' is numeric, and 'third' is not a number; nothing was written"
    ):
        run(call, emulator, [first], attrs={"floor": "third"})


def test_past_the_first_ten_thousand(call, emulator):
    emulator.reset(devices=10700, partitions=1)
    try:
        for position in ("off", "on"):
            emulator.set_switch("search_after_in_answer", position)
            emulator.clear_requests()
            assert (
                call("device_info", emulator, fields=["id"], query="length(@)")["query_result"]
                == 10700
            )
            queries = [entry["query"] for entry in emulator.requests() if entry["path"] == LIST]
            assert (
                len(queries) == 22 and sum("searchAfterValues=" in query for query in queries) == 2
            )
    finally:
        emulator.reset(devices=60, partitions=3)
