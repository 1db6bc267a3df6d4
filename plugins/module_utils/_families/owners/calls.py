# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for owners of devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from ..._core.plan import Batch, Change, Outcome
    from .model import Account, Ownership


class Owners(Protocol):
    """Owners of devices."""

    def accounts(self, name: str) -> tuple[Account, ...]:
        """Return the accounts with this user id or e-mail address, compared without case."""

    def ownership(self, device: Device) -> Ownership:
        """Return the owner of a device, from the row that it was read with."""

    def ownership_now(self, device: Device) -> Ownership | None:
        """Return the owner of a device now, and the status of its last reassignment.

        Returns:
            The ownership, or None if the device no longer exists.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Put changes together into as few calls as the product allows."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Begin one batch. Return an outcome for each of its changes.

        If the answer does not say what was done, the devices are read.

        Raises:
            UemError: All of it certainly failed.
        """


def _neurons() -> Parts[Owners]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsOwners

    return NeuronsClient, NeuronsOwners


OWNERS = Capability("owners of devices", {"neurons": _neurons})
