# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for roaming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from ..._core.plan import Batch, Change, Outcome
    from .model import Roaming


class Roamers(Protocol):
    """Roaming of devices.

    Attributes:
        never_in: The states of a device in which the document excludes it, or in which there is
            nobody to carry it out.
    """

    never_in: frozenset[str]

    def roaming(self, device: Device) -> Roaming:
        """Return whether a device may use voice and data abroad."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Return a batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            UemError: All of it failed.
        """


def _epmm() -> Parts[Roamers]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmRoamers

    return EpmmClient, EpmmRoamers


ROAMING = Capability("roaming", {"epmm": _epmm})
