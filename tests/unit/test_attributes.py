# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import (
    Rewritten,
    canonical,
    clean_map,
    clean_names,
    clean_values,
    distinct_values,
    missing_values,
    require_defined,
    require_spelled,
    resolve,
    rewritten,
    same_values,
    yaml_notes,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._module.yaml_text import parse_yaml


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("SF", ("SF",)),
        (3, ("3",)),
        (2.5, ("2.5",)),
        (3.0, ("3.0",)),
        (1e-7, ("0.0000001",)),
        (date(2026, 1, 1), ("2026-01-01",)),
        ([datetime(2026, 1, 1, 7, 30)], ("2026-01-01T07:30:00",)),
        (True, ("true",)),
        (False, ("false",)),
        (0, ("0",)),
        (["a", 1, True], ("a", "1", "true")),
        (["a", "b", "a"], ("a", "b")),
        ("{{ 7 * 7 }}", ("{{ 7 * 7 }}",)),
        ("Zoë\n/..", ("Zoë\n/..",)),
    ],
)
def test_values_are_kept_as_lists_of_strings(raw, kept):
    assert clean_values(raw, "attrs.x") == kept


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        [],
        [""],
        ["a", None],
        {"a": 1},
        [["a"]],
        object(),
        b"a",
        {"a"},
        float("nan"),
        float("inf"),
        "a\x00b",
        ["a", "b\x1b[31m"],
        "\x85x\x9b",
    ],
)
def test_values_that_no_server_keeps_are_refused(raw):
    with pytest.raises(OptionError, match="attrs.x"):
        clean_values(raw, "attrs.x")


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "1,5",
        True,
        "nan",
        ["1", "x"],
        "0x10",
        "infinity",
        "1_000",
        "1e3",
        "\u0663",
        "+1",
        ".",
    ],
)
def test_a_numeric_attribute_needs_numbers(value):
    with pytest.raises(OptionError, match="attrs.floor_#: .* is not a number"):
        clean_map({"floor_#": value}, "attrs")
    assert clean_map({"floor_#": ["-1", 2.5, 1e22], "floor2": value}, "attrs")["floor_#"] == (
        "-1",
        "2.5",
        "1" + "0" * 22,
    )


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x00", None, True, 1.5, ["a"], "_#"])
def test_names_that_cannot_be_are_refused(name):
    with pytest.raises(OptionError, match="attrs"):
        clean_names([name], "attrs")


@pytest.mark.parametrize("pair", [("City", "city"), ("floor", "floor_#"), ("FLOOR_#", "floor")])
def test_two_spellings_of_one_attribute_are_refused(pair):
    with pytest.raises(OptionError, match="same attribute"):
        clean_map({pair[0]: 1, pair[1]: 1}, "attrs")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("CityId", "cityid"),
        ("floor_#", "floor"),
        ("a b", "a b"),
        ("x_#_#", "x_#"),
        ("STRASSE", "strasse"),
    ],
)
def test_canonical_names(name, key):
    assert canonical(name) == key


@pytest.mark.parametrize(
    ("one", "other", "numeric", "same"),
    [
        (["a", "b"], ["b", "a"], False, True),
        (["a"], ["A"], False, False),
        (["a"], ["a", "b"], False, False),
        (["3"], ["3.0"], False, False),
        (["3"], ["3.0"], True, True),
        (["-3.50"], ["-3.5"], True, True),
        (["1e2"], ["100"], True, False),
        (["\u0663"], ["3"], True, False),
        (["three"], ["three"], True, True),
        (["nan"], ["nan"], True, True),
        ([], ["a"], False, False),
    ],
)
def test_values_are_compared_as_the_api_keeps_them(one, other, numeric, same):
    assert same_values(one, other, numeric=numeric) is same
    assert same_values(other, one, numeric=numeric) is same


@pytest.mark.parametrize(
    ("values", "numeric", "kept"),
    [
        (("5", "5.0", "05"), True, ("5",)), (("05", "6", "5"), True, ("05", "6")), (("5", "5.0", "05"), False, ("5", "5.0", "05")),
        (("-0", "0"), True, ("-0",)), (("a", "a"), False, ("a",)), ((), True, ()),
    ],
)  # fmt: skip
def test_a_number_is_one_value_however_it_is_written(values, numeric, kept):
    assert distinct_values(values, numeric=numeric) == kept
    assert missing_values(values, (), numeric=numeric) == kept
    name = "floor_#" if numeric else "floor"
    if values:
        assert clean_map({name: list(values)}, "attrs") == {name: kept}


def test_missing_values_keep_their_order():
    assert missing_values(("c", "a", "b"), ("a",), numeric=False) == ("c", "b")
    assert missing_values(("3", "4"), ("3.0",), numeric=True) == ("4",)


@pytest.mark.parametrize(("names", "defined", "words"), [
    (["owner"], ["Owner", "floor_#"], ""), (["FLOOR"], ["owner", "floor_#"], ""), (["ownr"], None, ""), ([], [], ""),
    (["owner", "ownr"], ["owner"], r"select.x: the attribute 'ownr' is not defined on the server \(nearest: 'owner'\); nothing was done"),
])  # fmt: skip
def test_names_have_to_be_defined_where_the_server_says_which_are(names, defined, words):
    if not words:
        require_defined(names, defined, "select.x")
        return
    with pytest.raises(OptionError, match=words):
        require_defined(names, defined, "select.x")


@pytest.mark.parametrize("name", ["floor", "Floor_#", "FLOOR"])
@pytest.mark.parametrize("defined", [["floor", "floor_#"], ["Floor_#", "x", "floor"]])
def test_a_name_of_two_definitions_is_refused_with_both(name, defined):
    words = r"select.x: the server defines both '\w+(_#)?' and '\w+(_#)?', .* Nothing was done\."
    with pytest.raises(OptionError, match=words):
        require_defined([name], defined, "select.x")
    with pytest.raises(OptionError, match="the server defines both"):
        resolve({name: ("4",)}, defined, "select.custom_attributes")
    require_defined(["x"], [*defined, "x", "X"], "select.x")
    # The server reads a filter, and it has both.
    require_spelled(name, defined, "select.filters")


@pytest.mark.parametrize(("name", "words"), [
    ("owner", ""), ("floor_#", ""), ("floor", "'floor' is numeric, and searches need its suffix; write floor_#"),
    ("flor", "is not defined on the server"),
])  # fmt: skip
def test_names_in_an_expression_have_the_spelling_of_the_server(name, words):
    if not words:
        require_spelled(name, ["owner", "floor_#"], "select.filters")
        return
    with pytest.raises(OptionError, match=words):
        require_spelled(name, ["owner", "floor_#"], "select.filters")


@pytest.mark.parametrize(
    ("attrs", "said"),
    [
        ({"costcenter": 1.1}, "attrs.costcenter: YAML reads the value as a number with a fraction"),
        ({"costcenter": ["a", 18.1]}, 'such as "18.10"'),
        (
            {"owner": True},
            "devices get 'true'; write it in quotes if it is a text, such as \"yes\".",
        ),
        ({"owner": False}, 'such as "no"'),
        ({"floor": True}, "attrs.floor: YAML reads"),
        (
            {"a": ["x", Rewritten.of(8, "010")]},
            "attrs.a: YAML reads the value as a number, and devices get '8'; write it in quotes",
        ),
        ({"floor_#": Rewritten.of(750, "12:30")}, 'such as "12:30".'),
        (
            {"owner": ["x", "\ufeffKöln"]},
            "attrs.owner: the value has the invisible character U+FEFF",
        ),
        ({"owner": "a\u202eb"}, "U+202E"),
        ({"owner": "שלום\u202eb"}, "U+202E"),
        ({"owner": "a\u200eb"}, "U+200E"),
        (
            {"door_pin": Rewritten.of(34, "0042")},
            "attrs.door_pin: YAML reads the value as a number, which may change it; write it in",
        ),
    ],
)
def test_values_that_yaml_may_have_changed_are_noted(attrs, said):
    [note] = yaml_notes([("attrs", attrs), ("devices[0].attrs", attrs)], ["floor_#"])
    assert said in note


@pytest.mark.parametrize("value", ["שלום (IT)\u200f", "\u200eمرحبا", "na\u200d\u0ba8"])
def test_marks_that_a_script_needs_are_not_noted(value):
    assert yaml_notes([("attrs", {"owner": [value]})], []) == []


@pytest.mark.parametrize("value", ["ab12", {"a": "ab12"}, ["1", "ab12"]])
def test_a_refusal_shows_no_secret(value):
    with pytest.raises(OptionError, match="attrs.pin_#: ") as refused:
        clean_map({"pin_#": value}, "attrs")
    assert "ab12" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("010", "010"), ("12:30", "12:30"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("0b11", "0b11"), ("00", "00"), ("-010", "-010"),
        ("8", ""), ("+8", ""), ("-8", ""), ("'010'", ""), ("1.10", ""), ("08", ""), ("0", ""), ("12:60", ""),
    ],
)  # fmt: skip
def test_a_number_remembers_what_yaml_made_it_of(text, written):
    data = parse_yaml(f"a: {text}\nb: [x, {text}]\nc: {text}\n", foreign=True)
    found = {name: [one.written for one in parts] for name, parts in rewritten(data).items()}
    assert found == dict.fromkeys("abc", [written] if written else [])
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    "attrs",
    [
        {"a": 8, "b": "1.10", "c": ["yes"]},
        {"floor": 1.5},
        {"other_#": 1.5},
        {"b": "a\nb\tc \u200d"},
        None,
        ["a"],
    ],
)
def test_values_that_stay_what_they_were_are_not_noted(attrs):
    assert yaml_notes([("attrs", attrs)], ["floor_#"]) == []
