# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator held against the contract files: what a vendor document asks and shows is asked and
must be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

from ..contracts.contract import XML, Contract, Example, load_all
from ..contracts.replay import (
    Server,
    follow_up,
    prepare,
    reader,
    replay,
    send,
    targets,
)
from ..contracts.world import stand_ins
from ..contracts.xmltree import statement

NeuronsBreak = Callable[[NeuronsEmulator], Any]
EpmmBreak = Callable[[EpmmEmulator], Any]

CONTRACTS = load_all()
NEURONS = {name: contract for name, contract in CONTRACTS.items() if contract.product == "neurons"}
EPMM = {name: contract for name, contract in CONTRACTS.items() if contract.product == "epmm"}


def cases(contracts: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Every spelling of every example."""
    return [
        (name, index, spelling)
        for name, contract in contracts.items()
        for index, example in enumerate(contract.examples)
        for spelling in range(len(targets(example)))
    ]


def server_of(emulator: Emulator) -> Server:
    return Server(
        emulator.url, emulator.username, emulator.password, emulator.ca_path, emulator.settle
    )


def set_switches(emulator: Emulator, switches: Mapping[str, str]) -> None:
    for switch, value in switches.items():
        emulator.set_switch(switch, value)


def faults_of(
    emulator: Emulator,
    contract: Contract,
    example: Example,
    spaces: Mapping[str, str],
    found: Mapping[str, str],
    spelling: int = 0,
) -> list[str]:
    """What the answer to an example, and what holds after it, has against the contract."""
    server = server_of(emulator)
    faults = replay(server, contract, example, targets(example, spaces, found)[spelling], found)
    return faults or follow_up(server, CONTRACTS, example, spaces, found)


# ---- Neurons for MDM: the examples' own devices are made, and what stands for something is found ----

# The documents' attributes are not defined in any tenant but the one that they were written from.
# Whether a real server takes an attribute that is not defined is another question than what it
# answers to the examples.
PREPARED = {"undefined_attribute": "accept"}
# A relinquishing can be cancelled as long as the device has not answered, so there it does not.
PREPARED_FOR = {"N40": {"action_settle": "manual"}}


@pytest.fixture(name="emulator", scope="module")
def fixture_emulator() -> Iterator[NeuronsEmulator]:
    with running_emulator(product="neurons", devices=0, seed=7) as emulator:
        yield emulator


NEURONS_FLEET = 60


def seed(emulator: NeuronsEmulator, example: Example, *, reset: bool = True) -> dict[str, str]:
    """Give the emulator the example's devices; answers its device space for each of the
    example's."""
    if reset:
        emulator.reset(devices=NEURONS_FLEET if example.stands_for else 0)
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


def start(
    emulator: NeuronsEmulator, name: str, example: Example, switches: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """A tenant that is ready for the example: its device spaces, and its own values for the
    example's."""
    spaces = seed(emulator, example)
    set_switches(emulator, {**PREPARED, **PREPARED_FOR.get(name, {}), **switches})
    found = {**spaces, **stand_ins(example.stands_for, reader(server_of(emulator)))}
    prepare(server_of(emulator), CONTRACTS, example, spaces, found)
    return spaces, found


@pytest.mark.parametrize("strict", ["off", "on"])
@pytest.mark.parametrize(("name", "index", "spelling"), cases(NEURONS))
def test_the_emulator_answers_as_the_document_shows(
    emulator: NeuronsEmulator, name: str, index: int, spelling: int, strict: str
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    spaces, found = start(emulator, name, example, {"strict": strict})
    faults = faults_of(emulator, contract, example, spaces, found, spelling)
    assert faults == [], f"{contract.id}, {example.name}; source: {contract.source['section']}"


@pytest.mark.parametrize("form", ["envelope", "bare_strings"])
@pytest.mark.parametrize("index", range(len(CONTRACTS["N02"].examples)))
def test_the_attributes_of_a_device_come_in_both_documented_forms(
    emulator: NeuronsEmulator, form: str, index: int
) -> None:
    example = CONTRACTS["N02"].examples[index]
    seed(emulator, example)
    emulator.set_switch("attributes_answer", form)
    assert replay(server_of(emulator), CONTRACTS["N02"], example, targets(example)[0]) == []


def examples_of(name: str) -> tuple[Contract, tuple[Example, ...]]:
    """A contract and its examples; "N01/0" stands for the first of them alone."""
    contract, _slash, index = name.partition("/")
    examples = CONTRACTS[contract].examples
    return CONTRACTS[contract], (examples[int(index)],) if index else examples


# Positions in which servers may differ and the document shows or allows both.
NEURONS_POSITIONS: list[tuple[str, str, tuple[str, ...]]] = [
    ("action_json_body", "read", ("N17", "N25")),
    ("os_update_result", "count", ("N17",)),
    ("action_impossible_device", "error", ("N30",)),
    ("action_settle", "manual", ("N22", "N27")),
    ("kiosk_unconfigured", "eligible", ("N32", "N33")),
    ("footnote_long", "cut", ("N35",)),
    ("relinquish_state", "unchanged", ("N38", "N39", "N40")),
    ("message_none_valid", "false", ("N31",)),
    ("message_email_keys", "required", ("N31",)),
    ("message_other_space", "sent", ("N31",)),
    ("viability_unasked", "checked", ("N16", "N21", "N28", "N36")),
    ("owner_answer", "number", ("N01/0",)),
    ("guid_for_id", "accepted", ("N09", "N13", "N15")),
    ("config_excluded", "inactive", ("N10", "N11")),
    ("config_excluded", "unlisted", ("N10", "N11")),
    ("config_pending", "null", ("N10", "N11", "N12")),
    ("config_list_spaces", "own", ("S_configurations",)),
    ("action_settle", "manual", ("N01", "N10", "N11", "N12", "N14")),
    ("action_settle", "reads", ("N01", "N11", "N12")),
    ("action_settle", "time", ("N01", "N11", "N12")),
    ("owner_status_field", "lastReassignStatus", ("N01",)),
    ("owner_status_field", "reassignmentStatus", ("N01",)),
    ("owner_status_field", "absent", ("N01",)),
    ("sync_result", "count", ("N14",)),
    ("dep_admin_accounts", "hashed", ("N44",)),
]


@pytest.mark.parametrize(
    ("switch", "value", "name"),
    [(switch, value, name) for switch, value, names in NEURONS_POSITIONS for name in names],
)
def test_the_contracts_of_neurons_hold_in_every_position(
    emulator: NeuronsEmulator, switch: str, value: str, name: str
) -> None:
    contract, examples = examples_of(name)
    for example in examples:
        spaces, found = start(emulator, name, example, {switch: value})
        faults = faults_of(emulator, contract, example, spaces, found)
        assert faults == [], f"{contract.id}, {example.name}"


# What is done to the emulator, and the words of the fault that the example then shows.
# fmt: off
NEURONS_DEVIATIONS: list[tuple[str, int, NeuronsBreak, str]] = [
    ("N01", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "result/ownerId"),
    ("N01", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "ReassignStatus|reassignmentStatus: [None]"),
    ("N01", 0, lambda neurons: neurons.set_switch("owner_outcome", "failed"), "result/ownerId"),
    ("N01", 1, lambda neurons: neurons.patch_device(73543, supervised=True), "the list is empty"),
    ("N01", 1, lambda neurons: neurons.set_switch("owner_answer", "number"), "$.result: expected an object"),
    ("N01", 1, lambda neurons: neurons.set_switch("owner_rejected_rows", "ids"), "$.result: none of 2 shapes fits"),
    ("N09", 0, lambda neurons: neurons.add_fault("short_page", method="GET"), "result/totalCount"),
    ("N10", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "documented is that INSTALLED is not among them"),
    ("N10", 0, lambda neurons: neurons.add_fault("result_zero", method="PUT"), "result: [False]"),
    ("N10", 1, lambda neurons: neurons.set_switch("config_several", "first"), "documented is that INSTALLED is not among them"),
    ("N11", 0, lambda neurons: neurons.add_fault("no_effect", method="DELETE"), "/status: ['UNINSTALLED']"),
    ("N11", 1, lambda neurons: neurons.set_switch("config_outcome", "error"), "/status: ['ERROR']"),
    ("N12", 0, lambda neurons: neurons.add_fault("result_zero", method="PUT"), "result: [False]"),
    ("N13", 0, lambda neurons: neurons.set_switch("pending_compliant", "null"), "pendingCompliant: expected boolean, got None"),
    ("N14", 0, lambda neurons: neurons.add_fault("result_zero", method="POST"), "result: [0]"),
    ("N14", 1, lambda neurons: neurons.delete_device(800), "result: [0]"),
    ("N15", 0, lambda neurons: neurons.add_fault("short_page", method="GET"), "result"),
    ("N44", 0, lambda neurons: neurons.set_switch("dep_profiles_answer", "page"), "$.result: expected a list"),
    ("N44", 0, lambda neurons: neurons.set_switch("dep_skip_items", "map"), "skipSetupItems: expected a list"),
    ("S_accounts", 1, lambda neurons: neurons.set_switch("account_list", "forbidden"), "status: 403"),
    ("N16", 0, lambda neurons: neurons.patch_device(22000, registrationState="RETIRED"), "found: [22000]"),
    ("N16", 1, lambda neurons: neurons.delete_device(22003), "found: []"),
    ("N17", 0, lambda neurons: neurons.add_fault("result_zero", method="PUT"), "result: [0], documented are [1]"),
    ("N20", 0, lambda neurons: neurons.delete_device(22196), "result: [1], documented are [2]"),
    ("N22", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "result/registrationState: ['ACTIVE']"),
    ("N24", 0, lambda neurons: neurons.add_fault("errors_200", method="PUT"), "$.errors"),
    ("N27", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "result/registrationState: ['ACTIVE']"),
    ("N29", 1, lambda neurons: neurons.set_switch("action_impossible_device", "counted"), "result: [2], documented are [1]"),
    ("N30", 0, lambda neurons: neurons.add_fault("no_effect", method="DELETE"), "result/searchResults/id: [1007966, 1007967]"),
    ("N30", 2, lambda neurons: neurons.set_switch("delete_states", "admin_guide"), "result/searchResults/id: []"),
    ("N31", 0, lambda neurons: neurons.add_fault("result_zero", method="PUT"), "result"),
    ("N33", 0, lambda neurons: neurons.set_switch("action_settle", "manual"), "result/kioskState: ['INACTIVE']"),
    ("N35", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "result/lostModeEnabled: [False]"),
    ("N36", 1, lambda neurons: neurons.set_switch("viability_codes", "null"), "actionExceptionCodes[0]"),
    ("N37", 0, lambda neurons: neurons.add_fault("no_effect", method="PUT"), "result/lostModeEnabled: [True]"),
    ("N38", 1, lambda neurons: neurons.patch_device(909, ownershipType="EMPLOYEE"), "result: [0], documented are [1]"),
    ("N40", 1, lambda neurons: neurons.settle(), "result: [0], documented are [1]"),
]
# fmt: on


@pytest.mark.parametrize(("name", "index", "deviate", "words"), NEURONS_DEVIATIONS)
def test_a_server_that_acts_otherwise_is_caught(
    emulator: NeuronsEmulator, name: str, index: int, deviate: NeuronsBreak, words: str
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    spaces, found = start(emulator, name, example, {})
    deviate(emulator)
    faults = faults_of(emulator, contract, example, spaces, found)
    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize(("name", "switches", "words"), [
    ("N02", {"attributes_answer": "bare"}, "none of 2 shapes fits"),
    ("N04", {"basic_auth": "off"}, "status: 401"),
    ("N08", {"undefined_attribute": "accept", "list_lag": "manual"}, "found: []"),
])  # fmt: skip
def test_a_deviating_server_is_caught(
    emulator: NeuronsEmulator, name: str, switches: dict[str, str], words: str
) -> None:
    example = CONTRACTS[name].examples[0]
    emulator.reset()
    set_switches(emulator, switches)
    spaces = seed(emulator, example, reset=False)
    [fault, *_others] = replay(
        server_of(emulator), CONTRACTS[name], example, targets(example, spaces)[0]
    )
    assert words in fault


def test_a_device_that_is_not_there_is_caught(emulator: NeuronsEmulator) -> None:
    emulator.reset()
    for name in ("N02", "N03", "N04", "N06", "N07"):
        contract = CONTRACTS[name]
        [fault] = replay(
            server_of(emulator), contract, contract.examples[0], targets(contract.examples[0])[0]
        )
        assert fault.startswith("status: 404")


def test_an_answer_without_the_deed_is_caught(emulator: NeuronsEmulator) -> None:
    contract = CONTRACTS["N04"]
    example = contract.examples[0]
    seed(emulator, example)
    emulator.add_fault("result_zero", method="PATCH")
    [fault] = replay(server_of(emulator), contract, example, targets(example)[0])
    assert fault.startswith("attributes of 57d9903c")


# ---- EPMM: the examples' values stand for what the emulator has ----

FLEET = 150


@pytest.fixture(name="epmm", scope="module")
def fixture_epmm() -> Iterator[EpmmEmulator]:
    with running_emulator(product="epmm", devices=FLEET, seed=11, no_tls=True) as emulator:
        yield emulator


def found_on(epmm: EpmmEmulator, example: Example) -> dict[str, str]:
    """A fresh fleet, and its own values for the example's."""
    epmm.reset(devices=0 if example.empty_fleet else FLEET)
    return stand_ins(example.stands_for, reader(server_of(epmm)))


# A policy with a worse priority than another of its type reaches no device; which policy wins is
# another question than what the document's example answers.
PREPARED_EPMM = {"device_policies": "all"}


@pytest.mark.parametrize("strict", ["off", "on"])
@pytest.mark.parametrize(("name", "index", "spelling"), cases(EPMM))
def test_the_emulator_of_epmm_answers_as_the_document_shows(
    epmm: EpmmEmulator, name: str, index: int, spelling: int, strict: str
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    found = found_on(epmm, example)
    set_switches(epmm, {**PREPARED_EPMM, "strict": strict})
    prepare(server_of(epmm), CONTRACTS, example, found=found)
    faults = faults_of(epmm, contract, example, {}, found, spelling)
    assert faults == [], f"{contract.id}, {example.name}; source: {contract.source['section']}"


# Positions in which servers may differ and the documents, or the clients that are known to work,
# show or allow both.
# fmt: off
POSITIONS: list[tuple[str, str, tuple[str, ...]]] = [
    ("one_element", "list", ("E01", "E04", "E05", "E06", "E07", "E22", "E23", "E24", "E28", "E30", "E34", "E35", "E37", "E38", "E39",
                             "E40", "E43", "E44", "E46", "E47")),
    ("v1_mac_answer", "devices", ("E07",)),
    ("v1_rule_values", "typed", ("E43", "E44")),
    ("v1_lookups", "all", ("E04", "E05", "E06", "E07")),
    ("v1_label_case", "respected", ("E06",)),
    ("v1_phone_field", "document", ("E01", "E02", "E04", "E05", "E06", "E07", "E38", "E40")),
    ("alert_id", "attribute", ("E37", "E38", "E39", "E40", "E41", "E42")),
    ("alert_id", "element", ("E37", "E38", "E39", "E40", "E41", "E42")),
    ("alert_user_field", "userId", ("E37", "E38", "E39", "E40")),
    ("alert_user_field", "userUuid", ("E37", "E38", "E39", "E40")),
    ("alert_vanished", "404", ("E42",)),
    ("priority_order", "1_lowest", ("E45",)),
    ("v1_error_body", "html", ("E01", "E02", "E04", "E08", "E09", "E13", "E20", "E21", "E28", "E29", "E31", "E32", "E33", "E34", "E35",
                               "E37", "E41", "E44", "E45", "E47", "E48")),
    ("v1_error_body", "empty", ("E01", "E02", "E04", "E08", "E09", "E13", "E20", "E21", "E28", "E29", "E31", "E32", "E33", "E34", "E35",
                                "E37", "E41", "E44", "E45", "E47", "E48")),
    ("v1_empty_messages", "null", ("E08", "E15", "E19", "E25", "E26", "E27", "E28", "E29", "E34", "E35", "E36")),
    ("v1_empty_messages", "object", ("E08", "E15", "E19", "E25", "E26", "E27", "E28", "E29", "E34", "E35", "E36")),
    ("v1_impossible_action", "400", ("E15",)),
    ("v1_impossible_action", "accepted", ("E15",)),
    ("v1_mac_twice", "first", ("E10", "E12", "E14", "E16", "E18", "E20", "E27")),
    ("wipe_message", "text", ("E15", "E16")),
    ("unlock_value", "passcode", ("E13", "E14", "E25")),
    ("bulk_invalid_devices", "inside", ("E25",)),
    ("bulk_impossible_device", "invalid", ("E25",)),
    ("message_sent", "inside", ("E26", "E27")),
    ("action_settle", "manual", ("E09", "E10", "E19", "E29", "E32")),
    ("action_settle", "reads", ("E32",)),
    ("action_settle", "time", ("E32",)),
    ("csv_format", "bom", ("E03",)),
    ("csv_format", "crlf", ("E03",)),
    ("csv_order", "unstable", ("E03",)),
    ("csv_devices", "active", ("E03",)),
    ("csv_name", "composed", ("E03",)),
    ("register_uuid", "deviceUid", ("E08",)),
    ("register_messages", "twice", ("E08",)),
    ("register_failure", "top", ("E08",)),
    ("register_failure", "400", ("E08",)),
    ("register_failure", "404", ("E08",)),
    ("register_passcode_type", "number", ("E08",)),
    ("register_local_names", "new", ("E08",)),
    ("register_passcode", "none", ("E08",)),
    ("register_passcode", "all", ("E08",)),
    ("register_phone", "as_sent", ("E08",)),
    ("reference_lists", "one", ("E23", "E24/0")),
    ("country_iso_key", "isoAplha2Code", ("E24",)),
    ("country_iso_key", "both", ("E24",)),
    ("profile_status_names", "capitals", ("E28", "E29")),
    ("profile_updated", "text", ("E28",)),
    ("profile_updated", "blank", ("E28",)),
    ("repush_answer", "text", ("E29",)),
    ("repush_answer", "profiles", ("E29",)),
    ("eas_root", "reponse", ("E30", "E31", "E32")),
    ("eas_details", "wrapped", ("E31",)),
    ("eas_empty_groups", "null", ("E30", "E32")),
    ("eas_empty_groups", "empty", ("E30", "E32")),
    ("eas_nothing", "message", ("E30",)),
    ("eas_unregistered_uuid", "empty", ("E30",)),
    ("eas_unregistered_uuid", "null", ("E30",)),
    ("eas_recovery_password", "shown", ("E31",)),
    ("eas_unknown_device", "404", ("E32/4",)),
    ("eas_unknown_device", "400", ("E32/4",)),
    ("password_saved", "no", ("E33/0", "E33/1", "E33/2")),
    ("password_failure", "400", ("E33",)),
    ("password_unknown_user", "message", ("E33",)),
    ("user_case", "respected", ("E34", "E36")),
    ("ldap_search", "contains", ("E35",)),
    ("analytics_device", "number", ("E48",)),
    ("analytics_folders", "on", ("E48",)),
    ("analytics_time", "s", ("E48",)),
    ("analytics_zip_times", "moving", ("E48",)),
    ("encoded_slash", "accept", ("E50", "E51")),
    ("label_comma", "after", ("E50", "E51")),
    ("partial_label_write", "rest", ("E50", "E51")),
    ("v2_path_case", "exact", ("S_ping", "S_devices", "E49", "E50")),
    ("system_labels_static", "yes", ("E49", "S_label_summary")),
]
# fmt: on


@pytest.mark.parametrize(
    ("switch", "value", "name"),
    [(switch, value, name) for switch, value, names in POSITIONS for name in names],
)
def test_the_contracts_hold_in_every_position(
    epmm: EpmmEmulator, switch: str, value: str, name: str
) -> None:
    contract, examples = examples_of(name)
    for example in examples:
        found = found_on(epmm, example)
        set_switches(epmm, {**PREPARED_EPMM, switch: value})
        prepare(server_of(epmm), CONTRACTS, example, found=found)
        faults = faults_of(epmm, contract, example, {}, found)
        assert faults == [], f"{contract.id}, {example.name}"


V1_READS = [
    name
    for name, contract in EPMM.items()
    if contract.method == "GET"
    and XML in contract.accepts
    and not contract.acts
    and not contract.file
]


@pytest.mark.parametrize(
    "name", [name for name, contract in EPMM.items() if contract.method == "GET"]
)
def test_a_get_that_acts_is_logged_as_one(epmm: EpmmEmulator, name: str) -> None:
    contract = CONTRACTS[name]
    found = found_on(epmm, contract.examples[0])
    epmm.clear_requests()
    faults = replay(
        server_of(epmm),
        contract,
        contract.examples[0],
        targets(contract.examples[0], found=found)[0],
        found,
    )
    assert faults == []
    assert [entry["acts"] for entry in epmm.requests()] == [contract.acts]


@pytest.mark.parametrize("name", V1_READS)
def test_xml_and_json_say_the_same(epmm: EpmmEmulator, name: str) -> None:
    contract = CONTRACTS[name]
    found = found_on(epmm, contract.examples[0])
    [target] = targets(contract.examples[0], found=found)
    in_xml, in_json = (
        send(server_of(epmm), "GET", target, accept=accept) for accept in (XML, "application/json")
    )
    assert (in_xml.status, in_json.status) == (200, 200)
    assert statement(in_json.body) == statement(in_xml.body.tree)


# fmt: off
DEVIATIONS: list[tuple[str, int, EpmmBreak, str]] = [
    ("E01", 0, lambda epmm: epmm.set_switch("v1_absent", "404"), "status: 404"),
    ("E01", 5, lambda epmm: epmm.add_device(user=epmm.users()[0]["principal"], status="ACTIVE"), "status: 200 for 404"),
    ("E02", 0, lambda epmm: epmm.set_switch("basic_auth", "off"), "status: 401"),
    ("E02", 1, lambda epmm: epmm.add_fault("html", method="GET"), "Content-Type: text/html"),
    ("E03", 0, lambda epmm: epmm.add_fault("html", method="GET"), "$.header"),
    ("E08", 1, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "$.phoneNumber: missing"),
    ("E08", 1, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "devices/device/principal"),
    ("E23", 1, lambda epmm: epmm.set_switch("reference_lists", "empty"), "status: 404"),
    ("E24", 1, lambda epmm: epmm.set_switch("reference_lists", "one"), "countries/country/isoAlpha2Code"),
    ("E23", 0, lambda epmm: epmm.add_fault("short_page", method="GET"), "and there are"),
    ("E24", 1, lambda epmm: epmm.add_fault("short_page", method="GET", missing=3), "and there are"),
    ("E28", 1, lambda epmm: epmm.add_fault("result_zero", method="GET"), "$"),
    ("E29", 0, lambda epmm: epmm.add_fault("vanish", method="PUT"), "status: 404"),
    ("E30", 1, lambda epmm: epmm.reset(devices=0), "status: 404"),
    ("E30", 3, lambda epmm: epmm.add_fault("short_page", method="GET", missing=3), "and there are"),
    ("E32", 1, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "registeredBlockedDevices/registeredBlockedDevice/uuid"),
    ("E32", 1, lambda epmm: epmm.set_switch("eas_unknown_device", "404"), "status: 404 for 200"),
    ("E32", 3, lambda epmm: epmm.add_fault("vanish", method="PUT"), "messages: "),
    ("E33", 2, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "status: 401 for 200"),
    ("E33", 2, lambda epmm: epmm.set_password("jdoe", "another one"), "messages: "),
    ("E33", 3, lambda epmm: epmm.set_switch("password_saved", "no"), "status: 200 for 401"),
    ("E35", 2, lambda epmm: epmm.set_switch("ldap_search_limit", 0), "status: 400"),
    ("E35", 5, lambda epmm: epmm.set_switch("ldap_search_limit", 100_000), "status: 200 for 400"),
    ("E36", 1, lambda epmm: epmm.set_password("jdoe", "another one"), "status: 401"),
    ("E46", 0, lambda epmm: epmm.add_fault("short_page", method="GET"), "and there are"),
    ("E47", 1, lambda epmm: epmm.add_fault("short_page", method="GET"), "and there are"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "traversal"), "$.strays"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "symlink"), "zip: "),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "duplicates"), "there twice"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "truncated"), "zip: not a ZIP file"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "html"), "zip: not a ZIP file"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_archive", "stranger"), "$"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_header", "on"), "expected digits"),
    ("E48", 0, lambda epmm: epmm.set_switch("analytics_bytes", "absent"), "tables"),
    ("E09", 1, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "device/status: ['ACTIVE']"),
    ("E09", 1, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "$.deviceUuid: missing"),
    ("E10", 1, lambda epmm: epmm.add_fault("vanish", method="PUT"), "status: 404"),
    ("E11", 1, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "Invalid action"),
    ("E13", 1, lambda epmm: epmm.add_fault("result_zero", method="GET"), "$.passcodes: missing"),
    ("E15", 1, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "device/status: ['ACTIVE']"),
    ("E15", 1, lambda epmm: epmm.set_switch("action_settle", "manual"), "device/status: ['ACTIVE']"),
    ("E17", 1, lambda epmm: epmm.add_fault("vanish", method="GET"), "status: 404"),
    ("E21", 2, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "documented is one of ['true', True]"),
    ("E25", 3, lambda epmm: epmm.add_fault("no_effect", method="POST"), "device/status: ['ACTIVE']"),
    ("E25", 1, lambda epmm: epmm.add_fault("result_zero", method="POST"), "$.messages"),
    ("E25", 4, lambda epmm: epmm.set_switch("bulk_max_devices", 1), "status: 400"),
    ("E26", 1, lambda epmm: epmm.add_fault("result_zero", method="POST"), "messages"),
    ("E37", 0, lambda epmm: epmm.add_fault("truncated_json", method="GET"), "expected an object"),
    ("E41", 0, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "isActive False"),
    ("E41", 1, lambda epmm: epmm.add_fault("vanish", method="PUT"), "status: 404"),
    ("E42", 0, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "isActive True"),
    ("E42", 1, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "messages"),
    ("E45", 1, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "messages"),
    ("E45", 2, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "missing ['"),
    ("E45", 2, lambda epmm: epmm.set_switch("policy_delivery", "manual"), "missing ['"),
    ("E50", 0, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "missing ['"),
    ("E50", 0, lambda epmm: epmm.add_fault("result_zero", method="PUT"), "successful: [False]"),
    ("E50", 2, lambda epmm: epmm.set_switch("unknown_device_write", "bad_request"), "status: 400 for 200"),
    ("E51", 0, lambda epmm: epmm.add_fault("no_effect", method="PUT"), "left ['"),
    ("S_label_summary", 0, lambda epmm: epmm.add_fault("errors_200", method="GET"), "missing"),
]
# fmt: on


@pytest.mark.parametrize(("name", "index", "deviate", "words"), DEVIATIONS)
def test_a_deviating_server_of_epmm_is_caught(
    epmm: EpmmEmulator, name: str, index: int, deviate: EpmmBreak, words: str
) -> None:
    contract = CONTRACTS[name]
    example = contract.examples[index]
    found = found_on(epmm, example)
    set_switches(epmm, PREPARED_EPMM)
    prepare(server_of(epmm), CONTRACTS, example, found=found)
    deviate(epmm)
    faults = faults_of(epmm, contract, example, {}, found)
    assert any(words in fault for fault in faults), faults
