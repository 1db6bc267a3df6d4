# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``protected``: which devices no run may touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device, parse_ref
from ..._core.errors import OptionError
from ..._core.selection import Selection, parse_select
from ..._products.capability import UemClient
from ..choice import Choice, listing

# By key of ``protected`` why a device that has it is protected.
_REASONS = {
    "devices": "it is named there",
    "serial_numbers": "its serial number is named there",
    "labels": "it has one of the labels",
    "attributes": "it has one of the attributes",
    "custom_attributes": "it has one of the custom attributes",
}


def parse_protected(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the option ``protected``. Raises OptionError where it is given and each of its keys is
    null, as where the template of a key returned nothing: an author who wants something left alone
    would not see that nothing is."""
    options = params["protected"]
    if options is not None and all(value is None for value in options.values()):
        raise OptionError(
            "protected: none of its keys has a value, so it protects nothing; give one a "
            "value, or leave it out."
        )
    return options or {}


def protected_devices(
    options: Mapping[str, Any], client: UemClient, devices: Sequence[Device]
) -> dict[str, str]:
    """By id those of the devices that no run may touch, and why. Raises OptionError for a key that
    the product lacks, and for names of no device, which may be misspelt ones."""
    found: dict[str, str] = {}
    for key, reason in _REASONS.items():
        value = options.get(key)
        if value in (None, [], {}):
            continue
        for selection in _selections(key, value):
            read = Choice(selection, on_missing="skip").find(client)
            if read.missing:
                raise OptionError(
                    f"protected.{key}: there is no device {listing(read.missing)}; nothing was "
                    "sent. Correct or remove it."
                )
            found.update((device.id, f"protected: {reason}") for device in read.devices)
    own = {device.id for device in devices}
    return {key: reason for key, reason in found.items() if key in own}


def _selections(key: str, value: Any) -> list[Selection]:
    if key == "devices":
        refs = (parse_ref(raw, f"protected.devices[{number}]") for number, raw in enumerate(value))
        return [Selection(names=tuple(refs))]
    if key in ("attributes", "custom_attributes"):
        # One of them is enough, whereas a selection must meet all.
        return [parse_select({key: {name: one}}) for name, one in value.items()]
    return [parse_select({key: value})]
