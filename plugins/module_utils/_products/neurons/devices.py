# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and device spaces of Neurons for MDM: rows of its JSON become models. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function; where it leaves
gaps, answers recorded by other vendors' clients (docs/neurons.md of the collection lists them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.attributes import Values
from ..._core.device import SUPERVISED, Attrs, Device, Partition
from ..._core.errors import AnswerError, OptionError
from ..values import text_of
from .values import whole

# These fields are null in the answer for one device, although the list fills them ("Get Device
# Details", example).
ONLY_IN_LIST = (
    "customAttributes",
    "violatedPolicies",
    "dmPartitionName",
    "blocked",
    "appEasIdentifiers",
)

_PLATFORMS = {"OSX": "macos", "WINDOWS_PHONE": "windows"}

# Each mode, the field that shows it, and the values that mean that it is on ("Get List of Devices
# Registered Within x Amount of Time": kioskState is NOT_CONFIGURED, INACTIVE or ACTIVE).
_MODES = (
    ("lost_mode", "lostModeEnabled", frozenset({"TRUE"})),
    ("kiosk_mode", "kioskState", frozenset({"ACTIVE"})),
)


def device_of(row: Mapping[str, Any], *, keep_row: bool, space: str = "") -> Device:
    """Make a device of a row of the list ("Get Device Details Based on Attribute").

    Args:
        row: What the server sent.
        keep_row: Whether the device keeps it.
        space: The partition that it was read in.

    Raises:
        AnswerError: The row has no usable id.
    """
    if not isinstance(row.get("id"), (int, str)) or not str(row["id"]).isdigit():
        raise AnswerError(f"The server sent a device without a usable id ({row.get('id')!r}).")
    platform = text_of(row.get("platformType"))
    return Device(
        id=str(row["id"]),
        guid=text_of(row.get("guid")).lower(),
        serial=text_of(row.get("serialNumber")),
        email=text_of(row.get("emailAddress")),
        uid=text_of(row.get("uid")),
        attrs=attributes_of(row.get("customAttributes")),
        row=row if keep_row else {},
        state=text_of(row.get("registrationState")).upper(),
        platform=_PLATFORMS.get(platform.upper(), platform.lower()),
        os_version=text_of(row.get("platformVersion")),
        name=text_of(row.get("deviceName")),
        model=text_of(row.get("prettyModel") or row.get("deviceModel")),
        space=space,
        lacks=frozenset({SUPERVISED} if text_of(row.get("supervised")).lower() == "false" else ()),
        modes=frozenset(
            mode for mode, field, values in _MODES if text_of(row.get(field)).upper() in values
        ),
    )


def attributes_of(raw: Any) -> Attrs:
    """Read custom attributes in each of the shapes that the guide shows.

    They are ``{"attrs": {…}}``, a bare map, or null; values are lists or bare strings ("Get Custom
    Attributes Per Device", "Patch custom attributes per device").

    Raises:
        AnswerError: It is not a map.
    """
    if isinstance(raw, Mapping) and "attrs" in raw:
        raw = raw["attrs"]
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise AnswerError(
            f"The server sent custom attributes as {type(raw).__name__}, not as a map."
        )
    return {str(name): _values(value) for name, value in raw.items()}


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
    return tuple(text_of(part) for part in parts if part is not None)
