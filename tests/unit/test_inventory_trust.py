# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pickle

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.ivanti.uem.plugins.plugin_utils import _trust
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import (
    TAGS_DATA,
    SafeValues,
    could_be_template,
    template,
)
from hypothesis import given
from hypothesis import strategies as st

TEMPLATES = ["{{ 6*7 }}", "a{% set x=1 %}b", "x{# gone #}y"]


def templated(value, **variables):
    return Templar(loader=DataLoader(), variables=variables).template(value)


@pytest.mark.parametrize("text", TEMPLATES)
def test_values_of_a_server_are_no_templates(text):
    value = SafeValues()({"a": [text, {"b": text}], text: 1})
    assert templated(template("{{ it }}"), it=value) == {"a": [text, {"b": text}], text: 1}


def test_a_text_of_our_own_is_a_template():
    assert templated(template("{{ 6*7 }}")) in (42, "42")


def test_two_harmless_values_do_not_make_a_template():
    """``{`` and ``{ 6*7 }}`` side by side; before 2.19 what a template answers can be a template
    again."""
    safe = SafeValues()
    variables = {
        "one": safe("{"),
        "other": safe("{ 6*7 }}"),
        "both": template("{{ one ~ other }}"),
    }
    assert templated(template("{{ both }}"), **variables) == "{{ 6*7 }}"


@given(st.lists(st.text("{}%#a", max_size=4), max_size=4))
def test_values_that_pass_for_harmless_stay_so_in_a_row(texts):
    harmless = [text for text in texts if not could_be_template(text)]
    assert not could_be_template("".join(harmless)) or "".join(harmless).endswith("{")
    assert not any(mark in "".join(harmless) for mark in ("{{", "{%", "{#"))


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", "{guid}", [], {}, {"a": ["b", 1]}])
def test_values_stay_what_they_are(value):
    assert SafeValues()(value) == value


def test_a_null_character_is_replaced():
    """The database of AWX refuses it."""
    value = SafeValues()({"name": ["a\0b", "{{ a\0b }}"]})
    assert value == {"name": ["a\ufffdb", "{{ a\ufffdb }}"]}


VALUES = {
    "text": "a", "same": "a", "empty": "", "risky": "{{ 6*7 }}", "null": "a\0b", "number": 3, "share": 2.5, "yes": True,
    "nothing": None, "list": ["a", "{%"], "map": {"a": ["b", None]}, "tuple": ("a",),
}  # fmt: skip


def test_variables_are_what_each_value_becomes():
    one, other = SafeValues(), SafeValues()
    made = one.variables(VALUES)
    assert made == {name: other(value) for name, value in VALUES.items()}
    assert list(map(type, made.values())) == [type(other(value)) for value in VALUES.values()]
    assert made["text"] is made["same"]
    assert made["list"] is not VALUES["list"]


@pytest.mark.skipif(not TAGS_DATA, reason="ansible-core before 2.19 has no tags")
@pytest.mark.parametrize("knows_tags", [True, False])
def test_a_text_is_marked_as_ansible_marks_it(monkeypatch, knows_tags):
    from ansible.template import is_trusted_as_template, trust_as_template

    if not knows_tags:
        # Another release may keep its tags elsewhere.
        class Elsewhere(str):
            __slots__ = ()

        monkeypatch.setattr(_trust, "trust_as_template", Elsewhere)
        assert isinstance(_trust._tagger()("ü"), Elsewhere)
        return
    for text in ("", "a", "ü", "{"):
        made, theirs = _trust._tagger()(text), trust_as_template(text)
        assert (made, type(made), pickle.dumps(made)) == (text, type(theirs), pickle.dumps(theirs))
        assert is_trusted_as_template(made)
