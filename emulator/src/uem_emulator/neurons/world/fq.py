# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `fq` filter language: text -> tree -> predicate. Pure: no clock, no network, no world.

    expression  = conjunction { OR conjunction }
    conjunction = factor { AND factor }
    factor      = "(" expression ")" | field operator value
    field       = name | CFDEVICE[attribute] | CFLDAP[attribute]
    operator    = "=" | EQ | "!=" | "<" | ">"
    value       = 'quoted' | bare

Sources: the vendor's "Device API Calls" (Get Device Details Based on Attribute; registered /
checked in within an amount of time; by UID or e-mail address) and filters of working clients
(AND/and, OR/or, parentheses, `!=`, quoted and bare values, names in any case). Operators the
sources never show (<=, IN, LIKE, *) are malformed here. How a quote is written inside a quoted
value is unknown: both \\' and '' are read as one quote.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uem_emulator.cursor import Cursor

_FIELD = re.compile(r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_.]*)(?:\[(?P<attr>[^\]]+)\])?")
_OPERATOR = re.compile(r"\s*(?:(?P<sign>!=|=|<|>)(?!=)|(?P<word>[Ee][Qq])(?=[\s'])|(?P<bad>\S))")
_QUOTED = re.compile(r"\s*'((?:[^'\\]|\\'|\\|'')*)'(?=[\s)]|$)")
_BARE = re.compile(r"\s*([^\s()']+)")
_JOIN = re.compile(r"\s*(?P<word>[A-Za-z]+)(?=[\s(])")
_DURATION = re.compile(r"(?:(\d{1,6}):)?(\d{1,4}):(\d{1,2}):(\d{1,2})$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")

MAX_DEPTH = 50
DEVICE_ATTRIBUTE = "cfdevice"
LDAP_ATTRIBUTE = "cfldap"


class FqError(ValueError):
    """The filter can't be read; the text says what is wrong and at which character."""


class UnknownFieldError(FqError):
    """The filter is well formed but names a field which no device has."""


@dataclass(frozen=True)
class Compare:
    """One comparison. `attr` is set for CFDEVICE[...] and CFLDAP[...] only."""

    field: str
    operator: str
    value: str
    attr: str | None = None


@dataclass(frozen=True)
class AnyOf:
    """A chain `f=a or f=b or ...` over one field: one look-up instead of many."""

    field: str
    values: tuple[str, ...]
    attr: str | None = None


@dataclass(frozen=True)
class Group:
    """`operator` is AND or OR."""

    operator: str
    children: tuple[Node, ...]


Node = Compare | AnyOf | Group


class Document(Protocol):
    """What a predicate asks of a device."""

    def value(self, name: str) -> Any:
        """Return the value of a field."""

    def attribute(self, name: str) -> list[str] | None:
        """Return the values of a custom attribute, None where there are none."""

    def ldap_attribute(self, name: str) -> list[str] | None:
        """Return the values of an LDAP attribute, None where there are none."""


class _Reader(Cursor):
    def fail(self, wanted: str) -> FqError:
        return FqError(f"{wanted} expected at character {self.at + 1}")

    def take_word(self, word: str) -> bool:
        found = _JOIN.match(self.text, self.at)
        if not found or found["word"].upper() != word:
            return False
        self.at = found.end()
        return True


def parse(text: str) -> Node:
    """Read a filter. Raises FqError when it is malformed."""
    reader = _Reader(text)
    node = _expression(reader, 0)
    if not reader.at_end():
        raise reader.fail("AND, OR or the end")
    return node


def _expression(reader: _Reader, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise FqError(f"more than {MAX_DEPTH} nested parentheses")
    children = [_conjunction(reader, depth)]
    while reader.take_word("OR"):
        children.append(_conjunction(reader, depth))
    return children[0] if len(children) == 1 else _join_chains(children)


def _conjunction(reader: _Reader, depth: int) -> Node:
    children = [_factor(reader, depth)]
    while reader.take_word("AND"):
        children.append(_factor(reader, depth))
    return children[0] if len(children) == 1 else Group("AND", tuple(children))


def _factor(reader: _Reader, depth: int) -> Node:
    if reader.take_sign("("):
        node = _expression(reader, depth + 1)
        if not reader.take_sign(")"):
            raise reader.fail("')'")
        return node
    return _comparison(reader)


def _comparison(reader: _Reader) -> Compare:
    found = reader.take(_FIELD)
    if not found:
        raise reader.fail("a field name")
    field, attr = found["name"].lower(), found["attr"]
    if (attr is not None) != (field in (DEVICE_ATTRIBUTE, LDAP_ATTRIBUTE)):
        raise FqError(
            f"an attribute in brackets goes with CFDEVICE and CFLDAP only, not {found['name']}"
        )
    sign = reader.take(_OPERATOR)
    if not sign or sign["bad"]:
        raise reader.fail("one of = EQ != < >")
    quoted = reader.take(_QUOTED)
    if quoted:
        value = quoted[1].replace("\\'", "'").replace("''", "'")
    else:
        bare = reader.take(_BARE)
        if not bare:
            raise reader.fail("a value")
        value = bare[1]
    return Compare(field, sign["sign"] or "=", value, attr.strip() if attr else None)


def _join_chains(children: list[Node]) -> Node:
    """Merge the equalities over the same field; keep the rest as it is."""
    chains: dict[tuple[str, str | None], list[str]] = {}
    others: list[Node] = []
    for child in children:
        if isinstance(child, Compare) and child.operator == "=":
            chains.setdefault((child.field, child.attr), []).append(child.value)
        else:
            others.append(child)
    merged: list[Node] = [
        AnyOf(field, tuple(values), attr)
        if len(values) > 1
        else Compare(field, "=", values[0], attr)
        for (field, attr), values in chains.items()
    ]
    merged += others
    return merged[0] if len(merged) == 1 else Group("OR", tuple(merged))


def leaves(node: Node) -> Iterable[Compare | AnyOf]:
    """Every comparison of the tree."""
    if isinstance(node, Group):
        for child in node.children:
            yield from leaves(child)
    else:
        yield node


def duration_ms(text: str) -> int | None:
    """`dd:hh:mm:ss` or `hh:mm:ss` in milliseconds; None when the text is neither."""
    found = _DURATION.match(text)
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


@dataclass(frozen=True)
class Dialect:
    """What a filter needs to know of the world: names in any case -> canonical names, times, now,
    case rule."""

    fields: dict[str, str]
    time_fields: frozenset[str]
    now: int
    ignore_case: bool = True
    #: Fields which are not kept with the device, and how they are made.
    computed: Mapping[str, Callable[[Any], Any]] = dataclasses.field(default_factory=dict)

    def canonical(self, field: str) -> str:
        """The row's own name of a field: any case, underscores as the facets write them."""
        name = self.fields.get(field.replace("_", "").lower())
        if name is None:
            raise UnknownFieldError(f"unknown field {field}")
        return name

    def fold(self, text: str) -> str:
        """Return a text as it is compared."""
        return text.lower() if self.ignore_case else text


Predicate = Callable[[Document], bool]


def compile_filter(node: Node, dialect: Dialect) -> Predicate:
    """Return a tree as a predicate. Raises UnknownFieldError, or FqError for a comparison which
    makes no sense."""
    if isinstance(node, Group):
        parts = [compile_filter(child, dialect) for child in node.children]
        if node.operator == "AND":
            return lambda doc: all(part(doc) for part in parts)
        return lambda doc: any(part(doc) for part in parts)
    getter = _getter(node, dialect)
    if isinstance(node, AnyOf):
        return _equals(getter, frozenset(dialect.fold(value) for value in node.values), dialect)
    if node.operator in ("=", "!="):
        same = _equals(getter, frozenset((dialect.fold(node.value),)), dialect)
        return same if node.operator == "=" else lambda doc: not same(doc)
    return _ordered(node, getter, dialect)


def _getter(node: Compare | AnyOf, dialect: Dialect) -> Callable[[Document], Any]:
    if node.attr is None:
        name = dialect.canonical(node.field)
        if name in dialect.computed:
            return dialect.computed[name]
        return lambda doc: doc.value(name)
    attr = node.attr.lower()
    if node.field == DEVICE_ATTRIBUTE:
        return lambda doc: doc.attribute(attr)
    return lambda doc: doc.ldap_attribute(attr)


def _equals(
    getter: Callable[[Document], Any], wanted: frozenset[str], dialect: Dialect
) -> Predicate:
    fold = dialect.fold

    def test(doc: Document) -> bool:
        value = getter(doc)
        if value is None:
            return False
        if isinstance(value, str):
            return fold(value) in wanted
        return any(fold(text) in wanted for text in as_texts(value))

    return test


def _ordered(node: Compare, getter: Callable[[Document], Any], dialect: Dialect) -> Predicate:
    limit, descending = _limit(node, dialect)
    below = (node.operator == "<") != descending

    def test(doc: Document) -> bool:
        for number in _numbers(getter(doc)):
            if (number < limit) if below else (number > limit):
                return True
        return False

    return test


def _limit(node: Compare, dialect: Dialect) -> tuple[float, bool]:
    """The number to compare with, and whether the comparison is of ages: `lastCheckin<'00:01:00'`
    is "within the last minute", so a SMALLER age is a LARGER time."""
    is_time = node.attr is None and dialect.canonical(node.field) in dialect.time_fields
    age = duration_ms(node.value) if is_time else None
    if age is not None:
        return float(dialect.now - age), True
    if not _NUMBER.match(node.value):
        wanted = "a time as 'dd:hh:mm:ss' or 'hh:mm:ss'" if is_time else "a number"
        raise FqError(f"{node.field} {node.operator} needs {wanted}")
    return float(node.value), False


def _numbers(value: Any) -> list[float]:
    found = []
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            found.append(float(item))
        elif isinstance(item, str) and _NUMBER.match(item):
            found.append(float(item))
    return found


def as_texts(value: Any) -> list[str]:
    """A row's value as the texts a filter may compare it with."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in as_texts(item)]
    return [str(value)]


def tree_view(node: Node) -> dict[str, Any]:
    """A stored rule as the product shows it parsed (`treeView` of a device group)."""
    if isinstance(node, Group):
        return {
            "operator": node.operator,
            "rule": None,
            "children": [tree_view(child) for child in node.children],
        }
    values = list(node.values) if isinstance(node, AnyOf) else [node.value]
    operator = {"=": "EQ", "!=": "NOT_EQ", "<": "LT", ">": "GT"}[
        "=" if isinstance(node, AnyOf) else node.operator
    ]
    rule = {
        "field": node.field.upper(),
        "cfAttributeName": node.attr,
        "operator": operator,
        "values": values,
    }
    return {"operator": "LEAF", "rule": rule, "children": None}
