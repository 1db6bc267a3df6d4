# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One ordered tree for an answer of API v1, written as XML or as JSON.

The vendor documents show XML only. The JSON is the same tree under rules which clients in
production rely on: the root is gone, an attribute becomes a key `@id` with a text, an element which
occurs once is not a list, `details` is a list around one object, numbers and booleans are real.

A tree is a dict in the order of its elements: names to a text, a number, a boolean, None (an
element without content), another tree, `Many`, `Boxed` or `Cached`. The key `@id` is the attribute
`id`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

Tree = dict[str, Any]
#: Types without anything below. Asking for them first halves the time of a large list.
_LEAVES = frozenset((str, int, bool, float, type(None)))
XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True)
class Many:
    """An element which may occur several times. Without any it is left out, in both forms."""

    nodes: Sequence[Any]


@dataclass(frozen=True)
class Boxed:
    """An element which JSON shows as a list with one object, or as an empty list when it has no
    content."""

    tree: Tree


@dataclass(frozen=True)
class Cached:
    """A tree which is made and written once for each form. `cache` belongs to what the tree shows
    and is emptied when that changes; `shape` tells apart trees which switches make different."""

    cache: dict[Hashable, Any]
    shape: Hashable
    make: Callable[[], Tree]


def write_json(tree: Tree, *, collapse: bool) -> bytes:
    """Return a tree without its root as JSON.

    Args:
        tree: The tree.
        collapse: Whether an element which occurs once is an object instead of a list of one.
    """
    return orjson.dumps(_plain(tree, collapse))


def _plain(node: Any, collapse: bool) -> Any:
    if isinstance(node, dict):
        return _plain_fields(node, collapse)
    if isinstance(node, Many):
        rows = [_plain(child, collapse) for child in node.nodes]
        return rows[0] if collapse and len(rows) == 1 else rows
    if isinstance(node, Boxed):
        inner = _plain(node.tree, collapse)
        return [] if inner is None else [inner]
    if isinstance(node, Cached):
        key = ("json", collapse, node.shape)
        if key not in node.cache:
            node.cache[key] = orjson.dumps(_plain(node.make(), collapse))
        return orjson.Fragment(node.cache[key])
    return node


def _plain_fields(node: dict[str, Any], collapse: bool) -> dict[str, Any] | None:
    found = {
        name: child if type(child) in _LEAVES else _plain(child, collapse)
        for name, child in node.items()
        if not _is_absent(child)
    }
    if "@id" in found:
        found["@id"] = str(found["@id"])
    return found or None


def write_xml(root: str, tree: Tree) -> bytes:
    """Return the XML document of a tree under its root."""
    parts = [XML_DECLARATION]
    _element(root, tree, parts)
    return "".join(parts).encode()


def _element(name: str, node: Any, parts: list[str]) -> None:
    if type(node) in _LEAVES:
        parts.append(
            f"<{name}/>" if node is None or node == "" else f"<{name}>{_text(node)}</{name}>"
        )
    elif isinstance(node, Many):
        for child in node.nodes:
            _element(name, child, parts)
    elif isinstance(node, Cached):
        key = ("xml", node.shape)
        if key not in node.cache:
            inner: list[str] = []
            _element(name, node.make(), inner)
            node.cache[key] = "".join(inner)
        parts.append(node.cache[key])
    else:
        _tree(name, node.tree if isinstance(node, Boxed) else node, parts)


def _tree(name: str, tree: Tree, parts: list[str]) -> None:
    attribute = f' id="{tree["@id"]}"' if "@id" in tree else ""
    start = len(parts)
    parts.append(f"<{name}{attribute}>")
    for child_name, child in tree.items():
        if child_name != "@id":
            _element(child_name, child, parts)
    if len(parts) == start + 1:
        parts[start] = f"<{name}{attribute}/>"
    else:
        parts.append(f"</{name}>")


def _is_absent(node: Any) -> bool:
    return isinstance(node, Many) and not node.nodes


#: What XML 1.0 cannot hold, in no spelling.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: A carriage return would be read back as a line feed.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
)
_PLAIN = re.compile("[^&<>\"'\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]*")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else _IMPOSSIBLE.sub("", text).translate(_ESCAPES)
