# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose devices are, the planner that gives them to another user, and what has become of it. Pure.

Source: MDM Customer Integration API Guide, "Assign a Device to a User".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.plan import INELIGIBLE, UNDER_WAY, Change, LeftAlone, Plan

# "Last Reassignment Status": under way, and how it can end. A device that was never reassigned has
# none of them.
INITIATED, FAILED = "INITIATED", "FAILED"

# Platforms that the call is for.
_PLATFORMS = ("android", "ios")

# A device in one of these answers no server any more, or is about to.
_LEAVING = frozenset(
    {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED"}
)

UNDER_WAY_REASON = "it is being given to somebody already, and the server does not say to whom"

_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True)
class Account:
    """A user of the tenant. ``uid`` and ``email`` are empty where they are not known; ``enabled``
    is None there."""

    id: str
    uid: str = ""
    email: str = ""
    enabled: bool | None = None

    @property
    def user(self) -> str:
        """The name that results tell, or ""."""
        return self.uid or self.email

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"account {self.id} ({self.user})" if self.user else f"account {self.id}"

    def is_called(self, name: str) -> bool:
        """Whether a name is its user id or its e-mail address, without case."""
        return name.lower() in (self.uid.lower(), self.email.lower())


@dataclass(frozen=True)
class Ownership:
    """Whose a device is. ``account``: the id of the account, "" where the server does not tell;
    then the device has perhaps its ``uid`` or ``email``. ``supervised`` is None where nobody knows.
    ``status``: of its last reassignment, "" where there was none or the server does not tell."""

    device: Device
    account: str = ""
    supervised: bool | None = None
    status: str = ""

    @property
    def id(self) -> str:
        """The device's."""
        return self.device.id

    @property
    def title(self) -> str:
        """The device's."""
        return self.device.title

    @property
    def identity(self) -> Mapping[str, str]:
        """The device's."""
        return self.device.identity

    @property
    def owner(self) -> str:
        """What sentences call the present owner."""
        user = self.device.uid or self.device.email
        return Account(self.account, user).title if self.account else user or "nobody"


def parse_account_id(raw: object) -> Account:
    """The account of an id. Raises OptionError for what is none."""
    text = str(raw).strip()
    if not (text.isascii() and _ID.fullmatch(text)):
        raise OptionError(
            f"account_id: {raw!r} is not the id of an account, which is a whole number; or give "
            "user."
        )
    return Account(str(int(text)))


def the_account(name: str, accounts: Sequence[Account]) -> Account:
    """The one account of a name. Raises OptionError for none, and for several."""
    found = [account for account in accounts if account.is_called(name)]
    if not found:
        raise OptionError(
            f"user: no account has the user id or e-mail address {name!r}; nothing was done. "
            "Correct it."
        )
    if len(found) > 1:
        listed = ", ".join(account.title for account in found[:10])
        raise OptionError(
            f"user: {len(found)} accounts are called {name!r}: {listed}; nothing was done. Give "
            "account_id instead."
        )
    return found[0]


def belongs(ownership: Ownership, account: Account) -> bool | None:
    """Whether a device is an account's; None where what is known of the two does not say it."""
    if ownership.account:
        return ownership.account == account.id
    device = ownership.device
    if not device.uid and not device.email:
        return False
    for have, wanted in ((device.uid, account.uid), (device.email, account.email)):
        if have and wanted:
            return have.lower() == wanted.lower()
    return None


def is_settled(ownership: Ownership, account: Account) -> bool:
    """Whether a device is an account's, and is not being given to anybody, as far as that is
    known."""
    return bool(belongs(ownership, account)) and ownership.status != INITIATED


def plan_owner(account: Account, ownerships: Iterable[Ownership], *, restart: bool) -> Plan:
    """Assign devices to an account. ``restart``: those as well that are being assigned to somebody
    already, which one that is the account's may be, too: nobody knows to whom."""
    changes, unchanged, left = [], [], []
    for one in ownerships:
        if is_settled(one, account):
            unchanged.append(one)
        elif reason := _unfit(one) or _unknown(one, account):
            left.append(LeftAlone(one, INELIGIBLE, reason))
        elif one.status == INITIATED and not restart:
            left.append(LeftAlone(one, UNDER_WAY, UNDER_WAY_REASON))
        else:
            changes.append(change_of(one, account))
    return Plan(tuple(changes), tuple(unchanged), tuple(left))


def _unknown(one: Ownership, account: Account) -> str:
    """Why nobody can tell whether a device is an account's, or ""."""
    if belongs(one, account) is not None:
        return ""
    return (
        f"the server does not tell its account, only that it is {one.owner}'s; give user instead "
        "of account_id"
    )


def change_of(one: Ownership, account: Account) -> Change[Ownership]:
    """The change that gives a device to an account. The name of the user is told where it is
    known."""
    before: dict[str, Any] = {"account_id": one.account or None}
    after: dict[str, Any] = {"account_id": account.id}
    if account.user:
        before["user"], after["user"] = one.device.uid or one.device.email or None, account.user
    return Change(one, before, after, account)


def was_begun(before: Ownership, now: Ownership | None, account: Account) -> bool:
    """Whether what a device is now proves that the server began to give it to an account, or that
    nothing is left to do.

    It does not where a reassignment was under way before as well.
    """
    if now is None:
        return False
    if belongs(now, account) and not belongs(before, account):
        return True
    return is_settled(now, account) or (now.status == INITIATED and before.status != INITIATED)


def failed_with(now: Ownership | None, *, was_sent: bool) -> str:
    """Why a reassignment that was followed has failed, or "" where that cannot be said yet, of a
    device that is not the wanted account's, or not yet. ``was_sent``: it is ours, and not one that
    was under way before."""
    if now is None:
        return "the device is gone."
    if now.status == FAILED and was_sent:
        return f"the device refused it ({FAILED}); it is still {now.owner}'s."
    if now.status != INITIATED and not was_sent:
        return f"what was under way has ended ({now.status or 'no status'}), and the device is {now.owner}'s; run it again."
    return ""


def shown_owner(now: Ownership) -> str:
    """What a device is, for sentences."""
    return f"its last reassignment status is {now.status or 'not told'}, and it is {now.owner}'s"


def _unfit(one: Ownership) -> str:
    """Why the call is not for a device, as far as its row tells, or ""."""
    device = one.device
    if device.platform and device.platform not in _PLATFORMS:
        return f"only supervised iOS and Android Enterprise devices can be given to another user, not {device.platform}"
    if device.platform == "ios" and one.supervised is False:
        return "an iOS device can be given to another user only where it is supervised"
    if device.state in _LEAVING:
        return f"a device in the state {device.state} cannot be given to another user"
    return ""
