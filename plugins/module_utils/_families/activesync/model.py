# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices, the choice of them, and the planner that allows, blocks and wipes them. Pure.

Source: "API Reference Document for MobileIron WebService" (Core 10.8), section "Exchange ActiveSync
(EAS)".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ..._core.compared import why_not_among
from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import fold, plain
from ..._core.plan import INELIGIBLE, PROTECTED, Change, LeftAlone, Plan
from ..._core.selection import parse_seconds
from ..._core.vocabulary import PLATFORM, values_of

ALLOWED, BLOCKED, WIPED = "allowed", "blocked", "wiped"
STATES = (ALLOWED, BLOCKED, WIPED)

# Why no row can have what a query compares a field with.
WHY_NOT = why_not_among({"state": STATES, "platform": values_of(PLATFORM)})

# The word for them in messages, the word for wiping them in the journal, and the word for those
# whose state is not clear in results.
NOUN = "ActiveSync devices"
WIPE = "activesync_wipe"
UNCLEAR = "unclear"


@dataclass(frozen=True)
class EasDevice:
    """An ActiveSync device: a mailbox on a device, which may be registered or not.

    Attributes:
        uuid: Its id.
        state: Allowed, blocked or wiped, by the group that it is listed in; "" if the server
            contradicts itself.
        registered: Whether the device is registered, or None if neither group nor status say it.
        platform: Its operating system in the words of the vocabulary, or "".
        first_sync: The first synchronisation, as ISO 8601 in UTC, or None.
        last_sync: The last synchronisation, in the same form.
        device_guid: The guid of the registered device, or "".
        unclear: How the server contradicts itself, or "".
        synced: The last synchronisation in seconds since 1970, or None.
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
    device_guid: str = ""
    action_source: str = ""
    unclear: str = ""
    synced: float | None = None

    @property
    def id(self) -> str:
        """The text that distinguishes it from the others; uuids have no case."""
        return self.uuid.lower()

    @property
    def guid(self) -> str:
        """The guid of the registered device."""
        return self.device_guid

    @property
    def serial(self) -> str:
        """The id by which ActiveSync distinguishes devices."""
        return self.device_id

    @property
    def owner(self) -> str:
        """Its user."""
        return self.user or self.mailbox

    @property
    def title(self) -> str:
        """The words for it in messages and diffs, in one line."""
        owner = "".join(char if char.isprintable() else " " for char in self.owner)
        return (
            f"ActiveSync device {self.uuid} ({owner})"
            if owner
            else f"ActiveSync device {self.uuid}"
        )

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify it in a result."""
        return {
            "uuid": self.uuid,
            "user": self.user,
            "mailbox": self.mailbox,
            "device_id": self.device_id,
            "device_guid": self.device_guid,
        }

    @property
    def row(self) -> dict[str, Any]:
        """All of it, as ``activesync_device_info`` shows it."""
        names = [field.name for field in fields(self) if field.name != "synced"]
        found = {name: getattr(self, name) for name in names}
        return {**found, "state": self.state or None, "unclear": self.unclear or None}


# The kinds of names of an ActiveSync device, and how to get each from the model. All are compared
# without case.
NAMED_BY: Mapping[str, Callable[[EasDevice], str]] = {
    "uuid": lambda device: device.uuid,
    "user": lambda device: device.user,
    "mailbox": lambda device: device.mailbox,
    "device_id": lambda device: device.device_id,
    "device": lambda device: device.device_guid,
}

# The keys of ``select`` and of ``protected`` for each kind of name; ``devices`` are read by the
# caller.
LISTS = {"uuids": "uuid", "users": "user", "mailboxes": "mailbox", "device_ids": "device_id"}


@dataclass(frozen=True)
class EasFilter:
    """Which ActiveSync devices are selected. A device must meet every part that is given.

    Attributes:
        names: For each kind the names of which a device must have one.
        states: The states of which a device must have one.
        registered: Whether the device must be registered, or None.
        synced_before: The last synchronisation must be before, in seconds since 1970.
        not_synced_within: The last synchronisation must be longer ago, in seconds. If it is not
            known, a device meets neither of the two.
    """

    names: Mapping[str, tuple[str, ...]]
    states: tuple[str, ...] = ()
    registered: bool | None = None
    synced_before: float | None = None
    not_synced_within: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves out any device."""
        return self != EasFilter({})

    @property
    def refs(self) -> tuple[DeviceRef, ...]:
        """Every name."""
        return tuple(DeviceRef(kind, name) for kind, names in self.names.items() for name in names)

    def pick(self, devices: Iterable[EasDevice], now: float) -> tuple[EasDevice, ...]:
        """Return the devices that are selected.

        Args:
            devices: What the server has.
            now: Seconds since 1970.
        """
        limits = [] if self.synced_before is None else [self.synced_before]
        if self.not_synced_within is not None:
            limits.append(now - self.not_synced_within)
        before = min(limits, default=None)
        wanted = [(NAMED_BY[kind], _folded(names)) for kind, names in self.names.items()]
        found = []
        for device in devices:
            is_named = all(fold(of(device)) in names for of, names in wanted)
            if is_named and self._fits(device, before):
                found.append(device)
        return tuple(found)

    def _fits(self, device: EasDevice, before: float | None) -> bool:
        if self.states and device.state not in self.states:
            return False
        if self.registered is not None and device.registered is not self.registered:
            return False
        return before is None or (device.synced is not None and device.synced < before)


def parse_filter(options: Mapping[str, Any], synced_before: float | None) -> EasFilter:
    """Read the options of ``select``, all but ``query`` and ``devices``.

    Args:
        options: The keys of ``select`` and their values.
        synced_before: The key ``last_sync_before`` as seconds since 1970.

    Raises:
        OptionError: A list is empty, a name is not possible, or a time span is not a time span.
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
    """Read names of one kind, each once.

    Args:
        raw: The names.
        where: The name of the option, for messages.

    Raises:
        OptionError: A name is empty, or neither text nor a number.
    """
    found = []
    for number, name in enumerate(raw):
        is_name = isinstance(name, (str, int)) and not isinstance(name, bool)
        text = plain(str(name)) if is_name else ""
        if not text:
            raise OptionError(
                f"{where}[{number}]: {name!r} is not a name; give it as activesync_device_info "
                "shows it."
            )
        found.append(text)
    return tuple(dict.fromkeys(found))


def unknown_names(refs: Iterable[DeviceRef], devices: Iterable[EasDevice]) -> tuple[DeviceRef, ...]:
    """Return the names that no ActiveSync device has."""
    known = {(kind, fold(of(device))) for device in devices for kind, of in NAMED_BY.items()}
    return tuple(ref for ref in refs if (ref.kind, fold(ref.value)) not in known)


def protected_by(options: Mapping[str, Any], devices: Sequence[EasDevice]) -> dict[str, str]:
    """Return why no run may touch some devices.

    Args:
        options: The option ``protected``.
        devices: What the server has.

    Returns:
        The reason for each protected device, by its id.

    Raises:
        OptionError: No device has a name, which may be misspelt.
    """
    found: dict[str, str] = {}
    for key, kind in LISTS.items():
        names = parse_names(options.get(key) or (), f"protected.{key}")
        if not names:
            continue
        unknown = unknown_names([DeviceRef(kind, name) for name in names], devices)
        if unknown:
            names_unknown = ", ".join(ref.value for ref in unknown)
            raise OptionError(
                f"protected.{key}: no ActiveSync device has {names_unknown}; nothing was sent. Correct or "
                "remove it."
            )
        folded = _folded(names)
        matching = (device for device in devices if fold(NAMED_BY[kind](device)) in folded)
        found.update(
            (device.id, f"protected: its {kind.replace('_', ' ')} is named there")
            for device in matching
        )
    return found


def plan_activesync(
    devices: Iterable[EasDevice], state: str, protected: Mapping[str, str], *, include_wiped: bool
) -> Plan:
    """Plan a state for ActiveSync devices.

    A device whose state is not clear is left alone, and so is a wiped one without
    ``include_wiped``: the document does not say whether it can be allowed or blocked, and it may
    have been stolen.

    Args:
        devices: The devices.
        state: The wanted state.
        protected: For the id of each device that no run may touch, the reason.
        include_wiped: Whether wiped devices are tried as well.
    """
    changes, unchanged, left = [], [], []
    for device in devices:
        if device.state == state:
            unchanged.append(device)
        elif device.id in protected:
            left.append(LeftAlone(device, PROTECTED, protected[device.id]))
        elif device.unclear:
            reason = f"its state is not clear: {device.unclear}"
            left.append(LeftAlone(device, INELIGIBLE, reason))
        elif device.state == WIPED and not include_wiped:
            reason = "it was wiped; set include_wiped=true to try it all the same"
            left.append(LeftAlone(device, INELIGIBLE, reason))
        else:
            before, after = {"state": device.state}, {"state": state}
            harm = harm_of("activesync_device", state)
            changes.append(Change(device, before, after, state, harm=harm))
    return Plan(tuple(changes), tuple(unchanged), tuple(left))


def is_whole(chosen: Sequence[EasDevice], every: Sequence[EasDevice]) -> bool:
    """Return whether a choice has all devices that are not wiped yet, and more than one.

    Args:
        chosen: The chosen devices.
        every: What the server has.
    """
    remaining = sum(device.state != WIPED for device in every)
    return remaining > 1 and sum(device.state != WIPED for device in chosen) >= remaining


def in_order(devices: Iterable[EasDevice]) -> tuple[EasDevice, ...]:
    """Return devices by their users, then by their uuids."""
    return tuple(sorted(devices, key=lambda device: (device.user.casefold(), device.id)))


def counted(devices: Iterable[EasDevice]) -> dict[str, int]:
    """Return how many devices have each state, and how many have no clear one."""
    found = Counter(device.state or UNCLEAR for device in devices)
    return {state: found[state] for state in (*STATES, UNCLEAR)}


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, names))
