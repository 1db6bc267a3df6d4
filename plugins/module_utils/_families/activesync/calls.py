# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about ActiveSync devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import EasDevice


class ActiveSync(Protocol):
    """ActiveSync devices."""

    def devices(self) -> tuple[EasDevice, ...]:
        """Every ActiveSync device. Raises AnswerError when the server did not send all of them."""

    def details(self, device: EasDevice) -> Mapping[str, Any] | None:
        """What ActiveSync says of one, by its names, secrets masked; None for one that is gone."""

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """By id why one cannot take its state, as far as the server tells. Changes nothing."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Changes put together into as few calls as the product allows. What is destructive
        is never put together."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes, by what the server lists where
        its answer leaves that open. Raises UemError when all of it failed for certain."""


def _epmm() -> Parts[ActiveSync]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmActiveSync

    return EpmmClient, EpmmActiveSync


ACTIVESYNC = Capability("ActiveSync devices", {"epmm": _epmm})
