# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last half of every module with a desired state: a plan in, the task's result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.device import DeviceRef
from .._core.errors import UemError
from .._core.plan import Change, Outcome, Plan
from .._products.protocol import Batch, UemClient
from .executor import execute
from .results import failure_message, reconciled


class PartlyFailedError(UemError):
    """Some subjects could not be changed; ``result`` tells what became of each."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result


def reconcile(
    plan: Plan,
    client: UemClient,
    *,
    batches: Callable[[Sequence[Change]], list[Batch]],
    write: Callable[[Batch], list[Outcome]],
    missing: Sequence[DeviceRef] = (),
    check_mode: bool,
    noun: str = "devices",
) -> dict[str, Any]:
    """Carry a plan out, or in check mode predict that all of it succeeds.

    ``batches`` and ``write`` are the client's for this kind of state, ``noun`` is what its subjects
    are. Raises RefusedError before any write, and PartlyFailedError when some change failed.
    """
    plan.require_permission()
    groups = batches(plan.changes)
    if check_mode:
        outcomes = [Outcome(change) for change in plan.changes]
    else:
        concurrency = client.transport.settings.concurrency
        done = execute(groups, write, concurrency=concurrency)
        # In the order of the plan, so that a run and its check mode read alike however the writes
        # were put together.
        by_subject = {outcome.change.subject.id: outcome for outcome in done}
        outcomes = [by_subject[change.subject.id] for change in plan.changes]
    transport = client.transport
    result = reconciled(
        outcomes,
        plan.unchanged,
        missing,
        requests=transport.requests,
        writes=transport.writes,
        noun=noun,
    )
    message = failure_message(outcomes, noun)
    if message:
        raise PartlyFailedError(message, result)
    return result
