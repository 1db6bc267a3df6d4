# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for compliance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from .model import Report


class Compliance(Protocol):
    """The compliance of devices."""

    def compliance(self, devices: Sequence[Device]) -> Report:
        """Return whether devices are compliant, and why not, in as few requests as the product
        allows.

        What is not known is unknown, never compliant. A device that vanished since it was listed is
        skipped.

        Args:
            devices: Devices that were read with their rows.
        """


class Reasons(Protocol):
    """The compliance of devices of EPMM, which knows why each device is not compliant, in quarantine or blocked."""

    def with_reasons(
        self, devices: Sequence[Device], *, everything: bool = False
    ) -> tuple[list[Device], str]:
        """Return devices with these reasons in their rows, and a warning or "".

        A device of which the server does not say them stays as it is.

        Args:
            devices: Devices that were read with their rows.
            everything: Read them again also where the rows have them.

        Raises:
            AnswerError: The server leaves out many of the devices.
            UemError: They cannot be read.
        """


def _neurons() -> Parts[Compliance]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsCompliance

    return NeuronsClient, NeuronsCompliance


def _epmm() -> Parts[Compliance]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmCompliance

    return EpmmClient, EpmmCompliance


COMPLIANCE = Capability("the compliance of devices", {"neurons": _neurons, "epmm": _epmm})
