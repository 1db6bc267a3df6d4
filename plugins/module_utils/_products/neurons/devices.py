# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and device spaces of Neurons for MDM: rows of its JSON to models. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function; where it leaves
gaps, answers recorded by other vendors' clients (docs/neurons.md of the collection lists them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.attributes import Values
from ..._core.device import Attrs, Device, Partition
from ..._core.errors import AnswerError, OptionError
from ..values import text_of

# In the answer for one device these are null although the list fills them ("Get Device Details",
# example).
ONLY_IN_LIST = (
    "customAttributes",
    "violatedPolicies",
    "dmPartitionName",
    "blocked",
    "appEasIdentifiers",
)

_PLATFORMS = {"OSX": "macos", "WINDOWS_PHONE": "windows"}

# Modes, the field that shows each, and the values by which it does ("Get List of Devices Registered
# Within x Amount of Time": kioskState is NOT_CONFIGURED, INACTIVE or ACTIVE).
_MODES = (
    ("lost_mode", "lostModeEnabled", frozenset({"TRUE"})),
    ("kiosk_mode", "kioskState", frozenset({"ACTIVE"})),
)


def device_of(row: Mapping[str, Any], *, keep_row: bool, space: str = "") -> Device:
    """A device of a row of the list ("Get Device Details Based on Attribute").

    Args:
        row: what the server sent.
        keep_row: whether the device keeps it.
        space: the partition that it was read in.

    Raises:
        AnswerError: the row has no usable id.
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
        modes=frozenset(
            mode for mode, field, values in _MODES if text_of(row.get(field)).upper() in values
        ),
    )


def attributes_of(raw: Any) -> Attrs:
    """Custom attributes in each of the shapes that the guide shows: ``{"attrs": {…}}``, a bare map,
    or null; values as lists or as bare strings ("Get Custom Attributes Per Device", "Patch custom
    attributes per device")."""
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
    """A device space of the partition list."""
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(str(row["id"]), text_of(row.get("name")), bool(row.get("defaultPartition")))


def groups_of(details: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the device groups in a device's details ("Get Device Details"), which no list
    has, sorted."""
    return tuple(sorted(names_in(details.get("groups"))))


def names_in(raw: Any) -> list[str]:
    """The names in a list; whether its elements are names or objects that have one is not
    documented for policies."""
    parts = raw if isinstance(raw, list) else []
    texts: Iterable[Any] = (
        part.get("name") if isinstance(part, Mapping) else part for part in parts
    )
    return [text for text in texts if isinstance(text, str) and text]


def refuse_macs(*, by_mac: bool) -> None:
    """Raise OptionError where devices are to be named by their MAC addresses, for which Neurons has
    no call."""
    if by_mac:
        raise OptionError("by: Neurons names devices by their ids alone; remove it.")


def _values(raw: Any) -> Values:
    parts = raw if isinstance(raw, list) else [raw]
    return tuple(text_of(part) for part in parts if part is not None)
