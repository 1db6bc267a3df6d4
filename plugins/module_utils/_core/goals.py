# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Goals of devices that an author lists one by one, or selects all with the same goal. Pure, for
every kind of goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .device import Device, DeviceRef, parse_ref
from .errors import OptionError
from .selection import NAME_KINDS

Goal = TypeVar("Goal")


@dataclass(frozen=True)
class Desired(Generic[Goal]):
    """``named``: a goal for each device named; ``shared``: the goal of every device that is
    selected instead.

    ``noun``: what the goals are about, for messages.
    """

    shared: Goal
    named: tuple[tuple[DeviceRef, Goal], ...]
    noun: str

    def for_each(self, devices: Iterable[Device]) -> list[tuple[Device, Goal]]:
        """The goal of each device found.

        Raises OptionError for a device that was named twice, by id and by guid, with goals that
        differ.
        """
        if not self.named:
            return [(device, self.shared) for device in devices]
        goals = {(ref.kind, ref.value): goal for ref, goal in self.named}
        pairs = []
        for device in devices:
            mine = [
                goals[key]
                for kind in ("id", "guid")
                if (key := (kind, NAME_KINDS[kind](device).lower())) in goals
            ]
            if any(goal != mine[0] for goal in mine):
                raise OptionError(
                    f"devices: {device.title} is named twice, as {device.id} and as {device.guid}, "
                    f"with {self.noun} that differ; keep one of the two."
                )
            pairs.append((device, mine[0]))
        return pairs


def read_named(
    devices: Iterable[object], noun: str, read: Callable[[DeviceRef, object, str], Goal]
) -> tuple[tuple[DeviceRef, Goal], ...]:
    """Read the option ``devices``, whose entries are ids, guids, or mappings of ``device`` and
    ``noun``.

    ``read`` makes the goal of a device, of its own value (None when it has none) and the place
    where it stands. Raises OptionError for an entry that is none of these, for a device listed
    twice with different goals, and for none.
    """
    named = []
    for number, entry in enumerate(devices):
        where = f"devices[{number}]"
        if not isinstance(entry, Mapping):
            entry = {"device": entry}
        unknown = sorted(str(key) for key in entry if key not in ("device", noun))
        if unknown or entry.get("device") is None:
            problem = f"unknown key {unknown[0]!r}" if unknown else "no device"
            raise OptionError(
                f"{where}: {problem}; write an id, a guid, or a mapping of device and {noun}."
            )
        ref = parse_ref(entry["device"], where)
        named.append((ref, read(ref, entry.get(noun), where)))
    if not named:
        raise OptionError("devices: is empty; name at least one device, or use select.")
    seen: dict[DeviceRef, Goal] = {}
    for ref, goal in named:
        if seen.setdefault(ref, goal) != goal:
            raise OptionError(
                f"devices: {ref.value} is listed twice with {noun} that differ; keep one of the "
                "two."
            )
    return tuple(named)
