# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tree, two forms: XML as in the vendor documents, JSON as clients meet it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from uem_emulator.epmm.v1.tree import Boxed, Cached, Many, Tree, write_json, write_xml

ONE = {"@id": 2, "uuid": "u", "compliance": 0, "employeeOwned": False}


@pytest.mark.parametrize(("tree", "collapsed", "xml"), [
    ({"devices": {"device": Many([ONE])}},
     {"devices": {"device": {"@id": "2", "uuid": "u", "compliance": 0, "employeeOwned": False}}},
     '<r><devices><device id="2"><uuid>u</uuid><compliance>0</compliance><employeeOwned>false</employeeOwned></device></devices></r>'),
    ({"a": {"b": Many([{"@id": -3}, {"@id": 4}])}}, {"a": {"b": [{"@id": "-3"}, {"@id": "4"}]}}, '<r><a><b id="-3"/><b id="4"/></a></r>'),
    ({"roles": Many(["x", "y"]), "z": True}, {"roles": ["x", "y"], "z": True}, "<r><roles>x</roles><roles>y</roles><z>true</z></r>"),
    ({"a": {"b": Many([])}, "c": Many([])}, {"a": None}, "<r><a/></r>"),
    ({"messages": None, "t": ""}, {"messages": None, "t": ""}, "<r><messages/><t/></r>"),
    ({"messages": {"message": Many(["1 alert(s) returned"])}}, {"messages": {"message": "1 alert(s) returned"}},
     "<r><messages><message>1 alert(s) returned</message></messages></r>"),
    ({"details": Boxed({"entry": Many([{"key": "k", "value": "1"}, {"key": "l", "value": "2"}])})},
     {"details": [{"entry": [{"key": "k", "value": "1"}, {"key": "l", "value": "2"}]}]},
     "<r><details><entry><key>k</key><value>1</value></entry><entry><key>l</key><value>2</value></entry></details></r>"),
    ({"details": Boxed({"entry": Many([{"key": "k", "value": "1"}])})}, {"details": [{"entry": {"key": "k", "value": "1"}}]},
     "<r><details><entry><key>k</key><value>1</value></entry></details></r>"),
    ({"details": Boxed({"entry": Many([])})}, {"details": []}, "<r><details/></r>"),
    ({"n": 12.5, "big": 4194304}, {"n": 12.5, "big": 4194304}, "<r><n>12.5</n><big>4194304</big></r>"),
])  # fmt: skip
def test_both_forms(tree: Tree, collapsed: Any, xml: str) -> None:
    assert json.loads(write_json(tree, collapse=True)) == collapsed
    assert (
        write_xml("r", tree).decode()
        == '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + xml
    )


def test_a_list_of_one_may_stay_a_list() -> None:
    tree = {
        "devices": {"device": Many([{"@id": 1, "details": Boxed({"entry": Many([{"key": "k"}])})}])}
    }
    assert json.loads(write_json(tree, collapse=False)) == {
        "devices": {"device": [{"@id": "1", "details": [{"entry": [{"key": "k"}]}]}]}
    }


@pytest.mark.parametrize("text", [
    "{{ 7*7 }}", "a < b & c > d", "\"quoted\" 'twice'", "line\nfeed\ttab", "carriage\r\nreturn", "  blanks  ", "Außendienst, 日本 📱",
    "]]>", "&amp;", "x" * 300,
])  # fmt: skip
def test_texts_survive(text: str) -> None:
    tree = {"a": {"comment": text}}
    assert json.loads(write_json(tree, collapse=True)) == tree
    assert ElementTree.fromstring(write_xml("r", tree)).findtext("a/comment") == text


def test_characters_which_xml_lacks_are_left_out() -> None:
    found = ElementTree.fromstring(write_xml("r", {"a": "nul\x00 bell\x07 \ufffe."}))
    assert found.findtext("a") == "nul bell ."


def test_the_order_is_that_of_the_tree() -> None:
    tree = {"z": 1, "a": 2, "m": {"y": 1, "b": 2}}
    assert write_json(tree, collapse=True) == b'{"z":1,"a":2,"m":{"y":1,"b":2}}'
    assert write_xml("r", tree).endswith(b"<r><z>1</z><a>2</a><m><y>1</y><b>2</b></m></r>")


def test_a_cached_tree_is_made_once_for_each_form_and_shape() -> None:
    cache: dict[Any, Any] = {}
    made: list[str] = []

    def tree(shape: str) -> Tree:
        def make() -> Tree:
            made.append(shape)
            return {"@id": 7, "shape": shape, "rows": Many(["one"])}

        return {"devices": {"device": Many([Cached(cache, shape, make)])}}

    for _time in range(2):
        assert json.loads(write_json(tree("a"), collapse=True)) == {
            "devices": {"device": {"@id": "7", "shape": "a", "rows": "one"}}
        }
        assert json.loads(write_json(tree("a"), collapse=False)) == {
            "devices": {"device": [{"@id": "7", "shape": "a", "rows": ["one"]}]}
        }
        assert write_xml("r", tree("a")).endswith(
            b'<r><devices><device id="7"><shape>a</shape><rows>one</rows></device></devices></r>'
        )
        assert b'"shape":"b"' in write_json(tree("b"), collapse=True)
    assert sorted(made) == ["a", "a", "a", "b"]
    cache.clear()
    write_xml("r", tree("a"))
    assert len(made) == 5
