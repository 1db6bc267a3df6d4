# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device, Label
    from ..._core.plan import Batch, Change, Outcome


class Labels(Protocol):
    """Labels, and the devices on them."""

    def labels(self) -> tuple[Label, ...]:
        """Return every label that the account may see."""

    def members(self, label: Label) -> Sequence[Device]:
        """Return the devices of a label, in the order of their ids."""

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """Return which of some labels devices have.

        Args:
            devices: The devices.
            among: The labels to look at.

        Returns:
            For the id of each device the ids of its labels.
        """

    def outside(self, label: Label, devices: Sequence[Device]) -> frozenset[str]:
        """Return the ids of the devices that certainly are not in the device space of a label."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Put changes together into as few calls as the product allows.

        Raises:
            OptionError: No change can be sent.
        """

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            UemError: All of it failed.
        """


def _epmm() -> Parts[Labels]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmLabels

    return EpmmClient, EpmmLabels


LABELS = Capability("labels", {"epmm": _epmm})
