# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of the vendor documents is reached by what promises it, emulated, and held by a
contract; docs/coverage.md says so."""

from __future__ import annotations

import importlib
import inspect
import json
from functools import cache

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.server import model, record

from tools import coverage_doc, reach

# What a playbook author is told to call each through, by the numbers of the calls.
# fmt: off
PROMISED = {
    "device_owner": ["N01"],
    "device_custom_attrs_info": ["N02"],
    "device_custom_attrs": ["N02", "N03", "N04", "N05", "N06"],
    "device_count_info": ["N08"],
    "device_info": ["N07", "N08", "N41", "N42", "N43", "E01", "E02", "E04", "E05", "E06", "E07"],
    "device_config": ["N09", "N10", "N11", "N12", "E28", "E29"],
    "device_config_info": ["N09", "E28"],
    "device_compliance_info": ["N13"],
    "compliance_sync": ["N14"],
    "device_certificate_info": ["N15"],
    "device_action": [
        *(f"N{number}" for number in range(16, 41) if number != 31), "E09", *(f"E{number}" for number in range(10, 20)), "E25",
    ],
    "device_message": ["N31", "E26", "E27"],
    "dep_profile_info": ["N44", "N45"],
    "device_export": ["E03"],
    "device_registration": ["E08"],
    "device_location_info": ["E19", "E20"],
    "device_roaming": ["E21"],
    "label_info": ["E22", "E06"],
    "registration_reference_info": ["E23", "E24"],
    "activesync_device_info": ["E30", "E31"],
    "activesync_device": ["E32"],
    "user_password": ["E33", "E36"],
    "user_info": ["E34", "E35"],
    "alert_info": ["E37", "E38", "E39", "E40"],
    "alert": ["E41", "E42"],
    "policy_info": ["E43", "E44"],
    "label_policy": ["E45"],
    "app_setting_info": ["E46", "E47"],
    "appconnect_analytics": ["E48"],
    "device_label": ["E49", "E50", "E51"],
    "label": ["E46", "E52", "E53"],
}
# fmt: on
NUMBERS = [number for numbers in coverage_doc.calls().values() for number in numbers]


@cache
def rows() -> dict[str, coverage_doc.Row]:
    """By number the row of each call. It takes seconds, so no collection of tests asks for it."""
    return {row.id: row for row in coverage_doc.coverage()}


def test_every_call_of_the_documents_has_a_row():
    described = [
        *(f"N{number:02}" for number in range(1, 46)),
        *(f"E{number:02}" for number in range(1, 52)),
    ]
    assert [number for number in rows() if number in described] == described


def test_every_call_is_promised_by_a_module_or_named_by_a_family():
    promised = {number for numbers in PROMISED.values() for number in numbers}
    named = {number for numbers in coverage_doc.claims().values() for number in numbers}
    assert promised | named == rows().keys()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_call_is_reached_emulated_and_held_by_a_contract(number):
    assert rows()[number].lacks == ""


@pytest.mark.parametrize(
    ("module", "number"),
    [(module, number) for module, numbers in PROMISED.items() for number in numbers],
)
def test_a_call_is_reached_by_what_promises_it(module, number):
    assert module in rows()[number].by


def test_the_document_is_what_the_code_says():
    document = coverage_doc.DOCUMENT.read_text(encoding="utf-8")
    assert document == coverage_doc.render(list(rows().values()))


def test_calls_that_no_document_has_are_in_a_table_of_their_own():
    rows = {row.id: row for row in coverage_doc.other_calls("epmm")}
    for name in ("S_device_action", "S_device_retire", "S_device_wakeup", "S_device_wipe"):
        assert "device_action" in rows[name].by and rows[name].emulated
    # No module reads a single label; other clients do.
    assert [row.id for row in rows.values() if row.lacks] == ["S_label"]
    document = coverage_doc.DOCUMENT.read_text(encoding="utf-8")
    assert "| device wipe | wipe devices through API v2 | `PUT /api/v2/devices/wipe` |" in document
    assert "S_epmm_error" not in rows and not rows.keys() & coverage_doc.contracts().keys()
    assert "S_tenant" in {row.id for row in coverage_doc.other_calls("neurons")}


def test_every_documented_parameter_can_be_given_or_has_a_reason():
    assert coverage_doc.parameter_faults(rows().values()) == []
    sent, refused, documented = coverage_doc.parameter_counts(rows().values())
    # docs/coverage.md has the exact counts.
    assert (sent + refused, refused) == (documented, 3) and documented >= 199


class Constructed(Exception):
    """Ends a module where it hands over its options."""


@cache
def options_of(name):
    """The options of a module."""
    module = importlib.import_module(f"{reach.PLUGINS}modules.{name}")

    def construct(**given):
        raise Constructed(given["argument_spec"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "AnsibleModule", construct)
        with pytest.raises(Constructed) as caught:
            module.main()
    return set(caught.value.args[0])


@pytest.mark.parametrize("number", coverage_doc.given()["parameters"])
def test_a_parameter_is_given_by_an_option_that_exists(number):
    """And the module that has the option reaches the call."""
    for name, way in coverage_doc.given()["parameters"][number].items():
        if ":" in way:
            assert way.startswith(("by itself: ", coverage_doc.NOT_GIVEN)), name
            continue
        module, option = way.split(".")
        assert option in options_of(module), (name, way)
        assert module in rows()[number].by, (name, way)


def test_a_family_comes_to_every_call_that_it_names():
    assert coverage_doc.unkept(rows().values(), coverage_doc.claims()) == []


def test_numbers_of_calls_are_read_from_a_text():
    text = "Actions (N16-N18, N32): what (E09) does, and not EPMM, SHE09 or N1"
    assert list(coverage_doc.numbers_in(text)) == ["N16", "N17", "N18", "N32", "E09"]


def test_a_family_that_names_a_call_of_another_is_told():
    named = {("roaming", "epmm"): ("E21", "E50")}
    assert coverage_doc.unkept(rows().values(), named) == [("roaming", "E50")]


@pytest.mark.parametrize(("by", "emulated", "contract", "lacks"), [
    (("device_info",), True, "N07.yml", ""),
    ((), True, "N07.yml", "a module"),
    (("device_info",), False, "N07.yml", "a route"),
    (("device_info",), True, "", "a contract"),
    ((), False, "", "a module and a route and a contract"),
])  # fmt: skip
def test_a_row_says_what_it_lacks(by, emulated, contract, lacks):
    row = coverage_doc.Row("N07", ("GET", "/"), "", "", "", by, (), False, emulated, contract)
    assert row.lacks == lacks


def test_a_route_counts_with_its_method():
    assert coverage_doc.emulated("epmm", ("PUT", "/api/v1/dm/devices/wipe/{}"))
    assert not coverage_doc.emulated("epmm", ("POST", "/api/v1/dm/devices/wipe/{}"))
    assert not coverage_doc.emulated("neurons", ("GET", "/api/v1/unheard/{}"))


CODE = {
    "endpoints": """
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
NEAR, FAR, LATER, OTHER, UNUSED = (Endpoint(name, "GET", f"/{name}", "") for name in "NFLOU")
""",
    "client": """
from __future__ import annotations
from typing import TYPE_CHECKING, Protocol
from . import endpoints, helper
from .helper import far as distant
if TYPE_CHECKING:
    from .helper import Other
TABLE = {1: [endpoints.LATER]}
class Near(Protocol):
    def near(self): ...
class Client:
    def __init__(self, other: Other):
        self._other = other
    @property
    def other(self) -> Other:
        return self._other
    def near(self):
        return self.transport.call(endpoints.NEAR)
    def over(self, pool):
        return pool.map(self.near)
    def renamed(self):
        return distant(self.transport)
    def qualified(self):
        return helper.far(self.transport)
    def within(self):
        from .helper import far
        return far(self.transport)
    def tabled(self):
        return TABLE[1]
    def told(self, other: Other):
        return other.near()
    def kept(self):
        return self._other.near()
    def owned(self):
        return self.other.near()
    def assigned(self):
        made, _rest = helper.pair()
        return made.near()
    def handed(self):
        return call(helper.Other(), self)
    def untold(self, row):
        return row.near()
    def read(self, row):
        return row.near
    def unheard(self, row):
        return row.unheard()
def call(one: Near, other):
    return one.near()
""",
    "helper": """
from __future__ import annotations
from . import endpoints
class Other:
    def near(self):
        return endpoints.OTHER
def pair() -> tuple[Other, int]:
    return Other(), 1
def far(transport):
    return transport.call(endpoints.FAR)
def unused(transport):
    return transport.call(endpoints.UNUSED)
""",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The class of CODE, as if it were a part of the collection."""
    # What is read of the collection is kept, and can't be read while the sample has its place.
    rows()
    folder = tmp_path_factory.mktemp("code") / "sample_of_code"
    folder.mkdir()
    for stem, code in CODE.items():
        (folder / f"{stem}.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder.parent)
        patch.setattr(reach, "PLUGINS", "sample_of_code.")
        yield importlib.import_module("sample_of_code.client").Client


@pytest.mark.parametrize(
    ("method", "reached"),
    [
        ("near", "N"),
        ("over", "N"),
        ("renamed", "F"),
        ("qualified", "F"),
        ("within", "F"),
        ("tabled", "L"),
        ("told", "O"),
        ("kept", "O"),
        ("owned", "O"),
        ("assigned", "O"),
        ("handed", "NO"),
        ("untold", "N"),
        ("read", ""),
        ("unheard", ""),
    ],
)
def test_calls_are_followed_through_functions_methods_and_tables(client, method, reached):
    """What is handed on as a protocol may be any of the classes that are handed on."""
    read = reach.Reach("neurons")
    read.follow(client)
    read.follow(inspect.getattr_static(client, method))
    assert {call.id for call in read.calls} == set(reached)


def test_the_reading_stops_at_a_name(client, monkeypatch):
    monkeypatch.setattr(reach, "PRODUCTS", "sample_of_code.")
    read = reach.Reach("neurons", stop="near")
    read.follow(client)
    read.follow(client.over)
    assert read.stopped and not read.calls


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("device_owner", "E34"),
        ("device_owner", "E22"),
        ("app_setting_info", "E23"),
        ("user_info", "N01"),
        ("device_roaming", "E49"),
        ("label_policy", "E50"),
    ],
)
def test_what_a_module_does_not_come_to_is_not_claimed(module, number):
    """Methods of both products have names in common, and so have helpers of several calls."""
    assert module not in rows()[number].by


def test_a_call_that_a_record_answers_is_live(tmp_path, monkeypatch):
    monkeypatch.setattr(coverage_doc, "RECORDINGS", tmp_path)
    assert not any(row.live for row in coverage_doc.coverage())
    good = model.Seen("device", "GET", "/api/v1/device/{device}", status=200)
    refused = model.Seen("policies", "GET", "/api/v1/device/{device}/policies", status=403)
    made = record.record_of(model.Findings("neurons", seen=[good, refused]))
    (tmp_path / "one.json").write_text(json.dumps(made))
    rows = coverage_doc.coverage()
    assert [row.id for row in rows if row.live] == ["N07"]
    marked = [line for line in coverage_doc.table(rows).splitlines() if line.endswith("| live |")]
    assert len(marked) == 1 and marked[0].startswith("| N07 |")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1, "digest": "x"}', "null"])
def test_a_file_that_is_not_a_record_proves_nothing(tmp_path, monkeypatch, text):
    monkeypatch.setattr(coverage_doc, "RECORDINGS", tmp_path)
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=r"bad\.json is not a record"):
        coverage_doc.answered_live()
