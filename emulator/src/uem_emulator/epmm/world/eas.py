# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ActiveSync devices: a mailbox on a device, whether or not that device is registered.

Source: "MobileIron WebService", section "Exchange ActiveSync (EAS)": fields, groups, sources of an
action. `easUuid` of a registered device names its own. What the actions do beyond these groups is a
switch.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from uem_emulator.blueprint import DAY, HOUR, guid
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.world import World
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches

DOMAIN = "corp.example.com"
#: Action -> the state which it leads to.
TARGETS = {"BLOCK_DEVICE": "Blocked", "REINSTATE_DEVICE": "Allowed", "WIPE": "Wiped"}
STATES = tuple(TARGETS.values())
#: actionSource -> how the details of one device write it.
SOURCES = {
    "EXCHANGE": "Exchange",
    "AUTOBLOCK": "Auto",
    "POLICY": "Policy",
    "MANUAL": "Manual",
    "UNKNOWN": "Unknown",
}
#: In the order of the document.
GROUPS = (
    "registeredAllowed",
    "registeredBlocked",
    "unregisteredAllowed",
    "unregisteredBlocked",
    "wiped",
)
#: Of these, 11 is the document's. What is not a phone or tablet says nothing of itself.
_PLATFORMS = {"iOS": 11, "Android": 10, "Windows": 8}
_AGENTS = {
    "iOS": ("iPhone", "Apple-iPhone/1805.226", "Appl"),
    "Android": ("SamsungDevice", "Android-Mail/2025.01", "androidc"),
}
_OTHER_AGENT = ("WindowsMail", "MSFT-WIN-4/10.0.22631", "WIN")
_MANUALLY_BLOCKED = 0x200
_GONE = frozenset(("RETIRED", "WIPED", "VERIFICATION_PENDING"))
#: (user, mailbox, model) of those who have never been registered.
# fmt: off
_UNREGISTERED = (
    ("{{ 7*7 }}", "template", "iPhone"), ("jürgen.öz", "jürgen.öz", "SM-A546B"), ("日本.太郎", "taro", "Pixel 8"),
    ("first\nsecond", "lines", "<b>bold</b>"), ("CORP\\jdoe", "jdoe113", "iPad"), ("jdoe113", "jdoe113", "iPhone"),
    ("jdoe113", "jdoe113", "Outlook for iOS and Android"), ("a/b", "../wipe", "{% raw %}"), ("", "shared mailbox", "TC58"),
)
# fmt: on
#: How many of these there are for each device of the fleet.
_SHARE = 0.15


def eas_uuid(device: Device) -> str | None:
    """The ActiveSync device id of a registered device; None for one without a mailbox."""
    if device.user.email is None or device.connected is None or device.id % 3:
        return None
    return str(uuid.uuid5(uuid.NAMESPACE_OID, device.uuid))


@dataclass(eq=False)
class Mailbox:
    """One ActiveSync device. `device_uuid` is the registration which it belongs to; None
    if there is none. `state` is Allowed, Blocked or Wiped; `source` says who made it so. Times are
    epoch milliseconds; `last` is None before the first synchronisation. `actions` is what was asked for
    and counted, oldest first: action, at."""

    number: int
    uuid: str
    user: str
    mailbox: str
    model: str
    domain: str = DOMAIN
    device_id: str = ""
    device_uuid: str | None = None
    phone: str = ""
    platform: str = "iOS"
    platform_code: int = 11
    state: str = "Allowed"
    source: str = "EXCHANGE"
    first: int = 0
    last: int | None = None
    wipe_supported: bool = True
    recovery_password: str = ""
    actions: tuple[dict[str, Any], ...] = field(default=())


_SETTABLE = {item.name for item in fields(Mailbox)} - {"number", "uuid", "device_uuid", "actions"}


class Eas:
    """The ActiveSync devices of one world, by uuid. An action waits for the switch `action_settle`,
    as those on devices do: until then lists show what was before."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        self._rng = random.Random(f"eas {world.blueprint.seed}")
        self._lag = Lag(switches, self._carry_out, "action_settle")
        self._waiting: dict[int, list[tuple[Mailbox, str]]] = {}
        self._seen: set[str] = set()
        #: Devices which may have got one; a look at all of them after each change would take long in a large world.
        self._changed: dict[int, None] = dict.fromkeys(world.devices)
        world.watchers.append(self._notice)
        self._number = 0
        self.by_uuid: dict[str, Mailbox] = {}
        self._add_new_mailboxes(odd=True)
        for place in range(int(len(world.devices) * _SHARE)):
            self._add_unregistered(place)

    @property
    def pending(self) -> int:
        """The number of ActiveSync devices for which an action waits."""
        return self._lag.pending

    def _notice(self, device_id: int) -> None:
        self._changed[device_id] = None

    # --- making ---------------------------------------------------------------------------------------------------------

    def _add(self, known_uuid: str | None = None, **given: Any) -> Mailbox:
        """A new one; its password for recovery looks like a real one."""
        rng, self._number = self._rng, self._number + 1
        given.setdefault(
            "recovery_password", f"{rng.getrandbits(40):010X}-{rng.getrandbits(24):06X}"
        )
        made = Mailbox(self._number, known_uuid or guid(rng), **given)
        made.device_id = made.device_id or f"{_agent(made)[2]}{rng.getrandbits(44):011X}"
        self.by_uuid[made.uuid] = made
        return made

    def _add_new_mailboxes(self, *, odd: bool = False) -> None:
        """Devices which have come since get their own. `odd`: as in a new world, where some have
        more, or are not allowed."""
        changed, self._changed = self._changed, {}
        for device in (
            self._world.devices[device_id]
            for device_id in changed
            if device_id in self._world.devices
        ):
            known = eas_uuid(device)
            if known is not None and known not in self._seen:
                self._seen.add(known)
                self._add_registered(device, known, len(self._seen) if odd else 0)

    def _add_registered(self, device: Device, known: str, place: int) -> None:
        """Every fourth has an older device, unregistered by now, at the same mailbox."""
        owner = {
            "user": device.user.principal,
            "mailbox": device.user.principal.partition("@")[0],
            "phone": device.phone,
        }
        state, source = "Allowed", "EXCHANGE"
        if device.blocked:
            state, source = "Blocked", "MANUAL" if device.blocked & _MANUALLY_BLOCKED else "POLICY"
        elif place % 8 == 3:
            state, source = "Blocked", "AUTOBLOCK"
        elif place % 16 == 6:
            state, source = "Wiped", "MANUAL"
        first = min(device.registered or 0, device.connected or 0)
        self._add(
            known,
            **owner,
            model=device.model,
            device_uuid=device.uuid,
            state=state,
            source=source,
            first=first,
            last=device.connected,
            wipe_supported=place % 20 != 5,
            **_platform(device.platform),
        )
        if place % 4 == 1:
            self._add(
                **owner,
                model=device.model,
                state="Blocked" if place % 8 == 1 else "Allowed",
                source="UNKNOWN" if place % 8 == 1 else "EXCHANGE",
                first=first - 400 * DAY,
                last=first - DAY,
                **_platform(device.platform),
            )

    def _add_unregistered(self, place: int) -> None:
        rng, (user, mailbox, model) = self._rng, _UNREGISTERED[place % len(_UNREGISTERED)]
        if place >= len(_UNREGISTERED):
            user = mailbox = f"guest{place:05d}"
        first = self._world.now - rng.randrange(30 * DAY, 700 * DAY)
        last = None if place % 10 == 8 else self._world.now - rng.randrange(HOUR, 30 * DAY)
        state, source = (("Allowed", "EXCHANGE"), ("Blocked", "AUTOBLOCK"), ("Allowed", "MANUAL"))[
            place % 3
        ]
        if place % 9 == 4:
            state, source = "Wiped", "MANUAL"
        self._add(
            user=user,
            mailbox=mailbox,
            model=model,
            state=state,
            source=source,
            first=first,
            last=last,
            **_platform(rng.choice(tuple(_PLATFORMS))),
        )

    # --- reading --------------------------------------------------------------------------------------------------------

    def before_read(self) -> None:
        """Carry out what is due by now."""
        self._lag.before_read()

    def device(self, mailbox: Mailbox) -> Device | None:
        """The registration it belongs to, while that lasts."""
        found = (
            self._world.by_uuid.get(mailbox.device_uuid)
            if mailbox.device_uuid is not None
            else None
        )
        return None if found is None or found.status in _GONE else found

    def find(self, key: str) -> Mailbox | None:
        """Return the ActiveSync device of a uuid, None where there is none."""
        self._add_new_mailboxes()
        return self.by_uuid.get(key.lower())

    def groups(self) -> dict[str, list[Mailbox]]:
        """All of them, each in one of GROUPS."""
        self._add_new_mailboxes()
        found: dict[str, list[Mailbox]] = {name: [] for name in GROUPS}
        for mailbox in self.by_uuid.values():
            found[self.group(mailbox)].append(mailbox)
        return found

    def group(self, mailbox: Mailbox) -> str:
        """Return which of GROUPS an ActiveSync device is in."""
        if mailbox.state == "Wiped":
            return "wiped"
        return f"{'unregistered' if self.device(mailbox) is None else 'registered'}{mailbox.state}"

    # --- acting -----------------------------------------------------------------------------------------------------------

    def order(self, mailbox: Mailbox, action: str, *, effect: bool = True) -> bool:
        """Let an ActiveSync device carry out an action.

        Args:
            mailbox: The ActiveSync device.
            action: One of TARGETS.
            effect: Whether anything is done at all.

        Returns:
            Whether the action counts for it.
        """
        counted, done = self._effect_of(mailbox, TARGETS[action])
        if done and effect:
            mailbox.actions += ({"action": action, "at": self._world.now},)
            self._waiting.setdefault(mailbox.number, []).append((mailbox, TARGETS[action]))
            self._lag.wrote(mailbox.number)
        return counted

    def _effect_of(self, mailbox: Mailbox, target: str) -> tuple[bool, bool]:
        """Whether it counts, and whether anything is done."""
        if mailbox.state == target:
            return (self._switches["eas_repeated_action"] == "counted",) * 2
        if mailbox.state == "Wiped":
            return (target == "Allowed" and self._switches["eas_reinstate_wiped"] == "allowed",) * 2
        if target == "Wiped" and not mailbox.wipe_supported:
            return self._switches["eas_wipe_unsupported"] == "counted", False
        return True, True

    def _carry_out(self, number: int) -> None:
        for mailbox, target in self._waiting.pop(number, ()):
            mailbox.state, mailbox.source = target, "MANUAL"
            device = self.device(mailbox)
            if (
                device is None
                or target == "Wiped"
                or self._switches["eas_block_reason"] == "unchanged"
            ):
                continue
            blocked = device.blocked | _MANUALLY_BLOCKED if target == "Blocked" else 0
            if blocked != device.blocked:
                self._world.set_fields(device, {"blocked": blocked})

    def settle(self) -> None:
        """Carry out all that waits now."""
        self._lag.settle()

    def switches_changed(self) -> None:
        """Carry out all that waits, where nothing waits any more."""
        if self._lag.at_once:
            self.settle()

    # --- for the control calls ----------------------------------------------------------------------------------------------

    def create(self, given: Mapping[str, Any], device: Device | None) -> Mailbox:
        """Add an ActiveSync device and return it.

        Args:
            given: Some of its fields.
            device: The registration which it belongs to; None for none.

        Raises:
            ValueError: A field or value is unknown.
        """
        _check(given)
        self._add_new_mailboxes()
        plain = {
            "user": "jdoe113",
            "mailbox": "jdoe113",
            "model": "iPhone",
            "first": self._world.now - DAY,
            "last": self._world.now - HOUR,
        }
        if device is not None:
            plain |= {
                "user": device.user.principal,
                "mailbox": device.user.principal,
                "model": device.model,
                "phone": device.phone,
                **_platform(device.platform),
            }
        return self._add(**{**plain, **given}, device_uuid=None if device is None else device.uuid)

    def change(self, mailbox: Mailbox, given: Mapping[str, Any]) -> None:
        """Set fields of an ActiveSync device; all or none. Raises ValueError."""
        _check(given)
        for name, value in given.items():
            setattr(mailbox, name, value)

    def remove(self, mailbox: Mailbox) -> None:
        """It does not come back, although its device stays."""
        self._add_new_mailboxes()
        self.by_uuid.pop(mailbox.uuid, None)

    def truth(self, mailbox: Mailbox) -> dict[str, Any]:
        """Everything, with its group."""
        return {
            **{item.name: getattr(mailbox, item.name) for item in fields(Mailbox)},
            "group": self.group(mailbox),
        }


def _platform(name: str) -> dict[str, Any]:
    return {"platform": name, "platform_code": _PLATFORMS.get(name, 0)}


def _agent(mailbox: Mailbox) -> tuple[str, str, str]:
    """The type, the user agent, and how an id begins."""
    return _AGENTS.get(mailbox.platform, _OTHER_AGENT)


def agent(mailbox: Mailbox) -> tuple[str, str]:
    """The type and the user agent."""
    return _agent(mailbox)[:2]


def _check(given: Mapping[str, Any]) -> None:
    unknown = sorted(set(given) - _SETTABLE)
    if unknown:
        raise ValueError(
            f"an ActiveSync device has no {', '.join(unknown)}; it has "
            f"{', '.join(sorted(_SETTABLE))}"
        )
    for name, known in (("state", STATES), ("source", tuple(SOURCES))):
        if given.get(name, known[0]) not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}")
