# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for certificates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from .model import Holdings


class Certificates(Protocol):
    """Certificates of devices."""

    def certificates(self, devices: Sequence[Device]) -> Holdings:
        """Return the certificates of devices, and the devices whose certificates cannot be read.

        Args:
            devices: Devices that were read with their rows.
        """


def _neurons() -> Parts[Certificates]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsCertificates

    return NeuronsClient, NeuronsCertificates


CERTIFICATES = Capability("certificates of devices", {"neurons": _neurons})
