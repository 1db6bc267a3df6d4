# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about actions on devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import Call


class Actions(Protocol):
    """The actions of the table that a product has."""

    def call(self, action: str) -> Call | None:
        """How the product does an action, or None where it cannot."""

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """By device id why it cannot take its action, as far as the server tells. Changes
        nothing."""

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """Changes of one action put together into as few calls as the product allows; what is
        destructive is never put together. ``by_mac``: devices are named by their Wi-Fi MAC
        addresses."""

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call: an outcome for each of its changes. Raises UemError when all of it failed,
        and one whose ``effect`` is unknown when nobody knows."""


def _neurons() -> Parts[Actions]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsActions

    return NeuronsClient, NeuronsActions


def _epmm() -> Parts[Actions]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmActions

    return EpmmClient, EpmmActions


ACTIONS = Capability("actions on devices", {"neurons": _neurons, "epmm": _epmm})
