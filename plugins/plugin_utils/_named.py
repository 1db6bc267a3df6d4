# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the expressions of compose, groups and keyed_groups name, compared with what hosts have.

To Ansible an expression with a misspelt name or word is a host that does not fit, or with ``!=`` one
that does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from ansible_collections.ivanti.uem.plugins.module_utils._core.compared import (
    CONTAINS,
    ENDS,
    IS,
    STARTS,
    Compared,
    fits,
    impossible,
    why_not_device,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import nearest
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import (
    BY_NAME,
    CUSTOM_ATTRIBUTES,
    LABELS,
    snake_case,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._expressions import GLOBALS
from jinja2 import Environment, TemplateError, nodes

# Facts are not always there; authors know that.
_OF_ANSIBLE = "ansible_"

_METHODS = {"startswith": STARTS, "endswith": ENDS}
_KINDS = {str: "a text", list: "a list", bool: "true or false", int: "a number", float: "a number"}

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """What an expression names.

    Attributes:
        variables: The variables. Functions are not among them.
        keys: Each variable with a key that is looked for in it, as in ``variable.key``.
        compared: Each variable that is compared with a text, and the text.
        expected: The variables that the expression says may be missing, with ``is defined`` or
            ``default``.
    """

    variables: frozenset[str] = frozenset()
    keys: tuple[tuple[str, str], ...] = ()
    compared: tuple[Compared, ...] = ()
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """What a server has besides what its devices have today.

    Attributes:
        attributes: The names of the custom attributes that it defines, as rows have them, or None if
            they are not known.
        labels: The labels that it has, as far as they are known.
        unsaid: The fields that it says of no device.
    """

    attributes: Collection[str] | None = None
    labels: Collection[str] = ()
    unsaid: Collection[str] = ()


@dataclass(frozen=True)
class Doubts:
    """What expressions name that hosts do not have.

    Attributes:
        unknown: A sentence for each name that no host has.
        impossible: A sentence for each text that no host can have.
    """

    unknown: list[str] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)


def named(text: Any) -> Named:
    """Return what an expression names; nothing if Jinja cannot read it, which Ansible says."""
    if not isinstance(text, str):
        return Named()
    try:
        parsed = Environment(autoescape=True).parse(f"{{{{ {text} }}}}")
    except TemplateError:
        return Named()
    names = list(parsed.find_all(nodes.Name))
    called = {call.node.name for call in parsed.find_all(nodes.Call) if _is_name(call.node)}
    made = {node.name for node in names if node.ctx != "load"}
    expected = {
        node.name
        for one in parsed.find_all((nodes.Test, nodes.Filter))
        if one.name in ("defined", "undefined", "default", "d") and one.node is not None
        for node in (one.node, *one.node.find_all(nodes.Name))
        if isinstance(node, nodes.Name)
    }
    return Named(
        frozenset(node.name for node in names).difference(GLOBALS, called, made),
        tuple(dict.fromkeys(_keys(parsed))),
        tuple(dict.fromkeys(_compared(parsed))),
        frozenset(expected),
    )


def doubts(
    expressions: Sequence[tuple[str, Named]],
    hosts: Sequence[Any],
    *,
    prefix: str,
    made: Collection[str],
    server: Known,
) -> Doubts:
    """Return what is doubtful about expressions.

    Args:
        expressions: What the expressions name, each with its place.
        hosts: The hosts, at least one.
        prefix: What the names of their variables begin with.
        made: The names of variables that the author makes.
        server: What the server has.
    """
    rows = [host.vars for host in hosts]
    given = {*hosts[0].get_vars(), *made, *(name for row in rows for name in row)}
    fields = {prefix + snake_case(name): name for name in BY_NAME if name not in made}

    def why(one: Compared) -> str:
        name = "" if one.name in made else fields.get(one.name, "")
        return why_not_device(Compared(name, one.text, one.how, one.element))

    found = Doubts()
    for place, its in expressions:
        sentences = [
            *_unknown_variables(its, given, prefix, fields),
            *_null_variables(its, rows, prefix + LABELS, fields, server.unsaid),
            *_unknown_keys(its, rows, prefix + CUSTOM_ATTRIBUTES, server.attributes),
            *_unknown_labels(its, rows, prefix + LABELS, server.labels),
        ]
        found.unknown.extend(f"{place}: {sentence}" for sentence in sentences)
        wrong = impossible(its.compared, rows, why)
        found.impossible.extend(f"{place}: {sentence}" for sentence in wrong)
    return found


def _unknown_variables(
    its: Named, given: Collection[str], prefix: str, fields: Mapping[str, str]
) -> Iterator[str]:
    for name in sorted(its.variables.difference(given)):
        expected = name in its.expected
        if f"{prefix}{name}" in given:
            yield f"no host has {name}; it is {prefix}{name} here."
        elif name in fields:
            if not expected:
                yield f"no host has {name}; add {fields[name]} to fields."
        elif name == prefix + CUSTOM_ATTRIBUTES:
            if not expected:
                yield f"no host has {name}; this server has no custom attributes."
        elif name.startswith(prefix):
            yield f"no host has {name}{nearest(name, given)}; check the spelling, or add it to fields."
        elif not expected and not name.startswith(_OF_ANSIBLE):
            yield f"no host has {name}{nearest(name, given)}; check the spelling."


def _null_variables(
    its: Named,
    rows: Sequence[Variables],
    labels: str,
    fields: Mapping[str, str],
    unsaid: Collection[str],
) -> Iterator[str]:
    for name in sorted(its.variables.difference(its.expected)):
        why = "the server does not say it" if fields.get(name) in unsaid else ""
        if name == labels:
            why = "no labels were read; give the option labels, or device_groups"
        if why and all(row.get(name, "") is None for row in rows):
            yield f"{name} is null on every host, because {why}."


def _unknown_keys(
    its: Named, rows: Sequence[Variables], attributes: str, defined: Collection[str] | None
) -> Iterator[str]:
    asked = [(one.name, one.text) for one in its.compared if one.how == CONTAINS]
    for variable, key in (*its.keys, *(one for one in asked if one[0] == attributes)):
        values = [row[variable] for row in rows if row.get(variable) is not None]
        if not values or any(_may_have(value, key) for value in values):
            continue
        if isinstance(values[0], Mapping) and variable != attributes:
            # Which keys such a map has may change from day to day.
            continue
        if variable != attributes:
            yield f"{variable} is {_kind_of(values[0])}, which has no {key!r}."
        elif key != key.lower() or (defined is not None and key not in defined):
            known = {name for value in values for name in value}.union(defined or ())
            yield f"no host has a custom attribute {key!r}{nearest(key, known)}; check the spelling."


def _kind_of(value: Any) -> str:
    return next(word for kind, word in _KINDS.items() if isinstance(value, kind))


def _may_have(value: Any, key: str) -> bool:
    """Return whether a value has a key, or is of a kind of which that is not known."""
    if isinstance(value, Mapping):
        return key in value or hasattr(value, key)
    return hasattr(value, key) or not isinstance(value, tuple(_KINDS))


def _unknown_labels(
    its: Named, rows: Sequence[Variables], variable: str, labels: Collection[str]
) -> Iterator[str]:
    asked = [one for one in its.compared if one.name == variable and one.text not in labels]
    values = [row[variable] for row in rows if row.get(variable) is not None] if asked else []
    for one in asked:
        is_label = one.element or one.how == CONTAINS
        if values and is_label and not any(fits(value, one) for value in values):
            known = {name for value in values for name in value}.union(labels)
            yield f"no host has the label {one.text!r}{nearest(one.text, known)}; check the spelling."


def _keys(parsed: nodes.Node) -> Iterator[tuple[str, str]]:
    """Yield each ``variable.key``, ``variable['key']`` and ``variable.get('key')``."""
    for one in parsed.find_all(nodes.Getattr):
        if _is_name(one.node):
            yield one.node.name, one.attr
    for item in parsed.find_all(nodes.Getitem):
        if _is_name(item.node) and _is_text(item.arg):
            yield item.node.name, item.arg.value
    for call, name, method in _methods(parsed):
        if method == "get":
            yield name, call.args[0].value


def _compared(parsed: nodes.Node) -> Iterator[Compared]:
    """Yield each variable that is compared with a text, and the text."""
    for one in parsed.find_all(nodes.Compare):
        if len(one.ops) == 1:
            yield from _compared_once(one.expr, one.ops[0])
    for call, name, method in _methods(parsed):
        if method in _METHODS:
            yield Compared(name, call.args[0].value, _METHODS[method])


def _compared_once(left: nodes.Node, operand: nodes.Operand) -> Iterator[Compared]:
    right = operand.expr
    if operand.op in ("eq", "ne"):
        yield from _equal(left, right)
        yield from _equal(right, left)
    elif operand.op in ("in", "notin"):
        if _is_text(left) and _is_name(right):
            yield Compared(right.name, left.value, CONTAINS)
        elif _is_name(left) and isinstance(right, (nodes.List, nodes.Tuple)):
            texts = (item.value for item in right.items if _is_text(item))
            yield from (Compared(left.name, text, IS) for text in texts)


def _equal(one: nodes.Node, text: nodes.Node) -> Iterator[Compared]:
    """Yield a variable, or the list that an element is taken from, if the other side is a text."""
    if not _is_text(text):
        return
    if _is_name(one):
        yield Compared(one.name, text.value, IS)
    elif isinstance(one, nodes.Getitem) and _is_name(one.node) and _is_number(one.arg):
        yield Compared(one.node.name, text.value, IS, element=True)


def _methods(parsed: nodes.Node) -> Iterator[tuple[Any, str, str]]:
    """Yield each call of a method of a variable with a text, with the variable and the method."""
    for call in parsed.find_all(nodes.Call):
        method = call.node
        if isinstance(method, nodes.Getattr) and _is_name(method.node):
            if call.args and _is_text(call.args[0]):
                yield call, method.node.name, method.attr


def _is_name(node: nodes.Node | None) -> TypeGuard[nodes.Name]:
    return isinstance(node, nodes.Name)


def _is_text(node: nodes.Node | None) -> TypeGuard[nodes.Const]:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _is_number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, int)
