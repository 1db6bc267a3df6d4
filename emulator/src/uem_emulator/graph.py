# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the emulator as plain data, and back: what is one object before is one afterwards.

Containers and objects stand in a table, and are named by their place in it: `{"@": 3}`. A class may
say with `NOT_SAVED` which of its attributes are left out, change with `to_save` what is kept, and
make what was left out in `restored`. Only classes of this package are ever made, and their
constructors are not called.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MethodType
from typing import Any

_PACKAGE = __name__.partition(".")[0]
#: What data that `pack` did not make leads to, here and where an object restores itself.
DAMAGES = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
_SCALARS = frozenset((str, int, float, bool, type(None)))


class DamagedError(ValueError):
    """The data is not what `pack` made."""


def pack(root: Mapping[str, Any], outside: Mapping[str, Any]) -> dict[str, Any]:
    """Return objects as plain data.

    Args:
        root: The objects by name.
        outside: Objects which are not part of it, by name: a reference to one is kept as its name.

    Raises:
        TypeError: There is something that cannot be packed.
    """
    return _Packer(outside).pack(root)


def unpack(data: Any, outside: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Return the objects of `pack`, and those whose `restored` is yet to be called.

    Args:
        data: What `pack` returned.
        outside: The objects which are not part of it, by name.

    Raises:
        DamagedError: The data is not what `pack` made.
    """
    try:
        return _Unpacker(data["table"], outside).unpack(data["root"])
    except DAMAGES as error:
        raise DamagedError(f"{type(error).__name__}: {error}") from error


def _attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(thing, "to_save"):
        kept: dict[str, Any] = thing.to_save()
    elif hasattr(thing, "__dict__"):
        kept = vars(thing)
    else:
        kept = {name: getattr(thing, name) for name in thing.__slots__ if hasattr(thing, name)}
    left_out = getattr(thing, "NOT_SAVED", ())
    return ((name, value) for name, value in kept.items() if name not in left_out)


class _Packer:
    def __init__(self, outside: Mapping[str, Any]) -> None:
        self._outside = {id(thing): name for name, thing in outside.items()}
        self._places: dict[int, int] = {}
        self._queue: list[Any] = []

    def pack(self, root: Mapping[str, Any]) -> dict[str, Any]:
        packed = {name: self._value(value) for name, value in root.items()}
        table = []
        # The queue grows: what an entry refers to is added at its end.
        for thing in self._queue:
            table.append(self._entry(thing))
        return {"root": packed, "table": table}

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        if id(value) in self._outside:
            return {"outside": self._outside[id(value)]}
        if isinstance(value, tuple):
            return {"tuple": [self._value(item) for item in value]}
        if kind is frozenset:
            return {"frozenset": sorted((self._value(item) for item in value), key=repr)}
        if kind is MethodType:
            return {"method": [self._value(value.__self__), value.__name__]}
        return {"@": self._place(value)}

    def _place(self, thing: Any) -> int:
        if id(thing) not in self._places:
            # The queue keeps it, so that no other object gets its id.
            self._places[id(thing)] = len(self._queue)
            self._queue.append(thing)
        return self._places[id(thing)]

    def _entry(self, thing: Any) -> list[Any]:
        kind = type(thing)
        if kind is list:
            return ["list", [self._value(item) for item in thing]]
        if kind is set:
            return ["set", sorted((self._value(item) for item in thing), key=repr)]
        if kind is dict or kind is Counter:
            pairs = [[self._value(key), self._value(value)] for key, value in thing.items()]
            return [kind.__name__, pairs]
        if kind is random.Random:
            return ["Random", self._value(thing.getstate())]
        if kind.__module__.partition(".")[0] != _PACKAGE:
            raise TypeError(f"a {kind.__module__}.{kind.__qualname__} cannot be saved")
        pairs = [[name, self._value(value)] for name, value in _attributes(thing)]
        return [f"{kind.__module__}:{kind.__qualname__}", pairs]


class _Unpacker:
    def __init__(self, table: list[list[Any]], outside: Mapping[str, Any]) -> None:
        self._table = table
        self._outside = outside
        self._made = [_shell(kind) for kind, _content in table]

    def unpack(self, root: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        for thing, (kind, content) in zip(self._made, self._table, strict=True):
            self._fill(thing, kind, content)
        found = {name: self._value(value) for name, value in root.items()}
        return found, [thing for thing in self._made if hasattr(thing, "restored")]

    def _fill(self, thing: Any, kind: str, content: Any) -> None:
        if kind == "list":
            thing.extend(map(self._value, content))
        elif kind == "set":
            thing.update(map(self._value, content))
        elif kind in ("dict", "Counter"):
            for key, value in content:
                thing[self._value(key)] = self._value(value)
        elif kind == "Random":
            thing.setstate(self._value(content))
        else:
            for name, value in content:
                # Frozen objects, too.
                object.__setattr__(thing, name, self._value(value))

    def _value(self, value: Any) -> Any:
        if type(value) in _SCALARS:
            return value
        ((kind, content),) = value.items()
        if kind == "@":
            return self._made[content]
        if kind == "outside":
            return self._outside[content]
        if kind == "tuple":
            return tuple(map(self._value, content))
        if kind == "frozenset":
            return frozenset(map(self._value, content))
        if kind == "method":
            owner, name = self._value(content[0]), content[1]
            if type(owner).__module__.partition(".")[0] != _PACKAGE:
                raise TypeError(f"{name} is not a method of the emulator")
            return MethodType(getattr(type(owner), name), owner)
        raise KeyError(kind)


def _shell(kind: str) -> Any:
    """An object without anything in it."""
    plain = {"list": list, "set": set, "dict": dict, "Counter": Counter, "Random": random.Random}
    if kind in plain:
        return plain[kind]()
    module, _colon, name = kind.partition(":")
    if module.partition(".")[0] != _PACKAGE or "." in name:
        raise KeyError(kind)
    found = getattr(sys.modules[module], name)
    if not isinstance(found, type) or found.__module__ != module:
        raise KeyError(kind)
    return object.__new__(found)
