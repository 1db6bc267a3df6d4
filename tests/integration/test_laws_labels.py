# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for device_label, over generated fleets and desired labels, and what it says when
the server misbehaves.

Convergence: apply, and a second run has nothing to change and writes nothing.
Honest prediction: what check mode predicted is what apply did, and what the emulator then has.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.v2 import V2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.epmm import EpmmEmulator

from ..conftest import DEVICES, SEED, ModuleFailed, writes

# Static labels of the emulator that can be put on devices; the others have a slash or a comma in
# their names.
NAMES = ("Pilot", "Außendienst", "two words", "{{ pool }}", "100% A+B", "No members")
MANAGED = 6

label_sets = st.frozensets(st.sampled_from(NAMES), max_size=4)
fleets = st.lists(label_sets, min_size=MANAGED, max_size=MANAGED)
modes = st.sampled_from(("present", "purge", "absent"))
desires = st.lists(
    st.tuples(st.integers(0, MANAGED - 1), label_sets, st.booleans()),
    min_size=1,
    max_size=MANAGED,
    unique_by=lambda entry: entry[0],
)
# fmt: off
positions = st.fixed_dictionaries({
    "partial_label_write": st.sampled_from(("none", "rest")),
    "system_labels_static": st.sampled_from(("no", "yes")),
    "label_comma": st.sampled_from(("before", "after")),
    "one_element": st.sampled_from(("collapse", "list")),
    "label_add_answer": st.sampled_from(("both", "records", "successful")),
})
# fmt: on

LAW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def static_labels(emulator: EpmmEmulator) -> dict[str, dict[str, Any]]:
    return {name: label for name, label in emulator.labels().items() if label["query"] is None}


def truth(emulator: EpmmEmulator) -> dict[str, frozenset[str]]:
    """The static labels of every device, by uuid."""
    found: dict[str, set[str]] = {device["uuid"]: set() for device in emulator.devices()}
    for name, label in static_labels(emulator).items():
        for uuid in label["members"]:
            found[uuid].add(name)
    return {uuid: frozenset(names) for uuid, names in found.items()}


def build(emulator: EpmmEmulator, fleet: list[frozenset[str]]) -> list[dict[str, Any]]:
    """Give the first devices their labels; one device that no task is about has labels as well.
    Answers the devices."""
    emulator.reset(seed=SEED, devices=DEVICES)
    devices = emulator.devices()
    for name, label in static_labels(emulator).items():
        members = [
            device["uuid"] for device, names in zip(devices, fleet, strict=False) if name in names
        ]
        emulator.set_label_members(
            label["id"], [*members, devices[MANAGED]["uuid"]] if name in NAMES else members
        )
    return devices


def oracle(current: frozenset[str], mode: str, wanted: frozenset[str]) -> frozenset[str]:
    return {"present": current | wanted, "absent": current - wanted, "purge": wanted}[mode]


def outcomes(result: dict[str, Any]) -> dict[str, tuple]:
    return {
        entry["guid"]: (entry["outcome"], entry.get("before"), entry.get("after"))
        for entry in result["devices"]
    }


@pytest.mark.parametrize("moves", [True, False])
def test_an_answer_without_a_known_shape_is_read_back(shared_epmm, call, monkeypatch, moves):
    """Neither ``successful`` nor records: the labels of the devices say what was done."""
    emulator = shared_epmm
    devices = build(emulator, [frozenset()] * MANAGED)
    send = Transport.call

    def answer(self: Transport, endpoint: Any, **options: Any) -> Any:
        if endpoint.safe:
            return send(self, endpoint, **options)
        if moves:
            send(self, endpoint, **options)
        return {"results": {"records": []}}

    monkeypatch.setattr(Transport, "call", answer)
    uuids = [device["uuid"] for device in devices[:3]]
    emulator.clear_requests()
    try:
        result = call("device_label", emulator, devices=uuids, labels=["Pilot"])
    except ModuleFailed as failed:
        result = failed.result
    words = {entry["guid"]: entry["outcome"] for entry in result["devices"]}
    assert words == dict.fromkeys(uuids, "changed" if moves else "failed")
    assert len(writes(emulator)) == (1 if moves else 0)
    assert result["changed"] is moves


@pytest.mark.parametrize("rest", ["none", "rest"])
@pytest.mark.parametrize("position", ["both", "records", "successful"])
def test_every_answer_to_adding_labels_is_read(shared_epmm, call, position, rest):
    """A device goes between reading and writing. The records name it, and so does a second look."""
    emulator = shared_epmm
    devices = build(emulator, [frozenset()] * MANAGED)
    emulator.set_switch("label_add_answer", position)
    emulator.set_switch("partial_label_write", rest)
    uuids = sorted(device["uuid"] for device in devices[:3])
    good = call("device_label", emulator, devices=uuids, labels=["Pilot"])
    assert {row["outcome"] for row in good["devices"]} == {"changed"}
    assert not call("device_label", emulator, devices=uuids, labels=["Pilot"])["changed"]
    emulator.add_fault("vanish", method="PUT", path="/api/v2/devices/labels/*")
    with pytest.raises(ModuleFailed) as failed:
        call("device_label", emulator, devices=uuids, labels=["two words"])
    left = {device["uuid"] for device in emulator.devices()}
    has = truth(emulator)
    for row in failed.value.result["devices"]:
        done = row["guid"] in left and "two words" in has[row["guid"]]
        assert (row["outcome"] == "changed") == done, row
    assert sum(row["outcome"] == "changed" for row in failed.value.result["devices"]) == 2


@LAW
@given(fleet=fleets, mode=modes, desired=desires, shared=label_sets, switches=positions)
def test_the_two_laws(shared_epmm, call, fleet, mode, desired, shared, switches):
    emulator = shared_epmm
    devices = build(emulator, fleet)
    for name, value in switches.items():
        emulator.set_switch(name, value)
    goals = {
        devices[at]["uuid"]: own | shared
        for at, own, _by_id in desired
        if own | shared or mode == "purge"
    }
    if not goals:
        return
    before = truth(emulator)
    options = {
        "devices": [
            {"device": devices[at]["id"] if by_id else devices[at]["uuid"], "labels": sorted(own)}
            for at, own, by_id in desired
            if devices[at]["uuid"] in goals
        ],
        "labels": sorted(shared),
        "state": "absent" if mode == "absent" else "present",
        "purge": mode == "purge",
    }

    emulator.clear_requests()
    predicted = call("device_label", emulator, check_mode=True, **options)
    assert writes(emulator) == [], "check mode wrote"
    assert truth(emulator) == before

    applied = call("device_label", emulator, **options)
    assert outcomes(applied) == outcomes(predicted)
    assert (applied["diff"], applied["changed"]) == (predicted["diff"], predicted["changed"])
    assert len(writes(emulator)) <= 2 * applied["summary"]["changed"]
    after = truth(emulator)
    assert after == {
        uuid: oracle(has, mode, goals[uuid]) if uuid in goals else has
        for uuid, has in before.items()
    }
    told = outcomes(applied)
    assert told.keys() == goals.keys()
    for uuid, (outcome, _was, shall) in told.items():
        assert (outcome == "changed") == (after[uuid] != before[uuid])
        assert outcome == "unchanged" or set(shall["labels"]) == (
            after[uuid] if mode == "purge" else after[uuid] & goals[uuid]
        )

    emulator.clear_requests()
    again = call("device_label", emulator, **options)
    assert not again["changed"] and again["diff"] == [] and writes(emulator) == []

    # API v1 tells the same, and cannot write. It cannot tell of labels with a slash, which purge is
    # about, and shows no members that are not registered yet.
    pending = {device["uuid"] for device in devices if device["status"] == "VERIFICATION_PENDING"}
    if mode != "purge" and not pending & goals.keys():
        assert outcomes(call("device_label", emulator, api="v1", **options)) == outcomes(again)


# Faults


@pytest.fixture
def devices(epmm: EpmmEmulator) -> list[dict[str, Any]]:
    """Devices that are on one label, and shall be put on another."""
    return build(epmm, [frozenset({"two words"})] * MANAGED)[:MANAGED]


def put(
    emulator: EpmmEmulator, call: Any, devices: list[dict[str, Any]], **options: Any
) -> dict[str, Any]:
    """Run the task, and hold what it says of each device against what the emulator has."""
    before = truth(emulator)
    try:
        result = call(
            "device_label",
            emulator,
            devices=[device["uuid"] for device in devices],
            labels=["Pilot"],
            **options,
        )
    except ModuleFailed as failed:
        result = failed.result
    after = truth(emulator)
    assert len(result["devices"]) == len(devices)
    for entry in result["devices"]:
        shall = before[entry["guid"]] | {"Pilot"} if not options.get("purge") else {"Pilot"}
        assert (entry["outcome"] == "changed") == (after.get(entry["guid"]) == shall), entry
    return result


@pytest.mark.parametrize(
    ("kind", "params", "times", "changed", "said"),
    [
        # The call for all of them fails, and each device alone succeeds.
        ("result_zero", {}, 1, 6, ""),
        ("errors_200", {"message": "no"}, 1, 6, ""),
        ("html", {}, 1, 6, ""),
        # It fails for some, or all, of the devices alone, too.
        ("result_zero", {}, 3, 4, "HTTP 200, but reported no success"),
        ("result_zero", {}, None, 0, "HTTP 200, but reported no success"),
        ("errors_200", {"message": "no"}, None, 0, "no"),
        # The server did it, and its answer does not say so.
        ("lost_answer", {}, None, 6, ""),
        ("half_body", {}, None, 6, ""),
        ("truncated_json", {}, None, 6, ""),
        ("html", {"handled": True}, None, 6, ""),
        ("500", {"handled": True}, None, 6, ""),
        ("503", {"handled": True}, None, 6, ""),
        # It did nothing.
        ("reset", {}, None, 0, "broke"),
        ("500", {}, None, 0, "HTTP 500"),
        ("403", {}, None, 0, "HTTP 403"),
        ("401", {}, None, 0, "HTTP 401"),
    ],
)
@pytest.mark.parametrize("purge", [False, True])
def test_outcomes_of_a_write_that_goes_wrong_are_true(
    epmm, call, devices, kind, params, times, changed, said, purge
):
    epmm.add_fault(
        kind, method="PUT", path="/api/v2/devices/labels/Pilot/add", times=times, **params
    )
    result = put(epmm, call, devices, retries=0, purge=purge)
    if purge and not said:
        # Nothing was taken off, for it was not known whether the others were put on.
        changed, said = (changed, said) if times else (0, "Fix the cause")
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (
        changed,
        MANAGED - changed,
    )
    assert said in result.get("msg", "") and bool(said) == ("msg" in result)


@pytest.mark.parametrize("kind", ["401", "403", "500", "reset", "result_zero"])
def test_what_was_done_before_a_failure_stays_done(epmm, call, devices, kind):
    # The call for all is refused, two devices succeed one by one, and then nothing works any more.
    epmm.add_fault("result_zero", method="PUT", times=1)
    epmm.add_fault(kind, method="PUT", after=2, times=None)
    result = put(epmm, call, devices, retries=0)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (2, MANAGED - 2)
    # All together, two alone, and one alone that shows what any other would get as well.
    assert len(writes(epmm)) == (MANAGED + 1 if kind == "result_zero" else 4)


def test_what_the_server_takes_of_no_device_is_found_out_with_a_few(epmm, call):
    many = [
        device["uuid"]
        for device in epmm.devices("uuid", "labels")
        if "Pilot" not in device["labels"]
    ][:40]
    epmm.add_fault("result_zero", method="PUT", times=None)
    epmm.clear_requests()
    with pytest.raises(ModuleFailed) as failed:
        call("device_label", epmm, devices=many, labels=["Pilot"])
    assert failed.value.result["summary"]["failed"] == len(many) == 40
    assert (
        "not sent: the server answered HTTP 200, but reported no success"
        in failed.value.result["msg"]
    )
    assert len(writes(epmm)) == 6 and len(epmm.requests()) < 25


def test_devices_that_are_refused_each_for_itself_keep_no_other_from_its_label(epmm, call):
    """Most are outside the label's device space, and the server says so of each."""
    [name] = [name for name, label in epmm.labels().items() if label["space_id"] != 1]
    space, members = epmm.labels()[name]["space_id"], epmm.labels()[name]["members"]
    known = epmm.devices("uuid", "space_id")
    outside = [device["uuid"] for device in known if device["space_id"] != space][:12]
    inside = [
        device["uuid"]
        for device in known
        if device["space_id"] == space and device["uuid"] not in members
    ][:1]
    with pytest.raises(ModuleFailed) as failed:
        call("device_label", epmm, devices=[*outside, *inside], labels=[name])
    told = {entry["guid"]: entry["outcome"] for entry in failed.value.result["devices"]}
    assert (
        told == {**dict.fromkeys(outside, "failed"), **dict.fromkeys(inside, "changed")} and inside
    )
    assert set(inside) <= set(epmm.labels()[name]["members"])


@pytest.mark.parametrize("rest", ["none", "rest"])
@pytest.mark.parametrize("answer", ["unsuccessful", "bad_request"])
def test_a_device_that_vanishes_before_the_write_does_not_stop_the_others(
    epmm, call, devices, rest, answer
):
    epmm.set_switch("partial_label_write", rest)
    epmm.set_switch("unknown_device_write", answer)
    epmm.add_fault("vanish", method="PUT", times=1)
    result = put(epmm, call, devices)
    assert (result["summary"]["changed"], result["summary"]["failed"]) == (MANAGED - 1, 1)
    assert result["msg"].startswith(
        f"1 of {MANAGED} devices could not be changed; the others were."
    )


def test_a_write_that_the_server_only_claims_is_found_by_the_next_run(epmm, call, devices):
    epmm.add_fault("no_effect", method="PUT", times=1)
    uuids = [device["uuid"] for device in devices]
    assert call("device_label", epmm, devices=uuids, labels=["Pilot"])["changed"]
    assert put(epmm, call, devices)["summary"]["changed"] == MANAGED
    assert not call("device_label", epmm, devices=uuids, labels=["Pilot"])["changed"]


def test_purge_leaves_labels_of_the_server_alone(epmm, call, devices):
    epmm.set_switch("system_labels_static", "yes")
    result = put(epmm, call, devices, purge=True)
    assert all(entry["before"] == {"labels": ["two words"]} for entry in result["devices"])


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_labels_of_the_server_are_refused_though_it_calls_them_static(
    epmm, call, devices, state, check_mode
):
    epmm.set_switch("system_labels_static", "yes")
    with pytest.raises(
        ModuleFailed, match="Refused: the label 'Company-Owned' is the server's own"
    ):
        call(
            "device_label",
            epmm,
            check_mode=check_mode,
            devices=[devices[0]["uuid"]],
            labels=["Company-Owned"],
            state=state,
        )
    assert writes(epmm) == []


@pytest.mark.parametrize("purge", [False, True])
@pytest.mark.parametrize(
    "entries",
    [
        {0: {"Pilot"}}, {0: {"Pilot"}, 1: {"Pilot", "two words"}, 2: {"two words"}}, {0: {"No members"}, 3: {"Pilot"}},
        {MANAGED: {"Pilot", "Außendienst"}},
    ],
)  # fmt: skip
def test_labels_have_exactly_the_devices_that_are_named(shared_epmm, call, entries, purge):
    emulator = shared_epmm
    devices = build(emulator, [frozenset(NAMES[number : number + 3]) for number in range(MANAGED)])
    before = truth(emulator)
    named = {devices[place]["uuid"]: names for place, names in entries.items()}
    labels = set().union(*named.values())
    expected = {
        uuid: frozenset(named[uuid] if purge and uuid in named else (has - labels) | named.get(uuid, set()))
        for uuid, has in before.items()
    }  # fmt: skip
    if purge:
        # A label that nobody can take off stays.
        expected = {uuid: names | (before[uuid] - set(NAMES)) for uuid, names in expected.items()}
    options = {
        "devices": [{"device": uuid, "labels": sorted(names)} for uuid, names in named.items()],
        "exact": True,
        "purge": purge,
    }
    emulator.clear_requests()
    checked = call("device_label", emulator, check_mode=True, **options)
    assert writes(emulator) == [] and truth(emulator) == before
    moved = sum(before[uuid] != expected[uuid] for uuid in before)
    with pytest.raises(ModuleFailed, match=f"changes {moved} devices? and max_devices"):
        call("device_label", emulator, max_devices=moved - 1, **options)
    assert writes(emulator) == []
    result = call("device_label", emulator, confirm=checked["confirm"], **options)
    assert outcomes(result) == outcomes(checked) and truth(emulator) == expected
    emulator.clear_requests()
    again = call("device_label", emulator, **options)
    assert not again["changed"] and writes(emulator) == []


def test_labels_are_not_emptied_because_no_device_was_found(shared_epmm, call):
    emulator = shared_epmm
    build(emulator, [frozenset(NAMES[:2])] * MANAGED)
    before = truth(emulator)
    emulator.clear_requests()
    with pytest.raises(
        ModuleFailed, match="exact: no device was found, so that every device would"
    ):
        call(
            "device_label",
            emulator,
            select={"serial_numbers": ["NOBODY"]},
            on_missing="skip",
            labels=["Pilot"],
            exact=True,
        )
    assert writes(emulator) == [] and truth(emulator) == before


def test_a_label_is_named_by_its_id_as_well(epmm, call, devices):
    pilot, uuid = str(epmm.labels()["Pilot"]["id"]), devices[0]["uuid"]
    options = {"devices": [{"device": uuid, "labels": [int(pilot)]}], "labels": ["two words"]}
    done = call("device_label", epmm, **options)
    assert done["devices"][0]["after"] == {"labels": ["Pilot", "two words"]}
    assert not call("device_label", epmm, devices=[uuid], labels=[pilot, "Pilot"])["changed"]
    wishes = {"labels": {int(pilot): "absent"}}
    assert call("desired_state", epmm, devices=[{"device": uuid, **wishes}])["changed"]
    assert truth(epmm)[uuid] == {"two words"}
    wishes = {"labels": {pilot: "absent", "Pilot": "present"}}
    with pytest.raises(ModuleFailed, match="once by its name and once by its id"):
        call("desired_state", epmm, devices=[{"device": uuid, **wishes}])


SLASH = "Sales/EMEA"


@pytest.mark.parametrize("purge", [False, True])
@pytest.mark.parametrize("many", [1, MANAGED])
def test_a_label_that_the_server_refuses_keeps_no_other_from_the_devices(epmm, call, many, purge):
    """A web server refuses the slash in the address, whatever other labels are beside it."""
    epmm.set_switch("encoded_slash", "reject")
    devices = build(epmm, [frozenset({"two words"})] * MANAGED)[:many]
    wanted = ["Pilot", SLASH, "No members"]
    options = {"devices": [device["uuid"] for device in devices], "labels": wanted, "purge": purge}
    epmm.clear_requests()
    with pytest.raises(ModuleFailed, match=f"the label '{SLASH}': .*HTTP 400") as failed:
        call("device_label", epmm, **options)
    result, has = failed.value.result, truth(epmm)
    assert result["changed"] and result["summary"]["failed"] == many
    for device in devices:
        # What a device has is taken off only after it was put on all that it gets.
        assert has[device["uuid"]] == {"two words", "Pilot", "No members"}
    if purge:
        assert all(
            "'two words': the device was not taken off" in row["error"] for row in result["devices"]
        )
    assert len(writes(epmm)) == (4 if many == 1 else 4 + min(many, 5))


def spaced(emulator: EpmmEmulator) -> tuple[str, str, str]:
    """A device of the global space, one of EMEA, and the name of a label of EMEA."""
    space = next(one for one in emulator.spaces() if one["name"] == "EMEA")
    [name] = [name for name, one in emulator.labels().items() if one["space_id"] == space["id"]]
    near = emulator.device(emulator.add_device(space_id=space["id"]))["uuid"]
    far = emulator.device(emulator.add_device())["uuid"]
    return far, near, name


@pytest.mark.parametrize("answer", ["unsuccessful", "bad_request"])
@pytest.mark.parametrize("purge", [False, True])
def test_a_label_of_another_space_is_known_to_be_impossible(epmm, call, answer, purge):
    epmm.set_switch("foreign_label_write", answer)
    far, near, name = spaced(epmm)
    call("device_label", epmm, devices=[far, near], labels=["two words"])
    options = {"devices": [far, near], "labels": ["Pilot", name], "purge": purge}
    said = (
        f"1 of 2 devices .* cannot be put on '{name}', of the device space 'EMEA', because it is in "
        "the device space 'Global'"
    )
    epmm.clear_requests()
    with pytest.raises(ModuleFailed, match=said) as predicted:
        call("device_label", epmm, check_mode=True, **options)
    assert writes(epmm) == []
    with pytest.raises(ModuleFailed, match=said) as failed:
        call("device_label", epmm, **options)
    result, has = failed.value.result, truth(epmm)
    assert result["devices"] == predicted.value.result["devices"]
    assert result["diff"] == predicted.value.result["diff"] and result["changed"]
    counts = {key: result["summary"][key] for key in ("matched", "changed", "failed", "unchanged")}
    assert counts == {"matched": 2, "changed": 2, "failed": 1, "unchanged": 0}
    # What it cannot have in their place, it does not lose others for.
    assert has[far] == {"two words", "Pilot"}
    assert has[near] == {"Pilot", name} | (set() if purge else {"two words"})
    epmm.clear_requests()
    with pytest.raises(
        ModuleFailed, match=said.replace("1 of 2 devices", "1 of 1 device")
    ) as again:
        call("device_label", epmm, **options)
    assert writes(epmm) == [] and not again.value.result["changed"]
    assert again.value.result["summary"]["matched"] == 2


def test_a_device_of_a_space_below_that_of_a_label_gets_it(epmm, call, monkeypatch):
    """Spaces can contain each other, and a device shows only the innermost."""
    _far, near, name = spaced(epmm)
    read = V2.within
    asked = []

    def within(api: V2, space: str, devices: Any) -> Any:
        asked.append([device.home for device in devices])
        return read(api, space, devices)

    monkeypatch.setattr(V2, "within", within)
    send = Transport.call

    def answer(self: Transport, endpoint: Any, **options: Any) -> Any:
        found = send(self, endpoint, **options)
        if endpoint.path == "/api/v2/devices":
            for row in found["results"]:
                row["common.device_space_name"] = "Berlin"
        return found

    monkeypatch.setattr(Transport, "call", answer)
    assert call("device_label", epmm, devices=[near], labels=[name])["changed"]
    assert asked == [["Berlin"]] and name in truth(epmm)[near]


def test_where_the_space_of_a_label_cannot_be_read_the_server_decides(epmm, call):
    far, _near, name = spaced(epmm)
    emea = next(one["id"] for one in epmm.spaces() if one["name"] == "EMEA")
    epmm.add_fault(
        "403",
        method="GET",
        path="/api/v2/devices*",
        query_regex=f"adminDeviceSpaceId={emea}",
        times=None,
    )
    epmm.clear_requests()
    with pytest.raises(ModuleFailed, match=f"the label '{name}': .*is not in the space") as failed:
        call("device_label", epmm, devices=[far], labels=["Pilot", name])
    assert failed.value.result["changed"] and "Pilot" in truth(epmm)[far]
