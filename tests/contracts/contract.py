# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contract files: what a vendor document says of one call, written by hand from that document.

No fact in them comes from this project's client or emulator: both are held against these files, so
a mistake that the two share is still seen. ``N02.yml`` is the call that the project's list of calls
names N02 (N: Neurons for MDM, E: EPMM); ``S_*.yml`` are supporting calls that the vendor documents
elsewhere or that were recorded; ``shapes.yml`` holds shapes that several files share.

A file holds (``_FILE`` below is the exact form)::

    id, product (neurons | epmm), name, source {document, section, confidence: doc | recorded |
    client, role: the role that the section asks for} method, path_template              /api/v1/device/{device}/customattributes path_also
    other spellings of the path that the document uses as well; a parameter that can
                                       stand elsewhere too may be missing there
    acts                               true for a GET that changes something accepts
    the media types of which a request has to ask for one in its Accept header parameters
    the documented ones: name, in (path | query | json | form), required, repeatable,
                                       matches (a regular expression, for path, query and form) or
                                       shape (for json); a name can stand twice, for two places that
                                       the document shows both
    needs_one                          names of parameters of which a request needs at least one,
    wherever it stands allowed_also                       parameters of the call known from
    elsewhere, each with its source shape                              of the answer's JSON body,
    see shape.py xml                                {root, shape}: of the answer's XML body, read as
    xmltree.py says; root is a list where
                                       the document gives it more than one name
    file                               csv or zip, for an answer that is a file: shape is that of
    its tree, see files.py notes                              contradictions and gaps of the
    document examples                           name, note, given, request, answer, shape (narrower
    than the call's), then

``request`` is {path, query: [[name, value], ...] decoded and in order, raw_query: the document's
own spelling where that differs from the plain encoding, content_type: one or a list, accept, body,
breaks: the names of parameters whose values the document forbids, for an example of a refusal}. The
body of a form is written like a query, with raw_body for the document's own spelling; its
content_type says whether it is sent as application/x-www-form-urlencoded or multipart/form-data.
``answer`` is {status, basis, body}: status is a list where the document leaves open which of
several it is; basis says whether the body is the document's own (``document``), the document's XML
carried over to JSON by the rules that working clients show (``mapped``; confidence client: the root
is dropped, an attribute id becomes "@id" with a string, a list of one is its element, details is a
list of one object, numbers and booleans are real), made up around recorded key names
(``illustrative``), or whether the document shows none (``none``). An XML body is a string, a CSV
file too, and a ZIP file a map of path to text.

``given`` says what the example needs: ``devices`` to be made; ``stands_for``, for the document's
own values the kind of thing that each stands for (world.py finds such a thing on the server under
test, and its value takes the place of the document's); ``fleet: empty``, a server without a device;
``first``, the examples that are sent before this one, each {contract, example}.

``then`` says what must hold for the answer or after it: ``attributes`` of a device, by id or guid,
names without case; ``ids`` of the devices found; ``found``, by a path in the answer
(xmltree.values_at), the exact set of values there; ``includes``, likewise, values that are among
those there; ``among``, the other way round: one or more of these values are there, and no other;
``lacks``, values that are not there; ``counts``, by the path of a number, the path of what it
counts; ``says``, an expression for the v1 message; ``says_count``, the paths of what the number
that the v1 message begins with counts, all together; ``unread``, by alert; ``labels`` and
``policies`` by device, each {has, lacks}: the labels' names, the policies' ids; ``reads``,
documented GETs to send then, in order, each {path, status, found, includes, among, lacks,
among_if_shown, matches, settled}: among_if_shown is among for a key that may be missing, because
the document shows it elsewhere than in an answer; matches has an expression by path, which the
whole of one of the values there fits; settled is true for what holds only when the devices have
done what they were told, which no document promises for the very next read; ``examples``, to send
after them, each {contract, example}.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from .files import KINDS as FILE_KINDS
from .files import tree_of
from .shape import check_shape, match
from .world import KINDS
from .xmltree import XmlDocument, parse_xml

FOLDER = Path(__file__).resolve().parent
SHAPES_FILE = "shapes.yml"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
# Every call that the vendor documents describe.
REQUIRED_IDS = frozenset(
    {*(f"N{number:02}" for number in range(1, 46)), *(f"E{number:02}" for number in range(1, 52))}
)

_METHODS = {"$one_of": ["=GET", "=POST", "=PUT", "=PATCH", "=DELETE"]}
_PLACES = {"$one_of": ["=path", "=query", "=json", "=form"]}
_SOURCE = {
    "document": "text",
    "section": "text",
    "confidence": {"$one_of": ["=doc", "=recorded", "=client"]},
    "$optional": {"role": "text"},
    "$extra": "forbidden",
}
_PARAMETER = {
    "name": "text",
    "in": _PLACES,
    "$optional": {
        "required": "boolean",
        "repeatable": "boolean",
        "matches": "text",
        "shape": "any",
        "confidence": "=client",
    },
    "$extra": "forbidden",
}
_ALLOWED = {
    "in": _PLACES,
    "source": "text",
    "$optional": {
        "name": "text",
        "name_matches": "text",
        "repeatable": "boolean",
        "matches": "text",
        "shape": "any",
    },
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
_STEP = {"contract": "text", "example": "text", "$extra": "forbidden"}
_GIVEN = {
    "$optional": {
        "devices": [_GIVEN_DEVICE],
        "first": [_STEP],
        "stands_for": {"$each": {"$one_of": [f"={kind}" for kind in KINDS]}},
        "fleet": "=empty",
    },
    "$extra": "forbidden",
}
_REQUEST = {
    "path": "text",
    "$optional": {
        "query": [["string"]],
        "raw_query": "text",
        "raw_body": "text",
        "content_type": {"$one_of": ["text", ["text"]]},
        "accept": {"$one_of": ["=application/json", "=application/xml"]},
        "body": "any",
        "breaks": {"$some": "text"},
    },
    "$extra": "forbidden",
}
_ANSWER = {
    "status": {"$one_of": ["integer", {"$some": "integer"}]},
    "basis": {"$one_of": ["=document", "=mapped", "=illustrative", "=none"]},
    "$optional": {"body": "any"},
    "$extra": "forbidden",
}
_MEMBERSHIP = {"$each": {"$optional": {"has": ["text"], "lacks": ["text"]}, "$extra": "forbidden"}}
_VALUES = {"$each": {"$some": "any"}}
_READ = {
    "path": "text",
    "$optional": {
        "status": "integer",
        "found": _VALUES,
        "includes": _VALUES,
        "among": _VALUES,
        "lacks": _VALUES,
        "among_if_shown": _VALUES,
        "matches": {"$each": "text"},
        "settled": "boolean",
    },
    "$extra": "forbidden",
}
_THEN = {
    "$optional": {
        "reads": {"$some": _READ},
        "attributes": {"$each": {"$each": ["text"]}},
        "ids": ["integer"],
        "found": _VALUES,
        "includes": _VALUES,
        "among": _VALUES,
        "lacks": _VALUES,
        "counts": {"$each": "text"},
        "examples": {"$some": _STEP},
        "says": "text",
        "says_count": {"$some": "text"},
        "unread": {"$each": "boolean"},
        "labels": _MEMBERSHIP,
        "policies": _MEMBERSHIP,
    },
    "$extra": "forbidden",
}
_EXAMPLE = {
    "name": "text",
    "request": _REQUEST,
    "answer": _ANSWER,
    "$optional": {
        "note": "text",
        "given": _GIVEN,
        "shape": "any",
        "then": _THEN,
    },
    "$extra": "forbidden",
}
# fmt: off
_FILE = {
    "id": "text",
    "product": {"$one_of": ["=neurons", "=epmm"]},
    "name": "text",
    "source": _SOURCE,
    "method": _METHODS,
    "path_template": "text",
    "parameters": [_PARAMETER],
    "shape": "any",
    "examples": [_EXAMPLE],
    "$optional": {
        "allowed_also": [_ALLOWED],
        "notes": ["text"],
        "path_also": ["text"],
        "accepts": {"$some": "text"},
        "acts": "boolean",
        "needs_one": {"$some": "text"},
        "xml": {"root": {"$one_of": ["text", {"$some": "text"}]}, "shape": "any", "$extra": "forbidden"},
        "file": {"$one_of": [f"={kind}" for kind in sorted(FILE_KINDS)]},
    },
    "$extra": "forbidden",
}
# fmt: on


class ContractError(Exception):
    """A contract file that is malformed or contradicts itself; the message has one line for each
    fault."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a call. ``shape`` is for json bodies, ``matches`` for the text of the other
    places."""

    name: re.Pattern[str]
    label: str
    where: str
    required: bool
    repeatable: bool
    matches: re.Pattern[str] | None
    shape: Any


@dataclass(frozen=True)
class Example:
    """One example of a call. ``content_types`` are sent as that many headers, in order; ``query``
    is decoded.

    ``breaks`` names parameters that are wrong on purpose. ``accept`` is the Accept header to send,
    None for none. ``answer`` is a string where that asks for XML. ``statuses`` are those that the
    document leaves possible, ``status`` the first of them. ``first`` and ``after`` are the examples
    to send before and after, as (contract, name).
    """

    name: str
    path: str
    query: tuple[tuple[str, str], ...]
    raw_query: str | None
    content_types: tuple[str, ...]
    accept: str | None
    body: Any
    raw_body: str | None
    breaks: tuple[str, ...]
    statuses: tuple[int, ...]
    basis: str
    answer: Any
    shape: Any
    given: tuple[Mapping[str, Any], ...]
    stands_for: Mapping[str, str]
    empty_fleet: bool
    first: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    then: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The status that the document shows, or the likeliest."""
        return self.statuses[0]

    @property
    def in_xml(self) -> bool:
        """Whether the answer is XML."""
        return self.accept == XML


@dataclass(frozen=True)
class Contract:
    """One call. ``named`` are the shapes of shapes.yml, which ``shape`` and the parameters' shapes
    may use."""

    id: str
    product: str
    name: str
    source: Mapping[str, str]
    method: str
    path_templates: tuple[str, ...]
    accepts: tuple[str, ...]
    acts: bool
    needs_one: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    shape: Any
    xml_roots: tuple[str, ...]
    xml_shape: Any
    file: str | None
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

    def example(self, name: str) -> Example:
        """The example of that name; KeyError when there is none."""
        return {one.name: one for one in self.examples}[name]

    def answer_faults(self, body: Any) -> list[str]:
        """What keeps an answer from having the call's shape; ``body`` is what JSON gives, an
        XmlDocument, or a file's tree."""
        if not isinstance(body, XmlDocument):
            return match(body, self.shape, self.named)
        if body.root not in self.xml_roots:
            return [f"$: the root is {body.root}, documented is {' or '.join(self.xml_roots)}"]
        return match(body.tree, self.xml_shape, self.named)


# The loader in C reads the files in a tenth of the time; where PyYAML was built without it, Python's.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML that refuses a key given twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, *_value in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise ContractError(
                    f"line {key_node.start_mark.line + 1}: the key {key!r} stands twice"
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_all(folder: Path = FOLDER) -> dict[str, Contract]:
    """Every contract of a folder by id, our own from one reading. Raises ContractError for a
    malformed file or a required id that is missing."""
    return dict(_ours()) if folder == FOLDER else _all_of(folder)


@functools.cache
def _ours() -> dict[str, Contract]:
    return _all_of(FOLDER)


def _all_of(folder: Path) -> dict[str, Contract]:
    named = load_shapes(folder)
    contracts: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name != SHAPES_FILE:
            contracts[path.stem] = load(path, named)
    missing = sorted(REQUIRED_IDS - contracts.keys())
    if missing:
        raise ContractError(f"no contract file for {', '.join(missing)}")
    faults = [
        fault for contract in contracts.values() for fault in _first_faults(contract, contracts)
    ]
    if faults:
        raise ContractError("\n".join(faults))
    return contracts


def _first_faults(contract: Contract, contracts: Mapping[str, Contract]) -> list[str]:
    names = {(one.id, example.name) for one in contracts.values() for example in one.examples}
    return [
        f"{contract.id}.yml: example {example.name!r}: {key}: {other} has no example {name!r}"
        for example in contract.examples
        for key, steps in (("first", example.first), ("examples", example.after))
        for other, name in steps
        if (other, name) not in names
    ]


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
    faults += check_shape(data["xml"]["shape"], named, "xml shape") if "xml" in data else []
    for one in [*data["parameters"], *data.get("allowed_also", [])]:
        faults += _parameter_faults(one, named)
    faults += _path_faults(data)
    if {"json", "form"} <= {one["in"] for one in data["parameters"]}:
        faults.append("a body is json or form, not both")
    names = {one.get("name") for one in [*data["parameters"], *data.get("allowed_also", [])]}
    faults += [
        f"needs_one: {name} is not a parameter"
        for name in data.get("needs_one", [])
        if name not in names
    ]
    if len({one["name"] for one in data["examples"]}) < len(data["examples"]):
        faults.append("two examples have one name")
    if not data["examples"]:
        faults.append("no example")
    if faults:  # a shape with faults cannot be matched against an example
        return faults
    for example in data["examples"]:
        faults += [
            f"example {example['name']!r}: {fault}"
            for fault in _example_faults(example, data, named)
        ]
    return faults


def _path_faults(data: dict[str, Any]) -> list[str]:
    in_path = {one["name"] for one in data["parameters"] if one["in"] == "path"}
    elsewhere = {one["name"] for one in data["parameters"] if one["in"] != "path"}
    faults = []
    for template in [data["path_template"], *data.get("path_also", [])]:
        in_template = set(re.findall(r"\{(\w+)\}", template))
        if in_template - in_path or in_path - in_template - elsewhere:
            faults.append(
                f"path parameters {sorted(in_path)} are not those of the template "
                f"{sorted(in_template)}"
            )
    return faults


def _parameter_faults(one: dict[str, Any], named: Mapping[str, Any]) -> list[str]:
    label = one.get("name", one.get("name_matches"))
    if label is None or ("name" in one and "name_matches" in one):
        return [f"parameter {one}: exactly one of name and name_matches"]
    faults = []
    if one["in"] == "json":
        faults += check_shape(one.get("shape"), named, f"parameter {label}")
    elif "shape" in one:
        faults.append(
            f"parameter {label}: a shape is for json, a {one['in']} parameter has matches"
        )
    for key in ("matches", "name_matches"):
        try:
            re.compile(one.get(key, ""))
        except re.error as err:
            faults.append(f"parameter {label}: {key}: {err}")
    return faults


def _example_faults(
    example: dict[str, Any], data: dict[str, Any], named: Mapping[str, Any]
) -> list[str]:
    request, answer = example["request"], example["answer"]
    faults = []
    if any(len(pair) != 2 for pair in request.get("query", [])):
        faults.append("query: each entry is [name, value]")
    raw = request.get("raw_query")
    if raw is not None and parse_qsl(raw, keep_blank_values=True) != [
        tuple(pair) for pair in request.get("query", [])
    ]:
        faults.append("raw_query does not decode to query")
    if "form" in {one["in"] for one in data["parameters"]} and "body" in request:
        faults += _form_faults(request)
    if ("body" in answer) != (answer["basis"] != "none"):
        faults.append("an answer has a body unless its basis is none")
    if "shape" in example:
        faults += check_shape(example["shape"], named)
    faults += _stand_in_faults(example)
    known = {one["name"] for one in data["parameters"]}
    faults += [
        f"breaks: {name} is not a parameter"
        for name in request.get("breaks", [])
        if name not in known
    ]
    if "accept" in request and request["accept"] not in data.get("accepts", []):
        faults.append(f"accept: {request['accept']} is not among the call's")
    if faults or "body" not in answer:
        return faults
    return _answer_faults(example, data, named)


def _form_faults(request: dict[str, Any]) -> list[str]:
    """A form is written as pairs, and says how it is sent."""
    if request.get("content_type") not in (FORM, MULTIPART):
        return [f"a form's content_type is {FORM} or {MULTIPART}"]
    faults = [f"body: {fault}" for fault in match(request["body"], [["string"]], {})]
    if faults or any(len(pair) != 2 for pair in request["body"]):
        return faults or ["body: each entry is [name, value]"]
    raw = request.get("raw_body")
    if raw is not None and parse_qsl(raw, keep_blank_values=True) != [
        tuple(pair) for pair in request["body"]
    ]:
        return ["raw_body does not decode to body"]
    return []


def _stand_in_faults(example: dict[str, Any]) -> list[str]:
    """A value that stands for something but is nowhere in the example would be replaced nowhere."""
    words = repr(example["request"]) + repr(example.get("then", {}))
    unused = [
        value for value in example.get("given", {}).get("stands_for", {}) if value not in words
    ]
    return [f"stands_for: {value!r} is not in the example" for value in unused]


def _answer_faults(
    example: dict[str, Any], data: dict[str, Any], named: Mapping[str, Any]
) -> list[str]:
    body, shapes = example["answer"]["body"], [data["shape"], example.get("shape", "any")]
    if "file" in data:
        try:
            body = tree_of(data["file"], body)
        except ValueError as err:
            return [f"answer: {err}"]
    elif example["request"].get("accept") == XML:
        if "xml" not in data:
            return ["an XML answer needs the call's xml"]
        try:
            document = parse_xml(body)
        except ValueError as err:
            return [f"answer: {err}"]
        if document.root not in _several(data["xml"]["root"]):
            return [f"answer: the root is {document.root}"]
        body, shapes[0] = document.tree, data["xml"]["shape"]
    return [f"answer {fault}" for shape in shapes for fault in match(body, shape, named)]


def _several(one: Any) -> tuple[Any, ...]:
    return tuple(one) if isinstance(one, list) else (one,)


def _steps(steps: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one["contract"], one["example"]) for one in steps)


def _build(data: dict[str, Any], named: Mapping[str, Any]) -> Contract:
    parameters = [*data["parameters"], *data.get("allowed_also", [])]
    return Contract(
        id=data["id"],
        product=data["product"],
        name=data["name"],
        source=data["source"],
        method=data["method"],
        path_templates=(data["path_template"], *data.get("path_also", [])),
        accepts=tuple(data.get("accepts", [])),
        acts=data.get("acts", False),
        needs_one=tuple(data.get("needs_one", [])),
        parameters=tuple(_parameter(one) for one in parameters),
        shape=data["shape"],
        xml_roots=_several(data["xml"]["root"]) if "xml" in data else (),
        xml_shape=data.get("xml", {}).get("shape", "any"),
        file=data.get("file"),
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
    request, answer, given = one["request"], one["answer"], one.get("given", {})
    then = dict(one.get("then", {}))
    return Example(
        name=one["name"],
        path=request["path"],
        query=tuple((name, value) for name, value in request.get("query", [])),
        raw_query=request.get("raw_query"),
        content_types=_several(request.get("content_type", [])),
        accept=request.get("accept"),
        body=request.get("body"),
        raw_body=request.get("raw_body"),
        breaks=tuple(request.get("breaks", [])),
        statuses=_several(answer["status"]),
        basis=answer["basis"],
        answer=answer.get("body"),
        shape=one.get("shape", "any"),
        given=tuple(given.get("devices", [])),
        stands_for=given.get("stands_for", {}),
        empty_fleet="fleet" in given,
        first=_steps(given.get("first", [])),
        after=_steps(then.pop("examples", [])),
        then=then,
    )
