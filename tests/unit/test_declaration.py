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


def rows_of(text: str | bytes, folder: Path, **keys: Any) -> Declaration:
    """What an entry of a table declares."""
    raw = text if isinstance(text, bytes) else text.encode()
    (folder / "devices.csv").write_bytes(raw)
    return read({"devices": [{"table": "devices.csv", "match": "serial_number", **keys}]}, folder)


COLUMNS = {"Cost": "attributes.costcenter", "Where": "attributes.cityid"}


def test_rows_of_a_table_are_entries(tmp_path):
    text = "\ufeffserial_number;Cost;Where;Note\r\nA0042;0815; Rom\u00a0;x\r\n;;;\r\nB1;;-;y\r\nC1;;;z\r\n"
    found = rows_of(text, tmp_path, columns=COLUMNS, remove="-")
    assert [one.where for one in found.entries] == [
        "devices.csv row 2 (serial number A0042)",
        "devices.csv row 4 (serial number B1)",
    ]
    assert [one.sections for one in found.entries] == [
        {"attributes": {"costcenter": ("costcenter", ("0815",)), "cityid": ("cityid", ("Rom",))}},
        {"attributes": {"cityid": ("cityid", ())}},
    ]
    assert found.notes == ()


def test_a_table_says_labels_and_configurations(tmp_path):
    text = "Mail,Team,Pool,VPN\na@example.com,Sales; North,x,\nb@example.com,,-,excluded\n"
    columns = {"Team": "labels", "Pool": "labels.Loan pool", "VPN": "configurations.Old VPN"}
    found = rows_of(text, tmp_path, match={"email": "Mail"}, columns=columns, remove="-")
    assert [one.ref.kind for one in found.entries if one.ref] == ["email", "email"]
    assert [one.sections for one in found.entries] == [
        {
            "labels": {
                name: (name, "present") for name in ("Sales", "North", "Loan pool")
            }
        },
        {
            "labels": {"Loan pool": ("Loan pool", "absent")},
            "configurations": {"Old VPN": ("Old VPN", "excluded")},
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("A1,1.23E+14,\n", "row 2: attributes.costcenter .1.23E.14. is a long number"),
        ("A1,'0815,\n", "row 2: attributes.costcenter .* apostrophe"),
        ("A1,a\u00a0b,\n", "row 2: .* no-break space"),
        ("3-Mar,1,\n", "row 2: serial_number '3-Mar' was made a date"),
        ("01.03.2026,1,\n", "row 2: serial_number '01.03.2026' was made a date"),
        ("123456.0,1,\n", "row 2: serial_number '123456.0' was made a number"),
        ("A1,1,\nB1,2,\na1,3,\n", "row 4: serial_number 'a1' is in row 2 as well"),
        ("A1,1\n", "row 2 has 2 cells"),
        (",1,\n", "row 2 has no serial_number"),
        ("N/A,1,\n", "row 2: 'N/A' stands for a missing serial number"),
        ("A1,=B2,\n", "row 2: .* formula"),
    ],
)
def test_what_a_spreadsheet_changed_is_refused_by_its_row(rows, words, tmp_path):
    with pytest.raises(OptionError, match=words):
        rows_of(f"serial_number,Cost,Where\n{rows}", tmp_path, columns=COLUMNS)


def test_lost_zeros_and_made_dates_are_warned_of(tmp_path):
    rows = "".join(f"{10**9 + number},x,y\n" for number in range(9))
    found = rows_of(
        f"serial_number,Cost,Where\n98765432,Mar-24,a\n{rows}", tmp_path, columns=COLUMNS
    )
    assert len(found.notes) == 2
    assert "serial_number of row 2 has fewer digits" in found.notes[0]
    assert "attributes.costcenter of row 2 looks like a date" in found.notes[1]


TABLE = {"table": "devices.csv", "match": "id", "columns": {"City": "attributes.cityid"}}
# fmt: off
GOOD_TABLES: list[dict[str, Any]] = [
    {}, {"match": {"guid": "City 2"}}, {"remove": "-"}, {"columns": ["City"]}, {"delimiter": ","},
    {"columns": {"City": "labels"}}, {"columns": {"City": "configurations.a.b"}},
]
BAD_TABLES: list[dict[str, Any]] = [
    {"match": "imei"}, {"match": {"guid": ""}}, {"match": {"id": "id", "guid": "guid"}}, {"columns": []}, {"columns": {}},
    {"columns": {"City": "cityid"}}, {"columns": {"City": "attributes"}}, {"columns": {"City": "labels."}}, {"remove": ""},
    {"colums": {}}, {"columns": {"City": "policies"}}, {"attributes": {"a": "b"}}, {"table": 7}, {"match": None},
]
# fmt: on


@pytest.mark.parametrize(
    ("keys", "good"),
    [*((keys, True) for keys in GOOD_TABLES), *((keys, False) for keys in BAD_TABLES)],
    ids=json.dumps,
)
def test_the_schema_takes_the_entries_of_tables_that_the_module_takes(keys, good, tmp_path):
    guid = "57d9903c-aadf-4b40-aef3-e1f24302f180"
    (tmp_path / "devices.csv").write_text(f"id,City 2,City\n7,{guid},x\n")
    tree = {"devices": [{**TABLE, **keys}]}
    assert jsonschema.Draft7Validator(STATE_FILE).is_valid(tree) is good
    if good:
        # A column of labels or configurations has names, and "x" is one.
        words = keys.get("columns") == {"City": "configurations.a.b"}
        assert len(read(tree, tmp_path).entries) == 1 or words
    else:
        with pytest.raises(OptionError):
            read(tree, tmp_path)


def test_a_table_without_rows_is_said(tmp_path):
    (tmp_path / "devices.csv").write_text("serial_number,owner\n,\n", encoding="utf-8")
    table = {"table": "devices.csv", "match": "serial_number", "columns": ["owner"]}
    with pytest.raises(OptionError, match=r"Nothing is declared.*'devices.csv' has no row below"):
        read({"devices": [table]}, tmp_path)
    found = read({"devices": [table], "label_definitions": [{"name": "a"}]}, tmp_path)
    assert len(found.notes) == 1 and "so it declares nothing" in found.notes[0]


def test_a_relative_path_is_said_with_where_it_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nothing = dict.fromkeys(("devices", "label_definitions", "policies"))
    said = rf"state_files: 'state' cannot be read \(No such file or directory in '{tmp_path}'\)"
    with pytest.raises(OptionError, match=said):
        read_declaration({**nothing, "state_files": ["state"]})
