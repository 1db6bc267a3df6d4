# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant while it runs: devices as they are, and the index which the list is served from."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from uem_emulator.blueprint import HOUR, Blueprint, building, guid
from uem_emulator.lag import Lag
from uem_emulator.neurons.world import fq
from uem_emulator.neurons.world.builder import build
from uem_emulator.neurons.world.model import (
    PERSON,
    Account,
    Attributes,
    Configuration,
    Definition,
    Device,
    DeviceGroup,
    Partition,
)
from uem_emulator.neurons.world.search import FIELDS, Index
from uem_emulator.switches import Switches

_HIDDEN = ("ldapAttributes", "userGroups", "staticGroups")


class World:
    """`lag` stands between a write and the index."""

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        with building():
            self._build(blueprint, switches)

    def _build(self, blueprint: Blueprint, switches: Switches) -> None:
        built = build(blueprint)
        self.blueprint = blueprint
        self.now = blueprint.now
        self.switches = switches
        self.partitions: dict[int, Partition] = {space.id: space for space in built.partitions}
        self.definitions: dict[tuple[str, str], Definition] = {
            (d.type, d.name): d for d in built.definitions
        }
        self.groups: list[DeviceGroup] = built.groups
        self.bases = built.bases
        self.configs: dict[int, Configuration] = {item.id: item for item in built.configurations}
        self.accounts: dict[int, Account] = {item.id: item for item in built.accounts}
        self.devices: dict[int, Device] = {device.id: device for device in built.devices}
        self.by_guid: dict[str, Device] = {device.value("guid"): device for device in built.devices}
        self.index = Index(built.devices, blueprint.now, self.groups_of)
        self.lag = Lag(switches, self._index)
        self._rng = random.Random(blueprint.seed + 1)

    @property
    def default_partition(self) -> Partition:
        """The default device space."""
        return next(space for space in self.partitions.values() if space.default)

    def find(self, key: str) -> Device | None:
        """A device by the id or guid of a path."""
        if key.isascii() and key.isdigit():
            return self.devices.get(int(key))
        return self.by_guid.get(key.lower())

    def groups_of(self, device: Device) -> list[DeviceGroup]:
        """The device groups whose rule the device fulfils, or which list it."""
        return [
            group
            for group in self.groups
            if group.partition == device.partition and self._is_member(group, device)
        ]

    @staticmethod
    def _is_member(group: DeviceGroup, device: Device) -> bool:
        if group.static:
            return group.name in device.static_groups
        return group.definition is None or _rule(group.definition)(device)

    # --- writes -------------------------------------------------------------------------------------------------

    def set_attributes(self, device: Device, attrs: Attributes) -> None:
        """Make the attributes of a device exactly `attrs`: names in lower case, lists of texts."""
        if attrs == device.attrs:
            return
        if not self.lag.at_once and self.index.docs.get(device.id) is device:
            self.index.docs[device.id] = device.copy()
        device.attrs = attrs
        self.lag.wrote(device.id)

    def set_fields(self, device: Device, fields: Mapping[str, Any]) -> None:
        """Set fields of a device.

        Args:
            device: The device.
            fields: Keys of the row or of the detail, and what only the index and the groups know:
                ldapAttributes, userGroups, staticGroups.

        Raises:
            ValueError: A key or a device space is unknown.
        """
        hidden = {name: fields[name] for name in _HIDDEN if name in fields}
        fields = self._checked(
            device, {name: value for name, value in fields.items() if name not in _HIDDEN}
        )
        if self.index.docs.get(device.id) is device:
            self.index.docs[device.id] = device.copy()
        self.by_guid.pop(str(device.value("guid")).lower(), None)
        device.fields.update({name: value for name, value in fields.items() if name in device.base})
        device.detail = {
            **device.detail,
            **{name: value for name, value in fields.items() if name not in device.base},
        }
        device.ldap = hidden.get("ldapAttributes", device.ldap)
        device.user_groups = tuple(hidden.get("userGroups", device.user_groups))
        device.static_groups = tuple(hidden.get("staticGroups", device.static_groups))
        device.forget_caches()
        self.by_guid[str(device.value("guid")).lower()] = device
        self._know_owner(device)
        self.lag.wrote(device.id)

    def _checked(self, device: Device, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields with what follows from them: the names of the owner and of the space. Raises
        ValueError."""
        unknown = [
            name for name in fields if name not in device.base and name not in device.base_detail
        ]
        if unknown or "id" in fields:
            raise ValueError(
                f"not fields of a device which can be set: {', '.join(unknown or ['id'])}"
            )
        space = fields.get("dmPartitionId", device.partition)
        if space not in self.partitions:
            raise ValueError(f"no space has the id {space}")
        owner = fields.get("ownerId")
        person = self.accounts[owner].person if owner in self.accounts else {}
        found = {**person, **fields}
        found.setdefault("dmPartitionName", self.partitions[space].name)
        return found

    def _know_owner(self, device: Device) -> None:
        """There is an account of whoever has a device, and the two agree."""
        owner = device.value("ownerId")
        if owner is None:
            return
        person = {own: device.value(name) for name, own in PERSON.items()}
        known = self.accounts.get(owner)
        self.accounts[owner] = (
            Account(owner, **person, created=self.now - HOUR, groups=device.user_groups)
            if known is None
            else replace(known, **person)
        )

    def set_extra(self, device: Device, name: str, value: Any) -> None:
        """Keep what an `Extra` knows of a device. No list shows it."""
        device.extra = {**device.extra, name: value}

    def new_guid(self) -> str:
        """Return a random guid; the seed decides which."""
        return guid(self._rng)

    def add(self, fields: Mapping[str, Any]) -> Device:
        """A new device; what is not given is as plain as can be. Raises ValueError."""
        platform = fields.get("platformType", "IOS")
        if platform not in self.bases:
            raise ValueError(f"platformType is one of {', '.join(self.bases)}")
        device_id = fields.get("id", max(self.devices, default=22000) + 1)
        if not isinstance(device_id, int) or device_id in self.devices:
            raise ValueError(f"id {device_id} is taken, or no number")
        space = self.default_partition
        # fmt: off
        device = Device(device_id, *self.bases[platform], {
            "id": device_id, "guid": guid(self._rng), "mdmChannelId": guid(self._rng),
            "deviceName": f"device-{device_id}",
            "entityName": f"device-{device_id}", "dmPartitionId": space.id, "dmPartitionName": space.name,
            "lastCheckin": self.now, "lastRegistrationTime": self.now - HOUR, "uid": f"user{device_id}@example.com",
            "emailAddress": f"user{device_id}@example.com", "serialNumber": None if platform == "WINDOWS_PHONE"
            else f"SN{device_id}", "displayName": f"User {device_id}", "ownerId": 10000 + device_id})
        # fmt: on
        device.extra = {"certificates": ()}
        self.devices[device_id] = device
        try:
            self.set_fields(device, {name: value for name, value in fields.items() if name != "id"})
        except ValueError:
            del self.devices[device_id]
            raise
        return device

    def remove(self, device_id: int) -> None:
        """Remove a device."""
        device = self.devices.pop(device_id)
        self.by_guid.pop(str(device.value("guid")).lower(), None)
        self.lag.wrote(device_id)

    def define(self, kind: str, name: str) -> Definition:
        """Return the definition of a type and name, made when it is new. It is numeric when the
        name ends in `_#`."""
        key = (kind.upper(), name.lower())
        if key not in self.definitions:
            self.definitions[key] = Definition(4100 + 3 * len(self.definitions), *key, self.now)
        return self.definitions[key]

    # --- the index ----------------------------------------------------------------------------------------------

    def _index(self, device_id: int) -> None:
        device = self.devices.get(device_id)
        if device is None:
            self.index.drop(device_id)
        else:
            self.index.put(device)


@lru_cache(maxsize=512)
def _rule(definition: str) -> fq.Predicate:
    return fq.compile_filter(fq.parse(definition), fq.Dialect(FIELDS, frozenset(), 0))
