# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrations: what a device needs to be registered, and the device that comes of it.

Sources: "Device Management", Register a Device; "MobileIron WebService", Phone Number Formats. A
registered device waits to be verified. It is documented that a text refuses any of this,
but not the texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from uem_emulator.epmm.world import directory, reference
from uem_emulator.epmm.world.accounts import Accounts
from uem_emulator.epmm.world.model import Device, User
from uem_emulator.epmm.world.world import World
from uem_emulator.switches import Switches

#: The parameter `platform` -> the platform's name, and what else of the device it decides. M is Windows Phone.
# fmt: off
PLATFORMS: dict[str, dict[str, Any]] = {
    "A": {"platform": "Android"}, "I": {"platform": "iOS"}, "E": {"platform": "Windows"},
    "M": {"platform": "Windows", "os_version": "8.1", "model": "Lumia 950"}, "L": {"platform": "macOS"},
}
# fmt: on
NAMES = (
    "phoneNumber",
    "userId",
    "operator",
    "isEmployeeOwned",
    "platform",
    "deviceType",
    "importUserFromLdap",
    "userFirstName",
    "userLastName",
    "userEmailAddress",
    "notifyUser",
    "notifyuserbysms",
    "countryCode",
)
#: Returns the value of a parameter, None where it is not there.
Parameters = Callable[[str], str | None]
TTL_HOURS = 120
_PDA = "PDA"
#: The uuid of a device which was not registered.
_NOBODY = "00000000-0000-4000-8000-0000000000ff"
_TYPES = ("Phone", _PDA)
#: Platforms whose registration is verified by a passcode, where `register_passcode` goes by platform.
_WITH_PASSCODE = frozenset("AIM")
_SHORTEST, _LONGEST = 4, 15
_NAMELESS = "userFirstName, userLastName and userEmailAddress are required for a local user"
#: What is known of a device only after it has been in contact.
_UNKNOWN = {
    "registered": None,
    "connected": None,
    "client_connected": None,
    "serial": None,
    "mac": None,
    "mdm_managed": False,
}


class Refused(Exception):
    """The text says why nothing is registered."""


@dataclass(frozen=True)
class Registration:
    """What came of a request. `passcode` is empty where the platform needs none."""

    uuid: str
    user: str
    phone: str
    platform: str
    passcode: str
    url: str
    notify: bool
    notify_sms: bool


class Registrations:
    """The registrations of one world, oldest first."""

    def __init__(self, world: World, accounts: Accounts, switches: Switches) -> None:
        self.made: list[Registration] = []
        self._world = world
        self._accounts = accounts
        self._switches = switches

    def register(self, given: Parameters, *, pretend: bool = False) -> Registration:
        """Register a device.

        Args:
            given: Returns the value of a parameter, None where it is not there.
            pretend: Return what would come of it, and leave all as it is.

        Raises:
            Refused: Nothing can be registered so.
        """
        platform = _one_of(given, "platform", tuple(PLATFORMS))
        if platform is None:
            raise Refused(f"platform is required, one of {', '.join(PLATFORMS)}")
        country = self._country(given("countryCode"))
        number = self._number(given)
        owned, notify, by_sms = (
            _flag(given, name) for name in ("isEmployeeOwned", "notifyUser", "notifyuserbysms")
        )
        operator = self._operator(given("operator"), country, number)
        make_user = self._user(given)
        passcode = f"{self._world.rng.randrange(10**5):05d}"
        path = f"{self._world.rng.getrandbits(20):05x}"
        if pretend:
            uuid, user, phone = _NOBODY, given("userId") or "", number or _PDA
        else:
            device = self._device(make_user(), platform, number, country, operator, owned)
            uuid, user, phone = device.uuid, device.user.principal, device.phone
        made = Registration(
            uuid,
            user,
            phone,
            platform,
            passcode if self._has_passcode(platform) else "",
            f"http://epmm.example.com:8080/v/{path}",
            notify,
            by_sms,
        )
        if not pretend:
            self.made.append(made)
        return made

    def _device(
        self,
        user: User,
        platform: str,
        number: str | None,
        country: reference.Country | None,
        operator: str,
        owned: bool,
    ) -> Device:
        phone = number or self._next_pda(user)
        # fmt: off
        return self._world.add({
            **PLATFORMS[platform], **_UNKNOWN, "user": user.uuid, "status": "VERIFICATION_PENDING", "phone": phone,
            "operator": operator, "country": country.name if country else "", "owner": "EMPLOYEE" if owned else "COMPANY",
            "created": self._world.now})
        # fmt: on

    def _next_pda(self, user: User) -> str:
        """PDA, or PDA 2 for one more of a user's."""
        taken = {
            device.phone for device in self._world.devices.values() if device.user.uuid == user.uuid
        }
        number = next(number for number in range(1, len(taken) + 2) if _pda(number) not in taken)
        return _pda(number)

    def _has_passcode(self, platform: str) -> bool:
        position = self._switches["register_passcode"]
        return position == "all" or (position == "by_platform" and platform in _WITH_PASSCODE)

    def _country(self, code: str | None) -> reference.Country | None:
        if code is None:
            raise Refused("countryCode is required")
        found = reference.country(code)
        if found is None and self._switches["register_unknown_country"] == "refused":
            raise Refused(f"No country has the code {code}")
        return found

    def _number(self, given: Parameters) -> str | None:
        """With the country code; None for a PDA without a number."""
        text, is_pda = given("phoneNumber"), _one_of(given, "deviceType", _TYPES) == _PDA
        if is_pda and text in (None, _PDA):
            return None
        if text is None:
            raise Refused("phoneNumber is required unless deviceType is PDA")
        if not (text.isascii() and text.isdigit() and _SHORTEST <= len(text) <= _LONGEST):
            raise Refused(f"phoneNumber {text} is not valid: enter numbers only")
        code = (given("countryCode") or "").strip().removeprefix("+")
        whole = text.startswith(code) and len(text) > 10
        return text if whole or self._switches["register_phone"] == "as_sent" else code + text

    def _operator(
        self, name: str | None, country: reference.Country | None, number: str | None
    ) -> str:
        """As the server spells it; a PDA without one has PDA."""
        if name is None:
            return _PDA if number is None else ""
        known = reference.operator(name, country.code) if country else None
        if known is None and self._switches["register_unknown_operator"] == "refused":
            raise Refused(f"No operator is called {name}")
        return known.name if known else name

    def _user(self, given: Parameters) -> Callable[[], User]:
        """A function which returns the user, and makes him where he is not there: of the directory, or a local
        one."""
        name = given("userId")
        if name is None:
            raise Refused("userId is required")
        import_user, known = _flag(given, "importUserFromLdap"), self._accounts.named(name)
        first, last, email = (
            given(name) for name in ("userFirstName", "userLastName", "userEmailAddress")
        )
        nameless = None in (first, last, email)
        if known is not None:
            if (
                nameless
                and known.local
                and not import_user
                and self._switches["register_local_names"] == "always"
            ):
                raise Refused(_NAMELESS)
            return lambda: known
        if import_user:
            person = directory.find(name)
            if person is None:
                raise Refused(f"User {name} was not found in LDAP")
            return lambda: self._world.add_user(
                principal=person.principal,
                first=person.first,
                last=person.last,
                email=person.email,
                local=False,
            )
        if nameless:
            raise Refused(_NAMELESS)
        return lambda: self._world.add_user(principal=name, first=first, last=last, email=email)


def _pda(number: int) -> str:
    return _PDA if number == 1 else f"{_PDA} {number}"


def _one_of(given: Parameters, name: str, known: tuple[str, ...]) -> str | None:
    value = given(name)
    if value is not None and value not in known:
        raise Refused(f"{name} is one of {', '.join(known)}, not {value}")
    return value


def _flag(given: Parameters, name: str) -> bool:
    """True or False in any case; False where it is left out."""
    value = (given(name) or "false").lower()
    if value not in ("true", "false"):
        raise Refused(f"{name} is True or False, not {value}")
    return value == "true"
