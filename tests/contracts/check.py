# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a request that a client sent against the contract of the call it meant to make."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from .contract import Contract, Parameter
from .recorder import Recorded
from .shape import match

# RFC 3986: what may stand bare in a path or a query; all else is percent-encoded. Some servers take
# a bare [ or <, others answer 400 to it, and the vendor document itself asks for brackets to be
# encoded.
_PATH_LEGAL = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_QUERY_LEGAL = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_MEDIA_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
_SCHEMES = frozenset({"Basic", "Bearer"})

Pairs = list[tuple[str, str]]


def check_request(recorded: Recorded, contract: Contract, *, base_path: str = "") -> list[str]:
    """Every difference between the request and the contract, in words; empty when there is none.

    ``base_path`` is the path of the server's address, which stands before the documented path.
    """
    faults = []
    if recorded.method != contract.method:
        faults.append(f"method: {recorded.method}, documented is {contract.method}")
    scheme = recorded.header("Authorization")
    if scheme not in _SCHEMES:
        faults.append(
            f"Authorization: {scheme}, documented is Basic, or a bearer token, on every request"
        )
    faults += _check_accept(recorded, contract)
    faults += _check_path(recorded.path, contract, base_path)
    faults += _check_query(recorded.query, contract)
    faults += _check_body(recorded, contract)
    return faults or _check_needs_one(recorded, contract, base_path)


def _check_accept(recorded: Recorded, contract: Contract) -> list[str]:
    if not contract.accepts:
        return []
    asked = (recorded.header("Accept") or "none").split(",")[0].split(";")[0].strip().lower()
    return (
        []
        if asked in contract.accepts
        else [f"Accept: {asked} first, documented is {' or '.join(contract.accepts)}"]
    )


def _check_path(path: str, contract: Contract, base_path: str) -> list[str]:
    if not _PATH_LEGAL.fullmatch(path):
        return [f"path: {path!r} holds a character that must be percent-encoded"]
    tries = [
        _check_spelling(path, template, contract, base_path) for template in contract.path_templates
    ]
    return min(tries, key=len)


def _names_in_path(path: str, contract: Contract, base_path: str) -> set[str]:
    """The parameters that stand in the path, for a path without faults."""
    fitting = [
        one
        for one in contract.path_templates
        if not _check_spelling(path, one, contract, base_path)
    ]
    return set(re.findall(r"\{(\w+)\}", fitting[0]))


def _check_spelling(path: str, path_template: str, contract: Contract, base_path: str) -> list[str]:
    template = (base_path.rstrip("/") + path_template).split("/")
    segments = path.split("/")
    if len(segments) != len(template):
        return [f"path: {path}, documented is {path_template}"]
    by_name = {one.label: one for one in contract.documented("path")}
    faults = []
    for segment, wanted in zip(segments, template, strict=True):
        parameter = by_name.get(wanted[1:-1]) if wanted.startswith("{") else None
        if parameter is not None:
            faults += _check_text(unquote(segment), parameter, "path")
        elif segment != wanted:
            faults.append(f"path: {path}, documented is {path_template}")
    return faults


def _check_query(query: str, contract: Contract) -> list[str]:
    if not _QUERY_LEGAL.fullmatch(query):
        return [f"query: {query!r} holds a character that must be percent-encoded"]
    return _check_pairs(query, contract, "query")


def _check_pairs(text: str, contract: Contract, where: str) -> list[str]:
    try:
        pairs = _pairs(text)
    except UnicodeDecodeError as err:
        return [f"{where}: not UTF-8 ({err.reason})"]
    documented = contract.documented(where)
    faults = _check_names((name for name, value in pairs), contract, where)
    for parameter in documented:
        values = [value for name, value in pairs if parameter.name.fullmatch(name)]
        names = [name for name, value in pairs if parameter.name.fullmatch(name)]
        if parameter.required and not values:
            faults.append(f"{where}: {parameter.label} is missing")
        if len(set(names)) != len(names) and not parameter.repeatable:
            faults.append(f"{where}: {parameter.label} is given more than once")
        for value in values:
            faults += _check_text(value, parameter, where)
    return faults


def _check_needs_one(recorded: Recorded, contract: Contract, base_path: str) -> list[str]:
    """For a request without other faults, whose path, query and body can be read."""
    if not contract.needs_one:
        return []
    form = recorded.body.decode("utf-8") if contract.body_kind == "form" else ""
    given = {name for name, value in [*_pairs(recorded.query), *_pairs(form)] if value}
    given |= _names_in_path(recorded.path, contract, base_path)
    return (
        []
        if given & set(contract.needs_one)
        else [f"none of {' and '.join(contract.needs_one)} is given"]
    )


def _pairs(text: str) -> Pairs:
    pairs = []
    for part in text.split("&") if text else []:
        name, _sep, value = part.partition("=")
        pairs.append((_decoded(name), _decoded(value)))
    return pairs


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


def _check_names(names: Iterable[str], contract: Contract, where: str) -> list[str]:
    faults = []
    for name in dict.fromkeys(names):
        places = [one.where for one in contract.parameters if one.name.fullmatch(name)]
        if where in places:
            continue
        if places:
            faults.append(f"{where}: {name} belongs in the {' or '.join(places)}")
        else:
            faults.append(f"{where}: {name!r} is not a documented parameter of {contract.id}")
    return faults


def _check_text(value: str, parameter: Parameter, where: str) -> list[str]:
    if parameter.matches is None or parameter.matches.fullmatch(value):
        return []
    return [f"{where}: {parameter.label}={value!r} does not fit {parameter.matches.pattern}"]


def _check_body(recorded: Recorded, contract: Contract) -> list[str]:
    kind = contract.body_kind
    if kind is None:
        return [f"body: {len(recorded.body)} bytes, documented is none"] if recorded.body else []
    if not recorded.body:
        needed = [one.label for one in contract.documented(kind) if one.required]
        return [f"body: missing, with {', '.join(needed)}"] if needed else []
    media_type = (recorded.header("Content-Type") or "none").split(";")[0].strip().lower()
    if media_type != _MEDIA_TYPES[kind]:
        return [f"Content-Type: {media_type}, documented is {_MEDIA_TYPES[kind]}"]
    try:
        text = recorded.body.decode("utf-8")
    except UnicodeDecodeError as err:
        return [f"body: not UTF-8 ({err.reason})"]
    return _check_json(text, contract) if kind == "json" else _check_pairs(text, contract, "form")


def _check_json(text: str, contract: Contract) -> list[str]:
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, value in pairs]
        twice.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        body = json.loads(text, object_pairs_hook=unique)
    except ValueError as err:
        return [f"body: not JSON ({err})"]
    if not isinstance(body, dict):
        return ["body: a JSON object is documented"]
    faults = [f"body: the key {name} stands twice" for name in twice]
    faults += _check_names(body, contract, "json")
    for parameter in contract.documented("json"):
        if parameter.label in body:
            faults += match(
                body[parameter.label], parameter.shape, contract.named, f"json: {parameter.label}"
            )
        elif parameter.required:
            faults.append(f"json: {parameter.label} is missing")
    return faults
