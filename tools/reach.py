# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls a piece of code reaches with one product, read from the code as it is written.

A name in a function stands for what it means there: another function, which is read as well; a
class, whose objects are then at work; a table, with all that it holds; a call. A method is that of
the class that the annotations tell. Where they tell the protocol of a family, it is that of the
class that the family's capability names for the product; where they tell another protocol, of each
class at work that has its methods and is handed on. Where they tell nothing, it is each method of
that name of a class at work: rather a call too many than one too few.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from pathlib import Path
from types import FunctionType, ModuleType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import Capability

FAMILIES = Path(__file__).resolve().parent.parent / "plugins" / "module_utils" / "_families"

# The code that is read, and the layers within it that know no call and so need not be.
PLUGINS = "ansible_collections.ivanti.uem.plugins."
PRODUCTS = f"{PLUGINS}module_utils._products."
KNOW_NO_CALL = (f"{PLUGINS}module_utils._core.", f"{PLUGINS}module_utils._http.")


@cache
def capabilities() -> dict[str, Capability[Any]]:
    """Every capability, by its name in the code."""
    names = [path.parent.name for path in sorted(FAMILIES.glob("*/calls.py"))]
    families = [
        importlib.import_module(f"{PLUGINS}module_utils._families.{name}.calls") for name in names
    ]
    return {
        name: value
        for module in families
        for name, value in vars(module).items()
        if isinstance(value, Capability)
    }


@cache
def stand_ins(product: str) -> dict[Any, type]:
    """By protocol of a family the class that a product has for it."""
    found = {}
    for one in capabilities().values():
        if product in one.products:
            client, calls = one.products[product]()
            _client, maker = get_args(hints(one.products[product])["return"])
            found[get_args(maker)[1]] = calls if isinstance(calls, type) else client
    return found


# What stands in a file


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))


@cache
def _definitions(module: str) -> dict[str, ast.AST]:
    """Functions and methods, by their qualified names."""
    found: dict[str, ast.AST] = {}
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
            found.update((f"{node.name}.{part.name}", part) for part in methods)
    return found


@cache
def _names(module: str) -> dict[str, Any]:
    """What names mean in a file, those included that it imports only for annotations."""
    blocks = (node.body for node in _tree(module).body if isinstance(node, ast.If))
    apart = _imported((part for block in blocks for part in block), module)
    return {**vars(sys.modules[module]), **apart}


def _imported(nodes: Iterable[ast.AST], module: str) -> dict[str, Any]:
    found = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            path = "." * node.level + (node.module or "")
            source = importlib.import_module(path, sys.modules[module].__package__)
            for alias in node.names:
                found[alias.asname or alias.name] = getattr(source, alias.name)
    return found


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """A piece of code and all parts of it, but for its annotations."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        for name, value in ast.iter_fields(part):
            if name not in ("annotation", "returns"):
                inner = value if isinstance(value, list) else [value]
                waiting += [one for one in inner if isinstance(one, ast.AST)]


# What annotations tell


def _is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith(PLUGINS)


def _is_protocol(kind: Any) -> bool:
    return bool(getattr(kind, "_is_protocol", False))


@cache
def hints(thing: Any) -> dict[str, Any]:
    """The annotations of a function, or of a class with those that it inherits."""
    found: dict[str, Any] = {}
    for one in reversed(inspect.getmro(thing)) if isinstance(thing, type) else [thing]:
        if _is_ours(one):
            names = _names(one.__module__)
            for name, text in getattr(one, "__annotations__", {}).items():
                found[name] = eval(text, names) if isinstance(text, str) else text
    return found


def _kinds(hint: Any) -> set[Any]:
    """The classes of ours, or tuples, that an annotation names."""
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        return {kind for part in get_args(hint) for kind in _kinds(part)}
    told = isinstance(hint, TypeVar) is False and _is_ours(get_origin(hint) or hint)
    return {hint} if told or get_origin(hint) is tuple else set()


@cache
def _member(kind: Any, name: str) -> Any:
    """What a class has under a name: of a property or a class method the function."""
    found = inspect.getattr_static(get_origin(kind) or kind, name, None)
    if isinstance(found, property):
        return found.fget
    if isinstance(found, cached_property):
        return found.func
    return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found


@cache
def _attribute(kind: Any, name: str) -> set[Any]:
    """What an attribute of an object may be."""
    base = get_origin(kind) or kind
    if name in hints(base):
        hint = hints(base)[name]
        filled = dict(zip(getattr(base, "__parameters__", ()), get_args(kind), strict=False))
        return _kinds(filled.get(hint, hint) if isinstance(hint, TypeVar) else hint)
    if isinstance(inspect.getattr_static(base, name, None), (property, cached_property)):
        return _kinds(hints(_member(base, name)).get("return"))
    made = _member(base, "__init__")
    return code_of(made).assigned_to(name) if _is_ours(made) else set()


@dataclass(frozen=True)
class Uses:
    """What a function uses: ``values`` that its names mean, ``members`` of classes, methods of
    which nobody knows the class, and the classes whose objects it hands on."""

    values: tuple[Any, ...]
    members: frozenset[tuple[Any, str]]
    methods: frozenset[str]
    handed: frozenset[Any]


class Code:
    """A function or method as it is written."""

    def __init__(self, function: FunctionType) -> None:
        module, name = function.__module__, function.__qualname__
        node = _definitions(module).get(name)
        self._parts = [] if node is None else list(_code(node))
        self._hints = hints(function)
        self._owner = _names(module).get(name.rpartition(".")[0])
        local = set(function.__code__.co_varnames)
        shared = {name: value for name, value in _names(module).items() if name not in local}
        self._names = {**shared, **_imported(self._parts, module)}
        self._open: set[str] = set()

    @cached_property
    def _assigned(self) -> dict[str, list[tuple[ast.expr, int | None]]]:
        """By name of a variable what it is assigned, and which part of that."""
        found: dict[str, list[tuple[ast.expr, int | None]]] = {}
        for part in self._parts:
            if not isinstance(part, (ast.Assign, ast.AnnAssign)) or part.value is None:
                continue
            target = part.targets[0] if isinstance(part, ast.Assign) else part.target
            several = target.elts if isinstance(target, ast.Tuple) else [target]
            for place, one in enumerate(several):
                value, at = part.value, place if isinstance(target, ast.Tuple) else None
                if isinstance(value, ast.Tuple) and at is not None:
                    value, at = value.elts[place], None
                found.setdefault(ast.unparse(one), []).append((value, at))
        return found

    def assigned_to(self, attribute: str) -> set[Any]:
        """What this constructor makes of an attribute."""
        return self._of_variable(f"self.{attribute}")

    def _of_variable(self, name: str) -> set[Any]:
        if name in self._open:
            return set()
        self._open.add(name)
        found: set[Any] = set()
        for value, place in self._assigned.get(name, ()):
            kinds = self.kinds(value)
            if place is not None:
                parts = [get_args(kind) for kind in kinds if get_origin(kind) is tuple]
                kinds = {kind for part in parts for kind in _kinds(part[place])}
            found |= kinds
        self._open.discard(name)
        return found

    def kinds(self, node: ast.expr) -> set[Any]:
        """What an expression may be; nothing where nobody knows."""
        if isinstance(node, ast.Name):
            if node.id in ("self", "cls") and self._owner is not None:
                return {self._owner}
            if node.id in self._hints:
                return _kinds(self._hints[node.id])
            meant = self._names.get(node.id)
            return _kinds(type(meant)) if meant is not None else self._of_variable(node.id)
        if isinstance(node, ast.Attribute):
            return {one for kind in self.kinds(node.value) for one in _attribute(kind, node.attr)}
        if isinstance(node, ast.Call):
            return {kind for one in self.meant(node.func) for kind in _made_by(one)}
        if isinstance(node, ast.IfExp):
            return self.kinds(node.body) | self.kinds(node.orelse)
        if isinstance(node, ast.BoolOp):
            return {kind for value in node.values for kind in self.kinds(value)}
        return set()

    def meant(self, node: ast.expr) -> list[Any]:
        """What a name, or an attribute, means."""
        if isinstance(node, ast.Name):
            return [self._names[node.id]] if node.id in self._names else []
        if not isinstance(node, ast.Attribute):
            return []
        for base in self.meant(node.value):
            if isinstance(base, ModuleType):
                return [getattr(base, node.attr)] if base.__name__.startswith(PLUGINS) else []
            if isinstance(base, type):
                return [_member(base, node.attr)]
        return [_member(kind, node.attr) for kind in self.kinds(node.value)]

    @cached_property
    def uses(self) -> Uses:
        """What it uses."""
        values: list[Any] = []
        members: set[tuple[Any, str]] = set()
        methods: set[str] = set()
        handed: set[Any] = set()
        called = {id(part.func) for part in self._parts if isinstance(part, ast.Call)}
        for part in self._parts:
            if isinstance(part, ast.Name):
                values += self.meant(part)
            elif isinstance(part, ast.Call):
                given = (*part.args, *(keyword.value for keyword in part.keywords))
                handed |= {get_origin(kind) or kind for one in given for kind in self.kinds(one)}
            elif isinstance(part, ast.Attribute):
                bases = self.meant(part.value)
                classes = [base for base in bases if isinstance(base, type)]
                kinds = self.kinds(part.value) or set(classes)
                if any(isinstance(base, ModuleType) for base in bases):
                    values += self.meant(part)
                elif kinds:
                    members |= {(get_origin(kind) or kind, part.attr) for kind in kinds}
                elif id(part) in called:
                    methods.add(part.attr)
        return Uses(tuple(values), frozenset(members), frozenset(methods), frozenset(handed))


@cache
def code_of(function: FunctionType) -> Code:
    """A function as it is written; each is read once."""
    return Code(function)


def _made_by(thing: Any) -> set[Any]:
    """What a call of something may return."""
    if isinstance(thing, type):
        return _kinds(thing)
    return _kinds(hints(inspect.unwrap(thing)).get("return")) if _is_ours(thing) else set()


class Reach:
    """What some code reaches with a product.

    ``calls``: the calls. ``stopped``: whether the code reaches the method of the product at whose
    name the reading stops. ``able``: whether there is anything of the product in it.
    """

    def __init__(self, product: str, stop: str = "") -> None:
        self.calls: set[Endpoint] = set()
        self.stopped = False
        self.able = False
        self._product = product
        self._stop = stop
        self._stand_ins = stand_ins(product)
        self._read: set[FunctionType] = set()
        self._classes: set[type] = set()
        self._handed: set[type] = set()
        self._members: set[tuple[Any, str]] = set()
        self._methods: set[str] = set()

    def follow(self, value: Any) -> None:
        """Go on with what a name means."""
        if isinstance(value, Endpoint):
            self.calls.add(value)
        elif isinstance(value, Capability):
            if self._product in value.products:
                self.able = True
                for part in value.products[self._product]():
                    self.follow(part)
        elif isinstance(value, type):
            self._put_to_work(value)
        elif callable(value) and isinstance(inspect.unwrap(value), FunctionType):
            self._follow_function(inspect.unwrap(value))
        elif isinstance(value, Mapping):
            self._follow_all(value.values())
        elif isinstance(value, (list, tuple, set, frozenset)):
            self._follow_all(value)
        elif is_dataclass(value) and _is_ours(type(value)):
            self._follow_all(getattr(value, field.name) for field in fields(value))

    def _follow_all(self, values: Iterable[Any]) -> None:
        for value in values:
            self.follow(value)

    def _follow_function(self, function: FunctionType) -> None:
        if function in self._read or not _may_call(function):
            return
        self._read.add(function)
        uses = code_of(function).uses
        self._follow_all(uses.values)
        for kind in uses.handed:
            self._hand_on(self._stand_ins.get(kind, kind))
        for told, name in uses.members:
            self._use_of_kind(self._stand_ins.get(told, told), name)
        for name in uses.methods - self._methods:
            self._methods.add(name)
            for kind in tuple(self._classes):
                self._use(kind, name)

    def _put_to_work(self, kind: type) -> None:
        """Objects of a class may be there from now on."""
        if kind in self._classes or _is_protocol(kind) or not _may_call(kind):
            return
        self._classes.add(kind)
        for name in ("__init__", "__post_init__", *self._methods):
            self._use(kind, name)
        self._use_again(kind)

    def _hand_on(self, kind: type) -> None:
        """Objects of a class may be what a protocol stands for from now on."""
        if kind not in self._handed:
            self._handed.add(kind)
            self._use_again(kind)

    def _use_again(self, kind: type) -> None:
        for told, name in tuple(self._members):
            if self._is_one(kind, told):
                self._use(kind, name)

    def _use_of_kind(self, told: Any, name: str) -> None:
        """A member is used of what annotations tell to be of a class."""
        if (told, name) in self._members:
            return
        self._members.add((told, name))
        if not _is_protocol(told):
            self._use(told, name)
        for kind in tuple(self._classes):
            if self._is_one(kind, told):
                self._use(kind, name)

    def _is_one(self, kind: type, told: Any) -> bool:
        """Whether an object of a class at work may be what annotations tell."""
        if not _is_protocol(told):
            return issubclass(kind, told)
        methods = [name for name in vars(told) if not name.startswith("_")]
        both = kind in self._handed and kind in self._classes
        return both and all(hasattr(kind, name) for name in methods)

    def _use(self, kind: Any, name: str) -> None:
        """A member of a class is used."""
        if name == self._stop and kind.__module__.startswith(PRODUCTS):
            self.stopped = True
        elif _may_call(kind):
            self.follow(_member(kind, name))


def _may_call(thing: Any) -> bool:
    return _is_ours(thing) and not thing.__module__.startswith(KNOW_NO_CALL)
