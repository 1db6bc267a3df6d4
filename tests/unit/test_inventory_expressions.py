# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions that are evaluated without Jinja, against Jinja itself, over generated tables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import Constructable
from ansible.template import Templar
from ansible_collections.ivanti.uem.plugins.plugin_utils._constructed import compiled_once
from ansible_collections.ivanti.uem.plugins.plugin_utils._expressions import Unsure, simple
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import (
    TAGS_DATA,
    SafeValues,
    template,
)

# fmt: off
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -7, 2.5, "", " ", "ios", "IOS", "Zürich ☃ 東京", "True", "None", "5", "[1, 2]", "{'a': 1}",
    "{{ 6*7 }}", "{% if x %}", "{# x #}", "#jinja2: trim_blocks: False", "{", "a\nb", "back\\slash", "\ud800",
    [], ["ios"], ["ios", "", None, 1], ["{{ 6*7 }}"], [["ios"]], ["\ud800"], [2.5, float("inf")],
    {}, {"owner": ["ios"]}, {"owner": None}, {"owner": "{{ x }}"}, {"owner": {"owner": "ios"}, "items": "ios"}, {"0": "ios"},
)
FEW_PATHS = ("x", "x.owner", "x.owner[0]", "absent", "x.absent.owner")
PATHS = (
    "x", "x.owner", "x['owner']", "x.owner.owner", "x[0]", "x.owner[0]", "x.items", "x['items']", "x.upper", "x._y",
    "absent", "absent.owner", "x.absent.owner", "range", "omit", "lookup", "result", "x.0", "x[-1]", "inventory_hostname", "x.real",
)
AROUND = (
    "{}", " {} ", "({})", "not {}", "{} == 'ios'", "'ios' == {}", "{} != 'ios'", "{} == none", "{} == 1", "{} == true", "{} == 2.5",
    "{} == []", "{} == ['ios']", "{} in ['ios', 'macos']", "{} not in ('ios', 1)", "{} in []", "'ios' in {}", "'ios' not in {}", "{} in 'ios'",
    "{} is defined", "{} is not defined", "{} is undefined", "{} is none", "{} | lower", "{} | upper", "{} | lower == 'ios'",
    "{} | default('x')", "{} | default('x', true)", "{} | d(none)", "{} | default({{}})", "{} | default(['a']) | lower",
    "{} == 'ios' and y == 'y'", "{} or y", "{} and y", "y and {}", "{} == {{{{ y }}}}", "{} < 'j'", "{} >= 1", "1 < {} < 3", "{} == y", "{} ~ 'a'",
    "{} == 'a\\nb'", "{} | bool", "{} | first", "{} | default('x', 1)", "{} in x", "{} == ('ios',)", "[('ios',)] == {}", "-{}",
    "{} if y else 1", "[{}]", "{} == '{{{{ y }}}}'", "{} |", "{} is defined and {} == 'ios'",
)
CONSTANTS = ("'ios'", "1", "true", "True", "none", "['a', 1]", "2.5", "''", "", "1.real", "('a', 1)", "1e400", "absent | d(('a',))")
# fmt: on


class Jinja(Constructable):
    """What Ansible makes of expressions."""

    def __init__(self):
        self.templar = Templar(loader=DataLoader())

    def get_option(self, _name):
        return False

    def parse(self, *_arguments):
        raise NotImplementedError

    def value(self, expression, variables):
        return self._compose(template(expression), variables)

    def holds(self, expression, variables):
        self.templar.available_variables = variables
        if hasattr(self.templar, "evaluate_conditional"):
            return self.templar.evaluate_conditional(template(expression))
        found = self.templar.template(
            f"{{% if {expression} %}} True {{% else %}} False {{% endif %}}"
        )
        return found.strip() == "True" if isinstance(found, str) else found


def expressions():
    yield from CONSTANTS
    for around in AROUND:
        for path in PATHS if around == "{}" else FEW_PATHS:
            yield around.format(*[path] * around.count("{}"))


def outcome(evaluate, *arguments):
    """What an evaluation returns, as a text that differs for 1 and True; or that it fails."""
    try:
        found = evaluate(*arguments)
    except Unsure:
        raise
    except Exception:
        return "fails"
    kinds = (bool, int, float, str, list, dict)
    kind = next((kind for kind in kinds if isinstance(found, kind)), type(found))
    return f"{kind.__name__} {found!r}"


def worlds():
    """Variables as a server's rows make them, and as another source may have set them."""
    for raw in VALUES:
        yield {"x": SafeValues()(raw), "y": "y", "inventory_hostname": "h"}
        if "{" in repr(raw) or "#" in repr(raw):
            yield {"x": trust(raw), "y": "y", "inventory_hostname": "h"}


def trust(value):
    if isinstance(value, str):
        return template(value)
    if isinstance(value, list):
        return [trust(part) for part in value]
    if isinstance(value, dict):
        return {key: trust(part) for key, part in value.items()}
    return value


def test_they_are_what_jinja_makes_of_them():
    jinja, wrong, sure = Jinja(), [], 0
    for text in expressions():
        evaluator = simple(template(text))
        if evaluator is None:
            continue
        for name in ("value", "holds"):
            with compiled_once(jinja.templar, [text]):
                for variables in worlds():
                    try:
                        found = outcome(getattr(evaluator, name), variables)
                    except Unsure:
                        continue
                    sure += 1
                    expected = outcome(getattr(jinja, name), text, variables)
                    if found != expected:
                        wrong.append(f"{name} of {text}, {variables['x']!r}: {found}, {expected}")
    assert not wrong, "\n".join(wrong)
    assert sure > 8000


@pytest.mark.parametrize(
    "text", ["x", "x.owner", "x['owner'][0]", "x == 'ios'", "'ios' in x.owner"]
)
def test_paths_and_comparisons_need_no_jinja(text):
    assert simple(template(text)) is not None


# fmt: off
@pytest.mark.parametrize("text", [
    "now()", "lookup('pipe', 'id')", "x.items()", "x.items", "x.__class__", "x | first", "x ~ y", "'{{ 6*7 }}'", "x ==", "x }}{{ y", None, 5,
])
# fmt: on
def test_all_else_is_left_to_jinja(text):
    assert simple(template(text) if isinstance(text, str) else text) is None


@pytest.mark.skipif(not TAGS_DATA, reason="every text is an expression before ansible-core 2.19")
def test_a_text_of_a_server_is_no_expression():
    assert simple("x") is None
