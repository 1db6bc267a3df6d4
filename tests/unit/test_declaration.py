# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations: how entries and layers are read and merged, and that editors are told the same by the
schema."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.declaration import (
    Declaration,
    Owned,
    merge_layers,
    merged,
    parse_entries,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.files import (
    read_declaration,
)

jsonschema = pytest.importorskip("jsonschema")

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
STATE_FILE, VARIABLES = (
    json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    for name in ("state_file.json", "variables.json")
)


def entry(**keys: Any) -> dict[str, Any]:
    return {"device": 1, **keys}


def test_entries_of_a_device_are_merged_by_section_and_name():
    entries = parse_entries(
        [
            entry(attributes={"CityId": "A", "owner": "B"}, labels=["x", "y"]),
            entry(attributes={"cityid": ["C", "D"]}, labels={"x": "absent"}),
            entry(configurations={"Wi-Fi": "excluded"}),
            entry(configurations=["Wi-Fi", 7]),
        ]
    )
    found = {section: dict(wishes.values()) for section, wishes in merged(entries).items()}
    assert found == {
        "attributes": {"cityid": ("C", "D"), "owner": ("B",)},
        "labels": {"x": "absent", "y": "present"},
        "configurations": {"Wi-Fi": "installed", "7": "installed"},
    }


def test_layers_are_merged_into_what_an_entry_has():
    layers = [
        {"attributes": {"Since": date(2026, 1, 1), "a": 1}, "labels": ["x"]},
        {"attributes": {"A": [2, 3]}, "labels": {"x": "absent", "z": "present"}},
        {"configurations": ["Wi-Fi"]},
    ]
    found = merge_layers(layers, "v")
    assert found == {
        "attributes": {"Since": "2026-01-01", "A": [2, 3]},
        "labels": {"x": "absent", "z": "present"},
        "configurations": {"Wi-Fi": "installed"},
    }
    [read] = parse_entries([entry(**found)])
    assert read.sections.keys() == found.keys()


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([["a"]], "v: expected a mapping of labels, configurations, attributes, got list."),
        ([{"label": []}], "v: there is no section 'label' (nearest: 'labels'"),
        ([{"labels": None}], "v.labels: is null"),
        ([{"labels": {"x": "gone"}}], "v.labels.x: 'gone' is not one of present, absent"),
        ([{"labels": ["a\nb"]}], "v.labels: 'a\\nb' is not the name of a label"),
        ([{"labels": [True]}], "v.labels: True is neither the id nor the name of a label"),
        ([{"attributes": []}], "v.attributes: expected a mapping of attribute names"),
        ([{"attributes": {"a": float("nan")}}], "v.attributes, a: a value must be a string"),
        ([{"attributes": {"a": {"b": 1}}}], "v.attributes, a: a value must be a string"),
    ],
)
def test_wrong_layers_name_their_variable_and_section(layers, words):
    with pytest.raises(OptionError) as error:
        merge_layers(layers, "v")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("section", "patterns", "name", "ignored"),
    [
        ("attributes", ["HR_*"], "hr_code", True),
        ("attributes", ["floor"], "floor_#", True),
        ("attributes", ["!own*"], "city", True),
        ("labels", ["Pilot*"], "Pilot 2", True),
        ("labels", ["pilot*"], "Pilot 2", False),
        ("labels", [], "Pilot", False),
    ],
)
def test_what_is_ignored(section, patterns, name, ignored):
    assert Owned(ignore={section: patterns}).ignores(section, name) is ignored


def test_sections_know_where_they_are_used_first():
    declaration = Declaration(parse_entries([entry(labels=["a"]), entry(labels=[], attributes={})]))
    assert declaration.sections == {
        "labels": "devices[0] (device 1).labels",
        "attributes": "devices[1] (device 1).attributes",
    }


GOOD: list[dict[str, Any]] = [
    {"devices": [entry(attributes={"a": "x", "b": 1, "c": True, "d": ["x", 2.5]})]},
    {"devices": [{"device": "57d9903c-aadf-4b40-aef3-e1f24302f180", "labels": ["a", 7]}]},
    {"devices": [entry(labels={"a": "present", "b": "absent"}, configurations={"x": "excluded"})]},
    {"devices": [{"select": {"platform": "ios", "ids": [1]}, "attributes": {}, "allow_empty": True}]},
    {"label_definitions": [{"name": "a"}, {"name": "b", "state": "absent", "force": True, "space": 1}]},
    {"label_definitions": [{"name": "a", "filter": "x", "description": "y", "state": "present"}]},
    {"policies": [{"policy": 7, "label": "a", "on_unknown": "skip", "sample": 5, "state": "absent"}]},
]  # fmt: skip

BAD: list[Any] = [
    [],
    {},
    {"device": []},
    {"devices": {}},
    {"devices": [7]},
    {"devices": [{}]},
    {"devices": [{"device": 1}]},
    {"devices": [entry()]},
    {"devices": [{"attributes": {"a": "x"}}]},
    {"devices": [{"device": 1, "select": {"platform": "ios"}, "attributes": {"a": "x"}}]},
    {"devices": [{"select": {}, "attributes": {"a": "x"}}]},
    {"devices": [{"select": {"platfrom": "ios"}, "attributes": {"a": "x"}}]},
    {"devices": [{"select": {"platform": "toaster"}, "attributes": {"a": "x"}}]},
    {"devices": [entry(allow_empty=True, attributes={"a": "x"})]},
    {"devices": [entry(atributes={"a": "x"})]},
    {"devices": [entry(attributes=None)]},
    {"devices": [entry(attributes=["a"])]},
    {"devices": [entry(attributes={"a": ""})]},
    {"devices": [entry(attributes={"a": " "})]},
    {"devices": [entry(attributes={"a": []})]},
    {"devices": [entry(attributes={"a": None})]},
    {"devices": [entry(attributes={"a": {"b": 1}})]},
    {"devices": [entry(labels="a")]},
    {"devices": [entry(labels={"a": "gone"})]},
    {"devices": [entry(labels=[None])]},
    {"devices": [entry(configurations={"a": "present"})]},
    {"label_definitions": [{}]},
    {"label_definitions": [{"nam": "a"}]},
    {"label_definitions": [{"name": "a", "state": "gone"}]},
    {"label_definitions": [7]},
    {"policies": [{"policy": "a"}]},
    {"policies": [{"policy": "a", "label": "b", "sample": "many"}]},
    {"policies": [{"policy": "a", "label": "b", "on_unknown": "guess"}]},
]


def read(tree: Any, folder: Path) -> Declaration:
    """What the module reads of a file, with the keys of ``select``."""
    from ansible_collections.ivanti.uem.plugins.module_utils._families.state.task import _selected

    path = folder / "state.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    nothing = dict.fromkeys(("devices", "label_definitions", "policies"))
    declaration = read_declaration({**nothing, "state_files": [str(path)]})
    for one in declaration.entries:
        if one.select is not None:
            _selected(one, {"on_missing": "fail", "spaces": None})
    return declaration


@pytest.mark.parametrize("tree", GOOD, ids=json.dumps)
def test_what_the_schema_takes_the_module_takes(tree, tmp_path):
    jsonschema.validate(tree, STATE_FILE)
    assert read(tree, tmp_path).sections


@pytest.mark.parametrize("tree", BAD, ids=json.dumps)
def test_what_the_module_refuses_the_schema_refuses(tree, tmp_path):
    with pytest.raises(OptionError):
        read(tree, tmp_path)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, STATE_FILE)


@pytest.mark.parametrize(
    ("tree", "good"),
    [
        ({"ivanti_desired": {"attributes": {"a": "{{ b }}"}, "labels": "{{ labels }}"}}, True),
        ({"ivanti_desired": "{{ all_of_it }}", "other": 1}, True),
        ({"ivanti_desired": {"labels": ["a"]}}, True),
        ({"ivanti_desired": {"label": ["a"]}}, False),
        ({"ivanti_desired": {"labels": "a"}}, False),
        ({"ivanti_desired": []}, False),
        ({"ivanti_desired_state": {}}, False),
    ],
)
def test_variables_have_a_schema(tree, good):
    assert jsonschema.Draft7Validator(VARIABLES).is_valid(tree) is good


def test_schemas_are_schemas():
    for schema in (STATE_FILE, VARIABLES):
        jsonschema.Draft7Validator.check_schema(schema)
