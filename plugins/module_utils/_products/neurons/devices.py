# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and device spaces of Neurons for MDM: rows of its JSON become models. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function; where it leaves
gaps, answers recorded by other vendors' clients (docs/neurons.md of the collection lists them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from ..._core.attributes import Values
from ..._core.compliance import reason_of
from ..._core.device import SUPERVISED, Attrs, Device, Partition
from ..._core.errors import AnswerError, OptionError
from ..._core.vocabulary import (
    COMMON,
    COMMON_NAMES,
    CUSTOM_ATTRIBUTES,
    LABELS,
    NEURONS_TIMES,
    Field,
    platform_of,
    snake_case,
)
from ..forms import FORMS
from ..values import is_id, text_of
from .values import whole

_VIOLATED = "violatedPolicies"

# These fields, customAttributes, violatedPolicies, dmPartitionName, blocked and appEasIdentifiers,
# are null in the answer for one device, although the list fills them ("Get Device Details",
# example).
ONLY_IN_LIST = (
    CUSTOM_ATTRIBUTES, "compliance_reasons", "compliance_reasons_raw", "space", "blocked", "app_eas_identifiers",
)  # fmt: skip

_CUSTOM = "customAttributes"
_GROUPS = "groups"

# The fields of the server that arrive under a name of the vocabulary.
_TRANSLATED = frozenset(
    (_CUSTOM, *(field.neurons for field in (*COMMON, *NEURONS_TIMES) if field.neurons))
)

# What a row without any field has, and for each field its name, its key and its form.
_NO_FIELDS: Mapping[str, Any] = dict.fromkeys(field.name for field in COMMON)
_COLUMNS = tuple(
    (field.name, field.neurons, FORMS[field.kind])
    for field in COMMON
    if field.neurons and field.neurons != _VIOLATED
)
_TIMES = tuple((field.name, field.neurons, FORMS[field.kind]) for field in NEURONS_TIMES)

# Each mode, the field that shows it, and the values that mean that it is on ("Get List of Devices
# Registered Within x Amount of Time": kioskState is NOT_CONFIGURED, INACTIVE or ACTIVE).
_MODES = (
    ("lost_mode", "lostModeEnabled", frozenset({"TRUE"})),
    ("kiosk_mode", "kioskState", frozenset({"ACTIVE"})),
)


# What most devices have. They share it, because one of their own takes memory and time.
_NO_ROW: Mapping[str, Any] = {}
_NOTHING: frozenset[str] = frozenset()
_NOT_SUPERVISED = frozenset((SUPERVISED,))


def device_of(
    row: Mapping[str, Any],
    *,
    keep_row: bool,
    space: str = "",
    only: frozenset[str] | None = None,
) -> Device:
    """Make a device of a row of the list ("Get Device Details Based on Attribute").

    Args:
        row: What the server sent.
        keep_row: Whether the device keeps it.
        space: The partition that it was read in.
        only: See ``row_of``.

    Raises:
        AnswerError: The row has no usable id.
    """
    if not is_id(row.get("id")):
        raise AnswerError(f"The server sent a device without a usable id ({row.get('id')!r}).")
    get = row.get
    email, uid = text_of(get("emailAddress")), text_of(get("uid"))
    return Device(
        id=str(row["id"]),
        guid=text_of(get("guid")).lower(),
        serial=text_of(get("serialNumber")),
        email=email,
        # Most people sign in with their address, and then both are kept as one text.
        uid=email if uid == email else uid,
        attrs=attributes_of(get("customAttributes")),
        row=row_of(row, only) if keep_row else _NO_ROW,
        state=_same(text_of(get("registrationState")).upper()),
        platform=platform_of(text_of(get("platformType"))) or "",
        os_version=_same(text_of(get("platformVersion"))),
        name=text_of(get("deviceName")),
        model=_same(text_of(get("prettyModel") or get("deviceModel"))),
        space=space,
        lacks=_NOT_SUPERVISED if text_of(get("supervised")).lower() == "false" else _NOTHING,
        modes=_modes_of(row),
    )


def _modes_of(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the modes that are on."""
    # Most devices are in no mode, and then the server says false or nothing.
    modes = [
        mode for mode, key, on in _MODES if (value := row.get(key)) and text_of(value).upper() in on
    ]
    return _shared(tuple(modes)) if modes else _NOTHING


@lru_cache(maxsize=4096)
def _same(text: str) -> str:
    """Return a text that many devices have, the same object for all of them.

    Ansible replaces ``sys.intern`` by a function of its own, which takes four times as long.
    """
    return text


@cache
def _shared(words: tuple[str, ...]) -> frozenset[str]:
    """Return a set of words, the same one for all devices: one of their own takes 216 bytes."""
    return frozenset(words)


def value_in(raw: Mapping[str, Any], field: Field) -> Any:
    """Return the value of a field in a row of the server."""
    value = raw.get(field.neurons) if field.neurons else None
    return None if value is None else FORMS[field.kind](value)


def row_of(raw: Mapping[str, Any], only: frozenset[str] | None = None) -> dict[str, Any]:
    """Return a row as ``device_info`` shows it.

    What both products know has the names of the vocabulary. The rest keeps its names, in
    snake_case, and its values.

    Args:
        raw: The row of the list, or the details of a device.
        only: Which of the fields that only Neurons has are kept, or None for all.
    """
    row: dict[str, Any] = dict(_NO_FIELDS)
    for name, key, form in _COLUMNS:
        value = raw.get(key)
        if value is not None:
            row[name] = form(value)
    row |= _reasons(raw.get(_VIOLATED), row["compliant"])
    row[LABELS] = list(groups_of(raw)) if raw.get(_GROUPS) is not None else None
    custom = raw.get(_CUSTOM)
    row[CUSTOM_ATTRIBUTES] = (
        None
        if custom is None
        else {name: list(values) for name, values in attributes_of(custom).items()}
    )
    if only is not None and only <= COMMON_NAMES:
        return row
    times, others = _own_columns(tuple(raw), only)
    for name, key, form in times:
        value = raw[key]
        row[name] = None if value is None else form(value)
    for name, key in others:
        row[name] = raw[key]
    return row


@lru_cache(maxsize=256)
def _own_columns(keys: tuple[str, ...], only: frozenset[str] | None) -> tuple[list[Any], list[Any]]:
    """Return what a row has of the fields that only Neurons has: times, each with its name here, its
    key and its form, and values that stay, each with its name and its key.

    Most rows of a fleet have the same keys.
    """
    times = [column for column in _TIMES if column[1] in keys]
    others = [(snake_case(key), key) for key in keys if key not in _TRANSLATED]
    return (
        [column for column in times if only is None or column[0] in only],
        [
            column
            for column in others
            if column[0] not in COMMON_NAMES and (only is None or column[0] in only)
        ],
    )


def _reasons(violated: Any, compliant: bool | None) -> dict[str, list[str] | None]:
    """Return why a device is not compliant: the policies that it violates, and what they are about.

    A row has only their names. The vendor's own policies are known by these; another policy stands
    for itself. Without any policy a device has no reason only if it is compliant.
    """
    if violated is None:
        return {}
    names = names_in(violated)
    known = bool(names or compliant)
    return {
        "compliance_reasons": list(dict.fromkeys(map(reason_of, names))) if known else None,
        "compliance_reasons_raw": names,
    }


def attributes_of(raw: Any) -> Attrs:
    """Read custom attributes in each of the shapes that the guide shows.

    They are ``{"attrs": {…}}``, a bare map, or null; values are lists or bare strings ("Get Custom
    Attributes Per Device", "Patch custom attributes per device").

    Raises:
        AnswerError: It is not a map.
    """
    # A dict is one at once, and each device of a fleet has two.
    if isinstance(raw, (dict, Mapping)) and "attrs" in raw:
        raw = raw["attrs"]
    # Some ways to write JSON make a list of a map without keys.
    if raw is None or raw == []:
        return {}
    if not isinstance(raw, (dict, Mapping)):
        raise AnswerError(
            f"The server sent custom attributes as {type(raw).__name__}, not as a map."
        )
    return _same_attrs(tuple([(str(name), _values(value)) for name, value in raw.items()]))


@lru_cache(maxsize=4096)
def _same_attrs(attrs: tuple[tuple[str, Values], ...]) -> Attrs:
    """Return custom attributes as a map, the same one for all devices that have just these. A map of
    its own takes 230 bytes, and a device keeps it to the end of the run."""
    return dict(attrs)


def partition_of(row: Mapping[str, Any]) -> Partition:
    """Make a device space of a row of the partition list.

    Raises:
        AnswerError: The row has no id.
    """
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(
        str(row["id"]),
        text_of(row.get("name")),
        bool(row.get("defaultPartition")),
        whole(row.get("deviceCount")),
    )


def groups_of(details: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a device's groups, sorted.

    Args:
        details: The details of the device ("Get Device Details"); no list has the groups.
    """
    return tuple(sorted(names_in(details.get("groups"))))


def names_in(raw: Any) -> list[str]:
    """Return the names in a list.

    Its elements may be names, or objects with a name: for policies that is not documented.
    """
    parts = raw if isinstance(raw, list) else []
    texts: Iterable[Any] = (
        part.get("name") if isinstance(part, Mapping) else part for part in parts
    )
    return [text for text in texts if isinstance(text, str) and text]


def defined_names(rows: Iterable[Mapping[str, Any]], kind: str) -> tuple[str, ...]:
    """Return the names of the attributes of a kind.

    Types are account, device, AAD and LDAP ("Custom Attributes"). A server that ignores the
    requested type sends the others, too.

    Args:
        rows: The rows of the list of definitions.
        kind: The type.
    """
    return tuple(
        text_of(row.get("name"))
        for row in rows
        if text_of(row.get("type")).upper() in ("", kind.upper())
    )


def refuse_macs(*, by_mac: bool) -> None:
    """Refuse to name devices by their MAC addresses, for which Neurons has no call.

    Raises:
        OptionError: ``by_mac`` is true.
    """
    if by_mac:
        raise OptionError("by: Neurons names devices only by their ids; remove it.")


def _values(raw: Any) -> Values:
    parts = raw if isinstance(raw, list) else [raw]
    return tuple([text_of(part) for part in parts if part is not None])
