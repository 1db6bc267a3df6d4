# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last half of every module that acts: a plan of an action in, behind its guard, and the task's
result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.device import DeviceRef
from .._core.plan import Outcome, counted
from .._families.actions.plan import ActionPlan
from .._products.protocol import UemClient
from .guard.guard import Guard
from .reconcile import PartlyFailedError
from .results import entry, reconciled

# So many are named in a sentence.
TOLD = 20


def require_eligible(
    plan: ActionPlan[Any],
    on_ineligible: str,
    result: Callable[[], dict[str, Any]],
    cannot: str,
    noun: str = "devices",
) -> None:
    """Raise PartlyFailedError when some subjects are ineligible, unless ``on_ineligible`` is
    ``skip``.

    ``cannot``: the end of the sentence that says so. ``result``: that of a task that did nothing;
    what the plan would have changed is added to it, so that the refusal shows all of the plan.
    """
    if not plan.ineligible or on_ineligible == "skip":
        return
    told = "; ".join(f"{subject.title}: {reason}" for subject, reason in plan.ineligible[:TOLD])
    more = f"; and {len(plan.ineligible) - TOLD} more" if len(plan.ineligible) > TOLD else ""
    message = (
        f"Refused: {counted(len(plan.ineligible), noun)} {cannot}; nothing was sent. {told}{more}. "
        "Leave them out, or set on_ineligible=skip to go on without them."
    )
    shown = result()
    planned = [entry(change, "planned") for change in plan.changes]
    summary = {
        **shown["summary"],
        "matched": shown["summary"]["matched"] + len(planned),
        "planned": len(planned),
    }
    raise PartlyFailedError(
        message,
        {**shown, "changed": False, "summary": summary, "devices": planned + shown["devices"]},
    )


def carry_out(
    plan: ActionPlan[Any],
    send: Callable[[], list[Outcome]],
    guard: Guard | None,
    code: str,
    *,
    check_mode: bool,
) -> list[Outcome]:
    """What became of each change of a plan, or in check mode the prediction that all of it
    succeeds.

    ``guard``: what has to permit it, when it is destructive; ``code``: what ``confirm`` must be
    then. Raises RefusedError before anything is sent.
    """
    if check_mode:
        if guard is not None:
            guard.foresee(plan.changes)
        return [Outcome(change) for change in plan.changes]
    if guard is not None and plan.changes:
        guard.permit(plan.changes, code)
    return send()


def acted(
    outcomes: Sequence[Outcome],
    plan: ActionPlan[Any],
    missing: Sequence[DeviceRef],
    client: UemClient,
    *,
    secrets: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """The result of a task that acts on devices, and whatever ``more`` there is. ``secrets``: with
    what the server returned."""
    transport = client.transport
    result = reconciled(
        outcomes, plan.unchanged, missing, requests=transport.requests, writes=transport.writes
    )
    returned = {
        outcome.change.subject.id: outcome.returned for outcome in outcomes if outcome.returned
    }
    if secrets:
        result["devices"] = [
            {**row, **returned.get(row.get("id"), {})} for row in result["devices"]
        ]
    for outcome, pairs in (("ineligible", plan.ineligible), ("protected", plan.protected)):
        result["devices"] += [
            {**subject.identity, "outcome": outcome, "reason": reason} for subject, reason in pairs
        ]
        result["summary"][outcome] = len(pairs)
        result["summary"]["matched"] += len(pairs)
    return {**result, **more}
