# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a declared state promises, over generated declarations: check mode predicts, a run does that,
a second run does nothing, any chain of declarations ends in the last, and a run that ends after any
write is finished by the next."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
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


@settings(LAW, max_examples=4)
@given(chain=st.lists(of_neurons, min_size=10, max_size=10))
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


@settings(LAW, max_examples=6)
@given(declared=of_neurons, order=st.permutations(range(FLEET)), purge=st.booleans())
def test_files_and_slices_do_not_matter(shared_emulator, call, tmp_path, declared, order, purge):
    """Each device in a file of its own, whatever the names of the files; and each half by itself."""
    server, found = shared_emulator, []
    owned = {"purge": ["attributes"] if purge else []}
    for way in ("whole", "files", "halves"):
        ids = build_neurons(server)
        devices = named(ids, declared)
        if way == "whole":
            run(call, server, devices=devices, **owned)
        elif way == "files":
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            for place, name in enumerate(order):
                own = [one for one in devices if one["device"] == ids[place]]
                if own:
                    (folder / f"{name}.json").write_text(json.dumps({"devices": own}))
            run(call, server, state_files=[str(folder)], **owned)
        else:
            for half in (order[: FLEET // 2], order[FLEET // 2 :]):
                own = [one for one in devices if ids.index(one["device"]) in half]
                if own:
                    run(call, server, devices=own, **owned)
        found.append(neurons_truth(server))
    assert found[0] == found[1] == found[2]


def killed_after(write: int, call: Any, server: Any, **options: Any) -> None:
    """Run in a process that ends as by kill -9 once the server has answered a number of writes."""
    child = os.fork()
    if child == 0:
        send, sent = Connections.send, []

        def sending(self: Any, request: Any, headers: Any) -> Any:
            answer = send(self, request, headers)
            sent.extend([] if request.endpoint.safe else [1])
            if len(sent) == write:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        Connections.send = sending  # type: ignore[method-assign]
        try:
            run(call, server, concurrency=1, **options)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("write", [1, 2, 3, 5, 8])
def test_a_run_that_is_killed_after_any_write_is_finished_by_the_next(shared_emulator, call, write):
    server = shared_emulator
    ids = build_neurons(server)
    states = {"Passcode Config": "excluded", "61003": "installed"}
    declared = [
        {"device": place, "attributes": {"owner": "A", "cityid": "b"}, "configurations": states}
        for place in range(FLEET)
    ]
    options = {"devices": named(ids, declared), "purge": ["attributes"]}
    run(call, server, **options)
    assert len(writes(server)) >= 8
    whole = neurons_truth(server)
    assert build_neurons(server) == ids
    server.clear_requests()
    killed_after(write, call, server, **options)
    assert len(writes(server)) == write
    assert "msg" not in run(call, server, **options)
    assert neurons_truth(server) == whole
    assert not run(call, server, **options)["changed"] and writes(server) == []


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


# Wrong trees


def without_half(ids: list[str]) -> dict[str, Any]:
    """Half of the entries of a device are gone, and the section is owned."""
    return {"devices": [{"device": one, "attributes": {"owner": "b"}} for one in ids]}


def misspelt(ids: list[str]) -> dict[str, Any]:
    """A name was changed, so that all devices lose the old one."""
    return {"devices": [{"device": one, "attributes": {"costcenter": "b"}} for one in ids]}


def nothing(ids: list[str]) -> dict[str, Any]:
    """All values of all devices are gone."""
    return {"devices": [{"device": one, "attributes": {}} for one in ids]}


@pytest.mark.parametrize(
    ("tree", "lost"), [(without_half, "site"), (misspelt, "owner"), (nothing, "site")]
)
def test_a_tree_that_lost_names_takes_away_nothing_and_says_what(shared_emulator, call, tree, lost):
    server = shared_emulator
    server.reset(seed=7, devices=60)
    ids = [str(one["id"]) for one in server.devices("id")]
    server.set_attributes({number: {"owner": ["b"], "site": ["x"]} for number in ids})
    for limits in ({}, {"max_devices": 11}, {"max_percent": 30}):
        server.clear_requests()
        with pytest.raises(ModuleFailed) as refused:
            call("desired_state", server, **tree(ids), purge=["attributes"], **limits)
        result = refused.value.result
        assert writes(server) == [] and result["refused_by"] == ["limit"]
        assert f"attributes.{lost} is removed on 60" in result["plan"][0]
        assert result["plan"][1].startswith("removes ") and result["summary"]["planned"] == 60
    assert all(own == {"owner": ["b"], "site": ["x"]} for own in server.attributes().values())


def test_a_label_that_was_renamed_takes_nobody_off_the_old_one(shared_epmm, call):
    server = shared_epmm
    server.reset(seed=7, devices=60)
    active = [one["uuid"] for one in server.devices("uuid", "status") if one["status"] == "ACTIVE"]
    for name, label in server.labels().items():
        # The API cannot name a label with a comma.
        if name == "Pilot" or name == "R&D, Lab #3":
            server.set_label_members(label["id"], active if name == "Pilot" else [])
    server.clear_requests()
    options = {
        "label_definitions": [
            {"name": "Pilots"},
            {"name": "Pilot", "state": "absent", "force": True},
        ],
        "devices": [{"device": one, "labels": ["Pilots"]} for one in active],
    }
    with pytest.raises(ModuleFailed) as refused:
        call("desired_state", server, purge=["labels"], **options)
    result = refused.value.result
    assert writes(server) == [] and result["refused_by"] == ["limit"], result["msg"]
    assert any(line.startswith("removes ") and "Pilot" in line for line in result["plan"])
    assert set(server.labels()["Pilot"]["members"]) == set(active)
