# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of an answer, without any of its values. Pure.

A shape has the types of a value, the lengths of texts and lists, the keys of maps that ``words``
knows, and for the other keys their number and the shape of their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .words import DATA_MAPS, KEYS

# Deeper values are not looked at.
DEEPEST = 12

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "text", type(None): "null"}

Shape = dict[str, Any]


def shape_of(value: Any, known: frozenset[str] = frozenset()) -> Shape:
    """Return the shape of a value of JSON.

    Args:
        value: The value.
        known: Keys that may be named besides ``words.KEYS``: those that were asked for.
    """
    return _shape(value, KEYS | known, 0)


def _shape(value: Any, known: frozenset[str], depth: int) -> Shape:
    if depth > DEEPEST:
        return {"types": ["deep"]}
    if isinstance(value, Mapping):
        return _of_map(value, known, depth)
    if isinstance(value, list):
        inner = _merged(_shape(part, known, depth + 1) for part in value)
        return {"types": ["list"], "lengths": [len(value), len(value)], "of": inner}
    kind = {"types": [_TYPES.get(type(value), "other")]}
    return {**kind, "lengths": [len(value), len(value)]} if isinstance(value, str) else kind


def _of_map(value: Mapping[str, Any], known: frozenset[str], depth: int) -> Shape:
    keys, others = {}, []
    for key, part in value.items():
        if key in known:
            inside = known & DATA_MAPS.get(key, known)
            keys[key] = _shape(part, inside, depth + 1)
        else:
            others.append(_shape(part, known, depth + 1))
    found: Shape = {"types": ["map"], "keys": keys}
    if others:
        found |= {"other_keys": [len(others), len(others)], "of_others": _merged(others)}
    return found


def _merged(shapes: Iterable[Shape]) -> Shape:
    """Return one shape that covers several."""
    found: Shape = {}
    for one in shapes:
        found = _both(found, one) if found else one
    return found


def _both(left: Shape, right: Shape) -> Shape:
    found: Shape = {"types": sorted({*left.get("types", ()), *right.get("types", ())})}
    for name in ("lengths", "other_keys"):
        ends = [*left.get(name, ()), *right.get(name, ())]
        if ends:
            found[name] = [min(ends), max(ends)]
    for name in ("of", "of_others"):
        if left.get(name) or right.get(name):
            found[name] = _merged(one[name] for one in (left, right) if one.get(name))
    keys = [one["keys"] for one in (left, right) if "keys" in one]
    if keys:
        names = {name: None for one in keys for name in one}
        found["keys"] = {name: _merged(one[name] for one in keys if name in one) for name in names}
    return found
