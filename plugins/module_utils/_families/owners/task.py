# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assign devices to another user, and follow what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.confirmation import Deed
from ..._core.errors import OptionError, UemError
from ..._core.plan import INELIGIBLE, SKIPPED, UNDER_WAY, LeftAlone, Limits, Outcome, Plan
from ..._core.selection import Found
from ..._module.choice import Choice, parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.reading import read_each
from ..._module.results import NAMED, Shape, ineligible_sentence
from ..._module.run import Result, Run
from ..._module.wait import Patience, Sight, late
from ..users.model import parse_user
from .calls import Owners
from .model import (
    FAILED,
    UNDER_WAY_REASON,
    Account,
    Ownership,
    change_of,
    failed_with,
    is_settled,
    parse_account_id,
    plan_owner,
    shown_owner,
    the_account,
)

_SHAPE = Shape(kinds=(SKIPPED, INELIGIBLE, UNDER_WAY), deed=Deed("device_owner"))


@dataclass(frozen=True)
class Order:
    """What the options want: the devices of a choice assigned to a user, named by ``user``, or else
    by its ``account``.

    ``closely``: devices that are the user's by the list are read one by one, too, for they may be
    being assigned to somebody else.
    """

    user: str
    account: Account | None
    choice: Choice
    limits: Limits
    restart: bool
    closely: bool
    patience: Patience

    def resolve(self, calls: Owners) -> Account:
        """The account. Raises OptionError for a user that does not exist, or is several."""
        return self.account or the_account(self.user, calls.accounts(self.user))


def read_order(params: Mapping[str, Any]) -> Order:
    """Read the options. Raises OptionError, before any request, for what makes no sense."""
    user, number = params["user"], params["account_id"]
    if user is None and number is None:
        raise OptionError("user and account_id: both are null; give one of them.")
    return Order(
        user="" if user is None else parse_user(user, "user"),
        account=None if number is None else parse_account_id(number),
        choice=parse_choice(params),
        limits=Limits.of(params),
        restart=bool(params["restart"]),
        closely=bool(params["restart"] or params["wait"]),
        patience=Patience.of(params),
    )


@shows_plan
def assign_owner(run: Run[Owners]) -> Result:
    """The task of device_owner."""
    order = read_order(run.params)
    account = order.resolve(run.calls)
    found = order.choice.find(run.client, keep_rows=True, count_fleet=order.limits.need_fleet)
    plan = _planned(order, account, found, run)
    plan = plan.of_fleet(found.fleet).refusing(_refusals(plan, order, found, run))
    plan = plan.skipping(found.missing)
    plan = plan.warning(f"{account.title} is disabled." if account.enabled is False else "")
    if run.params["wait"]:
        return apply(plan, run.calls, run, shape=_SHAPE, wait=_Watch(run, account, order.patience))
    return apply(plan.warning(_under_way(plan)), run.calls, run, shape=_SHAPE)


def _planned(order: Order, account: Account, found: Found, run: Run[Owners]) -> Plan:
    """The plan. What seems to need a change is looked at device by device, and ``closely`` what
    seems to need none as well: the list may lag behind, and does not say what is under way."""
    listed = [run.calls.ownership(device) for device in found.devices]
    seen = plan_owner(account, listed, restart=True)
    unchanged = seen.unchanged if order.closely else ()
    suspects = [one.device for one in listed if one in (*seen.subjects, *unchanged)]
    looked = read_each(run.calls.ownership_now, suspects, run)
    now = {device.id: one for device, one in zip(suspects, looked, strict=True)}
    here, gone = [], []
    for one in listed:
        seen_now = now.get(one.id, one)
        if seen_now is None:
            gone.append(LeftAlone(one, INELIGIBLE, "it is gone since it was listed"))
        else:
            here.append(seen_now)
    plan = plan_owner(account, here, restart=order.restart)
    return plan.leaving_alone(gone)


def _refusals(plan: Plan, order: Order, found: Found, run: Run[Owners]) -> Sequence[str]:
    ineligible = plan.of_kind(INELIGIBLE)
    if ineligible and run.params["on_ineligible"] != "skip":
        return [ineligible_sentence(ineligible, "cannot be given to another user")]
    return order.limits.refusals(changes=len(plan.changes), fleet=found.fleet)


def _under_way(plan: Plan) -> str:
    """The warning of what is left alone because something happens to it, or ""."""
    left = plan.of_kind(UNDER_WAY)
    if not left:
        return ""
    titles = ", ".join(one.subject.title for one in left[:NAMED])
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    return (
        f"{titles}{more}: left alone, for {UNDER_WAY_REASON}. Run it again when that has ended, or "
        "set wait=true, or restart=true."
    )


class _Watch:
    """Follows devices until they are an account's, and nothing is under way with them."""

    def __init__(self, run: Run[Owners], account: Account, patience: Patience) -> None:
        self._run = run
        self._account = account
        self._patience = patience
        self._moved: set[str] = set()
        self._sent: frozenset[str] = frozenset()

    def follow(self, plan: Plan, outcomes: Sequence[Outcome]) -> tuple[Plan, list[Outcome]]:
        """See Wait. Devices that were under way already are unchanged when they got there, and were
        never sent anything."""
        ours = [outcome.change.subject for outcome in outcomes if not outcome.failed]
        others: list[Any] = [left.subject for left in plan.of_kind(UNDER_WAY)]
        self._sent = frozenset(one.id for one in ours)
        reasons = late([*ours, *others], self._look, self._patience)
        followed = [
            outcome.failing(f"The reassignment was begun, and {reasons[outcome.change.subject.id]}")
            if outcome.change.subject.id in reasons and not outcome.failed
            else outcome
            for outcome in outcomes
        ]
        strangers = [
            Outcome(change_of(one, self._account), f"{UNDER_WAY_REASON}, and {reasons[one.id]}")
            for one in others
            if one.id in reasons
        ]
        settled = tuple(one for one in others if one.id not in reasons)
        left = tuple(one for one in plan.left_alone if one.kind != UNDER_WAY)
        plan = replace(plan, unchanged=plan.unchanged + settled, left_alone=left)
        return plan, [*followed, *strangers]

    def _look(self, waiting: Sequence[Ownership]) -> list[Sight]:
        return read_each(self._look_at, waiting, self._run)

    def _look_at(self, one: Ownership) -> Sight:
        try:
            now = self._run.calls.ownership_now(one.device)
        except UemError as error:
            return Sight(True, f"what became of it could not be read: {error}")
        if now is None:
            return Sight(True, failed_with(None, was_sent=one.id in self._sent))
        if is_settled(now, self._account):
            return Sight(True)
        if now.status != one.status:
            self._moved.add(one.id)
        if now.status == one.status == FAILED and one.id not in self._moved:
            # It was so before as well, and may be what is left of an earlier attempt.
            return Sight(False, shown_owner(now))
        reason = failed_with(now, was_sent=one.id in self._sent)
        return Sight(bool(reason), reason or shown_owner(now))
