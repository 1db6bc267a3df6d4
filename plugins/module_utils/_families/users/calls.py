# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about users and their passwords."""

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
        """The user with this name or e-mail address, or None. ``where``: the option that has it,
        for errors."""

    def ldap_users(self, text: str) -> tuple[User, ...]:
        """The users of the directory whose names the server finds by a text. Raises OptionError
        where there are too many."""

    def password_fits(self, user: User, password: str) -> bool:
        """Whether a password is a user's present one, which is tried. Needs credentials of the
        account that are known to be good: read the user first."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """A batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out. Raises AnswerLostError when nobody knows whether the password was
        changed."""


def _epmm() -> Parts[Users]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmUsers

    return EpmmClient, EpmmUsers


USERS = Capability("users and their passwords", {"epmm": _epmm})
