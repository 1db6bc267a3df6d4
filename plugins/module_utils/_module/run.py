# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a module, as its task sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._core.errors import UemError

if TYPE_CHECKING:
    from .._products.capability import UemClient

Calls = TypeVar("Calls")
Other = TypeVar("Other")

Result = dict[str, Any]


@dataclass(frozen=True)
class Run(Generic[Calls]):
    """The options of a task, a client that reads devices, the calls of the capability that the
    module needs, and whether nothing may be written."""

    params: Mapping[str, Any]
    client: UemClient
    calls: Calls
    check_mode: bool

    def using(self, calls: Other) -> Run[Other]:
        """Return the same run with other calls, for a task that needs several families."""
        return Run(self.params, self.client, calls, self.check_mode)

    @property
    def concurrency(self) -> int:
        """How many requests may be under way at the same time."""
        return self.client.transport.settings.concurrency


class TaskFailedError(UemError):
    """The task failed, and there is more to say than a sentence: ``result`` has what was planned,
    or what became of each subject."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message)
        self.result = result
