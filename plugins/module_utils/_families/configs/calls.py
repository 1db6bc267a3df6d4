# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about configurations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from ..._core.plan import Batch, Change, Outcome
    from .model import Config


class Configs(Protocol):
    """Configurations of devices. ``states``, ``kinds``: what can be wanted of configurations, and
    what they can be. ``cannot_push``: why one that is not on a device cannot be brought there, or
    ""."""

    states: frozenset[str]
    kinds: frozenset[str]
    cannot_push: str

    def configs_of(self, device: Device) -> tuple[Config, ...]:
        """The configurations that a device lists, with their status there."""

    def known(self, devices: Sequence[Device]) -> tuple[Config, ...] | None:
        """The configurations there are for devices, or None where the account may not read them or
        the product has no list."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """A batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


def _neurons() -> Parts[Configs]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsConfigs

    return NeuronsClient, NeuronsConfigs


def _epmm() -> Parts[Configs]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmConfigs

    return EpmmClient, EpmmConfigs


CONFIGS = Capability("configurations of devices", {"neurons": _neurons, "epmm": _epmm})
