# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last half of a module that is about one thing alone: a plan in, the task's result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.plan import Change, Outcome, Plan
from .._products.protocol import Batch, UemClient
from .reconcile import PartlyFailedError, reconcile


def reconcile_one(
    plan: Plan,
    client: UemClient,
    name: str,
    *,
    batches: Callable[[Sequence[Change]], list[Batch]],
    write: Callable[[Batch], list[Outcome]],
    check_mode: bool,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Carry out a plan for one subject; see ``reconcile``. Answers the result, with the subject's
    outcome under ``name`` and ``requests`` and ``writes`` beside it, and what the server returned,
    which may be secret.

    Raises PartlyFailedError with the sentence of that subject when it failed.
    """
    noun = f"{name}s"
    returned: dict[str, Any] = {}

    def send(batch: Batch) -> list[Outcome]:
        outcomes = write(batch)
        for outcome in outcomes:
            returned.update(outcome.returned)
        return outcomes

    try:
        result = reconcile(
            plan, client, batches=batches, write=send, check_mode=check_mode, noun=noun
        )
    except PartlyFailedError as error:
        [change] = plan.changes
        said = str(error.result[noun][0]["error"]).rstrip(". ")
        raise PartlyFailedError(
            f"{change.subject.title}: {said}.", _flat(error.result, name)
        ) from None
    return _flat(result, name), returned


def _flat(result: dict[str, Any], name: str) -> dict[str, Any]:
    """The result of a task with many subjects as one of a task with one."""
    [entry] = result.pop(f"{name}s")
    summary = result.pop("summary")
    return {**result, name: entry, "requests": summary["requests"], "writes": summary["writes"]}
