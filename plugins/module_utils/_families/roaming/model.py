# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roaming of devices, and its planner. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.plan import INELIGIBLE, Change, LeftAlone, Plan
from ..._core.wording import first_of


@dataclass(frozen=True)
class Roaming:
    """Whether a device may use voice and data abroad; None if the server does not know."""

    voice: bool | None
    data: bool | None

    def shown(self) -> dict[str, Any]:
        """Return the roaming for results and diffs."""
        return {"voice": self.voice, "data": self.data}


# Why the roaming of a device cannot be set.
NOT_IOS = "it is not an iOS device"
VOICE_OFF = "voice roaming is off"
NOT_KNOWN = "its roaming settings are not known"
NOT_THERE = "a device in the state {0} takes no roaming settings"

# What is said of such devices, and how many of them are named.
_REFUSALS = {
    NOT_IOS: "Refused: roaming can be set only on iOS devices, and {0} {1} not; nothing was "
    "written.",
    VOICE_OFF: "Refused: data roaming needs voice roaming, which is off on {0}; set voice as well.",
    NOT_KNOWN: "Refused: the roaming settings of {0} are not known; give both voice and data.",
}
NAMED = 20


def parse_roaming(voice: bool | None, data: bool | None) -> Roaming:
    """Read the options of device_roaming.

    Raises:
        OptionError: None is given, or data is on without voice.
    """
    if voice is None and data is None:
        raise OptionError("voice and data: at least one of them is needed.")
    if voice is False and data:
        raise OptionError(
            "data: cannot be on where voice is off, because the server turns data off with "
            "voice; change one of the two."
        )
    return Roaming(voice, data)


def plan_roaming(
    wanted: Roaming, now: Iterable[tuple[Device, Roaming]], never_in: Collection[str] = ()
) -> Plan:
    """Plan to set roaming.

    What is left out stays as it is, but voice off turns data off, too. The call takes both values.
    So a device is refused if one value is neither known nor given, and so is any device but iOS.

    Args:
        wanted: The wanted roaming.
        now: The devices with their present roaming.
        never_in: The states in which the document excludes it, or nobody is there to carry it out.
    """
    changes, unchanged, left = [], [], []
    for device, have in now:
        goal = _goal(wanted, have)
        if device.platform != "ios":
            left.append(LeftAlone(device, INELIGIBLE, NOT_IOS))
        elif device.state in never_in and goal != have:
            left.append(LeftAlone(device, INELIGIBLE, NOT_THERE.format(device.state)))
        elif wanted.data and goal.voice is False:
            left.append(LeftAlone(device, INELIGIBLE, VOICE_OFF))
        elif goal.voice is None or goal.data is None:
            left.append(LeftAlone(device, INELIGIBLE, NOT_KNOWN))
        elif goal == have:
            unchanged.append(device)
        else:
            harm = harm_of("device_roaming", "off" if _turns_off(have, goal) else "on")
            changes.append(Change(device, have.shown(), goal.shown(), goal, harm=harm))
    return Plan(tuple(changes), tuple(unchanged), tuple(left), tuple(_refusals(left)))


def _turns_off(have: Roaming, goal: Roaming) -> bool:
    """Return whether something is turned off that is on, or may be."""
    pairs = ((have.voice, goal.voice), (have.data, goal.data))
    return any(now is not False and wanted is False for now, wanted in pairs)


def _refusals(left: Sequence[LeftAlone]) -> Iterator[str]:
    """Return a sentence for each reason, with the devices that it is for."""
    titles: dict[str, list[str]] = {}
    for one in left:
        titles.setdefault(one.reason, []).append(one.subject.title)
    for reason, sentence in _REFUSALS.items():
        found = titles.get(reason, [])
        if found:
            who = first_of(found, NAMED)
            yield sentence.format(who, "is" if len(found) == 1 else "are")
    gone = [f"{one.subject.title}: {one.reason}" for one in left if one.reason not in _REFUSALS]
    if gone:
        named = first_of(gone, NAMED, "; ")
        yield f"Refused: {named}; nothing was written. Leave them out, or select status=active."


def _goal(wanted: Roaming, have: Roaming) -> Roaming:
    """Return both values after the call. They are None if they are neither given nor known."""
    voice = have.voice if wanted.voice is None else wanted.voice
    if voice is False:
        return Roaming(voice, data=False)
    return Roaming(voice, have.data if wanted.data is None else wanted.data)
