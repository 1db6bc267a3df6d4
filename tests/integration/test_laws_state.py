# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a declared state promises, over generated declarations: check mode predicts, a run does that,
a second run does nothing, any chain of declarations ends in the last, and a run that ends after any
write is finished by the next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import ModuleFailed, writes

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FLEET = 4
NAMES = ("cityid", "owner", "costcenter")
VALUES = ("A", "b", "{{ 7 * 7 }}", "東京")
CONFIGS = {61001: "Passcode Config", 61003: "61003"}
LABELS = ("Pilot", "two words", "No members", "Außendienst")

attributes = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3)
configurations = st.dictionaries(
    st.sampled_from(sorted(CONFIGS.values())),
    st.sampled_from(("installed", "excluded")),
    max_size=2,
)
words = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(("present", "absent")), max_size=3)
new_labels = st.lists(st.sampled_from(("Pool 1", "Pool 2")), max_size=2, unique=True)


def entries(**sections: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Entries of devices by their place; a device may have several."""
    one = st.fixed_dictionaries({"device": st.integers(0, FLEET - 1)}, optional=sections)
    return st.lists(one.filter(lambda entry: len(entry) > 1), min_size=1, max_size=6)


of_neurons = entries(attributes=attributes, configurations=configurations)
of_epmm = entries(labels=words)


def run(call: Any, server: Any, **options: Any) -> dict[str, Any]:
    server.clear_requests()
    try:
        return call("desired_state", server, max_percent=100, **options)
    except ModuleFailed as failed:
        return failed.result


def outcomes(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (row["section"], row.get("guid") or row.get("name"), row["outcome"], row.get("before"), row.get("after"))
        for row in result["entries"]
    ]  # fmt: skip


def merged(declared: list[dict[str, Any]]) -> dict[tuple[int, str, str], Any]:
    """What is wanted of each device, section and name: an oracle of its own."""
    wanted = {}
    for entry in declared:
        for section, said in entry.items():
            if section != "device":
                for name, value in said.items():
                    wanted[entry["device"], section, name] = value
    return wanted


def build_neurons(server: Any) -> list[str]:
    server.reset(seed=7, devices=FLEET)
    server.set_switch("action_settle", "none")
    ids = [str(one["id"]) for one in server.devices("id")]
    for place, number in enumerate(ids):
        configs = {"61001": "INSTALLED", "61003": "INSTALLED" if place % 2 else "UNINSTALLED"}
        excluded = [] if place % 2 else [61003]
        server.patch_device(number, registrationState="ACTIVE", configs=configs)
        server.patch_device(number, excludedConfigs=excluded)
    server.set_attributes({number: {"owner": ["b"], "site": ["x"]} for number in ids[::2]})
    return ids


def neurons_truth(server: Any) -> Any:
    configs = {str(one["id"]): one["configs"] for one in server.devices("id", "configs")}
    return server.attributes(), configs


def require_neurons(server: Any, ids: list[str], declared: list[dict[str, Any]]) -> None:
    attrs, configs = neurons_truth(server)
    numbers = {name: str(number) for number, name in CONFIGS.items()}
    for (place, section, name), value in merged(declared).items():
        if section == "attributes":
            assert attrs[ids[place]][name] == [value]
        else:
            status = configs[ids[place]].get(numbers[name], "UNINSTALLED")
            assert (status == "UNINSTALLED") == (value == "excluded"), (place, name, status)


def named(ids: list[str], declared: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**entry, "device": ids[entry["device"]]} for entry in declared]


@LAW
@given(declared=of_neurons)
def test_the_two_laws_of_neurons(shared_emulator, call, declared):
    server = shared_emulator
    ids = build_neurons(server)
    before = neurons_truth(server)
    devices = named(ids, declared)
    checked = run(call, server, check_mode=True, devices=devices)
    assert writes(server) == [] and neurons_truth(server) == before
    done = run(call, server, devices=devices, confirm=checked["confirm"] or None)
    assert outcomes(done) == outcomes(checked), done.get("msg")
    assert (done["plan"], done["diff"], done["changed"]) == (
        checked["plan"], checked["diff"], checked["changed"],
    )  # fmt: skip
    require_neurons(server, ids, declared)
    # What nobody declared is as it was.
    attrs, _configs = neurons_truth(server)
    wanted = merged(declared)
    for place, number in enumerate(ids):
        for name, values in before[0][number].items():
            if (place, "attributes", name) not in wanted:
                assert attrs[number][name] == values
    again = run(call, server, devices=devices)
    assert not again["changed"] and again["diff"] == [] and writes(server) == []


@settings(LAW, max_examples=8)
@given(chain=st.lists(of_neurons, min_size=3, max_size=5))
def test_a_chain_of_declarations_ends_in_the_last(shared_emulator, call, chain):
    server = shared_emulator
    ids = build_neurons(server)
    for declared in chain:
        run(call, server, devices=named(ids, declared))
        require_neurons(server, ids, declared)


@settings(LAW, max_examples=10)
@given(declared=of_neurons, order=st.randoms(use_true_random=False))
def test_the_order_of_devices_does_not_matter(shared_emulator, call, declared, order):
    server, found = shared_emulator, []
    places = sorted({entry["device"] for entry in declared})
    order.shuffle(places)
    for several in (
        declared,
        [one for place in places for one in declared if one["device"] == place],
    ):
        ids = build_neurons(server)
        run(call, server, devices=named(ids, several))
        found.append(neurons_truth(server))
    assert found[0] == found[1]


@settings(LAW, max_examples=8)
@given(
    declared=of_neurons,
    after=st.integers(0, 4),
    kind=st.sampled_from(("reset", "401", "lost_answer")),
)
def test_a_run_that_ends_after_any_write_is_finished_by_the_next(
    shared_emulator, call, declared, after, kind
):
    server = shared_emulator
    ids = build_neurons(server)
    devices = named(ids, declared)
    for method in ("PATCH", "PUT", "DELETE"):
        server.add_fault(kind, method=method, after=after, times=None)
    run(call, server, devices=devices, retries=0)
    server.clear_faults()
    done = run(call, server, devices=devices)
    assert "msg" not in done
    require_neurons(server, ids, declared)
    assert not run(call, server, devices=devices)["changed"]


def build_epmm(server: Any) -> list[str]:
    server.reset(seed=7, devices=24)
    active = [one["uuid"] for one in server.devices("uuid", "status") if one["status"] == "ACTIVE"]
    for place, name in enumerate(LABELS):
        server.set_label_members(server.labels()[name]["id"], active[place : place + 2])
    return active[:FLEET]


def epmm_truth(server: Any) -> dict[str, set[str]]:
    return {name: set(one["members"]) for name, one in server.labels().items()}


@LAW
@given(declared=of_epmm, made=new_labels, joins=st.booleans())
def test_the_two_laws_of_epmm(shared_epmm, call, declared, made, joins):
    server = shared_epmm
    uuids = build_epmm(server)
    before = epmm_truth(server)
    devices = named(uuids, declared)
    if joins and made:
        devices.append({"device": uuids[0], "labels": made})
    options = {
        "devices": devices,
        "label_definitions": [{"name": name, "description": "{{ x }}"} for name in made],
    }
    checked = run(call, server, check_mode=True, **options)
    assert writes(server) == [] and epmm_truth(server) == before
    done = run(call, server, confirm=checked["confirm"] or None, **options)
    assert outcomes(done) == outcomes(checked), done.get("msg")
    assert (done["plan"], done["diff"]) == (checked["plan"], checked["diff"])
    after = epmm_truth(server)
    for (place, _section, name), word in merged(declared).items():
        assert (uuids[place] in after[name]) == (word == "present")
    for name in made:
        assert after[name] == ({uuids[0]} if joins else set())
    assert after.keys() == before.keys() | set(made)
    again = run(call, server, **options)
    assert not again["changed"] and again["diff"] == [] and writes(server) == []


@pytest.mark.parametrize("after", range(6))
def test_a_run_of_epmm_that_ends_after_any_write_is_finished_by_the_next(shared_epmm, call, after):
    server = shared_epmm
    uuids = build_epmm(server)
    options = {
        "label_definitions": [{"name": "Pool 1"}],
        "devices": [
            {"device": uuids[0], "labels": ["Pool 1", "two words"]},
            {"device": uuids[1], "labels": {"Pool 1": "present", "Pilot": "absent"}},
            {"device": uuids[2], "labels": {"two words": "absent"}},
        ],
    }
    for method in ("POST", "PUT"):
        server.add_fault("reset", method=method, after=after, times=None)
    run(call, server, retries=0, concurrency=1, **options)
    server.clear_faults()
    done = run(call, server, **options)
    assert "msg" not in done
    truth = epmm_truth(server)
    assert {uuids[0], uuids[1]} == truth["Pool 1"] and uuids[0] in truth["two words"]
    assert uuids[1] not in truth["Pilot"] and uuids[2] not in truth["two words"]
    assert not run(call, server, **options)["changed"] and writes(server) == []
