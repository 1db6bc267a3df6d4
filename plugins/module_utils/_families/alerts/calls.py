# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import Alert, AlertFilter


class Alerts(Protocol):
    """Alerts."""

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """Return the alerts that a filter selects, in the order of their ids."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Put changes together into as few calls as the product allows."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            UemError: All of it failed.
        """


def _epmm() -> Parts[Alerts]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmAlerts

    return EpmmClient, EpmmAlerts


ALERTS = Capability("alerts", {"epmm": _epmm})
