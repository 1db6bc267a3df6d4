# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assign devices to another user, and wait until that is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.confirmation import Deed
from ..._core.device import DeviceRef
from ..._core.errors import OptionError, UemError
from ..._core.goals import Desired, read_named
from ..._core.plan import INELIGIBLE, SKIPPED, UNDER_WAY, LeftAlone, Outcome, Plan
from ..._core.selection import Found
from ..._module.choice import Choice, parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.results import NAMED, Shape, ineligible_sentence
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from ..._module.wait import Patience, Sight, late
from ..users.model import parse_user
from .calls import Owners
from .model import (
    FAILED,
    UNDER_WAY_REASON,
    Account,
    Ownership,
    account_named,
    change_of,
    failure_reason,
    is_settled,
    parse_account_id,
    plan_owner,
    shown_owner,
)

_SHAPE = Shape(kinds=(SKIPPED, INELIGIBLE, UNDER_WAY), deed=Deed("device_owner"))


@dataclass(frozen=True)
class Order:
    """What the options want: the devices of a choice assigned to users.

    Attributes:
        desired: The account that each device is assigned to, or the name of its user.
        choice: The devices that the options choose.
        restart: Whether devices are included that are being given to somebody already.
        closely: Whether devices that the list shows as the user's are read one by one as well: they
            may be being given to somebody else.
        patience: How long to wait for the end.
    """

    desired: Desired[Account | str]
    choice: Choice
    restart: bool
    closely: bool
    patience: Patience

    def resolve(self, calls: Owners) -> dict[Account | str, Account]:
        """Return the account of each user, each looked up once.

        Raises:
            OptionError: A user does not exist, or several have the name.
        """
        shared = self.desired.shared
        places: dict[Account | str, str] = {} if self.desired.named else {shared: "user"}
        for ref, goal in self.desired.named:
            own = f"devices: user (device {ref.value})"
            places.setdefault(goal, "user" if goal == shared else own)
        return {
            goal: account_named(goal, calls.accounts(goal), where)
            if isinstance(goal, str)
            else goal
            for goal, where in places.items()
        }


def read_order(params: Mapping[str, Any]) -> Order:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense.
    """
    user, number = params["user"], params["account_id"]
    shared = None if number is None else parse_account_id(number)
    desired = parse_owners(shared or (None if user is None else parse_user(user, "user")), params)
    return Order(
        desired=desired,
        choice=parse_choice(params, [ref for ref, _goal in desired.named]),
        restart=bool(params["restart"]),
        closely=bool(params["restart"] or params["wait"]),
        patience=Patience.of(params),
    )


@shows_plan
def assign_owner(run: Run[Owners]) -> Result:
    """Run device_owner."""
    order = read_order(run.params)
    resolved = order.resolve(run.calls)
    found = order.choice.find(run.client, keep_rows=True)
    pairs = order.desired.for_each(found.devices)
    accounts = {device.id: resolved[goal] for device, goal in pairs}
    plan = _planned(order, accounts, found, run)
    plan = plan.of_fleet(found.fleet).refusing(_refusals(plan, run), INELIGIBLE)
    plan = plan.skipping(found.missing, reasons=found.reasons)
    for account in resolved.values():
        plan = plan.warning(f"{account.title} is disabled." if account.enabled is False else "")
    watch = _Watch(run, accounts, order.patience) if run.params["wait"] else None
    plan = plan if watch else plan.warning(_under_way(plan))
    fleet = order.choice.fleet(run.client)
    return apply(plan, run.calls, run, shape=_SHAPE, fleet=fleet, wait=watch)


def parse_owners(shared: Account | str | None, params: Mapping[str, Any]) -> Desired[Account | str]:
    """Read the users of the devices.

    Args:
        shared: What the task gives for all devices, or None.
        params: The options.

    Raises:
        OptionError: A device has no user, or an entry makes no sense.
    """
    devices = params["devices"]
    if devices is None:
        if shared is None:
            raise OptionError("user and account_id: are needed with select; give one of them.")
        return Desired(shared, (), "user")

    def own(ref: DeviceRef, raw: object, where: str) -> Account | str:
        if raw is not None:
            return parse_user(raw, f"{where}.user (device {ref.value})")
        if shared is None:
            raise OptionError(
                f"{where}: no user is given for device {ref.value}; give user to the task, or to "
                "this entry."
            )
        return shared

    return Desired(shared or "", read_named(devices, "user", own), "user")


def _planned(order: Order, accounts: Mapping[str, Account], found: Found, run: Run[Owners]) -> Plan:
    """Return the plan.

    Devices that seem to need a change are read one by one; with ``closely`` the others as well. The
    list may be out of date, and does not show what is in progress.
    """
    listed = [run.calls.ownership(device) for device in found.devices]
    seen = plan_owner(accounts, listed, restart=True)
    unchanged = seen.unchanged if order.closely else ()
    suspects = [
        ownership.device for ownership in listed if ownership in (*seen.subjects, *unchanged)
    ]
    looked = read_each(run.calls.ownership_now, suspects, run)
    now = {device.id: ownership for device, ownership in zip(suspects, looked, strict=True)}
    present, vanished = [], []
    for ownership in listed:
        seen_now = now.get(ownership.id, ownership)
        if seen_now is None:
            vanished.append(LeftAlone(ownership, INELIGIBLE, "it is gone since it was listed"))
        else:
            present.append(seen_now)
    plan = plan_owner(accounts, present, restart=order.restart)
    return plan.leaving_alone(vanished)


def _refusals(plan: Plan, run: Run[Owners]) -> Sequence[str]:
    ineligible = plan.of_kind(INELIGIBLE)
    if ineligible and run.params["on_ineligible"] != "skip":
        return [ineligible_sentence(ineligible, "cannot be assigned to another user")]
    return ()


def _under_way(plan: Plan) -> str:
    """Return the warning about devices that are left alone because something happens to them, or
    ""."""
    left = plan.of_kind(UNDER_WAY)
    if not left:
        return ""
    titles = ", ".join(one.subject.title for one in left[:NAMED])
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    return (
        f"{titles}{more}: left alone, because {UNDER_WAY_REASON}. Run it again when that has "
        "ended, or set wait=true, or restart=true."
    )


class _Watch:
    """Follows devices until they belong to their accounts and nothing is in progress."""

    def __init__(
        self, run: Run[Owners], accounts: Mapping[str, Account], patience: Patience
    ) -> None:
        self._run = run
        self._accounts = accounts
        self._patience = patience
        self._moved: set[str] = set()
        self._sent: frozenset[str] = frozenset()

    def follow(self, plan: Plan, outcomes: Sequence[Outcome]) -> tuple[Plan, list[Outcome]]:
        """See Wait.

        Devices that were being given to somebody already count as unchanged if they reach the
        account: nothing was sent to them.
        """
        ours = [outcome.change.subject for outcome in outcomes if not outcome.failed]
        others: list[Any] = [left.subject for left in plan.of_kind(UNDER_WAY)]
        self._sent = frozenset(ownership.id for ownership in ours)
        reasons = late([*ours, *others], self._look, self._patience)
        followed = []
        for outcome in outcomes:
            reason = reasons.get(outcome.change.subject.id)
            if reason is not None and not outcome.failed:
                outcome = outcome.failing(f"The reassignment was begun, and {reason}")
            followed.append(outcome)
        settled = []
        for ownership in others:
            reason = reasons.get(ownership.id)
            if reason is None:
                settled.append(ownership)
            else:
                change = change_of(ownership, self._accounts[ownership.id])
                followed.append(Outcome(change, f"{UNDER_WAY_REASON}, and {reason}"))
        left = tuple(left for left in plan.left_alone if left.kind != UNDER_WAY)
        plan = replace(plan, unchanged=(*plan.unchanged, *settled), left_alone=left)
        return plan, followed

    def _look(self, waiting: Sequence[Ownership]) -> list[Sight]:
        return read_each(self._look_at, waiting, self._run)

    def _look_at(self, before: Ownership) -> Sight:
        try:
            now = self._run.calls.ownership_now(before.device)
        except UemError as error:
            return Sight(True, f"what became of it could not be read: {error}")
        if now is None:
            return Sight(True, failure_reason(None, was_sent=before.id in self._sent))
        if is_settled(now, self._accounts[before.id]):
            return Sight(True)
        if now.status != before.status:
            self._moved.add(before.id)
        if now.status == before.status == FAILED and before.id not in self._moved:
            # It had failed before as well, perhaps in an earlier attempt.
            return Sight(False, shown_owner(now))
        reason = failure_reason(now, was_sent=before.id in self._sent)
        return Sight(bool(reason), reason or shown_owner(now))
