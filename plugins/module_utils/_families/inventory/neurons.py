# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of Neurons for MDM as registrations of an inventory. Pure.

Source: MDM Customer Integration API Guide, "Get Device Details Based on Attribute" (rows) and "Get
Device Details" (``groups``, which no list has).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.device import Device
from ..._products.neurons.lists import flag
from .model import Registration


def labels_of(details: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the device groups in a device's details, sorted."""
    return tuple(sorted(_names(details.get("groups"))))


def registration(
    device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None = None
) -> Registration:
    """A device that was read with its row. ``fields``: what to keep of the row where the row has
    it."""
    row = device.row
    registered = row.get("lastRegistrationTime")
    return Registration(
        id=device.id,
        guid=device.guid,
        name=name,
        active=row.get("registrationState") == "ACTIVE",
        registered=registered if isinstance(registered, int) else 0,
        platform=str(row.get("platformType") or ""),
        compliant=flag(row.get("complianceState")),
        quarantined=row.get("quarantined") is True,
        policies=tuple(_names(row.get("violatedPolicies"))),
        attrs=device.attrs,
        labels=labels,
        fields={field: row[field] for field in fields if field in row},
    )


def _names(raw: Any) -> Iterable[str]:
    """The names in a list; whether its elements are names or objects that have one is not
    documented for policies."""
    parts = raw if isinstance(raw, list) else []
    texts = (part.get("name") if isinstance(part, Mapping) else part for part in parts)
    return [text for text in texts if isinstance(text, str) and text]
