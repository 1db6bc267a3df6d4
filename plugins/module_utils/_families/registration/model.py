# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering a device: what an author wants, whether there is such a registration, and the
planner. Pure.

Source: "Device Management" (EPMM API v1), section "Register a Device".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.masking import MASK
from ..._core.names import nearest
from ..._core.plan import Change, Plan
from ..._core.selection import SHORTEST_PHONE, parse_phone
from ..users.model import User, parse_user

PLATFORMS = ("android", "ios", "macos", "windows", "windows_phone")

# The server's words for platforms, in lower case and without blanks, and what they mean; the first
# that fits counts. No list of them is published. A registration that is pending may still have the
# letter that it was asked for with, and a server that knows no other word for Windows Phone calls
# it Windows, of a version before 10.
_WORDS = (
    (r"android.*|a", {"android"}),
    (r"(ios|iphone|ipad|ipod).*|i", {"ios"}),
    (r"(mac|osx).*|l", {"macos"}),
    (r"(windowsphone|wp).*|m", {"windows_phone"}),
    (r"windows(\d(\.\d+)*)?", {"windows", "windows_phone"}),
    (r"windows.*|e", {"windows"}),
)

# "Status and statusCode values": a registration that is in force, or on its way. A device that is
# retired, wiped, expired or lost is registered anew.
PENDING = (
    "VERIFICATION_PENDING",
    "VERIFIED",
    "IENROLL_VERIFIED",
    "IENROLL_INPROGRESS",
    "IENROLL_COMPLETE",
)
LIVE = ("ACTIVE", *PENDING)

# "If the device type is PDA, then you can enter PDA as the phone number value"; the server numbers
# them.
NO_PHONE = "PDA"
_PDA = re.compile(r"pda(\s*\d+)?", re.IGNORECASE)

_COUNTRY = re.compile(r"\+?([1-9][0-9]{0,4})")

# What may be a passcode ("5-digit numeric") in a text: some digits, whatever is between them, and
# the rest of a sentence that names one, in which any digit counts, and what is said to be its
# value.
_FEW_DIGITS = 4
_DIGITS = re.compile(r"\d(?:[\s.,-]{0,2}\d){3,}")
_NAMED = re.compile(
    r"((?:pass[\s-]?code|url|(?<![^\W\d_])pin(?:code)?)s?(?![^\W\d_]))([^;\n]*?)(?=$|[.;!?]\s|[;\n])",
    re.IGNORECASE,
)
_VALUE = re.compile(r"([:=>][\s\"'\\]*|\b(?:is|are)\b[\s\"']*)([^\s\"']+)", re.IGNORECASE)


@dataclass(frozen=True)
class Registration:
    """A device that shall be registered. ``phone``: its number as digits, without the country code,
    or "" for a device without one. ``from_ldap`` is None where the author leaves it to what the
    server has of the user. ``return_secrets``: whether what lets one enrol it may be shown."""

    user: str
    platform: str
    phone: str
    country: str
    operator: str = ""
    employee_owned: bool = False
    from_ldap: bool | None = None
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    notify_user: bool = False
    notify_by_sms: bool = False
    return_secrets: bool = False

    @property
    def id(self) -> str:
        """Tells it from every other one."""
        return f"{self.user}:{self.platform}:{self.phone}"

    @property
    def title(self) -> str:
        """What messages and diffs call it."""
        number = f"with the phone number {self.phone}" if self.phone else "without a phone number"
        return f"{self.platform} device of {self.user!r} {number}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """How a result names it."""
        return {"user": self.user, "platform": self.platform, "phone_number": self.phone or None}


@dataclass(frozen=True)
class Registered:
    """A registered device. ``phone``: its number as the server has it. ``passcode``, of which
    ``ttl`` is the hours that it is good for, and ``url`` are secret and known only of a new one;
    ``warning`` is what the author should know."""

    guid: str | None = None
    id: str | None = None
    status: str | None = None
    phone: str | None = None
    passcode: str = field(repr=False, default="")
    ttl: int | None = None
    url: str = field(repr=False, default="")
    warning: str = ""


def parse_registration(params: Mapping[str, Any]) -> Registration:
    """Read the options of device_registration. Raises OptionError for what makes no sense by
    itself."""
    match = _COUNTRY.fullmatch(str(params["country_code"]).strip())
    if match is None or isinstance(params["country_code"], (bool, float)):
        raise OptionError(
            f"country_code: {params['country_code']!r} is no country code; give its digits, such "
            "as 1 or 49."
        )
    if params["platform"] not in PLATFORMS:
        raise OptionError(
            f"platform: {params['platform']!r} is none; give one of {', '.join(PLATFORMS)}."
        )
    texts = {
        name: _text(params[name], name) for name in ("operator", "first_name", "last_name", "email")
    }
    return Registration(
        user=parse_user(params["user"], "user"),
        platform=params["platform"],
        phone=""
        if params["phone_number"] is None
        else _phone(params["phone_number"], match.group(1)),
        country=match.group(1),
        employee_owned=bool(params["employee_owned"]),
        from_ldap=params["import_from_ldap"],
        notify_user=bool(params["notify_user"]),
        notify_by_sms=bool(params["notify_by_sms"]),
        return_secrets=bool(params["return_secrets"]),
        **texts,
    )


def completed(wanted: Registration, user: User | None) -> Registration:
    """A registration with what the server has of its user, for whatever the author left out.
    ``user``: None for a new one.

    Raises OptionError for a new local user without a name or an e-mail address.
    """
    if user is None:
        _require_names(
            wanted,
            f"the server has no user {wanted.user!r}, and makes a local one only with a name and "
            "an e-mail address. Give them, correct user, or set import_from_ldap=true",
        )
        return replace(wanted, from_ldap=bool(wanted.from_ldap))
    from_ldap = user.source == "ldap" if wanted.from_ldap is None else wanted.from_ldap
    if from_ldap:
        return replace(wanted, user=user.name, from_ldap=True)
    return replace(
        wanted,
        user=user.name,
        from_ldap=False,
        first_name=wanted.first_name or user.first_name,
        last_name=wanted.last_name or user.last_name,
        email=wanted.email or user.email,
    )


def registered_device(device: Device | None) -> Registered:
    """What is known of a device that is registered already; of none, nothing."""
    if device is None:
        return Registered()
    phone = device.row.get("phone_number") or None
    return Registered(device.guid, device.id, device.state, phone)


def matching(wanted: Registration, devices: Iterable[Device]) -> Device | None:
    """The device that is registered as wanted, or about to be: an active one before others, then
    the newest."""
    fitting = [device for device in devices if _fits(wanted, device)]
    return max(
        fitting, key=lambda device: (device.state.upper() == "ACTIVE", int(device.id)), default=None
    )


def plan_registration(wanted: Registration, devices: Iterable[Device]) -> Plan:
    """Register a device, unless one of its user, platform and phone number is registered or about
    to be. ``wanted``: completed.

    Raises OptionError for a local user of whom neither the author nor the server knows all that a
    registration needs.
    """
    if matching(wanted, devices) is not None:
        return Plan(unchanged=(wanted,))
    _require_names(
        wanted,
        f"the server has none of {wanted.user!r} either, and a device of a local user is "
        "registered only with a name and an e-mail address. Give them",
    )
    return Plan((Change(wanted, {"registered": False}, {"registered": True}, wanted),))


def require_person(wanted: Registration, found: Iterable[User]) -> None:
    """Raise OptionError for somebody whom the server shall import and whom its directory does not
    find. ``found``: what it finds by the name. That has the name or the e-mail address as it is, or
    with a domain."""
    known = list(found)
    forms = {
        form
        for person in known
        for text in (person.name, person.email)
        for form in _without_domain(text.casefold())
    }
    if wanted.user.casefold() not in forms:
        raise OptionError(
            f"user: the server has no user {wanted.user!r}, and finds nobody called so in its "
            f"directory{nearest(wanted.user, (person.name for person in known))}; nothing was "
            "done. Correct user, by the name that one signs in with, or set "
            "import_from_ldap=false."
        )


def without_secrets(text: str) -> str:
    """What a server says of a registration, without all that may be a passcode, or the address that
    goes with it."""
    text = _NAMED.sub(lambda found: found[1] + _hidden(found[2]), _DIGITS.sub(MASK, text))
    return re.sub(
        r"\S+",
        lambda token: MASK if _tells(token[0], _FEW_DIGITS) or _is_address(token[0]) else token[0],
        text,
    )


def platforms_of(text: str) -> frozenset[str]:
    """The platforms that a server's word can mean, such as ``macos`` for ``OS X 10.9``; none for
    another one."""
    word = re.sub(r"\s", "", text.casefold())
    return next(
        (frozenset(means) for looks, means in _WORDS if re.fullmatch(looks, word)), frozenset()
    )


def same_phone(one: str, other: str, country: str) -> bool:
    """Whether two phone numbers are the same, of which either may have the country code, or a zero
    instead, or both: a server puts the code before what it was given, as in ``490171…``."""
    return bool(_forms(one, country) & _forms(other, country))


def _without_domain(name: str) -> tuple[str, str, str]:
    """A name as it is, and without the domain after or before it."""
    return name, name.partition("@")[0], name.rpartition("\\")[2]


def _hidden(rest: str) -> str:
    """What stands in a sentence behind the word passcode, without what may be one."""
    rest = _VALUE.sub(rf"\1{MASK}", rest)
    return re.sub(r"\S+", lambda token: MASK if _tells(token[0], 1) else token[0], rest)


def _tells(token: str, digits: int) -> bool:
    return MASK in token or sum(character.isdecimal() for character in token) >= digits


def _is_address(token: str) -> bool:
    """Whether a word may be an address, or the path of one, however its slashes are written."""
    word = token.casefold().strip(".,;:!?()[]'\"")
    if "www." in word or ":/" in word or ":\\/" in word:
        return True
    return ("/" in word or "%2f" in word) and any(
        character.isdecimal() or character == "." for character in word
    )


def _require_names(wanted: Registration, why: str) -> None:
    """ "For local users, first name, last name, and email address are required", of new ones and of
    others."""
    given = {"first_name": wanted.first_name, "last_name": wanted.last_name, "email": wanted.email}
    lacking = [name for name, value in given.items() if not value]
    if lacking and not wanted.from_ldap:
        raise OptionError(f"{', '.join(lacking)}: missing; {why}; nothing was done.")


def _forms(text: str, country: str) -> set[str]:
    """A number as it is and without its country code, where it may have one; without zeros in front
    of either."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    forms = {digits, digits[len(country) :].lstrip("0") if digits.startswith(country) else digits}
    return forms - {""}


def _fits(wanted: Registration, device: Device) -> bool:
    if device.uid.casefold() != wanted.user.casefold() or device.state.upper() not in LIVE:
        return False
    # The name tells Windows Phone from Windows also where the other does not.
    if wanted.platform not in platforms_of(
        str(device.row.get("platform_name") or device.row.get("platform") or "")
    ):
        return False
    phone = str(device.row.get("phone_number") or "").strip()
    if not wanted.phone:
        return not phone or _PDA.fullmatch(phone) is not None
    return same_phone(wanted.phone, phone, wanted.country)


def _phone(raw: object, country: str) -> str:
    """A phone number without its country code, which it has only after a plus sign or two zeros."""
    digits = parse_phone(raw, "phone_number")
    if str(raw).strip().startswith("+") or re.match("00[1-9]", digits):
        digits = digits.removeprefix("00")
        if not digits.startswith(country):
            raise OptionError(
                f"phone_number: {raw!r} is of another country than country_code {country}; change "
                "one of the two."
            )
        digits = digits[len(country) :]
    if len(digits.strip("0")) < SHORTEST_PHONE:
        raise OptionError(
            f"phone_number: {raw!r} is too short for a phone number; leave it out for a device "
            "without one."
        )
    return digits


def _text(raw: object, where: str) -> str:
    text = "" if raw is None else str(raw).strip()
    if text and not text.isprintable():
        raise OptionError(f"{where}: {raw!r} has control characters; write it without.")
    return text
