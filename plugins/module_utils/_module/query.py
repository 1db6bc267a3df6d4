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
import re
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .._core.compared import CONTAINS, ENDS, IS, ORDER, STARTS, Compared, Why, impossible, lacking
from .._core.errors import MissingLibraryError, OptionError
from .._core.names import nearest
from .._core.vocabulary import CUSTOM_ATTRIBUTES, other_name

# The most characters of a message of jmespath, or of an expression, that are shown.
MOST_TEXT = 200

# Objects without a field whose keys are kept, to suggest the nearest one.
MOST_SAMPLES = 50

# What jmespath raises besides its own errors: for `[::0]`, `'a' < `1``, `ceil(`1e400`)`, and an
# expression with hundreds of brackets.
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)

_LIST = "a list"

# A number or a version. Longer parts are not numbers that anybody compares.
_VERSION = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}){0,5}", re.ASCII)

_CONSTANT = (
    "a condition, or a part of it, names no field, so it is the same for every row; write the names "
    "of fields without quotes, such as [?platform == 'ios']."
)

# Words that are values elsewhere, and names of fields to JMESPath.
_VALUES = ("true", "false", "null")

# The nodes that take their rows from their first child.
_CHAINS = (
    "filter_projection", "projection", "value_projection", "flatten", "subexpression", "index_expression",
)  # fmt: skip

_Node = Mapping[str, Any]


class Search:
    """A JMESPath expression, to be called with data. It remembers which fields the data had.

    Attributes:
        where: The name of the option, for messages.
        expression: Its text.
        texts: Each field of the data that is compared with a text of the expression, with the text.
        names: The fields that it looks at.
    """

    def __init__(self, expression: str, where: str, compiled: Any, interpreter: Any) -> None:
        self.where = where
        self.expression = expression
        self._compiled = compiled
        self._interpreter = interpreter
        self._fields = list(_fields(compiled.parsed))
        self._comparisons = list(_of_type(compiled.parsed, "comparator"))
        self._attributes = _attributes(compiled.parsed)
        self._constant = any(map(_is_constant, _conditions(compiled.parsed)))
        self.texts = tuple(dict.fromkeys(_compared(compiled.parsed)))
        self.names = tuple(dict.fromkeys(node["value"] for node, _group in self._fields))

    def __call__(self, data: Any) -> Any:
        """Return what the expression finds in data.

        Raises:
            OptionError: It cannot be evaluated on these data.
        """
        try:
            return self._interpreter.visit(self._compiled.parsed, data)
        except _FAULTS as error:
            raise OptionError(
                f"{self.where}: {_cut(repr(self.expression))} cannot be evaluated "
                f"({_first_line(error)}).{_remedy(error)}{noted(self)}"
            ) from None

    @property
    def notes(self) -> list[str]:
        """A sentence for each field of the expression that no data had, if any could have it; for
        each comparison of what is never equal; and for a condition without a field."""
        return self.faults(())

    def faults(self, attributes: Collection[str]) -> list[str]:
        """Return the notes, without those about custom attributes that devices can have.

        Args:
            attributes: The names of those. Whether a device has a value for one changes from day to
                day, so an expression with it is not wrong.
        """
        sentences: dict[str, None] = {_CONSTANT: None} if self._constant else {}
        for node in self._unknown():
            if id(node) not in self._attributes or node["value"] not in attributes:
                names = self._interpreter.lacking[id(node)]
                sentences[_unknown(node["value"], names)] = None
        for node in self._comparisons:
            kinds = self._interpreter.compared.get(id(node))
            if kinds:
                sentences[_unequal(*kinds)] = None
            if id(node) in self._interpreter.ordered:
                sentences[_misordered(*self._interpreter.ordered[id(node)])] = None
        return [f"{self.where}: {sentence}" for sentence in sentences]

    def impossible(self, rows: Sequence[Mapping[str, Any]], why: Why) -> list[str]:
        """Return a sentence for each text of the expression that no row can have.

        Args:
            rows: The rows that it was evaluated on.
            why: Says why no row can have a text.
        """
        return [f"{self.where}: {one}" for one in impossible(self.texts, rows, why)]

    def lacking(self, rows: Sequence[Mapping[str, Any]], why: Why) -> list[str]:
        """Return a sentence for each text of the expression that only these rows lack, where it is
        likely misspelt; see ``impossible``."""
        return [f"{self.where}: {one}" for one in lacking(self.texts, rows, why)]

    @property
    def unknown_attributes(self) -> bool:
        """Whether the expression has a custom attribute that no data had."""
        return any(id(node) in self._attributes for node in self._unknown())

    @property
    def nulls(self) -> frozenset[str]:
        """The fields of the expression that were null in all data that had them."""
        found, valued = self._interpreter.found, self._interpreter.valued
        nodes = (node for node, _group in self._fields if id(node) in found - valued)
        return frozenset(node["value"] for node in nodes)

    def _unknown(self) -> Iterator[_Node]:
        found, lacking = self._interpreter.found, self._interpreter.lacking
        either = {group for node, group in self._fields if group and id(node) in found}
        for node, group in self._fields:
            if id(node) in lacking and id(node) not in found and group not in either:
                yield node


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


def certain(doubts: Sequence[str]) -> list[str]:
    """Return no doubts, for a query that chooses what is written.

    Raises:
        OptionError: There are some.
    """
    if doubts:
        raise OptionError(f"{' '.join(doubts)} Nothing was done; correct the query.")
    return []


def found_ids(
    search: Search, rows: list[dict[str, Any]], key: str = "id", example: str = "[?quarantined]"
) -> set[str]:
    """Return the ids of the rows that a query returns.

    Args:
        search: The query.
        rows: What it chooses from.
        key: The field that has the id of a row.
        example: A query, for the message.

    Raises:
        OptionError: The query does not return rows.
    """
    found = search(rows)
    if not isinstance(found, list) or not all(
        isinstance(row, dict) and key in row for row in found
    ):
        raise OptionError(
            f"{search.where}: must return a list of device rows, such as {example}; it returned "
            f"something else.{noted(search)}"
        )
    return {str(row[key]) for row in found}


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

    ``found`` has the nodes of fields that some object had, and ``valued`` those that were once not
    null. ``lacking`` has for each node the names that objects without the field have, or what it is
    that has no fields. ``compared`` has for each node that compares the two kinds that it met, or
    None if they were once the same. ``ordered`` has for each node that compares by order the first
    two texts whose order is not that of the numbers that they are.
    """

    # What the interpreter of jmespath has.
    visit: Any
    COMPARATOR_FUNC: Any
    _is_false: Any

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()
        self.valued: set[int] = set()
        self.lacking: dict[int, dict[str, None] | str] = {}
        self.compared: dict[int, tuple[str, str] | None] = {}
        self.ordered: dict[int, tuple[str, ...]] = {}
        self._samples: dict[int, int] = {}

    def visit_field(self, node: _Node, value: Any) -> Any:
        """Return a field of an object."""
        if isinstance(value, Mapping):
            if node["value"] in value:
                self.found.add(id(node))
                if value[node["value"]] is not None:
                    self.valued.add(id(node))
                return value[node["value"]]
            self._lacks(node, value)
        elif value is not None:
            self.lacking.setdefault(id(node), _kind(value))
        return None

    def visit_comparator(self, node: _Node, value: Any) -> Any:
        """Compare two values."""
        if node["value"] not in ("eq", "ne"):
            self._note_order(node, value)
            return super().visit_comparator(node, value)  # type: ignore[misc]
        one, other = (self.visit(child, value) for child in node["children"])
        if one is not None and other is not None:
            kinds = (_kind(one), _kind(other))
            if kinds[0] == kinds[1]:
                self.compared[id(node)] = None
            else:
                self.compared.setdefault(id(node), kinds)
        return self.COMPARATOR_FUNC[node["value"]](one, other)

    def _note_order(self, node: _Node, value: Any) -> None:
        """Note two numbers or versions that are texts, if texts come in another order."""
        if id(node) in self.ordered:
            return
        texts = tuple(self.visit(child, value) for child in node["children"])
        if not all(isinstance(text, str) and _VERSION.fullmatch(text) for text in texts):
            return
        one, other = (tuple(map(int, text.split("."))) for text in texts)
        if (texts[0] < texts[1]) != (one < other):
            self.ordered[id(node)] = texts

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
        """Look for the fields of a side that does not count. The order of its texts does not either."""
        if any(id(field) not in self.found for field, _group in _fields(node)):
            ordered = dict(self.ordered)
            with contextlib.suppress(*_FAULTS):
                self.visit(node, value)
            self.ordered = ordered

    def _lacks(self, node: _Node, value: Mapping[str, Any]) -> None:
        self._samples[id(node)] = self._samples.get(id(node), 0) + 1
        if self._samples[id(node)] <= MOST_SAMPLES:
            names = self.lacking.get(id(node), {})
            known = names if isinstance(names, dict) else {}
            self.lacking[id(node)] = known | dict.fromkeys(map(str, value))


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


def _of_type(node: Any, *types: str) -> Iterator[_Node]:
    """Yield the nodes of some types in an expression."""
    if isinstance(node, Mapping):
        if node["type"] in types:
            yield node
        for child in node["children"]:
            yield from _of_type(child, *types)


def _attributes(node: Any) -> frozenset[int]:
    """Return the nodes of fields that are custom attributes, ``custom_attributes.<name>``."""
    pairs = (one["children"] for one in _of_type(node, "subexpression"))
    return frozenset(id(pair[1]) for pair in pairs if pair[0].get("value") == CUSTOM_ATTRIBUTES)


def _conditions(node: Any) -> Iterator[_Node]:
    """Yield what the conditions of an expression consist of: ``a`` and ``b`` of ``[?a && !b]``."""
    for one in _of_type(node, "filter_projection"):
        yield from _operands(one["children"][2])


def _operands(node: _Node) -> Iterator[_Node]:
    if node["type"] not in ("and_expression", "or_expression", "not_expression"):
        yield node
        return
    for child in node["children"]:
        yield from _operands(child)


def _is_constant(node: _Node) -> bool:
    """Return whether a part of a condition is the same for all rows, as ``'lost'`` is."""
    return next(_of_type(node, "field", "current", "identity"), None) is None


def _compared(node: Any, element: str = "", *, of_rows: bool = True) -> Iterator[Compared]:
    """Yield the fields of rows that are compared with a text, and the text.

    Those are ``platform == 'ios'``, ``contains(['ios', 'macos'], platform)``, ``starts_with(platform,
    'i')`` and its like, and elements of a list as in ``compliance_reasons[0] == 'roaming'``. Objects
    within rows have fields of other meanings.

    Args:
        node: A node of the expression.
        element: The field whose elements the node is about, or "".
        of_rows: Whether the fields of the node are those of rows.
    """
    if not isinstance(node, Mapping):
        return
    children = node["children"]
    if node["type"] == "filter_projection":
        source = _source(children[0])
        within = source is not None
        inner = source or "" if of_rows and children[0]["type"] == "field" else ""
        yield from _compared(children[0], element, of_rows=of_rows)
        yield from _compared(children[1], element, of_rows=of_rows and not within)
        yield from _compared(children[2], inner, of_rows=of_rows and not within)
        return
    how = _how(node)
    if how:
        subjects = [_subject(child, element, of_rows=of_rows) for child in children]
        texts = [text for child in children for text in _literals(child)]
        named = [subject for subject in subjects if subject is not None]
        yield from (Compared(name, text, how, part) for name, part in named for text in texts)
    for child in children:
        yield from _compared(child, element, of_rows=of_rows)


def _how(node: _Node) -> str:
    """Return how a node compares a field with a text, or "" where it does not."""
    if node["type"] == "comparator":
        return IS if node["value"] in ("eq", "ne") else ORDER
    if node["type"] != "function_expression":
        return ""
    if node["value"] == "contains":
        # contains(['ios', 'macos'], platform) looks for the value, contains(platform, 'io') for a part.
        first = node["children"][0]
        if first["type"] == "multi_select_list" or isinstance(first.get("value"), list):
            return IS
        return "" if first["type"] == "literal" else CONTAINS
    return {"starts_with": STARTS, "ends_with": ENDS}.get(node["value"], "")


def _subject(node: _Node, element: str, *, of_rows: bool) -> tuple[str, bool] | None:
    """Return the field that a side of a comparison is, and whether it is an element of it."""
    if node["type"] == "current" and element:
        return element, True
    if node["type"] == "field" and of_rows:
        return node["value"], False
    if node["type"] == "index_expression" and of_rows:
        first, last = node["children"]
        if first["type"] == "field" and last["type"] == "index":
            return first["value"], True
    return None


def _source(node: _Node) -> str | None:
    """Return the field whose value a condition chooses from, or None for the rows themselves."""
    while node["type"] in _CHAINS:
        node = node["children"][0]
    return node["value"] if node["type"] == "field" else None


def _literals(node: _Node) -> Iterator[str]:
    """Yield the texts of a literal, or of a list of literals."""
    if node["type"] == "multi_select_list":
        for child in node["children"]:
            yield from _literals(child)
    if node["type"] == "literal":
        values = node["value"] if isinstance(node["value"], list) else [node["value"]]
        yield from (value for value in values if isinstance(value, str))


def _kind(value: Any) -> str:
    """Return what a value is, and how one is written."""
    if isinstance(value, bool):
        return "true or false (in backticks: `true`)"
    if isinstance(value, (int, float)):
        return "a number (in backticks: `5`)"
    if isinstance(value, str):
        return "a text (in single quotes: '5')"
    return _LIST if isinstance(value, list) else "an object"


def _unequal(one: str, other: str) -> str:
    """Return what to say about kinds of values that are never equal."""
    return f"compares {one} with {other}, which are never equal; write both alike."


def _misordered(one: str, other: str) -> str:
    """Return what to say about two numbers or versions that were compared as texts."""
    last = max(one, other)
    return (
        f"compares {one!r} with {other!r} as texts, letter by letter, so that {last!r} comes last; "
        "compare versions in the play with Ansible's test version, and numbers with to_number."
    )


def _unknown(name: str, names: Mapping[str, None] | str) -> str:
    """Return what to say about a field that no data had.

    Args:
        name: The field.
        names: The fields that the data had instead, or what they were that has no fields.
    """
    if name in _VALUES:
        return f"{name} is read as the name of a field; write `{name}` in backticks."
    if names == _LIST:
        return f"a list has no field {name!r}; write [].{name}, or [?…] to choose among its rows."
    if isinstance(names, str):
        return f"the value before .{name} is {names.partition(' (')[0]}, which has no fields."
    if other_name(name) in names:
        return f"no row has a field {name!r}; it is called {other_name(name)} here."
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
