# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query language of API v2 and of filtered labels: text -> tree -> predicate. Pure: no clock,
no world.

    expression  = conjunction { OR conjunction }
    conjunction = factor { AND factor }
    factor      = "(" expression ")" | field operator value
    field       = name | "name in quotes"            common.status, retired, "ios.Current MCC"
    operator    = "=" "!=" "<" ">" "<=" ">=" contains, "starts with", "ends with";
                  the words quoted or not
    value       = "text in quotes" | bare            true, 10.0, 1.2.3.4

No reference of the language is at hand. This is what working clients send: names and values quoted
or not, spaces or none around operators, AND and OR in capitals with parentheses, `"contains"` in
quotes, names without their `common.`. "starts with", "ends with" and the orders are the emulator's
guess. Text without any operator is a simple search (`query=samsung`, as the admin portal sends it
together with a labelId).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from uem_emulator.cursor import Cursor

MAX_DEPTH = 50
_WORDS = ("contains", "starts with", "ends with")
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*)")
_SIGN = re.compile(r"\s*(!=|<=|>=|=|<|>)")
_WORD = re.compile(
    r'\s*(?:"(contains|starts with|ends with)"|(contains|starts with|ends with)(?=[\s"]))',
    re.IGNORECASE,
)
_BARE = re.compile(r'\s*([^\s()"=<>!]+)')
_JOIN = re.compile(r"\s*(AND|OR)(?=[\s(\"])", re.IGNORECASE)
_VERSION = re.compile(r"\d+(?:\.\d+)*$")
_HAS_OPERATOR = re.compile(r'[=<>"]|\s(contains|starts with|ends with)\s', re.IGNORECASE)


class QueryError(ValueError):
    """The query can't be read; the text says what is wrong."""


class UnknownFieldError(QueryError):
    """The query is well formed but names a field which no device has."""


@dataclass(frozen=True)
class Compare:
    """One comparison; the operator of words is in lower case."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True)
class Group:
    """`operator` is AND or OR."""

    operator: str
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Text:
    """A simple search."""

    text: str


Node = Compare | Group | Text


class Getter(Protocol):
    """A field: reads its value from a device; None when the device lacks it."""

    @property
    def value(self) -> Callable[[Any], Any]:
        """Return the value of the field of a device."""

    @property
    def searched(self) -> bool:
        """Whether a simple search looks at the field."""


class _Reader(Cursor):
    def fail(self, wanted: str) -> QueryError:
        return QueryError(f"{wanted} expected at character {self.at + 1}")

    def take_join(self, word: str) -> bool:
        found = _JOIN.match(self.text, self.at)
        if not found or found[1].upper() != word:
            return False
        self.at = found.end()
        return True


def is_simple(text: str) -> bool:
    """Whether a query is a search for a text rather than an expression."""
    return not _HAS_OPERATOR.search(text)


def parse(text: str) -> Node:
    """Read a query which is not empty. Raises QueryError when it is malformed."""
    if is_simple(text):
        return Text(text.strip())
    reader = _Reader(text)
    node = _expression(reader, 0)
    if not reader.at_end():
        raise reader.fail("AND, OR or the end")
    return node


def _expression(reader: _Reader, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise QueryError(f"more than {MAX_DEPTH} nested parentheses")
    children = [_conjunction(reader, depth)]
    while reader.take_join("OR"):
        children.append(_conjunction(reader, depth))
    return children[0] if len(children) == 1 else Group("OR", tuple(children))


def _conjunction(reader: _Reader, depth: int) -> Node:
    children = [_factor(reader, depth)]
    while reader.take_join("AND"):
        children.append(_factor(reader, depth))
    return children[0] if len(children) == 1 else Group("AND", tuple(children))


def _factor(reader: _Reader, depth: int) -> Node:
    if reader.take_sign("("):
        node = _expression(reader, depth + 1)
        if not reader.take_sign(")"):
            raise reader.fail("')'")
        return node
    name = reader.take(_QUOTED) or reader.take(_NAME)
    if not name:
        raise reader.fail("a field name")
    operator = _operator(reader)
    quoted = reader.take(_QUOTED)
    value = quoted or reader.take(_BARE)
    if not value:
        raise reader.fail("a value")
    return Compare(name[1], operator, re.sub(r"\\(.)", r"\1", value[1]) if quoted else value[1])


def _operator(reader: _Reader) -> str:
    sign = reader.take(_SIGN)
    if sign:
        return sign[1]
    word = reader.take(_WORD)
    if not word:
        raise reader.fail(f"one of = != < > <= >= {' '.join(_WORDS)}")
    return (word[1] or word[2]).lower()


@dataclass(frozen=True)
class Dialect:
    """What a query needs to know: the fields by name, whether case counts, and whether `!=` is true
    of a device which lacks the field."""

    fields: Mapping[str, Getter]
    ignore_case: bool = True
    missing_differs: bool = True

    def getter(self, name: str) -> Callable[[Any], Any]:
        """A field by its name or, as some clients write it, without `common.`. Raises
        UnknownFieldError."""
        field = self.fields.get(name) or self.fields.get(f"common.{name}")
        if field is None:
            raise UnknownFieldError(f"unknown field {name}")
        return field.value

    def fold(self, text: str) -> str:
        """Return a text as it is compared."""
        return text.lower() if self.ignore_case else text


Predicate = Callable[[Any], bool]


def compile_query(node: Node, dialect: Dialect) -> Predicate:
    """Return a tree as a predicate over devices. Raises UnknownFieldError."""
    if isinstance(node, Text):
        return _search(node.text, dialect)
    if isinstance(node, Group):
        parts = [compile_query(child, dialect) for child in node.children]
        if node.operator == "AND":
            return lambda device: all(part(device) for part in parts)
        return lambda device: any(part(device) for part in parts)
    getter = dialect.getter(node.field)
    if node.operator == "=":
        return _equals(getter, dialect.fold(node.value), dialect)
    if node.operator == "!=":
        same = _equals(getter, dialect.fold(node.value), dialect)
        if dialect.missing_differs:
            return lambda device: not same(device)
        return lambda device: getter(device) not in (None, []) and not same(device)
    if node.operator in _WORDS:
        return _within(getter, node.operator, dialect.fold(node.value), dialect)
    return _ordered(getter, node.operator, node.value)


def texts(value: Any) -> list[str]:
    """A value as the texts which a query compares."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in texts(item)]
    return [str(value)]


def _equals(getter: Callable[[Any], Any], wanted: str, dialect: Dialect) -> Predicate:
    fold, truth = dialect.fold, {"true": True, "false": False}.get(wanted.lower())

    def test(device: Any) -> bool:
        value = getter(device)
        if isinstance(value, str):
            return fold(value) == wanted
        if isinstance(value, bool):
            return value is truth
        return any(fold(text) == wanted for text in texts(value))

    return test


def _within(
    getter: Callable[[Any], Any], operator: str, wanted: str, dialect: Dialect
) -> Predicate:
    found = {
        "contains": str.__contains__,
        "starts with": str.startswith,
        "ends with": str.endswith,
    }[operator]
    return lambda device: any(found(dialect.fold(text), wanted) for text in texts(getter(device)))


def _search(text: str, dialect: Dialect) -> Predicate:
    wanted = text.lower()
    getters = [field.value for field in dialect.fields.values() if field.searched]

    def test(device: Any) -> bool:
        return any(
            wanted in str(value).lower()
            for getter in getters
            if (value := getter(device)) is not None
        )

    return test


def _ordered(getter: Callable[[Any], Any], operator: str, limit: str) -> Predicate:
    compare: Callable[[Any, Any], bool] = {
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
    }[operator]
    kinds = [(kind(limit), kind) for kind in (_as_version, _as_time, str.lower)]

    def test(device: Any) -> bool:
        for text in texts(getter(device)):
            for wanted, kind in kinds:
                value = kind(text)
                if wanted is not None and value is not None:
                    return compare(value, wanted)
        return False

    return test


def _as_version(text: str) -> tuple[int, ...] | None:
    """Whole numbers and versions: 13 is 13.0, and 9 is less than 10."""
    if not _VERSION.match(text):
        return None
    parts = [int(part) for part in text.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _as_time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
