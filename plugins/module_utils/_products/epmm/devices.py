# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and device spaces of EPMM's JSON, for both of its APIs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..._core import compliance
from ..._core.device import Device, Partition
from ..._core.errors import AnswerError
from ..values import text_of
from .answers import explain, listed, results, v1_list
from .fields import FIELDS, FORMS, IDENTITY, Field, is_v2_name

_DETAILS = "details."
_DEVICE_ID = re.compile(r"[0-9]{1,18}")

# Without the first two a row is no device, and without the others nobody can say what state it is
# in.
# fmt: off
NEEDED_V2 = frozenset({
    "common.id", "common.uuid", "common.status", "common.security_state", "common.compliant", "common.quarantined",
})
# fmt: on

_BITMAP_FIELDS = ("compliance", "quarantined_status", "block_reason")


def v2_names(*, all_fields: bool) -> tuple[str, ...]:
    """The fields of API v2 that make a device, or what identifies it."""
    return tuple(
        field.v2 for field in FIELDS if field.v2 and (all_fields or field.name in IDENTITY)
    )


def without_row(device: Device) -> Device:
    """A device that keeps no more than what is needed to write it."""
    return replace(device, row={})


def v1_devices(answer: Any, *, keep_row: bool) -> list[Device]:
    """The devices of an answer of API v1: ``devices.device`` as a list or one object, or ``device``
    alone."""
    return [device_v1(raw, keep_row=keep_row) for raw in v1_list(answer, "devices", "device")]


def v1_device(answer: Any, what: str) -> Mapping[str, Any]:
    """The device of an answer for one device."""
    raw = answer.get("device") if isinstance(answer, Mapping) else None
    if not isinstance(raw, Mapping):
        raise AnswerError(
            f"{what}: the server's answer has no device "
            f"({explain(answer) or 'it does not say why'})."
        )
    return raw


def device_v1(raw: Any, *, keep_row: bool) -> Device:
    """A device of "Get Devices by Status" and its kin."""
    if not isinstance(raw, Mapping):
        raise AnswerError("The server sent a device that is no object.")
    details = details_v1(raw)
    made = {field.name: _source(raw, details, field) for field in FIELDS}
    if made["platform"] != "iOS":
        # "Applies only to iOS devices. For other devices, the value is always false."
        made["mdm_managed"] = None
    return _device({**made, **_judged(made)}, keep_row=keep_row)


def device_v2(row: Any, *, keep_row: bool, extra: Iterable[str] = (), space: str = "") -> Device:
    """A device of a row of "Search for devices", whose keys are the names asked for; what a device
    lacks is absent.

    ``extra``: an author's own names, which are kept as they are. ``space``: the device space that
    it was asked for in.
    """
    if not isinstance(row, Mapping):
        raise AnswerError("The server sent a device that is no object.")
    made = {
        field.name: FORMS[field.kind](row.get(field.v2)) if field.v2 else None for field in FIELDS
    }
    made["compliant"] = compliance.is_compliant(made["compliant"], made["security_state"])
    if compliance.is_compromised(made["security_state"]) and "compromised" not in (
        made["compliance_reasons"] or ()
    ):
        made["compliance_reasons"] = ["compromised", *(made["compliance_reasons"] or ())]
    own = {name: row[name] for name in extra if is_v2_name(name) and name in row}
    return _device({**made, **own}, keep_row=keep_row, space=space)


def details_v1(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a device: ``[{"entry": [{"key": …, "value": …}]}]``, with one entry a single
    object."""
    found = {}
    for part in listed(raw.get("details")):
        for entry in listed(part.get("entry") if isinstance(part, Mapping) else None):
            if isinstance(entry, Mapping) and entry.get("key") is not None:
                found[str(entry["key"])] = entry.get("value")
    return found


def details_v2(answer: Any, what: str) -> dict[str, Any]:
    """The details of a device in API v2, a list of names and values."""
    rows = results(answer, what)
    if not isinstance(rows, list):
        raise AnswerError(f"{what}: the server's answer is no list of details.")
    return {
        str(row["name"]): row.get("value")
        for row in rows
        if isinstance(row, Mapping) and row.get("name") is not None
    }


def with_bitmaps(device: Device, other: Device) -> Device:
    """A device of API v2 with what API v1 alone knows: the bitmaps, and so what blocks it.

    It is compromised when either says so, for the index behind API v2 may be late, and API v1 does
    not say it of every platform.
    """
    row = {**device.row, **{name: other.row[name] for name in _BITMAP_FIELDS}}
    if row["security_state"] is None or compliance.is_compromised(other.row["security_state"]):
        row["security_state"] = other.row["security_state"]
    judged = {name: value for name, value in _judged(row).items() if value is not None}
    return replace(device, row={**row, **judged})


def device_spaces(answer: Any, what: str) -> tuple[Partition, ...]:
    """The device spaces of a list, which need not say how many there are ("Device spaces")."""
    rows = results(answer, what)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise AnswerError(f"{what}: the server's answer is no list of device spaces.")
    return tuple(device_space(row) for row in rows)


def device_space(row: Mapping[str, Any]) -> Partition:
    """A device space."""
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(str(row["id"]), text_of(row.get("name")))


def field_names(answer: Any, what: str) -> frozenset[str]:
    """The names that a search knows."""
    return frozenset(
        text_of(row.get("name"))
        for row in listed(results(answer, what))
        if isinstance(row, Mapping)
    )


def _source(raw: Mapping[str, Any], details: Mapping[str, Any], field: Field) -> Any:
    """The value of a field, of the first of its sources that makes sense."""
    for key in field.v1:
        value = (
            details.get(key.removeprefix(_DETAILS)) if key.startswith(_DETAILS) else raw.get(key)
        )
        made = None if value in (None, "") else FORMS[field.kind](value)
        if made is not None:
            return made
    return None


def _device(row: dict[str, Any], *, keep_row: bool, space: str = "") -> Device:
    if not _DEVICE_ID.fullmatch(text_of(row["id"])) or not row["uuid"]:
        raise AnswerError(
            f"The server sent a device without a usable id and uuid ({row['id']!r}, "
            f"{row['uuid']!r})."
        )
    row["uuid"] = row["uuid"].lower()
    return Device(
        id=row["id"],
        guid=row["uuid"],
        serial=text_of(row["serial_number"]),
        email=text_of(row["email_address"]),
        uid=text_of(row["user_id"]),
        phone=re.sub(r"\D", "", text_of(row["phone_number"])),
        mac=text_of(row["wifi_mac_address"]),
        row=row if keep_row else {},
        state=text_of(row["status"]),
        platform=text_of(row["platform"]).lower().partition(" ")[0],
        os_version=text_of(row["os_version"]),
        space=space,
        model=text_of(row["model"]),
    )


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the three bitmaps of a device say ("Compliance, quarantinedStatus, and blockReason
    values")."""
    bits, quarantine, block = (row[name] for name in _BITMAP_FIELDS)
    return {
        "compliant": compliance.is_compliant(bits, row["security_state"]),
        "compliance_reasons": _reasons(bits, row["security_state"]),
        "quarantined": None if quarantine is None else quarantine != 0,
        "quarantine_reasons": None if quarantine is None else compliance.reasons(quarantine),
        "blocked": None if block is None else block != 0,
        "block_reasons": None if block is None else compliance.reasons(block),
    }


def _reasons(bits: int | None, security_state: Any) -> list[str] | None:
    """The reasons of a bitmap, with the one that a jailbroken Android device is not given there."""
    found = None if bits is None else compliance.reasons(bits)
    if compliance.is_compromised(security_state) and "compromised" not in (found or ()):
        return ["compromised", *(found or ())]
    return found
