# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of Neurons for MDM, and their devices (N01, and the list of accounts)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    ApiError,
    DeclinedError,
    ForbiddenError,
    NotFoundError,
    OptionError,
    UemError,
)
from ..._core.plan import Batch, Change, Outcome
from ..._core.privacy import hidden_error, hides_users
from ..._core.wording import counted, numbered
from ..._http.paging import Page, Spot, read_all
from ..._http.parallel import each
from ..._products.batches import ONE_REFUSED, grouped, one_by_one
from ..._products.neurons import endpoints, fq
from ..._products.neurons.answers import exception_codes, result_of, rows_of
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.devices import device_of
from ..._products.neurons.endpoints import GUIDE, TENANT_ADMIN
from ..._products.neurons.values import flag
from ..._products.proof import contradicts
from ..._products.values import is_id, text_of
from .model import FAILED, INITIATED, Account, Ownership, shown_owner, was_begun

# It is not sent again after a lost answer: a server may reject a device whose reassignment has
# begun. The device is read instead.
OWNER = Endpoint(
    "N01",
    "PUT",
    "/api/v1/device/updateAccount",
    GUIDE + "Assign a Device to a User",
    TENANT_ADMIN,
)
ACCOUNTS = Endpoint(
    "accounts", "GET", "/api/v1/account", GUIDE + "User API Calls", safe=True, idempotent=True
)

# The rows of a page of accounts ("API Basics").
PAGE_ROWS = 500

_SORT = (("sortFields[0].name", "id"), ("sortFields[0].order", "ASC"))
# An error of the field "accountId", as ``answers.explain`` writes it.
_ABOUT_ACCOUNT = re.compile(r"[(; ]accountId\b")

_STATUSES = (INITIATED, FAILED, "SUCCESS")


class NeuronsOwners:
    """Users of a tenant, and their devices."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client
        self._transport = client.transport

    def accounts(self, name: str) -> tuple[Account, ...]:
        """See Owners. If the filter cannot express the name, all accounts are read."""
        filters: list[str] = []
        for kind in ("user", "email"):
            filters += fq.lookups([DeviceRef(kind, name)], "") or [""]
        found: dict[str, Account] = {}
        try:
            for narrow in dict.fromkeys(filters):
                found.update((account.id, account) for account in self._accounts(narrow))
        except (ForbiddenError, NotFoundError) as error:
            raise OptionError(
                f"user: the accounts cannot be read; give account_id instead. {error}"
            ) from None
        called = tuple(account for account in found.values() if account.is_called(name))
        if called:
            return called
        others = [(one.uid, one.email) for one in found.values()]
        if not hides_users(others):
            others = [(one.uid, one.email) for one in self._accounts("")]
        if hides_users(others):
            raise hidden_error("users cannot be found", ["user id or e-mail"], "Give account_id")
        if found and "" not in filters:
            # The server knows somebody, and shows another name.
            other = next(iter(found.values()))
            raise contradicts(f"the {other.title}", f"the user {name!r}", repr(other.user))
        return ()

    def _accounts(self, narrow: str) -> list[Account]:
        base = [("rows", str(PAGE_ROWS)), *_SORT, *([("fq", narrow)] if narrow else [])]

        def fetch(spot: Spot) -> Page[Account]:
            answer = self._transport.call(ACCOUNTS, query=[*base, ("start", str(spot.start))])
            rows, total, after = rows_of(answer, "The list of accounts")
            return Page([account_of(row) for row in rows], total, after)

        return read_all(fetch, key=lambda account: account.id, what="accounts")

    def ownership(self, device: Device) -> Ownership:
        """See Owners."""
        return ownership_of(device.row, device)

    def ownership_now(self, device: Device) -> Ownership | None:
        """See Owners. The details come from the database, not from the index behind the list."""
        try:
            raw = self._client.raw_details(device)
        except NotFoundError:
            return None
        now = device_of(raw, keep_row=True, space=device.space)
        return ownership_of(now.row, now)

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Owners. The guide names no limit."""
        return grouped(changes, endpoints.MOST_DEVICES)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Owners."""
        try:
            rejected, doubt = self._send(batch)
        except UemError as error:
            if error.effect == "none":
                return self._retried(batch, error)
            rejected, doubt = {}, str(error)

        def outcome(change: Change[Any]) -> Outcome:
            if doubt and change.subject.id not in rejected:
                return self._looked_at(change, doubt)
            return Outcome(change, rejected.get(change.subject.id))

        return each(outcome, batch.changes, self._transport.settings.concurrency)

    def _retried(self, batch: Batch, error: UemError) -> list[Outcome]:
        """Send each device by itself after a call that was refused as a whole, because one may be
        the reason.

        Raises:
            UemError: A single device cannot be the reason.
        """
        if not isinstance(error, ApiError):
            raise error
        if error.status == 400 and _ABOUT_ACCOUNT.search(str(error)):
            raise OptionError(_refused(batch.write, str(error))) from None
        if error.status not in ONE_REFUSED or len(batch.changes) == 1:
            raise error
        refused = one_by_one(batch.changes, self._write_one)
        return [
            refused[one.subject.id].outcome(one) if one.subject.id in refused else Outcome(one)
            for one in batch.changes
        ]

    def _write_one(self, change: Change[Ownership]) -> None:
        [outcome] = self.write(Batch((change,), change.write))
        if outcome.error is not None:
            raise (DeclinedError if outcome.known else AnswerError)(outcome.error)

    def _send(self, batch: Batch) -> tuple[Mapping[str, str], str]:
        """Send one call. Return what ``rejections`` returns for the answer."""
        ids = [change.subject.id for change in batch.changes]
        form = [("accountId", batch.write.id), *(("deviceIds", number) for number in ids)]
        return rejections(self._transport.call(OWNER, form=form), ids)

    def _looked_at(self, change: Change[Ownership], doubt: str) -> Outcome:
        """Return the outcome of a reassignment that the device shows, if it has begun.

        Args:
            change: The change.
            doubt: Why the answer does not show it.
        """
        reason = doubt.rstrip(".")
        try:
            now = self.ownership_now(change.subject.device)
        except UemError as error:
            unread = f"{reason}. What became of the device could not be read: {error}"
            return Outcome(change, unread, known=False)
        if was_begun(change.subject, now, change.write):
            return Outcome(change)
        state = "it is gone" if now is None else shown_owner(now)
        return Outcome(
            change, f"{reason}. The device was read, and nothing was sent to it again: {state}."
        )


def _refused(account: Account, message: str) -> str:
    option = "user" if account.user else "account_id"
    return f"{option}: the server refuses {account.title}; correct it. {message}"


def account_of(row: Mapping[str, Any]) -> Account:
    """Make an account of a row. Only a few fields are copied, because a row has PINs.

    Raises:
        AnswerError: The row has no usable id.
    """
    number = row.get("id")
    if not is_id(number):
        raise AnswerError("The server sent an account without a usable id.")
    return Account(
        str(number),
        text_of(row.get("uid")),
        text_of(row.get("emailAddress")),
        flag(row.get("enabled")),
    )


def ownership_of(row: Mapping[str, Any], device: Device) -> Ownership:
    """Make an ownership of a row of a device."""
    number = text_of(row.get("owner_id"))
    return Ownership(
        device, number if is_id(number) else "", flag(row.get("supervised")), status_of(row)
    )


def status_of(row: Mapping[str, Any]) -> str:
    """Return the "Last Reassignment Status" of a device.

    The guide has its name in the portal, and not its key. So any key that contains the words
    counts, preferably one with a value that the guide names.
    """
    found = []
    for key, value in sorted(row.items()):
        text = text_of(value).strip().upper()
        if text and "reassign" in key.lower() and "status" in key.lower():
            found.append(text)
    return next((text for text in found if text in _STATUSES), found[0] if found else "")


def rejections(answer: Any, sent: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return which devices the server rejected.

    The answer is a list of the devices that were rejected, as rows or as bare ids. In an older
    guide it is a number.

    Args:
        answer: The JSON of the answer.
        sent: The ids of the devices that were sent.

    Returns:
        The reason for each rejected device, by id, and why it is not clear what happened to the
        others, or "".

    Raises:
        AnswerError: The answer has no result.
    """
    result = result_of(answer, f"Assigning {counted(len(sent), 'devices')} to another user")
    if result is True:
        return {}, ""
    if isinstance(result, int) and not isinstance(result, bool):
        of = numbered(len(sent), "devices")
        short = f"the server took {result} of {of} and does not say which"
        return {}, "" if result >= len(sent) else short
    page = result if isinstance(result, Mapping) else {"searchResults": result}
    rows = page.get("searchResults")
    if not isinstance(rows, list):
        return {}, "the server's answer lists no devices"
    total = page.get("totalCount")
    if total is None:
        total = len(rows)
    by_id = dict(_rejected(row) for row in rows)
    named = {key: reason for key, reason in by_id.items() if key in sent}
    if len(named) == len(rows) == total:
        return named, ""
    rejected = counted(total, "devices")
    return (
        named,
        f"the server rejected {rejected} and names {len(named)} of those that it was asked about",
    )


def _rejected(row: Any) -> tuple[str, str]:
    if isinstance(row, Mapping):
        return text_of(row.get("id")), f"the server rejected it: {exception_codes(row)}"
    return text_of(row), "the server rejected it, and does not say why"
