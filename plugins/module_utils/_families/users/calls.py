# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for users and their passwords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import User


class Users(Protocol):
    """Users and their passwords."""

    def user(self, name: str, where: str = "user") -> User | None:
        """Return the user with a name or e-mail address, or None.

        Args:
            name: The name or address.
            where: The name of the option, for messages.
        """

    def ldap_users(self, text: str) -> tuple[User, ...]:
        """Return the users of the directory that the server finds by a text.

        Raises:
            OptionError: There are too many.
        """

    def password_fits(self, user: User, password: str) -> bool:
        """Return whether a password is the present one of a user, by trying it.

        The account's own credentials must be known to be good: read the user first.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Return a batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            AnswerLostError: It is not known whether the password was changed.
        """


def _epmm() -> Parts[Users]:
    from ..._products.epmm.server import Epmm
    from .epmm import EpmmUsers

    return Epmm, EpmmUsers


USERS = Capability("users and their passwords", {"epmm": _epmm})
