# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simple expressions of an inventory, evaluated without Jinja.

Jinja takes half a millisecond for each expression and host, most of it to compile the same text
again. A path such as ``ivanti_custom_attributes.owner``, or a comparison of one with a constant,
needs a thousandth of that. The result must be exactly that of Jinja. So an expression is read by
Jinja's own parser, and whatever could differ is left to Jinja: an expression that is not simple
(``simple`` returns None), and a value about which there is a doubt (``Unsure``).
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible import constants as C
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import TAGS_DATA, template
from jinja2 import Environment, TemplateError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

try:
    from ansible.template import is_trusted_as_template as is_trusted
except ImportError:
    # Before ansible-core 2.19 every string is trusted.
    def is_trusted(value: object) -> bool:
        """Return whether a text may be evaluated."""
        return isinstance(value, str)


Variables = Mapping[str, Any]
_Evaluate = Callable[[Variables], Any]


class Fails(Exception):
    """Jinja would fail: something is undefined, or its type is wrong."""


class Undefined(Fails):
    """A path leads to nothing."""


class Unsure(Exception):
    """Only Jinja knows."""


class _NotSimpleError(Exception):
    """An expression has a part that only Jinja can evaluate."""


_JINJA = Environment()  # noqa: S701 (it only parses)
_ABSENT = object()
_NUMBERS = frozenset({bool, int, float})
_TEXTS = frozenset({str, type(template("a"))})

# Names that mean something without being variables, and `result`, in which Jinja keeps the result
# of an expression.
# fmt: off
GLOBALS = frozenset(DEFAULT_NAMESPACE) | {
    "lookup", "query", "q", "now", "undef", "omit", "self", "super", "loop", "caller", "varargs", "kwargs", "result",
}
# fmt: on

# Jinja looks for attributes of a value first: `x.items` is a method.
_ATTRIBUTES = frozenset(name for kind in (dict, list, str, int, float) for name in dir(kind))

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda one, other: one in other,
    "notin": lambda one, other: one not in other,
}


@dataclass(frozen=True)
class Simple:
    """A simple expression.

    Attributes:
        names: The variables that it reads.
        bare: Whether it is the name of a variable and nothing else.
    """

    names: frozenset[str]
    bare: bool
    _evaluate: _Evaluate

    def value(self, variables: Variables) -> Any:
        """Return what ``{{ expression }}`` is.

        Raises:
            Fails: Jinja would fail.
            Unsure: Only Jinja knows.
        """
        found = _plain(self._evaluate(variables))
        return found if TAGS_DATA else _as_text(found, bare=self.bare)

    def holds(self, variables: Variables) -> bool:
        """Return whether the expression is true as a condition.

        Raises:
            Fails: Jinja would fail.
            Unsure: Only Jinja knows.
        """
        found = _plain(self._evaluate(variables))
        if isinstance(found, bool) or not TAGS_DATA:
            return bool(found)
        if C.config.get_config_value("ALLOW_BROKEN_CONDITIONALS"):
            raise Unsure
        raise Fails


def simple(expression: object) -> Simple | None:
    """Return an expression that can be evaluated without Jinja, or None."""
    if not isinstance(expression, str) or not is_trusted(expression):
        return None
    # Braces could be templates within texts, and what a backslash is depends on the way to here.
    if any(char in expression for char in "{}\\"):
        return None
    try:
        [output] = _JINJA.parse(f"{{{{ {expression} }}}}").body
        [node] = output.nodes  # type: ignore[attr-defined]
        evaluate = _built(node)
    except (TemplateError, _NotSimpleError, ValueError, AttributeError, RecursionError):
        return None
    names = frozenset(name.name for name in [node, *node.find_all(nodes.Name)] if _is_name(name))
    bare = _is_name(node) and re.fullmatch(r"\w+", expression.strip()) is not None
    return Simple(names, bare, evaluate)


def _is_name(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name)


# Building: one function for each kind of node.


def _built(node: nodes.Node) -> _Evaluate:
    """Return a function that evaluates a node.

    Raises:
        _NotSimpleError: Only Jinja can.
    """
    build = _BUILDERS.get(type(node))
    if build is None:
        raise _NotSimpleError
    return build(node)


def _constant(node: nodes.Const) -> _Evaluate:
    value = _constant_value(node)
    return lambda variables: value


def _constant_value(node: nodes.Node) -> Any:
    if isinstance(node, nodes.List) and node.items:
        return [_constant_value(item) for item in node.items]
    if not isinstance(node, nodes.Const) or isinstance(node.value, (complex, bytes)):
        raise _NotSimpleError
    # Jinja writes 1e400 into its code as `inf`, which is the name of nothing there.
    if isinstance(node.value, float) and not math.isfinite(node.value):
        raise _NotSimpleError
    if isinstance(node.value, str) and ("\n" in node.value or "\r" in node.value):
        raise _NotSimpleError
    return node.value


def _name(node: nodes.Name) -> _Evaluate:
    name = node.name
    if name in GLOBALS or name.startswith("_"):
        raise _NotSimpleError

    def evaluate(variables: Variables) -> Any:
        found = variables.get(name, _ABSENT)
        if found is _ABSENT:
            raise Undefined
        # Before ansible-core 2.19 templates in any part of a variable are evaluated first.
        return found if TAGS_DATA else _plain(found)

    return evaluate


def _step(node: nodes.Getattr | nodes.Getitem) -> _Evaluate:
    """Build ``before.step`` or ``before['step']``; Jinja takes both the same way here."""
    before = _path(node.node)
    step = node.attr if isinstance(node, nodes.Getattr) else _constant_value(node.arg)
    if step.__class__ is int and step >= 0:
        return lambda variables: _entry(before(variables), step)
    if not isinstance(step, str) or step in _ATTRIBUTES or step.startswith("_"):
        raise _NotSimpleError

    def evaluate(variables: Variables) -> Any:
        value = before(variables)
        if value.__class__ is dict:
            found = value.get(step, _ABSENT)
            if found is _ABSENT:
                raise Undefined
            return found
        _plain(value)
        raise Undefined

    return evaluate


def _entry(value: Any, number: int) -> Any:
    if value.__class__ is not list:
        raise Unsure
    if number >= len(value):
        raise Undefined
    return value[number]


def _path(node: nodes.Node) -> _Evaluate:
    if not isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
        raise _NotSimpleError
    return _built(node)


def _compare(node: nodes.Compare) -> _Evaluate:
    if len(node.ops) != 1:
        raise _NotSimpleError
    [operand] = node.ops
    one, compare = _built(node.expr), _COMPARE[operand.op]
    contains, right = operand.op in ("in", "notin"), operand.expr
    # A tuple contains what a list contains, but it equals no list.
    if contains and isinstance(right, nodes.Tuple):
        right = nodes.List(right.items)
    other = _built(right)

    def evaluate(variables: Variables) -> Any:
        try:
            return compare(_plain(one(variables)), _plain(other(variables)))
        except TypeError:
            raise Fails from None
        except Undefined:
            # Nothing is in an empty list, not even what is undefined.
            raise Unsure if contains else Fails from None

    return evaluate


def _not(node: nodes.Not) -> _Evaluate:
    inner = _built(node.node)
    return lambda variables: not _plain(inner(variables))


def _and(node: nodes.And) -> _Evaluate:
    left, right = _built(node.left), _built(node.right)
    return lambda variables: _plain(left(variables)) and right(variables)


def _or(node: nodes.Or) -> _Evaluate:
    left, right = _built(node.left), _built(node.right)
    return lambda variables: _plain(left(variables)) or right(variables)


def _test(node: nodes.Test) -> _Evaluate:
    if node.name not in ("defined", "undefined") or node.args or node.kwargs:
        raise _NotSimpleError
    path, wanted = _path(node.node), node.name == "defined"

    def evaluate(variables: Variables) -> Any:
        try:
            _plain(path(variables))
        except Undefined:
            return not wanted
        return wanted

    return evaluate


def _filter(node: nodes.Filter) -> _Evaluate:
    if node.node is None or node.dyn_args or node.dyn_kwargs or node.kwargs:
        raise _NotSimpleError
    if node.name in ("default", "d"):
        return _default(node)
    if node.name not in ("lower", "upper") or node.args:
        raise _NotSimpleError
    inner, change = _built(node.node), str.lower if node.name == "lower" else str.upper

    def evaluate(variables: Variables) -> Any:
        value = inner(variables)
        if type(_plain(value)) not in _TEXTS:
            raise Unsure
        return change(value)

    return evaluate


def _default(node: nodes.Filter) -> _Evaluate:
    path = _path(node.node)  # type: ignore[arg-type]
    values = [_constant_value(one) for one in node.args]
    # Since ansible-core 2.19 the second one has to be a boolean.
    if not 1 <= len(values) <= 2 or any(not isinstance(one, bool) for one in values[1:]):
        raise _NotSimpleError
    value, always = values[0], bool(values[1:] and values[1])

    def evaluate(variables: Variables) -> Any:
        try:
            found = _plain(path(variables))
        except Undefined:
            return value
        return value if always and not found else found

    return evaluate


_BUILDERS: Mapping[type[nodes.Node], Callable[[Any], _Evaluate]] = {
    nodes.Const: _constant,
    nodes.List: _constant,
    nodes.Name: _name,
    nodes.Getattr: _step,
    nodes.Getitem: _step,
    nodes.Compare: _compare,
    nodes.Not: _not,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Test: _test,
    nodes.Filter: _filter,
}


# Values


def _plain(value: Any) -> Any:
    """Return a value that Jinja leaves as it is.

    Raises:
        Unsure: A part of it could be a template, or is of a kind that is not known here.
    """
    kind = type(value)
    if kind in _TEXTS:
        if "{" in value or value.startswith("#jinja2:"):
            raise Unsure
    elif kind is list:
        for part in value:
            _plain(part)
    elif kind is dict:
        for key, part in value.items():
            _plain(key)
            _plain(part)
    elif kind not in _NUMBERS and value is not None:
        raise Unsure
    return value


def _as_text(value: Any, *, bare: bool) -> Any:
    """Return what ansible-core before 2.19 makes of the value of an expression: a text, and then
    what Python reads in that text if it looks like a list, a map or a boolean.

    Raises:
        Unsure: Only Jinja knows.
    """
    if C.DEFAULT_JINJA2_NATIVE:
        raise Unsure
    if bare and (value is None or type(value) in _NUMBERS):
        return C.DEFAULT_NULL_REPRESENTATION if value is None else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    text = str(value)
    if isinstance(value, (list, dict)):
        try:
            same = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raise Unsure from None
        return same
    if text.startswith("[") or text in ("True", "False"):
        raise Unsure
    return text
