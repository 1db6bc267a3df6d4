# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JMESPath expressions: the only file that imports jmespath.

To JMESPath a field that does not exist is null, and a number never equals a text. So a mistake
chooses nothing, or everything, and nobody notices. So each evaluation records which fields some
data had, and what was compared.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from .._core.errors import MissingLibraryError, OptionError
from .._core.names import nearest

# The most characters of a message of jmespath, or of an expression, that are shown.
MOST_TEXT = 200

# Objects without a field whose keys are kept, to suggest the nearest one.
MOST_SAMPLES = 50

# What jmespath raises besides its own errors: for `[::0]`, `'a' < `1``, `ceil(`1e400`)`, and an
# expression with hundreds of brackets.
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)

# Words that are values elsewhere, and names of fields to JMESPath.
_VALUES = ("true", "false", "null")

_Node = Mapping[str, Any]


class Search:
    """A JMESPath expression, to be called with data. It remembers which fields the data had."""

    def __init__(self, expression: str, where: str, compiled: Any, interpreter: Any) -> None:
        self.where = where
        self._expression = expression
        self._compiled = compiled
        self._interpreter = interpreter
        self._fields = list(_fields(compiled.parsed))
        self._comparisons = list(_comparisons(compiled.parsed))

    def __call__(self, data: Any) -> Any:
        """Return what the expression finds in data.

        Raises:
            OptionError: It cannot be evaluated on these data.
        """
        try:
            return self._interpreter.visit(self._compiled.parsed, data)
        except _FAULTS as error:
            raise OptionError(
                f"{self.where}: {_cut(repr(self._expression))} cannot be evaluated "
                f"({_first_line(error)}).{_remedy(error)}{noted(self)}"
            ) from None

    @property
    def notes(self) -> list[str]:
        """A sentence for each field of the expression that no data had, if any could have it; and
        for each comparison of what is never equal."""
        found, lacking = self._interpreter.found, self._interpreter.lacking
        either = {group for node, group in self._fields if group and id(node) in found}
        sentences: dict[str, None] = {}
        for node, group in self._fields:
            if id(node) in lacking and id(node) not in found and group not in either:
                sentences[f"{self.where}: {_unknown(node['value'], lacking[id(node)])}"] = None
        for node in self._comparisons:
            kinds = self._interpreter.compared.get(id(node))
            if kinds:
                sentences[f"{self.where}: {_unequal(*kinds)}"] = None
        return list(sentences)


def compile_query(expression: str, where: str) -> Search:
    """Return a function that evaluates a JMESPath expression on data.

    Args:
        expression: The expression.
        where: The name of the option, for messages.

    Raises:
        OptionError: The expression cannot be read or evaluated. The function that is returned
            raises it as well.
        MissingLibraryError: jmespath is not installed.
    """
    jmespath = _library()
    try:
        compiled = jmespath.compile(expression)
        _try_functions(compiled, jmespath)
        return Search(expression, where, compiled, _interpreter(jmespath))
    except _FAULTS as error:
        raise OptionError(
            f"{where}: {_cut(repr(expression))} is not a JMESPath expression "
            f"({_first_line(error)}).{_remedy(error)}"
        ) from None


def noted(search: Search) -> str:
    """Return the notes of an expression, to be added to a message."""
    return "".join(f" {note}" for note in search.notes)


def _library() -> Any:
    """Return jmespath, which is imported only where an author gives a query.

    Raises:
        MissingLibraryError: It is not installed.
    """
    try:
        import jmespath
        import jmespath.exceptions
        import jmespath.visitor
    except ImportError:
        raise MissingLibraryError("jmespath", traceback.format_exc()) from None
    return jmespath


class _Recording:
    """Evaluates an expression, and records which of its fields the data had.

    ``found`` has the nodes of fields that some object had. ``lacking`` has for each node the
    names that objects without the field have; a list has none. ``compared`` has for each node
    that compares the two kinds that it met, or None if they were once the same.
    """

    # What the interpreter of jmespath has.
    visit: Any
    COMPARATOR_FUNC: Any
    _is_false: Any

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()
        self.lacking: dict[int, dict[str, None] | None] = {}
        self.compared: dict[int, tuple[str, str] | None] = {}
        self._samples: dict[int, int] = {}

    def visit_field(self, node: _Node, value: Any) -> Any:
        """Return a field of an object."""
        if isinstance(value, Mapping):
            if node["value"] in value:
                self.found.add(id(node))
                return value[node["value"]]
            self._lacks(node, value)
        elif isinstance(value, list):
            self.lacking.setdefault(id(node), None)
        return None

    def visit_comparator(self, node: _Node, value: Any) -> Any:
        """Compare two values."""
        if node["value"] not in ("eq", "ne"):
            return super().visit_comparator(node, value)  # type: ignore[misc]
        one, other = (self.visit(child, value) for child in node["children"])
        if one is not None and other is not None:
            kinds = (_kind(one), _kind(other))
            if kinds[0] == kinds[1]:
                self.compared[id(node)] = None
            else:
                self.compared.setdefault(id(node), kinds)
        return self.COMPARATOR_FUNC[node["value"]](one, other)

    def visit_and_expression(self, node: _Node, value: Any) -> Any:
        """Evaluate both sides, so that a field of the second one is looked for, too."""
        first, second = node["children"]
        matched = self.visit(first, value)
        if not self._is_false(matched):
            return self.visit(second, value)
        self._try(second, value)
        return matched

    def visit_or_expression(self, node: _Node, value: Any) -> Any:
        """See ``visit_and_expression``."""
        first, second = node["children"]
        matched = self.visit(first, value)
        if self._is_false(matched):
            return self.visit(second, value)
        self._try(second, value)
        return matched

    def _try(self, node: _Node, value: Any) -> None:
        if any(id(field) not in self.found for field, _group in _fields(node)):
            with contextlib.suppress(*_FAULTS):
                self.visit(node, value)

    def _lacks(self, node: _Node, value: Mapping[str, Any]) -> None:
        self._samples[id(node)] = self._samples.get(id(node), 0) + 1
        if self._samples[id(node)] <= MOST_SAMPLES:
            names = self.lacking.get(id(node)) or {}
            self.lacking[id(node)] = names | dict.fromkeys(map(str, value))


def _interpreter(jmespath: Any) -> Any:
    """Return an interpreter of jmespath that records what it meets."""
    return type("Interpreter", (_Recording, jmespath.visitor.TreeInterpreter), {})()


def _fields(node: Any, group: int = 0, *, judged: bool = False) -> Iterator[tuple[_Node, int]]:
    """Yield the fields of an expression.

    Of ``prettyModel || model`` one is enough, but not in a condition such as ``[?lost || blocked]``.

    Args:
        node: A node of the expression.
        group: What fields have in common if one of them is enough, or 0.
        judged: Whether the node is in a condition.

    Yields:
        The node of each field, and its group.
    """
    if not isinstance(node, Mapping):
        return
    if node["type"] == "field":
        yield node, group
    if node["type"] == "or_expression" and not judged:
        group = group or id(node)
    for number, child in enumerate(node["children"]):
        condition = node["type"] == "filter_projection" and number == 2
        yield from _fields(child, group, judged=judged or condition)


def _comparisons(node: Any) -> Iterator[_Node]:
    """Yield the comparisons of an expression for equality."""
    if isinstance(node, Mapping):
        if node["type"] == "comparator":
            yield node
        for child in node["children"]:
            yield from _comparisons(child)


def _kind(value: Any) -> str:
    """Return what a value is, and how one is written."""
    if isinstance(value, bool):
        return "true or false (in backticks: `true`)"
    if isinstance(value, (int, float)):
        return "a number (in backticks: `5`)"
    if isinstance(value, str):
        return "a text (in single quotes: '5')"
    return "a list" if isinstance(value, list) else "an object"


def _unequal(one: str, other: str) -> str:
    """Return what to say about kinds of values that are never equal."""
    return f"compares {one} with {other}, which are never equal; write both alike."


def _unknown(name: str, names: Mapping[str, None] | None) -> str:
    """Return what to say about a field that no data had.

    Args:
        name: The field.
        names: The fields that the data had instead, or None if they were lists.
    """
    if name in _VALUES:
        return f"{name} is read as the name of a field; write `{name}` in backticks."
    if names is None:
        return f"a list has no field {name!r}; write [].{name}, or [?…] to choose among its rows."
    near = nearest(name, names)
    hint = "" if near else f" If it is meant as a text, write '{name}' in single quotes."
    return f"no row has a field {name!r}{near}; check the spelling.{hint}"


def _try_functions(compiled: Any, jmespath: Any) -> None:
    """Evaluate an expression on empty data.

    Only that shows whether a function of the expression exists, and it must fail before any
    request.
    """
    try:
        compiled.search([])
    except jmespath.exceptions.JMESPathTypeError:
        # Real data may have the right type.
        return


def _remedy(error: Exception) -> str:
    """Return what to do about a fault, or ""."""
    if "(NUMBER)" in str(error):
        return " A number is written in backticks, such as `5`."
    if isinstance(error, TypeError) and "not supported between" in str(error):
        return " Compare numbers with numbers in backticks, and texts with texts in single quotes."
    if isinstance(error, RecursionError):
        return " It has too many brackets within each other; write a shorter one."
    return ""


def _first_line(error: Exception) -> str:
    """Return the fault in one line.

    jmespath shows the value that it could not use, which may be a whole row.
    """
    return _cut((str(error).splitlines() or [type(error).__name__])[0].rstrip(". "))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 80]} … {text[-80:]}"
