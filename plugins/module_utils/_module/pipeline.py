# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan to the result of a task: show, guard, write, wait, answer. The only writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .._core.errors import CredentialsError, RefusedError, UemError
from .._core.plan import Batch, Change, Outcome, Plan, Writer
from .._http.parallel import each
from .results import DEVICES, Shape, failure_message, refused, result_of
from .run import Result, Run, TaskFailedError


class Guard(Protocol):
    """What stands between a plan and the server where it is destructive."""

    def check(self, plan: Plan) -> None:
        """Raise RefusedError for what would be refused, but for a missing ``confirm``."""

    def reserve(self, plan: Plan) -> None:
        """Raise RefusedError, or reserve the plan and return: then it may be sent."""

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what the server answered. Raises UemError where that cannot be."""


class Wait(Protocol):
    """What follows the changes of a plan to their end."""

    def follow(self, plan: Plan, outcomes: Sequence[Outcome]) -> tuple[Plan, list[Outcome]]:
        """The plan and the outcomes after the wait; what did not get there is a failure."""


def apply(
    plan: Plan,
    writer: Writer,
    run: Run[Any],
    *,
    shape: Shape = DEVICES,
    guard: Guard | None = None,
    wait: Wait | None = None,
) -> Result:
    """Carry a plan out, or in check mode predict that all of it succeeds.

    Args:
        plan: what was decided.
        writer: the family's, for this kind of state.
        run: the run of the module.
        shape: what the result is made of.
        guard: what has to permit the plan, where it is destructive.
        wait: what follows the changes, where the author wants that.

    Returns:
        The result of the task.

    Raises:
        TaskFailedError: the plan was refused, before any write, or some change failed.
    """
    result, _outcomes = _applied(plan, writer, run, shape, guard, wait)
    return result


def apply_one(plan: Plan, writer: Writer, run: Run[Any], name: str) -> tuple[Result, Outcome]:
    """Carry out a plan for one subject; see ``apply``.

    Returns:
        The result, with the subject's row under ``name`` and ``requests`` and ``writes`` beside it,
        and the outcome.

    Raises:
        TaskFailedError: with the sentence of that subject.
    """
    shape = Shape(f"{name}s")
    try:
        result, outcomes = _applied(plan, writer, run, shape, None, None)
    except TaskFailedError as error:
        if plan.refusals:
            raise
        [change] = plan.changes
        reason = str(error.result[shape.noun][0]["error"]).rstrip(". ")
        message = f"{change.subject.title}: {reason}."
        raise TaskFailedError(message, _flat(error.result, name)) from None
    unchanged = [Outcome(Change(subject, {}, {}, None)) for subject in plan.unchanged]
    [outcome] = outcomes or unchanged
    return _flat(result, name), outcome


def _applied(
    plan: Plan,
    writer: Writer,
    run: Run[Any],
    shape: Shape,
    guard: Guard | None,
    wait: Wait | None,
) -> tuple[Result, Sequence[Outcome]]:
    _require_permission(plan, run, shape)
    batches = writer.batches(plan.changes)
    if run.check_mode:
        _permit(guard.check if guard else None, plan, run, shape)
        outcomes = [Outcome(change, known=change.certain) for change in plan.changes]
        message = failure_message(plan, outcomes, shape, predicted=True)
    else:
        _permit(guard.reserve if guard and plan.changes else None, plan, run, shape)
        outcomes = in_order(plan, write(batches, writer, run, guard))
        if wait is not None:
            plan, outcomes = wait.follow(plan, outcomes)
        message = failure_message(plan, outcomes, shape)
    plan = plan.warning(*(outcome.warning for outcome in outcomes))
    result = result_of(plan, outcomes, shape, _cost(run))
    if message:
        raise TaskFailedError(message, result)
    return result, outcomes


def write(
    batches: Sequence[Batch], writer: Writer, run: Run[Any], guard: Guard | None = None
) -> list[Outcome]:
    """Carry every batch out, several at a time, or one after the other behind a guard.

    A batch that fails does not stop the others, except that after rejected credentials nothing more
    is sent.
    """
    sending = _Sending(writer, guard)
    concurrency = run.concurrency if guard is None else 1
    return [one for outcomes in each(sending.send, batches, concurrency) for one in outcomes]


class _Sending:
    """Sends batches, until the server rejects the credentials."""

    def __init__(self, writer: Writer, guard: Guard | None) -> None:
        self._writer = writer
        self._guard = guard
        self._rejected = ""

    def send(self, batch: Batch) -> list[Outcome]:
        if self._rejected:
            return _failed(batch, f"not sent: {self._rejected}")
        try:
            outcomes = self._writer.write(batch)
        except UemError as error:
            if isinstance(error, CredentialsError):
                self._rejected = str(error)
            outcomes = _failed(batch, str(error))
        if self._guard is None:
            return outcomes
        try:
            self._guard.record(outcomes)
        except UemError as error:
            return _failed(batch, str(error))
        return outcomes


def in_order(plan: Plan, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes in the order of the plan, so that a run and its check mode read alike however the
    writes were put together."""
    by_subject = {outcome.change.subject.id: outcome for outcome in outcomes}
    return [by_subject[change.subject.id] for change in plan.changes]


def _failed(batch: Batch, error: str) -> list[Outcome]:
    return [Outcome(change, error) for change in batch.changes]


def _require_permission(plan: Plan, run: Run[Any], shape: Shape) -> None:
    if plan.refusals:
        raise TaskFailedError(" ".join(plan.refusals), refused(plan, shape, _cost(run)))


def _permit(ask: Callable[[Plan], None] | None, plan: Plan, run: Run[Any], shape: Shape) -> None:
    """Ask a guard. What it refuses is shown with the plan."""
    if ask is None:
        return
    try:
        ask(plan)
    except RefusedError as error:
        raise TaskFailedError(str(error), refused(plan, shape, _cost(run))) from None


def _cost(run: Run[Any]) -> Result:
    transport = run.client.transport
    return {"requests": transport.requests, "writes": transport.writes}


def _flat(result: Result, name: str) -> Result:
    """The result of a task with many subjects as one of a task with one."""
    [row] = result.pop(f"{name}s")
    summary = result.pop("summary")
    return {**result, name: row, "requests": summary["requests"], "writes": summary["writes"]}
