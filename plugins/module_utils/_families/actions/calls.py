# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for actions on devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import Call


class Actions(Protocol):
    """The actions of the table that a product has."""

    def call(self, action: str, *, by_mac: bool) -> Call | None:
        """Return how the product does an action, or None if it cannot. Nothing is requested.

        Args:
            action: The name of the action.
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.

        Raises:
            OptionError: The API that was chosen cannot do it, although the product can.
        """

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """Find the devices that cannot take their action, if the server can check it. Nothing is
        changed.

        Returns:
            The reason for each such device, by its id.
        """

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """Put changes of one action together into as few calls as the product allows.

        Destructive changes are never put together.

        Args:
            changes: The changes.
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.

        Raises:
            OptionError: Devices cannot be named by their addresses.
        """

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call. Return an outcome for each of its changes.

        Args:
            batch: The changes of the call.
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.

        Raises:
            UemError: All of it failed. Its ``effect`` is unknown if the server may have done it.
        """


def _neurons() -> Parts[Actions]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsActions

    return NeuronsClient, NeuronsActions


def _epmm() -> Parts[Actions]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmActions

    return EpmmClient, EpmmActions


ACTIONS = Capability("actions on devices", {"neurons": _neurons, "epmm": _epmm})
