# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for custom attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device, DeviceRef
    from ..._core.plan import Batch, Change, Outcome
    from .model import HeldAttrs


class Attributes(Protocol):
    """Custom attributes of devices."""

    def with_current(self, devices: Sequence[Device]) -> list[Device]:
        """Return devices with the attributes that each has now: a list may be late.

        A device that has vanished stays as it is, and the write reports it.
        """

    def held(self, ref: DeviceRef) -> HeldAttrs | None:
        """Return the attributes of the device with this id or guid, or None if there is no such
        device.

        No list of devices is read, for which an account may lack the role.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Put changes together into as few calls as the product allows."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            UemError: All of it failed.
        """


def _neurons() -> Parts[Attributes]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsAttributes

    return NeuronsClient, NeuronsAttributes


CUSTOM_ATTRS = Capability("custom attributes", {"neurons": _neurons})
