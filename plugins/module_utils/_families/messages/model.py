# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to devices, and what can be set and read of single devices of EPMM: roaming and
location. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.plan import Change, Limits, Plan


@dataclass(frozen=True)
class Message:
    """A message. ``subject`` is of an e-mail alone."""

    mode: str
    text: str
    subject: str = ""


def parse_message(params: Mapping[str, Any], modes: Sequence[str], product: str) -> Message:
    """Read the options of device_message.

    Args:
        params: the options ``mode``, ``text`` and ``subject``.
        modes: the ways of a message that the product has.
        product: its name.

    Raises:
        OptionError: the product lacks the mode, or a text is empty.
    """
    mode, text, subject = params["mode"], params["text"], params["subject"]
    if mode not in modes:
        raise OptionError(
            f"mode: {mode} is not supported by {product}, which knows {', '.join(modes)}."
        )
    if not str(text or "").strip():
        raise OptionError("text: is empty; say something.")
    if subject is not None and mode != "email":
        raise OptionError(f"subject: is of an e-mail alone, and mode is {mode}; remove it.")
    return Message(mode, str(text), str(subject or ""))


def plan_message(
    message: Message, devices: Iterable[Device], limits: Limits, fleet: int | None
) -> Plan:
    """Send a message to every device: whether one was read cannot be seen, so that it always is a
    change."""
    changes = tuple(
        Change(device, {}, {"text": message.text, "mode": message.mode}, message)
        for device in devices
    )
    return Plan(changes, refusals=limits.refusals(changes=len(changes), fleet=fleet))


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
    refusals += limits.refusals(changes=len(changes), fleet=fleet)
    return Plan(tuple(changes), tuple(unchanged), refusals=tuple(refusals))


def location_row(device: Device, location: Mapping[str, Any] | None) -> dict[str, Any]:
    """What ``device_location_info`` answers of a device; every key of a device whose place is not
    known is null."""
    known = location or {}
    # fmt: off
    return {
        **device.identity, "found": bool(location), "latitude": known.get("latitude"), "longitude": known.get("longitude"),
        "radius": known.get("radius"), "source": known.get("source"), "captured_at": known.get("captured_at"),
    }
    # fmt: on
