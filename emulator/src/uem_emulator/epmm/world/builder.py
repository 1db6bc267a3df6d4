# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A believable server from a seed. Same seed, size, spaces and clock: the same server, byte for
byte, in any process.

Nothing here reads a clock, and the only randomness is one `random.Random(seed)` drawn from in a
fixed order.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from uem_emulator import people
from uem_emulator.blueprint import DAY, HOUR, Blueprint, guid, kept
from uem_emulator.epmm.world import catalog
from uem_emulator.epmm.world.directory import roles
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label, Space, User

_ALPHABET = "0123456789CDFGHJKLMNPQRTVWXY"
_BY_NAME = {platform.name: platform for platform in catalog.PLATFORMS}
#: One device in about 33 was registered before: its old registration stays, RETIRED, with the same serial.
_DUPLICATES = 0.03
#: From this size on every status and every oddity is in the fleet.
_WHOLE = 150
#: Bitmaps with bits which no document names, and the one for "unknown reason".
_ODD_BITMAPS = (0x200002, 0x400000)
_NO_DETAILS = ("VERIFICATION_PENDING",)


@dataclass
class Built:
    """The built things."""

    spaces: list[Space] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)


@kept
def build(blueprint: Blueprint) -> Built:
    """Build the server of a blueprint."""
    rng = random.Random(blueprint.seed)
    built = Built(spaces=_spaces(blueprint), labels=_labels(blueprint))
    fleet = _Fleet(rng, blueprint, built)
    built.devices = list(fleet.build())
    if not built.users:
        built.users.append(fleet.new_user())
    return built


def _spaces(blueprint: Blueprint) -> list[Space]:
    found = [Space(GLOBAL_SPACE, "Global", "/1/")]
    for place in range(1, blueprint.partitions):
        named = place <= len(catalog.SPACES)
        name, criteria = (
            catalog.SPACES[place - 1]
            if named
            else (f"Space {place + 1}", f'"common.comment" = "space {place + 1}"')
        )
        found.append(Space(place + 1, name, f"/1/{place + 1}/", GLOBAL_SPACE, criteria))
    return found


def _labels(blueprint: Blueprint) -> list[Label]:
    found = [
        Label(number, name, text, query, system=True)
        for number, name, text, query in catalog.SYSTEM_LABELS
    ]
    for place, (name, text, query, _share, space) in enumerate(catalog.LABELS):
        found.append(
            Label(
                11 + 3 * place,
                name,
                text,
                query,
                1 + space if space < blueprint.partitions else GLOBAL_SPACE,
            )
        )
    return found


def plain_device(device_id: int, user: User, platform: str, now: int, rng: random.Random) -> Device:
    """Return a device about which nothing is remarkable.

    Args:
        device_id: Its number.
        user: Its owner.
        platform: The name of its platform.
        now: The clock of the server, in epoch milliseconds.
        rng: What its uuid is drawn from.

    Raises:
        ValueError: The platform is unknown.
    """
    if platform not in _BY_NAME:
        raise ValueError(f"platform is one of {', '.join(_BY_NAME)}")
    row = _BY_NAME[platform]
    model, (version, build_number) = row.models[0], row.systems[0]
    return Device(
        device_id,
        guid(rng),
        user,
        platform,
        version,
        build_number,
        model.name,
        model.product,
        model.maker,
        f"device-{device_id}",
        serial=f"SN{device_id}",
        mac=f"{row.mac}{device_id & 0xFFFFFF:06x}",
        phone=f"PDA {device_id}",
        created=now - 2 * HOUR,
        registered=now - HOUR,
        connected=now,
        client_connected=now,
        mdm_managed=platform in ("iOS", "macOS"),
    )


class _Fleet:
    """Draws the devices, in order. One instance builds one fleet."""

    def __init__(self, rng: random.Random, blueprint: Blueprint, built: Built) -> None:
        self.rng = rng
        self.blueprint = blueprint
        self.built = built
        self.platform_weights = list(accumulate(platform.weight for platform in catalog.PLATFORMS))
        self.statuses = [status for status, _weight in catalog.STATUSES]
        self.status_weights = list(accumulate(weight for _status, weight in catalog.STATUSES))
        self.bits = [bit for bit, _weight in catalog.REASON_WEIGHTS]
        self.bit_weights = list(accumulate(weight for _bit, weight in catalog.REASON_WEIGHTS))
        made = zip(built.labels[len(catalog.SYSTEM_LABELS) :], catalog.LABELS, strict=True)
        self.static = [(label, row[3]) for label, row in made if label.static]
        self.principals: dict[str, int] = {}
        self.phones: dict[int, int] = {}
        self.device_id = 0

    def build(self) -> Iterator[Device]:
        total = self.blueprint.devices
        hostile = self._rare((*people.HOSTILE_NAMES, *catalog.FORMULA_NAMES))
        odd = self._rare(_ODD_BITMAPS)
        forced = self._rare(self.statuses)
        made = 0
        while made < total:
            device = self._device(self._user(), next(forced, None) if made % 9 == 4 else None)
            if made % 40 == 11 and device.status == "ACTIVE":
                device.compliance = next(odd, device.compliance)
            text = next(hostile, None) if made % 6 == 5 else None
            if text is not None:
                _name(device, text)
            if made + 1 < total and device.status == "ACTIVE" and self.rng.random() < _DUPLICATES:
                yield self._old_registration(device)
                made += 1
            yield device
            made += 1

    def _rare(self, values: Iterable[Any]) -> Iterator[Any]:
        """What only a whole fleet has."""
        return iter(values if self.blueprint.devices >= _WHOLE else ())

    def _next_id(self) -> int:
        self.device_id += 1 + int(self.rng.random() * 4)
        return self.device_id

    def _user(self) -> User:
        """Three devices in ten belong to somebody who has one already."""
        if self.built.users and self.rng.random() < 0.3:
            return self.rng.choice(self.built.users)
        user = self.new_user()
        self.built.users.append(user)
        return user

    def new_user(self) -> User:
        rng, place = self.rng, len(self.built.users)
        (first, ascii_first), (last, ascii_last) = (
            rng.choice(people.FIRST_NAMES),
            rng.choice(people.LAST_NAMES),
        )
        principal = f"{ascii_first}.{ascii_last}"
        number = self.principals[principal] = self.principals.get(principal, 0) + 1
        if number > 1:
            principal = f"{principal}{number}"
        kind = rng.random()
        address: str | None = f"{principal}@example.com"
        if kind < 0.02:
            # A kiosk's account: it has a name but no address.
            principal, address = f"kiosk-{place:05d}", None
        elif kind < 0.04:
            principal = f"{principal}+mdm@example.com"
        return User(
            9000 + 3 * place,
            guid(rng),
            principal,
            first,
            last,
            address,
            local=rng.random() < 0.3,
            enabled=rng.random() < 0.97,
            roles=roles(place),
        )

    def _device(self, user: User, status: str | None) -> Device:
        rng = self.rng
        status = status or rng.choices(self.statuses, cum_weights=self.status_weights)[0]
        platform = rng.choices(catalog.PLATFORMS, cum_weights=self.platform_weights)[0]
        if status.startswith("IENROLL"):
            # "Status and statusCode values": these are of iPhones.
            platform = next(one for one in catalog.PLATFORMS if one.name == "iOS")
        model = rng.choice(platform.models)
        version, build_number = platform.systems[
            min(int(rng.expovariate(1.1)), len(platform.systems) - 1)
        ]
        device = Device(
            self._next_id(),
            guid(rng),
            user,
            platform.name,
            version,
            build_number,
            model.name,
            model.product,
            model.maker,
            f"{user.first}\u2019s {model.name}",
            mac=f"{platform.mac}{rng.getrandbits(24):06x}",
            phone=self._phone(user, model),
            mdm_managed=platform.name in ("iOS", "macOS"),
        )
        device.status = status
        device.owner = "COMPANY" if rng.random() < 0.7 else "EMPLOYEE"
        if rng.random() < 0.2:
            device.country, device.locale = "Germany", "de-DE"
            if device.phone.isdigit():
                device.phone = f"49{device.phone[1:]}"
        self._identify(device, model)
        self._times(device)
        self._health(device)
        self._place(device)
        return device

    def _phone(self, user: User, model: catalog.Model) -> str:
        """A number of its own, or PDA; a user's second PDA is called "PDA 2"."""
        if model.cellular and self.rng.random() < 0.6:
            return f"1555{self.rng.randrange(10**7):07d}"
        number = self.phones[user.id] = self.phones.get(user.id, 0) + 1
        return "PDA" if number == 1 else f"PDA {number}"

    def _serial(self, length: int) -> str:
        return "".join(self.rng.choices(_ALPHABET, k=length))

    def _identify(self, device: Device, model: catalog.Model) -> None:
        rng = self.rng
        if device.platform in ("iOS", "macOS"):
            device.serial, device.udid = self._serial(10), f"{rng.getrandbits(160):040x}"
        elif rng.random() < 0.96:
            device.serial = (
                f"R5C{self._serial(8)}" if device.platform == "Android" else self._serial(7)
            )
        if model.cellular:
            device.imei = f"{rng.randrange(10**14, 10**15)}"
            device.imsi = f"310410{rng.randrange(10**9):09d}"
            device.operator = rng.choice(catalog.OPERATORS)
        if rng.random() < 0.7:
            device.ip_address = (
                f"10.{device.id >> 8 & 255}.{device.id & 255}.{rng.randrange(2, 250)}"
            )
        if rng.random() < 0.1:
            device.comment = rng.choice(
                ("leased until 2027", "lent; ask \u201eIT\u201c", 'said: "mine"', "50 % paid")
            )

    def _times(self, device: Device) -> None:
        """Last contact mostly today, registration within three years; a pending registration has
        neither."""
        rng, now = self.rng, self.blueprint.now
        registered = int(rng.random() ** 2 * 1000 * DAY) // 1000 * 1000
        kind = rng.random()
        span = DAY if kind < 0.8 else 30 * DAY if kind < 0.95 else 200 * DAY
        device.created = now - registered - HOUR
        if device.status in _NO_DETAILS:
            return
        device.registered = now - registered
        device.connected = now - min(int(rng.random() * span), registered) // 1000 * 1000
        if rng.random() < 0.8:
            device.client_connected = device.connected

    def _health(self, device: Device) -> None:
        """About one in eight is not compliant. A jailbroken Android device has compliance 0
        (vendor's note)."""
        rng = self.rng
        if device.status in _NO_DETAILS or rng.random() >= 0.13:
            if device.status == "ACTIVE" and rng.random() < 0.01:
                device.blocked = 0x200
            return
        if device.platform == "Android" and rng.random() < 0.1:
            device.compromised = True
            return
        for bit in rng.choices(
            self.bits, cum_weights=self.bit_weights, k=rng.choice((1, 1, 1, 2, 3))
        ):
            device.compliance |= bit
        device.compromised = bool(device.compliance & 0x1)
        if rng.random() < 0.35:
            device.quarantined = self._some(device.compliance)
        if rng.random() < 0.25:
            device.blocked = self._some(device.compliance)

    def _some(self, bits: int) -> int:
        """At least one of the bits."""
        found = bits & self.rng.getrandbits(24)
        return found or bits

    def _place(self, device: Device) -> None:
        """The space whose criteria the device fulfils, and static labels by chance."""
        rng, spaces = self.rng, {space.name: space.id for space in self.built.spaces}
        if "EMEA" in spaces and device.country == "Germany":
            device.space_id = spaces["EMEA"]
        elif "Retail & Kiosk" in spaces and device.user.principal.startswith("kiosk-"):
            device.space_id = spaces["Retail & Kiosk"]
        elif len(spaces) > 3 and rng.random() < 0.3:
            device.space_id = rng.randrange(4, len(spaces) + 1)
            device.comment = f"space {device.space_id}"
        if device.status != "RETIRED":
            device.labels = frozenset(
                label.id
                for label, share in self.static
                if rng.random() < share and label.space_id in (GLOBAL_SPACE, device.space_id)
            )

    def _old_registration(self, current: Device) -> Device:
        """The registration which `current` replaced: the lower id, another uuid, the same hardware,
        older times."""
        old = current.copy()
        current.id = self._next_id()
        # fmt: off
        changes: dict[str, Any] = {"uuid": guid(self.rng), "status": "RETIRED", "labels": frozenset(), "quarantined": 0,
                                   "registered": (current.registered or self.blueprint.now) - 200 * DAY,
                                   "connected": (current.registered or self.blueprint.now) - DAY}
        # fmt: on
        for name, value in changes.items():
            setattr(old, name, value)
        old.created = old.registered or 0
        return old


def _name(device: Device, text: str) -> None:
    """Give a device a hostile name and, in the first spaces, a comment of the same text."""
    device.name = text
    if device.space_id <= len(catalog.SPACES) + 1:
        device.comment = text
