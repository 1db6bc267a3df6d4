# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about labels."""

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
        """Every label that the account may see."""

    def members(self, label: Label) -> Sequence[Device]:
        """The devices of a label, in the order of their ids."""

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """By device id the ids of those of the given labels that the device has."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Changes put together into as few calls as the product allows. Raises OptionError
        where none can be sent."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


def _epmm() -> Parts[Labels]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmLabels

    return EpmmClient, EpmmLabels


LABELS = Capability("labels", {"epmm": _epmm})
