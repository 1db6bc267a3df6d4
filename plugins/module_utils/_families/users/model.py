# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, which of them an author means, and the planner that brings a password about. Pure.

Source: "API Reference Document for MobileIron WebService" (Core 10.8), section "Security
Management".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.errors import OptionError
from ..._core.plan import Change, Plan

# "Update Password for a User".
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 20

# "Search LDAP Users".
SHORTEST_SEARCH = 2

# What a diff shows in place of passwords.
PRESENT, NEW = "(the present one)", "(the new one)"


@dataclass(frozen=True)
class User:
    """A user of the server, or of its directory alone: such a one has neither ``id`` nor ``uuid``,
    which are "" then.

    ``name``: the user id that one signs in with. ``enabled`` is None where the server does not say
    it. ``source``: ``local``, ``ldap``, or the server's number. ``row`` is what ``user_info``
    shows.
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
        """What messages and diffs call it."""
        return f"user {self.name!r}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """How a result names it."""
        return {"id": self.id or None, "uuid": self.uuid or None, "name": self.name}

    def is_called(self, name: str) -> bool:
        """Whether a name or an e-mail address is this user's, which servers may compare without
        case."""
        return name.casefold() in (self.name.casefold(), self.email.casefold())


@dataclass(frozen=True)
class PasswordWrite:
    """What is to be sent for a password. ``certain``: the new one was proven not to be the present
    one."""

    new: str = field(repr=False)
    current: str | None = field(repr=False)
    certain: bool


@dataclass(frozen=True)
class UserFilter:
    """Which users are meant: those of ``names``, or those of the directory that ``text`` finds."""

    names: tuple[str, ...] = ()
    text: str = ""


def parse_user(raw: object, where: str) -> str:
    """A name or e-mail address of a user. Raises OptionError for one that cannot be one, or cannot
    be part of an address."""
    text = "" if raw is None else str(raw).strip()
    if text in ("", ".", "..") or not text.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is neither the name nor the e-mail address of a user; give one of "
            "them."
        )
    return text


def parse_filter(users: Sequence[object] | None, text: str | None) -> UserFilter:
    """Read the options ``users`` and ``ldap_search``. Raises OptionError for an empty list, a wrong
    name, or a short text."""
    if users is None and text is None:
        raise OptionError("users and ldap_search: both are null; name users, or search for them.")
    if text is None:
        if not users:
            raise OptionError("users: is empty; name at least one user, or use ldap_search.")
        return UserFilter(
            tuple(dict.fromkeys(parse_user(raw, f"users[{at}]") for at, raw in enumerate(users)))
        )
    wanted = text.strip()
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
    """A password, or None for a present one that is not given. Messages do not show it.

    Raises OptionError for one that is empty, that nobody can type, or, when ``new``, that is too
    short or too long.
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
            "with one, which the filter trim takes off."
        )
    if new and not SHORTEST_PASSWORD <= len(raw) <= LONGEST_PASSWORD:
        raise OptionError(
            f"{where}: has {len(raw)} characters, and the server takes {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}; choose another."
        )
    return raw


def plan_password(user: User, *, fits: bool | None, new: str, current: str | None) -> Plan:
    """Set a password, unless it was proven to be the present one. ``fits``: what the proof said,
    None where there was none."""
    if fits:
        return Plan(unchanged=(user,))
    write = PasswordWrite(new, current, certain=fits is False)
    return Plan((Change(user, {"password": PRESENT}, {"password": NEW}, write),))
