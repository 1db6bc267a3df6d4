# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Allow, block and wipe ActiveSync devices, with a guard for wiping."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ..._core.confirmation import Deed
from ..._core.errors import OptionError, RefusedError
from ..._core.plan import (
    GUARD,
    INELIGIBLE,
    PROTECTED,
    SKIPPED,
    Batch,
    Change,
    Outcome,
    Plan,
)
from ..._module.guard.guard import Guard
from ..._module.guard.protected import Protected, parse_protected
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape, ineligible_sentence
from ..._module.run import Result, Run
from ..._module.wait import require_times
from .calls import ActiveSync
from .choice import EasChoice, EasFound, find_eas, parse_eas_choice
from .model import NOUN, WIPE, WIPED, EasDevice, is_whole, plan_activesync, protected_by

_DEED = Deed(WIPE, title=f"state={WIPED}", noun=NOUN)
_KINDS = (SKIPPED, INELIGIBLE, PROTECTED)


@shows_plan
def reconcile_activesync(run: Run[ActiveSync]) -> Result:
    """Run activesync_device."""
    found = find_eas(_read_choice(run), run)
    if run.params["state"] != WIPED:
        plan = _planned(run, found)
        shape = Shape(title=NOUN, kinds=_KINDS, deed=Deed("activesync_device", noun=NOUN))
        return apply(plan.skipping(found.missing), run.calls, run, shape=shape)
    guard = _guard(run, found)
    plan = _planned(run, found, guard)
    shape = Shape(title=NOUN, kinds=_KINDS, deed=_DEED)
    wiping = _Wiping(run.calls, guard)
    return apply(plan.skipping(found.missing), wiping, run, shape=shape, guard=guard)


class _Wiping:
    """Wipes devices that are still what the plan says, directly before each request."""

    def __init__(self, calls: ActiveSync, guard: Guard) -> None:
        self._calls = calls
        self._guard = guard

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer."""
        return self._calls.batches(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer."""
        for change in batch.changes:
            self._guard.recheck(change.subject, partial(self._now, change.subject.id))
        return self._calls.write(batch)

    def _now(self, number: str) -> EasDevice | None:
        return next((one for one in self._calls.devices() if one.id == number), None)


def _read_choice(run: Run[ActiveSync]) -> EasChoice:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense.
    """
    choice = parse_eas_choice(run.params)
    parse_protected(run.params)
    require_times(run.params, {"guard_window": 1})
    if run.params["state"] == WIPED and choice.refs is None and not choice.wanted.narrows:
        raise OptionError(
            "select: a query on its own reads all of them, which is not done for wiping; narrow "
            "it by another key as well."
        )
    return choice


def _planned(run: Run[ActiveSync], found: EasFound, guard: Guard | None = None) -> Plan:
    """Return the plan with its refusals.

    Wiping all devices, or more than allowed, is refused before the server is asked whether each can
    be wiped: that takes a request for each.
    """
    state = run.params["state"]
    options = parse_protected(run.params)
    protected = Protected.found(lambda: Protected(protected_by(options, found.every)))
    include_wiped = run.params["include_wiped"]
    plan = plan_activesync(found.devices, state, protected.reasons, include_wiped=include_wiped)
    plan = protected.guarding(plan.of_fleet(len(found.every)))
    if guard is not None and is_whole(found.devices, found.every):
        return plan.forbidding(
            [
                f"Refused: the selection is all {NOUN} of the server that are not wiped yet; "
                "nothing was sent. Select fewer."
            ]
        )
    if guard is not None:
        # The server lists a wipe once the device has done it, which may take days.
        plan = plan.leaving(INELIGIBLE, guard.taken())
        try:
            guard.check(plan)
        except RefusedError as error:
            return plan.refusing([str(error)], GUARD)
    plan = plan.leaving(INELIGIBLE, run.calls.ineligible(plan.changes))
    ineligible = plan.of_kind(INELIGIBLE)
    if ineligible and run.params["on_ineligible"] != "skip":
        return plan.refusing(
            [ineligible_sentence(ineligible, f"cannot be set to state={state}", NOUN)], INELIGIBLE
        )
    return plan


def _guard(run: Run[ActiveSync], found: EasFound) -> Guard:
    def read_again(_planned: Sequence[EasDevice]) -> Sequence[EasDevice]:
        return run.calls.devices()

    return Guard(_DEED, run, len(found.every), read_again=read_again)
