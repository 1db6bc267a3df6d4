# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan to the result of a task: show, guard, write, wait, answer. The only writer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Protocol

from .._core.confirmation import Deed, confirmation, leftover
from .._core.errors import (
    CredentialsError,
    OptionError,
    OutageError,
    RefusedError,
    UemError,
    printable,
)
from .._core.plan import (
    GUARD,
    NOT_SENT,
    OTHER,
    UNKNOWN,
    Batch,
    Change,
    Limits,
    Outcome,
    Plan,
    Writer,
)
from .._core.view import View
from .._core.wording import counted, plural_of
from .._http.parallel import each
from .._http.progress import PROGRESS
from .limits import Fleet, fitting, house_limits, limited, permits, require_limits
from .plan_file import require_plan_path, write_plan
from .results import DEVICES, Report, Shape, failure_message
from .run import Calls, Result, Run, TaskFailedError

# The outcomes of which the result has all rows where a module has no option for that.
LISTED = ("changed", "unchanged")


# Set, a check does not say how to confirm its plan. The action plugins set it.
NO_ADVICE = "_IVANTI_UEM_NO_ADVICE"


class Guard(Protocol):
    """What stands between a plan and the server where it is destructive.

    Attributes:
        warning: What the author should know about it, or "".
    """

    warning: str

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
    fleet: Fleet | None = None,
    guard: Guard | None = None,
    wait: Wait | None = None,
) -> Result:
    """Carry a plan out, or in check mode predict that all of it succeeds.

    Args:
        plan: what was decided.
        writer: the family's, for this kind of state.
        run: the run of the module.
        shape: what the result is made of.
        fleet: counts the devices that there are, where the subjects are some of them.
        guard: what has to permit the plan, where it is destructive.
        wait: what follows the changes, where the author wants that.

    Returns:
        The result of the task.

    Raises:
        TaskFailedError: the plan was refused, before any write, or some change failed.
    """
    result, _outcomes = _applied(plan, writer, run, shape, fleet, guard, wait)
    return result


def apply_one(
    plan: Plan,
    writer: Writer,
    run: Run[Any],
    name: str,
    *,
    deed: str = "",
    counts: str = "",
    fleet: Fleet | None = None,
) -> tuple[Result, Outcome | None]:
    """Carry out a plan for one subject; see ``apply``.

    Args:
        plan: what was decided.
        writer: the family's, for this kind of state.
        run: the run of the module.
        name: what the subject is.
        deed: what is done to the subject, where it is made or deleted as a whole.
        counts: what limits count, where that is not the subject.
        fleet: counts all that there are of these.

    Returns:
        The result, with the subject's row under ``name`` and ``requests`` and ``writes`` beside it,
        and its outcome, or None where nothing was to be done.

    Raises:
        TaskFailedError: with the sentence of that subject.
    """
    done = Deed(name, deed, whole=bool(deed))
    shape = Shape(plural_of(name), kinds=(UNKNOWN,), deed=done, counts=counts)
    try:
        result, outcomes = _applied(plan, writer, run, shape, fleet, None, None)
    except TaskFailedError as error:
        row = _flat(error.result, name)[name]
        message = str(error)
        if "error" in row:
            message = f"{plan.changes[0].subject.title}: {str(row['error']).rstrip('. ')}."
        raise TaskFailedError(message, error.result) from None
    return _flat(result, name), outcomes[0] if outcomes else None


def shows_plan(task: Callable[[Run[Calls]], Result]) -> Callable[[Run[Calls]], Result]:
    """A task that makes a plan. Where it cannot be written to ``plan_path``, or a limit is not one,
    the task fails before any request."""

    @wraps(task)
    def checked(run: Run[Calls]) -> Result:
        require_plan_path(run.params)
        require_limits(run.params)
        return task(run)

    return checked


def _applied(
    plan: Plan,
    writer: Writer,
    run: Run[Any],
    shape: Shape,
    fleet: Fleet | None,
    guard: Guard | None,
    wait: Wait | None,
) -> tuple[Result, Sequence[Outcome]]:
    view = _view(plan, run, shape, of_fleet=fleet is not None or plan.fleet is not None)
    if guard is None:
        # A guard counts what other runs did as well.
        view = replace(view, plan=limited(view, fleet, run.params.get("confirm")))
    way = _Prediction(run, guard) if run.check_mode else _Execution(run, guard, writer, wait)
    with _shown_if_refused(view, way, run, shape):
        batches = _permitted(view, way, writer, run)
        said = "" if view.plan.changes else leftover(run.params.get("confirm"), view.noun)
    view = replace(view, plan=view.plan.warning(said))
    plan, outcomes = way.carry_out(view, batches)
    confirmed = run.params.get("confirm") is not None
    message = failure_message(plan, outcomes, shape, predicted=run.check_mode, confirmed=confirmed)
    plan = plan.warning(*(outcome.warning for outcome in outcomes))
    if guard is not None and plan.changes:
        plan = plan.warning(guard.warning)
    result = _report(view, run, shape).of(plan, outcomes)
    if message:
        raise TaskFailedError(message, result)
    return result, outcomes


@dataclass(frozen=True)
class _Execution:
    """How a plan is carried out.

    Attributes:
        run: The run of the module.
        guard: What has to permit the plan, or None.
        writer: The family's.
        wait: What follows the changes, or None.
    """

    run: Run[Any]
    guard: Guard | None
    writer: Writer
    wait: Wait | None

    def permit(self, view: View) -> None:
        """Reserve a plan. Raises RefusedError where that is not permitted."""
        if self.guard is not None and view.plan.changes:
            self.guard.reserve(view.plan)
        else:
            _require_confirmed(view, self.run)

    def carry_out(self, view: View, batches: Sequence[Batch]) -> tuple[Plan, list[Outcome]]:
        """Write a plan. Return it after the wait, with its outcomes."""
        outcomes = in_order(view.plan, write(batches, self.writer, self.run, self.guard))
        if self.wait is None:
            return view.plan, outcomes
        plan, outcomes = self.wait.follow(view.plan, outcomes)
        return plan, _redacted(outcomes, self.run)

    def doubt(self, view: View) -> str:
        """Return "": a refusal says all that there is to say."""
        return ""


@dataclass(frozen=True)
class _Prediction:
    """How check mode predicts what ``_Execution`` does, with the same methods."""

    run: Run[Any]
    guard: Guard | None

    def permit(self, view: View) -> None:
        """Look for what would be refused, but for a missing ``confirm``."""
        if self.guard is not None and view.plan.changes:
            self.guard.check(view.plan)

    def carry_out(self, view: View, batches: Sequence[Batch]) -> tuple[Plan, list[Outcome]]:
        """Predict that every change succeeds, as far as that is certain. Write nothing."""
        advice = _how_to_confirm(view, self.run, guarded=self.guard is not None)
        return view.plan.warning(advice), [_predicted(change) for change in view.plan.changes]

    def doubt(self, view: View) -> str:
        """Return the sentence about a ``confirm`` that would not permit the plan, or ""."""
        return _wrong_confirm(view, self.run)


def _predicted(change: Change[Any]) -> Outcome:
    if change.certain:
        return Outcome(change)
    return Outcome(change, known=False, taken=change.answered)


def _view(plan: Plan, run: Run[Any], shape: Shape, *, of_fleet: bool) -> View:
    """The plan as people read it."""
    url = run.client.transport.settings.url
    possible = plan.changes and not plan.final
    code = confirmation(shape.deed, url, plan.changes) if possible else ""
    noun = shape.title or shape.noun
    own, house = (
        fitting(one, of_fleet=of_fleet) for one in (Limits.of(run.params), house_limits())
    )
    deed = shape.deed
    facts = shape.facts if plan.changes else {}
    return View(plan, noun, deed.title, code, own, house, deed.whole, shape.counts, facts)


def _report(view: View, run: Run[Any], shape: Shape) -> Report:
    transport = run.client.transport
    cost = {"requests": transport.requests, "writes": transport.writes}
    return Report(shape, view, frozenset(run.params.get("return", LISTED) or ()), cost)


def _how_to_confirm(view: View, run: Run[Any], *, guarded: bool) -> str:
    """What a check says where the run needs ``confirm`` and has none, or another one; else ""."""
    if not view.plan.changes or _is_confirmed(view, run):
        return ""
    how = f"{printable(view.headline)}. To do exactly this, run it with confirm={view.confirm}."
    wrong = _wrong_confirm(view, run)
    if wrong:
        return f"{wrong.rstrip('.')}: {how}"
    return how if guarded and not os.environ.get(NO_ADVICE) else ""


def _wrong_confirm(view: View, run: Run[Any]) -> str:
    """The sentence about a ``confirm`` of another plan, or ""."""
    given = run.params.get("confirm")
    if not given or not view.plan.changes or _is_confirmed(view, run):
        return ""
    return f"confirm is {given!r} and does not permit this plan."


def _write_plan(view: View, run: Run[Any]) -> None:
    path = run.params.get("plan_path")
    if path is not None:
        write_plan(path, view, run.client.transport.redact)


def write(
    batches: Sequence[Batch], writer: Writer, run: Run[Any], guard: Guard | None = None
) -> list[Outcome]:
    """Carry every batch out, phase by phase, several at a time, or one after the other behind a guard.

    A batch that fails does not stop the others, except that nothing more is sent after rejected
    credentials, and to a server that does not serve.

    Args:
        batches: What is sent.
        writer: The family's.
        run: The run of the module.
        guard: What writes down the answers; None where nothing is destructive.
    """
    PROGRESS.add(planned=sum(len(batch.changes) for batch in batches))
    sending = _Sending(writer, guard, run)
    concurrency = run.concurrency if guard is None else 1
    found: list[Outcome] = []
    for phase in sorted({batch.phase for batch in batches}):
        together = [batch for batch in batches if batch.phase == phase]
        for outcomes in each(sending.send, together, concurrency):
            found += outcomes
    return found


class _Sending:
    """Sends batches, until the server rejects the credentials or does not serve."""

    def __init__(self, writer: Writer, guard: Guard | None, run: Run[Any]) -> None:
        self._writer = writer
        self._guard = guard
        self._run = run
        self._stop = ""
        self._unrecorded = False

    def send(self, batch: Batch) -> list[Outcome]:
        outcomes = self._sent(batch)
        failed = sum(bool(outcome.error) for outcome in outcomes)
        PROGRESS.add(written=len(outcomes) - failed, failed=failed)
        return outcomes

    def _sent(self, batch: Batch) -> list[Outcome]:
        if self._unrecorded:
            return self._not_sent(batch)
        outcomes = self._not_sent(batch) if self._stop else self._written(batch)
        outcomes = _redacted(outcomes, self._run)
        if self._guard is None:
            return outcomes
        try:
            self._guard.record(outcomes)
        except UemError as error:
            # What is sent next could not be written down either.
            self._stop = str(error)
            self._unrecorded = True
            return [outcome.failing(str(error), taken=outcome.acted) for outcome in outcomes]
        return outcomes

    def _written(self, batch: Batch) -> list[Outcome]:
        try:
            return self._writer.write(batch)
        except OutageError as error:
            self._stop = str(error)
            if error.effect == "none":
                return self._not_sent(batch)
            return [Outcome.of(change, error) for change in batch.changes]
        except UemError as error:
            if isinstance(error, CredentialsError):
                self._stop = str(error)
            return [Outcome.of(change, error) for change in batch.changes]

    def _not_sent(self, batch: Batch) -> list[Outcome]:
        return [Outcome(change, f"{NOT_SENT}: {self._stop}") for change in batch.changes]


def _redacted(outcomes: Sequence[Outcome], run: Run[Any]) -> list[Outcome]:
    """Return outcomes without the secrets that a server may have put into what it says."""
    return [
        replace(one, error=run.client.transport.redact(one.error)) if one.error else one
        for one in outcomes
    ]


def in_order(plan: Plan, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes in the order of the plan, so that a run and its check mode read alike however the
    writes were put together."""
    by_subject = {outcome.change.subject.id: outcome for outcome in outcomes}
    return [by_subject[change.subject.id] for change in plan.changes]


def _permitted(
    view: View, way: _Execution | _Prediction, writer: Writer, run: Run[Any]
) -> Sequence[Batch]:
    """What is to be sent. Raises RefusedError or OptionError where the plan is not carried out."""
    if view.plan.refusals:
        raise RefusedError(" ".join(view.plan.refusals))
    _write_plan(view, run)
    batches = writer.batches(view.plan.changes)
    way.permit(view)
    return batches


def _is_confirmed(view: View, run: Run[Any]) -> bool:
    return permits(run.params.get("confirm"), view)


def _require_confirmed(view: View, run: Run[Any]) -> None:
    """Refuse a plan where the author gives the ``confirm`` of another one."""
    confirm = run.params.get("confirm")
    if confirm is None or _is_confirmed(view, run) or not view.plan.changes:
        return
    subjects = counted(len(view.plan.changes), view.noun)
    # Plans that differ only in such a fact read the same.
    alike = "".join(f" If both plans look the same, their {name} differ." for name in view.facts)
    raise RefusedError(
        f"Refused: confirm is {confirm!r}, but the plan, of {subjects}, is not the one that it "
        f"permits; nothing was sent. Look at the plan in the result, and give its confirm.{alike}"
    )


@contextmanager
def _shown_if_refused(
    view: View, way: _Execution | _Prediction, run: Run[Any], shape: Shape
) -> Iterator[None]:
    """What refuses the plan, whatever it is, fails the task with a result that shows the plan."""
    try:
        yield
    except (OptionError, RefusedError) as error:
        sentence = str(error)
        cause = GUARD if isinstance(error, RefusedError) else OTHER
    else:
        return
    if not view.plan.refusals:
        view = replace(view, plan=view.plan.refusing([sentence], cause))
    view = replace(view, plan=view.plan.warning(way.doubt(view)))
    try:
        _write_plan(view, run)
    except OptionError as error:
        sentence = sentence if str(error) in sentence else f"{sentence} {error}"
    # Where names are refused there may be no change, and then the plan says nothing of interest.
    plan = f" The plan: {printable(view.headline).rstrip('.')}." if view.plan.changes else ""
    facts = "".join(f" {name.capitalize()}: {text}." for name, text in view.facts.items() if text)
    raise TaskFailedError(sentence + plan + facts, _report(view, run, shape).refused(view.plan))


def _flat(result: Result, name: str) -> Result:
    """Make the result of a task with many subjects one of a task with one."""
    [row] = result.pop(plural_of(name))
    summary = result.pop("summary")
    result |= {name: row, "requests": summary["requests"], "writes": summary["writes"]}
    return result
