# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contract files: what a vendor document says of one call, written by hand from that document.

No fact in them comes from this project's client or emulator: both are held against these files, so a mistake that the
two share is still seen. ``N02.yml`` is the call that the project's list of calls names N02; ``S_*.yml`` are supporting
calls that the vendor documents elsewhere or that were recorded; ``shapes.yml`` holds shapes that several files share.

A file holds (``_FILE`` below is the exact form)::

    id, name, source {document, section, confidence: doc | recorded | client}
    method, path_template              /api/v1/device/{device}/customattributes
    parameters                         the documented ones: name, in (path | query | json | form), required, repeatable,
                                       matches (a regular expression, for path, query and form) or shape (for json)
    allowed_also                       parameters of the call known from elsewhere, each with its source
    shape                              of the answer's body, see shape.py
    notes                              contradictions and gaps of the document
    examples                           name, note, given, request, answer, shape (narrower than the call's), then

``request`` is {path, query: [[name, value], ...] decoded and in order, raw_query: the document's own spelling where
that differs from the plain encoding, content_type: one or a list, body}. ``answer`` is {status, basis, body}: basis
says whether the body is the document's own (``document``), made up around recorded key names (``illustrative``), or
whether the document shows none (``none``). ``given`` names the devices that the example needs; ``then`` says what
must hold after it: the attributes of a device, by id or guid, names without case, or the ids of the devices that were
found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from .shape import check_shape, match

FOLDER = Path(__file__).resolve().parent
SHAPES_FILE = "shapes.yml"
REQUIRED_IDS = frozenset({"N02", "N03", "N04", "N05", "N06", "N07", "N08", "N41", "N42", "N43"})

_METHODS = {"$one_of": ["=GET", "=POST", "=PUT", "=PATCH", "=DELETE"]}
_PLACES = {"$one_of": ["=path", "=query", "=json", "=form"]}
_SOURCE = {
    "document": "text",
    "section": "text",
    "confidence": {"$one_of": ["=doc", "=recorded", "=client"]},
    "$extra": "forbidden",
}
_PARAMETER = {
    "name": "text",
    "in": _PLACES,
    "$optional": {"required": "boolean", "repeatable": "boolean", "matches": "text", "shape": "any"},
    "$extra": "forbidden",
}
_ALLOWED = {
    "in": _PLACES,
    "source": "text",
    "$optional": {"name": "text", "name_matches": "text", "matches": "text", "shape": "any"},
    "$extra": "forbidden",
}
_GIVEN_DEVICE = {
    "id": "integer",
    "$optional": {
        "guid": "guid",
        "partition": "integer",
        "attributes": {"$each": ["text"]},
        "fields": {"$each": "any"},
        "seconds_ago": {"$each": "integer"},
    },
    "$extra": "forbidden",
}
_REQUEST = {
    "path": "text",
    "$optional": {
        "query": [["string"]],
        "raw_query": "text",
        "content_type": {"$one_of": ["text", ["text"]]},
        "body": "any",
    },
    "$extra": "forbidden",
}
_ANSWER = {
    "status": "integer",
    "basis": {"$one_of": ["=document", "=illustrative", "=none"]},
    "$optional": {"body": "any"},
    "$extra": "forbidden",
}
_THEN = {"$optional": {"attributes": {"$each": {"$each": ["text"]}}, "ids": ["integer"]}, "$extra": "forbidden"}
_EXAMPLE = {
    "name": "text",
    "request": _REQUEST,
    "answer": _ANSWER,
    "$optional": {
        "note": "text",
        "given": {"devices": [_GIVEN_DEVICE], "$extra": "forbidden"},
        "shape": "any",
        "then": _THEN,
    },
    "$extra": "forbidden",
}
_FILE = {
    "id": "text",
    "name": "text",
    "source": _SOURCE,
    "method": _METHODS,
    "path_template": "text",
    "parameters": [_PARAMETER],
    "shape": "any",
    "examples": [_EXAMPLE],
    "$optional": {"allowed_also": [_ALLOWED], "notes": ["text"]},
    "$extra": "forbidden",
}


class ContractError(Exception):
    """A contract file that is malformed or contradicts itself; the message has one line for each fault."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a call. ``shape`` is for json bodies, ``matches`` for the text of the other places."""

    name: re.Pattern[str]
    label: str
    where: str
    required: bool
    repeatable: bool
    matches: re.Pattern[str] | None
    shape: Any


@dataclass(frozen=True)
class Example:
    """One example of a call. ``content_types`` are sent as that many headers, in order; ``query`` is decoded."""

    name: str
    path: str
    query: tuple[tuple[str, str], ...]
    raw_query: str | None
    content_types: tuple[str, ...]
    body: Any
    status: int
    basis: str
    answer: Any
    shape: Any
    given: tuple[Mapping[str, Any], ...]
    then: Mapping[str, Any]


@dataclass(frozen=True)
class Contract:
    """One call. ``named`` are the shapes of shapes.yml, which ``shape`` and the parameters' shapes may use."""

    id: str
    name: str
    source: Mapping[str, str]
    method: str
    path_template: str
    parameters: tuple[Parameter, ...]
    shape: Any
    named: Mapping[str, Any]
    notes: tuple[str, ...]
    examples: tuple[Example, ...]

    def documented(self, where: str) -> tuple[Parameter, ...]:
        """The parameters that may stand in that place."""
        return tuple(one for one in self.parameters if one.where == where)

    @property
    def body_kind(self) -> str | None:
        """How the call's body is written: json, form, or None for a call without one."""
        return next((kind for kind in ("json", "form") if self.documented(kind)), None)

    def answer_faults(self, body: Any) -> list[str]:
        """What keeps an answer from having the call's shape."""
        return match(body, self.shape, self.named)


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key given twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, *_value in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise ContractError(f"line {key_node.start_mark.line + 1}: the key {key!r} stands twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_all(folder: Path = FOLDER) -> dict[str, Contract]:
    """Every contract of a folder by id. Raises ContractError for a malformed file or a required id that is missing."""
    named = load_shapes(folder)
    contracts: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name != SHAPES_FILE:
            contracts[path.stem] = load(path, named)
    missing = sorted(REQUIRED_IDS - contracts.keys())
    if missing:
        raise ContractError(f"no contract file for {', '.join(missing)}")
    return contracts


def load_shapes(folder: Path = FOLDER) -> dict[str, Any]:
    """The shapes of shapes.yml by name."""
    named = _read(folder / SHAPES_FILE)
    faults = [fault for name, shape in named.items() for fault in check_shape(shape, named, name)]
    if faults:
        raise ContractError("\n".join(f"{SHAPES_FILE}: {fault}" for fault in faults))
    return named


def load(path: Path, named: Mapping[str, Any]) -> Contract:
    """One contract file. Raises ContractError naming every fault of the file."""
    data = _read(path)
    faults = match(data, _FILE, {}, path.name)
    if not faults:
        faults = [f"{path.name}: {fault}" for fault in _faults(data, named, path.stem)]
    if faults:
        raise ContractError("\n".join(faults))
    return _build(data, named)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, OSError, ContractError) as err:
        raise ContractError(f"{path.name}: {err}") from err
    if not isinstance(data, dict):
        raise ContractError(f"{path.name}: not a map")
    return data


def _faults(data: dict[str, Any], named: Mapping[str, Any], stem: str) -> list[str]:
    faults = [] if data["id"] == stem else [f"the id {data['id']!r} is not the file's name"]
    faults += check_shape(data["shape"], named)
    for one in [*data["parameters"], *data.get("allowed_also", [])]:
        faults += _parameter_faults(one, named)
    in_template = set(re.findall(r"\{(\w+)\}", data["path_template"]))
    in_path = {one["name"] for one in data["parameters"] if one["in"] == "path"}
    if in_template != in_path:
        faults.append(f"path parameters {sorted(in_path)} are not those of the template {sorted(in_template)}")
    if {"json", "form"} <= {one["in"] for one in data["parameters"]}:
        faults.append("a body is json or form, not both")
    if not data["examples"]:
        faults.append("no example")
    if faults:  # a shape with faults cannot be matched against an example
        return faults
    for example in data["examples"]:
        faults += [f"example {example['name']!r}: {fault}" for fault in _example_faults(example, data, named)]
    return faults


def _parameter_faults(one: dict[str, Any], named: Mapping[str, Any]) -> list[str]:
    label = one.get("name", one.get("name_matches"))
    if label is None or ("name" in one and "name_matches" in one):
        return [f"parameter {one}: exactly one of name and name_matches"]
    faults = []
    if one["in"] == "json":
        faults += check_shape(one.get("shape"), named, f"parameter {label}")
    elif "shape" in one:
        faults.append(f"parameter {label}: a shape is for json, a {one['in']} parameter has matches")
    for key in ("matches", "name_matches"):
        try:
            re.compile(one.get(key, ""))
        except re.error as err:
            faults.append(f"parameter {label}: {key}: {err}")
    return faults


def _example_faults(example: dict[str, Any], data: dict[str, Any], named: Mapping[str, Any]) -> list[str]:
    request, answer = example["request"], example["answer"]
    faults = []
    if any(len(pair) != 2 for pair in request.get("query", [])):
        faults.append("query: each entry is [name, value]")
    raw = request.get("raw_query")
    if raw is not None and parse_qsl(raw, keep_blank_values=True) != [tuple(pair) for pair in request.get("query", [])]:
        faults.append("raw_query does not decode to query")
    if ("body" in answer) != (answer["basis"] != "none"):
        faults.append("an answer has a body unless its basis is none")
    if "shape" in example:
        faults += check_shape(example["shape"], named)
    if faults or "body" not in answer:
        return faults
    shapes = [data["shape"], example.get("shape", "any")]
    return [f"answer {fault}" for shape in shapes for fault in match(answer["body"], shape, named)]


def _build(data: dict[str, Any], named: Mapping[str, Any]) -> Contract:
    parameters = [*data["parameters"], *data.get("allowed_also", [])]
    return Contract(
        id=data["id"],
        name=data["name"],
        source=data["source"],
        method=data["method"],
        path_template=data["path_template"],
        parameters=tuple(_parameter(one) for one in parameters),
        shape=data["shape"],
        named=named,
        notes=tuple(data.get("notes", [])),
        examples=tuple(_example(one) for one in data["examples"]),
    )


def _parameter(one: dict[str, Any]) -> Parameter:
    label = one["name"] if "name" in one else one["name_matches"]
    return Parameter(
        name=re.compile(re.escape(label) if "name" in one else label),
        label=label,
        where=one["in"],
        required=one.get("required", False),
        repeatable=one.get("repeatable", False),
        matches=re.compile(one["matches"], re.DOTALL) if "matches" in one else None,
        shape=one.get("shape"),
    )


def _example(one: dict[str, Any]) -> Example:
    request, answer = one["request"], one["answer"]
    types = request.get("content_type", [])
    return Example(
        name=one["name"],
        path=request["path"],
        query=tuple((name, value) for name, value in request.get("query", [])),
        raw_query=request.get("raw_query"),
        content_types=(types,) if isinstance(types, str) else tuple(types),
        body=request.get("body"),
        status=answer["status"],
        basis=answer["basis"],
        answer=answer.get("body"),
        shape=one.get("shape", "any"),
        given=tuple(one.get("given", {}).get("devices", [])),
        then=one.get("then", {}),
    )
