# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and device spaces in EPMM's JSON, for both of its APIs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..._core import compliance
from ..._core.device import MANAGED, Device, Partition
from ..._core.errors import AnswerError
from ..._core.vocabulary import EPMM_FIELDS, IDENTITY, LABELS, ONLY_V1, Field, is_v2_name
from ..forms import FORMS
from ..values import text_of
from .answers import explain, listed, v1_list, whole

_DETAILS = "details."
_DEVICE_ID = re.compile(r"[0-9]{1,18}")
_NO_DIGIT = re.compile(r"\D")

# What most devices have. They share it, because one of their own takes memory and time.
_NOTHING: frozenset[str] = frozenset()
_NO_ATTRS: Mapping[str, Any] = {}
_NOT_MANAGED = frozenset((MANAGED,))

# A row without the first two is not a device. Without the others the state of the device is not
# known.
# fmt: off
NEEDED_V2 = frozenset({
    "common.id", "common.uuid", "common.status", "common.security_state", "common.compliant", "common.quarantined",
})
# fmt: on

# What tells devices apart.
IDS_V2 = ("common.id", "common.uuid")

# Each list of reasons, the field that says whether there are some, and its value if there are not.
_VERDICTS = (
    ("compliance_reasons", "compliant", True),
    ("compliance_reasons_raw", "compliant", True),
    ("quarantine_reasons", "quarantined", False),
    ("block_reasons", "blocked", False),
)

# What a device without any field has, and for each field its name, its name in API v2, and its form. A
# device that keeps no row needs few of them.
_NO_FIELDS: Mapping[str, Any] = dict.fromkeys(field.name for field in EPMM_FIELDS)
_COLUMNS = tuple((field.name, field.v2, FORMS[field.kind]) for field in EPMM_FIELDS if field.v2)
_OF_IDENTITY = tuple(column for column in _COLUMNS if column[0] in IDENTITY)

_BITMAP_FIELDS = ("compliance", "quarantined_status", "block_reason")


def v2_names(*, all_fields: bool) -> tuple[str, ...]:
    """Return names of fields of API v2.

    Args:
        all_fields: All fields of a device, not only those that identify it.
    """
    wanted = (field for field in EPMM_FIELDS if all_fields or field.name in IDENTITY)
    return tuple(dict.fromkeys(field.v2 for field in wanted if field.v2))


def without_row(device: Device) -> Device:
    """Return a device with only the fields that are needed to write it."""
    return replace(device, row={})


def v1_devices(answer: Any, *, keep_row: bool) -> list[Device]:
    """Return the devices of an answer of API v1.

    They are ``devices.device`` as a list or one object, or just ``device``.
    """
    return [device_v1(raw, keep_row=keep_row) for raw in v1_list(answer, "devices", "device")]


def v1_device(answer: Any, what: str) -> Mapping[str, Any]:
    """Return the object in the answer for one device.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.

    Raises:
        AnswerError: There is no device.
    """
    raw = answer.get("device") if isinstance(answer, Mapping) else None
    if not isinstance(raw, Mapping):
        raise AnswerError(
            f"{what}: the server's answer has no device "
            f"({explain(answer) or 'it does not say why'})."
        )
    return raw


def device_v1(raw: Mapping[str, Any], *, keep_row: bool) -> Device:
    """Make a device of an object of "Get Devices by Status" or a similar call.

    Args:
        raw: What the server sent.
        keep_row: Whether the device keeps its row.

    Raises:
        AnswerError: It has no usable id and uuid.
    """
    details = details_v1(raw)
    row = {field.name: _source(raw, details, field) for field in EPMM_FIELDS}
    if row["platform"] != "ios":
        # "Applies only to iOS devices. For other devices, the value is always false."
        row["mdm_managed"] = None
    return _device({**row, **_compliance_fields(row)}, keep_row=keep_row)


def device_v2(
    row: Mapping[str, Any], *, keep_row: bool, extra: Iterable[str] = (), space: str = ""
) -> Device:
    """Make a device of a row of "Search for devices".

    The keys of a row are the names that were requested. What a device lacks is absent.

    Args:
        row: What the server sent.
        keep_row: Whether the device keeps its row.
        extra: An author's own names of fields, whose values are kept as they are.
        space: The device space that was searched.

    Raises:
        AnswerError: It has no usable id and uuid.
    """
    fields: dict[str, Any] = dict(_NO_FIELDS)
    for field, key, form in _COLUMNS if keep_row else _OF_IDENTITY:
        value = row.get(key)
        if value is not None:
            fields[field] = form(value)
    if keep_row:
        _complete_verdicts(fields)
        fields |= {name: row[name] for name in extra if is_v2_name(name) and name in row}
    return _device(fields, keep_row=keep_row, space=space)


def _complete_verdicts(fields: dict[str, Any]) -> None:
    """Add to fields of API v2 what the others of them say about compliance."""
    for reasons, verdict, good in _VERDICTS:
        # A row leaves out a list that would be empty.
        if fields[reasons] is None and fields[verdict] is good:
            fields[reasons] = []
    fields["compliant"] = compliance.is_compliant(fields["compliant"], fields["jailbroken"])
    fields["compliance_reasons"] = _with_compromised(
        fields["compliance_reasons"], fields["jailbroken"]
    )


def bare_device_v2(row: Mapping[str, Any], *, space: str) -> Device:
    """Make a device of a row of "Search for devices" that has only its ids.

    Args:
        row: What the server sent.
        space: The device space that was searched.

    Raises:
        AnswerError: It has no usable id and uuid.
    """
    device_id, guid = (text_of(row.get(name)) for name in IDS_V2)
    _require_ids(device_id, guid)
    return Device(device_id, guid.lower(), attrs=_NO_ATTRS, row=_NO_ATTRS, space=space)


def details_v1(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details of a device by their names.

    They are ``[{"entry": [{"key": …, "value": …}]}]``; a single entry is an object.
    """
    found = {}
    for part in listed(raw.get("details")):
        for entry in listed(part.get("entry") if isinstance(part, Mapping) else None):
            if isinstance(entry, Mapping) and entry.get("key") is not None:
                found[str(entry["key"])] = entry.get("value")
    return found


def details_v2(answer: Any, what: str) -> dict[str, Any]:
    """Return the details of a device in API v2, a list of names and values, by their names.

    Args:
        answer: The JSON of the answer.
        what: The words for the answer in messages.

    Raises:
        AnswerError: It is not such a list.
    """
    rows = whole(answer, what)
    if not isinstance(rows, list):
        raise AnswerError(f"{what}: the server's answer is not a list of details.")
    return {
        str(row["name"]): row.get("value")
        for row in rows
        if isinstance(row, Mapping) and row.get("name") is not None
    }


def with_bitmaps(device: Device, other: Device) -> Device:
    """Add to a device of API v2 what only API v1 knows: the bitmaps, so what blocks it, and more.

    It is compromised if either API says so: the index behind API v2 may be late, and API v1 does
    not report it for every platform.

    Args:
        device: The device of API v2, with its row.
        other: The same device of API v1, with its row.
    """
    only_v1 = (*_BITMAP_FIELDS, *(field.name for field in ONLY_V1))
    row = {**device.row, **{name: other.row[name] for name in only_v1}}
    if row["jailbroken"] is None or other.row["jailbroken"]:
        for name in ("jailbroken", "security_state"):
            row[name] = other.row[name]
    known = {name: value for name, value in _compliance_fields(row).items() if value is not None}
    return replace(device, row={**row, **known})


def device_spaces(answer: Any, what: str) -> tuple[Partition, ...]:
    """Return the device spaces of a list, which need not have a count ("Device spaces").

    Args:
        answer: The JSON of the answer.
        what: The words for the list in messages.

    Raises:
        AnswerError: It is not such a list.
    """
    rows = whole(answer, what)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise AnswerError(f"{what}: the server's answer is not a list of device spaces.")
    return tuple(device_space(row) for row in rows)


def device_space(row: Mapping[str, Any]) -> Partition:
    """Make a device space of a row.

    Raises:
        AnswerError: The row has no id.
    """
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(str(row["id"]), text_of(row.get("name")))


def field_names(answer: Any, what: str) -> frozenset[str]:
    """Return the names of the fields that a search knows."""
    return frozenset(
        text_of(row.get("name")) for row in listed(whole(answer, what)) if isinstance(row, Mapping)
    )


def _source(raw: Mapping[str, Any], details: Mapping[str, Any], field: Field) -> Any:
    """Return the value of a field from the first of its sources that has one."""
    for key in field.v1:
        value = (
            details.get(key.removeprefix(_DETAILS)) if key.startswith(_DETAILS) else raw.get(key)
        )
        converted = None if value in (None, "") else FORMS[field.kind](value)
        if converted is not None:
            return converted
    return None


def _device(row: dict[str, Any], *, keep_row: bool, space: str = "") -> Device:
    _require_ids(row["id"], row["guid"])
    row[LABELS] = None
    return Device(
        id=row["id"],
        guid=row["guid"],
        serial=text_of(row["serial_number"]),
        email=text_of(row["email"]),
        uid=text_of(row["user"]),
        phone=_NO_DIGIT.sub("", text_of(row["phone_number"])),
        mac=text_of(row["wifi_mac_address"]),
        row=row if keep_row else {},
        state=text_of(row["status_raw"]),
        platform=text_of(row["platform"]),
        os_version=text_of(row["os_version"]),
        space=space,
        lacks=_NOT_MANAGED
        if row["mdm_managed"] is False and row["platform"] == "ios"
        else _NOTHING,
        model=text_of(row["model"]),
        home=text_of(row["space"]),
    )


def _require_ids(device_id: Any, guid: Any) -> None:
    if not _DEVICE_ID.fullmatch(text_of(device_id)) or not guid:
        raise AnswerError(
            f"The server sent a device without a usable id and uuid ({device_id!r}, {guid!r})."
        )


def _compliance_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the three bitmaps of a device give.

    Source: "Compliance, quarantinedStatus, and blockReason values".
    """
    bits, quarantine, block = (row[name] for name in _BITMAP_FIELDS)
    return {
        "compliant": compliance.is_compliant(bits, row["jailbroken"]),
        "compliance_reasons": _reasons(bits, row["jailbroken"]),
        "compliance_reasons_raw": None if bits is None else compliance.own_words(bits),
        "quarantined": None if quarantine is None else quarantine != 0,
        "quarantine_reasons": None if quarantine is None else compliance.reasons(quarantine),
        "blocked": None if block is None else block != 0,
        "block_reasons": None if block is None else compliance.reasons(block),
    }


def _reasons(bits: int | None, jailbroken: bool | None) -> list[str] | None:
    """Return the reasons of a bitmap.

    The bitmap of a jailbroken Android device lacks the reason that it is compromised.
    """
    return _with_compromised(None if bits is None else compliance.reasons(bits), jailbroken)


def _with_compromised(reasons: list[str] | None, jailbroken: bool | None) -> list[str] | None:
    """Add the reason "compromised" if only the security state of the device has it."""
    if jailbroken and "compromised" not in (reasons or ()):
        return ["compromised", *(reasons or ())]
    return reasons
