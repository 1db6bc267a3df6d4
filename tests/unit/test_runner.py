# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runner of modules: what it spares, and what it reads again."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest
from ansible.module_utils import basic
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.calls import (
    CUSTOM_ATTRS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import (
    MOST_RETURNED,
    _has_converted,
    few_of,
    given,
    require_texts,
    require_values,
    run,
)


class Ended(Exception):
    """The module would end here."""


def test_a_run_does_not_search_for_cycles_all_the_time_and_leaves_the_search_as_it_was():
    during = []

    def fail_json(**result):
        during.append((gc.get_threshold()[0], gc.isenabled()))
        raise Ended(result["msg"])

    before = gc.get_threshold()
    with pytest.raises(Ended, match="url"):
        run(
            SimpleNamespace(params={}, argument_spec={}, fail_json=fail_json),
            needs=CUSTOM_ATTRS,
            task=dict,
        )
    [(threshold, searches)] = during
    assert threshold >= 10_000
    assert searches, "a run that waits for hours still needs it"
    assert gc.get_threshold() == before


@pytest.mark.parametrize("option", ["select", "protected"])
def test_options_that_choose_devices_are_read_again(option, monkeypatch):
    read = {option: {"labels": None, "emails": ["a@b"]}}
    monkeypatch.setattr(basic, "_load_params", lambda: read)
    module = SimpleNamespace(params={option: {"labels": None, "emails": ["a@b"], "ids": None}})
    assert given(module) is read
    with pytest.raises(OptionError, match=rf"^{option}\.labels: is null"):
        require_values(given(module))


@pytest.mark.parametrize("names", [None, [], ["1"], list(range(MOST_RETURNED)), "a text"])
def test_a_result_shows_a_short_list_among_the_options_as_it_is(names):
    assert few_of(names) is names


def test_a_result_shows_the_beginning_of_a_long_list_among_the_options():
    names = list(range(MOST_RETURNED + 1_234))
    assert few_of(names) == [*range(MOST_RETURNED), "and 1,234 more"]
    assert len(names) == MOST_RETURNED + 1_234, "the task still has all of them"


@pytest.mark.parametrize("params", [{}, {"select": None, "protected": None, "devices": ["1"]}])
def test_other_options_are_not_read_again(params, monkeypatch):
    """It takes as long as reading them did, and there may be thousands of devices."""
    monkeypatch.setattr(basic, "_load_params", lambda: pytest.fail("read again"))
    assert given(SimpleNamespace(params=params)) is params


SPEC = {
    "name": {}, "words": {"type": "list", "elements": "str"}, "state": {"choices": ["present"]}, "any": {"type": "raw"},
    "one": {"type": "dict", "options": {"name": {"type": "str"}}}, "all": {"type": "list", "elements": "dict", "options": {"name": {}}},
    "flag": {"type": "bool"}, "file": {"type": "path"}, "secret": {"no_log": True}, "phone_number": {}, "shown": {"no_log": False},
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": True}, "name: YAML reads the value as true or false"),
        ({"name": 1.1}, "name: YAML reads the value as a number with a fraction"),
        ({"name": ["a"]}, "name: expected a text, got list"),
        ({"words": ["a", False]}, r"words\[1\]: YAML reads"),
        ({"words": 1e5}, "words: YAML reads"),
        ({"one": {"name": {"a": 1}}}, "one.name: expected a text, got dict"),
        ({"all": [{"name": "a"}, {"name": float("nan")}]}, r"all\[1\]\.name: YAML reads"),
        ({"secret": 21913025}, "secret: YAML reads the value as a number, .*; write it in quotes"),
        ({"secret": 0}, "secret: YAML reads the value as a number"),
        ({"secret": False}, "secret: YAML reads the value as true or false"),
        ({"secret": 1.1}, "secret: YAML reads the value as a number with a fraction"),
        ({"phone_number": -1}, "phone_number: YAML reads the value as a number"),
    ],
)
def test_what_ansible_would_make_a_text_of_is_refused(options, sentence):
    with pytest.raises(OptionError, match=f"^{sentence}"):
        require_texts(SPEC, options)
    # Ansible's texts of them are looked at again.
    texts = {"name", "secret", "phone_number"}
    converted = {key: str(value) if key in texts else value for key, value in options.items()}
    assert _has_converted(SPEC, converted) or texts.isdisjoint(options)


@pytest.mark.parametrize(
    "options",
    [{}, {"name": "yes"}, {"name": 5}, {"name": None}, {"state": True}, {"any": [True]}, {"flag": True}, {"words": "a,b"}, {"x": 1.5}, {"words": None},
     {"secret": "0123"}, {"secret": None}, {"secret": ""}, {"shown": 5}],
)  # fmt: skip
def test_texts_whole_numbers_and_what_is_no_text_are_left_to_ansible(options):
    require_texts(SPEC, options)
