# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``protected``: which devices no run may touch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.attributes import Wanted
from ..._core.device import Device, listing, parse_ref
from ..._core.errors import OptionError
from ..._core.plan import PROTECTED, Plan
from ..._core.selection import Selection, parse_select
from ..._products.capability import UemClient
from ..choice import Choice
from ..runner import filled

# By key of ``protected`` why a device that has it is protected.
_REASONS = {
    "devices": "it is named there",
    "serial_numbers": "its serial number is named there",
    "labels": "it has one of the labels",
    "attributes": "it has one of the attributes",
    "custom_attributes": "it has one of the custom attributes",
}

# The keys that not every product has.
_OF_ONE = ("labels", "custom_attributes")


@dataclass(frozen=True)
class Protected:
    """The devices that no run may touch.

    Attributes:
        reasons: Why, by the id of the device.
        warnings: A sentence for each part of the option that protects no device.
        refusals: Why that cannot be known, so that nothing may be sent.
    """

    reasons: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    @classmethod
    def found(cls, find: Callable[[], Protected]) -> Protected:
        """Find out what is protected. An option that names nothing refuses the plan, which is shown
        with it."""
        try:
            return find()
        except OptionError as error:
            return cls({}, refusals=(str(error),))

    def guarding(self, plan: Plan) -> Plan:
        """Return a plan with these warnings and refusals."""
        return plan.warning(*self.warnings).refusing(self.refusals, PROTECTED)


def parse_protected(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the option ``protected``.

    Raises:
        OptionError: It is given and protects nothing.
    """
    return filled(params, "protected")


def protected_devices(
    options: Mapping[str, Any], client: UemClient, devices: Sequence[Device]
) -> Protected:
    """Find out which of some devices no run may touch.

    Args:
        options: The option ``protected``.
        client: The client.
        devices: The devices of a plan.

    Raises:
        OptionError: The product lacks a key, or a name is that of no device, which may be misspelt.
    """
    own = {device.id for device in devices}
    found: dict[str, str] = {}
    selected = client.selected
    warnings = []
    for key, reason in _REASONS.items():
        if key in options:
            _require_known(key, client)
        for where, selection in _selections(key, options.get(key)):
            read = Choice(selection, on_missing="skip").find(client)
            # What this search found is not what the author selected.
            client.selected = selected
            if read.missing:
                raise OptionError(
                    f"protected.{key}: there is no device {listing(read.missing)}; nothing was "
                    "sent. Correct or remove it."
                )
            ids = {device.id for device in read.devices} | _alike(selection, devices)
            if not ids:
                warnings.append(f"{where}: no device has it, so it protects nothing.")
            found.update((one, f"protected: {reason}") for one in ids & own)
    return Protected(found, tuple(warnings))


def _require_known(key: str, client: UemClient) -> None:
    own = [one for one in _REASONS if one not in _OF_ONE or one in client.selects]
    if key not in own:
        raise OptionError(
            f"protected.{key}: is not supported by {client.product}, which supports {', '.join(own)}; "
            "nothing was done."
        )


def _alike(selection: Selection, devices: Sequence[Device]) -> set[str]:
    """Return the devices whose custom attributes are as in a selection, apart from case and blanks.

    A search compares them more strictly, and what is nearly protected is better left alone.
    """
    wanted = [Wanted((name,), values) for name, values in selection.custom_attributes.items()]
    return {
        device.id
        for device in devices
        if wanted and all(one.resembles(device.attrs) for one in wanted)
    }


def _selections(key: str, value: Any) -> list[tuple[str, Selection]]:
    """Return the selections of a key, each with the part of the option that it is for messages."""
    where = f"protected.{key}"
    if value is None:
        return []
    if key == "devices":
        refs = (parse_ref(raw, f"{where}[{number}]") for number, raw in enumerate(value))
        return [(where, Selection(names=tuple(refs), where="protected"))]
    if key in ("attributes", "custom_attributes"):
        # One of them is enough, whereas a selection must meet all.
        return [
            (f"{where}.{name}={one}", parse_select({key: {name: one}}, where="protected"))
            for name, one in value.items()
        ]
    return [(where, parse_select({key: value}, where="protected"))]
