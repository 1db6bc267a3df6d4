# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write docs/fields.md: every field that the vendor documents name in the answers of reads, and the
name under which it arrives in a playbook.

The fields are those of the contract files' shapes. Where one arrives is not written down but tried:
an answer is made of the shape, goes through the collection's own code, and goes through it again
with one field changed; what differs is where the field arrives. With ``--check`` nothing is
written. The exit status is 1 when the document is not what the code says, or a field arrives
nowhere and tools/fields.yml does not say why.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import (
    COMMON,
    EPMM_FIELDS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync import (
    epmm as activesync,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts import epmm as alerts
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings import (
    epmm as app_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes import (
    neurons as attributes,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates import (
    neurons as certificates,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates.model import (
    certificate_rows,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.dep import neurons as dep
from ansible_collections.ivanti.uem.plugins.module_utils._families.dep.model import (
    DepServer,
    profile_rows,
    server_rows,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.location import (
    epmm as locations,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.location.model import (
    location_row,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies import epmm as policies
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.model import policy_row
from ansible_collections.ivanti.uem.plugins.module_utils._families.users import epmm as users
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import devices, labels
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.devices import row_of

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

DOCUMENT = ROOT / "docs" / "fields.md"
TABLE = ROOT / "tools" / "fields.yml"
CONTRACTS = ROOT / "tests" / "contracts"
FAMILIES = "ansible_collections.ivanti.uem.plugins.module_utils._families"

HEAD = """# Fields

<!-- written by tools/fields_doc.py; do not change it by hand -->

Every field that the vendor documents name in the answers of calls that read, and where it arrives in a playbook. A name with dots
is a key within a map, and `[]` stands for each element of a list. Examples are those of the contract files. The type of a field
that is null in every documented example is not shown. What newer servers send besides arrives in the rows of Neurons devices, too,
under the server's names in snake_case. The counts of an answer are in `count` and `summary` of the modules.

## What both products know of a device

Rows of devices have these names, whichever server they come from, and variables of hosts have them with the prefix `ivanti_`.
[vocabulary.md](vocabulary.md) says what the values mean. A field is null where the server does not say it.

"""

UUID = "4d22d6d7-29dc-4c35-8e67-23dee442cf85"
DEVICE = Device(id="22000", guid=UUID)
TITLES = {"neurons": "Ivanti Neurons for MDM", "epmm": "Ivanti EPMM"}

Row = Mapping[str, Any]
Convert = Callable[[dict[str, Any]], Any]


def _named(row: Row) -> Device:
    return Device(id=str(row["deviceId"]), guid=UUID)


# How the collection's code turns one record of an answer into what a module returns, where that is
# more than a function of a family; see ``convert_of``.
CONVERT: Mapping[str, Convert] = {
    "neurons_device": row_of,
    # The documented details have null for these, so their shape has no list and no map.
    "neurons_details": lambda row: row_of(
        {
            **row,
            "customAttributes": {"NAME": [row.get("customAttributes")]},
            "violatedPolicies": [row.get("violatedPolicies")],
        }
    ),
    "certificate": lambda row: certificate_rows(
        [(_named(row), certificates.certificate(row, _named(row)))], 0.0
    )[0],
    "attributes": lambda row: attributes.held_answer(
        {"errors": None, "result": row}, DeviceRef("id", str(row["deviceId"]))
    ).as_dict(),
    "dep_profile": lambda row: profile_rows([(DepServer("1"), [dep.dep_profile(row)])])[0],
    "dep_server": lambda row: server_rows([(dep.dep_server(row), [])])[0],
    "device_v1": lambda row: {
        **devices.device_v1(row, keep_row=True).row,
        "details": devices.details_v1(row),
    },
    "location": lambda row: location_row(
        Device(id="1", guid=str(row["uuid"])),
        locations.location_in({"locations": {"location": row}}),
    ),
    "label": lambda row: labels.label_v1(row).as_dict(),
    "label_on_device": lambda row: {
        "labels": sorted(labels.labels_on({"results": [row]}, "The labels").values())
    },
    "alert": lambda row: dict(alerts._alert(row).details),
    "policy": lambda row: policy_row(policies._policy(row)),
    "app_setting_of_device": lambda row: app_settings.app_setting(row).as_dict(DEVICE),
    "user": lambda row: users._user(row).row,
    "device_v2": lambda row: devices.device_v2(row, keep_row=True).row,
    "activesync": lambda row: activesync._device(row, "registeredAllowedDevice").row,
}


def convert_of(record: Mapping[str, Any]) -> Convert:
    """Return what turns a record into what a module returns: one of CONVERT, or a function of a
    family, as ``<family>.<file>.<function>``, whose result has ``as_dict``."""
    name = record["convert"]
    if name in CONVERT:
        return CONVERT[name]
    file, _dot, function = name.rpartition(".")
    make = getattr(importlib.import_module(f"{FAMILIES}.{file}"), function)
    return lambda row: make(row).as_dict()


@dataclass(frozen=True)
class Field:
    """A documented field of a record.

    ``name``: its name there. ``names``: those under which it arrives. ``value``: a value that
    arrives. ``shown``: whether a document or a record shows that value. ``reason``: why the field
    arrives nowhere.
    """

    name: str
    names: tuple[str, ...]
    value: Any
    shown: bool
    reason: str = ""


@cache
def contract(name: str) -> dict[str, Any]:
    """A contract file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load((CONTRACTS / f"{name}.yml").read_bytes(), loader))


def shapes() -> dict[str, Any]:
    """The shapes that contract files share, by name."""
    return contract("shapes")


def shape_of(where: str) -> Any:
    """The shape of that name, or of an answer: ``N07/result``."""
    if where == "api v2":
        found = {field.v2: KINDS[field.kind] for field in EPMM_FIELDS if field.v2}
        return {**found, "common.id": "digits"}
    if where.startswith("$"):
        return shapes()[where[1:]]
    number, *path = where.split("/")
    shape = contract(number)["shape"]
    for part in path:
        shape = shape[int(part)] if isinstance(shape, list) else shape[part]
    return shape


def resolved(shape: Any) -> Any:
    """A shape without a name, and without what says that it may be null or one of several."""
    while True:
        if isinstance(shape, str) and shape.startswith("$"):
            shape = shapes()[shape[1:].removesuffix(" or null")]
        elif isinstance(shape, dict) and "$nullable" in shape:
            shape = shape["$nullable"]
        elif isinstance(shape, dict) and "$one_of" in shape:
            fitting = [resolved(one) for one in shape["$one_of"]]
            known = [
                one
                for one in fitting
                if one not in ("null", "=") and one != {"$extra": "forbidden"}
            ]
            words = [one for one in known if isinstance(one, str) and one.startswith("=")]
            return words if len(words) > 1 and len(words) == len(known) else known[0]
        else:
            return shape


def keys_of(shape: Any) -> dict[str, Any]:
    """The keys of a map's shape, those included that may be absent."""
    inner = resolved(shape)
    if not isinstance(inner, dict):
        return {}
    own = {key: one for key, one in inner.items() if not key.startswith("$")}
    return {**own, **inner.get("$optional", {})}


# The shapes of values of API v2, by the kind of the field.
KINDS: Mapping[str, Any] = {
    "id": "digits",
    "guid": "string",
    "text": "string",
    "flag": "boolean",
    "time": "utc-time",
    "mac": "string",
    "imei": "string",
    "state": "string",
    "jailbroken": "string",
    "version": "string",
    "ownership": "string",
    "platform": "string",
    "status": "string",
    "reasons": ["string"],
    "own words": ["string"],
}

_WORDS: Mapping[str, tuple[Any, Any]] = {
    "any": ("a value", "another value"),
    "null": ("a value", "another value"),
    "boolean": (True, False),
    "integer": (1546491367278, 1546577767278),
    "number": (12.5, 13.5),
    "digits": ("7", "8"),
    "five-digits": ("60123", "60124"),
    "padded-digits": (" 1546491367278", " 1546577767278"),
    "guid": (UUID, UUID.replace("4", "5")),
    "integer-text": ("7", "8"),
    "offset-time": ("2012-01-10T20:36:57+00:00", "2013-01-10T20:36:57+00:00"),
    "utc-time": ("2020-11-09T07:38:22.000Z", "2021-11-09T07:38:22.000Z"),
}


def samples(shape: Any) -> tuple[Any, Any]:
    """Two different values of a shape."""
    inner = resolved(shape)
    if (
        isinstance(inner, list)
        and inner
        and all(isinstance(one, str) and one.startswith("=") for one in inner)
    ):
        return inner[0][1:], inner[1][1:]
    if isinstance(inner, list):
        first, second = samples(inner[0])
        return [first], [second]
    if isinstance(inner, str):
        word = inner.removesuffix(" or null")
        return (
            (word[1:], f"{word[1:]}2")
            if word.startswith("=")
            else _WORDS.get(word, ("a text", "another text"))
        )
    if "$is" in inner:
        return inner["$is"][0], inner["$is"][-1]
    if "$some" in inner:
        first, second = samples(inner["$some"])
        return [first], [second]
    if "$each" in inner:
        first, second = samples(inner["$each"])
        return {"NAME": first}, {"NAME": second}
    both = {key: samples(one) for key, one in keys_of(inner).items()}
    return {key: one[0] for key, one in both.items()}, {key: one[1] for key, one in both.items()}


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a result, by their places."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, (list, tuple)) and value:
        for inner in value:
            yield from leaves(inner, f"{at}[]")
    else:
        yield at, value


def fields(record: Mapping[str, Any]) -> list[Field]:
    """The fields of a record with the names under which they arrive."""
    convert = convert_of(record)
    shape = shape_of(record["shape"])
    documented = examples(record)
    base = {**samples(shape)[0], **documented, **record.get("base", {})}
    reasons = record.get("not_shown", {})
    before = dict(leaves(convert(base)))
    found = []
    for name, inner in keys_of(shape).items():
        if name in record.get("envelope", ()):
            continue
        alone = {**base, **{other: None for other in record.get("instead_of", {}).get(name, ())}}
        here = dict(leaves(convert(alone))) if alone != base else before
        after = dict(leaves(convert({**alone, name: _other(inner, alone[name])})))
        names = _arrivals(here, after, alone[name])
        value = here.get(names[0]) if names else None
        found.append(Field(name, names, value, name in documented, reasons.get(name, "")))
    return found


def _arrivals(here: Mapping[str, Any], after: Mapping[str, Any], sent: Any) -> tuple[str, ...]:
    """The places whose values differ, those first that have the value as it was sent."""
    places = [
        place for place in dict.fromkeys((*here, *after)) if here.get(place) != after.get(place)
    ]
    # A list that may be empty stands for its elements, and a made-up key for every key.
    lists = {place.removesuffix("[]") for place in places if place.endswith("[]")}
    places = [place for place in places if place not in lists and " " not in place]
    return tuple(sorted(places, key=lambda place: here.get(place) != sent))


def examples(record: Mapping[str, Any]) -> dict[str, Any]:
    """By field of a record the first value that the contracts of its calls show, if any."""
    wanted = set(keys_of(shape_of(record["shape"])))
    found: dict[str, Any] = {}
    for number in record["calls"]:
        for example in contract(number)["examples"]:
            for row in _rows(example["answer"].get("body"), wanted):
                for name, value in row.items():
                    if name in wanted and value not in (None, "", [], {}):
                        found.setdefault(name, value)
    return found


def _rows(value: Any, wanted: set[str]) -> Iterator[Mapping[str, Any]]:
    """The maps in an answer that have most of the keys of a record."""
    if isinstance(value, Mapping):
        if len(wanted & value.keys()) * 2 > len(value) and len(wanted & value.keys()) * 4 > len(
            wanted
        ):
            yield value
        else:
            for inner in value.values():
                yield from _rows(inner, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from _rows(inner, wanted)


def _other(shape: Any, value: Any) -> Any:
    first, second = samples(shape)
    return next((one for one in (second, first) if one != value), None)


def records() -> list[dict[str, Any]]:
    """The records of tools/fields.yml."""
    return list(yaml.safe_load(TABLE.read_text(encoding="utf-8"))["records"])


def lacking() -> list[str]:
    """A sentence for each field that arrives nowhere without a reason, or with one in vain."""
    faults = []
    for record in records():
        for field in fields(record):
            if not field.names and not field.reason:
                faults.append(f"{record['title']}: {field.name} arrives nowhere")
            if field.names and field.reason:
                faults.append(f"{record['title']}: {field.name} arrives, and has a reason why not")
    return faults


# The document

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_MILLISECONDS = range(10**12, 10**13)
UNITS: Mapping[str, str] = {
    "latitude": "degrees north",
    "longitude": "degrees east",
    "radius": "metres",
    "days_to_expiry": "days",
}
TYPES: Mapping[type, str] = {
    str: "text",
    bool: "boolean",
    int: "whole number",
    float: "number",
    list: "list",
    dict: "map",
    tuple: "list",
}
_BY_SHAPE = {
    "string": "text",
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "boolean",
    "guid": "text",
}


def kind_of(field: Field, shape: Any) -> str:
    """The type of a field's value as it arrives."""
    if field.value is not None and (field.shown or shape not in ("any", "null")):
        return TYPES[type(field.value)]
    word = resolved(shape)
    word = word.removesuffix(" or null") if isinstance(word, str) else ""
    return _BY_SHAPE.get(word, "not shown")


def unit_of(field: Field) -> str:
    """The unit of a field's value as it arrives, or ""."""
    if isinstance(field.value, str) and _TIME.fullmatch(field.value):
        return "time in UTC"
    about_time = re.search(r"(At|Time|Checkin|Contact|notBefore|notAfter|_at)$", field.name)
    whole = isinstance(field.value, int) and not isinstance(field.value, bool)
    if whole and field.value in _MILLISECONDS and about_time:
        return "milliseconds since 1970"
    return UNITS.get(field.names[0], "") if field.names else ""


def _example(field: Field) -> str:
    if not field.shown or field.value in (None, "", (), {}):
        return ""
    written = json.dumps(field.value) if isinstance(field.value, bool) else str(field.value)
    # ansible-test takes no typographic apostrophe in a document.
    text = written.replace("|", "\\|").replace("\u2019", "'")
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def table(record: Mapping[str, Any]) -> str:
    """The table of a record."""
    shape = keys_of(shape_of(record["shape"]))
    head = ("Name", "Type", "Unit", "Product", "API", "Calls", "Name on the server", "Example")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for field in fields(record):
        names = ", ".join(f"`{name}`" for name in field.names) or f"not returned: {field.reason}"
        cells = (
            names,
            kind_of(field, shape[field.name]) if field.names else "",
            unit_of(field),
            record["product"],
            record["api"],
            ", ".join(record["calls"]),
            f"`{field.name}`",
            _example(field),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


# The type and the unit of each kind of fields.
_KINDS: Mapping[str, tuple[str, str]] = {
    "time": ("text", "time in UTC"),
    "mac": ("text", "12 hexadecimal digits"),
    "imei": ("text", "digits"),
    "flag": ("boolean", ""),
    "jailbroken": ("boolean", ""),
    "reasons": ("list", ""),
    "own words": ("list", ""),
}


# The fields that API v1 of EPMM has as bits of a number.
_BITMAPS: Mapping[str, tuple[str, ...]] = {
    "compliant": ("compliance",),
    "compliance_reasons": ("compliance",),
    "compliance_reasons_raw": ("compliance",),
    "quarantined": ("quarantinedStatus",),
    "blocked": ("blockReason",),
}


def vocabulary_table() -> str:
    """The table of what both products know of a device."""
    head = ("Name", "Type", "Unit", "Neurons", "EPMM, API v2", "EPMM, API v1", "Example")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    by_title = {record["title"]: record for record in records()}
    neurons, epmm = (
        convert_of(record)({**examples(record), **record.get("base", {})})
        for record in (by_title["Devices in lists"], by_title["Devices"])
    )
    for field in COMMON:
        kind, unit = _KINDS.get(field.kind, ("text", ""))
        value = epmm.get(field.name) if neurons[field.name] is None else neurons[field.name]
        cells = (
            f"`{field.name}`",
            kind,
            unit,
            f"`{field.neurons}`" if field.neurons else "",
            f"`{field.v2}`" if field.v2 else "",
            ", ".join(f"`{name}`" for name in field.v1 or _BITMAPS.get(field.name, ())),
            _example(Field(field.name, (field.name,), value, True)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def counts() -> tuple[int, int]:
    """How many fields arrive, and how many the documents name."""
    found = [field for record in records() if record["api"] != "v2" for field in fields(record)]
    return sum(bool(field.names) for field in found), len(found)


def render() -> str:
    """The document."""
    arriving, all_fields = counts()
    text = f"{HEAD}{vocabulary_table()}\n\n## Every field\n"
    text += f"\n{arriving} of {all_fields} documented fields arrive; the others say why not.\n"
    for record in records():
        condition = f", with `{record['condition']}`" if "condition" in record else ""
        where = f"`{record['module']}` returns them in `{record['returns']}`{condition}."
        text += (
            f"\n## {TITLES[record['product']]}: {record['title']}\n\n{where}\n\n{table(record)}\n"
        )
    return text


def main() -> int:
    """Write or check the document. Returns the exit status."""
    faults = lacking()
    for fault in faults:
        print(fault)
    stale = write_or_check({DOCUMENT: render()}, "the code", "tools/fields_doc.py")
    return 1 if faults or stale else 0


if __name__ == "__main__":
    sys.exit(main())
