# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about owners of devices."""

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
        """The accounts whose user id or e-mail address is this, without case."""

    def ownership(self, device: Device) -> Ownership:
        """Whose a device is, as the row says that it was read with."""

    def ownership_now(self, device: Device) -> Ownership | None:
        """Whose a device is now, and how its last reassignment stands; None for one that is
        gone."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Begin to carry one batch out: an outcome for each of its changes, by what devices are
        where the answer leaves that open. Raises UemError when all of it failed for certain."""


def _neurons() -> Parts[Owners]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsOwners

    return NeuronsClient, NeuronsOwners


OWNERS = Capability("owners of devices", {"neurons": _neurons})
