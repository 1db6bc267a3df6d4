# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No variable of a shipped play needs itself.

ansible-core 2.16 evaluates all of a mapping where one of its keys is asked for. So a key that uses
another key of the same mapping never ends there, while newer cores evaluate the one key.
"""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
PLAYS = {path.name: path for path in sorted((ROOT / "playbooks").glob("*.yml"))}
TEMPLATES = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
WORDS = re.compile(r"(?<![.\w'])[a-z_]+\b(?!\s*\()")


def names_used(value: object) -> set[str]:
    """The words in the templates of a value that may name variables."""
    if isinstance(value, str):
        return {word for part in TEMPLATES.findall(value) for word in WORDS.findall(part)}
    if isinstance(value, dict):
        return set().union(*map(names_used, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(names_used, value), set())
    return set()


def order_of(variables: dict[str, object]) -> list[str]:
    """The variables, each after those that it needs. Raises CycleError where one needs itself."""
    needs = {name: names_used(value) & set(variables) for name, value in variables.items()}
    return list(TopologicalSorter(needs).static_order())


@pytest.mark.parametrize("name", PLAYS)
def test_no_variable_of_a_play_needs_itself(name):
    for play in load_yaml(PLAYS[name].read_text(encoding="utf-8")):
        order_of(play.get("vars", {}))


def test_a_mapping_that_needs_one_of_its_keys_is_found():
    variables = {"asked": {"days": 3, "text": "{{ usual }}"}, "usual": "{{ asked.days }} days"}
    with pytest.raises(CycleError):
        order_of(variables)


def test_a_key_of_the_same_name_is_no_variable():
    assert order_of({"a": "{{ b.a }}", "b": {"a": 1}}) == ["b", "a"]
