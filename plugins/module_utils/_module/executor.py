# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries plans out: the only writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from .._core.errors import CredentialsError, UemError
from .._core.plan import Outcome
from .._products.protocol import Batch


def execute(
    batches: Sequence[Batch], write: Callable[[Batch], list[Outcome]], *, concurrency: int
) -> list[Outcome]:
    """Carry out every batch, so many at a time, and answer an outcome for each change.

    A batch that fails does not stop the others, except that after rejected credentials nothing more
    is sent.
    """
    rejected: list[str] = []

    def run(batch: Batch) -> list[Outcome]:
        if rejected:
            return [Outcome(change, f"not sent: {rejected[0]}") for change in batch.changes]
        try:
            return write(batch)
        except UemError as error:
            if isinstance(error, CredentialsError):
                rejected.append(str(error))
            return [Outcome(change, str(error)) for change in batch.changes]

    with ThreadPoolExecutor(concurrency) as pool:
        return [outcome for outcomes in pool.map(run, batches) for outcome in outcomes]
