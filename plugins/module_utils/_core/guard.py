# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps destructive actions from doing more harm than an author agreed to. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .device import Device
from .plan import Limits

# Without limits of the author's: so many devices, or this share of the fleet, whichever is less, and at least one, for a
# stolen phone has to be wiped in a fleet of twenty, too.
DEFAULT_DEVICES = 10
DEFAULT_PERCENT = 1

# Kinds of lines of a journal.
BEFORE, AFTER = "before", "after"

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Identity:
    """What a device must still be when something destructive is sent to it."""

    id: str
    guid: str
    serial: str
    owner: str
    state: str

    @classmethod
    def of(cls, device: Device) -> Identity:
        """The identity of a device as it was read."""
        return cls(device.id, device.guid, device.serial, device.email or device.uid, device.state)


def server_name(url: str) -> str:
    """What a journal calls a server: however its address is written, its limits are the same."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}"


def confirmation(action: str, server: str, devices: Sequence[Device], parameters: Mapping[str, Any], secret: Iterable[str]) -> str:
    """What ``confirm`` must be for exactly this: the number of devices and a digest of the exact list.

    The list has each device's id, guid, serial number, owner and state. ``secret``: parameters of which only the presence
    counts.
    """
    hidden = set(secret)
    shown = {name: "given" if name in hidden else value for name, value in parameters.items()}
    listed = sorted(list(vars(Identity.of(device)).values()) for device in devices)
    digest = hashlib.sha256(json.dumps([action, server, shown, listed], sort_keys=True).encode()).hexdigest()
    return f"{len(devices)}-{digest[:16]}"


def allowed(limits: Limits, fleet: int) -> int:
    """To how many devices something destructive may be done within the window. ``fleet``: devices on the server."""
    percent = DEFAULT_PERCENT if limits.max_percent is None and limits.max_devices is None else limits.max_percent
    most = DEFAULT_DEVICES if limits.max_devices is None else limits.max_devices
    if percent is None:
        return most
    share = fleet * percent / 100
    rounded = max(1, int(share)) if limits.max_percent is None else int(share)
    return min(most, rounded)


def recent(lines: Iterable[Mapping[str, Any]], *, server: str, since: float) -> int:
    """How many requests to a server a journal says were about to be sent since a time, in seconds since 1970."""
    of_server = (line for line in lines if line.get("phase") == BEFORE and line.get("server") in (server, None))
    return sum(_number(line.get("at")) >= since for line in of_server)


def too_many(planned: int, before: int, most: int, window: int) -> str:
    """The sentence that refuses a plan, or ""."""
    if not planned or planned + before <= most:
        return ""
    journal = f"the journal has {before} more of the last {window} s, those of other runs and lines that cannot be read included"
    earlier = f", and {journal}" if before else ""
    return (
        f"Refused: the plan does something destructive to {planned} devices{earlier}; {most} are allowed; nothing was sent. Look "
        "at the plan with --check, then choose fewer devices, wait, or raise max_devices or max_percent."
    )


def changed_since(planned: Sequence[Device], now: Sequence[Device]) -> str:
    """The sentence that refuses to send because devices are no longer what the plan says, or ""."""
    current = {device.id: Identity.of(device) for device in now}
    others = [device.title for device in planned if current.get(device.id) != Identity.of(device)]
    if not others:
        return ""
    return (
        f"Refused: since the plan was made these devices changed or vanished: {', '.join(others[:20])}; nothing was sent. Look at "
        "the plan again with --check."
    )


def _number(raw: Any) -> float:
    # A line that cannot be read counts as a recent one.
    return float(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else float("inf")
