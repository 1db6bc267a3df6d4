# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A believable tenant from a seed. Same seed, size, spaces and clock: the same tenant, byte for
byte, in any process.

Nothing here reads a clock, and the only randomness is `random.Random` of the seed, others for modes
and for what only calls of their own show, each drawn from in a fixed order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from uem_emulator import people
from uem_emulator.blueprint import DAY, HOUR, Blueprint, guid, kept
from uem_emulator.neurons.world import catalog
from uem_emulator.neurons.world.keys import DETAIL_ONLY, NEWER_ROW, ROW
from uem_emulator.neurons.world.model import (
    Account,
    Attributes,
    Configuration,
    Definition,
    Device,
    DeviceGroup,
    Partition,
)

_ALPHABET = "0123456789CDFGHJKLMNPQRTVWXY"
#: One physical device in about 33 was registered before: its old registration stays, RETIRED, with the same serial.
_DUPLICATES = 0.03


@dataclass
class Built:
    """The built things. `bases` holds, for each platform, the shared row and detail keys."""

    now: int
    partitions: list[Partition] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    groups: list[DeviceGroup] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    bases: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Person:
    first: str
    last: str
    uid: str
    email: str | None
    owner: int
    space: Partition
    groups: tuple[str, ...]
    ldap: Attributes


@kept
def build(blueprint: Blueprint) -> Built:
    """Build the tenant of a blueprint."""
    rng = random.Random(blueprint.seed)
    built = Built(blueprint.now)
    built.partitions = _partitions(rng, blueprint)
    created = blueprint.now - 900 * DAY
    built.definitions = [
        Definition(4100 + 3 * index, kind, name, created + index * HOUR)
        for index, (kind, name, _numeric) in enumerate(catalog.DEFINITIONS)
    ]
    built.groups = [
        DeviceGroup(40165 + 100 * place + index, space.id, *row, created)
        for place, space in enumerate(built.partitions)
        for index, row in enumerate(catalog.DEVICE_GROUPS)
    ]
    built.bases = {platform.key: base_of(platform) for platform in catalog.PLATFORMS}
    built.configurations = _configurations(blueprint, built.partitions)
    fleet = _Fleet(rng, blueprint, built)
    built.devices = list(fleet.build())
    built.accounts = [*_spare_accounts(blueprint), *fleet.accounts()]
    return built


def _configurations(blueprint: Blueprint, spaces: list[Partition]) -> list[Configuration]:
    """A configuration of a space which the tenant lacks is not there."""
    rng = random.Random(blueprint.seed + 4)
    ids = {space.priority: space.id for space in spaces}
    return [
        Configuration(
            number,
            guid(rng),
            name,
            text,
            kind,
            platforms,
            priority,
            None if place is None else ids[place],
            settled,
        )
        for number, name, text, kind, platforms, priority, place, settled in catalog.CONFIGURATIONS
        if place is None or place in ids
    ]


def _spare_accounts(blueprint: Blueprint) -> list[Account]:
    return [
        Account(
            number, uid, email, f"{first} {last}", first, last, blueprint.now - 400 * DAY, **other
        )
        for number, uid, email, first, last, other in catalog.SPARE_ACCOUNTS
    ]


def base_of(platform: catalog.Platform) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keys shared by the devices of a platform: of the row, and those of only the detail."""
    row = {**ROW, **NEWER_ROW, "platformType": platform.key, **platform.fields}
    return row, {**DETAIL_ONLY, **platform.detail}


def _partitions(rng: random.Random, blueprint: Blueprint) -> list[Partition]:
    found = []
    for index in range(blueprint.partitions):
        name = catalog.SPACES[index][0] if index < len(catalog.SPACES) else f"Space {index + 1}"
        created = blueprint.now - (1000 - index) * DAY
        found.append(Partition(23003 + 501 * index, guid(rng), name, created, index == 0, index))
    # The default space is not the first row: recorded clients which took the first row were wrong.
    return found[1:2] + found[:1] + found[2:]


class _Fleet:
    """Draws the devices, in order. One instance builds one fleet."""

    def __init__(self, rng: random.Random, blueprint: Blueprint, built: Built) -> None:
        self.rng = rng
        # Of its own: what is drawn for modes does not reshuffle the rest of a fleet.
        self.modes = random.Random(blueprint.seed + 2)
        self.oddities = random.Random(blueprint.seed + 3)
        self.configurations = [
            (item.id, item.platforms) for item in built.configurations if item.space is None
        ]
        self.blueprint = blueprint
        self.bases = built.bases
        self.spaces = sorted(built.partitions, key=lambda space: space.priority)
        weights = [
            catalog.SPACES[i][1] if i < len(catalog.SPACES) else 5 for i in range(len(self.spaces))
        ]
        self.space_weights = list(accumulate(weights))
        self.platform_weights = list(accumulate(platform.weight for platform in catalog.PLATFORMS))
        self.state_weights = list(accumulate(weight for _state, weight in catalog.STATES))
        self.states = [state for state, _weight in catalog.STATES]
        self.patch_levels: dict[str, dict[str, Any]] = {}
        self.people: list[_Person] = []
        self.addresses: dict[str, int] = {}
        self.device_id = 22000

    def build(self) -> Iterator[Device]:
        total = self.blueprint.devices
        hostile = iter(people.HOSTILE_NAMES if total >= 100 else ())
        made = 0
        while made < total:
            device = self._device(self._person())
            if made + 1 < total and self.rng.random() < _DUPLICATES:
                yield self._old_registration(device)
                made += 1
            if made % 6 == 5:
                self._rename(device, next(hostile, None))
            yield device
            made += 1

    def _next_id(self) -> int:
        self.device_id += 1 + int(self.rng.random() * 9)
        return self.device_id

    def _person(self) -> _Person:
        """Three devices in ten belong to somebody who has one already."""
        if self.people and self.rng.random() < 0.3:
            return self.rng.choice(self.people)
        person = self._new_person()
        self.people.append(person)
        return person

    def _new_person(self) -> _Person:
        rng = self.rng
        (first, ascii_first), (last, ascii_last) = (
            rng.choice(people.FIRST_NAMES),
            rng.choice(people.LAST_NAMES),
        )
        local = f"{ascii_first}.{ascii_last}"
        number = self.addresses[local] = self.addresses.get(local, 0) + 1
        if number > 1:
            local = f"{local}{number}"
        kind = rng.random()
        if kind < 0.01:
            local = f"{local}+mdm"
        address = f"{local}@example.com"
        department = rng.choice(people.DEPARTMENTS)
        ldap: Attributes = {}
        if rng.random() < 0.5:
            ldap = {
                "department": [department],
                "rollnumber": [str(1000 + len(self.people))],
                "l": [rng.choice(people.CITIES)],
            }
        space = rng.choices(self.spaces, cum_weights=self.space_weights)[0]
        # One account in a hundred is a kiosk's: it has a name but no address.
        uid, email = (
            (f"kiosk-{len(self.people):05d}", None) if 0.01 <= kind < 0.02 else (address, address)
        )
        return _Person(
            first,
            last,
            uid,
            email,
            10586408 + 7 * len(self.people),
            space,
            ("All Users", department),
            ldap,
        )

    def _device(self, person: _Person) -> Device:
        rng = self.rng
        platform = rng.choices(catalog.PLATFORMS, cum_weights=self.platform_weights)[0]
        model = rng.choice(platform.models)
        system = platform.systems[min(int(rng.expovariate(1.1)), len(platform.systems) - 1)]
        device_id = self._next_id()
        # fmt: off
        fields: dict[str, Any] = {
            "id": device_id, "guid": guid(rng), "mdmChannelId": guid(rng), "deviceModel": model.model,
            "platformVersion": system[0], "osBuildVersion": system[1], "displayName": f"{person.first} {person.last}",
            "firstName": person.first, "lastName": person.last, "uid": person.uid, "emailAddress": person.email,
            "manufacturer": model.maker, "prettyModel": model.pretty, "ownerId": person.owner,
            "dmPartitionId": person.space.id, "dmPartitionName": person.space.name,
            "ownershipType": rng.choice(("COMPANY", "COMPANY", "EMPLOYEE", "UNKNOWN")),
        }
        # fmt: on
        self._identify(fields, platform, model, person)
        self._times(fields)
        self._state(fields, platform)
        row, detail = self.bases[platform.key]
        device = Device(device_id, row, detail, fields)
        device.ldap, device.user_groups = person.ldap, person.groups
        if platform is catalog.ANDROID:
            device.detail = self._patch_level()
        self._modes(device)
        self._oddities(device)
        self._attributes(device)
        return device

    def _serial(self, length: int) -> str:
        return "".join(self.rng.choices(_ALPHABET, k=length))

    def _identify(
        self,
        fields: dict[str, Any],
        platform: catalog.Platform,
        model: catalog.Model,
        person: _Person,
    ) -> None:
        """Names and numbers, each with the oddities its platform is known for."""
        rng = self.rng
        low = f"{rng.getrandbits(24):06x}"
        fields["wifiMacAddress"] = (
            f"{catalog.MAC_PREFIXES[platform.key]}:{low[:2]}:{low[2:4]}:{low[4:]}"
        )
        capacity = rng.choice(model.storage_gb) * 0.931323
        fields["totalCapacity"] = round(capacity, 6)
        fields["availableCapacity"] = round(capacity * rng.random(), 6)
        eas = self._serial(26)
        fields["easDeviceIdentifiers"] = (
            [eas, "null"] if rng.random() < 0.1 else [eas]
        )  # the text "null": recorded
        if platform.key in ("IOS", "OSX"):
            fields["serialNumber"] = self._serial(10)
            fields["udid"] = f"{rng.getrandbits(160):040x}"
            fields["deviceName"] = f"{person.first}\u2019s {model.name}"
        elif platform.key == "ANDROID":
            fields["serialNumber"] = f"R5C{self._serial(8)}" if rng.random() < 0.97 else ""
            fields["clientDeviceIdentifier"] = f"{rng.getrandbits(256):064x}"
            fields["deviceName"] = model.name if rng.random() < 0.7 else None
        else:
            fields["deviceName"] = f"{model.name}-{self._serial(7)}"
        fields["entityName"] = fields["deviceName"] or model.pretty
        if model.cellular:
            imei = f"{rng.randrange(10**14, 10**15)}"
            fields["imei"] = (
                f"{imei[:2]} {imei[2:8]} {imei[8:14]} {imei[14]}" if platform.key == "IOS" else imei
            )
            fields["subscriberCarrierNetwork"] = rng.choice(catalog.CARRIERS)
            fields["currentCarrierNetwork"] = fields["subscriberCarrierNetwork"]
            if rng.random() < 0.4:
                fields["phoneNumber"] = f"+1555{rng.randrange(10**7):07d}"

    def _times(self, fields: dict[str, Any]) -> None:
        """Last check-in mostly today, registration within three years; 1-2 % never did either."""
        rng, now = self.rng, self.blueprint.now
        registered = int(rng.random() ** 2 * 1000 * DAY)
        kind = rng.random()
        span = DAY if kind < 0.8 else 30 * DAY if kind < 0.95 else 200 * DAY
        checked_in = min(int(rng.random() * span), registered)
        fields["lastRegistrationTime"] = now - registered if rng.random() < 0.99 else None
        fields["lastCheckin"] = now - checked_in if rng.random() < 0.98 else None
        if rng.random() < 0.2:
            fields["clientLastCheckin"] = fields["lastCheckin"]

    def _state(self, fields: dict[str, Any], platform: catalog.Platform) -> None:
        rng = self.rng
        state = rng.choices(self.states, cum_weights=self.state_weights)[0]
        if state != "ACTIVE":
            fields["registrationState"] = state
        if platform is catalog.IOS and rng.random() < 0.35:
            fields["supervised"] = fields["depEnrolled"] = fields["depEligible"] = True
        if platform is catalog.WINDOWS and rng.random() < 0.5:
            fields["lastHotfixId"] = rng.choice(("KB5044285", "KB5046633", "KB4561600"))
        if rng.random() < 0.05:
            fields["actionExceptionCodes"] = [None]
        if rng.random() >= 0.07:
            return
        jailbroken = rng.random() < 0.05 and platform.key in ("IOS", "ANDROID")
        violated = rng.sample(catalog.POLICIES, rng.choice((1, 1, 1, 2, 3)))
        if jailbroken and "Compromised Devices" not in violated:
            violated.append("Compromised Devices")
        fields.update(
            complianceState=False,
            violatedPolicies=violated,
            policyViolationCount=len(violated),
            jailbroken=jailbroken,
            quarantined=jailbroken or rng.random() < 0.35,
        )

    def _modes(self, device: Device) -> None:
        """How devices are managed, and the modes which they are in. Shared iPads and lost devices
        are supervised; kiosks are Android devices which are managed as a whole, company-owned ones
        may have a work profile instead."""
        fields, kind = device.fields, self.modes.random()
        if fields.get("supervised") and kind < 0.15:
            fields["multiUser" if kind < 0.1 else "lostModeEnabled"] = True
        elif (
            device.value("platformType") == "IOS"
            and fields["ownershipType"] == "EMPLOYEE"
            and kind < 0.2
        ):
            fields["userEnrolled"] = not fields.get("supervised", False)
        elif device.value("platformType") == "ANDROID" and fields["ownershipType"] == "COMPANY":
            if kind < 0.5:
                fields["androidDeviceOwnerModeEnabled"] = True
                if kind < 0.2:
                    fields["kioskState"] = "ACTIVE" if kind < 0.12 else "INACTIVE"
            else:
                device.detail = {
                    **device.detail,
                    "androidWorkProfileEnabled": True,
                    "androidWorkDeviceOwnerWithWorkProfileEnabled": True,
                }

    def _oddities(self, device: Device) -> None:
        """One device in twelve has a configuration which is stuck, one in a hundred has no
        owner."""
        kind, which = self.oddities.random(), self.oddities.random()
        if kind < 1 / 12:
            numbers = [
                number
                for number, platforms in self.configurations
                if not platforms or device.value("platformType") in platforms
            ]
            stuck = catalog.STUCK[int(kind * 12 * len(catalog.STUCK))]
            device.extra = {"configs": {numbers[int(which * len(numbers))]: stuck}}
        elif kind > 0.99:
            device.fields["ownerId"] = None

    def accounts(self) -> list[Account]:
        """Everybody who got a device."""
        return [
            Account(
                person.owner,
                person.uid,
                person.email,
                f"{person.first} {person.last}",
                person.first,
                person.last,
                self.blueprint.now - 500 * DAY + place * HOUR,
                person.groups,
                person.ldap or None,
            )
            for place, person in enumerate(self.people)
        ]

    def _patch_level(self) -> dict[str, Any]:
        level = f"2025-{self.rng.randrange(1, 10):02d}-01"
        return self.patch_levels.setdefault(level, {"androidSecurityPatchLevel": level})

    def _attributes(self, device: Device) -> None:
        rng = self.rng
        if rng.random() >= 0.6:
            return
        attrs: Attributes = {"cityid": [rng.choice(people.CITIES)]}
        if rng.random() < 0.7:
            attrs["costcenter"] = [f"CC-{rng.randrange(100, 140)}"]
        if rng.random() < 0.6:
            attrs["assettag"] = [f"AT-{device.id:06d}" if rng.random() < 0.995 else "{{ 7*7 }}"]
        if rng.random() < 0.4:
            attrs["floor_#"] = [str(rng.randrange(-1, 12))]
        if rng.random() < 0.1:
            attrs["project"] = sorted(rng.sample(("apollo", "gemini", "vostok", "zoë's"), 2))
        device.attrs = attrs
        if rng.random() < 0.05:
            device.static_groups = ("Pilot",)
        elif rng.random() < 0.02:
            device.static_groups = ("Loaners {{ pool }}", "Pilot")

    def _old_registration(self, current: Device) -> Device:
        """The registration which `current` replaced: the lower id, another guid, the same hardware,
        older times."""
        old = current.copy()
        old.id, current.id = current.id, self._next_id()
        current.fields["id"] = current.id
        old.fields = {
            **old.fields,
            "id": old.id,
            "guid": guid(self.rng),
            "mdmChannelId": guid(self.rng),
            "registrationState": "RETIRED",
            "quarantined": False,
        }
        registered = current.fields["lastRegistrationTime"] or self.blueprint.now
        old.fields["lastRegistrationTime"] = registered - 200 * DAY
        old.fields["lastCheckin"] = registered - DAY
        old.attrs, old.static_groups, old.extra = {}, (), {}
        return old

    @staticmethod
    def _rename(device: Device, name: str | None) -> None:
        if name is not None:
            device.fields["deviceName"] = device.fields["entityName"] = name
