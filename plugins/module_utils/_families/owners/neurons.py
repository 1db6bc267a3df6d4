# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of Neurons for MDM, and the devices that are theirs (N01, and the list of accounts)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..._core.device import Device, DeviceRef
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    ForbiddenError,
    NotFoundError,
    OptionError,
    UemError,
)
from ..._core.plan import Change, Outcome, counted
from ..._http.paging import Page, Spot, read_all
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.neurons import endpoints, fq, wire
from ..._products.neurons.lists import flag
from ..._products.partly import one_by_one
from ..._products.protocol import Batch
from ..actions.model import MOST
from ..compliance.neurons import NOT_ONE
from .model import FAILED, INITIATED, Account, Ownership, shown_owner, was_begun

# Rows of a page of accounts ("API Basics").
PAGE_ROWS = 500

_SORT = (("sortFields[0].name", "id"), ("sortFields[0].order", "ASC"))
# An error of the field "accountId", as ``wire.explain`` tells it.
_ABOUT_ACCOUNT = re.compile(r"[(; ]accountId\b")

_STATUSES = (INITIATED, FAILED, "SUCCESS")


class OwnerCalls:
    """A part of the client: owners of devices."""

    transport: Transport
    details: Callable[[Device], Mapping[str, Any]]

    def accounts(self, name: str) -> tuple[Account, ...]:
        """See Owners. A name that the filter cannot express is looked for among all accounts."""
        filters = [fq.lookups([DeviceRef(kind, name)], "") for kind in ("uid", "email")]
        found: dict[str, Account] = {}
        try:
            for part in [*dict.fromkeys(one for each in filters for one in each or ("",))]:
                found.update((account.id, account) for account in self._accounts(part))
        except (ForbiddenError, NotFoundError) as error:
            raise OptionError(
                f"user: the accounts cannot be read; give account_id instead. {error}"
            ) from None
        return tuple(account for account in found.values() if account.is_called(name))

    def _accounts(self, narrow: str) -> list[Account]:
        base = [("rows", str(PAGE_ROWS)), *_SORT, *([("fq", narrow)] if narrow else [])]

        def fetch(spot: Spot) -> Page[Account]:
            answer = self.transport.call(
                endpoints.ACCOUNTS, query=[*base, ("start", str(spot.start))]
            )
            rows, total, after = wire.rows_of(answer, "The list of accounts")
            return Page([account_of(row) for row in rows], total, after)

        return read_all(fetch, key=lambda account: account.id, what="accounts")

    def ownership(self, device: Device) -> Ownership:
        """See Owners."""
        return ownership_of(device.row, device)

    def ownership_now(self, device: Device) -> Ownership | None:
        """See Owners. The details come from the database, and not from the index behind the
        list."""
        try:
            row = self.details(device)
        except NotFoundError:
            return None
        return ownership_of(row, wire.device(row, keep_row=False, space=device.space))

    def owner_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See Owners. The guide names no limit."""
        return grouped(changes, MOST)

    def give(self, batch: Batch) -> list[Outcome]:
        """See Owners. Of a call that is refused as a whole each device is tried alone, for one may
        be the reason."""
        rejected: Mapping[str, str] = {}
        try:
            rejected, doubt = self._send(batch)
        except (AnswerLostError, AnswerError, ApiError) as error:
            if isinstance(error, ApiError) and error.status < 500:
                if error.status == 400 and _ABOUT_ACCOUNT.search(str(error)):
                    raise OptionError(_refused(batch.write, str(error))) from None
                if error.status not in NOT_ONE or len(batch.changes) == 1:
                    raise
                refused = one_by_one(batch.changes, self._give_one)
                return [Outcome(change, refused.get(change.subject.id)) for change in batch.changes]
            doubt = str(error)
        errors: dict[str, str | None] = dict(rejected)
        if doubt:
            asked = [change for change in batch.changes if change.subject.id not in rejected]
            with ThreadPoolExecutor(self.transport.settings.concurrency) as pool:
                judged = pool.map(lambda change: self._judged(change, doubt), asked)
                errors.update(
                    (change.subject.id, error) for change, error in zip(asked, judged, strict=True)
                )
        return [Outcome(change, errors.get(change.subject.id)) for change in batch.changes]

    def _give_one(self, change: Change[Ownership]) -> None:
        [outcome] = self.give(Batch((change,), change.write))
        if outcome.error is not None:
            raise AnswerError(outcome.error)

    def _send(self, batch: Batch) -> tuple[Mapping[str, str], str]:
        ids = [change.subject.id for change in batch.changes]
        form = [("accountId", batch.write.id), *(("deviceIds", one) for one in ids)]
        return rejections(self.transport.call(endpoints.OWNER, form=form), ids)

    def _judged(self, change: Change[Ownership], doubt: str) -> str | None:
        """Whether what a device is now proves that its reassignment began, or why it does not."""
        told = doubt.rstrip(".")
        try:
            now = self.ownership_now(change.subject.device)
        except UemError as error:
            return f"{told}. What became of the device could not be read: {error}"
        if was_begun(change.subject, now, change.write):
            return None
        state = "it is gone" if now is None else shown_owner(now)
        return f"{told}. The device was looked at, and not sent anything again: {state}."


def _refused(account: Account, told: str) -> str:
    option = "user" if account.user else "account_id"
    return f"{option}: the server refuses {account.title}; correct it. {told}"


def account_of(row: Mapping[str, Any]) -> Account:
    """An account of the list, of which nothing else is kept: it holds PINs."""
    number = row.get("id")
    if (
        isinstance(number, bool)
        or not isinstance(number, (int, str))
        or not str(number).isdecimal()
    ):
        raise AnswerError("The server sent an account without a usable id.")
    return Account(
        str(number),
        wire.text_of(row.get("uid")),
        wire.text_of(row.get("emailAddress")),
        flag(row.get("enabled")),
    )


def ownership_of(row: Mapping[str, Any], device: Device) -> Ownership:
    """Whose a device is, by a row of the list or by its details."""
    number = wire.text_of(row.get("ownerId"))
    return Ownership(
        device, number if number.isdecimal() else "", flag(row.get("supervised")), status_of(row)
    )


def status_of(row: Mapping[str, Any]) -> str:
    """The "Last Reassignment Status". The guide tells what the portal calls it, and not its key:
    any that speaks of the status of a reassignment will do, best one with a value that the guide
    names."""
    found = [
        text
        for key, value in sorted(row.items())
        if "reassign" in key.lower()
        and "status" in key.lower()
        and (text := wire.text_of(value).strip().upper())
    ]
    return next((text for text in found if text in _STATUSES), found[0] if found else "")


def rejections(answer: Any, asked: Sequence[str]) -> tuple[dict[str, str], str]:
    """By id of a device why the server rejected it, and what the answer leaves open of the others,
    or "".

    The answer is a list of the devices that were rejected, as rows or as bare ids; an older guide
    answers a number. Raises AnswerError for an answer without a result.
    """
    result = wire.result_of(answer, f"Giving {counted(len(asked), 'devices')} to another user")
    if isinstance(result, int) and not isinstance(result, bool):
        short = f"the server took {result} of {len(asked)} devices and does not say which"
        return {}, "" if result >= len(asked) else short
    rows = result.get("searchResults") if isinstance(result, Mapping) else result
    if not isinstance(rows, list):
        return {}, "" if result is True else "the server's answer lists no devices"
    total = result.get("totalCount") if isinstance(result, Mapping) else len(rows)
    told = dict(_rejected(row) for row in rows)
    named = {key: reason for key, reason in told.items() if key in asked}
    if len(named) == len(rows) and total in (None, len(rows)):
        return named, ""
    told_of = counted(len(rows) if total is None else total, "devices")
    return (
        named,
        f"the server rejected {told_of} and names {len(named)} of those that it was asked about",
    )


def _rejected(row: Any) -> tuple[str, str]:
    if isinstance(row, Mapping):
        return wire.text_of(row.get("id")), f"the server rejected it: {wire.exception_codes(row)}"
    return wire.text_of(row), "the server rejected it, and does not say why"
