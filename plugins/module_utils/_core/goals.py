# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Goals of devices: an author lists devices one by one, or selects many with the same goal. Pure.

It is the same for every kind of goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .device import Device, DeviceRef, parse_ref
from .errors import OptionError

Goal = TypeVar("Goal")


@dataclass(frozen=True)
class Desired(Generic[Goal]):
    """The goals of a task.

    Attributes:
        shared: The goal of every device that is selected.
        named: A goal for each device that is named instead.
        noun: What the goals are about, for messages.
    """

    shared: Goal
    named: tuple[tuple[DeviceRef, Goal], ...]
    noun: str

    @property
    def every(self) -> tuple[Goal, ...]:
        """The goals that the author wrote, whether or not there is a device for them. What many
        devices share is there once."""
        every = {id(goal): goal for goal in (self.shared, *(goal for _ref, goal in self.named))}
        return tuple(every.values())

    def for_each(self, devices: Iterable[Device]) -> list[tuple[Device, Goal]]:
        """Return each device with its goal.

        Raises:
            OptionError: A device was named twice, by id and by guid, with different goals.
        """
        if not self.named:
            return [(device, self.shared) for device in devices]
        by_id = {ref.value: goal for ref, goal in self.named if ref.kind == "id"}
        by_guid = {ref.value: goal for ref, goal in self.named if ref.kind == "guid"}
        pairs = []
        for device in devices:
            if device.id not in by_id:
                pairs.append((device, by_guid[device.guid]))
                continue
            goal = by_id[device.id]
            if by_guid.get(device.guid, goal) != goal:
                raise OptionError(
                    f"devices: {device.title} is named twice, as {device.id} and as {device.guid}, "
                    f"with {self.noun} that differ; keep one of the two."
                )
            pairs.append((device, goal))
        return pairs


def read_named(
    devices: Iterable[object], noun: str, read: Callable[[DeviceRef, object, str], Goal]
) -> tuple[tuple[DeviceRef, Goal], ...]:
    """Read the option ``devices``, whose entries are ids, guids, or mappings of ``device`` and the
    noun. A mapping may say the server of the device and its host, which are checked elsewhere.

    Args:
        devices: The entries.
        noun: The key of a goal in a mapping.
        read: Makes the goal of a device. It gets the device, the value that the entry has for the
            noun (or None), and the place of the entry for messages.

    Raises:
        OptionError: There are no entries, an entry is something else, or a device is listed twice
            with different goals.
    """
    named = []
    for number, entry in enumerate(devices):
        where = f"devices[{number}]"
        name, raw = _read_entry(entry, noun, where)
        ref = parse_ref(name, where)
        named.append((ref, read(ref, raw, where)))
    if not named:
        raise OptionError("devices: is empty; name at least one device, or use select.")
    seen: dict[tuple[str, str], Goal] = {}
    for ref, goal in named:
        known = seen.setdefault((ref.kind, ref.value), goal)
        # Most tasks have one goal, and to compare it with itself takes longer than to look.
        if known is not goal and known != goal:
            raise OptionError(
                f"devices: {ref.value} is listed twice with {noun} that differ; keep one of the "
                "two."
            )
    return tuple(named)


# Where a device comes from; see hosts.require_own.
_ORIGIN = ("server", "host")


def _read_entry(entry: object, noun: str, where: str) -> tuple[object, object]:
    """Return the name of the device in an entry, and what the entry has for the noun."""
    if isinstance(entry, (int, str)):
        return entry, None
    name, raw = entry, None
    unknown: list[str] = []
    if isinstance(entry, Mapping):
        name, raw = entry.get("device"), entry.get(noun)
        unknown = sorted(str(key) for key in entry if key not in ("device", noun, *_ORIGIN))
    if unknown or name is None:
        problem = f"unknown key {unknown[0]!r}" if unknown else "the key device is missing"
        raise OptionError(
            f"{where}: {problem}; write an id, a guid, or a mapping of device and {noun}."
        )
    if raw is None and isinstance(entry, Mapping) and noun in entry:
        raise OptionError(
            f"{where}.{noun}: is null, so that the device would be as the others; give it a value, or "
            "leave it out."
        )
    return name, raw
