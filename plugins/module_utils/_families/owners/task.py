# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Give devices to another user, and follow what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import parse_refs
from ..._core.errors import OptionError, UemError
from ..._core.plan import Limits, Outcome, Plan
from ..._core.selection import Found
from ..._module.action_result import TOLD, acted, require_eligible
from ..._module.choice import Choice, parse_choice
from ..._module.executor import execute
from ..._module.guard.guard import require_times
from ..._module.reading import read_each
from ..._module.reconcile import PartlyFailedError
from ..._module.results import failure_message
from ..._products.protocol import Owners
from ..users.model import parse_user
from .model import (
    FAILED,
    UNDER_WAY,
    Account,
    OwnerPlan,
    Ownership,
    change_of,
    failed_with,
    is_settled,
    parse_account_id,
    plan_owner,
    shown_owner,
    the_account,
)


@dataclass(frozen=True)
class Order:
    """What the options want: the devices of a choice given to a user, named by ``user``, or else by
    its ``account``.

    ``closely``: devices that are the user's by the list are read one by one, too, for they may be
    being given to somebody else.
    """

    user: str
    account: Account | None
    choice: Choice
    limits: Limits
    restart: bool
    closely: bool

    def resolve(self, client: Owners) -> Account:
        """The account. Raises OptionError for a user that is none, or several."""
        return self.account or the_account(self.user, client.accounts(self.user))


def read_order(params: dict[str, Any]) -> Order:
    """Read the options. Raises OptionError, before any request, for what makes no sense."""
    user, number = params["user"], params["account_id"]
    if user is None and number is None:
        raise OptionError("user and account_id: both are null; give one of them.")
    require_times(params, {"wait_timeout": 0, "wait_interval": 0})
    return Order(
        user="" if user is None else parse_user(user, "user"),
        account=None if number is None else parse_account_id(number),
        choice=parse_choice(params, parse_refs(params["devices"])),
        limits=Limits(params["max_devices"], params["max_percent"]),
        restart=bool(params["restart"]),
        closely=bool(params["restart"] or params["wait"]),
    )


def give_devices(params: dict[str, Any], client: Owners, check_mode: bool) -> dict[str, Any]:
    """The task of device_owner."""
    order = read_order(params)
    account = order.resolve(client)
    found = order.choice.find(
        client, keep_rows=True, count_fleet=order.limits.max_percent is not None
    )
    plan = _planned(order, account, found, client)
    cannot = "cannot be given to another user"
    require_eligible(
        plan, params["on_ineligible"], lambda: _result([], plan, found, client), cannot
    )
    Plan(
        refusals=order.limits.refusals(changes=len(plan.changes), fleet=found.fleet)
    ).require_permission()
    batches = client.owner_batches(plan.changes)
    outcomes = [Outcome(change) for change in plan.changes]
    if not check_mode:
        outcomes = execute(batches, client.give, concurrency=client.transport.settings.concurrency)
        if params["wait"]:
            outcomes, plan = _Watch(
                client, account, params["wait_timeout"], params["wait_interval"]
            ).follow(outcomes, plan)
    result = _result(outcomes, plan, found, client)
    message = failure_message(outcomes)
    if message:
        raise PartlyFailedError(message, result)
    return {**result, "warnings": _warnings(plan, account)}


def _planned(order: Order, account: Account, found: Found, client: Owners) -> OwnerPlan:
    """The plan. What seems to need a change is looked at device by device, and ``closely`` what
    seems to need none as well: the list may lag behind, and does not tell what is under way."""
    listed = [client.ownership(device) for device in found.devices]
    seen = plan_owner(account, listed, restart=True)
    suspects = [one.device for one in (*seen.devices, *(seen.unchanged if order.closely else ()))]
    looked = read_each(client.ownership_now, suspects, client)
    now = {device.id: one for device, one in zip(suspects, looked, strict=True)}
    gone = tuple(
        (one, "it is gone since it was listed") for one in listed if now.get(one.id, one) is None
    )
    plan = plan_owner(
        account, [one for each in listed if (one := now.get(each.id, each))], restart=order.restart
    )
    return replace(plan, ineligible=plan.ineligible + gone)


def _result(
    outcomes: Sequence[Outcome], plan: OwnerPlan, found: Found, client: Owners
) -> dict[str, Any]:
    result = acted(outcomes, plan, found.missing, client)
    result["devices"] += [
        {**one.identity, "outcome": "under_way", "reason": UNDER_WAY} for one in plan.under_way
    ]
    result["summary"]["under_way"] = len(plan.under_way)
    result["summary"]["matched"] += len(plan.under_way)
    # Which devices no run may touch is an option of other modules.
    del result["summary"]["protected"]
    return result


def _warnings(plan: OwnerPlan, account: Account) -> list[str]:
    told = [f"{account.title} is disabled."] if account.enabled is False else []
    if plan.under_way:
        titles = ", ".join(one.title for one in plan.under_way[:TOLD])
        more = f" and {len(plan.under_way) - TOLD} more" if len(plan.under_way) > TOLD else ""
        told.append(
            f"{titles}{more}: left alone, for {UNDER_WAY}. Run it again when that has ended, or "
            "set wait=true, or restart=true."
        )
    return told


class _Watch:
    """Looks at devices until they are an account's, and nothing is under way with them, for a
    limited time."""

    def __init__(self, client: Owners, account: Account, timeout: int, interval: int) -> None:
        self._client = client
        self._account = account
        self._timeout = timeout
        self._interval = interval
        self._moved: set[str] = set()

    def follow(
        self, outcomes: Sequence[Outcome], plan: OwnerPlan
    ) -> tuple[list[Outcome], OwnerPlan]:
        """Outcomes and a plan after the wait: what did not get there in time is a failure. Devices
        that were under way already are unchanged when they got there, and were never sent
        anything."""
        ours = {
            outcome.change.subject.id: outcome.change.subject
            for outcome in outcomes
            if outcome.error is None
        }
        late = self._late(
            [*((one, True) for one in ours.values()), *((one, False) for one in plan.under_way)]
        )
        told = [
            replace(
                outcome, error=f"The reassignment was begun, and {late[outcome.change.subject.id]}"
            )
            if outcome.change.subject.id in late and outcome.error is None
            else outcome
            for outcome in outcomes
        ]
        strangers = [
            Outcome(change_of(one, self._account), f"{UNDER_WAY}, and {late[one.id]}")
            for one in plan.under_way
            if one.id in late
        ]
        settled = tuple(one for one in plan.under_way if one.id not in late)
        return [*told, *strangers], replace(plan, unchanged=plan.unchanged + settled, under_way=())

    def _late(self, waiting: Sequence[tuple[Ownership, bool]]) -> dict[str, str]:
        """By id why a device did not get there; each with whether this run sent it something."""
        end = time.monotonic() + self._timeout
        ended: dict[str, str] = {}
        while waiting:
            looks = list(zip(waiting, read_each(self._look, waiting, self._client), strict=True))
            ended |= {one.id: told for (one, _sent), (is_over, told) in looks if is_over and told}
            left = [(pair, told) for pair, (is_over, told) in looks if not is_over]
            if left and time.monotonic() + self._interval > end:
                over = f"it did not come to its end within {self._timeout} s"
                return ended | {one.id: f"{over}: {told}." for (one, _sent), told in left}
            waiting = [pair for pair, _told in left]
            if waiting:
                time.sleep(self._interval)
        return ended

    def _look(self, pair: tuple[Ownership, bool]) -> tuple[bool, str]:
        """Whether it is over with a device, and why it did not get there; of one with which it is
        not, what it is."""
        one, was_sent = pair
        try:
            now = self._client.ownership_now(one.device)
        except UemError as error:
            return True, f"what became of it could not be read: {error}"
        if now is not None and is_settled(now, self._account):
            return True, ""
        if now is not None and now.status != one.status:
            self._moved.add(one.id)
        if now is not None and now.status == one.status == FAILED and one.id not in self._moved:
            # It was so before as well, and may be what is left of an earlier attempt.
            return False, shown_owner(now)
        told = failed_with(now, was_sent=was_sent)
        return bool(told), told or ("" if now is None else shown_owner(now))
