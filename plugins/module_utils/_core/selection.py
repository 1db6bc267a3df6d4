# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selections: which devices a task is about, named one by one or selected by their fields. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .attributes import Values, clean_map
from .device import Device, DeviceRef, parse_ref
from .errors import OptionError
from .names import fold, is_placeholder, mailed, mailed_sentence, parse_name, plain, require_short
from .vocabulary import parse_mac, select_value
from .wording import kind_of

# The kinds of names that a device has, and how to get each from the model. Names are compared
# without case: e-mail addresses and guids are the same in any case, and serial numbers are printed
# in capitals but typed in either.
NAME_KINDS: Mapping[str, Callable[[Device], str]] = {
    "id": lambda device: device.id,
    "guid": lambda device: device.guid,
    "serial_number": lambda device: device.serial,
    "email": lambda device: device.email,
    "user": lambda device: device.uid,
    "phone_number": lambda device: device.phone,
    "wifi_mac_address": lambda device: device.mac,
}

# The option of ``select`` that names devices by each kind.
# fmt: off
SELECT_LISTS = {
    "ids": "id", "guids": "guid", "serial_numbers": "serial_number", "emails": "email", "users": "user",
    "phone_numbers": "phone_number", "wifi_mac_addresses": "wifi_mac_address",
}
# fmt: on

# The other keys of ``select`` that not every product knows.
NARROWING = ("custom_attributes", "ldap_attributes", "labels")

# The fields of the vocabulary that ``select`` has keys for.
SELECT_FIELDS = (
    "platform",
    "status",
    "ownership",
    "compliant",
    "quarantined",
    "blocked",
    "jailbroken",
    "supervised",
)

# The digits that a phone number must have: many devices have numbers that end with fewer.
SHORTEST_PHONE = 5

# The country codes of ITU-T E.164, and what a server may put before a number.
_COUNTRY = re.compile(
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-69]|35|37|38|42|50|59|67|68|69|80|85|87|88|96|97|99)[0-9])0?"
)

_EMAIL = re.compile(r"[^@<>,;:\"]+@[^@\s<>,;:\"]+")
# Longer numbers are years that nobody means.
_PARTS = (rf"(?:([0-9]{{1,9}}){unit})?" for unit in "dhms")
_DURATION = re.compile("".join(_PARTS))
_CLOCK = re.compile(r"[0-9]{1,9}")
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z|([+-])(\d\d):?(\d\d))?",
    re.ASCII | re.IGNORECASE,
)

# Servers write a check-in that never was as nothing, as 0, or as a time about 1970.
_FIRST_TIME = 365 * 86400


@dataclass(frozen=True)
class Before:
    """A point in time that something must have been before.

    Attributes:
        moment: Seconds since 1970, or None.
        ago: Seconds before now, if there is no ``moment``.
    """

    moment: float | None = None
    ago: int = 0

    def fits(self, stamp: float | None, now: float) -> bool:
        """Return whether a time was before. What never was, was not.

        Args:
            stamp: Seconds since 1970, or None.
            now: Seconds since 1970.
        """
        limit = now - self.ago if self.moment is None else self.moment
        return stamp is not None and _FIRST_TIME <= stamp < limit


@dataclass(frozen=True)
class Selection:
    """Which devices are selected.

    Attributes:
        names: Names of devices. A device that has any of them is selected, if it meets everything
            else of the selection.
        attributes: Device fields and the value that each must have.
        custom_attributes: Custom device attributes and the values that each must have, among others.
        ldap_attributes: Custom LDAP attributes and the values that each must have.
        registered_within: Seconds since the registration, at most.
        last_seen_within: Seconds since the last check-in, at most.
        last_seen_before: When the last check-in must have been. No server is asked for it.
        filter: An expression in the product's own language.
        labels: Ids or names of labels; a device must have at least one of them.
        statuses: Statuses; a device must have one of them.
        partitions: Ids or names of the partitions to look in; all of them when empty.
        queried: Fields that a query of the author looks at, after the server answered.
        own: The device fields that have keys of their own, such as ``status``.
        where: The option that it was read from, for messages.
    """

    names: tuple[DeviceRef, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    custom_attributes: Mapping[str, Values] = field(default_factory=dict)
    ldap_attributes: Mapping[str, Values] = field(default_factory=dict)
    registered_within: int | None = None
    last_seen_within: int | None = None
    last_seen_before: Before | None = None
    filter: str = ""
    labels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    queried: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    where: str = "select"

    def option(self, key: str) -> str:
        """Return the option of a key, for messages."""
        return f"{self.where}.{key}" if self.where else key

    def option_of(self, name: str) -> str:
        """Return the option that a device field was given in, for messages."""
        return self.option(name if name in self.own else f"attributes.{name}")

    @property
    def narrows(self) -> bool:
        """Whether anything besides names restricts the devices."""
        # fmt: off
        return any((
            self.attributes, self.custom_attributes, self.ldap_attributes, self.filter, self.labels, self.statuses,
            self.registered_within is not None, self.last_seen_within is not None,
            self.last_seen_before is not None,
        ))
        # fmt: on

    @property
    def decides(self) -> Mapping[str, str]:
        """The fields that decide which devices are selected, each with its option."""
        spans = {
            "registered_at": ("registered_within", self.registered_within),
            "last_seen_at": ("last_seen_within", self.last_seen_within),
        }
        return {
            **dict.fromkeys(self.queried, self.option("query")),
            **{name: self.option_of(name) for name in self.attributes},
            **{name: self.option(key) for name, (key, span) in spans.items() if span is not None},
        }

    @property
    def uses(self) -> frozenset[str]:
        """The keys of ``select`` in use, of those that not every product knows."""
        kinds = {ref.kind for ref in self.names}
        lists = {option for option, kind in SELECT_LISTS.items() if kind in kinds}
        return frozenset(lists.union(name for name in NARROWING if getattr(self, name)))


@dataclass(frozen=True)
class Found:
    """The result of a search for devices.

    Attributes:
        devices: The devices, in the order of their ids.
        missing: The names that no device has.
        fleet: How many devices the server has in the partitions looked in, or None if they were not
            counted.
        unseen: A sentence about where the account does not see devices, or "".
        others: Devices that have one of the missing names, and do not meet the rest of the selection.
        narrowed: That rest, as an author gave it, or "".
    """

    devices: tuple[Device, ...]
    missing: tuple[DeviceRef, ...] = ()
    fleet: int | None = None
    unseen: str = ""
    others: tuple[Device, ...] = ()
    narrowed: str = ""

    @property
    def reasons(self) -> dict[DeviceRef, str]:
        """Why there is no device for a missing name, where more is known than that there is none."""
        if not self.narrowed:
            return {}
        names = Names(self.missing)
        states = {ref: one.state for one in self.others for ref in names.of(one)}
        return {
            ref: f"exists, is {states[ref]}, and does not meet {self.narrowed}"
            if ref in states
            else f"no device that meets {self.narrowed} has this {ref.kind.replace('_', ' ')}"
            for ref in self.missing
        }

    def seeing(self, devices: Iterable[Device]) -> Found:
        """Return the same with the devices among these that have one of the missing names."""
        if not self.missing:
            return self
        names = Names(self.missing)
        return replace(self, others=tuple(one for one in devices if names.of(one)))

    @property
    def notes(self) -> list[str]:
        """What an author should know if devices were not found, and may be somewhere else."""
        lacking = not self.devices or self.missing
        return [self.unseen] if self.unseen and lacking else []

    def noting(self, sentence: str) -> Found:
        """Return the same with one more sentence about what the account does not see."""
        unseen = " ".join(filter(None, (self.unseen, sentence)))
        return replace(self, unseen=unseen)

    @classmethod
    def of(cls, devices: Iterable[Device], names: Sequence[DeviceRef], fleet: int | None) -> Found:
        """Keep the devices that are named, or all of them if nothing is named.

        Args:
            devices: What the server has.
            names: The names.
            fleet: How many devices there are, or None.
        """
        return cls(*pick_named(names, devices), fleet) if names else cls(tuple(devices), (), fleet)


def parse_select(
    options: Mapping[str, object], *, partitions: Iterable[object] = (), where: str = "select"
) -> Selection:
    """Read the options of ``select``, all but ``query``.

    Args:
        options: The keys of ``select`` and their values.
        partitions: The option ``spaces``.
        where: The option, for messages.

    Raises:
        OptionError: A list or value is empty, a name is not possible, or a time is not a time.
    """
    given = _given(options, where)
    within, before = _last_seen(given, where)
    return Selection(
        names=tuple(
            dict.fromkeys(
                parse_device_name(kind, value, f"{where}.{option}")
                for option, kind in SELECT_LISTS.items()
                for value in _list(given.get(option))
            )
        ),
        attributes=_fields(given, where),
        custom_attributes=_values(given.get("custom_attributes"), f"{where}.custom_attributes"),
        ldap_attributes=_values(given.get("ldap_attributes"), f"{where}.ldap_attributes"),
        registered_within=_seconds(given.get("registered_within"), f"{where}.registered_within"),
        last_seen_within=within,
        last_seen_before=before,
        filter=str(given.get("filters", "")),
        labels=tuple(
            dict.fromkeys(
                parse_name(raw, f"{where}.labels", "label") for raw in _list(given.get("labels"))
            )
        ),
        partitions=tuple(str(part) for part in partitions),
        own=frozenset(name for name in SELECT_FIELDS if name in given),
        where=where,
    )


def _given(options: Mapping[str, object], where: str) -> dict[str, object]:
    """Return the options that have a value.

    Raises:
        OptionError: There are none, or one is empty.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if not given:
        raise OptionError(f"{where}: is empty; give at least one of its keys.")
    for name, value in given.items():
        if value in ("", [], {}) or (isinstance(value, str) and not value.strip()):
            raise OptionError(
                f"{where}.{name}: is empty, which would select every device or none; remove it or "
                "fill it."
            )
    return given


class Names:
    """Names of devices, to find out quickly which of them a device has."""

    def __init__(self, names: Iterable[DeviceRef]) -> None:
        # Tuples, because most have one name, and a list of one takes half as much memory again.
        self._by_kind: dict[str, dict[str, tuple[DeviceRef, ...]]] = {}
        for ref in names:
            same, value = self._by_kind.setdefault(ref.kind, {}), fold(ref.value)
            same[value] = (*same.get(value, ()), ref)

    def of(self, device: Device) -> list[DeviceRef]:
        """Return the names that a device has."""
        found: list[DeviceRef] = []
        for kind, refs in self._by_kind.items():
            have = fold(NAME_KINDS[kind](device))
            if kind != "phone_number":
                found += refs.get(have, ())
                continue
            for digits, same in refs.items():
                if has_number(have, digits):
                    found += same
        return found


def has_number(have: str, wanted: str) -> bool:
    """Return whether a phone number, as digits, is the one that is wanted, perhaps with its country
    code.

    A server may keep a number with it where an author gives it without, and may put it before a
    number that has the zero of national calls, or in place of that zero. Most countries dial 00
    for the + before a country code.
    """
    return have in (wanted, wanted.removeprefix("00")) or any(
        have.endswith(part) and _COUNTRY.fullmatch(have.removesuffix(part)) is not None
        for part in (wanted, wanted.removeprefix("0"))
    )


def require_one_number(devices: Iterable[Device], names: Iterable[DeviceRef]) -> None:
    """Check that no phone number without its country code is that of several people.

    Args:
        devices: The devices that were found.
        names: The names that they were looked for by.

    Raises:
        OptionError: One is.
    """
    devices = list(devices)
    for ref in names:
        if ref.kind != "phone_number":
            continue
        found = {
            (one.phone, fold(one.uid)): one for one in devices if has_number(one.phone, ref.value)
        }
        if len(found) > 1:
            listed = ", ".join(f"{one.title} has {one.phone}" for one in found.values())
            raise OptionError(
                f"select.phone_numbers: {ref.value!r} is the number of several: {listed}; nothing "
                "was done. Give it with its country code, or name the devices by their ids."
            )


def pick_named(
    names: Sequence[DeviceRef], devices: Iterable[Device]
) -> tuple[tuple[Device, ...], tuple[DeviceRef, ...]]:
    """Return the devices that have one of the names, and the names that no device has.

    Raises:
        OptionError: A phone number is that of several people.
    """
    devices = list(devices)
    require_one_number(devices, names)
    wanted = Names(names)
    used: set[DeviceRef] = set()
    picked = []
    for device in devices:
        refs = wanted.of(device)
        used.update(refs)
        if refs:
            picked.append(device)
    return tuple(picked), tuple(ref for ref in names if ref not in used)


def parse_phone(raw: object, where: str) -> str:
    """Return a phone number as its digits.

    Raises:
        OptionError: It is not a phone number.
    """
    digits = re.sub(r"[\s().+-]", "", str(raw))
    if not (digits.isascii() and digits.isdigit() and SHORTEST_PHONE <= len(digits) <= 20):
        raise OptionError(
            f"{where}: {raw!r} is not a phone number; give its digits, without the country code."
        )
    return digits


def parse_email(raw: object, where: str) -> str:
    """Return an e-mail address.

    Raises:
        OptionError: It is not a bare address, such as one with a name beside it.
    """
    text = plain(str(raw))
    if not _EMAIL.fullmatch(text) or not text.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is not an e-mail address; give it like ada@example.com."
        )
    return text


def parse_seconds(raw: object, where: str, *, least: int = 1) -> int:
    """Read a time span and return its seconds.

    Args:
        raw: ``90m``, ``12h``, ``7d``, ``1d12h``, or the vendor's ``dd:hh:mm:ss``.
        where: The name of the option, for messages.
        least: The shortest time in seconds.

    Raises:
        OptionError: It is not a time span, or is shorter than ``least``. Nor is a number without a
            unit: seconds to a computer, days to most authors, and what YAML makes of ``1:12:00:00``.
    """
    text = str(raw).strip().lower()
    match = _DURATION.fullmatch(text)
    if _CLOCK.fullmatch(text) and int(text):
        raise OptionError(
            f"{where}: {raw!r} is not a time span, because it has no unit; write {text}d, {text}h, "
            f"{text}m or {text}s, and what has colons in quotes."
        )
    match = _DURATION.fullmatch(f"{text}s") if _CLOCK.fullmatch(text) else match
    parts = [int(part or 0) for part in match.groups()] if text and match else _clock(text)
    seconds = sum(part * unit for part, unit in zip(parts, (86400, 3600, 60, 1), strict=False))
    if not parts or seconds < least:
        raise OptionError(
            f"{where}: {raw!r} is not a time span; write it like 90m, 12h, 7d, 1d12h or "
            "dd:hh:mm:ss."
        )
    return seconds


def parse_moment(raw: object, where: str) -> float:
    """Read a point in time, such as ``2026-01-31`` or ``2026-01-31T12:00:00Z``.

    Args:
        raw: The text; in UTC where it has no time zone.
        where: The name of the option, for messages.

    Returns:
        Seconds since 1970.

    Raises:
        OptionError: It is not a point in time.
    """
    match = _MOMENT.fullmatch(str(raw).strip())
    parts = [int(part or 0) for part in match.groups() if part not in ("+", "-")] if match else []
    if not match or not _is_time(parts):
        raise OptionError(
            f"{where}: {raw!r} is not a point in time; write it like 2026-01-31 or "
            "2026-01-31T12:00:00Z."
        )
    *moment, hours, minutes = parts if match[7] else [*parts[:6], 0, 0]
    offset = (hours * 3600 + minutes * 60) * (-1 if match[7] == "-" else 1)
    return float(calendar.timegm((*moment, 0, 0, 0)) - offset)


def require_past(moment: float | None, now: float, where: str) -> None:
    """Check that a point in time is not in the future: all that ever was would be before it.

    Args:
        moment: Seconds since 1970, or None. A day more may come of time zones and clocks.
        now: Seconds since 1970.
        where: The name of the option, for messages.

    Raises:
        OptionError: It is.
    """
    if moment is not None and moment > now + 86400:
        raise OptionError(
            f"{where}: is in the future, so that everything would be before it; correct it, or leave it "
            "out."
        )


def _is_time(parts: Sequence[int]) -> bool:
    """Return whether a calendar and a clock have it."""
    year, month, day, hour, minute, second, *offset = parts
    return (
        year > 0
        and 0 < month <= 12
        and 0 < day <= calendar.monthrange(year, month)[1]
        and max(hour, *offset[:1]) < 24
        and max(minute, second, *offset[1:2]) < 60
    )


def _before(raw: object, where: str) -> Before | None:
    """Read a point in time, or how long ago one is.

    Raises:
        OptionError: It is neither.
    """
    if raw is None:
        return None
    if "-" in str(raw).strip()[1:]:
        return Before(moment=parse_moment(raw, where))
    return Before(ago=parse_seconds(raw, where))


def _last_seen(given: Mapping[str, object], where: str) -> tuple[int | None, Before | None]:
    """Read when the last check-in was at the earliest, and before what.

    Raises:
        OptionError: One is not a time, or they exclude each other.
    """
    within_at, before_at = f"{where}.last_seen_within", f"{where}.last_seen_before"
    within = _seconds(given.get("last_seen_within"), within_at)
    before = _before(given.get("last_seen_before"), before_at)
    # Where a point in time lies, only a clock says.
    if before is not None and before.moment is None:
        require_overlap((before_at, before.ago), (within_at, within))
    return within, before


def require_overlap(older: tuple[str, int | None], newer: tuple[str, int | None]) -> None:
    """Check that something can be older than one time span and newer than another.

    Args:
        older: The name of an option, and how many seconds ago something was at least.
        newer: The name of an option, and how many seconds ago it was at most.

    Raises:
        OptionError: Nothing can.
    """
    (one, least), (other, most) = older, newer
    if least is not None and most is not None and most <= least:
        raise OptionError(
            f"{one} and {other}: exclude each other, because nothing was both more than {least} s ago "
            f"and at most {most} s ago; change one of the two. Nothing was done."
        )


def _clock(text: str) -> list[int]:
    parts = text.split(":")
    if not 3 <= len(parts) <= 4 or not all(_CLOCK.fullmatch(part) for part in parts):
        return []
    return [0] * (4 - len(parts)) + [int(part) for part in parts]


def _seconds(raw: object, where: str) -> int | None:
    return None if raw is None else parse_seconds(raw, where)


def _list(raw: object) -> list[object]:
    return raw if isinstance(raw, list) else []


def parse_device_name(kind: str, raw: object, where: str) -> DeviceRef:
    """Read the name of a device.

    Args:
        kind: What the name is, one of NAME_KINDS.
        raw: The name.
        where: Its place, for messages.

    Raises:
        OptionError: No device can have it.
    """
    if kind in ("id", "guid"):
        ref = parse_ref(raw, where)
        if ref.kind != kind:
            raise OptionError(f"{where}: {raw!r} is not a device {kind}.")
        return ref
    if kind in _PARSERS:
        return DeviceRef(kind, _PARSERS[kind](raw, where))
    text = plain(str(raw))
    if not text or not text.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is empty or has control characters; give the "
            f"{kind.replace('_', ' ')} itself."
        )
    require_short(text, where, "device")
    if kind == "user" and mailed(text):
        raise OptionError(f"{where}: {mailed_sentence(raw)}")
    if kind == "serial_number" and is_placeholder(text):
        raise OptionError(f"{where}: {placeholder_sentence(raw)}")
    return DeviceRef(kind, text)


def placeholder_sentence(raw: object) -> str:
    """Return why a text that stands for a missing serial number names no device."""
    return (
        f"{raw!r} stands for a missing serial number, and any number of devices may have it; name "
        "a device by its id or guid."
    )


_PARSERS = {"phone_number": parse_phone, "wifi_mac_address": parse_mac, "email": parse_email}


def _fields(given: Mapping[str, object], where: str) -> dict[str, str]:
    """Read the fields that have keys of their own, and those of ``attributes``.

    Raises:
        OptionError: A value is not possible, or a field is given twice.
    """
    own = {name: given[name] for name in SELECT_FIELDS if name in given}
    more = _texts(given.get("attributes"), f"{where}.attributes")
    twice = next((name for name in own if name in more), None)
    if twice is not None:
        raise OptionError(f"{where}.{twice}: is in {where}.attributes as well; give it once.")
    places = {**dict.fromkeys(own, where), **dict.fromkeys(more, f"{where}.attributes")}
    return {
        name: select_value(name, value, f"{places[name]}.{name}")
        for name, value in {**_texts(own, where), **more}.items()
    }


def _texts(raw: object, where: str) -> dict[str, str]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise OptionError(f"{where}: expected a mapping of names to values, got {kind_of(raw)}.")
    found = {}
    for name, value in raw.items():
        if isinstance(value, (list, tuple, set, Mapping)):
            query = ", or choose among several with query" if where.startswith("select") else ""
            raise OptionError(
                f"{where}.{name}: takes one value, and got a {kind_of(value)} ({value!r}); give one"
                f"{query}."
            )
        if isinstance(value, float) and "version" in str(name).lower():
            raise OptionError(
                f"{where}.{name}: {value!r} is a number, in which 18.10 and 18.1 are the same; write it "
                f'in quotes, as in "{value}".'
            )
        if isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = plain(str(value)) if isinstance(value, (str, int, float)) else ""
        key = plain(str(name))
        if not key or not text or not f"{key}{text}".isprintable():
            raise OptionError(
                f"{where}.{name}: needs a name and a value without control characters, got "
                f"{value!r}."
            )
        found[key] = text
    return found


def _values(raw: object, where: str) -> dict[str, Values]:
    """Read attributes and values, each one or a list, as writes of attributes do."""
    for name, value in raw.items() if isinstance(raw, Mapping) else ():
        if value in (None, "", [], {}) or (isinstance(value, str) and not plain(value)):
            raise OptionError(f"{where}.{name}: needs a value, got {value!r}.")
    return {} if raw is None else clean_map(raw, where)
