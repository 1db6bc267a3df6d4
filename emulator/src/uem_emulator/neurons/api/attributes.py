# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of custom attributes: what a write may hold, and what it makes of the map.

Source: "Device API Calls" (get, add/replace, patch, remove method 1 and 2). Names are kept in lower
case (written `cityId`, read `cityid` there), values are lists of texts, an empty value can't be
assigned (admin guide).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.world.model import Attributes
from uem_emulator.switches import Switches

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
Defined = Callable[[str], bool]


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a request, whatever its Content-Type: the vendor's PATCH example says
    text/plain."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(("NotReadable", "the request body is not JSON", None)) from error
    if not isinstance(found, dict):
        raise BadRequest(("NotReadable", "the request body is not a JSON object", None))
    return found


def read_map(body: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes in the body of a request. Raises BadRequest."""
    attrs = body.get("attrs")
    if not isinstance(attrs, dict):
        raise BadRequest(
            ("NotNull", "must be a map of attribute names to lists of values", "attrs")
        )
    return attrs


def read_writes(body: dict[str, Any], defined: Defined, switches: Switches) -> Attributes:
    """Return the attributes of a POST, PUT or PATCH as they are kept.

    Args:
        body: The object in the body.
        defined: Returns whether there is a definition of a name.
        switches: The switches.

    Raises:
        BadRequest: It names every fault.
    """
    found: Attributes = {}
    faults: list[tuple[str, str, str | None]] = []
    for given, value in read_map(body).items():
        name = given.lower()
        fault = _name_fault(name, defined, switches)
        if fault == "":
            continue
        texts = _texts(value, switches)
        if fault is None:
            fault = _value_fault(name, texts)
        if fault is not None:
            faults.append(("Invalid", fault, f"attrs[{given}]"))
        found[name] = texts or []
    if faults:
        raise BadRequest(*faults)
    return found


def _name_fault(name: str, defined: Defined, switches: Switches) -> str | None:
    """None: fine. Empty: to be ignored silently."""
    if not name.strip():
        return "an attribute needs a name"
    if defined(name):
        return None
    if defined(f"{name}_#"):
        return (
            ""
            if switches["unsuffixed_numeric"] == "ignore"
            else "the attribute is numeric: _# must follow its name"
        )
    return (
        None
        if switches["undefined_attribute"] == "accept"
        else "no such device attribute is defined"
    )


def _texts(value: Any, switches: Switches) -> list[str] | None:
    """The values as texts, as a lenient JSON reader makes them; None when they can't be."""
    if not isinstance(value, list):
        if switches["bare_value"] == "reject":
            return None
        value = [value]
    if any(isinstance(item, (dict, list)) or item is None for item in value):
        return None
    return [item if isinstance(item, str) else orjson.dumps(item).decode() for item in value]


def _value_fault(name: str, texts: list[str] | None) -> str | None:
    if texts is None:
        return "values must be a list of strings"
    if not texts or "" in texts:
        return "an empty value is not allowed"
    if name.endswith("_#") and not all(_NUMBER.match(text) for text in texts):
        return "the attribute is numeric"
    return None


def merged(
    now: Attributes, writes: Attributes, *, overwrite: bool, keep_duplicates: bool
) -> Attributes:
    """Return the map after a PATCH: attributes which are not named stay.

    Args:
        now: The map before.
        writes: The attributes which are named.
        overwrite: Whether these get the new values instead of getting them added.
        keep_duplicates: Whether a value which is there is added once more.
    """
    if overwrite:
        return {**now, **writes}
    found = dict(now)
    for name, values in writes.items():
        known = now.get(name, [])
        found[name] = known + [value for value in values if keep_duplicates or value not in known]
    return found


def removed_names(names: Iterable[str], now: Attributes, switches: Switches) -> set[str]:
    """Return which of the names of a map a DELETE means."""
    wanted = {str(name).lower() for name in names}
    if switches["numeric_delete"] == "both":
        wanted |= {f"{name}_#" for name in wanted if f"{name}_#" in now and name not in now}
    return wanted


def without_values(now: Attributes, given: dict[str, Any], switches: Switches) -> Attributes:
    """Return the map after a DELETE of one device where only the values given go (switch
    delete_one)."""
    found = dict(now)
    for name, values in given.items():
        gone = {str(value) for value in (values if isinstance(values, list) else [values])}
        for known in removed_names([name], now, switches) & set(found):
            found[known] = [value for value in found[known] if value not in gone]
    return {name: values for name, values in found.items() if values}
