# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask, and with which roles: Basic with a name and a password, Bearer with one token."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Account:
    """A log-in. `roles` of None stands for every role. The password stays out of repr."""

    username: str
    password: str = field(repr=False)
    roles: frozenset[str] | None = None


def read_account(text: str, known: Sequence[str]) -> Account:
    """Return the account of `user:password:role,role`. The password may hold colons.

    Args:
        text: What was given.
        known: The names of all roles of the product.

    Raises:
        ValueError: It is not of that form, or a role is unknown. The password is not in the text.
    """
    username, _colon, rest = text.partition(":")
    password, colon, roles = rest.rpartition(":")
    if not username or not colon or not password:
        raise ValueError("an account is USER:PASSWORD:ROLE,ROLE; only the roles may be empty")
    names = [name.strip() for name in roles.split(",") if name.strip()]
    return Account(username, password, read_roles(names, known, username))


def read_roles(names: Sequence[str], known: Sequence[str], username: str) -> frozenset[str]:
    """Return roles as they are spelt in the documents; they are given in any case, with or without
    a category and a slash before them.

    Args:
        names: What was given.
        known: The names of all roles of the product.
        username: Their owner.

    Raises:
        ValueError: A role is unknown.
    """
    spelt = {name.lower(): name for name in known}
    plain = [name.rpartition("/")[2].strip() for name in names]
    unknown = [name for name in plain if name.lower() not in spelt]
    if unknown:
        raise ValueError(
            f"account {username}: no role is called {unknown[0]}; known are {', '.join(known)}"
        )
    return frozenset(spelt[name.lower()] for name in plain)


class Accounts:
    """All accounts of an emulator. The first is the one which the first line shows.

    Args:
        accounts: The accounts, each with a name of its own.
        token: A token for the first account; None switches Bearer off.
    """

    def __init__(self, accounts: Sequence[Account], token: str | None = None) -> None:
        self._start = {account.username: account for account in accounts}
        if len(self._start) < len(accounts):
            raise ValueError("two accounts have the same name")
        self._now = dict(self._start)
        self._token = token

    @property
    def secrets(self) -> Iterator[str]:
        """What must not stand in any log."""
        yield from (account.password for account in self._now.values())
        if self._token:
            yield self._token

    def find(self, header: str | None, *, basic: bool) -> Account | None:
        """Return the account of an Authorization header, None where it is not good.

        Args:
            header: The header, None where there is none.
            basic: Whether name and password are taken at all.
        """
        scheme, blank, value = (header or "").partition(" ")
        value = value.strip()
        if not blank or not value:
            return None
        if scheme.lower() == "bearer":
            good = self._token is not None and _same(value.encode(), self._token.encode())
            return next(iter(self._now.values())) if good else None
        return self._by_password(value) if scheme.lower() == "basic" and basic else None

    def _by_password(self, encoded: str) -> Account | None:
        try:
            pair = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return None
        for account in self._now.values():
            if _same(pair, f"{account.username}:{account.password}".encode()):
                return account
        return None

    def roles(self) -> dict[str, list[str] | None]:
        """Return the roles of each account by its name; None stands for every role."""
        return {
            name: None if account.roles is None else sorted(account.roles)
            for name, account in self._now.items()
        }

    def set_roles(self, given: Mapping[str, Sequence[str] | None], known: Sequence[str]) -> None:
        """Give accounts other roles, all or none of them. Raises ValueError.

        Args:
            given: Roles by the name of an account; None stands for every role.
            known: The names of all roles of the product.
        """
        for name in given:
            if name not in self._now:
                raise ValueError(f"no account is called {name}; known are {', '.join(self._now)}")
        self.take_over(self.read(given, known))

    def read(self, given: Any, known: Sequence[str]) -> list[Account]:
        """Return the accounts with other roles. Those that are not here are left out.

        Args:
            given: What `roles` returned, or what somebody wrote in its form.
            known: The names of all roles of the product.

        Raises:
            ValueError: It is not of that form, or a role is unknown.
        """
        if not isinstance(given, Mapping):
            raise ValueError("the roles are not those of accounts by their names")
        for name, roles in given.items():
            if roles is not None and not (
                isinstance(roles, list) and all(isinstance(role, str) for role in roles)
            ):
                raise ValueError(f"account {name}: roles are a list of names, or null for all")
        read = {
            name: None if roles is None else read_roles(roles, known, name)
            for name, roles in given.items()
        }
        return [replace(own, roles=read[name]) for name, own in self._now.items() if name in read]

    def take_over(self, accounts: Sequence[Account]) -> None:
        """Replace accounts by those of the same names."""
        self._now |= {account.username: account for account in accounts}

    def reset(self) -> None:
        """Back to the roles of the command line."""
        self._now = dict(self._start)


def _same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)
