# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An XML answer as a tree that shape.py can match, and what an XML and a JSON answer both say.

An element without attributes and children is its text, which is "" where there are only blanks. Any
other element is a map: ``@name`` for an attribute, and for each child's name a list of such
children, also where there is only one. A child that is text and stands alone is that text itself.
Names are without their namespace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree


@dataclass(frozen=True)
class XmlDocument:
    """The name of the root element, and its tree."""

    root: str
    tree: Any


def parse_xml(text: str) -> XmlDocument:
    """Raises ValueError for what is not well-formed XML."""
    try:
        element = ElementTree.fromstring(text)
    except ElementTree.ParseError as err:
        raise ValueError(f"not XML ({err})") from err
    return XmlDocument(_bare(element.tag), _tree(element))


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def _tree(element: ElementTree.Element) -> Any:
    if not element.attrib and not len(element):
        return element.text if element.text and element.text.strip() else ""
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(_bare(child.tag), []).append(_tree(child))
    attributes = {f"@{_bare(name)}": value for name, value in element.attrib.items()}
    return {**attributes, **{name: _alone(found) for name, found in children.items()}}


def _alone(found: list[Any]) -> Any:
    return found[0] if len(found) == 1 and isinstance(found[0], str) else found


def statement(value: Any) -> list[Any]:
    """What a JSON value or a tree says, whichever of the two it is: texts, single things as lists
    of one, empty ones left out.

    A JSON answer that was made from XML drops the root, has numbers and booleans, makes an object
    of a list of one, and a list of one of an object; none of these changes what is said.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    if isinstance(value, list):
        return [said for one in value for said in statement(one)]
    if isinstance(value, dict):
        filled = {name: said for name, one in value.items() if (said := statement(one))}
        return [filled] if filled else []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def values_at(value: Any, path: str) -> list[Any]:
    """The values at a path of keys parted by slashes; lists on the way, and at its end, are opened.

    ``//key`` is that key anywhere, and ``//key/other`` what it has at ``other``; ``one|other``
    either of two keys; ``entry[key=a b]`` the entries whose key is the text "a b", or a number
    written so.
    """
    found, anywhere = [value], path.startswith("//")
    for part in path.removeprefix("//").split("/"):
        key, _bracket, condition = part.removesuffix("]").partition("[")
        found = (
            _anywhere(found, key)
            if anywhere
            else [
                one[name]
                for one in _opened(found)
                if isinstance(one, dict)
                for name in key.split("|")
                if name in one
            ]
        )
        anywhere = False
        if condition:
            name, _equals, text = condition.partition("=")
            found = [
                one
                for one in _opened(found)
                if isinstance(one, dict) and str(one.get(name)) == text
            ]
    return _opened(found)


def _opened(values: list[Any]) -> list[Any]:
    return [inner for one in values for inner in (_opened(one) if isinstance(one, list) else [one])]


def _anywhere(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        return [found for one in value for found in _anywhere(one, key)]
    if not isinstance(value, dict):
        return []
    here = _opened([value[key]]) if key in value else []
    return here + [
        found for name, one in value.items() if name != key for found in _anywhere(one, key)
    ]
