# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import sys

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.compared import (
    CONTAINS,
    ENDS,
    IS,
    ORDER,
    STARTS,
    Compared,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    MissingLibraryError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module import query
from ansible_collections.ivanti.uem.plugins.module_utils._module.query import compile_query


def test_a_row_that_cannot_be_sorted_is_not_shown_as_a_whole():
    rows = [{"priority": None, "description": "d" * 900}, {"priority": 1}]
    with pytest.raises(
        OptionError, match=r"query: 'sort_by.* cannot be evaluated .*received: \"null\""
    ) as refused:
        compile_query("sort_by(@, &priority)", "query")(rows)
    assert len(str(refused.value)) < 300


def test_the_library_is_imported_only_for_a_query(monkeypatch):
    """Most runs have none, and it takes longer than most files of the collection."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "jmespath"]:
        monkeypatch.delitem(sys.modules, name)
    importlib.reload(query)
    assert "jmespath" not in sys.modules
    query.compile_query("[?id]", "query")
    assert "jmespath" in sys.modules


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jmespath", None)
    with pytest.raises(MissingLibraryError) as missing:
        compile_query("[?id]", "query")
    assert missing.value.library == "jmespath"


ROWS = [
    {"id": "1", "platform": "IOS", "lost": True, "seen": 5, "custom": {"attrs": {"city": ["SF"]}}},
    {"id": "2", "platform": "ANDROID", "lost": False, "seen": 7, "custom": None},
]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("[?!a.b.c]", "no row has a field 'a'; check the spelling. If it is meant as a text"),
        ("[?lots]", "no row has a field 'lots' (nearest: 'lost'); check the spelling."),
        ("[?Platform == 'IOS']", "no row has a field 'Platform' (nearest: 'platform')"),
        ('[?platform == "IOS"]', "write 'IOS' in single quotes"),
        ("[?lost == false]", "false is read as the name of a field; write `false` in backticks"),
        ("[?lost == null]", "write `null` in backticks"),
        ("[?lost || blocked]", "no row has a field 'blocked'"),
        ("[?lost && blocked]", "no row has a field 'blocked'"),
        ("[?seen == `9` && platfrom == 'IOS']", "(nearest: 'platform')"),
        ("[?custom.attrs.citty]", "no row has a field 'citty' (nearest: 'city')"),
        ("[].{name: modell || nname}", "no row has a field 'modell'"),
        ("[].{name: id} | [?nam]", "(nearest: 'name')"),
        ("lost", "a list has no field 'lost'; write [].lost, or [?…]"),
        ("[?id == `1`]", "compares a text (in single quotes: '5') with a number"),
        ("[?lost == 'true']", "compares true or false (in backticks: `true`) with a text"),
        ("map(&plattform, @)", "(nearest: 'platform')"),
        ("[?platform.name]", "the value before .name is a text, which has no fields"),
        ("[?!lost.since]", "the value before .since is true or false, which has no fields"),
        ("[?'lost']", "a condition, or a part of it, names no field"),
        ("[?`true`]", "a condition, or a part of it, names no field"),
        ("[?!'lost']", "a condition, or a part of it, names no field"),
        ("[?lost && 'platform' != 'IOS']", "a condition, or a part of it, names no field"),
    ],
)
def test_what_no_row_can_meet_is_noted(expression, said):
    search = compile_query(expression, "select.query")
    search(ROWS)
    [note, *_more] = search.notes
    assert note.startswith("select.query: ") and said in note


@pytest.mark.parametrize(
    "expression",
    [
        "[?lost]", "[?custom.attrs.city]", "[?platform == 'MACOS']", "[].{name: model || id}", "[?custom == `null`]",
        "[].{name: id} | [?name]", "[?@.lost]", "[?contains(keys(@), 'lost')]", "[?lost == `true` && seen > `6`]", "length(@)", "[].[id, platform]",
    ],
)  # fmt: skip
def test_what_rows_can_meet_is_not_noted(expression):
    search = compile_query(expression, "query")
    search(ROWS)
    assert search.notes == []


def test_custom_attributes_that_exist_are_no_faults():
    search = compile_query("[?custom_attributes.floor || custom_attributes.flor]", "query")
    search([{"custom_attributes": {"city": ["SF"]}}, {"custom_attributes": None}])
    assert search.unknown_attributes and len(search.notes) == 2
    [fault] = search.faults({"floor"})
    assert "'flor'" in fault
    assert search.faults({"floor", "flor"}) == []
    search = compile_query("[?city]", "query")
    search([{"custom_attributes": {}}])
    assert not search.unknown_attributes and search.faults({"city"})


def test_fields_that_are_null_in_all_rows_are_known():
    search = compile_query("[?!supervised && lost && (imei || lost)]", "query")
    rows = [{"supervised": None, "lost": None, "imei": None}, {"lost": True, "imei": None}]
    search(rows)
    assert search.nulls == {"supervised", "imei"}


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("[?platform == 'ios' && !(`b` != a)]", [("platform", "ios"), ("a", "b")]),
        ("[?contains(['ios', 'macos'], platform)]", [("platform", "ios"), ("platform", "macos")]),
        ('[?contains(`["ios"]`, platform)]', [("platform", "ios")]),
        ("[?contains('ios,macos', platform)]", []),
        ("[?contains(platform, 'io') || a.b == 'x' || a == b || a == `5`]", [("platform", "io", CONTAINS)]),
        ("[?!starts_with(a, 'I') && !ends_with(b, 'S')]", [("a", "I", STARTS), ("b", "S", ENDS)]),
        ("[?a > '5']", [("a", "5", ORDER)]),
        ("[?a[0] == 'x' || contains(a[0], 'y')]", [("a", "x", IS, True), ("a", "y", CONTAINS, True)]),
        ("[?a[?@ == 'x']]", [("a", "x", IS, True)]),
        ("[*] | [?a == 'x'].b", [("a", "x")]),
        # These are fields of other things than rows.
        ("[?labels[?platform == 'x']]", []), ("[].details[?platform == 'x']", []), ("devices[?platform == 'x']", []),
    ],
)  # fmt: skip
def test_texts_that_fields_are_compared_with(expression, texts):
    found = compile_query(expression, "query").texts
    assert list(found) == [Compared(*one) for one in texts]


def test_nothing_is_noted_without_rows():
    search = compile_query("[?a.b == false]", "query")
    search([])
    assert search.notes == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("[?seen < '1700000000000']", "Compare numbers with numbers in backticks"),
        ("[::0]", "slice step cannot be zero"),
        ("ceil(`1e400`)", "cannot convert float infinity to integer"),
        (f"{'[' * 600}id{']' * 600}", "too many brackets"),
        ("[?seen == 5]", "A number is written in backticks"),
        ("[?contains(platfom, 'I')]", "(nearest: 'platform')"),
        ("", "cannot be empty"),
    ],
)
def test_whatever_an_expression_raises_is_one_sentence_with_the_option(expression, said):
    with pytest.raises(OptionError, match=r"^select\.query: ") as refused:
        compile_query(expression, "select.query")(ROWS)
    assert said in str(refused.value) and len(str(refused.value)) < 700


@pytest.mark.parametrize(
    ("condition", "value", "said"),
    [
        ("v > '15'", "9.3", True), ("v > '15'", "16.1", False), ("v < '9'", "10.0", True), ("v >= '9'", "10", True), ("'9' > v", "10", True),
        ("v > '15.10'", "15.9", True), ("v > '2026-01-01'", "2025-12-31", False), ("v > 'm'", "n", False), ("v > `15`", 9, False),
        ("v > '15'", None, False), ("v == '15'", "9", False),
        # What the other side leaves out is not compared.
        ("w == 'x' && v > '15'", "9", False), ("w == 'w' || v > '15'", "9", False), ("w == 'w' && v > '15'", "9", True),
    ],
)  # fmt: skip
def test_versions_that_are_compared_as_texts_are_doubtful(condition, value, said):
    search = compile_query(f"[?{condition}]", "query")
    search([{"v": value, "w": "w"}])
    assert bool(search.notes) is said and all("letter by letter" in note for note in search.notes)
