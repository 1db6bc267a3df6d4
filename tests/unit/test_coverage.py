# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of the vendor documents is reached by what promises it, emulated, and held by a
contract; docs/coverage.md says so."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool():
    spec = importlib.util.spec_from_file_location(
        "coverage_doc", ROOT / "tools" / "coverage_doc.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_doc"] = module
    spec.loader.exec_module(module)
    return module


TOOL = tool()

# What a playbook author is told to call each through, by the numbers of the calls.
# fmt: off
PROMISED = {
    "device_owner": ["N01"],
    "device_custom_attrs": ["N02", "N03", "N04", "N05", "N06"],
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
}
# fmt: on
ROWS = {row.id: row for row in TOOL.coverage()}


def test_every_call_of_the_documents_has_a_row():
    assert list(ROWS) == [
        *(f"N{number:02}" for number in range(1, 46)),
        *(f"E{number:02}" for number in range(1, 52)),
    ]
    assert {number for numbers in PROMISED.values() for number in numbers} == ROWS.keys()


@pytest.mark.parametrize("number", ROWS)
def test_a_call_is_reached_emulated_and_held_by_a_contract(number):
    assert ROWS[number].lacks == ""


@pytest.mark.parametrize(
    ("module", "number"),
    [(module, number) for module, numbers in PROMISED.items() for number in numbers],
)
def test_a_call_is_reached_by_what_promises_it(module, number):
    assert module in ROWS[number].by


def test_the_document_is_what_the_code_says():
    assert TOOL.DOCUMENT.read_text(encoding="utf-8") == TOOL.render(list(ROWS.values()))


@pytest.mark.parametrize(("by", "emulated", "contract", "lacks"), [
    (("device_info",), True, "N07.yml", ""),
    ((), True, "N07.yml", "a module"),
    (("device_info",), False, "N07.yml", "a route"),
    (("device_info",), True, "", "a contract"),
    ((), False, "", "a module and a route and a contract"),
])  # fmt: skip
def test_a_row_says_what_it_lacks(by, emulated, contract, lacks):
    assert TOOL.Row("N07", ("GET", "/"), "", "", by, False, emulated, contract).lacks == lacks


def test_a_route_counts_with_its_method():
    assert TOOL.emulated("epmm", ("PUT", "/api/v1/dm/devices/wipe/{}"))
    assert not TOOL.emulated("epmm", ("POST", "/api/v1/dm/devices/wipe/{}"))
    assert not TOOL.emulated("neurons", ("GET", "/api/v1/unheard/{}"))


CODE = {
    "client": """
from . import endpoints, helper
from .helper import far
TABLE = {1: endpoints.LATER}
class Client:
    def near(self):
        return self.transport.call(endpoints.NEAR)
    def over(self, pool, rows):
        far(self.transport)
        return pool.map(self.near, rows)
    def tabled(self):
        return TABLE[1]
    def nothing(self, row):
        return row.near
""",
    "helper": """
from . import endpoints
def far(transport):
    return transport.call(endpoints.FAR)
def unused(transport):
    return transport.call(endpoints.UNUSED)
""",
}


@pytest.mark.parametrize(
    ("method", "reached"),
    [
        ("near", {"NEAR"}),
        ("over", {"NEAR", "FAR"}),
        ("tabled", {"LATER"}),
        ("nothing", set()),
        ("unheard", set()),
    ],
)
def test_calls_are_followed_through_functions_methods_and_tables(tmp_path, method, reached):
    for stem, code in CODE.items():
        (tmp_path / f"{stem}.py").write_text(code, encoding="utf-8")
    names = TOOL.Uses(tmp_path.glob("*.py")).reached([f".{method}"])
    assert {name.partition(".")[2] for name in names if name.startswith("endpoints.")} == reached


def test_an_import_under_another_name_is_the_same():
    tree = ast.parse("from .helper import far as near\nnear()")
    assert "helper.far" in TOOL.uses(tree, "here", TOOL._imported(tree))


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("device_owner", "E34"),
        ("device_owner", "E22"),
        ("app_setting_info", "E23"),
        ("user_info", "N01"),
    ],
)
def test_what_a_module_does_not_come_to_is_not_claimed(module, number):
    """Methods of both products have names in common, and so have helpers of several calls."""
    assert module not in ROWS[number].by
