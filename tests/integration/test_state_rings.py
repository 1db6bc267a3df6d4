# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declared state in rings: one follows only where the one before is well, and a run goes on where
the last one stopped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.shards import ring_of
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.options import STATE

from ..conftest import ModuleFailed, writes

RINGS = [10, 40, 100]


def roll_out(call: Any, server: Any, value: str = "v2", **options: Any) -> dict[str, Any]:
    server.clear_requests()
    devices = [{"select": {"status": "active"}, "attributes": {"project": value}}]
    given = {"devices": devices, "rings": RINGS, "max_percent": 100, **options}
    try:
        return call("desired_state", server, **given)
    except ModuleFailed as failed:
        return failed.result


def active(server: Any) -> dict[int, list[str]]:
    """The ids of the devices of each ring, computed from the guids that the server has."""
    rings: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for one in server.devices("id", "guid", "registrationState"):
        if one["registrationState"] == "ACTIVE":
            rings[ring_of(one["guid"], RINGS, "")].append(str(one["id"]))
    return rings


def reached(server: Any, value: str = "v2") -> set[str]:
    return {number for number, own in server.attributes().items() if own.get("project") == [value]}


def written(server: Any) -> list[str]:
    return [path.split("/")[4] for method, path in writes(server) if method == "PATCH"]


def test_rings_follow_each_other_and_check_mode_says_which(call, emulator):
    rings = active(emulator)
    checked = roll_out(call, emulator, check_mode=True)
    assert writes(emulator) == [] and [one["percent"] for one in checked["rings"]] == RINGS
    assert [one["devices"] for one in checked["rings"]] == [len(rings[one]) for one in (1, 2, 3)]
    assert {row["id"]: row["ring"] for row in checked["entries"]} == {
        number: ring for ring, same in rings.items() for number in same
    }
    done = roll_out(call, emulator, confirm=checked["confirm"])
    assert "msg" not in done and done["plan"] == checked["plan"], done.get("msg")
    order = [next(ring for ring, same in rings.items() if one in same) for one in written(emulator)]
    assert order == sorted(order) and set(order) == {1, 2, 3}
    again = roll_out(call, emulator)
    assert not again["changed"] and writes(emulator) == []


@pytest.mark.parametrize("other", [
    {"rings": None}, {"rings": [100]}, {"ring_seed": "autumn"}, {"ring_wait": 1}, {"ring_health": {"max_failed_percent": 50}},
])  # fmt: skip
def test_who_confirms_rings_confirms_these_rings(call, emulator, other):
    confirm = roll_out(call, emulator, check_mode=True)["confirm"]
    refused = roll_out(call, emulator, confirm=confirm, **other)
    assert "If both plans look the same, their rings differ." in refused["msg"]
    assert "is not the one that it permits" in refused["msg"] and writes(emulator) == []


@pytest.mark.parametrize("ring", [1, 2])
def test_a_ring_that_fails_stops_the_run_and_the_next_run_goes_on(call, emulator, ring):
    rings = active(emulator)
    bad, here = rings[ring][0], rings[ring]
    before = {number for earlier in range(1, ring + 1) for number in rings[earlier]}
    later = {number for same in rings.values() for number in same} - before
    emulator.add_fault("403", method="PATCH", path=f"/api/v1/device/{bad}/*", times=None)
    done = roll_out(call, emulator, retries=0)
    assert reached(emulator) == before - {bad}
    # What stopped it is said, what was done, what was not, and what to do.
    total, count = len(before) + len(later), len(later)
    begin = f"{count + 1} of {total} entries could not be changed ({count} of them not sent); the others"
    assert done["msg"].startswith(f"{begin} were. device {bad}"), done["msg"]
    why = f"ring {ring} of 3 is not well: 1 of {len(here)} devices failed"
    assert f" | {count} entries: not sent: {why} (" in done["msg"]
    assert "run it again: it goes on where this run ended" in done["msg"] and len(done["msg"]) < 800
    assert done["changed"] and done["summary"]["failed"] == count + 1
    percent = 100 / len(here) + 0.1
    emulator.clear_faults()
    done = roll_out(call, emulator)
    assert "msg" not in done and set(written(emulator)) == {bad, *later}
    # As many as the author allows may fail.
    emulator.add_fault("403", method="PATCH", path=f"/api/v1/device/{bad}/*", times=None)
    done = roll_out(call, emulator, "v3", retries=0, ring_health={"max_failed_percent": percent})
    assert reached(emulator, "v3") == {*before, *later} - {bad}


def test_limits_count_all_rings(call, emulator):
    rings = active(emulator)
    total = sum(map(len, rings.values()))
    done = roll_out(call, emulator, max_devices=total - 1)
    assert f"changes {total} devices and max_devices is {total - 1}" in done["msg"]
    assert writes(emulator) == []


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        ({"max_noncompliant_percent": 0}, "1 of {n} devices fell out of compliance"),
        ({"query": "[?blocked]"}, "ring_health.query finds 1 device"),
        ({"max_noncompliant_percent": 100, "query": "[?id == 'x']"}, ""),
    ],
    ids=["compliance", "query", "well"],
)
@pytest.mark.parametrize("goes_on", [False, True], ids=["healed", "goes on"])
def test_devices_that_are_not_well_stop_the_run_and_the_next(
    call, emulator, monkeypatch, health, reason, goes_on
):
    rings = active(emulator)
    for same in rings.values():
        for number in same:
            emulator.patch_device(number, complianceState=True, blocked=False)
    sick = rings[1][0]

    def later(seconds: float) -> None:
        """What happens to a device while the run waits."""
        emulator.patch_device(sick, complianceState=False, blocked=True)

    monkeypatch.setattr(
        "ansible_collections.ivanti.uem.plugins.module_utils._families.state.rings.time.sleep",
        later,
    )
    done = roll_out(call, emulator, ring_health=health, ring_wait=5)
    if not reason:
        assert "msg" not in done and len(reached(emulator)) == sum(map(len, rings.values()))
        return
    assert re.search(reason.format(n=len(rings[1])), done["msg"]), done["msg"]
    assert reached(emulator) == set(rings[1])
    count = len(rings[2]) + len(rings[3])
    assert f"{count} entries: not sent: ring 1 of 3 is not well" in done["msg"]
    # The next run does not pass by, and says so in check mode, too.
    again = reason.format(n=len(rings[1])).replace("fell", "are")
    for check_mode in (True, False):
        held = roll_out(call, emulator, ring_health=health, ring_wait=5, check_mode=check_mode)
        assert (
            f"Refused: ring 1 of 3, which an earlier run changed, is not well: {again}"
            in held["msg"]
        )
        assert "so ring 2 does not begin" in held["msg"] and writes(emulator) == []
        assert any("ring 1 of 3" in line for line in held["plan"]), held["plan"]
    if goes_on:
        done = roll_out(call, emulator, ring_health=health, ring_wait=5, ring_go_on=True)
    else:
        emulator.patch_device(sick, complianceState=True, blocked=False)
        done = roll_out(call, emulator, ring_health=health, ring_wait=5)
    assert "msg" not in done and set(written(emulator)) == {*rings[2], *rings[3]}
    # One more device of a rollout that went through needs no look at the rings behind.
    late = rings[3][0]
    emulator.set_attributes({late: {}})
    done = roll_out(call, emulator, ring_health=health, ring_wait=5)
    assert "msg" not in done and written(emulator) == [late]


@pytest.mark.parametrize(
    ("query", "words"),
    [("[?blokced]", ".*nearest: 'blocked'"), ("[?!labels]", "neurons does not say labels")],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_query_that_is_wrong_is_refused_before_the_first_ring(
    call, emulator, query, words, check_mode
):
    done = roll_out(call, emulator, ring_health={"query": query}, check_mode=check_mode)
    assert re.search(f"ring_health.query: {words}", done["msg"]), done["msg"]
    assert writes(emulator) == [] and not done.get("entries")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rings": [1, 5]}, "must grow from ring to ring, and end with 100"),
        ({"rings": None, "ring_seed": "x"}, "ring_seed: is used only with rings"),
        ({"rings": None, "ring_go_on": True}, "ring_go_on: is used only with rings"),
        ({"ring_health": {"max_failed_percent": 101}}, "ring_health.max_failed_percent: 101"),
        ({"ring_health": {"query": "[?"}}, "ring_health.query"),
        ({"ring_wait": -1}, "ring_wait: is below 0"),
    ],
)
def test_wrong_options_are_refused_before_any_request(call, emulator, options, words):
    done = roll_out(call, emulator, **options)
    assert words in done["msg"] and emulator.requests() == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_switch_that_is_off_is_as_good_as_not_given(call, emulator, check_mode):
    done = roll_out(call, emulator, rings=None, ring_go_on=False, check_mode=check_mode)
    assert "msg" not in done and done["changed"]
    assert [one.default for one in STATE if one.name == "ring_go_on"] == [False]


def test_labels_are_made_first_and_policies_applied_last(call, epmm):
    guids = [one["uuid"] for one in epmm.devices("uuid", "status") if one["status"] == "ACTIVE"]
    epmm.clear_requests()
    done = call(
        "desired_state",
        epmm,
        rings=RINGS,
        label_definitions=[{"name": "Loan pool"}],
        devices=[{"device": guid, "labels": ["Loan pool"]} for guid in guids[:12]],
        policies=[{"policy": "Kiosk", "label": "Loan pool"}],
    )
    sent = [f"{method} {path}" for method, path in writes(epmm)]
    assert sent[0] == "POST /api/v2/labels/" and sent[-1] == "PUT /api/v1/policies/1220"
    rows = {row.get("guid", row["section"]): row["ring"] for row in done["entries"]}
    assert rows == {
        "label_definitions": 1, "policies": 3, **{guid: ring_of(guid, RINGS, "") for guid in guids[:12]},
    }  # fmt: skip
    assert len(sent) == 2 + len({rows[guid] for guid in guids[:12]})


def held(call: Any, server: Any, devices: list[dict[str, Any]], **options: Any) -> str:
    """What refuses a plan, or ""."""
    given = {"rings": [40, 100], "max_percent": 100, "check_mode": True, **options}
    try:
        call("desired_state", server, devices=devices, **given)
    except ModuleFailed as failed:
        return str(failed.result["msg"])
    return ""


def first_ring(server: Any) -> list[str]:
    """Make all devices well, and return the ids of those in the first of two rings."""
    found = []
    for one in server.devices("id", "guid", "registrationState"):
        server.patch_device(str(one["id"]), complianceState=True, blocked=False)
        if one["registrationState"] == "ACTIVE" and ring_of(one["guid"], [40, 100], "") == 1:
            found.append(str(one["id"]))
    return found


HEALTH = [{"max_noncompliant_percent": 1}, {"query": "[?blocked]"}]


@pytest.mark.parametrize("health", HEALTH, ids=["compliance", "query"])
@pytest.mark.parametrize(
    "more",
    [{}, {"owner": "desk"}, {"project": "v2", "owner": "desk"}],
    ids=["none", "other", "both"],
)
def test_a_device_that_fell_ill_is_judged_whatever_else_changes_on_it(call, emulator, health, more):
    first = first_ring(emulator)
    emulator.set_attributes({number: {"project": "v2"} for number in first})
    devices = [{"select": {"status": "active"}, "attributes": {"project": "v2"}}]
    # What is declared for those that are ill, such as with the group noncompliant.
    ill = first[: len(first) // 2]
    devices += [{"device": number, "attributes": more} for number in ill]
    assert held(call, emulator, devices, ring_health=health) == ""
    for number in ill:
        emulator.patch_device(number, complianceState=False, blocked=True)
    refused = held(call, emulator, devices, ring_health=health)
    assert "Refused: ring 1 of 2, which an earlier run changed, is not well" in refused
    assert "so ring 2 does not begin" in refused
    # All that are ill are named, up to ten of them.
    named = re.findall(r"device (\d+)", refused.partition("so ring 2")[0])
    assert set(named) <= set(ill) and len(named) == min(10, len(ill))


@pytest.mark.parametrize("health", HEALTH, ids=["compliance", "query"])
def test_a_stop_holds_also_where_something_is_removed(call, emulator, health):
    first = first_ring(emulator)
    rest = {str(one["id"]) for one in emulator.devices("id")} - set(first)
    emulator.set_attributes({number: {"project": "v1", "owner": "o"} for number in rest})
    emulator.set_attributes({number: {"project": "v1"} for number in first})
    devices = [{"select": {"status": "active"}, "attributes": {"project": "v1"}}]
    assert held(call, emulator, devices, ring_health=health, purge=["attributes"]) == ""
    emulator.patch_device(first[0], complianceState=False, blocked=True)
    refused = held(call, emulator, devices, ring_health=health, purge=["attributes"])
    assert "Refused: ring 1 of 2, which an earlier run changed, is not well" in refused
    assert f"device {first[0]}" in refused


def test_a_plan_says_its_rings_to_its_readers(call, emulator, tmp_path):
    first = first_ring(emulator)
    active = [one for one in emulator.devices("registrationState") if "ACTIVE" in one.values()]
    rest, document = len(active) - len(first), tmp_path / "plan.md"
    both = f"rings: 40 % ({len(first)} devices), 100 % ({rest}); this plan begins with ring 1"
    plan = roll_out(call, emulator, rings=[40, 100], check_mode=True, plan_path=str(document))
    assert plan["plan"].count(both) == 1 and f"- {both}\n" in document.read_text()
    refused = roll_out(call, emulator, rings=[40, 100], max_devices=1)
    assert refused["msg"].endswith(f" {both.capitalize()}.") and both in refused["plan"]
    emulator.set_attributes({number: {"project": "v2"} for number in first})
    plan = roll_out(call, emulator, rings=[40, 100], check_mode=True)
    assert f"rings: 40 %, 100 % ({rest} devices); this plan begins with ring 2" in plan["plan"]
    # Without rings, and where nothing changes, there is no such line.
    assert not any("rings:" in line for line in roll_out(call, emulator, rings=None)["plan"])
    assert roll_out(call, emulator)["plan"] == [
        f"Nothing to change: {len(active)} entries as wanted."
    ]
