# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles: the configurations and policies of devices, their status, and what becomes of one that
is pushed again.

Sources: "Device Management", Get Profiles for a Device and Re-push Profiles for a Device (of the
statuses, only Applied is documented); "MobileIron WebService", Application Settings
(configurations, counts). A configuration reaches the ACTIVE devices of its labels. Those which are
not the server's own are taken off a device that is quarantined. Which policies a device has is for
`policies` to say; a default policy for documents comes on top, as in the documents' example.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from uem_emulator.epmm.world.location import later
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.policies import Fleet, Policies, Policy
from uem_emulator.epmm.world.setting_catalog import SETTINGS, Setting
from uem_emulator.epmm.world.world import World
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches

APP, POLICY = "APP", "POLICY"
KINDS = (APP, POLICY)
APPLIED, PENDING, SENT, ERROR = "Applied", "Pending", "Sent", "Error"
STATUSES = (APPLIED, PENDING, SENT, ERROR)
#: As in the documents' example. "Policies" knows nothing of its type.
_DOCS = (-7, "Default Docs@Work Policy", "DOCS")
_WITH_DOCS = frozenset(("iOS", "Android"))


@dataclass(frozen=True)
class Profile:
    """A configuration or policy on a device. Ids are unique within a kind only. `updated` is epoch
    milliseconds."""

    kind: str
    id: int
    name: str
    type: str
    uuid: str | None
    status: str
    updated: int


@dataclass(frozen=True)
class Mark:
    """What is noted of a profile on a device. `sticks`: the status which it ends in however often
    it is pushed, if it is such a one."""

    status: str
    updated: int
    sticks: str | None = None


@dataclass(frozen=True)
class Counts:
    """The devices of a configuration by what has become of it. Where it failed no count has
    them."""

    applied: int = 0
    pending: int = 0
    quarantined: int = 0


def _seeded(number: int, setting: int) -> tuple[str, str | None]:
    """Status of a configuration on a device, and whether it sticks: one in 40 is stuck, some of
    them for good."""
    drawn = (number * 7919 + setting * 104729 + 31) % 997
    if drawn >= 25:
        return APPLIED, None
    status = (PENDING, SENT, ERROR)[drawn % 3]
    return status, status if status == ERROR and drawn % 2 == 0 else None


def _policy_uuid(policy: Policy) -> str:
    if policy.default:
        return f"misystem-default-{policy.profile_type.lower()}-policy"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"policy {policy.id}"))


class Profiles:
    """The profiles of one world. What is pushed again is Pending, Sent when the device checks in,
    and Applied the next time; when that is says the switch `action_settle`."""

    def __init__(self, world: World, fleet: Fleet, policies: Policies, switches: Switches) -> None:
        self.settings: dict[int, Setting] = {setting.id: setting for setting in SETTINGS}
        self._world = world
        self._fleet = fleet
        self._policies = policies
        self._marks: dict[tuple[int, str, int], Mark] = {}
        self._waiting: dict[int, set[tuple[str, int]]] = {}
        self._lag = Lag(switches, self._check_in, "action_settle")
        self._revision = 0
        self._counted: tuple[Hashable, dict[int, Counts]] | None = None

    # --- settings ---------------------------------------------------------------------------------------------------

    def labels_of(self, setting: Setting) -> list[tuple[int, str]]:
        """Ids and names of the labels which a setting is applied to."""
        known = {label.name: label.id for label in self._world.labels.values()}
        return [(known[name], name) for name in setting.labels if name in known]

    def drop(self, setting: Setting) -> None:
        """The setting is gone, from the devices too."""
        del self.settings[setting.id]
        self._revision += 1

    def of_setting(self, setting: Setting) -> set[int]:
        """The devices which a setting reaches, quarantined ones included."""
        found: set[int] = set()
        for label_id, _name in self.labels_of(setting):
            found |= self._fleet.members(label_id)
        return found & self._fleet.active()

    def counts(self, setting: Setting) -> Counts:
        """Remembered until something changes."""
        key = (self._fleet.revision(), self._revision)
        if self._counted is None or self._counted[0] != key:
            self._counted = (key, {one.id: self._count(one) for one in self.settings.values()})
        return self._counted[1][setting.id]

    def _count(self, setting: Setting) -> Counts:
        found: Counter[str] = Counter()
        for number in self.of_setting(setting):
            removed = self._removed(setting, self._world.devices[number])
            found["quarantined" if removed else self._mark(number, APP, setting.id).status] += 1
        return Counts(found[APPLIED], found[PENDING] + found[SENT], found["quarantined"])

    def settings_of(self, device: Device) -> list[tuple[Setting, bool]]:
        """The settings of a device, and whether each is on it: not where a quarantine has taken it
        off, or where it has been taken off all (one device in twenty still lists those)."""
        if device.status != "ACTIVE":
            return []
        had = {label.name for label in self._world.labels_of(device)}
        found = []
        for setting in self.settings.values():
            gone = not setting.labels and device.id % 20 == 7
            if gone or had.intersection(setting.labels):
                found.append((setting, not gone and not self._removed(setting, device)))
        return found

    @staticmethod
    def _removed(setting: Setting, device: Device) -> bool:
        return bool(device.quarantined) and not setting.system

    # --- profiles ---------------------------------------------------------------------------------------------------

    def of_device(self, device: Device) -> list[Profile]:
        """Policies first, each kind by id. None where the device is not ACTIVE."""
        return [*self._policies_of(device), *self._configurations_of(device)]

    def _configurations_of(self, device: Device) -> Iterator[Profile]:
        for setting in sorted(
            (one for one, there in self.settings_of(device) if there), key=lambda one: one.id
        ):
            mark = self._mark(device.id, APP, setting.id)
            yield Profile(
                APP, setting.id, setting.name, setting.type, None, mark.status, mark.updated
            )

    def _policies_of(self, device: Device) -> Iterator[Profile]:
        """Those which the device has, and those which it is yet to get: pending."""
        policies = self._policies
        rows = [
            (
                policy.id,
                policy.name,
                policy.profile_type,
                _policy_uuid(policy),
                device.id not in policies.holders(policy),
            )
            for policy in policies.by_id.values()
            if device.id in policies.holders(policy) or device.id in policies.awaiting(policy)
        ]
        if device.status == "ACTIVE" and device.platform in _WITH_DOCS:
            rows.append((*_DOCS, "misystem-default-docs-policy", False))
        for number, name, kind, key, waits in sorted(rows):
            mark = self._mark(device.id, POLICY, number)
            yield Profile(
                POLICY, number, name, kind, key, PENDING if waits else mark.status, mark.updated
            )

    def _mark(self, number: int, kind: str, profile: int) -> Mark:
        """What is noted, or what the seed says."""
        noted = self._marks.get((number, kind, profile))
        if noted is not None:
            return noted
        device = self._world.devices[number]
        status, sticks = _seeded(number, profile) if kind == APP else (APPLIED, None)
        contact = device.connected or device.registered or device.created
        return Mark(status, contact - (profile * 7919 + number) % 997, sticks)

    def set(self, device: Device, kind: str, number: int, changes: dict[str, Any]) -> None:
        """Note something of a profile.

        Args:
            device: The device which has it.
            kind: APP or POLICY.
            number: The id of the profile.
            changes: Some of status, updated and sticks (a status or None).

        Raises:
            ValueError: A value is unknown.
        """
        mark = Mark(**{**vars(self._mark(device.id, kind, number)), **changes})
        if (
            mark.status not in STATUSES
            or mark.sticks not in (None, *STATUSES)
            or not _is_number(mark.updated)
        ):
            raise ValueError(
                f"status and sticks are one of {', '.join(STATUSES)}, updated is epoch milliseconds"
            )
        self._marks[device.id, kind, number] = mark
        self._revision += 1

    # --- pushing again ----------------------------------------------------------------------------------------------

    @property
    def pending(self) -> int:
        """How many devices have something yet to take."""
        return self._lag.pending

    def push(self, device: Device, profiles: Iterable[Profile]) -> None:
        """Push profiles of a device again, and note it with the device."""
        for row in profiles:
            mark = self._mark(device.id, row.kind, row.id)
            self._marks[device.id, row.kind, row.id] = Mark(
                PENDING, later(self._world.now, mark.updated), mark.sticks
            )
            self._waiting.setdefault(device.id, set()).add((row.kind, row.id))
            device.actions += (
                {"action": "PUSH_PROFILE", "at": self._world.now, "id": row.id, "type": row.kind},
            )
        self._revision += 1
        if device.id in self._waiting:
            self._lag.wrote(device.id)

    def _check_in(self, number: int) -> None:
        """A device checks in: what is pending is sent to it, what was sent is there."""
        left: set[tuple[str, int]] = set()
        for kind, profile in self._waiting.pop(number, set()):
            key = (number, kind, profile)
            mark = self._marks[key]
            if mark.status == PENDING:
                self._marks[key] = Mark(SENT, mark.updated, mark.sticks)
                left.add((kind, profile))
            else:
                self._marks[key] = Mark(
                    mark.sticks or APPLIED, later(self._world.now, mark.updated), mark.sticks
                )
        self._revision += 1
        if left and number in self._world.devices:
            self._waiting[number] = left
            self._lag.wrote(number)

    def before_read(self) -> None:
        """Carry out what is due by now."""
        self._lag.before_read()

    def settle(self) -> None:
        """Every device takes now what waits for it."""
        while self._lag.pending:
            self._lag.settle()

    def switches_changed(self) -> None:
        """Carry out all that waits, where nothing waits any more."""
        if self._lag.at_once:
            self.settle()


def _is_number(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)
