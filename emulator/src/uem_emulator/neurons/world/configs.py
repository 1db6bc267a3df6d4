# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configurations of devices: which a device has, and in what status.

Source: see `api.configs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from uem_emulator.neurons.world.extra import Extra
from uem_emulator.neurons.world.model import Configuration, Device
from uem_emulator.neurons.world.viability import state

_GONE = frozenset(("RETIRED", "WIPED"))
_FIELDS = {"policyType": "type", **{field.name: field.name for field in fields(Configuration)}}


class Configs(Extra):
    """`extra` of a device: `configs`, the statuses which are not as usual by id, and `excluded`,
    ids. A status of None stands for a configuration which the device does not have, an empty one
    is null in the answer."""

    fields = ("configs", "excludedConfigs")

    def statuses(self, device: Device) -> dict[int, str]:
        """Return the status of every configuration that is listed for a device. A device which has
        left has none."""
        if state(device) in _GONE:
            return {}
        own = device.extra.get("configs", {})
        found = {
            item.id: own.get(item.id, item.settled if _meant_for(item, device) else None)
            for item in self.world.configs.values()
        }
        return {number: status for number, status in found.items() if status is not None}

    def set_statuses(self, device: Device, statuses: Mapping[int, str | None]) -> None:
        """Set the statuses of some configurations of a device."""
        self.world.set_extra(device, "configs", {**device.extra.get("configs", {}), **statuses})

    def excluded(self, device: Device) -> frozenset[int]:
        """Return the ids of the configurations which are excluded from a device."""
        found: frozenset[int] = device.extra.get("excluded", frozenset())
        return found

    def set_excluded(self, device: Device, numbers: frozenset[int]) -> None:
        """Set which configurations are excluded from a device."""
        self.world.set_extra(device, "excluded", numbers)

    # --- for the control calls ----------------------------------------------------------------------------------------

    def shown(self, device: Device, name: str) -> Any:
        """Return statuses by id as text, or the ids of what is excluded."""
        if name == "excludedConfigs":
            return sorted(self.excluded(device))
        return {str(number): status or None for number, status in self.statuses(device).items()}

    def read(self, name: str, value: Any) -> Any:
        """Return what is kept of a value. Raises ValueError.

        Args:
            name: `configs` or `excludedConfigs`.
            value: For `configs` a map of ids to statuses, or a list of configurations with a
                status, which are made as needed; either names all that the device has. For
                `excludedConfigs` ids.
        """
        if name == "excludedConfigs":
            return frozenset(map(self.number, value))
        if isinstance(value, dict):
            return {self.number(key): status for key, status in value.items()}
        return {
            self.make({key: one for key, one in item.items() if key != "status"}): item.get(
                "status", "INSTALLED"
            )
            for item in value
        }

    def keep(self, device: Device, name: str, value: Any) -> None:
        """Keep what `read` made of a value: all configurations which a map lacks are gone."""
        if name == "excludedConfigs":
            self.set_excluded(device, value)
        else:
            self.world.set_extra(device, "configs", {**dict.fromkeys(self.world.configs), **value})

    def number(self, key: Any) -> int:
        """Return the id of a configuration which there is. Raises ValueError."""
        if not str(key).isdigit() or int(key) not in self.world.configs:
            raise ValueError(f"no configuration has the id {key}")
        return int(key)

    def make(self, given: Any) -> int:
        """Add a configuration, or change the one whose id is taken. Raises ValueError.

        Args:
            given: Values by the names of a row of the API, or of `Configuration`.

        Returns:
            The id of the configuration.
        """
        named = {_FIELDS[name]: value for name, value in given.items() if name in _FIELDS}
        number = named.pop("id", max(self.world.configs, default=61000) + 1)
        if (
            not isinstance(number, int)
            or not named.get("name")
            or named.get("space") not in (None, *self.world.partitions)
        ):
            raise ValueError(
                "a configuration has a name, and, if given, a whole number as id and a space "
                "of the tenant"
            )
        named["platforms"] = tuple(named.get("platforms", ()))
        known = self.world.configs.get(number)
        plain = {"uuid": self.world.new_guid(), "description": None, "type": "RESTRICTIONS"}
        self.world.configs[number] = (
            replace(known, **named) if known else Configuration(**{"id": number, **plain, **named})
        )
        return number


def _meant_for(item: Configuration, device: Device) -> bool:
    return (
        not item.platforms or device.value("platformType") in item.platforms
    ) and item.space in (None, device.partition)
