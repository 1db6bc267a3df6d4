# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator held against the contract files: what a vendor document asks and shows is asked and must be answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.ivanti.uem.tests.contracts.contract import Example, load_all
from ansible_collections.ivanti.uem.tests.contracts.replay import Server, replay, targets
from uem_emulator.testing import Emulator, running_emulator

CONTRACTS = load_all()
CASES = [(name, index, spelling) for name, contract in CONTRACTS.items()
         for index, example in enumerate(contract.examples) for spelling in range(len(targets(example)))]
# The documents' attributes are not defined in any tenant but the one that they were written from. Whether a real server
# takes an attribute that is not defined is another question than what it answers to the examples.
PREPARED = {"undefined_attribute": "accept"}


@pytest.fixture(name="emulator", scope="module")
def fixture_emulator() -> Iterator[Emulator]:
    with running_emulator(product="neurons", devices=0, seed=7) as emulator:
        yield emulator


def server_of(emulator: Emulator) -> Server:
    return Server(emulator.url, emulator.username, emulator.password, emulator.ca_path)


def seed(emulator: Emulator, example: Example, *, reset: bool = True) -> dict[str, str]:
    """Give the emulator the example's devices; answers its device space for each of the example's."""
    if reset:
        emulator.reset()
    state = emulator.state()
    space = next(iter(state["partitions"]))
    spaces = {}
    for device in example.given:
        fields = {**device.get("fields", {}), "id": device["id"], "dmPartitionId": int(space)}
        if "guid" in device:
            fields["guid"] = device["guid"]
        for name, seconds in device.get("seconds_ago", {}).items():
            fields[name] = state["now"] - 1000 * seconds
        emulator.add_device(**fields)
        emulator.set_attributes({str(device["id"]): device.get("attributes", {})})
        if "partition" in device:
            spaces[str(device["partition"])] = str(space)
    return spaces


@pytest.mark.parametrize("strict", ["off", "on"])
@pytest.mark.parametrize(("name", "index", "spelling"), CASES)
def test_the_emulator_answers_as_the_document_shows(
    emulator: Emulator, name: str, index: int, spelling: int, strict: str
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    spaces = seed(emulator, example)
    for switch, value in {**PREPARED, "strict": strict}.items():
        emulator.set_switch(switch, value)
    faults = replay(server_of(emulator), contract, example, targets(example, spaces)[spelling])
    assert faults == [], f"{contract.id}, {example.name}; source: {contract.source['section']}"


@pytest.mark.parametrize("form", ["envelope", "bare_strings"])
@pytest.mark.parametrize("index", range(len(CONTRACTS["N02"].examples)))
def test_the_attributes_of_a_device_come_in_both_documented_forms(emulator: Emulator, form: str, index: int) -> None:
    example = CONTRACTS["N02"].examples[index]
    seed(emulator, example)
    emulator.set_switch("attributes_answer", form)
    assert replay(server_of(emulator), CONTRACTS["N02"], example, targets(example)[0]) == []


@pytest.mark.parametrize(("name", "switches", "words"), [
    ("N02", {"attributes_answer": "bare"}, "none of 2 shapes fits"),
    ("N04", {"basic_auth": "off"}, "status: 401"),
    ("N08", {"undefined_attribute": "accept", "list_lag": "manual"}, "found: []"),
])
def test_a_deviating_server_is_caught(emulator: Emulator, name: str, switches: dict[str, str], words: str) -> None:
    example = CONTRACTS[name].examples[0]
    emulator.reset()
    for switch, value in switches.items():
        emulator.set_switch(switch, value)
    spaces = seed(emulator, example, reset=False)
    [fault, *_others] = replay(server_of(emulator), CONTRACTS[name], example, targets(example, spaces)[0])
    assert words in fault


def test_a_device_that_is_not_there_is_caught(emulator: Emulator) -> None:
    emulator.reset()
    for name in ("N02", "N03", "N04", "N06", "N07"):
        contract = CONTRACTS[name]
        [fault] = replay(server_of(emulator), contract, contract.examples[0], targets(contract.examples[0])[0])
        assert fault.startswith("status: 404")


def test_an_answer_without_the_deed_is_caught(emulator: Emulator) -> None:
    contract = CONTRACTS["N04"]
    example = contract.examples[0]
    seed(emulator, example)
    emulator.add_fault("result_zero", method="PATCH")
    [fault] = replay(server_of(emulator), contract, example, targets(example)[0])
    assert fault.startswith("attributes of 57d9903c")
