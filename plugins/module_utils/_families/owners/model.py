# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners of devices, and the planner that assigns devices to another user. Pure.

Source: MDM Customer Integration API Guide, "Assign a Device to a User".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import fold
from ..._core.plan import INELIGIBLE, UNDER_WAY, Change, LeftAlone, Plan

# "Last Reassignment Status": in progress, and failed. A device that was never reassigned has no
# status.
INITIATED, FAILED = "INITIATED", "FAILED"

# The platforms that the call is for.
_PLATFORMS = ("android", "ios")

# A device in one of these states does not answer a server, or will soon not.
_LEAVING = frozenset(
    {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED"}
)

UNDER_WAY_REASON = "it is being assigned already, and the server does not say to whom"

_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True)
class Account:
    """A user of the tenant.

    Attributes:
        id: The id of the account.
        uid: The user id, or "" if it is not known.
        email: The e-mail address, or "" if it is not known.
        enabled: Whether the account is enabled, or None if that is not known.
    """

    id: str
    uid: str = ""
    email: str = ""
    enabled: bool | None = None

    @property
    def user(self) -> str:
        """The name for results, or ""."""
        return self.uid or self.email

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return f"account {self.id} ({self.user})" if self.user else f"account {self.id}"

    def is_called(self, name: str) -> bool:
        """Return whether a name is its user id or its e-mail address, compared without case."""
        return fold(name) in (fold(self.uid), fold(self.email))


@dataclass(frozen=True)
class Ownership:
    """The owner of a device.

    Attributes:
        device: The device. It may have the ``uid`` or ``email`` of an owner without ``account``.
        account: The id of the account, or "" if the server does not give it.
        supervised: Whether the device is supervised, or None if that is not known.
        status: The status of its last reassignment, or "" if there was none or it is not given.
    """

    device: Device
    account: str = ""
    supervised: bool | None = None
    status: str = ""

    @property
    def id(self) -> str:
        """The id of the device."""
        return self.device.id

    @property
    def title(self) -> str:
        """The words for the device in messages."""
        return self.device.title

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify the device in a result."""
        return self.device.identity

    @property
    def owner(self) -> str:
        """The words for the present owner in messages."""
        user = self.device.uid or self.device.email
        return Account(self.account, user).title if self.account else user or "nobody"


def parse_account_id(raw: object) -> Account:
    """Read the id of an account.

    Raises:
        OptionError: It is not an id.
    """
    text = str(raw).strip()
    if not (text.isascii() and _ID.fullmatch(text)):
        raise OptionError(
            f"account_id: {raw!r} is not the id of an account, which is a whole number; correct "
            "it, or give user."
        )
    return Account(str(int(text)))


def account_named(name: str, accounts: Sequence[Account], where: str = "user") -> Account:
    """Return the one account with a name.

    Args:
        name: The name.
        accounts: The accounts that there are.
        where: The place that the name was given in, for messages.

    Raises:
        OptionError: No account has it, or several.
    """
    found = [account for account in accounts if account.is_called(name)]
    if not found:
        raise OptionError(
            f"{where}: no account has the user id or e-mail address {name!r}; nothing was done. "
            "Correct it."
        )
    if len(found) > 1:
        listed = ", ".join(account.title for account in found[:10])
        raise OptionError(
            f"{where}: {len(found)} accounts are called {name!r}: {listed}; nothing was done. Give "
            "account_id instead."
        )
    return found[0]


def belongs(ownership: Ownership, account: Account) -> bool | None:
    """Return whether a device belongs to an account, or None if that is not known."""
    if ownership.account:
        return ownership.account == account.id
    device = ownership.device
    if not device.uid and not device.email:
        return False
    for have, wanted in ((device.uid, account.uid), (device.email, account.email)):
        if have and wanted:
            return fold(have) == fold(wanted)
    return None


def is_settled(ownership: Ownership, account: Account) -> bool:
    """Return whether a device belongs to an account, and is not being given to anybody, as far as
    is known."""
    return bool(belongs(ownership, account)) and ownership.status != INITIATED


def plan_owner(
    accounts: Mapping[str, Account], ownerships: Iterable[Ownership], *, restart: bool
) -> Plan:
    """Plan to assign devices to accounts.

    Args:
        accounts: The account of each device, by the id of the device.
        ownerships: The owners of the devices now.
        restart: Whether devices are included that are being given to somebody already. Nobody knows
            to whom, also if a device belongs to the account.
    """
    changes, unchanged, left = [], [], []
    for ownership in ownerships:
        account = accounts[ownership.id]
        if is_settled(ownership, account):
            unchanged.append(ownership)
        elif reason := _ineligible_reason(ownership) or _unknown_reason(ownership, account):
            left.append(LeftAlone(ownership, INELIGIBLE, reason))
        elif ownership.status == INITIATED and not restart:
            left.append(LeftAlone(ownership, UNDER_WAY, UNDER_WAY_REASON))
        else:
            changes.append(change_of(ownership, account))
    return Plan(tuple(changes), tuple(unchanged), tuple(left))


def _unknown_reason(ownership: Ownership, account: Account) -> str:
    """Return why it is not known whether a device belongs to an account, or ""."""
    if belongs(ownership, account) is not None:
        return ""
    return (
        "the server does not say which account it is assigned to, only that it is "
        f"{ownership.owner}'s; give user instead of account_id"
    )


def change_of(ownership: Ownership, account: Account) -> Change[Ownership]:
    """Return the change that assigns a device to an account. It has the user's name if that is
    known."""
    before: dict[str, Any] = {"account_id": ownership.account or None}
    after: dict[str, Any] = {"account_id": account.id}
    if account.user:
        before["user"], after["user"] = (
            ownership.device.uid or ownership.device.email or None,
            account.user,
        )
    is_somebodys = ownership.account or ownership.device.uid or ownership.device.email
    harm = harm_of("device_owner", "reassigns" if is_somebodys else "assigns")
    return Change(ownership, before, after, account, harm=harm)


def was_begun(before: Ownership, now: Ownership | None, account: Account) -> bool:
    """Return whether the server certainly began to assign a device to an account, or nothing is
    left to do.

    If a reassignment was in progress before, its status proves nothing.

    Args:
        before: The owner before the request.
        now: The owner now, or None if the device no longer exists.
        account: The account.
    """
    if now is None:
        return False
    if belongs(now, account) and not belongs(before, account):
        return True
    return is_settled(now, account) or (now.status == INITIATED and before.status != INITIATED)


def failure_reason(now: Ownership | None, *, was_sent: bool) -> str:
    """Return why a reassignment has failed, or "" if that is not known yet.

    Args:
        now: The owner now, who is not the wanted account, or None if the device no longer exists.
        was_sent: Whether this run sent it. Otherwise it was in progress before.
    """
    if now is None:
        return "the device is gone."
    if now.status == FAILED and was_sent:
        return f"the device refused it ({FAILED}); it is still {now.owner}'s."
    if now.status != INITIATED and not was_sent:
        return (
            f"the reassignment that was under way has ended ({now.status or 'no status'}), and "
            f"the device is {now.owner}'s; run it again."
        )
    return ""


def shown_owner(now: Ownership) -> str:
    """Return the status and the owner of a device for messages."""
    return f"its last reassignment status is {now.status or 'unknown'}, and it is {now.owner}'s"


def _ineligible_reason(ownership: Ownership) -> str:
    """Return why the call is not for a device, if its row shows it, or ""."""
    device = ownership.device
    # Before all else: nothing that is changed on such a device helps.
    if device.state in _LEAVING:
        return f"a device in the state {device.state} cannot be assigned to another user"
    if device.platform and device.platform not in _PLATFORMS:
        return (
            "only supervised iOS and Android Enterprise devices can be assigned to another user, "
            f"not {device.platform}"
        )
    if device.platform == "ios" and ownership.supervised is False:
        return "an iOS device can be assigned to another user only where it is supervised"
    return ""
