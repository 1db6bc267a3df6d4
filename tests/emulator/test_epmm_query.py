# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query language of EPMM's API v2: text -> devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from uem_emulator.epmm.world.query import (
    Dialect,
    QueryError,
    UnknownFieldError,
    compile_query,
    is_simple,
    parse,
)


@dataclass(frozen=True)
class Field:
    name: str
    searched: bool = False

    def value(self, device: dict[str, Any]) -> Any:
        return device.get(self.name)


FIELDS = {
    name: Field(name, name == "common.model")
    for name in (
        "common.a",
        "common.b",
        "common.model",
        "common.time",
        "common.list",
        "ios.Current MCC",
        "user.name",
        "common.AND",
    )
}
DEVICE: dict[str, Any] = {
    "common.a": "X y",
    "common.b": False,
    "common.model": "Galaxy Tab",
    "common.time": "2026-01-10T08:00:00.000Z",
    "common.list": ["ONE", "TWO"],
    "ios.Current MCC": 310,
    "user.name": 'say "hi"',
    "common.AND": "12.10",
}


def holds(text: str, **options: bool) -> bool:
    return compile_query(parse(text), Dialect(FIELDS, **options))(DEVICE)


@pytest.mark.parametrize(("text", "expected"), [
    ('common.a = "X y"', True), ('common.a="x Y"', True), ('"common.a"="X y"', True), ('a = "X y"', True), ('"a"="z"', False),
    ("common.b = false", True), ('"common.b"="False"', True), ("b=true", False), ("b != true", True), ("b = 0", False),
    ('"ios.Current MCC" = 310', True), ("\"ios.Current MCC\" >= 311", False), ('"ios.Current MCC" < 1000', True),
    ("common.a \"contains\" y", True), ("common.a contains \"Y\"", True), ('common.a "starts with" "x"', True),
    ('common.a "ends with" X', False), ("common.list = two", True), ('common.list "contains" "TW"', True),
    ("common.list != ONE", False), ("common.AND < 12.9", False), ("common.AND > 12.9", True), ("common.AND <= 12.10.0", True),
    ("common.AND >= 13", False), ('common.time < "2026-01-10T08:00:01Z"', True), ("common.time > 2026-01-11", False),
    ('user.name = "say \\"hi\\""', True), ("model > G", True), ("model < G", False),
    ("b=true OR b=false", True), ("b=false AND a=nothing OR model contains tab", True),
    ("b=false AND (a=nothing OR model contains tab)", True), ("(b=true OR b=false) AND a=nothing", False),
    ("b=false and a=\"X y\"", True), ('common.AND = "12.10"AND b=false', True), ("galaxy", True), ("tab s9", False),
])  # fmt: skip
def test_what_a_query_finds(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(("text", "options", "expected"), [
    ('a = "x Y"', {"ignore_case": False}, False), ("model contains galaxy", {"ignore_case": False}, False),
    ('common.c != "1"', {}, None), ('a != "1"', {"missing_differs": False}, True),
])  # fmt: skip
def test_dialects(text: str, options: dict[str, bool], expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(UnknownFieldError, match=r"common\.c"):
            holds(text, **options)
    else:
        assert holds(text, **options) is expected


def test_devices_without_a_value() -> None:
    fields = {**FIELDS, "common.none": Field("common.none")}
    for text, options, expected in (
        ("none = x", {}, False),
        ("none != x", {}, True),
        ("none < 1", {}, False),
        ("none != x", {"missing_differs": False}, False),
        ("none contains x", {}, False),
    ):
        assert compile_query(parse(text), Dialect(fields, **options))(DEVICE) is expected


@pytest.mark.parametrize(("text", "wanted"), [
    ("a = ", "a value expected at character 4"), ("= x", "a field name expected at character 1"), ("a == x", "a value"),
    ('a "like" x', "one of = != <"), ("a = x y = z", "AND, OR or the end"), ("(a = x", "')' expected"), ("a = x)", "the end"),
    ("a = x OR", "the end"), ("a = x AND ", "a field name expected at character 10"), ('a = "x', "a value"), ("(" * 60 + "a = x" + ")" * 60, "more than 50"),
])  # fmt: skip
def test_what_cannot_be_read(text: str, wanted: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text)
    assert wanted in str(error.value)


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("samsung", True),
        ("SM-A5 x", True),
        ("a=b", False),
        ('"x"', False),
        ("ip contains 10.", False),
        ("contains", True),
    ],
)
def test_what_is_a_simple_search(text: str, simple: bool) -> None:
    assert is_simple(text) is simple
