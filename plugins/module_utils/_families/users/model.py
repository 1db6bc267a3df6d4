# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, the choice of them, and the planner for passwords. Pure.

Source: "API Reference Document for MobileIron WebService" (Core 10.8), section "Security
Management".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import fold, mailed, mailed_sentence, plain
from ..._core.plan import Change, Plan

# "Update Password for a User".
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 20

# "Search LDAP Users".
SHORTEST_SEARCH = 2

# What a diff shows instead of passwords.
PRESENT, NEW = "(the present one)", "(the new one)"


@dataclass(frozen=True)
class User:
    """A user of the server, or of its directory.

    Attributes:
        id: The id, or "" if the user is only in the directory.
        uuid: The uuid, or "" if the user is only in the directory.
        name: The user id that one signs in with.
        enabled: Whether the user is enabled, or None if the server does not say it.
        source: ``local``, ``ldap``, or the server's number.
        row: What ``user_info`` shows.
    """

    id: str
    uuid: str
    name: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    enabled: bool | None = None
    source: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The words for the user in messages and diffs."""
        return f"user {self.name!r}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """The fields that identify the user in a result."""
        return {"id": self.id or None, "uuid": self.uuid or None, "name": self.name}

    def is_called(self, name: str) -> bool:
        """Return whether a name is the user's name or e-mail address. Servers may compare without
        case."""
        return fold(name) in (fold(self.name), fold(self.email))


@dataclass(frozen=True)
class PasswordWrite:
    """What is to be sent for a password.

    Attributes:
        new: The new password.
        current: The present password, or None.
        certain: Whether it was proven that the new one is not the present one.
    """

    new: str = field(repr=False)
    current: str | None = field(repr=False)
    certain: bool


@dataclass(frozen=True)
class UserFilter:
    """Which users are wanted: those of ``names``, or those of the directory that ``text`` finds."""

    names: tuple[str, ...] = ()
    text: str = ""


def parse_user(raw: object, where: str) -> str:
    """Read a name or e-mail address of a user.

    Args:
        raw: What the author wrote.
        where: The name of the option, for messages.

    Raises:
        OptionError: It cannot be one, or cannot be part of an address.
    """
    text = "" if raw is None else plain(str(raw))
    if text in ("", ".", "..") or not text.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is neither the name nor the e-mail address of a user; give one of "
            "them."
        )
    if mailed(text):
        raise OptionError(f"{where}: {mailed_sentence(raw)}")
    return text


def parse_filter(users: Sequence[object] | None, text: str | None) -> UserFilter:
    """Read the options ``users`` and ``ldap_search``.

    Raises:
        OptionError: A list is empty, a name is wrong, or the text is too short.
    """
    if users is None and text is None:
        raise OptionError("users and ldap_search: both are null; name users, or search for them.")
    if text is None:
        if not users:
            raise OptionError("users: is empty; name at least one user, or use ldap_search.")
        names = (parse_user(raw, f"users[{number}]") for number, raw in enumerate(users))
        return UserFilter(tuple(dict.fromkeys(names)))
    wanted = plain(text)
    if len(wanted) < SHORTEST_SEARCH:
        raise OptionError(
            f"ldap_search: {text!r} is too short; the server searches for {SHORTEST_SEARCH} "
            "characters or more."
        )
    if wanted == ".." or not wanted.isprintable():
        raise OptionError(
            f"ldap_search: {text!r} cannot be a part of a user's name; give the first characters "
            "of one."
        )
    return UserFilter(text=wanted)


def parse_password(raw: str | None, where: str, *, new: bool) -> str | None:
    """Read a password. Messages do not show it.

    Args:
        raw: The password. A present one may be None.
        where: The name of the option, for messages.
        new: Whether it is a new one.

    Raises:
        OptionError: It is empty, nobody can type it, or a new one is too short or too long.
    """
    if raw is None and not new:
        return None
    if not raw:
        raise OptionError(
            f"{where}: is empty; give the password" + ("." if new else ", or leave it out.")
        )
    if not raw.isprintable():
        raise OptionError(
            f"{where}: has a line break or another character that nobody can type; a file may end "
            "with one, which the filter trim removes."
        )
    if new and not SHORTEST_PASSWORD <= len(raw) <= LONGEST_PASSWORD:
        raise OptionError(
            f"{where}: has {len(raw)} characters, and the server takes {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}; choose another."
        )
    return raw


def plan_password(user: User, *, fits: bool | None, new: str, current: str | None) -> Plan:
    """Plan to set a password, unless it is proven to be the present one.

    Args:
        user: The user.
        fits: Whether it is the present one, or None if it was not tried.
        new: The new password.
        current: The present password, or None.
    """
    if fits:
        return Plan(unchanged=(user,))
    write = PasswordWrite(new, current, certain=fits is False)
    harm = harm_of("user_password", "sets")
    return Plan((Change(user, {"password": PRESENT}, {"password": NEW}, write, harm=harm),))
