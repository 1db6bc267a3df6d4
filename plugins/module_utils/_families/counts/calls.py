# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counting devices, which Neurons for MDM can do without reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..._core.selection import Selection
from ..._products.capability import Capability, Parts
from .model import Counted


class Counts(Protocol):
    """Counts devices without reading them."""

    def count(self, selection: Selection, by: Sequence[str]) -> tuple[int, Mapping[str, Counted]]:
        """Count devices.

        Args:
            selection: Which devices, without names.
            by: The fields by whose values they are counted.

        Returns:
            How many there are, and how many have each value, by field.

        Raises:
            OptionError: The server does not count by a field, or does not know the selection.
        """


def _neurons() -> Parts[Counts]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsCounts

    return NeuronsClient, NeuronsCounts


COUNTS = Capability[Counts]("counting devices by field", {"neurons": _neurons})
