# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering a device: what an author wants, whether it is registered already, and the planner.
Pure.

Source: "Device Management" (EPMM API v1), section "Register a Device".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.masking import MASK
from ..._core.names import fold, mailed, mailed_sentence, nearest, plain, require_exact
from ..._core.plan import Change, Plan
from ..._core.selection import SHORTEST_PHONE, parse_email, parse_phone
from ..users.model import User, parse_user

KINDS = ("phone", "pda")
PLATFORMS = ("android", "ios", "macos", "windows", "windows_phone")

# The server's words for platforms, in lower case and without spaces, and their meaning; the first
# that fits counts. No list of them is published. A pending registration may still have the letter
# that was sent, and a server without a word for Windows Phone says Windows, with a version before
# 10.
_WORDS = (
    (r"android.*|a", {"android"}),
    (r"(ios|iphone|ipad|ipod).*|i", {"ios"}),
    (r"(mac|osx).*|l", {"macos"}),
    (r"(windowsphone|wp).*|m", {"windows_phone"}),
    (r"windows(\d(\.\d+)*)?", {"windows", "windows_phone"}),
    (r"windows.*|e", {"windows"}),
)

# The options of a registration that an entry of ``registrations`` may have, and those of them that
# are true or false.
FLAGS = ("employee_owned", "import_from_ldap", "notify_by_sms", "notify_user")
KEYS = (
    "user", "platform", "phone_number", "device_type", "country_code", "operator", "first_name", "last_name", "email", *FLAGS,
)  # fmt: skip
_FLAG_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}

# "Status and statusCode values": a registration that is active or pending. A device that is
# retired, wiped, expired or lost is registered again.
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

# What may be a passcode ("5-digit numeric") in a text: four digits or more, with few characters
# between them; and, in the rest of a sentence that mentions a passcode, any digit and the value
# that is given for it.
_FEW_DIGITS = 4
_DIGITS = re.compile(r"\d(?:[\s.,-]{0,2}\d){3,}")
_NAMED = re.compile(
    r"((?:pass[\s-]?code|url|(?<![^\W\d_])pin(?:code)?)s?(?![^\W\d_]))([^;\n]*?)(?=$|[.;!?]\s|[;\n])",
    re.IGNORECASE,
)
_VALUE = re.compile(r"([:=>][\s\"'\\]*|\b(?:is|are)\b[\s\"']*)([^\s\"']+)", re.IGNORECASE)


@dataclass(frozen=True)
class Registration:
    """A device that is to be registered.

    Attributes:
        user: The name of the user.
        platform: One of PLATFORMS.
        phone: The digits of its number, without the country code, or "" for a device without one.
        country: The digits of the country code.
        kind: One of KINDS.
        from_ldap: Whether the user comes from LDAP, or None to use what the server knows.
        return_secrets: Whether the passcode and the address may be shown.
        known: The device that is registered so already, or None.
    """

    user: str
    platform: str
    phone: str
    country: str
    kind: str = "phone"
    operator: str = ""
    employee_owned: bool = False
    from_ldap: bool | None = None
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    notify_user: bool = False
    notify_by_sms: bool = False
    return_secrets: bool = False
    known: Registered | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The text that distinguishes it from others."""
        return f"{self.user}:{self.platform}:{self.phone}"

    @property
    def title(self) -> str:
        """The words for it in messages and diffs."""
        number = f"with the phone number {self.phone}" if self.phone else "without a phone number"
        return f"{self.platform} device of {self.user!r} {number}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """The fields that identify it in a result."""
        known = {} if self.known is None else self.known.as_dict()
        return {
            "user": self.user,
            "platform": self.platform,
            "phone_number": self.phone or None,
            **known,
        }


@dataclass(frozen=True)
class Registered:
    """A registered device.

    Attributes:
        phone: Its number, as the server has it.
        passcode: The passcode of a new device, which is a secret.
        ttl: The hours for which the passcode is valid.
        url: The address for the enrolment of a new device, which is a secret.
        warning: What the author should know.
    """

    guid: str | None = None
    id: str | None = None
    status: str | None = None
    phone: str | None = None
    passcode: str = field(repr=False, default="")
    ttl: int | None = None
    url: str = field(repr=False, default="")
    warning: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return for results what is not secret."""
        return {
            "id": self.id,
            "guid": self.guid,
            "status": self.status,
            "registered_phone_number": self.phone,
        }

    def returned(self, *, secrets: bool) -> dict[str, Any]:
        """Return for results what a new device has; with ``secrets`` the passcode as well."""
        shown = {**self.as_dict(), "passcode_ttl": self.ttl}
        if secrets:
            shown |= {"passcode": self.passcode or None, "registration_url": self.url or None}
        return shown


def parse_registrations(params: Mapping[str, Any]) -> tuple[Registration, ...]:
    """Read the option ``registrations``. What an entry leaves out is what the task gives.

    Raises:
        OptionError: An entry makes no sense, or two are the same.
    """
    found: list[Registration] = []
    faults = []
    for number, entry in enumerate(params["registrations"]):
        try:
            found.append(parse_registration({**params, **_entry(entry)}))
        except OptionError as error:
            faults.append(f"registrations[{number}].{error}")
    if faults:
        more = len(faults) - 1
        others = "1 other entry is" if more == 1 else f"{more} other entries are"
        raise OptionError(f"{faults[0]} {others} wrong as well." if more else faults[0])
    if not found:
        raise OptionError("registrations: is empty; give at least one, or user.")
    require_distinct(found)
    return tuple(found)


def require_distinct(registrations: Iterable[Registration]) -> None:
    """Check that no device is to be registered twice.

    Raises:
        OptionError: Two entries are about one device.
    """
    seen: dict[tuple[str, str], list[tuple[int, Registration]]] = {}
    for number, one in enumerate(registrations):
        alike = seen.setdefault((fold(one.user), one.platform), [])
        for earlier, other in alike:
            if one.phone == other.phone or same_phone(one.phone, other.phone, one.country):
                raise OptionError(
                    f"registrations[{number}]: is the same {one.title} as registrations[{earlier}]; "
                    "remove one of them, or give phone_number. Nothing was done."
                )
        alike.append((number, one))


def _require_given(params: Mapping[str, Any]) -> None:
    """Check what each registration needs.

    Raises:
        OptionError: It is missing, or not one of the words for it.
    """
    for name in ("user", "platform", "country_code"):
        if params[name] is None:
            raise OptionError(f"{name}: is missing; give it.")
    if params["platform"] not in PLATFORMS:
        raise OptionError(
            f"platform: {params['platform']!r} is not a platform; give one of "
            f"{', '.join(PLATFORMS)}."
        )
    if params["device_type"] not in (None, *KINDS):
        raise OptionError(
            f"device_type: {params['device_type']!r} is not one of {', '.join(KINDS)}."
        )


def _country(raw: object) -> str:
    match = _COUNTRY.fullmatch(str(raw).strip())
    if match is None or isinstance(raw, (bool, float)):
        raise OptionError(
            f"country_code: {raw!r} is not a country code; give its digits, such as 1 or 49."
        )
    return match.group(1)


def _entry(entry: Any) -> dict[str, Any]:
    """Return the options of an entry. Values of tables are texts, and empty ones are not given.

    Raises:
        OptionError: It is not a mapping, or has another key.
    """
    if not isinstance(entry, Mapping):
        raise OptionError(f"user: must be a key of a mapping, got {entry!r}.")
    for key in entry:
        if key not in KEYS:
            raise OptionError(
                f"{key}: is not an option of a registration{nearest(str(key), KEYS)}; it has "
                f"{', '.join(KEYS)}."
            )
    given = {key: value for key, value in entry.items() if value not in (None, "")}
    return {key: _flag(value, key) if key in FLAGS else value for key, value in given.items()}


def _flag(raw: Any, where: str) -> bool:
    found = _FLAG_WORDS.get(str(raw).strip().lower())
    if found is None:
        raise OptionError(f"{where}: {raw!r} is neither true nor false.")
    return found


def parse_registration(params: Mapping[str, Any]) -> Registration:
    """Read the options of device_registration.

    Raises:
        OptionError: An option makes no sense.
    """
    _require_given(params)
    country = _country(params["country_code"])
    number = params["phone_number"]
    texts = {
        name: _text(params[name], name) for name in ("operator", "first_name", "last_name", "email")
    }
    phone = "" if number is None else _phone(number, country)
    if params["device_type"] == "phone" and not phone:
        raise OptionError(
            "phone_number: is missing, and a device of the type phone needs one; give it, or set "
            "device_type=pda."
        )
    return Registration(
        user=parse_user(params["user"], "user"),
        platform=params["platform"],
        phone=phone,
        country=country,
        kind=params["device_type"] or ("phone" if phone else "pda"),
        employee_owned=bool(params["employee_owned"]),
        from_ldap=params["import_from_ldap"],
        notify_user=bool(params["notify_user"]),
        notify_by_sms=bool(params["notify_by_sms"]),
        return_secrets=bool(params["return_secrets"]),
        operator=texts["operator"],
        first_name=texts["first_name"],
        last_name=texts["last_name"],
        email=_email(texts["email"]),
    )


def completed(wanted: Registration, user: User | None) -> Registration:
    """Return a registration with what the server knows about its user, as far as the author left it
    out.

    Args:
        wanted: The registration.
        user: The user, or None for a new one.

    Raises:
        OptionError: A new local user has no name or e-mail address.
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


def registered_device(device: Device) -> Registered:
    """Return what is known about a device that is registered already."""
    phone = device.row.get("phone_number") or None
    return Registered(device.guid, device.id, device.state, phone)


def matching(wanted: Registration, devices: Iterable[Device]) -> Device | None:
    """Return the device that is registered as wanted, or will be soon.

    If there are several, it is the active one, or else the newest.
    """
    fitting = [device for device in devices if _fits(wanted, device)]
    return max(
        fitting, key=lambda device: (device.state.upper() == "ACTIVE", int(device.id)), default=None
    )


def plan_registration(wanted: Registration, devices: Iterable[Device]) -> Plan:
    """Plan to register a device, unless one with its user, platform and phone number is registered
    or pending.

    Args:
        wanted: The registration, completed.
        devices: The devices of the user.

    Raises:
        OptionError: Neither the author nor the server gives all that a local user needs.
    """
    known = matching(wanted, devices)
    if known is not None:
        return Plan(unchanged=(replace(wanted, known=registered_device(known)),))
    _require_names(
        wanted,
        f"the server does not have all of these for {wanted.user!r} either, and a device of a "
        "local user is registered only with a name and an e-mail address. Give them",
    )
    before, after = {"registered": False}, {"registered": True}
    harm = harm_of("device_registration", "registers")
    return Plan((Change(wanted, before, after, wanted, harm=harm),))


def unheeded(given: Registration, user: User | None, known: Device | None) -> list[str]:
    """Return a sentence for each option that a registration has no effect on.

    Args:
        given: The registration, as the author gave it.
        user: The user, or None for a new one.
        known: The device that is registered already, or None.
    """
    found = []
    for name in ("first_name", "last_name", "email") if user is not None else ():
        wish, has = getattr(given, name), getattr(user, name)
        same = fold(wish) == fold(has) if name == "email" else plain(wish) == plain(has)
        if wish and has and not same:
            found.append(
                f"{name}: the server has {has!r} of the user {given.user!r} and not {wish!r}, and a "
                f"registration does not change a user. Change it in the admin portal, or leave {name} "
                "out."
            )
    if known is not None and given.employee_owned and known.row.get("ownership") == "company":
        found.append(
            f"employee_owned: {known.title} is registered already, as the company's own, and a "
            "registration does not change that. Change it in the admin portal, or leave employee_owned "
            "out."
        )
    return found


def require_person(wanted: Registration, found: Iterable[User]) -> None:
    """Check a user whom the server is to import from its directory.

    Args:
        wanted: The registration.
        found: The users that the directory has for the name. One of them must have it as the name
            or the e-mail address, with or without a domain.

    Raises:
        OptionError: The directory does not have the user.
    """
    known = list(found)
    forms: set[str] = set()
    for person in known:
        forms.update(_without_domain(fold(person.name)))
        forms.update(_without_domain(fold(person.email)))
    if fold(wanted.user) not in forms:
        raise OptionError(
            f"user: the server has no user {wanted.user!r}, and finds nobody called so in its "
            f"directory{nearest(wanted.user, (person.name for person in known))}; nothing was "
            "done. Correct user, by the name that one signs in with, or set "
            "import_from_ldap=false."
        )


def without_secrets(text: str) -> str:
    """Return a server's message about a registration without what may be a passcode or its
    address."""
    text = _NAMED.sub(lambda found: found[1] + _hidden(found[2]), _DIGITS.sub(MASK, text))
    return re.sub(
        r"\S+",
        lambda token: (
            MASK if _has_digits(token[0], _FEW_DIGITS) or _is_address(token[0]) else token[0]
        ),
        text,
    )


def platforms_of(text: str) -> frozenset[str]:
    """Return the platforms that a server's word can mean, such as ``macos`` for ``OS X 10.9``;
    empty if unknown."""
    word = re.sub(r"\s", "", text.casefold())
    return next(
        (frozenset(means) for looks, means in _WORDS if re.fullmatch(looks, word)), frozenset()
    )


def same_phone(one: str, other: str, country: str) -> bool:
    """Return whether two phone numbers are the same.

    Either may have the country code, or a zero instead, or both: a server puts the code before the
    number that it got, as in ``490171…``.
    """
    return bool(_forms(one, country) & _forms(other, country))


def _without_domain(name: str) -> tuple[str, str, str]:
    """Return a name as it is, and without the domain after or before it."""
    return name, name.partition("@")[0], name.rpartition("\\")[2]


def _hidden(rest: str) -> str:
    """Return the part of a sentence after the word passcode, without what may be one."""
    rest = _VALUE.sub(rf"\1{MASK}", rest)
    return re.sub(r"\S+", lambda token: MASK if _has_digits(token[0], 1) else token[0], rest)


def _has_digits(token: str, digits: int) -> bool:
    return MASK in token or sum(character.isdecimal() for character in token) >= digits


def _is_address(token: str) -> bool:
    """Return whether a word may be an address, or the path of one, with slashes in any spelling."""
    word = token.casefold().strip(".,;:!?()[]'\"")
    if "www." in word or ":/" in word or ":\\/" in word:
        return True
    return ("/" in word or "%2f" in word) and any(
        character.isdecimal() or character == "." for character in word
    )


def _require_names(wanted: Registration, why: str) -> None:
    """Check the names of a local user, new or not.

    "For local users, first name, last name, and email address are required".
    """
    given = {"first_name": wanted.first_name, "last_name": wanted.last_name, "email": wanted.email}
    lacking = [name for name, value in given.items() if not value]
    if lacking and not wanted.from_ldap:
        raise OptionError(f"{', '.join(lacking)}: missing; {why}; nothing was done.")


def _forms(text: str, country: str) -> set[str]:
    """Return a number as it is and without a possible country code.

    Zeros in front of either are removed.
    """
    digits = re.sub(r"\D", "", text).lstrip("0")
    forms = {digits, digits[len(country) :].lstrip("0") if digits.startswith(country) else digits}
    return forms - {""}


def _fits(wanted: Registration, device: Device) -> bool:
    if fold(device.uid) != fold(wanted.user) or device.state.upper() not in LIVE:
        return False
    # Only the name may distinguish Windows Phone from Windows.
    if wanted.platform not in platforms_of(
        str(device.row.get("platform_name") or device.row.get("platform") or "")
    ):
        return False
    phone = str(device.row.get("phone_number") or "").strip()
    if not wanted.phone:
        return not phone or _PDA.fullmatch(phone) is not None
    return same_phone(wanted.phone, phone, wanted.country)


def _phone(raw: object, country: str) -> str:
    """Return a phone number without its country code, which it has only after a plus sign or two
    zeros."""
    require_exact(raw, "phone_number")
    digits = parse_phone(raw, "phone_number")
    if str(raw).strip().startswith("+") or re.match("00[1-9]", digits):
        digits = digits.removeprefix("00")
        if not digits.startswith(country):
            raise OptionError(
                f"phone_number: {raw!r} is a number of another country than country_code "
                f"{country}; change one of the two."
            )
        digits = digits[len(country) :]
    if len(digits.strip("0")) < SHORTEST_PHONE:
        raise OptionError(
            f"phone_number: {raw!r} is too short for a phone number; leave it out for a device "
            "without one."
        )
    return digits


def _email(text: str) -> str:
    """Check the address of a user, who gets mail of the server there."""
    if mailed(text):
        raise OptionError(f"email: {mailed_sentence(text)}")
    return parse_email(text, "email") if text else ""


def _text(raw: object, where: str) -> str:
    text = "" if raw is None else str(raw).strip()
    if text and not text.isprintable():
        raise OptionError(f"{where}: {raw!r} has control characters; write it without them.")
    return text
