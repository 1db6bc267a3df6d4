# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of actions: true to itself and to the contract files, and parameters that are read or
refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import epmm, neurons
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.epmm import (
    ACTION_ON_MANY,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import (
    ACTIONS,
    PARAMETERS,
    parse_parameters,
    require_call,
)

from tools import actions_doc

from ..quick_yaml import load_yaml

CONTRACTS = Path(__file__).parents[1] / "contracts"
TABLES = {"neurons": neurons.CALLS, "epmm": epmm.CALLS}
CALLS = [(name, product, call) for product, calls in TABLES.items() for name, call in calls.items()]
ENDPOINTS = [
    one
    for _name, _product, call in CALLS
    for one in (call.endpoint, call.viability, call.by_mac)
    if one is not None
]
IDS = [f"{name}-{product}" for name, product, _call in CALLS]


def contract(number: str) -> dict:
    """A contract file, which was written from the vendor's document."""
    return load_yaml((CONTRACTS / f"{number}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, ACTION_ON_MANY], ids=lambda endpoint: endpoint.id)
def test_every_call_is_the_document_s(endpoint):
    told = contract(endpoint.id)
    assert (endpoint.method, endpoint.path) == (told["method"], told["path_template"])
    # The table calls a section by its name, which the documents begin or end with "(iOS only)" and
    # the like.
    assert told["source"]["section"].partition(" (")[0].lower() in endpoint.source.lower()


def test_every_documented_call_of_an_action_is_in_the_table():
    others = {"N31", "E21", "E25", "E26", "E27"}
    documented = {
        *(f"N{number}" for number in range(16, 41)),
        *(f"E{number:02}" for number in range(9, 22)),
    } - others
    assert documented <= {endpoint.id for endpoint in ENDPOINTS} and ACTION_ON_MANY.id == "E25"


@pytest.mark.parametrize(("name", "product", "call"), CALLS, ids=IDS)
def test_the_parameters_are_the_document_s(name, product, call):
    told = contract(call.endpoint.id)
    known = {one["name"]: one for one in told["parameters"]}
    place = "query" if call.place == "query" else "form"
    if call.ids:
        assert any(one["name"] == call.ids and one["in"] == place for one in told["parameters"])
    for option, word in call.words.items():
        assert option in PARAMETERS and known[word]["in"] == place
    required = {
        one["name"]
        for one in told["parameters"]
        if one.get("required") and one["in"] not in ("path",)
    } - {call.ids}
    assert required == {call.words[option] for option in call.required}
    assert {call.words[option] for option in call.alone} == set(told.get("needs_one", ())) & set(
        call.words.values()
    )
    assert all(word in known for word, _value in call.fixed)


@pytest.mark.parametrize(("name", "product", "call"), CALLS, ids=IDS)
def test_what_acts_is_never_safe_and_what_checks_is(name, product, call):
    assert not call.endpoint.safe and not call.endpoint.idempotent
    assert call.by_mac is None or not (call.by_mac.safe or call.by_mac.idempotent)
    assert call.viability is None or (
        call.viability.safe
        and call.viability.idempotent
        and call.viability.path == call.endpoint.path
    )
    assert (call.by_mac is not None) == (product == "epmm") and call.verified in ("doc", "live")


@pytest.mark.parametrize("product", TABLES)
def test_the_two_halves_of_the_table_agree(product):
    """A product has a call for each action that names it, and takes the parameters that it names
    there, in the order of the table."""
    calls = TABLES[product]
    named = {name: row.takes[product] for name, row in ACTIONS.items() if product in row.takes}
    assert {name: tuple(call.words) for name, call in calls.items()} == named
    assert list(calls) == list(named)
    for row in ACTIONS.values():
        assert row.takes.keys() <= TABLES.keys()
        for parameter in PARAMETERS:
            taking = [one for one, names in row.takes.items() if parameter in names]
            assert list(row.products_taking(parameter)) == taking


def parse(action: str, product: str, given: dict) -> dict:
    """What a task makes of its options."""
    row = ACTIONS[action]
    call = require_call(row, product, TABLES[product].get(action))
    return parse_parameters(row, product, call, given)


def test_what_a_device_settles_to_is_what_makes_it_done():
    for row in ACTIONS.values():
        assert row.settles <= row.done and bool(row.settles) == bool(row.done)
        assert sum(map(bool, (row.done, row.mode, row.deletes, row.by_version))) <= 1
        assert row.mode in ("", "lost_mode", "kiosk_mode") and (row.mode or not row.leaves)
    assert {name for name, row in ACTIONS.items() if row.destructive} == {
        "wipe",
        "retire",
        "delete",
        "relinquish",
    }


@pytest.mark.parametrize(
    ("action", "product", "given", "found"),
    [
        ("lock", "neurons", {}, {}),
        ("lock", "epmm", {"reason": "lost", "version": None, "text": None}, {"reason": "lost"}),
        ("lock", "epmm", {"by": "uuid"}, {}),
        ("lock", "epmm", {"by": "wifi_mac_address", "reason": "lost"}, {"reason": "lost"}),
        ("retire", "epmm", {"by": "wifi_mac_address"}, {}),
        ("os_update", "neurons", {"version": "17.4.1"}, {"version": "17.4.1"}),
        ("os_update", "neurons", {"version": 17}, {"version": "17"}),
        ("unlock", "neurons", {"pin": "abC123"}, {"pin": "abC123"}),
        ("unlock", "neurons", {"pin": ""}, {"pin": ""}),
        ("wipe", "neurons", {"preserve_data_plan": False, "text": "bye"}, {"preserve_data_plan": False, "text": "bye"}),
        ("retire", "epmm", {"reason": "a\nb" * 100}, {"reason": "a\nb" * 100}),
    ],
)  # fmt: skip
def test_parameters_that_are_read(action, product, given, found):
    assert parse(action, product, given) == found


@pytest.mark.parametrize(
    ("action", "product", "given", "words"),
    [
        ("locate", "neurons", {}, "action: locate is not supported by neurons, which supports"),
        ("delete", "epmm", {}, "action: delete is not supported by epmm, which supports"),
        ("lock", "neurons", {"reason": "x"}, "reason: is not a parameter of lock with neurons, whose parameters are: none"),
        ("os_update", "neurons", {}, "version: is missing; os_update needs it."),
        ("os_update", "neurons", {"version": "1.2\n"}, "is not a version"),
        ("os_update", "neurons", {"version": "１７"}, "is not a version"),
        ("unlock", "neurons", {"pin": "geheim!"}, "pin: the value given is not 6 to 8"),
        ("unlock", "epmm", {"by": "wifi_mac_address"}, "reason: is missing; unlock by MAC address needs it."),
        ("lock", "neurons", {"by": "wifi_mac_address"}, "by: neurons names devices only by their ids"),
        ("retire", "epmm", {"reason": ""}, "reason: '' is not 1 to 512 characters"),
        ("enable_lost_mode", "neurons", {"text": "\t"}, "text: is empty"),
    ],
)  # fmt: skip
def test_parameters_that_are_refused(action, product, given, words):
    with pytest.raises(OptionError) as refused:
        parse(action, product, given)
    assert words in str(refused.value) and "geheim" not in str(refused.value)


def test_the_document_names_only_states_that_a_product_has():
    """ "Status and statusCode values" has no state of something that was sent."""
    for action in ACTIONS.values():
        shown = actions_doc.done(action, "epmm")
        assert "_SENT" not in shown and "_CANCELED" not in shown, action.name
    assert actions_doc.done(ACTIONS["wipe"], "epmm") == "`WIPED`, `WIPE_PENDING`"
    assert "WIPE_SENT" in actions_doc.done(ACTIONS["wipe"], "neurons")
