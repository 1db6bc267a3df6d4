# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts in messages are worded right for one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    Change,
    Limits,
    Outcome,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.wording import (
    counted,
    first_of,
    kind_of,
    numbered,
    plural_of,
    singular_of,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.results import failure_message

from .test_pipeline import change

# What Ansible's own kinds are derived from, and what is nobody's.
OWN = type("_AnsibleTaggedList", (list,), {})
STRANGE = type("EncryptedString", (), {})

PLUGINS = Path(__file__).parents[2] / "plugins"


@pytest.mark.parametrize(
    ("noun", "one"),
    [
        ("devices", "device"), ("policies", "policy"), ("alerts", "alert"), ("ActiveSync devices", "ActiveSync device"),
        ("devices on the label 'Sales'", "device on the label 'Sales'"), ("policies on labels", "policy on labels"), ("users", "user"),
        ("devices of the label 'Sales on tour'", "device of the label 'Sales on tour'"), ("policies in use", "policy in use"),
        ("statuses", "status"), ("batches for a call", "batch for a call"), ("different ones", "different one"),
        ("devices with policies", "device with policies"),
    ],
)  # fmt: skip
def test_one_of_a_noun(noun, one):
    assert singular_of(noun) == one
    assert [counted(number, noun) for number in (0, 1, 2, 2000)] == [
        f"0 {noun}", f"1 {one}", f"2 {noun}", f"2,000 {noun}",
    ]  # fmt: skip
    assert numbered(2000, noun) == f"2000 {noun}" and numbered(1, noun) == f"1 {one}"


@pytest.mark.parametrize(
    ("noun", "many"),
    [("device", "devices"), ("policy", "policies"), ("key", "keys"), ("status", "statuses")],
)
def test_several_of_a_noun(noun, many):
    assert plural_of(noun) == many and singular_of(many) == noun


def failing(number: int, of: int) -> str:
    changes: list[Change] = [change(place) for place in range(of)]
    outcomes = [Outcome(one, "no" if place < number else None) for place, one in enumerate(changes)]
    return failure_message(Plan(tuple(changes)), outcomes)


@pytest.mark.parametrize(
    ("number", "of", "words"),
    [
        (1, 1, "1 of 1 device could not be changed. "), (1, 2, "1 of 2 devices could not be changed; the other was. "),
        (1, 3, "1 of 3 devices could not be changed; the others were. "), (2, 3, "2 of 3 devices could not be changed; the other was. "),
        (3, 3, "3 of 3 devices could not be changed. "),
    ],
)  # fmt: skip
def test_failures(number, of, words):
    assert failing(number, of).startswith(words)


def test_a_limit_on_a_fleet_of_one():
    [refusal] = Limits(max_percent=50).refusals(changes=1, fleet=1)
    assert "the plan changes 1 of 1 device (100.00 %)" in refusal


# A number in a message, followed by a plural that it does not decide.
_PLURAL = re.compile(
    r"\x00 (?:of (?:the )?\x00 )?(?:ActiveSync |more )?(devices|labels|alerts|users|policies|rows|files|configurations|messages)\b"
)
# What is never one.
_SEVERAL = ("have the", " are called ", "the selection is all", "max_files is")


def test_no_message_puts_a_plural_behind_a_number():
    found = []
    for path in PLUGINS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
            text = "".join(map(str, parts))
            if _PLURAL.search(text) and not any(words in text for words in _SEVERAL):
                found.append(f"{path.name}:{node.lineno}: {text}")
    assert found == []


@pytest.mark.parametrize(
    ("texts", "between", "said"),
    [
        ([], ", ", ""),
        (["a", "b"], ", ", "a, b"),
        (["a", "b", "c"], ", ", "a, b and 1 more"),
        (["a", "b", "c", "d"], "; ", "a; b; and 2 more"),
        (["a"] * 1_002, ", ", "a, a and 1,000 more"),
    ],
)
def test_what_is_not_named_is_counted(texts, between, said):
    assert first_of(texts, 2, between) == said


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "list"),
        (OWN(), "list"),
        (None, "NoneType"),
        (True, "bool"),
        (STRANGE(), "EncryptedString"),
    ],
)
def test_a_kind_is_named_as_a_reader_knows_it(value, words):
    assert kind_of(value) == words
