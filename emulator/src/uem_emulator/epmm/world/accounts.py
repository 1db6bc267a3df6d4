# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users as those who log in: who is meant by a name, passwords, proofs of them.

Source: "MobileIron WebService", Register a Device and Update Password for a User: a local user who
is made by the API has his user id as password, and a new one has 8 to 20 characters. Every user
begins with his user id here, those of LDAP, too. Nothing shows a password, the control calls
neither.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

from uem_emulator.epmm.world import directory
from uem_emulator.epmm.world.model import User
from uem_emulator.epmm.world.world import World
from uem_emulator.switches import Switches

SHORTEST, LONGEST = 8, 20


def _hash(salt: str, password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 1000).hex()


class Accounts:
    """The log-ins of one world. `proofs` counts the attempts to prove a password, those for nobody,
    too."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        #: Of passwords which were set: they are kept nowhere, and no saved state has them.
        self._hashes: dict[str, str] = {}
        self._proofs: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self.proofs = 0

    # --- who ------------------------------------------------------------------------------------------------------------

    def named(self, name: str) -> User | None:
        """By user id, whole; its case matters where a switch says so."""
        return self._first(name, lambda user: user.principal)

    def find(self, text: str) -> User | None:
        """By user id or e-mail address, whole."""
        return self.named(text) or self._first(text, lambda user: user.email or "")

    def _first(self, text: str, shown: Callable[[User], str]) -> User | None:
        if not text:
            return None
        if self._switches["user_case"] == "respected":
            return next((user for user in self._world.users.values() if shown(user) == text), None)
        wanted = text.lower()
        return next(
            (user for user in self._world.users.values() if shown(user).lower() == wanted), None
        )

    def search(self, text: str) -> list[User | directory.Person]:
        """Those of LDAP whose user id begins with the text, or has it: users of the server and
        others, in order."""
        wanted, anywhere = text.lower(), self._switches["ldap_search"] == "contains"
        users: list[User | directory.Person] = [
            user for user in self._world.users.values() if not user.local
        ]
        taken = {user.principal.lower() for user in self._world.users.values()}
        others = [person for person in directory.PEOPLE if person.principal.lower() not in taken]
        found = [
            (name, one)
            for one in (*users, *others)
            if wanted in (name := one.principal.lower()) and (anywhere or name.startswith(wanted))
        ]
        return [one for _name, one in sorted(found, key=lambda pair: pair[0])]

    # --- passwords --------------------------------------------------------------------------------------------------------

    def fits(self, user: User, password: str) -> bool:
        """Return whether a password is the user's. It does not count as a proof."""
        kept = self._hashes.get(user.uuid)
        if kept is None:
            return hmac.compare_digest(user.principal.encode(), password.encode())
        salt, _colon, known = kept.partition(":")
        return hmac.compare_digest(_hash(salt, password), known)

    def set(self, user: User, password: str) -> None:
        """Set the password of a user; failed proofs are forgotten."""
        salt = secrets.token_hex(8)
        self._hashes[user.uuid] = f"{salt}:{_hash(salt, password)}"
        del self._failed[user.uuid]

    def proves(self, user: User | None, password: str) -> bool:
        """Return whether somebody who says that he is a user has shown it. Who has failed too often
        can no longer.

        Args:
            user: The user; None for a name which nobody has.
            password: What is shown.
        """
        self.proofs += 1
        if user is None:
            return False
        self._proofs[user.uuid] += 1
        if self.locked(user) or not self.fits(user, password):
            self._failed[user.uuid] += 1
            return False
        del self._failed[user.uuid]
        return True

    def may_log_in(self, user: User) -> bool:
        """Return whether a user is let in who has shown the right password."""
        return user.enabled or self._switches["proof_disabled_user"] == "accepted"

    def locked(self, user: User) -> bool:
        """Return whether a user has failed too often."""
        limit = self._switches.number("proof_lock_after")
        return 0 < limit <= self._failed[user.uuid]

    def truth(self) -> dict[str, dict[str, Any]]:
        """User ids to what became of their proofs, where there was any: proofs, failed (in a row),
        locked."""
        return {
            user.principal: {
                "proofs": self._proofs[user.uuid],
                "failed": self._failed[user.uuid],
                "locked": self.locked(user),
            }
            for user in self._world.users.values()
            if user.uuid in self._proofs
        }
