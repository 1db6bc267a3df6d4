# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roaming of devices, and its planner. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.plan import Change, Limits, Plan


@dataclass(frozen=True)
class Roaming:
    """Whether a device may use voice and data abroad; None where the server does not know."""

    voice: bool | None
    data: bool | None

    def shown(self) -> dict[str, Any]:
        """As results and diffs have it."""
        return {"voice": self.voice, "data": self.data}


def parse_roaming(voice: bool | None, data: bool | None) -> Roaming:
    """Read the options of device_roaming. Raises OptionError when none is given, and for data
    without voice."""
    if voice is None and data is None:
        raise OptionError("voice and data: at least one of them is needed.")
    if voice is False and data:
        raise OptionError(
            "data: cannot be on where voice is off, for the server turns data off with voice; "
            "change one of the two."
        )
    return Roaming(voice, data)


def plan_roaming(
    wanted: Roaming, now: Iterable[tuple[Device, Roaming]], limits: Limits, fleet: int | None
) -> Plan:
    """Set roaming where it differs. What is left out stays as it is, and voice off turns data off,
    too.

    The call takes both values, so that a device of which one is not known and not given is refused;
    and so is a device of another platform than iOS.
    """
    changes, unchanged, refusals = [], [], []
    for device, have in now:
        if device.platform != "ios":
            refusals.append(
                f"Refused: roaming can be set on iOS devices alone, and {device.title} is none; "
                "nothing was written."
            )
            continue
        voice = have.voice if wanted.voice is None else wanted.voice
        data = False if voice is False else have.data if wanted.data is None else wanted.data
        if wanted.data and voice is False:
            refusals.append(
                f"Refused: data roaming needs voice roaming, which is off on {device.title}; set "
                "voice as well."
            )
        elif voice is None or data is None:
            refusals.append(
                f"Refused: what roaming {device.title} has is not known; give both voice and data."
            )
        elif Roaming(voice, data) == have:
            unchanged.append(device)
        else:
            changes.append(
                Change(device, have.shown(), Roaming(voice, data).shown(), Roaming(voice, data))
            )
    return Plan(
        tuple(changes),
        tuple(unchanged),
        refusals=(*refusals, *limits.refusals(changes=len(changes), fleet=fleet)),
    )
