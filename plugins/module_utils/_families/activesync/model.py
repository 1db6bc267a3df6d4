# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices, which of them an author means, and the planner that allows, blocks and wipes
them. Pure.

Source: "API Reference Document for MobileIron WebService" (Core 10.8), section "Exchange ActiveSync
(EAS)".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.plan import INELIGIBLE, PROTECTED, Change, LeftAlone, Plan
from ..._core.selection import parse_seconds

ALLOWED, BLOCKED, WIPED = "allowed", "blocked", "wiped"
STATES = (ALLOWED, BLOCKED, WIPED)

# What sentences call them, what the journal calls wiping them, and how the number is called of
# those that are not clear.
NOUN = "ActiveSync devices"
WIPE = "activesync_wipe"
UNCLEAR = "unclear"


@dataclass(frozen=True)
class EasDevice:
    """An ActiveSync device: a mailbox on a device, be that registered or not.

    ``state``: allowed, blocked or wiped, by the group that it is listed in; "" where the server
    contradicts itself, and then ``unclear`` says how. ``registered`` is None where neither group
    nor status say it. ``device_uuid``: of the device that is registered, in lower case, or "".
    Times are ISO 8601 in UTC, or None; ``synced`` is the last one in seconds since 1970.
    """

    uuid: str
    state: str
    registered: bool | None = None
    user: str = ""
    mailbox: str = ""
    domain: str = ""
    device_id: str = ""
    phone: str = ""
    model: str = ""
    platform: str = ""
    platform_code: str = ""
    status: str = ""
    activesync_status: str = ""
    first_sync: str | None = None
    last_sync: str | None = None
    device_uuid: str = ""
    action_source: str = ""
    unclear: str = ""
    synced: float | None = None

    @property
    def id(self) -> str:
        """What tells it from the others; uuids are the same in any case."""
        return self.uuid.lower()

    @property
    def guid(self) -> str:
        """The registered device that it is."""
        return self.device_uuid

    @property
    def serial(self) -> str:
        """What ActiveSync tells devices apart by."""
        return self.device_id

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.user or self.mailbox

    @property
    def title(self) -> str:
        """What messages and diffs call it, in one line whatever its user is called."""
        owner = "".join(char if char.isprintable() else " " for char in self.owner)
        return (
            f"ActiveSync device {self.uuid} ({owner})"
            if owner
            else f"ActiveSync device {self.uuid}"
        )

    @property
    def identity(self) -> Mapping[str, str]:
        """How a result names it."""
        return {
            "uuid": self.uuid,
            "user": self.user,
            "mailbox": self.mailbox,
            "device_id": self.device_id,
            "device_uuid": self.device_uuid,
        }

    @property
    def row(self) -> dict[str, Any]:
        """All of it, as ``activesync_device_info`` shows it."""
        found = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "synced"
        }
        return {**found, "state": self.state or None, "unclear": self.unclear or None}


# How an ActiveSync device is named, and where its name stands in the model. All are compared
# without case.
NAMED_BY: Mapping[str, Callable[[EasDevice], str]] = {
    "uuid": lambda device: device.uuid,
    "user": lambda device: device.user,
    "mailbox": lambda device: device.mailbox,
    "device_id": lambda device: device.device_id,
    "device": lambda device: device.device_uuid,
}

# The keys of ``select`` and of ``protected`` that name them by each kind; ``devices`` are read by
# the caller.
LISTS = {"uuids": "uuid", "users": "user", "mailboxes": "mailbox", "device_ids": "device_id"}


@dataclass(frozen=True)
class EasFilter:
    """Which ActiveSync devices are meant: each part narrows, and of the values of a part one is
    enough.

    ``names``: by kind the names of which it must have one. ``synced_before``: seconds since 1970,
    ``not_synced_within``: seconds before now; one whose last synchronisation nobody knows fits
    neither.
    """

    names: Mapping[str, tuple[str, ...]]
    states: tuple[str, ...] = ()
    registered: bool | None = None
    synced_before: float | None = None
    not_synced_within: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves any out."""
        return self != EasFilter({})

    @property
    def refs(self) -> tuple[DeviceRef, ...]:
        """Every name."""
        return tuple(DeviceRef(kind, name) for kind, names in self.names.items() for name in names)

    def pick(self, devices: Iterable[EasDevice], now: float) -> tuple[EasDevice, ...]:
        """Those that are meant. ``now``: seconds since 1970."""
        limits = (
            self.synced_before,
            None if self.not_synced_within is None else now - self.not_synced_within,
        )
        before = min((limit for limit in limits if limit is not None), default=None)
        wanted = [(NAMED_BY[kind], _folded(names)) for kind, names in self.names.items()]
        return tuple(
            device
            for device in devices
            if all(of(device).casefold() in names for of, names in wanted)
            and (not self.states or device.state in self.states)
            and (self.registered is None or device.registered is self.registered)
            and (before is None or (device.synced is not None and device.synced < before))
        )


def parse_filter(options: Mapping[str, Any], synced_before: float | None) -> EasFilter:
    """Read the options of ``select``, but for ``query`` and ``devices``. ``synced_before``: what
    last_sync_before says.

    Raises OptionError for an empty list, a name that can be none, or a time span that is none.
    """
    for name, value in options.items():
        if value in ("", []):
            raise OptionError(
                f"select.{name}: is empty, which would choose all of them or none; remove it or "
                "fill it."
            )
    span = options.get("not_synced_within")
    return EasFilter(
        names={
            kind: parse_names(options[key], f"select.{key}")
            for key, kind in LISTS.items()
            if options.get(key) is not None
        },
        states=tuple(options.get("statuses") or ()),
        registered=options.get("registered"),
        synced_before=synced_before,
        not_synced_within=None if span is None else parse_seconds(span, "select.not_synced_within"),
    )


def parse_names(raw: Sequence[Any], where: str) -> tuple[str, ...]:
    """Names of one kind, each once. Raises OptionError for one that is empty, or no text or
    number."""
    found = []
    for number, one in enumerate(raw):
        text = str(one).strip() if isinstance(one, (str, int)) and not isinstance(one, bool) else ""
        if not text:
            raise OptionError(
                f"{where}[{number}]: {one!r} is no name; give it as activesync_device_info shows "
                "it."
            )
        found.append(text)
    return tuple(dict.fromkeys(found))


def unknown_names(refs: Iterable[DeviceRef], devices: Iterable[EasDevice]) -> tuple[DeviceRef, ...]:
    """The names that no ActiveSync device has."""
    known = {(kind, of(device).casefold()) for device in devices for kind, of in NAMED_BY.items()}
    return tuple(ref for ref in refs if (ref.kind, ref.value.casefold()) not in known)


def protected_by(options: Mapping[str, Any], devices: Sequence[EasDevice]) -> dict[str, str]:
    """By id those that no run may touch, and why. Raises OptionError for a name that none has,
    which may be misspelt."""
    found: dict[str, str] = {}
    for key, kind in LISTS.items():
        names = parse_names(options.get(key) or (), f"protected.{key}")
        if not names:
            continue
        unknown = unknown_names([DeviceRef(kind, name) for name in names], devices)
        if unknown:
            told = ", ".join(ref.value for ref in unknown)
            raise OptionError(
                f"protected.{key}: no ActiveSync device has {told}; nothing was sent. Correct or "
                "remove it."
            )
        folded = _folded(names)
        kept = (device for device in devices if NAMED_BY[kind](device).casefold() in folded)
        found.update(
            (device.id, f"protected: its {kind.replace('_', ' ')} is named there")
            for device in kept
        )
    return found


def plan_activesync(
    devices: Iterable[EasDevice], state: str, protected: Mapping[str, str], *, include_wiped: bool
) -> Plan:
    """Bring ActiveSync devices to a state. ``protected``: by id the reason why no run may touch it.

    One of which the server does not say clearly what it is takes no action, and neither does a
    wiped one without ``include_wiped``: whether it can be allowed or blocked the document does not
    say, and it may have been stolen.
    """
    changes, unchanged, left = [], [], []
    for device in devices:
        if device.state == state:
            unchanged.append(device)
        elif device.id in protected:
            left.append(LeftAlone(device, PROTECTED, protected[device.id]))
        elif device.unclear:
            reason = f"what it is cannot be told: {device.unclear}"
            left.append(LeftAlone(device, INELIGIBLE, reason))
        elif device.state == WIPED and not include_wiped:
            reason = "it was wiped; set include_wiped=true to try it all the same"
            left.append(LeftAlone(device, INELIGIBLE, reason))
        else:
            changes.append(Change(device, {"state": device.state}, {"state": state}, state))
    return Plan(tuple(changes), tuple(unchanged), tuple(left))


def is_whole(chosen: Sequence[EasDevice], every: Sequence[EasDevice]) -> bool:
    """Whether a choice is all that there are and that were not wiped yet, and more than one."""
    left = sum(device.state != WIPED for device in every)
    return left > 1 and sum(device.state != WIPED for device in chosen) >= left


def in_order(devices: Iterable[EasDevice]) -> tuple[EasDevice, ...]:
    """By their users, then by their uuids."""
    return tuple(sorted(devices, key=lambda device: (device.user.casefold(), device.id)))


def counted(devices: Iterable[EasDevice]) -> dict[str, int]:
    """How many there are in each state, and how many of which that cannot be told."""
    found = Counter(device.state or UNCLEAR for device in devices)
    return {state: found[state] for state in (*STATES, UNCLEAR)}


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
