# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for configurations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from ..._core.plan import Batch, Change, Outcome
    from .model import Config


class Configs(Protocol):
    """Configurations of devices.

    Attributes:
        states: The states that can be wanted.
        kinds: The kinds of configurations.
        cannot_push: Why a configuration that is not on a device cannot be put there, or "".
    """

    states: frozenset[str]
    kinds: frozenset[str]
    cannot_push: str

    def configs_of(self, device: Device) -> tuple[Config, ...]:
        """Return the configurations that a device lists, with their status there."""

    def known(self, devices: Sequence[Device]) -> tuple[Config, ...] | None:
        """Return the configurations that devices can have.

        Returns:
            The configurations, or None if the account may not read them or the product has no list.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Return a batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        Raises:
            UemError: All of it failed.
        """


def _neurons() -> Parts[Configs]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsConfigs

    return NeuronsClient, NeuronsConfigs


def _epmm() -> Parts[Configs]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmConfigs

    return EpmmClient, EpmmConfigs


CONFIGS = Capability("configurations of devices", {"neurons": _neurons, "epmm": _epmm})
