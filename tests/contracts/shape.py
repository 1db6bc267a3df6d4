# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small language for the shape of a JSON value, and its matcher.

A shape is written in YAML and is one of:

* a word: ``any`` ``null`` ``boolean`` ``integer`` ``number`` ``string``, ``text`` (a string that is
not empty),
  ``digits`` (a string of digits), ``five-digits`` (of five), ``padded-digits`` (the same with
  blanks before or after), ``guid`` (a lower-case UUID), ``integer-text``, ``number-text`` and
  ``boolean-text`` (what XML makes of them), ``offset-time`` (2012-01-10T20:36:57+00:00),
  ``utc-time`` (2020-11-09T07:38:22.000Z), or ``=word`` (exactly that string; ``=`` alone is the
  empty one);
* ``$name``: the shape of that name in ``shapes.yml``;
* either of these followed by `` or null``;
* ``[shape]``: a list whose every element has that shape; ``{$some: shape}``: the same, and not
empty;
* a map ``{key: shape, $optional: {key: shape}}``: an object; the keys below ``$optional`` may be
absent. Other keys are
  welcome, because a newer server answers more than its document says, unless the map has ``$extra:
  forbidden``;
* ``{$each: shape}``: an object with keys of any name whose every value has that shape;
* ``{$row: [shape, ...]}``: a list of exactly these elements, in this order; ``{$is: [value,
...]}``: exactly one of these
  values, a number where a number stands;
* ``{$nullable: shape}``: a list or map written out, or null; ``{$one_of: [shape, ...]}``: any of
them.

``1`` is an integer and a number, ``true`` is neither, ``1.0`` is a number only: JSON readers keep
them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGITS = re.compile(r"[0-9]+")
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_PADDED_DIGITS = re.compile(r"\s*[0-9]+\s*")
_INTEGER_TEXT = re.compile(r"-?[0-9]+")
_NUMBER_TEXT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_OFFSET_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}"
)
_UTC_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fits(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


_WORDS: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: _is_integer(value) or isinstance(value, float),
    "string": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str) and value != "",
    "digits": lambda value: _fits(value, _DIGITS),
    "five-digits": lambda value: _fits(value, _FIVE_DIGITS),
    "padded-digits": lambda value: _fits(value, _PADDED_DIGITS),
    "guid": lambda value: _fits(value, _GUID),
    "integer-text": lambda value: _fits(value, _INTEGER_TEXT),
    "number-text": lambda value: _fits(value, _NUMBER_TEXT),
    "boolean-text": lambda value: value in ("true", "false"),
    "offset-time": lambda value: _fits(value, _OFFSET_TIME),
    "utc-time": lambda value: _fits(value, _UTC_TIME),
}
_OPERATORS = frozenset({"$each", "$nullable", "$one_of", "$some", "$row", "$is"})
_OR_NULL = " or null"

Shapes = Mapping[str, Any]


def check_shape(shape: Any, named: Shapes, at: str = "shape") -> list[str]:
    """The faults of a shape itself: unknown words, lists that are not of one element, operators
    with company."""
    if isinstance(shape, str):
        return _check_word(shape, named, at)
    if isinstance(shape, list):
        if len(shape) != 1:
            return [f"{at}: a list shape has one element, this one has {len(shape)}"]
        return check_shape(shape[0], named, f"{at}[]")
    if not isinstance(shape, dict) or not shape:
        return [f'{at}: {shape!r} is not a shape (null is written "null")']
    operators = _OPERATORS & shape.keys()
    if operators and len(shape) > 1:
        return [f"{at}: {sorted(operators)[0]} stands alone in its map"]
    faults: list[str] = []
    for key, inner in shape.items():
        faults += _check_entry(key, inner, named, f"{at}.{key}")
    return faults


def _check_word(word: str, named: Shapes, at: str) -> list[str]:
    bare = word.removesuffix(_OR_NULL)
    if bare.startswith("="):
        return []
    if bare.startswith("$"):
        return [] if bare[1:] in named else [f"{at}: no shape is named {bare[1:]!r}"]
    return [] if bare in _WORDS else [f"{at}: unknown word {word!r}"]


def _check_entry(key: Any, inner: Any, named: Shapes, at: str) -> list[str]:
    if not isinstance(key, str):
        return [f"{at}: the key {key!r} is not a string"]
    if key == "$extra":
        return [] if inner == "forbidden" else [f"{at}: $extra can only be 'forbidden'"]
    if key == "$is":
        right = (
            isinstance(inner, list)
            and inner
            and all(isinstance(one, str | int | float) for one in inner)
        )
        return [] if right else [f"{at}: $is takes a list of values"]
    if key in ("$one_of", "$row"):
        if not isinstance(inner, list) or (key == "$one_of" and len(inner) < 2):
            return [f"{at}: {key} takes a list of shapes, $one_of two or more"]
        return [
            fault
            for index, one in enumerate(inner)
            for fault in check_shape(one, named, f"{at}[{index}]")
        ]
    if key == "$optional" and not isinstance(inner, dict):
        return [f"{at}: $optional takes a map of keys"]
    if key.startswith("$") and key not in _OPERATORS and key != "$optional":
        return [f"{at}: unknown operator {key!r}"]
    return check_shape(inner, named, at)


def match(value: Any, shape: Any, named: Shapes, at: str = "$") -> list[str]:
    """What keeps ``value`` from having ``shape``, one line a fault, each led by its place; empty
    when it has it."""
    if isinstance(shape, str):
        return _match_word(value, shape, named, at)
    if isinstance(shape, list):
        return _match_list(value, shape[0], named, at)
    if "$nullable" in shape:
        return [] if value is None else match(value, shape["$nullable"], named, at)
    if "$some" in shape:
        return (
            [f"{at}: the list is empty"]
            if value == []
            else _match_list(value, shape["$some"], named, at)
        )
    if "$one_of" in shape:
        return _match_one_of(value, shape["$one_of"], named, at)
    if "$row" in shape:
        return _match_row(value, shape["$row"], named, at)
    if "$is" in shape:
        right = any(type(value) is type(one) and value == one for one in shape["$is"])
        return [] if right else [f"{at}: expected one of {shape['$is']}, got {_show(value)}"]
    if not isinstance(value, dict):
        return [f"{at}: expected an object, got {_show(value)}"]
    if "$each" in shape:
        return [
            fault
            for key in value
            for fault in match(value[key], shape["$each"], named, f"{at}.{key}")
        ]
    return _match_object(value, shape, named, at)


def _match_word(value: Any, word: str, named: Shapes, at: str) -> list[str]:
    if word.endswith(_OR_NULL) and value is None:
        return []
    bare = word.removesuffix(_OR_NULL)
    if bare.startswith("$"):
        return match(value, named[bare[1:]], named, at)
    fits = value == bare[1:] if bare.startswith("=") else _WORDS[bare](value)
    return [] if fits else [f"{at}: expected {word}, got {_show(value)}"]


def _match_list(value: Any, element: Any, named: Shapes, at: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{at}: expected a list, got {_show(value)}"]
    return [
        fault
        for index, one in enumerate(value)
        for fault in match(one, element, named, f"{at}[{index}]")
    ]


def _match_row(value: Any, shapes: list[Any], named: Shapes, at: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{at}: expected a list, got {_show(value)}"]
    if len(value) != len(shapes):
        return [f"{at}: expected {len(shapes)} elements, got {len(value)}"]
    pairs = enumerate(zip(value, shapes, strict=True))
    return [
        fault
        for index, (one, shape) in pairs
        for fault in match(one, shape, named, f"{at}[{index}]")
    ]


def _match_one_of(value: Any, choices: list[Any], named: Shapes, at: str) -> list[str]:
    tries = [match(value, choice, named, at) for choice in choices]
    if not all(tries):
        return []
    return [
        f"{at}: none of {len(choices)} shapes fits; the nearest fails on: {min(tries, key=len)[0]}"
    ]


def _match_object(
    value: dict[str, Any], shape: dict[str, Any], named: Shapes, at: str
) -> list[str]:
    required = {key: inner for key, inner in shape.items() if not key.startswith("$")}
    known = {**required, **shape.get("$optional", {})}
    faults = [f"{at}.{key}: missing" for key in required if key not in value]
    for key in known.keys() & value.keys():
        faults += match(value[key], known[key], named, f"{at}.{key}")
    if "$extra" in shape:
        faults += [f"{at}.{key}: not a documented key" for key in value if key not in known]
    return sorted(faults)


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
