# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for messages to devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome


class Messages(Protocol):
    """Messages to devices and their users.

    Attributes:
        modes: The ways to send a message, and for each the states of a device in which the
            document excludes it, or in which there is nobody to get it.
    """

    modes: Mapping[str, frozenset[str]]

    def require_way(self, *, by_mac: bool) -> None:
        """Check that devices can be named so. Nothing is requested.

        Args:
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.

        Raises:
            OptionError: They cannot.
        """

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """Put messages together into as few calls as the product allows.

        Args:
            changes: The messages.
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.
        """

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call. Return an outcome for each of its changes.

        Args:
            batch: The messages of the call.
            by_mac: Whether devices are named by their Wi-Fi MAC addresses.

        Raises:
            UemError: All of it failed.
        """


def _neurons() -> Parts[Messages]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsMessages

    return NeuronsClient, NeuronsMessages


def _epmm() -> Parts[Messages]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmMessages

    return EpmmClient, EpmmMessages


MESSAGES = Capability("messages to devices", {"neurons": _neurons, "epmm": _epmm})
